/* What a careful C programmer writes by hand on libpq: prepared statements, binary values, pipelines. The yardsticks.
 * Each function ends the program if the server refuses. */
#ifndef BENCH_HAND_H
#define BENCH_HAND_H

#include "item.h"

/* Prepares the statements of the functions below; hand_prepare all of them. */
void hand_prepare(PGconn *conn);
void hand_prepare_reads(PGconn *conn);
void hand_prepare_writes(PGconn *conn);
/* Ends the program unless the result is as expected; returns it. */
PGresult *hand_expect(PGconn *conn, PGresult *result, ExecStatusType status);

/* One row by its key. The struct's text goes to `room`, which is reused by the next call: one memcpy each, no malloc. */
enum { HAND_ROOM = 1024 };
void hand_find(PGconn *conn, int64_t id, Item *ret, char room[HAND_ROOM]);

/* The first `count` rows by key, each a malloc'ed struct whose texts are malloc'ed. */
Item **hand_load(PGconn *conn, int count);
void hand_free(Item **items, int count);

/* Asks so many times whether there are items that meet five conditions. */
void hand_has_rows(PGconn *conn, int times);

/* All in one transaction of one pipeline, 1,000 rows a statement (deletes: `chunk`). Inserts put the ids into the
 * items. */
void hand_insert_composite(PGconn *conn, Item *items, int count);             /* unnest($1::new_item[]) */
void hand_insert_columns(PGconn *conn, Item *items, int count);               /* unnest($1, $2, ...) */
void hand_update_columns(PGconn *conn, Item *const *items, int count);        /* name and price */
void hand_delete_any(PGconn *conn, const int64_t *ids, int count, int chunk); /* = ANY($1) */

/* The same with one prepared statement after another, in one transaction. */
void hand_insert_single(PGconn *conn, Item *items, int count);
void hand_update_single(PGconn *conn, Item *const *items, int count);
void hand_delete_single(PGconn *conn, const int64_t *ids, int count);

#endif
