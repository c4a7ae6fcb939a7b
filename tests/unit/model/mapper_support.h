/* What the tests of mappers and columns share: models compiled by an allocator that counts. */
#ifndef MAPPER_SUPPORT_H
#define MAPPER_SUPPORT_H

#include <check.h>
#include <howdah/howdah.h> /* before the rooms' headers, one of which has a member with a short name */
#include <stdio.h>
#include <stdlib.h>

#include "failing.h"
#include "model/mapper.h"

static struct failing memory;
static struct catalog catalog;
static struct arena arena;
static struct buffer out;
static struct buffer faults;

static inline void mapper_setup(void)
{
    failing_init(&memory);
    memset(&catalog, 0, sizeof(catalog));
    arena_init(&arena, &memory.hook);
    buffer_init(&out, &memory.hook);
    buffer_init(&faults, &memory.hook);
}

static inline void mapper_teardown(void)
{
    catalog_done(&catalog);
    arena_done(&arena);
    buffer_done(&out);
    buffer_done(&faults);
    ck_assert_uint_eq(failing_blocks(&memory), 0);
}

static inline void compile_models(const Model *const *models)
{
    enum howdah_status status = catalog_init(&catalog, &memory.hook, models, NULL, &faults);
    ck_assert_msg(status == STATUS_OK, "%s", buffer_cstring(&faults));
    ck_assert_uint_eq(faults.size, 0);
}

static inline const struct mapper *compile_model(const Model *model)
{
    const Model *const models[] = {model, NULL};
    compile_models(models);
    return catalog_find(&catalog, model);
}

/* The models have just these faults, one a line. */
static inline void expect_faults(const Model *const *models, const char *expected)
{
    enum howdah_status status = catalog_init(&catalog, &memory.hook, models, NULL, &faults);
    ck_assert_str_eq(buffer_cstring(&faults), expected);
    ck_assert_int_eq(status, STATUS_MODEL);
}

static inline void expect_fault(const Model *model, const char *expected)
{
    const Model *const models[] = {model, NULL};
    expect_faults(models, expected);
}

static inline const struct column *column_of(const struct mapper *mapper, const char *field)
{
    const struct column *column = mapper_column_of_field(mapper, field);
    ck_assert_ptr_nonnull(column);
    return column;
}

/* Runs the cases, with the fixture, as the suite `name`. */
#define TEST_MAIN(name, setup, teardown, ...) \
    int main(void) \
    { \
        const TTest *const tests[] = {__VA_ARGS__}; \
        Suite *suite = suite_create(name); \
        TCase *tcase = tcase_create(name); \
        tcase_add_checked_fixture(tcase, setup, teardown); \
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
#define MAPPER_MAIN(name, ...) TEST_MAIN(name, mapper_setup, mapper_teardown, __VA_ARGS__)

#endif
