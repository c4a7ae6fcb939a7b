/* What a query may give: one object, a count, a value, a column, plain structs; and running it again. */
#include "api/query_scene.h"

/* --- one row --- */

START_TEST(test_query_run__one)
{
    Query *q = session_query(s, User);
    query_where(q, User, name, "=", "Bob");
    User *bob = query_one(q, User);
    ck_assert_int_eq(bob->id, 2);
    ck_assert_uint_eq(seen_with(" LIMIT $2"), 1);
    ck_assert_ptr_eq(session_find(s, User, 2), bob);
    q = session_query(s, User);
    query_where(q, User, name, "=", "nobody");
    ck_assert_ptr_null(query_one(q, User));
    check_no_error();
    q = session_query(s, User);
    query_limit(q, 1);
    ck_assert_ptr_nonnull(query_one(q, User)); /* the program's own limit is kept */
    query_limit(q, 0);
    ck_assert_ptr_null(query_one(q, User));
    check_no_error();
    query_limit(q, 100);
    ck_assert_ptr_null(query_one(q, User));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "User", NULL);
    ck_assert_str_eq(session_error(s)->message, "more than one User fits the query: query_first takes the first");
}
END_TEST

/* --- counts --- */

START_TEST(test_query_run__count)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 20);
    query_order_by(q, User, name, ORDER_ASC);
    cost_start();
    ck_assert_uint_eq(query_count(q), 2);
    check_cost(1, 1);
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT pg_catalog.count(*) FROM \"public\".\"users\" AS t0 WHERE t0.\"age\" > $1");
    query_limit(q, 1);
    ck_assert_uint_eq(query_count(q), 1);
    query_offset(q, 2);
    ck_assert_uint_eq(query_count(q), 0);
    q = session_query(s, User);
    query_join(q, User, posts);
    ck_assert_uint_eq(query_count(q), 3);
    query_distinct(q);
    ck_assert_uint_eq(query_count(q), 2);
    ck_assert_str_eq(ids_of_User(q), "1,2"); /* it is still a query of rows */
}
END_TEST

START_TEST(test_query_run__has_rows)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 40);
    ck_assert(query_has_rows(q));
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT EXISTS (SELECT 1 FROM \"public\".\"users\" AS t0 WHERE t0.\"age\" > $1)");
    query_bind(q, 1, 44);
    ck_assert(!query_has_rows(q));
    check_no_error();
    q = session_query(s, User);
    query_where(q, User, name, "=", "nobody");
    ck_assert(!query_has_rows(q));
    q = session_query(s, User);
    query_offset(q, 4);
    ck_assert(!query_has_rows(q));
    check_no_error();
}
END_TEST

START_TEST(test_query_run__counts_of_a_wrong_query)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, "LIKE", VALUE("x"));
    ck_assert_uint_eq(query_count(q), 0);
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert(!query_has_rows(q));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    int64_t sum = 5;
    ck_assert_int_eq(query_scalar(q, AGGREGATE_SUM, User, age, &sum), STATUS_INVALID);
    ck_assert_int_eq(sum, 5);
    session_clear_error(s);
    size_t count = 5;
    ck_assert_ptr_null(query_pluck(q, User, name, &count));
    ck_assert_uint_eq(count, 0);
    check_cost(0, 0);
}
END_TEST

/* --- one value --- */

