/* Types of the program's own: they travel as text, through the functions that it gives. */
#include "codec_table.h"

#include "utf8.h"

#include "base/hash.h"

/* Room for the text at the first try. */
enum { FIRST_TRY = 256 };

static bool append(const struct howdah_field *field, const void *value, struct buffer *out)
{
    size_t room = FIRST_TRY, start = out->size;
    for (int tries = 0; tries < 2; tries++) {
        char *text = buffer_extend(out, room);
        if (!text)
            return false;
        ptrdiff_t length = field->codec->encode(value, text, room);
        out->size = start;
        if (length < 0)
            return false;
        if ((size_t)length <= room) {
            out->size = start + (size_t)length;
            return true;
        }
        room = (size_t)length;
    }
    return false; /* it wanted more at each try */
}

/* `check` had nothing against the value, and NULL does not come here: what fails now was short of something. */
static void user_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    if (!append(field, value, out))
        out->failed = true;
}

static void user_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    append(field, value, out);
}

static enum howdah_status user_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)arena;
    return field->codec->decode((const char *)data, size, value) ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
}

static bool user_equal(const struct howdah_field *field, const void *a, const void *b)
{
    return field->codec->equal ? field->codec->equal(a, b) : memcmp(a, b, field->size) == 0;
}

/* What the program calls equal may differ in any byte. */
static uint64_t user_hash(const struct howdah_field *field, const void *value)
{
    return field->codec->equal ? 0 : hash_bytes(0, value, field->size);
}

static int user_compare(const struct howdah_field *field, const void *a, const void *b)
{
    if (user_equal(field, a, b))
        return 0;
    return memcmp(a, b, field->size) < 0 ? -1 : 1;
}

/* A text that is longer than this buffer is left to the server; but it must be the same, whatever room there is. */
static const char *user_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    char text[FIRST_TRY];
    ptrdiff_t length = field->codec->encode(value, text, sizeof(text));
    if (length < 0)
        return "has no text form";
    if (length > VALUE_SIZE_MAX)
        return "is larger than 1 GB";
    *bytes += (size_t)length;
    if ((size_t)length > sizeof(text))
        return field->codec->encode(value, text, sizeof(text) / 2) == length
                   ? NULL
                   : "has a codec that wants more room each time";
    if (memchr(text, '\0', (size_t)length))
        return "has a text form with a NUL";
    return utf8_is_valid(text, (size_t)length) ? NULL : "is not valid UTF-8";
}

const struct codec codec_user = {
    .type = HOWDAH_TYPE_CODEC,
    .c_name = "a type with a codec",
    .sql_type = "text",
    .oid = 25,
    .array_oid = 1009,
    .encode = user_encode,
    .decode = user_decode,
    .equal = user_equal,
    .hash = user_hash,
    .compare = user_compare,
    .check = user_check,
    .text = user_text,
};
