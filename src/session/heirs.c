/* Heirs: objects that take over the rows of deleted ones. What points to a deleted one points to its heir when all is
 * written, since its foreign key does. */
#include "foreign_key.h"
#include "object.h"
#include "work.h"

/* Whose heir a pointer is to lead to; NULL: it may stay as it is. */
static struct entry *heir_of(const struct work *w, const void *pointer)
{
    const struct entry *target = pointer ? slabs_find(&w->s->slabs, pointer) : NULL;
    const struct change *change = target ? work_change_of(w, target) : NULL;
    return change && change->taken_over ? w->changes[change->place].entry : NULL;
}

static bool repoint(struct work *w, const struct mapper *mapper, const struct relation *relation, struct entry *entry)
{
    struct change *change = work_change_of(w, entry);
    if (entry->state != ENTRY_LOADED || (change && change->operation == HOWDAH_OPERATION_DELETE))
        return true;
    void *row = change ? change->image : entry_snapshot(mapper, entry);
    struct entry *heir = heir_of(w, object_pointer(relation, row));
    if (!heir)
        return true;
    void *object = entry_object(relation->target, heir);
    if (change) {
        object_set_pointer(relation, row, object);
        return true;
    }
    struct follower *followers =
        work_grow(w, w->followers, w->follower_count, &w->follower_capacity, sizeof(*followers));
    if (!followers)
        return false;
    w->followers = followers;
    followers[w->follower_count++] = (struct follower){.entry = entry, .key = relation->foreign_key, .pointer = object};
    return true;
}

static bool repoint_all(struct work *w, const struct mapper *mapper, const struct relation *relation)
{
    const struct slabs *slabs = &w->s->slabs;
    const struct slab *slab = mapper->index < slabs->chain_count ? slabs->chains[mapper->index].first : NULL;
    for (; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!repoint(w, mapper, relation, slab_entry(slab, i)))
                return false;
    return true;
}

static bool repoint_to(struct work *w, const struct mapper *target)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        for (uint32_t r = 0; r < catalog->mappers[i].relation_count; r++) {
            const struct relation *relation = &catalog->mappers[i].relations[r];
            if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO && relation->target == target &&
                !repoint_all(w, &catalog->mappers[i], relation))
                return false;
        }
    return true;
}

bool work_find_heirs(struct work *w)
{
    for (uint32_t r = 0; r < w->run_count; r++) {
        const struct change_run run = w->runs[r];
        bool any = false, may = work_has(w, run.mapper, HOWDAH_OPERATION_DELETE) &&
                                work_has(w, run.mapper, HOWDAH_OPERATION_INSERT); /* as it was before it took over */
        for (uint32_t i = run.first; may && i < run.end && !any; i++)
            any = w->changes[i].taken_over;
        if (any && !repoint_to(w, run.mapper))
            return false;
    }
    return true;
}
