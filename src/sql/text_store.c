#include "text_store.h"

#include "formula.h"

#include "base/hash.h"

enum { STORE_MOST = 4096 };

struct stored {
    struct map_node node;
    struct statement_key key;
    const struct statement *statement;
};

struct shape {
    struct map_node node;
    uint64_t hash[2];
    struct statement statement;
};

void text_store_init(struct text_store *store, const struct howdah_allocator *allocator)
{
    *store = (struct text_store){.allocator = allocator, .lock = PTHREAD_MUTEX_INITIALIZER};
    arena_init(&store->arena, allocator);
    map_init(&store->map, allocator);
    map_init(&store->shapes, allocator);
}

void text_store_done(struct text_store *store)
{
    map_clear(&store->map);
    map_clear(&store->shapes);
    arena_done(&store->arena);
    pthread_mutex_destroy(&store->lock);
}

static uint64_t hash_set(uint64_t seed, const uint64_t *set, uint32_t words)
{
    return set ? hash_bytes(seed, set, words * sizeof(*set)) : hash_combine(seed, 0);
}

static uint64_t hash_of(uint64_t seed, const struct statement_key *key)
{
    uint32_t words = column_words(key->mapper);
    uint64_t hash = hash_combine(hash_combine(seed, key->mapper->index), key->kind);
    hash = hash_combine(hash, (key->by ? key->by->index + 1 : 0) * 2 + key->parks);
    hash = hash_combine(hash, (uint64_t)key->lock << 7 | (uint64_t)key->in_order << 6 | (uint64_t)key->lists_keys << 5 |
                                  (uint64_t)key->adjusts << 4 | (uint64_t)key->forgiving << 3 |
                                  (uint64_t)key->by_columns << 2 | (uint64_t)key->returns_keys << 1 | key->guarded);
    hash = hash_set(hash_set(hash, key->columns, words), key->by_name, words);
    return hash_set(hash_set(hash, key->defaults, words), key->checks, words);
}

static bool same_set(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    return a && b ? memcmp(a, b, words * sizeof(*a)) == 0 : a == b;
}

static bool match(const struct map_node *node, const void *probe)
{
    const struct statement_key *a = &((const struct stored *)(const void *)node)->key, *b = probe;
    uint32_t words = column_words(b->mapper);
    return a->kind == b->kind && a->mapper == b->mapper && a->by == b->by && a->parks == b->parks &&
           a->lock == b->lock && a->by_columns == b->by_columns && a->guarded == b->guarded &&
           a->forgiving == b->forgiving && a->adjusts == b->adjusts && a->returns_keys == b->returns_keys &&
           a->in_order == b->in_order && a->lists_keys == b->lists_keys && same_set(a->columns, b->columns, words) &&
           same_set(a->defaults, b->defaults, words) && same_set(a->by_name, b->by_name, words) &&
           same_set(a->checks, b->checks, words);
}

static const uint64_t *copy_set(struct arena *arena, const uint64_t *set, uint32_t words)
{
    return set ? arena_copy(arena, set, words * sizeof(*set)) : NULL;
}

static const struct stored *add(struct text_store *store, const struct statement_key *key, uint32_t hash)
{
    uint32_t words = column_words(key->mapper);
    struct stored *stored = ARENA_NEW(&store->arena, struct stored);
    const struct statement *statement = stored ? statement_render(key, &store->arena) : NULL;
    if (!statement)
        return NULL;
    stored->statement = statement;
    stored->key = *key;
    stored->key.columns = copy_set(&store->arena, key->columns, words);
    stored->key.by_name = copy_set(&store->arena, key->by_name, words);
    stored->key.defaults = copy_set(&store->arena, key->defaults, words);
    stored->key.checks = copy_set(&store->arena, key->checks, words);
    if ((key->columns && !stored->key.columns) || (key->by_name && !stored->key.by_name) ||
        (key->defaults && !stored->key.defaults) || (key->checks && !stored->key.checks))
        return NULL;
    return map_add(&store->map, &stored->node, hash) ? stored : NULL;
}

/* Formulas live no longer than their session: a hash stands for them, as it does for queries. */
static const struct statement *get_with_formulas(struct text_store *store, const struct statement_key *key,
                                                 struct arena *arena)
{
    const uint64_t hash[] = {formulas_text_hash(hash_of(0, key), key->formulas),
                             formulas_text_hash(hash_of(1, key), key->formulas)};
    const struct statement *statement = text_store_find(store, hash);
    if (!statement && (statement = statement_render(key, arena)))
        statement = text_store_keep(store, hash, statement, arena);
    return statement;
}

/* Under the lock. NULL: there is no room. */
static const struct stored *find_or_add(struct text_store *store, const struct statement_key *key)
{
    uint32_t hash = (uint32_t)hash_of(0, key);
    const struct map_node *node = map_find(&store->map, hash, match, key);
    if (node || map_count(&store->map) >= STORE_MOST)
        return (const struct stored *)(const void *)node;
    return add(store, key, hash);
}

