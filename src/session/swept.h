/* Objects whose rows sweeps write without the session knowing it beforehand: nobody has loaded what lies between them and the
 * rows that go. Their keys come back, and what is new. */
#ifndef SESSION_SWEPT_H
#define SESSION_SWEPT_H

#include "work.h"

/* Whether rows come back of the sweep, and which columns: none, where the session has no object that it could reach unseen. */
bool swept_ask(struct work *w, struct sweep *sweep);
/* Takes a row, which came back before that chunk was written. */
bool swept_take(struct work *w, struct sweep *sweep, uint32_t chunk, const struct cell *cells, size_t count);
/* What came so far does not count. */
void swept_restart(struct work *w);
/* Rows that come from now on are a probe's. */
void swept_ignore(struct work *w);
/* Not all of them came, but the commit is done: objects that it may have reached are out of date. */
void swept_expire(struct work *w);
/* Objects become their rows. Can't fail, but for the memory of what collections show: that error is the session's. */
void swept_apply(struct work *w);

#endif
