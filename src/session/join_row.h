/* Rows of join tables, while they are pending: each is an entry of the join table's own mapper, new for a link and deleted
 * for the end of one, so that the unit of work writes it like any other row. Loading makes none.
 *
 * Where the join table has a model, it is an object of that one: one that is added for the link, or that the session has.
 * What a program adds and deletes of the model is followed by the collections of both sides. */
#ifndef SESSION_JOIN_ROW_H
#define SESSION_JOIN_ROW_H

#include "session.h"

struct join_link {
    struct map_node node;
    struct join_link *next;
    const struct mapper *join;
    struct entry *object, *other; /* as in struct howdah_join_row */
    struct entry *row;
};

enum join_state {
    JOIN_AS_STORED, /* nothing is pending: only the table knows */
    JOIN_ADDED,
    JOIN_REMOVED
};

/* What is pending between two objects of a MANY_TO_MANY. */
enum join_state join_row_state(const struct howdah_session *s, const struct relation *relation,
                               const struct entry *owner, const struct entry *other);
/* The pending row between them, or NULL. */
struct join_link *join_row_of(const struct howdah_session *s, const struct relation *relation,
                              const struct entry *owner, const struct entry *other);
/* Which of a link's objects has that relation, and which is linked to it. */
struct entry *join_row_owner(const struct join_link *link, const struct relation *relation);
struct entry *join_row_other(const struct join_link *link, const struct relation *relation);
/* A row that is to be inserted, or not to be deleted after all; and the opposite. False: the session has the error. */
bool join_row_add(struct howdah_session *s, const struct relation *relation, struct entry *owner, struct entry *other);
bool join_row_remove(struct howdah_session *s, const struct relation *relation, struct entry *owner,
                     struct entry *other);
/* Of a join table with a model: both sides show what the program did with this object of it; or with all of them. False: the
 * session has the error. */
bool join_row_follow(struct howdah_session *s, const struct mapper *join, struct entry *row);
bool join_rows_follow(struct howdah_session *s, const struct mapper *join);
/* Links that are to end, of rows that the session has objects for by now: these are deleted. False: the session has the error. */
bool join_rows_find_objects(struct howdah_session *s);
/* Whether the program has marked the object deleted which is that row. */
bool join_row_is_deleted(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                         const struct entry *other);
/* What was linked to the object since the last commit, or unlinked, is as it was. False: the session has the error. */
bool join_rows_drop(struct howdah_session *s, const struct entry *entry);
/* The two that a row links; NULL: no object of the session. */
void join_row_sides(const struct howdah_session *s, const struct mapper *join, const struct entry *row,
                    const struct entry *ret_sides[2]);
/* The session's error is about a link: names the relation and both objects. `row` may be NULL. */
void join_row_name(struct howdah_session *s, const struct mapper *join, const struct entry *row);
/* Forgets all rows: written or given up. */
void join_rows_forget(struct howdah_session *s);
/* Back at a savepoint: forgets those that were to be inserted. What had been flushed may be pending again. */
void join_rows_go_back(struct howdah_session *s);

#endif
