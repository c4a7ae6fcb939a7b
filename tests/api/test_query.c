/* Queries: conditions, order, limit; first, all and each; and their errors. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql(
        "INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3), ('Dora', 1), ('eve_%%', 0);"
        "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
        " (1, 'a', 'Alpha', NULL, 10.50, 1), (1, 'b', 'beta', 'x', 2, 1), (3, 'c', 'Gamma', '', NULL, 1);"
        "INSERT INTO days VALUES ('2026-11-20', 'today'), ('2026-11-21', 'tomorrow'), ('infinity', 'never');"
        "INSERT INTO seats VALUES ('a', 1, NULL), ('a', 2, 'x'), ('b', 1, 'y')");
}

/* The names of the makers that the query finds, joined. */
static const char *names(Query *q)
{
    size_t count;
    query_order_by(q, Maker, id, ORDER_ASC);
    Maker **makers = query_all(q, Maker, &count);
    check_no_error();
    ck_assert_ptr_nonnull(makers);
    ck_assert_ptr_null(makers[count]);
    const char *text = "";
    for (size_t i = 0; i < count; i++)
        text = session_text(s, "%s%s%s", text, i ? "," : "", makers[i]->name);
    return text;
}

#define check_names(expected, field, op, value) \
    do { \
        Query *q_ = session_query(s, Maker); \
        query_where(q_, Maker, field, op, value); \
        ck_assert_str_eq(names(q_), expected); \
    } while (0)

/* --- conditions --- */

START_TEST(test_query__operators)
{
    check_names("Ann", id, "=", 1);
    check_names("bob,Cid,Dora,eve_%", id, "<>", 1);
    check_names("Ann,bob", id, "<", 3);
    check_names("Ann,bob,Cid", id, "<=", 3);
    check_names("Dora,eve_%", id, ">", 3);
    check_names("Cid,Dora,eve_%", id, ">=", 3);
    check_names("Ann", name, "=", "Ann");
    check_names("Ann,Cid,Dora,eve_%", name, "<>", "bob");
    check_names("Dora", name, "LIKE", "D%");
    check_names("Ann", name, "LIKE", "_nn");
    check_names("bob", name, "ILIKE", "B%");
    check_names("eve_%", name, "LIKE", "%\\%%");
    check_names("", name, "=", "' OR true --");
    check_names("Ann,Dora", grade, "=", 1);
    check_names("eve_%", grade, "=", 0);
    check_names("Cid", grade, ">", 1);
}
END_TEST

START_TEST(test_query__null)
{
    check_names("bob", grade, "=", NULL);
    check_names("Ann,Cid,Dora,eve_%", grade, "<>", NULL);
    check_names("bob", grade, "=", ((NullInt32){5, false}));
    check_names("Ann,Dora", grade, "=", ((NullInt32){1, true}));
    check_names("", name, "=", (const char *)NULL);
    check_names("Ann,bob,Cid,Dora,eve_%", id, "<>", NULL);
}
END_TEST

START_TEST(test_query__several_conditions_are_and)
{
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, "=", 1);
    query_where(q, Maker, id, ">", 1);
    query_where(q, Maker, name, "<>", NULL);
    ck_assert_str_eq(names(q), "Dora");
    ck_assert_uint_eq(seen_with(" AND "), 1);
}
END_TEST

START_TEST(test_query__values_of_other_c_types)
{
    check_names("Cid", id, "=", (int16_t)3);
    check_names("Cid", id, "=", 3ULL);
    check_names("Cid", id, "=", (char)3);
    size_t count;
    Query *q = session_query(s, Item);
    query_where(q, Item, price, "=", ((PgNumeric){"10.5"}));
    ck_assert_ptr_nonnull(query_first(q, Item));
    q = session_query(s, Item);
    query_where(q, Item, price, ">=", 2);
    ck_assert_ptr_nonnull(query_all(q, Item, &count));
    ck_assert_uint_eq(count, 2);
    q = session_query(s, Day);
    query_where(q, Day, day, ">", ((PgDate){9820}));
    ck_assert_ptr_nonnull(query_all(q, Day, &count));
    ck_assert_uint_eq(count, 2);
    q = session_query(s, Day);
    query_where(q, Day, day, "=", "2026-11-21"); /* the text of a date */
    ck_assert_str_eq(query_first(q, Day)->name, "tomorrow");
    q = session_query(s, Item);
    query_where(q, Item, code, "=", "b"); /* char[N] */
    ck_assert_str_eq(query_first(q, Item)->title, "beta");
    check_no_error();
}
END_TEST

