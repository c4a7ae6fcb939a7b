/* Two sessions of which one waits for the other's locks: each in a thread of its own. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/held_clock.h"

#include <pthread.h>
#include <sched.h>

/* A session whose flush or commit runs in a thread, while the test goes on. */
struct worker {
    Session *s;
    bool flush;
    Status status;
    pthread_t thread;
};

static struct worker worker;

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('a', 0), ('b', 0);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'c', 'old', 1)");
    worker = (struct worker){.s = session_open(db)};
}

static void teardown(void)
{
    clock_go();
    session_close(worker.s);
    scene_close();
}

static void *work(void *arg)
{
    struct worker *w = arg;
    w->status = w->flush ? session_flush(w->s) : session_commit(w->s);
    return NULL;
}

static void worker_start(bool flush)
{
    worker.flush = flush;
    ck_assert_int_eq(pthread_create(&worker.thread, NULL, work, &worker), 0);
}

static bool somebody_waits(void)
{
    return strcmp(live_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                           " AND backend_type = 'client backend' AND wait_event_type = 'Lock'"),
                  "0") != 0;
}

/* Until somebody in this database waits for a lock. */
static void wait_for_waiter(void)
{
    while (!somebody_waits())
        sched_yield();
}

static Status worker_end(void)
{
    pthread_join(worker.thread, NULL);
    return worker.status;
}

/* --- one row --- */

/* The second writer waits; what it finds then depends on how the first one ends. */
START_TEST(test_waiting__same_row)
{
    check_ok(session_begin(s, NULL));
    Item *mine = session_find(s, Item, 1), *theirs = session_find(worker.s, Item, 1);
    mine->title = "mine";
    check_ok(session_flush(s));
    theirs->title = "theirs";
    worker_start(false);
    wait_for_waiter();
    check_ok(_i ? session_rollback(s) : session_commit(s));
    ck_assert_int_eq(worker_end(), _i ? STATUS_OK : STATUS_STALE);
    if (!_i)
        ck_assert_ptr_eq(session_error(worker.s)->object, theirs);
    live_check(_i ? "theirs|2" : "mine|2", "SELECT title, version FROM items");
}
END_TEST

START_TEST(test_waiting__row_that_is_being_deleted)
{
    check_ok(session_begin(s, NULL));
    session_delete(s, session_find(s, Item, 1));
    check_ok(session_flush(s));
    Item *theirs = session_find(worker.s, Item, 1);
    theirs->title = "theirs";
    worker_start(false);
    wait_for_waiter();
    check_ok(_i ? session_rollback(s) : session_commit(s));
    ck_assert_int_eq(worker_end(), _i ? STATUS_OK : STATUS_STALE);
    live_check(_i ? "theirs" : "", "SELECT title FROM items");
}
END_TEST

START_TEST(test_waiting__same_unique_value)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Maker, .name = "wanted");
    check_ok(session_flush(s));
    Maker *theirs = session_add(worker.s, Maker, .name = "wanted");
    session_add(worker.s, Maker, .name = "beside it");
    worker_start(false);
    wait_for_waiter();
    check_ok(_i ? session_rollback(s) : session_commit(s));
    ck_assert_int_eq(worker_end(), _i ? STATUS_OK : STATUS_UNIQUE);
    if (!_i)
        ck_assert_ptr_eq(session_error(worker.s)->object, theirs);
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'wanted'");
    live_check(_i ? "1" : "0", "SELECT count(*) FROM makers WHERE name = 'beside it'");
}
END_TEST

/* --- deadlock --- */

