#include "load.h"

#include "base/endian.h"
#include "fill.h"
#include "snapshot.h"

/* --- columns --- */

static bool fail_column(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                        enum howdah_status status, const char *why)
{
    if (status == HOWDAH_STATUS_NO_MEMORY)
        session_no_memory(s);
    else
        session_fail(s, status, mapper->model->name, c->field->name, NULL, "%s.%s: the value in column %s of %s %s",
                     mapper->model->name, c->field->name, c->name, mapper->quoted ? mapper->quoted : "the result", why);
    return false;
}

/* A column that is a timestamp with a zone for the model and without one in its table, or the other way round. What the
 * server makes of it when it is written depends on its time zone: with UTC, nothing else. */
static bool check_zone(struct howdah_session *s, const struct mapper *mapper, const struct column *c)
{
    if (!mapper->model->table || (s->connection && pg_connection_is_utc(s->connection)))
        return true;
    const char *type = column_is_local_time(c) ? "timestamptz" : "timestamp";
    session_fail(
        s, HOWDAH_STATUS_SCHEMA, mapper->model->name, c->field->name, NULL,
        "%s.%s: column %s of %s is %s, not %s, and what is written there shifts by the server's time zone, which "
        "is not UTC: give the field .sql_type = \"%s%s\"",
        mapper->model->name, c->field->name, c->name, mapper->quoted, type,
        column_is_local_time(c) ? "timestamp" : "timestamptz", type, c->shape == SHAPE_ARRAY ? "[]" : "");
    return false;
}

static bool load_column(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                        const struct cell *cell, struct arena *arena, void *object)
{
    const char *why = "can't be read";
    enum howdah_status status = column_decode(c, cell, arena, object, &why);
    if (status)
        return fail_column(s, mapper, c, status, why);
    bool moved = cell->type != c->oid && column_changes_zone(c, cell->type) && cell->size >= 0;
    return !moved || check_zone(s, mapper, c);
}

bool load_columns(struct howdah_session *s, const struct mapper *mapper, const struct column *const *columns,
                  const struct cell *cells, size_t count, struct arena *arena, void *object)
{
    for (size_t i = 0; i < count; i++)
        if (!load_column(s, mapper, columns[i], &cells[i], arena, object))
            return false;
    return true;
}

static inline bool decode(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells,
                          struct arena *arena, void *object)
{
    struct decode_fault fault;
    enum howdah_status status = columns_decode(mapper->columns, mapper->column_count, cells, arena, object, &fault);
    if (status)
        return fail_column(s, mapper, fault.column, status, fault.why);
    return !fault.zone || check_zone(s, mapper, fault.zone);
}

bool load_all_columns(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells,
                      struct arena *arena, void *object)
{
    return decode(s, mapper, cells, arena, object);
}

/* --- rows --- */

/* The usual key: one integer that came as it is. */
static bool read_integer_key(const struct mapper *mapper, const struct cell *cells, int64_t *ret)
{
    const struct column *c = mapper->integer_key;
    const struct cell *cell = c ? &cells[c->index] : NULL;
    if (!c || cell->type != c->oid || cell->size != (int32_t)c->size)
        return false;
    switch (cell->size) {
    case sizeof(int64_t): *ret = (int64_t)read_uint64(cell->data); return true;
    case sizeof(int32_t): *ret = (int32_t)read_uint32(cell->data); return true;
    case sizeof(int16_t): *ret = (int16_t)read_uint16(cell->data); return true;
    default: return false;
    }
}

/* The object of that row if the session has it: only the key is decoded, into a struct for that purpose. And the key's
 * hash. */
static bool find_known(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells,
                       uint32_t *ret_hash, struct entry **ret)
{
    int64_t key;
    if (read_integer_key(mapper, cells, &key)) {
        *ret_hash = key_hash_integer(mapper, key);
        if (map_may_have(&s->map, *ret_hash))
            *ret = identity_find_integer(&s->map, mapper, key);
        return true;
    }
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (!load_column(s, mapper, &mapper->columns[mapper->key[i]], &cells[mapper->key[i]], &s->scratch,
                         s->key_object))
            return false;
    *ret_hash = identity_hash(mapper, s->key_object);
    if (map_may_have(&s->map, *ret_hash))
        *ret = identity_find(&s->map, mapper, s->key_object);
    return true;
}

static struct entry *load_new(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells,
                              uint32_t hash)
{
    struct entry *entry = slabs_add(&s->slabs, mapper);
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    entry->state = ENTRY_LOADED;
    if (!decode(s, mapper, cells, &s->arena, object)) {
        slabs_take_back(&s->slabs, entry);
        return NULL;
    }
    snapshot_take(mapper, object, snapshot);
    if (!identity_add_hashed(&s->map, entry, hash)) {
        slabs_take_back(&s->slabs, entry);
        session_no_memory(s);
        return NULL;
    }
    s->made++;
    return entry;
}

struct entry *load_row(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells, size_t count)
{
    struct entry *known = NULL;
    uint32_t hash;
    if (count != mapper->column_count) {
        session_fail(s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                     "%s: a row of %zu columns, expected %u", mapper->model->name, count, mapper->column_count);
        return NULL;
    }
    if (!find_known(s, mapper, cells, &hash, &known))
        return NULL;
    if (known && entry_is_ready(known))
        return known;
    if (known && known->state != ENTRY_DETACHED)
        return !fill_is_needed(s, known) || fill_from_row(s, known, NULL, cells, count) ? known : NULL;
    if (known) /* its row was deleted by a flush, and is there again */
        identity_remove(&s->map, known);
    return load_new(s, mapper, cells, hash);
}

static bool read_key(struct howdah_session *s, const struct mapper *mapper, const struct column *const *columns,
                     const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (columns[i]->key && !load_column(s, mapper, columns[i], &cells[i], &s->scratch, s->key_object))
            return false;
    return true;
}

static bool make_part(struct howdah_session *s, const struct mapper *mapper, struct entry *entry,
                      const struct column *const *columns, const uint64_t *unloaded, const struct cell *cells,
                      size_t count)
{
    void *object = entry_object(mapper, entry);
    entry->state = ENTRY_LOADED;
    if (!load_columns(s, mapper, columns, cells, count, &s->arena, object))
        return false;
    snapshot_take(mapper, object, entry_snapshot(mapper, entry));
    return (identity_add(&s->map, mapper, entry) && marks_add_set(s, entry, MARK_UNLOADED, unloaded)) ||
           !session_no_memory(s);
}

struct entry *load_part(struct howdah_session *s, const struct mapper *mapper, const struct column *const *columns,
                        const uint64_t *unloaded, const struct cell *cells, size_t count)
{
    if (!read_key(s, mapper, columns, cells, count))
        return NULL;
    struct entry *known = identity_find(&s->map, mapper, s->key_object);
    if (known && known->state != ENTRY_DETACHED)
        return !fill_is_needed(s, known) || fill_from_row(s, known, columns, cells, count) ? known : NULL;
    if (known)
        identity_remove(&s->map, known);
    struct entry *entry = slabs_add(&s->slabs, mapper);
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    s->made++;
    if (make_part(s, mapper, entry, columns, unloaded, cells, count))
        return entry;
    identity_remove(&s->map, entry);
    slabs_take_back(&s->slabs, entry);
    return NULL;
}
