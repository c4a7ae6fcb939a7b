/* What a new object holds in its relations when it is added. */
#ifndef SESSION_ADD_RELATED_H
#define SESSION_ADD_RELATED_H

#include "session.h"

/* Whether there is anything to do for the object. */
bool has_related(const struct mapper *mapper, const void *object);
/* Links what the new object holds in HAS_ONE, HAS_MANY and MANY_TO_MANY, and adds what the session doesn't know where the
 * relation has CASCADE_ADD; so on from there. `source` is where the program has the object. False: the session has the
 * error, and all of them, the object included, are detached. */
bool add_related(struct howdah_session *s, struct entry *entry, const void *source);

#endif
