/* Queries: what building one costs before it is sent, and what one costs that runs again. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "bench.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <stdbool.h>

#ifdef HAVE_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT ((void)0)
#endif

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

/* Whether counting stops where libpq is told to send, until the answer is there. */
static bool stops_at_libpq;

typedef int send_prepared(PGconn *conn, const char *name, int count, const char *const *values, const int *lengths,
                          const int *formats, int format);

/* Stands before libpq's. */
int PQsendQueryPrepared(PGconn *conn, const char *name, int count, const char *const *values, const int *lengths,
                        const int *formats, int format)
{
    static send_prepared *next;
    if (stops_at_libpq)
        CALLGRIND_TOGGLE_COLLECT;
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "PQsendQueryPrepared");
    return next(conn, name, count, values, lengths, formats, format);
}

void again_sent_run(struct bench *b, const struct job *job)
{
    Query *q = build(b->sessions[0], 1);
    query_has_rows(q);
    stops_at_libpq = true;
    for (int r = 0; r < job->units; r++) {
        query_has_rows(q);
        CALLGRIND_TOGGLE_COLLECT;
    }
    stops_at_libpq = false;
    bench_expect(b->sessions[0]);
}

void again_run(struct bench *b, const struct job *job)
{
    Query *q = build(b->sessions[0], 1);
    for (int r = 0; r < job->units; r++)
        query_has_rows(q);
    bench_expect(b->sessions[0]);
}
