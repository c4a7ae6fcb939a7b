/* A unit of work that is run again, with a fresh session, where the server refused its transaction only because of others.
 *
 * How it waits in between: each pause is twice the one before, up to a limit, and drawn from its upper half, since those
 * that met once would meet again if they came back at the same time. */
#include "session.h"

#include "base/error.h"

#include <howdah/transaction.h>

enum { TRIES = 5, PAUSE_MS = 10, LONGEST_PAUSE_MS = 1000, TIMEOUT_MS = 60000 };

static enum howdah_status take_options(const struct howdah_run_options *options, struct howdah_run_options *ret,
                                       struct howdah_error *error)
{
    const struct howdah_run_options standard = {.struct_size = sizeof(standard)};
    const struct howdah_run_options *o = options ? options : &standard;
    if (o->struct_size != sizeof(*o) || o->tries < 0 || o->longest_pause < 0)
        return error_set(error, HOWDAH_STATUS_INVALID,
                         "the options of database_run are invalid: make them with RUN_OPTIONS(...)");
    *ret = *o;
    ret->tries = o->tries ? o->tries : TRIES;
    ret->pause = o->pause ? o->pause : PAUSE_MS;
    ret->longest_pause = o->longest_pause ? o->longest_pause : LONGEST_PAUSE_MS;
    return HOWDAH_STATUS_OK;
}

/* The unit has come back with OK. */
static enum howdah_status end_unit(struct howdah_session *s)
{
    if (s->error.status != HOWDAH_STATUS_OK)
        return s->error.status;
    if (s->transaction != TRANSACTION_NONE)
        return howdah_session_commit(s);
    enum howdah_status cause = s->ended_by; /* it cleared the error, and went on without its transaction */
    error_set(&s->error, cause != HOWDAH_STATUS_OK ? cause : HOWDAH_STATUS_MISUSE,
              "the unit's transaction had ended before it came back: it failed (%s), and the error was cleared",
              howdah_status_name(cause));
    s->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
    error_finish(&s->error);
    return s->error.status;
}

/* *ret_again: the server refused the transaction for a reason that may be gone the next time. */
static enum howdah_status run_once(struct howdah_database *db, howdah_unit unit, void *arg,
                                   const struct howdah_begin_options *begin, struct howdah_error *error,
                                   bool *ret_again)
{
    struct howdah_session *s = howdah_session_open(db);
    if (!s) {
        error_copy(error, &error_no_memory);
        return error->status;
    }
    enum howdah_status status = howdah_session_begin(s, begin), unwilling = HOWDAH_STATUS_OK;
    if (status == HOWDAH_STATUS_OK) {
        s->in_unit = true;
        unwilling = unit(s, arg);
        s->in_unit = false;
        status = unwilling != HOWDAH_STATUS_OK ? s->error.status : end_unit(s);
    }
    enum howdah_status cause = status != HOWDAH_STATUS_OK ? status : s->ended_by;
    *ret_again = cause == HOWDAH_STATUS_SERIALIZATION || cause == HOWDAH_STATUS_DEADLOCK;
    if (status != HOWDAH_STATUS_OK) {
        error_copy(error, &s->error);
        error->object = NULL;
    } else if (unwilling != HOWDAH_STATUS_OK) {
        error_set(error, unwilling, "the unit was rolled back, since it returned %s", howdah_status_name(unwilling));
        error->outcome = HOWDAH_OUTCOME_NOT_DONE;
        error_finish(error);
    }
    howdah_session_close(s);
    return unwilling != HOWDAH_STATUS_OK ? unwilling : status;
}

static enum howdah_status run(struct howdah_database *db, howdah_unit unit, void *arg,
                              const struct howdah_run_options *options, struct howdah_error *error)
{
    moment deadline = clock_deadline(options->timeout, TIMEOUT_MS);
    int pause = options->pause;
    for (int tries = 1;; tries++) {
        bool again = false;
        error_clear(error);
        enum howdah_status status = run_once(db, unit, arg, options->begin, error, &again);
        if (!again || tries >= options->tries)
            return status;
        if (pause > options->longest_pause)
            pause = options->longest_pause;
        if (pause > 0)
            clock_pause(clock_draw(pause, error), deadline);
        if (clock_left(deadline) == 0)
            return status;
        pause = pause > options->longest_pause / 2 ? options->longest_pause : pause * 2;
    }
}

enum howdah_status howdah_database_run(struct howdah_database *db, howdah_unit unit, void *arg,
                                       const struct howdah_run_options *options, struct howdah_error *error)
{
    struct howdah_error own;
    struct howdah_error *e = error ? error : &own;
    struct howdah_run_options o = {.struct_size = 0};
    error_clear(e);
    enum howdah_status status = take_options(options, &o, e);
    if (status == HOWDAH_STATUS_OK && !unit)
        status = error_set(e, HOWDAH_STATUS_INVALID, "database_run needs a unit to run");
    if (status == HOWDAH_STATUS_OK)
        return run(db, unit, arg, &o, e);
    error_finish(e);
    return status;
}
