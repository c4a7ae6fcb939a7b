/* Conditions of queries that are SQL of the program's own, and EXPLAIN. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3), ('Dora', 1);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'Alpha', 1), (3, 'b', 'beta', 1)");
}

static size_t count_of(Query *q)
{
    size_t count;
    ck_assert_ptr_nonnull(query_all(q, Maker, &count));
    check_no_error();
    return count;
}

START_TEST(test_query_sql__conditions)
{
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, "=", 1);
    query_where_sql(q, "length(name) < %d OR name = %s", 4, "Dora");
    query_where_sql(q, "lower(name) <> ALL (%p)", BIND(((TextArray){(const char *[]){"bob", "x"}, NULL, 2})));
    ck_assert_str_eq(strstr(query_sql(q), " WHERE "),
                     " WHERE t0.\"grade\" = $1 AND (length(name) < $2 OR name = $3) AND (lower(name) <> ALL ($4))");
    ck_assert_uint_eq(count_of(q), 2);
    query_where_sql(q, "name LIKE '%%nn'");
    ck_assert_uint_eq(count_of(q), 1);
    ck_assert_uint_eq(count_of(q), 1); /* again */
    ck_assert_str_eq(query_first(q, Maker)->name, "Ann");
}
END_TEST

START_TEST(test_query_sql__values_are_copied)
{
    char name[8] = "Ann";
    Query *q = session_query(s, Maker);
    query_where_sql(q, "name = %s", name);
    strcpy(name, "bob");
    ck_assert_str_eq(query_first(q, Maker)->name, "Ann");
}
END_TEST

START_TEST(test_query_sql__hostile_values)
{
    static const char *const hostile[] = {
        "' OR true --", "\\' OR true --", "$1", "%s", "$$; DROP TABLE makers; $$", "\"", "*/", ""};
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        Query *q = session_query(s, Maker);
        query_where_sql(q, "name = %s", hostile[i]);
        ck_assert_uint_eq(count_of(q), 0);
        ck_assert_str_eq(
            session_sql_one(s, Maker, "SELECT m.id, %s AS name, grade, made_at FROM makers m LIMIT 1", hostile[i])
                ->name,
            hostile[i]);
        session_clear(s);
    }
    live_check("4", "SELECT count(*) FROM makers");
}
END_TEST

START_TEST(test_query_sql__errors_come_out_when_it_runs)
{
    size_t count = 9;
    Query *q = session_query(s, Maker);
    query_where_sql(q, "name = '%s'", "Ann");
    check_no_error();
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_INVALID);
    check_says(session_error(s), "character 9");
    session_clear_error(s);
    q = session_query(s, Maker);
    query_where_sql(q, "true) OR (true");
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
    q = session_query(s, Maker);
    query_where_sql(q, "nmae = %d", 1);
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_SCHEMA);
    session_clear_error(s);
    query_where_sql(NULL, "true");
}
END_TEST

START_TEST(test_query_sql__leaves_nothing_behind)
{
    cost_start();
    Query *q = session_query(s, Maker);
    query_where_sql(q, "\"pg_try_advisory_lock\"(%d)", 1);
    ck_assert_ptr_null(query_first(q, Maker));
    check_error(s, STATUS_INVALID);
    check_says(session_error(s), "stay with the connection");
    session_clear_error(s);
    q = session_query(s, Maker);
    query_where_sql(q, "set_config('work_mem', '9MB', %p) = ''", BIND((bool)true));
    ck_assert_ptr_null(query_first(q, Maker));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query_sql__explain)
{
    Query *q = session_query(s, Maker);
    query_where_sql(q, "name = %s", "Ann");
    cost_start();
    const char *text = query_explain(q, EXPLAIN_TEXT);
    check_no_error();
    check_cost(1, 1);
    ck_assert_ptr_nonnull(strstr(text, "makers"));
    ck_assert_ptr_null(strstr(text, "actual"));
    ck_assert_int_eq(query_explain(q, EXPLAIN_JSON)[0], '[');
    ck_assert_ptr_nonnull(strstr(query_explain(q, EXPLAIN_ANALYZE), "actual"));
    ck_assert_ptr_nonnull(strstr(query_explain(q, EXPLAIN_JSON | EXPLAIN_ANALYZE), "\"Actual Rows\""));
    ck_assert_ptr_null(query_explain(q, 77));
    check_error(s, STATUS_INVALID);
    ck_assert_ptr_null(query_explain(NULL, EXPLAIN_TEXT));
    session_clear_error(s);
    query_lock(q, LOCK_FOR_UPDATE);
    ck_assert_ptr_nonnull(query_explain(q, EXPLAIN_TEXT));
    ck_assert_ptr_null(query_explain(q, EXPLAIN_ANALYZE)); /* which runs it */
    check_error(s, STATUS_NO_TRANSACTION);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_sql__conditions);
    tcase_add_test(tests, test_query_sql__leaves_nothing_behind);
    tcase_add_test(tests, test_query_sql__values_are_copied);
    tcase_add_test(tests, test_query_sql__hostile_values);
    tcase_add_test(tests, test_query_sql__errors_come_out_when_it_runs);
    tcase_add_test(tests, test_query_sql__explain);
}

int main(void)
{
    return scene_main("query_sql", setup, scene_close, add_tests);
}
