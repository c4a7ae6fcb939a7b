/* What a commit costs, what it writes, and what the objects are afterwards. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
}

static Maker *add_maker(const char *name)
{
    Maker *maker = session_add(s, Maker, .name = name);
    check_ok(session_commit(s));
    cost_start();
    seen_clear();
    return maker;
}

/* --- nothing --- */

START_TEST(test_commit__nothing_is_no_statement)
{
    check_ok(session_commit(s));
    check_cost(0, 0);
    Maker *maker = add_maker("Ann");
    check_nothing_to_write();
    scene_renew();
    session_find(s, Maker, maker ? 1 : 0);
    seen_clear();
    check_nothing_to_write();
    ck_assert_uint_eq(seen.count, 0); /* not even a BEGIN */
}
END_TEST

/* What was loaded in any way is never written. */
START_TEST(test_commit__loaded_rows_are_not_written)
{
    live_sql(
        "INSERT INTO makers (name) VALUES ('a'), ('b'), ('c');"
        "INSERT INTO items (maker_id, code, title, version) SELECT n, 'c' || n, 't', 1 FROM generate_series(1, 3) n;"
        "INSERT INTO seats VALUES ('a', 1, NULL); INSERT INTO nodes (label) VALUES ('root');"
        "INSERT INTO nodes (label, parent_id) VALUES ('leaf', 1)");
    session_find(s, Maker, 1);
    session_find_by(s, Maker, name, "b");
    session_find_many(s, Item, ((const Value[]){VALUE(1), VALUE(2)}), 2);
    session_find(s, Seat, "a", 1);
    size_t count;
    query_all(session_query(s, Node), Node, &count);
    query_all(session_query(s, Item), Item, &count);
    ck_assert_uint_eq(count, 3);
    check_no_error();
    check_nothing_to_write();
}
END_TEST

/* --- one row --- */

START_TEST(test_commit__one_row_is_one_trip_without_begin)
{
    Maker *maker = session_add(s, Maker, .name = "Ann");
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(maker->id, 1);
    ck_assert_int_ne(maker->made_at.microseconds, 0);
    maker->name = "Anne";
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("1|Anne|", "SELECT id, name, grade FROM makers");
    session_delete(s, maker);
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("0", "SELECT count(*) FROM makers");
    ck_assert_uint_eq(seen_with("BEGIN"), 0);
    ck_assert_uint_eq(seen_with("COMMIT"), 0);
    ck_assert_uint_eq(seen.count, 3);
    SessionStats stats = session_stats(s);
    ck_assert_uint_eq(stats.inserted, 1);
    ck_assert_uint_eq(stats.updated, 1);
    ck_assert_uint_eq(stats.deleted, 1);
    ck_assert_uint_eq(stats.objects, 0);
}
END_TEST

START_TEST(test_commit__two_rows_are_two_trips)
{
    Maker *a = session_add(s, Maker, .name = "a"), *b = session_add(s, Maker, .name = "b");
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_str_eq(seen.statements[0].sql, "BEGIN");
    ck_assert_str_eq(seen.statements[seen.count - 1].sql, "COMMIT");
    ck_assert_int_eq(a->id, 1);
    ck_assert_int_eq(b->id, 2);
    seen_clear();
    a->name = "A";
    session_delete(s, b);
    check_ok(session_commit(s));
    check_cost(2, 2);
    live_check("1|A", "SELECT id, name FROM makers");
}
END_TEST

/* The commit is one transaction: all rows have one xmin. */
START_TEST(test_commit__one_transaction)
{
    Maker *maker = session_add(s, Maker, .name = "Ann");
    Item *item = session_add(s, Item, .code = "x", .title = "X", .maker = maker);
    session_add(s, Part, .amount = 1, .item = item);
    session_add(s, Node, .label = "n");
    session_add(s, Word, .word = "w");
    check_ok(session_commit(s));
    live_check("1",
               "SELECT count(DISTINCT x) FROM (SELECT xmin::text x FROM makers UNION ALL SELECT xmin::text FROM items"
               " UNION ALL SELECT xmin::text FROM parts UNION ALL SELECT xmin::text FROM nodes"
               " UNION ALL SELECT xmin::text FROM words) t");
    ck_assert_uint_eq(seen_with("BEGIN"), 1);
    ck_assert_uint_eq(seen_with("COMMIT"), 1);
}
END_TEST

