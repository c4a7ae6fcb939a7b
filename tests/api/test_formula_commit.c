/* Values that the server computes, in commits that fail, in transactions, and where other rows depend on them. */
#include "api/formula_scene.h"

/* --- commits that fail --- */

START_TEST(test_formula_commit__commit_fails)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    Entry *bad = session_add(s, Entry, .amount = 13);
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(bad, "Entry", "amount");
    session_clear_error(s);
    ck_assert_int_eq(a->total, 10);
    ck_assert(session_is_dirty(s, a));
    bad->amount = 12;
    check_ok(session_commit(s));
    ck_assert_int_eq(a->total, 11);
    check_nothing_to_write();
}
END_TEST

/* The fault is the formula's own. */
START_TEST(test_formula_commit__own_fault)
{
    given();
    check_ok(session_set_sql(s, a, total, "total / %d", 1));
    check_ok(session_set_sql(s, b, total, "total / %d", 0));
    check_ok(session_set_sql(s, c, total, "total / %d", 2));
    check_fails(session_commit(s), STATUS_DATA);
    check_culprit(b, "Counter", NULL);
    session_clear_error(s);
    check_ok(session_set_sql(s, b, total, "total / %d", 4));
    check_ok(session_commit(s));
    live_check("10,5,15", "SELECT string_agg(total::text, ',' ORDER BY id) FROM counters");
    check_ok(session_set_sql(s, a, name, "NULL"));
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(a, "Counter", "name");
    session_rollback(s);
    check_ok(session_set_sql(s, a, name, "(SELECT name FROM counters)"));
    check_fails(session_commit(s), STATUS_DATA);
    session_rollback(s);
    Counter *d = session_add(s, Counter, .name = "d");
    check_ok(session_set_sql(s, d, total, "generate_series(1, 3)")); /* would be three rows */
    check_fails(session_commit(s), STATUS_DATA);
    live_check("3", "SELECT count(*) FROM counters");
}
END_TEST

/* SQL that the server can't read names the object and the field for which it was set, as an UPDATE and as an INSERT. */
START_TEST(test_formula_commit__not_read)
{
    static const struct {
        Status status;
        const char *sqlstate;
    } expected[] = {
        {STATUS_SCHEMA, "42804"}, {STATUS_SCHEMA, "42703"}, {STATUS_SCHEMA, "42883"},
        {STATUS_SCHEMA, "42P01"}, {STATUS_SERVER, "42601"},
    };
    given();
    for (size_t i = 0; i < 2 * COUNT_OF(expected); i++) {
        Counter *o = i % 2 ? session_add(s, Counter, .name = "d") : b;
        check_ok(session_set_sql(s, a, total, "7 + %d", 1));
        check_ok(session_set_sql(s, o, place, "%d + 1", 1));
        switch (i / 2) {
        case 0: check_ok(session_set_sql(s, o, total, "(SELECT 'ü' || %s::text)", "ü")); break;
        case 1: check_ok(session_set_sql(s, o, total, "%d + \"nosuch\"", 3)); break;
        case 2: check_ok(session_set_sql(s, o, total, "nosuch(%d)", 3)); break;
        case 3: check_ok(session_set_sql(s, o, total, "(SELECT sum(n) FROM nosuch)")); break;
        case 4: check_ok(session_set_sql(s, o, total, "total +")); break;
        }
        check_fails(session_commit(s), expected[i / 2].status);
        ck_assert_str_eq(session_error(s)->sqlstate, expected[i / 2].sqlstate);
        check_culprit(o, "Counter", "total");
        check_says(session_error(s), "session_set_sql");
        session_rollback(s);
    }
    check_ok(session_set_sql(s, a, total, "total + 1"));
    live_sql("ALTER TABLE counters DROP COLUMN place");
    b->place = (NullInt32){7, true};
    check_fails(session_commit(s), STATUS_SCHEMA); /* not the formula's fault */
    check_culprit(NULL, "Counter", "place");
}
END_TEST

START_TEST(test_formula_commit__stale)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_set_sql(s, b, total, "total + 1"));
    live_sql("UPDATE counters SET version = 9 WHERE id = 2");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(b, "Counter", NULL);
    size_t count;
    session_stale_objects(s, &count);
    ck_assert_uint_eq(count, 1);
    session_clear_error(s);
    check_ok(session_refresh(s, b));
    check_ok(session_commit(s)); /* a's is still to be written */
    live_check("11|20", "SELECT (SELECT total FROM counters WHERE id = 1), (SELECT total FROM counters WHERE id = 2)");
}
END_TEST

