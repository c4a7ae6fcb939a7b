/* The statements that a connection's server session knows by name: which, in what state, and which of them
 * goes when there are too many.
 *
 * A name is a hash of the statement's text and types, since a pooler may hand us a session in which somebody
 * else prepared "s1". Entries are closed at the head of a plan that begins outside a transaction, in a segment
 * of their own: closing one that is gone is an error, which must not take a transaction with it. */
#ifndef PG_STATEMENT_CACHE_H
#define PG_STATEMENT_CACHE_H

#include "base/map.h"
#include "base/statement.h"

enum cached_state {
    CACHED_UNPREPARED, /* the server does not know it */
    CACHED_PREPARING,  /* Parse is on its way */
    CACHED_PREPARED,
    CACHED_EVICTED, /* the server knows it; to be closed */
    CACHED_STALE,   /* the server knows it, but can't run it any more; to be closed */
    CACHED_CLOSING  /* the close is on its way */
};

struct cached {
    struct map_node node; /* first */
    uint64_t hash[2];
    enum cached_state state;
    uint32_t plan;                /* that prepared it, by the cache's count */
    struct cached *newer, *older; /* in the list of the live ones, or of the doomed ones */
    char name[sizeof("howdah_") + 32];
};

struct cached_list {
    struct cached *newest, *oldest;
    size_t count;
};

struct statement_cache {
    struct map map;
    size_t limit;              /* of live ones; 0: nothing is cached */
    uint32_t plan;             /* under way: counts them, from 1 */
    struct cached_list live;   /* by use */
    struct cached_list doomed; /* evicted, stale, closing */
};

void statement_cache_init(struct statement_cache *cache, const struct howdah_allocator *allocator, size_t limit);
void statement_cache_done(struct statement_cache *cache);

/* The entry to run the statement by, made now if there is none; it counts as used. NULL if it has to run
 * without a name: nothing is cached, it is waiting to be closed, or memory is out. */
static inline struct cached *statement_cache_use(struct statement_cache *cache, const struct statement *statement);

/* The server refused its Parse, or never got to it. */
void statement_cache_forget(struct cached *cached);
/* The server has prepared it, for the plan under way. */
static inline void statement_cache_prepared(const struct statement_cache *cache, struct cached *cached)
{
    cached->state = CACHED_PREPARED;
    cached->plan = cache->plan;
}
/* The server knows none of them any more but those that it has prepared for the plan under way. */
void statement_cache_forget_all(struct statement_cache *cache);
/* The server knows it but can't run it: it has to be closed. */
void statement_cache_make_stale(struct statement_cache *cache, struct cached *cached);

/* One that has to be closed, now CACHED_CLOSING; NULL if there is none. */
struct cached *statement_cache_next_to_close(struct statement_cache *cache);
/* The answer to its close: if it is gone the entry is freed, else it has to be closed again. */
void statement_cache_closed(struct statement_cache *cache, struct cached *cached, bool gone);

/* --- the way that most take --- */

static inline bool cached_is_of(const struct cached *cached, const struct statement *statement)
{
    return cached->hash[0] == statement->hash[0] && cached->hash[1] == statement->hash[1];
}

/* Any statement. */
struct cached *statement_cache_find(struct statement_cache *cache, const struct statement *statement);

/* Often it is the one that ran before. */
static inline struct cached *statement_cache_use(struct statement_cache *cache, const struct statement *statement)
{
    struct cached *newest = cache->live.newest;
    return newest && cached_is_of(newest, statement) ? newest : statement_cache_find(cache, statement);
}

#endif
