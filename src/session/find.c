/* Finding objects by their keys: the identity map first, then the server. */
#include "fill.h"
#include "key.h"
#include "load.h"
#include "lookup.h"
#include "transaction.h"

#include "base/endian.h"

enum { KEYS_A_STATEMENT = 1000 };

/* A find under way, for the executor's callbacks. */
struct find {
    struct howdah_session *s;
    const struct mapper *mapper;
    void **keys;    /* find_many: structs with the keys that the session can't answer */
    size_t *places; /* and where their objects go in `objects` */
    size_t key_count;
    void **objects;
    struct entry *found; /* of the last row */
    struct sibling_result result;
};

/* What an entry of the identity map answers: nothing for one whose row is to go, or is gone. */
static void *answer(struct howdah_session *s, const struct entry *entry)
{
    if (!entry || entry->state == ENTRY_DELETED || entry->state == ENTRY_DETACHED)
        return NULL;
    return entry_object(entry_mapper(s, entry), entry);
}

static enum howdah_status find_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct find *find = arg;
    (void)step;
    find->found = load_row(find->s, find->mapper, cells, count);
    if (!find->found)
        return find->s->error.status;
    return siblings_add(&find->s->siblings, &find->result, find->found) ? HOWDAH_STATUS_OK : session_no_memory(find->s);
}

/* The same with the number of its key behind its columns. */
static enum howdah_status find_numbered(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct find *find = arg;
    const struct cell *number = count ? &cells[count - 1] : NULL;
    size_t place = number && number->size == sizeof(uint32_t) ? read_uint32(number->data) : 0;
    place += step->number * KEYS_A_STATEMENT;
    if (place <= step->number * KEYS_A_STATEMENT || place > find->key_count)
        return HOWDAH_STATUS_PROTOCOL;
    enum howdah_status status = find_row(arg, step, cells, count - 1);
    if (status == HOWDAH_STATUS_OK)
        find->objects[find->places[place - 1]] = answer(find->s, find->found);
    return status;
}

static enum howdah_status take_row(void *arg, const struct cell *cells, size_t count)
{
    struct find *find = arg;
    find->found = load_row(find->s, find->mapper, cells, count);
    return find->found ? HOWDAH_STATUS_OK : find->s->error.status;
}