const struct statement *text_store_get(struct text_store *store, const struct statement_key *key, struct arena *arena)
{
    if (key->formulas)
        return get_with_formulas(store, key, arena);
    unsigned place = (key->mapper->index * STATEMENT_KINDS + key->kind) % TEXT_STORE_RECENT;
    const struct stored *stored = atomic_load_explicit(&store->recent[place], memory_order_acquire);
    if (stored && match(&stored->node, key))
        return stored->statement;
    pthread_mutex_lock(&store->lock);
    stored = find_or_add(store, key);
    pthread_mutex_unlock(&store->lock);
    if (!stored)
        return statement_render(key, arena);
    atomic_store_explicit(&store->recent[place], stored, memory_order_release);
    return stored->statement;
}

/* --- the program's own SQL: literals, which are at the same address each time --- */

struct known_format {
    const char *format;
    bool fragment;
    struct scanned scanned;
};

/* Under the lock. NULL: there is no room. */
static const struct known_format *add_format(struct text_store *store, const char *format, bool fragment,
                                             const struct scanned *scanned)
{
    struct known_format *known =
        store->format_count < STORE_MOST ? ARENA_NEW(&store->arena, struct known_format) : NULL;
    if (!known)
        return NULL;
    *known = (struct known_format){arena_copy_text(&store->arena, format, strlen(format)), fragment, *scanned};
    known->scanned.text = arena_copy_text(&store->arena, scanned->text, scanned->size);
    known->scanned.holes = arena_copy(&store->arena, scanned->holes, scanned->hole_count * sizeof(*scanned->holes));
    store->format_count++;
    return known->format && known->scanned.text && known->scanned.holes ? known : NULL;
}

enum howdah_status text_store_scan(struct text_store *store, const char *format, bool fragment, struct arena *arena,
                                   struct scanned *ret, const char **ret_why)
{
    unsigned place = hash_integer((uint64_t)(uintptr_t)format) % TEXT_STORE_RECENT;
    const struct known_format *known = atomic_load_explicit(&store->formats[place], memory_order_acquire);
    if (known && known->fragment == fragment && strcmp(known->format, format) == 0) {
        *ret = known->scanned;
        return HOWDAH_STATUS_OK;
    }
    enum howdah_status status = sql_scan(format, fragment, arena, ret, ret_why);
    if (status)
        return status;
    pthread_mutex_lock(&store->lock);
    known = add_format(store, format, fragment, ret);
    pthread_mutex_unlock(&store->lock);
    if (known)
        atomic_store_explicit(&store->formats[place], known, memory_order_release);
    return HOWDAH_STATUS_OK;
}

/* --- queries --- */

static bool match_shape(const struct map_node *node, const void *probe)
{
    const struct shape *shape = (const struct shape *)(const void *)node;
    const uint64_t *hash = probe;
    return shape->hash[0] == hash[0] && shape->hash[1] == hash[1];
}

static const struct shape *find_shape(const struct text_store *store, const uint64_t hash[2])
{
    return (const struct shape *)(const void *)map_find(&store->shapes, (uint32_t)hash[0], match_shape, hash);
}

const struct statement *text_store_find(struct text_store *store, const uint64_t hash[2])
{
    _Atomic(const struct shape *) *recent = &store->recent_shapes[hash[0] % TEXT_STORE_RECENT];
    const struct shape *shape = atomic_load_explicit(recent, memory_order_acquire);
    if (shape && shape->hash[0] == hash[0] && shape->hash[1] == hash[1])
        return &shape->statement;
    pthread_mutex_lock(&store->lock);
    shape = find_shape(store, hash);
    pthread_mutex_unlock(&store->lock);
    if (!shape)
        return NULL;
    atomic_store_explicit(recent, shape, memory_order_release);
    return &shape->statement;
}

static bool copy_statement(const struct statement *statement, struct arena *arena, struct statement *ret)
{
    const char *text = arena_copy_text(arena, statement->text, strlen(statement->text));
    const uint32_t *types = arena_copy(arena, statement->types, statement->parameters * sizeof(*types));
    *ret = *statement;
    ret->text = text;
    ret->types = types;
    return text && types;
}

static const struct statement *add_shape(struct text_store *store, const uint64_t hash[2],
                                         const struct statement *statement)
{
    struct shape *shape = ARENA_NEW(&store->arena, struct shape);
    if (!shape || !copy_statement(statement, &store->arena, &shape->statement))
        return NULL;
    memcpy(shape->hash, hash, sizeof(shape->hash));
    return map_add(&store->shapes, &shape->node, (uint32_t)hash[0]) ? &shape->statement : NULL;
}

static const struct statement *copy_out(const struct statement *statement, struct arena *arena)
{
    struct statement *copy = ARENA_NEW(arena, struct statement);
    return copy && copy_statement(statement, arena, copy) ? copy : NULL;
}

const struct statement *text_store_keep(struct text_store *store, const uint64_t hash[2],
                                        const struct statement *statement, struct arena *arena)
{
    pthread_mutex_lock(&store->lock);
    const struct shape *shape = find_shape(store, hash); /* another session may have been quicker */
    const struct statement *kept = shape ? &shape->statement : NULL;
    if (!kept)
        kept = map_count(&store->shapes) < STORE_MOST ? add_shape(store, hash, statement) : copy_out(statement, arena);
    pthread_mutex_unlock(&store->lock);
    return kept;
}
