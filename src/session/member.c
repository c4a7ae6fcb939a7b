#include "member.h"
#include "object.h"
#include "places.h"
#include "relation_load.h"

enum { KEPT_BITS = 16 };

/* A field as it was before it was changed. */
struct kept {
    struct kept *older;
    const struct relation *relation;
    struct entry *owner;
    struct collection collection; /* of HAS_ONE: items is the pointer, loaded that there was none */
};

static void *object_of(const struct relation *relation, const struct entry *owner)
{
    return entry_object(relation->mapper, owner);
}

/* --- remembering --- */

static uint16_t kept_bit(const struct relation *relation)
{
    return (uint16_t)(relation->index < KEPT_BITS ? 1u << relation->index : 0u);
}

static struct collection read_field(const struct relation *relation, const struct entry *owner)
{
    if (relation_is_many(relation))
        return collection_get(relation, object_of(relation, owner));
    return (struct collection){.items = object_pointer(relation, object_of(relation, owner)),
                               .loaded = relation_is_absent(relation, owner)};
}

static void write_field(const struct relation *relation, struct entry *owner, const struct collection *collection)
{
    void *object = object_of(relation, owner), *snapshot = entry_snapshot(relation->mapper, owner);
    if (relation_is_many(relation)) {
        collection_put(relation, object, snapshot, collection);
        return;
    }
    object_set_pointer(relation, object, collection->items);
    object_set_pointer(relation, snapshot, collection->items);
    relation_set_absent(relation, owner, collection->loaded);
}

/* The first change of a field since the last commit is remembered, and its items are copied: the old array stays. (Fields
 * behind the 16th are remembered each time; the oldest counts.) */
static bool keep(struct howdah_session *s, const struct relation *relation, struct entry *owner,
                 struct collection *collection, size_t more)
{
    uint16_t bit = kept_bit(relation);
    bool first = !(owner->kept & bit), many = relation_is_many(relation);
    bool copies = many && collection->count + more > 0 &&
                  (first || collection->count == 0 || collection_room(collection) < collection->count + more);
    void **items = copies ? collection_allocate(s, collection->count + more) : NULL;
    struct kept *kept = first && (items || !copies) ? ARENA_NEW(&s->pending, struct kept) : NULL;
    if ((copies && !items) || (first && !kept)) {
        collection_release(s, items, collection->count + more);
        return !session_no_memory(s);
    }
    if (first) {
        *kept = (struct kept){s->kept, relation, owner, *collection};
        s->kept = kept;
        owner->kept |= bit;
    }
    if (!copies)
        return true;
    if (collection->count)
        memcpy(items, collection->items, collection->count * sizeof(*items));
    if (!first)
        collection_release(s, collection->items, collection->count);
    collection->items = items;
    return true;
}

/* --- what was remembered first of each field --- */

enum { OLDEST_SLOTS = 64 };

/* An index of the list, made when it is first asked; what was remembered since is added as it is asked again. */
struct kept_oldest {
    const struct kept *newest; /* that is in it */
    struct oldest_slot {
        struct kept *kept;
        const struct kept *from; /* the newest of those that were added with it */
    } * slots;                   /* open addressing */
    size_t mask, used;
};

void members_forget_oldest(struct howdah_session *s)
{
    if (!s->kept_oldest)
        return;
    memory_free(&s->db->allocator, s->kept_oldest->slots);
    memory_free(&s->db->allocator, s->kept_oldest);
    s->kept_oldest = NULL;
}

static struct oldest_slot *oldest_slot(const struct kept_oldest *index, const struct relation *relation,
                                       const struct entry *owner)
{
    for (size_t at = hash_integer((uintptr_t)owner >> 4 ^ (uintptr_t)relation);; at++) {
        struct oldest_slot *slot = &index->slots[at & index->mask];
        if (!slot->kept || (slot->kept->relation == relation && slot->kept->owner == owner))
            return slot;
    }
}

static bool make_slots(struct howdah_session *s, struct kept_oldest *index, size_t count)
{
    size_t slots = OLDEST_SLOTS;
    while (slots < count * 4)
        slots *= 2;
    memory_free(&s->db->allocator, index->slots);
    *index = (struct kept_oldest){.mask = slots - 1};
    index->slots = memory_allocate_zero(&s->db->allocator, slots * sizeof(*index->slots));
    return index->slots != NULL;
}

static size_t count_kept(const struct kept *from, const struct kept *until)
{
    size_t count = 0;
    for (; from != until; from = from->older)
        count++;
    return count;
}

