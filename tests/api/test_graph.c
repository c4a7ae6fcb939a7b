/* Graphs of new objects: two round trips whatever their size, and each generated key at its right object. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
}

/* "p17" and the like, in memory of the session. */
static const char *label(const char *prefix, int n)
{
    return session_text(s, "%s%d", prefix, n);
}

/* --- small ones --- */

START_TEST(test_graph__parent_then_children)
{
    Maker *maker = session_add(s, Maker, .name = "u1");
    Item *a = session_add(s, Item, .code = "a1", .title = "", .maker = maker);
    Item *b = session_add(s, Item, .code = "a2", .title = "", .maker = maker);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("INSERT INTO"), 2); /* the children in one batch */
    ck_assert(maker->id && a->id && b->id && a->id != b->id);
    ck_assert_int_eq(a->maker_id, maker->id);
    ck_assert_int_eq(b->maker_id, maker->id);
    live_check("a1|u1\na2|u1", "SELECT code, name FROM items JOIN makers ON makers.id = maker_id ORDER BY code");
    check_nothing_to_write();
}
END_TEST

/* The child is added first. */
START_TEST(test_graph__child_before_parent)
{
    Item *item = session_add(s, Item, .code = "c", .title = "");
    Part *part = session_add(s, Part, .amount = 1, .item = item);
    Maker *maker = session_add(s, Maker, .name = "late");
    item->maker = maker;
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_int_eq(part->item_id, item->id);
    ck_assert_int_eq(item->maker_id, maker->id);
    live_check("1|c|late", "SELECT amount, code, name FROM parts JOIN items ON items.id = item_id"
                           " JOIN makers ON makers.id = maker_id");
}
END_TEST

START_TEST(test_graph__three_levels_by_pointer)
{
    enum { MAKERS = 20, ITEMS = 5, PARTS = 3 };
    for (int m = 0; m < MAKERS; m++) {
        Maker *maker = session_add(s, Maker, .name = label("m", m));
        for (int i = 0; i < ITEMS; i++) {
            Item *item = session_add(s, Item, .title = label("m", m), .maker = maker);
            ck_assert(SET_TEXT(item->code, label("i", m * ITEMS + i)));
            for (int p = 0; p < PARTS; p++)
                session_add(s, Part, .amount = 1 + m * ITEMS + i, .item = item);
        }
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("100|300", "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM parts)");
    live_check("0", "SELECT count(*) FROM items JOIN makers ON makers.id = maker_id WHERE title <> name");
    live_check("0", "SELECT count(*) FROM parts JOIN items ON items.id = item_id WHERE code <> 'i' || amount - 1");
    check_nothing_to_write();
}
END_TEST

/* A row that refers to itself with a key that the program gives: a single INSERT. */
START_TEST(test_graph__row_that_refers_to_itself)
{
    Node *node = session_add(s, Node, .id = 9, .label = "self");
    node->parent = node;
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("9|9", "SELECT id, parent_id FROM nodes");
    Node *by_value = session_add(s, Node, .id = 10, .parent_id = {10, true}, .label = "value");
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(by_value->parent_id.value, 10);
}
END_TEST

START_TEST(test_graph__row_that_refers_to_itself_with_a_generated_key)
{
    Node *node = session_add(s, Node, .label = "self");
    node->parent = node;
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_le(cost_take().round_trips, 2);
    ck_assert(seen_with("INSERT INTO \"public\".\"nodes\"") == 1 && seen_with("UPDATE ") == 0);
    ck_assert(node->id != 0 && node->parent_id.valid);
    ck_assert_int_eq(node->parent_id.value, node->id);
    live_check("t", "SELECT id = parent_id FROM nodes");
}
END_TEST

/* One statement for a tree, whatever its levels. */
START_TEST(test_graph__tree_is_one_statement)
{
    Node *root = session_add(s, Node, .label = "root");
    for (int i = 0; i < 3; i++) {
        Node *child = session_add(s, Node, .label = label("child", i), .parent = root);
        session_add(s, Node, .label = label("leaf", i), .parent = child);
    }
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("INSERT INTO"), 1);
    live_check("3|3", "SELECT (SELECT count(*) FROM nodes c JOIN nodes p ON p.id = c.parent_id WHERE p.label = 'root'"
                      " AND c.label LIKE 'child%%'), (SELECT count(*) FROM nodes c JOIN nodes p ON p.id = c.parent_id"
                      " WHERE p.label = replace(c.label, 'leaf', 'child') AND c.label LIKE 'leaf%%')");
}
END_TEST

