/* One row by a key: STATEMENT_FIND, run. Its columns come as one ROW value, which costs least. But there a value of a domain
 * bears the domain's type, where a column of its own bears that of what the domain is over; so a table that is found to have
 * one is read column by column from then on. */
#ifndef SESSION_LOOKUP_H
#define SESSION_LOOKUP_H

#include "session.h"

struct lookup {
    struct howdah_session *s;
    struct statement_key key; /* STATEMENT_FIND */
    enum howdah_status (*bind)(void *arg, struct pg_step *step, struct pg_binding *ret);
    /* Takes the row: all columns of the mapper, in order. Not called where there is none. */
    enum howdah_status (*row)(void *arg, const struct cell *cells, size_t count);
    void *arg;
    bool again; /* what came has to be asked for column by column */
};

/* 1 round trip; one more where a table turns out to have a domain. */
enum howdah_status lookup_run(struct lookup *lookup);

#endif
