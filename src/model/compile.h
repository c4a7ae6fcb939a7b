/* Compiling models: what its phases share. Each phase goes over all mappers before the next one begins, reports every
 * fault that it finds, and goes on. Private to catalog.c, mapper.c and mapper_*.c.
 *
 * A program starts no faster than this: rows are gone through once, and what later phases need of them is listed. */
#ifndef MODEL_COMPILE_H
#define MODEL_COMPILE_H

#include "mapper.h"
#include "names.h"

/* A row that concerns more than its own column. */
struct row {
    const struct howdah_field *field;
    const struct column *column; /* NULL for relations and rows of the table */
};

/* Of a mapper, while it is being made. */
struct parts {
    struct row *rows;
    uint32_t row_count;
    struct name table;
    struct name *names; /* of the columns */
    char *quoted;       /* where the next of them is written as in SQL */
    struct foreign_key *foreign_keys;
    struct foreign_key *last_incoming;
    struct relation *relations;
    struct table_index *indexes;
};

/* What all columns of one C type have in common, made for the first of them. */
struct column_template {
    struct column column; /* as it is where the program says nothing; size 0: any */
    size_t alignment;     /* 0: it is not made yet */
};

struct given_name;

/* Names that must differ: open addressing, never more than half full. */
struct name_set {
    struct given_name **slots;
    size_t mask;
    size_t count;
};

struct compilation {
    struct catalog *catalog; /* NULL for a plain model alone */
    struct arena *arena;     /* of all that stays */
    struct arena temporary;  /* of the rest */
    struct buffer *faults;
    struct buffer scratch;
    struct parts *parts; /* by index of the mapper */
    struct column_template templates[SHAPE_COUNT][HOWDAH_TYPE_COUNT];
    struct name_set names;
    const char *default_schema;
    bool faulty;
    bool no_memory; /* sticks: what comes after may do nothing */
};

void compilation_init(struct compilation *c, struct arena *arena, struct buffer *faults);
void compilation_done(struct compilation *c);
/* What became of it. */
enum howdah_status compilation_status(const struct compilation *c);

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
/* Zeroed memory of the arena, which is c->arena or c->temporary; NULL, and no_memory is set, if there is none. */
void *compile_allocate(struct compilation *c, struct arena *arena, size_t count, size_t size);
/* `text`, or no_memory is set. */
static inline const char *compile_text(struct compilation *c, const char *text)
{
    c->no_memory = c->no_memory || !text;
    return text;
}

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
/* Tables of MANY_TO_MANY, as mappers of their own behind the others. */
void compile_joins(struct compilation *c, struct mapper *mapper);
/* Foreign keys, and the relations over them. */
void compile_foreign_keys(struct compilation *c, struct mapper *mapper);
/* The relations on the other side. */
void compile_relations(struct compilation *c, struct mapper *mapper);
/* Which relations are two sides of one. */
void compile_inverses(struct compilation *c, struct mapper *mapper);
/* Indexes and checks, and the names that are still missing. */
void compile_indexes(struct compilation *c, struct mapper *mapper);
/* What the unit of work asks of every object; for models without a fault. */
void compile_profile(struct compilation *c, struct mapper *mapper);
/* What is known of the rows of partial unique indexes. */
void compile_conditions(struct compilation *c, const struct mapper *mapper);
/* How rows that others have changed are told. */
void compile_optimistic(struct compilation *c, struct mapper *mapper);

/* --- pieces of the phases --- */

enum { TYPE_SHAPE_SHIFT = 8, TYPE_PLAIN_MASK = 0xff };

/* False if there is no such type. */
bool make_template(struct compilation *c, enum column_shape shape, enum howdah_type type, struct column_template *like);
/* The template of a row's type; NULL if there is no such type. */
static inline const struct column_template *find_template(struct compilation *c, uint32_t row_type)
{
    uint32_t shape = row_type >> TYPE_SHAPE_SHIFT, type = row_type & TYPE_PLAIN_MASK;
    if (shape >= SHAPE_COUNT || type >= HOWDAH_TYPE_COUNT)
        return NULL;
    struct column_template *like = &c->templates[shape][type];
    if (!like->alignment && !make_template(c, (enum column_shape)shape, (enum howdah_type)type, like))
        return NULL;
    return like;
}

/* One row of kind COLUMN. Without a codec, if its type is none. */
void compile_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field,
                    struct column *column);
/* What a row of type ENUM or CODEC must have. */
void check_labels(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field);
void check_codec(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field);
/* Its type in the table, where that is not the C type's own. */
void compile_sql_type(struct compilation *c, const struct mapper *mapper, struct column *column);
/* What the rows of one model must be together: no two in one place, no two columns of one name, a key. */
void check_rows(struct compilation *c, const struct mapper *mapper, const struct howdah_field *fields, size_t count);
/* Whether a relation's field is a pointer, or a collection, inside the struct. */
void check_relation_place(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field);

/* How many rows of the model are MANY_TO_MANY; 0 where they can't be read. */
size_t count_joins(const struct howdah_model *model);
/* The mapper of another model that the row names; NULL, and a fault unless there is one already, if it can't serve. */
const struct mapper *compile_target(struct compilation *c, const struct mapper *mapper,
                                    const struct howdah_field *field, const struct howdah_model *model);
/* The mapper's foreign key over just these columns, or NULL. */
struct foreign_key *compile_find_key(struct compilation *c, const struct mapper *mapper, const uint32_t *columns,
                                     size_t count);
/* Whether both sides of the key have one type, else a fault. */
void compile_key_types(struct compilation *c, const struct mapper *mapper, const struct foreign_key *key);
/* What a relation's options may be, by its kind. */
void check_relation_options(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field);
/* The foreign keys of a MANY_TO_MANY's join table, which has them by now. */
void compile_join_keys(struct compilation *c, struct relation *relation);
/* The polymorphic foreign key of a relation over `columns` of `mapper`, to `target`; made if it is not there. NULL, and a
 * fault, if it can't be. `in` is the mapper that has the relation. */
struct foreign_key *compile_typed_key(struct compilation *c, const struct mapper *in, const struct howdah_field *field,
                                      struct mapper *mapper, const struct mapper *target, const uint32_t *columns);

/* The columns at `offsets` of `in`; false, and a fault of the row, if there is one that is none. */
bool compile_offsets(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                     const struct mapper *in, const size_t *offsets, size_t count, uint32_t *ret_columns);

/* What a name is of, as bits: the server keeps the names of each kind apart. */
enum name_kind {
    NAME_MODEL = 1,
    NAME_RELATION = 2,  /* tables and indexes of a schema */
    NAME_TYPE = 4,      /* tables and types of a schema */
    NAME_CONSTRAINT = 8 /* of a table */
};

struct given_name {
    struct name name;
    unsigned kinds;
    const struct mapper *mapper;
    const struct howdah_field *field; /* NULL: its table */
};

/* Who has the name already, for one of the kinds; or NULL, and now it is this row's. */
const struct given_name *name_give(struct compilation *c, unsigned kinds, const struct mapper *mapper,
                                   const struct name *name, const struct howdah_field *field);
/* The same for a text. */
const struct given_name *name_give_text(struct compilation *c, unsigned kinds, const struct mapper *mapper,
                                        const char *text, const struct howdah_field *field);

#endif
