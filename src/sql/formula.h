/* Formulas: SQL of the program's that makes the value of a column while its row is written. Pure.
 *
 * Rows whose formulas read alike are written by one statement: values of a known type travel as one array each, as the
 * columns do; those whose type is left open to the server can't, and must be the same for all rows. */
#ifndef SQL_FORMULA_H
#define SQL_FORMULA_H

#include "format.h"

#include "model/mapper.h"
#include "model/sqltype.h"

struct formula {
    const struct formula *next; /* of the same row, in the order of their columns */
    const struct column *column;
    struct format format;
    const char *shown; /* with a placeholder for each value, for people */
};

/* The type of the value in an array of one for each row; NULL: it is sent once. */
const struct sqltype_known *formula_array_type(const struct wire_value *value);
/* How many values stand in all of them, and how many of these are arrays. */
uint32_t formulas_values(const struct formula *formulas);
uint32_t formulas_arrays(const struct formula *formulas);
/* The one of that column, or NULL. */
const struct formula *formulas_find(const struct formula *formulas, const struct column *c);
/* The one in which that place of a statement lies, counted from 1, or NULL. */
const struct formula *formulas_at(const struct formula *formulas, const char *text, size_t place);
/* Whether one statement serves rows of both. Each may be NULL: none. */
bool formulas_alike(const struct formula *a, const struct formula *b);
/* Formulas that are alike have one hash. */
uint64_t formulas_hash(uint64_t seed, const struct formula *formulas);
/* A hash of all that the text of a statement has of them: not of their values. */
uint64_t formulas_text_hash(uint64_t seed, const struct formula *formulas);

#endif
