#include "codec_table.h"

#include "base/hash.h"

enum { SIZE = sizeof(struct howdah_uuid) };

static void uuid_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    buffer_append(out, value, SIZE);
}

static enum howdah_status uuid_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)field;
    (void)arena;
    if (size != SIZE)
        return HOWDAH_STATUS_INVALID;
    memcpy(value, data, SIZE);
    return HOWDAH_STATUS_OK;
}

static bool uuid_equal(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    return memcmp(a, b, SIZE) == 0;
}

static uint64_t uuid_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    const char *bytes = value;
    return hash_combine((uint64_t)int64_at(bytes), (uint64_t)int64_at(bytes + 8));
}

static int uuid_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    int order = memcmp(a, b, SIZE);
    return (order > 0) - (order < 0);
}

static void uuid_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    struct howdah_uuid uuid;
    char text[HOWDAH_TEXT_MAX];
    memcpy(&uuid, value, SIZE);
    howdah_uuid_to_text(uuid, text);
    buffer_text(out, text);
}

const struct codec codec_uuid = {
    .type = HOWDAH_TYPE_UUID,
    .c_name = "PgUuid",
    .sql_type = "uuid",
    .oid = 2950,
    .array_oid = 2951,
    .size = SIZE,
    .encode = uuid_encode,
    .decode = uuid_decode,
    .equal = uuid_equal,
    .hash = uuid_hash,
    .compare = uuid_compare,
    .check = check_nothing,
    .text = uuid_text,
};
