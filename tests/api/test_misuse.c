/* What a program must not do, and what it gets for it: an error, never a crash. */
#include "api/scene.h"
#include "api/works_models.h"

#include <pthread.h>

typedef struct Unlisted {
    int64_t id;
} Unlisted;

typedef struct Row {
    int64_t id;
    const char *name;
} Row;

typedef struct Made {
    int64_t id;
    NullInt32 made;
    NullInt32 stored;
    const char *text;
    NullInt64 maker_id;
    Maker *maker;
} Made;

/* clang-format off */
MODEL(Unlisted, "unlisted", COLUMN(Unlisted, id, .primary_key = true));
MODEL(Row, NULL, COLUMN(Row, id), COLUMN(Row, name));
MODEL(Made, "made",
    COLUMN(Made, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Made, made,   .generated = GENERATED_BY_SERVER, .server_default = "7"),
    COLUMN(Made, stored, .generated = GENERATED_BY_SERVER, .stored = "length(text)"),
    COLUMN(Made, text),
    COLUMN(Made, maker_id, .references = &Maker_model, .generated = GENERATED_BY_SERVER, .server_default = "1"),
    BELONGS_TO(Made, maker, Maker, maker_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Maker, Item, Part, Node, Word, Row, Made));
    live_sql("INSERT INTO makers (name) VALUES ('Ann'), ('Bob')");
}

/* --- no session, no query, no object --- */

