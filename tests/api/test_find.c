/* session_find, session_find_many, session_find_by: which object, which cost, and no error for what is not there. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) SELECT 'maker ' || n, n %% 10 FROM generate_series(1, 5) n;"
             "INSERT INTO items (maker_id, code, title, version) SELECT 1 + n %% 3, 'c' || n, 'item ' || n, 1"
             " FROM generate_series(1, 5) n;"
             "INSERT INTO seats VALUES ('a', 1, 'Ann'), ('a', 2, NULL), ('b', 1, 'Bob'), ('b', -32768, 'low');"
             "INSERT INTO words VALUES ('', 0), ('one', 1), ('One', 2), (E'\\u00e9t\\u00e9', 3), ('it''s \"x\" \\', 4);"
             "INSERT INTO tickets VALUES ('01890000-0000-7000-8000-00000000abcd', 'Ada');"
             "INSERT INTO days VALUES ('2026-11-20', 'today'), ('infinity', 'never'), ('0044-03-15 BC', 'ides');"
             "INSERT INTO rates VALUES (1.10, 'one'), ('NaN', 'nan'), (-0.00000000000000000001, 'tiny'), (0, 'zero')");
}

START_TEST(test_find__one_row)
{
    Maker *maker = session_find(s, Maker, 3);
    ck_assert_ptr_nonnull(maker);
    ck_assert_int_eq(maker->id, 3);
    ck_assert_str_eq(maker->name, "maker 3");
    ck_assert(maker->grade.valid && maker->grade.value == 3);
    ck_assert_ptr_null(maker->items.items);
    ck_assert(!maker->items.loaded);
    check_cost(1, 1);
    check_no_error();
    ck_assert_uint_eq(session_stats(s).rows, 1);
    ck_assert_uint_eq(session_stats(s).objects, 1);
}
END_TEST

START_TEST(test_find__second_time_is_the_same_object_and_no_statement)
{
    Maker *maker = session_find(s, Maker, 3);
    check_cost(1, 1);
    ck_assert_ptr_eq(session_find(s, Maker, 3), maker);
    ck_assert_ptr_eq(session_find(s, Maker, (int16_t)3), maker);
    ck_assert_ptr_eq(session_find(s, Maker, (uint64_t)3), maker);
    ck_assert_ptr_eq(session_find(s, Maker, (char)3), maker);
    check_cost(0, 0);
    ck_assert_uint_eq(session_stats(s).identity_hits, 4);
}
END_TEST

START_TEST(test_find__not_there_is_null_without_an_error)
{
    ck_assert_ptr_null(session_find(s, Maker, 99));
    check_cost(1, 1);
    check_no_error();
    ck_assert_ptr_null(session_find(s, Maker, -1));
    ck_assert_ptr_null(session_find(s, Maker, INT64_MIN));
    ck_assert_ptr_null(session_find(s, Maker, INT64_MAX));
    check_no_error();
    /* not remembered: somebody may have added it */
    live_sql("INSERT INTO makers (id, name) VALUES (99, 'late')");
    ck_assert_ptr_nonnull(session_find(s, Maker, 99));
    ck_assert_uint_eq(session_stats(s).identity_hits, 0);
}
END_TEST

/* DESIGN, section 4: an unset primary key is an error, never "no condition". */
START_TEST(test_find__unset_keys)
{
    ck_assert_ptr_null(session_find(s, Maker, ((NullInt64){0, false})));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
    session_clear_error(s);
    ck_assert_ptr_null(session_find(s, Word, (const char *)NULL));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Word", "word");
    session_clear_error(s);
    ck_assert_ptr_null(session_find(s, Seat, "a", NULL));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Seat", "number");
    session_clear_error(s);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__number_of_key_parts)
{
    ck_assert_ptr_null(session_find(s, Maker, 1, 2));
    check_error(s, STATUS_INVALID);
    ck_assert_str_eq(session_error(s)->model, "Maker");
    session_clear_error(s);
    ck_assert_ptr_null(session_find(s, Seat, "a"));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(session_find(s, Seat, "a", 1, 2, 3, 4, 5, 6, 7));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_key(s, &Maker_model, NULL, 0));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_key(s, &Maker_model, NULL, 1));
    ck_assert_ptr_nonnull(session_error(s));
    check_cost(0, 0);
}
END_TEST

