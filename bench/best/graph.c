/* One commit over five tables in one wait: a statement for all new rows, which draws their keys and hands them on, one for
 * the products and one for the orders; the pipeline is the transaction. */
#include "bench.h"

#include <stdio.h>

/* Of a customer, its address, its order and that one's lines. */
enum { NEW_KEYS = 5 };

#define GUARD(work) \
    "WITH x AS (" work " RETURNING 1), n AS (SELECT count(*) AS n FROM x)" \
    " SELECT CASE WHEN n = cardinality($1) THEN n::int ELSE ('stale: ' || n)::int END FROM n"

static const struct statement
    first_products = {"first_products",
                      "SELECT id, name, stock, version FROM products WHERE id <= $1::bigint ORDER BY id"},
    insert_customers =
        {"insert_customers",
         "WITH new AS MATERIALIZED (SELECT nextval('customers_id_seq') AS customer, nextval('addresses_id_seq') AS address,"
         " nextval('orders_id_seq') AS order_, nextval('lines_id_seq') AS line1, nextval('lines_id_seq') AS line2,"
         " name, city, product1, product2, ord FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::bigint[]),"
         " (SELECT $4::bigint[])) WITH ORDINALITY AS u(name, city, product1, product2, ord)),"
         " c AS (INSERT INTO customers (id, name) SELECT customer, name FROM new),"
         " a AS (INSERT INTO addresses (id, customer_id, city) SELECT address, customer, city FROM new),"
         " o AS (INSERT INTO orders (id, customer_id, status) SELECT order_, customer, 'new' FROM new),"
         " l AS (INSERT INTO lines (id, order_id, product_id, quantity) SELECT line1, order_, product1, 1 FROM new"
         " UNION ALL SELECT line2, order_, product2, 2 FROM new)"
         " SELECT customer, address, order_, line1, line2 FROM new ORDER BY ord"},
    update_products = {"update_products",
                       GUARD(
                           "UPDATE products AS t SET stock = u.stock, version = t.version + 1"
                           " FROM (SELECT unnest(a.id), unnest(a.version), unnest(a.stock) FROM (SELECT $1::bigint[],"
                           " $2::integer[], $3::integer[] OFFSET 0) AS a(id, version, stock)) AS u(id, version, stock)"
                           " WHERE t.id = u.id AND t.version = u.version")},
    delete_orders = {"delete_orders", GUARD("DELETE FROM orders WHERE id = ANY ($1::bigint[])")};

void graph_prepare(struct bench *b, const struct job *job)
{
    static const struct statement *const all[] = {&first_products, &insert_customers, &update_products, &delete_orders};
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
    b->keys = contestant_take((size_t)job->objects * NEW_KEYS, sizeof(*b->keys));
}

/* Customers first ... first + size, with what belongs to them. */
static void send_customers(struct bench *b, int n, int first, int size)
{
    char text[40];
    struct wire *names = best_array(b, 0, OID_TEXT, size), *cities = best_array(b, 1, OID_TEXT, size);
    struct wire *products[] = {best_array(b, 2, OID_INT8, size), best_array(b, 3, OID_INT8, size)};
    for (int i = first; i < first + size; i++) {
        snprintf(text, sizeof(text), "customer number %d", i + 2);
        put_text(names, text);
        snprintf(text, sizeof(text), "city %d", i + 1);
        put_text(cities, text);
        for (int k = 0; k < 2; k++)
            put_int64(products[k], b->products[(i + k) % n].id);
    }
    best_send(b, &insert_customers, 4);
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

static void receive(struct bench *b, int64_t *keys, int size)
{
    PGresult *result = best_next(b, PGRES_TUPLES_OK);
    if (PQntuples(result) != size)
        contestant_fail("keys are missing");
    for (int i = 0; i < size; i++)
        for (int k = 0; k < NEW_KEYS; k++)
            keys[i * NEW_KEYS + k] = get_int64(result, i, k);
    PQclear(result);
    PQclear(best_next(b, PGRES_TUPLES_OK));
    PQclear(best_next(b, PGRES_TUPLES_OK));
}

static int chunk_size(int done, int n)
{
    return n - done < CHUNK ? n - done : CHUNK;
}

void graph_run(struct bench *b, const struct job *job)
{
    int n = job->objects;
    best_pipeline(b);
    for (int done = 0; done < n; done += CHUNK) {
        send_customers(b, n, done, chunk_size(done, n));
        send_products(b, done, chunk_size(done, n));
    }
    best_sync(b);
    for (int done = 0; done < n; done += CHUNK)
        receive(b, &b->keys[done * NEW_KEYS], chunk_size(done, n));
    best_end(b);
}

uint64_t graph_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 1; i <= job->objects; i++)
        sum = rows_add_key(sum, i + 1, b->keys[(i - 1) * NEW_KEYS]);
    return sum;
}
