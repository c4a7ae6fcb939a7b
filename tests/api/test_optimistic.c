/* Rows that somebody else has changed, told without a version column: by the row's xmin, or by the values that it had. */
#include "api/scene.h"
#include "support/failing.h"

typedef struct Shelf Shelf;

typedef struct Box { /* by xmin */
    int64_t id;
    const char *label;
    NullInt32 place; /* unique */
    NullInt64 shelf_id;
    int64_t written_by;
    Shelf *shelf;
} Box;

struct Shelf {
    int64_t id;
    const char *name;
    int64_t xid;
    MANY(Box) boxes;
};

#define KINDS(T) \
    typedef struct T { \
        int64_t id; \
        const char *name; \
        NullInt32 place; \
        double ratio; \
        PgNumeric price; \
        PgJson data; \
        Int64Array sizes; \
        TextArray words; \
        PgTimestamp at; \
        const char *address; \
        char code[8]; \
    } T

KINDS(Whole); /* all that was loaded */
KINDS(Part);  /* what is written */

/* clang-format off */
extern const Model Shelf_model;

MODEL(Box, "boxes",
    COLUMN(Box, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Box, label),
    COLUMN(Box, place, .unique = true), COLUMN(Box, shelf_id, .references = &Shelf_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Box, written_by, .column = "xmin", .version = true),
    BELONGS_TO(Box, shelf, Shelf, shelf_id));

MODEL(Shelf, "shelves",
    COLUMN(Shelf, id, .primary_key = true), COLUMN(Shelf, name), COLUMN(Shelf, xid, .column = "xmin", .version = true),
    HAS_MANY(Shelf, boxes, Box, shelf_id));

#define COLUMNS_OF(T) \
    COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(T, name), \
    COLUMN(T, place, .unique = true), COLUMN(T, ratio), \
    COLUMN(T, price, .nullable = true, .sql_type = "numeric(8, 2)"), COLUMN(T, data, .nullable = true), \
    COLUMN(T, sizes, .nullable = true), COLUMN(T, words, .nullable = true), COLUMN(T, at), \
    COLUMN(T, address, .sql_type = "inet", .nullable = true), COLUMN(T, code)

MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Whole, "wholes", COLUMNS_OF(Whole));
MODEL_WITH((.optimistic = OPTIMISTIC_DIRTY), Part, "parts", COLUMNS_OF(Part));
/* clang-format on */

#define ALL MODELS(Shelf, Box, Whole, Part)

static void setup(void)
{
    scene_open(ALL);
}

#define ROWS_OF(table) \
    "INSERT INTO " table " (name, place, ratio, price, data, sizes, words, at, address, code) VALUES " \
    "('a', 1, 'NaN', 1.50, '{\"b\": 1, \"a\": [1.0]}', '{1,2}', '{x,NULL}', '2020-01-01 00:00:00.123457+00', " \
    "'10.0.0.1', 'c'), " \
    "('b', 2, -0.0, NULL, NULL, NULL, NULL, 'infinity', NULL, 'd'), ('c', NULL, 3, 3, '3', '{}', '{}', now(), '::1', 'e');"

static void given(void)
{
    live_sql("INSERT INTO shelves VALUES (1, 'top'), (2, 'low');"
             "INSERT INTO boxes (label, place, shelf_id) VALUES ('a', 1, 1), ('b', 2, 1), ('c', NULL, 2);" ROWS_OF(
                 "wholes") ROWS_OF("parts"));
    cost_start();
    seen_clear();
}

/* Each of them is named. */
static void check_stale(void *const *expected, size_t expected_count)
{
    size_t count;
    void *const *stale = session_stale_objects(s, &count);
    check_error(s, STATUS_STALE);
    ck_assert_uint_eq(count, expected_count);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_eq(stale[i], expected[i]);
    ck_assert_ptr_eq(session_error(s)->object, expected[0]);
}

/* --- by xmin --- */

