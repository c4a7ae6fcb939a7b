#include "statement_cache.h"

#include <stdio.h>

static void list_add(struct cached_list *list, struct cached *cached)
{
    cached->newer = NULL;
    cached->older = list->newest;
    if (list->newest)
        list->newest->newer = cached;
    else
        list->oldest = cached;
    list->newest = cached;
    list->count++;
}

static void list_remove(struct cached_list *list, struct cached *cached)
{
    if (cached->newer)
        cached->newer->older = cached->older;
    else
        list->newest = cached->older;
    if (cached->older)
        cached->older->newer = cached->newer;
    else
        list->oldest = cached->newer;
    list->count--;
}

void statement_cache_init(struct statement_cache *cache, const struct howdah_allocator *allocator, size_t limit)
{
    *cache = (struct statement_cache){.limit = limit, .plan = 1};
    map_init(&cache->map, allocator);
}

static void free_list(struct statement_cache *cache, struct cached_list *list)
{
    for (struct cached *cached = list->newest; cached;) {
        struct cached *older = cached->older;
        memory_free(cache->map.allocator, cached);
        cached = older;
    }
    *list = (struct cached_list){0};
}

void statement_cache_done(struct statement_cache *cache)
{
    map_clear(&cache->map);
    free_list(cache, &cache->live);
    free_list(cache, &cache->doomed);
}

static bool is_of(const struct map_node *node, const void *probe)
{
    return cached_is_of((const struct cached *)node, probe);
}

static void remove_entry(struct statement_cache *cache, struct cached_list *list, struct cached *cached)
{
    list_remove(list, cached);
    map_remove(&cache->map, &cached->node);
    memory_free(cache->map.allocator, cached);
}

/* Makes room for one more. */
static void evict(struct statement_cache *cache)
{
    struct cached *oldest = cache->live.oldest;
    if (oldest->state == CACHED_UNPREPARED) {
        remove_entry(cache, &cache->live, oldest);
        return;
    }
    list_remove(&cache->live, oldest);
    list_add(&cache->doomed, oldest);
    oldest->state = CACHED_EVICTED;
}

static struct cached *add(struct statement_cache *cache, const struct statement *statement)
{
    struct cached *cached = memory_allocate_zero(cache->map.allocator, sizeof(*cached));
    if (!cached)
        return NULL;
    cached->hash[0] = statement->hash[0];
    cached->hash[1] = statement->hash[1];
    cached->state = CACHED_UNPREPARED;
    snprintf(cached->name, sizeof(cached->name), "howdah_%016llx%016llx", (unsigned long long)cached->hash[0],
             (unsigned long long)cached->hash[1]);
    if (!map_add(&cache->map, &cached->node, (uint32_t)cached->hash[0])) {
        memory_free(cache->map.allocator, cached);
        return NULL;
    }
    if (cache->live.count >= cache->limit)
        evict(cache);
    list_add(&cache->live, cached);
    return cached;
}

/* A prepared statement that is needed again before it was closed. */
static struct cached *revive(struct statement_cache *cache, struct cached *cached)
{
    list_remove(&cache->doomed, cached);
    if (cache->live.count >= cache->limit)
        evict(cache);
    list_add(&cache->live, cached);
    cached->state = CACHED_PREPARED;
    return cached;
}

struct cached *statement_cache_find(struct statement_cache *cache, const struct statement *statement)
{
    if (cache->limit == 0)
        return NULL;
    struct cached *cached = (struct cached *)map_find(&cache->map, (uint32_t)statement->hash[0], is_of, statement);
    if (!cached)
        return add(cache, statement);
    switch (cached->state) {
    case CACHED_UNPREPARED:
    case CACHED_PREPARING:
    case CACHED_PREPARED:
        if (cache->live.newest != cached) {
            list_remove(&cache->live, cached);
            list_add(&cache->live, cached);
        }
        return cached;
    case CACHED_EVICTED: return revive(cache, cached);
    case CACHED_STALE:
    case CACHED_CLOSING: break;
    }
    return NULL;
}

void statement_cache_forget(struct cached *cached)
{
    if (cached->state == CACHED_PREPARING || cached->state == CACHED_PREPARED)
        cached->state = CACHED_UNPREPARED;
    else if (cached->state == CACHED_EVICTED)
        cached->state = CACHED_STALE; /* so that it does not come back to life */
}

void statement_cache_forget_all(struct statement_cache *cache)
{
    for (struct cached *cached = cache->live.newest; cached; cached = cached->older)
        if (cached->state != CACHED_PREPARED || cached->plan != cache->plan)
            statement_cache_forget(cached);
    for (struct cached *cached = cache->doomed.newest; cached; cached = cached->older)
        statement_cache_forget(cached);
}

void statement_cache_make_stale(struct statement_cache *cache, struct cached *cached)
{
    if (cached->state == CACHED_PREPARED) {
        list_remove(&cache->live, cached);
        list_add(&cache->doomed, cached);
    }
    cached->state = CACHED_STALE;
}

struct cached *statement_cache_next_to_close(struct statement_cache *cache)
{
    struct cached *cached = cache->doomed.oldest;
    while (cached && cached->state == CACHED_CLOSING)
        cached = cached->newer;
    if (cached)
        cached->state = CACHED_CLOSING;
    return cached;
}

void statement_cache_closed(struct statement_cache *cache, struct cached *cached, bool gone)
{
    if (gone)
        remove_entry(cache, &cache->doomed, cached);
    else
        cached->state = CACHED_STALE;
}
