/* Statements without rows, streaming, transactions, and what becomes of statements whose connection is lost. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/proxy.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3)");
}

START_TEST(test_sql_execute__affected)
{
    uint64_t affected = 9;
    check_ok(session_execute(s, &affected, "UPDATE makers SET grade = %d WHERE id < %ld", 4, 3L));
    ck_assert_uint_eq(affected, 2);
    check_cost(1, 1);
    check_ok(
        session_execute(s, &affected, "INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, %d) n", 5));
    ck_assert_uint_eq(affected, 5);
    check_ok(session_execute(s, &affected, "DELETE FROM makers WHERE name LIKE 'm%%'"));
    ck_assert_uint_eq(affected, 5);
    check_ok(session_execute(s, &affected, "CREATE TABLE other (x int);"));
    ck_assert_uint_eq(affected, 0);
    check_ok(session_execute(s, &affected, "SELECT * FROM makers"));
    ck_assert_uint_eq(affected, 3);
    check_ok(session_execute(s, NULL, "VACUUM other")); /* no transaction around it */
}
END_TEST

/* A connection that goes back to the pool is as it was: what would stay with it is not sent, in a transaction or not. */
START_TEST(test_sql_execute__nothing_stays_with_the_connection)
{
    if (_i)
        check_ok(session_begin(s, NULL));
#define check_refused(sql, says) \
    do { \
        check_fails(session_execute(s, NULL, sql), STATUS_MISUSE); \
        check_says(session_error(s), says); \
        session_clear_error(s); \
    } while (0)
    check_refused("LISTEN jobs", "listen on one of your own");
    check_refused("PREPARE x AS SELECT 1", "run it as it is");
    check_refused("DISCARD ALL", "prepared by the library");
    check_refused("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "WITHOUT HOLD");
    check_refused("CREATE TEMP TABLE t AS SELECT 1", "ON COMMIT DROP");
    check_refused("SELECT pg_advisory_lock(1)", "pg_advisory_xact_lock");
    check_refused("SELECT pg_catalog.\"pg_advisory_lock\"(1)", "pg_advisory_xact_lock");
    check_refused("UPDATE pg_settings SET setting = '9MB' WHERE name = 'work_mem'", "SET LOCAL");
    check_refused("CREATE TABLE pg_temp.t (n int)", "ON COMMIT DROP");
    check_fails(session_execute(s, NULL, "SELECT \"set_config\"(%s, %s, %p)", "work_mem", "9MB", BIND((bool)false)),
                STATUS_MISUSE);
    check_says(session_error(s), "set_config with true");
    session_clear_error(s);
    check_refused("RESET ALL", "SET LOCAL");
    check_cost(0, 0);
    if (_i)
        check_ok(session_rollback(s));
}
END_TEST

START_TEST(test_sql_execute__for_one_transaction)
{
    check_fails(session_execute(s, NULL, "SET LOCAL work_mem = '8MB'"), STATUS_NO_TRANSACTION);
    check_says(session_error(s), "session_begin");
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "SELECT set_config('work_mem', '8MB', true)"), STATUS_NO_TRANSACTION);
    session_clear_error(s);
    check_cost(0, 0);
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "SELECT set_config('work_mem', '8MB', true)"));
    check_fails(session_execute(s, NULL, "SELECT set_config('work_mem', '9MB', false)"), STATUS_MISUSE);
    check_says(session_error(s), "set_config with true");
    session_clear_error(s);
    check_ok(session_execute(s, NULL, "CREATE TEMP TABLE few (n int) ON COMMIT DROP"));
    check_ok(session_execute(s, NULL, "INSERT INTO few VALUES (%d)", 1));
    check_ok(session_execute(s, NULL, "DECLARE c CURSOR FOR SELECT 1"));
    check_ok(session_commit(s));
    check_fails(session_execute(s, NULL, "INSERT INTO few VALUES (%d)", 1), STATUS_SCHEMA);
    session_clear_error(s);
}
END_TEST

START_TEST(test_sql_execute__refusals)
{
    uint64_t affected = 9;
    check_fails(session_execute(s, &affected, "BEGIN"), STATUS_MISUSE);
    ck_assert_uint_eq(affected, 0);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "COMMIT"), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "SAVEPOINT x"), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "SET search_path = x"), STATUS_MISUSE);
    check_says(session_error(s), "SET LOCAL");
    session_clear_error(s);
    check_cost(0, 0);
    check_fails(session_execute(s, NULL, "SELECT 1; DELETE FROM makers"), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "DELETE FROM makers WHERE name = '%s'", "x"), STATUS_INVALID);
    check_says(session_error(s), "character 34");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    check_fails(howdah_session_execute_sql(s, NULL, NULL), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "COPY makers TO STDOUT"), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "SELEKT"), STATUS_SERVER);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_fails(session_execute(s, NULL, "DELETE FROM makers"), STATUS_SERVER); /* errors stick */
    session_clear_error(s);
    live_check("3", "SELECT count(*) FROM makers");
    ck_assert_int_eq(session_execute(NULL, NULL, "SELECT 1"), STATUS_NO_MEMORY);
    ck_assert_ptr_null(session_sql(NULL, Maker, NULL, "SELECT 1"));
    ck_assert_ptr_null(session_sql_one(NULL, Maker, "SELECT 1"));
}
END_TEST

