/* Commit and flush: the plan is made, run, and finished or taken back; and what became of it is told truly. */
#include "draw_rights.h"
#include "hooks.h"
#include "join_row.h"
#include "object.h"
#include "transaction.h"
#include "work.h"

#include "base/error.h"

#include <stdlib.h>

/* --- failures: whose fault, and is it true that nothing was done --- */

/* Faults of single rows, as opposed to those of the whole. */
static bool is_fault_of_row(enum howdah_status status)
{
    switch (status) {
    case HOWDAH_STATUS_STALE:
    case HOWDAH_STATUS_UNIQUE:
    case HOWDAH_STATUS_FOREIGN_KEY:
    case HOWDAH_STATUS_NOT_NULL:
    case HOWDAH_STATUS_CHECK:
    case HOWDAH_STATUS_EXCLUSION:
    case HOWDAH_STATUS_DATA:
    case HOWDAH_STATUS_SERVER: return true;
    default: return false;
    }
}

static const struct mapper *mapper_of_table(const struct howdah_session *s, const struct howdah_error *error)
{
    const struct catalog *catalog = &s->db->catalog;
    for (uint32_t i = 0; error->table && i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        if (mapper->table && strcmp(mapper->table, error->table) == 0 &&
            (!error->schema || strcmp(mapper->schema, error->schema) == 0))
            return mapper;
    }
    return NULL;
}

/* The field that the server's words are about. */
static void name_field(struct howdah_session *s, const struct mapper *mapper)
{
    struct howdah_error *e = &s->error;
    const struct column *c = NULL;
    if (mapper && e->constraint)
        c = mapper_column_of_constraint(mapper, e->constraint);
    if (mapper && !c && e->column)
        c = mapper_column_named(mapper, e->column);
    if (mapper && !e->model)
        error_attach(e, &e->model, mapper->model->name);
    if (c && !e->field)
        error_attach(e, &e->field, c->field->name);
}

/* Of a statement of several parts: the only row of the table that the server names. */
static struct entry *joint_culprit(const struct work *w, const struct step *info, const struct mapper *named)
{
    struct entry *entry = NULL;
    uint32_t rows = 0;
    for (uint32_t i = 0; i < info->chunk_count; i++) {
        const struct chunk *chunk = &w->chunks[info->chunk + i];
        const struct batch *batch = w->batches[chunk->batch];
        bool stale = w->failed_chunk != NONE;
        if (stale ? w->failed_chunk != info->chunk + i : named && batch->mapper != named)
            continue;
        rows += chunk->count;
        entry = w->changes[batch->changes[chunk->first]].entry;
    }
    return rows == 1 ? entry : NULL;
}

void session_name_culprit(struct howdah_session *s, const struct mapper *mapper)
{
    const struct mapper *named = mapper_of_table(s, &s->error);
    name_field(s, named ? named : mapper);
}

/* Adds object, model and field to an error that a step of the plan ended with. */
static void name_culprit(struct work *w, size_t failed, bool again)
{
    struct howdah_session *s = w->s;
    const struct mapper *named = mapper_of_table(s, &s->error);
    if (failed >= w->step_count || w->infos[failed].kind != STEP_WRITE) {
        name_field(s, named);
        return;
    }
    uint32_t index = w->infos[failed].chunk;
    const struct chunk *chunk = &w->chunks[index];
    const struct batch *batch = w->batches[chunk->batch];
    const struct mapper *mapper = batch->mapper;
    struct entry *entry = chunk->count == 1 ? w->changes[batch->changes[chunk->first]].entry : NULL;
    bool of_row = is_fault_of_row(s->error.status), joint = w->infos[failed].chunk_count > 1;
    if (joint)
        entry = joint_culprit(w, &w->infos[failed], named);
    if (again && !joint && s->error.status == HOWDAH_STATUS_STALE && w->change_count > 1) {
        struct entry *first = work_blame_stale(w);
        entry = first ? first : entry;
    } else if (of_row && !entry && again && !joint) {
        entry = work_blame(w, index, s->error.status);
    }
    if (of_row && mapper->join_of) {
        join_row_name(s, mapper, entry);
        return;
    }
    if (of_row && entry) { /* model and field are the object's; where another table refers to it, .table tells */
        mapper = entry_mapper(s, entry);
        s->error.object = entry_object(mapper, entry);
        error_attach(&s->error, &s->error.model, mapper->model->name);
    }
    if (!s->error.object || !named || named == mapper)
        name_field(s, named ? named : mapper);
    if (of_row && !entry)
        error_message(&s->error, "%s (one of %u rows; which one can't be told, since %s)", s->error.message,
                      batch->count,
                      joint   ? "one statement wrote all of them"
                      : again ? "it did not happen again"
                              : "earlier work of the transaction is gone");
}

