#include "memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *previous;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static void *checked(void *block)
{
    if (!block) {
        fputs("packages: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return block;
}

void *array_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    if (wanted > SIZE_MAX / 2 / size)
        checked(NULL);
    *capacity = wanted;
    return checked(realloc(items, wanted * size));
}

void *array_zeroed(size_t count, size_t size)
{
    return checked(calloc(count, size));
}

static struct arena_block *arena_room(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    if (block && block->size - block->used >= size)
        return block;
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct arena_block *next = checked(malloc(sizeof *next + room));
    *next = (struct arena_block){.previous = block, .size = room};
    return arena->blocks = next;
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        checked(NULL);
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    struct arena_block *block = arena_room(arena, size);
    void *piece = block->bytes + block->used;
    block->used += size;
    return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_take(arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void arena_empty(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *previous = arena->blocks->previous;
        free(arena->blocks);
        arena->blocks = previous;
    }
}
