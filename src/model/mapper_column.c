/* One row of kind COLUMN, compiled: whether it can be NULL, and who makes its value. Its type in C is mapper_type.c's,
 * that in the table mapper_sqltype.c's. */
#include "compile.h"

#include "column_item.h"
#include "sqltype.h"

/* --- the C type --- */

static void check_place(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                        const struct column_template *like)
{
    if (like->column.size && field->size != like->column.size)
        compile_fault(c, mapper, field, "has a .size of %zu, but its type is %zu bytes long", field->size,
                      like->column.size);
    else if (field->type == HOWDAH_TYPE_CHARS && field->size < 2)
        compile_fault(c, mapper, field, "is char[%zu], which has no room for text and its final NUL: make it longer",
                      field->size);
    else if (field->size == 0)
        compile_fault(c, mapper, field, "has a .size of 0: set it to sizeof the field, as COLUMN does");
    if (field->offset & (like->alignment - 1))
        compile_fault(c, mapper, field, "lies at offset %zu, where its type can't be: it needs a multiple of %zu",
                      field->offset, like->alignment);
}

/* Begins the column with what all of its type have in common. */
static void set_type(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                     struct column *column)
{
    static const struct column none;
    const struct column_template *like = find_template(c, field->type);
    *column = like ? like->column : none;
    if (!like)
        compile_fault(c, mapper, field,
                      "has type 0x%x, which no column can have: use COLUMN, which takes it from the C type",
                      field->type);
    else
        check_place(c, mapper, field, like);
    if (field->type == HOWDAH_TYPE_ENUM)
        check_labels(c, mapper, field);
    else if (field->type == HOWDAH_TYPE_CODEC)
        check_codec(c, mapper, field);
}

static bool is_integer(const struct column *column)
{
    return column->shape == SHAPE_PLAIN && sqltype_family(column->codec->type) == HOWDAH_TYPE_INT64;
}

/* --- NULL --- */

static bool has_room_for_null(const struct column *column)
{
    return column->shape != SHAPE_PLAIN || column->codec->has_pointers || column->codec->type == HOWDAH_TYPE_CODEC;
}

static void check_key_part(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    const struct howdah_field *field = column->field;
    if (column->shape == SHAPE_ARRAY)
        compile_fault(c, mapper, field, "is an array, which can't be part of the primary key");
    else if (column->shape == SHAPE_NULLABLE)
        compile_fault(c, mapper, field, "is part of the primary key, which is never NULL: use %s",
                      column->codec->c_name);
    else if (field->nullable)
        compile_fault(c, mapper, field, "is part of the primary key, which is never NULL: take .nullable away");
}

static void set_null(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    const struct howdah_field *field = column->field;
    column->key = field->primary_key;
    column->nullable = (column->nullable || field->nullable) && !field->not_null;
    if (field->nullable && field->not_null)
        compile_fault(c, mapper, field, "is .nullable and .not_null: take one of them away");
    else if (field->nullable && !has_room_for_null(column))
        compile_fault(c, mapper, field, "is .nullable, but can't be NULL in C: use %s",
                      null_type_name(column->codec->type));
    if (column->key)
        check_key_part(c, mapper, column);
}

/* --- who makes the value --- */

static void check_identity(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    if (!is_integer(column))
        compile_fault(c, mapper, column->field,
                      "is GENERATED_IDENTITY, which only int16_t, int32_t and int64_t can be");
    else if (column->field->server_default || column->field->stored)
        compile_fault(c, mapper, column->field, "is GENERATED_IDENTITY: take .server_default and .stored away");
}

static void check_uuid(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    if (column->shape != SHAPE_PLAIN || column->codec->type != HOWDAH_TYPE_UUID)
        compile_fault(c, mapper, column->field, "is GENERATED_UUID_V7, which only PgUuid can be");
    else if (column->field->stored)
        compile_fault(c, mapper, column->field, "is GENERATED_UUID_V7 and .stored: take one of them away");
}

static void check_version(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    if (!is_integer(column))
        compile_fault(c, mapper, column->field, "is .version, which only int16_t, int32_t and int64_t can be");
    else if (column->key || column->server_only || column->identity)
        compile_fault(c, mapper, column->field,
                      "is .version, which the library counts: it can be neither part of the key nor generated");
}

