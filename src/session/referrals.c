#include "referrals.h"

#include "foreign_key.h"
#include "key_index.h"

/* A knot with a row that refers to a value. */
struct referral {
    uint32_t knot, next; /* of the same value; NONE at the end */
};

/* Over one foreign key. */
struct referrals {
    struct referrals *next;
    const struct foreign_key *key;
    struct key_index values;
    uint32_t *firsts; /* by number of the value */
    struct referral *referrals;
    uint32_t count;
};

static bool may_refer(const struct change *change, const struct foreign_key *key)
{
    return change->mapper == key->owner && change->operation != HOWDAH_OPERATION_DELETE && !change->extra->follow &&
           !foreign_key_is_null(key, key->owner, change->image) && foreign_key_applies(key, change->image);
}

static bool add_row(struct splitting *s, struct referrals *r, const struct change *change, uint32_t knot)
{
    const struct howdah_model *target = r->key->target->model;
    struct arena *arena = &s->w->arena;
    void *value = arena_allocate_zero(arena, target->size, target->alignment);
    if (!value || !foreign_key_probe(r->key, r->key->owner, arena, change->image, value))
        return !session_no_memory(s->w->s);
    uint32_t known = r->values.count, number = key_index_add(&r->values, value);
    if (number == known)
        r->firsts[number] = NONE;
    if (r->firsts[number] != NONE && r->referrals[r->firsts[number]].knot == knot)
        return true; /* rows come knot by knot */
    r->referrals[r->count] = (struct referral){knot, r->firsts[number]};
    r->firsts[number] = r->count++;
    return true;
}

static bool fill(struct splitting *s, struct referrals *r)
{
    const struct foreign_key *key = r->key;
    r->firsts = split_allocate(s, s->count, sizeof(*r->firsts));
    r->referrals = split_allocate(s, s->count, sizeof(*r->referrals));
    if (!r->firsts || !r->referrals)
        return false;
    if (!key_index_init(&r->values, &s->w->arena, key->target, key->targets, key->count, (size_t)s->count + 1))
        return !session_no_memory(s->w->s);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct change *change = &s->w->changes[s->changes[s->by_knot[i]]];
        if (may_refer(change, key) && !add_row(s, r, change, s->knots.of[s->by_knot[i]]))
            return false;
    }
    return true;
}

static struct referrals *referrals_of(struct splitting *s, const struct foreign_key *key)
{
    struct referrals *r = s->referrals;
    while (r && r->key != key)
        r = r->next;
    if (r)
        return r;
    r = split_allocate(s, 1, sizeof(*r));
    if (!r)
        return NULL;
    *r = (struct referrals){.next = s->referrals, .key = key};
    if (!fill(s, r))
        return NULL;
    return s->referrals = r;
}

bool referrals_ask(struct splitting *s, uint32_t knot, const struct foreign_key *key, const struct change *gone,
                   bool *ret)
{
    const struct referrals *r = referrals_of(s, key);
    if (!r)
        return false;
    uint32_t number = key_index_find(&r->values, gone->old), at = number == KEY_NONE ? NONE : r->firsts[number];
    while (at != NONE && r->referrals[at].knot != knot)
        at = r->referrals[at].next;
    *ret = at != NONE;
    return true;
}
