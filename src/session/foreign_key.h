/* Foreign keys of objects, by value: reading, comparing, filling in, and finding the object that they refer to. */
#ifndef SESSION_FOREIGN_KEY_H
#define SESSION_FOREIGN_KEY_H

#include "session.h"

/* Any part is NULL: it refers to nothing. */
bool foreign_key_is_null(const struct foreign_key *key, const struct mapper *mapper, const void *object);
/* NULL, or nothing but zeroes: no value that a program has chosen. */
bool foreign_key_is_unset(const struct foreign_key *key, const struct mapper *mapper, const void *object);
bool foreign_key_equal(const struct foreign_key *key, const struct mapper *mapper, const void *a, const void *b);
/* Whether the object's foreign key is the target's key. */
bool foreign_key_refers_to(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                           const void *target);
/* The same, but of a new object parts that are zero or NULL were not chosen, and agree with anything. */
bool foreign_key_agrees(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                        const void *target, bool is_new);
/* Copies the target's key into the object's foreign key. False if memory is out. */
bool foreign_key_assign(const struct foreign_key *key, const struct mapper *mapper, struct arena *arena, void *object,
                        const void *target);
/* The same from column to column. */
bool foreign_key_copy(const struct column *to, void *object, const struct column *from, const void *source,
                      struct arena *arena);
/* Whether the server is still to make that part of a new target's key. */
bool foreign_key_part_waits(const struct foreign_key *key, const void *target, uint32_t part);
/* The same of any part. */
bool foreign_key_waits(const struct foreign_key *key, const void *target);
/* Makes it NULL: all parts that can be, others stay, as a tenant does. False if none can be. */
bool foreign_key_clear(const struct foreign_key *key, const struct mapper *mapper, void *object);
/* Whether a column of it is one of its table's primary key. */
bool foreign_key_is_in_key(const struct foreign_key *key);
/* Whether it can be NULL, of which one part is enough. */
bool foreign_key_clears(const struct foreign_key *key, const struct mapper *mapper);
/* The value of the row again, or nothing in a new object (snapshot NULL); but its own key is the program's. */
void foreign_key_reset(const struct foreign_key *key, const struct mapper *mapper, void *object, const void *snapshot);
/* Whether it is this foreign key that the object's label chooses, where that is polymorphic. */
bool foreign_key_applies(const struct foreign_key *key, const void *object);
/* Whether the session knows the target's key: its columns were loaded. */
bool foreign_key_is_known(const struct howdah_session *s, const struct foreign_key *key, const struct entry *target);
/* Puts its values into the target's columns of `ret`, a struct of the target's. False if memory is out. */
bool foreign_key_probe(const struct foreign_key *key, const struct mapper *mapper, struct arena *arena,
                       const void *object, void *ret);
/* Puts the key that the object refers to into s->key_object, a struct of the target. False if it refers to nothing. */
bool foreign_key_read(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                      const void *object);
/* The entry in the identity map that it refers to, if it refers to a primary key; else NULL. Uses s->key_object. */
struct entry *foreign_key_target(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                                 const void *object);
/* Whether nobody has loaded what the entry itself refers to. */
bool foreign_key_is_unloaded(const struct howdah_session *s, const struct foreign_key *key, const struct entry *entry);
/* The entry that an object refers to, also by the values of unique columns; `of_row` as in by_unique.h. */
struct entry *foreign_key_holder(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                                 const void *object, bool of_row);

#endif
