/* The type that a column has in its table, where its C type alone does not say it. */
#include "compile.h"

#include "sqltype.h"
#include "text.h"

enum { VARCHAR_MAX = 10485760 }; /* PostgreSQL's MaxAttrSize, in characters */

static void set_wire(struct compilation *c, const struct sqltype *type, struct column *column)
{
    if (c->no_memory || !sqltype_set_wire(type, c->arena, column))
        c->no_memory = true;
}

/* char[N] holds N - 1 bytes, and no more characters. */
static const char *chars_type(struct compilation *c, const struct column *column)
{
    char length[DECIMAL_MAX];
    if (column->size <= VARCHAR_MAX)
        return compile_text(c, text_join(c->arena, "varchar(", text_decimal(column->size - 1, length), ")", NULL));
    return "text";
}

/* An enum's type: a name, in the model's schema unless it has one of its own. */
static void set_enum_type(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    const char *name = column->field->labels->sql_type, *schema = mapper->schema, *dot = strchr(name, '.'), *why;
    if (dot) {
        schema = compile_text(c, arena_copy_text(&c->temporary, name, (size_t)(dot - name)));
        name = dot + 1;
    }
    if (!schema) /* of a plain struct, for which no statement is made; or memory is out */
        return;
    if ((why = name_fault(name)) || (why = name_fault(schema)))
        compile_fault(c, mapper, column->field, "the name of its enum type %s", why);
    identifier_quote(schema, &c->scratch);
    buffer_byte(&c->scratch, '.');
    identifier_quote(name, &c->scratch);
    column->ddl_type = compile_take(c);
    set_wire(c, &(struct sqltype){.base = column->ddl_type}, column);
}

static void check_type(struct compilation *c, const struct mapper *mapper, const struct column *column,
                       const struct sqltype *type)
{
    const struct howdah_field *field = column->field;
    const char *text = column->ddl_type;
    bool array = column->shape == SHAPE_ARRAY, texts = sqltype_family(column->codec->type) == HOWDAH_TYPE_TEXT;
    if (array && type->known && !type->dimensions)
        compile_fault(c, mapper, field, "is an array, but %s is none: write %s[]", text, text);
    else if (array && type->dimensions > 1)
        compile_fault(c, mapper, field, "holds an array of one dimension, but %s has %u", text, type->dimensions);
    else if (!array && type->dimensions && !texts)
        compile_fault(c, mapper, field, "holds one value, but %s is an array: use the array type of C, or const char *",
                      text);
    if (column->codec->type == HOWDAH_TYPE_TIME && type->known && strcmp(type->known->cast, "timetz") == 0)
        compile_fault(c, mapper, field, "time with time zone has no type in C: use time, or const char *");
    if (column->identity && (!type->known || type->known->family != HOWDAH_TYPE_INT64))
        compile_fault(c, mapper, field, "is GENERATED_IDENTITY, which %s can't be", text);
}

static void set_given_type(struct compilation *c, const struct mapper *mapper, struct column *column, const char *text)
{
    struct sqltype type;
    const char *why;
    enum howdah_status status = sqltype_parse(text, c->arena, &type, &why);
    column->ddl_type = text;
    c->no_memory = c->no_memory || status == HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_INVALID) {
        compile_fault(c, mapper, column->field, "the SQL type \"%s\" %s", text, why);
    } else if (!status) {
        check_type(c, mapper, column, &type);
        set_wire(c, &type, column);
    }
}

void compile_sql_type(struct compilation *c, const struct mapper *mapper, struct column *column)
{
    const struct howdah_field *field = column->field;
    if (field->sql_type)
        set_given_type(c, mapper, column, field->sql_type);
    else if (column->codec->type == HOWDAH_TYPE_CHARS)
        column->ddl_type = chars_type(c, column);
    else if (column->codec->type == HOWDAH_TYPE_CODEC && field->codec && field->codec->sql_type)
        set_given_type(c, mapper, column, field->codec->sql_type);
    else if (column->codec->type == HOWDAH_TYPE_ENUM && field->labels && field->labels->sql_type)
        set_enum_type(c, mapper, column);
}
