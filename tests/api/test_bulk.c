/* UPDATE and DELETE with conditions, and objects of the session that are kept in step. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3), ('Dora', 1);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES"
             " (1, 'a', 'Alpha', NULL, 10.50, 1), (1, 'b', 'beta', 'x', 2, 1), (3, 'c', 'Gamma', '', NULL, 5);"
             "INSERT INTO seats VALUES ('a', 1, NULL), ('a', 2, 'x'), ('b', 1, 'y')");
}

START_TEST(test_bulk__update)
{
    uint64_t affected = 9;
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, "=", 1);
    query_set(q, Maker, grade, 5);
    query_set_sql(q, Maker, name, "upper(name) || %s", "!");
    check_ok(query_update(q, &affected));
    check_cost(1, 1);
    ck_assert_uint_eq(affected, 2);
    live_check("ANN!|5\nbob|\nCid|3\nDORA!|5", "SELECT name, grade FROM makers ORDER BY id");
    ck_assert_str_eq(seen.statements[0].sql,
                     "UPDATE \"public\".\"makers\" AS t0 SET \"grade\" = $1, \"name\" = (upper(name) || $2) "
                     "WHERE t0.\"grade\" = $3");
    check_ok(query_update(q, NULL)); /* none is left */
    query_where(q, Maker, name, "=", "nobody");
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 0);
}
END_TEST

