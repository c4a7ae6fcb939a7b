/* Blame: which row of a chunk it was. The server names constraint and table at best, and its wording depends on language
 * and privileges; so the transaction is done again up to that chunk, whose rows then go in smaller statements, each behind a
 * savepoint, until one fails; there it goes on with the rows of that one by one. It is rolled back in any case. Where several
 * rows are bad it may be another one than the server met first, since a statement looks at foreign keys behind its last row,
 * and at the form of all values before its first: then the error is that of the row that was found. */
#include "culprit.h"
#include "transaction.h"

#include "base/error.h"

enum { MANY_ROWS = 64 };

/* So many rows a statement that there are the fewest, together with those of the rows of one of them. */
static uint32_t few_of(uint32_t rows)
{
    uint64_t few = 1;
    while (rows >= MANY_ROWS && few * few < rows)
        few++;
    return (uint32_t)few;
}

static bool fails(struct work *w, struct pg_plan *plan)
{
    plan->deadline = clock_deadline(w->s->db->options.statement_timeout, 0);
    w->probe = plan;
    w->at_mark = false;
    return transaction_run(w->s, plan) != HOWDAH_STATUS_OK;
}

static bool steps_fail(struct work *w, struct pg_plan *ret_plan)
{
    *ret_plan = (struct pg_plan){.steps = w->steps, .count = w->step_count};
    return fails(w, ret_plan);
}

/* Out of a transaction that goes on at a probe's savepoint. */
static void go_back(struct work *w)
{
    const struct savepoint *savepoint = w->s->savepoint;
    struct pg_step step = {.statement = savepoint ? &savepoint->back : &transaction_rollback_statement,
                           .role = savepoint ? PG_STATEMENT : PG_ROLLBACK,
                           .sync = true};
    struct pg_plan plan = {.steps = &step, .count = 1};
    (void)fails(w, &plan);
}

/* A few rows of which one has failed, behind all that went well. */
static bool fails_apart(struct work *w, struct pg_plan *plan)
{
    if (work_emit_apart(w, plan->failed) && steps_fail(w, plan))
        return true;
    go_back(w);
    return false;
}

/* The program's transaction was lost with its connection. */
static bool is_cut_off(const struct howdah_session *s)
{
    return s->savepoint && !s->connection;
}

/* Sends the rows of a probe; whether one of them fails. Then the session has the error, and *ret_plan the step. */
static bool probe_fails(struct work *w, const struct row_probe *probe, struct pg_plan *ret_plan)
{
    if (is_cut_off(w->s))
        return false;
    if (!work_order_one_by_one(w) || !work_emit(w, false, probe) || !steps_fail(w, ret_plan))
        return false;
    return !w->at_mark || !w->s->at_savepoint || fails_apart(w, ret_plan);
}

/* The transaction is at the program's savepoint again, unless its connection was lost; or there is none. */
static void leave_probe(struct howdah_session *s)
{
    if (is_cut_off(s))
        transaction_end(s, false);
    if (s->savepoint)
        return;
    pg_pool_release(s->db->pool, s->connection);
    s->connection = NULL;
    s->transaction = TRANSACTION_NONE;
}

struct entry *work_blame(struct work *w, uint32_t index)
{
    struct howdah_session *s = w->s;
    const struct chunk *chunk = &w->chunks[index];
    const struct row_probe probe = {.batch = chunk->batch,
                                    .first = chunk->first,
                                    .last = chunk->first + chunk->count - 1,
                                    .rows = w->batches[chunk->batch]->ends ? 1 : few_of(chunk->count)};
    struct howdah_error cause;
    struct pg_plan plan;
    struct entry *guilty = NULL;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    if (probe_fails(w, &probe, &plan)) {
        work_tell_count(w, plan.failed);
        /* It may miss what a flush had made behind the savepoint to which the transaction went back. */
        bool other = s->savepoint && s->error.status != cause.status;
        if (!other && work_blames_row(w, plan.by_policy))
            guilty = work_only_suspect(w, plan.failed);
    }
    if (!guilty)
        error_copy(&s->error, &cause);
    leave_probe(s);
    return guilty;
}

static bool is_same_constraint(const struct howdah_error *a, const struct howdah_error *b)
{
    return strcmp(a->sqlstate, b->sqlstate) == 0 && a->constraint && b->constraint && a->table && b->table &&
           strcmp(a->constraint, b->constraint) == 0 && strcmp(a->table, b->table) == 0;
}

/* Rings are not cut. */
static bool has_rings(const struct work *w)
{
    uint32_t i = 0;
    while (i < w->batch_count && !w->batches[i]->ends)
        i++;
    return i < w->batch_count;
}

struct entry *work_blame_commit(struct work *w)
{
    struct howdah_session *s = w->s;
    const struct row_probe probe = {.stale = true, .all = true, .rows = has_rings(w) ? 1 : few_of(w->change_count)};
    struct howdah_error cause;
    struct pg_plan plan;
    struct entry *guilty = NULL;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    if (probe_fails(w, &probe, &plan) && is_same_constraint(&s->error, &cause))
        guilty = work_only_suspect(w, plan.failed);
    error_copy(&s->error, &cause);
    leave_probe(s);
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
    const struct row_probe probe = {.stale = true, .rows = few_of(w->change_count)};
    struct howdah_session *s = w->s;
    struct howdah_error cause;
    struct pg_plan plan;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    w->stale_count = 0;
    w->stale = arena_allocate_array(&w->arena, w->change_count, sizeof(struct entry *));
    if (w->stale)
        (void)probe_fails(w, &probe, &plan); /* if another row fails, what was found up to it is true */
    if (w->stale_count && probe.rows > 1) {  /* a few of which not all were found: each of these */
        w->stale_count = 0;
        (void)probe_fails(w, &probe, &plan);
    }
    if (w->stale_count)
        keep_stale(w);
    error_copy(&s->error, &cause);
    leave_probe(s);
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
