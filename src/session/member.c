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
    bool full = many && collection_room(collection->count) < collection->count + more;
    if (first) {
        struct kept *kept = ARENA_NEW(&s->pending, struct kept);
        if (!kept)
            return !session_no_memory(s);
        *kept = (struct kept){s->kept, relation, owner, *collection};
        s->kept = kept;
        owner->kept |= bit;
    }
    if (!many || (!first && !full) || collection->count + more == 0)
        return true;
    void **items = collection_allocate(s, collection->count + more);
    if (!items)
        return !session_no_memory(s);
    if (collection->count)
        memcpy(items, collection->items, collection->count * sizeof(*items));
    if (!first)
        collection_release(s, collection->items, collection->count);
    collection->items = items;
    return true;
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
static void take_out(struct howdah_session *s, const struct entry *owner, struct collection *collection, size_t place)
{
    if (s->leaving == owner) {
        collection->items[place - 1] = NULL;
        return;
    }
    member_places_forget(s, collection->items);
    memmove(collection->items + place - 1, collection->items + place,
            (collection->count - place) * sizeof(*collection->items));
    if (--collection->count == 0)
        collection->items = NULL;
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
        take_out(s, owner, &collection, place);
    else
        collection = (struct collection){.loaded = true};
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

/* The memory of a field that a rollback comes to last. */
static struct kept *oldest_kept(const struct howdah_session *s, const struct relation *relation,
                                const struct entry *owner)
{
    struct kept *kept = s->kept, *oldest = NULL;
    for (; kept; kept = kept->older)
        if (kept->relation == relation && kept->owner == owner)
            oldest = kept;
    return oldest;
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
    size_t place = collection_place(collection, item), count = collection->count;
    if (!collection->loaded || is_there == (place > 0))
        return true;
    void **items = collection_allocate(s, count + 1);
    if (!items)
        return !session_no_memory(s);
    if (count)
        memcpy(items, collection->items, count * sizeof(*items));
    if (is_there)
        items[collection->count++] = item;
    else if (collection->count--)
        memmove(items + place - 1, items + place, (count - place) * sizeof(*items));
    collection->items = collection->count ? items : NULL;
    return true;
}

bool member_mend(struct howdah_session *s, const struct relation *relation, struct entry *owner, void *item,
                 bool is_there)
{
    bool good = is_there ? member_add(s, relation, owner, item, false) : member_remove(s, relation, owner, item);
    struct kept *kept = good ? oldest_kept(s, relation, owner) : NULL;
    return good && (!kept || mend_kept(s, kept, item, is_there));
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
        write_field(kept->relation, kept->owner, &kept->collection);
        kept->owner->kept = 0;
    }
    s->kept = until;
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
        if (collection.items && is_gone(s, collection.items))
            write_field(relation, owner, &(struct collection){.loaded = true});
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
    for (const struct kept *kept = s->kept; kept; kept = kept->older)
        kept->owner->kept = 0;
    s->kept = NULL;
    for (uint32_t i = 0; s->deleted_some && i < catalog->mapper_count; i++)
        for (uint32_t k = 0; k < catalog->mappers[i].relation_count; k++)
            drop_gone_of(s, &catalog->mappers[i].relations[k]);
    s->deleted_some = false;
}
