/* COPY in binary format: the cheapest way for many rows, in both directions. It takes no parameters and has no place in a
 * pipeline, so that few rows are better off without it. */
#include "bench.h"

enum { SIGNATURE = 11, BLOCK = 64 * 1024 };

static const char header[SIGNATURE + 8] = "PGCOPY\n\377\r\n";

static void start(struct bench *b, const char *sql, ExecStatusType status)
{
    PGresult *result = PQexec(b->conn, sql);
    if (PQresultStatus(result) != status)
        best_fail(b);
    PQclear(result);
}

/* The number of rows. */
static int finish(struct bench *b)
{
    PGresult *result = PQgetResult(b->conn);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        best_fail(b);
    int rows = atoi(PQcmdTuples(result));
    PQclear(result);
    PQclear(PQgetResult(b->conn)); /* the NULL behind it */
    return rows;
}

/* --- from the server --- */

const char *copied_text(struct copied *row, struct arena *arena)
{
    int32_t length;
    const char *data = copied_next(row, &length);
    return arena_text(arena, data, (size_t)length);
}

void copy_out(struct bench *b, const char *sql, copy_row *row, void *context)
{
    bool first = true;
    char *buffer;
    start(b, sql, PGRES_COPY_OUT);
    for (int size; (size = PQgetCopyData(b->conn, &buffer, 0)) > 0; first = false) {
        struct copied fields = {buffer + (first ? sizeof(header) + wire_read32(buffer + SIGNATURE + 4) : 0)};
        bool last = wire_read16(fields.at) == UINT16_MAX;
        fields.at += 2;
        if (!last)
            row(b, &fields, context);
        PQfreemem(buffer);
    }
    finish(b);
}

/* --- to the server --- */

struct wire *copy_in(struct bench *b, const char *sql)
{
    start(b, sql, PGRES_COPY_IN);
    struct wire *w = best_parameter(b, 0);
    wire_bytes(w, header, sizeof(header));
    return w;
}

static void send(struct bench *b, struct wire *w)
{
    if (PQputCopyData(b->conn, w->data, (int)w->size) != 1)
        best_fail(b);
    w->size = 0;
}

void copy_in_row(struct bench *b, struct wire *w, int columns)
{
    if (w->size > BLOCK)
        send(b, w);
    wire_int16(w, (uint16_t)columns);
}

void copy_in_end(struct bench *b, struct wire *w, int count)
{
    wire_int16(w, UINT16_MAX);
    send(b, w);
    if (PQputCopyEnd(b->conn, NULL) != 1)
        best_fail(b);
    int rows = finish(b);
    if (rows != count)
        contestant_fail("%d rows instead of %d", rows, count);
}
