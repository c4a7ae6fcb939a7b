/* Plain integers in objects: the version column, by which an UPDATE tells that nobody else was faster, and generated
 * keys. */
#include "work.h"

bool integer_set(const struct column *c, void *object, int64_t value)
{
    int64_t wide = value;
    int32_t middle = (int32_t)value;
    int16_t narrow = (int16_t)value;
    const void *bytes = c->size == sizeof(wide)     ? (const void *)&wide
                        : c->size == sizeof(middle) ? (const void *)&middle
                                                    : (const void *)&narrow;
    bool fits = c->size == sizeof(wide) || value == (c->size == sizeof(middle) ? middle : narrow);
    if (fits)
        memcpy(column_field(c, object), bytes, c->size);
    return fits;
}
