/* From cells to fields: the column's own type, related types, and all that must be refused. */
#include "column_support.h"

static Wide w;
static const char *why;

/* Decodes a copy of just these bytes, so that ASan sees who reads more. */
static enum howdah_status decode(const char *field, uint32_t oid, const void *bytes, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    struct cell cell = {copy, (int32_t)size, oid};
    why = NULL;
    enum howdah_status status = column_decode(col(field), &cell, &arena, &w, &why);
    free(copy);
    ck_assert((status == STATUS_INVALID || status == STATUS_SCHEMA) == (why != NULL));
    return status;
}

static enum howdah_status decode_null(const char *field)
{
    struct cell cell = {NULL, -1, 25};
    why = NULL;
    return column_decode(col(field), &cell, &arena, &w, &why);
}

static void expect_why(enum howdah_status status, const char *field, uint32_t oid, const void *bytes, size_t size,
                       const char *reason)
{
    ck_assert_int_eq(decode(field, oid, bytes, size), status);
    ck_assert_str_eq(why, reason);
}

#define EXPECT_OK(field, oid, literal) ck_assert_int_eq(decode(field, oid, literal, sizeof(literal) - 1), STATUS_OK)
#define EXPECT_WHY(field, oid, literal, reason) \
    expect_why(STATUS_INVALID, field, oid, literal, sizeof(literal) - 1, reason)
#define EXPECT_OTHER_TYPE(field, oid, literal, reason) \
    expect_why(STATUS_SCHEMA, field, oid, literal, sizeof(literal) - 1, reason)

enum {
    BOOL = 16,
    BYTEA = 17,
    NAME = 19,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    JSON = 114,
    FLOAT4 = 700,
    FLOAT8 = 701,
    UNKNOWN = 705,
    BPCHAR = 1042,
    VARCHAR = 1043,
    DATE = 1082,
    TIMESTAMP = 1114,
    TIMESTAMPTZ = 1184,
    NUMERIC = 1700,
    JSONB = 3802,
    ENUM_TYPE = 16400,
    INT2_ARRAY = 1005,
    INT4_ARRAY = 1007,
    TEXT_ARRAY = 1009,
    VARCHAR_ARRAY = 1015,
    INT8_ARRAY = 1016,
    FLOAT8_ARRAY = 1022,
    JSON_ARRAY = 199
};

/* --- values --- */

START_TEST(test_column_decode__own_type)
{
    EXPECT_OK("id", INT8, "\0\0\0\0\0\0\1\0");
    ck_assert_int_eq(w.id, 256);
    EXPECT_OK("maybe", INT8, "\377\377\377\377\377\377\377\377");
    ck_assert(w.maybe.valid);
    ck_assert_int_eq(w.maybe.value, -1);
    EXPECT_OK("text", TEXT, "ab");
    ck_assert_str_eq(w.text, "ab");
    EXPECT_OK("code", VARCHAR, "1234567");
    ck_assert_str_eq(w.code, "1234567");
    EXPECT_OK("limited", VARCHAR, "abc");
    ck_assert_str_eq(w.limited, "abc");
    EXPECT_OK("json", JSONB, "\1{}");
    ck_assert_str_eq(w.json.text, "{}");
    EXPECT_OK("plain_json", JSON, "[1]");
    ck_assert_str_eq(w.plain_json.text, "[1]");
    EXPECT_OK("local", TIMESTAMP, "\0\0\0\0\0\0\0\5");
    ck_assert_int_eq(w.local.microseconds, 5);
    EXPECT_OK("color", TEXT, "blue");
    ck_assert_int_eq(w.color, COLOR_BLUE);
    EXPECT_OK("place", TEXT, "3,4");
    ck_assert_int_eq(w.place.y, 4);
}
END_TEST

START_TEST(test_column_decode__null)
{
    w = (Wide){.maybe = {5, true}, .bytes = {"x", 1}, .place = {1, 1}, .numbers.items = &(int32_t){1}};
    ck_assert_int_eq(decode_null("maybe"), STATUS_OK);
    ck_assert(!w.maybe.valid);
    ck_assert_int_eq(decode_null("bytes"), STATUS_OK);
    ck_assert_ptr_null(w.bytes.data);
    ck_assert_int_eq(decode_null("place"), STATUS_OK);
    ck_assert_int_eq(w.place.x, -2);
    static const char *const refused[][2] = {
        {"number", "is NULL, but the field can't be: use NullInt32"},
        {"code", "is NULL, but the field can't be: use const char *"},
        {"uuid", "is NULL, but the field can't be: use NullUuid"},
        {"day", "is NULL, but the field is .not_null"},
        {"text", "is NULL, but the field is not .nullable"},
        {"numbers", "is NULL, but the field is not .nullable"},
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        ck_assert_int_eq(decode_null(refused[i][0]), STATUS_INVALID);
        ck_assert_str_eq(why, refused[i][1]);
    }
    ck_assert_ptr_nonnull(w.numbers.items);
}
END_TEST

