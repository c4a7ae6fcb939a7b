/* Codecs against the server as the judge: wire bytes, text forms, equality and what is well-formed. Through plain libpq,
 * so that nothing of the library stands between. */
#include "model/calendar.h"
#include "model/codec.h"
#include "support/live.h"

#include <check.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum { SQL_MAX = 512 };

static PGconn *connection;
static struct arena arena;
static struct buffer out, other;

/* Settings in which the server writes values as the library does. */
static const char plain_settings[] =
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'";
/* And others, in which it still has to read what the library writes. */
static const char odd_settings[] =
    "SET TimeZone = 'Pacific/Apia'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; "
    "SET bytea_output = 'escape'; SET extra_float_digits = 0";

static void run(const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(connection));
    PQclear(result);
}

static void setup(void)
{
    connection = PQconnectdb(live_conninfo());
    ck_assert_msg(PQstatus(connection) == CONNECTION_OK, "%s", PQerrorMessage(connection));
    run("SET client_encoding = 'UTF8'");
    run(plain_settings);
    arena_init(&arena, &memory_default);
    buffer_init(&out, &memory_default);
    buffer_init(&other, &memory_default);
}

static void teardown(void)
{
    buffer_done(&other);
    buffer_done(&out);
    arena_done(&arena);
    PQfinish(connection);
}

/* One statement with one or two parameters of text, results in binary; NULL if the server refuses. */
static PGresult *ask(const char *sql, const char *a, const char *b)
{
    const char *values[] = {a, b};
    PGresult *result = PQexecParams(connection, sql, b ? 2 : 1, NULL, values, NULL, NULL, 1);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    PQclear(result);
    return NULL;
}

/* A type as the tests name it. `cast` is the server's name of it. */
struct kind {
    enum howdah_type type;
    const char *cast;
    const struct howdah_field *field;
};

static const struct howdah_field chars = {.name = "chars", .size = 64};
static const struct howdah_field plain = {.name = "plain", .sql_type = "json"};

static HOWDAH_ENUM(Mood, "mood", HOWDAH_LABEL(4, "sad"),
                   HOWDAH_LABEL(2, "gl\xc3\xbc"
                                   "cklich"));
static const struct howdah_field mood = {.name = "mood", .size = sizeof(int), .labels = &Mood_labels};

static const struct kind bool_kind = {HOWDAH_TYPE_BOOL, "boolean", NULL};
static const struct kind int16_kind = {HOWDAH_TYPE_INT16, "int2", NULL};
static const struct kind int32_kind = {HOWDAH_TYPE_INT32, "int4", NULL};
static const struct kind int64_kind = {HOWDAH_TYPE_INT64, "int8", NULL};
static const struct kind float_kind = {HOWDAH_TYPE_FLOAT, "float4", NULL};
static const struct kind double_kind = {HOWDAH_TYPE_DOUBLE, "float8", NULL};
static const struct kind text_kind = {HOWDAH_TYPE_TEXT, "text", NULL};
static const struct kind chars_kind = {HOWDAH_TYPE_CHARS, "varchar(63)", &chars};
static const struct kind timestamp_kind = {HOWDAH_TYPE_TIMESTAMP, "timestamptz", NULL};
static const struct kind date_kind = {HOWDAH_TYPE_DATE, "date", NULL};
static const struct kind time_kind = {HOWDAH_TYPE_TIME, "time", NULL};
static const struct kind interval_kind = {HOWDAH_TYPE_INTERVAL, "interval", NULL};
static const struct kind uuid_kind = {HOWDAH_TYPE_UUID, "uuid", NULL};
static const struct kind bytes_kind = {HOWDAH_TYPE_BYTES, "bytea", NULL};
static const struct kind jsonb_kind = {HOWDAH_TYPE_JSON, "jsonb", NULL};
static const struct kind json_kind = {HOWDAH_TYPE_JSON, "json", &plain};
static const struct kind numeric_kind = {HOWDAH_TYPE_NUMERIC, "numeric", NULL};
static const struct kind mood_kind = {HOWDAH_TYPE_ENUM, "mood", &mood};

/* Room for a value of any type here, char[64] included. */
union value {
    unsigned char bytes[64];
    struct howdah_interval interval;
    struct howdah_bytes pointer;
    double real;
    int integer;
};

