/* Join tables: each is compiled as a mapper of its own, so that its rows are written like any others. Where the table has a
 * model, too, links are added as objects of that one, and what is loaded of it is kept in step; this mapper is then for
 * rows that are not loaded.
 *
 *   | struct howdah_join_row: pointers to both sides | columns to the owner's key | columns to the target's key |
 */
#include "compile.h"

#include "text.h"

enum { JOIN_ROWS_MAX = 2 * KEY_PARTS_MAX + 3 }; /* columns, two BELONGS_TO, an index */

/* The columns that refer to one side: names, as the program wrote them. */
struct join_side {
    const struct mapper *mapper;
    const char *names[KEY_PARTS_MAX];
    size_t *offsets; /* in the struct; they stay, as `keys` of a row */
};

struct join_rows {
    struct howdah_field *rows;
    size_t count;
    size_t size; /* of the struct so far */
};

/* --- names --- */

/* "a, b" for a key of two parts; the name of a single column is the whole text, whatever is in it. */
static bool split_names(struct compilation *c, struct join_side *side, const char *list)
{
    uint32_t parts = side->mapper->key_count, count = 0;
    if (parts == 1)
        side->names[count++] = list;
    for (const char *at = list; parts > 1 && at; count++) {
        const char *end = strchr(at, ','), *last = end ? end : at + strlen(at);
        while (*at == ' ')
            at++;
        while (last > at && last[-1] == ' ')
            last--;
        if (count < parts &&
            !(side->names[count] = compile_text(c, arena_copy_text(c->arena, at, (size_t)(last - at)))))
            return false;
        at = end ? end + 1 : NULL;
    }
    return count == parts;
}

static const char *find_fault(const struct join_side *side)
{
    const char *why = NULL;
    for (uint32_t i = 0; i < side->mapper->key_count && !why; i++)
        why = name_fault(side->names[i]);
    return why;
}

static bool name_side(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                      struct join_side *side, const char *list)
{
    const char *why = list ? NULL : name_fault(list);
    if (!why && !split_names(c, side, list)) {
        if (!c->no_memory)
            compile_fault(
                c, mapper, field,
                "its join table has \"%s\" for the key of %s, which has %u fields: name as many columns, with "
                "commas between them",
                list, side->mapper->model->name, side->mapper->key_count);
        return false;
    }
    if (!why)
        why = find_fault(side);
    if (why)
        compile_fault(c, mapper, field, "the name of a column of its join table %s", why);
    return !why;
}

/* A column may belong to both keys (that of a tenant, say), but each key needs one of its own. */
static bool differ(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                   const struct join_side sides[2])
{
    uint32_t shared = 0, least = sides[0].mapper->key_count;
    if (sides[1].mapper->key_count < least)
        least = sides[1].mapper->key_count;
    const char *name = NULL;
    for (uint32_t i = 0; i < sides[0].mapper->key_count; i++)
        for (uint32_t k = 0; k < sides[1].mapper->key_count; k++)
            if (strcmp(sides[0].names[i], sides[1].names[k]) == 0) {
                name = sides[0].names[i];
                shared++;
            }
    if (shared >= least)
        compile_fault(c, mapper, field, "its join table has two columns \"%s\"", name);
    return shared < least;
}

/* --- rows --- */

static void add_row(struct join_rows *r, struct howdah_field row)
{
    row.struct_size = sizeof(row);
    r->rows[r->count++] = row;
}

static size_t offset_of(const struct join_rows *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->rows[i].kind == HOWDAH_FIELD_COLUMN && strcmp(r->rows[i].name, name) == 0)
            return r->rows[i].offset;
    return 0;
}

static void add_columns(struct join_rows *r, struct join_side *side)
{
    for (uint32_t i = 0; i < side->mapper->key_count; i++) {
        const struct howdah_field *key = side->mapper->columns[side->mapper->key[i]].field;
        side->offsets[i] = offset_of(r, side->names[i]);
        if (side->offsets[i])
            continue;
        side->offsets[i] = r->size;
        add_row(r, (struct howdah_field){.kind = HOWDAH_FIELD_COLUMN,
                                         .type = key->type,
                                         .name = side->names[i],
                                         .offset = r->size,
                                         .size = key->size,
                                         .column = side->names[i],
                                         .sql_type = key->sql_type,
                                         .primary_key = true,
                                         .on_delete = HOWDAH_ON_DELETE_CASCADE,
                                         .labels = key->labels,
                                         .codec = key->codec});
        r->size = size_align(r->size + key->size, _Alignof(max_align_t));
    }
}

static void add_pointer(struct join_rows *r, const struct join_side *side, const char *name, size_t offset)
{
    add_row(r, (struct howdah_field){.kind = HOWDAH_FIELD_BELONGS_TO,
                                     .name = name,
                                     .offset = offset,
                                     .size = sizeof(void *),
                                     .target = side->mapper->model,
                                     .keys = side->offsets,
                                     .key_count = side->mapper->key_count});
}

/* --- the mapper --- */

/* The other side's models may lie in another schema: the table lies in that of the first. */
static bool is_same_table(const struct mapper *join, const struct mapper *mapper, const struct relation *relation)
{
    const struct relation *first = join->join_of;
    const struct howdah_field *a = first->field, *b = relation->field;
    if (strcmp(a->join_table, b->join_table) != 0)
        return false;
    return strcmp(join->schema, mapper->schema) == 0 ||
           (first->mapper == relation->target && first->target == mapper &&
            strcmp(a->join_column, b->join_target) == 0 && strcmp(a->join_target, b->join_column) == 0);
}

