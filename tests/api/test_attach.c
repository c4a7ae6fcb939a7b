/* Objects that come back to a session: evicted ones, those that a rollback detached, and structs that equal their rows. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (2, 'b', 'B', 1);"
             "INSERT INTO seats VALUES ('hall', 1, 'Eve')");
    seen_clear();
}

/* --- objects of this session --- */

START_TEST(test_attach__an_unmodified_object_is_clean)
{
    Maker *ann = session_find(s, Maker, 1);
    check_ok(session_evict(s, ann));
    cost_start();
    check_ok(session_attach(s, ann));
    ck_assert(session_contains(s, ann));
    ck_assert(!session_is_dirty(s, ann));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(0, 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_attach__a_modified_object_writes_what_differs)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->grade.value = 7;
    check_ok(session_evict(s, ann));
    ann->name = "Anna";
    live_sql("UPDATE makers SET made_at = '2001-02-03'");
    check_ok(session_attach(s, ann));
    ck_assert(session_is_dirty(s, ann));
    seen_clear();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"makers\" AS t SET \"name\" = u.c2, \"grade\" = u.c3 FROM"), 1);
    live_check("Anna|7", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

/* What left its collections meanwhile, and what joined them, the object was not told. */
START_TEST(test_attach__collections_are_not_known)
{
    Maker *ann = session_find(s, Maker, 1), *bob = session_find(s, Maker, 2);
    check_ok(session_load(s, ann, items));
    Item *a = ann->items.items[0], *b = session_find(s, Item, 2);
    check_ok(session_evict(s, ann));
    check_ok(session_link(s, bob, items, a));
    check_ok(session_attach(s, ann));
    ck_assert(!ann->items.loaded && ann->items.count == 0);
    check_ok(session_link(s, ann, items, b));
    check_ok(session_commit(s));
    check_ok(session_load(s, ann, items));
    ck_assert(ann->items.count == 1 && ann->items.items[0] == b);
    live_check("a|2\nb|1", "SELECT code, maker_id FROM items ORDER BY id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_attach__one_that_is_there_stays_as_it_is)
{
    Maker *ann = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "Dan");
    ann->name = "Anna";
    check_ok(session_attach(s, ann));
    check_ok(session_attach(s, new));
    ck_assert_str_eq(ann->name, "Anna");
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM makers");
}
END_TEST

START_TEST(test_attach__a_rolled_back_object_is_new_again)
{
    Maker *dan = session_add(s, Maker, .name = "Dan");
    Seat *seat = session_add(s, Seat, .room = "hall", .number = 2);
    check_ok(session_rollback(s));
    ck_assert(!session_contains(s, dan));
    check_ok(session_attach(s, dan));
    check_ok(session_attach(s, seat));
    ck_assert_ptr_eq(session_find(s, Seat, "hall", 2), seat);
    dan->grade = (NullInt32){5, true};
    check_ok(session_commit(s));
    ck_assert_int_ne(dan->id, 0);
    live_check("5", "SELECT grade FROM makers WHERE name = 'Dan'");
    live_check("2", "SELECT count(*) FROM seats");
}
END_TEST

START_TEST(test_attach__flushed_and_rolled_back_is_new_again)
{
    check_ok(session_begin(s, NULL));
    Maker *dan = session_add(s, Maker, .name = "Dan"), *out = session_add(s, Maker, .name = "Out");
    check_ok(session_flush(s));
    check_ok(session_evict(s, out));
    check_ok(session_rollback(s));
    check_ok(session_attach(s, dan));
    check_ok(session_attach(s, out));
    check_ok(session_commit(s));
    live_check("Dan\nOut", "SELECT name FROM makers WHERE id > 3 ORDER BY name");
}
END_TEST

/* Its row is there again. */
START_TEST(test_attach__deleted_and_rolled_back)
{
    Maker *cid = session_find(s, Maker, 3);
    check_ok(session_begin(s, NULL));
    check_ok(session_delete(s, cid));
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, cid));
    check_ok(session_evict(s, cid));
    check_ok(session_attach(s, cid));
    cid->grade.value = 5;
    check_ok(session_commit(s));
    live_check("5", "SELECT grade FROM makers WHERE id = 3");
}
END_TEST

