/* The program's own code in the course of a session's work. */
#ifndef SESSION_HOOKS_H
#define SESSION_HOOKS_H

#include "session.h"

enum { HOOK_ROUNDS = 100 }; /* of changes that hooks make, in one commit */

static inline bool hooks_write(const struct howdah_session *s)
{
    return s->hooks.before_flush || s->hooks.after_flush;
}

/* Each calls the hook, if there is one. False: it refused, or used the session wrongly; the session has the error. */
bool hooks_before_flush(struct howdah_session *s);
bool hooks_after_flush(struct howdah_session *s);
bool hooks_allow_plan(struct howdah_session *s);
void hooks_after_commit(struct howdah_session *s);
void hooks_after_rollback(struct howdah_session *s);

/* False, and MISUSE: no hook may make this call. */
bool hooks_may_call(struct howdah_session *s, const char *call);
/* False, always. */
bool hooks_refuse_sending(struct howdah_session *s);
/* False, and MISUSE: in a hook that comes after the end of a transaction nothing may be sent. */
static inline bool hooks_may_send(struct howdah_session *s)
{
    return s->hook != HOOK_ENDED || hooks_refuse_sending(s);
}

#endif
