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

bool fill_columns(struct howdah_session *s, struct entry *entry, const struct column *const *columns, size_t count,
                  const void *values)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    struct owners before;
    owners_look(s, mapper, entry, &before);
    for (size_t i = 0; i < count; i++)
        take_column(s, entry, columns[i], values, object, snapshot);
    forget_pointers(s, mapper, object, snapshot);
    return owners_changed(s, mapper, entry, &before);
}

bool fill_remember(struct howdah_session *s, struct entry *entry)
{
    if (s->transaction == TRANSACTION_NONE)
        return true;
    return (map_prepare(&s->map) && transaction_remember(s, entry)) || !session_no_memory(s);
}

/* The columns of the row that the object lacks: their cells decoded into `row`, and the columns in *ret. */
static bool decode_missing(struct howdah_session *s, const struct entry *entry, const struct column *const *columns,
                           const struct cell *cells, size_t count, const struct column **missing, void *row,
                           size_t *ret_count)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    const uint64_t *unloaded = marks_set(s, entry, MARK_UNLOADED);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct column *c = columns ? columns[i] : &mapper->columns[i];
        if (c->key || !(entry->expired || column_in(unloaded, c->index)))
            continue;
        if (!load_columns(s, mapper, &c, &cells[i], 1, &s->arena, row))
            return false;
        missing[found++] = c;
    }
    *ret_count = found;
    return true;
}

bool fill_from_row(struct howdah_session *s, struct entry *entry, const struct column *const *columns,
                   const struct cell *cells, size_t count)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    const struct column **missing = arena_allocate_array(&s->scratch, count + 1, sizeof(*missing));
    void *row = arena_allocate_zero(&s->scratch, mapper->model->size, mapper->model->alignment);
    size_t missing_count;
    if (!missing || !row)
        return !session_no_memory(s);
    if (!decode_missing(s, entry, columns, cells, count, missing, row, &missing_count) || !fill_remember(s, entry))
        return false;
    bool stale = entry->expired;
    if (count == mapper->column_count)
        entry->expired = false;
    if (stale) {
        entry->absent = 0; /* a foreign key may lead elsewhere now */
        answers_forget(s);
    }
    return fill_columns(s, entry, missing, missing_count, row);
}

bool fill_gone(struct howdah_session *s, struct entry *entry)
{
    if (!fill_remember(s, entry))
        return false;
    entry_move(entry, EVENT_GONE);
    entry->row_deleted = s->deleted_some = true; /* collections may hold it */
    if (s->transaction == TRANSACTION_NONE)      /* else it keeps its place until the commit, should that not come */
        identity_remove(&s->map, entry);
    return true;
}
