/* What the tests of queries share: rows of the blog, and what of a query is compared. */
#ifndef API_QUERY_SCENE_H
#define API_QUERY_SCENE_H

#include "api/query_models.h"
#include "api/scene.h"

static inline void query_setup(void)
{
    scene_open(BLOG);
    live_sql("%s", BLOG_ROWS);
}

/* The statement behind the first occurrence of a word. */
static inline const char *sql_behind(Query *q, const char *word)
{
    const char *sql = query_sql(q);
    ck_assert_msg(sql != NULL, "%s", error_text(session_error(s)));
    const char *at = strstr(sql, word);
    return at ? at + strlen(word) : "";
}

#define from_of(q)  sql_behind((q), " FROM ")
#define where_of(q) sql_behind((q), " WHERE ")

/* The ids of the rows in their order, joined. */
#define IDS_OF(T) \
    static inline const char *ids_in_order_of_##T(Query *q) \
    { \
        size_t count; \
        const char *text = ""; \
        T **rows = query_all(q, T, &count); \
        ck_assert_msg(rows != NULL, "%s", error_text(session_error(s))); \
        for (size_t i = 0; i < count; i++) \
            text = session_text(s, "%s%s%" PRId64, text, i ? "," : "", rows[i]->id); \
        return text; \
    } \
    static inline const char *ids_of_##T(Query *q) \
    { \
        query_order_by(q, T, id, ORDER_ASC); \
        return ids_in_order_of_##T(q); \
    }
IDS_OF(User)
IDS_OF(Post)
IDS_OF(Company)

/* The query does not run, and says why. */
#define check_query_fails(q, T, status, text) \
    do { \
        check_no_error(); \
        ck_assert_ptr_null(query_all(q, T, NULL)); \
        check_error(s, status); \
        ck_assert_str_eq(session_error(s)->message, text); \
        session_clear_error(s); \
    } while (0)

#endif
