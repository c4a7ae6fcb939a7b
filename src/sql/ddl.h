/* DDL from compiled models: what there is to create, in which order, and the statements for it, as data. Pure
 * functions: no I/O, nothing kept.
 *
 * Identifiers are quoted; .server_default, .check, .stored, .where and .sql_type are text of the program and stand in
 * the statements as they are. */
#ifndef SQL_DDL_H
#define SQL_DDL_H

#include "base/statement.h"
#include "model/mapper.h"

enum ddl_kind {
    DDL_SCHEMA,
    DDL_TYPE, /* an enum type */
    DDL_TABLE /* of a model, or a join table */
};

/* Something that is created whole, or left alone where it is there. */
struct ddl_object {
    enum ddl_kind kind;
    const char *name;            /* as SQL writes it: quoted and qualified */
    const char *table;           /* its plain name; NULL for the other kinds */
    const struct mapper *mapper; /* the model that has it, or the first of them; NULL: it is for the extra table */
};

/* A table that no model has, beside theirs: created with them where none of them is it, and never dropped. */
struct ddl_extra {
    const char *schema, *table;
    const char *body; /* what stands behind its name in CREATE TABLE */
};

struct ddl_statement {
    struct statement statement; /* one command, without a semicolon */
    uint32_t object;            /* what it creates, or belongs to: it runs only where that is missing */
};

/* In order: schemas, types, tables with their indexes, join tables, and the foreign keys that close a cycle of
 * tables. `drop` removes in the opposite order, and leaves the schemas. */
struct ddl {
    struct ddl_object *objects;
    struct ddl_statement *create;
    struct ddl_statement *drop;
    uint32_t object_count;
    uint32_t create_count;
    uint32_t drop_count;
};

/* Renders the statements for all models of the catalog, and for `extra` if it is not NULL, into the arena. OK; MODEL if two
 * models disagree about the labels of an enum type; or NO_MEMORY. Then *error is set. */
enum howdah_status ddl_render(const struct catalog *catalog, const struct ddl_extra *extra, struct arena *arena,
                              struct howdah_error *error, struct ddl *ret);

/* The creating statements as a script, in the arena; NULL if memory is out. */
const char *ddl_script(const struct ddl *ddl, struct arena *arena);

#endif
