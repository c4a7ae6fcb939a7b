/* jsonb, and json where .sql_type says so. */
#include "codec_table.h"

#include "json.h"

#include "base/ascii.h"
#include "base/hash.h"

#include <string.h>

/* As programs spell types: "json", "JSON[]", " pg_catalog.json", but not "jsonb" or "json_lines". */
bool codec_json_type_is_plain(const char *type)
{
    type += strspn(type, " \t\n");
    ascii_begins(type, "pg_catalog.", &type);
    return ascii_begins(type, "json", &type) && strchr(" \t\n[", *type);
}

static void json_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    if (!codec_json_is_plain(field))
        buffer_byte(out, JSONB_VERSION);
    text_append(field, value, out);
}

/* A field of either type takes a value of the other. */
static enum howdah_status json_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    size_t skipped = size && *data == JSONB_VERSION;
    return size == skipped ? HOWDAH_STATUS_INVALID : text_decode(field, data + skipped, size - skipped, arena, value);
}

static bool json_is_equal(const struct howdah_field *field, const void *a, const void *b)
{
    const char *x = text_at(a), *y = text_at(b);
    return x == y || strcmp(x, y) == 0 || (!codec_json_is_plain(field) && json_equal(x, y));
}

static uint64_t json_digest(const struct howdah_field *field, const void *value)
{
    const char *text = text_at(value);
    return codec_json_is_plain(field) ? hash_bytes(0, text, strlen(text)) : json_hash(text);
}

static int json_order(const struct howdah_field *field, const void *a, const void *b)
{
    const char *x = text_at(a), *y = text_at(b);
    if (!codec_json_is_plain(field))
        return json_compare(x, y);
    int order = strcmp(x, y);
    return (order > 0) - (order < 0);
}

static const char *json_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    const char *text = text_at(value);
    const struct json_look look = json_look(text, !codec_json_is_plain(field));
    if (look.ascii && look.ascii <= VALUE_SIZE_MAX) {
        *bytes += look.ascii;
        return NULL;
    }
    const char *earlier = text_check(field, value, bytes);
    return earlier ? earlier : look.fault;
}

const struct codec codec_json = {
    .type = HOWDAH_TYPE_JSON,
    .c_name = "PgJson",
    .sql_type = "jsonb",
    .oid = 3802,
    .array_oid = 3807,
    .size = sizeof(struct howdah_json),
    .has_pointers = true,
    .encode = json_encode,
    .decode = json_decode,
    .equal = json_is_equal,
    .hash = json_digest,
    .compare = json_order,
    .is_text = true,
    .check = json_check,
    .text = text_append,
};
