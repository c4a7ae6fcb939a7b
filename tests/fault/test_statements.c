/* Prepared statements that the server has forgotten, and plans that no longer fit the table. */
#include "truth.h"

#include "support/live.h"

#include <stdio.h>
#include <string.h>

/* SQLSTATEs of the statements that failed, one after the other: most of these failures nobody else sees. */
static char failures[256];

static void note_failure(void *arg, const Statement *statement)
{
    size_t used = strlen(failures);
    (void)arg;
    if (*statement->sqlstate)
        snprintf(failures + used, sizeof(failures) - used, "%s ", statement->sqlstate);
}

static Database *open_database(void)
{
    *failures = '\0';
    return ledger_database(live_conninfo(),
                           DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .on_statement = note_failure));
}

/* --- forgotten: 26000 --- */

/* From now on an account that is changed to this balance makes its connection forget all prepared statements. */
enum { FORGET = 4711 };

static void remove_forgetting(void)
{
    live_sql("DROP FUNCTION IF EXISTS forget CASCADE");
}

static void install_forgetting(void)
{
    remove_forgetting();
    live_sql("CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN NULL; END $$;"
             "CREATE TRIGGER forget AFTER UPDATE ON accounts FOR EACH ROW WHEN (NEW.balance = %d)"
             " EXECUTE FUNCTION forget()",
             FORGET);
}

/* Has prepared all that the tests use later, and a connection that has lost it. */
static Session *forgetful_session(Database *db)
{
    struct unit unit;
    size_t count;
    ledger_seed();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    query_all(session_query(s, Account), Account, &count);
    ck_assert_uint_eq(count, 2);
    unit.kept->balance = FORGET;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    session_clear(s);
    ledger_seed();
    return s;
}

START_TEST(test_statements__forgotten_before_a_find)
{
    Database *db = open_database();
    Session *s = forgetful_session(db);
    size_t count;
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    query_all(session_query(s, Account), Account, &count);
    ck_assert_uint_eq(count, 2);
    check_ok(s);
    ck_assert_str_eq(failures, "26000 ");
    database_close(db);
}
END_TEST

START_TEST(test_statements__forgotten_before_a_commit)
{
    Database *db = open_database();
    Session *s = forgetful_session(db);
    struct unit unit;
    unit_begin_adding(&unit, s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_added());
    unit_check_promoted(&unit);
    ck_assert_str_eq(failures, "26000 ");
    database_close(db);
}
END_TEST