START_TEST(test_column_decode__integers)
{
    EXPECT_OK("number", INT2, "\377\376");
    ck_assert_int_eq(w.number, -2);
    EXPECT_OK("number", INT8, "\377\377\377\377\200\0\0\0");
    ck_assert_int_eq(w.number, INT32_MIN);
    EXPECT_WHY("number", INT8, "\0\0\0\0\200\0\0\0", "is out of range for integer");
    EXPECT_WHY("number", INT8, "\377\377\377\377\177\377\377\377", "is out of range for integer");
    EXPECT_OK("small", INT4, "\0\0\177\377");
    ck_assert_int_eq(w.small, INT16_MAX);
    EXPECT_WHY("small", INT4, "\0\0\200\0", "is out of range for smallint");
    ck_assert_int_eq(w.small, INT16_MAX);
    EXPECT_OK("id", INT4, "\200\0\0\0");
    ck_assert_int_eq(w.id, INT32_MIN);
    EXPECT_OK("maybe", INT2, "\0\7");
    ck_assert(w.maybe.valid && w.maybe.value == 7);
    EXPECT_WHY("id", INT4, "\0\0\0", "is no valid bigint");
    EXPECT_OTHER_TYPE("id", NUMERIC, "\0\0\0\0\0\0\0\0", "is of type numeric, expected bigint");
}
END_TEST

START_TEST(test_column_decode__floats)
{
    EXPECT_OK("wide", FLOAT4, "\077\200\0\0");
    ck_assert(w.wide == 1.0);
    EXPECT_OK("real", FLOAT8, "\077\340\0\0\0\0\0\0");
    ck_assert(w.real == 0.5f);
    EXPECT_OK("real", FLOAT8, "\177\360\0\0\0\0\0\0");
    ck_assert(w.real > 3e38f);
    EXPECT_OK("real", FLOAT8, "\177\370\0\0\0\0\0\0");
    ck_assert(w.real != w.real);
    EXPECT_WHY("real", FLOAT8, "\077\271\231\231\231\231\231\232", "has more digits than a float holds: use double");
    EXPECT_WHY("real", FLOAT8, "\176\067\344\074\210\000\165\234", "has more digits than a float holds: use double");
    EXPECT_WHY("wide", FLOAT4, "\077\200\0", "is no valid double precision");
}
END_TEST

START_TEST(test_column_decode__texts)
{
    static const uint32_t oids[] = {TEXT, VARCHAR, NAME, UNKNOWN};
    for (size_t i = 0; i < sizeof(oids) / sizeof(*oids); i++) {
        EXPECT_OK("text", oids[i], "ab ");
        ck_assert_str_eq(w.text, "ab ");
        EXPECT_OK("code", oids[i], "ab ");
        ck_assert_str_eq(w.code, "ab ");
    }
    EXPECT_OK("text", BPCHAR, "ab   ");
    ck_assert_str_eq(w.text, "ab");
    EXPECT_OK("padded", BPCHAR, "a\xc3\xa4  ");
    ck_assert_str_eq(w.padded, "a\xc3\xa4");
    EXPECT_OK("padded", BPCHAR, "     ");
    ck_assert_str_eq(w.padded, "");
    EXPECT_OK("code", BPCHAR, "1234567        ");
    EXPECT_WHY("code", TEXT, "12345678", "has 8 bytes, the field holds 7");
    EXPECT_WHY("code", VARCHAR, "1234567 ", "has 8 bytes, the field holds 7");
    EXPECT_WHY("text", TEXT, "a\0b", "is no valid text");
    EXPECT_OTHER_TYPE("text", BYTEA, "ab", "is of type bytea, expected text");
    EXPECT_OTHER_TYPE("text", 987654321, "ab", "is of type 987654321, expected text");
    EXPECT_OTHER_TYPE("text", TEXT_ARRAY, "ab", "is of type text[], expected text");
    EXPECT_OK("address", TEXT, "::1");
}
END_TEST

