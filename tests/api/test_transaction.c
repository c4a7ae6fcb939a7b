/* session_begin, flush, commit and rollback: transactions of the program. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (2, 'b', 'B', 1)");
}

static const char *makers(void)
{
    return live_sql("SELECT string_agg(name, ',' ORDER BY id) FROM makers");
}

/* No connection of this test's database is left in a transaction. */
static void check_idle(void)
{
    live_check("0",
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%%'");
}

/* --- beginning --- */

START_TEST(test_transaction__begin_costs_nothing_of_its_own)
{
    check_ok(session_begin(s, NULL));
    check_cost(0, 0);
    ck_assert_uint_eq(seen.count, 0);
    session_find(s, Maker, 1);
    check_cost(1, 1);
    ck_assert_str_eq(seen.statements[0].sql, "BEGIN");
    session_find(s, Maker, 2);
    check_cost(1, 1);
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("BEGIN"), 1);
    ck_assert_uint_eq(seen_with("COMMIT"), 1);
    check_idle();
}
END_TEST

START_TEST(test_transaction__nothing_in_it_is_no_statement)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_ok(session_commit(s));
    check_cost(0, 0);
    ck_assert_uint_eq(seen.count, 0);
    check_ok(session_begin(s, NULL)); /* and another one may begin */
    check_ok(session_rollback(s));
    ck_assert_uint_eq(seen.count, 0);
}
END_TEST

/* Each has an id of its own, by which its outcome is found out should the answer to COMMIT get lost. */
START_TEST(test_transaction__an_id_of_its_own)
{
    for (int i = 0; i < 3; i++) {
        check_ok(session_begin(s, NULL));
        seen_clear();
        session_add(s, Word, .word = session_text(s, "%d", i));
        check_ok(session_flush(s));
        check_ok(session_execute(s, NULL, "UPDATE words SET count = count + %d", 1));
        ck_assert_uint_eq(seen_with("pg_current_xact_id"), 1);
        check_ok(session_commit(s));
        session_clear(s);
        check_ok(session_begin(s, NULL));
        seen_clear();
        check_ok(session_execute(s, NULL, "UPDATE words SET count = count + %d", 1));
        session_add(s, Word, .word = session_text(s, "%d again", i));
        check_ok(session_flush(s));
        ck_assert_uint_eq(seen_with("pg_current_xact_id"), 1);
        check_ok(i == 1 ? session_rollback(s) : session_commit(s));
    }
}
END_TEST

START_TEST(test_transaction__begun_twice)
{
    check_ok(session_begin(s, NULL));
    check_fails(session_begin(s, NULL), STATUS_MISUSE);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_transaction__flush_without_one)
{
    session_add(s, Maker, .name = "x");
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_commit(s));
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
}
END_TEST

START_TEST(test_transaction__options_that_are_none)
{
    BeginOptions options = {.isolation = ISOLATION_SERIALIZABLE}; /* no struct_size */
    check_fails(session_begin(s, &options), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_begin(s, BEGIN_OPTIONS(.isolation = (enum howdah_isolation)77)), STATUS_INVALID);
    session_clear_error(s);
    check_fails(session_begin(s, BEGIN_OPTIONS(.isolation = (enum howdah_isolation) - 1)), STATUS_INVALID);
    session_clear_error(s);
    check_ok(session_commit(s));
}
END_TEST

static const struct {
    const char *level, *read_only, *deferrable;
} modes[] = {{"read committed", "off", "off"}, {"read committed", "off", "off"}, {"repeatable read", "off", "off"},
             {"serializable", "off", "off"},   {"read committed", "on", "off"},  {"serializable", "on", "on"},
             {"serializable", "on", "off"},    {"repeatable read", "on", "off"}};

typedef struct Mode {
    const char *name;
    const char *setting;
} Mode;

/* The server's own settings as rows. */
MODEL_IN("pg_catalog", Mode, "pg_settings", COLUMN(Mode, name, .primary_key = true), COLUMN(Mode, setting));

