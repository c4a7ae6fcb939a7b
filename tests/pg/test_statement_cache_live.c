/* Prepared statements against a live server: prepared once, bounded, and what happens when the server's view of them
 * is not ours. */
#include "harness.h"

#include "support/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct harness h;

static void open_with(int statement_cache)
{
    harness_init(&h);
    h.options.statement_cache = statement_cache;
    h.options.pool_size = 1;
    harness_open(&h, NULL);
}

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a')");
    open_with(256);
}

static void teardown(void)
{
    harness_close(&h);
}

/* Names that the server's session knows now, without asking by a prepared statement. */
static long prepared(void)
{
    struct pg_step *step;
    harness_clear(&h);
    step = harness_add(&h, PG_STATEMENT, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'howdah\\_%'");
    h.statements[0].control = true;
    step->sync = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    return atol(h.rows);
}

START_TEST(test_statement_cache__prepared_once)
{
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
        ck_assert_uint_eq(h.counters.statements, 1);
        ck_assert_uint_eq(h.counters.round_trips, 1);
    }
    ck_assert_int_eq(prepared(), 1);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 1");
    harness_add(&h, PG_STATEMENT, "SELECT 2");
    harness_add(&h, PG_STATEMENT, "SELECT 1");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(prepared(), 3);
}
END_TEST

START_TEST(test_statement_cache__off)
{
    harness_close(&h);
    open_with(0);
    ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(prepared(), 0);
}
END_TEST

/* More statements than fit: the oldest are closed with a later plan, without a trip of their own. */
START_TEST(test_statement_cache__bounded)
{
    static char sql[40][32];
    harness_close(&h);
    open_with(3);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 40; i++) {
            snprintf(sql[i], sizeof(sql[i]), "SELECT %d", i);
            ck_assert_int_eq(harness_sql(&h, sql[i]), HOWDAH_STATUS_OK);
            ck_assert_int_eq(atoi(h.rows), i);
            ck_assert_uint_eq(h.counters.round_trips, 1);
            ck_assert_int_le(prepared(), 4);
        }
    /* Not within a transaction: there they wait. */
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN")->sync = true;
    for (int i = 0; i < 10; i++)
        harness_add(&h, PG_STATEMENT, sql[i])->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(h.counters.round_trips, 12);
    ck_assert_int_eq(prepared(), 3);
}
END_TEST

/* One that is needed again before it was closed is not prepared again. */
START_TEST(test_statement_cache__revived)
{
    harness_close(&h);
    open_with(1);
    harness_add(&h, PG_STATEMENT, "SELECT 1");
    harness_add(&h, PG_STATEMENT, "SELECT 2");
    harness_add(&h, PG_STATEMENT, "SELECT 1");
    harness_add(&h, PG_STATEMENT, "SELECT 2");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "1\n2\n1\n2\n");
    ck_assert_int_eq(prepared(), 1);
}
END_TEST

START_TEST(test_statement_cache__least_used_goes)
{
    harness_close(&h);
    open_with(2);
    ck_assert_int_eq(harness_sql(&h, "SELECT 'a'"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT 'b'"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT 'a'"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT 'c'"), HOWDAH_STATUS_OK);
    prepared();
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT statement FROM pg_prepared_statements ORDER BY 1");
    h.statements[0].control = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "SELECT 'a'\nSELECT 'c'\n");
}
END_TEST

/* A syntax error in one does not leave a name behind, nor spoil the others. */
START_TEST(test_statement_cache__parse_fails)
{
    for (int i = 0; i < 2; i++) {
        harness_clear(&h);
        harness_add(&h, PG_STATEMENT, "SELECT 1");
        harness_add(&h, PG_STATEMENT, "SELEKT 2");
        harness_add(&h, PG_STATEMENT, "SELECT 3");
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_SERVER);
        ck_assert_str_eq(h.error.sqlstate, "42601");
        ck_assert_uint_eq(h.plan.failed, 1);
        ck_assert_int_eq(prepared(), 1);
    }
    ck_assert_int_eq(harness_sql(&h, "SELECT 3"), HOWDAH_STATUS_OK);
}
END_TEST

static void add_own_transaction(void)
{
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t SELECT max(id) + 1 FROM t RETURNING id");
    harness_add(&h, PG_STATEMENT, "SELECT t.* FROM t ORDER BY id")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.plan.repeatable = true;
}

