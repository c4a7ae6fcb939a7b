/* Emit: batches become chunks of rows, and chunks become the executor's steps. */
#include "steps.h"
#include "transaction.h"

/* --- chunks --- */

/* How many rows from `first` on go into one statement. */
static uint32_t fitting(const struct batch *batch, uint32_t first, bool one_by_one)
{
    size_t bytes = 0;
    uint32_t count = 0, left = batch->count - first;
    if (batch->returns_keys || one_by_one)
        return 1;
    if (!batch->mapper->has_pointers || batch->operation == HOWDAH_OPERATION_DELETE)
        return left < CHUNK_ROWS ? left : CHUNK_ROWS;
    while (count < left && count < CHUNK_ROWS && bytes < CHUNK_BYTES)
        bytes += batch->mapper->model->size + batch->bytes[first + count++];
    return count;
}

/* A ring of rows is not cut. */
static uint32_t whole_rings(const struct batch *batch, uint32_t first, uint32_t count)
{
    while (batch->joined && first + count < batch->count && batch->joined[first + count])
        count++;
    return count;
}

static uint32_t count_bits(const uint64_t *set, uint32_t words)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < words; i++)
        bits += (uint32_t)__builtin_popcountll(set[i]);
    return bits;
}

static bool add_chunk(struct work *w, uint32_t index, uint32_t first, uint32_t count)
{
    struct batch *batch = w->batches[index];
    struct chunk *chunks = work_grow(w, w->chunks, w->chunk_count, &w->chunk_capacity, sizeof(*chunks));
    if (!chunks)
        return false;
    w->chunks = chunks;
    chunks[w->chunk_count] = (struct chunk){.batch = index, .first = first, .count = count, .setting = w->settings};
    w->settings += count_bits(batch->by_name, column_words(batch->mapper));
    for (uint32_t i = 0; i < count; i++)
        w->changes[batch->changes[first + i]].chunk = w->chunk_count;
    w->chunk_count++;
    return true;
}

/* The parts of one statement: whole knots, of about as many rows as another statement has. */
static bool cut_knots(struct work *w, const struct batch *leader)
{
    for (uint32_t knot = 0, next; knot < leader->knot_count; knot = next) {
        uint32_t rows = 0;
        for (next = knot; next < leader->knot_count && rows < CHUNK_ROWS; next++)
            for (uint32_t i = 0; i < leader->part_count; i++) {
                const uint32_t *ends = leader->parts[i]->ends;
                rows += ends[next] - (next ? ends[next - 1] : 0);
            }
        for (uint32_t i = 0; i < leader->part_count; i++) {
            const struct batch *part = leader->parts[i];
            uint32_t first = knot ? part->ends[knot - 1] : 0;
            if (!add_chunk(w, part->index, first, part->ends[next - 1] - first))
                return false;
        }
    }
    return true;
}

/* Where a probe begins, counted in rows: chunks are numbered anew in it. */
struct probe {
    bool stale; /* all rows that may be stale, to the end */
    uint32_t batch, first, last;
};

static bool is_probed(const struct probe *probe, const struct batch *batch, uint32_t index, uint32_t first)
{
    if (!probe || probe->stale)
        return probe && batch->operation != HOWDAH_OPERATION_INSERT && !batch->follow;
    return probe->batch == index && first >= probe->first;
}

static bool cut(struct work *w, const struct probe *probe)
{
    w->chunk_count = w->settings = 0;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        uint32_t index = w->order[i], first = 0;
        struct batch *batch = w->batches[index];
        batch->first_chunk = w->chunk_count;
        if (batch->parts && !cut_knots(w, batch))
            return false;
        while (!batch->ends && first < batch->count) {
            bool inside = is_probed(probe, batch, index, first);
            uint32_t count = whole_rings(batch, first, fitting(batch, first, inside));
            if (!add_chunk(w, index, first, count))
                return false;
            first += count;
            if (inside && !probe->stale && first > probe->last)
                return true;
        }
        batch->chunk_count = w->chunk_count - batch->first_chunk;
    }
    return true;
}

