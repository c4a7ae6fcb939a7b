#include "relation_load.h"

#include "base/endian.h"

#include "foreign_key.h"
#include "load.h"
#include "object.h"

/* --- is it loaded --- */

enum { ABSENT_BITS = 32 };

bool relation_is_absent(const struct relation *relation, const struct entry *entry)
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
    if (pointer && entry->marked && foreign_key_is_unloaded(s, key, entry))
        return same;
    if (foreign_key_is_null(key, mapper, object) || !foreign_key_applies(key, object))
        return !pointer;
    if (leads_on(s, pointer))
        return foreign_key_refers_to(key, mapper, object, pointer);
    return same && relation_is_absent(relation, entry);
}

bool relation_is_loaded(const struct howdah_session *s, const struct relation *relation, const struct entry *entry)
{
    const void *object = entry_object(relation->mapper, entry);
    if (relation_is_many(relation))
        return collection_get(relation, object).loaded;
    if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
        return belongs_to_is_loaded(s, relation, entry);
    return entry->state == ENTRY_NEW || leads_on(s, object_pointer(relation, object)) ||
           relation_is_absent(relation, entry);
}

/* --- the sources and their keys --- */

void relation_load_init(struct relation_load *load, struct howdah_session *s, const struct relation *relation,
                        enum relation_form form, struct arena *arena)
{
    *load = (struct relation_load){
        .s = s, .relation = relation, .form = form, .ends = relation_ends(relation), .arena = arena};
    load->ends.in_row = load->ends.in_row && form == RELATION_ROWS;
    if (form == RELATION_ROWS && relation->foreign_key && relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
        load->back = relation->foreign_key->relation;
    relation_load_restart(load);
    load->cells = relation->target->column_count + (load->ends.in_row ? 0 : load->ends.count);
}

void relation_load_done(struct relation_load *load)
{
    memory_free(&load->s->db->allocator, load->rows);
    memory_free(&load->s->db->allocator, load->row_keys);
}

void relation_load_restart(struct relation_load *load)
{
    load->row_count = load->known_rows = load->strays = 0;
    load->result = (struct sibling_result){0};
    load->ascending = load->grouped = relation_is_many(load->relation) && !load->relation->field->order_by;
    load->last_id = INT64_MIN;
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

/* Makes room for more rows: that many come at once. */
static bool grow(struct relation_load *load, size_t coming)
{
    const struct howdah_allocator *allocator = &load->s->db->allocator;
    size_t capacity = load->row_capacity ? load->row_capacity * 2 : 64;
    if (capacity < load->row_count + coming)
        capacity = load->row_count + coming;
    void *rows = memory_resize(allocator, load->rows, capacity * sizeof(*load->rows));
    load->rows = rows ? rows : load->rows;
    void *keys = memory_resize(allocator, load->row_keys, capacity * sizeof(*load->row_keys));
    load->row_keys = keys ? keys : load->row_keys;
    if (!rows || !keys)
        return !session_no_memory(load->s);
    load->row_capacity = capacity;
    map_reserve(&load->s->map, coming + (coming / (load->source_count + 1) + 1) * load->siblings_left);
    load_expect(load->s, load->relation->target, coming);
    return true;
}

static inline bool has_room(struct relation_load *load, size_t coming)
{
    return load->row_count < load->row_capacity || grow(load, coming);
}

static void add_row(struct relation_load *load, struct entry *entry, uint32_t key)
{
    load->rows[load->row_count] = entry;
    load->row_keys[load->row_count++] = key;
    load->strays += key == KEY_NONE;
}

/* The target of a BELONGS_TO if the session has it: then the server needn't be asked. */
static struct entry *find_target(const struct relation_load *load, const void *object)
{
    if (!is_belongs_to(load))
        return NULL;
    struct entry *known =
        foreign_key_holder(load->s, load->relation->foreign_key, load->relation->mapper, object, false);
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
        if (!has_room(load, 1))
            return false;
        load->known_rows++;
        add_row(load, known, key);
        return true;
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
    load->met = arena_allocate_zero(arena, count, 1);
    load->key = KEY_NONE;
    if (!load->source_keys || !load->by_key || !load->asked || !load->met ||
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
    load->siblings_left = walk.group && walk.group->members > count ? walk.group->members - count : 0;
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
static inline bool read_integer(const struct cell *cell, int64_t *ret)
{
    switch (cell->size) {
    case sizeof(int64_t): *ret = (int64_t)read_uint64(cell->data); return true;
    case sizeof(int32_t): *ret = (int32_t)read_uint32(cell->data); return true;
    case sizeof(int16_t): *ret = (int16_t)read_uint16(cell->data); return true;
    default: return false;
    }
}

/* The cell that says whose a row is, or a part of that. */
static inline const struct cell *key_cell(const struct relation_load *load, const struct cell *cells, uint32_t part)
{
    if (load->ends.in_row)
        return &cells[load->ends.others[part]];
    return &cells[(load->form == RELATION_COUNT ? 1 : load->relation->target->column_count) + part];
}

bool relation_load_key(struct relation_load *load, const struct cell *cells)
{
    struct howdah_session *s = load->s;
    const struct mapper *mapper = load->relation->mapper;
    if (load->index.integer && read_integer(key_cell(load, cells, 0), &load->last_integer)) {
        load->key = key_index_find_integer(&load->index, load->last_integer);
        return true;
    }
    for (uint32_t i = 0; i < load->ends.count; i++) {
        const struct column *c = &mapper->columns[load->ends.columns[i]];
        if (!load_columns(s, mapper, &c, key_cell(load, cells, i), 1, &s->scratch, s->key_object))
            return false;
    }
    load->key = key_index_find(&load->index, s->key_object);
    return true;
}

/* The same: most rows come source by source. */
static inline bool find_key(struct relation_load *load, const struct cell *cells)
{
    int64_t integer;
    bool same = load->index.integer && load->key != KEY_NONE && read_integer(key_cell(load, cells, 0), &integer) &&
                integer == load->last_integer;
    return same || relation_load_key(load, cells);
}

/* Whether it comes behind the row that came last, in the order of primary keys. */
static inline bool is_next(struct relation_load *load, const struct entry *entry)
{
    const struct mapper *target = load->relation->target;
    const void *row = entry_snapshot(target, entry);
    if (!target->integer_key)
        return !load->row_count ||
               key_compare(target, entry_snapshot(target, load->rows[load->row_count - 1]), row) <= 0;
    int64_t before = load->last_id;
    load->last_id = key_read_integer(target->integer_key, row);
    return before <= load->last_id;
}

/* The next row is the key's: whether those of each key still come one behind the other. */
static void note_group(struct relation_load *load, size_t row, uint32_t key, bool next)
{
    if (row && load->row_keys[row - 1] == key) {
        load->grouped &= next;
    } else if (key != KEY_NONE) {
        load->grouped &= !load->met[key];
        load->met[key] = true;
    }
}

/* Takes note of whether collections will be in order as they are. While all rows ascend nobody needs to know more. */
static inline void note_order(struct relation_load *load, const struct entry *entry)
{
    bool next = is_next(load, entry);
    if (load->ascending && next)
        return;
    for (size_t i = 0; load->ascending && i < load->row_count; i++)
        note_group(load, i, load->row_keys[i], true);
    load->ascending = false;
    note_group(load, load->row_count, load->key, next);
}

/* A new object. Its pointer leads to the source that it refers to: nobody else can have a say in that. */
static inline void begin_object(const struct relation_load *load, struct entry *entry)
{
    const struct mapper *target = load->relation->target;
    entry->read_only = load->read_only;
    if (!load->back || load->key == KEY_NONE)
        return;
    void *source = entry_object(load->relation->mapper, load->by_key[load->key]);
    object_set_pointer(load->back, entry_object(target, entry), source);
    object_set_pointer(load->back, entry_snapshot(target, entry), source);
}

static struct entry *fail_width(const struct relation_load *load, size_t count)
{
    const char *model = load->relation->mapper->model->name, *field = load->relation->field->name;
    session_fail(load->s, HOWDAH_STATUS_PROTOCOL, model, field, NULL, "%s.%s: a row of %zu columns", model, field,
                 count);
    return NULL;
}

struct entry *relation_load_row(struct relation_load *load, const struct pg_step *step, const struct cell *cells,
                                size_t count)
{
    struct howdah_session *s = load->s;
    const struct mapper *target = load->relation->target;
    if (count != load->cells)
        return fail_width(load, count);
    if (!has_room(load, step->coming) || !find_key(load, cells))
        return NULL;
    uint64_t made = s->made;
    struct entry *entry = load_row(s, target, cells, target->column_count);
    if (!entry)
        return NULL;
    if (s->made == made)
        load->known_rows++;
    else
        begin_object(load, entry);
    if (!siblings_add(&s->siblings, &load->result, entry)) {
        session_no_memory(s);
        return NULL;
    }
    if (load->ascending || load->grouped)
        note_order(load, entry);
    add_row(load, entry, load->key);
    return entry;
}
