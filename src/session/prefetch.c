#include "prefetch.h"

#include "fill.h"
#include "key.h"
#include "load.h"
#include "lookup.h"

/* A key that is to be asked for. */
struct wanted {
    struct map_node node;
    struct lookup lookup; /* its values: a struct of which only the key is set */
    struct entry *found;
    struct sibling_result *result; /* of all that are asked for with it and are of its mapper */
};

void prefetch_init(struct prefetch *prefetch, const struct howdah_allocator *allocator)
{
    map_init(&prefetch->wanted, allocator);
    arena_init(&prefetch->arena, allocator);
}

void prefetch_done(struct prefetch *prefetch)
{
    map_clear(&prefetch->wanted);
    arena_done(&prefetch->arena);
}

/* --- what is wanted --- */

struct probe {
    const struct mapper *mapper;
    const void *key;
};

static bool match(const struct map_node *node, const void *what)
{
    const struct lookup *lookup = &((const struct wanted *)(const void *)node)->lookup;
    const struct probe *probe = what;
    return lookup->key.mapper == probe->mapper && key_equal(probe->mapper, lookup->values, probe->key);
}

static enum howdah_status take_row(void *arg, const struct cell *cells, size_t count)
{
    struct wanted *wanted = arg;
    struct howdah_session *s = wanted->lookup.s;
    wanted->found = load_row(s, wanted->lookup.key.mapper, cells, count);
    if (!wanted->found)
        return s->error.status;
    return siblings_add(&s->siblings, wanted->result, wanted->found) ? HOWDAH_STATUS_OK : session_no_memory(s);
}

/* A struct with the same key, in the arena, or NULL. */
static void *copy_key(struct arena *arena, const struct mapper *mapper, const void *key)
{
    void *copy = arena_copy(arena, key, mapper->model->size);
    return copy && columns_copy(mapper->columns, mapper->key, mapper->key_count, arena, copy) ? copy : NULL;
}

/* The key that is in s->key_object, as one of those; NULL where memory is out. */
static struct wanted *want(struct howdah_session *s, const struct mapper *mapper)
{
    struct prefetch *prefetch = &s->prefetch;
    const struct probe probe = {mapper, s->key_object};
    uint32_t hash = identity_hash(mapper, s->key_object);
    struct map_node *known = map_find(&prefetch->wanted, hash, match, &probe);
    if (known)
        return (struct wanted *)known;
    void *key = copy_key(&prefetch->arena, mapper, s->key_object);
    struct wanted *added = key ? ARENA_NEW(&prefetch->arena, struct wanted) : NULL;
    if (!added || !map_add(&prefetch->wanted, &added->node, hash)) {
        session_no_memory(s);
        return NULL;
    }
    added->lookup = (struct lookup){
        .s = s, .key = {.kind = STATEMENT_FIND, .mapper = mapper}, .values = key, .row = take_row, .arg = added};
    return added;
}

/* Whether the session has the object by now. */
static bool is_known(struct howdah_session *s, const struct mapper *mapper, const void *key)
{
    const struct entry *entry = identity_find(&s->map, mapper, key);
    return entry && entry->state != ENTRY_DETACHED && !fill_is_needed(s, entry);
}

static enum howdah_status prefetch(struct howdah_session *s, const struct howdah_model *model,
                                   const struct howdah_value *key, size_t parts)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (mapper && key_take(s, mapper, key, parts) && !is_known(s, mapper, s->key_object))
        want(s, mapper);
    return s->error.status;
}

enum howdah_status howdah_session_prefetch_key(struct howdah_session *s, const struct howdah_model *model,
                                               const struct howdah_value *key, size_t parts)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = prefetch(s, model, key, parts);
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}

/* --- asking --- */

static enum howdah_status ask(struct howdah_session *s)
{
    struct lookup *first = NULL, **end = &first;
    struct sibling_result *results = arena_allocate_zero(&s->scratch, s->db->catalog.mapper_count * sizeof(*results),
                                                         _Alignof(struct sibling_result));
    if (!results)
        return session_no_memory(s);
    size_t count = 0;
    for (struct map_node *node = s->prefetch.wanted.first; node; node = node->hh.next) {
        struct wanted *wanted = (struct wanted *)node;
        const struct mapper *mapper = wanted->lookup.key.mapper;
        if (is_known(s, mapper, wanted->lookup.values))
            continue;
        wanted->result = &results[mapper->index];
        *end = &wanted->lookup;
        end = &wanted->lookup.next;
        count++;
    }
    return lookups_run(first, count);
}

bool prefetch_find(struct howdah_session *s, const struct mapper *mapper, struct entry **ret)
{
    struct prefetch *prefetch = &s->prefetch;
    const struct wanted *wanted = want(s, mapper);
    enum howdah_status status = wanted ? ask(s) : s->error.status;
    *ret = wanted ? wanted->found : NULL;
    map_clear(&prefetch->wanted);
    arena_reset(&prefetch->arena);
    return status == HOWDAH_STATUS_OK;
}
