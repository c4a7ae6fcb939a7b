/* What the server says unasked: notices, its farewell, notifications. */
#include "connection.h"

#include "redact.h"

#include <stdio.h>
#include <string.h>

static const char *field_of(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    return text ? text : "";
}

bool result_is_fatal(const PGresult *result)
{
    const char *severity = field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
}

void connection_keep_farewell(struct pg_connection *connection, const PGresult *result)
{
    struct farewell *farewell = &connection->farewell;
    snprintf(farewell->sqlstate, sizeof(farewell->sqlstate), "%.5s", field_of(result, PG_DIAG_SQLSTATE));
    redact_line(farewell->message, sizeof(farewell->message), field_of(result, PG_DIAG_MESSAGE_PRIMARY));
}

/* The warning "there is no transaction in progress" about a ROLLBACK that was sent to be sure. */
static bool is_our_own_fault(const struct pg_connection *connection, const char *sqlstate)
{
    return connection->execution.rolled_back && strcmp(sqlstate, "25P01") == 0;
}

static void on_notice(void *arg, const PGresult *notice)
{
    struct pg_connection *connection = arg;
    const struct pg_options *options = connection->options;
    const char *sqlstate = field_of(notice, PG_DIAG_SQLSTATE);
    if (result_is_fatal(notice))
        connection_keep_farewell(connection, notice);
    if (options->on_notice && !is_our_own_fault(connection, sqlstate))
        options->on_notice(options->notice_arg, field_of(notice, PG_DIAG_SEVERITY_NONLOCALIZED), sqlstate,
                           field_of(notice, PG_DIAG_MESSAGE_PRIMARY));
}

void connection_receive_notices(struct pg_connection *connection)
{
    PQsetNoticeReceiver(connection->pg, on_notice, connection);
}

void connection_drop_notifications(struct pg_connection *connection)
{
    for (PGnotify *notification; (notification = PQnotifies(connection->pg));)
        PQfreemem(notification);
}
