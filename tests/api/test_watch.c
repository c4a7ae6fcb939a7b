/* What can be seen of a session: the statement callback, HOWDAH_LOG=sql, notices, and counters. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/proxy.h"

#include <fcntl.h>
#include <unistd.h>

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name) VALUES ('Ann'), ('Bob')");
}

/* --- the callback --- */

START_TEST(test_watch__each_statement_once)
{
    session_find(s, Maker, 1);
    ck_assert_uint_eq(seen.count, 1);
    ck_assert_uint_eq(seen.statements[0].parameters, 1);
    ck_assert_uint_eq(seen.statements[0].rows, 1);
    ck_assert_int_eq(seen.statements[0].status, STATUS_OK);
    ck_assert_uint_eq(seen.statements[0].round_trip, 1);
    ck_assert_str_eq(seen.statements[0].sqlstate, "");
    session_find(s, Maker, 99);
    ck_assert_uint_eq(seen.statements[1].rows, 0);
    size_t count;
    query_all(session_query(s, Maker), Maker, &count);
    ck_assert_uint_eq(seen.statements[2].rows, 2);
    session_find(s, Maker, 1);
    ck_assert_uint_eq(seen.count, 3);
}
END_TEST

START_TEST(test_watch__writes_with_their_rows)
{
    for (int i = 0; i < 3; i++)
        session_add(s, Node, .label = "n");
    session_find(s, Maker, 1)->name = "changed";
    session_delete(s, session_find(s, Maker, 2));
    seen_clear();
    check_ok(session_commit(s));
    unsigned found = 0;
    for (size_t i = 0; i < seen.count; i++) {
        const struct seen_statement *statement = &seen.statements[i];
        ck_assert_int_eq(statement->status, STATUS_OK);
        if (strstr(statement->sql, "INSERT INTO"))
            found += statement->rows == 3;
        if (strstr(statement->sql, "UPDATE") || strstr(statement->sql, "DELETE"))
            found += statement->rows == 1;
        ck_assert_uint_eq(statement->round_trip, strcmp(statement->sql, "COMMIT") == 0 ? 2 : 1);
    }
    ck_assert_uint_eq(found, 3);
}
END_TEST

START_TEST(test_watch__statement_that_failed)
{
    session_add(s, Maker, .name = "Ann");
    session_add(s, Node, .label = "n");
    check_fails(session_commit(s), STATUS_UNIQUE);
    bool found = false;
    for (size_t i = 0; i < seen.count; i++)
        found =
            found || (seen.statements[i].status == STATUS_UNIQUE && strcmp(seen.statements[i].sqlstate, "23505") == 0 &&
                      strstr(seen.statements[i].sql, "\"makers\""));
    ck_assert(found);
    ck_assert_uint_eq(seen_with("COMMIT"), 0);
    ck_assert_uint_ge(seen_with("ROLLBACK"), 1);
}
END_TEST

static void note_order(void *arg, const Statement *statement)
{
    uint64_t *last = arg;
    *last += statement->nanoseconds;
    ck_assert_uint_lt(statement->nanoseconds, UINT64_C(60) * 1000 * 1000 * 1000);
    ck_assert_ptr_nonnull(statement->sql);
}

START_TEST(test_watch__time)
{
    uint64_t nanoseconds = 0;
    struct proxy *proxy = proxy_open();
    Database *slow = scene_database(proxy_conninfo(proxy), WORKS,
                                    DATABASE_OPTIONS(.on_statement = note_order, .statement_arg = &nanoseconds));
    proxy_delay(proxy, 20000);
    Session *session = session_open(slow);
    ck_assert_ptr_nonnull(session_find(session, Maker, 1));
    ck_assert_uint_ge(nanoseconds, 40 * 1000 * 1000);
    session_close(session);
    database_close(slow);
    proxy_close(proxy);
}
END_TEST

/* --- the counters, and somebody who doesn't trust them --- */

START_TEST(test_watch__round_trips_on_the_wire)
{
    struct proxy *proxy = proxy_open();
    Database *through = scene_database(proxy_conninfo(proxy), WORKS, NULL);
    session_close(s);
    s = session_open(through);
    session_find(s, Maker, 1); /* the connection is there, and the statement prepared */
    uint64_t turns = proxy_turns(proxy);
    cost_start();
    session_clear(s);
    session_find(s, Maker, 1);
    check_trips(1);
    ck_assert_uint_eq(proxy_turns(proxy) - turns, 1);
    for (int i = 0; i < 300; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "m%d", i));
        Item *item = session_add(s, Item, .title = "t", .maker = maker);
        ck_assert(SET_TEXT(item->code, maker->name));
        session_add(s, Part, .amount = 1, .item = item);
    }
    uint64_t waits = proxy_waits(proxy); /* since what flows within a pipeline may turn, too */
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(proxy_waits(proxy) - waits, 2);
    turns = proxy_turns(proxy);
    check_ok(session_commit(s));
    ck_assert_uint_eq(proxy_turns(proxy) - turns, 0);
    session_close(s);
    database_close(through);
    proxy_close(proxy);
    s = session_open(db);
}
END_TEST

