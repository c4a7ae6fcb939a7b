/* Foreign keys, from .references and BELONGS_TO, and the relations on either side of them. */
#include "compile.h"

const struct mapper *compile_target(struct compilation *c, const struct mapper *mapper,
                                    const struct howdah_field *field, const struct howdah_model *model)
{
    if (!model) {
        compile_fault(c, mapper, field, "has no .target");
        return NULL;
    }
    const struct mapper *target = catalog_find(c->catalog, model);
    if (!target)
        compile_fault(c, mapper, field, "refers to model %s, which database_open was not given",
                      model->name ? model->name : "without a name");
    else if (target->column_count && !target->table)
        compile_fault(c, mapper, field, "refers to model %s, which has no table", model->name);
    return target && target->column_count && target->table ? target : NULL;
}

bool compile_offsets(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                     const struct mapper *in, const size_t *offsets, size_t count, uint32_t *ret_columns)
{
    for (size_t i = 0; i < count; i++) {
        const struct column *column = mapper_column_at(in, offsets[i]);
        if (!column) {
            compile_fault(c, mapper, field, "names a field at offset %zu of struct %s that is no column: give it one",
                          offsets[i], in->model->name);
            return false;
        }
        ret_columns[i] = column->index;
    }
    return true;
}

/* --- both sides of a foreign key --- */

static const char *type_name(const struct column *column)
{
    return column->shape == SHAPE_ARRAY ? "an array" : column->codec->c_name;
}

static enum howdah_type key_type(const struct column *column)
{
    return column->codec->type == HOWDAH_TYPE_CHARS ? HOWDAH_TYPE_TEXT : column->codec->type;
}

/* Text of any kind agrees with text; for the rest the width counts too, and for types behind a cast the cast. */
static bool same_types(const struct column *a, const struct column *b)
{
    return key_type(a) == key_type(b) && a->shape != SHAPE_ARRAY && b->shape != SHAPE_ARRAY &&
           strcmp(a->write_cast, b->write_cast) == 0;
}

void compile_key_types(struct compilation *c, const struct mapper *mapper, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *from = &mapper->columns[key->columns[i]], *to = &key->target->columns[key->targets[i]];
        const char *other = key->target->model->name;
        if (!from->codec || !to->codec || same_types(from, to))
            continue; /* right, or reported already */
        if (key_type(from) != key_type(to) || from->shape == SHAPE_ARRAY || to->shape == SHAPE_ARRAY)
            compile_fault(c, mapper, from->field, "%s can't refer to %s.%s, which is %s: make both the same",
                          type_name(from), other, row_name(to->field), type_name(to));
        else
            compile_fault(c, mapper, from->field, "%s can't refer to %s.%s, which is %s: make both the same",
                          from->ddl_type, other, row_name(to->field), to->ddl_type);
    }
}

/* What becomes of the columns when the target goes must be something that they can be. */
static void check_action(struct compilation *c, const struct mapper *mapper, const struct column *column,
                         enum howdah_action action)
{
    if (column->identity || column->uuid_v7)
        compile_fault(c, mapper, column->field, "refers to another row, whose key it takes: take .generated away");
    if (action == HOWDAH_ON_DELETE_SET_DEFAULT && !column->nullable && !column->field->server_default)
        compile_fault(c, mapper, column->field,
                      "is ON_DELETE_SET_DEFAULT, but has no .server_default and can't be NULL");
    else if ((unsigned)column->field->on_update > HOWDAH_ON_UPDATE_CASCADE)
        compile_fault(c, mapper, column->field, "has .on_update = %d, which is none of its constants",
                      (int)column->field->on_update);
    else if ((unsigned)action > HOWDAH_ON_DELETE_RESTRICT)
        compile_fault(c, mapper, column->field, "has .on_delete = %d, which is none of its constants", (int)action);
}

/* Of a key of several columns one is enough: with a NULL in it, it refers to nothing. */
static void check_cleared(struct compilation *c, const struct mapper *mapper, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (key->on_delete != HOWDAH_ON_DELETE_SET_NULL || mapper->columns[key->columns[i]].nullable)
            return;
    compile_fault(c, mapper, mapper->columns[key->columns[0]].field, "is ON_DELETE_SET_NULL, but can't be NULL");
}

/* The action that the columns say, of which one may speak for all. */
static void set_action(struct compilation *c, const struct mapper *mapper, struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *column = &mapper->columns[key->columns[i]];
        enum howdah_action action = column->field->on_delete;
        if (column->field->references)
            continue;
        if (column->field->on_update)
            key->on_update = column->field->on_update;
        if (!action)
            continue;
        if (key->on_delete && key->on_delete != action)
            compile_fault(c, mapper, column->field, ".on_delete differs from that of another field of its foreign key");
        key->on_delete = action;
    }
    for (uint32_t i = 0; i < key->count; i++)
        check_action(c, mapper, &mapper->columns[key->columns[i]], key->on_delete);
    check_cleared(c, mapper, key);
}

/* --- .references --- */

/* What a foreign key can stand on. */
static bool is_firm(const struct howdah_field *field)
{
    return is_constraint(field) && !field->deferrable;
}