/* DESIGN, section 2: out of range or of another family is STATUS_INVALID that names the field. */
START_TEST(test_find__values_of_another_family_or_range)
{
    const struct {
        const Model *model;
        Value value;
        const char *field;
    } wrong[] = {
        {&Maker_model, VALUE("one"), "id"},
        {&Maker_model, VALUE(1.5), "id"},
        {&Maker_model, VALUE((bool)true), "id"},
        {&Maker_model, VALUE(UINT64_MAX), "id"},
        {&Maker_model, VALUE((PgDate){1}), "id"},
        {&Part_model, VALUE((int64_t)INT32_MAX + 1), "id"},
        {&Part_model, VALUE((int64_t)INT32_MIN - 1), "id"},
        {&Word_model, VALUE(1), "word"},
        {&Word_model, VALUE(((PgBytes){"x", 1})), "word"},
        {&Day_model, VALUE(1), "day"},
        {&Day_model, VALUE((PgTimestamp){1}), "day"},
        {&Ticket_model, VALUE(7), "id"},
        {&Rate_model, VALUE((PgDate){1}), "rate"},
        {&Rate_model, VALUE((PgNumeric){"12x"}), "rate"},
        {&Maker_model, VALUE(((Int64Array){(int64_t[]){1}, NULL, 1})), "id"},
        {&Maker_model, {.type = 4711}, "id"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        ck_assert_msg(!howdah_session_find_key(s, wrong[i].model, &wrong[i].value, 1), "%zu", i);
        ck_assert_msg(session_error(s) != NULL, "%zu: no error", i);
        check_error(s, STATUS_INVALID);
        check_culprit(NULL, wrong[i].model->name, wrong[i].field);
        session_clear_error(s);
    }
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__composite_key)
{
    Seat *seat = session_find(s, Seat, "a", 1);
    ck_assert_str_eq(seat->room, "a");
    ck_assert_int_eq(seat->number, 1);
    ck_assert_str_eq(seat->guest, "Ann");
    ck_assert_ptr_null(session_find(s, Seat, "a", 2)->guest);
    Seat *low = session_find(s, Seat, "b", INT16_MIN);
    ck_assert_str_eq(low->guest, "low");
    ck_assert_ptr_null(session_find(s, Seat, "c", 1));
    check_cost(4, 4);
    ck_assert_ptr_eq(session_find(s, Seat, "a", (int64_t)1), seat);
    ck_assert_ptr_eq(session_find(s, Seat, "b", -32768LL), low);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Seat, "b", 32768));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Seat", "number");
}
END_TEST

