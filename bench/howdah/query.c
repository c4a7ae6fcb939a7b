/* Queries: what building one costs before it is sent, and what one costs that runs again. */
#include "bench.h"

void query_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    bench_room(b, 1, 1);
    b->sessions[0] = session_open(b->db);
}

static Query *build(Session *s, int i)
{
    Query *q = session_query(s, Item);
    query_where(q, Item, id, ">", i);
    query_where(q, Item, name, "LIKE", "an item%");
    query_where(q, Item, active, "=", true);
    query_where(q, Item, quantity, "<>", NULL);
    query_where(q, Item, price, "<", 1.5 * i);
    return q;
}

void build_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        if (!query_sql(build(b->sessions[0], r)))
            bench_expect(b->sessions[0]);
}

void again_run(struct bench *b, const struct job *job)
{
    Query *q = build(b->sessions[0], 1);
    for (int r = 0; r < job->units; r++)
        query_has_rows(q);
    bench_expect(b->sessions[0]);
}