/* One row, one statement: it is not done twice either. */
START_TEST(test_statements__forgotten_before_a_row)
{
    Database *db = open_database();
    struct unit unit;
    ledger_seed();
    Session *s = session_open(db);
    unit_begin_adding_one(&unit, s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    unit.added->balance = FORGET;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    session_clear(s); /* the keys begin again */
    ledger_seed();
    unit_begin_adding_one(&unit, s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_one_is_added());
    unit_check_promoted(&unit);
    ck_assert_str_eq(failures, "26000 ");
    database_close(db);
}
END_TEST

/* BEGIN travels with the first statement: so the transaction can still be begun again. */
START_TEST(test_statements__forgotten_before_a_transaction)
{
    Database *db = open_database();
    Session *s = forgetful_session(db);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    check_ok(s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_str_eq(failures, "26000 ");
    database_close(db);
}
END_TEST

/* In the midst of one it can't: what went before would be lost. */
START_TEST(test_statements__forgotten_in_a_transaction)
{
    Database *db = open_database();
    struct unit unit;
    size_t count;
    ledger_seed();
    Session *s = session_open(db);
    query_all(session_query(s, Account), Account, &count);
    session_clear(s);
    unit_begin(&unit, s);
    unit.kept->balance = FORGET;
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    ck_assert_ptr_null(query_all(session_query(s, Account), Account, &count));
    const Error *error = session_error(s);
    ck_assert_ptr_nonnull(error);
    ck_assert_str_eq(error->sqlstate, "26000");
    ck_assert_ptr_nonnull(strstr(error->message, "again"));
    session_clear_error(s);
    unit.kept->balance = 17;
    unit_check_pending(&unit);
    ck_assert(!unit_is_done());
    ck_assert_msg(work_flush_and_commit.run(&unit) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    unit_check_promoted(&unit);
    ck_assert_int_eq(strncmp(failures, "26000 ", 6), 0);
    database_close(db);
}
END_TEST

/* --- altered tables --- */

static void read_all(Session *s)
{
    size_t count;
    ck_assert_ptr_nonnull(session_find(s, Account, 1));
    Account **all = query_all(session_query(s, Account), Account, &count);
    check_ok(s);
    ck_assert_uint_eq(count, 2);
    ck_assert(all && strcmp(all[0]->owner, all[1]->owner) != 0);
}

static void change_all(Session *s)
{
    struct unit unit;
    unit_begin(&unit, s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    session_clear(s);
}

/* Everything is prepared; then the table changes in a way that the model need not know. */
static void alter(const char *sql, const char *back, const char *expected)
{
    Database *db = open_database();
    Session *s = session_open(db);
    ledger_seed();
    read_all(s);
    session_clear(s);
    change_all(s);
    ledger_seed();
    live_sql("%s", sql);
    read_all(s);
    session_clear(s);
    change_all(s);
    ledger_seed();
    live_sql("%s", back);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    read_all(s);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    session_clear(s);
    change_all(s);
    ck_assert_str_eq(failures, expected);
    database_close(db);
}

START_TEST(test_statements__column_added)
{
    alter("ALTER TABLE accounts ADD COLUMN more text DEFAULT 'x'", "ALTER TABLE accounts DROP COLUMN more", "");
}
END_TEST

START_TEST(test_statements__column_moved)
{
    alter("ALTER TABLE accounts RENAME COLUMN balance TO old; ALTER TABLE accounts ADD COLUMN balance bigint;"
          "UPDATE accounts SET balance = old; ALTER TABLE accounts ALTER balance SET NOT NULL, DROP COLUMN old",
          "ANALYZE accounts", "");
}
END_TEST

START_TEST(test_statements__column_of_another_text_type)
{
    alter("ALTER TABLE accounts ALTER owner TYPE varchar(40)", "ALTER TABLE accounts ALTER owner TYPE text", "0A000 ");
}
END_TEST

/* A type that does not fit is an error that names the field, in and out of a transaction; nothing is stuck
 * afterwards. */
START_TEST(test_statements__column_of_a_wrong_type)
{
    Database *db = open_database();
    Session *s = session_open(db);
    ledger_seed();
    read_all(s);
    session_clear(s);
    live_sql("ALTER TABLE accounts ALTER owner TYPE integer USING 1");
    for (int i = 0; i < 2; i++) {
        if (i)
            ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
        ck_assert_ptr_null(session_find(s, Account, 1));
        ck_assert_msg(status_of(s) == STATUS_SCHEMA, "%s", error_text(session_error(s)));
        ck_assert_str_eq(session_error(s)->field, "owner");
        session_rollback(s);
        size_t count;
        ck_assert_ptr_null(query_all(session_query(s, Account), Account, &count));
        ck_assert_msg(status_of(s) == STATUS_SCHEMA, "%s", error_text(session_error(s)));
        session_rollback(s);
    }
    live_sql("ALTER TABLE accounts ALTER owner TYPE text USING owner::text");
    ledger_seed();
    read_all(s);
    session_clear(s);
    change_all(s);
    database_close(db);
}
END_TEST

START_TEST(test_statements__table_gone)
{
    Database *db = open_database();
    Session *s = session_open(db);
    struct unit unit;
    ledger_seed();
    read_all(s);
    session_clear(s);
    unit_begin(&unit, s);
    live_sql("ALTER TABLE entries RENAME TO away");
    ck_assert_msg(session_commit(s) == STATUS_SCHEMA, "%s", error_text(session_error(s)));
    ck_assert_str_eq(session_error(s)->sqlstate, "42P01");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_sql("ALTER TABLE away RENAME TO entries");
    ck_assert(!unit_is_done());
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert(unit_is_done());
    database_close(db);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statements");
    TCase *forgotten = tcase_create("forgotten");
    tcase_set_timeout(forgotten, 600);
    tcase_add_unchecked_fixture(forgotten, ledger_create, NULL);
    tcase_add_checked_fixture(forgotten, install_forgetting, remove_forgetting);
    tcase_add_test(forgotten, test_statements__forgotten_before_a_find);
    tcase_add_test(forgotten, test_statements__forgotten_before_a_commit);
    tcase_add_test(forgotten, test_statements__forgotten_before_a_row);
    tcase_add_test(forgotten, test_statements__forgotten_before_a_transaction);
    tcase_add_test(forgotten, test_statements__forgotten_in_a_transaction);
    suite_add_tcase(suite, forgotten);
    TCase *altered = tcase_create("altered");
    tcase_set_timeout(altered, 600);
    tcase_add_checked_fixture(altered, remove_forgetting, NULL);
    tcase_add_test(altered, test_statements__column_added);
    tcase_add_test(altered, test_statements__column_moved);
    tcase_add_test(altered, test_statements__column_of_another_text_type);
    tcase_add_test(altered, test_statements__column_of_a_wrong_type);
    tcase_add_test(altered, test_statements__table_gone);
    suite_add_tcase(suite, altered);
    return ledger_main(suite);
}
