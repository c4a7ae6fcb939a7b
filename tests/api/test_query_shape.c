/* Order, limits and locks of queries. */
#include "api/query_scene.h"

START_TEST(test_query_shape__orders)
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

START_TEST(test_query_shape__limit_and_offset)
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

START_TEST(test_query_shape__locks)
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

START_TEST(test_query_shape__no_such_lock)
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

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_shape__orders);
    tcase_add_test(tests, test_query_shape__limit_and_offset);
    tcase_add_test(tests, test_query_shape__locks);
    tcase_add_test(tests, test_query_shape__no_such_lock);
}

int main(void)
{
    return scene_main("query_shape", query_setup, scene_close, add_tests);
}
