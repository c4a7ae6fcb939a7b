/* The plan of a commit is run, by the one executor; and what became of it is told truly: done, not done, or in doubt. */
#include "culprit.h"
#include "draw_rights.h"
#include "hooks.h"
#include "late.h"
#include "renewed.h"
#include "swept.h"
#include "transaction.h"

#include "base/error.h"

#include <stdlib.h>

void work_tell_count(struct work *w, size_t failed)
{
    const struct howdah_error *e = &w->s->error;
    const char *found = strcmp(e->sqlstate, "42704") == 0 ? strstr(e->message, STATEMENT_GUARD) : NULL;
    if (!found || failed >= w->step_count || w->infos[failed].kind != STEP_WRITE)
        return;
    const struct step *info = &w->infos[failed];
    char *end;
    uint64_t count = strtoull(found + strlen(STATEMENT_GUARD), &end, 10), part = 0;
    if (*end == '_') {
        part = count;
        count = strtoull(end + 1, NULL, 10);
    }
    if (part >= info->chunk_count || !w->batches[w->chunks[info->chunk + part].batch]->guarded)
        return;
    error_clear(&w->s->error);
    work_fail_count(w, info->chunk + (uint32_t)part, count);
}

static void tell_outcome(struct work *w, enum howdah_outcome outcome)
{
    struct howdah_session *s = w->s;
    char token[128 > FENCE_TOKEN ? 128 : FENCE_TOKEN];
    s->error.outcome = outcome;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        if (w->fence.set)
            fence_token(&w->fence, token);
        else
            pg_transaction_token(&w->transaction, token, sizeof(token));
        if (w->fence.set || w->transaction.id)
            error_attach(&s->error, &s->error.in_doubt_token, token);
        error_message(&s->error, "whether the transaction was committed can't be learned now: %s", s->error.message);
    }
    error_finish(&s->error);
}

/* Before a plan runs a second time on new prepared statements: nothing of the first run counts. */
static void restart(void *arg)
{
    struct work *w = arg;
    for (uint32_t i = 0; i < w->chunk_count; i++)
        w->chunks[i].received = 0;
    swept_restart(w);
    renewed_restart(w);
    w->failed_chunk = NONE;
    w->surplus = false;
    w->drawn = 0;
}

static enum howdah_outcome resolve(struct work *w)
{
    struct howdah_database *db = w->s->db;
    moment deadline = clock_deadline(db->options.in_doubt_timeout, 0);
    if (w->fence.set)
        return fence_resolve(db, &w->fence, deadline);
    if (!w->transaction.id && !w->chunk_count && !w->s->read_by_sql)
        return HOWDAH_OUTCOME_NOT_DONE; /* a transaction that has written nothing: all that write ask for its id */
    return w->transaction.id ? pg_transaction_resolve(db->pool, &w->transaction, deadline) : HOWDAH_OUTCOME_IN_DOUBT;
}

static bool is_at_commit(const struct work *w, size_t failed)
{
    return failed < w->step_count && w->steps[failed].role == PG_COMMIT;
}

