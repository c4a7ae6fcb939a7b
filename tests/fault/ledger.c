#include "ledger.h"

#include "support/live.h"

#include <string.h>
#include <time.h>

/* clang-format off */
MODEL(Account, "accounts",
    COLUMN(Account, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Account, owner),
    COLUMN(Account, balance),
    COLUMN(Account, version, .version = true));

MODEL(Entry, "entries",
    COLUMN(Entry, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Entry, account_id, .references = &Account_model),
    COLUMN(Entry, amount),
    BELONGS_TO(Entry, account, Account, account_id));
/* clang-format on */

Status status_of(const Session *s)
{
    const Error *error = session_error(s);
    return error ? error->status : STATUS_OK;
}

void check_ok(const Session *s)
{
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}

double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

Database *ledger_database(const char *conninfo, const DatabaseOptions *options)
{
    Database *db = database_open(conninfo, LEDGER_MODELS, options);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    return db;
}

void ledger_create(void)
{
    Database *db = ledger_database(live_conninfo(), NULL);
    ck_assert_msg(database_create_tables(db) == STATUS_OK, "%s", error_text(database_error(db)));
    database_close(db);
}

void ledger_seed(void)
{
    live_sql("DELETE FROM entries; DELETE FROM accounts; SELECT setval('accounts_id_seq', 100);"
             " INSERT INTO accounts (id, owner, balance, version) VALUES (1, 'kept', 10, 1), (2, 'doomed', 0, 1)");
}

void ledger_create_fence(void)
{
    Database *db = ledger_database(NULL, DATABASE_OPTIONS(.fence = true));
    ck_assert_int_eq(database_create_tables(db), STATUS_OK);
    database_close(db);
}

void ledger_create_refusal(void)
{
    live_sql(
        "CREATE TABLE refusals (reason text);"
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT FROM refusals) THEN"
        " RAISE EXCEPTION 'refused at the end' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END$$;"
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON accounts"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
}

void ledger_refuse(bool refuse)
{
    live_sql("DELETE FROM refusals");
    if (refuse)
        live_sql("INSERT INTO refusals VALUES ('it is told to')");
}

/* --- the unit --- */

void unit_begin_adding_one(struct unit *unit, Session *s)
{
    *unit = (struct unit){.s = s};
    unit->added = session_add(s, Account, .owner = "added", .balance = 8);
    check_ok(s);
}

void unit_begin_adding(struct unit *unit, Session *s)
{
    unit_begin_adding_one(unit, s);
    unit->entries[0] = session_add(s, Entry, .account = unit->added, .amount = 3);
    unit->entries[1] = session_add(s, Entry, .account = unit->added, .amount = 5);
    check_ok(s);
}

static void change_kept(struct unit *unit)
{
    unit->kept = session_find(unit->s, Account, 1);
    check_ok(unit->s);
    ck_assert_ptr_nonnull(unit->kept);
    unit->kept->balance += 7;
}

void unit_begin_changing_one(struct unit *unit, Session *s)
{
    *unit = (struct unit){.s = s};
    change_kept(unit);
}

void unit_begin(struct unit *unit, Session *s)
{
    unit_begin_adding(unit, s);
    change_kept(unit);
    unit->doomed = session_find(s, Account, 2);
    check_ok(s);
    ck_assert_ptr_nonnull(unit->doomed);
    ck_assert_int_eq(session_delete(s, unit->doomed), STATUS_OK);
}

static const char unit_rows[] =
    "SELECT string_agg(line, ' ' ORDER BY line) FROM ("
    " SELECT concat(owner, ':', balance, ':', version) AS line FROM accounts"
    " UNION ALL SELECT concat(a.owner, '+', e.amount) FROM entries e JOIN accounts a ON a.id = e.account_id) AS l";

static bool rows_are(const char *done, const char *not_done)
{
    const char *rows = live_sql("%s", unit_rows);
    bool is_done = strcmp(rows, done) == 0;
    ck_assert_msg(is_done || strcmp(rows, not_done) == 0, "neither done nor not done: %s", rows);
    return is_done;
}

#define NOTHING_DONE "doomed:0:1 kept:10:1"

bool unit_is_done(void)
{
    return rows_are("added+3 added+5 added:8:1 kept:17:2", NOTHING_DONE);
}

bool unit_is_added(void)
{
    return rows_are("added+3 added+5 added:8:1 " NOTHING_DONE, NOTHING_DONE);
}

bool unit_one_is_added(void)
{
    return rows_are("added:8:1 " NOTHING_DONE, NOTHING_DONE);
}

bool unit_one_is_changed(void)
{
    return rows_are("doomed:0:1 kept:17:2", NOTHING_DONE);
}

static void check_added(struct unit *unit)
{
    Session *s = unit->s;
    ck_assert_int_gt((int)unit->added->id, 100);
    ck_assert_int_eq(unit->added->version, 1);
    ck_assert(!session_is_dirty(s, unit->added));
    for (int i = 0; i < 2 && unit->entries[i]; i++) {
        ck_assert_int_ne((int)unit->entries[i]->id, 0);
        ck_assert_int_eq(unit->entries[i]->account_id, unit->added->id);
        ck_assert(!session_is_dirty(s, unit->entries[i]));
        ck_assert_ptr_eq(session_find(s, Entry, unit->entries[i]->id), unit->entries[i]);
    }
}

void unit_check_promoted(struct unit *unit)
{
    Session *s = unit->s;
    check_ok(s);
    if (unit->added)
        check_added(unit);
    if (unit->kept) {
        ck_assert_int_eq(unit->kept->version, 2);
        ck_assert(!session_is_dirty(s, unit->kept));
    }
    if (unit->doomed)
        ck_assert(!session_contains(s, unit->doomed));
    uint32_t statements = session_stats(s).statements;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, statements);
}

static void check_still_new(struct unit *unit)
{
    Session *s = unit->s;
    ck_assert_int_eq((int)unit->added->id, 0);
    ck_assert_int_eq(unit->added->version, 0);
    ck_assert(session_is_dirty(s, unit->added));
    for (int i = 0; i < 2 && unit->entries[i]; i++) {
        ck_assert_int_eq((int)unit->entries[i]->id, 0);
        ck_assert_int_eq((int)unit->entries[i]->account_id, 0);
        ck_assert_ptr_eq(unit->entries[i]->account, unit->added);
        ck_assert(session_is_dirty(s, unit->entries[i]));
    }
}

void unit_check_pending(struct unit *unit)
{
    Session *s = unit->s;
    if (unit->added)
        check_still_new(unit);
    if (unit->kept) {
        ck_assert_int_eq((int)unit->kept->balance, 17);
        ck_assert_int_eq(unit->kept->version, 1);
        ck_assert(session_is_dirty(s, unit->kept));
    }
    if (unit->doomed) {
        ck_assert(session_contains(s, unit->doomed));
        ck_assert(session_is_dirty(s, unit->doomed));
        ck_assert_ptr_null(session_find(s, Account, 2));
    }
}

int ledger_main(Suite *suite)
{
    live_open();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
