/* Primary keys of every type: found, found many, updated, deleted, referred to; and what counts as the same key. */
#include "api/scene.h"

#include <math.h>

enum size { SIZE_SMALL = 1, SIZE_LARGE = 2 };

typedef struct Degree {
    double numerator;
    double denominator;
} Degree;

/* Two doubles as "x/y": the program's own type. */
static ptrdiff_t encode_degree(const void *field, char *text, size_t size)
{
    const Degree *degree = field;
    return snprintf(text, size, "%.0f/%.0f", degree->numerator, degree->denominator);
}

static bool decode_degree(const char *text, size_t length, void *field)
{
    Degree degree;
    char copy[64] = "";
    if (!text || length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    if (sscanf(copy, "%lf/%lf", &degree.numerator, &degree.denominator) != 2)
        return false;
    memcpy(field, &degree, sizeof(degree));
    return true;
}

static const Codec degree_codec = {.sql_type = "text", .encode = encode_degree, .decode = decode_degree};

ENUM(Size, "size", LABEL(SIZE_SMALL, "small"), LABEL(SIZE_LARGE, "large"));

/* A table for each type of key: Key##Name { key, note }. */
#define KEY_STRUCT(Name, ctype) \
    typedef struct Key##Name { \
        ctype key; \
        const char *note; \
    } Key##Name;
