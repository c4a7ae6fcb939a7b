/* Conditions and orders that are more than an operator beside a column: values inside JSON, full text, similarity. */
#include "query.h"
#include "session.h"

enum { PIECES_MAX = 20 };

/* The field that is meant, and what is written about it. */
struct subject {
    struct howdah_query *q;
    const struct select_source *source;
    const struct column *column;
    struct select_piece pieces[PIECES_MAX];
    uint32_t count;
};

static bool find_subject(struct howdah_query *q, const struct howdah_model *model, size_t offset, struct subject *ret)
{
    *ret = (struct subject){.q = q};
    ret->source = query_is_open(q) ? query_source(q, model) : NULL;
    ret->column = ret->source ? query_column(q, ret->source, offset) : NULL;
    return ret->column != NULL;
}

static void refuse(const struct subject *on, const char *why)
{
    const char *model = on->source->mapper->model->name, *field = on->column->field->name;
    query_fail(on->q, HOWDAH_STATUS_INVALID, on->source->mapper, on->column, "%s.%s is %s: %s", model, field,
               on->column->ddl_type, why);
}

static void text(struct subject *on, const char *piece)
{
    on->pieces[on->count++] = piece_text(piece);
}

static void column(struct subject *on)
{
    on->pieces[on->count++] = piece_column(on->source, on->column);
}

static void parameter(struct subject *on, const struct select_parameter *p)
{
    on->pieces[on->count++] = piece_parameter(p);
}

static const struct select_parameter *text_parameter(const struct subject *on, enum operand operand, const char *value)
{
    if (value) {
        const struct howdah_value text = howdah_value_text(value);
        return query_parameter(on->q, on->source->mapper, on->column, operand, &text);
    }
    refuse(on, "there is no text to look for");
    return NULL;
}

/* --- inside JSON --- */

/* As which type the value at the path is compared: that of what it is compared with. */
static enum howdah_type type_at_path(const struct operator* op, const struct howdah_value *value)
{
    if (op->operand == OPERAND_NAME || op->operand == OPERAND_NAMES || op->operand == OPERAND_JSON_PATH ||
        !(op->fits & FAMILY_TEXT))
        return HOWDAH_TYPE_JSON;
    switch (value->type & ~(uint32_t)HOWDAH_TYPE_ARRAY) {
    case HOWDAH_TYPE_BOOL: return HOWDAH_TYPE_BOOL;
    case HOWDAH_TYPE_FLOAT:
    case HOWDAH_TYPE_DOUBLE: return HOWDAH_TYPE_DOUBLE;
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32:
    case HOWDAH_TYPE_INT64:
    case HOWDAH_TYPE_UINT64:
    case HOWDAH_TYPE_NUMERIC: return HOWDAH_TYPE_NUMERIC;
    case HOWDAH_TYPE_JSON: return HOWDAH_TYPE_JSON;
    default: return HOWDAH_TYPE_TEXT;
    }
}

/* What is no number (or no truth value) is NULL there: a cast would fail on it, and the query with it. */
static void write_guarded(struct subject *on, const struct select_parameter *path, const char *kind, const char *cast)
{
    bool plain = operator_family(on->column) == FAMILY_RAW_JSON;
    text(on, plain ? "CASE WHEN pg_catalog.json_typeof(" : "CASE WHEN pg_catalog.jsonb_typeof(");
    column(on);
    text(on, " #> ");
    parameter(on, path);
    text(on, kind);
    column(on);
    text(on, " #>> ");
    parameter(on, path);
    text(on, cast);
}

static void write_path(struct subject *on, const struct select_parameter *path, enum howdah_type type)
{
    switch (type) {
    case HOWDAH_TYPE_BOOL: write_guarded(on, path, ") = 'boolean' THEN (", ")::boolean END"); return;
    case HOWDAH_TYPE_DOUBLE: write_guarded(on, path, ") = 'number' THEN (", ")::double precision END"); return;
    case HOWDAH_TYPE_NUMERIC: write_guarded(on, path, ") = 'number' THEN (", ")::numeric END"); return;
    default: break;
    }
    text(on, "(");
    column(on);
    text(on, type == HOWDAH_TYPE_JSON ? " #> " : " #>> ");
    parameter(on, path);
    text(on, type == HOWDAH_TYPE_JSON && operator_family(on->column) == FAMILY_RAW_JSON ? ")::jsonb" : ")");
}

