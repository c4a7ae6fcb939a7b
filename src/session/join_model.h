/* Rows of join tables that have a model, as objects of it. */
#ifndef SESSION_JOIN_MODEL_H
#define SESSION_JOIN_MODEL_H

#include "session.h"

/* What a row of a join table leads to, in the order of its mapper's foreign keys. */
struct join_sides {
    struct entry *entries[2];
};

/* The session's object for that row, in any state but detached; NULL: it has none. Not `thorough`: only where the primary
 * key tells at once. */
struct entry *join_model_find(struct howdah_session *s, const struct mapper *join, const struct join_sides *sides,
                              bool thorough);
/* Whether links alone can make such an object, for the relation of that owner. False: the session has the error, which is
 * that of the relation where it needs more. */
bool join_model_may_add(struct howdah_session *s, const struct relation *relation, const struct entry *owner);
/* A new object for a link by that relation, without anything else in it. NULL: the session has the error, which is that
 * of the relation where such an object needs more than that. */
struct entry *join_model_add(struct howdah_session *s, const struct relation *relation, const struct join_sides *sides);
/* The collections of both sides that hold objects of the model hold this one, or not. False: the session has the error. */
bool join_model_show(struct howdah_session *s, const struct mapper *join, struct entry *row, bool is_there);
/* What the object leads to now, or by its row; false where that is not two objects of the session. */
bool join_model_sides(struct howdah_session *s, const struct mapper *join, const struct entry *row,
                      struct join_sides *ret);
bool join_model_sides_of_row(struct howdah_session *s, const struct mapper *join, const struct entry *row,
                             struct join_sides *ret);

#endif
