/* Two-phase commit. The names of prepared transactions are the cluster's: each test has its own. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/failing.h"
#include "support/proxy.h"

#include <unistd.h>

static char gid[64];
static size_t gids;

/* A new name for each call. */
static const char *name(void)
{
    snprintf(gid, sizeof(gid), "howdah.test:%ld-%zu", (long)getpid(), ++gids);
    return gid;
}

struct listed {
    size_t count;
    char gids[8][256];
    char owner[64];
    PgTimestamp at;
};

static bool list_one(void *arg, const PreparedTransaction *prepared)
{
    struct listed *listed = arg;
    snprintf(listed->gids[listed->count % 8], 256, "%s", prepared->gid);
    snprintf(listed->owner, sizeof(listed->owner), "%s", prepared->owner);
    listed->at = prepared->prepared_at;
    listed->count++;
    return true;
}

static struct listed list(void)
{
    struct listed listed = {0};
    Error error;
    ck_assert_msg(database_list_prepared(db, list_one, &listed, &error) == STATUS_OK, "%s", error.text);
    return listed;
}

/* What a test has left behind would be in the way of the next one. */
static void sweep(void)
{
    Database *own = db ? NULL : scene_database(NULL, WORKS, NULL);
    struct listed listed = {0};
    ck_assert_int_eq(database_list_prepared(own ? own : db, list_one, &listed, NULL), STATUS_OK);
    for (size_t i = 0; i < listed.count && i < COUNT_OF(listed.gids); i++)
        ck_assert_int_eq(database_rollback_prepared(own ? own : db, listed.gids[i], NULL), STATUS_OK);
    database_close(own);
}

static void setup(void)
{
    sweep();
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1)");
    cost_start();
    seen_clear();
}

static void teardown(void)
{
    sweep();
    scene_close();
}

static Maker *ann, *bob, *new;

/* An update, a delete and an insert. */
static void change(void)
{
    ann = session_find(s, Maker, 1);
    bob = session_find(s, Maker, 2);
    ann->name = "Anna";
    session_delete(s, bob);
    new = session_add(s, Maker, .name = "new");
    cost_start();
}

#define MAKERS "SELECT string_agg(name, ',' ORDER BY id) FROM makers"

START_TEST(test_prepare__committed)
{
    change();
    check_ok(session_prepare(s, name()));
    check_trips(2);
    ck_assert_uint_eq(seen_with("PREPARE TRANSACTION 'howdah.test:"), 1);
    live_check("Ann,Bob", MAKERS);
    struct listed listed = list();
    ck_assert_uint_eq(listed.count, 1);
    ck_assert_str_eq(listed.gids[0], gid);
    live_check(listed.owner, "SELECT current_user");
    live_check("t",
               "SELECT prepared = timestamptz '2000-01-01 00:00:00+00' + %" PRId64 " * interval '1 microsecond' "
               "FROM pg_prepared_xacts WHERE gid = '%s'",
               listed.at.microseconds, gid);
    int64_t id = new->id;
    ck_assert_int_gt(id, 0);
    cost_start();
    check_ok(session_commit(s));
    check_trips(1);
    live_check("Anna,new", MAKERS);
    ck_assert_int_eq(new->id, id);
    ck_assert(!session_contains(s, bob));
    ck_assert_uint_eq(list().count, 0);
    check_nothing_to_write();
    new->name = "newer";
    check_ok(session_commit(s));
    live_check("Anna,newer", MAKERS);
}
END_TEST

START_TEST(test_prepare__rolled_back)
{
    check_ok(session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE)));
    check_ok(session_set_local(s, "app.tenant", "7"));
    change();
    check_ok(session_flush(s));
    check_ok(session_prepare(s, name()));
    cost_start();
    check_ok(session_rollback(s));
    check_trips(1);
    live_check("Ann,Bob", MAKERS);
    ck_assert_str_eq(ann->name, "Ann");
    ck_assert(session_contains(s, bob) && !session_contains(s, new));
    ck_assert_uint_eq(list().count, 0);
    check_nothing_to_write();
}
END_TEST

/* In between nothing may be sent, and nothing is lost by trying. */
START_TEST(test_prepare__in_between)
{
    change();
    check_ok(session_prepare(s, name()));
    cost_start();
    ck_assert_ptr_null(session_find(s, Maker, 77));
    check_error(s, STATUS_MISUSE);
    check_says(session_error(s), gid);
    ck_assert_ptr_eq(session_find(s, Maker, 1), NULL); /* errors stick */
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann); /* which needs no server */
    check_fails(session_refresh(s, ann), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_begin(s, NULL), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_execute(s, NULL, "DELETE FROM makers"), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_uint_eq(session_savepoint(s), 0);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_prepare(s, "another"), STATUS_MISUSE);
    session_clear_error(s);
    ann->name = "Annabel"; /* for another commit */
    check_fails(session_flush(s), STATUS_MISUSE);
    session_clear_error(s);
    check_cost(0, 0);
    check_ok(session_commit(s));
    live_check("Anna,new", MAKERS);
    ck_assert(session_is_dirty(s, ann));
    check_ok(session_commit(s));
    live_check("Annabel,new", MAKERS);
}
END_TEST

