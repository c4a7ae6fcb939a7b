/* The pool, with one thread: what is handed out, what is closed, and its books. */
#include "harness.h"

#include "base/error.h"
#include "support/live.h"
#include "support/proxy.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct harness h;

static void setup(void)
{
    harness_init(&h);
    h.options.pool_size = 3;
    harness_open(&h, NULL);
}

static void teardown(void)
{
    harness_close(&h);
}

static void check_count(int open, int leased)
{
    int is_open, is_leased;
    pg_pool_count(h.pool, &is_open, &is_leased);
    ck_assert_int_eq(is_open, open);
    ck_assert_int_eq(is_leased, leased);
}

static enum howdah_status lease_within(int ms, struct pg_connection **ret)
{
    return pg_pool_lease(h.pool, clock_deadline(ms, 0), &h.error, ret);
}

START_TEST(test_pool__opens_lazily)
{
    struct pg_connection *more[2] = {NULL};
    check_count(1, 1);
    ck_assert_int_eq(lease_within(5000, &more[0]), HOWDAH_STATUS_OK);
    check_count(2, 2);
    pg_pool_release(h.pool, more[0]);
    check_count(2, 1);
    ck_assert_int_eq(lease_within(5000, &more[1]), HOWDAH_STATUS_OK);
    ck_assert_ptr_eq(more[0], more[1]);
    check_count(2, 2);
    pg_pool_release(h.pool, more[1]);
    pg_pool_release(h.pool, NULL);
    check_count(2, 1);
}
END_TEST

START_TEST(test_pool__exhausted)
{
    struct pg_connection *more[2] = {NULL}, *none = NULL;
    ck_assert_int_eq(lease_within(5000, &more[0]), HOWDAH_STATUS_OK);
    ck_assert_int_eq(lease_within(5000, &more[1]), HOWDAH_STATUS_OK);
    static const int waits[] = {1, 120};
    for (int i = 0; i < 2; i++) {
        double start = milliseconds();
        ck_assert_int_eq(lease_within(waits[i], &none), HOWDAH_STATUS_TIMEOUT);
        double took = milliseconds() - start;
        check_duration(took, waits[i]);
        ck_assert_ptr_null(none);
    }
    ck_assert_ptr_nonnull(strstr(h.error.message, "all 3 are in use"));
    ck_assert_int_eq(pg_pool_lease(h.pool, clock_now() - 1, &h.error, &none), HOWDAH_STATUS_TIMEOUT);
    check_count(3, 3);
    pg_pool_release(h.pool, more[0]);
    pg_pool_release(h.pool, more[1]);
    check_count(3, 1);
}
END_TEST

START_TEST(test_pool__pool_timeout)
{
    harness_close(&h);
    harness_init(&h);
    h.options.pool_size = 1;
    h.options.pool_timeout = 100;
    harness_open(&h, NULL);
    struct pg_connection *none = NULL;
    double start = milliseconds();
    ck_assert_int_eq(pg_pool_lease(h.pool, MOMENT_NEVER, &h.error, &none), HOWDAH_STATUS_TIMEOUT);
    double took = milliseconds() - start;
    check_duration(took, 100);
}
END_TEST

/* Whatever state a connection comes back in, nobody gets it who could notice. */
START_TEST(test_pool__closes_what_is_not_idle)
{
    int backend = harness_backend(&h);
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    h.plan.keep_transaction = true;
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    harness_lease_again(&h);
    check_count(1, 1);
    ck_assert_int_ne(harness_backend(&h), backend);

    struct pg_execution *execution = NULL;
    backend = harness_backend(&h);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 1")->sync = true;
    h.plan.deadline = MOMENT_NEVER;
    ck_assert_int_eq(pg_execution_start(h.connection, &h.plan, &execution), HOWDAH_STATUS_OK);
    pg_execution_advance(execution);
    harness_lease_again(&h);
    ck_assert_int_ne(harness_backend(&h), backend);
    check_count(1, 1);
}
END_TEST

/* Those that died while they were idle are replaced without anybody noticing. */
START_TEST(test_pool__replaces_dead_connections)
{
    struct pg_connection *all[3] = {h.connection, NULL, NULL};
    for (int i = 1; i < 3; i++)
        ck_assert_int_eq(lease_within(5000, &all[i]), HOWDAH_STATUS_OK);
    for (int i = 0; i < 3; i++)
        pg_pool_release(h.pool, all[i]);
    check_count(3, 0);
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
             " AND pid <> pg_backend_pid()");
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(lease_within(5000, &all[i]), HOWDAH_STATUS_OK);
    check_count(3, 3);
    for (int i = 0; i < 3; i++) {
        h.connection = all[i];
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    }
    pg_pool_release(h.pool, all[0]);
    pg_pool_release(h.pool, all[1]);
}
END_TEST

START_TEST(test_pool__connect_fails)
{
    struct proxy *proxy = proxy_open();
    harness_close(&h);
    harness_init(&h);
    h.options.pool_size = 1;
    h.options.conninfo = proxy_conninfo(proxy);
    h.pool = pg_pool_open(&h.options);
    proxy_refuse(proxy, true);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(lease_within(5000, &h.connection), HOWDAH_STATUS_CONNECTION);
        ck_assert_ptr_nonnull(strstr(h.error.message, "Connection refused"));
        check_count(0, 0);
    }
    proxy_refuse(proxy, false);
    ck_assert_int_eq(lease_within(5000, &h.connection), HOWDAH_STATUS_OK);
    check_count(1, 1);
    harness_close(&h);
    proxy_close(proxy);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

