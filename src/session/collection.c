#include "collection.h"

#include "places.h"

/* Arrays come in sizes that are a quarter of a power of two apart, so that an array tells its room by the number of its
 * items, and one that is given back fits others. A large one says right before its first item how much room it has: it may
 * begin later than it did, as its first items leave. */
enum { FEW = 8, STEPS = 4, SIZES = FEW + STEPS * 62, LARGE = 64 };

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

/* What stands before the first item of a large array. */
static size_t read_room(void *const *items)
{
    return (size_t)(uintptr_t)items[-1];
}

static void write_room(void **items, size_t room)
{
    items[-1] = (void *)(uintptr_t)room;
}

size_t collection_room(const struct collection *collection)
{
    size_t room;
    if (collection->count > LARGE)
        return read_room(collection->items);
    size_of(collection->count, &room);
    return room;
}

void **collection_allocate(struct howdah_session *s, size_t count)
{
    size_t room, size = size_of(count, &room);
    void **items = s->collections ? s->collections->free[size] : NULL;
    if (items) {
        s->collections->free[size] = items[0];
        return items;
    }
    if (count <= LARGE)
        return arena_allocate_array(&s->arena, room, sizeof(*items));
    items = room < SIZE_MAX ? arena_allocate_array(&s->arena, room + 1, sizeof(*items)) : NULL;
    if (!items)
        return NULL;
    write_room(++items, room);
    return items;
}

/* The largest size that an array with that room has. */
static size_t size_within(size_t room)
{
    size_t exact, size = size_of(room, &exact);
    return exact > room ? size - 1 : size;
}

void collection_release(struct howdah_session *s, void **items, size_t count)
{
    if (!items || !count)
        return;
    member_places_forget(s, items);
    if (!s->collections)
        s->collections = ARENA_NEW(&s->arena, struct collections);
    if (!s->collections)
        return; /* the array is the arena's then, until that is freed */
    size_t size = size_within(collection_room(&(struct collection){items, count, true}));
    items[0] = s->collections->free[size];
    s->collections->free[size] = items;
}

void collection_take_out(struct collection *collection, size_t place)
{
    size_t before = place - 1, behind = collection->count - place;
    void **items = collection->items;
    if (collection->count > LARGE && before < behind) {
        size_t room = read_room(items);
        memmove(items + 1, items, before * sizeof(*items));
        write_room(++collection->items, room - 1);
    } else {
        memmove(items + before, items + place, behind * sizeof(*items));
    }
    if (--collection->count == 0)
        collection->items = NULL;
}
