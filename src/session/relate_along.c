/* Rows that go along with others by ON DELETE, where a foreign key without an action leads from them to another deleted
 * row, or from another one to them: the server would refuse whichever comes too early. So they are deleted by statements,
 * which have an order, and so is what they go along with. The same where a row that stays, or goes, refers to several of
 * them, and the server clears one of these references. */
#include "cascade.h"
#include "foreign_key.h"
#include "owner.h"
#include "relate.h"

struct along {
    struct work *w;
    bool *exact;     /* by change: it needs an order */
    uint32_t *fresh; /* of these the ones whose owners were not looked at yet */
    uint32_t fresh_count;
    struct holders ***holders; /* by table and foreign key, once they were asked for */
};

static bool any_goes_along(const struct work *w)
{
    for (uint32_t r = 0; r < w->run_count; r++) {
        const struct change_run *run = &w->runs[r];
        for (uint32_t i = run->first; work_has(w, run->mapper, HOWDAH_OPERATION_DELETE) && i < run->end; i++)
            if (change_goes_along(&w->changes[i]))
                return true;
    }
    return false;
}

static void make_exact(struct along *a, struct change *change)
{
    bool *exact = &a->exact[change - a->w->changes];
    if (*exact)
        return;
    *exact = true;
    a->fresh[a->fresh_count++] = (uint32_t)(change - a->w->changes);
    if (!change_goes_along(change))
        return;
    change->fate = FATE_WRITTEN;
    a->w->deletes[change->mapper->index]++;
}

static bool is_clearing(const struct foreign_key *key)
{
    return key->on_delete == HOWDAH_ON_DELETE_SET_NULL || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT;
}

/* NULL where the identity map alone tells them. */
static bool find_holders(struct along *a, const struct foreign_key *key, const struct holders **ret)
{
    struct arena *arena = &a->w->arena;
    struct holders ***keys = &a->holders[key->owner->index];
    *ret = NULL;
    if (key->to_primary_key)
        return true;
    if (!*keys)
        *keys = arena_allocate_zero(arena, key->owner->foreign_key_count * sizeof(**keys), _Alignof(struct holders *));
    struct holders **place = *keys ? &(*keys)[key - key->owner->foreign_keys] : NULL;
    struct holders *found = !place ? NULL : *place ? *place : ARENA_NEW(arena, struct holders);
    if (!found)
        return !session_no_memory(a->w->s);
    *ret = found;
    return *place || (holders_find(a->w, key, found) && (*place = found));
}

/* The DELETE of the row to which the other one refers by the key, or NULL. */
static bool find_gone(struct work *w, const struct holders *holders, const struct foreign_key *key,
                      const struct entry *entry, struct change **ret)
{
    struct entry *target = owner_of_row(w->s, key, key->owner, entry);
    if (!target && holders && !holders_of_row(w, holders, key, key->owner, entry, &target))
        return false;
    struct change *gone = target && target != entry ? work_change_of(w, target) : NULL;
    *ret = gone && gone->operation == HOWDAH_OPERATION_DELETE ? gone : NULL;
    return true;
}

static bool look_along(struct along *a, const struct change_run *run, const struct foreign_key *key)
{
    const struct holders *holders;
    if (!find_holders(a, key, &holders))
        return false;
    for (uint32_t i = run->first; i < run->end; i++) {
        struct change *change = &a->w->changes[i], *gone;
        if (change->operation != HOWDAH_OPERATION_DELETE || !change->old)
            continue;
        if (!find_gone(a->w, holders, key, change->entry, &gone))
            return false;
        if (!gone)
            continue;
        make_exact(a, change);
        make_exact(a, gone);
    }
    return true;
}

/* By foreign keys that do nothing to such rows. */
static bool look_along_all(struct along *a, const struct change_run run)
{
    if (!work_has(a->w, run.mapper, HOWDAH_OPERATION_DELETE))
        return true;
    for (uint32_t k = 0; k < run.mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &run.mapper->foreign_keys[k];
        bool acts = is_clearing(key) || key->on_delete == HOWDAH_ON_DELETE_CASCADE;
        if (!acts && work_has(a->w, key->target, HOWDAH_OPERATION_DELETE) && !look_along(a, &run, key))
            return false;
    }
    return true;
}

