#include "relation_answers.h"

#include "base/endian.h"

#include "transaction.h"

#include <howdah/relation.h>

/* --- sets --- */

struct answer_set *answers_new(struct howdah_session *s, const struct relation *relation, uint64_t most)
{
    struct answer_set *set = memory_allocate_zero(&s->db->allocator, sizeof(*set));
    if (!set)
        return NULL;
    set->most = most;
    arena_init(&set->arena, &s->db->allocator);
    relation_load_init(&set->load, s, relation, most ? RELATION_TOP : RELATION_COUNT, &set->arena);
    return set;
}

void answers_free(struct answer_set *set)
{
    if (!set)
        return;
    const struct howdah_allocator *allocator = set->arena.allocator;
    relation_load_done(&set->load);
    arena_done(&set->arena);
    memory_free(allocator, set);
}

void answers_forget(struct howdah_session *s)
{
    while (s->answers) {
        struct answer_set *set = s->answers;
        s->answers = set->next;
        answers_free(set);
    }
}

static bool is_same(const struct answer_set *a, const struct relation *relation, uint64_t most)
{
    return a->load.relation == relation && a->most == most;
}

/* The set that has the answer for that row's key, or NULL. */
static struct answer_set *find_set(const struct howdah_session *s, const struct relation *relation, uint64_t most,
                                   const void *row, uint32_t *ret_key)
{
    for (struct answer_set *set = s->answers; set; set = set->next)
        if (is_same(set, relation, most) && (*ret_key = key_index_find(&set->load.index, row)) != KEY_NONE)
            return set;
    return NULL;
}

/* Rows of objects that are where their rows are, by key. */
static bool share_rows(struct answer_set *set)
{
    struct relation_load *load = &set->load;
    set->collections = arena_allocate_zero(&set->arena, (load->index.count + (size_t)1) * sizeof(*set->collections),
                                           _Alignof(struct collection));
    if (!set->collections)
        return false;
    for (size_t i = 0; i < load->row_count; i++)
        if (load->row_keys[i] != KEY_NONE && relation_row_stays(load, load->rows[i], load->row_keys[i]))
            set->collections[load->row_keys[i]].count++;
    for (uint32_t key = 0; key < load->index.count; key++) {
        struct collection *collection = &set->collections[key];
        collection->items = arena_allocate_array(&set->arena, collection->count + 1, sizeof(*collection->items));
        if (!collection->items)
            return false;
        collection->items[collection->count] = NULL;
        collection->count = 0;
    }
    for (size_t i = 0; i < load->row_count; i++) {
        if (load->row_keys[i] == KEY_NONE || !relation_row_stays(load, load->rows[i], load->row_keys[i]))
            continue;
        struct collection *collection = &set->collections[load->row_keys[i]];
        collection->items[collection->count++] = entry_object(load->relation->target, load->rows[i]);
    }
    return true;
}

bool answers_keep(struct answer_set *set)
{
    if (set->most && !share_rows(set))
        return false;
    set->next = set->load.s->answers;
    set->load.s->answers = set;
    return true;
}

void answers_forget_older(const struct answer_set *newest)
{
    for (struct answer_set **set = &newest->load.s->answers; *set;) {
        struct answer_set *old = *set;
        if (old == newest || !is_same(old, newest->load.relation, newest->most)) {
            set = &old->next;
            continue;
        }
        *set = old->next;
        answers_free(old);
    }
}

/* --- the statement --- */

enum { OID_INT8 = 20 };

const struct select_parameter *answers_parameter(struct arena *arena, uint64_t most)
{
    struct select_parameter *parameter = ARENA_NEW(arena, struct select_parameter);
    uint64_t wire = network64(most);
    const char *data = parameter ? arena_copy(arena, &wire, sizeof(wire)) : NULL;
    if (!data)
        return NULL;
    *parameter = (struct select_parameter){.oid = OID_INT8, .cast = "", .data = data, .size = sizeof(wire)};
    return parameter;
}

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct answer_set *set = arg;
    struct parameters *p = &set->load.s->parameters;
    (void)step;
    if (!parameters_begin(p, KEY_PARTS_MAX + 1))
        return HOWDAH_STATUS_NO_MEMORY;
    relation_load_add_keys(&set->load, p);
    if (set->most)
        parameters_add_number(p, (int64_t)set->most);
    return parameters_bind(p, ret);
}

