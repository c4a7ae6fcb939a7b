/* Groups, aggregates, and plain structs as what a query gives. */
#include "api/query_scene.h"

/* --- plain structs --- */

typedef struct AuthorStats {
    const char *name;
    int64_t posts;
    NullDouble dearest;
    TextArray titles;
} AuthorStats;

/* clang-format off */
MODEL(AuthorStats, NULL,
    COLUMN(AuthorStats, name),
    COLUMN(AuthorStats, posts),
    COLUMN(AuthorStats, dearest),
    COLUMN(AuthorStats, titles));

typedef struct Line {
    struct {
        int64_t id;
        const char *title;
    } post;
    struct {
        const char *name;
        const char *company;
    } author;
} Line;

MODEL(Line, NULL,
    COLUMN(Line, post.id),
    COLUMN(Line, post.title),
    COLUMN(Line, author.name),
    COLUMN(Line, author.company, .nullable = true));
/* clang-format on */

static Query *author_stats(void)
{
    Query *q = session_query(s, User);
    query_left_join(q, User, posts);
    query_group_by(q, User, id);
    query_select(q, AuthorStats, name, User, name);
    query_select_aggregate(q, AuthorStats, posts, AGGREGATE_COUNT, Post, id);
    query_select_aggregate(q, AuthorStats, dearest, AGGREGATE_MAX, Post, price);
    query_select_aggregate(q, AuthorStats, titles, AGGREGATE_ARRAY, Post, title);
    return q;
}

START_TEST(test_query_output__plain_structs)
{
    size_t count;
    Query *q = author_stats();
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 0);
    query_having(q, AGGREGATE_AVG, Post, price, ">", 1.5);
    query_order_by_aggregate(q, AGGREGATE_COUNT, Post, id, ORDER_DESC);
    query_order_by(q, User, name, ORDER_ASC);
    AuthorStats **rows = query_all(q, AuthorStats, &count);
    check_no_error();
    ck_assert_str_eq(
        seen.statements[0].sql,
        "SELECT t0.\"name\", pg_catalog.count(t1.\"id\"), pg_catalog.max(t1.\"price\")::double precision,"
        " pg_catalog.array_agg(t1.\"title\") FROM \"public\".\"users\" AS t0 LEFT JOIN \"public\".\"posts\""
        " AS t1 ON t1.\"author_id\" = t0.\"id\" GROUP BY t0.\"id\" HAVING pg_catalog.count(t1.\"id\") > $1"
        " AND pg_catalog.avg(t1.\"price\") > $2 ORDER BY pg_catalog.count(t1.\"id\") DESC, t0.\"name\"");
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(rows[0]->name, "Ann");
    ck_assert_int_eq(rows[0]->posts, 2);
    ck_assert_double_eq(rows[0]->dearest.value, 10.5);
    ck_assert_uint_eq(rows[0]->titles.count, 2);
    ck_assert_str_eq(rows[1]->name, "Bob");
    ck_assert_ptr_null(rows[2]);
    ck_assert_uint_eq(session_stats(s).objects, 0);
    ck_assert(!session_contains(s, rows[0]));
    ck_assert_str_eq(query_first(q, AuthorStats)->name, "Ann");
    ck_assert_uint_eq(query_count(q), 2);
    const char *plan = query_explain(q, EXPLAIN_TEXT);
    check_no_error();
    ck_assert_ptr_nonnull(strstr(plan, "Aggregate"));
}
END_TEST

START_TEST(test_query_output__plain_structs_with_nested_fields)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_join(q, Post, author);
    query_left_join(q, User, company);
    query_select(q, Line, post.id, Post, id);
    query_select(q, Line, post.title, Post, title);
    query_select(q, Line, author.name, User, name);
    query_select(q, Line, author.company, Company, name);
    query_order_by(q, Post, id, ORDER_DESC);
    Line **lines = query_all(q, Line, &count);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(lines[0]->post.id, 3);
    ck_assert_str_eq(lines[0]->post.title, "Third rider");
    ck_assert_str_eq(lines[0]->author.name, "Bob");
    ck_assert_str_eq(lines[2]->author.company, "Acme");
}
END_TEST

static bool add_posts(void *arg, const void *object)
{
    *(int64_t *)arg += ((const AuthorStats *)object)->posts;
    return true;
}

START_TEST(test_query_output__plain_structs_streamed)
{
    int64_t posts = 0;
    check_ok(query_each(author_stats(), AuthorStats, add_posts, &posts));
    ck_assert_int_eq(posts, 3);
}
END_TEST

