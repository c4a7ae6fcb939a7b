/* Statements, round trips and allocations of the main operations against tests/budgets.tsv: the workloads of the
 * benchmark's contestant, counted through a proxy and with an allocator hook. With an argument it prints the counts. */
#include "../../bench/howdah/bench.h"
#include "support/failing.h"
#include "support/live.h"
#include "support/proxy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 512, SQL_ROOM = 2048, CAN_NOT_RUN = 99 };

struct costs {
    long statements, round_trips, allocations;
};

struct counted {
    struct bench *b;
    struct proxy *proxy;
    struct failing failing;
    long statements;
    bool printing;
};

_Noreturn void contestant_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    exit(CAN_NOT_RUN);
}

void *contestant_take(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size);
    if (!block)
        contestant_fail("out of memory");
    return block;
}

static void count_statement(void *arg, const Statement *statement)
{
    static const char *const control[] = {"BEGIN", "COMMIT", "ROLLBACK", "SET"};
    struct counted *c = arg;
    for (size_t i = 0; i < sizeof(control) / sizeof(*control); i++)
        if (strncmp(statement->sql, control[i], strlen(control[i])) == 0)
            return;
    c->statements++;
}

/* --- the tables of each workload --- */

#define ITEMS(count) \
    "TRUNCATE items RESTART IDENTITY; INSERT INTO items (name, note, active, created_at, price, quantity, token, attributes," \
    " labels, version) SELECT 'item number ' || n, 'note', true, now(), n, n, md5(n::text)::uuid, '{}', '{a,b,c}', 1" \
    " FROM generate_series(1, " count ") AS n; ANALYZE items"
#define AUTHORS(count, books) \
    "TRUNCATE authors, books RESTART IDENTITY; INSERT INTO authors (name, score, version)" \
    " SELECT 'author number ' || n, 0, 1 FROM generate_series(1, " count \
    ") AS n; INSERT INTO books (author_id, title, year)" \
    " SELECT (n - 1) / 10 + 1, 'book number ' || n, 1900 FROM generate_series(1, " books ") AS n; ANALYZE"
#define PARENTS AUTHORS("$1", "$1 * 10")
#define SHOP \
    "TRUNCATE customers, addresses, products, orders, lines RESTART IDENTITY; INSERT INTO customers (name) VALUES ('one');" \
    "INSERT INTO products (name, stock, version) SELECT 'product', 100, 1 FROM generate_series(1, $1);" \
    "INSERT INTO orders (customer_id, status) SELECT 1, 'old' FROM generate_series(1, $1)"
#define BANK \
    "TRUNCATE branches, tellers, accounts, history; INSERT INTO branches VALUES (1, 0, '');" \
    "INSERT INTO tellers VALUES (1, 1, 0, ''); INSERT INTO accounts VALUES (1, 1, 0, '')"
#define WORLD "TRUNCATE world; INSERT INTO world SELECT n, n FROM generate_series(1, 10000) AS n; ANALYZE world"

/* $1 stands for the number of objects. */
static const struct tables {
    const char *workload, *sql;
} tables[] = {
    {"find", ITEMS("10000")},
    {"find_many", ITEMS("10000")},
    {"find_hit", ITEMS("$1")},
    {"load", ITEMS("$1")},
    {"update", ITEMS("$1")},
    {"delete", ITEMS("$1")},
    {"dirty", ITEMS("$1")},
    {"nothing", ITEMS("$1")},
    {"insert", ITEMS("0")},
    {"added", ITEMS("0")},
    {"changed", ITEMS("$1")},
    {"removed", ITEMS("$1")},
    {"plan", ITEMS("0")},
    {"crowd", ITEMS("2")},
    {"build", ITEMS("1")},
    {"again", ITEMS("1")},
    {"request", AUTHORS("10000", "0")},
    {"graph", SHOP},
    {"parents_naive", PARENTS},
    {"parents_eager", PARENTS},
    {"tpcb", BANK},
    {"queries", WORLD},
    {"updates", WORLD},
};

static const char *statements_of(const char *workload)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        if (strcmp(tables[i].workload, workload) == 0)
            return tables[i].sql;
    contestant_fail("%s has no tables", workload);
}

