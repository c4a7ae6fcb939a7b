/* Units of work that are run again, and commits that were in doubt. */
#include "api/scene.h"
#include "api/works_models.h"

#include <sched.h>

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 3) n");
}

/* What a unit is to do, and what it did. */
struct job {
    int disturbances; /* tries in which somebody else changes the row first */
    Status returns;   /* in the end */
    bool clears;      /* takes no notice of errors */
    int calls;
    Session *last;
};

/* Reads, is overtaken, and writes: in REPEATABLE READ the server refuses that. */
static Status count_up(Session *session, void *arg)
{
    struct job *job = arg;
    Word *word = session_find(session, Word, "w1");
    job->last = session;
    if (job->calls++ < job->disturbances)
        live_sql("UPDATE words SET count = count + 100 WHERE word = 'w1'");
    word->count++;
    Status status = session_flush(session);
    if (job->clears)
        session_clear_error(session);
    return status == STATUS_OK || job->clears ? job->returns : status;
}

static Error error;

static Status run(struct job *job, const RunOptions *options)
{
    return database_run(db, count_up, job, options, &error);
}

#define REPEATABLE .begin = BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ), .pause = -1

START_TEST(test_run__committed)
{
    struct job job = {.calls = 0};
    ck_assert_int_eq(run(&job, NULL), STATUS_OK);
    ck_assert_int_eq(error.status, STATUS_OK);
    ck_assert_int_eq(job.calls, 1);
    live_check("2", "SELECT count FROM words WHERE word = 'w1'");
    ck_assert_uint_eq(seen_with("BEGIN"), 1);
    ck_assert_uint_eq(seen_with("COMMIT"), 1);
    ck_assert_int_eq(database_run(db, count_up, &job, RUN_OPTIONS(.tries = 1), NULL), STATUS_OK);
}
END_TEST

START_TEST(test_run__again_after_serialization_failures)
{
    struct job job = {.disturbances = 3};
    ck_assert_int_eq(run(&job, RUN_OPTIONS(REPEATABLE)), STATUS_OK);
    ck_assert_int_eq(job.calls, 4);
    live_check("302", "SELECT count FROM words WHERE word = 'w1'");
    ck_assert_uint_eq(seen_with("BEGIN ISOLATION LEVEL REPEATABLE READ"), 4);
}
END_TEST

START_TEST(test_run__not_for_ever)
{
    struct job job = {.disturbances = 1000};
    ck_assert_int_eq(run(&job, RUN_OPTIONS(REPEATABLE)), STATUS_SERIALIZATION);
    ck_assert_int_eq(job.calls, 5);
    ck_assert_int_eq(error.status, STATUS_SERIALIZATION);
    ck_assert_str_eq(error.sqlstate, "40001");
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_ptr_null(error.object);
    ck_assert_str_ne(error_text(&error), "");
    job.calls = 0;
    ck_assert_int_eq(run(&job, RUN_OPTIONS(REPEATABLE, .tries = 2)), STATUS_SERIALIZATION);
    ck_assert_int_eq(job.calls, 2);
    live_check("701", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_run__not_beyond_its_deadline)
{
    struct job job = {.disturbances = 1000};
    struct howdah_run_options options = {.struct_size = sizeof(options),
                                         .begin = BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ),
                                         .tries = 1000000,
                                         .pause = 1,
                                         .longest_pause = 4,
                                         .timeout = 50};
    ck_assert_int_eq(run(&job, &options), STATUS_SERIALIZATION);
    ck_assert_int_ge(job.calls, 1);
    ck_assert_int_le(job.calls, 50);
}
END_TEST

START_TEST(test_run__error_that_the_unit_clears)
{
    struct job job = {.disturbances = 1, .clears = true};
    ck_assert_int_eq(run(&job, RUN_OPTIONS(REPEATABLE)), STATUS_OK);
    ck_assert_int_eq(job.calls, 2);
    live_check("102", "SELECT count FROM words WHERE word = 'w1'");
}
END_TEST

START_TEST(test_run__unit_that_gives_up)
{
    struct job job = {.returns = STATUS_NOT_FOUND};
    ck_assert_int_eq(run(&job, NULL), STATUS_NOT_FOUND);
    ck_assert_int_eq(job.calls, 1);
    ck_assert_int_eq(error.status, STATUS_NOT_FOUND);
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    live_check("1", "SELECT count FROM words WHERE word = 'w1'");
    ck_assert_uint_eq(seen_with("ROLLBACK"), 1);
}
END_TEST

