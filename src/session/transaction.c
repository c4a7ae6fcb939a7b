#include "transaction.h"

#include "base/error.h"
#include "budget.h"
#include "formulas.h"
#include "hooks.h"
#include "marks.h"
#include "object.h"
#include "pending.h"
#include "relation_answers.h"
#include "snapshot.h"

/* An entry as it was before a flush changed it. */
struct flushed {
    struct flushed *older;
    struct entry *entry;
    enum entry_state state;
    const struct formula *formulas; /* that were pending */
    void *object;                   /* copies of both structs */
    void *snapshot;
    uint64_t *marks;
    bool expired;
};

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

/* --- what flushes changed --- */

bool transaction_remember(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    struct flushed *flushed = ARENA_NEW(&s->flushed_arena, struct flushed);
    if (!flushed)
        return false;
    flushed->object = arena_copy(&s->flushed_arena, entry_object(mapper, entry), mapper->model->size);
    flushed->snapshot = arena_copy(&s->flushed_arena, entry_snapshot(mapper, entry), mapper->model->size);
    if (!flushed->object || !flushed->snapshot || !marks_save(s, entry, &s->flushed_arena, &flushed->marks))
        return false;
    flushed->entry = entry;
    flushed->expired = entry->expired;
    flushed->formulas = formulas_pending(s, entry);
    flushed->state = entry->cascaded ? ENTRY_LOADED : entry->state;
    flushed->older = s->flushed;
    s->flushed = flushed;
    return true;
}

bool transaction_remember_read(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    uint32_t words = column_words(mapper);
    if (!transaction_remember(s, entry))
        return false;
    struct flushed *flushed = s->flushed;
    if (flushed->state != ENTRY_LOADED && flushed->state != ENTRY_DELETED)
        return true;
    snapshot_restore(mapper, flushed->object, flushed->snapshot);
    if (flushed->marks)
        memset(&flushed->marks[MARK_ASSIGNED * words], 0, words * sizeof(*flushed->marks));
    flushed->formulas = NULL;
    return true;
}

bool transaction_remember_made(struct howdah_session *s, struct entry *entry)
{
    if (!transaction_remember(s, entry))
        return false;
    s->flushed->state = ENTRY_DETACHED;
    return true;
}

/* Whether the field goes back to what it was before the flush: text and items that the program had put there were
 * copied then, and the session's copy stays, since the program's may be gone. */
static bool goes_back(const struct column *c, const struct flushed *flushed)
{
    if (!c->codec->has_pointers && c->shape != SHAPE_ARRAY)
        return true;
    return column_is_null(c, flushed->object) ||
           memcmp(column_field(c, flushed->object), column_field(c, flushed->snapshot), c->size) == 0;
}

/* What the flush put into the object is taken back, but for what the program changed since. */
static void unfill_object(const struct mapper *mapper, const struct flushed *flushed)
{
    void *object = entry_object(mapper, flushed->entry), *row = entry_snapshot(mapper, flushed->entry);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (snapshot_has_field(c, object, row) && goes_back(c, flushed))
            memcpy(column_field(c, object), column_field(c, flushed->object), c->size);
    }
    for (uint32_t i = 0; i < mapper->relation_count;
         i++) { /* a pointer that did not fit its key any more was forgotten */
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO &&
            object_pointer(relation, object) == object_pointer(relation, row))
            object_set_pointer(relation, object, object_pointer(relation, flushed->object));
    }
}

/* The state to which an undone flush leads: that from before it, but for what the program did since. */
static enum entry_state undone_state(const struct entry *entry, const struct flushed *flushed)
{
    if (entry->state == ENTRY_DETACHED && !entry->row_deleted)
        return ENTRY_DETACHED; /* evicted */
    if (entry->state == ENTRY_DELETED)
        return flushed->state == ENTRY_NEW ? ENTRY_DETACHED : ENTRY_DELETED;
    if (entry->state == ENTRY_LOADED && flushed->state == ENTRY_DELETED)
        return ENTRY_LOADED; /* its deletion was taken back */
    return flushed->state;
}

/* Back into the identity map, from where a new object with the same key had driven it. */
static void take_place(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    struct entry *holder = identity_find(&s->map, mapper, entry_snapshot(mapper, entry));
    if (holder)
        identity_remove(&s->map, holder);
    identity_add_prepared(&s->map, mapper, entry); /* the flush has prepared the map */
}

/* Collections, and what HAS_ONE points to, stay as the program sees them: pending links are in them still. */
static void restore_snapshot(const struct mapper *mapper, struct entry *entry, const struct flushed *flushed)
{
    char *snapshot = entry_snapshot(mapper, entry), *row = flushed->snapshot;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        if (field->kind != HOWDAH_FIELD_BELONGS_TO)
            memcpy(row + field->offset, snapshot + field->offset, field->size);
    }
    memcpy(snapshot, row, mapper->model->size);
}

/* What was added and deleted again in between is forgotten: nothing can refer to it. */
static void forget_lost_pointers(struct howdah_session *s, const struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        const struct entry *target = NULL;
        if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
            target = slabs_find(&s->slabs, object_pointer(relation, entry_object(mapper, entry)));
        if (target && target->state == ENTRY_DETACHED && target->unwritten)
            object_set_pointer(relation, entry_object(mapper, entry), NULL);
    }
}

