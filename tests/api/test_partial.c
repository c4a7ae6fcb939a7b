/* Objects of which a query read some columns. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
             " (1, 'a', 'A', 'n', 2.50, 4), (2, 'b', 'B', 'n', 3.5, 1), (1, 'c', 'C', NULL, NULL, 1);"
             "INSERT INTO parts (item_id, amount) VALUES (1, 5), (1, 6)");
    seen_clear();
    cost_start();
}

static Query *titles(void)
{
    Query *q = session_query(s, Item);
    query_only(q, Item, title);
    query_order_by(q, Item, id, ORDER_ASC);
    return q;
}

START_TEST(test_partial__what_is_read)
{
    size_t count;
    Item **items = query_all(titles(), Item, &count);
    check_cost(1, 1);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(seen_with("SELECT t0.\"id\", t0.\"maker_id\", t0.\"title\", t0.\"version\" FROM"), 1);
    ck_assert_str_eq(items[0]->title, "A");
    ck_assert_int_eq(items[0]->version, 4);
    ck_assert_int_eq(items[0]->maker_id, 1);
    ck_assert_str_eq(items[0]->code, "");
    ck_assert_ptr_null(items[0]->note);
    ck_assert(session_is_loaded(s, items[0], title));
    ck_assert(session_is_loaded(s, items[0], version));
    ck_assert(!session_is_loaded(s, items[0], code));
    ck_assert(!session_is_loaded(s, items[0], note));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_partial__named_several_times)
{
    Query *q = titles();
    query_only(q, Item, note, price);
    Item *item = query_first(q, Item);
    ck_assert_str_eq(item->note, "n");
    ck_assert(session_is_loaded(s, item, price));
    ck_assert(!session_is_loaded(s, item, code));
    query_only(q, Item, code); /* a query that runs again */
    ck_assert_ptr_eq(query_first(q, Item), item);
    ck_assert_str_eq(item->code, "a");
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    check_cost(2, 2);
}
END_TEST

START_TEST(test_partial__asked_when_detached)
{
    Item *item = query_first(titles(), Item);
    check_ok(session_evict(s, item));
    ck_assert(!session_is_loaded(s, item, title));
    check_error(s, STATUS_MISUSE);
    check_culprit(item, "Item", NULL);
    check_says(session_error(s), "can't ask what is loaded of a detached Item");
}
END_TEST

START_TEST(test_partial__loaded_columns_are_written)
{
    Item *item = query_first(titles(), Item);
    item->title = "new";
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"title\" = u.c3, \"version\" = "), 1);
    live_check("a|new|n|2.50|5", "SELECT code, title, note, price, version FROM items WHERE id = 1");
    item->title = "newer";
    check_ok(session_commit(s));
    live_check("a|newer|n|2.50|6", "SELECT code, title, note, price, version FROM items WHERE id = 1");
}
END_TEST

/* To a value, or to NULL. */
START_TEST(test_partial__columns_that_were_not_loaded_are_set)
{
    size_t count;
    Item **items = query_all(titles(), Item, &count);
    items[0]->note = "mine";
    ck_assert(SET_TEXT(items[1]->code, "mine"));
    check_ok(session_assign_null(s, items[1], note));
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SELECT t"), 0);
    check_trips(2);
    live_check("1|a|mine\n2|mine|\n3|c|", "SELECT id, code, note FROM items ORDER BY id");
    ck_assert(session_is_loaded(s, items[0], note));
    ck_assert(!session_is_loaded(s, items[0], code));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_partial__deleted_with_what_they_refer_to)
{
    Query *q = session_query(s, Part);
    query_only(q, Part, id);
    size_t count;
    Part **parts = query_all(q, Part, &count);
    Item *item = query_first(titles(), Item);
    check_ok(session_delete(s, item));
    check_ok(session_delete(s, parts[0]));
    check_ok(session_delete(s, parts[1]));
    check_ok(session_commit(s));
    live_check("2|0", "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM parts)");
}
END_TEST

START_TEST(test_partial__filled_for_all_that_came_together)
{
    size_t count;
    Item **items = query_all(titles(), Item, &count);
    items[0]->title = "mine";
    items[1]->note = "mine";
    cost_start();
    check_ok(session_load_columns(s, items[0]));
    check_cost(1, 1);
    ck_assert_str_eq(items[0]->title, "mine");
    ck_assert_str_eq(items[0]->code, "a");
    ck_assert_str_eq(items[1]->note, "mine");
    ck_assert_str_eq(items[2]->code, "c");
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_eq(session_find(s, Item, items[i]->id), items[i]);
    check_cost(0, 0);
    check_ok(session_commit(s));
    live_check("1|mine|n\n2|B|mine\n3|C|", "SELECT id, title, note FROM items ORDER BY id");
}
END_TEST

START_TEST(test_partial__filled_by_a_find_and_a_query)
{
    size_t count;
    Item **items = query_all(titles(), Item, &count), **all;
    items[0]->note = "mine";
    ck_assert_ptr_eq(session_find(s, Item, 1), items[0]);
    ck_assert_str_eq(items[0]->code, "a");
    ck_assert_str_eq(items[0]->note, "mine");
    all = query_all(session_query(s, Item), Item, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(items[2]->code, "c");
    ck_assert(all[0] == items[0] || all[1] == items[0] || all[2] == items[0]);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"note\" = u.c3, "), 1);
}
END_TEST

