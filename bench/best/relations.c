/* Parents, their children, and a request that has both. */
#include "bench.h"

#define GUARD_ONE(work) \
    "WITH x AS (" work " RETURNING 1), n AS (SELECT count(*) AS n FROM x)" \
    " SELECT CASE WHEN n = 1 THEN n::int ELSE ('stale: ' || n)::int END FROM n"

static const struct statement find_author = {"find_author",
                                             "SELECT id, name, score, version FROM authors WHERE id = $1::bigint"},
                              update_author = {"update_author",
                                               GUARD_ONE("UPDATE authors SET score = $3::integer, version = version + 1"
                                                         " WHERE id = $1::bigint AND version = $2::integer")},
                              insert_book = {"insert_book", "INSERT INTO books (author_id, title, year)"
                                                            " VALUES ($1::bigint, $2::text, $3::integer) RETURNING id"},
                              all_authors = {"all_authors", "SELECT id, name, score, version FROM authors ORDER BY id"},
                              all_books = {"all_books",
                                           "SELECT id, author_id, title, year FROM books ORDER BY author_id"};

static void read_author(struct bench *b, const PGresult *result, int row, Author *ret)
{
    ret->id = get_int64(result, row, 0);
    ret->name = arena_text(&b->arena, PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
    ret->score = get_int32(result, row, 2);
    ret->version = get_int32(result, row, 3);
}

void request_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &find_author);
    best_need(b, &update_author);
    best_need(b, &insert_book);
}

static Author find(struct bench *b, int64_t id)
{
    Author author = {0};
    best_int64(b, 0, id);
    PGresult *result = best_execute(b, &find_author, 1);
    if (PQntuples(result) != 1)
        contestant_fail("an author is missing");
    read_author(b, result, 0, &author);
    PQclear(result);
    return author;
}

/* The read by itself, then both writes in one pipeline, which is the transaction. */
static void serve(struct bench *b, int64_t id)
{
    Author author = find(b, id);
    b->sum = (b->sum + (uint64_t)author.id * 31 + (uint64_t)author.score) % 2147483647;
    best_pipeline(b);
    best_int64(b, 0, author.id);
    best_int32(b, 1, author.version);
    best_int32(b, 2, author.score + 1);
    best_send(b, &update_author, 3);
    best_text(b, 1, "a new book");
    best_int32(b, 2, 2026);
    best_send(b, &insert_book, 3);
    best_sync(b);
    PQclear(best_next(b, PGRES_TUPLES_OK));
    PGresult *result = best_next(b, PGRES_TUPLES_OK);
    if (get_int64(result, 0, 0) <= 0)
        contestant_fail("a book has no id");
    PQclear(result);
    best_end(b);
    arena_free(&b->arena);
}

void request_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        serve(b, rows_key(job_unit(job, r), ROWS));
}

void parents_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &all_authors);
    best_need(b, &all_books);
}

void best_read_authors(struct bench *b, PGresult *result)
{
    b->author_count = PQntuples(result);
    b->authors = contestant_take((size_t)b->author_count, sizeof(*b->authors));
    for (int i = 0; i < b->author_count; i++)
        read_author(b, result, i, &b->authors[i]);
    PQclear(result);
}

void best_read_book(struct bench *b, const PGresult *result, int row, Book *ret)
{
    ret->id = get_int64(result, row, 0);
    ret->author_id = get_int64(result, row, 1);
    ret->title = arena_text(&b->arena, PQgetvalue(result, row, 2), (size_t)PQgetlength(result, row, 2));
    ret->year = get_int32(result, row, 3);
}

/* Both are in the order of the authors: one walk along them. */
static void read_books(struct bench *b, PGresult *result)
{
    int count = PQntuples(result);
    Author *author = b->authors, *end = author + b->author_count;
    Book **items = arena_take(&b->arena, (size_t)count * sizeof(*items));
    b->books = contestant_take((size_t)count, sizeof(*b->books));
    for (int i = 0; i < count; i++) {
        Book *book = &b->books[i];
        best_read_book(b, result, i, book);
        while (author < end && author->id != book->author_id)
            author++;
        if (author == end)
            contestant_fail("a book has no author");
        if (author->books.count == 0)
            author->books.items = &items[i];
        items[i] = book;
        author->books.count++;
        book->author = author;
    }
    PQclear(result);
}

void parents_run(struct bench *b, const struct job *job)
{
    (void)job;
    best_pipeline(b);
    best_send(b, &all_authors, 0);
    best_send(b, &all_books, 0);
    best_sync(b);
    best_read_authors(b, best_next(b, PGRES_TUPLES_OK));
    read_books(b, best_next(b, PGRES_TUPLES_OK));
    best_end(b);
}

uint64_t parents_checksum(struct bench *b, const struct job *job)
{
    uint64_t h = 0;
    (void)job;
    for (int i = 0; i < b->author_count; i++)
        h = rows_fold_author(h, &b->authors[i]);
    return h;
}