START_TEST(test_column_decode__others)
{
    EXPECT_OK("at", TIMESTAMP, "\0\0\0\0\0\0\0\5");
    EXPECT_OK("local", TIMESTAMPTZ, "\0\0\0\0\0\0\0\6");
    ck_assert_int_eq(w.at.microseconds, 5);
    ck_assert_int_eq(w.local.microseconds, 6);
    EXPECT_OK("json", JSON, "{\"a\": 1}");
    ck_assert_str_eq(w.json.text, "{\"a\": 1}");
    EXPECT_OK("plain_json", JSONB, "\1[]");
    ck_assert_str_eq(w.plain_json.text, "[]");
    EXPECT_OK("color", ENUM_TYPE, "red");
    ck_assert_int_eq(w.color, COLOR_RED);
    EXPECT_WHY("color", ENUM_TYPE, "green", "is none of the enum's labels");
    EXPECT_WHY("place", TEXT, "nowhere", "is refused by the field's codec");
    EXPECT_OTHER_TYPE("place", ENUM_TYPE, "1,2", "is of type 16400, expected text");
    EXPECT_OTHER_TYPE("json", TEXT, "{}", "is of type text, expected jsonb");
    EXPECT_OTHER_TYPE("day", TIMESTAMP, "\0\0\0\0\0\0\0\5", "is of type timestamp, expected date");
    EXPECT_OTHER_TYPE("flag", INT4, "\0\0\0\1", "is of type integer, expected boolean");
}
END_TEST

/* --- arrays --- */

#define HEADER(flags, oid) "\0\0\0\1\0\0\0" flags "\0\0" oid
#define OID_INT4           "\0\27"
#define OID_INT2           "\0\25"
#define OID_TEXT           "\0\31"

START_TEST(test_column_decode__array)
{
    EXPECT_OK("numbers", INT4_ARRAY,
              HEADER("\0", OID_INT4) "\0\0\0\2\0\0\0\7"
                                     "\0\0\0\4\0\0\0\5"
                                     "\0\0\0\4\377\377\377\377");
    ck_assert_uint_eq(w.numbers.count, 2);
    ck_assert_int_eq(w.numbers.items[0], 5);
    ck_assert_int_eq(w.numbers.items[1], -1);
    ck_assert_ptr_null(w.numbers.nulls);
    EXPECT_OK("tags", TEXT_ARRAY,
              HEADER("\1", OID_TEXT) "\0\0\0\3\0\0\0\1"
                                     "\0\0\0\1a"
                                     "\377\377\377\377"
                                     "\0\0\0\0");
    ck_assert_uint_eq(w.tags.count, 3);
    ck_assert_str_eq(w.tags.items[0], "a");
    ck_assert_ptr_null(w.tags.items[1]);
    ck_assert_str_eq(w.tags.items[2], "");
    ck_assert(!w.tags.nulls[0] && w.tags.nulls[1] && !w.tags.nulls[2]);
}
END_TEST

/* {} has no dimension, and is not NULL. */
START_TEST(test_column_decode__array_empty)
{
    EXPECT_OK("tags", TEXT_ARRAY, "\0\0\0\0\0\0\0\0\0\0" OID_TEXT);
    ck_assert_ptr_nonnull(w.tags.items);
    ck_assert_uint_eq(w.tags.count, 0);
    EXPECT_OK("tags", TEXT_ARRAY, HEADER("\0", OID_TEXT) "\0\0\0\0\0\0\0\1");
    ck_assert_ptr_nonnull(w.tags.items);
    ck_assert_int_eq(decode_null("tags"), STATUS_OK);
    ck_assert_ptr_null(w.tags.items);
}
END_TEST

START_TEST(test_column_decode__array_of_related_type)
{
    EXPECT_OK("numbers", INT2_ARRAY,
              HEADER("\0", OID_INT2) "\0\0\0\1\0\0\0\1"
                                     "\0\0\0\2\1\0");
    ck_assert_int_eq(w.numbers.items[0], 256);
    EXPECT_WHY("numbers", INT8_ARRAY,
               HEADER("\0", "\0\24") "\0\0\0\1\0\0\0\1"
                                     "\0\0\0\10\1\0\0\0\0\0\0\0",
               "is out of range for integer");
    EXPECT_OK("tags", VARCHAR_ARRAY,
              HEADER("\0", "\4\23") "\0\0\0\1\0\0\0\1"
                                    "\0\0\0\1a");
    EXPECT_OK("documents", JSON_ARRAY,
              HEADER("\0", "\0\162") "\0\0\0\1\0\0\0\1"
                                     "\0\0\0\2{}");
    ck_assert_str_eq(w.documents.items[0].text, "{}");
}
END_TEST