/* The statement that makes a value of the kind from text. */
static const char *cast_sql(const struct kind *kind, char sql[SQL_MAX])
{
    snprintf(sql, SQL_MAX, "SELECT $1::text::%s", kind->cast);
    return sql;
}

/* The server's value of a literal: decoded. */
static void fetch(const struct kind *kind, const char *literal, union value *ret)
{
    char sql[SQL_MAX];
    PGresult *result = ask(cast_sql(kind, sql), literal, NULL);
    ck_assert_msg(result, "%s: %s", literal, PQerrorMessage(connection));
    enum howdah_status status = codec_of(kind->type)
                                    ->decode(kind->field, (const unsigned char *)PQgetvalue(result, 0, 0),
                                             (size_t)PQgetlength(result, 0, 0), &arena, ret);
    ck_assert_msg(status == HOWDAH_STATUS_OK, "%s %s does not decode", kind->cast, literal);
    PQclear(result);
}

static void assert_cell(const PGresult *result, int column, const struct buffer *expected, const char *what)
{
    size_t size = (size_t)PQgetlength(result, 0, column);
    const char *data = PQgetvalue(result, 0, column);
    ck_assert_msg(size == expected->size && (!size || memcmp(data, expected->data, size) == 0),
                  "%s: %.*s, the server has %.*s", what, (int)expected->size, expected->size ? expected->data : "",
                  (int)size, data);
}

/* Sends the wire bytes; the server must give back the same ones, and its own text form of them must be that of the
 * library. Then the text form by itself must make the same value, whatever the settings. */
static void send_back(const struct kind *kind, const union value *value, const char *literal)
{
    const struct codec *codec = codec_of(kind->type);
    bool own_type = strcmp(kind->cast, "json") != 0 && kind->type != HOWDAH_TYPE_ENUM;
    Oid type = own_type ? codec->oid : kind->type == HOWDAH_TYPE_ENUM ? 25 : 114;
    char sql[SQL_MAX];
    snprintf(sql, sizeof(sql), "SELECT x::%s, x::text FROM (SELECT $1 AS x) AS s", kind->cast);
    buffer_reset(&out);
    buffer_reset(&other);
    codec->encode(kind->field, value, &out);
    codec->text(kind->field, value, &other);
    const char *data = buffer_cstring(&out);
    int size = (int)out.size, binary = 1;
    PGresult *result = PQexecParams(connection, sql, 1, &type, &data, &size, &binary, 1);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
    assert_cell(result, 0, &out, literal);
    assert_cell(result, 1, &other, literal);
    PQclear(result);
    run(odd_settings);
    result = ask(cast_sql(kind, sql), buffer_cstring(&other), NULL);
    ck_assert_msg(result, "%s", PQerrorMessage(connection));
    assert_cell(result, 0, &out, literal);
    PQclear(result);
    run(plain_settings);
    run("RESET extra_float_digits");
}

static void round_trip(const struct kind *kind, const char *literal)
{
    union value value, again;
    fetch(kind, literal, &value);
    ck_assert_pstr_eq(codec_of(kind->type)->check(kind->field, &value, &(size_t){0}), NULL);
    send_back(kind, &value, literal);
    fetch(kind, literal, &again);
    ck_assert(codec_of(kind->type)->equal(kind->field, &value, &again));
    ck_assert_uint_eq(codec_of(kind->type)->hash(kind->field, &value), codec_of(kind->type)->hash(kind->field, &again));
}

#define ROUND_TRIPS(kind, ...) \
    do { \
        static const char *const literals[] = {__VA_ARGS__}; \
        for (size_t i = 0; i < sizeof(literals) / sizeof(*literals); i++) \
            round_trip(&(kind), literals[i]); \
    } while (0)

START_TEST(test_codec_live__scalars)
{
    ROUND_TRIPS(bool_kind, "true", "false");
    ROUND_TRIPS(int16_kind, "0", "-1", "32767", "-32768");
    ROUND_TRIPS(int32_kind, "0", "-1", "2147483647", "-2147483648");
    ROUND_TRIPS(int64_kind, "0", "-1", "9223372036854775807", "-9223372036854775808");
    ROUND_TRIPS(uuid_kind, "00000000-0000-0000-0000-000000000000", "01934abc-def0-7123-8456-789abcdef012");
    ROUND_TRIPS(mood_kind, "sad",
                "gl\xc3\xbc"
                "cklich");
}
END_TEST

