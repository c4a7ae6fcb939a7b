/* Words of SQL in any case. Those of the C library follow the program's locale, and a Turkish one has an i of its own. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline char ascii_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* Whether the text begins with the word; if so *ret_rest is what follows. */
static inline bool ascii_begins(const char *text, const char *word, const char **ret_rest)
{
    while (*word && ascii_lower(*text) == ascii_lower(*word))
        text++, word++;
    if (*word)
        return false;
    *ret_rest = text;
    return true;
}

#endif
