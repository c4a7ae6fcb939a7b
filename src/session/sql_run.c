/* SQL of the program's own: running it, and what becomes of its rows. */
#include "direct.h"
#include "load.h"
#include "role.h"
#include "rows.h"
#include "transaction.h"

#include "sql/format.h"

#include "base/ascii.h"
#include "base/error.h"

#include <howdah/sql.h>

/* A statement under way, for the executor's callbacks. */
struct raw {
    struct howdah_session *s;
    struct arena arena; /* of the call; not the scratch, which rows reset */
    struct format format;
    const struct statement *statement;
    int *formats; /* of the parameters: text or binary */

    const struct mapper *mapper; /* NULL: rows are of no interest */
    struct row_map map;
    struct sibling_result result;
    enum row_columns columns;
    bool one;
    void **objects; /* found so far */
    size_t count, capacity;
    bool (*each)(void *arg, const void *object);
    void *each_arg;
    void *row; /* the struct that `each` gets */
    bool stopped;
    uint64_t affected;
};

/* --- the statement --- */

static bool refuse(struct raw *raw, enum howdah_status status, const char *what)
{
    const char *model = raw->mapper ? raw->mapper->model->name : NULL;
    session_fail(raw->s, status, model, NULL, NULL, "the statement can't run here: %s", what);
    return false;
}

/* Why a statement can't run whose effect would be another session's, or nobody's. */
static const char *const refusals[] = {
    [SQL_TRANSACTION] = "transactions are begun by session_begin, and ended by session_commit or session_rollback",
    [SQL_LOCAL] = "a setting lasts as long as a transaction: call session_begin first",
    [SQL_OURS] = "the library depends on this setting: leave it as it is",
    [SQL_COPY] = "COPY needs a client that takes part: use INSERT or SELECT",
    [SQL_SETTING] = "a setting would stay with the connection, which serves others: use SET LOCAL, or set_config with"
                    " true, inside session_begin",
    [SQL_LISTENING] = "the connection serves others, and notifications would be lost: listen on one of your own",
    [SQL_PREPARED] = "statements are prepared by the library, and the connection serves others: run it as it is",
    [SQL_HELD] = "the cursor would stay with the connection, which serves others: declare it WITHOUT HOLD inside"
                 " session_begin, or use session_sql_each",
    [SQL_TEMPORARY] = "it would stay with the connection, which serves others: create a temporary table inside"
                      " session_begin, with ON COMMIT DROP",
    [SQL_LOCKED] = "the lock would stay with the connection, which serves others: use pg_advisory_xact_lock inside"
                   " session_begin",
};

/* Which role is set, or by a value that is bound whether one is, nobody knows here. */
static bool may_set_role(const struct scanned *scanned)
{
    static const char *const words[] = {"role", "session_authorization", "authorization"};
    const char *rest;
    bool may = scanned->hole_count;
    for (size_t at = 0; !may && at < scanned->size; at++)
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
            may = may || ascii_begins(scanned->text + at, words[i], &rest);
    return may;
}

static bool check_kind(struct raw *raw)
{
    enum sql_kind kind = raw->format.scanned.kind;
    if (kind == SQL_READS || kind == SQL_WRITES)
        return true;
    if (kind != SQL_LOCAL)
        return refuse(raw, HOWDAH_STATUS_MISUSE, refusals[kind]);
    if (raw->s->transaction == TRANSACTION_NONE)
        return refuse(raw, HOWDAH_STATUS_NO_TRANSACTION, refusals[kind]);
    if (may_set_role(&raw->format.scanned))
        role_become_unknown(raw->s);
    return true;
}

static bool make_formats(struct raw *raw)
{
    uint32_t count = raw->format.scanned.hole_count;
    raw->formats = arena_allocate_array(&raw->arena, count ? count : 1, sizeof(*raw->formats));
    for (uint32_t i = 0; raw->formats && i < count; i++)
        raw->formats[i] = raw->format.values[i].type != 0;
    return raw->formats != NULL;
}

