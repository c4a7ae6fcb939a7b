/* Eager loading: the relations that a query brings along, as a tree under its rows, and the plan that fetches them all in
 * one round trip and one snapshot. */
#ifndef SESSION_EAGER_H
#define SESSION_EAGER_H

#include "relation_load.h"

struct eager_node {
    struct eager_node *next;   /* in the order in which they were named: whom they hang on comes first */
    struct eager_node *parent; /* NULL: the query's rows */
    const struct relation *relation;
    uint64_t most; /* the first rows of each only, as an answer to session_top; 0: all, as what there is */
    uint32_t index;
};

/* How the rows of a query become objects, and where they are. */
struct eager_root {
    enum select_form form;
    enum howdah_status (*row)(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
    void *arg;
    void **const *objects; /* found so far */
    size_t *count;
    struct sibling_result *result;
};

/* Runs a query that brings relations: its rows, and those of each of the relations. */
enum howdah_status eager_run(struct howdah_query *q, const struct eager_root *root);

#endif
