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
    return lookup->bind(lookup->arg, step, ret);
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

static enum howdah_status run(struct lookup *lookup)
{
    struct howdah_session *s = lookup->s;
    struct pg_step step = {.statement = text_store_get(&s->db->texts, &lookup->key, &s->scratch),
                           .bind = bind,
                           .row = lookup->key.by_columns ? take_columns : take_record,
                           .arg = lookup};
    if (!step.statement)
        return session_no_memory(s);
    enum howdah_status status = transaction_read(s, &step);
    if (status == HOWDAH_STATUS_SCHEMA)
        session_name_culprit(s, lookup->key.mapper);
    return status;
}

enum howdah_status lookup_run(struct lookup *lookup)
{
    atomic_bool *by_columns = &lookup->s->db->by_columns[lookup->key.mapper->index];
    lookup->key.by_columns = atomic_load_explicit(by_columns, memory_order_relaxed);
    enum howdah_status status = run(lookup);
    if (status != HOWDAH_STATUS_OK || !lookup->again)
        return status;
    atomic_store_explicit(by_columns, true, memory_order_relaxed);
    lookup->key.by_columns = true;
    return run(lookup);
}
