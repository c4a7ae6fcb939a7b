/* Finding and loading. */
#include "bench.h"

#include <string.h>

void find_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 1, job->units * job->objects);
    b->sessions[0] = session_open(b->db);
}

void find_run(struct bench *b, const struct job *job)
{
    Session *s = b->sessions[0];
    for (int r = 0; r < job->units; r++)
        if (!(b->objects[r] = session_find(s, Item, rows_key(job_unit(job, r), ROWS))))
            bench_expect(s);
}

static uint64_t fold_items(void *const *items, int count)
{
    uint64_t h = 0;
    for (int i = 0; i < count; i++)
        h = rows_fold_item(h, items[i]);
    return h;
}

uint64_t find_checksum(struct bench *b, const struct job *job)
{
    return fold_items(b->objects, job->units);
}

void find_many_run(struct bench *b, const struct job *job)
{
    Session *s = b->sessions[0];
    Value keys[1000];
    for (int r = 0; r < job->units; r++) {
        for (int i = 0; i < job->objects; i++)
            keys[i] = VALUE(rows_key((int64_t)r * job->objects + i, ROWS));
        Item **found = session_find_many(s, Item, keys, (size_t)job->objects);
        bench_expect(s);
        memcpy(&b->objects[r * job->objects], found, (size_t)job->objects * sizeof(*found));
    }
}

uint64_t find_many_checksum(struct bench *b, const struct job *job)
{
    return fold_items(b->objects, job_total(job));
}

uint64_t sum_checksum(struct bench *b, const struct job *job)
{
    (void)job;
    return b->sum;
}

static Item **load_items(Session *s, int64_t after, int count)
{
    size_t loaded;
    Query *q = session_query(s, Item);
    query_where(q, Item, id, ">", after);
    query_where(q, Item, id, "<=", after + count);
    query_order_by(q, Item, id, ORDER_ASC);
    Item **items = query_all(q, Item, &loaded);
    bench_expect(s);
    if (loaded != (size_t)count)
        contestant_fail("%zu rows instead of %d", loaded, count);
    return items;
}

/* One session with the first items. */
void hit_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 1, job->objects);
    b->sessions[0] = session_open(b->db);
    memcpy(b->objects, load_items(b->sessions[0], 0, job->objects), (size_t)job->objects * sizeof(void *));
}

void hit_run(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int r = 0; r < job->units; r++) {
        const Item *item = session_find(b->sessions[0], Item, rows_key(r, job->objects));
        sum += item->quantity.valid ? (uint64_t)item->quantity.value : 0;
    }
    b->sum = sum % 2147483647;
    bench_expect(b->sessions[0]);
}

/* A session for each unit, with its items. */
void change_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, job->units, job_total(job));
    for (int r = 0; r < job->units; r++) {
        int after = r * job->objects;
        b->sessions[r] = session_open(b->db);
        memcpy(&b->objects[after], load_items(b->sessions[r], after, job->objects),
               (size_t)job->objects * sizeof(void *));
    }
}

void load_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 1, job->objects);
    Session *s = session_open(b->db);
    session_find(s, Item, 1);
    bench_expect(s);
    session_close(s);
}

void load_run(struct bench *b, const struct job *job)
{
    size_t count;
    Session *s = b->sessions[0] = session_open(b->db);
    Query *q = session_query(s, Item);
    query_order_by(q, Item, id, ORDER_ASC);
    Item **items = query_all(q, Item, &count);
    bench_expect(s);
    if (count != (size_t)job->objects)
        contestant_fail("%zu rows instead of %d", count, job->objects);
    memcpy(b->objects, items, count * sizeof(*items));
}

uint64_t load_checksum(struct bench *b, const struct job *job)
{
    return fold_items(b->objects, job->objects);
}

void start_run(struct bench *b, const struct job *job)
{
    (void)job;
    b->db = bench_database(b);
    bench_room(b, 1, 1);
    b->sessions[0] = session_open(b->db);
    b->objects[0] = session_find(b->sessions[0], Item, 1);
    bench_expect(b->sessions[0]);
}
