/* Objects whose changes are not written. */
#include "api/scene.h"
#include "api/works_models.h"

static Maker *ann, *bob;

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (2, 'b', 'B', 1);"
             "INSERT INTO nodes (parent_id, label) VALUES (NULL, 'root'), (1, 'leaf');"
             "INSERT INTO words VALUES ('one', 1)");
    ann = session_find(s, Maker, 1);
    bob = session_find(s, Maker, 2);
    seen_clear();
    cost_start();
}

START_TEST(test_read_only__changes_are_not_written)
{
    check_ok(session_set_read_only(s, ann, true));
    ann->name = "Anna";
    ann->grade.valid = false;
    ck_assert(!session_is_dirty(s, ann));
    check_nothing_to_write();
    bob->name = "Bobby";
    check_ok(session_commit(s));
    live_check("1|Ann|1\n2|Bobby|2", "SELECT id, name, grade FROM makers WHERE id < 3 ORDER BY id");
    ck_assert_str_eq(ann->name, "Anna");
    check_ok(session_set_read_only(s, ann, false));
    ck_assert(session_is_dirty(s, ann));
    check_ok(session_commit(s));
    live_check("Anna|", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_read_only__a_changed_key_is_not_taken)
{
    Word *word = session_find(s, Word, "one");
    check_ok(session_set_read_only(s, word, true));
    word->word = "two";
    ck_assert_ptr_eq(session_find(s, Word, "one"), word);
    session_add(s, Word, .word = "two", .count = 2);
    check_ok(session_commit(s));
    live_check("one|1\ntwo|2", "SELECT * FROM words ORDER BY 1");
}
END_TEST

START_TEST(test_read_only__moves_that_are_none)
{
    Item *item = session_find(s, Item, 1);
    Maker *new = session_add(s, Maker, .name = "new");
    check_ok(session_set_read_only(s, ann, true));
    check_fails(session_delete(s, ann), STATUS_MISUSE);
    check_culprit(ann, "Maker", NULL);
    check_says(session_error(s), "read only");
    session_clear_error(s);
    check_fails(session_mark_changed(s, ann, grade), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_assign_null(s, ann, grade), STATUS_MISUSE);
    session_clear_error(s);
    check_ok(session_set_read_only(s, item, true));
    check_fails(session_link(s, bob, items, item), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_link(s, item, maker, bob), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(item->maker_id, 1);
    check_fails(session_set_read_only(s, new, true), STATUS_MISUSE);
    check_culprit(new, "Maker", NULL);
    session_clear_error(s);
    check_ok(session_delete(s, bob));
    check_fails(session_set_read_only(s, bob, true), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_set_read_only(s, NULL, true), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(session_set_read_only(NULL, ann, true), STATUS_NO_MEMORY);
    check_ok(session_rollback(s));
    check_ok(session_set_read_only(s, ann, false));
    check_ok(session_link(s, ann, items, session_find(s, Item, 2)));
    check_ok(session_commit(s));
    live_check("1|2", "SELECT maker_id, count(*) FROM items GROUP BY 1");
}
END_TEST

START_TEST(test_read_only__is_pointed_to_and_refreshed)
{
    check_ok(session_set_read_only(s, ann, true));
    session_add(s, Item, .code = "x", .title = "X", .maker = ann);
    check_ok(session_commit(s));
    live_check("1", "SELECT maker_id FROM items WHERE code = 'x'");
    live_sql("UPDATE makers SET grade = 7 WHERE id = 1");
    check_ok(session_refresh(s, ann));
    ck_assert_int_eq(ann->grade.value, 7);
    ann->name = "Anna";
    check_ok(session_rollback(s));
    ck_assert_str_eq(ann->name, "Ann");
}
END_TEST

START_TEST(test_read_only__memory_of_the_programs_is_taken_over)
{
    char *name = strdup("Anna");
    check_ok(session_set_read_only(s, ann, true));
    ann->name = name;
    check_ok(session_commit(s));
    free(name);
    ck_assert_str_eq(ann->name, "Anna");
    bob->name = name = strdup("Bob"); /* as it was: nothing to write */
    check_ok(session_commit(s));
    free(name);
    ck_assert_str_eq(bob->name, "Bob");
}
END_TEST

/* What is not written is in no savepoint. */
START_TEST(test_read_only__changes_are_dropped_by_a_rollback)
{
    check_ok(session_set_read_only(s, ann, true));
    check_ok(session_begin(s, NULL));
    ann->name = "Anna";
    uint32_t place = session_savepoint(s);
    ck_assert_str_eq(ann->name, "Anna");
    check_ok(session_rollback_to(s, place));
    ck_assert_str_eq(ann->name, "Ann");
    check_ok(session_commit(s));
}
END_TEST

/* --- queries --- */

START_TEST(test_read_only__a_query_marks_what_it_brings)
{
    size_t count;
    Query *q = session_query(s, Maker);
    query_read_only(q);
    Maker **all = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++)
        all[i]->grade = (NullInt32){9, true};
    check_ok(session_commit(s));
    live_check("9\n9\n3", "SELECT grade FROM makers ORDER BY id"); /* those that were there are written */
}
END_TEST

START_TEST(test_read_only__with_relations_and_pages)
{
    scene_renew();
    Query *q = session_query(s, Maker);
    query_read_only(q);
    query_with(q, Maker, items);
    query_order_by(q, Maker, id, ORDER_ASC);
    Maker *maker = query_first(q, Maker);
    maker->name = "changed";
    maker->items.items[0]->title = "changed";
    check_nothing_to_write();
    query_read_only(NULL);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_read_only__changes_are_not_written);
    tcase_add_test(tests, test_read_only__a_changed_key_is_not_taken);
    tcase_add_test(tests, test_read_only__moves_that_are_none);
    tcase_add_test(tests, test_read_only__is_pointed_to_and_refreshed);
    tcase_add_test(tests, test_read_only__memory_of_the_programs_is_taken_over);
    tcase_add_test(tests, test_read_only__changes_are_dropped_by_a_rollback);
    tcase_add_test(tests, test_read_only__a_query_marks_what_it_brings);
    tcase_add_test(tests, test_read_only__with_relations_and_pages);
}

int main(void)
{
    return scene_main("read_only", setup, scene_close, add_tests);
}
