/* Statements for rows that refer to rows which are to be deleted, and that nobody has loaded: all of them at once, by the
 * keys of those that go. Pure functions. */
#ifndef SQL_SWEEP_STATEMENTS_H
#define SQL_SWEEP_STATEMENTS_H

#include "base/statement.h"
#include "model/mapper.h"

enum { SWEEP_DEPTH_MAX = 12 };

/* The rows of mappers[depth - 1] that refer, over keys[depth - 1], to rows of mappers[depth - 2] ... that refer over keys[0]
 * to those that go. Parameters: an array for each of sweep_columns; then, for each table with rows to be left out, one for
 * each part of its primary key. */
struct sweep_path {
    const struct foreign_key *keys[SWEEP_DEPTH_MAX];
    const struct mapper *mappers[SWEEP_DEPTH_MAX];
    uint32_t depth;
    bool deletes; /* else their foreign key becomes NULL */
    /* Of those that go (0), and of each table on the way (1 ...): foreign keys to itself, by their numbers (sweep_loop) as bits,
     * along which deletes go on to any depth. */
    uint64_t trees[SWEEP_DEPTH_MAX + 1];
    uint32_t
        spared; /* by the same numbers as bits: tables of which some rows are left out, with all that is below them */
    const struct column *const *returned; /* what comes back of each row that is written; NULL: nothing */
    uint32_t returned_count;
};

/* The table at a level: 0 is that of the rows that go. */
static inline const struct mapper *sweep_mapper(const struct sweep_path *path, uint32_t level)
{
    return level ? path->mappers[level - 1] : path->keys[0]->target;
}

/* Foreign keys have numbers, polymorphic ones behind the others. NULL: there are no more. */
static inline const struct foreign_key *sweep_loop(const struct mapper *mapper, uint32_t number)
{
    const struct foreign_key *typed = mapper->typed_keys;
    if (number < mapper->foreign_key_count)
        return &mapper->foreign_keys[number];
    for (number -= mapper->foreign_key_count; typed && number; number--)
        typed = typed->next_typed;
    return typed;
}

/* By which columns those that go are told: where rows below them are of their own table by the primary key, else by what
 * keys[0] refers to. */
static inline const uint32_t *sweep_columns(const struct sweep_path *path, uint32_t *ret_count)
{
    const struct foreign_key *key = path->keys[0];
    *ret_count = path->trees[0] ? key->target->key_count : key->count;
    return path->trees[0] ? key->target->key : key->targets;
}

/* The tree below those that go, which one statement deletes. */
static inline bool sweep_is_tree(const struct sweep_path *path)
{
    return path->deletes && path->depth == 1 && path->trees[0] && path->keys[0]->target == path->mappers[0];
}

/* The levels whose rows are looked for. */
static inline uint32_t sweep_first_level(const struct sweep_path *path)
{
    return path->trees[0] ? 0 : 1;
}

static inline uint32_t sweep_last_level(const struct sweep_path *path)
{
    return sweep_is_tree(path) ? 0 : path->depth;
}

/* In the arena; NULL if memory is out. */
const struct statement *sweep_render(const struct sweep_path *path, struct arena *arena);

#endif
