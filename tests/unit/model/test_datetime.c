/* The calendar, and the conversions of timestamps, dates and times. */
#include <howdah/types.h>

#include "model/calendar.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define OK      HOWDAH_STATUS_OK
#define INVALID HOWDAH_STATUS_INVALID

/* The day after, by plain counting. */
static struct calendar_day next_day(struct calendar_day day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (day.year % 4 == 0 && day.year % 100 != 0) || day.year % 400 == 0;
    day.day++;
    if (day.day <= lengths[day.month - 1] + (leap && day.month == 2))
        return day;
    if (calendar_has(&day))
        ck_abort_msg("%d-%d-%d is no day", (int)day.year, day.month, day.day);
    day.day = 1;
    day.month = day.month % 12 + 1;
    day.year += day.month == 1;
    return day;
}

/* Day by day from 4714 BC on, and in steps over the whole range. */
START_TEST(test_datetime__calendar)
{
    struct calendar_day expected = {-4713, 11, 24};
    for (int64_t days = DATE_FIRST; days < 1000000; days++, expected = next_day(expected)) {
        struct calendar_day day = calendar_split(days);
        bool same = day.year == expected.year && day.month == expected.month && day.day == expected.day;
        if (!same || !calendar_has(&day) || calendar_count(&day) != days)
            ck_abort_msg("day %d", (int)days);
    }
    for (int64_t days = INT32_MIN; days <= INT32_MAX; days += 7919) {
        struct calendar_day day = calendar_split(days);
        if (!calendar_has(&day) || calendar_count(&day) != days)
            ck_abort_msg("day %d", (int)days);
    }
}
END_TEST