START_TEST(test_find__text_key)
{
    char one[] = "one";
    ck_assert_int_eq(session_find(s, Word, one)->count, 1);
    ck_assert_int_eq(session_find(s, Word, "One")->count, 2);
    ck_assert_int_eq(session_find(s, Word, "")->count, 0);
    ck_assert_int_eq(session_find(s, Word, "\xc3\xa9t\xc3\xa9")->count, 3);
    ck_assert_int_eq(session_find(s, Word, "it's \"x\" \\")->count, 4);
    ck_assert_ptr_null(session_find(s, Word, "one "));
    ck_assert_ptr_null(session_find(s, Word, "1'; DROP TABLE words; --"));
    check_no_error();
    one[0] = 'x'; /* the map must not refer to the caller's text */
    check_cost(7, 7);
    ck_assert_int_eq(session_find(s, Word, "one")->count, 1);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "bad \xff utf-8"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Word", "word");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__uuid_date_and_numeric_keys)
{
    PgUuid id;
    PgDate day;
    ck_assert_int_eq(uuid_from_text("01890000-0000-7000-8000-00000000ABCD", &id), STATUS_OK);
    Ticket *ticket = session_find(s, Ticket, id);
    ck_assert_str_eq(ticket->holder, "Ada");
    ck_assert_int_eq(date_from_ymd(2026, 11, 20, &day), STATUS_OK);
    Day *today = session_find(s, Day, day);
    ck_assert_str_eq(today->name, "today");
    Day *never = session_find(s, Day, DATE_INFINITY);
    ck_assert_str_eq(never->name, "never");
    ck_assert_int_eq(date_from_ymd(-43, 3, 15, &day), STATUS_OK);
    ck_assert_str_eq(session_find(s, Day, day)->name, "ides");
    Rate *one = session_find(s, Rate, (PgNumeric){"1.1"});
    ck_assert_str_eq(one->name, "one");
    ck_assert_str_eq(one->rate.text, "1.10");
    Rate *nan = session_find(s, Rate, (PgNumeric){"NaN"});
    ck_assert_str_eq(nan->name, "nan");
    ck_assert_str_eq(session_find(s, Rate, (PgNumeric){"-1e-20"})->name, "tiny");
    check_cost(7, 7);
    ck_assert_ptr_eq(session_find(s, Ticket, id), ticket);
    ck_assert_ptr_eq(session_find(s, Day, DATE_INFINITY), never);
    ck_assert_ptr_eq(session_find(s, Rate, (PgNumeric){"1.1000"}), one);
    ck_assert_ptr_eq(session_find(s, Rate, (PgNumeric){"11e-1"}), one);
    ck_assert_ptr_eq(session_find(s, Rate, (PgNumeric){"NaN"}), nan);
    check_cost(0, 0);
    Rate *zero = session_find(s, Rate, 0);
    ck_assert_str_eq(zero->name, "zero");
    ck_assert_ptr_eq(session_find(s, Rate, (PgNumeric){"-0.000"}), zero);
    check_cost(1, 1);
}
END_TEST

/* One row is one object, whatever found it. */
START_TEST(test_find__one_object_for_a_row)
{
    Maker *maker = session_find_by(s, Maker, name, "maker 2");
    ck_assert_int_eq(maker->id, 2);
    check_cost(1, 1);
    ck_assert_ptr_eq(session_find(s, Maker, 2), maker);
    check_cost(0, 0);
    Maker **makers = session_find_many(s, Maker, (const Value[]){VALUE(2)}, 1);
    ck_assert_ptr_eq(makers[0], maker);
    check_cost(0, 0);
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "=", 2);
    ck_assert_ptr_eq(query_first(q, Maker), maker);
    ck_assert_uint_eq(session_stats(s).objects, 1);
    Session *other = session_open(db);
    Maker *twin = session_find(other, Maker, 2);
    ck_assert_ptr_nonnull(twin);
    ck_assert_ptr_ne(twin, maker);
    session_close(other);
}
END_TEST

/* --- find_many --- */

START_TEST(test_find__many_in_the_order_of_the_keys)
{
    const Value keys[] = {VALUE(4), VALUE(99), VALUE(1), VALUE(4), VALUE((int16_t)2), VALUE(-1)};
    Maker *first = session_find(s, Maker, 1);
    cost_start();
    Maker **makers = session_find_many(s, Maker, keys, COUNT_OF(keys));
    ck_assert_ptr_nonnull(makers);
    ck_assert_int_eq(makers[0]->id, 4);
    ck_assert_ptr_null(makers[1]);
    ck_assert_ptr_eq(makers[2], first);
    ck_assert_ptr_eq(makers[3], makers[0]);
    ck_assert_int_eq(makers[4]->id, 2);
    ck_assert_ptr_null(makers[5]);
    check_cost(1, 1);
    check_no_error();
}
END_TEST

START_TEST(test_find__many_of_none_and_of_one)
{
    Maker **makers = session_find_many(s, Maker, NULL, 0);
    ck_assert_ptr_nonnull(makers);
    check_cost(0, 0);
    makers = session_find_many(s, Maker, (const Value[]){VALUE(5)}, 1);
    ck_assert_str_eq(makers[0]->name, "maker 5");
    check_cost(1, 1);
    makers = session_find_many(s, Maker, (const Value[]){VALUE(77)}, 1);
    ck_assert_ptr_nonnull(makers);
    ck_assert_ptr_null(makers[0]);
    check_cost(1, 1);
    check_no_error();
}
END_TEST

static const int many_counts[] = {999, 1000, 1001, 2500};