/* --- transactions of the program --- */

START_TEST(test_formula_commit__flush_undone)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_flush(s));
    ck_assert_int_eq(a->total, 11);
    ck_assert(!session_is_dirty(s, a));
    session_add(s, Entry, .amount = 13);
    check_fails(session_flush(s), STATUS_CHECK);
    ck_assert_int_eq(a->total, 10); /* pending again */
    session_clear_error(s);
    ck_assert(session_is_dirty(s, a));
    ck_assert_int_eq(session_changes(s, a, NULL)->sql != NULL, 1);
    check_ok(session_rollback(s)); /* all of it is dropped */
    ck_assert_int_eq(a->total, 10);
    check_nothing_to_write();
    live_check("10", "SELECT total FROM counters WHERE id = 1");
}
END_TEST

START_TEST(test_formula_commit__flush_undone_and_again)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, a, name, "name || '!'"));
    check_ok(session_flush(s));
    Entry *bad = session_add(s, Entry, .amount = 13);
    check_fails(session_flush(s), STATUS_CHECK);
    session_clear_error(s);
    bad->amount = 5;
    check_ok(session_commit(s));
    live_check("a!|11|2", "SELECT name, total, version FROM counters WHERE id = 1");
    ck_assert_str_eq(a->name, "a!");
    check_nothing_to_write();
}
END_TEST

/* One formula for what another one, or a value, had made in a transaction that is gone: what both make together can't be
 * told, and is not guessed. */
START_TEST(test_formula_commit__contested)
{
    given();
    for (int plain = 0; plain < 2; plain++) {
        check_ok(session_begin(s, NULL));
        if (plain)
            a->total = 70;
        else
            check_ok(session_set_sql(s, a, total, "total + 1"));
        check_ok(session_flush(s));
        check_ok(session_set_sql(s, a, total, "total + 1"));
        Entry *bad = session_add(s, Entry, .amount = 13);
        check_fails(session_flush(s), STATUS_CHECK);
        session_clear_error(s);
        bad->amount = 1;
        check_fails(session_commit(s), STATUS_INVALID);
        check_culprit(a, "Counter", "total");
        session_clear_error(s);
        check_ok(session_set_sql(s, a, total, "total + 2"));
        check_ok(session_commit(s));
        ck_assert_int_eq(a->total, plain ? 14 : 12);
    }
}
END_TEST

START_TEST(test_formula_commit__savepoint)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + 1"));
    uint32_t place = session_savepoint(s);
    ck_assert_int_eq(a->total, 11);
    check_ok(session_set_sql(s, a, total, "total + 100"));
    check_ok(session_flush(s));
    ck_assert_int_eq(a->total, 111);
    check_ok(session_set_sql(s, a, total, "total + 1000"));
    check_ok(session_rollback_to(s, place));
    ck_assert_int_eq(a->total, 11);
    ck_assert(!session_is_dirty(s, a));
    check_ok(session_commit(s));
    live_check("11", "SELECT total FROM counters WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

/* --- keys --- */

START_TEST(test_formula_commit__primary_key)
{
    live_sql("INSERT INTO words VALUES ('jack', 4), ('jill', 4); INSERT INTO uses VALUES (1, 'jack')");
    Word *jack = session_find(s, Word, "jack"), *jill = session_find(s, Word, "jill");
    check_ok(session_set_sql(s, jack, word, "upper(word) || length"));
    check_ok(session_set_sql(s, jill, word, "upper(word) || length"));
    check_ok(session_commit(s));
    ck_assert_str_eq(jack->word, "JACK4");
    ck_assert_str_eq(jill->word, "JILL4");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "JACK4"), jack);
    ck_assert_ptr_eq(session_find(s, Word, "JILL4"), jill);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "jack"));
    check_nothing_to_write();
    live_check("JACK4", "SELECT word FROM uses");
    jack->length = 5;
    check_ok(session_commit(s));
    live_check("5", "SELECT length FROM words WHERE word = 'JACK4'");
}
END_TEST

START_TEST(test_formula_commit__primary_key_undone)
{
    live_sql("INSERT INTO words VALUES ('jack', 4)");
    Word *jack = session_find(s, Word, "jack");
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, jack, word, "upper(word)"));
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, Word, "JACK"), jack);
    check_ok(session_rollback(s));
    ck_assert_str_eq(jack->word, "jack");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "jack"), jack);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "JACK"));
}
END_TEST

