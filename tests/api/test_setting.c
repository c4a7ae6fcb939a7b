/* Settings that end with the transaction, and transactions that may not write. */
#include "api/scene.h"
#include "api/works_models.h"

/* The rows keep what the setting was when they were written. */
static void setup(void)
{
    scene_open(WORKS);
    live_sql("CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN NEW.grade := nullif(current_setting('app.tenant', true), '')::int; RETURN NEW; END $$;"
             "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON makers FOR EACH ROW EXECUTE FUNCTION stamp()");
}

static const char *makers(void)
{
    return live_sql("SELECT string_agg(concat(name, ':', grade), ' ' ORDER BY id) FROM makers");
}

START_TEST(test_setting__for_one_commit)
{
    check_ok(session_set_local(s, "app.tenant", "7"));
    session_add(s, Maker, .name = "a");
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 2);
    ck_assert_str_eq(seen.statements[0].sql, "BEGIN");
    ck_assert_str_eq(seen.statements[1].sql, "SELECT pg_catalog.set_config($1, $2, true)");
    ck_assert_uint_eq(seen.statements[1].round_trip, seen.statements[3].round_trip);
    session_add(s, Maker, .name = "b"); /* it is over */
    check_ok(session_commit(s));
    check_cost(1, 1);
    session_add(s, Maker, .name = "c");
    session_add(s, Item, .maker_id = 1, .code = "c", .title = "");
    check_ok(session_set_local(s, "app.tenant", "8"));
    check_ok(session_commit(s));
    check_cost(2, 2);
    ck_assert_str_eq(makers(), "a:7 b: c:8");
}
END_TEST

START_TEST(test_setting__is_prepared)
{
    for (int i = 0; i < 3; i++) {
        check_ok(session_set_local(s, "app.tenant", "7"));
        session_add(s, Maker, .name = session_text(s, "m%d", i));
        check_ok(session_commit(s));
    }
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(prepared_runs("SELECT pg_catalog.set_config($1, $2, true)"), 3);
}
END_TEST

START_TEST(test_setting__kept_by_a_commit_that_failed)
{
    session_add(s, Maker, .name = "a");
    check_ok(session_commit(s));
    check_ok(session_set_local(s, "app.tenant", "5"));
    Maker *twin = session_add(s, Maker, .name = "a");
    check_fails(session_commit(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "b";
    check_ok(session_commit(s));
    check_ok(session_set_local(s, "app.tenant", "6"));
    check_ok(session_rollback(s)); /* drops it */
    session_add(s, Maker, .name = "c");
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a: b:5 c:");
}
END_TEST

/* Which row it was is found out under the settings that the transaction had, whenever they were sent. */
START_TEST(test_setting__holds_where_the_row_is_looked_for)
{
    live_sql("ALTER TABLE makers ADD CONSTRAINT named CHECK (name <> coalesce(current_setting('app.taken', true), ''));"
             "INSERT INTO makers (name) VALUES ('first')");
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "3"));
    check_ok(session_set_local(s, "app.taken", "b"));
    if (_i)
        ck_assert_ptr_nonnull(session_find(s, Maker, 1));
    Maker *added[4];
    for (int i = 0; i < 4; i++)
        added[i] = session_add(s, Maker, .name = session_text(s, "%c", 'a' + i));
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(added[1], "Maker", NULL);
    ck_assert_str_eq(session_error(s)->constraint, "named");
    session_clear_error(s);
    check_ok(session_commit(s)); /* without a transaction, and without its settings */
    ck_assert_str_eq(makers(), "first: a: b: c: d:");
}
END_TEST

START_TEST(test_setting__of_a_transaction)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "1"));
    check_ok(session_set_local(s, "lock_timeout", "50ms"));
    cost_start();
    session_find(s, Maker, 1);
    check_cost(1, 1);
    session_add(s, Maker, .name = "a");
    check_ok(session_flush(s));
    check_ok(session_set_local(s, "app.tenant", "2")); /* travels with the next one */
    session_add(s, Maker, .name = "b");
    check_ok(session_flush(s));
    session_add(s, Maker, .name = "c");
    check_ok(session_commit(s));
    check_cost(3, 4);
    session_add(s, Maker, .name = "d");
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a:1 b:2 c:2 d:");
    ck_assert_uint_eq(seen_with("set_config"), 3);
}
END_TEST

/* What was set for a transaction, sent or not, is nothing to the next one. */
START_TEST(test_setting__ends_with_its_transaction)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "1"));
    check_ok(session_commit(s)); /* nothing was sent */
    session_add(s, Maker, .name = "a");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "2"));
    session_add(s, Maker, .name = "b");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.other", "3"));
    session_add(s, Maker, .name = "c");
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a: b:2 c:");
    ck_assert_uint_eq(seen_with("set_config"), 2);
}
END_TEST

