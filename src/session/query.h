/* A query, inside: conditions as data until it runs. */
#ifndef SESSION_QUERY_H
#define SESSION_QUERY_H

#include "model/mapper.h"

#include <howdah/query.h>

enum { QUERY_ERROR_MAX = 256 };

struct condition {
    struct condition *next;
    const struct column *column;
    const char *op;     /* SQL, from the table of operators */
    const void *object; /* a struct of the mapper's with the value; NULL: the operator takes none */
};

struct ordering {
    struct ordering *next;
    const struct column *column;
    enum howdah_order order;
};

struct howdah_query {
    struct howdah_session *s;
    const struct mapper *mapper;
    struct condition *conditions, **last_condition;
    struct ordering *orderings, **last_ordering;
    uint64_t limit;
    bool limited;
    enum howdah_status status; /* the first fault of building; it comes out when the query runs */
    const char *field;         /* that it is about */
    char message[QUERY_ERROR_MAX];
};

#endif
