/* Connections that break after any byte: what the session says about it must be true.
 *
 * By default not every byte is tried where nothing is at stake; with the argument --all it is. A case's name runs
 * that case alone. */
#include "truth.h"

#include "support/live.h"
#include "support/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool all_bytes, fenced;

/* At the end of a commit each byte counts: this many of each direction are always tried one by one. */
enum { CAREFULLY = 64, STRIDE = 29 };

/* One of the four ways to cut, by the number of the loop. */
static enum proxy_direction direction_of(int i)
{
    return i & 1 ? PROXY_TO_CLIENT : PROXY_TO_SERVER;
}

static enum proxy_end end_of(int i)
{
    return i & 2 ? PROXY_FINISH : PROXY_RESET;
}

static Database *open_database(struct proxy *proxy)
{
    return ledger_database(proxy_conninfo(proxy),
                           DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .commit_timeout = 10000,
                                            .statement_timeout = 10000, .fence = fenced));
}

static void cut_once(struct proxy *proxy, const struct work *work, int i, uint64_t bytes, struct tally *tally)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database(proxy);
    Session *s = session_open(db);
    work->begin(&unit, s);
    proxy_cut(proxy, direction_of(i), bytes, end_of(i));
    Status status = work->run(&unit);
    bool cut = proxy_has_cut(proxy);
    proxy_pass(proxy);
    tally->faults += cut;
    if (!cut)
        ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    check_truth(work, &unit, status, STATUS_CONNECTION, tally);
    session_close(s);
    database_close(db);
    live_settle(); /* what is in doubt may still run, and must not meet the next rows */
}

/* How many bytes the work sends in that direction if nobody cuts it. */
static uint64_t measure(struct proxy *proxy, const struct work *work, enum proxy_direction direction)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_database(proxy);
    Session *s = session_open(db);
    work->begin(&unit, s);
    uint64_t before = proxy_bytes(proxy, direction);
    ck_assert_msg(work->run(&unit) == STATUS_OK, "%s", error_text(session_error(s)));
    uint64_t bytes = proxy_bytes(proxy, direction) - before;
    unit_check_promoted(&unit);
    session_close(s);
    database_close(db);
    return bytes;
}

static void cut_everywhere(const struct work *work, int i)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    uint64_t total = measure(proxy, work, direction_of(i));
    double start = milliseconds();
    /* The four ways don't cut at the same bytes. */
    for (uint64_t bytes = all_bytes ? 0 : (uint64_t)i; bytes <= total;) {
        cut_once(proxy, work, i, bytes, &tally);
        bool carefully = all_bytes || bytes + CAREFULLY >= total;
        uint64_t next = bytes + (carefully ? 1 : STRIDE);
        bytes = !carefully && next + CAREFULLY > total ? total - CAREFULLY : next;
    }
    printf("%s%s, %s, %s: %u cuts in %llu bytes, %.0f s: ", fenced ? "fenced " : "", work->name,
           direction_of(i) == PROXY_TO_SERVER ? "to server" : "to client", end_of(i) == PROXY_RESET ? "reset" : "end",
           tally.faults, (unsigned long long)total, (milliseconds() - start) / 1e3);
    print_tally(&tally);
    ck_assert_uint_gt(tally.faults, 0);
    proxy_close(proxy);
}

/* --- a commit of many rows: two trips, with and without the login before them --- */

START_TEST(test_cuts__commit)
{
    cut_everywhere(&work_commit, _i);
}
END_TEST

START_TEST(test_cuts__login_and_commit)
{
    cut_everywhere(&work_add, _i);
}
END_TEST

/* --- a commit of one row: one trip, and no transaction that could be asked for --- */

START_TEST(test_cuts__one_row_added)
{
    cut_everywhere(&work_add_one, _i);
}
END_TEST

START_TEST(test_cuts__one_row_changed)
{
    cut_everywhere(&work_change_one, _i);
}
END_TEST

/* --- a transaction of the program --- */

START_TEST(test_cuts__flush_and_commit)
{
    cut_everywhere(&work_flush_and_commit, _i);
}
END_TEST

START_TEST(test_cuts__savepoints)
{
    cut_everywhere(&work_savepoints, _i);
}
END_TEST

/* --- rules, with which keys don't come back as one list: the server is asked about them, and the work planned anew --- */

START_TEST(test_cuts__question_about_rules)
{
    live_sql("CREATE TABLE echoes (amount bigint);"
             "CREATE RULE echo AS ON INSERT TO entries DO ALSO INSERT INTO echoes VALUES (NEW.amount)");
    cut_everywhere(_i & 4 ? &work_flush_and_commit : &work_commit, _i & 3);
    live_sql("DROP RULE echo ON entries; DROP TABLE echoes");
}
END_TEST

