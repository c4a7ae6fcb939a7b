/* Authors and their books, ten each: two statements, whose rows are linked. */
#ifndef BENCH_GRAPH_H
#define BENCH_GRAPH_H

#include <howdah/howdah.h>
#include <libpq-fe.h>

typedef struct Author Author;
typedef struct Book Book;

struct Author {
    int64_t id;
    const char *name;
    MANY(Book) books;
};

struct Book {
    int64_t id;
    int64_t author_id;
    int32_t year;
    const char *title;
    Author *author;
};

extern const Model Author_model, Book_model;

enum { BOOKS_EACH = 10 };

/* Makes the tables with that many authors; the schema is there. */
void graph_fill(PGconn *conn, int authors);
/* What the values of both tables take on the wire: the messages of their rows. */
long long graph_wire(PGconn *conn);

/* All authors with their books, by the same two statements as session_load sends: structs in one block for each table, texts
 * malloc'ed, books found by a hash of their author. For graph_free. */
struct graph {
    Author *authors;
    Book *books;
    Book **items;
    int author_count, book_count;
};
struct graph graph_load(PGconn *conn);
void graph_free(struct graph *graph);

#endif
