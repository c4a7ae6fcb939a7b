/* Splitting: two batches may wait for each other although no two rows do, as when a tree's rows differ in the columns
 * that they set. Their rows then go by depth: the length of the longest chain of rows before them. */
#include "base/toposort.h"
#include "work.h"

/* The rows of the batches that are split, numbered anew, and the edges between them. */
struct splitting {
    uint32_t *rows;    /* number of a change -> its number here, or NONE */
    uint32_t *changes; /* and back */
    uint32_t count;
    struct toposort_edge *edges;
    uint32_t edge_count, edge_capacity;
    uint32_t *depths;
};

static bool number_rows(struct work *w, struct splitting *s, const uint32_t *batches, uint32_t count)
{
    s->rows = arena_allocate_array(&w->arena, w->change_count, sizeof(*s->rows));
    s->changes = arena_allocate_array(&w->arena, w->change_count, sizeof(*s->changes));
    s->depths = arena_allocate_zero(&w->arena, w->change_count * sizeof(*s->depths), sizeof(*s->depths));
    if (!s->rows || !s->changes || !s->depths)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < w->change_count; i++)
        s->rows[i] = NONE;
    for (uint32_t b = 0; b < count; b++)
        for (uint32_t i = 0; i < w->batches[batches[b]]->count; i++) {
            uint32_t change = w->batches[batches[b]]->changes[i];
            s->rows[change] = s->count;
            s->changes[s->count++] = change;
        }
    return true;
}

static bool number_edges(struct work *w, struct splitting *s)
{
    for (uint32_t i = 0; i < w->edge_count; i++) {
        uint32_t before = s->rows[w->edges[i].before], after = s->rows[w->edges[i].after];
        if (before == NONE || after == NONE)
            continue;
        struct toposort_edge *edges = work_grow(w, s->edges, s->edge_count, &s->edge_capacity, sizeof(*edges));
        if (!edges)
            return false;
        s->edges = edges;
        edges[s->edge_count++] = (struct toposort_edge){before, after};
    }
    return true;
}

/* Depths along the sorted rows. Edges are sorted by their first row's place for that: by counting. */
static bool measure(struct work *w, struct splitting *s)
{
    struct toposort sorted;
    if (!toposort(&w->arena, s->count, s->edges, s->edge_count, &sorted))
        return !session_no_memory(w->s);
    if (sorted.sorted < s->count)
        return work_refuse_cycle(w, &w->changes[s->changes[sorted.order[sorted.sorted]]]);
    uint32_t *first = arena_allocate_zero(&w->arena, (s->count + 2) * sizeof(*first), sizeof(*first));
    uint32_t *after = arena_allocate_array(&w->arena, s->edge_count, sizeof(*after));
    if (!first || !after)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < s->edge_count; i++)
        first[s->edges[i].before + 2]++;
    for (uint32_t i = 2; i < s->count + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < s->edge_count; i++)
        after[first[s->edges[i].before + 1]++] = s->edges[i].after;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t row = sorted.order[i];
        for (uint32_t e = first[row]; e < first[row + 1]; e++)
            if (s->depths[after[e]] <= s->depths[row])
                s->depths[after[e]] = s->depths[row] + 1;
    }
    return true;
}

/* The rows of one batch, a batch for each depth: the batch itself keeps the first. */
static bool split_batch(struct work *w, const struct splitting *s, struct batch *batch)
{
    uint32_t *all = batch->changes, count = batch->count, deepest = 0;
    for (uint32_t i = 0; i < count; i++)
        deepest = s->depths[s->rows[all[i]]] > deepest ? s->depths[s->rows[all[i]]] : deepest;
    uint32_t *sizes = arena_allocate_zero(&w->arena, (deepest + 1) * sizeof(*sizes), sizeof(*sizes));
    struct batch **by_depth = arena_allocate_zero(&w->arena, (deepest + 1) * sizeof(*by_depth), sizeof(*by_depth));
    if (!sizes || !by_depth)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < count; i++)
        sizes[s->depths[s->rows[all[i]]]]++;
    bool first = true;
    for (uint32_t d = 0; d <= deepest; d++) {
        if (!sizes[d])
            continue;
        struct batch *part = first ? batch : ARENA_NEW(&w->arena, struct batch);
        uint32_t *changes = arena_allocate_array(&w->arena, sizes[d], sizeof(*changes));
        struct batch **batches = work_grow(w, w->batches, w->batch_count, &w->batch_capacity, sizeof(*batches));
        if (!part || !changes || !batches)
            return !session_no_memory(w->s);
        w->batches = batches;
        if (!first) {
            *part = *batch;
            part->index = w->batch_count;
            batches[w->batch_count++] = part;
        }
        part->changes = changes;
        part->count = 0;
        part->reason = NULL;
        by_depth[d] = part;
        first = false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct batch *part = by_depth[s->depths[s->rows[all[i]]]];
        part->changes[part->count++] = all[i];
    }
    return true;
}

bool work_split(struct work *w, const uint32_t *batches, uint32_t count)
{
    struct splitting s = {0};
    if (!number_rows(w, &s, batches, count) || !number_edges(w, &s) || !measure(w, &s))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!split_batch(w, &s, w->batches[batches[i]]))
            return false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        for (uint32_t n = 0; n < w->batches[i]->count; n++)
            w->changes[w->batches[i]->changes[n]].batch = i;
    return true;
}
