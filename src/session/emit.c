/* Emit: the plan as the executor's steps, from BEGIN to COMMIT. */
#include "emit.h"
#include "renewed.h"
#include "steps.h"
#include "swept.h"
#include "transaction.h"

struct pg_step *emit_step(struct work *w, const struct statement *statement, enum step_kind kind, const char *reason)
{
    uint32_t capacity = w->step_capacity;
    struct pg_step *steps = work_grow(w, w->steps, w->step_count, &capacity, sizeof(*steps));
    struct step *infos = work_grow(w, w->infos, w->step_count, &w->step_capacity, sizeof(*infos));
    if (!steps || !infos)
        return NULL;
    w->steps = steps;
    w->infos = infos;
    steps[w->step_count] = (struct pg_step){.statement = statement, .arg = w, .number = w->step_count};
    infos[w->step_count] = (struct step){.kind = kind, .reason = reason};
    return &steps[w->step_count++];
}

static const struct statement immediate_statement = {.text = "SET CONSTRAINTS ALL IMMEDIATE", .control = true};

static bool add_control(struct work *w, const struct statement *statement, enum pg_role role, const char *reason)
{
    struct pg_step *step = emit_step(w, statement, STEP_CONTROL, reason);
    if (step)
        step->role = role;
    return step;
}

static bool add_fence(struct work *w)
{
    if (!fence_make(&w->fence)) {
        session_fail(w->s, HOWDAH_STATUS_RESOURCE, NULL, NULL, NULL, "the system has no random numbers for a fence");
        return false;
    }
    struct pg_step *step =
        emit_step(w, &w->s->db->fence->mark, STEP_FENCE, "by which can be told whether COMMIT was done");
    if (step)
        step->bind = step_bind_fence;
    return step;
}

static bool all_guarded(const struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++)
        if ((!w->batches[i]->guarded && !w->batches[i]->follow) || w->batches[i]->checks_keys)
            return false;
    return true;
}

/* BEGIN, and the transaction's id, by which a lost answer to COMMIT can be found again. */
static bool add_head(struct work *w)
{
    const struct howdah_session *s = w->s;
    bool own = s->transaction == TRANSACTION_NONE;
    const struct statement *begin = own ? &transaction_begin_plain : transaction_begin_statement(s);
    if (s->transaction != TRANSACTION_OPEN && !add_control(w, begin, PG_BEGIN, "all or nothing"))
        return false;
    const struct setting *settings = own && w->settings ? w->settings : s->settings;
    for (const struct setting *setting = settings; setting; setting = setting->next) {
        struct pg_step *step = emit_step(w, &transaction_setting_statement, STEP_CONTROL, "ends with the transaction");
        if (!step)
            return false;
        step->bind = step_bind_setting;
        emit_last(w)->setting = setting;
    }
    if (s->transaction_id.id || s->fence.set)
        return true;
    if (s->db->fence)
        return add_fence(w);
    struct pg_step *step = emit_step(w, &pg_transaction_statement, STEP_TRANSACTION_ID,
                                     "names the transaction, should the answer get lost");
    if (step)
        step->row = step_row_transaction;
    return step;
}

static void number_round_trips(struct work *w)
{
    uint32_t trip = 1;
    for (uint32_t i = 0; i < w->step_count; i++) {
        w->infos[i].round_trip = trip;
        trip += w->steps[i].sync;
    }
}

static bool has_sweep(const struct work *w, const struct batch *batch)
{
    const struct sweep *sweep = w->sweeps;
    while (sweep && !sweep_is_for(sweep, batch))
        sweep = sweep->next;
    return sweep != NULL;
}

/* One row: its statement is a transaction of its own. */
static bool is_lone(const struct work *w)
{
    return w->s->transaction == TRANSACTION_NONE && !w->s->settings && !w->s->db->fence && w->chunk_count == 1 &&
           w->chunks[0].count == 1 && !w->batches[w->chunks[0].batch]->draws && !w->renewals &&
           !has_sweep(w, w->batches[w->chunks[0].batch]);
}

/* A probe is undone: up to the savepoint, if the transaction has one. */
static bool add_probe_end(struct work *w)
{
    const struct savepoint *savepoint = w->s->savepoint;
    return savepoint ? add_control(w, &savepoint->back, PG_STATEMENT, "a probe")
                     : add_control(w, &transaction_rollback_statement, PG_ROLLBACK, "a probe");
}

static void begin_steps(struct work *w)
{
    w->step_count = w->draws = w->drawn = 0;
    w->failed_chunk = NONE;
    w->surplus = false;
    w->disorder = NULL;
}

bool work_emit_apart(struct work *w, size_t failed)
{
    uint32_t chunk = failed < w->step_count ? w->infos[failed].chunk : 0, first = w->chunk_count;
    if (chunk < w->marked)
        return false;
    for (uint32_t i = 0; i < w->step_count; i++)
        if (w->infos[i].kind == STEP_SWEEP && w->infos[i].chunk == chunk)
            w->infos[i].sweep->emitted = false; /* it was taken back, too */
    begin_steps(w);
    if (!emit_chunks_apart(w, chunk) || !emit_writes_from(w, first))
        return false;
    w->steps[w->step_count - 1].sync = true;
    return true;
}

bool work_emit(struct work *w, bool commit, const struct row_probe *probe)
{
    bool own = w->s->transaction == TRANSACTION_NONE;
    /* A probe looks for the rows that are not as expected, and must not be stopped by the first of them. */
    bool fenced = w->s->db->fence && !probe;
    begin_steps(w);
    if (probe)
        swept_ignore(w);
    w->fence = w->s->fence;
    w->renewals = NULL;
    if (!emit_chunks(w, probe) || (!probe && !renewed_find(w)))
        return false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!emit_statement(w, w->batches[i], fenced))
            return false;
    w->lone = !probe && is_lone(w); /* a probe has to be undone */
    bool writes = w->chunk_count > 0;
    if (writes && !w->lone && !add_head(w))
        return false;
    if (probe && probe->all && !add_control(w, &immediate_statement, PG_STATEMENT, "a probe"))
        return false;
    if (writes && (!emit_writes(w) || !renewed_emit(w)))
        return false;
    /* What checks itself needs no look at the counts before COMMIT. */
    if (writes && !(fenced && commit && all_guarded(w)))
        w->steps[w->step_count - 1].sync = true;
    bool ends = own ? writes && !w->lone : w->s->transaction == TRANSACTION_OPEN || writes;
    if (probe
            ? !add_probe_end(w)
            : commit && ends && !add_control(w, &transaction_commit_statement, PG_COMMIT, "after all counts are right"))
        return false;
    if (w->step_count)
        w->steps[w->step_count - 1].sync = true;
    number_round_trips(w);
    return true;
}
