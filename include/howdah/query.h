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
/* `result`; an array of negative size, and so no program, where text would be compared with a number. */
#define HOWDAH_COMPARED(T, field, value, result) \
    ((void)sizeof(char[HOWDAH_FIELD_KIND_OF(T, field) * HOWDAH_VALUE_KIND_OF(value) != 2 ? 1 : -1]), (result))

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
 *   [NOT] LIKE, [NOT] ILIKE, ~ ~* !~ !~*      text, or another type's text (.sql_type = "inet"); the value is a pattern
 *   CONTAINS, STARTS WITH, ENDS WITH          text; the value is taken as it is, % and _ too. ICONTAINS,
 *                                             ISTARTS WITH, IENDS WITH: upper and lower case are the same
 *   @>  <@                                    jsonb, arrays and ranges; && arrays, ranges and networks
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

/* query_where_json(q, Post, metadata, JSON_PATH("author", "age"), ">", 30): a condition about what stands at a path inside
 * jsonb or json; parts are keys, or positions in arrays ("0"), and NULL ends them. Compared with text it is the text there; with a number or a
 * truth value it is that number or truth value, and what is none fits nothing (true is an int in C: write
 * (bool)true); with a PgJson, and with operators of
 * jsonb, it is the JSON there. = NULL finds what is missing, or JSON's null. Operators as in query_where. */
