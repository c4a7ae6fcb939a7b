/* Rows that go along with others by ON DELETE, where a foreign key without an action leads from them to another deleted
 * row, or from another one to them: the server would refuse whichever comes too early. So they are deleted by statements,
 * which have an order, and so is what they go along with. */
#include "foreign_key.h"
#include "owner.h"
#include "relate.h"

struct along {
    struct work *w;
    bool *exact; /* by change: it needs an order */
    bool more;
};

static bool goes_along(const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_DELETE && change->fate == FATE_FOLLOWS && change->old;
}

static bool any_goes_along(const struct work *w)
{
    for (uint32_t r = 0; r < w->run_count; r++) {
        const struct change_run *run = &w->runs[r];
        for (uint32_t i = run->first; work_has(w, run->mapper, HOWDAH_OPERATION_DELETE) && i < run->end; i++)
            if (goes_along(&w->changes[i]))
                return true;
    }
    return false;
}

static void make_exact(struct along *a, struct change *change)
{
    bool *exact = &a->exact[change - a->w->changes];
    if (*exact)
        return;
    *exact = a->more = true;
    if (!goes_along(change))
        return;
    change->fate = FATE_WRITTEN;
    a->w->deletes[change->mapper->index]++;
}

/* To whom the row refers by the key. */
static bool find_target(struct work *w, const struct holders *holders, const struct foreign_key *key,
                        const struct change *change, struct entry **ret)
{
    *ret = owner_of_row(w->s, key, change->mapper, change->entry);
    return *ret || !holders || holders_of_row(w, holders, key, change->mapper, change->entry, ret);
}

static bool look_along(struct along *a, const struct change_run *run, const struct foreign_key *key)
{
    struct work *w = a->w;
    struct holders *holders = key->to_primary_key ? NULL : ARENA_NEW(&w->arena, struct holders);
    if (!key->to_primary_key && (!holders || !holders_find(w, key, holders)))
        return holders || !session_no_memory(w->s);
    for (uint32_t i = run->first; i < run->end; i++) {
        struct change *change = &w->changes[i];
        struct entry *target;
        bool follows = key->on_delete == HOWDAH_ON_DELETE_CASCADE;
        if (change->operation != HOWDAH_OPERATION_DELETE || !change->old || (follows && !a->exact[i]))
            continue;
        if (!find_target(w, holders, key, change, &target))
            return false;
        struct change *gone = target ? work_change_of(w, target) : NULL;
        if (!gone || gone == change || gone->operation != HOWDAH_OPERATION_DELETE)
            continue;
        make_exact(a, change);
        make_exact(a, gone);
    }
    return true;
}

static bool look_along_all(struct along *a, const struct change_run run)
{
    if (!work_has(a->w, run.mapper, HOWDAH_OPERATION_DELETE))
        return true;
    for (uint32_t k = 0; k < run.mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &run.mapper->foreign_keys[k];
        bool clears = key->on_delete == HOWDAH_ON_DELETE_SET_NULL || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT;
        if (!clears && work_has(a->w, key->target, HOWDAH_OPERATION_DELETE) && !look_along(a, &run, key))
            return false;
    }
    return true;
}

bool relate_along(struct work *w)
{
    struct along a = {.w = w, .more = any_goes_along(w)};
    if (a.more && !(a.exact = arena_allocate_zero(&w->arena, w->change_count * sizeof(bool), sizeof(bool))))
        return !session_no_memory(w->s);
    while (a.more) {
        a.more = false;
        for (uint32_t r = 0; r < w->run_count; r++)
            if (!look_along_all(&a, w->runs[r]))
                return false;
    }
    return true;
}