START_TEST(test_optimistic__xmin)
{
    given();
    Box *a = session_find(s, Box, 1), *new = session_add(s, Box, .label = "new");
    ck_assert_int_gt(a->written_by, 0);
    live_check("1", "SELECT count(*) FROM boxes WHERE id = 1 AND xmin::text = '%" PRId64 "'", a->written_by);
    a->label = "aa";
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM boxes WHERE xmin::text = '%" PRId64 "'", a->written_by);
    ck_assert_int_eq(new->written_by, a->written_by);
    ck_assert_uint_eq(seen_with("AND t.\"xmin\" = u.c2::text::xid RETURNING t.\"id\", t.\"xmin\"::text::bigint"), 1);
    check_nothing_to_write();
    a->label = "aaa"; /* the token is that of our own write */
    new->label = "newer";
    check_ok(session_commit(s));
    live_sql("UPDATE boxes SET label = label WHERE id = 1"); /* nothing has changed, but somebody wrote it */
    a->label = "lost";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(a, "Box", NULL);
    session_clear_error(s);
    check_ok(session_refresh(s, a));
    a->label = "last";
    check_ok(session_commit(s));
    live_check("last", "SELECT label FROM boxes WHERE id = 1");
    a->written_by = 7;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(a, "Box", "written_by");
}
END_TEST

START_TEST(test_optimistic__xmin_of_many)
{
    enum { ROWS = 1500 };
    static Box *boxes[ROWS];
    for (int i = 0; i < ROWS; i++)
        boxes[i] = session_add(s, Box, .label = session_text(s, "n%d", i));
    check_ok(session_commit(s));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < ROWS; i++)
            boxes[i]->label = session_text(s, "%d.%d", round, i);
        check_ok(session_commit(s));
        check_nothing_to_write();
    }
    live_sql("UPDATE boxes SET label = 'theirs' WHERE id IN (7, 1200); DELETE FROM boxes WHERE id = 9");
    for (int i = 0; i < ROWS; i++)
        boxes[i]->label = "ours";
    session_delete(s, boxes[1199]);
    check_fails(session_commit(s), STATUS_STALE);
    void *const expected[] = {boxes[1199], boxes[6], boxes[8]};
    check_stale(expected, 3);
    live_check("0", "SELECT count(*) FROM boxes WHERE label = 'ours'");
}
END_TEST

/* Inside of a savepoint a row's xmin is that of the subtransaction. */
START_TEST(test_optimistic__xmin_and_savepoints)
{
    given();
    Box *a = session_find(s, Box, 1), *b = session_find(s, Box, 2);
    int64_t before = b->written_by;
    check_ok(session_begin(s, NULL));
    a->label = "1";
    check_ok(session_flush(s));
    int64_t outer = a->written_by;
    uint32_t place = session_savepoint(s);
    a->label = "2";
    b->label = "2";
    check_ok(session_flush(s));
    ck_assert_int_ne(a->written_by, outer);
    a->label = "3"; /* once more behind the same savepoint */
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    ck_assert_int_eq(a->written_by, outer);
    ck_assert_int_eq(b->written_by, before);
    a->label = "4";
    b->label = "4";
    check_ok(session_commit(s));
    live_check("4|4", "SELECT (SELECT label FROM boxes WHERE id = 1), (SELECT label FROM boxes WHERE id = 2)");
    a->label = "5";
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    a->label = "6";
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    a->label = "7";
    check_ok(session_commit(s));
    live_check("7", "SELECT label FROM boxes WHERE id = 1");
}
END_TEST

