/* The statement cache's own rules, without a server. */
#include "pg/executor.h"
#include "pg/statement_cache.h"
#include "session/keepers.h"
#include "session/transaction.h"
#include "support/failing.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct failing failing;
static struct statement_cache cache;
static struct statement statements[8];
static char texts[8][24];

static void setup(void)
{
    failing_init(&failing);
    statement_cache_init(&cache, &failing.hook, 3);
    for (int i = 0; i < 8; i++) {
        snprintf(texts[i], sizeof(texts[i]), "SELECT %d", i);
        statements[i] = (struct statement){.text = texts[i]};
        statement_seal(&statements[i]);
    }
}

static void teardown(void)
{
    statement_cache_done(&cache);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}

/* Uses it, and prepares it if that is needed. */
static struct cached *prepare(int i)
{
    struct cached *cached = statement_cache_use(&cache, &statements[i]);
    if (cached && cached->state == CACHED_UNPREPARED)
        cached->state = CACHED_PREPARED;
    return cached;
}

START_TEST(test_statement_cache__names)
{
    static const uint32_t types[] = {23};
    struct statement typed = {.text = texts[0], .types = types, .parameters = 1};
    statement_seal(&typed);
    struct cached *first = prepare(0), *second = prepare(1), *third = statement_cache_use(&cache, &typed);
    ck_assert_uint_eq(strlen(first->name), 39);
    ck_assert_int_eq(strncmp(first->name, "howdah_", 7), 0);
    ck_assert_uint_eq(strspn(first->name + 7, "0123456789abcdef"), 32);
    ck_assert_str_ne(first->name, second->name);
    ck_assert_str_ne(first->name, third->name);
    ck_assert_ptr_eq(prepare(0), first);
}
END_TEST

START_TEST(test_statement_cache__evicts_least_recently_used)
{
    prepare(0);
    prepare(1);
    prepare(2);
    prepare(0);
    struct cached *gone = prepare(1), *closing;
    prepare(0);
    prepare(1); /* 2 is the oldest */
    prepare(3);
    ck_assert_uint_eq(cache.live.count, 3);
    ck_assert_uint_eq(cache.doomed.count, 1);
    closing = statement_cache_next_to_close(&cache);
    ck_assert_ptr_ne(closing, gone);
    ck_assert_int_eq(closing->state, CACHED_CLOSING);
    ck_assert_uint_eq(closing->hash[0], statements[2].hash[0]);
    ck_assert_ptr_null(statement_cache_next_to_close(&cache));
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[2]));
    statement_cache_closed(&cache, closing, true);
    ck_assert_uint_eq(cache.doomed.count, 0);
    ck_assert_int_eq(statement_cache_use(&cache, &statements[2])->state, CACHED_UNPREPARED);
}
END_TEST

START_TEST(test_statement_cache__revives)
{
    for (int i = 0; i < 4; i++)
        prepare(i);
    struct cached *cached = statement_cache_use(&cache, &statements[0]);
    ck_assert_int_eq(cached->state, CACHED_PREPARED);
    ck_assert_uint_eq(cache.live.count, 3);
    ck_assert_uint_eq(cache.doomed.count, 1);
}
END_TEST

/* What was never prepared needs no close. */
START_TEST(test_statement_cache__evicts_unprepared)
{
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(statement_cache_use(&cache, &statements[i])->state, CACHED_UNPREPARED);
    ck_assert_uint_eq(cache.live.count, 3);
    ck_assert_uint_eq(cache.doomed.count, 0);
}
END_TEST

/* Evicted while its Parse was on the way, which then failed: it must not come back as if it were prepared. */
START_TEST(test_statement_cache__evicted_and_refused)
{
    struct cached *cached = statement_cache_use(&cache, &statements[0]);
    cached->state = CACHED_PREPARING;
    for (int i = 1; i < 4; i++)
        prepare(i);
    ck_assert_int_eq(cached->state, CACHED_EVICTED);
    statement_cache_forget(cached);
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[0]));
    ck_assert_ptr_eq(statement_cache_next_to_close(&cache), cached);
    statement_cache_closed(&cache, cached, false);
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[0]));
    ck_assert_ptr_eq(statement_cache_next_to_close(&cache), cached);
}
END_TEST

START_TEST(test_statement_cache__forgets)
{
    for (int i = 0; i < 4; i++)
        prepare(i);
    statement_cache_forget_all(&cache);
    for (int i = 1; i < 4; i++)
        ck_assert_int_eq(statement_cache_use(&cache, &statements[i])->state, CACHED_UNPREPARED);
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[0]));
}
END_TEST

START_TEST(test_statement_cache__stale)
{
    struct cached *cached = prepare(0);
    statement_cache_make_stale(&cache, cached);
    ck_assert_uint_eq(cache.live.count, 0);
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[0]));
    statement_cache_make_stale(&cache, cached);
    ck_assert_uint_eq(cache.doomed.count, 1);
    statement_cache_closed(&cache, statement_cache_next_to_close(&cache), true);
    ck_assert_int_eq(prepare(0)->state, CACHED_PREPARED);
}
END_TEST

START_TEST(test_statement_cache__off)
{
    cache.limit = 0;
    ck_assert_ptr_null(statement_cache_use(&cache, &statements[0]));
    ck_assert_uint_eq(failing_calls(&failing), 0);
}
END_TEST

/* Without memory a statement runs without a name. */
START_TEST(test_statement_cache__no_memory)
{
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        failing_at(&failing, n, FAILING_ONCE);
        struct cached *cached = statement_cache_use(&cache, &statements[0]);
        reached = failing_reached(&failing);
        ck_assert((cached == NULL) == reached);
        ck_assert_uint_eq(cache.live.count, !reached);
        failing_off(&failing);
    }
    ck_assert_ptr_nonnull(statement_cache_use(&cache, &statements[0]));
}
END_TEST

static const struct statement *const constants[] = {
    &pg_transaction_statement, &transaction_setting_statement, &statement_draw_keys, &statement_draw_sure_keys,
    &statement_gather_keys,    &statement_may_draw_keys,       &statement_keepers,
};

/* What could not be computed by the compiler. */
START_TEST(test_statement_cache__constants_are_sealed)
{
    struct statement same = *constants[_i];
    same.hash[0] = same.hash[1] = 0;
    statement_seal(&same);
    ck_assert_msg(memcmp(same.hash, constants[_i]->hash, sizeof(same.hash)) == 0,
                  ".hash = {0x%016" PRIx64 ", 0x%016" PRIx64 "} of %s", same.hash[0], same.hash[1], same.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statement_cache");
    TCase *c = tcase_create("statement_cache");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, test_statement_cache__names);
    tcase_add_test(c, test_statement_cache__evicts_least_recently_used);
    tcase_add_test(c, test_statement_cache__revives);
    tcase_add_test(c, test_statement_cache__evicts_unprepared);
    tcase_add_test(c, test_statement_cache__evicted_and_refused);
    tcase_add_test(c, test_statement_cache__forgets);
    tcase_add_test(c, test_statement_cache__stale);
    tcase_add_test(c, test_statement_cache__off);
    tcase_add_test(c, test_statement_cache__no_memory);
    tcase_add_loop_test(c, test_statement_cache__constants_are_sealed, 0, sizeof(constants) / sizeof(*constants));
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
