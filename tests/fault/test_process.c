/* What happens to the process: fork, signals, interrupted waits. */
#include "truth.h"

#include "support/live.h"
#include "support/proxy.h"

#include <pthread.h>
#include <sched.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- fork --- */

/* In the child: 0, or which check failed. It may use nothing of Check. */
static int in_child(Database *db, Session *s, const Account *known)
{
    if (session_find(s, Account, 1) != known)
        return 1; /* the identity map needs no connection */
    if (session_find(s, Account, 2) || !session_error(s) || session_error(s)->status != STATUS_MISUSE)
        return 2;
    session_clear_error(s);
    session_add(s, Account, .owner = "child");
    if (session_commit(s) != STATUS_MISUSE || session_error(s)->outcome != OUTCOME_NOT_DONE)
        return 3;
    session_close(s);
    Session *other = session_open(db);
    if (session_find(other, Account, 1) || session_error(other)->status != STATUS_MISUSE)
        return 4;
    database_close(db);
    Database *own = database_open(live_conninfo(), LEDGER_MODELS, NULL);
    s = session_open(own);
    if (!session_find(s, Account, 2))
        return 5;
    database_close(own);
    return 0;
}

static void fork_child(Database *db, Session *s, const Account *known)
{
    int result = 0;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(in_child(db, s, known));
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result) && WEXITSTATUS(result) == 0, "the child ended with %x", result);
}

typedef struct Backend {
    int32_t pid;
} Backend;
MODEL(Backend, NULL, COLUMN(Backend, pid));

static int32_t backend_of(Session *s)
{
    const Backend *backend = session_sql_one(s, Backend, "SELECT pg_backend_pid() AS pid");
    check_ok(s);
    return backend->pid;
}

START_TEST(test_process__fork)
{
    ledger_seed();
    Database *db = ledger_database(live_conninfo(), DATABASE_OPTIONS(.pool_size = 1));
    Session *s = session_open(db);
    const Account *kept = session_find(s, Account, 1);
    ck_assert_ptr_nonnull(kept);
    int32_t backend = backend_of(s);
    fork_child(db, s, kept);
    /* The child has closed all it had, and the connection is still ours. */
    ck_assert_int_eq(backend_of(s), backend);
    ck_assert_ptr_nonnull(session_find(s, Account, 2));
    check_ok(s);
    database_close(db);
}
END_TEST

/* Meanwhile the parent has a transaction open. */
START_TEST(test_process__fork_in_a_transaction)
{
    struct unit unit;
    struct tally tally = {0};
    ledger_seed();
    Database *db = ledger_database(live_conninfo(), DATABASE_OPTIONS(.pool_size = 2));
    Session *s = session_open(db), *other = session_open(db);
    const Account *kept = session_find(other, Account, 1);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    fork_child(db, other, kept);
    check_truth(&work_commit, &unit, session_commit(s), STATUS_OK, &tally);
    ck_assert_uint_eq(tally.ok, 1);
    database_close(db);
}
END_TEST

/* --- signals --- */

START_TEST(test_process__broken_pipe)
{
    struct proxy *proxy = proxy_open();
    struct sigaction before, after;
    struct tally tally = {0};
    signal(SIGPIPE, SIG_DFL);
    sigaction(SIGPIPE, NULL, &before);
    for (int i = 0; i < 20; i++) {
        struct unit unit;
        ledger_seed();
        Database *db = ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.pool_size = 1));
        Session *s = session_open(db);
        unit_begin(&unit, s);
        ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
        ck_assert_int_eq(session_flush(s), STATUS_OK);
        proxy_drop(proxy, i & 1 ? PROXY_RESET : PROXY_FINISH);
        Status status = session_commit(s);
        check_truth(&work_commit, &unit, status, STATUS_CONNECTION, &tally);
        database_close(db);
    }
    sigaction(SIGPIPE, NULL, &after);
    ck_assert(before.sa_handler == SIG_DFL && after.sa_handler == SIG_DFL);
    proxy_close(proxy);
}
END_TEST

static volatile sig_atomic_t interrupts;

static void interrupt(int number)
{
    (void)number;
    interrupts++;
}

/* Nothing comes from the server until a wait for it was interrupted. */
static void *pass_when_interrupted(void *arg)
{
    while (interrupts <= 3)
        sched_yield();
    proxy_pass(arg);
    proxy_delay(arg, 2000);
    return NULL;
}

/* A signal every 500 microseconds that interrupts whatever waits. */
static void start_interrupting(void)
{
    const struct sigaction action = {.sa_handler = interrupt};
    const struct itimerval often = {{0, 500}, {0, 500}};
    interrupts = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

static void stop_interrupting(void)
{
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, SIG_DFL);
}

START_TEST(test_process__interrupted_all_the_time)
{
    struct proxy *proxy = proxy_open();
    struct unit unit;
    Database *db = ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 1));
    Session *s = session_open(db);
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        ledger_seed();
        proxy_stall(proxy, PROXY_TO_CLIENT, 0);
        start_interrupting();
        ck_assert_int_eq(pthread_create(&thread, NULL, pass_when_interrupted, proxy), 0);
        unit_begin(&unit, s); /* the first time with the login */
        Status status = session_commit(s);
        pthread_join(thread, NULL);
        stop_interrupting();
        proxy_pass(proxy);
        ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
        ck_assert(unit_is_done());
        unit_check_promoted(&unit);
        session_clear(s);
    }
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* Each wait goes on for what is left of its time, no longer. */
START_TEST(test_process__interrupted_while_time_passes)
{
    enum { LIMIT = 200, GRACE = 8000 };
    struct proxy *proxy = proxy_open();
    struct unit unit;
    ledger_seed();
    Database *db = ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .commit_timeout = LIMIT));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    proxy_stall(proxy, PROXY_TO_CLIENT, 0);
    start_interrupting();
    double start = milliseconds();
    Status status = session_commit(s);
    double passed = milliseconds() - start;
    stop_interrupting();
    ck_assert_msg(status == STATUS_TIMEOUT, "%s", error_text(session_error(s)));
    ck_assert_msg(passed >= LIMIT - 1 && passed < LIMIT + GRACE, "it took %.0f ms", passed);
    proxy_pass(proxy);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* --- files --- */

static void limit_files(rlim_t count)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count ? count : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* No more files may be opened: what has a connection goes on, what needs one fails, and works again once there are. */
START_TEST(test_process__no_more_files)
{
    struct unit unit;
    ledger_seed();
    Database *db = ledger_database(live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 2));
    Session *holder = session_open(db), *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(holder, NULL), STATUS_OK);
    ck_assert_ptr_nonnull(session_find(holder, Account, 1)); /* has the connection */
    int next = open("/dev/null", O_RDONLY);
    close(next);
    limit_files((rlim_t)next);
    Status status = session_commit(s);
    ck_assert_ptr_nonnull(session_find(holder, Account, 2));
    limit_files(0);
    ck_assert_msg(status == STATUS_CONNECTION, "%s", error_text(session_error(s)));
    ck_assert_msg(strstr(session_error(s)->message, "Too many open files") != NULL, "%s", session_error(s)->message);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    database_close(db);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *tcase = tcase_create("process");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_test(tcase, test_process__fork);
    tcase_add_test(tcase, test_process__fork_in_a_transaction);
    tcase_add_test(tcase, test_process__broken_pipe);
    tcase_add_test(tcase, test_process__interrupted_all_the_time);
    tcase_add_test(tcase, test_process__interrupted_while_time_passes);
    tcase_add_test(tcase, test_process__no_more_files);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