static Status take_a_name(Session *session, void *arg)
{
    ++*(int *)arg;
    session_add(session, Word, .word = "w1");
    return STATUS_OK;
}

START_TEST(test_run__other_failures_once)
{
    int calls = 0;
    ck_assert_int_eq(database_run(db, take_a_name, &calls, NULL, &error), STATUS_UNIQUE);
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(error.constraint, "words_pkey");
}
END_TEST

/* What the server says of a write, and how often the unit is run for it. */
static const struct {
    const char *sqlstate;
    Status status;
    int calls;
} refusals[] = {
    {"40001", STATUS_SERIALIZATION, 2}, {"40P01", STATUS_DEADLOCK, 2}, {"53100", STATUS_RESOURCE, 1},
    {"53300", STATUS_RESOURCE, 1},      {"57014", STATUS_TIMEOUT, 1},  {"55P03", STATUS_LOCK, 1},
    {"23514", STATUS_CHECK, 1},         {"22003", STATUS_DATA, 1},     {"42501", STATUS_PERMISSION, 1},
    {"57P01", STATUS_CONNECTION, 1},    {"25006", STATUS_SERVER, 1},
};

static Status write_many(Session *session, void *arg)
{
    ++*(int *)arg;
    for (int i = 0; i < 5; i++)
        session_add(session, Word, .word = session_text(session, "many %d", i));
    return STATUS_OK;
}

/* Refused by the statement, or when COMMIT comes. */
START_TEST(test_run__refused)
{
    const char *code = refusals[_i / 2].sqlstate;
    int calls = 0;
    live_sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
             " $$BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = TG_ARGV[0]; END$$;"
             "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON words %s FOR EACH ROW EXECUTE FUNCTION refuse('%s')",
             _i & 1 ? "DEFERRABLE INITIALLY DEFERRED" : "", code);
    Status status = database_run(db, write_many, &calls, RUN_OPTIONS(.tries = 2, .pause = -1), &error);
    ck_assert_msg(status == refusals[_i / 2].status, "%s: %s", code, error_text(&error));
    ck_assert_str_eq(error.sqlstate, code);
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(calls, refusals[_i / 2].calls);
    live_check("3", "SELECT count(*) FROM words");
    live_sql("DROP FUNCTION refuse CASCADE");
    ck_assert_int_eq(database_run(db, write_many, &calls, NULL, &error), STATUS_OK);
    live_check("8", "SELECT count(*) FROM words");
}
END_TEST

/* --- deadlocks --- */

struct meeting {
    int calls;
    const char *theirs; /* the word that the other one has locked */
};

/* The other one has a lock, and waits for ours. Who waits first looks for a deadlock later: and that finds it only if both
 * wait by then. */
static void let_other_wait(const struct meeting *meeting)
{
    live_sql(
        "SELECT dblink_connect('other', concat('host=', split_part(current_setting('unix_socket_directories'), ',', 1),"
        " ' port=', current_setting('port'), ' user=', current_user, ' dbname=', current_database())), dblink_exec('other', 'BEGIN'),"
        " dblink_exec('other', 'SET deadlock_timeout = ''10s'''),"
        " dblink_exec('other', 'UPDATE words SET count = 7 WHERE word = ''%s'''),"
        " dblink_send_query('other', 'UPDATE words SET count = 7 WHERE word = ''w1''; COMMIT')",
        meeting->theirs);
    while (strcmp(live_sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                           " AND datname = current_database()"),
                  "1") != 0)
        sched_yield();
}

/* The first time both lock what the other one has. */
static Status meet(Session *session, void *arg)
{
    struct meeting *meeting = arg;
    Word *one = session_find(session, Word, "w1"), *two = session_find(session, Word, meeting->theirs);
    one->count = -1;
    if (session_flush(session) != STATUS_OK)
        return STATUS_MISUSE;
    if (meeting->calls++ == 0)
        let_other_wait(meeting);
    two->count = -2;
    return session_flush(session);
}

