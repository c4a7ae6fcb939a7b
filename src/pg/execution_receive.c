/* Receiving: takes results in the order in which their statements were sent, and hands rows to the steps. */
#include "connection.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { FEW_ROWS = 64, MANY_ROWS = 256 }; /* of a result that comes in pieces, where libpq can do that */

static struct awaited *first(struct pg_execution *e)
{
    return awaited_first(&e->awaited);
}

/* --- reporting --- */

void execution_report(struct pg_execution *e, const struct awaited *awaited, uint64_t rows, enum howdah_status status,
                      const char *sqlstate)
{
    const struct pg_options *options = e->connection->options;
    static const struct statement rollback = {.text = "ROLLBACK"};
    bool rolled_back = awaited->kind == AWAITED_ROLLBACK;
    if (!e->watched || (!awaited->step && !rolled_back))
        return;
    const struct statement *recovery = e->plan->recovery ? e->plan->recovery : &rollback;
    const struct statement *statement = rolled_back ? recovery : awaited->step->statement;
    const struct howdah_statement event = {
        .sql = statement->text,
        .parameters = statement->parameters,
        .rows = rows,
        .nanoseconds = (uint64_t)(clock_now() - awaited->sent),
        .round_trip = e->trips + 1,
        .status = status,
        .sqlstate = sqlstate,
    };
    if (options->on_statement)
        options->on_statement(options->statement_arg, &event);
    if (options->log)
        options->log(&event);
}

/* --- rows --- */

static bool grow_cells(struct pg_execution *e, size_t columns)
{
    struct scratch *s = &e->scratch;
    size_t capacity = s->columns ? s->columns : 16;
    while (capacity < columns)
        capacity *= 2;
    struct cell *cells = memory_resize(e->connection->options->allocator, s->cells, capacity * sizeof(*cells));
    if (!cells)
        return false;
    s->cells = cells;
    s->columns = capacity;
    return true;
}

/* Fetched once for all rows of a statement, also where each row is a result of its own, and not again while the same
 * prepared statement is run: its columns can't change. */
static bool take_types(struct pg_execution *e, const PGresult *result)
{
    const struct cached *cached = first(e)->cached;
    if (e->columns >= 0 && e->typed == cached)
        return true;
    int columns = PQnfields(result);
    if ((size_t)columns > e->scratch.columns && !grow_cells(e, (size_t)columns))
        return false;
    for (int i = 0; i < columns; i++)
        e->scratch.cells[i].type = PQftype(result, i);
    e->columns = columns;
    e->typed = cached;
    return true;
}

static void take_cells(struct cell *cells, int columns, const PGresult *result, int row)
{
    for (int i = 0; i < columns; i++) {
        cells[i].data = (const unsigned char *)PQgetvalue(result, row, i);
        cells[i].size = PQgetlength(result, row, i);
        if (cells[i].size == 0 && PQgetisnull(result, row, i))
            cells[i].size = -1;
    }
}

