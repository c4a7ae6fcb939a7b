/* What the files of the pairing phase share. */
#ifndef SESSION_PAIR_H
#define SESSION_PAIR_H

#include "work.h"

/* Gives each change its image: of a DELETE the row as it was, else the object, with the foreign keys cleared that lose
 * what they refer to. */
bool pair_images(struct work *w, struct change_run run);
/* Whether the version that the row must have is known; else it is refused. */
bool pair_knows_version(struct work *w, const struct change *change);
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
/* These two choose the columns that are sent. */
bool pair_inserted(struct work *w, const struct mapper *mapper, struct change *change);
bool pair_updated(struct work *w, const struct mapper *mapper, struct change *change);

#endif
