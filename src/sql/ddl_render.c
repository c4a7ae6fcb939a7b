/* What there is to create, and in which order. The texts themselves are ddl_text.c's. */
#include "ddl_text.h"

#include "base/error.h"
#include "base/toposort.h"

struct renderer {
    const struct catalog *catalog;
    const struct ddl_extra *extra; /* or NULL */
    struct arena *arena;
    struct howdah_error *error;
    struct buffer text; /* of the statement that is being rendered */
    struct ddl ddl;
    const uint32_t *order;             /* mappers in the order of creation */
    uint32_t *positions;               /* the place of each in it */
    const struct howdah_enum **labels; /* of the objects that are types, by index of the object */
    bool failed;                       /* memory is out */
};

/* --- room: no more than this many things can come up --- */

static bool reserve(struct renderer *r)
{
    size_t objects = 2, statements = 2; /* the extra table, and its schema */
    for (uint32_t i = 0; i < r->catalog->mapper_count; i++) {
        const struct mapper *mapper = &r->catalog->mappers[i];
        size_t own = 2 + 2 * (size_t)mapper->column_count; /* its schema and table; an enum type and its schema */
        objects += own;
        statements += own + mapper->index_count + mapper->foreign_key_count;
    }
    r->ddl.objects = arena_allocate_array(r->arena, objects, sizeof(*r->ddl.objects));
    r->labels = arena_allocate_array(r->arena, objects, sizeof(*r->labels));
    r->ddl.create = arena_allocate_array(r->arena, statements, sizeof(*r->ddl.create));
    r->ddl.drop = arena_allocate_array(r->arena, objects, sizeof(*r->ddl.drop));
    r->positions = arena_allocate_array(r->arena, r->catalog->mapper_count, sizeof(*r->positions));
    return r->ddl.objects && r->labels && r->ddl.create && r->ddl.drop && r->positions;
}

/* --- putting things down --- */

/* What was rendered, as text in the arena; "" where memory is out. */
static const char *take_text(struct renderer *r)
{
    const char *text = buffer_copy_text(&r->text, r->arena);
    buffer_reset(&r->text);
    r->failed = r->failed || !text;
    return text ? text : "";
}

static void add_statement(struct renderer *r, struct ddl_statement *list, uint32_t *count, uint32_t object)
{
    list[(*count)++] = (struct ddl_statement){
        .statement = {.text = take_text(r), .control = true}, /* runs once: not worth preparing */
        .object = object,
    };
}

static void add_create(struct renderer *r, uint32_t object)
{
    add_statement(r, r->ddl.create, &r->ddl.create_count, object);
}

static uint32_t add_object(struct renderer *r, struct ddl_object object)
{
    r->ddl.objects[r->ddl.object_count] = object;
    return r->ddl.object_count++;
}

/* The object's index, or object_count if there is none. */
static uint32_t find_object(const struct renderer *r, enum ddl_kind kind, const char *name)
{
    uint32_t i = 0;
    while (i < r->ddl.object_count && (r->ddl.objects[i].kind != kind || strcmp(r->ddl.objects[i].name, name) != 0))
        i++;
    return i;
}

/* --- schemas --- */

static void add_schema(struct renderer *r, const struct mapper *mapper, const char *schema)
{
    if (strcmp(schema, "public") == 0)
        return;
    identifier_quote(schema, &r->text);
    const char *name = take_text(r);
    if (find_object(r, DDL_SCHEMA, name) < r->ddl.object_count)
        return;
    uint32_t object = add_object(r, (struct ddl_object){.kind = DDL_SCHEMA, .name = name, .mapper = mapper});
    buffer_printf(&r->text, "CREATE SCHEMA %s", name);
    add_create(r, object);
}

static void add_schema_of(struct renderer *r, const struct mapper *mapper)
{
    add_schema(r, mapper, mapper->schema);
}

/* --- enum types --- */

/* The enum whose type the column has, or NULL: it may be kept as text. */
static const struct howdah_enum *enum_of(const struct column *column)
{
    const struct howdah_enum *labels = column->codec->type == HOWDAH_TYPE_ENUM ? column->field->labels : NULL;
    return labels && labels->sql_type ? labels : NULL;
}

