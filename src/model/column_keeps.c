/* Whether a column's type in the table keeps a value as it is, or rounds it, or cuts it: then the row is to tell what it has. */
#include "column_item.h"

#include "numeric.h"

static bool numeric_is_kept(const struct column *c, const void *value)
{
    const char *text;
    struct numeric n;
    memcpy(&text, value, sizeof(text));
    numeric_read(text, strlen(text), &n);
    return n.kind != NUMERIC_FINITE || n.count == 0 || n.weight - (int64_t)n.count + 1 >= -(int64_t)c->limit_scale;
}

/* Infinity is no multiple of a unit, and stays as it is. */
static bool time_is_kept(const struct column *c, const void *value)
{
    int64_t microseconds; /* also the first member of an interval */
    memcpy(&microseconds, value, sizeof(microseconds));
    return microseconds % c->keeps_unit == 0 || microseconds == INT64_MAX || microseconds == INT64_MIN;
}

static bool double_is_kept(const void *value)
{
    double real;
    memcpy(&real, value, sizeof(real));
    float rounded = (float)real;
    return !(real < (double)rounded) && !(real > (double)rounded);
}

/* char(n) knows no blanks at the end. */
static bool text_is_kept(const struct column *c, const void *value)
{
    const char *text = value;
    if (c->codec->type == HOWDAH_TYPE_TEXT)
        memcpy(&text, value, sizeof(text));
    size_t length = strlen(text);
    return length == 0 || text[length - 1] != ' ';
}

static bool item_is_kept(const struct column *c, const void *value)
{
    switch (c->keeps) {
    case KEEPS_ALL: return true;
    case KEEPS_DIGITS: return numeric_is_kept(c, value);
    case KEEPS_UNITS: return time_is_kept(c, value);
    case KEEPS_SINGLE: return double_is_kept(value);
    case KEEPS_UNPADDED: return text_is_kept(c, value);
    case KEEPS_UNKNOWN: break;
    }
    return false;
}

static bool array_is_kept(const struct column *c, const void *field)
{
    struct array array = array_get(field);
    for (size_t i = 0; i < array.count; i++)
        if (!array_item_is_null(c, array, i) && !item_is_kept(c, array_item(c, array, i)))
            return false;
    return true;
}

bool column_is_kept(const struct column *c, const void *object)
{
    const void *field = column_field(c, object);
    return c->keeps == KEEPS_ALL || column_is_null(c, object) ||
           (c->shape == SHAPE_ARRAY ? array_is_kept(c, field) : item_is_kept(c, field));
}
