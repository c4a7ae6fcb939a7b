/* Who refers to whom, among the objects of the tables that deletes reach. */
#include "cascade.h"
#include "foreign_key.h"
#include "object.h"
#include "owner.h"
#include "relate.h"

static bool match_family(const struct map_node *node, const void *owner)
{
    return ((const struct family *)(const void *)node)->owner == owner;
}

struct family *family_of(const struct map *families, const struct entry *owner)
{
    return (void *)map_find(families, hash_integer((uintptr_t)owner), match_family, owner);
}

static bool add_child(struct work *w, struct map *families, const struct entry *owner, const struct child like)
{
    struct family *family = family_of(families, owner);
    struct child *child = ARENA_NEW(&w->arena, struct child);
    if (child && !family) {
        family = ARENA_NEW(&w->arena, struct family);
        if (!family || !map_add(families, &family->node, hash_integer((uintptr_t)owner)))
            return !session_no_memory(w->s);
        family->owner = owner;
    }
    if (!child)
        return !session_no_memory(w->s);
    *child = like;
    child->next = family->first;
    family->first = child;
    return true;
}

/* --- by values that are handed on, and by unique keys that the identity map does not know --- */

static bool has_nulls(const struct foreign_key *key, const void *row)
{
    return columns_any_null(key->target->columns, key->targets, key->count, row);
}

static bool is_moved(const struct foreign_key *key, const void *object, const void *snapshot)
{
    return !columns_equal(key->target->columns, key->targets, key->count, object, snapshot);
}

static bool is_given_up(const struct foreign_key *key, const struct entry *entry)
{
    return !entry->read_only && is_moved(key, entry_object(key->target, entry), entry_snapshot(key->target, entry));
}

static bool add_holder(struct work *w, struct holders *holders, const struct foreign_key *key, struct entry *entry)
{
    const void *object = entry_object(key->target, entry), *snapshot = entry_snapshot(key->target, entry);
    bool stays = entry->state == ENTRY_LOADED && !is_given_up(key, entry);
    if (entry->state == ENTRY_DETACHED)
        return true;
    if (entry->state != ENTRY_NEW && !has_nulls(key, snapshot))
        holders->entries[key_index_add(&holders->index, snapshot)] = entry;
    if ((entry->state == ENTRY_DELETED && !entry->cascaded) || stays || has_nulls(key, object))
        return true; /* an orphan has what the program gave it */
    const struct holder **takers = &holders->takers[key_index_add(&holders->index, object)];
    const struct holder taker = {entry, *takers};
    *takers = arena_copy(&w->arena, &taker, sizeof(taker));
    return *takers || !session_no_memory(w->s);
}

bool holders_find(struct work *w, const struct foreign_key *key, struct holders *ret)
{
    const struct slab *first = w->s->slabs.chains[key->target->index].first;
    size_t count = 1;
    for (const struct slab *slab = first; slab; slab = slab->next)
        count += 2 * (size_t)slab->count;
    ret->entries = arena_allocate_zero(&w->arena, count * sizeof(*ret->entries), _Alignof(struct entry *));
    ret->takers = arena_allocate_zero(&w->arena, count * sizeof(*ret->takers), _Alignof(struct holder *));
    if (!ret->entries || !ret->takers ||
        !key_index_init(&ret->index, &w->arena, key->target, key->targets, key->count, count))
        return !session_no_memory(w->s);
    for (const struct slab *slab = first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!add_holder(w, ret, key, slab_entry(slab, i)))
                return false;
    return true;
}

bool holders_of_row(struct work *w, const struct holders *holders, const struct foreign_key *key,
                    const struct mapper *mapper, const struct entry *entry, struct entry **ret)
{
    const void *row = entry_snapshot(mapper, entry);
    if (foreign_key_is_null(key, mapper, row))
        return true;
    if (!foreign_key_read(w->s, key, mapper, row))
        return !session_no_memory(w->s);
    uint32_t number = key_index_find(&holders->index, w->s->key_object);
    *ret = number == KEY_NONE ? NULL : holders->entries[number];
    return true;
}

/* A row is referred to by those that are there; what is written comes when it has gone, and others may have its key, which
 * are then the owners, too. False if memory is out. */
static bool find_holders(struct work *w, const struct holders *holders, const struct mapper *mapper,
                         const struct child *child, bool chosen, const struct holder **ret)
{
    const struct foreign_key *key = child->key;
    const void *object = entry_object(mapper, child->entry);
    if (foreign_key_is_null(key, mapper, object))
        return true;
    if (!foreign_key_read(w->s, key, mapper, object))
        return !session_no_memory(w->s);
    uint32_t number = key_index_find(&holders->index, w->s->key_object);
    if (number == KEY_NONE)
        return true;
    struct entry *row = holders->entries[number];
    const struct holder *takers = holders->takers[number], first = {row, chosen ? takers : NULL};
    bool given_up = row && takers && chosen && row->state == ENTRY_LOADED && is_given_up(key, row);
    *ret = !row || given_up ? takers : arena_copy(&w->arena, &first, sizeof(first));
    return *ret || !row || !session_no_memory(w->s);
}