/* The value is copied: the program's may change before the query runs. */
START_TEST(test_query__value_is_copied)
{
    char name[] = "Ann";
    Query *q = session_query(s, Maker);
    query_where(q, Maker, name, "=", name);
    memcpy(name, "xxx", 3);
    ck_assert_str_eq(names(q), "Ann");
}
END_TEST

START_TEST(test_query__runs_again)
{
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, "=", 1);
    ck_assert_str_eq(names(q), "Ann,Dora");
    live_sql("INSERT INTO makers (name, grade) VALUES ('Fay', 1)");
    ck_assert_str_eq(names(q), "Ann,Dora,Fay");
    query_where(q, Maker, name, ">", "C");
    ck_assert_str_eq(names(q), "Dora,Fay");
}
END_TEST

/* --- order and limit --- */

START_TEST(test_query__order_and_limit)
{
    size_t count;
    Query *q = session_query(s, Maker);
    query_order_by(q, Maker, grade, ORDER_DESC);
    query_order_by(q, Maker, id, ORDER_DESC);
    query_limit(q, 3);
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(makers[0]->name, "bob"); /* NULL is last, first when descending */
    ck_assert_str_eq(makers[1]->name, "Cid");
    ck_assert_str_eq(makers[2]->name, "Dora");
    query_limit(q, 0);
    makers = query_all(q, Maker, &count);
    ck_assert_ptr_nonnull(makers);
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(makers[0]);
    ck_assert_ptr_null(query_first(q, Maker));
    check_no_error();
    query_limit(q, INT64_MAX);
    query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 5);
    query_limit(q, UINT64_MAX);
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_INVALID);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(test_query__first)
{
    Query *q = session_query(s, Maker);
    query_order_by(q, Maker, id, ORDER_DESC);
    ck_assert_str_eq(query_first(q, Maker)->name, "eve_%");
    check_cost(1, 1);
    ck_assert_uint_eq(seen.statements[0].rows, 1);
    size_t count; /* first leaves the query as it is */
    query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 5);
    query_where(q, Maker, id, ">", 100);
    ck_assert_ptr_null(query_first(q, Maker));
    check_no_error();
}
END_TEST

/* --- objects --- */

START_TEST(test_query__gives_managed_objects)
{
    Maker *ann = session_find(s, Maker, 1);
    size_t count, again;
    Query *q = session_query(s, Maker);
    query_order_by(q, Maker, id, ORDER_ASC);
    cost_start();
    Maker **makers = query_all(q, Maker, &count);
    check_cost(1, 1);
    ck_assert_uint_eq(count, 5);
    ck_assert_ptr_eq(makers[0], ann);
    ck_assert_ptr_eq(session_find(s, Maker, 3), makers[2]);
    check_cost(0, 0);
    Maker **others = query_all(q, Maker, &again); /* asks again, and gives the same */
    check_cost(1, 1);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_eq(others[i], makers[i]);
    makers[1]->name = "Bob";
    check_ok(session_commit(s));
    live_check("Bob", "SELECT name FROM makers WHERE id = 2");
}
END_TEST

/* A query never writes: no autoflush. What was added is not in the table, what is changed is compared as stored. */
START_TEST(test_query__does_not_write)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "changed";
    session_add(s, Maker, .name = "new");
    session_delete(s, session_find(s, Maker, 3));
    seen_clear();
    check_names("changed", name, "=", "Ann"); /* the row is Ann still; the object keeps its change */
    check_names("", name, "=", "changed");
    check_names("", name, "=", "new");
    ck_assert_uint_eq(seen_with("UPDATE") + seen_with("INSERT"), 0);
    live_check("5", "SELECT count(*) FROM makers");
}
END_TEST

START_TEST(test_query__evicted_objects_are_loaded_afresh)
{
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "=", 1);
    Maker *ann = query_first(q, Maker);
    ann->name = "changed";
    session_evict(s, ann);
    Maker *fresh = query_first(q, Maker);
    ck_assert_ptr_ne(fresh, ann);
    ck_assert_str_eq(fresh->name, "Ann");
}
END_TEST

/* --- each --- */

struct counted {
    size_t rows, stop_at;
    int64_t sum;
    const Maker *last;
};

static bool count_maker(void *arg, const void *object)
{
    struct counted *counted = arg;
    const Maker *maker = object;
    counted->sum += maker->id;
    counted->last = maker;
    ck_assert(strlen(maker->name) > 0);
    return ++counted->rows != counted->stop_at;
}

