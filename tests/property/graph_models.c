/* Random models. */
#include "graph.h"

struct table tables[TABLES];
int table_count;
const Model *models[TABLES + 1];

/* --- tables --- */

static Field *add_field(struct table *t, enum howdah_field_kind kind, const char *name, size_t offset, size_t size,
                        uint32_t type)
{
    Field *f = &t->fields[t->model.field_count++];
    ck_assert_uint_le(t->model.field_count, COUNT_OF(t->fields));
    *f =
        (Field){.kind = kind, .name = name, .offset = offset, .size = size, .type = type, .struct_size = sizeof(Field)};
    return f;
}

#define ADD_COLUMN(t, field, type) \
    add_field((t), HOWDAH_FIELD_COLUMN, #field, offsetof(Row, field), sizeof(((Row *)0)->field), (type))

static Field *add_part(struct table *t, int r, size_t offset, size_t size, uint32_t type)
{
    static const char *const names[][REFS] = {{"ref0", "ref1", "ref2"}, {"half0", "half1", "half2"}};
    bool half = type == HOWDAH_TYPE_INT32,
         null = type == HOWDAH_TYPE_TEXT || type == HOWDAH_TYPE_BYTES || type == HOWDAH_TYPE_NUMERIC;
    Field *f = add_field(t, HOWDAH_FIELD_COLUMN, names[half][r], offset + (size_t)r * size, size,
                         type | (null ? 0 : (uint32_t)HOWDAH_TYPE_NULLABLE));
    f->not_null = t->ref[r].required && !null;
    f->nullable = !t->ref[r].required && null;
    return f;
}

static void add_pointer(struct table *t, int r, size_t parts)
{
    static const char *const names[] = {"to0", "to1", "to2"};
    Field *f = add_field(t, HOWDAH_FIELD_BELONGS_TO, names[r], offsetof(Row, pointers) + (size_t)r * sizeof(Row *),
                         sizeof(Row *), 0);
    f->target = models[t->ref[r].target];
    f->keys = t->columns[r];
    f->key_count = parts;
}

static void make_ref(struct table *t, int r)
{
    const struct table *target = &tables[t->ref[r].target];
    const struct key_form *form = form_of_ref(t, r);
    size_t parts = 0;
    Field *first = NULL, *f;
    if (form == form_of(KEY_PAIR)) {
        first = add_part(t, r, offsetof(Row, halves), sizeof(NullInt32), HOWDAH_TYPE_INT32);
        t->columns[r][parts++] = first->offset;
    }
    f = add_part(t, r, form->ref, form->ref_size, form->type);
    f->sql_type = form->sql_type;
    t->columns[r][parts++] = f->offset;
    first = first ? first : f;
    if (parts == 1)
        f->references = &target->model;
    if (t->ref[r].by_code)
        f->references_field = "code";
    uint32_t die = below(100);
    t->ref[r].clears = !t->ref[r].required && die < 20;
    t->ref[r].cascades = die >= 80;
    t->ref[r].restricts = !t->ref[r].clears && die < 35;
    f->on_delete = first->on_delete = t->ref[r].clears      ? ON_DELETE_SET_NULL
                                      : t->ref[r].cascades  ? ON_DELETE_CASCADE
                                      : t->ref[r].restricts ? ON_DELETE_RESTRICT
                                                            : HOWDAH_ON_DEFAULT;
    t->ref[r].on_delete = f->on_delete != HOWDAH_ON_DEFAULT;
    f->on_update = first->on_update = chance(30) ? ON_UPDATE_CASCADE : HOWDAH_ON_UPDATE_DEFAULT;
    add_pointer(t, r, parts);
}

static void add_key(struct table *t)
{
    const struct key_form *form = form_of(t->kind);
    if (t->kind == KEY_PAIR)
        ADD_COLUMN(t, half, HOWDAH_TYPE_INT32)->primary_key = true;
    Field *f = add_field(t, HOWDAH_FIELD_COLUMN, form->column, form->key, form->key_size, form->type);
    f->sql_type = form->sql_type;
    f->primary_key = true;
    if (t->kind == KEY_GENERATED)
        f->generated = GENERATED_IDENTITY;
}

static Field *add_unique(struct table *t, const size_t *columns, size_t count)
{
    Field *f = add_field(t, HOWDAH_FIELD_UNIQUE, NULL, 0, 0, 0);
    f->columns = columns;
    f->column_count = count;
    return f;
}

static void add_values(struct table *t)
{
    Field *f = ADD_COLUMN(t, loose, (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_NULLABLE);
    f->unique = t->has_loose;
    f->deferrable = t->has_loose && chance(30);
    f = ADD_COLUMN(t, firm, HOWDAH_TYPE_INT32);
    f->unique = t->has_firm;
    f->deferrable = t->has_firm && chance(50);
    ADD_COLUMN(t, shelf, HOWDAH_TYPE_INT32);
    ADD_COLUMN(t, place, HOWDAH_TYPE_INT32);
    ADD_COLUMN(t, text, HOWDAH_TYPE_TEXT);
    ADD_COLUMN(t, version, HOWDAH_TYPE_INT32)->version = t->versioned;
    t->spot[0] = t->spot_kind == SPOT_LOOSE ? offsetof(Row, loose) : offsetof(Row, shelf);
    t->spot[1] = t->part[0] = offsetof(Row, place);
    if (t->spot_kind != SPOT_NONE)
        add_unique(t, t->spot, 2)->deferrable = chance(50);
    if (t->part_kind != PART_NONE)
        add_unique(t, t->part, 1)->where = t->part_kind == PART_NULL ? "loose IS NULL" : "loose IS NOT NULL";
}

static void add_links(struct table *t)
{
    if (t->links < 0)
        return;
    snprintf(t->join_from, sizeof(t->join_from), t->kind == KEY_PAIR ? "a_half, a_id" : "a_id");
    snprintf(t->join_to, sizeof(t->join_to), tables[t->links].kind == KEY_PAIR ? "b_half, b_id" : "b_id");
    Field *f = ADD_COLUMN(t, links, 0);
    f->kind = HOWDAH_FIELD_MANY_TO_MANY;
    f->target = models[t->links];
    f->join_table = t->join;
    f->join_column = t->join_from;
    f->join_target = t->join_to;
}

static void choose_table(int number)
{
    static const enum key_kind kinds[] = {KEY_GENERATED, KEY_GENERATED, KEY_GIVEN, KEY_NAME, KEY_PAIR};
    struct table *t = &tables[number];
    *t = (struct table){.kind = kinds[below(COUNT_OF(kinds))],
                        .refs = (int)below(REFS + 1),
                        .has_code = chance(40),
                        .has_loose = chance(60),
                        .has_firm = chance(50),
                        .spot_kind = chance(60)   ? SPOT_NONE
                                     : chance(70) ? SPOT_SHELF
                                                  : SPOT_LOOSE,
                        .part_kind = chance(70)   ? PART_NONE
                                     : chance(50) ? PART_NULL
                                                  : PART_NOT_NULL,
                        .versioned = chance(40),
                        .links = chance(35) ? (int)below((uint32_t)table_count) : -1};
    snprintf(t->name, sizeof(t->name), "t%d", number);
    snprintf(t->join, sizeof(t->join), "j%d", number);
    t->model = (Model){.struct_size = sizeof(Model),
                       .size = sizeof(Row),
                       .alignment = _Alignof(Row),
                       .name = t->name,
                       .table = t->name,
                       .fields = t->fields};
}

static void make_table(struct table *t)
{
    add_key(t);
    if (t->has_code)
        ADD_COLUMN(t, code, HOWDAH_TYPE_INT64)->unique = true;
    for (int r = 0; r < t->refs; r++) {
        t->ref[r].target = (int)below((uint32_t)table_count);
        t->ref[r].required = chance(40);
        t->ref[r].by_code = tables[t->ref[r].target].has_code && chance(50);
        make_ref(t, r);
    }
    add_values(t);
    add_links(t);
}

/* Where the database does nothing, a HAS_MANY may say what becomes of the rows. */
static void add_many(struct table *t, int r)
{
    static const char *const names[HAS] = {"many0", "many1"};
    struct table *owner = &tables[t->ref[r].target];
    bool free = !t->ref[r].on_delete && owner->has < HAS;
    if (!chance(40) || !free)
        return;
    Field *f = add_field(owner, HOWDAH_FIELD_HAS_MANY, names[owner->has],
                         offsetof(Row, many) + (size_t)owner->has * sizeof(((Row *)0)->many[0]),
                         sizeof(((Row *)0)->many[0]), 0);
    size_t parts = !t->ref[r].by_code && owner->kind == KEY_PAIR ? 2 : 1;
    f->target = &t->model;
    f->keys = t->columns[r];
    f->key_count = parts;
    t->ref[r].cascades = chance(50);
    t->ref[r].clears = !t->ref[r].cascades && !t->ref[r].required;
    f->cascade = t->ref[r].cascades ? CASCADE_DELETE : 0;
    owner->many[owner->has].table = (int)(t - tables);
    owner->many[owner->has++].ref = r;
}

static void add_manys(void)
{
    random_aside(1);
    for (int i = 0; i < table_count; i++)
        for (int r = 0; r < tables[i].refs; r++)
            add_many(&tables[i], r);
    random_back();
}

/* Of some of these, what leaves them is deleted. */
static void add_orphans(void)
{
    random_aside(3);
    for (int i = 0; i < table_count; i++)
        for (size_t f = 0; f < tables[i].model.field_count; f++) {
            Field *field = &tables[i].fields[f];
            if (field->kind != HOWDAH_FIELD_HAS_MANY || !field->cascade || !chance(40))
                continue;
            int m = (int)((field->offset - offsetof(Row, many)) / sizeof(((Row *)0)->many[0]));
            field->delete_orphans = tables[tables[i].many[m].table].ref[tables[i].many[m].ref].orphans = true;
        }
    random_back();
}

/* Of some tables without a version, rows are compared with what they were. */
static void add_optimism(void)
{
    static const enum howdah_optimistic ways[] = {HOWDAH_OPTIMISTIC_ALL, HOWDAH_OPTIMISTIC_DIRTY};
    random_aside(4);
    for (int i = 0; i < table_count; i++)
        if (!tables[i].versioned && chance(35))
            tables[i].model.optimistic = ways[below(COUNT_OF(ways))];
    random_back();
}

/* Of others the server makes the version. */
static void add_xmin(void)
{
    random_aside(5);
    for (int i = 0; i < table_count; i++) {
        struct table *t = &tables[i];
        if (t->versioned || t->model.optimistic || !chance(30))
            continue;
        Field *f = ADD_COLUMN(t, xid, HOWDAH_TYPE_INT64);
        f->column = "xmin";
        f->version = t->by_xmin = true;
    }
    random_back();
}

/* Where the server clears what refers to a deleted row, or nothing does, it may put the default there: NULL, or a row. */
static void add_default(struct table *t, int r)
{
    const struct table *target = &tables[t->ref[r].target];
    bool free = t->ref[r].on_delete ? t->ref[r].clears : chance(50);
    if (!free || !chance(75))
        return;
    bool rests = t->ref[r].required || chance(60), pair = form_of_ref(t, r) == form_of(KEY_PAIR);
    snprintf(t->ref[r].defaults[0], sizeof(t->ref[r].defaults[0]), "%d", 1 % 3);
    snprintf(t->ref[r].defaults[pair], sizeof(t->ref[r].defaults[0]), "%s",
             pair                ? "0"
             : t->ref[r].by_code ? "1001"
                                 : key_values(target, 1));
    for (size_t i = 0; i < t->model.field_count; i++)
        for (int part = 0; part <= pair; part++)
            if (t->fields[i].kind == HOWDAH_FIELD_COLUMN && t->fields[i].offset == t->columns[r][part]) {
                t->fields[i].on_delete = ON_DELETE_SET_DEFAULT;
                t->fields[i].server_default = rests ? t->ref[r].defaults[part] : NULL;
            }
    t->ref[r].falls = t->ref[r].on_delete = true;
    t->ref[r].rests = rests;
    t->ref[r].clears = !rests;
    t->ref[r].restricts = t->ref[r].cascades = false;
}

static void add_defaults(void)
{
    random_aside(6);
    bool any = chance(35);
    for (int i = 0; i < table_count; i++)
        for (int r = 0; r < tables[i].refs && any; r++)
            add_default(&tables[i], r);
    random_back();
}

/* Of some tables the keys are of another type. */
static void choose_forms(void)
{
    random_aside(7);
    bool any = chance(35);
    for (int i = 0; i < table_count; i++)
        if (any && tables[i].kind != KEY_GENERATED && tables[i].kind != KEY_PAIR && chance(80))
            tables[i].kind = (enum key_kind)(KEY_CITEXT + below(KEY_KINDS - KEY_CITEXT));
    random_back();
}

/* Some have a column that is unique in a way that only the server knows. */
static void add_nicks(void)
{
    random_aside(8);
    bool any = chance(30);
    for (int i = 0; i < table_count; i++) {
        struct table *t = &tables[i];
        if (!any || !chance(60))
            continue;
        t->nick_kind = chance(50) ? NICK_FOLDED : NICK_CITEXT;
        Field *f = ADD_COLUMN(t, nick, HOWDAH_TYPE_TEXT);
        f->nullable = true;
        f->unique = t->nick_kind == NICK_CITEXT;
        f->sql_type = f->unique ? "public.citext" : NULL;
    }
    random_back();
}

static void make_tables(void)
{
    scene_wipe();
    live_sql("DROP EXTENSION IF EXISTS citext CASCADE; CREATE EXTENSION citext SCHEMA public");
    db = scene_database(NULL, models, DATABASE_OPTIONS(.fence = chance(30), .on_statement = watch_statement));
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    for (int i = 0; i < table_count; i++)
        if (tables[i].nick_kind == NICK_FOLDED)
            live_sql("CREATE UNIQUE INDEX %s_nick_key ON %s (lower(nick))", tables[i].name, tables[i].name);
}

void open_models(void)
{
    table_count = 1 + (int)below(TABLES);
    memset(models, 0, sizeof(models));
    for (int i = 0; i < table_count; i++)
        models[i] = &tables[i].model;
    for (int i = 0; i < table_count; i++)
        choose_table(i);
    choose_forms();
    for (int i = 0; i < table_count; i++)
        make_table(&tables[i]);
    add_defaults();
    add_manys();
    add_orphans();
    add_optimism();
    add_xmin();
    add_nicks();
    make_tables();
    live_sql("DROP SCHEMA IF EXISTS oracle CASCADE; CREATE SCHEMA oracle");
    for (int i = 0; i < table_count; i++) {
        live_sql("CREATE TABLE oracle.t%d (LIKE public.t%d)", i, i);
        if (tables[i].links >= 0)
            live_sql("CREATE TABLE oracle.j%d (LIKE public.j%d)", i, i);
    }
}
