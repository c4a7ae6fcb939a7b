#include "numeric.h"

#include "digits.h"

#include "base/hash.h"

#include <string.h>

/* What the server takes for an exponent, before the number's limits. */
enum { EXPONENT_MAX = INT32_MAX / 2 };

/* Whether the text is the word, in any case. */
static bool is_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if ((text[i] | ('a' - 'A')) != word[i])
            return false;
    }
    return true;
}

static enum numeric_kind read_word(const char *text, size_t length)
{
    bool negative = length && *text == '-', sign = negative || (length && *text == '+');
    if (is_word(text, length, "nan"))
        return NUMERIC_NAN;
    if (is_word(text + sign, length - sign, "infinity") || is_word(text + sign, length - sign, "inf"))
        return negative ? NUMERIC_MINUS_INFINITY : NUMERIC_INFINITY;
    return NUMERIC_NONE;
}

/* What stands after the digits: nothing, or an exponent. */
static bool read_exponent(const char *at, const char *end, int64_t *ret)
{
    *ret = 0;
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    int64_t exponent = 0;
    for (; at < end && exponent < EXPONENT_MAX; at++) {
        if (!is_digit(*at))
            return false;
        exponent = exponent * 10 + (*at - '0');
    }
    *ret = negative ? -exponent : exponent;
    return exponent < EXPONENT_MAX;
}

/* Digits with at most one point among them; returns their number and that of those before the point. Fills `digits`,
 * `count`, and `weight`, which counts from the first digit here. */
static const char *read_digits(const char *at, const char *end, struct numeric *n, size_t *ret_all, size_t *ret_before)
{
    const char *first = NULL, *point = NULL;
    size_t all = 0, before = 0, zeros = 0, last = 0;
    for (; at < end; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (digit > 9) {
            if (*at != '.' || point)
                break;
            point = at;
            before = all;
            continue;
        }
        all++;
        if (!digit)
            continue;
        last = all;
        if (!first) {
            first = at;
            zeros = all - 1;
        }
    }
    n->digits = first;
    n->count = last - zeros;
    n->weight = -(int64_t)zeros;
    *ret_all = all;
    *ret_before = point ? before : all;
    return at;
}

void numeric_read(const char *text, size_t length, struct numeric *ret)
{
    struct numeric n = {.kind = NUMERIC_FINITE};
    const char *at = text, *end = text + length;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    size_t all, before;
    int64_t exponent;
    at = read_digits(at, end, &n, &all, &before);
    if (!all || !read_exponent(at, end, &exponent)) {
        *ret = (struct numeric){.kind = read_word(text, length)};
        return;
    }
    n.negative = negative && n.count;
    n.weight += (int64_t)before - 1 + exponent;
    n.scale = (int64_t)(all - before) - exponent;
    if (n.scale < 0)
        n.scale = 0;
    *ret = n;
}

bool numeric_fits(const struct numeric *n)
{
    if (n->kind != NUMERIC_FINITE)
        return n->kind != NUMERIC_NONE;
    return n->scale <= NUMERIC_SCALE_MAX && (!n->count || n->weight <= NUMERIC_WEIGHT_MAX);
}

static int order_magnitudes(const struct numeric *a, const struct numeric *b)
{
    if (!a->count || !b->count)
        return (a->count != 0) - (b->count != 0);
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    size_t common = a->count < b->count ? a->count : b->count;
    const char *x = a->digits, *y = b->digits;
    for (size_t i = 0; i < common; i++) {
        unsigned p = numeric_next_digit(&x), q = numeric_next_digit(&y);
        if (p != q)
            return p < q ? -1 : 1;
    }
    return (a->count > b->count) - (a->count < b->count);
}

int numeric_order(const struct numeric *a, const struct numeric *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind != NUMERIC_FINITE)
        return 0;
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    return a->negative ? order_magnitudes(b, a) : order_magnitudes(a, b);
}

uint64_t numeric_digest(const struct numeric *n)
{
    uint64_t hash = hash_combine(n->kind, n->negative);
    if (n->count)
        hash = hash_combine(hash, (uint64_t)n->weight);
    const char *at = n->digits;
    for (size_t i = 0; i < n->count;) {
        uint64_t word = 0;
        for (size_t stop = i + 16; i < n->count && i < stop; i++)
            word = word << 4 | numeric_next_digit(&at);
        hash = hash_combine(hash, word);
    }
    return hash;
}
