/* Edges: which row must go before which other, by the foreign keys that they really have. */
#include "foreign_key.h"
#include "work.h"

static bool add_edge(struct work *w, uint32_t before, uint32_t after, const struct foreign_key *key)
{
    if (w->changes[before].batch == NONE || w->changes[after].batch == NONE)
        return true; /* one of them is not written */
    struct row_edge *edges = work_grow(w, w->edges, w->edge_count, &w->edge_capacity, sizeof(*edges));
    if (!edges)
        return false;
    w->edges = edges;
    edges[w->edge_count++] = (struct row_edge){before, after, key};
    return true;
}

/* What refers to a row goes behind its INSERT. */
static bool edge_to_insert(struct work *w, const struct mapper *mapper, const struct change *change, uint32_t index,
                           const struct foreign_key *key)
{
    if (!w->inserts[key->target->index])
        return true;
    const struct entry *target = foreign_key_target(w->s, key, mapper, change->image);
    const struct change *insert = target ? work_change_of(w, target) : NULL;
    if (!insert || insert->operation != HOWDAH_OPERATION_INSERT || insert == change)
        return true;
    return add_edge(w, target->change, index, key);
}

/* What referred to a row goes before its DELETE. */
static bool edge_to_delete(struct work *w, const struct mapper *mapper, const void *old, uint32_t index,
                           const struct foreign_key *key)
{
    if (!w->deletes[key->target->index])
        return true;
    const struct entry *target = foreign_key_target(w->s, key, mapper, old);
    if (!target || target->state != ENTRY_DELETED || target->change == index || !work_change_of(w, target))
        return true;
    return add_edge(w, index, target->change, key);
}

/* A foreign key to other than the primary key can't be looked up: all inserts before, all deletes behind. */
static bool edges_to_all(struct work *w, const struct change *change, uint32_t index, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *other = &w->changes[i];
        if (i == index || other->entry->mapper != key->target->index)
            continue;
        bool insert = other->operation == HOWDAH_OPERATION_INSERT && change->operation != HOWDAH_OPERATION_DELETE;
        bool delete = other->operation == HOWDAH_OPERATION_DELETE && change->operation != HOWDAH_OPERATION_INSERT;
        if (insert && foreign_key_refers_to(key, change_mapper(w, change), change->image, other->image) &&
            !add_edge(w, i, index, key))
            return false;
        if (delete &&foreign_key_refers_to(key, change_mapper(w, change), change->old, other->old) &&
            !add_edge(w, index, i, key))
            return false;
    }
    return true;
}

static bool edges_of_key(struct work *w, const struct change *change, uint32_t index, const struct foreign_key *key)
{
    const struct mapper *mapper = change_mapper(w, change);
    bool written = change->operation == HOWDAH_OPERATION_INSERT;
    for (uint32_t i = 0; change->operation == HOWDAH_OPERATION_UPDATE && i < key->count; i++)
        written = written || column_in(change->columns, key->columns[i]);
    if (!key->to_primary_key)
        return (!w->inserts[key->target->index] && !w->deletes[key->target->index]) ||
               edges_to_all(w, change, index, key);
    if (written && !edge_to_insert(w, mapper, change, index, key))
        return false;
    bool released = change->operation == HOWDAH_OPERATION_DELETE || (written && change->old);
    return !released || edge_to_delete(w, mapper, change->old, index, key);
}

bool work_find_edges(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        const struct mapper *mapper = change_mapper(w, change);
        if (change->batch == NONE)
            continue;
        for (uint32_t k = 0; k < mapper->foreign_key_count; k++)
            if (!edges_of_key(w, change, i, &mapper->foreign_keys[k]))
                return false;
        for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next)
            if (!add_edge(w, w->deferrals[d].target, i, w->deferrals[d].key))
                return false;
    }
    return true;
}
