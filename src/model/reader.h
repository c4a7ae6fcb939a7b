/* Small steps through a text that a person may have written: each moves *at past what it reads, or returns false. */
#ifndef MODEL_READER_H
#define MODEL_READER_H

#include "digits.h"

static inline bool read_char(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

/* From `least` to `most` digits, as many as there are; `most` is 18 or less. */
static inline bool read_digits(const char **at, unsigned least, unsigned most, int64_t *ret)
{
    int64_t value = 0;
    unsigned count = 0;
    for (; count < most && is_digit(**at); count++)
        value = value * 10 + (*(*at)++ - '0');
    *ret = value;
    return count >= least;
}

/* The digits after a point, if there is one, as millionths: rounded, a half away from zero. */
static inline bool read_millionths(const char **at, int64_t *ret)
{
    *ret = 0;
    if (!read_char(at, '.'))
        return true;
    if (!is_digit(**at))
        return false;
    for (int64_t unit = 100000; is_digit(**at) && unit; unit /= 10)
        *ret += (*(*at)++ - '0') * unit;
    if (is_digit(**at) && **at >= '5')
        ++*ret;
    while (is_digit(**at))
        ++*at;
    return true;
}

/* Writes ".25" for 250000 millionths, and nothing for 0. */
static inline char *write_millionths(char *to, uint64_t millionths)
{
    if (!millionths)
        return to;
    *to++ = '.';
    to = digits_write(to, millionths, 6);
    while (to[-1] == '0')
        to--;
    return to;
}

#endif
