/* Displacing: an object becomes the one of a HAS_ONE that isn't loaded. The row that may be there makes room, by a statement
 * of the plan if nobody has loaded it. Nothing is read. */
#ifndef SESSION_DISPLACE_H
#define SESSION_DISPLACE_H

#include "work.h"

/* That relation of the owner, which isn't loaded, gets another object. False: the session has the error. */
bool displace_note(struct howdah_session *s, const struct relation *relation, struct entry *owner);
/* What makes room: changes of objects that the session has, sweeps for the rest. */
bool work_displace(struct work *w);

#endif
