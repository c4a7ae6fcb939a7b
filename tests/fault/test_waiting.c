/* Waiting that must end: a silent server, locks, full pools, and the server's own time limits. */
#include "truth.h"

#include "support/held_clock.h"
#include "support/live.h"
#include "support/proxy.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Milliseconds: the limits that the tests set, those that they set in the server, whose clock nobody holds, and by how
 * much a call may miss them on a busy machine: less than the limits that are in force where none is set. */
enum { LIMIT = 250, SERVERS_LIMIT = 1500, GRACE = 8000 };

static Database *open_database(const char *conninfo)
{
    return ledger_database(conninfo, DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .pool_timeout = LIMIT,
                                                      .connect_timeout = LIMIT, .statement_timeout = LIMIT,
                                                      .commit_timeout = LIMIT, .in_doubt_timeout = LIMIT));
}

/* One that waits long where a lock or a timeout of the server is to be met. */
static Database *open_patient_database(const char *conninfo)
{
    return ledger_database(conninfo, DATABASE_OPTIONS(.lazy = true, .pool_size = 2));
}

static void check_in_time(double start, int limits)
{
    double passed = milliseconds() - start;
    ck_assert_msg(passed < limits * LIMIT + GRACE, "it took %.0f ms", passed);
}

/* --- a server that falls silent --- */

/* What the server itself says about the transaction of a token, "system:timeline:id". */
static bool token_is_committed(const char *token)
{
    const char *id = strrchr(token, ':');
    ck_assert_ptr_nonnull(id);
    while (strcmp(live_sql("SELECT pg_xact_status('%s')", id + 1), "in progress") == 0)
        ;
    return strcmp(live_sql("SELECT pg_xact_status('%s')", id + 1), "committed") == 0;
}

/* Nobody can be asked while the silence lasts: so it may be in doubt, and the token settles it later. */
static void check_after_silence(const struct work *work, struct unit *unit, Status status, struct tally *tally)
{
    const Error *error = session_error(unit->s);
    if (status != STATUS_IN_DOUBT || work->lone) {
        check_truth(work, unit, status, STATUS_TIMEOUT, tally);
        return;
    }
    tally->in_doubt++;
    ck_assert_int_eq(error->outcome, OUTCOME_IN_DOUBT);
    ck_assert_msg(error->in_doubt_token != NULL, "%s", error_text(error));
    ck_assert_int_eq(token_is_committed(error->in_doubt_token), work->is_done());
    session_clear_error(unit->s);
    unit_check_pending(unit);
}

static void stall_once(struct proxy *proxy, const struct work *work, enum proxy_direction direction, uint64_t bytes,
                       struct tally *tally)
{
    struct unit unit;
    clock_hold();
    ledger_seed();
    Database *db = open_database(proxy_conninfo(proxy));
    Session *s = session_open(db);
    work->begin(&unit, s);
    double start = milliseconds();
    proxy_when_stalled(proxy, clock_go);
    proxy_stall(proxy, direction, bytes);
    Status status = work->run(&unit);
    check_in_time(start, 2);
    clock_hold();
    proxy_pass(proxy);
    tally->faults += status != STATUS_OK;
    check_after_silence(work, &unit, status, tally);
    session_close(s);
    database_close(db);
    live_settle();
}

/* How many bytes the work sends in that direction. */
static uint64_t measure(struct proxy *proxy, const struct work *work, enum proxy_direction direction)
{
    struct unit unit;
    ledger_seed();
    Database *db = open_patient_database(proxy_conninfo(proxy));
    Session *s = session_open(db);
    work->begin(&unit, s);
    uint64_t before = proxy_bytes(proxy, direction);
    ck_assert_msg(work->run(&unit) == STATUS_OK, "%s", error_text(session_error(s)));
    uint64_t bytes = proxy_bytes(proxy, direction) - before;
    database_close(db);
    return bytes;
}

/* Falls silent here and there on the way, and around COMMIT. */
START_TEST(test_waiting__silent_server)
{
    static const struct work *const works[] = {&work_commit, &work_add, &work_change_one, &work_flush_and_commit};
    const struct work *work = works[_i / 2];
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    enum proxy_direction direction = _i & 1 ? PROXY_TO_CLIENT : PROXY_TO_SERVER;
    uint64_t total = measure(proxy, work, direction);
    const uint64_t places[] = {0, total / 4, total / 2, total * 3 / 4, total - 34, total - 25, total - 10, total - 1};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        stall_once(proxy, work, direction, places[i], &tally);
    printf("%s: %u times silent: ", work->name, tally.faults);
    print_tally(&tally);
    ck_assert_uint_ge(tally.faults, 6);
    ck_assert(work->lone || direction == PROXY_TO_SERVER || tally.in_doubt > 0);
    proxy_close(proxy);
}
END_TEST

