/* Fields as values of the public interface, values put into fields, and both as text for messages. */
#include "column_support.h"

#include <math.h>

static Wide w;
static const char *why;

static enum howdah_status assign(const char *field, Value value)
{
    why = NULL;
    enum howdah_status status = column_assign(col(field), value, &arena, &w, &why);
    ck_assert((status == STATUS_INVALID) == (why != NULL));
    return status;
}

static void expect_ok(const char *field, Value value)
{
    enum howdah_status status = assign(field, value);
    ck_assert_msg(status == STATUS_OK, "%s: %s", field, why);
}

static void expect_why(const char *field, Value value, const char *reason)
{
    ck_assert_int_eq(assign(field, value), STATUS_INVALID);
    ck_assert_str_eq(why, reason);
}

#define EXPECT_OK(field, x)          expect_ok(field, VALUE(x))
#define EXPECT_WHY(field, x, reason) expect_why(field, VALUE(x), reason)

/* --- values into fields --- */

START_TEST(test_column_value__assign_integer)
{
    EXPECT_OK("small", 32767);
    ck_assert_int_eq(w.small, 32767);
    EXPECT_OK("small", -32768L);
    ck_assert_int_eq(w.small, -32768);
    EXPECT_WHY("small", 32768, "is out of range for smallint");
    EXPECT_WHY("small", -32769, "is out of range for smallint");
    EXPECT_OK("number", (uint8_t)200);
    ck_assert_int_eq(w.number, 200);
    EXPECT_WHY("number", 4294967296ULL, "is out of range for integer");
    EXPECT_OK("number", INT32_MIN);
    ck_assert_int_eq(w.number, INT32_MIN);
    EXPECT_OK("id", INT64_MIN);
    ck_assert(w.id == INT64_MIN);
    EXPECT_OK("id", UINT64_C(9223372036854775807));
    ck_assert(w.id == INT64_MAX);
    EXPECT_WHY("id", UINT64_C(9223372036854775808), "is out of range for bigint");
    EXPECT_OK("maybe", 7);
    ck_assert(w.maybe.valid && w.maybe.value == 7);
    EXPECT_WHY("number", 1.0, "takes integer, not a floating-point number");
    EXPECT_WHY("number", "1", "takes integer, not text");
    EXPECT_WHY("number", (bool)1, "takes integer, not a boolean");
    EXPECT_WHY("number", ((TextArray){.items = &(const char *){"1"}, .count = 1}),
               "takes integer, not an array of text");
}
END_TEST

START_TEST(test_column_value__assign_bool)
{
    EXPECT_OK("flag", (bool)1);
    ck_assert(w.flag);
    EXPECT_OK("flag", 0);
    ck_assert(!w.flag);
    EXPECT_OK("flag", 1u);
    ck_assert(w.flag);
    EXPECT_WHY("flag", 2, "is out of range for boolean");
    EXPECT_WHY("flag", -1, "is out of range for boolean");
    EXPECT_WHY("flag", "true", "takes boolean, not text");
}
END_TEST

START_TEST(test_column_value__assign_real)
{
    EXPECT_OK("wide", 0.1);
    ck_assert(w.wide == 0.1);
    EXPECT_OK("wide", 0.5f);
    ck_assert(w.wide == 0.5);
    EXPECT_OK("wide", -3);
    ck_assert(w.wide == -3.0);
    EXPECT_OK("wide", INT64_MIN);
    ck_assert(w.wide == -9223372036854775808.0);
    EXPECT_WHY("wide", INT64_MAX, "is out of range for double precision");
    EXPECT_OK("wide", 9007199254740992);
    EXPECT_WHY("wide", 9007199254740993, "is out of range for double precision");
    EXPECT_OK("real", 0.1);
    ck_assert(w.real == 0.1f);
    EXPECT_OK("real", 16777216);
    EXPECT_WHY("real", 16777217, "is out of range for real");
    EXPECT_WHY("real", 1e300, "is out of range for real");
    EXPECT_OK("real", INFINITY);
    ck_assert(isinf(w.real));
    EXPECT_OK("real", NAN);
    ck_assert(isnan(w.real));
    EXPECT_WHY("real", "0.1", "takes real, not text");
}
END_TEST

START_TEST(test_column_value__assign_text)
{
    const char *text = "abc";
    EXPECT_OK("text", text);
    ck_assert_ptr_eq(w.text, text); /* borrowed */
    EXPECT_WHY("text", "\xff", "is not valid UTF-8");
    EXPECT_WHY("text", 1, "takes text, not an integer");
    EXPECT_OK("code", "1234567");
    ck_assert_str_eq(w.code, "1234567");
    EXPECT_WHY("code", "12345678", "is longer than the field");
    EXPECT_WHY("limited", "abcd", "has more characters than the column's type allows");
    EXPECT_OK("address", "::1");
    EXPECT_OK("bytes", ((PgBytes){"\0x", 2}));
    ck_assert_uint_eq(w.bytes.size, 2);
    EXPECT_WHY("bytes", "x", "takes bytea, not text");
}
END_TEST

