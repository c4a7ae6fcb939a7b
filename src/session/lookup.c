#include "lookup.h"

#include "base/endian.h"
#include "transaction.h"

/* --- a ROW value: its number of columns, and for each its type, length (-1: NULL) and bytes --- */

enum { RECORD_HEAD = 4, RECORD_COLUMN_HEAD = 8, OID_RECORD = 2249 };

static bool unpack(const struct cell *record, struct cell *cells, size_t count)
{
    const unsigned char *at = record->data, *end = at + record->size;
    if (record->type != OID_RECORD || record->size < RECORD_HEAD || read_uint32(at) != count)
        return false;
    at += RECORD_HEAD;
    for (size_t i = 0; i < count; i++) {
        if (end - at < RECORD_COLUMN_HEAD)
            return false;
        cells[i].type = read_uint32(at);
        cells[i].size = (int32_t)read_uint32(at + 4);
        cells[i].data = at += RECORD_COLUMN_HEAD;
        if (cells[i].size > end - at || cells[i].size < -1)
            return false;
        at += cells[i].size > 0 ? cells[i].size : 0;
    }
    return at == end;
}

static bool has_domain(const struct mapper *mapper, const struct cell *cells)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (cells[i].type >= FIRST_USER_OID && !column_reads(&mapper->columns[i], cells[i].type))
            return true;
    return false;
}

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct lookup *lookup = arg;
    const struct mapper *mapper = lookup->key.mapper;
    struct parameters *p = &lookup->s->parameters;
    (void)step;
    if (!parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    if (lookup->key.by)
        parameters_add_field(p, lookup->key.by, lookup->values);
    for (uint32_t i = 0; !lookup->key.by && i < mapper->key_count; i++)
        parameters_add_field(p, &mapper->columns[mapper->key[i]], lookup->values);
    return parameters_bind(p, ret);
}

static enum howdah_status take_columns(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    const struct lookup *lookup = arg;
    (void)step;
    return count == lookup->key.mapper->column_count ? lookup->row(lookup->arg, cells, count) : HOWDAH_STATUS_PROTOCOL;
}

static enum howdah_status take_record(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct lookup *lookup = arg;
    struct howdah_session *s = lookup->s;
    const struct mapper *mapper = lookup->key.mapper;
    (void)step;
    if (count != 1 || cells->size < 0 || !unpack(cells, s->cells, mapper->column_count))
        return session_fail(s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                            "%s: the server sent a row that can't be read", mapper->model->name);
    lookup->again = has_domain(mapper, s->cells);
    return lookup->again ? HOWDAH_STATUS_OK : lookup->row(lookup->arg, s->cells, mapper->column_count);
}

static enum howdah_status note_answer(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct lookup *lookup = arg;
    (void)step;
    (void)done;
    lookup->answered = true;
    return HOWDAH_STATUS_OK;
}

static const struct lookup *find_failed(const struct lookup *first)
{
    for (const struct lookup *lookup = first; lookup; lookup = lookup->next)
        if (!lookup->answered)
            return lookup;
    return first;
}

/* Asks for all, or for those that have to be asked for again. `steps`: room for one each. */
static enum howdah_status ask(struct lookup *first, bool again, struct pg_step *steps)
{
    struct howdah_session *s = first->s;
    size_t count = 0;
    for (struct lookup *lookup = first; lookup; lookup = lookup->next) {
        if (lookup->again != again)
            continue;
        struct pg_step *step = &steps[count++];
        *step = (struct pg_step){.statement = text_store_get(&s->db->texts, &lookup->key, &s->scratch),
                                 .bind = bind,
                                 .row = lookup->key.by_columns ? take_columns : take_record,
                                 .done = first->next ? note_answer : NULL,
                                 .arg = lookup};
        if (!step->statement)
            return session_no_memory(s);
    }
    enum howdah_status status = transaction_read_steps(s, steps, count);
    if (status == HOWDAH_STATUS_SCHEMA)
        session_name_culprit(s, find_failed(first)->key.mapper);
    return status;
}

static atomic_bool *goes_by_columns(const struct lookup *lookup)
{
    return &lookup->s->db->by_columns[lookup->key.mapper->index];
}

static enum howdah_status run(struct lookup *first, struct pg_step *steps)
{
    for (struct lookup *lookup = first; lookup; lookup = lookup->next)
        lookup->key.by_columns = atomic_load_explicit(goes_by_columns(lookup), memory_order_relaxed);
    enum howdah_status status = ask(first, false, steps);
    bool again = false;
    for (struct lookup *lookup = first; lookup; lookup = lookup->next) {
        if (!lookup->again)
            continue;
        again = true;
        lookup->key.by_columns = true;
        lookup->answered = false;
        atomic_store_explicit(goes_by_columns(lookup), true, memory_order_relaxed);
    }
    return again && status == HOWDAH_STATUS_OK ? ask(first, true, steps) : status;
}

enum howdah_status lookup_run(struct lookup *lookup)
{
    struct pg_step step;
    return run(lookup, &step);
}

enum howdah_status lookups_run(struct lookup *first, size_t count)
{
    struct howdah_session *s = first->s;
    struct pg_step *steps = arena_allocate_array(&s->scratch, count, sizeof(*steps));
    return steps ? run(first, steps) : session_no_memory(s);
}
