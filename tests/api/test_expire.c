/* Objects that are out of date: read again when a call gets them, written and deleted without. And reading a row again,
 * whatever its object was. */
#include "api/scene.h"
#include "api/works_models.h"

static Maker *ann, *bob;
static Item *item;

static void setup(void)
{
    scene_open(WORKS);
    live_sql(
        "INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
        "INSERT INTO items (maker_id, code, title, note, version) VALUES (1, 'a', 'A', 'n', 1), (2, 'b', 'B', 'n', 1);"
        "INSERT INTO parts (item_id, amount) VALUES (1, 5), (1, 6);"
        "INSERT INTO words VALUES ('one', 1)");
    ann = session_find(s, Maker, 1);
    bob = session_find(s, Maker, 2);
    item = session_find(s, Item, 1);
    seen_clear();
    cost_start();
}

/* --- what is read again --- */

START_TEST(test_expire__the_next_find_reads_it)
{
    live_sql("UPDATE makers SET name = 'Anna', grade = 9 WHERE id = 1");
    check_ok(session_expire(s, ann));
    ck_assert(!session_is_loaded(s, ann, name));
    ck_assert(session_is_loaded(s, ann, id));
    ck_assert_str_eq(ann->name, "Ann"); /* until then it has what it had */
    check_cost(0, 0);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(1, 1);
    ck_assert_str_eq(ann->name, "Anna");
    ck_assert_int_eq(ann->grade.value, 9);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(0, 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__a_query_reads_it)
{
    size_t count;
    live_sql("UPDATE makers SET grade = 9");
    query_all(session_query(s, Maker), Maker, &count);
    ck_assert_int_eq(ann->grade.value, 1);
    check_ok(session_expire_all(s));
    query_all(session_query(s, Maker), Maker, &count);
    ck_assert_int_eq(ann->grade.value, 9);
    ck_assert_int_eq(bob->grade.value, 9);
    ck_assert_ptr_eq(session_find(s, Maker, 3), session_find(s, Maker, 3));
    check_cost(2, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__all_that_came_together_in_one_trip)
{
    size_t count;
    Maker **all = query_all(session_query(s, Maker), Maker, &count);
    check_ok(session_expire_all(s));
    live_sql("UPDATE makers SET grade = id + 4");
    cost_start();
    check_ok(session_load_columns(s, all[0]));
    check_cost(1, 1);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(all[i]->grade.value, all[i]->id + 4);
        ck_assert_ptr_eq(session_find(s, Maker, all[i]->id), all[i]);
    }
    check_cost(0, 0);
}
END_TEST

START_TEST(test_expire__what_was_changed_before_is_dropped)
{
    Item *second = session_find(s, Item, 2);
    item->title = "mine";
    ck_assert(SET_TEXT(item->code, "mine"));
    item->maker = bob;
    second->title = "mine";
    check_ok(session_expire(s, item));
    ck_assert_str_eq(item->title, "A");
    ck_assert_str_eq(item->code, "a");
    ck_assert_ptr_null(item->maker);
    ck_assert(!session_is_dirty(s, item));
    ck_assert(session_is_dirty(s, second));
    check_ok(session_expire_all(s));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__what_is_changed_since_is_kept)
{
    live_sql("UPDATE makers SET grade = 9 WHERE id = 1");
    check_ok(session_expire(s, ann));
    ann->name = "Anna";
    ck_assert(session_is_dirty(s, ann));
    check_cost(0, 0); /* neither setting nor asking reads anything */
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(1, 1);
    ck_assert_str_eq(ann->name, "Anna");
    ck_assert_int_eq(ann->grade.value, 9);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);
    live_check("Anna|9", "SELECT name, grade FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_expire__set_to_what_it_shows)
{
    live_sql("UPDATE makers SET grade = 9 WHERE id = 1");
    check_ok(session_expire(s, ann));
    ann->grade = (NullInt32){1, true};
    check_nothing_to_write();
    check_ok(session_mark_changed(s, ann, grade));
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("1", "SELECT grade FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_expire__written_without_being_read)
{
    live_sql("UPDATE makers SET grade = 9 WHERE id = 1");
    check_ok(session_expire(s, ann));
    ann->name = "Anna";
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("Anna|9", "SELECT name, grade FROM makers WHERE id = 1");
    ck_assert_int_eq(ann->grade.value, 1);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    check_cost(1, 1);
    ck_assert_int_eq(ann->grade.value, 9);
}
END_TEST

/* The version that it had counts. */
START_TEST(test_expire__written_over_a_newer_version)
{
    live_sql("UPDATE items SET version = 2 WHERE id = 1");
    check_ok(session_expire(s, item));
    item->title = "mine";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Item, 1), item);
    ck_assert_int_eq(item->version, 2);
    check_ok(session_commit(s));
    live_check("mine|3", "SELECT title, version FROM items WHERE id = 1");
}
END_TEST

/* To what it refers is known from when it was loaded. */
START_TEST(test_expire__deleted_without_being_read)
{
    Part *parts[2] = {session_find(s, Part, 1), session_find(s, Part, 2)};
    check_ok(session_expire_all(s));
    check_ok(session_delete(s, ann));
    check_ok(session_delete(s, item));
    check_ok(session_delete(s, parts[0]));
    check_ok(session_delete(s, parts[1]));
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_cost(3, 2);
    ck_assert_uint_eq(seen_with("DELETE"), 3);
    live_check("2|1|0",
               "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM items), (SELECT count(*) FROM parts)");
}
END_TEST

START_TEST(test_expire__a_new_key_goes_by_the_old_one)
{
    Word *word = session_find(s, Word, "one");
    check_ok(session_expire(s, word));
    word->word = "two";
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("two|1", "SELECT * FROM words");
    ck_assert_ptr_eq(session_find(s, Word, "two"), word);
}
END_TEST

START_TEST(test_expire__a_key_that_others_have_changed)
{
    Word *word = session_find(s, Word, "one");
    live_sql("UPDATE words SET word = 'two'");
    check_ok(session_expire(s, word));
    check_fails(session_refresh(s, word), STATUS_STALE);
    session_clear_error(s);
    word = session_find(s, Word, "two");
    ck_assert_ptr_nonnull(word);
    check_ok(session_expire(s, word));
    live_sql("UPDATE words SET word = 'three'");
    ck_assert_ptr_null(session_find(s, Word, "two"));
    ck_assert_ptr_nonnull(session_find(s, Word, "three"));
}
END_TEST

/* --- references --- */

START_TEST(test_expire__a_foreign_key_that_others_have_changed)
{
    check_ok(session_load(s, ann, items));
    check_ok(session_load(s, bob, items));
    ck_assert_ptr_eq(item->maker, ann);
    live_sql("UPDATE items SET maker_id = 2 WHERE id = 1");
    check_ok(session_expire(s, item));
    cost_start();
    check_ok(session_load(s, item, maker));
    check_cost(1, 1);
    ck_assert_ptr_eq(item->maker, bob);
    ck_assert_uint_eq(ann->items.count, 0);
    ck_assert_uint_eq(bob->items.count, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__a_link_is_dropped)
{
    check_ok(session_load(s, ann, items));
    check_ok(session_load(s, bob, items));
    check_ok(session_link(s, bob, items, item));
    ck_assert_uint_eq(bob->items.count, 2);
    check_ok(session_expire(s, item));
    ck_assert_uint_eq(bob->items.count, 1);
    ck_assert_uint_eq(ann->items.count, 1);
    ck_assert_int_eq(item->maker_id, 1);
    check_nothing_to_write();
}
END_TEST

/* --- rows that are gone --- */

START_TEST(test_expire__gone_and_back_with_a_rollback)
{
    Word *word = session_find(s, Word, "one");
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "DELETE FROM public.words"));
    check_ok(session_expire_all(s));
    ck_assert_ptr_null(session_find(s, Word, "one"));
    check_no_error();
    ck_assert(!session_contains(s, word));
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, word));
    ck_assert_ptr_eq(session_find(s, Word, "one"), word);
    check_nothing_to_write();
}
END_TEST

