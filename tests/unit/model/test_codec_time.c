/* The codecs of timestamp, date, time and interval, and intervals as text. */
#include "codec_support.h"

#include "model/calendar.h"

#define TIMESTAMP                     HOWDAH_TYPE_TIMESTAMP
#define DATE                          HOWDAH_TYPE_DATE
#define TIME                          HOWDAH_TYPE_TIME
#define INTERVAL                      HOWDAH_TYPE_INTERVAL
#define T(x)                          ((struct howdah_timestamp){x})
#define D(x)                          ((struct howdah_date){x})
#define C(x)                          ((struct howdah_time){x})
#define I(months, days, microseconds) ((struct howdah_interval){microseconds, days, months})

static const char out_of_range[] = "is out of range";

START_TEST(test_codec_time__timestamp)
{
    ASSERT_WIRE(TIMESTAMP, NULL, struct howdah_timestamp, T(1), "0000000000000001");
    ASSERT_WIRE(TIMESTAMP, NULL, struct howdah_timestamp, T(INT64_MAX), "7fffffffffffffff");
    ASSERT_WIRE(TIMESTAMP, NULL, struct howdah_timestamp, T(INT64_MIN), "8000000000000000");
    ASSERT_TEXT(TIMESTAMP, NULL, struct howdah_timestamp, T(0), "2000-01-01 00:00:00+00");
    ASSERT_LESS(TIMESTAMP, NULL, struct howdah_timestamp, T(INT64_MIN), T(TIMESTAMP_FIRST));
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(TIMESTAMP_FIRST), NULL);
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(TIMESTAMP_END - 1), NULL);
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(INT64_MAX), NULL);
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(INT64_MIN), NULL);
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(TIMESTAMP_FIRST - 1), out_of_range);
    ASSERT_CHECK(TIMESTAMP, NULL, struct howdah_timestamp, T(TIMESTAMP_END), out_of_range);
    struct howdah_timestamp time;
    ck_assert_int_eq(decode_hex(TIMESTAMP, NULL, "7ffffffffffffffe", &time), HOWDAH_STATUS_INVALID);
}
END_TEST

START_TEST(test_codec_time__date)
{
    ASSERT_WIRE(DATE, NULL, struct howdah_date, D(-1), "ffffffff");
    ASSERT_WIRE(DATE, NULL, struct howdah_date, D(INT32_MAX), "7fffffff");
    ASSERT_TEXT(DATE, NULL, struct howdah_date, D(INT32_MIN), "-infinity");
    ASSERT_LESS(DATE, NULL, struct howdah_date, D(DATE_END - 1), D(INT32_MAX));
    ASSERT_CHECK(DATE, NULL, struct howdah_date, D(DATE_FIRST), NULL);
    ASSERT_CHECK(DATE, NULL, struct howdah_date, D(INT32_MIN), NULL);
    ASSERT_CHECK(DATE, NULL, struct howdah_date, D(DATE_FIRST - 1), out_of_range);
    ASSERT_CHECK(DATE, NULL, struct howdah_date, D(DATE_END), out_of_range);
    struct howdah_date date;
    ck_assert_int_eq(decode_hex(DATE, NULL, "7ffffffe", &date), HOWDAH_STATUS_INVALID);
}
END_TEST

START_TEST(test_codec_time__time)
{
    ASSERT_WIRE(TIME, NULL, struct howdah_time, C(86400000000), "000000141dd76000");
    ASSERT_TEXT(TIME, NULL, struct howdah_time, C(1), "00:00:00.000001");
    ASSERT_LESS(TIME, NULL, struct howdah_time, C(0), C(1));
    ASSERT_CHECK(TIME, NULL, struct howdah_time, C(86400000000), NULL);
    ASSERT_CHECK(TIME, NULL, struct howdah_time, C(86400000001), out_of_range);
    ASSERT_CHECK(TIME, NULL, struct howdah_time, C(-1), out_of_range);
    struct howdah_time time;
    ck_assert_int_eq(decode_hex(TIME, NULL, "000000141dd76001", &time), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(decode_hex(TIME, NULL, "ffffffffffffffff", &time), HOWDAH_STATUS_INVALID);
}
END_TEST

START_TEST(test_codec_time__interval)
{
    ASSERT_WIRE(INTERVAL, NULL, struct howdah_interval, I(1, -2, 3), "0000000000000003fffffffe00000001");
    ASSERT_CHECK(INTERVAL, NULL, struct howdah_interval, I(INT32_MIN, INT32_MAX, INT64_MIN), NULL);
}
END_TEST

/* A month is 30 days there, a day 24 hours; sums that no 64 bits hold. */
START_TEST(test_codec_time__interval_equality)
{
    const int64_t day = MICROSECONDS_PER_DAY;
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(1, 0, 0), I(0, 30, 0));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(0, 1, 0), I(0, 0, day));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(1, -30, 0), I(0, 0, 0));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(1, -31, day + 5), I(0, 0, 5));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(-1, 29, day - 5), I(0, 0, -5));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(INT32_MAX, 0, 0), I(INT32_MAX - 1, 30, 0));
    ASSERT_EQUAL_VALUES(INTERVAL, NULL, struct howdah_interval, I(INT32_MAX, INT32_MAX, 30 * day),
                        I(INT32_MAX, INT32_MAX - 1, 31 * day));
    ASSERT_LESS(INTERVAL, NULL, struct howdah_interval, I(0, 30, 0), I(1, 0, 1));
    ASSERT_LESS(INTERVAL, NULL, struct howdah_interval, I(0, 0, -1), I(0, 0, 0));
    ASSERT_LESS(INTERVAL, NULL, struct howdah_interval, I(INT32_MIN, INT32_MIN, INT64_MIN), I(INT32_MIN, INT32_MIN, 0));
    ASSERT_LESS(INTERVAL, NULL, struct howdah_interval, I(INT32_MAX, INT32_MAX, INT64_MAX - 1),
                I(INT32_MAX, INT32_MAX, INT64_MAX));
}
END_TEST

