#include "map.h"

#include <string.h>

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wundef"

enum { LOAD = 4 }; /* nodes for each bucket, at which the table doubles */

static void put_in_bucket(const UT_hash_table *table, UT_hash_handle *handle)
{
    UT_hash_bucket *bucket = map_bucket(table, handle->hashv);
    handle->hh_prev = NULL;
    handle->hh_next = bucket->hh_head;
    if (bucket->hh_head)
        bucket->hh_head->hh_prev = handle;
    bucket->hh_head = handle;
    bucket->count++;
    bucket->expand_mult |= map_mark(handle->hashv);
}

/* uthash would walk from bucket to bucket; nodes in their order lie side by side, most often. Where memory is out, the
 * table goes on as it is. */
static void grow(struct map *map, UT_hash_table *table, unsigned doublings)
{
    size_t count = (size_t)table->num_buckets << doublings;
    UT_hash_bucket *buckets = memory_allocate_zero(map->allocator, count * sizeof(*buckets));
    if (!buckets)
        return;
    memory_free(map->allocator, table->buckets);
    table->buckets = buckets;
    table->num_buckets = (unsigned)count;
    table->log2_num_buckets += doublings;
    for (struct map_node *node = map->first; node; node = node->hh.next)
        if (node != &map->anchor)
            put_in_bucket(table, &node->hh);
}

/* The first node brings the table. What HASH_ADD does, less keys and lengths, in whose place others keep their own. */
static bool add_first(struct map *map, struct map_node *node, uint32_t hash)
{
    bool failed = false;
    node->hh.next = node->hh.prev = NULL;
    node->hh.hashv = hash;
    HASH_MAKE_TABLE(hh, node, failed);
    if (failed) {
        node->hh.tbl = NULL;
        return false;
    }
    map->first = node;
    node->hh.tbl->num_items = 1;
    node->hh.tbl->noexpand = 1; /* uthash would wait until chains are long, which those who look for a node must walk */
    put_in_bucket(node->hh.tbl, &node->hh);
    return true;
}

static inline void add_next(struct map *map, struct map_node *node, uint32_t hash)
{
    UT_hash_table *table = map->first->hh.tbl;
    node->hh.tbl = table;
    node->hh.hashv = hash;
    HASH_APPEND_LIST(hh, map->first, node);
    table->num_items++;
    put_in_bucket(table, &node->hh);
    if (table->num_items > LOAD * table->num_buckets)
        grow(map, table, 1);
}

bool map_add(struct map *map, struct map_node *node, uint32_t hash)
{
    if (!map->first)
        return add_first(map, node, hash);
    add_next(map, node, hash);
    return true;
}

void map_add_prepared(struct map *map, struct map_node *node, uint32_t hash)
{
    add_next(map, node, hash);
}

bool map_prepare(struct map *map)
{
    enum { HASH = 0 };
    if (map->anchor.hh.tbl)
        return true;
    if (!map_add(map, &map->anchor, HASH))
        return false;
    /* It stays in the list of nodes, which is what a table lives by; but nobody is to find it. */
    HASH_DEL_IN_BKT(map->anchor.hh.tbl->buckets[HASH], &map->anchor.hh);
    return true;
}

void map_reserve(struct map *map, size_t more)
{
    enum { FEW = LOAD * HASH_INITIAL_NUM_BUCKETS, DOUBLINGS_MAX = 30 };
    unsigned doublings = 0;
    if (more <= FEW || !map_prepare(map))
        return;
    UT_hash_table *table = map->anchor.hh.tbl;
    uint64_t nodes = (uint64_t)table->num_items + more;
    while ((uint64_t)LOAD * table->num_buckets << doublings < nodes &&
           table->log2_num_buckets + doublings < DOUBLINGS_MAX)
        doublings++;
    if (doublings)
        grow(map, table, doublings);
}

/* The first or the last one in the list; and with the only one goes the table. */
static __attribute__((noinline)) void remove_end(struct map *map, struct map_node *node)
{
    HASH_DELETE(hh, map->first, node);
    node->hh.tbl = NULL;
}

void map_remove(struct map *map, struct map_node *node)
{
    UT_hash_handle *handle = &node->hh;
    struct map_node *before = handle->prev, *after = handle->next;
    if (!before || !after) {
        remove_end(map, node);
        return;
    }
    before->hh.next = after;
    after->hh.prev = before;
    HASH_DEL_IN_BKT(*map_bucket(handle->tbl, handle->hashv), handle);
    handle->tbl->num_items--;
    handle->tbl = NULL;
}

void map_clear(struct map *map)
{
    HASH_CLEAR(hh, map->first);
    map->anchor.hh.tbl = NULL;
}
