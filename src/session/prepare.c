/* Two-phase commit: the program's transaction is made durable on the server under a name, apart from any connection, and
 * committed or rolled back later, by this session, by another process, or by somebody's hand.
 *
 * Until this session is told, its objects are as they were flushed and nothing may be sent: nobody knows what will become
 * of them. */
#include "base/error.h"
#include "culprit.h"
#include "direct.h"
#include "hooks.h"
#include "late.h"
#include "prepare.h"
#include "prepared.h"
#include "transaction.h"
#include "work.h"

#include <howdah/transaction.h>

#include <stdio.h>
#include <string.h>

/* --- the first phase --- */

static enum howdah_outcome resolve_transaction(struct howdah_session *s, moment deadline)
{
    if (s->fence.set)
        return fence_resolve(s->db, &s->fence, deadline);
    return s->transaction_id.id ? pg_transaction_resolve(s->db->pool, &s->transaction_id, deadline)
                                : HOWDAH_OUTCOME_IN_DOUBT;
}

/* The answer was lost: the server knows whether it is there, or whether the transaction is over. Until its backend has
 * ended it may be neither. */
static enum howdah_outcome find_out(struct howdah_session *s, const char *gid)
{
    enum { FIRST_PAUSE_MS = 2, LONGEST_PAUSE_MS = 200, TURN_MS = 1000 };
    moment deadline = clock_deadline(s->db->options.in_doubt_timeout, 0);
    for (int pause = FIRST_PAUSE_MS; clock_left(deadline) != 0; clock_pause(pause, deadline)) {
        if (prepared_exists(s->db, gid, &s->transaction_id, &s->fence, deadline))
            return HOWDAH_OUTCOME_DONE;
        int left = clock_left(deadline);
        moment turn = clock_deadline(left < 0 || left > TURN_MS ? TURN_MS : left, TURN_MS);
        if (resolve_transaction(s, turn) == HOWDAH_OUTCOME_NOT_DONE)
            return HOWDAH_OUTCOME_NOT_DONE;
        pause = pause < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
    return HOWDAH_OUTCOME_IN_DOUBT;
}

static enum howdah_status prepared(struct howdah_session *s, const char *gid)
{
    error_clear(&s->error);
    pg_pool_release(s->db->pool, s->connection);
    s->connection = NULL;
    s->prepared = gid;
    s->transaction_id.durable = true;
    s->transaction = TRANSACTION_PREPARED;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status not_prepared(struct howdah_session *s, const char *gid, enum howdah_outcome outcome,
                                       const char *key)
{
    if (strcmp(s->error.sqlstate, SQLSTATE_STATE) == 0)
        error_message(&s->error,
                      "%s: set max_prepared_transactions in postgresql.conf to as many as there may be at once, and "
                      "restart the server",
                      s->error.message);
    s->error.outcome = outcome == HOWDAH_OUTCOME_IN_DOUBT ? outcome : HOWDAH_OUTCOME_NOT_DONE;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        error_message(&s->error, "whether the transaction was prepared as %s can't be learned now: %s", gid,
                      s->error.message);
    }
    session_name_late(s, outcome == HOWDAH_OUTCOME_IN_DOUBT ? NULL : late_culprit(s, NULL, key));
    error_finish(&s->error);
    transaction_failed(s, false);
    return s->error.status;
}

/* What was flushed is on the server; BEGIN and settings go along where nothing was. */
static enum howdah_status run_prepare(struct howdah_session *s, const char *gid)
{
    char text[PREPARED_TEXT_MAX];
    const struct statement statement = prepared_statement(text, "PREPARE TRANSACTION", gid);
    size_t head = transaction_head_count(s);
    struct pg_step *steps = arena_allocate_array(&s->scratch, head + 1, sizeof(*steps));
    if (!steps)
        return session_no_memory(s);
    transaction_put_head(s, steps);
    steps[head] = (struct pg_step){.statement = &statement, .role = PG_PREPARE, .sync = true};
    char key[LATE_KEY_MAX] = "";
    struct pg_plan plan = {.steps = steps,
                           .count = head + 1,
                           .deadline = clock_deadline(s->db->options.commit_timeout, 0),
                           .refused_key = key,
                           .refused_key_size = sizeof(key)};
    enum howdah_status status = transaction_run(s, &plan);
    if (status == HOWDAH_STATUS_OK)
        return prepared(s, gid);
    enum howdah_outcome outcome = plan.outcome == HOWDAH_OUTCOME_IN_DOUBT ? find_out(s, gid) : plan.outcome;
    return outcome == HOWDAH_OUTCOME_DONE ? prepared(s, gid) : not_prepared(s, gid, outcome, key);
}

static enum howdah_status prepare(struct howdah_session *s, const char *gid)
{
    if (!transaction_is_programs(s, "session_prepare"))
        return s->error.status;
    if (s->transaction == TRANSACTION_PREPARED)
        return session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                            "the transaction is prepared as %s already: commit it or roll it back", s->prepared);
    if (!prepared_is_name(gid)) {
        prepared_refuse_name(&s->error);
        return direct_not_done(s);
    }
    bool own = s->transaction == TRANSACTION_NONE;
    if (own) {
        s->begin = (struct howdah_begin_options){.struct_size = sizeof(s->begin)};
        s->transaction = TRANSACTION_BEGUN;
    }
    const char *name = arena_copy_text(&s->flushed_arena, gid, strlen(gid));
    if (!name)
        session_no_memory(s);
    else if (work_write_all(s, false) == HOWDAH_STATUS_OK)
        run_prepare(s, name);
    if (s->error.status != HOWDAH_STATUS_OK && own && s->transaction != TRANSACTION_NONE)
        transaction_abandon(s); /* nobody else would end it */
    return s->error.status;
}

