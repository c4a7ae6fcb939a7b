/* A server that dies, is killed, stops, or falls silent; signals; deadlines. */
#include "harness.h"

#include "base/error.h"
#include "support/held_clock.h"
#include "support/live.h"
#include "support/proxy.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

static struct harness h;
static int backend;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, name text)");
    harness_init(&h);
    harness_open(&h, NULL);
    backend = harness_backend(&h);
}

static void teardown(void)
{
    clock_go();
    harness_close(&h);
}

static void kill_backend(void)
{
    live_sql("SELECT pg_terminate_backend(%d, 60000)", backend);
}

/* --- the backend is killed --- */

static size_t kill_at;

static enum howdah_status kill_in_bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    (void)arg;
    (void)ret;
    if (step->number == kill_at)
        kill_backend();
    return HOWDAH_STATUS_OK;
}

static enum howdah_status kill_in_done(void *arg, struct pg_step *step, const struct pg_done *done)
{
    (void)arg;
    (void)done;
    if (step->number == kill_at)
        kill_backend();
    return HOWDAH_STATUS_OK;
}

/* Each step is a segment, so that "before" and "after" mean something. */
static void add_commit_plan(void)
{
    static const char *const sql[] = {"BEGIN", "INSERT INTO t VALUES (1)", "SELECT 1", "INSERT INTO t VALUES (2)",
                                      "COMMIT"};
    harness_clear(&h);
    for (int i = 0; i < 5; i++)
        harness_add(&h, i == 0 ? PG_BEGIN : i == 4 ? PG_COMMIT : PG_STATEMENT, sql[i])->sync = true;
}

static void check_killed(void)
{
    ck_assert_ptr_nonnull(strstr(h.error.message, "terminating connection due to administrator command"));
    ck_assert_str_eq(h.error.sqlstate, "57P01");
    ck_assert_ptr_nonnull(h.error.statement);
    ck_assert(!pg_connection_alive(h.connection));
    ck_assert(!pg_connection_in_transaction(h.connection));
    harness_lease_again(&h);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}

START_TEST(test_faults__killed_before_step)
{
    add_commit_plan();
    for (size_t i = 0; i < 5; i++)
        h.steps[i].bind = kill_in_bind;
    kill_at = (size_t)_i;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_CONNECTION);
    ck_assert_uint_eq(h.plan.failed, kill_at);
    /* The COMMIT was handed to libpq, and nobody answered. */
    ck_assert_int_eq(h.plan.outcome, kill_at == 4 ? HOWDAH_OUTCOME_IN_DOUBT : HOWDAH_OUTCOME_NOT_DONE);
    check_killed();
    live_check("0", "SELECT count(*) FROM t");
}
END_TEST

START_TEST(test_faults__killed_after_step)
{
    add_commit_plan();
    for (size_t i = 0; i < 5; i++)
        h.steps[i].done = kill_in_done;
    kill_at = (size_t)_i;
    bool was_done = kill_at == 4;
    enum howdah_status status = harness_run(&h);
    ck_assert_int_eq(h.plan.outcome, was_done       ? HOWDAH_OUTCOME_DONE
                                     : kill_at == 3 ? HOWDAH_OUTCOME_IN_DOUBT
                                                    : HOWDAH_OUTCOME_NOT_DONE);
    if (was_done) {
        /* The answer to the Sync had come along with the result. */
        ck_assert_int_eq(status, HOWDAH_STATUS_OK);
        harness_lease_again(&h);
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    } else {
        ck_assert_int_eq(status, HOWDAH_STATUS_CONNECTION);
        ck_assert_uint_eq(h.plan.failed, kill_at + 1);
        check_killed();
    }
    live_check(was_done ? "2" : "0", "SELECT count(*) FROM t");
}
END_TEST

START_TEST(test_faults__killed_while_it_works)
{
    static char sql[128];
    snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)");
    ck_assert_int_eq(harness_sql(&h, sql), HOWDAH_STATUS_CONNECTION);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE); /* its farewell came instead of the result */
    ck_assert_ptr_nonnull(strstr(h.events, "connection57P01"));
    check_killed();
}
END_TEST

/* The server hung up while we were idle; why is in what it said, not in an SQLSTATE of our statement. */
START_TEST(test_faults__idle_session_timeout)
{
    ck_assert_int_eq(harness_sql(&h, "SET idle_session_timeout = 1"), HOWDAH_STATUS_OK);
    live_settle();
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_CONNECTION);
    ck_assert_ptr_nonnull(strstr(h.error.message, "idle-session timeout"));
    ck_assert_str_eq(h.error.sqlstate, "57P05");
}
END_TEST

