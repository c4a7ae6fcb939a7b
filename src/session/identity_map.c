#include "identity_map.h"

#include "base/hash.h"
#include "slab.h"

#include <string.h>

/* What map_find looks for: a key in a struct of the mapper's, or a lone integer. */
struct key_probe {
    const struct mapper *mapper;
    const void *object;
};

struct integer_probe {
    const struct mapper *mapper;
    const struct column *column;
    int64_t key;
};

static bool is_integer(const struct column *c)
{
    enum howdah_type type = c->codec->type;
    return c->shape == SHAPE_PLAIN &&
           (type == HOWDAH_TYPE_INT64 || type == HOWDAH_TYPE_INT32 || type == HOWDAH_TYPE_INT16);
}

const struct column *key_integer_column(const struct mapper *mapper)
{
    const struct column *c = mapper->key_count ? &mapper->columns[mapper->key[0]] : NULL;
    return c && mapper->key_count == 1 && is_integer(c) ? c : NULL;
}

static int64_t read_integer(const struct column *c, const void *object)
{
    int64_t wide;
    int32_t middle;
    int16_t narrow;
    switch (c->size) {
    case sizeof(wide): memcpy(&wide, column_field(c, object), sizeof(wide)); return wide;
    case sizeof(middle): memcpy(&middle, column_field(c, object), sizeof(middle)); return middle;
    default: memcpy(&narrow, column_field(c, object), sizeof(narrow)); return narrow;
    }
}

static uint32_t hash_integer(const struct mapper *mapper, int64_t key)
{
    return (uint32_t)hash_combine(mapper->index, (uint64_t)key);
}

static uint32_t hash_key(const struct mapper *mapper, const void *object)
{
    const struct column *integer = key_integer_column(mapper);
    if (integer)
        return hash_integer(mapper, read_integer(integer, object));
    uint64_t hash = mapper->index;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        hash = column_hash(&mapper->columns[mapper->key[i]], hash, object);
    return (uint32_t)hash;
}

bool key_is_set(const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        if (column_is_unset_key(c, object) || column_is_null(c, object))
            return false;
    }
    return true;
}

bool key_equal(const struct mapper *mapper, const void *a, const void *b)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (!column_equal(&mapper->columns[mapper->key[i]], a, b))
            return false;
    return true;
}

int key_compare(const struct mapper *mapper, const void *a, const void *b)
{
    const struct column *integer = key_integer_column(mapper);
    if (integer) {
        int64_t x = read_integer(integer, a), y = read_integer(integer, b);
        return (x > y) - (x < y);
    }
    int order = 0;
    for (uint32_t i = 0; i < mapper->key_count && order == 0; i++)
        order = column_compare(&mapper->columns[mapper->key[i]], a, b);
    return order;
}

static bool match_key(const struct map_node *node, const void *what)
{
    const struct key_probe *probe = what;
    const struct entry *entry = entry_of_node(node);
    return entry->mapper == probe->mapper->index &&
           key_equal(probe->mapper, entry_snapshot(probe->mapper, entry), probe->object);
}

static bool match_integer(const struct map_node *node, const void *what)
{
    const struct integer_probe *probe = what;
    const struct entry *entry = entry_of_node(node);
    return entry->mapper == probe->mapper->index &&
           read_integer(probe->column, entry_snapshot(probe->mapper, entry)) == probe->key;
}

struct entry *identity_find_integer(const struct map *map, const struct mapper *mapper, int64_t key)
{
    const struct integer_probe probe = {mapper, key_integer_column(mapper), key};
    struct map_node *node = map_find(map, hash_integer(mapper, key), match_integer, &probe);
    return node ? entry_of_node(node) : NULL;
}

struct entry *identity_find(const struct map *map, const struct mapper *mapper, const void *object)
{
    const struct column *integer = key_integer_column(mapper);
    if (integer)
        return identity_find_integer(map, mapper, read_integer(integer, object));
    const struct key_probe probe = {mapper, object};
    struct map_node *node = map_find(map, hash_key(mapper, object), match_key, &probe);
    return node ? entry_of_node(node) : NULL;
}

bool identity_add(struct map *map, const struct mapper *mapper, struct entry *entry)
{
    if (!map_add(map, &entry->node, hash_key(mapper, entry_snapshot(mapper, entry))))
        return false;
    entry->mapped = true;
    return true;
}

void identity_add_prepared(struct map *map, const struct mapper *mapper, struct entry *entry)
{
    map_add_prepared(map, &entry->node, hash_key(mapper, entry_snapshot(mapper, entry)));
    entry->mapped = true;
}

void identity_remove(struct map *map, struct entry *entry)
{
    if (entry->mapped)
        map_remove(map, &entry->node);
    entry->mapped = false;
}