/* A statement that checked its rows itself says it by an error of its own kind. */
static void tell_count(struct work *w, size_t failed)
{
    const struct howdah_error *e = &w->s->error;
    const char *found = strcmp(e->sqlstate, "42704") == 0 ? strstr(e->message, STATEMENT_GUARD) : NULL;
    if (!found || failed >= w->step_count || w->infos[failed].kind != STEP_WRITE ||
        !w->batches[w->chunks[w->infos[failed].chunk].batch]->guarded)
        return;
    uint64_t count = strtoull(found + strlen(STATEMENT_GUARD), NULL, 10);
    error_clear(&w->s->error);
    work_fail_count(w, w->infos[failed].chunk, count);
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

/* --- running --- */

/* Before a plan runs a second time on new prepared statements: nothing of the first run counts. */
static void restart(void *arg)
{
    struct work *w = arg;
    for (uint32_t i = 0; i < w->chunk_count; i++)
        w->chunks[i].received = 0;
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        sweep->affected = 0;
    w->failed_chunk = NONE;
    w->drawn = 0;
}

static enum howdah_outcome resolve(struct work *w)
{
    struct howdah_database *db = w->s->db;
    moment deadline = clock_deadline(db->options.in_doubt_timeout, 0);
    if (w->fence.set)
        return fence_resolve(db, &w->fence, deadline);
    return w->transaction.id ? pg_transaction_resolve(db->pool, &w->transaction, deadline) : HOWDAH_OUTCOME_IN_DOUBT;
}

/* Runs the steps once. *ret_outcome is DONE, NOT_DONE, or IN_DOUBT where nobody could say. */
static enum howdah_status run_once(struct work *w, enum howdah_outcome *ret_outcome, size_t *ret_failed)
{
    struct howdah_session *s = w->s;
    const struct howdah_database_options *o = &s->db->options;
    struct pg_plan plan = {.steps = w->steps,
                           .count = w->step_count,
                           .deadline = clock_deadline(o->commit_timeout, 0),
                           .repeatable = s->transaction != TRANSACTION_OPEN,
                           .restart = restart,
                           .restart_arg = w};
    bool own = s->transaction == TRANSACTION_NONE;
    w->transaction = s->transaction_id;
    enum howdah_status status = transaction_run(s, &plan);
    if (status == HOWDAH_STATUS_OK && s->transaction == TRANSACTION_OPEN) {
        s->transaction_id = w->transaction;
        s->fence = w->fence;
    }
    *ret_failed = plan.failed;
    *ret_outcome = status == HOWDAH_STATUS_OK ? HOWDAH_OUTCOME_DONE : plan.outcome;
    if (*ret_outcome == HOWDAH_OUTCOME_NONE || (w->lone && w->failed_chunk != NONE))
        *ret_outcome = HOWDAH_OUTCOME_NOT_DONE; /* a lone statement that wrote no row did nothing */
    if (*ret_outcome == HOWDAH_OUTCOME_IN_DOUBT)
        *ret_outcome = resolve(w);
    if (status == HOWDAH_STATUS_OK)
        transaction_sent_settings(s);
    else if (!own)
        transaction_failed(s, *ret_outcome == HOWDAH_OUTCOME_DONE);
    return status;
}

/* The role may not draw keys from a sequence: learned now, and planned otherwise from now on. */
static bool learn_denial(struct work *w, size_t failed)
{
    if (failed >= w->step_count || w->infos[failed].kind != STEP_DRAW)
        return false;
    const struct mapper *mapper = w->batches[w->chunks[w->infos[failed].chunk].batch]->mapper;
    if (w->s->error.status == HOWDAH_STATUS_PERMISSION)
        draw_rights_learn(w->s->db, mapper, DRAW_DENIED);
    return draw_rights(w->s->db, mapper) == DRAW_DENIED;
}

/* Whether all that the server had to say about the rows has come. */
static bool is_answered(const struct work *w)
{
    bool answered = w->drawn == w->draws;
    for (uint32_t i = 0; answered && !w->lone && i < w->chunk_count; i++)
        answered = !w->batches[w->chunks[i].batch]->returned_count || w->chunks[i].received == w->chunks[i].count;
    return answered && !w->lone;
}

/* The server has committed it, but its answer can't be taken in: the objects must not be written again, and what the server
 * made of them is not known. */
static enum howdah_status give_up(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        if (w->changes[i].batch == NONE)
            continue;
        identity_remove(&w->s->map, w->changes[i].entry);
        entry_move(w->changes[i].entry, EVENT_EVICT);
    }
    tell_outcome(w, HOWDAH_OUTCOME_DONE);
    return w->s->error.status;
}

