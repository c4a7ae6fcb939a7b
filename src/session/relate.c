/* Relate: what follows from the changes before they are paired with rows. Both sides of relations are made to agree with
 * what the program wrote into plain fields; orphans, and what cascades reach, are deleted; and what refers to deleted
 * rows lets go of them. Nothing is read. */
#include "cascade.h"
#include "collection.h"
#include "foreign_key.h"
#include "join_row.h"
#include "object.h"
#include "owner.h"

/* --- what is the session's to change --- */

static bool is_edited(const struct relation *relation, const void *object, const void *snapshot)
{
    return relation_is_many(relation) ? collection_is_edited(relation, object, snapshot)
                                      : relation->field->kind == HOWDAH_FIELD_HAS_ONE &&
                                            object_pointer(relation, object) != object_pointer(relation, snapshot);
}

/* Before any of it is brought into step, which would hide an edit. */
static bool refuse_edits(struct work *w, const struct change *change)
{
    const struct mapper *mapper = change_mapper(w, change);
    const void *object = entry_object(mapper, change->entry), *snapshot = entry_snapshot(mapper, change->entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (is_edited(&mapper->relations[i], object, snapshot))
            return work_refuse(w, HOWDAH_STATUS_MISUSE, change, mapper->relations[i].field->name,
                               "was edited by hand: use session_link and session_unlink");
    return true;
}

static bool check_edits(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++)
        if (w->changes[i].operation != HOWDAH_OPERATION_DELETE && !refuse_edits(w, &w->changes[i]))
            return false;
    return true;
}

/* --- both sides agree --- */

static bool follow(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        const struct mapper *mapper = change_mapper(w, change);
        if (change->operation != HOWDAH_OPERATION_DELETE && mapper->relation_count + (mapper->typed_keys != NULL) &&
            !owner_follow(w->s, mapper, change->entry))
            return false;
    }
    return true;
}

/* --- deleting --- */

/* The entry is deleted as well. */
static bool delete_too(struct work *w, struct entry *entry, bool follows)
{
    struct change *change = work_change_of(w, entry);
    if (entry->state == ENTRY_NEW) {
        if (change)
            change->fate = FATE_DROPPED;
        return true;
    }
    if (!change && !(change = work_add_change(w, entry_mapper(w->s, entry), entry, HOWDAH_OPERATION_DELETE)))
        return false;
    change->operation = HOWDAH_OPERATION_DELETE;
    change->image = change->old;
    change->fate = follows ? FATE_FOLLOWS : FATE_WRITTEN;
    entry_move(entry, EVENT_DELETE);
    entry->cascaded = true;
    w->deletes[entry->mapper] += !follows;
    return true;
}

static bool delete_orphans(struct work *w)
{
    for (const struct placed *placed = w->s->placed; placed; placed = placed->next) {
        struct entry *child = placed->child, *owner;
        if (placed->owner || !cascade_of_orphans(placed->key) ||
            (child->state != ENTRY_NEW && child->state != ENTRY_LOADED))
            continue;
        if (owner_now(w->s, placed->key, entry_mapper(w->s, child), child, &owner) == OWNER_NONE &&
            !delete_too(w, child, false))
            return false;
    }
    return true;
}

/* --- who refers to whom --- */

struct child {
    struct child *next;
    struct entry *entry;
    const struct foreign_key *key;
};

/* The objects that refer to one. */
struct family {
    struct map_node node;
    const struct entry *owner;
    struct child *first;
};

static bool match_family(const struct map_node *node, const void *owner)
{
    return ((const struct family *)(const void *)node)->owner == owner;
}

static struct family *find_family(const struct map *families, const struct entry *owner)
{
    return (void *)map_find(families, hash_integer((uintptr_t)owner), match_family, owner);
}

