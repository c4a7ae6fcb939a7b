/* session_prefetch: keys that are announced share the round trip of the next session_find. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) SELECT 'maker ' || n, n %% 10 FROM generate_series(1, 5) n;"
             "INSERT INTO items (maker_id, code, title, version) SELECT 1 + n %% 3, 'c' || n, 'item ' || n, 1"
             " FROM generate_series(1, 5) n;"
             "INSERT INTO seats VALUES ('a', 1, 'Ann'), ('a', 2, NULL), ('b', 1, 'Bob');"
             "INSERT INTO words VALUES ('one', 1), ('two', 2), ('three', 3)");
}

START_TEST(test_prefetch__one_trip_for_all_models)
{
    check_ok(session_prefetch(s, Maker, 3));
    check_ok(session_prefetch(s, Item, 2));
    check_ok(session_prefetch(s, Seat, "b", 1));
    check_cost(0, 0);
    Maker *maker = session_find(s, Maker, 3);
    check_cost(3, 1);
    ck_assert_str_eq(maker->name, "maker 3");
    ck_assert_str_eq(session_find(s, Item, 2)->title, "item 2");
    ck_assert_str_eq(session_find(s, Seat, "b", 1)->guest, "Bob");
    ck_assert_ptr_eq(session_find(s, Maker, 3), maker);
    check_cost(0, 0);
    check_no_error();
    ck_assert_ptr_nonnull(session_find(s, Maker, 4)); /* nothing is announced any more */
    check_cost(1, 1);
}
END_TEST

/* Each by a statement of its own, of which there is one text a model. */
START_TEST(test_prefetch__statements)
{
    seen_clear();
    session_prefetch(s, Maker, 1);
    session_prefetch(s, Maker, 2);
    session_prefetch(s, Item, 1);
    session_find(s, Maker, 2);
    check_no_error();
    ck_assert_uint_eq(seen.count, 3);
    ck_assert_str_eq(seen.statements[0].sql, seen.statements[1].sql);
    ck_assert_uint_eq(seen_with("\"makers\""), 2);
    ck_assert_uint_eq(seen_with("\"items\""), 1);
    for (size_t i = 1; i < seen.count; i++)
        ck_assert_uint_eq(seen.statements[i].round_trip, seen.statements[0].round_trip);
}
END_TEST

START_TEST(test_prefetch__travels_with_a_find_that_was_not_announced)
{
    session_prefetch(s, Word, "one");
    session_prefetch(s, Word, "two");
    ck_assert_int_eq(session_find(s, Maker, 1)->id, 1);
    check_cost(3, 1);
    ck_assert_int_eq(session_find(s, Word, "one")->count, 1);
    ck_assert_int_eq(session_find(s, Word, "two")->count, 2);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_prefetch__nothing_is_asked_twice)
{
    Maker *known = session_find(s, Maker, 1);
    check_cost(1, 1);
    session_prefetch(s, Maker, 1); /* is in the session */
    session_prefetch(s, Maker, 2);
    session_prefetch(s, Maker, (int16_t)2);
    session_prefetch(s, Item, 1);
    session_prefetch(s, Item, 2);
    ck_assert_ptr_eq(session_find(s, Maker, 1), known);
    check_cost(0, 0);
    size_t count;
    Query *q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    query_all(q, Item, &count); /* brings one of them before */
    check_cost(1, 1);
    ck_assert_ptr_nonnull(session_find(s, Maker, 3));
    check_cost(3, 1); /* 3, 2, and item 2 */
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
    ck_assert_ptr_nonnull(session_find(s, Item, 2));
    check_cost(0, 0);
}
END_TEST

START_TEST(test_prefetch__no_such_row)
{
    session_prefetch(s, Maker, 98);
    session_prefetch(s, Maker, 99);
    ck_assert_ptr_null(session_find(s, Maker, 99));
    check_cost(2, 1);
    ck_assert_ptr_null(session_find(s, Maker, 98)); /* somebody may have added it */
    check_cost(1, 1);
    check_no_error();
}
END_TEST

START_TEST(test_prefetch__keys_are_copied)
{
    char room[] = "a", word[] = "three";
    session_prefetch(s, Seat, room, 1);
    session_prefetch(s, Word, word);
    strcpy(room, "x");
    strcpy(word, "none");
    session_text(s, "%0200d", 7);
    ck_assert_ptr_null(session_find(s, Seat, room, 9));
    check_cost(3, 1);
    ck_assert_str_eq(session_find(s, Seat, "a", 1)->guest, "Ann");
    ck_assert_int_eq(session_find(s, Word, "three")->count, 3);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_prefetch__wrong_keys)
{
    ck_assert_int_eq(session_prefetch(s, Maker, "one"), STATUS_INVALID);
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
    session_clear_error(s);
    ck_assert_int_eq(session_prefetch(s, Seat, "a"), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_prefetch(s, Word, NULL), STATUS_INVALID);
    ck_assert_int_eq(session_prefetch(s, Maker, 1), STATUS_INVALID); /* the error sticks */
    session_clear_error(s);
    ck_assert_int_eq(session_prefetch(NULL, Maker, 1), STATUS_NO_MEMORY);
    ck_assert_ptr_nonnull(session_find(s, Maker, 1));
    check_cost(1, 1); /* none of them was taken note of */
}
END_TEST

