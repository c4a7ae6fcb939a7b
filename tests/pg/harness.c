#include "harness.h"

#include "base/endian.h"
#include "base/error.h"
#include "support/live.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, HARNESS_TEXT - used, format, args);
    va_end(args);
}

static void on_statement(void *arg, const struct howdah_statement *s)
{
    struct harness *h = arg;
    append(h->events, "%s: %" PRIu64 " %s%s\n", s->sql, s->rows, howdah_status_name(s->status), s->sqlstate);
}

static void on_notice(void *arg, const char *severity, const char *sqlstate, const char *message)
{
    struct harness *h = arg;
    h->notice_count++;
    append(h->notices, "%s %s %s\n", severity, sqlstate, message);
}

void harness_init(struct harness *h)
{
    memset(h, 0, sizeof(*h));
    failing_init(&h->failing);
    h->options = (struct pg_options){
        .allocator = &h->failing.hook,
        .pool_size = 4,
        .pool_timeout = 10000,
        .connect_timeout = 10000,
        .in_doubt_timeout = 10000,
        .statement_cache = 256,
        .on_statement = on_statement,
        .statement_arg = h,
        .on_notice = on_notice,
        .notice_arg = h,
    };
    harness_clear(h);
}

void harness_lease_again(struct harness *h)
{
    pg_pool_release(h->pool, h->connection);
    h->connection = NULL;
    if (pg_pool_lease(h->pool, clock_deadline(10000, 0), &h->error, &h->connection) != HOWDAH_STATUS_OK)
        ck_abort_msg("no connection: %s", h->error.message);
}

void harness_open(struct harness *h, const char *conninfo)
{
    if (!h->options.allocator)
        harness_init(h);
    h->connection = NULL;
    h->options.conninfo = conninfo ? conninfo : live_conninfo();
    h->pool = pg_pool_open(&h->options);
    ck_assert_ptr_nonnull(h->pool);
    harness_lease_again(h);
    h->events[0] = '\0';
}

void harness_close(struct harness *h)
{
    int open, leased;
    pg_pool_release(h->pool, h->connection);
    pg_pool_count(h->pool, &open, &leased);
    ck_assert_int_eq(leased, 0);
    pg_pool_close(h->pool);
    ck_assert_uint_eq(failing_blocks(&h->failing), 0);
}

static void append_cell(char *text, const struct cell *cell)
{
    switch (cell->size < 0 ? 0 : cell->type) {
    case 0: break;
    case 16: append(text, "%s", *cell->data ? "t" : "f"); break;
    case 20:
    case 5069: append(text, "%" PRId64, (int64_t)read_uint64(cell->data)); break;
    case 23: append(text, "%" PRId32, (int32_t)read_uint32(cell->data)); break;
    default: append(text, "%.*s", (int)cell->size, (const char *)cell->data); break;
    }
}

static enum howdah_status fail_here(struct harness *h, const char *where)
{
    return error_set(&h->error, HOWDAH_STATUS_STALE, "the test's %s failed", where);
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct harness *h = arg;
    (void)step;
    if (h->row_count++ == h->row_fails)
        return fail_here(h, "row");
    for (size_t i = 0; i < count; i++) {
        append(h->rows, "%s", i ? "|" : "");
        append_cell(h->rows, &cells[i]);
    }
    append(h->rows, "\n");
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_done(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct harness *h = arg;
    append(h->tags, "%s\n", done->tag);
    return step->number == h->done_fails ? fail_here(h, "done") : HOWDAH_STATUS_OK;
}

static enum howdah_status bind_nothing(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct harness *h = arg;
    (void)ret;
    return step->number == h->bind_fails ? fail_here(h, "bind") : HOWDAH_STATUS_OK;
}

static enum howdah_status take_transaction(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct harness *h = arg;
    (void)step;
    if (!pg_transaction_note(h->connection, cells, count, &h->transaction))
        return fail_here(h, "transaction");
    return HOWDAH_STATUS_OK;
}

struct pg_step *harness_add(struct harness *h, enum pg_role role, const char *sql)
{
    size_t i = h->plan.count++;
    ck_assert_uint_lt(i, HARNESS_STEPS);
    h->statements[i] = (struct statement){.text = sql, .control = role != PG_STATEMENT};
    statement_seal(&h->statements[i]);
    h->steps[i] = (struct pg_step){.statement = &h->statements[i],
                                   .role = role,
                                   .bind = bind_nothing,
                                   .row = take_row,
                                   .done = take_done,
                                   .arg = h,
                                   .number = i};
    return &h->steps[i];
}

struct pg_step *harness_add_transaction(struct harness *h)
{
    struct pg_step *step = harness_add(h, PG_STATEMENT, "");
    step->statement = &pg_transaction_statement;
    step->row = take_transaction;
    return step;
}

static void forget_results(struct harness *h)
{
    h->rows[0] = h->tags[0] = '\0';
    h->row_count = 0;
}

static void restart(void *arg)
{
    struct harness *h = arg;
    h->restarts++;
    forget_results(h);
}

void harness_clear(struct harness *h)
{
    h->plan = (struct pg_plan){
        .steps = h->steps,
        .counters = &h->counters,
        .error = &h->error,
        .restart = restart,
        .restart_arg = h,
    };
    h->bind_fails = h->row_fails = h->done_fails = SIZE_MAX;
}

enum howdah_status harness_run(struct harness *h)
{
    forget_results(h);
    h->counters = (struct pg_counters){0};
    h->restarts = 0;
    error_clear(&h->error);
    h->steps[h->plan.count - 1].sync = true;
    if (!h->plan.deadline)
        h->plan.deadline = clock_deadline(20000, 0);
    enum howdah_status status = pg_execute(h->connection, &h->plan);
    ck_assert_int_eq(status, h->error.status);
    if (status == HOWDAH_STATUS_OK)
        ck_assert_uint_eq(h->plan.failed, h->plan.count);
    else
        ck_assert_uint_lt(h->plan.failed, h->plan.count);
    h->plan.deadline = 0;
    return status;
}

enum howdah_status harness_sql(struct harness *h, const char *sql)
{
    harness_clear(h);
    harness_add(h, PG_STATEMENT, sql);
    return harness_run(h);
}

long harness_number(const char *sql)
{
    return atol(live_sql("%s", sql));
}

int harness_backend(struct harness *h)
{
    struct pg_plan plan = h->plan;
    bool keep = pg_connection_in_transaction(h->connection);
    harness_clear(h);
    harness_add(h, PG_STATEMENT, "SELECT pg_backend_pid()");
    h->plan.keep_transaction = keep;
    ck_assert_int_eq(harness_run(h), HOWDAH_STATUS_OK);
    int backend = atoi(h->rows);
    h->plan = plan;
    return backend;
}

const char *harness_role(void)
{
    static char role[64];
    snprintf(role, sizeof(role), "howdah_test_role_%d", (int)getpid());
    return role;
}

double milliseconds(void)
{
    return (double)clock_now() / 1e6;
}

static long status_line(const char *name)
{
    char line[256];
    long value = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && value < 0 && fgets(line, sizeof(line), status))
        if (strncmp(line, name, strlen(name)) == 0)
            value = atol(line + strlen(name));
    if (status)
        fclose(status);
    return value;
}

long peak_memory(void)
{
    return HARNESS_SANITIZED ? 0 : status_line("VmHWM:");
}

void reset_peak_memory(void)
{
    FILE *refs = fopen("/proc/self/clear_refs", "w");
    if (refs) {
        fputs("5", refs);
        fclose(refs);
    }
}

int harness_main(Suite *suite)
{
    live_open();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
