/* A query, inside: a SELECT as data until it runs, and what it became when it ran last. */
#ifndef SESSION_QUERY_H
#define SESSION_QUERY_H

#include "pg/plan.h"
#include "sql/operator.h"
#include "sql/select.h"

#include <howdah/query.h>
#include <stdarg.h>

enum { QUERY_ERROR_MAX = 256 };

/* A form of the query that is ready to run: its statement, and its parameters as they go to the server. */
struct query_form {
    struct select_statement prepared;
    struct pg_binding binding;
};

/* The columns that a query reads, where these are not all. */
struct query_only {
    uint64_t *set, *unloaded; /* and the others */
    const struct column **columns;
    uint32_t count;
};

struct howdah_query {
    struct howdah_session *s;
    const struct mapper *result;    /* of the struct that the outputs fill; NULL: rows of the root */
    const struct select_source *at; /* the row that its model means, by query_at; or NULL */
    struct query_only *only;        /* NULL: all columns */
    struct eager_node *eager;       /* the relations that come along, see eager.h; or NULL */
    enum howdah_status status;      /* the first fault of building; it comes out when the query runs */
    bool untracked;
    bool read_only;                 /* objects that it brings into the session are not written */
    bool all_rows;                  /* query_update and query_delete may go without a condition */
    struct howdah_allocator memory; /* the session's arena, for buffers */
    struct select select;
    struct query_form forms[SELECT_FORM_COUNT]; /* whose statement is NULL: not rendered since the last change */
    struct select_terms sets;                   /* what query_update assigns */
    uint32_t sets_run;                          /* of these, how many have run: they may be set anew */
    const char *model, *field;                  /* that it is about */
    char message[QUERY_ERROR_MAX];
};

/* The model that the query is about; NULL for a query that could not be made. */
static inline const struct mapper *query_root(const struct howdah_query *q)
{
    return q->select.scope.first ? q->select.scope.first->mapper : NULL;
}

/* How many columns a row of the query's model has. */
static inline uint32_t query_width(const struct howdah_query *q)
{
    return q->only ? q->only->count : query_root(q)->column_count;
}

/* --- building --- */

/* Whether the query takes more parts. */
static inline bool query_is_open(const struct howdah_query *q)
{
    return q && q->select.scope.first && q->status == HOWDAH_STATUS_OK;
}

/* Keeps the first fault. `mapper` and `column` are what it is about, or NULL. */
void query_fail(struct howdah_query *q, enum howdah_status status, const struct mapper *mapper,
                const struct column *column, const char *format, ...) HOWDAH_PRINTF(5, 6);
void query_no_memory(struct howdah_query *q);
/* What was rendered is out of date. */
void query_changed(struct howdah_query *q);
/* The source of that model which is meant: the only one in the innermost scope that has one. NULL and a fault if there
 * is none, or more than one. */
const struct select_source *query_source(struct howdah_query *q, const struct howdah_model *model);
/* The column of a source that the offset means; NULL and a fault. */
const struct column *query_column(struct howdah_query *q, const struct select_source *source, size_t offset);
/* The fault of a condition that the open group can't hold: of WHERE in HAVING, or the other way round. */
void query_refuse_mixed(struct howdah_query *q);
/* Adds a condition to the open group. */
void query_add_condition(struct howdah_query *q, const struct select_piece *pieces, uint32_t count);

/* What stands on the left of an operator: how it is written (few pieces), and what it is like: a column, whose field and
 * model messages name. */
struct query_left {
    const struct select_piece *pieces;
    uint32_t count;
    const struct mapper *mapper;
    const struct column *column;
};
void query_compare(struct howdah_query *q, struct select_conditions *conditions, const struct query_left *left,
                   const char *op, const struct howdah_value *value);
/* A column of a type of its own for such a comparison, with the name of another; in the session's arena. */
const struct column *query_lone_column(struct howdah_query *q, const struct column *like, enum howdah_type type,
                                       enum column_shape shape);

