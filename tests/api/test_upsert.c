/* INSERT ... ON CONFLICT: new rows, rows that are there, and the objects of both. */
#include "api/scene.h"
#include "api/works_models.h"

/* Uniqueness of some of the rows, and one that is checked late. */
typedef struct Room {
    int64_t id;
    const char *house;
    const char *number;
    bool let;
    NullInt32 floor;
    const char *key_code;
    const char *guest;
} Room;

/* clang-format off */
MODEL(Room, "rooms",
    COLUMN(Room, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Room, house),
    COLUMN(Room, number),
    COLUMN(Room, let),
    COLUMN(Room, floor),
    COLUMN(Room, key_code, .nullable = true, .unique = true, .deferrable = true),
    COLUMN(Room, guest,    .nullable = true),
    UNIQUE_WITH((.where = "let"), Room, NULL, house, number),
    UNIQUE_WITH((.where = "floor > 0"), Room, "by_floor", house, floor),
    UNIQUE_WITH((.where = "let"), Room, "let_guest", guest),
    UNIQUE_WITH((.where = "NOT let"), Room, "old_guest", guest));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Maker, Item, Part, Node, Seat, Word, Ticket, Day, Rate, Room));
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL);"
             "INSERT INTO items (maker_id, code, title, note, price, version) VALUES (1, 'a', 'Alpha', 'n', 10.50, 4);"
             "INSERT INTO words VALUES ('one', 1)");
}

START_TEST(test_upsert__new_row)
{
    Maker *cid = session_upsert(s, Maker, (name), .name = "Cid", .grade = {3, true});
    check_no_error();
    check_cost(1, 1);
    ck_assert_int_gt(cid->id, 0);
    ck_assert(cid->made_at.microseconds != 0); /* what the server made */
    ck_assert_ptr_eq(session_find(s, Maker, cid->id), cid);
    check_nothing_to_write();
    cid->grade.value = 4;
    check_ok(session_commit(s));
    live_check("Ann|1\nbob|\nCid|4", "SELECT name, grade FROM makers ORDER BY id");
}
END_TEST

START_TEST(test_upsert__row_that_is_there)
{
    Maker *bob = session_upsert(s, Maker, (name), .name = "bob", .grade = {2, true});
    check_no_error();
    ck_assert_int_eq(bob->id, 2);
    live_check("2", "SELECT grade FROM makers WHERE name = 'bob'");
    ck_assert_ptr_nonnull(
        strstr(seen.statements[0].sql, "ON CONFLICT (\"name\") DO UPDATE SET \"grade\" = excluded.\"grade\""));
}
END_TEST

START_TEST(test_upsert__object_that_the_session_has)
{
    Item *a = session_find(s, Item, 1);
    Maker *ann = session_find(s, Maker, 1);
    a->note = "mine";
    cost_start();
    Item *same = session_upsert(s, Item, (code), .maker = ann, .code = "a", .title = "changed", .price = {"3.00"});
    check_no_error();
    check_cost(1, 1);
    ck_assert_ptr_eq(same, a);
    ck_assert_str_eq(a->title, "changed");
    ck_assert_str_eq(a->price.text, "3.00");
    ck_assert_int_eq(a->version, 5);
    ck_assert_ptr_eq(a->maker, ann);
    ck_assert_str_eq(a->note, "mine"); /* an unsaved change stays */
    ck_assert_uint_eq(session_stats(s).objects, 2);
    check_ok(session_commit(s));
    live_check("changed|mine|6", "SELECT title, note, version FROM items");
}
END_TEST

START_TEST(test_upsert__insert_missing)
{
    ck_assert_ptr_null(session_insert_missing(s, Word, (word), .word = "one", .count = 7));
    check_no_error();
    Word *two = session_insert_missing(s, Word, (word), .word = "two", .count = 2);
    check_no_error();
    ck_assert_int_eq(two->count, 2);
    live_check("one|1\ntwo|2", "SELECT word, count FROM words ORDER BY count");
}
END_TEST

