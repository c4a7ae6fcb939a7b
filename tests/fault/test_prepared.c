/* Prepared transactions outlive the server's crash; and a server that allows none. own_cluster.sh starts the server. */
#include "truth.h"

#include "support/live.h"
#include "support/proxy.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void restart(const char *how)
{
    char command[512];
    live_try("SELECT pg_terminate_backend(pg_backend_pid())"); /* so that live_sql connects anew */
    snprintf(command, sizeof(command), "%s restart %s", getenv("HOWDAH_TEST_CTL"), how);
    ck_assert_msg(system(command) == 0, "%s failed", command);
}

static Database *open_database(void)
{
    return ledger_database(live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .in_doubt_timeout = 5000));
}

START_TEST(test_prepared__outlives_a_crash)
{
    static const char *const ways[] = {"-m fast", "-m immediate"};
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_msg(session_prepare(s, "crash.1") == STATUS_OK, "%s", error_text(session_error(s)));
    restart(ways[_i & 1]);
    ck_assert(!unit_is_done());
    Status status = _i & 2 ? session_commit(s) : session_rollback(s);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    if (_i & 2)
        unit_check_promoted(&unit);
    ck_assert(unit_is_done() == ((_i & 2) != 0));
    database_close(db);
}
END_TEST

/* Crashes the server as soon as the transaction is prepared, or its end has come; and the next connection is lost, too. */
struct crash {
    struct proxy *proxy;
    const char *prepared; /* how many there are then */
};

static void *crash(void *arg)
{
    const struct crash *crash = arg;
    while (strcmp(live_sql("SELECT count(*) FROM pg_prepared_xacts"), crash->prepared) != 0)
        sched_yield();
    restart("-m immediate");
    proxy_refuse(crash->proxy, true);
    proxy_drop(crash->proxy, PROXY_RESET);
    proxy_pass(crash->proxy);
    proxy_cut(crash->proxy, PROXY_TO_CLIENT, 0, PROXY_RESET);
    proxy_refuse(crash->proxy, false);
    return NULL;
}

static Status while_it_crashes(struct proxy *proxy, const char *prepared, Session *s, Status (*run)(Session *s))
{
    struct crash how = {proxy, prepared};
    pthread_t thread;
    proxy_stall(proxy, PROXY_TO_CLIENT, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, crash, &how), 0);
    Status status = run(s);
    pthread_join(thread, NULL);
    ck_assert(proxy_has_cut(proxy));
    return status;
}

static Status prepare_crash(Session *s)
{
    return session_prepare(s, "crash.2");
}

/* The answer is lost with the server, which knows the transaction all the same: of both phases. */
START_TEST(test_prepared__crash_before_the_answer)
{
    struct proxy *proxy = proxy_open();
    struct unit unit;
    ledger_create_fence();
    ledger_seed();
    Database *db =
        ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .fence = (_i & 1) != 0));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    Status status = while_it_crashes(proxy, "1", s, prepare_crash);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    live_check("1", "SELECT count(*) FROM pg_prepared_xacts");
    status = while_it_crashes(proxy, "0", s, session_commit);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* The error says what to do, and nothing is lost. */
START_TEST(test_prepared__not_allowed)
{
    struct unit unit;
    ledger_seed();
    restart("-m fast -o '-c max_prepared_transactions=0'");
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_ne(session_prepare(s, "never"), STATUS_OK);
    const Error *error = session_error(s);
    ck_assert_msg(strstr(error->message, "set max_prepared_transactions in postgresql.conf"), "%s", error->message);
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    database_close(db);
    restart("-m fast");
}
END_TEST

int main(void)
{
    if (!getenv("HOWDAH_TEST_CTL")) {
        printf("skipped: it needs a server of its own\n");
        return 77;
    }
    Suite *suite = suite_create("prepared");
    TCase *tcase = tcase_create("prepared");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_loop_test(tcase, test_prepared__outlives_a_crash, 0, 4);
    tcase_add_loop_test(tcase, test_prepared__crash_before_the_answer, 0, 2);
    tcase_add_test(tcase, test_prepared__not_allowed);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
