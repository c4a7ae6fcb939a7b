/* The life of objects in a session: added, found, deleted, evicted, refreshed, forgotten; and memory of the session. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (2, 'b', 'B', 1)");
}

/* --- adding --- */

START_TEST(test_object__add_copies_what_it_is_given)
{
    char name[] = "Dora";
    Maker mine = {.name = name, .grade = {4, true}};
    Maker *maker = session_add_struct(s, Maker, &mine);
    ck_assert_ptr_ne(maker, &mine);
    ck_assert_ptr_ne(maker->name, name);
    memset(name, 'x', 4);
    mine.grade.value = 9;
    check_ok(session_commit(s));
    ck_assert_str_eq(maker->name, "Dora");
    live_check("Dora|4", "SELECT name, grade FROM makers WHERE id = %" PRId64, maker->id);
    ck_assert_int_eq(mine.id, 0);
}
END_TEST

START_TEST(test_object__add_marks_collections_loaded)
{
    Maker *maker = session_add(s, Maker, .name = "new");
    ck_assert(maker->items.loaded);
    ck_assert_ptr_null(maker->items.items);
    ck_assert_uint_eq(maker->items.count, 0);
    check_ok(session_commit(s));
    ck_assert(maker->items.loaded);
    ck_assert(!session_find(s, Maker, 1)->items.loaded);
}
END_TEST

START_TEST(test_object__added_twice_is_one_row)
{
    Maker *maker = session_add(s, Maker, .name = "once");
    ck_assert_ptr_eq(session_add_struct(s, Maker, maker), maker);
    ck_assert_ptr_eq(session_add_struct(s, Maker, maker), maker);
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'once'");
    ck_assert_ptr_eq(session_add_struct(s, Maker, maker), maker); /* a loaded one, too */
    check_nothing_to_write();
}
END_TEST

/* No statement, and no key is used up. */
START_TEST(test_object__added_and_deleted)
{
    Maker *maker = session_add(s, Maker, .name = "never");
    check_ok(session_delete(s, maker));
    ck_assert(!session_contains(s, maker));
    check_nothing_to_write();
    Maker *next = session_add(s, Maker, .name = "next");
    check_ok(session_commit(s));
    ck_assert_int_eq(next->id, 4);
    Maker *keyed = session_add(s, Maker, .id = 50, .name = "keyed");
    check_ok(session_delete(s, keyed));
    ck_assert_ptr_null(session_find(s, Maker, 50));
    Maker *again = session_add(s, Maker, .id = 50, .name = "again");
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Maker, 50), again);
    live_check("again", "SELECT name FROM makers WHERE id = 50");
}
END_TEST

/* Two new objects with one key. */
START_TEST(test_object__two_new_ones_with_one_key)
{
    Maker *first = session_add(s, Maker, .id = 60, .name = "first");
    Maker *second = session_add(s, Maker, .id = 60, .name = "second");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_ne(second, first);
    check_error(s, STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->model, "Maker");
    ck_assert_str_eq(session_error(s)->field, "id");
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Maker, 60), first);
    check_ok(session_commit(s));
    live_check("first", "SELECT name FROM makers WHERE id = 60");
}
END_TEST

/* A new object with the key of one that is loaded. */
START_TEST(test_object__new_one_with_the_key_of_a_loaded_one)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->grade.value = 8;
    session_add(s, Maker, .id = 1, .name = "usurper");
    check_error(s, STATUS_UNIQUE);
    ck_assert_ptr_eq(session_find(s, Maker, 1), NULL); /* the error sticks */
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_ok(session_commit(s));
    live_check("Ann|8", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

/* The key of a row that the session hasn't loaded: the server says so. */
START_TEST(test_object__new_one_with_the_key_of_a_row)
{
    Maker *maker = session_add(s, Maker, .id = 1, .name = "usurper");
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(maker, "Maker", "id");
    ck_assert_str_eq(session_error(s)->constraint, "makers_pkey");
    session_clear_error(s);
    maker->id = 40;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Maker, 40), maker);
    ck_assert_str_eq(session_find(s, Maker, 1)->name, "Ann");
    /* or everything is dropped */
    Maker *usurper = session_add(s, Maker, .id = 2, .name = "usurper");
    session_evict(s, session_find(s, Maker, 3));
    maker->name = "changed";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(usurper, "Maker", "id");
    check_ok(session_rollback(s));
    ck_assert(!session_contains(s, usurper));
    ck_assert_str_eq(maker->name, "usurper");
    Maker *there = session_find(s, Maker, 2);
    ck_assert(there && there != usurper);
    there->grade = (NullInt32){7, true};
    check_ok(session_commit(s));
    live_check("Bob|7", "SELECT name, grade FROM makers WHERE id = 2");
}
END_TEST

