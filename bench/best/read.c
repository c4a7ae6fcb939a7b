/* Finding and loading. */
#include "bench.h"

static const struct statement find_one = {"find", "SELECT " ITEM_COLUMNS " FROM items WHERE id = $1::bigint"},
                              find_many = {"find_many",
                                           "SELECT " ITEM_COLUMNS " FROM items WHERE id = ANY ($1::bigint[])"},
                              first_items = {"first_items",
                                             "SELECT " ITEM_COLUMNS " FROM items WHERE id <= $1::bigint ORDER BY id"};

static void take_items(struct bench *b, int count)
{
    b->items = contestant_take((size_t)count, sizeof(*b->items));
}

void find_prepare(struct bench *b, const struct job *job)
{
    best_need(b, &find_one);
    best_need(b, &find_many);
    take_items(b, job_total(job));
}

void find_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        best_int64(b, 0, rows_key(job_unit(job, r), ROWS));
        PGresult *result = best_execute(b, &find_one, 1);
        if (PQntuples(result) != 1)
            contestant_fail("an item is missing");
        item_read(result, 0, &b->arena, &b->items[b->item_count++]);
        PQclear(result);
    }
}

/* The rows come in the order of the table; their places are found by bisection. */
struct place {
    int64_t key;
    int at;
};

static int compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void read_found(struct bench *b, const PGresult *result, struct place *places, int count)
{
    if (PQntuples(result) != count)
        contestant_fail("items are missing");
    qsort(places, (size_t)count, sizeof(*places), compare);
    for (int i = 0; i < count; i++) {
        struct place wanted = {.key = get_int64(result, i, 0)};
        const struct place *place = bsearch(&wanted, places, (size_t)count, sizeof(*places), compare);
        item_read(result, i, &b->arena, &b->items[place->at]);
    }
}

void find_many_run(struct bench *b, const struct job *job)
{
    struct place *places = contestant_take((size_t)job->objects, sizeof(*places));
    for (int r = 0; r < job->units; r++) {
        struct wire *keys = best_array(b, 0, OID_INT8, job->objects);
        for (int i = 0; i < job->objects; i++) {
            int at = r * job->objects + i;
            places[i] = (struct place){.key = rows_key(at, ROWS), .at = at};
            put_int64(keys, places[i].key);
        }
        PGresult *result = best_execute(b, &find_many, 1);
        read_found(b, result, places, job->objects);
        PQclear(result);
    }
    b->item_count = job_total(job);
    free(places);
}

/* --- a table of what was read --- */

static size_t slot_of(const struct bench *b, int64_t id)
{
    return ((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (b->slot_count - 1);
}

void load_items(struct bench *b, int count)
{
    take_items(b, count);
    best_need(b, &first_items);
    best_int64(b, 0, count);
    PGresult *result = best_execute(b, &first_items, 1);
    if (PQntuples(result) != count)
        contestant_fail("%d rows instead of %d", PQntuples(result), count);
    for (int i = 0; i < count; i++)
        item_read(result, i, &b->arena, &b->items[i]);
    b->item_count = count;
    PQclear(result);
}

void hit_prepare(struct bench *b, const struct job *job)
{
    load_items(b, job->objects);
    for (b->slot_count = 16; b->slot_count < (size_t)job->objects * 2;)
        b->slot_count *= 2;
    b->slots = contestant_take(b->slot_count, sizeof(*b->slots));
    for (int i = 0; i < b->item_count; i++) {
        size_t at = slot_of(b, b->items[i].id);
        while (b->slots[at])
            at = (at + 1) & (b->slot_count - 1);
        b->slots[at] = &b->items[i];
    }
}

static const Item *look_up(const struct bench *b, int64_t id)
{
    size_t at = slot_of(b, id);
    while (b->slots[at] && b->slots[at]->id != id)
        at = (at + 1) & (b->slot_count - 1);
    return b->slots[at];
}

void hit_run(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int r = 0; r < job->units; r++) {
        const Item *item = look_up(b, rows_key(r, job->objects));
        sum += item->quantity.valid ? (uint64_t)item->quantity.value : 0;
    }
    b->sum = sum % 2147483647;
}

/* --- all rows --- */

void load_prepare(struct bench *b, const struct job *job)
{
    struct job one = {.objects = 1, .units = 1, .clients = 1};
    find_prepare(b, &one);
    find_run(b, &one);
    contestant_release(b);
    take_items(b, job->objects);
}

static void load_row(struct bench *b, struct copied *row, void *context)
{
    const struct job *job = context;
    if (b->item_count == job->objects)
        contestant_fail("more than %d rows", job->objects);
    item_copied(row, &b->arena, &b->items[b->item_count++]);
}

void load_run(struct bench *b, const struct job *job)
{
    struct job all = *job;
    copy_out(b, "COPY (SELECT " ITEM_COLUMNS " FROM items ORDER BY id) TO STDOUT (FORMAT binary)", load_row, &all);
    if (b->item_count != job->objects)
        contestant_fail("%d rows instead of %d", b->item_count, job->objects);
}

/* --- starting --- */

void start_run(struct bench *b, const struct job *job)
{
    uint64_t key = __builtin_bswap64(1);
    const char *value = (const char *)&key;
    int length = sizeof(key), format = 1;
    (void)job;
    contestant_connect(b);
    PGresult *result = PQexecParams(b->conn, find_one.sql, 1, NULL, &value, &length, &format, 1);
    if (PQntuples(result) != 1)
        best_fail(b);
    take_items(b, 1);
    item_read(result, 0, &b->arena, &b->items[b->item_count++]);
    PQclear(result);
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
