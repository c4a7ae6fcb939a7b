/* Conditions of partial unique indexes, as far as the client can judge them: what columns are, or are not, all of it
 * together. */
#ifndef MODEL_PREDICATE_H
#define MODEL_PREDICATE_H

#include "mapper.h"

struct predicate_term {
    const struct column *column;
    const void *value; /* a struct of which only that field is set, to what the column is; NULL: it is SQL NULL */
    bool not ;         /* it is anything else; SQL NULL is neither like a value nor unlike it */
};

struct predicate {
    const struct predicate_term *terms;
    uint32_t count;
};

bool predicate_holds(const struct predicate *predicate, const void *object);
/* Whether it may hold where the column is SQL NULL: it asks for just that. */
bool predicate_wants_null(const struct predicate *predicate, const struct column *column);

#endif