START_TEST(test_codec_live__floats)
{
    ROUND_TRIPS(double_kind, "0", "-0", "1", "0.1", "-1.5", "1e15", "1e14", "123456789012345", "999999999999999.9",
                "0.0001", "0.00001", "1e23", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "Infinity",
                "-Infinity", "NaN", "100000000000000.5", "9007199254740993", "4.35", "1e300", "123456.789e3");
    ROUND_TRIPS(float_kind, "0", "-0", "0.1", "123456", "999999", "1234567", "1e-45", "3.4028235e38", "1.1754944e-38",
                "Infinity", "-Infinity", "NaN", "16777216", "0.0001", "1.00001e-5", "1e6", "1e5");
}
END_TEST

START_TEST(test_codec_live__texts)
{
    ROUND_TRIPS(text_kind, "", "a", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x98", "\\x, \"quoted\" and 'quoted'\n\t{}");
    ROUND_TRIPS(chars_kind, "", "a", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x98",
                "63 bytes at most, not one more, and all of them are in use here");
    ROUND_TRIPS(bytes_kind, "\\x", "\\x00", "\\x00ff5c275c", "abc");
    ROUND_TRIPS(jsonb_kind, "null", "{\"b\": 1, \"a\": [true, \"\\u00e9\\n\", 1.50, {}]}", "\"\"", "-0.0", "1e5");
    ROUND_TRIPS(json_kind, "null", " { \"b\" : 1, \"b\": 2 } ", "\"\\u0000\\ud800\"", "1e999999");
}
END_TEST

START_TEST(test_codec_live__times)
{
    ROUND_TRIPS(timestamp_kind, "2000-01-01 00:00:00+00", "2025-11-20 10:15:00.25+00", "infinity", "-infinity",
                "4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00", "0044-03-15 12:00:00+00 BC",
                "1883-11-18 12:03:58-04:56:02", "1970-01-01 00:00:00+00", "1969-12-31 23:59:59.999999+00",
                "0001-01-01 00:00:00+00", "10000-01-01 00:00:00+00");
    ROUND_TRIPS(date_kind, "2000-01-01", "2024-02-29", "infinity", "-infinity", "4714-11-24 BC", "5874897-12-31",
                "0001-01-01", "0001-12-31 BC", "1900-03-01");
    ROUND_TRIPS(time_kind, "00:00:00", "24:00:00", "23:59:59.999999", "01:02:03.4", "12:34:56");
    ROUND_TRIPS(interval_kind, "PT0S", "P1Y2M3DT4H5M6.7S", "1 month -1 day", "-1 day 1 second", "-00:00:00.5",
                "P178956970Y7M2147483647D", "P-178956970Y-8M-2147483648D", "-14 months", "40 days",
                "-3600.000001 seconds", "25:00:00");
}
END_TEST

START_TEST(test_codec_live__numeric)
{
    ROUND_TRIPS(numeric_kind, "0", "0.00", "-0", "1", "-1.50", "12345.678", "10000", "9999", "100000000.0001", "0.0001",
                "0.00001", "0.00010000", "1e4", "1e131071", "1e-16383", "NaN",
                "-99999999999999999999999999999999.9999999999999999999999", "1000000000000000000000000000000",
                "0.1e-10", "-0.5", "123e-2");
    /* Every length around the groups of four digits, with the point everywhere. */
    static const char all[] = "1203004500607";
    for (int digits = 1; digits <= 13; digits++) {
        for (int point = 0; point <= digits; point++) {
            char literal[32];
            snprintf(literal, sizeof(literal), "-%.*s.%.*s", point, all, digits - point, &all[point]);
            round_trip(&numeric_kind, literal);
        }
    }
}
END_TEST

