/* The identity map: one object for each row, by table and primary key. The keys are not stored apart: they are
 * those of the entries' snapshots, so that a program may scribble on an object without breaking the map. */
#ifndef SESSION_IDENTITY_MAP_H
#define SESSION_IDENTITY_MAP_H

#include "base/hash.h"
#include "slab.h"

#include <string.h>

/* Whether all parts of the key are there: none NULL, no identity of 0, no uuid key of zero bytes. */
static inline bool key_is_set(const struct mapper *mapper, const void *object);
/* The same for other keys than one plain integer. */
bool key_is_whole(const struct mapper *mapper, const void *object);
/* Whether the program has changed the key of a loaded object, or a pointer that decides it. */
bool entry_is_rekeyed(const struct mapper *mapper, const struct entry *entry);
/* Whether its key is free for a new object of the same commit. Until then the map knows the entry by it. */
bool entry_gives_up_key(const struct mapper *mapper, const struct entry *entry);
bool key_equal(const struct mapper *mapper, const void *a, const void *b);
/* -1, 0, 1: the order in which rows are sent. */
int key_compare(const struct mapper *mapper, const void *a, const void *b);
struct entry *identity_find(const struct map *map, const struct mapper *mapper, const void *object);
/* For mappers with an integer_key, the common case: inline, since it is all that a hit does. */
static inline struct entry *identity_find_integer(const struct map *map, const struct mapper *mapper, int64_t key);
/* Adds the entry by its snapshot's key, which must not be there. False if memory is out. */
bool identity_add(struct map *map, const struct mapper *mapper, struct entry *entry);
/* The key's hash, by which rows that come in, nearly all of them new, are looked for and added. */
uint32_t identity_hash(const struct mapper *mapper, const void *object);
static inline bool identity_add_hashed(struct map *map, struct entry *entry, uint32_t hash)
{
    entry->mapped = map_add(map, &entry->node, hash);
    return entry->mapped;
}
/* The same after map_prepare: can't fail. */
void identity_add_prepared(struct map *map, const struct mapper *mapper, struct entry *entry);
static inline void identity_remove(struct map *map, struct entry *entry);

static inline void identity_remove(struct map *map, struct entry *entry)
{
    if (entry->mapped)
        map_remove(map, &entry->node);
    entry->mapped = false;
}

/* --- integer keys --- */

struct integer_probe {
    const struct mapper *mapper;
    int64_t key;
};

static inline int64_t key_read_field(const struct column *c, const void *field)
{
    int64_t wide;
    int32_t middle;
    int16_t narrow;
    if (__builtin_expect(c->size == sizeof(wide), 1)) {
        memcpy(&wide, field, sizeof(wide));
        return wide;
    }
    if (c->size == sizeof(middle)) {
        memcpy(&middle, field, sizeof(middle));
        return middle;
    }
    memcpy(&narrow, field, sizeof(narrow));
    return narrow;
}

static inline int64_t key_read_integer(const struct column *c, const void *object)
{
    return key_read_field(c, column_field(c, object));
}

static inline bool key_is_set(const struct mapper *mapper, const void *object)
{
    const struct column *integer = mapper->integer_key;
    if (!integer)
        return key_is_whole(mapper, object);
    return !(integer->identity || integer->server_only) || key_read_integer(integer, object) != 0;
}

/* A plain integer field of an object, of any width. False, and nothing is set, if the value does not fit. */
static inline bool integer_set(const struct column *c, void *object, int64_t value)
{
    void *field = column_field(c, object);
    int32_t middle = (int32_t)value;
    int16_t narrow = (int16_t)value;
    if (c->size == sizeof(value)) {
        memcpy(field, &value, sizeof(value));
        return true;
    }
    if (c->size == sizeof(middle)) {
        if (value == middle)
            memcpy(field, &middle, sizeof(middle));
        return value == middle;
    }
    if (value == narrow)
        memcpy(field, &narrow, sizeof(narrow));
    return value == narrow;
}

static inline uint32_t key_hash_integer(const struct mapper *mapper, int64_t key)
{
    return hash_integer((uint64_t)key + mapper->key_seed);
}

static inline bool key_match_integer(const struct map_node *node, const void *what)
{
    const struct integer_probe *probe = what;
    const struct entry *entry = entry_of_node(node);
    const struct mapper *mapper = probe->mapper;
    return entry->mapper == mapper->index &&
           key_read_field(mapper->integer_key, (const char *)entry_object(mapper, entry) + mapper->key_distance) ==
               probe->key;
}

static inline struct entry *identity_find_integer(const struct map *map, const struct mapper *mapper, int64_t key)
{
    const struct integer_probe probe = {mapper, key};
    struct map_node *node = map_find(map, key_hash_integer(mapper, key), key_match_integer, &probe);
    return node ? entry_of_node(node) : NULL;
}

#endif
