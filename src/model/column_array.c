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

enum { ITEM = 16 }; /* what an item takes besides its text: quotes, commas, numbers */

static const char *texts_fault(struct array array)
{
    const char *why = NULL;
    for (size_t i = 0; i < array.count && !why; i++) {
        const char *text = array_text_item(array, i);
        why = text ? utf8_fault(text, strlen(text)) : NULL;
    }
    return why;
}

/* Of items that are text, by far the most frequent: all are looked at, and most often nothing is found in any. */
static inline const char *check_texts(struct array array, size_t *bytes)
{
    size_t sum = 0;
    uint64_t seen = 0;
    for (size_t i = 0; i < array.count; i++) {
        const char *text = array_text_item(array, i);
        if (!text)
            continue;
        size_t size = strlen(text);
        seen |= utf8_seen(text, size);
        sum += size;
    }
    *bytes += sum + ITEM * array.count;
    return sum <= VALUE_SIZE_MAX && !(seen & UTF8_HIGH_BITS) ? NULL : texts_fault(array);
}

static inline bool has_texts(const struct column *c)
{
    return c->codec->type == HOWDAH_TYPE_TEXT && !c->limit;
}

const char *array_check(const struct column *c, const void *field, size_t *bytes)
{
    struct array array = array_get(field);
    if (has_texts(c))
        return check_texts(array, bytes);
    *bytes += ITEM * array.count;
    const char *why = NULL;
    for (size_t i = 0; i < array.count && !why; i++)
        if (!array_item_is_null(c, array, i))
            why = item_check(c, array_item(c, array, i), bytes);
    return why;
}

static size_t check_all_texts(const struct column *c, void *const *objects, size_t count, size_t *bytes)
{
    size_t good = 0;
    for (; good < count; good++) {
        const void *field = column_field(c, objects[good]);
        if (pointer_is_null(field) || check_texts(array_get(field), &bytes[good]))
            break;
    }
    return good;
}

size_t array_check_all(const struct column *c, void *const *objects, size_t count, size_t *bytes)
{
    if (has_texts(c))
        return check_all_texts(c, objects, count, bytes);
    size_t good = 0;
    for (; good < count; good++) {
        const void *field = column_field(c, objects[good]);
        if (pointer_is_null(field) || array_check(c, field, &bytes[good]))
            break;
    }
    return good;
}
