/* Names that are long, odd or the same in two schemas; tables that are not what they seem; limits. */
#include "api/scene.h"

#define LONG_TABLE  "a_table_whose_name_is_as_long_as_a_name_can_be_in_PostgreSQL_63"
#define LONG_COLUMN "a_column_whose_name_is_as_long_as_a_name_can_be_in_PostgreSQL_6"

typedef struct Long {
    int64_t id;
    const char *unique_text;
    int32_t number;
    NullInt64 other_id;
    struct Long *other;
} Long;

typedef struct North {
    int64_t id;
    const char *name;
} North;

typedef struct South {
    int64_t id;
    const char *name;
    NullInt64 north_id;
    North *north;
} South;

typedef struct Odd {
    int32_t select;
    const char *from;
    int32_t percent;
} Odd;

typedef struct Split {
    int32_t id;
    int32_t region;
    const char *name;
    int32_t amount;
} Split;

typedef struct Aged {
    int32_t id;
    int16_t version;
    const char *name;
} Aged;

extern const Model Long_model;

/* clang-format off */
MODEL(Long, LONG_TABLE,
    COLUMN(Long, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Long, unique_text, .column = LONG_COLUMN, .unique = true),
    COLUMN(Long, number, .check = "number > 0"),
    COLUMN(Long, other_id, .references = &Long_model),
    BELONGS_TO(Long, other, Long, other_id));
