/* Snapshots: an object as its row was, the comparison with what the program made of it, and the way back.
 *
 * A snapshot is a struct of the same type, pointers included: text and bytes are immutable and shared with the object.
 * Items of arrays may be edited in place, so each array of the session's own has room for a second copy of its items
 * right behind them (column_decode and column_copy make it so): that copy is how the items were. */
#ifndef SESSION_SNAPSHOT_H
#define SESSION_SNAPSHOT_H

#include "model/mapper.h"

/* The object is as its row: copies it to `snapshot`, and its arrays' items behind themselves. Its arrays must be the
 * session's own. */
void snapshot_take(const struct mapper *mapper, const void *object, void *snapshot);
/* Whether nothing changed: the fast test that every object passes through at each commit. False may also mean that
 * bytes changed that are no column's, or a value that is equal but written differently. */
bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot);
/* The values as they were: the snapshot itself, or a copy of it in `room` (as large as the struct) whose arrays have
 * the items as they were. Good for reading only. */
const void *snapshot_view(const struct mapper *mapper, const void *snapshot, void *room);
/* Whether the field still has the session's own memory of the snapshot in it, unchanged. */
bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot);
/* Makes columns and relations of the object what they were. */
void snapshot_restore(const struct mapper *mapper, void *object, const void *snapshot);

#endif
