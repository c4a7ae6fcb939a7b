/* Rollback: everything is as it was loaded, and the program's transaction is over. */
#include "formulas.h"
#include "hooks.h"
#include "marks.h"
#include "object.h"
#include "pending.h"
#include "prepare.h"
#include "relation_answers.h"
#include "snapshot.h"
#include "transaction.h"
#include "work.h"

static void restore_entry(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    bool alive = entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED;
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    if (alive && !snapshot_clean(mapper, object, snapshot)) {
        object_forget_stale_pointers(s, mapper, snapshot); /* loaded for a foreign key that the program had changed */
        snapshot_restore(mapper, object, snapshot);
    }
    entry_move(entry, EVENT_ROLLBACK);
    marks_drop_all(s, entry, MARK_ASSIGNED);
    formulas_forget(s, entry);
    if (entry->state == ENTRY_DETACHED)
        identity_remove(&s->map, entry);
}

void transaction_restore_objects(struct howdah_session *s)
{
    s->moves++;
    for (uint32_t i = 0; i < s->slabs.chain_count; i++)
        for (const struct slab *slab = s->slabs.chains[i].first; slab; slab = slab->next)
            for (uint32_t n = 0; n < slab->count; n++)
                restore_entry(s, slab->mapper, slab_entry(slab, n));
    relation_forget_provisional(s);
    answers_forget(s);
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
    if (s->transaction == TRANSACTION_PREPARED && !prepare_end(s, false)) {
        session_leave(s);
        return s->error.status;
    }
    transaction_abandon(s);
    pending_drop(s);
    transaction_restore_objects(s);
    session_forget_error(s);
    hooks_after_rollback(s);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}
