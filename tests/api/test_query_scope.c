/* Which rows the conditions of a query are about: EXISTS, joins, paths. */
#include "api/query_scene.h"

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

/* --- without a query --- */

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
    tcase_add_test(tests, test_query_scope__no_query);
}

int main(void)
{
    return scene_main("query_scope", query_setup, scene_close, add_tests);
}
