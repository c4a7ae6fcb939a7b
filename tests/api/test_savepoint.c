/* Savepoints: places in a transaction that rows and objects go back to. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql(
        "INSERT INTO makers (name, grade) SELECT 'm' || n, n FROM generate_series(1, 3) n;"
        "INSERT INTO items (maker_id, code, title, version) SELECT 1, 'c' || n, 't', 1 FROM generate_series(1, 3) n;"
        "INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 5) n");
}

static uint32_t savepoint(void)
{
    uint32_t number = session_savepoint(s);
    check_no_error();
    ck_assert_uint_ne(number, 0);
    return number;
}

static const char *words(void)
{
    return live_sql("SELECT string_agg(word || ':' || count, ' ' ORDER BY word) FROM words");
}

START_TEST(test_savepoint__everything_goes_back)
{
    Word *changed = session_find(s, Word, "w1"), *deleted = session_find(s, Word, "w2"),
         *evicted = session_find(s, Word, "w3");
    Item *item = session_find(s, Item, 1);
    check_ok(session_begin(s, NULL));
    changed->count = 10;
    item->title = "before";
    Maker *before = session_add(s, Maker, .name = "before");
    uint32_t place = savepoint();
    ck_assert_int_gt(before->id, 0);
    int64_t id = before->id;
    changed->count = 20;
    item->title = "after";
    session_delete(s, deleted);
    Maker *flushed = session_add(s, Maker, .name = "flushed");
    before->name = "renamed";
    check_ok(session_flush(s));
    ck_assert_int_eq(item->version, 3);
    changed->count = 30;
    Maker *pending = session_add(s, Maker, .name = "pending");
    evicted->count = 40;
    check_ok(session_evict(s, evicted));
    check_ok(session_rollback_to(s, place));
    ck_assert_int_eq(changed->count, 10);
    ck_assert_str_eq(item->title, "before");
    ck_assert_int_eq(item->version, 2);
    ck_assert_str_eq(before->name, "before");
    ck_assert_int_eq(before->id, id);
    ck_assert(session_contains(s, before) && session_contains(s, deleted));
    ck_assert(!session_contains(s, flushed) && !session_contains(s, pending) && !session_contains(s, evicted));
    ck_assert_int_eq(flushed->id, 0);
    ck_assert_ptr_eq(session_find(s, Word, "w2"), deleted);
    ck_assert_ptr_eq(session_find(s, Maker, id), before);
    ck_assert(!session_is_dirty(s, changed) && !session_is_dirty(s, item));
    item->title = "last";
    check_ok(session_commit(s));
    ck_assert_str_eq(words(), "w1:10 w2:2 w3:3 w4:4 w5:5");
    live_check("last|3", "SELECT title, version FROM items WHERE id = 1");
    live_check("before", "SELECT string_agg(name, ' ') FROM makers WHERE id > 3");
}
END_TEST

/* A savepoint ends with its transaction: the next one does not know it, nor goes back to it. */
START_TEST(test_savepoint__of_a_transaction_that_is_over)
{
    check_ok(session_begin(s, NULL));
    uint32_t place = savepoint();
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_fails(session_rollback_to(s, place), STATUS_MISUSE);
    session_clear_error(s);
    Word *twin = session_add(s, Word, .word = "w1");
    seen_clear();
    check_fails(session_flush(s), STATUS_UNIQUE);
    ck_assert_uint_eq(seen_with("SAVEPOINT"), 0);
    session_clear_error(s);
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
    session_clear_error(s);
    twin->word = "w6";
    check_ok(session_commit(s));
    ck_assert_str_eq(words(), "w1:1 w2:2 w3:3 w4:4 w5:5 w6:0");
}
END_TEST

START_TEST(test_savepoint__statements_and_trips)
{
    Word *word = session_find(s, Word, "w1");
    check_ok(session_begin(s, NULL));
    cost_start();
    seen_clear();
    uint32_t place = savepoint();
    check_cost(0, 1);
    word->count = 7;
    check_ok(session_flush(s));
    check_cost(1, 1);
    check_ok(session_rollback_to(s, place));
    check_cost(0, 1);
    check_ok(session_release(s, place));
    check_cost(0, 1);
    word->count = 8;
    savepoint();
    check_cost(1, 2);
    ck_assert_uint_eq(seen_with("SAVEPOINT howdah_"), 4);
    ck_assert_uint_eq(seen_with("ROLLBACK TO SAVEPOINT howdah_"), 1);
    ck_assert_uint_eq(seen_with("RELEASE SAVEPOINT howdah_"), 1);
    check_ok(session_commit(s));
    ck_assert_str_eq(words(), "w1:8 w2:2 w3:3 w4:4 w5:5");
}
END_TEST

/* --- nested --- */

