/* Groups, EXISTS, joins and paths: which rows a condition is about. */
#include "api/query_scene.h"

/* --- groups --- */

START_TEST(test_query_scope__groups)
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

START_TEST(test_query_scope__group_first_and_alone)
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

START_TEST(test_query_scope__depth)
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

START_TEST(test_query_scope__having_groups)
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

START_TEST(test_query_scope__having_groups_behind_where_groups)
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

START_TEST(test_query_scope__having_groups_of_one_shape_are_two_statements)
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

START_TEST(test_query_scope__groups_that_mix)
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

START_TEST(test_query_scope__groups_that_are_none)
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

/* --- EXISTS --- */

START_TEST(test_query_scope__exists_along_has_many)
{
    Query *q = session_query(s, User);
    query_exists(q, User, posts);
    query_where(q, Post, mood, "=", MOOD_WILD);
    query_end(q);
    query_where(q, User, age, ">", 18);
    ck_assert_str_eq(where_of(q),
                     "EXISTS (SELECT 1 FROM \"public\".\"posts\" AS t1 WHERE t1.\"author_id\" = t0.\"id\" AND"
                     " t1.\"mood\" = $1::\"public\".\"mood\") AND t0.\"age\" > $2");
    ck_assert_str_eq(ids_of_User(q), "1,2");
}
END_TEST

START_TEST(test_query_scope__exists_of_any)
{
    Query *q = session_query(s, User);
    query_exists(q, User, badge);
    query_end(q);
    ck_assert_str_eq(ids_of_User(q), "1,3");
    q = session_query(s, User);
    query_not(q);
    query_exists(q, User, badge);
    query_end(q);
    query_end(q);
    ck_assert_str_eq(where_of(q),
                     "NOT (EXISTS (SELECT 1 FROM \"public\".\"badges\" AS t1 WHERE t1.\"user_id\" = t0.\"id\"))");
    ck_assert_str_eq(ids_of_User(q), "2,4");
    q = session_query(s, User);
    query_exists(q, User, company);
    query_where(q, Company, name, "=", "Acme");
    query_end(q);
    ck_assert_str_eq(ids_of_User(q), "1,2");
}
END_TEST

START_TEST(test_query_scope__exists_through_a_join_table)
{
    Query *q = session_query(s, Post);
    query_exists(q, Post, tags);
    query_where(q, Tag, label, "=", "c");
    query_end(q);
    ck_assert_str_eq(where_of(q),
                     "EXISTS (SELECT 1 FROM \"public\".\"post_tags\" AS j1 JOIN \"public\".\"tags\" AS t1 ON"
                     " t1.\"id\" = j1.\"tag_id\" WHERE j1.\"post_id\" = t0.\"id\" AND t1.\"label\" = $1)");
    ck_assert_str_eq(ids_of_Post(q), "1");
}
END_TEST

/* Scopes nest; a condition may be about rows outside; and alternatives may hold scopes. */
START_TEST(test_query_scope__exists_in_exists)
{
    Query *q = session_query(s, Company);
    query_or(q);
    query_exists(q, Company, users);
    query_exists(q, User, posts);
    query_exists(q, Post, tags);
    query_where(q, Tag, label, "=", "sql");
    query_where(q, User, active, "=", true); /* the user outside */
    query_end(q);
    query_where(q, Post, slug, "<>", "none");
    query_end(q);
    query_end(q);
    query_where(q, Company, name, "=", "Initech");
    query_end(q);
    ck_assert_str_eq(
        where_of(q),
        "(EXISTS (SELECT 1 FROM \"public\".\"users\" AS t1 WHERE t1.\"company_id\" = t0.\"id\" AND EXISTS (SELECT 1 FROM"
        " \"public\".\"posts\" AS t2 WHERE t2.\"author_id\" = t1.\"id\" AND EXISTS (SELECT 1 FROM \"public\".\"post_tags\""
        " AS j3 JOIN \"public\".\"tags\" AS t3 ON t3.\"id\" = j3.\"tag_id\" WHERE j3.\"post_id\" = t2.\"id\" AND"
        " t3.\"label\" = $1 AND t1.\"active\" = $2) AND t2.\"slug\" <> $3)) OR t0.\"name\" = $4)");
    ck_assert_str_eq(ids_of_Company(q), "1,2");
}
END_TEST

START_TEST(test_query_scope__exists_of_the_same_model)
{
    Query *q = session_query(s, User);
    query_exists(q, User, staff);
    query_where(q, User, name, "=", "Cid"); /* of the staff */
    query_end(q);
    query_where(q, User, name, "=", "Ann"); /* the boss */
    ck_assert_str_eq(where_of(q),
                     "EXISTS (SELECT 1 FROM \"public\".\"users\" AS t1 WHERE t1.\"boss_id\" = t0.\"id\" AND"
                     " t1.\"name\" = $1) AND t0.\"name\" = $2");
    ck_assert_str_eq(ids_of_User(q), "1");
}
END_TEST

