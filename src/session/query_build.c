/* Building queries: every fault is kept in the query, and comes out when it runs. */
#include "query.h"
#include "session.h"

#include <stdarg.h>
#include <stdio.h>

void query_fail(struct howdah_query *q, enum howdah_status status, const struct mapper *mapper,
                const struct column *column, const char *format, ...)
{
    va_list args;
    if (q->status != HOWDAH_STATUS_OK)
        return;
    q->status = status;
    q->model = mapper ? mapper->model->name : NULL;
    q->field = column ? column->field->name : NULL;
    va_start(args, format);
    vsnprintf(q->message, sizeof(q->message), format, args);
    va_end(args);
}

void query_no_memory(struct howdah_query *q)
{
    query_fail(q, HOWDAH_STATUS_NO_MEMORY, NULL, NULL, "out of memory");
}

void query_changed(struct howdah_query *q)
{
    for (int i = 0; i < SELECT_FORM_COUNT; i++)
        q->forms[i].prepared.statement = NULL;
}

static struct howdah_query *query_new(struct howdah_session *s, const struct howdah_model *model)
{
    const struct mapper *mapper = session_mapper(s, model);
    struct howdah_query *q = mapper ? ARENA_NEW(&s->arena, struct howdah_query) : NULL;
    if (mapper && (!q || !select_init(&q->select, &s->arena, mapper))) {
        session_no_memory(s);
        return &s->lost_query;
    }
    if (!q)
        return &s->lost_query;
    q->s = s;
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

/* --- what is meant --- */

const struct select_source *query_source(struct howdah_query *q, const struct howdah_model *model)
{
    const char *name = model && model->name ? model->name : "(none)";
    for (const struct select_scope *scope = q->select.within; scope; scope = scope->outer) {
        const struct select_source *found = NULL;
        for (const struct select_source *source = scope->first; source; source = source->next) {
            if (source->mapper->model != model)
                continue;
            if (found) {
                query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, NULL, "%s is in the query more than once", name);
                return NULL;
            }
            found = source;
        }
        if (found)
            return found;
    }
    query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL, "the query is about %s: %s is not in it",
               query_root(q)->model->name, name);
    return NULL;
}

const struct column *query_column(struct howdah_query *q, const struct select_source *source, size_t offset)
{
    const struct column *c = source ? mapper_column_at(source->mapper, offset) : NULL;
    if (source && !c)
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, NULL, "the field at offset %zu is no column of %s", offset,
                   source->mapper->model->name);
    return c;
}

/* --- conditions --- */

/* The operators that a query knows, and what each becomes beside NULL. */
static const struct operator_row {
    const char *name;
    const char *text;
    const char *with_null;
    bool text_only;
} operators[] = {
    {"=", " = ", " IS NULL", false}, {"<>", " <> ", " IS NOT NULL", false}, {"!=", " <> ", " IS NOT NULL", false},
    {"<", " < ", NULL, false},       {"<=", " <= ", NULL, false},           {">", " > ", NULL, false},
    {">=", " >= ", NULL, false},     {"LIKE", " LIKE ", NULL, true},        {"ILIKE", " ILIKE ", NULL, true},
};

static const struct operator_row *find_operator(const char *op)
{
    for (size_t i = 0; op && i < sizeof(operators) / sizeof(*operators); i++)
        if (strcmp(operators[i].name, op) == 0)
            return &operators[i];
    return NULL;
}

/* The condition's operator; NULL and a fault if it makes no sense. */
static const struct operator_row *operator_for(struct howdah_query *q, const struct mapper *mapper,
                                               const struct column *c, const char *op, bool null)
{
    const struct operator_row *row = find_operator(op);
    const char *model = mapper->model->name, *field = c->field->name;
    bool is_text =
        c->shape == SHAPE_PLAIN && (c->codec->type == HOWDAH_TYPE_TEXT || c->codec->type == HOWDAH_TYPE_CHARS);
    if (!row)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c,
                   "%s.%s: no operator '%.20s'; there are = <> < <= > >= LIKE ILIKE", model, field, op ? op : "(null)");
    else if (null && !row->with_null)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: '%s' with NULL is never true: use = or <>", model,
                   field, op);
    else if (row->text_only && !is_text)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: %s is for text", model, field, op);
    else
        return row;
    return NULL;
}

void query_add_condition(struct howdah_query *q, const struct select_piece *pieces, uint32_t count)
{
    struct arena *arena = &q->s->arena;
    const struct select_piece *kept = arena_copy(arena, pieces, count * sizeof(*pieces));
    if (!kept || !select_add_condition(&q->select.where, arena, (struct select_expression){kept, count}))
        query_no_memory(q);
    query_changed(q);
}

void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, const char *op,
                              struct howdah_value value)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    bool null = value.type == HOWDAH_TYPE_NONE;
    const struct operator_row *row = c ? operator_for(q, source->mapper, c, op, null) : NULL;
    if (!row)
        return;
    struct select_piece pieces[] = {piece_column(source, c), piece_text(null ? row->with_null : row->text), {0}};
    const struct select_parameter *parameter = null ? NULL : query_parameter(q, source->mapper, c, value);
    if (!null && !parameter)
        return;
    pieces[2] = piece_parameter(parameter);
    query_add_condition(q, pieces, null ? 2 : 3);
}

/* --- order and limit --- */

void howdah_query_order_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                 enum howdah_order order)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c)
        return;
    if ((unsigned)order > HOWDAH_ORDER_DESC_NULLS_LAST) {
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, c, "%s.%s: there is no order %d",
                   source->mapper->model->name, c->field->name, (int)order);
        return;
    }
    const struct select_piece piece = piece_column(source, c), *kept = arena_copy(&q->s->arena, &piece, sizeof(piece));
    const struct select_term term = {.expression = {kept, 1}, .source = source, .column = c, .order = order};
    if (!kept || !select_add_term(&q->select.orders, &q->s->arena, &term))
        query_no_memory(q);
    query_changed(q);
}

void howdah_query_limit(struct howdah_query *q, uint64_t rows)
{
    if (!query_is_open(q))
        return;
    if (rows > INT64_MAX)
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "the limit is larger than the server's");
    else
        q->select.limit = query_number(q, rows);
    query_changed(q);
}
