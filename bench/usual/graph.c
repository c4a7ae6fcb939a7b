/* One transaction over five tables. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

/* Of the orders only the ids are of interest, and they are 1 ... n. */
void graph_prepare(struct bench *b, const struct job *job)
{
    char count[24];
    const char *values[] = {count};
    snprintf(count, sizeof(count), "%d", job->objects);
    PGresult *result =
        db_query(b->conn, "SELECT id, name, stock, version FROM products ORDER BY id LIMIT $1", 1, values);
    b->product_count = PQntuples(result);
    b->products = contestant_take((size_t)b->product_count, sizeof(*b->products));
    b->keys = contestant_take((size_t)job->objects, sizeof(*b->keys));
    for (int i = 0; i < b->product_count; i++) {
        Product *product = &b->products[i];
        product->id = column_int64(result, i, 0);
        product->name = column_text(result, i, 1);
        product->stock = column_int32(result, i, 2);
        product->version = column_int32(result, i, 3);
    }
    PQclear(result);
}

static int64_t insert(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *result = db_query(conn, sql, count, values);
    int64_t id = column_int64(result, 0, 0);
    PQclear(result);
    return id;
}

static void insert_line(PGconn *conn, int64_t order, int64_t product, int quantity)
{
    char a[24], b[24], c[16];
    const char *values[] = {a, b, c};
    snprintf(a, sizeof(a), "%lld", (long long)order);
    snprintf(b, sizeof(b), "%lld", (long long)product);
    snprintf(c, sizeof(c), "%d", quantity);
    insert(conn, "INSERT INTO lines (order_id, product_id, quantity) VALUES ($1, $2, $3) RETURNING id", 3, values);
}

static int64_t insert_customer(PGconn *conn, int i, const Product *first, const Product *second)
{
    char key[24], text[40];
    const char *name = text, *address[] = {key, text}, *order[] = {key};
    snprintf(text, sizeof(text), "customer number %d", i + 1);
    int64_t customer = insert(conn, "INSERT INTO customers (name) VALUES ($1) RETURNING id", 1, &name);
    snprintf(key, sizeof(key), "%lld", (long long)customer);
    snprintf(text, sizeof(text), "city %d", i);
    insert(conn, "INSERT INTO addresses (customer_id, city) VALUES ($1, $2) RETURNING id", 2, address);
    int64_t id = insert(conn, "INSERT INTO orders (customer_id, status) VALUES ($1, 'new') RETURNING id", 1, order);
    insert_line(conn, id, first->id, 1);
    insert_line(conn, id, second->id, 2);
    return customer;
}

static void update_product(PGconn *conn, Product *product)
{
    char stock[16], id[24], version[16];
    const char *values[] = {stock, id, version};
    product->stock -= 3;
    snprintf(stock, sizeof(stock), "%d", product->stock);
    snprintf(id, sizeof(id), "%lld", (long long)product->id);
    snprintf(version, sizeof(version), "%d", product->version);
    db_change_one(conn, "UPDATE products SET stock = $1, version = version + 1 WHERE id = $2 AND version = $3", 3,
                  values);
}

void graph_run(struct bench *b, const struct job *job)
{
    char order[24];
    const char *values[] = {order};
    int n = job->objects;
    db_command(b->conn, "BEGIN");
    for (int i = 0; i < n; i++) {
        b->keys[i] = insert_customer(b->conn, i + 1, &b->products[i], &b->products[(i + 1) % n]);
        update_product(b->conn, &b->products[i]);
        snprintf(order, sizeof(order), "%d", i + 1);
        db_change_one(b->conn, "DELETE FROM orders WHERE id = $1", 1, values);
    }
    db_command(b->conn, "COMMIT");
}

uint64_t graph_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 1; i <= job->objects; i++)
        sum = rows_add_key(sum, i + 1, b->keys[i - 1]);
    return sum;
}

void graph_free(struct bench *b)
{
    for (int i = 0; i < b->product_count; i++)
        free((void *)(uintptr_t)b->products[i].name);
    free(b->products);
}