static enum howdah_status take(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct answer_set *set = arg;
    if (set->most)
        return relation_load_row(&set->load, step, cells, count) ? HOWDAH_STATUS_OK : set->load.s->error.status;
    if (count != 1 + (size_t)set->load.ends.count || cells[0].size != sizeof(uint64_t))
        return HOWDAH_STATUS_PROTOCOL;
    if (!relation_load_key(&set->load, cells))
        return set->load.s->error.status;
    if (set->load.key != KEY_NONE)
        set->counts[set->load.key] = read_uint64(cells[0].data);
    return HOWDAH_STATUS_OK;
}

/* Those that an earlier set has the answer for are not asked for again. */
static bool is_wanted(const struct relation_load *load, const struct entry *entry)
{
    const struct answer_set *set = (const void *)((const unsigned char *)load - offsetof(struct answer_set, load));
    uint32_t key;
    return entry->state == ENTRY_LOADED && !relation_is_loaded(load->s, load->relation, entry) &&
           !find_set(load->s, load->relation, set->most, entry_snapshot(load->relation->mapper, entry), &key);
}

static bool run(struct answer_set *set)
{
    struct howdah_session *s = set->load.s;
    const struct relation_request request = {.form = set->most ? RELATION_TOP : RELATION_COUNT,
                                             .path = &set->load.relation,
                                             .depth = 1,
                                             .most = set->most ? answers_parameter(&set->arena, set->most) : NULL};
    struct select_statement prepared;
    if (!set->load.asked_count)
        return true;
    if ((set->most && !request.most) || select_statement_get(&s->db->texts, &set->arena, &set->arena, relation_write,
                                                             &request, &prepared) != HOWDAH_STATUS_OK)
        return !session_no_memory(s);
    struct pg_step step = {.statement = prepared.statement, .bind = bind, .row = take, .arg = set};
    enum howdah_status status = transaction_read(s, &step);
    if (status == HOWDAH_STATUS_SCHEMA)
        session_name_relation(s, set->load.relation);
    return status == HOWDAH_STATUS_OK;
}

/* Asks for the object and its siblings; the set that has the answer. NULL: there is none, of a key that is NULL; or the
 * session has an error. */
static struct answer_set *ask(struct howdah_session *s, const struct relation *relation, struct entry *entry,
                              uint64_t most)
{
    struct answer_set *set = answers_new(s, relation, most);
    size_t count;
    struct entry **sources = set ? relation_load_siblings(&set->load, entry, is_wanted, &count) : NULL;
    if (sources && !most)
        set->counts = arena_allocate_zero(&set->arena, count * sizeof(*set->counts), _Alignof(uint64_t));
    bool ready = sources && (most || set->counts);
    if (!ready)
        session_no_memory(s);
    if (ready && relation_load_begin(&set->load, sources, count) && set->load.asked_count && run(set)) {
        if (answers_keep(set))
            return set;
        session_no_memory(s);
    }
    answers_free(set);
    return NULL;
}

/* The number of the object's key in the set, asked for if no set has it. */
static struct answer_set *find_answer(struct howdah_session *s, const struct relation *relation, struct entry *entry,
                                      uint64_t most, uint32_t *ret_key)
{
    const void *row = entry_snapshot(relation->mapper, entry);
    *ret_key = KEY_NONE;
    if (!relation_fill_key(s, relation, entry))
        return NULL;
    struct answer_set *set = find_set(s, relation, most, row, ret_key);
    if (set)
        return set;
    set = ask(s, relation, entry, most);
    *ret_key = set ? key_index_find(&set->load.index, row) : KEY_NONE;
    return set;
}

/* --- the calls --- */