/* A key that is set after adding counts as well. */
START_TEST(test_object__key_set_after_adding)
{
    Maker *maker = session_add(s, Maker, .name = "late key");
    maker->id = 77;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Maker, 77), maker);
    live_check("77", "SELECT id FROM makers WHERE name = 'late key'");
    Seat *seat = session_add(s, Seat, .room = "r", .number = 1),
         *other = session_add(s, Seat, .room = "s", .number = 1);
    other->room = "r";
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert(session_error(s)->object == other || session_error(s)->object == seat);
    session_clear_error(s);
    other->number = 2;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Seat, "r", 2), other);
    ck_assert_ptr_eq(session_find(s, Seat, "r", 1), seat);
}
END_TEST

START_TEST(test_object__deletion_cancelled_by_adding)
{
    Maker *cid = session_find(s, Maker, 3);
    check_ok(session_delete(s, cid));
    ck_assert_ptr_null(session_find(s, Maker, 3));
    ck_assert_ptr_eq(session_add_struct(s, Maker, cid), cid);
    ck_assert_ptr_eq(session_find(s, Maker, 3), cid);
    check_nothing_to_write();
    check_ok(session_delete(s, cid));
    session_add_struct(s, Maker, cid);
    cid->name = "Sid";
    check_ok(session_commit(s));
    live_check("Sid", "SELECT name FROM makers WHERE id = 3");
}
END_TEST

/* For a commit: an object whose row is gone can't come back; a copy of it can. */
START_TEST(test_object__adding_what_was_deleted_for_good)
{
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_commit(s));
    Maker *scratch = session_add_struct(s, Maker, cid);
    ck_assert_ptr_nonnull(scratch);
    ck_assert_ptr_ne(scratch, cid);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    Maker copy = {.id = cid->id, .name = cid->name};
    Maker *reborn = session_add_struct(s, Maker, &copy);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Maker, 3), reborn);
    live_check("Cid", "SELECT name FROM makers WHERE id = 3");
}
END_TEST

/* For a flush. */
START_TEST(test_object__adding_what_was_flushed_as_deleted)
{
    Maker *cid = session_find(s, Maker, 3);
    check_ok(session_begin(s, NULL));
    session_delete(s, cid);
    check_ok(session_flush(s));
    session_add_struct(s, Maker, cid);
    check_error(s, STATUS_MISUSE);
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, cid));
    ck_assert_ptr_eq(session_find(s, Maker, 3), cid);
    live_check("Cid", "SELECT name FROM makers WHERE id = 3");
}
END_TEST

/* After an error session_add gives a scratch object: of any model, writable, and never written. */
START_TEST(test_object__scratch_after_an_error)
{
    session_find(s, Maker, "wrong");
    check_error(s, STATUS_INVALID);
    Maker *maker = session_add(s, Maker, .name = "scratch");
    Item *item = session_add(s, Item, .code = "scratch", .title = "t", .maker = maker);
    ck_assert_ptr_nonnull(maker);
    ck_assert_ptr_nonnull(item);
    memset(item, 0x55, sizeof(*item));
    memset(maker, 0x55, sizeof(*maker));
    ck_assert_int_eq(session_commit(s), STATUS_INVALID);
    session_clear_error(s);
    ck_assert(!session_contains(s, maker));
    check_nothing_to_write();
    live_check("3|2", "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM items)");
}
END_TEST

/* --- deleting --- */

START_TEST(test_object__delete_null_is_nothing)
{
    check_ok(session_delete(s, NULL));
    check_ok(session_delete(s, session_find(s, Maker, 99)));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_object__deleted_twice)
{
    Maker *cid = session_find(s, Maker, 3);
    check_ok(session_delete(s, cid));
    check_ok(session_delete(s, cid));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("2", "SELECT count(*) FROM makers");
}
END_TEST