HOWDAH_API void howdah_query_where_json_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                              const char *const *path, const char *op, struct howdah_value value);
#define howdah_query_where_json(q, T, field, path, op, value) \
    howdah_query_where_json_field((q), &T##_model, offsetof(T, field), (path), (op), HOWDAH_VALUE(value))
#define HOWDAH_JSON_PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* query_where_search(q, Post, body, "english", "brown -fox \"two words\""): full-text search as in a web search, in text,
 * or in a column of .sql_type = "tsvector" (which is faster, with an index of method gin). The configuration is one of
 * the server's; one that it does not have is STATUS_SCHEMA. query_order_by_search: the best ranked rows first. */
HOWDAH_API void howdah_query_where_search_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                                const char *configuration, const char *words);
#define howdah_query_where_search(q, T, field, configuration, words) \
    howdah_query_where_search_field((q), &T##_model, offsetof(T, field), (configuration), (words))
HOWDAH_API void howdah_query_order_by_search_field(struct howdah_query *q, const struct howdah_model *model,
                                                   size_t offset, const char *configuration, const char *words);
#define howdah_query_order_by_search(q, T, field, configuration, words) \
    howdah_query_order_by_search_field((q), &T##_model, offsetof(T, field), (configuration), (words))

/* query_where_similar(q, User, name, "jon"): text that shares enough trigrams (pg_trgm's %). query_order_by_similarity:
 * the most similar rows first. Both need the extension pg_trgm in the database, in a schema of the search path. */
HOWDAH_API void howdah_query_where_similar_field(struct howdah_query *q, const struct howdah_model *model,
                                                 size_t offset, const char *to);
#define howdah_query_where_similar(q, T, field, to) \
    howdah_query_where_similar_field((q), &T##_model, offsetof(T, field), (to))
HOWDAH_API void howdah_query_order_by_similarity_field(struct howdah_query *q, const struct howdah_model *model,
                                                       size_t offset, const char *to);
#define howdah_query_order_by_similarity(q, T, field, to) \
    howdah_query_order_by_similarity_field((q), &T##_model, offsetof(T, field), (to))

/* query_or(q); query_where(...); query_where(...); query_end(q): a group whose conditions are joined by OR, or by AND;
 * query_not: joined by AND, and the rows that don't fit. That is SQL's NOT: of a row with a NULL, a comparison says neither
 * (IS DISTINCT FROM does). Groups, and EXISTS, nest up to 1,000 deep; deeper is an error, and so is one without conditions. */
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

/* --- groups and aggregates --- */

enum howdah_aggregate {
    HOWDAH_AGGREGATE_COUNT = 0, /* of rows in which the field is not NULL; a primary key's is that of all rows */
    HOWDAH_AGGREGATE_COUNT_DISTINCT,
    HOWDAH_AGGREGATE_SUM,
    HOWDAH_AGGREGATE_AVG,
    HOWDAH_AGGREGATE_MIN,
    HOWDAH_AGGREGATE_MAX,
    HOWDAH_AGGREGATE_BOOL_AND,
    HOWDAH_AGGREGATE_BOOL_OR,
    HOWDAH_AGGREGATE_ARRAY /* array_agg: the values, NULLs too, in no certain order */
};

/* query_group_by(q, User, id); query_having(q, AGGREGATE_COUNT, Post, id, ">", 5). A query that is grouped by the primary
 * key of its model may still give that model's objects. */
HOWDAH_API void howdah_query_group_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset);
#define howdah_query_group_by(q, T, field) howdah_query_group_by_field((q), &T##_model, offsetof(T, field))
/* Operators, and query_and, query_or and query_not around them, as in query_where; but one of these holds either
 * conditions about rows or conditions about groups. */
HOWDAH_API void howdah_query_having_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                                          const struct howdah_model *model, size_t offset, const char *op,
                                          struct howdah_value value);
#define howdah_query_having(q, aggregate, T, field, op, value) \
    howdah_query_having_field((q), (aggregate), &T##_model, offsetof(T, field), (op), HOWDAH_VALUE(value))
HOWDAH_API void howdah_query_order_by_aggregate_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                                                      const struct howdah_model *model, size_t offset,
                                                      enum howdah_order order);
#define howdah_query_order_by_aggregate(q, aggregate, T, field, order) \
    howdah_query_order_by_aggregate_field((q), (aggregate), &T##_model, offsetof(T, field), (order))

/* query_select(q, AuthorStats, name, User, name): the query gives plain structs of that type (MODEL(AuthorStats, NULL,
 * ...)), and this field takes that column; one with a path takes it too: query_select(q, Row, author.name, User, name).
 * Every field of the struct needs its own. Such rows are not tracked; they live as long as the session. */
HOWDAH_API void howdah_query_select_field(struct howdah_query *q, const struct howdah_model *result,
                                          size_t result_offset, const struct howdah_model *model, size_t offset);
#define howdah_query_select(q, R, result_field, T, field) \
    howdah_query_select_field((q), &R##_model, offsetof(R, result_field), &T##_model, offsetof(T, field))
/* query_select_aggregate(q, AuthorStats, posts, AGGREGATE_COUNT, Post, id). A field of a type that can't
 * hold such values, as an integer that is to take an average, is an error; so is, when the row comes, a value too large for
 * the field. An aggregate other than a count is NULL where there are no values. */
HOWDAH_API void howdah_query_select_aggregate_field(struct howdah_query *q, const struct howdah_model *result,
                                                    size_t result_offset, enum howdah_aggregate aggregate,
                                                    const struct howdah_model *model, size_t offset);
#define howdah_query_select_aggregate(q, R, result_field, aggregate, T, field) \
    howdah_query_select_aggregate_field((q), &R##_model, offsetof(R, result_field), (aggregate), &T##_model, \
                                        offsetof(T, field))

/* --- running. Each is one statement in 1 round trip --- */

/* The statement's text. Owned by the session; NULL on error. No I/O. */
HOWDAH_API const char *howdah_query_sql(struct howdah_query *q);
/* The values that it would send, $1 first: read back from what goes over the wire, so that a pattern is shown with what was
 * escaped in it. Owned by the session; NULL on error. No I/O. */
HOWDAH_API const struct howdah_value *howdah_query_parameters(struct howdah_query *q, size_t *ret_count);
/* query_bind(q, 1, 25): another value for $1 of query_sql, which then runs again with it: nothing is rendered and nothing
 * planned anew. Numbers are those of query_sql in every form of the query, query_update and query_delete too; what an
 * update sets is set anew by query_set. A value that does not fit is an error of the query. No I/O. */
HOWDAH_API void howdah_query_bind_value(struct howdah_query *q, size_t number, struct howdah_value value);
#define howdah_query_bind(q, number, value) howdah_query_bind_value((q), (number), HOWDAH_VALUE(value))

/* query_all(q, User, &count): all rows as managed objects, in an array of the session that ends with NULL; *ret_count is
 * 0 and the result NULL on error. Unsaved changes of objects that are there already are kept; one that is marked deleted
 * is given back as well, since its row is there until the commit. With query_select: plain structs. */
HOWDAH_API void **howdah_query_all_objects(struct howdah_query *q, const struct howdah_model *model, size_t *ret_count);
#define howdah_query_all(q, T, ret_count) ((T **)(void *)howdah_query_all_objects((q), &T##_model, (ret_count)))
/* The first row (LIMIT 1), or NULL. */
HOWDAH_API void *howdah_query_first_object(struct howdah_query *q, const struct howdah_model *model);
#define howdah_query_first(q, T) ((T *)howdah_query_first_object((q), &T##_model))
/* The only row, or NULL if there is none; more than one is STATUS_INVALID. */
HOWDAH_API void *howdah_query_one_object(struct howdah_query *q, const struct howdah_model *model);
#define howdah_query_one(q, T) ((T *)howdah_query_one_object((q), &T##_model))

/* A page of a query's rows, in its order. */
struct howdah_page {
    void **items; /* as query_all gives them, ending with NULL; NULL on error */
    size_t count;
    const char *next; /* the cursor of the page behind this one; NULL if there is none */
    const char *previous;
};

/* query_page(q, User, cursor, 20, &page): the first rows, or those that a cursor of an earlier page leads to; however far
 * in they are, the server compares instead of counting. NULL is the first page. Ties are broken by the primary key. A
 * cursor is text that may stand in a URL, and good for a query with the same order, also in another process; one that was
 * made for another order or was changed is STATUS_INVALID. It holds the values of the ordering columns, readable: do not
 * order by what its holder must not know. Cursors live as long as the session. */
HOWDAH_API enum howdah_status howdah_query_page_objects(struct howdah_query *q, const struct howdah_model *model,
                                                        const char *cursor, size_t rows, struct howdah_page *ret);
#define howdah_query_page(q, T, cursor, rows, ret) howdah_query_page_objects((q), &T##_model, (cursor), (rows), (ret))

/* How many rows the query has, its limit and offset included; 0 on error. */
HOWDAH_API uint64_t howdah_query_count(struct howdah_query *q);
/* Whether it has any; false on error. */
HOWDAH_API bool howdah_query_has_rows(struct howdah_query *q);

/* query_scalar(q, AGGREGATE_SUM, Post, price, &total): an aggregate over all rows that fit. `ret` points to a C type that
 * can hold it (a sum of int32_t is an int64_t, one of int64_t a PgNumeric or, if it fits, an int64_t), or to a Value.
 * Without rows it is NULL, but for counts: use a Null type, a pointer type or a Value. Text lives as long as the session.
 * *ret is untouched on error. */
HOWDAH_API enum howdah_status howdah_query_scalar_field(struct howdah_query *q, enum howdah_aggregate aggregate,
                                                        const struct howdah_model *model, size_t offset, uint32_t type,
                                                        size_t size, void *ret);
#define howdah_query_scalar(q, aggregate, T, field, ret) \
    howdah_query_scalar_field((q), (aggregate), &T##_model, offsetof(T, field), HOWDAH_SCALAR_TYPE(ret), \
                              sizeof(*(ret)), (ret))
#define HOWDAH_SCALAR_TYPE(ret) \
    _Generic((ret),                                                                                  \
        bool *: HOWDAH_TYPE_BOOL, int16_t *: HOWDAH_TYPE_INT16, int32_t *: HOWDAH_TYPE_INT32,        \
        int64_t *: HOWDAH_TYPE_INT64, float *: HOWDAH_TYPE_FLOAT, double *: HOWDAH_TYPE_DOUBLE,      \
        const char **: HOWDAH_TYPE_TEXT, struct howdah_timestamp *: HOWDAH_TYPE_TIMESTAMP,           \
        struct howdah_date *: HOWDAH_TYPE_DATE, struct howdah_time *: HOWDAH_TYPE_TIME,              \
        struct howdah_interval *: HOWDAH_TYPE_INTERVAL, struct howdah_numeric *: HOWDAH_TYPE_NUMERIC, \
        struct howdah_null_bool *: (uint32_t)HOWDAH_TYPE_BOOL | HOWDAH_TYPE_NULLABLE,                \
        struct howdah_null_int16 *: (uint32_t)HOWDAH_TYPE_INT16 | HOWDAH_TYPE_NULLABLE,              \
        struct howdah_null_int32 *: (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_NULLABLE,              \
        struct howdah_null_int64 *: (uint32_t)HOWDAH_TYPE_INT64 | HOWDAH_TYPE_NULLABLE,              \
        struct howdah_null_float *: (uint32_t)HOWDAH_TYPE_FLOAT | HOWDAH_TYPE_NULLABLE,              \
        struct howdah_null_double *: (uint32_t)HOWDAH_TYPE_DOUBLE | HOWDAH_TYPE_NULLABLE,            \
        struct howdah_null_timestamp *: (uint32_t)HOWDAH_TYPE_TIMESTAMP | HOWDAH_TYPE_NULLABLE,      \
        struct howdah_null_date *: (uint32_t)HOWDAH_TYPE_DATE | HOWDAH_TYPE_NULLABLE,                \
        struct howdah_null_time *: (uint32_t)HOWDAH_TYPE_TIME | HOWDAH_TYPE_NULLABLE,                \
        struct howdah_null_interval *: (uint32_t)HOWDAH_TYPE_INTERVAL | HOWDAH_TYPE_NULLABLE,        \
        struct howdah_int64_array *: (uint32_t)HOWDAH_TYPE_INT64 | HOWDAH_TYPE_ARRAY,                \
        struct howdah_int32_array *: (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_ARRAY,                \
        struct howdah_text_array *: (uint32_t)HOWDAH_TYPE_TEXT | HOWDAH_TYPE_ARRAY,                  \
        struct howdah_value *: HOWDAH_TYPE_NONE)

/* const char **emails = query_pluck(q, User, email, &count): the values of one field, in the order of the rows, as an
 * array of its C type. It lives as long as the session, as does what the values point to. NULL on error. */
HOWDAH_API void *howdah_query_pluck_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                          size_t *ret_count);
#define howdah_query_pluck(q, T, field, ret_count) \
    ((__typeof__(&((T *)0)->field))howdah_query_pluck_field((q), &T##_model, offsetof(T, field), (ret_count)))

/* Reads any number of rows in constant memory: calls `row` for each with a struct that is not tracked and lives until the
 * call returns; false ends the reading early: what the server has still to say is received and dropped, also in constant
 * memory. The session's other calls that would reach the server are STATUS_BUSY meanwhile. */
HOWDAH_API enum howdah_status howdah_query_each_object(struct howdah_query *q, const struct howdah_model *model,
                                                       bool (*row)(void *arg, const void *object), void *arg);
#define howdah_query_each(q, T, row, arg) howdah_query_each_object((q), &T##_model, (row), (arg))

/* From then on query_all, query_first and query_one give structs that the session does not know: each row a new one, as it
 * is in the database, never written. For reports; they live as long as the session. */
HOWDAH_API void howdah_query_untracked(struct howdah_query *q);

HOWDAH_END_DECLS

#endif
