/* The statement log: one line for each statement, without values. */
#ifndef OBSERVE_STATEMENT_LOG_H
#define OBSERVE_STATEMENT_LOG_H

#include <howdah/database.h>
#include <stdio.h>

/* Writes "howdah: 0.214 ms, 3 rows, trip 1: SELECT ..." as one line, whatever white space the statement has;
 * a failed one with "error 23505 (unique)" behind the trip. Lines of several threads don't mix. */
void statement_log_write(FILE *to, const struct howdah_statement *statement);
/* The same to stderr: what HOWDAH_LOG=sql switches on. */
void statement_log_print(const struct howdah_statement *statement);

#endif
