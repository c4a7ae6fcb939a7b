/* Commit and flush: the plan is made, run, and finished or taken back; and what became of it is told truly. */
#include "draw_rights.h"
#include "join_row.h"
#include "object.h"
#include "transaction.h"
#include "work.h"

#include "base/error.h"

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

void session_name_field(struct howdah_session *s, const struct mapper *mapper)
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

/* Adds object, model and field to an error that a step of the plan ended with. */
static void name_culprit(struct work *w, size_t failed, bool again)
{
    struct howdah_session *s = w->s;
    const struct mapper *named = mapper_of_table(s, &s->error);
    if (failed >= w->step_count || w->infos[failed].kind != STEP_WRITE) {
        session_name_field(s, named);
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
    if (of_row && !entry && again && !joint)
        entry = work_blame(w, index, s->error.status);
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
        session_name_field(s, named ? named : mapper);
    if (of_row && !entry)
        error_message(&s->error, "%s (one of %u rows; which one can't be told, since %s)", s->error.message,
                      batch->count,
                      joint   ? "one statement wrote all of them"
                      : again ? "it did not happen again"
                              : "earlier work of the transaction is gone");
}

static void tell_outcome(struct howdah_session *s, enum howdah_outcome outcome,
                         const struct pg_transaction *transaction)
{
    char token[128];
    s->error.outcome = outcome;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        pg_transaction_token(transaction, token, sizeof(token));
        if (transaction->id)
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
    if (status == HOWDAH_STATUS_OK && s->transaction == TRANSACTION_OPEN)
        s->transaction_id = w->transaction;
    *ret_failed = plan.failed;
    *ret_outcome = status == HOWDAH_STATUS_OK ? HOWDAH_OUTCOME_DONE : plan.outcome;
    if (*ret_outcome == HOWDAH_OUTCOME_NONE || (w->lone && w->failed_chunk != NONE))
        *ret_outcome = HOWDAH_OUTCOME_NOT_DONE; /* a lone statement that wrote no row did nothing */
    if (*ret_outcome == HOWDAH_OUTCOME_IN_DOUBT && w->transaction.id)
        *ret_outcome = pg_transaction_resolve(s->db->pool, &w->transaction, clock_deadline(o->in_doubt_timeout, 0));
    if (!own && status != HOWDAH_STATUS_OK)
        transaction_end(s, *ret_outcome == HOWDAH_OUTCOME_DONE);
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

/* A lone statement was committed by the server, but its answer can't be taken in: the object must not be written again. */
static enum howdah_status give_up_lone(struct work *w)
{
    struct entry *entry = w->changes[w->batches[w->chunks[0].batch]->changes[0]].entry;
    identity_remove(&w->s->map, entry);
    entry_move(entry, EVENT_EVICT);
    tell_outcome(w->s, HOWDAH_OUTCOME_DONE, &w->transaction);
    return w->s->error.status;
}

enum howdah_status work_run(struct work *w)
{
    struct howdah_session *s = w->s;
    bool fresh = s->transaction_id.id == 0, own = s->transaction == TRANSACTION_NONE;
    enum howdah_outcome outcome;
    size_t failed;
    enum howdah_status status = run_once(w, &outcome, &failed);
    if (outcome == HOWDAH_OUTCOME_DONE && status != HOWDAH_STATUS_OK && w->lone)
        return give_up_lone(w);
    if (outcome == HOWDAH_OUTCOME_DONE) { /* also where the answer was lost, but the transaction was not */
        error_clear(&s->error);
        return HOWDAH_STATUS_OK;
    }
    if (own && outcome == HOWDAH_OUTCOME_NOT_DONE && learn_denial(w, failed)) {
        error_clear(&s->error);
        w = work_plan(s, true);
        return w && work_prepare_finish(w, true) ? work_run(w) : s->error.status;
    }
    if (outcome == HOWDAH_OUTCOME_NOT_DONE)
        name_culprit(w, failed, fresh);
    tell_outcome(s, outcome, &w->transaction);
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

/* A plan that can run: s->work. */
static bool plan_all(struct howdah_session *s, bool commit)
{
    bool replan = false;
    struct work *w = work_plan(s, commit);
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

static enum howdah_status write_all(struct howdah_session *s, bool commit)
{
    if (!plan_all(s, commit)) {
        object_own_all(s);
        return fail_plan(s);
    }
    enum howdah_status status = s->work->step_count ? work_run(s->work) : HOWDAH_STATUS_OK;
    if (status == HOWDAH_STATUS_OK)
        work_finish(s->work, commit);
    if (status == HOWDAH_STATUS_OK && commit && s->transaction != TRANSACTION_NONE)
        transaction_end(s, true);
    if (status != HOWDAH_STATUS_OK)
        object_own_all(s);
    work_free(s);
    return status;
}

enum howdah_status howdah_session_commit(struct howdah_session *s)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = transaction_is_programs(s, "session_commit") ? write_all(s, true) : s->error.status;
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_flush(struct howdah_session *s)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status =
        s->transaction == TRANSACTION_NONE
            ? session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, NULL, NULL, NULL,
                           "session_flush writes inside a transaction of the program: call session_begin first")
            : write_all(s, false);
    session_leave(s);
    return status;
}
