/* An arena: memory that is given out piece by piece and freed as a whole.
 *
 * With HOWDAH_DEBUG_ARENA each piece is a block of its own, so that ASan and Valgrind see overruns. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "memory.h"

#include <stddef.h>
#include <stdint.h>

#include <string.h>

struct arena_block;

struct arena {
    const struct howdah_allocator *allocator;
    struct arena_block *blocks; /* newest first */
    unsigned char *next;        /* free room of the newest block: text is put at its front, what must be aligned at */
    unsigned char *end;         /* its back, so that no room is lost between them */
    size_t block_size;          /* of the next block: doubles up to a limit */
    uint64_t allocations;       /* blocks taken so far */
    uint64_t bytes;             /* held now */
};

void arena_init(struct arena *arena, const struct howdah_allocator *allocator);
/* Frees all; the arena can be used again. */
void arena_done(struct arena *arena);
/* Forgets all pieces, but keeps the newest block for the next ones. */
void arena_reset(struct arena *arena);
/* So many bytes will be asked for soon. Where they are many, blocks are large from now on: so large that malloc maps each by
 * itself, and what was allocated before them (the result from which they are filled) can be given back to the system. */
static inline void arena_expect(struct arena *arena, size_t bytes)
{
    enum { LARGE = 256 * 1024 };
    if (bytes >= LARGE)
        arena->block_size = LARGE;
}
/* `alignment` is a power of two. NULL if memory is out. Not zeroed. */
static inline void *arena_allocate(struct arena *arena, size_t size, size_t alignment);
void *arena_allocate_zero(struct arena *arena, size_t size, size_t alignment);
/* count * size, checked. */
void *arena_allocate_array(struct arena *arena, size_t count, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size);
/* `length` bytes, of which there may be none, and a final NUL. */
static inline char *arena_copy_text(struct arena *arena, const char *text, size_t length);

/* The arena as the allocator of a buffer, which never gives back what it outgrows. */
struct howdah_allocator arena_allocator(struct arena *arena);

/* Room for such a buffer to begin in, which moves into the arena once it needs more. */
enum { ARENA_ROOM = 32 };
struct arena_room {
    _Alignas(max_align_t) size_t size; /* ARENA_ROOM */
    _Alignas(max_align_t) char bytes[ARENA_ROOM];
};

#define ARENA_NEW(arena, T) ((T *)arena_allocate_zero((arena), sizeof(T), _Alignof(T)))

/* --- what every text of every row that is loaded passes through --- */

/* A piece for which the newest block has no room. */
void *arena_allocate_more(struct arena *arena, size_t size);

/* A piece without alignment. */
static inline char *arena_allocate_text(struct arena *arena, size_t size)
{
#ifndef HOWDAH_DEBUG_ARENA
    unsigned char *next = arena->next;
    if (next && size <= (size_t)(arena->end - next)) {
        arena->next += size;
        return (char *)next;
    }
#endif
    return arena_allocate_more(arena, size);
}

static inline void *arena_allocate(struct arena *arena, size_t size, size_t alignment)
{
    if (alignment == 1)
        return arena_allocate_text(arena, size);
#ifndef HOWDAH_DEBUG_ARENA
    uintptr_t next = (uintptr_t)arena->next, end = (uintptr_t)arena->end;
    uintptr_t start = (end - size) & ~(uintptr_t)(alignment - 1);
    if (next && size <= end - next && start >= next) {
        arena->end = (unsigned char *)start;
        return (void *)start;
    }
#endif
    return arena_allocate_more(arena, size); /* every block is aligned for any type */
}

static inline char *arena_copy_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_allocate_text(arena, length + 1) : NULL;
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

#endif