START_TEST(test_optimistic__xmin_everywhere)
{
    given();
    size_t count;
    Query *q = session_query(s, Shelf);
    query_with(q, Shelf, boxes);
    Shelf **shelves = query_all(q, Shelf, &count);
    check_no_error();
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(shelves[0]->boxes.count, 2);
    ck_assert_int_gt(shelves[0]->boxes.items[1]->written_by, 0);
    ck_assert_int_gt(shelves[0]->xid, 0);
    scene_renew();
    Shelf *top = session_find_by(s, Shelf, id, 1);
    check_ok(session_load(s, top, boxes));
    ck_assert_int_gt(top->boxes.items[0]->written_by, 0);
    Box **few = session_sql(s, Box, &count, "SELECT *, xmin::text::bigint AS xmin FROM boxes WHERE id > %d", 0);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    few[2]->label = "x";
    session_upsert(s, Box, (place), .label = "up", .place = {2, true});
    q = session_query(s, Box);
    query_where(q, Box, id, "=", 1);
    query_set(q, Box, label, "bulk");
    check_ok(query_update(q, NULL));
    top->boxes.items[0]->label = "after"; /* their tokens have followed */
    top->boxes.items[1]->label = "after";
    session_delete(s, few[2]);
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM boxes WHERE label = 'after'");
    check_ok(session_begin(s, NULL));
    Box *locked = session_find_locked(s, Box, LOCK_FOR_UPDATE, 1);
    ck_assert_ptr_eq(locked, top->boxes.items[0]);
    check_ok(session_rollback(s));
    live_sql("UPDATE boxes SET label = 'theirs' WHERE id = 1");
    check_ok(session_begin(s, NULL));
    ck_assert_ptr_null(session_find_locked(s, Box, LOCK_FOR_UPDATE, 1));
    check_error(s, STATUS_STALE);
    check_culprit(locked, "Box", "written_by");
}
END_TEST

/* A row known only by its key: without its xmin nothing can be told. */
START_TEST(test_optimistic__xmin_of_stubs)
{
    given();
    Box *loaded = session_find(s, Box, 2);
    int64_t token = loaded->written_by;
    scene_renew();
    Box *stub = session_stub(s, Box, 2);
    stub->label = "by stub";
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(stub, "Box", "written_by");
    session_clear_error(s);
    stub->written_by = token + 100;
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    stub->written_by = token;
    check_ok(session_commit(s));
    live_check("by stub", "SELECT label FROM boxes WHERE id = 2");
    ck_assert_int_ne(stub->written_by, token);
    stub->label = "again";
    check_ok(session_commit(s));
    scene_renew();
    stub = session_stub(s, Box, 1);
    session_delete(s, stub);
    check_fails(session_commit(s), STATUS_INVALID);
}
END_TEST

/* The table has no column for it. */
START_TEST(test_optimistic__xmin_is_no_column_of_the_table)
{
    live_check("id,label,place,shelf_id",
               "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns "
               "WHERE table_name = 'boxes' AND table_schema = 'public'");
    given();
    Box *a = session_find(s, Box, 1), *b = session_find(s, Box, 2);
    a->place.value = 2;
    b->place.value = 1;
    cost_start();
    check_fails(session_commit(s), STATUS_UNIQUE); /* to park a value is to write the row twice */
    check_cost(0, 0);
}
END_TEST

/* The server returns no xmin of what it routes to a partition: refused, with what to do. Rows that are there can be written. */
START_TEST(test_optimistic__xmin_of_a_partitioned_table)
{
    live_sql("DROP TABLE boxes;"
             "CREATE TABLE boxes (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, label text, place integer,"
             " shelf_id bigint) PARTITION BY RANGE (id);"
             "CREATE TABLE boxes_0 PARTITION OF boxes FOR VALUES FROM (0) TO (100);"
             "INSERT INTO boxes (label) VALUES ('a'), ('b'), ('c')");
    Box *a = session_find(s, Box, 1), *b = session_find(s, Box, 2), *c = session_find(s, Box, 3);
    for (int round = 0; round < 2; round++) {
        a->label = b->label = session_text(s, "r%d", round);
        check_ok(session_commit(s));
    }
    check_ok(session_delete(s, c));
    check_ok(session_commit(s));
    for (int count = 1; count < 3; count++) {
        for (int i = 0; i < count; i++)
            session_add(s, Box, .label = "new");
        ck_assert_int_ne(session_commit(s), STATUS_OK);
        const Error *error = session_error(s);
        ck_assert_str_eq(error->sqlstate, "0A000");
        ck_assert_pstr_eq(error->model, "Box");
        ck_assert_pstr_eq(error->field, "written_by");
        check_says(error, "give the table a column for .version");
        check_ok(session_rollback(s));
    }
    ck_assert_ptr_null(session_upsert(s, Box, (id), .id = 7, .label = "u"));
    ck_assert_pstr_eq(session_error(s)->field, "written_by");
    check_ok(session_rollback(s));
    live_check("2|r1", "SELECT count(*), max(label) FROM boxes");
}
END_TEST

