/* Opening and closing a database, and its options. */
#include "database.h"
#include "fence.h"

#include "base/error.h"
#include "observe/statement_log.h"
#include "role.h"

enum {
    POOL_SIZE = 10,
    POOL_TIMEOUT = 30000,
    CONNECT_TIMEOUT = 10000,
    STATEMENT_TIMEOUT = 30000,
    COMMIT_TIMEOUT = 60000,
    IN_DOUBT_TIMEOUT = 10000,
    STATEMENT_CACHE = 256
};

enum howdah_status database_fail(struct howdah_database *db, const struct howdah_error *error)
{
    if (db->error.status == HOWDAH_STATUS_OK) {
        error_copy(&db->error, error);
        error_finish(&db->error);
    }
    return db->error.status;
}

const struct howdah_error *howdah_database_error(const struct howdah_database *db)
{
    if (!db)
        return &error_no_memory;
    return db->error.status == HOWDAH_STATUS_OK ? NULL : &db->error;
}

static void set_default(int *option, int value)
{
    if (*option == 0)
        *option = value;
}

static enum howdah_status take_hooks(struct howdah_database *db)
{
    const struct howdah_hooks *hooks = db->options.hooks;
    if (!hooks)
        return HOWDAH_STATUS_OK;
    if (hooks->struct_size != sizeof(*hooks))
        return error_set(&db->error, HOWDAH_STATUS_INVALID,
                         "option hooks has no valid struct_size: make it with HOOKS(...)");
    db->options.hooks = arena_copy(&db->arena, hooks, sizeof(*hooks));
    return db->options.hooks ? HOWDAH_STATUS_OK : HOWDAH_STATUS_NO_MEMORY;
}

/* Options of the program's size, whatever this library's is. */
static enum howdah_status take_options(struct howdah_database *db, const struct howdah_database_options *options)
{
    struct howdah_database_options *own = &db->options;
    if (options && (options->struct_size < offsetof(struct howdah_database_options, lazy) + 1 ||
                    options->struct_size > sizeof(*options)))
        return error_set(&db->error, HOWDAH_STATUS_INVALID,
                         "the database options have no valid struct_size: make them with DATABASE_OPTIONS(...)");
    if (options)
        memcpy(own, options, options->struct_size);
    own->struct_size = sizeof(*own);
    set_default(&own->pool_size, POOL_SIZE);
    set_default(&own->pool_timeout, POOL_TIMEOUT);
    set_default(&own->connect_timeout, CONNECT_TIMEOUT);
    set_default(&own->statement_timeout, STATEMENT_TIMEOUT);
    set_default(&own->commit_timeout, COMMIT_TIMEOUT);
    set_default(&own->in_doubt_timeout, IN_DOUBT_TIMEOUT);
    set_default(&own->statement_cache, STATEMENT_CACHE);
    own->allocator = NULL;
    const char *schema = own->schema ? own->schema : "public";
    own->schema = arena_copy_text(&db->arena, schema, strlen(schema));
    if (own->pool_size < 0)
        return error_set(&db->error, HOWDAH_STATUS_INVALID, "option pool_size is %d: it must be positive",
                         own->pool_size);
    return own->schema ? take_hooks(db) : HOWDAH_STATUS_NO_MEMORY;
}

static enum howdah_status compile_models(struct howdah_database *db, const struct howdah_model *const *models)
{
    struct buffer faults;
    buffer_init(&faults, &db->allocator);
    enum howdah_status status = catalog_init(&db->catalog, &db->allocator, models, db->options.schema, &faults);
    const char *text = status == HOWDAH_STATUS_MODEL ? buffer_cstring(&faults) : NULL;
    if (status == HOWDAH_STATUS_MODEL)
        error_set_lines(&db->error, status, text ? text : "a model is wrong, and memory is out to say how");
    db->faults = text ? arena_copy_text(&db->arena, text, faults.size) : NULL;
    buffer_done(&faults);
    if (status != HOWDAH_STATUS_OK)
        return status;
    db->draw_rights = arena_allocate_zero(&db->arena, db->catalog.mapper_count * sizeof(*db->draw_rights), 1);
    db->by_columns = arena_allocate_zero(&db->arena, db->catalog.mapper_count * sizeof(*db->by_columns), 1);
    if (!db->draw_rights || !db->by_columns || (db->options.fence && !fence_prepare(db)))
        return HOWDAH_STATUS_NO_MEMORY;
    return status;
}

