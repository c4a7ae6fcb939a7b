/* Objects by the values of unique columns that are no primary key, where foreign keys lead to these: the identity map does
 * not know them. An index for each such key, made when it is first asked. Needs no upkeep: what it finds is looked at, and
 * what it does not find it looks for once more, among all, whenever the session's `epoch` is another. Where memory is out it
 * walks. */
#ifndef SESSION_BY_UNIQUE_H
#define SESSION_BY_UNIQUE_H

#include "session.h"

/* The object to which the foreign key leads by the values in `probe`, a struct of the target's; NULL: the session has none
 * that is known to have them. `of_row`: only those in the database; else one that is to have them, too. */
struct entry *by_unique_find(struct howdah_session *s, const struct foreign_key *key, const void *probe, bool of_row);
void by_unique_free(struct howdah_session *s);

#endif
