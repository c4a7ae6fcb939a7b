/* Writing by hand: the best ways without COPY, and the usual one. */
#include "hand.h"
#include "wire.h"

enum { CHUNK = 1000, PARAMETERS_MAX = 9 };
enum { BOOL = 16, INT8 = 20, INT4 = 23, TEXT = 25, FLOAT8 = 701, TIMESTAMPTZ = 1184, UUID = 2950, JSONB = 3802 };

#define NEW_COLUMNS "name, note, active, created_at, price, quantity, token, attributes, labels"

static const struct {
    const char *name, *sql;
} statements[] = {
    /* ORDER BY pins which id goes to which row. */
    {"insert_composite", "INSERT INTO howdah_bench.items (" NEW_COLUMNS ") SELECT " NEW_COLUMNS
                         " FROM unnest((SELECT $1::howdah_bench.new_item[])) WITH ORDINALITY AS u(" NEW_COLUMNS ", ord)"
                         " ORDER BY ord RETURNING id"},
    {"insert_columns",
     "INSERT INTO howdah_bench.items (" NEW_COLUMNS ")"
     " SELECT name, note, active, created_at, price, quantity, token, attributes, labels::text[]"
     " FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::bool[]), (SELECT $4::timestamptz[]),"
     " (SELECT $5::float8[]), (SELECT $6::int4[]), (SELECT $7::uuid[]), (SELECT $8::jsonb[]), (SELECT $9::text[]))"
     " WITH ORDINALITY AS u(" NEW_COLUMNS ", ord) ORDER BY ord RETURNING id"},
    {"insert_single",
     "INSERT INTO howdah_bench.items (" NEW_COLUMNS ")"
     " VALUES ($1::text, $2::text, $3::bool, $4::timestamptz, $5::float8, $6::int4, $7::uuid, $8::jsonb, $9::text[])"
     " RETURNING id"},
    {"update_columns",
     "UPDATE howdah_bench.items t SET name = u.name, price = u.price"
     " FROM unnest((SELECT $1::int8[]), (SELECT $2::text[]), (SELECT $3::float8[])) AS u(id, name, price)"
     " WHERE t.id = u.id"},
    {"update_single", "UPDATE howdah_bench.items SET name = $2::text, price = $3::float8 WHERE id = $1::int8"},
    {"delete_any", "DELETE FROM howdah_bench.items WHERE id = ANY($1::int8[])"},
    {"delete_single", "DELETE FROM howdah_bench.items WHERE id = $1::int8"},
};

void hand_prepare_writes(PGconn *conn)
{
    for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
        PQclear(hand_expect(conn, PQprepare(conn, statements[i].name, statements[i].sql, 0, NULL), PGRES_COMMAND_OK));
}

/* Parameters of one statement, reused from chunk to chunk. */
struct parameters {
    struct wire wire[PARAMETERS_MAX];
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
};

static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1};

static void point(struct parameters *p, int count)
{
    for (int i = 0; i < count; i++) {
        p->values[i] = p->wire[i].data;
        p->lengths[i] = (int)p->wire[i].size;
    }
}

static void release(struct parameters *p)
{
    for (int i = 0; i < PARAMETERS_MAX; i++)
        free(p->wire[i].data);
}

/* --- a pipeline that is one transaction --- */

static void check_sent(PGconn *conn, int sent)
{
    if (!sent) {
        fprintf(stderr, "%s", PQerrorMessage(conn));
        exit(1);
    }
}

static void send_control(PGconn *conn, const char *sql)
{
    check_sent(conn, PQsendQueryParams(conn, sql, 0, NULL, NULL, NULL, NULL, 0));
}

static void begin_pipeline(PGconn *conn)
{
    check_sent(conn, PQenterPipelineMode(conn));
    send_control(conn, "BEGIN");
}

static void send_chunk(PGconn *conn, const char *name, struct parameters *p, int count)
{
    point(p, count);
    check_sent(conn, PQsendQueryPrepared(conn, name, count, p->values, p->lengths, binary, 1));
}

