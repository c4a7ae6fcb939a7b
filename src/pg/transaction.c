/* What became of a transaction whose COMMIT was not answered.
 *
 * The server keeps the fate of each transaction id (PostgreSQL manual, 9.27.8: pg_xact_status). It is to be
 * believed only on the timeline of the same cluster on which the id was given out: a standby that was promoted
 * knows nothing of a transaction that had not reached it, and gives the same id to another one. The same happens
 * after a crash to an id that had not reached the disk: so "committed" is not believed if the server has been through
 * crash recovery since. That shows in the time at which statistics were reset, which recovery does and a clean restart
 * does not (PostgreSQL manual, 28.2: statistics are discarded on recovery). */
#include "connection.h"

#include "base/endian.h"
#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_INT8 = 20, OID_TEXT = 25, OID_XID8 = 5069, FIRST_PAUSE_MS = 2, LONGEST_PAUSE_MS = 200 };

/* Of the WAL file's name the first eight digits are the timeline. A standby has none of its own. */
#define CLUSTER_COLUMNS \
    "(SELECT system_identifier FROM pg_catalog.pg_control_system())," \
    " CASE WHEN NOT pg_catalog.pg_is_in_recovery()" \
    " THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END," \
    " pg_catalog.pg_stat_get_bgwriter_stat_reset_time()"

static const uint32_t xid8_parameter[] = {OID_XID8};

const struct statement pg_transaction_statement = {
    .text = "SELECT pg_catalog.pg_current_xact_id()",
    .service = true,
    .hash = {0xa2fb2ad669292467, 0xe8021f25bf7293f6}, /* what statement_seal gives */
};

/* And whether NULL in the text of an array is NULL here, as arrays in batches travel as text. */
static const struct statement cluster_statement = {
    .text = "SELECT " CLUSTER_COLUMNS ", pg_catalog.current_setting('array_nulls')",
    .control = true,
};

/* A prepared transaction goes on without a client, and through a crash: it is for its name to say what becomes of it. */
static const struct statement status_statement = {
    .text = "SELECT " CLUSTER_COLUMNS ", CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts AS p"
            " WHERE p.transaction = $1::pg_catalog.xid) THEN 'prepared' ELSE pg_catalog.pg_xact_status($1) END",
    .types = xid8_parameter,
    .parameters = 1,
    .control = true,
};

/* Sees only what the role may see, and ends only what it may end. */
static const struct statement terminate_statement = {
    .text = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
            " WHERE backend_xid = $1::pg_catalog.xid",
    .types = xid8_parameter,
    .parameters = 1,
    .control = true,
};

enum { CLUSTER_CELLS = 3 };

struct cluster {
    uint64_t system_identifier;
    uint32_t timeline;
    uint64_t life; /* of the server, from one crash to the next: when its statistics were reset */
};

static bool read_cluster(const struct cell *cells, size_t count, struct cluster *ret)
{
    char digits[9] = "";
    if (count < CLUSTER_CELLS || cells[0].type != OID_INT8 || cells[0].size != 8 || cells[1].type != OID_TEXT ||
        cells[1].size < 8)
        return false;
    memcpy(digits, cells[1].data, 8);
    ret->system_identifier = read_uint64(cells[0].data);
    ret->timeline = (uint32_t)strtoull(digits, NULL, 16);
    ret->life = cells[2].size == 8 ? read_uint64(cells[2].data) : 0;
    return true;
}

static bool text_is(const struct cell *cell, const char *text)
{
    size_t length = strlen(text);
    return cell->size == (int32_t)length && memcmp(cell->data, text, length) == 0;
}

/* --- which cluster a connection leads to --- */

struct learning {
    struct pg_connection *connection;
    bool no_array_nulls;
};

static enum howdah_status take_cluster(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct learning *learning = arg;
    struct cluster cluster;
    (void)step;
    if (read_cluster(cells, count, &cluster)) {
        learning->connection->system_identifier = cluster.system_identifier;
        learning->connection->timeline = cluster.timeline;
        learning->connection->life = cluster.life;
    }
    learning->no_array_nulls = count > CLUSTER_CELLS && text_is(&cells[CLUSTER_CELLS], "off");
    return HOWDAH_STATUS_OK;
}

enum howdah_status connection_learn_cluster(struct pg_connection *connection, moment deadline,
                                            struct howdah_error *error)
{
    struct learning learning = {connection, false};
    struct pg_step step = {.statement = &cluster_statement, .sync = true, .row = take_cluster, .arg = &learning};
    struct pg_plan plan = {.steps = &step, .count = 1, .deadline = deadline, .error = error};
    enum howdah_status status = pg_execute(connection, &plan);
    if (status != HOWDAH_STATUS_OK && (!*error->sqlstate || !pg_connection_alive(connection)))
        return status; /* lost, or out of time or memory: another connection may know it */
    if (learning.no_array_nulls)
        return error_set(
            error, HOWDAH_STATUS_INVALID,
            "array_nulls is off, under which a NULL in an array would be stored as a text: ALTER ROLE ... SET "
            "array_nulls = on");
    error_clear(error); /* not knowing it is no fault of the login */
    return HOWDAH_STATUS_OK;
}

/* --- a transaction's identity --- */

bool pg_transaction_note(struct pg_connection *connection, const struct cell *cells, size_t count,
                         struct pg_transaction *ret)
{
    if (count < 1 || cells[0].type != OID_XID8 || cells[0].size != 8)
        return false;
    *ret = (struct pg_transaction){
        .id = read_uint64(cells[0].data),
        .system_identifier = connection->system_identifier,
        .timeline = connection->timeline,
        .life = connection->life,
    };
    return true;
}