START_TEST(test_query_run__scalars)
{
    int64_t count = 0, sum = 0;
    int32_t small = 0;
    double average = 0, score = 0;
    NullInt32 oldest = {0, false};
    PgNumeric numeric = {NULL};
    PgDate born = {0};
    const char *name = NULL;
    bool all = true, any = false;
    Query *q = session_query(s, User);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 4);
    ck_assert_str_eq(seen.statements[0].sql, "SELECT pg_catalog.count(t0.\"id\") FROM \"public\".\"users\" AS t0");
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, age, &small));
    ck_assert_int_eq(small, 3); /* NULL is not counted */
    check_ok(query_scalar(q, AGGREGATE_COUNT_DISTINCT, User, active, &count));
    ck_assert_int_eq(count, 2);
    check_ok(query_scalar(q, AGGREGATE_SUM, User, age, &sum));
    ck_assert_int_eq(sum, 95);
    check_ok(query_scalar(q, AGGREGATE_SUM, User, id, &sum));
    ck_assert_int_eq(sum, 10); /* of bigint: numeric on the server */
    check_ok(query_scalar(q, AGGREGATE_SUM, User, id, &numeric));
    ck_assert_str_eq(numeric.text, "10");
    check_ok(query_scalar(q, AGGREGATE_AVG, User, age, &average));
    ck_assert_double_eq_tol(average, 95 / 3.0, 1e-9);
    check_ok(query_scalar(q, AGGREGATE_AVG, User, id, &numeric));
    ck_assert_str_eq(numeric.text, "2.5000000000000000");
    check_ok(query_scalar(q, AGGREGATE_SUM, User, score, &score));
    ck_assert_double_eq(score, 3.0);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &oldest));
    ck_assert(oldest.valid && oldest.value == 44);
    check_ok(query_scalar(q, AGGREGATE_MIN, User, born, &born));
    ck_assert_int_eq(born.days, -7305);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, name, &name));
    ck_assert_str_eq(name, "Cid");
    check_ok(query_scalar(q, AGGREGATE_BOOL_AND, User, active, &all));
    check_ok(query_scalar(q, AGGREGATE_BOOL_OR, User, active, &any));
    ck_assert(!all && any);
    TextArray names;
    check_ok(query_scalar(q, AGGREGATE_ARRAY, User, email, &names));
    ck_assert_uint_eq(names.count, 4);
    check_ok(query_scalar(session_query(s, Post), AGGREGATE_SUM, Post, price, &numeric));
    ck_assert_str_eq(numeric.text, "110.49");
    check_ok(query_scalar(session_query(s, Post), AGGREGATE_MAX, Post, slug, &name));
    ck_assert_str_eq(name, "third");
}
END_TEST

START_TEST(test_query_run__scalars_of_no_rows)
{
    NullInt32 oldest = {5, true};
    int64_t count = 5, sum = 5;
    Value value = VALUE(1);
    Query *q = session_query(s, User);
    query_where(q, User, id, "=", 0);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 0);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &oldest));
    ck_assert(!oldest.valid);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_NONE);
    check_fails(query_scalar(q, AGGREGATE_SUM, User, age, &sum), STATUS_INVALID);
    ck_assert_int_eq(sum, 5);
    check_culprit(NULL, "User", "age");
}
END_TEST

