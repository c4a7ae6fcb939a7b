/* Claims: which rows of a unit of work give a value of a unique index to the table, and which give one up. What an
 * edge between rows needs to know, found by value in constant time.
 *
 * The primary key has claims only where keys of loaded rows change: all else of it the identity map answers. */
#ifndef SESSION_CLAIMS_H
#define SESSION_CLAIMS_H

#include "work.h"

enum claim_kind {
    CLAIM_GIVES,   /* the table has the value when the row is written */
    CLAIM_GIVES_UP /* the table has not the value any more then */
};

struct claim {
    const struct table_index *index;
    uint32_t hash;
    uint32_t change;
    uint32_t next; /* of the same place in the table; NONE at the end */
    uint8_t kind;
    bool loaded; /* what is given up is what the row was loaded with, not what its statement finds */
};

struct claims {
    const struct work *w;
    struct claim *claims;
    uint32_t count, capacity;
    uint32_t *places; /* by hash: the first claim, or NONE */
    uint32_t mask;
};

/* Rows that go along with others by ON DELETE, and whose values another row takes, or by which another one would be cleared
 * that is found only as it was, are deleted by statements instead: so there is an order. False: the session has the error. */
bool claims_write_followers(struct work *w);
/* Collects the claims of all changes. False: the session has the error. */
bool claims_collect(struct work *w, struct claims *ret);
/* The first claim on the values that `object`, a struct of the index's table, has; then the next one. NULL if there is
 * none. */
const struct claim *claims_find(const struct claims *claims, enum claim_kind kind, const struct mapper *mapper,
                                const struct table_index *index, const void *object);
const struct claim *claims_next(const struct claims *claims, const struct claim *claim, const struct mapper *mapper,
                                const void *object);

/* Whether the change writes a column of the index. */
bool change_touches(const struct change *change, const struct table_index *index);
/* Whether the server computes a column of the index, or of its condition: what the row takes is not known then. */
bool change_computes(const struct change *change, const struct table_index *index);
/* Whether the client can judge what is in the index: not where it is partial by any condition. */
bool index_is_known(const struct table_index *index);
/* Whether an UPDATE takes the row out of the index, or puts it in, by other values or by the condition. */
bool change_gives_up(const struct change *change, const struct table_index *index);
bool change_takes(const struct change *change, const struct table_index *index);
/* Whether the row is in the index: none of its values is NULL, and the condition holds. */
bool index_has(const struct mapper *mapper, const struct table_index *index, const void *object);
/* Whether the UPDATE changes the row's primary key. */
bool change_rekeys(const struct mapper *mapper, const struct change *change);

#endif
