/* Batch: changes that one statement text can write, whatever their number: same table, same operation, same columns. */
#include "base/hash.h"
#include "draw_rights.h"
#include "foreign_key.h"
#include "work.h"

struct probe {
    const struct mapper *mapper;
    const struct change *change;
};

static bool same_set(const struct mapper *mapper, const uint64_t *a, const uint64_t *b)
{
    return a == b || (a && b && column_sets_equal(a, b, column_words(mapper)));
}

static bool same_extra(const struct batch *batch, const struct change_extra *extra)
{
    return batch->follow == extra->follow && same_set(batch->mapper, batch->defaults, extra->defaults) &&
           same_set(batch->mapper, batch->checks, extra->checks) &&
           (batch->formulas == extra->formulas || formulas_alike(batch->formulas, extra->formulas));
}

static bool match(const struct map_node *node, const void *what)
{
    const struct batch *batch = (const void *)node;
    const struct probe *probe = what;
    return batch->mapper == probe->mapper && batch->operation == (enum howdah_operation)probe->change->operation &&
           batch->draws == probe->change->draws && batch->parks == probe->change->parks &&
           same_extra(batch, probe->change->extra) &&
           column_sets_equal(batch->columns, probe->change->columns, column_words(probe->mapper));
}

/* Most units of work have few batches, which are looked through. */
static struct batch *find_batch(const struct work *w, const struct probe *probe, uint32_t hash)
{
    if (w->batch_map.first)
        return (struct batch *)(void *)map_find(&w->batch_map, hash, match, probe);
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (w->batches[i]->hash == hash && match(&w->batches[i]->node, probe))
            return w->batches[i];
    return NULL;
}

/* Makes sure that the last batch is found: when they are no longer few, by the map. */
static bool index_last(struct work *w)
{
    enum { FEW = 8 };
    uint32_t first = w->batch_map.first ? w->batch_count - 1 : 0;
    if (w->batch_count <= FEW)
        return true;
    for (uint32_t i = first; i < w->batch_count; i++)
        if (!map_add(&w->batch_map, &w->batches[i]->node, w->batches[i]->hash))
            return false;
    return true;
}

static struct batch *add_batch(struct work *w, const struct probe *probe, uint32_t hash)
{
    struct batch **batches = work_grow(w, w->batches, w->batch_count, &w->batch_capacity, sizeof(*batches));
    struct batch *batch = batches ? ARENA_NEW(&w->arena, struct batch) : NULL;
    if (!batch)
        return NULL;
    w->batches = batches;
    batch->hash = hash;
    batch->mapper = probe->mapper;
    batch->operation = (enum howdah_operation)probe->change->operation;
    batch->columns = probe->change->columns;
    batch->draws = probe->change->draws;
    batch->parks = probe->change->parks;
    batch->defaults = probe->change->extra->defaults;
    batch->follow = probe->change->extra->follow;
    batch->formulas = probe->change->extra->formulas;
    batch->checks = probe->change->extra->checks;
    batch->index = batch->leader = w->batch_count;
    uint32_t words = column_words(batch->mapper);
    batch->by_name = arena_allocate_zero(&w->arena, words * sizeof(uint64_t), _Alignof(uint64_t));
    if (!batch->by_name)
        return NULL;
    batches[w->batch_count++] = batch;
    return index_last(w) ? batch : NULL;
}

static struct batch *batch_for(struct work *w, const struct change *change)
{
    const struct probe probe = {change_mapper(w, change), change};
    if (w->last_batch && match(&w->last_batch->node, &probe)) /* most often that of the change before */
        return w->last_batch;
    uint64_t hash = hash_combine(probe.mapper->index, change->operation * 4u + change->draws * 2u + change->parks);
    hash = hash_bytes(hash, change->columns, column_words(probe.mapper) * sizeof(uint64_t));
    if (change->extra->formulas)
        hash = formulas_hash(hash, change->extra->formulas);
    struct batch *batch = find_batch(w, &probe, (uint32_t)hash);
    if (!batch)
        batch = add_batch(w, &probe, (uint32_t)hash);
    if (!batch)
        session_no_memory(w->s);
    w->last_batch = batch;
    return batch;
}

/* A default or a trigger makes the key, and nothing else would tell the rows apart. */
static bool has_server_made_key(const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (mapper->columns[mapper->key[i]].server_only)
            return true;
    return false;
}

/* Foreign keys whose values come out of settings: for all rows of the batch, so that there is one text. */
static void find_by_name(const struct work *w, struct batch *batch, const struct change *change)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next) {
        const struct deferral *deferral = &w->deferrals[d];
        const struct mapper *target = w->changes[deferral->target].mapper;
        if (deferral_source(w, deferral) == target->identity && !has_server_made_key(target) &&
            draw_rights(w->s, target) != DRAW_DENIED)
            column_put(batch->by_name, deferral_column(deferral));
    }
}

