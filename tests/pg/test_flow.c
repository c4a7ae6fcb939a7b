/* Much data, in both directions: nothing deadlocks, and memory stays small. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "harness.h"

#include "base/endian.h"
#include "support/live.h"
#include "support/proxy.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct harness h;

static void setup(void)
{
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int, name text)");
    harness_init(&h);
    h.options.on_statement = NULL; /* its text is short */
    harness_open(&h, NULL);
}

static void teardown(void)
{
    harness_close(&h);
}

static const uint32_t types[] = {23, 25};

/* Parameters of one step, filled by bind_pair. */
struct pair {
    char number[4];
    const char *text;
    int size;
    const char *values[2];
    int sizes[2];
    size_t binds;
};

static struct pair pair;

static enum howdah_status bind_pair(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    (void)arg;
    write_uint32(pair.number, (uint32_t)step->number);
    pair.values[0] = pair.number;
    pair.values[1] = pair.text;
    pair.sizes[0] = 4;
    pair.sizes[1] = pair.size;
    pair.binds++;
    *ret = (struct pg_binding){.values = pair.values, .sizes = pair.sizes};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status count_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    size_t *rows = arg;
    (void)step;
    (void)cells;
    (void)count;
    ++*rows;
    return HOWDAH_STATUS_OK;
}

/* `count` steps with that statement. */
static struct pg_step *make_steps(struct statement *statement, const char *sql, size_t count, size_t *rows)
{
    struct pg_step *steps = calloc(count, sizeof(*steps));
    *statement = (struct statement){.text = sql, .types = types, .parameters = 2};
    statement_seal(statement);
    for (size_t i = 0; i < count; i++)
        steps[i] =
            (struct pg_step){.statement = statement, .bind = bind_pair, .row = count_row, .arg = rows, .number = i};
    steps[count - 1].sync = true;
    return steps;
}

static void run_steps(struct pg_step *steps, size_t count)
{
    harness_clear(&h);
    h.counters = (struct pg_counters){0};
    h.plan.steps = steps;
    h.plan.count = count;
    h.plan.deadline = clock_deadline(60000, 0);
    if (pg_execute(h.connection, &h.plan) != HOWDAH_STATUS_OK)
        ck_abort_msg("%s", h.error.message);
    free(steps);
}

/* 10 MB go out while the server sends notices that nobody reads unless we do both at once. */
START_TEST(test_flow__both_ways)
{
    enum { SIZE = 10 * 1000 * 1000 };
    size_t rows = 0;
    struct statement statement;
    live_sql("CREATE FUNCTION noise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " FOR i IN 1 .. 3000 LOOP RAISE NOTICE '%%', repeat('n', 1000); END LOOP; RETURN NEW; END $$;"
             "CREATE TRIGGER noise BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noise()");
    pair.text = malloc(SIZE);
    pair.size = SIZE;
    memset((char *)(uintptr_t)pair.text, 'p', SIZE);
    struct pg_step *steps = make_steps(&statement, "INSERT INTO t VALUES ($1, $2) RETURNING name", 4, &rows);
    run_steps(steps, 4);
    free((char *)(uintptr_t)pair.text);
    ck_assert_uint_eq(rows, 4);
    ck_assert_uint_eq(h.notice_count, 12000);
    ck_assert_uint_eq(h.counters.round_trips, 1);
    live_check("4|10000000", "SELECT count(*), min(octet_length(name)) FROM t");
    live_sql("DROP FUNCTION noise CASCADE");
}
END_TEST

START_TEST(test_flow__thirty_thousand_statements)
{
    enum { COUNT = 30000 };
    size_t rows = 0;
    struct statement statement;
    pair.text = "short";
    pair.size = 5;
    /* 10 kB come back for each: 300 MB. */
    struct pg_step *steps = make_steps(&statement, "SELECT $1, repeat($2, 2000)", COUNT, &rows);
    reset_peak_memory();
    long before = peak_memory();
    run_steps(steps, COUNT);
    ck_assert_uint_eq(rows, COUNT);
    ck_assert_uint_eq(pair.binds, COUNT);
    ck_assert_uint_eq(h.counters.statements, COUNT);
    ck_assert_uint_eq(h.counters.round_trips, 1);
    ck_assert_int_lt(peak_memory() - before, 8 * 1024);
}
END_TEST

/* Statements big enough to fill the window by themselves. */
START_TEST(test_flow__large_statements)
{
    enum { COUNT = 200, SIZE = 400 * 1000 };
    size_t rows = 0;
    struct statement statement;
    char *text = malloc(SIZE);
    memset(text, 't', SIZE);
    pair.text = text;
    pair.size = SIZE;
    struct pg_step *steps = make_steps(&statement, "INSERT INTO t SELECT $1, $2 RETURNING id", COUNT, &rows);
    reset_peak_memory();
    long before = peak_memory();
    run_steps(steps, COUNT);
    free(text);
    ck_assert_uint_eq(rows, COUNT);
    ck_assert_int_lt(peak_memory() - before, 8 * 1024);
    live_check("200|400000", "SELECT count(*), min(octet_length(name)) FROM t");
}
END_TEST

START_TEST(test_flow__one_by_one_in_constant_memory)
{
    size_t rows = 0;
    struct statement statement;
    pair.text = "x";
    pair.size = 1;
    struct pg_step *steps =
        make_steps(&statement, "SELECT $1, repeat($2, 100) FROM generate_series(1, 500000)", 1, &rows);
    steps[0].one_by_one = true;
    reset_peak_memory();
    long before = peak_memory();
    run_steps(steps, 1);
    ck_assert_uint_eq(rows, 500000);
    ck_assert_int_lt(peak_memory() - before, 2 * 1024);
}
END_TEST

