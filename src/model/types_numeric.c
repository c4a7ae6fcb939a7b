/* numeric as scaled integers: the public conversions. Digit by digit, never through a floating point number. */
#include "digits.h"
#include "numeric.h"

#include <howdah/types.h>

#include <string.h>

/* The widest integer here: all arithmetic is done in it, and checked. */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 magnitude_type;
#else
typedef uint64_t magnitude_type;
#endif

enum { SCALE_MAX = 90 };
_Static_assert(SCALE_MAX + sizeof("-0.") <= HOWDAH_TEXT_MAX, "room for every digit of the scale");

static bool read_finite(struct howdah_numeric numeric, struct numeric *ret)
{
    if (!numeric.text)
        return false;
    numeric_read(numeric.text, strlen(numeric.text), ret);
    return ret->kind == NUMERIC_FINITE;
}

static bool push_digit(magnitude_type *x, unsigned digit)
{
    return !__builtin_mul_overflow(*x, 10, x) && !__builtin_add_overflow(*x, digit, x);
}

/* False if the number has digits beyond the scale, or too many. */
static bool scale_up(const struct numeric *n, int scale, magnitude_type *ret)
{
    magnitude_type x = 0;
    int64_t zeros = n->weight + 1 - (int64_t)n->count + scale;
    if (!n->count)
        zeros = 0;
    if (zeros < 0)
        return false;
    const char *at = n->digits;
    for (size_t i = 0; i < n->count; i++) {
        if (!push_digit(&x, numeric_next_digit(&at)))
            return false;
    }
    for (; zeros > 0; zeros--) {
        if (!push_digit(&x, 0))
            return false;
    }
    *ret = x;
    return true;
}

static bool to_magnitude(struct howdah_numeric numeric, int scale, bool *ret_negative, magnitude_type *ret)
{
    struct numeric n;
    if (scale < 0 || scale > SCALE_MAX || !read_finite(numeric, &n) || !scale_up(&n, scale, ret))
        return false;
    *ret_negative = n.negative;
    return true;
}

static enum howdah_status from_magnitude(magnitude_type x, bool negative, int scale, char *buffer,
                                         struct howdah_numeric *ret)
{
    char reversed[HOWDAH_TEXT_MAX], *to = buffer;
    int count = 0;
    if (scale < 0 || scale > SCALE_MAX)
        return HOWDAH_STATUS_INVALID;
    for (; x || count <= scale; x /= 10)
        reversed[count++] = (char)('0' + (int)(x % 10));
    if (negative)
        *to++ = '-';
    while (count > 0) {
        if (count == scale)
            *to++ = '.';
        *to++ = reversed[--count];
    }
    *to = '\0';
    ret->text = buffer;
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_numeric_to_int64(struct howdah_numeric numeric, int scale, int64_t *ret)
{
    bool negative;
    magnitude_type x;
    if (!to_magnitude(numeric, scale, &negative, &x) || x > (magnitude_type)INT64_MAX + negative)
        return HOWDAH_STATUS_INVALID;
    uint64_t low = (uint64_t)x;
    *ret = (int64_t)(negative ? 0 - low : low);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_numeric_from_int64(int64_t value, int scale, char buffer[HOWDAH_TEXT_MAX],
                                             struct howdah_numeric *ret)
{
    return from_magnitude(magnitude(value), value < 0, scale, buffer, ret);
}

#ifdef __SIZEOF_INT128__

enum howdah_status howdah_numeric_to_int128(struct howdah_numeric numeric, int scale, howdah_int128 *ret)
{
    const magnitude_type max = ~(magnitude_type)0 >> 1;
    bool negative;
    magnitude_type x;
    if (!to_magnitude(numeric, scale, &negative, &x) || x > max + negative)
        return HOWDAH_STATUS_INVALID;
    *ret = (howdah_int128)(negative ? 0 - x : x);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_numeric_from_int128(howdah_int128 value, int scale, char buffer[HOWDAH_TEXT_MAX],
                                              struct howdah_numeric *ret)
{
    magnitude_type x = (magnitude_type)value;
    return from_magnitude(value < 0 ? 0 - x : x, value < 0, scale, buffer, ret);
}

#endif

enum howdah_status howdah_numeric_compare(struct howdah_numeric a, struct howdah_numeric b, int *ret)
{
    if (!a.text || !b.text)
        return HOWDAH_STATUS_INVALID;
    struct numeric x, y;
    numeric_read(a.text, strlen(a.text), &x);
    numeric_read(b.text, strlen(b.text), &y);
    if (x.kind == NUMERIC_NONE || y.kind == NUMERIC_NONE)
        return HOWDAH_STATUS_INVALID;
    *ret = numeric_order(&x, &y);
    return HOWDAH_STATUS_OK;
}