START_TEST(test_savepoint__nested)
{
    Word *word = session_find(s, Word, "w1"), *deleted = session_find(s, Word, "w5");
    check_ok(session_begin(s, NULL));
    uint32_t places[40];
    for (int i = 0; i < 40; i++) {
        word->count = 100 + i;
        places[i] = savepoint();
    }
    session_delete(s, deleted);
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, places[20]));
    ck_assert_int_eq(word->count, 120);
    ck_assert(session_contains(s, deleted));
    check_fails(session_rollback_to(s, places[21]), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_release(s, places[39]), STATUS_MISUSE);
    session_clear_error(s);
    check_ok(session_rollback_to(s, places[20])); /* it stays */
    check_ok(session_rollback_to(s, places[0]));
    ck_assert_int_eq(word->count, 100);
    check_ok(session_commit(s));
    ck_assert_str_eq(words(), "w1:100 w2:2 w3:3 w4:4 w5:5");
}
END_TEST

/* What a released savepoint held is undone with what is around it. */
START_TEST(test_savepoint__released_and_rolled_back_around)
{
    Word *word = session_find(s, Word, "w1"), *deleted = session_find(s, Word, "w2");
    check_ok(session_begin(s, NULL));
    uint32_t outer = savepoint(), inner = savepoint();
    Maker *added = session_add(s, Maker, .name = "inner");
    word->count = 50;
    session_delete(s, deleted);
    check_ok(session_flush(s));
    check_ok(session_release(s, inner));
    ck_assert_int_eq(word->count, 50);
    check_ok(session_rollback_to(s, outer));
    ck_assert_int_eq(word->count, 1);
    ck_assert(!session_contains(s, added) && session_contains(s, deleted));
    ck_assert_int_eq(added->id, 0);
    word->count = 51;
    uint32_t again = savepoint();
    check_ok(session_release(s, again));
    check_ok(session_rollback(s));
    ck_assert_int_eq(word->count, 1);
    check_nothing_to_write();
    ck_assert_str_eq(words(), "w1:1 w2:2 w3:3 w4:4 w5:5");
}
END_TEST

/* --- failures --- */

START_TEST(test_savepoint__failure_and_back)
{
    check_ok(session_begin(s, NULL));
    Word *outer = session_add(s, Word, .word = "outer", .count = 1);
    uint32_t place = savepoint();
    Word *twin = session_add(s, Word, .word = "w1");
    Word *fine = session_add(s, Word, .word = "fine");
    check_fails(session_flush(s), STATUS_UNIQUE);
    check_culprit(twin, "Word", "word");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(session_commit(s), STATUS_UNIQUE); /* errors stick */
    check_ok(session_rollback_to(s, place));
    ck_assert(session_contains(s, outer) && !session_contains(s, twin) && !session_contains(s, fine));
    Word *other = session_add(s, Word, .word = "other");
    check_ok(session_commit(s));
    ck_assert(session_contains(s, other));
    ck_assert_str_eq(words(), "other:0 outer:1 w1:1 w2:2 w3:3 w4:4 w5:5");
}
END_TEST

/* The culprit is mended, and the transaction goes on with all of it. */
START_TEST(test_savepoint__failure_that_is_mended)
{
    check_ok(session_begin(s, NULL));
    Word *outer = session_find(s, Word, "w1");
    outer->count = 11;
    savepoint();
    Maker *maker = session_add(s, Maker, .name = "flushed behind it");
    check_ok(session_flush(s));
    for (int i = 0; i < 2500; i++)
        session_add(s, Word, .word = session_text(s, "%s%d", i == 1700 ? "w" : "x", i == 1700 ? 2 : i));
    check_fails(session_flush(s), STATUS_UNIQUE);
    Word *culprit = session_error(s)->object;
    ck_assert_str_eq(culprit->word, "w2"); /* named out of 2,500, in a transaction of the program */
    ck_assert_int_eq(maker->id, 0);        /* pending again */
    session_clear_error(s);
    ck_assert(session_is_dirty(s, maker) && !session_is_dirty(s, outer));
    culprit->word = "mended";
    check_ok(session_commit(s));
    ck_assert_int_gt(maker->id, 0);
    live_check("11|2505|1|1",
               "SELECT (SELECT count FROM words WHERE word = 'w1'), (SELECT count(*) FROM words),"
               " (SELECT count(*) FROM words WHERE word = 'mended'), (SELECT count(*) FROM makers WHERE id > 3)");
}
END_TEST

START_TEST(test_savepoint__stale_row_and_back)
{
    Item *item = session_find(s, Item, 1), *other = session_find(s, Item, 2);
    live_sql("UPDATE items SET version = 9 WHERE id = 2");
    check_ok(session_begin(s, NULL));
    item->title = "kept";
    uint32_t place = savepoint();
    other->title = "stale";
    item->title = "dropped";
    check_fails(session_flush(s), STATUS_STALE);
    check_culprit(other, "Item", NULL);
    check_ok(session_rollback_to(s, place));
    ck_assert_str_eq(item->title, "kept");
    check_ok(session_refresh(s, other));
    ck_assert_int_eq(other->version, 9);
    check_ok(session_commit(s));
    live_check("kept|2\nt|9", "SELECT title, version FROM items WHERE id < 3 ORDER BY id");
}
END_TEST

