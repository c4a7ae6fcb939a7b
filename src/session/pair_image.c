/* Images: the rows of changed objects as they will be, in memory of the session's own. */
#include "foreign_key.h"
#include "marks.h"
#include "object.h"
#include "pair.h"
#include "snapshot.h"

bool pair_take_back(struct work *w, const struct column *c, const struct change *change, const void *before)
{
    bool kept = c->shape != SHAPE_ARRAY || snapshot_is_unedited(c, before);
    if (!kept || !snapshot_equal(c, change->image, before, w->s->key_object))
        return false;
    if (c->codec->has_pointers || c->shape == SHAPE_ARRAY)
        memcpy(column_field(c, change->image), column_field(c, before), c->size);
    return true;
}

bool pair_own(struct work *w, const struct column *c, const struct change *change)
{
    return column_copy(c, &w->s->arena, change->image) || !session_no_memory(w->s);
}

/* Of a new object: what the program put into it after it was added. */
static bool own_fields(struct work *w, const struct mapper *mapper, const struct change *change, const void *added)
{
    for (uint32_t i = 0; i < mapper->pointer_count; i++) {
        const struct column *c = &mapper->columns[mapper->pointers[i]];
        if (!snapshot_has_field(c, change->image, added) && !pair_take_back(w, c, change, added) &&
            !pair_own(w, c, change))
            return false;
    }
    return true;
}

/* What it refers to is deleted. */
static void clear_key(const struct mapper *mapper, const struct change *change, const struct cleared *cleared)
{
    foreign_key_clear(cleared->key, mapper, change->image);
    if (cleared->key->relation)
        object_set_pointer(cleared->key->relation, change->image, NULL);
    if (cleared->versioned && mapper->version)
        integer_set(mapper->version, change->image, key_read_integer(mapper->version, change->old) + 1);
}

/* Of an object known only by its key, the version that its row must have is the one that the program gave it. */
static bool take_version(struct work *w, struct change *change)
{
    const struct mapper *mapper = change->mapper;
    const struct column *version = mapper->token;
    if (!change->old || !version || !marks_has(w->s, change->entry, MARK_UNLOADED, version->index))
        return true;
    change->old = arena_copy(&w->arena, change->old, mapper->model->size);
    if (!change->old)
        return !session_no_memory(w->s);
    memcpy(column_field(version, change->old), column_field(version, entry_object(mapper, change->entry)),
           version->size);
    if (change->operation == HOWDAH_OPERATION_DELETE)
        change->image = change->old;
    return true;
}

bool pair_knows_version(struct work *w, const struct change *change)
{
    const struct column *version = change->mapper->token;
    return key_read_integer(version, change->old) != 0 ||
           !marks_has(w->s, change->entry, MARK_UNLOADED, version->index) ||
           marks_has(w->s, change->entry, MARK_ASSIGNED, version->index) ||
           work_refuse(w, HOWDAH_STATUS_INVALID, change, version->field->name,
                       "is not known: set it to what the row must have, or find the object first");
}

bool pair_image(struct work *w, struct change *change)
{
    const struct mapper *mapper = change->mapper;
    if (!take_version(w, change))
        return false;
    if (change->operation == HOWDAH_OPERATION_DELETE)
        return (!mapper->optimistic || pair_checks(w, change, change->entry)) &&
               (!mapper->token || change->fate != FATE_WRITTEN || pair_knows_version(w, change));
    void *object = entry_object(mapper, change->entry), *snapshot = entry_snapshot(mapper, change->entry);
    change->image = arena_allocate(&w->arena, mapper->model->size, _Alignof(max_align_t));
    if (!change->image)
        return !session_no_memory(w->s);
    const void *row = change->entry->read_only ? snapshot_view(mapper, snapshot, change->image) : object;
    if (row != change->image)
        memcpy(change->image, row, mapper->model->size);
    for (uint32_t at = change->cleared; at != NONE; at = w->cleared[at].next)
        clear_key(mapper, change, &w->cleared[at]);
    return change->old || snapshot_clean(mapper, object, snapshot) || own_fields(w, mapper, change, snapshot);
}
