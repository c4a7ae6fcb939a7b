/* Snapshots: an object as its row was, the comparison with what the program made of it, and the way back.
 *
 * A snapshot is a struct of the same type, pointers included: text and bytes are immutable and shared with the object.
 * Items of arrays may be edited in place, so each array of the session's own has room for a second copy of its items
 * right behind them (column_decode and column_copy make it so): that copy is how the items were. */
#ifndef SESSION_SNAPSHOT_H
#define SESSION_SNAPSHOT_H

#include "model/mapper.h"

#include <string.h>

/* The object is as its row: copies it to `snapshot`, and its arrays' items behind themselves. Its arrays must be the
 * session's own. */
void snapshot_take(const struct mapper *mapper, const void *object, void *snapshot);
/* Whether nothing changed: the fast test that every object passes through at each commit. False may also mean that
 * bytes changed that are no column's, or a value that is equal but written differently. */
static inline bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot);
/* The values as they were: the snapshot itself, or a copy of it in `room` (as large as the struct) whose arrays have
 * the items as they were. Good for reading only. */
const void *snapshot_view(const struct mapper *mapper, const void *snapshot, void *room);
/* Whether the field's value is what it was. `room` is as large as the struct. */
bool snapshot_equal(const struct column *c, const void *object, const void *snapshot, void *room);
/* Whether the field still has the session's own memory of the snapshot in it, unchanged. */
static inline bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot);
/* Whether no item of the array was edited in place. */
static inline bool snapshot_is_unedited(const struct column *c, const void *object);
/* Makes columns and relations of the object what they were. */
void snapshot_restore(const struct mapper *mapper, void *object, const void *snapshot);

/* --- arrays --- */

/* What all array types look like. */
struct items {
    char *items;
    bool *nulls;
    size_t count;
};

static inline struct items items_of(const struct in_place *array, const void *object)
{
    struct items items;
    memcpy(&items, (const char *)object + array->offset, sizeof(items));
    return items;
}

/* The items as they were: right behind those that the program sees. */
static inline struct items items_behind(const struct in_place *array, struct items items)
{
    if (items.items)
        items.items += items.count * array->item_size;
    if (items.nulls)
        items.nulls += items.count;
    return items;
}

static inline struct in_place in_place_of(const struct column *c)
{
    return (struct in_place){(uint32_t)c->offset, (uint32_t)c->codec->size};
}

/* memcmp's call costs more than the look at a handful of words, which most arrays are. */
static inline bool same_bytes(const char *a, const char *b, size_t size)
{
    enum { FEW = 64 };
    uint64_t x, y;
    if (size > FEW || size % sizeof(x))
        return memcmp(a, b, size) == 0;
    for (const char *end = a + size; a < end; a += sizeof(x), b += sizeof(y)) {
        memcpy(&x, a, sizeof(x));
        memcpy(&y, b, sizeof(y));
        if (x != y)
            return false;
    }
    return true;
}

/* Whether no item was edited in place. */
static inline bool items_unedited(const struct in_place *array, const void *object)
{
    struct items items = items_of(array, object), behind = items_behind(array, items);
    return (!items.items || same_bytes(items.items, behind.items, items.count * array->item_size)) &&
           (!items.nulls || memcmp(items.nulls, behind.nulls, items.count) == 0);
}

static inline bool snapshot_is_unedited(const struct column *c, const void *object)
{
    const struct in_place array = in_place_of(c);
    return items_unedited(&array, object);
}

/* --- what every object passes through --- */

static inline bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot)
{
    const void *x = column_field(c, object), *y = column_field(c, snapshot);
    uint64_t p, q;
    if (c->size != sizeof(p))
        return same_bytes(x, y, c->size) && (c->shape != SHAPE_ARRAY || snapshot_is_unedited(c, object));
    memcpy(&p, x, sizeof(p)); /* most fields: numbers, times, pointers to text */
    memcpy(&q, y, sizeof(q));
    return p == q;
}

static inline bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot)
{
    if (memcmp(object, snapshot, mapper->model->size) != 0)
        return false;
    for (uint32_t i = 0; i < mapper->in_place_count; i++)
        if (!items_unedited(&mapper->in_place[i], object))
            return false;
    return true;
}

#endif
