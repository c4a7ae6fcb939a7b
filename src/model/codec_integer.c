/* bool, int16_t, int32_t, int64_t. */
#include "codec_table.h"

#include "digits.h"

#include "base/hash.h"

static int16_t int16_at(const void *value)
{
    int16_t x;
    memcpy(&x, value, sizeof(x));
    return x;
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* --- bool --- */

static void bool_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_byte(out, *(const bool *)value ? 1 : 0);
}

static enum howdah_status bool_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != 1)
        return HOWDAH_STATUS_INVALID;
    *(bool *)value = data[0] != 0;
    return HOWDAH_STATUS_OK;
}

static bool bool_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return *(const bool *)a == *(const bool *)b;
}

static uint64_t bool_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return hash_mix(*(const bool *)value);
}

static int bool_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return *(const bool *)a - *(const bool *)b;
}

static void bool_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_text(out, *(const bool *)value ? "true" : "false");
}

const struct codec codec_bool = {
    .type = HOWDAH_TYPE_BOOL,
    .c_name = "bool",
    .sql_type = "boolean",
    .oid = 16,
    .array_oid = 1000,
    .size = sizeof(bool),
    .encode = bool_encode,
    .decode = bool_decode,
    .equal = bool_equal,
    .hash = bool_hash,
    .compare = bool_compare,
    .check = check_nothing,
    .text = bool_text,
};

/* --- integers --- */

static void append_integer(int64_t value, struct buffer *out)
{
    char text[1 + DIGITS_MAX], *end = text;
    if (value < 0)
        *end++ = '-';
    end = digits_write(end, magnitude(value), 1);
    buffer_append(out, text, (size_t)(end - text));
}

static void int16_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_int16(out, (uint16_t)int16_at(value));
}

static enum howdah_status int16_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != sizeof(uint16_t))
        return HOWDAH_STATUS_INVALID;
    uint16_t x = read_uint16(data);
    memcpy(value, &x, sizeof(x));
    return HOWDAH_STATUS_OK;
}

static bool int16_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return int16_at(a) == int16_at(b);
}

static uint64_t int16_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return hash_mix((uint64_t)int16_at(value));
}

static int int16_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return order(int16_at(a), int16_at(b));
}

static void int16_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    append_integer(int16_at(value), out);
}

const struct codec codec_int16 = {
    .type = HOWDAH_TYPE_INT16,
    .c_name = "int16_t",
    .sql_type = "smallint",
    .oid = 21,
    .array_oid = 1005,
    .size = sizeof(int16_t),
    .encode = int16_encode,
    .decode = int16_decode,
    .equal = int16_equal,
    .hash = int16_hash,
    .compare = int16_compare,
    .check = check_nothing,
    .text = int16_text,
};

void int32_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_int32(out, (uint32_t)int32_at(value));
}

static enum howdah_status int32_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != sizeof(uint32_t))
        return HOWDAH_STATUS_INVALID;
    uint32_t x = read_uint32(data);
    memcpy(value, &x, sizeof(x));
    return HOWDAH_STATUS_OK;
}

bool int32_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return int32_at(a) == int32_at(b);
}

uint64_t int32_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return hash_mix((uint64_t)int32_at(value));
}

int int32_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return order(int32_at(a), int32_at(b));
}

static void int32_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    append_integer(int32_at(value), out);
}

const struct codec codec_int32 = {
    .type = HOWDAH_TYPE_INT32,
    .c_name = "int32_t",
    .sql_type = "integer",
    .oid = 23,
    .array_oid = 1007,
    .size = sizeof(int32_t),
    .encode = int32_encode,
    .decode = int32_decode,
    .equal = int32_equal,
    .hash = int32_hash,
    .compare = int32_compare,
    .check = check_nothing,
    .text = int32_text,
};

void int64_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_int64(out, (uint64_t)int64_at(value));
}

static enum howdah_status int64_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != sizeof(uint64_t))
        return HOWDAH_STATUS_INVALID;
    uint64_t x = read_uint64(data);
    memcpy(value, &x, sizeof(x));
    return HOWDAH_STATUS_OK;
}

bool int64_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return int64_at(a) == int64_at(b);
}

uint64_t int64_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return hash_mix((uint64_t)int64_at(value));
}

int int64_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return order(int64_at(a), int64_at(b));
}

static void int64_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    append_integer(int64_at(value), out);
}

const struct codec codec_int64 = {
    .type = HOWDAH_TYPE_INT64,
    .c_name = "int64_t",
    .sql_type = "bigint",
    .oid = 20,
    .array_oid = 1016,
    .size = sizeof(int64_t),
    .encode = int64_encode,
    .decode = int64_decode,
    .equal = int64_equal,
    .hash = int64_hash,
    .compare = int64_compare,
    .check = check_nothing,
    .text = int64_text,
};