/* Whether the server takes all that is sent, and libpq has read its answer before it asks for results: as it does by itself
 * where the socket was full. */
static bool reads_before_asking;

static void await_socket(PGconn *conn, short events)
{
    struct pollfd fd = {.fd = PQsocket(conn), .events = events};
    ck_assert_int_eq(poll(&fd, 1, 10000), 1);
}

/* Two that stand before libpq's. */
int PQflush(PGconn *conn)
{
    static int (*next)(PGconn *);
    int unsent;
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "PQflush");
    while ((unsent = next(conn)) == 1 && reads_before_asking)
        await_socket(conn, POLLOUT);
    return unsent;
}

int PQsendFlushRequest(PGconn *conn)
{
    static int (*next)(PGconn *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "PQsendFlushRequest");
    while (reads_before_asking && PQflush(conn) == 0 && PQisBusy(conn)) {
        await_socket(conn, POLLIN);
        ck_assert_int_eq(PQconsumeInput(conn), 1);
    }
    return next(conn);
}

/* So many steps of which number `fails` fails: what was not sent by then never is, and the connection goes on. */
static void run_until_failure(const char *text, size_t fails)
{
    enum { COUNT = 30000 };
    size_t rows = 0;
    struct statement statement;
    pair.text = text;
    pair.size = (int)strlen(text);
    struct pg_step *steps = make_steps(&statement, "SELECT 1 / ($1 - length($2) * 33)", COUNT, &rows);
    h.plan.steps = steps;
    h.plan.count = COUNT;
    h.plan.deadline = clock_deadline(20000, 0);
    enum howdah_status status = pg_execute(h.connection, &h.plan);
    free(steps);
    reads_before_asking = false;
    ck_assert_int_eq(status, HOWDAH_STATUS_DATA);
    ck_assert_uint_eq(h.plan.failed, fails);
    ck_assert_uint_eq(rows, fails);
    ck_assert_uint_lt(pair.binds, COUNT);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
}

/* An error in the middle of a long segment. */
START_TEST(test_flow__error_while_sending)
{
    run_until_failure("100", 99);
}
END_TEST

/* The server says nothing more behind an error before the Sync: what libpq has read of it by then must not be waited for. */
START_TEST(test_flow__error_that_came_while_sending)
{
    reads_before_asking = true;
    run_until_failure("1", 33);
}
END_TEST

START_TEST(test_flow__notifications_are_dropped)
{
    ck_assert_int_eq(harness_sql(&h, "LISTEN bell"), HOWDAH_STATUS_OK);
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    reset_peak_memory();
    long before = peak_memory();
    live_sql("SELECT pg_notify('bell', i || repeat('x', 7000)) FROM generate_series(1, 5000) i");
    ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    for (int i = 0; i < 20; i++) {
        harness_lease_again(&h);
        ck_assert_int_eq(harness_sql(&h, "SELECT 1"), HOWDAH_STATUS_OK);
    }
    ck_assert_int_lt(peak_memory() - before, 20 * 1024);
}
END_TEST

/* The socket gives one byte at a time. */
START_TEST(test_flow__drip)
{
    struct proxy *proxy = proxy_open();
    harness_close(&h);
    harness_init(&h);
    h.options.conninfo = proxy_conninfo(proxy);
    harness_open(&h, proxy_conninfo(proxy));
    proxy_pieces(proxy, 1);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add(&h, PG_STATEMENT, "INSERT INTO t SELECT i, repeat('x', 10) FROM generate_series(1, 100) i");
    harness_add(&h, PG_STATEMENT, "SELECT id, name FROM t")->one_by_one = true;
    harness_add(&h, PG_STATEMENT, "SELECT count(*) FROM t")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(h.row_count, 101);
    live_check("100", "SELECT count(*) FROM t");
    harness_close(&h);
    proxy_close(proxy);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

/* One trip of the library is one turn of the wire. */
START_TEST(test_flow__round_trips_are_true)
{
    struct proxy *proxy = proxy_open();
    harness_close(&h);
    harness_init(&h);
    harness_open(&h, proxy_conninfo(proxy));
    proxy_delay(proxy, 5000);
    uint64_t turns = proxy_turns(proxy);
    double start = milliseconds();
    harness_add(&h, PG_BEGIN, "BEGIN");
    for (int i = 0; i < 20; i++)
        harness_add(&h, PG_STATEMENT, i % 2 ? "SELECT 1" : "SELECT 'two'");
    harness_add(&h, PG_STATEMENT, "SELECT 3")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT");
    ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(h.counters.round_trips, 2);
    ck_assert_uint_eq(proxy_turns(proxy) - turns, 2);
    ck_assert(milliseconds() - start >= 20);
    harness_close(&h);
    proxy_close(proxy);
    harness_init(&h);
    harness_open(&h, NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("flow");
    TCase *c = tcase_create("flow");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_flow__both_ways);
    tcase_add_test(c, test_flow__thirty_thousand_statements);
    tcase_add_test(c, test_flow__large_statements);
    tcase_add_test(c, test_flow__one_by_one_in_constant_memory);
    tcase_add_test(c, test_flow__error_while_sending);
    tcase_add_test(c, test_flow__error_that_came_while_sending);
    tcase_add_test(c, test_flow__notifications_are_dropped);
    tcase_add_test(c, test_flow__drip);
    tcase_add_test(c, test_flow__round_trips_are_true);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
