/* Bytes of any kind and length: each codec takes them as a value or refuses them, and reads no byte more. A value that
 * it takes can be sent back, and is then the same. The seed is fixed. */
#include "codec_support.h"

enum { ROUNDS = 10000, SIZE_MAX_HERE = 64 };

static HOWDAH_ENUM(Letter, NULL, HOWDAH_LABEL(1, "a"), HOWDAH_LABEL(2, "bc"));

static bool word_decode(const char *text, size_t length, void *field)
{
    if (length > 8 || memchr(text, '\0', length))
        return false;
    memset(field, 0, 8);
    if (length)
        memcpy(field, text, length);
    return true;
}

static ptrdiff_t word_encode(const void *field, char *text, size_t size)
{
    size_t length = strnlen(field, 8);
    memcpy(text, field, length < size ? length : size);
    return (ptrdiff_t)length;
}

static const struct howdah_codec word = {"text", word_encode, word_decode, NULL};
static const struct howdah_field field = {.name = "field", .size = 8, .labels = &Letter_labels, .codec = &word};

static uint64_t state = 20251120;

static uint64_t next_random(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 11;
}

/* Wire bytes that some codec takes, to start from. */
static const struct {
    const char *bytes;
    size_t size;
} seeds[] = {
#define SEED(literal) \
    { \
        literal, sizeof(literal) - 1 \
    }
    SEED(""),
    SEED("\1"),
    SEED("a"),
    SEED("bc"),
    SEED("\0\1"),
    SEED("\0\0\0\1"),
    SEED("\x3f\xf8\0\0\0\0\0\0"),
    SEED("\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"),
    SEED("\1{\"a\":1,\"b\":[null,{\"\\u0041\":-1.5e3}],\"a\":true}"),
    SEED("{\"b\":{\"z\":[],\"y\":\"\\ud83d\\udc18\"},\"a\":[[1]]}"),
    SEED("\0\3\0\1\0\0\0\3\0\1\x09\x29\x1a\x7c"),
    SEED("\0\2\xff\xfe\x40\0\0\x09\0\1\x27\x0f"),
    SEED("\0\0\0\0\xc0\0\0\0"),
    SEED("\0\1\x7f\xff\0\0\x3f\xff\0\1"),
    SEED("\xf0\x9f\x90\x98 text"),
};

static size_t make_input(unsigned char *to)
{
    size_t size;
    if (next_random() % 4 == 0) {
        size = next_random() % SIZE_MAX_HERE;
        for (size_t i = 0; i < size; i++)
            to[i] = (unsigned char)next_random();
        return size;
    }
    size_t seed = next_random() % (sizeof(seeds) / sizeof(*seeds));
    size = seeds[seed].size;
    memcpy(to, seeds[seed].bytes, size);
    for (uint64_t changes = next_random() % 4; changes && size; changes--) {
        size_t at = next_random() % size;
        if (next_random() % 3 == 0)
            size = at;
        else
            to[at] =
                next_random() % 2 ? (unsigned char)next_random() : (unsigned char)(to[at] ^ 1u << next_random() % 8);
    }
    return size;
}

static void send_back(enum howdah_type type, const void *value)
{
    const struct codec *codec = codec_of(type);
    union {
        struct howdah_interval widest;
        unsigned char bytes[sizeof(struct howdah_interval)];
    } back;
    text_form(type, &field, value);
    if (codec->check(&field, value, &(size_t){0}))
        return; /* text that is no UTF-8, JSON that is none: kept on the way in, refused on the way out */
    buffer_reset(&out);
    codec->encode(&field, value, &out);
    if (decode_bytes(type, &field, out.data, out.size, &back) != HOWDAH_STATUS_OK)
        ck_abort_msg("%s: what was encoded does not decode", codec->c_name);
    assert_equal_values(type, &field, value, &back);
}