static bool has_unique_row(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    const struct parts *parts = parts_of(c, mapper);
    for (uint32_t i = 0; i < parts->row_count; i++) {
        const struct howdah_field *field = parts->rows[i].field;
        if (field->kind == HOWDAH_FIELD_UNIQUE && is_firm(field) && field->column_count == 1 && field->columns &&
            field->columns[0] == column->offset)
            return true;
    }
    return false;
}

static bool is_unique(struct compilation *c, const struct mapper *mapper, const struct column *column)
{
    return (column->field->unique && is_firm(column->field)) || (column->key && mapper->key_count == 1) ||
           has_unique_row(c, mapper, column);
}

/* The column that a field refers to, or NULL with a fault. */
static const struct column *find_referenced(struct compilation *c, const struct mapper *mapper,
                                            const struct howdah_field *field, const struct mapper *target)
{
    const char *name = field->references_field, *model = target->model->name;
    if (!name && target->key_count > 1)
        compile_fault(c, mapper, field, "refers to %s, whose key has %u fields: use BELONGS_TO over all of them", model,
                      target->key_count);
    if (!name)
        return target->key_count == 1 ? &target->columns[target->key[0]] : NULL;
    const struct column *column = mapper_column_of_field(target, name);
    if (!column)
        compile_fault(c, mapper, field, "refers to %s.%s, which is no column", model, name);
    else if (!is_unique(c, target, column))
        compile_fault(c, mapper, field, "refers to %s.%s, which is not .unique%s", model, name,
                      column->field->unique && column->field->deferrable ? ", or is .deferrable" : "");
    return column;
}

static void add_reference(struct compilation *c, struct mapper *mapper, const struct column *column)
{
    const struct howdah_field *field = column->field;
    const struct mapper *target = compile_target(c, mapper, field, field->references);
    const struct column *to = target ? find_referenced(c, mapper, field, target) : NULL;
    if (!to)
        return;
    struct foreign_key *key = &parts_of(c, mapper)->foreign_keys[mapper->foreign_key_count++];
    *key = (struct foreign_key){
        .columns = {column->index},
        .targets = {to->index},
        .count = 1,
        .target = target,
        .on_delete = field->on_delete,
        .on_update = field->on_update,
        .owner = mapper,
        .to_primary_key = to->key && target->key_count == 1,
    };
    compile_key_types(c, mapper, key);
    check_action(c, mapper, column, key->on_delete);
    check_cleared(c, mapper, key);
}

/* --- BELONGS_TO --- */

struct foreign_key *compile_find_key(struct compilation *c, const struct mapper *mapper, const uint32_t *columns,
                                     size_t count)
{
    struct foreign_key *keys = parts_of(c, mapper)->foreign_keys;
    for (uint32_t i = 0; i < mapper->foreign_key_count; i++)
        if (keys[i].count == count && memcmp(keys[i].columns, columns, count * sizeof(*columns)) == 0)
            return &keys[i];
    return NULL;
}

/* A relation over fields that refer to nothing by themselves is the foreign key, to the target's primary key. */
static struct foreign_key *add_foreign_key(struct compilation *c, struct mapper *mapper,
                                           const struct howdah_field *field, const struct mapper *target,
                                           const uint32_t *columns)
{
    if (field->key_count != target->key_count) {
        if (target->key_count)
            compile_fault(c, mapper, field, "is over %zu fields, but the key of %s has %u: name a field for each",
                          field->key_count, target->model->name, target->key_count);
        return NULL;
    }
    struct foreign_key *key = &parts_of(c, mapper)->foreign_keys[mapper->foreign_key_count++];
    *key = (struct foreign_key){.count = target->key_count, .target = target, .owner = mapper, .to_primary_key = true};
    memcpy(key->columns, columns, key->count * sizeof(*columns));
    memcpy(key->targets, target->key, key->count * sizeof(*target->key));
    compile_key_types(c, mapper, key);
    set_action(c, mapper, key);
    return key;
}

/* Whether the row has a list of fields for a key. */
static bool check_keys(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    bool good = field->keys && field->key_count >= 1 && field->key_count <= KEY_PARTS_MAX;
    if (!good)
        compile_fault(c, mapper, field, "is over %zu fields: name 1 to %d, those of the foreign key", field->key_count,
                      KEY_PARTS_MAX);
    return good;
}

static void link_belongs_to(struct compilation *c, struct mapper *mapper, struct relation *relation)
{
    const struct howdah_field *field = relation->field;
    uint32_t columns[KEY_PARTS_MAX];
    relation->target = compile_target(c, mapper, field, field->target);
    if (!relation->target || !check_keys(c, mapper, field) ||
        !compile_offsets(c, mapper, field, mapper, field->keys, field->key_count, columns))
        return;
    struct foreign_key *key = field->type_field ? compile_typed_key(c, mapper, field, mapper, relation->target, columns)
                                                : compile_find_key(c, mapper, columns, field->key_count);
    if (!key && field->type_field)
        return;
    if (!key && field->key_count == 1 && mapper->columns[columns[0]].field->references)
        return; /* it refers to nothing that can be, and that is reported */
    if (!key)
        key = add_foreign_key(c, mapper, field, relation->target, columns);
    if (!key)
        return;
    if (key->target != relation->target)
        compile_fault(c, mapper, field, "points to %s, but its field %s refers to %s", relation->target->model->name,
                      row_name(mapper->columns[columns[0]].field), key->target->model->name);
    else if (key->relation)
        compile_fault(c, mapper, field, "is over the same field as %s: one of them is enough",
                      row_name(key->relation->field));
    key->relation = relation;
    relation->foreign_key = key;
}

