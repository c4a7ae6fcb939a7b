/* bool and the integers, the table itself, and failing memory. */
#include "codec_support.h"

#include "support/failing.h"

START_TEST(test_codec_integer__table)
{
    for (int type = HOWDAH_TYPE_BOOL; type < HOWDAH_TYPE_UINT64; type++) {
        const struct codec *codec = codec_of((enum howdah_type)type);
        ck_assert_msg(codec, "no codec for type %d", type);
        ck_assert_int_eq(codec->type, type);
        ck_assert_ptr_nonnull(codec->c_name);
        ck_assert_ptr_nonnull(codec->sql_type);
        ck_assert_uint_ne(codec->oid, 0);
        ck_assert_uint_ne(codec->array_oid, 0);
        ck_assert(codec->encode && codec->decode && codec->equal && codec->hash && codec->compare && codec->check &&
                  codec->text);
        ck_assert_int_eq(codec->has_pointers, codec->is_text || codec->copy != NULL);
        ck_assert_int_eq(codec->size == 0, type == HOWDAH_TYPE_CHARS || type == HOWDAH_TYPE_CODEC);
    }
    ck_assert_ptr_null(codec_of(HOWDAH_TYPE_NONE));
    ck_assert_ptr_null(codec_of(HOWDAH_TYPE_UINT64));
    ck_assert_ptr_null(codec_of(HOWDAH_TYPE_COUNT));
    ck_assert_ptr_null(codec_of((enum howdah_type)HOWDAH_TYPE_ARRAY));
    ck_assert_ptr_null(codec_of((enum howdah_type) - 1));
}
END_TEST

START_TEST(test_codec_integer__wire)
{
    ASSERT_WIRE(HOWDAH_TYPE_BOOL, NULL, bool, true, "01");
    ASSERT_WIRE(HOWDAH_TYPE_BOOL, NULL, bool, false, "00");
    ASSERT_WIRE(HOWDAH_TYPE_INT16, NULL, int16_t, -2, "fffe");
    ASSERT_WIRE(HOWDAH_TYPE_INT16, NULL, int16_t, INT16_MAX, "7fff");
    ASSERT_WIRE(HOWDAH_TYPE_INT16, NULL, int16_t, INT16_MIN, "8000");
    ASSERT_WIRE(HOWDAH_TYPE_INT32, NULL, int32_t, 0, "00000000");
    ASSERT_WIRE(HOWDAH_TYPE_INT32, NULL, int32_t, INT32_MIN, "80000000");
    ASSERT_WIRE(HOWDAH_TYPE_INT32, NULL, int32_t, 0x01020304, "01020304");
    ASSERT_WIRE(HOWDAH_TYPE_INT64, NULL, int64_t, INT64_MIN, "8000000000000000");
    ASSERT_WIRE(HOWDAH_TYPE_INT64, NULL, int64_t, 0x0102030405060708, "0102030405060708");
}
END_TEST

START_TEST(test_codec_integer__wrong_size)
{
    static const struct {
        enum howdah_type type;
        size_t size;
    } types[] = {{HOWDAH_TYPE_BOOL, 1},      {HOWDAH_TYPE_INT16, 2},     {HOWDAH_TYPE_INT32, 4}, {HOWDAH_TYPE_INT64, 8},
                 {HOWDAH_TYPE_FLOAT, 4},     {HOWDAH_TYPE_DOUBLE, 8},    {HOWDAH_TYPE_DATE, 4},  {HOWDAH_TYPE_TIME, 8},
                 {HOWDAH_TYPE_TIMESTAMP, 8}, {HOWDAH_TYPE_INTERVAL, 16}, {HOWDAH_TYPE_UUID, 16}};
    static const unsigned char zeros[20];
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        for (size_t size = 0; size <= sizeof(zeros); size++) {
            unsigned char value[20], untouched[20];
            memset(value, 0xAB, sizeof(value));
            memset(untouched, 0xAB, sizeof(untouched));
            enum howdah_status status = decode_bytes(types[i].type, NULL, zeros, size, value);
            ck_assert_int_eq(status, size == types[i].size ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID);
            ck_assert_mem_eq(value, size == types[i].size ? zeros : untouched, types[i].size);
        }
    }
}
END_TEST