/* What can fail fails in the first phase. */
START_TEST(test_prepare__fails)
{
    Item *item = session_add(s, Item, .code = "a", .title = "taken", .maker_id = 1);
    check_fails(session_prepare(s, name()), STATUS_UNIQUE);
    check_culprit(item, "Item", "code");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_uint_eq(list().count, 0);
    session_clear_error(s);
    ck_assert(SET_TEXT(item->code, "b"));
    check_ok(session_commit(s)); /* pending as before */
    /* a constraint that is checked at the end, and so by PREPARE TRANSACTION itself */
    live_sql("ALTER TABLE words ADD CONSTRAINT later UNIQUE (count) DEFERRABLE INITIALLY DEFERRED; "
             "INSERT INTO words VALUES ('one', 1)");
    Word *word = session_add(s, Word, .word = "uno", .count = 1);
    check_fails(session_prepare(s, name()), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->constraint, "later");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_uint_eq(list().count, 0);
    session_clear_error(s);
    ck_assert(session_is_dirty(s, word));
    word->count = 2;
    check_ok(session_prepare(s, name()));
    check_ok(session_commit(s));
    live_check("2", "SELECT count FROM words WHERE word = 'uno'");
    /* a name that is taken */
    session_add(s, Word, .word = "due", .count = 3);
    check_ok(session_prepare(s, name()));
    Session *other = session_open(db);
    session_add(other, Word, .word = "tre", .count = 4);
    ck_assert_int_ne(session_prepare(other, gid), STATUS_OK);
    ck_assert_int_eq(session_error(other)->outcome, OUTCOME_NOT_DONE);
    session_close(other);
    check_ok(session_rollback(s));
    live_check("one,uno", "SELECT string_agg(word, ',' ORDER BY word) FROM words");
}
END_TEST

START_TEST(test_prepare__names)
{
    char long_name[201];
    memset(long_name, 'x', 200);
    long_name[200] = '\0';
    const char *const bad[] = {NULL, "", "it's", "a b", "a;b", "a\\b", "a\"b", "\xc3\xa4", "a\nb", long_name};
    change();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        check_fails(session_prepare(s, bad[i]), STATUS_INVALID);
        session_clear_error(s);
        Error error;
        ck_assert_int_eq(database_commit_prepared(db, bad[i], &error), STATUS_INVALID);
        ck_assert_int_eq(database_rollback_prepared(db, bad[i], NULL), STATUS_INVALID);
    }
    check_cost(0, 0);
    snprintf(long_name, sizeof(long_name), "%s/+=@-:", name());
    memset(long_name + strlen(long_name), 'y', 199 - strlen(long_name));
    long_name[199] = '\0';
    check_ok(session_prepare(s, long_name));
    check_ok(session_commit(s));
    live_check("Anna,new", MAKERS);
}
END_TEST