START_TEST(test_find__many_more_than_a_statement_takes)
{
    size_t count = (size_t)many_counts[_i];
    live_sql("INSERT INTO nodes (id, label) SELECT n * 3, 'n' || n FROM generate_series(1, 3000) n");
    Value *keys = calloc(count, sizeof(*keys));
    for (size_t i = 0; i < count; i++) /* downwards; every seventh is not there */
        keys[i] = VALUE((int64_t)((count - i) * 3 + (i % 7 == 0)));
    Node **nodes = session_find_many(s, Node, keys, count);
    ck_assert_ptr_nonnull(nodes);
    check_cost((count + 999) / 1000, 1);
    for (size_t i = 0; i < count; i++) {
        char label[32];
        snprintf(label, sizeof(label), "n%zu", count - i);
        if (i % 7 == 0)
            ck_assert_ptr_null(nodes[i]);
        else
            ck_assert_str_eq(nodes[i]->label, label);
    }
    /* what is there is not asked for again */
    Node **again = session_find_many(s, Node, keys, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_eq(again[i], nodes[i]);
    struct cost cost = cost_take();
    ck_assert_uint_eq(cost.statements, 1); /* those that are missing */
    ck_assert_uint_eq(cost.round_trips, 1);
    free(keys);
}
END_TEST

START_TEST(test_find__many_with_composite_keys)
{
    const Value keys[] = {VALUE("b"), VALUE(1), VALUE("a"), VALUE(9), VALUE("a"), VALUE(2), VALUE("b"), VALUE(1)};
    Seat **seats = session_find_many(s, Seat, keys, 4);
    ck_assert_str_eq(seats[0]->guest, "Bob");
    ck_assert_ptr_null(seats[1]);
    ck_assert_int_eq(seats[2]->number, 2);
    ck_assert_ptr_eq(seats[3], seats[0]);
    check_cost(1, 1);
}
END_TEST

START_TEST(test_find__many_with_a_wrong_key)
{
    const Value keys[] = {VALUE(1), VALUE("two"), VALUE(3)};
    ck_assert_ptr_null(session_find_many(s, Maker, keys, 3));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "id");
    check_cost(0, 0);
    session_clear_error(s);
    ck_assert_ptr_null(session_find_many(s, Maker, NULL, 3));
    ck_assert_ptr_nonnull(session_error(s));
    session_clear_error(s);
    ck_assert_ptr_null(session_find_many(s, Maker, keys, SIZE_MAX / 4));
    ck_assert_ptr_nonnull(session_error(s));
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__many_leaves_out_what_is_deleted_and_keeps_changes)
{
    Maker *one = session_find(s, Maker, 1), *two = session_find(s, Maker, 2);
    session_delete(s, one);
    two->name = "mine";
    live_sql("UPDATE makers SET name = 'theirs' WHERE id = 2");
    const Value keys[] = {VALUE(1), VALUE(2), VALUE(3)};
    Maker **makers = session_find_many(s, Maker, keys, 3);
    ck_assert_ptr_null(makers[0]);
    ck_assert_ptr_eq(makers[1], two);
    ck_assert_str_eq(two->name, "mine");
    ck_assert_int_eq(makers[2]->id, 3);
}
END_TEST

/* --- find_by --- */

START_TEST(test_find__by_a_unique_field)
{
    Item *item = session_find_by(s, Item, code, "c3");
    ck_assert_int_eq(item->id, 3);
    ck_assert_str_eq(item->title, "item 3");
    ck_assert_ptr_eq(session_find_by(s, Item, code, "c3"), item); /* asks again */
    check_cost(2, 2);
    ck_assert_ptr_null(session_find_by(s, Item, code, "C3"));
    check_no_error();
    ck_assert_ptr_null(session_find_by(s, Item, code, "longer than the field can hold"));
    ck_assert(!session_error(s) || session_error(s)->status == STATUS_INVALID);
}
END_TEST

START_TEST(test_find__by_the_primary_key)
{
    Maker *maker = session_find_by(s, Maker, id, 2);
    ck_assert_str_eq(maker->name, "maker 2");
    check_cost(1, 1);
}
END_TEST

