/* Reports that people write over a film rental, each by the builder and in SQL: the rows must be the same. */
#include "pagila_reports.h"

#include "pagila.h"
#include "support/live.h"

#include <stdlib.h>
#include <string.h>

static Database *db;
static Session *s;

static void open_session(void)
{
    db = database_open(live_conninfo(), PAGILA_MODELS, NULL);
    s = session_open(db);
}

static void close_session(void)
{
    session_close(s);
    database_close(db);
}

static void check_ok(void)
{
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}

/* --- the best customers of each store --- */

typedef struct TopCustomer {
    int32_t id;
    const char *last_name;
    PgNumeric paid;
} TopCustomer;

typedef struct StoreCustomer {
    int32_t store_id;
    int32_t id;
    const char *last_name;
    PgNumeric paid;
} StoreCustomer;

/* clang-format off */
MODEL(TopCustomer, NULL,
    COLUMN(TopCustomer, id),
    COLUMN(TopCustomer, last_name),
    COLUMN(TopCustomer, paid));
MODEL(StoreCustomer, NULL,
    COLUMN(StoreCustomer, store_id),
    COLUMN(StoreCustomer, id),
    COLUMN(StoreCustomer, last_name),
    COLUMN(StoreCustomer, paid));
/* clang-format on */

static Query *best_customers(int32_t store)
{
    Query *q = session_query(s, Payment);
    query_join(q, Payment, customer);
    query_where(q, Customer, store_id, "=", store);
    query_group_by(q, Customer, id);
    query_group_by(q, Customer, last_name);
    query_select(q, TopCustomer, id, Customer, id);
    query_select(q, TopCustomer, last_name, Customer, last_name);
    query_select_aggregate(q, TopCustomer, paid, AGGREGATE_SUM, Payment, amount);
    query_order_by_aggregate(q, AGGREGATE_SUM, Payment, amount, ORDER_DESC);
    query_order_by(q, Customer, id, ORDER_ASC);
    query_limit(q, 3);
    return q;
}

START_TEST(test_reports__best_customers_of_each_store)
{
    size_t all, count = 0, place = 0;
    StoreCustomer **expected =
        session_sql(s, StoreCustomer, &all,
                    "SELECT store_id, customer_id AS id, last_name, paid FROM ("
                    " SELECT c.store_id, c.customer_id, c.last_name, sum(p.amount) AS paid,"
                    "  row_number() OVER (PARTITION BY c.store_id ORDER BY sum(p.amount) DESC, c.customer_id) AS place"
                    " FROM customer c JOIN payment p USING (customer_id) GROUP BY c.customer_id) AS ranked"
                    " WHERE place <= %d ORDER BY store_id, place",
                    3);
    check_ok();
    ck_assert_uint_eq(all, 2 * 3);
    Query *q = best_customers(0);
    TopCustomer **best = NULL;
    for (size_t i = 0; i < all; i++, place++) {
        if (i == 0 || expected[i]->store_id != expected[i - 1]->store_id) {
            ck_assert_uint_eq(place, count); /* no more than SQL has */
            query_bind(q, 1, expected[i]->store_id);
            best = query_all(q, TopCustomer, &count);
            check_ok();
            place = 0;
        }
        ck_assert_uint_lt(place, count);
        ck_assert_int_eq(best[place]->id, expected[i]->id);
        ck_assert_str_eq(best[place]->last_name, expected[i]->last_name);
        ck_assert_str_eq(best[place]->paid.text, expected[i]->paid.text);
    }
    ck_assert_uint_eq(place, count);
}
END_TEST

/* --- films that nobody has rented, for want of copies or of interest --- */

static void check_same_films(Film *const *films, size_t count, Film *const *expected, size_t expected_count)
{
    check_ok();
    ck_assert_uint_gt(count, 0);
    ck_assert_uint_eq(count, expected_count);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_eq(films[i], expected[i]); /* one object for each row, whoever asks */
}

