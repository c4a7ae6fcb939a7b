/* Relations as pairs: which two are sides of one, what their options may be, and polymorphic foreign keys. */
#include "compile.h"

#include "text.h"

/* --- options --- */

enum { MANY = 1, ONE = 2, JOIN = 4, BELONGS = 8 };

static unsigned kind_bit(const struct howdah_field *field)
{
    switch (field->kind) {
    case HOWDAH_FIELD_HAS_MANY: return MANY;
    case HOWDAH_FIELD_HAS_ONE: return ONE;
    case HOWDAH_FIELD_MANY_TO_MANY: return JOIN;
    default: return BELONGS;
    }
}

void check_relation_options(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field)
{
    const struct {
        const char *name, *why;
        unsigned kinds; /* that may have it */
        bool given;
    } options[] = {
        {".order_by", "holds one object at most", MANY | JOIN, field->order_by},
        {".where", "is not a choice among several", MANY | ONE | JOIN, field->where},
        {".cascade = CASCADE_DELETE", "may hold what others have, too", MANY | ONE,
         field->cascade & HOWDAH_CASCADE_DELETE},
        {".delete_orphans", "may hold what others have, too", MANY | ONE, field->delete_orphans},
        {".single_parent", "may hold what others have, too", MANY | ONE, field->single_parent},
        {".type_field", "has a join table", MANY | ONE | BELONGS, field->type_field},
        {".on_delete", "the columns of a foreign key say that", 0, field->on_delete},
        {".on_update", "the columns of a foreign key say that", 0, field->on_update},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (options[i].given && !(options[i].kinds & kind_bit(field)))
            compile_fault(c, mapper, field, "has %s, but %s: take it away", options[i].name, options[i].why);
    if (field->cascade & ~(unsigned)(HOWDAH_CASCADE_ADD | HOWDAH_CASCADE_DELETE))
        compile_fault(c, mapper, field, "has .cascade = %u, which has bits that are none of its constants",
                      field->cascade);
    if ((unsigned)field->lazy > HOWDAH_LAZY_RAISE)
        compile_fault(c, mapper, field, "has .lazy = %d, which is none of its constants", (int)field->lazy);
    if (!field->type_field != !field->type_label)
        compile_fault(c, mapper, field, "has %s, but no %s: a polymorphic relation needs both",
                      field->type_field ? ".type_field" : ".type_label",
                      field->type_field ? ".type_label" : ".type_field");
}

/* --- polymorphic foreign keys --- */

static bool has_label(const struct column *column, const char *label)
{
    const struct howdah_enum *labels = column->field->labels;
    for (const struct howdah_label *at = labels ? labels->labels : NULL; at && at->label; at++)
        if (strcmp(at->label, label) == 0)
            return true;
    return false;
}

/* The column that says to which table a row belongs, or NULL with a fault. */
static const struct column *find_type(struct compilation *c, const struct mapper *in, const struct howdah_field *field,
                                      const struct mapper *mapper)
{
    const struct column *column = mapper_column_of_field(mapper, field->type_field);
    enum howdah_type type = column && column->codec ? column->codec->type : HOWDAH_TYPE_COUNT;
    bool text = column && column->shape == SHAPE_PLAIN && (type == HOWDAH_TYPE_TEXT || type == HOWDAH_TYPE_CHARS);
    bool labels = column && column->shape == SHAPE_PLAIN && type == HOWDAH_TYPE_ENUM;
    if (!column)
        compile_fault(c, in, field, ".type_field is \"%s\", which is no column of %s", field->type_field,
                      mapper->model->name);
    else if (column->codec && !text && !labels)
        compile_fault(c, in, field, ".type_field is %s.%s, which is no text: use text, char[N] or an enum",
                      mapper->model->name, field->type_field);
    else if (labels && !has_label(column, field->type_label))
        compile_fault(c, in, field, ".type_label is \"%s\", which is no label of %s.%s", field->type_label,
                      mapper->model->name, field->type_field);
    else if (type == HOWDAH_TYPE_CHARS && strlen(field->type_label) >= column->size)
        compile_fault(c, in, field, ".type_label is longer than %s.%s", mapper->model->name, field->type_field);
    else if (column->codec)
        return column;
    return NULL;
}

static struct foreign_key *find_typed(const struct mapper *mapper, const struct foreign_key *like)
{
    for (struct foreign_key *key = mapper->typed_keys; key; key = key->next_typed)
        if (key->target == like->target && key->type == like->type && strcmp(key->label, like->label) == 0 &&
            key->count == like->count && memcmp(key->columns, like->columns, like->count * sizeof(*like->columns)) == 0)
            return key;
    return NULL;
}

struct foreign_key *compile_typed_key(struct compilation *c, const struct mapper *in, const struct howdah_field *field,
                                      struct mapper *mapper, const struct mapper *target, const uint32_t *columns)
{
    const struct column *type = field->type_label ? find_type(c, in, field, mapper) : NULL;
    if (!type)
        return NULL;
    if (field->key_count != target->key_count) {
        compile_fault(c, in, field, "is over %zu fields, but the key of %s has %u: name a field for each",
                      field->key_count, target->model->name, target->key_count);
        return NULL;
    }
    struct foreign_key like = {.count = target->key_count,
                               .target = target,
                               .owner = mapper,
                               .to_primary_key = true,
                               .name = type->name,
                               .type = type,
                               .label = field->type_label,
                               .next_typed = mapper->typed_keys};
    memcpy(like.columns, columns, like.count * sizeof(*columns));
    memcpy(like.targets, target->key, like.count * sizeof(*target->key));
    struct foreign_key *key = find_typed(mapper, &like);
    if (key)
        return key;
    for (uint32_t i = 0; i < like.count; i++)
        if (mapper->columns[columns[i]].field->references)
            compile_fault(c, in, field, "is polymorphic, but %s.%s has .references: take one of them away",
                          mapper->model->name, row_name(mapper->columns[columns[i]].field));
    key = compile_allocate(c, c->arena, 1, sizeof(*key));
    if (!key)
        return NULL;
    *key = like;
    compile_key_types(c, mapper, key);
    mapper->typed_keys = key;
    return key;
}

/* --- two sides of one --- */

static const struct relation *find_inverse(const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    const char *name = relation->field->inverse;
    if (relation->join) {
        for (uint32_t i = 0; i < relation->target->relation_count; i++) {
            const struct relation *other = &relation->target->relations[i];
            if (other != relation && other->join == relation->join)
                return other;
        }
        return NULL;
    }
    if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
        return key ? key->relation : NULL;
    const struct relation *has = key ? key->has : NULL;
    while (has && (name ? strcmp(has->field->name, name) != 0 : has->field->where != NULL))
        has = has->next_has;
    return has;
}

void compile_inverses(struct compilation *c, struct mapper *mapper)
{
    for (uint32_t i = 0; mapper->table && i < mapper->relation_count; i++) {
        struct relation *relation = &parts_of(c, mapper)->relations[i];
        const struct howdah_field *field = relation->field;
        if (!relation->target || !(relation->join || relation->foreign_key))
            continue; /* which is reported already */
        relation->inverse = find_inverse(relation);
        const struct howdah_field *inverse = relation->inverse ? relation->inverse->field : NULL;
        if (field->inverse && (!inverse || strcmp(inverse->name, field->inverse) != 0))
            compile_fault(c, mapper, field, ".inverse is \"%s\", which is no other side of it in %s", field->inverse,
                          relation->target->model->name);
    }
}