/* --- with a fence: one trip, and never in doubt, one row or many --- */

static void create_fence(void)
{
    ledger_create_fence();
    fenced = true;
}

START_TEST(test_cuts__fenced_commit)
{
    create_fence();
    cut_everywhere(&work_commit, _i);
}
END_TEST

START_TEST(test_cuts__fenced_savepoints)
{
    create_fence();
    cut_everywhere(&work_savepoints, _i);
}
END_TEST

START_TEST(test_cuts__fenced_login_and_commit)
{
    create_fence();
    cut_everywhere(&work_add, _i);
}
END_TEST

START_TEST(test_cuts__fenced_row)
{
    struct work one = _i < 4 ? work_add_one : work_change_one;
    create_fence();
    one.lone = false;
    cut_everywhere(&one, _i % 4);
}
END_TEST

START_TEST(test_cuts__fenced_flush_and_commit)
{
    create_fence();
    cut_everywhere(&work_flush_and_commit, _i);
}
END_TEST

/* --- a deferred constraint that fails when COMMIT comes: nothing was done, whoever learns it --- */

static bool cut_refused(struct proxy *proxy, const struct work *work, int i, uint64_t bytes, struct tally *tally)
{
    struct unit unit;
    ledger_refuse(false);
    ledger_seed();
    ledger_refuse(true);
    Database *db = open_database(proxy);
    Session *s = session_open(db);
    work->begin(&unit, s);
    proxy_cut(proxy, direction_of(i), bytes, end_of(i));
    Status status = work->run(&unit);
    bool cut = proxy_has_cut(proxy);
    proxy_pass(proxy);
    tally->faults += cut;
    ck_assert(cut || status == STATUS_CHECK);
    check_refused(work, &unit, status, tally);
    session_close(s);
    database_close(db);
    live_settle();
    return cut;
}

START_TEST(test_cuts__deferred_constraint)
{
    static const struct work *const works[] = {&work_commit, &work_flush_and_commit};
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    ledger_create_refusal();
    if (_i & 4)
        create_fence();
    for (uint64_t bytes = (uint64_t)_i; cut_refused(proxy, works[_i & 1], _i & 3, bytes, &tally);)
        bytes += all_bytes ? 1 : STRIDE;
    printf("deferred constraint, %s: %u cuts, ", works[_i & 1]->name, tally.faults);
    print_tally(&tally);
    ck_assert_uint_gt(tally.faults, 0);
    proxy_close(proxy);
    live_sql("DROP TABLE refusals; DROP FUNCTION refuse CASCADE");
}
END_TEST

/* --- a unit that database_run runs: it repeats nothing that was lost --- */

static Status add_account(Session *s, void *arg)
{
    ++*(int *)arg;
    Account *account = session_add(s, Account, .owner = "added");
    session_add(s, Entry, .account = account, .amount = 1);
    return session_flush(s);
}

static bool cut_unit(struct proxy *proxy, int i, uint64_t bytes, struct tally *tally)
{
    int calls = 0;
    Error error;
    ledger_seed();
    Database *db = open_database(proxy);
    proxy_cut(proxy, direction_of(i), bytes, end_of(i));
    Status status = database_run(db, add_account, &calls, NULL, &error);
    bool cut = proxy_has_cut(proxy);
    proxy_pass(proxy);
    tally->faults += cut;
    bool done = status == STATUS_OK;
    tally->ok += done;
    tally->not_done += !done;
    ck_assert_msg(done || (status == STATUS_CONNECTION && error.outcome == OUTCOME_NOT_DONE), "%s", error_text(&error));
    ck_assert_int_eq(calls, 1);
    live_check(done ? "1" : "0", "SELECT count(*) FROM accounts WHERE owner = 'added'");
    live_check(done ? "1" : "0", "SELECT count(*) FROM entries WHERE amount = 1");
    database_close(db);
    live_settle();
    return cut;
}

static void cut_units(int i)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    for (uint64_t bytes = (uint64_t)i; cut_unit(proxy, i, bytes, &tally); bytes += all_bytes ? 1 : STRIDE / 4)
        ;
    printf("run: %u cuts, ", tally.faults);
    print_tally(&tally);
    ck_assert_uint_gt(tally.faults, 0);
    proxy_close(proxy);
}

START_TEST(test_cuts__run)
{
    cut_units(_i);
}
END_TEST

