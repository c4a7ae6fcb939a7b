/* Collect: every entry that differs from its row takes part. */
#include "snapshot.h"
#include "work.h"

static bool add_change(struct work *w, struct entry *entry, enum howdah_operation operation)
{
    struct change *changes = work_grow(w, w->changes, w->change_count, &w->change_capacity, sizeof(*changes));
    if (!changes)
        return false;
    w->changes = changes;
    w->changes[w->change_count] =
        (struct change){.entry = entry, .operation = (uint8_t)operation, .batch = NONE, .deferrals = NONE};
    entry->change = w->change_count++;
    return true;
}

static bool collect_entry(struct work *w, const struct mapper *mapper, struct entry *entry)
{
    switch ((enum entry_state)entry->state) {
    case ENTRY_LOADED:
        if (!w->s->write_all && snapshot_clean(mapper, entry_object(mapper, entry), entry_snapshot(mapper, entry)))
            return true;
        return add_change(w, entry, HOWDAH_OPERATION_UPDATE);
    case ENTRY_NEW: w->inserts[mapper->index]++; return add_change(w, entry, HOWDAH_OPERATION_INSERT);
    case ENTRY_DELETED: w->deletes[mapper->index]++; return add_change(w, entry, HOWDAH_OPERATION_DELETE);
    case ENTRY_DETACHED:
    case ENTRY_STATES: break;
    }
    return true;
}

bool work_collect(struct work *w)
{
    const struct slabs *slabs = &w->s->slabs;
    for (uint32_t i = 0; i < slabs->chain_count; i++)
        for (const struct slab *slab = slabs->chains[i].first; slab; slab = slab->next)
            for (uint32_t n = 0; n < slab->count; n++)
                if (!collect_entry(w, slab->mapper, slab_entry(slab, n)))
                    return false;
    return true;
}
