/* Pair: each change gets the image of its row as it will be, with foreign keys filled in from pointers. What is sent of
 * it is a set of columns. The identity map follows keys that were set after an object was added. */
#include "foreign_key.h"
#include "object.h"
#include "owner.h"
#include "pair.h"

bool work_defers(const struct work *w, const struct change *change, uint32_t column)
{
    uint32_t at = change->deferrals;
    while (at != NONE && deferral_column(&w->deferrals[at]) != column)
        at = w->deferrals[at].next;
    return at != NONE;
}

/* A part of the key is the key of an object that has none yet. */
static bool key_is_deferred(const struct work *w, const struct mapper *mapper, const struct change *change)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (work_defers(w, change, mapper->key[i]))
            return true;
    return false;
}

/* Whether a part of its key leads to a row that goes for good: the new object's leads to another one that has its key then. */
static bool goes_with_its_key(const struct work *w, const struct change *dropped)
{
    const struct mapper *mapper = dropped->mapper;
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        const struct entry *target =
            foreign_key_is_in_key(key) ? foreign_key_target(w->s, key, mapper, dropped->old) : NULL;
        const struct change *gone = target ? work_change_of(w, target) : NULL;
        if (gone && gone->operation == HOWDAH_OPERATION_DELETE && !gone->row_stays && !gone->taken_over)
            return true;
    }
    return false;
}

/* The row of an object that is deleted, and that a new one has the key of, stays: it becomes the new object's. What refers
 * to it is none the wiser, and no ON DELETE fires. */
static void take_over(struct work *w, struct change *change, const struct entry *holder)
{
    struct change *dropped = work_change_of(w, holder);
    if (!dropped || dropped->operation != HOWDAH_OPERATION_DELETE ||
        (change->mapper->join_of && dropped->fate == FATE_FOLLOWS) || goes_with_its_key(w, dropped))
        return; /* flushed: the row is gone; or it goes with what it leads from or to */
    dropped->taken_over = w->inherits = true;
    dropped->place = (uint32_t)(change - w->changes);
    w->deletes[change->mapper->index]--;
    w->inserts[change->mapper->index]--;
    change->operation = HOWDAH_OPERATION_UPDATE;
    work_set(w, change->mapper, HOWDAH_OPERATION_UPDATE);
    change->old = dropped->old;
    change->extra = dropped->extra; /* the old values that the row must have */
}

/* Whether the identity map knows a new object as it is to be known. */
static inline bool key_is_claimed(const struct work *w, const struct mapper *mapper, const struct change *change)
{
    const struct entry *entry = change->entry;
    if (change->deferrals != NONE && key_is_deferred(w, mapper, change))
        return !entry->mapped; /* until all of it is known */
    return entry->mapped ? key_equal(mapper, change->image, entry_snapshot(mapper, entry))
                         : !key_is_set(mapper, change->image);
}

