/* A field as a value of the public interface: the same as VALUE(object->field); and its text, for messages. */
#include "column_item.h"

#include "text.h"

static struct howdah_value array_value(const struct column *c, const void *field)
{
    struct array array = array_get(field);
    struct howdah_value value = {.type = (uint32_t)c->codec->type | (uint32_t)HOWDAH_TYPE_ARRAY};
    value.as.array.items = array.items;
    value.as.array.nulls = array.nulls;
    value.as.array.count = array.count;
    return value;
}

static int64_t integer_at(const void *field, size_t size)
{
    int16_t small;
    int32_t middle;
    int64_t large;
    switch (size) {
    case sizeof(small): memcpy(&small, field, sizeof(small)); return small;
    case sizeof(middle): memcpy(&middle, field, sizeof(middle)); return middle;
    default: memcpy(&large, field, sizeof(large)); return large;
    }
}

struct howdah_value column_value(const struct column *c, const void *object)
{
    const void *field = column_field(c, object);
    struct howdah_value value = {.type = HOWDAH_TYPE_NONE};
    if (column_is_null(c, object))
        return value;
    if (c->shape == SHAPE_ARRAY)
        return array_value(c, field);
    value.type = c->codec->type;
    switch (c->codec->type) {
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32:
    case HOWDAH_TYPE_INT64:
    case HOWDAH_TYPE_ENUM:
        value.type = HOWDAH_TYPE_INT64;
        value.as.integer = integer_at(field, c->codec->size);
        break;
    case HOWDAH_TYPE_FLOAT: {
        float real;
        memcpy(&real, field, sizeof(real));
        value.as.real = real;
        break;
    }
    case HOWDAH_TYPE_CHARS:
        value.type = HOWDAH_TYPE_TEXT;
        value.as.text = field;
        break;
    case HOWDAH_TYPE_CODEC: /* a stranger to VALUE: where it lies */
        value.as.bytes = (struct howdah_bytes){field, c->size};
        break;
    default: /* as it stands in the union */ memcpy(&value.as, field, c->codec->size); break;
    }
    return value;
}

enum { DESCRIBED_MAX = 120 };

/* Long values are cut, between two characters. */
static void cut_from(size_t start, struct buffer *out)
{
    size_t end = start + DESCRIBED_MAX;
    if (out->failed || out->size <= end)
        return;
    while (end > start && ((unsigned char)out->data[end] & 0xC0) == 0x80)
        end--;
    out->size = end;
    buffer_text(out, "...");
}

void column_describe(const struct column *c, const void *object, struct buffer *out)
{
    if (column_is_null(c, object)) {
        buffer_text(out, "NULL");
        return;
    }
    buffer_byte(out, '\'');
    size_t start = out->size;
    if (c->shape == SHAPE_ARRAY)
        array_text(c, column_field(c, object), out);
    else
        c->codec->text(c->field, column_field(c, object), out);
    cut_from(start, out);
    buffer_byte(out, '\'');
}
