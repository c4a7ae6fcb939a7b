/* A value of any mapped type: how keys, conditions and parameters travel to the library. */
#ifndef HOWDAH_VALUE_H
#define HOWDAH_VALUE_H

#include <howdah/each.h>
#include <howdah/types.h>

HOWDAH_BEGIN_DECLS

/* Types of fields and of values. A field's type is one of these, plain, or with one of the two flags:
 * HOWDAH_TYPE_INT32 | HOWDAH_TYPE_NULLABLE is struct howdah_null_int32, HOWDAH_TYPE_INT32 |
 * HOWDAH_TYPE_ARRAY is struct howdah_int32_array. */
enum howdah_type {
    HOWDAH_TYPE_NONE = 0, /* as a value: SQL NULL */
    HOWDAH_TYPE_BOOL,
    HOWDAH_TYPE_INT16,
    HOWDAH_TYPE_INT32,
    HOWDAH_TYPE_INT64,
    HOWDAH_TYPE_FLOAT,
    HOWDAH_TYPE_DOUBLE,
    HOWDAH_TYPE_TEXT,
    HOWDAH_TYPE_CHARS, /* char[N] inside the struct */
    HOWDAH_TYPE_TIMESTAMP,
    HOWDAH_TYPE_DATE,
    HOWDAH_TYPE_TIME,
    HOWDAH_TYPE_INTERVAL,
    HOWDAH_TYPE_UUID,
    HOWDAH_TYPE_BYTES,
    HOWDAH_TYPE_JSON,
    HOWDAH_TYPE_NUMERIC,
    HOWDAH_TYPE_ENUM,   /* int or unsigned, with .labels */
    HOWDAH_TYPE_CODEC,  /* the program's own type, with .codec */
    HOWDAH_TYPE_UINT64, /* values only: unsigned integers, checked against the field's range */
    HOWDAH_TYPE_COUNT,
    HOWDAH_TYPE_NULLABLE = 0x100,
    HOWDAH_TYPE_ARRAY = 0x200
};

/* Passed by value. Text, bytes and arrays are borrowed: they must live until the call returns. */
struct howdah_value {
    uint32_t type; /* enum howdah_type, possibly | HOWDAH_TYPE_ARRAY */
    uint32_t reserved;
    union {
        bool boolean;
        int64_t integer;
        uint64_t unsigned_integer;
        double real;
        const char *text; /* TEXT, JSON, NUMERIC */
        struct howdah_bytes bytes;
        struct howdah_timestamp timestamp;
        struct howdah_date date;
        struct howdah_time time;
        struct howdah_interval interval;
        struct howdah_uuid uuid;
        struct {
            const void *items;
            const bool *nulls;
            size_t count;
        } array;
    } as;
};

/* --- one function for each C type; VALUE(x) picks among them --- */

#define HOWDAH_VALUE_OF(name, ctype, kind, member, expression) \
    static inline struct howdah_value howdah_value_##name(ctype x) \
    { \
        struct howdah_value value = {0, 0, {0}}; \
        value.type = (kind); \
        value.as.member = expression; \
        return value; \
    }
#define HOWDAH_VALUE_OF_NULL(name, kind, member, expression) \
    static inline struct howdah_value howdah_value_null_##name(struct howdah_null_##name x) \
    { \
        struct howdah_value value = {0, 0, {0}}; \
        if (x.valid) { \
            value.type = (kind); \
            value.as.member = expression; \
        } \
        return value; \
    }
#define HOWDAH_VALUE_OF_ARRAY(name, kind) \
    static inline struct howdah_value howdah_value_##name##_array(struct howdah_##name##_array x) \
    { \
        struct howdah_value value = {0, 0, {0}}; \
        if (x.items) { \
            value.type = (kind); \
            value.type |= HOWDAH_TYPE_ARRAY; \
            value.as.array.items = x.items; \
            value.as.array.nulls = x.nulls; \
            value.as.array.count = x.count; \
        } \
        return value; \
    }

#ifdef __cplusplus
#define HOWDAH_VALUE_DOUBLE(x) static_cast<double>(x)
#else
#define HOWDAH_VALUE_DOUBLE(x) ((double)(x))
#endif

