/* How a plan fails: by what the server or libpq has instead of a result, and where its connection is lost or given up. */
#include "connection.h"

#include "redact.h"
#include "result_error.h"

#include "base/error.h"

#include <string.h>

/* Where the plan was when its connection broke: what the server was busy with, else what came next. */
static const struct pg_step *current_step(const struct pg_execution *e)
{
    const struct awaited *awaited = awaited_first(&e->awaited);
    size_t last = e->plan->count - 1;
    if (awaited && awaited->step)
        return awaited->step;
    return &e->plan->steps[e->next < last ? e->next : last];
}

/* Ends the plan and the connection; plan->error is filled if this is its first failure. */
static void end_broken(struct pg_execution *e)
{
    const struct awaited *awaited = awaited_first(&e->awaited);
    struct howdah_error *error = e->plan->error;
    if (e->status == HOWDAH_STATUS_OK) {
        const struct pg_step *step = current_step(e);
        error_attach_statement(error, step->statement);
        execution_fail(e, error->status, step);
        if (awaited)
            execution_report(e, awaited, 0, error->status, error->sqlstate);
    }
    connection_break(e->connection);
    e->awaited.count = e->awaited.first = e->awaited.bytes = 0;
    execution_finish(e);
}

void execution_give_up(struct pg_execution *e, enum howdah_status status, const char *message)
{
    if (e->status == HOWDAH_STATUS_OK)
        error_set(e->plan->error, status, "%s", message);
    end_broken(e);
}

/* libpq says nothing else about it that a program could tell apart. */
bool execution_is_about_memory(const char *message)
{
    return strstr(message, "out of memory") || strstr(message, "cannot allocate memory");
}

void execution_lose(struct pg_execution *e)
{
    struct pg_connection *c = e->connection;
    struct howdah_error *error = e->plan->error;
    char message[sizeof(c->farewell.message)];
    redact_line(message, sizeof(message), PQerrorMessage(c->pg));
    if (e->status != HOWDAH_STATUS_OK) {
        end_broken(e);
        return;
    }
    if (*c->farewell.message) {
        error_set(error, HOWDAH_STATUS_CONNECTION, "the connection was lost: %s", c->farewell.message);
        memcpy(error->sqlstate, c->farewell.sqlstate, sizeof(error->sqlstate));
    } else if (execution_is_about_memory(message)) {
        error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory in libpq; the connection was closed");
    } else if (PQstatus(c->pg) == CONNECTION_BAD) {
        error_set(error, HOWDAH_STATUS_CONNECTION, "the connection was lost: %s", message);
    } else {
        error_set(error, HOWDAH_STATUS_PROTOCOL, "the connection was closed, since libpq can't go on: %s", message);
    }
    end_broken(e);
}

void execution_lose_track(struct pg_execution *e)
{
    execution_give_up(e, HOWDAH_STATUS_PROTOCOL, "the server's answer does not belong to what it was asked");
}

static bool has_code(const PGresult *result, const char *sqlstate)
{
    return strcmp(PQresultErrorField(result, PG_DIAG_SQLSTATE), sqlstate) == 0;
}

static bool is_from(const PGresult *result, const char *function)
{
    const char *source = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return source && strcmp(source, function) == 0;
}

/* A raw statement of the program may run EXECUTE on a name of its own. */
static bool names(const PGresult *result, const struct cached *cached)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return message && strstr(message, cached->name);
}

/* Whether a prepared statement was not what we thought, and what we have to say about it where the plan can't be
 * repeated; NULL: it was not. Corrects what we think. */
static const char *mistake_about_prepared(struct pg_execution *e, const struct awaited *awaited, const PGresult *result)
{
    struct statement_cache *cache = &e->connection->cache;
    struct cached *cached = awaited->cached;
    if (awaited->kind == AWAITED_PREPARE && has_code(result, "42P05")) {
        /* Our names are hashes of the text, so that whoever prepared it meant the same. */
        cached->state = CACHED_PREPARED;
        return "a statement is prepared already, which a pooler may have caused";
    }
    if (awaited->kind != AWAITED_STEP || !cached)
        return NULL;
    if (has_code(result, "26000") && names(result, cached)) {
        statement_cache_forget_all(cache);
        return "the server has forgotten the prepared statements (DISCARD, DEALLOCATE, or a pooler)";
    }
    if (has_code(result, "0A000") && is_from(result, "RevalidateCachedQuery")) {
        statement_cache_make_stale(cache, cached);
        return "a table was altered since the statement was prepared";
    }
    return NULL;
}

static void fail_by_server(struct pg_execution *e, const struct awaited *awaited, const PGresult *result,
                           const char *mistake)
{
    struct howdah_error *error = e->plan->error;
    /* An error between the last statement and the answer to the Sync came from the implicit COMMIT. */
    const struct pg_step *step = awaited->step ? awaited->step : &e->plan->steps[e->next - 1];
    result_error(result, step->statement, e->connection->options->show_values, error);
    if (mistake)
        error_message(error, "%s: begin the transaction again", mistake);
    if (mistake && e->repetition == REPEAT_NOT_NEEDED)
        e->repetition = REPEAT_WANTED;
    result_refused_key(result, e->plan->refused_key, e->plan->refused_key_size);
    e->plan->place = (uint32_t)result_place(result, step->statement);
    e->plan->by_policy = has_code(result, "42501") && is_from(result, "ExecWithCheckOptions");
    e->connection->refused_writing |= has_code(result, "25006"); /* read_only_sql_transaction */
    execution_fail(e, error->status, step);
}

/* An error of the server. */
static void take_refusal(struct pg_execution *e, const PGresult *result)
{
    struct awaited *awaited = awaited_first(&e->awaited);
    const char *mistake = mistake_about_prepared(e, awaited, result);
    switch (awaited->kind) {
    case AWAITED_CLOSE: statement_cache_closed(&e->connection->cache, awaited->cached, true); return;
    case AWAITED_CLOSE_SYNC: return;
    case AWAITED_ROLLBACK: execution_lose_track(e); return;
    case AWAITED_PREPARE:
        if (!mistake)
            statement_cache_forget(awaited->cached);
        break;
    case AWAITED_STEP:
    case AWAITED_SYNC: break;
    }
    e->refused = true;
    if (e->status != HOWDAH_STATUS_OK)
        return;
    fail_by_server(e, awaited, result, mistake);
    execution_report(e, awaited, 0, e->status, e->plan->error->sqlstate);
}

/* Whether the server itself said farewell instead of giving a statement's result: what would have committed it was
 * never reached. A pooler between us, which gives no place in a source, may have lost a result that there was. */
static bool ends_statement(const struct pg_step *step, const PGresult *farewell)
{
    return step && step->role == PG_STATEMENT && PQresultErrorField(farewell, PG_DIAG_SOURCE_FUNCTION);
}

/* Without an SQLSTATE it is libpq that speaks: the connection is lost, or memory is out, and then we don't know
 * which results are missing. */
void execution_take_error(struct pg_execution *e, const PGresult *result)
{
    if (!PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
        execution_lose(e);
    } else if (result_is_fatal(result)) {
        e->refused = e->refused || ends_statement(awaited_first(&e->awaited)->step, result);
        connection_keep_farewell(e->connection, result);
        execution_lose(e);
    } else {
        take_refusal(e, result);
    }
}
