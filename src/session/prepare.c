/* Two-phase commit: the program's transaction is made durable on the server under a name, apart from any connection, and
 * committed or rolled back later, by this session, by another process, or by somebody's hand.
 *
 * Until this session is told, its objects are as they were flushed and nothing may be sent: nobody knows what will become
 * of them. Names are pasted into the statements, which take no parameters: so they have none of the characters that mean
 * anything there. */
#include "base/endian.h"
#include "base/error.h"
#include "hooks.h"
#include "prepare.h"
#include "transaction.h"
#include "work.h"

#include <howdah/transaction.h>

#include <stdio.h>
#include <string.h>

enum { GID_MAX = 199, TEXT_MAX = GID_MAX + 32, OID_BOOL = 16, OID_TEXT = 25 };

static const uint32_t text_parameter[] = {OID_TEXT};

static const struct statement exists_statement = {
    .text = "SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts WHERE gid = $1"
            " AND database = pg_catalog.current_database())",
    .types = text_parameter,
    .parameters = 1,
    .control = true,
};

static const struct statement list_statement = {
    .text = "SELECT gid::pg_catalog.text, owner::pg_catalog.text, prepared FROM pg_catalog.pg_prepared_xacts"
            " WHERE database = pg_catalog.current_database() ORDER BY prepared, gid",
    .control = true,
};

/* --- names, and statements --- */

static bool is_gid(const char *gid)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:+/=@-";
    size_t length = gid ? strlen(gid) : 0;
    return length > 0 && length <= GID_MAX && strspn(gid, letters) == length;
}

static enum howdah_status refuse_gid(struct howdah_error *error)
{
    return error_set(error, HOWDAH_STATUS_INVALID,
                     "the name of a prepared transaction has 1 to %d letters, digits or _ . : + / = @ -", GID_MAX);
}

static struct statement name_statement(char text[TEXT_MAX], const char *verb, const char *gid)
{
    snprintf(text, TEXT_MAX, "%s '%s'", verb, gid);
    return (struct statement){.text = text, .control = true};
}

/* --- what the server knows --- */

struct question {
    const char *gid;
    int size;
    bool answered, exists;
};