static bool same_labels(const struct howdah_enum *a, const struct howdah_enum *b)
{
    const struct howdah_label *x = a->labels, *y = b->labels;
    while (x->label && y->label && strcmp(x->label, y->label) == 0)
        x++, y++;
    return !x->label && !y->label;
}

static void add_new_type(struct renderer *r, const struct mapper *mapper, const struct column *column,
                         const struct howdah_enum *labels)
{
    const char *dot = strchr(labels->sql_type, '.');
    if (dot) { /* else it lies in the model's schema */
        const char *schema = arena_copy_text(r->arena, labels->sql_type, (size_t)(dot - labels->sql_type));
        r->failed = r->failed || !schema;
        add_schema(r, mapper, schema ? schema : "public");
    }
    uint32_t object = add_object(r, (struct ddl_object){.kind = DDL_TYPE, .name = column->ddl_type, .mapper = mapper});
    r->labels[object] = labels;
    ddl_text_type(column->ddl_type, labels, &r->text);
    add_create(r, object);
}

static void add_type(struct renderer *r, const struct mapper *mapper, const struct column *column)
{
    const struct howdah_enum *labels = enum_of(column);
    if (!labels || r->error->status)
        return;
    uint32_t object = find_object(r, DDL_TYPE, column->ddl_type);
    if (object == r->ddl.object_count)
        add_new_type(r, mapper, column, labels);
    else if (!same_labels(r->labels[object], labels))
        error_set(
            r->error, HOWDAH_STATUS_MODEL,
            "%s.%s: the labels of enum type %s are not those that %s gives it: make them one enum, or name another type",
            mapper->model->name, column->field->name, column->ddl_type, r->ddl.objects[object].mapper->model->name);
}

static void add_types(struct renderer *r, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        add_type(r, mapper, &mapper->columns[i]);
}

/* --- the order of the tables --- */

static uint32_t collect_edges(const struct catalog *catalog, const bool *cyclic, struct toposort_edge *edges)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
            uint32_t target = mapper->foreign_keys[k].target->index;
            if (target != i && !(cyclic[i] && cyclic[target]))
                edges[count++] = (struct toposort_edge){.before = target, .after = i};
        }
    }
    return count;
}

/* Tables of cycles hold each other up: without the edges among them the rest has an order again, and the keys that point
 * forward in it are added when all tables are there. */
static bool order_tables(struct renderer *r)
{
    uint32_t count = r->catalog->mapper_count;
    size_t keys = 0;
    for (uint32_t i = 0; i < count; i++)
        keys += r->catalog->mappers[i].foreign_key_count;
    struct toposort_edge *edges = arena_allocate_array(r->arena, keys, sizeof(*edges));
    bool *cyclic = arena_allocate_zero(r->arena, count * sizeof(bool), _Alignof(bool));
    struct toposort sort;
    if (!edges || !cyclic || !toposort(r->arena, count, edges, collect_edges(r->catalog, cyclic, edges), &sort))
        return false;
    for (uint32_t i = sort.sorted; i < sort.sorted + sort.cyclic; i++)
        cyclic[sort.order[i]] = true;
    if (sort.cyclic && !toposort(r->arena, count, edges, collect_edges(r->catalog, cyclic, edges), &sort))
        return false;
    r->order = sort.order;
    for (uint32_t i = 0; i < count; i++)
        r->positions[sort.order[i]] = i;
    return true;
}

/* --- tables --- */

static void add_table(struct renderer *r, const struct mapper *mapper)
{
    uint32_t object = add_object(
        r, (struct ddl_object){.kind = DDL_TABLE, .name = mapper->quoted, .table = mapper->table, .mapper = mapper});
    ddl_text_table(mapper, r->positions, &r->text);
    add_create(r, object);
    for (uint32_t i = 0; i < mapper->index_count; i++) {
        if (ddl_is_constraint(&mapper->indexes[i]))
            continue;
        ddl_text_index(mapper, &mapper->indexes[i], &r->text);
        add_create(r, object);
    }
}