START_TEST(test_column_value__assign_text_forms)
{
    EXPECT_OK("at", "2000-01-01 00:00:01+00");
    ck_assert_int_eq(w.at.microseconds, 1000000);
    EXPECT_OK("at", ((PgTimestamp){5}));
    ck_assert_int_eq(w.at.microseconds, 5);
    EXPECT_WHY("at", "yesterday", "is not the text of a timestamp");
    EXPECT_WHY("at", ((PgDate){5}), "takes timestamptz, not a date");
    EXPECT_OK("day", "2000-01-02");
    ck_assert(w.day.valid && w.day.value.days == 1);
    EXPECT_OK("time", "00:00:01");
    ck_assert_int_eq(w.time.microseconds, 1000000);
    EXPECT_OK("interval", "P1D");
    ck_assert_int_eq(w.interval.days, 1);
    EXPECT_OK("uuid", "00000000-0000-0000-0000-0000000000ff");
    ck_assert_int_eq(w.uuid.bytes[15], 255);
    EXPECT_OK("uuid", ((PgUuid){{1}}));
    ck_assert_int_eq(w.uuid.bytes[0], 1);
    EXPECT_WHY("uuid", "x", "is not the text of a uuid");
    EXPECT_OK("json", "{}");
    ck_assert_str_eq(w.json.text, "{}");
    EXPECT_OK("json", ((PgJson){"[]"}));
    ck_assert_str_eq(w.json.text, "[]");
    EXPECT_WHY("json", 1, "takes jsonb, not an integer");
}
END_TEST

START_TEST(test_column_value__assign_numeric)
{
    EXPECT_OK("price", "12.50");
    ck_assert_str_eq(w.price.text, "12.50");
    EXPECT_OK("price", ((PgNumeric){"-1"}));
    EXPECT_OK("price", INT64_MIN);
    ck_assert_str_eq(w.price.text, "-9223372036854775808");
    EXPECT_OK("price", UINT64_MAX);
    ck_assert_str_eq(w.price.text, "18446744073709551615");
    EXPECT_OK("price", 0);
    ck_assert_str_eq(w.price.text, "0");
    EXPECT_WHY("price", "12,50", "is not a number");
    EXPECT_WHY("price", 0.1, "takes numeric, not a floating-point number"); /* never through a double */
    arena_done(&arena);
    failing_at(&memory, 1, FAILING_FROM);
    ck_assert_int_eq(assign("price", VALUE(1)), STATUS_NO_MEMORY);
    EXPECT_WHY("price", 0.1, "takes a value of another type"); /* a refusal needs none */
    failing_off(&memory);
}
END_TEST

START_TEST(test_column_value__assign_own_types)
{
    EXPECT_OK("color", "blue");
    ck_assert_int_eq(w.color, COLOR_BLUE);
    EXPECT_OK("color", COLOR_RED);
    ck_assert_int_eq(w.color, COLOR_RED);
    EXPECT_WHY("color", "green", "is none of the enum's labels");
    EXPECT_WHY("color", 3, "has a value without a label");
    EXPECT_WHY("color", 4294967301, "is out of range for text");
    EXPECT_OK("place", "3,4");
    ck_assert_int_eq(w.place.y, 4);
    EXPECT_WHY("place", "nowhere", "is refused by the field's codec");
    EXPECT_WHY("place", 1, "takes text, not an integer");
}
END_TEST

START_TEST(test_column_value__assign_array)
{
    int32_t items[] = {1, 2};
    EXPECT_OK("numbers", ((Int32Array){.items = items, .count = 2}));
    ck_assert_ptr_eq(w.numbers.items, items);
    ck_assert_uint_eq(w.numbers.count, 2);
    EXPECT_WHY("numbers", ((Int64Array){.items = &(int64_t){1}, .count = 1}),
               "takes an array with items of integer, not an array of an integer");
    EXPECT_WHY("numbers", 1, "takes an array with items of integer, not an integer");
    EXPECT_WHY("tags", ((TextArray){.items = &(const char *){"\xff"}, .count = 1}), "is not valid UTF-8");
}
END_TEST

START_TEST(test_column_value__assign_null)
{
    w.maybe.valid = true;
    w.text = "x";
    EXPECT_OK("maybe", NULL);
    ck_assert(!w.maybe.valid);
    EXPECT_OK("text", (const char *)NULL);
    ck_assert_ptr_null(w.text);
    EXPECT_OK("tags", ((TextArray){0}));
    EXPECT_WHY("number", NULL, "can't be NULL");
    EXPECT_WHY("id", NULL, "is NULL, but part of the primary key");
    Value hollow = {.type = (uint32_t)HOWDAH_TYPE_TEXT | HOWDAH_TYPE_ARRAY}; /* made without the macros */
    ck_assert_int_eq(assign("tags", hollow), STATUS_OK);
    ck_assert_ptr_null(w.tags.items);
    ck_assert_int_eq(assign("text", (Value){.type = HOWDAH_TYPE_TEXT}), STATUS_OK);
    ck_assert_ptr_null(w.text);
    ck_assert_int_eq(assign("text", (Value){.type = 99}), STATUS_INVALID);
    ck_assert_str_eq(why, "takes text, not a value of no known type");
}
END_TEST