START_TEST(test_run__again_after_a_deadlock)
{
    struct meeting meeting = {.theirs = "w2"};
    if (strncmp(live_try("CREATE EXTENSION IF NOT EXISTS dblink"), "ERROR", 5) == 0)
        return; /* no contrib modules */
    Database *quick = scene_database(live_conninfo_with("options='-c deadlock_timeout=20'"), WORKS, NULL);
    Status status = database_run(quick, meet, &meeting, RUN_OPTIONS(.pause = -1), &error);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(&error));
    database_close(quick);
    ck_assert_int_ge(meeting.calls, 2); /* they may meet once more, if we are back before the other wakes up */
    live_check("w1:-1 w2:-2 w3:3", "SELECT string_agg(word || ':' || count, ' ' ORDER BY word) FROM words");
}
END_TEST

enum { MANY = 1500 };

/* The same with a row in the middle of many, when some of them are written already. */
static Status meet_among_many(Session *session, void *arg)
{
    struct meeting *meeting = arg;
    size_t count;
    Word *one = session_find(session, Word, "w1");
    one->count = -1;
    if (session_flush(session) != STATUS_OK)
        return STATUS_MISUSE;
    if (meeting->calls++ == 0)
        let_other_wait(meeting);
    Word **all = query_all(session_query(session, Word), Word, &count);
    for (size_t i = 0; i < count; i++)
        all[i]->count -= 10000;
    for (int i = 0; i < MANY; i++)
        session_add(session, Word, .word = session_text(session, "new %d", i));
    return STATUS_OK; /* COMMIT is the library's */
}

START_TEST(test_run__again_after_a_deadlock_among_many)
{
    struct meeting meeting = {.theirs = "w900"};
    if (strncmp(live_try("CREATE EXTENSION IF NOT EXISTS dblink"), "ERROR", 5) == 0)
        return; /* no contrib modules */
    live_sql("INSERT INTO words SELECT 'w' || n, n FROM generate_series(4, %d) n", MANY);
    Database *quick = scene_database(live_conninfo_with("options='-c deadlock_timeout=20'"), WORKS, NULL);
    Status status = database_run(quick, meet_among_many, &meeting, RUN_OPTIONS(.pause = -1), &error);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(&error));
    database_close(quick);
    ck_assert_int_ge(meeting.calls, 2);
    live_check("-10001|-9993",
               "SELECT (SELECT count FROM words WHERE word = 'w1'), (SELECT count FROM words WHERE word = 'w900')");
    live_check("1498", "SELECT count(*) FROM words WHERE word LIKE 'w%%' AND count = substr(word, 2)::int - 10000");
    live_check("1500", "SELECT count(*) FROM words WHERE word LIKE 'new%%'");
}
END_TEST

/* --- misuse --- */

static Status commit_itself(Session *session, void *arg)
{
    static Status (*const calls[])(Session *) = {session_commit, session_rollback};
    int *call = arg;
    session_add(session, Word, .word = "x");
    if (*call < 2)
        return calls[*call](session);
    if (*call == 2)
        session_clear(session);
    else if (*call == 3)
        session_close(session);
    return session_error(session) ? session_error(session)->status : session_begin(session, NULL);
}

START_TEST(test_run__units_neither_begin_nor_commit)
{
    for (int call = 0; call < 5; call++) {
        ck_assert_int_eq(database_run(db, commit_itself, &call, NULL, &error), STATUS_MISUSE);
        ck_assert_msg(strstr(error.message, call == 4 ? "begun already" : "don't call session_"), "%s", error.message);
    }
    live_check("3", "SELECT count(*) FROM words");
}
END_TEST

START_TEST(test_run__misuse)
{
    struct job job = {.calls = 0};
    RunOptions bad = {.tries = 1};
    ck_assert_int_eq(run(&job, &bad), STATUS_INVALID);
    ck_assert_int_eq(run(&job, RUN_OPTIONS(.tries = -1)), STATUS_INVALID);
    ck_assert_int_eq(run(&job, RUN_OPTIONS(.longest_pause = -1)), STATUS_INVALID);
    ck_assert_int_eq(database_run(db, NULL, &job, NULL, &error), STATUS_INVALID);
    ck_assert_int_eq(database_run(NULL, count_up, &job, NULL, &error), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_run(NULL, count_up, &job, NULL, NULL), STATUS_NO_MEMORY);
    BeginOptions half = {.read_only = true};
    ck_assert_int_eq(run(&job, RUN_OPTIONS(.begin = &half)), STATUS_INVALID);
    ck_assert_int_eq(job.calls, 0);
}
END_TEST

