/* What is different about one object, for programs that ask. */
#include "foreign_key.h"
#include "formulas.h"
#include "marks.h"
#include "object.h"
#include "owner.h"
#include "snapshot.h"
#include "work.h"

/* A BELONGS_TO pointer that a commit would follow. */
static bool pointer_changes(const struct howdah_session *s, const struct mapper *mapper, const void *object,
                            const void *snapshot)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        const void *now = object_pointer(relation, object), *then = object_pointer(relation, snapshot);
        if (now == then)
            continue;
        const struct foreign_key *key = relation->foreign_key;
        if (now && !slabs_find(&s->slabs, now))
            return true; /* a commit will refuse it */
        if (now ? !foreign_key_refers_to(key, mapper, snapshot, now) : !foreign_key_is_null(key, mapper, snapshot))
            return true;
    }
    return false;
}

/* What session_link and session_unlink said where no field of the object could. */
static bool is_linked(const struct howdah_session *s, const struct mapper *mapper, const struct entry *entry)
{
    const void *object = entry_object(mapper, entry);
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    while (entry->placed && (key = owner_next_key(mapper, &walk))) {
        const struct placed *placed = placed_find(s, entry, key);
        bool refers = !foreign_key_is_null(key, mapper, object) && foreign_key_applies(key, object);
        bool unlinked = placed && !placed->owner && refers && !foreign_key_clears(key, mapper);
        if (unlinked || (placed && placed->by_link))
            return true;
    }
    return false;
}

/* Whether an UPDATE would send the column. The version of an object known only by its key is no change. */
static bool column_is_sent(const struct howdah_session *s, const struct entry *entry, const struct column *c,
                           const void *view)
{
    const void *object = entry_object(entry_mapper(s, entry), entry);
    if (!entry->marked)
        return !column_equal(c, object, view);
    if ((c->version || c->xmin) && marks_has(s, entry, MARK_UNLOADED, c->index))
        return false;
    return marks_has(s, entry, MARK_ASSIGNED, c->index) || !column_equal(c, object, view);
}

static bool is_dirty(struct howdah_session *s, const struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    const void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    if (entry->read_only && entry->state == ENTRY_LOADED)
        return false;
    if (entry->state != ENTRY_LOADED || formulas_pending(s, entry) || is_linked(s, mapper, entry))
        return true;
    if (!entry->marked && snapshot_clean(mapper, object, snapshot))
        return false;
    const void *view = snapshot_view(mapper, snapshot, s->key_object);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (column_is_sent(s, entry, &mapper->columns[i], view))
            return true;
    return pointer_changes(s, mapper, object, snapshot);
}

bool howdah_session_is_dirty(struct howdah_session *s, const void *object)
{
    if (!session_enter(s))
        return false;
    struct entry *entry = session_entry(s, object, "ask about");
    bool dirty = entry && owner_follow_seen(s, entry) && is_dirty(s, entry);
    session_leave(s);
    return dirty;
}

static const struct howdah_change *list_changes(struct howdah_session *s, const struct entry *entry, size_t *ret_count)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    const void *object = entry_object(mapper, entry), *view = NULL;
    struct howdah_change *changes = arena_allocate_array(&s->scratch, mapper->column_count + 1, sizeof(*changes));
    void *room = arena_allocate(&s->scratch, mapper->model->size, mapper->model->alignment);
    size_t count = 0;
    if (!changes || !room) {
        session_no_memory(s);
        return NULL;
    }
    if (entry->state != ENTRY_NEW)
        view = snapshot_view(mapper, entry_snapshot(mapper, entry), room);
    for (uint32_t i = 0; i < mapper->column_count && entry->state != ENTRY_DELETED; i++) {
        const struct column *c = &mapper->columns[i];
        bool unset =
            column_is_unset_key(c, object) || c->server_only || (c->unset_on_insert && column_is_null(c, object));
        const struct formula *formula =
            formulas_make(s, entry, c) ? formulas_find(formulas_pending(s, entry), c) : NULL;
        if (!formula && (view ? !column_is_sent(s, entry, c, view) : unset))
            continue;
        changes[count].sql = formula ? formula->shown : NULL;
        changes[count].field = c->field->name;
        bool known = view && !marks_has(s, entry, MARK_UNLOADED, c->index);
        changes[count].old_value = known ? column_value(c, view) : howdah_value_null(NULL);
        changes[count++].new_value = formula ? howdah_value_null(NULL) : column_value(c, object);
    }
    *ret_count = count;
    return changes;
}

const struct howdah_change *howdah_session_changes(struct howdah_session *s, const void *object, size_t *ret_count)
{
    size_t count = 0;
    const struct howdah_change *changes = NULL;
    if (session_enter(s)) {
        struct entry *entry = session_entry(s, object, "list the changes of");
        arena_reset(&s->scratch);
        if (entry && owner_follow_seen(s, entry))
            changes = list_changes(s, entry, &count);
        session_leave(s);
    }
    if (ret_count)
        *ret_count = count;
    return changes;
}