/* Again after it was written: nothing. */
START_TEST(test_object__deleted_again_after_it_was_written)
{
    Maker *cid = session_find(s, Maker, 3);
    if (_i)
        check_ok(session_begin(s, NULL));
    session_delete(s, cid);
    check_ok(_i ? session_flush(s) : session_commit(s));
    check_ok(session_delete(s, cid));
    cost_start();
    check_ok(_i ? session_flush(s) : session_commit(s));
    check_cost(0, 0);
}
END_TEST

/* What is done to a deleted object's fields is not written, and the call that sets a field refuses. */
START_TEST(test_object__deleted_object_changed)
{
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    ck_assert_int_eq(session_assign_null(s, cid, grade), STATUS_MISUSE);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    cid->name = "changed";
    cid->id = 2; /* the row that goes is the one that was loaded */
    check_ok(session_commit(s));
    live_check("Ann\nBob", "SELECT name FROM makers ORDER BY id");
}
END_TEST

/* Changed, then deleted: the row goes, whatever the changes. */
START_TEST(test_object__changed_then_deleted)
{
    Maker *cid = session_find(s, Maker, 3);
    cid->name = "Ann"; /* would break the unique constraint */
    session_delete(s, cid);
    check_ok(session_commit(s));
    live_check("Ann\nBob", "SELECT name FROM makers ORDER BY id");
}
END_TEST

/* A query still gives the object that is marked deleted, and it stays marked. */
START_TEST(test_object__query_gives_deleted_objects)
{
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    size_t count;
    Query *q = session_query(s, Maker);
    query_order_by(q, Maker, id, ORDER_ASC);
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_eq(makers[2], cid);
    ck_assert_ptr_null(session_find(s, Maker, 3));
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM makers");
}
END_TEST

/* --- contains --- */

START_TEST(test_object__contains)
{
    Maker *loaded = session_find(s, Maker, 1), *added = session_add(s, Maker, .name = "x"), mine = {.id = 1};
    Session *other = session_open(db);
    Maker *foreign = session_find(other, Maker, 1);
    ck_assert(session_contains(s, loaded));
    ck_assert(session_contains(s, added));
    ck_assert(!session_contains(s, foreign));
    ck_assert(session_contains(other, foreign));
    ck_assert(!session_contains(s, &mine));
    ck_assert(!session_contains(s, NULL));
    ck_assert(!session_contains(s, (char *)loaded + 8)); /* inside of one is none */
    ck_assert(!session_contains(s, loaded->name));
    session_delete(s, loaded);
    ck_assert(session_contains(s, loaded));
    session_evict(s, loaded);
    ck_assert(!session_contains(s, loaded));
    check_no_error();
    session_close(other);
    ck_assert(!session_contains(s, foreign)); /* compares only the pointer */
    session_find(s, Maker, "wrong");
    ck_assert(session_contains(s, added)); /* also while an error sticks */
    session_clear_error(s);
}
END_TEST

/* --- evicting --- */

START_TEST(test_object__evicted_is_not_written)
{
    Maker *ann = session_find(s, Maker, 1), *added = session_add(s, Maker, .name = "new");
    Maker *bob = session_find(s, Maker, 2);
    ann->name = "changed";
    session_delete(s, bob);
    check_ok(session_evict(s, ann));
    check_ok(session_evict(s, added));
    check_ok(session_evict(s, bob));
    check_nothing_to_write();
    ck_assert_str_eq(ann->name, "changed"); /* readable still */
    live_check("Ann\nBob\nCid", "SELECT name FROM makers ORDER BY id");
    Maker *fresh = session_find(s, Maker, 1);
    ck_assert_ptr_ne(fresh, ann);
    ck_assert_str_eq(fresh->name, "Ann");
    check_cost(1, 1);
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
}
END_TEST

START_TEST(test_object__evicted_object_is_an_error)
{
    Maker *ann = session_find(s, Maker, 1);
    size_t count;
    check_ok(session_evict(s, ann));
    check_fails(session_evict(s, ann), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_delete(s, ann), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(session_changes(s, ann, &count));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_assign_null(s, ann, grade), STATUS_MISUSE);
    session_clear_error(s);
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = ann);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(item, "Item", "maker");
}
END_TEST

