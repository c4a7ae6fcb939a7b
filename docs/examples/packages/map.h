/* A map from texts to numbers: open addressing, copies of its keys. Zero is empty. */
#ifndef PACKAGES_MAP_H
#define PACKAGES_MAP_H

#include <stdbool.h>

#include "memory.h"

struct map {
    struct map_slot *slots;
    size_t count;
    size_t capacity; /* a power of two */
    struct arena keys;
};

/* The number that belongs to the key. A new key gets `number`, and *ret_new is set. */
size_t map_put(struct map *map, const char *key, size_t number, bool *ret_new);
/* False if the key is not there. */
bool map_find(const struct map *map, const char *key, size_t *ret_number);
void map_done(struct map *map);

#endif