static void fill(const char *workload, int objects)
{
    char sql[SQL_ROOM] = "";
    const char *rest = statements_of(workload), *place;
    while ((place = strstr(rest, "$1"))) {
        size_t used = strlen(sql);
        snprintf(sql + used, sizeof(sql) - used, "%.*s%d", (int)(place - rest), rest, objects);
        rest = place + 2;
    }
    snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql), "%s", rest);
    live_sql("%s", sql);
}

/* --- counting --- */

static const struct workload *find_workload(const char *name)
{
    const struct workload *w = contestant_workloads;
    while (w->name && strcmp(w->name, name) != 0)
        w++;
    if (!w->name)
        contestant_fail("no workload is called %s", name);
    return w;
}

static struct costs measure(struct counted *c, const struct workload *w, const struct job *job)
{
    fill(w->name, job->objects);
    contestant_release(c->b);
    if (w->prepare)
        w->prepare(c->b, job);
    uint64_t waits = proxy_waits(c->proxy);
    size_t allocations = failing_calls(&c->failing);
    c->statements = 0;
    w->run(c->b, job);
    return (struct costs){.statements = c->statements,
                          .round_trips = (long)(proxy_waits(c->proxy) - waits),
                          .allocations = (long)(failing_calls(&c->failing) - allocations)};
}

static bool within(const char *operation, const char *what, long counted, long budget)
{
    if (counted > budget)
        fprintf(stderr, "%s: %ld %s, the budget is %ld\n", operation, counted, what, budget);
    return counted <= budget;
}

/* The first time statements are prepared and memory is taken that stays. */
static bool check_operation(struct counted *c, const char *name, int objects, struct costs budget)
{
    char operation[64];
    const struct job job = {.objects = objects, .units = 1, .clients = 1};
    const struct workload *w = find_workload(name);
    measure(c, w, &job);
    struct costs costs = measure(c, w, &job);
    snprintf(operation, sizeof(operation), "%s %d", name, objects);
    if (c->printing)
        printf("%s\t%ld\t%ld\t%ld\n", operation, costs.statements, costs.round_trips, costs.allocations);
    bool good = within(operation, "statements", costs.statements, budget.statements);
    good = within(operation, "round trips", costs.round_trips, budget.round_trips) && good;
#ifndef HOWDAH_DEBUG_ARENA /* there each item of an arena is a block */
    good = within(operation, "allocations", costs.allocations, budget.allocations) && good;
#endif
    return good;
}

static bool check_file(struct counted *c, FILE *file)
{
    char line[LINE_ROOM], name[32];
    int objects, checked = 0;
    struct costs budget;
    bool good = true;
    while (fgets(line, sizeof(line), file))
        if (line[0] != '#' && sscanf(line, "%31s %d\t%ld\t%ld\t%ld", name, &objects, &budget.statements,
                                     &budget.round_trips, &budget.allocations) == 5) {
            good = check_operation(c, name, objects, budget) && good;
            checked++;
        }
    return good && checked > 0;
}

static bool check_budgets(struct counted *c)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/tests/budgets.tsv", getenv("HOWDAH_SOURCE_ROOT"));
    FILE *file = fopen(path, "r");
    if (!file)
        contestant_fail("can't open %s", path);
    bool good = check_file(c, file);
    fclose(file);
    return good;
}

static void open_counted(struct counted *c)
{
    live_open();
    failing_init(&c->failing);
    c->proxy = proxy_open();
    c->b = contestant_open();
    c->b->conninfo = proxy_conninfo(c->proxy);
    c->b->options.allocator = &c->failing.hook;
    c->b->options.on_statement = count_statement;
    c->b->options.statement_arg = c;
    contestant_connect(c->b);
    database_create_tables(c->b->db);
    if (database_error(c->b->db))
        contestant_fail("%s", error_text(database_error(c->b->db)));
}

int main(int argc, char **argv)
{
    static struct counted c;
    (void)argv;
    c.printing = argc > 1;
    open_counted(&c);
    bool good = check_budgets(&c);
    contestant_release(c.b);
    contestant_disconnect(c.b);
    contestant_close(c.b);
    proxy_close(c.proxy);
    live_close();
    return good ? 0 : 1;
}
