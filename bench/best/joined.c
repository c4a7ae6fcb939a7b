/* Parents with their children, by the very statements that Howdah's eager query sends: the children of all parents, in
 * whatever order the join gives them, found by a hash of their parents. */
#include "bench.h"

static const struct statement authors = {"joined_authors", "SELECT id, name, score, version FROM authors ORDER BY id"},
                              books = {"joined_books", "SELECT t.id, t.author_id, t.title, t.year"
                                                       " FROM (SELECT id FROM authors) AS k (id)"
                                                       " JOIN books AS t ON t.author_id = k.id"};

/* Authors by id: open addressing. */
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

static void read_books(struct bench *b, PGresult *result)
{
    const struct index index = index_authors(b);
    int count = PQntuples(result);
    b->books = contestant_take((size_t)count, sizeof(*b->books));
    for (int i = 0; i < count; i++) {
        Book *book = &b->books[i];
        best_read_book(b, result, i, book);
        book->author = *find_slot(&index, book->author_id);
        if (!book->author)
            contestant_fail("a book has no author");
        book->author->books.count++;
    }
    fill_collections(b, count);
    free(index.slots);
    PQclear(result);
}

void joined_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &authors);
    best_need(b, &books);
}

void joined_run(struct bench *b, const struct job *job)
{
    (void)job;
    best_pipeline(b);
    best_send(b, &authors, 0);
    best_send(b, &books, 0);
    best_sync(b);
    best_read_authors(b, best_next(b, PGRES_TUPLES_OK));
    read_books(b, best_next(b, PGRES_TUPLES_OK));
    best_end(b);
}
