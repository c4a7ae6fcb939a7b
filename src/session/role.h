/* As which role a session writes: as that which has logged in, or as another one, by a setting of its transaction. What a
 * database knows of rights it knows of each role by itself, as long as the role's name is known. */
#ifndef SESSION_ROLE_H
#define SESSION_ROLE_H

#include "session.h"

/* What is known of the rights of the role as which the session writes now, by mapper; NULL: the session has the error. */
atomic_uchar *role_rights(struct howdah_session *s);
/* The session's transaction may go on as a role that nobody knows by its name. */
void role_become_unknown(struct howdah_session *s);
/* Nothing is known any more of a role without a known name: it may be another one now. */
void role_forget(struct howdah_session *s);
/* Whether that setting decides about the role. */
bool role_is_set_by(const char *setting);
void roles_done(struct howdah_database *db);

#endif
