/* numeric on the wire. */
#include "codec_support.h"

#define NUMERIC    HOWDAH_TYPE_NUMERIC
#define N(literal) ((struct howdah_numeric){literal})

static const char *read_back(const char *hex)
{
    struct howdah_numeric numeric = N(NULL);
    ck_assert_int_eq(decode_hex(NUMERIC, NULL, hex, &numeric), HOWDAH_STATUS_OK);
    return numeric.text;
}

/* The bytes are those of the server's numeric_send. */
START_TEST(test_codec_numeric__wire)
{
    static const struct {
        const char *text, *hex, *canonical;
    } cases[] = {
        {"12345.678",
         "00030001000000030001"
         "09291a7c",
         "12345.678"},
        {"0", "0000000000000000", "0"},
        {"0.00", "0000000000000002", "0.00"},
        {"-0", "0000000000000000", "0"},
        {"1", "00010000000000000001", "1"},
        {"-1.50",
         "00020000400000020001"
         "1388",
         "-1.50"},
        {"10000", "00010001000000000001", "10000"},
        {"1e4", "00010001000000000001", "10000"},
        {"100000000.0001",
         "00040002000000040001"
         "000000000001",
         "100000000.0001"},
        {"0.0001", "0001ffff000000040001", "0.0001"},
        {"0.00001", "0001fffe0000000503e8", "0.00001"},
        {"0.00010000", "0001ffff000000080001", "0.00010000"},
        {"1.5e3", "000100000000000005dc", "1500"},
        {"-.5", "0001ffff400000011388", "-0.5"},
        {"007", "00010000000000000007", "7"},
        {"NaN", "00000000c0000000", "NaN"},
        {"inf", "00000000d0000000", "Infinity"},
        {"-infinity", "00000000f0000000", "-Infinity"},
        {"9999", "0001000000000000270f", "9999"},
        {"99990000.9",
         "0003000100000001270f"
         "00002328",
         "99990000.9"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        ASSERT_WIRE(NUMERIC, NULL, struct howdah_numeric, N(cases[i].text), cases[i].hex);
        ck_assert_str_eq(read_back(cases[i].hex), cases[i].canonical);
    }
    ck_assert_str_eq(read_back("00000000d0000020"), "Infinity");
    ck_assert_str_eq(read_back("00000000f0000020"), "-Infinity");
}
END_TEST

/* What the server never writes but would read: zeros around, and digits that the scale hides. */
START_TEST(test_codec_numeric__unusual_wire)
{
    ck_assert_str_eq(read_back("000300020000000200000001"
                               "0000"),
                     "10000.00");
    ck_assert_str_eq(read_back("00020000400000000000"
                               "0000"),
                     "0");
    ck_assert_str_eq(read_back("00020000000000010001"
                               "1a7c"),
                     "1.6");
    ck_assert_str_eq(read_back("0000000540000003"), "0.000");
    ck_assert_str_eq(read_back("0001fffd0000000300"
                               "01"),
                     "0.000");
}
END_TEST

START_TEST(test_codec_numeric__invalid_wire)
{
    static const char *const wrong[] = {
        "",
        "00",
        "00010000000000",
        "0001000000000000",
        "000100000000000000",
        "0001000000000000000100",
        "00000000000000000000",
        "00010000000000002710",
        "0001000000004000"
        "0001",
        "0001000010000000"
        "0001",
        "00010000c00000000001",
        "ffff000000000000",
        "00000000e0000000",
        "0001000000000000ffff",
    };
    struct howdah_numeric numeric = N("untouched");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(decode_hex(NUMERIC, NULL, wrong[i], &numeric) == HOWDAH_STATUS_INVALID, "%s", wrong[i]);
    ck_assert_str_eq(numeric.text, "untouched");
}
END_TEST

/* 131072 digits before the point and 16383 after it, every one of them. */
START_TEST(test_codec_numeric__longest)
{
    enum { BEFORE = 131072, AFTER = 16383 };
    char *text = malloc(1 + BEFORE + 1 + AFTER + 1), *to = text;
    *to++ = '-';
    for (int i = 0; i < BEFORE; i++)
        *to++ = (char)('1' + i % 9);
    *to++ = '.';
    for (int i = 0; i < AFTER; i++)
        *to++ = (char)('1' + i % 9);
    *to = '\0';
    struct howdah_numeric numeric = N(text);
    ck_assert_ptr_null(codec_of(NUMERIC)->check(NULL, &numeric, &(size_t){0}));
    ck_assert_str_eq(read_back(wire(NUMERIC, NULL, &numeric)), text);
    free(text);
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("1e131072"), "has more digits than numeric can hold");
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("1e-16384"), "has more digits than numeric can hold");
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("1,5"), "is not a number");
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("1e131071"), NULL);
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("1e-16383"), NULL);
    ASSERT_CHECK(NUMERIC, NULL, struct howdah_numeric, N("NaN"), NULL);
}
END_TEST

START_TEST(test_codec_numeric__smallest)
{
    struct howdah_numeric numeric = N("1e-16383");
    const char *text = read_back(wire(NUMERIC, NULL, &numeric));
    ck_assert_uint_eq(strlen(text), 2 + 16383);
    ck_assert_str_eq(text + 16383, "01");
    numeric = N("1e131071");
    text = read_back(wire(NUMERIC, NULL, &numeric));
    ck_assert_uint_eq(strlen(text), 131072);
    ck_assert_int_eq(text[0], '1');
}
END_TEST

START_TEST(test_codec_numeric__server_equality)
{
    ASSERT_EQUAL_VALUES(NUMERIC, NULL, struct howdah_numeric, N("1.10"), N("1.1"));
    ASSERT_EQUAL_VALUES(NUMERIC, NULL, struct howdah_numeric, N("NaN"), N("nan"));
    ASSERT_EQUAL_VALUES(NUMERIC, NULL, struct howdah_numeric, N("1e2"), N("100.00"));
    ASSERT_LESS(NUMERIC, NULL, struct howdah_numeric, N("Infinity"), N("NaN"));
    ASSERT_LESS(NUMERIC, NULL, struct howdah_numeric, N("9.9"), N("10"));
    ASSERT_LESS(NUMERIC, NULL, struct howdah_numeric, N("NaN"), N("no number"));
    ASSERT_LESS(NUMERIC, NULL, struct howdah_numeric, N("no number"), N("not one either"));
    ASSERT_TEXT(NUMERIC, NULL, struct howdah_numeric, N("1.10"), "1.10");
}
END_TEST

CODEC_MAIN("codec_numeric", test_codec_numeric__wire, test_codec_numeric__unusual_wire,
           test_codec_numeric__invalid_wire, test_codec_numeric__longest, test_codec_numeric__smallest,
           test_codec_numeric__server_equality)
