/* What the unit of work wants to know of a mapper, so that it does not find it out again for each object. */
#include "compile.h"

static bool is_integer(const struct column *c)
{
    enum howdah_type type = c->codec->type;
    return c->shape == SHAPE_PLAIN &&
           (type == HOWDAH_TYPE_INT64 || type == HOWDAH_TYPE_INT32 || type == HOWDAH_TYPE_INT16);
}

static bool has_pointers(const struct column *c)
{
    return c->codec->has_pointers || c->shape == SHAPE_ARRAY;
}

/* Every value of these types can be sent. */
static bool takes_any_value(const struct column *c)
{
    switch (c->codec->type) {
    case HOWDAH_TYPE_BOOL:
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32:
    case HOWDAH_TYPE_INT64:
    case HOWDAH_TYPE_FLOAT:
    case HOWDAH_TYPE_DOUBLE:
    case HOWDAH_TYPE_UUID: return true;
    default: return false;
    }
}

static bool is_unchecked(const struct column *c)
{
    bool any_null = c->shape == SHAPE_PLAIN || (c->shape == SHAPE_NULLABLE && c->nullable);
    return any_null && takes_any_value(c) && !c->limit && !c->field->validate;
}

static bool is_always_sent(const struct column *c)
{
    bool can_be_unset = c->server_only || c->identity || c->unset_on_insert;
    return !can_be_unset && !(c->key && c->codec->type == HOWDAH_TYPE_UUID);
}

/* Behind those that refer to the same mapper. */
static void list_incoming(struct compilation *c, struct foreign_key *key)
{
    struct mapper *target = &c->catalog->mappers[key->target->index];
    struct parts *parts = parts_of(c, target);
    if (parts->last_incoming)
        parts->last_incoming->next_incoming = key;
    else
        target->incoming = key;
    parts->last_incoming = key;
}

/* On which uniqueness of the target each foreign key stands. */
static void link_targets(struct compilation *c, const struct mapper *mapper)
{
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        struct foreign_key *key = &parts_of(c, mapper)->foreign_keys[k];
        struct table_index *indexes = parts_of(c, key->target)->indexes;
        list_incoming(c, key);
        c->catalog->mappers[key->target->index].key_referenced |= key->to_primary_key;
        for (uint32_t i = 0; i < key->target->index_count && !key->to_primary_key; i++) {
            bool whole = indexes[i].unique && !indexes[i].deferrable && is_constraint(indexes[i].field);
            if (!whole || indexes[i].count != key->count || indexes[i].columns[0] != key->targets[0])
                continue;
            key->index = &indexes[i];
            indexes[i].referenced = true;
            break;
        }
    }
}

static bool is_in_foreign_key(const struct mapper *mapper, uint32_t column)
{
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++)
        for (uint32_t i = 0; i < mapper->foreign_keys[k].count; i++)
            if (mapper->foreign_keys[k].columns[i] == column)
                return true;
    return false;
}

static bool takes_on(const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (is_in_foreign_key(key->target, key->targets[i]) || has_pointers(&key->target->columns[key->targets[i]]))
            return true;
    return false;
}

/* Small objects in groups, so that one comparison tells whether they are all clean; large ones alone, since a group is
 * the least that a session takes. */
static void set_group(struct mapper *mapper)
{
    enum { BYTES = 2048 };
    size_t fitting = BYTES / mapper->model->size;
    mapper->group = fitting > GROUP_MAX ? GROUP_MAX : fitting ? (uint32_t)fitting : 1;
    mapper->group_bytes = mapper->group * mapper->model->size;
}

enum { WORD = sizeof(uint64_t) };

/* Which columns lie in each word of the struct. */
static void list_words(struct compilation *c, struct mapper *mapper)
{
    size_t words = mapper->model->size / WORD + 1, pieces = mapper->words;
    uint64_t *sets = compile_allocate(c, c->arena, words * pieces, sizeof(*sets));
    for (uint32_t i = 0; sets && i < mapper->column_count; i++) {
        const struct column *column = &mapper->columns[i];
        size_t last = (column->offset + column->size - 1) / WORD;
        for (size_t word = column->offset / WORD; word <= last; word++)
            sets[word * pieces + i / 64] |= (uint64_t)1 << (i % 64);
    }
    mapper->word_columns = sets;
}

