/* The version column, by which an UPDATE tells that nobody else was faster. */
#include "work.h"

int64_t version_get(const struct column *c, const void *object)
{
    return column_value(c, object).as.integer;
}

void version_set(const struct column *c, void *object, int64_t version)
{
    int64_t wide = version;
    int32_t middle = (int32_t)version;
    int16_t narrow = (int16_t)version;
    const void *value = c->size == sizeof(wide)     ? (const void *)&wide
                        : c->size == sizeof(middle) ? (const void *)&middle
                                                    : (const void *)&narrow;
    memcpy(column_field(c, object), value, c->size);
}
