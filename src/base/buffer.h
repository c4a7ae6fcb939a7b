/* A growing buffer of bytes: SQL text and wire values. A failed allocation sticks, so that a writer looks
 * once, at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "endian.h"
#include "memory.h"

#include <string.h>

struct arena;

struct buffer {
    const struct howdah_allocator *allocator;
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
};

void buffer_init(struct buffer *b, const struct howdah_allocator *allocator);
void buffer_done(struct buffer *b);
/* Makes room for `more` bytes; false, and failed is set, if there is none. */
bool buffer_grow(struct buffer *b, size_t more);
void buffer_append(struct buffer *b, const void *data, size_t size);
void buffer_text(struct buffer *b, const char *text);
void buffer_byte(struct buffer *b, char byte);
void buffer_printf(struct buffer *b, const char *format, ...) HOWDAH_PRINTF(2, 3);
/* The text with a final NUL that is not part of size; NULL if the buffer failed. */
const char *buffer_cstring(struct buffer *b);
/* A copy of that text in the arena; NULL if the buffer failed, or memory is out. */
const char *buffer_copy_text(const struct buffer *b, struct arena *arena);

/* Forgets the content and the failure, and keeps the memory. */
static inline void buffer_reset(struct buffer *b)
{
    b->size = 0;
    b->failed = false;
}

/* Room for `more` bytes at the end, which then count as written; NULL on failure only, also for no bytes. */
static inline char *buffer_extend(struct buffer *b, size_t more)
{
    if (b->failed || (b->capacity - b->size <= more && !buffer_grow(b, more)))
        return NULL;
    char *start = b->data + b->size;
    b->size += more;
    return start;
}

/* Integers in network order. */
static inline void buffer_int16(struct buffer *b, uint16_t value)
{
    uint16_t wire = network16(value);
    char *start = buffer_extend(b, sizeof(wire));
    if (start)
        memcpy(start, &wire, sizeof(wire));
}

static inline void buffer_int32(struct buffer *b, uint32_t value)
{
    uint32_t wire = network32(value);
    char *start = buffer_extend(b, sizeof(wire));
    if (start)
        memcpy(start, &wire, sizeof(wire));
}

static inline void buffer_int64(struct buffer *b, uint64_t value)
{
    uint64_t wire = network64(value);
    char *start = buffer_extend(b, sizeof(wire));
    if (start)
        memcpy(start, &wire, sizeof(wire));
}

#endif