/* Its key was set or changed after it was added: the identity map follows. */
static bool claim_key(struct work *w, const struct mapper *mapper, struct change *change)
{
    struct entry *entry = change->entry;
    void *snapshot = entry_snapshot(mapper, entry);
    identity_remove(&w->s->map, entry);
    if (key_is_deferred(w, mapper, change))
        return true;
    const struct entry *holder = identity_find(&w->s->map, mapper, change->image);
    if (holder && holder->state != ENTRY_DETACHED && !entry_gives_up_key(mapper, holder))
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

static bool pair_with_rows(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count)
{
    bool inserts = changes->operation == HOWDAH_OPERATION_INSERT;
    for (uint32_t i = 0; inserts && i < count; i++)
        if (!key_is_claimed(w, mapper, &changes[i]) && !claim_key(w, mapper, &changes[i]))
            return false;
    return changes->operation == HOWDAH_OPERATION_INSERT ? pair_inserted(w, mapper, changes, count)
                                                         : pair_updated(w, mapper, changes, count); /* or took over */
}

/* One, or those of a stretch, of which some may have been paired in turn before. */
static bool pair_changes(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count)
{
    const bool related = mapper->relation_count || changes->entry->placed; /* where any is placed, each is alone */
    for (uint32_t i = 0; related && i < count; i++)
        if (changes[i].pairing != PAIRING_DONE && !pair_relations(w, mapper, &changes[i]))
            return false;
    /* An update that waits for a key has columns of its own. */
    const uint32_t step = w->deferral_count && changes->operation == HOWDAH_OPERATION_UPDATE ? 1 : count;
    for (uint32_t i = 0; i < count; i += step)
        if (!pair_with_rows(w, mapper, changes + i, step))
            return false;
    return true;
}

/* --- keys that are handed down --- */

static bool is_paired(const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_DELETE || change->fate != FATE_WRITTEN ||
           change->pairing == PAIRING_DONE;
}

/* The change of a row that this one refers to over the key, if its own foreign keys are yet to be filled in. */
static struct change *unpaired_target(struct work *w, const struct change *change, const struct foreign_key *key)
{
    const void *pointer = key->relation ? object_pointer(key->relation, change->image) : NULL;
    const struct placed *placed = pointer ? NULL : placed_find(w->s, change->entry, key);
    struct entry *target = pointer ? slabs_find(&w->s->slabs, pointer) : placed ? placed->owner : NULL;
    struct change *made = target && target->mapper == key->target->index ? work_change_of(w, target) : NULL;
    return made && made != change && !is_paired(made) && made->pairing == PAIRING_NONE ? made : NULL;
}

static struct change *next_unpaired(struct work *w, const struct change *change)
{
    const struct mapper *mapper = change->mapper;
    struct change *found = NULL;
    for (uint32_t k = 0; k < mapper->foreign_key_count && !found; k++)
        found = unpaired_target(w, change, &mapper->foreign_keys[k]);
    for (const struct foreign_key *key = mapper->typed_keys; key && !found; key = key->next_typed)
        found = unpaired_target(w, change, key);
    return found;
}

/* What hands its key down goes before those that take it on: a walk along pointers, without recursion. In a ring somebody
 * begins. */
static bool pair_in_turn(struct work *w, struct change *first)
{
    uint32_t *way = NULL, count = 0, capacity = 0;
    for (struct change *change = first; change;) {
        struct change *next = change->mapper->takes_on ? next_unpaired(w, change) : NULL;
        change->pairing = PAIRING_WAITS;
        if (next) {
            uint32_t *grown = work_grow(w, way, count, &capacity, sizeof(*way));
            if (!grown)
                return false;
            way = grown;
            way[count++] = (uint32_t)(change - w->changes);
            change = next;
            continue;
        }
        if (!pair_changes(w, change->mapper, change, 1))
            return false;
        change = count ? &w->changes[way[--count]] : NULL;
    }
    return true;
}

/* Whether of the changes of this table as many are paired at once as are in a stretch: none of them asks for others, nor takes
 * over a row. */
static bool pairs_stretches(const struct work *w, const struct mapper *mapper)
{
    bool takes_over = work_has(w, mapper, HOWDAH_OPERATION_INSERT) && work_has(w, mapper, HOWDAH_OPERATION_DELETE);
    return !mapper->takes_on && !takes_over && !w->s->placed && !w->s->write_all;
}

static bool pair_run(struct work *w, struct change_run run)
{
    const struct mapper *mapper = run.mapper;
    const bool stretches = pairs_stretches(w, mapper);
    for (uint32_t i = run.first, count; i < run.end; i += count) {
        struct change *change = &w->changes[i];
        count = 1;
        if (is_paired(change))
            continue;
        if (stretches && change->stretch)
            count = change->stretch;
        if (mapper->takes_on ? !pair_in_turn(w, change) : !pair_changes(w, mapper, change, count))
            return false;
        if (mapper->foreign_key_count || mapper->typed_keys) /* whose values were read into it */
            arena_reset(&w->s->scratch);
    }
    return true;
}

static bool pair_runs(struct work *w)
{
    for (uint32_t i = 0; i < w->run_count; i++)
        if (!pair_images(w, w->runs[i]))
            return false;
    for (uint32_t i = 0; i < w->run_count; i++)
        if (work_has_images(w, w->runs[i].mapper) && !pair_run(w, w->runs[i]))
            return false;
    return true;
}

bool work_pair(struct work *w)
{
    uint64_t sets[GROUP_MAX * COLUMN_WORDS_MAX];
    w->set = sets;
    bool good = pair_runs(w);
    w->set = NULL;
    return good;
}
