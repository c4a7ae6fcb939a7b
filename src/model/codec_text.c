/* Text behind a pointer, text inside the struct, and bytes. */
#include "codec_table.h"

#include "utf8.h"

#include "base/hash.h"

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static inline const char *check_utf8(const char *text, size_t size, size_t *bytes)
{
    *bytes += size;
    return utf8_fault(text, size);
}

/* --- const char * --- */

static void text_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    const char *text = text_at(value);
    buffer_append(out, text, strlen(text));
}

/* Not 0 if one of the word's bytes is: only from such a byte does the subtraction borrow its highest bit. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
}

/* Copies text and looks for a NUL on the way. Most texts are short: two words that may overlap are all of them, and cost
 * less than two calls. */
static bool copy_without_nul(char *to, const unsigned char *from, size_t size)
{
    uint64_t first, last, middle[2];
    uint32_t half, other;
    if (size > 2 * sizeof(first) && size <= 4 * sizeof(first)) {
        memcpy(&first, from, sizeof(first));
        memcpy(&middle[0], from + sizeof(first), sizeof(first));
        memcpy(&middle[1], from + size - 2 * sizeof(last), sizeof(last));
        memcpy(&last, from + size - sizeof(last), sizeof(last));
        memcpy(to, &first, sizeof(first));
        memcpy(to + sizeof(first), &middle[0], sizeof(first));
        memcpy(to + size - 2 * sizeof(last), &middle[1], sizeof(last));
        memcpy(to + size - sizeof(last), &last, sizeof(last));
        return !(zero_bytes(first) | zero_bytes(middle[0]) | zero_bytes(middle[1]) | zero_bytes(last));
    }
    if (size >= sizeof(first) && size <= 2 * sizeof(first)) {
        memcpy(&first, from, sizeof(first));
        memcpy(&last, from + size - sizeof(last), sizeof(last));
        memcpy(to, &first, sizeof(first));
        memcpy(to + size - sizeof(last), &last, sizeof(last));
        return !(zero_bytes(first) | zero_bytes(last));
    }
    if (size >= sizeof(half) && size < sizeof(first)) {
        memcpy(&half, from, sizeof(half));
        memcpy(&other, from + size - sizeof(other), sizeof(other));
        memcpy(to, &half, sizeof(half));
        memcpy(to + size - sizeof(other), &other, sizeof(other));
        return !zero_bytes((uint64_t)half << 32 | other);
    }
    memcpy(to, from, size);
    return !memchr(from, '\0', size);
}

enum howdah_status text_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                               struct arena *arena, void *value)
{
    (void)field;
    char *copy = arena_allocate_text(arena, size + 1);
    if (!copy)
        return HOWDAH_STATUS_NO_MEMORY;
    if (!copy_without_nul(copy, data, size))
        return HOWDAH_STATUS_INVALID;
    copy[size] = '\0';
    memcpy(value, &copy, sizeof(copy));
    return HOWDAH_STATUS_OK;
}

static bool text_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    const char *x = text_at(a), *y = text_at(b);
    return x == y || strcmp(x, y) == 0;
}

static uint64_t text_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    const char *text = text_at(value);
    return hash_bytes(0, text, strlen(text));
}

static int text_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return sign(strcmp(text_at(a), text_at(b)));
}

const char *text_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    const char *text = text_at(value);
    return check_utf8(text, strlen(text), bytes);
}

void text_append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    text_encode(field, value, out);
}

const struct codec codec_text = {
    .type = HOWDAH_TYPE_TEXT,
    .c_name = "const char *",
    .sql_type = "text",
    .oid = 25,
    .array_oid = 1009,
    .size = sizeof(const char *),
    .has_pointers = true,
    .encode = text_encode,
    .decode = text_decode,
    .equal = text_equal,
    .hash = text_hash,
    .compare = text_compare,
    .is_text = true,
    .check = text_check,
    .text = text_append,
};

/* --- char[N]: never read past N, also where a program forgot the NUL --- */

static void chars_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    buffer_append(out, value, strnlen(value, field->size));
}

