#include "transaction.h"

#include "base/error.h"
#include "budget.h"
#include "hooks.h"
#include "pending.h"
#include "relation_answers.h"

/* --- the statements: isolation levels and modes, spelled out --- */

const struct statement transaction_begin_plain = {.text = "BEGIN", .control = true};
const struct statement transaction_begin_snapshot = {.text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                                     .control = true};
const struct statement transaction_commit_statement = {.text = "COMMIT", .control = true};
const struct statement transaction_rollback_statement = {.text = "ROLLBACK", .control = true};

#define BEGIN_MODES(isolation) \
    { \
        {{.text = "BEGIN" isolation, .control = true}, {.text = "BEGIN" isolation " DEFERRABLE", .control = true}}, \
        { \
            {.text = "BEGIN" isolation " READ ONLY", .control = true}, \
                {.text = "BEGIN" isolation " READ ONLY DEFERRABLE", .control = true}, \
        } \
    }

/* by isolation, read only, deferrable */
static const struct statement begin_statements[][2][2] = {
    [HOWDAH_ISOLATION_DEFAULT] = BEGIN_MODES(""),
    [HOWDAH_ISOLATION_READ_COMMITTED] = BEGIN_MODES(" ISOLATION LEVEL READ COMMITTED"),
    [HOWDAH_ISOLATION_REPEATABLE_READ] = BEGIN_MODES(" ISOLATION LEVEL REPEATABLE READ"),
    [HOWDAH_ISOLATION_SERIALIZABLE] = BEGIN_MODES(" ISOLATION LEVEL SERIALIZABLE"),
};

const struct statement *transaction_begin_statement(const struct howdah_session *s)
{
    return &begin_statements[s->begin.isolation][s->begin.read_only][s->begin.deferrable];
}

/* --- the end --- */

void transaction_end(struct howdah_session *s, bool committed)
{
    if (committed) {
        transaction_forget_deleted(s);
        relation_keep_provisional(s);
        pending_settle(s);
    } else {
        transaction_undo(s, NULL);
    }
    answers_forget(s);
    s->flushed = NULL;
    s->wrote = false;
    s->savepoint = NULL;
    s->first_setting = s->settings = NULL;
    s->role_unknown = s->read_by_sql = false;
    arena_done(&s->flushed_arena);
    pg_pool_release(s->db->pool, s->connection);
    s->connection = NULL;
    s->ended_by = committed ? HOWDAH_STATUS_OK : s->error.status;
    s->transaction = TRANSACTION_NONE;
    s->transaction_id = (struct pg_transaction){0};
    s->fence.set = false;
}

void transaction_failed(struct howdah_session *s, bool committed)
{
    if (s->transaction == TRANSACTION_PREPARED)
        return; /* nothing was sent, and it is still there */
    if (!s->at_savepoint) {
        transaction_end(s, committed);
        return;
    }
    s->fence = s->savepoint->fence;
    transaction_undo(s, s->savepoint);
    transaction_unset(s, s->savepoint->setting, true);
}

/* --- running --- */

/* Whether the session may send anything now. */
static bool may_run(struct howdah_session *s, const struct pg_plan *plan)
{
    if (s->transaction != TRANSACTION_PREPARED)
        return hooks_may_send(s) && budget_allows(s, plan);
    session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                 "the transaction is prepared as %s: nothing can be sent before session_commit or session_rollback has "
                 "ended it",
                 s->prepared);
    return false;
}

static enum howdah_status run(struct howdah_session *s, struct pg_plan *plan)
{
    plan->counters = &s->counters;
    plan->error = &s->error;
    plan->keep_transaction = s->transaction != TRANSACTION_NONE;
    plan->row_limit = budget_row_limit(s);
    plan->recovery = s->savepoint ? &s->savepoint->back : NULL;
    enum howdah_status status = pg_execute(s->connection, plan);
    if (status != HOWDAH_STATUS_OK)
        transaction_name_setting(s, plan);
    s->epoch++;
    budget_note(s, plan);
    return status;
}

static inline enum howdah_status run_leased(struct howdah_session *s, struct pg_plan *plan)
{
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (s->error.status != HOWDAH_STATUS_OK)
        error_clear(&s->error);
    plan->outcome = HOWDAH_OUTCOME_NOT_DONE;
    s->at_savepoint = false;
    if (!may_run(s, plan))
        return s->error.status;
    if (!s->connection)
        status = pg_pool_lease(s->db->pool, plan->deadline, &s->error, &s->connection);
    if (status == HOWDAH_STATUS_OK)
        status = run(s, plan);
    s->at_savepoint =
        status != HOWDAH_STATUS_OK && plan->recovery && s->connection && pg_connection_in_transaction(s->connection);
    if (s->at_savepoint || (status == HOWDAH_STATUS_OK && s->transaction != TRANSACTION_NONE)) {
        s->transaction = TRANSACTION_OPEN;
    } else {
        pg_pool_release(s->db->pool, s->connection);
        s->connection = NULL;
    }
    if (status != HOWDAH_STATUS_OK && s->error.status == HOWDAH_STATUS_OK)
        error_set(&s->error, status, "the call failed: %s", howdah_status_name(status));
    return status;
}

