/* Find, save and delete in one call each, on the caller's own struct: a session of their own stands behind them. */
#include "foreign_key.h"
#include "object.h"
#include "slab.h"
#include "snapshot.h"
#include "work.h"

#include "base/error.h"

static enum howdah_status finish(struct howdah_session *s, void *object, struct howdah_error *error)
{
    const struct howdah_error *cause = howdah_session_error(s);
    enum howdah_status status = cause ? cause->status : HOWDAH_STATUS_OK;
    if (error && cause) {
        error_copy(error, cause);
        error->object = error->object ? object : NULL;
    }
    howdah_session_close(s);
    return status;
}

/* What came before anything could be written, too. */
static enum howdah_status finish_write(struct howdah_session *s, void *object, struct howdah_error *error)
{
    enum howdah_status status = finish(s, object, error);
    if (error && status != HOWDAH_STATUS_OK && error->outcome == HOWDAH_OUTCOME_NONE) {
        error->outcome = HOWDAH_OUTCOME_NOT_DONE;
        error_finish(error);
    }
    return status;
}

static enum howdah_status not_found(struct howdah_session *s, const struct howdah_model *model)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = session_fail(s, HOWDAH_STATUS_NOT_FOUND, model->name, NULL, NULL,
                                             "there is no %s with that primary key", model->name);
    session_leave(s);
    return status;
}

static bool has_object(struct howdah_session *s, const struct howdah_model *model, const void *object)
{
    if (!object)
        session_fail(s, HOWDAH_STATUS_MISUSE, model ? model->name : NULL, NULL, NULL, "the object is NULL");
    return object;
}

/* --- find --- */

/* A copy of the object whose memory is one handle, an arena of its own. */
static enum howdah_status copy_out(struct howdah_session *s, const struct mapper *mapper, const void *found,
                                   void *object, void **ret_memory)
{
    struct arena *arena = NULL;
    memcpy(s->lost_object, found, mapper->model->size);
    if (mapper->has_pointers) {
        arena = memory_allocate(&s->db->allocator, sizeof(*arena));
        if (!arena)
            return session_no_memory(s);
        arena_init(arena, &s->db->allocator);
    }
    for (uint32_t i = 0; arena && i < mapper->column_count; i++)
        if (!column_copy(&mapper->columns[i], arena, s->lost_object)) {
            howdah_database_free(s->db, arena);
            return session_no_memory(s);
        }
    memcpy(object, s->lost_object, mapper->model->size);
    if (ret_memory)
        *ret_memory = arena;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status find_in(struct howdah_session *s, const struct howdah_model *model, void *object,
                                  void **ret_memory, const struct howdah_value *key, size_t parts)
{
    const struct mapper *mapper = model ? catalog_find(&s->db->catalog, model) : NULL;
    if (!has_object(s, model, object))
        return s->error.status;
    if (mapper && mapper->has_pointers && !ret_memory)
        return session_fail(s, HOWDAH_STATUS_INVALID, model->name, NULL, NULL,
                            "%s has text, bytes or arrays: database_find needs ret_memory for them", model->name);
    const void *found = howdah_session_find_key(s, model, key, parts);
    if (!found)
        return s->error.status != HOWDAH_STATUS_OK ? s->error.status : not_found(s, model);
    return copy_out(s, mapper, found, object, ret_memory);
}

enum howdah_status howdah_database_find_key(struct howdah_database *db, const struct howdah_model *model, void *object,
                                            void **ret_memory, struct howdah_error *error,
                                            const struct howdah_value *key, size_t parts)
{
    struct howdah_session *s = howdah_session_open(db);
    if (s && s->error.status == HOWDAH_STATUS_OK)
        find_in(s, model, object, ret_memory, key, parts);
    return finish(s, NULL, error);
}

void howdah_database_free(struct howdah_database *db, void *memory)
{
    if (!db || !memory)
        return;
    arena_done(memory);
    memory_free(&db->allocator, memory);
}

/* --- save and delete --- */

/* What relations lead to is nobody's object: a struct is written by its values, and a pointer can't stand for one. */
static bool check_pointers(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO || !object_pointer(relation, object) ||
            !foreign_key_is_unset(relation->foreign_key, mapper, object))
            continue;
        session_refuse(s, HOWDAH_STATUS_INVALID, mapper, relation->field->name, object,
                       "is set, but the key that it stands for is not: without a session values alone are written");
        return false;
    }
    return true;
}