/* The error is the find's, says whose table it is about, and what was announced is forgotten. */
START_TEST(test_prefetch__failure)
{
    live_sql("ALTER TABLE seats RENAME guest TO visitor");
    session_prefetch(s, Maker, 1);
    session_prefetch(s, Seat, "a", 1);
    session_prefetch(s, Item, 1);
    ck_assert_ptr_null(session_find(s, Maker, 2));
    check_error(s, STATUS_SCHEMA);
    ck_assert_str_eq(session_error(s)->model, "Seat");
    session_clear_error(s);
    cost_start();
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
    check_cost(1, 1);
    check_no_error();
}
END_TEST

START_TEST(test_prefetch__in_a_transaction)
{
    check_ok(session_begin(s, NULL));
    session_prefetch(s, Maker, 1);
    session_prefetch(s, Item, 1);
    Item *item = session_find(s, Item, 1);
    check_cost(2, 1);
    item->title = "renamed";
    check_ok(session_flush(s));
    session_evict(s, item);
    cost_start();
    session_prefetch(s, Item, 1);
    ck_assert_ptr_nonnull(session_find(s, Item, 2));
    check_cost(2, 1);
    ck_assert_str_eq(session_find(s, Item, 1)->title, "renamed"); /* of this transaction */
    check_cost(0, 0);
    session_rollback(s);
    check_no_error();
}
END_TEST

/* As those of session_find_many: what one of them needs is fetched for all of its model. */
START_TEST(test_prefetch__came_together)
{
    for (int i = 1; i <= 4; i++) {
        session_prefetch(s, Maker, i);
        session_prefetch(s, Item, i);
    }
    Maker *first = session_find(s, Maker, 1);
    check_cost(8, 1);
    check_ok(session_load(s, first, items));
    check_cost(1, 1);
    size_t items = 0;
    for (int i = 1; i <= 4; i++) {
        Maker *maker = session_find(s, Maker, i);
        ck_assert(maker->items.loaded);
        items += maker->items.count;
    }
    ck_assert_uint_eq(items, 5);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_prefetch__objects_as_they_are)
{
    Maker *changed = session_find(s, Maker, 1), *deleted = session_find(s, Maker, 4);
    Item *partial = session_stub(s, Item, 5);
    changed->name = "changed";
    check_ok(session_delete(s, deleted));
    Maker *added = session_add(s, Maker, .id = 50, .name = "fifty");
    cost_start();
    session_prefetch(s, Maker, 1);
    session_prefetch(s, Maker, 4);
    session_prefetch(s, Maker, 50);
    session_prefetch(s, Item, 5);
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
    check_cost(2, 1);
    ck_assert_str_eq(changed->name, "changed");
    ck_assert_ptr_null(session_find(s, Maker, 4));
    ck_assert_ptr_eq(session_find(s, Maker, 50), added);
    ck_assert_ptr_eq(session_find(s, Item, 5), partial);
    ck_assert_str_eq(partial->title, "item 5");
    check_cost(0, 0);
}
END_TEST

/* What a row is missing for is filled by its own find, as if nothing had been announced. */
START_TEST(test_prefetch__stub_without_a_row)
{
    Maker *stub = session_stub(s, Maker, 77);
    session_prefetch(s, Item, 1);
    ck_assert_ptr_null(session_find(s, Maker, 77));
    check_cost(2, 1);
    ck_assert(!session_contains(s, stub));
    ck_assert_ptr_nonnull(session_find(s, Item, 1));
    check_cost(0, 0);
    check_no_error();
}
END_TEST

START_TEST(test_prefetch__clear_forgets)
{
    session_prefetch(s, Maker, 1);
    session_clear(s);
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
    check_cost(1, 1);
    session_prefetch(s, Maker, 3); /* and close */
}
END_TEST

START_TEST(test_prefetch__very_many)
{
    enum { MANY = 3000 };
    live_sql("INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, %d) n", MANY);
    char word[16];
    for (int i = 1; i <= MANY; i++) {
        snprintf(word, sizeof(word), "w%d", i);
        check_ok(session_prefetch(s, Word, word));
    }
    ck_assert_int_eq(session_find(s, Word, word)->count, MANY);
    check_cost(MANY, 1);
    for (int i = 1; i <= MANY; i++) {
        snprintf(word, sizeof(word), "w%d", i);
        ck_assert_int_eq(session_find(s, Word, word)->count, i);
    }
    check_cost(0, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_prefetch__one_trip_for_all_models);
    tcase_add_test(tests, test_prefetch__statements);
    tcase_add_test(tests, test_prefetch__travels_with_a_find_that_was_not_announced);
    tcase_add_test(tests, test_prefetch__nothing_is_asked_twice);
    tcase_add_test(tests, test_prefetch__no_such_row);
    tcase_add_test(tests, test_prefetch__keys_are_copied);
    tcase_add_test(tests, test_prefetch__wrong_keys);
    tcase_add_test(tests, test_prefetch__failure);
    tcase_add_test(tests, test_prefetch__in_a_transaction);
    tcase_add_test(tests, test_prefetch__came_together);
    tcase_add_test(tests, test_prefetch__objects_as_they_are);
    tcase_add_test(tests, test_prefetch__stub_without_a_row);
    tcase_add_test(tests, test_prefetch__clear_forgets);
    tcase_add_test(tests, test_prefetch__very_many);
}

int main(void)
{
    return scene_main("prefetch", setup, scene_close, add_tests);
}
