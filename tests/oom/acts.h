/* Pieces of work that more than one sweep does. */
#ifndef OOM_ACTS_H
#define OOM_ACTS_H

#include "sweep.h"

/* Ends the work if memory is out. What isn't there though the session has no error is a wrong answer. */
#define NEED(s, object) \
    do { \
        if (status_of(s) != STATUS_OK) \
            return status_of(s); \
        ck_assert_ptr_nonnull(object); \
    } while (0)

Status act_commit(Session *s);

/* A parent and two children by pointer, and a row apart. */
extern const struct act act_add;
/* One row: its statement is the transaction. */
extern const struct act act_add_one;
/* Finds, changes every kind of field, adds by pointer, and deletes. */
extern const struct act act_change;
/* Three rows of which the third has what is unique. */
extern const struct act act_unique;
/* Queries, whole and row by row. */
extern const struct act act_query;
/* Two flushes and a commit in a transaction of the program. */
extern const struct act act_flush;

#endif
