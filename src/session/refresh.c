/* Reading an object's row again: object and state become what the server has, whatever they were. */
#include "collection.h"
#include "fill.h"
#include "formulas.h"
#include "join_row.h"
#include "load.h"
#include "lookup.h"
#include "object.h"
#include "owner.h"
#include "relation_answers.h"
#include "relation_load.h"
#include "snapshot.h"
#include "transaction.h"

/* A refresh under way, for the executor's callbacks. */
struct refresh {
    struct howdah_session *s;
    const struct mapper *mapper;
    struct entry *entry;
    const void *key; /* a struct with the key of its row */
    bool found;
};

/* What a new object held in its collections was all that there was. Not so any more. */
static void unload_collections(const struct mapper *mapper, void *row)
{
    const struct collection unloaded = {NULL, 0, false};
    struct collection now;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        if (field->kind != HOWDAH_FIELD_HAS_MANY && field->kind != HOWDAH_FIELD_MANY_TO_MANY)
            continue;
        memcpy(&now, (char *)row + field->offset, sizeof(now));
        if (!now.count)
            memcpy((char *)row + field->offset, &unloaded, COLLECTION_SIZE);
    }
}

static bool remember(struct howdah_session *s, struct entry *entry)
{
    if (s->transaction == TRANSACTION_NONE)
        return true;
    return (map_prepare(&s->map) && transaction_remember_read(s, entry)) || !session_no_memory(s);
}

/* The row is read into room of its own first, so that a row that can't be read leaves the object alone. */
static enum howdah_status take_row(void *arg, const struct cell *cells, size_t count)
{
    struct refresh *refresh = arg;
    struct howdah_session *s = refresh->s;
    const struct mapper *mapper = refresh->mapper;
    struct entry *entry = refresh->entry;
    void *object = entry_object(mapper, entry), *row = s->lost_object;
    (void)count;
    memcpy(row, object, mapper->model->size);
    if (!load_all_columns(s, mapper, cells, &s->arena, row))
        return s->error.status;
    object_forget_stale_pointers(s, mapper, row);
    if (entry->state == ENTRY_NEW)
        unload_collections(mapper, row);
    if (!remember(s, entry) || !owner_mend(s, mapper, entry, row) || !owner_drop_pending(s, entry) ||
        !join_rows_drop(s, entry))
        return s->error.status;
    entry->absent = 0; /* a foreign key may lead elsewhere now */
    entry->expired = false;
    marks_drop_all(s, entry, MARK_UNLOADED);
    marks_drop_all(s, entry, MARK_ASSIGNED);
    formulas_forget(s, entry);
    answers_forget(s);
    refresh->found = true;
    return HOWDAH_STATUS_OK;
}

/* The object is that row's, and no other is. Can't fail: the map is prepared. */
static void become_found(struct refresh *r)
{
    struct howdah_session *s = r->s;
    struct entry *holder = identity_find(&s->map, r->mapper, entry_snapshot(r->mapper, r->entry));
    if (holder != r->entry) {
        if (holder)
            identity_remove(&s->map, holder);
        identity_remove(&s->map, r->entry);
        identity_add_prepared(&s->map, r->mapper, r->entry);
    }
    entry_move(r->entry, EVENT_FOUND);
}

static enum howdah_status finish(struct refresh *r)
{
    struct howdah_session *s = r->s;
    bool deleted = r->entry->state == ENTRY_DELETED;
    if (r->found) {
        become_found(r);
        if (deleted && owner_return(s, r->mapper, r->entry))
            relation_forget_links(s, r->mapper);
        return s->error.status;
    }
    if (r->entry->state == ENTRY_NEW)
        return HOWDAH_STATUS_OK; /* others have not added the row */
    if (r->entry->state != ENTRY_DETACHED && !fill_gone(s, r->entry))
        return s->error.status;
    return session_fail(s, HOWDAH_STATUS_STALE, r->mapper->model->name, NULL, entry_object(r->mapper, r->entry),
                        "the row of this %s is gone: the object is detached now", r->mapper->model->name);
}

static enum howdah_status ask(struct refresh *r, enum howdah_lock lock)
{
    struct howdah_session *s = r->s;
    struct lookup lookup = {.s = s,
                            .key = {.kind = STATEMENT_FIND, .mapper = r->mapper, .lock = lock},
                            .values = r->key,
                            .row = take_row,
                            .arg = r};
    const struct entry *holder = identity_find(&s->map, r->mapper, r->key);
    if (holder && holder != r->entry && holder->state != ENTRY_DETACHED)
        return object_fail_taken(s, r->mapper, entry_object(r->mapper, r->entry), holder, "evict that one first");
    if (!map_prepare(&s->map))
        return session_no_memory(s);
    enum howdah_status status = lookup_run(&lookup);
    return status == HOWDAH_STATUS_OK ? finish(r) : status;
}

static enum howdah_status refresh(struct howdah_session *s, void *object, enum howdah_lock lock)
{
    struct refresh r = {.s = s, .entry = object ? slabs_find(&s->slabs, object) : NULL};
    if (!r.entry) {
        session_entry(s, object, "refresh"); /* says why not */
        return s->error.status;
    }
    if (!transaction_may_lock(s, lock))
        return s->error.status;
    r.mapper = entry_mapper(s, r.entry);
    bool unwritten = r.entry->state == ENTRY_NEW || (r.entry->state == ENTRY_DETACHED && r.entry->unwritten);
    r.key = unwritten ? object : entry_snapshot(r.mapper, r.entry);
    if (key_is_set(r.mapper, r.key))
        return ask(&r, lock);
    if (r.entry->state == ENTRY_DETACHED)
        session_entry(s, object, "refresh");
    return s->error.status; /* a new object without a key has no row */
}

enum howdah_status howdah_session_refresh_locked(struct howdah_session *s, void *object, enum howdah_lock lock)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = refresh(s, object, lock);
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_refresh(struct howdah_session *s, void *object)
{
    return howdah_session_refresh_locked(s, object, HOWDAH_LOCK_NONE);
}
