/* Groups of conditions, of WHERE and of HAVING. */
#include "api/query_scene.h"

/* --- groups --- */

START_TEST(test_query_groups__groups)
{
    Query *q = session_query(s, User);
    query_where(q, User, active, "=", true);
    query_or(q);
    query_where(q, User, age, "<", 25);
    query_and(q);
    query_where(q, User, age, ">", 40);
    query_not(q);
    query_where(q, User, name, "LIKE", "B%");
    query_where(q, User, score, ">", 100);
    query_end(q);
    query_end(q);
    query_end(q);
    query_where(q, User, id, "<", 10);
    ck_assert_str_eq(where_of(q),
                     "t0.\"active\" = $1 AND (t0.\"age\" < $2 OR (t0.\"age\" > $3 AND NOT (t0.\"name\" LIKE $4"
                     " AND t0.\"score\" > $5))) AND t0.\"id\" < $6");
    ck_assert_str_eq(ids_of_User(q), "1,2");
}
END_TEST

START_TEST(test_query_groups__group_first_and_alone)
{
    Query *q = session_query(s, User);
    query_or(q);
    query_where(q, User, id, "=", 1);
    query_where(q, User, id, "=", 3);
    query_end(q);
    ck_assert_str_eq(where_of(q), "(t0.\"id\" = $1 OR t0.\"id\" = $2)");
    ck_assert_str_eq(ids_of_User(q), "1,3");
}
END_TEST

/* As deep as the server follows it, whatever the groups are. */
static Query *nested(int depth)
{
    void (*const groups[])(Query *) = {query_and, query_not, query_or};
    Query *q = session_query(s, User);
    for (int i = 0; i < depth; i++) {
        query_where(q, User, id, ">", 0);
        groups[i % 3](q);
    }
    query_where(q, User, id, "=", 1);
    for (int i = 0; i < depth; i++)
        query_end(q);
    return q;
}

START_TEST(test_query_groups__depth)
{
    ck_assert_uint_eq(strlen(ids_of_User(nested(1000))), 0); /* 333 times NOT */
    check_query_fails(nested(1001), User, STATUS_INVALID,
                      "groups nest more than 1000 deep, which the server could not read: close some of them with"
                      " query_end");
    Query *q = session_query(s, User);
    for (int i = 0; i < 1000; i++)
        query_or(q);
    query_exists(q, User, posts);
    check_query_fails(q, User, STATUS_INVALID,
                      "groups nest more than 1000 deep, which the server could not read: close some of them with"
                      " query_end");
}
END_TEST

/* --- groups of HAVING --- */

/* Users with their posts, grouped. */
static Query *users_by_posts(void)
{
    Query *q = session_query(s, User);
    query_left_join(q, User, posts);
    query_group_by(q, User, id);
    return q;
}

START_TEST(test_query_groups__having_groups)
{
    Query *q = users_by_posts();
    query_or(q);
    query_not(q);
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 0);
    query_end(q);
    query_and(q);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 2);
    query_having(q, AGGREGATE_MAX, Post, title, "STARTS WITH", "S");
    query_end(q);
    query_end(q);
    query_having(q, AGGREGATE_MIN, User, id, "<", 4);
    query_where(q, User, active, "=", true);
    const char *sql = query_sql(q);
    ck_assert_ptr_nonnull(strstr(sql, " WHERE t0.\"active\" = $1 GROUP BY t0.\"id\" HAVING (NOT (pg_catalog.count("
                                      "t1.\"id\") > $2) OR (pg_catalog.count(t1.\"id\") = $3 AND pg_catalog.max("
                                      "t1.\"title\") LIKE $4)) AND pg_catalog.min(t0.\"id\") < $5"));
    ck_assert_str_eq(ids_of_User(q), "1");
    ck_assert_uint_eq(query_count(q), 1);
}
END_TEST

