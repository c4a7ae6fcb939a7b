/* After failures and rollbacks: what was evicted, replaced, freed or planned in between must come out right. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1)");
}

/* A string of the program's own, which it frees before the session is done with its object. */
static char *own(const char *text)
{
    return strdup(text);
}

static void give_up(char *text)
{
    memset(text, 'z', strlen(text));
    free(text);
}

/* --- memory: "a pointer must live until the next flush, commit or rollback" --- */

/* Also until one that fails: from then on the session holds its own copy. */
START_TEST(test_recovery__pointers_after_a_failed_commit)
{
    char *changed = own("changed"), *code = own("by hand");
    Maker *ann = session_find(s, Maker, 1), *twin = session_add(s, Maker, .name = "x");
    ann->name = changed;
    twin->name = "Bob";
    Item *item = session_add(s, Item, .code = "n", .title = "t", .maker = twin);
    item->note = code;
    check_fails(session_commit(s), STATUS_UNIQUE);
    give_up(changed);
    give_up(code);
    session_clear_error(s);
    ck_assert_str_eq(ann->name, "changed");
    ck_assert_str_eq(item->note, "by hand");
    twin->name = "Bobby";
    check_ok(session_commit(s));
    live_check("changed|by hand",
               "SELECT makers.name, items.note FROM makers, items WHERE makers.id = 1 AND code = 'n'");
}
END_TEST

/* The same where the client refuses. */
START_TEST(test_recovery__pointers_after_a_refused_commit)
{
    char *changed = own("changed");
    Maker *ann = session_find(s, Maker, 1);
    Item *item = session_add(s, Item, .code = "n", .maker = ann);
    ann->name = changed;
    check_fails(session_commit(s), STATUS_NOT_NULL);
    give_up(changed);
    session_clear_error(s);
    ck_assert_str_eq(ann->name, "changed");
    item->title = "t";
    check_ok(session_commit(s));
    live_check("changed", "SELECT name FROM makers WHERE id = 1");
}
END_TEST

/* The same of an object that was to be deleted, and is not after all. */
START_TEST(test_recovery__pointers_of_what_is_not_deleted)
{
    char *changed = own("changed"), *again = own("again");
    Maker *cid = session_find(s, Maker, 3);
    cid->name = changed;
    check_ok(session_delete(s, cid));
    session_add(s, Maker, .name = "Bob");
    check_fails(session_commit(s), STATUS_UNIQUE);
    give_up(changed);
    session_clear_error(s);
    check_ok(session_rollback(s));
    cid->name = again;
    check_ok(session_delete(s, cid));
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    give_up(again);
    session_add(s, Maker, .name = "Bob");
    check_fails(session_commit(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert_ptr_eq(session_add_struct(s, Maker, cid), cid);
    ck_assert_str_eq(cid->name, "again");
}
END_TEST

/* And where a flush of the program's transaction fails after one that did not. */
START_TEST(test_recovery__pointers_after_a_failed_flush)
{
    char *first = own("first"), *second = own("second");
    check_ok(session_begin(s, NULL));
    Maker *ann = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "new");
    ann->name = first;
    check_ok(session_flush(s));
    give_up(first);
    new->name = second;
    session_add(s, Maker, .name = "Cid");
    check_fails(session_flush(s), STATUS_UNIQUE);
    give_up(second);
    session_clear_error(s);
    ck_assert_str_eq(ann->name, "first");
    ck_assert_str_eq(new->name, "second");
    check_ok(session_rollback(s));
    ck_assert_str_eq(ann->name, "Ann");
}
END_TEST

/* --- evicted in the middle of a transaction --- */

START_TEST(test_recovery__evicted_after_a_flush)
{
    check_ok(session_begin(s, NULL));
    Maker *ann = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "new"),
          *cid = session_find(s, Maker, 3);
    ann->name = "changed";
    session_delete(s, cid);
    check_ok(session_flush(s));
    check_ok(session_evict(s, ann));
    check_ok(session_evict(s, new));
    check_ok(_i ? session_commit(s) : session_rollback(s));
    ck_assert(!session_contains(s, ann) && !session_contains(s, new)); /* out for good */
    Maker *fresh = session_find(s, Maker, 1);
    ck_assert_ptr_ne(fresh, ann);
    ck_assert_str_eq(fresh->name, _i ? "changed" : "Ann");
    ck_assert_ptr_eq(session_find(s, Maker, 1), fresh);
    check_nothing_to_write();
    fresh->name = "again";
    check_ok(session_commit(s));
    live_check("again", "SELECT name FROM makers WHERE id = 1");
}
END_TEST

