/* Rendering the DDL of models, and looking at what came out. */
#ifndef UNIT_DDL_SUPPORT_H
#define UNIT_DDL_SUPPORT_H

#include "sql/ddl.h"

#include <check.h>
#include <howdah/howdah.h>
#include <string.h>

static struct arena arena;
static struct catalog catalog;
static struct ddl ddl;
static struct howdah_error error;

static inline enum howdah_status render(const Model *const *models)
{
    struct buffer faults;
    buffer_init(&faults, &memory_default);
    enum howdah_status status = catalog_init(&catalog, &memory_default, models, "public", &faults);
    ck_assert_msg(status == STATUS_OK, "%s", buffer_cstring(&faults));
    buffer_done(&faults);
    return ddl_render(&catalog, NULL, &arena, &error, &ddl);
}

static inline void expect_script(const Model *const *models, const char *expected)
{
    ck_assert_int_eq(render(models), STATUS_OK);
    const char *script = ddl_script(&ddl, &arena);
    ck_assert_ptr_nonnull(script);
    /* Not ck_assert_str_eq: Check can't carry so long a message. */
    size_t same = 0;
    while (script[same] && script[same] == expected[same])
        same++;
    ck_assert_msg(!script[same] && !expected[same], "differs from here: %.200s\nexpected: %.200s", script + same,
                  expected + same);
}

/* The creating statement that has `piece` in it. */
static inline const struct ddl_statement *find_statement(const char *piece)
{
    for (uint32_t i = 0; i < ddl.create_count; i++)
        if (strstr(ddl.create[i].statement.text, piece))
            return &ddl.create[i];
    ck_abort_msg("no statement has %s in:\n%s", piece, ddl_script(&ddl, &arena));
    return NULL;
}

static inline void expect_line(const char *line)
{
    find_statement(line);
}

static inline void run_setup(void)
{
    arena_init(&arena, &memory_default);
    memset(&catalog, 0, sizeof(catalog));
    memset(&ddl, 0, sizeof(ddl));
}

static inline void run_teardown(void)
{
    catalog_done(&catalog);
    arena_done(&arena);
}

/* The main function of a test program: its cases, each with a catalog and an arena of its own. */
#define RUN(name, ...) \
    int main(void) \
    { \
        const TTest *const tests[] = {__VA_ARGS__}; \
        Suite *suite = suite_create(name); \
        TCase *tcase = tcase_create(name); \
        tcase_set_timeout(tcase, 600); \
        tcase_add_checked_fixture(tcase, run_setup, run_teardown); \
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