/* By what no key can be, no row is looked for. */
static bool check_key(struct howdah_session *s, const struct mapper *mapper, const void *object)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        const char *why = column_check(c, object, &bytes);
        if (why) {
            session_refuse(s, HOWDAH_STATUS_INVALID, mapper, c->field->name, (void *)(uintptr_t)object, why);
            return false;
        }
    }
    return true;
}

/* The struct as an object of the session that was loaded just now. */
static struct entry *attach(struct howdah_session *s, const struct mapper *mapper, const void *object)
{
    if (!check_key(s, mapper, object))
        return NULL;
    struct entry *entry = slabs_add(&s->slabs, mapper);
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    void *own = entry_object(mapper, entry);
    memcpy(own, object, mapper->model->size);
    entry->state = ENTRY_LOADED;
    bool copied = columns_copy(mapper->columns, mapper->pointers, mapper->pointer_count, &s->arena, own);
    if (copied)
        snapshot_take(mapper, own, entry_snapshot(mapper, entry));
    if (copied && identity_add(&s->map, mapper, entry))
        return entry;
    slabs_take_back(&s->slabs, entry);
    session_no_memory(s);
    return NULL;
}

/* What the server made, but for what would need memory. */
static void copy_made(const struct mapper *mapper, const void *from, void *to)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (!c->codec->has_pointers && c->shape != SHAPE_ARRAY)
            memcpy(column_field(c, to), column_field(c, from), c->size);
    }
}

static enum howdah_status insert(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    memcpy(s->lost_object, object, mapper->model->size);
    for (uint32_t i = 0; i < mapper->column_count; i++) /* of an earlier row: the server makes them anew */
        if (mapper->columns[i].server_only)
            memset(column_field(&mapper->columns[i], s->lost_object), 0, mapper->columns[i].size);
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        memset((char *)s->lost_object + field->offset, 0, field->size);
    }
    const void *added = howdah_session_add_object(s, mapper->model, s->lost_object);
    enum howdah_status status = howdah_session_commit(s);
    if (status == HOWDAH_STATUS_OK)
        copy_made(mapper, added, object);
    return status;
}

static enum howdah_status update(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    const struct entry *entry = attach(s, mapper, object);
    if (!entry)
        return s->error.status;
    s->write_all = true;
    enum howdah_status status = howdah_session_commit(s);
    s->write_all = false;
    if (status == HOWDAH_STATUS_OK)
        copy_made(mapper, entry_object(mapper, entry), object);
    return status;
}

static enum howdah_status save_in(struct howdah_session *s, const struct howdah_model *model, void *object)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (!mapper || !has_object(s, model, object) || !check_pointers(s, mapper, object))
        return s->error.status;
    bool first = mapper->version && key_read_integer(mapper->version, object) == 0;
    if (first || !key_is_set(mapper, object))
        return insert(s, mapper, object);
    enum howdah_status status = update(s, mapper, object);
    if (status != HOWDAH_STATUS_STALE || mapper->version)
        return status;
    howdah_session_clear(s); /* there is no such row */
    return insert(s, mapper, object);
}

enum howdah_status howdah_database_save_object(struct howdah_database *db, const struct howdah_model *model,
                                               void *object, struct howdah_error *error)
{
    struct howdah_session *s = howdah_session_open(db);
    if (s && s->error.status == HOWDAH_STATUS_OK)
        save_in(s, model, object);
    return finish_write(s, object, error);
}

enum howdah_status howdah_database_delete_object(struct howdah_database *db, const struct howdah_model *model,
                                                 const void *object, struct howdah_error *error)
{
    struct howdah_session *s = howdah_session_open(db);
    const struct mapper *mapper = s && s->error.status == HOWDAH_STATUS_OK ? session_mapper(s, model) : NULL;
    if (mapper && has_object(s, model, object) && !key_is_set(mapper, object))
        session_refuse(s, HOWDAH_STATUS_INVALID, mapper, NULL, NULL, "the primary key is not set");
    struct entry *entry = mapper && s->error.status == HOWDAH_STATUS_OK ? attach(s, mapper, object) : NULL;
    enum howdah_status status = entry && entry_move(entry, EVENT_DELETE) ? howdah_session_commit(s) : HOWDAH_STATUS_OK;
    (void)status; /* the session has it */
    return finish_write(s, (void *)(uintptr_t)object, error);
}
