#include "fence.h"

#include "base/buffer.h"
#include "base/error.h"
#include "database.h"
#include "model/names.h"

#include <stdio.h>
#include <string.h>

enum { OID_BOOL = 16, OID_INT8 = 20, OID_TEXT = 25, OID_OID = 26, OID_UUID = 2950 };
enum { FIRST_PAUSE_MS = 2, LONGEST_PAUSE_MS = 200, LOCK_WAIT_MS = 500 };

static const char table_name[] = "howdah_commits";

static const uint32_t mark_types[] = {OID_UUID, OID_INT8};
static const uint32_t id_types[] = {OID_UUID};
static const uint32_t setting_types[] = {OID_TEXT};
static const uint32_t terminate_types[] = {OID_INT8};

static const struct statement begin_statement = {.text = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                                                 .control = true};
static const struct statement commit_statement = {.text = "COMMIT", .control = true};
static const struct statement timeout_statement = {
    .text = "SELECT pg_catalog.set_config('lock_timeout', $1, true)",
    .types = setting_types,
    .parameters = 1,
    .control = true,
};
/* Whoever holds the lock of that key is the transaction that is asked for. */
static const struct statement terminate_statement = {
    .text = "SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks AS l"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d"
            " WHERE d.datname = pg_catalog.current_database())"
            " AND (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8 = $1",
    .types = terminate_types,
    .parameters = 1,
    .control = true,
};

/* --- texts --- */

/* The text before and behind the table's name, which it gets. */
static bool prepare(struct howdah_database *db, struct statement *statement, const char *before, const char *behind,
                    const uint32_t *types, uint16_t parameters)
{
    struct buffer text;
    buffer_init(&text, &db->allocator);
    buffer_text(&text, before);
    identifier_quote(db->options.schema, &text);
    buffer_text(&text, ".");
    identifier_quote(table_name, &text);
    buffer_text(&text, behind);
    *statement = (struct statement){
        .text = buffer_copy_text(&text, &db->arena), .types = types, .parameters = parameters, .control = true};
    buffer_done(&text);
    return statement->text != NULL;
}

/* What each commit sends is prepared; what asks or creates is rare. */
static bool prepare_mark(struct howdah_database *db, struct statement *mark)
{
    if (!prepare(db, mark, "INSERT INTO ", " (id, fenced) SELECT $1, pg_catalog.pg_advisory_xact_lock($2) IS NULL",
                 mark_types, 2))
        return false;
    mark->control = false;
    mark->service = true;
    statement_seal(mark);
    return true;
}

bool fence_prepare(struct howdah_database *db)
{
    struct fence_statements *f = ARENA_NEW(&db->arena, struct fence_statements);
    bool made = f && prepare_mark(db, &f->mark) &&
                prepare(db, &f->close, "INSERT INTO ", " (id, fenced) VALUES ($1, true) ON CONFLICT (id) DO NOTHING",
                        id_types, 1) &&
                prepare(db, &f->look, "SELECT fenced FROM ", " WHERE id = $1", id_types, 1);
    db->fence = made ? f : NULL;
    return made;
}

/* --- fences --- */

bool fence_make(struct fence *ret)
{
    struct howdah_uuid uuid;
    if (howdah_uuid_v7(&uuid) != HOWDAH_STATUS_OK)
        return false;
    ret->set = true;
    memcpy(ret->id, uuid.bytes, sizeof(ret->id));
    return true;
}

void fence_bind(const struct fence *fence, struct fence_binding *room, struct pg_binding *ret)
{
    memcpy(room->key, fence->id + 8, sizeof(room->key)); /* the random half */
    room->values[0] = (const char *)fence->id;
    room->values[1] = (const char *)room->key;
    room->sizes[0] = sizeof(fence->id);
    room->sizes[1] = sizeof(room->key);
    *ret = (struct pg_binding){.values = room->values, .sizes = room->sizes};
}

static const char prefix[] = "fence:";

void fence_token(const struct fence *fence, char ret_text[FENCE_TOKEN])
{
    struct howdah_uuid uuid;
    memcpy(uuid.bytes, fence->id, sizeof(uuid.bytes));
    memcpy(ret_text, prefix, sizeof(prefix));
    howdah_uuid_to_text(uuid, ret_text + sizeof(prefix) - 1);
}

bool fence_parse(const char *token, struct fence *ret)
{
    struct howdah_uuid uuid;
    if (strncmp(token, prefix, sizeof(prefix) - 1) != 0 ||
        howdah_uuid_from_text(token + sizeof(prefix) - 1, &uuid) != HOWDAH_STATUS_OK)
        return false;
    ret->set = true;
    memcpy(ret->id, uuid.bytes, sizeof(ret->id));
    return true;
}

