/* Rows known only by their keys: written and deleted without being loaded, and filled when their rows come in. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
             " (1, 'a', 'A', 'n', 2.50, 4), (2, 'b', 'B', 'n', 3.5, 1);"
             "INSERT INTO parts (item_id, amount) VALUES (1, 5), (1, 6);"
             "INSERT INTO seats VALUES ('hall', 1, 'Eve')");
    seen_clear();
}

/* --- writing --- */

START_TEST(test_stub__only_what_is_set_is_written)
{
    Maker *ann = session_stub(s, Maker, 1);
    check_nothing_to_write();
    ck_assert(!session_is_dirty(s, ann));
    ann->name = "Anna";
    ck_assert(session_is_dirty(s, ann));
    seen_clear();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("Anna|1", "SELECT name, grade FROM makers WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub__the_row_is_missing)
{
    Maker *gone = session_stub(s, Maker, 77), *ann = session_stub(s, Maker, 1);
    gone->name = "nobody";
    ann->name = "Anna";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(gone, "Maker", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    check_ok(session_evict(s, gone));
    check_ok(session_commit(s));
    live_check("Anna", "SELECT name FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_stub__deleted_by_its_key)
{
    Seat *seat = session_stub(s, Seat, "hall", 1);
    Part *parts[2] = {session_stub(s, Part, 1), session_stub(s, Part, 2)};
    check_ok(session_delete(s, seat));
    check_ok(session_delete(s, parts[0]));
    check_ok(session_delete(s, parts[1]));
    seen_clear();
    check_ok(session_commit(s));
    check_cost(2, 2);
    ck_assert_uint_eq(seen_with("SELECT t."), 0);
    live_check("0|0", "SELECT (SELECT count(*) FROM seats), (SELECT count(*) FROM parts)");
}
END_TEST

START_TEST(test_stub__deleted_but_the_row_is_missing)
{
    Seat *seat = session_stub(s, Seat, "hall", 9);
    check_ok(session_delete(s, seat));
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(seat, "Seat", NULL);
}
END_TEST

/* To which rows they refer is not known: all the same they go first. */
START_TEST(test_stub__deleted_with_what_it_refers_to)
{
    Maker *ann = session_stub(s, Maker, 1);
    Item *item = session_stub(s, Item, 1);
    Part *one = session_stub(s, Part, 1), *two = session_stub(s, Part, 2);
    item->version = 4;
    check_ok(session_delete(s, ann));
    check_ok(session_delete(s, item));
    check_ok(session_delete(s, one));
    check_ok(session_delete(s, two));
    cost_start();
    check_ok(session_commit(s));
    check_cost(3, 2);
    live_check("2|1|0",
               "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM items), (SELECT count(*) FROM parts)");
}
END_TEST

START_TEST(test_stub__moved_away_from_what_is_deleted)
{
    Part *one = session_stub(s, Part, 1), *two = session_stub(s, Part, 2);
    Item *item = session_stub(s, Item, 1);
    item->version = 4;
    one->item_id = 2;
    two->item_id = 2;
    check_ok(session_delete(s, item));
    check_ok(session_commit(s));
    live_check("2|2", "SELECT item_id, count(*) FROM parts GROUP BY 1");
}
END_TEST

START_TEST(test_stub__is_pointed_to)
{
    Item *item = session_add(s, Item, .code = "x", .title = "X", .maker = session_stub(s, Maker, 2));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(item->maker_id, 2);
    live_check("2", "SELECT maker_id FROM items WHERE code = 'x'");
}
END_TEST

/* --- versions --- */

START_TEST(test_stub__the_version_is_a_token)
{
    Item *item = session_stub(s, Item, 1);
    item->version = 4;
    ck_assert(!session_is_dirty(s, item));
    check_nothing_to_write();
    item->title = "new";
    size_t count;
    session_changes(s, item, &count);
    ck_assert_uint_eq(count, 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(item->version, 5);
    live_check("new|5", "SELECT title, version FROM items WHERE id = 1");
    item->title = "newer";
    check_ok(session_commit(s));
    live_check("newer|6|n", "SELECT title, version, note FROM items WHERE id = 1");
}
END_TEST

/* What was sent is known afterwards, and so is the version that it has by then. */
START_TEST(test_stub__what_was_written_is_loaded)
{
    Item *item = session_stub(s, Item, 1);
    item->version = 4;
    item->title = "new";
    check_ok(session_commit(s));
    ck_assert(session_is_loaded(s, item, title) && session_is_loaded(s, item, version));
    ck_assert(!session_is_loaded(s, item, code));
    ck_assert_int_eq(item->version, 5);
}
END_TEST

START_TEST(test_stub__a_wrong_version_is_stale)
{
    Item *item = session_stub(s, Item, 1);
    item->version = 3;
    item->title = "new";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    check_ok(session_rollback(s));
    ck_assert_int_eq(item->version, 0);
    item->version = 3;
    check_ok(session_delete(s, item));
    check_fails(session_commit(s), STATUS_STALE);
    live_check("A", "SELECT title FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_stub__an_unset_version_is_refused)
{
    Item *item = session_stub(s, Item, 1), *other = session_stub(s, Item, 2);
    item->title = "new";
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(item, "Item", "version");
    session_clear_error(s);
    check_ok(session_rollback(s));
    check_ok(session_delete(s, other));
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(other, "Item", "version");
    check_cost(0, 0);
    check_ok(session_rollback(s));
    live_sql("UPDATE items SET version = 0 WHERE id = 1");
    item->title = "zero";
    check_ok(session_mark_changed(s, item, version));
    check_ok(session_commit(s));
    live_check("zero|1", "SELECT title, version FROM items WHERE id = 1");
}
END_TEST

/* --- zeros that are meant --- */

START_TEST(test_stub__zero_and_null_where_they_are_said)
{
    Maker *ann = session_stub(s, Maker, 1);
    Seat *seat = session_stub(s, Seat, "hall", 1);
    Item *item = session_stub(s, Item, 1);
    item->version = 4;
    check_ok(session_assign_null(s, ann, grade));
    check_ok(session_mark_changed(s, seat, guest));
    check_ok(session_assign_null(s, item, note));
    check_ok(session_mark_changed(s, item, code));
    ck_assert(session_is_dirty(s, ann));
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SELECT t."), 0);
    live_check("Ann||A", "SELECT m.name, grade, title FROM makers m JOIN items i ON i.maker_id = m.id WHERE m.id = 1");
    live_check("|t", "SELECT code, note IS NULL FROM items WHERE id = 1");
    live_check("t", "SELECT guest IS NULL FROM seats");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub__marks_that_make_no_sense)
{
    Maker *ann = session_stub(s, Maker, 1), *bob = session_find(s, Maker, 2);
    Item *item = session_find(s, Item, 1);
    check_fails(session_mark_changed(s, ann, name), STATUS_INVALID); /* no value, and can't be NULL */
    check_culprit(ann, "Maker", "name");
    session_clear_error(s);
    check_fails(session_mark_changed(s, ann, id), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_mark_changed(s, ann, made_at), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_mark_changed(s, ann, items), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_mark_changed(s, item, version), STATUS_INVALID);
    session_clear_error(s);
    check_ok(session_delete(s, bob));
    check_fails(session_mark_changed(s, bob, grade), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_mark_changed(s, &((Maker){.id = 1}), grade), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(session_mark_changed(NULL, ann, grade), STATUS_NO_MEMORY);
}
END_TEST

START_TEST(test_stub__a_mark_writes_an_unchanged_field)
{
    Maker *ann = session_find(s, Maker, 1), *bob = session_find(s, Maker, 2);
    check_ok(session_mark_changed(s, ann, name));
    check_ok(session_mark_changed(s, bob, name));
    check_ok(session_rollback(s));
    check_nothing_to_write();
    check_ok(session_mark_changed(s, ann, name));
    live_sql("UPDATE makers SET name = 'other' WHERE id = 1");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("Ann", "SELECT name FROM makers WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub__a_mark_of_a_new_object_sends_null)
{
    Item *item = session_add(s, Item, .maker_id = 1, .code = "x", .title = "X");
    check_ok(session_mark_changed(s, item, note));
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_fails(session_execute(s, NULL, "SELECT 1 / 0"), STATUS_DATA); /* what was flushed is pending again */
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check("t", "SELECT note IS NULL FROM items WHERE code = 'x'");
}
END_TEST

/* --- filling --- */

START_TEST(test_stub__finding_it_fills_it)
{
    Maker *ann = session_stub(s, Maker, 1);
    ann->name = "Anna";
    cost_start();
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(1, 1);
    ck_assert_str_eq(ann->name, "Anna");
    ck_assert_int_eq(ann->grade.value, 1);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(0, 0);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("Anna|1", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_stub__a_query_fills_it)
{
    Maker *ann = session_stub(s, Maker, 1), *bob = session_stub(s, Maker, 2);
    size_t count;
    ann->name = "Anna";
    Maker **all = query_all(session_query(s, Maker), Maker, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert(all[0] == ann || all[1] == ann || all[2] == ann);
    ck_assert_int_eq(ann->grade.value, 1);
    ck_assert_str_eq(bob->name, "Bob");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(0, 0);
    check_ok(session_rollback(s));
    ck_assert_str_eq(ann->name, "Ann");
}
END_TEST

START_TEST(test_stub__many_are_found_at_once)
{
    Maker *stubs[2] = {session_stub(s, Maker, 1), session_stub(s, Maker, 77)};
    cost_start();
    Maker **found = session_find_many(s, Maker, ((Value[]){VALUE(1), VALUE(2), VALUE(77)}), 3);
    check_cost(1, 1);
    ck_assert_ptr_eq(found[0], stubs[0]);
    ck_assert_str_eq(found[0]->name, "Ann");
    ck_assert_ptr_nonnull(found[1]);
    ck_assert_ptr_null(found[2]);
    ck_assert(!session_contains(s, stubs[1]));
}
END_TEST

START_TEST(test_stub__a_token_outlives_the_filling)
{
    Item *item = session_stub(s, Item, 1);
    item->version = 3;
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    ck_assert_int_eq(item->version, 3);
    item->title = "mine";
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    check_ok(session_refresh(s, item));
    ck_assert_int_eq(item->version, 4);
}
END_TEST

/* A statement of the session's own writes the row: it counts on from the version that was given, or finds another one. */
START_TEST(test_stub__a_token_counts_on)
{
    bool right = _i & 1, by_query = _i & 2;
    Item *item = session_stub(s, Item, 1);
    item->version = right ? 4 : 3;
    item->title = "mine";
    if (by_query) {
        Query *q = session_query(s, Item);
        query_where(q, Item, id, "=", 1);
        query_set(q, Item, note, "set");
        check_ok(query_update(q, NULL));
    } else {
        Item *same = session_upsert(s, Item, (id), .id = 1, .maker_id = 1, .code = "a", .title = "A", .note = "set",
                                    .price = {"1"});
        ck_assert_ptr_eq(same, item);
    }
    check_no_error();
    if (right) {
        check_ok(session_commit(s));
        ck_assert_int_eq(item->version, 6);
        live_check("mine|set|6", "SELECT title, note, version FROM items WHERE id = 1");
        check_nothing_to_write();
    } else {
        check_fails(session_commit(s), STATUS_STALE);
        check_culprit(item, "Item", NULL);
    }
}
END_TEST

START_TEST(test_stub__filled_in_a_transaction_that_is_rolled_back)
{
    Maker *ann = session_stub(s, Maker, 1);
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "UPDATE public.makers SET grade = 9 WHERE id = 1"));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_int_eq(ann->grade.value, 9);
    check_ok(session_rollback(s));
    ck_assert(!ann->grade.valid);
    ck_assert_ptr_null(ann->name);
    cost_start();
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(1, 1);
    ck_assert_int_eq(ann->grade.value, 1);
}
END_TEST

START_TEST(test_stub__no_row_when_it_is_found)
{
    Maker *gone = session_stub(s, Maker, 77);
    ck_assert_ptr_null(session_find(s, Maker, 77));
    check_no_error();
    ck_assert(!session_contains(s, gone));
    check_ok(session_begin(s, NULL));
    gone = session_stub(s, Maker, 78);
    ck_assert_ptr_null(session_find(s, Maker, 78));
    ck_assert(!session_contains(s, gone));
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, gone));
}
END_TEST

START_TEST(test_stub__refresh_loads_all)
{
    Item *item = session_stub(s, Item, 1);
    item->title = "mine";
    check_ok(session_refresh(s, item));
    ck_assert_str_eq(item->title, "A");
    ck_assert_int_eq(item->version, 4);
    cost_start();
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    check_cost(0, 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub__relations_need_their_keys)
{
    Part *part = session_stub(s, Part, 1);
    Item *item = session_stub(s, Item, 1);
    ck_assert(!session_is_loaded(s, part, item_id));
    ck_assert(session_is_loaded(s, part, id));
    cost_start();
    check_ok(session_load(s, part, item));
    check_cost(1, 1);
    ck_assert_ptr_eq(part->item, item);
    ck_assert(session_is_loaded(s, part, item_id));
    ck_assert(!session_is_loaded(s, item, title));
    part = session_stub(s, Part, 2);
    part->item_id = 2; /* as the program wants it */
    check_ok(session_load(s, part, item));
    check_cost(1, 1);
    ck_assert_str_eq(part->item->title, "B");
    check_fails(session_load(s, session_stub(s, Part, 77), item), STATUS_STALE);
    session_clear_error(s);
    check_ok(session_load(s, session_stub(s, Maker, 1), items)); /* needs no more than the key of its owner */
    ck_assert_ptr_eq(session_stub(s, Maker, 1)->items.items[0], item);
    ck_assert_ptr_eq(item->maker, session_stub(s, Maker, 1));
    ck_assert_str_eq(item->title, "A");
}
END_TEST

START_TEST(test_stub__columns_by_a_call)
{
    Maker *ann = session_stub(s, Maker, 1), *gone = session_stub(s, Maker, 77);
    ann->grade = (NullInt32){6, true};
    cost_start();
    check_ok(session_load_columns(s, ann));
    check_cost(1, 1);
    ck_assert_str_eq(ann->name, "Ann");
    ck_assert_int_eq(ann->grade.value, 6);
    check_ok(session_load_columns(s, ann));
    check_cost(0, 0);
    check_fails(session_load_columns(s, gone), STATUS_STALE);
    check_culprit(gone, "Maker", NULL);
    session_clear_error(s);
    ck_assert(!session_contains(s, gone));
    check_fails(session_load_columns(s, gone), STATUS_MISUSE);
    ck_assert_int_eq(session_load_columns(NULL, ann), STATUS_NO_MEMORY);
}
END_TEST

/* --- which object it is --- */

START_TEST(test_stub__the_object_that_is_there)
{
    Maker *ann = session_find(s, Maker, 1), *stub = session_stub(s, Maker, 2);
    Seat *new = session_add(s, Seat, .room = "hall", .number = 2);
    cost_start();
    ck_assert_ptr_eq(session_stub(s, Maker, 1), ann);
    ck_assert_ptr_eq(session_stub(s, Maker, (int16_t)2), stub);
    ck_assert_ptr_eq(session_stub(s, Seat, "hall", 2), new);
    check_cost(0, 0);
    ck_assert_str_eq(ann->name, "Ann");
    check_ok(session_evict(s, ann));
    ck_assert_ptr_ne(session_stub(s, Maker, 1), ann);
}
END_TEST

START_TEST(test_stub__keys_that_are_none)
{
    Maker *ann = session_find(s, Maker, 1), *lost;
    lost = session_stub(s, Maker, 0);
    check_error(s, STATUS_INVALID);
    ck_assert_ptr_nonnull(lost);
    lost->name = "never written";
    ck_assert_ptr_nonnull(session_stub(s, Maker, 2)); /* while the error sticks */
    session_clear_error(s);
    ck_assert_ptr_nonnull(session_stub(s, Seat, "hall"));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_nonnull(session_stub(s, Seat, NULL, 1));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_ok(session_delete(s, ann));
    ck_assert_ptr_ne(session_stub(s, Maker, 1), ann);
    check_error(s, STATUS_MISUSE);
    check_culprit(ann, "Maker", NULL);
    session_clear_error(s);
    check_ok(session_rollback(s));
    check_nothing_to_write();
    ck_assert_ptr_null(session_stub(NULL, Maker, 1));
}
END_TEST

/* Evicted and back again, what was not loaded is not loaded. */
START_TEST(test_stub__evicted_and_attached)
{
    Maker *ann = session_stub(s, Maker, 1);
    check_ok(session_evict(s, ann));
    ann->grade = (NullInt32){6, true};
    check_ok(session_attach(s, ann));
    check_ok(session_commit(s));
    live_check("Ann|6", "SELECT name, grade FROM makers WHERE id = 1");
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_str_eq(ann->name, "Ann");
}
END_TEST

/* Flushed, and taken back: pending again, and nothing else is known. */
START_TEST(test_stub__flushed_to_a_savepoint)
{
    Maker *ann = session_stub(s, Maker, 1);
    check_ok(session_begin(s, NULL));
    uint32_t savepoint = session_savepoint(s);
    ann->name = "Anna";
    check_ok(session_mark_changed(s, ann, grade));
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, savepoint));
    ck_assert_ptr_null(ann->name);
    ck_assert(!session_is_dirty(s, ann));
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    ann->name = "Anne";
    check_ok(session_mark_changed(s, ann, grade));
    check_ok(session_flush(s));
    check_fails(session_execute(s, NULL, "SELECT 1 / 0"), STATUS_DATA);
    session_clear_error(s);
    ck_assert_str_eq(ann->name, "Anne");
    check_ok(session_commit(s));
    live_check("Anne|", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

/* A unique value that a row gives up is known only where it was loaded. */
START_TEST(test_stub__unique_values_that_are_not_known)
{
    Item *one = session_stub(s, Item, 1), *two = session_find(s, Item, 2);
    one->version = 4;
    ck_assert(SET_TEXT(one->code, "c"));
    ck_assert(SET_TEXT(two->code, ""));
    check_ok(session_commit(s));
    live_check("1|c\n2|", "SELECT id, code FROM items ORDER BY id");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_stub__only_what_is_set_is_written);
    tcase_add_test(tests, test_stub__the_row_is_missing);
    tcase_add_test(tests, test_stub__deleted_by_its_key);
    tcase_add_test(tests, test_stub__deleted_but_the_row_is_missing);
    tcase_add_test(tests, test_stub__deleted_with_what_it_refers_to);
    tcase_add_test(tests, test_stub__moved_away_from_what_is_deleted);
    tcase_add_test(tests, test_stub__is_pointed_to);
    tcase_add_test(tests, test_stub__the_version_is_a_token);
    tcase_add_test(tests, test_stub__what_was_written_is_loaded);
    tcase_add_test(tests, test_stub__a_wrong_version_is_stale);
    tcase_add_test(tests, test_stub__an_unset_version_is_refused);
    tcase_add_test(tests, test_stub__zero_and_null_where_they_are_said);
    tcase_add_test(tests, test_stub__marks_that_make_no_sense);
    tcase_add_test(tests, test_stub__a_mark_writes_an_unchanged_field);
    tcase_add_test(tests, test_stub__a_mark_of_a_new_object_sends_null);
    tcase_add_test(tests, test_stub__finding_it_fills_it);
    tcase_add_test(tests, test_stub__a_query_fills_it);
    tcase_add_test(tests, test_stub__many_are_found_at_once);
    tcase_add_test(tests, test_stub__a_token_outlives_the_filling);
    tcase_add_loop_test(tests, test_stub__a_token_counts_on, 0, 4);
    tcase_add_test(tests, test_stub__filled_in_a_transaction_that_is_rolled_back);
    tcase_add_test(tests, test_stub__no_row_when_it_is_found);
    tcase_add_test(tests, test_stub__refresh_loads_all);
    tcase_add_test(tests, test_stub__relations_need_their_keys);
    tcase_add_test(tests, test_stub__columns_by_a_call);
    tcase_add_test(tests, test_stub__the_object_that_is_there);
    tcase_add_test(tests, test_stub__keys_that_are_none);
    tcase_add_test(tests, test_stub__evicted_and_attached);
    tcase_add_test(tests, test_stub__flushed_to_a_savepoint);
    tcase_add_test(tests, test_stub__unique_values_that_are_not_known);
}

int main(void)
{
    return scene_main("stub", setup, scene_close, add_tests);
}
