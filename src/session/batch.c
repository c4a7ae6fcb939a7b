/* Batch: changes that one statement text can write, whatever their number: same table, same operation, same columns. */
#include "base/hash.h"
#include "draw_rights.h"
#include "foreign_key.h"
#include "work.h"

struct probe {
    const struct mapper *mapper;
    const struct change *change;
};

static bool match(const struct map_node *node, const void *what)
{
    const struct batch *batch = (const void *)node;
    const struct probe *probe = what;
    return batch->mapper == probe->mapper && batch->operation == (enum howdah_operation)probe->change->operation &&
           batch->draws == probe->change->draws &&
           memcmp(batch->columns, probe->change->columns, column_words(probe->mapper) * sizeof(uint64_t)) == 0;
}

static struct batch *add_batch(struct work *w, const struct probe *probe, uint32_t hash)
{
    struct batch **batches = work_grow(w, w->batches, w->batch_count, &w->batch_capacity, sizeof(*batches));
    struct batch *batch = batches ? ARENA_NEW(&w->arena, struct batch) : NULL;
    if (!batch)
        return NULL;
    w->batches = batches;
    batch->mapper = probe->mapper;
    batch->operation = (enum howdah_operation)probe->change->operation;
    batch->columns = probe->change->columns;
    batch->draws = probe->change->draws;
    if (!map_add(&w->batch_map, &batch->node, hash))
        return NULL;
    batches[w->batch_count++] = batch;
    return batch;
}

static struct batch *batch_for(struct work *w, const struct change *change)
{
    const struct probe probe = {change_mapper(w, change), change};
    if (w->batch_count) { /* most often that of the change before */
        struct batch *last = w->batches[w->batch_count - 1];
        if (match(&last->node, &probe))
            return last;
    }
    uint64_t hash = hash_combine(probe.mapper->index, change->operation * 2u + change->draws);
    hash = hash_bytes(hash, change->columns, column_words(probe.mapper) * sizeof(uint64_t));
    struct map_node *node = map_find(&w->batch_map, (uint32_t)hash, match, &probe);
    struct batch *batch = node ? (struct batch *)(void *)node : add_batch(w, &probe, (uint32_t)hash);
    if (!batch)
        session_no_memory(w->s);
    return batch;
}

static bool add_to_batch(struct work *w, struct batch *batch, uint32_t change)
{
    uint32_t *changes = work_grow(w, batch->changes, batch->count, &batch->capacity, sizeof(*changes));
    if (!changes)
        return false;
    batch->changes = changes;
    changes[batch->count++] = change;
    return true;
}

static uint32_t deferred_column(const struct deferral *deferral)
{
    return deferral->key->columns[foreign_key_generated_part(deferral->key)];
}

/* Foreign keys whose values come out of settings: for all rows of the batch, so that there is one text. */
static bool find_by_name(struct work *w, struct batch *batch)
{
    uint32_t words = column_words(batch->mapper);
    batch->by_name = arena_allocate_zero(&w->arena, words * sizeof(uint64_t), _Alignof(uint64_t));
    if (!batch->by_name)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < batch->count; i++)
        for (uint32_t d = w->changes[batch->changes[i]].deferrals; d != NONE; d = w->deferrals[d].next)
            if (draw_rights(w->s->db, w->deferrals[d].key->target) != DRAW_DENIED)
                column_put(batch->by_name, deferred_column(&w->deferrals[d]));
    return true;
}

static bool is_referenced(const struct work *w, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        if (w->changes[batch->changes[i]].referenced)
            return true;
    return false;
}

/* How a batch of unset identities gets its keys: drawn first, where several rows or other batches need to know which is
 * which; by RETURNING for a lone row, or where the role may not use the sequence. */
static bool choose_keys(struct work *w, struct batch *batch)
{
    bool referenced = is_referenced(w, batch);
    bool denied = draw_rights(w->s->db, batch->mapper) == DRAW_DENIED;
    batch->returns_keys = batch->draws && (denied || (batch->count == 1 && !referenced));
    batch->awaited = batch->returns_keys && referenced;
    batch->draws = batch->draws && !batch->returns_keys;
    if (!batch->draws)
        return true;
    uint64_t *columns = arena_copy(&w->arena, batch->columns, column_words(batch->mapper) * sizeof(uint64_t));
    if (!columns)
        return !session_no_memory(w->s);
    column_put(columns, batch->mapper->identity->index);
    column_put(batch->by_name, batch->mapper->identity->index);
    batch->columns = columns;
    return true;
}

bool work_batch(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        if (change->operation == HOWDAH_OPERATION_UPDATE &&
            column_set_is_empty(change->columns, column_words(change_mapper(w, change))))
            continue; /* nothing differs after all */
        struct batch *batch = batch_for(w, change);
        if (!batch || !add_to_batch(w, batch, i))
            return false;
    }
    for (uint32_t i = 0; i < w->batch_count; i++) {
        if (!find_by_name(w, w->batches[i]) || !choose_keys(w, w->batches[i]))
            return false;
        for (uint32_t n = 0; n < w->batches[i]->count; n++)
            w->changes[w->batches[i]->changes[n]].batch = i;
    }
    return true;
}