START_TEST(test_attach__evicted_before_it_was_written_is_new_again)
{
    Maker *dan = session_add(s, Maker, .name = "Dan"), *undone = session_add(s, Maker, .name = "Una");
    check_ok(session_evict(s, dan));
    check_ok(session_delete(s, undone)); /* was only added */
    check_ok(session_attach(s, dan));
    check_ok(session_attach(s, undone));
    check_ok(session_commit(s));
    live_check("Dan\nUna", "SELECT name FROM makers WHERE id > 3 ORDER BY name");
}
END_TEST

/* As session_add may give a new object the key of one that goes, or is to have another. */
START_TEST(test_attach__new_with_a_key_that_another_gives_up)
{
    Seat *eve = session_find(s, Seat, "hall", 1);
    check_ok(session_delete(s, eve));
    Seat *ida = session_add(s, Seat, .room = "hall", .number = 1, .guest = "Ida");
    check_ok(session_evict(s, ida));
    check_ok(session_attach(s, ida));
    check_ok(session_commit(s));
    live_check("hall|1|Ida", "SELECT * FROM seats");
    ida->number = 2;
    Seat *joe = session_add(s, Seat, .room = "hall", .number = 1, .guest = "Joe");
    check_ok(session_evict(s, joe));
    check_ok(session_attach(s, joe));
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Seat, "hall", 1), joe);
    ck_assert_ptr_eq(session_find(s, Seat, "hall", 2), ida);
    live_check("hall|1|Joe\nhall|2|Ida", "SELECT * FROM seats ORDER BY 2");
    check_ok(session_evict(s, ida));
    Seat *again = session_find(s, Seat, "hall", 2);
    check_ok(session_delete(s, again));
    check_fails(session_attach(s, ida), STATUS_UNIQUE); /* which are of one row */
    ck_assert_ptr_eq(session_error(s)->other, again);
}
END_TEST

START_TEST(test_attach__a_key_that_another_object_has)
{
    Maker *ann = session_find(s, Maker, 1);
    check_ok(session_evict(s, ann));
    Maker *fresh = session_find(s, Maker, 1);
    check_fails(session_attach(s, ann), STATUS_UNIQUE);
    check_culprit(ann, "Maker", "id");
    ck_assert_ptr_eq(session_error(s)->other, fresh);
    session_clear_error(s);
    check_ok(session_evict(s, fresh));
    check_ok(session_attach(s, ann));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
}
END_TEST

START_TEST(test_attach__what_has_no_row_any_more)
{
    Seat *seat = session_find(s, Seat, "hall", 1), *other;
    check_ok(session_delete(s, seat));
    check_fails(session_attach(s, seat), STATUS_MISUSE);
    check_says(session_error(s), "session_add_struct");
    check_culprit(seat, "Seat", NULL);
    session_clear_error(s);
    check_ok(session_commit(s));
    check_fails(session_attach(s, seat), STATUS_MISUSE);
    check_says(session_error(s), "row was deleted");
    session_clear_error(s);
    other = session_add(s, Seat, .room = "hall", .number = 1);
    check_ok(session_commit(s));
    live_sql("DELETE FROM seats");
    check_fails(session_refresh(s, other), STATUS_STALE);
    session_clear_error(s);
    check_fails(session_attach(s, other), STATUS_MISUSE);
}
END_TEST

