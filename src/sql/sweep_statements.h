/* Statements for rows that refer to rows which are to be deleted, and that nobody has loaded: all of them at once, by the
 * keys of those that go. Pure functions. */
#ifndef SQL_SWEEP_STATEMENTS_H
#define SQL_SWEEP_STATEMENTS_H

#include "base/statement.h"
#include "model/mapper.h"

enum { SWEEP_DEPTH_MAX = 6 };

/* The rows of mappers[depth - 1] that refer, over keys[depth - 1], to rows of mappers[depth - 2] ... that refer over keys[0]
 * to those that go. Parameters: an array for each part of keys[0]. */
struct sweep_path {
    const struct foreign_key *keys[SWEEP_DEPTH_MAX];
    const struct mapper *mappers[SWEEP_DEPTH_MAX];
    uint32_t depth;
    bool deletes; /* else their foreign key becomes NULL */
};

/* In the arena; NULL if memory is out. A path of one key from a table to itself reaches all levels where it deletes. */
const struct statement *sweep_render(const struct sweep_path *path, struct arena *arena);

#endif
