/* Parents, their children, and a request that has both. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static void serve(struct bench *b, int64_t id)
{
    char key[24], score[16], version[16];
    const char *values[] = {score, key, version};
    snprintf(key, sizeof(key), "%lld", (long long)id);
    db_command(b->conn, "BEGIN");
    PGresult *result = db_query(b->conn, "SELECT id, name, score, version FROM authors WHERE id = $1", 1, &values[1]);
    if (PQntuples(result) != 1)
        contestant_fail("there is no author %s", key);
    b->sum += (uint64_t)id * 31 + (uint64_t)column_int32(result, 0, 2);
    snprintf(score, sizeof(score), "%d", column_int32(result, 0, 2) + 1);
    snprintf(version, sizeof(version), "%d", column_int32(result, 0, 3));
    PQclear(result);
    db_change_one(b->conn, "UPDATE authors SET score = $1, version = version + 1 WHERE id = $2 AND version = $3", 3,
                  values);
    result =
        db_query(b->conn, "INSERT INTO books (author_id, title, year) VALUES ($1, 'a new book', 2026) RETURNING id", 1,
                 &values[1]);
    b->sum = rows_add_key(b->sum, id, column_int64(result, 0, 0));
    PQclear(result);
    db_command(b->conn, "COMMIT");
}

void request_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        serve(b, rows_key(job_unit(job, r), ROWS));
}

static void load_authors(struct bench *b)
{
    PGresult *result = db_query(b->conn, "SELECT id, name, score, version FROM authors ORDER BY id", 0, NULL);
    b->author_count = PQntuples(result);
    b->authors = contestant_take((size_t)b->author_count, sizeof(*b->authors));
    for (int i = 0; i < b->author_count; i++) {
        Author *author = &b->authors[i];
        author->id = column_int64(result, i, 0);
        author->name = column_text(result, i, 1);
        author->score = column_int32(result, i, 2);
        author->version = column_int32(result, i, 3);
    }
    PQclear(result);
}

static Book *read_book(const PGresult *result, int row)
{
    Book *book = contestant_take(1, sizeof(*book));
    book->id = column_int64(result, row, 0);
    book->author_id = column_int64(result, row, 1);
    book->title = column_text(result, row, 2);
    book->year = column_int32(result, row, 3);
    return book;
}

/* Rows first ... of the result are the author's. */
static void take_books(Author *author, const PGresult *result, int first, int count)
{
    author->books.items = contestant_take((size_t)count, sizeof(Book *));
    for (int i = 0; i < count; i++) {
        author->books.items[i] = read_book(result, first + i);
        author->books.items[i]->author = author;
    }
    author->books.count = (size_t)count;
}

/* The books of one author after the other. */
void parents_naive_run(struct bench *b, const struct job *job)
{
    char key[24];
    const char *values[] = {key};
    (void)job;
    load_authors(b);
    for (int i = 0; i < b->author_count; i++) {
        snprintf(key, sizeof(key), "%lld", (long long)b->authors[i].id);
        PGresult *result =
            db_query(b->conn, "SELECT id, author_id, title, year FROM books WHERE author_id = $1", 1, values);
        take_books(&b->authors[i], result, 0, PQntuples(result));
        PQclear(result);
    }
}

/* All books in the order of their authors. */
void parents_eager_run(struct bench *b, const struct job *job)
{
    (void)job;
    load_authors(b);
    PGresult *result = db_query(b->conn, "SELECT id, author_id, title, year FROM books ORDER BY author_id", 0, NULL);
    int rows = PQntuples(result), first = 0;
    for (int i = 0; i < b->author_count; i++) {
        int end = first;
        while (end < rows && column_int64(result, end, 1) == b->authors[i].id)
            end++;
        take_books(&b->authors[i], result, first, end - first);
        first = end;
    }
    PQclear(result);
}

uint64_t parents_checksum(struct bench *b, const struct job *job)
{
    uint64_t h = 0;
    (void)job;
    for (int i = 0; i < b->author_count; i++)
        h = rows_fold_author(h, &b->authors[i]);
    return h;
}

void parents_free(struct bench *b)
{
    for (int i = 0; i < b->author_count; i++) {
        Author *author = &b->authors[i];
        for (size_t k = 0; k < author->books.count; k++) {
            free((void *)(uintptr_t)author->books.items[k]->title);
            free(author->books.items[k]);
        }
        free(author->books.items);
        free((void *)(uintptr_t)author->name);
    }
    free(b->authors);
}