START_TEST(test_codec_integer__text)
{
    ASSERT_TEXT(HOWDAH_TYPE_BOOL, NULL, bool, true, "true");
    ASSERT_TEXT(HOWDAH_TYPE_BOOL, NULL, bool, false, "false");
    ASSERT_TEXT(HOWDAH_TYPE_INT16, NULL, int16_t, INT16_MIN, "-32768");
    ASSERT_TEXT(HOWDAH_TYPE_INT32, NULL, int32_t, 0, "0");
    ASSERT_TEXT(HOWDAH_TYPE_INT32, NULL, int32_t, INT32_MIN, "-2147483648");
    ASSERT_TEXT(HOWDAH_TYPE_INT64, NULL, int64_t, INT64_MIN, "-9223372036854775808");
    ASSERT_TEXT(HOWDAH_TYPE_INT64, NULL, int64_t, INT64_MAX, "9223372036854775807");
}
END_TEST

START_TEST(test_codec_integer__order)
{
    ASSERT_LESS(HOWDAH_TYPE_BOOL, NULL, bool, false, true);
    ASSERT_LESS(HOWDAH_TYPE_INT16, NULL, int16_t, INT16_MIN, INT16_MAX);
    ASSERT_LESS(HOWDAH_TYPE_INT32, NULL, int32_t, INT32_MIN, INT32_MAX);
    ASSERT_LESS(HOWDAH_TYPE_INT64, NULL, int64_t, INT64_MIN, INT64_MAX);
    ASSERT_LESS(HOWDAH_TYPE_INT64, NULL, int64_t, -1, 0);
}
END_TEST

/* The values spread over the bits that a hash table uses. */
START_TEST(test_codec_integer__hash)
{
    unsigned seen[64] = {0};
    for (int64_t i = 0; i < 4096; i++)
        seen[codec_of(HOWDAH_TYPE_INT64)->hash(NULL, &i) % 64]++;
    for (size_t i = 0; i < 64; i++)
        ck_assert_msg(seen[i] > 20 && seen[i] < 130, "%u of 4096 in bucket %zu", seen[i], i);
}
END_TEST

/* What needs memory says so, and leaves the value alone. */
START_TEST(test_codec_integer__no_memory)
{
    static const char *const texts[] = {"text", "{\"a\": 1}"};
    static const enum howdah_type types[] = {HOWDAH_TYPE_TEXT, HOWDAH_TYPE_JSON, HOWDAH_TYPE_BYTES,
                                             HOWDAH_TYPE_NUMERIC};
    struct failing failing;
    failing_init(&failing);
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        const struct codec *codec = codec_of(types[i]);
        struct howdah_bytes value = {texts[i == 1], 4};
        const struct howdah_bytes before = value;
        struct arena empty;
        arena_init(&empty, &failing.hook);
        failing_at(&failing, 1, FAILING_FROM);
        static const unsigned char one[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
        const void *data = types[i] == HOWDAH_TYPE_NUMERIC ? one : (const void *)texts[i == 1];
        size_t size = types[i] == HOWDAH_TYPE_NUMERIC ? sizeof(one) : 4;
        ck_assert_int_eq(codec->decode(NULL, data, size, &empty, &value), HOWDAH_STATUS_NO_MEMORY);
        ck_assert(!codec_copy(codec, NULL, &empty, &value));
        ck_assert_mem_eq(&value, &before, sizeof(value));
        failing_off(&failing);
        ck_assert(codec_copy(codec, NULL, &empty, &value));
        ck_assert_ptr_ne(value.data, before.data);
        arena_done(&empty);
    }
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

CODEC_MAIN("codec_integer", test_codec_integer__table, test_codec_integer__wire, test_codec_integer__wrong_size,
           test_codec_integer__text, test_codec_integer__order, test_codec_integer__hash, test_codec_integer__no_memory)