/* --- steps --- */

static bool add_step(struct work *w, struct pg_step step, struct step info)
{
    uint32_t capacity = w->step_capacity;
    struct pg_step *steps = work_grow(w, w->steps, w->step_count, &capacity, sizeof(*steps));
    struct step *infos = work_grow(w, w->infos, w->step_count, &w->step_capacity, sizeof(*infos));
    if (!steps || !infos)
        return false;
    w->steps = steps;
    w->infos = infos;
    step.arg = w;
    step.number = w->step_count;
    steps[w->step_count] = step;
    infos[w->step_count++] = info;
    return true;
}

static bool add_control(struct work *w, const struct statement *statement, enum pg_role role, const char *reason)
{
    return add_step(w, (struct pg_step){.statement = statement, .role = role},
                    (struct step){.kind = STEP_CONTROL, .reason = reason});
}

static struct statement_key key_of(const struct batch *batch)
{
    static const enum statement_kind kinds[] = {[HOWDAH_OPERATION_INSERT] = STATEMENT_INSERT,
                                                [HOWDAH_OPERATION_UPDATE] = STATEMENT_UPDATE,
                                                [HOWDAH_OPERATION_DELETE] = STATEMENT_DELETE};
    bool delete = batch->operation == HOWDAH_OPERATION_DELETE;
    return (struct statement_key){.kind = batch->follow ? STATEMENT_FOLLOW : kinds[batch->operation],
                                  .mapper = batch->mapper,
                                  .columns = delete ? NULL : batch->columns,
                                  .by_name = delete ? NULL : batch->by_name,
                                  .defaults = batch->defaults,
                                  .follows = batch->follow ? batch->follow->keys : NULL,
                                  .follow_count = batch->follow ? batch->follow->key_count : 0,
                                  .parks = batch->parks};
}

static const struct statement *joint_statement(struct work *w, const struct batch *leader)
{
    struct statement_part *parts = arena_allocate_array(&w->arena, leader->part_count, sizeof(*parts));
    for (uint32_t i = 0; parts && i < leader->part_count; i++)
        parts[i] = (struct statement_part){key_of(leader->parts[i]), leader->parts[i]->rank};
    return parts ? statement_render_joint(parts, leader->part_count, &w->arena) : NULL;
}

/* Nobody can say how many rows it should write. */
static bool is_uncounted(const struct work *w, const struct batch *batch)
{
    return batch->follow || work_may_be_gone(w, batch);
}

/* Of a part that is not the leader the statement is never used. */
static bool prepare_statement(struct work *w, struct batch *batch, bool guarded)
{
    struct statement_key key = key_of(batch);
    key.guarded = guarded && !batch->parts && !batch->ends && !is_uncounted(w, batch);
    if (batch->statement && batch->guarded == key.guarded)
        return true;
    batch->guarded = key.guarded;
    batch->statement = batch->parts ? joint_statement(w, batch) : text_store_get(&w->s->db->texts, &key, &w->arena);
    batch->returned =
        arena_allocate_array(&w->arena, batch->mapper->column_count + KEY_PARTS_MAX, sizeof(struct column *));
    if (!batch->statement || !batch->returned)
        return !session_no_memory(w->s);
    batch->returned_count = statement_returned(&key, batch->returned);
    return true;
}

/* Generated keys are drawn before anything else, so that every later step finds them. */
static bool add_draws(struct work *w)
{
    for (uint32_t i = 0; i < w->chunk_count; i++) {
        const struct batch *batch = w->batches[w->chunks[i].batch];
        if (batch->draws &&
            !add_step(w,
                      (struct pg_step){.statement = &statement_draw_keys, .bind = step_bind_draw, .row = step_row_draw},
                      (struct step){.kind = STEP_DRAW,
                                    .chunk = i,
                                    .column = batch->mapper->identity->index,
                                    .reason = "keys for rows that others may refer to"}))
            return false;
        w->draws += batch->draws;
    }
    return true;
}