static enum howdah_status bind_gid(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct question *question = arg;
    (void)step;
    question->size = (int)strlen(question->gid);
    *ret = (struct pg_binding){.values = &question->gid, .sizes = &question->size};
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_exists(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct question *question = arg;
    (void)step;
    question->answered = count == 1 && cells[0].type == OID_BOOL && cells[0].size == 1;
    question->exists = question->answered && cells[0].data[0];
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

/* Whether it is there; false also where nobody could be asked. */
static bool is_prepared(struct howdah_database *db, const char *gid, moment deadline)
{
    struct howdah_error ignored;
    struct question question = {.gid = gid};
    struct pg_step step = {.statement = &exists_statement, .bind = bind_gid, .row = take_exists, .arg = &question};
    enum howdah_outcome outcome;
    error_clear(&ignored);
    return run(db, &step, NULL, deadline, &ignored, &outcome) == HOWDAH_STATUS_OK && question.exists;
}

#define SQLSTATE_STATE   "55000" /* prepared transactions are disabled; or another backend is at this one */
#define SQLSTATE_UNKNOWN "42704"

/* COMMIT PREPARED or ROLLBACK PREPARED. */
static enum howdah_status end_prepared(struct howdah_database *db, const char *gid, bool commits,
                                       struct pg_counters *counters, struct howdah_error *error,
                                       enum howdah_outcome *ret_outcome)
{
    char text[TEXT_MAX];
    const struct statement statement = name_statement(text, commits ? "COMMIT PREPARED" : "ROLLBACK PREPARED", gid);
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

/* --- the first phase --- */

static enum howdah_outcome resolve_transaction(struct howdah_session *s, moment deadline)
{
    if (s->fence.set)
        return fence_resolve(s->db, &s->fence, deadline);
    return s->transaction_id.id ? pg_transaction_resolve(s->db->pool, &s->transaction_id, deadline)
                                : HOWDAH_OUTCOME_IN_DOUBT;
}

/* The answer was lost: the server knows whether it is there, or whether the transaction is over. */
static enum howdah_outcome find_out(struct howdah_session *s, const char *gid)
{
    moment deadline = clock_deadline(s->db->options.in_doubt_timeout, 0);
    if (is_prepared(s->db, gid, deadline))
        return HOWDAH_OUTCOME_DONE;
    if (resolve_transaction(s, deadline) == HOWDAH_OUTCOME_NOT_DONE)
        return HOWDAH_OUTCOME_NOT_DONE;
    moment last = clock_deadline(s->db->options.statement_timeout, 0);
    return is_prepared(s->db, gid, last) ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_IN_DOUBT;
}

static enum howdah_status prepared(struct howdah_session *s, const char *gid)
{
    error_clear(&s->error);
    pg_pool_release(s->db->pool, s->connection);
    s->connection = NULL;
    s->prepared = gid;
    s->transaction = TRANSACTION_PREPARED;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status not_prepared(struct howdah_session *s, const char *gid, enum howdah_outcome outcome)
{
    if (strcmp(s->error.sqlstate, SQLSTATE_STATE) == 0)
        error_message(&s->error,
                      "%s: set max_prepared_transactions in postgresql.conf to as many as there may be at once, and "
                      "restart the server",
                      s->error.message);
    s->error.outcome = outcome == HOWDAH_OUTCOME_IN_DOUBT ? outcome : HOWDAH_OUTCOME_NOT_DONE;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        error_message(&s->error, "whether the transaction was prepared as %s can't be learned now: %s", gid,
                      s->error.message);
    }
    error_finish(&s->error);
    transaction_failed(s, false);
    return s->error.status;
}

/* What was flushed is on the server; BEGIN and settings go along where nothing was. */
static enum howdah_status run_prepare(struct howdah_session *s, const char *gid)
{
    char text[TEXT_MAX];
    const struct statement statement = name_statement(text, "PREPARE TRANSACTION", gid);
    size_t head = transaction_head_count(s);
    struct pg_step *steps = arena_allocate_array(&s->scratch, head + 1, sizeof(*steps));
    if (!steps)
        return session_no_memory(s);
    transaction_put_head(s, steps);
    steps[head] = (struct pg_step){.statement = &statement, .role = PG_PREPARE, .sync = true};
    struct pg_plan plan = {
        .steps = steps, .count = head + 1, .deadline = clock_deadline(s->db->options.commit_timeout, 0)};
    enum howdah_status status = transaction_run(s, &plan);
    if (status == HOWDAH_STATUS_OK)
        return prepared(s, gid);
    enum howdah_outcome outcome = plan.outcome == HOWDAH_OUTCOME_IN_DOUBT ? find_out(s, gid) : plan.outcome;
    return outcome == HOWDAH_OUTCOME_DONE ? prepared(s, gid) : not_prepared(s, gid, outcome);
}

static enum howdah_status prepare(struct howdah_session *s, const char *gid)
{
    if (!transaction_is_programs(s, "session_prepare"))
        return s->error.status;
    if (s->transaction == TRANSACTION_PREPARED)
        return session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                            "the transaction is prepared as %s already: commit it or roll it back", s->prepared);
    if (!is_gid(gid)) {
        refuse_gid(&s->error);
        error_finish(&s->error);
        return s->error.status;
    }
    bool own = s->transaction == TRANSACTION_NONE;
    if (own) {
        s->begin = (struct howdah_begin_options){.struct_size = sizeof(s->begin)};
        s->transaction = TRANSACTION_BEGUN;
    }
    const char *name = arena_copy_text(&s->flushed_arena, gid, strlen(gid));
    if (!name)
        session_no_memory(s);
    else if (work_write_all(s, false) == HOWDAH_STATUS_OK)
        run_prepare(s, name);
    if (s->error.status != HOWDAH_STATUS_OK && own && s->transaction != TRANSACTION_NONE)
        transaction_abandon(s); /* nobody else would end it */
    return s->error.status;
}

enum howdah_status howdah_session_prepare(struct howdah_session *s, const char *gid)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = prepare(s, gid);
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}

/* --- the second phase, by the same session --- */

/* COMMIT PREPARED and its counterpart may be asked for again and again: what is gone can't be done twice. An answer that is
 * lost is no reason to stop; nor is the old backend that is at it still. *ret_doubt: one was lost. */
static enum howdah_status end_surely(struct howdah_session *s, bool commits, bool *ret_doubt)
{
    enum { PAUSE_MS = 5 };
    moment deadline = clock_deadline(s->db->options.in_doubt_timeout, 0);
    enum howdah_outcome outcome;
    for (;;) {
        error_clear(&s->error);
        enum howdah_status status = end_prepared(s->db, s->prepared, commits, &s->counters, &s->error, &outcome);
        bool lost = outcome == HOWDAH_OUTCOME_IN_DOUBT, busy = strcmp(s->error.sqlstate, SQLSTATE_STATE) == 0;
        *ret_doubt |= lost;
        if (status == HOWDAH_STATUS_OK || !(lost || busy) || clock_left(deadline) == 0)
            return status;
        clock_pause(PAUSE_MS, deadline);
    }
}

static bool fail_end(struct howdah_session *s, bool commits, bool by_others, enum howdah_outcome outcome)
{
    if (by_others) {
        s->error.status = HOWDAH_STATUS_MISUSE;
        error_message(&s->error, "the prepared transaction %s was %s by somebody else: call %s", s->prepared,
                      commits ? "rolled back" : "committed", commits ? "session_rollback" : "session_commit");
    } else if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        error_message(&s->error, "whether %s has ended can't be learned now, ask for it again: %s", s->prepared,
                      s->error.message);
    }
    s->error.outcome = outcome;
    error_finish(&s->error);
    return false;
}

bool prepare_end(struct howdah_session *s, bool commits)
{
    enum howdah_outcome wanted = commits ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NOT_DONE;
    bool doubt = false, wrote = s->fence.set || s->transaction_id.id;
    enum howdah_status status = end_surely(s, commits, &doubt);
    if (status == HOWDAH_STATUS_OK)
        return true;
    if (status != HOWDAH_STATUS_NOT_FOUND)
        return fail_end(s, commits, false, doubt ? HOWDAH_OUTCOME_IN_DOUBT : HOWDAH_OUTCOME_NOT_DONE);
    /* It was ended, by us or by somebody else. Of what wrote nothing, it does not matter how. */
    enum howdah_outcome outcome =
        wrote ? resolve_transaction(s, clock_deadline(s->db->options.in_doubt_timeout, 0)) : wanted;
    if (outcome != wanted)
        return fail_end(s, commits, outcome != HOWDAH_OUTCOME_IN_DOUBT, outcome);
    error_clear(&s->error);
    return true;
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
    enum howdah_status status = is_gid(gid) ? end_prepared(db, gid, commits, NULL, e, &outcome) : refuse_gid(e);
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

enum { LIST_CELLS = 3, NAME_MAX_SIZE = 256, OID_TIMESTAMPTZ = 1184 };

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
    const struct howdah_prepared prepared = {
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