void pg_transaction_token(const struct pg_transaction *transaction, char *ret_text, size_t size)
{
    snprintf(ret_text, size, "%" PRIu64 ":%08" PRIX32 ":%" PRIu64 ":%" PRIu64, transaction->system_identifier,
             transaction->timeline, transaction->life, transaction->id);
}

/* Digits up to `end`; *at goes behind it. False: there are none, or too many, or something else. */
static bool take_number(const char **at, int base, char end, uint64_t *ret)
{
    char *stop;
    errno = 0;
    *ret = strtoull(*at, &stop, base);
    if (strspn(*at, "0123456789abcdefABCDEF") == 0 || errno || *stop != end)
        return false;
    *at = stop + 1;
    return true;
}

bool pg_transaction_parse(const char *token, struct pg_transaction *ret)
{
    struct pg_transaction transaction = {0};
    uint64_t timeline;
    if (!take_number(&token, 10, ':', &transaction.system_identifier) || !take_number(&token, 16, ':', &timeline) ||
        !take_number(&token, 10, ':', &transaction.life) || !take_number(&token, 10, '\0', &transaction.id) ||
        timeline > UINT32_MAX)
        return false;
    transaction.timeline = (uint32_t)timeline;
    *ret = transaction;
    return true;
}

/* --- resolving --- */

enum fate {
    FATE_UNKNOWN, /* and it will stay so */
    FATE_LATER,   /* nobody is there who could say, or it is too early */
    FATE_IN_PROGRESS,
    FATE_COMMITTED,
    FATE_ABORTED
};

struct inquiry {
    const struct pg_transaction *transaction;
    char id[8]; /* in network order */
    const char *value;
    int size;
    enum fate fate;
};

static enum howdah_status bind_id(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct inquiry *inquiry = arg;
    (void)step;
    inquiry->value = inquiry->id;
    inquiry->size = sizeof(inquiry->id);
    *ret = (struct pg_binding){.values = &inquiry->value, .sizes = &inquiry->size};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_status(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct inquiry *inquiry = arg;
    struct cluster cluster;
    (void)step;
    inquiry->fate = FATE_UNKNOWN;
    const struct cell *status = &cells[CLUSTER_CELLS];
    if (count != CLUSTER_CELLS + 1 || !read_cluster(cells, count, &cluster) ||
        cluster.system_identifier != inquiry->transaction->system_identifier ||
        cluster.timeline != inquiry->transaction->timeline)
        return HOWDAH_STATUS_OK;
    /* After a crash the id may be another's; then ours was never on disk. But a pooler keeps its clients through a crash, and
     * ours may have begun since: so only "aborted" is certain, and whose it is that goes on can't be told. */
    bool crashed = !inquiry->transaction->durable && cluster.life != inquiry->transaction->life;
    if (text_is(status, "committed"))
        inquiry->fate = crashed ? FATE_UNKNOWN : FATE_COMMITTED;
    else if (text_is(status, "aborted"))
        inquiry->fate = FATE_ABORTED;
    else if (text_is(status, "in progress"))
        inquiry->fate = crashed ? FATE_LATER : FATE_IN_PROGRESS;
    return HOWDAH_STATUS_OK;
}

/* Runs one of the two statements above; false if no connection carried it to its end. */
static bool ask(struct pg_pool *pool, struct inquiry *inquiry, const struct statement *statement, moment deadline)
{
    struct howdah_error error;
    struct pg_connection *connection = NULL;
    struct pg_step step = {.statement = statement, .sync = true, .bind = bind_id, .arg = inquiry};
    struct pg_plan plan = {.steps = &step, .count = 1, .deadline = deadline, .error = &error};
    if (statement == &status_statement)
        step.row = take_status;
    if (pg_pool_lease(pool, deadline, &error, &connection) != HOWDAH_STATUS_OK)
        return false;
    pg_execute(connection, &plan);
    bool alive = pg_connection_alive(connection);
    pg_pool_release(pool, connection);
    return alive;
}

static enum fate look(struct pg_pool *pool, struct inquiry *inquiry, moment deadline)
{
    inquiry->fate = FATE_UNKNOWN;
    bool answered = ask(pool, inquiry, &status_statement, deadline);
    return answered ? inquiry->fate : FATE_LATER;
}

enum howdah_outcome pg_transaction_resolve(struct pg_pool *pool, const struct pg_transaction *transaction,
                                           moment deadline)
{
    struct inquiry inquiry = {.transaction = transaction};
    uint64_t wire = network64(transaction->id);
    bool terminated = false;
    memcpy(inquiry.id, &wire, sizeof(wire));
    if (!transaction->id || !transaction->system_identifier || !transaction->timeline)
        return HOWDAH_OUTCOME_IN_DOUBT;
    for (int pause = FIRST_PAUSE_MS; clock_left(deadline) != 0; clock_pause(pause, deadline)) {
        switch (look(pool, &inquiry, deadline)) {
        case FATE_UNKNOWN: return HOWDAH_OUTCOME_IN_DOUBT;
        case FATE_COMMITTED: return HOWDAH_OUTCOME_DONE;
        case FATE_ABORTED: return HOWDAH_OUTCOME_NOT_DONE;
        case FATE_IN_PROGRESS:
            /* Nobody can tell the old backend to commit any more; it may still be at work on the COMMIT it got. */
            if (!terminated)
                terminated = ask(pool, &inquiry, &terminate_statement, deadline);
            break;
        case FATE_LATER: break;
        }
        pause = pause < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
    return HOWDAH_OUTCOME_IN_DOUBT;
}
