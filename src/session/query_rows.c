/* The rows of queries as objects: managed, untracked, plain structs, one after another. */
#include "eager.h"
#include "load.h"
#include "query.h"
#include "transaction.h"

#include <howdah/state.h>

/* A query that gives objects, for the executor's callbacks. */
struct reading {
    struct query_reading base;
    const struct mapper *mapper;         /* of the objects */
    const struct column *const *columns; /* of a plain struct, in the order of the outputs */
    void **objects;                      /* found so far */
    size_t count, capacity;
    struct sibling_result result;
    bool (*each)(void *arg, const void *object);
    void *each_arg;
    void *row; /* the struct that `each` gets */
    bool stopped;
};

/* --- one row --- */

static bool fail_width(struct howdah_session *s, const struct mapper *mapper, size_t count, size_t expected)
{
    session_fail(s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL, "%s: a row of %zu columns, expected %zu",
                 mapper->model->name, count, expected);
    return false;
}

/* Fills a struct that is not tracked. */
static bool fill(struct reading *reading, const struct cell *cells, size_t count, struct arena *arena, void *object)
{
    struct howdah_query *q = reading->base.q;
    const struct mapper *mapper = reading->mapper;
    size_t expected = q->result ? q->select.outputs.count : query_width(q);
    memset(object, 0, mapper->model->size);
    if (count != expected)
        return fail_width(q->s, mapper, count, expected);
    if (q->result)
        return load_columns(q->s, mapper, reading->columns, cells, count, arena, object);
    if (q->only)
        return load_columns(q->s, mapper, q->only->columns, cells, count, arena, object);
    return load_all_columns(q->s, mapper, cells, arena, object);
}

/* One of so many that come at once. */
static enum howdah_status keep(struct reading *reading, void *object, size_t coming)
{
    struct howdah_session *s = reading->base.q->s;
    if (reading->count == reading->capacity) {
        size_t capacity = reading->capacity ? reading->capacity * 2 : 64;
        if (capacity < reading->count + coming)
            capacity = reading->count + coming;
        void **objects = memory_resize(&s->db->allocator, reading->objects, capacity * sizeof(*objects));
        if (!objects)
            return session_no_memory(s);
        reading->objects = objects;
        reading->capacity = capacity;
    }
    reading->objects[reading->count++] = object;
    return HOWDAH_STATUS_OK;
}

/* The object of a row, with what the query says of those that it brings. */
static struct entry *load(struct howdah_query *q, const struct mapper *mapper, const struct cell *cells, size_t count)
{
    struct howdah_session *s = q->s;
    uint64_t made = s->made;
    const struct query_only *only = q->only;
    struct entry *entry =
        only ? load_part(s, mapper, only->columns, only->unloaded, cells, count) : load_row(s, mapper, cells, count);
    if (entry && s->made != made)
        entry->read_only = q->read_only;
    return entry;
}

static enum howdah_status take_managed(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct reading *reading = arg;
    struct howdah_session *s = reading->base.q->s;
    if (reading->count == reading->capacity) {
        map_reserve(&s->map, step->coming);
        load_expect(s, reading->mapper, step->coming);
    }
    struct entry *entry = load(reading->base.q, reading->mapper, cells, count);
    if (!entry)
        return s->error.status;
    if (!siblings_add(&s->siblings, &reading->result, entry))
        return session_no_memory(s);
    return keep(reading, entry_object(reading->mapper, entry), step->coming);
}

static enum howdah_status take_struct(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct reading *reading = arg;
    struct howdah_session *s = reading->base.q->s;
    const struct howdah_model *model = reading->mapper->model;
    void *object = arena_allocate(&s->arena, model->size, model->alignment);
    if (!object)
        return session_no_memory(s);
    return fill(reading, cells, count, &s->arena, object) ? keep(reading, object, step->coming) : s->error.status;
}

