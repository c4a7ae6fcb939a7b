/* Every type that a column can have: plain, nullable, arrays, and those that need more words. */
#ifndef API_TYPES_MODELS_H
#define API_TYPES_MODELS_H

#include <howdah/howdah.h>

#include <stdio.h>
#include <string.h>

typedef struct Plain {
    int64_t id;
    bool truth;
    int16_t small;
    int32_t middle;
    int64_t large;
    float single_float;
    double double_float;
    const char *words;
    char chars[8];
    PgTimestamp moment;
    PgDate day;
    PgTime hour;
    PgInterval span;
    PgUuid uuid;
    PgBytes bytes;
    PgJson json;
    PgNumeric amount;
} Plain;

typedef struct Nullable {
    int64_t id;
    NullBool truth;
    NullInt16 small;
    NullInt32 middle;
    NullInt64 large;
    NullFloat single_float;
    NullDouble double_float;
    const char *words;
    NullTimestamp moment;
    NullDate day;
    NullTime hour;
    NullInterval span;
    NullUuid uuid;
    PgBytes bytes;
    PgJson json;
    PgNumeric amount;
} Nullable;

typedef struct Lists {
    int64_t id;
    BoolArray truth;
    Int16Array small;
    Int32Array middle;
    Int64Array large;
    FloatArray single_float;
    DoubleArray double_float;
    TextArray words;
    TimestampArray moment;
    DateArray day;
    TimeArray hour;
    IntervalArray span;
    UuidArray uuid;
    BytesArray bytes;
    JsonArray json;
    NumericArray amount;
} Lists;

enum tide { TIDE_LOW = -3, TIDE_HIGH = 12, TIDE_SPRING = 700, TIDE_NONE = 0 };
typedef enum shade { SHADE_DARK = 1, SHADE_PALE } Shade;

/* A colour is "#rrggbb" in the database, or NULL. */
typedef struct Colour {
    uint8_t red, green, blue;
    bool set;
} Colour;

typedef struct Special {
    int64_t id;
    int tide;
    Shade shade;
    Colour colour;
    const char *address;
    const char *range;
    const char *search;
    const char *anycase;
    const char *grade;
    const char *matrix;
    const char *bits;
    PgNumeric price;
    PgTimestamp wall;
    PgJson raw;
    const char *limited;
    int32_t renamed_here;
    NullInt64 twice; /* the length of `limited` */
    const char *store;
} Special;

ENUM(Tide, "tide", LABEL(TIDE_LOW, "low"), LABEL(TIDE_HIGH, "high water"), LABEL(TIDE_SPRING, "Spring's \"tide\""),
     LABEL(TIDE_NONE, ""));
ENUM(Shade, NULL, LABEL(SHADE_DARK, "dark"), LABEL(SHADE_PALE, "pale"));

static ptrdiff_t encode_colour(const void *field, char *text, size_t size)
{
    const Colour *colour = field;
    if (!colour->set)
        return -2;
    return snprintf(text, size, "#%02x%02x%02x", colour->red, colour->green, colour->blue);
}

static bool decode_colour(const char *text, size_t length, void *field)
{
    unsigned red, green, blue;
    char copy[8] = "";
    Colour colour = {0};
    if (text) {
        if (length != 7)
            return false;
        memcpy(copy, text, 7);
        if (sscanf(copy, "#%2x%2x%2x", &red, &green, &blue) != 3)
            return false;
        colour = (Colour){(uint8_t)red, (uint8_t)green, (uint8_t)blue, true};
    }
    memcpy(field, &colour, sizeof(colour));
    return true;
}

static const Codec colour_codec = {.sql_type = "text", .encode = encode_colour, .decode = decode_colour};

/* clang-format off */
#define PLAIN_COLUMNS(T)                                  \
    COLUMN(T, id, .primary_key = true), COLUMN(T, truth), \
    COLUMN(T, small), COLUMN(T, middle), COLUMN(T, large), COLUMN(T, single_float), COLUMN(T, double_float)
#define TIME_COLUMNS(T) \
    COLUMN(T, moment), COLUMN(T, day), COLUMN(T, hour), COLUMN(T, span), COLUMN(T, uuid)

MODEL(Plain, "plains",
    PLAIN_COLUMNS(Plain), COLUMN(Plain, words), COLUMN(Plain, chars), TIME_COLUMNS(Plain),
    COLUMN(Plain, bytes), COLUMN(Plain, json), COLUMN(Plain, amount));

