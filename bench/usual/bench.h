/* The contestant "libpq": hand-written code as one finds it in programs. PQexecParams with values as text, a statement a
 * row, a string a malloc. */
#ifndef BENCH_USUAL_H
#define BENCH_USUAL_H

#include "../contestant/contestant.h"
#include "../contestant/rows.h"

#include <libpq-fe.h>

struct bench {
    PGconn *conn;
    Item *items;
    int item_count;
    Author *authors;
    int author_count;
    Product *products;
    int product_count;
    int64_t *keys;
    uint64_t sum;
};

/* Runs a statement with text parameters; ends the process unless the status is the expected one. */
PGresult *db_query(PGconn *conn, const char *sql, int count, const char *const *values);
/* The same for statements without rows; one row must have been affected. */
void db_change_one(PGconn *conn, const char *sql, int count, const char *const *values);
void db_command(PGconn *conn, const char *sql);

/* Columns of a result. */
int64_t column_int64(const PGresult *result, int row, int column);
int32_t column_int32(const PGresult *result, int row, int column);
char *column_text(const PGresult *result, int row, int column); /* a malloc */

#define ITEM_COLUMNS "id, name, note, active, created_at, price, quantity, token, attributes, labels, version"
void item_read(const PGresult *result, int row, Item *ret);
void item_free(Item *item);

void find_prepare(struct bench *b, const struct job *job);
void find_run(struct bench *b, const struct job *job);
void find_many_run(struct bench *b, const struct job *job);
void load_run(struct bench *b, const struct job *job);
void start_run(struct bench *b, const struct job *job);
void open_run(struct bench *b, const struct job *job);
uint64_t items_checksum(struct bench *b, const struct job *job);

void request_run(struct bench *b, const struct job *job);
void parents_naive_run(struct bench *b, const struct job *job);
void parents_eager_run(struct bench *b, const struct job *job);
uint64_t parents_checksum(struct bench *b, const struct job *job);
void parents_free(struct bench *b);

void insert_prepare(struct bench *b, const struct job *job);
void insert_run(struct bench *b, const struct job *job);
void change_prepare(struct bench *b, const struct job *job);
void dirty_prepare(struct bench *b, const struct job *job);
void update_run(struct bench *b, const struct job *job);
void delete_run(struct bench *b, const struct job *job);
void dirty_run(struct bench *b, const struct job *job);
uint64_t keys_checksum(struct bench *b, const struct job *job);

void graph_prepare(struct bench *b, const struct job *job);
void graph_run(struct bench *b, const struct job *job);
uint64_t graph_checksum(struct bench *b, const struct job *job);
void graph_free(struct bench *b);

void tpcb_run(struct bench *b, const struct job *job);
void queries_run(struct bench *b, const struct job *job);
void updates_run(struct bench *b, const struct job *job);
uint64_t sum_checksum(struct bench *b, const struct job *job);

#endif
