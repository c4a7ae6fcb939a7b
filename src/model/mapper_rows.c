/* The first phase: a model's rows, copied and sorted into columns and relations. */
#include "compile.h"

enum {
    COLUMNS_MAX = 1600, /* PostgreSQL's MaxHeapAttributeNumber */
    /* what the first version of the library had; newer ones only add at the end */
    MODEL_SIZE_MIN = offsetof(struct howdah_model, field_count) + sizeof(size_t),
    FIELD_SIZE_MIN = offsetof(struct howdah_field, struct_size) + sizeof(size_t),
};

/* --- copies --- */

static bool check_model(struct compilation *c, const struct mapper *mapper)
{
    const struct howdah_model *model = mapper->model;
    size_t alignment = model->alignment;
    if (model->struct_size < MODEL_SIZE_MIN)
        compile_fault(c, mapper, NULL, "has .struct_size = %zu: set it to sizeof(struct howdah_model), as MODEL does",
                      model->struct_size);
    else if (model->struct_size > sizeof(struct howdah_model))
        compile_fault(c, mapper, NULL, "was compiled with the headers of a newer version than this library has");
    else if (!model->name || !*model->name)
        compile_fault(c, mapper, NULL, "has no name");
    else if (model->size == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        compile_fault(c, mapper, NULL, "set .size and .alignment to those of its struct, as MODEL does");
    else if (!model->fields || model->field_count == 0)
        compile_fault(c, mapper, NULL, "has no columns");
    else
        return true;
    return false;
}

static const struct howdah_field *row_at(const struct howdah_model *model, size_t stride, size_t i)
{
    return (const struct howdah_field *)((uintptr_t)model->fields + i * stride);
}

/* All rows of an array are as large as the first one says. */
static bool check_row_sizes(struct compilation *c, const struct mapper *mapper)
{
    const struct howdah_model *model = mapper->model;
    size_t stride = model->fields->struct_size;
    if (stride > sizeof(struct howdah_field)) {
        compile_fault(c, mapper, NULL, "its rows were compiled with the headers of a newer version than this library has");
        return false;
    }
    if (stride < FIELD_SIZE_MIN) {
        compile_fault(c, mapper, NULL, "row 1 has .struct_size = %zu: set it to sizeof(struct howdah_field), as COLUMN does",
                      stride);
        return false;
    }
    for (size_t i = 1; i < model->field_count; i++) {
        size_t size = row_at(model, stride, i)->struct_size;
        if (size == stride)
            continue;
        compile_fault(c, mapper, NULL, "row %zu has .struct_size = %zu, row 1 has %zu: give all the same", i + 1, size,
                      stride);
        return false;
    }
    return true;
}

static bool copy_rows(struct compilation *c, struct mapper *mapper)
{
    const struct howdah_model *model = mapper->model;
    struct parts *parts = parts_of(c, mapper);
    if (!check_model(c, mapper) || !check_row_sizes(c, mapper))
        return false;
    struct howdah_field *fields = compile_allocate(c, model->field_count, sizeof(*fields));
    if (!fields)
        return false;
    size_t stride = model->fields->struct_size;
    for (size_t i = 0; i < model->field_count; i++)
        memcpy(&fields[i], row_at(model, stride, i), stride);
    *parts = (struct parts){.fields = fields, .field_count = model->field_count};
    return true;
}

/* --- the table --- */

static void set_table(struct compilation *c, struct mapper *mapper)
{
    const struct howdah_model *model = mapper->model;
    if (!model->table)
        return;
    mapper->table = model->table;
    mapper->schema = model->schema ? model->schema : c->default_schema;
    const char *why = name_fault(mapper->table);
    if (why)
        compile_fault(c, mapper, NULL, "the table's name %s", why);
    if ((why = name_fault(mapper->schema)))
        compile_fault(c, mapper, NULL, "the schema's name %s", why);
    identifier_quote(mapper->schema, &c->scratch);
    buffer_byte(&c->scratch, '.');
    identifier_quote(mapper->table, &c->scratch);
    mapper->quoted = compile_take(c);
}

/* --- rows --- */

static bool is_relation(const struct howdah_field *field)
{
    return field->kind >= HOWDAH_FIELD_BELONGS_TO && field->kind <= HOWDAH_FIELD_MANY_TO_MANY;
}

static void check_row(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    if ((unsigned)field->kind - 1 >= HOWDAH_FIELD_CHECK)
        compile_fault(c, mapper, field, "has .kind = %d, which is none of its constants", (int)field->kind);
    else if (!mapper->table && is_relation(field))
        compile_fault(c, mapper, field, "is a relation, but its struct has no table: name one in MODEL");
    else if (!mapper->table && is_table_row(field))
        compile_fault(c, mapper, field, "has indexes or checks, but no table: name one in MODEL");
    else if (is_relation(field))
        check_relation_place(c, mapper, field);
}

static void count_rows(struct compilation *c, const struct mapper *mapper, size_t *ret_columns, size_t *ret_relations)
{
    const struct parts *parts = parts_of(c, mapper);
    size_t columns = 0, relations = 0;
    for (size_t i = 0; i < parts->field_count; i++) {
        check_row(c, mapper, &parts->fields[i]);
        columns += parts->fields[i].kind == HOWDAH_FIELD_COLUMN;
        relations += is_relation(&parts->fields[i]);
    }
    *ret_columns = columns;
    *ret_relations = relations;
}

static void add_key_part(struct compilation *c, struct mapper *mapper, const struct column *column)
{
    if (mapper->key_count == KEY_PARTS_MAX)
        compile_fault(c, mapper, column->field, "is part %d of the primary key: it can have %d", KEY_PARTS_MAX + 1,
                      KEY_PARTS_MAX);
    if (mapper->key_count >= KEY_PARTS_MAX)
        return;
    mapper->key[mapper->key_count++] = column->index;
    if (column->identity && mapper->identity)
        compile_fault(c, mapper, column->field, "is GENERATED_IDENTITY, as %s is: only one part of a key can be",
                      row_name(mapper->identity->field));
    else if (column->identity)
        mapper->identity = column;
}

static void add_version(struct compilation *c, struct mapper *mapper, const struct column *column)
{
    if (mapper->version)
        compile_fault(c, mapper, column->field, "is .version, as %s is: one is enough", row_name(mapper->version->field));
    else
        mapper->version = column;
}

static void add_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field)
{
    struct column *column = &mapper->columns[mapper->column_count++];
    compile_column(c, mapper, field, column);
    if (field->primary_key)
        add_key_part(c, mapper, column);
    if (column->version)
        add_version(c, mapper, column);
    mapper->has_pointers = mapper->has_pointers || column->shape == SHAPE_ARRAY ||
                           (column->codec && column->codec->has_pointers);
    mapper->in_place_count += column->shape == SHAPE_ARRAY;
}