START_TEST(test_query_scope__join_inside_exists)
{
    Query *q = session_query(s, Company);
    query_exists(q, Company, users);
    query_join(q, User, badge);
    query_where(q, Badge, code, "=", "tin");
    query_end(q);
    ck_assert_str_eq(where_of(q),
                     "EXISTS (SELECT 1 FROM \"public\".\"users\" AS t1 JOIN \"public\".\"badges\" AS t2 ON"
                     " t2.\"user_id\" = t1.\"id\" WHERE t1.\"company_id\" = t0.\"id\" AND t2.\"code\" = $1)");
    ck_assert_str_eq(ids_of_Company(q), "2");
}
END_TEST

/* --- joins --- */

START_TEST(test_query_scope__joins)
{
    Query *q = session_query(s, Post);
    query_join(q, Post, author);
    query_join(q, User, company);
    query_join(q, Post, author); /* again is the same */
    query_where(q, Company, name, "=", "Acme");
    query_order_by(q, User, name, ORDER_DESC);
    ck_assert_str_eq(from_of(q),
                     "\"public\".\"posts\" AS t0 JOIN \"public\".\"users\" AS t1 ON t1.\"id\" ="
                     " t0.\"author_id\" JOIN \"public\".\"companies\" AS t2 ON t2.\"id\" = t1.\"company_id\""
                     " WHERE t2.\"name\" = $1 ORDER BY t1.\"name\" DESC");
    ck_assert_str_eq(ids_of_Post(q), "3,1,2");
}
END_TEST

START_TEST(test_query_scope__left_join)
{
    Query *q = session_query(s, User);
    query_left_join(q, User, company);
    query_order_by(q, Company, name, ORDER_DESC_NULLS_LAST);
    query_where(q, User, age, "IS DISTINCT FROM", 44);
    ck_assert_str_eq(ids_of_User(q), "3,2,4");
    q = session_query(s, Post);
    query_left_join(q, Post, tags);
    query_where(q, Tag, label, "=", NULL);
    ck_assert_str_eq(from_of(q),
                     "\"public\".\"posts\" AS t0 LEFT JOIN (\"public\".\"post_tags\" AS j1 JOIN"
                     " \"public\".\"tags\" AS t1 ON t1.\"id\" = j1.\"tag_id\") ON j1.\"post_id\" = t0.\"id\""
                     " WHERE t1.\"label\" IS NULL");
    ck_assert_str_eq(ids_of_Post(q), "2");
}
END_TEST

/* A row for each member: the object comes twice, and once where rows are made distinct. */
START_TEST(test_query_scope__join_of_a_collection)
{
    Query *q = session_query(s, User);
    query_join(q, User, posts);
    ck_assert_str_eq(ids_of_User(q), "1,1,2");
    query_distinct(q);
    ck_assert_str_eq(ids_of_User(q), "1,2");
    q = session_query(s, Post);
    query_join(q, Post, tags);
    ck_assert_str_eq(ids_of_Post(q), "1,1,3");
}
END_TEST

/* --- paths --- */

START_TEST(test_query_scope__path_joins_what_it_needs)
{
    Query *q = session_query(s, Post);
    query_at(q, "author.company");
    query_where(q, Company, name, "=", "Acme");
    query_where(q, Post, id, ">", 1); /* other models mean what they meant */
    ck_assert_str_eq(from_of(q), "\"public\".\"posts\" AS t0 JOIN \"public\".\"users\" AS t1 ON t1.\"id\" ="
                                 " t0.\"author_id\" LEFT JOIN \"public\".\"companies\" AS t2 ON t2.\"id\" ="
                                 " t1.\"company_id\" WHERE t2.\"name\" = $1 AND t0.\"id\" > $2");
    ck_assert_str_eq(ids_of_Post(q), "2,3");
}
END_TEST

START_TEST(test_query_scope__two_ways_to_one_model)
{
    Query *q = session_query(s, Post);
    query_at(q, "author");
    query_where(q, User, name, "=", "Ann");
    query_or(q);
    query_at(q, "editor");
    query_where(q, User, name, "=", "Bob");
    query_where(q, User, id, "=", NULL);
    query_end(q);
    ck_assert_str_eq(where_of(q), "t1.\"name\" = $1 AND (t2.\"name\" = $2 OR t2.\"id\" IS NULL)");
    ck_assert_str_eq(ids_of_Post(q), "1,2"); /* posts without an editor stay */
    q = session_query(s, Post);
    query_join(q, Post, author);
    query_join(q, Post, editor);
    query_where(q, User, name, "=", "Ann");
    check_query_fails(q, Post, STATUS_INVALID,
                      "User is in the query more than once: say which with query_at, as in query_at(q, \"parent\")");
}
END_TEST

