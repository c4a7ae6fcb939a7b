/* jsonb and json: what is well-formed, and what is equal by value. */
#include "codec_support.h"

#include "model/json.h"

#define JSON HOWDAH_TYPE_JSON

static const struct howdah_field plain = {.name = "data", .sql_type = "json"};
static const struct howdah_field unnamed = {.name = "data"};

static const char malformed[] = "is not valid JSON";

#define J(text) ((struct howdah_json){text})

START_TEST(test_codec_json__which)
{
    static const char *const plain_types[] = {"json", "JSON[]", "json [3]", "json array", " json ", "pg_catalog.json"};
    static const char *const other_types[] = {"jsonb", "jsonb[]", "json_lines", "public.json", "jso", ""};
    struct howdah_field field = {.name = "data"};
    for (size_t i = 0; i < sizeof(plain_types) / sizeof(*plain_types); i++) {
        field.sql_type = plain_types[i];
        ck_assert_msg(codec_json_is_plain(&field), "%s", field.sql_type);
    }
    for (size_t i = 0; i < sizeof(other_types) / sizeof(*other_types); i++) {
        field.sql_type = other_types[i];
        ck_assert_msg(!codec_json_is_plain(&field), "%s", field.sql_type);
    }
    ck_assert(!codec_json_is_plain(&unnamed));
    ck_assert(!codec_json_is_plain(NULL));
}
END_TEST

START_TEST(test_codec_json__wire)
{
    ASSERT_WIRE(JSON, &unnamed, struct howdah_json, J("{}"), "017b7d");
    ASSERT_WIRE(JSON, &plain, struct howdah_json, J("{}"), "7b7d");
    ASSERT_TEXT(JSON, &unnamed, struct howdah_json, J("[1, 2]"), "[1, 2]");
    struct howdah_json json = J("old");
    ck_assert_int_eq(decode_hex(JSON, &plain, "017b7d", &json), HOWDAH_STATUS_OK);
    ck_assert_str_eq(json.text, "{}");
    ck_assert_int_eq(decode_hex(JSON, &unnamed, "5b5d", &json), HOWDAH_STATUS_OK);
    ck_assert_str_eq(json.text, "[]");
    static const char *const wrong[] = {"", "01", "0122002200", "2200"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_int_eq(decode_hex(JSON, &unnamed, wrong[i], &json), HOWDAH_STATUS_INVALID);
    ck_assert_str_eq(json.text, "[]");
}
END_TEST

START_TEST(test_codec_json__well_formed)
{
    static const char *const good[] = {
        "null",
        "true",
        " false ",
        "0",
        "-0",
        "-1.5e+10",
        "1E5",
        "1e-5",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[1,2]",
        "[[],{}]",
        "{\"a\":1}",
        " {\n\t\"a\" : [ 1 , {\"b\":null} ]\r\n} ",
        "\"\\ud83d\\udc18\"",
        "\"\xf0\x9f\x90\x98\"",
        "{\"a\":1,\"a\":2}",
        "\"\x7f\"",
        "[{\"a\":{}},[[]]]",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        ASSERT_CHECK(JSON, &unnamed, struct howdah_json, J(good[i]), NULL);
        ASSERT_CHECK(JSON, &plain, struct howdah_json, J(good[i]), NULL);
    }
}
END_TEST

START_TEST(test_codec_json__malformed)
{
    static const char *const bad[] = {
        "",
        " ",
        "nul",
        "nulls",
        "True",
        "tru e",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1 2",
        "NaN",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"\x1f\"",
        "'a'",
        "[",
        "]",
        "[1",
        "[1,",
        "[,1]",
        "[1,]",
        "[1 2]",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "[1}",
        "{\"a\":1]",
        "[]]",
        "{}{}",
        "[{]}",
        "{\"a\":}",
        "{\"a\"::1}",
        "[1],",
        "// x",
        "\xef\xbb\xbf{}",
        "1e5.5",
        "--1",
        "[\"a\":1]",
        "\"a\"b",
        "\"\\u",
        "\"\\ud83d\\u\"x",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        /* On the heap in its exact size, so that ASan sees who reads past the end. */
        char *exact = strdup(bad[i]);
        ck_assert_msg(json_fault(exact, false), "case %zu: %s", i, bad[i]);
        ck_assert_msg(json_fault(exact, true), "case %zu: %s", i, bad[i]);
        ck_assert_msg(!json_look(exact, true).ascii, "case %zu: %s", i, bad[i]);
        free(exact);
    }
    ASSERT_CHECK(JSON, &unnamed, struct howdah_json, J("{"), malformed);
    ASSERT_CHECK(JSON, &unnamed, struct howdah_json, J("\"\xff\""), "is not valid UTF-8");
}
END_TEST

/* What json keeps as text, and jsonb has to understand. */
START_TEST(test_codec_json__stricter_jsonb)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"\"\\u0000\"", "has \\u0000, which jsonb can't hold"},
        {"{\"\\u0000\": 1}", "has \\u0000, which jsonb can't hold"},
        {"\"\\ud800\"", "has half of a surrogate pair, which jsonb can't hold"},
        {"\"\\udc00\"", "has half of a surrogate pair, which jsonb can't hold"},
        {"\"\\ud83d\\ud83d\"", "has half of a surrogate pair, which jsonb can't hold"},
        {"\"\\ud83dx\"", "has half of a surrogate pair, which jsonb can't hold"},
        {"\"\\ud83d\\n\"", "has half of a surrogate pair, which jsonb can't hold"},
        {"[1e131072]", "has a number out of range for jsonb"},
        {"[1e-16384]", "has a number out of range for jsonb"},
        {"[1e99999999999999999999]", "has a number out of range for jsonb"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        ASSERT_CHECK(JSON, &unnamed, struct howdah_json, J(cases[i].text), cases[i].why);
        ASSERT_CHECK(JSON, &plain, struct howdah_json, J(cases[i].text), NULL);
    }
    ASSERT_CHECK(JSON, &unnamed, struct howdah_json, J("[1e131071, 1e-16383]"), NULL);
}
END_TEST

