/* The contestant "best": hand-written libpq as fast as we know how to write it. Prepared statements, binary values, arrays
 * for many rows, one pipeline and one wait for all that can travel together; rows in one block, their texts in an arena. */
#ifndef BENCH_BEST_H
#define BENCH_BEST_H

#include "../contestant/contestant.h"
#include "../contestant/rows.h"

#include "wire.h"

#include <libpq-fe.h>

/* A statement is prepared when a workload first needs it. */
struct statement {
    const char *name;
    const char *sql;
};

enum { STATEMENTS_MAX = 64, PARAMETERS_MAX = 12, CHUNK = 1000 };

/* Parameters of one statement, reused from one to the next. */
struct parameters {
    struct wire wire[PARAMETERS_MAX];
};

/* Texts of rows, which go all at once. */
struct arena {
    struct arena_block *blocks;
    char *at, *end;
};

struct bench {
    PGconn *conn;
    const char *prepared[STATEMENTS_MAX];
    int prepared_count;
    bool far; /* no socket of this machine: a wait is dearer than anything else */
    struct parameters parameters;
    struct arena arena;
    Item *items;
    int item_count;
    Item **slots; /* hash by id */
    size_t slot_count;
    Author *authors;
    Book *books;
    int author_count;
    Product *products;
    int64_t *keys;
    uint64_t sum;
};

void *arena_take(struct arena *arena, size_t size);
const char *arena_text(struct arena *arena, const char *data, size_t length);
/* All texts go, the newest block stays for others. */
void arena_clear(struct arena *arena);
void arena_free(struct arena *arena);

/* --- statements.c: preparing, sending, receiving --- */

void best_need(struct bench *b, const struct statement *statement);
/* Starts a parameter anew; the functions of wire.h then write it. */
struct wire *best_parameter(struct bench *b, int number);
struct wire *best_array(struct bench *b, int number, uint32_t oid, int count);
void best_int32(struct bench *b, int number, int32_t value);
void best_int64(struct bench *b, int number, int64_t value);
void best_text(struct bench *b, int number, const char *text);
/* One statement and its result, by itself. */
PGresult *best_execute(struct bench *b, const struct statement *statement, int count);
/* In a pipeline: what is sent until best_wait is one transaction. */
void best_pipeline(struct bench *b);
void best_send(struct bench *b, const struct statement *statement, int count);
void best_send_text(struct bench *b, const char *sql);
/* What came of a statement that was sent by itself and returns no rows. */
PGresult *best_alone(struct bench *b);
void best_sync(struct bench *b);
PGresult *best_next(struct bench *b, ExecStatusType status);
/* The next result must say that it affected so many rows. */
void best_affected(struct bench *b, int count);
void best_end(struct bench *b);
_Noreturn void best_fail(struct bench *b);

/* Elements of arrays and composites. */
void put_int32(struct wire *w, int32_t value);
void put_int64(struct wire *w, int64_t value);
void put_text(struct wire *w, const char *text);

static inline int64_t get_int64(const PGresult *result, int row, int column)
{
    return (int64_t)wire_read64(PQgetvalue(result, row, column));
}

static inline int32_t get_int32(const PGresult *result, int row, int column)
{
    return (int32_t)wire_read32(PQgetvalue(result, row, column));
}

/* --- copy.c --- */

/* The fields of a row that was copied out; after COPY's binary format has given each a length. */
struct copied {
    const char *at;
};

/* Where the next field begins; its length, or -1 for NULL. */
static inline const char *copied_next(struct copied *row, int32_t *ret_length)
{
    const char *data = row->at + 4;
    *ret_length = (int32_t)wire_read32(row->at);
    row->at = data + (*ret_length > 0 ? *ret_length : 0);
    return data;
}

static inline int64_t copied_int64(struct copied *row)
{
    int32_t length;
    return (int64_t)wire_read64(copied_next(row, &length));
}

static inline int32_t copied_int32(struct copied *row)
{
    int32_t length;
    return (int32_t)wire_read32(copied_next(row, &length));
}

const char *copied_text(struct copied *row, struct arena *arena);

typedef void copy_row(struct bench *b, struct copied *row, void *context);
void copy_out(struct bench *b, const char *sql, copy_row *row, void *context);
/* Starts to copy; before each row's fields comes copy_in_row. */
struct wire *copy_in(struct bench *b, const char *sql);
void copy_in_row(struct bench *b, struct wire *w, int columns);
void copy_in_end(struct bench *b, struct wire *w, int count);

/* --- items.c --- */

#define ITEM_COLUMNS "id, name, note, active, created_at, price, quantity, token, attributes, labels, version"
void item_read(const PGresult *result, int row, struct arena *arena, Item *ret);
void item_copied(struct copied *row, struct arena *arena, Item *ret);
/* As a row of COPY, under that key. */
void copy_item(struct wire *w, int64_t id, const Item *item);
/* As an element of an array of the table's row type. */
void put_item(struct wire *w, const Item *item);
/* As parameters 0 ... 8 of a statement. */
void item_parameters(struct bench *b, const Item *item);

/* --- workloads --- */

void find_prepare(struct bench *b, const struct job *job);
void find_run(struct bench *b, const struct job *job);
void find_many_run(struct bench *b, const struct job *job);
void hit_prepare(struct bench *b, const struct job *job);
void hit_run(struct bench *b, const struct job *job);
void load_prepare(struct bench *b, const struct job *job);
void load_run(struct bench *b, const struct job *job);
void start_run(struct bench *b, const struct job *job);
void open_run(struct bench *b, const struct job *job);
uint64_t items_checksum(struct bench *b, const struct job *job);
/* Reads items 1 ... count. */
void load_items(struct bench *b, int count);

void request_prepare(struct bench *b, const struct job *job);
void request_run(struct bench *b, const struct job *job);
void parents_prepare(struct bench *b, const struct job *job);
void parents_run(struct bench *b, const struct job *job);
void joined_run(struct bench *b, const struct job *job);
uint64_t parents_checksum(struct bench *b, const struct job *job);

void insert_prepare(struct bench *b, const struct job *job);
void insert_run(struct bench *b, const struct job *job);
void insert_arrays_run(struct bench *b, const struct job *job);
void change_prepare(struct bench *b, const struct job *job);
void dirty_prepare(struct bench *b, const struct job *job);
void update_run(struct bench *b, const struct job *job);
void delete_run(struct bench *b, const struct job *job);
void dirty_run(struct bench *b, const struct job *job);
uint64_t keys_checksum(struct bench *b, const struct job *job);

void graph_prepare(struct bench *b, const struct job *job);
void graph_run(struct bench *b, const struct job *job);
uint64_t graph_checksum(struct bench *b, const struct job *job);

void tpcb_prepare(struct bench *b, const struct job *job);
void tpcb_run(struct bench *b, const struct job *job);
void world_prepare(struct bench *b, const struct job *job);
void queries_run(struct bench *b, const struct job *job);
void updates_run(struct bench *b, const struct job *job);
uint64_t sum_checksum(struct bench *b, const struct job *job);

void again_prepare(struct bench *b, const struct job *job);
void again_run(struct bench *b, const struct job *job);

#endif
