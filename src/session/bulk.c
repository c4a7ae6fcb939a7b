/* UPDATE and DELETE of the rows that a query finds, and the session's objects kept in step. */
#include "direct.h"
#include "object.h"
#include "query.h"
#include "returned.h"

#include <howdah/write.h>

/* One of them under way. */
struct bulk {
    struct howdah_query *q;
    const struct mapper *mapper;
    struct select_source *target;  /* the table that is written, by its alias */
    const struct column **columns; /* that come back; none if the session has no object of the model */
    uint32_t count;
    bool deletes;
    struct select_statement prepared;
    struct pg_binding binding;
    struct returned returned;
    uint64_t affected;
};

/* --- building --- */

/* Why a column can't be assigned; NULL: it can be. */
static const char *refusal(const struct column *c)
{
    return c->key           ? "is part of the primary key, which stays"
           : c->version     ? "is the version, which the library counts"
           : c->server_only ? "is made by the server"
                            : NULL;
}

/* What the query assigns to the column, and the how manieth that is; or NULL. */
static struct select_term *find_set(const struct howdah_query *q, const struct column *c, uint32_t *ret_number)
{
    uint32_t number = 0;
    struct select_term *set = q->sets.first;
    for (; set && set->column != c; set = set->next)
        number++;
    *ret_number = number;
    return set;
}

static const struct column *assigned_column(struct howdah_query *q, const struct howdah_model *model, size_t offset)
{
    const struct mapper *root = query_is_open(q) ? query_root(q) : NULL;
    const struct column *c = root && model == root->model ? mapper_column_at(root, offset) : NULL;
    if (!root)
        return NULL;
    if (!c) {
        query_fail(q, HOWDAH_STATUS_INVALID, root, NULL, "the query is about %s: that field is no column of it",
                   root->model->name);
        return NULL;
    }
    const char *why = refusal(c);
    uint32_t number = 0;
    if (!why && find_set(q, c, &number) && number >= q->sets_run)
        why = "is set twice";
    if (why)
        query_fail(q, HOWDAH_STATUS_INVALID, root, c, "%s.%s %s", root->model->name, c->field->name, why);
    return why ? NULL : c;
}

static void add_set(struct howdah_query *q, const struct column *c, struct select_expression expression)
{
    const struct select_term term = {.expression = expression, .column = c};
    uint32_t number;
    struct select_term *there = find_set(q, c, &number);
    if (there)
        there->expression = expression;
    else if (!select_add_term(&q->sets, &q->s->arena, &term))
        query_no_memory(q);
}

static const struct select_parameter *null_parameter(struct howdah_query *q, const struct column *c)
{
    struct select_parameter *parameter = NULL;
    if (!c->nullable)
        query_fail(q, HOWDAH_STATUS_NOT_NULL, query_root(q), c, "%s.%s can't be NULL", query_root(q)->model->name,
                   c->field->name);
    else if (!(parameter = ARENA_NEW(&q->s->arena, struct select_parameter)))
        query_no_memory(q);
    if (parameter)
        *parameter = (struct select_parameter){.oid = c->item_oid, .cast = c->write_cast, .size = -1};
    return parameter;
}

void howdah_query_set_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                            struct howdah_value value)
{
    const struct column *c = assigned_column(q, model, offset);
    if (!c)
        return;
    const struct select_parameter *parameter = query_value_is_null(&value)
                                                   ? null_parameter(q, c)
                                                   : query_parameter(q, query_root(q), c, OPERAND_ASSIGNED, &value);
    struct select_piece *piece = parameter ? ARENA_NEW(&q->s->arena, struct select_piece) : NULL;
    if (piece)
        *piece = piece_parameter(parameter);
    if (piece)
        add_set(q, c, (struct select_expression){piece, 1});
    else if (parameter)
        query_no_memory(q);
}

void howdah_query_set_sql_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                const char *format, ...)
{
    const struct column *c = assigned_column(q, model, offset);
    struct select_expression expression;
    va_list arguments;
    if (!c)
        return;
    va_start(arguments, format);
    if (query_fragment(q, query_root(q), c, format, arguments, &expression))
        add_set(q, c, expression);
    va_end(arguments);
}

