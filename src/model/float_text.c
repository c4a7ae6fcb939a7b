/* The digits come from exact arithmetic on large integers, after Steele and White, "How to print floating-point
 * numbers accurately" (1990): the number is `value` / `scale`, and any decimal number that is nearer to it than half
 * the distance to its neighbours (`below` / `scale` is that to the lower one) reads back as it. Like the server, this
 * leaves out the numbers that are just half way, though a reader may round them to it. */
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

static void trim(struct large *x)
{
    while (x->count > 1 && !x->words[x->count - 1])
        x->count--;
}

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

/* factor * 2^power; the factor is not 0 */
static struct large shifted(uint64_t factor, unsigned power)
{
    struct large x = {0};
    unsigned zeros = power / 32, bits = power % 32;
    uint64_t low = factor << bits;
    x.words[zeros] = (uint32_t)low;
    x.words[zeros + 1] = (uint32_t)(low >> 32);
    x.words[zeros + 2] = (uint32_t)(factor >> 32 >> (32 - bits));
    x.count = zeros + 3;
    trim(&x);
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

/* a + b against c */
static int compare_sum(const struct large *a, const struct large *b, const struct large *c)
{
    const struct large *longer = a->count < b->count ? b : a, *shorter = longer == a ? b : a;
    struct large sum;
    uint64_t carry = 0;
    for (unsigned i = 0; i < longer->count; i++) {
        carry += (uint64_t)longer->words[i] + (i < shorter->count ? shorter->words[i] : 0);
        sum.words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    sum.count = longer->count;
    if (carry)
        sum.words[sum.count++] = (uint32_t)carry;
    return compare(&sum, c);
}

/* a -= b * times, which is not greater */
static void subtract(struct large *a, const struct large *b, uint32_t times)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < a->count; i++) {
        carry += i < b->count ? (uint64_t)b->words[i] * times : 0;
        uint32_t word = (uint32_t)carry;
        carry = (carry >> 32) + (a->words[i] < word);
        a->words[i] -= word;
    }
    trim(a);
}

/* a / b, which is less than 10; a becomes the rest. */
static unsigned divide(struct large *a, const struct large *b)
{
    unsigned n = b->count, digit = 0;
    if (a->count >= n) {
        /* A first guess, by the leading words, is not too high. */
        uint64_t leading = a->count > n ? (uint64_t)a->words[n] << 32 : 0;
        digit = (unsigned)((leading | a->words[n - 1]) / ((uint64_t)b->words[n - 1] + 1));
        subtract(a, b, digit);
    }
    for (; compare(a, b) >= 0; digit++)
        subtract(a, b, 1);
    return digit;
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
    struct large value, scale, below;
    bool above_is_wider; /* twice as far as below */
};

static bool reaches_above(const struct division *d, const struct large *scale)
{
    struct large above = d->below;
    if (d->above_is_wider)
        multiply(&above, 2);
    return compare_sum(&d->value, &above, scale) > 0;
}

static void multiply_fraction(struct division *d, unsigned power_of_ten)
{
    multiply_power_of_ten(&d->value, power_of_ten);
    multiply_power_of_ten(&d->below, power_of_ten);
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
    d->above_is_wider = b->above_is_wider;
    d->value = shifted(b->mantissa, up + 1 + b->above_is_wider);
    d->scale = shifted(1, down + 1 + b->above_is_wider);
    d->below = shifted(1, up);

    int bits = 64 - __builtin_clzll(b->mantissa) + b->exponent;
    int exponent = power_of_ten_in(bits - 1); /* or one more */
    if (exponent > 0)
        multiply_power_of_ten(&d->scale, (unsigned)exponent);
    else
        multiply_fraction(d, (unsigned)-exponent);
    struct large ten = d->scale;
    multiply(&ten, 10);
    if (reaches_above(d, &ten)) {
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
        unsigned digit = divide(&d.value, &d.scale);
        bool low = compare(&d.value, &d.below) < 0, high = reaches_above(&d, &d.scale);
        if (!low && !high) {
            decimal.digits[decimal.count++] = (char)('0' + digit);
            multiply_fraction(&d, 1);
            continue;
        }
        multiply(&d.value, 2);
        int half = compare(&d.value, &d.scale);
        if (high && (!low || half > 0 || (half == 0 && digit % 2 == 1)))
            digit++;
        decimal.digits[decimal.count++] = (char)('0' + digit);
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
