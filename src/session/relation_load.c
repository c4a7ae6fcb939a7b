#include "relation_load.h"

#include "base/endian.h"

#include "foreign_key.h"
#include "load.h"
#include "object.h"

/* --- is it loaded --- */

enum { ABSENT_BITS = 32 };

static bool is_absent(const struct relation *relation, const struct entry *entry)
{
    return relation->index < ABSENT_BITS && (entry->absent >> relation->index & 1);
}

void relation_set_absent(const struct relation *relation, struct entry *entry, bool absent)
{
    if (relation->index >= ABSENT_BITS)
        return; /* it is asked again each time */
    uint32_t bit = (uint32_t)1 << relation->index;
    entry->absent = absent ? entry->absent | bit : entry->absent & ~bit;
}

/* Whether the pointer leads to an object that the session still has. */
static bool leads_on(const struct howdah_session *s, const void *pointer)
{
    const struct entry *target = pointer ? slabs_find(&s->slabs, pointer) : NULL;
    return target && target->state != ENTRY_DETACHED;
}

static bool belongs_to_is_loaded(const struct howdah_session *s, const struct relation *relation,
                                 const struct entry *entry)
{
    const struct mapper *mapper = relation->mapper;
    const struct foreign_key *key = relation->foreign_key;
    const void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    const void *pointer = object_pointer(relation, object);
    bool same = foreign_key_equal(key, mapper, object, snapshot);
    if (entry->state == ENTRY_NEW)
        return pointer || foreign_key_is_unset(key, mapper, object) || !foreign_key_applies(key, object);
    if (pointer != object_pointer(relation, snapshot))
        return pointer || same; /* the program's choice */
    if (foreign_key_is_null(key, mapper, object) || !foreign_key_applies(key, object))
        return true;
    if (leads_on(s, pointer))
        return same || foreign_key_refers_to(key, mapper, object, pointer);
    return same && is_absent(relation, entry);
}

bool relation_is_loaded(const struct howdah_session *s, const struct relation *relation, const struct entry *entry)
{
    const void *object = entry_object(relation->mapper, entry);
    if (relation_is_many(relation))
        return collection_get(relation, object).loaded;
    if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
        return belongs_to_is_loaded(s, relation, entry);
    return entry->state == ENTRY_NEW || leads_on(s, object_pointer(relation, object)) || is_absent(relation, entry);
}

/* --- the sources and their keys --- */

void relation_load_init(struct relation_load *load, struct howdah_session *s, const struct relation *relation,
                        enum relation_form form, struct arena *arena)
{
    *load = (struct relation_load){
        .s = s, .relation = relation, .form = form, .ends = relation_ends(relation), .arena = arena};
    load->ends.in_row = load->ends.in_row && form == RELATION_ROWS;
    load->cells = relation->target->column_count + (load->ends.in_row ? 0 : load->ends.count);
}

void relation_load_done(struct relation_load *load)
{
    memory_free(&load->s->db->allocator, load->rows);
    memory_free(&load->s->db->allocator, load->row_keys);
}

void relation_load_restart(struct relation_load *load)
{
    load->row_count = load->known_rows = 0;
    load->result = (struct sibling_result){0};
}

static bool is_belongs_to(const struct relation_load *load)
{
    return load->relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
}

/* The struct with the key by which an object is asked for: as its row is, but a foreign key as the program wants it. */
static const void *key_struct(const struct relation_load *load, const struct entry *entry)
{
    const struct mapper *mapper = load->relation->mapper;
    return is_belongs_to(load) ? entry_object(mapper, entry) : entry_snapshot(mapper, entry);
}

static bool has_key(const struct relation_load *load, const void *object)
{
    for (uint32_t i = 0; i < load->ends.count; i++)
        if (column_is_null(&load->relation->mapper->columns[load->ends.columns[i]], object))
            return false;
    return !is_belongs_to(load) || foreign_key_applies(load->relation->foreign_key, object);
}

static bool add_row(struct relation_load *load, struct entry *entry, uint32_t key)
{
    const struct howdah_allocator *allocator = &load->s->db->allocator;
    if (load->row_count == load->row_capacity) {
        size_t capacity = load->row_capacity ? load->row_capacity * 2 : 64;
        void *rows = memory_resize(allocator, load->rows, capacity * sizeof(*load->rows));
        load->rows = rows ? rows : load->rows;
        void *keys = memory_resize(allocator, load->row_keys, capacity * sizeof(*load->row_keys));
        load->row_keys = keys ? keys : load->row_keys;
        if (!rows || !keys)
            return !session_no_memory(load->s);
        load->row_capacity = capacity;
    }
    load->rows[load->row_count] = entry;
    load->row_keys[load->row_count++] = key;
    return true;
}

/* The target of a BELONGS_TO if the session has it: then the server needn't be asked. */
static struct entry *find_target(const struct relation_load *load, const void *object)
{
    if (!is_belongs_to(load))
        return NULL;
    struct entry *known = foreign_key_target(load->s, load->relation->foreign_key, load->relation->mapper, object);
    return known && known->state != ENTRY_DETACHED ? known : NULL;
}