/* --- tokens --- */

static const char *token_of(const char *id)
{
    static char token[200];
    snprintf(token, sizeof(token), "%s:%s",
             live_sql("SELECT system_identifier || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ':' ||"
                      " (extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time() - '2000-01-01 00:00:00+00')"
                      " * 1000000)::bigint FROM pg_control_system()"),
             id);
    return token;
}

/* The server has crashed since the connection was opened, which is a pooler's: the transaction goes on, and may still be
 * committed. */
START_TEST(test_run__token_of_another_life)
{
    char token[200], system[40], timeline[40];
    Outcome outcome = OUTCOME_NONE;
    Database *hasty = scene_database(live_conninfo(), WORKS, DATABASE_OPTIONS(.in_doubt_timeout = 200));
    for (int committed = 0; committed < 2; committed++) {
        check_ok(session_begin(s, NULL));
        session_add(s, Word, .word = "goes on");
        check_ok(session_flush(s));
        const char *id = live_sql("SELECT backend_xid FROM pg_stat_activity WHERE datname = current_database()"
                                  " AND backend_xid IS NOT NULL");
        ck_assert_int_eq(sscanf(token_of(id), "%39[^:]:%39[^:]", system, timeline), 2);
        snprintf(token, sizeof(token), "%s:%s:12345:%s", system, timeline, id);
        ck_assert_int_eq(database_resolve(hasty, token, &outcome, &error), STATUS_IN_DOUBT);
        check_ok(committed ? session_commit(s) : session_rollback(s)); /* nobody has ended it */
        Status status = database_resolve(hasty, token, &outcome, &error);
        ck_assert_int_eq(status, committed ? STATUS_IN_DOUBT : STATUS_OK);
    }
    ck_assert_int_eq(outcome, OUTCOME_NOT_DONE);
    live_check("1", "SELECT count(*) FROM words WHERE word = 'goes on'");
    database_close(hasty);
}
END_TEST

START_TEST(test_run__tokens)
{
    Outcome outcome = OUTCOME_NONE;
    const char *done = live_sql("INSERT INTO words VALUES ('x', 1) RETURNING pg_current_xact_id()");
    ck_assert_int_eq(database_resolve(db, token_of(done), &outcome, &error), STATUS_OK);
    ck_assert_int_eq(outcome, OUTCOME_DONE);
    const char *undone = live_sql("BEGIN; SELECT pg_current_xact_id(); ROLLBACK");
    ck_assert_int_eq(database_resolve(db, token_of(undone), &outcome, &error), STATUS_OK);
    ck_assert_int_eq(outcome, OUTCOME_NOT_DONE);
    outcome = OUTCOME_NONE;
    ck_assert_int_eq(database_resolve(db, token_of("1000000000000"), &outcome, &error), STATUS_IN_DOUBT);
    ck_assert_int_eq(error.outcome, OUTCOME_IN_DOUBT);
    ck_assert_str_eq(error.in_doubt_token, token_of("1000000000000"));
    ck_assert_int_eq(database_resolve(db, "nonsense", &outcome, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(db, NULL, &outcome, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(db, token_of(done), NULL, &error), STATUS_INVALID);
    ck_assert_int_eq(database_resolve(NULL, token_of(done), &outcome, NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(outcome, OUTCOME_NONE);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_run__committed);
    tcase_add_test(tests, test_run__again_after_serialization_failures);
    tcase_add_test(tests, test_run__not_for_ever);
    tcase_add_test(tests, test_run__not_beyond_its_deadline);
    tcase_add_test(tests, test_run__error_that_the_unit_clears);
    tcase_add_test(tests, test_run__unit_that_gives_up);
    tcase_add_test(tests, test_run__other_failures_once);
    tcase_add_loop_test(tests, test_run__refused, 0, 2 * (int)COUNT_OF(refusals));
    tcase_add_test(tests, test_run__again_after_a_deadlock);
    tcase_add_test(tests, test_run__again_after_a_deadlock_among_many);
    tcase_add_test(tests, test_run__units_neither_begin_nor_commit);
    tcase_add_test(tests, test_run__misuse);
    tcase_add_test(tests, test_run__tokens);
    tcase_add_test(tests, test_run__token_of_another_life);
}

int main(void)
{
    return scene_main("run", setup, scene_close, add_tests);
}