/* Shown through latency: a second a round trip; a graph of three levels is two of them. */
START_TEST(test_watch__latency)
{
    enum { DELAY = 500 * 1000 };
    struct proxy *proxy = proxy_open();
    Database *far = scene_database(proxy_conninfo(proxy), WORKS, NULL);
    Session *session = session_open(far);
    struct timespec before, after;
    session_find(session, Maker, 1);
    for (int i = 0; i < 100; i++) {
        Maker *maker = session_add(session, Maker, .name = session_text(session, "m%d", i));
        Item *item = session_add(session, Item, .title = "t", .maker = maker);
        ck_assert(SET_TEXT(item->code, maker->name));
        session_add(session, Part, .amount = 1, .item = item);
    }
    proxy_delay(proxy, DELAY);
    uint64_t waits = proxy_waits(proxy);
    clock_gettime(CLOCK_MONOTONIC, &before);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t milliseconds = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    ck_assert_uint_eq(proxy_waits(proxy) - waits, 2);
    ck_assert_int_ge(milliseconds, 2000);
    ck_assert_int_lt(milliseconds, 3000 + 2000); /* less than five of them, on a busy machine */
    session_close(session);
    database_close(far);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_watch__counters)
{
    SessionStats stats = session_stats(s);
    ck_assert_uint_eq(stats.statements + stats.round_trips, 0);
    ck_assert_uint_eq(stats.objects, 0);
    session_find(s, Maker, 1);
    session_find(s, Maker, 1);
    session_find(s, Maker, 2);
    Maker *new = session_add(s, Maker, .name = "x"), *other = session_add(s, Maker, .name = "y");
    stats = session_stats(s);
    ck_assert_uint_eq(stats.statements, 2);
    ck_assert_uint_eq(stats.round_trips, 2);
    ck_assert_uint_eq(stats.rows, 2);
    ck_assert_uint_eq(stats.identity_hits, 1);
    ck_assert_uint_eq(stats.objects, 4);
    ck_assert_uint_gt(stats.bytes, 4 * sizeof(Maker));
    ck_assert_uint_gt(stats.allocations, 0);
    check_ok(session_commit(s));
    new->name = "z";
    session_delete(s, other);
    check_ok(session_commit(s));
    stats = session_stats(s);
    ck_assert_uint_eq(stats.inserted, 2);
    ck_assert_uint_eq(stats.updated, 1);
    ck_assert_uint_eq(stats.deleted, 1);
    ck_assert_uint_eq(stats.objects, 3);
    session_add(s, Maker, .name = "z");
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_uint_eq(session_stats(s).inserted, 2); /* only what succeeded */
}
END_TEST

/* --- the log --- */

/* What the block writes to stderr, in a buffer. */
static char logged[65536];
static int saved_stderr;

static void log_start(void)
{
    FILE *file = tmpfile();
    fflush(stderr);
    saved_stderr = dup(2);
    ck_assert_int_ge(dup2(fileno(file), 2), 0);
    fclose(file);
}

static void log_end(void)
{
    fflush(stderr);
    lseek(2, 0, SEEK_SET);
    ssize_t size = read(2, logged, sizeof(logged) - 1);
    logged[size < 0 ? 0 : size] = '\0';
    dup2(saved_stderr, 2);
    close(saved_stderr);
}

static void work_with_secrets(const DatabaseOptions *options)
{
    Database *own = scene_database(NULL, WORKS, options);
    Session *session = session_open(own);
    session_add(session, Maker, .name = "s3cret name");
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    session_find_by(session, Maker, name, "s3cret key");
    session_add(session, Maker, .name = "s3cret name");
    ck_assert_int_eq(session_commit(session), STATUS_UNIQUE);
    session_clear_error(session);
    session_close(session);
    database_close(own);
}

START_TEST(test_watch__log)
{
    setenv("HOWDAH_LOG", "sql", 1);
    log_start();
    work_with_secrets(NULL);
    log_end();
    unsetenv("HOWDAH_LOG");
    ck_assert_msg(strstr(logged, "INSERT INTO \"public\".\"makers\""), "%s", logged);
    ck_assert_ptr_nonnull(strstr(logged, "SELECT"));
    ck_assert_ptr_nonnull(strstr(logged, " ms"));
    ck_assert_ptr_nonnull(strstr(logged, "23505"));
    ck_assert_msg(!strstr(logged, "s3cret"), "%s", logged);               /* values never */
    for (const char *line = logged; *line; line = strchr(line, '\n') + 1) /* each line is ours, and whole */
        ck_assert_msg(strncmp(line, "howdah: ", 8) == 0 && strchr(line, '\n'), "%s", line);
}
END_TEST