MODEL_IN("north", North, "places",
    COLUMN(North, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(North, name, .unique = true));
MODEL_IN("south", South, "places",
    COLUMN(South, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(South, name, .unique = true),
    COLUMN(South, north_id, .references = &North_model), BELONGS_TO(South, north, North, north_id));
MODEL_IN("100% \"odd\"", Odd, "it's %s; --",
    COLUMN(Odd, select, .primary_key = true, .column = "SELECT"), COLUMN(Odd, from, .column = "from", .unique = true),
    COLUMN(Odd, percent, .column = "%d %n"));
MODEL(Split, "splits",
    COLUMN(Split, id, .primary_key = true), COLUMN(Split, region, .primary_key = true), COLUMN(Split, name),
    COLUMN(Split, amount));
MODEL(Aged, "aged",
    COLUMN(Aged, id, .primary_key = true), COLUMN(Aged, version, .version = true), COLUMN(Aged, name));
/* clang-format on */

static void setup(void)
{
    live_sql("DROP SCHEMA IF EXISTS north CASCADE; DROP SCHEMA IF EXISTS south CASCADE;"
             "DROP SCHEMA IF EXISTS \"100%% \"\"odd\"\"\" CASCADE");
    scene_open(MODELS(Long, North, South, Odd, Split, Aged));
}

START_TEST(test_name__as_long_as_can_be)
{
    ck_assert_uint_eq(strlen(LONG_TABLE), 63);
    ck_assert_uint_eq(strlen(LONG_COLUMN), 63);
    Long *one = session_add(s, Long, .unique_text = "a", .number = 1), *two = NULL;
    for (int i = 0; i < 50; i++)
        two = session_add(s, Long, .unique_text = session_text(s, "%d", i), .number = 1, .other = one);
    check_ok(session_commit(s));
    ck_assert_int_eq(two->other_id.value, one->id);
    /* names of constraints that were cut lead to the field as well */
    two->unique_text = "a";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(two, "Long", "unique_text");
    session_clear_error(s);
    two->unique_text = "b";
    two->number = 0;
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(two, "Long", "number");
    session_clear_error(s);
    two->number = 1;
    two->other = NULL;
    two->other_id.value = 4711;
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(two, "Long", "other_id");
}
END_TEST

/* Two tables of one name: each its own, also in errors. */
START_TEST(test_name__same_table_in_two_schemas)
{
    North *north = session_add(s, North, .name = "x");
    South *south = session_add(s, South, .name = "x", .north = north);
    check_ok(session_commit(s));
    live_check("x|x", "SELECT n.name, s.name FROM north.places n JOIN south.places s ON s.north_id = n.id");
    South *twin = session_add(s, South, .name = "x");
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(twin, "South", "name");
    ck_assert_str_eq(session_error(s)->schema, "south");
    check_ok(session_rollback(s));
    North *other = session_add(s, North, .name = "x");
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(other, "North", "name");
    check_ok(session_rollback(s));
    ck_assert_ptr_ne((void *)session_find(s, North, 1), (void *)session_find(s, South, 1));
    ck_assert_ptr_eq(session_find(s, South, 1), south);
}
END_TEST

START_TEST(test_name__that_must_be_quoted)
{
    Odd *odd = session_add(s, Odd, .select = 1, .from = "%s %n %d", .percent = 100);
    session_add(s, Odd, .select = 2, .from = "b", .percent = 50);
    check_ok(session_commit(s));
    live_check("1|%s %n %d|100", "SELECT * FROM \"100%% \"\"odd\"\"\".\"it's %%s; --\" WHERE \"SELECT\" = 1");
    odd->percent = 99;
    check_ok(session_commit(s));
    Query *q = session_query(s, Odd);
    query_where(q, Odd, percent, "=", 99);
    query_order_by(q, Odd, from, ORDER_DESC);
    ck_assert_ptr_eq(query_first(q, Odd), odd);
    ck_assert_ptr_eq(session_find_by(s, Odd, from, "%s %n %d"), odd);
    Odd *twin = session_add(s, Odd, .select = 3, .from = "b", .percent = 1);
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(twin, "Odd", "from");
    ck_assert_ptr_nonnull(error_text(session_error(s)));
    session_clear_error(s);
    ck_assert_ptr_nonnull(strstr(plan_text(session_plan(s)), "%d %n"));
    check_ok(session_rollback(s));
    session_delete(s, odd);
    check_ok(session_commit(s));
}
END_TEST

/* --- tables that the model doesn't know everything about --- */

/* A partitioned table: the server's errors name the partition. */
START_TEST(test_name__partitions)
{
    live_sql(
        "DROP TABLE splits; CREATE TABLE splits (id int NOT NULL, region int NOT NULL, name text NOT NULL,"
        " amount int NOT NULL CONSTRAINT positive CHECK (amount > 0), PRIMARY KEY (id, region)) PARTITION BY LIST (region);"
        "CREATE TABLE splits_1 PARTITION OF splits FOR VALUES IN (1); CREATE TABLE splits_2 PARTITION OF splits"
        " FOR VALUES IN (2)");
    Split *rows[100];
    for (int i = 0; i < 100; i++)
        rows[i] = session_add(s, Split, .id = i, .region = 1 + i % 2, .name = session_text(s, "%d", i), .amount = 1);
    rows[63]->amount = 0;
    check_fails(session_commit(s), STATUS_CHECK);
    ck_assert_ptr_eq(session_error(s)->object, rows[63]);
    ck_assert_str_eq(session_error(s)->model, "Split");
    session_clear_error(s);
    rows[63]->amount = 5;
    check_ok(session_commit(s));
    live_check("50|50", "SELECT (SELECT count(*) FROM splits_1), (SELECT count(*) FROM splits_2)");
    Split *twin = session_add(s, Split, .id = 200, .region = 2, .name = "", .amount = 1);
    twin->id = 3;
    session_evict(s, rows[3]);
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, twin);
    ck_assert_str_eq(session_error(s)->model, "Split");
    check_ok(session_rollback(s));
    Split *nowhere = session_add(s, Split, .id = 300, .region = 3, .name = "", .amount = 1);
    session_add(s, Split, .id = 301, .region = 1, .name = "", .amount = 1);
    ck_assert_int_ne(session_commit(s), STATUS_OK); /* 23514: no partition for the row */
    ck_assert_ptr_eq(session_error(s)->object, nowhere);
    check_ok(session_rollback(s));
    rows[0]->name = "moved";
    session_delete(s, rows[1]);
    check_ok(session_commit(s));
    live_check("99|moved", "SELECT (SELECT count(*) FROM splits), name FROM splits WHERE id = 0");
}
END_TEST

/* A constraint that somebody renamed: no field, but the object. */
START_TEST(test_name__constraint_renamed)
{
    live_sql("ALTER TABLE north.places RENAME CONSTRAINT places_name_key TO whatever");
    session_add(s, North, .name = "a");
    North *twin = session_add(s, North, .name = "a");
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, twin);
    ck_assert_str_eq(session_error(s)->constraint, "whatever");
    ck_assert(!session_error(s)->field || strcmp(session_error(s)->field, "name") == 0);
}
END_TEST

static void fail_to_add_aged(void)
{
    session_add(s, Aged, .name = "a");
    ck_assert_int_eq(session_commit(s), STATUS_SCHEMA);
}

