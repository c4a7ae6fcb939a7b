/* Preparing, sending and receiving, and the memory of rows. */
#include "bench.h"

/* --- memory --- */

enum { BLOCK = 256 * 1024 };

struct arena_block {
    struct arena_block *next;
};

static void arena_grow(struct arena *arena, size_t size)
{
    size_t room = size > BLOCK ? size : BLOCK;
    struct arena_block *block = malloc(sizeof(*block) + room);
    if (!block)
        contestant_fail("out of memory");
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = (char *)(block + 1);
    arena->end = arena->at + room;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t padding = -(uintptr_t)arena->at & 7;
    if ((size_t)(arena->end - arena->at) < size + padding) {
        arena_grow(arena, size);
        padding = 0;
    }
    void *start = arena->at + padding;
    arena->at += padding + size;
    return start;
}

const char *arena_text(struct arena *arena, const char *data, size_t length)
{
    if ((size_t)(arena->end - arena->at) <= length)
        arena_grow(arena, length + 1);
    char *text = arena->at;
    memcpy(text, data, length);
    text[length] = '\0';
    arena->at += length + 1;
    return text;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *last = arena->blocks;
    if (!last)
        return;
    arena->blocks = last->next;
    char *end = arena->end;
    arena_free(arena);
    *arena = (struct arena){.blocks = last, .at = (char *)(last + 1), .end = end};
    last->next = NULL;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    arena->at = arena->end = NULL;
}

/* --- parameters --- */

struct wire *best_parameter(struct bench *b, int number)
{
    struct wire *w = &b->parameters.wire[number];
    w->size = 0;
    return w;
}

struct wire *best_array(struct bench *b, int number, uint32_t oid, int count)
{
    struct wire *w = best_parameter(b, number);
    wire_array(w, oid, (uint32_t)count);
    return w;
}

void best_int32(struct bench *b, int number, int32_t value)
{
    wire_int32(best_parameter(b, number), (uint32_t)value);
}

void best_int64(struct bench *b, int number, int64_t value)
{
    wire_int64(best_parameter(b, number), (uint64_t)value);
}

void best_text(struct bench *b, int number, const char *text)
{
    wire_bytes(best_parameter(b, number), text, strlen(text));
}

void put_int32(struct wire *w, int32_t value)
{
    wire_int32(w, 4);
    wire_int32(w, (uint32_t)value);
}

void put_int64(struct wire *w, int64_t value)
{
    wire_int32(w, 8);
    wire_int64(w, (uint64_t)value);
}

void put_text(struct wire *w, const char *text)
{
    size_t length = strlen(text);
    wire_int32(w, (uint32_t)length);
    wire_bytes(w, text, length);
}

/* --- statements --- */

_Noreturn void best_fail(struct bench *b)
{
    contestant_fail("%s", PQerrorMessage(b->conn));
}

static PGresult *expect(struct bench *b, PGresult *result, ExecStatusType status)
{
    if (PQresultStatus(result) != status)
        best_fail(b);
    return result;
}

void best_need(struct bench *b, const struct statement *statement)
{
    for (int i = 0; i < b->prepared_count; i++)
        if (b->prepared[i] == statement->name)
            return;
    PQclear(expect(b, PQprepare(b->conn, statement->name, statement->sql, 0, NULL), PGRES_COMMAND_OK));
    b->prepared[b->prepared_count++] = statement->name;
}

static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

struct pointers {
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
};

/* A parameter without data is NULL. */
static struct pointers point(const struct bench *b, int count)
{
    struct pointers p;
    for (int i = 0; i < count; i++) {
        p.values[i] = b->parameters.wire[i].size ? b->parameters.wire[i].data : NULL;
        p.lengths[i] = (int)b->parameters.wire[i].size;
    }
    return p;
}

PGresult *best_execute(struct bench *b, const struct statement *statement, int count)
{
    struct pointers p = point(b, count);
    return expect(b, PQexecPrepared(b->conn, statement->name, count, p.values, p.lengths, binary, 1), PGRES_TUPLES_OK);
}

static void check(struct bench *b, int done)
{
    if (!done)
        best_fail(b);
}

void best_pipeline(struct bench *b)
{
    check(b, PQenterPipelineMode(b->conn));
}

void best_send(struct bench *b, const struct statement *statement, int count)
{
    struct pointers p = point(b, count);
    check(b, PQsendQueryPrepared(b->conn, statement->name, count, p.values, p.lengths, binary, 1));
}

PGresult *best_alone(struct bench *b)
{
    PGresult *result = expect(b, PQgetResult(b->conn), PGRES_COMMAND_OK);
    PQclear(PQgetResult(b->conn)); /* the NULL behind it */
    return result;
}

void best_send_text(struct bench *b, const char *sql)
{
    check(b, PQsendQueryParams(b->conn, sql, 0, NULL, NULL, NULL, NULL, 1));
}

void best_sync(struct bench *b)
{
    check(b, PQpipelineSync(b->conn));
}

PGresult *best_next(struct bench *b, ExecStatusType status)
{
    PGresult *result = expect(b, PQgetResult(b->conn), status);
    if (status != PGRES_PIPELINE_SYNC)
        PQclear(PQgetResult(b->conn)); /* the NULL behind each */
    return result;
}

void best_affected(struct bench *b, int count)
{
    PGresult *result = best_next(b, PGRES_COMMAND_OK);
    if (atoi(PQcmdTuples(result)) != count)
        contestant_fail("only %s of %d rows were as they had been read", PQcmdTuples(result), count);
    PQclear(result);
}

void best_end(struct bench *b)
{
    PQclear(best_next(b, PGRES_PIPELINE_SYNC));
    check(b, PQexitPipelineMode(b->conn));
}
