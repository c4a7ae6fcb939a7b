/* A column of many objects as a parameter array: the hot loop of every write. Types of a fixed size have loops of
 * their own; all others go value by value. */
#include "column_item.h"

#include "json.h"

enum { LENGTH = sizeof(uint32_t) };

/* PostgreSQL's array_recv: dimensions, flags (0: the server looks for NULLs itself), the items' type; length and lower
 * bound of each dimension. */
void array_append_header(uint32_t item, size_t count, struct buffer *out)
{
    enum { WORD = sizeof(uint32_t), WORDS = 5, WORDS_OF_NONE = 3 };
    char *to = count > INT32_MAX ? NULL : buffer_extend(out, WORDS * WORD);
    if (!to) {
        out->failed = true;
        return;
    }
    write_uint32(to, count > 0);
    write_uint32(to + WORD, 0);
    write_uint32(to + 2 * WORD, item);
    write_uint32(to + 3 * WORD, (uint32_t)count);
    write_uint32(to + 4 * WORD, 1);
    if (count == 0)
        out->size -= (WORDS - WORDS_OF_NONE) * WORD;
}

/* Writes one value of a fixed size in network order behind its length; NULL where the flag says so. */
#define FIXED_LOOP(name, ctype, swap) \
    static void name(const struct column *c, void *const *objects, size_t count, struct buffer *out) \
    { \
        bool nullable = c->shape == SHAPE_NULLABLE; \
        char *start = buffer_extend(out, count * (LENGTH + sizeof(ctype))), *to = start; \
        if (!start) \
            return; \
        for (size_t i = 0; i < count; i++) { \
            const char *field = (const char *)objects[i] + c->offset; \
            ctype value; \
            if (nullable && !*(const bool *)(field + c->valid_offset)) { \
                write_uint32(to, UINT32_MAX); \
                to += LENGTH; \
                continue; \
            } \
            memcpy(&value, field, sizeof(value)); \
            value = swap(value); \
            write_uint32(to, sizeof(value)); \
            memcpy(to + LENGTH, &value, sizeof(value)); \
            to += LENGTH + sizeof(value); \
        } \
        out->size -= count * (LENGTH + sizeof(ctype)) - (size_t)(to - start); \
    }

#define AS_IT_IS(x) (x)
FIXED_LOOP(append_bytes1, uint8_t, AS_IT_IS)
FIXED_LOOP(append_bytes2, uint16_t, network16)
FIXED_LOOP(append_bytes4, uint32_t, network32)
FIXED_LOOP(append_bytes8, uint64_t, network64)
FIXED_LOOP(append_bytes16, struct howdah_uuid, AS_IT_IS)

/* Text behind a pointer, which jsonb has behind the version of its format; a NULL pointer is SQL NULL. */
static inline void append_texts(const struct column *c, void *const *objects, size_t count, struct buffer *out,
                                bool jsonb)
{
    for (size_t i = 0; i < count; i++) {
        const char *text;
        memcpy(&text, (const char *)objects[i] + c->offset, sizeof(text));
        if (!text) {
            buffer_int32(out, UINT32_MAX);
            continue;
        }
        size_t length = strlen(text), size = length + jsonb;
        char *to = size > INT32_MAX ? NULL : buffer_extend(out, LENGTH + size);
        if (!to) {
            out->failed = true;
            return;
        }
        write_uint32(to, (uint32_t)size);
        if (jsonb)
            to[LENGTH] = JSONB_VERSION;
        memcpy(to + LENGTH + jsonb, text, length);
    }
}

static void append_text(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    append_texts(c, objects, count, out, false);
}

static void append_jsonb(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    append_texts(c, objects, count, out, true);
}

static void append_any(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++)
        column_append(c, objects[i], out);
}

typedef void append_loop(const struct column *c, void *const *objects, size_t count, struct buffer *out);

/* The loops by type, for values that are on the wire what they are in memory, but for the order of bytes. */
static append_loop *const loops[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_INT16] = append_bytes2,     [HOWDAH_TYPE_INT32] = append_bytes4,  [HOWDAH_TYPE_INT64] = append_bytes8,
    [HOWDAH_TYPE_FLOAT] = append_bytes4,     [HOWDAH_TYPE_DOUBLE] = append_bytes8, [HOWDAH_TYPE_BOOL] = append_bytes1,
    [HOWDAH_TYPE_TIMESTAMP] = append_bytes8, [HOWDAH_TYPE_DATE] = append_bytes4,   [HOWDAH_TYPE_TIME] = append_bytes8,
    [HOWDAH_TYPE_UUID] = append_bytes16,     [HOWDAH_TYPE_TEXT] = append_text,     [HOWDAH_TYPE_JSON] = append_jsonb,
};

void column_append_all(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    append_loop *loop = c->as_literal ? array_append_all : loops[c->wire->type];
    if (loop)
        loop(c, objects, count, out);
    else
        append_any(c, objects, count, out);
}