/* Not byte by byte: where a scale would stand, the server sends a bit of its inner form. */
START_TEST(test_codec_live__infinite_numeric)
{
    static const char *const literals[] = {"Infinity", "-Infinity"};
    for (size_t i = 0; i < 2; i++) {
        union value value, back;
        fetch(&numeric_kind, literals[i], &value);
        ck_assert_str_eq(value.pointer.data, literals[i]);
        codec_of(HOWDAH_TYPE_NUMERIC)->encode(NULL, &value, &out);
        int size = (int)out.size, binary = 1;
        Oid type = codec_of(HOWDAH_TYPE_NUMERIC)->oid;
        const char *data = out.data;
        PGresult *result = PQexecParams(connection, "SELECT $1::text", 1, &type, &data, &size, &binary, 0);
        ck_assert_str_eq(PQgetvalue(result, 0, 0), literals[i]);
        PQclear(result);
        fetch(&numeric_kind, literals[i], &back);
        ck_assert(codec_of(HOWDAH_TYPE_NUMERIC)->equal(NULL, &value, &back));
        buffer_reset(&out);
    }
}
END_TEST

/* As many digits as a numeric can have, once through the server and back. */
START_TEST(test_codec_live__longest_numeric)
{
    enum { BEFORE = 131072, AFTER = 16383 };
    char *text = malloc(BEFORE + 1 + AFTER + 1);
    for (int i = 0; i < BEFORE + 1 + AFTER; i++)
        text[i] = (char)('1' + i % 9);
    text[BEFORE] = '.';
    text[BEFORE + 1 + AFTER] = '\0';
    round_trip(&numeric_kind, text);
    free(text);
}
END_TEST

/* --- equality and order, pair by pair --- */

static int server_order(const struct kind *kind, const char *a, const char *b)
{
    char sql[SQL_MAX];
    snprintf(sql, sizeof(sql),
             "SELECT (CASE WHEN a < b THEN -1 WHEN a = b THEN 0 ELSE 1 END)::int2 "
             "FROM (SELECT $1::text::%s AS a, $2::text::%s AS b) AS s",
             kind->cast, kind->cast);
    PGresult *result = ask(sql, a, b);
    ck_assert_msg(result, "%s", PQerrorMessage(connection));
    int order = (int16_t)read_uint16(PQgetvalue(result, 0, 0));
    PQclear(result);
    return order;
}

/* The library's verdict is the server's; for jsonb, only whether they are equal. */
static void compare_all(const struct kind *kind, const char *const *literals, size_t count)
{
    const struct codec *codec = codec_of(kind->type);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i; k < count; k++) {
            union value a, b;
            /* JSON as the program spells it, not as the server gives it back. */
            if (kind->type == HOWDAH_TYPE_JSON) {
                a.pointer.data = literals[i];
                b.pointer.data = literals[k];
            } else {
                fetch(kind, literals[i], &a);
                fetch(kind, literals[k], &b);
            }
            int order = server_order(kind, literals[i], literals[k]);
            const char *what = literals[i], *with = literals[k];
            ck_assert_msg(codec->equal(kind->field, &a, &b) == (order == 0), "%s and %s: server %d", what, with, order);
            int ours = codec->compare(kind->field, &a, &b);
            ck_assert_msg(kind->type == HOWDAH_TYPE_JSON ? (ours == 0) == (order == 0) : ours == order,
                          "%s and %s: %d, server %d", what, with, ours, order);
            if (order == 0)
                ck_assert_uint_eq(codec->hash(kind->field, &a), codec->hash(kind->field, &b));
        }
        arena_reset(&arena);
    }
}

#define COMPARE_ALL(kind, ...) \
    do { \
        static const char *const literals[] = {__VA_ARGS__}; \
        compare_all(&(kind), literals, sizeof(literals) / sizeof(*literals)); \
    } while (0)

