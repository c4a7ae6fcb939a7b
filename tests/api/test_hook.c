/* The program's own code before and after flush and commit, and its veto on the plan. */
#include "api/scene.h"
#include "api/works_models.h"

static struct calls {
    int before, plans, after, committed, rolled_back;
    size_t steps;
    int add; /* how many times after_flush adds something */
    Status returns, misuse;
    Word *added;
} calls;

static void setup(void)
{
    scene_open(WORKS);
    memset(&calls, 0, sizeof(calls));
    live_sql("INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 3) n");
}

static Status before(Session *session, void *arg)
{
    ck_assert_ptr_eq(arg, &calls);
    calls.before++;
    const Word *known = session_find(session, Word, "w2"); /* may ask the server */
    ck_assert_int_eq(known->count, 2);
    if (calls.before == 1)
        calls.added = session_add(session, Word, .word = "audit", .count = known->count);
    return calls.returns;
}

static Status look(const Plan *plan, void *arg)
{
    (void)arg;
    calls.plans++;
    calls.steps = plan_step_count(plan);
    calls.misuse = session_delete(s, calls.added); /* while the plan is about to run */
    return calls.returns;
}

static Status after(Session *session, void *arg)
{
    (void)arg;
    calls.after++;
    if (calls.after <= calls.add)
        session_add(session, Word, .word = session_text(session, "after %d of %d", calls.after, calls.add));
    return calls.returns;
}

static void committed(Session *session, void *arg)
{
    (void)arg;
    (void)session;
    calls.committed++;
}

static void rolled_back(Session *session, void *arg)
{
    (void)arg;
    (void)session;
    calls.rolled_back++;
}

