/* One connection to the server, with all that lives as long as it does. Private to this room: others hold the
 * pointer only. */
#ifndef PG_CONNECTION_H
#define PG_CONNECTION_H

#include "execution.h"
#include "pool.h"
#include "statement_cache.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/types.h>

/* What the server, or libpq, said last before it hung up. */
struct farewell {
    char sqlstate[6];
    char message[240]; /* one line; empty: nothing was said */
};

struct pg_connection {
    PGconn *pg; /* NULL once the connection is broken */
    const struct pg_options *options;
    struct pollfd input; /* its socket */
    int encoding;        /* of the client, by libpq's number: that of UTF-8 */
    bool encrypted;
    bool refused_writing;       /* 25006: to a read only transaction, or by a server that takes none */
    pid_t process;              /* that opened it, and alone may use it */
    uint64_t system_identifier; /* of the cluster; 0: not known */
    uint32_t timeline;
    uint64_t life; /* of the server, from one crash to the next */
    struct farewell farewell;
    struct statement_cache cache;
    struct pg_execution execution;

    /* of the pool */
    bool leased;
    struct pg_connection *next_idle;
    struct pg_connection *newer, *older;
};

/* Connects and logs in, checks that the server is one we can work with, and learns which cluster it is. One
 * round trip more than the login takes. On failure *error is filled: TIMEOUT, CONNECTION, PERMISSION,
 * RESOURCE, NO_MEMORY. */
enum howdah_status connection_open(const struct pg_options *options, moment deadline, struct howdah_error *error,
                                   struct pg_connection **ret);
/* Waits for nothing. NULL and half-built ones are allowed. */
void connection_close(struct pg_connection *connection);
/* Hangs up without waiting, after an attempt to stop what the server does for us. The connection is then broken. */
void connection_break(struct pg_connection *connection);
/* In a forked child: closes its copy of the socket, so that the server hears nothing of it, and frees what can be
 * freed: with `idle`, all. Else another thread may have been at work on it when the process forked: libpq's part
 * is left alone. */
void connection_abandon(struct pg_connection *connection, bool idle);

/* Whether something has come, were it the end. */
static inline bool connection_has_input(struct pg_connection *connection)
{
    return poll(&connection->input, 1, 0) > 0;
}
/* Reads that; false if the connection is gone. */
bool connection_look_closer(struct pg_connection *connection);
/* Whether an idle connection is still alive, as far as a look without a round trip can tell. */
static inline bool connection_looks_alive(struct pg_connection *connection)
{
    return !connection_has_input(connection) || connection_look_closer(connection);
}
/* Whether texts still travel in the encoding of the login, as far as the server has told by now. */
bool connection_keeps_encoding(const struct pg_connection *connection);
/* Whether the server takes no writes at all: one was refused, and it does not say that only the transaction was read only. */
bool connection_is_unwritable(const struct pg_connection *connection);
/* Whether it may serve somebody else: alive, idle, out of pipeline mode, nothing pending, as it was. No I/O. */
bool connection_is_reusable(struct pg_connection *connection);
/* Drops notifications: nobody listens, and they would pile up in libpq. */
void connection_drop_notifications(struct pg_connection *connection);

/* Hangs our receiver on the connection: notices go to the callback of the options, never to stderr. */
void connection_receive_notices(struct pg_connection *connection);
/* Keeps what the server says before it hangs up. */
void connection_keep_farewell(struct pg_connection *connection, const PGresult *result);
/* Whether it is an error after which the server closes the connection. */
bool result_is_fatal(const PGresult *result);

/* Asks the server which cluster it is. Leaves that unknown if it won't say; fails if there was no answer. */
enum howdah_status connection_learn_cluster(struct pg_connection *connection, moment deadline,
                                            struct howdah_error *error);

#endif
