/* Conditions of partial indexes, as far as the client can judge them: one column that is true, false, NULL or not. */
#ifndef MODEL_PREDICATE_H
#define MODEL_PREDICATE_H

#include "mapper.h"

enum predicate_kind { PREDICATE_TRUE, PREDICATE_FALSE, PREDICATE_NULL, PREDICATE_NOT_NULL };

struct predicate {
    const struct column *column;
    enum predicate_kind kind;
};

/* Reads "current", "NOT current", "gone_at IS NULL" and "gone_at IS NOT NULL", in any case. False for all else. */
bool predicate_read(const struct mapper *mapper, const char *text, struct predicate *ret);
bool predicate_holds(const struct predicate *predicate, const void *object);

#endif
