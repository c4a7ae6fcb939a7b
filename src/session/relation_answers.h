/* What the server said of relations without loading them: how many rows there are, and the first few. Asked for all the
 * siblings at once, and kept until the session writes, rolls back or refreshes. */
#ifndef SESSION_RELATION_ANSWERS_H
#define SESSION_RELATION_ANSWERS_H

#include "relation_load.h"

struct answer_set {
    struct answer_set *next; /* of the session's */
    uint64_t most;           /* the first rows of each; 0: their number */
    struct relation_load load;
    struct arena arena;             /* of all this */
    uint64_t *counts;               /* by key of load.index */
    int64_t *pending;               /* likewise: to be added to these */
    uint64_t moves;                 /* of the session, when that was counted */
    struct collection *collections; /* likewise */
};

/* A set that is to be filled: rows come into its .load. NULL if memory is out. */
struct answer_set *answers_new(struct howdah_session *s, const struct relation *relation, uint64_t most);
void answers_free(struct answer_set *set);
/* All rows have come: the session keeps the set from now on. False if memory is out; the set is the caller's then. */
bool answers_keep(struct answer_set *set);
/* Those of the same relation and number that were kept before: of a query that brought them anew. */
void answers_forget_older(const struct answer_set *newest);
void answers_forget(struct howdah_session *s);

/* $n of RELATION_TOP, in the arena; NULL if memory is out. */
const struct select_parameter *answers_parameter(struct arena *arena, uint64_t most);

#endif
