#include "prepared.h"

#include "base/endian.h"
#include "base/error.h"
#include "pg/executor.h"
#include "pg/pool.h"

#include <howdah/transaction.h>

#include <stdio.h>
#include <string.h>

enum { OID_BOOL = 16, OID_INT8 = 20, OID_TEXT = 25, OID_TIMESTAMPTZ = 1184, OID_XID8 = 5069 };

static const uint32_t exists_types[] = {OID_TEXT, OID_XID8, OID_INT8};

/* Somebody else's may have the same name: ours is known by its id, or by the lock that it took with its mark. */
static const struct statement exists_statement = {
    .text = "SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts AS p WHERE p.gid = $1"
            " AND p.database = pg_catalog.current_database() AND ($2 IS NULL AND $3 IS NULL"
            " OR p.transaction = $2::pg_catalog.xid OR EXISTS (SELECT FROM pg_catalog.pg_locks AS x"
            " JOIN pg_catalog.pg_locks AS l ON l.virtualtransaction = x.virtualtransaction"
            " WHERE x.locktype = 'transactionid' AND x.transactionid = p.transaction AND x.granted"
            " AND l.locktype = 'advisory' AND l.objsubid = 1"
            " AND (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8 = $3)))",
    .types = exists_types,
    .parameters = 3,
    .control = true,
};

static const struct statement list_statement = {
    .text = "SELECT gid::pg_catalog.text, owner::pg_catalog.text, prepared FROM pg_catalog.pg_prepared_xacts"
            " WHERE database = pg_catalog.current_database() ORDER BY prepared, gid",
    .control = true,
};

/* --- names, and statements --- */

bool prepared_is_name(const char *gid)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:+/=@-";
    size_t length = gid ? strlen(gid) : 0;
    return length > 0 && length <= GID_MAX && strspn(gid, letters) == length;
}

enum howdah_status prepared_refuse_name(struct howdah_error *error)
{
    return error_set(error, HOWDAH_STATUS_INVALID,
                     "the name of a prepared transaction has 1 to %d letters, digits or _ . : + / = @ -", GID_MAX);
}

struct statement prepared_statement(char text[PREPARED_TEXT_MAX], const char *verb, const char *gid)
{
    snprintf(text, PREPARED_TEXT_MAX, "%s '%s'", verb, gid);
    return (struct statement){.text = text, .control = true};
}

/* --- what the server knows --- */

struct question {
    const char *gid;
    uint64_t id; /* in network order */
    const struct pg_transaction *transaction;
    const struct fence *fence;
    struct fence_binding mark;
    const char *values[3];
    int sizes[3];
    bool exists;
};