struct silence {
    struct proxy *proxy;
    uint64_t connections; /* when it began */
};

/* The silence ends as soon as somebody else than the committing connection comes by. */
static void *end_silence(void *arg)
{
    const struct silence *silence = arg;
    while (proxy_connections(silence->proxy) == silence->connections)
        sched_yield();
    proxy_pass(silence->proxy);
    return NULL;
}

START_TEST(test_waiting__doubt_is_resolved)
{
    struct proxy *proxy = proxy_open();
    struct tally tally = {0};
    struct unit unit;
    pthread_t thread;
    uint64_t bytes = measure(proxy, &work_commit, PROXY_TO_CLIENT);
    ledger_seed();
    Database *db =
        ledger_database(proxy_conninfo(proxy), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .commit_timeout = LIMIT));
    Session *s = session_open(db);
    unit_begin(&unit, s);
    clock_hold();
    struct silence silence = {proxy, proxy_connections(proxy)};
    proxy_when_stalled(proxy, clock_go);
    proxy_stall(proxy, PROXY_TO_CLIENT, bytes - 10); /* within the answer to COMMIT */
    ck_assert_int_eq(pthread_create(&thread, NULL, end_silence, &silence), 0);
    Status status = session_commit(s);
    pthread_join(thread, NULL);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    check_truth(&work_commit, &unit, status, STATUS_OK, &tally);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_waiting__silent_while_reading)
{
    struct proxy *proxy = proxy_open();
    size_t count;
    clock_hold();
    ledger_seed();
    Database *db = open_database(proxy_conninfo(proxy));
    Session *s = session_open(db);
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    double start = milliseconds();
    proxy_when_stalled(proxy, clock_go);
    proxy_stall(proxy, PROXY_TO_CLIENT, 10);
    ck_assert_ptr_null(query_all(session_query(s, Account), Account, &count));
    check_in_time(start, 1);
    ck_assert_int_eq(status_of(s), STATUS_TIMEOUT);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NONE);
    clock_hold();
    proxy_pass(proxy);
    session_clear_error(s);
    ck_assert_ptr_nonnull(query_all(session_query(s, Account), Account, &count));
    ck_assert_uint_eq(count, 2);
    check_ok(s);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_waiting__silent_while_connecting)
{
    struct proxy *proxy = proxy_open();
    proxy_stall(proxy, PROXY_TO_SERVER, 0);
    double start = milliseconds();
    Database *db = database_open(proxy_conninfo(proxy), LEDGER_MODELS, DATABASE_OPTIONS(.connect_timeout = LIMIT));
    check_in_time(start, 1);
    ck_assert_int_eq(database_error(db)->status, STATUS_TIMEOUT);
    database_close(db);
    proxy_close(proxy);
}
END_TEST

/* A host that drops whoever knocks: its queue is full, and nobody looks after it. */
struct deaf_host {
    int port, sockets[4]; /* the first listens */
};

