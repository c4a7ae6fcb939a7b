#include "graph.h"

#include "hand.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
MODEL_IN("howdah_bench", Author, "authors",
    COLUMN(Author, id, .primary_key = true),
    COLUMN(Author, name),
    HAS_MANY(Author, books, Book, author_id));

MODEL_IN("howdah_bench", Book, "books",
    COLUMN(Book, id,        .primary_key = true),
    COLUMN(Book, author_id, .references = &Author_model),
    COLUMN(Book, year),
    COLUMN(Book, title),
    BELONGS_TO(Book, author, Author, author_id));
/* clang-format on */

void graph_fill(PGconn *conn, int authors)
{
    char sql[1024];
    snprintf(sql, sizeof(sql),
             "CREATE TABLE IF NOT EXISTS howdah_bench.authors (id bigint PRIMARY KEY, name text NOT NULL);"
             "CREATE TABLE IF NOT EXISTS howdah_bench.books (id bigint PRIMARY KEY, author_id bigint NOT NULL"
             " REFERENCES howdah_bench.authors, year integer NOT NULL, title text NOT NULL);"
             "CREATE INDEX IF NOT EXISTS books_author ON howdah_bench.books (author_id);"
             "TRUNCATE howdah_bench.authors, howdah_bench.books;"
             "INSERT INTO howdah_bench.authors SELECT n, 'author number ' || n FROM generate_series(1, %d) AS n;"
             "INSERT INTO howdah_bench.books SELECT n, (n - 1) / %d + 1, 1900 + n %% 100, 'the title of book ' || n"
             " FROM generate_series(1, %d) AS n; ANALYZE howdah_bench.authors; ANALYZE howdah_bench.books",
             authors, BOOKS_EACH, authors * BOOKS_EACH);
    item_run(conn, sql);
}

long long graph_wire(PGconn *conn)
{
    /* a message: 7 bytes, and 4 before each value */
    return item_number(conn, "SELECT (SELECT sum(7 + 2 * 4 + 8 + octet_length(name)) FROM howdah_bench.authors)"
                             " + (SELECT sum(7 + 4 * 4 + 8 + 8 + 4 + octet_length(title)) FROM howdah_bench.books)");
}

/* --- by hand --- */

static void *take(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (!block) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return block;
}

static const char *copy_text(const PGresult *result, int row, int column)
{
    size_t length = (size_t)PQgetlength(result, row, column);
    char *text = take(length + 1);
    memcpy(text, PQgetvalue(result, row, column), length + 1);
    return text;
}

static PGresult *select_rows(PGconn *conn, const char *name, const char *sql, const char *keys, int size)
{
    int format = 1;
    bool known = PQtransactionStatus(conn) == PQTRANS_IDLE;
    PGresult *described = PQdescribePrepared(conn, name);
    if (known && PQresultStatus(described) != PGRES_COMMAND_OK)
        PQclear(hand_expect(conn, PQprepare(conn, name, sql, 0, NULL), PGRES_COMMAND_OK));
    PQclear(described);
    return hand_expect(conn, PQexecPrepared(conn, name, keys != NULL, &keys, &size, &format, 1), PGRES_TUPLES_OK);
}

static void load_authors(PGconn *conn, struct graph *g)
{
    PGresult *result = select_rows(conn, "authors", "SELECT id, name FROM howdah_bench.authors ORDER BY id", NULL, 0);
    g->author_count = PQntuples(result);
    g->authors = take((size_t)g->author_count * sizeof(*g->authors));
    for (int i = 0; i < g->author_count; i++) {
        Author *author = &g->authors[i];
        memset(author, 0, sizeof(*author));
        author->id = (int64_t)wire_read64(PQgetvalue(result, i, 0));
        author->name = copy_text(result, i, 1);
    }
    PQclear(result);
}

/* The authors' ids as an array. */
static char *author_ids(const struct graph *g, int *ret_size)
{
    enum { HEADER = 20, INT8 = 20 };
    char *keys = take(HEADER + (size_t)g->author_count * 12), *at = keys + HEADER;
    const uint32_t header[] = {__builtin_bswap32(1), 0, __builtin_bswap32(INT8),
                               __builtin_bswap32((uint32_t)g->author_count), __builtin_bswap32(1)};
    memcpy(keys, header, sizeof(header));
    for (int i = 0; i < g->author_count; i++, at += 12) {
        uint32_t length = __builtin_bswap32(8);
        uint64_t id = __builtin_bswap64((uint64_t)g->authors[i].id);
        memcpy(at, &length, 4);
        memcpy(at + 4, &id, 8);
    }
    *ret_size = (int)(at - keys);
    return keys;
}

struct slots {
    Author **slots;
    size_t mask;
};

static Author **find_slot(const struct slots *s, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15ULL >> 32);
    while (s->slots[at & s->mask] && s->slots[at & s->mask]->id != id)
        at++;
    return &s->slots[at & s->mask];
}

static struct slots index_authors(const struct graph *g)
{
    struct slots s = {NULL, 7};
    while (s.mask < (size_t)g->author_count * 2)
        s.mask = s.mask * 2 + 1;
    s.slots = calloc(s.mask + 1, sizeof(*s.slots));
    if (!s.slots)
        exit(1);
    for (int i = 0; i < g->author_count; i++)
        *find_slot(&s, g->authors[i].id) = &g->authors[i];
    return s;
}

static void link_books(struct graph *g)
{
    Book **next = g->items = take((size_t)g->book_count * sizeof(*g->items));
    for (int i = 0; i < g->author_count; i++) {
        g->authors[i].books.items = next;
        next += g->authors[i].books.count;
        g->authors[i].books.count = 0;
        g->authors[i].books.loaded = true;
    }
    for (int i = 0; i < g->book_count; i++) {
        Author *author = g->books[i].author;
        author->books.items[author->books.count++] = &g->books[i];
    }
}

struct graph graph_load(PGconn *conn)
{
    struct graph g = {0};
    int size;
    load_authors(conn, &g);
    char *keys = author_ids(&g, &size);
    struct slots s = index_authors(&g);
    PGresult *result = select_rows(conn, "books",
                                   "SELECT t.id, t.author_id, t.year, t.title FROM unnest($1::bigint[]) AS k(id)"
                                   " JOIN howdah_bench.books AS t ON t.author_id = k.id",
                                   keys, size);
    g.book_count = PQntuples(result);
    g.books = take((size_t)g.book_count * sizeof(*g.books));
    for (int i = 0; i < g.book_count; i++) {
        Book *book = &g.books[i];
        book->id = (int64_t)wire_read64(PQgetvalue(result, i, 0));
        book->author_id = (int64_t)wire_read64(PQgetvalue(result, i, 1));
        book->year = (int32_t)wire_read32(PQgetvalue(result, i, 2));
        book->title = copy_text(result, i, 3);
        book->author = *find_slot(&s, book->author_id);
        book->author->books.count++;
    }
    PQclear(result);
    free(s.slots);
    free(keys);
    link_books(&g);
    return g;
}

void graph_free(struct graph *g)
{
    for (int i = 0; i < g->author_count; i++)
        free((void *)(uintptr_t)g->authors[i].name);
    for (int i = 0; i < g->book_count; i++)
        free((void *)(uintptr_t)g->books[i].title);
    free(g->authors);
    free(g->books);
    free(g->items);
}
