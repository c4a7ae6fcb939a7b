/* Finding one row with a lock on it: the server is always asked, and what the session knows of the row is checked, or
 * brought up to date. */
#include "fill.h"
#include "key.h"
#include "load.h"
#include "lookup.h"
#include "object.h"
#include "snapshot.h"
#include "transaction.h"

/* A find under way, for the executor's callbacks. */
struct find {
    struct howdah_session *s;
    const struct mapper *mapper;
    struct entry *known; /* by the key that was asked for, or NULL */
    struct entry *found;
    int64_t version; /* of the row, where it is not that of the known object */
    bool moved;
};

bool transaction_may_lock(struct howdah_session *s, enum howdah_lock lock)
{
    if (lock == HOWDAH_LOCK_NONE)
        return true;
    if (!lock_clause(lock))
        session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL, "%d is no row lock: use LOCK_FOR_UPDATE or another",
                     (int)lock);
    else if (s->transaction == TRANSACTION_NONE)
        session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, NULL, NULL, NULL,
                     "a row lock ends with its transaction: call session_begin first");
    else if (s->begin.read_only)
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "a transaction that was begun read only can't lock rows");
    return s->error.status == HOWDAH_STATUS_OK;
}

/* The transaction goes on, so that the program can refresh the object in it. */
static void fail_version(struct find *find)
{
    const struct mapper *mapper = find->mapper;
    session_fail(find->s, HOWDAH_STATUS_STALE, mapper->model->name, mapper->token->field->name,
                 entry_object(mapper, find->known),
                 "%s: the row is of version %lld by now, the object of version %lld: refresh it with a lock",
                 mapper->model->name, (long long)find->version,
                 (long long)key_read_integer(mapper->token, entry_snapshot(mapper, find->known)));
}

/* Fields that the program changed stay as they are; all others are the row's. */
static void bring_up_to_date(struct howdah_session *s, const struct mapper *mapper, struct entry *entry, void *row)
{
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (snapshot_equal(c, object, snapshot, s->key_object))
            memcpy(column_field(c, object), column_field(c, row), c->size);
    }
    object_follow_row(s, mapper, object, row);
    snapshot_take(mapper, row, snapshot);
}

/* The row of an object that the session has. It is read into room of its own, so that one that can't be read leaves the
 * object alone. */
static enum howdah_status take_known(struct find *find, const struct cell *cells)
{
    struct howdah_session *s = find->s;
    const struct mapper *mapper = find->mapper;
    void *row = s->lost_object;
    memcpy(row, entry_snapshot(mapper, find->known), mapper->model->size);
    if (!load_all_columns(s, mapper, cells, &s->arena, row))
        return s->error.status;
    find->found = find->known;
    if (mapper->token) {
        find->version = key_read_integer(mapper->token, row);
        find->moved = find->version != key_read_integer(mapper->token, entry_snapshot(mapper, find->known));
    } else {
        bring_up_to_date(s, mapper, find->known, row);
    }
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_row(void *arg, const struct cell *cells, size_t count)
{
    struct find *find = arg;
    bool complete = find->known && find->known->state == ENTRY_LOADED && !fill_is_needed(find->s, find->known);
    if (complete)
        return take_known(find, cells);
    find->found = load_row(find->s, find->mapper, cells, count);
    return find->found ? HOWDAH_STATUS_OK : find->s->error.status;
}

static void *find_locked(struct howdah_session *s, const struct mapper *mapper, enum howdah_lock lock)
{
    struct find find = {.s = s, .mapper = mapper, .known = identity_find(&s->map, mapper, s->key_object)};
    struct lookup lookup = {.s = s,
                            .key = {.kind = STATEMENT_FIND, .mapper = mapper, .lock = lock},
                            .values = s->key_object,
                            .row = take_row,
                            .arg = &find};
    if (find.known && find.known->state == ENTRY_DELETED)
        return NULL;
    bool done = lookup_run(&lookup) == HOWDAH_STATUS_OK;
    if (find.moved)
        fail_version(&find);
    return done && !find.moved && find.found && find.found->state != ENTRY_DELETED ? entry_object(mapper, find.found)
                                                                                   : NULL;
}

void *howdah_session_find_key_locked(struct howdah_session *s, const struct howdah_model *model, enum howdah_lock lock,
                                     const struct howdah_value *key, size_t parts)
{
    if (!session_enter(s))
        return NULL;
    const struct mapper *mapper = transaction_may_lock(s, lock) ? session_mapper(s, model) : NULL;
    void *object = mapper && key_take(s, mapper, key, parts) ? find_locked(s, mapper, lock) : NULL;
    arena_reset(&s->scratch);
    session_leave(s);
    return object;
}
