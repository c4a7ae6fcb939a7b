/* The order in which a commit writes: what must go first goes first, whatever the order of the calls. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (id, name) VALUES (1, 'u1'), (2, 'u2');"
             "INSERT INTO items (id, maker_id, code, title, version) VALUES (1, 1, 'a1', '', 1), (2, 1, 'a2', '', 1);"
             "INSERT INTO parts (id, item_id, amount) VALUES (1, 1, 1), (2, 2, 1)");
    /* what the tests add gets keys beyond these */
    live_sql("ALTER TABLE makers ALTER id RESTART 100; ALTER TABLE items ALTER id RESTART 100;"
             "ALTER TABLE parts ALTER id RESTART 100");
}

/* All calls in every order. */
START_TEST(test_order__delete_all)
{
    static const int orders[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    void *objects[] = {session_find(s, Maker, 1), session_find(s, Item, 1), session_find(s, Item, 2),
                       session_find(s, Part, 1), session_find(s, Part, 2)};
    seen_clear();
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        check_ok(session_delete(s, objects[orders[_i][i]]));
    cost_start();
    check_ok(session_commit(s));
    check_cost(3, 2);
    live_check("0|0|1",
               "SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM items), (SELECT count(*) FROM makers)");
    ck_assert_uint_eq(seen_with("UPDATE"), 0);
}
END_TEST

/* One statement for a tree. */
START_TEST(test_order__delete_tree)
{
    live_sql("INSERT INTO nodes (id, parent_id, label) SELECT n, nullif(n / 2, 0), 'n' FROM generate_series(1, 50) n");
    size_t count;
    Node **nodes = query_all(session_query(s, Node), Node, &count);
    for (size_t i = 0; i < count; i++)
        check_ok(session_delete(s, nodes[i]));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 2);
    live_check("0", "SELECT count(*) FROM nodes");
}
END_TEST

/* The statements that ran, each by its first word, without BEGIN, COMMIT and keys. */
static const char *writes(void)
{
    static const char *const words[] = {"INSERT INTO", "UPDATE", "DELETE"};
    const char *all = "";
    for (size_t i = 0; i < seen.count; i++)
        for (size_t n = 0; n < COUNT_OF(words); n++)
            if (strncmp(seen.statements[i].sql, words[n], strlen(words[n])) == 0)
                all = session_text(s, "%s%s%s", all, *all ? " " : "", words[n]);
    return all;
}

/* The child moves to a new parent, and its old parent goes. */
START_TEST(test_order__reparent)
{
    Maker *old = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "u3");
    session_find(s, Item, 1)->maker = new;
    session_find(s, Item, 2)->maker = new;
    session_delete(s, old);
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_str_eq(writes(), "INSERT INTO UPDATE DELETE");
    live_check("u3\nu3", "SELECT name FROM items JOIN makers ON makers.id = maker_id");
    live_check("u2\nu3", "SELECT name FROM makers ORDER BY name");
}
END_TEST

/* The same by value, with a key that the program gives. */
START_TEST(test_order__reparent_by_value)
{
    Maker *old = session_find(s, Maker, 1);
    session_add(s, Maker, .id = 50, .name = "u3");
    session_find(s, Item, 1)->maker_id = 50;
    session_find(s, Item, 2)->maker_id = 50;
    session_delete(s, old);
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_cost(3, 2);
    ck_assert_str_eq(writes(), "INSERT INTO UPDATE DELETE");
    live_check("50|2", "SELECT maker_id, count(*) FROM items GROUP BY 1");
}
END_TEST

/* A deleted row releases a unique value, and an updated or a new one takes it. */
START_TEST(test_order__deleted_row_releases_a_unique_value)
{
    Maker *other = session_find(s, Maker, 2);
    live_sql("INSERT INTO makers (id, name) VALUES (3, 'X')");
    session_delete(s, session_find(s, Maker, 3));
    if (_i == 0)
        other->name = "X";
    else
        session_add(s, Maker, .name = "X");
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_cost(2, 2);
    ck_assert_str_eq(writes(), _i == 0 ? "DELETE UPDATE" : "DELETE INSERT INTO");
    live_check(_i == 0 ? "2" : "100", "SELECT id FROM makers WHERE name = 'X'");
}
END_TEST

/* Without a common value nothing is split. */
START_TEST(test_order__batches_stay_whole)
{
    live_sql("INSERT INTO makers (id, name) SELECT n, 'old' || n FROM generate_series(10, 40) n");
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, ">=", 10);
    size_t count;
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, 31);
    for (size_t i = 0; i < count; i++) {
        if (i % 2)
            session_delete(s, makers[i]);
        else
            makers[i]->name = session_text(s, "renamed%zu", i);
        session_add(s, Maker, .name = session_text(s, "new%zu", i));
    }
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("INSERT INTO") + seen_with("UPDATE ") + seen_with("DELETE"), 3);
    live_check("49", "SELECT count(*) FROM makers");
}
END_TEST