/* After a flush that failed: what was evicted in between is not pending again. */
START_TEST(test_recovery__evicted_before_a_failing_flush)
{
    check_ok(session_begin(s, NULL));
    Maker *new = session_add(s, Maker, .name = "new"), *ann = session_find(s, Maker, 1);
    ann->grade.value = 9;
    check_ok(session_flush(s));
    check_ok(session_evict(s, new));
    check_ok(session_evict(s, ann));
    Maker *twin = session_add(s, Maker, .name = "Bob");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "twin";
    check_ok(session_commit(s));
    live_check("Ann1,Bob2,Cid3,twin",
               "SELECT string_agg(name || coalesce(grade::text, ''), ',' ORDER BY id) FROM makers");
}
END_TEST

/* --- one key, several objects --- */

/* A row is deleted and its key taken anew within the transaction, which is then rolled back: one object for the row. */
START_TEST(test_recovery__key_taken_anew_and_rolled_back)
{
    check_ok(session_begin(s, NULL));
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_flush(s));
    Maker *new = session_add(s, Maker, .id = 3, .name = "new Cid");
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, Maker, 3), new);
    check_ok(_i ? session_commit(s) : session_rollback(s));
    Maker *found = session_find(s, Maker, 3);
    ck_assert_ptr_eq(found, _i ? new : cid);
    ck_assert(session_contains(s, _i ? new : cid));
    ck_assert(!session_contains(s, _i ? cid : new));
    ck_assert_str_eq(found->name, _i ? "new Cid" : "Cid");
    check_nothing_to_write();
    size_t count;
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "=", 3);
    ck_assert_ptr_eq(query_all(q, Maker, &count)[0], found);
}
END_TEST

/* Deleted and added with one key in one commit: another issue's to make one UPDATE of it; whatever it does, the row is
 * right and the map knows the new object. */
START_TEST(test_recovery__deleted_and_added_with_one_key)
{
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    Maker *new = session_add(s, Maker, .id = 3, .name = "new Cid");
    check_no_error();
    Status status = session_commit(s);
    if (status != STATUS_OK) {
        live_check("Cid", "SELECT name FROM makers WHERE id = 3");
        check_ok(session_rollback(s));
        ck_assert_ptr_eq(session_find(s, Maker, 3), cid);
        return;
    }
    live_check("new Cid", "SELECT name FROM makers WHERE id = 3");
    ck_assert_ptr_eq(session_find(s, Maker, 3), new);
    ck_assert(!session_contains(s, cid));
    check_nothing_to_write();
    new->name = "newer";
    check_ok(session_commit(s));
    live_check("newer", "SELECT name FROM makers WHERE id = 3");
}
END_TEST

/* The row that refresh found gone comes back with the rollback of whoever deleted it: here, the session itself. */
START_TEST(test_recovery__refresh_of_what_was_flushed_as_deleted)
{
    check_ok(session_begin(s, NULL));
    Maker *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_flush(s));
    Status status = session_refresh(s, cid);
    ck_assert(status == STATUS_MISUSE || status == STATUS_STALE);
    check_ok(session_rollback(s));
    ck_assert_str_eq(session_find(s, Maker, 3)->name, "Cid");
    check_nothing_to_write();
}
END_TEST

/* --- plans --- */

START_TEST(test_recovery__changes_after_a_plan)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "planned";
    ck_assert_uint_eq(plan_step_count(session_plan(s)), 1);
    ann->name = "committed";
    session_add(s, Maker, .name = "also");
    session_delete(s, session_find(s, Maker, 3));
    check_ok(session_commit(s));
    live_check("committed,Bob,also", "SELECT string_agg(name, ',' ORDER BY id) FROM makers");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_recovery__plans_of_a_transaction)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Word, .word = "a");
    const Plan *plan = session_plan(s);
    ck_assert_str_eq(plan_step(plan, 0).sql, "BEGIN");
    check_cost(0, 0);
    check_ok(session_flush(s));
    session_add(s, Word, .word = "b");
    plan = session_plan(s);
    for (size_t i = 0; i < plan_step_count(plan); i++)
        ck_assert_str_ne(plan_step(plan, i).sql, "BEGIN"); /* it has begun already */
    check_ok(session_rollback(s));
    live_check("0", "SELECT count(*) FROM words");
}
END_TEST

