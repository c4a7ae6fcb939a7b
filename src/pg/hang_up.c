/* The end of a connection: closed, broken off, or left to the process that opened it. */
#include "connection.h"

#include "base/memory.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { CANCEL_MS = 100 };

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