START_TEST(test_query_run__scalars_as_values)
{
    Value value;
    Query *q = session_query(s, Post);
    check_ok(query_scalar(q, AGGREGATE_MAX, Post, title, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_TEXT);
    ck_assert_str_eq(value.as.text, "Third rider");
    check_ok(query_scalar(q, AGGREGATE_COUNT, Post, id, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_INT64);
    ck_assert_int_eq(value.as.integer, 3);
    check_ok(query_scalar(q, AGGREGATE_MAX, Post, mood, &value));
    ck_assert_int_eq(value.as.integer, MOOD_WILD);
    check_ok(query_scalar(q, AGGREGATE_ARRAY, Post, id, &value));
    ck_assert_uint_eq(value.type, (uint32_t)HOWDAH_TYPE_INT64 | (uint32_t)HOWDAH_TYPE_ARRAY);
    ck_assert_uint_eq(value.as.array.count, 3);
}
END_TEST

#define check_no_scalar(T, aggregate, field, target, expected) \
    do { \
        Query *q_ = session_query(s, T); \
        ck_assert_int_eq(query_scalar(q_, aggregate, T, field, target), STATUS_INVALID); \
        ck_assert_str_eq(session_error(s)->message, expected); \
        session_clear_error(s); \
    } while (0)

START_TEST(test_query_run__scalars_that_make_no_sense)
{
    int64_t number;
    double real;
    const char *text;
    check_no_scalar(User, AGGREGATE_SUM, name, &number, "User.name is text, of which there is no sum");
    check_no_scalar(User, AGGREGATE_BOOL_OR, age, &number, "User.age is integer, of which there is no bool_or");
    check_no_scalar(Post, AGGREGATE_MIN, meta, &text, "Post.meta is jsonb, of which there is no min");
    check_no_scalar(User, AGGREGATE_AVG, age, &number, "the avg of User.age is numeric: it does not fit into int64_t");
    check_no_scalar(Post, AGGREGATE_SUM, price, &number,
                    "the sum of Post.price is numeric: it does not fit into int64_t");
    check_no_scalar(User, AGGREGATE_MAX, name, &real, "the max of User.name is text: it does not fit into double");
    check_no_scalar(User, AGGREGATE_ARRAY, name, &text,
                    "the array_agg of User.name is text[]: it does not fit into const char *");
    check_no_scalar(User, (enum howdah_aggregate)99, name, &text, "User.name: there is no aggregate 99");
    Query *q = session_query(s, User);
    query_limit(q, 1);
    ck_assert_int_eq(query_scalar(q, AGGREGATE_COUNT, User, id, &number), STATUS_INVALID);
    check_says(session_error(s), "without limit");
    check_cost(0, 0);
}
END_TEST

/* --- one column --- */

START_TEST(test_query_run__pluck)
{
    size_t count;
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_DESC);
    query_limit(q, 3);
    cost_start();
    const char **emails = query_pluck(q, User, email, &count);
    check_cost(1, 1);
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT t0.\"email\" FROM \"public\".\"users\" AS t0 ORDER BY t0.\"id\" DESC LIMIT $1");
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(emails[0], "dora@example.org");
    ck_assert_ptr_null(emails[1]);
    ck_assert_str_eq(emails[2], "bob@example.com");
    NullInt32 *ages = query_pluck(q, User, age, &count);
    ck_assert(ages[0].value == 31 && !ages[1].valid && ages[2].value == 20);
    int64_t *ids = query_pluck(q, User, id, NULL);
    ck_assert(ids[0] == 4 && ids[1] == 3 && ids[2] == 2);
    ck_assert_uint_eq(session_stats(s).objects, 0);
    q = session_query(s, Post);
    query_order_by(q, Post, id, ORDER_ASC);
    query_join(q, Post, author);
    char(*slugs)[16] = query_pluck(q, Post, slug, &count);
    ck_assert_str_eq(slugs[1], "second");
    int *moods = query_pluck(q, Post, mood, &count);
    ck_assert(moods[0] == MOOD_CALM && moods[2] == MOOD_WILD);
    TextArray *words = query_pluck(q, Post, words, &count);
    ck_assert_str_eq(words[2].items[1], "c");
    const char **authors = query_pluck(q, User, name, &count);
    ck_assert_str_eq(authors[2], "Bob");
    query_where(q, Post, id, "=", 0);
    ck_assert_ptr_nonnull(query_pluck(q, Post, slug, &count));
    ck_assert_uint_eq(count, 0);
    check_no_error();
}
END_TEST

START_TEST(test_query_run__pluck_of_many)
{
    size_t count;
    live_sql("INSERT INTO tags (label) SELECT 't' || n FROM generate_series(1, 20000) n");
    Query *q = session_query(s, Tag);
    query_order_by(q, Tag, id, ORDER_ASC);
    const char **labels = query_pluck(q, Tag, label, &count);
    ck_assert_uint_eq(count, 20003);
    ck_assert_str_eq(labels[20002], "t20000");
}
END_TEST

/* --- untracked --- */

START_TEST(test_query_run__untracked)
{
    size_t count;
    User *ann = session_find(s, User, 1);
    ann->name = "changed";
    Query *q = session_query(s, User);
    query_untracked(q);
    query_order_by(q, User, id, ORDER_ASC);
    User **users = query_all(q, User, &count);
    ck_assert_uint_eq(count, 4);
    ck_assert_ptr_ne(users[0], ann);
    ck_assert_str_eq(users[0]->name, "Ann"); /* as it is in the database */
    ck_assert(!session_contains(s, users[0]));
    ck_assert_uint_eq(session_stats(s).objects, 1);
    ck_assert_str_eq(query_first(q, User)->email, "ann@example.com");
    users[1]->name = "never written";
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_run__one);
    tcase_add_test(tests, test_query_run__count);
    tcase_add_test(tests, test_query_run__has_rows);
    tcase_add_test(tests, test_query_run__counts_of_a_wrong_query);
    tcase_add_test(tests, test_query_run__scalars);
    tcase_add_test(tests, test_query_run__scalars_of_no_rows);
    tcase_add_test(tests, test_query_run__scalars_as_values);
    tcase_add_test(tests, test_query_run__scalars_that_make_no_sense);
    tcase_add_test(tests, test_query_run__pluck);
    tcase_add_test(tests, test_query_run__pluck_of_many);
    tcase_add_test(tests, test_query_run__untracked);
}

int main(void)
{
    return scene_main("query_run", query_setup, scene_close, add_tests);
}
