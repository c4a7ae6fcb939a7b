/* Order: what must go before what. Rows decide, by the foreign keys that they really have; batches follow.
 *
 * Where no row asks for another order, a table's deletes go before its updates and those before its inserts, so that
 * values of unique columns are released before they are taken. */
#include "base/toposort.h"
#include "work.h"

#include <stdio.h>

static const char *const operation_names[] = {[HOWDAH_OPERATION_INSERT] = "inserted",
                                              [HOWDAH_OPERATION_UPDATE] = "updated",
                                              [HOWDAH_OPERATION_DELETE] = "deleted"};

/* Why the later of two batches stands there. */
static const char *reason(struct work *w, const struct batch *before, const struct batch *after,
                          const struct foreign_key *key)
{
    char text[256];
    bool deleting = after->operation == HOWDAH_OPERATION_DELETE;
    int length =
        snprintf(text, sizeof(text), "after %s are %s: %s %s", before->mapper->table,
                 operation_names[before->operation], key->name, deleting ? "referred to these rows" : "refers to them");
    size_t stored = length < 0 ? 0 : (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1;
    return arena_copy_text(&w->arena, text, stored);
}

struct batch_edges {
    struct toposort_edge *edges;
    uint32_t count, capacity;
};

static bool add_batch_edge(struct work *w, struct batch_edges *e, uint32_t before, uint32_t after)
{
    const struct toposort_edge *last = e->count ? &e->edges[e->count - 1] : NULL;
    if (before == after || (last && last->before == before && last->after == after))
        return true;
    struct toposort_edge *edges = work_grow(w, e->edges, e->count, &e->capacity, sizeof(*edges));
    if (!edges)
        return false;
    e->edges = edges;
    edges[e->count++] = (struct toposort_edge){before, after};
    return true;
}

static bool find_batch_edges(struct work *w, struct batch_edges *e)
{
    for (uint32_t i = 0; i < w->edge_count; i++) {
        const struct row_edge *edge = &w->edges[i];
        uint32_t before = w->changes[edge->before].batch, after = w->changes[edge->after].batch;
        if (!add_batch_edge(w, e, before, after))
            return false;
        if (before != after && !w->batches[after]->reason &&
            !(w->batches[after]->reason = reason(w, w->batches[before], w->batches[after], edge->key)))
            return !session_no_memory(w->s);
    }
    return true;
}

/* Between batches of one table: deletes, updates, inserts. Batches of a table lie together, in the order in which
 * collect came upon its objects. */
static bool find_custom_edges(struct work *w, struct batch_edges *e)
{
    static const uint8_t rank[] = {
        [HOWDAH_OPERATION_DELETE] = 0, [HOWDAH_OPERATION_UPDATE] = 1, [HOWDAH_OPERATION_INSERT] = 2};
    for (uint32_t a = 0; a < w->batch_count; a++)
        for (uint32_t b = a + 1; b < w->batch_count && w->batches[b]->mapper == w->batches[a]->mapper; b++) {
            uint8_t first = rank[w->batches[a]->operation], second = rank[w->batches[b]->operation];
            if (first != second && !add_batch_edge(w, e, first < second ? a : b, first < second ? b : a))
                return false;
        }
    return true;
}

bool work_refuse_cycle(struct work *w, const struct change *change)
{
    return work_refuse(w, HOWDAH_STATUS_INVALID, change, NULL,
                       "these rows refer to each other in a cycle: commit one of them with the foreign key NULL first, "
                       "then set it");
}

/* Sorts the batches: by need and custom, and where that is impossible by need alone. *ret_all: none is left over. */
static bool sort_batches(struct work *w, struct toposort *ret_sorted, bool *ret_all)
{
    struct batch_edges edges = {0};
    if (!find_batch_edges(w, &edges))
        return false;
    uint32_t needed = edges.count;
    if (!find_custom_edges(w, &edges))
        return false;
    if (!toposort(&w->arena, w->batch_count, edges.edges, edges.count, ret_sorted))
        return !session_no_memory(w->s);
    if (ret_sorted->sorted < w->batch_count && !toposort(&w->arena, w->batch_count, edges.edges, needed, ret_sorted))
        return !session_no_memory(w->s);
    *ret_all = ret_sorted->sorted == w->batch_count;
    return true;
}

/* Batches whose rows refer to each other's generated keys, which come back only with a round trip: split by depth. */
static bool split_waiting(struct work *w)
{
    uint32_t *waiting = arena_allocate_array(&w->arena, w->batch_count + 1, sizeof(*waiting)), count = 0;
    if (!waiting)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < w->edge_count; i++) {
        uint32_t before = w->changes[w->edges[i].before].batch, after = w->changes[w->edges[i].after].batch;
        bool known = count && waiting[count - 1] == before;
        if (before == after && w->batches[before]->awaited && !known && count < w->batch_count)
            waiting[count++] = before;
    }
    return count == 0 || work_split(w, waiting, count);
}

/* Batches that wait for each other although their rows do not: those rows are split by depth. */
static bool order_batches(struct work *w)
{
    struct toposort sorted;
    bool all;
    if (!split_waiting(w) || !sort_batches(w, &sorted, &all))
        return false;
    if (!all && (!work_split(w, sorted.order + sorted.sorted, w->batch_count - sorted.sorted) ||
                 !sort_batches(w, &sorted, &all)))
        return false;
    if (!all)
        return work_refuse_cycle(w, &w->changes[w->batches[sorted.order[sorted.sorted]]->changes[0]]);
    w->order = sorted.order;
    return true;
}

/* The rows' parts side by side, as the encoder wants them. */
static bool lay_out(struct work *w, struct batch *batch)
{
    void **room = arena_allocate_array(&w->arena, 3 * (size_t)batch->count, sizeof(*room));
    if (!room)
        return !session_no_memory(w->s);
    batch->images = room;
    batch->olds = room + batch->count;
    batch->objects = room + 2 * (size_t)batch->count;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct change *change = &w->changes[batch->changes[i]];
        change->place = i;
        batch->images[i] = change->image;
        batch->olds[i] = change->old;
        batch->objects[i] = entry_object(batch->mapper, change->entry);
    }
    return true;
}

bool work_order(struct work *w)
{
    if (!work_find_edges(w) || !order_batches(w) || !work_order_rows(w))
        return false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!lay_out(w, w->batches[i]))
            return false;
    return true;
}