static void add_relation(struct parts *parts, struct mapper *mapper, const struct howdah_field *field)
{
    parts->relations[mapper->relation_count] =
        (struct relation){.field = field, .index = mapper->relation_count};
    mapper->relation_count++;
}

static void set_in_place(struct compilation *c, struct mapper *mapper)
{
    uint32_t *in_place = compile_allocate(c, mapper->in_place_count, sizeof(*in_place));
    mapper->in_place = in_place;
    for (uint32_t i = 0; in_place && i < mapper->column_count; i++)
        if (mapper->columns[i].shape == SHAPE_ARRAY)
            *in_place++ = i;
}

void compile_rows(struct compilation *c, struct mapper *mapper)
{
    size_t columns = 0, relations = 0;
    struct parts *parts = parts_of(c, mapper);
    if (!copy_rows(c, mapper))
        return;
    set_table(c, mapper);
    count_rows(c, mapper, &columns, &relations);
    if (columns == 0 || columns > COLUMNS_MAX) {
        compile_fault(c, mapper, NULL, "has %zu columns: it needs one, and a table can have %d", columns, COLUMNS_MAX);
        return;
    }
    mapper->columns = compile_allocate(c, columns, sizeof(*mapper->columns));
    mapper->relations = parts->relations = compile_allocate(c, relations, sizeof(*parts->relations));
    for (size_t i = 0; i < parts->field_count && !c->no_memory; i++) {
        const struct howdah_field *field = &parts->fields[i];
        if (field->kind == HOWDAH_FIELD_COLUMN)
            add_column(c, mapper, field);
        else if (is_relation(field))
            add_relation(parts, mapper, field);
    }
    if (!c->no_memory && mapper->in_place_count)
        set_in_place(c, mapper);
    if (!c->no_memory)
        check_rows(c, mapper);
}
