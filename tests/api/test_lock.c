/* Rows that are locked when they are found or refreshed. */
#include "api/scene.h"
#include "api/works_models.h"

static Session *other;

static void setup(void)
{
    scene_open(WORKS);
    live_sql(
        "INSERT INTO makers (name, grade) VALUES ('m', 1);"
        "INSERT INTO items (maker_id, code, title, version) SELECT 1, 'c' || n, 't', 1 FROM generate_series(1, 3) n;"
        "INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 3) n;"
        "INSERT INTO seats VALUES ('r', 1, 'Ann')");
    other = session_open(db);
}

static void teardown(void)
{
    session_close(other);
    scene_close();
}

START_TEST(test_lock__asks_the_server_always)
{
    check_ok(session_begin(s, NULL));
    cost_start();
    Word *word = session_find_locked(s, Word, LOCK_FOR_UPDATE, "w1");
    ck_assert(word && word->count == 1);
    check_cost(1, 1);
    ck_assert_ptr_eq(session_find_locked(s, Word, LOCK_FOR_UPDATE, "w1"), word);
    check_cost(1, 1);
    ck_assert_ptr_eq(session_find(s, Word, "w1"), word);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find_locked(s, Word, LOCK_FOR_UPDATE, "none"));
    check_no_error();
    Seat *seat = session_find_locked(s, Seat, LOCK_FOR_SHARE, "r", 1);
    ck_assert_str_eq(seat->guest, "Ann");
    session_delete(s, seat);
    ck_assert_ptr_null(session_find_locked(s, Seat, LOCK_FOR_SHARE, "r", 1));
    check_no_error();
    ck_assert_uint_eq(seen_with("FOR UPDATE OF t"), 3);
    ck_assert_uint_eq(seen_with("FOR SHARE OF t"), 1);
    word->count++;
    check_ok(session_commit(s));
    live_check("2", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

/* Each strength against FOR UPDATE and FOR KEY SHARE of another transaction, without waiting. */
START_TEST(test_lock__strengths)
{
    static const struct {
        enum howdah_lock lock;
        bool beside_update, beside_key_share;
    } cases[] = {
        {LOCK_FOR_UPDATE_NOWAIT, false, false},
        {LOCK_FOR_NO_KEY_UPDATE_NOWAIT, false, true},
        {LOCK_FOR_SHARE_NOWAIT, false, true},
        {LOCK_FOR_KEY_SHARE_NOWAIT, false, true},
    };
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        enum howdah_lock lock = cases[i / 2].lock;
        bool free = i % 2 ? cases[i / 2].beside_key_share : cases[i / 2].beside_update;
        session_clear(s);
        session_begin(other, NULL);
        ck_assert_ptr_nonnull(session_find_locked(other, Word, i % 2 ? LOCK_FOR_KEY_SHARE : LOCK_FOR_UPDATE, "w1"));
        check_ok(session_begin(s, NULL));
        const Word *word = session_find_locked(s, Word, lock, "w1");
        ck_assert_int_eq(word != NULL, free);
        if (!free) {
            check_error(s, STATUS_LOCK);
            ck_assert_str_eq(session_error(s)->sqlstate, "55P03");
            session_clear_error(s);
            check_ok(session_begin(s, NULL)); /* the failure has ended it */
        }
        ck_assert_ptr_null(i % 2 ? NULL : session_find_locked(s, Word, (enum howdah_lock)(lock + 1), "w1"));
        check_no_error(); /* SKIP LOCKED */
        check_ok(session_rollback(s));
        session_rollback(other);
    }
}
END_TEST

START_TEST(test_lock__version_that_moved)
{
    Item *item = session_find(s, Item, 1), *same = session_find(s, Item, 2);
    live_sql("UPDATE items SET title = 'theirs', version = 2 WHERE id = 1");
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_eq(session_find_locked(s, Item, LOCK_FOR_UPDATE, 2), same);
    item->title = "mine";
    ck_assert_ptr_null(session_find_locked(s, Item, LOCK_FOR_UPDATE, 1));
    check_error(s, STATUS_STALE);
    check_culprit(item, "Item", "version");
    session_clear_error(s);
    check_ok(session_refresh_locked(s, item, LOCK_FOR_UPDATE)); /* in the same transaction */
    ck_assert_str_eq(item->title, "theirs");
    ck_assert_ptr_eq(session_find_locked(s, Item, LOCK_FOR_UPDATE, 1), item);
    item->title = "mine";
    check_ok(session_commit(s));
    live_check("mine|3", "SELECT title, version FROM items WHERE id = 1");
}
END_TEST

