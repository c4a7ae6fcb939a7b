/* What the executor runs: steps, each one statement, in segments that end with a Sync. Pure data and callbacks;
 * no libpq in sight. */
#ifndef PG_PLAN_H
#define PG_PLAN_H

#include "base/cell.h"
#include "base/clock.h"
#include "base/statement.h"

#include <howdah/error.h>

struct pg_step;

/* Parameters of one execution; sizes -1 are NULL. The executor hands them to libpq before the next bind, which may
 * reuse the memory. */
struct pg_binding {
    const char *const *values;
    const int *sizes;
    const int *formats; /* for each 1 if it is binary, 0 if it is text without a NUL; NULL: all are binary */
    size_t bytes;       /* of all values, where those that are NULL, and no others, are null pointers; 0: who knows */
};

/* A column of a result. */
struct pg_column {
    const char *name;
    uint32_t type; /* OID */
};

struct pg_done {
    const char *tag;   /* command tag, "INSERT 0 3" */
    uint64_t affected; /* rows affected, or returned */
};

enum pg_role {
    PG_STATEMENT = 0,
    PG_BEGIN,
    PG_COMMIT,  /* success is the tag COMMIT, nothing else */
    PG_PREPARE, /* of a two-phase commit: the same with its tag; what it leaves behind is the outcome DONE */
    PG_ROLLBACK
};

struct pg_step {
    const struct statement *statement;
    enum pg_role role;
    bool sync; /* ends its segment: the executor waits until all its results are in */
    /* Rows come when the result is whole, for which libpq does least, unless one of these is set. Same callback. */
    bool one_by_one; /* as they arrive, and none is held */
    bool many;       /* in pieces where libpq can do that (17), since what becomes of them is kept: so the result is not
                        held beside it, and the server goes on meanwhile */

    const struct pg_binding *binding; /* the parameters, where they are known beforehand; NULL: `bind` is asked */
    /* Called right before the step is sent. NULL: no parameters. A status other than OK stops the plan. */
    enum howdah_status (*bind)(void *arg, struct pg_step *step, struct pg_binding *ret);
    /* The columns of the result, once, before the first row and also if there is none; statements without a result have
     * no columns. May be NULL. As for `row`. */
    enum howdah_status (*columns)(void *arg, struct pg_step *step, const struct pg_column *columns, size_t count);
    /* One row. NULL: rows are dropped. A status other than OK stops the plan: what is left is read and dropped. The
     * callee fills the run's error itself. */
    enum howdah_status (*row)(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
    /* The statement is complete. May be NULL. A status other than OK stops the plan at the end of the segment: later
     * segments are not sent. The callee fills the run's error itself. */
    enum howdah_status (*done)(void *arg, struct pg_step *step, const struct pg_done *done);
    /* How many rows the statement has affected, where its result is one row that tells of all; set by `row`. NULL: the
     * command tag says it. */
    const uint32_t *affected;
    void *arg;
    size_t number; /* for the callbacks' use */
    size_t coming; /* set by the executor: how many rows came at once, of which the first is handed over next */
};

/* Counters that the executor adds to; a session's. */
struct pg_counters {
    uint32_t statements;
    uint32_t round_trips;
    uint64_t rows;
};

struct pg_plan {
    struct pg_step *steps; /* the last one has .sync */
    size_t count;
    moment deadline;
    uint64_t row_limit;    /* of the counters: with more rows the plan fails; all come one by one. 0: none */
    bool keep_transaction; /* after success the connection may be left inside a transaction */
    bool repeatable;       /* began its own transaction, or writes nothing: may be run again whole, once, after a
                                   prepared statement was gone (26000) or its plan stale (0A000) */
    /* Sent instead of ROLLBACK where the plan fails inside a transaction: it goes back to a savepoint, and the transaction
     * goes on. NULL: ROLLBACK. A step that is done may say another one. */
    const struct statement *recovery;
    void (*restart)(void *arg); /* called before such a second run; may be NULL */
    void *restart_arg;
    struct pg_counters *counters;
    struct howdah_error *error; /* filled on failure: by the executor, or by the callback that stopped the plan */
    char *refused_key; /* room for the key that a constraint of the server refused, as "(a, b)=(1, x)"; or NULL */
    uint32_t refused_key_size;

    /* set by the executor */
    uint32_t place; /* in the text of the step that the server refused, from 1, to which it points; 0: none */
    size_t failed;  /* index of the step that failed, or count; where the connection was lost or the time
                                    was up: of the oldest one without an answer */
    enum howdah_outcome outcome; /* of the plan's transaction, if it has a COMMIT or a lone statement; a fact */
    bool by_policy;              /* row security refused a row, with the SQLSTATE of a missing privilege */
};

#endif
