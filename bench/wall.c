/* Wall-clock time of a commit of many rows against the same by hand: rounds in which each way has its turn, medians in
 * the end, so that a machine which slows down does so for all.
 *
 *   bench/wall ROWS ROUNDS [pin]
 *
 * A question and its answer take three times as long between two cores as on one, and where the kernel puts the server's
 * process changes from run to run. With "pin" the client gets one core and the server another, as if they were two
 * machines. Only for a server of this machine whose processes we may move. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "hand.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MAX = 101 };

struct bench {
    PGconn *conn;
    Database *db;
    int rows;
    Item *items;     /* rows to be inserted */
    Item **pointers; /* to them */
    int64_t *ids;
};

/* One way to do one thing. `prepare` is not timed; what it returns goes to `work`. */
struct way {
    const char *name;
    Session *(*prepare)(struct bench *);
    void (*work)(struct bench *, Session *);
    long long rows_after; /* in the table: -1 stands for as many as were written */
    double times[ROUNDS_MAX];
};

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
    session_close(s);
}

static Session *empty(struct bench *b)
{
    item_fill(b->conn, 0);
    return NULL;
}

static Session *fill(struct bench *b)
{
    item_fill(b->conn, b->rows);
    for (int i = 0; i < b->rows; i++)
        b->items[i].id = b->ids[i] = i + 1;
    return NULL;
}

static Session *load(struct bench *b)
{
    fill(b);
    Session *s = session_open(b->db);
    size_t count;
    Query *q = session_query(s, Item);
    query_order_by(q, Item, id, ORDER_ASC);
    Item **items = query_all(q, Item, &count);
    expect_ok(s);
    for (size_t i = 0; i < count; i++)
        b->pointers[i] = items[i];
    return s;
}

static Session *point(struct bench *b)
{
    fill(b);
    for (int i = 0; i < b->rows; i++)
        b->pointers[i] = &b->items[i];
    return NULL;
}

/* --- inserts --- */

static void insert(struct bench *b, Session *s)
{
    s = session_open(b->db);
    for (int i = 0; i < b->rows; i++) {
        b->items[i].id = 0;
        session_add_struct(s, Item, &b->items[i]);
    }
    commit(s);
}

static void insert_composite(struct bench *b, Session *s)
{
    (void)s;
    hand_insert_composite(b->conn, b->items, b->rows);
}

static void insert_columns(struct bench *b, Session *s)
{
    (void)s;
    hand_insert_columns(b->conn, b->items, b->rows);
}

static void insert_single(struct bench *b, Session *s)
{
    (void)s;
    hand_insert_single(b->conn, b->items, b->rows);
}

/* --- updates --- */

static void change(struct bench *b)
{
    for (int i = 0; i < b->rows; i++) {
        b->pointers[i]->name = i % 2 ? "a changed name of an item" : "another name of an item";
        b->pointers[i]->price += 1;
    }
}

static void update(struct bench *b, Session *s)
{
    change(b);
    commit(s);
}

static void update_columns(struct bench *b, Session *s)
{
    (void)s;
    change(b);
    hand_update_columns(b->conn, b->pointers, b->rows);
}

static void update_single(struct bench *b, Session *s)
{
    (void)s;
    change(b);
    hand_update_single(b->conn, b->pointers, b->rows);
}

/* --- deletes --- */

static void delete_objects(struct bench *b, Session *s)
{
    for (int i = 0; i < b->rows; i++)
        session_delete(s, b->pointers[i]);
    commit(s);
}

static void delete_any(struct bench *b, Session *s)
{
    (void)s;
    hand_delete_any(b->conn, b->ids, b->rows, 1000);
}

static void delete_at_once(struct bench *b, Session *s)
{
    (void)s;
    hand_delete_any(b->conn, b->ids, b->rows, b->rows);
}

static void delete_single(struct bench *b, Session *s)
{
    (void)s;
    hand_delete_single(b->conn, b->ids, b->rows);
}