enum howdah_status howdah_session_prepare(struct howdah_session *s, const char *gid)
{
    if (!session_enter(s))
        return direct_refusal(s);
    enum howdah_status status = prepare(s, gid);
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}

/* --- the second phase, by the same session --- */

/* COMMIT PREPARED and its counterpart may be asked for again and again: what is gone can't be done twice. An answer that is
 * lost is no reason to stop; nor is the old backend that is at it still, nor that nobody answers thereafter. *ret_doubt:
 * one was lost. */
static enum howdah_status end_surely(struct howdah_session *s, bool commits, bool *ret_doubt)
{
    enum { PAUSE_MS = 5 };
    moment deadline = clock_deadline(s->db->options.in_doubt_timeout, 0);
    enum howdah_outcome outcome;
    for (;;) {
        error_clear(&s->error);
        enum howdah_status status = prepared_end(s->db, s->prepared, commits, &s->counters, &s->error, &outcome);
        bool lost = outcome == HOWDAH_OUTCOME_IN_DOUBT, busy = strcmp(s->error.sqlstate, SQLSTATE_STATE) == 0;
        *ret_doubt |= lost;
        busy |= *ret_doubt && status == HOWDAH_STATUS_CONNECTION;
        if (status == HOWDAH_STATUS_OK || !(lost || busy) || clock_left(deadline) == 0)
            return status;
        clock_pause(PAUSE_MS, deadline);
    }
}

static bool fail_end(struct howdah_session *s, bool commits, bool by_others, enum howdah_outcome outcome)
{
    if (by_others) {
        s->error.status = HOWDAH_STATUS_MISUSE;
        error_message(&s->error, "the prepared transaction %s was %s by somebody else: call %s", s->prepared,
                      commits ? "rolled back" : "committed", commits ? "session_rollback" : "session_commit");
    } else if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        error_message(&s->error, "whether %s has ended can't be learned now, ask for it again: %s", s->prepared,
                      s->error.message);
    }
    s->error.outcome = outcome;
    error_finish(&s->error);
    return false;
}

bool prepare_end(struct howdah_session *s, bool commits)
{
    enum howdah_outcome wanted = commits ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NOT_DONE;
    bool doubt = false, wrote = s->fence.set || s->transaction_id.id;
    enum howdah_status status = end_surely(s, commits, &doubt);
    if (status == HOWDAH_STATUS_OK)
        return true;
    if (status != HOWDAH_STATUS_NOT_FOUND)
        return fail_end(s, commits, false, doubt ? HOWDAH_OUTCOME_IN_DOUBT : HOWDAH_OUTCOME_NOT_DONE);
    /* It was ended, by us or by somebody else. Of what wrote nothing, it does not matter how. */
    enum howdah_outcome outcome =
        wrote ? resolve_transaction(s, clock_deadline(s->db->options.in_doubt_timeout, 0)) : wanted;
    if (outcome != wanted)
        return fail_end(s, commits, outcome != HOWDAH_OUTCOME_IN_DOUBT, outcome);
    error_clear(&s->error);
    return true;
}
