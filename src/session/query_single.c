/* Queries that give no rows: counts, whether there are any, one value, one column. */
#include "load.h"
#include "query.h"
#include "transaction.h"

#include "sql/aggregate.h"

/* Values of one column, for the executor's callbacks. */
struct values {
    struct query_reading base;
    const struct mapper *mapper; /* for messages */
    struct column column;        /* that takes each, at offset 0 */
    bool whole;                  /* `howdah_value`s: NULL is one */
    char *items;
    size_t item_size, count, capacity;
};

/* --- reading --- */

static enum howdah_status read_value(struct values *v, const struct cell *cell, void *item)
{
    struct howdah_session *s = v->base.q->s;
    const struct column *column = &v->column;
    if (!v->whole) {
        memset(item, 0, v->item_size);
        return load_columns(s, v->mapper, &column, cell, 1, &s->arena, item) ? HOWDAH_STATUS_OK : s->error.status;
    }
    struct howdah_value value = {.type = HOWDAH_TYPE_NONE};
    void *field = arena_allocate_zero(&s->arena, column->size, _Alignof(max_align_t));
    if (!field)
        return session_no_memory(s);
    if (cell->size >= 0 && !load_columns(s, v->mapper, &column, cell, 1, &s->arena, field))
        return s->error.status;
    if (cell->size >= 0)
        value = column_value(column, field);
    memcpy(item, &value, sizeof(value));
    return HOWDAH_STATUS_OK;
}

static bool grow(struct values *v)
{
    const struct howdah_allocator *allocator = &v->base.q->s->db->allocator;
    size_t capacity = v->capacity ? v->capacity * 2 : 16, size;
    char *items = size_multiply(capacity, v->item_size, &size) ? memory_resize(allocator, v->items, size) : NULL;
    if (!items)
        return false;
    v->items = items;
    v->capacity = capacity;
    return true;
}

static enum howdah_status take_value(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct values *v = arg;
    struct howdah_session *s = v->base.q->s;
    (void)step;
    if (count != 1)
        return session_fail(s, HOWDAH_STATUS_PROTOCOL, v->mapper->model->name, NULL, NULL,
                            "a row of %zu columns, expected 1", count);
    if (v->count == v->capacity && !grow(v))
        return session_no_memory(s);
    enum howdah_status status = read_value(v, cells, v->items + v->count * v->item_size);
    v->count += status == HOWDAH_STATUS_OK;
    return status;
}

/* Enters as query_enter. What is wrong with the call alone is the session's error, and the query remains good. */
static bool enter_with(struct howdah_query *q, bool was_good)
{
    if (query_enter(q, NULL))
        return true;
    if (was_good)
        q->status = HOWDAH_STATUS_OK;
    return false;
}

/* --- a column, or an aggregate, in place of the rows --- */

static void write_outputs(struct select_writer *w, const void *arg)
{
    write_select(w, arg, SELECT_ROWS);
}

/* The query with one output of its own; the form is good for this call. */
static enum howdah_status run(struct values *v, const struct select_piece *pieces, uint32_t count, bool rows)
{
    struct howdah_query *q = v->base.q;
    struct select select = q->select;
    struct select_term output = {.expression = {pieces, count}};
    struct query_form form = {0};
    select.outputs = (struct select_terms){&output, &output, 1};
    if (!rows)
        select.orders = (struct select_terms){0};
    if (!query_prepare_form(q, write_outputs, &select, &form))
        return q->s->error.status;
    v->base.form = &form;
    v->base.row = take_value;
    return query_read(&v->base);
}

static void stand_alone(struct column *c)
{
    c->offset = 0;
}

static void *pluck(struct howdah_query *q, const struct select_source *source, const struct column *c,
                   size_t *ret_count)
{
    struct values v = {.base.q = q, .mapper = source->mapper, .column = *c, .item_size = c->size};
    struct select_piece pieces[3];
    uint32_t count = 0;
    void *items = NULL;
    stand_alone(&v.column);
    if (*c->read_open)
        pieces[count++] = piece_text(c->read_open);
    pieces[count++] = piece_column(source, c);
    if (*c->read_cast)
        pieces[count++] = piece_text(c->read_cast);
    if (run(&v, pieces, count, true) == HOWDAH_STATUS_OK) {
        items = arena_copy(&q->s->arena, v.items, v.count * v.item_size);
        if (!items)
            session_no_memory(q->s);
    }
    memory_free(&q->s->db->allocator, v.items);
    *ret_count = items ? v.count : 0;
    return items;
}

void *howdah_query_pluck_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                               size_t *ret_count)
{
    bool good = query_is_open(q);
    const struct select_source *source = good ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    size_t count = 0;
    void *items = NULL;
    if (enter_with(q, good)) {
        if (c)
            items = pluck(q, source, c, &count);
        query_leave(q);
    }
    if (ret_count)
        *ret_count = count;
    return items;
}

/* --- one value --- */

