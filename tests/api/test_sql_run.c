/* SQL of the program's own: rows as objects and as plain structs, and statements without rows. */
#include "api/scene.h"
#include "api/works_models.h"

/* For rows of queries: no table, and not given to database_open. */
typedef struct Tally {
    const char *name;
    int64_t items;
} Tally;

typedef struct Wide {
    bool yes;
    int16_t small;
    int32_t middle;
    int64_t big;
    float real;
    double wide;
    const char *text;
    char chars[8];
    PgTimestamp at;
    PgDate day;
    PgUuid id;
    PgJson json;
    PgNumeric exact;
    PgBytes bytes;
    TextArray words;
    Int64Array numbers;
    NullInt32 maybe;
} Wide;

/* Columns that only text can hold. */
typedef struct Host {
    int64_t id;
    const char *address;
    const char *words;
    const char *grid;
} Host;

/* clang-format off */
MODEL(Host, "hosts",
    COLUMN(Host, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Host, address, .sql_type = "inet", .column = "ip \"address\""),
    COLUMN(Host, words,   .sql_type = "tsvector", .nullable = true),
    COLUMN(Host, grid,    .sql_type = "int[]", .nullable = true));

MODEL(Tally, NULL,
    COLUMN(Tally, name),
    COLUMN(Tally, items, .column = "how_many"));

MODEL(Wide, NULL,
    COLUMN(Wide, yes), COLUMN(Wide, small), COLUMN(Wide, middle), COLUMN(Wide, big), COLUMN(Wide, real),
    COLUMN(Wide, wide), COLUMN(Wide, text), COLUMN(Wide, chars), COLUMN(Wide, at), COLUMN(Wide, day), COLUMN(Wide, id),
    COLUMN(Wide, json), COLUMN(Wide, exact), COLUMN(Wide, bytes), COLUMN(Wide, words), COLUMN(Wide, numbers),
    COLUMN(Wide, maybe));
/* clang-format on */

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
             " (1, 'a', 'Alpha', NULL, 10.50, 1), (1, 'b', 'beta', 'x', 2, 1), (3, 'c', 'Gamma', '', NULL, 1);"
             "INSERT INTO seats VALUES ('a', 1, NULL), ('a', 2, 'x')");
}

/* --- rows as objects --- */

START_TEST(test_sql_run__gives_managed_objects)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "changed";
    cost_start();
    size_t count = 9;
    Maker **makers = session_sql(s, Maker, &count,
                                 "SELECT m.*, 1 AS surplus FROM makers m JOIN items i ON i.maker_id = m.id "
                                 "WHERE i.code IN (%s, %s) ORDER BY m.id",
                                 "a", "c");
    check_no_error();
    check_cost(1, 1);
    ck_assert_uint_eq(count, 2);
    ck_assert_ptr_null(makers[2]);
    ck_assert_ptr_eq(makers[0], ann);
    ck_assert_str_eq(ann->name, "changed");
    ck_assert_str_eq(makers[1]->name, "Cid");
    ck_assert_ptr_eq(session_find(s, Maker, 3), makers[1]);
    makers[1]->grade = (NullInt32){4, true};
    check_ok(session_commit(s));
    live_check("changed|1\nCid|4", "SELECT name, grade FROM makers WHERE id IN (1, 3) ORDER BY id");
    ck_assert_str_eq(seen.statements[1].sql, "SELECT m.*, 1 AS surplus FROM makers m JOIN items i ON i.maker_id = m.id "
                                             "WHERE i.code IN ($1, $2) ORDER BY m.id");
}
END_TEST

/* What one of them needs is fetched for all. */
START_TEST(test_sql_run__rows_are_siblings)
{
    size_t count;
    Item **items = session_sql(s, Item, &count, "SELECT * FROM items ORDER BY id");
    check_no_error();
    cost_start();
    check_ok(session_load(s, items[0], maker));
    check_ok(session_load(s, items[2], maker));
    check_cost(1, 1);
    ck_assert_str_eq(items[0]->maker->name, "Ann");
    ck_assert_str_eq(items[2]->maker->name, "Cid");
}
END_TEST

