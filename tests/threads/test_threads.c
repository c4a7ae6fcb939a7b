/* Many threads, a session each, one database: they disturb neither each other nor, where they meet in a row, the
 * truth. For ThreadSanitizer, too. */
#include "workers.h"

#include "support/live.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 60, SHARED = 4, TRIES = 1000 };

/* --- rows of its own --- */

static void live_a_life(struct worker *worker)
{
    for (int round = 0; round < ROUNDS; round++) {
        Session *s = session_open(worker->db);
        Account *account = session_add(s, Account, .owner = session_text(s, "worker %d", worker->number));
        Entry *entry = session_add(s, Entry, .account = account, .amount = round);
        session_add(s, Entry, .account = account, .amount = -1);
        EXPECT(worker, s, session_commit(s) == STATUS_OK);
        int64_t id = account->id, entry_id = entry->id;
        session_close(s);

        s = session_open(worker->db);
        account = session_find(s, Account, id);
        entry = session_find(s, Entry, entry_id);
        EXPECT(worker, s, account && entry && entry->amount == round);
        account->balance = round + 1;
        session_delete(s, entry);
        EXPECT(worker, s, session_commit(s) == STATUS_OK);
        EXPECT(worker, s, account->version == 2);
        EXPECT(worker, s, session_find(s, Entry, entry_id) == NULL);
        session_close(s);
        worker->done++;
    }
}

START_TEST(test_threads__rows_of_its_own)
{
    ledger_seed();
    Database *db = open_shared_database();
    struct worker sum = run_workers(db, live_a_life);
    ck_assert_uint_eq(sum.done, WORKERS * ROUNDS);
    live_check("480|480|14640",
               "SELECT count(*), count(DISTINCT id), sum(balance) FROM accounts WHERE owner ~ 'worker'");
    live_check("480|-480", "SELECT count(*), sum(amount) FROM entries");
    live_check("t",
               "SELECT count(*) <= %d FROM pg_stat_activity WHERE application_name = 'workers'"
               " AND datname = current_database()",
               POOL);
    database_close(db);
}
END_TEST

/* --- shared rows --- */

static void seed_shared(void)
{
    ledger_seed();
    live_sql("INSERT INTO accounts SELECT n, 'shared', 0, 1 FROM generate_series(1000, %d) AS n", 999 + SHARED);
}

/* Adds one to a row, until nobody was faster. */
static void add_to_one(struct worker *worker)
{
    for (int round = 0; round < ROUNDS; round++) {
        Session *s = session_open(worker->db);
        Account *account = session_find(s, Account, 1000 + (worker->number + round) % SHARED);
        EXPECT(worker, s, account);
        for (int try = 0; try < TRIES; try++) {
            account->balance++;
            Status status = session_commit(s);
            if (status == STATUS_OK)
                break;
            EXPECT(worker, s, status == STATUS_STALE && session_error(s)->object == account);
            EXPECT(worker, s, session_error(s)->outcome == OUTCOME_NOT_DONE);
            worker->refused++;
            session_clear_error(s);
            EXPECT(worker, s, session_refresh(s, account) == STATUS_OK);
        }
        EXPECT(worker, s, !session_is_dirty(s, account));
        session_close(s);
        worker->done++;
    }
}

START_TEST(test_threads__shared_rows)
{
    seed_shared();
    Database *db = open_shared_database();
    struct worker sum = run_workers(db, add_to_one);
    ck_assert_uint_eq(sum.done, WORKERS * ROUNDS);
    live_check("480|484", "SELECT sum(balance), sum(version) FROM accounts WHERE owner = 'shared'");
    database_close(db);
}
END_TEST

/* Connections end faster than an answer comes: the commit may be in doubt. It is asked for until that is over. */
static bool was_done_after_all(struct worker *worker, const Error *error)
{
    Outcome outcome = OUTCOME_IN_DOUBT;
    for (int try = 0; error->status == STATUS_IN_DOUBT && error->in_doubt_token && try < TRIES; try++)
        if (database_resolve(worker->db, error->in_doubt_token, &outcome, NULL) == STATUS_OK)
            break;
    return outcome == OUTCOME_DONE;
}

static atomic_uint moves; /* begun and ended, one way or the other */

/* Moves one from a row to another, as one transaction; gives up what another thread was faster with, or what was
 * lost, and does it again. */
