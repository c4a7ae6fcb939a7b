/* The clauses of a SELECT, in each of the forms in which it may run. */
#include "select.h"
#include "statements.h"

enum { OID_INT8 = 20 };

/* Few rows, as LIMIT takes them: for the forms that need no more. */
#define ROWS(count) \
    { \
        .oid = OID_INT8, .cast = "", .data = "\0\0\0\0\0\0\0" count, .size = 8 \
    }
static const struct select_parameter one_row = ROWS("\1"), two_rows = ROWS("\2");

static const char *const order_texts[] = {
    [HOWDAH_ORDER_ASC] = "",
    [HOWDAH_ORDER_DESC] = " DESC",
    [HOWDAH_ORDER_ASC_NULLS_FIRST] = " NULLS FIRST",
    [HOWDAH_ORDER_ASC_NULLS_LAST] = " NULLS LAST",
    [HOWDAH_ORDER_DESC_NULLS_FIRST] = " DESC NULLS FIRST",
    [HOWDAH_ORDER_DESC_NULLS_LAST] = " DESC NULLS LAST",
};

static void write_read_column(struct select_writer *w, const struct select_source *source, const struct column *column)
{
    write_text(w, column->read_open);
    write_column(w, source, column);
    write_text(w, column->read_cast);
}

static void write_columns(struct select_writer *w, const struct select_source *root, const uint64_t *columns)
{
    const char *before = "";
    for (uint32_t i = 0; i < root->mapper->column_count; i++) {
        if (columns && !column_in(columns, i))
            continue;
        write_text(w, before);
        write_read_column(w, root, &root->mapper->columns[i]);
        before = ", ";
    }
}

static void hash_columns(struct select_writer *w, const struct mapper *mapper, const uint64_t *columns)
{
    write_bytes(w, (const char *)&mapper, sizeof(mapper));
    if (columns)
        write_bytes(w, (const char *)columns, column_words(mapper) * sizeof(*columns));
}

static void write_key(struct select_writer *w, const struct select_source *root)
{
    for (uint32_t i = 0; i < root->mapper->key_count; i++) {
        if (i)
            write_text(w, ", ");
        write_column(w, root, &root->mapper->columns[root->mapper->key[i]]);
    }
}

static void write_terms(struct select_writer *w, const struct select_terms *terms, const char *before, bool ordered)
{
    for (const struct select_term *term = terms->first; term; term = term->next) {
        write_text(w, term == terms->first ? before : ", ");
        write_expression(w, term->expression);
        if (ordered)
            write_text(w, order_texts[term->order]);
    }
}

static void write_output(struct select_writer *w, const struct select *select, enum select_form form)
{
    if (form == SELECT_EXISTS) {
        write_text(w, "SELECT 1");
        return;
    }
    write_text(w, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    if (form == SELECT_KEYS)
        write_key(w, select->scope.first);
    else if (select->outputs.first)
        write_terms(w, &select->outputs, "", false);
    else if (w->hashing)
        hash_columns(w, select->scope.first->mapper, select->columns);
    else
        write_columns(w, select->scope.first, select->columns);
}

const struct select_parameter *select_limit(const struct select *select, enum select_form form)
{
    const struct select_parameter *own = form == SELECT_FIRST ? &one_row : form == SELECT_ONE ? &two_rows : NULL;
    if (own && select->limit)
        return select_number(select->limit) < select_number(own) ? select->limit : own;
    return own ? own : select->limit;
}

static void write_limits(struct select_writer *w, const struct select *select, enum select_form form)
{
    const struct select_parameter *limit = select_limit(select, form);
    if (limit) {
        write_text(w, " LIMIT ");
        write_parameter(w, limit);
    }
    if (select->offset) {
        write_text(w, " OFFSET ");
        write_parameter(w, select->offset);
    }
}

/* Keys are a set, whose order says only which of them are within the limit, or locked first. With an order the planner
 * would take a sub-select as it stands. */
static bool needs_order(const struct select *select, enum select_form form)
{
    return form != SELECT_KEYS || select->limit || select->offset || select->lock;
}

static void write_whole(struct select_writer *w, const struct select *select, enum select_form form)
{
    bool only_whether = form == SELECT_EXISTS || form == SELECT_COUNT;
    write_output(w, select, form);
    write_text(w, " FROM ");
    write_sources(w, &select->scope);
    write_conditions(w, &select->where, " WHERE ");
    write_terms(w, &select->groups, " GROUP BY ", false);
    write_conditions(w, &select->having, " HAVING ");
    if (!only_whether && needs_order(select, form))
        write_terms(w, &select->orders, " ORDER BY ", true);
    write_limits(w, select, form);
    if (select->lock && !only_whether)
        write_text(w, select->lock);
}

/* Rows can be counted without being made where nothing folds or cuts them. */
static void write_count(struct select_writer *w, const struct select *select)
{
    bool as_rows = select->distinct || select->groups.first || select->having.first || select->limit || select->offset;
    write_text(w, "SELECT pg_catalog.count(*) FROM ");
    if (as_rows) {
        write_text(w, "(");
        write_whole(w, select, SELECT_COUNT);
        write_text(w, ") AS counted");
        return;
    }
    write_sources(w, &select->scope);
    write_conditions(w, &select->where, " WHERE ");
}

void write_select(struct select_writer *w, const struct select *select, enum select_form form)
{
    switch (form) {
    case SELECT_COUNT: write_count(w, select); break;
    case SELECT_EXISTS:
        write_text(w, "SELECT EXISTS (");
        write_whole(w, select, SELECT_EXISTS);
        write_text(w, ")");
        break;
    case SELECT_ROWS:
    case SELECT_FIRST:
    case SELECT_ONE:
    case SELECT_KEYS:
    case SELECT_FORM_COUNT: write_whole(w, select, form); break;
    }
}
