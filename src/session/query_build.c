/* Building queries: every fault is kept in the query, and comes out when it runs. */
#include "query.h"
#include "session.h"

#include <stdarg.h>
#include <stdio.h>

/* The operators that a query knows, and what each becomes beside NULL. */
static const struct operator_row {
    const char *name;
    const char *with_null;
    bool text_only;
} operators[] = {
    {"=", "IS NULL", false}, {"<>", "IS NOT NULL", false}, {"!=", "IS NOT NULL", false},
    {"<", NULL, false},      {"<=", NULL, false},          {">", NULL, false},
    {">=", NULL, false},     {"LIKE", NULL, true},         {"ILIKE", NULL, true},
};

static void fail(struct howdah_query *q, enum howdah_status status, const char *field, const char *format, ...)
    HOWDAH_PRINTF(4, 5);

static void fail(struct howdah_query *q, enum howdah_status status, const char *field, const char *format, ...)
{
    va_list args;
    if (q->status != HOWDAH_STATUS_OK)
        return;
    q->status = status;
    q->field = field;
    va_start(args, format);
    vsnprintf(q->message, sizeof(q->message), format, args);
    va_end(args);
}

static struct howdah_query *query_new(struct howdah_session *s, const struct howdah_model *model)
{
    struct howdah_query *q = ARENA_NEW(&s->arena, struct howdah_query);
    if (!q) {
        session_no_memory(s);
        return &s->lost_query;
    }
    q->s = s;
    q->mapper = session_mapper(s, model);
    q->last_condition = &q->conditions;
    q->last_ordering = &q->orderings;
    return q;
}

struct howdah_query *howdah_session_query_model(struct howdah_session *s, const struct howdah_model *model)
{
    if (!s)
        return NULL;
    if (!session_enter(s))
        return &s->lost_query;
    struct howdah_query *q = query_new(s, model);
    session_leave(s);
    return q;
}

/* Whether the query can be built on, and the column that is meant. */
static const struct column *column_for(struct howdah_query *q, const struct howdah_model *model, size_t offset)
{
    if (!q || !q->mapper || q->status != HOWDAH_STATUS_OK)
        return NULL;
    const struct column *c = model == q->mapper->model ? mapper_column_at(q->mapper, offset) : NULL;
    if (!c)
        fail(q, HOWDAH_STATUS_INVALID, NULL, "the query is about %s: that field is no column of it",
             q->mapper->model->name);
    return c;
}

static const struct operator_row *find_operator(const char *op)
{
    for (size_t i = 0; op && i < sizeof(operators) / sizeof(*operators); i++)
        if (strcmp(operators[i].name, op) == 0)
            return &operators[i];
    return NULL;
}

/* The condition's SQL operator; NULL and a fault if it makes no sense. */
static const char *operator_for(struct howdah_query *q, const struct column *c, const char *op, bool null)
{
    const struct operator_row *row = find_operator(op);
    const char *model = q->mapper->model->name, *field = c->field->name;
    bool is_text =
        c->shape == SHAPE_PLAIN && (c->codec->type == HOWDAH_TYPE_TEXT || c->codec->type == HOWDAH_TYPE_CHARS);
    if (!row)
        fail(q, HOWDAH_STATUS_INVALID, field, "%s.%s: no operator '%.20s'; there are = <> < <= > >= LIKE ILIKE", model,
             field, op ? op : "(null)");
    else if (null && !row->with_null)
        fail(q, HOWDAH_STATUS_INVALID, field, "%s.%s: '%s' with NULL is never true: use = or <>", model, field, op);
    else if (row->text_only && !is_text)
        fail(q, HOWDAH_STATUS_INVALID, field, "%s.%s: %s is for text", model, field, op);
    else
        return null ? row->with_null : row->name;
    return NULL;
}

/* Why the value can't be sent. A validator of the program's is about objects, not about questions. */
static const char *fault_of(const struct column *c, const void *object)
{
    return c->shape == SHAPE_ARRAY ? NULL : c->codec->check(c->field, column_field(c, object));
}

static const void *hold_value(struct howdah_query *q, const struct column *c, struct howdah_value value)
{
    const char *why = "";
    struct arena *arena = &q->s->arena;
    void *object = arena_allocate_zero(arena, q->mapper->model->size, q->mapper->model->alignment);
    enum howdah_status status = object ? column_assign(c, value, arena, object, &why) : HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_OK && (c->codec->has_pointers || c->shape == SHAPE_ARRAY) &&
        !column_copy(c, arena, object))
        status = HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_OK && (why = fault_of(c, object)))
        status = HOWDAH_STATUS_INVALID;
    if (status == HOWDAH_STATUS_OK)
        return object;
    fail(q, status, c->field->name, "%s.%s: the value of the condition %s", q->mapper->model->name, c->field->name,
         status == HOWDAH_STATUS_NO_MEMORY ? "has no memory" : why);
    return NULL;
}

void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, const char *op,
                              struct howdah_value value)
{
    const struct column *c = column_for(q, model, offset);
    const char *sql = c ? operator_for(q, c, op, value.type == HOWDAH_TYPE_NONE) : NULL;
    if (!sql)
        return;
    struct condition *condition = ARENA_NEW(&q->s->arena, struct condition);
    if (!condition) {
        fail(q, HOWDAH_STATUS_NO_MEMORY, NULL, "out of memory");
        return;
    }
    *condition = (struct condition){.column = c, .op = sql};
    if (value.type != HOWDAH_TYPE_NONE && !(condition->object = hold_value(q, c, value)))
        return;
    *q->last_condition = condition;
    q->last_condition = &condition->next;
}

void howdah_query_order_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                 enum howdah_order order)
{
    const struct column *c = column_for(q, model, offset);
    struct ordering *ordering = c ? ARENA_NEW(&q->s->arena, struct ordering) : NULL;
    if (c && !ordering)
        fail(q, HOWDAH_STATUS_NO_MEMORY, NULL, "out of memory");
    if (!ordering)
        return;
    *ordering = (struct ordering){.column = c, .order = order};
    *q->last_ordering = ordering;
    q->last_ordering = &ordering->next;
}

void howdah_query_limit(struct howdah_query *q, uint64_t rows)
{
    if (!q || !q->mapper)
        return;
    if (rows > INT64_MAX)
        fail(q, HOWDAH_STATUS_INVALID, NULL, "the limit is larger than the server's");
    q->limit = rows;
    q->limited = true;
}
