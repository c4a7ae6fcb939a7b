/* Commits that leave a mark: one round trip for all of them, and an outcome that can be learned after anything. */
#include "api/scene.h"
#include "api/works_models.h"

#include "support/held_clock.h"
#include "support/proxy.h"

static void setup(void)
{
    scene_open_with(WORKS, DATABASE_OPTIONS(.fence = true, .in_doubt_timeout = 3000, .on_statement = seen_add));
    live_sql(
        "INSERT INTO makers (name, grade) SELECT 'm' || n, 1 FROM generate_series(1, 2500) n;"
        "INSERT INTO items (maker_id, code, title, version) SELECT 1, 'c' || n, 't', 1 FROM generate_series(1, 2500) n;"
        "INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 3) n");
}

static void teardown(void)
{
    clock_go();
    scene_close();
}

static const char *marks(void)
{
    return live_sql("SELECT count(*) || ' ' || count(*) FILTER (WHERE fenced) FROM howdah_commits");
}

START_TEST(test_fence__one_round_trip)
{
    Item *changed = session_find(s, Item, 1);
    Maker *maker = session_add(s, Maker, .name = "new");
    Item *item = session_add(s, Item, .code = "n", .title = "", .maker = maker);
    Part *part = session_add(s, Part, .item = item, .amount = 1);
    session_delete(s, session_find(s, Word, "w1"));
    changed->title = "changed";
    cost_start();
    seen_clear();
    check_ok(session_commit(s));
    check_trips(1);
    ck_assert(maker->id && item->maker_id == maker->id && part->item_id == item->id);
    ck_assert_str_eq(item->note, "none yet");
    ck_assert_int_eq(changed->version, 2);
    ck_assert_str_eq(seen.statements[1].sql, "INSERT INTO \"public\".\"howdah_commits\" (id, fenced) SELECT $1,"
                                             " pg_catalog.pg_advisory_xact_lock($2) IS NULL");
    ck_assert_str_eq(marks(), "1 0");
    check_nothing_to_write();
    part->amount = 2; /* a single row, too */
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_str_eq(marks(), "2 0");
    live_check("2|1", "SELECT (SELECT amount FROM parts), (SELECT count(*) FROM items WHERE title = 'changed')");
    for (int i = 0; i < 3000; i++)
        session_add(s, Maker, .name = session_text(s, "x%d", i));
    check_ok(session_commit(s));
    check_trips(1);
}
END_TEST

/* What an earlier flush wrote is gone with it: doing the second one again would find other faults. */
START_TEST(test_fence__row_of_a_second_flush)
{
    live_sql("ALTER TABLE parts ADD CHECK (amount < 9)");
    check_ok(session_begin(s, NULL));
    Maker *maker = session_add(s, Maker, .name = "new");
    Item *item = session_add(s, Item, .code = "n", .title = "", .maker = maker);
    check_ok(session_flush(s));
    session_add(s, Part, .item = item, .amount = 1);
    session_add(s, Part, .item = item, .amount = 9);
    check_fails(session_flush(s), STATUS_CHECK);
    check_culprit(NULL, "Part", NULL);
    check_says(session_error(s),
               "one of 2 rows; which one can't be told, since earlier work of the transaction is gone");
    check_ok(session_rollback(s));
}
END_TEST

