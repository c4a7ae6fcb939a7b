#include "collection.h"

#include "places.h"

/* Arrays come in sizes that are a quarter of a power of two apart, so that an array tells its room by the number of its
 * items, and one that is given back fits others. */
enum { FEW = 8, STEPS = 4, SIZES = FEW + STEPS * 62 };

struct collections {
    void *free[SIZES]; /* arrays of each size, linked by their first item */
};

/* The number of the size for `count` items, and its room. */
static size_t size_of(size_t count, size_t *ret_room)
{
    if (count <= FEW) {
        *ret_room = count;
        return count;
    }
    unsigned shift = 0;
    while ((count - 1) >> shift >= FEW)
        shift++;
    size_t parts = ((count - 1) >> shift) + 1; /* 5 to 8 of them */
    *ret_room = parts << shift;
    return FEW + (size_t)shift * STEPS + parts - FEW;
}

size_t collection_room(size_t count)
{
    size_t room;
    size_of(count, &room);
    return room;
}

void **collection_allocate(struct howdah_session *s, size_t count)
{
    size_t room, size = size_of(count, &room);
    void **items = s->collections ? s->collections->free[size] : NULL;
    if (!items)
        return arena_allocate_array(&s->arena, room, sizeof(*items));
    s->collections->free[size] = items[0];
    return items;
}

void collection_release(struct howdah_session *s, void **items, size_t count)
{
    size_t room;
    if (!items || !count)
        return;
    member_places_forget(s, items);
    if (!s->collections)
        s->collections = ARENA_NEW(&s->arena, struct collections);
    if (!s->collections)
        return; /* the array is the arena's then, until that is freed */
    size_t size = size_of(count, &room);
    items[0] = s->collections->free[size];
    s->collections->free[size] = items;
}
