/* Timestamps, dates and times from and to text: the public conversions. ISO 8601 as the server writes it, which it also
 * reads under any DateStyle. */
#include "calendar.h"
#include "reader.h"

#include <howdah/types.h>

#include <string.h>

/* --- writing --- */

/* The year as people count it: there is none before 1 BC but 2 BC. */
static char *write_day(char *to, const struct calendar_day *day)
{
    to = digits_write(to, (uint64_t)(day->year > 0 ? day->year : 1 - day->year), 4);
    *to++ = '-';
    to = digits_write(to, (uint64_t)day->month, 2);
    *to++ = '-';
    return digits_write(to, (uint64_t)day->day, 2);
}

static char *write_clock(char *to, uint64_t microseconds)
{
    uint64_t seconds = microseconds / MICROSECONDS_PER_SECOND;
    to = digits_write(to, seconds / 3600, 2);
    *to++ = ':';
    to = digits_write(to, seconds / 60 % 60, 2);
    *to++ = ':';
    to = digits_write(to, seconds % 60, 2);
    return write_millionths(to, microseconds % MICROSECONDS_PER_SECOND);
}

static void write_end(char *to, const struct calendar_day *day)
{
    size_t era = day->year > 0 ? 0 : 3;
    memcpy(to, " BC", era);
    to[era] = '\0';
}

void howdah_timestamp_to_text(struct howdah_timestamp time, char ret_text[HOWDAH_TEXT_MAX])
{
    if (time.microseconds == INT64_MAX || time.microseconds == INT64_MIN) {
        infinity_write(ret_text, time.microseconds < 0);
        return;
    }
    struct calendar_day day = calendar_split(divide_down(time.microseconds, MICROSECONDS_PER_DAY));
    char *to = write_day(ret_text, &day);
    *to++ = ' ';
    to = write_clock(to, (uint64_t)rest_above(time.microseconds, MICROSECONDS_PER_DAY));
    memcpy(to, "+00", 3);
    write_end(to + 3, &day);
}

void howdah_date_to_text(struct howdah_date date, char ret_text[HOWDAH_TEXT_MAX])
{
    if (date.days == INT32_MAX || date.days == INT32_MIN) {
        infinity_write(ret_text, date.days < 0);
        return;
    }
    struct calendar_day day = calendar_split(date.days);
    write_end(write_day(ret_text, &day), &day);
}

void howdah_time_to_text(struct howdah_time time, char ret_text[HOWDAH_TEXT_MAX])
{
    char *to = ret_text;
    if (time.microseconds < 0)
        *to++ = '-'; /* no time of day, but better shown than hidden */
    *write_clock(to, magnitude(time.microseconds)) = '\0';
}

/* --- reading --- */

static bool read_day(const char **at, struct calendar_day *ret)
{
    int64_t month, day;
    if (!read_digits(at, 4, 7, &ret->year) || !read_char(at, '-') || !read_digits(at, 2, 2, &month) ||
        !read_char(at, '-') || !read_digits(at, 2, 2, &day))
        return false;
    ret->month = (int)month;
    ret->day = (int)day;
    return true;
}

/* HH:MM[:SS[.ffffff]], up to 24:00:00. A leap second is the first one of the next minute, as the server has it. */
static bool read_clock(const char **at, int64_t *ret)
{
    int64_t hour, minute, second = 0, fraction = 0;
    if (!read_digits(at, 2, 2, &hour) || !read_char(at, ':') || !read_digits(at, 2, 2, &minute))
        return false;
    if (read_char(at, ':') && (!read_digits(at, 2, 2, &second) || !read_millionths(at, &fraction)))
        return false;
    int64_t time = ((hour * 60 + minute) * 60 + second) * MICROSECONDS_PER_SECOND + fraction;
    if (minute > 59 || second > 60 || time > MICROSECONDS_PER_DAY)
        return false;
    *ret = time;
    return true;
}

/* Z, +HH, +HHMM, +HH:MM, +HH:MM:SS, or nothing, which is UTC: the distance from UTC. */
static bool read_zone(const char **at, int64_t *ret)
{
    int64_t hour, minute = 0, second = 0;
    bool west = **at == '-';
    *ret = 0;
    if (read_char(at, 'Z') || !(read_char(at, '+') || read_char(at, '-')))
        return true;
    if (!read_digits(at, 2, 2, &hour))
        return false;
    bool colon = read_char(at, ':');
    if ((colon || is_digit(**at)) && !read_digits(at, 2, 2, &minute))
        return false;
    if (colon && read_char(at, ':') && !read_digits(at, 2, 2, &second))
        return false;
    if (hour > 15 || minute > 59 || second > 59)
        return false;
    int64_t distance = ((hour * 60 + minute) * 60 + second) * MICROSECONDS_PER_SECOND;
    *ret = west ? -distance : distance;
    return true;
}

/* What may follow: the era. True if that is all, and there is such a day. */
static bool read_end(const char *at, struct calendar_day *day)
{
    bool before_christ = strcmp(at, " BC") == 0;
    if ((*at && !before_christ) || day->year == 0)
        return false;
    if (before_christ)
        day->year = 1 - day->year;
    return calendar_has(day);
}

enum howdah_status howdah_timestamp_from_text(const char *text, struct howdah_timestamp *ret)
{
    struct calendar_day day;
    int64_t time = 0, zone = 0;
    const char *at = text;
    if (!text)
        return HOWDAH_STATUS_INVALID;
    int infinity = infinity_read(text);
    if (infinity) {
        ret->microseconds = infinity < 0 ? INT64_MIN : INT64_MAX;
        return HOWDAH_STATUS_OK;
    }
    if (!read_day(&at, &day))
        return HOWDAH_STATUS_INVALID;
    bool has_time = read_char(&at, 'T') || (at[0] == ' ' && is_digit(at[1]) && read_char(&at, ' '));
    if (has_time && (!read_clock(&at, &time) || !read_zone(&at, &zone)))
        return HOWDAH_STATUS_INVALID;
    if (!read_end(at, &day))
        return HOWDAH_STATUS_INVALID;
    bool in_range = calendar_timestamp(calendar_count(&day), time - zone, &ret->microseconds);
    return in_range ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
}

enum howdah_status howdah_date_from_text(const char *text, struct howdah_date *ret)
{
    struct calendar_day day;
    const char *at = text;
    if (!text)
        return HOWDAH_STATUS_INVALID;
    int infinity = infinity_read(text);
    if (infinity) {
        ret->days = infinity < 0 ? INT32_MIN : INT32_MAX;
        return HOWDAH_STATUS_OK;
    }
    if (!read_day(&at, &day) || !read_end(at, &day))
        return HOWDAH_STATUS_INVALID;
    return calendar_date(calendar_count(&day), &ret->days) ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
}

enum howdah_status howdah_time_from_text(const char *text, struct howdah_time *ret)
{
    int64_t time;
    const char *at = text;
    if (!text || !read_clock(&at, &time) || *at)
        return HOWDAH_STATUS_INVALID;
    ret->microseconds = time;
    return HOWDAH_STATUS_OK;
}
