/* Making a connection: settings, waiting, and what the server must be like. */
#include "connection.h"

#include "redact.h"
#include "sqlstate.h"

#include "base/error.h"
#include "base/memory.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SERVER_OLDEST = 140000, MESSAGE_MAX = 700 };

/* libpq takes the last value of each; "dbname" is where the conninfo is read in. So what stands before it is a
 * default, and what stands behind it is fixed. Keepalives notice a peer that vanished while we wait for it,
 * tcp_user_timeout one that vanished while we send; it takes both. */
static const char *const keywords[] = {
    "keepalives",       "keepalives_idle",  "keepalives_interval",
    "keepalives_count", "tcp_user_timeout", "fallback_application_name",
    "dbname",           "client_encoding",  NULL,
};
enum { CONNINFO_INDEX = 6 };

static PGconn *start(const char *conninfo)
{
    const char *values[] = {"1", "30", "10", "3", "30000", "howdah", conninfo, "UTF8", NULL};
    static_assert(sizeof(values) == sizeof(keywords), "a value for each keyword");
    return PQconnectStartParams(keywords, values, 1);
}

/* Whether an SQLSTATE and ": " stand there. Every SQLSTATE has a digit; no severity, such as "FATAL", has one. */
static bool is_sqlstate_at(const char *text)
{
    static const char digits[] = "0123456789", all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strspn(text, all) == 5 && strcspn(text, digits) < 5 && text[5] == ':' && text[6] == ' ';
}

/* Takes the last SQLSTATE out of a verbose message; no result carries it while the connection is being made. */
static void cut_out_sqlstate(char *message, char ret_sqlstate[6])
{
    for (char *at = message; (at = strstr(at, ": ")); at++) {
        if (!is_sqlstate_at(at + 2))
            continue;
        memcpy(ret_sqlstate, at + 2, 5);
        memmove(at + 2, at + 9, strlen(at + 9) + 1);
    }
}

/* Drops the line that names the place in the server's source: "LOCATION:  auth_failed, auth.c:326". */
static void cut_off_location(char *message)
{
    char *location = strstr(message, ".c:");
    if (!location)
        return;
    while (location > message && *location != '\n')
        location--;
    *location = '\0';
}

/* The error of a connection that was not made. */
static enum howdah_status explain(PGconn *pg, const char *conninfo, struct howdah_error *error)
{
    char text[MESSAGE_MAX], line[MESSAGE_MAX], sqlstate[6] = "";
    if (strstr(PQerrorMessage(pg), "out of memory"))
        return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory in libpq");
    if (redact_needed(conninfo))
        return error_set(error, HOWDAH_STATUS_CONNECTION,
                         "can't connect: the conninfo is malformed or ambiguous (in a URI write special characters of "
                         "the password as %%XX); libpq's message is withheld, since it may quote the password");
    snprintf(text, sizeof(text), "%s", PQerrorMessage(pg));
    cut_off_location(text);
    redact_line(line, sizeof(line), text);
    cut_out_sqlstate(line, sqlstate);
    enum howdah_status status = *sqlstate ? sqlstate_status(sqlstate) : HOWDAH_STATUS_CONNECTION;
    if (PQconnectionNeedsPassword(pg))
        status = HOWDAH_STATUS_PERMISSION;
    else if (status != HOWDAH_STATUS_PERMISSION && status != HOWDAH_STATUS_RESOURCE)
        status = HOWDAH_STATUS_CONNECTION;
    error_set(error, status, "can't connect: %s", line);
    memcpy(error->sqlstate, sqlstate, sizeof(sqlstate));
    return status;
}

/* How many hosts the conninfo, or the environment, names besides the first. */
static int count_others(PGconn *pg)
{
    PQconninfoOption *options = PQconninfo(pg);
    int others = 0;
    for (const PQconninfoOption *o = options; o && o->keyword && !others; o++) /* host, hostaddr */
        for (const char *at = strncmp(o->keyword, "host", 4) == 0 ? o->val : NULL; at && (at = strchr(at, ',')); at++)
            others++;
    PQconninfoFree(options);
    return others;
}

static moment half_way(moment deadline)
{
    moment now = clock_now();
    return now + (deadline - now) / 2;
}

/* Only libpq's blocking way to connect gives up a host that does not answer at all. Its socket is shut, which libpq takes for
 * a refusal, and goes on to the next. False: it has answered, or there is none. */
static bool leave_host(PGconn *pg, int *others)
{
    if (*others < 0)
        *others = count_others(pg);
    bool leaves = PQstatus(pg) == CONNECTION_STARTED && (*others)-- > 0;
    if (leaves)
        shutdown(PQsocket(pg), SHUT_RDWR);
    return leaves;
}