START_TEST(test_query_output__objects_of_groups)
{
    Query *q = session_query(s, User);
    query_join(q, User, posts);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 2);
    ck_assert_str_eq(ids_of_User(q), "1");
    ck_assert_uint_eq(query_count(q), 1);
    ck_assert_uint_eq(session_stats(s).objects, 1);
}
END_TEST

START_TEST(test_query_output__outputs_that_do_not_fit)
{
    Query *q = session_query(s, User);
    query_select(q, AuthorStats, name, User, name);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "AuthorStats.posts is not selected: say with query_select what it takes");
    ck_assert_ptr_null(query_all(q, User, NULL));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    query_select(q, AuthorStats, name, User, email);
    check_query_fails(q, AuthorStats, STATUS_INVALID, "AuthorStats.name is selected twice");
    q = session_query(s, User);
    query_select_aggregate(q, AuthorStats, posts, AGGREGATE_AVG, User, age);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "AuthorStats.posts is bigint: it can't take the avg of User.age, which is numeric");
    q = session_query(s, User);
    query_select(q, AuthorStats, name, User, name);
    query_select(q, Line, author.name, User, name);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "the query gives AuthorStats already, not Line: one struct for all outputs");
    q = session_query(s, User);
    query_select(q, AuthorStats, name, User, age);
    query_select(q, AuthorStats, posts, User, id);
    query_select(q, AuthorStats, dearest, User, score);
    query_select_aggregate(q, AuthorStats, titles, AGGREGATE_ARRAY, User, name);
    query_group_by(q, User, id);
    ck_assert_ptr_null(query_all(q, AuthorStats, NULL));
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, "AuthorStats", "name");
}
END_TEST

/* What is wrong with one call leaves the query as good as it was. */
START_TEST(test_query_output__faults_of_a_call)
{
    Query *q = session_query(s, User);
    double average = 7;
    int64_t count = 7;
    size_t found = 7;
    check_fails(query_scalar(q, AGGREGATE_AVG, User, name, &average), STATUS_INVALID);
    session_clear_error(s);
    check_fails(query_scalar(q, AGGREGATE_AVG, User, age, &count), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(query_pluck(q, Post, title, &found));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert(average == 7 && count == 7 && found == 0);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 4);
    ck_assert_str_eq(ids_of_User(q), "1,2,3,4");
}
END_TEST

START_TEST(test_query_output__having_that_makes_no_sense)
{
    Query *q = session_query(s, User);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, User, id, "LIKE", "1%");
    check_query_fails(q, User, STATUS_INVALID,
                      "User.id is bigint: LIKE is for text; use =, <>, !=, <, <=, >, >=, IN, NOT IN, IS DISTINCT FROM, "
                      "IS NOT DISTINCT FROM");
    q = session_query(s, User);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, User, id, ">", "many");
    check_query_fails(q, User, STATUS_INVALID, "User.id: the value of the condition takes bigint, not text");
}
END_TEST

/* --- without a query --- */

START_TEST(test_query_output__no_query)
{
    Query *none = NULL;
    int64_t number = 5;
    size_t count = 5;
    query_bind(none, 1, 1);
    ck_assert_ptr_null(query_parameters(none, NULL));
    query_untracked(none);
    query_group_by(none, User, id);
    query_having(none, AGGREGATE_COUNT, User, id, ">", 1);
    query_order_by_aggregate(none, AGGREGATE_COUNT, User, id, ORDER_ASC);
    query_select(none, AuthorStats, name, User, name);
    query_select_aggregate(none, AuthorStats, posts, AGGREGATE_COUNT, Post, id);
    ck_assert_uint_eq(query_count(none), 0);
    ck_assert(!query_has_rows(none));
    ck_assert_ptr_null(query_one(none, User));
    ck_assert_int_eq(query_scalar(none, AGGREGATE_SUM, User, id, &number), STATUS_NO_MEMORY);
    ck_assert_int_eq(number, 5);
    ck_assert_ptr_null(query_pluck(none, User, id, &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_output__plain_structs);
    tcase_add_test(tests, test_query_output__plain_structs_with_nested_fields);
    tcase_add_test(tests, test_query_output__plain_structs_streamed);
    tcase_add_test(tests, test_query_output__objects_of_groups);
    tcase_add_test(tests, test_query_output__outputs_that_do_not_fit);
    tcase_add_test(tests, test_query_output__having_that_makes_no_sense);
    tcase_add_test(tests, test_query_output__faults_of_a_call);
    tcase_add_test(tests, test_query_output__no_query);
}

int main(void)
{
    return scene_main("query_output", query_setup, scene_close, add_tests);
}