START_TEST(test_pool__server_is_full)
{
    struct pg_connection *second = NULL;
    const char *role = harness_role();
    live_sql("CREATE ROLE %s LOGIN CONNECTION LIMIT 1", role);
    harness_close(&h);
    harness_init(&h);
    harness_open(&h, live_conninfo_with(" user=%s", role));
    enum howdah_status status = lease_within(5000, &second);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(status, HOWDAH_STATUS_RESOURCE);
    harness_lease_again(&h);
    int open, leased;
    pg_pool_count(h.pool, &open, &leased);
    ck_assert_int_eq(open, 1);
    harness_close(&h);
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = '%s'; DROP ROLE %s", role,
             role);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

/* Others than the pool's own have all connections that the server allows. */
static PGconn *fill_server(const char *role, const char *options)
{
    live_sql("CREATE ROLE %s LOGIN CONNECTION LIMIT 1", role);
    PGconn *other = PQconnectdb(live_conninfo_with("user=%s %s", role, options));
    ck_assert_msg(PQstatus(other) == CONNECTION_OK, "%s", PQerrorMessage(other));
    return other;
}

static void open_as(const char *conninfo)
{
    harness_close(&h);
    harness_init(&h);
    h.options.pool_size = 3;
    h.options.conninfo = conninfo;
    h.pool = pg_pool_open(&h.options);
}

static void close_as(PGconn *other, const char *role)
{
    harness_close(&h);
    PQfinish(other);
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = '%s'; DROP ROLE %s", role,
             role);
    harness_init(&h);
    harness_open(&h, NULL);
}

START_TEST(test_pool__server_is_full_of_others)
{
    const char *role = harness_role();
    struct proxy *proxy = proxy_open();
    char conninfo[1024];
    PGconn *other = fill_server(role, "");
    snprintf(conninfo, sizeof(conninfo), "%s user=%s", proxy_conninfo(proxy), role);
    open_as(conninfo);
    double began = milliseconds();
    ck_assert_int_eq(lease_within(1500, &h.connection), HOWDAH_STATUS_RESOURCE);
    ck_assert_str_eq(h.error.sqlstate, "53300");
    ck_assert(milliseconds() - began > 100); /* not at once */
    check_count(0, 0);
    /* It asked again and again, but less and less often. */
    ck_assert_uint_ge(proxy_connections(proxy), 2);
    ck_assert_uint_le(proxy_connections(proxy), 12);
    close_as(other, role);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_pool__waits_for_others_to_leave)
{
    const char *role = harness_role();
    PGconn *other = fill_server(role, "options='-c idle_session_timeout=200'");
    open_as(live_conninfo_with("user=%s", role));
    ck_assert_msg(lease_within(20000, &h.connection) == HOWDAH_STATUS_OK, "%s", h.error.message);
    ck_assert_str_eq(h.error.message, "");
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    check_count(1, 1);
    close_as(other, role);
}
END_TEST

/* --- fork --- */

/* What a child finds: each line that is not as it should be gets a number of its own. */
static int in_child(void)
{
    struct pg_connection *connection = NULL;
    if (lease_within(1000, &connection) != HOWDAH_STATUS_MISUSE)
        return 1;
    if (!strstr(h.error.message, "fork"))
        return 2;
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 1")->sync = true;
    h.plan.deadline = MOMENT_NEVER;
    if (pg_execute(h.connection, &h.plan) != HOWDAH_STATUS_MISUSE)
        return 3;
    pg_pool_release(h.pool, h.connection);
    pg_pool_close(h.pool);
    return 0;
}

START_TEST(test_pool__fork)
{
    struct pg_connection *idle = NULL;
    int status = -1, backend = harness_backend(&h);
    ck_assert_int_eq(lease_within(5000, &idle), HOWDAH_STATUS_OK);
    pg_pool_release(h.pool, idle);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(in_child());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    /* The server heard nothing of it. */
    check_count(2, 1);
    ck_assert_int_eq(harness_backend(&h), backend);
    ck_assert_int_eq(lease_within(5000, &idle), HOWDAH_STATUS_OK);
    struct pg_connection *first = h.connection;
    h.connection = idle;
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    pg_pool_release(h.pool, first);
    check_count(2, 1);
}
END_TEST

/* --- the log --- */

static int logged;

static void count_log(const struct howdah_statement *statement)
{
    logged += strcmp(statement->sql, "SELECT 42") == 0;
}

START_TEST(test_pool__log_is_asked_for_by_the_environment)
{
    for (int wanted = 0; wanted < 2; wanted++) {
        harness_close(&h);
        harness_init(&h);
        h.options.log = count_log;
        h.options.on_statement = NULL;
        if (wanted)
            setenv("HOWDAH_LOG", "sql", 1);
        else
            unsetenv("HOWDAH_LOG");
        harness_open(&h, NULL);
        unsetenv("HOWDAH_LOG"); /* it is read once */
        ck_assert_int_eq(harness_sql(&h, "SELECT 42"), HOWDAH_STATUS_OK);
        ck_assert_int_eq(logged, wanted);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *c = tcase_create("pool");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_pool__opens_lazily);
    tcase_add_test(c, test_pool__exhausted);
    tcase_add_test(c, test_pool__pool_timeout);
    tcase_add_test(c, test_pool__closes_what_is_not_idle);
    tcase_add_test(c, test_pool__replaces_dead_connections);
    tcase_add_test(c, test_pool__connect_fails);
    tcase_add_test(c, test_pool__server_is_full);
    tcase_add_test(c, test_pool__server_is_full_of_others);
    tcase_add_test(c, test_pool__waits_for_others_to_leave);
    tcase_add_test(c, test_pool__fork);
    tcase_add_test(c, test_pool__log_is_asked_for_by_the_environment);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
