#include "buffer.h"

#include "arena.h"

#include <stdarg.h>
#include <stdio.h>

enum { BUFFER_FIRST = 256 };

void buffer_init(struct buffer *b, const struct howdah_allocator *allocator)
{
    *b = (struct buffer){.allocator = allocator};
}

void buffer_done(struct buffer *b)
{
    memory_free(b->allocator, b->data);
    b->data = NULL;
    b->size = b->capacity = 0;
}

bool buffer_grow(struct buffer *b, size_t more)
{
    size_t needed, capacity = b->capacity ? b->capacity : BUFFER_FIRST;
    char *data = NULL;
    if (size_add(b->size, more, &needed)) {
        while (capacity <= needed && size_multiply(capacity, 2, &capacity))
            ;
        if (capacity >= needed)
            data = memory_resize(b->allocator, b->data, capacity);
    }
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

void buffer_append(struct buffer *b, const void *data, size_t size)
{
    char *start = buffer_extend(b, size);
    if (start && size)
        memcpy(start, data, size);
}

void buffer_text(struct buffer *b, const char *text)
{
    buffer_append(b, text, strlen(text));
}

void buffer_byte(struct buffer *b, char byte)
{
    char *start = buffer_extend(b, 1);
    if (start)
        *start = byte;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        b->failed = true;
    /* vsnprintf writes a final NUL: make room for it, then take it back. */
    char *start = length < 0 ? NULL : buffer_extend(b, (size_t)length + 1);
    if (start) {
        vsnprintf(start, (size_t)length + 1, format, again);
        b->size--;
    }
    va_end(again);
}

const char *buffer_cstring(struct buffer *b)
{
    char *end = buffer_extend(b, 1);
    if (!end)
        return NULL;
    *end = '\0';
    b->size--;
    return b->data;
}

const char *buffer_copy_text(const struct buffer *b, struct arena *arena)
{
    return b->failed ? NULL : arena_copy_text(arena, b->data, b->size);
}