START_TEST(test_transaction__modes)
{
    const BeginOptions *const options[] = {
        NULL,
        BEGIN_OPTIONS(.isolation = ISOLATION_READ_COMMITTED),
        BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ),
        BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE),
        BEGIN_OPTIONS(.read_only = true),
        BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE, .read_only = true, .deferrable = true),
        BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE, .read_only = true),
        BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ, .read_only = true),
    };
    ck_assert_uint_eq(COUNT_OF(options), COUNT_OF(modes));
    Database *settings = scene_database(NULL, MODELS(Mode), NULL);
    session_close(s);
    s = session_open(settings);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        check_ok(session_begin(s, options[i]));
        Value keys[] = {VALUE("transaction_isolation"), VALUE("transaction_read_only"),
                        VALUE("transaction_deferrable")};
        Mode **found = session_find_many(s, Mode, keys, 3);
        check_no_error();
        ck_assert_str_eq(found[0]->setting, modes[i].level);
        ck_assert_str_eq(found[1]->setting, modes[i].read_only);
        ck_assert_str_eq(found[2]->setting, modes[i].deferrable);
        check_ok(session_commit(s));
        session_clear(s);
        /* nothing of it is left behind for the next one */
        ck_assert_str_eq(session_find(s, Mode, "transaction_read_only")->setting, "off");
        session_clear(s);
    }
    session_close(s);
    database_close(settings);
    s = session_open(db);
}
END_TEST

START_TEST(test_transaction__write_in_a_read_only_one)
{
    check_ok(session_begin(s, BEGIN_OPTIONS(.read_only = true)));
    Maker *ann = session_find(s, Maker, 1);
    ann->name = "changed";
    Maker *new = session_add(s, Maker, .name = "new");
    cost_start();
    check_fails(_i ? session_commit(s) : session_flush(s), STATUS_MISUSE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_cost(0, 0); /* before anything is sent */
    session_clear_error(s);
    ck_assert(session_contains(s, new) && new->id == 0);
    ck_assert_str_eq(ann->name, "changed");
    check_ok(session_rollback(s)); /* as every transaction that can't be committed */
    check_idle();
    ann->name = "changed";
    session_add(s, Maker, .name = "new");
    check_ok(session_commit(s));
    live_check("changed,Bob,Cid,new", "SELECT string_agg(name, ',' ORDER BY id) FROM makers");
}
END_TEST

typedef struct Backend {
    int32_t pid;
} Backend;

MODEL(Backend, NULL, COLUMN(Backend, pid));

static int32_t backend_of(Session *session)
{
    Backend *backend = session_sql_one(session, Backend, "SELECT pg_backend_pid() AS pid");
    ck_assert_ptr_nonnull(backend);
    return backend->pid;
}

/* What the program itself has made read only says nothing about the server: its connections stay. */
START_TEST(test_transaction__raw_write_in_a_read_only_one)
{
    Session *other = session_open(db);
    check_ok(session_begin(s, BEGIN_OPTIONS(.read_only = true)));
    check_ok(session_begin(other, NULL));
    int32_t refused = backend_of(s), idle = backend_of(other);
    ck_assert_int_eq(session_rollback(other), STATUS_OK);
    check_fails(session_execute(s, NULL, "DELETE FROM makers"), STATUS_SERVER);
    ck_assert_str_eq(session_error(s)->sqlstate, "25006");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(backend_of(s), refused); /* the one that came back last */
    ck_assert_int_eq(session_begin(other, NULL), STATUS_OK);
    ck_assert_int_eq(backend_of(other), idle);
    check_ok(session_execute(s, NULL, "SET LOCAL transaction_read_only = on")); /* the same without an option */
    check_fails(session_execute(s, NULL, "CREATE TABLE another ()"), STATUS_SERVER);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(backend_of(s), refused);
    session_close(other);
}
END_TEST

/* --- flushing --- */

START_TEST(test_transaction__flush_writes_inside)
{
    check_ok(session_begin(s, NULL));
    Maker *dora = session_add(s, Maker, .name = "Dora");
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = dora);
    session_find(s, Maker, 1)->name = "Anne";
    session_delete(s, session_find(s, Maker, 3));
    cost_start();
    check_ok(session_flush(s));
    ck_assert(dora->id > 0 && item->id > 0 && item->maker_id == dora->id);
    ck_assert_str_eq(makers(), "Ann,Bob,Cid"); /* others see nothing of it */
    size_t count;
    query_all(session_query(s, Maker), Maker, &count);
    ck_assert_uint_eq(count, 3); /* the transaction itself sees all */
    ck_assert_ptr_eq(session_find(s, Maker, dora->id), dora);
    cost_start();
    check_ok(session_flush(s)); /* nothing new */
    check_cost(0, 0);
    dora->name = "Dorothy";
    check_ok(session_flush(s));
    check_cost(1, 1);
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "Anne,Bob,Dorothy");
    check_idle();
    check_nothing_to_write();
}
END_TEST

