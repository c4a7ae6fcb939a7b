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

struct text_store {
    const struct howdah_allocator *allocator;
    struct arena arena;
    struct map map;
    pthread_mutex_t lock;
    bool lock_ready;
};

bool text_store_init(struct text_store *store, const struct howdah_allocator *allocator);
void text_store_done(struct text_store *store);
/* The statement for that key, from the store or rendered now; NULL if memory is out. `arena` is used where the store is
 * full. */
const struct statement *text_store_get(struct text_store *store, const struct statement_key *key, struct arena *arena);

#endif
