/* Learning what became of a transaction whose COMMIT was not answered. */
#include "harness.h"

#include "base/error.h"
#include "support/held_clock.h"
#include "support/live.h"
#include "support/proxy.h"

#include <stdio.h>
#include <string.h>

static struct harness h;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY)");
    harness_init(&h);
    harness_open(&h, NULL);
}

static void teardown(void)
{
    clock_go();
    harness_close(&h);
}

/* Begins one and writes; it stays open. */
static void begin(void)
{
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add_transaction(&h);
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(h.counters.statements, 1);
}

static enum howdah_outcome resolve_within(int ms)
{
    return pg_transaction_resolve(h.pool, &h.transaction, clock_deadline(ms, 0));
}

START_TEST(test_transaction__noted)
{
    begin();
    char token[64], expected[64];
    snprintf(expected, sizeof(expected), "%s",
             live_sql("SELECT system_identifier || ':' || (SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))"
                      " FROM pg_control_system()"));
    pg_transaction_token(&h.transaction, token, sizeof(token));
    ck_assert(strncmp(token, expected, strlen(expected)) == 0 && token[strlen(expected)] == ':');
    live_check("1", "SELECT count(*) FROM pg_stat_activity WHERE backend_xid = '%s'::xid8::xid",
               strrchr(token, ':') + 1);
    struct pg_transaction parsed;
    ck_assert(pg_transaction_parse(token, &parsed));
    ck_assert_uint_eq(parsed.id, h.transaction.id);
    ck_assert_uint_eq(parsed.system_identifier, h.transaction.system_identifier);
    ck_assert_uint_eq(parsed.timeline, h.transaction.timeline);
    ck_assert_uint_eq(parsed.life, h.transaction.life);
}
END_TEST

START_TEST(test_transaction__committed)
{
    begin();
    harness_clear(&h);
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_DONE);
}
END_TEST

START_TEST(test_transaction__rolled_back)
{
    begin();
    harness_clear(&h);
    harness_add(&h, PG_ROLLBACK, "ROLLBACK");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_NOT_DONE);
}
END_TEST

/* The old backend is still there, and nobody can tell it to commit any more: it is ended. */
START_TEST(test_transaction__still_open)
{
    begin();
    double start = milliseconds();
    ck_assert_int_eq(resolve_within(10000), HOWDAH_OUTCOME_NOT_DONE);
    ck_assert(milliseconds() - start < 8000);
    ck_assert_int_eq(harness_sql(&h, "COMMIT"), HOWDAH_STATUS_CONNECTION);
    live_check("0", "SELECT count(*) FROM t");
}
END_TEST

/* Its connection is half open, the COMMIT was swallowed by the network. */
START_TEST(test_transaction__half_open)
{
    struct proxy *proxy = proxy_open();
    struct pg_pool *direct = h.pool;
    struct pg_connection *connection = h.connection;
    h.options.conninfo = proxy_conninfo(proxy);
    h.pool = pg_pool_open(&h.options);
    h.connection = NULL;
    harness_lease_again(&h);
    begin();
    proxy_when_stalled(proxy, clock_go);
    proxy_stall(proxy, PROXY_TO_SERVER, 1); /* when the COMMIT is under way */
    clock_hold();
    harness_clear(&h);
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.plan.deadline = clock_deadline(100, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_IN_DOUBT);
    pg_pool_release(h.pool, h.connection);
    pg_pool_close(h.pool);
    h.pool = direct;
    h.connection = connection;
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_NOT_DONE);
    proxy_pass(proxy); /* the COMMIT arrives, and finds nobody */
    live_check("0", "SELECT count(*) FROM t");
    proxy_close(proxy);
}
END_TEST

START_TEST(test_transaction__of_another_role)
{
    /* A role that may neither see nor end the backend waits for it, and says so when its time is up. */
    live_sql("CREATE ROLE %s LOGIN", harness_role());
    begin();
    struct pg_options options = h.options;
    options.conninfo = live_conninfo_with(" user=%s", harness_role());
    struct pg_pool *strangers = pg_pool_open(&options);
    enum howdah_outcome before = pg_transaction_resolve(strangers, &h.transaction, clock_deadline(300, 0));
    harness_clear(&h);
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    enum howdah_outcome after = pg_transaction_resolve(strangers, &h.transaction, clock_deadline(5000, 0));
    pg_pool_close(strangers);
    live_sql("DROP ROLE %s", harness_role());
    ck_assert_int_eq(before, HOWDAH_OUTCOME_IN_DOUBT);
    ck_assert_int_eq(after, HOWDAH_OUTCOME_DONE);
}
END_TEST

