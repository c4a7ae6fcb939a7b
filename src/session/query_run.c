/* Running queries: the statement's text, and what becomes of its rows. */
#include "eager.h"
#include "load.h"
#include "query.h"
#include "transaction.h"

/* A query under way, for the executor's callbacks. */
struct running {
    struct howdah_query *q;
    enum select_form form;
    const struct pg_binding *binding;
    void **objects; /* found so far, in the scratch arena */
    size_t count, capacity;
    struct sibling_result result;
    bool (*each)(void *arg, const void *object);
    void *each_arg;
    void *row; /* the struct that `each` gets */
    bool stopped;
};

/* --- the statement --- */

static void write(struct select_writer *w, const void *arg)
{
    const struct running *running = arg;
    write_select(w, &running->q->select, running->form);
}

/* The parameters as libpq takes them, made once: a query that runs again sends them as they are. */
bool query_make_binding(struct arena *arena, const struct select_statement *prepared, struct pg_binding *ret)
{
    uint32_t count = prepared->statement->parameters;
    const char **values = arena_allocate_array(arena, count + 1, sizeof(*values));
    int *sizes = arena_allocate_array(arena, count + 1, sizeof(*sizes));
    int *formats = arena_allocate_array(arena, count + 1, sizeof(*formats));
    if (!values || !sizes || !formats)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = prepared->parameters[i]->data;
        sizes[i] = prepared->parameters[i]->size;
        formats[i] = prepared->parameters[i]->oid != 0;
    }
    *ret = (struct pg_binding){values, sizes, formats};
    return true;
}

struct query_form *query_prepare(struct howdah_query *q, enum select_form kind)
{
    struct query_form *form = &q->forms[kind];
    struct howdah_session *s = q->s;
    struct running running = {.q = q, .form = kind};
    if (form->prepared.statement)
        return form;
    enum howdah_status status =
        select_statement_get(&s->db->texts, &s->arena, &s->scratch, write, &running, &form->prepared);
    if (status == HOWDAH_STATUS_OK && query_make_binding(&s->arena, &form->prepared, &form->binding))
        return form;
    form->prepared.statement = NULL;
    if (status == HOWDAH_STATUS_INVALID)
        session_fail(s, status, query_root(q)->model->name, NULL, NULL, "the query has more than %d values",
                     SELECT_PARAMETERS_MAX);
    else
        session_no_memory(s);
    return NULL;
}

bool query_enter(struct howdah_query *q, const struct howdah_model *model)
{
    if (!q || !q->s || !session_enter(q->s))
        return false;
    const struct mapper *root = query_root(q);
    const char *name = root ? root->model->name : NULL;
    if (q->status != HOWDAH_STATUS_OK)
        session_fail(q->s, q->status, q->model, q->field, NULL, "%s", q->message);
    else if (q->select.where.open)
        session_fail(q->s, HOWDAH_STATUS_INVALID, name, NULL, NULL,
                     "a group of the query is open: query_end is missing");
    else if (!root || model != root->model)
        session_fail(q->s, HOWDAH_STATUS_MISUSE, name, NULL, NULL, "the query is about %s, and was run for %s",
                     name ? name : "no model", model && model->name ? model->name : "none");
    else
        return true;
    session_leave(q->s);
    return false;
}

void query_leave(struct howdah_query *q)
{
    arena_reset(&q->s->scratch);
    session_leave(q->s);
}

const char *howdah_query_sql(struct howdah_query *q)
{
    const struct mapper *root = q ? query_root(q) : NULL;
    if (!query_enter(q, root ? root->model : NULL))
        return NULL;
    const struct query_form *form = query_prepare(q, SELECT_ROWS);
    query_leave(q);
    return form ? form->prepared.statement->text : NULL;
}

/* --- rows --- */

