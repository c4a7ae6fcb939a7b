/* Topological sort: puts nodes in an order in which what is needed comes first, and tells which nodes stand
 * in cycles. For tables by their foreign keys, and for rows. */
#ifndef BASE_TOPOSORT_H
#define BASE_TOPOSORT_H

#include "arena.h"

/* Node `before` comes before node `after`. */
struct toposort_edge {
    uint32_t before, after;
};

/* `order` holds all nodes: first `sorted` of them that no cycle holds up, then `cyclic` ones that stand in a cycle (or
 * between two), then those that wait for one of these. The sorted ones go by depth, the length of the longest chain of
 * nodes before them; where the depth is the same, and in the other two groups, nodes keep the order of their
 * numbers. */
struct toposort {
    const uint32_t *order;
    uint32_t sorted;
    uint32_t cyclic;
};

/* Sorts nodes 0 to count - 1 in a time proportional to nodes and edges. An edge may be given twice; one from a node to
 * itself is a cycle. All memory is the arena's. False if it is out; *ret is then untouched. */
bool toposort(struct arena *arena, uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
              struct toposort *ret);

#endif