START_TEST(test_setting__and_savepoints)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "1"));
    uint32_t place = session_savepoint(s);
    check_ok(session_set_local(s, "app.tenant", "2"));
    session_add(s, Maker, .name = "a");
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    session_add(s, Maker, .name = "b");
    check_ok(session_flush(s));
    place = session_savepoint(s);
    check_ok(session_set_local(s, "app.tenant", "3"));
    session_add(s, Maker, .name = "c");
    check_ok(session_flush(s));
    Maker *twin = session_add(s, Maker, .name = "b");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "d"; /* goes on: with the setting, which the failure had undone */
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "b:1 c:3 d:3");
}
END_TEST

/* A setting that was gone back over stays gone, also where a failure makes those that are left travel again. */
START_TEST(test_setting__gone_back_over)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, "app.tenant", "1"));
    session_add(s, Maker, .name = "a");
    uint32_t place = session_savepoint(s);
    check_ok(session_set_local(s, "app.tenant", "2"));
    session_add(s, Maker, .name = "b");
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    Maker *twin = session_add(s, Maker, .name = "a");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "c";
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a:1 c:1");
}
END_TEST

START_TEST(test_setting__names_and_values)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "a b",
                                      "app.tenant'",
                                      "app.",
                                      ".a",
                                      "1a",
                                      "a..b",
                                      "a;b",
                                      "howdah.k0",
                                      "a\xff",
                                      NULL,
                                      "a123456789012345678901234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        check_fails(session_set_local(s, bad[i], "x"), STATUS_INVALID);
        session_clear_error(s);
    }
    check_fails(session_set_local(s, "app.tenant", NULL), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_set_local(s, "app.tenant", "\xc3("), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_local(NULL, "a.b", ""), STATUS_NO_MEMORY);
    check_ok(session_set_local(s, "App._x9.y$", "it's \"quoted\"; DROP TABLE makers"));
    session_add(s, Maker, .name = "a");
    check_ok(session_commit(s));
    /* one that the server doesn't know or take */
    check_ok(session_set_local(s, "no_such_setting", "1"));
    Maker *maker = session_add(s, Maker, .name = "b");
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    ck_assert(!session_contains(s, maker));
    ck_assert_str_eq(makers(), "a:");
}
END_TEST

/* Those by which the server reads what the library sends. */
static const struct {
    const char *name, *value;
} refused_settings[] = {
    {"lock_timout", "5s"},  {"lock_timeout", "soon"}, {"work_mem", "-7"}, {"transaction_isolation", "serializable"},
    {"is_superuser", "on"}, {"TimeZone", "Mars"},
};

/* The error is about the setting, and about no model; what follows is not concerned. */
START_TEST(test_setting__that_is_refused)
{
    char named[64];
    snprintf(named, sizeof(named), "setting %s: ", refused_settings[_i].name);
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        if (in_transaction)
            check_ok(session_begin(s, NULL));
        check_ok(session_set_local(s, "app.tenant", "7"));
        check_ok(session_set_local(s, refused_settings[_i].name, refused_settings[_i].value));
        session_add(s, Maker, .name = "a");
        session_add(s, Maker, .name = "b");
        ck_assert_int_ne(session_commit(s), STATUS_OK);
        check_says(session_error(s), named);
        check_says(session_error(s), "session_rollback");
        check_culprit(NULL, NULL, NULL);
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        check_ok(session_rollback(s));
    }
    if (strcmp(refused_settings[_i].name, "transaction_isolation") != 0) { /* which a read may set */
        check_ok(session_begin(s, NULL));
        check_ok(session_set_local(s, refused_settings[_i].name, refused_settings[_i].value));
        ck_assert_ptr_null(session_find(s, Maker, 1));
        check_says(session_error(s), named);
        check_ok(session_rollback(s));
    }
    session_add(s, Maker, .name = "c");
    check_ok(session_commit(s));
    live_check("c", "SELECT name FROM makers");
}
END_TEST

START_TEST(test_setting__of_the_library)
{
    static const char *const names[] = {"client_encoding", "Array_Nulls", "standard_conforming_strings", "HowDah.k0"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        check_fails(session_set_local(s, names[i], "off"), STATUS_INVALID);
        check_says(session_error(s), "depends on it");
        session_clear_error(s);
    }
    check_ok(session_begin(s, NULL));
    for (int i = 0; i < 6; i++) {
        switch (i) {
        case 0: session_execute(s, NULL, "SET LOCAL client_encoding = 'LATIN1'"); break;
        case 1: session_execute(s, NULL, "set /* it */ local \"Client_Encoding\" to 'LATIN1'"); break;
        case 2: session_execute(s, NULL, "SET LOCAL NAMES 'LATIN1'"); break;
        case 3: session_execute(s, NULL, "SET LOCAL Array_nulls = off"); break;
        case 4: session_execute(s, NULL, "SELECT set_config('array_nulls', 'off', true)"); break;
        default: session_execute(s, NULL, "SET LOCAL standard_conforming_strings = off"); break;
        }
        ck_assert_ptr_nonnull(session_error(s));
        ck_assert_int_eq(session_error(s)->status, STATUS_MISUSE);
        check_says(session_error(s), "depends on this setting");
        session_clear_error(s);
    }
    check_ok(session_execute(s, NULL, "SET LOCAL search_path = names, client_encoding"));
    check_ok(session_commit(s));
}
END_TEST