/* A plan of what is refused, mended, planned and committed. */
START_TEST(test_recovery__plan_mended)
{
    Item *item = session_add(s, Item, .code = "x", .maker_id = 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(session_plan(s));
        check_error(s, STATUS_NOT_NULL);
        session_clear_error(s);
    }
    item->title = "t";
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_ptr_nonnull(session_plan(s));
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM items WHERE code = 'x'");
}
END_TEST

/* --- many failures in a row: nothing piles up --- */

START_TEST(test_recovery__many_failures)
{
    Maker *twin = session_add(s, Maker, .name = "Bob");
    uint64_t bytes = 0;
    for (int i = 0; i < 50; i++) {
        check_fails(session_commit(s), STATUS_UNIQUE);
        ck_assert_ptr_eq(session_error(s)->object, twin);
        session_clear_error(s);
        if (i == 5)
            bytes = session_stats(s).bytes;
    }
    ck_assert_uint_le(session_stats(s).bytes, bytes + 65536);
    twin->name = "twin";
    check_ok(session_commit(s));
    ck_assert_int_gt(twin->id, 0);
}
END_TEST

/* A validator that calls its session: it is inside, so it is told so. */
static Session *validated;
static const void *found_by_validator;
static Status status_of_validator;

typedef struct Guarded {
    int64_t id;
    int32_t number;
} Guarded;

extern const Model Guarded_model;

static const char *call_session(const void *object, const void *field)
{
    (void)field;
    found_by_validator = session_find(validated, Guarded, 1);
    status_of_validator = session_commit(validated);
    return ((const Guarded *)object)->number < 100 ? NULL : "must be less than 100";
}

MODEL(Guarded, "guarded", COLUMN(Guarded, id, .primary_key = true, .generated = GENERATED_IDENTITY),
      COLUMN(Guarded, number, .validate = call_session));

START_TEST(test_recovery__validator)
{
    Database *guarded = scene_database(NULL, MODELS(Guarded), NULL);
    ck_assert_int_eq(database_create_tables(guarded), STATUS_OK);
    session_close(s);
    validated = s = session_open(guarded);
    Guarded *good = session_add(s, Guarded, .number = 1), *bad = session_add(s, Guarded, .number = 100);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(bad, "Guarded", "number");
    check_says(session_error(s), "must be less than 100");
    ck_assert_ptr_null(found_by_validator);
    ck_assert_int_eq(status_of_validator, STATUS_MISUSE);
    session_clear_error(s);
    bad->number = 99;
    check_ok(session_commit(s));
    good->number = 200;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(good, "Guarded", "number");
    session_close(s);
    database_close(guarded);
    s = session_open(db);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_recovery__pointers_after_a_failed_commit);
    tcase_add_test(tests, test_recovery__pointers_after_a_refused_commit);
    tcase_add_test(tests, test_recovery__pointers_of_what_is_not_deleted);
    tcase_add_test(tests, test_recovery__pointers_after_a_failed_flush);
    tcase_add_loop_test(tests, test_recovery__evicted_after_a_flush, 0, 2);
    tcase_add_test(tests, test_recovery__evicted_before_a_failing_flush);
    tcase_add_loop_test(tests, test_recovery__key_taken_anew_and_rolled_back, 0, 2);
    tcase_add_test(tests, test_recovery__deleted_and_added_with_one_key);
    tcase_add_test(tests, test_recovery__refresh_of_what_was_flushed_as_deleted);
    tcase_add_test(tests, test_recovery__changes_after_a_plan);
    tcase_add_test(tests, test_recovery__plans_of_a_transaction);
    tcase_add_test(tests, test_recovery__plan_mended);
    tcase_add_test(tests, test_recovery__many_failures);
    tcase_add_test(tests, test_recovery__validator);
}

int main(void)
{
    return scene_main("recovery", setup, scene_close, add_tests);
}
