/* Objects come back to the session: those that it had, structs that equal their rows, and rows known by their keys. */
#include "formulas.h"
#include "key.h"
#include "marks.h"
#include "member.h"
#include "object.h"
#include "snapshot.h"

#include <howdah/state.h>

enum howdah_status object_fail_taken(struct howdah_session *s, const struct mapper *mapper, void *object,
                                     const struct entry *holder, const char *remedy)
{
    const char *field = mapper->columns[mapper->key[0]].field->name;
    session_fail(s, HOWDAH_STATUS_UNIQUE, mapper->model->name, field, object,
                 "%s.%s: the session has another object with this primary key: %s", mapper->model->name, field, remedy);
    s->error.other = entry_object(mapper, holder);
    return s->error.status;
}

/* The entry in the map that has the key; one that is detached gives its place up. */
static struct entry *find_holder(struct howdah_session *s, const struct mapper *mapper, const void *key)
{
    struct entry *holder = identity_find(&s->map, mapper, key);
    if (!holder || holder->state != ENTRY_DETACHED)
        return holder;
    identity_remove(&s->map, holder);
    return NULL;
}

/* --- of this session --- */

static enum howdah_status fail_move(struct howdah_session *s, const struct mapper *mapper, const struct entry *entry,
                                    const char *verb)
{
    const char *model = mapper->model->name;
    return session_fail(s, HOWDAH_STATUS_MISUSE, model, NULL, entry_object(mapper, entry), "can't %s a %s %s%s", verb,
                        entry_state_name(entry), model,
                        entry->state == ENTRY_DELETED ? ": session_add_struct takes its deletion back"
                                                      : " whose row was deleted: add a copy of the struct");
}

/* Who left or joined them meanwhile nobody has told the object. */
static void forget_collections(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->kind != HOWDAH_FIELD_BELONGS_TO)
            member_forget(s, &mapper->relations[i], entry);
}

static enum howdah_status attach(struct howdah_session *s, void *object)
{
    struct entry *entry = object ? slabs_find(&s->slabs, object) : NULL;
    if (!entry) {
        session_entry(s, object, "attach"); /* says why not */
        return s->error.status;
    }
    const struct mapper *mapper = entry_mapper(s, entry);
    enum entry_event event = entry->state == ENTRY_DETACHED && entry->unwritten ? EVENT_RENEW : EVENT_ATTACH;
    bool gone = entry->state == ENTRY_DETACHED && entry->row_deleted && !entry->unwritten;
    if (gone || !entry_may(entry, event))
        return fail_move(s, mapper, entry, "attach");
    if (entry->state != ENTRY_DETACHED)
        return HOWDAH_STATUS_OK;
    void *snapshot = entry_snapshot(mapper, entry);
    bool has_key = event == EVENT_ATTACH || (key_is_set(mapper, snapshot) && !object_key_waits(mapper, object));
    const struct entry *holder = has_key ? find_holder(s, mapper, snapshot) : NULL;
    if (holder && !(event == EVENT_RENEW && entry_gives_up_key(mapper, holder)))
        return object_fail_taken(s, mapper, object, holder, "evict that one first");
    if (has_key && !holder && !identity_add(&s->map, mapper, entry))
        return session_no_memory(s);
    entry_move(entry, event);
    if (event == EVENT_ATTACH)
        forget_collections(s, mapper, entry);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_attach(struct howdah_session *s, void *object)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = attach(s, object);
    session_leave(s);
    return status;
}

/* --- made from what the program knows --- */

/* Puts a new entry, whose object is filled in, into the map: as its row is. NULL: the session has the error. */
static void *become_loaded(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    void *object = entry_object(mapper, entry);
    entry->state = ENTRY_LOADED; /* as load.c does: it begins its life here */
    if (!columns_copy(mapper->columns, mapper->pointers, mapper->pointer_count, &s->arena, object)) {
        session_no_memory(s);
        return NULL;
    }
    snapshot_take(mapper, object, entry_snapshot(mapper, entry));
    if (identity_add(&s->map, mapper, entry))
        return object;
    session_no_memory(s);
    return NULL;
}

static bool check_columns(struct howdah_session *s, const struct mapper *mapper, const void *value)
{
    size_t bytes;
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        const char *why = column_is_unset_key(c, value) ? "the primary key is not set" : column_check(c, value, &bytes);
        if (!why)
            continue;
        session_fail(s, HOWDAH_STATUS_INVALID, mapper->model->name, c->field->name, NULL,
                     "%s.%s: the struct is of no row: %s", mapper->model->name, c->field->name, why);
        return false;
    }
    return true;
}

