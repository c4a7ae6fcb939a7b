/* Where items are in arrays. A collection is walked from its end as long as that is rare; one that is asked about as often as
 * it has items, as by a program that links many objects to one, gets an index. */
#include "places.h"

#include "collection.h"

enum {
    WALKED_MAX = 64, /* items of a collection that needs no index */
    WALKS = 8,       /* over all its items, until a collection gets one */
    KNOWN = 16       /* collections that have one, or may get one */
};

/* --- an array --- */

static uint32_t *slot_of(const struct places *p, const void *item)
{
    for (size_t at = hash_integer((uintptr_t)item >> 4);; at++) {
        uint32_t *slot = &p->slots[at & p->mask];
        if (!*slot || p->items[*slot - 1] == item)
            return slot;
    }
}

static void put(struct places *p, size_t i)
{
    if (p->items[i])
        *slot_of(p, p->items[i]) = (uint32_t)i + 1;
}

bool places_fill(struct places *p, const struct howdah_allocator *allocator, void *const *items, size_t count)
{
    size_t slots = 2 * WALKED_MAX;
    places_done(p, allocator);
    if (count > UINT32_MAX / 8)
        return false;
    while (slots < count * 3)
        slots *= 2;
    p->slots = memory_allocate_zero(allocator, slots * sizeof(*p->slots));
    if (!p->slots)
        return false;
    p->items = items;
    p->mask = slots - 1;
    for (p->count = 0; p->count < count; p->count++)
        put(p, p->count);
    return true;
}

void places_done(struct places *p, const struct howdah_allocator *allocator)
{
    memory_free(allocator, p->slots);
    *p = (struct places){0};
}

size_t places_find(const struct places *p, const void *item)
{
    return *slot_of(p, item);
}

bool places_append(struct places *p, const struct howdah_allocator *allocator)
{
    if (p->count >= p->mask / 2) {
        places_done(p, allocator);
        return false;
    }
    put(p, p->count++);
    return true;
}

/* --- collections --- */

struct member_places {
    struct known {
        const struct relation *relation;
        const struct entry *owner;
        size_t walked; /* items, while there is no index */
        struct places places;
    } known[KNOWN];
};

static struct known *known_of(const struct howdah_session *s, const struct relation *relation,
                              const struct entry *owner)
{
    return &s->places->known[hash_integer((uintptr_t)owner >> 4 ^ (uintptr_t)relation) % KNOWN];
}

static bool is_about(const struct known *known, const struct relation *relation, const struct entry *owner)
{
    return known->relation == relation && known->owner == owner;
}

/* What is known of the collection; NULL where it has to be walked. Collections that take turns in one place drive each other
 * out before they get an index: making those would cost more than walking. */
static struct known *look(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                          const struct collection *collection)
{
    const struct howdah_allocator *allocator = &s->db->allocator;
    if (!s->places && !(s->places = ARENA_NEW(&s->arena, struct member_places)))
        return NULL;
    struct known *known = known_of(s, relation, owner);
    if (is_about(known, relation, owner) && known->places.items == collection->items &&
        known->places.count == collection->count)
        return known;
    if (!is_about(known, relation, owner) || known->places.items) {
        places_done(&known->places, allocator);
        *known = (struct known){.relation = relation, .owner = owner};
    }
    known->walked += collection->count;
    if (known->walked < WALKS * collection->count ||
        !places_fill(&known->places, allocator, collection->items, collection->count))
        return NULL;
    known->walked = 0;
    return known;
}

size_t member_place(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                    const struct collection *collection, const void *item)
{
    const struct known *known = collection->count > WALKED_MAX ? look(s, relation, owner, collection) : NULL;
    return known ? places_find(&known->places, item) : collection_place(collection, item);
}

void member_places_append(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                          const struct collection *collection)
{
    struct known *known = s->places ? known_of(s, relation, owner) : NULL;
    if (!known || !is_about(known, relation, owner) || !known->places.items)
        return;
    if (known->places.items == collection->items && known->places.count + 1 == collection->count)
        places_append(&known->places, &s->db->allocator);
    else
        places_done(&known->places, &s->db->allocator);
}

void member_places_forget(struct howdah_session *s, void *const *items)
{
    for (size_t i = 0; s->places && items && i < KNOWN; i++)
        if (s->places->known[i].places.items == items)
            places_done(&s->places->known[i].places, &s->db->allocator);
}

void member_places_free(struct howdah_session *s)
{
    for (size_t i = 0; s->places && i < KNOWN; i++)
        places_done(&s->places->known[i].places, &s->db->allocator);
    s->places = NULL;
}