/* An UPDATE that finds no row stops the COMMIT that is queued behind it. */
START_TEST(test_fence__stale_rows)
{
    Item *items[2000];
    for (int i = 0; i < 2000; i++) {
        items[i] = session_find(s, Item, i + 1);
        items[i]->title = "new";
    }
    Maker *maker = session_add(s, Maker, .name = "new");
    live_sql("UPDATE items SET version = 9 WHERE id IN (7, 1500)");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(items[6], "Item", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    size_t count;
    void *const *stale = session_stale_objects(s, &count);
    ck_assert(count == 2 && stale[1] == items[1499]);
    ck_assert_int_eq(maker->id, 0);
    live_check("0", "SELECT count(*) FROM items WHERE title = 'new'");
    ck_assert_str_eq(marks(), "0 0");
    session_clear_error(s);
    check_ok(session_refresh(s, items[6]));
    check_ok(session_refresh(s, items[1499]));
    check_ok(session_commit(s));
    live_check("1998", "SELECT count(*) FROM items WHERE title = 'new'");
}
END_TEST

START_TEST(test_fence__vanished_rows)
{
    Item *item = session_find(s, Item, 1);
    Word *word = session_find(s, Word, "w1");
    live_sql("DELETE FROM items WHERE id = 1");
    item->title = "new";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    session_clear_error(s);
    check_ok(session_evict(s, item));
    live_sql("DELETE FROM words");
    session_delete(s, word);
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(word, "Word", NULL);
}
END_TEST

START_TEST(test_fence__other_failures)
{
    Word *twin = session_add(s, Word, .word = "w1");
    session_add(s, Word, .word = "fine");
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(twin, "Word", "word");
    ck_assert_str_eq(marks(), "0 0");
    session_clear_error(s);
    twin->word = "w9";
    check_ok(session_commit(s));
    ck_assert_str_eq(marks(), "1 0");
}
END_TEST

/* In a transaction of the program the first flush leaves the mark; a savepoint that is gone back to takes it along. */
START_TEST(test_fence__transactions_of_the_program)
{
    check_ok(session_begin(s, NULL));
    uint32_t place = session_savepoint(s);
    session_add(s, Word, .word = "a");
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    session_add(s, Word, .word = "b");
    check_ok(session_flush(s));
    session_add(s, Word, .word = "c");
    check_ok(session_commit(s));
    ck_assert_str_eq(marks(), "1 0");
    ck_assert_uint_eq(seen_with("howdah_commits"), 2);
    live_check("b c", "SELECT string_agg(word, ' ' ORDER BY word) FROM words WHERE word < 'w'");
}
END_TEST

/* So does a failure behind the savepoint: what is written after it needs another mark. */
START_TEST(test_fence__failure_behind_a_savepoint)
{
    check_ok(session_begin(s, NULL));
    session_savepoint(s);
    session_add(s, Word, .word = "a");
    check_ok(session_flush(s));
    Word *twin = session_add(s, Word, .word = "w1");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->word = "b";
    check_ok(session_commit(s));
    ck_assert_str_eq(marks(), "1 0");
    live_check("a b", "SELECT string_agg(word, ' ' ORDER BY word) FROM words WHERE word < 'w'");
}
END_TEST

/* --- in doubt --- */

static Database *doubtful;
static struct proxy *proxy;

static Session *open_doubtful(int in_doubt_timeout)
{
    proxy = proxy_open();
    doubtful = scene_database(
        proxy_conninfo(proxy), WORKS,
        DATABASE_OPTIONS(.fence = true, .pool_size = 1, .commit_timeout = 400, .in_doubt_timeout = in_doubt_timeout));
    return session_open(doubtful);
}

static void close_doubtful(void)
{
    database_close(doubtful);
    proxy_close(proxy);
}

/* Nobody answers any more: the token settles it later, from another place. */
/* What each commit sends besides its rows is planned once. */
START_TEST(test_fence__mark_is_prepared)
{
    Word *word = session_find(s, Word, "w1");
    for (int i = 0; i < 3; i++) {
        word->count += 10;
        check_ok(session_commit(s));
    }
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(prepared_runs("INSERT INTO \"public\".\"howdah_commits\" (id, fenced) SELECT $1,"
                                   " pg_catalog.pg_advisory_xact_lock($2) IS NULL"),
                     3);
    check_ok(session_execute(s, NULL, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"));
    check_ok(session_commit(s));
    word->count += 10;
    check_ok(session_commit(s));
    ck_assert_str_eq(marks(), "4 0");
    live_check("41", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_fence__token)
{
    Session *t = open_doubtful(200);
    Outcome outcome = OUTCOME_NONE;
    Error error;
    session_find(t, Word, "w1");
    proxy_when_stalled(proxy, clock_go);
    for (int i = 0; i < 2; i++) {
        session_clear(t);
        session_add(t, Word, .word = i ? "lost" : "done");
        clock_hold();
        proxy_stall(proxy, i ? PROXY_TO_SERVER : PROXY_TO_CLIENT, 1);
        ck_assert_int_eq(session_commit(t), STATUS_IN_DOUBT);
        clock_hold();
        ck_assert(strncmp(session_error(t)->in_doubt_token, "fence:", 6) == 0);
        ck_assert_int_eq(database_resolve(db, session_error(t)->in_doubt_token, &outcome, &error), STATUS_OK);
        ck_assert_int_eq(outcome, i ? OUTCOME_NOT_DONE : OUTCOME_DONE);
        ck_assert_int_eq(database_resolve(db, session_error(t)->in_doubt_token, &outcome, &error), STATUS_OK);
        ck_assert_int_eq(outcome, i ? OUTCOME_NOT_DONE : OUTCOME_DONE);
        proxy_pass(proxy); /* what was on its way arrives, and finds the fence */
        session_clear(t);
        session_find(t, Word, "w1");
    }
    live_check("done", "SELECT string_agg(word, ' ') FROM words WHERE word < 'w'");
    close_doubtful();
}
END_TEST

/* It was done, and nobody has heard it: nothing of it is pending any more, neither what had no statement of its own nor the
 * transaction's settings. Where nothing was to be heard but that, the objects are as written. */
START_TEST(test_fence__answer_is_lost)
{
    proxy = proxy_open();
    doubtful = scene_database(proxy_conninfo(proxy), WORKS, DATABASE_OPTIONS(.fence = true, .pool_size = 1));
    Session *t = session_open(doubtful);
    Word *old = session_find(t, Word, "w1"), *other = session_find(t, Word, "w2");
    Maker *one = NULL;
    session_set_local(t, "app.tenant", "7");
    if (_i) {
        session_delete(t, old);
        session_add(t, Word, .word = "w1", .count = 5);
        one = session_add(t, Maker, .name = "one");
        session_add(t, Maker, .name = "two");
    }
    other->count = 6;
    proxy_cut(proxy, PROXY_TO_CLIENT, 1, PROXY_FINISH);
    ck_assert_int_eq(session_commit(t), _i ? STATUS_CONNECTION : STATUS_OK);
    ck_assert(proxy_has_cut(proxy));
    live_check(_i ? "5|6|2" : "1|6|0",
               "SELECT max(count) FILTER (WHERE word = 'w1'), max(count) FILTER (WHERE word = 'w2'),"
               " (SELECT count(*) FROM makers WHERE name IN ('one', 'two')) FROM words");
    if (_i)
        ck_assert_int_eq(session_error(t)->outcome, OUTCOME_DONE);
    session_clear_error(t);
    ck_assert_uint_eq(plan_step_count(session_plan(t)), 0);
    ck_assert_int_eq(session_contains(t, old), !_i);
    ck_assert_int_eq(session_contains(t, other), !_i);
    if (_i) /* it would be written again */
        ck_assert_int_eq(session_attach(t, one), STATUS_MISUSE);
    session_clear_error(t);
    Word *again = session_find(t, Word, "w1");
    ck_assert_ptr_nonnull(again);
    ck_assert_int_eq((int)again->count, _i ? 5 : 1);
    again->count = 8;
    ck_assert_ptr_null(strstr(plan_text(session_plan(t)), "app.tenant"));
    ck_assert_int_eq(session_commit(t), STATUS_OK);
    live_check("8", "SELECT count FROM words WHERE word = 'w1'");
    close_doubtful();
}
END_TEST

static int commits;

static void count_commit(Session *session, void *arg)
{
    const Error *error = session_error(session);
    ck_assert_int_eq(error ? error->status : STATUS_OK, *(const Status *)arg);
    ck_assert(!error || error->outcome == OUTCOME_DONE);
    session_clear_error(session); /* the commit has it all the same */
    session_add(session, Word, .word = "for another commit");
    ck_assert_ptr_null(session_error(session));
    commits++;
}

/* The rows are in the database: the program's hook is called, whatever has become of the answer. */
START_TEST(test_fence__hook_of_a_lost_answer)
{
    Status expected = _i ? STATUS_CONNECTION : STATUS_OK;
    commits = 0;
    proxy = proxy_open();
    doubtful = scene_database(proxy_conninfo(proxy), WORKS, DATABASE_OPTIONS(.fence = true, .pool_size = 1));
    Session *t = session_open(doubtful);
    check_ok(session_hooks(t, HOOKS(.after_commit = count_commit, .arg = &expected)));
    session_find(t, Word, "w1")->count = 6;
    if (_i) { /* its key is lost */
        session_add(t, Maker, .name = "one");
        session_add(t, Maker, .name = "two");
    }
    proxy_cut(proxy, PROXY_TO_CLIENT, 1, PROXY_FINISH);
    ck_assert_int_eq(session_commit(t), expected);
    ck_assert_int_eq(session_error(t) ? session_error(t)->status : STATUS_OK, expected);
    ck_assert_int_eq(commits, 1);
    live_check("6", "SELECT count FROM words WHERE word = 'w1'");
    session_clear_error(t);
    check_ok(session_hooks(t, NULL));
    ck_assert_int_eq(session_commit(t), STATUS_OK);
    live_check("1", "SELECT count(*) FROM words WHERE word = 'for another commit'");
    close_doubtful();
}
END_TEST

/* The old backend still holds the mark, and its COMMIT will never come: it is ended. */
START_TEST(test_fence__half_open)
{
    Session *t = open_doubtful(200);
    Outcome outcome = OUTCOME_NONE;
    check_ok(session_begin(s, NULL));
    Word *held = session_find(s, Word, "w2");
    held->count = 9;
    check_ok(session_flush(s)); /* locks it */
    session_find(t, Word, "w2")->count = 8;
    session_add(t, Word, .word = "more");
    ck_assert_int_eq(session_commit(t), STATUS_IN_DOUBT); /* its COMMIT waits on the server */
    clock_hold();
    ck_assert_int_eq(database_resolve(db, session_error(t)->in_doubt_token, &outcome, NULL), STATUS_OK);
    ck_assert_int_eq(outcome, OUTCOME_NOT_DONE);
    check_ok(session_commit(s));
    live_check("9", "SELECT count FROM words WHERE word = 'w2'");
    close_doubtful();
}
END_TEST

START_TEST(test_fence__tokens_that_are_none)
{
    Outcome outcome = OUTCOME_NONE;
    Error error;
    Database *plain = scene_database(NULL, WORKS, NULL);
    static const char token[] = "fence:00000000-0000-7000-8000-000000000001";
    ck_assert_int_eq(database_resolve(db, "fence:", &outcome, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(db, "fence:1", &outcome, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(plain, token, &outcome, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(db, token, &outcome, &error), STATUS_OK);
    ck_assert_int_eq(outcome, OUTCOME_NOT_DONE); /* and never will be */
    live_sql("DROP TABLE howdah_commits");
    ck_assert_int_eq(database_resolve(db, token, &outcome, &error), STATUS_IN_DOUBT);
    session_add(s, Word, .word = "x");
    check_fails(session_commit(s), STATUS_SCHEMA);
    session_clear_error(s);
    ck_assert_int_eq(database_create_tables(db), STATUS_OK);
    check_ok(session_commit(s));
    database_close(plain);
}
END_TEST

/* --- the table of the marks --- */

typedef struct {
    int64_t id;
    int32_t weight;
} Parcel;

MODEL_IN("fenced_parcels", Parcel, "parcels", COLUMN(Parcel, id, .primary_key = true, .generated = GENERATED_IDENTITY),
         COLUMN(Parcel, weight));

static Database *open_parcels(const char *conninfo)
{
    Database *parcels =
        database_open(conninfo, MODELS(Parcel), DATABASE_OPTIONS(.fence = true, .schema = "fence_marks"));
    ck_assert_ptr_null(database_error(parcels));
    return parcels;
}

static void save_parcel(Database *parcels)
{
    Error error;
    Parcel parcel = {.weight = 1};
    ck_assert_msg(database_save(parcels, Parcel, &parcel, &error) == STATUS_OK, "%s", error_text(&error));
}

static void drop_parcels(void)
{
    live_sql("SET client_min_messages = warning; DROP SCHEMA IF EXISTS fenced_parcels, fence_marks CASCADE");
}

/* Its schema, too, though no model lies there; in the transaction of the models' tables, and in the script. */
START_TEST(test_fence__table_is_created_with_the_others)
{
    drop_parcels();
    Database *parcels = open_parcels(live_conninfo());
    ck_assert_ptr_nonnull(strstr(database_ddl(parcels), "CREATE SCHEMA \"fence_marks\""));
    ck_assert_ptr_nonnull(strstr(database_ddl(parcels), "CREATE TABLE \"fence_marks\".\"howdah_commits\""));
    ck_assert_int_eq(database_create_tables(parcels), STATUS_OK);
    save_parcel(parcels);
    live_check("1", "SELECT count(*) FROM fence_marks.howdah_commits");
    ck_assert_int_eq(database_create_tables(parcels), STATUS_OK);
    ck_assert_int_eq(database_drop_tables(parcels), STATUS_OK);
    live_check("1", "SELECT count(*) FROM fence_marks.howdah_commits");
    database_close(parcels);
    drop_parcels();
}
END_TEST

/* Where all is there nothing is created, so that a role needs no right to. */
START_TEST(test_fence__table_that_is_there)
{
    drop_parcels();
    Database *parcels = open_parcels(live_conninfo());
    ck_assert_int_eq(database_create_tables(parcels), STATUS_OK);
    live_sql("GRANT USAGE ON SCHEMA fenced_parcels, fence_marks TO %s;"
             "GRANT ALL ON ALL TABLES IN SCHEMA fenced_parcels, fence_marks TO %s",
             scene_role(), scene_role());
    Database *bound = open_parcels(live_conninfo_with("user=%s", scene_role()));
    ck_assert_int_eq(database_create_tables(bound), STATUS_OK);
    save_parcel(bound);
    live_sql("DROP TABLE fence_marks.howdah_commits");
    ck_assert_int_eq(database_create_tables(bound), STATUS_PERMISSION);
    check_says(database_error(bound), "database option fence: can't create table \"fence_marks\".\"howdah_commits\"");
    ck_assert_int_eq(database_error(bound)->outcome, OUTCOME_NOT_DONE);
    database_close(bound);
    database_close(parcels);
    drop_parcels();
    scene_drop_role();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_fence__one_round_trip);
    tcase_add_test(tests, test_fence__row_of_a_second_flush);
    tcase_add_test(tests, test_fence__stale_rows);
    tcase_add_test(tests, test_fence__vanished_rows);
    tcase_add_test(tests, test_fence__other_failures);
    tcase_add_test(tests, test_fence__transactions_of_the_program);
    tcase_add_test(tests, test_fence__failure_behind_a_savepoint);
    tcase_add_test(tests, test_fence__mark_is_prepared);
    tcase_add_test(tests, test_fence__token);
    tcase_add_loop_test(tests, test_fence__answer_is_lost, 0, 2);
    tcase_add_loop_test(tests, test_fence__hook_of_a_lost_answer, 0, 2);
    tcase_add_test(tests, test_fence__half_open);
    tcase_add_test(tests, test_fence__tokens_that_are_none);
    tcase_add_test(tests, test_fence__table_is_created_with_the_others);
    tcase_add_test(tests, test_fence__table_that_is_there);
}

int main(void)
{
    return scene_main("fence", setup, teardown, add_tests);
}