/* One round trip for a flush, whatever is in it; the server is asked once whether keys may be drawn. */
START_TEST(test_transaction__flush_is_one_trip)
{
    check_ok(session_begin(s, NULL));
    Maker *first = session_add(s, Maker, .name = "warm up");
    session_add(s, Item, .code = "v", .title = "", .maker = first);
    session_add(s, Item, .code = "w", .title = "", .maker = first);
    check_ok(session_flush(s));
    for (int i = 0; i < 1500; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "m%d", i));
        Item *item = session_add(s, Item, .title = "", .maker = maker);
        ck_assert(SET_TEXT(item->code, session_text(s, "i%d", i)));
    }
    cost_start();
    check_ok(session_flush(s));
    check_trips(1);
    check_ok(session_commit(s));
    check_trips(1);
    live_check("1500", "SELECT count(*) FROM items JOIN makers ON makers.id = maker_id"
                       " WHERE code LIKE 'i%%' AND substr(code, 2) = substr(name, 2)");
}
END_TEST

/* What the program put into an object is the session's own after a flush already. */
START_TEST(test_transaction__flush_takes_over_pointers)
{
    check_ok(session_begin(s, NULL));
    char *name = strdup("program's own");
    Maker *ann = session_find(s, Maker, 1);
    ann->name = name;
    check_ok(session_flush(s));
    free(name);
    ck_assert_str_eq(ann->name, "program's own");
    check_ok(session_rollback(s));
    ck_assert_str_eq(ann->name, "Ann");
}
END_TEST

START_TEST(test_transaction__flush_then_rollback)
{
    check_ok(session_begin(s, NULL));
    Maker *ann = session_find(s, Maker, 1), *cid = session_find(s, Maker, 3);
    Maker *new = session_add(s, Maker, .name = "new"), *keyed = session_add(s, Maker, .id = 70, .name = "keyed");
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = new);
    ann->name = "Anne";
    session_delete(s, cid);
    check_ok(session_flush(s));
    int64_t id = new->id;
    ck_assert_int_gt(id, 0);
    check_ok(session_rollback(s));
    check_no_error();
    ck_assert_str_eq(makers(), "Ann,Bob,Cid");
    ck_assert_str_eq(ann->name, "Ann");               /* as it was loaded */
    ck_assert_ptr_eq(session_find(s, Maker, 3), cid); /* alive */
    ck_assert(!session_contains(s, new) && !session_contains(s, keyed) && !session_contains(s, item));
    ck_assert_int_eq(new->id, 0); /* a generated key is no key any more */
    ck_assert_int_eq(item->id, 0);
    cost_start();
    ck_assert_ptr_null(session_find(s, Maker, id)); /* asks the server */
    ck_assert_ptr_null(session_find(s, Maker, 70));
    check_statements(2);
    check_nothing_to_write();
    check_idle();
}
END_TEST