/* PQconnectPoll must only be called when the socket is ready, and may change the socket each time. A host has half of what is
 * left of the time to answer, if there are others. */
static enum howdah_status wait_for_login(PGconn *pg, const char *conninfo, moment deadline, struct howdah_error *error)
{
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    moment until = half_way(deadline);
    int others = -1; /* not counted */
    while (wanted != PGRES_POLLING_OK) {
        int left = clock_until(until);
        if (left == 0 && until == deadline)
            return error_set(error, HOWDAH_STATUS_TIMEOUT, "the server did not let us in before the time limit passed");
        if (left == 0)
            until = leave_host(pg, &others) ? half_way(deadline) : deadline;
        struct pollfd fd = {.fd = PQsocket(pg), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&fd, 1, left) > 0)
            wanted = PQconnectPoll(pg);
        if (wanted == PGRES_POLLING_FAILED)
            return explain(pg, conninfo, error);
    }
    return HOWDAH_STATUS_OK;
}

/* What the server must have told us, and what it must be; NULL: anything. libpq may lose one for want of memory and
 * think nothing of it. */
static const struct {
    const char *parameter, *value;
} demands[] = {
    {"server_version", NULL},
    {"client_encoding", "UTF8"},
    {"standard_conforming_strings", "on"},
};

static enum howdah_status check_server(PGconn *pg, struct howdah_error *error)
{
    for (size_t i = 0; i < sizeof(demands) / sizeof(*demands); i++) {
        const char *value = PQparameterStatus(pg, demands[i].parameter);
        if (!value)
            return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory in libpq");
        if (demands[i].value && strcmp(value, demands[i].value) != 0)
            return error_set(error, HOWDAH_STATUS_CONNECTION, "can't use the server: %s is %s, it has to be %s",
                             demands[i].parameter, value, demands[i].value);
    }
    if (PQserverVersion(pg) < SERVER_OLDEST)
        return error_set(error, HOWDAH_STATUS_CONNECTION,
                         "can't use the server: it is PostgreSQL %d; %d or later is "
                         "needed",
                         PQserverVersion(pg) / 10000, SERVER_OLDEST / 10000);
    if (PQsetnonblocking(pg, 1) != 0)
        return error_set(error, HOWDAH_STATUS_CONNECTION, "libpq can't make the connection non-blocking");
    return HOWDAH_STATUS_OK;
}

static enum howdah_status log_in(struct pg_connection *c, moment deadline, struct howdah_error *error)
{
    const char *conninfo = c->options->conninfo;
    c->pg = start(conninfo);
    if (!c->pg)
        return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    connection_receive_notices(c);
    PQsetErrorVerbosity(c->pg, PQERRORS_VERBOSE);
    if (PQstatus(c->pg) == CONNECTION_BAD)
        return explain(c->pg, conninfo, error);
    enum howdah_status status = wait_for_login(c->pg, conninfo, deadline, error);
    if (status == HOWDAH_STATUS_OK)
        status = check_server(c->pg, error);
    if (status == HOWDAH_STATUS_OK)
        c->encrypted = PQsslInUse(c->pg);
    c->encoding = PQclientEncoding(c->pg);
    c->input = (struct pollfd){.fd = PQsocket(c->pg), .events = POLLIN};
    return status == HOWDAH_STATUS_OK ? connection_learn_cluster(c, deadline, error) : status;
}

enum howdah_status connection_open(const struct pg_options *options, moment deadline, struct howdah_error *error,
                                   struct pg_connection **ret)
{
    struct pg_connection *c = memory_allocate_zero(options->allocator, sizeof(*c));
    if (!c)
        return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    c->options = options;
    c->process = getpid();
    execution_init(&c->execution, c);
    statement_cache_init(&c->cache, options->allocator,
                         options->statement_cache > 0 ? (size_t)options->statement_cache : 0);
    enum howdah_status status = log_in(c, deadline, error);
    if (status != HOWDAH_STATUS_OK) {
        connection_close(c);
        return status;
    }
    *ret = c;
    return HOWDAH_STATUS_OK;
}

/* A standby, and a server that takes no writes for another reason, say so with each login and change; behind a pooler they
 * may not be heard. */
static bool is_off(const struct pg_connection *connection, const char *setting)
{
    const char *value = PQparameterStatus(connection->pg, setting);
    return value && strcmp(value, "off") == 0;
}

bool connection_is_unwritable(const struct pg_connection *connection)
{
    return connection->refused_writing &&
           !(is_off(connection, "in_hot_standby") && is_off(connection, "default_transaction_read_only"));
}
