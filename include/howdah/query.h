/* Queries over the rows of one model. A query always asks the server and gives back the managed objects. */
#ifndef HOWDAH_QUERY_H
#define HOWDAH_QUERY_H

#include <howdah/session.h>

HOWDAH_BEGIN_DECLS

/* Without a word about them NULLs come last when ascending, and first when descending. */
enum howdah_order {
    HOWDAH_ORDER_ASC = 0,
    HOWDAH_ORDER_DESC,
    HOWDAH_ORDER_ASC_NULLS_FIRST,
    HOWDAH_ORDER_ASC_NULLS_LAST,
    HOWDAH_ORDER_DESC_NULLS_FIRST,
    HOWDAH_ORDER_DESC_NULLS_LAST
};

/* 1 text, 2 numbers and truth values, 0 what only the library can tell: the kinds of fields, and of values, of which the
 * first two are never compared. (An int may be an enum, whose labels are text.) */
#define HOWDAH_FIELD_KIND_OF(T, field) \
    _Generic(&HOWDAH_FIELD_OF(T, field), const char ** : 1, char(*)[sizeof(HOWDAH_FIELD_OF(T, field))] : 1, \
             bool * : 2, int16_t * : 2, int64_t * : 2, float * : 2, double * : 2, struct howdah_null_bool * : 2, \
             struct howdah_null_int16 * : 2, struct howdah_null_int32 * : 2, struct howdah_null_int64 * : 2, \
             struct howdah_null_float * : 2, struct howdah_null_double * : 2, default : 0)
#define HOWDAH_VALUE_KIND_OF(value) \
    _Generic((value), char * : 1, const char * : 1, bool : 2, char : 2, signed char : 2, short : 2, int : 2, long : 2, \
             long long : 2, unsigned char : 2, unsigned short : 2, unsigned int : 2, unsigned long : 2, \
             unsigned long long : 2, float : 2, double : 2, struct howdah_null_bool : 2, struct howdah_null_int16 : 2, \
             struct howdah_null_int32 : 2, struct howdah_null_int64 : 2, struct howdah_null_float : 2, \
             struct howdah_null_double : 2, default : 0)
/* `result`; does not compile where the field can't be compared with the value. */
#define HOWDAH_COMPARED(T, field, value, result) \
    ((void)sizeof(struct { \
         _Static_assert(HOWDAH_FIELD_KIND_OF(T, field) * HOWDAH_VALUE_KIND_OF(value) != 2, \
                        "howdah: text is compared with text, and a number with a number"); \
         int unused; \
     }), \
     (result))

/* A query of all rows of a model. Owned by the session; it may run again. Its errors come out when it runs.
 * Never NULL on a session that opened. No I/O. */
HOWDAH_API struct howdah_query *howdah_session_query_model(struct howdah_session *s, const struct howdah_model *model);
#define howdah_session_query(s, T) howdah_session_query_model((s), &T##_model)

/* --- conditions. Each stands in the group that is open (query_and ...), at first in one whose members are joined by AND.
 * Values are copied and bound, never pasted. No I/O --- */

/* query_where(q, User, age, ">", 18). Operators:
 *
 *   =  <>  !=  <  <=  >  >=                   = and <> with NULL are IS NULL and IS NOT NULL
 *   IS DISTINCT FROM, IS NOT DISTINCT FROM    NULL is a value like others
 *   IN, NOT IN                                the value is an array, of any length; an empty one holds nothing. An item
 *                                             that is NULL is an error, since no comparison would find it
 *   [NOT] LIKE, [NOT] ILIKE, ~ ~* !~ !~*      text; the value is a pattern
 *   CONTAINS, STARTS WITH, ENDS WITH          text; the value is taken as it is, % and _ too. ICONTAINS,
 *                                             ISTARTS WITH, IENDS WITH: upper and lower case are the same
 *   @>  <@                                    jsonb and arrays; && arrays
 *   ANY                                       arrays: the value is one of its items
 *   ?  ?|  ?&                                 jsonb: has the key; the value is text, or an array of text
 *   @?  @@                                    jsonb: the value is an SQL/JSON path
 *
 * A value that can't be compared with the field, and an operator that does not fit it, is an error of the query; text
 * against a number does not compile. Text compared with a char[N] may be longer than that. */
