/* An int or unsigned here, its label on the wire: an enum type's binary format is its text. */
#include "codec_table.h"

#include "utf8.h"

/* NULL if there is none. */
static const char *label_of(const struct howdah_field *field, const void *value)
{
    int32_t x = int32_at(value);
    const struct howdah_label *label = field->labels->labels;
    while (label->label && label->value != x)
        label++;
    return label->label;
}

static void enum_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    const char *label = label_of(field, value);
    if (label)
        buffer_text(out, label);
}

static enum howdah_status enum_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value)
{
    (void)arena;
    for (const struct howdah_label *label = field->labels->labels; label->label; label++) {
        if (strlen(label->label) == size && memcmp(label->label, data, size) == 0) {
            memcpy(value, &label->value, sizeof(label->value));
            return HOWDAH_STATUS_OK;
        }
    }
    return HOWDAH_STATUS_INVALID;
}

static const char *enum_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)bytes;
    const char *label = label_of(field, value);
    if (!label)
        return "has a value without a label";
    return utf8_is_valid(label, strlen(label)) ? NULL : "has a label that is not valid UTF-8";
}

/* For messages a value without a label is still a number. */
static void enum_text(const struct howdah_field *field, const void *value, struct buffer *out)
{
    if (label_of(field, value))
        enum_encode(field, value, out);
    else
        codec_int32.text(field, value, out);
}

const struct codec codec_enum = {
    .type = HOWDAH_TYPE_ENUM,
    .c_name = "an enum",
    .sql_type = "text",
    .oid = 25,
    .array_oid = 1009,
    .size = sizeof(int),
    .encode = enum_encode,
    .decode = enum_decode,
    .equal = int32_equal,
    .hash = int32_hash,
    .compare = int32_compare,
    .check = enum_check,
    .text = enum_text,
};