HOWDAH_VALUE_OF(bool, bool, HOWDAH_TYPE_BOOL, boolean, x)
HOWDAH_VALUE_OF(integer, int64_t, HOWDAH_TYPE_INT64, integer, x)
HOWDAH_VALUE_OF(unsigned, uint64_t, HOWDAH_TYPE_UINT64, unsigned_integer, x)
HOWDAH_VALUE_OF(float, float, HOWDAH_TYPE_FLOAT, real, HOWDAH_VALUE_DOUBLE(x))
HOWDAH_VALUE_OF(double, double, HOWDAH_TYPE_DOUBLE, real, x)
HOWDAH_VALUE_OF(text, const char *, x ? HOWDAH_TYPE_TEXT : HOWDAH_TYPE_NONE, text, x)
HOWDAH_VALUE_OF(timestamp, struct howdah_timestamp, HOWDAH_TYPE_TIMESTAMP, timestamp, x)
HOWDAH_VALUE_OF(date, struct howdah_date, HOWDAH_TYPE_DATE, date, x)
HOWDAH_VALUE_OF(time, struct howdah_time, HOWDAH_TYPE_TIME, time, x)
HOWDAH_VALUE_OF(interval, struct howdah_interval, HOWDAH_TYPE_INTERVAL, interval, x)
HOWDAH_VALUE_OF(uuid, struct howdah_uuid, HOWDAH_TYPE_UUID, uuid, x)
HOWDAH_VALUE_OF(bytes, struct howdah_bytes, x.data ? HOWDAH_TYPE_BYTES : HOWDAH_TYPE_NONE, bytes, x)
HOWDAH_VALUE_OF(json, struct howdah_json, x.text ? HOWDAH_TYPE_JSON : HOWDAH_TYPE_NONE, text, x.text)
HOWDAH_VALUE_OF(numeric, struct howdah_numeric, x.text ? HOWDAH_TYPE_NUMERIC : HOWDAH_TYPE_NONE, text, x.text)
HOWDAH_VALUE_OF_NULL(bool, HOWDAH_TYPE_BOOL, boolean, x.value)
HOWDAH_VALUE_OF_NULL(int16, HOWDAH_TYPE_INT64, integer, x.value)
HOWDAH_VALUE_OF_NULL(int32, HOWDAH_TYPE_INT64, integer, x.value)
HOWDAH_VALUE_OF_NULL(int64, HOWDAH_TYPE_INT64, integer, x.value)
HOWDAH_VALUE_OF_NULL(float, HOWDAH_TYPE_FLOAT, real, HOWDAH_VALUE_DOUBLE(x.value))
HOWDAH_VALUE_OF_NULL(double, HOWDAH_TYPE_DOUBLE, real, x.value)
HOWDAH_VALUE_OF_NULL(timestamp, HOWDAH_TYPE_TIMESTAMP, timestamp, x.value)
HOWDAH_VALUE_OF_NULL(date, HOWDAH_TYPE_DATE, date, x.value)
HOWDAH_VALUE_OF_NULL(time, HOWDAH_TYPE_TIME, time, x.value)
HOWDAH_VALUE_OF_NULL(interval, HOWDAH_TYPE_INTERVAL, interval, x.value)
HOWDAH_VALUE_OF_NULL(uuid, HOWDAH_TYPE_UUID, uuid, x.value)
HOWDAH_VALUE_OF_ARRAY(bool, HOWDAH_TYPE_BOOL)
HOWDAH_VALUE_OF_ARRAY(int16, HOWDAH_TYPE_INT16)
HOWDAH_VALUE_OF_ARRAY(int32, HOWDAH_TYPE_INT32)
HOWDAH_VALUE_OF_ARRAY(int64, HOWDAH_TYPE_INT64)
HOWDAH_VALUE_OF_ARRAY(float, HOWDAH_TYPE_FLOAT)
HOWDAH_VALUE_OF_ARRAY(double, HOWDAH_TYPE_DOUBLE)
HOWDAH_VALUE_OF_ARRAY(text, HOWDAH_TYPE_TEXT)
HOWDAH_VALUE_OF_ARRAY(timestamp, HOWDAH_TYPE_TIMESTAMP)
HOWDAH_VALUE_OF_ARRAY(date, HOWDAH_TYPE_DATE)
HOWDAH_VALUE_OF_ARRAY(time, HOWDAH_TYPE_TIME)
HOWDAH_VALUE_OF_ARRAY(interval, HOWDAH_TYPE_INTERVAL)
HOWDAH_VALUE_OF_ARRAY(uuid, HOWDAH_TYPE_UUID)
HOWDAH_VALUE_OF_ARRAY(bytes, HOWDAH_TYPE_BYTES)
HOWDAH_VALUE_OF_ARRAY(json, HOWDAH_TYPE_JSON)
HOWDAH_VALUE_OF_ARRAY(numeric, HOWDAH_TYPE_NUMERIC)

