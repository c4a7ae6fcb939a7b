/* A connection between two users: whether it is alive, and may serve the next. */
#include "connection.h"

enum { LOOKS_MAX = 16 };

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
           execution_leave_pipeline(&connection->execution) && !*connection->farewell.sqlstate &&
           !(connection->refused_writing && connection_is_unwritable(connection));
}