static enum howdah_status pass_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct reading *reading = arg;
    struct howdah_session *s = reading->base.q->s;
    (void)step;
    if (reading->stopped)
        return HOWDAH_STATUS_OK;
    arena_reset(&s->scratch);
    if (!fill(reading, cells, count, &s->scratch, reading->row))
        return s->error.status;
    s->streaming = true;
    reading->stopped = !reading->each(reading->each_arg, reading->row);
    s->streaming = false;
    return HOWDAH_STATUS_OK;
}

void *query_take_row(struct howdah_query *q, struct sibling_result *result, const struct cell *cells, size_t count)
{
    struct howdah_session *s = q->s;
    const struct mapper *mapper = query_root(q);
    if (q->untracked) {
        void *object = arena_allocate_zero(&s->arena, mapper->model->size, mapper->model->alignment);
        if (!object)
            session_no_memory(s);
        bool loaded = object && (q->only ? load_columns(s, mapper, q->only->columns, cells, count, &s->arena, object)
                                         : load_all_columns(s, mapper, cells, &s->arena, object));
        return loaded ? object : NULL;
    }
    struct entry *entry = load(q, mapper, cells, count);
    if (entry && !siblings_add(&s->siblings, result, entry)) {
        session_no_memory(s);
        return NULL;
    }
    return entry ? entry_object(mapper, entry) : NULL;
}

/* --- a run --- */

/* Every field of a plain struct has an output: else its zero would look like a value. */
static bool check_outputs(struct howdah_query *q)
{
    for (uint32_t i = 0; i < q->result->column_count; i++) {
        const struct column *c = &q->result->columns[i];
        const struct select_term *output = q->select.outputs.first;
        while (output && output->column != c)
            output = output->next;
        if (output)
            continue;
        session_fail(q->s, HOWDAH_STATUS_INVALID, q->result->model->name, c->field->name, NULL,
                     "%s.%s is not selected: say with query_select what it takes", q->result->model->name,
                     c->field->name);
        return false;
    }
    return true;
}

static bool prepare_outputs(struct reading *reading, struct arena *arena)
{
    struct howdah_query *q = reading->base.q;
    if (q->only)
        session_fail(q->s, HOWDAH_STATUS_INVALID, q->result->model->name, NULL, NULL,
                     "query_only is for objects: a plain struct has what query_select gives it");
    if (q->only || !check_outputs(q))
        return false;
    const struct column **columns = arena_allocate_array(arena, q->select.outputs.count, sizeof(*columns));
    if (!columns) {
        session_no_memory(q->s);
        return false;
    }
    reading->columns = columns;
    for (const struct select_term *output = q->select.outputs.first; output; output = output->next)
        *columns++ = output->column;
    return true;
}

/* With the relations that the query brings along. */
static enum howdah_status run_eager(struct reading *reading, enum select_form form)
{
    struct howdah_query *q = reading->base.q;
    const struct eager_root root = {.form = form,
                                    .row = take_managed,
                                    .arg = reading,
                                    .objects = &reading->objects,
                                    .count = &reading->count,
                                    .result = &reading->result};
    reading->mapper = query_root(q);
    if (reading->each || q->result || q->untracked)
        return session_fail(q->s, HOWDAH_STATUS_MISUSE, query_root(q)->model->name, NULL, NULL,
                            "%s: leave query_with out",
                            reading->each ? "query_each keeps no objects that could have relations"
                            : q->result   ? "plain structs have no relations"
                                          : "objects that are not tracked have no relations");
    return query_check_lock(q) ? eager_run(q, &root) : q->s->error.status;
}

