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
bool snapshot_is_unedited(const struct column *c, const void *object);
/* Makes columns and relations of the object what they were. */
void snapshot_restore(const struct mapper *mapper, void *object, const void *snapshot);

/* Whether no item of the object's arrays was edited in place. */
bool snapshot_items_clean(const struct mapper *mapper, const void *object);

static inline bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot)
{
    const void *x = column_field(c, object), *y = column_field(c, snapshot);
    uint64_t p, q;
    if (c->size != sizeof(p))
        return memcmp(x, y, c->size) == 0 && (c->shape != SHAPE_ARRAY || snapshot_is_unedited(c, object));
    memcpy(&p, x, sizeof(p)); /* most fields: numbers, times, pointers to text */
    memcpy(&q, y, sizeof(q));
    return p == q;
}

static inline bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot)
{
    return memcmp(object, snapshot, mapper->model->size) == 0 &&
           (mapper->in_place_count == 0 || snapshot_items_clean(mapper, object));
}

#endif