START_TEST(test_formula_commit__primary_key_of_new_rows)
{
    Word *first = session_add(s, Word, .length = 1), *second = session_add(s, Word, .word = "given", .length = 2);
    check_ok(session_set_sql(s, first, word, "lower(%s)", "FIRST"));
    check_ok(session_set_sql(s, second, word, "lower(%s)", "SECOND"));
    Counter *counter = session_add(s, Counter, .name = "keyed");
    check_ok(session_set_sql(s, counter, id, "%d * 100", 5));
    check_ok(session_commit(s));
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "first"), first);
    ck_assert_ptr_eq(session_find(s, Word, "second"), second);
    ck_assert_ptr_eq(session_find(s, Counter, 500), counter);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "given"));
    check_nothing_to_write();
}
END_TEST

/* What refers to such a row would have to follow to a key that nobody knows. */
START_TEST(test_formula_commit__primary_key_that_others_refer_to)
{
    live_sql("INSERT INTO words VALUES ('jack', 4); INSERT INTO uses VALUES (1, 'jack')");
    Word *jack = session_find(s, Word, "jack");
    Use *use = session_find(s, Use, 1);
    check_ok(session_set_sql(s, jack, word, "upper(word)"));
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(jack, "Word", "word");
    ck_assert_ptr_eq(session_error(s)->other, use);
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_evict(s, use));
    check_ok(session_commit(s));
    live_check("JACK", "SELECT word FROM uses");
    /* the same by pointer */
    Counter *counter = session_add(s, Counter, .name = "x");
    check_ok(session_set_sql(s, counter, id, "77"));
    Entry *entry = session_add(s, Entry, .amount = 1, .counter = counter);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(entry, "Entry", "counter");
    session_clear_error(s);
    check_ok(session_begin(s, NULL));
    entry->counter = NULL;
    check_ok(session_flush(s));
    entry->counter = counter;
    check_ok(session_commit(s));
    live_check("77", "SELECT counter_id FROM entries WHERE id = %d", (int)entry->id);
}
END_TEST

/* --- foreign keys --- */

START_TEST(test_formula_commit__foreign_key)
{
    given();
    ck_assert_int_eq(session_load(s, a, entries), STATUS_OK);
    ck_assert_int_eq(session_load(s, b, entries), STATUS_OK);
    ck_assert_uint_eq(a->entries.count, 2);
    Entry *moved = a->entries.items[0];
    check_ok(session_set_sql(s, moved, counter_id, "counter_id + %d", 1));
    check_ok(session_commit(s));
    ck_assert_int_eq(moved->counter_id.value, 2);
    ck_assert_uint_eq(a->entries.count, 1);
    ck_assert_uint_eq(b->entries.count, 2);
    ck_assert(moved->counter == NULL || moved->counter == b);
    check_nothing_to_write();
    /* what it refers to is deleted, but it is elsewhere by then */
    check_ok(session_set_sql(s, moved, counter_id, "3"));
    session_delete(s, b->entries.items[0] == moved ? b->entries.items[1] : b->entries.items[0]);
    session_delete(s, b);
    check_ok(session_commit(s));
    live_check("3", "SELECT counter_id FROM entries WHERE id = %d", (int)moved->id);
}
END_TEST

/* A pointer that is set is a value that is set. */
START_TEST(test_formula_commit__foreign_key_and_pointer)
{
    given();
    Entry *entry = session_find(s, Entry, 1);
    check_ok(session_set_sql(s, entry, counter_id, "NULL"));
    entry->counter = c;
    Entry *new = session_add(s, Entry, .amount = 4, .counter = b);
    check_ok(session_set_sql(s, new, counter_id, "1"));
    check_ok(session_commit(s));
    live_check(
        "3|2",
        "SELECT (SELECT counter_id FROM entries WHERE id = 1), (SELECT counter_id FROM entries WHERE amount = 4)");
    check_nothing_to_write();
}
END_TEST

/* --- unique values --- */

