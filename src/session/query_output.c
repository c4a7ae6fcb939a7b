/* What a query gives back instead of whole rows: groups, aggregates, and outputs for plain structs. */
#include "query.h"
#include "rows.h"

#include "sql/aggregate.h"

/* --- aggregates --- */

static void add_text(struct query_aggregate *a, const char *text)
{
    if (*text)
        a->pieces[a->count++] = piece_text(text);
}

/* The function around its column. `read` is for output: types behind a cast are cast as whole columns are. */
static void make_pieces(struct query_aggregate *a, enum howdah_aggregate aggregate, bool read)
{
    const struct column *c = a->column;
    bool inside = aggregate_is_array(aggregate), outside = read && aggregate_keeps_type(aggregate);
    if (outside)
        add_text(a, c->read_open);
    add_text(a, aggregate_open(aggregate));
    if (inside)
        add_text(a, c->read_open);
    a->pieces[a->count++] = piece_column(a->source, c);
    if (inside)
        add_text(a, c->read_cast);
    add_text(a, ")");
    if (outside)
        add_text(a, c->read_cast);
}

bool query_make_aggregate(struct howdah_query *q, enum howdah_aggregate aggregate, const struct howdah_model *model,
                          size_t offset, bool read, struct query_aggregate *ret)
{
    const char *name = aggregate_name(aggregate);
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c)
        return false;
    *ret = (struct query_aggregate){.source = source, .column = c};
    if (name)
        ret->type = aggregate_type(aggregate, c);
    if (name && ret->type == HOWDAH_TYPE_NONE)
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, c, "%s.%s is %s, of which there is no %s",
                   source->mapper->model->name, c->field->name, c->ddl_type, name);
    else if (!name)
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, c, "%s.%s: there is no aggregate %d",
                   source->mapper->model->name, c->field->name, (int)aggregate);
    else if (aggregate != HOWDAH_AGGREGATE_COUNT_DISTINCT || query_check_sortable(q, source->mapper, c))
        make_pieces(ret, aggregate, read);
    return ret->count > 0;
}

/* --- groups --- */

void howdah_query_group_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c || !query_check_sortable(q, source->mapper, c))
        return;
    const struct select_piece piece = piece_column(source, c);
    query_add_term(q, &q->select.groups, &piece, 1, (struct select_term){.source = source, .column = c});
}

void howdah_query_having_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                               const struct howdah_model *model, size_t offset, const char *op,
                               struct howdah_value value)
{
    struct query_aggregate a;
    if (!query_make_aggregate(q, aggregate, model, offset, false, &a))
        return;
    bool real = value.type == HOWDAH_TYPE_DOUBLE || value.type == HOWDAH_TYPE_FLOAT;
    bool as_real = a.type == HOWDAH_TYPE_NUMERIC && real; /* the server compares numeric with double precision */
    const struct column *like = aggregate_keeps_type(aggregate)
                                    ? a.column
                                    : query_lone_column(q, a.column, as_real ? HOWDAH_TYPE_DOUBLE : a.type,
                                                        aggregate_is_array(aggregate) ? SHAPE_ARRAY : SHAPE_PLAIN);
    const struct query_left left = {a.pieces, a.count, a.source->mapper, like};
    if (like)
        query_compare(q, &q->select.having, &left, op, &value);
}

void howdah_query_order_by_aggregate_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                                           const struct howdah_model *model, size_t offset, enum howdah_order order)
{
    struct query_aggregate a;
    if (!query_make_aggregate(q, aggregate, model, offset, false, &a) ||
        !query_check_order(q, a.source->mapper, a.column, order))
        return;
    query_add_term(q, &q->select.orders, a.pieces, a.count, (struct select_term){.order = order});
}

/* --- outputs --- */

/* The plain struct's column for an output; the first one decides which struct it is. */
static const struct column *output_column(struct howdah_query *q, const struct howdah_model *result, size_t offset)
{
    const struct mapper *mapper = query_is_open(q) ? query_row_mapper(q, result) : NULL;
    const struct column *c = mapper ? mapper_column_at(mapper, offset) : NULL;
    if (!mapper)
        return NULL;
    if (q->result && q->result != mapper) {
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL,
                   "the query gives %s already, not %s: one struct for all outputs", q->result->model->name,
                   mapper->model->name);
        return NULL;
    }
    if (!c)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL, "the field at offset %zu is no column of %s", offset,
                   mapper->model->name);
    for (const struct select_term *output = q->select.outputs.first; c && output; output = output->next)
        if (output->column == c)
            query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s is selected twice", mapper->model->name,
                       c->field->name);
    q->result = mapper;
    return q->status == HOWDAH_STATUS_OK ? c : NULL;
}

void howdah_query_select_field(struct howdah_query *q, const struct howdah_model *result, size_t result_offset,
                               const struct howdah_model *model, size_t offset)
{
    const struct column *to = output_column(q, result, result_offset);
    const struct select_source *source = to ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    struct query_aggregate read = {.source = source, .column = c};
    if (!c)
        return;
    add_text(&read, c->read_open);
    read.pieces[read.count++] = piece_column(source, c);
    add_text(&read, c->read_cast);
    query_add_term(q, &q->select.outputs, read.pieces, read.count, (struct select_term){.column = to});
}

void howdah_query_select_aggregate_field(struct howdah_query *q, const struct howdah_model *result,
                                         size_t result_offset, enum howdah_aggregate aggregate,
                                         const struct howdah_model *model, size_t offset)
{
    const struct column *to = output_column(q, result, result_offset);
    struct query_aggregate a;
    if (!to || !query_make_aggregate(q, aggregate, model, offset, true, &a))
        return;
    bool array = aggregate_is_array(aggregate);
    const char *cast =
        array == (to->shape == SHAPE_ARRAY) ? aggregate_cast(aggregate, a.column, to->codec->type) : NULL;
    if (!cast) {
        query_fail(q, HOWDAH_STATUS_INVALID, q->result, to,
                   "%s.%s is %s%s: it can't take the %s of %s.%s, which is %s%s", q->result->model->name,
                   to->field->name, to->codec->sql_type, to->shape == SHAPE_ARRAY ? "[]" : "",
                   aggregate_name(aggregate), a.source->mapper->model->name, a.column->field->name,
                   codec_of(a.type)->sql_type, array ? "[]" : "");
        return;
    }
    add_text(&a, cast);
    query_add_term(q, &q->select.outputs, a.pieces, a.count, (struct select_term){.column = to});
}