static void check_texts_travel(void)
{
    Maker *maker = session_add(s, Maker, .name = "\xc3\xa9");
    check_ok(session_commit(s));
    live_check("t", "SELECT name = chr(233) FROM makers ORDER BY id DESC LIMIT 1");
    session_delete(s, maker);
    check_ok(session_commit(s));
}

/* What a function does nobody sees before it is run. */
START_TEST(test_setting__encoding_that_a_function_changes)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Maker, .name = "a");
    check_ok(session_flush(s));
    check_fails(session_execute(s, NULL, "DO 'BEGIN SET LOCAL client_encoding = LATIN1; END'"), STATUS_MISUSE);
    check_says(session_error(s), "client_encoding");
    check_ok(session_rollback(s));
    ck_assert_str_eq(makers(), "");
    check_texts_travel();
    check_fails(session_execute(s, NULL, "DO 'BEGIN SET client_encoding = LATIN1; END'"), STATUS_MISUSE);
    check_says(session_error(s), "client_encoding");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_DONE);
    session_clear_error(s);
    check_texts_travel();
}
END_TEST

/* A commit is one all the same; nobody gets the connection behind it. */
START_TEST(test_setting__encoding_that_a_trigger_changes)
{
    live_sql("CREATE FUNCTION latin() RETURNS trigger LANGUAGE plpgsql AS"
             " 'BEGIN SET client_encoding = LATIN1; RETURN NULL; END';"
             "CREATE TRIGGER latin AFTER INSERT ON makers FOR EACH STATEMENT EXECUTE FUNCTION latin()");
    session_add(s, Maker, .name = "a");
    session_add(s, Maker, .name = "b");
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a: b:");
    live_sql("DROP TRIGGER latin ON makers");
    check_texts_travel();
}
END_TEST

/* --- transactions that only read --- */

START_TEST(test_setting__read_only)
{
    Maker *maker = session_add(s, Maker, .name = "a");
    check_ok(session_commit(s));
    check_ok(session_begin(s, BEGIN_OPTIONS(.read_only = true)));
    ck_assert_ptr_eq(session_find(s, Maker, maker->id), maker);
    maker->name = "b";
    cost_start();
    check_fails(session_flush(s), STATUS_MISUSE);
    check_says(session_error(s), "read only");
    check_cost(0, 0); /* before anything is sent */
    session_clear_error(s);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, BEGIN_OPTIONS(.read_only = true)));
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "a:");
}
END_TEST

START_TEST(test_setting__deferrable)
{
    live_sql("INSERT INTO words VALUES ('a', 1)");
    const struct howdah_begin_options *report =
        BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE, .read_only = true, .deferrable = true);
    check_ok(session_begin(s, report));
    const Word *word = session_find(s, Word, "a");
    ck_assert(word && word->count == 1);
    live_sql("UPDATE words SET count = 2");
    session_clear(s);
    check_ok(session_begin(s, report));
    ck_assert_ptr_nonnull(session_find(s, Word, "a"));
    live_sql("UPDATE words SET count = 3");
    check_ok(session_refresh(s, session_find(s, Word, "a")));
    ck_assert_int_eq(session_find(s, Word, "a")->count, 2); /* its snapshot */
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE"), 2);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_setting__for_one_commit);
    tcase_add_test(tests, test_setting__is_prepared);
    tcase_add_test(tests, test_setting__kept_by_a_commit_that_failed);
    tcase_add_loop_test(tests, test_setting__holds_where_the_row_is_looked_for, 0, 2);
    tcase_add_test(tests, test_setting__of_a_transaction);
    tcase_add_test(tests, test_setting__ends_with_its_transaction);
    tcase_add_test(tests, test_setting__and_savepoints);
    tcase_add_test(tests, test_setting__gone_back_over);
    tcase_add_test(tests, test_setting__names_and_values);
    tcase_add_loop_test(tests, test_setting__that_is_refused, 0, COUNT_OF(refused_settings));
    tcase_add_test(tests, test_setting__of_the_library);
    tcase_add_test(tests, test_setting__encoding_that_a_function_changes);
    tcase_add_test(tests, test_setting__encoding_that_a_trigger_changes);
    tcase_add_test(tests, test_setting__read_only);
    tcase_add_test(tests, test_setting__deferrable);
}

int main(void)
{
    return scene_main("setting", setup, scene_close, add_tests);
}