START_TEST(test_upsert__many)
{
    enum { MANY_WORDS = 2000 };
    static char texts[MANY_WORDS][16];
    static Word words[MANY_WORDS];
    for (int i = 0; i < MANY_WORDS; i++) {
        snprintf(texts[i], sizeof(texts[i]), "w%d", i);
        words[i] = (Word){texts[i], i};
    }
    live_sql("INSERT INTO words SELECT 'w' || n, 0 FROM generate_series(0, 1999, 3) n");
    Word *third = session_find(s, Word, "w3");
    cost_start();
    Word **missing = session_insert_missing_many(s, Word, (word), words, MANY_WORDS);
    check_no_error();
    check_cost(1, 1);
    for (int i = 0; i < MANY_WORDS; i++)
        ck_assert_msg(i % 3 ? missing[i] && strcmp(missing[i]->word, texts[i]) == 0 : !missing[i], "%d", i);
    ck_assert_ptr_null(missing[MANY_WORDS]);
    Word **all = session_upsert_many(s, Word, (word), words, MANY_WORDS);
    check_no_error();
    for (int i = 0; i < MANY_WORDS; i++) {
        ck_assert_str_eq(all[i]->word, texts[i]);
        ck_assert_int_eq(all[i]->count, i);
    }
    ck_assert_ptr_eq(all[3], third);
    ck_assert_ptr_eq(all[4], missing[4]);
    live_check("2001|1999001", "SELECT count(*), sum(count) FROM words");
    ck_assert_ptr_nonnull(session_upsert_many(s, Word, (word), words, 0));
    check_no_error();
}
END_TEST

/* What is left to the server differs from struct to struct: a statement for each set of columns, one transaction. */
START_TEST(test_upsert__many_sets_of_columns)
{
    const Item items[] = {{.maker_id = 1, .code = "a", .title = "A", .note = "given"},
                          {.maker_id = 1, .code = "b", .title = "B"},
                          {.maker_id = 2, .code = "c", .title = "C", .note = "given"},
                          {.maker_id = 2, .code = "d", .title = "D", .price = {"1.25"}}};
    Item **rows = session_upsert_many(s, Item, (code), items, COUNT_OF(items));
    check_no_error();
    check_cost(2, 2);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        ck_assert_str_eq(rows[i]->title, items[i].title);
    live_check("a|given|\nb|none yet|\nc|given|\nd|none yet|1.25", "SELECT code, note, price FROM items ORDER BY code");
    const Item twice[] = {{.maker_id = 1, .code = "x", .title = "X"},
                          {.maker_id = 99, .code = "y", .title = "Y", .note = "n"}};
    ck_assert_ptr_null(session_upsert_many(s, Item, (code), twice, COUNT_OF(twice)));
    check_error(s, STATUS_FOREIGN_KEY);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM items WHERE code IN ('x', 'y')");
}
END_TEST

START_TEST(test_upsert__in_a_transaction)
{
    Maker *ann = session_find(s, Maker, 1);
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_eq(session_upsert(s, Maker, (name), .name = "Ann", .grade = {9, true}), ann);
    Maker *cid = session_upsert(s, Maker, (name), .name = "Cid");
    check_no_error();
    ck_assert_int_eq(ann->grade.value, 9);
    if (_i) {
        cid->grade = (NullInt32){5, true};
        check_ok(session_commit(s));
        live_check("Ann|9\nbob|\nCid|5", "SELECT name, grade FROM makers ORDER BY id");
        ck_assert_ptr_eq(session_find(s, Maker, cid->id), cid);
    } else {
        check_ok(session_rollback(s));
        ck_assert_int_eq(ann->grade.value, 1);
        ck_assert(!session_contains(s, cid));
        live_check("2", "SELECT count(*) FROM makers");
    }
    check_nothing_to_write();
}
END_TEST

START_TEST(test_upsert__collections_follow)
{
    bool rolled_back = _i;
    Maker *first = session_add(s, Maker, .name = "first"), *second = session_add(s, Maker, .name = "second");
    Item *old = session_add(s, Item, .maker = first, .code = "old", .title = "t");
    check_ok(session_commit(s));
    check_ok(session_load(s, first, items));
    check_ok(session_load(s, second, items));
    if (rolled_back)
        check_ok(session_begin(s, NULL));
    ck_assert_ptr_eq(session_upsert(s, Item, (code), .maker_id = second->id, .code = "old", .title = "t"), old);
    Item *fresh = session_upsert(s, Item, (code), .maker = first, .code = "fresh", .title = "t");
    check_no_error();
    ck_assert_uint_eq(first->items.count, 1);
    ck_assert_ptr_eq(first->items.items[0], fresh);
    ck_assert_uint_eq(second->items.count, 1);
    ck_assert_ptr_eq(second->items.items[0], old);
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(first->items.items[0], rolled_back ? old : fresh);
    ck_assert_uint_eq(second->items.count, rolled_back ? 0 : 1);
    check_nothing_to_write();
}
END_TEST

/* --- values that the server does not keep as they are --- */

