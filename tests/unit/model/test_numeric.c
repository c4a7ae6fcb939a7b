/* numeric as text: order, limits, and the public conversions to scaled integers. */
#include <howdah/types.h>

#include "model/numeric.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(literal) ((struct howdah_numeric){literal})

static struct numeric read(const char *text)
{
    struct numeric n;
    numeric_read(text, strlen(text), &n);
    return n;
}

START_TEST(test_numeric__forms)
{
    static const struct {
        const char *text;
        enum numeric_kind kind;
        bool negative;
        size_t count;
        int64_t weight, scale;
    } cases[] = {
        {"0", NUMERIC_FINITE, false, 0, 0, 0},
        {"-0.00", NUMERIC_FINITE, false, 0, 0, 2},
        {"1", NUMERIC_FINITE, false, 1, 0, 0},
        {"+12.50", NUMERIC_FINITE, false, 3, 1, 2},
        {"-0.0012", NUMERIC_FINITE, true, 2, -3, 4},
        {"1200", NUMERIC_FINITE, false, 2, 3, 0},
        {"00120.0", NUMERIC_FINITE, false, 2, 2, 1},
        {".5", NUMERIC_FINITE, false, 1, -1, 1},
        {"5.", NUMERIC_FINITE, false, 1, 0, 0},
        {"1e3", NUMERIC_FINITE, false, 1, 3, 0},
        {"1.5E-2", NUMERIC_FINITE, false, 2, -2, 3},
        {"1.50e1", NUMERIC_FINITE, false, 2, 1, 1},
        {"1.5e+1", NUMERIC_FINITE, false, 2, 1, 0},
        {"0e10", NUMERIC_FINITE, false, 0, 0, 0},
        {"NaN", NUMERIC_NAN, false, 0, 0, 0},
        {"nan", NUMERIC_NAN, false, 0, 0, 0},
        {"Infinity", NUMERIC_INFINITY, false, 0, 0, 0},
        {"+inf", NUMERIC_INFINITY, false, 0, 0, 0},
        {"-INF", NUMERIC_MINUS_INFINITY, false, 0, 0, 0},
        {"-Infinity", NUMERIC_MINUS_INFINITY, false, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct numeric n = read(cases[i].text);
        ck_assert_msg(n.kind == cases[i].kind, "%s", cases[i].text);
        ck_assert_int_eq(n.negative, cases[i].negative);
        ck_assert_uint_eq(n.count, cases[i].count);
        ck_assert_int_eq(n.scale, cases[i].scale);
        if (n.count)
            ck_assert_int_eq(n.weight, cases[i].weight);
    }
}
END_TEST

START_TEST(test_numeric__none)
{
    static const char *const texts[] = {
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        "e5",
        "1e",
        "1e+",
        "1e5.",
        "1.2.3",
        " 1",
        "1 ",
        "1,5",
        "1_000",
        "0x10",
        "--1",
        "+-1",
        "abc",
        "na",
        "nano",
        "-nan",
        "+NaN",
        "in",
        "infinit",
        "infinity ",
        "1e99999999999999999999999",
        "1e-1073741824",
        "\xd9\xa1",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char *exact = strdup(texts[i]);
        struct numeric n = read(exact);
        ck_assert_msg(n.kind == NUMERIC_NONE, "%s", texts[i]);
        ck_assert(!numeric_fits(&n));
        free(exact);
    }
}
END_TEST

START_TEST(test_numeric__limits)
{
    static const struct {
        const char *text;
        bool fits;
    } cases[] = {
        {"1e131071", true},  {"1e131072", false}, {"0.1e131072", true},   {"1e-16383", true},
        {"1e-16384", false}, {"0e-16384", false}, {"0.10e-16382", false}, {"0e200000", true},
        {"NaN", true},       {"-Infinity", true}, {"-9.9e131071", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct numeric n = read(cases[i].text);
        ck_assert_msg(numeric_fits(&n) == cases[i].fits, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(test_numeric__order)
{
    static const char *const ascending[] = {
        "-Infinity", "-1e10", "-10.01", "-10",     "-9.99", "-0.1",     "-0.01",    "0",
        "0.0001",    "0.01",  "0.1",    "0.10001", "0.11",  "1",        "1.1",      "1.11",
        "2",         "9.99",  "10",     "100",     "1e10",  "1e131071", "Infinity", "NaN",
    };
    enum { COUNT = sizeof(ascending) / sizeof(*ascending) };
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < COUNT; k++) {
            int order = 99;
            ck_assert_int_eq(howdah_numeric_compare(N(ascending[i]), N(ascending[k]), &order), HOWDAH_STATUS_OK);
            ck_assert_msg(order == (i > k) - (i < k), "%s and %s: %d", ascending[i], ascending[k], order);
        }
    }
}
END_TEST

START_TEST(test_numeric__equal)
{
    static const char *const same[][2] = {
        {"1.10", "1.1"},
        {"1", "1.000"},
        {"0", "-0.00"},
        {"100", "1e2"},
        {"0.01", "1e-2"},
        {"-12.50", "-1.25e1"},
        {"0e5", "0"},
        {"1000000", "0001e6"},
        {"123456789012345678901234567890", "1.23456789012345678901234567890e29"},
        {"NaN", "nan"},
        {"inf", "+Infinity"},
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        struct numeric a = read(same[i][0]), b = read(same[i][1]);
        ck_assert_msg(numeric_order(&a, &b) == 0, "%s and %s", same[i][0], same[i][1]);
        ck_assert_uint_eq(numeric_digest(&a), numeric_digest(&b));
    }
    struct numeric a = read("12"), b = read("1.2"), c = read("-12"), d = read("120000000000000001");
    ck_assert_uint_ne(numeric_digest(&a), numeric_digest(&b));
    ck_assert_uint_ne(numeric_digest(&a), numeric_digest(&c));
    ck_assert_uint_ne(numeric_digest(&a), numeric_digest(&d));
}
END_TEST

START_TEST(test_numeric__compare_invalid)
{
    int order = 99;
    ck_assert_int_eq(howdah_numeric_compare(N("x"), N("1"), &order), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_compare(N("1"), N(""), &order), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_compare(N(NULL), N("1"), &order), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_compare(N("1"), N(NULL), &order), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(order, 99);
}
END_TEST

START_TEST(test_numeric__to_int64)
{
    static const struct {
        const char *text;
        int scale;
        int64_t value;
    } cases[] = {
        {"12.50", 2, 1250},
        {"12.50", 1, 125},
        {"0", 0, 0},
        {"-0.00", 0, 0},
        {"1e3", 0, 1000},
        {"-3", 2, -300},
        {"1e-5", 5, 1},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"92233720368547758.07", 2, INT64_MAX},
        {"-9.223372036854775808", 18, INT64_MIN},
        {"0.00000", 0, 0},
        {"100.0", 0, 100},
        {"0", 90, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t value = 99;
        ck_assert_msg(howdah_numeric_to_int64(N(cases[i].text), cases[i].scale, &value) == HOWDAH_STATUS_OK, "%s",
                      cases[i].text);
        ck_assert_int_eq(value, cases[i].value);
    }
}
END_TEST

START_TEST(test_numeric__to_int64_invalid)
{
    static const struct {
        const char *text;
        int scale;
    } cases[] = {
        {"12.50", 0},
        {"0.1", 0},
        {"1e-6", 5},
        {"9223372036854775808", 0},
        {"-9223372036854775809", 0},
        {"1", 19},
        {"1e19", 0},
        {"1e131071", 0},
        {"NaN", 0},
        {"Infinity", 0},
        {"-Infinity", 0},
        {"x", 0},
        {"", 0},
        {NULL, 0},
        {"1", -1},
        {"0", 91},
        {"340282366920938463463374607431768211456", 0},
        {"340282366920938463463374607431768211457", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t value = 99;
        ck_assert_msg(howdah_numeric_to_int64(N(cases[i].text), cases[i].scale, &value) == HOWDAH_STATUS_INVALID,
                      "case %zu", i);
        ck_assert_int_eq(value, 99);
    }
}
END_TEST

START_TEST(test_numeric__from_int64)
{
    static const struct {
        int64_t value;
        int scale;
        const char *text;
    } cases[] = {
        {1250, 2, "12.50"},
        {0, 0, "0"},
        {0, 2, "0.00"},
        {5, 3, "0.005"},
        {-5, 1, "-0.5"},
        {1000, 0, "1000"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MIN, 18, "-9.223372036854775808"},
        {INT64_MIN, 19, "-0.9223372036854775808"},
        {INT64_MAX, 25, "0.0000009223372036854775807"},
    };
    char buffer[HOWDAH_TEXT_MAX];
    struct howdah_numeric numeric = N("untouched");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        ck_assert_int_eq(howdah_numeric_from_int64(cases[i].value, cases[i].scale, buffer, &numeric), HOWDAH_STATUS_OK);
        ck_assert_ptr_eq(numeric.text, buffer);
        ck_assert_str_eq(buffer, cases[i].text);
    }
    ck_assert_int_eq(howdah_numeric_from_int64(-1, 90, buffer, &numeric), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(strlen(buffer), 93);
    strcpy(buffer, "kept");
    ck_assert_int_eq(howdah_numeric_from_int64(1, 91, buffer, &numeric), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_from_int64(1, -1, buffer, &numeric), HOWDAH_STATUS_INVALID);
    ck_assert_str_eq(buffer, "kept");
}
END_TEST

#ifdef __SIZEOF_INT128__

START_TEST(test_numeric__int128)
{
    const howdah_int128 max = (howdah_int128)(~(unsigned __int128)0 >> 1), min = -max - 1;
    static const char max_text[] = "170141183460469231731687303715884105727";
    static const char min_text[] = "-1701411834604692317316873037158841057.28";
    char buffer[HOWDAH_TEXT_MAX];
    struct howdah_numeric numeric;
    howdah_int128 value = 0;
    ck_assert_int_eq(howdah_numeric_from_int128(max, 0, buffer, &numeric), HOWDAH_STATUS_OK);
    ck_assert_str_eq(buffer, max_text);
    ck_assert_int_eq(howdah_numeric_to_int128(numeric, 0, &value), HOWDAH_STATUS_OK);
    ck_assert(value == max);
    ck_assert_int_eq(howdah_numeric_from_int128(min, 2, buffer, &numeric), HOWDAH_STATUS_OK);
    ck_assert_str_eq(buffer, min_text);
    ck_assert_int_eq(howdah_numeric_to_int128(numeric, 2, &value), HOWDAH_STATUS_OK);
    ck_assert(value == min);
    ck_assert_int_eq(howdah_numeric_from_int128(min, 90, buffer, &numeric), HOWDAH_STATUS_OK);
    ck_assert_int_eq(howdah_numeric_to_int128(N("170141183460469231731687303715884105728"), 0, &value),
                     HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_to_int128(N("-170141183460469231731687303715884105729"), 0, &value),
                     HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(howdah_numeric_to_int128(N("0.001"), 2, &value), HOWDAH_STATUS_INVALID);
    ck_assert(value == min);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("numeric");
    TCase *tcase = tcase_create("numeric");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, test_numeric__forms);
    tcase_add_test(tcase, test_numeric__none);
    tcase_add_test(tcase, test_numeric__limits);
    tcase_add_test(tcase, test_numeric__order);
    tcase_add_test(tcase, test_numeric__equal);
    tcase_add_test(tcase, test_numeric__compare_invalid);
    tcase_add_test(tcase, test_numeric__to_int64);
    tcase_add_test(tcase, test_numeric__to_int64_invalid);
    tcase_add_test(tcase, test_numeric__from_int64);
#ifdef __SIZEOF_INT128__
    tcase_add_test(tcase, test_numeric__int128);
#endif
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
