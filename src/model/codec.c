#include "codec_table.h"

static const struct codec *const codecs[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_BOOL] = &codec_bool,           [HOWDAH_TYPE_INT16] = &codec_int16,
    [HOWDAH_TYPE_INT32] = &codec_int32,         [HOWDAH_TYPE_INT64] = &codec_int64,
    [HOWDAH_TYPE_FLOAT] = &codec_float,         [HOWDAH_TYPE_DOUBLE] = &codec_double,
    [HOWDAH_TYPE_TEXT] = &codec_text,           [HOWDAH_TYPE_CHARS] = &codec_chars,
    [HOWDAH_TYPE_TIMESTAMP] = &codec_timestamp, [HOWDAH_TYPE_DATE] = &codec_date,
    [HOWDAH_TYPE_TIME] = &codec_time,           [HOWDAH_TYPE_INTERVAL] = &codec_interval,
    [HOWDAH_TYPE_UUID] = &codec_uuid,           [HOWDAH_TYPE_BYTES] = &codec_bytes,
    [HOWDAH_TYPE_JSON] = &codec_json,           [HOWDAH_TYPE_NUMERIC] = &codec_numeric,
    [HOWDAH_TYPE_ENUM] = &codec_enum,           [HOWDAH_TYPE_CODEC] = &codec_user,
};

const struct codec *codec_of(enum howdah_type type)
{
    return (unsigned)type < HOWDAH_TYPE_COUNT ? codecs[type] : NULL;
}

const char *check_nothing(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    (void)value;
    (void)bytes;
    return NULL;
}
