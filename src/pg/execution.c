/* The executor's heart: leads a plan from segment to segment, to its end or out of its failure. */
#include "connection.h"

#include "base/error.h"

#include <assert.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    GRACE_MS = 1000,         /* for the ROLLBACK of a plan whose time is up */
    ENCRYPTED_WAIT_MS = 250, /* see await_socket */
};

#define BIT(state) (1u << (state))

/* The states that each state may be followed by. */
static const unsigned moves[] = {
    [EXECUTION_IDLE] = BIT(EXECUTION_SENDING),
    [EXECUTION_SENDING] =
        BIT(EXECUTION_FULL) | BIT(EXECUTION_SYNCING) | BIT(EXECUTION_ROLLING_BACK) | BIT(EXECUTION_FINISHED),
    [EXECUTION_FULL] = BIT(EXECUTION_SENDING) | BIT(EXECUTION_SYNCING) | BIT(EXECUTION_FINISHED),
    [EXECUTION_SYNCING] = BIT(EXECUTION_SENDING) | BIT(EXECUTION_ROLLING_BACK) | BIT(EXECUTION_FINISHED),
    [EXECUTION_ROLLING_BACK] = BIT(EXECUTION_SENDING) | BIT(EXECUTION_FINISHED),
    [EXECUTION_FINISHED] = BIT(EXECUTION_IDLE),
};

void execution_move(struct pg_execution *e, enum execution_state to)
{
    (void)moves; /* a build without assertions has no other use for it */
    assert(moves[e->state] & BIT(to));
    e->state = to;
}

static bool is_within_segment(const struct pg_execution *e)
{
    return e->state == EXECUTION_SENDING || e->state == EXECUTION_FULL;
}

void execution_init(struct pg_execution *e, struct pg_connection *connection)
{
    const struct pg_options *options = connection->options;
    *e = (struct pg_execution){
        .connection = connection, .columns = -1, .watched = options->on_statement || options->log};
}

void execution_done(struct pg_execution *e, const struct howdah_allocator *allocator)
{
    memory_free(allocator, e->awaited.items);
    memory_free(allocator, e->scratch.values);
    memory_free(allocator, e->scratch.formats);
    memory_free(allocator, e->scratch.cells);
}

/* --- the end --- */

static enum howdah_outcome outcome(const struct pg_execution *e)
{
    if (e->committed)
        return HOWDAH_OUTCOME_DONE;
    if (e->status == HOWDAH_STATUS_OK)
        return HOWDAH_OUTCOME_NONE;
    return e->exposed && !e->refused ? HOWDAH_OUTCOME_IN_DOUBT : HOWDAH_OUTCOME_NOT_DONE;
}

void execution_finish(struct pg_execution *e)
{
    e->plan->outcome = outcome(e);
    execution_move(e, EXECUTION_FINISHED);
}

void execution_fail(struct pg_execution *e, enum howdah_status status, const struct pg_step *step)
{
    e->status = status;
    e->plan->failed = (size_t)(step - e->plan->steps);
}

/* --- from segment to segment --- */

/* Nothing is begun that could not be ended in time: a COMMIT that is sent at the last moment is in doubt. */
static bool is_late(struct pg_execution *e)
{
    if (clock_left(e->deadline) != 0)
        return false;
    execution_fail(
        e, error_set(e->plan->error, HOWDAH_STATUS_TIMEOUT, "the time limit passed before all statements were sent"),
        &e->plan->steps[e->next]);
    return true;
}

static inline void begin_run(struct pg_execution *e, PGTransactionStatusType transaction)
{
    e->open = transaction != PQTRANS_IDLE;
    e->exposed = e->refused = e->committed = e->spent = e->rolled_back = false;
    e->begun = e->answered = e->described = false;
    e->next = 0;
    if (!is_late(e) && e->connection->cache.doomed.count && transaction == PQTRANS_IDLE)
        execution_send_closes(e);
}

static void repeat(struct pg_execution *e)
{
    struct pg_plan *plan = e->plan;
    e->repetition = REPEAT_UNDER_WAY;
    e->status = HOWDAH_STATUS_OK;
    e->deadline = plan->deadline;
    plan->failed = plan->count;
    plan->by_policy = false;
    error_clear(plan->error);
    if (plan->restart)
        plan->restart(plan->restart_arg);
    execution_move(e, EXECUTION_SENDING);
    begin_run(e, PQtransactionStatus(e->connection->pg));
}

/* All is answered, and no transaction is open that should not be. */
static void conclude(struct pg_execution *e)
{
    if (e->status != HOWDAH_STATUS_OK && e->repetition == REPEAT_WANTED && e->plan->repeatable && !e->spent)
        repeat(e);
    else
        execution_finish(e);
}

static bool is_in_transaction(const struct pg_execution *e)
{
    return PQtransactionStatus(e->connection->pg) != PQTRANS_IDLE;
}

