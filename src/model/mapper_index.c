/* Indexes, uniqueness and checks, and the names of those that the program gave none: as PostgreSQL would choose them, so
 * that models fit tables that were made by hand. */
#include "compile.h"

#include "text.h"

/* --- names --- */

/* A default name that nothing else has: with a number behind it if need be. */
static const char *choose_name(struct compilation *c, const struct mapper *mapper, const char *columns,
                               const char *label, bool relation, bool constraint)
{
    char name[NAME_SIZE], numbered[sizeof("check") + DECIMAL_MAX];
    size_t length = strlen(label);
    memcpy(numbered, label, length + 1);
    name_choose(mapper->table, columns, label, name);
    for (uint64_t i = 1; (relation && name_is_given(c, NAME_RELATION, mapper, name)) ||
                         (constraint && name_is_given(c, NAME_CONSTRAINT, mapper, name)); i++) {
        text_decimal(i, numbered + length);
        name_choose(mapper->table, columns, numbered, name);
    }
    const char *kept = compile_text(c, arena_copy_text(c->arena, name, strlen(name)));
    if (kept && relation)
        name_give(c, NAME_RELATION, mapper, kept, mapper->columns[0].field);
    if (kept && constraint)
        name_give(c, NAME_CONSTRAINT, mapper, kept, mapper->columns[0].field);
    return kept;
}

static const char *name_columns(const struct mapper *mapper, const uint32_t *columns, uint32_t count,
                                char list[NAME_LIST_SIZE])
{
    *list = '\0';
    for (uint32_t i = 0; i < count; i++)
        name_list_add(list, mapper->columns[columns[i]].name);
    return list;
}

/* --- indexes --- */

enum { INDEX_COLUMNS_MAX = 32 }; /* PostgreSQL's INDEX_MAX_KEYS */

struct index_list {
    struct table_index *indexes;
    uint32_t count;
};

static void add_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                      struct table_index index)
{
    char columns[NAME_LIST_SIZE];
    bool constraint = index.primary || (index.unique && is_constraint(index.field));
    if (index.primary)
        index.name = choose_name(c, mapper, NULL, "pkey", true, true);
    else if (!index.name)
        index.name = choose_name(c, mapper, name_columns(mapper, index.columns, index.count, columns),
                                 constraint ? "key" : "idx", true, constraint);
    list->indexes[list->count++] = index;
}

static void add_column_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                             const struct column *column, bool unique)
{
    add_index(c, mapper, list,
              (struct table_index){.field = column->field, .columns = &column->index, .count = 1, .unique = unique});
}

static void add_table_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                            const struct howdah_field *field)
{
    size_t count = field->column_count;
    if (!field->columns || count == 0 || count > INDEX_COLUMNS_MAX) {
        compile_fault(c, mapper, field, "an index has %zu fields: name 1 to %d", count, INDEX_COLUMNS_MAX);
        return;
    }
    uint32_t *columns = compile_allocate(c, count, sizeof(*columns));
    if (!columns || !compile_offsets(c, mapper, field, mapper, field->columns, count, columns))
        return;
    add_index(c, mapper, list,
              (struct table_index){.field = field, .name = field->name, .columns = columns, .count = (uint32_t)count,
                                   .unique = field->kind == HOWDAH_FIELD_UNIQUE});
}

static size_t count_indexes(const struct parts *parts)
{
    size_t count = 1;
    for (size_t i = 0; i < parts->field_count; i++) {
        const struct howdah_field *field = &parts->fields[i];
        bool column = field->kind == HOWDAH_FIELD_COLUMN;
        count += (column && field->unique) + (size_t)(column && field->index) +
                 (field->kind == HOWDAH_FIELD_UNIQUE || field->kind == HOWDAH_FIELD_INDEX);
    }
    return count;
}