START_TEST(test_datetime__ymd)
{
    static const struct {
        int year, month, day;
        int32_t days;
    } cases[] = {
        {2000, 1, 1, 0},      {1970, 1, 1, -10957},        {2024, 2, 29, 8825}, {1, 1, 1, -730119},
        {0, 12, 31, -730120}, {-4713, 11, 24, DATE_FIRST}, {1999, 12, 31, -1},  {5874897, 12, 31, DATE_END - 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_date date;
        int year, month, day;
        ck_assert_int_eq(howdah_date_from_ymd(cases[i].year, cases[i].month, cases[i].day, &date), OK);
        ck_assert_int_eq(date.days, cases[i].days);
        ck_assert_int_eq(howdah_date_to_ymd(date, &year, &month, &day), OK);
        ck_assert(year == cases[i].year && month == cases[i].month && day == cases[i].day);
    }
}
END_TEST

START_TEST(test_datetime__ymd_invalid)
{
    static const int cases[][3] = {
        {2023, 2, 29},           {1900, 2, 29},         {2000, 0, 1},          {2000, 13, 1},   {2000, 1, 0},
        {2000, 4, 31},           {2000, 1, -1},         {-4713, 11, 23},       {5874898, 1, 1}, {2147483647, 12, 31},
        {-2147483647 - 1, 1, 1}, {2000, 2147483647, 1}, {2000, 1, 2147483647},
    };
    struct howdah_date date = {77};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_msg(howdah_date_from_ymd(cases[i][0], cases[i][1], cases[i][2], &date) == INVALID, "case %zu", i);
    ck_assert_int_eq(date.days, 77);
    int year = 1, month = 2, day = 3;
    ck_assert_int_eq(howdah_date_to_ymd(HOWDAH_DATE_INFINITY, &year, &month, &day), INVALID);
    ck_assert_int_eq(howdah_date_to_ymd(HOWDAH_DATE_MINUS_INFINITY, &year, &month, &day), INVALID);
    ck_assert(year == 1 && month == 2 && day == 3);
}
END_TEST

START_TEST(test_datetime__timespec)
{
    static const struct {
        struct timespec time;
        int64_t microseconds;
    } cases[] = {
        {{946684800, 0}, 0},
        {{0, 0}, -946684800000000},
        {{-1, 999999000}, -946684800000001},
        {{946684799, 1000}, -999999},
        {{1763633700, 250000000}, 816948900250000},
        {{-210866803200, 0}, TIMESTAMP_FIRST},
        {{9224318015999, 999999000}, TIMESTAMP_END - 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_timestamp time;
        struct timespec back;
        ck_assert_int_eq(howdah_timestamp_from_timespec(cases[i].time, &time), OK);
        ck_assert_int_eq(time.microseconds, cases[i].microseconds);
        ck_assert_int_eq(howdah_timestamp_to_timespec(time, &back), OK);
        ck_assert_int_eq(back.tv_sec, cases[i].time.tv_sec);
        ck_assert_int_eq(back.tv_nsec, cases[i].time.tv_nsec);
    }
}
END_TEST

START_TEST(test_datetime__timespec_rounds)
{
    static const struct {
        long nanoseconds;
        int64_t microseconds;
    } cases[] = {{499, 0}, {500, 1}, {1499, 1}, {1500, 2}, {999999499, 999999}, {999999500, 1000000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_timestamp time;
        for (int64_t second = -1; second <= 1; second++) {
            struct timespec from = {946684800 + second, cases[i].nanoseconds};
            ck_assert_int_eq(howdah_timestamp_from_timespec(from, &time), OK);
            ck_assert_int_eq(time.microseconds, second * 1000000 + cases[i].microseconds);
        }
    }
}
END_TEST

START_TEST(test_datetime__timespec_invalid)
{
    static const struct timespec wrong[] = {
        {0, -1},        {0, 1000000000}, {-210866803201, 999999000}, {9224318016000, 0}, {9224318015999, 999999500},
        {INT64_MAX, 0}, {INT64_MIN, 0},  {INT64_MIN, 999999999},
    };
    struct howdah_timestamp time = {77};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(howdah_timestamp_from_timespec(wrong[i], &time) == INVALID, "case %zu", i);
    ck_assert_int_eq(time.microseconds, 77);
    struct timespec back = {1, 2};
    ck_assert_int_eq(howdah_timestamp_to_timespec(HOWDAH_TIMESTAMP_INFINITY, &back), INVALID);
    ck_assert_int_eq(howdah_timestamp_to_timespec(HOWDAH_TIMESTAMP_MINUS_INFINITY, &back), INVALID);
    ck_assert(back.tv_sec == 1 && back.tv_nsec == 2);
}
END_TEST

/* libc's gmtime as the judge, for the years that it knows. */
START_TEST(test_datetime__tm)
{
    for (time_t seconds = -100000000000; seconds < 250000000000; seconds += 1234567891) {
        struct howdah_timestamp time;
        struct tm tm, expected;
        gmtime_r(&seconds, &expected);
        ck_assert_int_eq(howdah_timestamp_from_tm(&expected, &time), OK);
        ck_assert_int_eq(time.microseconds, (seconds - 946684800) * 1000000);
        time.microseconds += 999999;
        memset(&tm, 0xAB, sizeof(tm));
        ck_assert_int_eq(howdah_timestamp_to_tm(time, &tm), OK);
        ck_assert(tm.tm_year == expected.tm_year && tm.tm_mon == expected.tm_mon && tm.tm_mday == expected.tm_mday);
        ck_assert(tm.tm_hour == expected.tm_hour && tm.tm_min == expected.tm_min && tm.tm_sec == expected.tm_sec);
        ck_assert(tm.tm_wday == expected.tm_wday && tm.tm_yday == expected.tm_yday && tm.tm_isdst == 0);

        struct howdah_date date;
        ck_assert_int_eq(howdah_date_from_tm(&expected, &date), OK);
        ck_assert_int_eq(howdah_date_to_tm(date, &tm), OK);
        ck_assert(tm.tm_year == expected.tm_year && tm.tm_yday == expected.tm_yday && tm.tm_wday == expected.tm_wday);
        ck_assert(tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0);
    }
}
END_TEST

START_TEST(test_datetime__tm_invalid)
{
    const struct tm good = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_hour = 23, .tm_min = 59, .tm_sec = 60};
    struct tm wrong[] = {good, good, good, good, good, good, good, good, good, good, good};
    wrong[0].tm_mon = 12;
    wrong[1].tm_mon = -1;
    wrong[2].tm_mday = 30;
    wrong[3].tm_mday = 0;
    wrong[4].tm_hour = 24;
    wrong[5].tm_hour = -1;
    wrong[6].tm_min = 60;
    wrong[7].tm_sec = 61;
    wrong[8].tm_sec = -1;
    wrong[9].tm_year = 2147483647;
    wrong[10].tm_mon = 2147483647;
    struct howdah_timestamp time = {0};
    struct howdah_date date;
    ck_assert_int_eq(howdah_timestamp_from_tm(&good, &time), OK); /* a leap second */
    ck_assert_int_eq(time.microseconds, INT64_C(762566400000000));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(howdah_timestamp_from_tm(&wrong[i], &time) == INVALID, "case %zu", i);
    ck_assert_int_eq(howdah_date_from_tm(&wrong[0], &date), INVALID);
    ck_assert_int_eq(howdah_date_from_tm(&wrong[2], &date), INVALID);
    ck_assert_int_eq(howdah_date_from_tm(&wrong[9], &date), INVALID);
    ck_assert_int_eq(howdah_date_from_tm(&wrong[4], &date), OK); /* the time of day means nothing to a date */
    struct tm tm;
    ck_assert_int_eq(howdah_timestamp_to_tm(HOWDAH_TIMESTAMP_INFINITY, &tm), INVALID);
    ck_assert_int_eq(howdah_timestamp_to_tm(HOWDAH_TIMESTAMP_MINUS_INFINITY, &tm), INVALID);
    ck_assert_int_eq(howdah_date_to_tm(HOWDAH_DATE_INFINITY, &tm), INVALID);
}
END_TEST

START_TEST(test_datetime__timestamp_text)
{
    static const struct {
        int64_t microseconds;
        const char *text;
    } cases[] = {
        {0, "2000-01-01 00:00:00+00"},
        {-1, "1999-12-31 23:59:59.999999+00"},
        {817035300250000, "2025-11-21 10:15:00.25+00"},
        {1, "2000-01-01 00:00:00.000001+00"},
        {INT64_MAX, "infinity"},
        {INT64_MIN, "-infinity"},
        {TIMESTAMP_FIRST, "4714-11-24 00:00:00+00 BC"},
        {TIMESTAMP_END - 1, "294276-12-31 23:59:59.999999+00"},
        {-63082281600000000, "0001-01-01 00:00:00+00"},
        {-63082281600000001, "0001-12-31 23:59:59.999999+00 BC"},
    };
    char text[HOWDAH_TEXT_MAX];
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_timestamp time = {cases[i].microseconds}, back;
        howdah_timestamp_to_text(time, text);
        ck_assert_str_eq(text, cases[i].text);
        ck_assert_int_eq(howdah_timestamp_from_text(text, &back), OK);
        ck_assert_int_eq(back.microseconds, time.microseconds);
    }
}
END_TEST

START_TEST(test_datetime__timestamp_reading)
{
    static const struct {
        const char *text;
        int64_t microseconds;
    } cases[] = {
        {"2000-01-01", 0},
        {"2000-01-01 00:00", 0},
        {"2000-01-01T00:00:00Z", 0},
        {"2000-01-01 00:00:00.0000004", 0},
        {"2000-01-01 00:00:00.0000005", 1},
        {"2000-01-01 00:00:00.9999995", 1000000},
        {"2000-01-01 02:00:00+02", 0},
        {"1999-12-31 18:30:00-05:30", 0},
        {"1999-12-31 18:30-0530", 0},
        {"2000-01-01 00:53:28+00:53:28", 0},
        {"1999-12-31 24:00:00", 0},
        {"1999-12-31 23:59:60", 0},
        {"0001-01-01 BC", -63113904000000000},
        {"0001-12-31 23:59:59 BC", -63082281601000000},
        {"294276-12-31T23:59:59.999999", TIMESTAMP_END - 1},
        {"294277-01-01 00:00:00+01", TIMESTAMP_END - 3600000000},
        {"4714-11-23 23:00:00-01 BC", TIMESTAMP_FIRST},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_timestamp time;
        ck_assert_msg(howdah_timestamp_from_text(cases[i].text, &time) == OK, "%s", cases[i].text);
        ck_assert_msg(time.microseconds == cases[i].microseconds, "%s: %lld", cases[i].text,
                      (long long)time.microseconds);
    }
}
END_TEST

START_TEST(test_datetime__timestamp_invalid)
{
    static const char *const wrong[] = {
        "",
        " ",
        "2000",
        "2000-01",
        "2000-1-1",
        "200-01-01",
        "2000-13-01",
        "2000-02-30",
        "2023-02-29",
        "0000-01-01",
        "2000-01-01 ",
        " 2000-01-01",
        "2000-01-01T",
        "2000-01-01 1:00",
        "2000-01-01 25:00:00",
        "2000-01-01 24:00:01",
        "2000-01-01 00:60:00",
        "2000-01-01 00:00:61",
        "2000-01-01 00:00:00.",
        "2000-01-01 00:00:00,5",
        "2000-01-01 00:00:00+",
        "2000-01-01 00:00:00+2",
        "2000-01-01 00:00:00+16",
        "2000-01-01 00:00:00+02:60",
        "2000-01-01 00:00:00+02:3",
        "2000-01-01 00:00:00 UTC",
        "2000-01-01 00:00:00Zx",
        "2000-01-01 BCE",
        "2000-01-01BC",
        "Infinity",
        "+infinity",
        "now",
        "294277-01-01",
        "4714-11-23 BC",
        "9999999-01-01",
        "99999999-01-01",
        "2000-01-01 00:00:00Z BC ",
        "01/02/2000",
        "20000101",
        "2000-01-01 00:00:00+020",
    };
    struct howdah_timestamp time = {77};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *exact = strdup(wrong[i]);
        ck_assert_msg(howdah_timestamp_from_text(exact, &time) == INVALID, "%s", wrong[i]);
        free(exact);
    }
    ck_assert_int_eq(howdah_timestamp_from_text(NULL, &time), INVALID);
    ck_assert_int_eq(time.microseconds, 77);
}
END_TEST

