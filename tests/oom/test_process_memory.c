/* Memory that runs out anywhere in the process, libpq and the C library included. What libpq makes of it is many
 * things; ours is that the outcome is true, that nothing crashes or hangs, and that the session goes on. */
#include "acts.h"
#include "malloc_injector.h"

START_TEST(test_process_memory__add)
{
    sweep_by(&malloc_injector, &act_add);
}
END_TEST

START_TEST(test_process_memory__add_one_row)
{
    sweep_by(&malloc_injector, &act_add_one);
}
END_TEST

START_TEST(test_process_memory__change)
{
    sweep_by(&malloc_injector, &act_change);
}
END_TEST

START_TEST(test_process_memory__unique_violation)
{
    sweep_by(&malloc_injector, &act_unique);
}
END_TEST

START_TEST(test_process_memory__query)
{
    sweep_by(&malloc_injector, &act_query);
}
END_TEST

START_TEST(test_process_memory__flush)
{
    sweep_by(&malloc_injector, &act_flush);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process_memory");
    TCase *tcase = tcase_create("process_memory");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, sweep_tables, NULL);
    tcase_add_test(tcase, test_process_memory__add);
    tcase_add_test(tcase, test_process_memory__add_one_row);
    tcase_add_test(tcase, test_process_memory__change);
    tcase_add_test(tcase, test_process_memory__unique_violation);
    tcase_add_test(tcase, test_process_memory__query);
    tcase_add_test(tcase, test_process_memory__flush);
    suite_add_tcase(suite, tcase);
    return sweep_main(suite);
}