START_TEST(test_query_scope__references_to_itself)
{
    Query *q = session_query(s, User);
    query_at(q, "boss.boss");
    query_where(q, User, name, "=", "Ann");
    query_at(q, "");
    query_where(q, User, name, "<>", "Bob");
    query_at(q, "boss");
    query_order_by(q, User, name, ORDER_ASC);
    query_at(q, "");
    ck_assert_str_eq(
        from_of(q), "\"public\".\"users\" AS t0 LEFT JOIN \"public\".\"users\" AS t1 ON t1.\"id\" = t0.\"boss_id\" LEFT"
                    " JOIN \"public\".\"users\" AS t2 ON t2.\"id\" = t1.\"boss_id\" WHERE t2.\"name\" = $1 AND"
                    " t0.\"name\" <> $2 ORDER BY t1.\"name\"");
    ck_assert_str_eq(ids_of_User(q), "4");
}
END_TEST

START_TEST(test_query_scope__path_to_a_collection_that_is_joined)
{
    Query *q = session_query(s, User);
    query_join(q, User, posts);
    query_at(q, "posts.editor");
    query_where(q, User, name, "=", "Bob");
    query_at(q, "");
    ck_assert_str_eq(ids_of_User(q), "1");
}
END_TEST

START_TEST(test_query_scope__path_inside_exists)
{
    Query *q = session_query(s, User);
    query_exists(q, User, posts);
    query_at(q, "editor");
    query_where(q, User, name, "=", "Ann");
    query_end(q);
    query_where(q, User, name, "<>", "x"); /* the path ended with the scope */
    ck_assert_str_eq(where_of(q),
                     "EXISTS (SELECT 1 FROM \"public\".\"posts\" AS t1 LEFT JOIN \"public\".\"users\" AS t2"
                     " ON t2.\"id\" = t1.\"editor_id\" WHERE t1.\"author_id\" = t0.\"id\" AND t2.\"name\" ="
                     " $1) AND t0.\"name\" <> $2");
    ck_assert_str_eq(ids_of_User(q), "2");
}
END_TEST

START_TEST(test_query_scope__paths_that_lead_nowhere)
{
    static const struct {
        const char *path, *message;
    } wrong[] = {
        {"auther", "Post has no relation 'auther'"},
        {".author", "Post has no relation ''"},
        {"author..company", "User has no relation ''"},
        {"author.name", "User has no relation 'name'"},
        {"title", "Post has no relation 'title'"},
        {"tags", "Post.tags is a collection: use query_exists, or query_join before query_at"},
        {"author.posts", "User.posts is a collection: use query_exists, or query_join before query_at"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Query *q = session_query(s, Post);
        query_at(q, wrong[i].path);
        check_query_fails(q, Post, STATUS_INVALID, wrong[i].message);
    }
    Query *q = session_query(s, Post);
    query_where(q, User, id, "=", 1);
    check_query_fails(q, Post, STATUS_INVALID, "the query is about Post: User is not in it, join it first");
    q = session_query(s, Post);
    howdah_query_exists_field(q, &Post_model, offsetof(Post, title));
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Post);
    query_exists(q, User, posts);
    check_query_fails(q, Post, STATUS_INVALID, "the query is about Post: User is not in it, join it first");
    check_cost(0, 0);
}
END_TEST

/* --- order, limits, locks --- */

START_TEST(test_query_scope__orders)
{
    static const struct {
        enum howdah_order order;
        const char *sql, *ids;
    } orders[] = {
        {ORDER_ASC, "", "2,4,1,3"},
        {ORDER_DESC, " DESC", "3,1,4,2"},
        {ORDER_ASC_NULLS_FIRST, " NULLS FIRST", "3,2,4,1"},
        {ORDER_ASC_NULLS_LAST, " NULLS LAST", "2,4,1,3"},
        {ORDER_DESC_NULLS_FIRST, " DESC NULLS FIRST", "3,1,4,2"},
        {ORDER_DESC_NULLS_LAST, " DESC NULLS LAST", "1,4,2,3"},
    };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        Query *q = session_query(s, User);
        query_order_by(q, User, age, orders[i].order);
        ck_assert_str_eq(sql_behind(q, " ORDER BY t0.\"age\""), orders[i].sql);
        ck_assert_str_eq(ids_in_order_of_User(q), orders[i].ids);
    }
    Query *q = session_query(s, User);
    query_order_by(q, User, age, (enum howdah_order)6);
    check_query_fails(q, User, STATUS_INVALID, "User.age: there is no order 6");
}
END_TEST

