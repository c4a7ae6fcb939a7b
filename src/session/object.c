/* What a program does with single objects between loading and committing: no I/O. */
#include "add_related.h"
#include "collection.h"
#include "fill.h"
#include "key.h"
#include "load.h"
#include "object.h"
#include "owner.h"
#include "relation_answers.h"
#include "relation_load.h"
#include "snapshot.h"
#include "transaction.h"

/* --- adding --- */

void *object_lost(struct howdah_session *s, const struct howdah_model *model, const void *value)
{
    if (!s)
        return NULL;
    size_t size = model && model->size <= s->object_size ? model->size : 0;
    if (size && value)
        memcpy(s->lost_object, value, size);
    return s->lost_object;
}

bool object_make_keys(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (!c->uuid_v7 || !column_is_unset_key(c, object))
            continue;
        struct howdah_uuid uuid;
        if (howdah_uuid_v7(&uuid) != HOWDAH_STATUS_OK)
            return !session_refuse(s, HOWDAH_STATUS_RESOURCE, mapper, NULL, NULL,
                                   "the kernel gave no random bytes for a UUID");
        memcpy(column_field(c, object), &uuid, sizeof(uuid));
    }
    return true;
}

/* The collections of a new object count as loaded: there is nothing to load. What the program has put into one stays, for
 * add_related. */
static void empty_collections(const struct mapper *mapper, void *object, void *snapshot)
{
    struct collection given;
    const struct collection empty = {NULL, 0, true};
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        if (field->kind != HOWDAH_FIELD_HAS_MANY && field->kind != HOWDAH_FIELD_MANY_TO_MANY)
            continue;
        memcpy(&given, (char *)object + field->offset, sizeof(given));
        memcpy((char *)snapshot + field->offset, &empty, COLLECTION_SIZE);
        if (!given.items && !given.count)
            memcpy((char *)object + field->offset, &empty, COLLECTION_SIZE);
    }
}

/* Puts a new entry whose key is set into the identity map. */
static bool claim_key(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    struct entry *holder = identity_find(&s->map, mapper, entry_snapshot(mapper, entry));
    if (holder && holder->state == ENTRY_DETACHED)
        identity_remove(&s->map, holder);
    else if (holder && entry_gives_up_key(mapper, holder))
        return true;
    else if (holder)
        return !session_refuse(s, HOWDAH_STATUS_UNIQUE, mapper, mapper->columns[mapper->key[0]].field->name,
                               entry_object(mapper, holder),
                               "the session has an object with this primary key already: change that one");
    return identity_add(&s->map, mapper, entry) || !session_no_memory(s);
}

static bool fill(struct howdah_session *s, const struct mapper *mapper, struct entry *entry, const void *value)
{
    void *object = entry_object(mapper, entry);
    memcpy(object, value, mapper->model->size);
    if (!columns_copy(mapper->columns, mapper->pointers, mapper->pointer_count, &s->arena, object))
        return !session_no_memory(s);
    if (mapper->has_uuid_v7 && !object_make_keys(s, mapper, object))
        return false;
    snapshot_take(mapper, object, entry_snapshot(mapper, entry));
    empty_collections(mapper, object, entry_snapshot(mapper, entry));
    return !key_is_set(mapper, object) || object_key_waits(mapper, object) || claim_key(s, mapper, entry);
}

struct entry *object_add_new(struct howdah_session *s, const struct mapper *mapper, const void *value)
{
    struct entry *entry = slabs_add(&s->slabs, mapper);
    s->moves++;
    if (!entry) {
        session_no_memory(s);
        return NULL;
    }
    if (fill(s, mapper, entry, value))
        return entry;
    slabs_take_back(&s->slabs, entry);
    return NULL;
}