/* Read in a transaction that fails: what it read is out of date again. */
START_TEST(test_expire__written_read_and_undone)
{
    check_ok(session_expire(s, ann));
    live_sql("UPDATE makers SET grade = 9 WHERE id = 1");
    check_ok(session_begin(s, NULL));
    ann->name = "Anna";
    check_ok(session_flush(s));
    ck_assert_int_eq(session_find(s, Maker, 1)->grade.value, 9);
    session_add(s, Word, .word = "one");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert_str_eq(ann->name, "Anna"); /* pending again */
    ck_assert(!session_is_loaded(s, ann, grade));
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_int_eq(ann->grade.value, 9);
    ck_assert_str_eq(ann->name, "Ann");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__gone_to_a_savepoint)
{
    Word *word = session_find(s, Word, "one");
    check_ok(session_begin(s, NULL));
    uint32_t savepoint = session_savepoint(s);
    check_ok(session_execute(s, NULL, "DELETE FROM public.words"));
    check_ok(session_expire(s, word));
    ck_assert_ptr_null(session_find(s, Word, "one"));
    check_ok(session_rollback_to(s, savepoint));
    ck_assert(session_contains(s, word));
    check_ok(session_execute(s, NULL, "UPDATE public.words SET count = 7"));
    check_ok(session_expire(s, word));
    ck_assert_ptr_eq(session_find(s, Word, "one"), word);
    ck_assert_int_eq(word->count, 7);
    check_ok(session_rollback_to(s, savepoint));
    ck_assert_int_eq(word->count, 1);
    check_ok(session_commit(s));
    live_check("one|1", "SELECT * FROM words");
    ck_assert_ptr_eq(session_find(s, Word, "one"), word); /* expired again, by the way back */
    ck_assert_int_eq(word->count, 1);
}
END_TEST