/* Objects that were committed stay as they are, whatever is rolled back later. */
START_TEST(test_transaction__rollback_after_commit)
{
    Maker *new = session_add(s, Maker, .name = "new"), *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_commit(s));
    int64_t id = new->id;
    new->name = "changed";
    check_ok(session_rollback(s));
    ck_assert_int_eq(new->id, id);
    ck_assert_str_eq(new->name, "new");
    ck_assert_ptr_eq(session_find(s, Maker, id), new);
    ck_assert(!session_contains(s, cid));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_transaction__rollback_without_one)
{
    Maker *ann = session_find(s, Maker, 1), *new = session_add(s, Maker, .name = "new");
    ann->name = "changed";
    ann->grade.valid = false;
    cost_start();
    check_ok(session_rollback(s));
    check_cost(0, 0);
    ck_assert_str_eq(ann->name, "Ann");
    ck_assert(ann->grade.valid && ann->grade.value == 1);
    ck_assert(!session_contains(s, new));
    check_nothing_to_write();
}
END_TEST

/* --- failures inside --- */

/* The second flush fails: all that was flushed is pending again, and the program begins anew. */
START_TEST(test_transaction__second_flush_fails)
{
    check_ok(session_begin(s, NULL));
    Maker *ann = session_find(s, Maker, 1), *cid = session_find(s, Maker, 3);
    Maker *first = session_add(s, Maker, .name = "first");
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = first);
    ann->name = "Anne";
    session_delete(s, cid);
    check_ok(session_flush(s));
    ck_assert_int_gt(first->id, 0);
    ann->grade.value = 7;
    Maker *second = session_add(s, Maker, .name = "Bob");
    check_fails(session_flush(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, second);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_idle();
    ck_assert_str_eq(makers(), "Ann,Bob,Cid");
    /* pending, as before the first flush */
    ck_assert_int_eq(first->id, 0);
    ck_assert_int_eq(item->id, 0);
    ck_assert_ptr_eq(item->maker, first);
    ck_assert_str_eq(ann->name, "Anne");
    session_clear_error(s);
    ck_assert(session_is_dirty(s, ann) && session_contains(s, first) && session_contains(s, cid));
    ck_assert_ptr_null(session_find(s, Maker, 3));
    check_fails(session_flush(s), STATUS_NO_TRANSACTION); /* that transaction is over */
    session_clear_error(s);
    second->name = "second";
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_ok(session_commit(s));
    ck_assert_str_eq(live_sql("SELECT string_agg(name || coalesce(grade::text, ''), ',' ORDER BY name) FROM makers"),
                     "Anne7,Bob2,first,second");
    live_check("first", "SELECT name FROM items JOIN makers ON makers.id = maker_id WHERE code = 'x'");
    check_nothing_to_write();
}
END_TEST

/* A commit that fails inside the program's transaction does the same. */
START_TEST(test_transaction__commit_fails_after_flush)
{
    check_ok(session_begin(s, NULL));
    Maker *first = session_add(s, Maker, .name = "first");
    check_ok(session_flush(s));
    Maker *second = session_add(s, Maker, .name = "Ann");
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, second);
    ck_assert_int_eq(first->id, 0);
    check_idle();
    session_clear_error(s);
    second->name = "Anna";
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "Ann,Bob,Cid,first,Anna");
    ck_assert_ptr_eq(session_find(s, Maker, first->id), first);
}
END_TEST

/* A deferred constraint fails at COMMIT, after flushes that succeeded. */
START_TEST(test_transaction__deferred_constraint)
{
    live_sql("ALTER TABLE makers DROP CONSTRAINT makers_name_key;"
             "ALTER TABLE makers ADD CONSTRAINT makers_name_key UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
    check_ok(session_begin(s, NULL));
    Maker *ann = session_add(s, Maker, .name = "Ann"), *cid = session_find(s, Maker, 3);
    session_delete(s, cid);
    check_ok(session_flush(s));
    ck_assert_int_gt(ann->id, 0);
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->constraint, "makers_name_key");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(ann->id, 0);
    session_clear_error(s);
    ann->name = "Anna";
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "Ann,Bob,Anna");
    ck_assert(!session_contains(s, cid));
}
END_TEST