START_TEST(test_optimistic__fence)
{
    scene_close();
    scene_open_with(ALL, DATABASE_OPTIONS(.on_statement = seen_add, .fence = true));
    given();
    Box *a = session_find(s, Box, 1), *b = session_find(s, Box, 2);
    Whole *whole = session_find(s, Whole, 1);
    a->label = b->label = "x";
    whole->name = "x";
    cost_start();
    check_ok(session_commit(s));
    check_trips(1);
    live_sql("UPDATE wholes SET ratio = 5 WHERE id = 1; UPDATE boxes SET label = 'theirs' WHERE id = 2");
    a->label = b->label = "y";
    whole->name = "y";
    check_fails(session_commit(s), STATUS_STALE);
    size_t count;
    session_stale_objects(s, &count);
    ck_assert_uint_eq(count, 2);
    live_check("x", "SELECT label FROM boxes WHERE id = 1");
}
END_TEST

/* --- by values --- */

START_TEST(test_optimistic__all_values)
{
    given();
    Whole *a = session_find(s, Whole, 1), *b = session_find(s, Whole, 2), *c = session_find(s, Whole, 3);
    a->name = b->name = c->name = "ours";
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 2);
    ck_assert_uint_eq(seen_with("AND t.\"name\" IS NOT DISTINCT FROM u.c2 AND t.\"place\" IS NOT DISTINCT FROM u.c3"),
                      1);
    check_nothing_to_write();
    /* all of it again, of what was written */
    a->ratio = 0;
    a->price.text = "1.005"; /* which the server rounds */
    a->data.text = "{\"z\": 1}";
    a->sizes.items[0] = 7; /* in place */
    a->words.items[0] = "w";
    a->address = "10.0.0.2/32"; /* which the server writes without */
    check_ok(session_commit(s));
    ck_assert_str_eq(a->price.text, "1.01");
    ck_assert_str_eq(a->address, "10.0.0.2");
    check_nothing_to_write();
    a->name = "third";
    a->sizes.items[0] = 8;
    check_ok(session_commit(s));
    live_check("third|0|1.01|{8,2}|{w,NULL}", "SELECT name, ratio, price, sizes, words FROM wholes WHERE id = 1");
    static const char *const others[] = {"name = 'z'",     "place = NULL", "ratio = 9",     "price = 9",
                                         "data = '1'",     "sizes = '{}'", "words = '{q}'", "at = now()",
                                         "address = NULL", "code = 'zzz'"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        check_ok(session_refresh(s, a));
        live_sql("UPDATE wholes SET %s WHERE id = 1", others[i]);
        a->code[0] = (char)('A' + i);
        check_fails(session_commit(s), STATUS_STALE);
        check_culprit(a, "Whole", NULL);
        session_clear_error(s);
    }
    live_sql("UPDATE wholes SET name = name WHERE id = 2"); /* written, but the same */
    b->code[0] = 'B';
    check_ok(session_refresh(s, a));
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_optimistic__written_values)
{
    given();
    Part *a = session_find(s, Part, 1), *b = session_find(s, Part, 2);
    live_sql("UPDATE parts SET ratio = 9, data = '[]' WHERE id IN (1, 2)");
    a->name = "ours"; /* columns of others are no matter */
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("true AND t.\"id\" = u.c1 AND t.\"name\" IS NOT DISTINCT FROM u.c2 RETURNING"), 1);
    ck_assert(a->ratio == 9); /* and are known now */
    a->ratio = 10;
    b->ratio = 10;
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(b, "Part", NULL);
    session_clear_error(s);
    check_ok(session_refresh(s, b));
    b->ratio = 10;
    check_ok(session_commit(s));
    check_nothing_to_write();
    live_sql("UPDATE parts SET sizes = '{5}' WHERE id = 1");
    session_delete(s, a); /* all that was loaded */
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(a, "Part", NULL);
    session_clear_error(s);
    check_ok(session_refresh(s, a));
    session_delete(s, a);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_optimistic__values_of_many)
{
    enum { ROWS = 1500 };
    static Whole *rows[ROWS];
    for (int i = 0; i < ROWS; i++)
        rows[i] = session_add(s, Whole, .name = session_text(s, "n%d", i), .code = "x");
    check_ok(session_commit(s));
    for (int i = 0; i < ROWS; i++)
        rows[i]->ratio = i;
    check_ok(session_commit(s));
    check_nothing_to_write();
    live_sql("UPDATE wholes SET ratio = ratio + 1 WHERE id IN (3, 1400); DELETE FROM wholes WHERE id = 5");
    for (int i = 0; i < ROWS; i++)
        rows[i]->name = "ours";
    session_delete(s, rows[1399]);
    check_fails(session_commit(s), STATUS_STALE);
    void *const expected[] = {rows[1399], rows[2], rows[4]};
    check_stale(expected, 3);
    live_check("0", "SELECT count(*) FROM wholes WHERE name = 'ours'");
}
END_TEST

