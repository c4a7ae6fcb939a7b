/* Array columns: { items, nulls, count }, item by item. A NULL pointer among text items counts as NULL, as does a set
 * flag, whatever stands beside it. */
#include "column_item.h"

#include "utf8.h"

#include "base/hash.h"

bool array_equal(const struct column *c, const void *a, const void *b)
{
    struct array x = array_get(a), y = array_get(b);
    if (x.count != y.count)
        return false;
    for (size_t i = 0; i < x.count; i++) {
        bool null = array_item_is_null(c, x, i);
        if (null != array_item_is_null(c, y, i))
            return false;
        if (!null && !c->codec->equal(c->field, array_item(c, x, i), array_item(c, y, i)))
            return false;
    }
    return true;
}

uint64_t array_hash(const struct column *c, uint64_t seed, const void *field)
{
    struct array array = array_get(field);
    uint64_t hash = hash_combine(seed, array.count);
    for (size_t i = 0; i < array.count; i++)
        hash =
            hash_combine(hash, array_item_is_null(c, array, i) ? 0 : c->codec->hash(c->field, array_item(c, array, i)));
    return hash;
}

static int compare_items(const struct column *c, struct array x, struct array y, size_t i)
{
    bool x_null = array_item_is_null(c, x, i), y_null = array_item_is_null(c, y, i);
    if (x_null || y_null)
        return x_null - y_null;
    return c->codec->compare(c->field, array_item(c, x, i), array_item(c, y, i));
}

int array_compare(const struct column *c, const void *a, const void *b)
{
    struct array x = array_get(a), y = array_get(b);
    int order = 0;
    for (size_t i = 0; i < x.count && i < y.count && order == 0; i++)
        order = compare_items(c, x, y, i);
    return order ? order : (x.count > y.count) - (x.count < y.count);
}

/* An item that a flag makes NULL may hold a pointer to anywhere: it is not copied but zeroed. */
static bool copy_items(const struct column *c, struct arena *arena, struct array array)
{
    for (size_t i = 0; i < array.count; i++) {
        void *item = array_item(c, array, i);
        if (array_item_is_null(c, array, i))
            memset(item, 0, c->codec->size);
        else if (!codec_copy(c->codec, c->field, arena, item))
            return false;
    }
    return true;
}

bool array_copy(const struct column *c, struct arena *arena, void *field)
{
    struct array old = array_get(field), copy = old;
    copy.items = array_room(arena, old.count, c->codec->size);
    copy.nulls = old.nulls ? array_room(arena, old.count, sizeof(*old.nulls)) : NULL;
    if (!copy.items || (old.nulls && !copy.nulls))
        return false;
    memcpy(copy.items, old.items, old.count * c->codec->size);
    if (old.nulls)
        memcpy(copy.nulls, old.nulls, old.count * sizeof(*old.nulls));
    if (c->codec->has_pointers && !copy_items(c, arena, copy))
        return false;
    array_put(copy, field);
    return true;
}

static const char *text_of_item(struct array array, size_t i)
{
    const char *text;
    memcpy(&text, (const char *)array.items + i * sizeof(text), sizeof(text));
    return array.nulls && array.nulls[i] ? NULL : text;
}

/* Of items that are text, by far the most frequent. */
static const char *check_texts(struct array array, size_t *bytes)
{
    const char *why = NULL;
    for (size_t i = 0; i < array.count && !why; i++) {
        const char *text = text_of_item(array, i);
        size_t size = text ? strlen(text) : 0;
        why = utf8_fault(text ? text : "", size);
        *bytes += size;
    }
    return why;
}

const char *array_check(const struct column *c, const void *field, size_t *bytes)
{
    enum { ITEM = 16 }; /* quotes, commas, numbers */
    struct array array = array_get(field);
    const char *why = NULL;
    *bytes += ITEM * array.count;
    if (c->codec->type == HOWDAH_TYPE_TEXT && !c->characters)
        return check_texts(array, bytes);
    for (size_t i = 0; i < array.count && !why; i++)
        if (!array_item_is_null(c, array, i))
            why = item_check(c, array_item(c, array, i), bytes);
    return why;
}

size_t array_check_all(const struct column *c, void *const *objects, size_t count, size_t *bytes)
{
    size_t good = 0;
    for (; good < count; good++) {
        const void *field = column_field(c, objects[good]);
        if (pointer_is_null(field) || array_check(c, field, &bytes[good]))
            break;
    }
    return good;
}

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

/* Items of text, by far the most frequent. As below, each with a comma behind it. */
static void text_items(struct array array, struct buffer *out)
{
    enum { AHEAD = 64 }; /* for the items that come next */
    static const char null[] = "NULL,";
    const size_t beyond = sizeof(null) - 1; /* what an item takes besides its text */
    char *to = NULL, *end = NULL;
    for (size_t i = 0; i < array.count; i++) {
        const char *text = text_of_item(array, i);
        size_t size = text ? strlen(text) : 0, most = 2 * size + beyond;
        if ((size_t)(end - to) < most) {
            out->size -= (size_t)(end - to);
            to = buffer_extend(out, most + AHEAD);
            if (!to)
                return;
            end = to + most + AHEAD;
        }
        if (text)
            to = put_text(to, text, size);
        else
            to = (char *)memcpy(to, null, beyond) + beyond;
    }
    out->size -= (size_t)(end - to);
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
    if (c->codec->type == HOWDAH_TYPE_TEXT)
        text_items(array, out);
    else
        other_items(c, array, out);
    if (array.count == 0)
        buffer_byte(out, '}');
    else if (!out->failed)
        out->data[out->size - 1] = '}'; /* in place of the last comma */
}

void array_append_all(const struct column *c, void *const *objects, size_t count, struct buffer *out)
{
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