/* Room for `count` more. The first ones most often are all. */
static bool reserve(struct work *w, struct batch *batch, uint32_t count)
{
    if (batch->count == 0 && count > 1) {
        batch->changes = arena_allocate_array(&w->arena, count, sizeof(*batch->changes));
        batch->capacity = batch->changes ? count : 0;
        return batch->changes || !session_no_memory(w->s);
    }
    while (count > batch->capacity - batch->count) {
        uint32_t *changes = work_move(w, batch->changes, batch->count, &batch->capacity, sizeof(*changes));
        if (!changes)
            return false;
        batch->changes = changes;
    }
    return true;
}

/* Puts neighbours into the batch. */
static bool add_to_batch(struct work *w, struct batch *batch, uint32_t first, uint32_t end)
{
    if (!reserve(w, batch, end - first))
        return false;
    uint32_t *changes = batch->changes + batch->count, index = batch->index;
    for (uint32_t i = first; i < end; i++) {
        *changes++ = i;
        w->changes[i].batch = index;
    }
    batch->count += end - first;
    for (uint32_t i = first; w->deferral_count && i < end; i++) {
        batch->referenced |= w->changes[i].referenced;
        batch->tells |= w->changes[i].tells;
        find_by_name(w, batch, &w->changes[i]);
    }
    return true;
}

static bool computes_key(const struct batch *batch)
{
    for (const struct formula *formula = batch->formulas; formula; formula = formula->next)
        if (formula->column->key)
            return true;
    return false;
}

/* How a batch of unset identities gets its keys: drawn first, where the row's own ring, or other batches wait for them, or
 * they can't be read; by RETURNING where nobody does, in the order of the rows; a row a statement where the order would not
 * tell which is which. What can't be drawn is read in any case. */
bool work_choose_keys(struct work *w, struct batch *batch, bool in_ring)
{
    const struct howdah_session *s = w->s;
    const struct mapper *mapper = batch->mapper;
    bool draws = w->changes[batch->changes[0]].draws, awaited = batch->referenced || in_ring;
    bool lone = batch->count == 1, disordered = key_trait_is(s, mapper, KEYS_DISORDERED);
    bool denied = draw_rights(s, mapper) == DRAW_DENIED;
    bool reads = denied || (!awaited && !key_trait_is(s, mapper, KEYS_UNREADABLE));
    bool made = (batch->operation == HOWDAH_OPERATION_INSERT && has_server_made_key(mapper)) || computes_key(batch);
    draws = draws && !made;
    batch->in_order = draws && reads && !awaited && !lone && !disordered;
    batch->returns_keys = made || (draws && reads && !batch->in_order);
    batch->draws = draws && !batch->returns_keys && !batch->in_order;
    batch->checks_keys = batch->draws && draw_rights(s, mapper) == DRAW_CHECKED;
    batch->awaited = batch->referenced && (!batch->draws || batch->tells);
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

bool work_add_to_batch(struct work *w, struct change *change)
{
    struct batch *batch = batch_for(w, change);
    uint32_t index = (uint32_t)(change - w->changes);
    return batch && add_to_batch(w, batch, index, index + 1);
}

/* Nothing of it is sent. */
static bool is_left_out(const struct change *change)
{
    if (change->fate != FATE_WRITTEN || change->taken_over)
        return true;
    return change->operation == HOWDAH_OPERATION_UPDATE && !change->extra->defaults && !change->extra->follow &&
           !change->extra->formulas &&
           column_set_is_empty(change->columns, column_words(change->mapper)); /* nothing differs after all */
}

/* The end of the neighbours that go where this one goes. */
static uint32_t end_of_likes(const struct work *w, uint32_t first, uint32_t end)
{
    const struct change *change = &w->changes[first], *last = w->changes + end;
    const uint64_t *columns = change->columns, kind = change->kind;
    const struct change_extra *extra = change->extra;
    do
        change++;
    while (change < last && change->columns == columns && change->kind == kind && change->extra == extra);
    return (uint32_t)(change - w->changes);
}

/* Most changes go where their neighbours go. */
static bool batch_run(struct work *w, struct change_run run)
{
    for (uint32_t first = run.first, end; first < run.end; first = end) {
        end = end_of_likes(w, first, run.end);
        if (is_left_out(&w->changes[first]))
            continue;
        struct batch *batch = batch_for(w, &w->changes[first]);
        if (!batch || !add_to_batch(w, batch, first, end))
            return false;
    }
    return true;
}

bool work_batch(struct work *w)
{
    for (uint32_t i = 0; i < w->run_count; i++)
        if (!batch_run(w, w->runs[i]))
            return false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!work_choose_keys(w, w->batches[i], false))
            return false;
    return true;
}