static void deaf_open(struct deaf_host *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 4; i++) {
        host->sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_ge(host->sockets[i], 0);
        fcntl(host->sockets[i], F_SETFL, O_NONBLOCK);
    }
    ck_assert_int_eq(bind(host->sockets[0], (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(host->sockets[0], 0), 0);
    ck_assert_int_eq(getsockname(host->sockets[0], (struct sockaddr *)&address, &size), 0);
    host->port = ntohs(address.sin_port);
    for (int i = 1; i < 4; i++)
        (void)!connect(host->sockets[i], (struct sockaddr *)&address, size);
}

static void deaf_close(const struct deaf_host *host)
{
    for (int i = 0; i < 4; i++)
        close(host->sockets[i]);
}

/* Of several hosts those that do not answer are left in time for the next. */
START_TEST(test_waiting__silent_hosts_before_another)
{
    enum { CONNECT_LIMIT = 8000 };
    struct deaf_host deaf;
    struct proxy *proxy = proxy_open();
    char conninfo[20000];
    ledger_seed();
    deaf_open(&deaf);
    snprintf(conninfo, sizeof(conninfo), "%s host=127.0.0.1,%slocalhost,127.0.0.1 port=%d,%s%d,%d",
             proxy_conninfo(proxy), _i ? "127.0.0.1," : "", deaf.port, _i ? "1," : "", deaf.port, proxy_port(proxy));
    double start = milliseconds();
    Database *db = ledger_database(conninfo, DATABASE_OPTIONS(.connect_timeout = CONNECT_LIMIT));
    ck_assert(milliseconds() - start >= CONNECT_LIMIT / 2);
    Session *s = session_open(db);
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    check_ok(s);
    database_close(db);
    deaf_close(&deaf);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_waiting__silent_hosts_alone)
{
    struct deaf_host deaf;
    char conninfo[20000];
    deaf_open(&deaf);
    snprintf(conninfo, sizeof(conninfo), "host=127.0.0.1%s port=%d", _i ? ",127.0.0.1,127.0.0.1" : "", deaf.port);
    double start = milliseconds();
    Database *db = database_open(conninfo, LEDGER_MODELS, DATABASE_OPTIONS(.connect_timeout = LIMIT));
    ck_assert(milliseconds() - start >= LIMIT - 1);
    check_in_time(start, 1);
    ck_assert_msg(database_error(db)->status == STATUS_TIMEOUT, "%s", error_text(database_error(db)));
    database_close(db);
    deaf_close(&deaf);
}
END_TEST

/* --- locks --- */

/* A session that holds the lock of account 1. */
static Session *lock_kept(Database *db)
{
    Session *s = session_open(db);
    Account *kept = session_find(s, Account, 1);
    ck_assert_ptr_nonnull(kept);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    kept->balance = 99;
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    return s;
}

/* The clock goes again when somebody waits for the lock, or nobody is going to any more. */
static void *go_when_locked(void *arg)
{
    const atomic_bool *is_over = arg;
    while (!atomic_load(is_over) &&
           strcmp(live_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                           " AND backend_type = 'client backend' AND wait_event_type = 'Lock'"),
                  "0") == 0)
        sched_yield();
    clock_go();
    return NULL;
}

static Status run_into_lock(const struct work *work, struct unit *unit)
{
    pthread_t thread;
    atomic_bool is_over = false;
    ck_assert_int_eq(pthread_create(&thread, NULL, go_when_locked, &is_over), 0);
    Status status = work->run(unit);
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    return status;
}

/* Does the work while the row is locked; returns when the lock is gone and what was not done is done. */
static void meet_lock(const struct work *work, Database *db, Status expected, const char *sqlstate)
{
    struct unit unit;
    struct tally tally = {0};
    clock_hold();
    ledger_seed();
    Database *others = open_patient_database(live_conninfo());
    Session *s = session_open(db);
    work->begin(&unit, s);
    Session *holder = lock_kept(others);
    double start = milliseconds();
    Status status = run_into_lock(work, &unit);
    check_in_time(start, 2);
    clock_hold();
    ck_assert_msg(status == expected, "%s", error_text(session_error(s)));
    ck_assert_str_eq(session_error(s)->sqlstate, sqlstate);
    ck_assert_int_eq(session_rollback(holder), STATUS_OK);
    check_truth(work, &unit, status, expected, &tally);
    database_close(others);
    database_close(db);
}

START_TEST(test_waiting__lock_and_commit_timeout)
{
    meet_lock(&work_commit, open_database(live_conninfo()), STATUS_TIMEOUT, "");
}
END_TEST

START_TEST(test_waiting__lock_and_commit_timeout_in_a_transaction)
{
    meet_lock(&work_flush_and_commit, open_database(live_conninfo()), STATUS_TIMEOUT, "");
}
END_TEST

/* One statement without a transaction: the server may still do it when the lock is free. */
START_TEST(test_waiting__lock_and_one_row)
{
    meet_lock(&work_change_one, open_database(live_conninfo()), STATUS_IN_DOUBT, "");
}
END_TEST

START_TEST(test_waiting__lock_timeout_of_the_server)
{
    static const struct work *const works[] = {&work_commit, &work_change_one, &work_flush_and_commit};
    Database *db = open_patient_database(live_conninfo_with("options='-c lock_timeout=%d'", SERVERS_LIMIT));
    meet_lock(works[_i], db, STATUS_LOCK, "55P03");
}
END_TEST

START_TEST(test_waiting__statement_timeout_of_the_server)
{
    static const struct work *const works[] = {&work_commit, &work_change_one, &work_flush_and_commit};
    Database *db = open_patient_database(live_conninfo_with("options='-c statement_timeout=%d'", SERVERS_LIMIT));
    meet_lock(works[_i], db, STATUS_TIMEOUT, "57014");
}
END_TEST

/* --- two that wait for each other --- */

static void *flush_in_thread(void *arg)
{
    (void)!session_flush(arg);
    return NULL;
}

