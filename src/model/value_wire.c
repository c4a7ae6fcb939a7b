#include "value_wire.h"

#include "column.h"
#include "float_text.h"
#include "text.h"
#include "utf8.h"

#include <limits.h>
#include <string.h>

enum { LENGTH_SIZE = 4, OID_INT4 = 23 };

const struct howdah_field value_no_field;

static enum howdah_status refuse(const char *why, const char **ret_why)
{
    *ret_why = why;
    return HOWDAH_STATUS_INVALID;
}

/* The buffer's bytes become the parameter's, in the arena. Ends the buffer. */
static enum howdah_status keep(struct buffer *b, uint32_t type, struct arena *arena, struct wire_value *ret,
                               const char **ret_why)
{
    const char *data = buffer_copy_text(b, arena);
    size_t size = b->size;
    buffer_done(b);
    if (!data)
        return HOWDAH_STATUS_NO_MEMORY;
    if (size > INT_MAX)
        return refuse("is larger than 1 GB", ret_why);
    *ret = (struct wire_value){type, (int32_t)size, data};
    return HOWDAH_STATUS_OK;
}

static bool is_null_pointer(const void *member)
{
    const void *pointer;
    memcpy(&pointer, member, sizeof(pointer));
    return !pointer;
}

/* --- single values --- */

static enum howdah_status encode(const struct codec *codec, const void *value, struct arena *arena,
                                 struct wire_value *ret, const char **ret_why)
{
    struct buffer b;
    size_t bytes = 0;
    const char *why = codec->check(&value_no_field, value, &bytes);
    if (why)
        return refuse(why, ret_why);
    buffer_init(&b, arena->allocator);
    codec->encode(&value_no_field, value, &b);
    return keep(&b, codec->oid, arena, ret, ret_why);
}

enum howdah_status int32_to_wire(int32_t number, struct arena *arena, struct wire_value *ret)
{
    const char *why;
    return encode(codec_of(HOWDAH_TYPE_INT32), &number, arena, ret, &why);
}

enum howdah_status real_to_wire(double number, struct arena *arena, struct wire_value *ret)
{
    char text[FLOAT_TEXT_MAX];
    size_t length = double_to_text(number, text);
    const char *copy = arena_copy_text(arena, text, length);
    if (!copy)
        return HOWDAH_STATUS_NO_MEMORY;
    *ret = (struct wire_value){0, (int32_t)length, copy};
    return HOWDAH_STATUS_OK;
}

enum howdah_status text_to_wire(const char *text, size_t length, struct arena *arena, struct wire_value *ret,
                                const char **ret_why)
{
    if (length >= INT_MAX)
        return refuse("is larger than 1 GB", ret_why);
    if (!utf8_is_valid(text, length))
        return refuse("is not valid UTF-8", ret_why);
    const char *copy = arena_copy_text(arena, text, length);
    if (!copy)
        return HOWDAH_STATUS_NO_MEMORY;
    *ret = (struct wire_value){0, (int32_t)length, copy};
    return HOWDAH_STATUS_OK;
}

/* What a value holds in another width than the codec of its type. */
static enum howdah_status single(const struct howdah_value *value, struct arena *arena, struct wire_value *ret,
                                 const char **ret_why)
{
    float narrow = (float)value->as.real;
    switch (value->type) {
    case HOWDAH_TYPE_TEXT: return text_to_wire(value->as.text, strlen(value->as.text), arena, ret, ret_why);
    case HOWDAH_TYPE_FLOAT: return encode(codec_of(HOWDAH_TYPE_FLOAT), &narrow, arena, ret, ret_why);
    case HOWDAH_TYPE_UINT64:
        if (value->as.unsigned_integer > INT64_MAX)
            return refuse("is out of range for bigint", ret_why);
        return encode(codec_of(HOWDAH_TYPE_INT64), &value->as, arena, ret, ret_why);
    case HOWDAH_TYPE_BOOL:
    case HOWDAH_TYPE_INT64:
    case HOWDAH_TYPE_DOUBLE:
    case HOWDAH_TYPE_TIMESTAMP:
    case HOWDAH_TYPE_DATE:
    case HOWDAH_TYPE_TIME:
    case HOWDAH_TYPE_INTERVAL:
    case HOWDAH_TYPE_UUID:
    case HOWDAH_TYPE_BYTES:
    case HOWDAH_TYPE_JSON:
    case HOWDAH_TYPE_NUMERIC: return encode(codec_of((enum howdah_type)value->type), &value->as, arena, ret, ret_why);
    default: return refuse("is a value of no type that a parameter can have: use BIND(x)", ret_why);
    }
}