START_TEST(test_bulk__objects_are_kept_in_step)
{
    Item *a = session_find(s, Item, 1), *b = session_find(s, Item, 2), *c = session_find(s, Item, 3);
    b->title = "mine";
    b->note = "mine too";
    Query *q = session_query(s, Item);
    query_where(q, Item, maker_id, "=", 1);
    query_set(q, Item, title, "theirs");
    query_set(q, Item, note, NULL);
    cost_start();
    check_ok(query_update(q, NULL));
    check_cost(1, 1);
    ck_assert_str_eq(a->title, "theirs");
    ck_assert_ptr_null(a->note);
    ck_assert_int_eq(a->version, 2);
    ck_assert(!session_is_dirty(s, a));
    ck_assert_str_eq(b->title, "mine");
    ck_assert_int_eq(b->version, 2);
    ck_assert_str_eq(c->title, "Gamma");
    size_t count;
    const Change *changes = session_changes(s, b, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(changes[0].old_value.as.text, "theirs");
    check_ok(session_commit(s)); /* by the new version */
    live_check("theirs||2\nmine|mine too|3\nGamma||5", "SELECT title, note, version FROM items ORDER BY id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_bulk__foreign_keys_and_pointers)
{
    Item *a = session_find(s, Item, 1);
    Maker *ann = session_find(s, Maker, 1);
    a->maker = ann;
    check_ok(session_commit(s));
    Query *q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    query_set(q, Item, maker_id, 3);
    check_ok(query_update(q, NULL));
    ck_assert_int_eq(a->maker_id, 3);
    ck_assert_ptr_ne(a->maker, ann); /* the pointer would lead to another row */
    check_nothing_to_write();
    a->maker = ann; /* an unsaved change */
    query_set(q, Item, title, "new");
    check_ok(query_update(q, NULL));
    ck_assert_str_eq(a->title, "new");
    ck_assert_ptr_eq(a->maker, ann);
    check_ok(session_commit(s));
    live_check("1|new", "SELECT maker_id, title FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_bulk__delete)
{
    uint64_t affected;
    Seat *kept = session_find(s, Seat, "a", 1), *gone = session_find(s, Seat, "a", 2);
    gone->guest = "changed";
    Query *q = session_query(s, Seat);
    query_where(q, Seat, guest, "<>", NULL);
    cost_start();
    check_ok(query_delete(q, &affected));
    check_cost(1, 1);
    ck_assert_uint_eq(affected, 2);
    live_check("a|1", "SELECT room, number FROM seats");
    ck_assert(session_contains(s, kept));
    ck_assert(!session_contains(s, gone));
    ck_assert_ptr_null(session_find(s, Seat, "a", 2));
    check_nothing_to_write();
}
END_TEST

/* What a collection shows of deleted rows goes with the next commit, as after a commit that deleted them. */
START_TEST(test_bulk__deleted_rows_leave_collections)
{
    Maker *ann = session_find(s, Maker, 1);
    check_ok(session_load(s, ann, items));
    ck_assert_uint_eq(ann->items.count, 2);
    Query *q = session_query(s, Item);
    query_where(q, Item, code, "=", "a");
    check_ok(query_delete(q, NULL));
    check_ok(session_commit(s));
    ck_assert_uint_eq(ann->items.count, 1);
    ck_assert_str_eq(ann->items.items[0]->code, "b");
}
END_TEST

static void give_to_cid(const char *code)
{
    Query *q = session_query(s, Item);
    query_where(q, Item, code, "=", code);
    query_set(q, Item, maker_id, 3);
    check_ok(query_update(q, NULL));
}

START_TEST(test_bulk__moved_rows_change_collections)
{
    bool rolled_back = _i;
    Maker *ann = session_find(s, Maker, 1), *cid = session_find(s, Maker, 3);
    check_ok(session_load(s, ann, items));
    check_ok(session_load(s, cid, items));
    Item *a = session_find(s, Item, 1), *b = session_find(s, Item, 2);
    check_ok(session_load(s, a, maker));
    if (rolled_back)
        check_ok(session_begin(s, NULL));
    give_to_cid("a");
    ck_assert_ptr_null(a->maker);
    ck_assert_uint_eq(ann->items.count, 1);
    ck_assert_ptr_eq(ann->items.items[0], b);
    ck_assert_uint_eq(cid->items.count, 2);
    ck_assert_ptr_eq(cid->items.items[1], a);
    check_ok(session_rollback(s)); /* which only undoes what a transaction of the program's has done */
    ck_assert_uint_eq(ann->items.count, rolled_back ? 2 : 1);
    ck_assert_uint_eq(cid->items.count, rolled_back ? 1 : 2);
    ck_assert_int_eq(a->maker_id, rolled_back ? 1 : 3);
    check_nothing_to_write();
}
END_TEST

/* What the program has moved itself stays where it is. */
START_TEST(test_bulk__moved_rows_that_the_program_moves)
{
    Maker *ann = session_find(s, Maker, 1), *bob = session_find(s, Maker, 2);
    check_ok(session_load(s, ann, items));
    check_ok(session_load(s, bob, items));
    ann->items.items[0]->maker_id = 2;
    give_to_cid("a");
    check_ok(session_commit(s));
    ck_assert_uint_eq(ann->items.count, 1);
    ck_assert_uint_eq(bob->items.count, 1);
    live_check("2", "SELECT maker_id FROM items WHERE code = 'a'");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_bulk__all_rows_must_be_meant)
{
    uint64_t affected = 9;
    Query *q = session_query(s, Seat);
    check_fails(query_delete(q, &affected), STATUS_INVALID);
    ck_assert_uint_eq(affected, 0);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_says(session_error(s), "query_all_rows");
    session_clear_error(s);
    query_set(q, Seat, guest, "z");
    check_fails(query_update(q, &affected), STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
    query_all_rows(q);
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 3);
    check_ok(query_delete(q, &affected));
    ck_assert_uint_eq(affected, 3);
}
END_TEST

START_TEST(test_bulk__limits_and_locks)
{
    uint64_t affected;
    Query *q = session_query(s, Maker);
    query_where_sql(q, "true");
    query_order_by(q, Maker, id, ORDER_DESC);
    query_limit(q, 2);
    query_set_sql(q, Maker, grade, "coalesce(grade, 0) + %d", 1);
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 2);
    ck_assert_str_eq(
        seen.statements[0].sql,
        "UPDATE \"public\".\"makers\" AS t1 SET \"grade\" = (coalesce(grade, 0) + $1) WHERE (t1.\"id\") IN "
        "(SELECT t0.\"id\" FROM \"public\".\"makers\" AS t0 WHERE (true) ORDER BY t0.\"id\" DESC LIMIT $2)");
    live_check("1\n\n4\n2", "SELECT grade FROM makers ORDER BY id");
    check_fails(query_delete(q, &affected), STATUS_FOREIGN_KEY);
    session_clear_error(s);
    query_limit(q, 1);
    check_ok(session_begin(s, NULL));
    query_lock(q, LOCK_FOR_UPDATE_SKIP_LOCKED);
    check_ok(query_delete(q, &affected));
    check_ok(session_commit(s));
    live_check("Ann\nbob\nCid", "SELECT name FROM makers ORDER BY id");
}
END_TEST

START_TEST(test_bulk__conditions_across_tables)
{
    uint64_t affected;
    Query *q = session_query(s, Item);
    query_join(q, Item, maker);
    query_where(q, Maker, name, "=", "Ann");
    query_set(q, Item, note, "by Ann");
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 2);
    live_check("by Ann|2\nby Ann|2\n|5", "SELECT note, version FROM items ORDER BY id");
    q = session_query(s, Maker);
    query_exists(q, Maker, items);
    query_where(q, Item, code, "=", "c");
    query_end(q);
    query_set_sql(q, Maker, name, "name || %s", "*");
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 1);
    live_check("Cid*", "SELECT name FROM makers WHERE name LIKE '%%*'");
    q = session_query(s, Item);
    query_join(q, Item, maker);
    query_where(q, Maker, name, "STARTS WITH", "Cid");
    check_ok(query_delete(q, &affected));
    ck_assert_uint_eq(affected, 1);
    live_check("a\nb", "SELECT code FROM items ORDER BY id");
    q = session_query(s, Item); /* a group with nothing in it is no condition */
    query_or(q);
    query_end(q);
    check_fails(query_delete(q, &affected), STATUS_INVALID);
}
END_TEST

START_TEST(test_bulk__in_a_transaction)
{
    Item *a = session_find(s, Item, 1);
    Seat *seat = session_find(s, Seat, "a", 2);
    check_ok(session_begin(s, NULL));
    Query *q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    query_set(q, Item, title, "new");
    check_ok(query_update(q, NULL));
    ck_assert_str_eq(a->title, "new");
    Query *seats = session_query(s, Seat);
    query_where(seats, Seat, room, "=", "a");
    check_ok(query_delete(seats, NULL));
    ck_assert(!session_contains(s, seat));
    if (_i) {
        check_ok(session_commit(s));
        live_check("new|2", "SELECT title, version FROM items WHERE id = 1");
        ck_assert_ptr_null(session_find(s, Seat, "a", 2));
    } else {
        check_ok(session_rollback(s));
        live_check("Alpha|1", "SELECT title, version FROM items WHERE id = 1");
        ck_assert_str_eq(a->title, "Alpha");
        ck_assert_int_eq(a->version, 1);
        ck_assert(session_contains(s, seat));
        ck_assert_ptr_eq(session_find(s, Seat, "a", 2), seat);
    }
    check_nothing_to_write();
}
END_TEST

START_TEST(test_bulk__what_can_not_be_set)
{
    const struct {
        size_t offset;
        const char *field;
        Value value;
        Status status;
    } wrong[] = {
        {offsetof(Item, id), "id", VALUE(7), STATUS_INVALID},
        {offsetof(Item, version), "version", VALUE(7), STATUS_INVALID},
        {offsetof(Item, title), "title", VALUE(7), STATUS_INVALID},
        {offsetof(Item, title), "title", VALUE(NULL), STATUS_NOT_NULL},
        {offsetof(Item, code), "code", VALUE("longer than the field is"), STATUS_INVALID},
        {offsetof(Item, maker), NULL, VALUE(7), STATUS_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Query *q = session_query(s, Item);
        query_where(q, Item, id, "=", 1);
        howdah_query_set_field(q, &Item_model, wrong[i].offset, wrong[i].value);
        check_no_error(); /* it comes out when the query runs */
        check_fails(query_update(q, NULL), wrong[i].status);
        check_culprit(NULL, "Item", wrong[i].field);
        session_clear_error(s);
    }
    Query *q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    check_fails(query_update(q, NULL), STATUS_INVALID); /* nothing is set */
    session_clear_error(s);
    q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    query_set(q, Item, note, "a");
    query_set(q, Item, note, "b");
    check_fails(query_update(q, NULL), STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
}
END_TEST

/* A query that ran may run again with other values: of its conditions, and of what it sets. */
START_TEST(test_bulk__again_with_other_values)
{
    Query *q = session_query(s, Item);
    query_where(q, Item, id, "=", 1);
    query_set(q, Item, title, "one");
    query_set(q, Item, note, "n");
    check_ok(query_update(q, NULL));
    query_set(q, Item, title, "two");
    query_bind(q, 1, 2); /* the condition's, which is $1 of query_sql */
    check_ok(query_update(q, NULL));
    live_check("1|one|n\n2|two|n", "SELECT id, title, note FROM items WHERE id < 3 ORDER BY id");
    query_set(q, Item, note, NULL);
    query_set_sql(q, Item, title, "title || %s", "!");
    check_ok(query_update(q, NULL));
    live_check("2|two!|", "SELECT id, title, note FROM items WHERE id = 2");
    query_bind(q, 2, "three"); /* what is set has no number */
    check_fails(query_update(q, NULL), STATUS_INVALID);
    ck_assert_str_eq(session_error(s)->message,
                     "there is no $2: query_sql shows 1 of them; what query_update sets is set anew by query_set");
    session_clear_error(s);
}
END_TEST

START_TEST(test_bulk__what_the_server_refuses)
{
    Maker *ann = session_find(s, Maker, 1);
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "=", 1);
    query_set(q, Maker, grade, 77);
    check_fails(query_update(q, NULL), STATUS_CHECK);
    check_culprit(NULL, "Maker", "grade");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    ck_assert_int_eq(ann->grade.value, 1);
    check_fails(query_delete(q, NULL), STATUS_FOREIGN_KEY);
    session_clear_error(s);
    ck_assert(session_contains(s, ann));
    ck_assert_int_eq(query_update(NULL, NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(query_delete(NULL, NULL), STATUS_NO_MEMORY);
    query_all_rows(NULL);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_bulk__update);
    tcase_add_test(tests, test_bulk__again_with_other_values);
    tcase_add_test(tests, test_bulk__objects_are_kept_in_step);
    tcase_add_test(tests, test_bulk__foreign_keys_and_pointers);
    tcase_add_test(tests, test_bulk__delete);
    tcase_add_test(tests, test_bulk__deleted_rows_leave_collections);
    tcase_add_loop_test(tests, test_bulk__moved_rows_change_collections, 0, 2);
    tcase_add_test(tests, test_bulk__moved_rows_that_the_program_moves);
    tcase_add_test(tests, test_bulk__all_rows_must_be_meant);
    tcase_add_test(tests, test_bulk__limits_and_locks);
    tcase_add_test(tests, test_bulk__conditions_across_tables);
    tcase_add_loop_test(tests, test_bulk__in_a_transaction, 0, 2);
    tcase_add_test(tests, test_bulk__what_can_not_be_set);
    tcase_add_test(tests, test_bulk__what_the_server_refuses);
}

int main(void)
{
    return scene_main("bulk", setup, scene_close, add_tests);
}