/* Begins, and changes the rows of both accounts in that order, the first of them now. */
static Session *begin_crosswise(Database *db, int64_t first, int64_t second)
{
    Session *s = session_open(db);
    Account *one = session_find(s, Account, first), *other = session_find(s, Account, second);
    ck_assert(one && other);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    one->balance += 1;
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    other->balance += 1;
    return s;
}

START_TEST(test_waiting__deadlock)
{
    pthread_t thread;
    ledger_seed();
    Database *db = open_patient_database(live_conninfo());
    Session *one = begin_crosswise(db, 1, 2), *two = begin_crosswise(db, 2, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, flush_in_thread, one), 0);
    (void)!session_flush(two);
    pthread_join(thread, NULL);
    Session *loser = session_error(one) ? one : two, *winner = loser == one ? two : one;
    ck_assert_ptr_null(session_error(winner));
    const Error *error = session_error(loser);
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(error->status, STATUS_DEADLOCK);
    ck_assert_str_eq(error->sqlstate, "40P01");
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(session_commit(winner), STATUS_OK);
    live_check("11 2|1 2", "SELECT string_agg(concat(balance, ' ', version), '|' ORDER BY id) FROM accounts");
    /* The whole unit again, with a fresh view of the rows. */
    session_clear(loser);
    session_close(begin_crosswise(db, 2, 1));
    live_check("11 2|1 2", "SELECT string_agg(concat(balance, ' ', version), '|' ORDER BY id) FROM accounts");
    database_close(db);
}
END_TEST

/* --- serialization --- */

/* Each adds an account because there are only two; both together would make four. */
static void add_if_two(Session *s, const char *owner)
{
    size_t count;
    ck_assert_int_eq(session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE)), STATUS_OK);
    Account **all = query_all(session_query(s, Account), Account, &count);
    check_ok(s);
    ck_assert_ptr_nonnull(all);
    if (count == 2)
        session_add(s, Account, .owner = owner);
}

START_TEST(test_waiting__serialization_failure)
{
    ledger_seed();
    Database *db = open_patient_database(live_conninfo());
    Session *one = session_open(db), *two = session_open(db);
    add_if_two(one, "one");
    add_if_two(two, "two");
    ck_assert_int_eq(session_commit(one), STATUS_OK);
    ck_assert_int_eq(session_commit(two), STATUS_SERIALIZATION);
    ck_assert_str_eq(session_error(two)->sqlstate, "40001");
    ck_assert_int_eq(session_error(two)->outcome, OUTCOME_NOT_DONE);
    live_check("3", "SELECT count(*) FROM accounts");
    ck_assert_int_eq(session_rollback(two), STATUS_OK);
    add_if_two(two, "two");
    ck_assert_int_eq(session_commit(two), STATUS_OK);
    live_check("3", "SELECT count(*) FROM accounts");
    database_close(db);
}
END_TEST

START_TEST(test_waiting__repeatable_read)
{
    ledger_seed();
    Database *db = open_patient_database(live_conninfo());
    Session *s = session_open(db);
    ck_assert_int_eq(session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ)), STATUS_OK);
    Account *kept = session_find(s, Account, 1);
    ck_assert_ptr_nonnull(kept);
    live_sql("UPDATE accounts SET balance = 55 WHERE id = 1"); /* not even the version shows it */
    kept->balance += 1;
    ck_assert_int_eq(session_commit(s), STATUS_SERIALIZATION);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("55", "SELECT balance FROM accounts WHERE id = 1");
    database_close(db);
}
END_TEST

/* --- the pool --- */

