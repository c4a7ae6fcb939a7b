/* The order of rows inside their batch. */
#include "base/components.h"
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

/* By primary key, so that deadlocks between commits are rare. (Not impossible: the server locks in the order of the join
 * that it chooses.) Most often the rows are in order already. */
static bool sort_by_key(struct work *w, struct batch *batch)
{
    const struct sorting sorting = {w, batch->mapper};
    if (work_is_sorted(batch))
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
    work_lay_out(w, batch);
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

/* Whether the batch may take several statements. */
static bool may_be_cut(const struct batch *batch)
{
    return batch->count > CHUNK_ROWS || batch->returns_keys ||
           (batch->mapper->has_pointers && batch->operation != HOWDAH_OPERATION_DELETE);
}

/* Rows in rings are one node each; nodes are numbered as their first rows come. */
struct rings {
    uint32_t *node_of; /* by row */
    uint32_t count;
};

static bool find_rings(struct work *w, const struct batch *batch, const struct inner_edges *e, struct rings *ret)
{
    struct components found;
    ret->node_of = arena_allocate_array(&w->arena, (size_t)batch->count + 1, sizeof(*ret->node_of));
    if (!ret->node_of || !components(&w->arena, batch->count, e->edges, e->count, &found))
        return !session_no_memory(w->s);
    uint32_t *node = arena_allocate_array(&w->arena, (size_t)found.count + 1, sizeof(*node));
    if (!node)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < found.count; i++)
        node[i] = NONE;
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t *number = &node[found.of[i]];
        if (*number == NONE)
            *number = ret->count++;
        ret->node_of[i] = *number;
    }
    return true;
}

/* Sorts the nodes, and for each row gives its node's place. */
static bool sort_rings(struct work *w, const struct rings *rings, const struct inner_edges *e, uint32_t *ret_places)
{
    struct toposort sorted;
    struct toposort_edge *edges = arena_allocate_array(&w->arena, (size_t)e->count + 1, sizeof(*edges));
    uint32_t count = 0;
    if (!edges)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < e->count; i++) {
        uint32_t before = rings->node_of[e->edges[i].before], after = rings->node_of[e->edges[i].after];
        if (before != after)
            edges[count++] = (struct toposort_edge){before, after};
    }
    if (!toposort(&w->arena, rings->count, edges, count, &sorted))
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < rings->count; i++)
        ret_places[sorted.order[i]] = i;
    return true;
}

/* Rows by their nodes' places: a counting sort. Rows of one ring are marked as such. */
static bool sort_by_rings(struct work *w, struct batch *batch, const struct inner_edges *e)
{
    struct rings rings = {0};
    if (!find_rings(w, batch, e, &rings))
        return false;
    uint32_t *places = arena_allocate_array(&w->arena, (size_t)rings.count + 1, sizeof(*places));
    uint32_t *starts = arena_allocate_zero(&w->arena, (rings.count + 2) * sizeof(*starts), sizeof(*starts));
    uint32_t *changes = arena_allocate_array(&w->arena, batch->count, sizeof(*changes));
    batch->joined = arena_allocate_zero(&w->arena, batch->count * sizeof(bool), sizeof(bool));
    if (!places || !starts || !changes || !batch->joined)
        return !session_no_memory(w->s);
    if (!sort_rings(w, &rings, e, places))
        return false;
    for (uint32_t i = 0; i < batch->count; i++)
        starts[places[rings.node_of[i]] + 1]++;
    for (uint32_t i = 1; i <= rings.count; i++)
        starts[i] += starts[i - 1];
    const uint32_t *first = arena_copy(&w->arena, starts, (rings.count + 2) * sizeof(*starts));
    if (!first)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t *at = &starts[places[rings.node_of[i]]];
        batch->joined[*at] = *at > first[places[rings.node_of[i]]];
        changes[(*at)++] = batch->changes[i];
    }
    batch->changes = changes;
    return true;
}

/* Rows that others of the batch refer to come first: a statement of its own for each chunk must find them. Rows in a
 * ring can only go together. */
static bool sort_by_edges(struct work *w, struct batch *batch, const struct inner_edges *e, bool cut)
{
    struct toposort sorted;
    uint32_t *changes = arena_allocate_array(&w->arena, batch->count, sizeof(*changes));
    if (!changes || !toposort(&w->arena, batch->count, e->edges, e->count, &sorted))
        return !session_no_memory(w->s);
    if (sorted.sorted < batch->count && cut)
        return sort_by_rings(w, batch, e);
    for (uint32_t i = 0; i < batch->count; i++)
        changes[i] = batch->changes[sorted.order[i]];
    batch->changes = changes;
    return true;
}

static bool sort_all_by_edges(struct work *w, bool one_by_one)
{
    size_t size = w->batch_count * sizeof(struct inner_edges);
    struct inner_edges *inner = arena_allocate_zero(&w->arena, size, _Alignof(struct inner_edges));
    if (!inner)
        return !session_no_memory(w->s);
    if (!collect_inner(w, inner))
        return false;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        struct batch *batch = w->batches[i];
        bool cut = may_be_cut(batch), done = one_by_one && cut;
        bool needed = one_by_one || cut || batch->operation == HOWDAH_OPERATION_INSERT;
        if (!inner[i].count || !needed || done || batch->ends)
            continue;
        if (!sort_by_edges(w, batch, &inner[i], one_by_one || cut))
            return false;
        work_lay_out(w, batch);
    }
    return true;
}

bool work_order_rows(struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++) {
        struct batch *batch = w->batches[i];
        bool sorted = batch->operation == HOWDAH_OPERATION_INSERT || batch->ends;
        if (!work_make_layout(w, batch) || (!sorted && !sort_by_key(w, batch)))
            return false;
    }
    return !w->edge_count || sort_all_by_edges(w, false);
}

bool work_order_one_by_one(struct work *w)
{
    return !w->edge_count || sort_all_by_edges(w, true);
}
