/* Pair: each change gets the image of its row as it will be, with foreign keys filled in from pointers. What is sent of
 * it is a set of columns. The identity map follows keys that were set after an object was added. */
#include "foreign_key.h"
#include "pair.h"

bool work_defers(const struct work *w, const struct change *change, uint32_t column)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next)
        if (w->deferrals[d].key->columns[foreign_key_generated_part(w->deferrals[d].key)] == column)
            return true;
    return false;
}

/* A part of the key is the key of an object that has none yet. */
static bool key_is_deferred(const struct work *w, const struct mapper *mapper, const struct change *change)
{
    for (uint32_t i = 0; change->deferrals != NONE && i < mapper->key_count; i++)
        if (work_defers(w, change, mapper->key[i]))
            return true;
    return false;
}

/* The row of an object that is deleted, and that a new one has the key of, stays: it becomes the new object's. What refers
 * to it is none the wiser, and no ON DELETE fires. */
static void take_over(struct work *w, struct change *change, const struct entry *holder)
{
    struct change *dropped = work_change_of(w, holder);
    if (!dropped || dropped->operation != HOWDAH_OPERATION_DELETE)
        return; /* flushed: the row is gone */
    dropped->taken_over = w->inherits = true;
    dropped->place = (uint32_t)(change - w->changes);
    w->deletes[change->mapper->index]--;
    w->inserts[change->mapper->index]--;
    change->operation = HOWDAH_OPERATION_UPDATE;
    work_set(w, change->mapper, HOWDAH_OPERATION_UPDATE);
    change->old = dropped->old;
    change->extra = dropped->extra; /* the old values that the row must have */
}

/* A new object whose key was set or changed after it was added: the identity map follows. */
static bool claim_key(struct work *w, const struct mapper *mapper, struct change *change)
{
    struct entry *entry = change->entry;
    void *snapshot = entry_snapshot(mapper, entry);
    if (entry->mapped ? key_equal(mapper, change->image, snapshot)
                      : !key_is_set(mapper, change->image) || key_is_deferred(w, mapper, change))
        return true;
    identity_remove(&w->s->map, entry);
    const struct entry *holder = identity_find(&w->s->map, mapper, change->image);
    if (holder && holder->state != ENTRY_DELETED && holder->state != ENTRY_DETACHED &&
        !entry_is_rekeyed(mapper, holder))
        return work_refuse(w, HOWDAH_STATUS_UNIQUE, change, mapper->columns[mapper->key[0]].field->name,
                           "another object of the session has this primary key");
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        memcpy(column_field(c, snapshot), column_field(c, change->image), c->size);
    }
    if (holder && holder->state == ENTRY_DELETED)
        take_over(w, change, holder);
    return holder || !key_is_set(mapper, snapshot) || identity_add(&w->s->map, mapper, entry) ||
           !session_no_memory(w->s);
}

static bool pair_change(struct work *w, const struct mapper *mapper, struct change *change)
{
    if ((mapper->relation_count || change->entry->placed) && !pair_relations(w, mapper, change))
        return false;
    if (change->operation == HOWDAH_OPERATION_INSERT && !claim_key(w, mapper, change))
        return false;
    return change->operation == HOWDAH_OPERATION_INSERT ? pair_inserted(w, mapper, change) /* it may have taken over */
                                                        : pair_updated(w, mapper, change);
}

static bool pair_run(struct work *w, struct change_run run)
{
    for (uint32_t i = run.first; i < run.end; i++) {
        struct change *change = &w->changes[i];
        if (change->operation == HOWDAH_OPERATION_DELETE || change->fate != FATE_WRITTEN)
            continue;
        if (!pair_change(w, run.mapper, change))
            return false;
        if (run.mapper->foreign_key_count || run.mapper->typed_keys) /* whose values were read into it */
            arena_reset(&w->s->scratch);
    }
    return true;
}

/* Room for sets of columns of these tables. */
static bool make_room(struct work *w)
{
    uint32_t words = 0;
    for (uint32_t i = 0; i < w->run_count; i++)
        words = column_words(w->runs[i].mapper) > words ? column_words(w->runs[i].mapper) : words;
    w->set = arena_allocate_zero(&w->arena, 2 * words * sizeof(*w->set), _Alignof(uint64_t));
    if (!w->set)
        return !session_no_memory(w->s);
    w->differing = w->set + words;
    return true;
}

bool work_pair(struct work *w)
{
    if (w->change_count && !make_room(w))
        return false;
    for (uint32_t i = 0; i < w->run_count; i++)
        if (!pair_images(w, w->runs[i]))
            return false;
    for (uint32_t i = 0; i < w->run_count; i++)
        if (work_has_images(w, w->runs[i].mapper) && !pair_run(w, w->runs[i]))
            return false;
    return true;
}
