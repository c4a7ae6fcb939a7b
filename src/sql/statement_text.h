/* The text of one generated statement while it is rendered, and the pieces that the statements have in common. */
#ifndef SQL_STATEMENT_TEXT_H
#define SQL_STATEMENT_TEXT_H

#include "statements.h"

/* What is being rendered. */
struct text {
    struct buffer out;
    uint32_t *types;
    uint32_t parameters;
    const struct column **returned;     /* room for all columns and the key */
    const struct statement_part *parts; /* of a joint statement; NULL for one that stands alone */
    uint32_t part;                      /* that is being rendered */
    const char *item;                   /* how the columns of rows are called: this and a number */
};

static inline const char *separator(uint32_t index)
{
    return index ? ", " : "";
}

/* Before anything of a statement, or of a part: how the columns of its rows are called. */
void name_items(struct text *t, const struct statement_key *key);
/* "$3", and remembers its type. */
void put_parameter(struct text *t, uint32_t oid);
/* "$3::text[]": the column's values, or the keys under a setting's name. */
void put_array(struct text *t, const struct column *c, bool by_name);
/* "u.c3", cast to the column's type where that needs one. */
void put_item(struct text *t, uint32_t position, const struct column *c);
/* Rows "u" of so many columns, whose arrays stand between these two, with commas. `numbered`: and u.ord. */
void put_rows(struct text *t, uint32_t count, bool numbered);
void put_rows_end(struct text *t, uint32_t count, bool numbered);
/* A condition that always holds, and " AND ". The planner takes ten rows for an array that it doesn't know, a thousand where
 * they have numbers, and would read all of a small table for them; of a range it takes one in two hundred. */
void put_few(struct text *t);
void put_returned(struct text *t, const struct statement_key *key, const char *before, const char *prefix);
/* A condition on earlier parts of a joint statement: a count of their rows must be there before any row is written. */
void put_gate(struct text *t, const char *before);
/* "t.key = u.c1 AND ..." */
void put_key_condition(struct text *t, const struct mapper *mapper);
void put_key_arrays(struct text *t, const struct mapper *mapper);
/* " WHERE t.key = ANY (...)", with an array of keys. */
void put_any_key(struct text *t, const struct column *c);
/* A formula's text. Values of it that are arrays stand in the rows' columns behind `position`, which goes on. */
void put_formula(struct text *t, const struct formula *formula, uint32_t *position);
/* The arrays of formulas, behind `count` others. */
void put_formula_arrays(struct text *t, const struct formula *formula, uint32_t count);

/* One for each kind of statement. */
void render_find(struct text *t, const struct statement_key *key);
void render_find_many(struct text *t, const struct statement_key *key);
void render_insert(struct text *t, const struct statement_key *key);
void render_update(struct text *t, const struct statement_key *key);
void render_delete(struct text *t, const struct statement_key *key);
void render_follow(struct text *t, const struct statement_key *key);

#endif