/* DEALLOCATE ALL behind our back: a plan that began its own transaction is run again, whole. */
START_TEST(test_statement_cache__forgotten_by_server)
{
    add_own_transaction();
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "DEALLOCATE ALL"), HOWDAH_STATUS_OK);
    add_own_transaction();
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 1);
    ck_assert_str_eq(h.rows, "3\n1|a\n2|\n3|\n");
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
    ck_assert_int_eq(h.error.status, HOWDAH_STATUS_OK);
    add_own_transaction();
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 0);
    live_check("4", "SELECT count(*) FROM t");
}
END_TEST

START_TEST(test_statement_cache__forgotten_in_open_transaction)
{
    ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "DISCARD ALL"), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT name FROM t");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_SERVER);
    ck_assert_str_eq(h.error.sqlstate, "26000");
    ck_assert_ptr_nonnull(strstr(h.error.message, "begin the transaction again"));
    ck_assert_int_eq(h.restarts, 0);
    ck_assert(!pg_connection_in_transaction(h.connection));
    ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
}
END_TEST

/* What the same plan has prepared is there: a transaction that needs it next does not fail once more. */
START_TEST(test_statement_cache__forgotten_but_for_a_new_one)
{
    ck_assert_int_eq(harness_sql(&h, "SELECT name FROM t"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "DEALLOCATE ALL"), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "SELECT id FROM t");
    harness_add(&h, PG_STATEMENT, "SELECT name FROM t");
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.plan.repeatable = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 1);
    for (int i = 0; i < 2; i++) {
        harness_clear(&h);
        harness_add(&h, PG_BEGIN, "BEGIN");
        harness_add(&h, PG_STATEMENT, i ? "SELECT name FROM t" : "SELECT id FROM t");
        harness_add(&h, PG_ROLLBACK, "ROLLBACK");
        ck_assert_msg(harness_run(&h) == HOWDAH_STATUS_OK, "%s", h.error.message);
    }
}
END_TEST

static void make_stale(void)
{
    add_own_transaction();
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    live_sql("ALTER TABLE t ADD COLUMN more text");
}

START_TEST(test_statement_cache__stale_plan)
{
    make_stale();
    add_own_transaction();
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 1);
    ck_assert_str_eq(h.rows, "3\n1|a|\n2||\n3||\n");
    live_check("3", "SELECT count(*) FROM t");
    /* Then it is prepared anew, under the same name, and stays. */
    for (int i = 0; i < 2; i++) {
        add_own_transaction();
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
        ck_assert_int_eq(h.restarts, 0);
    }
    ck_assert_int_eq(prepared(), 2);
}
END_TEST

START_TEST(test_statement_cache__stale_plan_in_open_transaction)
{
    make_stale();
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "SELECT t.* FROM t ORDER BY id");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_SERVER);
    ck_assert_str_eq(h.error.sqlstate, "0A000");
    ck_assert_ptr_nonnull(strstr(h.error.message, "altered"));
    /* In a transaction it can't be closed; it runs without a name. */
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "SELECT t.* FROM t ORDER BY id");
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "1|a|\n2||\n");
}
END_TEST

/* In the second segment of a plan that only reads. */
START_TEST(test_statement_cache__stale_plan_behind_a_segment)
{
    for (int altered = 0; altered < 2; altered++) {
        harness_clear(&h);
        harness_add(&h, PG_STATEMENT, "SELECT 1")->sync = true;
        harness_add(&h, PG_STATEMENT, "SELECT t.* FROM t");
        h.plan.repeatable = true;
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
        ck_assert_int_eq(h.restarts, altered);
        ck_assert_str_eq(h.rows, altered ? "1\n1|a|\n" : "1\n1|a\n");
        if (!altered)
            live_sql("ALTER TABLE t ADD COLUMN more text");
    }
}
END_TEST

