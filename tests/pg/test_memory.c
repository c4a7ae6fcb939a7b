/* Every allocation fails in turn, once and from then on: an error or success, and both true; nothing is lost. */
#include "harness.h"

#include "base/error.h"
#include "support/live.h"

#include <stdio.h>
#include <string.h>

static struct harness h;
static long rows;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, name text)");
    rows = 0;
}

/* A statement with so many parameters and columns that all arrays have to grow. */
static enum howdah_status bind_many(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    static const char *values[100];
    static int sizes[100];
    (void)arg;
    (void)step;
    for (int i = 0; i < 100; i++) {
        values[i] = "v";
        sizes[i] = 1;
    }
    *ret = (struct pg_binding){.values = values, .sizes = sizes};
    return HOWDAH_STATUS_OK;
}

static char many_sql[1024];
static uint32_t many_types[100];

static void add_plan(void)
{
    int used = snprintf(many_sql, sizeof(many_sql), "SELECT ");
    for (int i = 0; i < 100; i++) {
        used += snprintf(many_sql + used, sizeof(many_sql) - (size_t)used, "%s$%d", i ? "," : "", i + 1);
        many_types[i] = 25;
    }
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add_transaction(&h);
    for (int i = 0; i < 10; i++)
        harness_add(&h, PG_STATEMENT, "INSERT INTO t (name) VALUES ('a')");
    struct pg_step *many = harness_add(&h, PG_STATEMENT, many_sql);
    struct statement *statement = &h.statements[h.plan.count - 1];
    statement->parameters = 100;
    statement->types = many_types;
    statement_seal(statement);
    many->bind = bind_many;
    many->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
}

static void check_run(enum howdah_status status)
{
    ck_assert(status == HOWDAH_STATUS_OK || status == HOWDAH_STATUS_NO_MEMORY);
    ck_assert_int_eq(h.plan.outcome, status == HOWDAH_STATUS_OK ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NOT_DONE);
    rows += status == HOWDAH_STATUS_OK ? 10 : 0;
    ck_assert_int_eq(harness_number("SELECT count(*) FROM t"), rows);
}

/* Opens a pool, leases, runs, releases, closes; whatever fails. */
static void run_all(void)
{
    h.connection = NULL;
    h.pool = pg_pool_open(&h.options);
    if (!h.pool)
        return;
    enum howdah_status status = pg_pool_lease(h.pool, clock_deadline(10000, 0), &h.error, &h.connection);
    ck_assert(status == HOWDAH_STATUS_OK || status == HOWDAH_STATUS_NO_MEMORY);
    if (status == HOWDAH_STATUS_OK) {
        add_plan();
        check_run(harness_run(&h));
        add_plan();
        check_run(harness_run(&h));
    }
    int open, leased;
    pg_pool_release(h.pool, h.connection);
    pg_pool_count(h.pool, &open, &leased);
    ck_assert_int_eq(leased, 0);
    pg_pool_close(h.pool);
}

START_TEST(test_memory__every_allocation)
{
    size_t n = 0;
    for (bool reached = true; reached;) {
        harness_init(&h);
        h.options.statement_cache = 2;
        h.options.conninfo = live_conninfo();
        failing_at(&h.failing, ++n, (enum failing_how)_i);
        run_all();
        reached = failing_reached(&h.failing);
        ck_assert_uint_eq(failing_blocks(&h.failing), 0);
    }
    ck_assert_uint_gt(n, 10);
}
END_TEST

/* In the steady state nothing is allocated. */
START_TEST(test_memory__steady_state)
{
    harness_init(&h);
    harness_open(&h, NULL);
    for (int i = 0; i < 3; i++) {
        size_t before = failing_calls(&h.failing);
        add_plan();
        check_run(harness_run(&h));
        if (i > 0)
            ck_assert_uint_eq(failing_calls(&h.failing), before);
        harness_lease_again(&h);
    }
    harness_close(&h);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *c = tcase_create("memory");
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_memory__every_allocation, FAILING_ONCE, FAILING_FROM + 1);
    tcase_add_test(c, test_memory__steady_state);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