/* Another cluster or timeline may have given the same id to another transaction. */
START_TEST(test_transaction__not_to_be_believed)
{
    begin();
    harness_clear(&h);
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    const struct pg_transaction good = h.transaction;
    h.transaction.timeline++;
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_IN_DOUBT);
    h.transaction = good;
    h.transaction.system_identifier++;
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_IN_DOUBT);
    h.transaction = good;
    h.transaction.id += 1000000; /* in the future */
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_IN_DOUBT);
    h.transaction = (struct pg_transaction){0};
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_IN_DOUBT);
    h.transaction = good;
    ck_assert_int_eq(resolve_within(5000), HOWDAH_OUTCOME_DONE);
}
END_TEST

START_TEST(test_transaction__nobody_answers)
{
    struct proxy *proxy = proxy_open();
    begin();
    struct pg_options options = h.options;
    options.conninfo = proxy_conninfo(proxy);
    struct pg_pool *pool = pg_pool_open(&options);
    proxy_refuse(proxy, true);
    double start = milliseconds();
    ck_assert_int_eq(pg_transaction_resolve(pool, &h.transaction, clock_deadline(300, 0)), HOWDAH_OUTCOME_IN_DOUBT);
    double refused = milliseconds() - start;
    proxy_refuse(proxy, false);
    proxy_stall(proxy, PROXY_TO_SERVER, 0);
    start = milliseconds();
    ck_assert_int_eq(pg_transaction_resolve(pool, &h.transaction, clock_deadline(300, 0)), HOWDAH_OUTCOME_IN_DOUBT);
    double silent = milliseconds() - start;
    pg_pool_close(pool);
    proxy_close(proxy);
    check_duration(refused, 300);
    check_duration(silent, 300);
}
END_TEST

START_TEST(test_transaction__note_refuses_nonsense)
{
    static const unsigned char eight[8] = {0, 0, 0, 0, 0, 0, 0, 9};
    struct cell cell = {.data = eight, .size = 8, .type = 5069};
    struct pg_transaction transaction = {.id = 1};
    ck_assert(pg_transaction_note(h.connection, &cell, 1, &transaction));
    ck_assert_uint_eq(transaction.id, 9);
    ck_assert(!pg_transaction_note(h.connection, &cell, 0, &transaction));
    cell.size = 4;
    ck_assert(!pg_transaction_note(h.connection, &cell, 1, &transaction));
    cell.size = -1;
    ck_assert(!pg_transaction_note(h.connection, &cell, 1, &transaction));
    cell = (struct cell){.data = eight, .size = 8, .type = 20};
    ck_assert(!pg_transaction_note(h.connection, &cell, 1, &transaction));
    ck_assert_uint_eq(transaction.id, 9);
}
END_TEST

START_TEST(test_transaction__tokens)
{
    static const char *const bad[] = {
        "",
        ":",
        "1:2:3",
        "1:2:3:",
        "1:2:3:4:",
        "1:2:3:4 ",
        " 1:2:3:4",
        "1:2:3:-4",
        "+1:2:3:4",
        "1:2:3:x",
        "1:2x:3:4",
        "1:100000000:3:4",
        "99999999999999999999:1:1:1",
        "1:2:3:a",
        "f:2:3:4",
    };
    struct pg_transaction t = {.id = 77};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_msg(!pg_transaction_parse(bad[i], &t) && t.id == 77, "'%s'", bad[i]);
    ck_assert(pg_transaction_parse("18446744073709551615:FFFFFFFF:5:1", &t));
    ck_assert(t.system_identifier == UINT64_MAX && t.timeline == UINT32_MAX && t.life == 5 && t.id == 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("transaction");
    TCase *c = tcase_create("transaction");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_transaction__noted);
    tcase_add_test(c, test_transaction__committed);
    tcase_add_test(c, test_transaction__rolled_back);
    tcase_add_test(c, test_transaction__still_open);
    tcase_add_test(c, test_transaction__half_open);
    tcase_add_test(c, test_transaction__of_another_role);
    tcase_add_test(c, test_transaction__not_to_be_believed);
    tcase_add_test(c, test_transaction__nobody_answers);
    tcase_add_test(c, test_transaction__note_refuses_nonsense);
    tcase_add_test(c, test_transaction__tokens);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
