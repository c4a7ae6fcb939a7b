/* Running queries: the statement of each form, its parameters, and the plan. What becomes of rows is query_rows.c's. */
#include "query.h"
#include "transaction.h"

/* --- the statement --- */

/* A query and the form that is written. */
struct writing {
    const struct howdah_query *q;
    enum select_form form;
};

static void write(struct select_writer *w, const void *arg)
{
    const struct writing *writing = arg;
    write_select(w, &writing->q->select, writing->form);
}

/* The parameters as libpq takes them, made once: a query that runs again sends them as they are. */
bool query_make_binding(struct arena *arena, const struct select_statement *prepared, struct pg_binding *ret)
{
    uint32_t count = prepared->statement->parameters;
    const char **values = arena_allocate_array(arena, count + 1, sizeof(*values) + 2 * sizeof(int));
    if (!values)
        return false;
    int *sizes = (int *)(values + count + 1), *formats = sizes + count + 1;
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = prepared->parameters[i]->data;
        sizes[i] = prepared->parameters[i]->size;
        formats[i] = prepared->parameters[i]->oid != 0;
        bytes += sizes[i] > 0 ? (size_t)sizes[i] : 0;
    }
    *ret = (struct pg_binding){values, sizes, formats, bytes};
    return true;
}

bool query_prepare_form(struct howdah_query *q, select_write *write_form, const void *arg, struct query_form *form)
{
    struct howdah_session *s = q->s;
    enum howdah_status status =
        select_statement_get(&s->db->texts, &s->arena, &s->scratch, write_form, arg, &form->prepared);
    if (status == HOWDAH_STATUS_OK && query_make_binding(&s->arena, &form->prepared, &form->binding))
        return true;
    form->prepared.statement = NULL;
    if (status == HOWDAH_STATUS_INVALID)
        session_fail(s, status, query_root(q)->model->name, NULL, NULL, "the query has more than %d values",
                     SELECT_PARAMETERS_MAX);
    else
        session_no_memory(s);
    return false;
}

/* SELECT DISTINCT compares all columns. */
static bool check_distinct(struct howdah_query *q)
{
    const struct mapper *root = query_root(q);
    for (uint32_t i = 0; q->select.distinct && !q->select.outputs.first && i < root->column_count; i++) {
        const struct column *c = &root->columns[i];
        if (operator_has_order(c))
            continue;
        session_fail(q->s, HOWDAH_STATUS_INVALID, root->model->name, c->field->name, NULL,
                     "%s.%s is %s, which has no equality: query_distinct needs it of all columns", root->model->name,
                     c->field->name, c->ddl_type);
        return false;
    }
    return true;
}

/* Without groups HAVING is about one group of all rows, of which there are no objects. */
static bool check_having(struct howdah_query *q)
{
    const struct select *select = &q->select;
    if (!select->having.first || select->groups.first || select->outputs.first)
        return true;
    const char *model = query_root(q)->model->name;
    session_fail(q->s, HOWDAH_STATUS_INVALID, model, NULL, NULL,
                 "%s: query_having is about groups: use query_group_by, or select aggregates", model);
    return false;
}

struct query_form *query_render(struct howdah_query *q, enum select_form kind)
{
    struct query_form *form = &q->forms[kind];
    if ((kind == SELECT_EXISTS || (check_distinct(q) && check_having(q))) &&
        query_prepare_form(q, write, &(struct writing){q, kind}, form))
        return form;
    return NULL;
}

/* --- the session --- */

/* Whether its rows are the model's, of which NULL is any. */
static bool gives(const struct howdah_query *q, const struct howdah_model *model)
{
    return query_root(q) && (!model || model == (q->result ? q->result : query_root(q))->model);
}

/* Why it can't run for the model. */
static void fail_entry(struct howdah_query *q, const struct howdah_model *model)
{
    const struct mapper *is = q->result ? q->result : query_root(q);
    const char *name = is ? is->model->name : NULL;
    if (q->status != HOWDAH_STATUS_OK)
        session_fail(q->s, q->status, q->model, q->field, NULL, "%s", q->message);
    else if (!gives(q, model))
        session_fail(q->s, HOWDAH_STATUS_MISUSE, name, NULL, NULL, "the query is about %s, and was run for %s",
                     name ? name : "no model", model && model->name ? model->name : "none");
    else
        session_fail(q->s, HOWDAH_STATUS_INVALID, query_root(q)->model->name, NULL, NULL,
                     "a group of the query is open: query_end is missing");
}

bool query_enter(struct howdah_query *q, const struct howdah_model *model)
{
    if (!q || !q->s || !session_enter(q->s))
        return false;
    if (q->status == HOWDAH_STATUS_OK && gives(q, model) && !select_open_conditions(&q->select)->open)
        return true;
    fail_entry(q, model);
    session_leave(q->s);
    return false;
}

void query_leave(struct howdah_query *q)
{
    arena_reset(&q->s->scratch);
    session_leave(q->s);
}

/* --- the plan --- */

bool query_check_lock(struct howdah_query *q)
{
    if (!q->select.lock || q->s->transaction != TRANSACTION_NONE)
        return true;
    session_fail(q->s, HOWDAH_STATUS_NO_TRANSACTION, query_root(q)->model->name, NULL, NULL,
                 "a row lock lasts as long as a transaction: call session_begin first");
    return false;
}

void query_name_culprit(struct howdah_query *q)
{
    if (q->select.aliases == 1)
        session_name_culprit(q->s, query_root(q));
}

/* The plan of a query without relations; that of others is eager_run.c's. */
enum howdah_status query_read(struct query_reading *reading)
{
    struct howdah_query *q = reading->q;
    struct pg_step step = {.statement = reading->form->prepared.statement,
                           .binding = &reading->form->binding,
                           .arg = reading,
                           .one_by_one = reading->one_by_one,
                           .many = reading->many,
                           .row = reading->row};
    if (!query_check_lock(q))
        return q->s->error.status;
    enum howdah_status status = transaction_read(q->s, &step);
    if (status == HOWDAH_STATUS_SCHEMA)
        query_name_culprit(q);
    return status;
}