static enum howdah_status open_pool(struct howdah_database *db, const char *conninfo)
{
    const struct howdah_database_options *o = &db->options;
    const struct pg_options options = {
        .allocator = &db->allocator,
        .conninfo = conninfo,
        .pool_size = o->pool_size,
        .pool_timeout = o->pool_timeout,
        .connect_timeout = o->connect_timeout,
        .in_doubt_timeout = o->in_doubt_timeout,
        .statement_cache = o->direct || o->statement_cache < 0 ? 0 : o->statement_cache,
        .show_values = o->show_values,
        .log = statement_log_print, /* heeded only with HOWDAH_LOG=sql in the environment */
        .on_statement = o->on_statement,
        .statement_arg = o->statement_arg,
        .on_notice = o->on_notice,
        .notice_arg = o->notice_arg,
    };
    db->pool = pg_pool_open(&options);
    return db->pool ? HOWDAH_STATUS_OK : HOWDAH_STATUS_NO_MEMORY;
}

static enum howdah_status prove(struct howdah_database *db)
{
    struct pg_connection *connection = NULL;
    enum howdah_status status = pg_pool_lease(db->pool, MOMENT_NEVER, &db->error, &connection);
    pg_pool_release(db->pool, connection);
    return status;
}

static enum howdah_status open_parts(struct howdah_database *db, const char *conninfo,
                                     const struct howdah_model *const *models,
                                     const struct howdah_database_options *options)
{
    enum howdah_status status = take_options(db, options);
    if (status == HOWDAH_STATUS_OK)
        status = compile_models(db, models);
    if (status == HOWDAH_STATUS_OK)
        status = open_pool(db, conninfo);
    if (status == HOWDAH_STATUS_OK && !db->options.lazy)
        status = prove(db);
    return status;
}

struct howdah_database *howdah_database_open(const char *conninfo, const struct howdah_model *const *models,
                                             const struct howdah_database_options *options)
{
    static const struct howdah_model *const no_models[] = {NULL};
    const struct howdah_allocator *allocator = &memory_default;
    if (options && options->struct_size >= offsetof(struct howdah_database_options, on_statement) && options->allocator)
        allocator = options->allocator;
    struct howdah_database *db = memory_allocate_zero(allocator, sizeof(*db));
    if (!db)
        return NULL;
    db->allocator = *allocator;
    error_clear(&db->error);
    session_write_refusals(db);
    arena_init(&db->arena, &db->allocator);
    map_init(&db->roles, &db->allocator);
    db->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    text_store_init(&db->texts, &db->allocator);
    enum howdah_status status = open_parts(db, conninfo, models ? models : no_models, options);
    if (status == HOWDAH_STATUS_NO_MEMORY && db->error.status == HOWDAH_STATUS_OK)
        error_set(&db->error, status, "out of memory while opening the database");
    if (db->error.status != HOWDAH_STATUS_OK)
        error_finish(&db->error);
    if (db->faults) /* the message may hold but the first of them */
        db->error.text = db->faults;
    return db;
}

void howdah_database_close(struct howdah_database *db)
{
    if (!db)
        return;
    while (db->sessions)
        session_destroy(db->sessions);
    pg_pool_close(db->pool);
    text_store_done(&db->texts);
    catalog_done(&db->catalog);
    roles_done(db);
    arena_done(&db->arena);
    pthread_mutex_destroy(&db->lock);
    struct howdah_allocator allocator = db->allocator;
    memory_free(&allocator, db);
}

void database_add_session(struct howdah_database *db, struct howdah_session *s)
{
    pthread_mutex_lock(&db->lock);
    s->next = db->sessions;
    if (s->next)
        s->next->previous = s;
    db->sessions = s;
    pthread_mutex_unlock(&db->lock);
}

void database_remove_session(struct howdah_database *db, struct howdah_session *s)
{
    pthread_mutex_lock(&db->lock);
    if (s->previous)
        s->previous->next = s->next;
    else
        db->sessions = s->next;
    if (s->next)
        s->next->previous = s->previous;
    s->previous = s->next = NULL;
    pthread_mutex_unlock(&db->lock);
}