/* --- resolving --- */

struct inquiry {
    const struct fence *fence;
    struct fence_binding room;
    char timeout[16];
    const char *value;
    int size;
    bool answered, fenced;
};

static enum howdah_status bind_id(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct inquiry *inquiry = arg;
    (void)step;
    fence_bind(inquiry->fence, &inquiry->room, ret);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status bind_key(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct inquiry *inquiry = arg;
    (void)step;
    fence_bind(inquiry->fence, &inquiry->room, ret);
    *ret = (struct pg_binding){.values = ret->values + 1, .sizes = ret->sizes + 1};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status bind_timeout(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct inquiry *inquiry = arg;
    (void)step;
    inquiry->value = inquiry->timeout;
    inquiry->size = (int)strlen(inquiry->timeout);
    *ret = (struct pg_binding){.values = &inquiry->value, .sizes = &inquiry->size};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_fenced(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct inquiry *inquiry = arg;
    (void)step;
    inquiry->answered = count == 1 && cells[0].type == OID_BOOL && cells[0].size == 1;
    inquiry->fenced = inquiry->answered && cells[0].data[0];
    return HOWDAH_STATUS_OK;
}

static enum howdah_status run(struct howdah_database *db, struct pg_step *steps, size_t count, moment deadline,
                              struct howdah_error *error)
{
    struct pg_connection *connection = NULL;
    struct pg_plan plan = {.steps = steps, .count = count, .deadline = deadline, .error = error};
    enum howdah_status status = pg_pool_lease(db->pool, deadline, error, &connection);
    if (status == HOWDAH_STATUS_OK)
        status = pg_execute(connection, &plan);
    pg_pool_release(db->pool, connection);
    return status;
}

/* Only what our own COMMIT has made certain is an answer. */
static enum howdah_status ask(struct howdah_database *db, struct inquiry *inquiry, moment deadline)
{
    struct howdah_error error;
    const struct fence_statements *f = db->fence;
    int left = clock_left(deadline);
    struct pg_step steps[] = {
        {.statement = &begin_statement, .role = PG_BEGIN},
        {.statement = &timeout_statement, .bind = bind_timeout, .arg = inquiry},
        {.statement = &f->close, .bind = bind_id, .arg = inquiry},
        {.statement = &f->look, .bind = bind_id, .row = take_fenced, .arg = inquiry},
        {.statement = &commit_statement, .role = PG_COMMIT, .sync = true},
    };
    snprintf(inquiry->timeout, sizeof(inquiry->timeout), "%dms",
             left >= 0 && left < LOCK_WAIT_MS ? left + 1 : LOCK_WAIT_MS);
    inquiry->answered = false;
    error_clear(&error);
    return run(db, steps, sizeof(steps) / sizeof(*steps), deadline, &error);
}

static void end_backend(struct howdah_database *db, struct inquiry *inquiry, moment deadline)
{
    struct howdah_error ignored;
    struct pg_step step = {.statement = &terminate_statement, .bind = bind_key, .arg = inquiry, .sync = true};
    error_clear(&ignored);
    (void)run(db, &step, 1, deadline, &ignored);
}

enum howdah_outcome fence_resolve(struct howdah_database *db, const struct fence *fence, moment deadline)
{
    struct inquiry inquiry = {.fence = fence};
    for (int pause = FIRST_PAUSE_MS; db->fence && clock_left(deadline) != 0; clock_pause(pause, deadline)) {
        enum howdah_status status = ask(db, &inquiry, deadline);
        if (status == HOWDAH_STATUS_OK && inquiry.answered)
            return inquiry.fenced ? HOWDAH_OUTCOME_NOT_DONE : HOWDAH_OUTCOME_DONE;
        /* Its client is gone: nobody can tell the old backend to commit any more. */
        if (status == HOWDAH_STATUS_LOCK)
            end_backend(db, &inquiry, deadline);
        pause = pause < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
    return HOWDAH_OUTCOME_IN_DOUBT;
}

/* --- the table --- */

struct ddl_extra fence_table(const struct howdah_database *db)
{
    return (struct ddl_extra){
        .schema = db->options.schema,
        .table = table_name,
        .body = "(id uuid PRIMARY KEY, fenced boolean NOT NULL, made_at timestamptz NOT NULL DEFAULT pg_catalog.now())",
    };
}
