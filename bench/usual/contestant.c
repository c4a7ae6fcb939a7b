#include "bench.h"

#include "../contestant/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_MAP  "it has no identity map"
#define NO_UNIT "the program knows that there is nothing to write"

const struct workload contestant_workloads[] = {
    {"find", NULL, find_prepare, find_run, items_checksum, CONNECTED},
    {"find_many", NULL, find_prepare, find_many_run, items_checksum, CONNECTED},
    {"find_hit", NO_MAP, NULL, NULL, NULL, CONNECTED},
    {"request", NULL, NULL, request_run, sum_checksum, CONNECTED},
    {"load", NULL, find_prepare, load_run, items_checksum, CONNECTED},
    {"memory", NULL, find_prepare, load_run, items_checksum, CONNECTED},
    {"parents_naive", NULL, NULL, parents_naive_run, parents_checksum, CONNECTED},
    {"parents_eager", NULL, NULL, parents_eager_run, parents_checksum, CONNECTED},
    {"insert", NULL, insert_prepare, insert_run, keys_checksum, CONNECTED},
    {"update", NULL, change_prepare, update_run, NULL, CONNECTED},
    {"delete", NULL, change_prepare, delete_run, NULL, CONNECTED},
    {"graph", NULL, graph_prepare, graph_run, graph_checksum, CONNECTED},
    {"dirty", NULL, dirty_prepare, dirty_run, NULL, CONNECTED},
    {"nothing", NO_UNIT, NULL, NULL, NULL, CONNECTED},
    {"tpcb", NULL, NULL, tpcb_run, sum_checksum, CONNECTED},
    {"queries", NULL, NULL, queries_run, sum_checksum, CONNECTED},
    {"updates", NULL, NULL, updates_run, sum_checksum, CONNECTED},
    {"open", NULL, NULL, open_run, NULL, NOT_CONNECTED},
    {"start", NULL, NULL, start_run, items_checksum, NOT_CONNECTED},
    {0},
};

struct bench *contestant_open(void)
{
    return contestant_take(1, sizeof(struct bench));
}

void contestant_connect(struct bench *b)
{
    if (b->conn)
        return;
    b->conn = PQconnectdb("");
    if (PQstatus(b->conn) != CONNECTION_OK)
        contestant_fail("%s", PQerrorMessage(b->conn));
}

void contestant_disconnect(struct bench *b)
{
    PQfinish(b->conn);
    b->conn = NULL;
}

void contestant_release(struct bench *b)
{
    for (int i = 0; i < b->item_count; i++)
        item_free(&b->items[i]);
    free(b->items);
    free(b->keys);
    parents_free(b);
    graph_free(b);
    *b = (struct bench){.conn = b->conn};
}

void contestant_close(struct bench *b)
{
    free(b);
}

const char *contestant_version(void)
{
    static char text[64];
    int version = PQlibVersion();
    snprintf(text, sizeof(text), "libpq %d.%d", version / 10000, version % 10000);
    return text;
}

static void fail(PGconn *conn, PGresult *result)
{
    char message[400];
    snprintf(message, sizeof(message), "%s", PQerrorMessage(conn));
    PQclear(result);
    contestant_fail("%s", *message ? message : "another number of rows than expected");
}

PGresult *db_query(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(conn, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail(conn, result);
    return result;
}

void db_change_one(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(conn, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK || strcmp(PQcmdTuples(result), "1") != 0)
        fail(conn, result);
    PQclear(result);
}

void db_command(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail(conn, result);
    PQclear(result);
}

int64_t column_int64(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

int32_t column_int32(const PGresult *result, int row, int column)
{
    return (int32_t)strtol(PQgetvalue(result, row, column), NULL, 10);
}

char *column_text(const PGresult *result, int row, int column)
{
    return text_copy(PQgetvalue(result, row, column));
}

uint64_t sum_checksum(struct bench *b, const struct job *job)
{
    (void)job;
    return b->sum;
}
