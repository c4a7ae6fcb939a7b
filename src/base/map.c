#include "map.h"

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wundef"

static bool add(struct map *map, struct map_node *node, const void *key, uint32_t hash)
{
    node->hh.tbl = NULL;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, map->first, key, 0, hash, node);
    return node->hh.tbl != NULL;
}

bool map_add(struct map *map, struct map_node *node, uint32_t hash)
{
    return add(map, node, node, hash);
}

bool map_prepare(struct map *map)
{
    return map->anchor.hh.tbl || add(map, &map->anchor, NULL, 0);
}

void map_add_prepared(struct map *map, struct map_node *node, uint32_t hash)
{
    if (add(map, node, node, hash))
        return;
    UT_hash_table *table = map->anchor.hh.tbl;
    unsigned noexpand = table->noexpand;
    table->noexpand = 1;
    add(map, node, node, hash);
    table->noexpand = noexpand;
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
