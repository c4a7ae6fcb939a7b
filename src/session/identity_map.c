#include "identity_map.h"

#include "foreign_key.h"
#include "object.h"

/* What map_find looks for: a key in a struct of the mapper's, or a lone integer. */
struct key_probe {
    const struct mapper *mapper;
    const void *object;
};

uint32_t identity_hash(const struct mapper *mapper, const void *object)
{
    if (mapper->integer_key)
        return key_hash_integer(mapper, key_read_integer(mapper->integer_key, object));
    return (uint32_t)columns_hash(mapper->columns, mapper->key, mapper->key_count, mapper->index, object);
}

bool key_is_whole(const struct mapper *mapper, const void *object)
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
    return columns_equal(mapper->columns, mapper->key, mapper->key_count, a, b);
}

/* A pointer that is another than that of the row may lead to another key. */
static bool has_other_pointer(const struct mapper *mapper, const void *object, const void *snapshot)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO && foreign_key_is_in_key(relation->foreign_key) &&
            object_pointer(relation, object) && object_pointer(relation, object) != object_pointer(relation, snapshot))
            return true;
    }
    return false;
}

bool entry_is_rekeyed(const struct mapper *mapper, const struct entry *entry)
{
    const void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    return entry->state == ENTRY_LOADED && !entry->read_only &&
           (!key_equal(mapper, object, snapshot) || has_other_pointer(mapper, object, snapshot));
}

bool entry_gives_up_key(const struct mapper *mapper, const struct entry *entry)
{
    return entry->state == ENTRY_DELETED || entry_is_rekeyed(mapper, entry);
}

int key_compare(const struct mapper *mapper, const void *a, const void *b)
{
    if (mapper->integer_key) {
        int64_t x = key_read_integer(mapper->integer_key, a), y = key_read_integer(mapper->integer_key, b);
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

struct entry *identity_find(const struct map *map, const struct mapper *mapper, const void *object)
{
    if (mapper->integer_key)
        return identity_find_integer(map, mapper, key_read_integer(mapper->integer_key, object));
    const struct key_probe probe = {mapper, object};
    struct map_node *node = map_find(map, identity_hash(mapper, object), match_key, &probe);
    return node ? entry_of_node(node) : NULL;
}

bool identity_add(struct map *map, const struct mapper *mapper, struct entry *entry)
{
    return identity_add_hashed(map, entry, identity_hash(mapper, entry_snapshot(mapper, entry)));
}

void identity_add_prepared(struct map *map, const struct mapper *mapper, struct entry *entry)
{
    entry->mapped = true;
    map_add_prepared(map, &entry->node, identity_hash(mapper, entry_snapshot(mapper, entry)));
}
