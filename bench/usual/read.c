#include "bench.h"

#include <stdio.h>

void find_prepare(struct bench *b, const struct job *job)
{
    b->items = contestant_take((size_t)job_total(job), sizeof(*b->items));
}

static void find(struct bench *b, int64_t id)
{
    char key[24];
    const char *values[] = {key};
    snprintf(key, sizeof(key), "%lld", (long long)id);
    PGresult *result = db_query(b->conn, "SELECT " ITEM_COLUMNS " FROM items WHERE id = $1", 1, values);
    if (PQntuples(result) != 1)
        contestant_fail("there is no item %s", key);
    item_read(result, 0, &b->items[b->item_count++]);
    PQclear(result);
}

void find_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        find(b, rows_key(job_unit(job, r), ROWS));
}

/* One key after the other. */
void find_many_run(struct bench *b, const struct job *job)
{
    for (int i = 0; i < job_total(job); i++)
        find(b, rows_key(i, ROWS));
}

static void read_items(struct bench *b, PGresult *result)
{
    int count = PQntuples(result);
    for (int i = 0; i < count; i++)
        item_read(result, i, &b->items[b->item_count++]);
    PQclear(result);
}

void load_run(struct bench *b, const struct job *job)
{
    PGresult *result = db_query(b->conn, "SELECT " ITEM_COLUMNS " FROM items ORDER BY id", 0, NULL);
    if (PQntuples(result) != job->objects)
        contestant_fail("%d rows instead of %d", PQntuples(result), job->objects);
    read_items(b, result);
}

void change_prepare(struct bench *b, const struct job *job)
{
    char count[24];
    const char *values[] = {count};
    find_prepare(b, job);
    snprintf(count, sizeof(count), "%d", job_total(job));
    read_items(b, db_query(b->conn, "SELECT " ITEM_COLUMNS " FROM items ORDER BY id LIMIT $1", 1, values));
    if (b->item_count != job_total(job))
        contestant_fail("%d rows instead of %d", b->item_count, job_total(job));
}

void dirty_prepare(struct bench *b, const struct job *job)
{
    struct job all = {.objects = job->objects, .units = 1};
    change_prepare(b, &all);
}

void start_run(struct bench *b, const struct job *job)
{
    contestant_connect(b);
    find_prepare(b, job);
    find(b, 1);
}

void open_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        contestant_connect(b);
        contestant_disconnect(b);
    }
}

uint64_t items_checksum(struct bench *b, const struct job *job)
{
    uint64_t h = 0;
    (void)job;
    for (int i = 0; i < b->item_count; i++)
        h = rows_fold_item(h, &b->items[i]);
    return h;
}