/* Edges from values, without any pointer. */
START_TEST(test_graph__raw_values)
{
    session_add(s, Part, .id = 1, .item_id = 7, .amount = 2);
    session_add(s, Item, .id = 7, .maker_id = 5, .code = "c", .title = "");
    session_add(s, Maker, .id = 5, .name = "m");
    session_add(s, Node, .id = 2, .parent_id = {3, true}, .label = "two");
    session_add(s, Node, .id = 3, .parent_id = {4, true}, .label = "three");
    session_add(s, Node, .id = 4, .label = "four");
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1|7|5", "SELECT parts.id, items.id, makers.id FROM parts JOIN items ON items.id = item_id"
                        " JOIN makers ON makers.id = maker_id");
    live_check("2|3\n3|4\n4|", "SELECT id, parent_id FROM nodes ORDER BY id");
}
END_TEST

/* Rows are inserted in the order in which they were added. */
START_TEST(test_graph__order_of_adding_is_kept)
{
    const char *const names[] = {"u1", "u2", "u4", "u5", "u3"};
    Maker *makers[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++)
        makers[i] = session_add(s, Maker, .name = names[i]);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("INSERT INTO \"public\".\"makers\""), 1);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_int_eq(makers[i]->id, (int64_t)i + 1);
    live_check("u1\nu2\nu4\nu5\nu3", "SELECT name FROM makers ORDER BY ctid");
    /* children in the order of adding, whether the parent was added first or last */
    Item *first = session_add(s, Item, .code = "z", .title = ""),
         *second = session_add(s, Item, .code = "a", .title = "");
    Maker *parent = session_add(s, Maker, .name = "parent");
    first->maker = second->maker = parent;
    session_add(s, Item, .code = "m", .title = "", .maker = parent);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("INSERT INTO \"public\".\"items\""), 1);
    live_check("z\na\nm", "SELECT code FROM items ORDER BY id");
    live_check("z\na\nm", "SELECT code FROM items ORDER BY ctid");
}
END_TEST

/* --- large ones --- */

/* A self-referencing tree, added leaves first: the parent of n is n / 3. */
START_TEST(test_graph__tree_of_3000_in_reverse)
{
    enum { NODES = 3000 };
    static Node *nodes[NODES];
    for (int n = NODES - 1; n >= 0; n--)
        nodes[n] = session_add(s, Node, .label = label("", n));
    for (int n = 1; n < NODES; n++)
        nodes[n]->parent = nodes[n / 3];
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("3000|1", "SELECT count(*), count(*) FILTER (WHERE parent_id IS NULL) FROM nodes");
    live_check("0", "SELECT count(*) FROM nodes c LEFT JOIN nodes p ON p.id = c.parent_id"
                    " WHERE c.label <> '0' AND p.label IS DISTINCT FROM (c.label::int / 3)::text");
    for (int n = 0; n < NODES; n++) {
        ck_assert_int_gt(nodes[n]->id, 0);
        ck_assert_int_eq(nodes[n]->parent_id.value, n ? nodes[n / 3]->id : 0);
    }
    /* each key at its object */
    live_check(session_text(s, "%" PRId64 "|%" PRId64 "|%" PRId64, nodes[0]->id, nodes[1234]->id, nodes[2999]->id),
               "SELECT max(id) FILTER (WHERE label = '0'), max(id) FILTER (WHERE label = '1234'),"
               " max(id) FILTER (WHERE label = '2999') FROM nodes");
    Node **again = malloc(NODES * sizeof(Node *));
    for (int n = 0; n < NODES; n++)
        again[n] = session_find(s, Node, nodes[n]->id);
    for (int n = 0; n < NODES; n++)
        ck_assert_ptr_eq(again[n], nodes[n]);
    free(again);
    check_nothing_to_write();
}
END_TEST

