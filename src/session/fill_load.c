/* Filling on demand: the rows of an object, and of all that came with it, are read for what these lack. */
#include "fill.h"
#include "load.h"
#include "transaction.h"

#include <howdah/state.h>

enum { ROWS_A_STATEMENT = 1000 };

/* A load under way, for the executor's callbacks. */
struct filling {
    struct howdah_session *s;
    const struct mapper *mapper;
    void **keys; /* snapshots */
    size_t count;
};

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct filling *f = arg;
    struct parameters *p = &f->s->parameters;
    size_t first = step->number * ROWS_A_STATEMENT, count = f->count - first;
    if (!parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < f->mapper->key_count; i++)
        parameters_add_fields(p, &f->mapper->columns[f->mapper->key[i]], f->keys + first,
                              count < ROWS_A_STATEMENT ? count : ROWS_A_STATEMENT);
    return parameters_bind(p, ret);
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    const struct filling *f = arg;
    (void)step;
    count -= count && statement_numbers_rows(f->mapper);
    return load_row(f->s, f->mapper, cells, count) ? HOWDAH_STATUS_OK : f->s->error.status;
}

/* The rows of those that lack something, the entry's first. Not in the scratch, which rows may use. */
static bool collect(struct filling *f, struct arena *arena, struct entry *entry)
{
    struct sibling_walk walk = siblings_of(&f->s->siblings, entry);
    size_t members = walk.group ? walk.group->members + (size_t)1 : 1;
    f->keys = arena_allocate_array(arena, members, sizeof(*f->keys));
    if (!f->keys)
        return !session_no_memory(f->s);
    for (struct entry *next = siblings_next(&walk); next && f->count < members; next = siblings_next(&walk))
        if (fill_is_needed(f->s, next))
            f->keys[f->count++] = entry_snapshot(f->mapper, next);
    return true;
}

static bool ask(struct filling *f, struct arena *arena)
{
    struct howdah_session *s = f->s;
    const struct statement_key key = {.kind = STATEMENT_FIND_MANY, .mapper = f->mapper};
    const struct statement *statement = text_store_get(&s->db->texts, &key, arena);
    size_t chunks = (f->count + ROWS_A_STATEMENT - 1) / ROWS_A_STATEMENT;
    struct pg_step *steps = arena_allocate_array(arena, chunks, sizeof(*steps));
    if (!statement || !steps)
        return !session_no_memory(s);
    for (size_t i = 0; i < chunks; i++)
        steps[i] = (struct pg_step){.statement = statement, .bind = bind, .row = take_row, .arg = f, .number = i};
    return transaction_read_steps(s, steps, chunks) == HOWDAH_STATUS_OK;
}

bool fill_load(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    struct filling f = {.s = s, .mapper = mapper};
    struct arena arena;
    arena_init(&arena, &s->db->allocator);
    bool good = !fill_is_needed(s, entry) || (collect(&f, &arena, entry) && ask(&f, &arena));
    arena_done(&arena);
    if (!good || !fill_is_needed(s, entry))
        return good;
    if (fill_gone(s, entry))
        session_fail(s, HOWDAH_STATUS_STALE, mapper->model->name, NULL, entry_object(mapper, entry),
                     "the row of this %s is gone: the object is detached now", mapper->model->name);
    return false;
}

enum howdah_status howdah_session_load_columns(struct howdah_session *s, void *object)
{
    if (!session_enter(s))
        return session_refusal(s);
    struct entry *entry = session_entry(s, object, "load columns of");
    if (entry)
        fill_load(s, entry);
    arena_reset(&s->scratch);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}
