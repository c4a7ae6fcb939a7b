#include "statement_text.h"

#include "rows.h"

void name_items(struct text *t, const struct statement_key *key)
{
    t->item = key->formulas ? "howdah_" : "c"; /* SQL of the program's goes by the table's own names */
}

void put_parameter(struct text *t, uint32_t oid)
{
    t->types[t->parameters++] = oid;
    buffer_printf(&t->out, "$%u", t->parameters);
}

void put_array(struct text *t, const struct column *c, bool by_name)
{
    enum { TEXT_OID = 25 };
    if (by_name) {
        buffer_text(&t->out, "pg_catalog.current_setting(");
        put_parameter(t, TEXT_OID);
        buffer_text(&t->out, ")");
    } else {
        put_parameter(t, c->parameter_oid);
    }
    buffer_printf(&t->out, "::%s[]", c->item_type);
}

void put_item(struct text *t, uint32_t position, const struct column *c)
{
    buffer_printf(&t->out, "u.%s%u%s", t->item, position + 1, c->write_cast);
}

void put_rows(struct text *t, uint32_t count, bool numbered)
{
    rows_open(&t->out, t->item, count, numbered);
}

void put_rows_end(struct text *t, uint32_t count, bool numbered)
{
    rows_close(&t->out, "u", t->item, count, numbered);
}

void put_few(struct text *t)
{
    buffer_printf(&t->out, "(u.%s1 IS NULL) BETWEEN false AND true AND ", t->item);
}

/* In a joint statement columns are named by their number, and there is always one. */
static void put_joint_returned(struct text *t, const struct statement_key *key, const char *prefix)
{
    uint32_t count = statement_returned(key, t->returned);
    buffer_text(&t->out, count ? " RETURNING " : " RETURNING true AS c1");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t->out, "%s%s%s%s%s AS c%u", separator(i), t->returned[i]->read_open, prefix,
                      t->returned[i]->quoted, t->returned[i]->read_cast, i + 1);
}

void put_returned(struct text *t, const struct statement_key *key, const char *before, const char *prefix)
{
    uint32_t count = statement_returned(key, t->returned);
    if (t->parts) {
        put_joint_returned(t, key, prefix);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t->out, "%s%s%s%s%s", i ? ", " : before, t->returned[i]->read_open, prefix,
                      t->returned[i]->quoted, t->returned[i]->read_cast);
}

void put_gate(struct text *t, const char *before)
{
    for (uint32_t i = 0; t->parts && i < t->part; i++) {
        if (t->parts[i].rank + 1 != t->parts[t->part].rank)
            continue;
        buffer_printf(&t->out, "%s(SELECT pg_catalog.count(*) FROM w%u) >= 0", before, i);
        before = " AND ";
    }
}

void put_key_condition(struct text *t, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        buffer_printf(&t->out, "%st.%s = ", i ? " AND " : "", c->quoted);
        put_item(t, i, c);
    }
}

void put_any_key(struct text *t, const struct column *c)
{
    buffer_printf(&t->out, " WHERE t.%s = ANY ((SELECT ", c->quoted);
    put_array(t, c, false);
    buffer_printf(&t->out, ")::%s[])", c->item_type); /* not ANY (SELECT ...): that compares with rows */
}

void put_key_arrays(struct text *t, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        buffer_text(&t->out, separator(i));
        put_array(t, &mapper->columns[mapper->key[i]], false);
    }
}
