/* float and double: the wire, the order, and texts that read back as the same number. */
#include "codec_support.h"

#include <float.h>
#include <locale.h>
#include <math.h>

#define DOUBLE HOWDAH_TYPE_DOUBLE
#define FLOAT  HOWDAH_TYPE_FLOAT

START_TEST(test_codec_float__wire)
{
    ASSERT_WIRE(DOUBLE, NULL, double, 1.5, "3ff8000000000000");
    ASSERT_WIRE(DOUBLE, NULL, double, -0.0, "8000000000000000");
    ASSERT_WIRE(DOUBLE, NULL, double, INFINITY, "7ff0000000000000");
    ASSERT_WIRE(DOUBLE, NULL, double, DBL_TRUE_MIN, "0000000000000001");
    ASSERT_WIRE(FLOAT, NULL, float, 1.5f, "3fc00000");
    ASSERT_WIRE(FLOAT, NULL, float, -INFINITY, "ff800000");
    double nan;
    ck_assert_int_eq(decode_hex(DOUBLE, NULL, "7ff8000000000001", &nan), HOWDAH_STATUS_OK);
    ck_assert(isnan(nan));
}
END_TEST

START_TEST(test_codec_float__server_equality)
{
    ASSERT_EQUAL_VALUES(DOUBLE, NULL, double, 0.0, -0.0);
    ASSERT_EQUAL_VALUES(DOUBLE, NULL, double, NAN, -NAN);
    ASSERT_EQUAL_VALUES(FLOAT, NULL, float, 0.0f, -0.0f);
    ASSERT_EQUAL_VALUES(FLOAT, NULL, float, NAN, -NAN);
    ASSERT_LESS(DOUBLE, NULL, double, INFINITY, NAN);
    ASSERT_LESS(DOUBLE, NULL, double, -INFINITY, -DBL_MAX);
    ASSERT_LESS(DOUBLE, NULL, double, 1.0, 1.0 + DBL_EPSILON);
    ASSERT_LESS(DOUBLE, NULL, double, -0.0, DBL_TRUE_MIN);
    ASSERT_LESS(FLOAT, NULL, float, FLT_MAX, INFINITY);
    ASSERT_LESS(FLOAT, NULL, float, INFINITY, NAN);
    ASSERT_LESS(FLOAT, NULL, float, 1.0f, 1.0f + FLT_EPSILON);
}
END_TEST

START_TEST(test_codec_float__text)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100, "100"},
        {123456789012345, "123456789012345"},
        {1e15, "1e+15"},
        {1234567890123456, "1.234567890123456e+15"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0.00001, "1e-05"},
        {1e22, "1e+22"},
        {1e23, "9.999999999999999e+22"},
        {9007199254740993.0, "9.007199254740992e+15"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {2.2250738585072011e-308, "2.225073858507201e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
        {NAN, "NaN"},
        {9.5367431640625e-07, "9.5367431640625e-07"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_str_eq(text_form(DOUBLE, NULL, &cases[i].value), cases[i].text);
    ASSERT_TEXT(FLOAT, NULL, float, 0.1f, "0.1");
    ASSERT_TEXT(FLOAT, NULL, float, 123456, "123456");
    ASSERT_TEXT(FLOAT, NULL, float, 1234567, "1.234567e+06");
    ASSERT_TEXT(FLOAT, NULL, float, 16777216, "1.6777216e+07");
    ASSERT_TEXT(FLOAT, NULL, float, 1e-45f, "1e-45");
    ASSERT_TEXT(FLOAT, NULL, float, FLT_MAX, "3.4028235e+38");
    ASSERT_TEXT(FLOAT, NULL, float, FLT_MIN, "1.1754944e-38");
    ASSERT_TEXT(FLOAT, NULL, float, -NAN, "NaN");
    ASSERT_TEXT(FLOAT, NULL, float, -INFINITY, "-Infinity");
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state ^ *state >> 29;
}

/* Digits of a text as it is written, without sign, point and exponent. */
static int digits_in(const char *text)
{
    int digits = 0;
    bool significant = false;
    for (; *text && *text != 'e'; text++) {
        significant = significant || (*text >= '1' && *text <= '9');
        digits += significant && *text >= '0' && *text <= '9';
    }
    return digits;
}

static void assert_shortest_double(double value)
{
    const char *text = text_form(DOUBLE, NULL, &value);
    double back = strtod(text, NULL);
    ck_assert_msg(memcmp(&back, &value, sizeof(value)) == 0, "%s is not %.17g", text, value);
    char shorter[64];
    int digits = digits_in(text);
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    if (bits % 2 == 0)
        return; /* numbers half way to its neighbours would be read as it, too, but are not used */
    if (digits > 1 && !strchr(text, 'e'))
        digits = digits_in(text) > 15 ? digits_in(text) : 1; /* final zeros of a plain number are no digits to save */
    snprintf(shorter, sizeof(shorter), "%.*e", digits > 1 ? digits - 2 : 0, value);
    ck_assert_msg(digits <= 1 || strtod(shorter, NULL) != value, "%s is longer than %s", text, shorter);
}

START_TEST(test_codec_float__reads_back)
{
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (!isnan(value) && !isinf(value))
            assert_shortest_double(value);
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double power = ldexp(1, exponent);
        assert_shortest_double(power);
        assert_shortest_double(nextafter(power, 0));
        assert_shortest_double(nextafter(power, INFINITY));
    }
    for (int i = 0; i < 20000; i++) {
        uint32_t bits = (uint32_t)(next_random(&state) >> 16);
        float value;
        memcpy(&value, &bits, sizeof(value));
        if (isnan(value) || isinf(value))
            continue;
        const char *text = text_form(FLOAT, NULL, &value);
        float back = strtof(text, NULL);
        ck_assert_msg(memcmp(&back, &value, sizeof(value)) == 0, "%s is not %.9g", text, (double)value);
        ck_assert_int_le(digits_in(text), 9);
    }
}
END_TEST

START_TEST(test_codec_float__any_locale)
{
    /* Where the machine has such a locale; a comma in the text would show. */
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !setlocale(LC_ALL, names[i]); i++)
        ;
    ASSERT_TEXT(DOUBLE, NULL, double, 1234.5, "1234.5");
    setlocale(LC_ALL, "C");
}
END_TEST

CODEC_MAIN("codec_float", test_codec_float__wire, test_codec_float__server_equality, test_codec_float__text,
           test_codec_float__reads_back, test_codec_float__any_locale)