/* --- it stops --- */

START_TEST(test_faults__stopped_backend)
{
    if (!live_may_signal(backend))
        return;
    ck_assert_int_eq(kill((pid_t)backend, SIGSTOP), 0);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)");
    double start = milliseconds();
    h.plan.deadline = clock_deadline(300, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    double took = milliseconds() - start;
    kill((pid_t)backend, SIGCONT);
    kill_backend(); /* or it inserts its row into the next test's table */
    check_duration(took, 300);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_IN_DOUBT);
    ck_assert(!pg_connection_alive(h.connection));
    ck_assert_str_eq(h.error.statement, "INSERT INTO t VALUES (1)");
}
END_TEST

static enum howdah_status go_in_bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    (void)arg;
    (void)step;
    (void)ret;
    clock_go();
    return HOWDAH_STATUS_OK;
}

START_TEST(test_faults__deadline)
{
    clock_hold();
    double start = milliseconds();
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)")->sync = true;
    harness_add(&h, PG_STATEMENT, "SELECT pg_sleep(10)")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.steps[2].bind = go_in_bind;
    h.plan.deadline = clock_deadline(200, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    check_duration(milliseconds() - start, 200);
    ck_assert_uint_eq(h.plan.failed, 2);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    live_sql("SELECT pg_terminate_backend(%d, 60000)", backend);
    live_check("0", "SELECT count(*) FROM t");
}
END_TEST

static enum howdah_status go_after_rows(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    size_t *rows = arg;
    (void)step;
    (void)cells;
    (void)count;
    if (++*rows > 3)
        clock_go();
    return HOWDAH_STATUS_OK;
}