/* What nobody has loaded is not compared. */
START_TEST(test_optimistic__values_of_stubs)
{
    given();
    Whole *stub = session_stub(s, Whole, 1);
    stub->name = "by stub";
    check_ok(session_commit(s));
    ck_assert(stub->place.valid && stub->place.value == 1); /* the row came back whole */
    live_check("by stub|1", "SELECT name, place FROM wholes WHERE id = 1");
    check_nothing_to_write();
    live_sql("UPDATE wholes SET place = 77 WHERE id = 1");
    stub->name = "again";
    check_fails(session_commit(s), STATUS_STALE);
    session_rollback(s);
    Part *part = session_stub(s, Part, 2);
    session_delete(s, part);
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM parts");
}
END_TEST

START_TEST(test_optimistic__values_and_flushes)
{
    given();
    Whole *a = session_find(s, Whole, 1);
    check_ok(session_begin(s, NULL));
    a->name = "1";
    a->sizes.items[0] = 5;
    check_ok(session_flush(s));
    uint32_t place = session_savepoint(s);
    a->name = "2";
    a->sizes.items[0] = 6;
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    a->name = "3";
    check_ok(session_commit(s));
    a->name = "4";
    check_ok(session_commit(s));
    live_check("4|{5,2}", "SELECT name, sizes FROM wholes WHERE id = 1");
    check_ok(session_set_sql(s, a, place, "place + %d", 50));
    check_ok(session_commit(s));
    ck_assert_int_eq(a->place.value, 51);
    live_sql("UPDATE wholes SET name = 'theirs' WHERE id = 1");
    check_ok(session_set_sql(s, a, place, "place + %d", 50));
    check_fails(session_commit(s), STATUS_STALE);
}
END_TEST

START_TEST(test_optimistic__row_taken_over)
{
    given();
    Whole *a = session_find(s, Whole, 1);
    session_delete(s, a);
    Whole *again = session_add(s, Whole, .id = 1, .name = "again", .code = "q");
    check_ok(session_commit(s));
    live_check("again|q", "SELECT name, code FROM wholes WHERE id = 1");
    check_nothing_to_write();
    live_sql("UPDATE wholes SET code = 'theirs' WHERE id = 1");
    session_delete(s, again);
    Whole *third = session_add(s, Whole, .id = 1, .name = "third", .code = "q");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(third, "Whole", NULL);
}
END_TEST

