/* Sending: binds steps, prepares their statements, and keeps what is on its way within a window. */
#include "connection.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum {
    WINDOW = 512 * 1024,   /* bytes on their way at most, if they are more than one statement and the next */
    PUSH = 32 * 1024,      /* bytes given to libpq before it is told to send all of them */
    ROOM = 8,              /* entries of the queue that a step and the end of its segment can need */
    MESSAGE_OVERHEAD = 64, /* Bind, Describe and Execute without parameters */
    PARAMETER_OVERHEAD = 8
};

/* The length of a message is an int; the server takes fields up to 1 GB. */
static const uint64_t parameters_max = 1024u * 1024 * 1024 - 64 * 1024;

static const struct pg_binding nothing;
static const struct statement rollback_statement = {.text = "ROLLBACK", .control = true};

static const struct howdah_allocator *allocator_of(const struct pg_execution *e)
{
    return e->connection->options->allocator;
}

bool execution_has_room(const struct pg_execution *e)
{
    return e->awaited.bytes <= WINDOW / 2 || e->awaited.count <= 1;
}

static void await(struct pg_execution *e, struct awaited awaited)
{
    if (e->watched)
        awaited.sent = clock_now();
    awaited_push(&e->awaited, &awaited);
    e->unflushed += awaited.bytes;
    /* libpq takes the wish for rows one by one only before anything of the result has come. */
    if (e->awaited.count == 1)
        execution_expect_rows(e);
}

/* Hands what libpq holds to the socket, as much as it takes. False: it takes no more. */
static bool push(struct pg_execution *e)
{
    e->unflushed = 0;
    e->blocked = PQflush(e->connection->pg) != 0;
    return !e->blocked;
}

static bool grow_parameters(struct pg_execution *e, size_t count)
{
    struct scratch *s = &e->scratch;
    size_t capacity = s->parameters ? s->parameters : 16;
    while (capacity < count)
        capacity *= 2;
    const char **values = memory_resize(allocator_of(e), s->values, capacity * sizeof(*values));
    if (values)
        s->values = values;
    int *formats = values ? memory_resize(allocator_of(e), s->formats, capacity * sizeof(*formats)) : NULL;
    if (!formats)
        return false;
    s->formats = formats;
    for (size_t i = s->parameters; i < capacity; i++)
        formats[i] = 1;
    s->parameters = capacity;
    return true;
}

/* Copies the parameters' addresses to where libpq gets them, as it wants them: it knows NULL by a null pointer, we by the
 * size. And adds up their bytes. */
static const struct pg_binding *take_parameters(struct pg_execution *e, const struct pg_binding *binding, size_t count)
{
    size_t bytes = 0; /* they are in memory */
    for (size_t i = 0; i < count; i++) {
        int size = binding->sizes[i];
        const char *value = binding->values[i];
        e->scratch.values[i] = size < 0 ? NULL : value ? value : "";
        bytes += size > 0 ? (unsigned)size : 0;
    }
    e->bound = (struct pg_binding){e->scratch.values, binding->sizes, binding->formats, bytes};
    return &e->bound;
}

/* What the parameters weigh. */
static uint64_t weigh(const struct pg_binding *binding, size_t count)
{
    return binding->bytes + count * PARAMETER_OVERHEAD;
}

/* The parameters of the step, as libpq takes them; NULL: the plan has failed. */
static const struct pg_binding *bind(struct pg_execution *e, struct pg_step *step)
{
    struct howdah_error *error = e->plan->error;
    const struct pg_binding *binding = step->binding;
    size_t count = step->statement->parameters;
    enum howdah_status status = HOWDAH_STATUS_OK;
    if (!binding) {
        e->bound = nothing;
        binding = &e->bound;
        status = step->bind ? step->bind(step->arg, step, &e->bound) : HOWDAH_STATUS_OK;
    }
    if (status == HOWDAH_STATUS_OK && (!awaited_reserve(&e->awaited, allocator_of(e), ROOM) ||
                                       (count > e->scratch.parameters && !grow_parameters(e, count))))
        status = error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    if (status == HOWDAH_STATUS_OK && !binding->bytes)
        binding = take_parameters(e, binding, count);
    if (status == HOWDAH_STATUS_OK && weigh(binding, count) > parameters_max)
        status = error_set(error, HOWDAH_STATUS_INVALID,
                           "the parameters of one statement have %llu bytes, more than %llu: write "
                           "fewer rows or smaller values at once",
                           (unsigned long long)weigh(binding, count), (unsigned long long)parameters_max);
    if (status == HOWDAH_STATUS_OK)
        return binding;
    execution_fail(e, status, step);
    return NULL;
}

static bool prepare(struct pg_execution *e, struct pg_step *step, struct cached *cached)
{
    const struct statement *s = step->statement;
    if (!PQsendPrepare(e->connection->pg, cached->name, s->text, s->parameters, s->types))
        return false;
    cached->state = CACHED_PREPARING;
    e->columns = -1; /* its rows may look different now */
    await(e, (struct awaited){.kind = AWAITED_PREPARE,
                              .step = step,
                              .cached = cached,
                              .bytes = MESSAGE_OVERHEAD + strlen(s->text) + s->parameters * sizeof(*s->types)});
    return true;
}

static const int *formats_of(const struct pg_execution *e, const struct pg_binding *binding)
{
    return binding->formats ? binding->formats : e->scratch.formats;
}

static bool send_named(struct pg_execution *e, struct pg_step *step, struct cached *cached,
                       const struct pg_binding *binding)
{
    if (cached->state == CACHED_UNPREPARED && !prepare(e, step, cached))
        return false;
    return PQsendQueryPrepared(e->connection->pg, cached->name, step->statement->parameters, binding->values,
                               binding->sizes, formats_of(e, binding), 1);
}

