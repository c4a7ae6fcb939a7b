/* Conditions of queries: a column, an operator, values. */
#include "query.h"
#include "session.h"

enum { LIST_MAX = 180, TEXT_OID = 25 };

/* The fault says which operators do fit. */
static void refuse_operator(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                            const struct operator* op, const char *name)
{
    const char *model = mapper->model->name, *field = c->field->name;
    char list[LIST_MAX];
    operator_list(operator_family(c), list, sizeof(list));
    if (op)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s is %s: %s is for %s; use %s", model, field, c->ddl_type,
                   name, op->fits_say, *list ? list : "query_where_json");
    else
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: no operator '%.20s'; there are %s ...", model, field,
                   name ? name : "(null)", list);
}

static inline bool check_operator(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                                  const struct operator* op, const char *name)
{
    if (op && (op->fits & operator_family(c)))
        return true;
    refuse_operator(q, mapper, c, op, name);
    return false;
}

void query_refuse_mixed(struct howdah_query *q)
{
    query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL,
               "a group holds either conditions about rows or those of query_having: end it first");
}

static struct select_piece *add_condition(struct howdah_query *q, struct select_conditions *conditions, uint32_t count)
{
    bool mixed = conditions == &q->select.having ? !select_open_having(&q->select) : q->select.having.open != NULL;
    if (mixed) {
        query_refuse_mixed(q);
        return NULL;
    }
    struct select_piece *pieces = select_add_condition(conditions, &q->s->arena, count);
    if (!pieces)
        query_no_memory(q);
    query_changed(q);
    return pieces;
}

void query_add_condition(struct howdah_query *q, const struct select_piece *pieces, uint32_t count)
{
    struct select_piece *to = add_condition(q, &q->select.where, count);
    if (to)
        memcpy(to, pieces, count * sizeof(*pieces));
}

static void refuse_null(struct howdah_query *q, const struct query_left *left, const char *op)
{
    query_fail(q, HOWDAH_STATUS_INVALID, left->mapper, left->column, "%s.%s: '%s' with NULL is never true: use = or <>",
               left->mapper->model->name, left->column->field->name, op);
}

/* Pieces are put where they stay, one behind the other. */
static inline struct select_piece *put_fixed(struct select_piece *to, const char *text, size_t length)
{
    to->kind = PIECE_FIXED;
    to->text = text;
    to->length = length;
    return to + 1;
}

static inline struct select_piece *put_parameter(struct select_piece *to, const struct select_parameter *parameter)
{
    to->kind = PIECE_PARAMETER;
    to->parameter = parameter;
    return to + 1;
}

/* What an operator of text sees of a column of another type: what a program reads from it. */
static bool is_cast(const struct column *c, const struct operator* op)
{
    bool of_text = op->operand == OPERAND_PATTERN || op->operand == OPERAND_PART || op->operand == OPERAND_START ||
                   op->operand == OPERAND_ENDING;
    return of_text && operator_casts_text(c);
}

static inline struct select_piece *put_left(struct select_piece *to, const struct query_left *left, bool cast)
{
    if (cast)
        *to++ = piece_text(left->column->read_open);
    for (uint32_t i = 0; i < left->count; i++)
        *to++ = left->pieces[i];
    if (cast)
        *to++ = piece_text(*left->column->read_open ? left->column->read_cast : "::text");
    return to;
}

void query_compare(struct howdah_query *q, struct select_conditions *conditions, const struct query_left *left,
                   const char *name, const struct howdah_value *value)
{
    const struct operator* op = operator_find(name);
    const struct select_parameter *parameter = NULL;
    bool null = query_value_is_null(value);
    bool asks_for_null = null && op && op->with_null; /* of which there is no type that could not be asked */
    if (!asks_for_null && !check_operator(q, left->mapper, left->column, op, name))
        return;
    if (null && !asks_for_null) {
        refuse_null(q, left, name);
        return;
    }
    if (!null && !(parameter = query_parameter(q, left->mapper, left->column, op->operand, value)))
        return;
    bool value_first = op->operand == OPERAND_ITEM, closed = parameter && op->closed, cast = is_cast(left->column, op);
    struct select_piece *to = add_condition(q, conditions, left->count + 1 + (parameter != NULL) + closed + 2 * cast);
    if (!to)
        return;
    if (value_first)
        to = put_fixed(put_parameter(to, parameter), op->text, op->length);
    to = put_left(to, left, cast);
    if (!value_first)
        to = parameter ? put_fixed(to, op->text, op->length) : put_fixed(to, op->with_null, strlen(op->with_null));
    if (!value_first && parameter)
        to = put_parameter(to, parameter);
    if (closed)
        put_fixed(to, ")", 1);
}

void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, const char *op,
                              struct howdah_value value)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c)
        return;
    const struct select_piece piece = piece_column(source, c);
    query_compare(q, &q->select.where, &(struct query_left){&piece, 1, source->mapper, c}, op, &value);
}

void howdah_query_where_between_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                      struct howdah_value low, struct howdah_value high)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c || !check_operator(q, source->mapper, c, operator_find(">="), "BETWEEN"))
        return;
    if (query_value_is_null(&low) || query_value_is_null(&high)) {
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, c,
                   "%s.%s: BETWEEN with NULL is never true: use >= or <= for a range that is open on one side",
                   source->mapper->model->name, c->field->name);
        return;
    }
    const struct select_parameter *from = query_parameter(q, source->mapper, c, OPERAND_SAME, &low);
    const struct select_parameter *to = from ? query_parameter(q, source->mapper, c, OPERAND_SAME, &high) : NULL;
    if (!to)
        return;
    const struct select_piece pieces[] = {piece_column(source, c), piece_text(" BETWEEN "), piece_parameter(from),
                                          piece_text(" AND "), piece_parameter(to)};
    query_add_condition(q, pieces, sizeof(pieces) / sizeof(*pieces));
}
