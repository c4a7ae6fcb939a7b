/* The state of a plan that runs. Private to this room; it lives inside the connection and is used again for each
 * plan, so that running one allocates nothing once its arrays have grown.
 *
 * execution.c moves through the segments, execution_send.c sends, execution_receive.c takes the results, execution_failure.c
 * the errors among them. */
#ifndef PG_EXECUTION_H
#define PG_EXECUTION_H

#include "executor.h"

#include <libpq-fe.h>

struct cached;

enum execution_state {
    EXECUTION_IDLE = 0,     /* there is no plan */
    EXECUTION_SENDING,      /* a segment's steps are sent; results are taken as they come */
    EXECUTION_FULL,         /* the same, but so much is on its way that results are waited for before more is sent */
    EXECUTION_SYNCING,      /* the segment's Sync is sent; its answer is waited for */
    EXECUTION_ROLLING_BACK, /* the plan has failed; ROLLBACK and a Sync are sent */
    EXECUTION_FINISHED
};

enum awaited_kind {
    AWAITED_STEP,
    AWAITED_PREPARE,
    AWAITED_ROLLBACK, /* one that the executor added */
    AWAITED_SYNC,
    AWAITED_CLOSE,     /* of a prepared statement that nobody needs any more */
    AWAITED_CLOSE_SYNC /* ends the segment of those; not counted, since the plan's first one travels with it */
};

/* Something that was sent and whose result has not been taken. */
struct awaited {
    enum awaited_kind kind;
    struct pg_step *step;  /* of STEP, PREPARE */
    struct cached *cached; /* of STEP (NULL if it runs without a name), PREPARE, CLOSE */
    size_t bytes;          /* about */
    moment sent;           /* if somebody watches */
};

/* What was sent and is awaited, oldest first. */
struct awaited_queue {
    struct awaited *items; /* a ring; capacity is a power of two, or 0 */
    size_t capacity, first, count;
    size_t bytes;
};

/* Arrays that grow and stay. */
struct scratch {
    const char **values; /* parameters as libpq wants them: NULL is SQL NULL */
    int *formats;        /* all 1: binary, for bindings that bring none */
    size_t parameters;
    struct cell *cells;
    size_t columns;
};

enum repetition {
    REPEAT_NOT_NEEDED,
    REPEAT_WANTED, /* a prepared statement was not what we thought: see plan.h, `repeatable` */
    REPEAT_UNDER_WAY
};

struct pg_execution {
    struct pg_connection *connection;
    struct pg_plan *plan;
    enum execution_state state;
    enum howdah_status status; /* of the plan: its first failure */
    moment deadline;           /* the plan's; a little later while a failed one is rolled back */
    int left;                  /* milliseconds until then, as poll takes it */
    enum repetition repetition;

    size_t next;      /* the step to send next */
    bool begun;       /* something of this segment was sent */
    bool pipelined;   /* libpq is in pipeline mode */
    bool alone;       /* it is the plan's only statement, and travels outside pipeline mode */
    bool blocked;     /* the socket takes no more at the moment */
    size_t unflushed; /* bytes given to libpq since it was told to send all it has */
    struct awaited_queue awaited;
    struct scratch scratch;
    struct pg_binding bound; /* the parameters of the step that is sent, unless it brings them */

    bool described;             /* the step has got its result's columns */
    bool answered;              /* a result of the oldest awaited was taken; libpq's NULL that ends it comes next */
    char tag[64];               /* of a result in pieces: libpq gives the command tag to the last one that has rows */
    int columns;                /* whose types are in the cells; -1: none */
    const struct cached *typed; /* the statement that they are of, if it has a name */

    /* facts from which the outcome follows */
    bool open;    /* a transaction is open behind what was sent so far */
    bool exposed; /* something that commits was handed to libpq */
    bool refused; /* the server answered with an error, or with ROLLBACK */
    bool committed;
    bool spent;       /* a COMMIT was answered: the plan must not be run again */
    bool rolled_back; /* a ROLLBACK was sent */

    bool watched; /* statements are reported */
    struct pg_counters *counters;
    struct pg_counters unused; /* for plans that bring none */
    uint32_t trips;            /* of this plan */
};

/* --- execution.c --- */

void execution_init(struct pg_execution *e, struct pg_connection *connection);
void execution_done(struct pg_execution *e, const struct howdah_allocator *allocator);
/* Takes note of the plan's first failure (later ones follow from it); plan->error is filled. Nothing is sent before
 * all results that are there were taken. */
void execution_fail(struct pg_execution *e, enum howdah_status status, const struct pg_step *step);
/* All is said: the outcome is known. */
void execution_finish(struct pg_execution *e);
/* The answer to a segment's Sync has come. */
void execution_end_segment(struct pg_execution *e);
void execution_move(struct pg_execution *e, enum execution_state to);

/* --- execution_send.c --- */

/* Sends steps up to the end of the segment, or until enough is on its way, or the socket takes no more. */
void execution_send(struct pg_execution *e);
/* So little is on its way that more may be sent. */
bool execution_has_room(const struct pg_execution *e);
/* These two are false if the execution has lost its connection. */
bool execution_send_rollback(struct pg_execution *e);
bool execution_send_sync(struct pg_execution *e);
/* Out of pipeline mode: false if anything is pending. */
bool execution_leave_pipeline(struct pg_execution *e);
/* Closes the prepared statements that nobody needs any more, in a segment of their own. */
void execution_send_closes(struct pg_execution *e);

/* --- execution_receive.c --- */

/* Takes all results that are there. */
void execution_receive(struct pg_execution *e);
/* The oldest of what is awaited is another one now: tells libpq how its rows shall come. */
void execution_expect_rows(struct pg_execution *e);
/* Reports a statement to whoever watches. */
void execution_report(struct pg_execution *e, const struct awaited *awaited, uint64_t rows, enum howdah_status status,
                      const char *sqlstate);

/* --- execution_failure.c --- */

/* The connection is gone, or libpq is at its wits' end: breaks it, and ends the plan. */
void execution_lose(struct pg_execution *e);
/* The same for a reason of ours. */
void execution_give_up(struct pg_execution *e, enum howdah_status status, const char *message);
/* Whether libpq says that it had none. */
bool execution_is_about_memory(const char *message);
/* A result that is an error; without an SQLSTATE it is libpq's. */
void execution_take_error(struct pg_execution *e, const PGresult *result);
/* What came is no answer to what is awaited. */
void execution_lose_track(struct pg_execution *e);

/* --- awaited.c --- */

/* Makes room for that many more; false if memory is out. */
bool awaited_grow(struct awaited_queue *queue, const struct howdah_allocator *allocator, size_t more);

static inline bool awaited_reserve(struct awaited_queue *queue, const struct howdah_allocator *allocator, size_t more)
{
    return queue->capacity - queue->count >= more || awaited_grow(queue, allocator, more);
}

static inline struct awaited *awaited_first(const struct awaited_queue *queue)
{
    return queue->count ? &queue->items[queue->first] : NULL;
}

static inline void awaited_push(struct awaited_queue *queue, const struct awaited *awaited)
{
    queue->items[(queue->first + queue->count++) & (queue->capacity - 1)] = *awaited;
    queue->bytes += awaited->bytes;
}

static inline void awaited_drop(struct awaited_queue *queue)
{
    queue->bytes -= queue->items[queue->first].bytes;
    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->count--;
}

#endif
