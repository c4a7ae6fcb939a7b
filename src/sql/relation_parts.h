/* The pieces of statements along relations, for the files that put them together. */
#ifndef SQL_RELATION_PARTS_H
#define SQL_RELATION_PARTS_H

#include "relation_statements.h"

/* Names that no program's fragment means: columns of `k`, the keys. */
enum { OWN_KEY = 1 };

const struct column *own_column(const struct relation *relation, uint32_t part);
void write_number(struct select_writer *w, uint32_t number);
/* "k._1": the first numbers are the parts of the key, those behind them lead from a join table to the target. */
void write_key(struct select_writer *w, uint32_t number);
void write_as(struct select_writer *w, uint32_t number);
void write_comma(struct select_writer *w, uint32_t index);
void write_of(struct select_writer *w, const char *alias, const struct column *column);
void write_columns(struct select_writer *w, const struct mapper *mapper);
/* The key's values as they are read; where they were sent they may still be text. */
void write_keys(struct select_writer *w, const struct relation *relation, uint32_t index);
/* "alias.column = k._1 AND ...", from the key's part `first` on. */
void write_equal(struct select_writer *w, const char *alias, const struct mapper *mapper, const uint32_t *columns,
                 uint32_t count, uint32_t first, const struct relation *casts);
bool has_label(const struct relation *relation);
/* The rows of the target are told by a label; of BELONGS_TO it is its own rows that are. */
bool labels_target(const struct relation *relation);
bool labels_own(const struct relation *relation);
/* Which of a polymorphic table's rows are meant. */
void write_label(struct select_writer *w, const char *before, const struct relation *relation);
/* What a relation's rows have to be besides belonging to the key. Whether there is anything. */
bool write_filter(struct select_writer *w, const char *before, const struct relation *relation);
void write_order(struct select_writer *w, const struct relation *relation);

/* --- where the keys come from: relation_source.c --- */

void write_arrays(struct select_writer *w, const struct relation *relation);
/* The columns by which `relation` goes, of the rows of the source before it. */
void write_own_columns(struct select_writer *w, const struct relation *relation, bool distinct);
void write_root(struct select_writer *w, const struct select *root, const struct relation *relation);

/* --- from the keys to the rows of the target: relation_target.c --- */

void write_join_open(struct select_writer *w, const struct relation *relation);
void write_join_close(struct select_writer *w, const struct relation *relation);
void write_target(struct select_writer *w, const struct relation *relation);
/* The first few rows of each key: a sub-select for each, in which the keys are known already. */
void write_lateral(struct select_writer *w, const struct relation_request *r, const struct relation *relation);

#endif