void transaction_unflush(struct howdah_session *s, struct flushed *until)
{
    struct flushed *last = s->flushed;
    for (struct flushed *flushed = s->flushed; flushed != until; flushed = flushed->older) {
        struct entry *entry = flushed->entry;
        const struct mapper *mapper = entry_mapper(s, entry);
        enum entry_state state = undone_state(entry, flushed);
        if (!entry->row_deleted)
            unfill_object(mapper, flushed);
        if (state == ENTRY_DETACHED || (state == ENTRY_NEW && !key_is_set(mapper, flushed->snapshot)))
            identity_remove(&s->map, entry);
        if (!key_equal(mapper, entry_snapshot(mapper, entry), flushed->snapshot))
            identity_remove(&s->map, entry); /* its key was changed, or drawn */
        restore_snapshot(mapper, entry, flushed);
        entry->state = (uint8_t)state; /* back on the way it came: no move of the table */
        entry->row_deleted = false;
        entry->unwritten = state == ENTRY_DETACHED && (flushed->state == ENTRY_NEW || flushed->state == ENTRY_DETACHED);
        entry->expired = flushed->expired;
        marks_restore(s, entry, flushed->marks);
        formulas_unflush(s, entry, flushed->formulas, flushed->object, flushed->snapshot);
        if (!entry->mapped && (state == ENTRY_LOADED || state == ENTRY_DELETED))
            take_place(s, mapper, entry);
    }
    for (struct flushed *flushed = last; flushed != until; flushed = flushed->older)
        forget_lost_pointers(s, flushed->entry);
    s->flushed = until;
}

/* What was deleted leaves the identity map for good. */
static void forget_deleted(struct howdah_session *s)
{
    for (struct flushed *flushed = s->flushed; flushed; flushed = flushed->older)
        if (flushed->entry->state == ENTRY_DETACHED)
            identity_remove(&s->map, flushed->entry);
}

void transaction_end(struct howdah_session *s, bool committed)
{
    if (committed) {
        forget_deleted(s);
        relation_keep_provisional(s);
        pending_settle(s);
    } else {
        transaction_unflush(s, NULL);
    }
    answers_forget(s);
    s->flushed = NULL;
    s->savepoint = NULL;
    s->first_setting = s->settings = NULL;
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
    transaction_unflush(s, s->savepoint->flushed);
    transaction_unset(s, s->savepoint->setting, true);
}

/* --- running --- */

enum howdah_status transaction_run(struct howdah_session *s, struct pg_plan *plan)
{
    struct pg_connection *connection = s->connection;
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (s->error.status != HOWDAH_STATUS_OK)
        error_clear(&s->error);
    plan->outcome = HOWDAH_OUTCOME_NOT_DONE;
    s->at_savepoint = false;
    if (s->transaction == TRANSACTION_PREPARED)
        return session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                            "the transaction is prepared as %s: nothing can be sent before session_commit or "
                            "session_rollback has ended it",
                            s->prepared);
    if (!hooks_may_send(s) || !budget_allows(s, plan))
        return s->error.status;
    if (!connection)
        status = pg_pool_lease(s->db->pool, plan->deadline, &s->error, &connection);
    if (status == HOWDAH_STATUS_OK) {
        plan->counters = &s->counters;
        plan->error = &s->error;
        plan->keep_transaction = s->transaction != TRANSACTION_NONE;
        plan->row_limit = budget_row_limit(s);
        plan->recovery = s->savepoint ? &s->savepoint->back : NULL;
        s->running = connection;
        status = pg_execute(connection, plan);
        s->running = NULL;
        budget_note(s, plan);
    }
    bool goes_on =
        status == HOWDAH_STATUS_OK || (plan->recovery && connection && pg_connection_in_transaction(connection));
    bool keep = s->transaction != TRANSACTION_NONE && goes_on;
    s->at_savepoint = keep && status != HOWDAH_STATUS_OK;
    s->connection = keep ? connection : NULL;
    if (keep)
        s->transaction = TRANSACTION_OPEN;
    else
        pg_pool_release(s->db->pool, connection);
    if (status != HOWDAH_STATUS_OK && s->error.status == HOWDAH_STATUS_OK)
        error_set(&s->error, status, "the call failed: %s", howdah_status_name(status));
    return status;
}

enum howdah_status transaction_read_plan(struct howdah_session *s, struct pg_step *steps, size_t count,
                                         void (*restart)(void *arg), void *arg)
{
    struct pg_plan plan = {.steps = steps,
                           .count = count,
                           .repeatable = s->transaction != TRANSACTION_OPEN,
                           .restart = restart,
                           .restart_arg = arg,
                           .deadline = clock_deadline(s->db->options.statement_timeout, 0)};
    steps[count - 1].sync = true;
    enum howdah_status status = transaction_run(s, &plan);
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

enum howdah_status transaction_read_steps(struct howdah_session *s, struct pg_step *steps, size_t count)
{
    size_t head = transaction_head_count(s);
    if (head == 0)
        return transaction_read_plan(s, steps, count, NULL, NULL);
    /* not in the scratch, which whoever streams resets with each row */
    struct pg_step *all = memory_allocate(&s->db->allocator, (head + count) * sizeof(*all));
    if (!all)
        return session_no_memory(s);
    transaction_put_head(s, all);
    memcpy(all + head, steps, count * sizeof(*steps));
    enum howdah_status status = transaction_read_plan(s, all, head + count, NULL, NULL);
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