static enum howdah_status bind_query(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct running *running = arg;
    (void)step;
    *ret = *running->binding;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_object(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct running *running = arg;
    struct howdah_session *s = running->q->s;
    struct entry *entry = load_row(s, query_root(running->q), cells, count);
    (void)step;
    if (!entry)
        return s->error.status;
    if (running->count == running->capacity) {
        size_t capacity = running->capacity ? running->capacity * 2 : 64;
        void **objects = memory_resize(&s->db->allocator, running->objects, capacity * sizeof(*objects));
        if (!objects)
            return session_no_memory(s);
        running->objects = objects;
        running->capacity = capacity;
    }
    if (!siblings_add(&s->siblings, &running->result, query_root(running->q), entry))
        return session_no_memory(s);
    running->objects[running->count++] = entry_object(query_root(running->q), entry);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status pass_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct running *running = arg;
    struct howdah_session *s = running->q->s;
    const struct mapper *mapper = query_root(running->q);
    (void)step;
    if (running->stopped)
        return HOWDAH_STATUS_OK;
    arena_reset(&s->scratch);
    memset(running->row, 0, mapper->model->size);
    if (count != mapper->column_count)
        return session_fail(s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                            "%s: a row of %zu columns, expected %u", mapper->model->name, count, mapper->column_count);
    if (!load_all_columns(s, mapper, cells, &s->scratch, running->row))
        return s->error.status;
    s->streaming = true;
    running->stopped = !running->each(running->each_arg, running->row);
    s->streaming = false;
    return HOWDAH_STATUS_OK;
}

/* A result that may be kept whole while its rows are read: libpq then works less for each, but holds it all. */
static bool is_small(const struct running *running)
{
    enum { SMALL_RESULT = 10000 };
    const struct select_parameter *limit = running->q->select.limit;
    return running->form == SELECT_FIRST || (limit && limit->value.as.integer <= SMALL_RESULT);
}

/* With the relations that the query brings along. */
static enum howdah_status run_eager(struct running *running)
{
    const struct eager_root root = {.form = running->form,
                                    .row = take_object,
                                    .arg = running,
                                    .objects = &running->objects,
                                    .count = &running->count,
                                    .result = &running->result};
    return eager_run(running->q, &root);
}

static enum howdah_status run_plan(struct running *running, const struct query_form *form)
{
    running->binding = &form->binding;
    struct pg_step step = {.statement = form->prepared.statement,
                           .bind = bind_query,
                           .arg = running,
                           .one_by_one = running->each || !is_small(running),
                           .whole_if_few = !running->each,
                           .row = running->each ? pass_row : take_object};
    return transaction_read(running->q->s, &step);
}

static enum howdah_status run(struct running *running)
{
    struct howdah_session *s = running->q->s;
    const struct howdah_model *model = query_root(running->q)->model;
    struct arena arena; /* not the scratch: rows reset that one */
    const struct query_form *form = query_prepare(running->q, running->form);
    if (!form)
        return s->error.status;
    if (running->q->select.lock && s->transaction == TRANSACTION_NONE)
        return session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, model->name, NULL, NULL,
                            "a row lock lasts as long as a transaction: call session_begin first");
    if (running->q->eager && running->each)
        return session_fail(s, HOWDAH_STATUS_MISUSE, model->name, NULL, NULL,
                            "query_each keeps no objects that could have relations: leave query_with out");
    if (running->q->eager)
        return run_eager(running);
    arena_init(&arena, &s->db->allocator);
    running->row = running->each ? arena_allocate(&arena, model->size, model->alignment) : NULL;
    enum howdah_status status = running->each && !running->row ? session_no_memory(s) : run_plan(running, form);
    arena_done(&arena);
    return status;
}

static void **query_all(struct howdah_query *q, enum select_form form, size_t *ret_count)
{
    struct running running = {.q = q, .form = form};
    void **objects = NULL;
    if (run(&running) == HOWDAH_STATUS_OK) {
        objects = arena_allocate_array(&q->s->arena, running.count + 1, sizeof(*objects));
        if (!objects)
            session_no_memory(q->s);
    }
    if (objects && running.count)
        memcpy(objects, running.objects, running.count * sizeof(*objects));
    if (objects)
        objects[running.count] = NULL;
    memory_free(&q->s->db->allocator, running.objects);
    *ret_count = objects ? running.count : 0;
    return objects;
}

void **howdah_query_all_objects(struct howdah_query *q, const struct howdah_model *model, size_t *ret_count)
{
    size_t count = 0;
    void **objects = NULL;
    if (query_enter(q, model)) {
        objects = query_all(q, SELECT_ROWS, &count);
        query_leave(q);
    }
    if (ret_count)
        *ret_count = count;
    return objects;
}

void *howdah_query_first_object(struct howdah_query *q, const struct howdah_model *model)
{
    size_t count;
    if (!query_enter(q, model))
        return NULL;
    void **objects = query_all(q, SELECT_FIRST, &count);
    query_leave(q);
    return count ? objects[0] : NULL;
}

enum howdah_status howdah_query_each_object(struct howdah_query *q, const struct howdah_model *model,
                                            bool (*row)(void *arg, const void *object), void *arg)
{
    if (!query_enter(q, model))
        return q ? session_refusal(q->s) : HOWDAH_STATUS_NO_MEMORY;
    struct running running = {.q = q, .each = row, .each_arg = arg};
    enum howdah_status status = row ? run(&running)
                                    : session_fail(q->s, HOWDAH_STATUS_INVALID, query_root(q)->model->name, NULL, NULL,
                                                   "query_each needs a function for the rows");
    query_leave(q);
    return status;
}