START_TEST(test_cuts__fenced_run)
{
    create_fence();
    cut_units(_i);
}
END_TEST

/* --- reading --- */

enum { ROWS = 20 };

static bool check_row(void *arg, const void *object)
{
    const Account *account = object;
    int *rows = arg;
    ck_assert_int_eq((int)account->id, 1000 + *rows);
    ck_assert_str_eq(account->owner, "one of many");
    ++*rows;
    return true;
}

static void seed_many(void)
{
    ledger_seed();
    live_sql("INSERT INTO accounts SELECT 1000 + n, 'one of many', n, 1 FROM generate_series(0, %d) AS n", ROWS - 1);
}

/* What comes without an error is whole and right. */
static Status read_all(Session *s)
{
    size_t count;
    int rows = 0;
    const Account *first = session_find(s, Account, 1000);
    ck_assert_int_eq(first != NULL, status_of(s) == STATUS_OK);
    Query *query = session_query(s, Account);
    query_where(query, Account, id, ">=", 1000);
    query_order_by(query, Account, id, ORDER_ASC);
    Account **all = query_all(query, Account, &count);
    ck_assert_int_eq(all != NULL, status_of(s) == STATUS_OK);
    ck_assert_uint_eq(count, all ? ROWS : 0);
    for (int i = 0; all && i < ROWS;)
        check_row(&i, all[i]);
    if (query_each(query, Account, check_row, &rows) == STATUS_OK)
        ck_assert_int_eq(rows, ROWS);
    return status_of(s);
}

/* False: there were not so many bytes. */
static bool cut_reading(struct proxy *proxy, int i, uint64_t bytes, struct tally *tally)
{
    Database *db = open_database(proxy);
    Session *s = session_open(db);
    proxy_cut(proxy, direction_of(i), bytes, end_of(i));
    Status status = read_all(s);
    bool cut = proxy_has_cut(proxy);
    proxy_pass(proxy);
    tally->faults += cut;
    if (status != STATUS_OK) {
        ck_assert(cut);
        tally->not_done++;
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NONE);
        ck_assert_msg(status == STATUS_CONNECTION, "%s", error_text(session_error(s)));
        session_clear_error(s);
        read_all(s);
        check_ok(s);
    } else {
        tally->ok++;
    }
    session_close(s);
    database_close(db);
    return cut;
}

START_TEST(test_cuts__reading)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    seed_many();
    for (uint64_t bytes = 0; cut_reading(proxy, _i, bytes, &tally); bytes += all_bytes ? 1 : STRIDE)
        ;
    printf("reading: %u cuts, ", tally.faults);
    print_tally(&tally);
    ck_assert_uint_gt(tally.faults, 0);
    proxy_close(proxy);
}
END_TEST

/* --- pieces: nothing is lost, but no message comes whole --- */

START_TEST(test_cuts__bytes_one_by_one)
{
    struct proxy *proxy = proxy_open();
    struct unit unit;
    seed_many();
    proxy_pieces(proxy, 1);
    Database *db = open_database(proxy);
    Session *s = session_open(db);
    read_all(s);
    check_ok(s);
    ledger_seed();
    session_clear(s);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    session_close(s);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(int argc, char **argv)
{
    Suite *suite = suite_create("cuts");
    all_bytes = argc > 1 && strcmp(argv[1], "--all") == 0;
    if (argc > 1 && !all_bytes)
        setenv("CK_RUN_CASE", argv[1], 1);
    TCase *tcase = add_case(suite, "commit");
    tcase_add_loop_test(tcase, test_cuts__commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__login_and_commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__one_row_added, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__one_row_changed, 0, 4);
    tcase = add_case(suite, "transaction");
    tcase_add_loop_test(tcase, test_cuts__flush_and_commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__savepoints, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__run, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__reading, 0, 4);
    tcase_add_test(tcase, test_cuts__bytes_one_by_one);
    tcase = add_case(suite, "question");
    tcase_add_loop_test(tcase, test_cuts__question_about_rules, 0, 8);
    tcase = add_case(suite, "fence");
    tcase_add_loop_test(tcase, test_cuts__fenced_commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__fenced_login_and_commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__fenced_row, 0, 8);
    tcase_add_loop_test(tcase, test_cuts__fenced_flush_and_commit, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__fenced_savepoints, 0, 4);
    tcase_add_loop_test(tcase, test_cuts__fenced_run, 0, 4);
    tcase = add_case(suite, "deferred");
    tcase_add_loop_test(tcase, test_cuts__deferred_constraint, 0, 8);
    return ledger_main(suite);
}