static inline struct howdah_value howdah_value_null(const void *nothing)
{
    struct howdah_value value = {0, 0, {0}};
    (void)nothing; /* NULL in C is a void pointer: SQL NULL */
    return value;
}

static inline struct howdah_value howdah_value_itself(struct howdah_value value)
{
    return value;
}

/* VALUE(x): x is evaluated once. char is an integer type here as in C; a string is text. */
#define HOWDAH_VALUE(x) \
    _Generic((x),                                                                                  \
        bool: howdah_value_bool,                                                                   \
        char: howdah_value_integer, signed char: howdah_value_integer, short: howdah_value_integer, \
        int: howdah_value_integer, long: howdah_value_integer, long long: howdah_value_integer,    \
        unsigned char: howdah_value_unsigned, unsigned short: howdah_value_unsigned,               \
        unsigned int: howdah_value_unsigned, unsigned long: howdah_value_unsigned,                 \
        unsigned long long: howdah_value_unsigned,                                                 \
        float: howdah_value_float, double: howdah_value_double,                                    \
        char *: howdah_value_text, const char *: howdah_value_text,                                \
        void *: howdah_value_null, const void *: howdah_value_null,                                \
        struct howdah_timestamp: howdah_value_timestamp, struct howdah_date: howdah_value_date,    \
        struct howdah_time: howdah_value_time, struct howdah_interval: howdah_value_interval,      \
        struct howdah_uuid: howdah_value_uuid, struct howdah_bytes: howdah_value_bytes,            \
        struct howdah_json: howdah_value_json, struct howdah_numeric: howdah_value_numeric,        \
        struct howdah_null_bool: howdah_value_null_bool,                                           \
        struct howdah_null_int16: howdah_value_null_int16,                                         \
        struct howdah_null_int32: howdah_value_null_int32,                                         \
        struct howdah_null_int64: howdah_value_null_int64,                                         \
        struct howdah_null_float: howdah_value_null_float,                                         \
        struct howdah_null_double: howdah_value_null_double,                                       \
        struct howdah_null_timestamp: howdah_value_null_timestamp,                                 \
        struct howdah_null_date: howdah_value_null_date,                                           \
        struct howdah_null_time: howdah_value_null_time,                                           \
        struct howdah_null_interval: howdah_value_null_interval,                                   \
        struct howdah_null_uuid: howdah_value_null_uuid,                                           \
        struct howdah_bool_array: howdah_value_bool_array,                                         \
        struct howdah_int16_array: howdah_value_int16_array,                                       \
        struct howdah_int32_array: howdah_value_int32_array,                                       \
        struct howdah_int64_array: howdah_value_int64_array,                                       \
        struct howdah_float_array: howdah_value_float_array,                                       \
        struct howdah_double_array: howdah_value_double_array,                                     \
        struct howdah_text_array: howdah_value_text_array,                                         \
        struct howdah_timestamp_array: howdah_value_timestamp_array,                               \
        struct howdah_date_array: howdah_value_date_array,                                         \
        struct howdah_time_array: howdah_value_time_array,                                         \
        struct howdah_interval_array: howdah_value_interval_array,                                 \
        struct howdah_uuid_array: howdah_value_uuid_array,                                         \
        struct howdah_bytes_array: howdah_value_bytes_array,                                       \
        struct howdah_json_array: howdah_value_json_array,                                         \
        struct howdah_numeric_array: howdah_value_numeric_array,                                   \
        struct howdah_value: howdah_value_itself)(x)

/* HOWDAH_VALUES(a, b) is an array of values and its length: two arguments of a call. 1 to 8 values. */
#define HOWDAH_VALUES(...) \
    (const struct howdah_value[]){HOWDAH_EACH(HOWDAH_VALUE, __VA_ARGS__)}, HOWDAH_COUNT(__VA_ARGS__)

HOWDAH_END_DECLS

#endif
