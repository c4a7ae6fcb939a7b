/* Slabs: the memory of a session's objects, in order of their making, a chain for each mapper, and the
 * way from any pointer back to the entry, or to the answer that it is no object of this session. */
#ifndef SESSION_SLAB_H
#define SESSION_SLAB_H

#include "entry.h"

#include <string.h>

struct slab {
    const struct mapper *mapper;
    struct slab *next;     /* of the same mapper, younger */
    unsigned char *groups; /* of mapper->group entries each, their objects, and their snapshots */
    uint32_t stride;       /* of groups */
    uint32_t count;        /* of entries */
    uint32_t capacity;
    uint16_t left;     /* entries of the group in which the next one is */
    uint16_t distance; /* of that one to its object */
    bool few;          /* there is one group, of which perhaps one entry is needed: each is zeroed as it is given out */
    struct entry *fresh; /* that one */
};

/* Where a chain ended at some moment. */
struct slab_place {
    const struct slab *last;
    uint32_t count; /* of its entries */
};

struct slab_chain {
    struct slab *first, *last;
    struct slab_place written; /* when the program's transaction first wrote something */
    size_t expected;           /* entries that a result will bring */
};

struct slabs {
    const struct howdah_allocator *allocator;
    struct slab_chain *chains; /* one for each mapper */
    uint32_t chain_count;
    struct slab **sorted; /* all slabs by address, for the way back */
    size_t count, capacity;
    uintptr_t end; /* nothing of theirs is there or behind it */
    uint64_t allocations, bytes;
};

bool slabs_init(struct slabs *slabs, const struct howdah_allocator *allocator, uint32_t mapper_count);
void slabs_done(struct slabs *slabs);
/* Frees all slabs; the chains are empty afterwards. */
void slabs_clear(struct slabs *slabs);
/* A zeroed entry (state NEW) with a zeroed object; what its snapshot is, the caller says. NULL if memory is out. */
static inline struct entry *slabs_add(struct slabs *slabs, const struct mapper *mapper);
/* So many more may come at once: slabs are made large enough for them, up to a size. */
static inline void slabs_expect(struct slabs *slabs, const struct mapper *mapper, size_t more)
{
    slabs->chains[mapper->index].expected = more;
}
/* Takes the entry back that was added last to its mapper. */
void slabs_take_back(struct slabs *slabs, struct entry *entry);
static inline struct slab_place slab_end(const struct slab_chain *chain)
{
    return (struct slab_place){chain->last, chain->last ? chain->last->count : 0};
}
/* The entry whose object starts at that address, or NULL; the memory is only looked at if it is a slab's. */
struct entry *slabs_find(const struct slabs *slabs, const void *object);

static inline void *entry_object(const struct mapper *mapper, const struct entry *entry)
{
    (void)mapper; /* it is the same for all */
    return (unsigned char *)(uintptr_t)entry + entry->distance;
}

static inline void *entry_snapshot(const struct mapper *mapper, const struct entry *entry)
{
    return (unsigned char *)entry_object(mapper, entry) + mapper->group_bytes;
}

static inline struct entry *slab_group(const struct slab *slab, uint32_t index)
{
    return (struct entry *)(void *)(slab->groups + (size_t)index * slab->stride);
}

static inline struct entry *slab_entry(const struct slab *slab, uint32_t index)
{
    return slab_group(slab, index / slab->mapper->group) + index % slab->mapper->group;
}

/* A slab with room for another entry; NULL if memory is out. */
struct slab *slabs_grow(struct slabs *slabs, const struct mapper *mapper);
/* The next entry is the first of the next group, which is zeroed as a whole. */
void slab_begin_group(struct slab *slab);

static inline struct entry *slabs_add(struct slabs *slabs, const struct mapper *mapper)
{
    struct slab *slab = slabs->chains[mapper->index].last;
    if ((!slab || slab->count == slab->capacity) && !(slab = slabs_grow(slabs, mapper)))
        return NULL;
    struct entry *entry = slab->fresh++;
    if (slab->few) {
        memset(entry, 0, sizeof(*entry));
        memset((char *)entry + slab->distance, 0, mapper->model->size);
    }
    entry->mapper = (uint16_t)mapper->index;
    entry->distance = slab->distance;
    slab->distance = (uint16_t)(slab->distance - sizeof(*entry) + mapper->model->size);
    slab->count++;
    if (--slab->left == 0)
        slab_begin_group(slab);
    return entry;
}

#endif
