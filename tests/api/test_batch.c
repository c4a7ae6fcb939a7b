/* Many rows at once: several chunks, wide rows, arrays, defaults, updates, deletes, and the counts that are checked. */
#include "api/scene.h"
#include "api/works_models.h"

typedef struct Sheet {
    int64_t id;
    const char *title;
    Int32Array numbers;
    TextArray words;
    const char *serial;  /* from the server */
    NullInt32 rank;      /* default 7 */
    const char *comment; /* default 'none' */
    int32_t line;
} Sheet;

/* clang-format off */
MODEL(Sheet, "sheets",
    COLUMN(Sheet, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Sheet, title),
    COLUMN(Sheet, numbers),
    COLUMN(Sheet, words,   .nullable = true),
    COLUMN(Sheet, serial,  .generated = GENERATED_BY_SERVER, .server_default = "'s' || nextval('serials')"),
    COLUMN(Sheet, rank,    .server_default = "7"),
    COLUMN(Sheet, comment, .nullable = true, .server_default = "'none'"),
    COLUMN(Sheet, line));
/* clang-format on */

typedef struct Leaf {
    int64_t id;
    int64_t sheet_id;
    Sheet *sheet;
} Leaf;

static const char *positive(const void *object, const void *field)
{
    (void)object;
    return *(const int64_t *)field > 0 ? NULL : "must be positive";
}

/* clang-format off */
MODEL(Leaf, "leaves",
    COLUMN(Leaf, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Leaf, sheet_id, .references = &Sheet_model, .validate = positive),
    BELONGS_TO(Leaf, sheet, Sheet, sheet_id));
/* clang-format on */

static void setup(void)
{
    scene_wipe();
    live_sql("CREATE SEQUENCE serials");
    db = scene_database(NULL, MODELS(Maker, Item, Part, Node, Sheet, Leaf), DATABASE_OPTIONS(.on_statement = seen_add));
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    s = session_open(db);
    seen_clear();
    cost_start();
}

static const int sizes[] = {1, 2, 999, 1000, 1001, 2000, 2001, 4321};

START_TEST(test_batch__generated_keys_at_their_rows)
{
    int count = sizes[_i];
    Maker **makers = malloc((size_t)count * sizeof(*makers));
    for (int i = 0; i < count; i++)
        makers[i] = session_add(s, Maker, .name = session_text(s, "m%d", i));
    cost_start();
    check_ok(session_commit(s));
    check_trips(count == 1 ? 1 : 2);
    live_check(session_text(s, "%d", count), "SELECT count(*) FROM makers");
    Session *other = session_open(db);
    for (int i = 0; i < count; i++) {
        Maker *stored = session_find(other, Maker, makers[i]->id);
        ck_assert_ptr_nonnull(stored);
        ck_assert_str_eq(stored->name, makers[i]->name);
        ck_assert_int_eq(stored->made_at.microseconds, makers[i]->made_at.microseconds);
        if (i % 13 && count > 1000)
            i += 10;
    }
    session_close(other);
    ck_assert_uint_eq(session_stats(s).inserted, (uint64_t)count);
    free(makers);
}
END_TEST