START_TEST(test_codec_time__interval_text)
{
    static const struct {
        struct howdah_interval interval;
        const char *text;
    } cases[] = {
        {{0, 0, 0}, "PT0S"},
        {{14706700000, 3, 14}, "P1Y2M3DT4H5M6.7S"},
        {{-500000, 0, 0}, "PT-0.5S"},
        {{-3600000001, 0, 0}, "PT-1H-0.000001S"},
        {{0, -3, -14}, "P-1Y-2M-3D"},
        {{60000000, 0, -1}, "P-1MT1M"},
        {{0, 0, 12}, "P1Y"},
        {{0, 40, 0}, "P40D"},
        {{INT64_MAX, 0, 0}, "PT2562047788H54.775807S"},
        {{INT64_MIN, INT32_MIN, 0}, "P-2147483648DT-2562047788H-54.775808S"},
        {{0, 0, INT32_MIN}, "P-178956970Y-8M"},
        {{0, 0, INT32_MAX}, "P178956970Y7M"},
        {{INT64_MAX, INT32_MAX, INT32_MAX}, "infinity"},
        {{INT64_MIN, INT32_MIN, INT32_MIN}, "-infinity"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_interval back;
        ck_assert_str_eq(text_form(INTERVAL, NULL, &cases[i].interval), cases[i].text);
        ck_assert_int_eq(howdah_interval_from_text(cases[i].text, &back), HOWDAH_STATUS_OK);
        ck_assert(back.microseconds == cases[i].interval.microseconds && back.days == cases[i].interval.days &&
                  back.months == cases[i].interval.months);
    }
}
END_TEST

START_TEST(test_codec_time__interval_reading)
{
    static const struct {
        const char *text;
        struct howdah_interval interval;
    } cases[] = {
        {"P2W", {0, 14, 0}},         {"P2W1D", {0, 15, 0}},         {"P1Y-1M", {0, 0, 11}},
        {"PT0.0000005S", {1, 0, 0}}, {"PT-0.0000005S", {-1, 0, 0}}, {"PT+90M", {5400000000, 0, 0}},
        {"P0D", {0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_interval interval = {0, 0, 0};
        ck_assert_msg(howdah_interval_from_text(cases[i].text, &interval) == HOWDAH_STATUS_OK, "%s", cases[i].text);
        ck_assert_int_eq(interval.microseconds, cases[i].interval.microseconds);
        ck_assert_int_eq(interval.days, cases[i].interval.days);
        ck_assert_int_eq(interval.months, cases[i].interval.months);
    }
}
END_TEST

START_TEST(test_codec_time__interval_invalid)
{
    static const char *const wrong[] = {
        "",
        "P",
        "PT",
        "P1DT",
        "1D",
        "P1",
        "PD",
        "P1H",
        "PT1D",
        "P1M1Y",
        "P1D1D",
        "P1.5D",
        "PT1.5M",
        "PT1S1S",
        "P--1D",
        "P1D ",
        " P1D",
        "P1x",
        "P178956970Y8M",
        "P2147483648D",
        "P-2147483649D",
        "PT2562047788H54.775808S",
        "PT-2562047788H-54.775809S",
        "PT9999999999999999999S",
        "1 day",
        "P1d",
        "PT1S1H",
        "PT.5S",
        "PT1.S",
    };
    struct howdah_interval interval = I(1, 2, 3);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *exact = strdup(wrong[i]);
        ck_assert_msg(howdah_interval_from_text(exact, &interval) == HOWDAH_STATUS_INVALID, "%s", wrong[i]);
        free(exact);
    }
    ck_assert_int_eq(howdah_interval_from_text(NULL, &interval), HOWDAH_STATUS_INVALID);
    ck_assert(interval.months == 1 && interval.days == 2 && interval.microseconds == 3);
}
END_TEST

CODEC_MAIN("codec_time", test_codec_time__timestamp, test_codec_time__date, test_codec_time__time,
           test_codec_time__interval, test_codec_time__interval_equality, test_codec_time__interval_text,
           test_codec_time__interval_reading, test_codec_time__interval_invalid)
