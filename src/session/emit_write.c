/* Chunks become steps: their statements, the keys that are drawn and handed on for them, and what goes before a DELETE. */
#include "draw_rights.h"
#include "emit.h"
#include "steps.h"
#include "transaction.h"

/* Whether types in the table round a value of the rows, or cut it: what came of that comes back. */
static bool adjusts(const struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    if (!mapper->adjusts || batch->operation == HOWDAH_OPERATION_DELETE || batch->follow)
        return false;
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        for (uint32_t n = 0; c->keeps != KEEPS_ALL && column_in(batch->columns, i) && n < batch->count; n++)
            if (!column_is_kept(c, batch->images[n]))
                return true;
    }
    return false;
}

static struct statement_key key_of(const struct work *w, const struct batch *batch)
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
                                  .formulas = batch->formulas,
                                  .checks = batch->checks,
                                  .follows = batch->follow ? batch->follow->keys : NULL,
                                  .follow_count = batch->follow ? batch->follow->key_count : 0,
                                  .parks = batch->parks,
                                  .forgiving = work_may_be_gone(w, batch),
                                  .adjusts = adjusts(batch),
                                  .returns_keys = batch->checks_keys,
                                  .in_order = batch->in_order};
}

/* A part checks itself in any case: it has no count of its own to be looked at where rows may be gone, and a row that it does
 * not find makes others break a constraint, which would be told in its place. */
static bool is_guarded(const struct batch *batch, bool guarded)
{
    return (guarded || (batch->ends && batch->operation != HOWDAH_OPERATION_INSERT)) && !batch->follow;
}

static const struct statement *joint_statement(struct work *w, const struct batch *leader, bool guarded)
{
    struct statement_part *parts = arena_allocate_array(&w->arena, leader->part_count, sizeof(*parts));
    for (uint32_t i = 0; parts && i < leader->part_count; i++) {
        parts[i] = (struct statement_part){key_of(w, leader->parts[i]), leader->parts[i]->rank};
        parts[i].key.guarded = is_guarded(leader->parts[i], guarded);
    }
    return parts ? statement_render_joint(parts, leader->part_count, &w->arena) : NULL;
}

static bool lists_keys(const struct work *w, const struct batch *batch)
{
    return batch->in_order && !batch->parts && !batch->ends && batch->returned_count == batch->mapper->key_count &&
           !key_trait_is(w->s, batch->mapper, KEYS_UNLISTED);
}

/* Of a part that is not the leader the statement is never used. */
bool emit_statement(struct work *w, struct batch *batch, bool guarded)
{
    bool checks = is_guarded(batch, guarded);
    if (batch->statement && batch->guarded == checks && !batch->parts)
        return true;
    batch->guarded = checks;
    struct statement_key key = key_of(w, batch);
    key.guarded = checks && !batch->ends;
    batch->returned =
        arena_allocate_array(&w->arena, batch->mapper->column_count + KEY_PARTS_MAX, sizeof(struct column *));
    if (!batch->returned)
        return !session_no_memory(w->s);
    batch->returned_count = statement_returned(&key, batch->returned);
    key.lists_keys = batch->lists_keys = lists_keys(w, batch);
    batch->statement =
        batch->parts ? joint_statement(w, batch, guarded) : text_store_get(&w->s->db->texts, &key, &w->arena);
    if (!batch->statement)
        return !session_no_memory(w->s);
    w->returns |= batch->returned_count && !batch->lists_keys;
    return true;
}

/* Keys that triggers change are seen in the rows that come back, if they do so before COMMIT goes out. */
static const struct statement *draw_statement(const struct work *w, const struct batch *batch)
{
    bool seen = batch->returned_count && (batch->checks_keys || !w->s->db->fence);
    return seen ? &statement_draw_keys : &statement_draw_sure_keys;
}

/* About a chunk. */
static struct pg_step *add_step(struct work *w, uint32_t chunk, const struct statement *statement, enum step_kind kind,
                                const char *reason)
{
    struct pg_step *step = emit_step(w, statement, kind, reason);
    if (step)
        emit_last(w)->chunk = chunk;
    return step;
}

static bool add_draw(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    struct pg_step *step =
        add_step(w, chunk, draw_statement(w, batch), STEP_DRAW, "keys for rows that others may refer to");
    if (!step)
        return false;
    step->bind = step_bind_draw;
    step->row = step_row_draw;
    emit_last(w)->column = batch->mapper->identity->index;
    w->draws++;
    return true;
}

/* Generated keys are drawn before anything else, so that every later step finds them. */
static bool add_draws(struct work *w, uint32_t first)
{
    for (uint32_t i = first; i < w->chunk_count; i++)
        if (w->batches[w->chunks[i].batch]->draws && !add_draw(w, i))
            return false;
    return true;
}

