/* One row of kind COLUMN, compiled: its C type, its place, whether it can be NULL, who makes its value, and the type
 * that it has in the table. */
#include "compile.h"

#include "column_item.h"
#include "sqltype.h"
#include "text.h"

/* What is being compiled. */
struct work {
    struct compilation *c;
    struct mapper *mapper;
    const struct howdah_field *field;
    struct column *column;
};

#define FAULT(w, ...) compile_fault((w)->c, (w)->mapper, (w)->field, __VA_ARGS__)

/* --- the C type --- */

struct layout {
    size_t alignment; /* 0: there is no such type */
    size_t size;      /* 0: any */
    size_t valid_offset;
};

#define PLAIN(T) {_Alignof(T), sizeof(T), 0}
#define NULLABLE(T) \
    {_Alignof(struct howdah_null_##T), sizeof(struct howdah_null_##T), offsetof(struct howdah_null_##T, valid)}
#define ARRAY(T) {_Alignof(struct howdah_##T##_array), sizeof(struct howdah_##T##_array), 0}

static const struct layout layouts[][HOWDAH_TYPE_COUNT] = {
    [SHAPE_PLAIN] = {
        [HOWDAH_TYPE_BOOL] = PLAIN(bool),
        [HOWDAH_TYPE_INT16] = PLAIN(int16_t),
        [HOWDAH_TYPE_INT32] = PLAIN(int32_t),
        [HOWDAH_TYPE_INT64] = PLAIN(int64_t),
        [HOWDAH_TYPE_FLOAT] = PLAIN(float),
        [HOWDAH_TYPE_DOUBLE] = PLAIN(double),
        [HOWDAH_TYPE_TEXT] = PLAIN(const char *),
        [HOWDAH_TYPE_CHARS] = {1, 0, 0},
        [HOWDAH_TYPE_TIMESTAMP] = PLAIN(struct howdah_timestamp),
        [HOWDAH_TYPE_DATE] = PLAIN(struct howdah_date),
        [HOWDAH_TYPE_TIME] = PLAIN(struct howdah_time),
        [HOWDAH_TYPE_INTERVAL] = PLAIN(struct howdah_interval),
        [HOWDAH_TYPE_UUID] = PLAIN(struct howdah_uuid),
        [HOWDAH_TYPE_BYTES] = PLAIN(struct howdah_bytes),
        [HOWDAH_TYPE_JSON] = PLAIN(struct howdah_json),
        [HOWDAH_TYPE_NUMERIC] = PLAIN(struct howdah_numeric),
        [HOWDAH_TYPE_ENUM] = PLAIN(int),
        [HOWDAH_TYPE_CODEC] = {1, 0, 0},
    },
    [SHAPE_NULLABLE] = {
        [HOWDAH_TYPE_BOOL] = NULLABLE(bool),
        [HOWDAH_TYPE_INT16] = NULLABLE(int16),
        [HOWDAH_TYPE_INT32] = NULLABLE(int32),
        [HOWDAH_TYPE_INT64] = NULLABLE(int64),
        [HOWDAH_TYPE_FLOAT] = NULLABLE(float),
        [HOWDAH_TYPE_DOUBLE] = NULLABLE(double),
        [HOWDAH_TYPE_TIMESTAMP] = NULLABLE(timestamp),
        [HOWDAH_TYPE_DATE] = NULLABLE(date),
        [HOWDAH_TYPE_TIME] = NULLABLE(time),
        [HOWDAH_TYPE_INTERVAL] = NULLABLE(interval),
        [HOWDAH_TYPE_UUID] = NULLABLE(uuid),
    },
    [SHAPE_ARRAY] = {
        [HOWDAH_TYPE_BOOL] = ARRAY(bool),
        [HOWDAH_TYPE_INT16] = ARRAY(int16),
        [HOWDAH_TYPE_INT32] = ARRAY(int32),
        [HOWDAH_TYPE_INT64] = ARRAY(int64),
        [HOWDAH_TYPE_FLOAT] = ARRAY(float),
        [HOWDAH_TYPE_DOUBLE] = ARRAY(double),
        [HOWDAH_TYPE_TEXT] = ARRAY(text),
        [HOWDAH_TYPE_TIMESTAMP] = ARRAY(timestamp),
        [HOWDAH_TYPE_DATE] = ARRAY(date),
        [HOWDAH_TYPE_TIME] = ARRAY(time),
        [HOWDAH_TYPE_INTERVAL] = ARRAY(interval),
        [HOWDAH_TYPE_UUID] = ARRAY(uuid),
        [HOWDAH_TYPE_BYTES] = ARRAY(bytes),
        [HOWDAH_TYPE_JSON] = ARRAY(json),
        [HOWDAH_TYPE_NUMERIC] = ARRAY(numeric),
    },
};

/* The layout of the row's type, and its shape; NULL if there is no such type. */
static const struct layout *find_layout(uint32_t type, enum column_shape *ret_shape)
{
    uint32_t plain = type & ~((uint32_t)HOWDAH_TYPE_NULLABLE | (uint32_t)HOWDAH_TYPE_ARRAY);
    bool nullable = (type & HOWDAH_TYPE_NULLABLE) != 0, array = (type & HOWDAH_TYPE_ARRAY) != 0;
    if (plain >= HOWDAH_TYPE_COUNT || (nullable && array))
        return NULL;
    *ret_shape = nullable ? SHAPE_NULLABLE : array ? SHAPE_ARRAY : SHAPE_PLAIN;
    const struct layout *layout = &layouts[*ret_shape][plain];
    return layout->alignment ? layout : NULL;
}

static bool is_integer(const struct column *column)
{
    return column->shape == SHAPE_PLAIN && sqltype_family(column->codec->type) == HOWDAH_TYPE_INT64;
}

/* Labels of a type are names; those of a text are not. */
static const char *label_fault(const struct howdah_enum *labels, const struct howdah_label *label)
{
    const char *why = labels->sql_type ? name_fault(label->label) : NULL;
    for (const struct howdah_label *l = labels->labels; l < label && !why; l++) {
        if (strcmp(l->label, label->label) == 0)
            why = "is there twice";
        else if (l->value == label->value)
            why = "has the constant of another label";
    }
    return why;
}

static void check_labels(struct work *w)
{
    const struct howdah_enum *labels = w->field->labels;
    if (!labels || !labels->labels || !labels->labels->label) {
        FAULT(w, "has no labels: define them with ENUM, and use COLUMN_ENUM");
        return;
    }
    for (const struct howdah_label *label = labels->labels; label->label; label++) {
        const char *why = label_fault(labels, label);
        if (why)
            FAULT(w, "the label '%s' %s", label->label, why);
    }
    if (labels->sql_type && w->field->sql_type)
        FAULT(w, "has .sql_type, but the type of its enum is %s: take one of them away", labels->sql_type);
}

static void check_codec(struct work *w)
{
    const struct howdah_codec *codec = w->field->codec;
    if (!codec)
        FAULT(w, "has no codec: use COLUMN_CODEC");
    else if (!codec->encode || !codec->decode || !codec->sql_type)
        FAULT(w, "its codec needs encode, decode and sql_type");
}

/* False if the column has no type that could be worked with. */
static bool set_type(struct work *w)
{
    struct column *column = w->column;
    const struct layout *layout = find_layout(w->field->type, &column->shape);
    if (!layout) {
        FAULT(w, "has type 0x%x, which no column can have: use COLUMN, which takes it from the C type", w->field->type);
        return false;
    }
    column->codec = codec_of((enum howdah_type)(w->field->type & 0xff));
    column->valid_offset = layout->valid_offset;
    if (column->codec->type == HOWDAH_TYPE_CHARS && column->size < 2)
        FAULT(w, "is char[%zu], which has no room for text and its final NUL: make it longer", column->size);
    else if (layout->size && column->size != layout->size)
        FAULT(w, "has a .size of %zu, but its type is %zu bytes long", column->size, layout->size);
    else if (column->size == 0)
        FAULT(w, "has a .size of 0: set it to sizeof the field, as COLUMN does");
    if (column->offset % layout->alignment)
        FAULT(w, "lies at offset %zu, where its type can't be: it needs a multiple of %zu", column->offset,
              layout->alignment);
    if (column->codec->type == HOWDAH_TYPE_ENUM)
        check_labels(w);
    if (column->codec->type == HOWDAH_TYPE_CODEC)
        check_codec(w);
    return true;
}

/* --- NULL --- */

static bool has_room_for_null(const struct column *column)
{
    return column->shape != SHAPE_PLAIN || column->codec->has_pointers || column->codec->type == HOWDAH_TYPE_CODEC;
}

static void check_key_part(struct work *w)
{
    if (w->column->shape == SHAPE_ARRAY)
        FAULT(w, "is an array, which can't be part of the primary key");
    else if (w->column->shape == SHAPE_NULLABLE)
        FAULT(w, "is part of the primary key, which is never NULL: use %s", w->column->codec->c_name);
    else if (w->field->nullable)
        FAULT(w, "is part of the primary key, which is never NULL: take .nullable away");
}

static void set_null(struct work *w)
{
    const struct howdah_field *field = w->field;
    struct column *column = w->column;
    column->key = field->primary_key;
    column->nullable = column->shape == SHAPE_NULLABLE ? !field->not_null : field->nullable;
    if (field->nullable && field->not_null)
        FAULT(w, "is .nullable and .not_null: take one of them away");
    else if (field->nullable && !has_room_for_null(column))
        FAULT(w, "is .nullable, but can't be NULL in C: use %s", null_type_name(column->codec->type));
    if (column->key)
        check_key_part(w);
}

/* --- who makes the value --- */

static void check_identity(struct work *w)
{
    if (!is_integer(w->column))
        FAULT(w, "is GENERATED_IDENTITY, which only int16_t, int32_t and int64_t can be");
    else if (w->field->server_default || w->field->stored)
        FAULT(w, "is GENERATED_IDENTITY: take .server_default and .stored away");
}

static void check_version(struct work *w)
{
    if (!is_integer(w->column))
        FAULT(w, "is .version, which only int16_t, int32_t and int64_t can be");
    else if (w->column->key || w->column->server_only || w->column->identity)
        FAULT(w, "is .version, which the library counts: it can be neither part of the key nor generated");
}

/* A zero is a value: it would be sent, and the default would never be used. */
static void check_default(struct work *w)
{
    if (w->field->stored)
        FAULT(w, "has .server_default and .stored: take one of them away");
    else if (!w->column->server_only && !w->column->identity && !has_room_for_null(w->column))
        FAULT(w, "has .server_default, which would never be used, since zero is a value like any other: make it "
                 ".generated = GENERATED_BY_SERVER, or use %s",
              null_type_name(w->column->codec->type));
}

static void set_generated(struct work *w)
{
    const struct howdah_field *field = w->field;
    struct column *column = w->column;
    column->identity = field->generated == HOWDAH_GENERATED_IDENTITY;
    column->uuid_v7 = field->generated == HOWDAH_GENERATED_UUID_V7;
    column->server_only = field->generated == HOWDAH_GENERATED_BY_SERVER || field->stored;
    column->version = field->version;
    column->unset_on_insert =
        column->identity || (field->server_default && !column->server_only && has_room_for_null(column));
    if ((unsigned)field->generated > HOWDAH_GENERATED_UUID_V7)
        FAULT(w, "has .generated = %d, which is none of its constants", (int)field->generated);
    if (column->identity)
        check_identity(w);
    if (column->uuid_v7 && (column->shape != SHAPE_PLAIN || column->codec->type != HOWDAH_TYPE_UUID))
        FAULT(w, "is GENERATED_UUID_V7, which only PgUuid can be");
    if (column->uuid_v7 && field->stored)
        FAULT(w, "is GENERATED_UUID_V7 and .stored: take one of them away");
    if (column->version)
        check_version(w);
    if (field->server_default)
        check_default(w);
}

/* --- the type in the table --- */

enum { VARCHAR_MAX = 10485760 }; /* PostgreSQL's MaxAttrSize, in characters */

/* What CREATE TABLE writes where the program says nothing. */
static const char *default_ddl_type(struct work *w)
{
    const struct column *column = w->column;
    char length[DECIMAL_MAX];
    if (column->shape == SHAPE_ARRAY)
        return text_join(w->c->arena, column->codec->sql_type, "[]", NULL);
    if (column->codec->type != HOWDAH_TYPE_CHARS)
        return column->codec->sql_type;
    if (column->size - 1 > VARCHAR_MAX)
        return "text";
    return text_join(w->c->arena, "varchar(", text_decimal(column->size - 1, length), ")", NULL);
}

/* An enum's type: a name, in the model's schema unless it has one of its own. */
static const char *enum_type(struct work *w, const char *name)
{
    const char *dot = strchr(name, '.'), *schema = w->mapper->schema, *why;
    if (dot) {
        schema = compile_text(w->c, arena_copy_text(w->c->arena, name, (size_t)(dot - name)));
        name = dot + 1;
    }
    if (!schema) /* of a plain struct, or memory is out */
        return name;
    if ((why = name_fault(name)) || (why = name_fault(schema)))
        FAULT(w, "the name of its enum type %s", why);
    identifier_quote(schema, &w->c->scratch);
    buffer_byte(&w->c->scratch, '.');
    identifier_quote(name, &w->c->scratch);
    return compile_take(w->c);
}

static void check_sql_type(struct work *w, const struct sqltype *type, const char *text)
{
    const struct column *column = w->column;
    if (column->shape == SHAPE_ARRAY && type->known && !type->dimensions)
        FAULT(w, "is an array, but %s is none: write %s[]", text, text);
    else if (column->shape == SHAPE_ARRAY && type->dimensions > 1)
        FAULT(w, "holds an array of one dimension, but %s has %u", text, type->dimensions);
    else if (column->shape != SHAPE_ARRAY && type->dimensions &&
             sqltype_family(column->codec->type) != HOWDAH_TYPE_TEXT)
        FAULT(w, "holds one value, but %s is an array: use the array type of C, or const char *", text);
    if (column->codec->type == HOWDAH_TYPE_TIME && type->known && strcmp(type->known->cast, "timetz") == 0)
        FAULT(w, "time with time zone has no type in C: use time, or const char *");
    if (column->identity && (!type->known || type->known->family != HOWDAH_TYPE_INT64))
        FAULT(w, "is GENERATED_IDENTITY, which %s can't be", text);
}

static void parse_sql_type(struct work *w, const char *text)
{
    struct sqltype type;
    const char *why;
    enum howdah_status status = sqltype_parse(text, w->c->arena, &type, &why);
    if (status == HOWDAH_STATUS_INVALID) {
        FAULT(w, "the SQL type \"%s\" %s", text, why);
        return;
    }
    w->c->no_memory = w->c->no_memory || status;
    if (status)
        return;
    check_sql_type(w, &type, text);
    if (!sqltype_set_wire(&type, w->c->arena, w->column))
        w->c->no_memory = true;
}

static void set_sql_type(struct work *w)
{
    struct column *column = w->column;
    const struct howdah_field *field = w->field;
    const char *text = field->sql_type;
    if (!text && column->codec->type == HOWDAH_TYPE_CODEC && field->codec)
        text = field->codec->sql_type;
    struct sqltype own = {0}, *type = NULL;
    column->ddl_type = text;
    if (!text && column->codec->type == HOWDAH_TYPE_ENUM && field->labels && field->labels->sql_type) {
        own.base = column->ddl_type = enum_type(w, field->labels->sql_type);
        type = &own;
    } else if (!text) {
        column->ddl_type = compile_text(w->c, default_ddl_type(w));
    }
    if (w->c->no_memory)
        return;
    if (!sqltype_set_wire(type, w->c->arena, column))
        w->c->no_memory = true;
    if (text)
        parse_sql_type(w, text);
}

/* --- the whole --- */

static void set_name(struct work *w)
{
    struct column *column = w->column;
    const struct howdah_field *field = w->field;
    const char *name = field->column ? field->column : field->name, *why = name_fault(name);
    column->name = name ? name : "";
    if (!field->name)
        FAULT(w, "the row of column %u has no name of a field", column->index + 1);
    else if (why)
        FAULT(w, "the column's name %s", why);
    identifier_quote(column->name, &w->c->scratch);
    column->quoted = compile_take(w->c);
}

/* What needs a table. */
static void check_plain(struct work *w)
{
    const struct howdah_field *field = w->field;
    const char *what = field->version      ? ".version"
                       : field->unique     ? ".unique"
                       : field->index      ? ".index"
                       : field->references ? ".references"
                                           : NULL;
    if (what)
        FAULT(w, "has %s, but its struct has no table: name one in MODEL", what);
}

void compile_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field,
                    struct column *column)
{
    struct work w = {c, mapper, field, column};
    *column = (struct column){
        .field = field,
        .index = (uint32_t)(column - mapper->columns),
        .offset = field->offset,
        .size = field->size,
    };
    set_name(&w);
    if (!mapper->table)
        check_plain(&w);
    if (!set_type(&w))
        return;
    set_null(&w);
    set_generated(&w);
    set_sql_type(&w);
}