START_TEST(test_hook__before_flush)
{
    check_ok(session_hooks(s, HOOKS(.before_flush = before, .arg = &calls, .after_commit = committed)));
    cost_start();
    check_ok(session_commit(s)); /* nothing to write: nobody is called */
    check_cost(0, 0);
    ck_assert(calls.before == 0 && calls.committed == 0);
    session_add(s, Word, .word = "new");
    check_ok(session_commit(s));
    ck_assert(calls.before == 1 && calls.committed == 1);
    check_cost(2, 3); /* its find, one INSERT of both, COMMIT */
    live_check("5", "SELECT count(*) FROM words");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_hook__refusals)
{
    static const struct {
        bool before, plan;
    } cases[] = {{true, false}, {false, true}};
    Word *word = session_find(s, Word, "w1");
    session_find(s, Word, "w2");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        calls = (struct calls){.returns = STATUS_INVALID};
        check_ok(session_hooks(s, HOOKS(.before_flush = cases[i].before ? before : NULL,
                                        .on_plan = cases[i].plan ? look : NULL, .arg = &calls,
                                        .after_rollback = rolled_back)));
        word->count = 9;
        cost_start();
        check_fails(session_commit(s), STATUS_INVALID);
        check_says(session_error(s), cases[i].plan ? "on_plan" : "before_flush");
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        check_cost(0, 0);
        ck_assert_int_eq(word->count, 9);
        check_ok(session_rollback(s));
        ck_assert_int_eq(calls.rolled_back, 1);
    }
    live_check("1", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_hook__sees_the_plan_that_runs)
{
    Word *word = calls.added = session_find(s, Word, "w1");
    check_ok(session_hooks(s, HOOKS(.on_plan = look)));
    word->count = 9;
    session_add(s, Maker, .name = "m");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_int_eq(calls.plans, 1);
    ck_assert_uint_eq(calls.steps, seen.count);
    ck_assert_int_eq(calls.misuse, STATUS_MISUSE);
    live_check("9", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

/* What after_flush adds is written by the same commit, and either all is committed or nothing. */
START_TEST(test_hook__after_flush_until_clean)
{
    calls.add = 3;
    check_ok(session_hooks(s, HOOKS(.after_flush = after, .after_commit = committed)));
    session_add(s, Word, .word = "first");
    cost_start();
    check_ok(session_commit(s));
    check_cost(4, 5);
    ck_assert(calls.after == 4 && calls.committed == 1);
    live_check("7", "SELECT count(*) FROM words");
    calls = (struct calls){.add = 1};
    check_ok(session_begin(s, NULL));
    session_add(s, Word, .word = "flushed");
    check_ok(session_flush(s)); /* a flush is one round */
    ck_assert_int_eq(calls.after, 1);
    ck_assert_uint_eq(seen_with("COMMIT"), 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(calls.after, 2);
}
END_TEST

START_TEST(test_hook__rounds_without_end)
{
    calls.add = 1000;
    check_ok(session_hooks(s, HOOKS(.after_flush = after)));
    Word *first = session_add(s, Word, .word = "first");
    check_fails(session_commit(s), STATUS_MISUSE);
    check_says(session_error(s), "100 rounds");
    ck_assert_int_eq(calls.after, 100);
    live_check("3", "SELECT count(*) FROM words");
    session_clear_error(s);
    ck_assert(session_is_dirty(s, first));
    calls.add = 0;
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_hook__after_flush_refuses)
{
    calls.returns = STATUS_DATA;
    check_ok(session_hooks(s, HOOKS(.after_flush = after)));
    Maker *maker = session_add(s, Maker, .name = "m");
    check_fails(session_commit(s), STATUS_DATA);
    ck_assert_int_eq(maker->id, 0);
    live_check("0", "SELECT count(*) FROM makers");
    session_clear_error(s);
    check_ok(session_hooks(s, NULL));
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM makers");
}
END_TEST

/* The program's transaction is the program's to end. */
START_TEST(test_hook__after_flush_refuses_in_a_transaction)
{
    calls.returns = STATUS_DATA;
    check_ok(session_hooks(s, HOOKS(.after_flush = after)));
    check_ok(session_begin(s, NULL));
    Maker *maker = session_add(s, Maker, .name = "m");
    check_fails(session_commit(s), STATUS_DATA);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM makers");
    session_clear_error(s);
    calls.returns = STATUS_OK;
    check_ok(_i ? session_rollback(s) : session_commit(s));
    ck_assert_int_eq(maker->id != 0, !_i);
    live_check(_i ? "0" : "1", "SELECT count(*) FROM makers");
}
END_TEST

/* --- what a hook may not do --- */

static int forbidden;

static Status call_forbidden(Session *session, void *arg)
{
    (void)arg;
    switch (forbidden) {
    case 0: return session_commit(session);
    case 1: return session_flush(session);
    case 2: return session_begin(session, NULL);
    case 3: return session_rollback(session);
    case 4: return session_savepoint(session) ? STATUS_OK : STATUS_MISUSE;
    case 5: return session_rollback_to(session, 1);
    case 6: return session_release(session, 1);
    case 7: session_clear(session); break;
    case 8: session_close(session); break;
    case 9: return session_hooks(session, NULL);
    }
    return STATUS_OK;
}

START_TEST(test_hook__may_not_end_transactions)
{
    for (forbidden = 0; forbidden < 10; forbidden++) {
        check_ok(session_hooks(s, HOOKS(.before_flush = call_forbidden)));
        Word *word = session_add(s, Word, .word = "x");
        check_fails(session_commit(s), STATUS_MISUSE);
        check_says(session_error(s), "from a hook");
        session_clear_error(s);
        check_ok(session_evict(s, word));
    }
    live_check("3", "SELECT count(*) FROM words");
}
END_TEST

static void ask(Session *session, void *arg)
{
    (void)arg;
    calls.committed++;
    ck_assert_ptr_null(session_find(session, Word, "w3"));
    ck_assert_int_eq(session_error(session)->status, STATUS_MISUSE);
}

static void add_more(Session *session, void *arg)
{
    (void)arg;
    session_add(session, Word, .word = "later");
}

START_TEST(test_hook__nothing_is_sent_behind_the_end)
{
    check_ok(session_hooks(s, HOOKS(.after_commit = ask)));
    session_add(s, Word, .word = "x");
    check_fails(session_commit(s), STATUS_MISUSE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_DONE);
    live_check("4", "SELECT count(*) FROM words");
    session_clear_error(s);
    check_ok(session_hooks(s, HOOKS(.after_commit = add_more)));
    session_add(s, Word, .word = "y");
    check_ok(session_commit(s));
    check_ok(session_hooks(s, HOOKS(.after_rollback = ask)));
    ck_assert_int_eq(session_rollback(s), STATUS_MISUSE);
    session_clear_error(s);
    live_check("5", "SELECT count(*) FROM words");
}
END_TEST

static Status look_around(Session *session, void *arg)
{
    Item *item = arg;
    if (session_load(session, item, maker) != STATUS_OK)
        return STATUS_MISUSE;
    ck_assert_str_eq(item->maker->name, "Bob"); /* as it is now; the plan knows what it was */
    return STATUS_OK;
}

/* A hook sees objects as the program has left them, and what it loads does not change what is written. */
START_TEST(test_hook__sees_what_is_current)
{
    live_sql("INSERT INTO makers (name) VALUES ('Ann'), ('Bob');"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1)");
    Item *item = session_find(s, Item, 1);
    item->maker_id = 2;
    session_hooks(s, HOOKS(.before_flush = look_around, .arg = item));
    check_ok(session_commit(s));
    live_check("2|2", "SELECT maker_id, version FROM items");
    ck_assert_int_eq((int)item->maker->id, 2);
    check_nothing_to_write();
}
END_TEST

static Status note(Session *session, void *arg)
{
    ++*(int *)arg;
    session_add(session, Word, .word = session_text(session, "note %d", *(int *)arg), .count = 0);
    return STATUS_OK;
}

static Status add_word(Session *session, void *arg)
{
    ++*(int *)arg;
    session_add(session, Word, .word = "in a unit", .count = 1);
    return STATUS_OK;
}

/* Hooks of all sessions of a database, until one of them gets its own. */
START_TEST(test_hook__of_the_database)
{
    int notes = 0, units = 0;
    Error error;
    Database *watched =
        scene_database(NULL, WORKS, DATABASE_OPTIONS(.hooks = HOOKS(.before_flush = note, .arg = &notes)));
    Session *session = session_open(watched);
    session_add(session, Word, .word = "own", .count = 1);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    ck_assert_int_eq(notes, 1);
    ck_assert_int_eq(session_commit(session), STATUS_OK); /* nothing to write */
    ck_assert_int_eq(notes, 1);
    session_hooks(session, NULL);
    session_add(session, Word, .word = "unseen", .count = 1);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    ck_assert_int_eq(notes, 1);
    session_close(session);
    ck_assert_int_eq(database_run(watched, add_word, &units, NULL, &error), STATUS_OK);
    ck_assert_int_eq(notes, 2);
    Word word = {.word = "w1", .count = 7};
    ck_assert_int_eq(database_save(watched, Word, &word, &error), STATUS_OK);
    ck_assert_int_eq(notes, 3);
    database_close(watched);
    ck_assert_int_eq(units, 1);
    live_check("3|3|7",
               "SELECT count(*) FILTER (WHERE count = 0), count(*) FILTER (WHERE count = 1), max(count) FROM words");
}
END_TEST

START_TEST(test_hook__misuse)
{
    Hooks half = {.on_plan = look};
    check_fails(session_hooks(s, &half), STATUS_INVALID);
    ck_assert_int_eq(session_hooks(NULL, NULL), STATUS_NO_MEMORY);
    Database *none = database_open(live_conninfo(), WORKS, DATABASE_OPTIONS(.hooks = &half));
    ck_assert_int_eq(database_error(none)->status, STATUS_INVALID);
    check_says(database_error(none), "HOOKS");
    database_close(none);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_hook__before_flush);
    tcase_add_test(tests, test_hook__refusals);
    tcase_add_test(tests, test_hook__sees_the_plan_that_runs);
    tcase_add_test(tests, test_hook__after_flush_until_clean);
    tcase_add_test(tests, test_hook__rounds_without_end);
    tcase_add_test(tests, test_hook__after_flush_refuses);
    tcase_add_loop_test(tests, test_hook__after_flush_refuses_in_a_transaction, 0, 2);
    tcase_add_test(tests, test_hook__may_not_end_transactions);
    tcase_add_test(tests, test_hook__nothing_is_sent_behind_the_end);
    tcase_add_test(tests, test_hook__sees_what_is_current);
    tcase_add_test(tests, test_hook__of_the_database);
    tcase_add_test(tests, test_hook__misuse);
}

int main(void)
{
    return scene_main("hook", setup, scene_close, add_tests);
}