/* Which struct a row is of, its value tells, or the order, as long as none is missing. */
START_TEST(test_upsert__many_that_the_server_spells_otherwise)
{
    live_sql("CREATE FUNCTION lower_word() RETURNS trigger LANGUAGE plpgsql AS"
             " $$BEGIN NEW.word = lower(NEW.word); RETURN NEW; END$$;"
             "CREATE TRIGGER lower_word BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION lower_word()");
    const Word words[] = {{"A", 1}, {"B", 2}, {"C", 3}}, more[] = {{"D", 4}, {"ONE", 5}, {"E", 6}},
               told[] = {{"f", 7}, {"one", 8}, {"g", 9}};
    Word **all = session_insert_missing_many(s, Word, (word), words, 3);
    check_no_error();
    for (int i = 0; i < 3; i++)
        ck_assert(all[i]->count == words[i].count && *all[i]->word == "abc"[i]);
    all = session_insert_missing_many(s, Word, (word), told, 3);
    check_no_error();
    ck_assert(all[0]->count == 7 && !all[1] && all[2]->count == 9);
    if (_i)
        check_ok(session_begin(s, NULL));
    ck_assert_ptr_null(session_insert_missing_many(s, Word, (word), more, 3));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Word", "word");
    check_says(session_error(s), "Word.word: is kept as another value: give that one");
    ck_assert_int_eq(session_error(s)->outcome, _i ? OUTCOME_NOT_DONE : OUTCOME_DONE);
    live_check(_i ? "0" : "2", "SELECT count(*) FROM words WHERE word IN ('d', 'e')");
    check_ok(session_rollback(s));
    ck_assert(!!session_find(s, Word, "d") == !_i);
    check_nothing_to_write();
}
END_TEST

/* --- partial indexes --- */

START_TEST(test_upsert__partial_index)
{
    live_sql("INSERT INTO rooms (house, number, let) VALUES ('North', '1', false), ('North', '2', true)");
    Room *first = session_upsert(s, Room, (house, number), .house = "North", .number = "1", .let = true);
    Room *second = session_upsert(s, Room, (number, house), .house = "North", .number = "2", .let = true);
    check_no_error();
    ck_assert_ptr_nonnull(strstr(seen.statements[0].sql, "ON CONFLICT (\"house\", \"number\") WHERE (let) DO UPDATE"));
    ck_assert_int_eq(first->id, 3); /* what is not in the index collides with nothing */
    ck_assert_int_eq(second->id, 2);
    ck_assert_ptr_null(session_insert_missing(s, Room, (house, number), .house = "North", .number = "1", .let = true));
    Room *by_floor = session_upsert(s, Room, (house, floor), .house = "North", .number = "9", .floor = {4, true});
    Room *again = session_upsert(s, Room, (house, floor), .house = "North", .number = "10", .floor = {4, true});
    check_no_error();
    ck_assert_ptr_eq(by_floor, again);
    ck_assert_str_eq(again->number, "10");
}
END_TEST