static enum column_ordinary ordinary_of(const struct column *c)
{
    if (c->shape != SHAPE_PLAIN || c->key || c->server_only || c->codec->type == HOWDAH_TYPE_CODEC)
        return ORDINARY_NOT;
    if (c->codec->has_pointers)
        return c->codec->type == HOWDAH_TYPE_TEXT ? ORDINARY_TEXT : ORDINARY_NOT;
    return ORDINARY_VALUE;
}

static bool updates_plainly(const struct mapper *mapper)
{
    bool composite = false;
    for (uint32_t i = 0; i < mapper->foreign_key_count; i++)
        composite |= mapper->foreign_keys[i].count > 1;
    return !composite && !mapper->relation_count && !mapper->token;
}

void compile_profile(struct compilation *c, struct mapper *mapper)
{
    uint32_t count = mapper->column_count;
    if (c->faulty)
        return;
    set_group(mapper);
    mapper->words = (count + 63) / 64;
    mapper->updates_plainly = updates_plainly(mapper);
    list_words(c, mapper);
    link_targets(c, mapper);
    compile_conditions(c, mapper);
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++)
        mapper->takes_on |= takes_on(&mapper->foreign_keys[k]);
    for (struct foreign_key *key = mapper->typed_keys; key; key = key->next_typed) {
        mapper->takes_on |= takes_on(key);
        list_incoming(c, key);
    }
    for (uint32_t i = 0; i < mapper->index_count; i++)
        mapper->has_unique |= mapper->indexes[i].unique && !mapper->indexes[i].primary;
    uint32_t *pointers = compile_allocate(c, c->arena, count, sizeof(*pointers));
    uint32_t *looked_at = compile_allocate(c, c->arena, count, sizeof(*looked_at));
    uint32_t *checked = compile_allocate(c, c->arena, count, sizeof(*checked));
    uint64_t *always = compile_allocate(c, c->arena, mapper->words, sizeof(*always));
    if (!pointers || !looked_at || !checked || !always)
        return;
    uint32_t pointer_count = 0, looked_at_count = 0, checked_count = 0;
    bool has_uuid_v7 = false, server_makes = false;
    for (uint32_t i = 0; i < count; i++) {
        struct column *column = &mapper->columns[i];
        column->ordinary = ordinary_of(column);
        if (has_pointers(column))
            pointers[pointer_count++] = i;
        if (is_always_sent(column))
            always[i / 64] |= (uint64_t)1 << (i % 64);
        else
            looked_at[looked_at_count++] = i;
        if (!is_unchecked(column))
            checked[checked_count++] = i;
        has_uuid_v7 |= column->uuid_v7;
        server_makes |= column->server_only;
        mapper->adjusts |= column->keeps != KEEPS_ALL;
    }
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *key = &mapper->columns[mapper->key[i]];
        mapper->adjusts &= key->keeps == KEEPS_ALL && !*key->write_cast;
    }
    mapper->pointer_count = pointer_count;
    mapper->looked_at_count = looked_at_count;
    mapper->checked_count = checked_count;
    mapper->has_uuid_v7 = has_uuid_v7;
    mapper->server_makes = server_makes;
    mapper->pointers = pointers;
    mapper->looked_at = looked_at;
    mapper->checked = checked;
    mapper->always_sent = always;
    if (mapper->key_count == 1 && is_integer(&mapper->columns[mapper->key[0]]))
        mapper->integer_key = &mapper->columns[mapper->key[0]];
    if (mapper->integer_key)
        mapper->key_distance = mapper->group_bytes + mapper->integer_key->offset;
    mapper->key_seed = (uint64_t)mapper->index << 48;
}
