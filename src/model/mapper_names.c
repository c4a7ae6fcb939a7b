/* Names that must differ: of models, of what a schema holds, of a table's constraints. */
#include "compile.h"

/* --- the set: not a map of base, which takes eight times as long for the ten names of each table --- */

static bool same_schema(const struct mapper *a, const struct mapper *b)
{
    return a->schema == b->schema || strcmp(a->schema, b->schema) == 0;
}

/* Whether two things of one name are in each other's way. */
static bool is_clash(const struct given_name *given, unsigned kinds, const struct mapper *mapper)
{
    unsigned both = given->kinds & kinds;
    return (both & NAME_MODEL) || ((both & NAME_CONSTRAINT) && given->mapper == mapper) ||
           ((both & (NAME_RELATION | NAME_TYPE)) && same_schema(given->mapper, mapper));
}

static void put_name(struct name_set *set, struct given_name *given)
{
    size_t slot = (size_t)given->name.hash;
    while (set->slots[slot & set->mask])
        slot++;
    set->slots[slot & set->mask] = given;
}

/* Room for one more. */
static bool grow_names(struct compilation *c)
{
    struct name_set *set = &c->names, old = *set;
    if (set->slots && 2 * (set->count + 1) <= set->mask + 1)
        return true;
    size_t slots = 64;
    while (slots < 16 * (size_t)c->catalog->mapper_count || slots < 4 * set->count)
        slots *= 2;
    set->slots = compile_allocate(c, &c->temporary, slots, sizeof(*set->slots));
    set->mask = slots - 1;
    if (!set->slots) {
        *set = old;
        return false;
    }
    for (size_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i])
            put_name(set, old.slots[i]);
    return true;
}

const struct given_name *name_give(struct compilation *c, unsigned kinds, const struct mapper *mapper,
                                   const struct name *name, const struct howdah_field *field)
{
    struct name_set *set = &c->names;
    if (!grow_names(c))
        return NULL;
    size_t slot = (size_t)name->hash;
    for (const struct given_name *found; (found = set->slots[slot & set->mask]); slot++)
        if (found->name.hash == name->hash && is_clash(found, kinds, mapper) &&
            strcmp(found->name.text, name->text) == 0)
            return found;
    struct given_name *given = arena_allocate(&c->temporary, sizeof(*given), _Alignof(struct given_name));
    if (!given) {
        c->no_memory = true;
        return NULL;
    }
    *given = (struct given_name){*name, kinds, mapper, field};
    set->slots[slot & set->mask] = given;
    set->count++;
    return NULL;
}

const struct given_name *name_give_text(struct compilation *c, unsigned kinds, const struct mapper *mapper,
                                        const char *text, const struct howdah_field *field)
{
    struct name name;
    name_look(text, &name);
    return name_give(c, kinds, mapper, &name, field);
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
    const struct given_name *other = name_give(c, NAME_RELATION | NAME_TYPE, mapper, &parts_of(c, mapper)->table, NULL);
    if (!other)
        return;
    const char *model = other->mapper->model->name;
    if (other->field && other->field->kind == HOWDAH_FIELD_MANY_TO_MANY)
        return; /* whose join table this is */
    if (!other->field)
        compile_fault(c, mapper, NULL, "has the table of %s, %s: one model for a table", model, mapper->quoted);
    else if (other->kinds & NAME_TYPE)
        compile_fault(c, mapper, NULL, "its table has the name of an enum type, \"%s\", of %s.%s", mapper->table, model,
                      row_name(other->field));
    else
        compile_fault(c, mapper, NULL, "its table %s has a name that %s gives to an index", mapper->quoted, model);
}

/* One type may serve several columns. */
static void give_type_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_enum *labels = field->labels;
    const struct given_name *other = name_give_text(c, NAME_TYPE, mapper, labels->sql_type, field);
    if (!other)
        return;
    if (!other->field)
        compile_fault(c, mapper, field, "its enum type has the name of the table of %s", other->mapper->model->name);
    else if (!same_labels(other->field->labels, labels))
        compile_fault(c, mapper, field,
                      "the labels of enum type %s are not those of %s.%s: make them one enum, or name "
                      "another type",
                      labels->sql_type, other->mapper->model->name, row_name(other->field));
}

/* --- indexes and constraints --- */

static unsigned row_kinds(const struct howdah_field *field)
{
    if (field->kind == HOWDAH_FIELD_CHECK)
        return NAME_CONSTRAINT;
    return field->kind == HOWDAH_FIELD_UNIQUE && is_constraint(field) ? NAME_RELATION | NAME_CONSTRAINT : NAME_RELATION;
}

static void give_row_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const char *why = name_fault(field->name);
    if (why) {
        compile_fault(c, mapper, field, "the name \"%s\" of an index or constraint %s", field->name, why);
        return;
    }
    const struct given_name *other = name_give_text(c, row_kinds(field), mapper, field->name, field);
    if (other)
        compile_fault(c, mapper, field, "the name \"%s\" of an index or constraint is taken by %s: choose another",
                      field->name, other->mapper->model->name);
}

/* --- join tables --- */

/* The same table may be declared from its other side, with its columns in the other order. */
static bool is_other_side(const struct given_name *other, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct howdah_field *b = other->field;
    return b && b->kind == HOWDAH_FIELD_MANY_TO_MANY && b->target == mapper->model &&
           field->target == other->mapper->model && b->join_column && b->join_target && field->join_column &&
           field->join_target && strcmp(b->join_column, field->join_target) == 0 &&
           strcmp(b->join_target, field->join_column) == 0;
}

static void check_join_taken(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                             const struct given_name *other)
{
    const char *model = other->mapper->model->name;
    if (!other->field)
        return; /* a join table with a model */
    if (other->field->kind != HOWDAH_FIELD_MANY_TO_MANY)
        compile_fault(c, mapper, field, "its join table \"%s\" has the name of an index of %s", field->join_table,
                      model);
    else if (!is_other_side(other, mapper, field))
        compile_fault(
            c, mapper, field,
            "its join table \"%s\" is that of %s.%s, which disagrees: each must be the other's target, with the "
            "columns in the other order",
            field->join_table, model, row_name(other->field));
}

static void give_join_name(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const char *why = name_fault(field->join_table);
    if (why) {
        compile_fault(c, mapper, field, "the name of its join table %s", why);
        return;
    }
    const struct given_name *other = name_give_text(c, NAME_RELATION, mapper, field->join_table, field);
    if (other)
        check_join_taken(c, mapper, field, other);
}

void compile_given_names(struct compilation *c, struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    const char *name = mapper->model->name;
    if (name && name_give_text(c, NAME_MODEL, mapper, name, NULL))
        compile_fault(c, mapper, NULL, "is the name of two models");
    if (!mapper->table)
        return;
    give_table_name(c, mapper);
    for (uint32_t i = 0; i < parts->row_count && !c->no_memory; i++) {
        const struct howdah_field *field = parts->rows[i].field;
        if (field->kind == HOWDAH_FIELD_MANY_TO_MANY)
            give_join_name(c, mapper, field);
        else if (is_table_row(field) && field->name)
            give_row_name(c, mapper, field);
        else if (field->kind == HOWDAH_FIELD_COLUMN && field->labels && field->labels->sql_type)
            give_type_name(c, mapper, field);
    }
}