/* The plan went back to its savepoint, from where the transaction can go on. */
static bool has_recovered(const struct pg_execution *e)
{
    return e->plan->recovery && e->rolled_back && PQtransactionStatus(e->connection->pg) == PQTRANS_INTRANS;
}

/* The plan has failed, and all that was sent is answered. */
static void leave_transaction(struct pg_execution *e)
{
    if (!is_in_transaction(e) || has_recovered(e)) {
        conclude(e);
        return;
    }
    moment grace = clock_deadline(GRACE_MS, GRACE_MS);
    if (e->deadline < grace)
        e->deadline = grace;
    if (execution_send_rollback(e) && execution_send_sync(e))
        execution_move(e, EXECUTION_ROLLING_BACK);
}

/* The plan has failed in the middle of a segment: it is ended here. What the server has not refused by itself, it
 * is told to undo: with or without a BEGIN, the Sync would commit it. */
static void cut_segment_short(struct pg_execution *e)
{
    if (e->awaited.count == 0 && !e->begun) {
        leave_transaction(e);
        return;
    }
    if (e->begun && !e->refused && !execution_send_rollback(e))
        return;
    if (execution_send_sync(e))
        execution_move(e, EXECUTION_SYNCING);
}

/* What a function, or a DO block, may have done to the connection; NULL: nothing that can be seen. */
static const char *what_remains(const struct pg_execution *e)
{
    if (!connection_keeps_encoding(e->connection))
        return "a statement changed client_encoding: the library depends on this setting, leave it as it is";
    if (is_in_transaction(e) && !e->plan->keep_transaction)
        return "a statement left a transaction open, which was rolled back: use the session's own begin and commit";
    return NULL;
}

static void end_well(struct pg_execution *e)
{
    const char *remains = what_remains(e);
    if (!remains) {
        conclude(e);
        return;
    }
    execution_fail(e, error_set(e->plan->error, HOWDAH_STATUS_MISUSE, "%s", remains),
                   &e->plan->steps[e->plan->count - 1]);
    leave_transaction(e);
}

void execution_end_segment(struct pg_execution *e)
{
    e->begun = false;
    e->counters->round_trips++;
    e->trips++;
    connection_drop_notifications(e->connection);
    /* Answered: what could commit has done so, or never will. */
    if (e->exposed && !e->refused && !e->rolled_back && !is_in_transaction(e))
        e->committed = true;
    e->exposed = false;
    if (e->state == EXECUTION_ROLLING_BACK)
        conclude(e);
    else if (e->status != HOWDAH_STATUS_OK)
        leave_transaction(e);
    else if (e->next == e->plan->count)
        end_well(e);
    else if (is_late(e))
        leave_transaction(e);
    else
        execution_move(e, EXECUTION_SENDING);
}

/* Does all that can be done without waiting. */
static void work(struct pg_execution *e)
{
    e->blocked = false;
    for (;;) {
        if (e->awaited.count)
            execution_receive(e);
        if (e->status != HOWDAH_STATUS_OK && is_within_segment(e))
            cut_segment_short(e);
        else if (e->state == EXECUTION_FULL && execution_has_room(e))
            execution_move(e, EXECUTION_SENDING);
        if (e->state != EXECUTION_SENDING || e->blocked)
            return;
        execution_send(e);
        /* What was sent has no answer yet; but it may have failed. And where the socket was full libpq has read: of what came so
         * poll would tell nothing, nor need there be more, since the server that is asked for results may have sent all. */
        if (e->status == HOWDAH_STATUS_OK && (e->state != EXECUTION_FULL || PQisBusy(e->connection->pg)))
            return;
    }
}

/* --- the interface --- */

static enum howdah_status refuse_start(struct pg_plan *plan, enum howdah_status status, const char *message)
{
    plan->failed = 0;
    plan->outcome = HOWDAH_OUTCOME_NOT_DONE;
    return error_set(plan->error, status, "%s", message);
}

static void prepare_execution(struct pg_execution *e, struct pg_plan *plan)
{
    e->plan = plan;
    e->connection->cache.plan++;
    e->status = HOWDAH_STATUS_OK;
    e->deadline = plan->deadline;
    e->repetition = REPEAT_NOT_NEEDED;
    e->counters = plan->counters ? plan->counters : &e->unused;
    e->trips = 0;
    e->unflushed = 0;
    plan->failed = plan->count;
    plan->outcome = HOWDAH_OUTCOME_NONE;
    plan->by_policy = false;
}

