/* A SELECT as data: row sources, a list of conditions, groups, order and limits, and its rendering to a statement and the
 * parameters in their order. Pure: nothing here reaches the server, or knows a session.
 *
 * Everything that varies stands in pieces: text, a column of a source, a parameter. Conditions are a flat list in which
 * groups open and close, so that neither building nor rendering recurses however deep they nest.
 *
 * The writer at the end renders any statement made of such parts: a plain SELECT, one inside another statement
 * (write_select between two texts), UPDATE ... WHERE with the same conditions (write_conditions). */
#ifndef SQL_SELECT_H
#define SQL_SELECT_H

#include "base/endian.h"
#include "base/statement.h"
#include "model/mapper.h"
#include "sql/text_store.h"

#include <howdah/query.h>

/* --- what a statement consists of --- */

/* A value that is bound, never pasted. Its place in the text is decided when the statement is rendered. */
struct select_parameter {
    uint32_t oid;     /* of the type as which it is sent; 0: as text, for the server to find the type */
    const char *cast; /* behind $n: "", or as "::inet" */
    const char *data; /* in the wire's format; NULL is SQL NULL */
    int size;         /* -1: NULL */
    /* Takes another value of the program's; false if it does not fit, which the query then says. NULL: it stays. */
    bool (*set)(struct howdah_query *q, struct select_parameter *parameter, struct howdah_value value);
    struct howdah_value value; /* where it stays: as the program gave it; borrowed */
};

/* The number that a parameter of LIMIT or OFFSET is. */
static inline int64_t select_number(const struct select_parameter *parameter)
{
    return (int64_t)read_uint64(parameter->data);
}

enum select_piece_kind {
    PIECE_TEXT,
    PIECE_FIXED, /* a text that is a constant of the library's, so that its address stands for it */
    PIECE_COLUMN,
    PIECE_PARAMETER
};

struct select_piece {
    enum select_piece_kind kind;
    union {
        struct {
            const char *text; /* never a value, nor an identifier that isn't quoted */
            size_t length;
        };
        struct {
            const struct select_source *source;
            const struct column *column;
        };
        const struct select_parameter *parameter;
    };
};

struct select_expression {
    const struct select_piece *pieces;
    uint32_t count;
};

/* A table with its alias, t0, t1 ...; `from` and `relation` say how it is joined; the first of a scope stands alone, or
 * (in EXISTS) is bound to a source of an outer scope. */
struct select_source {
    struct select_source *next;
    const struct mapper *mapper;
    const struct select_source *from;
    const struct relation *relation;
    uint32_t alias;
    bool outer_join;
};

/* The FROM list of the statement, or of an EXISTS. */
struct select_scope {
    struct select_scope *outer;
    struct select_source *first, *last;
};

enum select_node_kind {
    NODE_CONDITION, /* an expression */
    NODE_AND,       /* these open a group, or (EXISTS) a scope; what follows is in it, up to its NODE_END */
    NODE_OR,
    NODE_NOT,
    NODE_EXISTS,
    NODE_END
};

struct select_node {
    struct select_node *next;
    struct select_node *parent; /* the group it stands in, or NULL; of an END: the group that it ends */
    enum select_node_kind kind;
    bool first;     /* of its group */
    bool empty;     /* a group: nothing in it yet */
    uint16_t depth; /* a group: how many it stands in */
    struct select_expression expression;
    struct select_scope scope;
};

/* How deep groups and EXISTS may nest: the server's parser has a stack, which holds some thousands. */
enum { SELECT_DEPTH_MAX = 1000 };

struct select_conditions {
    struct select_node *first, *last;
    struct select_node *open; /* the innermost group, while it is built */
};

/* One of the terms of GROUP BY or ORDER BY, or an output column. */
struct select_term {
    struct select_term *next;
    struct select_expression expression;
    const struct select_source *source; /* where the expression is a plain column: that one; else NULL */
    const struct column *column;        /* likewise; of an output: the plain struct's that takes it */
    enum howdah_order order;
};

struct select_terms {
    struct select_term *first, *last;
    uint32_t count;
};

struct select {
    struct select_scope scope;   /* its first source is the root */
    struct select_scope *within; /* the scope that is built just now */
    struct select_conditions where;
    struct select_conditions having;
    struct select_terms groups;
    struct select_terms orders;
    struct select_terms outputs; /* none: the columns of the root, */
    const uint64_t *columns;     /* those of this set, or (NULL) all */
    const struct select_parameter *limit;
    const struct select_parameter *offset;
    const char *lock; /* " FOR UPDATE OF t0", or NULL */
    bool distinct;
    uint32_t aliases; /* given out so far */
};