START_TEST(test_find__by_a_field_that_is_not_unique)
{
    ck_assert_ptr_null(session_find_by(s, Item, title, "item 3"));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Item", "title");
    session_clear_error(s);
    ck_assert_ptr_null(session_find_by(s, Seat, room, "a")); /* one part of the key identifies nothing */
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_by_field(s, &Maker_model, offsetof(Maker, items), VALUE(1)));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_by_field(s, &Maker_model, 100000, VALUE(1)));
    check_error(s, STATUS_INVALID);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__by_null_and_by_another_family)
{
    ck_assert_ptr_null(session_find_by(s, Maker, name, NULL));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(session_find_by(s, Maker, name, 7));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Maker", "name");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_find__by_keeps_unsaved_changes)
{
    Maker *maker = session_find(s, Maker, 1);
    maker->grade.value = 7;
    live_sql("UPDATE makers SET grade = 5");
    ck_assert_ptr_eq(session_find_by(s, Maker, name, "maker 1"), maker);
    ck_assert_int_eq(maker->grade.value, 7);
}
END_TEST

/* A row whose object is marked deleted has no object to give, and its row stays deleted. */
START_TEST(test_find__by_finds_no_deleted_object)
{
    session_delete(s, session_find(s, Maker, 5));
    ck_assert_ptr_null(session_find_by(s, Maker, name, "maker 5"));
    check_no_error();
}
END_TEST

/* --- objects that are not clean --- */

START_TEST(test_find__deleted_object_is_null_without_a_trip)
{
    Maker *maker = session_find(s, Maker, 5);
    check_ok(session_delete(s, maker));
    cost_start();
    ck_assert_ptr_null(session_find(s, Maker, 5));
    check_cost(0, 0);
    check_no_error();
    check_ok(session_commit(s));
    cost_start();
    ck_assert_ptr_null(session_find(s, Maker, 5));
    check_no_error();
}
END_TEST

START_TEST(test_find__added_object_with_its_key_set)
{
    Maker *maker = session_add(s, Maker, .id = 70, .name = "seventy");
    Seat *seat = session_add(s, Seat, .room = "z", .number = 4);
    ck_assert_ptr_eq(session_find(s, Maker, 70), maker);
    ck_assert_ptr_eq(session_find(s, Seat, "z", 4), seat);
    check_cost(0, 0);
    check_ok(session_commit(s));
    cost_start();
    ck_assert_ptr_eq(session_find(s, Maker, 70), maker);
    ck_assert_ptr_eq(session_find(s, Seat, "z", 4), seat);
    check_cost(0, 0);
}
END_TEST

/* A query always asks, and gives back the object that was added here. */
START_TEST(test_find__added_object_by_query_after_commit)
{
    Maker *maker = session_add(s, Maker, .name = "new");
    check_ok(session_commit(s));
    ck_assert_int_gt(maker->id, 5);
    ck_assert_ptr_eq(session_find_by(s, Maker, name, "new"), maker);
    cost_start();
    ck_assert_ptr_eq(session_find(s, Maker, maker->id), maker);
    check_cost(0, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_find__one_row);
    tcase_add_test(tests, test_find__second_time_is_the_same_object_and_no_statement);
    tcase_add_test(tests, test_find__not_there_is_null_without_an_error);
    tcase_add_test(tests, test_find__unset_keys);
    tcase_add_test(tests, test_find__number_of_key_parts);
    tcase_add_test(tests, test_find__values_of_another_family_or_range);
    tcase_add_test(tests, test_find__composite_key);
    tcase_add_test(tests, test_find__text_key);
    tcase_add_test(tests, test_find__uuid_date_and_numeric_keys);
    tcase_add_test(tests, test_find__one_object_for_a_row);
    tcase_add_test(tests, test_find__many_in_the_order_of_the_keys);
    tcase_add_test(tests, test_find__many_of_none_and_of_one);
    tcase_add_loop_test(tests, test_find__many_more_than_a_statement_takes, 0, (int)COUNT_OF(many_counts));
    tcase_add_test(tests, test_find__many_with_composite_keys);
    tcase_add_test(tests, test_find__many_with_a_wrong_key);
    tcase_add_test(tests, test_find__many_leaves_out_what_is_deleted_and_keeps_changes);
    tcase_add_test(tests, test_find__by_a_unique_field);
    tcase_add_test(tests, test_find__by_the_primary_key);
    tcase_add_test(tests, test_find__by_a_field_that_is_not_unique);
    tcase_add_test(tests, test_find__by_null_and_by_another_family);
    tcase_add_test(tests, test_find__by_keeps_unsaved_changes);
    tcase_add_test(tests, test_find__by_finds_no_deleted_object);
    tcase_add_test(tests, test_find__deleted_object_is_null_without_a_trip);
    tcase_add_test(tests, test_find__added_object_with_its_key_set);
    tcase_add_test(tests, test_find__added_object_by_query_after_commit);
}

int main(void)
{
    return scene_main("find", setup, scene_close, add_tests);
}
