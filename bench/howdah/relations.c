/* Parents and children. */
#include "bench.h"

#include <string.h>

void request_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        Session *s = session_open(b->db);
        Author *author = session_find(s, Author, rows_key(job_unit(job, r), ROWS));
        if (!author) {
            bench_expect(s);
            contestant_fail("an author is missing");
        }
        b->sum += (uint64_t)author->id * 31 + (uint64_t)author->score;
        author->score++;
        const Book *book = session_add(s, Book, .author = author, .title = "a new book", .year = 2026);
        if (session_commit(s) != STATUS_OK)
            bench_expect(s);
        b->sum = rows_add_key(b->sum, author->id, book->id);
        session_close(s);
    }
}

void parents_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 1, job->objects);
}

static void load_parents(struct bench *b, const struct job *job, bool eager)
{
    size_t count;
    Session *s = b->sessions[0] = session_open(b->db);
    Query *q = session_query(s, Author);
    query_order_by(q, Author, id, ORDER_ASC);
    if (eager)
        query_with(q, Author, books);
    Author **authors = query_all(q, Author, &count);
    for (size_t i = 0; i < count; i++)
        session_load(s, authors[i], books);
    bench_expect(s);
    if (count != (size_t)job->objects)
        contestant_fail("%zu authors instead of %d", count, job->objects);
    memcpy(b->objects, authors, count * sizeof(*authors));
}

void parents_naive_run(struct bench *b, const struct job *job)
{
    load_parents(b, job, false);
}

void parents_eager_run(struct bench *b, const struct job *job)
{
    load_parents(b, job, true);
}

uint64_t parents_checksum(struct bench *b, const struct job *job)
{
    uint64_t h = 0;
    for (int i = 0; i < job->objects; i++)
        h = rows_fold_author(h, b->objects[i]);
    return h;
}