/* --- building; each takes the arena in which the select lives, and says false or NULL if memory is out --- */

bool select_init(struct select *select, struct arena *arena, const struct mapper *root);
/* Joins the relation's target to the sources of the scope that is built. */
struct select_source *select_join(struct select *select, struct arena *arena, const struct select_source *from,
                                  const struct relation *relation, bool outer_join);
/* A condition of so many pieces, which the caller fills in before anything else is done with the select. */
struct select_piece *select_add_condition(struct select_conditions *conditions, struct arena *arena, uint32_t count);
/* The conditions that have a group open, which are only one of the two; the WHERE if there is none. */
static inline struct select_conditions *select_open_conditions(struct select *select)
{
    return select->having.open ? &select->having : &select->where;
}
/* How many groups are open. */
uint32_t select_depth(const struct select *select);
/* Opens a group: NODE_AND, NODE_OR, NODE_NOT. */
bool select_open(struct select *select, struct arena *arena, enum select_node_kind kind);
/* The open groups become groups of HAVING. False if they are groups of WHERE already: conditions stand in them, or they
 * are EXISTS. */
bool select_open_having(struct select *select);
/* Opens an EXISTS over the relation's target; conditions and joins are inside it until select_close. */
bool select_open_exists(struct select *select, struct arena *arena, const struct select_source *from,
                        const struct relation *relation);
/* Closes the innermost group, which must be there. */
bool select_close(struct select *select, struct arena *arena);
bool select_add_term(struct select_terms *terms, struct arena *arena, const struct select_term *term);

/* --- writing --- */

/* What is written goes either into a text, or, to find a text that was rendered before, into a hash only. Parameters are
 * collected both times. A failed allocation sticks. */
struct select_writer {
    struct arena *arena;
    struct howdah_allocator allocator;
    struct buffer out;
    uint64_t hash[2];
    bool hashing;
    const struct select_parameter **parameters;
    uint32_t count, capacity;
    bool failed;
};

void write_bytes(struct select_writer *w, const char *text, size_t length);
static inline void write_text(struct select_writer *w, const char *text)
{
    write_bytes(w, text, strlen(text));
}
void write_identifier(struct select_writer *w, const char *name);
void write_column(struct select_writer *w, const struct select_source *source, const struct column *column);
void write_parameter(struct select_writer *w, const struct select_parameter *parameter);
void write_expression(struct select_writer *w, struct select_expression expression);
/* "schema"."table" AS t0 and all that is joined to it. */
void write_sources(struct select_writer *w, const struct select_scope *scope);
/* The condition that ties the source to the one it is joined to. */
void write_relation(struct select_writer *w, const struct select_source *source);
/* The conditions behind `before` (" WHERE "); nothing at all where there are none. */
void write_conditions(struct select_writer *w, const struct select_conditions *conditions, const char *before);

enum select_form {
    SELECT_ROWS,  /* what the program asked for */
    SELECT_FIRST, /* the same with LIMIT 1 */
    SELECT_ONE,   /* the same with LIMIT 2: one row, and whether there is another */
    SELECT_COUNT,
    SELECT_EXISTS,
    SELECT_KEYS, /* the root's primary key only: for use as a sub-select */
    SELECT_FORM_COUNT
};
/* The limit in that form: the program's, or the form's own if that is less; or NULL. */
const struct select_parameter *select_limit(const struct select *select, enum select_form form);
void write_select(struct select_writer *w, const struct select *select, enum select_form form);

/* --- statements --- */

struct select_statement {
    const struct statement *statement;
    const struct select_parameter *const *parameters; /* as many as the statement has */
};

/* Writes one statement; called once or twice for it, and must write the same both times. */
typedef void select_write(struct select_writer *w, const void *arg);

enum { SELECT_PARAMETERS_MAX = UINT16_MAX };

/* The statement that `write` writes, from the store if a text of its shape is there already. The list of parameters (and
 * where the store is full the text) lies in `arena`; `scratch` is for the text while it is rendered. OK, NO_MEMORY, or
 * INVALID: more than SELECT_PARAMETERS_MAX parameters. */
enum howdah_status select_statement_get(struct text_store *store, struct arena *arena, struct arena *scratch,
                                        select_write *write, const void *arg, struct select_statement *ret);

#endif
