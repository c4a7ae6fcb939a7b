/* Values that no column can have, and stored ones that no field can: each is an error that names the field. */
#include "api/types_scene.h"

#include <math.h>

static void check_names(const char *model, const char *field)
{
    ck_assert_ptr_nonnull(session_error(s));
    ck_assert_str_eq(session_error(s)->model, model);
    ck_assert_str_eq(session_error(s)->field, field);
}

START_TEST(test_types_refused__enum_constant_without_a_label)
{
    Special *special = session_add(s, Special, .id = 80, .tide = 5, .shade = SHADE_DARK);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(special, "Special", "tide");
    session_clear_error(s);
    special->tide = TIDE_LOW;
    special->shade = (Shade)0;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(special, "Special", "shade");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_types_refused__enum_label_that_the_program_does_not_know)
{
    live_sql("ALTER TYPE \"Other \"\"schema\"\"\".tide ADD VALUE 'neap'");
    live_sql("UPDATE \"Other \"\"schema\"\"\".\"Special \"\"table\"\"\" SET tide = 'neap' WHERE id = 1");
    ck_assert_ptr_null(session_find(s, Special, 1));
    const Error *error = session_error(s);
    ck_assert_ptr_nonnull(error);
    ck_assert_str_eq(error->model, "Special");
    ck_assert_str_eq(error->field, "tide");
    ck_assert_msg(error->status == STATUS_INVALID || error->status == STATUS_DATA || error->status == STATUS_SCHEMA,
                  "%s", error_text(error));
    session_clear_error(s);
    ck_assert_ptr_nonnull(session_find(s, Special, 2)); /* the others are as good as ever */
}
END_TEST

START_TEST(test_types_refused__codec_that_refuses)
{
    live_sql("UPDATE \"Other \"\"schema\"\"\".\"Special \"\"table\"\"\" SET colour = 'mauve' WHERE id = 1");
    ck_assert_ptr_null(session_find(s, Special, 1));
    check_names("Special", "colour");
}
END_TEST

