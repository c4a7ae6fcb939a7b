/* A server process that is ended: between the session's statements, around them, and while nothing goes on. */
#include "truth.h"

#include "support/live.h"
#include "support/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The server's process behind the database's only connection; 0 if there is none. */
static int backend(void)
{
    return atoi(live_sql("SELECT max(pid) FROM pg_stat_activity WHERE datname = current_database()"
                         " AND application_name = 'the session'"));
}

/* Ends it, and waits until it is gone. */
static void end_backend(void)
{
    live_sql("SELECT pg_terminate_backend(%d, 60000)", backend());
}

/* Counts statements as they are reported, and ends the server's process at one of them. */
struct killer {
    int at; /* 0: never */
    int seen;
};

static void watch(void *arg, const Statement *statement)
{
    struct killer *killer = arg;
    (void)statement;
    if (++killer->seen == killer->at)
        end_backend();
}

static bool fenced;

static Database *open_database(struct killer *killer)
{
    return ledger_database(live_conninfo_with("application_name='the session'"),
                           DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .fence = fenced, .on_statement = watch,
                                            .statement_arg = killer));
}

/* Returns whether there was such a statement. */
static bool kill_once(const struct work *work, int at, struct tally *tally)
{
    struct killer killer = {0, 0};
    struct unit unit;
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    work->begin(&unit, s);
    killer = (struct killer){at, 0};
    Status status = work->run(&unit);
    bool killed = killer.seen >= at;
    tally->faults += killed;
    killer.at = 0;
    check_truth(work, &unit, status, STATUS_CONNECTION, tally);
    session_close(s);
    database_close(db);
    return killed;
}

static void kill_everywhere(const struct work *work)
{
    struct tally tally = {0};
    for (int at = 1; kill_once(work, at, &tally); at++)
        ;
    printf("%s: %u times ended: ", work->name, tally.faults);
    print_tally(&tally);
    ck_assert_uint_gt(tally.faults, 0);
}

static const struct work *const works[] = {&work_commit,           &work_add,       &work_add_one, &work_change_one,
                                           &work_flush_and_commit, &work_savepoints};
enum { WORKS = sizeof(works) / sizeof(*works) };

START_TEST(test_backend__ended_after_each_statement)
{
    kill_everywhere(works[_i]);
}
END_TEST

/* With a fence nothing stays in doubt, not even one row. */
START_TEST(test_backend__ended_after_each_fenced_statement)
{
    struct work work = *works[_i];
    work.lone = false;
    ledger_create_fence();
    fenced = true;
    kill_everywhere(&work);
}
END_TEST

/* The server refuses when COMMIT comes; whether or not the session hears of it. */
START_TEST(test_backend__ended_around_a_deferred_constraint)
{
    const struct work *work = works[_i / 2];
    struct tally tally = {0};
    bool killed = true;
    ledger_create_refusal();
    fenced = _i % 2;
    if (fenced)
        ledger_create_fence();
    for (int at = 1; killed; at++) {
        struct killer killer = {0, 0};
        struct unit unit;
        ledger_refuse(false);
        ledger_seed();
        ledger_refuse(true);
        Database *db = open_database(&killer);
        Session *s = session_open(db);
        work->begin(&unit, s);
        killer = (struct killer){at, 0};
        Status status = work->run(&unit);
        killed = killer.seen >= at;
        killer.at = 0;
        tally.faults += killed;
        check_refused(work, &unit, status, &tally);
        database_close(db);
    }
    ck_assert_uint_gt(tally.faults, 0);
    live_sql("DROP TABLE refusals; DROP FUNCTION refuse CASCADE");
}
END_TEST

static Status add_account(Session *s, void *arg)
{
    ++*(int *)arg;
    Account *account = session_add(s, Account, .owner = "added");
    session_add(s, Entry, .account = account, .amount = 1);
    session_savepoint(s);
    session_add(s, Entry, .account = account, .amount = 1);
    return session_flush(s);
}

/* A unit that database_run runs is not run again after a lost connection: only what the server refused for a reason that
 * may be gone is. */
START_TEST(test_backend__ended_in_a_unit)
{
    bool killed = true;
    unsigned faults = 0;
    fenced = _i;
    if (fenced)
        ledger_create_fence();
    for (int at = 1; killed; at++) {
        struct killer killer = {at, 0};
        Error error;
        int calls = 0;
        ledger_seed();
        Database *db = open_database(&killer);
        Status status = database_run(db, add_account, &calls, NULL, &error);
        killed = killer.seen >= at;
        killer.at = 0;
        faults += killed;
        bool done = status == STATUS_OK;
        ck_assert_msg(done || (status == STATUS_CONNECTION && error.outcome == OUTCOME_NOT_DONE), "%s",
                      error_text(&error));
        ck_assert_int_eq(calls, 1);
        live_check(done ? "1" : "0", "SELECT count(*) FROM accounts WHERE owner = 'added'");
        live_check(done ? "2" : "0", "SELECT count(*) FROM entries");
        database_close(db);
    }
    ck_assert_uint_gt(faults, 4);
}
END_TEST

