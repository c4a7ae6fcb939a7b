#include "map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct map_slot {
    const char *key; /* NULL: free */
    size_t number;
};

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h;
}

/* The slot that has the key, or the free one where it belongs. */
static struct map_slot *slot_of(const struct map *map, const char *key)
{
    size_t mask = map->capacity - 1;
    size_t at = hash(key) & mask;
    while (map->slots[at].key && strcmp(map->slots[at].key, key) != 0)
        at = (at + 1) & mask;
    return &map->slots[at];
}

/* At most half of the slots are taken. */
static void make_room(struct map *map)
{
    if (map->count < map->capacity / 2)
        return;
    struct map old = *map;
    map->capacity = old.capacity ? old.capacity * 2 : 256;
    map->slots = array_zeroed(map->capacity, sizeof *map->slots);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i].key)
            *slot_of(map, old.slots[i].key) = old.slots[i];
    }
    free(old.slots);
}

size_t map_put(struct map *map, const char *key, size_t number, bool *ret_new)
{
    make_room(map);
    struct map_slot *slot = slot_of(map, key);
    *ret_new = !slot->key;
    if (!slot->key) {
        *slot = (struct map_slot){arena_text(&map->keys, key, strlen(key)), number};
        map->count++;
    }
    return slot->number;
}

bool map_find(const struct map *map, const char *key, size_t *ret_number)
{
    if (map->count == 0)
        return false;
    const struct map_slot *slot = slot_of(map, key);
    if (!slot->key)
        return false;
    *ret_number = slot->number;
    return true;
}

void map_done(struct map *map)
{
    free(map->slots);
    arena_empty(&map->keys);
    *map = (struct map){0};
}
