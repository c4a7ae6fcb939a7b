/* Plans: segments, rows, failures, and what became of the transaction. */
#include "harness.h"

#include "base/error.h"
#include "support/live.h"

#include <stdio.h>
#include <string.h>

static struct harness h;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, name text)");
    harness_init(&h);
    harness_open(&h, NULL);
}

static void teardown(void)
{
    harness_close(&h);
}

/* --- what succeeds --- */

START_TEST(test_execution__rows)
{
    ck_assert_int_eq(harness_sql(&h, "SELECT i::int4, CASE i WHEN 2 THEN NULL ELSE 'n' || i END, i > 1, ''::text"
                                     " FROM generate_series(1, 3) i"),
                     HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "1|n1|f|\n2||t|\n3|n3|t|\n");
    ck_assert_str_eq(h.tags, "SELECT 3\n");
    ck_assert_uint_eq(h.counters.statements, 1);
    ck_assert_uint_eq(h.counters.round_trips, 1);
    ck_assert_uint_eq(h.counters.rows, 3);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
}
END_TEST

START_TEST(test_execution__segments)
{
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    harness_add(&h, PG_STATEMENT, "UPDATE t SET name = 'c' WHERE id = 2 RETURNING id, name")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "2|c\n");
    ck_assert_str_eq(h.tags, "BEGIN\nINSERT 0 2\nUPDATE 1\nCOMMIT\n");
    ck_assert_uint_eq(h.counters.statements, 2);
    ck_assert_uint_eq(h.counters.round_trips, 2);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
    ck_assert(!pg_connection_in_transaction(h.connection));
    live_check("1|a\n2|c", "SELECT * FROM t ORDER BY id");
    ck_assert_str_eq(h.events, "BEGIN: 0 ok\nINSERT INTO t VALUES (1, 'a'), (2, 'b'): 2 ok\n"
                               "UPDATE t SET name = 'c' WHERE id = 2 RETURNING id, name: 1 ok\nCOMMIT: 0 ok\n");
}
END_TEST

START_TEST(test_execution__keeps_transaction)
{
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert(pg_connection_in_transaction(h.connection));
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NONE);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (2)")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
    live_check("2", "SELECT count(*) FROM t");
}
END_TEST

START_TEST(test_execution__rollback)
{
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)")->sync = true;
    harness_add(&h, PG_ROLLBACK, "ROLLBACK");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NONE);
    ck_assert(!pg_connection_in_transaction(h.connection));
    live_check("0", "SELECT count(*) FROM t");
    harness_clear(&h);
    harness_add(&h, PG_ROLLBACK, "ROLLBACK"); /* of nothing */
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(h.notice_count, 0);
}
END_TEST

START_TEST(test_execution__left_open)
{
    ck_assert_int_eq(harness_sql(&h, "BEGIN"), HOWDAH_STATUS_MISUSE);
    ck_assert(!pg_connection_in_transaction(h.connection));
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

START_TEST(test_execution__no_columns_and_empty)
{
    ck_assert_int_eq(harness_sql(&h, "SELECT FROM generate_series(1, 3)"), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "\n\n\n");
    ck_assert_int_eq(harness_sql(&h, ""), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "");
    ck_assert_str_eq(h.tags, "\n");
}
END_TEST

START_TEST(test_execution__without_callbacks)
{
    struct pg_step *step = harness_add(&h, PG_STATEMENT, "SELECT generate_series(1, 5)");
    step->bind = NULL;
    step->row = NULL;
    step->done = NULL;
    h.plan.counters = NULL;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
}
END_TEST

/* --- parameters --- */

static struct {
    const char *values[4];
    int sizes[4];
} bound;

static enum howdah_status bind_values(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    (void)arg;
    (void)step;
    *ret = (struct pg_binding){.values = bound.values, .sizes = bound.sizes};
    return HOWDAH_STATUS_OK;
}

START_TEST(test_execution__parameters)
{
    /* A size of -1 is NULL whatever the pointer; a size of 0 is empty whatever the pointer. */
    static const uint32_t types[] = {23, 25, 25, 25};
    static const char seven[] = {0, 0, 0, 7};
    struct pg_step *step = harness_add(&h, PG_STATEMENT, "SELECT $1, $2, $3 IS NULL, $4 = ''");
    h.statements[0].parameters = 4;
    h.statements[0].types = types;
    statement_seal(&h.statements[0]);
    step->bind = bind_values;
    bound.values[0] = seven;
    bound.values[1] = "text\0with NUL is cut by nobody";
    bound.values[2] = "not read";
    bound.values[3] = NULL;
    memcpy(bound.sizes, (const int[]){4, 4, -1, 0}, sizeof(bound.sizes));
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "7|text|t|t\n");
    bound.sizes[1] = 9; /* with the NUL: refused, not cut */
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_DATA);
    ck_assert_str_eq(h.error.sqlstate, "22021");
}
END_TEST

