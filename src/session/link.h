/* What session_link does, for other calls. */
#ifndef SESSION_LINK_H
#define SESSION_LINK_H

#include "session.h"

/* `other` joins the relation of the owner: both are objects of the session, alive, and of the right models. False: the
 * session has the error. */
bool link_objects(struct howdah_session *s, const struct relation *relation, struct entry *owner, struct entry *other);

/* Around the undoing of a flush: who was linked to an object by its key refers to that object, and no longer by the key, if
 * that goes with the flush. */
void links_before_undoing(struct howdah_session *s);
void links_after_undoing(struct howdah_session *s);

#endif