/* A text that is too long for its char[N] is an error on load, never cut. */
START_TEST(test_types_refused__stored_text_that_is_too_long)
{
    live_sql("ALTER TABLE plains DROP CONSTRAINT plains_chars_check; ALTER TABLE plains ALTER chars TYPE text;"
             "UPDATE plains SET chars = '12345678' WHERE id = 1");
    ck_assert_ptr_null(session_find(s, Plain, 1));
    check_names("Plain", "chars");
    session_clear_error(s);
    size_t count = 5;
    ck_assert_ptr_null(query_all(session_query(s, Plain), Plain, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_nonnull(session_error(s));
    session_clear_error(s);
    ck_assert_ptr_nonnull(session_find(s, Plain, 2));
}
END_TEST

/* NULL where C has no room for it: somebody dropped the NOT NULL. */
START_TEST(test_types_refused__null_where_c_has_no_room)
{
    live_sql("ALTER TABLE plains ALTER middle DROP NOT NULL; UPDATE plains SET middle = NULL WHERE id = 1");
    ck_assert_ptr_null(session_find(s, Plain, 1));
    check_names("Plain", "middle");
}
END_TEST

START_TEST(test_types_refused__array_of_two_dimensions)
{
    live_sql("UPDATE lists SET middle = '{{1,2},{3,4}}' WHERE id = 1");
    ck_assert_ptr_null(session_find(s, Lists, 1));
    check_names("Lists", "middle");
}
END_TEST

/* The column has another type than the model says. */
START_TEST(test_types_refused__column_of_another_type)
{
    live_sql("ALTER TABLE plains ALTER middle TYPE bigint, ALTER day TYPE text");
    ck_assert_ptr_null(session_find(s, Plain, 1));
    const Error *error = session_error(s);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(error->status == STATUS_SCHEMA, "%s", error_text(error));
    ck_assert_str_eq(error->model, "Plain");
    ck_assert(strcmp(error->field, "middle") == 0 || strcmp(error->field, "day") == 0);
}
END_TEST

START_TEST(test_types_refused__values_that_no_column_can_have)
{
    static const Plain good = {.id = 90, .words = "w", .json = {"1"}, .amount = {"1"}, .bytes = {"", 0}};
    static const struct {
        const char *field;
        size_t offset, size;
        union {
            PgTime time;
            PgTimestamp moment;
            PgDate day;
            PgJson json;
            PgNumeric amount;
            const char *text;
        } value;
    } cases[] = {
        {"hour", offsetof(Plain, hour), sizeof(PgTime), {.time = {-1}}},
        {"hour", offsetof(Plain, hour), sizeof(PgTime), {.time = {INT64_C(86400000001)}}},
        {"json", offsetof(Plain, json), sizeof(PgJson), {.json = {"{"}}},
        {"json", offsetof(Plain, json), sizeof(PgJson), {.json = {""}}},
        {"json", offsetof(Plain, json), sizeof(PgJson), {.json = {"\"\xff\""}}},
        {"amount", offsetof(Plain, amount), sizeof(PgNumeric), {.amount = {"1.2.3"}}},
        {"amount", offsetof(Plain, amount), sizeof(PgNumeric), {.amount = {" "}}},
        {"words", offsetof(Plain, words), sizeof(char *), {.text = "\xc0\x80"}},
        {"words", offsetof(Plain, words), sizeof(char *), {.text = "\xf4\x90\x80\x80"}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Plain plain = good;
        memcpy((char *)&plain + cases[i].offset, &cases[i].value, cases[i].size);
        Plain *object = session_add_struct(s, Plain, &plain);
        Status status = session_commit(s);
        ck_assert_msg(status == STATUS_INVALID || status == STATUS_DATA, "%zu: %s", i, status_name(status));
        ck_assert_msg(session_error(s)->field && strcmp(session_error(s)->field, cases[i].field) == 0, "%zu: %s", i,
                      error_text(session_error(s)));
        check_culprit(object, "Plain", cases[i].field);
        check_ok(session_rollback(s));
    }
    session_add_struct(s, Plain, &good);
    check_ok(session_commit(s));
}
END_TEST

/* An array whose text item is NULL without a flag, and one with a count but no items. */
START_TEST(test_types_refused__arrays_that_are_malformed)
{
    const char *words[] = {"a", NULL};
    Lists *lists = session_add(s, Lists, .id = 60, .words = {words, NULL, 2});
    Status status = session_commit(s);
    if (status == STATUS_OK) { /* a NULL pointer may be taken for NULL */
        live_check("{a,NULL}", "SELECT words FROM lists WHERE id = 60");
    } else {
        check_error(s, STATUS_INVALID);
        check_culprit(lists, "Lists", "words");
        check_ok(session_rollback(s));
    }
    lists = session_add(s, Lists, .id = 61, .middle = {NULL, NULL, 2});
    status = session_commit(s);
    if (status == STATUS_OK)
        live_check("t", "SELECT middle IS NULL FROM lists WHERE id = 61");
    else
        check_error(s, STATUS_INVALID);
}
END_TEST

typedef struct Narrow { /* columns that hold less than their fields */
    int64_t id;
    NullInt64 middle;
    int32_t small;
    double real;
    PgNumeric price;
    Int64Array list;
    NumericArray prices;
} Narrow;
MODEL(Narrow, "narrows", COLUMN(Narrow, id, .primary_key = true, .sql_type = "integer"),
      COLUMN(Narrow, middle, .sql_type = "int4"), COLUMN(Narrow, small, .sql_type = "smallint"),
      COLUMN(Narrow, real, .sql_type = "real"), COLUMN(Narrow, price, .sql_type = "numeric(5, 2)", .nullable = true),
      COLUMN(Narrow, list, .sql_type = "integer[]", .nullable = true),
      COLUMN(Narrow, prices, .sql_type = "numeric(2,-2)[]", .nullable = true));

START_TEST(test_types_refused__values_that_a_narrow_column_can_not_have)
{
    int64_t items[] = {1, INT64_C(-2147483649), INT32_MIN};
    PgNumeric prices[] = {{"9949.9"}, {"-9950"}};
    const struct {
        const char *field;
        Narrow value;
    } cases[] = {
        {"id", {.id = INT64_C(2147483648)}},           {"middle", {.id = 9, .middle = {INT64_C(-2147483649), true}}},
        {"small", {.id = 9, .small = 32768}},          {"real", {.id = 9, .real = 1e39}},
        {"real", {.id = 9, .real = -1e-60}},           {"price", {.id = 9, .price = {"1000"}}},
        {"price", {.id = 9, .price = {"-999.995"}}},   {"price", {.id = 9, .price = {"Infinity"}}},
        {"list", {.id = 9, .list = {items, NULL, 2}}}, {"prices", {.id = 9, .prices = {prices, NULL, 2}}},
    };
    Database *narrows = scene_database(NULL, MODELS(Narrow), NULL);
    ck_assert_int_eq(database_create_tables(narrows), STATUS_OK);
    Session *session = session_open(narrows);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const Narrow *object = session_add_struct(session, Narrow, &cases[i].value);
        ck_assert_int_eq(session_commit(session), STATUS_INVALID);
        const Error *error = session_error(session);
        ck_assert_msg(error->object == object && error->field && strcmp(error->field, cases[i].field) == 0, "%zu: %s",
                      i, error_text(error));
        ck_assert_msg(strstr(error->message, "out of range") != NULL, "%s", error->message);
        session_rollback(session);
    }
    const Narrow good[] = {
        {.id = INT32_MAX, .middle = {INT32_MIN, true}, .small = INT16_MIN, .real = 0.1, .price = {"-999.9949"}},
        {.id = INT32_MIN, .small = INT16_MAX, .real = -HUGE_VAL, .price = {"NaN"}, .list = {items, (bool[3]){0, 1}, 3}},
        {.id = 1, .price = {"99.999"}, .real = 1e-45, .prices = {prices, NULL, 1}},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        session_add_struct(session, Narrow, &good[i]);
    ck_assert_msg(session_commit(session) == STATUS_OK, "%s", error_text(session_error(session)));
    live_check("-999.99|100.00|NaN", "SELECT string_agg(price::text, '|' ORDER BY small) FROM narrows");
    ck_assert_ptr_null(session_find(session, Narrow, INT64_C(2147483648)));
    ck_assert_int_eq(session_error(session)->status, STATUS_INVALID);
    session_clear_error(session);
    Query *q = session_query(session, Narrow); /* a good question, whose answer is all */
    query_where(q, Narrow, small, "<", 40000);
    query_where(q, Narrow, id, "<", INT64_C(2147483648));
    query_where(q, Narrow, real, "<", 1e300);
    ck_assert_uint_eq(query_count(q), 3);
    query_set(q, Narrow, small, 40000);
    ck_assert_int_eq(query_update(q, NULL), STATUS_INVALID);
    ck_assert_str_eq(session_error(session)->field, "small");
    session_clear_error(session);
    for (int i = 0; i < 2; i++) { /* items travel as the column's own type */
        q = session_query(session, Narrow);
        if (i == 0)
            query_where(q, Narrow, list, "@>", ((Int64Array){items, NULL, 2}));
        else
            query_where(q, Narrow, list, "ANY", INT64_C(2147483648));
        ck_assert_uint_eq(query_count(q), 0);
        ck_assert_int_eq(session_error(session)->status, STATUS_INVALID);
        ck_assert_str_eq(session_error(session)->field, "list");
        session_clear_error(session);
    }
    session_close(session);
    database_close(narrows);
}
END_TEST

typedef struct Route {
    int64_t id;
    const char *hops;
    const char *gateway;
    TextArray ways;
} Route;
MODEL(Route, "routes", COLUMN(Route, id, .primary_key = true),
      COLUMN(Route, hops, .sql_type = "inet[]"),
      COLUMN(Route, gateway, .sql_type = "pg_catalog.inet"),
      COLUMN(Route, ways, .sql_type = "inet[]", .nullable = true));

/* As their output shows them, which the cast of a single inet to text does not. */
START_TEST(test_types_refused__inet_in_arrays_and_qualified)
{
    Database *routes = scene_database(NULL, MODELS(Route), NULL);
    ck_assert_int_eq(database_create_tables(routes), STATUS_OK);
    live_sql("INSERT INTO routes VALUES (1, '{10.0.0.1,10.1.0.0/16}', '10.0.0.1')");
    Session *session = session_open(routes);
    Route *route = session_find(session, Route, 1);
    ck_assert_msg(route != NULL, "%s", error_text(session_error(session)));
    ck_assert_str_eq(route->hops, "{10.0.0.1,10.1.0.0/16}");
    ck_assert_str_eq(route->gateway, "10.0.0.1");
    route->hops = "{::1}";
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    live_check("{::1}", "SELECT hops FROM routes");
    route->ways = (TextArray){(const char *[]){"10.0.0.1", "10.1.0.0/16", NULL}, NULL, 3};
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    ck_assert_int_eq(session_refresh(session, route), STATUS_OK);
    ck_assert_str_eq(route->ways.items[0], "10.0.0.1");
    ck_assert_str_eq(route->ways.items[1], "10.1.0.0/16");
    ck_assert(route->ways.nulls[2]);
    session_close(session);
    database_close(routes);
}
END_TEST

static ptrdiff_t encode_wavering(const void *field, char *text, size_t size)
{
    const uint64_t *calls = field; /* how often it has succeeded before it fails */
    static uint64_t called;
    (void)size;
    if (called++ % *calls == *calls - 1)
        return -1;
    *text = 'x';
    return 1;
}

static bool decode_wavering(const char *text, size_t length, void *field)
{
    uint64_t calls = 2;
    memcpy(field, &calls, sizeof(calls));
    return text && length == 1;
}

static const Codec wavering_codec = {.sql_type = "text", .encode = encode_wavering, .decode = decode_wavering};

typedef struct Wavering {
    int64_t id;
    uint64_t calls;
} Wavering;
MODEL(Wavering, "waverings", COLUMN(Wavering, id, .primary_key = true),
      COLUMN_CODEC(Wavering, calls, &wavering_codec));

/* It was checked, and fails when it is sent: then nothing is written, rather than an empty text. */
START_TEST(test_types_refused__codec_that_fails_at_last)
{
    Database *waverings = scene_database(NULL, MODELS(Wavering), NULL);
    ck_assert_int_eq(database_create_tables(waverings), STATUS_OK);
    Session *session = session_open(waverings);
    session_add(session, Wavering, .id = 1, .calls = 2);
    ck_assert_int_ne(session_commit(session), STATUS_OK);
    ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM waverings");
    session_close(session);
    database_close(waverings);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_types_refused__codec_that_fails_at_last);
    tcase_add_test(tests, test_types_refused__enum_constant_without_a_label);
    tcase_add_test(tests, test_types_refused__enum_label_that_the_program_does_not_know);
    tcase_add_test(tests, test_types_refused__codec_that_refuses);
    tcase_add_test(tests, test_types_refused__stored_text_that_is_too_long);
    tcase_add_test(tests, test_types_refused__null_where_c_has_no_room);
    tcase_add_test(tests, test_types_refused__array_of_two_dimensions);
    tcase_add_test(tests, test_types_refused__inet_in_arrays_and_qualified);
    tcase_add_test(tests, test_types_refused__column_of_another_type);
    tcase_add_test(tests, test_types_refused__values_that_no_column_can_have);
    tcase_add_test(tests, test_types_refused__values_that_a_narrow_column_can_not_have);
    tcase_add_test(tests, test_types_refused__arrays_that_are_malformed);
}

int main(void)
{
    return scene_main("types_refused", types_setup, scene_close, add_tests);
}
