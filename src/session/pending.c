#include "pending.h"

#include "join_row.h"
#include "member.h"
#include "owner.h"

static void forget(struct howdah_session *s)
{
    placed_forget(s);
    join_rows_forget(s);
    s->displaced = NULL;
    s->epoch++;
    if (!s->kept)
        arena_reset(&s->pending);
}

void pending_settle(struct howdah_session *s)
{
    members_settle(s);
    forget(s);
}

void pending_drop(struct howdah_session *s, struct kept *until)
{
    members_restore(s, until);
    forget(s);
}
