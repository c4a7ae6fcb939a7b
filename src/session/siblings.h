/* Siblings: which objects came together in one result, so that what one of them needs is fetched for all. An entry
 * belongs to the last result of several rows that it came with; its number is all that it keeps of that.
 *
 * Members are kept as runs of neighbours in a slab: a result of new rows takes a run for each group of them, not a list. */
#ifndef SESSION_SIBLINGS_H
#define SESSION_SIBLINGS_H

#include "slab.h"

struct sibling_run {
    struct entry *first;
    uint32_t count;
};

struct sibling_group {
    struct sibling_run *runs;
    uint32_t run_count, run_capacity;
    uint32_t members; /* entries that have this group's number; none: the number is free */
};

struct siblings {
    const struct howdah_allocator *allocator;
    struct sibling_group *groups; /* by number; the first is no group */
    uint32_t count, capacity;
    uint32_t free; /* numbers below are taken, as far as known */
    uint64_t bytes;
};

/* A result whose rows come in. Zero is its beginning. */
struct sibling_result {
    uint32_t number;     /* 0 before its second object */
    struct entry *first; /* of all */
};

void siblings_init(struct siblings *siblings, const struct howdah_allocator *allocator);
/* Forgets all groups; entries that knew one are gone. */
void siblings_clear(struct siblings *siblings);
/* The object came with this result; again is nothing. All objects of a result are of one mapper. False if memory is
 * out. */
static inline bool siblings_add(struct siblings *siblings, struct sibling_result *result, struct entry *entry);

/* The objects that came with an entry: itself first, then the others as they came. */
struct sibling_walk {
    const struct sibling_group *group; /* NULL: it came alone */
    struct entry *start;
    uint32_t number;
    uint32_t run, place;
    bool begun;
};
struct sibling_walk siblings_of(const struct siblings *siblings, struct entry *entry);
/* The next one, or NULL behind the last. */
struct entry *siblings_next(struct sibling_walk *walk);

/* --- what every row of every result passes through --- */

/* Any object. */
bool siblings_add_any(struct siblings *siblings, struct sibling_result *result, struct entry *entry);

static inline bool sibling_is_next(const struct sibling_run *run, const struct entry *entry)
{
    return run->first + run->count == entry;
}

/* Most are new, and lie behind the one that came before. */
static inline bool siblings_add(struct siblings *siblings, struct sibling_result *result, struct entry *entry)
{
    if (!result->number || entry->siblings)
        return siblings_add_any(siblings, result, entry);
    struct sibling_group *group = &siblings->groups[result->number];
    struct sibling_run *last = &group->runs[group->run_count - 1];
    if (entry == result->first || !sibling_is_next(last, entry))
        return siblings_add_any(siblings, result, entry);
    last->count++;
    group->members++;
    entry->siblings = result->number;
    return true;
}

#endif