void howdah_query_all_rows(struct howdah_query *q)
{
    if (query_is_open(q))
        q->all_rows = true;
}

/* --- the statement --- */

/* One table and conditions only: they can stand in the statement itself. */
static bool is_simple(const struct select *select)
{
    return !select->scope.first->next && !select->limit && !select->offset && !select->lock && !select->distinct;
}

static void write_columns(struct select_writer *w, const struct bulk *bulk)
{
    for (uint32_t i = 0; i < bulk->count; i++) {
        write_text(w, i ? ", " : " RETURNING ");
        write_text(w, bulk->columns[i]->read_open);
        write_column(w, bulk->target, bulk->columns[i]);
        write_text(w, bulk->columns[i]->read_cast);
    }
}

static void write_sets(struct select_writer *w, const struct bulk *bulk)
{
    const struct column *version = bulk->mapper->version;
    for (const struct select_term *set = bulk->q->sets.first; set; set = set->next) {
        write_text(w, set == bulk->q->sets.first ? " SET " : ", ");
        write_identifier(w, set->column->name);
        write_text(w, " = ");
        write_expression(w, set->expression);
    }
    if (version) {
        write_text(w, ", ");
        write_identifier(w, version->name);
        write_text(w, " = ");
        write_column(w, bulk->target, version);
        write_text(w, " + 1");
    }
}

/* WHERE (key) IN (the query's keys). */
static void write_key_condition(struct select_writer *w, const struct bulk *bulk)
{
    const struct mapper *mapper = bulk->mapper;
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        write_text(w, i ? ", " : " WHERE (");
        write_column(w, bulk->target, &mapper->columns[mapper->key[i]]);
    }
    write_text(w, ") IN (");
    write_select(w, &bulk->q->select, SELECT_KEYS);
    write_text(w, ")");
}

static void write_bulk(struct select_writer *w, const void *arg)
{
    const struct bulk *bulk = arg;
    const struct select *select = &bulk->q->select;
    const struct select_scope scope = {.first = bulk->target};
    write_text(w, bulk->deletes ? "DELETE FROM " : "UPDATE ");
    write_sources(w, &scope);
    if (!bulk->deletes)
        write_sets(w, bulk);
    if (is_simple(select))
        write_conditions(w, &select->where, " WHERE ");
    else
        write_key_condition(w, bulk);
    write_columns(w, bulk);
}

/* --- checks --- */

static bool has_condition(const struct select_conditions *conditions)
{
    for (const struct select_node *node = conditions->first; node; node = node->next)
        if (node->kind == NODE_CONDITION || node->kind == NODE_EXISTS)
            return true;
    return false;
}

static const char *fault_of(const struct bulk *bulk)
{
    const struct howdah_query *q = bulk->q;
    const struct select *select = &q->select;
    if (select->groups.first || select->having.first || select->outputs.first)
        return "groups and aggregates have no rows that could be written";
    if (!has_condition(&select->where) && !q->all_rows)
        return "it has no condition: add one, or say query_all_rows if all rows are meant";
    if (!bulk->deletes && !q->sets.first)
        return "nothing is set: use query_set";
    return NULL;
}

static bool check(const struct bulk *bulk)
{
    const char *why = fault_of(bulk);
    if (!why)
        return true;
    session_fail(bulk->q->s, HOWDAH_STATUS_INVALID, bulk->mapper->model->name, NULL, NULL,
                 "the query of %s can't %s rows: %s", bulk->mapper->model->name, bulk->deletes ? "delete" : "update",
                 why);
    return false;
}

/* --- what comes back --- */