START_TEST(test_execution__too_many_bytes)
{
    static const uint32_t types[] = {25, 25};
    struct pg_step *step = harness_add(&h, PG_STATEMENT, "SELECT octet_length($1 || $2)");
    h.statements[0].parameters = 2;
    h.statements[0].types = types;
    step->bind = bind_values;
    bound.values[0] = bound.values[1] = "never read";
    bound.sizes[0] = bound.sizes[1] = 1 << 29;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(h.error.message, "have 10737418"));
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

/* --- what fails --- */

static const char *const failing_steps[] = {"BEGIN", "INSERT INTO t VALUES (1)", "SELECT 1", "INSERT INTO t VALUES (2)",
                                            "COMMIT"};

/* The server refuses step `_i`; whatever the segments, nothing is done, and the connection is good. */
static void check_error_in_step(int failed, unsigned segments)
{
    for (int i = 0; i < 5; i++) {
        enum pg_role role = i == 0 ? PG_BEGIN : i == 4 ? PG_COMMIT : PG_STATEMENT;
        harness_add(&h, role, i == failed ? "SELECT 1 / 0" : failing_steps[i])->sync = segments & 1u << i;
    }
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_DATA);
    ck_assert_str_eq(h.error.sqlstate, "22012");
    ck_assert_str_eq(h.error.statement, "SELECT 1 / 0");
    ck_assert_uint_eq(h.plan.failed, (size_t)failed);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    ck_assert(pg_connection_alive(h.connection));
    ck_assert(!pg_connection_in_transaction(h.connection));
    live_check("0", "SELECT count(*) FROM t");
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}

START_TEST(test_execution__error_in_step)
{
    static const unsigned segments[] = {0, 2 + 8, 31};
    for (int i = 0; i < 3; i++) {
        harness_clear(&h);
        check_error_in_step(_i, segments[i]);
    }
}
END_TEST