/* The second phase by another handle, as after a crash of the program; the session that is still there finds it out. */
START_TEST(test_prepare__by_others)
{
    static const struct {
        bool committed, asked; /* what others did, and what the session then asks for */
    } cases[] = {{true, true}, {false, false}, {true, false}, {false, true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error error;
        change();
        check_ok(session_prepare(s, name()));
        Database *other = scene_database(NULL, WORKS, NULL);
        ck_assert_int_eq(cases[i].committed ? database_commit_prepared(other, gid, &error)
                                            : database_rollback_prepared(other, gid, &error),
                         STATUS_OK);
        ck_assert_int_eq(database_commit_prepared(other, gid, &error), STATUS_NOT_FOUND); /* no more */
        check_says(&error, gid);
        ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
        database_close(other);
        if (cases[i].committed == cases[i].asked) {
            check_ok(cases[i].asked ? session_commit(s) : session_rollback(s));
        } else {
            check_fails(cases[i].asked ? session_commit(s) : session_rollback(s), STATUS_MISUSE);
            check_says(session_error(s), cases[i].asked ? "session_rollback" : "session_commit");
            session_clear_error(s);
            check_ok(cases[i].asked ? session_rollback(s) : session_commit(s));
        }
        live_check(cases[i].committed ? "Anna,new" : "Ann,Bob", MAKERS);
        ck_assert_str_eq(ann->name, cases[i].committed ? "Anna" : "Ann");
        check_nothing_to_write();
        live_sql(
            "TRUNCATE makers RESTART IDENTITY CASCADE; INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2)");
        scene_renew();
    }
}
END_TEST

/* A session that goes leaves it behind: that is what it is for. */
START_TEST(test_prepare__left_behind)
{
    change();
    check_ok(session_prepare(s, name()));
    char first[64];
    snprintf(first, sizeof(first), "%s", gid);
    scene_renew();
    session_add(s, Word, .word = "w");
    check_ok(session_prepare(s, name()));
    session_clear(s);
    check_no_error();
    struct listed listed = list();
    ck_assert_uint_eq(listed.count, 2);
    ck_assert_str_eq(listed.gids[0], first); /* the oldest */
    ck_assert_str_eq(listed.gids[1], gid);
    session_find(s, Maker, 1);
    check_no_error(); /* the session goes on */
    ck_assert_int_eq(database_commit_prepared(db, first, NULL), STATUS_OK);
    ck_assert_int_eq(database_rollback_prepared(db, gid, NULL), STATUS_OK);
    live_check("Anna,new", MAKERS);
    live_check("0", "SELECT count(*) FROM words");
}
END_TEST

/* Nothing to write is prepared as well: the program asked for it. */
START_TEST(test_prepare__nothing)
{
    check_ok(session_prepare(s, name()));
    check_trips(1);
    ck_assert_uint_eq(list().count, 1);
    check_ok(session_commit(s));
    ck_assert_uint_eq(list().count, 0);
    check_nothing_to_write();
    ck_assert_int_eq(session_prepare(NULL, "x"), STATUS_NO_MEMORY);
    Error error;
    ck_assert_int_eq(database_commit_prepared(NULL, "x", &error), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_list_prepared(NULL, list_one, NULL, &error), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_list_prepared(db, NULL, NULL, &error), STATUS_INVALID);
}
END_TEST

static Status prepare_in_unit(Session *unit, void *arg)
{
    (void)arg;
    return session_prepare(unit, "in.unit");
}

START_TEST(test_prepare__in_a_unit)
{
    Error error;
    ck_assert_int_eq(database_run(db, prepare_in_unit, NULL, NULL, &error), STATUS_MISUSE);
}
END_TEST

START_TEST(test_prepare__fence)
{
    scene_close();
    scene_open_with(WORKS, DATABASE_OPTIONS(.on_statement = seen_add, .fence = true));
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2)");
    change();
    check_ok(session_prepare(s, name()));
    ck_assert_int_eq(database_commit_prepared(db, gid, NULL), STATUS_OK);
    check_ok(session_commit(s)); /* the marker tells */
    live_check("Anna,new", MAKERS);
}
END_TEST

/* The backend ends before the first phase, or between both. */
START_TEST(test_prepare__lost_connections)
{
    check_ok(session_begin(s, NULL));
    change();
    check_ok(session_flush(s));
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
             "datname = current_database()");
    Status status = session_prepare(s, name());
    ck_assert_msg(status == STATUS_CONNECTION, "%s", error_text(session_error(s)));
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_uint_eq(list().count, 0);
    session_clear_error(s);
    check_ok(session_prepare(s, name())); /* all is pending */
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
             "datname = current_database()");
    if (session_commit(s) != STATUS_OK) { /* the pool's connections are gone */
        session_clear_error(s);
        check_ok(session_commit(s));
    }
    live_check("Anna,new", MAKERS);
    check_nothing_to_write();
}
END_TEST

