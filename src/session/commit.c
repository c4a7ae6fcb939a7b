/* Commit and flush: hooks, the plan, its run, and what was written becomes what is. */
#include "direct.h"
#include "draw_rights.h"
#include "hooks.h"
#include "object.h"
#include "prepare.h"
#include "transaction.h"
#include "work.h"

#include "base/error.h"

/* The server would refuse it, and end the transaction. */
static bool may_write(struct howdah_session *s)
{
    if (s->transaction != TRANSACTION_NONE && s->begin.read_only && s->work->chunk_count > 0)
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "there are changes to write, but the transaction was begun read only: roll it back first");
    return s->error.status == HOWDAH_STATUS_OK;
}

/* A plan that can run: s->work. */
static bool plan_all(struct howdah_session *s, bool commit)
{
    bool replan = false;
    struct work *w = work_plan(s, commit);
    if (w && !may_write(s))
        return false;
    if (w && s->transaction != TRANSACTION_NONE) {
        bool begun = s->transaction == TRANSACTION_BEGUN;
        if (!draw_rights_ask(w, &replan))
            return false;
        if (replan || (begun && s->transaction == TRANSACTION_OPEN)) /* BEGIN went with the question */
            w = work_plan(s, commit);
    }
    return w && work_prepare_finish(w, commit);
}

/* Nothing was sent. */
static enum howdah_status fail_plan(struct howdah_session *s)
{
    work_free(s);
    return direct_not_done(s);
}

/* *ret_ran: something was sent, and it was done. */
static enum howdah_status write_once(struct howdah_session *s, bool commit, bool *ret_ran)
{
    if (!plan_all(s, commit) || (s->work->step_count && !hooks_allow_plan(s))) {
        object_own_all(s);
        return fail_plan(s);
    }
    enum howdah_status status = s->work->step_count ? work_run(s->work) : HOWDAH_STATUS_OK;
    *ret_ran = *ret_ran || (status == HOWDAH_STATUS_OK && s->work->step_count);
    if (status == HOWDAH_STATUS_OK)
        work_finish(s->work, commit);
    if (status == HOWDAH_STATUS_OK && commit && s->transaction != TRANSACTION_NONE)
        transaction_end(s, true);
    if (status != HOWDAH_STATUS_OK || s->work->passes_over)
        object_own_all(s);
    work_free(s);
    return status == HOWDAH_STATUS_OK ? s->error.status
                                      : status; /* memory for what collections show, though it is written */
}

/* Whether there is anything to write. False also where the plan is refused: the session has the error. */
static bool has_changes(struct howdah_session *s)
{
    const struct work *w = work_plan(s, false);
    return w && w->step_count;
}

/* One round of hooks. With after_flush the rows are written in between; else that is still to come. */
static bool run_round(struct howdah_session *s, bool *ret_ran)
{
    if (!hooks_before_flush(s))
        return false;
    return !s->hooks.after_flush || (write_once(s, false, ret_ran) == HOWDAH_STATUS_OK && hooks_after_flush(s));
}

static void refuse_rounds(struct howdah_session *s)
{
    session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                 "the program's hooks made changes in %d rounds, and there is no end of them", HOOK_ROUNDS);
}

/* What hooks change is written, too, and seen by them; after_flush needs a transaction in which that can go on. */
static bool run_hooks(struct howdah_session *s, bool commit, bool *ret_ran)
{
    int rounds = commit && s->hooks.after_flush ? HOOK_ROUNDS : 1;
    for (int round = 0; has_changes(s); round++) {
        if (round == rounds && commit && s->hooks.after_flush)
            refuse_rounds(s);
        if (round == rounds)
            break;
        if (s->transaction == TRANSACTION_NONE && s->hooks.after_flush) {
            s->begin = (struct howdah_begin_options){.struct_size = sizeof(s->begin)};
            s->transaction = TRANSACTION_BEGUN;
        }
        if (!run_round(s, ret_ran))
            break;
    }
    return s->error.status == HOWDAH_STATUS_OK;
}

static enum howdah_status write_all(struct howdah_session *s, bool commit, bool *ret_ran)
{
    bool own = s->transaction == TRANSACTION_NONE;
    if (hooks_write(s) && !run_hooks(s, commit, ret_ran)) {
        if (own)
            transaction_abandon(s);
        return fail_plan(s);
    }
    bool written = !commit && s->hooks.after_flush;
    return written ? HOWDAH_STATUS_OK : write_once(s, commit, ret_ran);
}

enum howdah_status work_write_all(struct howdah_session *s, bool commit)
{
    bool ran = false;
    return write_all(s, commit, &ran);
}

/* An error with which it was committed is the commit's, whatever the hook does with it. */
static enum howdah_status after_commit(struct howdah_session *s)
{
    struct howdah_error of_commit;
    bool failed = s->error.status != HOWDAH_STATUS_OK;
    if (failed)
        error_copy(&of_commit, &s->error);
    hooks_after_commit(s);
    if (failed) {
        error_copy(&s->error, &of_commit);
    } else if (s->error.status != HOWDAH_STATUS_OK) {
        s->error.outcome = HOWDAH_OUTCOME_DONE;
        error_finish(&s->error);
    }
    return s->error.status;
}

static enum howdah_status commit_all(struct howdah_session *s)
{
    bool ran = false;
    enum howdah_status status = write_all(s, true, &ran);
    bool committed = status == HOWDAH_STATUS_OK ? ran : s->error.outcome == HOWDAH_OUTCOME_DONE;
    return committed ? after_commit(s) : status;
}

/* What was changed since it was prepared is for another commit. */
static enum howdah_status commit_prepared(struct howdah_session *s)
{
    if (!prepare_end(s, true))
        return s->error.status;
    transaction_end(s, true);
    return after_commit(s);
}

enum howdah_status howdah_session_commit(struct howdah_session *s)
{
    if (!session_enter(s))
        return direct_refusal(s);
    enum howdah_status status = !transaction_is_programs(s, "session_commit") ? direct_not_done(s)
                                : s->transaction == TRANSACTION_PREPARED      ? commit_prepared(s)
                                                                              : commit_all(s);
    session_leave(s);
    return status;
}

static enum howdah_status flush(struct howdah_session *s)
{
    if (hooks_may_call(s, "session_flush") && s->transaction == TRANSACTION_NONE)
        session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, NULL, NULL, NULL,
                     "session_flush writes inside a transaction of the program: call session_begin first");
    return s->error.status == HOWDAH_STATUS_OK ? work_write_all(s, false) : direct_not_done(s);
}

enum howdah_status howdah_session_flush(struct howdah_session *s)
{
    if (!session_enter(s))
        return direct_refusal(s);
    enum howdah_status status = flush(s);
    session_leave(s);
    return status;
}
