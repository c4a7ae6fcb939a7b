/* Heirs: objects to which deleted ones leave their rows, or the values by which they were referred to. What points to a
 * deleted one points to its heir when all is written, since its foreign key does. */
#include "cascade.h"
#include "foreign_key.h"
#include "formulas.h"
#include "key_index.h"
#include "member.h"
#include "object.h"
#include "work.h"

/* The heirs of those to which one relation points. */
struct heirs {
    struct work *w;
    const struct relation *relation;
    bool handed_on;         /* values may go to rows that are there, or new ones, besides rows that are taken over */
    struct key_index index; /* of the values that rows take; made when it is asked for */
    struct entry **takers;  /* by number; NULL: not made yet */
};

/* --- values that are handed on --- */

/* Whether the row gets a value that it did not have, and that the client knows. */
static bool takes_value(const struct change *change, const struct foreign_key *key)
{
    uint32_t sent = 0;
    bool insert = change->operation == HOWDAH_OPERATION_INSERT;
    if (change->mapper != key->target || change->operation == HOWDAH_OPERATION_DELETE || change->fate != FATE_WRITTEN ||
        change_is_extra(change))
        return false;
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = &key->target->columns[key->targets[i]];
        if (column_is_null(c, change->image) || formulas_find(change->extra->formulas, c))
            return false;
        sent += column_in(change->columns, c->index);
    }
    return insert ? sent == key->count : sent > 0;
}

static bool find_takers(struct heirs *h)
{
    struct work *w = h->w;
    const struct foreign_key *key = h->relation->foreign_key;
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->change_count; i++)
        count += takes_value(&w->changes[i], key);
    h->takers = arena_allocate_array(&w->arena, (size_t)count + 1, sizeof(*h->takers));
    if (!h->takers || !key_index_init(&h->index, &w->arena, key->target, key->targets, key->count, (size_t)count + 1))
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < w->change_count; i++)
        if (takes_value(&w->changes[i], key))
            h->takers[key_index_add(&h->index, w->changes[i].image)] = w->changes[i].entry;
    return true;
}

/* Who takes the value of a deleted row, if it is that by which the other one refers to it still. */
static bool find_taker(struct heirs *h, const struct change *deleted, const void *row, struct entry **ret)
{
    const struct foreign_key *key = h->relation->foreign_key;
    if (!h->handed_on || !foreign_key_applies(key, row) || !foreign_key_is_known(h->w->s, key, deleted->entry) ||
        !foreign_key_refers_to(key, h->relation->mapper, row, change_loaded(deleted)))
        return true;
    if (!h->takers && !find_takers(h))
        return false;
    uint32_t number = key_index_find(&h->index, change_loaded(deleted));
    *ret = number == KEY_NONE ? NULL : h->takers[number];
    return true;
}

/* --- pointers --- */

/* Whose heir the pointer of a row is to lead to; NULL: it may stay as it is. */
static bool find_heir(struct heirs *h, const void *row, struct entry **ret)
{
    const struct work *w = h->w;
    const void *pointer = object_pointer(h->relation, row);
    const struct entry *target = pointer ? slabs_find(&w->s->slabs, pointer) : NULL;
    const struct change *change = target ? work_change_of(w, target) : NULL;
    if (!change || change->operation != HOWDAH_OPERATION_DELETE || !change->old)
        return true;
    if (!change->taken_over)
        return find_taker(h, change, row, ret);
    *ret = w->changes[change->place].entry;
    return true;
}

