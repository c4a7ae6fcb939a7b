/* Collect: every entry that differs from its row takes part. */
#include "marks.h"
#include "snapshot.h"
#include "work.h"

struct change *work_add_change(struct work *w, const struct mapper *mapper, struct entry *entry,
                               enum howdah_operation operation)
{
    void *snapshot = entry_snapshot(mapper, entry);
    struct change *changes = work_grow(w, w->changes, w->change_count, &w->change_capacity, sizeof(*changes));
    if (!changes)
        return NULL;
    w->changes = changes;
    w->changes[w->change_count] = (struct change){.entry = entry,
                                                  .mapper = mapper,
                                                  .image = operation == HOWDAH_OPERATION_DELETE ? snapshot : NULL,
                                                  .old = operation == HOWDAH_OPERATION_INSERT ? NULL : snapshot,
                                                  .columns = w->no_columns,
                                                  .operation = (uint8_t)operation,
                                                  .batch = NONE,
                                                  .deferrals = NONE,
                                                  .cleared = NONE};
    entry->change = w->change_count;
    return &w->changes[w->change_count++];
}

/* An object that is not clean. */
static bool collect_entry(struct work *w, const struct mapper *mapper, struct entry *entry)
{
    switch ((enum entry_state)entry->state) {
    case ENTRY_LOADED: return entry->read_only || work_add_change(w, mapper, entry, HOWDAH_OPERATION_UPDATE) != NULL;
    case ENTRY_NEW:
        w->inserts[mapper->index]++;
        return work_add_change(w, mapper, entry, HOWDAH_OPERATION_INSERT) != NULL;
    case ENTRY_DELETED:
        w->deletes[mapper->index]++;
        return work_add_change(w, mapper, entry, HOWDAH_OPERATION_DELETE) != NULL;
    case ENTRY_DETACHED:
    case ENTRY_STATES: break;
    }
    return true;
}

/* The first entry that is not clean, or the end. Not inlined: what is done with that one would take the registers. */
__attribute__((noinline)) static unsigned char *skip_clean(const struct work *w, const struct mapper *mapper,
                                                           size_t stride, unsigned char *at, const unsigned char *end)
{
    for (; at < end; at += stride) {
        const struct entry *entry = (const struct entry *)(const void *)at;
        if (entry->state != ENTRY_LOADED || entry->placed || (entry->marked && marks_send(w->s, entry)) ||
            !snapshot_clean(mapper, entry_object(mapper, entry), entry_snapshot(mapper, entry)))
            break;
    }
    return at;
}

static bool collect_slab(struct work *w, const struct slab *slab)
{
    const struct mapper *mapper = slab->mapper;
    unsigned char *at = slab->entries, *end = at + (size_t)slab->count * slab->stride;
    bool write_all = w->s->write_all;
    while ((at = write_all ? at : skip_clean(w, mapper, slab->stride, at, end)) < end) {
        if (!collect_entry(w, mapper, (struct entry *)(void *)at))
            return false;
        at += slab->stride;
    }
    return true;
}

bool work_collect(struct work *w)
{
    const struct slabs *slabs = &w->s->slabs;
    for (uint32_t i = 0; i < slabs->chain_count; i++)
        for (const struct slab *slab = slabs->chains[i].first; slab; slab = slab->next)
            if (!collect_slab(w, slab))
                return false;
    return true;
}
