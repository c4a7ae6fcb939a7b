/* The end of what relations keep in memory until the next commit or rollback. */
#ifndef SESSION_PENDING_H
#define SESSION_PENDING_H

#include "session.h"

/* All of it was committed: what collections show is what there is. */
void pending_settle(struct howdah_session *s);
/* All of it was dropped: collections and pointers are as they were. Before objects are restored from their snapshots. */
void pending_drop(struct howdah_session *s);
/* The same of what was done since a savepoint was made, when members_mark gave `until`, and flushes have been undone. */
void pending_go_back(struct howdah_session *s, struct kept *until);

#endif