START_TEST(test_attach__objects_of_others)
{
    Session *other = session_open(db);
    Maker *theirs = session_find(other, Maker, 1), mine = {.id = 1};
    check_fails(session_attach(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_attach(s, &mine), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_attach(s, NULL), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert(session_contains(other, theirs));
    ck_assert_ptr_null(session_error(other));
    session_close(other);
    ck_assert_int_eq(session_attach(NULL, &mine), STATUS_NO_MEMORY);
}
END_TEST

/* --- structs --- */

START_TEST(test_attach__a_struct_becomes_a_clean_object)
{
    char name[] = "Ann";
    Maker cached = {.id = 1, .name = name, .grade = {1, true}, .items = {.count = 9, .loaded = true}};
    cost_start();
    Maker *ann = session_attach_struct(s, Maker, &cached);
    memset(name, 'x', sizeof(name) - 1);
    cached.grade.value = 8;
    ck_assert_ptr_nonnull(ann);
    ck_assert_str_eq(ann->name, "Ann");
    ck_assert(!ann->items.loaded);
    ck_assert_uint_eq(ann->items.count, 0);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert(!session_is_dirty(s, ann));
    check_cost(0, 0);
    check_nothing_to_write();
    ann->grade.value = 4;
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"grade\" = u.c2 FROM"), 1);
    live_check("Ann|4", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

/* What did not change makes no edge, also where unset unique values are equal. */
START_TEST(test_attach__unchanged_unique_values_make_no_order)
{
    Item *items[2];
    for (int i = 0; i < 2; i++)
        items[i] = session_attach_struct(
            s, Item, &((Item){.id = i + 1, .maker_id = i + 1, .code = "", .title = "?", .version = 1}));
    items[0]->title = "one";
    items[1]->title = "two";
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("a|one\nb|two", "SELECT code, title FROM items ORDER BY id");
}
END_TEST

START_TEST(test_attach__a_struct_of_another_version)
{
    Item cached = {.id = 1, .maker_id = 1, .code = "a", .title = "A", .version = 1};
    Item *item = session_attach_struct(s, Item, &cached);
    live_sql("UPDATE items SET version = 2 WHERE id = 1");
    item->title = "mine";
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, item);
    live_check("A", "SELECT title FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_attach__structs_that_no_row_equals)
{
    ck_assert_ptr_null(session_attach_struct(s, Maker, &((Maker){.name = "Ann"})));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
    session_clear_error(s);
    ck_assert_ptr_null(session_attach_struct(s, Maker, &((Maker){.id = 1})));
    check_culprit(NULL, "Maker", "name");
    session_clear_error(s);
    ck_assert_ptr_null(session_attach_struct(s, Maker, NULL));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    Maker *ann = session_find(s, Maker, 1);
    ck_assert_ptr_null(session_attach_struct(s, Maker, &((Maker){.id = 1, .name = "Ann"})));
    check_error(s, STATUS_UNIQUE);
    check_culprit(ann, "Maker", "id");
    session_clear_error(s);
    check_nothing_to_write();
    ck_assert_ptr_null(session_attach_struct(NULL, Maker, &((Maker){.id = 1, .name = "Ann"})));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_attach__an_unmodified_object_is_clean);
    tcase_add_test(tests, test_attach__a_modified_object_writes_what_differs);
    tcase_add_test(tests, test_attach__collections_are_not_known);
    tcase_add_test(tests, test_attach__one_that_is_there_stays_as_it_is);
    tcase_add_test(tests, test_attach__a_rolled_back_object_is_new_again);
    tcase_add_test(tests, test_attach__flushed_and_rolled_back_is_new_again);
    tcase_add_test(tests, test_attach__deleted_and_rolled_back);
    tcase_add_test(tests, test_attach__evicted_before_it_was_written_is_new_again);
    tcase_add_test(tests, test_attach__new_with_a_key_that_another_gives_up);
    tcase_add_test(tests, test_attach__a_key_that_another_object_has);
    tcase_add_test(tests, test_attach__what_has_no_row_any_more);
    tcase_add_test(tests, test_attach__objects_of_others);
    tcase_add_test(tests, test_attach__a_struct_becomes_a_clean_object);
    tcase_add_test(tests, test_attach__unchanged_unique_values_make_no_order);
    tcase_add_test(tests, test_attach__a_struct_of_another_version);
    tcase_add_test(tests, test_attach__structs_that_no_row_equals);
}

int main(void)
{
    return scene_main("attach", setup, scene_close, add_tests);
}
