/* Looking things up in a mapper, and mappers of plain structs that no catalog has. */
#include "compile.h"

const struct column *mapper_column_at(const struct mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (mapper->columns[i].offset == offset)
            return &mapper->columns[i];
    return NULL;
}

const struct column *mapper_column_of_field(const struct mapper *mapper, const char *field)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (mapper->columns[i].field->name && strcmp(mapper->columns[i].field->name, field) == 0)
            return &mapper->columns[i];
    return NULL;
}

const struct column *mapper_column_named(const struct mapper *mapper, const char *column)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (strcmp(mapper->columns[i].name, column) == 0)
            return &mapper->columns[i];
    return NULL;
}

/* PostgreSQL 18 and later give names to NOT NULL constraints too. */
static bool is_not_null_of(const struct mapper *mapper, const struct column *column, const char *constraint)
{
    char chosen[NAME_SIZE];
    struct name table, name;
    name_look(mapper->table, &table);
    name_look(column->name, &name);
    name_choose(&table, &name, "not_null", chosen);
    return !column->nullable && strcmp(chosen, constraint) == 0;
}

const struct column *mapper_column_of_constraint(const struct mapper *mapper, const char *constraint)
{
    if (!mapper->table)
        return NULL;
    for (uint32_t i = 0; i < mapper->index_count; i++)
        if (strcmp(mapper->indexes[i].name, constraint) == 0)
            return &mapper->columns[mapper->indexes[i].columns[0]];
    for (uint32_t i = 0; i < mapper->foreign_key_count; i++)
        if (strcmp(mapper->foreign_keys[i].name, constraint) == 0)
            return &mapper->columns[mapper->foreign_keys[i].columns[0]];
    for (uint32_t i = 0; i < mapper->check_count; i++)
        if (strcmp(mapper->checks[i].name, constraint) == 0)
            return mapper->checks[i].column;
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (is_not_null_of(mapper, &mapper->columns[i], constraint))
            return &mapper->columns[i];
    return NULL;
}

enum howdah_status mapper_compile_plain(struct arena *arena, const struct howdah_model *model, struct buffer *faults,
                                        const struct mapper **ret)
{
    struct parts parts = {0};
    struct compilation c;
    struct mapper *mapper = ARENA_NEW(arena, struct mapper);
    if (!mapper)
        return HOWDAH_STATUS_NO_MEMORY;
    mapper->model = model;
    compilation_init(&c, arena, faults);
    c.parts = &parts;
    if (model->table)
        compile_fault(&c, mapper, NULL, "has a table, but was not given to database_open");
    else
        compile_rows(&c, mapper);
    if (!c.no_memory)
        compile_profile(&c, mapper);
    if (!c.no_memory)
        compile_optimistic(&c, mapper);
    compilation_done(&c);
    enum howdah_status status = compilation_status(&c);
    if (!status)
        *ret = mapper;
    return status;
}