/* A list: each node's parent is the one after it. Planning must not recurse on its depth. */
START_TEST(test_graph__list_of_20000)
{
    enum { NODES = 20000 };
    Node *last = NULL;
    for (int n = 0; n < NODES; n++) {
        Node *node = session_add(s, Node, .label = label("", n));
        if (last)
            last->parent = node;
        last = node;
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("19999", "SELECT count(*) FROM nodes c JOIN nodes p ON p.id = c.parent_id"
                        " WHERE p.label::int = c.label::int + 1");
}
END_TEST

START_TEST(test_graph__parents_2500_with_5000_children)
{
    enum { PARENTS = 2500, CHILDREN = 2 };
    static Maker *makers[PARENTS];
    static Item *items[PARENTS * CHILDREN];
    for (int c = 0; c < PARENTS * CHILDREN; c++) { /* children first, spread over the parents */
        items[c] = session_add(s, Item, .title = label("m", c % PARENTS));
        ck_assert(SET_TEXT(items[c]->code, label("i", c)));
    }
    for (int m = 0; m < PARENTS; m++)
        makers[m] = session_add(s, Maker, .name = label("m", m), .grade = {m % 10, m % 3 != 0});
    for (int c = 0; c < PARENTS * CHILDREN; c++)
        items[c]->maker = makers[c % PARENTS];
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2500|5000", "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM items)");
    live_check("0", "SELECT count(*) FROM items JOIN makers ON makers.id = maker_id WHERE title <> name");
    live_check("0", "SELECT count(*) FROM makers WHERE grade IS DISTINCT FROM"
                    " CASE WHEN substr(name, 2)::int %% 3 <> 0 THEN substr(name, 2)::int %% 10 END");
    for (int c = 0; c < PARENTS * CHILDREN; c++) {
        ck_assert_int_eq(items[c]->maker_id, makers[c % PARENTS]->id);
        ck_assert_int_eq(items[c]->version, 1);
        ck_assert_str_eq(items[c]->note, "none yet");
    }
    /* the keys in the objects are those in the table */
    Session *other = session_open(db);
    for (int m = 0; m < PARENTS; m += 97)
        ck_assert_str_eq(session_find(other, Maker, makers[m]->id)->name, makers[m]->name);
    for (int c = 0; c < PARENTS * CHILDREN; c += 97)
        ck_assert_str_eq(session_find(other, Item, items[c]->id)->code, items[c]->code);
    session_close(other);
    check_nothing_to_write();
    SessionStats stats = session_stats(s);
    ck_assert_uint_eq(stats.inserted, 7500);
    ck_assert_uint_eq(stats.objects, 7500);
}
END_TEST

/* Given and generated keys, and parents that are there already, in one batch of children. */
START_TEST(test_graph__mixed_parents)
{
    live_sql("INSERT INTO makers (id, name) VALUES (1000, 'stored')");
    Maker *stored = session_find(s, Maker, 1000), *given = session_add(s, Maker, .id = 2000, .name = "given");
    Maker *drawn[700];
    for (int i = 0; i < 700; i++)
        drawn[i] = session_add(s, Maker, .name = label("drawn", i));
    for (int i = 0; i < 2100; i++) {
        Maker *maker = i % 3 == 0 ? stored : i % 3 == 1 ? given : drawn[i / 3];
        Item *item = session_add(s, Item, .title = maker->name, .maker = maker);
        ck_assert(SET_TEXT(item->code, label("i", i)));
        if (i % 3 == 0 && i % 2) { /* some by value alone */
            item->maker = NULL;
            item->maker_id = 1000;
        }
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2100|0", "SELECT count(*), count(*) FILTER (WHERE title <> name) FROM items"
                         " JOIN makers ON makers.id = maker_id");
}
END_TEST

/* Loaded rows get new parents: an UPDATE that waits for keys of the same pipeline. */
START_TEST(test_graph__loaded_rows_get_new_parents)
{
    live_sql("INSERT INTO nodes (id, label) SELECT -n, 'old' || n FROM generate_series(1, 1500) n");
    size_t count;
    Node **old = query_all(session_query(s, Node), Node, &count);
    ck_assert_uint_eq(count, 1500);
    for (size_t i = 0; i < count; i++)
        old[i]->parent = session_add(s, Node, .label = session_text(s, "new%" PRId64, -old[i]->id));
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1500", "SELECT count(*) FROM nodes c JOIN nodes p ON p.id = c.parent_id"
                       " WHERE c.label = replace(p.label, 'new', 'old')");
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(old[i]->parent_id.value, old[i]->parent->id);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_graph__parent_then_children);
    tcase_add_test(tests, test_graph__child_before_parent);
    tcase_add_test(tests, test_graph__three_levels_by_pointer);
    tcase_add_test(tests, test_graph__row_that_refers_to_itself);
    tcase_add_test(tests, test_graph__row_that_refers_to_itself_with_a_generated_key);
    tcase_add_test(tests, test_graph__tree_is_one_statement);
    tcase_add_test(tests, test_graph__raw_values);
    tcase_add_test(tests, test_graph__order_of_adding_is_kept);
    tcase_add_test(tests, test_graph__tree_of_3000_in_reverse);
    tcase_add_test(tests, test_graph__list_of_20000);
    tcase_add_test(tests, test_graph__parents_2500_with_5000_children);
    tcase_add_test(tests, test_graph__mixed_parents);
    tcase_add_test(tests, test_graph__loaded_rows_get_new_parents);
}

int main(void)
{
    return scene_main("graph", setup, scene_close, add_tests);
}
