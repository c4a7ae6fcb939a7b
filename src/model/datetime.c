/* Timestamps and dates from and to the types of C: the public conversions. */
#include "calendar.h"

#include <howdah/types.h>

enum { NANOSECONDS_PER_SECOND = 1000000000, SECONDS_PER_DAY = 86400, FIRST_TM_YEAR = 1900 };

/* Seconds from 1970-01-01, with which time_t begins, to 2000-01-01. */
static const int64_t epoch = INT64_C(946684800);

static bool is_infinite(struct howdah_timestamp time)
{
    return time.microseconds == INT64_MAX || time.microseconds == INT64_MIN;
}

static enum howdah_status status_of(bool valid)
{
    return valid ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
}

enum howdah_status howdah_timestamp_from_timespec(struct timespec time, struct howdah_timestamp *ret)
{
    if (time.tv_nsec < 0 || time.tv_nsec >= NANOSECONDS_PER_SECOND)
        return HOWDAH_STATUS_INVALID;
    int64_t days = divide_down(time.tv_sec, SECONDS_PER_DAY);
    int64_t second = rest_above(time.tv_sec, SECONDS_PER_DAY);
    int64_t microseconds = second * MICROSECONDS_PER_SECOND + (time.tv_nsec + 500) / 1000;
    return status_of(calendar_timestamp(days - epoch / SECONDS_PER_DAY, microseconds, &ret->microseconds));
}

enum howdah_status howdah_timestamp_to_timespec(struct howdah_timestamp time, struct timespec *ret)
{
    if (is_infinite(time))
        return HOWDAH_STATUS_INVALID;
    int64_t seconds = divide_down(time.microseconds, MICROSECONDS_PER_SECOND);
    int64_t rest = rest_above(time.microseconds, MICROSECONDS_PER_SECOND);
    seconds += epoch;
    if ((time_t)seconds != seconds)
        return HOWDAH_STATUS_INVALID;
    *ret = (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)rest * 1000};
    return HOWDAH_STATUS_OK;
}

static bool read_tm_day(const struct tm *time, int64_t *ret)
{
    struct calendar_day day = {(int64_t)time->tm_year + FIRST_TM_YEAR, time->tm_mon, time->tm_mday};
    if (day.month < 0 || day.month > 11)
        return false;
    day.month++;
    *ret = calendar_count(&day);
    return calendar_has(&day);
}

enum howdah_status howdah_timestamp_from_tm(const struct tm *time, struct howdah_timestamp *ret)
{
    int64_t days;
    if (!read_tm_day(time, &days) || time->tm_hour < 0 || time->tm_hour > 23 || time->tm_min < 0 || time->tm_min > 59 ||
        time->tm_sec < 0 || time->tm_sec > 60)
        return HOWDAH_STATUS_INVALID;
    int64_t seconds = (time->tm_hour * 60 + time->tm_min) * 60 + time->tm_sec;
    return status_of(calendar_timestamp(days, seconds * MICROSECONDS_PER_SECOND, &ret->microseconds));
}

/* A day in UTC, at midnight. */
static struct tm make_tm(int64_t days)
{
    struct calendar_day day = calendar_split(days);
    struct calendar_day first = {day.year, 1, 1};
    return (struct tm){
        .tm_year = (int)(day.year - FIRST_TM_YEAR),
        .tm_mon = day.month - 1,
        .tm_mday = day.day,
        .tm_wday = (int)rest_above(days + 6, 7), /* 2000-01-01 was a Saturday */
        .tm_yday = (int)(days - calendar_count(&first)),
    };
}

enum howdah_status howdah_timestamp_to_tm(struct howdah_timestamp time, struct tm *ret)
{
    if (is_infinite(time))
        return HOWDAH_STATUS_INVALID;
    int64_t days = divide_down(time.microseconds, MICROSECONDS_PER_DAY);
    int second = (int)(rest_above(time.microseconds, MICROSECONDS_PER_DAY) / MICROSECONDS_PER_SECOND);
    struct tm tm = make_tm(days);
    tm.tm_hour = second / 3600;
    tm.tm_min = second / 60 % 60;
    tm.tm_sec = second % 60;
    *ret = tm;
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_date_from_tm(const struct tm *time, struct howdah_date *ret)
{
    int64_t days;
    return status_of(read_tm_day(time, &days) && calendar_date(days, &ret->days));
}

enum howdah_status howdah_date_to_tm(struct howdah_date date, struct tm *ret)
{
    if (date.days == INT32_MAX || date.days == INT32_MIN)
        return HOWDAH_STATUS_INVALID;
    *ret = make_tm(date.days);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_date_from_ymd(int year, int month, int day, struct howdah_date *ret)
{
    struct calendar_day calendar = {year, month, day};
    return status_of(calendar_has(&calendar) && calendar_date(calendar_count(&calendar), &ret->days));
}

enum howdah_status howdah_date_to_ymd(struct howdah_date date, int *ret_year, int *ret_month, int *ret_day)
{
    if (date.days == INT32_MAX || date.days == INT32_MIN)
        return HOWDAH_STATUS_INVALID;
    struct calendar_day day = calendar_split(date.days);
    *ret_year = (int)day.year;
    *ret_month = day.month;
    *ret_day = day.day;
    return HOWDAH_STATUS_OK;
}
