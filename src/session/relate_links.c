/* Rows of join tables that go with what is deleted. */
#include "collection.h"
#include "join_row.h"
#include "relate.h"

/* One side of the row has none, or will have none. One that was evicted is an error of the commit. */
static bool is_dead(const struct work *w, const struct mapper *join, const struct entry *row)
{
    const struct entry *sides[2];
    join_row_sides(w->s, join, row, sides);
    for (uint32_t i = 0; i < 2; i++) {
        const struct change *change = sides[i] ? work_change_of(w, sides[i]) : NULL;
        if (!sides[i] || sides[i]->state == ENTRY_DELETED || sides[i]->row_deleted ||
            (change && change->fate == FATE_DROPPED))
            return true;
    }
    return false;
}

void relate_dead_links(struct work *w)
{
    for (const struct join_link *link = w->s->join_links; link; link = link->next) {
        struct change *change = work_change_of(w, link->row);
        const struct mapper *mapper = entry_mapper(w->s, link->row);
        if (!change || !mapper->join_of || !is_dead(w, mapper, link->row))
            continue;
        change->fate = change->operation == HOWDAH_OPERATION_INSERT ? FATE_DROPPED : FATE_FOLLOWS;
    }
}

/* A row of a join table that goes although the row that it refers to stays. */
static bool delete_link(struct work *w, const struct relation *relation, struct entry *owner, struct entry *other)
{
    const struct join_link *pending = join_row_of(w->s, relation, owner, other);
    if (pending && pending->row->state == ENTRY_NEW)
        return true; /* dropped with its owner */
    if (!join_row_remove(w->s, relation, owner, other))
        return false;
    struct entry *row = join_row_of(w->s, relation, owner, other)->row;
    struct change *change = work_change_of(w, row);
    if (!change && !(change = work_add_change(w, entry_mapper(w->s, row), row, HOWDAH_OPERATION_DELETE)))
        return false;
    change->fate = FATE_WRITTEN;
    row->cascaded = w->cascades = true;
    w->deletes[row->mapper]++;
    return true;
}

/* A new object takes over the row of a deleted one: that one's links go, as far as they are loaded. */
static bool delete_links_of(struct work *w, const struct mapper *mapper, struct entry *deleted)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (!relation->join)
            continue;
        const struct collection collection = collection_get(relation, entry_object(mapper, deleted));
        for (size_t k = 0; k < collection.count; k++) {
            struct entry *other = slabs_find(&w->s->slabs, collection.items[k]);
            if (other && other->state == ENTRY_LOADED && !delete_link(w, relation, deleted, other))
                return false;
        }
    }
    return true;
}

bool relate_links_of_taken_rows(struct work *w)
{
    uint32_t count = w->run_count; /* what is added from here on are rows of join tables */
    for (uint32_t r = 0; r < count; r++) {
        const struct change_run run = w->runs[r];
        bool any = run.mapper->relation_count && work_has(w, run.mapper, HOWDAH_OPERATION_INSERT);
        for (uint32_t i = run.first; any && i < run.end; i++)
            if (w->changes[i].row_stays && !delete_links_of(w, run.mapper, w->changes[i].entry))
                return false;
    }
    return true;
}
