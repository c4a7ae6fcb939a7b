#include "snapshot.h"

#include <string.h>

static void copy_items(const struct in_place *array, struct items to, struct items from)
{
    if (to.items && from.count)
        memcpy(to.items, from.items, from.count * array->item_size);
    if (to.nulls && from.count)
        memcpy(to.nulls, from.nulls, from.count);
}

bool items_same(const struct in_place *array, const void *object)
{
    struct items items = items_of(array, object), before = items_behind(array, items);
    return (!items.items || memcmp(items.items, before.items, items.count * array->item_size) == 0) &&
           (!items.nulls || memcmp(items.nulls, before.nulls, items.count) == 0);
}

void snapshot_take_items(const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct in_place *array = &mapper->in_place[i];
        struct items items = items_of(array, object);
        copy_items(array, items_behind(array, items), items);
    }
}

bool snapshot_equal(const struct column *c, const void *object, const void *snapshot, void *room)
{
    if (c->shape != SHAPE_ARRAY)
        return column_equal(c, object, snapshot);
    const struct in_place array = in_place_of(c);
    struct items items = items_behind(&array, items_of(&array, snapshot));
    memcpy(column_field(c, room), &items, sizeof(items));
    return column_equal(c, object, room);
}

const void *snapshot_view(const struct mapper *mapper, const void *snapshot, void *room)
{
    if (mapper->in_place_count == 0)
        return snapshot;
    memcpy(room, snapshot, mapper->model->size);
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const struct in_place *array = &mapper->in_place[i];
        struct items items = items_behind(array, items_of(array, snapshot));
        memcpy((char *)room + array->offset, &items, sizeof(items));
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
        const struct in_place *array = &mapper->in_place[i];
        struct items items = items_of(array, snapshot);
        copy_items(array, items, items_behind(array, items));
    }
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        memcpy((char *)object + field->offset, (const char *)snapshot + field->offset, field->size);
    }
}

void snapshot_restore_column(const struct column *c, void *object, const void *snapshot)
{
    memcpy(column_field(c, object), column_field(c, snapshot), c->size);
    if (c->shape != SHAPE_ARRAY)
        return;
    const struct in_place array = in_place_of(c);
    struct items items = items_of(&array, snapshot);
    copy_items(&array, items, items_behind(&array, items));
}

void snapshot_take_column(const struct column *c, const void *from, void *snapshot)
{
    memcpy(column_field(c, snapshot), column_field(c, from), c->size);
    if (c->shape != SHAPE_ARRAY)
        return;
    const struct in_place array = in_place_of(c);
    struct items items = items_of(&array, snapshot);
    copy_items(&array, items_behind(&array, items), items);
}