/* What a row that needs an order goes along with needs one, too. */
static bool look_at_owners(struct along *a, const struct change *change)
{
    for (uint32_t k = 0; change->old && k < change->mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &change->mapper->foreign_keys[k];
        const struct holders *holders;
        struct change *gone;
        if (key->on_delete != HOWDAH_ON_DELETE_CASCADE || !work_has(a->w, key->target, HOWDAH_OPERATION_DELETE))
            continue;
        if (!find_holders(a, key, &holders) || !find_gone(a->w, holders, key, change->entry, &gone))
            return false;
        if (gone)
            make_exact(a, gone);
    }
    return true;
}

/* --- rows that are cleared --- */

/* `clears`: finds what clears each of the rows, in the order of the slabs; else what else is done to them. */
static bool look_at_cleared(struct along *a, const struct foreign_key *key, struct change **by, bool clears)
{
    const struct holders *holders;
    if (!find_holders(a, key, &holders))
        return false;
    for (const struct slab *slab = a->w->s->slabs.chains[key->owner->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++, by++) {
            const struct entry *entry = slab_entry(slab, i);
            struct change *gone;
            if ((entry->state != ENTRY_LOADED && entry->state != ENTRY_DELETED) || (!clears && !*by))
                continue;
            if (!find_gone(a->w, holders, key, entry, &gone))
                return false;
            if (gone && clears) {
                *by = gone;
            } else if (gone && gone != *by) {
                make_exact(a, *by);
                make_exact(a, gone);
            }
        }
    return true;
}

/* Whether rows of the table may be cleared that this transaction has written before: by a flush, or by what this plan does
 * before it deletes. */
static bool may_be_cleared(const struct work *w, const struct mapper *mapper)
{
    bool cleared = false, written = w->s->transaction != TRANSACTION_NONE || work_has_any(w, HOWDAH_OPERATION_UPDATE);
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        cleared |= is_clearing(key) && work_has(w, key->target, HOWDAH_OPERATION_DELETE);
        written |= cascade_rule_of(key, mapper) == CASCADE_CLEARS;
    }
    return cleared && written;
}

/* When the server clears a reference of a row that this transaction has written before, it checks all others of that row
 * anew: it refuses one to a row that has gone along just then, before it does to that reference what it should. */
static bool look_at_cleared_of(struct along *a, const struct mapper *mapper)
{
    struct work *w = a->w;
    size_t count = 1;
    for (const struct slab *slab = w->s->slabs.chains[mapper->index].first; slab; slab = slab->next)
        count += slab->count;
    struct change **by = arena_allocate_zero(&w->arena, count * sizeof(*by), _Alignof(struct change *));
    if (!by)
        return !session_no_memory(w->s);
    for (int clears = 1; clears >= 0; clears--)
        for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
            const struct foreign_key *key = &mapper->foreign_keys[k];
            bool acts = is_clearing(key) || (!clears && key->on_delete == HOWDAH_ON_DELETE_CASCADE);
            if (acts && work_has(w, key->target, HOWDAH_OPERATION_DELETE) && !look_at_cleared(a, key, by, clears))
                return false;
        }
    return true;
}

static bool prepare(struct along *a)
{
    struct arena *arena = &a->w->arena;
    size_t count = a->w->change_count, tables = a->w->s->db->catalog.mapper_count;
    a->exact = arena_allocate_zero(arena, count * sizeof(*a->exact), sizeof(*a->exact));
    a->fresh = arena_allocate_array(arena, count, sizeof(*a->fresh));
    a->holders = arena_allocate_zero(arena, tables * sizeof(*a->holders), _Alignof(struct holders **));
    return (a->exact && a->fresh && a->holders) || !session_no_memory(a->w->s);
}

bool relate_along(struct work *w)
{
    struct along a = {.w = w};
    const struct catalog *catalog = &w->s->db->catalog;
    if (!any_goes_along(w))
        return true;
    if (!prepare(&a))
        return false;
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        if (may_be_cleared(w, &catalog->mappers[i]) && !look_at_cleared_of(&a, &catalog->mappers[i]))
            return false;
    for (uint32_t r = 0; r < w->run_count; r++)
        if (!look_along_all(&a, w->runs[r]))
            return false;
    while (a.fresh_count > 0)
        if (!look_at_owners(&a, &w->changes[a.fresh[--a.fresh_count]]))
            return false;
    return true;
}
