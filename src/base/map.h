/* A hash table of nodes that live inside other structs: uthash behind functions, with a hash and a match of
 * the caller's own. The nodes keep the order in which they were added. The only file that includes uthash.h. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "memory.h"

struct map_node;
/* Whether the node is the one that `probe` describes; asked only of nodes with the same hash. */
typedef bool map_match(const struct map_node *node, const void *probe);
/* uthash's hooks, which it expands inside the functions below: each has a `map`. */
#define HASH_NONFATAL_OOM         1
#define uthash_malloc(size)       memory_allocate(map->allocator, (size))
#define uthash_free(block, size)  memory_free(map->allocator, (block))
#define uthash_nonfatal_oom(node) ((void)(node))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wundef"
#include <uthash.h>

struct map_node {
    UT_hash_handle hh;
};

/* Where a struct that starts with a node may keep `size` bytes of its own: in place of uthash's key and its length, at
 * which nobody looks, if they fit; else behind the node. */
#define MAP_ROOM_AT(size) ((size) <= MAP_ROOM_END - MAP_ROOM ? MAP_ROOM : sizeof(struct map_node))
#define MAP_ROOM          offsetof(UT_hash_handle, key)
#define MAP_ROOM_END      offsetof(UT_hash_handle, hashv)

struct map {
    const struct howdah_allocator *allocator;
    struct map_node *first;
    struct map_node anchor; /* keeps the table once map_prepare has made it; in no bucket */
};

static inline void map_init(struct map *map, const struct howdah_allocator *allocator)
{
    map->allocator = allocator;
    map->first = NULL;
    map->anchor.hh.tbl = NULL;
}

static inline size_t map_count(const struct map *map)
{
    return HASH_COUNT(map->first) - (map->anchor.hh.tbl ? 1 : 0);
}

static inline UT_hash_bucket *map_bucket(const UT_hash_table *table, uint32_t hash)
{
    return &table->buckets[hash & (table->num_buckets - 1)];
}

static inline struct map_node *map_find(const struct map *map, uint32_t hash, map_match *match, const void *what)
{
    if (!map->first)
        return NULL;
    /* What HASH_FIND_BYHASHVALUE does, less its look at keys and lengths, which our nodes don't have. */
    const UT_hash_handle *at = map_bucket(map->first->hh.tbl, hash)->hh_head;
    for (; at; at = at->hh_next) {
        struct map_node *node = (struct map_node *)(uintptr_t)at; /* its first member */
        if (at->hashv == hash && match(node, what))
            return node;
    }
    return NULL;
}

/* Each bucket has marks of the hashes that came into it, in a word that uthash keeps for an expansion of its own: ours is
 * another. The upper bits choose the mark, since the lower ones choose the bucket. */
static inline uint32_t map_mark(uint32_t hash)
{
    return (uint32_t)1 << (hash >> 27);
}

/* Whether a node with that hash may be there. False for nine in ten that are not, without a look at any node: for who
 * expects none. */
static inline bool map_may_have(const struct map *map, uint32_t hash)
{
    return map->first && (map_bucket(map->first->hh.tbl, hash)->expand_mult & map_mark(hash));
}

#pragma GCC diagnostic pop

/* False if memory is out; the map is then as it was. */
bool map_add(struct map *map, struct map_node *node, uint32_t hash);
/* Makes sure that map_add_prepared can't fail from now on. False if memory is out. */
bool map_prepare(struct map *map);
/* Makes room for so many more nodes, so that the table needn't grow for them step by step. Where memory is out it will. */
void map_reserve(struct map *map, size_t more);
/* Adds also where memory is out. */
void map_add_prepared(struct map *map, struct map_node *node, uint32_t hash);
void map_remove(struct map *map, struct map_node *node);
/* Forgets all nodes and frees the table. */
void map_clear(struct map *map);

#endif