/* Each row has values of its own, also those that the server made; some send a column, some do not. */
START_TEST(test_batch__defaults_at_their_rows)
{
    enum { ROWS = 2345 };
    static Sheet *sheets[ROWS];
    for (int i = 0; i < ROWS; i++) {
        int32_t numbers[] = {i, -i, 0};
        const char *words[] = {"w", NULL, session_text(s, "%d", i)};
        bool nulls[] = {false, true, false};
        sheets[i] = session_add(s, Sheet, .title = session_text(s, "t%d", i), .line = i,
                                .numbers = {numbers, NULL, (size_t)(i % 4)}, .rank = {i, i % 2 == 0},
                                .comment = i % 3 ? session_text(s, "c%d", i) : NULL);
        if (i % 5)
            sheets[i]->words =
                *(TextArray *)session_copy(s,
                                           &(TextArray){session_copy(s, words, sizeof(words)),
                                                        session_copy(s, nulls, sizeof(nulls)), (size_t)(i % 5 - 1)},
                                           sizeof(TextArray));
        if (i % 6 == 0)
            check_ok(session_assign_null(s, sheets[i], comment));
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2345|2345", "SELECT count(*), count(DISTINCT serial) FROM sheets");
    live_check(
        "0",
        "SELECT count(*) FROM sheets WHERE title <> 't' || line"
        " OR numbers IS DISTINCT FROM (ARRAY[line, -line, 0])[1:line %% 4]"
        " OR words IS DISTINCT FROM CASE WHEN line %% 5 > 0 THEN (ARRAY['w', NULL, line::text])[1:line %% 5 - 1] END"
        " OR rank IS DISTINCT FROM CASE WHEN line %% 2 = 0 THEN line ELSE 7 END"
        " OR comment IS DISTINCT FROM CASE WHEN line %% 6 = 0 THEN NULL WHEN line %% 3 = 0 THEN 'none'"
        " ELSE 'c' || line END");
    Session *other = session_open(db);
    size_t count;
    Query *q = session_query(other, Sheet);
    query_order_by(q, Sheet, line, ORDER_ASC);
    Sheet **stored = query_all(q, Sheet, &count);
    ck_assert_uint_eq(count, ROWS);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_int_eq(stored[i]->id, sheets[i]->id);
        ck_assert_str_eq(stored[i]->serial, sheets[i]->serial);
        ck_assert_pstr_eq(stored[i]->comment, sheets[i]->comment);
        ck_assert_int_eq(stored[i]->rank.value, sheets[i]->rank.value);
        ck_assert(sheets[i]->rank.valid);
        ck_assert_uint_eq(stored[i]->numbers.count, (size_t)(i % 4));
    }
    session_close(other);
    check_nothing_to_write();
}
END_TEST

/* Rows of 300 kB: more than any socket buffer, and a commit must neither stall nor hold them all twice. */
START_TEST(test_batch__wide_rows)
{
    enum { ROWS = 60, WIDTH = 300 * 1000 };
    static Sheet *sheets[ROWS];
    char *wide = malloc(WIDTH + 1);
    for (int i = 0; i < ROWS; i++) {
        memset(wide, 'a' + i % 26, WIDTH);
        wide[WIDTH] = '\0';
        wide[snprintf(wide, 16, "row %d", i)] = ' ';
        sheets[i] = session_add(s, Sheet, .title = wide, .line = i, .numbers = {(int32_t[]){1}, NULL, 0});
    }
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("INSERT INTO"), ROWS / 4);
    live_check("60|300000|300000", "SELECT count(*), min(length(title)), max(length(title)) FROM sheets");
    live_check("0", "SELECT count(*) FROM sheets WHERE split_part(title, ' ', 2) <> line::text"
                    " OR right(title, 10) <> repeat(chr(97 + line %% 26), 10)");
    for (int i = 0; i < ROWS; i++)
        sheets[i]->title = session_text(s, "%s!", sheets[i]->title);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), ROWS / 4);
    live_check("60", "SELECT count(*) FROM sheets WHERE length(title) = 300001 AND title LIKE '%%!'");
    scene_renew();
    size_t count;
    Sheet **stored = query_all(session_query(s, Sheet), Sheet, &count);
    ck_assert_uint_eq(count, ROWS);
    ck_assert_uint_eq(strlen(stored[ROWS - 1]->title), WIDTH + 1);
    free(wide);
}
END_TEST

/* Items of arrays count as much as text. */
START_TEST(test_batch__wide_arrays)
{
    enum { ROWS = 12, WIDTH = 100 * 1000 };
    char *wide = malloc(WIDTH + 1);
    memset(wide, 'w', WIDTH);
    wide[WIDTH] = '\0';
    for (int i = 0; i < ROWS; i++)
        session_add(s, Sheet, .title = "", .line = i, .numbers = {(int32_t[]){1}, NULL, 0},
                    .words = {(const char *[]){wide, wide, wide}, NULL, 3});
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("INSERT INTO"), ROWS / 4);
    live_check("12|300000", "SELECT count(*), min(length(array_to_string(words, ''))) FROM sheets");
    free(wide);
}
END_TEST

