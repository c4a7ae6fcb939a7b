/* What the session knows of single columns of an object, where that is not what it knows of all of them. An object without
 * marks, as most are, takes no memory for it. */
#ifndef SESSION_MARKS_H
#define SESSION_MARKS_H

#include "session.h"
#include "sql/statements.h"

enum mark {
    MARK_UNLOADED, /* nobody knows what the row has there: object and snapshot are zero */
    MARK_ASSIGNED, /* it is sent as it is, also where it looks unchanged, or like the column's default */
    MARK_COMPUTED, /* the server is to compute it, see formulas.h */
    MARKS
};

/* Sets of columns are those of sql/statements.h. False if memory is out, and nothing has changed. */
bool marks_add(struct howdah_session *s, struct entry *entry, enum mark mark, uint32_t column);
bool marks_add_set(struct howdah_session *s, struct entry *entry, enum mark mark, const uint64_t *columns);
/* The columns that have the mark; NULL: none has. */
const uint64_t *marks_look(const struct howdah_session *s, const struct entry *entry, enum mark mark);
static inline const uint64_t *marks_set(const struct howdah_session *s, const struct entry *entry, enum mark mark)
{
    return entry->marked ? marks_look(s, entry, mark) : NULL;
}
static inline bool marks_has(const struct howdah_session *s, const struct entry *entry, enum mark mark, uint32_t column)
{
    return column_in(marks_set(s, entry, mark), column);
}
/* Whether a mark says that something of the object is to be written. */
static inline bool marks_send(const struct howdah_session *s, const struct entry *entry)
{
    return marks_set(s, entry, MARK_ASSIGNED) || marks_set(s, entry, MARK_COMPUTED);
}
void marks_drop(struct howdah_session *s, struct entry *entry, enum mark mark, uint32_t column);
void marks_drop_set(struct howdah_session *s, struct entry *entry, enum mark mark, const uint64_t *columns);
void marks_drop_all(struct howdah_session *s, struct entry *entry, enum mark mark);

/* A copy of all marks of an entry in the arena; false if memory is out. NULL in *ret: it has none. */
bool marks_save(const struct howdah_session *s, const struct entry *entry, struct arena *arena, uint64_t **ret);
/* Columns are unloaded that were so then, and those that were assigned then are assigned as well. Can't fail. */
void marks_restore(struct howdah_session *s, struct entry *entry, const uint64_t *saved);

#endif
