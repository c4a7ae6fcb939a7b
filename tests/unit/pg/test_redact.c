/* Which conninfos libpq may misread, and messages as one line. */
#include "pg/redact.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *conninfo;
    bool needed;
} conninfos[] = {
    {NULL, false},
    {"", false},
    {"host=a user=b password=c@d/e", false},
    {"host=@abstract user=b", false},
    {"postgresql://", false},
    {"postgresql:///db?host=/tmp", false},
    {"postgresql://host/db", false},
    {"postgresql://user@host/db", false},
    {"postgresql://user:secret@host:1,other:2/db?sslmode=require", false},
    {"postgresql://user:se?cret@host/db", false},
    {"postgresql://%2Ftmp/db", false},
    {"postgresql://host/db?user=a@b", false},
    {"postgresql://user:se@cret@host/db", true},
    {"postgresql://user:se/cret@host/db", true},
    {"postgres://user:se/cret@host", true},
    {"postgresql://user:se%zzcret@host/db", true},
    {"host=a password", true},
    {"password='a", true},
    {"plain", true},
};

START_TEST(test_redact__needed)
{
    if (redact_needed(conninfos[_i].conninfo) != conninfos[_i].needed)
        ck_abort_msg("%s: not %d", conninfos[_i].conninfo, conninfos[_i].needed);
}
END_TEST

START_TEST(test_redact__line)
{
    char line[16];
    redact_line(line, sizeof(line), "  a\n\tb  c\r\n");
    ck_assert_str_eq(line, "a b c");
    redact_line(line, sizeof(line), "");
    ck_assert_str_eq(line, "");
    redact_line(line, sizeof(line), " \n ");
    ck_assert_str_eq(line, "");
    redact_line(line, sizeof(line), "0123456789 0123456789");
    ck_assert_str_eq(line, "0123456789 0123");
    redact_line(line, 1, "a");
    ck_assert_str_eq(line, "");
    for (size_t size = 1; size < sizeof(line); size++) {
        memset(line, 'x', sizeof(line));
        redact_line(line, size, "ab  cd ef gh ij kl mn op");
        ck_assert_uint_lt(strlen(line), size);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("redact");
    TCase *c = tcase_create("redact");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, test_redact__needed, 0, sizeof(conninfos) / sizeof(*conninfos));
    tcase_add_test(c, test_redact__line);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