/* A foreign key that waits for a generated key is no value yet, and behind it others are still looked at. */
START_TEST(test_batch__values_that_wait_are_not_checked)
{
    enum { ROWS = 5, WRONG = 3 };
    Leaf *leaves[ROWS];
    Sheet *sheet = session_add(s, Sheet, .title = "new", .numbers = {(int32_t[]){1}, NULL, 0});
    for (int i = 0; i < ROWS; i++)
        leaves[i] = session_add(s, Leaf, .sheet = i == WRONG ? NULL : sheet);
    leaves[WRONG]->sheet_id = -1;
    seen_clear();
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(leaves[WRONG], "Leaf", "sheet_id");
    ck_assert_uint_eq(seen.count, 0);
    session_clear_error(s);
    leaves[WRONG]->sheet_id = 0;
    leaves[WRONG]->sheet = sheet;
    check_ok(session_commit(s));
    ck_assert_int_eq(leaves[WRONG]->sheet_id, sheet->id);
    live_check("5", "SELECT count(*) FROM leaves l JOIN sheets s ON s.id = l.sheet_id WHERE s.title = 'new'");
}
END_TEST

START_TEST(test_batch__updates_at_their_rows)
{
    enum { ROWS = 2500 };
    live_sql("INSERT INTO makers (id, name) SELECT n, 'm' || n FROM generate_series(1, %d) n", ROWS);
    Value *keys = calloc(ROWS, sizeof(*keys));
    for (int i = 0; i < ROWS; i++)
        keys[i] = VALUE(ROWS - i);
    Maker **makers = session_find_many(s, Maker, keys, ROWS);
    for (int i = 0; i < ROWS; i++) {
        int64_t id = makers[i]->id;
        if (id % 3 != 1)
            makers[i]->name = session_text(s, "new%" PRId64, id);
        if (id % 3 != 2)
            makers[i]->grade = (NullInt32){(int32_t)(id % 10), id % 5 != 0};
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2500|0",
               "SELECT count(*), count(*) FILTER (WHERE name <> CASE WHEN id %% 3 <> 1 THEN 'new' ELSE 'm' END || id"
               " OR grade IS DISTINCT FROM CASE WHEN id %% 3 <> 2 AND id %% 5 <> 0 THEN id %% 10 END) FROM makers");
    check_nothing_to_write();
    free(keys);
}
END_TEST

START_TEST(test_batch__deletes)
{
    enum { ROWS = 2500 };
    live_sql("INSERT INTO makers (id, name) SELECT n, 'm' || n FROM generate_series(1, %d) n", ROWS + 10);
    Query *q = session_query(s, Maker);
    query_where(q, Maker, id, "<=", ROWS);
    size_t count;
    Maker **makers = query_all(q, Maker, &count);
    ck_assert_uint_eq(count, ROWS);
    for (size_t i = 0; i < count; i++)
        check_ok(session_delete(s, makers[i]));
    cost_start();
    check_ok(session_commit(s));
    check_cost(3, 2);
    live_check("10|2501", "SELECT count(*), min(id) FROM makers");
    ck_assert_uint_eq(session_stats(s).deleted, ROWS);
    ck_assert_uint_eq(session_stats(s).objects, 0);
}
END_TEST

START_TEST(test_batch__a_thousand_rows_a_statement)
{
    for (unsigned rows = 1000; rows <= 1001; rows++) {
        live_sql("TRUNCATE makers CASCADE; INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, %d) n",
                 rows);
        scene_renew();
        size_t count;
        Maker **makers = query_all(session_query(s, Maker), Maker, &count);
        ck_assert_uint_eq(count, rows);
        for (size_t i = 0; i < count; i++)
            makers[i]->grade = (NullInt32){5, true};
        cost_start();
        check_ok(session_commit(s));
        check_cost(rows - 999, 2);
        for (size_t i = 0; i < count; i++)
            session_delete(s, makers[i]);
        check_ok(session_commit(s));
        check_cost(rows - 999, 2);
    }
}
END_TEST