/* --- refreshing --- */

START_TEST(test_object__refresh_overwrites)
{
    Item *item = session_find(s, Item, 1);
    Maker *bob = session_find(s, Maker, 2);
    item->title = "mine";
    item->maker = bob;
    ck_assert(SET_TEXT(item->code, "mine"));
    live_sql("UPDATE items SET title = 'theirs', version = 5, note = NULL WHERE id = 1");
    cost_start();
    check_ok(session_refresh(s, item));
    check_cost(1, 1);
    ck_assert_str_eq(item->title, "theirs");
    ck_assert_str_eq(item->code, "a");
    ck_assert_int_eq(item->version, 5);
    ck_assert_int_eq(item->maker_id, 1);
    ck_assert_ptr_null(item->note);
    ck_assert_ptr_ne(item->maker, bob);
    check_nothing_to_write();
    item->title = "mine again";
    check_ok(session_commit(s));
    live_check("mine again|6", "SELECT title, version FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_object__refresh_of_a_new_one)
{
    Maker *maker = session_add(s, Maker, .name = "x");
    check_ok(session_refresh(s, maker)); /* it has no row yet, and stays as it is */
    check_cost(0, 0);
    ck_assert_str_eq(maker->name, "x");
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'x'");
}
END_TEST

/* A deleted one whose row is there is alive and clean again. */
START_TEST(test_object__refresh_of_a_deleted_one)
{
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_refresh(s, cid));
    ck_assert_ptr_eq(session_find(s, Maker, 3), cid);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_object__refresh_when_the_row_is_gone)
{
    Maker *cid = session_find(s, Maker, 3);
    cid->name = "changed";
    live_sql("DELETE FROM makers WHERE id = 3");
    check_fails(session_refresh(s, cid), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, cid);
    session_clear_error(s);
    ck_assert(!session_contains(s, cid));
    ck_assert_ptr_null(session_find(s, Maker, 3));
    check_nothing_to_write();
    live_sql("INSERT INTO makers (id, name) VALUES (3, 'back')");
    Maker *back = session_find(s, Maker, 3);
    ck_assert_str_eq(back->name, "back");
    ck_assert_ptr_ne(back, cid);
}
END_TEST

/* A row that comes again keeps what is unsaved, and what others did to other columns is not written back. */
START_TEST(test_object__second_query_keeps_changes)
{
    size_t count;
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "mine";
    live_sql("UPDATE makers SET name = 'theirs', grade = 9 WHERE id = 1");
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, "=", 9);
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_eq(makers[0], ann);
    ck_assert_str_eq(ann->name, "mine");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("mine|9", "SELECT name, grade FROM makers WHERE id = 1"); /* only the column that was changed */
}
END_TEST

/* --- memory of the session --- */

START_TEST(test_object__text_and_copy)
{
    const char *text = session_text(s, "%s-%d-%5.2f-%c", "a", 42, 1.5, 'z');
    ck_assert_str_eq(text, "a-42- 1.50-z");
    ck_assert_str_eq(session_text(s, "%s", ""), "");
    const char *long_text = session_text(s, "%0*d", 100000, 7);
    ck_assert_uint_eq(strlen(long_text), 100000);
    int numbers[] = {1, 2, 3};
    int *copy = session_copy(s, numbers, sizeof(numbers));
    ck_assert_ptr_ne(copy, numbers);
    ck_assert_mem_eq(copy, numbers, sizeof(numbers));
    ck_assert_uint_eq((uintptr_t)session_copy(s, numbers, sizeof(numbers)) % _Alignof(max_align_t), 0);
    ck_assert_str_eq(text, "a-42- 1.50-z");
    ck_assert_ptr_nonnull(session_copy(s, "", 0)); /* e.g. the data of bytes that are none */
    check_no_error();
    ck_assert_ptr_null(session_copy(s, numbers, SIZE_MAX));
    check_error(s, STATUS_NO_MEMORY);
    ck_assert_ptr_null(session_text(s, "x"));
    ck_assert_ptr_null(session_copy(s, "x", 1));
    session_clear_error(s);
}
END_TEST

