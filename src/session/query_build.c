/* Building queries: every fault is kept in the query, and comes out when it runs. */
#include "query.h"
#include "rows.h"
#include "session.h"

#include <stdarg.h>
#include <stdio.h>

void query_fail(struct howdah_query *q, enum howdah_status status, const struct mapper *mapper,
                const struct column *column, const char *format, ...)
{
    va_list args;
    if (q->status != HOWDAH_STATUS_OK)
        return;
    q->status = status;
    q->model = mapper ? mapper->model->name : NULL;
    q->field = column ? column->field->name : NULL;
    va_start(args, format);
    vsnprintf(q->message, sizeof(q->message), format, args);
    va_end(args);
}

void query_no_memory(struct howdah_query *q)
{
    query_fail(q, HOWDAH_STATUS_NO_MEMORY, NULL, NULL, "out of memory");
}

void query_changed(struct howdah_query *q)
{
    for (int i = 0; i < SELECT_FORM_COUNT; i++)
        q->forms[i].prepared.statement = NULL;
}

static struct howdah_query *query_new(struct howdah_session *s, const struct howdah_model *model)
{
    const struct mapper *mapper = session_mapper(s, model);
    struct howdah_query *q = mapper ? ARENA_NEW(&s->arena, struct howdah_query) : NULL;
    if (mapper && (!q || !select_init(&q->select, &s->arena, mapper))) {
        session_no_memory(s);
        return &s->lost_query;
    }
    if (!q)
        return &s->lost_query;
    q->s = s;
    q->memory = arena_allocator(&s->arena);
    return q;
}

struct howdah_query *howdah_session_query_model(struct howdah_session *s, const struct howdah_model *model)
{
    if (!s)
        return NULL;
    if (!session_enter(s))
        return &s->lost_query;
    struct howdah_query *q = query_new(s, model);
    session_leave(s);
    return q;
}

/* --- what is meant --- */

const struct select_source *query_source(struct howdah_query *q, const struct howdah_model *model)
{
    const char *name = model && model->name ? model->name : "(none)";
    if (q->at && q->at->mapper->model == model)
        return q->at;
    for (const struct select_scope *scope = q->select.within; scope; scope = scope->outer) {
        const struct select_source *found = NULL;
        for (const struct select_source *source = scope->first; source; source = source->next) {
            if (source->mapper->model != model)
                continue;
            if (found) {
                query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, NULL,
                           "%s is in the query more than once: say which with query_at, as in query_at(q, \"parent\")",
                           name);
                return NULL;
            }
            found = source;
        }
        if (found)
            return found;
    }
    query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL, "the query is about %s: %s is not in it, join it first",
               query_root(q)->model->name, name);
    return NULL;
}

const struct column *query_column(struct howdah_query *q, const struct select_source *source, size_t offset)
{
    const struct column *c = source ? mapper_column_at(source->mapper, offset) : NULL;
    if (source && !c)
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, NULL, "the field at offset %zu is no column of %s", offset,
                   source->mapper->model->name);
    return c;
}

/* The session's error, which a program may look at before the query runs, is not for what a query is built of. */
const struct mapper *query_row_mapper(struct howdah_query *q, const struct howdah_model *model)
{
    struct howdah_session *s = q->s;
    if (s->error.status != HOWDAH_STATUS_OK) {
        query_fail(q, s->error.status, NULL, NULL, "the session had an error already when the query was built");
        return NULL;
    }
    const struct mapper *mapper = session_row_mapper(s, model);
    if (mapper)
        return mapper;
    query_fail(q, s->error.status, NULL, NULL, "%s", s->error.message);
    session_forget_error(s);
    return NULL;
}