START_TEST(test_execution__error_members)
{
    live_sql("INSERT INTO t VALUES (1)");
    ck_assert_int_eq(harness_sql(&h, "INSERT INTO t VALUES (1)"), HOWDAH_STATUS_UNIQUE);
    ck_assert_str_eq(h.error.constraint, "t_pkey");
    ck_assert_str_eq(h.error.table, "t");
    ck_assert_str_eq(h.error.schema, "public");
    ck_assert_ptr_null(h.error.detail);
    ck_assert_str_eq(h.events, "INSERT INTO t VALUES (1): 0 unique23505\n");
    ck_assert_int_eq(harness_sql(&h, "SELECT 'secret'::int"), HOWDAH_STATUS_DATA);
    ck_assert_ptr_null(strstr(h.error.message, "secret"));
    ck_assert_int_eq(harness_sql(&h, "SELECT nothing FROM t"), HOWDAH_STATUS_SCHEMA);
    ck_assert_str_eq(h.error.message, "column \"nothing\" does not exist");
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

START_TEST(test_execution__long_statement_in_error)
{
    static char sql[6000];
    int used = snprintf(sql, sizeof(sql), "SELECT 1/0, '");
    while (used < 5000)
        used += snprintf(sql + used, sizeof(sql) - (size_t)used, "\xc3\xa4\xe2\x82\xac");
    strcat(sql, "'");
    ck_assert_int_eq(harness_sql(&h, sql), HOWDAH_STATUS_DATA);
    size_t length = strlen(h.error.statement);
    ck_assert_uint_gt(length, 1100);
    ck_assert_str_eq(h.error.statement + length - 4, " ...");
    ck_assert_int_ne(h.error.statement[length - 5] & 0x40, 0x40); /* the end of a character */
    error_finish(&h.error);
    ck_assert_ptr_nonnull(strstr(h.error.text, "sqlstate: 22012"));
}
END_TEST

START_TEST(test_execution__shows_values)
{
    harness_close(&h);
    harness_init(&h);
    h.options.show_values = true;
    harness_open(&h, NULL);
    live_sql("INSERT INTO t VALUES (1)");
    ck_assert_int_eq(harness_sql(&h, "INSERT INTO t VALUES (1)"), HOWDAH_STATUS_UNIQUE);
    ck_assert_str_eq(h.error.detail, "Key (id)=(1) already exists.");
    ck_assert_int_eq(harness_sql(&h, "SELECT 'secret'::int"), HOWDAH_STATUS_DATA);
    ck_assert_str_eq(h.error.message, "invalid input syntax for type integer: \"secret\"");
}
END_TEST

static void add_failing_plan(bool begin, bool commit_apart)
{
    harness_clear(&h);
    if (begin)
        harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1) RETURNING id");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (2) RETURNING id")->sync = commit_apart;
    if (begin)
        harness_add(&h, PG_COMMIT, "COMMIT");
}

static void check_stopped(void)
{
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_STALE);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    ck_assert(pg_connection_alive(h.connection));
    ck_assert(!pg_connection_in_transaction(h.connection));
    live_check("0", "SELECT count(*) FROM t");
    ck_assert_uint_eq(h.notice_count, 0);
}

/* A bind that fails undoes what was sent before it, with a BEGIN and without. */
START_TEST(test_execution__bind_fails)
{
    for (size_t at = 0; at < 4; at++) {
        add_failing_plan(true, false);
        h.bind_fails = at;
        check_stopped();
        ck_assert_uint_eq(h.plan.failed, at);
        ck_assert_uint_eq(h.counters.round_trips, at > 0);
    }
    for (size_t at = 0; at < 2; at++) {
        add_failing_plan(false, false);
        h.bind_fails = at;
        check_stopped();
    }
}
END_TEST

START_TEST(test_execution__row_fails)
{
    add_failing_plan(true, true);
    h.row_fails = 1;
    check_stopped();
    ck_assert_str_eq(h.rows, "1\n");
    ck_assert_uint_eq(h.plan.failed, 2);
    ck_assert_uint_eq(h.counters.round_trips, 2);
}
END_TEST

START_TEST(test_execution__done_fails)
{
    add_failing_plan(true, true);
    h.done_fails = 1;
    check_stopped();
    ck_assert_uint_eq(h.plan.failed, 1);
}
END_TEST

/* In an implicit transaction the Sync is on its way before the row comes: then it is done, and said to be. */
START_TEST(test_execution__row_fails_behind_commit)
{
    add_failing_plan(false, false);
    h.row_fails = 0;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_STALE);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
    live_check("2", "SELECT count(*) FROM t");
}
END_TEST

/* --- COMMIT --- */