static bool add_child(struct work *w, struct map *families, const struct entry *owner, struct entry *entry,
                      const struct foreign_key *key)
{
    struct family *family = find_family(families, owner);
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

/* Tables whose rows may be deleted: those with deletes, and what cascades reach from them. */
static bool reach(struct work *w, bool *reached)
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

static bool find_families(struct work *w, struct map *families, const bool *reached)
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

/* --- what becomes of them --- */

static bool goes(const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_DELETE || change->fate == FATE_DROPPED;
}

/* Entries whose children are still to be looked at. */
struct queue {
    struct entry **entries;
    uint32_t count, capacity;
};

static bool put(struct work *w, struct queue *queue, struct entry *entry)
{
    struct entry **entries = work_grow(w, queue->entries, queue->count, &queue->capacity, sizeof(*entries));
    if (!entries)
        return false;
    queue->entries = entries;
    entries[queue->count++] = entry;
    return true;
}

static bool delete_children_of(struct work *w, struct queue *queue, const struct family *family)
{
    for (const struct child *child = family ? family->first : NULL; child; child = child->next) {
        const struct change *known = work_change_of(w, child->entry);
        enum cascade_rule rule = cascade_rule_of(child->key, entry_mapper(w->s, child->entry));
        bool gone = child->entry->state == ENTRY_DELETED || (known && goes(known));
        if (gone || (rule != CASCADE_DELETES && rule != CASCADE_FOLLOWS))
            continue;
        if (!delete_too(w, child->entry, rule == CASCADE_FOLLOWS) || !put(w, queue, child->entry))
            return false;
    }
    return true;
}

static bool delete_children(struct work *w, const struct map *families)
{
    struct queue queue = {0};
    for (uint32_t i = 0; i < w->change_count; i++)
        if (goes(&w->changes[i]) && !put(w, &queue, w->changes[i].entry))
            return false;
    for (uint32_t i = 0; i < queue.count; i++) /* which grows */
        if (!delete_children_of(w, &queue, find_family(families, queue.entries[i])))
            return false;
    return true;
}

static bool clear_key(struct work *w, struct entry *entry, const struct foreign_key *key, bool followed)
{
    struct change *change = work_change_of(w, entry);
    struct cleared *cleared = work_grow(w, w->cleared, w->cleared_count, &w->cleared_capacity, sizeof(*cleared));
    if (!cleared)
        return false;
    w->cleared = cleared;
    if (!change) {
        change = work_add_change(w, entry_mapper(w->s, entry), entry, HOWDAH_OPERATION_UPDATE);
        if (change && followed)
            change->fate = FATE_FOLLOWS;
    }
    if (!change)
        return false;
    bool versioned = change->fate == FATE_FOLLOWS && cascade_rule_of(key, entry_mapper(w->s, entry)) == CASCADE_CLEARS;
    cleared[w->cleared_count] = (struct cleared){key, versioned, change->cleared};
    change->cleared = w->cleared_count++;
    return true;
}

static bool forbid(struct work *w, const struct change *change, const struct child *child)
{
    const struct mapper *mapper = entry_mapper(w->s, child->entry);
    const char *field = mapper->columns[child->key->columns[0]].field->name, *model = mapper->model->name;
    const struct relation *has = child->key->has;
    return work_refuse(
        w, HOWDAH_STATUS_FOREIGN_KEY, change, NULL,
        "can't be deleted: %s.%s of an object of the session refers to it and can't be NULL: delete that "
        "%s too, point it elsewhere, or give %s.%s .cascade = CASCADE_DELETE",
        model, field, model, has->mapper->model->name, has->field->name);
}

/* Whether it referred to that row before this commit; else the program has put it there, and is told by its own field. */
static bool did_refer(struct work *w, const struct child *child, const struct entry *owner)
{
    return child->entry->state == ENTRY_LOADED &&
           owner_of_row(w->s, child->key, entry_mapper(w->s, child->entry), child->entry) == owner;
}

static bool release_child(struct work *w, const struct change *change, const struct child *child)
{
    const struct mapper *mapper = entry_mapper(w->s, child->entry);
    const struct change *known = work_change_of(w, child->entry);
    if (child->entry->state == ENTRY_DELETED || (known && goes(known)))
        return true;
    switch (cascade_rule_of(child->key, mapper)) {
    case CASCADE_CLEARS: return clear_key(w, child->entry, child->key, sweep_covers(w, child->key));
    case CASCADE_CLEARED: return clear_key(w, child->entry, child->key, true);
    case CASCADE_FORBIDS: return !did_refer(w, child, change->entry) || forbid(w, change, child);
    case CASCADE_IGNORES:
    case CASCADE_DELETES:
    case CASCADE_FOLLOWS: break;
    }
    return true;
}

static bool release_children(struct work *w, const struct map *families)
{
    uint32_t count = w->change_count; /* what is added from here on is not deleted */
    for (uint32_t i = 0; i < count; i++) {
        if (!goes(&w->changes[i]))
            continue;
        const struct family *family = find_family(families, w->changes[i].entry);
        for (const struct child *child = family ? family->first : NULL; child; child = child->next)
            if (!release_child(w, &w->changes[i], child))
                return false;
    }
    return true;
}

/* Links to or from what is deleted go with it: those that are there by a sweep. */
static void drop_dead_links(struct work *w)
{
    for (const struct join_link *link = w->s->join_links; link; link = link->next) {
        struct change *change = work_change_of(w, link->row);
        if (!change || !join_row_is_dead(w->s, entry_mapper(w->s, link->row), link->row))
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
    if (!change && !(change = work_add_change(w, relation->join, row, HOWDAH_OPERATION_DELETE)))
        return false;
    change->fate = FATE_WRITTEN;
    row->cascaded = true;
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

static bool delete_links_of_taken_rows(struct work *w)
{
    uint32_t count = w->change_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct mapper *mapper = w->changes[i].mapper;
        struct entry *entry = w->changes[i].entry;
        const void *object = entry_object(mapper, entry);
        if (w->changes[i].operation != HOWDAH_OPERATION_INSERT || mapper->join_of || !w->deletes[mapper->index] ||
            !key_is_set(mapper, object))
            continue;
        struct entry *holder = identity_find(&w->s->map, mapper, object);
        if (holder && holder != entry && holder->state == ENTRY_DELETED && !delete_links_of(w, mapper, holder))
            return false;
    }
    return true;
}

static bool relate_deletes(struct work *w, const bool *reached)
{
    struct map families;
    map_init(&families, &w->s->db->allocator);
    bool good = find_families(w, &families, reached) && delete_children(w, &families) && work_sweep(w) &&
                release_children(w, &families);
    map_clear(&families);
    return good;
}

bool work_relate(struct work *w)
{
    bool *reached = arena_allocate_zero(&w->arena, w->s->db->catalog.mapper_count, 1);
    if (!reached)
        return !session_no_memory(w->s);
    if (!check_edits(w) || !follow(w) || !delete_orphans(w))
        return false;
    bool deletes = reach(w, reached);
    if (deletes && !relate_deletes(w, reached))
        return false;
    drop_dead_links(w);
    return !deletes || delete_links_of_taken_rows(w);
}

void work_unrelate(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++) {
        struct entry *entry = w->changes[i].entry;
        if (entry->cascaded && entry->state == ENTRY_DELETED)
            entry_move(entry, EVENT_ADD);
        entry->cascaded = false;
    }
}