/* As the program wrote it; where a model with a table has columns that only text can hold, around it their casts. */
static const struct statement *make_statement(struct raw *raw)
{
    const char *before = NULL;
    if (raw->mapper && raw->mapper->table && raw->format.scanned.kind == SQL_READS) {
        if (!row_casts(raw->mapper, &raw->arena, &before))
            return NULL;
        raw->columns = before ? ROW_COLUMNS_CAST : raw->columns;
    }
    return format_statement(&raw->format, before, before ? row_casts_end : NULL, &raw->arena);
}

static bool read_statement(struct raw *raw, const char *format, va_list arguments)
{
    const char *why = "";
    enum howdah_status status =
        format ? format_read(&raw->s->db->texts, format, arguments, false, &raw->arena, &raw->format, &why)
               : HOWDAH_STATUS_INVALID;
    if (status == HOWDAH_STATUS_NO_MEMORY)
        return !session_no_memory(raw->s);
    if (status) {
        const char *model = raw->mapper ? raw->mapper->model->name : NULL;
        session_fail(raw->s, status, model, NULL, NULL, "the SQL can't be sent: %s", format ? why : "it is NULL");
        return false;
    }
    if (!check_kind(raw))
        return false;
    raw->statement = make_statement(raw);
    return (raw->statement && make_formats(raw)) || !session_no_memory(raw->s);
}

/* --- callbacks --- */

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct raw *raw = arg;
    uint32_t count = raw->format.scanned.hole_count;
    const char **values = arena_allocate_array(&raw->arena, count ? count : 1, sizeof(*values));
    int *sizes = arena_allocate_array(&raw->arena, count ? count : 1, sizeof(*sizes));
    (void)step;
    if (!values || !sizes)
        return session_no_memory(raw->s);
    for (uint32_t i = 0; i < count; i++) {
        values[i] = raw->format.values[i].data;
        sizes[i] = raw->format.values[i].size;
    }
    *ret = (struct pg_binding){.values = values, .sizes = sizes, .formats = raw->formats};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_columns(void *arg, struct pg_step *step, const struct pg_column *columns, size_t count)
{
    struct raw *raw = arg;
    const char *model = raw->mapper->model->name;
    (void)step;
    if (count == 0)
        return session_fail(raw->s, HOWDAH_STATUS_INVALID, model, NULL, NULL,
                            "the statement gives no rows for %s: add RETURNING, or use session_execute", model);
    bool made = row_map_make(raw->s, raw->mapper, columns, count, raw->columns, &raw->arena, &raw->map);
    return made ? HOWDAH_STATUS_OK : raw->s->error.status;
}

static enum howdah_status lose_row(struct raw *raw)
{
    return session_refuse(raw->s, HOWDAH_STATUS_PROTOCOL, raw->mapper, NULL, NULL,
                          "a row of another width than its result");
}

static bool add_object(struct raw *raw, void *object)
{
    if (raw->count == raw->capacity) {
        size_t capacity = raw->capacity ? raw->capacity * 2 : 64;
        void **objects = memory_resize(&raw->s->db->allocator, raw->objects, capacity * sizeof(*objects));
        if (!objects)
            return !session_no_memory(raw->s);
        raw->objects = objects;
        raw->capacity = capacity;
    }
    raw->objects[raw->count++] = object;
    return true;
}

/* Of a row that the program's transaction may have made itself, the object must not outlive its rollback. */
static void *load_managed(struct raw *raw)
{
    struct howdah_session *s = raw->s;
    size_t known = map_count(&s->map);
    bool undoable = raw->format.scanned.kind == SQL_WRITES && s->transaction != TRANSACTION_NONE;
    struct entry *entry = load_row(s, raw->mapper, raw->map.cells, raw->map.count);
    if (!entry)
        return NULL;
    if (undoable && map_count(&s->map) > known && !transaction_remember_made(s, entry)) {
        identity_remove(&s->map, entry);
        entry_move(entry, EVENT_EVICT);
        session_no_memory(s);
        return NULL;
    }
    if (!siblings_add(&s->siblings, &raw->result, entry)) {
        session_no_memory(s);
        return NULL;
    }
    return entry_object(raw->mapper, entry);
}