static enum howdah_status bind_question(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct question *question = arg;
    (void)step;
    question->values[0] = question->gid;
    question->sizes[0] = (int)strlen(question->gid);
    question->sizes[1] = question->sizes[2] = -1; /* NULL */
    if (question->transaction->id) {
        question->id = network64(question->transaction->id);
        question->values[1] = (const char *)&question->id;
        question->sizes[1] = sizeof(question->id);
    }
    if (question->fence->set) {
        fence_bind(question->fence, &question->mark, ret);
        question->values[2] = question->mark.values[1];
        question->sizes[2] = question->mark.sizes[1];
    }
    *ret = (struct pg_binding){.values = question->values, .sizes = question->sizes};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_exists(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct question *question = arg;
    (void)step;
    question->exists = count == 1 && cells[0].type == OID_BOOL && cells[0].size == 1 && cells[0].data[0];
    return HOWDAH_STATUS_OK;
}

static enum howdah_status run(struct howdah_database *db, struct pg_step *step, struct pg_counters *counters,
                              moment deadline, struct howdah_error *error, enum howdah_outcome *ret_outcome)
{
    struct pg_connection *connection = NULL;
    struct pg_plan plan = {.steps = step,
                           .count = 1,
                           .deadline = deadline,
                           .error = error,
                           .counters = counters,
                           .outcome = HOWDAH_OUTCOME_NOT_DONE};
    step->sync = true;
    enum howdah_status status = pg_pool_lease(db->pool, deadline, error, &connection);
    if (status == HOWDAH_STATUS_OK)
        status = pg_execute(connection, &plan);
    pg_pool_release(db->pool, connection);
    *ret_outcome = status == HOWDAH_STATUS_OK ? HOWDAH_OUTCOME_DONE : plan.outcome;
    return status;
}

bool prepared_exists(struct howdah_database *db, const char *gid, const struct pg_transaction *transaction,
                     const struct fence *fence, moment deadline)
{
    struct howdah_error ignored;
    struct question question = {.gid = gid, .transaction = transaction, .fence = fence};
    struct pg_step step = {.statement = &exists_statement, .bind = bind_question, .row = take_exists, .arg = &question};
    enum howdah_outcome outcome;
    error_clear(&ignored);
    return run(db, &step, NULL, deadline, &ignored, &outcome) == HOWDAH_STATUS_OK && question.exists;
}

#define SQLSTATE_UNKNOWN "42704"

enum howdah_status prepared_end(struct howdah_database *db, const char *gid, bool commits, struct pg_counters *counters,
                                struct howdah_error *error, enum howdah_outcome *ret_outcome)
{
    char text[PREPARED_TEXT_MAX];
    const struct statement statement = prepared_statement(text, commits ? "COMMIT PREPARED" : "ROLLBACK PREPARED", gid);
    struct pg_step step = {.statement = &statement};
    enum howdah_status status =
        run(db, &step, counters, clock_deadline(db->options.commit_timeout, 0), error, ret_outcome);
    if (*ret_outcome == HOWDAH_OUTCOME_DONE) { /* also where the connection was lost behind the answer */
        error_clear(error);
        return HOWDAH_STATUS_OK;
    }
    if (strcmp(error->sqlstate, SQLSTATE_UNKNOWN) != 0)
        return status;
    error_message(error, "there is no prepared transaction %s in this database: it has been committed or rolled back",
                  gid);
    return error->status = HOWDAH_STATUS_NOT_FOUND;
}

/* --- by anybody --- */

static enum howdah_status enter(struct howdah_database *db, struct howdah_error *error)
{
    if (!db)
        error_copy(error, &error_no_memory);
    else if (db->error.status != HOWDAH_STATUS_OK)
        error_copy(error, &db->error);
    else
        error_clear(error);
    return error->status;
}

static enum howdah_status end_by_name(struct howdah_database *db, const char *gid, bool commits,
                                      struct howdah_error *error)
{
    struct howdah_error own;
    struct howdah_error *e = error ? error : &own;
    enum howdah_outcome outcome = HOWDAH_OUTCOME_NOT_DONE;
    if (enter(db, e) != HOWDAH_STATUS_OK)
        return e->status;
    enum howdah_status status =
        prepared_is_name(gid) ? prepared_end(db, gid, commits, NULL, e, &outcome) : prepared_refuse_name(e);
    if (status == HOWDAH_STATUS_OK)
        return status;
    e->outcome = outcome;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        e->status = HOWDAH_STATUS_IN_DOUBT;
        error_message(e, "whether %s was ended can't be told now, but by database_list_prepared: %s", gid, e->message);
    }
    error_finish(e);
    return e->status;
}

enum howdah_status howdah_database_commit_prepared(struct howdah_database *db, const char *gid,
                                                   struct howdah_error *error)
{
    return end_by_name(db, gid, true, error);
}

enum howdah_status howdah_database_rollback_prepared(struct howdah_database *db, const char *gid,
                                                     struct howdah_error *error)
{
    return end_by_name(db, gid, false, error);
}

struct listing {
    howdah_prepared_row row;
    void *arg;
    bool stopped;
    struct howdah_error *error;
};

enum { LIST_CELLS = 3, NAME_MAX_SIZE = 256 };

static bool take_text(const struct cell *cell, char text[NAME_MAX_SIZE])
{
    if (cell->size < 0 || cell->size >= NAME_MAX_SIZE)
        return false;
    memcpy(text, cell->data, (size_t)cell->size);
    text[cell->size] = '\0';
    return true;
}

static enum howdah_status take_prepared(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct listing *listing = arg;
    char gid[NAME_MAX_SIZE], owner[NAME_MAX_SIZE];
    (void)step;
    if (listing->stopped)
        return HOWDAH_STATUS_OK;
    if (count != LIST_CELLS || !take_text(&cells[0], gid) || !take_text(&cells[1], owner) ||
        cells[2].type != OID_TIMESTAMPTZ || cells[2].size != sizeof(uint64_t))
        return error_set(listing->error, HOWDAH_STATUS_PROTOCOL, "the list of prepared transactions makes no sense");
    const struct howdah_prepared_transaction prepared = {
        .gid = gid, .owner = owner, .prepared_at = {(int64_t)read_uint64(cells[2].data)}};
    listing->stopped = !listing->row(listing->arg, &prepared);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_database_list_prepared(struct howdah_database *db, howdah_prepared_row row, void *arg,
                                                 struct howdah_error *error)
{
    struct howdah_error own;
    struct howdah_error *e = error ? error : &own;
    struct listing listing = {.row = row, .arg = arg, .error = e};
    struct pg_step step = {.statement = &list_statement, .row = take_prepared, .arg = &listing};
    enum howdah_outcome outcome;
    if (enter(db, e) != HOWDAH_STATUS_OK)
        return e->status;
    enum howdah_status status =
        row ? run(db, &step, NULL, clock_deadline(db->options.statement_timeout, 0), e, &outcome)
            : error_set(e, HOWDAH_STATUS_INVALID, "database_list_prepared has no function for the rows");
    if (status != HOWDAH_STATUS_OK)
        error_finish(e);
    return status;
}
