/* Opening a database, its tables, and the calls without a session, while memory runs out. */
#include "sweep.h"

#include "support/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calls `once` with each allocation failing in turn, once and from then on, until none is left to fail. */
static void for_each_failure(void (*once)(struct failing *failing, void *arg), void *arg)
{
    struct failing failing;
    size_t tries = 0;
    failing_init(&failing);
    for (enum failing_how how = FAILING_ONCE; how <= FAILING_FROM; how++)
        for (size_t n = 1, first = 1; first || failing_reached(&failing); n = sweep_next(n), first = 0, tries++) {
            failing_at(&failing, n, how);
            once(&failing, arg);
            failing_off(&failing);
            ck_assert_uint_eq(failing_blocks(&failing), 0);
        }
    ck_assert_uint_gt(tries, 2);
    printf("%zu tries\n", tries);
}

/* --- opening --- */

typedef struct Wrong Wrong;
struct Wrong {
    int64_t id;
    int32_t other;
    int32_t again;
};
/* clang-format off */
static MODEL(Wrong, "wrong",
    COLUMN(Wrong, id),
    COLUMN(Wrong, other, .references = &Maker_model),
    COLUMN(Wrong, again, .column = "other"));
/* clang-format on */

struct opening {
    const Model *const *models;
    Status expected; /* if memory lasts */
    bool lazy;
};

static void open_and_close(struct failing *failing, void *arg)
{
    const struct opening *opening = arg;
    Database *db = database_open(live_conninfo(), opening->models,
                                 DATABASE_OPTIONS(.lazy = opening->lazy, .allocator = &failing->hook));
    const Error *error = database_error(db);
    Session *s = session_open(db);
    if (!failing_reached(failing))
        ck_assert_int_eq(error ? error->status : STATUS_OK, opening->expected);
    else if (error && error->status != opening->expected)
        check_no_memory(error);
    if (db && error && s)
        ck_assert_int_eq(session_error(s)->status, error->status);
    database_close(db); /* and the session */
}

START_TEST(test_database_memory__open_lazily)
{
    struct opening opening = {workshop_models(), STATUS_OK, true};
    for_each_failure(open_and_close, &opening);
}
END_TEST

START_TEST(test_database_memory__open)
{
    struct opening opening = {workshop_models(), STATUS_OK, false};
    for_each_failure(open_and_close, &opening);
}
END_TEST

START_TEST(test_database_memory__open_with_faults_in_models)
{
    struct opening opening = {MODELS(Maker, Wrong), STATUS_MODEL, true};
    for_each_failure(open_and_close, &opening);
}
END_TEST

/* --- tables --- */

static void ask_for_ddl(struct failing *failing, void *arg)
{
    (void)arg;
    size_t n = failing->countdown;
    enum failing_how how = failing->how;
    failing_off(failing);
    Database *db = sweep_database(failing);
    failing_at(failing, n, how);
    const char *ddl = database_ddl(db);
    if (ddl)
        ck_assert_ptr_nonnull(strstr(ddl, "stickers"));
    else
        check_no_memory(database_error(db));
    database_close(db);
}

START_TEST(test_database_memory__ddl)
{
    for_each_failure(ask_for_ddl, NULL);
}
END_TEST

#define NO_TABLES  ""
#define ALL_TABLES "items,labels,makers,stickers"

struct schema_change {
    Status (*change)(Database *db);
    const char *before, *after; /* tables that are there */
    const char *prepare;        /* SQL that makes it so */
};

static void check_tables(const char *expected)
{
    live_check(expected, "SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables"
                         " WHERE schemaname = 'public'");
}

static void change_schema(struct failing *failing, void *arg)
{
    const struct schema_change *c = arg;
    size_t n = failing->countdown;
    enum failing_how how = failing->how;
    failing_off(failing);
    live_sql("%s", c->prepare);
    Database *db = sweep_database(failing);
    failing_at(failing, n, how);
    Status status = c->change(db);
    const Error *error = database_error(db);
    if (status == STATUS_OK) {
        ck_assert_ptr_null(error);
        check_tables(c->after);
    } else {
        check_no_memory(error);
        ck_assert_int_eq(error->status, status);
        ck_assert_msg(error->outcome == OUTCOME_DONE || error->outcome == HOWDAH_OUTCOME_NOT_DONE, "the outcome is %d",
                      error->outcome);
        check_tables(error->outcome == OUTCOME_DONE ? c->after : c->before);
    }
    database_close(db);
}

START_TEST(test_database_memory__create_tables)
{
    struct schema_change change = {howdah_database_create_tables, NO_TABLES, ALL_TABLES,
                                   "DROP TABLE IF EXISTS stickers, labels, items, makers; DROP TYPE IF EXISTS trade"};
    for_each_failure(change_schema, &change);
}
END_TEST

START_TEST(test_database_memory__drop_tables)
{
    /* Anything that has the names will do. */
    struct schema_change change = {howdah_database_drop_tables, ALL_TABLES, NO_TABLES,
                                   "CREATE TABLE IF NOT EXISTS makers (); CREATE TABLE IF NOT EXISTS items ();"
                                   "CREATE TABLE IF NOT EXISTS labels (); CREATE TABLE IF NOT EXISTS stickers ()"};
    live_sql("DROP TABLE IF EXISTS stickers, labels, items, makers");
    for_each_failure(change_schema, &change);
}
END_TEST

/* --- without a session --- */

/* One call; the rows that are there if it was done, and if not. */
struct call {
    Status (*make)(Database *db, Error *error);
    char *before, *after;
};

