/* A session's budget: how much it may ask of the server, and what it has asked. */
#ifndef SESSION_BUDGET_H
#define SESSION_BUDGET_H

#include "session.h"

/* Whether the plan may run. False: the session has the error, and nothing is to be sent. */
static inline bool budget_allows(struct howdah_session *s, const struct pg_plan *plan);
/* The plan has run: takes note of its statements. False and an error if it brought more rows than it may. */
static inline bool budget_note(struct howdah_session *s, const struct pg_plan *plan);
/* The counter of rows at which a plan must stop; 0: none. */
static inline uint64_t budget_row_limit(const struct howdah_session *s);
void budget_free(struct howdah_session *s);

/* The same for a session that has a budget, as few have. */
bool budget_has_room(struct howdah_session *s, const struct pg_plan *plan);
bool budget_add(struct howdah_session *s, const struct pg_plan *plan);
uint64_t budget_last_row(const struct howdah_session *s);

static inline bool budget_allows(struct howdah_session *s, const struct pg_plan *plan)
{
    return !s->budget || budget_has_room(s, plan);
}

static inline bool budget_note(struct howdah_session *s, const struct pg_plan *plan)
{
    return !s->budget || budget_add(s, plan);
}

static inline uint64_t budget_row_limit(const struct howdah_session *s)
{
    return s->budget ? budget_last_row(s) : 0;
}

#endif