/* Nothing was under way: the next call notices, and nobody else does. */
START_TEST(test_backend__ended_while_idle)
{
    struct killer killer = {0, 0};
    struct unit unit;
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    unit_begin(&unit, s);
    end_backend();
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    end_backend();
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    ck_assert_ptr_null(session_find(s, Account, 2));
    check_ok(s);
    database_close(db);
}
END_TEST

/* The server's own statement of why goes into the error. */
START_TEST(test_backend__ended_in_a_transaction)
{
    struct killer killer = {0, 0};
    struct unit unit;
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    ck_assert_int_gt((int)unit.added->id, 0);
    end_backend();
    ck_assert_ptr_null(session_find(s, Account, 7));
    ck_assert_int_eq(status_of(s), STATUS_CONNECTION);
    ck_assert(!unit_is_done());
    ck_assert_int_eq(session_flush(s), STATUS_CONNECTION);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_int_eq(session_flush(s), STATUS_NO_TRANSACTION); /* it is over: the program begins anew */
    session_clear_error(s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    database_close(db);
}
END_TEST

/* Nothing was written in it, so that there is no doubt; but for a statement of SQL, whose transaction can be asked for. */
START_TEST(test_backend__ended_after_reading)
{
    struct killer killer = {0, 0};
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    Account *account = session_find(s, Account, 1);
    ck_assert_ptr_nonnull(account);
    if (_i == 1)
        ck_assert_int_ne(session_savepoint(s), 0);
    if (_i == 2)
        ck_assert_int_eq(session_execute(s, NULL, "SELECT 1"), STATUS_OK);
    end_backend();
    ck_assert_int_eq(session_commit(s), STATUS_CONNECTION);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    ck_assert(session_contains(s, account) && !session_is_dirty(s, account));
    ck_assert_ptr_eq(session_find(s, Account, 1), account);
    check_ok(s);
    database_close(db);
}
END_TEST

/* What was flushed is pending again, in the state that it had when the transaction was lost. */
START_TEST(test_backend__flushed_and_then_changed)
{
    struct killer killer = {0, 0};
    struct unit unit;
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    ck_assert_int_eq(session_delete(s, unit.entries[1]), STATUS_OK);
    unit.kept->balance = 30;
    unit.entries[0]->amount = 4;
    end_backend();
    ck_assert_int_eq(session_commit(s), STATUS_CONNECTION);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert(!unit_is_done());
    session_clear_error(s);
    ck_assert(!session_contains(s, unit.entries[1]));
    ck_assert_int_eq((int)unit.kept->balance, 30);
    ck_assert_int_eq((int)unit.entries[0]->amount, 4);
    ck_assert_int_eq((int)unit.entries[0]->id, 0);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    live_check(
        "added+4 added:8:1 kept:30:2",
        "SELECT string_agg(line, ' ' ORDER BY line) FROM ("
        " SELECT concat(owner, ':', balance, ':', version) AS line FROM accounts"
        " UNION ALL SELECT concat(a.owner, '+', e.amount) FROM entries e JOIN accounts a ON a.id = account_id) l");
    database_close(db);
}
END_TEST

/* Flushed twice, and each time something else: all of it comes back. */
START_TEST(test_backend__two_flushes)
{
    struct killer killer = {0, 0};
    struct unit unit;
    ledger_seed();
    Database *db = open_database(&killer);
    Session *s = session_open(db);
    unit_begin(&unit, s);
    unit.kept->balance = 11;
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    unit.kept->balance = 17;
    unit.added->balance = 9;
    Entry *third = session_add(s, Entry, .account = unit.added, .amount = 1);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    ck_assert_int_eq(unit.kept->version, 3);
    session_delete(s, third);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    unit.added->balance = 8;
    end_backend();
    ck_assert_int_eq(session_commit(s), STATUS_CONNECTION);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    database_close(db);
}
END_TEST

static void end_after_failure(void *arg, const Statement *statement)
{
    bool *ended = arg;
    if (statement->status == STATUS_OK || *ended)
        return;
    *ended = true;
    end_backend();
}

/* A statement fails, and then its rollback: the first error is the one that is told, and the session goes on. */
START_TEST(test_backend__ended_before_a_rollback)
{
    bool ended = false;
    ledger_seed();
    Database *db = ledger_database(
        live_conninfo_with("application_name='the session'"),
        DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .on_statement = end_after_failure, .statement_arg = &ended));
    Session *s = session_open(db);
    if (_i)
        ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    Account *added = session_add(s, Account, .id = 1, .owner = "twice");
    Account *other = session_add(s, Account, .owner = "other");
    ck_assert_int_eq(_i ? session_flush(s) : session_commit(s), STATUS_UNIQUE);
    ck_assert(ended);
    ck_assert_str_eq(session_error(s)->sqlstate, "23505");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(session_rollback(s), STATUS_OK);
    check_ok(s);
    ck_assert(!session_contains(s, added) && !session_contains(s, other));
    live_check("2", "SELECT count(*) FROM accounts");
    session_add(s, Account, .owner = "third");
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    live_check("3", "SELECT count(*) FROM accounts");
    database_close(db);
}
END_TEST

