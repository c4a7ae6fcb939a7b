#include "arena.h"

enum { ARENA_FIRST = 2048, ARENA_USUAL = 32 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, const struct howdah_allocator *allocator)
{
    *arena = (struct arena){.allocator = allocator, .block_size = ARENA_FIRST};
}

static void free_blocks(struct arena *arena, struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        arena->bytes -= block->size;
        memory_free(arena->allocator, block);
        block = older;
    }
}

void arena_done(struct arena *arena)
{
    free_blocks(arena, arena->blocks);
    arena->blocks = NULL;
    arena->next = arena->end = NULL;
    arena->block_size = ARENA_FIRST;
}

/* A block with room for `size` bytes, linked in. Its header counts in its size. */
static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t whole;
    if (!size_add(size, sizeof(struct arena_block), &whole))
        return NULL;
    struct arena_block *block = memory_allocate(arena->allocator, whole);
    if (!block)
        return NULL;
    block->size = whole;
    arena->allocations++;
    arena->bytes += whole;
    block->older = arena->blocks;
    arena->blocks = block;
    return block;
}

#ifdef HOWDAH_DEBUG_ARENA

void arena_reset(struct arena *arena)
{
    arena_done(arena);
}

void *arena_allocate_more(struct arena *arena, size_t size)
{
    struct arena_block *block = add_block(arena, size ? size : 1);
    return block ? block->bytes : NULL;
}

#else

void arena_reset(struct arena *arena)
{
    struct arena_block *newest = arena->blocks;
    if (!newest)
        return;
    free_blocks(arena, newest->older);
    newest->older = NULL;
    arena->next = newest->bytes;
    arena->end = (unsigned char *)newest + newest->size;
}

/* A piece that no usual block could hold gets one of its own, behind the newest, whose room stays in use. */
static void *allocate_large(struct arena *arena, size_t size)
{
    struct arena_block *newest = arena->blocks;
    struct arena_block *block = add_block(arena, size);
    if (!block)
        return NULL;
    if (newest && arena->next) {
        arena->blocks = newest;
        block->older = newest->older;
        newest->older = block;
    } else {
        arena->next = arena->end = (unsigned char *)block + block->size;
    }
    return block->bytes;
}

void *arena_allocate_more(struct arena *arena, size_t size)
{
    if (size > arena->block_size / 4)
        return allocate_large(arena, size);
    struct arena_block *block = add_block(arena, arena->block_size - sizeof(struct arena_block));
    if (!block)
        return NULL;
    if (arena->block_size < ARENA_USUAL)
        arena->block_size *= 2;
    arena->next = block->bytes + size;
    arena->end = (unsigned char *)block + block->size;
    return block->bytes;
}

#endif

void *arena_allocate_zero(struct arena *arena, size_t size, size_t alignment)
{
    void *piece = arena_allocate(arena, size, alignment);
    if (piece)
        memset(piece, 0, size);
    return piece;
}

void *arena_allocate_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!size_multiply(count, size, &bytes))
        return NULL;
    return arena_allocate(arena, bytes, _Alignof(max_align_t));
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_allocate(arena, size, _Alignof(max_align_t));
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

/* A piece for an allocator's user remembers its size, since it can't grow where it lies. */
struct sized_piece {
    _Alignas(max_align_t) size_t size;
};

static void *reallocate(void *arg, void *old, size_t size)
{
    const struct sized_piece *from = old ? (struct sized_piece *)old - 1 : NULL;
    size_t whole;
    if (size == 0 || !size_add(size, sizeof(struct sized_piece), &whole))
        return NULL;
    struct sized_piece *piece = arena_allocate(arg, whole, _Alignof(struct sized_piece));
    if (!piece)
        return NULL;
    piece->size = size;
    if (from)
        memcpy(piece + 1, old, from->size < size ? from->size : size);
    return piece + 1;
}

struct howdah_allocator arena_allocator(struct arena *arena)
{
    return (struct howdah_allocator){reallocate, arena};
}
