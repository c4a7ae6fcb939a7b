/* Words in any case: letters of ASCII alone, in every locale. */
#include "base/ascii.h"

#include "run.h"

#include <locale.h>

START_TEST(test_ascii__lower)
{
    for (int byte = 0; byte < 256; byte++)
        ck_assert_int_eq(ascii_lower((char)byte), byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : (char)byte);
}
END_TEST

START_TEST(test_ascii__begins)
{
    static const char text[] = "Is NULL\xc9";
    const char *rest = NULL;
    ck_assert(!ascii_begins(text, "is not null", &rest));
    ck_assert(!ascii_begins(text, "is null\xe9", &rest));
    ck_assert(!ascii_begins("", "i", &rest));
    ck_assert(!ascii_begins("i[", "i{", &rest));
    ck_assert_ptr_null(rest);
    ck_assert(ascii_begins(text, "", &rest));
    ck_assert_ptr_eq(rest, text);
    ck_assert(ascii_begins(text, "iS nULL", &rest));
    ck_assert_ptr_eq(rest, text + 7);
}
END_TEST

/* Where the I of ASCII has another small letter, if there is such a locale here. */
START_TEST(test_ascii__turkish)
{
    const char *rest;
    if (!setlocale(LC_ALL, "tr_TR.ISO-8859-9"))
        setlocale(LC_ALL, "tr_TR.UTF-8");
    ck_assert(ascii_begins("IS NOT NULL", "is not null", &rest));
    ck_assert(ascii_begins("is not null", "IS NOT NULL", &rest));
}
END_TEST

RUN("ascii", test_ascii__lower, test_ascii__begins, test_ascii__turkish)