static bool repoint(struct heirs *h, struct entry *entry)
{
    struct work *w = h->w;
    const struct relation *relation = h->relation;
    struct change *change = work_change_of(w, entry);
    struct entry *heir = NULL;
    if (entry->state != ENTRY_LOADED || (change && change->operation == HOWDAH_OPERATION_DELETE))
        return true;
    void *row = change ? change->image : entry_snapshot(relation->mapper, entry);
    if (!find_heir(h, row, &heir))
        return false;
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

static bool repoint_all(struct heirs *h)
{
    const struct slabs *slabs = &h->w->s->slabs;
    uint32_t index = h->relation->mapper->index;
    const struct slab *slab = index < slabs->chain_count ? slabs->chains[index].first : NULL;
    for (; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!repoint(h, slab_entry(slab, i)))
                return false;
    return true;
}

static bool repoint_to(struct work *w, const struct mapper *target, bool taken)
{
    const struct catalog *catalog = &w->s->db->catalog;
    bool moves = w->moves[target->index], inserts = work_has(w, target, HOWDAH_OPERATION_INSERT);
    if (!taken && !moves && !inserts)
        return true;
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        for (uint32_t r = 0; r < catalog->mappers[i].relation_count; r++) {
            const struct relation *relation = &catalog->mappers[i].relations[r];
            if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO || relation->target != target)
                continue;
            /* a new row gets the primary key of a deleted one only by taking over its row */
            struct heirs h = {.w = w,
                              .relation = relation,
                              .handed_on = moves || (inserts && !relation->foreign_key->to_primary_key)};
            if ((taken || h.handed_on) && !repoint_all(&h))
                return false;
        }
    return true;
}

static bool is_taken(const struct work *w, const struct change_run *run)
{
    bool may = work_has(w, run->mapper, HOWDAH_OPERATION_INSERT); /* as it was before it took over */
    uint32_t i = run->first;
    while (may && i < run->end && !w->changes[i].taken_over)
        i++;
    return may && i < run->end;
}

bool work_find_heirs(struct work *w)
{
    uint32_t mappers = w->s->db->catalog.mapper_count;
    if (!work_has_any(w, HOWDAH_OPERATION_DELETE))
        return true;
    bool *taken = arena_allocate_zero(&w->arena, mappers, 1);
    if (!taken)
        return !session_no_memory(w->s);
    for (uint32_t r = 0; r < w->run_count; r++)
        if (work_has(w, w->runs[r].mapper, HOWDAH_OPERATION_DELETE) && !taken[w->runs[r].mapper->index])
            taken[w->runs[r].mapper->index] = is_taken(w, &w->runs[r]);
    for (uint32_t i = 0; i < mappers; i++) {
        const struct mapper *mapper = &w->s->db->catalog.mappers[i];
        if (work_has(w, mapper, HOWDAH_OPERATION_DELETE) && !repoint_to(w, mapper, taken[i]))
            return false;
    }
    return true;
}

/* --- what is inherited --- */

/* Whether rows that refer to the one that is taken over stay where they are: those of which the session does not decide, or
 * which it does not know. */
static bool leaves_rows(const struct work *w, const struct relation *relation, const struct change *dropped)
{
    const struct foreign_key *key = relation->foreign_key;
    if (!relation_is_many(relation))
        return false;
    enum cascade_rule rule = relation->join ? CASCADE_DELETES : cascade_rule_of(key, relation->target);
    return (rule != CASCADE_DELETES && rule != CASCADE_CLEARS && rule != CASCADE_FORBIDS) ||
           !cascade_holds_all(w, relation, dropped->entry);
}

typedef bool for_inherited(struct work *w, const struct relation *relation, struct entry *heir);

static bool for_all_inherited(struct work *w, for_inherited *verb)
{
    for (uint32_t i = 0; w->inherits && i < w->change_count; i++) {
        const struct change *dropped = &w->changes[i];
        for (uint32_t r = 0; dropped->taken_over && r < dropped->mapper->relation_count; r++) {
            const struct relation *relation = &dropped->mapper->relations[r];
            if (leaves_rows(w, relation, dropped) && !verb(w, relation, w->changes[dropped->place].entry))
                return false;
        }
    }
    return true;
}

static bool keep_inherited(struct work *w, const struct relation *relation, struct entry *heir)
{
    return member_keep(w->s, relation, heir);
}

static bool forget_inherited(struct work *w, const struct relation *relation, struct entry *heir)
{
    member_forget(w->s, relation, heir);
    return true;
}

bool work_keep_inherited(struct work *w)
{
    return for_all_inherited(w, keep_inherited);
}

void work_forget_inherited(struct work *w)
{
    for_all_inherited(w, forget_inherited);
}