/* The time is total: rows that keep coming don't stretch it. */
START_TEST(test_faults__deadline_is_total)
{
    size_t rows = 0;
    clock_hold();
    double start = milliseconds();
    harness_clear(&h);
    struct pg_step *step =
        harness_add(&h, PG_STATEMENT, "SELECT pg_sleep(0.001), repeat('x', 2000) FROM generate_series(1, 100000)");
    step->one_by_one = true;
    step->row = go_after_rows;
    step->arg = &rows;
    step->bind = NULL;
    step->done = NULL;
    h.plan.deadline = clock_deadline(300, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    check_duration(milliseconds() - start, 300);
    ck_assert_uint_gt(rows, 3);
}
END_TEST

static enum howdah_status sleep_in_done(void *arg, struct pg_step *step, const struct pg_done *done)
{
    (void)arg;
    (void)done;
    clock_go();
    live_sql("SELECT pg_sleep(0.2)");
    return step->number == 1 ? HOWDAH_STATUS_OK : HOWDAH_STATUS_STALE;
}

/* When time is up between two segments the COMMIT is not sent, the transaction is rolled back, and the connection is
 * good. */
START_TEST(test_faults__deadline_between_segments)
{
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    h.steps[1].done = sleep_in_done;
    clock_hold();
    h.plan.deadline = clock_deadline(100, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    ck_assert_uint_eq(h.plan.failed, 2);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    ck_assert(pg_connection_alive(h.connection));
    ck_assert(!pg_connection_in_transaction(h.connection));
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

START_TEST(test_faults__deadline_has_passed_before)
{
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)");
    h.plan.deadline = clock_now() - 1;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    ck_assert_int_eq(h.plan.outcome, HOWDAH_OUTCOME_NOT_DONE);
    ck_assert_uint_eq(h.counters.round_trips, 0);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}
END_TEST

START_TEST(test_faults__statement_timeout_of_the_server)
{
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "SET LOCAL statement_timeout = 50");
    harness_add(&h, PG_STATEMENT, "SELECT pg_sleep(5)");
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    ck_assert_str_eq(h.error.sqlstate, "57014");
    ck_assert(pg_connection_alive(h.connection));
}
END_TEST

/* --- the network --- */

static void stall_after(struct proxy *proxy, enum proxy_direction direction, uint64_t bytes)
{
    harness_lease_again(&h);
    proxy_stall(proxy, direction, bytes);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT generate_series(1, 100)");
    double start = milliseconds();
    h.plan.deadline = clock_deadline(100, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    double took = milliseconds() - start;
    check_duration(took, 100);
    ck_assert(!pg_connection_alive(h.connection));
    pg_pool_release(h.pool, h.connection);
    h.connection = NULL;
    proxy_drop(proxy, PROXY_RESET);
    proxy_pass(proxy);
}

START_TEST(test_faults__silent_peer)
{
    struct proxy *proxy = proxy_open();
    harness_close(&h);
    harness_init(&h);
    harness_open(&h, proxy_conninfo(proxy));
    for (uint64_t bytes = 0; bytes < 2; bytes++) {
        stall_after(proxy, PROXY_TO_SERVER, bytes * 20);
        stall_after(proxy, PROXY_TO_CLIENT, bytes * 200);
    }
    harness_close(&h);
    proxy_close(proxy);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

START_TEST(test_faults__silent_while_connecting)
{
    static const uint64_t bytes[] = {0, 1, 100, 400};
    struct proxy *proxy = proxy_open();
    harness_close(&h);
    harness_init(&h);
    h.options.conninfo = proxy_conninfo(proxy);
    h.options.connect_timeout = 100;
    h.pool = pg_pool_open(&h.options);
    proxy_when_stalled(proxy, clock_go);
    for (int i = 0; i < 4; i++) {
        clock_hold();
        double start = milliseconds();
        proxy_stall(proxy, i < 2 ? PROXY_TO_SERVER : PROXY_TO_CLIENT, bytes[i]);
        ck_assert_int_eq(pg_pool_lease(h.pool, MOMENT_NEVER, &h.error, &h.connection), HOWDAH_STATUS_TIMEOUT);
        double took = milliseconds() - start;
        check_duration(took, 100);
        proxy_drop(proxy, PROXY_RESET);
        proxy_pass(proxy);
    }
    clock_hold();
    ck_assert_int_eq(pg_pool_lease(h.pool, MOMENT_NEVER, &h.error, &h.connection), HOWDAH_STATUS_OK);
    clock_go();
    harness_close(&h);
    proxy_close(proxy);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

/* --- signals --- */

static volatile sig_atomic_t signals;

static void on_alarm(int number)
{
    (void)number;
    signals++;
}

/* Hundreds of signals a second, without SA_RESTART: nothing fails, and the deadline stays where it is. */
START_TEST(test_faults__signals)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval storm = {{0, 500}, {0, 500}}, calm = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &storm, NULL);
    for (int i = 0; i < 50 || signals <= 100; i++) {
        ck_assert_int_eq(harness_sql(&h, "SELECT pg_sleep(0.01)"), HOWDAH_STATUS_OK);
        harness_lease_again(&h);
    }
    double start = milliseconds();
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT pg_sleep(10)");
    h.plan.deadline = clock_deadline(300, 0);
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_TIMEOUT);
    double took = milliseconds() - start;
    harness_lease_again(&h); /* connects */
    setitimer(ITIMER_REAL, &calm, NULL);
    sigaction(SIGALRM, &before, NULL);
    check_duration(took, 300);
}
END_TEST

/* Writing to a connection that is gone does not end the process, whatever it does with SIGPIPE. */
START_TEST(test_faults__broken_pipe)
{
    struct sigaction before;
    signal(SIGPIPE, SIG_DFL);
    kill_backend();
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_CONNECTION);
    sigaction(SIGPIPE, NULL, &before);
    ck_assert(before.sa_handler == SIG_DFL);
    check_killed();
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("faults");
    TCase *c = tcase_create("faults");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_faults__killed_before_step, 0, 5);
    tcase_add_loop_test(c, test_faults__killed_after_step, 0, 5);
    tcase_add_test(c, test_faults__killed_while_it_works);
    tcase_add_test(c, test_faults__idle_session_timeout);
    tcase_add_test(c, test_faults__stopped_backend);
    tcase_add_test(c, test_faults__deadline);
    tcase_add_test(c, test_faults__deadline_is_total);
    tcase_add_test(c, test_faults__deadline_between_segments);
    tcase_add_test(c, test_faults__deadline_has_passed_before);
    tcase_add_test(c, test_faults__statement_timeout_of_the_server);
    tcase_add_test(c, test_faults__silent_peer);
    tcase_add_test(c, test_faults__silent_while_connecting);
    tcase_add_test(c, test_faults__signals);
    tcase_add_test(c, test_faults__broken_pipe);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