MODEL(Nullable, "nullables",
    PLAIN_COLUMNS(Nullable), COLUMN(Nullable, words, .nullable = true), TIME_COLUMNS(Nullable),
    COLUMN(Nullable, bytes, .nullable = true), COLUMN(Nullable, json, .nullable = true),
    COLUMN(Nullable, amount, .nullable = true));

MODEL(Lists, "lists",
    COLUMN(Lists, id, .primary_key = true),
    COLUMN(Lists, truth,  .nullable = true), COLUMN(Lists, small, .nullable = true),
    COLUMN(Lists, middle, .nullable = true), COLUMN(Lists, large, .nullable = true),
    COLUMN(Lists, single_float, .nullable = true), COLUMN(Lists, double_float, .nullable = true),
    COLUMN(Lists, words,  .nullable = true), COLUMN(Lists, moment, .nullable = true),
    COLUMN(Lists, day,    .nullable = true), COLUMN(Lists, hour,   .nullable = true),
    COLUMN(Lists, span,   .nullable = true), COLUMN(Lists, uuid,   .nullable = true),
    COLUMN(Lists, bytes,  .nullable = true), COLUMN(Lists, json,   .nullable = true),
    COLUMN(Lists, amount, .nullable = true));

MODEL_IN("Other \"schema\"", Special, "Special \"table\"",
    COLUMN(Special, id, .primary_key = true),
    COLUMN_ENUM(Special, tide, Tide),
    COLUMN_ENUM(Special, shade, Shade),
    COLUMN_CODEC(Special, colour, &colour_codec, .nullable = true),
    COLUMN(Special, address, .sql_type = "inet", .nullable = true),
    COLUMN(Special, range,   .sql_type = "int4range", .nullable = true),
    COLUMN(Special, search,  .sql_type = "tsvector", .nullable = true),
    COLUMN(Special, anycase, .sql_type = "public.citext", .nullable = true),
    COLUMN(Special, grade,   .sql_type = "public.grade", .nullable = true),
    COLUMN(Special, matrix,  .sql_type = "int[]", .nullable = true),
    COLUMN(Special, bits,    .sql_type = "bit(5)", .nullable = true),
    COLUMN(Special, price,   .sql_type = "numeric(10,2)", .nullable = true),
    COLUMN(Special, wall,    .sql_type = "timestamp without time zone"),
    COLUMN(Special, raw,     .sql_type = "json", .nullable = true),
    COLUMN(Special, limited, .sql_type = "varchar(5)", .nullable = true),
    COLUMN(Special, renamed_here, .column = "select \"from\""),
    COLUMN(Special, twice,   .stored = "(2 * length(limited))::bigint", .generated = GENERATED_BY_SERVER),
    COLUMN(Special, store,   .stored = "upper(limited)", .generated = GENERATED_BY_SERVER, .nullable = true));
/* clang-format on */

/* What the server needs before the tables, and what makes its texts comparable. */
#define TYPES_PREPARE \
    "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;" \
    "CREATE DOMAIN public.grade AS text CHECK (VALUE ~ '^[A-F]$');" \
    "DROP SCHEMA IF EXISTS \"Other \"\"schema\"\"\" CASCADE; SET timezone TO 'UTC'; SET datestyle TO 'ISO'; " \
    "SET intervalstyle TO 'postgres'; SET bytea_output TO 'hex'; SET extra_float_digits TO 1"