START_TEST(test_expire__gone_for_good)
{
    live_sql("DELETE FROM words");
    Word *word = session_attach_struct(s, Word, &((Word){"one", 1}));
    check_ok(session_expire(s, word));
    ck_assert_ptr_null(session_find_many(s, Word, ((Value[]){VALUE("one")}), 1)[0]);
    ck_assert(!session_contains(s, word));
    check_fails(session_attach(s, word), STATUS_MISUSE);
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

/* --- moves that are none --- */

START_TEST(test_expire__illegal_moves)
{
    Maker *new = session_add(s, Maker, .name = "new");
    check_fails(session_expire(s, new), STATUS_MISUSE);
    check_culprit(new, "Maker", NULL);
    session_clear_error(s);
    check_ok(session_expire_all(s));
    ck_assert_str_eq(new->name, "new");
    check_ok(session_delete(s, bob));
    check_ok(session_expire(s, bob));
    ck_assert_ptr_null(session_find(s, Maker, 2)); /* it is marked deleted still */
    check_ok(session_evict(s, ann));
    check_fails(session_expire(s, ann), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_expire(s, &((Maker){.id = 1})), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(session_expire(NULL, ann), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_expire_all(NULL), STATUS_NO_MEMORY);
}
END_TEST

START_TEST(test_expire__evicted_and_attached)
{
    check_ok(session_expire(s, ann));
    check_ok(session_evict(s, ann));
    live_sql("UPDATE makers SET grade = 9 WHERE id = 1");
    check_ok(session_attach(s, ann));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_int_eq(ann->grade.value, 9);
}
END_TEST

/* Two sessions of one database: each knows its own rows. */
START_TEST(test_expire__two_sessions)
{
    Session *other = session_open(db);
    Maker *theirs = session_find(other, Maker, 1);
    theirs->grade.value = 8;
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_int_eq(ann->grade.value, 1);
    check_ok(session_expire_all(s));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
    ck_assert_int_eq(ann->grade.value, 8);
    ann->name = "Anna";
    check_ok(session_commit(s));
    ck_assert_str_eq(theirs->name, "Ann");
    ck_assert_int_eq(session_refresh(other, theirs), STATUS_OK);
    ck_assert_str_eq(theirs->name, "Anna");
    session_close(other);
}
END_TEST

/* --- reading a row again, whatever the object was --- */

START_TEST(test_expire__refresh_of_a_new_one_without_a_row)
{
    Word *word = session_add(s, Word, .word = "two", .count = 2);
    Maker *maker = session_add(s, Maker, .name = "new");
    check_ok(session_refresh(s, word));
    check_cost(1, 1);
    check_ok(session_refresh(s, maker)); /* without a key there is nothing to ask */
    check_cost(0, 0);
    check_ok(session_commit(s));
    live_check("one|1\ntwo|2", "SELECT * FROM words ORDER BY 1");
}
END_TEST

START_TEST(test_expire__refresh_of_a_new_one_that_others_have_added)
{
    Word *word = session_add(s, Word, .word = "two", .count = 2);
    Maker *maker = session_add(s, Maker, .name = "mine");
    maker->id = 3;
    live_sql("INSERT INTO words VALUES ('two', 22)");
    check_ok(session_refresh(s, word));
    check_ok(session_refresh(s, maker));
    ck_assert_int_eq(word->count, 22);
    ck_assert_str_eq(maker->name, "Cid");
    ck_assert(!maker->items.loaded);
    ck_assert_ptr_eq(session_find(s, Maker, 3), maker);
    ck_assert_ptr_eq(session_find(s, Word, "two"), word);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_expire__refresh_of_a_detached_one)
{
    Word *word = session_find(s, Word, "one");
    word->count = 9;
    check_ok(session_evict(s, word));
    check_ok(session_refresh(s, word));
    ck_assert(session_contains(s, word));
    ck_assert_int_eq(word->count, 1);
    check_nothing_to_write();
    check_ok(session_evict(s, word));
    Word *fresh = session_find(s, Word, "one");
    check_fails(session_refresh(s, word), STATUS_UNIQUE);
    check_culprit(word, "Word", "word");
    ck_assert_ptr_eq(session_error(s)->other, fresh);
    session_clear_error(s);
    check_ok(session_delete(s, fresh));
    check_ok(session_commit(s));
    check_fails(session_refresh(s, word), STATUS_STALE);
    session_clear_error(s);
    ck_assert(!session_contains(s, word));
    live_sql("INSERT INTO words VALUES ('one', 5)");
    check_ok(session_refresh(s, fresh)); /* deleted by this session, and there again */
    ck_assert_int_eq(fresh->count, 5);
    ck_assert_ptr_eq(session_find(s, Word, "one"), fresh);
}
END_TEST

START_TEST(test_expire__refresh_of_a_detached_one_without_a_key)
{
    Maker *maker = session_add(s, Maker, .name = "new");
    check_ok(session_rollback(s));
    check_fails(session_refresh(s, maker), STATUS_MISUSE);
}
END_TEST

START_TEST(test_expire__refresh_in_a_transaction_that_is_rolled_back)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "UPDATE public.makers SET grade = 8 WHERE id = 1"));
    check_ok(session_refresh(s, ann));
    ck_assert_int_eq(ann->grade.value, 8);
    check_ok(session_rollback(s));
    ck_assert_int_eq(ann->grade.value, 1);
    check_nothing_to_write();
}
END_TEST

