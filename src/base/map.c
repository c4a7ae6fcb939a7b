#include "map.h"

#include <string.h>

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wundef"

enum { LOAD = 4 }; /* nodes for each bucket, at which the table doubles */

/* Where memory is out, the table goes on as it is. */
static void grow(struct map *map, UT_hash_table *table)
{
    int no_memory = 0;
    HASH_EXPAND_BUCKETS(hh, table, no_memory);
    (void)no_memory;
}

static bool add(struct map *map, struct map_node *node, uint32_t hash)
{
    unsigned char room[MAP_ROOM_END - MAP_ROOM], *own = (unsigned char *)node + MAP_ROOM;
    memcpy(room, own, sizeof(room));
    node->hh.tbl = NULL;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, map->first, NULL, 0, hash, node);
    memcpy(own, room, sizeof(room));
    UT_hash_table *table = node->hh.tbl;
    if (!table) /* only the first node needs memory: the table's */
        return false;
    table->noexpand = 1; /* uthash would wait until chains are long, which those who look for a node must walk */
    if (table->num_items > LOAD * table->num_buckets)
        grow(map, table);
    return true;
}

bool map_add(struct map *map, struct map_node *node, uint32_t hash)
{
    return add(map, node, hash);
}

bool map_prepare(struct map *map)
{
    enum { HASH = 0 };
    if (map->anchor.hh.tbl)
        return true;
    if (!add(map, &map->anchor, HASH))
        return false;
    /* It stays in the list of nodes, which is what a table lives by; but nobody is to find it. */
    HASH_DEL_IN_BKT(map->anchor.hh.tbl->buckets[HASH], &map->anchor.hh);
    return true;
}

void map_add_prepared(struct map *map, struct map_node *node, uint32_t hash)
{
    (void)add(map, node, hash);
}

void map_remove(struct map *map, struct map_node *node)
{
    HASH_DELETE(hh, map->first, node);
    node->hh.tbl = NULL;
}

void map_clear(struct map *map)
{
    HASH_CLEAR(hh, map->first);
    map->anchor.hh.tbl = NULL;
}