START_TEST(test_sql_execute__in_a_transaction)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "SET LOCAL search_path = pg_catalog"));
    check_ok(session_execute(s, NULL, "UPDATE public.makers SET name = 'changed' WHERE id = %d", 1));
    live_check("Ann", "SELECT name FROM makers WHERE id = 1");
    Maker *ann = session_find(s, Maker, 1); /* the server's names are always whole */
    ck_assert_str_eq(ann->name, "changed");
    if (_i == 0) {
        check_ok(session_commit(s));
        live_check("changed", "SELECT name FROM makers WHERE id = 1");
    } else if (_i == 1) {
        check_ok(session_rollback(s));
        live_check("Ann", "SELECT name FROM makers WHERE id = 1");
    } else { /* a failure ends it */
        check_fails(session_execute(s, NULL, "UPDATE public.makers SET grade = %d", 77), STATUS_CHECK);
        check_culprit(NULL, "Maker", "grade");
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        session_clear_error(s);
        ck_assert_int_eq(session_flush(s), STATUS_NO_TRANSACTION);
        session_clear_error(s);
        live_check("Ann", "SELECT name FROM makers WHERE id = 1");
    }
    check_ok(
        session_execute(s, NULL, "UPDATE makers SET grade = 2 WHERE id = 2")); /* and the path is the server's again */
}
END_TEST

START_TEST(test_sql_execute__search_path)
{
    live_sql(
        "CREATE SCHEMA side; CREATE TABLE side.makers (LIKE public.makers); INSERT INTO side.makers VALUES (7, 'side', 1, now())");
    Database *other = scene_database(live_conninfo_with("options='-c search_path=side'"), WORKS, NULL);
    Session *session = session_open(other);
    Maker *maker = session_sql_one(session, Maker, "SELECT * FROM makers");
    ck_assert_msg(maker && strcmp(maker->name, "side") == 0, "%s", error_text(session_error(session)));
    ck_assert_ptr_null(session_find(session, Maker, 8)); /* generated SQL means its own table */
    session_close(session);
    database_close(other);
}
END_TEST

/* --- prepared statements --- */