/* --- what was written --- */

START_TEST(test_commit__only_what_changed_is_sent)
{
    Maker *maker = session_add(s, Maker, .name = "Ann", .grade = {3, true});
    check_ok(session_commit(s));
    live_sql("UPDATE makers SET grade = 8");
    maker->name = "Anne";
    check_ok(session_commit(s));
    live_check("Anne|8", "SELECT name, grade FROM makers");
}
END_TEST

START_TEST(test_commit__changed_and_changed_back)
{
    Maker *maker = add_maker("Ann");
    char other[] = "Ann";
    maker->name = "Anne";
    maker->name = other; /* equal text elsewhere */
    ck_assert(!session_is_dirty(s, maker));
    check_nothing_to_write();
    maker->grade = (NullInt32){5, true};
    ck_assert(session_is_dirty(s, maker));
    maker->grade = (NullInt32){5, false}; /* NULL, whatever the value beside it */
    ck_assert(!session_is_dirty(s, maker));
    check_nothing_to_write();
    ck_assert_uint_eq(seen.count, 0);
}
END_TEST

/* The program's memory may go away after the commit: the session has its own. */
START_TEST(test_commit__pointers_become_the_sessions_own)
{
    char *name = strdup("in the program's memory");
    Maker *maker = session_add(s, Maker, .name = "x");
    maker->name = name;
    check_ok(session_commit(s));
    ck_assert_ptr_ne(maker->name, name);
    memset(name, 'z', strlen(name));
    free(name);
    ck_assert_str_eq(maker->name, "in the program's memory");
    name = strdup("changed");
    maker->name = name;
    check_ok(session_commit(s));
    ck_assert_ptr_ne(maker->name, name);
    free(name);
    ck_assert_str_eq(maker->name, "changed");
    check_nothing_to_write();
    live_check("changed", "SELECT name FROM makers");
}
END_TEST

START_TEST(test_commit__server_defaults_are_fetched)
{
    Maker *maker = add_maker("Ann");
    Item *plain = session_add(s, Item, .code = "a", .title = "", .maker = maker);
    Item *given = session_add(s, Item, .code = "b", .title = "B", .note = "mine", .maker = maker);
    Item *null = session_add(s, Item, .code = "c", .title = "C", .maker = maker);
    check_ok(session_assign_null(s, null, note));
    check_ok(session_commit(s));
    ck_assert_str_eq(plain->note, "none yet");
    ck_assert_str_eq(given->note, "mine");
    ck_assert_ptr_null(null->note);
    ck_assert_int_eq(plain->version, 1);
    ck_assert_int_eq(given->maker_id, maker->id);
    live_check("a|none yet|f\nb|mine|f\nc||t", "SELECT code, note, note IS NULL FROM items ORDER BY code");
    check_nothing_to_write();
    ck_assert_uint_eq(seen_with("SELECT ROW("), 0); /* no reading back */
}
END_TEST

/* A zero is a value. */
START_TEST(test_commit__zeroes_are_values)
{
    Maker *maker = session_add(s, Maker, .name = "", .grade = {0, true});
    Word *word = session_add(s, Word, .word = "", .count = 0);
    Seat *seat = session_add(s, Seat, .room = "", .number = 0, .guest = "");
    check_ok(session_commit(s));
    live_check("|0|f", "SELECT name, grade, grade IS NULL FROM makers");
    live_check("|0|", "SELECT room, number, guest FROM seats WHERE guest IS NOT NULL");
    live_check("0", "SELECT count FROM words WHERE word = ''");
    maker->name = "";
    seat->guest = "";
    word->count = 0;
    check_nothing_to_write();
    seat->guest = NULL;
    check_ok(session_commit(s));
    live_check("t", "SELECT guest IS NULL FROM seats");
    seat->guest = "";
    check_ok(session_commit(s));
    live_check("f", "SELECT guest IS NULL FROM seats");
}
END_TEST