static struct way ways[] = {
    {"insert.howdah", empty, insert, -1, {0}},
    {"insert.hand_composite", empty, insert_composite, -1, {0}},
    {"insert.hand_columns", empty, insert_columns, -1, {0}},
    {"insert.hand_single", empty, insert_single, -1, {0}},
    {"update.howdah", load, update, -1, {0}},
    {"update.hand_columns", point, update_columns, -1, {0}},
    {"update.hand_single", point, update_single, -1, {0}},
    {"delete.howdah", load, delete_objects, 0, {0}},
    {"delete.hand_any", fill, delete_any, 0, {0}},
    {"delete.hand_at_once", fill, delete_at_once, 0, {0}},
    {"delete.hand_single", fill, delete_single, 0, {0}},
};
enum { WAYS = sizeof(ways) / sizeof(*ways) };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double run(struct bench *b, const struct way *way)
{
    Session *s = way->prepare(b);
    double start = seconds();
    way->work(b, s);
    double time = seconds() - start;
    long long rows = item_number(b->conn, "SELECT count(*) FROM howdah_bench.items");
    if (rows != (way->rows_after < 0 ? b->rows : way->rows_after)) {
        fprintf(stderr, "%s: %lld rows are there afterwards\n", way->name, rows);
        exit(1);
    }
    return time;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int count)
{
    qsort(times, (size_t)count, sizeof(*times), compare);
    return times[count / 2];
}

static void *allocate(int count, size_t size)
{
    void *block = calloc((size_t)count, size);
    if (!block)
        exit(1);
    return block;
}

static bool put_on_core(pid_t process, int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return sched_setaffinity(process, sizeof(set), &set) == 0;
}

/* Puts us on the first core that we may use, and all of the server's processes for this database on the next. */
static void pin(PGconn *conn)
{
    cpu_set_t allowed;
    int cores[2], count = 0;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        return;
    for (int core = 0; core < CPU_SETSIZE && count < 2; core++)
        if (CPU_ISSET(core, &allowed))
            cores[count++] = core;
    PGresult *result = PQexec(conn, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()");
    bool pinned = count == 2 && put_on_core(0, cores[0]);
    for (int i = 0; pinned && i < PQntuples(result); i++)
        pinned = put_on_core((pid_t)atoi(PQgetvalue(result, i, 0)), cores[1]);
    if (!pinned)
        fprintf(stderr, "client and server could not be put on two cores: times vary with where they run\n");
    PQclear(result);
}

static void open_bench(struct bench *b)
{
    b->conn = item_connect();
    item_create_schema(b->conn);
    hand_prepare(b->conn);
    b->db = database_open(item_conninfo(), MODELS(Item), DATABASE_OPTIONS(.pool_size = 1));
    if (database_error(b->db)) {
        fprintf(stderr, "%s", error_text(database_error(b->db)));
        exit(1);
    }
    b->items = item_make(b->rows);
    b->pointers = allocate(b->rows, sizeof(*b->pointers));
    b->ids = allocate(b->rows, sizeof(*b->ids));
}

static void close_bench(struct bench *b)
{
    database_close(b->db);
    item_drop_schema(b->conn);
    PQfinish(b->conn);
    free(b->items);
    free(b->pointers);
    free(b->ids);
}

int main(int argc, char **argv)
{
    struct bench b = {.rows = argc > 1 ? atoi(argv[1]) : 10000};
    int rounds = argc > 2 ? atoi(argv[2]) : 7;
    if (b.rows < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: %s ROWS ROUNDS [pin]\n", argv[0]);
        return 2;
    }
    open_bench(&b);
    if (argc > 3)
        pin(b.conn);
    for (int w = 0; w < WAYS; w++) /* what is prepared or read from disk once */
        run(&b, &ways[w]);
    for (int round = 0; round < rounds; round++)
        for (int w = 0; w < WAYS; w++)
            ways[w].times[round] = run(&b, &ways[w]);
    for (int w = 0; w < WAYS; w++)
        printf("value wall.%s %f\n", ways[w].name, median(ways[w].times, rounds) * 1e6 / b.rows);
    close_bench(&b);
    return 0;
}
