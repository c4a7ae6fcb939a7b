/* Connections that are cut after every single byte of a unit of work, in both directions, by FIN and by RST: what
 * the library says of the outcome is compared with the table, at once and once more at the end. */
#include "harness.h"

#include "base/error.h"
#include "support/live.h"
#include "support/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 8000 };

static struct harness h;
static struct proxy *proxy;
static char sql[KEYS_MAX][48];           /* of the INSERT of each key */
static unsigned char verdicts[KEYS_MAX]; /* enum howdah_outcome */
static int keys, cuts, resolved_done, resolved_not_done;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY)");
    proxy = proxy_open();
    harness_init(&h);
    h.options.on_statement = NULL;
    harness_open(&h, proxy_conninfo(proxy));
    keys = 0;
}

static void teardown(void)
{
    harness_close(&h);
    proxy_close(proxy);
}

static const char *new_insert(void)
{
    ck_assert_int_lt(keys, KEYS_MAX);
    snprintf(sql[keys], sizeof(sql[keys]), "INSERT INTO t VALUES (%5d) RETURNING id", keys);
    return sql[keys++];
}

static void add_transaction(void)
{
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add_transaction(&h);
    harness_add(&h, PG_STATEMENT, new_insert())->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.transaction = (struct pg_transaction){0};
}

static void add_lone_insert(void)
{
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, new_insert());
}

static enum howdah_outcome resolve(void)
{
    enum howdah_outcome outcome = pg_transaction_resolve(h.pool, &h.transaction, clock_deadline(10000, 0));
    resolved_done += outcome == HOWDAH_OUTCOME_DONE;
    resolved_not_done += outcome == HOWDAH_OUTCOME_NOT_DONE;
    return outcome;
}

static int count_of(int key)
{
    return (int)harness_number(live_sql("SELECT 'SELECT count(*) FROM t WHERE id = %d'", key));
}

/* One unit of work with one cut. False: it came to its end before the cut. */
static bool run_cut(void (*add_plan)(void), bool may_resolve, enum proxy_direction direction, uint64_t bytes,
                    enum proxy_end end)
{
    harness_lease_again(&h);
    add_plan();
    proxy_cut(proxy, direction, bytes, end);
    enum howdah_status status = harness_run(&h);
    enum howdah_outcome outcome = h.plan.outcome;
    bool cut = proxy_has_cut(proxy);
    proxy_pass(proxy);
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT && may_resolve) {
        ck_assert_uint_ne(h.transaction.id, 0);
        pg_pool_release(h.pool, h.connection);
        h.connection = NULL;
        outcome = resolve();
        ck_assert_int_ne(outcome, HOWDAH_OUTCOME_IN_DOUBT);
    }
    cuts++;
    ck_assert(status == HOWDAH_STATUS_OK || status == HOWDAH_STATUS_CONNECTION);
    ck_assert(status == HOWDAH_STATUS_CONNECTION || outcome == HOWDAH_OUTCOME_DONE);
    verdicts[keys - 1] = (unsigned char)outcome;
    int count = count_of(keys - 1);
    if ((outcome == HOWDAH_OUTCOME_DONE && count != 1) || (outcome == HOWDAH_OUTCOME_NOT_DONE && count != 0))
        ck_abort_msg("direction %d, byte %llu: outcome %d, but %d rows", (int)direction, (unsigned long long)bytes,
                     (int)outcome, count);
    return cut;
}

static void check_late(void)
{
    for (int key = 0; key < keys; key++)
        if (verdicts[key] != HOWDAH_OUTCOME_IN_DOUBT)
            ck_assert_int_eq(count_of(key), verdicts[key] == HOWDAH_OUTCOME_DONE);
}

static void sweep(void (*add_plan)(void), bool may_resolve)
{
    for (int end = PROXY_FINISH; end <= PROXY_RESET; end++)
        for (int direction = PROXY_TO_SERVER; direction <= PROXY_TO_CLIENT; direction++)
            for (uint64_t bytes = 0;
                 run_cut(add_plan, may_resolve, (enum proxy_direction)direction, bytes, (enum proxy_end)end); bytes++)
                ;
    check_late();
}

START_TEST(test_cut__transaction)
{
    sweep(add_transaction, true);
    printf("%d cuts, %d resolved as done, %d as not done\n", cuts, resolved_done, resolved_not_done);
    ck_assert_int_gt(cuts, 1000);
    ck_assert_int_gt(resolved_done, 50);
    ck_assert_int_gt(resolved_not_done, 50);
}
END_TEST

/* Prepared on the way, and without a name: the one in a pipeline, the other not. */
START_TEST(test_cut__lone_statement)
{
    if (_i == 1) {
        harness_close(&h);
        harness_init(&h);
        h.options.on_statement = NULL;
        h.options.statement_cache = 0;
        harness_open(&h, proxy_conninfo(proxy));
    }
    sweep(add_lone_insert, false);
    ck_assert_int_gt(cuts, 300);
}
END_TEST

/* While it connects: an error, never a crash or a hang, and the pool's books are right. */
START_TEST(test_cut__connecting)
{
    int failures = 0, open, leased;
    pg_pool_release(h.pool, h.connection);
    pg_pool_close(h.pool);
    for (int direction = PROXY_TO_SERVER; direction <= PROXY_TO_CLIENT; direction++)
        for (uint64_t bytes = 0;; bytes++) {
            h.pool = pg_pool_open(&h.options);
            proxy_cut(proxy, (enum proxy_direction)direction, bytes, PROXY_RESET);
            enum howdah_status status = pg_pool_lease(h.pool, clock_deadline(10000, 0), &h.error, &h.connection);
            bool cut = proxy_has_cut(proxy);
            proxy_pass(proxy);
            bool connected = status == HOWDAH_STATUS_OK; /* also if the cut came right behind the last byte */
            ck_assert(connected || (status == HOWDAH_STATUS_CONNECTION && cut));
            pg_pool_count(h.pool, &open, &leased);
            ck_assert_int_eq(open, connected);
            ck_assert_int_eq(leased, connected);
            failures += !connected;
            pg_pool_release(h.pool, connected ? h.connection : NULL);
            pg_pool_close(h.pool);
            if (!cut)
                break;
        }
    harness_open(&h, proxy_conninfo(proxy));
    ck_assert_int_gt(failures, 300);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("cut");
    TCase *c = tcase_create("cut");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_cut__transaction);
    tcase_add_loop_test(c, test_cut__lone_statement, 0, 2);
    tcase_add_test(c, test_cut__connecting);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
