#include "hooks.h"

#include "base/error.h"

#include <howdah/plan.h>

/* The call under way lets the hook in, which is of the same thread. */
static void open_door(struct howdah_session *s, enum hook hook)
{
    s->hook = hook;
    session_leave(s);
}

static void close_door(struct howdah_session *s)
{
    if (!session_enter_always(s))
        return; /* another thread is inside by now: what it finds is as good as after the call */
    s->hook = HOOK_NONE;
}

static bool refuse(struct howdah_session *s, const char *hook, enum howdah_status status)
{
    if (s->error.status == HOWDAH_STATUS_OK && status != HOWDAH_STATUS_OK)
        session_fail(s, (unsigned)status < HOWDAH_STATUS_COUNT ? status : HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "the program's %s refused: %s", hook, howdah_status_name(status));
    return s->error.status == HOWDAH_STATUS_OK;
}

static bool run(struct howdah_session *s, const char *name, enum howdah_status (*hook)(struct howdah_session *, void *))
{
    if (!hook)
        return true;
    open_door(s, HOOK_CHANGING);
    enum howdah_status status = hook(s, s->hooks.arg);
    close_door(s);
    return refuse(s, name, status);
}

bool hooks_before_flush(struct howdah_session *s)
{
    return run(s, "before_flush", s->hooks.before_flush);
}

bool hooks_after_flush(struct howdah_session *s)
{
    return run(s, "after_flush", s->hooks.after_flush);
}

bool hooks_allow_plan(struct howdah_session *s)
{
    if (!s->hooks.on_plan)
        return true;
    /* The door stays shut: what the plan is about must not change any more. */
    return refuse(s, "on_plan", s->hooks.on_plan((const void *)s->work, s->hooks.arg));
}

static void run_ended(struct howdah_session *s, void (*hook)(struct howdah_session *, void *))
{
    if (!hook)
        return;
    open_door(s, HOOK_ENDED);
    hook(s, s->hooks.arg);
    close_door(s);
}

void hooks_after_commit(struct howdah_session *s)
{
    run_ended(s, s->hooks.after_commit);
}

void hooks_after_rollback(struct howdah_session *s)
{
    run_ended(s, s->hooks.after_rollback);
}

bool hooks_may_call(struct howdah_session *s, const char *call)
{
    if (s->hook != HOOK_NONE)
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "%s can't be called from a hook: the call that is under way goes on behind it", call);
    return s->hook == HOOK_NONE;
}

bool hooks_refuse_sending(struct howdah_session *s)
{
    session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                 "nothing can be sent from after_commit or after_rollback: the transaction is over");
    return false;
}

enum howdah_status howdah_session_hooks(struct howdah_session *s, const struct howdah_hooks *hooks)
{
    static const struct howdah_hooks none = {.struct_size = sizeof(none)};
    if (!session_enter(s))
        return session_refusal(s);
    const struct howdah_hooks *h = hooks ? hooks : &none;
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (h->struct_size != sizeof(*h))
        status = session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL,
                              "the hooks have no valid struct_size: make them with HOOKS(...)");
    else if (!hooks_may_call(s, "session_hooks"))
        status = s->error.status;
    else
        s->hooks = *h;
    session_leave(s);
    return status;
}
