/* Rows that changed or vanished since they were loaded: versions, counts, and which object it was. */
#include "api/scene.h"
#include "api/works_models.h"

static Session *other;

static void setup(void)
{
    scene_open(WORKS);
    live_sql(
        "INSERT INTO makers (name, grade) SELECT 'm' || n, 1 FROM generate_series(1, 2500) n;"
        "INSERT INTO items (maker_id, code, title, version) SELECT 1, 'c' || n, 't', 1 FROM generate_series(1, 2500) n;"
        "INSERT INTO words SELECT 'w' || n, n FROM generate_series(1, 10) n");
    other = session_open(db);
}

static void teardown(void)
{
    session_close(other);
    scene_close();
}

/* --- a row that others have changed --- */

START_TEST(test_stale__version_counts)
{
    Item *item = session_add(s, Item, .code = "new", .title = "", .maker_id = 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(item->version, 1);
    for (int32_t version = 2; version < 5; version++) {
        item->title = session_text(s, "%d", version);
        check_ok(session_commit(s));
        ck_assert_int_eq(item->version, version);
    }
    live_check("4|4", "SELECT version, title FROM items WHERE code = 'new'");
    session_delete(s, item);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_stale__second_writer_is_told)
{
    Item *mine = session_find(s, Item, 1), *theirs = session_find(other, Item, 1),
         *bystander = session_find(s, Item, 2);
    theirs->title = "theirs";
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    mine->title = "mine";
    bystander->title = "bystander";
    Maker *new = session_add(s, Maker, .name = "new");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(mine, "Item", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_str_eq(session_error(s)->sqlstate, "");
    live_check("theirs|2\nt|1", "SELECT title, version FROM items WHERE id < 3 ORDER BY id"); /* nothing of it */
    ck_assert_int_eq(new->id, 0);
    ck_assert_int_eq(mine->version, 1);
    /* after a rollback, all is well again */
    check_ok(session_rollback(s));
    check_ok(session_refresh(s, mine));
    ck_assert_str_eq(mine->title, "theirs");
    mine->title = "mine after all";
    check_ok(session_commit(s));
    live_check("mine after all|3", "SELECT title, version FROM items WHERE id = 1");
}
END_TEST

/* The object keeps its changes; refreshed and changed again, it goes through. */
START_TEST(test_stale__changes_are_kept)
{
    Item *item = session_find(s, Item, 1);
    item->title = "mine";
    live_sql("UPDATE items SET note = 'theirs', version = 2 WHERE id = 1");
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    ck_assert_str_eq(item->title, "mine");
    size_t count;
    const Change *changes = session_changes(s, item, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(changes[0].old_value.as.text, "t"); /* the old original value */
    check_fails(session_commit(s), STATUS_STALE);        /* still */
    session_clear_error(s);
    live_sql("UPDATE items SET version = 1 WHERE id = 1"); /* as if it had been taken back */
    item->price.text = "5";
    check_ok(session_commit(s));
    live_check("mine|5.00|theirs|2", "SELECT title, price, note, version FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_stale__delete_of_a_changed_row)
{
    Item *item = session_find(s, Item, 3);
    session_delete(s, item);
    live_sql("UPDATE items SET version = 2 WHERE id = 3");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    live_check("1", "SELECT count(*) FROM items WHERE id = 3");
    ck_assert(session_contains(s, item));
    check_ok(session_rollback(s));
    check_ok(session_refresh(s, item));
    session_delete(s, item);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM items WHERE id = 3");
}
END_TEST

/* Two deleted, one of them stale: none goes. */
START_TEST(test_stale__delete_of_two)
{
    Item *one = session_find(s, Item, 1), *two = session_find(s, Item, 2);
    session_delete(s, one);
    session_delete(s, two);
    live_sql("UPDATE items SET version = 9 WHERE id = 2");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(two, "Item", NULL);
    live_check("2", "SELECT count(*) FROM items WHERE id < 3");
}
END_TEST

/* Nothing in the database takes a child along: that it is gone already is not for the deleted parent to forgive. */
START_TEST(test_stale__vanished_child_of_a_deleted_parent)
{
    Maker *maker = session_add(s, Maker, .name = "new");
    Item *item = session_add(s, Item, .code = "new", .title = "", .maker = maker);
    check_ok(session_commit(s));
    session_delete(s, maker);
    session_delete(s, item);
    live_sql("DELETE FROM items WHERE code = 'new'");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'new'");
}
END_TEST

/* Out of a batch, the first stale object. */
static const int stale_rows[][2] = {{2, 1}, {1000, 0}, {1000, 999}, {2500, 1500}, {2500, 2499}};

START_TEST(test_stale__one_of_many)
{
    int rows = stale_rows[(size_t)_i % COUNT_OF(stale_rows)][0], at = stale_rows[(size_t)_i % COUNT_OF(stale_rows)][1];
    bool remove = (size_t)_i >= COUNT_OF(stale_rows);
    Query *q = session_query(s, Item);
    size_t count;
    query_where(q, Item, id, "<=", rows);
    query_order_by(q, Item, id, ORDER_ASC);
    Item **items = query_all(q, Item, &count);
    ck_assert_uint_eq(count, (size_t)rows);
    for (size_t i = 0; i < count; i++) {
        if (remove)
            session_delete(s, items[i]);
        else
            items[i]->title = "changed";
    }
    live_sql("UPDATE items SET version = 2, title = 'theirs' WHERE id = %d", at + 1);
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(items[at], "Item", NULL);
    live_check("2500|0", "SELECT count(*), count(*) FILTER (WHERE title = 'changed') FROM items");
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(items[i]->version, 1);
}
END_TEST

/* No bump without a change, none of the parent for a child, one for the owner's foreign key. */
START_TEST(test_stale__version_moves_only_with_its_row)
{
    Item *item = session_find(s, Item, 1);
    item->title = "x";
    item->title = "t";
    check_nothing_to_write();
    session_add(s, Part, .amount = 1, .item = item);
    check_ok(session_commit(s));
    ck_assert_int_eq(item->version, 1);
    item->maker_id = 2;
    check_ok(session_commit(s));
    ck_assert_int_eq(item->version, 2);
    live_check("2", "SELECT version FROM items WHERE id = 1");
}
END_TEST

/* --- without a version, a row that vanished --- */

START_TEST(test_stale__vanished_row_updated)
{
    Word *three = session_find(s, Word, "w3"), *four = session_find(s, Word, "w4");
    three->count = 33;
    four->count = 44;
    live_sql("DELETE FROM words WHERE word = 'w3'");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(three, "Word", NULL);
    live_check("4", "SELECT count FROM words WHERE word = 'w4'");
    session_clear_error(s);
    check_ok(session_evict(s, three));
    check_ok(session_commit(s));
    live_check("44", "SELECT count FROM words WHERE word = 'w4'");
}
END_TEST

START_TEST(test_stale__vanished_row_deleted)
{
    Word *three = session_find(s, Word, "w3");
    session_delete(s, three);
    if (_i)
        session_delete(s, session_find(s, Word, "w4"));
    live_sql("DELETE FROM words WHERE word = 'w3'");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(three, "Word", NULL);
    live_check("9", "SELECT count(*) FROM words");
}
END_TEST

/* One row alone: no BEGIN, and the truth about it all the same. */
START_TEST(test_stale__lone_row)
{
    Word *three = session_find(s, Word, "w3");
    three->count = 0;
    live_sql("DELETE FROM words WHERE word = 'w3'");
    cost_start();
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(three, "Word", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_uint_eq(session_stats(s).updated, 0);
}
END_TEST

/* A row that is the same in value is written over all the same: the last one wins where there is no version. */
START_TEST(test_stale__without_version_the_last_wins)
{
    Maker *mine = session_find(s, Maker, 1), *theirs = session_find(other, Maker, 1);
    theirs->name = "theirs";
    theirs->grade.value = 5;
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    mine->name = "mine";
    check_ok(session_commit(s));
    live_check("mine|5", "SELECT name, grade FROM makers WHERE id = 1"); /* only the column that changed */
}
END_TEST

/* --- a version that the program sets --- */

START_TEST(test_stale__version_edited)
{
    Item *item = session_find(s, Item, 1);
    item->version = 4;
    item->title = "x";
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("t.\"version\" + 1"), 0);
    ck_assert_int_eq(item->version, 4);
    live_check("x|4", "SELECT title, version FROM items WHERE id = 1");
    item->version = 7; /* nothing else changed */
    check_ok(session_commit(s));
    item->title = "y";
    check_ok(session_commit(s));
    live_check("y|8", "SELECT title, version FROM items WHERE id = 1");
    /* what is compared is the version that was loaded */
    live_sql("UPDATE items SET version = 20 WHERE id = 1");
    item->version = 20;
    item->title = "z";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(item, "Item", NULL);
    ck_assert_int_eq(item->version, 20);
}
END_TEST

/* --- all of them, not only the first --- */

START_TEST(test_stale__all_are_listed)
{
    static const int stale[] = {3, 999, 1000, 1001, 2222};
    Item *items[2500];
    for (int i = 0; i < 2500; i++) {
        items[i] = session_find(s, Item, i + 1);
        items[i]->title = i == 2222 ? items[i]->title : "new";
        items[i]->note = i % 2 ? "odd" : items[i]->note; /* two batches */
    }
    session_delete(s, items[2222]);
    session_add(s, Maker, .name = "with them");
    for (size_t i = 0; i < COUNT_OF(stale); i++)
        live_sql(i % 2 ? "UPDATE items SET version = 9 WHERE id = %d" : "DELETE FROM items WHERE id = %d",
                 stale[i] + 1);
    cost_start();
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_uint_le(cost_take().statements, 500); /* not one for each row: a few together first, twice */
    size_t count;
    void *const *objects = session_stale_objects(s, &count);
    ck_assert_uint_eq(count, COUNT_OF(stale));
    ck_assert_ptr_eq(objects[0], session_error(s)->object);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t n = 0; n < count; n++)
            found = found || objects[n] == items[stale[i]];
        ck_assert_msg(found, "%d", stale[i]);
    }
    live_check("2500", "SELECT count(*) FROM makers");
    session_clear_error(s);
    ck_assert_ptr_null(session_stale_objects(s, &count));
    ck_assert_uint_eq(count, 0);
    for (size_t i = 0; i < COUNT_OF(stale); i++)
        check_ok(session_evict(s, items[stale[i]]));
    check_ok(session_commit(s)); /* the others carry their changes on */
    live_check("2495|new", "SELECT count(*), max(title) FROM items WHERE version = 2");
}
END_TEST

START_TEST(test_stale__one_is_listed)
{
    Item *item = session_find(s, Item, 1);
    live_sql("DELETE FROM items WHERE id = 1");
    item->title = "x";
    check_fails(session_commit(s), STATUS_STALE);
    size_t count;
    ck_assert_ptr_eq(session_stale_objects(s, &count)[0], item);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_null(session_stale_objects(NULL, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(session_stale_objects(other, NULL));
}
END_TEST

/* On a new object the version is the library's: 1. */
START_TEST(test_stale__version_of_a_new_object)
{
    Item *item = session_add(s, Item, .code = "n", .title = "", .maker_id = 1, .version = 5);
    Status status = session_commit(s);
    if (status == STATUS_OK) {
        ck_assert_int_eq(item->version, 1);
        live_check("1", "SELECT version FROM items WHERE code = 'n'");
    } else {
        check_error(s, STATUS_INVALID);
        check_culprit(item, "Item", "version");
    }
}
END_TEST

typedef struct Twig { /* a tree */
    int64_t id;
    int32_t version;
    NullInt64 on_id;
} Twig;

extern const Model Twig_model;

/* clang-format off */
MODEL(Twig, "twigs",
    COLUMN(Twig, id,      .primary_key = true),
    COLUMN(Twig, version, .version = true),
    COLUMN(Twig, on_id,   .references = &Twig_model));
/* clang-format on */

/* The stale row stays, and what it refers to can't go then: that is not the fault. */
START_TEST(test_stale__leaf_of_a_deleted_tree)
{
    session_close(other);
    scene_close();
    scene_open(MODELS(Twig));
    other = session_open(db);
    live_sql("INSERT INTO twigs VALUES (1, 1, NULL), (2, 1, 1), (3, 1, 1)");
    Twig *twigs[3];
    for (int i = 0; i < 3; i++)
        twigs[i] = session_find(s, Twig, i + 1);
    live_sql("UPDATE twigs SET version = 2 WHERE id = 3");
    for (int i = 0; i < 3; i++)
        session_delete(s, twigs[i]);
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(twigs[2], "Twig", NULL);
    live_check("3", "SELECT count(*) FROM twigs");
    check_ok(session_rollback(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_stale__version_counts);
    tcase_add_test(tests, test_stale__second_writer_is_told);
    tcase_add_test(tests, test_stale__changes_are_kept);
    tcase_add_test(tests, test_stale__delete_of_a_changed_row);
    tcase_add_test(tests, test_stale__delete_of_two);
    tcase_add_test(tests, test_stale__vanished_child_of_a_deleted_parent);
    tcase_add_loop_test(tests, test_stale__one_of_many, 0, 2 * (int)COUNT_OF(stale_rows));
    tcase_add_test(tests, test_stale__version_moves_only_with_its_row);
    tcase_add_test(tests, test_stale__all_are_listed);
    tcase_add_test(tests, test_stale__one_is_listed);
    tcase_add_test(tests, test_stale__vanished_row_updated);
    tcase_add_loop_test(tests, test_stale__vanished_row_deleted, 0, 2);
    tcase_add_test(tests, test_stale__lone_row);
    tcase_add_test(tests, test_stale__without_version_the_last_wins);
    tcase_add_test(tests, test_stale__version_edited);
    tcase_add_test(tests, test_stale__version_of_a_new_object);
    tcase_add_test(tests, test_stale__leaf_of_a_deleted_tree);
}

int main(void)
{
    return scene_main("stale", setup, teardown, add_tests);
}
