/* C types for columns that plain C has no type for: nullable scalars, PostgreSQL's times, uuid, bytea,
 * jsonb, numeric, and arrays. Each is a plain struct, so that it can stand in a program's own struct. */
#ifndef HOWDAH_TYPES_H
#define HOWDAH_TYPES_H

#include <howdah/error.h>
#include <time.h>

HOWDAH_BEGIN_DECLS

/* timestamptz, or timestamp with .sql_type = "timestamp": microseconds from 2000-01-01 00:00:00 UTC. INT64_MAX and
 * INT64_MIN are infinity and -infinity. */
struct howdah_timestamp {
    int64_t microseconds;
};
/* date: days from 2000-01-01. INT32_MAX and INT32_MIN are infinity and -infinity. */
struct howdah_date {
    int32_t days;
};
/* time: microseconds from midnight, 0 to 86,400,000,000. */
struct howdah_time {
    int64_t microseconds;
};
/* interval: three counts that PostgreSQL keeps apart, since months and days vary in length. All three at
 * their largest, or smallest, are infinity and -infinity (PostgreSQL 17 and later). */
struct howdah_interval {
    int64_t microseconds;
    int32_t days;
    int32_t months;
};
/* uuid: 16 bytes in the order in which they are written. All zero stands for "unset" in a key. */
struct howdah_uuid {
    uint8_t bytes[16];
};
/* bytea. `data` NULL is SQL NULL or unset; a value of no bytes has any other pointer and size 0. */
struct howdah_bytes {
    const void *data;
    size_t size;
};
/* jsonb, or json with .sql_type = "json". `text` NULL is SQL NULL or unset; "null" is JSON's null. */
struct howdah_json {
    const char *text;
};
/* numeric, exact: decimal digits as "-123.4500", or "NaN", "Infinity", "-Infinity". `text` NULL is SQL
 * NULL or unset. An exponent ("1e3") is accepted on the way in; white space and commas are not. */
struct howdah_numeric {
    const char *text;
};

/* Nullable scalars: SQL NULL while .valid is false; .value is then ignored. */
#define HOWDAH_NULLABLE(name, type) \
    struct name { \
        type value; \
        bool valid; \
    }
HOWDAH_NULLABLE(howdah_null_bool, bool);
HOWDAH_NULLABLE(howdah_null_int16, int16_t);
HOWDAH_NULLABLE(howdah_null_int32, int32_t);
HOWDAH_NULLABLE(howdah_null_int64, int64_t);
HOWDAH_NULLABLE(howdah_null_float, float);
HOWDAH_NULLABLE(howdah_null_double, double);
HOWDAH_NULLABLE(howdah_null_timestamp, struct howdah_timestamp);
HOWDAH_NULLABLE(howdah_null_date, struct howdah_date);
HOWDAH_NULLABLE(howdah_null_time, struct howdah_time);
HOWDAH_NULLABLE(howdah_null_interval, struct howdah_interval);
HOWDAH_NULLABLE(howdah_null_uuid, struct howdah_uuid);

/* Arrays. `items` NULL is SQL NULL or unset; count 0 with items is the empty array. `nulls` may be NULL
 * (no element is NULL) or holds a flag for each item. Items may be edited in place. One dimension. */
#define HOWDAH_ARRAY(name, type) \
    struct name { \
        type *items; \
        bool *nulls; \
        size_t count; \
    }
HOWDAH_ARRAY(howdah_bool_array, bool);
HOWDAH_ARRAY(howdah_int16_array, int16_t);
HOWDAH_ARRAY(howdah_int32_array, int32_t);
HOWDAH_ARRAY(howdah_int64_array, int64_t);
HOWDAH_ARRAY(howdah_float_array, float);
HOWDAH_ARRAY(howdah_double_array, double);
HOWDAH_ARRAY(howdah_text_array, const char *);
HOWDAH_ARRAY(howdah_timestamp_array, struct howdah_timestamp);
HOWDAH_ARRAY(howdah_date_array, struct howdah_date);
HOWDAH_ARRAY(howdah_time_array, struct howdah_time);
HOWDAH_ARRAY(howdah_interval_array, struct howdah_interval);
HOWDAH_ARRAY(howdah_uuid_array, struct howdah_uuid);
HOWDAH_ARRAY(howdah_bytes_array, struct howdah_bytes);
HOWDAH_ARRAY(howdah_json_array, struct howdah_json);
HOWDAH_ARRAY(howdah_numeric_array, struct howdah_numeric);

/* The collection of a relation: MANY(Post) posts. Owned by the session; read-only for programs. */
#define HOWDAH_MANY(T) \
    struct { \
        T **items; \
        size_t count; \
        bool loaded; \
    }

/* --- conversions: no memory, no I/O, any thread, any locale and time zone. Each returns HOWDAH_STATUS_OK,
 * or HOWDAH_STATUS_INVALID (the value has no such form: infinity as time_t, a date out of range, a text
 * that is none or NULL), and then leaves the output untouched. Texts are read from end to end: what
 * stands before or behind the value, white space included, makes them invalid. --- */

#define HOWDAH_TIMESTAMP_INFINITY       ((struct howdah_timestamp){INT64_MAX})
#define HOWDAH_TIMESTAMP_MINUS_INFINITY ((struct howdah_timestamp){INT64_MIN})
#define HOWDAH_DATE_INFINITY            ((struct howdah_date){INT32_MAX})
#define HOWDAH_DATE_MINUS_INFINITY      ((struct howdah_date){INT32_MIN})

/* Enough bytes, with the final NUL, for the text of any timestamp, date, time, interval or uuid. */
#define HOWDAH_TEXT_MAX 96