/* Each allocation of opening, loading and writing fails in turn: done, or not done and to be done again. */
START_TEST(test_optimistic__memory)
{
    struct failing failing;
    bool more = true;
    scene_close();
    failing_init(&failing);
    scene_open_with(ALL, DATABASE_OPTIONS(.allocator = &failing.hook));
    given();
    for (size_t n = 1; more; n++) {
        live_sql("UPDATE wholes SET name = 'before', sizes = '{1,2}'; UPDATE parts SET name = 'before'; "
                 "UPDATE boxes SET label = 'before'");
        scene_renew();
        Whole *whole = session_find(s, Whole, 1);
        Part *part = session_find(s, Part, 1);
        Box *box = session_find(s, Box, 1);
        whole->name = part->name = box->label = "after";
        whole->sizes.items[0] = 9;
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        Status status = session_commit(s);
        failing_off(&failing);
        more = failing_reached(&failing);
        ck_assert_msg(status == STATUS_OK || status == STATUS_NO_MEMORY, "%s", error_text(session_error(s)));
        bool done = status == STATUS_OK || session_error(s)->outcome == OUTCOME_DONE;
        live_check(done ? "after|after|after|9" : "before|before|before|1",
                   "SELECT (SELECT name FROM wholes WHERE id = 1), (SELECT name FROM parts WHERE id = 1), "
                   "(SELECT label FROM boxes WHERE id = 1), (SELECT sizes[1] FROM wholes WHERE id = 1)");
        session_clear_error(s);
        if (!done)
            check_ok(session_commit(s));
        ck_assert_uint_lt(n, 1000);
    }
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    scene_open(ALL);
}
END_TEST

/* --- models that can't be --- */

typedef struct Bad {
    int64_t id;
    PgJson data;
    const char *spot;
    const char *path;
    int32_t version;
} Bad;

START_TEST(test_optimistic__models_that_are_refused)
{
    MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Bad, "bads", COLUMN(Bad, id, .primary_key = true),
               COLUMN(Bad, data, .sql_type = "json"), COLUMN(Bad, spot, .sql_type = "point"),
               COLUMN(Bad, path, .sql_type = "jsonpath"), COLUMN(Bad, version, .version = true));
    Database *bad = database_open(live_conninfo(), MODELS(Bad), NULL);
    const Error *error = database_error(bad);
    ck_assert_int_eq(error->status, STATUS_MODEL);
    check_says(error, "Bad.data: is json, which has no =");
    check_says(error, "Bad.spot: is point, which has no =");
    check_says(error, "Bad.path: is jsonpath, which has no =");
    check_says(error, "Bad.version: is .version, but the model is .optimistic by values");
    database_close(bad);
}
END_TEST

START_TEST(test_optimistic__xmin_that_is_refused)
{
    MODEL(Bad, "bads", COLUMN(Bad, id, .primary_key = true), COLUMN(Bad, version, .column = "xmin", .version = true));
    Database *bad = database_open(live_conninfo(), MODELS(Bad), NULL);
    check_says(database_error(bad), "Bad.version: is the row's xmin, which only int64_t can be");
    database_close(bad);
    const Model odd = {.struct_size = sizeof(Model),
                       .size = sizeof(Bad),
                       .alignment = _Alignof(Bad),
                       .name = "Odd",
                       .table = "odds",
                       .fields = Bad_model.fields,
                       .field_count = 1,
                       .optimistic = (enum howdah_optimistic)9};
    bad = database_open(live_conninfo(), (const Model *const[]){&odd, NULL}, NULL);
    check_says(database_error(bad), "Odd: has .optimistic = 9");
    database_close(bad);
}
END_TEST

/* --- rows that the database itself lets go --- */

typedef struct Pot Pot;
struct Pot {
    int64_t id;
    const char *name;
    NullInt64 in_id;
    int64_t written_by;
};

typedef struct Lid Lid;
struct Lid {
    int64_t id;
    const char *name;
    NullInt64 pot_id;
};

typedef Pot Pan;
typedef struct Grip {
    int64_t id;
    const char *name;
    NullInt64 pan_id;
} Grip;

typedef struct Knob { /* perhaps on itself */
    int64_t id;
    const char *name;
    NullInt64 on;
} Knob;

typedef struct Jar { /* on another one; with a label */
    int64_t id;
    NullInt64 on_id, label_id, seal_id;
} Jar;

typedef struct Label { /* goes with the jar that it is printed for */
    int64_t id;
    NullInt64 for_id;
} Label;

typedef struct Seal {
    int64_t id;
    NullInt64 jar_id;
} Seal;

extern const Model Jar_model, Label_model, Seal_model, Pot_model, Lid_model, Pan_model, Knob_model;

