/* A session's life, its guard against misuse, and its errors. */
#include "session.h"

#include "base/error.h"

#include "budget.h"
#include "by_unique.h"
#include "member.h"
#include "places.h"
#include "relation_answers.h"
#include "transaction.h"
#include "work.h"

#include <stdarg.h>
#include <stdio.h>

/* --- the guard --- */

enum howdah_status session_refusal(const struct howdah_session *s)
{
    if (!s)
        return HOWDAH_STATUS_NO_MEMORY;
    if (atomic_load_explicit(&s->busy, memory_order_relaxed))
        return s->streaming ? HOWDAH_STATUS_BUSY : HOWDAH_STATUS_MISUSE;
    return s->error.status == HOWDAH_STATUS_OK ? HOWDAH_STATUS_MISUSE : s->error.status;
}

/* --- errors --- */

enum howdah_status session_fail(struct howdah_session *s, enum howdah_status status, const char *model,
                                const char *field, void *object, const char *format, ...)
{
    char message[900];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    error_set(&s->error, status, "%s", message);
    error_attach(&s->error, &s->error.model, model);
    error_attach(&s->error, &s->error.field, field);
    s->error.object = object;
    error_finish(&s->error);
    return status;
}

enum howdah_status session_refuse(struct howdah_session *s, enum howdah_status status, const struct mapper *mapper,
                                  const char *field, void *object, const char *why)
{
    const char *model = mapper->model->name;
    return session_fail(s, status, model, field, object, "%s%s%s: %s", model, field ? "." : "", field ? field : "",
                        why);
}

enum howdah_status session_no_memory(struct howdah_session *s)
{
    if (s->error.status == HOWDAH_STATUS_OK) {
        error_copy(&s->error, &error_no_memory);
        s->error.outcome = HOWDAH_OUTCOME_NONE;
    }
    return s->error.status;
}

/* What a call was refused with that came while another one was under way: the session's own error is that one's. */
void session_write_refusals(struct howdah_database *db)
{
    error_set(&db->streaming, HOWDAH_STATUS_BUSY,
              "rows of the session are being read: call it when the reading is over, or use another session");
    error_finish(&db->streaming);
    error_set(&db->overlap, HOWDAH_STATUS_MISUSE,
              "another call of the session is under way: one thread at a time, and no calls from callbacks");
    error_finish(&db->overlap);
}

const struct howdah_error *howdah_session_error(const struct howdah_session *s)
{
    if (!s)
        return &error_no_memory;
    if (atomic_load_explicit(&s->busy, memory_order_relaxed) > 1)
        return s->streaming ? &s->db->streaming : &s->db->overlap;
    return s->error.status == HOWDAH_STATUS_OK ? NULL : &s->error;
}

void howdah_session_clear_error(struct howdah_session *s)
{
    if (!session_enter_always(s))
        return;
    session_forget_error(s);
    session_leave(s);
}

void session_forget_error(struct howdah_session *s)
{
    error_clear(&s->error);
    s->stale = NULL;
    s->stale_count = 0;
    if (s->db->error.status != HOWDAH_STATUS_OK)
        error_copy(&s->error, &s->db->error);
}

/* --- opening --- */

static bool open_parts(struct howdah_session *s)
{
    enum { LEAST = 64 }; /* for structs of unknown models, after an error */
    const struct howdah_allocator *allocator = &s->db->allocator;
    const struct catalog *catalog = &s->db->catalog;
    s->object_size = size_align(catalog->largest > LEAST ? catalog->largest : LEAST, _Alignof(max_align_t));
    size_t cells = (catalog->most_columns + 1) * sizeof(struct cell);
    unsigned char *room = memory_allocate_zero(allocator, 2 * s->object_size + cells);
    s->key_object = room;
    if (!room || !slabs_init(&s->slabs, allocator, catalog->mapper_count))
        return false;
    s->lost_object = room + s->object_size;
    s->cells = (struct cell *)(void *)(room + 2 * s->object_size);
    return true;
}

/* What forget_objects leaves, or open_parts has made. */
static void free_parts(struct howdah_session *s)
{
    slabs_done(&s->slabs);
    arena_done(&s->flushed_arena);
    memory_free(&s->db->allocator, s->own_rights);
    memory_free(&s->db->allocator, s->key_object);
}

static const struct mapper no_mapper; /* of no model */

struct howdah_session *howdah_session_open(struct howdah_database *db)
{
    if (!db)
        return NULL;
    struct howdah_session *s = memory_allocate(&db->allocator, sizeof(*s));
    if (!s)
        return NULL;
    enum { ERROR = offsetof(struct howdah_session, error), BEHIND = ERROR + sizeof(s->error) };
    enum { MESSAGE = offsetof(struct howdah_session, lost_query.message) };
    memset(s, 0, ERROR); /* an error's storage is large, and needs no zeros; nor does the message at the end */
    error_clear(&s->error);
    memset((char *)s + BEHIND, 0, MESSAGE + sizeof(uint64_t) - BEHIND); /* a text that is none, in whole words */
    atomic_init(&s->busy, 0);
    s->db = db;
    s->recent = &no_mapper;
    s->lost_query.s = s;
    if (db->options.hooks)
        s->hooks = *db->options.hooks;
    arena_init(&s->arena, &db->allocator);
    arena_init(&s->scratch, &db->allocator);
    arena_init(&s->flushed_arena, &db->allocator);
    arena_init(&s->pending, &db->allocator);
    map_init(&s->map, &db->allocator);
    map_init(&s->marks, &db->allocator);
    map_init(&s->computed, &db->allocator);
    map_init(&s->placed_map, &db->allocator);
    map_init(&s->join_map, &db->allocator);
    siblings_init(&s->siblings, &db->allocator);
    parameters_init(&s->parameters, &db->allocator);
    prefetch_init(&s->prefetch, &db->allocator);
    if (!open_parts(s)) {
        free_parts(s);
        memory_free(&db->allocator, s);
        return NULL;
    }
    session_forget_error(s);
    database_add_session(db, s);
    return s;
}

