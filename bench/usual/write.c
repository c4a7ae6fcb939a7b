/* A statement a row, in one transaction. */
#include "bench.h"

#include "../contestant/text.h"

#include <stdio.h>
#include <stdlib.h>

void insert_prepare(struct bench *b, const struct job *job)
{
    b->items = rows_make_items(job_total(job));
    b->keys = contestant_take((size_t)job_total(job), sizeof(*b->keys));
}

enum { NUMBER_ROOM = 32 };

static int64_t insert(PGconn *conn, const Item *item)
{
    char price[NUMBER_ROOM], quantity[NUMBER_ROOM], time[TEXT_TIME_ROOM], token[TEXT_UUID_ROOM],
        labels[TEXT_ARRAY_ROOM];
    snprintf(price, sizeof(price), "%.17g", item->price);
    snprintf(quantity, sizeof(quantity), "%d", item->quantity.value);
    const char *values[] = {item->name,
                            item->note,
                            item->active ? "t" : "f",
                            text_of_time(time, item->created_at),
                            price,
                            item->quantity.valid ? quantity : NULL,
                            text_of_uuid(token, &item->token),
                            item->attributes.text,
                            text_of_array(labels, &item->labels)};
    PGresult *result = db_query(conn,
                                "INSERT INTO items (name, note, active, created_at, price, quantity, token, attributes,"
                                " labels, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) RETURNING id",
                                9, values);
    int64_t id = column_int64(result, 0, 0);
    PQclear(result);
    return id;
}

void insert_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        db_command(b->conn, "BEGIN");
        for (int i = r * job->objects; i < (r + 1) * job->objects; i++)
            b->keys[i] = insert(b->conn, &b->items[i]);
        db_command(b->conn, "COMMIT");
    }
}

uint64_t keys_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 0; i < job_total(job); i++)
        sum = rows_add_key(sum, i + 1, b->keys[i]);
    return sum;
}

static void set_name(Item *item, const char *name)
{
    free((void *)(uintptr_t)item->name);
    item->name = text_copy(name);
}

static void update(PGconn *conn, Item *item)
{
    char id[NUMBER_ROOM], price[NUMBER_ROOM], version[NUMBER_ROOM];
    const char *values[] = {item->name, price, id, version};
    snprintf(price, sizeof(price), "%.17g", item->price);
    snprintf(id, sizeof(id), "%lld", (long long)item->id);
    snprintf(version, sizeof(version), "%d", item->version);
    db_change_one(conn, "UPDATE items SET name = $1, price = $2, version = version + 1 WHERE id = $3 AND version = $4",
                  4, values);
    item->version++;
}

static void update_items(struct bench *b, int first, int count)
{
    db_command(b->conn, "BEGIN");
    for (Item *item = &b->items[first]; item < &b->items[first + count]; item++) {
        set_name(item, rows_changed_name(item->id));
        item->price += 1;
        update(b->conn, item);
    }
    db_command(b->conn, "COMMIT");
}

void update_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        update_items(b, r * job->objects, job->objects);
}

void dirty_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        update_items(b, r * 10, 10);
}

void delete_run(struct bench *b, const struct job *job)
{
    char id[NUMBER_ROOM], version[NUMBER_ROOM];
    const char *values[] = {id, version};
    for (int r = 0; r < job->units; r++) {
        db_command(b->conn, "BEGIN");
        for (int i = r * job->objects; i < (r + 1) * job->objects; i++) {
            snprintf(id, sizeof(id), "%lld", (long long)b->items[i].id);
            snprintf(version, sizeof(version), "%d", b->items[i].version);
            db_change_one(b->conn, "DELETE FROM items WHERE id = $1 AND version = $2", 2, values);
        }
        db_command(b->conn, "COMMIT");
    }
}