static enum howdah_status bind_keys(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct find *find = arg;
    const struct mapper *mapper = find->mapper;
    struct parameters *p = &find->s->parameters;
    size_t first = step->number * KEYS_A_STATEMENT, count = find->key_count - first;
    if (!parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        parameters_add_fields(p, &mapper->columns[mapper->key[i]], find->keys + first,
                              count < KEYS_A_STATEMENT ? count : KEYS_A_STATEMENT);
    return parameters_bind(p, ret);
}

static bool ask_alone(struct howdah_session *s, const struct mapper *mapper, const struct column *by,
                      struct entry **ret)
{
    struct find find = {.s = s, .mapper = mapper};
    struct lookup lookup = {.s = s,
                            .key = {.kind = STATEMENT_FIND, .mapper = mapper, .by = by},
                            .values = s->key_object,
                            .row = take_row,
                            .arg = &find};
    enum howdah_status status = lookup_run(&lookup);
    *ret = find.found;
    return status == HOWDAH_STATUS_OK;
}

/* `known`: the object that is to be filled, or NULL. */
static void *ask_server(struct howdah_session *s, const struct mapper *mapper, struct entry *known)
{
    struct entry *found;
    bool asked =
        prefetch_is_empty(&s->prefetch) ? ask_alone(s, mapper, NULL, &found) : prefetch_find(s, mapper, &found);
    if (!asked || (known && !found && !fill_gone(s, known)))
        return NULL;
    return answer(s, found);
}

void *find_by_key_object(struct howdah_session *s, const struct mapper *mapper)
{
    struct entry *entry = identity_find(&s->map, mapper, s->key_object);
    bool fills = entry && fill_is_needed(s, entry);
    if (!entry || entry->state == ENTRY_DETACHED || fills)
        return ask_server(s, mapper, fills ? entry : NULL);
    s->written.identity_hits++;
    return answer(s, entry);
}

static void *find_key(struct howdah_session *s, const struct howdah_model *model, const struct howdah_value *key,
                      size_t parts)
{
    const struct mapper *mapper = session_mapper(s, model);
    if (!mapper || !key_take(s, mapper, key, parts))
        return NULL;
    s->recent = mapper;
    void *object = find_by_key_object(s, mapper);
    arena_reset(&s->scratch);
    return object;
}

/* Not inlined: its frame would cost each hit as much as the look into the map. */
__attribute__((noinline)) static void *find_and_leave(struct howdah_session *s, const struct howdah_model *model,
                                                      const struct howdah_value *key, size_t parts)
{
    void *object = find_key(s, model, key, parts);
    session_leave(s);
    return object;
}

void *howdah_session_find_key(struct howdah_session *s, const struct howdah_model *model,
                              const struct howdah_value *key, size_t parts)
{
    if (!session_enter(s))
        return NULL;
    const struct mapper *mapper = s->recent;
    if (mapper->model != model || !mapper->integer_key || parts != 1 || !key || key->type != HOWDAH_TYPE_INT64)
        return find_and_leave(s, model, key, parts);
    /* The usual question, one integer key that is in the map, without any of the work that others need. */
    const struct entry *entry = identity_find_integer(&s->map, mapper, key->as.integer);
    if (!entry || !entry_is_ready(entry))
        return find_and_leave(s, s->recent->model, key, 1);
    s->written.identity_hits++;
    session_leave(s);
    return entry_object(mapper, entry);
}

/* --- many --- */

/* What the session knows goes to its place in find->objects; keys of the rest into structs. */
static bool collect_missing(struct find *find, const struct howdah_value *keys, size_t count)
{
    struct howdah_session *s = find->s;
    const struct mapper *mapper = find->mapper;
    find->keys = arena_allocate_array(&s->scratch, count, sizeof(*find->keys));
    find->places = arena_allocate_array(&s->scratch, count, sizeof(*find->places));
    if (!find->keys || !find->places)
        return !session_no_memory(s);
    for (size_t i = 0; i < count; i++) {
        if (!key_take(s, mapper, keys + i * mapper->key_count, mapper->key_count))
            return false;
        struct entry *known = identity_find(&s->map, mapper, s->key_object);
        if (known && known->state != ENTRY_DETACHED && !fill_is_needed(s, known)) {
            if (!siblings_add(&s->siblings, &find->result, known))
                return !session_no_memory(s);
            s->written.identity_hits++;
            find->objects[i] = answer(s, known);
            continue;
        }
        void *key = arena_copy(&s->scratch, s->key_object, mapper->model->size);
        if (!key)
            return !session_no_memory(s);
        find->places[find->key_count] = i;
        find->keys[find->key_count++] = key;
    }
    return true;
}

static bool ask_for_many(struct find *find)
{
    struct howdah_session *s = find->s;
    const struct statement_key key = {.kind = STATEMENT_FIND_MANY, .mapper = find->mapper};
    const struct statement *statement = text_store_get(&s->db->texts, &key, &s->scratch);
    size_t chunks = (find->key_count + KEYS_A_STATEMENT - 1) / KEYS_A_STATEMENT;
    bool numbered = statement_numbers_rows(find->mapper);
    struct pg_step *steps = arena_allocate_array(&s->scratch, chunks, sizeof(*steps));
    if (!statement || !steps)
        return !session_no_memory(s);
    for (size_t i = 0; i < chunks; i++)
        steps[i] = (struct pg_step){.statement = statement,
                                    .bind = bind_keys,
                                    .row = numbered ? find_numbered : find_row,
                                    .arg = find,
                                    .number = i};
    enum howdah_status status = transaction_read_steps(s, steps, chunks);
    if (status == HOWDAH_STATUS_SCHEMA)
        session_name_culprit(s, find->mapper);
    return status == HOWDAH_STATUS_OK;
}

/* What came goes to its places by the map, if its rows had no numbers. Objects that were to be filled, and have no row any
 * more, are dropped. */
static bool place_found(const struct find *find)
{
    for (size_t i = 0; i < find->key_count; i++) {
        void **object = &find->objects[find->places[i]];
        struct entry *known = *object ? NULL : identity_find(&find->s->map, find->mapper, find->keys[i]);
        if (!known)
            continue;
        if (!fill_is_needed(find->s, known))
            *object = answer(find->s, known);
        else if (!fill_gone(find->s, known))
            return false;
    }
    return true;
}

static void **find_many(struct howdah_session *s, const struct howdah_model *model, const struct howdah_value *keys,
                        size_t count)
{
    struct find find = {.s = s, .mapper = session_mapper(s, model)};
    size_t values;
    if (find.mapper && !size_multiply(count, find.mapper->key_count * sizeof(*keys), &values)) {
        session_fail(s, HOWDAH_STATUS_INVALID, model->name, NULL, NULL, "%s: %zu keys are more than memory holds",
                     model->name, count);
        return NULL;
    }
    if (!find.mapper)
        return NULL;
    find.objects = arena_allocate_zero(&s->arena, (count + 1) * sizeof(void *), _Alignof(void *));
    if (!find.objects) {
        session_no_memory(s);
        return NULL;
    }
    bool found =
        collect_missing(&find, keys, count) && (find.key_count == 0 || (ask_for_many(&find) && place_found(&find)));
    return found ? find.objects : NULL;
}

void **howdah_session_find_many_keys(struct howdah_session *s, const struct howdah_model *model,
                                     const struct howdah_value *keys, size_t count)
{
    if (!session_enter(s))
        return NULL;
    void **objects = find_many(s, model, keys, count);
    arena_reset(&s->scratch);
    session_leave(s);
    return objects;
}

/* --- by a unique field --- */

static const struct column *unique_column(struct howdah_session *s, const struct mapper *mapper, size_t offset)
{
    const struct column *c = mapper_column_at(mapper, offset);
    for (uint32_t i = 0; c && i < mapper->index_count; i++) {
        const struct table_index *index = &mapper->indexes[i];
        if (index->unique && index->count == 1 && index->columns[0] == c->index && !index->field->where)
            return c;
    }
    session_fail(s, HOWDAH_STATUS_INVALID, mapper->model->name, c ? c->field->name : NULL, NULL,
                 "%s.%s is not unique: find_by takes a unique field; use a query", mapper->model->name,
                 c ? c->field->name : "(no column)");
    return NULL;
}

static void *find_by(struct howdah_session *s, const struct howdah_model *model, size_t offset,
                     struct howdah_value value)
{
    const struct mapper *mapper = session_mapper(s, model);
    const struct column *c = mapper ? unique_column(s, mapper, offset) : NULL;
    if (!c || !key_take_value(s, mapper, c, value))
        return NULL;
    struct entry *found;
    return ask_alone(s, mapper, c, &found) ? answer(s, found) : NULL;
}

void *howdah_session_find_by_field(struct howdah_session *s, const struct howdah_model *model, size_t offset,
                                   struct howdah_value value)
{
    if (!session_enter(s))
        return NULL;
    void *object = find_by(s, model, offset, value);
    arena_reset(&s->scratch);
    session_leave(s);
    return object;
}