/* A chain through four tables and states at once: new grandparent, moved child, deleted grandchild. */
START_TEST(test_order__all_operations_on_all_levels)
{
    Maker *two = session_find(s, Maker, 2), *one = session_find(s, Maker, 1);
    Item *moved = session_find(s, Item, 1), *gone = session_find(s, Item, 2);
    session_find_many(s, Part, ((const Value[]){VALUE(1), VALUE(2)}), 2);
    Part *part = session_find(s, Part, 2);
    Item *item = session_add(s, Item, .code = "new", .title = "");
    item->maker = session_add(s, Maker, .name = "new maker");
    moved->maker = two;
    part->item = item;
    session_add(s, Part, .amount = 9, .item = moved);
    session_delete(s, gone);
    session_delete(s, one);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1|a1|u2\n1|new|new maker\n9|a1|u2",
               "SELECT amount, code, name FROM parts JOIN items ON items.id = item_id"
               " JOIN makers ON makers.id = maker_id ORDER BY 1, 2");
    live_check("2", "SELECT count(*) FROM items");
    check_nothing_to_write();
}
END_TEST

/* Rows of one statement are sorted by key, so that two writers lock them in one order. */
START_TEST(test_order__updates_are_sorted_by_key)
{
    live_sql("CREATE TABLE locked (n serial, id bigint);"
             "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
             " 'BEGIN INSERT INTO locked (id) VALUES (OLD.id); RETURN NEW; END';"
             "INSERT INTO makers (id, name) SELECT n, 'm' || n FROM generate_series(10, 60) n;"
             "CREATE TRIGGER t BEFORE UPDATE ON makers FOR EACH ROW EXECUTE FUNCTION note()");
    for (int64_t id = 60; id >= 10; id--)
        session_find(s, Maker, (id - 10) * 7 % 51 + 10)->grade = (NullInt32){1, true};
    check_ok(session_commit(s));
    live_check("51", "SELECT count(*) FROM locked");
    live_check("t", "SELECT array_agg(id ORDER BY n) = array_agg(id ORDER BY id) FROM locked");
}
END_TEST

/* The same kind of statement, whatever the number of rows: its text does not depend on them. */
START_TEST(test_order__one_text_for_any_number_of_rows)
{
    char *first = NULL;
    static const int counts[] = {2, 3, 57, 2000};
    for (size_t c = 0; c < COUNT_OF(counts); c++) {
        scene_renew();
        seen_clear();
        for (int i = 0; i < counts[c]; i++)
            session_add(s, Maker, .name = session_text(s, "%zu-%d", c, i));
        check_ok(session_commit(s));
        for (size_t i = 0; i < seen.count; i++) {
            if (!strstr(seen.statements[i].sql, "INSERT INTO"))
                continue;
            if (!first)
                first = strdup(seen.statements[i].sql);
            ck_assert_str_eq(seen.statements[i].sql, first);
        }
        ck_assert_uint_eq(seen_with("INSERT INTO"), (size_t)(counts[c] + 999) / 1000);
    }
    free(first);
}
END_TEST

/* Two new rows that refer to each other: one statement. */
START_TEST(test_order__mutual_references)
{
    Node *a = session_add(s, Node, .id = 500, .label = "a"), *b = session_add(s, Node, .id = 501, .label = "b");
    a->parent = b;
    b->parent = a;
    check_ok(session_commit(s));
    check_cost(1, 2);
    live_check("500|501\n501|500", "SELECT id, parent_id FROM nodes ORDER BY id");
}
END_TEST

/* What is looked at, and not written, puts nothing in another order: the maker has the same text elsewhere. */
START_TEST(test_order__looked_at)
{
    Maker *maker = session_find(s, Maker, 1);
    maker->name = session_text(s, "%s", maker->name);
    session_add(s, Maker, .name = "u3");
    session_add(s, Node, .label = "n");
    const Plan *plan = session_plan(s);
    ck_assert_ptr_nonnull(plan);
    const char *makers = NULL;
    for (size_t i = 0; i < plan_step_count(plan); i++) {
        const char *sql = plan_step(plan, i).sql;
        if (strstr(sql, "INSERT INTO \"public\".\"makers\""))
            makers = sql;
        if (strstr(sql, "INSERT INTO \"public\".\"nodes\""))
            ck_assert_ptr_nonnull(makers);
    }
    ck_assert_ptr_nonnull(makers);
    check_ok(session_commit(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_order__looked_at);
    tcase_add_loop_test(tests, test_order__delete_all, 0, 3);
    tcase_add_test(tests, test_order__delete_tree);
    tcase_add_test(tests, test_order__reparent);
    tcase_add_test(tests, test_order__reparent_by_value);
    tcase_add_loop_test(tests, test_order__deleted_row_releases_a_unique_value, 0, 2);
    tcase_add_test(tests, test_order__batches_stay_whole);
    tcase_add_test(tests, test_order__all_operations_on_all_levels);
    tcase_add_test(tests, test_order__updates_are_sorted_by_key);
    tcase_add_test(tests, test_order__one_text_for_any_number_of_rows);
    tcase_add_test(tests, test_order__mutual_references);
}

int main(void)
{
    return scene_main("order", setup, scene_close, add_tests);
}
