#include "memory.h"

#include <stdlib.h>
#include <string.h>

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
    void *block = memory_allocate(a, size);
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

char *memory_copy_text(const struct howdah_allocator *a, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_allocate(a, size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}
