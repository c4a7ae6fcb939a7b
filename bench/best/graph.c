/* One commit over five tables: a block of keys for the rows that others refer to, then everything in one pipeline. */
#include "bench.h"

#include <stdio.h>

static const struct statement
    first_products = {"first_products",
                      "SELECT id, name, stock, version FROM products WHERE id <= $1::bigint ORDER BY id"},
    new_keys = {"new_keys", "SELECT nextval('customers_id_seq'), nextval('orders_id_seq')"
                            " FROM generate_series(1, $1::integer)"},
    insert_customers = {"insert_customers", "INSERT INTO customers (id, name)"
                                            " SELECT * FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[]))"},
    insert_addresses = {"insert_addresses", "INSERT INTO addresses (customer_id, city) SELECT customer_id, city"
                                            " FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY"
                                            " AS u(customer_id, city, ord) ORDER BY ord RETURNING id"},
    insert_orders = {"insert_orders", "INSERT INTO orders (id, customer_id, status)"
                                      " SELECT id, customer_id, 'new' FROM unnest((SELECT $1::bigint[]),"
                                      " (SELECT $2::bigint[])) AS u(id, customer_id)"},
    insert_lines = {"insert_lines",
                    "INSERT INTO lines (order_id, product_id, quantity) SELECT order_id, product_id, quantity"
                    " FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::integer[])) WITH ORDINALITY"
                    " AS u(order_id, product_id, quantity, ord) ORDER BY ord RETURNING id"},
    update_products = {"update_products",
                       "UPDATE products AS t SET stock = u.stock, version = t.version + 1"
                       " FROM unnest((SELECT $1::bigint[]), (SELECT $2::integer[]), (SELECT $3::integer[]))"
                       " AS u(id, version, stock) WHERE t.id = u.id AND t.version = u.version"},
    delete_orders = {"delete_orders", "DELETE FROM orders WHERE id = ANY ($1::bigint[])"};

void graph_prepare(struct bench *b, const struct job *job)
{
    static const struct statement *const all[] = {&first_products, &new_keys,     &insert_customers, &insert_addresses,
                                                  &insert_orders,  &insert_lines, &update_products,  &delete_orders};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        best_need(b, all[i]);
    best_int64(b, 0, job->objects);
    PGresult *result = best_execute(b, &first_products, 1);
    if (PQntuples(result) != job->objects)
        contestant_fail("products are missing");
    b->products = contestant_take((size_t)job->objects, sizeof(*b->products));
    for (int i = 0; i < job->objects; i++) {
        b->products[i].id = get_int64(result, i, 0);
        b->products[i].name = arena_text(&b->arena, PQgetvalue(result, i, 1), (size_t)PQgetlength(result, i, 1));
        b->products[i].stock = get_int32(result, i, 2);
        b->products[i].version = get_int32(result, i, 3);
    }
    PQclear(result);
    /* of customers, then of orders */
    b->keys = contestant_take((size_t)job->objects * 2, sizeof(*b->keys));
}

static void take_keys(struct bench *b, int n)
{
    best_int32(b, 0, n);
    PGresult *result = best_execute(b, &new_keys, 1);
    for (int i = 0; i < n; i++) {
        b->keys[i] = get_int64(result, i, 0);
        b->keys[n + i] = get_int64(result, i, 1);
    }
    PQclear(result);
}

static void put_all(struct wire *w, const int64_t *keys, int count)
{
    for (int i = 0; i < count; i++)
        put_int64(w, keys[i]);
}

/* Rows first ... first + size of the customers, with what belongs to them. */
static void send_customers(struct bench *b, int first, int size)
{
    char text[40];
    put_all(best_array(b, 0, OID_INT8, size), &b->keys[first], size);
    struct wire *texts = best_array(b, 1, OID_TEXT, size);
    for (int i = first; i < first + size; i++) {
        snprintf(text, sizeof(text), "customer number %d", i + 2);
        put_text(texts, text);
    }
    best_send(b, &insert_customers, 2);
    texts = best_array(b, 1, OID_TEXT, size);
    for (int i = first; i < first + size; i++) {
        snprintf(text, sizeof(text), "city %d", i + 1);
        put_text(texts, text);
    }
    best_send(b, &insert_addresses, 2);
}

static void send_orders(struct bench *b, int n, int first, int size)
{
    put_all(best_array(b, 0, OID_INT8, size), &b->keys[n + first], size);
    put_all(best_array(b, 1, OID_INT8, size), &b->keys[first], size);
    best_send(b, &insert_orders, 2);
    struct wire *orders = best_array(b, 0, OID_INT8, 2 * size), *products = best_array(b, 1, OID_INT8, 2 * size);
    struct wire *quantities = best_array(b, 2, OID_INT4, 2 * size);
    for (int i = first; i < first + size; i++)
        for (int k = 0; k < 2; k++) {
            put_int64(orders, b->keys[n + i]);
            put_int64(products, b->products[(i + k) % n].id);
            put_int32(quantities, k + 1);
        }
    best_send(b, &insert_lines, 3);
}

static void send_products(struct bench *b, int first, int size)
{
    struct wire *ids = best_array(b, 0, OID_INT8, size), *versions = best_array(b, 1, OID_INT4, size);
    struct wire *stocks = best_array(b, 2, OID_INT4, size);
    for (int i = first; i < first + size; i++) {
        Product *product = &b->products[i];
        product->stock -= 3;
        put_int64(ids, product->id);
        put_int32(versions, product->version);
        put_int32(stocks, product->stock);
        product->version++;
    }
    best_send(b, &update_products, 3);
    ids = best_array(b, 0, OID_INT8, size);
    for (int i = first; i < first + size; i++)
        put_int64(ids, i + 1);
    best_send(b, &delete_orders, 1);
}

static void expect_ids(struct bench *b, int count)
{
    PGresult *result = best_next(b, PGRES_TUPLES_OK);
    if (PQntuples(result) != count || get_int64(result, count - 1, 0) <= 0)
        contestant_fail("ids are missing");
    PQclear(result);
}

static void receive(struct bench *b, int size)
{
    best_affected(b, size);
    expect_ids(b, size);
    best_affected(b, size);
    expect_ids(b, 2 * size);
    best_affected(b, size);
    best_affected(b, size);
}

static int chunk_size(int done, int n)
{
    return n - done < CHUNK ? n - done : CHUNK;
}

void graph_run(struct bench *b, const struct job *job)
{
    int n = job->objects;
    take_keys(b, n);
    best_pipeline(b);
    best_send_text(b, "BEGIN");
    for (int done = 0; done < n; done += CHUNK) {
        send_customers(b, done, chunk_size(done, n));
        send_orders(b, n, done, chunk_size(done, n));
        send_products(b, done, chunk_size(done, n));
    }
    best_sync(b);
    PQclear(best_next(b, PGRES_COMMAND_OK));
    for (int done = 0; done < n; done += CHUNK)
        receive(b, chunk_size(done, n));
    best_end(b);
    PQclear(PQexec(b->conn, "COMMIT"));
}

uint64_t graph_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 1; i <= job->objects; i++)
        sum = rows_add_key(sum, i + 1, b->keys[i - 1]);
    return sum;
}
