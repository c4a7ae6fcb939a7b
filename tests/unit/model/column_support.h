/* A struct with a column of each shape, for the tests of columns. */
#ifndef COLUMN_SUPPORT_H
#define COLUMN_SUPPORT_H

#include "mapper_support.h"

typedef struct point {
    int32_t x, y;
} point;
enum { COLOR_RED, COLOR_BLUE = 5 };

typedef struct Wide {
    int64_t id;
    PgUuid uuid;
    bool flag;
    int16_t small;
    int32_t number;
    float real;
    double wide;
    NullInt64 maybe;
    NullDate day;
    const char *text;
    char code[8];
    PgBytes bytes;
    PgJson json;
    PgJson plain_json;
    PgNumeric price;
    PgTimestamp at;
    PgTimestamp local;
    PgTime time;
    PgInterval interval;
    int color;
    point place;
    const char *limited;
    const char *padded;
    const char *address;
    TextArray tags;
    Int32Array numbers;
    DoubleArray reals;
    BytesArray blobs;
    JsonArray documents;
    TimestampArray moments;
} Wide;

/* "x,y"; x = -1 is a value without text, x = -2 is NULL. */
static inline ptrdiff_t encode_point(const void *field, char *text, size_t size)
{
    point p;
    memcpy(&p, field, sizeof(p));
    return p.x < 0 ? p.x : snprintf(text, size, "%d,%d", p.x, p.y);
}

static inline bool decode_point(const char *text, size_t length, void *field)
{
    point p = {-2, 0};
    char copy[32];
    if (text) {
        if (length >= sizeof(copy))
            return false;
        memcpy(copy, text, length);
        copy[length] = '\0';
        if (sscanf(copy, "%d,%d", &p.x, &p.y) != 2)
            return false;
    }
    memcpy(field, &p, sizeof(p));
    return true;
}

static const Codec point_codec = {.sql_type = "point", .encode = encode_point, .decode = decode_point};

static inline const char *refuse_blank(const void *object, const void *field)
{
    const Wide *wide = object;
    return *wide->text || field != &wide->text ? NULL : "must not be blank";
}

static ENUM(Color, NULL, LABEL(COLOR_RED, "red"), LABEL(COLOR_BLUE, "blue"));

static MODEL(Wide, "wide",
    COLUMN(Wide, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Wide, uuid,       .primary_key = true),
    COLUMN(Wide, flag),
    COLUMN(Wide, small),
    COLUMN(Wide, number,     .sql_type = "bigint"),
    COLUMN(Wide, real),
    COLUMN(Wide, wide),
    COLUMN(Wide, maybe),
    COLUMN(Wide, day,        .not_null = true),
    COLUMN(Wide, text,       .validate = refuse_blank),
    COLUMN(Wide, code),
    COLUMN(Wide, bytes,      .nullable = true),
    COLUMN(Wide, json,       .server_default = "'{}'"),
    COLUMN(Wide, plain_json, .nullable = true, .sql_type = "json"),
    COLUMN(Wide, price,      .nullable = true),
    COLUMN(Wide, at),
    COLUMN(Wide, local,      .sql_type = "timestamp"),
    COLUMN(Wide, time),
    COLUMN(Wide, interval),
    COLUMN_ENUM(Wide, color, Color),
    COLUMN_CODEC(Wide, place, &point_codec, .nullable = true),
    COLUMN(Wide, limited,    .nullable = true, .sql_type = "varchar(3)"),
    COLUMN(Wide, padded,     .nullable = true, .sql_type = "char(5)"),
    COLUMN(Wide, address,    .nullable = true, .sql_type = "inet"),
    COLUMN(Wide, tags,       .nullable = true),
    COLUMN(Wide, numbers,    .server_default = "'{}'"),
    COLUMN(Wide, reals),
    COLUMN(Wide, blobs,      .nullable = true),
    COLUMN(Wide, documents,  .nullable = true),
    COLUMN(Wide, moments,    .nullable = true));

static const struct mapper *wide;

static inline const struct column *col(const char *field)
{
    return column_of(wide, field);
}

/* Runs the cases, with the fixture and the model compiled. */
#define COLUMN_MAIN(name, ...) \
    static void column_setup(void) \
    { \
        mapper_setup(); \
        wide = compile_model(&Wide_model); \
    } \
    TEST_MAIN(name, column_setup, mapper_teardown, __VA_ARGS__)

#endif