START_TEST(test_reports__films_never_rented)
{
    size_t count, expected_count;
    Query *q = session_query(s, Film);
    query_not(q);
    query_exists(q, Film, copies);
    query_exists(q, Inventory, rentals);
    query_end(q);
    query_end(q);
    query_end(q);
    query_order_by(q, Film, title, ORDER_ASC);
    Film **films = query_all(q, Film, &count);
    Film **expected =
        session_sql(s, Film, &expected_count,
                    "SELECT f.* FROM film f"
                    " WHERE f.film_id NOT IN (SELECT film_id FROM inventory JOIN rental USING (inventory_id))"
                    " ORDER BY f.title");
    check_same_films(films, count, expected, expected_count);
}
END_TEST

/* --- revenue by month, with a running total --- */

typedef struct Month {
    PgTimestamp month;
    PgNumeric revenue;
    PgNumeric total;
} Month;

/* clang-format off */
MODEL(Month, NULL,
    COLUMN(Month, month),
    COLUMN(Month, revenue),
    COLUMN(Month, total));
/* clang-format on */

static int64_t cents(PgNumeric price)
{
    int64_t value = 0;
    ck_assert_int_eq(numeric_to_int64(price, 2, &value), STATUS_OK);
    return value;
}

START_TEST(test_reports__revenue_by_month)
{
    size_t count;
    Month **months = session_sql(s, Month, &count,
                                 "SELECT date_trunc('month', payment_date) AS month, sum(amount) AS revenue,"
                                 " sum(sum(amount)) OVER (ORDER BY date_trunc('month', payment_date)) AS total"
                                 " FROM payment GROUP BY 1 ORDER BY 1");
    check_ok();
    ck_assert_uint_eq(count, 7);
    const PgTimestamp always = {INT64_MAX};
    Query *q = session_query(s, Payment);
    query_where(q, Payment, date, ">=", always);
    query_where(q, Payment, date, "<", always);
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        PgNumeric revenue = {NULL};
        query_bind(q, 1, months[i]->month);
        query_bind(q, 2, i + 1 < count ? months[i + 1]->month : always);
        query_scalar(q, AGGREGATE_SUM, Payment, amount, &revenue);
        check_ok();
        ck_assert_str_eq(revenue.text, months[i]->revenue.text);
        total += cents(revenue);
        ck_assert_int_eq(total, cents(months[i]->total));
    }
}
END_TEST

/* --- what a customer may like next: films of the categories that she rents, but has not rented --- */

START_TEST(test_reports__what_a_customer_may_like)
{
    const int32_t customer = 42;
    size_t count, expected_count;
    Query *q = session_query(s, Film);
    query_exists(q, Film, categories);
    query_exists(q, Category, films);
    query_exists(q, Film, copies);
    query_exists(q, Inventory, rentals);
    query_where(q, Rental, customer_id, "=", customer);
    query_end(q);
    query_end(q);
    query_end(q);
    query_end(q);
    query_not(q);
    query_exists(q, Film, copies);
    query_exists(q, Inventory, rentals);
    query_where(q, Rental, customer_id, "=", customer);
    query_end(q);
    query_end(q);
    query_end(q);
    query_order_by(q, Film, id, ORDER_ASC);
    query_limit(q, 50);
    Film **films = query_all(q, Film, &count);
    Film **expected = session_sql(
        s, Film, &expected_count,
        "WITH seen AS (SELECT DISTINCT i.film_id FROM rental r JOIN inventory i USING (inventory_id) WHERE r.customer_id = %d)"
        " SELECT f.* FROM film f WHERE f.film_id NOT IN (TABLE seen)"
        " AND f.film_id IN (SELECT film_id FROM film_category WHERE category_id IN"
        "  (SELECT category_id FROM film_category WHERE film_id IN (TABLE seen))) ORDER BY f.film_id LIMIT %d",
        customer, 50);
    check_same_films(films, count, expected, expected_count);
    ck_assert_uint_eq(count, 50);
}
END_TEST

/* --- full-text search --- */

START_TEST(test_reports__search)
{
    size_t count, expected_count;
    const char *words = "astronaut -dog";
    Query *q = session_query(s, Film);
    query_where_search(q, Film, fulltext, "english", words);
    query_order_by_search(q, Film, fulltext, "english", words);
    query_order_by(q, Film, id, ORDER_ASC);
    Film **films = query_all(q, Film, &count);
    Film **expected = session_sql(s, Film, &expected_count,
                                  "SELECT f.* FROM film f,"
                                  " websearch_to_tsquery('english', %s) AS w WHERE f.fulltext @@ w"
                                  " ORDER BY ts_rank(f.fulltext, w) DESC, f.film_id",
                                  words);
    check_same_films(films, count, expected, expected_count);
}
END_TEST

