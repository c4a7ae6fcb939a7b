/* What the client executes, counted by callgrind: only what stands between MEASURE's braces. Each measure prints how
 * often its unit was done; bench/report.awk divides.
 *
 *   valgrind --tool=callgrind --callgrind-out-file=FILE --combine-dumps=yes bench/instructions ROWS [GROUP]
 *
 * To see where they go: without --combine-dumps, but with --compress-strings=no, and then
 * callgrind_annotate --threshold=100 FILE.n, where n is the measure. */
#include "graph.h"
#include "hand.h"
#include "wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#define MEASURE(name, units, work) \
    do { \
        CALLGRIND_DUMP_STATS_AT("between"); \
        work; \
        CALLGRIND_DUMP_STATS_AT(name); \
        printf("units %s %d\n", name, (units)); \
    } while (0)

struct bench {
    PGconn *conn;
    Database *db;
    int rows;
};

/* The allocator that the databases of this program have: malloc, and a count of what is held. */
static size_t held;

static void *count_held(void *arg, void *block, size_t size)
{
    enum { HEADER = 16 };
    char *old = block ? (char *)block - HEADER : NULL;
    size_t old_size = 0;
    (void)arg;
    if (old)
        memcpy(&old_size, old, sizeof(old_size));
    held -= old_size;
    if (size == 0) {
        free(old);
        return NULL;
    }
    char *new = realloc(old, size + HEADER);
    if (!new) {
        held += old_size;
        return NULL;
    }
    memcpy(new, &size, sizeof(size));
    held += size;
    return new + HEADER;
}

static Database *open_database(const Allocator *allocator)
{
    Database *db = database_open(
        item_conninfo(), MODELS(Item, Author, Book),
        DATABASE_OPTIONS(.pool_size = 1, .statement_timeout = -1, .commit_timeout = -1, .allocator = allocator));
    if (database_error(db)) {
        fprintf(stderr, "%s", error_text(database_error(db)));
        exit(1);
    }
    return db;
}

static void expect_ok(const Session *s)
{
    if (session_error(s)) {
        fprintf(stderr, "%s", error_text(session_error(s)));
        exit(1);
    }
}

static void commit(Session *s)
{
    if (session_commit(s) != STATUS_OK)
        expect_ok(s);
}

static Item **run_query(Session *s, Query *q, int rows)
{
    size_t count;
    query_order_by(q, Item, id, ORDER_ASC);
    Item **items = query_all(q, Item, &count);
    expect_ok(s);
    if (count != (size_t)rows) {
        fprintf(stderr, "%zu rows instead of %d\n", count, rows);
        exit(1);
    }
    return items;
}

static Item **load(Session *s, int rows)
{
    Query *q = session_query(s, Item);
    query_limit(q, (uint64_t)rows);
    return run_query(s, q, rows);
}

/* All rows of the table, however many there are. */
static Item **load_all(Session *s, int rows)
{
    return run_query(s, session_query(s, Item), rows);
}

/* --- finding and loading --- */

/* Every id once, in an order that jumps about; `rows` and the step have no common divisor. */
static int64_t jumping_id(int i, int rows)
{
    return (int64_t)i * 7919 % rows + 1;
}

static void find_by_hand(PGconn *conn, int rows)
{
    char room[HAND_ROOM];
    Item item;
    for (int i = 0; i < rows; i++)
        hand_find(conn, jumping_id(i, rows), &item, room);
}

static void find(Session *s, int rows)
{
    for (int i = 0; i < rows; i++)
        if (!session_find(s, Item, jumping_id(i, rows)))
            expect_ok(s);
}

static void measure_finding(const struct bench *b)
{
    char room[HAND_ROOM];
    Item item;
    hand_find(b->conn, 1, &item, room);
    MEASURE("find.hand", b->rows, find_by_hand(b->conn, b->rows));

    Session *warm = session_open(b->db);
    session_find(warm, Item, 1);
    session_close(warm);
    Session *s = session_open(b->db);
    MEASURE("find.howdah", b->rows, find(s, b->rows));
    MEASURE("hit.howdah", b->rows, find(s, b->rows));
    MEASURE("clean.howdah", b->rows, commit(s));
    expect_ok(s);
    session_close(s);
}

static void measure_loading(const struct bench *b)
{
    Item **items = NULL;
    hand_free(hand_load(b->conn, 1), 1);
    MEASURE("load.hand", b->rows, items = hand_load(b->conn, b->rows));
    hand_free(items, b->rows);

    Session *warm = session_open(b->db);
    load(warm, 1);
    load_all(warm, b->rows);
    session_close(warm);
    Session *s = session_open(b->db);
    MEASURE("load.howdah", b->rows, load(s, b->rows));
    session_clear(s);
    MEASURE("load_all.howdah", b->rows, load_all(s, b->rows));
    session_close(s);
}