enum howdah_status transaction_run(struct howdah_session *s, struct pg_plan *plan)
{
    return run_leased(s, plan);
}

enum howdah_status transaction_read_plan(struct howdah_session *s, struct pg_plan *plan)
{
    plan->repeatable = s->transaction != TRANSACTION_OPEN;
    plan->deadline = clock_deadline(s->db->options.statement_timeout, 0);
    plan->steps[plan->count - 1].sync = true;
    enum howdah_status status = run_leased(s, plan);
    if (status == HOWDAH_STATUS_OK) {
        if (s->transaction != TRANSACTION_NONE)
            transaction_sent_settings(s);
        return status;
    }
    if (s->transaction != TRANSACTION_NONE)
        transaction_failed(s, false);
    error_finish(&s->error);
    return status;
}

enum howdah_status transaction_read_with_head(struct howdah_session *s, size_t head, const struct pg_step *steps,
                                              size_t count)
{
    /* not in the scratch, which whoever streams resets with each row */
    struct pg_step *all = memory_allocate(&s->db->allocator, (head + count) * sizeof(*all));
    if (!all)
        return session_no_memory(s);
    transaction_put_head(s, all);
    memcpy(all + head, steps, count * sizeof(*steps));
    struct pg_plan plan = {.steps = all, .count = head + count};
    enum howdah_status status = transaction_read_plan(s, &plan);
    memory_free(&s->db->allocator, all);
    return status;
}

enum howdah_status transaction_ask(struct howdah_session *s, struct pg_step *steps, size_t count)
{
    size_t head = 1 + transaction_count_head(s), all_count = head + count + 1;
    if (s->transaction != TRANSACTION_NONE || !s->settings)
        return transaction_read_steps(s, steps, count);
    struct pg_step *all = memory_allocate(&s->db->allocator, all_count * sizeof(*all));
    if (!all)
        return session_no_memory(s);
    all[0] = (struct pg_step){.statement = &transaction_begin_plain, .role = PG_BEGIN};
    transaction_put_settings(s, all + 1);
    memcpy(all + head, steps, count * sizeof(*steps));
    all[head + count] = (struct pg_step){.statement = &transaction_rollback_statement, .role = PG_ROLLBACK};
    struct pg_plan plan = {.steps = all, .count = all_count};
    enum howdah_status status = transaction_read_plan(s, &plan);
    memory_free(&s->db->allocator, all);
    return status;
}

void transaction_abandon(struct howdah_session *s)
{
    struct howdah_error ignored;
    struct pg_step step = {.statement = &transaction_rollback_statement, .role = PG_ROLLBACK, .sync = true};
    struct pg_plan plan = {.steps = &step,
                           .count = 1,
                           .counters = &s->counters,
                           .error = &ignored,
                           .deadline = clock_deadline(s->db->options.statement_timeout, 0)};
    if (s->transaction == TRANSACTION_OPEN && s->connection && pg_connection_alive(s->connection))
        (void)pg_execute(s->connection, &plan);
    transaction_end(s, false);
}

bool transaction_is_programs(struct howdah_session *s, const char *call)
{
    if (!hooks_may_call(s, call))
        return false;
    if (s->in_unit)
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "database_run begins and ends the transaction of its unit: return OK to commit, anything else to "
                     "roll back, but don't call %s",
                     call);
    return !s->in_unit;
}

enum howdah_status howdah_session_begin(struct howdah_session *s, const struct howdah_begin_options *options)
{
    static const struct howdah_begin_options standard = {.struct_size = sizeof(standard)};
    const struct howdah_begin_options *o = options ? options : &standard;
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (o->struct_size != sizeof(*o) || (unsigned)o->isolation > HOWDAH_ISOLATION_SERIALIZABLE)
        status = session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL,
                              "the options of session_begin are invalid: make them with BEGIN_OPTIONS(...)");
    else if (s->transaction != TRANSACTION_NONE)
        status = session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                              "a transaction has begun already: commit it or roll it back first");
    else if (!transaction_is_programs(s, "session_begin"))
        status = s->error.status;
    if (status == HOWDAH_STATUS_OK) {
        s->begin = *o;
        s->transaction = TRANSACTION_BEGUN;
    }
    session_leave(s);
    return status;
}
