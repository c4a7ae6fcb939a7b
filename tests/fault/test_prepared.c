/* Prepared transactions outlive the server's crash; and a server that allows none. own_cluster.sh starts the server. */
#include "truth.h"

#include "support/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void restart(const char *how)
{
    char command[512];
    live_try("SELECT pg_terminate_backend(pg_backend_pid())"); /* so that live_sql connects anew */
    snprintf(command, sizeof(command), "%s restart %s", getenv("HOWDAH_TEST_CTL"), how);
    ck_assert_msg(system(command) == 0, "%s failed", command);
}

static Database *open_database(void)
{
    return ledger_database(live_conninfo(), DATABASE_OPTIONS(.lazy = true, .pool_size = 1, .in_doubt_timeout = 5000));
}

START_TEST(test_prepared__outlives_a_crash)
{
    static const char *const ways[] = {"-m fast", "-m immediate"};
    struct unit unit;
    ledger_seed();
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_msg(session_prepare(s, "crash.1") == STATUS_OK, "%s", error_text(session_error(s)));
    restart(ways[_i & 1]);
    ck_assert(!unit_is_done());
    Status status = _i & 2 ? session_commit(s) : session_rollback(s);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(s)));
    if (_i & 2)
        unit_check_promoted(&unit);
    ck_assert(unit_is_done() == ((_i & 2) != 0));
    database_close(db);
}
END_TEST

/* The error says what to do, and nothing is lost. */
START_TEST(test_prepared__not_allowed)
{
    struct unit unit;
    ledger_seed();
    restart("-m fast -o '-c max_prepared_transactions=0'");
    Database *db = open_database();
    Session *s = session_open(db);
    unit_begin(&unit, s);
    ck_assert_int_ne(session_prepare(s, "never"), STATUS_OK);
    const Error *error = session_error(s);
    ck_assert_msg(strstr(error->message, "set max_prepared_transactions in postgresql.conf"), "%s", error->message);
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    unit_check_pending(&unit);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert(unit_is_done());
    database_close(db);
    restart("-m fast");
}
END_TEST

int main(void)
{
    if (!getenv("HOWDAH_TEST_CTL")) {
        printf("skipped: it needs a server of its own\n");
        return 77;
    }
    Suite *suite = suite_create("prepared");
    TCase *tcase = tcase_create("prepared");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, ledger_create, NULL);
    tcase_add_loop_test(tcase, test_prepared__outlives_a_crash, 0, 4);
    tcase_add_test(tcase, test_prepared__not_allowed);
    suite_add_tcase(suite, tcase);
    return ledger_main(suite);
}
