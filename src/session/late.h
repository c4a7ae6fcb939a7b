/* Late: which object a deferred constraint is about that fails at COMMIT, of those that the transaction has written. */
#ifndef SESSION_LATE_H
#define SESSION_LATE_H

#include "work.h"

enum { LATE_KEY_MAX = 1024 };

/* To be asked before what was flushed is undone. `key` is what the server says of it, as in "(region, code)=(eu, 7)"; `w` has
 * what was written last, or is NULL. NULL: it can't be told. */
struct entry *late_culprit(struct howdah_session *s, const struct work *w, const char *key);

#endif