/* What the client refuses costs nothing, and the transaction goes on. */
START_TEST(test_transaction__refused_before_anything_is_sent)
{
    check_ok(session_begin(s, NULL));
    Maker *first = session_add(s, Maker, .name = "first");
    check_ok(session_flush(s));
    int64_t id = first->id;
    Item *item = session_add(s, Item, .code = "x", .maker = first);
    Status status = session_flush(s);
    ck_assert_int_eq(status, STATUS_NOT_NULL);
    check_culprit(item, "Item", "title");
    session_clear_error(s);
    item->title = "mended";
    if (first->id == 0) { /* allowed: "when something fails inside it, the transaction is rolled back at once" */
        check_ok(session_commit(s));
    } else {
        ck_assert_int_eq(first->id, id);
        check_ok(session_flush(s));
        check_ok(session_commit(s));
    }
    live_check("first", "SELECT name FROM items JOIN makers ON makers.id = maker_id WHERE code = 'x'");
}
END_TEST

/* An error of a read inside it ends the transaction as well. */
START_TEST(test_transaction__read_fails)
{
    check_ok(session_begin(s, NULL));
    Maker *first = session_add(s, Maker, .name = "first");
    check_ok(session_flush(s));
    live_sql("SET lock_timeout TO '10s'; ALTER TABLE nodes RENAME TO hidden");
    ck_assert_ptr_null(session_find(s, Node, 1));
    check_error(s, STATUS_SCHEMA);
    check_idle();
    ck_assert_int_eq(first->id, 0);
    session_clear_error(s);
    check_fails(session_flush(s), STATUS_NO_TRANSACTION);
    session_clear_error(s);
    check_ok(session_commit(s));
    ck_assert_str_eq(makers(), "Ann,Bob,Cid,first");
}
END_TEST

/* A failed flush, and what every later call says, until rollback. */
START_TEST(test_transaction__error_sticks)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Maker, .name = "Ann");
    check_fails(session_flush(s), STATUS_UNIQUE);
    char *message = strdup(session_error(s)->message);
    size_t count = 5;
    seen_clear();
    ck_assert_int_eq(session_flush(s), STATUS_UNIQUE);
    ck_assert_int_eq(session_commit(s), STATUS_UNIQUE);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_UNIQUE);
    ck_assert_ptr_null(session_find(s, Maker, 1));
    ck_assert_ptr_null(session_find_by(s, Maker, name, "Ann"));
    ck_assert_ptr_null(session_find_many(s, Maker, ((const Value[]){VALUE(1)}), 1));
    ck_assert_ptr_null(session_plan(s));
    ck_assert_ptr_null(query_all(session_query(s, Maker), Maker, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(session_delete(s, NULL), STATUS_UNIQUE);
    ck_assert_uint_eq(seen.count, 0);
    ck_assert_str_eq(session_error(s)->message, message);
    free(message);
    check_ok(session_rollback(s));
    ck_assert_str_eq(session_find(s, Maker, 1)->name, "Ann"); /* full use again */
    session_add(s, Maker, .name = "new");
    check_ok(session_commit(s));
}
END_TEST

/* --- ends --- */

START_TEST(test_transaction__close_rolls_back)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Maker, .name = "new");
    check_ok(session_flush(s));
    session_close(s);
    s = session_open(db);
    check_idle();
    ck_assert_str_eq(makers(), "Ann,Bob,Cid");
    session_add(s, Maker, .name = "next"); /* the connection is good for others */
    check_ok(session_commit(s));
}
END_TEST

/* Two transactions of two sessions at once, in one thread: each its own connection and view. */
START_TEST(test_transaction__two_at_once)
{
    Session *other = session_open(db);
    check_ok(session_begin(s, NULL));
    ck_assert_int_eq(session_begin(other, NULL), STATUS_OK);
    Maker *mine = session_add(s, Maker, .name = "mine"), *theirs = session_add(other, Maker, .name = "theirs");
    check_ok(session_flush(s));
    ck_assert_int_eq(session_flush(other), STATUS_OK);
    ck_assert_int_ne(mine->id, theirs->id);
    ck_assert_ptr_null(session_find(other, Maker, mine->id));
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    check_ok(session_rollback(s));
    session_close(other);
    ck_assert_str_eq(makers(), "Ann,Bob,Cid,theirs");
}
END_TEST

