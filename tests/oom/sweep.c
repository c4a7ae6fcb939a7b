#include "sweep.h"

#include "support/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to the first of these each allocation fails, beyond it a smaller and smaller share of them. */
enum { EACH_ONE = 128, ALLOCATIONS_MAX = 100000 };

/* Milliseconds. libpq can lose an answer for want of memory: then a deadline is what ends the wait. Where libpq has memory,
 * none is met. */
enum { TIMEOUT = 3000, NOT_MET = 60000 };

/* A sweep under way. */
struct sweep {
    const struct act *act;
    struct failing failing;
    const struct injector *injector; /* NULL: it is the library's hook that fails */
    Database *db;
    bool cold;    /* each try has a database of its own */
    char *before; /* the rows where nothing is written */
    char *goal;   /* the rows where all is */
    enum failing_how how;
    size_t tries, failures;
};

static bool fenced;

void sweep_fenced(void)
{
    fenced = true;
}

Status status_of(const Session *s)
{
    const Error *error = session_error(s);
    return error ? error->status : STATUS_OK;
}

void check_no_memory(const Error *error)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(error->status == STATUS_NO_MEMORY, "%s", error_text(error));
    ck_assert_ptr_nonnull(error->message);
    ck_assert_ptr_nonnull(strstr(error->message, "memory"));
    ck_assert_ptr_nonnull(strstr(error_text(error), error->message));
}

static Database *open_limited(struct failing *failing, int timeout, int in_doubt_timeout)
{
    Database *db = database_open(live_conninfo(), workshop_models(),
                                 DATABASE_OPTIONS(.lazy = true, .fence = fenced, .pool_size = 2,
                                                  .statement_timeout = timeout, .commit_timeout = timeout,
                                                  .in_doubt_timeout = in_doubt_timeout, .allocator = &failing->hook));
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    return db;
}

Database *sweep_database(struct failing *failing)
{
    return open_limited(failing, NOT_MET, NOT_MET);
}

static Database *open_database(struct sweep *sweep)
{
    return sweep->injector ? open_limited(&sweep->failing, TIMEOUT, TIMEOUT / 10) : sweep_database(&sweep->failing);
}

static void check_rows(const struct sweep *sweep, const char *expected, const char *when)
{
    char *rows = workshop_rows();
    ck_assert_msg(strcmp(rows, expected) == 0, "%s, %s: the tables have\n%s\nbut should have\n%s", sweep->act->name,
                  when, rows, expected);
    free(rows);
}

static void let_others(const struct act *act)
{
    if (act->meanwhile)
        live_sql("%s", act->meanwhile);
}

/* All of the work, with memory, in a session that has nothing pending. */
static void succeed(const struct act *act, Session *s)
{
    Status status = act->work(s);
    ck_assert_msg(status == STATUS_OK, "%s: %s", act->name, error_text(session_error(s)));
    let_others(act);
    if (!act->write)
        return;
    status = act->write(s);
    ck_assert_msg(status == act->expected, "%s: %s", act->name, error_text(session_error(s)));
    if (status == STATUS_OK)
        return;
    if (act->mend) {
        act->mend(s);
        ck_assert_msg(act->write(s) == STATUS_OK, "%s, mended: %s", act->name, error_text(session_error(s)));
    } else {
        ck_assert_int_eq(session_rollback(s), STATUS_OK);
    }
}

/* --- which allocation fails --- */

static void fail_at(struct sweep *sweep, size_t n, enum failing_how how)
{
    sweep->how = how;
    if (sweep->injector)
        sweep->injector->at(n, how);
    else
        failing_at(&sweep->failing, n, how);
}

static void fail_no_more(struct sweep *sweep)
{
    if (sweep->injector)
        sweep->injector->off();
    else
        failing_off(&sweep->failing);
}

static size_t failed(struct sweep *sweep)
{
    return sweep->injector ? sweep->injector->failed() : sweep->failing.failed;
}

/* --- is it true --- */

/* Where libpq has no memory it closes the connection. Then nobody can be asked what became of a statement without a
 * transaction id, nor of anything while memory stays out. */
static bool may_be_in_doubt(const struct sweep *sweep)
{
    return sweep->injector && (sweep->act->lone || sweep->how == FAILING_FROM);
}

/* What a call has left, so that it can be looked at when there is memory again. */
struct verdict {
    Status status;
    bool writing; /* the call was to write */
    Outcome outcome;
    char text[1024];
};

static struct verdict take_verdict(const Session *s, Status status, bool writing)
{
    struct verdict verdict = {.status = status, .writing = writing};
    const Error *error = session_error(s);
    if (error) {
        ck_assert_int_eq(error->status, status);
        ck_assert_ptr_nonnull(strstr(error_text(error), error->message));
        verdict.outcome = error->outcome;
        snprintf(verdict.text, sizeof(verdict.text), "%s", error_text(error));
    } else {
        ck_assert_int_eq(status, STATUS_OK);
    }
    return verdict;
}

/* The tables must be what the error says. */
static void check_truth(const struct sweep *sweep, const struct verdict *verdict)
{
    const char *name = sweep->act->name;
    if (verdict->status != sweep->act->expected && !sweep->injector)
        ck_assert_msg(verdict->status == STATUS_NO_MEMORY && strstr(verdict->text, "memory"), "%s: %s", name,
                      verdict->text);
    if (!verdict->writing) {
        ck_assert_int_ne(verdict->outcome, OUTCOME_DONE);
        return;
    }
    switch (verdict->outcome) {
    case OUTCOME_DONE: check_rows(sweep, sweep->goal, "outcome done"); return;
    case OUTCOME_NOT_DONE: check_rows(sweep, sweep->before, "outcome not done"); return;
    case OUTCOME_IN_DOUBT:
        ck_assert_msg(may_be_in_doubt(sweep), "%s: %s", name, verdict->text);
        ck_assert_int_eq(verdict->status, STATUS_IN_DOUBT);
        return;
    case OUTCOME_NONE: break;
    }
    ck_abort_msg("%s: a commit failed and has no outcome: %s", name, verdict->text);
}

