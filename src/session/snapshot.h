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
static inline void snapshot_take(const struct mapper *mapper, const void *object, void *snapshot);
/* Whether nothing changed: the fast test that every object passes through at each commit. False may also mean that
 * bytes changed that are no column's, or a value that is equal but written differently. */
static inline bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot);
/* The same for several objects side by side, whose snapshots are those of a group (slab.h). */
bool snapshot_all_clean(const struct mapper *mapper, const void *objects, uint32_t count);
/* The values as they were: the snapshot itself, or a copy of it in `room` (as large as the struct) whose arrays have
 * the items as they were. Good for reading only. */
const void *snapshot_view(const struct mapper *mapper, const void *snapshot, void *room);
/* Whether the field's value is what it was. `room` is as large as the struct. */
bool snapshot_equal(const struct column *c, const void *object, const void *snapshot, void *room);
/* Whether the field still has the session's own memory of the snapshot in it, unchanged. */
static inline bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot);
/* Whether no item of the array was edited in place. */
static inline bool snapshot_is_unedited(const struct column *c, const void *object);
/* Of several objects side by side, whose snapshots are so too: adds to the sets of columns (side by side as well; one bit
 * each, as in sql/statements.h) those whose bytes differ, or whose items were edited in place: all others have the values
 * that they had. */
void snapshot_differing(const struct mapper *mapper, const void *objects, const void *snapshots, uint32_t count,
                        uint64_t *sets);
/* Makes columns and relations of the object what they were. */
void snapshot_restore(const struct mapper *mapper, void *object, const void *snapshot);
/* The same for one column. */
void snapshot_restore_column(const struct column *c, void *object, const void *snapshot);
/* The column's value of `from`, a struct of the session's own, becomes the snapshot's. */
void snapshot_take_column(const struct column *c, const void *from, void *snapshot);

/* --- arrays --- */

/* What all array types look like. */
struct items {
    char *items;
    bool *nulls;
    size_t count;
};

static inline struct items items_at(const char *field)
{
    struct items items; /* one by one, since they then stay in registers */
    memcpy(&items.items, field + offsetof(struct items, items), sizeof(items.items));
    memcpy(&items.nulls, field + offsetof(struct items, nulls), sizeof(items.nulls));
    memcpy(&items.count, field + offsetof(struct items, count), sizeof(items.count));
    return items;
}

static inline struct items items_of(const struct in_place *array, const void *object)
{
    return items_at((const char *)object + array->offset);
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

/* Copies the arrays' items behind themselves. */
void snapshot_take_items(const struct mapper *mapper, const void *object);

/* --- what every object passes through --- */

static inline void snapshot_take(const struct mapper *mapper, const void *object, void *snapshot)
{
    if (snapshot != object)
        memcpy(snapshot, object, mapper->model->size);
    if (mapper->in_place_count)
        snapshot_take_items(mapper, object);
}

/* memcmp's call costs more than the look at a handful of words. Of a constant size it is none. */
enum { PAIR = 2 * sizeof(uint64_t), FEW_WORDS = 64 };

static inline bool is_two_pairs(size_t size)
{
    return size - PAIR <= PAIR;
}

/* From one pair of words to two, which then overlap. */
static inline bool same_two_pairs(const char *a, const char *b, size_t size)
{
    return memcmp(a, b, PAIR) == 0 && memcmp(a + size - PAIR, b + size - PAIR, PAIR) == 0;
}

static inline bool is_few_words(size_t size)
{
    return size <= FEW_WORDS && size % sizeof(uint64_t) == 0;
}

static inline bool same_words(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(uint64_t))
        if (memcmp(a + i, b + i, sizeof(uint64_t)) != 0)
            return false;
    return true;
}

static inline bool same_bytes(const char *a, const char *b, size_t size)
{
    if (is_two_pairs(size))
        return same_two_pairs(a, b, size);
    return is_few_words(size) ? same_words(a, b, size) : memcmp(a, b, size) == 0;
}

/* Whether the items are as they were. */
bool items_same(const char *field, size_t item_size);

/* The same, without a call for most arrays. */
static inline bool items_unedited(const char *field, size_t item_size)
{
    struct items items = items_at(field);
    size_t size = items.count * item_size;
    if (!items.items || items.nulls)
        return items_same(field, item_size);
    return same_bytes(items.items, items.items + size, size);
}

static inline bool snapshot_is_unedited(const struct column *c, const void *object)
{
    return items_unedited(column_field(c, object), c->codec->size);
}

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
        if (!items_unedited((const char *)object + mapper->in_place[i].offset, mapper->in_place[i].item_size))
            return false;
    return true;
}

#endif