static bool add_gathers(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    for (uint32_t c = 0; c < batch->mapper->column_count; c++) {
        if (!column_in(batch->by_name, c) || (batch->draws && c == batch->mapper->identity->index))
            continue;
        if (!add_step(w, (struct pg_step){.statement = &statement_gather_keys, .bind = step_bind_gather},
                      (struct step){.kind = STEP_GATHER,
                                    .chunk = chunk,
                                    .column = c,
                                    .reason = "keys drawn above, for the rows that refer to them"}))
            return false;
    }
    return true;
}

/* What refers to the rows of a DELETE and was not loaded. */
static bool add_sweeps(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    if (batch->operation != HOWDAH_OPERATION_DELETE)
        return true;
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        if (sweep->mapper == batch->mapper &&
            !add_step(w,
                      (struct pg_step){.statement = sweep->statement, .bind = step_bind_sweep, .done = step_done_sweep},
                      (struct step){.kind = STEP_SWEEP, .chunk = chunk, .sweep = sweep, .reason = sweep->reason}))
            return false;
    return true;
}

/* The objects of a statement of several parts, side by side. */
static bool gather_objects(struct work *w, struct step *info)
{
    for (uint32_t i = 0; i < info->chunk_count; i++)
        info->rows += w->batches[w->chunks[info->chunk + i].batch]->follow ? 0 : w->chunks[info->chunk + i].count;
    void **objects = arena_allocate_array(&w->arena, info->rows, sizeof(*objects));
    if (!objects)
        return !session_no_memory(w->s);
    info->objects = objects;
    for (uint32_t i = 0; i < info->chunk_count; i++) {
        const struct chunk *chunk = &w->chunks[info->chunk + i];
        if (w->batches[chunk->batch]->follow)
            continue; /* the objects whose keys change are those of another part */
        memcpy(objects, w->batches[chunk->batch]->objects + chunk->first, chunk->count * sizeof(*objects));
        objects += chunk->count;
    }
    return true;
}

static bool add_joint_write(struct work *w, uint32_t chunk, uint32_t count)
{
    const struct batch *leader = w->batches[w->chunks[chunk].batch];
    struct step info = {.kind = STEP_WRITE,
                        .chunk = chunk,
                        .chunk_count = count,
                        .reason = "these rows need each other; foreign keys are checked when all of them are written"};
    for (uint32_t i = 0; i < count; i++)
        if (!add_gathers(w, chunk + i) || !add_sweeps(w, chunk + i))
            return false;
    return gather_objects(w, &info) && add_step(w,
                                                (struct pg_step){.statement = leader->statement,
                                                                 .bind = step_bind_write,
                                                                 .row = step_row_joint,
                                                                 .done = step_done_write},
                                                info);
}

static bool add_writes(struct work *w)
{
    for (uint32_t i = 0; i < w->chunk_count; i++) {
        struct batch *batch = w->batches[w->chunks[i].batch];
        if (batch->parts) {
            if (!add_joint_write(w, i, batch->part_count))
                return false;
            i += batch->part_count - 1;
            continue;
        }
        if (!add_gathers(w, i) || !add_sweeps(w, i))
            return false;
        if (!add_step(w,
                      (struct pg_step){.statement = batch->statement,
                                       .bind = step_bind_write,
                                       .row = batch->returned_count ? step_row_write : NULL,
                                       .done = step_done_write},
                      (struct step){.kind = STEP_WRITE,
                                    .chunk = i,
                                    .chunk_count = 1,
                                    .rows = w->chunks[i].count,
                                    .objects = batch->objects + w->chunks[i].first,
                                    .reason = batch->reason ? batch->reason : ""}))
            return false;
        bool last_of_batch = w->chunks[i].first + w->chunks[i].count == batch->count;
        w->steps[w->step_count - 1].sync = batch->awaited && last_of_batch;
    }
    return true;
}

