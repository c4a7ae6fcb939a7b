/* Names that must differ: of models, of what a schema holds, of a table's constraints. */
#include "compile.h"

#include "base/hash.h"

/* --- the registry --- */

struct name_probe {
    enum name_kind kind;
    const char *scope;
    const char *name;
};

static const char *scope_of(enum name_kind kind, const struct mapper *mapper)
{
    switch (kind) {
    case NAME_MODEL: break;
    case NAME_RELATION:
    case NAME_TYPE: return mapper->schema;
    case NAME_CONSTRAINT: return mapper->quoted;
    }
    return "";
}

static uint32_t hash_of(const struct name_probe *probe)
{
    uint64_t hash = hash_bytes(probe->kind, probe->scope, strlen(probe->scope));
    return (uint32_t)hash_bytes(hash, probe->name, strlen(probe->name));
}

static bool is_name(const struct map_node *node, const void *what)
{
    const struct given_name *given = (const struct given_name *)(const void *)node;
    const struct name_probe *probe = what;
    return given->kind == probe->kind && strcmp(given->name, probe->name) == 0 && strcmp(given->scope, probe->scope) == 0;
}

const struct given_name *name_give(struct compilation *c, enum name_kind kind, const struct mapper *mapper,
                                   const char *name, const struct howdah_field *field)
{
    struct name_probe probe = {kind, scope_of(kind, mapper), name};
    uint32_t hash = hash_of(&probe);
    const struct map_node *found = map_find(&c->names, hash, is_name, &probe);
    if (found)
        return (const struct given_name *)(const void *)found;
    struct given_name *given = compile_allocate(c, 1, sizeof(*given));
    if (!given)
        return NULL;
    given->kind = kind;
    given->scope = probe.scope;
    given->name = name;
    given->mapper = mapper;
    given->field = field;
    c->no_memory = !map_add(&c->names, &given->node, hash) || c->no_memory;
    return NULL;
}

bool name_is_given(const struct compilation *c, enum name_kind kind, const struct mapper *mapper, const char *name)
{
    struct name_probe probe = {kind, scope_of(kind, mapper), name};
    return map_find(&c->names, hash_of(&probe), is_name, &probe) != NULL;
}

/* --- tables and types --- */

static bool same_labels(const struct howdah_enum *a, const struct howdah_enum *b)
{
    const struct howdah_label *x = a->labels, *y = b->labels;
    if (!x || !y)
        return true; /* a fault that is reported elsewhere */
    for (; x->label && y->label && strcmp(x->label, y->label) == 0; x++)
        y++;
    return !x->label && !y->label;
}

static void give_table_name(struct compilation *c, const struct mapper *mapper)
{
    const struct given_name *other = name_give(c, NAME_RELATION, mapper, mapper->table, NULL);
    if (other && !other->field)
        compile_fault(c, mapper, NULL, "has the table of %s, %s: one model for a table", other->mapper->model->name,
                      mapper->quoted);
    else if (other)
        compile_fault(c, mapper, NULL, "its table %s has a name that %s gives to an index or a join table",
                      mapper->quoted, other->mapper->model->name);
    other = name_give(c, NAME_TYPE, mapper, mapper->table, NULL);
    if (other && other->field)
        compile_fault(c, mapper, NULL, "its table has the name of an enum type, \"%s\", of %s.%s", mapper->table,
                      other->mapper->model->name, row_name(other->field));
}

/* One type may serve several columns. */
static void give_type_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_enum *labels = field->labels;
    const struct given_name *other = name_give(c, NAME_TYPE, mapper, labels->sql_type, field);
    if (!other)
        return;
    if (!other->field)
        compile_fault(c, mapper, field, "its enum type has the name of the table of %s", other->mapper->model->name);
    else if (!same_labels(other->field->labels, labels))
        compile_fault(c, mapper, field, "the labels of enum type %s are not those of %s.%s: make them one enum, or name "
                      "another type", labels->sql_type, other->mapper->model->name, row_name(other->field));
}

/* --- indexes and constraints --- */

static void check_given(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                        enum name_kind kind)
{
    const struct given_name *other = name_give(c, kind, mapper, field->name, field);
    if (other)
        compile_fault(c, mapper, field, "the name \"%s\" of an index or constraint is taken by %s: choose another",
                      field->name, other->mapper->model->name);
}

static void give_row_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const char *why = name_fault(field->name);
    if (why)
        compile_fault(c, mapper, field, "the name \"%s\" of an index or constraint %s", field->name, why);
    else if (field->kind == HOWDAH_FIELD_CHECK || (field->kind == HOWDAH_FIELD_UNIQUE && is_constraint(field)))
        check_given(c, mapper, field, NAME_CONSTRAINT);
    if (!why && field->kind != HOWDAH_FIELD_CHECK)
        check_given(c, mapper, field, NAME_RELATION);
}

/* --- join tables --- */

/* The same table may be declared from its other side, with its columns in the other order. */
static bool is_other_side(const struct given_name *other, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_field *b = other->field;
    return b && b->kind == HOWDAH_FIELD_MANY_TO_MANY && b->target == mapper->model &&
           field->target == other->mapper->model && b->join_column && b->join_target &&
           strcmp(b->join_column, field->join_target) == 0 && strcmp(b->join_target, field->join_column) == 0;
}

static void check_join_taken(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                             const struct given_name *other)
{
    const char *model = other->mapper->model->name;
    if (!other->field)
        compile_fault(c, mapper, field, "its join table \"%s\" is the table of %s: use HAS_MANY with that model",
                      field->join_table, model);
    else if (other->field->kind != HOWDAH_FIELD_MANY_TO_MANY)
        compile_fault(c, mapper, field, "its join table \"%s\" has the name of an index of %s", field->join_table, model);
    else if (!is_other_side(other, mapper, field))
        compile_fault(c, mapper, field,
                      "its join table \"%s\" is that of %s.%s, which disagrees: each must be the other's target, with the "
                      "columns in the other order", field->join_table, model, row_name(other->field));
}

static void give_join_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const char *why;
    if ((why = name_fault(field->join_table)))
        compile_fault(c, mapper, field, "the name of its join table %s", why);
    if ((why = name_fault(field->join_column)) || (why = name_fault(field->join_target)))
        compile_fault(c, mapper, field, "the name of a column of its join table %s", why);
    else if (strcmp(field->join_column, field->join_target) == 0)
        compile_fault(c, mapper, field, "its join table has two columns \"%s\"", field->join_column);
    if (why || name_fault(field->join_table))
        return;
    const struct given_name *other = name_give(c, NAME_RELATION, mapper, field->join_table, field);
    if (other)
        check_join_taken(c, mapper, field, other);
}

void compile_given_names(struct compilation *c, struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    const struct given_name *other = mapper->model->name ? name_give(c, NAME_MODEL, mapper, mapper->model->name, NULL) : NULL;
    if (other)
        compile_fault(c, mapper, NULL, "is the name of two models");
    if (!mapper->table || mapper->column_count == 0)
        return;
    give_table_name(c, mapper);
    for (size_t i = 0; i < parts->field_count && !c->no_memory; i++) {
        const struct howdah_field *field = &parts->fields[i];
        if (field->kind == HOWDAH_FIELD_MANY_TO_MANY)
            give_join_name(c, mapper, field);
        else if (is_table_row(field) && field->name)
            give_row_name(c, mapper, field);
        else if (field->kind == HOWDAH_FIELD_COLUMN && field->type == HOWDAH_TYPE_ENUM && field->labels &&
                 field->labels->sql_type)
            give_type_name(c, mapper, field);
    }
}
