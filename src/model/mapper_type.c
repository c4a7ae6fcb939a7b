/* C types of columns: how they lie in a struct, and what all columns of one type have in common. */
#include "compile.h"

#include "sqltype.h"
#include "text.h"

#include <assert.h>

struct layout {
    size_t alignment; /* 0: there is no such type */
    size_t size;      /* 0: any */
    size_t valid_offset;
};

#define PLAIN(T) _Alignof(T), sizeof(T), 0
#define NULLABLE(T) \
    _Alignof(struct howdah_null_##T), sizeof(struct howdah_null_##T), offsetof(struct howdah_null_##T, valid)
#define ARRAY(T) _Alignof(struct howdah_##T##_array), sizeof(struct howdah_##T##_array), 0

static const struct layout plain_layouts[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_BOOL] = {PLAIN(bool)},
    [HOWDAH_TYPE_INT16] = {PLAIN(int16_t)},
    [HOWDAH_TYPE_INT32] = {PLAIN(int32_t)},
    [HOWDAH_TYPE_INT64] = {PLAIN(int64_t)},
    [HOWDAH_TYPE_FLOAT] = {PLAIN(float)},
    [HOWDAH_TYPE_DOUBLE] = {PLAIN(double)},
    [HOWDAH_TYPE_TEXT] = {PLAIN(const char *)},
    [HOWDAH_TYPE_CHARS] = {1, 0, 0},
    [HOWDAH_TYPE_TIMESTAMP] = {PLAIN(struct howdah_timestamp)},
    [HOWDAH_TYPE_DATE] = {PLAIN(struct howdah_date)},
    [HOWDAH_TYPE_TIME] = {PLAIN(struct howdah_time)},
    [HOWDAH_TYPE_INTERVAL] = {PLAIN(struct howdah_interval)},
    [HOWDAH_TYPE_UUID] = {PLAIN(struct howdah_uuid)},
    [HOWDAH_TYPE_BYTES] = {PLAIN(struct howdah_bytes)},
    [HOWDAH_TYPE_JSON] = {PLAIN(struct howdah_json)},
    [HOWDAH_TYPE_NUMERIC] = {PLAIN(struct howdah_numeric)},
    [HOWDAH_TYPE_ENUM] = {PLAIN(int)},
    [HOWDAH_TYPE_CODEC] = {1, 0, 0},
};
static const struct layout nullable_layouts[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_BOOL] = {NULLABLE(bool)},           [HOWDAH_TYPE_INT16] = {NULLABLE(int16)},
    [HOWDAH_TYPE_INT32] = {NULLABLE(int32)},         [HOWDAH_TYPE_INT64] = {NULLABLE(int64)},
    [HOWDAH_TYPE_FLOAT] = {NULLABLE(float)},         [HOWDAH_TYPE_DOUBLE] = {NULLABLE(double)},
    [HOWDAH_TYPE_TIMESTAMP] = {NULLABLE(timestamp)}, [HOWDAH_TYPE_DATE] = {NULLABLE(date)},
    [HOWDAH_TYPE_TIME] = {NULLABLE(time)},           [HOWDAH_TYPE_INTERVAL] = {NULLABLE(interval)},
    [HOWDAH_TYPE_UUID] = {NULLABLE(uuid)},
};
static const struct layout array_layouts[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_BOOL] = {ARRAY(bool)},         [HOWDAH_TYPE_INT16] = {ARRAY(int16)},
    [HOWDAH_TYPE_INT32] = {ARRAY(int32)},       [HOWDAH_TYPE_INT64] = {ARRAY(int64)},
    [HOWDAH_TYPE_FLOAT] = {ARRAY(float)},       [HOWDAH_TYPE_DOUBLE] = {ARRAY(double)},
    [HOWDAH_TYPE_TEXT] = {ARRAY(text)},         [HOWDAH_TYPE_TIMESTAMP] = {ARRAY(timestamp)},
    [HOWDAH_TYPE_DATE] = {ARRAY(date)},         [HOWDAH_TYPE_TIME] = {ARRAY(time)},
    [HOWDAH_TYPE_INTERVAL] = {ARRAY(interval)}, [HOWDAH_TYPE_UUID] = {ARRAY(uuid)},
    [HOWDAH_TYPE_BYTES] = {ARRAY(bytes)},       [HOWDAH_TYPE_JSON] = {ARRAY(json)},
    [HOWDAH_TYPE_NUMERIC] = {ARRAY(numeric)},
};

static const struct layout *const layouts[SHAPE_COUNT] = {
    [SHAPE_PLAIN] = plain_layouts,
    [SHAPE_NULLABLE] = nullable_layouts,
    [SHAPE_ARRAY] = array_layouts,
};

static_assert(HOWDAH_TYPE_NULLABLE == SHAPE_NULLABLE << TYPE_SHAPE_SHIFT, "a flag is the number of its shape");
static_assert(HOWDAH_TYPE_ARRAY == SHAPE_ARRAY << TYPE_SHAPE_SHIFT, "a flag is the number of its shape");

bool make_template(struct compilation *c, enum column_shape shape, enum howdah_type type, struct column_template *like)
{
    const struct layout *layout = &layouts[shape][type];
    const struct codec *codec = codec_of(type);
    if (layout->alignment == 0)
        return false;
    like->alignment = layout->alignment;
    like->column = (struct column){
        .codec = codec,
        .shape = shape,
        .size = layout->size,
        .nullable = shape == SHAPE_NULLABLE,
        .valid_offset = layout->valid_offset,
        .ddl_type = codec->sql_type,
    };
    if (shape == SHAPE_ARRAY)
        like->column.ddl_type = compile_text(c, text_join(c->arena, codec->sql_type, "[]", NULL));
    if (!sqltype_set_wire(NULL, c->arena, &like->column))
        c->no_memory = true;
    return true;
}

/* Labels of a type are names, but for the empty one, which the server takes; those of a text are not. */
static const char *label_fault(const struct howdah_enum *labels, const struct howdah_label *label)
{
    const char *why = labels->sql_type && *label->label ? name_fault(label->label) : NULL;
    for (const struct howdah_label *l = labels->labels; l < label && !why; l++) {
        if (strcmp(l->label, label->label) == 0)
            why = "is there twice";
        else if (l->value == label->value)
            why = "has the constant of another label";
    }
    return why;
}

void check_labels(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_enum *labels = field->labels;
    if (!labels || !labels->labels || !labels->labels->label) {
        compile_fault(c, mapper, field, "has no labels: define them with ENUM, and use COLUMN_ENUM");
        return;
    }
    for (const struct howdah_label *label = labels->labels; label->label; label++) {
        const char *why = label_fault(labels, label);
        if (why)
            compile_fault(c, mapper, field, "the label '%s' %s", label->label, why);
    }
    if (labels->sql_type && field->sql_type)
        compile_fault(c, mapper, field, "has .sql_type, but the type of its enum is %s: take one of them away",
                      labels->sql_type);
}

void check_codec(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_codec *codec = field->codec;
    if (!codec)
        compile_fault(c, mapper, field, "has no codec: use COLUMN_CODEC");
    else if (!codec->encode || !codec->decode || !codec->sql_type)
        compile_fault(c, mapper, field, "its codec needs encode, decode and sql_type");
}
