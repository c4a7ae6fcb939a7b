/* The digits come from exact arithmetic on large integers, after Steele and White, "How to print floating-point
 * numbers accurately" (1990): the number is `value` / `scale`, and any decimal number that is nearer to it than
 * half the distance to its neighbours, `below` / `scale` and `above` / `scale`, reads back as it. Like the server, this
 * leaves out the bounds themselves, though some readers would round them to it. */
#include "float_text.h"

#include "digits.h"

#include <math.h>
#include <string.h>

/* No number here comes near 2^1152: the scale of the smallest double is 2^1075, the largest double is below 2^1024,
 * and to both come a few factors of 10. */
enum { WORDS = 36, DIGITS = 17 };

struct large {
    unsigned count;
    uint32_t words[WORDS]; /* lowest first; those from `count` on are not set */
};

static void multiply(struct large *x, uint32_t factor)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < x->count; i++) {
        carry += (uint64_t)x->words[i] * factor;
        x->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        x->words[x->count++] = (uint32_t)carry;
}

static void multiply_power_of_ten(struct large *x, unsigned power)
{
    for (; power >= 9; power -= 9)
        multiply(x, 1000000000);
    for (; power > 0; power--)
        multiply(x, 10);
}

/* factor * 2^power */
static struct large shifted(uint64_t factor, unsigned power)
{
    struct large x = {.count = 2, .words = {(uint32_t)factor, (uint32_t)(factor >> 32)}};
    if (!x.words[1])
        x.count = 1;
    for (; power >= 31; power -= 31)
        multiply(&x, UINT32_C(1) << 31);
    multiply(&x, UINT32_C(1) << power);
    return x;
}

