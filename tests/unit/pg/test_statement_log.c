/* The line that HOWDAH_LOG=sql prints for a statement. */
#include "observe/statement_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *line;

static void write_line(const struct howdah_statement *statement)
{
    size_t size = 0;
    free(line);
    FILE *to = open_memstream(&line, &size);
    statement_log_write(to, statement);
    fclose(to);
}

START_TEST(test_statement_log__success)
{
    struct howdah_statement s = {.sql = "SELECT 1", .rows = 3, .nanoseconds = 1234567, .round_trip = 2, .sqlstate = ""};
    write_line(&s);
    ck_assert_str_eq(line, "howdah: 1.234 ms, 3 rows, trip 2: SELECT 1\n");
    s.rows = 1;
    s.nanoseconds = 999;
    write_line(&s);
    ck_assert_str_eq(line, "howdah: 0.000 ms, 1 row, trip 2: SELECT 1\n");
}
END_TEST

START_TEST(test_statement_log__failure)
{
    struct howdah_statement s = {.sql = "INSERT", .round_trip = 1, .status = HOWDAH_STATUS_UNIQUE, .sqlstate = "23505"};
    write_line(&s);
    ck_assert_str_eq(line, "howdah: 0.000 ms, 0 rows, trip 1, error 23505 (unique): INSERT\n");
    s.status = HOWDAH_STATUS_TIMEOUT;
    s.sqlstate = "";
    write_line(&s);
    ck_assert_str_eq(line, "howdah: 0.000 ms, 0 rows, trip 1, error (timeout): INSERT\n");
}
END_TEST

START_TEST(test_statement_log__one_line)
{
    struct howdah_statement s = {.sql = "\n  SELECT\t'\x1b[31m'\n  FROM\r\n t  ", .sqlstate = ""};
    write_line(&s);
    ck_assert_str_eq(line, "howdah: 0.000 ms, 0 rows, trip 0: SELECT '?[31m' FROM t\n");
}
END_TEST

START_TEST(test_statement_log__long)
{
    char *sql = malloc(100001);
    memset(sql, 'x', 100000);
    sql[100000] = '\0';
    write_line(&(struct howdah_statement){.sql = sql, .sqlstate = ""});
    ck_assert_uint_gt(strlen(line), 100000);
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    free(sql);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statement_log");
    TCase *c = tcase_create("statement_log");
    tcase_set_timeout(c, 600);
    tcase_add_test(c, test_statement_log__success);
    tcase_add_test(c, test_statement_log__failure);
    tcase_add_test(c, test_statement_log__one_line);
    tcase_add_test(c, test_statement_log__long);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    free(line);
    return failed != 0;
}
