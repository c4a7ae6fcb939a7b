/* Blame: which row of a chunk it was. The server names constraint and table at best, and its wording depends on language
 * and privileges; so the transaction is done again up to that chunk, whose rows then go in smaller statements until one
 * fails, and once more with the rows of that one by one. It is rolled back in any case. Where several rows are bad it may
 * be another one than the server met first, since a statement looks at foreign keys behind its last row, and at the form of
 * all values before its first: then the error is that of the row that was found. */
#include "culprit.h"
#include "transaction.h"

#include "base/error.h"

enum { FEW_ROWS = 32 };

static const struct row_probe probe_stale = {.stale = true, .rows = 1};
static const struct row_probe probe_all = {.stale = true, .all = true, .rows = 1};

/* A probe may have lost the connection, and with it the transaction that was back at its savepoint. */
static bool is_cut_off(const struct howdah_session *s)
{
    return s->transaction == TRANSACTION_OPEN && !s->connection;
}

static void look_after_transaction(struct howdah_session *s)
{
    if (is_cut_off(s))
        transaction_end(s, false);
}

static enum howdah_status run_probe(struct work *w, struct pg_plan *ret_plan)
{
    moment deadline = clock_deadline(w->s->db->options.statement_timeout, 0);
    *ret_plan = (struct pg_plan){.steps = w->steps, .count = w->step_count, .deadline = deadline};
    return transaction_run(w->s, ret_plan);
}

/* Sends the rows of a probe; whether one of them failed. */
static bool probe_fails(struct work *w, const struct row_probe *probe, struct pg_plan *ret_plan)
{
    error_clear(&w->s->error);
    if (is_cut_off(w->s) || !work_emit(w, false, probe))
        return false;
    enum howdah_status status = run_probe(w, ret_plan);
    work_tell_count(w, ret_plan->failed);
    return status != HOWDAH_STATUS_OK && work_blames_row(w, ret_plan->by_policy);
}

/* The probe is about those of its rows among which the failure is. One statement for each row would cost, beside the
 * statements, as many settings of keys, and a look at all lists of drawn keys for each of them. */
static bool narrow(struct work *w, struct row_probe *probe)
{
    struct row_probe few = *probe;
    struct pg_plan plan;
    few.rows = FEW_ROWS;
    if (w->batches[probe->batch]->ends || probe->last - probe->first < 2 * FEW_ROWS)
        return true;
    if (!probe_fails(w, &few, &plan))
        return false;
    const struct step *info = plan.failed < w->step_count ? &w->infos[plan.failed] : NULL;
    const struct chunk *chunk = info && info->kind == STEP_WRITE ? &w->chunks[info->chunk] : NULL;
    if (chunk && chunk->batch == probe->batch && chunk->first >= probe->first) {
        probe->first = chunk->first;
        probe->last = chunk->first + chunk->count - 1;
    }
    return true;
}

struct entry *work_blame(struct work *w, uint32_t index)
{
    struct howdah_session *s = w->s;
    const struct chunk *chunk = &w->chunks[index];
    struct row_probe probe = {
        .batch = chunk->batch, .first = chunk->first, .last = chunk->first + chunk->count - 1, .rows = 1};
    struct howdah_error cause;
    struct pg_plan plan;
    struct entry *guilty = NULL;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    if (work_order_one_by_one(w) && narrow(w, &probe) && probe_fails(w, &probe, &plan)) {
        /* It may miss what a flush had made behind the savepoint to which the transaction went back. */
        bool other = s->savepoint && s->error.status != cause.status;
        guilty = other ? NULL : work_only_suspect(w, plan.failed);
    }
    if (!guilty)
        error_copy(&s->error, &cause);
    look_after_transaction(s);
    return guilty;
}

static bool is_same_constraint(const struct howdah_error *a, const struct howdah_error *b)
{
    return strcmp(a->sqlstate, b->sqlstate) == 0 && a->constraint && b->constraint && a->table && b->table &&
           strcmp(a->constraint, b->constraint) == 0 && strcmp(a->table, b->table) == 0;
}

struct entry *work_blame_commit(struct work *w)
{
    struct howdah_session *s = w->s;
    struct howdah_error cause;
    struct pg_plan plan;
    struct entry *guilty = NULL;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    if (work_order_one_by_one(w) && work_emit(w, false, &probe_all) && run_probe(w, &plan) != HOWDAH_STATUS_OK &&
        is_same_constraint(&s->error, &cause))
        guilty = work_only_suspect(w, plan.failed);
    error_copy(&s->error, &cause);
    look_after_transaction(s);
    return guilty;
}

/* Rows that were not as expected, out of all: each of them is one that the program has to look at. */
static void keep_stale(struct work *w)
{
    struct howdah_session *s = w->s;
    void **objects = arena_allocate_array(&s->arena, w->stale_count, sizeof(*objects));
    s->stale = objects;
    s->stale_count = 0;
    for (uint32_t i = 0; objects && i < w->stale_count; i++)
        if (!entry_mapper(s, w->stale[i])->join_of) /* a link is no object of the program's */
            objects[s->stale_count++] = entry_object(entry_mapper(s, w->stale[i]), w->stale[i]);
}

struct entry *work_blame_stale(struct work *w)
{
    struct howdah_session *s = w->s;
    struct howdah_error cause;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    w->stale_count = 0;
    w->stale = arena_allocate_array(&w->arena, w->change_count, sizeof(struct entry *));
    if (w->stale && work_order_one_by_one(w) && work_emit(w, false, &probe_stale)) {
        struct pg_plan plan;
        (void)run_probe(w, &plan); /* if another row fails, what was found up to it is true */
    }
    if (w->stale_count)
        keep_stale(w);
    error_copy(&s->error, &cause);
    look_after_transaction(s);
    return w->stale_count ? w->stale[0] : NULL;
}

void *const *howdah_session_stale_objects(const struct howdah_session *s, size_t *ret_count)
{
    bool stale = s && s->error.status == HOWDAH_STATUS_STALE;
    bool one = stale && s->stale_count == 0 && s->error.object;
    if (ret_count)
        *ret_count = one ? 1 : stale ? s->stale_count : 0;
    return one ? &s->error.object : stale && s->stale_count ? s->stale : NULL;
}
