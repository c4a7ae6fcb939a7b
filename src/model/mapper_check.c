/* What the rows of one model must be together. */
#include "compile.h"

/* --- places in the struct --- */

/* MANY(T), whatever T is. */
struct many {
    void **items;
    size_t count;
    bool loaded;
};

void check_relation_place(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    bool many = field->kind == HOWDAH_FIELD_HAS_MANY || field->kind == HOWDAH_FIELD_MANY_TO_MANY;
    size_t size = many ? sizeof(struct many) : sizeof(void *);
    if (!field->name || !*field->name)
        compile_fault(c, mapper, field, "a relation has no name of a field");
    else if (field->size != size || field->offset % _Alignof(void *))
        compile_fault(c, mapper, field, "is no %s", many ? "MANY(...) collection" : "pointer");
}

/* Whether each row lies behind the one before and inside the struct: so it is almost always. */
static bool are_places_in_order(const struct mapper *mapper, const struct howdah_field *fields, size_t count)
{
    size_t end = 0, size = mapper->model->size;
    for (size_t i = 0; i < count; i++) {
        if (is_table_row(&fields[i]))
            continue;
        if (fields[i].offset < end || fields[i].offset > size || fields[i].size > size - fields[i].offset)
            return false;
        end = fields[i].offset + fields[i].size;
    }
    return true;
}

static void sort_by_offset(const struct howdah_field **fields, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct howdah_field *field = fields[i];
        size_t at = i;
        for (; at > 0 && fields[at - 1]->offset > field->offset; at--)
            fields[at] = fields[at - 1];
        fields[at] = field;
    }
}

static void check_places(struct compilation *c, const struct mapper *mapper, const struct howdah_field *fields,
                         size_t count)
{
    size_t size = mapper->model->size, placed = 0;
    const struct howdah_field **sorted = compile_allocate(c, &c->temporary, count, sizeof(*sorted));
    for (size_t i = 0; sorted && i < count; i++) {
        if (is_table_row(&fields[i]))
            continue;
        if (fields[i].offset <= size && fields[i].size <= size - fields[i].offset)
            sorted[placed++] = &fields[i];
        else
            compile_fault(c, mapper, &fields[i], "lies outside of its struct, which is %zu bytes long", size);
    }
    sort_by_offset(sorted, placed);
    for (size_t i = 1; i < placed; i++)
        if (sorted[i]->offset - sorted[i - 1]->offset < sorted[i - 1]->size)
            compile_fault(c, mapper, sorted[i], "lies in the same place as %s: give each field one row",
                          row_name(sorted[i - 1]));
}

/* --- names of columns --- */

static void find_twins(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    const struct name *names = parts_of(c, mapper)->names;
    for (uint32_t i = 0; i < column->index; i++)
        if (names[i].hash == names[column->index].hash && strcmp(mapper->columns[i].name, column->name) == 0)
            compile_fault(c, mapper, column->field, "has the column of %s, \"%s\": name another with .column",
                          row_name(mapper->columns[i].field), column->name);
}

/* Most names find their bit free, and are compared with no other. */
static void check_column_names(struct compilation *c, const struct mapper *mapper)
{
    const struct name *names = parts_of(c, mapper)->names;
    uint64_t seen[16] = {0};
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        uint32_t bit = names[i].hash % 1024;
        if (seen[bit / 64] >> (bit % 64) & 1)
            find_twins(c, mapper, &mapper->columns[i]);
        seen[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
}

void check_rows(struct compilation *c, const struct mapper *mapper, const struct howdah_field *fields, size_t count)
{
    if (!are_places_in_order(mapper, fields, count))
        check_places(c, mapper, fields, count);
    check_column_names(c, mapper);
    if (mapper->table && mapper->key_count == 0)
        compile_fault(c, mapper, NULL, "has no primary key: give one column .primary_key = true, or several");
}
