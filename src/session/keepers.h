/* What else than another session may have kept a row from being written: triggers, rules and policies of its table. */
#ifndef SESSION_KEEPERS_H
#define SESSION_KEEPERS_H

#include "work.h"

/* Asks for those of table $1 that look at what the bits of $2 say. */
extern const struct statement statement_keepers;
/* Adds them to the message of an error that says that rows were not found; asks the server for them, on the way of failure
 * only, and not for a lone row. What goes wrong with that is of no interest. */
void work_name_keepers(struct work *w, const struct mapper *mapper, enum howdah_operation operation);

#endif
