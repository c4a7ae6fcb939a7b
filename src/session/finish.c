/* Finish: what was written becomes what is. Nothing here can fail: the transaction is committed already. */
#include "object.h"
#include "snapshot.h"
#include "transaction.h"
#include "work.h"

bool work_prepare_finish(struct work *w, bool committed)
{
    if (!map_prepare(&w->s->map))
        return !session_no_memory(w->s);
    for (uint32_t i = 0; !committed && i < w->change_count; i++)
        if (!transaction_remember(w->s, w->changes[i].entry))
            return !session_no_memory(w->s);
    return true;
}

/* The object becomes its image: keys, what the server made, foreign keys, and memory of the session's own. */
static void promote(struct work *w, const struct mapper *mapper, const struct change *change)
{
    struct entry *entry = change->entry;
    void *object = entry_object(mapper, entry);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        memcpy(column_field(c, object), column_field(c, change->image), c->size);
    }
    if (change->old)
        object_forget_stale_pointers(w->s, mapper, object);
    snapshot_take(mapper, object, entry_snapshot(mapper, entry));
    if (!entry->mapped)
        identity_add_prepared(&w->s->map, mapper, entry);
    session_forget_assigned(w->s, entry);
}

void work_finish(struct work *w, bool committed)
{
    uint64_t *const counts[] = {[HOWDAH_OPERATION_INSERT] = &w->s->written.inserted,
                                [HOWDAH_OPERATION_UPDATE] = &w->s->written.updated,
                                [HOWDAH_OPERATION_DELETE] = &w->s->written.deleted};
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        if (change->batch != NONE)
            ++*counts[change->operation];
        entry_move(change->entry, EVENT_WRITTEN);
        if (change->operation != HOWDAH_OPERATION_DELETE)
            promote(w, change_mapper(w, change), change);
        else if (committed) /* until then it keeps its place in the map, should the flush be undone */
            identity_remove(&w->s->map, change->entry);
    }
}
