/* Creating and dropping the tables of a database's models, each as one transaction. What the statements are is
 * sql/ddl.h's; here is when they run. */
#include "database.h"
#include "fence.h"

#include "base/error.h"
#include "model/column.h"
#include "sql/ddl.h"

#include <assert.h>

/* READ COMMITTED whatever the server's default: what another process made must be seen once its lock is gone. */
static const struct statement begin = {.text = "BEGIN ISOLATION LEVEL READ COMMITTED", .control = true};
static const struct statement commit = {.text = "COMMIT", .control = true};

/* Of two processes that start at once both would find a table missing; with this the second waits for the first. The
 * number is the library's name in ASCII. */
static const struct statement lock_statement = {.text = "SELECT pg_catalog.pg_advisory_xact_lock(114827953725800)",
                                                .control = true};

/* The numbers, from 1, of the objects that are there. $1 holds their kinds, $2 their names as SQL writes them. A table's
 * row type is no enum type, and an index no table: what has such a name in the way is an error when the other is created.
 * (unnest with two arguments is syntax, and always means pg_catalog's.) */
enum { INT4_OID = 23, TEXT_OID = 25, INT4_ARRAY_OID = 1007, TEXT_ARRAY_OID = 1009 };
static const struct statement look = {
    .text = "SELECT o.number FROM unnest($1, $2) WITH ORDINALITY AS o(kind, name, number) WHERE CASE o.kind"
            " WHEN 0 THEN pg_catalog.to_regnamespace(o.name) IS NOT NULL"
            " WHEN 1 THEN EXISTS (SELECT FROM pg_catalog.pg_type t"
            " WHERE t.oid = pg_catalog.to_regtype(o.name) AND t.typtype <> 'c')"
            " ELSE EXISTS (SELECT FROM pg_catalog.pg_class c"
            " WHERE c.oid = pg_catalog.to_regclass(o.name) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) END",
    .types = (const uint32_t[]){INT4_ARRAY_OID, TEXT_ARRAY_OID},
    .parameters = 2,
    .control = true,
};
static_assert(DDL_SCHEMA == 0 && DDL_TYPE == 1, "the kinds have their numbers in the text above");

/* One call of create or drop. */
struct run {
    struct howdah_database *db;
    const char *verb; /* for messages: "create" */
    struct arena arena;
    struct ddl ddl;
    struct pg_connection *connection;
    struct pg_transaction transaction;
    moment deadline;
    bool *there;         /* by object */
    struct buffer kinds; /* parameters of the look */
    struct buffer names;
    const char *values[2];
    int sizes[2];
    struct howdah_error error;
};

