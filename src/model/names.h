/* Names of things in the database: what can be one, and those that PostgreSQL gives to constraints and indexes that
 * have none. Quoting, which other rooms use too, is declared in mapper.h. */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include "base/arena.h"

enum { NAME_SIZE = 64 }; /* NAMEDATALEN of every server that is built as usual: 63 bytes and a NUL */

/* A text that is to be a name, with what one look at its bytes tells. */
struct name {
    const char *text; /* "" for NULL */
    size_t length;
    uint64_t hash;
    bool plain; /* ASCII, without a quote */
};

void name_look(const char *text, struct name *ret_name);
/* The same for a text whose length is known. */
void name_measure(const char *text, size_t length, struct name *ret_name);
/* NULL, or why it can't be an identifier: "is empty", "has more than 63 bytes", ... */
const char *name_check_any(const struct name *name);
static inline const char *name_check(const struct name *name)
{
    return name->plain && name->length - 1 < NAME_SIZE - 1 ? NULL : name_check_any(name);
}
const char *name_fault(const char *text);
/* Writes "identifier" as identifier_quote does, and a NUL, and returns where that ends. */
char *name_quote(const struct name *name, char *to);
/* How many bytes that takes at most. */
static inline size_t name_quoted_size(const struct name *name)
{
    return (name->plain ? name->length : 2 * name->length) + sizeof("\"\"");
}

/* "posts", "user_id", "fkey" gives "posts_user_id_fkey". The longer one of the first two is cut first, until the whole
 * fits; never within a character. `second` may be NULL. Returns the length. */
size_t name_choose(const struct name *first, const struct name *second, const char *label, char ret_name[NAME_SIZE]);

/* Adds a column's name to a list, for `second` of an index over several columns. What is over 63 bytes can't show. The
 * list begins as "". */
enum { NAME_LIST_SIZE = 2 * NAME_SIZE };
void name_list_add(char list[NAME_LIST_SIZE], const char *column);

#endif
