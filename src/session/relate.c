/* Relate: what follows from the changes before they are paired with rows. Both sides of relations are made to agree with
 * what the program wrote into plain fields; orphans, and what cascades reach, are deleted; and what refers to deleted
 * rows lets go of them. Nothing is read. */
#include "relate.h"

#include "cascade.h"
#include "collection.h"
#include "displace.h"
#include "join_row.h"
#include "object.h"
#include "owner.h"

/* --- what is the session's to change --- */

static bool is_edited(const struct relation *relation, const void *object, const void *snapshot)
{
    return relation_is_many(relation) ? collection_is_edited(relation, object, snapshot)
                                      : relation->field->kind == HOWDAH_FIELD_HAS_ONE &&
                                            object_pointer(relation, object) != object_pointer(relation, snapshot);
}

/* Before any of it is brought into step, which would hide an edit. */
static bool refuse_edits(struct work *w, const struct change *change)
{
    const struct mapper *mapper = change_mapper(w, change);
    const void *object = entry_object(mapper, change->entry), *snapshot = entry_snapshot(mapper, change->entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (is_edited(&mapper->relations[i], object, snapshot))
            return work_refuse(w, HOWDAH_STATUS_MISUSE, change, mapper->relations[i].field->name,
                               "was edited by hand: use session_link and session_unlink");
    return true;
}

static bool check_edits(struct work *w)
{
    for (const struct change_run *run = w->runs; run && run < w->runs + w->run_count; run++)
        for (uint32_t i = run->first; run->mapper->relation_count && i < run->end; i++)
            if (w->changes[i].operation != HOWDAH_OPERATION_DELETE && !refuse_edits(w, &w->changes[i]))
                return false;
    return true;
}

/* --- both sides agree --- */

static bool follow(struct work *w)
{
    for (uint32_t r = 0; r < w->run_count; r++) {
        const struct mapper *mapper = w->runs[r].mapper;
        struct owner_keys walk = {0};
        bool related = mapper->relation_count || owner_next_key(mapper, &walk);
        for (uint32_t i = w->runs[r].first; (related || mapper->links) && i < w->runs[r].end; i++) {
            const struct change *change = &w->changes[i];
            if (mapper->links && !join_row_follow(w->s, mapper->links, change->entry))
                return false;
            if (related && change->operation != HOWDAH_OPERATION_DELETE && !owner_follow(w->s, mapper, change->entry))
                return false;
        }
    }
    return true;
}

/* --- deleting --- */

static bool delete_orphans(struct work *w)
{
    for (const struct placed *placed = w->s->placed; placed; placed = placed->next) {
        struct entry *child = placed->child, *owner;
        if (placed->owner || !cascade_of_orphans(placed->key) ||
            (child->state != ENTRY_NEW && child->state != ENTRY_LOADED))
            continue;
        if (owner_now(w->s, placed->key, entry_mapper(w->s, child), child, &owner) == OWNER_NONE &&
            !relate_delete(w, child, false))
            return false;
    }
    return true;
}

static void find_rows_taken_in(struct work *w, const struct mapper *mapper, struct change_run run)
{
    for (uint32_t i = run.first; i < run.end; i++) {
        const void *object = entry_object(mapper, w->changes[i].entry);
        if (w->changes[i].operation != HOWDAH_OPERATION_INSERT || w->changes[i].fate == FATE_DROPPED ||
            !key_is_set(mapper, object))
            continue;
        const struct entry *holder = identity_find(&w->s->map, mapper, object);
        struct change *deleted = holder && holder->state == ENTRY_DELETED ? work_change_of(w, holder) : NULL;
        if (deleted)
            deleted->row_stays = true;
    }
}

/* New objects are to take over the rows of deleted ones. */
static void find_taken_rows(struct work *w)
{
    for (uint32_t i = 0; i < w->run_count; i++) {
        const struct mapper *mapper = w->runs[i].mapper;
        if (work_has(w, mapper, HOWDAH_OPERATION_INSERT) && w->deletes[mapper->index] && !mapper->join_of)
            find_rows_taken_in(w, mapper, w->runs[i]);
    }
}

static bool relate_deletes(struct work *w, const struct reach *reach)
{
    struct map families;
    map_init(&families, &w->s->db->allocator);
    find_taken_rows(w);
    bool good = families_find(w, &families, reach) && relate_families(w, &families);
    map_clear(&families);
    return good;
}

bool work_relate(struct work *w)
{
    struct reach reach = {0};
    if (!check_edits(w) || !follow(w) || !work_displace(w) || !delete_orphans(w) || !families_reach(w, &reach))
        return false;
    if (reach.count && !relate_deletes(w, &reach))
        return false;
    relate_dead_links(w);
    return !reach.count || relate_links_of_taken_rows(w);
}

void work_unrelate(struct work *w)
{
    for (uint32_t i = 0; w->cascades && i < w->change_count; i++) {
        struct entry *entry = w->changes[i].entry;
        if (entry->cascaded && entry->state == ENTRY_DELETED)
            entry_move(entry, EVENT_ADD);
        entry->cascaded = false;
    }
}