static enum howdah_status out_of_memory(struct run *run)
{
    return error_set(&run->error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
}

static enum howdah_status senseless(struct run *run)
{
    return error_set(&run->error, HOWDAH_STATUS_PROTOCOL, "the server's answer about existing tables makes no sense");
}

/* --- segment 1: the transaction, the lock, and what is there --- */

static enum howdah_status bind_look(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct run *run = arg;
    (void)step;
    buffer_reset(&run->kinds);
    buffer_reset(&run->names);
    array_append_header(INT4_OID, run->ddl.object_count, &run->kinds);
    array_append_header(TEXT_OID, run->ddl.object_count, &run->names);
    for (uint32_t i = 0; i < run->ddl.object_count; i++) {
        const struct ddl_object *object = &run->ddl.objects[i];
        buffer_int32(&run->kinds, 4);
        buffer_int32(&run->kinds, (uint32_t)object->kind);
        buffer_int32(&run->names, (uint32_t)strlen(object->name));
        buffer_text(&run->names, object->name);
    }
    if (run->kinds.failed || run->names.failed)
        return out_of_memory(run);
    run->values[0] = run->kinds.data;
    run->values[1] = run->names.data;
    run->sizes[0] = (int)run->kinds.size;
    run->sizes[1] = (int)run->names.size;
    *ret = (struct pg_binding){.values = run->values, .sizes = run->sizes};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status note_object(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct run *run = arg;
    (void)step;
    uint64_t number = count == 1 && cells->size == 8 ? read_uint64(cells->data) : 0;
    if (number < 1 || number > run->ddl.object_count)
        return senseless(run);
    run->there[number - 1] = true;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status note_transaction(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct run *run = arg;
    (void)step;
    return pg_transaction_note(run->connection, cells, count, &run->transaction) ? HOWDAH_STATUS_OK : senseless(run);
}

static void forget_objects(void *arg)
{
    struct run *run = arg;
    memset(run->there, 0, run->ddl.object_count * sizeof(*run->there));
}

/* What both kinds of call begin with. */
enum { OPENING_STEPS = 3 };
static void put_opening(struct run *run, struct pg_step steps[OPENING_STEPS])
{
    steps[0] = (struct pg_step){.statement = &begin, .role = PG_BEGIN};
    steps[1] = (struct pg_step){.statement = &lock_statement};
    steps[2] = (struct pg_step){.statement = &pg_transaction_statement, .row = note_transaction, .arg = run};
}

static enum howdah_status look_around(struct run *run)
{
    struct pg_step steps[OPENING_STEPS + 1];
    put_opening(run, steps);
    steps[OPENING_STEPS] =
        (struct pg_step){.statement = &look, .bind = bind_look, .row = note_object, .arg = run, .sync = true};
    run->there = arena_allocate_zero(&run->arena, run->ddl.object_count * sizeof(bool), _Alignof(bool));
    if (!run->there)
        return out_of_memory(run);
    struct pg_plan plan = {
        .steps = steps,
        .count = OPENING_STEPS + 1,
        .deadline = run->deadline,
        .keep_transaction = true,
        .repeatable = true,
        .restart = forget_objects,
        .restart_arg = run,
        .error = &run->error,
    };
    return pg_execute(run->connection, &plan);
}

/* --- segment 2: the statements, and COMMIT --- */

static const char *const kind_names[] = {
    [DDL_SCHEMA] = "schema",
    [DDL_TYPE] = "enum type",
    [DDL_TABLE] = "table",
};

/* Puts before the server's message what it is about, which the server may not tell, or only as a position. */
static void name_object(struct run *run, const struct ddl_statement *statement)
{
    const struct ddl_object *object = &run->ddl.objects[statement->object];
    const char *model = object->mapper ? object->mapper->model->name : "database option fence";
    error_message(&run->error, "%s: can't %s %s %s: %s", model, run->verb, kind_names[object->kind], object->name,
                  run->error.message);
    if (object->mapper)
        error_attach(&run->error, &run->error.model, model);
    if (object->table) {
        error_attach(&run->error, &run->error.schema,
                     object->mapper ? object->mapper->schema : run->db->options.schema);
        error_attach(&run->error, &run->error.table, object->table);
    }
}

/* What became of the transaction: asked of the server where its answer to COMMIT was lost. */
static enum howdah_outcome find_outcome(struct run *run, const struct pg_plan *plan)
{
    if (plan->outcome != HOWDAH_OUTCOME_IN_DOUBT)
        return plan->outcome;
    pg_pool_release(run->db->pool, run->connection);
    run->connection = NULL;
    return pg_transaction_resolve(run->db->pool, &run->transaction,
                                  clock_deadline(run->db->options.in_doubt_timeout, 0));
}

static enum howdah_status tell_doubt(struct run *run)
{
    char token[128];
    pg_transaction_token(&run->transaction, token, sizeof(token));
    error_attach(&run->error, &run->error.in_doubt_token, token);
    error_message(&run->error,
                  "the connection was lost around COMMIT, and whether it was done can't be learned now: %s",
                  run->error.message);
    return run->error.status = HOWDAH_STATUS_IN_DOUBT;
}

/* Runs a plan that ends with COMMIT. The number of a step, if it has one, is that of its statement in the list, from
 * 1. */
static enum howdah_status finish(struct run *run, struct pg_plan *plan, const struct ddl_statement *list)
{
    enum howdah_status status = pg_execute(run->connection, plan);
    if (!status)
        return status;
    run->error.outcome = find_outcome(run, plan);
    if (run->error.outcome == HOWDAH_OUTCOME_DONE)
        return HOWDAH_STATUS_OK; /* only the answer was lost */
    if (run->error.outcome == HOWDAH_OUTCOME_IN_DOUBT)
        return tell_doubt(run);
    if (plan->failed < plan->count && plan->steps[plan->failed].number > 0)
        name_object(run, &list[plan->steps[plan->failed].number - 1]);
    return status;
}

/* Steps for `opening` others, `count` statements at most, and COMMIT. */
static struct pg_step *allocate_steps(struct run *run, size_t opening, size_t count)
{
    struct pg_step *steps = arena_allocate_array(&run->arena, opening + count + 1, sizeof(*steps));
    if (!steps)
        out_of_memory(run);
    return steps;
}

static struct pg_step step_of(const struct ddl_statement *list, uint32_t index)
{
    return (struct pg_step){.statement = &list[index].statement, .number = index + 1};
}

static const struct pg_step commit_step = {.statement = &commit, .role = PG_COMMIT, .sync = true};

static enum howdah_status create_missing(struct run *run)
{
    const struct ddl *ddl = &run->ddl;
    size_t count = 0;
    struct pg_step *steps = allocate_steps(run, 0, ddl->create_count);
    if (!steps)
        return run->error.status;
    for (uint32_t i = 0; i < ddl->create_count; i++)
        if (!run->there[ddl->create[i].object])
            steps[count++] = step_of(ddl->create, i);
    steps[count++] = commit_step;
    struct pg_plan plan = {.steps = steps, .count = count, .deadline = run->deadline, .error = &run->error};
    return finish(run, &plan, ddl->create);
}

static enum howdah_status create_all(struct run *run)
{
    enum howdah_status status = look_around(run);
    return status ? status : create_missing(run);
}

static enum howdah_status drop_all(struct run *run)
{
    const struct ddl *ddl = &run->ddl;
    size_t count = OPENING_STEPS;
    struct pg_step *steps = allocate_steps(run, OPENING_STEPS, ddl->drop_count);
    if (!steps)
        return run->error.status;
    put_opening(run, steps);
    for (uint32_t i = 0; i < ddl->drop_count; i++)
        steps[count++] = step_of(ddl->drop, i);
    steps[count - 1].sync = true; /* the transaction's id must be here before COMMIT goes out */
    steps[count++] = commit_step;
    struct pg_plan plan = {
        .steps = steps,
        .count = count,
        .deadline = run->deadline,
        .repeatable = true,
        .error = &run->error,
    };
    return finish(run, &plan, ddl->drop);
}

/* --- the calls --- */

static enum howdah_status render(struct howdah_database *db, struct arena *arena, struct howdah_error *error,
                                 struct ddl *ret)
{
    const struct ddl_extra marks = fence_table(db);
    return ddl_render(&db->catalog, db->fence ? &marks : NULL, arena, error, ret);
}

static enum howdah_status run_all(struct run *run, enum howdah_status (*work)(struct run *))
{
    enum howdah_status status = render(run->db, &run->arena, &run->error, &run->ddl);
    if (!status)
        status = pg_pool_lease(run->db->pool, run->deadline, &run->error, &run->connection);
    if (!status)
        status = work(run);
    if (status && run->error.outcome == HOWDAH_OUTCOME_NONE)
        run->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
    return status;
}

static enum howdah_status change_schema(struct howdah_database *db, const char *verb,
                                        enum howdah_status (*work)(struct run *))
{
    const struct howdah_error *error = howdah_database_error(db);
    if (error)
        return error->status;
    struct run run = {.db = db, .verb = verb, .deadline = clock_deadline(db->options.statement_timeout, 0)};
    arena_init(&run.arena, &db->allocator);
    buffer_init(&run.kinds, &db->allocator);
    buffer_init(&run.names, &db->allocator);
    error_clear(&run.error);
    enum howdah_status status = run_all(&run, work);
    pg_pool_release(db->pool, run.connection);
    buffer_done(&run.kinds);
    buffer_done(&run.names);
    arena_done(&run.arena);
    return status ? database_fail(db, &run.error) : status;
}

enum howdah_status howdah_database_create_tables(struct howdah_database *db)
{
    return change_schema(db, "create", create_all);
}

enum howdah_status howdah_database_drop_tables(struct howdah_database *db)
{
    return change_schema(db, "drop", drop_all);
}

/* Rendered in an arena of its own, of which the database keeps only the script. */
static enum howdah_status render_script(struct howdah_database *db, struct howdah_error *error)
{
    struct arena arena;
    struct ddl ddl;
    arena_init(&arena, &db->allocator);
    enum howdah_status status = render(db, &arena, error, &ddl);
    if (!status) {
        db->ddl = ddl_script(&ddl, &db->arena);
        if (!db->ddl)
            status = error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    }
    arena_done(&arena);
    return status;
}

const char *howdah_database_ddl(struct howdah_database *db)
{
    struct howdah_error error;
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (howdah_database_error(db))
        return NULL;
    pthread_mutex_lock(&db->lock);
    if (!db->ddl)
        status = render_script(db, &error);
    const char *ddl = db->ddl;
    pthread_mutex_unlock(&db->lock);
    if (status)
        database_fail(db, &error);
    return ddl;
}
