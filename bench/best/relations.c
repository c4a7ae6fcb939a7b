/* Parents, their children, and a request that has both. */
#include "bench.h"

enum { COPY_MIN = 1000 }; /* authors: COPY costs a wait for each table */

static const struct statement find_author = {"find_author",
                                             "SELECT id, name, score, version FROM authors WHERE id = $1::bigint"},
                              /* Nothing is written where the version is another one. */
    add_book = {"add_book", "WITH a AS (UPDATE authors SET score = $3::integer, version = version + 1"
                            " WHERE id = $1::bigint AND version = $2::integer RETURNING id)"
                            " INSERT INTO books (author_id, title, year)"
                            " SELECT id, $4::text, $5::integer FROM a RETURNING id"},
                              all_authors = {"all_authors", "SELECT id, name, score, version FROM authors ORDER BY id"},
                              all_books = {"all_books", "SELECT id, author_id, title, year FROM books"},
                              joined_books = {"joined_books",
                                              "SELECT t.id, t.author_id, t.title, t.year FROM (SELECT id FROM authors)"
                                              " AS k (id) JOIN books AS t ON t.author_id = k.id"};

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
    best_need(b, &add_book);
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

/* The read by itself, then both writes as one statement, which is the transaction. */
static void serve(struct bench *b, int64_t id)
{
    Author author = find(b, id);
    best_int64(b, 0, author.id);
    best_int32(b, 1, author.version);
    best_int32(b, 2, author.score + 1);
    best_text(b, 3, "a new book");
    best_int32(b, 4, 2026);
    PGresult *result = best_execute(b, &add_book, 5);
    if (PQntuples(result) != 1)
        contestant_fail("the author was not as it had been read");
    b->sum =
        rows_add_key(b->sum + (uint64_t)author.id * 31 + (uint64_t)author.score, author.id, get_int64(result, 0, 0));
    PQclear(result);
    arena_clear(&b->arena);
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
    best_need(b, &joined_books);
}

static void read_authors(struct bench *b, PGresult *result)
{
    b->author_count = PQntuples(result);
    b->authors = contestant_take((size_t)b->author_count, sizeof(*b->authors));
    for (int i = 0; i < b->author_count; i++)
        read_author(b, result, i, &b->authors[i]);
    PQclear(result);
}

static void read_book(struct bench *b, const PGresult *result, int row, Book *ret)
{
    ret->id = get_int64(result, row, 0);
    ret->author_id = get_int64(result, row, 1);
    ret->title = arena_text(&b->arena, PQgetvalue(result, row, 2), (size_t)PQgetlength(result, row, 2));
    ret->year = get_int32(result, row, 3);
}

/* Authors by id: open addressing. The books come in no order, which costs the server the least. */
struct index {
    Author **slots;
    size_t mask;
};

static Author **find_slot(const struct index *index, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & index->mask;
    while (index->slots[at] && index->slots[at]->id != id)
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

static struct index index_authors(struct bench *b)
{
    struct index index = {NULL, 15};
    while (index.mask + 1 < (size_t)b->author_count * 2)
        index.mask = index.mask * 2 + 1;
    index.slots = contestant_take(index.mask + 1, sizeof(*index.slots));
    for (int i = 0; i < b->author_count; i++)
        *find_slot(&index, b->authors[i].id) = &b->authors[i];
    return index;
}

/* Each author's books side by side, in the order in which they came. */
static void fill_collections(struct bench *b, int count)
{
    Book **next = arena_take(&b->arena, (size_t)count * sizeof(*next));
    for (int i = 0; i < b->author_count; i++) {
        b->authors[i].books.items = next;
        next += b->authors[i].books.count;
        b->authors[i].books.count = 0;
    }
    for (int i = 0; i < count; i++) {
        Author *author = b->books[i].author;
        author->books.items[author->books.count++] = &b->books[i];
    }
}

static void link_books(struct bench *b, int count)
{
    const struct index index = index_authors(b);
    for (int i = 0; i < count; i++) {
        Book *book = &b->books[i];
        book->author = *find_slot(&index, book->author_id);
        if (!book->author)
            contestant_fail("a book has no author");
        book->author->books.count++;
    }
    fill_collections(b, count);
    free(index.slots);
}

static void read_books(struct bench *b, PGresult *result)
{
    int count = PQntuples(result);
    b->books = contestant_take((size_t)count, sizeof(*b->books));
    for (int i = 0; i < count; i++)
        read_book(b, result, i, &b->books[i]);
    PQclear(result);
    link_books(b, count);
}

static void read_graph(struct bench *b, const struct statement *books)
{
    best_pipeline(b);
    best_send(b, &all_authors, 0);
    best_send(b, books, 0);
    best_sync(b);
    read_authors(b, best_next(b, PGRES_TUPLES_OK));
    read_books(b, best_next(b, PGRES_TUPLES_OK));
    best_end(b);
}

/* --- very many of them --- */

static void copy_author(struct bench *b, struct copied *row, void *context)
{
    const struct job *job = context;
    if (b->author_count == job->objects)
        contestant_fail("more than %d authors", job->objects);
    Author *author = &b->authors[b->author_count++];
    author->id = copied_int64(row);
    author->name = copied_text(row, &b->arena);
    author->score = copied_int32(row);
    author->version = copied_int32(row);
}

struct copied_books {
    int count, room;
};

static void copy_book(struct bench *b, struct copied *row, void *context)
{
    struct copied_books *books = context;
    if (books->count == books->room)
        contestant_fail("more than %d books", books->room);
    Book *book = &b->books[books->count++];
    book->id = copied_int64(row);
    book->author_id = copied_int64(row);
    book->title = copied_text(row, &b->arena);
    book->year = copied_int32(row);
}

static void copy_graph(struct bench *b, const struct job *job)
{
    struct job all = *job;
    struct copied_books books = {.room = job->objects * BOOKS_EACH};
    b->authors = contestant_take((size_t)job->objects, sizeof(*b->authors));
    b->books = contestant_take((size_t)books.room, sizeof(*b->books));
    copy_out(b, "COPY (SELECT id, name, score, version FROM authors ORDER BY id) TO STDOUT (FORMAT binary)",
             copy_author, &all);
    copy_out(b, "COPY books (id, author_id, title, year) TO STDOUT (FORMAT binary)", copy_book, &books);
    link_books(b, books.count);
}

void parents_run(struct bench *b, const struct job *job)
{
    if (job->objects < COPY_MIN)
        read_graph(b, &all_books);
    else
        copy_graph(b, job);
}

/* By the very statements that Howdah's eager query sends. */
void joined_run(struct bench *b, const struct job *job)
{
    (void)job;
    read_graph(b, &joined_books);
}

uint64_t parents_checksum(struct bench *b, const struct job *job)
{
    uint64_t h = 0;
    (void)job;
    for (int i = 0; i < b->author_count; i++)
        h = rows_fold_author(h, &b->authors[i]);
    return h;
}