static void measure_memory(const struct bench *b)
{
    const Allocator counting = {count_held, NULL};
    Database *db = open_database(&counting);
    Session *warm = session_open(db); /* statements and the connection's buffers are no rows' memory */
    load(warm, 1);
    session_close(warm);
    size_t before = held, bare = 0;
    Session *s = session_open(db);
    Item **items = load(s, b->rows);
    for (int i = 0; i < b->rows; i++)
        bare += item_size(items[i]);
    printf("value memory.howdah %f\n", (double)(held - before) / b->rows);
    printf("value memory.hand %f\n", (double)bare / b->rows);
    session_close(s);
    database_close(db);
}

/* --- relations --- */

/* A tenth as many authors as rows: the rows are their books. */
static Author **load_graph(Session *s, bool eager)
{
    size_t count;
    Query *q = session_query(s, Author);
    query_order_by(q, Author, id, ORDER_ASC);
    if (eager)
        query_with(q, Author, books);
    Author **authors = query_all(q, Author, &count);
    for (size_t i = 0; i < count; i++)
        session_load(s, authors[i], books);
    expect_ok(s);
    return authors;
}

static void run_graph(Database *db, bool eager, const char *name, int rows)
{
    Session *warm = session_open(db);
    load_graph(warm, eager);
    session_close(warm);
    Session *s = session_open(db);
    MEASURE(name, rows, load_graph(s, eager));
    session_close(s);
}

static void measure_graph_memory(const struct bench *b)
{
    const Allocator counting = {count_held, NULL};
    Database *db = open_database(&counting);
    Session *warm = session_open(db);
    load_graph(warm, false);
    session_close(warm);
    Session *s = session_open(db);
    size_t before = held;
    load_graph(s, false);
    int rows = b->rows / BOOKS_EACH * (BOOKS_EACH + 1);
    printf("value graph_memory.howdah %f\n", (double)(held - before) / rows);
    printf("value graph_memory.allowed %f\n", 2.0 * (double)graph_wire(b->conn) / rows + 128);
    session_close(s);
    database_close(db);
}

static void measure_graph(const struct bench *b)
{
    int authors = b->rows / BOOKS_EACH, books = authors * BOOKS_EACH;
    graph_fill(b->conn, authors);
    struct graph graph = graph_load(b->conn);
    graph_free(&graph);
    MEASURE("graph.hand", books, graph = graph_load(b->conn));
    graph_free(&graph);
    run_graph(b->db, false, "graph.howdah", books);
    run_graph(b->db, true, "graph_eager.howdah", books);
    measure_graph_memory(b);
}

/* --- writing --- */

static void add(Session *s, const Item *items, int rows)
{
    for (int i = 0; i < rows; i++)
        session_add_struct(s, Item, &items[i]);
}

static void run_insert(Database *db, const Item *items, int rows, bool measured)
{
    Session *s = session_open(db);
    if (measured) {
        MEASURE("add.howdah", rows, add(s, items, rows));
        MEASURE("insert.howdah", rows, commit(s));
    } else {
        add(s, items, rows);
        commit(s);
    }
    session_close(s);
}

static void measure_inserts(const struct bench *b)
{
    Item *items = item_make(b->rows);
    item_fill(b->conn, 0);
    hand_insert_composite(b->conn, items, 10);
    hand_insert_columns(b->conn, items, 10);
    MEASURE("insert.hand_composite", b->rows, hand_insert_composite(b->conn, items, b->rows));
    MEASURE("insert.hand_columns", b->rows, hand_insert_columns(b->conn, items, b->rows));
    MEASURE("insert.hand_single", b->rows / 10, hand_insert_single(b->conn, items, b->rows / 10));
    free(items);
    items = item_make(b->rows);
    run_insert(b->db, items, 10, false);
    run_insert(b->db, items, b->rows, true);
    free(items);
}

/* The texts are ready, so that nobody's printf is counted. */
static void change(Item *const *items, int rows)
{
    for (int i = 0; i < rows; i++) {
        items[i]->name = i % 2 ? "a changed name of an item" : "another name of an item";
        items[i]->price += 1;
    }
}