/* An object of this session is given again: taken as it is, a deletion is cancelled. */
static void *add_again(struct howdah_session *s, const struct mapper *mapper, struct entry *entry, const void *value)
{
    bool deleted = entry->state == ENTRY_DELETED;
    s->moves++;
    if (entry->mapper == mapper->index && entry_move(entry, EVENT_ADD)) {
        if (deleted && owner_return(s, mapper, entry))
            relation_forget_links(s, mapper);
        return entry_object(mapper, entry);
    }
    session_fail(s, HOWDAH_STATUS_MISUSE, mapper->model->name, NULL, entry_object(mapper, entry),
                 "can't add a %s %s again: add a copy of the struct%s", entry_state_name(entry), mapper->model->name,
                 entry->row_deleted && !entry->unwritten ? "" : ", or session_attach the object itself");
    return object_lost(s, mapper->model, value);
}

static void *add(struct howdah_session *s, const struct howdah_model *model, const void *value)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (!mapper || !value) {
        if (mapper)
            session_fail(s, HOWDAH_STATUS_MISUSE, model->name, NULL, NULL, "%s: NULL can't be added", model->name);
        return object_lost(s, model, value);
    }
    struct entry *known = slabs_find(&s->slabs, value);
    if (known)
        return add_again(s, mapper, known, value);
    struct entry *entry = object_add_new(s, mapper, value);
    if (entry && (!has_related(mapper, entry_object(mapper, entry)) || add_related(s, entry, value)))
        return entry_object(mapper, entry);
    return object_lost(s, model, value);
}

void *howdah_session_add_object(struct howdah_session *s, const struct howdah_model *model, const void *value)
{
    if (!session_enter(s)) /* where somebody is inside, that memory may be in use */
        return s && atomic_load_explicit(&s->busy, memory_order_relaxed) ? s->lost_object
                                                                         : object_lost(s, model, value);
    void *object = add(s, model, value);
    session_leave(s);
    return object;
}

/* --- marking --- */

static enum howdah_status move(struct howdah_session *s, struct entry *entry, enum entry_event event)
{
    entry_move(entry, event);
    s->moves++;
    if (entry->state == ENTRY_DETACHED)
        identity_remove(&s->map, entry);
    if (event == EVENT_DELETE &&
        entry->state == ENTRY_DETACHED) /* it was only added: collections that show it drop it */
        entry->row_deleted = s->deleted_some = true;
    return HOWDAH_STATUS_OK;
}

/* Deleting what was only added, what is marked already, and what this session has deleted, is nothing more. */
static enum howdah_status delete_object(struct howdah_session *s, void *object)
{
    struct entry *entry = object ? slabs_find(&s->slabs, object) : NULL;
    if (entry && entry->state == ENTRY_LOADED && entry->read_only)
        return session_fail(s, HOWDAH_STATUS_MISUSE, entry_mapper(s, entry)->model->name, NULL, object,
                            "can't delete this %s, which is read only: session_set_read_only(s, object, false) first",
                            entry_mapper(s, entry)->model->name);
    if (entry && entry->state != ENTRY_DETACHED)
        return move(s, entry, EVENT_DELETE);
    if (!object || (entry && entry->row_deleted))
        return HOWDAH_STATUS_OK;
    session_entry(s, object, "delete"); /* says why not */
    return s->error.status;
}

enum howdah_status howdah_session_delete(struct howdah_session *s, void *object)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = delete_object(s, object);
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_evict(struct howdah_session *s, void *object)
{
    if (!session_enter(s))
        return session_refusal(s);
    struct entry *entry = session_entry(s, object, "evict");
    enum howdah_status status = entry ? move(s, entry, EVENT_EVICT) : s->error.status;
    session_leave(s);
    return status;
}

bool howdah_session_contains(struct howdah_session *s, const void *object)
{
    if (!session_enter_always(s))
        return false;
    const struct entry *entry = object ? slabs_find(&s->slabs, object) : NULL;
    bool contains = entry && entry->state != ENTRY_DETACHED;
    session_leave(s);
    return contains;
}
