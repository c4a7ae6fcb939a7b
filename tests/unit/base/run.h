/* The main function of a test program: its cases as one suite. */
#ifndef UNIT_BASE_RUN_H
#define UNIT_BASE_RUN_H

#include <check.h>

#define RUN(name, ...) \
    int main(void) \
    { \
        const TTest *const tests[] = {__VA_ARGS__}; \
        Suite *suite = suite_create(name); \
        TCase *tcase = tcase_create(name); \
        tcase_set_timeout(tcase, 600); \
        for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) \
            tcase_add_test(tcase, tests[i]); \
        suite_add_tcase(suite, tcase); \
        SRunner *runner = srunner_create(suite); \
        srunner_run_all(runner, CK_ENV); \
        int failed = srunner_ntests_failed(runner); \
        srunner_free(runner); \
        return failed != 0; \
    }

#endif
