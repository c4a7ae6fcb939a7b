/* Writing many rows at once, beside the unit of work: UPDATE and DELETE with conditions, and upserts.
 *
 * These run when they are called, as one transaction, or inside that of session_begin. What session_commit would write
 * stays pending, and is not seen by their conditions. Objects of the session whose rows they change are kept in step, and so
 * are collections that hold them, where another row owns them now.
 * The error's outcome tells what became of it: without session_begin STATUS_IN_DOUBT if the connection was lost before
 * the server had answered. */
#ifndef HOWDAH_WRITE_H
#define HOWDAH_WRITE_H

#include <howdah/query.h>

HOWDAH_BEGIN_DECLS

/* --- UPDATE and DELETE of the rows that a query finds ---
 *
 *   Query *q = session_query(s, Post);
 *   query_where(q, Post, user_id, "=", 7);
 *   query_set(q, Post, title, "moved");
 *   query_set_sql(q, Post, views, "views + %d", 1);
 *   query_update(q, &affected);
 *
 * Conditions, joins, order, limit and offset of the query apply; a row lock too. Groups and aggregates are errors. */

/* What query_update assigns: a value (NULL where the column can be), or an expression, a literal with printf
 * conversions as in <howdah/sql.h>, in which the table's columns are named as they are. Not the primary key, the
 * version, or what the server makes. A field's validator is not asked: it is about whole objects. A field is set once;
 * after query_update it may be set to something else, with which the query runs again. No I/O. */
HOWDAH_API void howdah_query_set_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                       struct howdah_value value);
#define howdah_query_set(q, T, field, value) \
    howdah_query_set_field((q), &T##_model, offsetof(T, field), HOWDAH_VALUE(value))
HOWDAH_API void howdah_query_set_sql_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                           const char *format, ...) HOWDAH_PRINTF(4, 5);
#define howdah_query_set_sql(q, T, field, ...) \
    howdah_query_set_sql_field((q), &T##_model, offsetof(T, field), "" __VA_ARGS__)

/* Says that query_update and query_delete are meant for every row: without it, and without a condition, they are
 * STATUS_INVALID and nothing is sent. No I/O. */
HOWDAH_API void howdah_query_all_rows(struct howdah_query *q);

/* Updates the rows that the query finds (1 round trip); *ret_affected (may be NULL) is how many, 0 on error. A version
 * column is counted up. Objects of the session get the new values; a field with an unsaved change keeps it. */
HOWDAH_API enum howdah_status howdah_query_update(struct howdah_query *q, uint64_t *ret_affected);
/* Deletes the rows that the query finds (1 round trip). Their objects in the session are detached, with their unsaved
 * changes; collections lose them with the next commit. Rows that the server deletes with them (ON DELETE) are not known
 * here. */
HOWDAH_API enum howdah_status howdah_query_delete(struct howdah_query *q, uint64_t *ret_affected);

/* --- upserts ---
 *
 *   User *ann = session_upsert(s, User, (email), .email = "ann@example.com", .name = "Ann");
 *
 * INSERT ... ON CONFLICT (fields): these must be what a unique index, or the primary key, is made of, and be set;
 * where the database has no such index it is STATUS_SCHEMA. Of a partial index (.where) only rows that are in it collide.
 * A zero is a value here too: all fields are sent but those that session_add would leave to the server. */

enum howdah_on_conflict {
    HOWDAH_ON_CONFLICT_UPDATE = 0, /* the row that is there gets all that is sent; a version is counted up */
    HOWDAH_ON_CONFLICT_IGNORE      /* it stays as it is */
};

/* The row as the server has it then, as a managed object (1 round trip): the one that the session has already, if it
 * has, whose unsaved changes stay. NULL on error; with IGNORE also if there was such a row. BELONGS_TO pointers may
 * lead to objects whose rows are there. A rollback of session_begin's transaction detaches objects that came by it. */
HOWDAH_API void *howdah_session_upsert_object(struct howdah_session *s, const struct howdah_model *model,
                                              enum howdah_on_conflict action, const size_t *fields, size_t field_count,
                                              const void *value);
/* The same for an array of structs: one statement, or one for each set of fields that are sent, in one transaction (1
 * round trip, or 2). An array of the session in the order of the structs, which ends with NULL; with IGNORE also NULL
 * for those that were there: the fields must be as the server keeps them, else STATUS_INVALID, since their rows can't be
 * told apart. With UPDATE two structs with one key are STATUS_INVALID, which says where they stand. NULL
 * on error, whose outcome tells what was done. */
HOWDAH_API void **howdah_session_upsert_objects(struct howdah_session *s, const struct howdah_model *model,
                                                enum howdah_on_conflict action, const size_t *fields,
                                                size_t field_count, const void *values, size_t count);

#define HOWDAH_CONFLICT(T, ...) HOWDAH_OFFSETS(T, __VA_ARGS__), HOWDAH_COUNT(__VA_ARGS__)
/* session_upsert(s, User, (email), .email = "a@b.c", .name = "Ann") */
#define howdah_session_upsert(s, T, conflict, ...) \
    ((T *)howdah_session_upsert_object((s), &T##_model, HOWDAH_ON_CONFLICT_UPDATE, \
                                       HOWDAH_CONFLICT(T, HOWDAH_STRIP conflict), &(const T){__VA_ARGS__}))
/* session_upsert_many(s, User, (email), users, count) */
#define howdah_session_upsert_many(s, T, conflict, values, count) \
    ((T **)(void *)howdah_session_upsert_objects((s), &T##_model, HOWDAH_ON_CONFLICT_UPDATE, \
                                                 HOWDAH_CONFLICT(T, HOWDAH_STRIP conflict), \
                                                 (1 ? (values) : (const T *)0), (count)))
/* session_insert_missing(s, Tag, (label), .label = "c"): the new object, or NULL if there was such a row. */
#define howdah_session_insert_missing(s, T, conflict, ...) \
    ((T *)howdah_session_upsert_object((s), &T##_model, HOWDAH_ON_CONFLICT_IGNORE, \
                                       HOWDAH_CONFLICT(T, HOWDAH_STRIP conflict), &(const T){__VA_ARGS__}))
/* session_insert_missing_many(s, Tag, (label), tags, count) */
#define howdah_session_insert_missing_many(s, T, conflict, values, count) \
    ((T **)(void *)howdah_session_upsert_objects((s), &T##_model, HOWDAH_ON_CONFLICT_IGNORE, \
                                                 HOWDAH_CONFLICT(T, HOWDAH_STRIP conflict), \
                                                 (1 ? (values) : (const T *)0), (count)))

HOWDAH_END_DECLS

#endif