/* What the session has stays as it is; what it lacks comes. */
START_TEST(test_partial__objects_that_are_there)
{
    Item *item = session_find(s, Item, 1), *stub = session_stub(s, Item, 2);
    size_t count;
    live_sql("UPDATE items SET title = 'theirs', version = 9");
    item->note = "mine";
    Item **items = query_all(titles(), Item, &count);
    ck_assert_ptr_eq(items[0], item);
    ck_assert_ptr_eq(items[1], stub);
    ck_assert_str_eq(item->title, "A");
    ck_assert_str_eq(item->code, "a");
    ck_assert_str_eq(stub->title, "theirs");
    ck_assert_int_eq(stub->version, 9);
    ck_assert(!session_is_loaded(s, stub, code));
    ck_assert(session_is_loaded(s, item, code));
}
END_TEST

START_TEST(test_partial__with_relations)
{
    Query *q = session_query(s, Maker);
    query_only(q, Maker, name);
    query_with(q, Maker, items);
    query_order_by(q, Maker, id, ORDER_ASC);
    size_t count;
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(makers[0]->items.count, 2);
    ck_assert_ptr_eq(makers[0]->items.items[0]->maker, makers[0]);
    ck_assert_str_eq(makers[0]->items.items[0]->code, "a"); /* these are whole */
    ck_assert(!makers[0]->grade.valid);
    scene_renew();
    Item *item = query_first(titles(), Item);
    cost_start();
    check_ok(session_load(s, item, maker));
    check_cost(1, 1); /* the foreign key is there */
    ck_assert_str_eq(item->maker->name, "Ann");
}
END_TEST

START_TEST(test_partial__in_pages_and_untracked)
{
    Query *q = titles();
    struct howdah_page page;
    check_ok(query_page(q, Item, NULL, 2, &page));
    ck_assert_uint_eq(page.count, 2);
    Item *item = page.items[1];
    ck_assert_str_eq(item->title, "B");
    ck_assert(!session_is_loaded(s, item, code));
    check_ok(query_page(q, Item, page.next, 2, &page));
    ck_assert_uint_eq(page.count, 1);
    scene_renew();
    q = titles();
    query_untracked(q);
    item = query_first(q, Item);
    ck_assert_str_eq(item->title, "A");
    ck_assert_str_eq(item->code, "");
    ck_assert(!session_contains(s, item));
}
END_TEST

static bool count_titles(void *arg, const void *object)
{
    const Item *item = object;
    size_t *count = arg;
    *count += *item->title && !*item->code && !item->note;
    return true;
}

START_TEST(test_partial__one_after_another)
{
    size_t count = 0;
    check_ok(query_each(titles(), Item, count_titles, &count));
    ck_assert_uint_eq(count, 3);
    check_cost(1, 1);
}
END_TEST

START_TEST(test_partial__read_only)
{
    Query *q = titles();
    query_read_only(q);
    Item *item = query_first(q, Item);
    item->title = "mine";
    item->note = "mine";
    check_nothing_to_write();
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    ck_assert_str_eq(item->code, "a");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_partial__refreshed_rolled_back_and_gone)
{
    size_t count;
    Item **items = query_all(titles(), Item, &count);
    check_ok(session_refresh(s, items[0]));
    ck_assert_str_eq(items[0]->code, "a");
    items[1]->note = "mine";
    items[1]->title = "mine";
    check_ok(session_rollback(s));
    ck_assert_ptr_null(items[1]->note);
    ck_assert_str_eq(items[1]->title, "B");
    live_sql("DELETE FROM items WHERE id = 3");
    check_fails(session_load_columns(s, items[2]), STATUS_STALE);
    check_culprit(items[2], "Item", NULL);
    session_clear_error(s);
    ck_assert(!session_contains(s, items[2]));
    ck_assert_str_eq(items[1]->code, "b"); /* that one came with it */
}
END_TEST

START_TEST(test_partial__what_is_no_column_of_the_query)
{
    Query *q = session_query(s, Item);
    query_only(q, Maker, name);
    ck_assert_ptr_null(query_first(q, Item));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Item);
    query_only(q, Item, maker);
    ck_assert_ptr_null(query_first(q, Item));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    query_only(NULL, Item, title);
    check_cost(0, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_partial__what_is_read);
    tcase_add_test(tests, test_partial__named_several_times);
    tcase_add_test(tests, test_partial__asked_when_detached);
    tcase_add_test(tests, test_partial__loaded_columns_are_written);
    tcase_add_test(tests, test_partial__columns_that_were_not_loaded_are_set);
    tcase_add_test(tests, test_partial__deleted_with_what_they_refer_to);
    tcase_add_test(tests, test_partial__filled_for_all_that_came_together);
    tcase_add_test(tests, test_partial__filled_by_a_find_and_a_query);
    tcase_add_test(tests, test_partial__objects_that_are_there);
    tcase_add_test(tests, test_partial__with_relations);
    tcase_add_test(tests, test_partial__in_pages_and_untracked);
    tcase_add_test(tests, test_partial__one_after_another);
    tcase_add_test(tests, test_partial__read_only);
    tcase_add_test(tests, test_partial__refreshed_rolled_back_and_gone);
    tcase_add_test(tests, test_partial__what_is_no_column_of_the_query);
}

int main(void)
{
    return scene_main("partial", setup, scene_close, add_tests);
}