/* --- what was never committed --- */

#define RAISE "UPDATE makers SET grade = grade + 3"

static void check_grade(int64_t id, int32_t grade, uint32_t trips)
{
    const Maker *maker = session_find(s, Maker, id);
    ck_assert_int_eq(maker->grade.value, grade);
    check_cost(trips, trips);
}

/* Loaded when the transaction had written something: it may be that. */
START_TEST(test_expire__read_in_a_transaction_that_is_rolled_back)
{
    uint64_t count;
    scene_renew();
    check_ok(session_begin(s, NULL));
    session_find(s, Maker, 1);
    if (_i == 0) {
        check_ok(session_execute(s, NULL, RAISE));
    } else if (_i == 1) {
        Query *q = session_query(s, Maker);
        query_where(q, Maker, id, "=", 2);
        query_set(q, Maker, grade, 5);
        check_ok(query_update(q, &count));
    } else {
        Maker *written = session_find(s, Maker, 2);
        written->grade.value = 5;
        check_ok(session_flush(s));
        check_ok(session_evict(s, written));
    }
    Maker *read = session_find(s, Maker, 2);
    ck_assert_int_eq(read->grade.value, 5);
    check_ok(session_rollback(s));
    cost_start();
    check_grade(1, 1, 0); /* was read before */
    check_grade(2, 2, 1);
    read->grade.value = 5;
    check_ok(session_commit(s));
    live_check("5", "SELECT grade FROM makers WHERE id = 2");
}
END_TEST