/* --- fields as values --- */

static Value value(const char *field)
{
    return column_value(col(field), &w);
}

START_TEST(test_column_value__of_field)
{
    w = (Wide){.id = 5,
               .small = -1,
               .real = 0.5f,
               .text = "x",
               .code = "yz",
               .price = {"1.5"},
               .at = {9},
               .bytes = {"b", 1},
               .color = COLOR_BLUE,
               .flag = true,
               .uuid = {{7}},
               .interval = {1, 2, 3}};
    ck_assert_uint_eq(value("id").type, HOWDAH_TYPE_INT64);
    ck_assert_int_eq(value("id").as.integer, 5);
    ck_assert_uint_eq(value("small").type, HOWDAH_TYPE_INT64);
    ck_assert_int_eq(value("small").as.integer, -1);
    ck_assert_uint_eq(value("real").type, HOWDAH_TYPE_FLOAT);
    ck_assert(value("real").as.real == 0.5);
    ck_assert_ptr_eq(value("text").as.text, w.text);
    ck_assert_uint_eq(value("code").type, HOWDAH_TYPE_TEXT);
    ck_assert_ptr_eq(value("code").as.text, w.code);
    ck_assert_uint_eq(value("price").type, HOWDAH_TYPE_NUMERIC);
    ck_assert_str_eq(value("price").as.text, "1.5");
    ck_assert_int_eq(value("at").as.timestamp.microseconds, 9);
    ck_assert_uint_eq(value("bytes").as.bytes.size, 1);
    ck_assert_int_eq(value("color").as.integer, COLOR_BLUE);
    ck_assert(value("flag").type == HOWDAH_TYPE_BOOL && value("flag").as.boolean);
    ck_assert_int_eq(value("uuid").as.uuid.bytes[0], 7);
    ck_assert_int_eq(value("interval").as.interval.months, 3);
    ck_assert_uint_eq(value("maybe").type, HOWDAH_TYPE_NONE);
    ck_assert_uint_eq(value("tags").type, HOWDAH_TYPE_NONE);
    w.numbers = (Int32Array){.items = &(int32_t){8}, .count = 1};
    ck_assert_uint_eq(value("numbers").type, (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_ARRAY);
    ck_assert_ptr_eq(value("numbers").as.array.items, w.numbers.items);
    ck_assert_uint_eq(value("numbers").as.array.count, 1);
}
END_TEST

/* What a field gives as a value, it takes. */
START_TEST(test_column_value__round_trip)
{
    const char *tag = "t";
    const Wide whole = {.id = 5,
                        .uuid = {{7}},
                        .flag = true,
                        .small = -1,
                        .number = 6,
                        .real = 0.5f,
                        .wide = 0.1,
                        .maybe = {3, true},
                        .day = {{4}, true},
                        .text = "x",
                        .code = "yz",
                        .bytes = {"b", 1},
                        .json = {"1"},
                        .plain_json = {"2"},
                        .price = {"1.5"},
                        .at = {9},
                        .local = {8},
                        .time = {7},
                        .interval = {1, 2, 3},
                        .color = COLOR_BLUE,
                        .place = {1, 2},
                        .tags = {&tag, NULL, 1}};
    memset(&w, 0, sizeof(w));
    for (uint32_t i = 0; i < wide->column_count; i++) {
        const struct column *c = &wide->columns[i];
        if (column_is_null(c, &whole))
            continue;
        ck_assert_int_eq(column_assign(c, column_value(c, &whole), &arena, &w, &why), STATUS_OK);
        ck_assert_msg(column_equal(c, &w, &whole), "%s", c->name);
    }
}
END_TEST

/* --- for messages --- */

static void expect_described(const char *field, const char *text)
{
    buffer_reset(&out);
    column_describe(col(field), &w, &out);
    ck_assert_str_eq(buffer_cstring(&out), text);
}

START_TEST(test_column_value__describe)
{
    w = (Wide){.id = -5,
               .text = "it's",
               .color = COLOR_BLUE,
               .place = {1, 2},
               .tags = {.items = &(const char *){"a"}, .count = 1}};
    expect_described("id", "'-5'");
    expect_described("text", "'it's'");
    expect_described("color", "'blue'");
    expect_described("place", "'1,2'");
    expect_described("tags", "'{\"a\"}'");
    expect_described("maybe", "NULL");
    char text[201], cut[201];
    for (size_t i = 0; i < 200; i += 2)
        memcpy(text + i, "\xc3\xa4", 3);
    memmove(text + 1, text, 199);
    text[0] = 'x';
    text[199] = '\0';
    w.text = text;
    sprintf(cut, "'%.119s...'", text); /* 120 bytes would end within a character */
    expect_described("text", cut);
}
END_TEST

COLUMN_MAIN("column value", test_column_value__assign_integer, test_column_value__assign_bool,
            test_column_value__assign_real, test_column_value__assign_text, test_column_value__assign_text_forms,
            test_column_value__assign_numeric, test_column_value__assign_own_types, test_column_value__assign_array,
            test_column_value__assign_null, test_column_value__of_field, test_column_value__round_trip,
            test_column_value__describe)
