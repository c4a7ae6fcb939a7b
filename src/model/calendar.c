/* Years here begin in March, so that the leap day is the last one of its year; 400 of them always have the same number
 * of days. */
#include "calendar.h"

#include <string.h>

enum {
    DAYS_OF_400_YEARS = 146097,
    DAYS_OF_100_YEARS = 36524,
    DAYS_OF_4_YEARS = 1461,
    DAYS_OF_5_MONTHS = 153, /* from March or August on: 31, 30, 31, 30, 31 */
    EPOCH = 730425          /* days from 0000-03-01 to 2000-01-01 */
};

static bool is_leap_year(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool calendar_has(const struct calendar_day *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (day->month < 1 || day->month > 12 || day->day < 1)
        return false;
    return day->day <= lengths[day->month - 1] + (day->month == 2 && is_leap_year(day->year));
}

int64_t calendar_count(const struct calendar_day *day)
{
    int month = day->month > 2 ? day->month - 3 : day->month + 9;
    int64_t year = day->month > 2 ? day->year : day->year - 1;
    int64_t cycle = divide_down(year, 400);
    year = rest_above(year, 400);
    int64_t days = year * 365 + year / 4 - year / 100 + (DAYS_OF_5_MONTHS * month + 2) / 5 + day->day - 1;
    return cycle * DAYS_OF_400_YEARS + days - EPOCH;
}

struct calendar_day calendar_split(int64_t days)
{
    days += EPOCH;
    int64_t cycle = divide_down(days, DAYS_OF_400_YEARS);
    int rest = (int)rest_above(days, DAYS_OF_400_YEARS);
    /* Without its leap days, a cycle is 400 times 365 days. */
    int year = (rest - rest / (DAYS_OF_4_YEARS - 1) + rest / DAYS_OF_100_YEARS - rest / (DAYS_OF_400_YEARS - 1)) / 365;
    rest -= year * 365 + year / 4 - year / 100;
    int month = (5 * rest + 2) / DAYS_OF_5_MONTHS;
    return (struct calendar_day){
        .year = cycle * 400 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = rest - (DAYS_OF_5_MONTHS * month + 2) / 5 + 1,
    };
}

bool calendar_date(int64_t days, int32_t *ret)
{
    if (days < DATE_FIRST || days >= DATE_END)
        return false;
    *ret = (int32_t)days;
    return true;
}

bool calendar_timestamp(int64_t days, int64_t microseconds, int64_t *ret)
{
    int64_t sum;
    if (__builtin_mul_overflow(days, MICROSECONDS_PER_DAY, &sum) || __builtin_add_overflow(sum, microseconds, &sum))
        return false;
    if (sum < TIMESTAMP_FIRST || sum >= TIMESTAMP_END)
        return false;
    *ret = sum;
    return true;
}

static const char words[] = "-infinity";

void infinity_write(char *to, bool negative)
{
    memcpy(to, words + !negative, sizeof(words) - !negative);
}

int infinity_read(const char *text)
{
    return strcmp(text, words) == 0 ? -1 : strcmp(text, words + 1) == 0;
}