/* A pool of one: a transaction holds the only connection. */
START_TEST(test_transaction__holds_its_connection)
{
    Database *narrow = scene_database(NULL, WORKS, DATABASE_OPTIONS(.pool_size = 1, .pool_timeout = 100));
    Session *holder = session_open(narrow), *waiter = session_open(narrow);
    ck_assert_int_eq(session_begin(holder, NULL), STATUS_OK);
    ck_assert_ptr_nonnull(session_find(holder, Maker, 1));
    ck_assert_ptr_null(session_find(waiter, Maker, 1));
    check_error(waiter, STATUS_TIMEOUT);
    session_clear_error(waiter);
    ck_assert_int_eq(session_commit(holder), STATUS_OK);
    ck_assert_ptr_nonnull(session_find(waiter, Maker, 1));
    database_close(narrow);
}
END_TEST

/* Versions and pending state over several flushes of one object. */
START_TEST(test_transaction__one_object_in_several_flushes)
{
    check_ok(session_begin(s, NULL));
    Item *item = session_find(s, Item, 1), *new = session_add(s, Item, .code = "n", .title = "0", .maker_id = 1);
    for (int i = 1; i <= 3; i++) {
        item->title = session_text(s, "title %d", i);
        new->title = session_text(s, "%d", i);
        check_ok(session_flush(s));
    }
    ck_assert_int_eq(item->version, 4);
    ck_assert_int_eq(new->version, 3);
    session_delete(s, new);
    check_ok(session_flush(s));
    check_ok(_i ? session_rollback(s) : session_commit(s));
    live_check(_i ? "A|1" : "title 3|4", "SELECT title, version FROM items WHERE id = 1");
    live_check("0", "SELECT count(*) FROM items WHERE code = 'n'");
    ck_assert_int_eq(item->version, _i ? 1 : 4);
    ck_assert_str_eq(item->title, _i ? "A" : "title 3");
    check_nothing_to_write();
    item->title = "after";
    check_ok(session_commit(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_transaction__begin_costs_nothing_of_its_own);
    tcase_add_test(tests, test_transaction__nothing_in_it_is_no_statement);
    tcase_add_test(tests, test_transaction__an_id_of_its_own);
    tcase_add_test(tests, test_transaction__begun_twice);
    tcase_add_test(tests, test_transaction__flush_without_one);
    tcase_add_test(tests, test_transaction__options_that_are_none);
    tcase_add_test(tests, test_transaction__modes);
    tcase_add_loop_test(tests, test_transaction__write_in_a_read_only_one, 0, 2);
    tcase_add_test(tests, test_transaction__raw_write_in_a_read_only_one);
    tcase_add_test(tests, test_transaction__flush_writes_inside);
    tcase_add_test(tests, test_transaction__flush_is_one_trip);
    tcase_add_test(tests, test_transaction__flush_takes_over_pointers);
    tcase_add_test(tests, test_transaction__flush_then_rollback);
    tcase_add_test(tests, test_transaction__rollback_after_commit);
    tcase_add_test(tests, test_transaction__rollback_without_one);
    tcase_add_test(tests, test_transaction__second_flush_fails);
    tcase_add_test(tests, test_transaction__commit_fails_after_flush);
    tcase_add_test(tests, test_transaction__deferred_constraint);
    tcase_add_test(tests, test_transaction__refused_before_anything_is_sent);
    tcase_add_test(tests, test_transaction__read_fails);
    tcase_add_test(tests, test_transaction__error_sticks);
    tcase_add_test(tests, test_transaction__close_rolls_back);
    tcase_add_test(tests, test_transaction__two_at_once);
    tcase_add_test(tests, test_transaction__holds_its_connection);
    tcase_add_loop_test(tests, test_transaction__one_object_in_several_flushes, 0, 2);
}

int main(void)
{
    return scene_main("transaction", setup, scene_close, add_tests);
}
