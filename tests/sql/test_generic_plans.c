/* Statements that are prepared are planned once. The server plans a statement anew for each execution as long as that looks
 * cheaper than the plan that suits any values, and for a few rows in an array, or a small number of them, it always does. */
#include "api/scene.h"
#include "api/works_models.h"

typedef struct Planned {
    const char *statement;
} Planned;

MODEL(Planned, NULL, COLUMN(Planned, statement));

/* After five of these the server decides. */
enum { TIMES = 8 };

static void setup(void)
{
    scene_open_with(WORKS, DATABASE_OPTIONS(.pool_size = 1)); /* what is prepared is so for a connection */
}

static void check_planned_once(void)
{
    size_t count;
    Planned **again =
        session_sql_partial(s, Planned, &count, "SELECT statement FROM pg_prepared_statements WHERE custom_plans > 5");
    check_no_error();
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "planned each time: %s\n", again[i]->statement);
    ck_assert_uint_eq(count, 0);
}

START_TEST(test_generic_plans__new_rows)
{
    for (int i = 0; i < TIMES; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "maker %d", i));
        Item *item = session_add(s, Item, .code = "", .title = "a", .maker = maker);
        ck_assert(SET_TEXT(item->code, session_text(s, "code %d", i)));
        session_add(s, Part, .amount = 1, .item = item);
        Node *root = session_add(s, Node, .label = "root");
        session_add(s, Node, .label = "child", .parent = root);
        session_add(s, Seat, .room = "r", .number = (int16_t)i, .guest = "g");
        session_add(s, Word, .word = session_text(s, "word %d", i), .count = 1);
        check_ok(session_commit(s));
        session_add(s, Maker, .name = session_text(s, "lone %d", i));
        check_ok(session_commit(s));
        session_add(s, Node, .label = "one");
        session_add(s, Node, .label = "two");
        check_ok(session_commit(s));
    }
    check_planned_once();
}
END_TEST

START_TEST(test_generic_plans__changed_rows)
{
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, 9) n;"
             "INSERT INTO items (maker_id, code, title, version) SELECT n, n, 't', 1 FROM generate_series(1, 9) n;"
             "INSERT INTO seats SELECT 'r', n, 'g' FROM generate_series(1, 9) n;"
             "INSERT INTO words SELECT n, n FROM generate_series(1, 9) n; ANALYZE");
    for (int i = 1; i <= TIMES; i++) {
        Item *item = session_find(s, Item, i);
        Seat *seat = session_find(s, Seat, "r", i);
        item->title = session_text(s, "title %d", i);
        seat->guest = session_text(s, "guest %d", i);
        session_find_by(s, Maker, name, session_text(s, "m%d", i))->grade = (NullInt32){i % 9, true};
        check_ok(session_commit(s));
        item->maker = session_add(s, Maker, .name = session_text(s, "new %d", i));
        check_ok(session_commit(s));
        seat->room = session_text(s, "room %d", i);
        session_find(s, Word, session_text(s, "%d", i))->word = session_text(s, "word %d", i);
        check_ok(session_commit(s));
        session_delete(s, item);
        session_delete(s, seat);
        session_delete(s, session_find(s, Word, session_text(s, "word %d", i)));
        check_ok(session_commit(s));
    }
    check_planned_once();
}
END_TEST

START_TEST(test_generic_plans__finds)
{
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, 9) n;"
             "INSERT INTO items (maker_id, code, title, version) SELECT n, n, 't', 1 FROM generate_series(1, 9) n;"
             "INSERT INTO seats SELECT 'r', n, 'g' FROM generate_series(1, 9) n; ANALYZE");
    for (int i = 1; i <= TIMES; i++) {
        session_clear(s);
        session_find_many(s, Maker, ((const Value[]){VALUE(i), VALUE(i + 1)}), 2);
        session_find_many(s, Seat, ((const Value[]){VALUE("r"), VALUE(i)}), 1);
        Maker *maker = session_find(s, Maker, i);
        check_ok(session_load(s, maker, items));
        check_no_error();
    }
    check_planned_once();
}
END_TEST

/* Behind a pooler two versions of the library may share a server's session: the same name means the same text there, so no
 * statement has one that was thought out. */
START_TEST(test_generic_plans__names_are_hashes)
{
    size_t count;
    Maker *maker = session_add(s, Maker, .name = "maker");
    Item *item = session_add(s, Item, .code = "", .title = "a", .maker = maker); /* keys are drawn, and handed on */
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    session_add(s, Node, .label = "child", .parent = session_add(s, Node, .label = "root"));
    check_ok(session_commit(s)); /* whether they may be was asked beforehand */
    maker->name = "another";
    item->title = "b";
    live_sql("UPDATE items SET version = 9");
    check_fails(session_commit(s), STATUS_STALE); /* what else may have kept the row was asked */
    check_ok(session_rollback(s));
    session_sql_partial(s, Planned, &count,
                        "SELECT statement FROM pg_prepared_statements WHERE statement !~ 'pg_prepared' AND"
                        " statement ~ 'nextval|WITH ORDINALITY|has_sequence_privilege|pg_policy'");
    check_no_error();
    ck_assert_uint_ge(count, 4);
    Planned **thought_out = session_sql_partial(
        s, Planned, &count, "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'howdah_00000000%%'");
    check_no_error();
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "named by a number: %s\n", thought_out[i]->statement);
    ck_assert_uint_eq(count, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_generic_plans__new_rows);
    tcase_add_test(tests, test_generic_plans__changed_rows);
    tcase_add_test(tests, test_generic_plans__finds);
    tcase_add_test(tests, test_generic_plans__names_are_hashes);
}

int main(void)
{
    return scene_main("generic_plans", setup, scene_close, add_tests);
}