static void move_one(struct worker *worker)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool done = false;
        for (int try = 0; try < TRIES && !done; try++) {
            Session *s = session_open(worker->db);
            int from = (worker->number + round) % SHARED, to = (from + 1 + round % (SHARED - 1)) % SHARED;
            Account *source = session_find(s, Account, 1000 + from), *target = session_find(s, Account, 1000 + to);
            if (source && target) {
                source->balance--;
                target->balance++;
                session_add(s, Entry, .account_id = target->id, .amount = 1);
            }
            done = session_error(s) == NULL && session_commit(s) == STATUS_OK;
            const Error *error = session_error(s);
            EXPECT(worker, s,
                   done || error->status == STATUS_STALE || error->status == STATUS_CONNECTION ||
                       error->status == STATUS_DEADLOCK || error->status == STATUS_IN_DOUBT);
            EXPECT(worker, s, done || error->outcome != OUTCOME_DONE);
            done = done || was_done_after_all(worker, error);
            worker->refused += !done;
            session_close(s);
            atomic_fetch_add(&moves, 1);
        }
        EXPECT(worker, NULL, done);
        worker->done++;
    }
}

static void check_moved(unsigned done)
{
    char expected[64];
    snprintf(expected, sizeof(expected), "0|%u|%u", 2 * done + SHARED, done);
    live_check(expected, "SELECT sum(balance), sum(version), (SELECT count(*) FROM entries) FROM accounts"
                         " WHERE owner = 'shared'");
}

START_TEST(test_threads__two_shared_rows)
{
    seed_shared();
    Database *db = open_shared_database();
    struct worker sum = run_workers(db, move_one);
    check_moved(sum.done);
    database_close(db);
}
END_TEST

/* --- and somebody ends their connections all the time: what was done, was done once --- */

/* One for each few moves: ended faster than they can be made, connections would be of no use to anybody. */
static void end_a_backend(void)
{
    static unsigned last;
    if (atomic_load(&moves) - last < POOL) {
        sched_yield();
        return;
    }
    last = atomic_load(&moves);
    live_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'workers'"
             " AND datname = current_database() ORDER BY random() LIMIT 1");
}

START_TEST(test_threads__connections_are_ended)
{
    seed_shared();
    Database *db = open_shared_database();
    struct worker sum = run_workers_with(db, move_one, end_a_backend);
    ck_assert_uint_eq(sum.done, WORKERS * ROUNDS);
    database_close(db);
    live_settle();
    check_moved(sum.done);
}
END_TEST

/* --- calls without a session --- */

static void call_without_session(struct worker *worker)
{
    Error error = {.status = STATUS_OK};
    for (int round = 0; round < ROUNDS; round++) {
        Account account = {.owner = "saved"}, found = {.id = 0};
        void *memory = NULL;
        const char *ddl = database_ddl(worker->db);
        EXPECT(worker, NULL, ddl && strstr(ddl, "accounts"));
        EXPECT(worker, NULL, database_save(worker->db, Account, &account, &error) == STATUS_OK);
        EXPECT(worker, NULL, account.id > 0 && account.version == 1);
        account.balance = worker->number;
        EXPECT(worker, NULL, database_save(worker->db, Account, &account, &error) == STATUS_OK);
        EXPECT(worker, NULL, database_find(worker->db, Account, &found, &memory, &error, account.id) == STATUS_OK);
        EXPECT(worker, NULL, found.balance == worker->number && strcmp(found.owner, "saved") == 0);
        EXPECT(worker, NULL, found.version == 2);
        database_free(worker->db, memory);
        if (round % 2)
            EXPECT(worker, NULL, database_delete(worker->db, Account, &account, &error) == STATUS_OK);
        EXPECT(worker, NULL, database_error(worker->db) == NULL);
        worker->done++;
    }
}

START_TEST(test_threads__without_a_session)
{
    ledger_seed();
    Database *db = open_shared_database();
    run_workers(db, call_without_session);
    live_check("240|840", "SELECT count(*), sum(balance) FROM accounts WHERE owner = 'saved'");
    database_close(db);
}
END_TEST

/* --- two threads in one session --- */

static void *commit_in_thread(void *arg)
{
    return (void *)(intptr_t)session_commit(arg);
}

/* The server waits for a lock, and the thread inside the session for the server. */
static void wait_for_lock(void)
{
    while (strcmp(live_sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                           " AND application_name = 'workers' AND datname = current_database()"),
                  "1") != 0)
        sched_yield();
}

