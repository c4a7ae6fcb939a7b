/* Making connections: settings, refusals, and what their messages must not say. */
#include "harness.h"

#include "base/error.h"
#include "pg/connection.h"
#include "support/live.h"
#include "support/proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct harness h;

static void setup(void)
{
    harness_init(&h);
}

/* Leases one connection of a pool for that conninfo. */
static enum howdah_status connect_with(const char *conninfo)
{
    h.options.conninfo = conninfo;
    h.pool = pg_pool_open(&h.options);
    h.connection = NULL;
    error_clear(&h.error);
    return pg_pool_lease(h.pool, clock_deadline(10000, 0), &h.error, &h.connection);
}

static const char *setting(const char *name)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "SELECT current_setting('%s')", name);
    ck_assert_int_eq(harness_sql(&h, sql), HOWDAH_STATUS_OK);
    return h.rows;
}

START_TEST(test_connect__settings)
{
    ck_assert_int_eq(connect_with(live_conninfo_with(" client_encoding=LATIN1")), HOWDAH_STATUS_OK);
    ck_assert_str_eq(setting("client_encoding"), "UTF8\n");
    ck_assert_str_eq(setting("application_name"), "howdah\n");
    ck_assert_int_eq(harness_sql(&h, "SELECT '\xc3\xa4'"), HOWDAH_STATUS_OK);
    ck_assert_str_eq(h.rows, "\xc3\xa4\n");
    harness_close(&h);
    ck_assert_int_eq(connect_with(live_conninfo_with(" application_name=mine keepalives_idle=7")), HOWDAH_STATUS_OK);
    ck_assert_str_eq(setting("application_name"), "mine\n");
    harness_close(&h);
}
END_TEST

static int socket_option(int level, int name)
{
    struct pg_execution *execution = NULL;
    int value = -1;
    socklen_t size = sizeof(value);
    harness_clear(&h);
    harness_add(&h, PG_STATEMENT, "SELECT 1")->sync = true;
    h.plan.deadline = clock_deadline(10000, 0);
    ck_assert_int_eq(pg_execution_start(h.connection, &h.plan, &execution), HOWDAH_STATUS_OK);
    ck_assert_int_eq(getsockopt(pg_execution_socket(execution), level, name, &value, &size), 0);
    while (!(pg_execution_advance(execution) & PG_FINISHED))
        ;
    ck_assert_int_eq(pg_execution_status(execution), HOWDAH_STATUS_OK);
    pg_execution_free(execution);
    return value;
}