START_TEST(test_misuse__null_session)
{
    size_t count = 7;
    Maker maker = {0};
    ck_assert_ptr_null(session_open(NULL));
    session_close(NULL);
    session_clear(NULL);
    session_clear_error(NULL);
    ck_assert_int_eq(session_error(NULL)->status, STATUS_NO_MEMORY);
    ck_assert_str_eq(error_text(session_error(NULL)), error_text(session_error(NULL)));
    ck_assert_uint_eq(session_stats(NULL).statements, 0);
    ck_assert_ptr_null(session_find(NULL, Maker, 1));
    ck_assert_ptr_null(session_find_many(NULL, Maker, ((const Value[]){VALUE(1)}), 1));
    ck_assert_ptr_null(session_find_by(NULL, Maker, name, "x"));
    ck_assert_ptr_null(session_add(NULL, Maker, .name = "x"));
    ck_assert_ptr_null(session_add_struct(NULL, Maker, &maker));
    ck_assert_int_eq(session_delete(NULL, &maker), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_assign_null(NULL, &maker, grade), STATUS_NO_MEMORY);
    ck_assert_ptr_null(session_text(NULL, "%d", 1));
    ck_assert_ptr_null(session_copy(NULL, "x", 1));
    ck_assert(!session_contains(NULL, &maker));
    ck_assert(!session_is_dirty(NULL, &maker));
    ck_assert_ptr_null(session_changes(NULL, &maker, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(session_refresh(NULL, &maker), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_evict(NULL, &maker), STATUS_NO_MEMORY);
    ck_assert_ptr_null(session_plan(NULL));
    ck_assert_int_eq(session_commit(NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_begin(NULL, NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_flush(NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(session_rollback(NULL), STATUS_NO_MEMORY);
    ck_assert_ptr_null(session_query(NULL, Maker));
}
END_TEST

static bool never(void *arg, const void *object)
{
    (void)arg;
    (void)object;
    ck_abort_msg("there are no rows");
    return false;
}

START_TEST(test_misuse__null_query_and_plan)
{
    size_t count = 7;
    query_where(NULL, Maker, name, "=", "x");
    query_order_by(NULL, Maker, name, ORDER_ASC);
    query_limit(NULL, 1);
    ck_assert_ptr_null(query_sql(NULL));
    ck_assert_ptr_null(query_all(NULL, Maker, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(query_all(NULL, Maker, NULL));
    ck_assert_ptr_null(query_first(NULL, Maker));
    ck_assert_int_eq(query_each(NULL, Maker, never, NULL), STATUS_NO_MEMORY);
    ck_assert_uint_eq(plan_step_count(NULL), 0);
    ck_assert_ptr_null(plan_step(NULL, 0).sql);
    ck_assert_str_eq(plan_text(NULL), "");
    ck_assert_str_eq(error_text(NULL), "no error");
    ck_assert_ptr_nonnull(status_name((Status)4711));
}
END_TEST

START_TEST(test_misuse__null_database)
{
    Maker maker = {.id = 1};
    Error error;
    void *memory = NULL;
    ck_assert_int_eq(database_error(NULL)->status, STATUS_NO_MEMORY);
    ck_assert_int_eq(database_create_tables(NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_drop_tables(NULL), STATUS_NO_MEMORY);
    ck_assert_ptr_null(database_ddl(NULL));
    ck_assert_int_eq(database_find(NULL, Maker, &maker, &memory, &error, 1), STATUS_NO_MEMORY);
    ck_assert_int_eq(error.status, STATUS_NO_MEMORY);
    ck_assert_int_eq(database_save(NULL, Maker, &maker, &error), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_delete(NULL, Maker, &maker, NULL), STATUS_NO_MEMORY);
    database_free(NULL, NULL);
    database_free(db, NULL);
    database_close(NULL);
}
END_TEST

/* Each call with a NULL object: MISUSE, or nothing where the header says so. */
START_TEST(test_misuse__null_object)
{
    size_t count = 7;
    check_ok(session_delete(s, NULL));
    ck_assert(!session_contains(s, NULL));
    ck_assert(!session_is_dirty(s, NULL));
    session_clear_error(s);
    ck_assert_ptr_null(session_changes(s, NULL, &count));
    ck_assert_uint_eq(count, 0);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_refresh(s, NULL), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_evict(s, NULL), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(howdah_session_assign_null_field(s, NULL, 8), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_nonnull(session_add_struct(s, Maker, NULL));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(session_changes(s, NULL, NULL));
    session_clear_error(s);
    ck_assert_ptr_null(session_copy(s, NULL, 5));
    ck_assert_ptr_nonnull(session_error(s));
    session_clear_error(s);
    const char *(*text)(Session *, const char *, ...) = howdah_session_text; /* one whose format no compiler looks at */
    ck_assert_ptr_null(text(s, NULL));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_misuse__null_model)
{
    size_t count;
    Maker maker = {0};
    Value one = VALUE(1);
    ck_assert_ptr_null(howdah_session_find_key(s, NULL, &one, 1));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_many_keys(s, NULL, &one, 1));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_session_find_by_field(s, NULL, 0, one));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_nonnull(howdah_session_add_object(s, NULL, &maker));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(howdah_query_all_objects(howdah_session_query_model(s, NULL), NULL, &count));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_ne(howdah_query_each_object(session_query(s, Maker), NULL, never, NULL), STATUS_OK);
    session_clear_error(s);
    Error error;
    void *memory;
    ck_assert_int_eq(howdah_database_find_key(db, NULL, &maker, &memory, &error, &one, 1), STATUS_MISUSE);
    ck_assert_int_eq(howdah_database_save_object(db, NULL, &maker, &error), STATUS_MISUSE);
    ck_assert_int_eq(howdah_database_delete_object(db, NULL, &maker, &error), STATUS_MISUSE);
    check_no_error();
}
END_TEST

/* --- models that the database doesn't know --- */

START_TEST(test_misuse__model_that_was_not_given)
{
    Unlisted mine = {.id = 1};
    size_t count;
    ck_assert_ptr_null(session_find(s, Unlisted, 1));
    check_error(s, STATUS_MISUSE);
    ck_assert_str_eq(session_error(s)->model, "Unlisted");
    session_clear_error(s);
    session_add_struct(s, Unlisted, &mine);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_ptr_null(query_all(session_query(s, Unlisted), Unlisted, &count));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    Error error;
    ck_assert_int_eq(database_find(db, Unlisted, &mine, NULL, &error, 1), STATUS_MISUSE);
    ck_assert_str_eq(error.model, "Unlisted");
    ck_assert_int_eq(database_save(db, Unlisted, &mine, &error), STATUS_MISUSE);
    ck_assert_int_eq(database_delete(db, Unlisted, &mine, &error), STATUS_MISUSE);
    /* an equal copy of a model is another model */
    Model copy = Maker_model;
    Value one = VALUE(1);
    ck_assert_ptr_null(howdah_session_find_key(s, &copy, &one, 1));
    check_error(s, STATUS_MISUSE);
}
END_TEST

/* A struct for the rows of queries has no table. */
START_TEST(test_misuse__model_without_a_table)
{
    ck_assert_ptr_null(session_find(s, Row, 1));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    session_add(s, Row, .id = 1);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

/* --- objects that aren't this session's --- */

START_TEST(test_misuse__objects_of_another_session)
{
    Session *other = session_open(db);
    Maker *theirs = session_find(other, Maker, 1);
    theirs->name = "changed";
    size_t count;
    check_fails(session_delete(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_refresh(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_evict(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_assign_null(s, theirs, grade), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert(!session_is_dirty(s, theirs));
    session_clear_error(s);
    ck_assert_ptr_null(session_changes(s, theirs, &count));
    session_clear_error(s);
    ck_assert(session_contains(other, theirs) && session_is_dirty(other, theirs));
    ck_assert_str_eq(theirs->name, "changed");
    session_close(other);
    /* of a closed one: nothing but the address is looked at */
    check_fails(session_delete(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(session_evict(s, theirs), STATUS_MISUSE);
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_misuse__pointers_that_are_no_objects)
{
    Maker *ann = session_find(s, Maker, 1), mine = {.id = 1};
    const void *const pointers[] = {&mine, (const char *)ann + 1, (const char *)ann + 8, ann + 1, ann->name, "text", s,
                                    db};
    for (size_t i = 0; i < COUNT_OF(pointers); i++) {
        void *pointer = (void *)(uintptr_t)pointers[i];
        ck_assert(!session_contains(s, pointer));
        check_fails(session_delete(s, pointer), STATUS_MISUSE);
        ck_assert_ptr_null(session_error(s)->object);
        session_clear_error(s);
        check_fails(session_refresh(s, pointer), STATUS_MISUSE);
        session_clear_error(s);
    }
    check_nothing_to_write();
}
END_TEST

/* An object given as one of another model. */
START_TEST(test_misuse__object_of_another_model)
{
    Maker *ann = session_find(s, Maker, 1);
    howdah_session_add_object(s, &Item_model, ann);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

/* --- what only the library or the server may write --- */

/* Calls that would have written say that nothing was done, also where an earlier call's error keeps them from beginning. */
START_TEST(test_misuse__outcome_of_what_was_not_begun)
{
    for (int i = 0; i < 8; i++) {
        uint64_t affected = 7;
        Query *q = session_query(s, Maker);
        query_where(q, Maker, name, i < 2 ? "@>" : "=", "Ann");
        if (i >= 2)
            ck_assert_ptr_null(session_find(s, Maker, ((PgUuid){{1}})));
        ck_assert_int_eq(session_error(s) ? (int)session_error(s)->outcome : OUTCOME_NONE, OUTCOME_NONE);
        switch (i) {
        case 0:
        case 2: check_fails(query_delete(q, &affected), STATUS_INVALID); break;
        case 1:
        case 3:
            query_set(q, Maker, name, "x");
            check_fails(query_update(q, &affected), STATUS_INVALID);
            break;
        case 4: check_fails(session_commit(s), STATUS_INVALID); break;
        case 5: check_fails(session_flush(s), STATUS_INVALID); break;
        case 6: check_fails(session_execute(s, &affected, "DELETE FROM makers"), STATUS_INVALID); break;
        case 7: ck_assert_ptr_null(session_upsert(s, Word, (word), .word = "w")); break;
        }
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        ck_assert_ptr_nonnull(strstr(error_text(session_error(s)), "nothing was committed"));
        session_clear_error(s);
    }
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    check_fails(session_prepare(s, "it's"), STATUS_INVALID);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

START_TEST(test_misuse__column_of_the_server_assigned)
{
    Made *made = session_add(s, Made, .text = "abc", .made = {5, true});
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(made, "Made", "made");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    memset(&made->made, 0xff, sizeof(made->made)); /* padding and value of what is not there say nothing */
    made->made.valid = false;
    check_ok(session_commit(s));
    ck_assert_int_eq(made->made.value, 7);
    ck_assert_int_eq(made->stored.value, 3);
    made->stored.value = 99;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(made, "Made", "stored");
    session_clear_error(s);
    made->stored.value = 3;
    check_nothing_to_write();
    Maker *ann = session_find(s, Maker, 1);
    ann->made_at.microseconds++;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(ann, "Maker", "made_at");
}
END_TEST

/* By a pointer, to a row that is there and to one that has no key yet. */
START_TEST(test_misuse__reference_of_the_server_assigned)
{
    Maker *bob = session_find(s, Maker, 2);
    Made *made = session_add(s, Made, .text = "abc", .maker = bob);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(made, "Made", "maker_id");
    session_clear_error(s);
    made->maker = session_add(s, Maker, .name = "Cem");
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(made, "Made", "maker_id");
    session_clear_error(s);
    made->maker = NULL;
    check_ok(session_commit(s));
    ck_assert_int_eq(made->maker_id.value, 1);
    made->maker = session_add(s, Maker, .name = "Dee");
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(made, "Made", "maker_id");
}
END_TEST

START_TEST(test_misuse__primary_key_of_a_row_unset)
{
    Maker *ann = session_find(s, Maker, 1);
    ann->id = 0;
    Status status = session_commit(s);
    ck_assert_int_eq(status, STATUS_INVALID);
    check_culprit(ann, "Maker", "id");
    live_check("1\n2", "SELECT id FROM makers ORDER BY id");
    check_ok(session_rollback(s));
    ck_assert_int_eq(ann->id, 1);
    ck_assert_ptr_eq(session_find(s, Maker, 1), ann);
}
END_TEST

START_TEST(test_misuse__collection_edited)
{
    Maker *ann = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "new");
    Item *items[1] = {session_add(s, Item, .code = "x", .title = "", .maker = ann)};
    Maker *edited = _i ? new : ann;
    edited->items.items = items;
    edited->items.count = 1;
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(edited, "Maker", "items");
    session_clear_error(s);
    edited->items.items = NULL;
    edited->items.count = 0;
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM items");
}
END_TEST

/* --- a call inside a call --- */

static Status inner_commit, inner_clear;
static const void *inner_find;
static unsigned inner_calls;
static bool inner_contains, inner_other;

/* The statement callback is called by a thread that is inside the session. */
static void call_back(void *arg, const Statement *statement)
{
    (void)statement;
    if (!s || !*(bool *)arg)
        return;
    inner_calls++;
    inner_commit = session_commit(s);
    inner_clear = session_delete(s, NULL);
    inner_find = session_find(s, Maker, 1);
    session_clear_error(s);
    session_clear(s);
    session_close(s); /* must not free what is in use */
    inner_contains = session_contains(s, s);
    session_add(s, Maker, .name = "from within");
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "=", 1);
    ck_assert_ptr_null(query_first(q, Maker));
    ck_assert_ptr_null(session_plan(s));
    ck_assert_ptr_null(session_text(s, "x"));
}

START_TEST(test_misuse__call_inside_a_call)
{
    bool on = false;
    Database *watched = scene_database(NULL, MODELS(Maker, Item, Part, Node),
                                       DATABASE_OPTIONS(.on_statement = call_back, .statement_arg = &on));
    session_close(s);
    s = session_open(watched);
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "changed";
    session_add(s, Maker, .name = "new");
    on = true;
    check_ok(session_commit(s));
    on = false;
    ck_assert_uint_gt(inner_calls, 2);
    ck_assert_int_eq(inner_commit, STATUS_MISUSE);
    ck_assert_int_eq(inner_clear, STATUS_MISUSE);
    ck_assert_ptr_null(inner_find);
    ck_assert(!inner_contains);
    check_no_error(); /* the intruder was told; the call itself went on */
    live_check("3", "SELECT count(*) FROM makers");
    check_nothing_to_write();
    session_close(s);
    database_close(watched);
    s = session_open(db);
}
END_TEST

static void call_other_session(void *arg, const Statement *statement)
{
    Session *other = arg ? *(Session **)arg : NULL;
    (void)statement;
    if (!other || inner_other)
        return;
    inner_other = true;
    ck_assert_ptr_nonnull(session_find(other, Maker, 2));
}

/* Another session is free, also from within a callback: it has a connection of its own. */
START_TEST(test_misuse__other_session_inside_a_call)
{
    Session *other = NULL;
    Database *watched = scene_database(NULL, MODELS(Maker, Item, Part, Node),
                                       DATABASE_OPTIONS(.on_statement = call_other_session, .statement_arg = &other));
    Session *one = session_open(watched);
    other = session_open(watched);
    ck_assert_ptr_nonnull(session_find(one, Maker, 1));
    ck_assert(inner_other);
    other = NULL;
    database_close(watched);
}
END_TEST

struct intruder {
    Session *s;
    pthread_barrier_t barrier;
    Status status;
};

static void *intrude(void *arg)
{
    struct intruder *intruder = arg;
    pthread_barrier_wait(&intruder->barrier);
    intruder->status = session_commit(intruder->s);
    ck_assert_ptr_null(session_find(intruder->s, Maker, 1));
    ck_assert_ptr_nonnull(session_error(intruder->s));
    pthread_barrier_wait(&intruder->barrier);
    return NULL;
}

static bool let_in(void *arg, const void *object)
{
    struct intruder *intruder = arg;
    (void)object;
    pthread_barrier_wait(&intruder->barrier);
    pthread_barrier_wait(&intruder->barrier);
    return false;
}

/* A second thread while the first is inside. */
START_TEST(test_misuse__second_thread)
{
    struct intruder intruder = {.s = s};
    pthread_t thread;
    pthread_barrier_init(&intruder.barrier, NULL, 2);
    ck_assert_int_eq(pthread_create(&thread, NULL, intrude, &intruder), 0);
    check_ok(query_each(session_query(s, Maker), Maker, let_in, &intruder));
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&intruder.barrier);
    ck_assert(intruder.status == STATUS_MISUSE || intruder.status == STATUS_BUSY);
    check_no_error();
    ck_assert_ptr_nonnull(session_find(s, Maker, 2));
}
END_TEST

/* --- a database that failed to open --- */

START_TEST(test_misuse__database_with_an_error)
{
    Database *broken = database_open("host=/nonexistent", MODELS(Maker, Item, Part, Node), NULL);
    ck_assert_ptr_nonnull(broken);
    ck_assert_int_eq(database_error(broken)->status, STATUS_CONNECTION);
    Session *session = session_open(broken);
    ck_assert_ptr_nonnull(session);
    check_error(session, STATUS_CONNECTION);
    ck_assert_ptr_null(session_find(session, Maker, 1));
    ck_assert_ptr_nonnull(session_add(session, Maker, .name = "x"));
    ck_assert_int_eq(session_commit(session), STATUS_CONNECTION);
    ck_assert_int_eq(session_rollback(session), STATUS_CONNECTION); /* "every call on it reports that error" */
    ck_assert_int_eq(session_commit(session), STATUS_CONNECTION);
    session_clear_error(session);
    ck_assert_int_eq(session_commit(session), STATUS_CONNECTION);
    ck_assert_ptr_null(session_find(session, Maker, 1));
    Error error;
    Maker maker = {.id = 1};
    ck_assert_int_eq(database_save(broken, Maker, &maker, &error), STATUS_CONNECTION);
    session_close(session);
    database_close(broken);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_misuse__null_session);
    tcase_add_test(tests, test_misuse__null_query_and_plan);
    tcase_add_test(tests, test_misuse__null_database);
    tcase_add_test(tests, test_misuse__null_object);
    tcase_add_test(tests, test_misuse__null_model);
    tcase_add_test(tests, test_misuse__model_that_was_not_given);
    tcase_add_test(tests, test_misuse__model_without_a_table);
    tcase_add_test(tests, test_misuse__objects_of_another_session);
    tcase_add_test(tests, test_misuse__pointers_that_are_no_objects);
    tcase_add_test(tests, test_misuse__object_of_another_model);
    tcase_add_test(tests, test_misuse__outcome_of_what_was_not_begun);
    tcase_add_test(tests, test_misuse__column_of_the_server_assigned);
    tcase_add_test(tests, test_misuse__reference_of_the_server_assigned);
    tcase_add_test(tests, test_misuse__primary_key_of_a_row_unset);
    tcase_add_loop_test(tests, test_misuse__collection_edited, 0, 2);
    tcase_add_test(tests, test_misuse__call_inside_a_call);
    tcase_add_test(tests, test_misuse__other_session_inside_a_call);
    tcase_add_test(tests, test_misuse__second_thread);
    tcase_add_test(tests, test_misuse__database_with_an_error);
}

int main(void)
{
    return scene_main("misuse", setup, scene_close, add_tests);
}
