/* Enums by their labels, and types of the program's own. */
#include "codec_support.h"

#define ENUM  HOWDAH_TYPE_ENUM
#define CODEC HOWDAH_TYPE_CODEC

enum color { RED = 3, GREEN = -1, BLUE = 7, BROKEN = 8 };

static HOWDAH_ENUM(Color, "color", HOWDAH_LABEL(RED, "red"), HOWDAH_LABEL(GREEN, "gr\xc3\xbcn"),
                   HOWDAH_LABEL(BLUE, "blue"), HOWDAH_LABEL(BROKEN, "\xff"));
static const struct howdah_field color = {.name = "color", .size = sizeof(enum color), .labels = &Color_labels};

START_TEST(test_codec_enum__wire)
{
    ASSERT_WIRE(ENUM, &color, int, RED, "726564");
    ASSERT_WIRE(ENUM, &color, int, GREEN, "6772c3bc6e");
    static const char *const wrong[] = {"", "7265", "72656400", "7265640000", "52454400", "726564726564"};
    int value = 42;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        ck_assert_int_eq(decode_hex(ENUM, &color, wrong[i], &value), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(value, 42);
}
END_TEST

START_TEST(test_codec_enum__rest)
{
    ASSERT_TEXT(ENUM, &color, int, BLUE, "blue");
    ASSERT_TEXT(ENUM, &color, int, 99, "99");
    ASSERT_CHECK(ENUM, &color, int, BLUE, NULL);
    ASSERT_CHECK(ENUM, &color, int, 99, "has a value without a label");
    ASSERT_CHECK(ENUM, &color, int, 0, "has a value without a label");
    ASSERT_CHECK(ENUM, &color, int, BROKEN, "has a label that is not valid UTF-8");
    ASSERT_EQUAL_VALUES(ENUM, &color, int, BLUE, BLUE);
    ASSERT_LESS(ENUM, &color, int, GREEN, RED);
    int value = 99;
    ck_assert_str_eq(wire(ENUM, &color, &value), "");
}
END_TEST

/* A count that is written as so many letters; -1 has no text, -2 is NULL, and 666 is a codec that never agrees with
 * itself. Odd and even spares the rest: counts that differ by `noise` are equal. */
struct count {
    int count;
    int noise;
};

static ptrdiff_t count_encode(const void *field, char *text, size_t size)
{
    const struct count *count = field;
    if (count->count < 0)
        return count->count;
    if (count->count == 666)
        return (ptrdiff_t)size + 1;
    memset(text,
           count->count == 13   ? '\xff'
           : count->count == 14 ? '\0'
                                : 'x',
           (size_t)count->count < size ? (size_t)count->count : size);
    return count->count;
}

static bool count_decode(const char *text, size_t length, void *field)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != 'x')
            return false;
    }
    *(struct count *)field = (struct count){(int)length, 0};
    return true;
}

static bool count_equal(const void *a, const void *b)
{
    return ((const struct count *)a)->count == ((const struct count *)b)->count;
}

static const struct howdah_codec by_equal = {"text", count_encode, count_decode, count_equal};
static const struct howdah_codec by_bytes = {"text", count_encode, count_decode, NULL};
static const struct howdah_field count = {.name = "count", .size = sizeof(struct count), .codec = &by_equal};
static const struct howdah_field raw_count = {.name = "count", .size = sizeof(struct count), .codec = &by_bytes};

START_TEST(test_codec_enum__user_wire)
{
    static const int counts[] = {0, 1, 255, 256, 257, 1000, 100000};
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        struct count value = {counts[i], 1}, back = {0, 0};
        const char *hex = wire(CODEC, &count, &value);
        ck_assert_uint_eq(strlen(hex), 2 * (size_t)counts[i]);
        ck_assert_int_eq(decode_hex(CODEC, &count, hex, &back), HOWDAH_STATUS_OK);
        ck_assert_int_eq(back.count, counts[i]);
        ck_assert_uint_eq(strlen(text_form(CODEC, &count, &value)), (size_t)counts[i]);
        ck_assert_ptr_null(codec_of(CODEC)->check(&count, &value, &(size_t){0}));
    }
    struct count value = {5, 5};
    ck_assert_int_eq(decode_hex(CODEC, &count, "79", &value), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(value.count, 5);
}
END_TEST

START_TEST(test_codec_enum__user_check)
{
    ASSERT_CHECK(CODEC, &count, struct count, ((struct count){-1, 0}), "has no text form");
    ASSERT_CHECK(CODEC, &count, struct count, ((struct count){13, 0}), "is not valid UTF-8");
    ASSERT_CHECK(CODEC, &count, struct count, ((struct count){14, 0}), "has a text form with a NUL");
    ASSERT_CHECK(CODEC, &count, struct count, ((struct count){0x40000000, 0}), "is larger than 1 GB");
    ASSERT_CHECK(CODEC, &count, struct count, ((struct count){666, 0}), "has a codec that wants more room each time");
}
END_TEST

/* It can't make the library loop, and can't write where it should not. */
START_TEST(test_codec_enum__user_that_lies)
{
    struct count value = {666, 0};
    buffer_reset(&out);
    buffer_text(&out, "before");
    codec_of(CODEC)->encode(&count, &value, &out);
    ck_assert(out.failed);
    value.count = -1; /* `check` would have refused it */
    buffer_reset(&out);
    buffer_text(&out, "before");
    codec_of(CODEC)->encode(&count, &value, &out);
    ck_assert(out.failed);
}
END_TEST

START_TEST(test_codec_enum__user_equality)
{
    ASSERT_EQUAL_VALUES(CODEC, &count, struct count, ((struct count){5, 1}), ((struct count){5, 2}));
    ASSERT_LESS(CODEC, &count, struct count, ((struct count){5, 1}), ((struct count){6, 1}));
    ASSERT_EQUAL_VALUES(CODEC, &raw_count, struct count, ((struct count){5, 1}), ((struct count){5, 1}));
    ASSERT_LESS(CODEC, &raw_count, struct count, ((struct count){5, 1}), ((struct count){5, 2}));
}
END_TEST

CODEC_MAIN("codec_enum", test_codec_enum__wire, test_codec_enum__rest, test_codec_enum__user_wire,
           test_codec_enum__user_check, test_codec_enum__user_that_lies, test_codec_enum__user_equality)
