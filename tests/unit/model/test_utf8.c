/* UTF-8, every code point and every wrong form. */
#include "model/utf8.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* On the heap in its exact size, behind letters that move it over the word that is looked at as a whole. */
static bool valid(const char *bytes, size_t size)
{
    bool first = false;
    for (size_t before = 0; before < 9; before++) {
        char *text = malloc(before + size + 1);
        memset(text, 'a', before);
        memcpy(text + before, bytes, size);
        char *exact = realloc(text, before + size ? before + size : 1);
        bool result = utf8_is_valid(exact, before + size);
        free(exact);
        ck_assert(before == 0 || result == first);
        first = result;
    }
    return first;
}

START_TEST(test_utf8__every_code_point)
{
    for (unsigned code = 0; code <= 0x10FFFF; code++) {
        char bytes[UTF8_MAX];
        size_t size = utf8_write(code, bytes);
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        size_t expected = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        if (size != expected || utf8_is_valid(bytes, size) == surrogate)
            ck_abort_msg("U+%04X", code);
    }
}
END_TEST

/* All of two and three bytes, and all first bytes with all second ones, against a count of what Unicode has. */
START_TEST(test_utf8__counts)
{
    unsigned two = 0, three = 0, four = 0;
    for (unsigned i = 0; i < 0x10000; i++) {
        const char bytes[] = {(char)(i >> 8), (char)i, '\x80', '\x80'};
        two += (i >> 8) >= 0x80 && utf8_is_valid(bytes, 2);
        three += (i >> 8) >= 0x80 && utf8_is_valid(bytes, 3);
        four += (i >> 8) >= 0x80 && utf8_is_valid(bytes, 4);
    }
    ck_assert_uint_eq(two, 0x800 - 0x80);
    ck_assert_uint_eq(three, (0x10000 - 0x800 - 0x800) / 64);
    ck_assert_uint_eq(four, 0x100000 / 4096);
}
END_TEST

START_TEST(test_utf8__wrong)
{
    static const char *const wrong[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f\x90",
        "\xc3(",
        "\xe2\x82(",
        "\xf0\x9f\x90(",
        "\xf8\x88\x80\x80\x80",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(!valid(wrong[i], strlen(wrong[i])), "case %zu", i);
    ck_assert(valid("", 0));
    ck_assert(valid("\0", 1));
    ck_assert(valid("\xf0\x9f\x90\x98", 4));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tcase = tcase_create("utf8");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, test_utf8__every_code_point);
    tcase_add_test(tcase, test_utf8__counts);
    tcase_add_test(tcase, test_utf8__wrong);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