/* The row refers to another one by now: its pointer does not stay where it led, and that is no change of the program's. */
START_TEST(test_lock__reference_that_moved)
{
    live_sql(
        "INSERT INTO nodes (id, parent_id, label) VALUES (1, NULL, 'a'), (2, NULL, 'b'), (3, NULL, 'c'), (4, 1, 'd')");
    Node *node = session_find(s, Node, 4), *third = session_find(s, Node, 3);
    check_ok(session_load(s, node, parent));
    ck_assert_ptr_eq(node->parent, session_find(s, Node, 1));
    node->parent = _i == 1 ? third : _i == 2 ? NULL : node->parent;
    live_sql("UPDATE nodes SET parent_id = 2 WHERE id = 4");
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_eq(session_find_locked(s, Node, LOCK_FOR_UPDATE, 4), node);
    ck_assert_int_eq(node->parent_id.value, 2);
    ck_assert_ptr_eq(node->parent, _i == 1 ? third : NULL);
    node->label = "e";
    check_ok(session_commit(s));
    static const char *const expected[] = {"2|e", "3|e", "|e"}; /* as others have it; or as the program wants it */
    live_check(expected[_i], "SELECT parent_id, label FROM nodes WHERE id = 4");
    check_nothing_to_write();
}
END_TEST

/* Without a version nothing can be checked: what the program left alone is the row's, what it changed is its own. */
START_TEST(test_lock__without_a_version)
{
    Maker *maker = session_find(s, Maker, 1);
    maker->name = "mine";
    live_sql("UPDATE makers SET name = 'theirs', grade = 7");
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_eq(session_find_locked(s, Maker, LOCK_FOR_UPDATE, 1), maker);
    ck_assert_str_eq(maker->name, "mine");
    ck_assert_int_eq(maker->grade.value, 7);
    size_t count;
    const Change *changes = session_changes(s, maker, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(changes[0].old_value.as.text, "theirs");
    maker->grade.value++;
    check_ok(session_commit(s));
    live_check("mine|8", "SELECT name, grade FROM makers");
}
END_TEST

START_TEST(test_lock__needs_a_transaction)
{
    Word *word = session_find(s, Word, "w1");
    cost_start();
    ck_assert_ptr_null(session_find_locked(s, Word, LOCK_FOR_UPDATE, "w1"));
    check_error(s, STATUS_NO_TRANSACTION);
    session_clear_error(s);
    check_fails(session_refresh_locked(s, word, LOCK_FOR_SHARE), STATUS_NO_TRANSACTION);
    session_clear_error(s);
    check_ok(session_begin(s, BEGIN_OPTIONS(.read_only = true)));
    ck_assert_ptr_null(session_find_locked(s, Word, LOCK_FOR_UPDATE, "w1"));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(session_find_locked(s, Word, (enum howdah_lock)99, "w1"));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find_locked(NULL, Word, LOCK_FOR_UPDATE, "w1"));
    ck_assert_int_eq(session_refresh_locked(NULL, word, LOCK_FOR_UPDATE), STATUS_NO_MEMORY);
}
END_TEST

START_TEST(test_lock__row_that_is_gone)
{
    Word *word = session_find(s, Word, "w1");
    live_sql("DELETE FROM words WHERE word = 'w1'");
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_null(session_find_locked(s, Word, LOCK_FOR_UPDATE, "w1"));
    check_no_error();
    check_fails(session_refresh_locked(s, word, LOCK_FOR_UPDATE), STATUS_STALE);
    ck_assert(!session_contains(s, word));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_lock__asks_the_server_always);
    tcase_add_test(tests, test_lock__strengths);
    tcase_add_test(tests, test_lock__version_that_moved);
    tcase_add_loop_test(tests, test_lock__reference_that_moved, 0, 3);
    tcase_add_test(tests, test_lock__without_a_version);
    tcase_add_test(tests, test_lock__needs_a_transaction);
    tcase_add_test(tests, test_lock__row_that_is_gone);
}

int main(void)
{
    return scene_main("lock", setup, teardown, add_tests);
}