/* The connection is cut after any byte, of either phase, in either direction: what is said is so, and nothing is left over. */
START_TEST(test_prepare__cut)
{
    enum proxy_direction direction = _i & 1 ? PROXY_TO_CLIENT : PROXY_TO_SERVER;
    enum proxy_end end = _i & 2 ? PROXY_FINISH : PROXY_RESET;
    bool second = (_i & 4) != 0, more = true;
    unsigned prepared_after_all = 0;
    teardown();
    scene_open(WORKS);
    struct proxy *proxy = proxy_open();
    for (uint64_t bytes = 0; more; bytes += second || bytes > 1200 ? 3 : 41) {
        live_sql(
            "TRUNCATE makers RESTART IDENTITY CASCADE; INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2)");
        database_close(db);
        db = database_open(proxy_conninfo(proxy), WORKS,
                           DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .in_doubt_timeout = 20000));
        s = session_open(db);
        change();
        if (second)
            check_ok(session_prepare(s, name()));
        proxy_cut(proxy, direction, bytes, end);
        Status status = second ? session_commit(s) : session_prepare(s, name());
        more = proxy_has_cut(proxy);
        proxy_pass(proxy);
        if (second) {
            if (status != STATUS_OK) {
                ck_assert_int_ne(session_error(s)->outcome, OUTCOME_DONE);
                session_clear_error(s);
                check_ok(session_commit(s));
            }
        } else if (status == STATUS_OK) {
            prepared_after_all += more;
            ck_assert_uint_eq(list().count, 1);
            live_check("Ann,Bob", MAKERS);
            check_ok(session_commit(s));
        } else {
            ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
            ck_assert_uint_eq(list().count, 0);
            session_clear_error(s);
            check_ok(session_commit(s));
        }
        live_check("Anna,new", MAKERS);
        ck_assert_uint_eq(list().count, 0);
        check_nothing_to_write();
    }
    ck_assert(second || direction == PROXY_TO_SERVER || prepared_after_all > 0); /* the answer was lost, no more */
    scene_close();
    proxy_close(proxy);
    scene_open(WORKS);
}
END_TEST

/* The answer is lost, and a transaction of that name is prepared: it is ours, or somebody else had the name before. */
START_TEST(test_prepare__whose_name)
{
    bool fence = (_i & 1) != 0, taken = (_i & 2) != 0;
    scene_close();
    scene_open_with(WORKS, DATABASE_OPTIONS(.fence = true));
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2)");
    database_close(db);
    struct proxy *proxy = proxy_open();
    db = database_open(proxy_conninfo(proxy), WORKS, DATABASE_OPTIONS(.pool_size = 1, .fence = fence));
    s = session_open(db);
    change();
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    name();
    if (taken)
        live_sql("BEGIN; INSERT INTO makers (name) VALUES ('theirs'); PREPARE TRANSACTION '%s'", gid);
    proxy_cut(proxy, PROXY_TO_CLIENT, 0, PROXY_RESET);
    Status status = session_prepare(s, gid);
    ck_assert(proxy_has_cut(proxy));
    ck_assert_msg(status == (taken ? STATUS_CONNECTION : STATUS_OK), "%s", error_text(session_error(s)));
    ck_assert(!taken || session_error(s)->outcome == OUTCOME_NOT_DONE);
    ck_assert_uint_eq(list().count, 1);
    if (taken) {
        ck_assert_int_eq(database_rollback_prepared(db, gid, NULL), STATUS_OK);
        session_clear_error(s);
    }
    check_ok(session_commit(s));
    live_check("Anna,new", MAKERS);
    scene_close();
    proxy_close(proxy);
    scene_open(WORKS);
}
END_TEST

START_TEST(test_prepare__memory)
{
    struct failing failing;
    bool more = true;
    teardown();
    failing_init(&failing);
    scene_open_with(WORKS, DATABASE_OPTIONS(.allocator = &failing.hook));
    for (size_t n = 1; more; n++) {
        live_sql(
            "TRUNCATE makers RESTART IDENTITY CASCADE; INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2)");
        scene_renew();
        change();
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        Status status = session_prepare(s, name());
        if (status == STATUS_OK)
            status = session_commit(s);
        failing_off(&failing);
        more = failing_reached(&failing);
        for (int tries = 0; status != STATUS_OK && tries < 3; tries++) { /* wherever it stopped, it goes on */
            ck_assert_msg(status == STATUS_NO_MEMORY, "%s", error_text(session_error(s)));
            session_clear_error(s);
            status = session_commit(s);
        }
        live_check("Anna,new", MAKERS);
        ck_assert_uint_eq(list().count, 0);
        ck_assert_uint_lt(n, 1000);
    }
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    scene_open(WORKS);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_prepare__committed);
    tcase_add_test(tests, test_prepare__rolled_back);
    tcase_add_test(tests, test_prepare__in_between);
    tcase_add_test(tests, test_prepare__fails);
    tcase_add_test(tests, test_prepare__names);
    tcase_add_test(tests, test_prepare__by_others);
    tcase_add_test(tests, test_prepare__left_behind);
    tcase_add_test(tests, test_prepare__nothing);
    tcase_add_test(tests, test_prepare__in_a_unit);
    tcase_add_test(tests, test_prepare__fence);
    tcase_add_test(tests, test_prepare__lost_connections);
    tcase_add_loop_test(tests, test_prepare__cut, 0, 8);
    tcase_add_loop_test(tests, test_prepare__whose_name, 0, 4);
    tcase_add_test(tests, test_prepare__memory);
}

int main(void)
{
    return scene_main("prepare", setup, teardown, add_tests);
}