/* The next result of the pipeline, with the NULL behind it. */
static PGresult *next_result(PGconn *conn, ExecStatusType status)
{
    PGresult *result = hand_expect(conn, PQgetResult(conn), status);
    if (status != PGRES_PIPELINE_SYNC)
        PQclear(PQgetResult(conn));
    return result;
}

static void end_pipeline(PGconn *conn)
{
    PQclear(next_result(conn, PGRES_COMMAND_OK)); /* COMMIT */
    PQclear(next_result(conn, PGRES_PIPELINE_SYNC));
    check_sent(conn, PQexitPipelineMode(conn));
}

static void sync_pipeline(PGconn *conn)
{
    send_control(conn, "COMMIT");
    check_sent(conn, PQpipelineSync(conn));
    PQclear(next_result(conn, PGRES_COMMAND_OK)); /* BEGIN */
}

static int chunk_size(int done, int count, int chunk)
{
    return count - done < chunk ? count - done : chunk;
}

/* --- inserts --- */

static void put_text(struct wire *w, const char *text)
{
    size_t length = strlen(text);
    wire_int32(w, (uint32_t)length);
    wire_bytes(w, text, length);
}

static void put_json(struct wire *w, const char *text)
{
    size_t length = strlen(text);
    wire_int32(w, (uint32_t)length + 1);
    wire_bytes(w, "\1", 1);
    wire_bytes(w, text, length);
}

static void put_labels(struct wire *w, const TextArray *labels)
{
    wire_int32(w, 1);
    wire_int32(w, 0);
    wire_int32(w, TEXT);
    wire_int32(w, (uint32_t)labels->count);
    wire_int32(w, 1);
    for (size_t i = 0; i < labels->count; i++)
        put_text(w, labels->items[i]);
}

static void patch_length(struct wire *w, size_t at)
{
    uint32_t length = __builtin_bswap32((uint32_t)(w->size - at - 4));
    memcpy(w->data + at, &length, 4);
}

static void put_composite(struct wire *w, const Item *item)
{
    size_t start = w->size;
    wire_int32(w, 0); /* length, known below */
    wire_int32(w, 9); /* columns */
    wire_int32(w, TEXT);
    put_text(w, item->name);
    wire_int32(w, TEXT);
    put_text(w, item->note);
    wire_int32(w, BOOL);
    wire_int32(w, 1);
    wire_bytes(w, item->active ? "\1" : "\0", 1);
    wire_int32(w, TIMESTAMPTZ);
    wire_int32(w, 8);
    wire_int64(w, (uint64_t)item->created_at.microseconds);
    wire_int32(w, FLOAT8);
    wire_int32(w, 8);
    wire_double(w, item->price);
    wire_int32(w, INT4);
    wire_int32(w, item->quantity.valid ? 4 : (uint32_t)-1);
    if (item->quantity.valid)
        wire_int32(w, (uint32_t)item->quantity.value);
    wire_int32(w, UUID);
    wire_int32(w, 16);
    wire_bytes(w, item->token.bytes, 16);
    wire_int32(w, JSONB);
    put_json(w, item->attributes.text);
    wire_int32(w, 1009);
    size_t labels = w->size;
    wire_int32(w, 0);
    put_labels(w, &item->labels);
    patch_length(w, labels);
    patch_length(w, start);
}

