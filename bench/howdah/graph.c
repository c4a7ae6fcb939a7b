/* One commit over five tables. */
#include "bench.h"

#include <string.h>

/* Products, then orders, then room for new customers: `objects` of each. */
void graph_prepare(struct bench *b, const struct job *job)
{
    size_t products, orders, n = (size_t)job->objects;
    bench_room(b, 1, 3 * job->objects);
    Session *s = b->sessions[0] = session_open(b->db);
    Query *q = session_query(s, Product);
    query_where(q, Product, id, "<=", job->objects);
    query_order_by(q, Product, id, ORDER_ASC);
    Product **product = query_all(q, Product, &products);
    q = session_query(s, Order);
    query_order_by(q, Order, id, ORDER_ASC);
    Order **order = query_all(q, Order, &orders);
    bench_expect(s);
    if (products != n || orders != n)
        contestant_fail("the tables are not as they should be");
    memcpy(b->objects, product, n * sizeof(*product));
    memcpy(b->objects + n, order, n * sizeof(*order));
}

static Customer *add_customer(Session *s, int i, Product *first, Product *second)
{
    Customer *customer = session_add(s, Customer, .name = session_text(s, "customer number %d", i + 1));
    session_add(s, Address, .customer = customer, .city = session_text(s, "city %d", i));
    Order *order = session_add(s, Order, .customer = customer, .status = "new");
    session_add(s, Line, .order = order, .product = first, .quantity = 1);
    session_add(s, Line, .order = order, .product = second, .quantity = 2);
    return customer;
}

void graph_run(struct bench *b, const struct job *job)
{
    int n = job->objects;
    Session *s = b->sessions[0];
    for (int i = 0; i < n; i++) {
        Product *product = b->objects[i];
        b->objects[2 * n + i] = add_customer(s, i + 1, product, b->objects[(i + 1) % n]);
        product->stock -= 3;
        session_delete(s, b->objects[n + i]);
    }
    if (session_commit(s) != STATUS_OK)
        bench_expect(s);
}

uint64_t graph_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 1; i <= job->objects; i++)
        sum = rows_add_key(sum, i + 1, ((Customer *)b->objects[2 * job->objects + i - 1])->id);
    return sum;
}