START_TEST(test_upsert__indexes_that_can_not_decide)
{
    ck_assert_ptr_null(session_upsert(s, Room, (key_code), .house = "North", .number = "1", .key_code = "k"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Room", "key_code");
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Room, (guest), .house = "North", .number = "1", .guest = "g"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Room", "guest");
    session_clear_error(s);
    check_cost(0, 0);
}
END_TEST

/* --- one key twice --- */

/* There is none in the table: whether the model has one or not. */
START_TEST(test_upsert__no_index_decides)
{
    const char *field = _i ? "name" : "grade";
    if (_i)
        live_sql("ALTER TABLE makers DROP CONSTRAINT makers_name_key");
    for (int begins = 0; begins < 2; begins++) {
        if (begins)
            check_ok(session_begin(s, NULL));
        ck_assert_ptr_null(_i ? session_upsert(s, Maker, (name), .name = "Cid")
                              : session_upsert(s, Maker, (grade), .name = "Cid", .grade = {3, true}));
        check_error(s, STATUS_SCHEMA);
        check_culprit(NULL, "Maker", field);
        check_says(session_error(s), _i ? "(Maker.name: a unique index of \"public\".\"makers\" must be"
                                        : "(Maker.grade: a unique index of \"public\".\"makers\" must be");
        ck_assert_ptr_nonnull(strstr(error_text(session_error(s)), "or name the fields of another"));
        ck_assert_str_eq(session_error(s)->sqlstate, "42P10");
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        check_ok(session_rollback(s));
    }
    live_check("2", "SELECT count(*) FROM makers");
}
END_TEST

/* What the table has may be deferrable, though the model does not say so. */
START_TEST(test_upsert__deferrable_index_of_the_table)
{
    live_sql("ALTER TABLE makers DROP CONSTRAINT makers_name_key,"
             " ADD CONSTRAINT makers_name_key UNIQUE (name) DEFERRABLE");
    ck_assert_ptr_null(session_upsert(s, Maker, (name), .name = "Cid"));
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, "Maker", "name");
    ck_assert_str_eq(session_error(s)->sqlstate, "55000");
    check_says(session_error(s), "or name the fields of another");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

START_TEST(test_upsert__key_twice)
{
    const Maker makers[] = {{.name = "Cid"}, {.name = "Dan", .grade = {1, true}}, {.name = "Cid", .grade = {2, true}}};
    ck_assert_ptr_null(session_upsert_many(s, Maker, (name), makers, 3));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "name");
    ck_assert_str_eq(session_error(s)->message,
                     "Maker.name: structs 0 and 2 of the upsert have the same key: a row can be written only once");
    session_clear_error(s);
    check_cost(0, 0);
    Maker **missing = session_insert_missing_many(s, Maker, (name), makers, 3); /* which the second is not any more */
    check_no_error();
    ck_assert_ptr_nonnull(missing[0]);
    ck_assert_ptr_nonnull(missing[1]);
    ck_assert_ptr_null(missing[2]);
}
END_TEST

START_TEST(test_upsert__keys_that_are_not_in_the_index)
{
    const Room rooms[] = {{.house = "North", .number = "1"},
                          {.house = "North", .number = "1"},
                          {.house = "North", .number = "1", .let = true}};
    const Room let[] = {{.house = "North", .number = "1", .let = true},
                        {.house = "South", .number = "1", .let = true},
                        {.house = "South", .number = "1", .let = true}};
    Room **written = session_upsert_many(s, Room, (house, number), rooms, 3);
    check_no_error();
    ck_assert_ptr_ne(written[0], written[1]);
    live_check("3", "SELECT count(*) FROM rooms");
    ck_assert_ptr_null(session_upsert_many(s, Room, (house, number), let, 3));
    ck_assert_str_eq(session_error(s)->message,
                     "Room.house: structs 1 and 2 of the upsert have the same key: a row can be written only once");
    session_clear_error(s);
}
END_TEST

START_TEST(test_upsert__what_can_not_be_sent)
{
    Maker *fresh = session_add(s, Maker, .name = "new");
    ck_assert_ptr_null(session_upsert(s, Item, (code), .maker = fresh, .code = "x", .title = "X"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Item", "maker_id");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Maker, (id), .name = "x"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Maker, (name), .grade = {1, true}));
    check_error(s, STATUS_NOT_NULL);
    check_culprit(NULL, "Maker", "name");
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Maker, (name), .name = "x", .made_at = {1}));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "made_at");
    session_clear_error(s);
    check_cost(0, 0);
    ck_assert_ptr_null(session_upsert(s, Maker, (grade), .name = "x", .grade = {1, true})); /* not unique */
    check_error(s, STATUS_SCHEMA);
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Maker, (name), .name = "Ann", .grade = {77, true}));
    check_error(s, STATUS_CHECK);
    check_culprit(NULL, "Maker", "grade");
    session_clear_error(s);
    session_evict(s, fresh);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_upsert__new_row);
    tcase_add_test(tests, test_upsert__row_that_is_there);
    tcase_add_test(tests, test_upsert__object_that_the_session_has);
    tcase_add_test(tests, test_upsert__insert_missing);
    tcase_add_test(tests, test_upsert__many);
    tcase_add_test(tests, test_upsert__many_sets_of_columns);
    tcase_add_loop_test(tests, test_upsert__in_a_transaction, 0, 2);
    tcase_add_loop_test(tests, test_upsert__collections_follow, 0, 2);
    tcase_add_loop_test(tests, test_upsert__many_that_the_server_spells_otherwise, 0, 2);
    tcase_add_test(tests, test_upsert__partial_index);
    tcase_add_test(tests, test_upsert__indexes_that_can_not_decide);
    tcase_add_loop_test(tests, test_upsert__no_index_decides, 0, 2);
    tcase_add_test(tests, test_upsert__deferrable_index_of_the_table);
    tcase_add_test(tests, test_upsert__key_twice);
    tcase_add_test(tests, test_upsert__keys_that_are_not_in_the_index);
    tcase_add_test(tests, test_upsert__what_can_not_be_sent);
}

int main(void)
{
    return scene_main("upsert", setup, scene_close, add_tests);
}
