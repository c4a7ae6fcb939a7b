/* Two-phase commit, as the end of a transaction sees it. */
#ifndef SESSION_PREPARE_H
#define SESSION_PREPARE_H

#include "session.h"

/* Commits or rolls back what the session has prepared, on the server. False: the session has the error, and the transaction
 * is still prepared, or nobody knows. */
bool prepare_end(struct howdah_session *s, bool commits);

#endif
