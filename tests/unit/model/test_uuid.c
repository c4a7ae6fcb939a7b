/* UUIDs: the codec, the text forms, and new ones. */
#include "codec_support.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define UUID HOWDAH_TYPE_UUID

static const struct howdah_uuid example = {
    {0x01, 0x93, 0x4a, 0xbc, 0xde, 0xf0, 0x71, 0x23, 0x84, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x12}};
static const char example_text[] = "01934abc-def0-7123-8456-789abcdef012";

START_TEST(test_uuid__codec)
{
    struct howdah_uuid next = example;
    next.bytes[15]++;
    ASSERT_WIRE(UUID, NULL, struct howdah_uuid, example, "01934abcdef071238456789abcdef012");
    ASSERT_TEXT(UUID, NULL, struct howdah_uuid, example, example_text);
    ASSERT_LESS(UUID, NULL, struct howdah_uuid, example, next);
    next = example;
    next.bytes[0] = 0xff;
    ASSERT_LESS(UUID, NULL, struct howdah_uuid, example, next);
}
END_TEST

START_TEST(test_uuid__text)
{
    static const char *const forms[] = {
        example_text,
        "01934ABC-DEF0-7123-8456-789ABCDEF012",
        "01934abcdef071238456789abcdef012",
        "{01934abc-def0-7123-8456-789abcdef012}",
        "0193-4abc-def0-7123-8456-789a-bcde-f012",
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct howdah_uuid uuid;
        ck_assert_msg(howdah_uuid_from_text(forms[i], &uuid) == HOWDAH_STATUS_OK, "%s", forms[i]);
        ck_assert_mem_eq(&uuid, &example, sizeof(uuid));
    }
    static const char *const wrong[] = {
        "",
        "0",
        "01934abc-def0-7123-8456-789abcdef01",
        "01934abc-def0-7123-8456-789abcdef0123",
        "g1934abc-def0-7123-8456-789abcdef012",
        "01934abc-def0-7123-8456-789abcdef012-",
        "-01934abc-def0-7123-8456-789abcdef012",
        "{01934abc-def0-7123-8456-789abcdef012",
        "01934abc-def0-7123-8456-789abcdef012}",
        "01934abc--def0-7123-8456-789abcdef012",
        "01-934abc-def0-7123-8456-789abcdef012",
        "{",
        "{}",
        " 01934abc-def0-7123-8456-789abcdef012",
        "01934abc-def0-7123-8456-789abcdef012 ",
    };
    struct howdah_uuid uuid = example;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *exact = strdup(wrong[i]);
        ck_assert_msg(howdah_uuid_from_text(exact, &uuid) == HOWDAH_STATUS_INVALID, "%s", wrong[i]);
        free(exact);
    }
    ck_assert_int_eq(howdah_uuid_from_text(NULL, &uuid), HOWDAH_STATUS_INVALID);
    ck_assert_mem_eq(&uuid, &example, sizeof(uuid));
}
END_TEST

/* The wall clock of this program, by a clock_gettime of its own: what is looked at goes by it, however it runs. */
static int64_t wall = (int64_t)1700000000 * 1000000000 + 999999000;

int clock_gettime(clockid_t id, struct timespec *ret)
{
    if (id != CLOCK_REALTIME)
        return (int)syscall(SYS_clock_gettime, id, ret);
    *ret = (struct timespec){.tv_sec = (time_t)(wall / 1000000000), .tv_nsec = (long)(wall % 1000000000)};
    return 0;
}

START_TEST(test_uuid__v7)
{
    enum { COUNT = 1000, STEP = 12345 };
    static struct howdah_uuid uuids[COUNT];
    int64_t first = wall;
    for (size_t i = 0; i < COUNT; i++, wall += STEP)
        ck_assert_int_eq(howdah_uuid_v7(&uuids[i]), HOWDAH_STATUS_OK);
    uint8_t ones[16] = {0}, zeros[16];
    memset(zeros, 0xff, sizeof(zeros));
    for (size_t i = 0; i < COUNT; i++) {
        int64_t milliseconds = 0, at = first + (int64_t)i * STEP;
        for (size_t k = 0; k < 6; k++)
            milliseconds = milliseconds << 8 | uuids[i].bytes[k];
        ck_assert_int_eq(milliseconds, at / 1000000);
        ck_assert_int_eq(uuids[i].bytes[6] >> 4, 7);
        ck_assert_int_eq((uuids[i].bytes[6] & 15) << 8 | uuids[i].bytes[7], at % 1000000 * 4096 / 1000000);
        ck_assert_int_eq(uuids[i].bytes[8] >> 6, 2);
        ck_assert(i == 0 || memcmp(uuids[i - 1].bytes, uuids[i].bytes, 8) < 0); /* in order */
        for (size_t k = 0; k < 16; k++) {
            ones[k] |= uuids[i].bytes[k];
            zeros[k] &= uuids[i].bytes[k];
        }
        for (size_t k = 0; k < i; k++) {
            if (memcmp(&uuids[i], &uuids[k], sizeof(uuids[i])) == 0)
                ck_abort_msg("number %zu and %zu are the same", i, k);
        }
    }
    /* Every bit that is to be random is. */
    ck_assert_int_eq(ones[8], 0xbf);
    ck_assert_int_eq(zeros[8], 0x80);
    for (size_t k = 9; k < 16; k++) {
        ck_assert_int_eq(ones[k], 0xff);
        ck_assert_int_eq(zeros[k], 0);
    }
}
END_TEST

CODEC_MAIN("uuid", test_uuid__codec, test_uuid__text, test_uuid__v7)
