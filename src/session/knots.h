/* Rows of batches that wait for each other, for the splitting: which of them form knots, what a knot's statement has as
 * parts, and how deep each row lies. See order_split.c. */
#ifndef SESSION_KNOTS_H
#define SESSION_KNOTS_H

#include "base/components.h"
#include "work.h"

/* Parts that a knot's statement has. */
struct shape {
    const struct batch **batches; /* sorted by rank, then by index */
    uint32_t *ranks;
    uint32_t count;
    uint32_t deepest;       /* level of its knots */
    uint32_t *knots;        /* by level: how many */
    struct batch **leaders; /* by level, once made */
};

/* The rows of the batches that are split, numbered anew. */
struct splitting {
    struct work *w;
    uint32_t *rows;    /* number of a change -> its number here, or NONE */
    uint32_t *changes; /* and back */
    uint32_t count;
    struct toposort_edge *edges;
    const struct row_edge **sources; /* of the edges */
    uint32_t edge_count;
    struct components knots; /* rows alone included */
    uint32_t *first_rows;    /* by component: where its rows begin in `by_knot` */
    uint32_t *by_knot;       /* rows, by component */
    uint32_t *ranks;         /* by row: inside its knot */
    uint32_t *shapes;        /* by component: number of its shape; NONE: an ordinary part of one batch */
    uint32_t *levels;        /* by component */
    struct shape *known;
    uint32_t shape_count, shape_capacity;
    struct batch **destinations; /* by row */
    bool *used;                  /* by index of batch: its struct serves again */
    struct referrals *referrals; /* by foreign key, as far as they were asked for; see referrals.h */
};

static inline struct batch *split_batch_of(const struct splitting *s, uint32_t row)
{
    return s->w->batches[s->w->changes[s->changes[row]].batch];
}

/* Zeroed, in the work's arena; NULL: the session has the error. */
void *split_allocate(struct splitting *s, size_t count, size_t size);
/* Fills in all but the destinations, for the batches that are troubled. */
bool split_analyse(struct splitting *s, const bool *troubled);

#endif
