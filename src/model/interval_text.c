/* Intervals from and to text, ISO 8601 durations: the public conversions. The parts keep their signs apart, as the
 * server keeps them. */
#include "calendar.h"
#include "reader.h"

#include <howdah/types.h>

#include <string.h>

/* The largest and the smallest values of all three are PostgreSQL 17's infinities. */
static const struct howdah_interval infinite = {INT64_MAX, INT32_MAX, INT32_MAX};
static const struct howdah_interval minus_infinite = {INT64_MIN, INT32_MIN, INT32_MIN};

static bool is_same(const struct howdah_interval *a, const struct howdah_interval *b)
{
    return a->microseconds == b->microseconds && a->days == b->days && a->months == b->months;
}

enum count { MONTHS, DAYS, MICROSECONDS, COUNTS };

/* In the order in which they may stand. */
static const struct unit {
    char letter;
    bool clock; /* after the T */
    enum count count;
    int64_t factor;
} units[] = {
    {'Y', false, MONTHS, 12},
    {'M', false, MONTHS, 1},
    {'W', false, DAYS, 7},
    {'D', false, DAYS, 1},
    {'H', true, MICROSECONDS, 3600 * MICROSECONDS_PER_SECOND},
    {'M', true, MICROSECONDS, 60 * MICROSECONDS_PER_SECOND},
    {'S', true, MICROSECONDS, MICROSECONDS_PER_SECOND},
};
enum { UNITS = sizeof(units) / sizeof(*units) };

/* --- writing --- */

static char *write_part(char *to, int64_t whole, int64_t millionths, char letter)
{
    if (whole < 0 || millionths < 0)
        *to++ = '-';
    to = write_millionths(digits_write(to, magnitude(whole), 1), magnitude(millionths));
    *to++ = letter;
    return to;
}

/* The parts of one count, the largest unit first; weeks are left to days. */
static char *write_count(char *to, enum count count, int64_t rest)
{
    for (size_t i = 0; i < UNITS && rest; i++) {
        const struct unit *unit = &units[i];
        if (unit->count != count || unit->letter == 'W')
            continue;
        int64_t whole = rest / unit->factor, fraction = unit->letter == 'S' ? rest % unit->factor : 0;
        if (whole || fraction)
            to = write_part(to, whole, fraction, unit->letter);
        rest -= whole * unit->factor + fraction;
    }
    return to;
}

void howdah_interval_to_text(struct howdah_interval interval, char ret_text[HOWDAH_TEXT_MAX])
{
    if (is_same(&interval, &infinite) || is_same(&interval, &minus_infinite)) {
        infinity_write(ret_text, interval.days < 0);
        return;
    }
    char *to = ret_text;
    *to++ = 'P';
    to = write_count(to, MONTHS, interval.months);
    to = write_count(to, DAYS, interval.days);
    if (interval.microseconds) {
        *to++ = 'T';
        to = write_count(to, MICROSECONDS, interval.microseconds);
    }
    size_t nothing = to == ret_text + 1 ? 3 : 0;
    memcpy(to, "T0S", nothing);
    to[nothing] = '\0';
}

/* --- reading --- */

/* Adds number * factor with the sign; false on overflow. */
static bool add(int64_t *sum, int64_t number, int64_t factor, bool negative)
{
    int64_t product;
    return !__builtin_mul_overflow(number, negative ? -factor : factor, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

/* Reads a number and its unit, which must be one from *next on; moves *next past it. */
static bool read_part(const char **at, bool clock, size_t *next, int64_t sums[COUNTS])
{
    int64_t whole, millionths;
    bool negative = **at == '-';
    if (!read_char(at, '-'))
        read_char(at, '+');
    if (!read_digits(at, 1, 18, &whole))
        return false;
    bool fraction = **at == '.';
    if (!read_millionths(at, &millionths))
        return false;
    size_t i = *next;
    while (i < UNITS && (units[i].letter != **at || units[i].clock != clock))
        i++;
    if (i == UNITS || (fraction && units[i].letter != 'S'))
        return false;
    ++*at;
    *next = i + 1;
    return add(&sums[units[i].count], whole, units[i].factor, negative) &&
           add(&sums[units[i].count], millionths, 1, negative);
}

static bool read_parts(const char *at, int64_t sums[COUNTS])
{
    size_t next = 0;
    bool clock = false;
    if (!read_char(&at, 'P') || !*at)
        return false;
    while (*at) {
        if (!clock && read_char(&at, 'T'))
            clock = true;
        if (!read_part(&at, clock, &next, sums))
            return false;
    }
    return true;
}

enum howdah_status howdah_interval_from_text(const char *text, struct howdah_interval *ret)
{
    int64_t sums[COUNTS] = {0};
    if (!text)
        return HOWDAH_STATUS_INVALID;
    int infinity = infinity_read(text);
    if (infinity) {
        *ret = infinity < 0 ? minus_infinite : infinite;
        return HOWDAH_STATUS_OK;
    }
    if (!read_parts(text, sums) || (int32_t)sums[MONTHS] != sums[MONTHS] || (int32_t)sums[DAYS] != sums[DAYS])
        return HOWDAH_STATUS_INVALID;
    *ret = (struct howdah_interval){sums[MICROSECONDS], (int32_t)sums[DAYS], (int32_t)sums[MONTHS]};
    return HOWDAH_STATUS_OK;
}