/* Whether rows to which the key refers can't be told by the identity map alone. */
static bool needs_holders(const struct work *w, const struct foreign_key *key)
{
    if (!key->to_primary_key || key->type)
        return !key->type;
    for (uint32_t r = 0; r < w->run_count; r++)
        for (uint32_t i = w->runs[r].first; w->runs[r].mapper == key->target && i < w->runs[r].end; i++) {
            const struct change *change = &w->changes[i];
            bool moves = change->operation == HOWDAH_OPERATION_UPDATE || change->entry->cascaded;
            if (change->row_stays || (moves && is_given_up(key, change->entry)))
                return true;
        }
    return false;
}

/* --- by any --- */

/* The program has set a pointer, wherever that leads. */
static bool is_by_pointer(const struct foreign_key *key, const struct mapper *mapper, const struct entry *entry)
{
    const void *pointer = key->relation ? object_pointer(key->relation, entry_object(mapper, entry)) : NULL;
    return pointer &&
           (entry->state == ENTRY_NEW || pointer != object_pointer(key->relation, entry_snapshot(mapper, entry)));
}

static bool add_children(struct work *w, struct map *families, const struct mapper *mapper,
                         const struct foreign_key *key)
{
    struct holders holders;
    bool by_index = needs_holders(w, key);
    if (by_index && !holders_find(w, key, &holders))
        return false;
    for (const struct slab *slab = w->s->slabs.chains[mapper->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct child child = {.entry = slab_entry(slab, i), .key = key};
            struct entry *owner = NULL;
            if (child.entry->state != ENTRY_NEW && child.entry->state != ENTRY_LOADED)
                continue;
            enum whose whose = owner_now(w->s, key, mapper, child.entry, &owner);
            const struct holder known = {.entry = owner}, *found = owner ? &known : NULL;
            bool chosen = by_index && owner_is_by_value(key, mapper, child.entry);
            bool unknown = by_index && whose == OWNER_UNKNOWN && !is_by_pointer(key, mapper, child.entry);
            if ((chosen || unknown) && !find_holders(w, &holders, mapper, &child, chosen, &found))
                return false;
            child.owners = found && found->next ? found : NULL;
            for (; found; found = found->next)
                if (!add_child(w, families, found->entry, child))
                    return false;
        }
    return true;
}

static bool any_goes(const struct work *w, const struct change_run *run)
{
    uint32_t i = run->first;
    while (i < run->end && !change_goes(&w->changes[i]))
        i++;
    return i < run->end;
}

static bool reach_mapper(struct work *w, struct reach *reach, const struct mapper *mapper)
{
    uint32_t mappers = w->s->db->catalog.mapper_count;
    if (!reach->is_reached) {
        reach->is_reached = arena_allocate_zero(&w->arena, mappers, 1);
        reach->mappers = arena_allocate_array(&w->arena, mappers, sizeof(*reach->mappers));
        if (!reach->is_reached || !reach->mappers)
            return !session_no_memory(w->s);
    }
    if (!reach->is_reached[mapper->index])
        reach->mappers[reach->count++] = mapper;
    reach->is_reached[mapper->index] = true;
    return true;
}

/* Whether rows are deleted because of those that they refer to by this key. */
static bool takes_along(const struct foreign_key *key)
{
    enum cascade_rule rule = cascade_rule_of(key, key->owner);
    return !key->owner->join_of && (rule == CASCADE_DELETES || (rule == CASCADE_FOLLOWS && !key->type));
}

bool families_reach(struct work *w, struct reach *ret)
{
    for (uint32_t i = 0; i < w->run_count; i++) {
        const struct change_run *run = &w->runs[i];
        bool may_go = w->drops || work_has(w, run->mapper, HOWDAH_OPERATION_DELETE);
        if (may_go && !run->mapper->join_of && any_goes(w, run) && !reach_mapper(w, ret, run->mapper))
            return false;
    }
    for (uint32_t i = 0; i < ret->count; i++) /* which grows */
        for (const struct foreign_key *key = ret->mappers[i]->incoming; key; key = key->next_incoming)
            if (takes_along(key) && !reach_mapper(w, ret, key->owner))
                return false;
    return true;
}

/* Who refers to objects of reached tables, of those that the session has of this one. */
static bool find_of_mapper(struct work *w, struct map *families, const struct mapper *mapper, const bool *is_reached)
{
    for (uint32_t k = 0; !mapper->join_of && k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        if (is_reached[key->target->index] && cascade_rule_of(key, mapper) != CASCADE_IGNORES &&
            !add_children(w, families, mapper, key))
            return false;
    }
    for (const struct foreign_key *key = mapper->typed_keys; key; key = key->next_typed)
        if (is_reached[key->target->index] && key->has && !add_children(w, families, mapper, key))
            return false;
    return true;
}

bool families_find(struct work *w, struct map *families, const struct reach *reach)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        if (w->s->slabs.chains[i].first && !find_of_mapper(w, families, &catalog->mappers[i], reach->is_reached))
            return false;
    return true;
}
