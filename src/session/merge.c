/* Merging: what a detached struct says goes into the object with its key. */
#include "key.h"
#include "marks.h"
#include "object.h"
#include "snapshot.h"

#include <howdah/state.h>

/* One merge. */
struct merge {
    struct howdah_session *s;
    const struct mapper *mapper;
    uint64_t named[COLUMN_WORDS_MAX]; /* columns that were named; */
    bool all;                         /* none were: all that is set */
    void *image;                      /* the struct's columns, without its relations; in the scratch */
};

static bool refuse(const struct merge *m, enum howdah_status status, const struct column *c, void *object,
                   const char *why)
{
    return !session_refuse(m->s, status, m->mapper, c ? c->field->name : NULL, object, why);
}

/* --- what is copied --- */

static bool is_copied(const struct merge *m, const struct column *c)
{
    if (!m->all)
        return column_in(m->named, c->index);
    bool made = c->key || c->version || c->server_only || (c->identity && column_is_unset_key(c, m->image));
    return !made && !column_is_null(c, m->image);
}

static bool name_fields(struct merge *m, const size_t *fields, size_t count)
{
    m->all = !fields;
    for (size_t i = 0; fields && i < count; i++) {
        const struct column *c = mapper_column_at(m->mapper, fields[i]);
        const char *why = !c               ? "a field that is to be merged is no column"
                          : c->key         ? "is the primary key: it says which object is meant"
                          : c->version     ? "is the version, which is compared, not copied"
                          : c->server_only ? "is made by the server and can't be assigned"
                                           : NULL;
        if (why)
            return refuse(m, HOWDAH_STATUS_INVALID, c, NULL, why);
        column_put(m->named, c->index);
    }
    return true;
}

/* The values in memory of the session's own, so that what follows can't fail. */
static bool make_image(struct merge *m, const void *value)
{
    const struct mapper *mapper = m->mapper;
    m->image = arena_allocate_zero(&m->s->scratch, mapper->model->size, _Alignof(max_align_t));
    if (!m->image)
        return !session_no_memory(m->s);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        memcpy(column_field(c, m->image), column_field(c, value), c->size);
    }
    return true;
}

static bool check_image(const struct merge *m)
{
    size_t bytes;
    for (uint32_t i = 0; i < m->mapper->column_count; i++) {
        const struct column *c = &m->mapper->columns[i];
        const char *why = is_copied(m, c) ? column_check(c, m->image, &bytes) : NULL;
        if (why)
            return refuse(m, column_is_null(c, m->image) ? HOWDAH_STATUS_NOT_NULL : HOWDAH_STATUS_INVALID, c, NULL,
                          why);
    }
    return true;
}

/* --- into which object --- */

/* Of a new object what is not copied is not set. */
static struct entry *add_new(struct merge *m)
{
    for (uint32_t i = 0; i < m->mapper->column_count; i++) {
        const struct column *c = &m->mapper->columns[i];
        if (!c->key && !is_copied(m, c))
            memset(column_field(c, m->image), 0, c->size);
    }
    return object_add_new(m->s, m->mapper, m->image);
}

/* The object with the key of the image; NULL and no error: there is none, and no row. */
static struct entry *find(const struct merge *m)
{
    struct howdah_session *s = m->s;
    struct entry *known = identity_find(&s->map, m->mapper, m->image);
    if (known && known->state == ENTRY_NEW)
        return known;
    if (known && known->state == ENTRY_DELETED) {
        refuse(m, HOWDAH_STATUS_MISUSE, NULL, entry_object(m->mapper, known),
               "the object with this key is marked deleted: session_add_struct takes its deletion back");
        return NULL;
    }
    for (uint32_t i = 0; i < m->mapper->key_count; i++) {
        const struct column *c = &m->mapper->columns[m->mapper->key[i]];
        memcpy(column_field(c, s->key_object), column_field(c, m->image), c->size);
    }
    void *object = find_by_key_object(s, m->mapper);
    return object ? slabs_find(&s->slabs, object) : NULL;
}