/* Gives a source its key, which is asked for if it is a new one that the session can't answer. */
static bool take_source(struct relation_load *load, size_t i)
{
    struct entry *source = load->sources[i], *known;
    const void *object = key_struct(load, source);
    load->source_keys[i] = KEY_NONE;
    if (!has_key(load, object))
        return true;
    uint32_t count = load->index.count, key = key_index_add(&load->index, object);
    load->source_keys[i] = key;
    if (key < count) {
        if (!is_belongs_to(load)) /* two objects can't have the same rows; one of them is out of date */
            load->sources[i] = NULL;
        return true;
    }
    load->by_key[key] = source;
    if ((known = find_target(load, object))) {
        load->known_rows++;
        return add_row(load, known, key);
    }
    load->asked[load->asked_count++] = object;
    return true;
}

bool relation_load_begin(struct relation_load *load, struct entry **sources, size_t count)
{
    struct arena *arena = load->arena;
    const struct mapper *mapper = load->relation->mapper;
    load->sources = sources;
    load->source_count = count;
    load->source_keys = arena_allocate_array(arena, count, sizeof(*load->source_keys));
    load->by_key = arena_allocate_array(arena, count, sizeof(struct entry *));
    load->asked = arena_allocate_array(arena, count, sizeof(*load->asked));
    if (!load->source_keys || !load->by_key || !load->asked ||
        !key_index_init(&load->index, arena, mapper, load->ends.columns, load->ends.count, count))
        return !session_no_memory(load->s);
    for (size_t i = 0; i < count; i++)
        if (!take_source(load, i))
            return false;
    return is_belongs_to(load) || load->form != RELATION_ROWS || relation_load_moves(load);
}

void relation_load_add_keys(const struct relation_load *load, struct parameters *p)
{
    for (uint32_t i = 0; i < load->ends.count; i++)
        parameters_add_fields(p, &load->relation->mapper->columns[load->ends.columns[i]], (void *const *)load->asked,
                              load->asked_count);
}

struct entry **relation_load_siblings(struct relation_load *load, struct entry *entry,
                                      bool (*wanted)(const struct relation_load *load, const struct entry *entry),
                                      size_t *ret_count)
{
    struct sibling_walk walk = siblings_of(&load->s->siblings, entry);
    size_t capacity = walk.group ? walk.group->members + (size_t)1 : 1, count = 0;
    if (capacity > RELATION_KEYS_MAX)
        capacity = RELATION_KEYS_MAX;
    struct entry **sources = arena_allocate_array(load->arena, capacity, sizeof(*sources));
    for (struct entry *next = siblings_next(&walk); sources && next && count < capacity; next = siblings_next(&walk))
        if (next == entry || wanted(load, next))
            sources[count++] = next;
    *ret_count = count;
    return sources;
}

const struct relation *relation_find(struct howdah_session *s, const struct mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->offset == offset)
            return &mapper->relations[i];
    session_fail(s, HOWDAH_STATUS_INVALID, mapper->model->name, NULL, NULL,
                 "%s: the field at offset %zu is no relation", mapper->model->name, offset);
    return NULL;
}

/* --- rows --- */

/* The usual key: one integer, straight from the wire. */
static bool read_integer(const struct cell *cell, int64_t *ret)
{
    switch (cell->size) {
    case sizeof(int64_t): *ret = (int64_t)read_uint64(cell->data); return true;
    case sizeof(int32_t): *ret = (int32_t)read_uint32(cell->data); return true;
    case sizeof(int16_t): *ret = (int16_t)read_uint16(cell->data); return true;
    default: return false;
    }
}

bool relation_load_key(struct relation_load *load, const struct cell *cells, uint32_t *ret)
{
    struct howdah_session *s = load->s;
    const struct mapper *mapper = load->relation->mapper;
    uint32_t behind = load->form == RELATION_COUNT ? 1 : load->relation->target->column_count;
    int64_t integer;
    if (load->index.integer && read_integer(&cells[load->ends.in_row ? load->ends.others[0] : behind], &integer)) {
        *ret = key_index_find_integer(&load->index, integer);
        return true;
    }
    for (uint32_t i = 0; i < load->ends.count; i++) {
        const struct column *c = &mapper->columns[load->ends.columns[i]];
        const struct cell *cell = &cells[load->ends.in_row ? load->ends.others[i] : behind + i];
        if (!load_columns(s, mapper, &c, cell, 1, &s->scratch, s->key_object))
            return false;
    }
    *ret = key_index_find(&load->index, s->key_object);
    return true;
}

struct entry *relation_load_row(struct relation_load *load, const struct cell *cells, size_t count)
{
    struct howdah_session *s = load->s;
    const struct mapper *target = load->relation->target;
    uint32_t key = KEY_NONE;
    if (count != load->cells) {
        session_fail(s, HOWDAH_STATUS_PROTOCOL, load->relation->mapper->model->name, load->relation->field->name, NULL,
                     "%s.%s: a row of %zu columns", load->relation->mapper->model->name, load->relation->field->name,
                     count);
        return NULL;
    }
    if (!relation_load_key(load, cells, &key))
        return NULL;
    size_t objects = map_count(&s->map);
    struct entry *entry = load_row(s, target, cells, target->column_count);
    if (!entry)
        return NULL;
    load->known_rows += map_count(&s->map) == objects;
    if (!siblings_add(&s->siblings, &load->result, target, entry)) {
        session_no_memory(s);
        return NULL;
    }
    return add_row(load, entry, key) ? entry : NULL;
}