/* Ended by the server itself, because the transaction was idle for too long. */
START_TEST(test_backend__idle_in_transaction)
{
    struct unit unit;
    ledger_seed();
    Database *db = ledger_database(live_conninfo_with("application_name='the session'"),
                                   DATABASE_OPTIONS(.lazy = true, .pool_size = 1));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    /* From here on, and for this transaction alone: the test itself may be idle for longer. */
    ck_assert_int_eq(session_execute(s, NULL, "SET LOCAL idle_in_transaction_session_timeout = 1"), STATUS_OK);
    while (backend())
        ;
    ck_assert_int_eq(session_commit(s), STATUS_CONNECTION);
    ck_assert_str_eq(session_error(s)->sqlstate, "25P03");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    database_close(db);
}
END_TEST

static Status read_both(Session *s)
{
    size_t count;
    const Account *kept = session_find(s, Account, 1);
    ck_assert_int_eq(kept != NULL, status_of(s) == STATUS_OK);
    Account **all = query_all(session_query(s, Account), Account, &count);
    ck_assert_int_eq(all != NULL, status_of(s) == STATUS_OK);
    ck_assert_uint_eq(count, all ? 2 : 0);
    return status_of(s);
}

/* Reads have no outcome; the program reads again. */
START_TEST(test_backend__ended_while_reading)
{
    struct killer killer = {1, 1};
    ledger_seed();
    for (int at = 1; killer.seen >= killer.at; at++) {
        killer = (struct killer){at, 0};
        Database *db = open_database(&killer);
        Session *s = session_open(db);
        if (read_both(s) != STATUS_OK) {
            ck_assert_int_eq(status_of(s), STATUS_CONNECTION);
            ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NONE);
            session_clear_error(s);
            ck_assert_int_eq(read_both(s), STATUS_OK);
        }
        database_close(db);
    }
    ck_assert_int_gt(killer.at, 2);
}
END_TEST

/* --- the connections beside it --- */

enum { SESSIONS = 3 };

/* Opens as many connections, which are idle afterwards. */
static void open_connections(Database *db)
{
    Session *all[SESSIONS];
    for (int i = 0; i < SESSIONS; i++) {
        all[i] = session_open(db);
        ck_assert_int_eq(session_begin(all[i], NULL), STATUS_OK);
        ck_assert_ptr_nonnull(session_find(all[i], Account, 1));
        check_ok(all[i]);
    }
    for (int i = 0; i < SESSIONS; i++)
        session_close(all[i]);
}

static Database *open_through(struct proxy *proxy)
{
    char conninfo[20000];
    snprintf(conninfo, sizeof(conninfo), "%s application_name='the session'", proxy_conninfo(proxy));
    return ledger_database(conninfo, DATABASE_OPTIONS(.lazy = true, .pool_size = SESSIONS));
}

/* How many are opened so that there are as many as before. */
static uint64_t open_again(struct proxy *proxy, Database *db)
{
    uint64_t before = proxy_connections(proxy);
    open_connections(db);
    return proxy_connections(proxy) - before;
}