static void run_update(Database *db, int rows, bool measured)
{
    Session *s = session_open(db);
    Item **items = load(s, rows);
    change(items, rows);
    if (measured)
        MEASURE("update.howdah", rows, commit(s));
    else
        commit(s);
    session_close(s);
}

static void measure_updates(const struct bench *b)
{
    item_fill(b->conn, b->rows);
    Session *s = session_open(b->db); /* only for the structs */
    Item **items = load(s, b->rows);
    change(items, b->rows);
    hand_update_columns(b->conn, items, 10);
    MEASURE("update.hand_columns", b->rows, hand_update_columns(b->conn, items, b->rows));
    MEASURE("update.hand_single", b->rows / 10, hand_update_single(b->conn, items, b->rows / 10));
    session_close(s);
    item_fill(b->conn, b->rows);
    run_update(b->db, 10, false);
    run_update(b->db, b->rows, true);
}

static void delete_all(Session *s, Item *const *items, int rows)
{
    for (int i = 0; i < rows; i++)
        session_delete(s, items[i]);
}

static void run_delete(Database *db, int rows, bool measured)
{
    Session *s = session_open(db);
    Item **items = load(s, rows);
    if (measured) {
        MEASURE("mark.howdah", rows, delete_all(s, items, rows));
        MEASURE("delete.howdah", rows, commit(s));
    } else {
        delete_all(s, items, rows);
        commit(s);
    }
    session_close(s);
}

static void measure_deletes(const struct bench *b)
{
    int64_t *ids = calloc((size_t)b->rows, sizeof(*ids));
    if (!ids)
        exit(1);
    for (int i = 0; i < b->rows; i++)
        ids[i] = i + 1;
    item_fill(b->conn, b->rows);
    MEASURE("delete.hand_any", b->rows, hand_delete_any(b->conn, ids, b->rows, 1000));
    item_fill(b->conn, b->rows);
    MEASURE("delete.hand_single", b->rows / 10, hand_delete_single(b->conn, ids, b->rows / 10));
    item_fill(b->conn, b->rows + 10);
    run_delete(b->db, 10, false);
    run_delete(b->db, b->rows, true);
    free(ids);
}

/* --- queries --- */

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

static void build_many(Session *s, int count)
{
    for (int i = 0; i < count; i++)
        query_sql(build(s, i));
}

static void ask_again(Session *s, Query *q, int count)
{
    for (int i = 0; i < count; i++)
        query_has_rows(q);
    expect_ok(s);
}

/* What a query costs before it is sent, and what one that runs again costs beyond libpq's work: the difference to the
 * same statement by hand, which also has the way back. */
static void measure_queries(const struct bench *b)
{
    Session *s = session_open(b->db);
    Query *q = build(s, 1);
    ask_again(s, q, 10);
    build_many(s, 10);
    MEASURE("build.howdah", b->rows, build_many(s, b->rows));
    MEASURE("again.howdah", b->rows, ask_again(s, q, b->rows));
    hand_has_rows(b->conn, 10);
    MEASURE("again.hand", b->rows, hand_has_rows(b->conn, b->rows));
    session_close(s);
}

/* --- opening --- */

static void measure_open(const struct bench *b)
{
    (void)b;
    const Model *const *models = wide_models();
    Database *db = NULL;
    MEASURE("open.howdah", 1, db = database_open("", models, DATABASE_OPTIONS(.lazy = true)));
    if (database_error(db)) {
        fprintf(stderr, "%s", error_text(database_error(db)));
        exit(1);
    }
    database_close(db);
}

/* --- all of it --- */

static const struct {
    const char *name;
    void (*measure)(const struct bench *);
} groups[] = {
    {"open", measure_open},      {"find", measure_finding},   {"load", measure_loading},
    {"memory", measure_memory},  {"graph", measure_graph},    {"insert", measure_inserts},
    {"update", measure_updates}, {"delete", measure_deletes}, {"query", measure_queries},
};

int main(int argc, char **argv)
{
    struct bench b = {.rows = argc > 1 ? atoi(argv[1]) : 0};
    if (b.rows < 20 || b.rows % 7919 == 0) {
        fprintf(stderr, "usage: %s ROWS [GROUP], with 20 rows at least\n", argv[0]);
        return 2;
    }
    b.conn = item_connect();
    item_create_schema(b.conn);
    hand_prepare(b.conn);
    item_fill(b.conn, b.rows);
    b.db = open_database(NULL);
    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
        if (argc < 3 || strcmp(argv[2], groups[i].name) == 0)
            groups[i].measure(&b);
    database_close(b.db);
    item_drop_schema(b.conn);
    PQfinish(b.conn);
    return 0;
}