/* The row as an object of the session: managed, or a struct of its own. */
static void *load(struct raw *raw)
{
    struct howdah_session *s = raw->s;
    const struct row_map *map = &raw->map;
    const struct howdah_model *model = raw->mapper->model;
    if (raw->mapper->table)
        return load_managed(raw);
    void *object = arena_allocate_zero(&s->arena, model->size, model->alignment);
    if (!object)
        session_no_memory(s);
    bool loaded = object && load_columns(s, raw->mapper, map->columns, map->cells, map->count, &s->arena, object);
    return loaded ? object : NULL;
}

static enum howdah_status take_object(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct raw *raw = arg;
    (void)step;
    if (!row_map_take(&raw->map, cells, count))
        return lose_row(raw);
    if (raw->one && raw->count == 1)
        return session_refuse(raw->s, HOWDAH_STATUS_INVALID, raw->mapper, NULL, NULL,
                              "several rows, where one was asked for: use session_sql, or LIMIT 1");
    void *object = load(raw);
    return object && add_object(raw, object) ? HOWDAH_STATUS_OK : raw->s->error.status;
}

static enum howdah_status pass_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct raw *raw = arg;
    struct howdah_session *s = raw->s;
    (void)step;
    if (raw->stopped)
        return HOWDAH_STATUS_OK;
    if (!row_map_take(&raw->map, cells, count))
        return lose_row(raw);
    arena_reset(&s->scratch);
    memset(raw->row, 0, raw->mapper->model->size);
    if (!load_columns(s, raw->mapper, raw->map.columns, raw->map.cells, raw->map.count, &s->scratch, raw->row))
        return s->error.status;
    s->streaming = true;
    raw->stopped = !raw->each(raw->each_arg, raw->row);
    s->streaming = false;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_count(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct raw *raw = arg;
    (void)step;
    raw->affected = done->affected;
    return HOWDAH_STATUS_OK;
}

/* --- running --- */

static enum howdah_status run(struct raw *raw)
{
    struct howdah_session *s = raw->s;
    struct pg_step step = {.statement = raw->statement, .bind = bind, .done = take_count, .arg = raw};
    if (raw->mapper) {
        step.columns = take_columns;
        step.row = raw->each ? pass_row : take_object;
        step.one_by_one = raw->each || raw->one;
        step.many = true;
    }
    /* What session_execute runs is taken to write, also where its first word is SELECT: of a function that does. */
    if (!raw->mapper)
        return direct_write(s, DIRECT_LONE, NULL, &step, 1);
    if (raw->format.scanned.kind == SQL_WRITES) /* rows that don't fit take the rest with them */
        return direct_write(s, DIRECT_TRANSACTION, raw->mapper, &step, 1);
    s->read_by_sql = s->transaction != TRANSACTION_NONE && !s->begin.read_only;
    if (transaction_read(s, &step) != HOWDAH_STATUS_OK && raw->columns == ROW_COLUMNS_CAST)
        row_casts_blame(s, raw->mapper);
    return s->error.status;
}

static bool begin(struct raw *raw, struct howdah_session *s, const struct howdah_model *model)
{
    raw->s = s;
    arena_init(&raw->arena, &s->db->allocator);
    raw->mapper = session_row_mapper(s, model);
    return raw->mapper != NULL;
}

static void end(struct raw *raw)
{
    memory_free(&raw->s->db->allocator, raw->objects);
    arena_done(&raw->arena);
    arena_reset(&raw->s->scratch);
    session_leave(raw->s);
}