START_TEST(test_sql_run__columns_in_any_order)
{
    size_t count;
    Seat **seats = session_sql(s, Seat, &count, "SELECT guest, number, room FROM seats ORDER BY number");
    check_no_error();
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(seats[1]->room, "a");
    ck_assert_int_eq(seats[1]->number, 2);
    ck_assert_str_eq(seats[1]->guest, "x");
    ck_assert_ptr_null(seats[0]->guest);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_sql_run__no_rows)
{
    size_t count = 9;
    Maker **makers = session_sql(s, Maker, &count, "SELECT * FROM makers WHERE false");
    check_no_error();
    ck_assert_ptr_nonnull(makers);
    ck_assert_ptr_null(makers[0]);
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(session_sql(s, Maker, NULL, "SELECT * FROM makers WHERE false")[0]);
}
END_TEST

START_TEST(test_sql_run__one)
{
    Maker *cid = session_sql_one(s, Maker, "SELECT * FROM makers WHERE name = %s", "Cid");
    check_no_error();
    ck_assert_int_eq(cid->id, 3);
    ck_assert_ptr_null(session_sql_one(s, Maker, "SELECT * FROM makers WHERE name = %s", "Zoe"));
    check_no_error();
    ck_assert_ptr_null(session_sql_one(s, Maker, "SELECT * FROM makers"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", NULL);
}
END_TEST

START_TEST(test_sql_run__writing_with_returning)
{
    cost_start();
    Maker *dora = session_sql_one(s, Maker, "INSERT INTO makers (name, grade) VALUES (%s, %d) RETURNING *", "Dora", 7);
    check_no_error();
    check_cost(1, 2); /* a transaction: rows that do not fit would take the rest with them */
    ck_assert_int_eq(dora->id, 4);
    ck_assert_ptr_eq(session_find(s, Maker, 4), dora);
    dora->name = "dora";
    check_ok(session_commit(s));
    live_check("dora", "SELECT name FROM makers WHERE id = 4");
    ck_assert_ptr_null(session_sql_one(s, Maker, "INSERT INTO makers (name) VALUES (%s) RETURNING *", "Ann"));
    check_error(s, STATUS_UNIQUE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

/* --- plain structs --- */

START_TEST(test_sql_run__plain_structs)
{
    size_t count;
    Tally **tallies = session_sql(s, Tally, &count,
                                  "SELECT m.name, count(i.id) AS how_many FROM makers m LEFT JOIN items i "
                                  "ON i.maker_id = m.id GROUP BY m.id ORDER BY how_many DESC, name LIMIT %d",
                                  2);
    check_no_error();
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(tallies[0]->name, "Ann");
    ck_assert_int_eq(tallies[0]->items, 2);
    ck_assert_int_eq(tallies[1]->items, 1);
    ck_assert(!session_contains(s, tallies[0]));
    const char *kept = tallies[0]->name;
    session_sql(s, Tally, &count, "SELECT 'x' AS name, 5 AS how_many"); /* and an integer of another width */
    check_no_error();
    ck_assert_str_eq(kept, "Ann");
    session_clear(s); /* forgets the compiled model too */
    ck_assert_int_eq(session_sql_one(s, Tally, "SELECT 'x' AS name, 5 AS how_many")->items, 5);
    check_no_error();
}
END_TEST

START_TEST(test_sql_run__every_type)
{
    const int64_t numbers[] = {1, INT64_MAX};
    const char *words[] = {"a, \"b\"", NULL, ""};
    PgUuid id = {{1, 2, 3, 0, 255}};
    PgTimestamp at;
    PgDate day;
    ck_assert_int_eq(timestamp_from_text("2026-11-20 12:00:00+00", &at), STATUS_OK);
    ck_assert_int_eq(date_from_text("2026-11-20", &day), STATUS_OK);
    Wide *wide = session_sql_one(
        s, Wide,
        "SELECT %p AS yes, %d::smallint AS small, %d AS middle, %ld AS big, %f::real AS real, %f::float8 AS wide, "
        "%s || '' AS text, %.*s::varchar AS chars, %p AS at, %p AS day, %p AS id, %p AS json, %p AS exact, "
        "%p AS bytes, %p AS words, %p AS numbers, %p::integer AS maybe",
        BIND((bool)true), -7, 70000, INT64_C(1) << 40, 0.5, 0.1, "it's 100% %d $1", 3, "abcdef", BIND(at), BIND(day),
        BIND(id), BIND(((PgJson){"{\"a\": [1, 2]}"})), BIND(((PgNumeric){"1.10"})),
        BIND(((PgBytes){(const uint8_t *)"a\0b", 3})), BIND(((TextArray){words, NULL, 3})),
        BIND(((Int64Array){(int64_t *)(uintptr_t)numbers, NULL, 2})), BIND(((NullInt32){0, false})));
    check_no_error();
    ck_assert(wide->yes);
    ck_assert_int_eq(wide->small, -7);
    ck_assert_int_eq(wide->middle, 70000);
    ck_assert_int_eq(wide->big, INT64_C(1) << 40);
    ck_assert_double_eq(wide->wide, 0.1);
    ck_assert_str_eq(wide->text, "it's 100% %d $1");
    ck_assert_str_eq(wide->chars, "abc");
    ck_assert_int_eq(wide->at.microseconds, at.microseconds);
    ck_assert_int_eq(wide->day.days, day.days);
    ck_assert_mem_eq(&wide->id, &id, sizeof(id));
    ck_assert_str_eq(wide->json.text, "{\"a\": [1, 2]}");
    ck_assert_str_eq(wide->exact.text, "1.10");
    ck_assert_uint_eq(wide->bytes.size, 3);
    ck_assert_mem_eq(wide->bytes.data, "a\0b", 3);
    ck_assert_uint_eq(wide->words.count, 3);
    ck_assert_str_eq(wide->words.items[0], "a, \"b\"");
    ck_assert(wide->words.nulls[1]);
    ck_assert_str_eq(wide->words.items[2], "");
    ck_assert_int_eq(wide->numbers.items[1], INT64_MAX);
    ck_assert(!wide->maybe.valid);
}
END_TEST

START_TEST(test_sql_run__text_takes_the_type_beside_it)
{
    live_sql("CREATE TABLE kinds (j jsonb, d date, n numeric(8, 2), i inet, t timestamptz, b boolean, a integer[])");
    uint64_t affected = 9;
    const char *nothing = seen.count == 77 ? "" : NULL; /* the compiler warns of a NULL that it sees */
    check_ok(session_execute(s, &affected, "INSERT INTO kinds VALUES (%s, %s, %f, %s, %s, %s, %s)", "{\"a\": 1}",
                             "2026-11-20", 12.25, "10.0.0.1/8", "2026-11-20 12:00+00", "yes", "{1,2}"));
    ck_assert_uint_eq(affected, 1);
    live_check("{\"a\": 1}|2026-11-20|12.25|10.0.0.1/8|t|{1,2}", "SELECT j, d, n, i, b, a FROM kinds");
    check_ok(session_execute(s, &affected, "UPDATE kinds SET d = %s WHERE j @> %s AND j ? 'a' AND i << %s", nothing,
                             "{\"a\": 1}", "10.0.0.0/7"));
    ck_assert_uint_eq(affected, 1);
    live_check("", "SELECT d FROM kinds");
    check_ok(session_execute(s, NULL, "DELETE FROM kinds WHERE n %% 1 = %f", 0.25));
    live_check("0", "SELECT count(*) FROM kinds");
}
END_TEST

START_TEST(test_sql_run__columns_of_other_types)
{
    size_t count;
    scene_close();
    scene_open(MODELS(Host));
    live_sql(
        "INSERT INTO hosts (\"ip \"\"address\"\"\", words, grid) VALUES ('10.0.0.1/8', 'b a'::tsvector, '{{1,2},{3,4}}'),"
        " ('::1', NULL, NULL)");
    Host **hosts = session_sql(s, Host, &count, "SELECT h.* FROM hosts h WHERE id < %d ORDER BY id DESC; -- all", 9);
    check_no_error();
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(hosts[0]->address, "::1");
    ck_assert_str_eq(hosts[1]->address, "10.0.0.1/8");
    ck_assert_str_eq(hosts[1]->words, "'a' 'b'");
    ck_assert_str_eq(hosts[1]->grid, "{{1,2},{3,4}}");
    check_nothing_to_write();
    hosts[0]->address = "::2";
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_sql_one(s, Host, "WITH h AS (SELECT * FROM hosts) SELECT * FROM h LIMIT 1 OFFSET 1 -- x"),
                     hosts[0]);
    check_no_error();
    ck_assert_ptr_null(session_sql(s, Host, &count, "SELECT id, words, grid FROM hosts"));
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, "Host", "address");
    check_says(session_error(s), "is not in the result");
    session_clear_error(s);
    ck_assert_ptr_null(session_sql(s, Host, &count, "SELECT *, grid FROM hosts"));
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, "Host", "grid");
    check_says(session_error(s), "is twice in the result");
    session_clear_error(s);
    ck_assert_ptr_null(session_sql(s, Host, &count, "SELECT nothing FROM hosts")); /* the statement's own fault */
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, NULL, NULL);
    session_clear_error(s);
    /* what RETURNING gives is cast by the statement */
    ck_assert_ptr_null(session_sql(s, Host, &count, "UPDATE hosts SET grid = NULL RETURNING *"));
    check_error(s, STATUS_SCHEMA);
    check_says(session_error(s), "is of type inet, expected text: cast it to text");
}
END_TEST

