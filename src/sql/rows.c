#include "rows.h"

static void put_names(struct buffer *out, const char *item, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(out, "%s%s%u", i ? ", " : "", item, i + 1);
}

void rows_open(struct buffer *out, const char *item, uint32_t count, bool numbered)
{
    buffer_text(out, "(SELECT ");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(out, "%spg_catalog.unnest(a.%s%u)", i ? ", " : "", item, i + 1);
    if (numbered)
        buffer_printf(out, ", pg_catalog.generate_subscripts(a.%s1, 1)", item);
    buffer_text(out, " FROM (SELECT ");
}

void rows_close(struct buffer *out, const char *alias, const char *item, uint32_t count, bool numbered)
{
    buffer_text(out, " OFFSET 0) AS a(");
    put_names(out, item, count);
    buffer_printf(out, ")) AS %s(", alias);
    put_names(out, item, count);
    buffer_text(out, numbered ? ", ord)" : ")");
}