/* Keys that the program sets are sent. */
START_TEST(test_commit__identity_that_is_set_is_sent)
{
    Maker *maker = session_add(s, Maker, .id = 4711, .name = "chosen"), *drawn = session_add(s, Maker, .name = "drawn");
    check_ok(session_commit(s));
    ck_assert_int_eq(maker->id, 4711);
    ck_assert_int_eq(drawn->id, 1);
    live_check("1|drawn\n4711|chosen", "SELECT id, name FROM makers ORDER BY id");
}
END_TEST

START_TEST(test_commit__negative_key)
{
    Maker *maker = session_add(s, Maker, .id = -5, .name = "minus");
    session_add(s, Item, .code = "i", .title = "", .maker = maker);
    check_ok(session_commit(s));
    live_check("-5", "SELECT maker_id FROM items");
}
END_TEST

START_TEST(test_commit__uuid_keys_are_made_by_add)
{
    Ticket *a = session_add(s, Ticket, .holder = "a"), *b = session_add(s, Ticket, .holder = "b");
    char text[HOWDAH_TEXT_MAX];
    ck_assert_int_eq(a->id.bytes[6] >> 4, 7);
    ck_assert_int_eq(a->id.bytes[8] >> 6, 2);
    ck_assert_int_ne(memcmp(&a->id, &b->id, sizeof(a->id)), 0);
    ck_assert_ptr_eq(session_find(s, Ticket, a->id), a);
    uuid_to_text(a->id, text);
    check_ok(session_commit(s));
    live_check(text, "SELECT id FROM tickets WHERE holder = 'a'");
}
END_TEST

START_TEST(test_commit__natural_and_composite_keys)
{
    Seat *seat = session_add(s, Seat, .room = "r", .number = 1, .guest = "g");
    Day *day = session_add(s, Day, .day = DATE_MINUS_INFINITY, .name = "first");
    Rate *rate = session_add(s, Rate, .rate = {"0.50"}, .name = "half");
    check_ok(session_commit(s));
    seat->guest = "h";
    day->name = "beginning";
    rate->name = "1/2";
    check_ok(session_commit(s));
    live_check("r|1|h", "SELECT * FROM seats");
    live_check("-infinity|beginning", "SELECT * FROM days");
    live_check("0.50|1/2", "SELECT * FROM rates");
    session_delete(s, seat);
    session_delete(s, day);
    session_delete(s, rate);
    check_ok(session_commit(s));
    live_check("0|0|0",
               "SELECT (SELECT count(*) FROM seats), (SELECT count(*) FROM days), (SELECT count(*) FROM rates)");
}
END_TEST

/* A key that is not set is an error that names it, before anything is sent. */
START_TEST(test_commit__unset_keys)
{
    static const struct {
        const Model *model;
        const char *field;
    } cases[] = {{&Word_model, "word"}, {&Seat_model, "room"}, {&Rate_model, "rate"}};
    const Word word = {.count = 1};
    const Seat seat = {.number = 1};
    const Rate rate = {.name = "x"};
    const void *const values[] = {&word, &seat, &rate};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        void *object = howdah_session_add_object(s, cases[i].model, values[i]);
        Status status = session_commit(s);
        ck_assert_msg(status == STATUS_INVALID || status == STATUS_NOT_NULL, "%s", status_name(status));
        check_culprit(object, cases[i].model->name, cases[i].field);
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        check_ok(session_rollback(s));
    }
    check_cost(0, 0);
}
END_TEST

/* Numeric zero and 0001-01-01 are keys like any other; so is an integer 0 that is no identity. */
START_TEST(test_commit__zero_as_a_natural_key)
{
    session_add(s, Rate, .rate = {"0"}, .name = "zero");
    session_add(s, Day, .day = {0}, .name = "2000-01-01");
    session_add(s, Seat, .room = "x", .number = 0);
    check_ok(session_commit(s));
    live_check("2000-01-01|2000-01-01", "SELECT * FROM days");
    live_check("0|zero", "SELECT * FROM rates");
}
END_TEST

