/* The order of rows inside their batch. */
#include "base/toposort.h"
#include "work.h"

struct sorting {
    const struct work *w;
    const struct mapper *mapper;
};

/* Merges two sorted runs of `from` into `to`. */
static void merge(const struct sorting *s, const uint32_t *from, uint32_t *to, uint32_t low, uint32_t middle,
                  uint32_t high)
{
    uint32_t a = low, b = middle;
    for (uint32_t i = low; i < high; i++) {
        bool left = b == high ||
                    (a < middle && key_compare(s->mapper, s->w->changes[from[a]].old, s->w->changes[from[b]].old) <= 0);
        to[i] = left ? from[a++] : from[b++];
    }
}

static bool is_sorted(const struct work *w, const struct batch *batch)
{
    const struct column *integer = batch->mapper->integer_key;
    int64_t last = INT64_MIN;
    for (uint32_t i = 0; integer && i < batch->count; i++) {
        int64_t key = key_read_integer(integer, w->changes[batch->changes[i]].old);
        if (key < last)
            return false;
        last = key;
    }
    for (uint32_t i = 1; !integer && i < batch->count; i++)
        if (key_compare(batch->mapper, w->changes[batch->changes[i - 1]].old, w->changes[batch->changes[i]].old) > 0)
            return false;
    return true;
}

/* By primary key, so that deadlocks between commits are rare. (Not impossible: the server locks in the order of the join
 * that it chooses.) Most often the rows are in order already. */
static bool sort_by_key(struct work *w, struct batch *batch)
{
    const struct sorting sorting = {w, batch->mapper};
    if (is_sorted(w, batch))
        return true;
    uint32_t *room = arena_allocate_array(&w->arena, batch->count, sizeof(*room));
    if (!room)
        return !session_no_memory(w->s);
    uint32_t *from = batch->changes, *to = room;
    for (uint32_t width = 1; width < batch->count; width *= 2) {
        for (uint32_t low = 0; low < batch->count; low += 2 * width) {
            uint32_t middle = low + width < batch->count ? low + width : batch->count;
            uint32_t high = low + 2 * width < batch->count ? low + 2 * width : batch->count;
            merge(&sorting, from, to, low, middle, high);
        }
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    batch->changes = from;
    return true;
}

/* Edges inside one batch, by place in it. */
struct inner_edges {
    struct toposort_edge *edges;
    uint32_t count, capacity;
};

static bool collect_inner(struct work *w, struct inner_edges *inner)
{
    for (uint32_t i = 0; i < w->edge_count; i++) {
        const struct change *before = &w->changes[w->edges[i].before], *after = &w->changes[w->edges[i].after];
        if (before->batch != after->batch)
            continue;
        struct inner_edges *e = &inner[before->batch];
        struct toposort_edge *edges = work_grow(w, e->edges, e->count, &e->capacity, sizeof(*edges));
        if (!edges)
            return false;
        e->edges = edges;
        edges[e->count++] = (struct toposort_edge){before->place, after->place};
    }
    return true;
}

/* Rows that others of the batch refer to come first: a statement of its own for each chunk must find them. Rows in a
 * ring can only go together. */
static bool sort_by_edges(struct work *w, struct batch *batch, const struct inner_edges *e)
{
    struct toposort sorted;
    uint32_t *changes = arena_allocate_array(&w->arena, batch->count, sizeof(*changes));
    if (!changes || !toposort(&w->arena, batch->count, e->edges, e->count, &sorted))
        return !session_no_memory(w->s);
    if (sorted.sorted < batch->count && (batch->count > CHUNK_ROWS || batch->returns_keys))
        return work_refuse_cycle(w, &w->changes[batch->changes[sorted.order[sorted.sorted]]]);
    for (uint32_t i = 0; i < batch->count; i++)
        changes[i] = batch->changes[sorted.order[i]];
    batch->changes = changes;
    return true;
}

static void number_places(struct work *w, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        w->changes[batch->changes[i]].place = i;
}

bool work_order_rows(struct work *w)
{
    size_t size = w->batch_count * sizeof(struct inner_edges);
    struct inner_edges *inner = arena_allocate_zero(&w->arena, size, _Alignof(struct inner_edges));
    if (!inner)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < w->batch_count; i++) {
        if (w->batches[i]->operation != HOWDAH_OPERATION_INSERT && !sort_by_key(w, w->batches[i]))
            return false;
        number_places(w, w->batches[i]);
    }
    if (!collect_inner(w, inner))
        return false;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        bool one_statement = w->batches[i]->operation == HOWDAH_OPERATION_DELETE && w->batches[i]->count <= CHUNK_ROWS;
        if (inner[i].count && !one_statement && !sort_by_edges(w, w->batches[i], &inner[i]))
            return false;
    }
    return true;
}