START_TEST(test_threads__intruder)
{
    void *result;
    pthread_t thread;
    ledger_seed();
    Database *db = open_shared_database();
    Session *s = session_open(db), *holder = session_open(db);
    Account *kept = session_find(s, Account, 1), *locked = session_find(holder, Account, 1);
    ck_assert(kept && locked);
    session_begin(holder, NULL);
    locked->balance = 5;
    ck_assert_int_eq(session_flush(holder), STATUS_OK);
    kept->balance = 6;
    ck_assert_int_eq(pthread_create(&thread, NULL, commit_in_thread, s), 0);
    wait_for_lock();
    ck_assert_int_eq(session_commit(s), STATUS_MISUSE);
    ck_assert_int_eq(session_flush(s), STATUS_MISUSE);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_MISUSE);
    ck_assert_int_eq(session_rollback(s), STATUS_MISUSE);
    ck_assert_int_eq(session_delete(s, kept), STATUS_MISUSE);
    ck_assert_int_eq(session_refresh(s, kept), STATUS_MISUSE);
    ck_assert_int_eq(session_evict(s, kept), STATUS_MISUSE);
    ck_assert_ptr_null(session_find(s, Account, 1));
    ck_assert_ptr_null(session_text(s, "%d", 1));
    ck_assert_ptr_null(session_plan(s));
    ck_assert(!session_contains(s, kept));
    ck_assert_ptr_nonnull(session_add(s, Account, .owner = "intruder"));
    session_clear_error(s);
    session_clear(s);
    session_close(s); /* that would be worse than to leave it to database_close */
    ck_assert_int_eq(session_rollback(holder), STATUS_OK);
    pthread_join(thread, &result);
    ck_assert_int_eq((Status)(intptr_t)result, STATUS_OK);
    ck_assert_ptr_null(session_error(s));
    ck_assert_int_eq(kept->version, 2);
    live_check("doomed:0 kept:6", "SELECT string_agg(concat(owner, ':', balance), ' ' ORDER BY owner) FROM accounts");
    database_close(db);
}
END_TEST

static Session *contested;

/* Each call is done, or refused; never half. */
static void use_contested(struct worker *worker)
{
    for (int round = 0; round < ROUNDS; round++) {
        Status status = session_commit(contested);
        EXPECT(worker, NULL, status == STATUS_OK || status == STATUS_MISUSE);
        const Account *account = session_find(contested, Account, 1);
        EXPECT(worker, NULL, !account || account->id == 1);
        const char *text = session_text(contested, "%d", worker->number);
        EXPECT(worker, NULL, !text || atoi(text) == worker->number);
        const Value keys[] = {VALUE(1000 + round), VALUE(2)}; /* of which one is not there: that asks the server */
        Account **both = session_find_many(contested, Account, keys, 2);
        EXPECT(worker, NULL, !both || (!both[0] && both[1]->id == 2));
        worker->done += account != NULL;
        worker->refused += account == NULL;
    }
}

START_TEST(test_threads__all_in_one_session)
{
    ledger_seed();
    Database *db = open_shared_database();
    contested = session_open(db);
    struct worker sum = run_workers(db, use_contested);
    ck_assert_uint_gt(sum.done + sum.refused, 0);
    ck_assert_msg(!session_error(contested), "%s", error_text(session_error(contested)));
    ck_assert_uint_le(session_stats(contested).objects, 2);
    database_close(db);
}
END_TEST

/* --- closing --- */

static void leave_open(struct worker *worker)
{
    for (int i = 0; i < 10; i++) {
        Session *s = session_open(worker->db);
        session_add(s, Account, .owner = "never written");
        /* Not more than there are connections. */
        if (i == 0 && worker->number < POOL - 1) {
            EXPECT(worker, s, session_begin(s, NULL) == STATUS_OK);
            EXPECT(worker, s, session_flush(s) == STATUS_OK);
        }
        EXPECT(worker, s, session_find(s, Account, 1) != NULL);
    }
}

START_TEST(test_threads__sessions_closed_by_the_database)
{
    ledger_seed();
    Database *db = open_shared_database();
    run_workers(db, leave_open);
    database_close(db);
    live_settle();
    live_check("2", "SELECT count(*) FROM accounts");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_test(tcase, test_threads__rows_of_its_own);
    tcase_add_test(tcase, test_threads__shared_rows);
    tcase_add_test(tcase, test_threads__two_shared_rows);
    tcase_add_test(tcase, test_threads__connections_are_ended);
    tcase_add_test(tcase, test_threads__without_a_session);
    tcase_add_test(tcase, test_threads__intruder);
    tcase_add_test(tcase, test_threads__all_in_one_session);
    tcase_add_test(tcase, test_threads__sessions_closed_by_the_database);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