START_TEST(test_query__each)
{
    struct counted counted = {0};
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(6, 30000) n");
    Query *q = session_query(s, Maker);
    check_ok(query_each(q, Maker, count_maker, &counted));
    check_cost(1, 1);
    ck_assert_uint_eq(counted.rows, 30000);
    ck_assert_int_eq(counted.sum, INT64_C(30000) * 30001 / 2);
    ck_assert_uint_eq(session_stats(s).objects, 0); /* not tracked */
    ck_assert(!session_contains(s, counted.last));
    ck_assert_uint_lt(session_stats(s).bytes, 200000);     /* constant memory */
    check_ok(query_each(q, Maker, count_maker, &counted)); /* and once more */
    ck_assert_uint_eq(counted.rows, 60000);
}
END_TEST

START_TEST(test_query__each_ends_early)
{
    struct counted counted = {.stop_at = 3};
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(6, 5000) n");
    check_ok(query_each(session_query(s, Maker), Maker, count_maker, &counted));
    ck_assert_uint_eq(counted.rows, 3);
    ck_assert_ptr_nonnull(session_find(s, Maker, 4711)); /* the connection is good */
    check_no_error();
}
END_TEST

START_TEST(test_query__each_of_no_rows)
{
    struct counted counted = {0};
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "<", 0);
    check_ok(query_each(q, Maker, count_maker, &counted));
    ck_assert_uint_eq(counted.rows, 0);
    check_fails(query_each(q, Maker, NULL, NULL), STATUS_INVALID);
}
END_TEST

/* Unsaved changes are the tracked objects' own: the stream gives the rows. */
START_TEST(test_query__each_gives_the_rows)
{
    struct counted counted = {0};
    Maker *ann = session_find(s, Maker, 1);
    ann->id = 1;
    ann->name = "";
    check_ok(query_each(session_query(s, Maker), Maker, count_maker, &counted)); /* which finds no empty name */
    ck_assert_uint_eq(counted.rows, 5);
    ck_assert_str_eq(ann->name, "");
}
END_TEST

static unsigned nested;

