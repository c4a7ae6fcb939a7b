/* Images: the rows of changed objects as they will be, in memory of the session's own. */
#include "foreign_key.h"
#include "marks.h"
#include "object.h"
#include "pair.h"
#include "snapshot.h"

/* Items that were edited in place and are equal all the same may be the program's memory: the image gets the items as they
 * were, copied. */
static bool take_back_items(struct work *w, const struct column *c, const struct change *change, const void *before)
{
    const struct in_place array = {(uint32_t)c->offset, (uint32_t)c->codec->size};
    struct items items = items_behind(&array, items_of(&array, before));
    memcpy(column_field(c, change->image), &items, sizeof(items));
    if (!column_copy(c, &w->s->arena, change->image))
        return false;
    items = items_of(&array, change->image);
    struct items behind = items_behind(&array, items); /* where they have room */
    if (items.items && items.count)
        memcpy(behind.items, items.items, items.count * array.item_size);
    if (items.nulls && items.count)
        memcpy(behind.nulls, items.nulls, items.count);
    return true;
}

bool pair_take_back(struct work *w, const struct column *c, const struct change *change, const void *before)
{
    bool array = c->shape == SHAPE_ARRAY;
    if (array ? !snapshot_equal(c, change->image, before, w->s->key_object) : !column_equal(c, change->image, before))
        return false;
    if (array && !snapshot_is_unedited(c, before))
        return take_back_items(w, c, change, before);
    if (c->codec->has_pointers || array)
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
        integer_set(mapper->version, change->image, key_read_integer(mapper->version, change->image) + 1);
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

bool pair_was_given_version(struct work *w, const struct change *change)
{
    const struct column *version = change->mapper->token;
    return key_read_integer(version, change->old) != 0 ||
           !marks_has(w->s, change->entry, MARK_UNLOADED, version->index) ||
           marks_has(w->s, change->entry, MARK_ASSIGNED, version->index) ||
           work_refuse(w, HOWDAH_STATUS_INVALID, change, version->field->name,
                       "is not known: set it to what the row must have, or find the object first");
}

/* What the row must have been, where that has to be known of all rows of the table. */
static bool pair_old(struct work *w, struct change *change)
{
    const struct mapper *mapper = change->mapper;
    if (change->entry->marked && !take_version(w, change))
        return false;
    if (change->operation != HOWDAH_OPERATION_DELETE)
        return true;
    if (mapper->optimistic && !pair_checks(w, change, change->entry))
        return false;
    return !mapper->token || change->fate != FATE_WRITTEN || pair_knows_version(w, change);
}

/* What is special about single ones: foreign keys that are cleared, memory of the program's. */
static bool mend_image(struct work *w, struct change *change, bool as_added)
{
    const struct mapper *mapper = change->mapper;
    for (uint32_t at = change->cleared; at != NONE; at = w->cleared[at].next)
        clear_key(mapper, change, &w->cleared[at]);
    return change->old || as_added || own_fields(w, mapper, change, entry_snapshot(mapper, change->entry));
}

/* Of objects side by side: a copy of all of them. */
static bool make_images(struct work *w, const struct mapper *mapper, uint32_t first, uint32_t count, char *images)
{
    size_t size = mapper->model->size;
    struct change *changes = &w->changes[first];
    const char *objects = entry_object(mapper, changes->entry);
    bool as_added = !changes->old && snapshot_all_clean(mapper, objects, count);
    if (changes->entry->read_only) /* alone: what the program did to it is not written */
        objects = snapshot_view(mapper, entry_snapshot(mapper, changes->entry), images);
    if (objects != images)
        memcpy(images, objects, count * size);
    changes->stretch = (uint16_t)count;
    bool whole = !w->cleared_count && (changes->old || as_added);
    for (uint32_t i = 0; i < count; i++, images += size) {
        changes[i].image = images;
        changes[i].arrays_kept = as_added;
        if (!whole && !mend_image(w, &changes[i], as_added))
            return false;
    }
    return true;
}

static bool is_special(const struct entry *entry)
{
    return entry->marked || entry->read_only;
}

/* How many have their objects side by side, and the same fate. Who is special is alone. */
static uint32_t stretch_of(const struct change *change, uint32_t most)
{
    const struct entry *entry = change->entry;
    uint32_t count = 1;
    if (is_special(entry))
        return count;
    while (count < most && change[count].entry == entry + count && change[count].kind == change->kind &&
           !is_special(entry + count))
        count++;
    return count;
}

bool pair_images(struct work *w, struct change_run run)
{
    const bool any_old = run.mapper->optimistic || (run.mapper->token && map_count(&w->s->marks));
    for (uint32_t i = run.first; any_old && i < run.end; i++)
        if (!pair_old(w, &w->changes[i]))
            return false;
    if (!work_has_images(w, run.mapper))
        return true;
    size_t size = run.mapper->model->size;
    char *images = arena_allocate_array(&w->arena, run.end - run.first, size);
    if (!images)
        return !session_no_memory(w->s);
    for (uint32_t i = run.first, count; i < run.end; i += count, images += count * size) {
        bool deleted = w->changes[i].operation == HOWDAH_OPERATION_DELETE;
        count = deleted ? 1 : stretch_of(&w->changes[i], run.end - i);
        if (!deleted && !make_images(w, run.mapper, i, count, images))
            return false;
    }
    return true;
}