#define KEY_MODEL(Name) \
    MODEL(Key##Name, "key_" #Name, COLUMN(Key##Name, key, .primary_key = true), COLUMN(Key##Name, note))

typedef char Chars[12];
KEY_STRUCT(Bool, bool)
KEY_STRUCT(Int16, int16_t)
KEY_STRUCT(Int32, int32_t)
KEY_STRUCT(Int64, int64_t)
KEY_STRUCT(Float, float)
KEY_STRUCT(Double, double)
KEY_STRUCT(Text, const char *)
KEY_STRUCT(Chars, Chars)
KEY_STRUCT(Timestamp, PgTimestamp)
KEY_STRUCT(Date, PgDate)
KEY_STRUCT(Time, PgTime)
KEY_STRUCT(Interval, PgInterval)
KEY_STRUCT(Uuid, PgUuid)
KEY_STRUCT(Bytes, PgBytes)
KEY_STRUCT(Json, PgJson)
KEY_STRUCT(Numeric, PgNumeric)
KEY_STRUCT(Enum, int)
KEY_STRUCT(Codec, Degree)
KEY_STRUCT(Inet, const char *)
KEY_STRUCT(Citext, const char *)
KEY_MODEL(Bool);
KEY_MODEL(Int16);
KEY_MODEL(Int32);
KEY_MODEL(Int64);
KEY_MODEL(Float);
KEY_MODEL(Double);
KEY_MODEL(Text);
KEY_MODEL(Chars);
KEY_MODEL(Timestamp);
KEY_MODEL(Date);
KEY_MODEL(Time);
KEY_MODEL(Interval);
KEY_MODEL(Uuid);
KEY_MODEL(Bytes);
KEY_MODEL(Json);
KEY_MODEL(Numeric);
MODEL(KeyEnum, "key_Enum", COLUMN_ENUM(KeyEnum, key, Size, .primary_key = true), COLUMN(KeyEnum, note));
MODEL(KeyCodec, "key_Codec", COLUMN_CODEC(KeyCodec, key, &degree_codec, .primary_key = true), COLUMN(KeyCodec, note));
MODEL(KeyInet, "key_Inet", COLUMN(KeyInet, key, .primary_key = true, .sql_type = "inet"), COLUMN(KeyInet, note));
MODEL(KeyCitext, "key_Citext", COLUMN(KeyCitext, key, .primary_key = true, .sql_type = "public.citext"),
      COLUMN(KeyCitext, note));

typedef struct Host {
    const char *address;
    const char *note;
    const char *loud;
} Host;

/* clang-format off */
MODEL(Host, "hosts",
    COLUMN(Host, address, .primary_key = true, .sql_type = "inet"),
    COLUMN(Host, note),
    COLUMN(Host, loud,    .stored = "upper(note)"));
/* clang-format on */

#define ALL \
    MODELS(KeyBool, KeyInt16, KeyInt32, KeyInt64, KeyFloat, KeyDouble, KeyText, KeyChars, KeyTimestamp, KeyDate, \
           KeyTime, KeyInterval, KeyUuid, KeyBytes, KeyJson, KeyNumeric, KeyEnum, KeyCodec, KeyInet, KeyCitext, Host)

static void setup(void)
{
    scene_wipe();
    live_sql("DROP EXTENSION IF EXISTS citext CASCADE; CREATE EXTENSION citext SCHEMA public");
    db = scene_database(NULL, ALL, DATABASE_OPTIONS(.on_statement = seen_add));
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    s = session_open(db);
    seen_clear();
    cost_start();
}

/* Two keys, as structs, as values, and as the server prints them. */
static const struct key_case {
    const Model *model;
    const void *objects[2];
    Value values[2];
    const char *texts[2];
} cases[] = {
#define CASE(Name, first, second, first_value, second_value, first_text, second_text) \
    { \
        &Key##Name##_model, {&(const Key##Name){first, "one"}, &(const Key##Name){second, "two"}}, \
            {first_value, second_value}, \
        { \
            first_text, second_text \
        } \
    }
#define INTEGER(x) \
    { \
        .type = HOWDAH_TYPE_INT64, .as.integer = (x) \
    }
#define REAL(x) \
    { \
        .type = HOWDAH_TYPE_DOUBLE, .as.real = (x) \
    }
#define WORDS(x) \
    { \
        .type = HOWDAH_TYPE_TEXT, .as.text = (x) \
    }
#define ZERO_BYTE \
    { \
        "\0", 1 \
    }
#define NO_BYTES \
    { \
        "", 0 \
    }
#define A_HALF \
    { \
        1, 2 \
    }
#define NOTHING \
    { \
        0, 1 \
    }
#define LAST_UUID \
    { \
        { \
            255, 255 \
        } \
    }
    CASE(Bool, false, true, INTEGER(0), INTEGER(1), "f", "t"),
    CASE(Int16, 0, INT16_MIN, INTEGER(0), INTEGER(INT16_MIN), "0", "-32768"),
    CASE(Int32, INT32_MAX, -1, INTEGER(INT32_MAX), INTEGER(-1), "2147483647", "-1"),
    CASE(Int64, INT64_MIN, 0, INTEGER(INT64_MIN), INTEGER(0), "-9223372036854775808", "0"),
    CASE(Float, 0.1f, INFINITY, REAL((double)0.1f), REAL(INFINITY), "0.1", "Infinity"),
    CASE(Double, 0.0, NAN, REAL(0), REAL(NAN), "0", "NaN"),
    CASE(Text, "", "it's \\ \"x\"", WORDS(""), WORDS("it's \\ \"x\""), "", "it's \\ \"x\""),
    CASE(Chars, "eleven long", "\xe2\x82\xac", WORDS("eleven long"), WORDS("\xe2\x82\xac"), "eleven long",
         "\xe2\x82\xac"),
    CASE(Timestamp, {0}, {INT64_MAX}, WORDS("2000-01-01 00:00:00+00"), WORDS("infinity"), "2000-01-01 00:00:00+00",
         "infinity"),
    CASE(Date, {1}, {INT32_MIN}, WORDS("2000-01-02"), WORDS("-infinity"), "2000-01-02", "-infinity"),
    CASE(Time, {0}, {INT64_C(86400000000)}, WORDS("00:00"), WORDS("24:00:00"), "00:00:00", "24:00:00"),
    CASE(Interval, {.days = 3}, {.months = -1}, WORDS("P3D"), WORDS("P-1M"), "3 days", "-1 mons"),
    CASE(Uuid, {{1}}, LAST_UUID, WORDS("01000000-0000-0000-0000-000000000000"),
         WORDS("FFFF0000000000000000000000000000"), "01000000-0000-0000-0000-000000000000",
         "ffff0000-0000-0000-0000-000000000000"),
    CASE(Bytes, ZERO_BYTE, NO_BYTES, {0}, {0}, "\\x00", "\\x"),
    CASE(Json, {"{\"a\": 1}"}, {"null"}, WORDS("{\"a\":1.0}"), WORDS("null"), "{\"a\": 1}", "null"),
    CASE(Numeric, {"1.50"}, {"NaN"}, WORDS("1.5"), WORDS("NaN"), "1.50", "NaN"),
    CASE(Enum, SIZE_SMALL, SIZE_LARGE, WORDS("small"), WORDS("large"), "small", "large"),
    CASE(Codec, A_HALF, NOTHING, WORDS("1/2"), WORDS("0/1"), "1/2", "0/1"),
    CASE(Inet, "10.0.0.1", "::1", WORDS("10.0.0.1"), WORDS("::1"), "10.0.0.1", "::1"),
    CASE(Citext, "MiXed", "", WORDS("MiXed"), WORDS(""), "MiXed", ""),
};

static Value key_value(const struct key_case *c, int i)
{
    if (c->values[i].type)
        return c->values[i];
    PgBytes bytes;
    memcpy(&bytes, c->objects[i], sizeof(bytes));
    return VALUE(bytes);
}

static const char *note_of(const struct key_case *c, const void *object)
{
    const char *note;
    memcpy(&note, (const char *)object + c->model->fields[1].offset, sizeof(note));
    return note;
}

static void set_note(const struct key_case *c, void *object, const char *note)
{
    memcpy((char *)object + c->model->fields[1].offset, &note, sizeof(note));
}

START_TEST(test_natural__key_of_each_type)
{
    const struct key_case *c = &cases[_i];
    Value keys[2] = {key_value(c, 0), key_value(c, 1)};
    void *added[2];
    live_sql("SET timezone TO 'UTC'; SET datestyle TO 'ISO'");
    /* added, and known by its key at once */
    for (int i = 0; i < 2; i++)
        added[i] = howdah_session_add_object(s, c->model, c->objects[i]);
    check_no_error();
    for (int i = 0; i < 2; i++)
        ck_assert_msg(howdah_session_find_key(s, c->model, &keys[i], 1) == added[i], "%s %d: %s", c->model->name, i,
                      error_text(session_error(s)));
    check_cost(0, 0);
    check_ok(session_commit(s));
    for (int i = 0; i < 2; i++) {
        live_check(c->texts[i], "SELECT key FROM \"%s\" WHERE note = '%s'", c->model->table, i ? "two" : "one");
        ck_assert_ptr_eq(howdah_session_find_key(s, c->model, &keys[i], 1), added[i]);
    }
    check_nothing_to_write();
    /* found by the server, alone and with others */
    session_clear(s);
    void *one = howdah_session_find_key(s, c->model, &keys[0], 1);
    ck_assert_msg(one != NULL, "%s: %s", c->model->name, error_text(session_error(s)));
    ck_assert_str_eq(note_of(c, one), "one");
    void **both = howdah_session_find_many_keys(s, c->model, keys, 2);
    ck_assert_msg(both != NULL, "%s", error_text(session_error(s)));
    ck_assert_ptr_eq(both[0], one);
    ck_assert_ptr_nonnull(both[1]);
    ck_assert_str_eq(note_of(c, both[1]), "two");
    Query *q = howdah_session_query_model(s, c->model);
    howdah_query_where_field(q, c->model, 0, "=", keys[1]);
    ck_assert_ptr_eq(howdah_query_first_object(q, c->model), both[1]);
    check_no_error();
    check_nothing_to_write();
    /* updated, refreshed and deleted: each its own row */
    void *two = both[1];
    set_note(c, one, "first");
    set_note(c, two, "second");
    check_ok(session_commit(s));
    for (int i = 0; i < 2; i++)
        live_check(c->texts[i], "SELECT key FROM \"%s\" WHERE note = '%s'", c->model->table, i ? "second" : "first");
    check_ok(session_refresh(s, one));
    ck_assert_str_eq(note_of(c, one), "first");
    session_delete(s, one);
    check_ok(session_commit(s));
    live_check("second", "SELECT note FROM \"%s\"", c->model->table);
    ck_assert_ptr_null(howdah_session_find_key(s, c->model, &keys[0], 1));
    check_no_error();
    /* twice the same key is one object, or an error of the client */
    howdah_session_add_object(s, c->model, c->objects[1]);
    check_error(s, STATUS_UNIQUE);
}
END_TEST

/* What the server takes for the same key is one object here, too. */
START_TEST(test_natural__keys_that_are_equal)
{
    live_sql(
        "INSERT INTO \"key_Double\" VALUES (0, 'zero'); INSERT INTO \"key_Numeric\" VALUES (1.50, 'n');"
        "INSERT INTO \"key_Citext\" VALUES ('MiXed', 'c'); INSERT INTO \"key_Json\" VALUES ('{\"a\":1,\"b\":2}', 'j');"
        "INSERT INTO \"key_Inet\" VALUES ('10.0.0.1', 'i')");
    KeyDouble *zero = session_find(s, KeyDouble, 0.0);
    ck_assert_ptr_nonnull(zero);
    ck_assert_ptr_eq(session_find(s, KeyDouble, -0.0), zero);
    ck_assert_ptr_eq(session_find(s, KeyDouble, 0), zero);
    KeyNumeric *numeric = session_find(s, KeyNumeric, ((PgNumeric){"1.5"}));
    ck_assert_ptr_eq(session_find(s, KeyNumeric, ((PgNumeric){"1.500"})), numeric);
    KeyJson *json = session_find(s, KeyJson, ((PgJson){"{\"b\": 2.0, \"a\": 1}"}));
    ck_assert_ptr_nonnull(json);
    ck_assert_ptr_eq(session_find(s, KeyJson, ((PgJson){"{\"a\":1,\"b\":2}"})), json);
    KeyCitext *mixed = session_find(s, KeyCitext, "mixed"); /* the column's own idea of equal: the server decides */
    ck_assert_ptr_nonnull(mixed);
    ck_assert_ptr_eq(session_find(s, KeyCitext, "MIXED"), mixed);
    ck_assert_ptr_eq(session_find(s, KeyCitext, "MiXed"), mixed);
    ck_assert_ptr_eq(session_find(s, KeyInet, "10.0.0.1/32"), session_find(s, KeyInet, "10.0.0.1"));
    Value keys[] = {VALUE("mixed"), VALUE("MiXed"), VALUE("MIXED")};
    KeyCitext **many = session_find_many(s, KeyCitext, keys, 3);
    ck_assert_ptr_eq(many[1], mixed);
    check_no_error();
    ck_assert_uint_eq(session_stats(s).objects, 5);
    mixed->note = "changed";
    check_ok(session_commit(s));
    live_check("MiXed|changed", "SELECT * FROM \"key_Citext\"");
}
END_TEST

/* The keys that find_many was given, although the server prints them otherwise. */
START_TEST(test_natural__find_many_with_keys_in_other_words)
{
    live_sql(
        "INSERT INTO \"key_Citext\" VALUES ('MiXed', 'c'), ('b', 'b'); INSERT INTO \"key_Inet\" VALUES ('10.0.0.1', 'i')");
    Value keys[] = {VALUE("mixed"), VALUE("B")};
    KeyCitext **many = session_find_many(s, KeyCitext, keys, 2);
    ck_assert_ptr_nonnull(many);
    ck_assert_msg(many[0] && many[1], "rows that are there were not found");
    ck_assert_str_eq(many[0]->note, "c");
    ck_assert_str_eq(many[1]->note, "b");
}
END_TEST

/* What the server made comes back with keys that it writes otherwise, and finds its object all the same. */
START_TEST(test_natural__rows_come_back_with_keys_in_other_words)
{
    Host *hosts[3] = {session_add(s, Host, .address = "10.0.0.3/32", .note = "c"),
                      session_add(s, Host, .address = "10.0.0.1", .note = "a"),
                      session_add(s, Host, .address = "10.0.0.2/32", .note = "b")};
    check_ok(session_commit(s));
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(hosts[i]->loud, i == 0 ? "C" : i == 1 ? "A" : "B");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_natural__key_of_each_type, 0, (int)COUNT_OF(cases));
    tcase_add_test(tests, test_natural__keys_that_are_equal);
    tcase_add_test(tests, test_natural__find_many_with_keys_in_other_words);
    tcase_add_test(tests, test_natural__rows_come_back_with_keys_in_other_words);
}

int main(void)
{
    return scene_main("natural", setup, scene_close, add_tests);
}
