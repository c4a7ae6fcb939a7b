/* Taking over the memory that a program's pointers lead to, where no commit did it. */
#include "object.h"
#include "snapshot.h"

void object_own(struct howdah_session *s, const struct mapper *mapper, const struct entry *entry)
{
    void *object = entry_object(mapper, entry);
    for (uint32_t i = 0; i < mapper->pointer_count; i++) {
        const struct column *c = &mapper->columns[mapper->pointers[i]];
        if (!snapshot_has_field(c, object, entry_snapshot(mapper, entry)))
            column_copy(c, &s->arena, object);
    }
}

void object_own_all(struct howdah_session *s)
{
    for (uint32_t i = 0; i < s->slabs.chain_count; i++)
        for (const struct slab *slab = s->slabs.chains[i].first; slab; slab = slab->next)
            for (uint32_t n = 0; slab->mapper->pointer_count && n < slab->count; n++) {
                const struct entry *entry = slab_entry(slab, n);
                if (entry->state != ENTRY_DETACHED)
                    object_own(s, slab->mapper, entry);
            }
}