START_TEST(test_execution__deferred_constraint)
{
    for (int apart = 0; apart < 2; apart++) {
        live_sql("DROP TABLE IF EXISTS d; CREATE TABLE d (id int, CONSTRAINT d_unique UNIQUE (id) DEFERRABLE"
                 " INITIALLY DEFERRED)");
        harness_clear(&h);
        harness_add(&h, PG_BEGIN, "BEGIN");
        harness_add(&h, PG_STATEMENT, "INSERT INTO d VALUES (1), (1)")->sync = apart;
        harness_add(&h, PG_COMMIT, "COMMIT");
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_UNIQUE);
        ck_assert_str_eq(h.error.constraint, "d_unique");
        ck_assert_uint_eq(h.plan.failed, 2);
        ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
        /* The implicit commit of a lone statement fails behind its result. */
        ck_assert_int_eq(harness_sql(&h, "INSERT INTO d VALUES (1), (1)"), HOWDAH_STATUS_UNIQUE);
        ck_assert_str_eq(h.tags, "INSERT 0 2\n");
        ck_assert_uint_eq(h.plan.failed, 0);
        ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
        live_check("0", "SELECT count(*) FROM d");
    }
}
END_TEST

/* A block that swallowed its error leaves a transaction that answers COMMIT with ROLLBACK. */
START_TEST(test_execution__commit_answers_rollback)
{
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)");
    harness_add(&h, PG_STATEMENT, "ROLLBACK");
    harness_add(&h, PG_STATEMENT, "BEGIN")->sync = true;
    harness_add(&h, PG_COMMIT, "ROLLBACK");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_SERVER);
    ck_assert_ptr_nonnull(strstr(h.error.message, "answered COMMIT with ROLLBACK"));
    ck_assert_uint_eq(h.plan.failed, 4);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM t");
}
END_TEST

START_TEST(test_execution__failed_transaction_of_the_program)
{
    harness_add(&h, PG_BEGIN, "BEGIN");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 1 / 0");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_DATA);
    ck_assert(!pg_connection_in_transaction(h.connection));
    ck_assert_uint_eq(h.counters.round_trips, 2);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
}
END_TEST

/* --- the rest --- */

START_TEST(test_execution__one_by_one)
{
    harness_add(&h, PG_STATEMENT, "SELECT 'a'");
    harness_add(&h, PG_STATEMENT, "SELECT i, 'x' FROM generate_series(1, 4) i")->one_by_one = true;
    harness_add(&h, PG_STATEMENT, "SELECT 'b', 'c', true");
    harness_add(&h, PG_STATEMENT, "SELECT i FROM generate_series(8, 9) i")->one_by_one = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "a\n1|x\n2|x\n3|x\n4|x\nb|c|t\n8\n9\n");
    ck_assert_str_eq(h.tags, "SELECT 1\nSELECT 4\nSELECT 1\nSELECT 2\n");
    ck_assert_uint_eq(h.counters.rows, 8);
    ck_assert_uint_eq(h.counters.round_trips, 1);
}
END_TEST

/* Where libpq can: more rows than a piece has, just as many, few, and none. */
START_TEST(test_execution__many)
{
    static const char *const sql[] = {"SELECT i FROM generate_series(1, 1000) i",
                                      "SELECT i FROM generate_series(1, 512) i",
                                      "SELECT i FROM generate_series(1, 3) i", "SELECT 1 WHERE false"};
    for (size_t i = 0; i < sizeof(sql) / sizeof(*sql); i++)
        harness_add(&h, PG_STATEMENT, sql[i])->many = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.tags, "SELECT 1000\nSELECT 512\nSELECT 3\nSELECT 0\n");
    ck_assert_uint_eq(h.row_count, 1515);
    ck_assert_uint_eq(h.counters.rows, 1515);
    ck_assert_uint_eq(h.counters.round_trips, 1);
}
END_TEST

START_TEST(test_execution__one_by_one_stops)
{
    for (int prepared = 0; prepared < 2; prepared++) {
        harness_clear(&h);
        harness_add(&h, PG_STATEMENT, "SELECT i FROM generate_series(1, 100000) i")->one_by_one = true;
        h.row_fails = 3;
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_STALE);
        ck_assert_str_eq(h.rows, "1\n2\n3\n");
        ck_assert_uint_eq(h.row_count, 4);
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    }
}
END_TEST