/* Rows as the server itself makes them, with all that is extreme. */
#define TYPES_FILL \
    "INSERT INTO plains VALUES (1, false, 0, 0, 0, 0, 0, '', '', '2000-01-01 00:00:00+00', '2000-01-01', '00:00', '0'," \
    " '00000000-0000-0000-0000-000000000000', '', 'null', 0)," \
    "(2, true, 32767, 2147483647, 9223372036854775807, 3.4028235e38, 1.7976931348623157e308, 'plain', 'seven77'," \
    " 'infinity', 'infinity', '24:00:00', '178000000 years', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '\\x00ff00'," \
    " '{\"a\": [1, 2.50, null, true, {\"b\": \"\\u00e9\\n\"}], \"\": {}}', 'NaN')," \
    "(3, true, -32768, -2147483648, '-9223372036854775808', '-3.4028235e38', '-1.7976931348623157e308'," \
    " E'it''s \"q\"\\t\\n\\\\ \\u20ac \\U0001F600', E'\\u20ac\\u20ac', '-infinity', '-infinity', '23:59:59.999999'," \
    " '-178000000 years -2147483648 days -2147483647 hours', '01234567-89ab-cdef-0123-456789abcdef'," \
    " (SELECT string_agg(set_byte('\\x00', 0, n), '' ORDER BY n) FROM generate_series(0, 255) n), '[]', 'Infinity')," \
    "(4, false, -1, -1, -1, 'NaN', 'NaN', repeat('long ', 20000), 'x', '4714-11-24 00:00:00+00 BC', '4714-11-24 BC'," \
    " '00:00:00.000001', '1 mon -1 day 00:00:00.000001', '01890000-0000-7000-8000-00000000abcd'," \
    " decode(repeat('00', 100000), 'hex'), '\"text\"', '-Infinity')," \
    "(5, true, 1, 1, 1, 'Infinity', '-Infinity', 'null', 'NULL', '294276-12-31 23:59:59.999999+00', '5874897-12-31'," \
    " '12:34:56.789', '1 year 2 mons 3 days 04:05:06.7', '00000000-0000-0000-0000-000000000001', 'a'," \
    " '[[[[1e400]]], -0.0, 1.10]', repeat('9', 131072)::numeric)," \
    "(6, true, 256, 65536, 4294967296, '-0', '-0', '{}', '', '1999-12-31 23:59:59.999999+00', '1999-12-31'," \
    " '00:00', '-00:00:00.000001', '80000000-0000-0000-0000-000000000000', '\\x5c', '0.1', -0.00010)," \
    "(7, true, 2, 2, 2, 1e-45, 5e-324, '1', '1', '2026-11-20 10:15:00.123456+00', '0044-03-15 BC', '01:02:03'," \
    " '100 years', '12345678-1234-1234-1234-123456789012', '\\x00', 'true', ('0.' || repeat('7', 16383))::numeric);" \
    "INSERT INTO nullables (id) VALUES (1);" \
    "INSERT INTO nullables SELECT id + 1, truth, small, middle, large, single_float, double_float, words, moment, day," \
    " hour, span, uuid, bytes, json, amount FROM plains;" \
    "INSERT INTO lists (id) VALUES (1);" \
    "INSERT INTO lists VALUES (2, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'," \
    " '{}');" \
    "INSERT INTO lists SELECT 3, array_agg(truth), array_agg(small), array_agg(middle), array_agg(large)," \
    " array_agg(single_float), array_agg(double_float), array_agg(words), array_agg(moment), array_agg(day)," \
    " array_agg(hour), array_agg(span), array_agg(uuid), array_agg(bytes), array_agg(json), array_agg(amount)" \
    " FROM nullables;" \
    "INSERT INTO lists SELECT 4, '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}'," \
    " '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}';" \
    "INSERT INTO lists SELECT 5, ARRAY[truth], ARRAY[small], ARRAY[middle], ARRAY[large], ARRAY[single_float]," \
    " ARRAY[double_float], ARRAY['', 'NULL', 'null', '{', '\"', '\\', ','], ARRAY[moment], ARRAY[day], ARRAY[hour]," \
    " ARRAY[span], ARRAY[uuid], ARRAY[''::bytea, '\\x00'], ARRAY[json], ARRAY[amount, NULL, 0] FROM plains WHERE id = 2;" \
    "INSERT INTO \"Other \"\"schema\"\"\".\"Special \"\"table\"\"\" VALUES" \
    " (1, 'low', 'dark', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2000-01-01', NULL, NULL, 0)," \
    " (2, 'high water', 'pale', '#0a0b0c', '10.0.0.0/8', '[1,5)', 'a fat cat', 'MiXed', 'A', '{{1,2},{3,4}}'," \
    " '10101', 1234567.89, 'infinity', '{\"b\" : 1,  \"a\":2, \"b\": 3}', 'short', -1)," \
    " (3, E'Spring''s \"tide\"', 'dark', '#ffffff', '::1', 'empty', '', '', 'F', '{}', '00000', -0.01," \
    " '-infinity', 'null', '', 7)," \
    " (4, 'low', 'pale', '#000000', '192.168.1.5', '(,)', '''it''''s'':1A', 'x', NULL, '[0:1]={NULL,2}', '11111', 0," \
    " '1999-12-31 23:59:59.999999', '\"\\u00e9\"', E'\\u20ac\\u20ac', 2147483647);"

#define TYPES MODELS(Plain, Nullable, Lists, Special)

#endif