static char *repeated(const char *opening, const char *middle, const char *closing, size_t times)
{
    size_t a = strlen(opening), b = strlen(middle), c = strlen(closing);
    char *text = malloc(times * (a + c) + b + 1), *to = text;
    for (size_t i = 0; i < times; i++, to += a)
        memcpy(to, opening, a);
    memcpy(to, middle, b);
    to += b;
    for (size_t i = 0; i < times; i++, to += c)
        memcpy(to, closing, c);
    *to = '\0';
    return text;
}

START_TEST(test_codec_json__deep)
{
    static const struct {
        size_t levels;
        const char *why;
    } cases[] = {{10000, NULL}, {65536, NULL}, {65537, "is nested too deeply"}, {3000000, "is nested too deeply"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *arrays = repeated("[", "", "]", cases[i].levels),
             *objects = repeated("{\"a\":", "1", "}", cases[i].levels);
        ck_assert_pstr_eq(json_fault(arrays, true), cases[i].why);
        ck_assert_pstr_eq(json_fault(objects, true), cases[i].why);
        arrays[strlen(arrays) - 1] = '\0';
        ck_assert_ptr_nonnull(json_fault(arrays, true));
        ck_assert(!json_equal(arrays, objects));
        ck_assert_int_ne(json_compare(arrays, objects), 0);
        free(arrays);
        free(objects);
    }
}
END_TEST

static void assert_same(const char *a, const char *b)
{
    ASSERT_EQUAL_VALUES(JSON, &unnamed, struct howdah_json, J(a), J(b));
}

static void assert_different(const char *a, const char *b)
{
    const struct codec *codec = codec_of(JSON);
    struct howdah_json x = J(a), y = J(b);
    ck_assert_msg(!codec->equal(&unnamed, &x, &y) && !codec->equal(&unnamed, &y, &x), "%s = %s", a, b);
    int order = codec->compare(&unnamed, &x, &y);
    ck_assert_msg(order == 1 || order == -1, "%s and %s: %d", a, b, order);
    ck_assert_int_eq(codec->compare(&unnamed, &y, &x), -order);
}

/* By the number of their digits, without an exponent. */
START_TEST(test_codec_json__long_numbers)
{
    static const struct {
        size_t before, after;
        bool fits;
    } cases[] = {{131072, 0, true}, {131073, 0, false}, {1, 16383, true}, {1, 16384, false}, {131072, 16383, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *text = malloc(cases[i].before + cases[i].after + 2);
        memset(text, '1', cases[i].before + cases[i].after + 1);
        text[cases[i].before] = cases[i].after ? '.' : '\0';
        text[cases[i].before + cases[i].after + (cases[i].after ? 1 : 0)] = '\0';
        ck_assert_pstr_eq(json_fault(text, true), cases[i].fits ? NULL : "has a number out of range for jsonb");
        ck_assert_ptr_null(json_fault(text, false));
        free(text);
    }
}
END_TEST

START_TEST(test_codec_json__equal_by_value)
{
    assert_same("{\"a\":1,\"b\":2}", "{ \"b\" : 2 , \"a\" : 1 }");
    assert_same("{\"a\":1,\"a\":2}", "{\"a\":2}");
    assert_same("{\"a\":1,\"b\":0,\"a\":2}", "{\"a\":3,\"a\":2,\"b\":0}");
    assert_same("{\"a\":{\"x\":1},\"a\":null}", "{\"a\":null}");
    assert_same("[1.0, 100, 0, 5]", "[1.00,1e2,-0.0,0.5e1]");
    assert_same("1e0", "1.000");
    assert_same("\"\\u0041\\n\\/\"", "\"A\\u000a/\"");
    assert_same("\"\\ud83d\\udc18\"", "\"\xf0\x9f\x90\x98\"");
    assert_same("\"\\u00e9\"", "\"\xc3\xa9\"");
    assert_same("{\"\\u0061\":1}", "{\"a\":1}");
    assert_same("{\"\\u0061\":1,\"a\":2}", "{\"a\":2}");
    assert_same("[{\"c\":[{\"z\":1,\"y\":[]}],\"bb\":{}}]", "[ {\"bb\":{ },\"c\":[{\"y\":[ ],\"z\":1.0}]} ]");
    assert_same("{\"bb\":1,\"a\":{\"q\":1,\"p\":2},\"c\":3}", "{\"a\":{\"p\":2,\"q\":1},\"c\":3,\"bb\":1}");
    assert_same(" null", "null ");
    assert_same("[\"a\\\"b\"]", "[ \"a\\u0022b\"]");
}
END_TEST

START_TEST(test_codec_json__different)
{
    static const char *const values[] = {
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "1.01",
        "\"\"",
        "\"1\"",
        "\"null\"",
        "\"a\"",
        "\"b\"",
        "\"ab\"",
        "[]",
        "[null]",
        "[1]",
        "[1,2]",
        "[2,1]",
        "[[1]]",
        "[[1],2]",
        "[1,[2]]",
        "[[]]",
        "[{}]",
        "{}",
        "{\"a\":1}",
        "{\"a\":2}",
        "{\"a\":\"1\"}",
        "{\"b\":1}",
        "{\"a\":1,\"b\":1}",
        "{\"a\":[]}",
        "{\"a\":{}}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":{},\"b\":1}",
        "{\"\":1}",
        "\"\\\\\"",
        "{\"b\":1,\"a\":2}",
        "{",
        "[1",
        "{\"a\":1,}",
        "",
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        assert_same(values[i], values[i]);
        for (size_t k = i + 1; k < sizeof(values) / sizeof(*values); k++)
            assert_different(values[i], values[k]);
    }
    assert_same("[1]", " [1]");
    assert_different("{", " {");
}
END_TEST

/* json keeps the text, and so its equality is the text's. */
START_TEST(test_codec_json__plain_by_text)
{
    ASSERT_LESS(JSON, &plain, struct howdah_json, J("{\"a\": 1}"), J("{\"a\":1}"));
    char copy[] = "{\"a\":1}";
    ASSERT_EQUAL_VALUES(JSON, &plain, struct howdah_json, J("{\"a\":1}"), J(copy));
}
END_TEST

/* The order is total: sorting by it puts equal values together, whatever they look like. */
START_TEST(test_codec_json__total_order)
{
    static const char *const values[] = {
        "{\"a\":1,\"b\":[]}",
        "{\"b\":[],\"a\":1.0}",
        "[1,2]",
        "[ 1,2.0]",
        "\"a\"",
        "\"\\u0061\"",
        "{",
        "{ ",
        "1",
        "1.0",
        "[1,3]",
        "[1]",
        "{\"a\":1}",
        "null",
        "{\"b\":0,\"b\":1}",
        "{\"b\":1}",
        "[{}]",
        "[[]]",
        "-5",
        "\"aa\"",
        "\"b\"",
    };
    enum { COUNT = sizeof(values) / sizeof(*values) };
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            ck_assert_int_eq(json_compare(values[i], values[j]) == 0, json_equal(values[i], values[j]));
            for (size_t k = 0; k < COUNT; k++) {
                if (json_compare(values[i], values[j]) <= 0 && json_compare(values[j], values[k]) <= 0)
                    ck_assert_int_le(json_compare(values[i], values[k]), 0);
            }
        }
    }
}
END_TEST