/* --- arrays --- */

static enum howdah_status put_item(const struct codec *codec, const struct howdah_value *value, size_t i,
                                   struct buffer *out, const char **ret_why)
{
    const char *item = (const char *)value->as.array.items + i * codec->size;
    if ((value->as.array.nulls && value->as.array.nulls[i]) || (codec->has_pointers && is_null_pointer(item))) {
        buffer_int32(out, UINT32_MAX);
        return HOWDAH_STATUS_OK;
    }
    size_t bytes = 0;
    const char *why = codec->check(&value_no_field, item, &bytes);
    if (why)
        return refuse(why, ret_why);
    size_t length_at = out->size;
    buffer_int32(out, 0);
    codec->encode(&value_no_field, item, out);
    uint32_t length = network32((uint32_t)(out->size - length_at - LENGTH_SIZE));
    if (!out->failed)
        memcpy(out->data + length_at, &length, sizeof(length));
    return HOWDAH_STATUS_OK;
}

static enum howdah_status array(const struct howdah_value *value, struct arena *arena, struct wire_value *ret,
                                const char **ret_why)
{
    const struct codec *codec = codec_of((enum howdah_type)(value->type & ~(uint32_t)HOWDAH_TYPE_ARRAY));
    size_t count = value->as.array.count;
    enum howdah_status status = HOWDAH_STATUS_OK;
    struct buffer b;
    if (!codec || codec->type > HOWDAH_TYPE_NUMERIC || codec->size == 0 || count > INT_MAX)
        return refuse("is an array of no type that a parameter can have: use BIND(x)", ret_why);
    buffer_init(&b, arena->allocator);
    array_append_header(codec->oid, count, &b);
    for (size_t i = 0; i < count && !status; i++)
        status = put_item(codec, value, i, &b, ret_why);
    if (!status)
        return keep(&b, codec->array_oid, arena, ret, ret_why);
    buffer_done(&b);
    return status;
}

enum howdah_status value_to_wire(const struct howdah_value *value, struct arena *arena, struct wire_value *ret,
                                 const char **ret_why)
{
    bool is_array = (value->type & HOWDAH_TYPE_ARRAY) != 0;
    bool points = is_array || value->type == HOWDAH_TYPE_TEXT || value->type == HOWDAH_TYPE_BYTES ||
                  value->type == HOWDAH_TYPE_JSON || value->type == HOWDAH_TYPE_NUMERIC;
    if (value->type == HOWDAH_TYPE_NONE || (points && is_null_pointer(&value->as))) {
        *ret = (struct wire_value){0, -1, NULL};
        return HOWDAH_STATUS_OK;
    }
    return is_array ? array(value, arena, ret, ret_why) : single(value, arena, ret, ret_why);
}

/* --- copies --- */

static bool copy_items(const struct codec *codec, struct arena *arena, struct howdah_value *value)
{
    size_t count = value->as.array.count, size;
    if (!size_multiply(count, codec->size, &size))
        return false;
    char *items = arena_copy(arena, value->as.array.items, size);
    const bool *nulls = value->as.array.nulls;
    const bool *kept = nulls ? arena_copy(arena, nulls, count * sizeof(*nulls)) : NULL;
    if (!items || (nulls && !kept))
        return false;
    for (size_t i = 0; codec->has_pointers && i < count; i++) {
        char *item = items + i * codec->size;
        if (!(nulls && nulls[i]) && !is_null_pointer(item) && !codec_copy(codec, &value_no_field, arena, item))
            return false;
    }
    value->as.array.items = items;
    value->as.array.nulls = kept;
    return true;
}

bool value_copy(const struct howdah_value *value, struct arena *arena, struct howdah_value *ret)
{
    bool is_array = (value->type & HOWDAH_TYPE_ARRAY) != 0;
    const struct codec *codec = codec_of((enum howdah_type)(value->type & ~(uint32_t)HOWDAH_TYPE_ARRAY));
    *ret = *value;
    if (!codec || (!is_array && !codec->has_pointers) || is_null_pointer(&value->as))
        return true;
    return is_array ? copy_items(codec, arena, ret) : codec_copy(codec, &value_no_field, arena, &ret->as);
}
