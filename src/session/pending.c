#include "pending.h"

#include "join_row.h"
#include "member.h"
#include "owner.h"

static void free_memory(struct howdah_session *s)
{
    s->epoch++;
    if (!s->kept && !s->placed && !s->join_links && !s->displaced)
        arena_reset(&s->pending);
}

static void forget(struct howdah_session *s)
{
    placed_forget(s);
    join_rows_forget(s);
    s->displaced = NULL;
    free_memory(s);
}

void pending_settle(struct howdah_session *s)
{
    members_settle(s);
    forget(s);
}

void pending_drop(struct howdah_session *s)
{
    members_restore(s, NULL);
    forget(s);
}

/* What was flushed before that place is in the rows, and may be pending again: where objects are linked by no field of
 * theirs, this alone says so. (A HAS_ONE that was taken over makes room again, if it still is.) */
void pending_go_back(struct howdah_session *s, struct kept *until)
{
    members_restore(s, until);
    placed_go_back(s);
    join_rows_go_back(s);
    free_memory(s);
}