static int compare(const struct large *a, const struct large *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (unsigned i = a->count; i-- > 0;) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static int compare_sum(const struct large *a, const struct large *b, const struct large *c)
{
    struct large sum = *a;
    uint64_t carry = 0;
    for (unsigned i = 0; i < b->count || carry; i++) {
        carry += (i < a->count ? a->words[i] : 0) + (uint64_t)(i < b->count ? b->words[i] : 0);
        sum.words[i] = (uint32_t)carry;
        if (i >= sum.count)
            sum.count = i + 1;
        carry >>= 32;
    }
    return compare(&sum, c);
}

/* a -= b, which is not greater */
static void subtract(struct large *a, const struct large *b)
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < a->count; i++) {
        uint64_t difference = (uint64_t)a->words[i] - (i < b->count ? b->words[i] : 0) - borrow;
        a->words[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    while (a->count > 1 && !a->words[a->count - 1])
        a->count--;
}

/* mantissa * 2^exponent */
struct binary {
    uint64_t mantissa;
    int exponent;
    bool above_is_wider; /* the mantissa is a power of two: the neighbour below is nearer */
};

struct decimal {
    char digits[DIGITS + 1];
    unsigned count;
    int exponent; /* of the first digit */
};

struct division {
    struct large value, scale, below, above;
};

static void multiply_fraction(struct division *d, unsigned power_of_ten)
{
    multiply_power_of_ten(&d->value, power_of_ten);
    multiply_power_of_ten(&d->below, power_of_ten);
    multiply_power_of_ten(&d->above, power_of_ten);
}

/* The power of ten in 2^power, rounded down: log10(2) is 78913 / 2^18, near enough for all doubles. */
static int power_of_ten_in(int power)
{
    return (power * 78913 - (power < 0 ? (1 << 18) - 1 : 0)) / (1 << 18);
}

/* Makes value / scale the number without its power of ten, which it returns. */
static int start_division(const struct binary *b, struct division *d)
{
    unsigned up = b->exponent > 0 ? (unsigned)b->exponent : 0, down = b->exponent < 0 ? (unsigned)-b->exponent : 0;
    unsigned wider = b->above_is_wider;
    d->value = shifted(b->mantissa, up + 1 + wider);
    d->scale = shifted(1, down + 1 + wider);
    d->below = shifted(1, up);
    d->above = shifted(1, up + wider);

    int bits = 64 - __builtin_clzll(b->mantissa) + b->exponent;
    int exponent = power_of_ten_in(bits - 1); /* or one more */
    if (exponent > 0)
        multiply_power_of_ten(&d->scale, (unsigned)exponent);
    else
        multiply_fraction(d, (unsigned)-exponent);
    struct large ten = d->scale;
    multiply(&ten, 10);
    if (compare_sum(&d->value, &d->above, &ten) > 0) {
        d->scale = ten;
        exponent++;
    }
    return exponent;
}

static struct decimal shortest(const struct binary *b)
{
    struct division d;
    struct decimal decimal = {.exponent = start_division(b, &d)};
    for (;;) {
        char digit = '0';
        for (; compare(&d.value, &d.scale) >= 0; digit++)
            subtract(&d.value, &d.scale);
        bool low = compare(&d.value, &d.below) < 0;
        bool high = compare_sum(&d.value, &d.above, &d.scale) > 0;
        if (!low && !high) {
            decimal.digits[decimal.count++] = digit;
            multiply_fraction(&d, 1);
            continue;
        }
        multiply(&d.value, 2);
        int half = compare(&d.value, &d.scale);
        if (high && (!low || half > 0 || (half == 0 && digit % 2 == 1)))
            digit++;
        decimal.digits[decimal.count++] = digit;
        return decimal;
    }
}

static char *write_zeros(char *to, int count)
{
    for (; count > 0; count--)
        *to++ = '0';
    return to;
}

/* 123.4, 0.0001 or 12300, with the point after `before` digits. */
static char *write_plain(char *to, const struct decimal *d, int before)
{
    int count = (int)d->count, whole = before < 0 ? 0 : before < count ? before : count;
    if (before <= 0)
        *to++ = '0';
    memcpy(to, d->digits, (size_t)whole);
    to = write_zeros(to + whole, before - whole);
    if (whole == count)
        return to;
    *to++ = '.';
    to = write_zeros(to, -before);
    memcpy(to, d->digits + whole, (size_t)(count - whole));
    return to + (count - whole);
}

static char *write_with_exponent(char *to, const struct decimal *d)
{
    to = write_plain(to, d, 1);
    *to++ = 'e';
    *to++ = d->exponent < 0 ? '-' : '+';
    return digits_write(to, magnitude(d->exponent), 2);
}

static size_t put(char *text, const char *word)
{
    size_t length = strlen(word);
    memcpy(text, word, length);
    return length;
}

/* `plain_digits` is the number of digits that the server writes before it turns to the exponent. */
static size_t write_number(const struct binary *b, bool negative, int plain_digits, char *text)
{
    char *to = text;
    if (negative)
        *to++ = '-';
    if (!b->mantissa) {
        *to++ = '0';
        return (size_t)(to - text);
    }
    struct decimal d = shortest(b);
    bool plain = d.exponent >= -4 && d.exponent < plain_digits;
    to = plain ? write_plain(to, &d, d.exponent + 1) : write_with_exponent(to, &d);
    return (size_t)(to - text);
}

size_t double_to_text(double value, char text[FLOAT_TEXT_MAX])
{
    if (isnan(value))
        return put(text, "NaN");
    if (isinf(value))
        return put(text, value < 0 ? "-Infinity" : "Infinity");
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & 0xfffffffffffff;
    struct binary b = {
        .mantissa = exponent ? fraction | UINT64_C(1) << 52 : fraction,
        .exponent = (exponent ? exponent : 1) - 1075,
        .above_is_wider = !fraction && exponent > 1,
    };
    return write_number(&b, bits >> 63, 15, text);
}

size_t float_to_text(float value, char text[FLOAT_TEXT_MAX])
{
    if (isnan(value) || isinf(value))
        return double_to_text((double)value, text);
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    int exponent = (int)(bits >> 23 & 0xff);
    uint32_t fraction = bits & 0x7fffff;
    struct binary b = {
        .mantissa = exponent ? fraction | UINT32_C(1) << 23 : fraction,
        .exponent = (exponent ? exponent : 1) - 150,
        .above_is_wider = !fraction && exponent > 1,
    };
    return write_number(&b, bits >> 31, 6, text);
}
