/* Parts of queries that the program wrote as SQL. */
#include "query.h"
#include "session.h"

#include "sql/format.h"

#include <howdah/sql.h>

static const struct select_parameter *parameter_of(struct howdah_query *q, const struct wire_value *value,
                                                   const struct howdah_value *shown)
{
    struct select_parameter *parameter = ARENA_NEW(&q->s->arena, struct select_parameter);
    if (parameter)
        *parameter = (struct select_parameter){
            .oid = value->type, .cast = "", .data = value->data, .size = value->size, .value = *shown};
    return parameter;
}

/* (text, $n, text ... ): parentheses, so that the fragment stays one condition. */
static bool lay_out(struct howdah_query *q, const struct format *format, struct select_expression *ret)
{
    uint32_t holes = format->scanned.hole_count, count = 0;
    size_t done = 0;
    struct select_piece *pieces = arena_allocate_array(&q->s->arena, 2 * (size_t)holes + 3, sizeof(*pieces));
    if (!pieces)
        return false;
    pieces[count++] = piece_text("(");
    for (uint32_t i = 0; i <= holes; i++) {
        size_t end = i < holes ? format->scanned.holes[i].at : format->scanned.size;
        struct select_piece text = piece_text("");
        text.text = format->scanned.text + done;
        text.length = end - done;
        pieces[count++] = text;
        done = end;
        const struct select_parameter *parameter =
            i < holes ? parameter_of(q, &format->values[i], &format->shown[i]) : NULL;
        if (parameter)
            pieces[count++] = piece_parameter(parameter);
        else if (i < holes)
            return false;
    }
    pieces[count++] = piece_text(")");
    *ret = (struct select_expression){pieces, count};
    return true;
}

bool query_fragment(struct howdah_query *q, const struct mapper *mapper, const struct column *column,
                    const char *format, va_list arguments, struct select_expression *ret)
{
    struct format read;
    const char *why = "";
    enum howdah_status status = format
                                    ? format_read(&q->s->db->texts, format, arguments, true, &q->s->arena, &read, &why)
                                    : HOWDAH_STATUS_INVALID;
    if (status == HOWDAH_STATUS_NO_MEMORY || (!status && !lay_out(q, &read, ret))) {
        query_no_memory(q);
        return false;
    }
    if (status)
        query_fail(q, status, mapper, column, "the SQL can't be sent: %s", format ? why : "it is NULL");
    return !status;
}

void howdah_query_where_sql_text(struct howdah_query *q, const char *format, ...)
{
    struct select_expression expression;
    va_list arguments;
    if (!query_is_open(q))
        return;
    va_start(arguments, format);
    if (query_fragment(q, query_root(q), NULL, format, arguments, &expression))
        query_add_condition(q, expression.pieces, expression.count);
    va_end(arguments);
}
