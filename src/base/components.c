/* Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM J. Computing 1972), with a stack of its own
 * instead of recursion. It comes upon components in reverse order. */
#include "components.h"

#include <string.h>

enum { UNSEEN = 0 };

struct search {
    uint32_t count;
    uint32_t *start, *list; /* successors of node n: list[start[n]] to list[start[n + 1]] */
    uint32_t *next;         /* of a node on the path: its next successor to look at, as index of the list */
    uint32_t *seen;         /* by node: when it was come upon, from 1 */
    uint32_t *low;          /* the earliest node that it is known to reach */
    uint32_t *of;
    uint32_t *path, depth;    /* nodes that are being looked at, each a successor of the one before */
    uint32_t *open, opened;   /* nodes whose component is not complete */
    uint32_t clock, complete; /* nodes seen, components found */
};

static bool prepare(struct arena *arena, const struct toposort_edge *edges, uint32_t edge_count, struct search *s)
{
    size_t count = s->count;
    s->start = arena_allocate_array(arena, count + 2, sizeof(uint32_t));
    s->list = arena_allocate_array(arena, (size_t)edge_count + 1, sizeof(uint32_t));
    uint32_t **const arrays[] = {&s->next, &s->seen, &s->low, &s->of, &s->path, &s->open};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
        if (!(*arrays[i] = arena_allocate_array(arena, count + 1, sizeof(uint32_t))))
            return false;
    if (!s->start || !s->list)
        return false;
    memset(s->start, 0, (count + 2) * sizeof(uint32_t));
    memset(s->seen, 0, (count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < edge_count; i++)
        s->start[(size_t)edges[i].before + 2]++;
    for (size_t n = 2; n <= count; n++)
        s->start[n] += s->start[n - 1];
    for (uint32_t i = 0; i < edge_count; i++)
        s->list[s->start[(size_t)edges[i].before + 1]++] = edges[i].after;
    return true;
}

static void enter(struct search *s, uint32_t node)
{
    s->seen[node] = s->low[node] = ++s->clock;
    s->next[node] = s->start[node];
    s->of[node] = UINT32_MAX;
    s->path[s->depth++] = node;
    s->open[s->opened++] = node;
}

static void leave(struct search *s)
{
    uint32_t node = s->path[--s->depth], member;
    if (s->depth && s->low[node] < s->low[s->path[s->depth - 1]])
        s->low[s->path[s->depth - 1]] = s->low[node];
    if (s->low[node] != s->seen[node])
        return;
    do {
        member = s->open[--s->opened];
        s->of[member] = s->complete;
    } while (member != node);
    s->complete++;
}

static void search_from(struct search *s, uint32_t root)
{
    enter(s, root);
    while (s->depth) {
        uint32_t node = s->path[s->depth - 1];
        if (s->next[node] == s->start[node + 1]) {
            leave(s);
            continue;
        }
        uint32_t after = s->list[s->next[node]++];
        if (s->seen[after] == UNSEEN)
            enter(s, after);
        else if (s->of[after] == UINT32_MAX && s->seen[after] < s->low[node])
            s->low[node] = s->seen[after];
    }
}

bool components(struct arena *arena, uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
                struct components *ret)
{
    struct search s = {.count = count};
    uint32_t *sizes = arena_allocate_zero(arena, ((size_t)count + 1) * sizeof(*sizes), sizeof(*sizes));
    if (!sizes || !prepare(arena, edges, edge_count, &s))
        return false;
    for (uint32_t n = 0; n < count; n++)
        if (s.seen[n] == UNSEEN)
            search_from(&s, n);
    for (uint32_t n = 0; n < count; n++) {
        s.of[n] = s.complete - 1 - s.of[n];
        sizes[s.of[n]]++;
    }
    *ret = (struct components){.of = s.of, .sizes = sizes, .count = s.complete};
    return true;
}