/* What the server computes can't be known to collide: deletes, updates, inserts. */
/* A new row refers to a deleted one: it has no row that its foreign key could go back to. */
START_TEST(test_formula_commit__new_row_is_let_go)
{
    given();
    Entry *by_value = session_add(s, Entry, .counter_id = {3, true}), *key = session_add(s, Entry, .amount = 6);
    check_ok(session_set_sql(s, by_value, amount, "%d + 1", 4));
    key->counter_id = (NullInt64){3, true};
    check_ok(session_set_sql(s, key, counter_id, "%d", 2)); /* replaces it, as it was assigned before */
    check_ok(session_delete(s, c));
    check_ok(session_commit(s));
    ck_assert_int_eq(by_value->amount, 5);
    ck_assert(!by_value->counter_id.valid);
    ck_assert_int_eq(key->counter_id.value, 2);
    live_check("5,,6,2", "SELECT string_agg(concat_ws(',', amount, coalesce(counter_id::text, '')), ',' ORDER BY id)"
                         " FROM entries WHERE id > 3");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_formula_commit__unique_values)
{
    given();
    check_ok(session_set_sql(s, a, place, "place + 1000"));
    b->place.value = 1;                                       /* a's */
    session_add(s, Counter, .name = "d", .place = {2, true}); /* b's */
    check_ok(session_commit(s));
    live_check("1001,1,2", "SELECT string_agg(place::text, ',' ORDER BY id) FROM counters WHERE place IS NOT NULL");
    check_nothing_to_write();
    check_ok(session_set_sql(s, c, place, "%d", 1)); /* b's */
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(c, "Counter", "place");
    session_clear_error(s);
    session_delete(s, session_find(s, Entry, 3));
    session_delete(s, b);
    check_ok(session_commit(s));
    live_check("1", "SELECT place FROM counters WHERE id = 3");
}
END_TEST

/* One of two values that are swapped stands as NULL for a while: never that of a row for which something is computed. */
START_TEST(test_formula_commit__swap)
{
    given();
    a->place.value = 2;
    b->place.value = 1;
    check_ok(session_set_sql(s, a, total, "place * 100"));
    check_ok(session_commit(s));
    live_check("100|2", "SELECT total, place FROM counters WHERE id = 1");
    live_check("20|1", "SELECT total, place FROM counters WHERE id = 2");
    a->place.value = 1;
    b->place.value = 2;
    check_ok(session_set_sql(s, a, total, "place * 100"));
    check_ok(session_set_sql(s, b, total, "place * 100"));
    cost_start();
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_cost(0, 0);
}
END_TEST

/* A row that another object takes over. */
START_TEST(test_formula_commit__row_taken_over)
{
    given();
    session_delete(s, c);
    Counter *again = session_add(s, Counter, .id = 3, .name = "again");
    check_ok(session_set_sql(s, again, total, "total + %d", 1));
    check_ok(session_commit(s));
    live_check("again|31|2", "SELECT name, total, version FROM counters WHERE id = 3");
    ck_assert_int_eq(again->total, 31);
    check_nothing_to_write();
}
END_TEST

/* --- with what else commits do --- */

START_TEST(test_formula_commit__fence)
{
    scene_close();
    scene_open_with(ALL, DATABASE_OPTIONS(.on_statement = seen_add, .fence = true));
    given();
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, b, total, "total + %d", 2));
    check_ok(session_set_sql(s, c, name, "name || %s", "!"));
    check_ok(session_commit(s));
    check_trips(1);
    ck_assert_int_eq(a->total, 11);
    ck_assert_int_eq(b->total, 22);
    ck_assert_str_eq(c->name, "c!");
    live_sql("UPDATE counters SET version = 9 WHERE id = 2");
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, b, total, "total + %d", 2));
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(b, "Counter", NULL);
    live_check("11", "SELECT total FROM counters WHERE id = 1");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_formula_commit__commit_fails);
    tcase_add_test(tests, test_formula_commit__own_fault);
    tcase_add_test(tests, test_formula_commit__not_read);
    tcase_add_test(tests, test_formula_commit__stale);
    tcase_add_test(tests, test_formula_commit__flush_undone);
    tcase_add_test(tests, test_formula_commit__flush_undone_and_again);
    tcase_add_test(tests, test_formula_commit__contested);
    tcase_add_test(tests, test_formula_commit__savepoint);
    tcase_add_test(tests, test_formula_commit__primary_key);
    tcase_add_test(tests, test_formula_commit__primary_key_undone);
    tcase_add_test(tests, test_formula_commit__primary_key_of_new_rows);
    tcase_add_test(tests, test_formula_commit__primary_key_that_others_refer_to);
    tcase_add_test(tests, test_formula_commit__foreign_key);
    tcase_add_test(tests, test_formula_commit__foreign_key_and_pointer);
    tcase_add_test(tests, test_formula_commit__new_row_is_let_go);
    tcase_add_test(tests, test_formula_commit__unique_values);
    tcase_add_test(tests, test_formula_commit__swap);
    tcase_add_test(tests, test_formula_commit__row_taken_over);
    tcase_add_test(tests, test_formula_commit__fence);
}

int main(void)
{
    return scene_main("formula_commit", formula_setup, scene_close, add_tests);
}
