/* Queries at their corners: empty lists, ranges the wrong way round, pages over NULLs and ties in both directions, paths
 * through themselves. */
#include "api/query_scene.h"

typedef struct Title {
    const char *title;
} Title;

MODEL(Title, NULL, COLUMN(Title, title));

START_TEST(test_query_corners__empty_lists)
{
    Query *q = session_query(s, User);
    query_where(q, User, id, "IN", ((Int64Array){.items = (int64_t[]){0}, .count = 0}));
    ck_assert_str_eq(ids_of_User(q), "");
    q = session_query(s, User);
    query_where(q, User, id, "NOT IN", ((Int64Array){.items = (int64_t[]){0}, .count = 0}));
    ck_assert_str_eq(ids_of_User(q), "1,2,3,4");
    q = session_query(s, User);
    query_where(q, User, email, "NOT IN", ((TextArray){.items = (const char *[]){"x"}, .count = 1}));
    ck_assert_str_eq(ids_of_User(q), "1,2,4"); /* a NULL is not in it, and not outside of it */
    query_bind(q, 1, ((TextArray){.items = (const char *[]){"ann@example.com", "bob@example.com"}, .count = 2}));
    ck_assert_str_eq(ids_of_User(q), "4");
    query_bind(q, 1, ((TextArray){.items = (const char *[]){"x"}, .count = 0}));
    ck_assert_str_eq(ids_of_User(q), "1,2,3,4");
}
END_TEST

START_TEST(test_query_corners__ranges_the_wrong_way_round)
{
    Query *q = session_query(s, User);
    query_where_between(q, User, age, 44, 20);
    ck_assert_str_eq(ids_of_User(q), "");
    query_bind(q, 1, 20);
    query_bind(q, 2, 44);
    ck_assert_str_eq(ids_of_User(q), "1,2,4");
    q = session_query(s, User);
    query_not(q);
    query_where_between(q, User, age, 20, 31);
    query_end(q);
    ck_assert_str_eq(ids_of_User(q), "1");
}
END_TEST

/* Walks through all pages and back again; each row comes once, in the order of the whole. */
static void walk(Query *q, const char *expected, size_t rows)
{
    QueryPage page, back;
    const char *cursor = NULL, *text = "", *last = NULL;
    size_t pages = 0;
    do {
        check_ok(query_page(q, User, cursor, rows, &page));
        for (size_t i = 0; i < page.count; i++)
            text = session_text(s, "%s%s%" PRId64, text, *text ? "," : "", ((User *)page.items[i])->id);
        ck_assert((page.previous != NULL) == (cursor != NULL));
        last = page.previous;
        cursor = page.next;
        ck_assert_uint_lt(++pages, 20);
    } while (cursor);
    ck_assert_str_eq(text, expected);
    const char *reversed = "";
    for (size_t i = 0; i < page.count; i++)
        reversed = session_text(s, "%s%s%" PRId64, reversed, *reversed ? "," : "", ((User *)page.items[i])->id);
    while (last) {
        check_ok(query_page(q, User, last, rows, &back));
        const char *these = "";
        for (size_t i = 0; i < back.count; i++)
            these = session_text(s, "%s%" PRId64 ",", these, ((User *)back.items[i])->id);
        reversed = session_text(s, "%s%s", these, reversed);
        ck_assert_ptr_nonnull(back.next);
        last = back.previous;
    }
    ck_assert_str_eq(reversed, expected);
}

START_TEST(test_query_corners__pages_over_nulls_and_ties)
{
    static const struct {
        enum howdah_order first, second;
    } orders[] = {
        {ORDER_ASC, ORDER_ASC},
        {ORDER_DESC, ORDER_DESC},
        {ORDER_ASC_NULLS_FIRST, ORDER_DESC_NULLS_LAST},
        {ORDER_DESC_NULLS_LAST, ORDER_ASC_NULLS_FIRST},
        {ORDER_DESC_NULLS_FIRST, ORDER_ASC_NULLS_LAST},
        {ORDER_ASC_NULLS_LAST, ORDER_DESC_NULLS_FIRST},
    };
    live_sql("INSERT INTO users (company_id, boss_id, name, email, age, active, score, born) VALUES"
             " (1, 1, 'Eve', 'ann@example.com', 31, true, 1, '1980-01-01'),"
             " (1, 1, 'Fay', NULL, 20, true, 1, '1980-01-01'), (1, 1, 'Gus', 'a', 31, true, 1, '1980-01-01'),"
             " (1, 1, 'Hal', NULL, NULL, true, 1, '1980-01-01')");
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        for (size_t rows = 1; rows <= 9; rows++) {
            Query *whole = session_query(s, User), *q = session_query(s, User);
            query_order_by(whole, User, age, orders[i].first);
            query_order_by(whole, User, email, orders[i].second);
            query_order_by(whole, User, id, ORDER_ASC);
            query_order_by(q, User, age, orders[i].first);
            query_order_by(q, User, email, orders[i].second);
            walk(q, ids_in_order_of_User(whole), rows);
        }
}
END_TEST

