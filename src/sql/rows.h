/* Rows out of arrays, one for each column: how values and keys travel, so that a text does not depend on how many there are.
 * They come out of a subquery with OFFSET 0, which keeps the planner from planning small arrays anew each time: with a
 * parameter alone it prefers a custom plan for ever. unnest stands in a select list: in FROM each array is written to a store
 * and read back, and a function of the program's that is called unnest, of just those arrays, would be taken for it. */
#ifndef SQL_ROWS_H
#define SQL_ROWS_H

#include "base/buffer.h"

/* Between these two stand the arrays, with commas. Columns are called `item` and a number; `numbered`: and the last one "ord",
 * from 1. */
void rows_open(struct buffer *out, const char *item, uint32_t count, bool numbered);
void rows_close(struct buffer *out, const char *alias, const char *item, uint32_t count, bool numbered);

#endif
