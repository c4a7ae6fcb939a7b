/* Kahn's algorithm ("Topological sorting of large networks", CACM 1962), twice: forward, to find each node's depth;
 * then backward over what is left, to part the nodes of cycles from those that only wait for them. */
#include "toposort.h"

#include <string.h>

/* The neighbours of all nodes in one direction: those of node n are list[start[n]] to list[start[n + 1]]. */
struct neighbours {
    uint32_t *start;
    uint32_t *list;
};

struct sorter {
    uint32_t count;
    struct neighbours after;
    struct neighbours before;
    uint32_t *waits; /* for how many neighbours a node still waits */
    uint32_t *queue;
    uint32_t *rank; /* by which nodes are put in order in the end */
};

static uint32_t source(const struct toposort_edge *edge, bool backward)
{
    return backward ? edge->after : edge->before;
}

static bool collect_neighbours(struct arena *arena, uint32_t count, const struct toposort_edge *edges,
                               uint32_t edge_count, bool backward, struct neighbours *ret)
{
    uint32_t *start = arena_allocate_array(arena, (size_t)count + 2, sizeof(*start));
    uint32_t *list = arena_allocate_array(arena, edge_count, sizeof(*list));
    if (!start || !list)
        return false;
    memset(start, 0, ((size_t)count + 2) * sizeof(*start));
    /* Shifted by two: filling the list below moves each start to its place. */
    for (uint32_t i = 0; i < edge_count; i++)
        start[(size_t)source(&edges[i], backward) + 2]++;
    for (size_t n = 2; n <= count; n++)
        start[n] += start[n - 1];
    for (uint32_t i = 0; i < edge_count; i++)
        list[start[(size_t)source(&edges[i], backward) + 1]++] = source(&edges[i], !backward);
    *ret = (struct neighbours){start, list};
    return true;
}

static uint32_t neighbour_count(const struct neighbours *neighbours, uint32_t node)
{
    return neighbours->start[node + 1] - neighbours->start[node];
}

/* Puts the node's neighbours nearer to their turn; one that waits for nothing more is queued. */
static uint32_t release(struct sorter *s, const struct neighbours *neighbours, uint32_t node, uint32_t queued)
{
    for (uint32_t i = neighbours->start[node]; i < neighbours->start[node + 1]; i++) {
        uint32_t next = neighbours->list[i];
        if (--s->waits[next] == 0)
            s->queue[queued++] = next;
    }
    return queued;
}

/* Ranks each node that no cycle holds up by its depth, and returns how many there are. */
static uint32_t sort_forward(struct sorter *s)
{
    uint32_t queued = 0;
    for (uint32_t n = 0; n < s->count; n++) {
        s->rank[n] = 0;
        s->waits[n] = neighbour_count(&s->before, n);
        if (s->waits[n] == 0)
            s->queue[queued++] = n;
    }
    for (uint32_t head = 0; head < queued; head++) {
        uint32_t node = s->queue[head];
        uint32_t tail = queued;
        queued = release(s, &s->after, node, queued);
        /* The last of its predecessors to leave the queue is one of the deepest. */
        for (; tail < queued; tail++)
            s->rank[s->queue[tail]] = s->rank[node] + 1;
    }
    return queued;
}

/* Of the nodes that sort_forward left: ranks those in cycles behind all depths and those that wait for them last.
 * Returns how many are in cycles. */
static uint32_t sort_backward(struct sorter *s, uint32_t sorted)
{
    uint32_t queued = 0;
    const uint32_t cycle = s->count, waiting = s->count + 1;
    for (uint32_t n = 0; n < s->count; n++) {
        bool left = s->waits[n] > 0;
        if (left)
            s->rank[n] = cycle;
        /* Those that are sorted already are never queued again. */
        s->waits[n] = left ? neighbour_count(&s->after, n) : UINT32_MAX;
        if (s->waits[n] == 0)
            s->queue[queued++] = n;
    }
    for (uint32_t head = 0; head < queued; head++) {
        s->rank[s->queue[head]] = waiting;
        queued = release(s, &s->before, s->queue[head], queued);
    }
    return s->count - sorted - queued;
}

/* A counting sort by rank, which keeps the order of equal ones. */
static void put_in_order(struct sorter *s, uint32_t *positions, uint32_t *order)
{
    memset(positions, 0, ((size_t)s->count + 3) * sizeof(*positions));
    for (uint32_t n = 0; n < s->count; n++)
        positions[s->rank[n] + 1]++;
    for (size_t rank = 1; rank < (size_t)s->count + 3; rank++)
        positions[rank] += positions[rank - 1];
    for (uint32_t n = 0; n < s->count; n++)
        order[positions[s->rank[n]]++] = n;
}

/* Without edges. */
static bool keep_order(struct arena *arena, uint32_t count, struct toposort *ret)
{
    uint32_t *order = arena_allocate_array(arena, count, sizeof(*order));
    for (uint32_t n = 0; order && n < count; n++)
        order[n] = n;
    *ret = (struct toposort){.order = order, .sorted = count};
    return order;
}

bool toposort(struct arena *arena, uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
              struct toposort *ret)
{
    struct sorter s = {.count = count};
    if (edge_count == 0)
        return keep_order(arena, count, ret);
    s.waits = arena_allocate_array(arena, count, sizeof(*s.waits));
    s.queue = arena_allocate_array(arena, count, sizeof(*s.queue));
    s.rank = arena_allocate_array(arena, count, sizeof(*s.rank));
    uint32_t *positions = arena_allocate_array(arena, (size_t)count + 3, sizeof(*positions));
    if (!s.waits || !s.queue || !s.rank || !positions ||
        !collect_neighbours(arena, count, edges, edge_count, false, &s.after) ||
        !collect_neighbours(arena, count, edges, edge_count, true, &s.before))
        return false;
    uint32_t sorted = sort_forward(&s), cyclic = 0;
    if (sorted < count)
        cyclic = sort_backward(&s, sorted);
    put_in_order(&s, positions, s.queue);
    *ret = (struct toposort){.order = s.queue, .sorted = sorted, .cyclic = cyclic};
    return true;
}