static enum howdah_status run(struct reading *reading, enum select_form form)
{
    struct howdah_query *q = reading->base.q;
    struct howdah_session *s = q->s;
    const struct howdah_model *model;
    struct arena arena; /* not the scratch: rows reset that one */
    arena_init(&arena, &s->db->allocator);
    reading->mapper = q->result ? q->result : query_root(q);
    model = reading->mapper->model;
    reading->base.form = query_prepare(q, form);
    reading->base.one_by_one = reading->each;
    reading->base.many = !select_limit(&reading->base.q->select, form);
    reading->base.row = reading->each ? pass_row : q->result || q->untracked ? take_struct : take_managed;
    bool ready = reading->base.form && (!q->result || prepare_outputs(reading, &arena));
    if (ready && reading->each && !(reading->row = arena_allocate(&arena, model->size, model->alignment)))
        ready = session_no_memory(s) == HOWDAH_STATUS_OK;
    enum howdah_status status = ready ? query_read(&reading->base) : s->error.status;
    arena_done(&arena);
    return status;
}

static void **read_all(struct howdah_query *q, enum select_form form, size_t *ret_count)
{
    struct reading reading = {.base.q = q};
    void **objects = NULL;
    enum howdah_status status = q->eager ? run_eager(&reading, form) : run(&reading, form);
    if (status == HOWDAH_STATUS_OK) {
        objects = arena_allocate_array(&q->s->arena, reading.count + 1, sizeof(*objects));
        if (!objects)
            session_no_memory(q->s);
    }
    if (objects && reading.count)
        memcpy(objects, reading.objects, reading.count * sizeof(*objects));
    if (objects)
        objects[reading.count] = NULL;
    memory_free(&q->s->db->allocator, reading.objects);
    *ret_count = objects ? reading.count : 0;
    return objects;
}

/* --- the verbs --- */

/* A model that is none must not be taken for one that nobody asks about. */
static const struct howdah_model no_model = {.name = NULL};

static bool begin(struct howdah_query *q, const struct howdah_model *model)
{
    return query_enter(q, model ? model : &no_model);
}

void **howdah_query_all_objects(struct howdah_query *q, const struct howdah_model *model, size_t *ret_count)
{
    size_t count = 0;
    void **objects = NULL;
    if (begin(q, model)) {
        objects = read_all(q, SELECT_ROWS, &count);
        query_leave(q);
    }
    if (ret_count)
        *ret_count = count;
    return objects;
}

void *howdah_query_first_object(struct howdah_query *q, const struct howdah_model *model)
{
    size_t count;
    if (!begin(q, model))
        return NULL;
    void **objects = read_all(q, SELECT_FIRST, &count);
    query_leave(q);
    return count ? objects[0] : NULL;
}

void *howdah_query_one_object(struct howdah_query *q, const struct howdah_model *model)
{
    size_t count;
    if (!begin(q, model))
        return NULL;
    void **objects = read_all(q, SELECT_ONE, &count);
    if (count > 1)
        session_fail(q->s, HOWDAH_STATUS_INVALID, model->name, NULL, NULL,
                     "more than one %s fits the query: query_first takes the first", model->name);
    query_leave(q);
    return count == 1 ? objects[0] : NULL;
}

enum howdah_status howdah_query_each_object(struct howdah_query *q, const struct howdah_model *model,
                                            bool (*row)(void *arg, const void *object), void *arg)
{
    if (!begin(q, model))
        return q ? session_refusal(q->s) : HOWDAH_STATUS_NO_MEMORY;
    struct reading reading = {.base.q = q, .each = row, .each_arg = arg};
    enum howdah_status status = row && q->eager ? run_eager(&reading, SELECT_ROWS)
                                : row           ? run(&reading, SELECT_ROWS)
                                                : session_fail(q->s, HOWDAH_STATUS_INVALID, model->name, NULL, NULL,
                                                               "query_each needs a function for the rows");
    query_leave(q);
    return status;
}

void howdah_query_untracked(struct howdah_query *q)
{
    if (query_is_open(q))
        q->untracked = true;
}

void howdah_query_read_only(struct howdah_query *q)
{
    if (query_is_open(q))
        q->read_only = true;
}
