/* The pool, with many threads: nobody gets another's connection, nobody is forgotten, everybody gets his turn. */
#include "harness.h"

#include "base/error.h"
#include "support/live.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 60 };

static struct harness h; /* its pool; each thread has a harness of its own for the plan */

static void open_pool_to(const char *conninfo, int size)
{
    harness_init(&h);
    h.options.pool_size = size;
    h.options.on_statement = NULL;
    h.options.on_notice = NULL;
    h.options.conninfo = conninfo;
    h.pool = pg_pool_open(&h.options);
}

static void open_pool(int size)
{
    open_pool_to(live_conninfo(), size);
}

static void close_pool(void)
{
    int open, leased;
    pg_pool_count(h.pool, &open, &leased);
    ck_assert_int_eq(leased, 0);
    ck_assert_int_le(open, h.options.pool_size);
    pg_pool_close(h.pool);
    ck_assert_uint_eq(failing_blocks(&h.failing), 0);
}

struct worker {
    pthread_t thread;
    int number;
    int rounds;
    int failures;
    bool brutal; /* kills its own backend now and then */
    struct howdah_error error;
};

static struct worker workers[THREADS];

struct answer {
    int number;
};

static enum howdah_status take_number(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct answer *answer = arg;
    (void)step;
    (void)count;
    answer->number = atoi((const char *)cells[0].data);
    return HOWDAH_STATUS_OK;
}

/* Selects a text that nobody else selects. */
static enum howdah_status ask(struct worker *w, struct pg_connection *connection, const char *condition)
{
    char sql[128];
    struct answer answer = {.number = -1};
    snprintf(sql, sizeof(sql), "SELECT '%d'%s", w->number, condition);
    struct statement statement = {.text = sql};
    struct pg_step step = {.statement = &statement, .sync = true, .row = take_number, .arg = &answer};
    struct pg_plan plan = {.steps = &step, .count = 1, .deadline = clock_deadline(20000, 0), .error = &w->error};
    statement_seal(&statement);
    enum howdah_status status = pg_execute(connection, &plan);
    return status == HOWDAH_STATUS_OK && answer.number != w->number ? HOWDAH_STATUS_PROTOCOL : status;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < w->rounds; i++) {
        struct pg_connection *connection = NULL;
        bool kill = w->brutal && i % 7 == 3;
        enum howdah_status status = pg_pool_lease(h.pool, clock_deadline(20000, 0), &w->error, &connection);
        if (status == HOWDAH_STATUS_OK)
            status = ask(w, connection, kill ? " WHERE pg_terminate_backend(pg_backend_pid())" : "");
        w->failures += status != (kill ? HOWDAH_STATUS_CONNECTION : HOWDAH_STATUS_OK);
        pg_pool_release(h.pool, connection);
    }
    return NULL;
}

static void run_workers(int rounds, bool brutal)
{
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.number = i, .rounds = rounds, .brutal = brutal};
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        if (workers[i].failures)
            ck_abort_msg("thread %d: %d failures, the last: %s", i, workers[i].failures, workers[i].error.message);
}

START_TEST(test_pool_threads__share)
{
    static const int sizes[] = {1, 3, THREADS};
    open_pool(sizes[_i]);
    run_workers(ROUNDS, false);
    close_pool();
}
END_TEST

/* Connections break all the time: their places go to those who wait. */
START_TEST(test_pool_threads__connections_break)
{
    static const int sizes[] = {1, 3};
    open_pool(sizes[_i]);
    run_workers(ROUNDS, true);
    close_pool();
}
END_TEST

/* All log in at once, and the server lets one in at a time: it counts those who are just logging in, so that it may refuse
 * every one of them. */
START_TEST(test_pool_threads__all_are_refused)
{
    const char *role = harness_role();
    live_sql("CREATE ROLE %s LOGIN CONNECTION LIMIT 1", role);
    for (int i = 0; i < 20; i++) {
        open_pool_to(live_conninfo_with("user=%s", role), THREADS);
        run_workers(2, false);
        close_pool();
    }
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = '%s'; DROP ROLE %s", role,
             role);
}
END_TEST

/* --- first come, first served --- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int order[THREADS], served;

static void *wait_in_queue(void *arg)
{
    struct worker *w = arg;
    struct pg_connection *connection = NULL;
    if (pg_pool_lease(h.pool, clock_deadline(20000, 0), &w->error, &connection) != HOWDAH_STATUS_OK)
        w->failures++;
    pthread_mutex_lock(&mutex);
    order[served++] = w->number;
    pthread_mutex_unlock(&mutex);
    pg_pool_release(h.pool, connection);
    return NULL;
}

START_TEST(test_pool_threads__first_come_first_served)
{
    struct pg_connection *connection = NULL;
    struct howdah_error error;
    open_pool(1);
    ck_assert_int_eq(pg_pool_lease(h.pool, MOMENT_NEVER, &error, &connection), HOWDAH_STATUS_OK);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.number = i};
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, wait_in_queue, &workers[i]), 0);
        while (pg_pool_waiting(h.pool) <= i)
            sched_yield();
    }
    pg_pool_release(h.pool, connection);
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(workers[i].failures, 0);
        ck_assert_int_eq(order[i], i);
    }
    close_pool();
}
END_TEST

/* Waiters whose time is up leave no trace: those behind them are served. */
static void *give_up(void *arg)
{
    struct worker *w = arg;
    struct pg_connection *connection = NULL;
    for (int i = 0; i < 100; i++) {
        enum howdah_status status = pg_pool_lease(h.pool, clock_deadline(1, 0), &w->error, &connection);
        if (status == HOWDAH_STATUS_OK)
            pg_pool_release(h.pool, connection);
        else if (status != HOWDAH_STATUS_TIMEOUT)
            w->failures++;
    }
    return NULL;
}

START_TEST(test_pool_threads__timeouts)
{
    open_pool(2);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.number = i, .rounds = ROUNDS};
        pthread_create(&workers[i].thread, NULL, i % 2 ? work : give_up, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(workers[i].failures, 0);
    close_pool();
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("pool_threads");
    TCase *c = tcase_create("pool_threads");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_pool_threads__share, 0, 3);
    tcase_add_loop_test(c, test_pool_threads__connections_break, 0, 2);
    tcase_add_test(c, test_pool_threads__all_are_refused);
    tcase_add_test(c, test_pool_threads__first_come_first_served);
    tcase_add_test(c, test_pool_threads__timeouts);
    suite_add_tcase(suite, c);
    return suite;
}

int main(void)
{
    return harness_main(suite());
}