static bool add_fence(struct work *w)
{
    if (!fence_make(&w->fence)) {
        session_fail(w->s, HOWDAH_STATUS_RESOURCE, NULL, NULL, NULL, "the system has no random numbers for a fence");
        return false;
    }
    return add_step(w, (struct pg_step){.statement = &w->s->db->fence->mark, .bind = step_bind_fence},
                    (struct step){.kind = STEP_FENCE, .reason = "by which can be told whether COMMIT was done"});
}

static bool all_guarded(const struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!w->batches[i]->guarded && !is_uncounted(w, w->batches[i]))
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
    for (const struct setting *setting = s->settings; setting; setting = setting->next)
        if (!add_step(w, (struct pg_step){.statement = &transaction_setting_statement, .bind = step_bind_setting},
                      (struct step){.kind = STEP_CONTROL, .setting = setting, .reason = "ends with the transaction"}))
            return false;
    if (s->transaction_id.id || s->fence.set)
        return true;
    if (s->db->fence)
        return add_fence(w);
    return add_step(
        w, (struct pg_step){.statement = &pg_transaction_statement, .row = step_row_transaction},
        (struct step){.kind = STEP_TRANSACTION_ID, .reason = "names the transaction, should the answer get lost"});
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
    const struct sweep *sweep = batch->operation == HOWDAH_OPERATION_DELETE ? w->sweeps : NULL;
    while (sweep && sweep->mapper != batch->mapper)
        sweep = sweep->next;
    return sweep != NULL;
}

/* One row: its statement is a transaction of its own. */
static bool is_lone(const struct work *w)
{
    return w->s->transaction == TRANSACTION_NONE && !w->s->settings && !w->s->db->fence && w->chunk_count == 1 &&
           w->chunks[0].count == 1 && !w->batches[w->chunks[0].batch]->draws &&
           !has_sweep(w, w->batches[w->chunks[0].batch]);
}

/* A probe is undone: up to the savepoint, if the transaction has one. */
static bool add_probe_end(struct work *w)
{
    const struct savepoint *savepoint = w->s->savepoint;
    return savepoint ? add_control(w, &savepoint->back, PG_STATEMENT, "a probe")
                     : add_control(w, &transaction_rollback_statement, PG_ROLLBACK, "a probe");
}

bool work_emit(struct work *w, bool commit, uint32_t probe)
{
    bool own = w->s->transaction == TRANSACTION_NONE;
    struct probe rows = {0};
    if (probe == PROBE_STALE) {
        rows.stale = true;
    } else if (probe != NONE) {
        const struct chunk *chunk = &w->chunks[probe];
        rows = (struct probe){false, chunk->batch, chunk->first, chunk->first + chunk->count - 1};
    }
    /* A probe looks for the rows that are not as expected, and must not be stopped by the first of them. */
    bool fenced = w->s->db->fence && probe == NONE;
    w->step_count = w->draws = w->drawn = 0;
    w->failed_chunk = NONE;
    w->fence = w->s->fence;
    if (!cut(w, probe == NONE ? NULL : &rows))
        return false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!prepare_statement(w, w->batches[i], fenced))
            return false;
    w->lone = is_lone(w);
    bool writes = w->chunk_count > 0;
    if (writes && ((!w->lone && !add_head(w)) || !add_draws(w) || !add_writes(w)))
        return false;
    /* What checks itself needs no look at the counts before COMMIT. */
    if (writes && !(fenced && commit && all_guarded(w)))
        w->steps[w->step_count - 1].sync = true;
    bool ends = own ? writes && !w->lone : w->s->transaction == TRANSACTION_OPEN || writes;
    if (probe != NONE
            ? !add_probe_end(w)
            : commit && ends && !add_control(w, &transaction_commit_statement, PG_COMMIT, "after all counts are right"))
        return false;
    if (w->step_count)
        w->steps[w->step_count - 1].sync = true;
    number_round_trips(w);
    return true;
}
