#include "base/clock.h"

#include "run.h"

#include <limits.h>

static const moment second = 1000000000, millisecond = 1000000;

START_TEST(test_clock__runs_forward)
{
    moment before = clock_now();
    for (int i = 0; i < 1000; i++) {
        moment now = clock_now();
        ck_assert_int_ge(now, before);
        before = now;
    }
    ck_assert_int_gt(before, 0);
}
END_TEST

START_TEST(test_clock__deadline)
{
    moment now = clock_now(), given = clock_deadline(5000, -1), standard = clock_deadline(0, 7000), then = clock_now();
    ck_assert_int_ge(given, now + 5 * second);
    ck_assert_int_le(given, then + 5 * second);
    ck_assert_int_ge(standard, now + 7 * second);
    ck_assert_int_le(standard, then + 7 * second);
    ck_assert_int_eq(clock_deadline(-1, 1000), MOMENT_NEVER);
    ck_assert_int_eq(clock_deadline(0, -1), MOMENT_NEVER);
    ck_assert_int_gt(clock_deadline(INT_MAX, 0), now + 2000000 * second);
}
END_TEST

START_TEST(test_clock__left)
{
    ck_assert_int_eq(clock_left(MOMENT_NEVER), -1);
    ck_assert_int_eq(clock_left(clock_now()), 0);
    ck_assert_int_eq(clock_left(0), 0);
    moment deadline = clock_now() + 5000 * second;
    int left = clock_left(deadline);
    ck_assert_int_ge(left, (deadline - clock_now()) / millisecond);
    ck_assert_int_le(left, 5000000);
    /* Rounded up: a deadline that has not passed is never 0, or a loop around poll would spin. */
    for (int i = 0; i < 100; i++) {
        moment soon = clock_now() + 200000;
        int now_left = clock_left(soon);
        ck_assert(now_left == 1 || clock_now() >= soon);
    }
    ck_assert_int_eq(clock_left(MOMENT_NEVER - 1), INT_MAX);
}
END_TEST

START_TEST(test_clock__draw)
{
    int least = INT_MAX, most = 0;
    for (int i = 0; i < 1000; i++) {
        int drawn = clock_draw(100, &i);
        least = drawn < least ? drawn : least;
        most = drawn > most ? drawn : most;
    }
    ck_assert_int_ge(least, 50);
    ck_assert_int_le(most, 100);
    ck_assert_int_lt(least, 60);
    ck_assert_int_gt(most, 90);
    ck_assert_int_eq(clock_draw(0, &least), 0);
    ck_assert_int_eq(clock_draw(1, &least), 1);
}
END_TEST

RUN("clock", test_clock__runs_forward, test_clock__deadline, test_clock__left, test_clock__draw)