/* A host that vanished shows when it is sent something: one call fails, and not one for each connection that led there. */
START_TEST(test_backend__lost_without_a_word)
{
    struct proxy *proxy = proxy_open();
    ledger_seed();
    Database *db = open_through(proxy);
    Session *s = session_open(db);
    open_connections(db);
    proxy_cut(proxy, PROXY_TO_SERVER, 0, PROXY_RESET);
    ck_assert_ptr_null(session_find(s, Account, 1));
    ck_assert_int_eq(status_of(s), STATUS_CONNECTION);
    ck_assert_uint_eq(open_again(proxy, db), SESSIONS);
    ck_assert_uint_eq(open_again(proxy, db), 0);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* One that was ended by the server with its reason says nothing of the others. */
START_TEST(test_backend__ended_beside_others)
{
    struct proxy *proxy = proxy_open();
    ledger_seed();
    Database *db = open_through(proxy);
    Session *s = session_open(db);
    open_connections(db);
    ck_assert_int_eq(session_execute(s, NULL, "SELECT pg_terminate_backend(pg_backend_pid())"), STATUS_CONNECTION);
    ck_assert_str_eq(session_error(s)->sqlstate, "57P01");
    ck_assert_uint_eq(open_again(proxy, db), 1);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* A server that became a standby, or is read only for another reason: the next connection may lead to one that takes
 * writes. */
START_TEST(test_backend__takes_no_writes)
{
    const char *name = getenv("PGDATABASE");
    struct unit unit;
    ledger_seed();
    live_sql("ALTER DATABASE %s SET default_transaction_read_only = on", name);
    Database *db = ledger_database(live_conninfo_with("application_name='the session'"),
                                   DATABASE_OPTIONS(.lazy = true, .pool_size = SESSIONS));
    open_connections(db);
    live_sql("ALTER DATABASE %s RESET default_transaction_read_only", name);
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    ck_assert_str_eq(session_error(s)->sqlstate, "25006");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    session_clear(s);
    for (int i = 0; i < SESSIONS; i++) { /* the others as well */
        Session *other = session_open(db);
        ck_assert_int_eq(session_begin(other, NULL), STATUS_OK);
        session_add(other, Account, .owner = "written");
        ck_assert_msg(session_flush(other) == STATUS_OK, "%s", error_text(session_error(other)));
    }
    database_close(db);
}
END_TEST

/* Nothing of the library's wrote: but what a function did that SQL of the program's has called, nobody knows. */
START_TEST(test_backend__commit_of_reads)
{
    static const struct {
        bool by_sql, read_only;
        Status status;
        Outcome outcome;
    } expected[] = {
        {false, false, STATUS_CONNECTION, OUTCOME_NOT_DONE},
        {true, false, STATUS_IN_DOUBT, OUTCOME_IN_DOUBT},
        {true, true, STATUS_CONNECTION, OUTCOME_NOT_DONE},
        {false, false, STATUS_CONNECTION, OUTCOME_NOT_DONE}, /* it is the transaction's, not the session's */
    };
    struct proxy *proxy = proxy_open();
    ledger_seed();
    live_sql("CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS"
             " $$BEGIN UPDATE accounts SET balance = balance + 1; RETURN 1; END$$");
    Database *db = open_through(proxy);
    Session *s = session_open(db);
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        session_begin(s, BEGIN_OPTIONS(.read_only = expected[i].read_only));
        if (expected[i].by_sql && expected[i].read_only)
            session_sql_one(s, Account, "SELECT * FROM accounts WHERE id = 1");
        else if (expected[i].by_sql)
            session_sql_one(s, Account, "SELECT a.* FROM accounts AS a, writes() WHERE a.id = 1");
        else
            session_find(s, Account, 1);
        check_ok(s);
        proxy_cut(proxy, PROXY_TO_CLIENT, 0, PROXY_RESET);
        ck_assert_int_eq(session_commit(s), expected[i].status);
        ck_assert_int_eq(session_error(s)->outcome, expected[i].outcome);
        ck_assert_ptr_null(session_error(s)->in_doubt_token);
        session_clear(s);
    }
    database_close(db);
    proxy_close(proxy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend");
    TCase *tcase = tcase_create("backend");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_loop_test(tcase, test_backend__ended_after_each_statement, 0, WORKS);
    tcase_add_loop_test(tcase, test_backend__ended_after_each_fenced_statement, 0, WORKS);
    tcase_add_loop_test(tcase, test_backend__ended_around_a_deferred_constraint, 0, 2 * WORKS);
    tcase_add_loop_test(tcase, test_backend__ended_in_a_unit, 0, 2);
    tcase_add_test(tcase, test_backend__ended_while_idle);
    tcase_add_test(tcase, test_backend__ended_in_a_transaction);
    tcase_add_loop_test(tcase, test_backend__ended_after_reading, 0, 3);
    tcase_add_test(tcase, test_backend__flushed_and_then_changed);
    tcase_add_test(tcase, test_backend__two_flushes);
    tcase_add_loop_test(tcase, test_backend__ended_before_a_rollback, 0, 2);
    tcase_add_test(tcase, test_backend__idle_in_transaction);
    tcase_add_test(tcase, test_backend__ended_while_reading);
    tcase_add_test(tcase, test_backend__lost_without_a_word);
    tcase_add_test(tcase, test_backend__ended_beside_others);
    tcase_add_test(tcase, test_backend__takes_no_writes);
    tcase_add_test(tcase, test_backend__commit_of_reads);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
