/* What the tests of codecs share: values to and from wire bytes that are written as hexadecimal digits. */
#ifndef CODEC_SUPPORT_H
#define CODEC_SUPPORT_H

#include "model/codec.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct buffer out;

static inline void codec_setup(void)
{
    arena_init(&arena, &memory_default);
    buffer_init(&out, &memory_default);
}

static inline void codec_teardown(void)
{
    buffer_done(&out);
    arena_done(&arena);
}

/* The wire bytes of a value; they live until the next call. */
static inline const char *wire(enum howdah_type type, const struct howdah_field *field, const void *value)
{
    buffer_reset(&out);
    codec_of(type)->encode(field, value, &out);
    ck_assert(!out.failed);
    char *text = arena_allocate(&arena, out.size * 2 + 1, 1);
    for (size_t i = 0; i < out.size; i++)
        sprintf(text + 2 * i, "%02x", (unsigned char)out.data[i]);
    text[out.size * 2] = '\0';
    return text;
}

/* Decodes a copy of just these bytes, so that ASan sees who reads more. */
static inline enum howdah_status decode_bytes(enum howdah_type type, const struct howdah_field *field, const void *data,
                                              size_t size, void *value)
{
    unsigned char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    enum howdah_status status = codec_of(type)->decode(field, copy, size, &arena, value);
    free(copy);
    return status;
}

static inline enum howdah_status decode_hex(enum howdah_type type, const struct howdah_field *field, const char *hex,
                                            void *value)
{
    size_t size = strlen(hex) / 2;
    unsigned char *bytes = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    enum howdah_status status = decode_bytes(type, field, bytes, size, value);
    free(bytes);
    return status;
}

/* The text form; it lives until the next call. */
static inline const char *text_form(enum howdah_type type, const struct howdah_field *field, const void *value)
{
    buffer_reset(&out);
    codec_of(type)->text(field, value, &out);
    return buffer_cstring(&out);
}

/* Equal, with one hash, and in no order; or different in every way but, perhaps, by hash. */
static inline void assert_equal_values(enum howdah_type type, const struct howdah_field *field, const void *a,
                                       const void *b)
{
    const struct codec *codec = codec_of(type);
    bool equal = codec->equal(field, a, b) && codec->equal(field, b, a);
    bool same_hash = codec->hash(field, a) == codec->hash(field, b);
    int order = codec->compare(field, a, b);
    ck_assert_msg(equal && same_hash && order == 0, "%s: equal %d, one hash %d, order %d", codec->c_name, equal,
                  same_hash, order);
}

static inline void assert_less(enum howdah_type type, const struct howdah_field *field, const void *a, const void *b)
{
    const struct codec *codec = codec_of(type);
    ck_assert(!codec->equal(field, a, b));
    ck_assert(!codec->equal(field, b, a));
    ck_assert_int_eq(codec->compare(field, a, b), -1);
    ck_assert_int_eq(codec->compare(field, b, a), 1);
}

/* Encodes as that, and that decodes as the value. */
static inline void assert_wire(enum howdah_type type, const struct howdah_field *field, const void *value, size_t size,
                               const char *hex)
{
    ck_assert_str_eq(wire(type, field, value), hex);
    void *back = calloc(1, size);
    ck_assert_int_eq(decode_hex(type, field, hex, back), HOWDAH_STATUS_OK);
    assert_equal_values(type, field, value, back);
    free(back);
}

#define ASSERT_WIRE(type, field, T, expression, hex) \
    do { \
        T codec_value = expression; \
        assert_wire(type, field, &codec_value, sizeof(codec_value), hex); \
    } while (0)

#define ASSERT_TEXT(type, field, T, expression, text) \
    do { \
        T codec_value = expression; \
        ck_assert_str_eq(text_form(type, field, &codec_value), text); \
    } while (0)

#define ASSERT_CHECK(type, field, T, expression, why) \
    do { \
        T codec_value = expression; \
        ck_assert_pstr_eq(codec_of(type)->check(field, &codec_value, &(size_t){0}), why); \
    } while (0)

#define ASSERT_EQUAL_VALUES(type, field, T, x, y) \
    do { \
        T codec_x = x; \
        T codec_y = y; \
        assert_equal_values(type, field, &codec_x, &codec_y); \
    } while (0)

#define ASSERT_LESS(type, field, T, x, y) \
    do { \
        T codec_x = x; \
        T codec_y = y; \
        assert_less(type, field, &codec_x, &codec_y); \
    } while (0)

/* Runs the cases in `case_functions`, with the fixture, as the suite `name`. */
#define CODEC_MAIN(name, ...) \
    int main(void) \
    { \
        const TTest *const tests[] = {__VA_ARGS__}; \
        Suite *suite = suite_create(name); \
        TCase *tcase = tcase_create(name); \
        tcase_add_checked_fixture(tcase, codec_setup, codec_teardown); \
        tcase_set_timeout(tcase, 600); \
        for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) \
            tcase_add_test(tcase, tests[i]); \
        suite_add_tcase(suite, tcase); \
        SRunner *runner = srunner_create(suite); \
        srunner_run_all(runner, CK_ENV); \
        int failed = srunner_ntests_failed(runner); \
        srunner_free(runner); \
        return failed != 0; \
    }

#endif
