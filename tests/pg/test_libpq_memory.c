/* Allocations of libpq itself fail in turn, once and from then on. It has no hook: malloc is replaced for the whole
 * program, which no sanitizer likes; there the test is skipped. */
#define _GNU_SOURCE /* RTLD_NEXT */

#include "harness.h"

#include "base/error.h"
#include "support/live.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77 };

static size_t countdown; /* 0: nothing fails */
static bool once, reached;

#if !HARNESS_SANITIZED
static bool fails(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    countdown = once ? 0 : 1;
    reached = true;
    errno = ENOMEM;
    return true;
}

static void *(*next_malloc)(size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_calloc)(size_t, size_t);
static char early[4096]; /* for what dlsym allocates */
static size_t early_used;

static void find_next(void)
{
    static bool finding;
    if (next_malloc || finding)
        return;
    finding = true;
    *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
}

void *malloc(size_t size)
{
    find_next();
    return fails() ? NULL : next_malloc(size);
}

void *realloc(void *block, size_t size)
{
    find_next();
    return fails() ? NULL : next_realloc(block, size);
}

void *calloc(size_t count, size_t size)
{
    find_next();
    if (!next_calloc) {
        void *block = early + early_used;
        early_used += (count * size + 15) & ~(size_t)15;
        return block;
    }
    return fails() ? NULL : next_calloc(count, size);
}
#endif

static struct harness h;
static char insert_sql[64];

static void add_plan(int key)
{
    snprintf(insert_sql, sizeof(insert_sql), "INSERT INTO t VALUES (%d)", key);
    harness_clear(&h);
    harness_add(&h, PG_BEGIN, "BEGIN");
    harness_add_transaction(&h);
    harness_add(&h, PG_STATEMENT, insert_sql);
    harness_add(&h, PG_STATEMENT, "SELECT i, repeat('x', 50) FROM generate_series(1, 30) i")->one_by_one = key % 2;
    harness_add(&h, PG_STATEMENT, "SELECT repeat('x', 5000)")->sync = true;
    harness_add(&h, PG_COMMIT, "COMMIT")->sync = true;
    h.plan.deadline = clock_deadline(10000, 0);
}

/* One unit of work from connecting to closing, in which the n-th allocation fails. Returns the outcome. */
static enum howdah_outcome run_once(int key, size_t n)
{
    enum howdah_outcome outcome = HOWDAH_OUTCOME_NOT_DONE;
    enum howdah_status status = HOWDAH_STATUS_NO_MEMORY;
    h.connection = NULL;
    /* libpq's own allocations: GSSAPI's library crashes without memory, and OpenSSL says something else each time. */
    h.options.conninfo = live_conninfo_with("gssencmode=disable sslmode=disable");
    h.row_count = 0;
    h.rows[0] = '\0';
    add_plan(key);
    reached = false;
    countdown = n; /* from here on Check must not be called: it needs memory */
    h.pool = pg_pool_open(&h.options);
    if (h.pool)
        status = pg_pool_lease(h.pool, clock_deadline(10000, 0), &h.error, &h.connection);
    if (status == HOWDAH_STATUS_OK) {
        status = pg_execute(h.connection, &h.plan);
        outcome = h.plan.outcome;
    }
    countdown = 0;
    /* The resolver's own message for it; and without memory it can't be seen that a conninfo is harmless. */
    if (status != HOWDAH_STATUS_OK && status != HOWDAH_STATUS_NO_MEMORY && !strstr(h.error.message, "llocation") &&
        !strstr(h.error.message, "withheld"))
        ck_abort_msg("allocation %zu: %s", n, h.error.message);
    ck_assert(status == HOWDAH_STATUS_OK || reached);
    ck_assert(status != HOWDAH_STATUS_OK || h.row_count == 31);
    if (!h.pool)
        return outcome;
    pg_pool_release(h.pool, h.connection);
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT)
        outcome = pg_transaction_resolve(h.pool, &h.transaction, clock_deadline(10000, 0));
    pg_pool_close(h.pool);
    return outcome;
}

START_TEST(test_libpq_memory__every_allocation)
{
    char question[64];
    live_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY)");
    harness_init(&h);
    once = _i;
    reached = true;
    int n = 0;
    while (reached) {
        n++;
        enum howdah_outcome outcome = run_once(n, (size_t)n);
        ck_assert_uint_eq(failing_blocks(&h.failing), 0);
        ck_assert_int_ne(outcome, HOWDAH_OUTCOME_IN_DOUBT);
        snprintf(question, sizeof(question), "SELECT count(*) FROM t WHERE id = %d", n);
        ck_assert_int_eq(harness_number(question), outcome == HOWDAH_OUTCOME_DONE);
    }
    ck_assert_int_gt(n, 100);
}
END_TEST

int main(void)
{
    if (HARNESS_SANITIZED) {
        printf("skipped: malloc belongs to the sanitizer\n");
        return SKIPPED;
    }
    Suite *suite = suite_create("libpq_memory");
    TCase *c = tcase_create("libpq_memory");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_libpq_memory__every_allocation, 0, 2);
    suite_add_tcase(suite, c);
    return harness_main(suite);
}