/* --- the session's end --- */

START_TEST(test_object__clear_forgets_everything)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "changed";
    session_add(s, Maker, .name = "new");
    session_delete(s, session_find(s, Maker, 3));
    session_find(s, Maker, "wrong");
    check_error(s, STATUS_INVALID);
    session_clear(s);
    check_no_error();
    ck_assert_uint_eq(session_stats(s).objects, 0);
    ck_assert(!session_contains(s, ann));
    check_nothing_to_write();
    ck_assert_str_eq(session_find(s, Maker, 1)->name, "Ann");
    check_cost(1, 1);
    live_check("3", "SELECT count(*) FROM makers");
}
END_TEST

START_TEST(test_object__clear_rolls_back)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Maker, .name = "flushed");
    check_ok(session_flush(s));
    session_clear(s);
    check_no_error();
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
    session_clear_error(s);
    live_check("0", "SELECT count(*) FROM makers WHERE name = 'flushed'");
    session_add(s, Maker, .name = "later");
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_object__closed_without_commit)
{
    session_find(s, Maker, 1)->name = "changed";
    session_add(s, Maker, .name = "new");
    session_delete(s, session_find(s, Maker, 3));
    session_close(s);
    live_check("Ann\nBob\nCid", "SELECT name FROM makers ORDER BY id");
    s = session_open(db);
}
END_TEST

/* database_close closes what is open, also a transaction. */
START_TEST(test_object__database_closed_with_open_sessions)
{
    Session *other = session_open(db);
    ck_assert_int_eq(session_begin(other, NULL), STATUS_OK);
    session_add(other, Maker, .name = "flushed");
    ck_assert_int_eq(session_flush(other), STATUS_OK);
    session_add(s, Maker, .name = "pending");
    database_close(db);
    db = NULL;
    s = NULL;
    live_check("3", "SELECT count(*) FROM makers");
    live_settle();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_object__add_copies_what_it_is_given);
    tcase_add_test(tests, test_object__add_marks_collections_loaded);
    tcase_add_test(tests, test_object__added_twice_is_one_row);
    tcase_add_test(tests, test_object__added_and_deleted);
    tcase_add_test(tests, test_object__two_new_ones_with_one_key);
    tcase_add_test(tests, test_object__new_one_with_the_key_of_a_loaded_one);
    tcase_add_test(tests, test_object__new_one_with_the_key_of_a_row);
    tcase_add_test(tests, test_object__key_set_after_adding);
    tcase_add_test(tests, test_object__deletion_cancelled_by_adding);
    tcase_add_test(tests, test_object__adding_what_was_deleted_for_good);
    tcase_add_test(tests, test_object__adding_what_was_flushed_as_deleted);
    tcase_add_test(tests, test_object__scratch_after_an_error);
    tcase_add_test(tests, test_object__delete_null_is_nothing);
    tcase_add_test(tests, test_object__deleted_twice);
    tcase_add_loop_test(tests, test_object__deleted_again_after_it_was_written, 0, 2);
    tcase_add_test(tests, test_object__deleted_object_changed);
    tcase_add_test(tests, test_object__changed_then_deleted);
    tcase_add_test(tests, test_object__query_gives_deleted_objects);
    tcase_add_test(tests, test_object__contains);
    tcase_add_test(tests, test_object__evicted_is_not_written);
    tcase_add_test(tests, test_object__evicted_object_is_an_error);
    tcase_add_test(tests, test_object__refresh_overwrites);
    tcase_add_test(tests, test_object__refresh_of_a_new_one);
    tcase_add_test(tests, test_object__refresh_of_a_deleted_one);
    tcase_add_test(tests, test_object__refresh_when_the_row_is_gone);
    tcase_add_test(tests, test_object__second_query_keeps_changes);
    tcase_add_test(tests, test_object__text_and_copy);
    tcase_add_test(tests, test_object__clear_forgets_everything);
    tcase_add_test(tests, test_object__clear_rolls_back);
    tcase_add_test(tests, test_object__closed_without_commit);
    tcase_add_test(tests, test_object__database_closed_with_open_sessions);
}

int main(void)
{
    return scene_main("object", setup, scene_close, add_tests);
}
