/* Members: what stands in the HAS_ONE, HAS_MANY and MANY_TO_MANY fields of objects, changed in memory, and the way back to
 * what stood there before the first change that was not committed. Nothing here makes an object dirty. */
#ifndef SESSION_MEMBER_H
#define SESSION_MEMBER_H

#include "collection.h"

/* Whether the field holds the item; false where it isn't loaded. */
bool member_has(struct howdah_session *s, const struct relation *relation, const struct entry *owner, const void *item);
/* Adds the item at the end, or sets the pointer. A collection that isn't loaded stays as it is, and so does one that has the
 * item already; `fresh` says that it can't. False: the session has the error. */
bool member_add(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item, bool fresh);
/* The item leaves, if it is there. */
bool member_remove(struct howdah_session *s, const struct relation *relation, struct entry *owner, const void *item);
/* Remembers the field as it is, before it is forgotten. False: the session has the error. */
bool member_keep(struct howdah_session *s, const struct relation *relation, struct entry *owner);
/* What is in the collection is not known any more: it is not loaded. */
void member_forget(struct howdah_session *s, const struct relation *relation, struct entry *owner);
/* Between these two calls many items may leave the owner's collections, which have holes meanwhile and close up at the end:
 * each by itself would move all that are behind it. */
void members_leave(struct howdah_session *s, struct entry *owner);
void members_close_up(struct howdah_session *s);
/* The item is known to be there, or not: a rollback leaves that as it is. False: the session has the error. */
bool member_mend(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item,
                 bool is_there);
/* The same for what a rollback leads back to alone: the field shows something else meanwhile. */
bool member_mend_memory(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item,
                        bool is_there);
/* A place to which fields can go back, and what was remembered by then; NULL is the beginning. */
struct kept *members_mark(struct howdah_session *s);
/* All fields as they were at that place: of a rollback. */
void members_restore(struct howdah_session *s, struct kept *until);
/* Frees what was made to find the first memory of a field. */
void members_forget_oldest(struct howdah_session *s);
/* What is, stays: of a commit. Objects whose rows were deleted leave, if there are any. */
void members_settle(struct howdah_session *s);

#endif
