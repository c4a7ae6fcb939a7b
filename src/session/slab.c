#include "slab.h"

#include <string.h>

enum { SLAB_GROWTH = 4, SLAB_BYTES = 32 * 1024, SLAB_EXPECTED_BYTES = 32 * 1024 * 1024 };

bool slabs_init(struct slabs *slabs, const struct howdah_allocator *allocator, uint32_t mapper_count)
{
    *slabs = (struct slabs){.allocator = allocator, .chain_count = mapper_count};
    slabs->chains = memory_allocate_zero(allocator, mapper_count * sizeof(*slabs->chains));
    return slabs->chains != NULL;
}

static void free_all(struct slabs *slabs)
{
    for (size_t i = 0; i < slabs->count; i++)
        memory_free(slabs->allocator, slabs->sorted[i]);
    slabs->count = 0;
    slabs->bytes = 0;
    slabs->end = 0;
}

void slabs_clear(struct slabs *slabs)
{
    free_all(slabs);
    memset(slabs->chains, 0, slabs->chain_count * sizeof(*slabs->chains));
}

void slabs_done(struct slabs *slabs)
{
    free_all(slabs);
    memory_free(slabs->allocator, slabs->sorted);
    memory_free(slabs->allocator, slabs->chains);
    slabs->sorted = NULL;
    slabs->chains = NULL;
}

/* Index of the first slab that starts behind `address`. */
static size_t upper_bound(const struct slabs *slabs, uintptr_t address)
{
    size_t low = 0, high = slabs->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)slabs->sorted[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool remember(struct slabs *slabs, struct slab *slab)
{
    if (slabs->count == slabs->capacity) {
        size_t capacity = slabs->capacity ? slabs->capacity * 2 : 8;
        void *sorted = memory_resize(slabs->allocator, slabs->sorted, capacity * sizeof(*slabs->sorted));
        if (!sorted)
            return false;
        slabs->allocations++;
        slabs->sorted = sorted;
        slabs->capacity = capacity;
    }
    size_t at = upper_bound(slabs, (uintptr_t)slab);
    memmove(slabs->sorted + at + 1, slabs->sorted + at, (slabs->count - at) * sizeof(*slabs->sorted));
    slabs->sorted[at] = slab;
    slabs->count++;
    return true;
}

static size_t at_most(size_t wanted, size_t most)
{
    return wanted <= most ? wanted : most ? most : 1;
}

/* How many groups the next slab of a chain has: one at first, more with each, up to a size; and as many as are expected, up
 * to a larger one. */
static uint32_t next_groups(const struct slab_chain *chain, uint32_t group, size_t stride)
{
    size_t wanted = chain->last ? (size_t)chain->last->capacity / group * SLAB_GROWTH : 1;
    size_t usual = at_most(wanted, SLAB_BYTES / stride);
    size_t expected = at_most(chain->expected / group, SLAB_EXPECTED_BYTES / stride);
    return (uint32_t)(expected > usual ? expected : usual);
}

/* The next entry is the one behind those that were given out. */
static void aim(struct slab *slab)
{
    uint32_t group = slab->mapper->group, place = slab->count % group;
    slab->fresh = slab_group(slab, slab->count / group) + place;
    slab->left = (uint16_t)(group - place);
    slab->distance = (uint16_t)(slab->left * sizeof(struct entry) + place * slab->mapper->model->size);
}

/* Snapshots are written whole before anybody looks at them. */
void slab_begin_group(struct slab *slab)
{
    const struct mapper *mapper = slab->mapper;
    aim(slab);
    if (slab->few || slab->count == slab->capacity)
        return;
    memset(slab->fresh, 0, mapper->group * sizeof(struct entry));
    memset(slab->fresh + mapper->group, 0, mapper->group_bytes);
}

struct slab *slabs_grow(struct slabs *slabs, const struct mapper *mapper)
{
    struct slab_chain *chain = &slabs->chains[mapper->index];
    size_t alignment = mapper->model->alignment;
    if (alignment < _Alignof(struct entry))
        alignment = _Alignof(struct entry);
    size_t entries = mapper->group * sizeof(struct entry);
    size_t stride = size_align(entries + 2 * mapper->group_bytes, alignment);
    uint32_t groups = next_groups(chain, mapper->group, stride);
    bool full = (size_t)groups * mapper->group <= chain->expected;
    size_t bytes;
    if (!size_multiply(groups, stride, &bytes) || !size_add(bytes, sizeof(struct slab) + alignment, &bytes))
        return NULL;
    struct slab *slab = memory_allocate(slabs->allocator, bytes);
    if (!slab)
        return NULL;
    if (full && bytes > SLAB_BYTES)
        memory_touch(slab, bytes);
    uintptr_t objects = size_align((uintptr_t)(slab + 1) + entries, alignment);
    *slab = (struct slab){.mapper = mapper,
                          .groups = (unsigned char *)objects - entries,
                          .capacity = groups * mapper->group,
                          .stride = (uint32_t)stride,
                          .few = groups == 1};
    slab_begin_group(slab);
    if (!remember(slabs, slab)) {
        memory_free(slabs->allocator, slab);
        return NULL;
    }
    chain->expected -= full ? slab->capacity : chain->expected;
    slabs->allocations++;
    slabs->bytes += bytes;
    if (slabs->end < (uintptr_t)slab + bytes)
        slabs->end = (uintptr_t)slab + bytes;
    if (chain->last)
        chain->last->next = slab;
    else
        chain->first = slab;
    chain->last = slab;
    return slab;
}

void slabs_take_back(struct slabs *slabs, struct entry *entry)
{
    const struct mapper *mapper = slabs->chains[entry->mapper].last->mapper;
    struct slab *slab = slabs->chains[entry->mapper].last;
    memset(entry_object(mapper, entry), 0, mapper->model->size);
    memset(entry, 0, sizeof(*entry));
    slab->count--;
    aim(slab);
}

struct entry *slabs_find(const struct slabs *slabs, const void *object)
{
    if ((uintptr_t)object >= slabs->end) /* the program's, as a rule from its stack */
        return NULL;
    size_t behind = upper_bound(slabs, (uintptr_t)object);
    if (behind == 0)
        return NULL;
    const struct slab *slab = slabs->sorted[behind - 1];
    const struct mapper *mapper = slab->mapper;
    size_t size = mapper->model->size, entries = mapper->group * sizeof(struct entry);
    size_t distance = (uintptr_t)object - (uintptr_t)slab->groups, group = distance / slab->stride;
    size_t behind_entries = distance % slab->stride - entries, place = behind_entries / size;
    size_t index = group * mapper->group + place;
    if ((uintptr_t)object < (uintptr_t)slab->groups || place >= mapper->group || index >= slab->count ||
        behind_entries % size != 0)
        return NULL;
    return slab_entry(slab, (uint32_t)index);
}
