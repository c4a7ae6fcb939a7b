/* Text, char[N] and bytes. */
#include "codec_support.h"

#define TEXT  HOWDAH_TYPE_TEXT
#define CHARS HOWDAH_TYPE_CHARS
#define BYTES HOWDAH_TYPE_BYTES

static const struct howdah_field name8 = {.name = "name", .size = 8};

START_TEST(test_codec_text__wire)
{
    ASSERT_WIRE(TEXT, NULL, const char *, "", "");
    ASSERT_WIRE(TEXT, NULL, const char *, "a\xc3\xa9", "61c3a9");
    const char *text = "unchanged";
    ck_assert_int_eq(decode_hex(TEXT, NULL, "610062", &text), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(decode_hex(TEXT, NULL, "6100", &text), HOWDAH_STATUS_INVALID);
    ck_assert_str_eq(text, "unchanged");
}
END_TEST

/* Each size is copied in its own way; bytes of 0x80 and 0x01 are what is easily taken for a NUL. */
static void assert_nul_is_seen(size_t size)
{
    unsigned char *bytes = malloc(size ? size : 1); /* as large as it is said to be, so that ASan sees who reads on */
    const char *text = NULL;
    for (size_t i = 0; i < size; i++)
        bytes[i] = "\x01\x80\xff a"[i % 5];
    ck_assert_int_eq(decode_bytes(TEXT, NULL, bytes, size, &text), HOWDAH_STATUS_OK);
    ck_assert_uint_eq(strlen(text), size);
    ck_assert(memcmp(text, bytes, size) == 0);
    for (size_t i = 0; i < size; i++) {
        unsigned char kept = bytes[i];
        bytes[i] = '\0';
        ck_assert_int_eq(decode_bytes(TEXT, NULL, bytes, size, &text), HOWDAH_STATUS_INVALID);
        bytes[i] = kept;
    }
    free(bytes);
}

START_TEST(test_codec_text__wire_of_any_size)
{
    for (size_t size = 0; size <= 34; size++)
        assert_nul_is_seen(size);
}
END_TEST

START_TEST(test_codec_text__order)
{
    char copy[] = "abc";
    ASSERT_EQUAL_VALUES(TEXT, NULL, const char *, "abc", copy);
    ASSERT_LESS(TEXT, NULL, const char *, "", "a");
    ASSERT_LESS(TEXT, NULL, const char *, "ab", "abc");
    ASSERT_LESS(TEXT, NULL, const char *, "abc", "ab\xc3\xa9");
}
END_TEST

START_TEST(test_codec_text__check)
{
    ASSERT_CHECK(TEXT, NULL, const char *, "", NULL);
    ASSERT_CHECK(TEXT, NULL, const char *, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x98", NULL);
    ASSERT_CHECK(TEXT, NULL, const char *, "caf\xe9", "is not valid UTF-8");
    ASSERT_CHECK(TEXT, NULL, const char *, "\xed\xa0\x80", "is not valid UTF-8");
    ASSERT_CHECK(TEXT, NULL, const char *, "long enough for a word \xff", "is not valid UTF-8");
    ASSERT_CHECK(TEXT, NULL, const char *, "cut \xf0\x9f\x90", "is not valid UTF-8");
}
END_TEST

START_TEST(test_codec_text__copy)
{
    char original[] = "original";
    const char *text = original;
    ck_assert(codec_copy(codec_of(TEXT), NULL, &arena, &text));
    ck_assert_ptr_ne(text, original);
    original[0] = 'X';
    ck_assert_str_eq(text, "original");
    ck_assert_str_eq(text_form(TEXT, NULL, &text), "original");
}
END_TEST

START_TEST(test_codec_text__chars_wire)
{
    char text[8] = "1234567", back[8] = "old";
    ck_assert_str_eq(wire(CHARS, &name8, text), "31323334353637");
    ck_assert_int_eq(decode_hex(CHARS, &name8, "31323334353637", back), HOWDAH_STATUS_OK);
    ck_assert_str_eq(back, "1234567");
    ck_assert_int_eq(decode_hex(CHARS, &name8, "3132333435363738", back), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(decode_hex(CHARS, &name8, "310032", back), HOWDAH_STATUS_INVALID);
    ck_assert_str_eq(back, "1234567");
    ck_assert_int_eq(decode_hex(CHARS, &name8, "", back), HOWDAH_STATUS_OK);
    ck_assert_str_eq(back, "");
}
END_TEST

/* Bytes behind the NUL are nothing. */
START_TEST(test_codec_text__chars_order)
{
    static const char one[8] = {'a', 'b', 0, 'x'}, same[8] = {'a', 'b', 0, 'y'}, more[8] = "abc";
    assert_equal_values(CHARS, &name8, one, same);
    assert_less(CHARS, &name8, one, more);
}
END_TEST

START_TEST(test_codec_text__chars_check)
{
    /* On the heap, so that ASan sees who reads past the field. */
    char *full = malloc(8);
    memcpy(full, "12345678", 8);
    ck_assert_str_eq(codec_of(CHARS)->check(&name8, full, &(size_t){0}), "is not terminated");
    ck_assert(codec_of(CHARS)->equal(&name8, full, full));
    codec_of(CHARS)->hash(&name8, full);
    ck_assert_str_eq(text_form(CHARS, &name8, full), "12345678");
    full[7] = '\0';
    ck_assert_ptr_null(codec_of(CHARS)->check(&name8, full, &(size_t){0}));
    full[2] = '\xff';
    ck_assert_str_eq(codec_of(CHARS)->check(&name8, full, &(size_t){0}), "is not valid UTF-8");
    free(full);
}
END_TEST

#define B(literal) ((struct howdah_bytes){literal, sizeof(literal) - 1})

START_TEST(test_codec_text__bytes)
{
    ASSERT_WIRE(BYTES, NULL, struct howdah_bytes, B("\x00\xff\x00"), "00ff00");
    ASSERT_TEXT(BYTES, NULL, struct howdah_bytes, B("\x00\xff\x1a"), "\\x00ff1a");
    ASSERT_TEXT(BYTES, NULL, struct howdah_bytes, B(""), "\\x");
    ASSERT_EQUAL_VALUES(BYTES, NULL, struct howdah_bytes, B("\0a"), B("\0a"));
    ASSERT_LESS(BYTES, NULL, struct howdah_bytes, B("\0a"), B("\0b"));
    ASSERT_LESS(BYTES, NULL, struct howdah_bytes, B("\x7f"), B("\x80"));
    ASSERT_LESS(BYTES, NULL, struct howdah_bytes, B("a"), B("a\0"));
    ASSERT_LESS(BYTES, NULL, struct howdah_bytes, B(""), B("\0"));
    ASSERT_CHECK(BYTES, NULL, struct howdah_bytes, B("\xff"), NULL);
    ASSERT_CHECK(BYTES, NULL, struct howdah_bytes, ((struct howdah_bytes){NULL, 3}), "has a size but no data");
    ASSERT_CHECK(BYTES, NULL, struct howdah_bytes, ((struct howdah_bytes){"", 0x40000000}), "is larger than 1 GB");
}
END_TEST

/* A value of no bytes is not NULL. */
START_TEST(test_codec_text__bytes_empty)
{
    struct howdah_bytes bytes = {NULL, 1};
    ck_assert_int_eq(decode_hex(BYTES, NULL, "", &bytes), HOWDAH_STATUS_OK);
    ck_assert_ptr_nonnull(bytes.data);
    ck_assert_uint_eq(bytes.size, 0);
    bytes = B("");
    ck_assert(codec_copy(codec_of(BYTES), NULL, &arena, &bytes));
    ck_assert_ptr_nonnull(bytes.data);
}
END_TEST

START_TEST(test_codec_text__set_text)
{
    char field[6] = "12345";
    ck_assert(HOWDAH_SET_TEXT(field, "abc"));
    ck_assert_str_eq(field, "abc");
    ck_assert(HOWDAH_SET_TEXT(field, "12345"));
    ck_assert(!HOWDAH_SET_TEXT(field, "123456"));
    ck_assert(!HOWDAH_SET_TEXT(field, NULL));
    ck_assert_str_eq(field, "12345");
    ck_assert(HOWDAH_SET_TEXT(field, field + 2));
    ck_assert_str_eq(field, "345");
    ck_assert(!howdah_set_text(field, 0, ""));
}
END_TEST

CODEC_MAIN("codec_text", test_codec_text__wire, test_codec_text__wire_of_any_size, test_codec_text__order,
           test_codec_text__check, test_codec_text__copy, test_codec_text__chars_wire, test_codec_text__chars_order,
           test_codec_text__chars_check, test_codec_text__bytes, test_codec_text__bytes_empty,
           test_codec_text__set_text)
