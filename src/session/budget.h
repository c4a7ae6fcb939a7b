/* A session's budget: how much it may ask of the server, and what it has asked. */
#ifndef SESSION_BUDGET_H
#define SESSION_BUDGET_H

#include "session.h"

/* Whether the plan may run. False: the session has the error, and nothing is to be sent. */
bool budget_allows(struct howdah_session *s, const struct pg_plan *plan);
/* The plan has run: takes note of its statements. False and an error if it brought more rows than it may. */
bool budget_note(struct howdah_session *s, const struct pg_plan *plan);
/* The counter of rows at which a plan must stop; 0: none. */
uint64_t budget_row_limit(const struct howdah_session *s);
void budget_free(struct howdah_session *s);

#endif
