/* The allocator hook, and sizes that can't overflow. Every block of the library comes through here. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <howdah/base.h>

/* malloc, realloc and free as a hook: what a database uses that brings none. */
extern const struct howdah_allocator memory_default;

void *memory_allocate(const struct howdah_allocator *a, size_t size);
void *memory_allocate_zero(const struct howdah_allocator *a, size_t size);
/* NULL leaves the old block as it was. */
void *memory_resize(const struct howdah_allocator *a, void *block, size_t size);
void memory_free(const struct howdah_allocator *a, void *block);
/* The block, a large one, is about to be filled: where the system can it gives all pages at once, which costs less than a
 * fault for each. */
void memory_touch(void *block, size_t size);
/* A copy with a final NUL; NULL if memory is out. */
char *memory_copy_text(const struct howdah_allocator *a, const char *text);

/* False on overflow; *ret is then untouched. */
static inline bool size_add(size_t a, size_t b, size_t *ret)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret = sum;
    return true;
}

static inline bool size_multiply(size_t a, size_t b, size_t *ret)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *ret = product;
    return true;
}

static inline size_t size_align(size_t size, size_t alignment)
{
    return (size + alignment - 1) & ~(alignment - 1);
}

#endif
