/* A server that stops and starts again. It needs one of its own: own_cluster.sh starts it, and tells by HOWDAH_TEST_CTL the
 * program that stops and starts it as pg_ctl does. */
#include "truth.h"

#include "support/held_clock.h"
#include "support/live.h"
#include "support/proxy.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
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

/* What has come so far is lost with its connection; others pass again. */
static void lose_answer(struct proxy *proxy)
{
    proxy_drop(proxy, PROXY_RESET);
    proxy_pass(proxy);
}

/* Restarts the server as soon as the unit is there, and loses the answer. */
static void *restart_when_done(void *arg)
{
    while (!unit_is_done())
        sched_yield();
    stop("restart -m fast");
    lose_answer(arg);
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

/* --- stopped smartly: it waits for those who are there, and lets nobody in --- */

/* Nobody is let in, from some moment on. */
static void wait_until_closed(void)
{
    Status status = STATUS_OK;
    while (status == STATUS_OK) {
        Database *db = open_database();
        Session *s = session_open(db);
        session_find(s, Account, 1);
        status = status_of(s);
        if (status != STATUS_OK)
            ck_assert_str_eq(session_error(s)->sqlstate, "57P03");
        database_close(db);
    }
    ck_assert_int_eq(status, STATUS_CONNECTION);
}

START_TEST(test_server__stopped_smartly)
{
    struct unit unit;
    char command[512];
    ledger_seed();
    Database *db = ledger_database(live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 2));
    Session *s = session_open(db), *other = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    stop("stop -m smart -W");
    wait_until_closed();
    session_add(other, Account, .owner = "late");
    ck_assert_msg(session_commit(other) == STATUS_CONNECTION, "%s", error_text(session_error(other)));
    ck_assert_int_eq(session_error(other)->outcome, OUTCOME_NOT_DONE);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    unit_check_promoted(&unit);
    session_clear(s);
    ck_assert_ptr_nonnull(session_find(s, Account, 1)); /* who has a connection goes on */
    database_close(db);
    snprintf(command, sizeof(command), "%s stop -m fast", getenv("HOWDAH_TEST_CTL"));
    (void)!system(command); /* it may be gone by now */
    run_ctl("start");
    ck_assert(unit_is_done());
}
END_TEST

/* --- a standby, and a failover: the server itself becomes one, and is promoted --- */

static void become_standby(void)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/standby.signal", live_sql("SHOW data_directory"));
    FILE *signal = fopen(path, "w");
    ck_assert_ptr_nonnull(signal);
    fclose(signal);
    stop("restart -m fast");
    live_check("t", "SELECT pg_is_in_recovery()");
}

/* What can't be written there is not done, and is when there is a primary again. */
START_TEST(test_server__standby_is_promoted)
{
    struct unit unit;
    ledger_create_fence();
    ledger_seed();
    Database *db = ledger_database(
        live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .in_doubt_timeout = 5000, .fence = _i != 0));
    Session *s = session_open(db), *reader = session_open(db);
    unit_begin(&unit, s);
    become_standby();
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    ck_assert_msg(strcmp(session_error(s)->sqlstate, "25006") == 0, "%s", error_text(session_error(s)));
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_ptr_nonnull(session_find(reader, Account, 1));
    run_ctl("promote");
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    database_close(db);
}
END_TEST

static void *fail_over_when_done(void *arg)
{
    while (!unit_is_done())
        sched_yield();
    become_standby();
    run_ctl("promote");
    lose_answer(arg);
    return NULL;
}

/* The answer to COMMIT is lost, and who is asked is on another timeline: ids tell nothing there, but the fence does. */
START_TEST(test_server__failed_over_after_commit)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    struct unit unit;
    pthread_t thread;
    Outcome outcome;
    ledger_create_fence();
    ledger_seed();
    Database *db =
        ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .fence = _i != 0));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    proxy_stall(proxy, PROXY_TO_CLIENT, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_over_when_done, proxy), 0);
    Status status = session_commit(s);
    pthread_join(thread, NULL);
    ck_assert_msg(status == (_i ? STATUS_OK : STATUS_IN_DOUBT), "%s", error_text(session_error(s)));
    if (_i)
        check_truth(&work_commit, &unit, status, STATUS_OK, &tally);
    else
        ck_assert_int_eq(database_resolve(db, session_error(s)->in_doubt_token, &outcome, NULL), STATUS_IN_DOUBT);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* --- restarted while many threads commit: each is told the truth --- */

