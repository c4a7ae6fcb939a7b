#include "direct.h"

#include "relation_answers.h"
#include "transaction.h"

#include "base/error.h"

/* The plan around the steps: BEGIN, the transaction's id, the steps, COMMIT, as far as they are needed. */
struct direct {
    struct howdah_session *s;
    const struct mapper *mapper; /* that it is about, or NULL */
    struct pg_step *steps;
    size_t count;
    struct pg_transaction transaction; /* once known */
    struct arena arena;                /* of the call; not the scratch, which rows may reset */
};

static enum howdah_status take_transaction(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct direct *direct = arg;
    (void)step;
    if (pg_transaction_note(direct->s->connection, cells, count, &direct->transaction))
        return HOWDAH_STATUS_OK;
    return error_set(&direct->s->error, HOWDAH_STATUS_PROTOCOL, "the server named a transaction that can't be read");
}

static bool lay_out(struct direct *direct, enum direct_how how, struct pg_step *steps, size_t count)
{
    enum { HEAD_AND_TAIL = 3 };
    struct howdah_session *s = direct->s;
    bool own = s->transaction == TRANSACTION_NONE;
    if (own && how == DIRECT_LONE && count == 1) {
        direct->steps = steps;
        direct->count = 1;
        steps->sync = true;
        return true;
    }
    size_t head = transaction_head_count(s);
    struct pg_step *to = arena_allocate_array(&direct->arena, head + count + HEAD_AND_TAIL, sizeof(*to));
    if (!to)
        return false;
    direct->steps = to;
    transaction_put_head(s, to);
    to += head;
    if (own)
        *to++ = (struct pg_step){.statement = &transaction_begin_plain, .role = PG_BEGIN};
    if (s->transaction_id.id == 0)
        *to++ = (struct pg_step){.statement = &pg_transaction_statement, .row = take_transaction, .arg = direct};
    memcpy(to, steps, count * sizeof(*steps));
    to += count;
    to[-1].sync = true;
    if (own)
        *to++ = (struct pg_step){.statement = &transaction_commit_statement, .role = PG_COMMIT, .sync = true};
    direct->count = (size_t)(to - direct->steps);
    return true;
}

static void tell(struct howdah_session *s, enum howdah_outcome outcome, const struct pg_transaction *transaction)
{
    char token[128];
    s->error.outcome = outcome;
    if (outcome == HOWDAH_OUTCOME_IN_DOUBT) {
        s->error.status = HOWDAH_STATUS_IN_DOUBT;
        pg_transaction_token(transaction, token, sizeof(token));
        if (transaction->id)
            error_attach(&s->error, &s->error.in_doubt_token, token);
        error_message(&s->error, "whether the statement was committed can't be learned now: %s", s->error.message);
    }
    error_finish(&s->error);
}

/* What became of it: a fact, or IN_DOUBT. */
static enum howdah_outcome outcome_of(const struct direct *direct, const struct pg_plan *plan, bool own)
{
    struct howdah_session *s = direct->s;
    if (!own || plan->outcome == HOWDAH_OUTCOME_NONE)
        return HOWDAH_OUTCOME_NOT_DONE;
    if (plan->outcome != HOWDAH_OUTCOME_IN_DOUBT || !direct->transaction.id)
        return plan->outcome;
    return pg_transaction_resolve(s->db->pool, &direct->transaction,
                                  clock_deadline(s->db->options.in_doubt_timeout, 0));
}

/* The transaction of several steps has all its results before COMMIT is sent: lost is its answer alone. */
static bool is_done(const struct direct *direct, const struct pg_plan *plan, enum howdah_outcome outcome)
{
    return outcome == HOWDAH_OUTCOME_DONE && direct->count > 1 && plan->failed == direct->count - 1;
}

enum howdah_status direct_not_done(struct howdah_session *s)
{
    if (s->error.status != HOWDAH_STATUS_OK && s->error.outcome == HOWDAH_OUTCOME_NONE) {
        s->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
        error_finish(&s->error);
    }
    return s->error.status;
}

enum howdah_status direct_refusal(struct howdah_session *s)
{
    if (session_enter_always(s)) {
        direct_not_done(s);
        session_leave(s);
    }
    return session_refusal(s);
}

static enum howdah_status run(struct direct *direct)
{
    struct howdah_session *s = direct->s;
    bool own = s->transaction == TRANSACTION_NONE;
    struct pg_plan plan = {.steps = direct->steps,
                           .count = direct->count,
                           .deadline = clock_deadline(s->db->options.statement_timeout, 0),
                           .repeatable = s->transaction != TRANSACTION_OPEN};
    enum howdah_status status = transaction_run(s, &plan);
    answers_forget(s); /* what was counted may be another number now */
    if (status == HOWDAH_STATUS_OK) {
        if (!own) {
            s->transaction_id = direct->transaction;
            transaction_sent_settings(s);
            transaction_wrote(s);
        }
        return status;
    }
    enum howdah_outcome outcome = outcome_of(direct, &plan, own);
    if (!own)
        transaction_failed(s, false);
    if (own && is_done(direct, &plan, outcome)) {
        error_clear(&s->error);
        return HOWDAH_STATUS_OK;
    }
    session_name_culprit(s, direct->mapper);
    tell(s, outcome, &direct->transaction);
    return s->error.status;
}

enum howdah_status direct_write(struct howdah_session *s, enum direct_how how, const struct mapper *mapper,
                                struct pg_step *steps, size_t count)
{
    struct direct direct = {.s = s, .mapper = mapper, .transaction = s->transaction_id};
    arena_init(&direct.arena, &s->db->allocator);
    if (lay_out(&direct, how, steps, count)) {
        run(&direct);
    } else {
        session_no_memory(s);
        direct_not_done(s);
    }
    arena_done(&direct.arena);
    return s->error.status;
}
