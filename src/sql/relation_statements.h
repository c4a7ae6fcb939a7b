/* The statements that fetch what relations lead to: rows of a relation's target for many objects at once, how many they
 * are, or the first few of each. Pure functions.
 *
 * Whose rows are wanted is said by keys: arrays of them as parameters, or the keys of a query's rows as a sub-select, from
 * which a path of relations may lead on. A text does not depend on how many there are. */
#ifndef SQL_RELATION_STATEMENTS_H
#define SQL_RELATION_STATEMENTS_H

#include "sql/select.h"

/* A relation, seen from the objects that have it: which of their columns say whose a row is. */
struct relation_ends {
    const uint32_t *columns; /* of relation->mapper: a key, or of BELONGS_TO the foreign key */
    const uint32_t *others;  /* the columns that are equal to them: of the target, or of the join table */
    uint32_t count;
    bool in_row; /* a row of the target tells by `others` whose it is, to the byte; else it brings the columns' values
                    behind its own */
};
struct relation_ends relation_ends(const struct relation *relation);

static inline bool relation_is_many(const struct relation *relation)
{
    return relation->field->kind == HOWDAH_FIELD_HAS_MANY || relation->field->kind == HOWDAH_FIELD_MANY_TO_MANY;
}

enum relation_form {
    RELATION_ROWS,  /* all columns of the target; behind them, unless .in_row, the key whose row it is */
    RELATION_TOP,   /* the same for the first $n of each key, the key always behind */
    RELATION_COUNT, /* the number of rows, and the key; nothing where there are none */
};

struct relation_request {
    enum relation_form form;
    const struct relation *const *path; /* from where the keys are to the relation that is wanted, `depth` of them */
    uint32_t depth;
    const struct select *root;           /* the keys are those of its rows; NULL: they are parameters, an array for each
                                            of the first relation's columns, in front of all others */
    const struct select_parameter *most; /* of RELATION_TOP */
};
/* A select_write: `arg` is a struct relation_request. */
void relation_write(struct select_writer *w, const void *arg);
/* How many cells behind the target's columns (or the count) a row has for its key. */
uint32_t relation_key_cells(const struct relation *relation, enum relation_form form);

#endif