/* A peer that vanishes is noticed, whether we send or wait; a conninfo that says otherwise has the last word. */
START_TEST(test_connect__keepalives)
{
    char conninfo[20000];
    struct proxy *proxy = proxy_open();
    ck_assert_int_eq(connect_with(proxy_conninfo(proxy)), HOWDAH_STATUS_OK);
    ck_assert_int_eq(socket_option(SOL_SOCKET, SO_KEEPALIVE), 1);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_KEEPIDLE), 30);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_KEEPINTVL), 10);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_KEEPCNT), 3);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_USER_TIMEOUT), 30000);
    harness_close(&h);
    snprintf(conninfo, sizeof(conninfo), "%s keepalives_idle=7 tcp_user_timeout=1234", proxy_conninfo(proxy));
    ck_assert_int_eq(connect_with(conninfo), HOWDAH_STATUS_OK);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_KEEPIDLE), 7);
    ck_assert_int_eq(socket_option(IPPROTO_TCP, TCP_USER_TIMEOUT), 1234);
    harness_close(&h);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_connect__environment)
{
    ck_assert_int_eq(connect_with(NULL), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT current_database()"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(strncmp(h.rows, "howdah_test_", 12), 0);
    harness_close(&h);
}
END_TEST

static void check_refused(const char *words, enum howdah_status status, const char *sqlstate, const char *message)
{
    ck_assert_int_eq(connect_with(live_conninfo_with("%s", words)), status);
    ck_assert_str_eq(h.error.sqlstate, sqlstate);
    if (!strstr(h.error.message, message))
        ck_abort_msg("\"%s\" is not in: %s", message, h.error.message);
    ck_assert_ptr_null(strstr(h.error.message, ".c:"));
    ck_assert_ptr_null(strchr(h.error.message, '\n'));
    harness_close(&h);
}

START_TEST(test_connect__refused)
{
    check_refused(" dbname=howdah_not_there", HOWDAH_STATUS_CONNECTION, "3D000",
                  "FATAL: database \"howdah_not_there\"");
    check_refused(" user=howdah_nobody", HOWDAH_STATUS_PERMISSION, "28000", "howdah_nobody");
    check_refused(" host=/nowhere", HOWDAH_STATUS_CONNECTION, "", "No such file or directory");
    check_refused(" host=/nowhere,/neither", HOWDAH_STATUS_CONNECTION, "", "/neither");
    check_refused(" sslmode=perhaps", HOWDAH_STATUS_CONNECTION, "", "sslmode");
}
END_TEST

START_TEST(test_connect__permission)
{
    char words[80];
    snprintf(words, sizeof(words), " user=%s", harness_role());
    live_sql("CREATE ROLE %s NOLOGIN", harness_role());
    check_refused(words, HOWDAH_STATUS_PERMISSION, "28000", "not permitted to log in");
    live_sql("DROP ROLE %s", harness_role());
}
END_TEST

/* libpq would quote the secret in each of these. */
START_TEST(test_connect__secrets)
{
    static const char *const conninfos[] = {
        "postgresql://u1:sup3r%zzsecret@127.0.0.1/x",
        "postgresql://u1:p@sup3rsecret@127.0.0.1:abc/x",
        "postgresql://u1:p/sup3rsecret@127.0.0.1/x",
        "postgresql://u1:p@ss:sup3rsecret@/x",
        "postgres://u1@127.0.0.1/x?password=my&sup3rsecret",
        "user=u1 password=my sup3rsecret host=127.0.0.1",
        "user=u1 password='sup3rsecret host=127.0.0.1",
        "user=u1 password my=sup3rsecret",
        "sup3rsecret",
    };
    for (size_t i = 0; i < sizeof(conninfos) / sizeof(*conninfos); i++) {
        ck_assert_int_eq(connect_with(conninfos[i]), HOWDAH_STATUS_CONNECTION);
        error_finish(&h.error);
        if (strstr(h.error.text, "sup3r") || strstr(h.error.text, "ss:"))
            ck_abort_msg("%s gives away: %s", conninfos[i], h.error.text);
        if (!strstr(h.error.message, "malformed or ambiguous"))
            ck_abort_msg("%s: %s", conninfos[i], h.error.message);
        harness_close(&h);
    }
}
END_TEST

START_TEST(test_connect__strings_must_conform)
{
    check_refused(" options='-c standard_conforming_strings=off'", HOWDAH_STATUS_CONNECTION, "",
                  "standard_conforming_strings");
}
END_TEST

/* A role that may not know which cluster it is can work all the same; only doubt can't be resolved. */
START_TEST(test_connect__cluster_not_known)
{
    struct pg_transaction transaction;
    const unsigned char id[8] = {0, 0, 0, 0, 0, 0, 0, 9};
    const struct cell cell = {.data = id, .size = 8, .type = 5069};
    const char *role = harness_role();
    live_sql("CREATE ROLE %s LOGIN; REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", role);
    enum howdah_status status = connect_with(live_conninfo_with(" user=%s", role));
    ck_assert_int_eq(status, HOWDAH_STATUS_OK);
    ck_assert(pg_transaction_note(h.connection, &cell, 1, &transaction));
    ck_assert_uint_eq(transaction.id, 9);
    ck_assert_uint_eq(transaction.system_identifier, 0);
    ck_assert_uint_eq(transaction.timeline, 0);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    harness_close(&h);
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = '%s'; DROP ROLE %s", role,
             role);
}
END_TEST

/* Not knowing it for want of time would last as long as the connection. */
START_TEST(test_connect__no_time_to_learn_the_cluster)
{
    struct howdah_error error;
    ck_assert_int_eq(connect_with(NULL), HOWDAH_STATUS_OK);
    ck_assert_uint_ne(h.connection->system_identifier, 0);
    error_clear(&error);
    ck_assert_int_eq(connection_learn_cluster(h.connection, clock_now(), &error), HOWDAH_STATUS_TIMEOUT);
    ck_assert_int_eq(error.status, HOWDAH_STATUS_TIMEOUT);
    harness_close(&h);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("connect");
    TCase *c = tcase_create("connect");
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_connect__settings);
    tcase_add_test(c, test_connect__keepalives);
    tcase_add_test(c, test_connect__environment);
    tcase_add_test(c, test_connect__refused);
    tcase_add_test(c, test_connect__permission);
    tcase_add_test(c, test_connect__secrets);
    tcase_add_test(c, test_connect__strings_must_conform);
    tcase_add_test(c, test_connect__cluster_not_known);
    tcase_add_test(c, test_connect__no_time_to_learn_the_cluster);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
