/* timestamptz, date, time and interval: counts here as on the wire. */
#include "calendar.h"
#include "codec_table.h"

#include "base/hash.h"

static const char out_of_range[] = "is out of range";

/* --- timestamp --- */

static enum howdah_status timestamp_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                           struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    int64_t microseconds = size == sizeof(microseconds) ? (int64_t)read_uint64(data) : 0;
    if (size != sizeof(microseconds) || !timestamp_in_range(microseconds))
        return HOWDAH_STATUS_INVALID;
    memcpy(value, &microseconds, sizeof(microseconds));
    return HOWDAH_STATUS_OK;
}

static const char *timestamp_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    (void)bytes;
    return timestamp_in_range(int64_at(value)) ? NULL : out_of_range;
}

static void timestamp_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[HOWDAH_TEXT_MAX];
    howdah_timestamp_to_text((struct howdah_timestamp){int64_at(value)}, text);
    buffer_text(out, text);
}

const struct codec codec_timestamp = {
    .type = HOWDAH_TYPE_TIMESTAMP,
    .c_name = "PgTimestamp",
    .sql_type = "timestamptz",
    .oid = 1184,
    .array_oid = 1185,
    .size = sizeof(struct howdah_timestamp),
    .encode = int64_encode,
    .decode = timestamp_decode,
    .equal = int64_equal,
    .hash = int64_hash,
    .compare = int64_compare,
    .check = timestamp_check,
    .text = timestamp_append,
};

/* --- date --- */

static enum howdah_status date_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    int32_t days = size == sizeof(days) ? (int32_t)read_uint32(data) : 0;
    if (size != sizeof(days) || !date_in_range(days))
        return HOWDAH_STATUS_INVALID;
    memcpy(value, &days, sizeof(days));
    return HOWDAH_STATUS_OK;
}

static const char *date_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    (void)bytes;
    return date_in_range(int32_at(value)) ? NULL : out_of_range;
}

static void date_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[HOWDAH_TEXT_MAX];
    howdah_date_to_text((struct howdah_date){int32_at(value)}, text);
    buffer_text(out, text);
}

const struct codec codec_date = {
    .type = HOWDAH_TYPE_DATE,
    .c_name = "PgDate",
    .sql_type = "date",
    .oid = 1082,
    .array_oid = 1182,
    .size = sizeof(struct howdah_date),
    .encode = int32_encode,
    .decode = date_decode,
    .equal = int32_equal,
    .hash = int32_hash,
    .compare = int32_compare,
    .check = date_check,
    .text = date_append,
};

/* --- time --- */

static bool time_in_range(int64_t microseconds)
{
    return microseconds >= 0 && microseconds <= MICROSECONDS_PER_DAY;
}

static enum howdah_status time_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    int64_t microseconds = size == sizeof(microseconds) ? (int64_t)read_uint64(data) : 0;
    if (size != sizeof(microseconds) || !time_in_range(microseconds))
        return HOWDAH_STATUS_INVALID;
    memcpy(value, &microseconds, sizeof(microseconds));
    return HOWDAH_STATUS_OK;
}

static const char *time_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    (void)bytes;
    return time_in_range(int64_at(value)) ? NULL : out_of_range;
}

static void time_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[HOWDAH_TEXT_MAX];
    howdah_time_to_text((struct howdah_time){int64_at(value)}, text);
    buffer_text(out, text);
}

const struct codec codec_time = {
    .type = HOWDAH_TYPE_TIME,
    .c_name = "PgTime",
    .sql_type = "time",
    .oid = 1083,
    .array_oid = 1183,
    .size = sizeof(struct howdah_time),
    .encode = int64_encode,
    .decode = time_decode,
    .equal = int64_equal,
    .hash = int64_hash,
    .compare = int64_compare,
    .check = time_check,
    .text = time_append,
};

/* --- interval --- */

static struct howdah_interval interval_at(const void *value)
{
    struct howdah_interval interval;
    memcpy(&interval, value, sizeof(interval));
    return interval;
}

static void interval_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    struct howdah_interval interval = interval_at(value);
    buffer_int64(out, (uint64_t)interval.microseconds);
    buffer_int32(out, (uint32_t)interval.days);
    buffer_int32(out, (uint32_t)interval.months);
}

static enum howdah_status interval_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                          struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != 16)
        return HOWDAH_STATUS_INVALID;
    struct howdah_interval interval = {
        .microseconds = (int64_t)read_uint64(data),
        .days = (int32_t)read_uint32(data + 8),
        .months = (int32_t)read_uint32(data + 12),
    };
    memcpy(value, &interval, sizeof(interval));
    return HOWDAH_STATUS_OK;
}

/* An interval's length in the server's comparisons: a month has 30 days, a day 24 hours. */
struct span {
    int64_t days, rest;
};

static struct span span_of(const void *value)
{
    struct howdah_interval interval = interval_at(value);
    int64_t days = divide_down(interval.microseconds, MICROSECONDS_PER_DAY);
    return (struct span){
        .days = (int64_t)interval.months * 30 + interval.days + days,
        .rest = rest_above(interval.microseconds, MICROSECONDS_PER_DAY),
    };
}

static bool interval_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    struct span x = span_of(a), y = span_of(b);
    return x.days == y.days && x.rest == y.rest;
}

static uint64_t interval_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    struct span span = span_of(value);
    return hash_combine((uint64_t)span.days, (uint64_t)span.rest);
}

static int interval_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    struct span x = span_of(a), y = span_of(b);
    return x.days != y.days ? (x.days > y.days) - (x.days < y.days) : (x.rest > y.rest) - (x.rest < y.rest);
}

static void interval_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[HOWDAH_TEXT_MAX];
    howdah_interval_to_text(interval_at(value), text);
    buffer_text(out, text);
}

const struct codec codec_interval = {
    .type = HOWDAH_TYPE_INTERVAL,
    .c_name = "PgInterval",
    .sql_type = "interval",
    .oid = 1186,
    .array_oid = 1187,
    .size = sizeof(struct howdah_interval),
    .encode = interval_encode,
    .decode = interval_decode,
    .equal = interval_equal,
    .hash = interval_hash,
    .compare = interval_compare,
    .check = check_nothing,
    .text = interval_append,
};
