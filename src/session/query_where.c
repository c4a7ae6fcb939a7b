/* Conditions of queries: a column, an operator, values. */
#include "query.h"
#include "session.h"

enum { LIST_MAX = 160, TEXT_OID = 25 };

/* Whether the operator makes sense for the column; else a fault that says which do. */
static bool check_operator(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                           const struct operator* op, const char *name)
{
    enum operator_family family = operator_family(c);
    const char *model = mapper->model->name, *field = c->field->name;
    char list[LIST_MAX];
    if (op && (op->fits & family))
        return true;
    operator_list(family, list, sizeof(list));
    if (op)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s is %s: %s is for %s; use %s", model, field, c->ddl_type,
                   name, op->fits_say, *list ? list : "query_where_json");
    else
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: no operator '%.20s'; there are %s ...", model, field,
                   name ? name : "(null)", list);
    return false;
}

void query_add_condition(struct howdah_query *q, const struct select_piece *pieces, uint32_t count)
{
    struct arena *arena = &q->s->arena;
    const struct select_piece *kept = arena_copy(arena, pieces, count * sizeof(*pieces));
    if (!kept || !select_add_condition(&q->select.where, arena, (struct select_expression){kept, count}))
        query_no_memory(q);
    query_changed(q);
}

/* What stands on the left of an operator. */
struct left {
    const struct select_piece *pieces;
    uint32_t count;
    const struct mapper *mapper; /* for messages, as is the column's field */
    const struct column *column;
};

enum { PIECES_MAX = 16 };

/* `left op value`, in the order of the operator. */
static void compare(struct howdah_query *q, const struct left *left, const char *name, struct howdah_value value)
{
    struct select_piece pieces[PIECES_MAX];
    const struct operator* op = operator_find(name);
    const struct mapper *mapper = left->mapper;
    const struct column *c = left->column;
    uint32_t count = 0;
    if (!check_operator(q, mapper, c, op, name))
        return;
    bool null = query_value_is_null(value);
    if (null && !op->with_null) {
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: '%s' with NULL is never true: use = or <>",
                   mapper->model->name, c->field->name, name);
        return;
    }
    const struct select_parameter *parameter = null ? NULL : query_parameter(q, mapper, c, op->operand, value);
    if (!null && !parameter)
        return;
    if (op->operand == OPERAND_ITEM) {
        pieces[count++] = piece_parameter(parameter);
        pieces[count++] = piece_text(op->text);
    }
    memcpy(pieces + count, left->pieces, left->count * sizeof(*pieces));
    count += left->count;
    if (op->operand != OPERAND_ITEM)
        pieces[count++] = piece_text(null ? op->with_null : op->text);
    if (op->operand != OPERAND_ITEM && !null)
        pieces[count++] = piece_parameter(parameter);
    if (*op->close)
        pieces[count++] = piece_text(op->close);
    query_add_condition(q, pieces, count);
}

void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, const char *op,
                              struct howdah_value value)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c)
        return;
    const struct select_piece piece = piece_column(source, c);
    compare(q, &(struct left){&piece, 1, source->mapper, c}, op, value);
}

void howdah_query_where_between_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                      struct howdah_value low, struct howdah_value high)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c || !check_operator(q, source->mapper, c, operator_find(">="), "BETWEEN"))
        return;
    if (query_value_is_null(low) || query_value_is_null(high)) {
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, c,
                   "%s.%s: BETWEEN with NULL is never true: use >= or <= for a range that is open on one side",
                   source->mapper->model->name, c->field->name);
        return;
    }
    const struct select_parameter *from = query_parameter(q, source->mapper, c, OPERAND_SAME, low);
    const struct select_parameter *to = from ? query_parameter(q, source->mapper, c, OPERAND_SAME, high) : NULL;
    if (!to)
        return;
    const struct select_piece pieces[] = {piece_column(source, c), piece_text(" BETWEEN "), piece_parameter(from),
                                          piece_text(" AND "), piece_parameter(to)};
    query_add_condition(q, pieces, sizeof(pieces) / sizeof(*pieces));
}
