/* Statements that run at once, beside the unit of work: SQL of the program's own, upserts, bulk updates and deletes. */
#ifndef SESSION_DIRECT_H
#define SESSION_DIRECT_H

#include "session.h"

enum direct_how {
    /* One step outside of a transaction is one of its own: 1 round trip, and in doubt if its answer is lost. */
    DIRECT_LONE,
    /* All or nothing, also if a callback fails, and what became of it can be found out: 2. */
    DIRECT_TRANSACTION
};

/* Runs steps that write, inside the program's transaction if there is one (1 round trip). The last .sync is set here.
 * The error has its outcome, model and field; `mapper` (or NULL) is what it is about where the server does not say. */
enum howdah_status direct_write(struct howdah_session *s, enum direct_how how, const struct mapper *mapper,
                                struct pg_step *steps, size_t count);
/* A call that would write has failed before anything was sent: its error says so. Returns its status. */
enum howdah_status direct_not_done(struct howdah_session *s);
/* session_refusal for a call that would write: the error that sticks says so, too, whatever call it came from. */
enum howdah_status direct_refusal(struct howdah_session *s);

#endif
