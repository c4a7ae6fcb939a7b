/* numeric as text: its digits where they stand, without copies, so that a number may have any length. */
#ifndef MODEL_NUMERIC_H
#define MODEL_NUMERIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMERIC_SCALE_MAX = 16383, NUMERIC_WEIGHT_MAX = 131071 };

/* In the server's order; NONE is a text that is no number. */
enum numeric_kind { NUMERIC_MINUS_INFINITY, NUMERIC_FINITE, NUMERIC_INFINITY, NUMERIC_NAN, NUMERIC_NONE };

struct numeric {
    enum numeric_kind kind;
    bool negative;
    const char *digits; /* the first digit that is not 0; a point may stand between it and the last such one */
    size_t count;       /* of the digits from the first to the last that is not 0; 0 for zero */
    int64_t weight;     /* power of ten of the first one */
    int64_t scale;      /* digits after the point, final zeros included: what the server calls scale */
};

/* Reads what the server's input function reads, but for white space around it. The text must outlive *ret. */
void numeric_read(const char *text, size_t length, struct numeric *ret);
/* Finite, and within the server's limits, or one of the words. */
bool numeric_fits(const struct numeric *n);
/* -1, 0, 1 as the server orders them; 0 for two that are no number. */
int numeric_order(const struct numeric *a, const struct numeric *b);
/* Equal numbers have one digest. */
uint64_t numeric_digest(const struct numeric *n);

/* The digit at *at, which then moves to the next one. */
static inline unsigned numeric_next_digit(const char **at)
{
    if (**at == '.')
        ++*at;
    return (unsigned)(*(*at)++ - '0');
}

#endif
