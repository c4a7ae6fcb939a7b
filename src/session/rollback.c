/* Rollback: everything is as it was loaded, and the program's transaction is over. */
#include "assigned.h"
#include "snapshot.h"
#include "transaction.h"
#include "work.h"

static void restore_entry(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    bool alive = entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED;
    if (alive)
        snapshot_restore(mapper, entry_object(mapper, entry), entry_snapshot(mapper, entry));
    entry_move(entry, EVENT_ROLLBACK);
    assigned_forget(s, entry);
    if (entry->state == ENTRY_DETACHED)
        identity_remove(&s->map, entry);
}

enum howdah_status howdah_session_rollback(struct howdah_session *s)
{
    if (!session_enter_always(s))
        return session_refusal(s);
    if (!transaction_is_programs(s, "session_rollback")) {
        session_leave(s);
        return s->error.status;
    }
    work_free(s);
    transaction_abandon(s);
    for (uint32_t i = 0; i < s->slabs.chain_count; i++)
        for (const struct slab *slab = s->slabs.chains[i].first; slab; slab = slab->next)
            for (uint32_t n = 0; n < slab->count; n++)
                restore_entry(s, slab->mapper, slab_entry(slab, n));
    session_forget_error(s);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}