START_TEST(test_codec_live__equality)
{
    COMPARE_ALL(double_kind, "0", "-0", "NaN", "-NaN", "Infinity", "-Infinity", "1", "1.0000000000000002", "-5e-324");
    COMPARE_ALL(float_kind, "0", "-0", "NaN", "Infinity", "-Infinity", "1", "1.0000001");
    COMPARE_ALL(bool_kind, "false", "true");
    COMPARE_ALL(int64_kind, "-9223372036854775808", "9223372036854775807", "0", "-1");
    COMPARE_ALL(numeric_kind, "1.10", "1.1", "1.1000001", "0", "-0.00", "NaN", "Infinity", "-Infinity", "1e2", "100.00",
                "-1.1", "-1.10", "9.9", "10", "99999999", "100000000", "0.00009", "0.0001", "1e131071");
    COMPARE_ALL(interval_kind, "1 month", "30 days", "720:00:00", "1 mon -30 days", "0", "1 day", "24:00:00",
                "23:59:59.999999", "-1 mon +29 days +24:00:00", "-1 mon", "-30 days", "178956970 years 7 mons",
                "178956970 years 6 mons 30 days", "P178956970Y7M2147483647D", "P-178956970Y-8M-2147483648D",
                "1 mon -31 days +24:00:00.000005", "-00:00:00.000005");
    COMPARE_ALL(timestamp_kind, "infinity", "-infinity", "2000-01-01 00:00:00+00", "2000-01-01 02:00:00+02",
                "4714-11-24 00:00:00+00 BC");
    COMPARE_ALL(date_kind, "infinity", "-infinity", "2000-01-01", "5874897-12-31");
    COMPARE_ALL(uuid_kind, "00000000-0000-0000-0000-000000000001", "7fffffff-0000-0000-0000-000000000000",
                "80000000-0000-0000-0000-000000000000");
    COMPARE_ALL(bytes_kind, "\\x", "\\x00", "\\x0000", "\\x7f", "\\x80", "\\x7f80");
    COMPARE_ALL(jsonb_kind, "{\"a\":1,\"b\":2}", "{ \"b\" : 2 , \"a\" : 1 }", "{\"a\":1,\"a\":2,\"b\":2}",
                "{\"b\":2,\"a\":2,\"a\":1.00}", "[1.0]", "[1.00]", "[1e0]", "[10e-1]", "[1]", "1", "\"1\"",
                "\"\\u0041\"", "\"A\"", "\"a\"", "[]", "{}", "[[]]", "[{}]", "null", "[null]", "false", "true", "0",
                "-0", "0.0", "\"\\ud83d\\udc18\"", "\"\xf0\x9f\x90\x98\"", "{\"\\u0061\":1,\"b\":2}", "{\"b\":2}",
                "{\"bb\":1,\"c\":{\"z\":0,\"y\":[1,2]}}", "{\"c\":{\"y\":[1,2.0],\"z\":0e5},\"bb\":1}", "{\"\":1}",
                "\"\\/\"", "\"/\"", "[1,[2,{\"k\":\"v\"}]]", "[1,[2,{\"k\":\"w\"}]]", "\"\"");
}
END_TEST

/* --- what is well-formed: mutated texts, the server as the judge, a fixed seed --- */

static uint64_t state = 7;