START_TEST(test_column_decode__array_refused)
{
    w.numbers.count = 77;
    EXPECT_OTHER_TYPE("numbers", TEXT, "{1}", "is of type text, expected integer[]");
    EXPECT_OTHER_TYPE("numbers", INT4, "\0\0\0\1", "is of type integer, expected integer[]");
    EXPECT_OTHER_TYPE("numbers", TEXT_ARRAY, HEADER("\0", OID_TEXT) "\0\0\0\0\0\0\0\1",
                      "is of type text[], expected integer[]");
    EXPECT_WHY("numbers", INT4_ARRAY,
               "\0\0\0\2\0\0\0\0\0\0" OID_INT4 "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"
               "\0\0\0\4\0\0\0\1",
               "has 2 dimensions, the field holds one");
    EXPECT_WHY("numbers", INT4_ARRAY,
               HEADER("\0", OID_INT2) "\0\0\0\1\0\0\0\1"
                                      "\0\0\0\2\1\0",
               "is no valid array");
    EXPECT_WHY("numbers", INT4_ARRAY,
               HEADER("\0", OID_INT4) "\177\377\377\377\0\0\0\1"
                                      "\0\0\0\4\0\0\0\1",
               "is no valid array"); /* and nothing of that size was asked for */
    EXPECT_WHY("numbers", INT4_ARRAY, HEADER("\0", OID_INT4) "\377\377\377\377\0\0\0\1", "is no valid array");
    EXPECT_WHY("numbers", INT4_ARRAY,
               HEADER("\0", OID_INT4) "\0\0\0\1\0\0\0\1"
                                      "\0\0\0\5\0\0\0\1",
               "is no valid array");
    EXPECT_WHY("numbers", INT4_ARRAY,
               HEADER("\0", OID_INT4) "\0\0\0\1\0\0\0\1"
                                      "\0\0\0\4\0\0\0\1x",
               "is no valid array");
    EXPECT_WHY("numbers", INT4_ARRAY,
               HEADER("\0", OID_INT4) "\0\0\0\1\0\0\0\1"
                                      "\0\0\0\3\0\0\0",
               "is no valid integer");
    ck_assert_uint_eq(w.numbers.count, 77);
    ck_assert_uint_lt(memory.peak, 1 << 20);
}
END_TEST

/* Every shorter piece of a good array is refused, and nothing is read behind it. */
START_TEST(test_column_decode__array_cut)
{
    static const char whole[] = HEADER("\1", OID_TEXT) "\0\0\0\3\0\0\0\1"
                                                       "\0\0\0\1a"
                                                       "\377\377\377\377"
                                                       "\0\0\0\2bc";
    for (size_t size = 0; size + 1 < sizeof(whole); size++)
        ck_assert_int_eq(decode("tags", TEXT_ARRAY, whole, size), STATUS_INVALID);
    ck_assert_int_eq(decode("tags", TEXT_ARRAY, whole, sizeof(whole) - 1), STATUS_OK);
}
END_TEST

/* --- without memory --- */

START_TEST(test_column_decode__no_memory)
{
    static const char array[] = HEADER("\1", OID_TEXT) "\0\0\0\2\0\0\0\1"
                                                       "\0\0\0\1a"
                                                       "\377\377\377\377";
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        arena_done(&arena);
        failing_at(&memory, n, FAILING_ONCE);
        enum howdah_status status = decode("tags", TEXT_ARRAY, array, sizeof(array) - 1);
        reached = failing_reached(&memory);
        failing_off(&memory);
        ck_assert_int_eq(status, reached ? STATUS_NO_MEMORY : STATUS_OK);
    }
    arena_done(&arena);
    failing_at(&memory, 1, FAILING_FROM);
    EXPECT_OTHER_TYPE("text", BYTEA, "ab", "is of another type"); /* a refusal needs none */
    EXPECT_WHY("code", TEXT, "12345678", "is too long");
    failing_off(&memory);
}
END_TEST

COLUMN_MAIN("column decode", test_column_decode__own_type, test_column_decode__null, test_column_decode__integers,
            test_column_decode__floats, test_column_decode__texts, test_column_decode__others,
            test_column_decode__array, test_column_decode__array_empty, test_column_decode__array_of_related_type,
            test_column_decode__array_refused, test_column_decode__array_cut, test_column_decode__no_memory)
