/* Strongly connected components: nodes that can all reach each other, which no order can part. For rows that need each
 * other. */
#ifndef BASE_COMPONENTS_H
#define BASE_COMPONENTS_H

#include "toposort.h"

/* Numbers the components of nodes 0 to count - 1 so that an edge leads to a component of the same or of a higher number;
 * `of[n]` is that of node n. A node by itself is a component, too. In a time proportional to nodes and edges, without
 * recursion. All memory is the arena's. False if it is out; *ret is then untouched. */
struct components {
    const uint32_t *of;
    const uint32_t *sizes; /* by component */
    uint32_t count;
};

bool components(struct arena *arena, uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
                struct components *ret);

#endif