/* The transaction that wrote the row last: an xid, which only text can be cast to and from. */
static void set_xmin(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    const struct howdah_field *field = column->field;
    if (column->shape != SHAPE_PLAIN || column->codec->type != HOWDAH_TYPE_INT64)
        compile_fault(c, mapper, field, "is the row's xmin, which only int64_t can be");
    else if (column->key || field->generated || field->stored || field->server_default || field->unique ||
             field->index || field->check || field->references || field->sql_type)
        compile_fault(c, mapper, field, "is the row's xmin, which the server makes: nothing but .version goes with it");
    column->xmin = column->server_only = true;
    column->read_cast = "::text::bigint";
    column->write_cast = "::text::xid";
}

/* A zero is a value: it would be sent, and the default would never be used. */
static void check_default(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    if (column->field->stored)
        compile_fault(c, mapper, column->field, "has .server_default and .stored: take one of them away");
    else if (!column->server_only && !column->identity && !has_room_for_null(column))
        compile_fault(c, mapper, column->field,
                      "has .server_default, which would never be used, since zero is a value like any other: make it "
                      ".generated = GENERATED_BY_SERVER, or use %s",
                      null_type_name(column->codec->type));
}

static void set_generated(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    const struct howdah_field *field = column->field;
    column->identity = field->generated == HOWDAH_GENERATED_IDENTITY;
    column->uuid_v7 = field->generated == HOWDAH_GENERATED_UUID_V7;
    column->server_only = field->generated == HOWDAH_GENERATED_BY_SERVER || field->stored;
    bool xmin = field->version && column->name && strcmp(column->name, "xmin") == 0;
    column->version = field->version && !xmin;
    column->unset_on_insert =
        column->identity || (field->server_default && !column->server_only && has_room_for_null(column));
    if ((unsigned)field->generated > HOWDAH_GENERATED_UUID_V7)
        compile_fault(c, mapper, field, "has .generated = %d, which is none of its constants", (int)field->generated);
    if (column->identity)
        check_identity(c, mapper, column);
    if (column->uuid_v7)
        check_uuid(c, mapper, column);
    if (column->version)
        check_version(c, mapper, column);
    if (field->server_default)
        check_default(c, mapper, column);
    if (xmin)
        set_xmin(c, mapper, column);
}

/* --- the whole --- */

static void set_name(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    struct parts *parts = parts_of(c, mapper);
    const struct name *name = &parts->names[column->index];
    const char *why = name_check(name);
    if (!column->field->name)
        compile_fault(c, mapper, column->field, "the row of column %u has no name of a field", column->index + 1);
    else if (why)
        compile_fault(c, mapper, column->field, "the column's name %s", why);
    column->name = name->text;
    column->quoted = parts->quoted;
    parts->quoted = name_quote(name, parts->quoted) + 1;
}

/* What needs a table. */
static void check_plain(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const char *what = field->version      ? ".version"
                       : field->unique     ? ".unique"
                       : field->index      ? ".index"
                       : field->references ? ".references"
                                           : NULL;
    if (what)
        compile_fault(c, mapper, field, "has %s, but its struct has no table: name one in MODEL", what);
}

/* Types that the C type alone does not say. */
static bool has_options(const struct column *column)
{
    enum howdah_type type = column->codec->type;
    return type == HOWDAH_TYPE_CHARS || type == HOWDAH_TYPE_ENUM || type == HOWDAH_TYPE_CODEC;
}

void compile_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field,
                    struct column *column)
{
    set_type(c, mapper, field, column);
    column->field = field;
    column->index = (uint32_t)(column - mapper->columns);
    column->offset = field->offset;
    column->size = field->size;
    set_name(c, mapper, column);
    if (!mapper->table)
        check_plain(c, mapper, field);
    if (!column->codec)
        return;
    set_null(c, mapper, column);
    if (field->generated || field->version || field->server_default || field->stored)
        set_generated(c, mapper, column);
    if (field->sql_type || has_options(column))
        compile_sql_type(c, mapper, column);
}