static void make_call(struct failing *failing, void *arg)
{
    const struct call *call = arg;
    size_t n = failing->countdown;
    enum failing_how how = failing->how;
    Error error = {.status = STATUS_OK};
    failing_off(failing);
    workshop_seed(workshop_rows_sql);
    Database *db = sweep_database(failing);
    failing_at(failing, n, how);
    Status status = call->make(db, &error);
    if (status == STATUS_OK)
        error.outcome = OUTCOME_DONE;
    else
        check_no_memory(&error);
    char *rows = workshop_rows();
    ck_assert_int_ne(error.outcome, OUTCOME_IN_DOUBT);
    ck_assert_str_eq(rows, error.outcome == OUTCOME_DONE ? call->after : call->before);
    free(rows);
    ck_assert_ptr_null(database_error(db));
    failing_off(failing);
    /* The database has no memory of the failure. */
    if (error.outcome != OUTCOME_DONE)
        ck_assert_int_eq(call->make(db, &error), STATUS_OK);
    database_close(db);
}

static void sweep_call(Status (*make)(Database *db, Error *error))
{
    struct call call = {.make = make};
    struct failing failing;
    failing_init(&failing);
    workshop_seed(workshop_rows_sql);
    Database *db = sweep_database(&failing);
    call.before = workshop_rows();
    ck_assert_int_eq(make(db, NULL), STATUS_OK);
    call.after = workshop_rows();
    database_close(db);
    for_each_failure(make_call, &call);
    free(call.before);
    free(call.after);
}

/* Into a unit, which database_run does in a session of its own. */
static Status add_in_a_unit(Session *s, void *arg)
{
    ++*(int *)arg;
    Maker *gus = session_add(s, Maker, .name = "Gus", .code = "G7", .mail = "gus@example.com");
    session_add(s, Item, .slug = "jug", .title = "Jug", .maker = gus);
    session_savepoint(s);
    Item *anvil = session_find(s, Item, 1);
    if (anvil)
        anvil->title = "Heavy anvil";
    return session_flush(s);
}

static Status run_unit(Database *db, Error *error)
{
    int calls = 0;
    Status status = database_run(db, add_in_a_unit, &calls, NULL, error);
    ck_assert_int_le(calls, 1);
    return status;
}

START_TEST(test_database_memory__run)
{
    sweep_call(run_unit);
}
END_TEST

static Status find_item(Database *db, Error *error)
{
    Item item = {.id = -1};
    void *memory = NULL;
    Status status = database_find(db, Item, &item, &memory, error, 1);
    if (status == STATUS_OK) {
        ck_assert_str_eq(item.title, "Anvil");
        ck_assert_str_eq(item.tags.items[0], "iron");
    } else {
        ck_assert_int_eq((int)item.id, -1);
        ck_assert_ptr_null(memory);
    }
    database_free(db, memory);
    return status;
}

START_TEST(test_database_memory__find)
{
    sweep_call(find_item);
}
END_TEST

static Status save_new(Database *db, Error *error)
{
    Item item = {.maker_id = 2, .slug = "jug", .title = "Jug"};
    Status status = database_save(db, Item, &item, error);
    if (status == STATUS_OK)
        ck_assert_int_gt((int)item.id, 100);
    else if (error && error->outcome != OUTCOME_DONE)
        ck_assert_int_eq((int)item.id, 0);
    return status;
}

START_TEST(test_database_memory__save_new)
{
    sweep_call(save_new);
}
END_TEST

static Status save_again(Database *db, Error *error)
{
    const char *tags[] = {"old"};
    Item item = {.id = 2,
                 .maker_id = 1,
                 .slug = "nail",
                 .title = "Bent nail",
                 .data = {"{}"},
                 .tags = {tags, NULL, 1},
                 .price = {"0.02"},
                 .version = 7};
    Status status = database_save(db, Item, &item, error);
    if (status == STATUS_OK)
        ck_assert_int_eq(item.version, 8);
    return status;
}

START_TEST(test_database_memory__save_again)
{
    sweep_call(save_again);
}
END_TEST

/* There is no row with that key, and no version to tell. */
static Status save_natural(Database *db, Error *error)
{
    Label label = {.text = "heavy"};
    label.id.bytes[15] = 9;
    return database_save(db, Label, &label, error);
}

START_TEST(test_database_memory__save_with_a_key)
{
    sweep_call(save_natural);
}
END_TEST

static Status delete_item(Database *db, Error *error)
{
    const Item item = {.id = 2, .version = 7};
    return database_delete(db, Item, &item, error);
}

START_TEST(test_database_memory__delete)
{
    sweep_call(delete_item);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 600);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("database_memory");
    TCase *opening = add_case(suite, "open");
    tcase_add_test(opening, test_database_memory__open_lazily);
    tcase_add_test(opening, test_database_memory__open);
    tcase_add_test(opening, test_database_memory__open_with_faults_in_models);
    TCase *tables = add_case(suite, "tables");
    tcase_add_test(tables, test_database_memory__ddl);
    tcase_add_test(tables, test_database_memory__create_tables);
    tcase_add_test(tables, test_database_memory__drop_tables);
    TCase *calls = add_case(suite, "calls");
    tcase_add_unchecked_fixture(calls, sweep_tables, NULL);
    tcase_add_test(calls, test_database_memory__run);
    tcase_add_test(calls, test_database_memory__find);
    tcase_add_test(calls, test_database_memory__save_new);
    tcase_add_test(calls, test_database_memory__save_again);
    tcase_add_test(calls, test_database_memory__save_with_a_key);
    tcase_add_test(calls, test_database_memory__delete);
    return sweep_main(suite);
}