START_TEST(test_datetime__date_text)
{
    static const struct {
        int32_t days;
        const char *text;
    } cases[] = {
        {0, "2000-01-01"},
        {-746117, "0044-03-15 BC"},
        {DATE_FIRST, "4714-11-24 BC"},
        {DATE_END - 1, "5874897-12-31"},
        {INT32_MAX, "infinity"},
        {INT32_MIN, "-infinity"},
    };
    char text[HOWDAH_TEXT_MAX];
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct howdah_date date = {cases[i].days}, back;
        howdah_date_to_text(date, text);
        ck_assert_str_eq(text, cases[i].text);
        ck_assert_int_eq(howdah_date_from_text(text, &back), OK);
        ck_assert_int_eq(back.days, date.days);
    }
    static const char *const wrong[] = {
        "", "5874898-01-01", "4714-11-23 BC", "2000-01-01 00:00:00", "2000-01-01x", "0000-01-01"};
    struct howdah_date date = {77};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(howdah_date_from_text(wrong[i], &date) == INVALID, "%s", wrong[i]);
    ck_assert_int_eq(howdah_date_from_text(NULL, &date), INVALID);
    ck_assert_int_eq(date.days, 77);
}
END_TEST

START_TEST(test_datetime__time_text)
{
    static const struct {
        int64_t microseconds;
        const char *text;
    } cases[] = {
        {0, "00:00:00"}, {86400000000, "24:00:00"}, {86399999999, "23:59:59.999999"}, {3723400000, "01:02:03.4"}};
    char text[HOWDAH_TEXT_MAX];
    struct howdah_time time;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        howdah_time_to_text((struct howdah_time){cases[i].microseconds}, text);
        ck_assert_str_eq(text, cases[i].text);
        ck_assert_int_eq(howdah_time_from_text(text, &time), OK);
        ck_assert_int_eq(time.microseconds, cases[i].microseconds);
    }
    ck_assert_int_eq(howdah_time_from_text("10:15", &time), OK);
    ck_assert_int_eq(time.microseconds, 36900000000);
    static const char *const wrong[] = {"",         "1:00",      "24:00:01", "24:00:00.1",
                                        "10:15+02", "10:15:00 ", "-10:15",   "10:15:"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_msg(howdah_time_from_text(wrong[i], &time) == INVALID, "%s", wrong[i]);
    ck_assert_int_eq(howdah_time_from_text(NULL, &time), INVALID);
    ck_assert_int_eq(time.microseconds, 36900000000);
}
END_TEST

