/* Tables that others have made, with types near those of the models: what can be read is read the same way by whatever
 * reads it, and what would come back as another value is refused. */
#include "api/scene.h"

typedef struct {
    int64_t id;
    int32_t share;
    const char *code;
    Int32Array marks;
    NullInt16 rank;
    PgNumeric price;
} Stock;

typedef struct {
    int64_t id;
    PgTimestamp at;
    NullTimestamp maybe;
    TimestampArray more;
} Visit;

typedef struct {
    int64_t id;
    PgTimestamp at;
    TimestampArray more;
} LocalVisit;

/* clang-format off */
MODEL(Stock, "stocks",
    COLUMN(Stock, id,    .primary_key = true),
    COLUMN(Stock, share),
    COLUMN(Stock, code,  .unique = true),
    COLUMN(Stock, marks, .nullable = true),
    COLUMN(Stock, rank),
    COLUMN(Stock, price, .nullable = true));
MODEL(Visit, "visits",
    COLUMN(Visit, id,    .primary_key = true),
    COLUMN(Visit, at),
    COLUMN(Visit, maybe),
    COLUMN(Visit, more,  .nullable = true));
MODEL(LocalVisit, "visits",
    COLUMN(LocalVisit, id,   .primary_key = true),
    COLUMN(LocalVisit, at,   .sql_type = "timestamp"),
    COLUMN(LocalVisit, more, .sql_type = "timestamp[]", .nullable = true));
/* clang-format on */

#define NOON 772545600000000 /* 2024-06-24 12:00 */

static void setup(void)
{
    scene_wipe();
    live_sql(
        "CREATE DOMAIN key_number AS bigint CHECK (value > 0); CREATE DOMAIN inner_percent AS integer;"
        "CREATE DOMAIN percent AS inner_percent CHECK (value <= 100); CREATE DOMAIN code AS varchar(8);"
        "CREATE DOMAIN mark_list AS integer[]; CREATE DOMAIN small AS smallint; CREATE DOMAIN money2 AS numeric(9,2);"
        "CREATE TABLE stocks (id key_number PRIMARY KEY, share percent NOT NULL, code code NOT NULL UNIQUE,"
        " marks mark_list, rank small, price money2);"
        "INSERT INTO stocks VALUES (1, 10, 'one', '{1,NULL}', 3, 1.5), (2, 20, 'two', NULL, NULL, NULL);"
        "CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp NOT NULL, maybe timestamp, more timestamp[]);"
        "INSERT INTO visits VALUES (1, '2024-06-24 12:00', NULL, NULL)");
    db = scene_database(NULL, MODELS(Stock, Visit), NULL);
    s = session_open(db);
}

static void check_first(const Stock *stock)
{
    check_no_error();
    ck_assert_ptr_nonnull(stock);
    ck_assert_int_eq(stock->share, 10);
    ck_assert_str_eq(stock->code, "one");
    ck_assert_uint_eq(stock->marks.count, 2);
    ck_assert(stock->marks.nulls[1]);
    ck_assert(stock->rank.valid && stock->rank.value == 3);
    ck_assert_str_eq(stock->price.text, "1.50");
}

/* In a ROW a value bears the domain's type, of which the client knows nothing. */
START_TEST(test_existing__domains_are_found)
{
    cost_start();
    check_first(session_find(s, Stock, 1));
    check_cost(2, 2); /* the first time */
    Stock *two = session_find(s, Stock, 2);
    check_cost(1, 1);
    ck_assert(two && two->share == 20 && !two->marks.items && !two->rank.valid && !two->price.text);
    ck_assert_ptr_null(session_find(s, Stock, 3));
    check_no_error();
    scene_renew();
    cost_start();
    check_first(session_find(s, Stock, 1));
    check_cost(1, 1); /* other sessions know */
    session_clear(s);
    check_first(session_find_by(s, Stock, code, "one"));
    two = session_find(s, Stock, 2);
    two->share = 30;
    two->marks = (Int32Array){(int32_t[]){7}, NULL, 1};
    check_ok(session_commit(s));
    live_check("30|{7}", "SELECT share, marks FROM stocks WHERE id = 2");
}
END_TEST