/* The objects as an array of the session's. */
static void **hand_over(struct raw *raw)
{
    void **objects = arena_allocate_array(&raw->s->arena, raw->count + 1, sizeof(*objects));
    if (!objects) {
        session_no_memory(raw->s);
        return NULL;
    }
    if (raw->count)
        memcpy(objects, raw->objects, raw->count * sizeof(*objects));
    objects[raw->count] = NULL;
    return objects;
}

static void **all_objects(struct howdah_session *s, const struct howdah_model *model, bool partial, size_t *ret_count,
                          const char *format, va_list arguments)
{
    struct raw raw = {.columns = partial ? ROW_COLUMNS_SOME : ROW_COLUMNS_ALL};
    void **objects = NULL;
    if (ret_count)
        *ret_count = 0;
    if (!session_enter(s))
        return NULL;
    bool ready = begin(&raw, s, model);
    if (ready && partial && raw.mapper->table)
        ready =
            refuse(&raw, HOWDAH_STATUS_MISUSE,
                   "an object of a table must be its whole row: select all columns, or use a struct without a table");
    if (ready && read_statement(&raw, format, arguments) && run(&raw) == HOWDAH_STATUS_OK)
        objects = hand_over(&raw);
    if (objects && ret_count)
        *ret_count = raw.count;
    end(&raw);
    return objects;
}

/* --- the calls --- */

void **howdah_session_sql_objects(struct howdah_session *s, const struct howdah_model *model, size_t *ret_count,
                                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    void **objects = all_objects(s, model, false, ret_count, format, arguments);
    va_end(arguments);
    return objects;
}

void **howdah_session_sql_partial_objects(struct howdah_session *s, const struct howdah_model *model, size_t *ret_count,
                                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    void **objects = all_objects(s, model, true, ret_count, format, arguments);
    va_end(arguments);
    return objects;
}

void *howdah_session_sql_one_object(struct howdah_session *s, const struct howdah_model *model, const char *format, ...)
{
    struct raw raw = {.one = true};
    void *object = NULL;
    va_list arguments;
    if (!session_enter(s))
        return NULL;
    va_start(arguments, format);
    if (begin(&raw, s, model) && read_statement(&raw, format, arguments) && run(&raw) == HOWDAH_STATUS_OK)
        object = raw.count ? raw.objects[0] : NULL;
    va_end(arguments);
    end(&raw);
    return object;
}

/* The struct that each row is put into. */
static bool make_row(struct raw *raw)
{
    const struct howdah_model *model = raw->mapper->model;
    raw->row = arena_allocate(&raw->arena, model->size, model->alignment);
    return raw->row || !session_no_memory(raw->s);
}

enum howdah_status howdah_session_sql_each_object(struct howdah_session *s, const struct howdah_model *model,
                                                  bool (*row)(void *arg, const void *object), void *arg,
                                                  const char *format, ...)
{
    struct raw raw = {.each = row, .each_arg = arg};
    va_list arguments;
    if (!session_enter(s))
        return session_refusal(s);
    va_start(arguments, format);
    bool ready = begin(&raw, s, model);
    if (ready && !row)
        ready = refuse(&raw, HOWDAH_STATUS_INVALID, "session_sql_each needs a function for the rows");
    if (ready && make_row(&raw) && read_statement(&raw, format, arguments))
        run(&raw);
    enum howdah_status status = s->error.status;
    va_end(arguments);
    end(&raw);
    return status;
}

enum howdah_status howdah_session_execute_sql(struct howdah_session *s, uint64_t *ret_affected, const char *format, ...)
{
    struct raw raw = {.s = s};
    va_list arguments;
    if (ret_affected)
        *ret_affected = 0;
    if (!session_enter(s))
        return direct_refusal(s);
    arena_init(&raw.arena, &s->db->allocator);
    va_start(arguments, format);
    if (read_statement(&raw, format, arguments) && run(&raw) == HOWDAH_STATUS_OK && ret_affected)
        *ret_affected = raw.affected;
    enum howdah_status status = direct_not_done(s);
    va_end(arguments);
    end(&raw);
    return status;
}