static inline enum howdah_status start(struct pg_connection *connection, struct pg_plan *plan)
{
    struct pg_execution *e = &connection->execution;
    PGTransactionStatusType transaction = PQtransactionStatus(connection->pg); /* UNKNOWN: it is lost */
    assert(plan->count && plan->steps[plan->count - 1].sync);
    if (getpid() != connection->process)
        return refuse_start(plan, HOWDAH_STATUS_MISUSE,
                            "this process was forked after the database was opened: open it anew in the child");
    if (e->state != EXECUTION_IDLE)
        return refuse_start(plan, HOWDAH_STATUS_BUSY, "the connection is busy with another statement");
    if (transaction == PQTRANS_UNKNOWN)
        return refuse_start(plan, HOWDAH_STATUS_CONNECTION, "the connection was lost before");
    prepare_execution(e, plan);
    execution_move(e, EXECUTION_SENDING);
    begin_run(e, transaction);
    return HOWDAH_STATUS_OK;
}

enum howdah_status pg_execution_start(struct pg_connection *connection, struct pg_plan *plan, struct pg_execution **ret)
{
    enum howdah_status status = start(connection, plan);
    if (status == HOWDAH_STATUS_OK)
        *ret = &connection->execution;
    return status;
}

int pg_execution_socket(const struct pg_execution *execution)
{
    return PQsocket(execution->connection->pg);
}

/* What has to happen before there is more to do. */
static unsigned wants(struct pg_execution *e)
{
    int unsent = PQflush(e->connection->pg);
    /* libpq 15 that could not make the result of a Sync says so, and then waits for ever for what it has read. */
    const char *message = PQerrorMessage(e->connection->pg);
    if (unsent < 0 || (*message && execution_is_about_memory(message))) {
        execution_lose(e);
        return PG_FINISHED;
    }
    e->left = clock_left(e->deadline);
    if (e->left == 0) {
        execution_give_up(e, HOWDAH_STATUS_TIMEOUT, "the time limit passed before the server had answered");
        return PG_FINISHED;
    }
    /* Where the socket was blocked there are steps left to send, also if it has taken all by now. */
    return PG_WANTS_READ | (unsent || e->blocked ? (unsigned)PG_WANTS_WRITE : 0);
}

/* Reads what has come; the results among it are taken also if that fails, since the last words count. Before anything is
 * sent there is nothing to read. */
static inline unsigned advance(struct pg_execution *e)
{
    bool reads = e->awaited.count != 0, readable = !reads || PQconsumeInput(e->connection->pg);
    if (e->state != EXECUTION_FINISHED)
        work(e);
    if (e->state != EXECUTION_FINISHED && !readable)
        execution_lose(e);
    if (e->state == EXECUTION_FINISHED)
        return PG_FINISHED;
    if (reads)
        connection_drop_notifications(e->connection);
    return wants(e);
}

unsigned pg_execution_advance(struct pg_execution *e)
{
    return advance(e);
}

enum howdah_status pg_execution_status(const struct pg_execution *execution)
{
    return execution->status;
}

void pg_execution_free(struct pg_execution *e)
{
    if (!e || e->state == EXECUTION_IDLE)
        return;
    if (e->state != EXECUTION_FINISHED)
        execution_give_up(e, HOWDAH_STATUS_MISUSE, "the statement was given up before its end");
    execution_move(e, EXECUTION_IDLE);
}

/* Waits for the socket. A signal, an error or the deadline only ends the wait early: what is wrong shows when the
 * execution advances. Behind TLS a part of what came may wait inside the TLS library, where poll doesn't see it. */
static void await_socket(const struct pg_execution *e, unsigned wanted)
{
    struct pollfd fd = {.fd = pg_execution_socket(e), .events = POLLIN};
    int timeout = e->left;
    if (wanted & PG_WANTS_WRITE)
        fd.events |= POLLOUT;
    if (e->connection->encrypted && (timeout < 0 || timeout > ENCRYPTED_WAIT_MS))
        timeout = ENCRYPTED_WAIT_MS;
    poll(&fd, 1, timeout);
}

enum howdah_status pg_execute(struct pg_connection *connection, struct pg_plan *plan)
{
    struct pg_execution *e = &connection->execution;
    enum howdah_status status = start(connection, plan);
    if (status != HOWDAH_STATUS_OK)
        return status;
    unsigned wanted;
    while (!((wanted = advance(e)) & PG_FINISHED))
        await_socket(e, wanted);
    status = pg_execution_status(e);
    pg_execution_free(e);
    return status;
}

bool pg_connection_in_transaction(const struct pg_connection *connection)
{
    PGTransactionStatusType transaction = PQtransactionStatus(connection->pg);
    return transaction == PQTRANS_INTRANS || transaction == PQTRANS_INERROR;
}

bool pg_connection_is_utc(const struct pg_connection *connection)
{
    static const char *const names[] = {"UTC", "Etc/UTC", "GMT", "Etc/GMT"};
    const char *zone = PQparameterStatus(connection->pg, "TimeZone");
    for (size_t i = 0; zone && i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(zone, names[i]) == 0)
            return true;
    return false;
}

bool pg_connection_alive(const struct pg_connection *connection)
{
    return connection->pg && PQstatus(connection->pg) == CONNECTION_OK;
}
