/* Compiling models: what its phases share. Each phase goes over all mappers before the next one begins, reports every
 * fault that it finds, and goes on. Private to catalog.c, mapper.c and mapper_*.c. */
#ifndef MODEL_COMPILE_H
#define MODEL_COMPILE_H

#include "base/map.h"
#include "mapper.h"
#include "names.h"

/* Of a mapper, while it is being made. */
struct parts {
    struct howdah_field *fields; /* the model's rows, each as large as this library knows them */
    size_t field_count;
    struct foreign_key *foreign_keys;
    struct relation *relations;
};

struct compilation {
    struct catalog *catalog;  /* NULL for a plain model alone */
    struct arena *arena;      /* of all that stays */
    struct buffer *faults;
    struct buffer scratch;
    struct parts *parts;      /* by index of the mapper */
    struct map names;
    const char *default_schema;
    bool faulty;
    bool no_memory;           /* sticks: what comes after may do nothing */
};

static inline struct parts *parts_of(struct compilation *c, const struct mapper *mapper)
{
    return &c->parts[mapper->index];
}

/* For messages about another row than the faulty one. */
static inline const char *row_name(const struct howdah_field *field)
{
    return field->name ? field->name : "a row without a name";
}

/* Adds a line: "Post.user_id: ...", or "Post: ..." where field is NULL or a row of the table. */
void compile_fault(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                   const char *format, ...) HOWDAH_PRINTF(4, 5);
/* Zeroed memory; NULL, and no_memory is set, if there is none. */
void *compile_allocate(struct compilation *c, size_t count, size_t size);
/* `text`, or no_memory is set. */
const char *compile_text(struct compilation *c, const char *text);
/* What was written into c->scratch, which is then empty; NULL as above. */
const char *compile_take(struct compilation *c);

/* Whether the row is one of the table: INDEX, UNIQUE, CHECK. */
static inline bool is_table_row(const struct howdah_field *field)
{
    return field->kind >= HOWDAH_FIELD_INDEX;
}

/* Whether the unique row is a constraint; a partial one can only be an index. */
static inline bool is_constraint(const struct howdah_field *field)
{
    return !field->where;
}

/* --- the phases --- */

/* Rows, columns and the key: all that one model says alone. */
void compile_rows(struct compilation *c, struct mapper *mapper);
/* Names of models, tables, types, and those that the program gave to constraints and indexes. */
void compile_given_names(struct compilation *c, struct mapper *mapper);
/* Foreign keys, and the relations over them. */
void compile_foreign_keys(struct compilation *c, struct mapper *mapper);
/* The relations on the other side. */
void compile_relations(struct compilation *c, struct mapper *mapper);
/* Indexes and checks, and the names that are still missing. */
void compile_indexes(struct compilation *c, struct mapper *mapper);

/* --- pieces of the phases --- */

/* One row of kind COLUMN. Without a codec, if its type is none. */
void compile_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field,
                    struct column *column);
/* What the rows of one model must be together: no two in one place, no two columns of one name, a key. */
void check_rows(struct compilation *c, const struct mapper *mapper);
/* Whether a relation's field is a pointer, or a collection, inside the struct. */
void check_relation_place(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field);

/* The columns at `offsets` of `in`; false, and a fault of the row, if there is one that is none. */
bool compile_offsets(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                     const struct mapper *in, const size_t *offsets, size_t count, uint32_t *ret_columns);

/* What a name is of: the server keeps the names of each kind apart. */
enum name_kind {
    NAME_MODEL,
    NAME_RELATION,  /* tables and indexes of a schema */
    NAME_TYPE,      /* tables and types of a schema */
    NAME_CONSTRAINT /* of a table */
};

struct given_name {
    struct map_node node;
    enum name_kind kind;
    const char *scope;
    const char *name;
    const struct mapper *mapper;
    const struct howdah_field *field; /* NULL: its table */
};

/* Who has the name already; or NULL, and now it is this row's. */
const struct given_name *name_give(struct compilation *c, enum name_kind kind, const struct mapper *mapper,
                                   const char *name, const struct howdah_field *field);
bool name_is_given(const struct compilation *c, enum name_kind kind, const struct mapper *mapper, const char *name);

#endif