START_TEST(test_waiting__pool_is_used_up)
{
    clock_hold();
    ledger_seed();
    Database *db = open_database(live_conninfo());
    Session *holder = session_open(db), *s = session_open(db);
    ck_assert_int_eq(session_begin(holder, NULL), STATUS_OK);
    ck_assert_ptr_nonnull(session_find(holder, Account, 1));
    clock_go();
    double start = milliseconds();
    ck_assert_ptr_null(session_find(s, Account, 1));
    check_in_time(start, 1);
    ck_assert_int_eq(status_of(s), STATUS_TIMEOUT);
    session_clear_error(s);
    session_add(s, Account, .owner = "waiting");
    ck_assert_int_eq(session_commit(s), STATUS_TIMEOUT);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    clock_hold();
    ck_assert_int_eq(session_rollback(holder), STATUS_OK);
    session_clear_error(s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    live_check("1", "SELECT count(*) FROM accounts WHERE owner = 'waiting'");
    database_close(db);
}
END_TEST

START_TEST(test_waiting__too_many_connections)
{
    ledger_seed();
    const char *role = getenv("PGDATABASE"); /* a name that nobody else has */
    live_sql("CREATE ROLE %s LOGIN PASSWORD 'limited' CONNECTION LIMIT 1;"
             "GRANT ALL ON accounts, entries TO %s; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO %s",
             role, role, role);
    Database *db = ledger_database(live_conninfo_with("user=%s password=limited", role),
                                   DATABASE_OPTIONS(.lazy = true, .pool_size = 2, .pool_timeout = 100));
    Session *holder = session_open(db), *s = session_open(db);
    ck_assert_int_eq(session_begin(holder, NULL), STATUS_OK);
    ck_assert_msg(session_find(holder, Account, 1) != NULL, "%s", error_text(session_error(holder)));
    ck_assert_ptr_null(session_find(s, Account, 1));
    ck_assert_msg(status_of(s) == STATUS_RESOURCE, "%s", error_text(session_error(s)));
    ck_assert_str_eq(session_error(s)->sqlstate, "53300");
    session_clear_error(s);
    session_add(s, Account, .owner = "too many");
    ck_assert_int_eq(session_commit(s), STATUS_RESOURCE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(session_commit(holder), STATUS_OK); /* its connection is free again */
    session_clear_error(s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    live_check("1", "SELECT count(*) FROM accounts WHERE owner = 'too many'");
    database_close(db);
    live_sql("DROP OWNED BY %s; DROP ROLE %s", role, role);
}
END_TEST

static void *commit_many(void *arg)
{
    Session *s = session_open(arg);
    for (int i = 0; i < 25; i++) {
        session_add(s, Account, .owner = "one of many");
        if (session_commit(s) != STATUS_OK)
            break;
    }
    const Error *error = session_error(s);
    char *text = error ? strdup(error_text(error)) : NULL;
    session_close(s);
    return text;
}

/* The pool may have more connections than the server: they share those that there are. */
START_TEST(test_waiting__fewer_connections_than_the_pool)
{
    enum { THREADS = 4 };
    ledger_seed();
    const char *role = getenv("PGDATABASE");
    live_sql("CREATE ROLE %s LOGIN PASSWORD 'limited' CONNECTION LIMIT %d;"
             "GRANT ALL ON accounts, entries TO %s; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO %s",
             role, 1 + _i, role, role);
    Database *db = ledger_database(live_conninfo_with("user=%s password=limited", role),
                                   DATABASE_OPTIONS(.lazy = true, .pool_size = THREADS));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, commit_many, db), 0);
    for (int i = 0; i < THREADS; i++) {
        void *text = NULL;
        pthread_join(threads[i], &text);
        ck_assert_msg(!text, "%s", (char *)text);
    }
    live_check("100", "SELECT count(*) FROM accounts WHERE owner = 'one of many'");
    database_close(db);
    live_sql("DROP OWNED BY %s; DROP ROLE %s", role, role);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("waiting");
    TCase *tcase = tcase_create("waiting");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_checked_fixture(tcase, NULL, clock_go);
    tcase_add_loop_test(tcase, test_waiting__silent_server, 0, 8);
    tcase_add_test(tcase, test_waiting__doubt_is_resolved);
    tcase_add_test(tcase, test_waiting__silent_while_reading);
    tcase_add_test(tcase, test_waiting__silent_while_connecting);
    tcase_add_loop_test(tcase, test_waiting__silent_hosts_before_another, 0, 2);
    tcase_add_loop_test(tcase, test_waiting__silent_hosts_alone, 0, 2);
    tcase_add_test(tcase, test_waiting__lock_and_commit_timeout);
    tcase_add_test(tcase, test_waiting__lock_and_commit_timeout_in_a_transaction);
    tcase_add_test(tcase, test_waiting__lock_and_one_row);
    tcase_add_loop_test(tcase, test_waiting__lock_timeout_of_the_server, 0, 3);
    tcase_add_loop_test(tcase, test_waiting__statement_timeout_of_the_server, 0, 3);
    tcase_add_test(tcase, test_waiting__deadlock);
    tcase_add_test(tcase, test_waiting__serialization_failure);
    tcase_add_test(tcase, test_waiting__repeatable_read);
    tcase_add_test(tcase, test_waiting__pool_is_used_up);
    tcase_add_test(tcase, test_waiting__too_many_connections);
    tcase_add_loop_test(tcase, test_waiting__fewer_connections_than_the_pool, 0, 2);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
