/* The rows of a batch side by side: what is done row by row once their order is known, or to know it. */
#include "work.h"

void work_lay_out(struct work *w, struct batch *batch)
{
    void **images = batch->images, **olds = batch->olds;
    const uint32_t *order = batch->changes, count = batch->count;
    struct change *changes = w->changes;
    for (uint32_t i = 0; i < count; i++) {
        struct change *change = &changes[order[i]];
        change->place = i;
        images[i] = change->image;
        olds[i] = change->old;
    }
}

bool work_make_layout(struct work *w, struct batch *batch)
{
    void **room = arena_allocate_array(&w->arena, 3 * (size_t)batch->count, sizeof(*room));
    if (!room)
        return !session_no_memory(w->s);
    batch->images = room;
    batch->olds = room + batch->count;
    batch->object_room = room + 2 * (size_t)batch->count;
    work_lay_out(w, batch);
    return true;
}

void *const *work_objects(const struct work *w, const struct chunk *chunk)
{
    const struct batch *batch = w->batches[chunk->batch];
    void **objects = batch->object_room + chunk->first;
    for (uint32_t i = 0; i < chunk->count; i++)
        objects[i] = entry_object(batch->mapper, w->changes[batch->changes[chunk->first + i]].entry);
    return objects;
}

/* Of keys of eight bytes, as most are. */
static bool are_sorted(const struct column *key, void *const *rows, uint32_t count)
{
    int64_t last = INT64_MIN, value;
    for (void *const *end = rows + count; rows < end; rows++, last = value) {
        memcpy(&value, column_field(key, *rows), sizeof(value));
        if (value < last)
            return false;
    }
    return true;
}

bool work_is_sorted(const struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    void *const *olds = batch->olds;
    if (mapper->integer_key && mapper->integer_key->size == sizeof(int64_t))
        return are_sorted(mapper->integer_key, olds, batch->count);
    for (uint32_t i = 1; i < batch->count; i++)
        if (key_compare(mapper, olds[i - 1], olds[i]) > 0)
            return false;
    return true;
}
