#include "siblings.h"

#include <string.h>

void siblings_init(struct siblings *siblings, const struct howdah_allocator *allocator)
{
    *siblings = (struct siblings){.allocator = allocator};
}

void siblings_clear(struct siblings *siblings)
{
    for (uint32_t i = 0; i < siblings->count; i++)
        memory_free(siblings->allocator, siblings->groups[i].runs);
    memory_free(siblings->allocator, siblings->groups);
    siblings_init(siblings, siblings->allocator);
}

/* --- groups --- */

static void forget_group(struct siblings *siblings, uint32_t number)
{
    struct sibling_group *group = &siblings->groups[number];
    siblings->bytes -= group->run_capacity * sizeof(*group->runs);
    memory_free(siblings->allocator, group->runs);
    *group = (struct sibling_group){0};
    if (number < siblings->free)
        siblings->free = number;
}

static void leave(struct siblings *siblings, struct entry *entry)
{
    if (entry->siblings && --siblings->groups[entry->siblings].members == 0)
        forget_group(siblings, entry->siblings);
    entry->siblings = 0;
}

static bool grow_groups(struct siblings *siblings)
{
    uint32_t capacity = siblings->capacity ? siblings->capacity * 2 : 8;
    struct sibling_group *groups =
        memory_resize(siblings->allocator, siblings->groups, capacity * sizeof(*siblings->groups));
    if (!groups)
        return false;
    siblings->bytes += (capacity - siblings->capacity) * sizeof(*groups);
    siblings->groups = groups;
    siblings->capacity = capacity;
    return true;
}

/* A number that no entry has; 0 if memory is out. */
static uint32_t new_group(struct siblings *siblings)
{
    uint32_t number = siblings->free ? siblings->free : 1;
    while (number < siblings->count && siblings->groups[number].members)
        number++;
    if (number >= siblings->capacity && !grow_groups(siblings))
        return 0;
    for (; siblings->count <= number; siblings->count++)
        siblings->groups[siblings->count] = (struct sibling_group){0};
    siblings->free = number + 1;
    return number;
}

/* --- members --- */

static bool grow_runs(struct siblings *siblings, struct sibling_group *group)
{
    uint32_t capacity = group->run_capacity ? group->run_capacity * 4 : 4; /* a result of many has many runs */
    struct sibling_run *runs = memory_resize(siblings->allocator, group->runs, capacity * sizeof(*runs));
    if (!runs)
        return false;
    siblings->bytes += (capacity - group->run_capacity) * sizeof(*runs);
    group->runs = runs;
    group->run_capacity = capacity;
    return true;
}

static bool join(struct siblings *siblings, uint32_t number, struct entry *entry)
{
    struct sibling_group *group = &siblings->groups[number];
    struct sibling_run *last = group->run_count ? &group->runs[group->run_count - 1] : NULL;
    bool neighbour = last && sibling_is_next(last, entry);
    if (!neighbour && group->run_count == group->run_capacity && !grow_runs(siblings, group))
        return false;
    if (neighbour)
        last->count++;
    else
        group->runs[group->run_count++] = (struct sibling_run){entry, 1};
    leave(siblings, entry);
    entry->siblings = number;
    group->members++;
    return true;
}

/* A result of one object makes no group: that object stays with those that it came with before. */
static bool begin_group(struct siblings *siblings, struct sibling_result *result)
{
    uint32_t number = new_group(siblings);
    if (!number || !join(siblings, number, result->first))
        return false;
    result->number = number;
    return true;
}

bool siblings_add_any(struct siblings *siblings, struct sibling_result *result, struct entry *entry)
{
    if (!result->first)
        result->first = entry;
    if (entry == result->first || (result->number && entry->siblings == result->number))
        return true;
    if (!result->number && !begin_group(siblings, result))
        return false;
    return join(siblings, result->number, entry);
}

/* --- walking --- */

struct sibling_walk siblings_of(const struct siblings *siblings, struct entry *entry)
{
    struct sibling_walk walk = {.start = entry, .number = entry->siblings};
    if (walk.number)
        walk.group = &siblings->groups[walk.number];
    return walk;
}

/* The member at the walk's place, whatever it is by now; NULL behind the last. */
static struct entry *step(struct sibling_walk *walk)
{
    const struct sibling_group *group = walk->group;
    if (group && walk->run < group->run_count && walk->place == group->runs[walk->run].count) {
        walk->run++;
        walk->place = 0;
    }
    if (!group || walk->run == group->run_count)
        return NULL;
    return group->runs[walk->run].first + walk->place++;
}

struct entry *siblings_next(struct sibling_walk *walk)
{
    if (!walk->begun) {
        walk->begun = true;
        return walk->start;
    }
    struct entry *entry;
    do
        entry = step(walk);
    while (entry && (entry == walk->start || entry->siblings != walk->number));
    return entry;
}
