#include "slab.h"

#include <string.h>

enum { SLAB_FIRST = 4, SLAB_GROWTH = 4, SLAB_BYTES = 32 * 1024 };

bool slabs_init(struct slabs *slabs, const struct howdah_allocator *allocator, uint32_t mapper_count)
{
    *slabs = (struct slabs){.allocator = allocator, .chain_count = mapper_count};
    slabs->chains = memory_allocate_zero(allocator, mapper_count * sizeof(*slabs->chains));
    return slabs->chains != NULL;
}

void slabs_clear(struct slabs *slabs)
{
    for (size_t i = 0; i < slabs->count; i++)
        memory_free(slabs->allocator, slabs->sorted[i]);
    slabs->count = 0;
    slabs->bytes = 0;
    if (slabs->chains)
        memset(slabs->chains, 0, slabs->chain_count * sizeof(*slabs->chains));
}

void slabs_done(struct slabs *slabs)
{
    slabs_clear(slabs);
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

/* The next slab of a chain: few entries at first, more with each, up to a size. */
static uint32_t next_capacity(const struct slab *last, size_t stride)
{
    size_t most = SLAB_BYTES / stride;
    size_t wanted = last ? (size_t)last->capacity * SLAB_GROWTH : SLAB_FIRST;
    return (uint32_t)(wanted <= most ? wanted : most ? most : 1);
}

struct slab *slabs_grow(struct slabs *slabs, const struct mapper *mapper)
{
    struct slab_chain *chain = &slabs->chains[mapper->index];
    size_t alignment = mapper->model->alignment;
    if (alignment < _Alignof(struct entry))
        alignment = _Alignof(struct entry);
    size_t stride = entry_stride(mapper);
    uint32_t capacity = next_capacity(chain->last, stride);
    size_t bytes;
    if (!size_multiply(capacity, stride, &bytes) || !size_add(bytes, sizeof(struct slab) + alignment, &bytes))
        return NULL;
    struct slab *slab = memory_allocate(slabs->allocator, bytes);
    if (!slab)
        return NULL;
    uintptr_t object = size_align((uintptr_t)(slab + 1) + sizeof(struct entry), alignment);
    *slab = (struct slab){.mapper = mapper,
                          .entries = (unsigned char *)object - sizeof(struct entry),
                          .capacity = capacity,
                          .stride = (uint32_t)stride};
    if (!remember(slabs, slab)) {
        memory_free(slabs->allocator, slab);
        return NULL;
    }
    slabs->allocations++;
    slabs->bytes += bytes;
    if (chain->last)
        chain->last->next = slab;
    else
        chain->first = slab;
    chain->last = slab;
    return slab;
}

void slabs_take_back(struct slabs *slabs, struct entry *entry)
{
    slabs->chains[entry->mapper].last->count--;
}

struct entry *slabs_find(const struct slabs *slabs, const void *object)
{
    size_t behind = upper_bound(slabs, (uintptr_t)object);
    if (behind == 0)
        return NULL;
    const struct slab *slab = slabs->sorted[behind - 1];
    uintptr_t first = (uintptr_t)slab->entries + sizeof(struct entry);
    if ((uintptr_t)object < first)
        return NULL;
    size_t distance = (uintptr_t)object - first, index = distance / slab->stride;
    if (index >= slab->count || distance % slab->stride != 0)
        return NULL;
    return slab_entry(slab, (uint32_t)index);
}