/* Values that are none are written all the same: they appear in messages. */
START_TEST(test_datetime__any_value_has_text)
{
    static const int64_t values[] = {INT64_MIN + 1, INT64_MAX - 1, TIMESTAMP_END, TIMESTAMP_FIRST - 1, -1};
    char text[HOWDAH_TEXT_MAX];
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        howdah_timestamp_to_text((struct howdah_timestamp){values[i]}, text);
        ck_assert_uint_gt(strlen(text), 10);
        howdah_time_to_text((struct howdah_time){values[i]}, text);
        ck_assert_uint_ge(strlen(text), 8);
        howdah_date_to_text((struct howdah_date){(int32_t)values[i]}, text);
        ck_assert_uint_ge(strlen(text), 8);
    }
    howdah_time_to_text((struct howdah_time){INT64_MIN}, text);
    ck_assert_str_eq(text, "-2562047788:00:54.775808");
    howdah_date_to_text((struct howdah_date){INT32_MIN + 1}, text);
    ck_assert_str_eq(text, "5877612-06-23 BC");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        test_datetime__calendar,
        test_datetime__ymd,
        test_datetime__ymd_invalid,
        test_datetime__timespec,
        test_datetime__timespec_rounds,
        test_datetime__timespec_invalid,
        test_datetime__tm,
        test_datetime__tm_invalid,
        test_datetime__timestamp_text,
        test_datetime__timestamp_reading,
        test_datetime__timestamp_invalid,
        test_datetime__date_text,
        test_datetime__time_text,
        test_datetime__any_value_has_text,
    };
    Suite *suite = suite_create("datetime");
    TCase *tcase = tcase_create("datetime");
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        tcase_add_test(tcase, tests[i]);
    tcase_set_timeout(tcase, 600);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
