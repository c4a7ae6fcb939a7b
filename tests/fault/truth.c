#include "truth.h"

#include <stdio.h>

/* --- the ways to do it --- */

static Status commit(struct unit *unit)
{
    return session_commit(unit->s);
}

static Status flush_and_commit(struct unit *unit)
{
    Status status = session_begin(unit->s, NULL);
    if (status == STATUS_OK)
        status = session_flush(unit->s);
    return status == STATUS_OK ? session_commit(unit->s) : status;
}

static Status flush_with_savepoints(struct unit *unit)
{
    Session *s = unit->s;
    Status status = session_begin(s, NULL);
    uint32_t outer = session_savepoint(s), inner = session_savepoint(s);
    if (status == STATUS_OK)
        status = session_flush(s);
    if (status == STATUS_OK)
        status = session_release(s, inner);
    if (status == STATUS_OK)
        status = session_release(s, outer);
    return status == STATUS_OK ? session_commit(s) : status;
}

const struct work work_commit = {"commit", unit_begin, commit, unit_is_done, false};
const struct work work_add = {"login and commit", unit_begin_adding, commit, unit_is_added, false};
const struct work work_add_one = {"add one", unit_begin_adding_one, commit, unit_one_is_added, true};
const struct work work_change_one = {"change one", unit_begin_changing_one, commit, unit_one_is_changed, true};
const struct work work_savepoints = {"savepoints", unit_begin, flush_with_savepoints, unit_is_done, false};
const struct work work_flush_and_commit = {"flush and commit", unit_begin, flush_and_commit, unit_is_done, false};

/* --- is it true --- */

static void check_not_done(const struct work *work, struct unit *unit, Status status, Status expected)
{
    Session *s = unit->s;
    ck_assert_msg(status == expected, "%s: %s", work->name, error_text(session_error(s)));
    ck_assert_msg(!work->is_done(), "outcome not done, but it is: %s", error_text(session_error(s)));
    ck_assert_int_eq(session_commit(s), status); /* errors stick */
    session_clear_error(s);
    unit_check_pending(unit);
    ck_assert_msg(work->run(unit) == STATUS_OK, "%s, again: %s", work->name, error_text(session_error(s)));
    ck_assert(work->is_done());
    unit_check_promoted(unit);
}

static void check_in_doubt(const struct work *work, struct unit *unit, Status status)
{
    const Error *error = session_error(unit->s);
    ck_assert_int_eq(status, STATUS_IN_DOUBT);
    ck_assert_msg(work->lone, "in doubt, though the server is there to be asked: %s", error_text(error));
    ck_assert_ptr_null(error->in_doubt_token);
    work->is_done(); /* or not: but not by halves */
    session_clear_error(unit->s);
    unit_check_pending(unit);
}

void check_truth(const struct work *work, struct unit *unit, Status status, Status expected, struct tally *tally)
{
    if (status == STATUS_OK) {
        tally->ok++;
        ck_assert(work->is_done());
        unit_check_promoted(unit);
        return;
    }
    const Error *error = session_error(unit->s);
    ck_assert_int_eq(error->status, status);
    switch (error->outcome) {
    case OUTCOME_DONE:
        tally->done++;
        ck_assert_msg(work->is_done(), "outcome done, but it is not: %s", error_text(error));
        session_clear_error(unit->s); /* it can't be written twice */
        ck_assert_msg(session_commit(unit->s) == STATUS_OK, "%s", error_text(session_error(unit->s)));
        ck_assert(work->is_done());
        return;
    case OUTCOME_NOT_DONE:
        tally->not_done++;
        check_not_done(work, unit, status, expected);
        return;
    case OUTCOME_IN_DOUBT:
        tally->in_doubt++;
        check_in_doubt(work, unit, status);
        return;
    case OUTCOME_NONE: break;
    }
    ck_abort_msg("%s: what became of it is not told: %s", work->name, error_text(error));
}

void check_refused(const struct work *work, struct unit *unit, Status status, struct tally *tally)
{
    const Error *error = session_error(unit->s);
    ck_assert_msg(error && (status == STATUS_CONNECTION || status == STATUS_CHECK), "%s", error_text(error));
    ck_assert_msg(error->outcome == OUTCOME_NOT_DONE, "%s", error_text(error));
    tally->not_done++;
    ledger_refuse(false);
    check_not_done(work, unit, status, status);
}

void print_tally(const struct tally *tally)
{
    printf("%u ok, %u done, %u not done, %u in doubt\n", tally->ok, tally->done, tally->not_done, tally->in_doubt);
}
