#include "key_index.h"

#include "identity_map.h"

static bool is_plain_integer(const struct column *c)
{
    enum howdah_type type = c->codec->type;
    return c->shape == SHAPE_PLAIN &&
           (type == HOWDAH_TYPE_INT16 || type == HOWDAH_TYPE_INT32 || type == HOWDAH_TYPE_INT64);
}

bool key_index_init(struct key_index *index, struct arena *arena, const struct mapper *mapper, const uint32_t *columns,
                    uint32_t parts, size_t capacity)
{
    size_t slots = 8;
    *index = (struct key_index){.arena = arena, .parts = parts};
    for (uint32_t i = 0; i < parts; i++)
        index->columns[i] = &mapper->columns[columns[i]];
    if (parts == 1 && is_plain_integer(index->columns[0]))
        index->integer = index->columns[0];
    if (capacity > UINT32_MAX / 4)
        return false;
    while (slots < capacity * 2)
        slots *= 2;
    index->capacity = (uint32_t)capacity;
    index->mask = (uint32_t)slots - 1;
    index->keys = arena_allocate_array(arena, capacity, sizeof(*index->keys));
    index->integers = index->integer ? arena_allocate_array(arena, capacity, sizeof(*index->integers)) : NULL;
    index->slots = arena_allocate_zero(arena, slots * sizeof(*index->slots), _Alignof(uint32_t));
    return index->keys && index->slots && (index->integers || !index->integer);
}

static uint32_t hash_of(const struct key_index *index, const void *object)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < index->parts; i++)
        hash = column_hash(index->columns[i], hash, object);
    return (uint32_t)hash;
}

static bool equal(const struct key_index *index, const void *a, const void *b)
{
    for (uint32_t i = 0; i < index->parts; i++)
        if (!column_equal(index->columns[i], a, b))
            return false;
    return true;
}

/* The slot where the key is, or the empty one where it belongs. */
static uint32_t *find_slot(const struct key_index *index, const void *object)
{
    for (uint32_t at = hash_of(index, object);; at++) {
        uint32_t *slot = &index->slots[at & index->mask];
        if (!*slot || equal(index, index->keys[*slot - 1], object))
            return slot;
    }
}

static inline uint32_t *find_integer_slot(const struct key_index *index, int64_t key)
{
    for (uint32_t at = hash_integer((uint64_t)key);; at++) {
        uint32_t *slot = &index->slots[at & index->mask];
        if (!*slot || index->integers[*slot - 1] == key)
            return slot;
    }
}

uint32_t key_index_add(struct key_index *index, const void *object)
{
    int64_t key = index->integer ? key_read_integer(index->integer, object) : 0;
    uint32_t *slot = index->integer ? find_integer_slot(index, key) : find_slot(index, object);
    if (*slot)
        return *slot - 1;
    if (index->integer)
        index->integers[index->count] = key;
    index->keys[index->count++] = object;
    *slot = index->count;
    return index->count - 1;
}

uint32_t key_index_find(const struct key_index *index, const void *object)
{
    if (index->integer)
        return key_index_find_integer(index, key_read_integer(index->integer, object));
    return *find_slot(index, object) - 1; /* an empty slot has 0: KEY_NONE */
}

uint32_t key_index_find_integer(const struct key_index *index, int64_t key)
{
    return *find_integer_slot(index, key) - 1;
}
