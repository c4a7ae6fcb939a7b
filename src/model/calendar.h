/* The proleptic Gregorian calendar over PostgreSQL's whole range, in integers of the library's own: libc's functions
 * depend on the environment and end in 9999. Years are astronomical: 0 is 1 BC. */
#ifndef MODEL_CALENDAR_H
#define MODEL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* PostgreSQL's limits (manual, 8.5 "Date/Time Types"): the last ones are the first that are out of range. */
#define DATE_FIRST      INT32_C(-2451545)   /* 4714-11-24 BC */
#define DATE_END        INT32_C(2145031949) /* 5874898-01-01 */
#define TIMESTAMP_FIRST INT64_C(-211813488000000000)
#define TIMESTAMP_END   INT64_C(9223371331200000000) /* 294277-01-01 */

#define MICROSECONDS_PER_SECOND INT64_C(1000000)
#define MICROSECONDS_PER_DAY    INT64_C(86400000000)

struct calendar_day {
    int64_t year;
    int month; /* 1 to 12 */
    int day;   /* from 1 */
};

/* Quotient and rest of a division that rounds down, also below 0, by a positive number. */
static inline int64_t divide_down(int64_t x, int64_t divisor)
{
    return x / divisor - (x % divisor < 0);
}

static inline int64_t rest_above(int64_t x, int64_t divisor)
{
    int64_t rest = x % divisor;
    return rest < 0 ? rest + divisor : rest;
}

/* Both infinities are in range. */
static inline bool date_in_range(int32_t days)
{
    return (days >= DATE_FIRST && days < DATE_END) || days == INT32_MAX || days == INT32_MIN;
}

static inline bool timestamp_in_range(int64_t microseconds)
{
    return (microseconds >= TIMESTAMP_FIRST && microseconds < TIMESTAMP_END) || microseconds == INT64_MAX ||
           microseconds == INT64_MIN;
}

bool calendar_has(const struct calendar_day *day);
/* Days from 2000-01-01. */
int64_t calendar_count(const struct calendar_day *day);
struct calendar_day calendar_split(int64_t days);

/* The date of that many days, and the timestamp of so much time after its midnight. False, with *ret untouched, if it
 * is out of range; infinities are no sums. */
bool calendar_date(int64_t days, int32_t *ret);
bool calendar_timestamp(int64_t days, int64_t microseconds, int64_t *ret);

/* The words for the ends of time: puts one of them, with its NUL; tells which of them, if any, a text is (1 or -1; or 0). */
void infinity_write(char *to, bool negative);
int infinity_read(const char *text);

#endif