/* The session gets there after all. */
static void recover(const struct sweep *sweep, Session *s, bool planned, size_t n)
{
    const struct act *act = sweep->act;
    const Error *error = session_error(s);
    if (error->outcome == OUTCOME_IN_DOUBT) {
        session_rollback(s);
        workshop_seed(act->seed);
        succeed(act, s);
    } else if (error->outcome == OUTCOME_DONE) {
        session_clear_error(s);
        ck_assert_int_eq(act->write(s), STATUS_OK);
    } else if (error->status == act->expected && act->mend) {
        act->mend(s);
        ck_assert_int_eq(act->write(s), STATUS_OK);
    } else if (planned && act->expected == STATUS_OK && n % 2) {
        session_clear_error(s);
        ck_assert_msg(act->write(s) == STATUS_OK, "%s, again: %s", act->name, error_text(session_error(s)));
    } else {
        ck_assert_int_eq(session_rollback(s), STATUS_OK);
        ck_assert_ptr_null(session_error(s));
        if (act->meanwhile) /* what that did can't be done twice */
            workshop_seed(act->seed);
        succeed(act, s);
    }
}

static void try_once(struct sweep *sweep, size_t n, enum failing_how how)
{
    const struct act *act = sweep->act;
    workshop_seed(act->seed);
    fail_at(sweep, n, how);
    Session *s = session_open(sweep->db);
    Status status = act->work(s);
    bool planned = status == STATUS_OK, writing = planned && act->write;
    if (writing) {
        let_others(act);
        status = act->write(s);
    }
    struct verdict verdict = take_verdict(s, status, writing);
    bool close_without_memory = how == FAILING_FROM && n % 2 && status != STATUS_OK;
    if (close_without_memory) {
        session_close(s);
        s = NULL;
    }
    fail_no_more(sweep);
    sweep->failures += failed(sweep);
    if (status != STATUS_OK)
        check_truth(sweep, &verdict);
    if (!s) {
        s = session_open(sweep->db);
        workshop_seed(act->seed);
        succeed(act, s);
    } else if (status != STATUS_OK) {
        recover(sweep, s, planned, n);
    }
    ck_assert_msg(!session_error(s), "%s: it succeeded, and left the error %s", act->name,
                  error_text(session_error(s)));
    if (act->write)
        check_rows(sweep, sweep->goal, "in the end");
    session_close(s);
}

static void begin_try(struct sweep *sweep)
{
    if (sweep->cold)
        sweep->db = open_database(sweep);
}

static void end_try(struct sweep *sweep)
{
    if (!sweep->cold)
        return;
    database_close(sweep->db);
    sweep->db = NULL;
    ck_assert_uint_eq(failing_blocks(&sweep->failing), 0);
}

/* The work as it goes when memory lasts, which shows what the tables should hold then. */
static void rehearse(struct sweep *sweep)
{
    const struct act *act = sweep->act;
    workshop_seed(act->seed);
    let_others(act);
    sweep->before = workshop_rows();
    workshop_seed(act->seed);
    Session *s = session_open(sweep->db);
    succeed(act, s);
    session_close(s);
    sweep->goal = workshop_rows();
    ck_assert_msg(!act->write || act->expected != STATUS_OK || strcmp(sweep->goal, sweep->before) != 0,
                  "%s writes nothing", act->name);
}

size_t sweep_next(size_t n)
{
    ck_assert_uint_lt(n, ALLOCATIONS_MAX);
    return n + 1 + n / EACH_ONE;
}

static void sweep_how(struct sweep *sweep, enum failing_how how)
{
    for (size_t n = 1; n == 1 || failed(sweep); n = sweep_next(n)) {
        begin_try(sweep);
        try_once(sweep, n, how);
        end_try(sweep);
        sweep->tries++;
    }
}

static void sweep_at(const struct act *act, const struct injector *injector, bool cold)
{
    struct sweep sweep = {.act = act, .injector = injector};
    failing_init(&sweep.failing);
    sweep.db = open_database(&sweep);
    rehearse(&sweep);
    if (cold)
        database_close(sweep.db);
    sweep.cold = cold;
    sweep_how(&sweep, FAILING_ONCE);
    sweep_how(&sweep, FAILING_FROM);
    printf("%s, %s: %zu tries, %zu failed allocations\n", act->name, cold ? "cold" : "warm", sweep.tries,
           sweep.failures);
    if (!cold)
        database_close(sweep.db);
    ck_assert_uint_eq(failing_blocks(&sweep.failing), 0);
    free(sweep.before);
    free(sweep.goal);
}

void sweep(const struct act *act)
{
    sweep_warm(act);
    sweep_at(act, NULL, true);
}

void sweep_warm(const struct act *act)
{
    sweep_at(act, NULL, false);
}

void sweep_by(const struct injector *injector, const struct act *act)
{
    sweep_at(act, injector, false);
    sweep_at(act, injector, true);
}

void sweep_tables(void)
{
    Database *db = database_open(live_conninfo(), workshop_models(), DATABASE_OPTIONS(.fence = true));
    ck_assert_msg(database_create_tables(db) == STATUS_OK, "%s", error_text(database_error(db)));
    database_close(db);
}

int sweep_main(Suite *suite)
{
    live_open();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