/* {"a","b"}: unnest would flatten arrays, so that each travels as its literal. */
static void put_literal(struct wire *w, const TextArray *labels)
{
    size_t start = w->size;
    wire_int32(w, 0);
    for (size_t i = 0; i < labels->count; i++) {
        wire_bytes(w, i ? ",\"" : "{\"", 2);
        for (const char *c = labels->items[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                wire_bytes(w, "\\", 1);
            wire_bytes(w, c, 1);
        }
        wire_bytes(w, "\"", 1);
    }
    wire_bytes(w, "}", 1);
    patch_length(w, start);
}

static void put_columns(struct parameters *p, const Item *items, int count)
{
    static const uint32_t oids[] = {TEXT, TEXT, BOOL, TIMESTAMPTZ, FLOAT8, INT4, UUID, JSONB, TEXT};
    for (int i = 0; i < PARAMETERS_MAX; i++)
        wire_array(&p->wire[i], oids[i], (uint32_t)count);
    for (const Item *item = items; item < items + count; item++) {
        put_text(&p->wire[0], item->name);
        put_text(&p->wire[1], item->note);
        wire_int32(&p->wire[2], 1);
        wire_bytes(&p->wire[2], item->active ? "\1" : "\0", 1);
        wire_int32(&p->wire[3], 8);
        wire_int64(&p->wire[3], (uint64_t)item->created_at.microseconds);
        wire_int32(&p->wire[4], 8);
        wire_double(&p->wire[4], item->price);
        wire_int32(&p->wire[5], item->quantity.valid ? 4 : (uint32_t)-1);
        if (item->quantity.valid)
            wire_int32(&p->wire[5], (uint32_t)item->quantity.value);
        wire_int32(&p->wire[6], 16);
        wire_bytes(&p->wire[6], item->token.bytes, 16);
        put_json(&p->wire[7], item->attributes.text);
        put_literal(&p->wire[8], &item->labels);
    }
}

static void read_ids(PGconn *conn, Item *items, int count)
{
    for (int done = 0; done < count;) {
        PGresult *result = next_result(conn, PGRES_TUPLES_OK);
        for (int i = 0, rows = PQntuples(result); i < rows; i++)
            items[done++].id = (int64_t)wire_read64(PQgetvalue(result, i, 0));
        PQclear(result);
    }
    end_pipeline(conn);
}

void hand_insert_composite(PGconn *conn, Item *items, int count)
{
    static uint32_t oid;
    struct parameters p = {0};
    if (!oid) /* once a process: hand-written code would keep it */
        oid = (uint32_t)item_number(conn, "SELECT 'howdah_bench.new_item'::regtype::oid::int8");
    begin_pipeline(conn);
    for (int done = 0; done < count; done += CHUNK) {
        int size = chunk_size(done, count, CHUNK);
        wire_array(&p.wire[0], oid, (uint32_t)size);
        for (int i = 0; i < size; i++)
            put_composite(&p.wire[0], &items[done + i]);
        send_chunk(conn, "insert_composite", &p, 1);
    }
    sync_pipeline(conn);
    read_ids(conn, items, count);
    release(&p);
}

void hand_insert_columns(PGconn *conn, Item *items, int count)
{
    struct parameters p = {0};
    begin_pipeline(conn);
    for (int done = 0; done < count; done += CHUNK) {
        put_columns(&p, items + done, chunk_size(done, count, CHUNK));
        send_chunk(conn, "insert_columns", &p, PARAMETERS_MAX);
    }
    sync_pipeline(conn);
    read_ids(conn, items, count);
    release(&p);
}

/* --- updates and deletes --- */

/* Each chunk must have met all its rows. */
static void check_affected(PGconn *conn, int count, int chunk)
{
    for (int done = 0; done < count; done += chunk) {
        PGresult *result = next_result(conn, PGRES_COMMAND_OK);
        if (atoi(PQcmdTuples(result)) != chunk_size(done, count, chunk)) {
            fprintf(stderr, "only %s rows were there\n", PQcmdTuples(result));
            exit(1);
        }
        PQclear(result);
    }
    end_pipeline(conn);
}

void hand_update_columns(PGconn *conn, Item *const *items, int count)
{
    struct parameters p = {0};
    begin_pipeline(conn);
    for (int done = 0; done < count; done += CHUNK) {
        int size = chunk_size(done, count, CHUNK);
        wire_array(&p.wire[0], INT8, (uint32_t)size);
        wire_array(&p.wire[1], TEXT, (uint32_t)size);
        wire_array(&p.wire[2], FLOAT8, (uint32_t)size);
        for (int i = done; i < done + size; i++) {
            wire_int32(&p.wire[0], 8);
            wire_int64(&p.wire[0], (uint64_t)items[i]->id);
            put_text(&p.wire[1], items[i]->name);
            wire_int32(&p.wire[2], 8);
            wire_double(&p.wire[2], items[i]->price);
        }
        send_chunk(conn, "update_columns", &p, 3);
    }
    sync_pipeline(conn);
    check_affected(conn, count, CHUNK);
    release(&p);
}

void hand_delete_any(PGconn *conn, const int64_t *ids, int count, int chunk)
{
    struct parameters p = {0};
    begin_pipeline(conn);
    for (int done = 0; done < count; done += chunk) {
        int size = chunk_size(done, count, chunk);
        wire_array(&p.wire[0], INT8, (uint32_t)size);
        for (int i = done; i < done + size; i++) {
            wire_int32(&p.wire[0], 8);
            wire_int64(&p.wire[0], (uint64_t)ids[i]);
        }
        send_chunk(conn, "delete_any", &p, 1);
    }
    sync_pipeline(conn);
    check_affected(conn, count, chunk);
    release(&p);
}

/* --- one after another --- */

static PGresult *execute(PGconn *conn, const char *name, struct parameters *p, int count, ExecStatusType status)
{
    return hand_expect(conn, PQexecPrepared(conn, name, count, p->values, p->lengths, binary, 1), status);
}

static void set_number(struct parameters *p, int index, uint64_t value)
{
    p->wire[index].size = 0;
    wire_int64(&p->wire[index], value);
    p->values[index] = p->wire[index].data;
    p->lengths[index] = 8;
}

static void set_double(struct parameters *p, int index, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    set_number(p, index, bits);
}

static void set_bytes(struct parameters *p, int index, const void *data, size_t size)
{
    p->values[index] = data;
    p->lengths[index] = (int)size;
}

static void set_item(struct parameters *p, const Item *item)
{
    uint32_t quantity = __builtin_bswap32((uint32_t)item->quantity.value);
    set_bytes(p, 0, item->name, strlen(item->name));
    set_bytes(p, 1, item->note, strlen(item->note));
    set_bytes(p, 2, item->active ? "\1" : "\0", 1);
    set_number(p, 3, (uint64_t)item->created_at.microseconds);
    set_double(p, 4, item->price);
    p->wire[5].size = 0;
    wire_bytes(&p->wire[5], &quantity, 4);
    set_bytes(p, 5, item->quantity.valid ? p->wire[5].data : NULL, 4);
    set_bytes(p, 6, item->token.bytes, 16);
    p->wire[7].size = 0;
    wire_bytes(&p->wire[7], "\1", 1);
    wire_bytes(&p->wire[7], item->attributes.text, strlen(item->attributes.text));
    set_bytes(p, 7, p->wire[7].data, p->wire[7].size);
    p->wire[8].size = 0;
    put_labels(&p->wire[8], &item->labels);
    set_bytes(p, 8, p->wire[8].data, p->wire[8].size);
}

void hand_insert_single(PGconn *conn, Item *items, int count)
{
    struct parameters p = {0};
    item_run(conn, "BEGIN");
    for (int i = 0; i < count; i++) {
        set_item(&p, &items[i]);
        PGresult *result = execute(conn, "insert_single", &p, PARAMETERS_MAX, PGRES_TUPLES_OK);
        items[i].id = (int64_t)wire_read64(PQgetvalue(result, 0, 0));
        PQclear(result);
    }
    item_run(conn, "COMMIT");
    release(&p);
}

static void expect_one(PGresult *result)
{
    if (strcmp(PQcmdTuples(result), "1") != 0) {
        fprintf(stderr, "the row was not there\n");
        exit(1);
    }
    PQclear(result);
}

void hand_update_single(PGconn *conn, Item *const *items, int count)
{
    struct parameters p = {0};
    item_run(conn, "BEGIN");
    for (int i = 0; i < count; i++) {
        set_number(&p, 0, (uint64_t)items[i]->id);
        set_bytes(&p, 1, items[i]->name, strlen(items[i]->name));
        set_double(&p, 2, items[i]->price);
        expect_one(execute(conn, "update_single", &p, 3, PGRES_COMMAND_OK));
    }
    item_run(conn, "COMMIT");
    release(&p);
}

void hand_delete_single(PGconn *conn, const int64_t *ids, int count)
{
    struct parameters p = {0};
    item_run(conn, "BEGIN");
    for (int i = 0; i < count; i++) {
        set_number(&p, 0, (uint64_t)ids[i]);
        expect_one(execute(conn, "delete_single", &p, 1, PGRES_COMMAND_OK));
    }
    item_run(conn, "COMMIT");
    release(&p);
}