START_TEST(test_query_corners__pages_of_what_a_join_gives)
{
    Query *q = session_query(s, User), *whole = session_query(s, User);
    for (int i = 0; i < 2; i++) {
        Query *one = i ? q : whole;
        query_at(one, "company");
        query_where(one, Company, name, "<>", "");
        query_order_by(one, Company, name, ORDER_DESC);
        query_at(one, "boss");
        query_order_by(one, User, name, ORDER_ASC_NULLS_FIRST);
        query_at(one, "");
    }
    query_order_by(whole, User, id, ORDER_ASC);
    walk(q, ids_in_order_of_User(whole), 1);
    walk(q, ids_in_order_of_User(whole), 2);
}
END_TEST

START_TEST(test_query_corners__paths_through_themselves)
{
    Query *q = session_query(s, User);
    query_at(q, "boss.boss");
    query_where(q, User, name, "=", "Ann");
    query_at(q, "boss");
    query_where(q, User, name, "=", "Bob");
    query_at(q, NULL);
    ck_assert_uint_eq(query_count(q), 1);
    query_at(q, "");
    ck_assert_str_eq(ids_of_User(q), "4");
    q = session_query(s, User);
    query_exists(q, User, staff);
    query_exists(q, User, staff);
    query_where(q, User, active, "=", true);
    query_end(q);
    query_end(q);
    ck_assert_uint_eq(query_count(q), 1);
    q = session_query(s, Post);
    query_at(q, "author");
    query_where(q, User, name, "=", "Ann");
    query_at(q, "editor");
    query_where(q, User, name, "=", NULL);
    query_at(q, "");
    ck_assert_str_eq(ids_of_Post(q), "2"); /* without an editor */
}
END_TEST

START_TEST(test_query_corners__having_without_groups)
{
    int64_t total = 7;
    Query *q = session_query(s, User);
    query_having(q, AGGREGATE_COUNT, User, id, ">", 5);
    ck_assert(!query_has_rows(q));
    check_no_error();
    check_query_fails(q, User, STATUS_INVALID,
                      "User: query_having is about groups: use query_group_by, or select aggregates");
    check_fails(query_scalar(q, AGGREGATE_COUNT, User, id, &total), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(total, 7);
    query_group_by(q, User, company_id);
    query_group_by(q, User, id);
    ck_assert_uint_eq(query_count(q), 0);
    check_no_error();
}
END_TEST

START_TEST(test_query_corners__limits)
{
    Query *q = session_query(s, User);
    query_limit(q, 0);
    ck_assert_uint_eq(query_count(q), 0);
    ck_assert(!query_has_rows(q));
    ck_assert_ptr_null(query_first(q, User));
    check_no_error();
    ck_assert_str_eq(ids_of_User(q), "");
    q = session_query(s, User);
    query_offset(q, 3);
    ck_assert_uint_eq(query_count(q), 1);
    query_offset(q, INT64_MAX);
    ck_assert_uint_eq(query_count(q), 0);
    query_limit(q, UINT64_MAX);
    check_query_fails(q, User, STATUS_INVALID, "a count of rows is an integer from 0 to 9223372036854775807");
}
END_TEST

START_TEST(test_query_corners__distinct_and_locks)
{
    Query *q = session_query(s, User);
    query_join(q, User, posts);
    query_distinct(q);
    ck_assert_uint_eq(query_count(q), 2);
    q = session_query(s, Post);
    query_distinct(q);
    check_query_fails(q, Post, STATUS_INVALID,
                      "Post.raw is json, which has no equality: query_distinct needs it of all columns");
    query_select(q, Title, title, Post, title);
    ck_assert_uint_eq(query_count(q), 3);
    check_ok(session_begin(s, NULL));
    q = session_query(s, User);
    query_left_join(q, User, posts);
    query_lock(q, LOCK_FOR_UPDATE);
    query_where(q, User, id, "=", 3);
    ck_assert_ptr_nonnull(query_one(q, User));
    check_no_error();
    check_ok(session_rollback(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_corners__empty_lists);
    tcase_add_test(tests, test_query_corners__ranges_the_wrong_way_round);
    tcase_add_test(tests, test_query_corners__pages_over_nulls_and_ties);
    tcase_add_test(tests, test_query_corners__pages_of_what_a_join_gives);
    tcase_add_test(tests, test_query_corners__paths_through_themselves);
    tcase_add_test(tests, test_query_corners__having_without_groups);
    tcase_add_test(tests, test_query_corners__limits);
    tcase_add_test(tests, test_query_corners__distinct_and_locks);
}

int main(void)
{
    return scene_main("query_corners", query_setup, scene_close, add_tests);
}
