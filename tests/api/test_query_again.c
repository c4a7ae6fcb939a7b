/* A query that runs again, with other values: nothing is rendered, planned or allocated anew. */
#include "api/query_scene.h"

START_TEST(test_query_again__parameters)
{
    size_t count;
    const char *names[] = {"Ann", "Bob"};
    Query *q = session_query(s, Post);
    query_where(q, Post, title, "CONTAINS", "5%");
    query_where(q, Post, mood, "=", MOOD_WILD);
    query_where(q, Post, at, "<", "2026-01-01");
    query_where(q, Post, words, "ANY", "x");
    query_at(q, "author");
    query_where(q, User, name, "IN", ((TextArray){names, NULL, 2}));
    query_where(q, User, score, ">", 2.5);
    query_where(q, User, active, "=", true);
    query_where(q, User, email, "=", NULL);
    query_limit(q, 7);
    const Value *values = query_parameters(q, &count);
    check_no_error();
    ck_assert_uint_eq(count, 8);
    ck_assert_str_eq(values[0].as.text, "%5\\%%");
    ck_assert_str_eq(values[1].as.text, "wild");
    ck_assert_uint_eq(values[2].type, HOWDAH_TYPE_TIMESTAMP);
    ck_assert_str_eq(values[3].as.text, "x");
    ck_assert_uint_eq(values[4].type, (uint32_t)HOWDAH_TYPE_TEXT | (uint32_t)HOWDAH_TYPE_ARRAY);
    ck_assert_str_eq(((const char *const *)values[4].as.array.items)[1], "Bob");
    ck_assert_double_eq(values[5].as.real, 2.5);
    ck_assert(values[6].as.boolean);
    ck_assert_int_eq(values[7].as.integer, 7);
    query_bind(q, 1, "y");
    ck_assert_str_eq(query_parameters(q, &count)[0].as.text, "%y%");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query_again__other_values)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 40);
    query_where(q, User, name, "STARTS WITH", "A");
    query_limit(q, 10);
    query_order_by(q, User, id, ORDER_ASC);
    const char *sql = query_sql(q);
    ck_assert_str_eq(ids_in_order_of_User(q), "1");
    query_bind(q, 1, 10);
    query_bind(q, 2, "50%"); /* escaped as the first one was */
    ck_assert_str_eq(ids_in_order_of_User(q), "4");
    query_bind(q, 2, "");
    ck_assert_str_eq(ids_in_order_of_User(q), "1,2,4");
    query_bind(q, 3, 1);
    ck_assert_str_eq(ids_in_order_of_User(q), "1");
    ck_assert_int_eq(query_first(q, User)->id, 1);
    query_bind(q, 3, 0);
    ck_assert_ptr_null(query_first(q, User));
    query_bind(q, 3, 2);
    ck_assert_str_eq(ids_in_order_of_User(q), "1,2");
    ck_assert_int_eq(query_first(q, User)->id, 1);
    ck_assert_uint_eq(query_count(q), 2);
    ck_assert_ptr_eq(query_sql(q), sql); /* the same text, not one like it */
}
END_TEST

START_TEST(test_query_again__other_lists)
{
    int64_t ids[100], *many = ids;
    for (int64_t i = 0; i < 100; i++)
        ids[i] = i + 3;
    Query *q = session_query(s, User);
    query_where(q, User, id, "IN", ((Int64Array){many, NULL, 1}));
    query_order_by(q, User, id, ORDER_ASC);
    ck_assert_str_eq(ids_in_order_of_User(q), "3");
    query_bind(q, 1, ((Int64Array){many, NULL, 100}));
    ck_assert_str_eq(ids_in_order_of_User(q), "3,4");
    query_bind(q, 1, ((Int64Array){many, NULL, 0}));
    ck_assert_str_eq(ids_in_order_of_User(q), "");
}
END_TEST

START_TEST(test_query_again__other_values_that_do_not_fit)
{
    static const struct {
        size_t number;
        Value value;
        const char *message;
    } wrong[] = {
        {0,
         {HOWDAH_TYPE_INT64, 0, {.integer = 1}},
         "there is no $0: query_sql shows 2 of them; what query_update sets is set anew by query_set"},
        {3,
         {HOWDAH_TYPE_INT64, 0, {.integer = 1}},
         "there is no $3: query_sql shows 2 of them; what query_update sets is set anew by query_set"},
        {1, {HOWDAH_TYPE_TEXT, 0, {.text = "x"}}, "User.age: the value of the condition takes integer, not text"},
        {1,
         {HOWDAH_TYPE_NONE, 0, {0}},
         "User.age: NULL is no value to compare with: build another query, with = or <>"},
        {2, {HOWDAH_TYPE_INT64, 0, {.integer = -1}}, "a count of rows is an integer from 0 to 9223372036854775807"},
        {2, {HOWDAH_TYPE_TEXT, 0, {.text = "1"}}, "a count of rows is an integer from 0 to 9223372036854775807"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Query *q = session_query(s, User);
        query_where(q, User, age, ">", 40);
        query_limit(q, 10);
        query_bind(q, wrong[i].number, wrong[i].value);
        check_query_fails(q, User, STATUS_INVALID, wrong[i].message);
    }
    check_cost(0, 0);
}
END_TEST

/* A query that runs a thousand times, each time with another value, takes no more memory than one that runs ten times. */
START_TEST(test_query_again__again_takes_no_memory)
{
    Query *q = session_query(s, User);
    query_where(q, User, id, "=", 1);
    for (int64_t i = 0; i < 10; i++) {
        query_bind(q, 1, i);
        ck_assert_uint_eq(query_count(q), i >= 1 && i <= 4);
    }
    uint64_t bytes = session_stats(s).bytes, allocations = session_stats(s).allocations;
    for (int64_t i = 0; i < 1000; i++) {
        query_bind(q, 1, i);
        ck_assert_uint_eq(query_count(q), i >= 1 && i <= 4);
    }
    ck_assert_uint_eq(session_stats(s).bytes, bytes);
    ck_assert_uint_eq(session_stats(s).allocations, allocations);
}
END_TEST

/* The same shape, built by another session, has the text of the first; another shape has its own. */
START_TEST(test_query_again__a_shape_has_one_text)
{
    const char *sql = NULL;
    for (int i = 0; i < 3; i++) {
        Session *other = session_open(db);
        Query *q = session_query(other, User);
        query_where(q, User, age, ">", i);
        query_or(q);
        query_where(q, User, name, "LIKE", "x");
        query_exists(q, User, posts);
        query_end(q);
        query_end(q);
        const char *text = query_sql(q);
        ck_assert(!sql || text == sql);
        sql = text;
        query_where(q, User, age, "<", i);
        ck_assert_ptr_ne(query_sql(q), sql);
        session_close(other);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_again__parameters);
    tcase_add_test(tests, test_query_again__other_values);
    tcase_add_test(tests, test_query_again__other_lists);
    tcase_add_test(tests, test_query_again__other_values_that_do_not_fit);
    tcase_add_test(tests, test_query_again__again_takes_no_memory);
    tcase_add_test(tests, test_query_again__a_shape_has_one_text);
}

int main(void)
{
    return scene_main("query_again", query_setup, scene_close, add_tests);
}