/* An object of `count` keys, from the first to the last or the other way round. */
static char *object_of(int count, bool backwards)
{
    char *text = malloc((size_t)count * 24 + 3), *to = text;
    *to++ = '{';
    for (int i = 0; i < count; i++) {
        int n = backwards ? count - 1 - i : i;
        to += sprintf(to, "%s\"k%06d\":%d", i ? "," : "", n, n);
    }
    strcpy(to, "}");
    return text;
}

START_TEST(test_codec_json__limits)
{
    static const struct {
        int keys;
        bool same;
    } cases[] = {{1, true}, {2, true}, {57, true}, {JSON_MEMBERS, true}, {JSON_MEMBERS + 1, false}, {20000, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *forwards = object_of(cases[i].keys, false), *backwards = object_of(cases[i].keys, true);
        char *spaced = malloc(strlen(forwards) + 2), *spaced_backwards = malloc(strlen(backwards) + 2);
        sprintf(spaced, " %s", forwards);
        sprintf(spaced_backwards, " %s", backwards);
        /* In the server's own order there is no limit. */
        assert_same(forwards, spaced);
        if (cases[i].same) {
            assert_same(forwards, backwards);
        } else {
            assert_different(forwards, backwards);
            assert_different(backwards, spaced_backwards);
        }
        free(forwards);
        free(backwards);
        free(spaced);
        free(spaced_backwards);
    }
    char *flat = repeated("[", "1", "]", JSON_DEPTH), *flat_spaced = repeated("[", " 1", "]", JSON_DEPTH);
    char *deep = repeated("[", "1", "]", JSON_DEPTH + 1), *deep_spaced = repeated("[", " 1", "]", JSON_DEPTH + 1);
    assert_same(flat, flat_spaced);
    assert_different(deep, deep_spaced);
    assert_different(flat, deep);
    free(flat);
    free(flat_spaced);
    free(deep);
    free(deep_spaced);
}
END_TEST

/* Nested objects out of order share the room for keys, and give it back. */
START_TEST(test_codec_json__nested_objects)
{
    char a[16384] = "[", b[16384] = "[";
    for (int i = 0; i < 300; i++) {
        sprintf(a + strlen(a), "%s{\"b\":{\"d\":1,\"c\":2},\"a\":%d}", i ? "," : "", i);
        sprintf(b + strlen(b), "%s{\"a\":%d.0,\"b\":{\"c\":2,\"d\":1}}", i ? "," : "", i);
    }
    strcat(a, "]");
    strcat(b, "]");
    assert_same(a, b);
    b[strlen(b) - 4] = '3';
    assert_different(a, b);
}
END_TEST

CODEC_MAIN("codec_json", test_codec_json__which, test_codec_json__wire, test_codec_json__well_formed,
           test_codec_json__malformed, test_codec_json__stricter_jsonb, test_codec_json__deep,
           test_codec_json__long_numbers, test_codec_json__equal_by_value, test_codec_json__different,
           test_codec_json__plain_by_text, test_codec_json__total_order, test_codec_json__limits,
           test_codec_json__nested_objects)