/* --- the plan --- */

/* The plan, its text and the execution are one thing. */
START_TEST(test_commit__plan_is_what_runs)
{
    Maker *old = add_maker("old");
    Maker *maker = session_add(s, Maker, .name = "Ann");
    session_add(s, Item, .code = "x", .title = "X", .maker = maker);
    session_add(s, Item, .code = "y", .title = "Y", .maker = old);
    old->name = "older";
    const Plan *plan = session_plan(s);
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(seen.count, 0);
    check_cost(0, 0);
    size_t count = plan_step_count(plan), writes = 0;
    char *planned[SEEN_MAX];
    uint32_t trips[SEEN_MAX];
    ck_assert_uint_le(count, SEEN_MAX);
    for (size_t i = 0; i < count; i++) {
        PlanStep step = plan_step(plan, i);
        ck_assert_ptr_nonnull(step.sql);
        ck_assert(step.reason && *step.reason);
        ck_assert((step.operation == OPERATION_CONTROL) == (step.table == NULL));
        writes += step.operation >= OPERATION_INSERT;
        planned[i] = strdup(step.sql);
        trips[i] = step.round_trip;
    }
    ck_assert_uint_eq(writes, 3);
    ck_assert_uint_eq(trips[count - 1], 2);
    ck_assert_ptr_null(plan_step(plan, count).sql);
    ck_assert_uint_eq(plan_step(plan, SIZE_MAX).rows, 0);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen.count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(seen.statements[i].sql, planned[i]);
        ck_assert_uint_eq(seen.statements[i].round_trip, trips[i]);
        free(planned[i]);
    }
}
END_TEST

START_TEST(test_commit__plan_names_objects_and_rows)
{
    Maker *gone = add_maker("gone"), *a = session_add(s, Maker, .name = "a"), *b = session_add(s, Maker, .name = "b");
    session_delete(s, gone);
    const Plan *plan = session_plan(s);
    unsigned found = 0;
    for (size_t i = 0; i < plan_step_count(plan); i++) {
        PlanStep step = plan_step(plan, i);
        if (step.operation == OPERATION_INSERT) {
            found++;
            ck_assert_uint_eq(step.rows, 2);
            ck_assert_ptr_nonnull(strstr(step.table, "makers"));
            ck_assert_ptr_eq(step.objects[0], a);
            ck_assert_ptr_eq(step.objects[1], b);
        } else if (step.operation == OPERATION_DELETE) {
            found++;
            ck_assert_uint_eq(step.rows, 1);
            ck_assert_ptr_eq(step.objects[0], gone);
        }
    }
    ck_assert_uint_eq(found, 2);
}
END_TEST

START_TEST(test_commit__plan_says_what_a_commit_would_refuse)
{
    Item *item = session_add(s, Item, .code = "x");
    ck_assert_ptr_null(session_plan(s));
    check_error(s, STATUS_NOT_NULL);
    check_culprit(item, "Item", "title");
    ck_assert_str_eq(plan_text(session_plan(s)), "");
    ck_assert_uint_eq(plan_step_count(NULL), 0);
    check_cost(0, 0);
}
END_TEST

START_TEST(test_commit__plan_of_nothing)
{
    const Plan *plan = session_plan(s);
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan_step_count(plan), 0);
    ck_assert_str_eq(plan_text(plan), "");
}
END_TEST

/* Values appear in a plan only as placeholders. */
START_TEST(test_commit__plan_has_no_values)
{
    session_add(s, Maker, .name = "s3cret", .grade = {7, true});
    const Plan *plan = session_plan(s);
    ck_assert_ptr_null(strstr(plan_text(plan), "s3cret"));
    ck_assert_uint_eq(plan_step_count(plan), 1);
    ck_assert_ptr_null(strstr(plan_step(plan, 0).sql, "s3cret"));
    ck_assert_ptr_nonnull(strstr(plan_step(plan, 0).sql, "$1"));
}
END_TEST

/* --- values that can't be --- */