static enum howdah_status fail_memory(struct pg_execution *e)
{
    return error_set(e->plan->error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
}

/* Tells the step what its rows will be like. */
static enum howdah_status describe(struct pg_execution *e, struct pg_step *step, const PGresult *result)
{
    const struct howdah_allocator *allocator = e->connection->options->allocator;
    int count = PQnfields(result);
    struct pg_column *columns = memory_allocate(allocator, ((size_t)count + 1) * sizeof(*columns));
    if (!columns)
        return fail_memory(e);
    for (int i = 0; i < count; i++)
        columns[i] = (struct pg_column){PQfname(result, i), PQftype(result, i)};
    enum howdah_status status = step->columns(step->arg, step, columns, (size_t)count);
    memory_free(allocator, columns);
    return status;
}

/* What the step, and we ourselves, must know before the first row. */
static bool begin_rows(struct pg_execution *e, struct pg_step *step, const PGresult *result)
{
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (step->columns && !e->described)
        status = describe(e, step, result);
    e->described = true;
    if (!status && step->row && PQntuples(result) && !take_types(e, result))
        status = fail_memory(e);
    if (status)
        execution_fail(e, status, step);
    return !status;
}

static void take_rows(struct pg_execution *e, const PGresult *result)
{
    struct pg_step *step = first(e)->step;
    int rows = PQntuples(result);
    e->counters->rows += (uint64_t)rows;
    if (e->plan->row_limit && e->counters->rows > e->plan->row_limit && e->status == HOWDAH_STATUS_OK)
        execution_fail(e, error_set(e->plan->error, HOWDAH_STATUS_MISUSE, "more rows came than may"), step);
    if (e->status != HOWDAH_STATUS_OK || !begin_rows(e, step, result) || !step->row)
        return;
    struct cell *cells = e->scratch.cells;
    step->coming = (size_t)rows;
    for (int row = 0; row < rows; row++) {
        take_cells(cells, e->columns, result, row);
        enum howdah_status status = step->row(step->arg, step, cells, (size_t)e->columns);
        if (status != HOWDAH_STATUS_OK) {
            execution_fail(e, status, step);
            return;
        }
    }
}

void execution_expect_rows(struct pg_execution *e)
{
    const struct awaited *awaited = first(e);
    if (!awaited || awaited->kind != AWAITED_STEP)
        return;
    bool one_by_one = awaited->step->one_by_one || e->plan->row_limit; /* where most rows may not be wanted */
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (one_by_one || awaited->step->many)
        PQsetChunkedRowsMode(e->connection->pg, one_by_one ? FEW_ROWS : MANY_ROWS);
#else
    (void)FEW_ROWS, (void)MANY_ROWS;
    if (one_by_one)
        PQsetSingleRowMode(e->connection->pg);
#endif
}

/* --- statements that succeeded --- */

/* The number at the end of a command tag: "INSERT 0 3". */
static uint64_t tag_count(const char *tag)
{
    uint64_t count = 0;
    for (; *tag; tag++)
        count = *tag >= '0' && *tag <= '9' ? count * 10 + (uint64_t)(*tag - '0') : 0;
    return count;
}

static void check_commit(struct pg_execution *e, const struct pg_step *step, const char *tag)
{
    const char *verb = step->role == PG_PREPARE ? "PREPARE TRANSACTION" : "COMMIT";
    if (strcmp(tag, verb) == 0) {
        e->committed = e->spent = true;
        return;
    }
    e->refused = true;
    if (e->status == HOWDAH_STATUS_OK)
        execution_fail(e,
                       error_set(e->plan->error, HOWDAH_STATUS_SERVER,
                                 "the server answered %s with %s: the transaction had failed before, and nothing "
                                 "of it was committed",
                                 verb, tag),
                       step);
}

static void complete_step(struct pg_execution *e, PGresult *result)
{
    struct awaited *awaited = first(e);
    struct pg_step *step = awaited->step;
    const char *tag = *e->tag ? e->tag : PQcmdStatus(result);
    if (step->role == PG_COMMIT || step->role == PG_PREPARE)
        check_commit(e, step, tag);
    if (!step->done && !e->watched)
        return;
    const struct pg_done done = {.tag = tag, .affected = step->affected ? *step->affected : tag_count(tag)};
    execution_report(e, awaited, done.affected, e->status, "");
    if (!step->done || e->status != HOWDAH_STATUS_OK)
        return;
    enum howdah_status status = step->done(step->arg, step, &done);
    if (status != HOWDAH_STATUS_OK)
        execution_fail(e, status, step);
}

static void complete(struct pg_execution *e, PGresult *result)
{
    struct awaited *awaited = first(e);
    switch (awaited->kind) {
    case AWAITED_STEP: complete_step(e, result); break;
    case AWAITED_PREPARE:
        if (awaited->cached->state == CACHED_PREPARING)
            statement_cache_prepared(&e->connection->cache, awaited->cached);
        break;
    case AWAITED_CLOSE: statement_cache_closed(&e->connection->cache, awaited->cached, true); break;
    case AWAITED_ROLLBACK: execution_report(e, awaited, 0, HOWDAH_STATUS_OK, ""); break;
    case AWAITED_SYNC:
    case AWAITED_CLOSE_SYNC: break;
    }
}

/* --- the order of things --- */

/* Behind an error, up to the Sync: the server did not look at it. */
static void skip(struct pg_execution *e)
{
    struct awaited *awaited = first(e);
    if (awaited->kind == AWAITED_PREPARE)
        statement_cache_forget(awaited->cached);
    else if (awaited->kind == AWAITED_CLOSE)
        statement_cache_closed(&e->connection->cache, awaited->cached, false);
}

static void drop_first(struct pg_execution *e)
{
    if (first(e)->kind == AWAITED_STEP && !first(e)->cached)
        e->columns = -1;
    awaited_drop(&e->awaited);
    e->answered = e->described = false;
    *e->tag = '\0';
    execution_expect_rows(e);
}

static void take_sync(struct pg_execution *e)
{
    enum awaited_kind kind = first(e)->kind;
    if (kind != AWAITED_SYNC && kind != AWAITED_CLOSE_SYNC) {
        execution_lose_track(e);
        return;
    }
    drop_first(e);
    if (kind == AWAITED_SYNC)
        execution_end_segment(e);
}

/* libpq gives NULL behind the results of each statement, but not behind that of a Sync; outside pipeline mode it
 * stands for both. */
static void take_end(struct pg_execution *e)
{
    enum awaited_kind kind = first(e)->kind;
    if (!e->answered) {
        execution_lose_track(e);
    } else if (kind == AWAITED_SYNC || kind == AWAITED_CLOSE_SYNC) {
        e->answered = false; /* what failed was the implicit COMMIT; the Sync's own answer is still to come */
    } else {
        drop_first(e);
        if (e->alone)
            take_sync(e);
    }
}

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* Whether it is a piece of a result, behind which others come. */
static bool is_some_rows(struct pg_execution *e, PGresult *result)
{
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (PQresultStatus(result) == PGRES_TUPLES_CHUNK) {
        snprintf(e->tag, sizeof(e->tag), "%s", PQcmdStatus(result));
        return true;
    }
#else
    (void)e;
#endif
    return PQresultStatus(result) == PGRES_SINGLE_TUPLE;
}

static void take_success(struct pg_execution *e, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    enum awaited_kind kind = first(e)->kind;
    bool is_whole = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
    if (is_copy(status))
        execution_give_up(e, HOWDAH_STATUS_MISUSE, "COPY can't run here: use INSERT or SELECT");
    else if (kind == AWAITED_SYNC || kind == AWAITED_CLOSE_SYNC || (!is_whole && !is_some_rows(e, result)))
        execution_lose_track(e);
    else if (kind == AWAITED_STEP)
        take_rows(e, result);
    if (is_whole && e->state != EXECUTION_FINISHED)
        complete(e, result);
}

static void take(struct pg_execution *e, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    e->answered = status != PGRES_PIPELINE_SYNC;
    if (status == PGRES_FATAL_ERROR)
        execution_take_error(e, result);
    else if (status == PGRES_PIPELINE_SYNC)
        take_sync(e);
    else if (status == PGRES_PIPELINE_ABORTED)
        skip(e);
    else
        take_success(e, result);
}

void execution_receive(struct pg_execution *e)
{
    PGconn *pg = e->connection->pg;
    while (e->awaited.count && !PQisBusy(pg)) {
        PGresult *result = PQgetResult(pg);
        if (result)
            take(e, result);
        else
            take_end(e);
        PQclear(result);
    }
}
