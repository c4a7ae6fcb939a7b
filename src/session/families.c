/* Who refers to whom, among the objects of the tables that deletes reach. */
#include "cascade.h"
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

static bool add_child(struct work *w, struct map *families, const struct entry *owner, struct entry *entry,
                      const struct foreign_key *key)
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
    *child = (struct child){family->first, entry, key};
    family->first = child;
    return true;
}

static bool add_children(struct work *w, struct map *families, const struct mapper *mapper,
                         const struct foreign_key *key)
{
    for (const struct slab *slab = w->s->slabs.chains[mapper->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct entry *entry = slab_entry(slab, i), *owner;
            if (entry->state != ENTRY_NEW && entry->state != ENTRY_LOADED)
                continue;
            if (owner_now(w->s, key, mapper, entry, &owner) == OWNER_KNOWN &&
                !add_child(w, families, owner, entry, key))
                return false;
        }
    return true;
}

bool families_reach(struct work *w, bool *reached)
{
    const struct catalog *catalog = &w->s->db->catalog;
    bool any = false, more = true;
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        bool goes = change->operation == HOWDAH_OPERATION_DELETE || change->fate == FATE_DROPPED;
        if (goes && !change_mapper(w, change)->join_of)
            reached[change->entry->mapper] = any = true;
    }
    while (any && more) {
        more = false;
        for (uint32_t i = 0; i < catalog->mapper_count; i++) {
            const struct mapper *mapper = &catalog->mappers[i];
            for (uint32_t k = 0; !reached[i] && !mapper->join_of && k < mapper->foreign_key_count; k++) {
                enum cascade_rule rule = cascade_rule_of(&mapper->foreign_keys[k], mapper);
                reached[i] = reached[mapper->foreign_keys[k].target->index] &&
                             (rule == CASCADE_DELETES || rule == CASCADE_FOLLOWS);
                more |= reached[i];
            }
            for (const struct foreign_key *key = mapper->typed_keys; key && !reached[i]; key = key->next_typed) {
                reached[i] = reached[key->target->index] && cascade_rule_of(key, mapper) == CASCADE_DELETES;
                more |= reached[i];
            }
        }
    }
    return any;
}

bool families_find(struct work *w, struct map *families, const bool *reached)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        for (uint32_t k = 0; !mapper->join_of && k < mapper->foreign_key_count; k++) {
            const struct foreign_key *key = &mapper->foreign_keys[k];
            if (reached[key->target->index] && cascade_rule_of(key, mapper) != CASCADE_IGNORES &&
                !add_children(w, families, mapper, key))
                return false;
        }
        for (const struct foreign_key *key = mapper->typed_keys; key; key = key->next_typed)
            if (reached[key->target->index] && key->has && !add_children(w, families, mapper, key))
                return false;
    }
    return true;
}