/* Where the value goes: a field of that type, which may be a howdah_value. */
static bool make_target(struct values *v, enum howdah_aggregate aggregate, const struct query_aggregate *a,
                        uint32_t type, size_t size)
{
    bool array = aggregate_is_array(aggregate);
    enum howdah_type base = (enum howdah_type)(type & 0xff);
    v->whole = type == HOWDAH_TYPE_NONE;
    enum column_shape shape = (v->whole ? array : (type & HOWDAH_TYPE_ARRAY) != 0) ? SHAPE_ARRAY
                              : type & HOWDAH_TYPE_NULLABLE                        ? SHAPE_NULLABLE
                                                                                   : SHAPE_PLAIN;
    const struct column *c = query_lone_column(v->base.q, a->column, v->whole ? a->type : base, shape);
    if (!c)
        return false;
    v->column = *c;
    v->item_size = size;
    if (shape == SHAPE_NULLABLE) {
        v->column.valid_offset = c->codec->size;
        v->column.size = size;
    }
    return true;
}

static bool read_scalar(struct values *v, struct query_aggregate *a, const char *cast)
{
    if (*cast)
        a->pieces[a->count++] = piece_text(cast);
    return run(v, a->pieces, a->count, false) == HOWDAH_STATUS_OK;
}

static bool check_scalar(struct howdah_query *q)
{
    const struct select *select = &q->select;
    if (!select->limit && !select->offset && !select->groups.first && !select->having.first && !select->distinct &&
        !select->lock)
        return true;
    query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL,
               "query_scalar is about all rows that fit: it goes without limit, offset, distinct, groups and locks");
    return false;
}

static void prepare_scalar(struct values *v, enum howdah_aggregate aggregate, const struct howdah_model *model,
                           size_t offset, uint32_t type, size_t size, struct query_aggregate *ret,
                           const char **ret_cast)
{
    struct howdah_query *q = v->base.q;
    if (!query_make_aggregate(q, aggregate, model, offset, true, ret) || !check_scalar(q) ||
        !make_target(v, aggregate, ret, type, size))
        return;
    v->mapper = ret->source->mapper;
    bool same_shape = aggregate_is_array(aggregate) == (v->column.shape == SHAPE_ARRAY);
    *ret_cast = same_shape ? aggregate_cast(aggregate, ret->column, v->column.codec->type) : NULL;
    if (!*ret_cast)
        query_fail(q, HOWDAH_STATUS_INVALID, v->mapper, ret->column, "the %s of %s.%s is %s%s: it does not fit into %s",
                   aggregate_name(aggregate), v->mapper->model->name, ret->column->field->name,
                   codec_of(ret->type)->sql_type, aggregate_is_array(aggregate) ? "[]" : "", v->column.codec->c_name);
}

enum howdah_status howdah_query_scalar_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                                             const struct howdah_model *model, size_t offset, uint32_t type,
                                             size_t size, void *ret)
{
    struct values v = {.base.q = q};
    struct query_aggregate a;
    const char *cast = "";
    bool good = query_is_open(q);
    if (good)
        prepare_scalar(&v, aggregate, model, offset, type, size, &a, &cast);
    if (!enter_with(q, good))
        return q ? session_refusal(q->s) : HOWDAH_STATUS_NO_MEMORY;
    if (read_scalar(&v, &a, cast) && v.count != 1)
        session_fail(q->s, HOWDAH_STATUS_PROTOCOL, NULL, NULL, NULL, "an aggregate of %zu rows", v.count);
    enum howdah_status status = q->s->error.status;
    if (status == HOWDAH_STATUS_OK)
        memcpy(ret, v.items, size);
    memory_free(&q->s->db->allocator, v.items);
    query_leave(q);
    return status;
}

/* --- counts --- */

/* One cell of a known size. */
struct answer {
    struct query_reading base;
    unsigned char bytes[8];
    int size;
};

static enum howdah_status take_answer(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct answer *answer = arg;
    (void)step;
    if (count != 1 || cells->size != answer->size)
        return session_fail(answer->base.q->s, HOWDAH_STATUS_PROTOCOL, NULL, NULL, NULL, "a count that makes no sense");
    memcpy(answer->bytes, cells->data, (size_t)answer->size);
    return HOWDAH_STATUS_OK;
}

static bool ask(struct howdah_query *q, enum select_form form, struct answer *answer)
{
    if (!query_enter(q, NULL))
        return false;
    answer->base.form = query_prepare(q, form);
    bool answered = answer->base.form && query_read(&answer->base) == HOWDAH_STATUS_OK;
    query_leave(q);
    return answered;
}

uint64_t howdah_query_count(struct howdah_query *q)
{
    struct answer answer = {.base = {.q = q, .row = take_answer}, .size = sizeof(uint64_t)};
    return ask(q, SELECT_COUNT, &answer) ? read_uint64(answer.bytes) : 0;
}

bool howdah_query_has_rows(struct howdah_query *q)
{
    struct answer answer = {.base = {.q = q, .row = take_answer}, .size = 1};
    return ask(q, SELECT_EXISTS, &answer) && answer.bytes[0] != 0;
}
