/* Formulas of objects: columns for which session_set_sql gave SQL, until they are written. What they make is not known
 * before the server has answered: object and snapshot have the old value until then (a new object none).
 *
 * A field that the program assigns afterwards is told by its value: where it is not what it was, it stands instead. */
#ifndef SESSION_FORMULAS_H
#define SESSION_FORMULAS_H

#include "marks.h"
#include "sql/formula.h"

/* What is pending for the entry, replaced by fields or not; NULL: nothing. */
const struct formula *formulas_pending(const struct howdah_session *s, const struct entry *entry);
/* Whether the column's value is pending, and the field was not assigned since. */
bool formulas_make(struct howdah_session *s, const struct entry *entry, const struct column *c);
void formulas_forget(struct howdah_session *s, struct entry *entry);
void formulas_forget_column(struct howdah_session *s, struct entry *entry, const struct column *c);
/* What the flush of an entry wrote is pending again. `object` and `row` are how both structs were before it; `formulas` what
 * was pending then. Where the program has set another formula for a value of that flush, nobody can tell what both make
 * together: a commit refuses it. */
void formulas_unflush(struct howdah_session *s, struct entry *entry, const struct formula *formulas, const void *object,
                      const void *row);
/* A column of which that is so, or NULL. */
const struct column *formulas_contested(const struct howdah_session *s, const struct entry *entry);

#endif