/* Calls that would reach the server while rows are streamed. */
static bool call_from_within(void *arg, const void *object)
{
    size_t count = 9;
    (void)arg;
    if (nested == 0)
        check_no_error();
    ck_assert_ptr_null(session_find(s, Maker, 2));
    check_error(s, STATUS_BUSY); /* which is not "there is no such row" */
    ck_assert_int_eq(session_commit(s), STATUS_BUSY);
    ck_assert_int_eq(session_flush(s), STATUS_BUSY);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_BUSY);
    ck_assert_int_eq(session_rollback(s), STATUS_BUSY);
    ck_assert_ptr_null(query_all(session_query(s, Maker), Maker, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(query_each(session_query(s, Maker), Maker, call_from_within, NULL), STATUS_BUSY);
    session_clear(s);
    nested++;
    ck_assert_int_gt(((const Maker *)object)->id, 0);
    /* another session of the database is free */
    Session *other = session_open(db);
    ck_assert_ptr_nonnull(session_find(other, Maker, 2));
    session_close(other);
    return true;
}

START_TEST(test_query__each_with_nested_calls)
{
    Maker *ann = session_find(s, Maker, 1);
    if (_i)
        check_ok(session_begin(s, NULL));
    check_ok(query_each(session_query(s, Maker), Maker, call_from_within, NULL));
    ck_assert_uint_eq(nested, 5);
    check_no_error();
    ck_assert(session_contains(s, ann));
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
}
END_TEST

/* --- errors --- */

START_TEST(test_query__errors_come_out_when_it_runs)
{
    size_t count = 3;
    static const char *const bad[] = {"==", "like", "IN", "", "= 1 OR 1", "IS", "@>", "<=>", NULL};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Query *q = session_query(s, Maker);
        query_where(q, Maker, name, bad[i], "x");
        check_no_error(); /* not yet */
        query_order_by(q, Maker, id, ORDER_ASC);
        query_limit(q, 1);
        count = 3;
        ck_assert_ptr_null(query_all(q, Maker, &count));
        ck_assert_uint_eq(count, 0);
        check_error(s, STATUS_INVALID);
        check_culprit(NULL, "Maker", "name");
        session_clear_error(s);
        ck_assert_ptr_null(query_first(q, Maker)); /* it stays with the query */
        check_error(s, STATUS_INVALID);
        session_clear_error(s);
        ck_assert_int_eq(query_each(q, Maker, count_maker, NULL), STATUS_INVALID);
        session_clear_error(s);
        ck_assert_ptr_null(query_sql(q));
        session_clear_error(s);
    }
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query__values_that_do_not_fit)
{
    size_t count;
    struct {
        const char *field, *op;
        size_t offset;
        Value value;
    } wrong[] = {
        {"id", "=", offsetof(Maker, id), VALUE("one")},
        {"name", "=", offsetof(Maker, name), VALUE(7)},
        {"id", "=", offsetof(Maker, id), VALUE(1.5)},
        {"grade", "=", offsetof(Maker, grade), VALUE(INT64_MAX)},
        {"grade", "<", offsetof(Maker, grade), VALUE(NULL)},
        {"name", "LIKE", offsetof(Maker, name), VALUE(NULL)},
        {"id", "LIKE", offsetof(Maker, id), VALUE("1%")},
        {"name", "=", offsetof(Maker, name), VALUE("\xff")},
        {"made_at", "=", offsetof(Maker, made_at), VALUE("soon")},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Query *q = session_query(s, Maker);
        howdah_query_where_field(q, &Maker_model, wrong[i].offset, wrong[i].op, wrong[i].value);
        ck_assert_msg(!query_all(q, Maker, &count), "%zu", i);
        ck_assert_msg(session_error(s) != NULL, "%zu", i);
        check_error(s, STATUS_INVALID);
        check_culprit(NULL, "Maker", wrong[i].field);
        session_clear_error(s);
    }
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query__of_another_model)
{
    size_t count;
    Query *q = session_query(s, Maker);
    query_where(q, Item, id, "=", 1);
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Maker);
    ck_assert_ptr_null(query_all(q, Item, &count));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    howdah_query_where_field(q, &Maker_model, offsetof(Maker, items), "=", VALUE(1)); /* a relation is no column */
    ck_assert_ptr_null(query_all(q, Maker, &count));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_query_all_objects(session_query(s, Maker), NULL, &count));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    howdah_query_order_by_field(q = session_query(s, Maker), &Maker_model, 4711, ORDER_ASC);
    ck_assert_ptr_null(query_first(q, Maker));
    check_error(s, STATUS_INVALID);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query__sql_without_running)
{
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, ">", 18 - 10);
    query_where(q, Maker, name, "LIKE", "s3cret%");
    query_order_by(q, Maker, name, ORDER_ASC);
    query_limit(q, 10);
    const char *sql = query_sql(q);
    ck_assert_ptr_nonnull(sql);
    ck_assert_ptr_nonnull(strstr(sql, "\"grade\" > $1"));
    ck_assert_ptr_nonnull(strstr(sql, "\"name\" LIKE $2"));
    ck_assert_ptr_nonnull(strstr(sql, "LIMIT $3"));
    ck_assert_ptr_null(strstr(sql, "s3cret"));
    ck_assert_uint_eq(seen.count, 0);
    check_cost(0, 0);
    size_t count;
    query_all(q, Maker, &count);
    check_no_error();
    ck_assert_str_eq(seen.statements[0].sql, sql); /* what runs is what was shown */
}
END_TEST

START_TEST(test_query__order_that_is_none)
{
    size_t count;
    Query *q = session_query(s, Maker);
    query_order_by(q, Maker, id, (enum howdah_order)77);
    Maker **makers = query_all(q, Maker, &count);
    ck_assert(makers || session_error(s)->status == STATUS_INVALID);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query__operators);
    tcase_add_test(tests, test_query__null);
    tcase_add_test(tests, test_query__several_conditions_are_and);
    tcase_add_test(tests, test_query__values_of_other_c_types);
    tcase_add_test(tests, test_query__value_is_copied);
    tcase_add_test(tests, test_query__runs_again);
    tcase_add_test(tests, test_query__order_and_limit);
    tcase_add_test(tests, test_query__first);
    tcase_add_test(tests, test_query__gives_managed_objects);
    tcase_add_test(tests, test_query__does_not_write);
    tcase_add_test(tests, test_query__evicted_objects_are_loaded_afresh);
    tcase_add_test(tests, test_query__each);
    tcase_add_test(tests, test_query__each_ends_early);
    tcase_add_test(tests, test_query__each_of_no_rows);
    tcase_add_test(tests, test_query__each_gives_the_rows);
    tcase_add_loop_test(tests, test_query__each_with_nested_calls, 0, 2);
    tcase_add_test(tests, test_query__errors_come_out_when_it_runs);
    tcase_add_test(tests, test_query__values_that_do_not_fit);
    tcase_add_test(tests, test_query__of_another_model);
    tcase_add_test(tests, test_query__sql_without_running);
    tcase_add_test(tests, test_query__order_that_is_none);
}

int main(void)
{
    return scene_main("query", setup, scene_close, add_tests);
}
