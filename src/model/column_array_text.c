/* Array columns as text, which is how they travel: {1,NULL,"a \"b\""}. */
#include "column_item.h"

#include "utf8.h"

/* Puts a backslash before each quote and backslash of what was appended from `start` on. */
static void escape_from(size_t start, struct buffer *out)
{
    size_t special = 0;
    for (size_t i = start; i < out->size; i++)
        special += out->data[i] == '"' || out->data[i] == '\\';
    size_t from = out->size;
    if (special == 0 || !buffer_extend(out, special))
        return;
    for (size_t to = out->size; to > from;) {
        char byte = out->data[--from];
        out->data[--to] = byte;
        if (byte == '"' || byte == '\\')
            out->data[--to] = '\\';
    }
}

static bool needs_quotes(enum howdah_type type)
{
    return type > HOWDAH_TYPE_DOUBLE && type != HOWDAH_TYPE_NUMERIC;
}

/* Whether one of the word's bytes needs a backslash. Where one is zero behind the xor, and only from there on, the
 * subtraction borrows; bytes that are not ASCII are none of these. */
static inline bool has_escaped(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high_bits = ones << 7;
    return ((((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones)) & ~word & high_bits) != 0;
}

static inline uint64_t copy_word(char *to, const char *from)
{
    uint64_t word = utf8_word(from);
    memcpy(to, &word, sizeof(word));
    return word;
}

/* Copies text, and tells whether none of its bytes needs a backslash. Most items are short: two halves of a word, which
 * may overlap. */
static inline bool copy_plain(char *to, const char *from, size_t size)
{
    const size_t word = sizeof(uint64_t), half = sizeof(uint32_t);
    bool found = false;
    if (size >= half && size < word) {
        uint32_t first, last;
        memcpy(&first, from, half);
        memcpy(&last, from + size - half, half);
        memcpy(to, &first, half);
        memcpy(to + size - half, &last, half);
        return !has_escaped(first | (uint64_t)last << 32);
    }
    if (size < half) {
        for (size_t i = 0; i < size; i++)
            to[i] = from[i];
        return !has_escaped(utf8_few_bytes(from, size));
    }
    for (size_t i = 0; i < size - word; i += word)
        found |= has_escaped(copy_word(to + i, from + i));
    return !has_escaped(copy_word(to + size - word, from + size - word)) && !found; /* may overlap the one before */
}

static char *escape(char *to, const char *text)
{
    for (; *text; *to++ = *text++)
        if (*text == '"' || *text == '\\')
            *to++ = '\\';
    return to;
}

/* "text", */
static inline char *put_text(char *to, const char *text, size_t size)
{
    *to++ = '"';
    to = copy_plain(to, text, size) ? to + size : escape(to, text);
    *to++ = '"';
    *to++ = ',';
    return to;
}

/* Room that was taken from the buffer ahead, the more the fuller it is; `to` is where it goes on. */
static char *more_room(struct buffer *out, char *to, char **end, size_t size)
{
    out->size -= (size_t)(*end - to);
    size += out->size / 8;
    to = buffer_extend(out, size);
    *end = to ? to + size : NULL;
    return to;
}

static inline char *room_for(struct buffer *out, char *to, char **end, size_t size)
{
    return (size_t)(*end - to) >= size ? to : more_room(out, to, end, size);
}

static void item_text(const struct column *c, const void *item, struct buffer *out)
{
    bool quotes = needs_quotes(c->codec->type);
    if (quotes)
        buffer_byte(out, '"');
    size_t start = out->size;
    c->codec->text(c->field, item, out);
    if (quotes && !out->failed)
        escape_from(start, out);
    buffer_text(out, quotes ? "\"," : ",");
}

static void other_items(const struct column *c, struct array array, struct buffer *out)
{
    for (size_t i = 0; i < array.count && !out->failed; i++) {
        if (array_item_is_null(c, array, i))
            buffer_text(out, "NULL,");
        else
            item_text(c, array_item(c, array, i), out);
    }
}

/* PostgreSQL manual, 8.15.6: array input and output syntax. */
void array_text(const struct column *c, const void *field, struct buffer *out)
{
    struct array array = array_get(field);
    buffer_byte(out, '{');
    other_items(c, array, out);
    if (array.count == 0)
        buffer_byte(out, '}');
    else if (!out->failed)
        out->data[out->size - 1] = '}'; /* in place of the last comma */
}

enum { LENGTH = sizeof(uint32_t) };
enum { BEYOND = sizeof("{NULL,}") }; /* what an item takes besides its text, and the array's braces */

/* The array in its text form. There is room for BEYOND more bytes. Returns where it goes on; NULL if memory is out. */
static inline char *put_texts(struct array array, struct buffer *out, char *to, char **end)
{
    static const char null[] = "NULL,";
    *to++ = '{';
    for (size_t i = 0; i < array.count; i++) {
        const char *text = array_text_item(array, i);
        size_t size = text ? strlen(text) : 0;
        to = room_for(out, to, end, 2 * size + BEYOND);
        if (!to)
            return NULL;
        if (text)
            to = put_text(to, text, size);
        else
            to = (char *)memcpy(to, null, sizeof(null) - 1) + sizeof(null) - 1;
    }
    to -= array.count > 0; /* in place of the last comma */
    *to++ = '}';
    return to;
}

/* Arrays whose items are text, by far the most frequent: one behind the other in the same room. */
static void append_texts(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    char *to = NULL, *end = NULL;
    for (size_t i = 0; i < count; i++) {
        const void *field = column_field(c, objects[i]);
        to = room_for(out, to, &end, LENGTH + BEYOND);
        if (!to)
            return;
        if (pointer_is_null(field)) {
            write_uint32(to, UINT32_MAX);
            to += LENGTH;
            continue;
        }
        size_t start = (size_t)(to - out->data) + LENGTH; /* the buffer may move */
        to = put_texts(array_get(field), out, to + LENGTH, &end);
        if (!to)
            return;
        size_t size = (size_t)(to - out->data) - start;
        out->failed |= size > INT32_MAX;
        write_uint32(out->data + start - LENGTH, (uint32_t)size);
    }
    out->size -= (size_t)(end - to);
}

void array_append_all(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
    if (c->codec->type == HOWDAH_TYPE_TEXT) {
        append_texts(c, objects, count, out);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const void *field = column_field(c, objects[i]);
        bool null = pointer_is_null(field);
        buffer_int32(out, null ? UINT32_MAX : 0);
        size_t start = out->size;
        if (null)
            continue;
        array_text(c, field, out);
        put_size(start, out);
    }
}