START_TEST(test_execution__one_by_one_error_behind_rows)
{
    for (int prepared = 0; prepared < 2; prepared++) {
        harness_clear(&h);
        harness_add(&h, PG_STATEMENT, "SELECT 1 / (200 - i) FROM generate_series(1, 300) i")->one_by_one = true;
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_DATA);
        /* libpq that gives them in pieces of 64 drops the one that the error ends */
        ck_assert(h.row_count == 199 || h.row_count == 192);
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    }
}
END_TEST

START_TEST(test_execution__copy_is_refused)
{
    static const char *const sql[] = {"COPY t TO STDOUT", "COPY t FROM STDIN"};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(harness_sql(&h, sql[i]), HOWDAH_STATUS_MISUSE);
        ck_assert_ptr_nonnull(strstr(h.error.message, "COPY"));
        ck_assert(!pg_connection_alive(h.connection));
        harness_lease_again(&h);
    }
}
END_TEST

START_TEST(test_execution__notices)
{
    ck_assert_int_eq(harness_sql(&h, "DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$"), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.notices, "NOTICE 00000 one\nWARNING 01000 two\n");
}
END_TEST

START_TEST(test_execution__busy)
{
    struct pg_execution *execution = NULL, *second = NULL;
    harness_add(&h, PG_STATEMENT, "SELECT 1")->sync = true;
    h.plan.deadline = clock_deadline(10000, 0);
    ck_assert_int_eq(pg_execution_start(h.connection, &h.plan, &execution), HOWDAH_STATUS_OK);
    ck_assert_int_eq(pg_execution_start(h.connection, &h.plan, &second), HOWDAH_STATUS_BUSY);
    ck_assert_ptr_null(second);
    ck_assert(pg_execution_socket(execution) >= 0);
    ck_assert_uint_eq(pg_execution_advance(execution), PG_WANTS_READ);
    pg_execution_free(execution); /* before its end */
    ck_assert(!pg_connection_alive(h.connection));
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_CONNECTION);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    harness_lease_again(&h);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("execution");
    TCase *c = tcase_create("execution");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_execution__rows);
    tcase_add_test(c, test_execution__segments);
    tcase_add_test(c, test_execution__keeps_transaction);
    tcase_add_test(c, test_execution__rollback);
    tcase_add_test(c, test_execution__left_open);
    tcase_add_test(c, test_execution__no_columns_and_empty);
    tcase_add_test(c, test_execution__without_callbacks);
    tcase_add_test(c, test_execution__parameters);
    tcase_add_test(c, test_execution__too_many_bytes);
    tcase_add_loop_test(c, test_execution__error_in_step, 1, 5);
    tcase_add_test(c, test_execution__error_members);
    tcase_add_test(c, test_execution__long_statement_in_error);
    tcase_add_test(c, test_execution__shows_values);
    tcase_add_test(c, test_execution__bind_fails);
    tcase_add_test(c, test_execution__row_fails);
    tcase_add_test(c, test_execution__done_fails);
    tcase_add_test(c, test_execution__row_fails_behind_commit);
    tcase_add_test(c, test_execution__deferred_constraint);
    tcase_add_test(c, test_execution__commit_answers_rollback);
    tcase_add_test(c, test_execution__failed_transaction_of_the_program);
    tcase_add_test(c, test_execution__one_by_one);
    tcase_add_test(c, test_execution__many);
    tcase_add_test(c, test_execution__one_by_one_stops);
    tcase_add_test(c, test_execution__one_by_one_error_behind_rows);
    tcase_add_test(c, test_execution__copy_is_refused);
    tcase_add_test(c, test_execution__notices);
    tcase_add_test(c, test_execution__busy);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