START_TEST(test_batch__versions)
{
    enum { ROWS = 2500 };
    live_sql("INSERT INTO makers (id, name) VALUES (1, 'm'); INSERT INTO items (maker_id, code, title, version)"
             " SELECT 1, 'c' || n, 't' || n, n %% 50 + 1 FROM generate_series(1, %d) n",
             ROWS);
    size_t count;
    Item **items = query_all(session_query(s, Item), Item, &count);
    for (size_t i = 0; i < count; i++)
        if (i % 2)
            items[i]->title = session_text(s, "%s changed", items[i]->title);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(items[i]->version, atoi(items[i]->code + 1) % 50 + 1 + (i % 2 ? 1 : 0));
    live_check("1250|0", "SELECT count(*) FILTER (WHERE title LIKE '%% changed'), count(*) FILTER (WHERE version <>"
                         " substr(code, 2)::int %% 50 + 1 + (title LIKE '%% changed')::int) FROM items");
    /* and the versions in the session are those of the rows */
    for (size_t i = 0; i < count; i++)
        items[i]->note = "again";
    check_ok(session_commit(s));
    check_nothing_to_write();
}
END_TEST

/* Arrays of every length in one statement: unnest must not flatten them. */
START_TEST(test_batch__arrays_are_not_flattened)
{
    enum { ROWS = 1500 };
    static Sheet *sheets[ROWS];
    static int32_t numbers[ROWS];
    for (int i = 0; i < ROWS; i++)
        numbers[i] = i;
    for (int i = 0; i < ROWS; i++)
        sheets[i] = session_add(s, Sheet, .title = "", .line = i, .numbers = {numbers, NULL, (size_t)(i % 100)});
    check_ok(session_commit(s));
    live_check("0",
               "SELECT count(*) FROM sheets WHERE cardinality(numbers) <> line %% 100 OR array_ndims(numbers) > 1");
    static const char *words[] = {"{", "\"", "NULL", ",", "\\"};
    for (int i = 0; i < ROWS; i++) {
        sheets[i]->words = (TextArray){words, NULL, (size_t)(i % 6)};
        for (size_t n = 0; n < sheets[i]->numbers.count; n++) /* in place */
            sheets[i]->numbers.items[n] = -sheets[i]->numbers.items[n];
    }
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM sheets WHERE cardinality(numbers) <> line %% 100 OR"
                    " words <> (ARRAY['{', '\"', 'NULL', ',', '\\'])[1:line %% 6] OR"
                    " line %% 100 > 1 AND numbers[2] <> -1");
    check_nothing_to_write();
}
END_TEST

/* Objects that are added, found and forgotten many times: the session's memory is that of what is in it. */
START_TEST(test_batch__clear_gives_memory_back)
{
    uint64_t most = 0;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 500; i++)
            session_add(s, Maker, .name = session_text(s, "%d-%d", round, i));
        check_ok(session_commit(s));
        uint64_t bytes = session_stats(s).bytes;
        ck_assert_msg(!most || bytes <= most * 5 / 4, "%" PRIu64 " bytes, before %" PRIu64, bytes, most);
        most = most ? most : bytes;
        session_clear(s);
        ck_assert_uint_eq(session_stats(s).objects, 0);
        ck_assert_uint_lt(session_stats(s).bytes, most / 2);
    }
    live_check("2500", "SELECT count(*) FROM makers");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_batch__generated_keys_at_their_rows, 0, (int)COUNT_OF(sizes));
    tcase_add_test(tests, test_batch__defaults_at_their_rows);
    tcase_add_test(tests, test_batch__wide_rows);
    tcase_add_test(tests, test_batch__wide_arrays);
    tcase_add_test(tests, test_batch__values_that_wait_are_not_checked);
    tcase_add_test(tests, test_batch__updates_at_their_rows);
    tcase_add_test(tests, test_batch__deletes);
    tcase_add_test(tests, test_batch__a_thousand_rows_a_statement);
    tcase_add_test(tests, test_batch__versions);
    tcase_add_test(tests, test_batch__arrays_are_not_flattened);
    tcase_add_test(tests, test_batch__clear_gives_memory_back);
}

int main(void)
{
    return scene_main("batch", setup, scene_close, add_tests);
}