HOWDAH_API void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                         const char *op, struct howdah_value value);
#define howdah_query_where(q, T, field, op, value) \
    howdah_query_where_field((q), HOWDAH_COMPARED(T, field, value, &T##_model), offsetof(T, field), (op), \
                             HOWDAH_VALUE(value))

/* query_where_between(q, User, age, 18, 30): both ends are inside. */
HOWDAH_API void howdah_query_where_between_field(struct howdah_query *q, const struct howdah_model *model,
                                                 size_t offset, struct howdah_value low, struct howdah_value high);
#define howdah_query_where_between(q, T, field, low, high) \
    howdah_query_where_between_field((q), HOWDAH_COMPARED(T, field, low, HOWDAH_COMPARED(T, field, high, &T##_model)), \
                                     offsetof(T, field), HOWDAH_VALUE(low), HOWDAH_VALUE(high))

/* query_or(q); query_where(...); query_where(...); query_end(q): a group whose conditions are joined by OR, or by AND;
 * query_not: joined by AND, and none of the rows that fit. Groups nest to any depth; one without conditions is an error. */
HOWDAH_API void howdah_query_and(struct howdah_query *q);
HOWDAH_API void howdah_query_or(struct howdah_query *q);
HOWDAH_API void howdah_query_not(struct howdah_query *q);
HOWDAH_API void howdah_query_end(struct howdah_query *q);

/* query_exists(q, User, posts); query_where(q, Post, title, "=", "x"); query_end(q): users that have such a post. What is
 * added up to query_end is about the relation's target; models that are not in it mean the rows outside. Without a
 * condition: users that have any post. NOT EXISTS is a query_not around it. */
HOWDAH_API void howdah_query_exists_field(struct howdah_query *q, const struct howdah_model *model, size_t offset);
#define howdah_query_exists(q, T, field) howdah_query_exists_field((q), &T##_model, offsetof(T, field))

/* query_join(q, Post, user): from then on User's fields may stand in conditions, orders and outputs. Rows without a partner
 * drop out; query_left_join keeps them, with NULLs. A join along a collection gives a row for each member: an object comes
 * as often as it has members that fit; use query_exists where that is not meant. A relation is joined once, whatever is
 * called how often. */
HOWDAH_API void howdah_query_join_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                        bool outer);
#define howdah_query_join(q, T, field)      howdah_query_join_field((q), &T##_model, offsetof(T, field), false)
#define howdah_query_left_join(q, T, field) howdah_query_join_field((q), &T##_model, offsetof(T, field), true)

/* query_at(q, "user.company"): from then on Company means the row at the end of that path of relations from the query's
 * own row (in query_exists: from its target), until the next query_at, or the next query_exists or query_end. For
 * conditions across relations without a join of one's own, and where a model is in the query more than once: two ways
 * to it, or a reference to itself. What isn't joined yet is joined, keeping rows that have no partner. "" is the query's
 * own row; NULL goes back to models without a path. */
HOWDAH_API void howdah_query_at(struct howdah_query *q, const char *path);

/* --- order and limits --- */

HOWDAH_API void howdah_query_order_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                            enum howdah_order order);
#define howdah_query_order_by(q, T, field, order) \
    howdah_query_order_by_field((q), &T##_model, offsetof(T, field), (order))
HOWDAH_API void howdah_query_limit(struct howdah_query *q, uint64_t rows);
HOWDAH_API void howdah_query_offset(struct howdah_query *q, uint64_t rows);
/* SELECT DISTINCT: rows that are equal in all columns come once. */
HOWDAH_API void howdah_query_distinct(struct howdah_query *q);
/* Locks the rows of the query's model (not those that are joined) until the transaction ends. The query then runs only
 * inside session_begin; else it is STATUS_NO_TRANSACTION, and nothing is sent. */
HOWDAH_API void howdah_query_lock(struct howdah_query *q, enum howdah_lock lock);

/* --- running --- */

/* The statement's text. Owned by the session; NULL on error. No I/O. */
HOWDAH_API const char *howdah_query_sql(struct howdah_query *q);

/* All rows as managed objects (1 trip), in an array of the session that ends with NULL; *ret_count is 0 and
 * the result NULL on error. Unsaved changes of objects that are there already are kept; one that is
 * marked deleted is given back as well, since its row is there until the commit. */
HOWDAH_API void **howdah_query_all_objects(struct howdah_query *q, const struct howdah_model *model, size_t *ret_count);
#define howdah_query_all(q, T, ret_count) ((T **)(void *)howdah_query_all_objects((q), &T##_model, (ret_count)))
/* The first row (1 trip, LIMIT 1), or NULL. */
HOWDAH_API void *howdah_query_first_object(struct howdah_query *q, const struct howdah_model *model);
#define howdah_query_first(q, T) ((T *)howdah_query_first_object((q), &T##_model))

/* Reads any number of rows in constant memory (1 trip): calls `row` for each with a struct that is not tracked
 * and lives until the call returns; false ends the reading early. The session's other calls that would reach
 * the server are STATUS_BUSY meanwhile. */
HOWDAH_API enum howdah_status howdah_query_each_object(struct howdah_query *q, const struct howdah_model *model,
                                                       bool (*row)(void *arg, const void *object), void *arg);
#define howdah_query_each(q, T, row, arg) howdah_query_each_object((q), &T##_model, (row), (arg))

HOWDAH_END_DECLS

#endif