/* A read that fails goes back to the savepoint, too. */
START_TEST(test_savepoint__failed_read)
{
    check_ok(session_begin(s, NULL));
    Word *word = session_find(s, Word, "w1");
    word->count = 5;
    uint32_t place = savepoint();
    live_sql("ALTER TABLE items RENAME TO elsewhere");
    ck_assert_ptr_null(session_find(s, Item, 1));
    check_error(s, STATUS_SCHEMA);
    check_ok(session_rollback_to(s, place));
    check_ok(session_commit(s));
    live_check("5", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_savepoint__commit_that_fails_ends_it)
{
    live_sql("ALTER TABLE words ADD CONSTRAINT once UNIQUE (count) DEFERRABLE INITIALLY DEFERRED");
    Word *word = session_find(s, Word, "w1");
    check_ok(session_begin(s, NULL));
    uint32_t place = savepoint();
    word->count = 2;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_int_eq(session_rollback_to(s, place), STATUS_UNIQUE); /* the first error stays */
    session_clear_error(s);
    check_fails(session_rollback_to(s, place), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert(session_is_dirty(s, word));
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
}
END_TEST

START_TEST(test_savepoint__lost_connection_ends_it)
{
    Word *word = session_find(s, Word, "w1");
    check_ok(session_begin(s, NULL));
    word->count = 70;
    uint32_t place = savepoint();
    word->count = 71;
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
             " AND state = 'idle in transaction' AND datname = current_database()");
    ck_assert_int_eq(session_rollback_to(s, place), STATUS_CONNECTION);
    session_clear_error(s);
    ck_assert_int_eq(word->count, 71); /* all of it is pending */
    check_ok(session_commit(s));
    live_check("71", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_savepoint__misuse)
{
    ck_assert_uint_eq(session_savepoint(s), 0);
    check_error(s, STATUS_NO_TRANSACTION);
    session_clear_error(s);
    ck_assert_uint_eq(session_savepoint(NULL), 0);
    ck_assert_int_eq(session_rollback_to(NULL, 1), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_release(NULL, 1), STATUS_NO_MEMORY);
    check_fails(session_rollback_to(s, 1), STATUS_MISUSE);
    session_clear_error(s);
    check_ok(session_begin(s, NULL));
    uint32_t place = savepoint();
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_fails(session_release(s, place), STATUS_MISUSE); /* of another transaction */
    ck_assert_uint_eq(session_savepoint(s), 0);            /* the error sticks */
}
END_TEST

/* What a flush had written behind the savepoint is gone: the statement can't be tried again
 * row by row, and what it says then is not told. */
START_TEST(test_savepoint__failure_behind_a_flush)
{
    Maker *ann = session_add(s, Maker, .name = "ann"), *bob = session_add(s, Maker, .name = "bob");
    session_add(s, Maker, .name = "cid");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    uint32_t place = savepoint(), inner = _i ? savepoint() : 0;
    Maker *new = session_add(s, Maker, .name = "new");
    check_ok(session_flush(s));
    if (_i)
        check_ok(session_release(s, inner));
    ann->name = "another";
    new->name = "cid";
    check_fails(session_flush(s), STATUS_UNIQUE);
    check_ok(session_rollback_to(s, place));
    ann->name = "cid";
    bob->name = "fine";
    check_fails(session_flush(s), STATUS_UNIQUE);
    check_culprit(ann, "Maker", "name");
    check_ok(session_rollback(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_savepoint__everything_goes_back);
    tcase_add_test(tests, test_savepoint__of_a_transaction_that_is_over);
    tcase_add_test(tests, test_savepoint__statements_and_trips);
    tcase_add_test(tests, test_savepoint__nested);
    tcase_add_test(tests, test_savepoint__released_and_rolled_back_around);
    tcase_add_test(tests, test_savepoint__failure_and_back);
    tcase_add_loop_test(tests, test_savepoint__failure_behind_a_flush, 0, 2);
    tcase_add_test(tests, test_savepoint__failure_that_is_mended);
    tcase_add_test(tests, test_savepoint__stale_row_and_back);
    tcase_add_test(tests, test_savepoint__failed_read);
    tcase_add_test(tests, test_savepoint__commit_that_fails_ends_it);
    tcase_add_test(tests, test_savepoint__lost_connection_ends_it);
    tcase_add_test(tests, test_savepoint__misuse);
}

int main(void)
{
    return scene_main("savepoint", setup, scene_close, add_tests);
}
