/* A connection's life between connecting and closing. */
#include "connection.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { CANCEL_MS = 100, LOOKS_MAX = 16 };

#ifdef LIBPQ_HAS_ASYNC_CANCEL
/* Tells the server to stop the running statement; gives up soon, since this runs when time is up. */
static void cancel(PGconn *pg)
{
    PGcancelConn *request = PQcancelCreate(pg);
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    moment deadline = clock_deadline(CANCEL_MS, CANCEL_MS);
    int left;
    if (request && PQcancelStart(request)) {
        while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED && (left = clock_left(deadline)) > 0) {
            struct pollfd fd = {.fd = PQcancelSocket(request),
                                .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
            if (poll(&fd, 1, left) > 0)
                wanted = PQcancelPoll(request);
        }
    }
    PQcancelFinish(request);
}
#else
/* This libpq can only cancel while it waits without a limit. */
static void cancel(PGconn *pg)
{
    (void)pg;
    (void)CANCEL_MS;
}
#endif

void connection_break(struct pg_connection *connection)
{
    PGconn *pg = connection->pg;
    if (PQstatus(pg) == CONNECTION_OK && PQtransactionStatus(pg) == PQTRANS_ACTIVE)
        cancel(pg);
    connection->pg = NULL;
    PQfinish(pg);
}

static void free_connection(struct pg_connection *connection)
{
    const struct howdah_allocator *allocator = connection->options->allocator;
    execution_done(&connection->execution, allocator);
    statement_cache_done(&connection->cache);
    memory_free(allocator, connection);
}

void connection_close(struct pg_connection *connection)
{
    if (!connection)
        return;
    PQfinish(connection->pg);
    free_connection(connection);
}

/* Puts something deaf in the socket's place: PQfinish would say goodbye to the server in the parent's name. */
static void silence(PGconn *pg)
{
    int fd = PQsocket(pg), deaf = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd >= 0 && (deaf < 0 || dup2(deaf, fd) < 0))
        close(fd);
    if (deaf >= 0)
        close(deaf);
}

void connection_abandon(struct pg_connection *connection, bool idle)
{
    silence(connection->pg);
    if (idle)
        PQfinish(connection->pg);
    free_connection(connection);
}

/* Reads what came unasked: parameters, notifications, a farewell. */
static bool take_unasked(struct pg_connection *connection)
{
    if (!PQconsumeInput(connection->pg) || PQisBusy(connection->pg))
        return false;
    connection_drop_notifications(connection);
    return !*connection->farewell.sqlstate;
}

bool connection_look_closer(struct pg_connection *connection)
{
    bool alive = true;
    for (int looks = 0; alive && looks < LOOKS_MAX && connection_has_input(connection); looks++)
        alive = take_unasked(connection);
    return alive;
}

bool connection_keeps_encoding(const struct pg_connection *connection)
{
    return PQclientEncoding(connection->pg) == connection->encoding;
}

bool connection_is_reusable(struct pg_connection *connection)
{
    return pg_connection_alive(connection) && connection->execution.state == EXECUTION_IDLE &&
           PQtransactionStatus(connection->pg) == PQTRANS_IDLE && connection_keeps_encoding(connection) &&
           execution_leave_pipeline(&connection->execution) && !*connection->farewell.sqlstate;
}