static uint64_t next_random(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

static void mutate(char *text, const char *letters)
{
    for (uint64_t changes = next_random() % 4; changes && *text; changes--) {
        size_t length = strlen(text), at = next_random() % length;
        if (next_random() % 4 == 0)
            memmove(text + at, text + at + 1, length - at);
        else
            text[at] = letters[next_random() % strlen(letters)];
    }
}

/* The library's check lets a text pass just where the server takes it. */
static void judge(const struct kind *kind, const char *const *texts, size_t count, const char *letters)
{
    enum { ROUNDS = 1500 };
    unsigned good = 0;
    char sql[SQL_MAX], text[256];
    cast_sql(kind, sql);
    for (int round = 0; round < ROUNDS; round++) {
        snprintf(text, sizeof(text), "%s", texts[next_random() % count]);
        mutate(text, letters);
        union value value = {.pointer = {text, 0}};
        const char *fault = codec_of(kind->type)->check(kind->field, &value, &(size_t){0});
        PGresult *result = ask(sql, text, NULL);
        ck_assert_msg(!fault == !!result, "%s %s: %s, the server: %s", kind->cast, text, fault ? fault : "good",
                      result ? "good" : PQerrorMessage(connection));
        if (result && kind != &json_kind) {
            union value stored;
            ck_assert_int_eq(codec_of(kind->type)
                                 ->decode(kind->field, (unsigned char *)PQgetvalue(result, 0, 0),
                                          (size_t)PQgetlength(result, 0, 0), &arena, &stored),
                             HOWDAH_STATUS_OK);
            ck_assert_msg(codec_of(kind->type)->equal(kind->field, &value, &stored), "%s is not what is stored", text);
            ck_assert_uint_eq(codec_of(kind->type)->hash(kind->field, &value),
                              codec_of(kind->type)->hash(kind->field, &stored));
        }
        good += result != NULL;
        PQclear(result);
        arena_reset(&arena);
    }
    ck_assert_uint_gt(good, ROUNDS / 20);
    ck_assert_uint_lt(good, ROUNDS);
}

START_TEST(test_codec_live__well_formed)
{
    static const char *const json[] = {
        "{\"a\": [1.0, \"\\ud83d\\udc18\", {}], \"b\": null}",
        "[[\"\\\"\", false], {\"k\": {\"k\": 1e5, \"j\": 0}}]",
        "-12.5E+10",
        "\"\\u0041\\n\\u00e9\"",
        "[1, 2, 3]",
        "{\"a\":1,\"b\":2,\"a\":[]}",
        "true",
        "  null  ",
        "\"\"",
        "{\"\\u0061\": 0.10}",
    };
    static const char *const numbers[] = {"-123456.789e-10", "1e5",      "NaN",      "Infinity", "-inf", "0.00",
                                          "+12.5",           "1e131071", "1e-16383", ".5",       "5.",   "123e+4"};
    static const char json_letters[] = "0123456789+-.eE{}[]\",:\\uabdtrnfl /";
    judge(&jsonb_kind, json, sizeof(json) / sizeof(*json), json_letters);
    judge(&json_kind, json, sizeof(json) / sizeof(*json), json_letters);
    /* The hexadecimal numbers and underscores of PostgreSQL 16 are not for all servers: those letters are not used. */
    judge(&numeric_kind, numbers, sizeof(numbers) / sizeof(*numbers), "0123456789+-.eEniatyNf");
}
END_TEST

/* What the public functions read, the server reads as the same; it reads more than they do. */
static void judge_reader(const struct kind *kind, const char *const *texts, size_t count, const char *letters,
                         bool (*read)(const char *, union value *))
{
    enum { ROUNDS = 1500 };
    unsigned good = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char text[128];
        union value ours, stored;
        snprintf(text, sizeof(text), "%s", texts[next_random() % count]);
        mutate(text, letters);
        if (!read(text, &ours))
            continue;
        good++;
        fetch(kind, text, &stored);
        ck_assert_msg(memcmp(&ours, &stored, codec_of(kind->type)->size) == 0, "%s: not what the server reads", text);
    }
    ck_assert_uint_gt(good, ROUNDS / 10);
}

static bool read_timestamp(const char *text, union value *ret)
{
    return howdah_timestamp_from_text(text, (struct howdah_timestamp *)(void *)ret) == HOWDAH_STATUS_OK;
}

static bool read_date(const char *text, union value *ret)
{
    return howdah_date_from_text(text, (struct howdah_date *)(void *)ret) == HOWDAH_STATUS_OK;
}

static bool read_time(const char *text, union value *ret)
{
    return howdah_time_from_text(text, (struct howdah_time *)(void *)ret) == HOWDAH_STATUS_OK;
}

static bool read_interval(const char *text, union value *ret)
{
    return howdah_interval_from_text(text, &ret->interval) == HOWDAH_STATUS_OK;
}

static bool read_uuid(const char *text, union value *ret)
{
    return howdah_uuid_from_text(text, (struct howdah_uuid *)(void *)ret) == HOWDAH_STATUS_OK;
}

START_TEST(test_codec_live__readers)
{
    static const char *const timestamps[] = {
        "2025-11-20 10:15:00.25+00:30",
        "0044-03-15 00:00:00+00 BC",
        "2024-02-29T23:59:60Z",
        "1999-12-31 24:00:00-05",
        "294276-12-31 23:59:59.999999+00",
        "2000-01-01",
        "2000-01-01 10:15",
        "1883-11-18 12:00:00-07:52:58",
    };
    static const char *const dates[] = {"2025-11-20", "0044-03-15 BC", "5874897-12-31", "2024-02-29"};
    static const char *const times[] = {"10:15:00.25", "24:00:00", "23:59:60", "10:15"};
    static const char *const intervals[] = {"P1Y2M3DT4H5M6.7S", "PT-2562047788H-54.775808S", "P2W",
                                            "P-14M40DT0.000001S", "PT90M"};
    static const char *const uuids[] = {"01934abc-def0-7123-8456-789abcdef012", "{01934ABCDEF071238456789ABCDEF012}"};
    judge_reader(&timestamp_kind, timestamps, sizeof(timestamps) / sizeof(*timestamps), "0123456789-+:. ",
                 read_timestamp);
    judge_reader(&date_kind, dates, sizeof(dates) / sizeof(*dates), "0123456789-", read_date);
    judge_reader(&time_kind, times, sizeof(times) / sizeof(*times), "0123456789:.", read_time);
    judge_reader(&interval_kind, intervals, sizeof(intervals) / sizeof(*intervals), "0123456789-PTYMWDHS.",
                 read_interval);
    judge_reader(&uuid_kind, uuids, sizeof(uuids) / sizeof(*uuids), "0123456789abcdefABCDEF-", read_uuid);
}
END_TEST

