/* Array columns: { items, nulls, count }, item by item. A NULL pointer among text items counts as NULL, as does a set
 * flag, whatever stands beside it. */
#include "column_item.h"

#include "base/hash.h"

#include <limits.h>

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
        else if (!c->codec->copy(c->field, arena, item))
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

const char *array_check(const struct column *c, const void *field, size_t *bytes)
{
    enum { ITEM = 16 }; /* quotes, commas, numbers */
    struct array array = array_get(field);
    const char *why = NULL;
    *bytes += ITEM * array.count;
    for (size_t i = 0; i < array.count && !why; i++)
        if (!array_item_is_null(c, array, i))
            why = item_check(c, array_item(c, array, i), bytes);
    return why;
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

static void quoted_text(const char *text, struct buffer *out)
{
    static const bool escaped[UCHAR_MAX + 1] = {['"'] = true, ['\\'] = true};
    size_t most = 2 * strlen(text) + sizeof("\"\",") - 1;
    char *start = buffer_extend(out, most), *to = start;
    if (!start)
        return;
    *to++ = '"';
    for (; *text; *to++ = *text++)
        if (escaped[(unsigned char)*text])
            *to++ = '\\';
    *to++ = '"';
    *to++ = ',';
    out->size -= most - (size_t)(to - start);
}

/* Items of text, by far the most frequent. As below, each with a comma behind it. */
static void text_items(struct array array, struct buffer *out)
{
    for (size_t i = 0; i < array.count && !out->failed; i++) {
        const char *text;
        memcpy(&text, (const char *)array.items + i * sizeof(text), sizeof(text));
        if (!text || (array.nulls && array.nulls[i]))
            buffer_text(out, "NULL,");
        else
            quoted_text(text, out);
    }
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
