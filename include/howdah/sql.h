/* SQL as it is: statements of the program's own, with printf conversions that are bound as parameters.
 *
 *   User **users = session_sql(s, User, &count, "SELECT * FROM users WHERE age > %d AND email = %s", 18, email);
 *
 * The text must be a literal, so that no value can get into it: anything else does not compile. The compiler checks the
 * arguments as it does for printf. Each conversion is a parameter of the statement:
 *
 *   %d %u %ld %lu %lld %llu %zu   integers, typed (integer for %d, else bigint) and in binary
 *   %s %.*s                       text whose type is left open: the server reads what stands on the other side (text,
 *                                 jsonb, date, numeric, inet ...). A NULL pointer is SQL NULL
 *   %f                            a double as its exact text, type left open
 *   %p                            BIND(x): any other type, also arrays: `id = ANY(%p)` with BIND(ids)
 *   %%                            a percent sign, also inside quotes
 *
 * Flags, widths and other conversions are errors (STATUS_INVALID, before anything is sent), and so is any conversion
 * inside quotes or comments. One statement at a time. BEGIN, COMMIT and the like are session_begin's and
 * session_commit's. What would stay with the connection, which serves others afterwards, is STATUS_MISUSE: settings need
 * SET LOCAL inside session_begin (STATUS_NO_TRANSACTION outside), temporary tables ON COMMIT DROP; LISTEN, PREPARE,
 * DISCARD, cursors WITH HOLD and advisory locks of the connection are not for it. Names are looked up in the server's
 * search_path. Runs under the database's statement_timeout, and inside the transaction of session_begin if there is one.
 * Errors stick to the session. */
#ifndef HOWDAH_SQL_H
#define HOWDAH_SQL_H

#include <howdah/session.h>

HOWDAH_BEGIN_DECLS

/* An argument for %p: a value of any type that VALUE takes. It lives as long as the block around the call. */
#define HOWDAH_BIND(x) ((void *)(struct howdah_value[]){HOWDAH_VALUE(x)})

/* session_sql(s, User, &count, "SELECT ...", ...): the rows as objects, in an array of the session that ends with NULL;
 * NULL and *ret_count 0 on error. 1 round trip.
 *
 * Columns of the result are matched with the model's columns by name: surplus columns are ignored; STATUS_SCHEMA if a
 * column is missing, if one is there twice, or if it is of a type that the field can't hold.
 *
 * Where the model has a table the objects are managed: a row that the session knows gives the object that it has, with
 * its unsaved changes, and all rows are siblings for session_load; so select the row's own values under the names of
 * its columns. Where it has none, they are structs of their own for each row, which live as long as the session; the
 * model need not be given to database_open.
 *
 * Where such a model has columns that only text can hold (.sql_type = "inet"), a statement that reads is put into a
 * sub-select around which they are cast to text.
 *
 * A statement that writes (INSERT ... RETURNING) may run here too: as a transaction (2 round trips), so that nothing is
 * written if its rows don't fit, and with an outcome in its error. */
HOWDAH_API void **howdah_session_sql_objects(struct howdah_session *s, const struct howdah_model *model,
                                             size_t *ret_count, const char *format, ...) HOWDAH_PRINTF(4, 5);
#define howdah_session_sql(s, T, ret_count, ...) \
    ((T **)(void *)howdah_session_sql_objects((s), &T##_model, (ret_count), "" __VA_ARGS__))

/* session_sql_partial(s, AuthorStats, &count, "SELECT ..."): the same for structs without a table, where fields without
 * a column stay zero. Of a model with a table: STATUS_MISUSE, since an object must be its whole row. */
HOWDAH_API void **howdah_session_sql_partial_objects(struct howdah_session *s, const struct howdah_model *model,
                                                     size_t *ret_count, const char *format, ...) HOWDAH_PRINTF(4, 5);
#define howdah_session_sql_partial(s, T, ret_count, ...) \
    ((T **)(void *)howdah_session_sql_partial_objects((s), &T##_model, (ret_count), "" __VA_ARGS__))

/* session_sql_one(s, User, "SELECT ...", ...): the row, or NULL if there is none (no error). STATUS_INVALID if there
 * are several. 1 round trip. */
HOWDAH_API void *howdah_session_sql_one_object(struct howdah_session *s, const struct howdah_model *model,
                                               const char *format, ...) HOWDAH_PRINTF(3, 4);
#define howdah_session_sql_one(s, T, ...) ((T *)howdah_session_sql_one_object((s), &T##_model, "" __VA_ARGS__))

/* session_sql_each(s, User, row, arg, "SELECT ...", ...): any number of rows in constant memory (1 round trip): calls
 * `row` for each with a struct that is not tracked and lives until the call returns; false ends the reading early. The
 * session's other calls are STATUS_BUSY meanwhile. */
HOWDAH_API enum howdah_status howdah_session_sql_each_object(struct howdah_session *s, const struct howdah_model *model,
                                                             bool (*row)(void *arg, const void *object), void *arg,
                                                             const char *format, ...) HOWDAH_PRINTF(5, 6);
#define howdah_session_sql_each(s, T, row, arg, ...) \
    howdah_session_sql_each_object((s), &T##_model, (row), (arg), "" __VA_ARGS__)

/* session_execute(s, &affected, "UPDATE ...", ...): a statement whose rows are of no interest; *ret_affected (may be
 * NULL) is how many it wrote, or returned; 0 on error. 1 round trip. Objects of the session whose rows it changes are
 * not refreshed: see session_refresh, and query_update for a bulk update that keeps them in step.
 *
 * Without session_begin the statement is a transaction of its own, and the error's outcome tells what became of it:
 * STATUS_IN_DOUBT if the connection was lost before the server had answered. */
HOWDAH_API enum howdah_status howdah_session_execute_sql(struct howdah_session *s, uint64_t *ret_affected,
                                                         const char *format, ...) HOWDAH_PRINTF(3, 4);
#define howdah_session_execute(s, ret_affected, ...) howdah_session_execute_sql((s), (ret_affected), "" __VA_ARGS__)

/* --- in queries --- */

/* query_where_sql(q, "metadata @> %s AND length(title) < %d", "{}", 80): a condition of its own, in parentheses, which
 * it can't leave. Columns are named as in the table; where a query joins tables, by the aliases that query_sql shows.
 * The values are copied. No I/O. */
HOWDAH_API void howdah_query_where_sql_text(struct howdah_query *q, const char *format, ...) HOWDAH_PRINTF(2, 3);
#define howdah_query_where_sql(q, ...) howdah_query_where_sql_text((q), "" __VA_ARGS__)

enum howdah_explain {
    HOWDAH_EXPLAIN_TEXT = 0,
    HOWDAH_EXPLAIN_JSON = 1,
    HOWDAH_EXPLAIN_ANALYZE = 2 /* runs the query, and drops its rows: EXPLAIN_JSON | EXPLAIN_ANALYZE */
};

/* The server's plan for query_all of this query (1 round trip), as it prints it. Owned by the
 * session; NULL on error. */
HOWDAH_API const char *howdah_query_explain(struct howdah_query *q, unsigned how);

HOWDAH_END_DECLS

#endif