enum { LOADERS = 8, RESTARTS = 3, COMMITS_MAX = 60000, COMMITS_BETWEEN = 200 };

static struct loader {
    Database *db;
    pthread_t thread;
    int number;
    char verdicts[COMMITS_MAX + 1]; /* of its commits: done, not done, or ? */
} loaders[LOADERS];

static atomic_uint commits, running;
static atomic_bool over;

static char verdict_of(const Session *s)
{
    const Error *error = session_error(s);
    if (!error || error->outcome == OUTCOME_DONE)
        return 'd';
    bool true_to_word = error->status == STATUS_CONNECTION && error->outcome == OUTCOME_NOT_DONE;
    return true_to_word ? 'n' : error->status == STATUS_IN_DOUBT ? '?' : '!';
}

static void *load(void *arg)
{
    struct loader *loader = arg;
    Session *s = session_open(loader->db);
    for (int n = 0; n < COMMITS_MAX && !atomic_load(&over); n++) {
        Account *account = session_add(s, Account, .owner = session_text(s, "%d.%d", loader->number, n + 1));
        session_add(s, Entry, .account = account, .amount = 1);
        (void)!session_commit(s);
        loader->verdicts[n] = verdict_of(s);
        atomic_fetch_add(&commits, loader->verdicts[n] == 'd');
        session_clear(s);
    }
    session_close(s);
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static unsigned count_verdicts(char verdict)
{
    unsigned count = 0;
    for (int i = 0; i < LOADERS; i++)
        for (const char *at = loaders[i].verdicts; *at; at++)
            count += *at == verdict;
    return count;
}

START_TEST(test_server__restarted_under_load)
{
    struct proxy *proxy = proxy_open();
    ledger_seed();
    Database *db = ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 4));
    for (int i = 0; i < LOADERS; i++) {
        loaders[i].db = db;
        loaders[i].number = i;
        atomic_fetch_add(&running, 1);
        ck_assert_int_eq(pthread_create(&loaders[i].thread, NULL, load, &loaders[i]), 0);
    }
    for (int i = 0; i < RESTARTS; i++) {
        unsigned before = atomic_load(&commits);
        while (atomic_load(&commits) - before < COMMITS_BETWEEN && atomic_load(&running))
            sched_yield();
        stop(ways[_i]);
    }
    ck_assert_uint_eq(atomic_load(&running), LOADERS);
    atomic_store(&over, true);
    for (int i = 0; i < LOADERS; i++)
        pthread_join(loaders[i].thread, NULL);
    printf("restarted (%s) under load: %u done, %u not done, %u in doubt, %llu connections\n", ways[_i],
           count_verdicts('d'), count_verdicts('n'), count_verdicts('?'), (unsigned long long)proxy_connections(proxy));
    ck_assert_uint_eq(count_verdicts('!'), 0);
    ck_assert(_i || count_verdicts('?') == 0); /* a crash erases what ids mean */
    for (int i = 0; i < LOADERS; i++)
        live_check("0",
                   "SELECT count(*) FROM string_to_table('%s', NULL) WITH ORDINALITY AS v(verdict, n)"
                   " WHERE verdict <> '?' AND (verdict = 'd') <> EXISTS (SELECT FROM accounts AS a JOIN entries AS e"
                   " ON e.account_id = a.id WHERE a.owner = '%d.' || n)",
                   loaders[i].verdicts, i);
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
    tcase_add_test(tcase, test_server__stopped_smartly);
    tcase_add_loop_test(tcase, test_server__restarted_under_load, 0, 2);
    tcase_add_loop_test(tcase, test_server__standby_is_promoted, 0, 2);
    tcase_add_loop_test(tcase, test_server__failed_over_after_commit, 0, 2);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