/* Runs the steps once. *ret_outcome is DONE, NOT_DONE, or IN_DOUBT where nobody could say. */
static enum howdah_status run_once(struct work *w, enum howdah_outcome *ret_outcome, size_t *ret_failed)
{
    struct howdah_session *s = w->s;
    const struct howdah_database_options *o = &s->db->options;
    char key[LATE_KEY_MAX];
    *key = '\0'; /* the rest of it is not cleared for each commit */
    struct pg_plan plan = {.steps = w->steps,
                           .count = w->step_count,
                           .deadline = clock_deadline(o->commit_timeout, 0),
                           .repeatable = s->transaction != TRANSACTION_OPEN,
                           .restart = restart,
                           .restart_arg = w,
                           .refused_key = key,
                           .refused_key_size = sizeof(key)};
    bool own = s->transaction == TRANSACTION_NONE;
    w->transaction = s->transaction_id;
    s->late = NULL;
    enum howdah_status status = transaction_run(s, &plan);
    if (status == HOWDAH_STATUS_OK && s->transaction == TRANSACTION_OPEN) {
        s->transaction_id = w->transaction;
        s->fence = w->fence;
        transaction_wrote(s);
    }
    *ret_failed = plan.failed;
    w->failed_at = plan.place;
    w->by_policy = plan.by_policy;
    *ret_outcome = status == HOWDAH_STATUS_OK ? HOWDAH_OUTCOME_DONE : plan.outcome;
    if (*ret_outcome == HOWDAH_OUTCOME_NONE || (w->lone && w->failed_chunk != NONE && !w->surplus))
        *ret_outcome = HOWDAH_OUTCOME_NOT_DONE; /* a lone statement that wrote no row did nothing */
    if (*ret_outcome == HOWDAH_OUTCOME_IN_DOUBT)
        *ret_outcome = resolve(w);
    if (*ret_outcome == HOWDAH_OUTCOME_DONE)
        transaction_sent_settings(s);
    if (status != HOWDAH_STATUS_OK && *ret_outcome == HOWDAH_OUTCOME_NOT_DONE && is_at_commit(w, plan.failed))
        s->late = late_culprit(s, w, key);
    if (status == HOWDAH_STATUS_OK || own)
        return status;
    w->settings = transaction_copy_settings(s, &w->arena);
    transaction_failed(s, *ret_outcome == HOWDAH_OUTCOME_DONE);
    return status;
}

/* In a transaction of the program's the server was asked before the first attempt, and has changed since; the next one goes
 * another way. */
static void refuse_drawing(struct work *w, const struct mapper *mapper, const char *why)
{
    error_clear(&w->s->error);
    session_refuse(w->s, HOWDAH_STATUS_SCHEMA, mapper, mapper->identity->field->name, NULL, why);
}

static void give_hint(struct howdah_error *error, const char *hint)
{
    if (!error->hint)
        error_attach(error, &error->hint, hint);
}

/* A question that could not be asked: another try may find out. */
static bool is_passing(enum howdah_status status)
{
    return status == HOWDAH_STATUS_CONNECTION || status == HOWDAH_STATUS_TIMEOUT || status == HOWDAH_STATUS_NO_MEMORY;
}

/* The server is asked why keys did not come back with their INSERT. The error stands where they could have, or the server
 * refuses the question, too. */
static bool ask_why(struct work *w, const struct batch *batch)
{
    struct howdah_session *s = w->s;
    const struct mapper *mapper = batch->mapper;
    bool readable = !key_trait_is(s, mapper, KEYS_UNREADABLE);
    struct howdah_error cause;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    bool answered = draw_rights_ask_about(w, mapper);
    if (answered && batch->lists_keys && key_trait_is(s, mapper, KEYS_UNLISTED))
        return true;
    if (answered && readable && key_trait_is(s, mapper, KEYS_UNREADABLE) && draw_rights(s, mapper) != DRAW_DENIED)
        return true;
    if (is_passing(s->error.status))
        error_reopen(&s->error);
    else
        error_copy(&s->error, &cause);
    return false;
}

/* Keys that were to come back with their INSERT may not do so, or not in a WITH. A transaction of the program is over, and
 * the question is for the next one. */
static bool learn_traits(struct work *w, const struct batch *batch, bool own)
{
    struct howdah_error *e = &w->s->error;
    bool read = !batch->draws && w->changes[batch->changes[0]].draws;
    if (!read || (e->status != HOWDAH_STATUS_PERMISSION && strcmp(e->sqlstate, "0A000") != 0))
        return false;
    if (own)
        return ask_why(w, batch);
    key_trait_learn(w->s, batch->mapper, KEYS_DOUBTED);
    give_hint(e,
              "if the role may write the rows, but not read their keys, do the transaction again: they are drawn then");
    return false;
}