/* All that is known of objects, and pending work, but for the slabs; the transaction of the program is over already. */
static void forget_objects(struct howdah_session *s)
{
    work_free(s);
    member_places_free(s);
    by_unique_free(s);
    members_forget_oldest(s);
    map_clear(&s->map);
    map_clear(&s->marks);
    map_clear(&s->computed);
    s->assigned = 0;
    s->plains = NULL;
    map_clear(&s->placed_map);
    map_clear(&s->join_map);
    siblings_clear(&s->siblings);
    answers_forget(s);
    arena_done(&s->arena);
    s->collections = NULL;
    s->provisional = s->spare_provisional = NULL;
    arena_done(&s->pending);
    s->kept = NULL;
    s->placed = NULL;
    s->join_links = NULL;
    s->deleted_some = false;
    arena_done(&s->scratch);
    parameters_done(&s->parameters);
    prefetch_done(&s->prefetch);
}

void howdah_session_clear(struct howdah_session *s)
{
    if (!session_enter_always(s))
        return;
    if (transaction_is_programs(s, "session_clear")) {
        transaction_abandon(s);
        transaction_unset(s, NULL, false);
        forget_objects(s);
        slabs_clear(&s->slabs);
        session_forget_error(s);
    }
    session_leave(s);
}

void session_destroy(struct howdah_session *s)
{
    transaction_abandon(s);
    forget_objects(s);
    budget_free(s);
    database_remove_session(s->db, s);
    free_parts(s);
    memory_free(&s->db->allocator, s);
}

void howdah_session_close(struct howdah_session *s)
{
    if (!session_enter_always(s)) /* a thread is inside: freeing under it would be worse than a leak */
        return;
    if (transaction_is_programs(s, "session_close"))
        session_destroy(s);
    else
        session_leave(s);
}

/* --- what the verbs share --- */

const struct mapper *session_mapper(struct howdah_session *s, const struct howdah_model *model)
{
    const struct mapper *mapper = model ? catalog_find(&s->db->catalog, model) : NULL;
    if (mapper && mapper->table)
        return mapper;
    const char *name = model && model->name ? model->name : "(none)";
    if (mapper)
        session_fail(s, HOWDAH_STATUS_MISUSE, name, NULL, NULL, "%s has no table: it is for the rows of queries only",
                     name);
    else
        session_fail(s, HOWDAH_STATUS_MISUSE, name, NULL, NULL,
                     "model %s was not given to database_open: add it to its list", name);
    return NULL;
}

struct entry *session_entry(struct howdah_session *s, const void *object, const char *verb)
{
    struct entry *entry = object ? slabs_find(&s->slabs, object) : NULL;
    if (entry && entry->state != ENTRY_DETACHED)
        return entry;
    if (entry)
        session_fail(s, HOWDAH_STATUS_MISUSE, entry_mapper(s, entry)->model->name, NULL,
                     entry_object(entry_mapper(s, entry), entry), "can't %s a detached %s: %s", verb,
                     entry_mapper(s, entry)->model->name,
                     entry->row_deleted && !entry->unwritten
                         ? "its row was deleted, or is gone"
                         : "it was evicted or rolled back; session_attach takes it back");
    else
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL, "can't %s %s: it is no object of this session", verb,
                     object ? "that pointer" : "NULL");
    return NULL;
}

struct entry *session_entry_to_change(struct howdah_session *s, void *object, const char *verb)
{
    struct entry *entry = session_entry(s, object, verb);
    if (!entry || (entry->state != ENTRY_DELETED && !entry->read_only))
        return entry;
    const char *model = entry_mapper(s, entry)->model->name;
    session_fail(s, HOWDAH_STATUS_MISUSE, model, NULL, object, "can't %s this %s, which is %s", verb, model,
                 entry->read_only ? "read only" : "marked deleted");
    return NULL;
}

struct howdah_session_statistics howdah_session_stats(const struct howdah_session *s)
{
    struct howdah_session_statistics stats = {0};
    if (!s)
        return stats;
    stats = s->written;
    stats.statements = s->counters.statements;
    stats.round_trips = s->counters.round_trips;
    stats.rows = s->counters.rows;
    stats.allocations =
        s->arena.allocations + s->scratch.allocations + s->prefetch.arena.allocations + s->slabs.allocations + 2;
    stats.bytes = s->arena.bytes + s->scratch.bytes + s->prefetch.arena.bytes + s->slabs.bytes + s->siblings.bytes +
                  sizeof(*s) + 2 * s->object_size;
    for (uint32_t i = 0; i < s->slabs.chain_count; i++)
        for (const struct slab *slab = s->slabs.chains[i].first; slab && !slab->mapper->join_of; slab = slab->next)
            for (uint32_t n = 0; n < slab->count; n++)
                stats.objects += slab_entry(slab, n)->state != ENTRY_DETACHED;
    return stats;
}