START_TEST(test_query_scope__limit_and_offset)
{
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_ASC);
    query_offset(q, 1);
    query_limit(q, 2);
    ck_assert_str_eq(sql_behind(q, " ORDER BY "), "t0.\"id\" LIMIT $1 OFFSET $2");
    ck_assert_str_eq(ids_in_order_of_User(q), "2,3");
    ck_assert_int_eq(query_first(q, User)->id, 2);
    query_offset(q, 3);
    ck_assert_str_eq(ids_in_order_of_User(q), "4");
    query_offset(q, UINT64_MAX);
    check_query_fails(q, User, STATUS_INVALID, "a count of rows is an integer from 0 to 9223372036854775807");
}
END_TEST

START_TEST(test_query_scope__locks)
{
    Query *q = session_query(s, User);
    query_at(q, "company");
    query_where(q, Company, name, "=", NULL);
    query_lock(q, LOCK_FOR_UPDATE_SKIP_LOCKED);
    cost_start();
    ck_assert_ptr_null(query_first(q, User));
    check_error(s, STATUS_NO_TRANSACTION);
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(query_first(q, User)->id, 4);
    ck_assert_uint_eq(seen_with(" LIMIT $1 FOR UPDATE OF t0 SKIP LOCKED"), 1);
    Session *first = s;
    s = session_open(db);
    check_ok(session_begin(s, NULL));
    Query *second = session_query(s, User);
    query_where(second, User, id, "=", 4);
    query_lock(second, LOCK_FOR_SHARE_NOWAIT);
    ck_assert_ptr_null(query_first(second, User));
    check_error(s, STATUS_LOCK);
    session_close(first);
}
END_TEST

START_TEST(test_query_scope__no_such_lock)
{
    Query *q = session_query(s, User);
    query_lock(q, (enum howdah_lock)99);
    check_query_fails(q, User, STATUS_INVALID, "there is no lock 99");
    q = session_query(s, User);
    query_lock(q, LOCK_FOR_UPDATE);
    query_lock(q, LOCK_NONE);
    ck_assert_str_eq(ids_of_User(q), "1,2,3,4");
}
END_TEST

/* Nothing happens, and nothing crashes. */
START_TEST(test_query_scope__no_query)
{
    Query *none = NULL;
    query_and(none);
    query_or(none);
    query_not(none);
    query_end(none);
    query_at(none, "x");
    query_exists(none, User, posts);
    query_join(none, User, posts);
    query_left_join(none, User, posts);
    query_where(none, User, id, "=", 1);
    query_where_between(none, User, id, 1, 2);
    query_order_by(none, User, id, ORDER_ASC);
    query_limit(none, 1);
    query_offset(none, 1);
    query_distinct(none);
    query_lock(none, LOCK_FOR_UPDATE);
    ck_assert_ptr_null(query_sql(none));
    ck_assert_ptr_null(query_first(none, User));
    check_no_error();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_scope__groups);
    tcase_add_test(tests, test_query_scope__group_first_and_alone);
    tcase_add_test(tests, test_query_scope__depth);
    tcase_add_test(tests, test_query_scope__having_groups);
    tcase_add_test(tests, test_query_scope__having_groups_behind_where_groups);
    tcase_add_test(tests, test_query_scope__having_groups_of_one_shape_are_two_statements);
    tcase_add_test(tests, test_query_scope__groups_that_mix);
    tcase_add_test(tests, test_query_scope__groups_that_are_none);
    tcase_add_test(tests, test_query_scope__exists_along_has_many);
    tcase_add_test(tests, test_query_scope__exists_of_any);
    tcase_add_test(tests, test_query_scope__exists_through_a_join_table);
    tcase_add_test(tests, test_query_scope__exists_in_exists);
    tcase_add_test(tests, test_query_scope__exists_of_the_same_model);
    tcase_add_test(tests, test_query_scope__join_inside_exists);
    tcase_add_test(tests, test_query_scope__joins);
    tcase_add_test(tests, test_query_scope__left_join);
    tcase_add_test(tests, test_query_scope__join_of_a_collection);
    tcase_add_test(tests, test_query_scope__path_joins_what_it_needs);
    tcase_add_test(tests, test_query_scope__two_ways_to_one_model);
    tcase_add_test(tests, test_query_scope__references_to_itself);
    tcase_add_test(tests, test_query_scope__path_to_a_collection_that_is_joined);
    tcase_add_test(tests, test_query_scope__path_inside_exists);
    tcase_add_test(tests, test_query_scope__paths_that_lead_nowhere);
    tcase_add_test(tests, test_query_scope__orders);
    tcase_add_test(tests, test_query_scope__limit_and_offset);
    tcase_add_test(tests, test_query_scope__locks);
    tcase_add_test(tests, test_query_scope__no_such_lock);
    tcase_add_test(tests, test_query_scope__no_query);
}

int main(void)
{
    return scene_main("query_scope", query_setup, scene_close, add_tests);
}
