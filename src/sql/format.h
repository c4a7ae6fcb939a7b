/* A literal with printf conversions and its arguments as SQL text with typed parameters. Pure. */
#ifndef SQL_FORMAT_H
#define SQL_FORMAT_H

#include "scan.h"

#include "base/statement.h"
#include "model/value_wire.h"

#include <stdarg.h>

struct format {
    struct scanned scanned;
    struct wire_value *values;  /* one for each hole; in the arena, nothing of the program's is borrowed */
    struct howdah_value *shown; /* the same as values, for whoever asks what they are */
};

struct text_store;

/* Reads text and arguments; texts that were read before the store knows. OK; NO_MEMORY; or INVALID, with the reason in
 * `ret_why`, which is static or in the arena. */
enum howdah_status format_read(struct text_store *store, const char *format, va_list arguments, bool fragment,
                               struct arena *arena, struct format *ret, const char **ret_why);
/* The statement that it is as a whole, sealed, in the arena; NULL if memory is out. With `before` and `after` (or NULL
 * and NULL) it is a sub-select between these two. */
const struct statement *format_statement(const struct format *format, const char *before, const char *after,
                                         struct arena *arena);

#endif