static bool send_unnamed(struct pg_execution *e, const struct statement *s, const struct pg_binding *binding)
{
    return PQsendQueryParams(e->connection->pg, s->text, s->parameters, s->types, binding->values, binding->sizes,
                             formats_of(e, binding), 1);
}

static bool enter_pipeline(struct pg_execution *e)
{
    e->alone = false;
    e->pipelined = true;
    return PQenterPipelineMode(e->connection->pg);
}

bool execution_leave_pipeline(struct pg_execution *e)
{
    e->pipelined = false;
    return PQexitPipelineMode(e->connection->pg);
}

/* What the step means for the transaction. */
static void follow_role(struct pg_execution *e, enum pg_role role)
{
    switch (role) {
    case PG_STATEMENT: break;
    case PG_BEGIN: e->open = true; break;
    case PG_COMMIT:
    case PG_PREPARE:
        e->open = false;
        e->exposed = true;
        break;
    case PG_ROLLBACK:
        e->open = false;
        e->rolled_back = true;
        break;
    }
}

/* A plan of one statement that needs no Parse goes outside pipeline mode: libpq adds the Sync by itself, and makes no
 * result of the answer to it, which saves a tenth of what a find costs. */
static bool choose_mode(struct pg_execution *e, const struct cached *cached)
{
    e->alone = e->plan->count == 1 && e->awaited.count == 0 && (!cached || cached->state == CACHED_PREPARED);
    return e->alone ? !e->pipelined || execution_leave_pipeline(e) : enter_pipeline(e);
}

static bool send_step(struct pg_execution *e, struct pg_step *step)
{
    const struct statement *s = step->statement;
    const struct pg_binding *binding = bind(e, step);
    struct cached *cached = NULL;
    if (!binding)
        return false;
    if (!s->control && e->repetition != REPEAT_UNDER_WAY)
        cached = statement_cache_use(&e->connection->cache, s);
    if (step->role != PG_STATEMENT)
        follow_role(e, step->role);
    e->begun = true;
    if ((e->next == 0 && !choose_mode(e, cached)) ||
        !(cached ? send_named(e, step, cached, binding) : send_unnamed(e, s, binding))) {
        execution_lose(e);
        return false;
    }
    size_t bytes = MESSAGE_OVERHEAD + (size_t)weigh(binding, s->parameters) + (cached ? 0 : strlen(s->text));
    await(e, (struct awaited){.kind = AWAITED_STEP, .step = step, .cached = cached, .bytes = bytes});
    if (!s->control && !s->service)
        e->counters->statements++;
    return true;
}

bool execution_send_sync(struct pg_execution *e)
{
    /* Outside a transaction it is the Sync that commits. */
    if (!e->open && !e->rolled_back && e->status == HOWDAH_STATUS_OK)
        e->exposed = true;
    if (!e->alone && !PQpipelineSync(e->connection->pg)) {
        execution_lose(e);
        return false;
    }
    await(e, (struct awaited){.kind = AWAITED_SYNC});
    return true;
}

bool execution_send_rollback(struct pg_execution *e)
{
    const struct statement *recovery = e->plan->recovery;
    e->rolled_back = true;
    e->open = recovery != NULL;
    if (!enter_pipeline(e) || !send_unnamed(e, recovery ? recovery : &rollback_statement, &nothing)) {
        execution_lose(e);
        return false;
    }
    await(e, (struct awaited){.kind = AWAITED_ROLLBACK, .bytes = MESSAGE_OVERHEAD});
    return true;
}

static bool send_close(struct pg_execution *e, const struct cached *cached)
{
#ifdef LIBPQ_HAS_CLOSE_PREPARED
    return PQsendClosePrepared(e->connection->pg, cached->name);
#else
    char text[sizeof("DEALLOCATE ") + sizeof(cached->name)];
    const struct statement close = {.text = text, .control = true};
    snprintf(text, sizeof(text), "DEALLOCATE %s", cached->name);
    return send_unnamed(e, &close, &nothing);
#endif
}

void execution_send_closes(struct pg_execution *e)
{
    struct cached *cached;
    bool sent = enter_pipeline(e);
    /* Without memory for it they are closed another time. */
    while (sent && awaited_reserve(&e->awaited, allocator_of(e), ROOM) &&
           (cached = statement_cache_next_to_close(&e->connection->cache))) {
        sent = send_close(e, cached);
        await(e, (struct awaited){.kind = AWAITED_CLOSE, .cached = cached, .bytes = MESSAGE_OVERHEAD});
    }
    if (sent && e->awaited.count == 0)
        return;
    if (!sent || !PQpipelineSync(e->connection->pg)) {
        execution_lose(e);
        return;
    }
    await(e, (struct awaited){.kind = AWAITED_CLOSE_SYNC});
}

/* The window is full: the server is asked to send the results that it holds back. */
static void ask_for_results(struct pg_execution *e)
{
    if (!PQsendFlushRequest(e->connection->pg)) {
        execution_lose(e);
        return;
    }
    push(e);
    execution_move(e, EXECUTION_FULL);
}

void execution_send(struct pg_execution *e)
{
    do {
        struct pg_step *step = &e->plan->steps[e->next];
        if (e->awaited.bytes > WINDOW && e->awaited.count > 1) {
            ask_for_results(e);
            return;
        }
        if ((e->unflushed > PUSH && !push(e)) || !send_step(e, step))
            return;
        e->next++;
        if (step->sync && execution_send_sync(e))
            execution_move(e, EXECUTION_SYNCING);
    } while (e->state == EXECUTION_SENDING);
}
