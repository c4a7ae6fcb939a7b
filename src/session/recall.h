/* Fields that a program writes over what session_link and session_unlink have put there: what was said last counts. */
#ifndef SESSION_RECALL_H
#define SESSION_RECALL_H

#include "session.h"

/* Takes such calls back, as if they had not been, for what the program has written to be all that was said. False: the
 * session has the error. */
bool recall(struct howdah_session *s, const struct mapper *mapper, struct entry *child);

#endif
