/* Structs that are merged into objects of the session. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
             " (1, 'a', 'A', 'n', 2.50, 4), (2, 'b', 'B', 'n', 3.5, 1);"
             "INSERT INTO seats VALUES ('hall', 1, 'Eve')");
    seen_clear();
    cost_start();
}

START_TEST(test_merge__no_key_is_a_new_object)
{
    char name[] = "Dan";
    Maker mine = {.name = name, .items = {.count = 7}};
    Seat half = {.room = "hall", .guest = "Fay"};
    Maker *dan = session_merge(s, Maker, &mine);
    check_cost(0, 0);
    ck_assert_ptr_nonnull(dan);
    memset(name, 'x', sizeof(name) - 1);
    ck_assert_str_eq(dan->name, "Dan");
    ck_assert_uint_eq(dan->items.count, 0);
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'Dan'");
    half.room = NULL;
    Seat *seat = session_merge(s, Seat, &half); /* no question with half of a key */
    ck_assert_ptr_nonnull(seat);
    cost_start();
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(seat, "Seat", "room");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_merge__into_the_object_that_is_there)
{
    Maker *ann = session_find(s, Maker, 1);
    cost_start();
    ck_assert_ptr_eq(session_merge(s, Maker, &((Maker){.id = 1, .name = "Anna"})), ann);
    check_cost(0, 0);
    ck_assert_str_eq(ann->name, "Anna");
    ck_assert_int_eq(ann->grade.value, 1); /* what is not set blanks nothing */
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("Anna|1", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_merge__into_the_row)
{
    Item *item = session_merge(s, Item, &((Item){.id = 1, .maker_id = 1, .code = "a", .title = "new", .version = 4}));
    check_cost(1, 1);
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    ck_assert_str_eq(item->note, "n");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"title\" = u.c3, \"version\" = "), 1);
    live_check("a|new|n|2.50|5", "SELECT code, title, note, price, version FROM items WHERE id = 1");
    check_nothing_to_write();
    session_merge(s, Maker, &((Maker){.id = 1, .name = "Ann", .grade = {1, true}})); /* equals its row */
    check_nothing_to_write();
}
END_TEST

START_TEST(test_merge__no_row_is_a_new_object)
{
    Seat *seat = session_merge(s, Seat, &((Seat){"hall", 2, "Gus"}));
    check_cost(1, 1);
    Maker *maker = session_merge(s, Maker, &((Maker){.id = 70, .name = "Zoe", .made_at = {5}}));
    check_cost(1, 1);
    ck_assert_ptr_eq(session_merge(s, Seat, &((Seat){"hall", 2, "Hal"})), seat);
    check_cost(0, 0);
    ck_assert_ptr_eq(session_merge(s, Seat, &((Seat){"hall", 2, NULL})), seat);
    check_ok(session_commit(s));
    live_check("hall|1|Eve\nhall|2|Hal", "SELECT * FROM seats ORDER BY 2");
    live_check("Zoe", "SELECT name FROM makers WHERE id = 70");
    ck_assert_int_eq(maker->id, 70);
}
END_TEST

START_TEST(test_merge__null_where_it_is_named)
{
    Maker *ann = session_merge_only(s, Maker, (grade), &((Maker){.id = 1, .name = "not this"}));
    Item *item = session_merge_only(s, Item, (note, price, code), &((Item){.id = 1, .title = "nor this"}));
    Item *new =
        session_merge_only(s, Item, (note, maker_id, code, title), &((Item){.maker_id = 1, .code = "x", .title = "X"}));
    ck_assert_str_eq(ann->name, "Ann");
    check_ok(session_commit(s));
    live_check("Ann|t", "SELECT name, grade IS NULL FROM makers WHERE id = 1");
    live_check("A||t|t", "SELECT title, code, note IS NULL, price IS NULL FROM items WHERE id = 1");
    live_check("t", "SELECT note IS NULL FROM items WHERE code = 'x'");
    ck_assert_ptr_null(item->note);
    ck_assert_ptr_null(new->note);
}
END_TEST

START_TEST(test_merge__versions)
{
    Item mine = {.id = 1, .maker_id = 1, .code = "a", .title = "new", .version = 3};
    ck_assert_ptr_null(session_merge(s, Item, &mine));
    check_error(s, STATUS_STALE);
    Item *item;
    check_says(session_error(s), "version 3");
    check_says(session_error(s), "version 4");
    ck_assert_ptr_nonnull(session_error(s)->object);
    session_clear_error(s);
    item = session_find(s, Item, 1);
    ck_assert_str_eq(item->title, "A");
    check_nothing_to_write();
    mine.version = 0; /* not set: not compared */
    ck_assert_ptr_eq(session_merge(s, Item, &mine), item);
    mine.version = 4;
    ck_assert_ptr_eq(session_merge(s, Item, &mine), item);
    check_ok(session_commit(s));
    live_check("new|5", "SELECT title, version FROM items WHERE id = 1");
    ck_assert_ptr_null(session_merge(s, Item, &mine));
    check_error(s, STATUS_STALE);
}
END_TEST