static enum howdah_status chars_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)arena;
    char *text = value;
    if (size >= field->size || memchr(data, '\0', size))
        return HOWDAH_STATUS_INVALID;
    memcpy(text, data, size);
    text[size] = '\0';
    return HOWDAH_STATUS_OK;
}

static bool chars_equal(const struct howdah_field *field, const void *a, const void *b)
{
    return strncmp(a, b, field->size) == 0;
}

static uint64_t chars_hash(const struct howdah_field *field, const void *value)
{
    return hash_bytes(0, value, strnlen(value, field->size));
}

static int chars_compare(const struct howdah_field *field, const void *a, const void *b)
{
    return sign(strncmp(a, b, field->size));
}

static const char *chars_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    size_t size = strnlen(value, field->size);
    return size == field->size ? "is not terminated" : check_utf8(value, size, bytes);
}

const struct codec codec_chars = {
    .type = HOWDAH_TYPE_CHARS,
    .c_name = "char[]",
    .sql_type = "varchar",
    .oid = 1043,
    .array_oid = 1015,
    .encode = chars_encode,
    .decode = chars_decode,
    .equal = chars_equal,
    .hash = chars_hash,
    .compare = chars_compare,
    .check = chars_check,
    .text = chars_encode,
};

/* --- struct howdah_bytes --- */

static struct howdah_bytes bytes_at(const void *value)
{
    struct howdah_bytes bytes;
    memcpy(&bytes, value, sizeof(bytes));
    return bytes;
}

static void bytes_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    struct howdah_bytes bytes = bytes_at(value);
    buffer_append(out, bytes.data, bytes.size);
}

static enum howdah_status bytes_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value)
{
    (void)field;
    struct howdah_bytes bytes = {arena_copy(arena, data, size), size};
    if (!bytes.data)
        return HOWDAH_STATUS_NO_MEMORY;
    memcpy(value, &bytes, sizeof(bytes));
    return HOWDAH_STATUS_OK;
}

static bool bytes_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    struct howdah_bytes x = bytes_at(a), y = bytes_at(b);
    return x.size == y.size && (x.data == y.data || !x.size || memcmp(x.data, y.data, x.size) == 0);
}

static uint64_t bytes_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    struct howdah_bytes bytes = bytes_at(value);
    return hash_bytes(0, bytes.data, bytes.size);
}

static int bytes_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    struct howdah_bytes x = bytes_at(a), y = bytes_at(b);
    size_t common = x.size < y.size ? x.size : y.size;
    int order = common ? sign(memcmp(x.data, y.data, common)) : 0;
    return order ? order : (x.size > y.size) - (x.size < y.size);
}

static bool bytes_copy(const struct howdah_field *field, struct arena *arena, void *value)
{
    struct howdah_bytes bytes = bytes_at(value);
    return bytes_decode(field, bytes.data, bytes.size, arena, value) == HOWDAH_STATUS_OK;
}

static const char *bytes_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    struct howdah_bytes data = bytes_at(value);
    *bytes += data.size;
    if (!data.data && data.size)
        return "has a size but no data";
    return data.size > VALUE_SIZE_MAX ? "is larger than 1 GB" : NULL;
}

static void bytes_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    struct howdah_bytes bytes = bytes_at(value);
    const unsigned char *data = bytes.data;
    static const char digits[] = "0123456789abcdef";
    buffer_text(out, "\\x");
    for (size_t i = 0; i < bytes.size && !out->failed; i++) {
        buffer_byte(out, digits[data[i] >> 4]);
        buffer_byte(out, digits[data[i] & 15]);
    }
}

const struct codec codec_bytes = {
    .type = HOWDAH_TYPE_BYTES,
    .c_name = "PgBytes",
    .sql_type = "bytea",
    .oid = 17,
    .array_oid = 1001,
    .size = sizeof(struct howdah_bytes),
    .has_pointers = true,
    .encode = bytes_encode,
    .decode = bytes_decode,
    .equal = bytes_equal,
    .hash = bytes_hash,
    .compare = bytes_compare,
    .copy = bytes_copy,
    .check = bytes_check,
    .text = bytes_text,
};
