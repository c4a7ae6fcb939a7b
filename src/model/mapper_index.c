/* Indexes, uniqueness and checks, and the names of those that the program gave none: as PostgreSQL would choose them, so
 * that models fit tables that were made by hand. */
#include "compile.h"

#include "text.h"

/* --- names --- */

enum { LABEL_SIZE = sizeof("check") + DECIMAL_MAX };

/* As PostgreSQL makes a name that is taken: "key1", "key2" ... */
static const char *number_label(const char *label, uint64_t number, char numbered[LABEL_SIZE])
{
    size_t length = strlen(label);
    memcpy(numbered, label, length);
    text_decimal(number, numbered + length);
    return numbered;
}

/* A default name that nothing else has. */
static const char *choose_name(struct compilation *c, const struct mapper *mapper, const struct name *columns,
                               const char *label, unsigned kinds)
{
    char text[NAME_SIZE], numbered[LABEL_SIZE];
    const char *last = label;
    struct name name;
    for (uint64_t i = 1;; i++) {
        size_t length = name_choose(&parts_of(c, mapper)->table, columns, last, text);
        const char *kept = compile_text(c, arena_copy_text(c->arena, text, length));
        if (!kept)
            return NULL;
        name_measure(kept, length, &name);
        if (!name_give(c, kinds, mapper, &name, mapper->columns[0].field))
            return kept;
        last = number_label(label, i, numbered);
    }
}

/* The name of one column, or of several. */
static const struct name *name_columns(struct compilation *c, const struct mapper *mapper, const uint32_t *columns,
                                       uint32_t count, struct name *name, char list[NAME_LIST_SIZE])
{
    if (count == 1)
        return &parts_of(c, mapper)->names[*columns];
    *list = '\0';
    for (uint32_t i = 0; i < count; i++)
        name_list_add(list, mapper->columns[columns[i]].name);
    name_look(list, name);
    return name;
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
    char text[NAME_LIST_SIZE];
    struct name list_name;
    const struct name *columns = name_columns(c, mapper, index.columns, index.count, &list_name, text);
    if (index.primary)
        index.name = choose_name(c, mapper, NULL, "pkey", NAME_RELATION | NAME_CONSTRAINT);
    else if (!index.name && index.unique && is_constraint(index.field))
        index.name = choose_name(c, mapper, columns, "key", NAME_RELATION | NAME_CONSTRAINT);
    else if (!index.name)
        index.name = choose_name(c, mapper, columns, "idx", NAME_RELATION);
    index.whole = index.count;
    list->indexes[list->count++] = index;
}

static void add_column_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                             const struct column *column, bool unique)
{
    add_index(c, mapper, list,
              (struct table_index){.field = column->field,
                                   .columns = &column->index,
                                   .count = 1,
                                   .unique = unique,
                                   .deferrable = unique && column->field->deferrable});
}

static void add_table_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                            const struct howdah_field *field)
{
    size_t count = field->column_count;
    if (!field->columns || count == 0 || count > INDEX_COLUMNS_MAX) {
        compile_fault(c, mapper, field, "an index has %zu fields: name 1 to %d", count, INDEX_COLUMNS_MAX);
        return;
    }
    uint32_t *columns = compile_allocate(c, c->arena, count, sizeof(*columns));
    if (!columns || !compile_offsets(c, mapper, field, mapper, field->columns, count, columns))
        return;
    add_index(c, mapper, list,
              (struct table_index){.field = field,
                                   .name = field->name,
                                   .columns = columns,
                                   .count = (uint32_t)count,
                                   .unique = field->kind == HOWDAH_FIELD_UNIQUE,
                                   .deferrable = field->kind == HOWDAH_FIELD_UNIQUE && field->deferrable});
}

static size_t count_indexes(const struct parts *parts)
{
    size_t count = 1;
    for (uint32_t i = 0; i < parts->row_count; i++) {
        const struct row *row = &parts->rows[i];
        if (row->column)
            count += (size_t)row->field->unique + row->field->index;
        else
            count += row->field->kind == HOWDAH_FIELD_UNIQUE || row->field->kind == HOWDAH_FIELD_INDEX;
    }
    return count;
}