/* An aggregate of a column. */
struct query_aggregate {
    const struct select_source *source;
    const struct column *column;
    enum howdah_type type; /* of the result, or its items */
    struct select_piece pieces[6];
    uint32_t count;
};
/* `read` is for output. False and a fault if there is no such aggregate. */
bool query_make_aggregate(struct howdah_query *q, enum howdah_aggregate aggregate, const struct howdah_model *model,
                          size_t offset, bool read, struct query_aggregate *ret);

void query_add_term(struct howdah_query *q, struct select_terms *terms, const struct select_piece *pieces,
                    uint32_t count, struct select_term term);
/* Whether rows can be sorted and grouped by the column; else a fault. */
bool query_check_sortable(struct howdah_query *q, const struct mapper *mapper, const struct column *c);
bool query_check_order(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                       enum howdah_order order);
/* The mapper of a struct for rows; NULL and a fault. */
const struct mapper *query_row_mapper(struct howdah_query *q, const struct howdah_model *model);

/* SQL NULL, as a value. */
bool query_value_is_null(const struct howdah_value *value);
/* A value, not NULL, that is compared with the column, as a parameter, copied; NULL and a fault if it does not fit. */
const struct select_parameter *query_parameter(struct howdah_query *q, const struct mapper *mapper,
                                               const struct column *column, enum operand operand,
                                               const struct howdah_value *value);
/* A count of rows. */
const struct select_parameter *query_number(struct howdah_query *q, uint64_t number);

static inline struct select_piece piece_text(const char *text)
{
    struct select_piece piece = {.kind = PIECE_TEXT};
    piece.text = text;
    piece.length = strlen(text);
    return piece;
}

static inline struct select_piece piece_column(const struct select_source *source, const struct column *column)
{
    struct select_piece piece = {.kind = PIECE_COLUMN};
    piece.source = source;
    piece.column = column;
    return piece;
}

static inline struct select_piece piece_parameter(const struct select_parameter *parameter)
{
    struct select_piece piece = {.kind = PIECE_PARAMETER};
    piece.parameter = parameter;
    return piece;
}

/* The program's own SQL as an expression in parentheses, its conversions bound. False and a fault, of `column` if it is
 * for one. */
bool query_fragment(struct howdah_query *q, const struct mapper *mapper, const struct column *column,
                    const char *format, va_list arguments, struct select_expression *ret);

/* --- running --- */

/* A call begins that runs the query, for that model (NULL: for any): enters the session, and hands a fault of the building,
 * or a model that the query does not give, on to it. Where it is true query_leave follows. */
bool query_enter(struct howdah_query *q, const struct howdah_model *model);
void query_leave(struct howdah_query *q);
/* The parameters as libpq takes them. False if memory is out. */
bool query_make_binding(struct arena *arena, const struct select_statement *prepared, struct pg_binding *ret);

/* The form with its statement and parameters, rendered; NULL and the session's error. */
struct query_form *query_render(struct howdah_query *q, enum select_form form);
/* The same, rendered only if it isn't yet. */
static inline struct query_form *query_prepare(struct howdah_query *q, enum select_form form)
{
    return q->forms[form].prepared.statement ? &q->forms[form] : query_render(q, form);
}
/* The same for what `write` writes, which is used once. */
bool query_prepare_form(struct howdah_query *q, select_write *write, const void *arg, struct query_form *form);

/* A run: the first member of what the row callback gets. */
struct query_reading {
    struct howdah_query *q;
    const struct query_form *form;
    enum howdah_status (*row)(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
    bool one_by_one; /* rows are delivered as they arrive, */
    bool many;       /* or in pieces, see pg/plan.h */
};
enum howdah_status query_read(struct query_reading *reading);
struct sibling_result;
/* The object of a row: managed, or, of a query that is untracked, a struct of its own. NULL and the session's error. */
void *query_take_row(struct howdah_query *q, struct sibling_result *result, const struct cell *cells, size_t count);
/* Whether a transaction is there for the query's lock, if it has one; else the session's error. */
bool query_check_lock(struct howdah_query *q);
/* Adds model and field to the error of a server that can't run the query with the tables as they are, if there is but one. */
void query_name_culprit(struct howdah_query *q);

#endif