/* clang-format off */
MODEL(Pot, "pots",
    COLUMN(Pot, id, .primary_key = true), COLUMN(Pot, name),
    COLUMN(Pot, in_id, .references = &Pot_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Pot, written_by, .column = "xmin", .version = true));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Lid, "lids",
    COLUMN(Lid, id, .primary_key = true), COLUMN(Lid, name),
    COLUMN(Lid, pot_id, .references = &Pot_model, .on_delete = ON_DELETE_SET_NULL));
MODEL(Pan, "pans",
    COLUMN(Pan, id, .primary_key = true), COLUMN(Pan, name),
    COLUMN(Pan, in_id, .references = &Pan_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Pan, written_by, .column = "xmin", .version = true));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Knob, "knobs",
    COLUMN(Knob, id, .primary_key = true), COLUMN(Knob, name),
    COLUMN(Knob, on, .references = &Knob_model, .on_update = ON_UPDATE_CASCADE));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Grip, "grips",
    COLUMN(Grip, id, .primary_key = true), COLUMN(Grip, name),
    COLUMN(Grip, pan_id, .references = &Pan_model, .on_update = ON_UPDATE_CASCADE));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Jar, "jars",
    COLUMN(Jar, id, .primary_key = true),
    COLUMN(Jar, on_id,    .references = &Jar_model),
    COLUMN(Jar, label_id, .references = &Label_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Jar, seal_id,  .references = &Seal_model));
MODEL(Label, "labels",
    COLUMN(Label, id, .primary_key = true),
    COLUMN(Label, for_id, .references = &Jar_model, .on_delete = ON_DELETE_CASCADE));
MODEL(Seal, "seals",
    COLUMN(Seal, id, .primary_key = true),
    COLUMN(Seal, jar_id, .references = &Jar_model));
/* clang-format on */

