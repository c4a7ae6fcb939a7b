#include "snapshot.h"

#include <string.h>

/* Where the items are NULL, so is the array, and flags beside it are the program's. */
static void copy_items(const struct in_place *array, struct items to, struct items from)
{
    if (!from.items || from.count == 0)
        return;
    memcpy(to.items, from.items, from.count * array->item_size);
    if (from.nulls)
        memcpy(to.nulls, from.nulls, from.count);
}

bool items_same(const char *field, size_t item_size)
{
    struct items items = items_at(field);
    size_t size = items.count * item_size;
    return !items.items || (memcmp(items.items, items.items + size, size) == 0 &&
                            (!items.nulls || memcmp(items.nulls, items.nulls + items.count, items.count) == 0));
}

/* Array by array, so that what is known of one serves all objects. */
bool snapshot_all_clean(const struct mapper *mapper, const void *objects, uint32_t count)
{
    size_t size = mapper->model->size, all = count * size;
    if (memcmp(objects, (const char *)objects + mapper->group_bytes, all) != 0)
        return false;
    for (uint32_t i = 0; i < mapper->in_place_count; i++) {
        const char *field = (const char *)objects + mapper->in_place[i].offset, *end = field + all;
        for (; field < end; field += size)
            if (!items_unedited(field, mapper->in_place[i].item_size))
                return false;
    }
    return true;
}

/* Where there are more than 64 columns. */
__attribute__((cold, noinline)) static void put_many_columns(const struct mapper *mapper, size_t word, uint64_t *set)
{
    const uint64_t *columns = mapper->word_columns + word * mapper->words;
    for (uint32_t i = 0; i < mapper->words; i++)
        set[i] |= columns[i];
}

/* The columns that lie in that word of the struct. */
static inline void put_columns(const struct mapper *mapper, size_t word, uint64_t *set)
{
    if (mapper->words == 1)
        *set |= mapper->word_columns[word];
    else
        put_many_columns(mapper, word, set);
}

enum { WORD = sizeof(uint64_t) };

/* Of one object, its arrays' items left aside. */
static inline void put_differing(const struct mapper *mapper, const char *a, const char *b, uint64_t *set)
{
    const size_t size = mapper->model->size, words = size / WORD, rest = size % WORD;
#pragma GCC unroll 4
    for (size_t i = 0; i < words; i++)
        if (memcmp(a + i * WORD, b + i * WORD, WORD) != 0)
            put_columns(mapper, i, set);
    if (rest && memcmp(a + size - rest, b + size - rest, rest) != 0)
        put_columns(mapper, words, set);
}

void snapshot_differing(const struct mapper *mapper, const void *objects, const void *snapshots, uint32_t count,
                        uint64_t *sets)
{
    const size_t size = mapper->model->size, pieces = mapper->words;
    for (size_t i = 0; i < count; i++)
        put_differing(mapper, (const char *)objects + i * size, (const char *)snapshots + i * size, sets + i * pieces);
    for (uint32_t k = 0; k < mapper->in_place_count; k++) {
        const struct in_place array = mapper->in_place[k];
        const char *field = (const char *)snapshots + array.offset; /* the session's own array */
        for (size_t i = 0; i < count; i++, field += size)
            if (!items_unedited(field, array.item_size))
                put_columns(mapper, array.offset / WORD, sets + i * pieces);
    }
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
    const struct in_place array = {(uint32_t)c->offset, (uint32_t)c->codec->size};
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
    const struct in_place array = {(uint32_t)c->offset, (uint32_t)c->codec->size};
    struct items items = items_of(&array, snapshot);
    copy_items(&array, items, items_behind(&array, items));
}

void snapshot_take_column(const struct column *c, const void *from, void *snapshot)
{
    memcpy(column_field(c, snapshot), column_field(c, from), c->size);
    if (c->shape != SHAPE_ARRAY)
        return;
    const struct in_place array = {(uint32_t)c->offset, (uint32_t)c->codec->size};
    struct items items = items_of(&array, snapshot);
    copy_items(&array, items_behind(&array, items), items);
}