/* Several announced ones: only those of tables with a domain are asked for again, together. */
START_TEST(test_existing__domains_in_a_prefetch)
{
    cost_start();
    session_prefetch(s, Stock, 1);
    session_prefetch(s, Visit, 1);
    session_prefetch(s, Stock, 3);
    Stock *two = session_find(s, Stock, 2);
    check_cost(6, 2);
    ck_assert(two && two->share == 20);
    check_first(session_find(s, Stock, 1));
    ck_assert_ptr_nonnull(session_find(s, Visit, 1));
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Stock, 3));
    check_no_error();
}
END_TEST

/* Inside a transaction, which goes on; with a lock; and by whatever else reads one row. */
START_TEST(test_existing__domains_in_a_transaction)
{
    check_ok(session_begin(s, NULL));
    Stock *one = session_find_locked(s, Stock, LOCK_FOR_UPDATE, 1);
    check_first(one);
    one->share = 11;
    check_ok(session_flush(s));
    live_check("10", "SELECT share FROM stocks WHERE id = 1");
    check_ok(session_refresh(s, one));
    ck_assert_int_eq(one->share, 11);
    check_first((session_rollback(s), session_find(s, Stock, 1)));
    Stock plain;
    void *memory = NULL;
    Error error;
    ck_assert_int_eq(database_find(db, Stock, &plain, &memory, &error, 1), STATUS_OK);
    check_first(&plain);
    database_free(db, memory);
}
END_TEST

START_TEST(test_existing__domain_first_met_by_a_refresh)
{
    size_t count;
    Stock **stocks = query_all(session_query(s, Stock), Stock, &count);
    ck_assert_uint_eq(count, 2);
    live_sql("UPDATE stocks SET share = 99");
    check_ok(session_refresh(s, stocks[0]));
    ck_assert_int_eq(stocks[0]->share, 99);
}
END_TEST

/* In UTC an instant and a local time are the same number. */
START_TEST(test_existing__local_time_in_utc)
{
    Database *utc = scene_database(live_conninfo_with("options='-c timezone=UTC'"), MODELS(Visit), NULL);
    Session *there = session_open(utc);
    Visit *visit = session_find(there, Visit, 1);
    ck_assert_msg(visit != NULL, "%s", error_text(session_error(there)));
    ck_assert_int_eq(visit->at.microseconds, NOON);
    session_add(there, Visit, .id = 2, .at = {NOON + 1}, .maybe = {{NOON + 2}, true});
    ck_assert_int_eq(session_commit(there), STATUS_OK);
    live_check("2024-06-24 12:00:00.000001", "SELECT at FROM visits WHERE id = 2");
    session_close(there);
    database_close(utc);
}
END_TEST

/* Elsewhere the server would write another value than the program's. */
START_TEST(test_existing__local_time_elsewhere)
{
    Database *away = scene_database(live_conninfo_with("options='-c timezone=Asia/Kolkata'"), MODELS(Visit), NULL);
    session_close(s);
    s = session_open(away);
    size_t count;
    for (int way = 0; way < 3; way++) {
        if (way == 0)
            ck_assert_ptr_null(session_find(s, Visit, 1));
        else if (way == 1)
            ck_assert_ptr_null(query_all(session_query(s, Visit), Visit, &count));
        else
            ck_assert_ptr_null(session_find_many(s, Visit, ((Value[]){VALUE(1)}), 1));
        check_error(s, STATUS_SCHEMA);
        check_culprit(NULL, "Visit", "at");
        check_says(session_error(s), "is timestamp, not timestamptz");
        check_says(session_error(s), ".sql_type = \"timestamp\"");
        session_clear_error(s);
    }
    session_close(s);
    database_close(away);
    s = session_open(db);
}
END_TEST

START_TEST(test_existing__local_time_as_such_anywhere)
{
    Database *away = scene_database(live_conninfo_with("options='-c timezone=Asia/Kolkata'"), MODELS(LocalVisit), NULL);
    session_close(s);
    s = session_open(away);
    LocalVisit *visit = session_find(s, LocalVisit, 1);
    check_no_error();
    ck_assert_int_eq(visit->at.microseconds, NOON);
    visit->at.microseconds++;
    visit->more = (TimestampArray){(PgTimestamp[]){{NOON}}, NULL, 1};
    check_ok(session_commit(s));
    live_check("2024-06-24 12:00:00.000001|{\"2024-06-24 12:00:00\"}", "SELECT at, more FROM visits");
    session_clear(s);
    visit = session_find(s, LocalVisit, 1);
    check_no_error();
    ck_assert_int_eq(visit->more.items[0].microseconds, NOON);
    live_sql("ALTER TABLE visits ALTER at TYPE timestamptz");
    session_clear(s);
    ck_assert_ptr_null(session_find(s, LocalVisit, 1));
    check_error(s, STATUS_SCHEMA);
    check_says(session_error(s), ".sql_type = \"timestamptz\"");
    session_close(s);
    database_close(away);
    s = session_open(db);
}
END_TEST

