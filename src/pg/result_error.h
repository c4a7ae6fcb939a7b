/* From the server's error to ours. */
#ifndef PG_RESULT_ERROR_H
#define PG_RESULT_ERROR_H

#include "base/statement.h"

#include <howdah/error.h>
#include <libpq-fe.h>

/* Fills *error from a result with an SQLSTATE; the statement may be NULL. Unless values may be shown there is no
 * detail, and no message that quotes a value. Returns the status. */
enum howdah_status result_error(const PGresult *result, const struct statement *statement, bool show_values,
                                struct howdah_error *error);
/* The key that a constraint refused, from the server's detail: "(a, b)=(1, x)", its names without quotes. *ret is empty if there
 * is none, or no room; NULL: it is not asked for. */
void result_refused_key(const PGresult *result, char *ret, size_t size);
/* The place in the statement that the server points to, in bytes from 1; 0: to none. */
size_t result_place(const PGresult *result, const struct statement *statement);
/* Attaches the statement's text, cut if it is long: the error's storage has to hold the rest, too. */
void error_attach_statement(struct howdah_error *error, const struct statement *statement);

#endif
