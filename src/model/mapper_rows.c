/* The first phase: a model's rows, copied and sorted into columns and relations. */
#include "compile.h"

enum {
    COLUMNS_MAX = 1600, /* PostgreSQL's MaxHeapAttributeNumber */
    /* what the first version of the library had; newer ones only add at the end */
    MODEL_SIZE_MIN = offsetof(struct howdah_model, field_count) + sizeof(size_t),
    FIELD_SIZE_MIN = offsetof(struct howdah_field, struct_size) + sizeof(size_t),
};

/* --- the model, and the table --- */

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

static void set_table(struct compilation *c, struct mapper *mapper)
{
    const struct howdah_model *model = mapper->model;
    if (!model->table)
        return;
    mapper->table = model->table;
    mapper->schema = model->schema ? model->schema : c->default_schema;
    struct name *table = &parts_of(c, mapper)->table;
    name_look(mapper->table, table);
    const char *why = name_check(table);
    if (why)
        compile_fault(c, mapper, NULL, "the table's name %s", why);
    if ((why = name_fault(mapper->schema)))
        compile_fault(c, mapper, NULL, "the schema's name %s", why);
    identifier_quote(mapper->schema, &c->scratch);
    buffer_byte(&c->scratch, '.');
    identifier_quote(mapper->table, &c->scratch);
    mapper->quoted = compile_take(c);
}

/* --- the program's rows --- */

/* They may be smaller than ours: a program knows the members that its headers had. */
struct source {
    const char *rows;
    size_t stride;
    size_t count;
};

static const struct howdah_field *source_row(const struct source *source, size_t i)
{
    return (const struct howdah_field *)(const void *)(source->rows + i * source->stride);
}

size_t count_joins(const struct howdah_model *model)
{
    size_t joins = 0;
    if (model->struct_size < MODEL_SIZE_MIN || model->struct_size > sizeof(*model) || !model->fields ||
        model->field_count == 0 || model->fields->struct_size < FIELD_SIZE_MIN ||
        model->fields->struct_size > sizeof(struct howdah_field))
        return 0; /* which is reported later */
    const struct source source = {(const char *)model->fields, model->fields->struct_size, model->field_count};
    for (size_t i = 0; i < source.count; i++)
        joins += source_row(&source, i)->kind == HOWDAH_FIELD_MANY_TO_MANY;
    return joins;
}

/* All rows of an array are as large as the first one says. */
static bool open_source(struct compilation *c, const struct mapper *mapper, struct source *source)
{
    const struct howdah_model *model = mapper->model;
    size_t stride = model->fields->struct_size;
    *source = (struct source){(const char *)model->fields, stride, model->field_count};
    if (stride > sizeof(struct howdah_field)) {
        compile_fault(c, mapper, NULL,
                      "its rows were compiled with the headers of a newer version than this library has");
        return false;
    }
    if (stride < FIELD_SIZE_MIN) {
        compile_fault(c, mapper, NULL,
                      "row 1 has .struct_size = %zu: set it to sizeof(struct howdah_field), as COLUMN does", stride);
        return false;
    }
    return true;
}

static bool check_sizes(struct compilation *c, const struct mapper *mapper, const struct source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        const struct howdah_field *row = source_row(source, i);
        if (row->struct_size == source->stride)
            continue;
        compile_fault(c, mapper, NULL, "row %zu has .struct_size = %zu, row 1 has %zu: give all the same", i + 1,
                      row->struct_size, source->stride);
        return false;
    }
    return true;
}

/* The rows, as large as this library knows them: the program's own, which live as long, or copies. NULL if one can't be
 * read, or memory is out. */
static const struct howdah_field *read_rows(struct compilation *c, const struct mapper *mapper,
                                            const struct source *source)
{
    if (!check_sizes(c, mapper, source))
        return NULL;
    if (source->stride == sizeof(struct howdah_field))
        return source_row(source, 0);
    struct howdah_field *fields = compile_allocate(c, c->arena, source->count, sizeof(*fields));
    for (size_t i = 0; fields && i < source->count; i++)
        memcpy(&fields[i], source_row(source, i), source->stride);
    return fields;
}

/* --- columns --- */

static void add_key_part(struct compilation *c, struct mapper *mapper, const struct column *column)
{
    if (mapper->key_count == KEY_PARTS_MAX) {
        compile_fault(c, mapper, column->field, "is one more part of the primary key than the %d that it can have",
                      KEY_PARTS_MAX);
        return;
    }
    mapper->key[mapper->key_count++] = column->index;
    if (column->identity && mapper->identity)
        compile_fault(c, mapper, column->field, "is GENERATED_IDENTITY, as %s is: only one part of a key can be",
                      row_name(mapper->identity->field));
    else if (column->identity)
        mapper->identity = column;
}

static void add_token(struct compilation *c, struct mapper *mapper, const struct column *column)
{
    if (mapper->token)
        compile_fault(c, mapper, column->field, "is .version, as %s is: one is enough", row_name(mapper->token->field));
    else
        mapper->token = column;
    mapper->version = column->version ? mapper->token : NULL;
}

static void add_row(struct parts *parts, const struct howdah_field *field, const struct column *column)
{
    parts->rows[parts->row_count++] = (struct row){field, column};
}

