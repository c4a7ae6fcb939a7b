/* Names of things in the database: what can be one, and those that PostgreSQL gives to constraints and indexes that
 * have none. Quoting, which other rooms use too, is declared in mapper.h. */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include <howdah/base.h>

enum { NAME_SIZE = 64 }; /* NAMEDATALEN of every server that is built as usual: 63 bytes and a NUL */

/* NULL, or why the text can't be an identifier: "is empty", "has more than 63 bytes", ... */
const char *name_fault(const char *name);

/* "posts", "user_id", "fkey" gives "posts_user_id_fkey". The longer one of the first two is cut first, until the whole
 * fits; never within a character. `second` may be NULL. */
void name_choose(const char *first, const char *second, const char *label, char ret_name[NAME_SIZE]);

/* Adds a column's name to a list, for `second` of an index over several columns. What is over 63 bytes can't show. The
 * list begins as "". */
enum { NAME_LIST_SIZE = 2 * NAME_SIZE };
void name_list_add(char list[NAME_LIST_SIZE], const char *column);

#endif