static bool add_gathers(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    for (uint32_t c = 0; w->deferral_count && c < batch->mapper->column_count; c++) {
        if (!column_in(batch->by_name, c) || (batch->draws && c == batch->mapper->identity->index))
            continue;
        struct pg_step *step = add_step(w, chunk, &statement_gather_keys, STEP_GATHER,
                                        "keys drawn above, for the rows that refer to them");
        if (!step)
            return false;
        step->bind = step_bind_gather;
        emit_last(w)->column = c;
    }
    return true;
}

/* What refers to the rows of a DELETE and was not loaded; what makes room for the rows, once. */
static bool add_sweeps(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next) {
        if (!sweep_is_for(sweep, batch) || sweep->emitted ||
            (sweep_is_of_batch(w, sweep) && chunk != batch->first_chunk))
            continue;
        struct pg_step *step = add_step(w, chunk, sweep->statement, STEP_SWEEP, sweep->reason);
        if (!step)
            return false;
        step->bind = step_bind_sweep;
        step->row = sweep->path.returned_count ? step_row_sweep : NULL;
        step->done = step_done_sweep;
        emit_last(w)->sweep = sweep;
        sweep->emitted = sweep->owners.count;
        sweep->asked += sweep->path.returned_count > 0;
    }
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
        memcpy(objects, work_objects(w, chunk), chunk->count * sizeof(*objects));
        objects += chunk->count;
    }
    return true;
}

static bool add_joint_write(struct work *w, uint32_t chunk, uint32_t count)
{
    const struct batch *leader = w->batches[w->chunks[chunk].batch];
    for (uint32_t i = 0; i < count; i++)
        if (!add_gathers(w, chunk + i) || !add_sweeps(w, chunk + i))
            return false;
    struct pg_step *step =
        add_step(w, chunk, leader->statement, STEP_WRITE,
                 "these rows need each other; foreign keys are checked when all of them are written");
    if (!step)
        return false;
    step->bind = step_bind_write;
    step->row = step_row_joint;
    step->done = step_done_write;
    emit_last(w)->chunk_count = count;
    return gather_objects(w, emit_last(w));
}

/* Why a statement stands where it does. */
static const char *reason_of(const struct batch *batch)
{
    if (batch->parks)
        return "values of unique columns go round: NULL until all of them are free";
    return batch->reason ? batch->reason : "no row has to be written before these";
}

static bool add_write(struct work *w, uint32_t chunk)
{
    const struct batch *batch = w->batches[w->chunks[chunk].batch];
    struct pg_step *step = add_step(w, chunk, batch->statement, STEP_WRITE, reason_of(batch));
    if (!step)
        return false;
    step->bind = step_bind_write;
    step->done = step_done_write;
    if (batch->lists_keys) {
        step->row = step_row_list;
        step->affected = &w->chunks[chunk].received;
    } else if (batch->returned_count) {
        step->row = step_row_write;
    }
    emit_last(w)->chunk_count = 1;
    emit_last(w)->rows = w->chunks[chunk].count;
    return true;
}

static enum howdah_status done_mark(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct work *w = arg;
    (void)done;
    w->probe->recovery = &w->infos[step->number].mark->back;
    w->at_mark = true;
    return HOWDAH_STATUS_OK;
}

/* What the chunk fails with takes back nothing that was before it. Each has a name of its own: where we stop the probe more
 * of them may have been made by then. */
static bool add_mark(struct work *w, uint32_t chunk)
{
    if (chunk < w->marked)
        return true;
    struct savepoint *mark = savepoint_new(&w->arena, UINT32_MAX - chunk);
    struct pg_step *step = mark ? add_step(w, chunk, &mark->make, STEP_CONTROL, "a probe") : NULL;
    if (!step)
        return !session_no_memory(w->s);
    step->done = done_mark;
    emit_last(w)->mark = mark;
    return true;
}

static bool add_writes(struct work *w, uint32_t first)
{
    for (uint32_t i = first; i < w->chunk_count; i++) {
        struct batch *batch = w->batches[w->chunks[i].batch];
        if (batch->parts) {
            if (!add_joint_write(w, i, batch->part_count))
                return false;
            i += batch->part_count - 1;
            continue;
        }
        if (!add_mark(w, i) || !add_gathers(w, i) || !add_sweeps(w, i) || !add_write(w, i))
            return false;
        bool last_of_batch = w->chunks[i].first + w->chunks[i].count == batch->count;
        w->steps[w->step_count - 1].sync = batch->awaited && last_of_batch;
    }
    return true;
}

bool emit_writes_from(struct work *w, uint32_t chunk)
{
    return add_draws(w, chunk) && add_writes(w, chunk);
}

bool emit_writes(struct work *w)
{
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next) {
        sweep->emitted = false;
        sweep->asked = sweep->told = 0;
    }
    return emit_writes_from(w, 0);
}