static void add_column(struct compilation *c, struct mapper *mapper, const struct howdah_field *field)
{
    struct column *column = &mapper->columns[mapper->column_count++];
    compile_column(c, mapper, field, column);
    if (field->primary_key)
        add_key_part(c, mapper, column);
    if (field->version)
        add_token(c, mapper, column);
    mapper->in_place_count += column->shape == SHAPE_ARRAY;
    mapper->has_pointers =
        mapper->has_pointers || column->shape == SHAPE_ARRAY || (column->codec && column->codec->has_pointers);
    if (field->unique || field->index || field->check || field->references || field->references_field ||
        field->on_delete || field->on_update || field->deferrable || field->labels || field->type == HOWDAH_TYPE_CHARS)
        add_row(parts_of(c, mapper), field, column);
}

/* --- relations and rows of the table --- */

static void add_relation(struct compilation *c, struct mapper *mapper, const struct howdah_field *field)
{
    struct parts *parts = parts_of(c, mapper);
    if (!mapper->table)
        compile_fault(c, mapper, field, "is a relation, but its struct has no table: name one in MODEL");
    else
        check_relation_place(c, mapper, field);
    check_relation_options(c, mapper, field);
    mapper->relation_count++;
    add_row(parts, field, NULL);
}

static void add_field(struct compilation *c, struct mapper *mapper, const struct howdah_field *field)
{
    switch (field->kind) {
    case HOWDAH_FIELD_COLUMN: add_column(c, mapper, field); return;
    case HOWDAH_FIELD_BELONGS_TO:
    case HOWDAH_FIELD_HAS_ONE:
    case HOWDAH_FIELD_HAS_MANY:
    case HOWDAH_FIELD_MANY_TO_MANY: add_relation(c, mapper, field); return;
    case HOWDAH_FIELD_INDEX:
    case HOWDAH_FIELD_UNIQUE:
    case HOWDAH_FIELD_CHECK:
        if (!mapper->table)
            compile_fault(c, mapper, field, "has indexes or checks, but no table: name one in MODEL");
        add_row(parts_of(c, mapper), field, NULL);
        return;
    }
    compile_fault(c, mapper, field, "has .kind = %d, which is none of its constants", (int)field->kind);
}

/* --- the whole --- */

static void set_in_place(struct compilation *c, struct mapper *mapper)
{
    struct in_place *in_place = compile_allocate(c, c->arena, mapper->in_place_count, sizeof(*in_place));
    mapper->in_place = in_place;
    for (uint32_t i = 0; in_place && i < mapper->column_count; i++) {
        const struct column *column = &mapper->columns[i];
        if (column->shape == SHAPE_ARRAY && column->codec)
            *in_place++ = (struct in_place){(uint32_t)column->offset, (uint32_t)column->codec->size};
    }
}

static void set_relations(struct compilation *c, struct mapper *mapper)
{
    struct parts *parts = parts_of(c, mapper);
    struct relation *relations = compile_allocate(c, c->arena, mapper->relation_count, sizeof(*relations));
    uint32_t count = 0;
    mapper->relations = parts->relations = relations;
    for (uint32_t i = 0; relations && i < parts->row_count; i++) {
        const struct row *row = &parts->rows[i];
        if (row->column || is_table_row(row->field))
            continue;
        relations[count] = (struct relation){.field = row->field, .mapper = mapper, .index = count};
        count++;
    }
}

/* Looks at the names of all columns, so that one piece of memory is made for all of them as in SQL. */
static bool look_at_names(struct compilation *c, const struct mapper *mapper, const struct howdah_field *fields,
                          size_t count)
{
    struct parts *parts = parts_of(c, mapper);
    struct name *name = parts->names;
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind != HOWDAH_FIELD_COLUMN)
            continue;
        name_look(fields[i].column ? fields[i].column : fields[i].name, name);
        size += name_quoted_size(name++);
    }
    return (parts->quoted = arena_allocate(c->arena, size, 1)) != NULL;
}

/* No more columns, and no more rows that later phases look at, than rows. */
static bool make_room(struct compilation *c, struct mapper *mapper, const struct howdah_field *fields, size_t count)
{
    struct parts *parts = parts_of(c, mapper);
    parts->rows = arena_allocate_array(&c->temporary, count, sizeof(*parts->rows));
    parts->names = arena_allocate_array(&c->temporary, count, sizeof(*parts->names));
    mapper->columns = arena_allocate_array(c->arena, count, sizeof(*mapper->columns));
    if (!parts->rows || !parts->names || !mapper->columns || !look_at_names(c, mapper, fields, count))
        c->no_memory = true;
    return !c->no_memory;
}

void compile_rows(struct compilation *c, struct mapper *mapper)
{
    struct source source;
    if (!check_model(c, mapper) || !open_source(c, mapper, &source))
        return;
    const struct howdah_field *fields = read_rows(c, mapper, &source);
    if (!fields || !make_room(c, mapper, fields, source.count))
        return;
    set_table(c, mapper);
    for (size_t i = 0; i < source.count && !c->no_memory; i++)
        add_field(c, mapper, &fields[i]);
    if (mapper->in_place_count)
        set_in_place(c, mapper);
    if (mapper->relation_count)
        set_relations(c, mapper);
    if (c->no_memory)
        return;
    if (mapper->column_count == 0 || mapper->column_count > COLUMNS_MAX)
        compile_fault(c, mapper, NULL, "has %u columns: it needs one, and a table can have %d", mapper->column_count,
                      COLUMNS_MAX);
    else
        check_rows(c, mapper, fields, source.count);
}