/* --- many values at once: the server makes them, writes their texts, and the library must write the same --- */

static void compare_texts(const struct kind *kind, const char *sql)
{
    PGresult *result = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, 1);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
    ck_assert_int_ge(PQntuples(result), 1000);
    for (int i = 0; i < PQntuples(result); i++) {
        union value value;
        ck_assert_int_eq(codec_of(kind->type)
                             ->decode(kind->field, (unsigned char *)PQgetvalue(result, i, 0),
                                      (size_t)PQgetlength(result, i, 0), &arena, &value),
                         HOWDAH_STATUS_OK);
        buffer_reset(&out);
        codec_of(kind->type)->text(kind->field, &value, &out);
        ck_assert_str_eq(buffer_cstring(&out), PQgetvalue(result, i, 1));
        arena_reset(&arena);
    }
    PQclear(result);
}

START_TEST(test_codec_live__many_texts)
{
    compare_texts(&double_kind, "SELECT x, x::text FROM (SELECT (random() - 0.5) * 10 ^ (random() * 600 - 300) AS x "
                                "FROM generate_series(1, 5000)) AS s");
    compare_texts(&double_kind, "SELECT x, x::text FROM (SELECT round((random() * 1e6)::numeric, 2)::float8 AS x "
                                "FROM generate_series(1, 3000)) AS s");
    compare_texts(&float_kind,
                  "SELECT x, x::text FROM (SELECT ((random() - 0.5) * 10 ^ (random() * 70 - 36))::float4 AS x "
                  "FROM generate_series(1, 5000)) AS s");
    compare_texts(&date_kind, "SELECT x, x::text FROM (SELECT date '4714-11-24 BC' + (random() * 2147483000)::int AS x "
                              "FROM generate_series(1, 5000)) AS s");
    compare_texts(&date_kind, "SELECT x, x::text FROM (SELECT date '0010-01-01 BC' + n AS x "
                              "FROM generate_series(1, 10000) AS n) AS s");
    compare_texts(&timestamp_kind, "SELECT x, x::text FROM (SELECT timestamptz '4714-11-24 00:00+00 BC' + "
                                   "random() * interval '298980 years' AS x FROM generate_series(1, 5000)) AS s");
    compare_texts(&time_kind, "SELECT x, x::text FROM (SELECT time '00:00' + random() * interval '24 hours' AS x "
                              "FROM generate_series(1, 2000)) AS s");
    compare_texts(&interval_kind, "SELECT x, x::text FROM (SELECT make_interval(0, (random() * 2000 - 1000)::int, 0, "
                                  "(random() * 2000 - 1000)::int) + (random() - 0.5) * interval '200 hours' AS x "
                                  "FROM generate_series(1, 5000)) AS s");
    compare_texts(
        &numeric_kind,
        "SELECT x, x::text FROM (SELECT round((random() - 0.5)::numeric * 10::numeric ^ (random() * 40 - 20)::int, "
        "(random() * 30)::int) AS x FROM generate_series(1, 5000)) AS s");
    compare_texts(&uuid_kind,
                  "SELECT x, x::text FROM (SELECT gen_random_uuid() AS x FROM generate_series(1, 1000)) AS s");
}
END_TEST

int main(void)
{
    live_open();
    live_sql("CREATE TYPE mood AS ENUM ('sad', 'gl\xc3\xbc"
             "cklich')");
    const TTest *const tests[] = {
        test_codec_live__scalars,
        test_codec_live__floats,
        test_codec_live__texts,
        test_codec_live__times,
        test_codec_live__numeric,
        test_codec_live__longest_numeric,
        test_codec_live__infinite_numeric,
        test_codec_live__equality,
        test_codec_live__well_formed,
        test_codec_live__readers,
        test_codec_live__many_texts,
    };
    Suite *suite = suite_create("codec_live");
    TCase *tcase = tcase_create("codec_live");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 600);
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