enum howdah_status work_run(struct work *w)
{
    struct howdah_session *s = w->s;
    bool fresh = s->transaction_id.id == 0, own = s->transaction == TRANSACTION_NONE;
    enum howdah_outcome outcome;
    size_t failed;
    enum howdah_status status = run_once(w, &outcome, &failed);
    if (outcome == HOWDAH_OUTCOME_DONE && status != HOWDAH_STATUS_OK && !is_answered(w))
        return give_up(w);
    if (outcome == HOWDAH_OUTCOME_DONE) { /* also where the answer was lost, but the transaction was not */
        error_clear(&s->error);
        return HOWDAH_STATUS_OK;
    }
    if (own && outcome == HOWDAH_OUTCOME_NOT_DONE && learn_denial(w, failed)) {
        error_clear(&s->error);
        w = work_plan(s, true);
        return w && hooks_allow_plan(s) && work_prepare_finish(w, true) ? work_run(w) : s->error.status;
    }
    if (outcome == HOWDAH_OUTCOME_NOT_DONE)
        tell_count(w, failed);
    if (outcome == HOWDAH_OUTCOME_NOT_DONE)
        name_culprit(w, failed, fresh || s->at_savepoint); /* back at a savepoint it can be tried again */
    tell_outcome(w, outcome);
    return s->error.status;
}

/* --- the calls --- */

struct asking {
    struct work *w;
    const struct mapper *mapper;
};

static enum howdah_status bind_asking(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct asking *asking = arg;
    struct parameters *p = &asking->w->s->parameters;
    (void)step;
    if (!parameters_begin(p, 2))
        return HOWDAH_STATUS_NO_MEMORY;
    parameters_add_text(p, asking->mapper->quoted);
    parameters_add_text(p, asking->mapper->identity->name);
    return parameters_bind(p, ret);
}

static enum howdah_status row_asking(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    const struct asking *asking = arg;
    (void)step;
    bool allowed = count == 1 && cells[0].size == 1 && cells[0].data[0];
    draw_rights_learn(asking->w->s->db, asking->mapper, allowed ? DRAW_ALLOWED : DRAW_DENIED);
    return HOWDAH_STATUS_OK;
}

/* Inside the program's transaction a failed attempt to draw keys would end it: so the server is asked before the first
 * one of each table. *ret_denied: the work must be planned anew. */
static bool ask_draw_rights(struct work *w, bool *ret_denied)
{
    struct howdah_session *s = w->s;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        struct asking asking = {w, w->batches[i]->mapper};
        if (!w->batches[i]->draws || draw_rights(s->db, asking.mapper) != DRAW_UNKNOWN)
            continue;
        struct pg_step step = {
            .statement = &statement_may_draw_keys, .bind = bind_asking, .row = row_asking, .arg = &asking};
        if (transaction_read(s, &step) != HOWDAH_STATUS_OK)
            return false;
        *ret_denied = *ret_denied || draw_rights(s->db, asking.mapper) == DRAW_DENIED;
    }
    return true;
}

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
        if (!ask_draw_rights(w, &replan))
            return false;
        if (replan || (begun && s->transaction == TRANSACTION_OPEN)) /* BEGIN went with the question */
            w = work_plan(s, commit);
    }
    return w && work_prepare_finish(w, commit);
}

/* Nothing was sent. */
static enum howdah_status fail_plan(struct howdah_session *s)
{
    if (s->error.outcome == HOWDAH_OUTCOME_NONE) {
        s->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
        error_finish(&s->error);
    }
    work_free(s);
    return s->error.status;
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
    if (status != HOWDAH_STATUS_OK)
        object_own_all(s);
    work_free(s);
    return status;
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

static enum howdah_status commit_all(struct howdah_session *s)
{
    bool ran = false;
    enum howdah_status status = write_all(s, true, &ran);
    if (status != HOWDAH_STATUS_OK || !ran)
        return status;
    hooks_after_commit(s);
    if (s->error.status != HOWDAH_STATUS_OK) {
        s->error.outcome = HOWDAH_OUTCOME_DONE;
        error_finish(&s->error);
    }
    return s->error.status;
}

enum howdah_status howdah_session_commit(struct howdah_session *s)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = transaction_is_programs(s, "session_commit") ? commit_all(s) : s->error.status;
    session_leave(s);
    return status;
}

static enum howdah_status flush(struct howdah_session *s)
{
    if (!hooks_may_call(s, "session_flush"))
        return s->error.status;
    if (s->transaction == TRANSACTION_NONE)
        return session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, NULL, NULL, NULL,
                            "session_flush writes inside a transaction of the program: call session_begin first");
    return work_write_all(s, false);
}

enum howdah_status howdah_session_flush(struct howdah_session *s)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = flush(s);
    session_leave(s);
    return status;
}
