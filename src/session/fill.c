#include "fill.h"

#include "foreign_key.h"
#include "load.h"
#include "object.h"
#include "owner.h"
#include "relation_answers.h"
#include "snapshot.h"
#include "transaction.h"

/* A BELONGS_TO pointer that the program left alone, and that leads elsewhere than the row does now, is forgotten. */
static void forget_pointers(struct howdah_session *s, const struct mapper *mapper, void *object, void *snapshot)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        const void *target = object_pointer(relation, snapshot);
        bool stale = target && (!slabs_find(&s->slabs, target) ||
                                !foreign_key_refers_to(relation->foreign_key, mapper, snapshot, target));
        if (!stale || object_pointer(relation, object) != target)
            continue;
        object_set_pointer(relation, object, NULL);
        object_set_pointer(relation, snapshot, NULL);
    }
}

/* The version that a program gave to an object known only by its key: the row must have it when it is written, so that it
 * is no change, and no other one takes its place. */
static bool is_token(const struct howdah_session *s, const struct entry *entry, const struct column *c,
                     const void *object, const void *snapshot)
{
    return (c->version || c->xmin) && marks_has(s, entry, MARK_UNLOADED, c->index) &&
           !column_equal(c, object, snapshot);
}

/* A statement of the session's that has found the row with it has counted on from there. */
static void count_token(const struct howdah_session *s, const struct entry *entry, const struct column *c,
                        const void *values, void *object, const void *snapshot)
{
    if (c->version && is_token(s, entry, c, object, snapshot) &&
        key_read_integer(c, values) == key_read_integer(c, object) + 1)
        memcpy(column_field(c, object), column_field(c, values), c->size);
}

static void take_column(struct howdah_session *s, struct entry *entry, const struct column *c, const void *values,
                        void *object, void *snapshot)
{
    bool token = is_token(s, entry, c, object, snapshot);
    bool changed = marks_has(s, entry, MARK_ASSIGNED, c->index) || !snapshot_equal(c, object, snapshot, s->key_object);
    snapshot_take_column(c, token ? object : values, snapshot);
    if (!changed)
        memcpy(column_field(c, object), column_field(c, snapshot), c->size);
    marks_drop(s, entry, MARK_UNLOADED, c->index);
}

static bool is_missing(const struct howdah_session *s, const struct entry *entry, const struct column *c)
{
    return !c->key && (entry->expired || marks_has(s, entry, MARK_UNLOADED, c->index));
}

/* Takes the columns (NULL: all, in order), or those of them that are missing. */
static bool take(struct howdah_session *s, struct entry *entry, const struct column *const *columns, size_t count,
                 const void *values, bool missing)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    struct owners before;
    owners_look(s, mapper, entry, &before);
    for (size_t i = 0; i < count; i++) {
        const struct column *c = columns ? columns[i] : &mapper->columns[i];
        if (!missing)
            count_token(s, entry, c, values, object, snapshot);
        if (!missing || is_missing(s, entry, c))
            take_column(s, entry, c, values, object, snapshot);
    }
    forget_pointers(s, mapper, object, snapshot);
    return owners_changed(s, mapper, entry, &before);
}

bool fill_columns(struct howdah_session *s, struct entry *entry, const struct column *const *columns, size_t count,
                  const void *values)
{
    return take(s, entry, columns, count, values, false);
}

static bool remember(struct howdah_session *s, struct entry *entry)
{
    if (s->transaction == TRANSACTION_NONE)
        return true;
    return (map_prepare(&s->map) && transaction_remember(s, entry)) || !session_no_memory(s);
}

static bool decode_missing(struct howdah_session *s, const struct entry *entry, const struct column *const *columns,
                           const struct cell *cells, size_t count, void *row)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    for (size_t i = 0; i < count; i++) {
        const struct column *c = columns ? columns[i] : &mapper->columns[i];
        if (is_missing(s, entry, c) && !load_columns(s, mapper, &c, &cells[i], 1, &s->arena, row))
            return false;
    }
    return true;
}

bool fill_from_row(struct howdah_session *s, struct entry *entry, const struct column *const *columns,
                   const struct cell *cells, size_t count)
{
    void *row = s->lost_object; /* room for any struct */
    if (!decode_missing(s, entry, columns, cells, count, row) || !remember(s, entry))
        return false;
    bool expired = entry->expired, good = take(s, entry, columns, count, row, true);
    if (count == entry_mapper(s, entry)->column_count)
        entry->expired = false;
    if (expired) {
        entry->absent = 0; /* a foreign key may lead elsewhere now */
        answers_forget(s);
    }
    return good;
}

bool fill_gone(struct howdah_session *s, struct entry *entry)
{
    if (!remember(s, entry))
        return false;
    entry_move(entry, EVENT_GONE);
    entry->row_deleted = s->deleted_some = true; /* collections may hold it */
    if (s->transaction == TRANSACTION_NONE)      /* else it keeps its place until the commit, should that not come */
        identity_remove(&s->map, entry);
    return true;
}
