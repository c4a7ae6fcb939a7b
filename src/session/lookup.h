/* Rows by their keys, one a statement: STATEMENT_FIND, run. Its columns come as one ROW value, which costs least. But there a value of a domain
 * bears the domain's type, where a column of its own bears that of what the domain is over; so a table that is found to have
 * one is read column by column from then on. */
#ifndef SESSION_LOOKUP_H
#define SESSION_LOOKUP_H

#include "session.h"

struct lookup {
    struct lookup *next; /* of those that are asked for together */
    struct howdah_session *s;
    struct statement_key key; /* STATEMENT_FIND */
    const void *values;       /* a struct with the primary key, or with the field `key.by`, until the row is taken */
    /* Takes the row: all columns of the mapper, in order. Not called where there is none. */
    enum howdah_status (*row)(void *arg, const struct cell *cells, size_t count);
    void *arg;
    bool again;    /* what came has to be asked for column by column */
    bool answered; /* set where there are several, to tell which one failed */
};

/* A lone one. 1 round trip; one more where a table turns out to have a domain. */
enum howdah_status lookup_run(struct lookup *lookup);
/* The same for a list of so many, of one session. */
enum howdah_status lookups_run(struct lookup *first, size_t count);

#endif