void howdah_query_where_json_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                   const char *const *path, const char *op, struct howdah_value value)
{
    struct subject on;
    const struct operator* found = operator_find(op);
    if (!find_subject(q, model, offset, &on))
        return;
    if (!(operator_family(on.column) & (FAMILY_JSON | FAMILY_RAW_JSON)) || !path) {
        refuse(&on, path ? "query_where_json is for jsonb and json" : "the path is NULL: make one with JSON_PATH");
        return;
    }
    struct howdah_text_array array = {.items = (const char **)(uintptr_t)path};
    while (path[array.count])
        array.count++;
    const struct howdah_value names = howdah_value_text_array(array);
    const struct select_parameter *p = query_parameter(q, on.source->mapper, on.column, OPERAND_NAMES, &names);
    enum howdah_type type = found ? type_at_path(found, &value) : HOWDAH_TYPE_TEXT;
    const struct column *like = p ? query_lone_column(q, on.column, type, SHAPE_PLAIN) : NULL;
    if (!like)
        return;
    write_path(&on, p, type);
    query_compare(q, &q->select.where, &(struct query_left){on.pieces, on.count, on.source->mapper, like}, op, &value);
}

/* --- full text --- */

static bool is_tsvector(const struct column *c)
{
    return c->shape == SHAPE_PLAIN && strcmp(c->write_cast, "::tsvector") == 0;
}

static bool is_text(const struct column *c)
{
    return operator_family(c) == FAMILY_TEXT;
}

/* The document and what is looked for, with something between them. */
static bool write_search(struct subject *on, const char *configuration, const char *words, const char *between)
{
    if (!is_tsvector(on->column) && !is_text(on->column)) {
        refuse(on, "full text is searched in text and tsvector");
        return false;
    }
    const struct select_parameter *by = text_parameter(on, OPERAND_CONFIGURATION, configuration);
    const struct select_parameter *what = by ? text_parameter(on, OPERAND_NAME, words) : NULL;
    if (!what)
        return false;
    if (is_tsvector(on->column)) {
        column(on);
    } else {
        text(on, "pg_catalog.to_tsvector(");
        parameter(on, by);
        text(on, ", ");
        column(on);
        text(on, ")");
    }
    text(on, between);
    text(on, "pg_catalog.websearch_to_tsquery(");
    parameter(on, by);
    text(on, ", ");
    parameter(on, what);
    text(on, ")");
    return true;
}

void howdah_query_where_search_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                     const char *configuration, const char *words)
{
    struct subject on;
    if (find_subject(q, model, offset, &on) && write_search(&on, configuration, words, " @@ "))
        query_add_condition(q, on.pieces, on.count);
}

void howdah_query_order_by_search_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                        const char *configuration, const char *words)
{
    struct subject on;
    if (!find_subject(q, model, offset, &on))
        return;
    text(&on, "pg_catalog.ts_rank(");
    if (!write_search(&on, configuration, words, ", "))
        return;
    text(&on, ")");
    query_add_term(q, &q->select.orders, on.pieces, on.count, (struct select_term){.order = HOWDAH_ORDER_DESC});
}

/* --- similarity: pg_trgm's, in whatever schema it was installed --- */

static const struct select_parameter *similar_to(const struct subject *on, const char *value)
{
    if (is_text(on->column))
        return text_parameter(on, OPERAND_NAME, value);
    refuse(on, "only text is similar to text");
    return NULL;
}

void howdah_query_where_similar_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                      const char *to)
{
    struct subject on;
    const struct select_parameter *p = find_subject(q, model, offset, &on) ? similar_to(&on, to) : NULL;
    if (!p)
        return;
    column(&on);
    text(&on, " % ");
    parameter(&on, p);
    query_add_condition(q, on.pieces, on.count);
}

void howdah_query_order_by_similarity_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                            const char *to)
{
    struct subject on;
    const struct select_parameter *p = find_subject(q, model, offset, &on) ? similar_to(&on, to) : NULL;
    if (!p)
        return;
    text(&on, "similarity(");
    column(&on);
    text(&on, ", ");
    parameter(&on, p);
    text(&on, ")");
    query_add_term(q, &q->select.orders, on.pieces, on.count, (struct select_term){.order = HOWDAH_ORDER_DESC});
}
