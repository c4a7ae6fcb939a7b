#include "renewed.h"

#include "cascade.h"
#include "emit.h"
#include "fill.h"
#include "foreign_key.h"
#include "load.h"
#include "steps.h"

#include "base/endian.h"
#include "base/error.h"

enum { ROWS_A_STATEMENT = 1000 };

/* --- finding --- */

static bool has_xmin(const struct mapper *mapper)
{
    return mapper->token && mapper->token->xmin;
}

/* One more statement for the table. */
static struct renewal *make(struct work *w, const struct mapper *mapper)
{
    const struct statement_key key = {.kind = STATEMENT_FIND_MANY, .mapper = mapper};
    struct renewal *renewal = ARENA_NEW(&w->arena, struct renewal);
    if (!renewal)
        return NULL;
    *renewal = (struct renewal){
        .next = w->renewals,
        .mapper = mapper,
        .statement = text_store_get(&w->s->db->texts, &key, &w->arena),
        .entries = arena_allocate_array(&w->arena, ROWS_A_STATEMENT, sizeof(*renewal->entries)),
        .keys = arena_allocate_array(&w->arena, ROWS_A_STATEMENT, sizeof(*renewal->keys)),
        .values = arena_allocate_zero(&w->arena, ROWS_A_STATEMENT * sizeof(*renewal->values), _Alignof(void *)),
    };
    bool made = renewal->statement && renewal->entries && renewal->keys && renewal->values;
    return made ? w->renewals = renewal : NULL;
}

static bool add(struct work *w, const struct mapper *mapper, struct entry *entry, void *key)
{
    struct renewal *renewal = w->renewals;
    while (renewal && (renewal->mapper != mapper || renewal->count == ROWS_A_STATEMENT))
        renewal = renewal->next;
    if (!renewal && !(renewal = make(w, mapper)))
        return !session_no_memory(w->s);
    renewal->entries[renewal->count] = entry;
    renewal->keys[renewal->count++] = key;
    return true;
}

/* It was loaded, and nothing is written of it; the database takes away what its foreign key says. */
static bool is_cleared_by_server(const struct work *w, const struct change *change)
{
    uint32_t i = change->operation == HOWDAH_OPERATION_UPDATE && change->fate == FATE_FOLLOWS ? change->cleared : NONE;
    while (i != NONE && cascade_rule_of(w->cleared[i].key, change->mapper) != CASCADE_CLEARED)
        i = w->cleared[i].next;
    return i != NONE;
}

/* It was looked at since it may have been changed, but nothing of its own is written; its foreign key follows. */
static bool follows_unwritten(const struct change *change)
{
    const struct mapper *mapper = change->mapper;
    bool loaded = change->operation == HOWDAH_OPERATION_UPDATE && change->entry->state == ENTRY_LOADED;
    uint32_t k = loaded && change->batch == NONE && change->fate == FATE_WRITTEN ? 0 : mapper->foreign_key_count;
    while (k < mapper->foreign_key_count &&
           foreign_key_equal(&mapper->foreign_keys[k], mapper, change->image, change_loaded(change)))
        k++;
    return k < mapper->foreign_key_count;
}

bool renewed_find(struct work *w)
{
    w->renewals = NULL;
    for (uint32_t i = 0; i < w->follower_count; i++) {
        const struct follower *f = &w->followers[i];
        bool last = f->row && work_follower_of(w, f->entry) == f; /* it may follow over several foreign keys */
        if (last && has_xmin(f->key->owner) && !add(w, f->key->owner, f->entry, f->row))
            return false;
    }
    for (uint32_t i = 0; (w->cleared_count || w->follows) && i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        if (has_xmin(change->mapper) && (is_cleared_by_server(w, change) || follows_unwritten(change)) &&
            !add(w, change->mapper, change->entry, change->image))
            return false;
    }
    return true;
}

/* --- steps --- */

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    const struct renewal *renewal = w->infos[step->number].renewal;
    struct parameters *p = &w->s->parameters;
    if (!parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < renewal->mapper->key_count; i++)
        parameters_add_fields(p, &renewal->mapper->columns[renewal->mapper->key[i]], renewal->keys, renewal->count);
    return parameters_bind(p, ret);
}

/* Which of them the row is: it has the number of its key, or comes most often in the order of the keys. */
static uint32_t find_place(const struct renewal *renewal, const struct cell *number, const void *row)
{
    const struct mapper *mapper = renewal->mapper;
    if (statement_numbers_rows(mapper))
        return number->size == sizeof(uint32_t) ? read_uint32(number->data) - 1 : UINT32_MAX;
    for (uint32_t i = 0, place = renewal->taken; i < renewal->count; i++, place++)
        if (key_equal(mapper, renewal->keys[place % renewal->count], row))
            return place % renewal->count;
    return UINT32_MAX;
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    struct renewal *renewal = w->infos[step->number].renewal;
    const struct mapper *mapper = renewal->mapper;
    void *row = arena_allocate_zero(&w->arena, mapper->model->size, mapper->model->alignment);
    if (count != mapper->column_count + statement_numbers_rows(mapper))
        return session_fail(w->s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                            "%s: a row of %zu columns, expected %u", mapper->model->name, count, mapper->column_count);
    if (!row)
        return session_no_memory(w->s);
    if (!load_all_columns(w->s, mapper, cells, &w->s->arena, row))
        return w->s->error.status;
    uint32_t place = find_place(renewal, &cells[count - 1], row);
    if (place >= renewal->count)
        return session_fail(w->s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                            "%s: the server returned a row that was not asked for", mapper->model->name);
    renewal->values[place] = row;
    renewal->taken++;
    return HOWDAH_STATUS_OK;
}

static enum howdah_status note_end(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct work *w = arg;
    (void)done;
    w->infos[step->number].renewal->told = true;
    return HOWDAH_STATUS_OK;
}

bool renewed_emit(struct work *w)
{
    for (struct renewal *renewal = w->renewals; renewal; renewal = renewal->next) {
        struct pg_step *step = emit_step(w, renewal->statement, STEP_RENEW,
                                         "objects whose rows are changed along with others: their xmin");
        if (!step)
            return false;
        step->bind = bind;
        step->row = take_row;
        step->done = note_end;
        emit_last(w)->renewal = renewal;
    }
    return true;
}

void renewed_restart(struct work *w)
{
    for (struct renewal *renewal = w->renewals; renewal; renewal = renewal->next) {
        memset(renewal->values, 0, renewal->count * sizeof(*renewal->values));
        renewal->taken = 0;
        renewal->told = false;
    }
}

/* --- taking --- */

bool renewed_is_answered(const struct work *w)
{
    const struct renewal *renewal = w->renewals;
    while (renewal && renewal->told)
        renewal = renewal->next;
    return !renewal;
}

static void renew(struct work *w, struct entry *entry, const void *values, bool committed)
{
    struct howdah_session *s = w->s;
    entry->expired = false;
    if (fill_columns(s, entry, NULL, entry_mapper(s, entry)->column_count, values))
        return;
    s->error.outcome = committed ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NONE;
    error_finish(&s->error);
}

void renewed_apply(struct work *w, bool committed)
{
    for (const struct renewal *renewal = w->renewals; renewal; renewal = renewal->next)
        for (uint32_t i = 0; i < renewal->count; i++)
            if (renewal->values[i] && renewal->entries[i]->state == ENTRY_LOADED)
                renew(w, renewal->entries[i], renewal->values[i], committed);
}
