/* A server that stops and starts again. It needs one of its own: own_cluster.sh starts it, and tells by HOWDAH_TEST_CTL the
 * program that stops and starts it as pg_ctl does. */
#include "truth.h"

#include "support/held_clock.h"
#include "support/live.h"
#include "support/proxy.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run_ctl(const char *what)
{
    char command[512];
    snprintf(command, sizeof(command), "%s %s", getenv("HOWDAH_TEST_CTL"), what);
    ck_assert_msg(system(command) == 0, "%s failed", command);
}

/* Stops the server, or restarts it. */
static void stop(const char *what)
{
    live_try("SELECT pg_terminate_backend(pg_backend_pid())"); /* so that live_sql connects anew */
    run_ctl(what);
}

static Database *open_database(void)
{
    return ledger_database(live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .in_doubt_timeout = 5000));
}

static void check_down(Session *s)
{
    ck_assert_msg(status_of(s) == STATUS_CONNECTION, "%s", error_text(session_error(s)));
    session_clear_error(s);
}

START_TEST(test_server__stopped_and_started)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    stop("stop -m fast");
    ck_assert_ptr_null(session_find(s, Account, 5));
    check_down(s);
    ck_assert_int_eq(session_commit(s), STATUS_CONNECTION);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_down(s);
    unit_check_pending(&unit);
    run_ctl("start");
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    database_close(db);
}
END_TEST

/* Between two calls nothing is lost, and the session notices nothing. */
START_TEST(test_server__restarted_while_idle)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    stop("restart -m immediate");
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    database_close(db);
}
END_TEST

/* A crash erases the id of a transaction that had not reached the disk: then nobody can tell of it. */
static void check_not_done(struct unit *unit, Status status, bool crashed)
{
    const Error *error = session_error(unit->s);
    ck_assert_msg(status != STATUS_OK, "nobody has committed that");
    ck_assert_msg(error->outcome == OUTCOME_NOT_DONE || (crashed && status == STATUS_IN_DOUBT), "%s",
                  error_text(error));
    ck_assert(!unit_is_done());
    session_clear_error(unit->s);
    unit_check_pending(unit);
    ck_assert_msg(session_commit(unit->s) == STATUS_OK, "%s", error_text(session_error(unit->s)));
    ck_assert(unit_is_done());
    unit_check_promoted(unit);
}

static const char *const ways[] = {"restart -m fast", "restart -m immediate"};

START_TEST(test_server__restarted_in_a_transaction)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    stop(ways[_i]);
    check_not_done(&unit, session_commit(s), _i);
    database_close(db);
}
END_TEST

/* The id that the crash erased is given to others, who commit: that is not our commit. */
START_TEST(test_server__id_given_to_another)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    live_sql("CHECKPOINT");
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    stop("restart -m immediate");
    for (int i = 0; i < 5; i++)
        live_sql("SELECT pg_current_xact_id()");
    check_not_done(&unit, session_commit(s), true);
    database_close(db);
}
END_TEST

/* --- restarted between the two trips of a commit --- */

struct restart {
    const char *how;
    unsigned inserts;
};

static void restart_after_insert(void *arg, const Statement *statement)
{
    struct restart *restart = arg;
    if (strstr(statement->sql, "INSERT INTO") && ++restart->inserts == 2)
        stop(restart->how);
}

START_TEST(test_server__restarted_before_commit)
{
    struct restart restart = {ways[_i], 0};
    struct unit unit;
    ledger_seed();
    Database *db = ledger_database(live_conninfo(),
                                   DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .on_statement = restart_after_insert,
                                                    .statement_arg = &restart));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    Status status = session_commit(s);
    ck_assert_uint_eq(restart.inserts, 2);
    check_not_done(&unit, status, _i);
    database_close(db);
}
END_TEST

/* --- restarted behind a COMMIT that it has done --- */

/* Restarts the server as soon as the unit is there, and lets everything pass again. */
static void *restart_when_done(void *arg)
{
    while (!unit_is_done())
        sched_yield();
    stop("restart -m fast");
    proxy_pass(arg);
    return NULL;
}

START_TEST(test_server__restarted_after_commit)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    struct unit unit;
    pthread_t thread;
    ledger_seed();
    Database *db = ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 1));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    proxy_stall(proxy, PROXY_TO_CLIENT, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, restart_when_done, proxy), 0);
    Status status = session_commit(s);
    pthread_join(thread, NULL);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    check_truth(&work_commit, &unit, status, STATUS_OK, &tally);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* It does not come back: the caller gets a token, in time, and can ask later. */
START_TEST(test_server__stopped_after_commit)
{
    struct proxy *proxy = proxy_open();
    struct unit unit;
    ledger_seed();
    Database *db =
        ledger_database(proxy_conninfo(proxy),
                        DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .commit_timeout = 300, .in_doubt_timeout = 300));
    Session *s = session_open(db);
    clock_hold();
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    proxy_when_stalled(proxy, clock_go);
    proxy_stall(proxy, PROXY_TO_CLIENT, 1); /* the server has answered the COMMIT */
    ck_assert_int_eq(session_commit(s), STATUS_IN_DOUBT);
    const char *token = session_error(s)->in_doubt_token;
    ck_assert_ptr_nonnull(token);
    ck_assert(unit_is_done());
    live_check("committed", "SELECT pg_xact_status('%s')", strrchr(token, ':') + 1);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

int main(void)
{
    if (!getenv("HOWDAH_TEST_CTL")) {
        printf("skipped: it needs a server of its own\n");
        return 77;
    }
    Suite *suite = suite_create("server");
    TCase *tcase = tcase_create("server");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_checked_fixture(tcase, NULL, clock_go);
    tcase_add_test(tcase, test_server__stopped_and_started);
    tcase_add_test(tcase, test_server__restarted_while_idle);
    tcase_add_loop_test(tcase, test_server__restarted_in_a_transaction, 0, 2);
    tcase_add_test(tcase, test_server__id_given_to_another);
    tcase_add_loop_test(tcase, test_server__restarted_before_commit, 0, 2);
    tcase_add_test(tcase, test_server__restarted_after_commit);
    tcase_add_test(tcase, test_server__stopped_after_commit);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
