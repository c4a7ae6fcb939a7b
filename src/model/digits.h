/* Integers as decimal digits, without printf: fast, and the same in every locale. */
#ifndef MODEL_DIGITS_H
#define MODEL_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

enum { DIGITS_MAX = 20 };

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Writes `value` with at least `width` digits (up to DIGITS_MAX) and returns the end. */
static inline char *digits_write(char *to, uint64_t value, unsigned width)
{
    char reversed[DIGITS_MAX];
    unsigned count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value || count < width);
    while (count)
        *to++ = reversed[--count];
    return to;
}

/* The magnitude of a number, also of INT64_MIN. */
static inline uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

#endif
