/* float and double. As the server has it, NaN equals NaN and is greater than all else, and -0 equals 0. */
#include "codec_table.h"

#include "float_text.h"

#include "base/hash.h"

#include <math.h>

static float float_at(const void *value)
{
    float x;
    memcpy(&x, value, sizeof(x));
    return x;
}

static double double_at(const void *value)
{
    double x;
    memcpy(&x, value, sizeof(x));
    return x;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static int order(double a, double b)
{
    if (isnan(a) || isnan(b))
        return !!isnan(a) - !!isnan(b);
    return (a > b) - (a < b);
}

static uint64_t digest(double x)
{
    uint64_t bits = 0;
    if (isnan(x))
        bits = UINT64_MAX;
    else if (x != 0)
        memcpy(&bits, &x, sizeof(bits));
    return hash_mix(bits);
}

/* --- float --- */

static void float_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_int32(out, (uint32_t)int32_at(value));
}

static enum howdah_status float_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != sizeof(uint32_t))
        return HOWDAH_STATUS_INVALID;
    uint32_t bits = read_uint32(data);
    memcpy(value, &bits, sizeof(bits));
    return HOWDAH_STATUS_OK;
}

static bool float_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return same((double)float_at(a), (double)float_at(b));
}

static uint64_t float_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return digest((double)float_at(value));
}

static int float_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return order((double)float_at(a), (double)float_at(b));
}

static void float_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[FLOAT_TEXT_MAX];
    buffer_append(out, text, float_to_text(float_at(value), text));
}

const struct codec codec_float = {
    .type = HOWDAH_TYPE_FLOAT,
    .c_name = "float",
    .sql_type = "real",
    .oid = 700,
    .array_oid = 1021,
    .size = sizeof(float),
    .encode = float_encode,
    .decode = float_decode,
    .equal = float_equal,
    .hash = float_hash,
    .compare = float_compare,
    .check = check_nothing,
    .text = float_append,
};

/* --- double --- */

static void double_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_int64(out, (uint64_t)int64_at(value));
}

static enum howdah_status double_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                        struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != sizeof(uint64_t))
        return HOWDAH_STATUS_INVALID;
    uint64_t bits = read_uint64(data);
    memcpy(value, &bits, sizeof(bits));
    return HOWDAH_STATUS_OK;
}

static bool double_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return same(double_at(a), double_at(b));
}

static uint64_t double_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    return digest(double_at(value));
}

static int double_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return order(double_at(a), double_at(b));
}

static void double_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    char text[FLOAT_TEXT_MAX];
    buffer_append(out, text, double_to_text(double_at(value), text));
}

const struct codec codec_double = {
    .type = HOWDAH_TYPE_DOUBLE,
    .c_name = "double",
    .sql_type = "double precision",
    .oid = 701,
    .array_oid = 1022,
    .size = sizeof(double),
    .encode = double_encode,
    .decode = double_decode,
    .equal = double_equal,
    .hash = double_hash,
    .compare = double_compare,
    .check = check_nothing,
    .text = double_append,
};
