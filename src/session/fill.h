/* Filling: rows come in for objects that the session has already. What was not loaded, or is out of date, becomes what the
 * row has; what the program has changed stays, against what the row has now. */
#ifndef SESSION_FILL_H
#define SESSION_FILL_H

#include "marks.h"

/* Whether columns of a loaded object were never loaded, or are out of date. */
static inline bool fill_is_needed(const struct howdah_session *s, const struct entry *entry)
{
    return entry->state == ENTRY_LOADED && (entry->expired || marks_set(s, entry, MARK_UNLOADED));
}

/* A row of these columns (NULL: of all, in order) for a loaded object: takes what is missing or out of date. A rollback of
 * the program's transaction takes it back. False: the session has the error, and the object is as it was. */
bool fill_from_row(struct howdah_session *s, struct entry *entry, const struct column *const *columns,
                   const struct cell *cells, size_t count);
/* Takes all these columns from a struct whose memory is the session's, whether they were missing or not. Collections that
 * showed the object show it where it belongs now. False: the session has the error; the columns are taken all the same. */
bool fill_columns(struct howdah_session *s, struct entry *entry, const struct column *const *columns, size_t count,
                  const void *values);
/* Fills the object, and those that came with it, from their rows (1 round trip; none if it lacks nothing). False: the
 * session has the error; STALE if there is no such row any more. */
bool fill_load(struct howdah_session *s, struct entry *entry);
/* The object's row is not there any more: it is detached; a rollback of the program's transaction brings it back. False:
 * the session has the error, and nothing has changed. */
bool fill_gone(struct howdah_session *s, struct entry *entry);

#endif
