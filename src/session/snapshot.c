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

static bool same_items(const struct column *c, struct items a, struct items b)
{
    return (!a.items || memcmp(a.items, b.items, a.count * c->codec->size) == 0) &&
           (!a.nulls || memcmp(a.nulls, b.nulls, a.count) == 0);
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

bool snapshot_has_field(const struct column *c, const void *object, const void *snapshot)
{
    if (memcmp(column_field(c, object), column_field(c, snapshot), c->size) != 0)
        return false;
    struct items items = {0};
    if (c->shape == SHAPE_ARRAY)
        items = read_items(c, object);
    return same_items(c, items, behind(c, items));
}

bool snapshot_clean(const struct mapper *mapper, const void *object, const void *snapshot)
{
    if (memcmp(object, snapshot, mapper->model->size) != 0)
        return false;
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct column *c = in_place(mapper, i);
        struct items items = read_items(c, object);
        if (!same_items(c, items, behind(c, items)))
            return false;
    }
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