static void check_deferrable(struct compilation *c, const struct mapper *mapper, const struct row *row)
{
    bool unique = row->column ? row->field->unique : row->field->kind == HOWDAH_FIELD_UNIQUE;
    if (!row->field->deferrable)
        return;
    if (!unique)
        compile_fault(c, mapper, row->field, "has .deferrable, but is not unique");
    else if (!is_constraint(row->field))
        compile_fault(c, mapper, row->field, "is partial, and so an index, which can't be .deferrable");
}

static void add_row_index(struct compilation *c, const struct mapper *mapper, struct index_list *list,
                          const struct row *row, bool unique)
{
    if (unique)
        check_deferrable(c, mapper, row);
    if (!row->column && row->field->kind == (unique ? HOWDAH_FIELD_UNIQUE : HOWDAH_FIELD_INDEX))
        add_table_index(c, mapper, list, row->field);
    else if (row->column && (unique ? row->field->unique : row->field->index))
        add_column_index(c, mapper, list, row->column, unique);
}

/* The key, then uniqueness, then the rest: in the order in which PostgreSQL would name them. */
static void make_indexes(struct compilation *c, struct mapper *mapper)
{
    struct parts *parts = parts_of(c, mapper);
    struct index_list list = {compile_allocate(c, c->arena, count_indexes(parts), sizeof(*list.indexes)), 0};
    if (list.indexes && mapper->key_count)
        add_index(c, mapper, &list,
                  (struct table_index){.field = mapper->columns[mapper->key[0]].field,
                                       .columns = mapper->key,
                                       .count = mapper->key_count,
                                       .unique = true,
                                       .primary = true});
    for (uint32_t i = 0; i < parts->row_count && !c->no_memory; i++)
        add_row_index(c, mapper, &list, &parts->rows[i], true);
    for (uint32_t i = 0; i < parts->row_count && !c->no_memory; i++)
        add_row_index(c, mapper, &list, &parts->rows[i], false);
    mapper->indexes = parts->indexes = list.indexes;
    mapper->index_count = list.count;
}

static void name_foreign_keys(struct compilation *c, const struct mapper *mapper)
{
    struct foreign_key *keys = parts_of(c, mapper)->foreign_keys;
    char text[NAME_LIST_SIZE];
    struct name list_name;
    for (uint32_t i = 0; i < mapper->foreign_key_count && !c->no_memory; i++) {
        const struct name *columns = name_columns(c, mapper, keys[i].columns, keys[i].count, &list_name, text);
        keys[i].name = choose_name(c, mapper, columns, "fkey", NAME_CONSTRAINT);
    }
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
        name = choose_name(c, mapper, column ? &parts_of(c, mapper)->names[column->index] : NULL, "check",
                           NAME_CONSTRAINT);
    list->checks[list->count++] = (struct table_check){.name = name, .condition = condition, .column = column};
}

/* What the struct can hold, in bytes: characters are what varchar(n) counts. */
static const char *length_condition(struct compilation *c, const struct column *column)
{
    char size[DECIMAL_MAX];
    const char *cast = column->field->sql_type ? "::text" : "";
    return compile_text(
        c, text_join(c->arena, "octet_length(", column->quoted, cast, ") < ", text_decimal(column->size, size), NULL));
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
    if (!column->codec || *column->write_cast || mapper->join_of)
        return; /* of another type, which decides itself what it holds; or of a join table, whose sides check it */
    if (column->codec->type == HOWDAH_TYPE_CHARS)
        add_check(c, mapper, list, column, NULL, length_condition(c, column));
    if (column->codec->type == HOWDAH_TYPE_ENUM && field->labels && field->labels->labels)
        add_check(c, mapper, list, column, NULL, labels_condition(c, column));
}

static void make_checks(struct compilation *c, struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    struct check_list list = {compile_allocate(c, c->arena, 2 * (size_t)parts->row_count, sizeof(*list.checks)), 0};
    for (uint32_t i = 0; i < parts->row_count && !c->no_memory; i++) {
        const struct howdah_field *field = parts->rows[i].field;
        if (parts->rows[i].column)
            add_column_checks(c, mapper, &list, parts->rows[i].column);
        else if (field->kind == HOWDAH_FIELD_CHECK && (!field->check || !*field->check))
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