/* Opposite orders in two transactions of the program: one is told, and can begin anew. */
START_TEST(test_waiting__deadlock)
{
    Maker *mine[2], *theirs[2];
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(session_begin(worker.s, NULL), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        mine[i] = session_find(s, Maker, i + 1);
        theirs[i] = session_find(worker.s, Maker, i + 1);
    }
    mine[0]->grade.value = 1;
    check_ok(session_flush(s));
    theirs[1]->grade.value = 2;
    ck_assert_int_eq(session_flush(worker.s), STATUS_OK);
    mine[1]->grade.value = 1;
    theirs[0]->grade.value = 2;
    worker_start(true);
    wait_for_waiter();
    Status my_status = session_flush(s), their_status = worker_end();
    ck_assert_msg((my_status == STATUS_DEADLOCK) != (their_status == STATUS_DEADLOCK), "%s, %s", status_name(my_status),
                  status_name(their_status));
    Session *loser = my_status == STATUS_DEADLOCK ? s : worker.s, *winner = loser == s ? worker.s : s;
    ck_assert_str_eq(session_error(loser)->sqlstate, "40P01");
    ck_assert_int_eq(session_error(loser)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(session_commit(winner), STATUS_OK);
    session_clear_error(loser); /* pending again, both of them */
    ck_assert_int_eq(session_commit(loser), STATUS_OK);
    live_check(loser == s ? "1|1" : "2|2", "SELECT min(grade), max(grade) FROM makers");
}
END_TEST

/* A commit that may have lost a deadlock: it was told so truly, and goes through the second time. */
static unsigned settle(Session *session, Status status)
{
    if (status == STATUS_OK)
        return 0;
    ck_assert_msg(status == STATUS_DEADLOCK, "%s", error_text(session_error(session)));
    ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(session);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    return 1;
}

/* With statistics of a table this small the server would read it as it lies. */
static void keep_statistics_away(void)
{
    live_sql("ALTER TABLE makers SET (autovacuum_enabled = off)");
}

/* Two commits of the same rows, whatever the order of the calls, lock them mostly in one order: deadlocks are rare. */
START_TEST(test_waiting__commits_rarely_deadlock)
{
    enum { ROWS = 300, ROUNDS = 12 };
    unsigned deadlocks = 0;
    keep_statistics_away();
    live_sql("INSERT INTO makers (name, grade) SELECT 'm' || n, 0 FROM generate_series(3, %d) n", ROWS);
    for (int round = 0; round < ROUNDS; round++) {
        for (int64_t i = 1; i <= ROWS; i++) {
            session_find(s, Maker, i)->grade = (NullInt32){round % 9, true};
            session_find(worker.s, Maker, ROWS + 1 - i)->grade = (NullInt32){(round + 1) % 9, true};
        }
        worker_start(false);
        Status status = session_commit(s), theirs = worker_end();
        deadlocks += settle(s, status) + settle(worker.s, theirs);
        live_check("1", "SELECT count(DISTINCT grade) FROM makers"); /* all of one commit, or all of the other */
    }
    ck_assert_uint_le(deadlocks, ROUNDS / 3);
}
END_TEST

/* The third maker is somebody else's. Of the others those are locked whose keys are before it, wherever the rows lie. */
START_TEST(test_waiting__rows_are_locked_by_key)
{
    keep_statistics_away();
    live_sql("DELETE FROM items; DELETE FROM makers; INSERT INTO makers (id, name, grade) OVERRIDING SYSTEM VALUE"
             " SELECT n, 'm' || n, 0 FROM generate_series(5, 1, -1) AS n");
    check_ok(session_begin(s, NULL));
    session_find(s, Maker, 3)->grade.value = 9;
    check_ok(session_flush(s));
    for (int64_t id = 5; id > 0; id--)
        session_find(worker.s, Maker, id)->grade.value = 5;
    worker_start(false);
    wait_for_waiter();
    live_check("4 5", "SELECT string_agg(id::text, ' ' ORDER BY id) FROM"
                      " (SELECT id FROM makers FOR UPDATE SKIP LOCKED) AS free");
    check_ok(session_rollback(s));
    ck_assert_int_eq(worker_end(), STATUS_OK);
    live_check("25", "SELECT sum(grade) FROM makers");
}
END_TEST

/* --- time --- */

/* A commit that waits for a lock longer than it may: told in time, nothing was written, and the session goes on. */
START_TEST(test_waiting__commit_timeout)
{
    clock_hold();
    Database *hasty = scene_database(NULL, WORKS, DATABASE_OPTIONS(.commit_timeout = 300, .statement_timeout = 5000));
    Session *session = session_open(hasty);
    check_ok(session_begin(s, NULL));
    session_find(s, Maker, 1)->grade.value = 5;
    check_ok(session_flush(s));
    Maker *maker = session_find(session, Maker, 1), *new = session_add(session, Maker, .name = "new");
    maker->grade.value = 6;
    session_close(worker.s);
    worker.s = session;
    worker_start(false);
    wait_for_waiter();
    clock_go();
    ck_assert_int_eq(worker_end(), STATUS_TIMEOUT);
    clock_hold();
    ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(new->id, 0);
    check_ok(session_rollback(s));
    session_clear_error(session);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    live_check("6|1", "SELECT grade, (SELECT count(*) FROM makers WHERE name = 'new') FROM makers WHERE id = 1");
    /* and nobody is left behind in the server */
    worker.s = NULL;
    database_close(hasty);
    while (somebody_waits())
        sched_yield();
}
END_TEST

START_TEST(test_waiting__read_timeout)
{
    Database *hasty = scene_database(NULL, WORKS, DATABASE_OPTIONS(.statement_timeout = 300));
    Session *session = session_open(hasty);
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    live_sql("BEGIN; LOCK TABLE makers");
    ck_assert_ptr_null(session_find(session, Maker, 1));
    check_error(session, STATUS_TIMEOUT);
    clock_hold();
    live_sql("ROLLBACK");
    session_clear_error(session);
    ck_assert_ptr_nonnull(session_find(session, Maker, 1));
    session_close(session);
    database_close(hasty);
}
END_TEST

/* The server's own timeout is a timeout, too. */
START_TEST(test_waiting__lock_timeout_of_the_server)
{
    Database *hasty = scene_database(live_conninfo_with("options='-c lock_timeout=200'"), WORKS, NULL);
    Session *session = session_open(hasty);
    check_ok(session_begin(s, NULL));
    session_find(s, Maker, 1)->grade.value = 5;
    check_ok(session_flush(s));
    Maker *maker = session_find(session, Maker, 1);
    maker->grade.value = 6;
    Status status = session_commit(session);
    ck_assert_msg(status == STATUS_LOCK || status == STATUS_TIMEOUT, "%s", status_name(status));
    ck_assert_str_eq(session_error(session)->sqlstate, "55P03");
    ck_assert_int_eq(session_error(session)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    session_clear_error(session);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    session_close(session);
    database_close(hasty);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_waiting__same_row, 0, 2);
    tcase_add_loop_test(tests, test_waiting__row_that_is_being_deleted, 0, 2);
    tcase_add_loop_test(tests, test_waiting__same_unique_value, 0, 2);
    tcase_add_test(tests, test_waiting__deadlock);
    tcase_add_test(tests, test_waiting__commits_rarely_deadlock);
    tcase_add_test(tests, test_waiting__rows_are_locked_by_key);
    tcase_add_test(tests, test_waiting__commit_timeout);
    tcase_add_test(tests, test_waiting__read_timeout);
    tcase_add_test(tests, test_waiting__lock_timeout_of_the_server);
}

int main(void)
{
    return scene_main("waiting", setup, teardown, add_tests);
}