/* Behind a COMMIT that was answered: what was committed must not be done twice. */
START_TEST(test_statement_cache__stale_plan_behind_a_commit)
{
    live_sql("CREATE TABLE n (id int); INSERT INTO n VALUES (1)");
    for (int altered = 0; altered < 2; altered++) {
        harness_clear(&h);
        harness_add(&h, PG_BEGIN, "BEGIN");
        harness_add(&h, PG_STATEMENT, "INSERT INTO t SELECT max(id) + 1 FROM t");
        harness_add(&h, PG_COMMIT, "COMMIT")->sync = _i == 0;
        harness_add(&h, PG_STATEMENT, "SELECT n.* FROM n");
        h.plan.repeatable = true;
        ck_assert_int_eq(harness_run(&h), altered ? HOWDAH_STATUS_SERVER : HOWDAH_STATUS_OK);
        ck_assert_int_eq(h.restarts, 0);
        if (!altered)
            live_sql("ALTER TABLE n ADD COLUMN more text");
    }
    ck_assert_str_eq(h.error.sqlstate, "0A000");
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_DONE);
    live_check("3", "SELECT count(*) FROM t");
    live_sql("DROP TABLE n");
}
END_TEST

/* A bare 0A000 is not about prepared statements. */
START_TEST(test_statement_cache__other_feature_not_supported)
{
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '0A000'; END $$");
    h.plan.repeatable = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_SERVER);
    ck_assert_int_eq(h.restarts, 0);
    ck_assert_int_eq(harness_sql(&h, "EXECUTE \"a name of the program\""), HOWDAH_STATUS_SERVER);
    ck_assert_str_eq(h.error.sqlstate, "26000");
    ck_assert_int_eq(h.restarts, 0);
}
END_TEST

/* A pooler may hand us a session in which the statement is prepared already. */
START_TEST(test_statement_cache__prepared_by_somebody_else)
{
    struct statement same = {.text = "SELECT name FROM t"};
    static char sql[128];
    statement_seal(&same);
    snprintf(sql, sizeof(sql), "PREPARE howdah_%016llx%016llx AS SELECT name FROM t", (unsigned long long)same.hash[0],
             (unsigned long long)same.hash[1]);
    ck_assert_int_eq(harness_sql(&h, sql), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, same.text);
    h.plan.repeatable = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 1);
    ck_assert_str_eq(h.rows, "a\n");
    ck_assert_int_eq(harness_sql(&h, same.text), HOWDAH_STATUS_OK);
    ck_assert_int_eq(h.restarts, 0);
    ck_assert_uint_eq(h.counters.statements, 1);
}
END_TEST

/* Somebody else closed what we are about to close: nothing of the plan suffers. */
START_TEST(test_statement_cache__closed_twice)
{
    harness_close(&h);
    open_with(1);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 2");
    harness_add(&h, PG_STATEMENT, "SELECT 3");
    harness_add(&h, PG_STATEMENT, "DEALLOCATE ALL");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    for (int i = 0; i < 4; i++) {
        harness_clear(&h);
        harness_add(&h, PG_BEGIN, "BEGIN");
        harness_add(&h, PG_STATEMENT, "SELECT 4")->sync = true;
        harness_add(&h, PG_COMMIT, "COMMIT");
        ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
        ck_assert_uint_eq(h.counters.round_trips, 2);
    }
    ck_assert_int_eq(prepared(), 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("statement_cache");
    TCase *c = tcase_create("statement_cache");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_statement_cache__prepared_once);
    tcase_add_test(c, test_statement_cache__off);
    tcase_add_test(c, test_statement_cache__bounded);
    tcase_add_test(c, test_statement_cache__revived);
    tcase_add_test(c, test_statement_cache__least_used_goes);
    tcase_add_test(c, test_statement_cache__parse_fails);
    tcase_add_test(c, test_statement_cache__forgotten_by_server);
    tcase_add_test(c, test_statement_cache__forgotten_in_open_transaction);
    tcase_add_test(c, test_statement_cache__forgotten_but_for_a_new_one);
    tcase_add_test(c, test_statement_cache__stale_plan);
    tcase_add_test(c, test_statement_cache__stale_plan_in_open_transaction);
    tcase_add_test(c, test_statement_cache__stale_plan_behind_a_segment);
    tcase_add_loop_test(c, test_statement_cache__stale_plan_behind_a_commit, 0, 2);
    tcase_add_test(c, test_statement_cache__other_feature_not_supported);
    tcase_add_test(c, test_statement_cache__prepared_by_somebody_else);
    tcase_add_test(c, test_statement_cache__closed_twice);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