START_TEST(test_sql_run__partial_rows)
{
    size_t count;
    Tally **tallies = session_sql_partial(s, Tally, &count, "SELECT name FROM makers ORDER BY id");
    check_no_error();
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(tallies[2]->name, "Cid");
    ck_assert_int_eq(tallies[2]->items, 0);
    cost_start();
    ck_assert_ptr_null(session_sql_partial(s, Maker, &count, "SELECT id FROM makers"));
    check_error(s, STATUS_MISUSE);
    check_cost(0, 0);
}
END_TEST

/* --- columns that don't fit --- */

#define check_columns(expected_field, text, ...) \
    do { \
        size_t count_ = 9; \
        ck_assert_ptr_null(session_sql(s, Tally, &count_, __VA_ARGS__)); \
        ck_assert_uint_eq(count_, 0); \
        check_error(s, STATUS_SCHEMA); \
        check_culprit(NULL, "Tally", expected_field); \
        check_says(session_error(s), text); \
        session_clear_error(s); \
    } while (0)

START_TEST(test_sql_run__columns_that_do_not_fit)
{
    check_columns("items", "Tally.items: column how_many is not in the result", "SELECT name FROM makers");
    check_columns("items", "not in the result", "SELECT name, 1 AS items FROM makers"); /* the field's name is not it */
    check_columns("items", "not in the result", "SELECT name FROM makers WHERE false");
    check_columns("name", "twice", "SELECT name, name, 1 AS how_many FROM makers");
    check_columns("items", "is of type text, expected bigint", "SELECT name, name AS how_many FROM makers");
    check_columns("items", "is of type numeric, expected bigint",
                  "SELECT name, sum(id) AS how_many FROM makers GROUP BY 1");
    check_columns("name", "is of type integer, expected text", "SELECT 1 AS name, 1 AS how_many WHERE false");
    check_columns("name", "is of type text[], expected text", "SELECT '{}'::text[] AS name, 1 AS how_many");
    check_columns("name", "is of type inet, expected text: cast it", "SELECT '::1'::inet AS name, 1 AS how_many");
    size_t count;
    ck_assert_uint_eq(session_sql(s, Tally, &count, "SELECT name, 1 AS how_many, 2 AS x, 3 AS x FROM makers") != NULL,
                      1);
    check_no_error(); /* surplus columns, also twice, are nobody's */
    ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(test_sql_run__values_that_do_not_fit)
{
    size_t count;
    ck_assert_ptr_null(session_sql(s, Tally, &count, "SELECT NULL::text AS name, 1 AS how_many"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Tally", "name");
    session_clear_error(s);
    ck_assert_ptr_null(session_sql(s, Tally, &count, "CREATE TABLE other (x int)"));
    check_error(s, STATUS_INVALID);
    check_says(session_error(s), "no rows");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("", "SELECT to_regclass('other')");
    session_clear_error(s);
    ck_assert_ptr_null(session_sql(s, Maker, &count, "SELECT NULL::bigint AS id, name, grade, made_at FROM makers"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_sql_run__gives_managed_objects);
    tcase_add_test(tests, test_sql_run__rows_are_siblings);
    tcase_add_test(tests, test_sql_run__columns_in_any_order);
    tcase_add_test(tests, test_sql_run__no_rows);
    tcase_add_test(tests, test_sql_run__one);
    tcase_add_test(tests, test_sql_run__writing_with_returning);
    tcase_add_test(tests, test_sql_run__plain_structs);
    tcase_add_test(tests, test_sql_run__every_type);
    tcase_add_test(tests, test_sql_run__text_takes_the_type_beside_it);
    tcase_add_test(tests, test_sql_run__columns_of_other_types);
    tcase_add_test(tests, test_sql_run__partial_rows);
    tcase_add_test(tests, test_sql_run__columns_that_do_not_fit);
    tcase_add_test(tests, test_sql_run__values_that_do_not_fit);
}

int main(void)
{
    return scene_main("sql_run", setup, scene_close, add_tests);
}
