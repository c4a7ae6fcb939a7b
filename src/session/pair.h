/* What the files of the pairing phase share. */
#ifndef SESSION_PAIR_H
#define SESSION_PAIR_H

#include "work.h"

/* Gives each change its image: of a DELETE the row as it was, else the object, with the foreign keys cleared that lose
 * what they refer to. */
bool pair_images(struct work *w, struct change_run run);
/* Whether the version that the row must have is known; else it is refused. Without marks the row was loaded with it. */
bool pair_was_given_version(struct work *w, const struct change *change);
static inline bool pair_knows_version(struct work *w, const struct change *change)
{
    return !change->entry->marked || pair_was_given_version(w, change);
}
/* Puts memory of the session's own into a field of the image: the program's may go away after the commit. */
bool pair_own(struct work *w, const struct column *c, const struct change *change);
/* A field that is not the session's own memory any more, but has the value that it had: back to that memory. */
bool pair_take_back(struct work *w, const struct column *c, const struct change *change, const void *before);
/* Foreign keys are filled in from pointers, and from what session_link said. */
bool pair_relations(struct work *w, const struct mapper *mapper, struct change *change);
/* Takes over those formulas of the object that stand, neither replaced by a value nor by a pointer. */
bool pair_formulas(struct work *w, struct change *change);
/* Their columns are not sent; nor are those whose foreign key was to be cleared. */
void pair_drop_computed(const struct change *change, uint64_t *set);
/* Chooses the old values that the row of a change must have; `row` is the object that was loaded from it. */
bool pair_checks(struct work *w, struct change *change, const struct entry *row);
/* A column that the server alone makes: whether the program leaves it alone, as it must. */
bool pair_leaves_to_server(struct work *w, const struct change *change, const struct column *c);
/* Of an UPDATE: puts the column into the set if it differs. */
bool pair_choose(struct work *w, struct change *change, const struct column *c, uint64_t *set);
/* The same for all columns whose bytes differ, of each of these changes. Their sets, which are empty, lie side by side in
 * w->set. */
bool pair_differing(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count);
/* What belongs to what differs: whole foreign keys, the version; less what the server computes. */
bool pair_complete(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set);
/* All of it for a row of which more is to be sent than what differs. */
bool pair_special(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set);
/* These two choose the columns that are sent, of a change or of those of a stretch. */
bool pair_inserted(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count);
bool pair_updated(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count);

#endif