static bool check_entry(const struct merge *m, const struct entry *entry)
{
    const struct column *version = m->mapper->token;
    void *object = entry_object(m->mapper, entry);
    if (entry->read_only)
        return refuse(m, HOWDAH_STATUS_MISUSE, NULL, object, "the object with this key is read only");
    if (!version || entry->state != ENTRY_LOADED)
        return true;
    int64_t given = key_read_integer(version, m->image);
    int64_t has = key_read_integer(version, entry_snapshot(m->mapper, entry));
    if (given == 0 || given == has)
        return true;
    session_fail(m->s, HOWDAH_STATUS_STALE, m->mapper->model->name, version->field->name, object,
                 "%s: the struct is of version %lld, the object of version %lld: merge what was made of that one",
                 m->mapper->model->name, (long long)given, (long long)has);
    return false;
}

/* --- copying --- */

/* NULL was named for a column whose default a new object would get. */
static bool mark_nulls(const struct merge *m, struct entry *entry)
{
    for (uint32_t i = 0; !m->all && entry->state == ENTRY_NEW && i < m->mapper->column_count; i++)
        if (is_copied(m, &m->mapper->columns[i]) && column_is_null(&m->mapper->columns[i], m->image) &&
            !marks_add(m->s, entry, MARK_ASSIGNED, i))
            return !session_no_memory(m->s);
    return true;
}

static bool copy(const struct merge *m, struct entry *entry)
{
    void *object = entry_object(m->mapper, entry);
    for (uint32_t i = 0; i < m->mapper->column_count; i++) {
        const struct column *c = &m->mapper->columns[i];
        if (is_copied(m, c) && !column_equal(c, m->image, object) && !column_copy(c, &m->s->arena, m->image))
            return !session_no_memory(m->s);
    }
    if (!mark_nulls(m, entry))
        return false;
    for (uint32_t i = 0; i < m->mapper->column_count; i++) {
        const struct column *c = &m->mapper->columns[i];
        if (is_copied(m, c) && !column_equal(c, m->image, object))
            memcpy(column_field(c, object), column_field(c, m->image), c->size);
    }
    return true;
}

/* --- the call --- */

static struct entry *merge_into(struct merge *m)
{
    struct entry *entry = key_is_set(m->mapper, m->image) ? find(m) : NULL;
    if (m->s->error.status != HOWDAH_STATUS_OK)
        return NULL;
    if (entry)
        return check_entry(m, entry) && copy(m, entry) ? entry : NULL;
    entry = add_new(m);
    if (!entry || mark_nulls(m, entry))
        return entry;
    identity_remove(&m->s->map, entry); /* as if it had not been added */
    entry_move(entry, EVENT_EVICT);
    return NULL;
}

static void *merge(struct howdah_session *s, const struct howdah_model *model, const void *value, const size_t *fields,
                   size_t count)
{
    struct merge m = {.s = s, .mapper = session_mapper(s, model)};
    if (!m.mapper)
        return NULL;
    const struct entry *managed = value ? slabs_find(&s->slabs, value) : NULL;
    if (!value || (managed && managed->mapper != m.mapper->index)) {
        refuse(&m, HOWDAH_STATUS_MISUSE, NULL, NULL,
               value ? "that is an object of another model" : "NULL can't be merged");
        return NULL;
    }
    if (managed && managed->state != ENTRY_DETACHED && managed->state != ENTRY_DELETED)
        return entry_object(m.mapper, managed);
    if (!make_image(&m, value) || !name_fields(&m, fields, count) || !check_image(&m))
        return NULL;
    struct entry *entry = merge_into(&m);
    return entry ? entry_object(m.mapper, entry) : NULL;
}

void *howdah_session_merge_object(struct howdah_session *s, const struct howdah_model *model, const void *value,
                                  const size_t *fields, size_t count)
{
    if (!session_enter(s))
        return NULL;
    void *object = merge(s, model, value, fields, count);
    arena_reset(&s->scratch);
    session_leave(s);
    return object;
}