/* The index, with all that is remembered by now; NULL if memory is out. */
static struct kept_oldest *index_oldest(struct howdah_session *s)
{
    struct kept_oldest *index = s->kept_oldest;
    if (!index && !(index = s->kept_oldest = memory_allocate_zero(&s->db->allocator, sizeof(*index))))
        return NULL;
    size_t more = count_kept(s->kept, index->newest);
    if ((!index->slots || index->used + more > index->mask / 2) && !make_slots(s, index, count_kept(s->kept, NULL))) {
        members_forget_oldest(s);
        return NULL;
    }
    for (struct kept *kept = s->kept; kept != index->newest; kept = kept->older) {
        struct oldest_slot *slot = oldest_slot(index, kept->relation, kept->owner);
        if (slot->kept && slot->from != s->kept)
            continue;
        index->used += !slot->kept;
        *slot = (struct oldest_slot){kept, s->kept};
    }
    index->newest = s->kept;
    return index;
}

/* The memory of a field that a rollback comes to last; NULL: it was not changed. */
static struct kept *oldest_kept(struct howdah_session *s, const struct relation *relation, const struct entry *owner)
{
    const struct kept_oldest *index = s->kept ? index_oldest(s) : NULL;
    if (index)
        return oldest_slot(index, relation, owner)->kept;
    struct kept *oldest = NULL;
    for (struct kept *kept = s->kept; kept; kept = kept->older)
        if (kept->relation == relation && kept->owner == owner)
            oldest = kept;
    return oldest;
}

/* A HAS_ONE that was not loaded. */
static bool was_unknown(const struct kept *kept)
{
    return kept && !relation_is_many(kept->relation) && !kept->collection.items && !kept->collection.loaded;
}

/* What is in a HAS_ONE that has been left: nothing, or again what nobody knows. */
static struct collection left_field(struct howdah_session *s, const struct relation *relation,
                                    const struct entry *owner)
{
    return (struct collection){.loaded = !was_unknown(oldest_kept(s, relation, owner))};
}

/* --- changing --- */

bool member_has(struct howdah_session *s, const struct relation *relation, const struct entry *owner, const void *item)
{
    const struct collection collection = read_field(relation, owner);
    if (!relation_is_many(relation))
        return (const void *)collection.items == item;
    return member_place(s, relation, owner, &collection, item) > 0;
}

bool member_add(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item, bool fresh)
{
    struct collection collection = read_field(relation, owner);
    bool many = relation_is_many(relation);
    if ((many && !collection.loaded) || (!fresh && member_has(s, relation, owner, item)))
        return true;
    if (!keep(s, relation, owner, &collection, 1))
        return false;
    if (many)
        collection.items[collection.count++] = item;
    else
        collection = (struct collection){.items = item};
    write_field(relation, owner, &collection);
    if (many)
        member_places_append(s, relation, owner, &collection);
    return true;
}

/* The item at that place leaves a collection. */
static void take_out(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                     struct collection *collection, size_t place)
{
    if (s->leaving == owner)
        collection->items[place - 1] = NULL;
    else
        member_places_take_out(s, relation, owner, collection, place);
}

bool member_remove(struct howdah_session *s, const struct relation *relation, struct entry *owner, const void *item)
{
    struct collection collection = read_field(relation, owner);
    bool many = relation_is_many(relation);
    size_t place = many ? member_place(s, relation, owner, &collection, item) : (const void *)collection.items == item;
    if (!place)
        return true;
    if (!keep(s, relation, owner, &collection, 0))
        return false;
    if (many)
        take_out(s, relation, owner, &collection, place);
    else
        collection = left_field(s, relation, owner);
    write_field(relation, owner, &collection);
    return true;
}

bool member_keep(struct howdah_session *s, const struct relation *relation, struct entry *owner)
{
    struct collection collection = read_field(relation, owner);
    const void *items = collection.items;
    if (!keep(s, relation, owner, &collection, 0))
        return false;
    if (collection.items != items)
        write_field(relation, owner, &collection);
    return true;
}

void member_forget(struct howdah_session *s, const struct relation *relation, struct entry *owner)
{
    member_places_forget(s, read_field(relation, owner).items);
    write_field(relation, owner, &(struct collection){0});
}

/* --- many that leave --- */

void members_leave(struct howdah_session *s, struct entry *owner)
{
    s->leaving = owner;
}

/* Drops items; false: there were none to be dropped. */
static bool close_up(struct collection *collection, bool (*drops)(const struct howdah_session *s, const void *item),
                     const struct howdah_session *s)
{
    size_t kept = 0, count = collection->count;
    for (size_t i = 0; i < count; i++)
        if (!drops(s, collection->items[i]))
            collection->items[kept++] = collection->items[i];
    collection->count = kept;
    collection->items = kept ? collection->items : NULL;
    return kept < count;
}

static bool is_hole(const struct howdah_session *s, const void *item)
{
    (void)s;
    return !item;
}

void members_close_up(struct howdah_session *s)
{
    struct entry *owner = s->leaving;
    const struct mapper *mapper = entry_mapper(s, owner);
    s->leaving = NULL;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (!relation_is_many(relation))
            continue;
        struct collection collection = read_field(relation, owner);
        member_places_forget(s, collection.items);
        if (close_up(&collection, is_hole, s))
            write_field(relation, owner, &collection);
    }
}