/* A table or column that is not there: told as such, with the model. */
START_TEST(test_name__missing_table_and_column)
{
    live_sql("ALTER TABLE aged DROP COLUMN name; DROP TABLE splits");
    for (int way = 0; way < 4; way++) {
        size_t count;
        if (way == 0)
            ck_assert_ptr_null(session_find(s, Aged, 1));
        else if (way == 1)
            ck_assert_ptr_null(session_find_many(s, Aged, ((Value[]){VALUE(1)}), 1));
        else if (way == 2)
            ck_assert_ptr_null(query_all(session_query(s, Aged), Aged, &count));
        else
            fail_to_add_aged();
        check_error(s, STATUS_SCHEMA);
        check_culprit(NULL, "Aged", "name");
        check_says(session_error(s), "(that is Aged.name: mend the table, or the model)");
        ck_assert_str_eq(session_error(s)->sqlstate, "42703");
        ck_assert_str_eq(session_error(s)->column, "name");
        session_clear_error(s);
    }
    check_ok(session_rollback(s));
    session_add(s, Split, .id = 1, .name = "");
    check_fails(session_commit(s), STATUS_SCHEMA);
    ck_assert_str_eq(session_error(s)->sqlstate, "42P01");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    ck_assert_ptr_null(session_find(s, Long, 1)); /* the connection is good */
    check_no_error();
}
END_TEST

/* The table is changed while the statement is prepared: run again on a new plan, once, and nobody notices. */
START_TEST(test_name__table_changed_under_a_prepared_statement)
{
    Split *split = session_add(s, Split, .id = 1, .region = 1, .name = "n", .amount = 1);
    check_ok(session_commit(s));
    for (int i = 0; i < 10; i++) {
        session_clear(s);
        split = session_find(s, Split, 1, 1);
        ck_assert_ptr_nonnull(split);
        split->amount++;
        check_ok(session_commit(s));
        live_sql(i % 2 ? "ALTER TABLE splits DROP COLUMN extra" : "ALTER TABLE splits ADD COLUMN extra int");
        if (i == 5)
            live_sql("ALTER TABLE splits ALTER amount TYPE bigint");
        if (i == 7)
            live_sql("ALTER TABLE splits ALTER amount TYPE integer");
    }
    live_check("11", "SELECT amount FROM splits");
}
END_TEST

/* --- limits --- */

/* A version at its type's end. */
START_TEST(test_name__version_at_its_end)
{
    live_sql("INSERT INTO aged VALUES (1, 32767, 'old')");
    Aged *aged = session_find(s, Aged, 1);
    aged->name = "new";
    Status status = session_commit(s);
    ck_assert_msg(status == STATUS_DATA || status == STATUS_INVALID, "%s", status_name(status));
    ck_assert_ptr_eq(session_error(s)->object, aged);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(aged->version, 32767);
    live_check("32767|old", "SELECT version, name FROM aged");
    check_ok(session_rollback(s));
    session_delete(s, aged);
    check_ok(session_commit(s));
}
END_TEST

/* Rows whose sets of columns all differ: one statement each, and still two round trips. */
START_TEST(test_name__many_sets_of_columns)
{
    enum { ROWS = 300 };
    live_sql("INSERT INTO splits SELECT n, 1, 'n', 1 FROM generate_series(1, %d) n;"
             "INSERT INTO aged SELECT n, 1, 'n' FROM generate_series(1, %d) n",
             ROWS, ROWS);
    size_t count;
    Split **splits = query_all(session_query(s, Split), Split, &count);
    ck_assert_uint_eq(count, ROWS);
    for (size_t i = 0; i < count; i++) {
        if (i % 2)
            splits[i]->name = "changed";
        if (i % 3)
            splits[i]->amount = 2;
        if (i % 5 == 0)
            session_delete(s, splits[i]);
    }
    Aged **aged = query_all(session_query(s, Aged), Aged, &count);
    for (size_t i = 0; i < count; i++)
        aged[i]->name = "changed";
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("240|300", "SELECT (SELECT count(*) FROM splits), (SELECT count(*) FROM aged WHERE version = 2)");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_name__as_long_as_can_be);
    tcase_add_test(tests, test_name__same_table_in_two_schemas);
    tcase_add_test(tests, test_name__that_must_be_quoted);
    tcase_add_test(tests, test_name__partitions);
    tcase_add_test(tests, test_name__constraint_renamed);
    tcase_add_test(tests, test_name__missing_table_and_column);
    tcase_add_test(tests, test_name__table_changed_under_a_prepared_statement);
    tcase_add_test(tests, test_name__version_at_its_end);
    tcase_add_test(tests, test_name__many_sets_of_columns);
}

int main(void)
{
    return scene_main("name", setup, scene_close, add_tests);
}
