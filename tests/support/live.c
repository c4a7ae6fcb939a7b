#include "support/live.h"

#include <check.h>
#include <errno.h>
#include <libpq-fe.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIPPED = 77, TEXTS = 8, WORDS_MAX = 8192 };

static char database[64]; /* of this test program; empty before live_open */
static char admin[64];    /* the one that the environment names */
static char conninfo[WORDS_MAX];
static PGconn *connection; /* of process `owner` */
static pid_t owner;
static char *texts[TEXTS]; /* results of the last calls */
static unsigned newest;

/* Appends "keyword='value' ", quoted as libpq wants it. */
static void add_word(char *words, const char *keyword, const char *value)
{
    size_t used = strlen(words);
    used += (size_t)snprintf(words + used, WORDS_MAX - used, "%s='", keyword);
    for (; *value && used < WORDS_MAX - 8; value++) {
        if (*value == '\'' || *value == '\\')
            words[used++] = '\\';
        words[used++] = *value;
    }
    snprintf(words + used, WORDS_MAX - used, "' ");
}

/* What HOWDAH_CONNINFO says, without its database, as words. */
static void add_given(char *words)
{
    const char *given = getenv("HOWDAH_CONNINFO");
    if (!given || !*given)
        return;
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(given, &message);
    if (!options) {
        fprintf(stderr, "HOWDAH_CONNINFO is malformed\n");
        exit(1);
    }
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") == 0)
            snprintf(admin, sizeof(admin), "%s", o->val);
        else if (o->val)
            add_word(words, o->keyword, o->val);
    PQconninfoFree(options);
}

static void drop_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

static PGconn *connect_to(const char *name)
{
    char words[WORDS_MAX] = "";
    add_given(words);
    add_word(words, "dbname", name);
    PGconn *c = PQconnectdb(words);
    if (PQstatus(c) != CONNECTION_OK) {
        fprintf(stderr, "no live server: %s", PQerrorMessage(c));
        exit(1);
    }
    PQsetNoticeReceiver(c, drop_notice, NULL);
    return c;
}

/* `before`, the name of the test's database, `after`. */
static void run_in(const char *name, const char *before, const char *after)
{
    char sql[256];
    snprintf(sql, sizeof(sql), "%s %s %s", before, database, after);
    PGconn *c = connect_to(name);
    PGresult *result = PQexec(c, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s", sql, PQresultErrorMessage(result));
        exit(1);
    }
    PQclear(result);
    PQfinish(c);
}

/* So that a NULL conninfo, and the proxy, find the server that a conninfo named. */
static void export_server(void)
{
    PGconn *c = connect_to(admin);
    const struct {
        const char *name, *value;
    } variables[] = {{"PGHOST", PQhost(c)}, {"PGPORT", PQport(c)}, {"PGUSER", PQuser(c)}, {"PGPASSWORD", PQpass(c)}};
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        if (variables[i].value && *variables[i].value)
            setenv(variables[i].name, variables[i].value, 1);
    PQfinish(c);
}

void live_open(void)
{
    const char *given = getenv("HOWDAH_CONNINFO"), *host = getenv("PGHOST"), *name = getenv("PGDATABASE");
    if ((!given || !*given) && (!host || !*host)) {
        printf("skipped: no server; set PGHOST\n");
        exit(SKIPPED);
    }
    snprintf(admin, sizeof(admin), "%s", name && *name ? name : "postgres");
    add_given(conninfo);
    export_server();
    snprintf(database, sizeof(database), "howdah_test_%ld", (long)getpid());
    run_in(admin, "DROP DATABASE IF EXISTS", "WITH (FORCE)");
    run_in(admin, "CREATE DATABASE", "TEMPLATE template0");
    add_word(conninfo, "dbname", database);
    setenv("PGDATABASE", database, 1);
}

void live_close(void)
{
    if (owner == getpid())
        PQfinish(connection);
    connection = NULL;
    for (size_t i = 0; i < TEXTS; i++) {
        free(texts[i]);
        texts[i] = NULL;
    }
    run_in(admin, "DROP DATABASE", "WITH (FORCE)");
    setenv("PGDATABASE", admin, 1);
}

const char *live_conninfo(void)
{
    return conninfo;
}

const char *live_conninfo_with(const char *format, ...)
{
    static char words[2 * WORDS_MAX];
    va_list args;
    size_t used = (size_t)snprintf(words, sizeof(words), "%s", conninfo);
    va_start(args, format);
    vsnprintf(words + used, sizeof(words) - used, format, args);
    va_end(args);
    return words;
}

/* The rows as psql -At prints them. */
static char *rows_text(const PGresult *result)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    for (int row = 0; row < PQntuples(result); row++) {
        fputs(row ? "\n" : "", to);
        for (int column = 0; column < PQnfields(result); column++)
            fprintf(to, "%s%s", column ? "|" : "", PQgetvalue(result, row, column));
    }
    fclose(to);
    return text;
}

static char *error_text(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    char *text = malloc(16);
    snprintf(text, 16, "ERROR %.5s", sqlstate ? sqlstate : "");
    return text;
}

static const char *run(bool may_fail, const char *sql)
{
    if (owner == getpid() && PQstatus(connection) == CONNECTION_BAD) {
        PQfinish(connection);
        owner = 0;
    }
    if (owner != getpid()) {
        connection = connect_to(database);
        owner = getpid();
    }
    char *text = NULL;
    if (!PQsendQuery(connection, sql))
        ck_abort_msg("%s: %s", sql, PQerrorMessage(connection));
    for (PGresult *result; (result = PQgetResult(connection)); PQclear(result)) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR && !may_fail)
            ck_abort_msg("%s: %s", sql, PQresultErrorMessage(result));
        if (status == PGRES_FATAL_ERROR || status == PGRES_TUPLES_OK) {
            free(text);
            text = status == PGRES_TUPLES_OK ? rows_text(result) : error_text(result);
        }
    }
    newest = (newest + 1) % TEXTS;
    free(texts[newest]);
    texts[newest] = text ? text : strdup("");
    return texts[newest];
}

static const char *run_formatted(bool may_fail, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static const char *run_formatted(bool may_fail, const char *format, va_list args)
{
    char *sql = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&sql, &size);
    vfprintf(to, format, args);
    fclose(to);
    const char *text = run(may_fail, sql);
    free(sql);
    return text;
}

const char *live_sql(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = run_formatted(false, format, args);
    va_end(args);
    return text;
}

const char *live_try(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = run_formatted(true, format, args);
    va_end(args);
    return text;
}

void live_settle(void)
{
    while (strcmp(live_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                           " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"),
                  "0") != 0)
        sched_yield();
}

int live_may_signal(int backend)
{
    const char *host = getenv("PGHOST");
    bool here = !host || *host == '/' || strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0;
    return here && backend > 0 && kill((pid_t)backend, 0) == 0;
}
