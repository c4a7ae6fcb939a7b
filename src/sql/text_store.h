/* The texts of generated statements, rendered once a database and shared by its sessions: one for each table,
 * operation and set of columns. Bounded; what is over the bound is rendered for the caller alone.
 *
 * Any thread. A statement that was given out lives as long as the store (or the caller's arena). */
#ifndef SQL_TEXT_STORE_H
#define SQL_TEXT_STORE_H

#include "base/arena.h"
#include "base/map.h"
#include "base/statement.h"
#include "sql/statements.h"

#include <pthread.h>
#include <stdatomic.h>

enum { TEXT_STORE_RECENT = 64 };

struct stored;
struct known_format;
struct shape;

struct text_store {
    const struct howdah_allocator *allocator;
    struct arena arena;
    struct map map;
    struct map shapes; /* texts of queries, and of writes with formulas, by the hash of their shape */
    /* What was asked for last, found without the lock, since what is stored never changes: by mapper and kind, */
    _Atomic(const struct stored *) recent[TEXT_STORE_RECENT];
    _Atomic(const struct shape *) recent_shapes[TEXT_STORE_RECENT];  /* by hash, */
    _Atomic(const struct known_format *) formats[TEXT_STORE_RECENT]; /* and by the address of the program's own SQL */
    size_t format_count;                                             /* that were ever kept */
    pthread_mutex_t lock;                                            /* over all but these three */
};

void text_store_init(struct text_store *store, const struct howdah_allocator *allocator);
void text_store_done(struct text_store *store);
/* The statement for that key, from the store or rendered now; NULL if memory is out. `arena` is used where the store is
 * full. */
const struct statement *text_store_get(struct text_store *store, const struct statement_key *key, struct arena *arena);

/* The program's own SQL as sql_scan tells, from the store if it was scanned before. `arena` and the outputs are sql_scan's. */
enum howdah_status text_store_scan(struct text_store *store, const char *format, bool fragment, struct arena *arena,
                                   struct scanned *ret, const char **ret_why);

/* The text of a query (or of a write with formulas) of that shape, or NULL. The hash has 128 bits, of what the program's code says and never of
 * values: as with prepared statements, whose names are such hashes, it stands for the shape itself. */
const struct statement *text_store_find(struct text_store *store, const uint64_t hash[2]);
/* Keeps a copy of a statement for that shape and returns it; where the store is full, it lies in the arena. NULL if
 * memory is out. */
const struct statement *text_store_keep(struct text_store *store, const uint64_t hash[2],
                                        const struct statement *statement, struct arena *arena);

#endif