/* --- the phases --- */

static size_t count_foreign_keys(const struct parts *parts)
{
    size_t count = 0;
    for (uint32_t i = 0; i < parts->row_count; i++)
        count += parts->rows[i].field->kind == HOWDAH_FIELD_BELONGS_TO || parts->rows[i].field->references;
    return count;
}

static bool belongs_to_over(const struct parts *parts, size_t offset)
{
    for (uint32_t i = 0; i < parts->row_count; i++) {
        const struct howdah_field *field = parts->rows[i].field;
        for (size_t k = 0; field->kind == HOWDAH_FIELD_BELONGS_TO && field->keys && k < field->key_count; k++)
            if (field->keys[k] == offset)
                return true;
    }
    return false;
}

/* A column that says something of its reference, but has none. */
static void check_lone_options(struct compilation *c, const struct mapper *mapper)
{
    const struct parts *parts = parts_of(c, mapper);
    for (uint32_t i = 0; i < parts->row_count; i++) {
        const struct howdah_field *field = parts->rows[i].field;
        if (!parts->rows[i].column || field->references)
            continue;
        if (field->references_field)
            compile_fault(c, mapper, field, "has .references_field, but no .references");
        else if ((field->on_delete || field->on_update) && !belongs_to_over(parts, field->offset))
            compile_fault(c, mapper, field, "has %s, but no .references",
                          field->on_delete ? ".on_delete" : ".on_update");
    }
}

void compile_foreign_keys(struct compilation *c, struct mapper *mapper)
{
    struct parts *parts = parts_of(c, mapper);
    if (!mapper->table)
        return;
    size_t count = count_foreign_keys(parts);
    mapper->foreign_keys = parts->foreign_keys = compile_allocate(c, c->arena, count, sizeof(*parts->foreign_keys));
    for (uint32_t i = 0; i < parts->row_count && !c->no_memory; i++)
        if (parts->rows[i].column && parts->rows[i].field->references)
            add_reference(c, mapper, parts->rows[i].column);
    for (uint32_t i = 0; i < mapper->relation_count && !c->no_memory; i++)
        if (parts->relations[i].field->kind == HOWDAH_FIELD_BELONGS_TO)
            link_belongs_to(c, mapper, &parts->relations[i]);
    if (!c->no_memory)
        check_lone_options(c, mapper);
}

static void join_has(struct relation *relation, struct foreign_key *key)
{
    const struct relation **last = &key->has;
    while (*last)
        last = &((struct relation *)(uintptr_t)*last)->next_has; /* ours: no other thread sees it yet */
    *last = relation;
    relation->foreign_key = key;
}

/* HAS_ONE and HAS_MANY: over a foreign key of the target. */
static void link_has(struct compilation *c, struct mapper *mapper, struct relation *relation)
{
    const struct howdah_field *field = relation->field;
    const struct mapper *target = relation->target = compile_target(c, mapper, field, field->target);
    uint32_t columns[KEY_PARTS_MAX];
    if (!target || !check_keys(c, mapper, field) ||
        !compile_offsets(c, mapper, field, target, field->keys, field->key_count, columns))
        return;
    if (field->type_field) {
        struct foreign_key *typed =
            compile_typed_key(c, mapper, field, &c->catalog->mappers[target->index], mapper, columns);
        if (typed)
            join_has(relation, typed);
        return;
    }
    struct foreign_key *key = compile_find_key(c, target, columns, field->key_count);
    const char *first = row_name(target->columns[columns[0]].field);
    if (key && key->target == mapper)
        join_has(relation, key);
    else if (key)
        compile_fault(c, mapper, field, "the other side disagrees: %s.%s refers to %s", target->model->name, first,
                      key->target->model->name);
    else
        compile_fault(c, mapper, field,
                      "the other side disagrees: %s.%s refers to nothing: give it .references = &%s_model",
                      target->model->name, first, mapper->model->name);
}

void compile_relations(struct compilation *c, struct mapper *mapper)
{
    struct parts *parts = parts_of(c, mapper);
    for (uint32_t i = 0; mapper->table && i < mapper->relation_count; i++) {
        enum howdah_field_kind kind = parts->relations[i].field->kind;
        if (kind == HOWDAH_FIELD_HAS_ONE || kind == HOWDAH_FIELD_HAS_MANY)
            link_has(c, mapper, &parts->relations[i]);
        else if (kind == HOWDAH_FIELD_MANY_TO_MANY)
            compile_join_keys(c, &parts->relations[i]);
    }
}
