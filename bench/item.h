/* The row that all benchmarks read and write: ten columns of the types that tables have most, and about 220 bytes of
 * text. */
#ifndef BENCH_ITEM_H
#define BENCH_ITEM_H

#include <howdah/howdah.h>
#include <libpq-fe.h>

typedef struct Item {
    int64_t id;
    const char *name;
    const char *note;
    bool active;
    PgTimestamp created_at;
    double price;
    NullInt32 quantity;
    PgUuid token;
    PgJson attributes;
    TextArray labels;
} Item;

extern const Model Item_model;

enum { ITEM_LABELS = 3 };

/* Connects by HOWDAH_CONNINFO, else as psql would, and ends the program if that fails. */
PGconn *item_connect(void);
const char *item_conninfo(void);
/* Runs commands; ends the program if they fail. */
void item_run(PGconn *conn, const char *sql);
/* The number that a query gives. */
long long item_number(PGconn *conn, const char *sql);

/* Makes schema howdah_bench anew, with empty tables `items`, and removes it. */
void item_create_schema(PGconn *conn);
void item_drop_schema(PGconn *conn);
/* Empties the table, fills it with `count` rows with ids from 1, made by the server, and analyzes it. */
void item_fill(PGconn *conn, int count);

/* `count` rows for inserting, all different, with id 0; one block, for free(). */
Item *item_make(int count);
/* What a row takes without any library: the struct, and its text and labels to the byte. */
size_t item_size(const Item *item);

#endif
