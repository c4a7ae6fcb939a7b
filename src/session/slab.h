/* Slabs: the memory of a session's objects, in order of their making, a chain for each mapper, and the
 * way from any pointer back to the entry, or to the answer that it is no object of this session. */
#ifndef SESSION_SLAB_H
#define SESSION_SLAB_H

#include "entry.h"

#include <string.h>

struct slab {
    const struct mapper *mapper;
    struct slab *next;      /* of the same mapper, younger */
    unsigned char *entries; /* `capacity` of them, `stride` bytes each */
    uint32_t stride;
    uint32_t count;
    uint32_t capacity;
};

struct slab_chain {
    struct slab *first, *last;
};

struct slabs {
    const struct howdah_allocator *allocator;
    struct slab_chain *chains; /* one for each mapper */
    uint32_t chain_count;
    struct slab **sorted; /* all slabs by address, for the way back */
    size_t count, capacity;
    uint64_t allocations, bytes;
};

bool slabs_init(struct slabs *slabs, const struct howdah_allocator *allocator, uint32_t mapper_count);
void slabs_done(struct slabs *slabs);
/* Frees all slabs; the chains are empty afterwards. */
void slabs_clear(struct slabs *slabs);
/* A zeroed entry (state NEW) with room for object and snapshot; NULL if memory is out. */
static inline struct entry *slabs_add(struct slabs *slabs, const struct mapper *mapper);
/* Takes the entry back that was added last to its mapper. */
void slabs_take_back(struct slabs *slabs, struct entry *entry);
/* The entry whose object starts at that address, or NULL; the memory is only looked at if it is a slab's. */
struct entry *slabs_find(const struct slabs *slabs, const void *object);

/* From an entry to its neighbour in the slab. */
static inline size_t entry_stride(const struct mapper *mapper)
{
    size_t alignment = mapper->model->alignment;
    if (alignment < _Alignof(struct entry))
        alignment = _Alignof(struct entry);
    return size_align(sizeof(struct entry) + 2 * mapper->model->size, alignment);
}

/* The way back from an object that is certainly one. */
static inline struct entry *entry_of_object(const void *object)
{
    return (struct entry *)(uintptr_t)object - 1;
}

static inline void *entry_object(const struct mapper *mapper, const struct entry *entry)
{
    (void)mapper; /* it is the same for all */
    return (struct entry *)(uintptr_t)entry + 1;
}

static inline void *entry_snapshot(const struct mapper *mapper, const struct entry *entry)
{
    return (unsigned char *)entry_object(mapper, entry) + mapper->model->size;
}

static inline struct entry *slab_entry(const struct slab *slab, uint32_t index)
{
    return (struct entry *)(void *)(slab->entries + (size_t)index * slab->stride);
}

/* A slab with room for another entry; NULL if memory is out. */
struct slab *slabs_grow(struct slabs *slabs, const struct mapper *mapper);

static inline struct entry *slabs_add(struct slabs *slabs, const struct mapper *mapper)
{
    struct slab *slab = slabs->chains[mapper->index].last;
    if ((!slab || slab->count == slab->capacity) && !(slab = slabs_grow(slabs, mapper)))
        return NULL;
    struct entry *entry = slab_entry(slab, slab->count++);
    memset(entry, 0, slab->stride);
    entry->mapper = (uint16_t)mapper->index;
    return entry;
}

#endif