START_TEST(test_watch__no_log_unless_asked_for)
{
    static const char *const values[] = {NULL, "", "no", "sqlx", "0"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        if (values[i])
            setenv("HOWDAH_LOG", values[i], 1);
        else
            unsetenv("HOWDAH_LOG");
        log_start();
        work_with_secrets(NULL);
        log_end();
        ck_assert_msg(!*logged, "HOWDAH_LOG=%s: %s", values[i], logged);
        live_sql("DELETE FROM makers WHERE name LIKE 's3cret%%'");
    }
    unsetenv("HOWDAH_LOG");
}
END_TEST

/* --- notices --- */

struct noticed {
    unsigned count;
    char severity[32], sqlstate[8], message[128];
};

static void take_notice(void *arg, const char *severity, const char *sqlstate, const char *message)
{
    struct noticed *noticed = arg;
    noticed->count++;
    snprintf(noticed->severity, sizeof(noticed->severity), "%s", severity);
    snprintf(noticed->sqlstate, sizeof(noticed->sqlstate), "%s", sqlstate);
    snprintf(noticed->message, sizeof(noticed->message), "%s", message);
}

START_TEST(test_watch__notices)
{
    live_sql("CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " RAISE WARNING 'look at %%', NEW.name USING ERRCODE = 'HD042'; RETURN NEW; END $$;"
             "CREATE TRIGGER warn BEFORE INSERT ON makers FOR EACH ROW EXECUTE FUNCTION warn()");
    struct noticed noticed = {0};
    Database *own = scene_database(NULL, WORKS, DATABASE_OPTIONS(.on_notice = take_notice, .notice_arg = &noticed));
    Session *session = session_open(own);
    session_add(session, Maker, .name = "me");
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    ck_assert_uint_eq(noticed.count, 1);
    ck_assert_str_eq(noticed.severity, "WARNING");
    ck_assert_str_eq(noticed.sqlstate, "HD042");
    ck_assert_str_eq(noticed.message, "look at me");
    database_close(own);
    log_start(); /* without a callback: dropped, and never on stderr */
    session_add(s, Maker, .name = "quiet");
    check_ok(session_commit(s));
    log_end();
    ck_assert_str_eq(logged, "");
}
END_TEST

/* --- a backend that is killed --- */

START_TEST(test_watch__killed_backend)
{
    Database *own =
        scene_database(live_conninfo_with("application_name=victim"), WORKS, DATABASE_OPTIONS(.pool_size = 1));
    session_close(s);
    s = session_open(own);
    ck_assert_ptr_nonnull(session_find(s, Maker, 1));
    Maker *new = session_add(s, Maker, .name = "new");
    if (_i) {
        check_ok(session_begin(s, NULL));
        check_ok(session_flush(s));
    }
    live_check("1",
               "SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE application_name = 'victim'"
               " AND datname = current_database()");
    Maker *bob = session_find(s, Maker, 2);
    if (_i) { /* the transaction is gone, and its connection with it */
        ck_assert_ptr_null(bob);
        check_error(s, STATUS_CONNECTION);
        ck_assert_int_eq(new->id, 0);
        session_clear_error(s);
    } else if (!bob) { /* checked before use without a round trip: it may be noticed only now */
        check_error(s, STATUS_CONNECTION);
        session_clear_error(s);
    }
    ck_assert_ptr_nonnull(session_find(s, Maker, 2)); /* the next one works */
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'new'");
    session_close(s);
    database_close(own);
    s = session_open(db);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_watch__each_statement_once);
    tcase_add_test(tests, test_watch__writes_with_their_rows);
    tcase_add_test(tests, test_watch__statement_that_failed);
    tcase_add_test(tests, test_watch__time);
    tcase_add_test(tests, test_watch__round_trips_on_the_wire);
    tcase_add_test(tests, test_watch__latency);
    tcase_add_test(tests, test_watch__counters);
    tcase_add_test(tests, test_watch__log);
    tcase_add_test(tests, test_watch__no_log_unless_asked_for);
    tcase_add_test(tests, test_watch__notices);
    tcase_add_loop_test(tests, test_watch__killed_backend, 0, 2);
}

int main(void)
{
    return scene_main("watch", setup, scene_close, add_tests);
}