START_TEST(test_query_groups__having_groups_behind_where_groups)
{
    Query *q = users_by_posts();
    query_or(q);
    query_where(q, User, id, "=", 2);
    query_where(q, User, id, "=", 3);
    query_end(q);
    query_having(q, AGGREGATE_MIN, User, id, ">", 1);
    query_or(q);
    query_or(q);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 1);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 0);
    query_end(q);
    query_end(q);
    query_or(q);
    query_where(q, User, name, "=", "Bob");
    query_where(q, User, name, "=", "Cid");
    query_end(q);
    ck_assert_str_eq(ids_of_User(q), "2,3");
    ck_assert_ptr_nonnull(strstr(query_sql(q), " WHERE (t0.\"id\" = $1 OR t0.\"id\" = $2) AND (t0.\"name\" = $3 OR"
                                               " t0.\"name\" = $4) GROUP BY"));
    ck_assert_ptr_nonnull(strstr(query_sql(q), " HAVING pg_catalog.min(t0.\"id\") > $5 AND ((pg_catalog.count("
                                               "t1.\"id\") = $6 OR pg_catalog.count(t1.\"id\") = $7)) ORDER"));
}
END_TEST

START_TEST(test_query_groups__having_groups_of_one_shape_are_two_statements)
{
    const char *sql[2];
    for (int i = 0; i < 2; i++) {
        Query *q = users_by_posts();
        (i ? query_or : query_and)(q);
        query_having(q, AGGREGATE_COUNT, Post, id, ">", 1);
        query_having(q, AGGREGATE_COUNT, Post, id, "<", 1);
        query_end(q);
        sql[i] = query_sql(q);
        ck_assert_uint_eq(query_count(q), i ? 3 : 0);
    }
    ck_assert_str_ne(sql[0], sql[1]);
}
END_TEST

#define MIXED "a group holds either conditions about rows or those of query_having: end it first"

START_TEST(test_query_groups__groups_that_mix)
{
    Query *q = users_by_posts();
    query_or(q);
    query_where(q, User, id, "=", 1);
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 1);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID, MIXED);
    q = users_by_posts();
    query_or(q);
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 1);
    query_where(q, User, id, "=", 1);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID, MIXED);
    q = users_by_posts();
    query_not(q);
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 1);
    query_exists(q, User, badge);
    check_query_fails(q, User, STATUS_INVALID, MIXED);
    q = users_by_posts();
    query_exists(q, User, badge);
    query_having(q, AGGREGATE_COUNT, Badge, id, ">", 1);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID, MIXED);
    q = users_by_posts();
    query_or(q);
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 1);
    check_query_fails(q, User, STATUS_INVALID, "a group of the query is open: query_end is missing");
    query_or(q);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID,
                      "a group without conditions: nobody can tell whether it means all rows or none, so leave it out");
}
END_TEST

START_TEST(test_query_groups__groups_that_are_none)
{
    Query *q = session_query(s, User);
    query_or(q);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID,
                      "a group without conditions: nobody can tell whether it means all rows or none, so leave it out");
    q = session_query(s, User);
    query_end(q);
    check_query_fails(q, User, STATUS_INVALID, "query_end has no group to end: it is one too many");
    q = session_query(s, User);
    query_and(q);
    query_where(q, User, id, "=", 1);
    check_query_fails(q, User, STATUS_INVALID, "a group of the query is open: query_end is missing");
    query_end(q);
    ck_assert_str_eq(ids_of_User(q), "1"); /* it was open, not broken */
    check_statements(1);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_groups__groups);
    tcase_add_test(tests, test_query_groups__group_first_and_alone);
    tcase_add_test(tests, test_query_groups__depth);
    tcase_add_test(tests, test_query_groups__having_groups);
    tcase_add_test(tests, test_query_groups__having_groups_behind_where_groups);
    tcase_add_test(tests, test_query_groups__having_groups_of_one_shape_are_two_statements);
    tcase_add_test(tests, test_query_groups__groups_that_mix);
    tcase_add_test(tests, test_query_groups__groups_that_are_none);
}

int main(void)
{
    return scene_main("query_groups", query_setup, scene_close, add_tests);
}