static void add_later_keys(struct renderer *r, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->foreign_key_count; i++) {
        if (ddl_key_is_inline(mapper, &mapper->foreign_keys[i], r->positions))
            continue;
        ddl_text_foreign_key(mapper, &mapper->foreign_keys[i], &r->text);
        add_create(r, find_object(r, DDL_TABLE, mapper->quoted));
    }
}

/* --- the table beside those of the models --- */

static void add_extra_schema(struct renderer *r)
{
    if (r->extra)
        add_schema(r, NULL, r->extra->schema);
}

static void add_extra_table(struct renderer *r)
{
    if (!r->extra)
        return;
    identifier_quote(r->extra->schema, &r->text);
    buffer_text(&r->text, ".");
    identifier_quote(r->extra->table, &r->text);
    const char *name = take_text(r);
    if (find_object(r, DDL_TABLE, name) < r->ddl.object_count)
        return; /* a model has it */
    uint32_t object = add_object(r, (struct ddl_object){.kind = DDL_TABLE, .name = name, .table = r->extra->table});
    buffer_printf(&r->text, "CREATE TABLE %s %s", name, r->extra->body);
    add_create(r, object);
}

/* --- the whole --- */

typedef void add_one(struct renderer *, const struct mapper *);

/* Those with a table, in their own order, or in that of creation. */
static void add_each(struct renderer *r, const uint32_t *order, add_one *add)
{
    for (uint32_t i = 0; i < r->catalog->mapper_count; i++) {
        const struct mapper *mapper = &r->catalog->mappers[order ? order[i] : i];
        if (mapper->table && !mapper->modelled)
            add(r, mapper);
    }
}

static void add_all(struct renderer *r)
{
    add_each(r, NULL, add_schema_of);
    add_extra_schema(r);
    add_each(r, NULL, add_types);
    add_each(r, r->order, add_table);
    add_extra_table(r);
    add_each(r, NULL, add_later_keys);
}

/* Tables go with what depends on them, views and foreign keys. Not so types: the columns of tables that no model knows
 * would go with them. */
static void add_drops(struct renderer *r)
{
    for (uint32_t i = r->ddl.object_count; i-- > 0;) {
        const struct ddl_object *object = &r->ddl.objects[i];
        if (object->kind == DDL_SCHEMA || !object->mapper)
            continue;
        buffer_text(&r->text, object->kind == DDL_TYPE ? "DROP TYPE IF EXISTS " : "DROP TABLE IF EXISTS ");
        buffer_text(&r->text, object->name);
        if (object->kind == DDL_TABLE)
            buffer_text(&r->text, " CASCADE");
        add_statement(r, r->ddl.drop, &r->ddl.drop_count, i);
    }
}

enum howdah_status ddl_render(const struct catalog *catalog, const struct ddl_extra *extra, struct arena *arena,
                              struct howdah_error *error, struct ddl *ret)
{
    struct renderer r = {.catalog = catalog, .extra = extra, .arena = arena, .error = error};
    error_clear(error);
    buffer_init(&r.text, arena->allocator);
    r.failed = !reserve(&r) || !order_tables(&r);
    if (!r.failed) {
        add_all(&r);
        add_drops(&r);
    }
    buffer_done(&r.text);
    if (r.failed)
        return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    if (!error->status)
        *ret = r.ddl;
    return error->status;
}

const char *ddl_script(const struct ddl *ddl, struct arena *arena)
{
    size_t size = 1;
    for (uint32_t i = 0; i < ddl->create_count; i++)
        size += strlen(ddl->create[i].statement.text) + 2;
    char *script = arena_allocate(arena, size, 1), *end = script;
    if (!script)
        return NULL;
    for (uint32_t i = 0; i < ddl->create_count; i++) {
        size_t length = strlen(ddl->create[i].statement.text);
        memcpy(end, ddl->create[i].statement.text, length);
        memcpy(end + length, ";\n", 2);
        end += length + 2;
    }
    *end = '\0';
    return script;
}
