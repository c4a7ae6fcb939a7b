/* Referrals: which knots have a row that refers over a foreign key to a value. Asked for many values, it is looked up. */
#ifndef SESSION_REFERRALS_H
#define SESSION_REFERRALS_H

#include "knots.h"

/* Whether a row of the knot, as it will be, refers over the key to what `gone` was. False: the session has the error. */
bool referrals_ask(struct splitting *s, uint32_t knot, const struct foreign_key *key, const struct change *gone,
                   bool *ret);

#endif