/* --- who answers to whom: the manager of one's store, whose own store has a manager ... --- */

typedef struct Boss {
    int32_t id;
} Boss;

MODEL(Boss, NULL, COLUMN(Boss, id));

START_TEST(test_reports__chain_of_command)
{
    size_t count, bosses;
    Query *q = session_query(s, Staff);
    query_with_path(q, "store.manager");
    Staff **staff = query_all(q, Staff, &count);
    check_ok();
    ck_assert_uint_eq(count, 1500);
    ck_assert_uint_eq(session_stats(s).statements, 3);
    ck_assert_uint_eq(session_stats(s).round_trips, 1);
    for (size_t i = 0; i < count; i += 100) {
        Boss **chain = session_sql(
            s, Boss, &bosses,
            "WITH RECURSIVE chain(id, store_id, step) AS (SELECT staff_id, store_id, 0 FROM staff WHERE staff_id = %d"
            " UNION ALL SELECT m.staff_id, m.store_id, step + 1 FROM chain JOIN store USING (store_id)"
            " JOIN staff m ON m.staff_id = manager_staff_id) CYCLE id SET again USING path"
            " SELECT id FROM chain WHERE step > 0 AND NOT again ORDER BY step",
            staff[i]->id);
        check_ok();
        const Staff *at = staff[i];
        for (size_t step = 0; step < bosses; step++) {
            at = at->store->manager;
            ck_assert_ptr_nonnull(at);
            ck_assert_int_eq(at->id, chain[step]->id);
        }
    }
}
END_TEST

/* --- and what comes along with objects --- */

START_TEST(test_reports__graph_in_one_trip)
{
    size_t count;
    Query *q = session_query(s, Film);
    query_where(q, Film, title, "STARTS WITH", "A");
    query_with_path(q, "categories");
    query_with_path(q, "cast.actor");
    query_with_path(q, "copies.store.manager");
    Film **films = query_all(q, Film, &count);
    check_ok();
    ck_assert_uint_eq(session_stats(s).statements, 7);
    ck_assert_uint_eq(session_stats(s).round_trips, 1);
    size_t categories = 0, roles = 0, copies = 0;
    for (size_t i = 0; i < count; i++) {
        categories += films[i]->categories.count;
        roles += films[i]->cast.count;
        copies += films[i]->copies.count;
        for (size_t k = 0; k < films[i]->cast.count; k++)
            ck_assert_ptr_nonnull(films[i]->cast.items[k]->actor);
        for (size_t k = 0; k < films[i]->copies.count; k++) {
            ck_assert_ptr_eq(films[i]->copies.items[k]->film, films[i]);
            ck_assert_int_eq(films[i]->copies.items[k]->store->manager->id,
                             films[i]->copies.items[k]->store->manager_id);
        }
    }
    live_check(session_text(s, "%zu|%zu|%zu|%zu", count, categories, roles, copies),
               "SELECT (SELECT count(*) FROM film WHERE title LIKE 'A%%'),"
               " (SELECT count(*) FROM film_category JOIN film USING (film_id) WHERE title LIKE 'A%%'),"
               " (SELECT count(*) FROM film_actor JOIN film USING (film_id) WHERE title LIKE 'A%%'),"
               " (SELECT count(*) FROM inventory JOIN film USING (film_id) WHERE title LIKE 'A%%')");
    uint32_t statements = session_stats(s).statements;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, statements);
}
END_TEST

TCase *pagila_reports(void)
{
    TCase *tcase = tcase_create("reports");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, open_session, close_session);
    tcase_add_test(tcase, test_reports__best_customers_of_each_store);
    tcase_add_test(tcase, test_reports__films_never_rented);
    tcase_add_test(tcase, test_reports__revenue_by_month);
    tcase_add_test(tcase, test_reports__what_a_customer_may_like);
    tcase_add_test(tcase, test_reports__search);
    tcase_add_test(tcase, test_reports__chain_of_command);
    tcase_add_test(tcase, test_reports__graph_in_one_trip);
    return tcase;
}
