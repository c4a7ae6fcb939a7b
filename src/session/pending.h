/* The end of what relations keep in memory until the next commit or rollback. */
#ifndef SESSION_PENDING_H
#define SESSION_PENDING_H

#include "session.h"

/* All of it was committed: what collections show is what there is. */
void pending_settle(struct howdah_session *s);
/* All of it was dropped, since members_mark gave `until` or, NULL, since the last commit: collections and pointers are as they were. Before objects are restored from their snapshots. */
void pending_drop(struct howdah_session *s, struct kept *until);

#endif