/* The key, then uniqueness, then the rest: in the order in which PostgreSQL would name them. */
static void make_indexes(struct compilation *c, struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    struct index_list list = {compile_allocate(c, count_indexes(parts), sizeof(*list.indexes)), 0};
    if (list.indexes && mapper->key_count)
        add_index(c, mapper, &list,
                  (struct table_index){.field = mapper->columns[mapper->key[0]].field, .columns = mapper->key,
                                       .count = mapper->key_count, .unique = true, .primary = true});
    for (int unique = 1; unique >= 0; unique--) {
        for (uint32_t i = 0; i < mapper->column_count && !c->no_memory; i++)
            if (unique ? mapper->columns[i].field->unique : mapper->columns[i].field->index)
                add_column_index(c, mapper, &list, &mapper->columns[i], unique);
        for (size_t i = 0; i < parts->field_count && !c->no_memory; i++)
            if (parts->fields[i].kind == (unique ? HOWDAH_FIELD_UNIQUE : HOWDAH_FIELD_INDEX))
                add_table_index(c, mapper, &list, &parts->fields[i]);
    }
    mapper->indexes = list.indexes;
    mapper->index_count = list.count;
}

static void name_foreign_keys(struct compilation *c, const struct mapper *mapper)
{
    struct foreign_key *keys = parts_of(c, mapper)->foreign_keys;
    char list[NAME_LIST_SIZE];
    for (uint32_t i = 0; i < mapper->foreign_key_count && !c->no_memory; i++)
        keys[i].name = choose_name(c, mapper, name_columns(mapper, keys[i].columns, keys[i].count, list), "fkey", false,
                                   true);
}

/* --- checks --- */

struct check_list {
    struct table_check *checks;
    uint32_t count;
};

static void add_check(struct compilation *c, const struct mapper *mapper, struct check_list *list,
                      const struct column *column, const char *name, const char *condition)
{
    if (!name)
        name = choose_name(c, mapper, column ? column->name : NULL, "check", false, true);
    list->checks[list->count++] = (struct table_check){.name = name, .condition = condition, .column = column};
}

/* What the struct can hold, in bytes: characters are what varchar(n) counts. */
static const char *length_condition(struct compilation *c, const struct column *column)
{
    char size[DECIMAL_MAX];
    const char *cast = column->field->sql_type ? "::text" : "";
    return compile_text(c, text_join(c->arena, "octet_length(", column->quoted, cast, ") < ",
                                     text_decimal(column->size, size), NULL));
}

static const char *labels_condition(struct compilation *c, const struct column *column)
{
    const char *separator = "";
    buffer_text(&c->scratch, column->quoted);
    buffer_text(&c->scratch, " IN (");
    for (const struct howdah_label *label = column->field->labels->labels; label->label; label++) {
        buffer_text(&c->scratch, separator);
        literal_quote(label->label, &c->scratch);
        separator = ", ";
    }
    buffer_byte(&c->scratch, ')');
    return compile_take(c);
}

static void add_column_checks(struct compilation *c, const struct mapper *mapper, struct check_list *list,
                              const struct column *column)
{
    const struct howdah_field *field = column->field;
    if (field->check)
        add_check(c, mapper, list, column, NULL, field->check);
    if (!column->codec || *column->write_cast)
        return; /* of another type, which decides itself what it holds */
    if (column->codec->type == HOWDAH_TYPE_CHARS)
        add_check(c, mapper, list, column, NULL, length_condition(c, column));
    if (column->codec->type == HOWDAH_TYPE_ENUM && field->labels && field->labels->labels)
        add_check(c, mapper, list, column, NULL, labels_condition(c, column));
}

static void make_checks(struct compilation *c, struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    struct check_list list = {compile_allocate(c, 2 * parts->field_count, sizeof(*list.checks)), 0};
    for (uint32_t i = 0; i < mapper->column_count && !c->no_memory; i++)
        add_column_checks(c, mapper, &list, &mapper->columns[i]);
    for (size_t i = 0; i < parts->field_count && !c->no_memory; i++) {
        const struct howdah_field *field = &parts->fields[i];
        if (field->kind == HOWDAH_FIELD_CHECK && (!field->check || !*field->check))
            compile_fault(c, mapper, field, "a check has no condition");
        else if (field->kind == HOWDAH_FIELD_CHECK)
            add_check(c, mapper, &list, NULL, field->name, field->check);
    }
    mapper->checks = list.checks;
    mapper->check_count = list.count;
}

void compile_indexes(struct compilation *c, struct mapper *mapper)
{
    if (!mapper->table || mapper->column_count == 0)
        return;
    make_indexes(c, mapper);
    if (!c->no_memory)
        name_foreign_keys(c, mapper);
    if (!c->no_memory)
        make_checks(c, mapper);
}