/* Nanoseconds, which must be 0 to 999,999,999, are rounded to the nearest microsecond, a half up. */
HOWDAH_API enum howdah_status howdah_timestamp_from_timespec(struct timespec time, struct howdah_timestamp *ret);
HOWDAH_API enum howdah_status howdah_timestamp_to_timespec(struct howdah_timestamp time, struct timespec *ret);
/* UTC, always. `from_tm` reads tm_year to tm_sec, each of which must be in its range (tm_mday is checked
 * against the month, and tm_sec may be 60, which is the next minute): nothing is carried over as mktime
 * would. A date reads only tm_year to tm_mday. `to_tm` sets every field, and drops what is less than a
 * second. */
HOWDAH_API enum howdah_status howdah_timestamp_from_tm(const struct tm *time, struct howdah_timestamp *ret);
HOWDAH_API enum howdah_status howdah_timestamp_to_tm(struct howdah_timestamp time, struct tm *ret);
HOWDAH_API enum howdah_status howdah_date_from_tm(const struct tm *time, struct howdah_date *ret);
HOWDAH_API enum howdah_status howdah_date_to_tm(struct howdah_date date, struct tm *ret);
/* Proleptic Gregorian, month and day from 1; year 0 is 1 BC. */
HOWDAH_API enum howdah_status howdah_date_from_ymd(int year, int month, int day, struct howdah_date *ret);
HOWDAH_API enum howdah_status howdah_date_to_ymd(struct howdah_date date, int *ret_year, int *ret_month, int *ret_day);

/* ISO 8601 as PostgreSQL writes it with DateStyle ISO and time zone UTC: "2026-11-20 10:15:00.25+00",
 * "0044-03-15 BC", "infinity". Reading accepts also "T", "Z", and numeric zones ("+02", "-0530",
 * "+05:53:28"), and for a timestamp a date alone; no zone means UTC. Seconds may be left out; more than
 * six digits of them are rounded. 24:00:00 is the end of the day. */
HOWDAH_API void howdah_timestamp_to_text(struct howdah_timestamp time, char ret_text[HOWDAH_TEXT_MAX]);
HOWDAH_API enum howdah_status howdah_timestamp_from_text(const char *text, struct howdah_timestamp *ret);
HOWDAH_API void howdah_date_to_text(struct howdah_date date, char ret_text[HOWDAH_TEXT_MAX]);
HOWDAH_API enum howdah_status howdah_date_from_text(const char *text, struct howdah_date *ret);
HOWDAH_API void howdah_time_to_text(struct howdah_time time, char ret_text[HOWDAH_TEXT_MAX]);
HOWDAH_API enum howdah_status howdah_time_from_text(const char *text, struct howdah_time *ret);
/* ISO 8601 durations, "P1Y2M3DT4H5M6.7S", which any IntervalStyle reads back. Each part may have a sign of
 * its own, weeks are read as days, and only seconds may have a fraction. */
HOWDAH_API void howdah_interval_to_text(struct howdah_interval interval, char ret_text[HOWDAH_TEXT_MAX]);
HOWDAH_API enum howdah_status howdah_interval_from_text(const char *text, struct howdah_interval *ret);

/* "01934abc-def0-7123-8456-789abcdef012". Reading takes any case, hyphens after any four digits or none,
 * and braces around it, as the server does. */
HOWDAH_API void howdah_uuid_to_text(struct howdah_uuid uuid, char ret_text[HOWDAH_TEXT_MAX]);
HOWDAH_API enum howdah_status howdah_uuid_from_text(const char *text, struct howdah_uuid *ret);
/* A new version 7 UUID (RFC 9562): the wall clock down to a quarter of a microsecond, so that those of one
 * machine come in order, and 62 random bits of the kernel. HOWDAH_STATUS_RESOURCE if that has none. */
HOWDAH_API enum howdah_status howdah_uuid_v7(struct howdah_uuid *ret);

/* numeric as an integer count of 10^-scale units, exactly: "12.50" with scale 2 is 1250, with scale 1 it
 * is 125, with scale 0 it is an error. NaN and infinities are errors. The scale is 0 to 90. `from` writes
 * the text, with all digits of the scale, into the caller's buffer of HOWDAH_TEXT_MAX bytes, to which the
 * returned numeric points: keep the buffer until the next flush, commit or rollback. */
HOWDAH_API enum howdah_status howdah_numeric_to_int64(struct howdah_numeric numeric, int scale, int64_t *ret);
HOWDAH_API enum howdah_status howdah_numeric_from_int64(int64_t value, int scale, char buffer[HOWDAH_TEXT_MAX],
                                                        struct howdah_numeric *ret);
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 howdah_int128;
HOWDAH_API enum howdah_status howdah_numeric_to_int128(struct howdah_numeric numeric, int scale, howdah_int128 *ret);
HOWDAH_API enum howdah_status howdah_numeric_from_int128(howdah_int128 value, int scale, char buffer[HOWDAH_TEXT_MAX],
                                                         struct howdah_numeric *ret);
#endif
/* As the server orders them: -1, 0, 1; 1.10 equals 1.1, NaN equals NaN and is greater than all else. */
HOWDAH_API enum howdah_status howdah_numeric_compare(struct howdah_numeric a, struct howdah_numeric b, int *ret);

/* Copies `text` into a char[N] field. False, and nothing is changed, if it does not fit or is NULL. The text
 * may be a part of the field. */
HOWDAH_API bool howdah_set_text(char *field, size_t size, const char *text) HOWDAH_MUST_CHECK;
/* SET_TEXT(post->slug, text) takes the size from the field. */
#define HOWDAH_SET_TEXT(field, text) \
    howdah_set_text((field), _Generic(&(field), char(*)[sizeof(field)] : sizeof(field)), (text))

HOWDAH_END_DECLS

#endif
