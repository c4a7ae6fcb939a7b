/* The rows of the codec table, and what several of them share. Private to the codecs. */
#ifndef MODEL_CODEC_TABLE_H
#define MODEL_CODEC_TABLE_H

#include "codec.h"
#include "utf8.h"

#include <string.h>

extern const struct codec codec_bool, codec_int16, codec_int32, codec_int64, codec_float, codec_double;
extern const struct codec codec_text, codec_chars, codec_bytes, codec_json, codec_numeric;
extern const struct codec codec_timestamp, codec_date, codec_time, codec_interval;
extern const struct codec codec_uuid, codec_enum, codec_user;

static inline int32_t int32_at(const void *value)
{
    int32_t x;
    memcpy(&x, value, sizeof(x));
    return x;
}

static inline int64_t int64_at(const void *value)
{
    int64_t x;
    memcpy(&x, value, sizeof(x));
    return x;
}

/* The pointer of a const char *, a howdah_json or a howdah_numeric. */
static inline const char *text_at(const void *value)
{
    const char *text;
    memcpy(&text, value, sizeof(text));
    return text;
}

/* For types that are one integer, or a struct around one. */
void int32_encode(const struct howdah_field *field, const void *value, struct buffer *out);
bool int32_equal(const struct howdah_field *field, const void *a, const void *b);
uint64_t int32_hash(const struct howdah_field *field, const void *value);
int int32_compare(const struct howdah_field *field, const void *a, const void *b);
void int64_encode(const struct howdah_field *field, const void *value, struct buffer *out);
bool int64_equal(const struct howdah_field *field, const void *a, const void *b);
uint64_t int64_hash(const struct howdah_field *field, const void *value);
int int64_compare(const struct howdah_field *field, const void *a, const void *b);

/* For types that are one pointer to text. */
enum howdah_status text_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                               struct arena *arena, void *value);
void text_append(const struct howdah_field *field, const void *value, struct buffer *out);
const char *text_check(const struct howdah_field *field, const void *value, size_t *bytes);

/* For types of which every value can be sent. */
const char *check_nothing(const struct howdah_field *field, const void *value, size_t *bytes);

#endif
