#include "snapshot.h"

#include <string.h>

/* What all array types look like. */
struct items {
    char *items;
    bool *nulls;
    size_t count;
};

static struct items read_items(const struct column *c, const void *object)
{
    struct items items;
    memcpy(&items, column_field(c, object), sizeof(items));
    return items;
}

static const struct column *in_place(const struct mapper *mapper, uint32_t i)
{
    return &mapper->columns[mapper->in_place[i]];
}

/* The items as they were: right behind those that the program sees. */
static struct items behind(const struct column *c, struct items items)
{
    if (items.items)
        items.items += items.count * c->codec->size;
    if (items.nulls)
        items.nulls += items.count;
    return items;
}

static void copy_items(const struct column *c, struct items to, struct items from)
{
    if (to.items && from.count)
        memcpy(to.items, from.items, from.count * c->codec->size);
    if (to.nulls && from.count)
        memcpy(to.nulls, from.nulls, from.count);
}

void snapshot_take(const struct mapper *mapper, const void *object, void *snapshot)
{
    if (snapshot != object)
        memcpy(snapshot, object, mapper->model->size);
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct column *c = in_place(mapper, i);
        struct items items = read_items(c, object);
        copy_items(c, behind(c, items), items);
    }
}

/* memcmp's call costs more than the look at a handful of words, which most arrays are. */
static inline bool same_bytes(const char *a, const char *b, size_t size)
{
    enum { FEW = 64 };
    uint64_t x, y, different = 0;
    if (size > FEW || size % sizeof(x))
        return memcmp(a, b, size) == 0;
    for (size_t i = 0; i < size; i += sizeof(x)) {
        memcpy(&x, a + i, sizeof(x));
        memcpy(&y, b + i, sizeof(y));
        different |= x ^ y;
    }
    return !different;
}

/* Whether the items are as they were. */
static inline bool is_unedited(const struct column *c, const void *object)
{
    struct items items = read_items(c, object);
    size_t size = items.count * c->codec->size;
    return (!items.items || same_bytes(items.items, items.items + size, size)) &&
           (!items.nulls || memcmp(items.nulls, items.nulls + items.count, items.count) == 0);
}

bool snapshot_is_unedited(const struct column *c, const void *object)
{
    return is_unedited(c, object);
}

bool snapshot_equal(const struct column *c, const void *object, const void *snapshot, void *room)
{
    if (c->shape != SHAPE_ARRAY)
        return column_equal(c, object, snapshot);
    struct items items = behind(c, read_items(c, snapshot));
    memcpy(column_field(c, room), &items, sizeof(items));
    return column_equal(c, object, room);
}

bool snapshot_items_clean(const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < mapper->in_place_count; i++)
        if (!is_unedited(in_place(mapper, i), object))
            return false;
    return true;
}

const void *snapshot_view(const struct mapper *mapper, const void *snapshot, void *room)
{
    if (mapper->in_place_count == 0)
        return snapshot;
    memcpy(room, snapshot, mapper->model->size);
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct column *c = in_place(mapper, i);
        struct items items = behind(c, read_items(c, snapshot));
        memcpy(column_field(c, room), &items, sizeof(items));
    }
    return room;
}

void snapshot_restore(const struct mapper *mapper, void *object, const void *snapshot)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        memcpy(column_field(c, object), column_field(c, snapshot), c->size);
    }
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct column *c = in_place(mapper, i);
        struct items items = read_items(c, snapshot);
        copy_items(c, items, behind(c, items));
    }
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        memcpy((char *)object + field->offset, (const char *)snapshot + field->offset, field->size);
    }
}
