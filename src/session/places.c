/* Where items are in arrays. A collection is walked from its end as long as that is rare; one that is asked about as often as
 * it has items, as by a program that links many objects to one, gets an index. */
#include "places.h"

#include "collection.h"

#define GONE ((uint32_t)1 << 31) /* of a slot */

enum {
    WALKED_MAX = 64, /* items of a collection that needs no index */
    WALKS = 8,       /* over all its items, until a collection gets one */
    KNOWN = 16       /* collections that have one, or may get one */
};

/* --- an array --- */

/* The place of the item with that number: those before it that have left don't count. */
static size_t place_of(const struct places *p, uint32_t number)
{
    size_t place = number;
    for (size_t i = number; p->shifts && i > 0; i &= i - 1)
        place -= p->shifts[i];
    return place;
}

static uint32_t *slot_of(const struct places *p, const void *item)
{
    for (size_t at = hash_integer((uintptr_t)item >> 4);; at++) {
        uint32_t *slot = &p->slots[at & p->mask];
        if (!*slot || (!(*slot & GONE) && p->items[place_of(p, *slot) - 1] == item))
            return slot;
    }
}

/* The item with the next number. */
static void put(struct places *p)
{
    const void *item = p->items[p->count - p->left];
    p->count++;
    if (item)
        *slot_of(p, item) = (uint32_t)p->count;
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
    while (p->count < count)
        put(p);
    return true;
}

void places_done(struct places *p, const struct howdah_allocator *allocator)
{
    memory_free(allocator, p->slots);
    memory_free(allocator, p->shifts);
    *p = (struct places){0};
}

size_t places_find(const struct places *p, const void *item)
{
    uint32_t number = *slot_of(p, item);
    return number ? place_of(p, number) : 0;
}

bool places_append(struct places *p, const struct howdah_allocator *allocator)
{
    if (p->count >= p->mask / 2) {
        places_done(p, allocator);
        return false;
    }
    put(p);
    return true;
}

bool places_take_out(struct places *p, const struct howdah_allocator *allocator, const void *item)
{
    uint32_t *slot = slot_of(p, item);
    if (!p->shifts && !(p->shifts = memory_allocate_zero(allocator, (p->mask + 1) * sizeof(*p->shifts)))) {
        places_done(p, allocator);
        return false;
    }
    for (size_t i = *slot; i <= p->mask; i += i & -i)
        p->shifts[i]++;
    *slot |= GONE;
    p->left++;
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

static bool is_about(const struct known *known, const struct relation *relation, const struct entry *owner)
{
    return known->relation == relation && known->owner == owner;
}

/* One of two places. */
static struct known *known_of(const struct howdah_session *s, const struct relation *relation,
                              const struct entry *owner)
{
    size_t at = hash_integer((uintptr_t)owner >> 4 ^ (uintptr_t)relation) % KNOWN;
    struct known *first = &s->places->known[at], *second = &s->places->known[at ^ 1];
    bool is_second = is_about(second, relation, owner) || (first->places.items && !second->places.items);
    return is_second && !is_about(first, relation, owner) ? second : first;
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
        known->places.count - known->places.left == collection->count)
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
    if (known->places.items == collection->items && known->places.count - known->places.left + 1 == collection->count)
        places_append(&known->places, &s->db->allocator);
    else
        places_done(&known->places, &s->db->allocator);
}

void member_places_take_out(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                            struct collection *collection, size_t place)
{
    struct known *known = s->places ? known_of(s, relation, owner) : NULL;
    const void *item = collection->items[place - 1];
    bool indexed = known && is_about(known, relation, owner) && known->places.items == collection->items;
    if (!indexed)
        member_places_forget(s, collection->items);
    indexed = indexed && places_take_out(&known->places, &s->db->allocator, item);
    collection_take_out(collection, place);
    if (indexed && collection->items)
        known->places.items = collection->items;
    else if (indexed)
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