START_TEST(test_expire__read_behind_a_savepoint)
{
    scene_renew();
    check_ok(session_begin(s, NULL));
    uint32_t first = session_savepoint(s);
    check_ok(session_execute(s, NULL, RAISE));
    session_find(s, Maker, 1);
    uint32_t second = session_savepoint(s);
    check_ok(session_execute(s, NULL, RAISE));
    session_find(s, Maker, 2);
    check_ok(session_rollback_to(s, second));
    cost_start();
    check_grade(1, 4, 0);
    check_grade(2, 5, 1);
    check_ok(session_rollback_to(s, first));
    session_find(s, Maker, 3); /* nothing was written then */
    cost_start();
    check_grade(1, 1, 1);
    check_grade(2, 2, 1);
    check_ok(session_rollback(s));
    cost_start();
    check_grade(3, 3, 0);
}
END_TEST

/* The transaction is over by a failure, and what was changed stays pending. */
START_TEST(test_expire__read_in_a_transaction_that_fails)
{
    scene_renew();
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, RAISE));
    Maker *read = session_find(s, Maker, 2);
    read->name = "Bea";
    check_fails(session_execute(s, NULL, "SELECT 1 / 0"), STATUS_DATA);
    session_clear_error(s);
    cost_start();
    check_grade(2, 2, 1);
    ck_assert_str_eq(read->name, "Bea");
    check_ok(session_commit(s));
    live_check("Bea|2", "SELECT name, grade FROM makers WHERE id = 2");
}
END_TEST

/* A row that was never there for others. */
START_TEST(test_expire__read_and_never_committed)
{
    scene_renew();
    check_ok(session_begin(s, NULL));
    check_ok(session_execute(s, NULL, "INSERT INTO makers (name, grade) VALUES ('Dora', 4)"));
    Maker *dora = session_find_by(s, Maker, name, "Dora");
    ck_assert_ptr_nonnull(dora);
    int64_t id = dora->id;
    check_ok(session_rollback(s));
    ck_assert_ptr_null(session_find(s, Maker, id));
    check_no_error();
    ck_assert(!session_contains(s, dora));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_expire__the_next_find_reads_it);
    tcase_add_test(tests, test_expire__a_query_reads_it);
    tcase_add_test(tests, test_expire__all_that_came_together_in_one_trip);
    tcase_add_test(tests, test_expire__what_was_changed_before_is_dropped);
    tcase_add_test(tests, test_expire__what_is_changed_since_is_kept);
    tcase_add_test(tests, test_expire__set_to_what_it_shows);
    tcase_add_test(tests, test_expire__written_without_being_read);
    tcase_add_test(tests, test_expire__written_over_a_newer_version);
    tcase_add_test(tests, test_expire__deleted_without_being_read);
    tcase_add_test(tests, test_expire__a_new_key_goes_by_the_old_one);
    tcase_add_test(tests, test_expire__a_key_that_others_have_changed);
    tcase_add_test(tests, test_expire__a_foreign_key_that_others_have_changed);
    tcase_add_test(tests, test_expire__a_link_is_dropped);
    tcase_add_test(tests, test_expire__gone_and_back_with_a_rollback);
    tcase_add_test(tests, test_expire__written_read_and_undone);
    tcase_add_test(tests, test_expire__gone_to_a_savepoint);
    tcase_add_test(tests, test_expire__gone_for_good);
    tcase_add_test(tests, test_expire__illegal_moves);
    tcase_add_test(tests, test_expire__evicted_and_attached);
    tcase_add_test(tests, test_expire__two_sessions);
    tcase_add_test(tests, test_expire__refresh_of_a_new_one_without_a_row);
    tcase_add_test(tests, test_expire__refresh_of_a_new_one_that_others_have_added);
    tcase_add_test(tests, test_expire__refresh_of_a_detached_one);
    tcase_add_test(tests, test_expire__refresh_of_a_detached_one_without_a_key);
    tcase_add_test(tests, test_expire__refresh_in_a_transaction_that_is_rolled_back);
    tcase_add_loop_test(tests, test_expire__read_in_a_transaction_that_is_rolled_back, 0, 3);
    tcase_add_test(tests, test_expire__read_behind_a_savepoint);
    tcase_add_test(tests, test_expire__read_in_a_transaction_that_fails);
    tcase_add_test(tests, test_expire__read_and_never_committed);
}

int main(void)
{
    return scene_main("expire", setup, scene_close, add_tests);
}
