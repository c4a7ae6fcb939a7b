/* The queue of what was sent and is not answered yet. */
#include "execution.h"

#include "base/memory.h"

enum { AWAITED_FIRST = 16 };

bool awaited_grow(struct awaited_queue *queue, const struct howdah_allocator *allocator, size_t more)
{
    size_t capacity = queue->capacity ? queue->capacity : AWAITED_FIRST, size;
    while (capacity - queue->count < more)
        if (!size_multiply(capacity, 2, &capacity))
            return false;
    if (!size_multiply(capacity, sizeof(*queue->items), &size))
        return false;
    struct awaited *items = memory_allocate(allocator, size);
    if (!items)
        return false;
    for (size_t i = 0; i < queue->count; i++)
        items[i] = queue->items[(queue->first + i) & (queue->capacity - 1)];
    memory_free(allocator, queue->items);
    queue->items = items;
    queue->capacity = capacity;
    queue->first = 0;
    return true;
}
