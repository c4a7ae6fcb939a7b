/* Running queries: the statement's text, and what becomes of its rows. */
#include "load.h"
#include "query.h"
#include "transaction.h"

/* A query under way, for the executor's callbacks. */
struct running {
    struct howdah_query *q;
    void **objects; /* found so far, in the scratch arena */
    size_t count, capacity;
    bool (*each)(void *arg, const void *object);
    void *each_arg;
    void *row; /* the struct that `each` gets */
    bool stopped;
};

enum { OID_INT8 = 20 };

static void put_columns(struct buffer *out, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        buffer_printf(out, "%s%st.%s%s", i ? ", " : "SELECT ", mapper->columns[i].read_open, mapper->columns[i].quoted,
                      mapper->columns[i].read_cast);
    buffer_printf(out, " FROM %s AS t", mapper->quoted);
}

static void put_conditions(struct buffer *out, const struct howdah_query *q, uint32_t *types, uint32_t *count)
{
    for (const struct condition *c = q->conditions; c; c = c->next) {
        buffer_printf(out, "%st.%s %s", c == q->conditions ? " WHERE " : " AND ", c->column->quoted, c->op);
        if (!c->object)
            continue;
        types[*count] = c->column->item_oid;
        buffer_printf(out, " $%u%s", ++*count, c->column->write_cast);
    }
}

static void put_rest(struct buffer *out, const struct howdah_query *q, uint32_t *types, uint32_t *count)
{
    static const char *const orders[] = {[HOWDAH_ORDER_ASC] = "", [HOWDAH_ORDER_DESC] = " DESC"};
    for (const struct ordering *o = q->orderings; o; o = o->next)
        buffer_printf(out, "%st.%s%s", o == q->orderings ? " ORDER BY " : ", ", o->column->quoted,
                      orders[o->order == HOWDAH_ORDER_DESC]);
    if (!q->limited)
        return;
    types[*count] = OID_INT8;
    buffer_printf(out, " LIMIT $%u", ++*count);
}

static uint32_t count_conditions(const struct howdah_query *q)
{
    uint32_t count = 0;
    for (const struct condition *c = q->conditions; c; c = c->next)
        count++;
    return count;
}

static const struct statement *render(const struct howdah_query *q, struct arena *arena)
{
    struct buffer out;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    uint32_t *types = arena_allocate_array(arena, count_conditions(q) + 1, sizeof(*types)), count = 0;
    if (!statement || !types)
        return NULL;
    buffer_init(&out, arena->allocator);
    put_columns(&out, q->mapper);
    put_conditions(&out, q, types, &count);
    put_rest(&out, q, types, &count);
    *statement = (struct statement){.text = out.failed ? NULL : arena_copy_text(arena, out.data, out.size),
                                    .types = types,
                                    .parameters = (uint16_t)count};
    buffer_done(&out);
    if (!statement->text)
        return NULL;
    statement_seal(statement);
    return statement;
}

/* Enters the session and hands a fault of the query's building on to it. */
static bool begin(struct howdah_query *q, const struct howdah_model *model)
{
    if (!q || !q->s || !session_enter(q->s))
        return false;
    const char *name = q->mapper ? q->mapper->model->name : NULL;
    if (q->status != HOWDAH_STATUS_OK)
        session_fail(q->s, q->status, name, q->field, NULL, "%s", q->message);
    else if (!q->mapper || model != q->mapper->model)
        session_fail(q->s, HOWDAH_STATUS_MISUSE, name, NULL, NULL, "the query is about %s, and was run for %s",
                     name ? name : "no model", model && model->name ? model->name : "none");
    else
        return true;
    session_leave(q->s);
    return false;
}

static void end(struct howdah_query *q)
{
    arena_reset(&q->s->scratch);
    session_leave(q->s);
}

const char *howdah_query_sql(struct howdah_query *q)
{
    if (!begin(q, q && q->mapper ? q->mapper->model : NULL))
        return NULL;
    const struct statement *statement = render(q, &q->s->arena);
    if (!statement)
        session_no_memory(q->s);
    end(q);
    return statement ? statement->text : NULL;
}

static enum howdah_status bind_query(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct running *running = arg;
    const struct howdah_query *q = running->q;
    struct parameters *p = &q->s->parameters;
    (void)step;
    if (!parameters_begin(p, count_conditions(q) + 1))
        return HOWDAH_STATUS_NO_MEMORY;
    for (const struct condition *c = q->conditions; c; c = c->next)
        if (c->object)
            parameters_add_field(p, c->column, c->object);
    if (q->limited)
        parameters_add_number(p, (int64_t)q->limit);
    return parameters_bind(p, ret);
}

static enum howdah_status take_object(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct running *running = arg;
    struct howdah_session *s = running->q->s;
    struct entry *entry = load_row(s, running->q->mapper, cells, count);
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
    running->objects[running->count++] = entry_object(running->q->mapper, entry);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status pass_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct running *running = arg;
    struct howdah_session *s = running->q->s;
    const struct mapper *mapper = running->q->mapper;
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
static bool is_small(const struct howdah_query *q)
{
    enum { SMALL_RESULT = 10000 };
    return q->limited && q->limit <= SMALL_RESULT;
}

static enum howdah_status run(struct running *running)
{
    struct howdah_session *s = running->q->s;
    const struct howdah_model *model = running->q->mapper->model;
    struct arena arena; /* not the scratch: rows reset that one */
    arena_init(&arena, &s->db->allocator);
    running->row = arena_allocate(&arena, model->size, model->alignment);
    struct pg_step step = {.statement = render(running->q, &arena),
                           .bind = bind_query,
                           .arg = running,
                           .one_by_one = running->each || !is_small(running->q),
                           .row = running->each ? pass_row : take_object};
    bool ready = step.statement && running->row;
    enum howdah_status status = ready ? transaction_read(s, &step) : session_no_memory(s);
    arena_done(&arena);
    return status;
}

static void **query_all(struct howdah_query *q, size_t *ret_count)
{
    struct running running = {.q = q};
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
    if (begin(q, model)) {
        objects = query_all(q, &count);
        end(q);
    }
    if (ret_count)
        *ret_count = count;
    return objects;
}

void *howdah_query_first_object(struct howdah_query *q, const struct howdah_model *model)
{
    size_t count;
    if (!begin(q, model))
        return NULL;
    struct howdah_query first = *q;
    first.limit = q->limited && q->limit == 0 ? 0 : 1;
    first.limited = true;
    void **objects = query_all(&first, &count);
    end(q);
    return count ? objects[0] : NULL;
}

enum howdah_status howdah_query_each_object(struct howdah_query *q, const struct howdah_model *model,
                                            bool (*row)(void *arg, const void *object), void *arg)
{
    if (!begin(q, model))
        return q ? session_refusal(q->s) : HOWDAH_STATUS_NO_MEMORY;
    struct running running = {.q = q, .each = row, .each_arg = arg};
    enum howdah_status status = row ? run(&running)
                                    : session_fail(q->s, HOWDAH_STATUS_INVALID, q->mapper->model->name, NULL, NULL,
                                                   "query_each needs a function for the rows");
    end(q);
    return status;
}