START_TEST(test_merge__several_with_one_key)
{
    Seat structs[] = {{"hall", 1, "one"}, {"hall", 1, "two"}, {"hall", 1, "three"}};
    Seat *first = session_merge(s, Seat, &structs[0]);
    ck_assert_ptr_eq(session_merge(s, Seat, &structs[1]), first);
    ck_assert_ptr_eq(session_merge(s, Seat, &structs[2]), first);
    check_cost(1, 1);
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("hall|1|three", "SELECT * FROM seats");
}
END_TEST

START_TEST(test_merge__into_what_lacks_something)
{
    Maker *stub = session_stub(s, Maker, 1), *old = session_find(s, Maker, 2);
    check_ok(session_expire(s, old));
    live_sql("UPDATE makers SET grade = 8");
    cost_start();
    ck_assert_ptr_eq(session_merge(s, Maker, &((Maker){.id = 1, .name = "Anna"})), stub);
    ck_assert_ptr_eq(session_merge(s, Maker, &((Maker){.id = 2, .name = "Bobby"})), old);
    check_cost(2, 2);
    ck_assert_int_eq(stub->grade.value, 8);
    ck_assert_int_eq(old->grade.value, 8);
    check_ok(session_commit(s));
    live_check("Anna\nBobby", "SELECT name FROM makers WHERE id < 3 ORDER BY id");
}
END_TEST

START_TEST(test_merge__moves_that_are_none)
{
    Maker *ann = session_find(s, Maker, 1), *bob = session_find(s, Maker, 2);
    ann->name = "Anna";
    ck_assert_ptr_eq(session_merge(s, Maker, ann), ann);
    ck_assert_str_eq(ann->name, "Anna");
    check_ok(session_delete(s, ann));
    ck_assert_ptr_null(session_merge(s, Maker, &((Maker){.id = 1, .name = "x"})));
    check_error(s, STATUS_MISUSE);
    check_culprit(ann, "Maker", NULL);
    session_clear_error(s);
    check_ok(session_set_read_only(s, bob, true));
    ck_assert_ptr_null(session_merge(s, Maker, &((Maker){.id = 2, .name = "x"})));
    check_error(s, STATUS_MISUSE);
    check_culprit(bob, "Maker", NULL);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge(s, Maker, NULL));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge_only(s, Maker, (name), &((Maker){.id = 3})));
    check_error(s, STATUS_NOT_NULL);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge_only(s, Maker, (id), &((Maker){.id = 3})));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge_only(s, Maker, (made_at), &((Maker){.id = 3})));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge_only(s, Maker, (items), &((Maker){.id = 3})));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(session_merge(NULL, Maker, &((Maker){.id = 3})));
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

/* An evicted object is a struct like any other; one of another session, too. */
START_TEST(test_merge__objects_that_the_session_does_not_have)
{
    Session *other = session_open(db);
    Maker *theirs = session_find(other, Maker, 2), *evicted = session_find(s, Maker, 1);
    evicted->name = "Anna";
    theirs->name = "Bobby";
    check_ok(session_evict(s, evicted));
    Maker *ann = session_merge(s, Maker, evicted), *bob = session_merge(s, Maker, theirs);
    ck_assert_ptr_ne(ann, evicted);
    ck_assert_ptr_ne(bob, theirs);
    session_close(other);
    check_ok(session_commit(s));
    live_check("Anna\nBobby", "SELECT name FROM makers WHERE id < 3 ORDER BY id");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_merge__no_key_is_a_new_object);
    tcase_add_test(tests, test_merge__into_the_object_that_is_there);
    tcase_add_test(tests, test_merge__into_the_row);
    tcase_add_test(tests, test_merge__no_row_is_a_new_object);
    tcase_add_test(tests, test_merge__null_where_it_is_named);
    tcase_add_test(tests, test_merge__versions);
    tcase_add_test(tests, test_merge__several_with_one_key);
    tcase_add_test(tests, test_merge__into_what_lacks_something);
    tcase_add_test(tests, test_merge__moves_that_are_none);
    tcase_add_test(tests, test_merge__objects_that_the_session_does_not_have);
}

int main(void)
{
    return scene_main("merge", setup, scene_close, add_tests);
}
