/* What the rows of one model must be together. */
#include "compile.h"

#include "base/hash.h"

/* --- places in the struct --- */

/* MANY(T), whatever T is. */
struct many {
    void **items;
    size_t count;
    bool loaded;
};

static bool is_inside(const struct mapper *mapper, const struct howdah_field *field)
{
    return field->offset <= mapper->model->size && field->size <= mapper->model->size - field->offset;
}

void check_relation_place(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    bool many = field->kind == HOWDAH_FIELD_HAS_MANY || field->kind == HOWDAH_FIELD_MANY_TO_MANY;
    size_t size = many ? sizeof(struct many) : sizeof(void *);
    if (!field->name || !*field->name)
        compile_fault(c, mapper, field, "a relation has no name of a field");
    else if (field->size != size || field->offset % _Alignof(void *))
        compile_fault(c, mapper, field, "is no %s", many ? "MANY(...) collection" : "pointer");
}

static bool has_place(const struct howdah_field *field)
{
    return !is_table_row(field);
}

/* In the order of their offsets. Rows mostly stand in that order already. */
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

static void check_places(struct compilation *c, const struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    const struct howdah_field **fields = compile_allocate(c, parts->field_count, sizeof(*fields));
    size_t count = 0;
    for (size_t i = 0; fields && i < parts->field_count; i++) {
        if (!has_place(&parts->fields[i]))
            continue;
        if (is_inside(mapper, &parts->fields[i]))
            fields[count++] = &parts->fields[i];
        else
            compile_fault(c, mapper, &parts->fields[i], "lies outside of its struct, which is %zu bytes long",
                          mapper->model->size);
    }
    sort_by_offset(fields, count);
    for (size_t i = 1; i < count; i++)
        if (fields[i]->offset - fields[i - 1]->offset < fields[i - 1]->size)
            compile_fault(c, mapper, fields[i], "lies in the same place as %s: give each field one row",
                          row_name(fields[i - 1]));
}

/* --- names of columns --- */

static void check_column_names(struct compilation *c, const struct mapper *mapper)
{
    uint32_t *hashes = compile_allocate(c, mapper->column_count, sizeof(*hashes));
    for (uint32_t i = 0; hashes && i < mapper->column_count; i++) {
        const char *name = mapper->columns[i].name;
        hashes[i] = (uint32_t)hash_bytes(0, name, strlen(name));
        for (uint32_t k = 0; k < i; k++)
            if (hashes[k] == hashes[i] && strcmp(mapper->columns[k].name, name) == 0)
                compile_fault(c, mapper, mapper->columns[i].field, "has the column of %s, \"%s\": name another with .column",
                              row_name(mapper->columns[k].field), name);
    }
}

void check_rows(struct compilation *c, const struct mapper *mapper)
{
    check_places(c, mapper);
    check_column_names(c, mapper);
    if (mapper->table && mapper->key_count == 0)
        compile_fault(c, mapper, NULL, "has no primary key: give one column .primary_key = true, or several");
}
