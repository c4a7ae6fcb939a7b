/* The table of SQLSTATEs. */
#include "pg/sqlstate.h"

#include <check.h>

static const struct {
    const char *sqlstate;
    enum howdah_status status;
} cases[] = {
    {"23505", HOWDAH_STATUS_UNIQUE},     {"23503", HOWDAH_STATUS_FOREIGN_KEY}, {"23001", HOWDAH_STATUS_FOREIGN_KEY},
    {"23502", HOWDAH_STATUS_NOT_NULL},   {"23514", HOWDAH_STATUS_CHECK},       {"44000", HOWDAH_STATUS_CHECK},
    {"23P01", HOWDAH_STATUS_EXCLUSION},  {"23000", HOWDAH_STATUS_SERVER},      {"40001", HOWDAH_STATUS_SERIALIZATION},
    {"40P01", HOWDAH_STATUS_DEADLOCK},   {"40002", HOWDAH_STATUS_SERVER},      {"55P03", HOWDAH_STATUS_LOCK},
    {"55000", HOWDAH_STATUS_SERVER},     {"22P02", HOWDAH_STATUS_DATA},        {"22012", HOWDAH_STATUS_DATA},
    {"22021", HOWDAH_STATUS_DATA},       {"2200H", HOWDAH_STATUS_RESOURCE},    {"21000", HOWDAH_STATUS_DATA},
    {"42501", HOWDAH_STATUS_PERMISSION}, {"28P01", HOWDAH_STATUS_PERMISSION},  {"28000", HOWDAH_STATUS_PERMISSION},
    {"42P01", HOWDAH_STATUS_SCHEMA},     {"42703", HOWDAH_STATUS_SCHEMA},      {"42883", HOWDAH_STATUS_SCHEMA},
    {"428C9", HOWDAH_STATUS_SCHEMA},     {"3F000", HOWDAH_STATUS_SCHEMA},      {"3D000", HOWDAH_STATUS_SCHEMA},
    {"42601", HOWDAH_STATUS_SERVER},     {"53100", HOWDAH_STATUS_RESOURCE},    {"53300", HOWDAH_STATUS_RESOURCE},
    {"54001", HOWDAH_STATUS_RESOURCE},   {"57014", HOWDAH_STATUS_TIMEOUT},     {"57P01", HOWDAH_STATUS_CONNECTION},
    {"57P05", HOWDAH_STATUS_CONNECTION}, {"57000", HOWDAH_STATUS_SERVER},      {"08006", HOWDAH_STATUS_CONNECTION},
    {"08P01", HOWDAH_STATUS_CONNECTION}, {"0A000", HOWDAH_STATUS_SERVER},      {"26000", HOWDAH_STATUS_SERVER},
    {"P0001", HOWDAH_STATUS_SERVER},     {"XX000", HOWDAH_STATUS_SERVER},      {"", HOWDAH_STATUS_SERVER},
    {"2350", HOWDAH_STATUS_SERVER},      {"235055", HOWDAH_STATUS_SERVER},     {"23505 and more", HOWDAH_STATUS_SERVER},
    {NULL, HOWDAH_STATUS_SERVER},
};

START_TEST(test_sqlstate__status)
{
    if (sqlstate_status(cases[_i].sqlstate) != cases[_i].status)
        ck_abort_msg("%s is %s, not %s", cases[_i].sqlstate, howdah_status_name(sqlstate_status(cases[_i].sqlstate)),
                     howdah_status_name(cases[_i].status));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sqlstate");
    TCase *c = tcase_create("sqlstate");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_sqlstate__status, 0, sizeof(cases) / sizeof(*cases));
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