START_TEST(test_sql_execute__forgotten_statements)
{
    for (int i = 0; i < 3; i++) {
        size_t count;
        ck_assert_ptr_nonnull(session_sql(s, Maker, &count, "SELECT * FROM makers WHERE id > %d", i));
        check_ok(session_execute(s, NULL, "UPDATE makers SET grade = %d WHERE id = 1", i));
        if (i == 0)
            check_ok(session_execute(s, NULL, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"));
        if (i == 1)
            live_sql("ALTER TABLE makers ADD COLUMN more int"); /* SELECT * has another column now */
    }
    check_no_error();
    live_check("2", "SELECT grade FROM makers WHERE id = 1");
}
END_TEST

/* --- rows one by one --- */

static size_t seen_rows;

static bool look(void *arg, const void *object)
{
    const Maker *maker = object;
    ck_assert_ptr_nonnull(maker->name);
    ck_assert_int_eq(session_execute(s, NULL, "DELETE FROM makers"), STATUS_BUSY);
    return ++seen_rows != *(size_t *)arg;
}

START_TEST(test_sql_execute__each)
{
    size_t limit = 0;
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, 20000) n");
    check_ok(session_sql_each(s, Maker, look, &limit, "SELECT * FROM makers WHERE id > %d", 1));
    check_cost(1, 1);
    ck_assert_uint_eq(seen_rows, 20002);
    ck_assert_uint_eq(session_stats(s).objects, 0);
    ck_assert_uint_lt(session_stats(s).bytes, 200000);
    limit = 3;
    seen_rows = 0;
    check_ok(session_sql_each(s, Maker, look, &limit, "SELECT * FROM makers"));
    ck_assert_uint_eq(seen_rows, 3);
    limit = seen_rows = 0;
    check_ok(session_begin(s, NULL)); /* of a statement that writes, too */
    check_ok(session_sql_each(s, Maker, look, &limit, "UPDATE makers SET grade = %d RETURNING *", 5));
    check_ok(session_commit(s));
    check_ok(session_sql_each(s, Maker, look, &limit, "UPDATE makers SET grade = grade + %d RETURNING *", 1));
    ck_assert_uint_eq(seen_rows, 2 * 20003);
    live_check("20003", "SELECT count(*) FROM makers WHERE grade = 6");
    check_fails(session_sql_each(s, Maker, look, &limit, "SELECT 1 AS id"), STATUS_SCHEMA);
    session_clear_error(s);
    check_fails(howdah_session_sql_each_object(s, &Maker_model, NULL, NULL, "SELECT 1"), STATUS_INVALID);
}
END_TEST

/* --- lost connections --- */

/* The answer never comes: whether the INSERT was committed nobody can say, but where a transaction was around it. */
START_TEST(test_sql_execute__lost_answers)
{
    struct proxy *proxy = proxy_open();
    Database *far = scene_database(proxy_conninfo(proxy), WORKS, NULL);
    Session *session = session_open(far);
    size_t count;
    ck_assert_int_eq(session_execute(session, NULL, "UPDATE makers SET grade = 1 WHERE id = 1"), STATUS_OK);
    proxy_cut(proxy, PROXY_TO_CLIENT, 0, PROXY_RESET);
    switch (_i) {
    case 0:
        ck_assert_int_eq(session_execute(session, NULL, "INSERT INTO makers (name) VALUES (%s)", "new"),
                         STATUS_IN_DOUBT);
        ck_assert_int_eq(session_error(session)->outcome, OUTCOME_IN_DOUBT);
        break;
    case 1: /* COMMIT was never sent */
        ck_assert_ptr_null(session_sql(session, Maker, &count, "INSERT INTO makers (name) VALUES ('new') RETURNING *"));
        ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
        live_check("3", "SELECT count(*) FROM makers");
        break;
    case 2: /* nor here */
        ck_assert_int_eq(session_begin(session, NULL), STATUS_OK);
        ck_assert_int_eq(session_execute(session, NULL, "INSERT INTO makers (name) VALUES ('new')"), STATUS_CONNECTION);
        ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
        live_check("3", "SELECT count(*) FROM makers");
        break;
    default: /* a question has no outcome */
        ck_assert_ptr_null(session_sql(session, Maker, &count, "SELECT * FROM makers"));
        ck_assert_int_eq(session_error(session)->status, STATUS_CONNECTION);
        ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NONE);
    }
    session_clear_error(session);
    ck_assert_ptr_nonnull(session_sql(session, Maker, &count, "SELECT * FROM makers"));
    session_close(session);
    database_close(far);
    proxy_close(proxy);
}
END_TEST

/* All rows are there before COMMIT is sent: where its answer is lost, what became of it is found out. */
START_TEST(test_sql_execute__lost_answer_to_commit)
{
    static const char *const names[] = {"prepared", "measured", "cut"};
    struct proxy *proxy = proxy_open();
    Database *far = scene_database(proxy_conninfo(proxy), WORKS, NULL);
    Session *session = session_open(far);
    uint64_t before = 0, bytes = 0;
    for (size_t i = 0, count; i < COUNT_OF(names); i++) {
        if (i == 2)
            proxy_cut(proxy, PROXY_TO_CLIENT, bytes - 10, PROXY_RESET);
        before = proxy_bytes(proxy, PROXY_TO_CLIENT);
        Maker **made =
            session_sql(session, Maker, &count, "INSERT INTO makers (name) VALUES (%s) RETURNING *", names[i]);
        bytes = proxy_bytes(proxy, PROXY_TO_CLIENT) - before;
        ck_assert_msg(made && count == 1, "%s", error_text(session_error(session)));
        ck_assert_str_eq(made[0]->name, names[i]);
    }
    ck_assert(proxy_has_cut(proxy));
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'cut'");
    session_close(session);
    database_close(far);
    proxy_close(proxy);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_sql_execute__affected);
    tcase_add_test(tests, test_sql_execute__refusals);
    tcase_add_loop_test(tests, test_sql_execute__nothing_stays_with_the_connection, 0, 2);
    tcase_add_test(tests, test_sql_execute__for_one_transaction);
    tcase_add_loop_test(tests, test_sql_execute__in_a_transaction, 0, 3);
    tcase_add_test(tests, test_sql_execute__search_path);
    tcase_add_test(tests, test_sql_execute__forgotten_statements);
    tcase_add_test(tests, test_sql_execute__each);
    tcase_add_loop_test(tests, test_sql_execute__lost_answers, 0, 4);
    tcase_add_test(tests, test_sql_execute__lost_answer_to_commit);
}

int main(void)
{
    return scene_main("sql_execute", setup, scene_close, add_tests);
}