/* Keys could not be drawn from a sequence, or triggers may change them. */
static bool learn_drawing(struct work *w, const struct mapper *mapper, bool own)
{
    struct howdah_error *e = &w->s->error;
    bool triggers = strcmp(e->sqlstate, "42704") == 0 && strstr(e->message, STATEMENT_TRIGGERS);
    bool none = strcmp(e->sqlstate, STATEMENT_NO_SEQUENCE) == 0, denied = e->status == HOWDAH_STATUS_PERMISSION;
    if (!triggers && !none && !denied)
        return false;
    draw_rights_learn(w->s, mapper, triggers ? DRAW_CHECKED : DRAW_DENIED);
    if (own)
        return true;
    if (triggers)
        refuse_drawing(w, mapper,
                       "the table has a trigger by now that may change keys of new rows: do the transaction again");
    else if (none)
        refuse_drawing(w, mapper, "the key has no sequence of its own by now: do the transaction again");
    else
        give_hint(e, "do the transaction again: keys come back with their rows then");
    return false;
}

/* What is learned is planned otherwise from now on. */
static bool learn_rights(struct work *w, size_t failed, bool own)
{
    if (w->disorder) {
        key_trait_learn(w->s, w->disorder, KEYS_DISORDERED);
        return own;
    }
    if (failed >= w->step_count || (w->infos[failed].kind != STEP_DRAW && w->infos[failed].kind != STEP_WRITE))
        return false;
    const struct batch *batch = w->batches[w->chunks[w->infos[failed].chunk].batch];
    return w->infos[failed].kind == STEP_WRITE ? learn_traits(w, batch, own) : learn_drawing(w, batch->mapper, own);
}

/* Whether all that the server had to say about the rows has come. */
static bool is_answered(const struct work *w)
{
    bool answered = w->drawn == w->draws && renewed_is_answered(w);
    for (const struct sweep *sweep = w->sweeps; answered && sweep; sweep = sweep->next)
        answered = sweep->told == sweep->asked;
    for (uint32_t i = 0; answered && !w->lone && i < w->chunk_count; i++)
        answered = !w->batches[w->chunks[i].batch]->returned_count || w->chunks[i].received == w->chunks[i].count;
    return answered && !w->lone;
}

/* Not to come back by session_attach as one that never had a row. */
static void detach(struct howdah_session *s, struct entry *entry)
{
    identity_remove(&s->map, entry);
    entry_move(entry, EVENT_EVICT);
    entry->row_deleted |= entry->unwritten;
    entry->unwritten = false;
}

/* The server has committed it, but its answer can't be taken in, or one key was that of several rows: the objects must not
 * be written again, and what the server made of them, and of those that followed, is not known. */
static enum howdah_status give_up(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        bool nothing = change->batch == NONE && change->fate == FATE_WRITTEN && !change->taken_over;
        if (!nothing)
            detach(w->s, change->entry);
    }
    for (uint32_t i = 0; i < w->follower_count; i++)
        detach(w->s, w->followers[i].entry);
    swept_expire(w);
    tell_outcome(w, HOWDAH_OUTCOME_DONE);
    return w->s->error.status;
}

enum howdah_status work_run(struct work *w)
{
    struct howdah_session *s = w->s;
    bool fresh = s->transaction_id.id == 0 && !s->fence.set, own = s->transaction == TRANSACTION_NONE;
    enum howdah_outcome outcome;
    size_t failed;
    enum howdah_status status = run_once(w, &outcome, &failed);
    if (outcome == HOWDAH_OUTCOME_DONE && status != HOWDAH_STATUS_OK && !is_answered(w))
        return give_up(w);
    if (outcome == HOWDAH_OUTCOME_DONE) { /* also where the answer was lost, but the transaction was not */
        error_clear(&s->error);
        return HOWDAH_STATUS_OK;
    }
    if (outcome == HOWDAH_OUTCOME_NOT_DONE)
        work_tell_count(w, failed);
    if (outcome == HOWDAH_OUTCOME_NOT_DONE && learn_rights(w, failed, own)) {
        error_clear(&s->error);
        w = work_plan(s, true);
        return w && hooks_allow_plan(s) && work_prepare_finish(w, true) ? work_run(w) : s->error.status;
    }
    if (outcome == HOWDAH_OUTCOME_NOT_DONE)
        work_name_culprit(w, failed, fresh || s->at_savepoint); /* back at a savepoint it can be tried again */
    tell_outcome(w, outcome);
    return s->error.status;
}