/* The key, and of an update what is new. Nothing, if the session has no object that it could be for. */
static bool choose_columns(struct bulk *bulk)
{
    uint32_t number;
    const struct mapper *mapper = bulk->mapper;
    struct howdah_session *s = bulk->q->s;
    if (!s->slabs.chains[mapper->index].first)
        return true;
    bulk->columns = arena_allocate_array(&s->scratch, mapper->column_count + KEY_PARTS_MAX, sizeof(*bulk->columns));
    if (!bulk->columns)
        return !session_no_memory(s);
    for (uint32_t i = 0; i < mapper->key_count; i++)
        bulk->columns[bulk->count++] = &mapper->columns[mapper->key[i]];
    for (uint32_t i = 0; i < mapper->column_count && !bulk->deletes; i++) {
        const struct column *c = &mapper->columns[i];
        if (!c->key && (c->server_only || c->version || find_set(bulk->q, c, &number)))
            bulk->columns[bulk->count++] = c;
    }
    return returned_init(&bulk->returned, s, mapper, bulk->columns, bulk->count);
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct bulk *bulk = arg;
    struct returned_row *row;
    bool taken = bulk->deletes ? returned_take_deleted(&bulk->returned, cells, count)
                               : returned_take(&bulk->returned, cells, count, &row);
    (void)step;
    return taken ? HOWDAH_STATUS_OK : bulk->q->s->error.status;
}

static enum howdah_status take_count(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct bulk *bulk = arg;
    (void)step;
    bulk->affected = done->affected;
    return HOWDAH_STATUS_OK;
}

/* --- running --- */

static bool prepare(struct bulk *bulk)
{
    struct howdah_session *s = bulk->q->s;
    enum howdah_status status =
        select_statement_get(&s->db->texts, &s->scratch, &s->scratch, write_bulk, bulk, &bulk->prepared);
    if (status == HOWDAH_STATUS_INVALID)
        session_fail(s, status, bulk->mapper->model->name, NULL, NULL, "the query has more than %d values",
                     SELECT_PARAMETERS_MAX);
    if (status != HOWDAH_STATUS_OK && status != HOWDAH_STATUS_INVALID)
        session_no_memory(s);
    return status == HOWDAH_STATUS_OK &&
           (query_make_binding(&s->scratch, &bulk->prepared, &bulk->binding) || !session_no_memory(s));
}

static enum howdah_status run(struct bulk *bulk)
{
    struct howdah_session *s = bulk->q->s;
    struct pg_step step = {.statement = bulk->prepared.statement,
                           .binding = &bulk->binding,
                           .row = bulk->count ? take_row : NULL,
                           .done = take_count,
                           .arg = bulk,
                           .one_by_one = true};
    enum howdah_status status = direct_write(s, DIRECT_LONE, bulk->mapper, &step, 1);
    if (status == HOWDAH_STATUS_OK && bulk->count)
        returned_apply(&bulk->returned);
    return status;
}

static enum howdah_status write_rows(struct howdah_query *q, bool deletes, uint64_t *ret_affected)
{
    const struct mapper *mapper = q ? query_root(q) : NULL;
    struct bulk bulk = {.q = q, .mapper = mapper, .deletes = deletes};
    if (ret_affected)
        *ret_affected = 0;
    if (!query_enter(q, mapper ? mapper->model : NULL))
        return direct_refusal(q ? q->s : NULL);
    /* The table by the alias that the conditions know it by; beside a sub-select, by one that this does not use. */
    struct select_source target = *q->select.scope.first;
    if (!is_simple(&q->select))
        target.alias = q->select.aliases;
    target.next = NULL;
    bulk.target = &target;
    if (check(&bulk) && choose_columns(&bulk) && prepare(&bulk) && run(&bulk) == HOWDAH_STATUS_OK && ret_affected)
        *ret_affected = bulk.affected;
    enum howdah_status status = direct_not_done(q->s);
    if (status == HOWDAH_STATUS_OK && !deletes)
        q->sets_run = q->sets.count;
    query_leave(q);
    return status;
}

enum howdah_status howdah_query_update(struct howdah_query *q, uint64_t *ret_affected)
{
    return write_rows(q, false, ret_affected);
}

enum howdah_status howdah_query_delete(struct howdah_query *q, uint64_t *ret_affected)
{
    return write_rows(q, true, ret_affected);
}