static const struct relation *find_collection(struct howdah_session *s, const void *object, size_t offset,
                                              const char *verb, struct entry **ret_entry)
{
    struct entry *entry = *ret_entry = session_entry(s, object, verb);
    const struct relation *relation = entry ? relation_find(s, entry_mapper(s, entry), offset) : NULL;
    if (!relation || relation_is_many(relation))
        return relation;
    session_fail(s, HOWDAH_STATUS_INVALID, relation->mapper->model->name, relation->field->name,
                 (void *)(uintptr_t)object, "%s.%s is no collection: load it", relation->mapper->model->name,
                 relation->field->name);
    return NULL;
}

/* Again only when the session has changed what is pending. */
static bool count_pending(struct answer_set *set)
{
    struct howdah_session *s = set->load.s;
    if (set->pending && set->moves == s->moves)
        return true;
    if (!set->pending)
        set->pending = arena_allocate_array(&set->arena, set->load.index.count + (size_t)1, sizeof(*set->pending));
    if (!set->pending)
        return !session_no_memory(s);
    set->moves = s->moves;
    return relation_count_pending(&set->load, set->pending);
}

static uint64_t count_rows(struct howdah_session *s, const void *object, size_t offset)
{
    struct entry *entry;
    const struct relation *relation = find_collection(s, object, offset, "count a collection of", &entry);
    uint32_t key;
    if (!relation)
        return 0;
    if (relation_is_loaded(s, relation, entry))
        return collection_get(relation, object).count;
    struct answer_set *set = find_answer(s, relation, entry, 0, &key);
    if (!set || key == KEY_NONE || !count_pending(set))
        return 0;
    int64_t pending = set->pending[key];
    return pending < 0 && (uint64_t)-pending > set->counts[key] ? 0 : set->counts[key] + (uint64_t)pending;
}

uint64_t howdah_session_count_field(struct howdah_session *s, const void *object, size_t offset)
{
    if (!session_enter(s))
        return 0;
    uint64_t count = count_rows(s, object, offset);
    arena_reset(&s->scratch);
    session_leave(s);
    return count;
}

/* What is kept, but for objects that were deleted or moved since. */
static struct collection rows_now(struct answer_set *set, uint32_t key)
{
    const struct relation_load *load = &set->load;
    const struct collection kept = set->collections[key];
    size_t stays = 0;
    for (size_t i = 0; i < kept.count; i++)
        stays += relation_row_stays(load, slabs_find(&load->s->slabs, kept.items[i]), key);
    if (stays == kept.count)
        return kept;
    struct collection now = {arena_allocate_array(&set->arena, stays + 1, sizeof(*now.items)), 0, false};
    if (!now.items) {
        session_no_memory(load->s);
        return (struct collection){NULL, 0, false};
    }
    for (size_t i = 0; i < kept.count; i++)
        if (relation_row_stays(load, slabs_find(&load->s->slabs, kept.items[i]), key))
            now.items[now.count++] = kept.items[i];
    now.items[now.count] = NULL;
    return now;
}

static struct collection first_rows(struct howdah_session *s, const void *object, size_t offset, uint64_t most)
{
    struct entry *entry;
    const struct relation *relation = find_collection(s, object, offset, "take the first of a collection of", &entry);
    struct collection none = {NULL, 0, false}, first;
    uint32_t key;
    if (!relation)
        return none;
    if (most == 0 || most > INT64_MAX) {
        session_refuse(s, HOWDAH_STATUS_INVALID, relation->mapper, relation->field->name, NULL,
                       "the first 1 to 2^63 - 1 can be taken");
        return none;
    }
    if (relation_is_loaded(s, relation, entry)) {
        first = collection_get(relation, object);
        first.count = first.count > most ? (size_t)most : first.count;
        return first;
    }
    struct answer_set *set = find_answer(s, relation, entry, most, &key);
    return set && key != KEY_NONE ? rows_now(set, key) : none;
}

void **howdah_session_top_field(struct howdah_session *s, const void *object, size_t offset, uint64_t most,
                                size_t *ret_count)
{
    struct collection first = {NULL, 0, false};
    if (session_enter(s)) {
        first = first_rows(s, object, offset, most);
        arena_reset(&s->scratch);
        session_leave(s);
    }
    if (ret_count)
        *ret_count = first.count;
    return first.items;
}