/* They are written before what they refer to goes, which would change them. */
START_TEST(test_optimistic__let_go_by_the_database)
{
    scene_close();
    scene_open(MODELS(Pot, Lid));
    live_sql("INSERT INTO pots VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 1), (4, 'd', 3);"
             "INSERT INTO lids VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 4), (4, 'd', 4)");
    Pot *pots[4];
    Lid *lids[4];
    for (int i = 0; i < 4; i++)
        pots[i] = session_find(s, Pot, i + 1), lids[i] = session_find(s, Lid, i + 1);
    pots[1]->name = lids[1]->name = "B";
    if (_i)
        lids[0]->name = "A";
    else
        session_delete(s, lids[0]);
    session_delete(s, pots[0]);
    session_delete(s, pots[2]);
    session_delete(s, pots[3]);
    session_delete(s, lids[3]);
    check_ok(session_commit(s));
    live_check("2|B|", "SELECT * FROM pots ORDER BY id");
    live_check(_i ? "1|A|\n2|B|\n3|c|" : "2|B|\n3|c|", "SELECT * FROM lids ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* What would clear one of a ring goes with a row that has to go before all of the ring. */
START_TEST(test_optimistic__let_go_of_in_a_ring)
{
    scene_close();
    scene_open(MODELS(Jar, Label, Seal));
    live_sql(
        "INSERT INTO jars VALUES (4, NULL), (3, 4); INSERT INTO labels VALUES (1, 3); INSERT INTO seals VALUES (1, 4);"
        "UPDATE jars SET label_id = 1, seal_id = 1 WHERE id = 4");
    Jar *jar = session_find(s, Jar, 4), *upper = session_find(s, Jar, 3);
    Seal *seal = session_find(s, Seal, 1);
    Label *label = session_find(s, Label, 1);
    check_ok(session_delete(s, upper));
    check_ok(session_delete(s, jar));
    check_ok(session_delete(s, seal));
    check_ok(session_commit(s));
    live_check("0|0|0", "SELECT (SELECT count(*) FROM jars), (SELECT count(*) FROM labels), count(*) FROM seals");
    ck_assert(!session_contains(s, label));
}
END_TEST

/* The same with keys that change, and rows that follow. */
START_TEST(test_optimistic__moved_by_itself)
{
    scene_close();
    scene_open(MODELS(Knob));
    live_sql("INSERT INTO knobs VALUES (1, 'a', 1), (2, 'b', 1)");
    Knob *knob = session_find(s, Knob, 1), *other = session_find(s, Knob, 2);
    knob->id = 10;
    if (_i)
        other->name = "B";
    check_ok(session_commit(s));
    ck_assert(knob->on.value == 10 && other->on.value == 10);
    live_check(_i ? "2|B|10\n10|a|10" : "2|b|10\n10|a|10", "SELECT * FROM knobs ORDER BY id");
    check_nothing_to_write();
    knob->name = other->name = "again";
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_optimistic__moved_by_the_database)
{
    scene_close();
    scene_open(MODELS(Pan, Grip));
    live_sql("INSERT INTO pans VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 1);"
             "INSERT INTO grips VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 2)");
    Pan *pans[3];
    Grip *grips[3];
    for (int i = 0; i < 3; i++)
        pans[i] = session_find(s, Pan, i + 1), grips[i] = session_find(s, Grip, i + 1);
    pans[0]->id = 10;
    pans[1]->name = grips[0]->name = "B";
    if (_i)
        grips[1]->pan_id.value = 10;
    else
        session_delete(s, grips[1]);
    session_delete(s, pans[2]);
    check_ok(session_commit(s));
    live_check("2|B|10\n10|a|", "SELECT * FROM pans ORDER BY id");
    live_check(_i ? "1|B|10\n2|b|10\n3|c|2" : "1|B|10\n3|c|2", "SELECT * FROM grips ORDER BY id");
    ck_assert_int_eq(pans[1]->in_id.value, 10);
    ck_assert_int_eq(grips[0]->pan_id.value, 10);
    ck_assert(!_i || grips[1]->pan_id.value == 10);
    check_nothing_to_write();
    grips[0]->name = "again"; /* what the row is now is known */
    check_ok(session_commit(s));
}
END_TEST

/* More than one statement deletes them. */
START_TEST(test_optimistic__many_let_go_by_the_database)
{
    scene_close();
    scene_open(MODELS(Pot, Lid));
    live_sql("INSERT INTO pots SELECT n, 'n', nullif(n - 1, 0) FROM generate_series(1, 2500) n;"
             "CREATE INDEX ON pots (in_id)");
    size_t count;
    Pot **pots = query_all(session_query(s, Pot), Pot, &count);
    ck_assert_uint_eq(count, 2500);
    for (size_t i = 0; i < count; i++)
        session_delete(s, pots[i]);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM pots");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_optimistic__let_go_by_the_database, 0, 2);
    tcase_add_test(tests, test_optimistic__let_go_of_in_a_ring);
    tcase_add_loop_test(tests, test_optimistic__moved_by_itself, 0, 2);
    tcase_add_loop_test(tests, test_optimistic__moved_by_the_database, 0, 2);
    tcase_add_test(tests, test_optimistic__many_let_go_by_the_database);
    tcase_add_test(tests, test_optimistic__xmin);
    tcase_add_test(tests, test_optimistic__xmin_of_many);
    tcase_add_test(tests, test_optimistic__xmin_and_savepoints);
    tcase_add_test(tests, test_optimistic__xmin_everywhere);
    tcase_add_test(tests, test_optimistic__xmin_of_stubs);
    tcase_add_test(tests, test_optimistic__xmin_is_no_column_of_the_table);
    tcase_add_test(tests, test_optimistic__xmin_of_a_partitioned_table);
    tcase_add_test(tests, test_optimistic__fence);
    tcase_add_test(tests, test_optimistic__all_values);
    tcase_add_test(tests, test_optimistic__written_values);
    tcase_add_test(tests, test_optimistic__values_of_many);
    tcase_add_test(tests, test_optimistic__values_of_stubs);
    tcase_add_test(tests, test_optimistic__values_and_flushes);
    tcase_add_test(tests, test_optimistic__row_taken_over);
    tcase_add_test(tests, test_optimistic__memory);
    tcase_add_test(tests, test_optimistic__models_that_are_refused);
    tcase_add_test(tests, test_optimistic__xmin_that_is_refused);
}

int main(void)
{
    return scene_main("optimistic", setup, scene_close, add_tests);
}
