/* Keeps passwords out of messages. libpq quotes pieces of a conninfo that it can't read, and such a piece may be
 * part of a password: "p@ss:word@host" makes it complain about the port "word@host". */
#ifndef PG_REDACT_H
#define PG_REDACT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether libpq may read other parts of this conninfo (NULL is allowed) than its writer meant, so that its
 * messages must not be shown. */
bool redact_needed(const char *conninfo);

/* Copies `text` as one line: runs of white space become one blank. Cut where `size` ends. */
void redact_line(char *ret_line, size_t size, const char *text);

#endif
