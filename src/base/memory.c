#define _DEFAULT_SOURCE /* madvise */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *reallocate(void *arg, void *block, size_t size)
{
    (void)arg;
    if (size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, size);
}

const struct howdah_allocator memory_default = {reallocate, NULL};

void *memory_allocate(const struct howdah_allocator *a, size_t size)
{
    return a->reallocate(a->arg, NULL, size ? size : 1);
}

void *memory_allocate_zero(const struct howdah_allocator *a, size_t size)
{
    enum { LARGE = 1024 * 1024 };
    void *block = memory_allocate(a, size);
    if (block && size >= LARGE)
        memory_touch(block, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void *memory_resize(const struct howdah_allocator *a, void *block, size_t size)
{
    return a->reallocate(a->arg, block, size ? size : 1);
}

void memory_free(const struct howdah_allocator *a, void *block)
{
    if (block)
        a->reallocate(a->arg, block, 0);
}

void memory_touch(void *block, size_t size)
{
#ifdef MADV_POPULATE_WRITE
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = size_align((uintptr_t)block, page), end = ((uintptr_t)block + size) & ~(uintptr_t)(page - 1);
    if (start < end)
        madvise((void *)start, end - start, MADV_POPULATE_WRITE); /* what it can't do, faults do */
#else
    (void)block, (void)size;
#endif
}

char *memory_copy_text(const struct howdah_allocator *a, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_allocate(a, size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}