#define check_names_share() \
    do { \
        check_error(s, STATUS_SCHEMA); \
        ck_assert_str_eq(session_error(s)->model, "Stock"); \
        ck_assert_str_eq(session_error(s)->field, "share"); \
        ck_assert_ptr_nonnull(strstr(error_text(session_error(s)), "\nmodel: Stock\nfield: share\n")); \
        session_clear_error(s); \
    } while (0)

/* Model and field stand also in the text of an error of reading. */
START_TEST(test_existing__column_that_is_missing)
{
    live_sql("ALTER TABLE stocks RENAME share TO part");
    Value keys[] = {VALUE(1), VALUE(2)};
    ck_assert_ptr_null(session_find(s, Stock, 1));
    check_names_share();
    ck_assert_ptr_null(session_find_many(s, Stock, keys, 2));
    check_names_share();
    ck_assert_ptr_null(session_find_by(s, Stock, code, "one"));
    check_names_share();
    ck_assert_ptr_null(query_first(session_query(s, Stock), Stock));
    check_names_share();
}
END_TEST

/* What inherits from a table has keys of its own, so that a key may be that of several rows. That is told, and what became
 * of them: a commit of one row has written them all by then. */
START_TEST(test_existing__key_of_several_rows)
{
    live_sql(
        "CREATE TABLE old_stocks () INHERITS (stocks); INSERT INTO old_stocks VALUES (1, 10, 'old', NULL, 3, NULL)");
    Stock *one = session_find(s, Stock, 1), *two = session_find(s, Stock, 2);
    one->share = two->share = 11;
    check_fails(session_commit(s), STATUS_SCHEMA);
    check_says(session_error(s), "Stock: rows to be updated: 1, found: 2");
    check_culprit(one, "Stock", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM stocks WHERE share = 11");
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    session_delete(s, one);
    check_fails(session_flush(s), STATUS_SCHEMA);
    ck_assert_ptr_eq(session_error(s)->object, one);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    one->share = 12;
    check_fails(session_commit(s), STATUS_SCHEMA);
    check_says(session_error(s), "Stock: rows to be updated: 1, found: 2; what the model has for a key is not unique");
    ck_assert_ptr_eq(session_error(s)->object, one);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_DONE);
    ck_assert(!session_contains(s, one));
    live_check("2", "SELECT count(*) FROM stocks WHERE share = 12");
    session_clear_error(s);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_existing__key_of_several_rows_in_one_call)
{
    Error error;
    Stock stock;
    void *memory;
    live_sql(
        "CREATE TABLE old_stocks () INHERITS (stocks); INSERT INTO old_stocks VALUES (1, 10, 'old', NULL, 3, NULL)");
    ck_assert_int_eq(database_find(db, Stock, &stock, &memory, &error, 1), STATUS_OK);
    stock.code = "both";
    ck_assert_int_eq(database_save(db, Stock, &stock, &error), STATUS_SCHEMA);
    ck_assert_int_eq(error.outcome, OUTCOME_DONE);
    live_check("2|3", "SELECT count(*) FILTER (WHERE code = 'both'), count(*) FROM stocks");
    ck_assert_int_eq(database_delete(db, Stock, &stock, &error), STATUS_SCHEMA);
    ck_assert_int_eq(error.outcome, OUTCOME_DONE);
    live_check("1", "SELECT count(*) FROM stocks");
    database_free(db, memory);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_existing__domains_are_found);
    tcase_add_test(tests, test_existing__domains_in_a_prefetch);
    tcase_add_test(tests, test_existing__domains_in_a_transaction);
    tcase_add_test(tests, test_existing__domain_first_met_by_a_refresh);
    tcase_add_test(tests, test_existing__local_time_in_utc);
    tcase_add_test(tests, test_existing__local_time_elsewhere);
    tcase_add_test(tests, test_existing__local_time_as_such_anywhere);
    tcase_add_test(tests, test_existing__column_that_is_missing);
    tcase_add_test(tests, test_existing__key_of_several_rows);
    tcase_add_test(tests, test_existing__key_of_several_rows_in_one_call);
}

int main(void)
{
    return scene_main("existing", setup, scene_close, add_tests);
}