START_TEST(test_commit__values_are_checked_before_anything_is_sent)
{
    Maker *maker = add_maker("Ann");
    struct {
        Item value;
        const char *field;
        Status status;
    } cases[] = {
        {{.maker = maker, .code = "c"}, "title", STATUS_NOT_NULL},
        {{.maker = maker, .code = "c", .title = "bad \xc3("}, "title", STATUS_INVALID},
        {{.maker = maker, .code = "c\xff", .title = "t"}, "code", STATUS_INVALID},
        {{.maker = maker, .code = "c", .title = "t", .note = "\xed\xa0\x80"}, "note", STATUS_INVALID},
        {{.maker = maker, .code = "c", .title = "t", .price = {"1,5"}}, "price", STATUS_INVALID},
        {{.maker = maker, .code = "c", .title = "t", .price = {""}}, "price", STATUS_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        session_add(s, Item, .maker = maker, .code = "good", .title = "fine");
        Item *item = session_add_struct(s, Item, &cases[i].value);
        check_fails(session_commit(s), cases[i].status);
        check_culprit(item, "Item", cases[i].field);
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        check_ok(session_rollback(s));
    }
    check_cost(0, 0);
    live_check("0", "SELECT count(*) FROM items");
}
END_TEST

START_TEST(test_commit__chars_without_an_end)
{
    Maker *maker = add_maker("Ann");
    Item *item = session_add(s, Item, .maker = maker, .title = "t");
    memset(item->code, 'x', sizeof(item->code)); /* no NUL at all */
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(item, "Item", "code");
    check_cost(0, 0);
    session_clear_error(s);
    ck_assert(!SET_TEXT(item->code, "sixteen letters!"));
    ck_assert(SET_TEXT(item->code, "fifteen letters"));
    check_ok(session_commit(s));
    live_check("fifteen letters", "SELECT code FROM items");
}
END_TEST

/* What lies behind the end of a char[N] is no part of its value. */
START_TEST(test_commit__chars_compare_as_text)
{
    Maker *maker = add_maker("Ann");
    Item *item = session_add(s, Item, .maker = maker, .title = "t", .code = "abc");
    check_ok(session_commit(s));
    memcpy(item->code, "abc\0rubbish", 11);
    ck_assert(!session_is_dirty(s, item));
    check_nothing_to_write();
    ck_assert_int_eq(item->version, 1);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_commit__nothing_is_no_statement);
    tcase_add_test(tests, test_commit__loaded_rows_are_not_written);
    tcase_add_test(tests, test_commit__one_row_is_one_trip_without_begin);
    tcase_add_test(tests, test_commit__two_rows_are_two_trips);
    tcase_add_test(tests, test_commit__one_transaction);
    tcase_add_test(tests, test_commit__only_what_changed_is_sent);
    tcase_add_test(tests, test_commit__changed_and_changed_back);
    tcase_add_test(tests, test_commit__pointers_become_the_sessions_own);
    tcase_add_test(tests, test_commit__server_defaults_are_fetched);
    tcase_add_test(tests, test_commit__zeroes_are_values);
    tcase_add_test(tests, test_commit__identity_that_is_set_is_sent);
    tcase_add_test(tests, test_commit__negative_key);
    tcase_add_test(tests, test_commit__uuid_keys_are_made_by_add);
    tcase_add_test(tests, test_commit__natural_and_composite_keys);
    tcase_add_test(tests, test_commit__unset_keys);
    tcase_add_test(tests, test_commit__zero_as_a_natural_key);
    tcase_add_test(tests, test_commit__plan_is_what_runs);
    tcase_add_test(tests, test_commit__plan_names_objects_and_rows);
    tcase_add_test(tests, test_commit__plan_says_what_a_commit_would_refuse);
    tcase_add_test(tests, test_commit__plan_of_nothing);
    tcase_add_test(tests, test_commit__plan_has_no_values);
    tcase_add_test(tests, test_commit__values_are_checked_before_anything_is_sent);
    tcase_add_test(tests, test_commit__chars_without_an_end);
    tcase_add_test(tests, test_commit__chars_compare_as_text);
}

int main(void)
{
    return scene_main("commit", setup, scene_close, add_tests);
}