static struct mapper *find_join(const struct compilation *c, const struct mapper *mapper,
                                const struct relation *relation)
{
    for (uint32_t i = 0; i < c->catalog->mapper_count; i++) {
        struct mapper *join = &c->catalog->mappers[i];
        if (join->join_of && is_same_table(join, mapper, relation))
            return join;
    }
    return NULL;
}

static struct mapper *add_join(struct compilation *c, const struct mapper *mapper, const struct relation *relation,
                               struct join_side sides[2])
{
    const struct howdah_field *field = relation->field;
    struct join_rows r = {.size = size_align(sizeof(struct howdah_join_row), _Alignof(max_align_t))};
    struct howdah_model *model = compile_allocate(c, c->arena, 1, sizeof(*model));
    size_t *offsets = compile_allocate(c, c->arena, 2 * KEY_PARTS_MAX, sizeof(*offsets));
    const char *name = compile_text(c, text_join(c->arena, mapper->model->name, ".", field->name, NULL));
    r.rows = compile_allocate(c, c->arena, JOIN_ROWS_MAX, sizeof(*r.rows));
    if (!model || !offsets || !name || !r.rows)
        return NULL;
    sides[0].offsets = offsets;
    sides[1].offsets = offsets + KEY_PARTS_MAX;
    add_columns(&r, &sides[0]);
    add_columns(&r, &sides[1]);
    add_pointer(&r, &sides[0], "object", offsetof(struct howdah_join_row, object));
    add_pointer(&r, &sides[1], "other", offsetof(struct howdah_join_row, other));
    add_row(&r, (struct howdah_field){.kind = HOWDAH_FIELD_INDEX,
                                      .columns = sides[1].offsets,
                                      .column_count = sides[1].mapper->key_count});
    *model = (struct howdah_model){sizeof(*model), r.size,         _Alignof(max_align_t),
                                   name,           mapper->schema, field->join_table,
                                   r.rows,         r.count,        HOWDAH_OPTIMISTIC_VERSION};
    struct mapper *join = &c->catalog->mappers[c->catalog->mapper_count];
    *join = (struct mapper){.model = model, .index = c->catalog->mapper_count++, .join_of = relation};
    compile_rows(c, join);
    return join;
}

static void compile_join(struct compilation *c, const struct mapper *mapper, struct relation *relation)
{
    const struct howdah_field *field = relation->field;
    relation->target = compile_target(c, mapper, field, field->target);
    struct join_side sides[2] = {{.mapper = mapper}, {.mapper = relation->target}};
    if (!relation->target || name_fault(field->join_table) || mapper->key_count == 0 ||
        relation->target->key_count == 0) /* which is reported elsewhere */
        return;
    if (!name_side(c, mapper, field, &sides[0], field->join_column) ||
        !name_side(c, mapper, field, &sides[1], field->join_target) || !differ(c, mapper, field, sides))
        return;
    struct mapper *join = find_join(c, mapper, relation);
    relation->join = join ? join : add_join(c, mapper, relation, sides);
}

void compile_joins(struct compilation *c, struct mapper *mapper)
{
    struct relation *relations = parts_of(c, mapper)->relations;
    for (uint32_t i = 0; mapper->table && i < mapper->relation_count && !c->no_memory; i++)
        if (relations[i].field->kind == HOWDAH_FIELD_MANY_TO_MANY)
            compile_join(c, mapper, &relations[i]);
}

/* --- a table that has a model, too --- */

static struct mapper *find_model(const struct compilation *c, const struct mapper *join)
{
    for (uint32_t i = 0; i < c->catalog->mapper_count; i++) {
        struct mapper *mapper = &c->catalog->mappers[i];
        if (!mapper->join_of && mapper->table && strcmp(mapper->quoted, join->quoted) == 0)
            return mapper;
    }
    return NULL;
}

static bool is_over(const struct mapper *model, const struct foreign_key *key, const struct mapper *join,
                    const struct foreign_key *like)
{
    if (!key->relation || !key->to_primary_key || key->target != like->target || key->count != like->count)
        return false;
    for (uint32_t i = 0; i < key->count; i++)
        if (strcmp(model->columns[key->columns[i]].name, join->columns[like->columns[i]].name) != 0)
            return false;
    return true;
}

/* The model's BELONGS_TO for each side: by these its objects are links, and links are its objects. */
static void join_model(struct compilation *c, const struct relation *relation, struct mapper *join)
{
    struct mapper *model = find_model(c, join);
    for (uint32_t side = 0; model && side < 2; side++) {
        const struct foreign_key *like = &join->foreign_keys[side];
        for (uint32_t i = 0; i < model->foreign_key_count; i++)
            if (is_over(model, &model->foreign_keys[i], join, like))
                join->sides[side] = &model->foreign_keys[i];
        if (join->sides[side])
            continue;
        compile_fault(c, relation->mapper, relation->field,
                      "its join table is that of %s, which has no BELONGS_TO over its column \"%s\" to %s",
                      model->model->name, join->columns[like->columns[0]].name, like->target->model->name);
        return;
    }
    if (!model)
        return;
    for (uint32_t side = 0; side < 2; side++)
        parts_of(c, model)->foreign_keys[join->sides[side] - model->foreign_keys].links = true;
    join->modelled = model;
    model->links = join;
}

void compile_join_keys(struct compilation *c, struct relation *relation)
{
    const struct mapper *join = relation->join;
    if (!join || join->foreign_key_count != 2)
        return;
    bool first = join->join_of == relation;
    relation->join_owner = &join->foreign_keys[first ? 0 : 1];
    relation->join_target = &join->foreign_keys[first ? 1 : 0];
    if (first)
        join_model(c, relation, &c->catalog->mappers[join->index]);
}