/* --- rows that are known --- */

/* By what the places of remembered items are known: these are the owner's no more. */
static const struct entry *kept_index(const struct kept *kept)
{
    return (const struct entry *)(const void *)kept;
}

static size_t kept_place(struct howdah_session *s, const struct kept *kept, const void *item)
{
    return member_place(s, kept->relation, kept_index(kept), &kept->collection, item);
}

static bool mend_kept(struct howdah_session *s, struct kept *kept, void *item, bool is_there)
{
    struct collection *collection = &kept->collection;
    if (!relation_is_many(kept->relation)) {
        if (is_there)
            *collection = (struct collection){.items = item};
        else if ((void *)collection->items == item)
            *collection = (struct collection){.loaded = true};
        return true;
    }
    size_t place = collection->loaded ? kept_place(s, kept, item) : 0;
    if (!collection->loaded || is_there == (place > 0))
        return true;
    if (!is_there) {
        member_places_take_out(s, kept->relation, kept_index(kept), collection, place);
        return true;
    }
    if (collection->count == 0 || collection_room(collection) == collection->count) {
        void **items = collection_allocate(s, collection->count + 1);
        if (!items)
            return !session_no_memory(s);
        if (collection->count)
            memcpy(items, collection->items, collection->count * sizeof(*items));
        collection_release(s, collection->items, collection->count);
        collection->items = items;
    }
    collection->items[collection->count++] = item;
    member_places_append(s, kept->relation, kept_index(kept), collection);
    return true;
}

bool member_mend(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item,
                 bool is_there)
{
    bool good = is_there ? member_add(s, relation, owner, item, false) : member_remove(s, relation, owner, item);
    struct kept *kept = good ? oldest_kept(s, relation, owner) : NULL;
    return good && (!kept || mend_kept(s, kept, item, is_there));
}

bool member_mend_memory(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item,
                        bool is_there)
{
    bool known = !relation_is_many(relation) || read_field(relation, owner).loaded;
    struct kept *kept = oldest_kept(s, relation, owner);
    if (!kept && is_there && known) {
        if (!member_keep(s, relation, owner))
            return false;
        kept = oldest_kept(s, relation, owner);
    }
    return !kept || mend_kept(s, kept, item, is_there);
}

/* --- rollback and commit --- */

struct kept *members_mark(struct howdah_session *s)
{
    for (const struct kept *kept = s->kept; kept; kept = kept->older)
        kept->owner->kept = 0; /* the next change of theirs is remembered, too */
    return s->kept;
}

void members_restore(struct howdah_session *s, struct kept *until)
{
    for (const struct kept *kept = s->kept; kept != until; kept = kept->older) {
        const struct collection now = read_field(kept->relation, kept->owner);
        if (relation_is_many(kept->relation)) {
            member_places_forget(s, kept->collection.items);
            collection_release(s, now.items, now.count);
        }
        write_field(kept->relation, kept->owner, &kept->collection);
        kept->owner->kept = 0;
    }
    s->kept = until;
    members_forget_oldest(s);
}

static bool is_gone(const struct howdah_session *s, const void *item)
{
    const struct entry *entry = slabs_find(&s->slabs, item);
    return entry && entry->state == ENTRY_DETACHED && entry->row_deleted;
}

static void drop_gone(struct howdah_session *s, const struct relation *relation, struct entry *owner)
{
    struct collection collection = read_field(relation, owner);
    if (!relation_is_many(relation)) {
        if (!collection.items || !is_gone(s, collection.items))
            return;
        collection = left_field(s, relation, owner);
        write_field(relation, owner, &collection);
        return;
    }
    void *const *items = collection.items;
    if (!close_up(&collection, is_gone, s))
        return;
    member_places_forget(s, items);
    write_field(relation, owner, &collection);
}

static void drop_gone_of(struct howdah_session *s, const struct relation *relation)
{
    if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
        return;
    for (const struct slab *slab = s->slabs.chains[relation->mapper->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (slab_entry(slab, i)->state != ENTRY_DETACHED)
                drop_gone(s, relation, slab_entry(slab, i));
}

void members_settle(struct howdah_session *s)
{
    const struct catalog *catalog = &s->db->catalog;
    for (uint32_t i = 0; s->deleted_some && i < catalog->mapper_count; i++)
        for (uint32_t k = 0; s->slabs.chains[i].first && k < catalog->mappers[i].relation_count; k++)
            drop_gone_of(s, &catalog->mappers[i].relations[k]);
    for (const struct kept *kept = s->kept; kept; kept = kept->older) {
        if (relation_is_many(kept->relation))
            collection_release(s, kept->collection.items, kept->collection.count);
        kept->owner->kept = 0;
    }
    s->kept = NULL;
    members_forget_oldest(s);
    s->deleted_some = false;
}