START_TEST(test_codec_fuzz__decode)
{
    unsigned taken[HOWDAH_TYPE_UINT64] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        unsigned char input[SIZE_MAX_HERE + 64];
        size_t size = make_input(input);
        for (int type = HOWDAH_TYPE_BOOL; type < HOWDAH_TYPE_UINT64; type++) {
            union {
                struct howdah_interval widest;
                unsigned char bytes[sizeof(struct howdah_interval)];
            } value;
            enum howdah_status status = decode_bytes((enum howdah_type)type, &field, input, size, &value);
            if (status != HOWDAH_STATUS_OK && status != HOWDAH_STATUS_INVALID)
                ck_abort_msg("status %d", status);
            if (status == HOWDAH_STATUS_OK) {
                taken[type]++;
                send_back((enum howdah_type)type, &value);
            }
        }
        arena_reset(&arena);
    }
    for (int type = HOWDAH_TYPE_BOOL; type < HOWDAH_TYPE_UINT64; type++)
        ck_assert_msg(taken[type] > 100, "%s took %u inputs", codec_of((enum howdah_type)type)->c_name, taken[type]);
}
END_TEST

/* Texts a byte or two away from a good one: the readers end where the text ends. */
START_TEST(test_codec_fuzz__texts)
{
    static const char *const texts[] = {
        "2025-11-20 10:15:00.25+00:30",
        "0044-03-15 00:00:00 BC",
        "infinity",
        "24:00:00.000001",
        "P1Y2M3DT4H5M6.7S",
        "PT-2562047788H-54.775808S",
        "01934abc-def0-7123-8456-789abcdef012",
        "-123456.789e-10",
        "Infinity",
        "{\"a\": [1.0, \"\\ud83d\\udc18\", {}], \"b\": null}",
        "[[\"\\\"\", false], {\"k\": {\"k\": 1e5, \"j\": 0}}]",
    };
    static const char letters[] = "0123456789+-.:eE TZPWDHMS{}[]\",\\unaf\t";
    char previous[64] = "null";
    unsigned good = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char *text = strdup(texts[next_random() % (sizeof(texts) / sizeof(*texts))]);
        for (uint64_t changes = next_random() % 4; changes && *text; changes--) {
            size_t at = next_random() % strlen(text);
            text[at] = next_random() % 5 ? letters[next_random() % (sizeof(letters) - 1)] : (char)next_random();
        }
        text = realloc(text, strlen(text) + 1);
        struct howdah_timestamp timestamp;
        struct howdah_date date;
        struct howdah_time time;
        struct howdah_interval interval;
        struct howdah_uuid uuid;
        struct howdah_json json = {text}, other = {previous};
        struct howdah_numeric numeric = {text};
        int64_t integer;
        good += howdah_timestamp_from_text(text, &timestamp) == HOWDAH_STATUS_OK;
        good += howdah_date_from_text(text, &date) == HOWDAH_STATUS_OK;
        good += howdah_time_from_text(text, &time) == HOWDAH_STATUS_OK;
        good += howdah_interval_from_text(text, &interval) == HOWDAH_STATUS_OK;
        good += howdah_uuid_from_text(text, &uuid) == HOWDAH_STATUS_OK;
        good += howdah_numeric_to_int64(numeric, 13, &integer) == HOWDAH_STATUS_OK;
        if (!codec_of(HOWDAH_TYPE_NUMERIC)->check(NULL, &numeric, &(size_t){0}))
            send_back(HOWDAH_TYPE_NUMERIC, &numeric);
        const struct codec *codec = codec_of(HOWDAH_TYPE_JSON);
        good += !codec->check(&field, &json, &(size_t){0});
        int order = codec->compare(&field, &json, &other);
        if (codec->compare(&field, &other, &json) != -order || codec->equal(&field, &json, &other) != (order == 0))
            ck_abort_msg("%s and %s: order %d", text, previous, order);
        if (order == 0)
            assert_equal_values(HOWDAH_TYPE_JSON, &field, &json, &other);
        snprintf(previous, sizeof(previous), "%s", text);
        free(text);
        arena_reset(&arena);
    }
    ck_assert_uint_gt(good, ROUNDS / 4);
}
END_TEST

CODEC_MAIN("codec_fuzz", test_codec_fuzz__decode, test_codec_fuzz__texts)
