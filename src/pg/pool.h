/* The pool: connections of a database, opened when needed, handed out first come first served.
 *
 * All functions may be called by any thread. A connection is used by the thread that leased it. */
#ifndef PG_POOL_H
#define PG_POOL_H

#include "base/clock.h"
#include "base/memory.h"
#include "plan.h"

#include <howdah/database.h>

struct pg_pool;
struct pg_connection;

/* What the pool needs of the database's options, with defaults filled in. Copied. */
struct pg_options {
    const struct howdah_allocator *allocator;
    const char *conninfo; /* or NULL */
    int pool_size;
    int pool_timeout; /* milliseconds; -1 no limit. The same for the next two */
    int connect_timeout;
    int in_doubt_timeout;
    int statement_cache; /* 0: statements are not prepared */
    bool show_values;
    void (*on_statement)(void *arg, const struct howdah_statement *statement); /* or NULL */
    void *statement_arg;
    void (*on_notice)(void *arg, const char *severity, const char *sqlstate, const char *message);
    void *notice_arg;
    void (*log)(const struct howdah_statement *statement); /* prints a statement if the environment has HOWDAH_LOG=sql;
                                                              or NULL */
};

/* No I/O. NULL if memory is out. */
struct pg_pool *pg_pool_open(const struct pg_options *options);
/* Closes all connections; none may be leased. NULL is allowed. */
void pg_pool_close(struct pg_pool *pool);

/* Leases a connection that is alive as far as a look without a round trip can tell; connects if there is none and the
 * pool isn't full, else waits for its turn. Waits until `deadline` at most, and no longer than pool_timeout (and
 * connect_timeout for connecting). OK, TIMEOUT, CONNECTION, PERMISSION, RESOURCE, MISUSE (after fork), NO_MEMORY:
 * then *error is filled. */
static inline enum howdah_status pg_pool_lease(struct pg_pool *pool, moment deadline, struct howdah_error *error,
                                               struct pg_connection **ret);
/* Gives it back. One that is not idle (in a transaction, something pending, broken, of another process) is closed
 * instead, and a waiter may open another. NULL is allowed. */
void pg_pool_release(struct pg_pool *pool, struct pg_connection *connection);

/* For tests and statistics: connections open now, leased now. */
void pg_pool_count(struct pg_pool *pool, int *ret_open, int *ret_leased);
/* How many wait for one now. */
int pg_pool_waiting(struct pg_pool *pool);

/* --- the two ways --- */

/* The connection that came back last, alive; NULL: it is none, or somebody waits for it. */
struct pg_connection *pool_lease_spare(struct pg_pool *pool);
/* Another, as pg_pool_lease. */
enum howdah_status pool_lease_other(struct pg_pool *pool, moment deadline, struct howdah_error *error,
                                    struct pg_connection **ret);

static inline enum howdah_status pg_pool_lease(struct pg_pool *pool, moment deadline, struct howdah_error *error,
                                               struct pg_connection **ret)
{
    struct pg_connection *spare = pool_lease_spare(pool);
    if (!spare)
        return pool_lease_other(pool, deadline, error, ret);
    *ret = spare;
    return HOWDAH_STATUS_OK;
}

#endif
