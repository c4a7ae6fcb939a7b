/* EXPLAIN of a query: what the server would do, or did. */
#include "query.h"
#include "session.h"
#include "transaction.h"

#include <howdah/sql.h>

/* One under way. */
struct explaining {
    struct howdah_query *q;
    unsigned how;
    struct select_statement prepared;
    struct pg_binding binding;
    struct buffer text;
};

static void write_explain(struct select_writer *w, const void *arg)
{
    static const char *const heads[] = {
        [HOWDAH_EXPLAIN_TEXT] = "EXPLAIN ",
        [HOWDAH_EXPLAIN_JSON] = "EXPLAIN (FORMAT JSON) ",
        [HOWDAH_EXPLAIN_ANALYZE] = "EXPLAIN (ANALYZE, BUFFERS) ",
        [HOWDAH_EXPLAIN_JSON | HOWDAH_EXPLAIN_ANALYZE] = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ",
    };
    const struct explaining *explaining = arg;
    write_text(w, heads[explaining->how]);
    write_select(w, &explaining->q->select, SELECT_ROWS);
}

static enum howdah_status take_line(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct explaining *explaining = arg;
    (void)step;
    if (explaining->text.size)
        buffer_byte(&explaining->text, '\n');
    if (count && cells[0].size > 0)
        buffer_append(&explaining->text, cells[0].data, (size_t)cells[0].size);
    return HOWDAH_STATUS_OK;
}

static bool prepare(struct explaining *explaining)
{
    struct howdah_session *s = explaining->q->s;
    enum howdah_status status =
        select_statement_get(&s->db->texts, &s->scratch, &s->scratch, write_explain, explaining, &explaining->prepared);
    if (status == HOWDAH_STATUS_INVALID) {
        const char *model = query_root(explaining->q)->model->name;
        session_fail(s, status, model, NULL, NULL, "the query has more than %d values", SELECT_PARAMETERS_MAX);
        return false;
    }
    return (status == HOWDAH_STATUS_OK &&
            query_make_binding(&s->scratch, &explaining->prepared, &explaining->binding)) ||
           !session_no_memory(s);
}

static const char *explain(struct explaining *explaining)
{
    struct howdah_session *s = explaining->q->s;
    struct pg_step step = {.binding = &explaining->binding, .row = take_line, .arg = explaining};
    bool runs = explaining->how & HOWDAH_EXPLAIN_ANALYZE;
    if ((runs && !query_check_lock(explaining->q)) || !prepare(explaining))
        return NULL;
    step.statement = explaining->prepared.statement;
    if (transaction_read(s, &step) != HOWDAH_STATUS_OK)
        return NULL;
    const char *kept = buffer_copy_text(&explaining->text, &s->arena);
    if (!kept)
        session_no_memory(s);
    return kept;
}

const char *howdah_query_explain(struct howdah_query *q, unsigned how)
{
    const struct mapper *mapper = q ? query_root(q) : NULL;
    struct explaining explaining = {.q = q, .how = how};
    const char *text = NULL;
    if (!query_enter(q, NULL))
        return NULL;
    buffer_init(&explaining.text, &q->s->db->allocator);
    if (how > (HOWDAH_EXPLAIN_JSON | HOWDAH_EXPLAIN_ANALYZE))
        session_fail(q->s, HOWDAH_STATUS_INVALID, mapper->model->name, NULL, NULL,
                     "there is no such EXPLAIN: EXPLAIN_TEXT or EXPLAIN_JSON, with EXPLAIN_ANALYZE or without");
    else
        text = explain(&explaining);
    buffer_done(&explaining.text);
    query_leave(q);
    return text;
}