static void *attach_struct(struct howdah_session *s, const struct howdah_model *model, const void *value)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (mapper && !value)
        session_fail(s, HOWDAH_STATUS_MISUSE, model->name, NULL, NULL, "%s: NULL can't be attached", model->name);
    if (!mapper || !value || !check_columns(s, mapper, value))
        return NULL;
    const struct entry *holder = find_holder(s, mapper, value);
    if (holder) {
        object_fail_taken(s, mapper, entry_object(mapper, holder), holder,
                          "session_merge copies the struct into that one");
        return NULL;
    }
    struct entry *entry = slabs_add(&s->slabs, mapper);
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    char *object = entry_object(mapper, entry);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        memcpy(column_field(c, object), column_field(c, value), c->size);
    }
    if (become_loaded(s, mapper, entry))
        return object;
    slabs_take_back(&s->slabs, entry);
    return NULL;
}

void *howdah_session_attach_object(struct howdah_session *s, const struct howdah_model *model, const void *value)
{
    if (!session_enter(s))
        return NULL;
    void *object = attach_struct(s, model, value);
    session_leave(s);
    return object;
}

/* --- known by their keys --- */

static bool mark_unloaded(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    uint64_t columns[COLUMN_WORDS_MAX] = {0};
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!mapper->columns[i].key)
            column_put(columns, i);
    return marks_add_set(s, entry, MARK_UNLOADED, columns) || !session_no_memory(s);
}

static void *make_stub(struct howdah_session *s, const struct mapper *mapper)
{
    struct entry *entry = slabs_add(&s->slabs, mapper);
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    void *object = entry_object(mapper, entry);
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        memcpy(column_field(c, object), column_field(c, s->key_object), c->size);
    }
    if (become_loaded(s, mapper, entry) && mark_unloaded(s, mapper, entry))
        return object;
    identity_remove(&s->map, entry);
    slabs_take_back(&s->slabs, entry);
    return NULL;
}

static void *stub(struct howdah_session *s, const struct howdah_model *model, const struct howdah_value *key,
                  size_t parts)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (!mapper || !key_take(s, mapper, key, parts))
        return NULL;
    struct entry *holder = find_holder(s, mapper, s->key_object);
    if (!holder)
        return make_stub(s, mapper);
    void *object = entry_object(mapper, holder);
    if (entry_may(holder, EVENT_ATTACH))
        return object;
    fail_move(s, mapper, holder, "make a stub of");
    return NULL;
}

void *howdah_session_stub_key(struct howdah_session *s, const struct howdah_model *model,
                              const struct howdah_value *key, size_t parts)
{
    if (!session_enter(s))
        return object_lost(s, model, NULL);
    void *object = stub(s, model, key, parts);
    arena_reset(&s->scratch);
    if (!object)
        object = object_lost(s, model, NULL);
    session_leave(s);
    return object;
}

/* --- columns that are sent as they are --- */

/* Why the field can't be marked; NULL: it can. */
static const char *refusal(const struct howdah_session *s, const struct entry *entry, const struct column *c,
                           const void *object)
{
    size_t bytes;
    if (c->key)
        return "is the primary key: set it to another value";
    if (c->server_only)
        return "is made by the server and can't be assigned";
    if (c->version)
        return marks_has(s, entry, MARK_UNLOADED, c->index) ? NULL : "is the version, which a commit counts itself";
    return column_check(c, object, &bytes);
}

static enum howdah_status mark_changed(struct howdah_session *s, void *object, size_t offset)
{
    struct entry *entry = session_entry_to_change(s, object, "mark a field of");
    if (!entry)
        return s->error.status;
    const struct mapper *mapper = entry_mapper(s, entry);
    const struct column *c = mapper_column_at(mapper, offset);
    const char *model = mapper->model->name;
    const char *why = c ? refusal(s, entry, c, object) : "is no column";
    if (why)
        return session_fail(s, HOWDAH_STATUS_INVALID, model, c ? c->field->name : NULL, object, "%s.%s %s", model,
                            c ? c->field->name : "(no column)", why);
    if (!marks_add(s, entry, MARK_ASSIGNED, c->index))
        return session_no_memory(s);
    formulas_forget_column(s, entry, c);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_mark_changed_field(struct howdah_session *s, void *object, size_t offset)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = mark_changed(s, object, offset);
    session_leave(s);
    return status;
}

static enum howdah_status assign_null(struct howdah_session *s, void *object, size_t offset)
{
    struct entry *entry = session_entry_to_change(s, object, "assign NULL to a field of");
    if (!entry)
        return s->error.status;
    const struct mapper *mapper = entry_mapper(s, entry);
    const struct column *c = mapper_column_at(mapper, offset);
    if (!c || !c->nullable || c->key)
        return session_fail(s, HOWDAH_STATUS_INVALID, mapper->model->name, c ? c->field->name : NULL, object,
                            "%s.%s can't be NULL", mapper->model->name, c ? c->field->name : "(no column)");
    bool looks_unchanged = entry->state == ENTRY_NEW || marks_has(s, entry, MARK_UNLOADED, c->index);
    if (looks_unchanged && !marks_add(s, entry, MARK_ASSIGNED, c->index))
        return session_no_memory(s);
    formulas_forget_column(s, entry, c);
    column_set_null(c, object);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_assign_null_field(struct howdah_session *s, void *object, size_t offset)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = assign_null(s, object, offset);
    session_leave(s);
    return status;
}
