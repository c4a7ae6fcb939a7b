/* Limits of a column's type in the table, where it holds less than the C type: the server would refuse the value too, but
 * not say which it was. */
#include "column_item.h"

#include "numeric.h"

#include <math.h>

static bool text_fits(const struct column *c, const void *value)
{
    const char *text = value;
    if (c->codec->type == HOWDAH_TYPE_TEXT)
        memcpy(&text, value, sizeof(text));
    size_t characters = 0;
    for (; *text; text++)
        characters += ((unsigned char)*text & 0xC0) != 0x80;
    return characters <= c->limit_size;
}

/* What the server rounds to infinity, or to 0, it refuses. */
static bool double_fits(double value)
{
    float rounded = (float)value;
    return !(isinf(rounded) && !isinf(value)) && !(rounded == 0 && value != 0);
}

static bool number_fits(const struct column *c, const void *value)
{
    int64_t large;
    int32_t middle;
    double real;
    switch (c->codec->type) {
    case HOWDAH_TYPE_DOUBLE: memcpy(&real, value, sizeof(real)); return double_fits(real);
    case HOWDAH_TYPE_INT32: memcpy(&middle, value, sizeof(middle)); return (int16_t)middle == middle;
    default:
        memcpy(&large, value, sizeof(large));
        return c->limit_size == sizeof(int16_t) ? (int16_t)large == large : (int32_t)large == large;
    }
}

/* Whether rounding carries into one digit more than there is room for: all that have room are nines. */
static bool is_carried(const struct numeric *n, uint32_t room)
{
    const char *at = n->digits;
    if (n->count <= room)
        return false;
    for (uint32_t i = 0; i < room; i++)
        if (numeric_next_digit(&at) != 9)
            return false;
    return numeric_next_digit(&at) >= 5;
}

static bool numeric_fits_digits(const struct column *c, const void *value)
{
    const char *text;
    struct numeric n;
    memcpy(&text, value, sizeof(text));
    numeric_read(text, strlen(text), &n);
    int64_t room = (int64_t)c->limit_size - c->limit_scale; /* before the point */
    if (n.kind == NUMERIC_NAN || n.count == 0)
        return n.kind == NUMERIC_NAN || n.kind == NUMERIC_FINITE;
    return n.weight < room && !(n.weight == room - 1 && is_carried(&n, c->limit_size));
}

const char *column_limit_check(const struct column *c, const void *value)
{
    if (c->limit == LIMIT_CHARACTERS)
        return text_fits(c, value) ? NULL : "has more characters than the column's type allows";
    bool fits = c->limit == LIMIT_BYTES ? number_fits(c, value) : numeric_fits_digits(c, value);
    return fits ? NULL : "is out of range for the column's type";
}
