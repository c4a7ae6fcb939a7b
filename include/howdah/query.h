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

/* A query of all rows of a model. Owned by the session; it may run again. Its errors come out when it runs.
 * Never NULL on a session that opened. No I/O. */
HOWDAH_API struct howdah_query *howdah_session_query_model(struct howdah_session *s, const struct howdah_model *model);
#define howdah_session_query(s, T) howdah_session_query_model((s), &T##_model)

/* query_where(q, User, age, ">", 18): conditions are joined by AND. Operators: = <> < <= > >= LIKE ILIKE; with a
 * NULL value, = and <> are IS NULL and IS NOT NULL. The value is copied and bound, never pasted. */
HOWDAH_API void howdah_query_where_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                         const char *op, struct howdah_value value);
#define howdah_query_where(q, T, field, op, value) \
    howdah_query_where_field((q), &T##_model, offsetof(T, field), (op), HOWDAH_VALUE(value))
HOWDAH_API void howdah_query_order_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                            enum howdah_order order);
#define howdah_query_order_by(q, T, field, order) \
    howdah_query_order_by_field((q), &T##_model, offsetof(T, field), (order))
HOWDAH_API void howdah_query_limit(struct howdah_query *q, uint64_t rows);

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
