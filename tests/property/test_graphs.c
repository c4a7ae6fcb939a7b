/* Random graphs over random models. Each graph is loaded, changed at random through the public interface, and committed;
 * an oracle applies the same net change by plain SQL to copies of the tables that have no constraints. Either the tables
 * are equal then, and so are the objects; or the commit was refused, the tables are as they were, and there is a reason:
 * the oracle's result breaks a constraint, or it is a swap that the documentation calls impossible.
 *
 *   HOWDAH_PROPERTY_GRAPHS=1000000 HOWDAH_PROPERTY_SEED=1 tests/property/test_graphs
 *
 * A failure names its seed; HOWDAH_PROPERTY_SEED=that HOWDAH_PROPERTY_GRAPHS=1 repeats it. */
#include "api/scene.h"

#include <stdarg.h>

enum { TABLES = 4, REFS = 3, ROWS = 7, ADDED = 5, ITEMS = TABLES * (ROWS + ADDED), GRAPHS_OF_A_MODEL = 20 };

typedef struct Row Row;
struct Row {
    int64_t id;
    NullInt64 refs[REFS];
    NullInt32 loose; /* unique, nullable */
    int32_t firm;    /* unique, NOT NULL */
    int32_t shelf;   /* unique together */
    int32_t place;
    const char *text;
    int32_t version;
    Row *pointers[REFS];
};

/* --- random numbers, the same everywhere --- */

static uint64_t state;

static uint32_t below(uint32_t limit)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t x = state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ (x >> 31)) % limit);
}

static bool chance(uint32_t percent)
{
    return below(100) < percent;
}

/* --- models --- */

struct table {
    char name[16];
    bool given; /* the program gives keys, and may change them */
    int refs;
    struct {
        int target;
        bool required;
    } ref[REFS];
    bool has_loose, has_firm, has_spot, versioned;
    Field fields[16];
    size_t columns[REFS], spot[2];
    Model model;
};

static struct table tables[TABLES];
static int table_count;
static const Model *models[TABLES + 1];

static Field *add_field(struct table *t, enum howdah_field_kind kind, const char *name, size_t offset, size_t size,
                        uint32_t type)
{
    Field *f = &t->fields[t->model.field_count++];
    *f =
        (Field){.kind = kind, .name = name, .offset = offset, .size = size, .type = type, .struct_size = sizeof(Field)};
    return f;
}

#define ADD_COLUMN(t, field, type) \
    add_field((t), HOWDAH_FIELD_COLUMN, #field, offsetof(Row, field), sizeof(((Row *)0)->field), (type))

static void make_ref(struct table *t, int i)
{
    static const char *const names[] = {"ref0", "ref1", "ref2"}, *const pointers[] = {"to0", "to1", "to2"};
    t->ref[i].target = (int)below((uint32_t)table_count);
    t->ref[i].required = chance(40);
    Field *f = add_field(t, HOWDAH_FIELD_COLUMN, names[i], offsetof(Row, refs) + (size_t)i * sizeof(NullInt64),
                         sizeof(NullInt64), (uint32_t)HOWDAH_TYPE_INT64 | HOWDAH_TYPE_NULLABLE);
    f->references = models[t->ref[i].target];
    f->not_null = t->ref[i].required;
    f->on_delete = chance(20) ? ON_DELETE_RESTRICT : HOWDAH_ON_DEFAULT;
    f->on_update = chance(30) ? ON_UPDATE_CASCADE : HOWDAH_ON_UPDATE_DEFAULT;
    t->columns[i] = f->offset;
    f = add_field(t, HOWDAH_FIELD_BELONGS_TO, pointers[i], offsetof(Row, pointers) + (size_t)i * sizeof(Row *),
                  sizeof(Row *), 0);
    f->target = models[t->ref[i].target];
    f->keys = &t->columns[i];
    f->key_count = 1;
}

static void make_table(int number)
{
    struct table *t = &tables[number];
    *t = (struct table){.given = chance(35),
                        .refs = (int)below(REFS + 1),
                        .has_loose = chance(60),
                        .has_firm = chance(50),
                        .has_spot = chance(40),
                        .versioned = chance(40)};
    snprintf(t->name, sizeof(t->name), "t%d", number);
    t->model = (Model){.struct_size = sizeof(Model),
                       .size = sizeof(Row),
                       .alignment = _Alignof(Row),
                       .name = t->name,
                       .table = t->name,
                       .fields = t->fields};
    Field *f = ADD_COLUMN(t, id, HOWDAH_TYPE_INT64);
    f->primary_key = true;
    f->generated = t->given ? HOWDAH_GENERATED_NEVER : GENERATED_IDENTITY;
    for (int i = 0; i < t->refs; i++)
        make_ref(t, i);
    f = ADD_COLUMN(t, loose, (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_NULLABLE);
    f->unique = t->has_loose;
    f = ADD_COLUMN(t, firm, HOWDAH_TYPE_INT32);
    f->unique = t->has_firm;
    f->deferrable = t->has_firm && chance(50);
    ADD_COLUMN(t, shelf, HOWDAH_TYPE_INT32);
    ADD_COLUMN(t, place, HOWDAH_TYPE_INT32);
    ADD_COLUMN(t, text, HOWDAH_TYPE_TEXT);
    ADD_COLUMN(t, version, HOWDAH_TYPE_INT32)->version = t->versioned;
    if (!t->has_spot)
        return;
    t->spot[0] = offsetof(Row, shelf);
    t->spot[1] = offsetof(Row, place);
    f = add_field(t, HOWDAH_FIELD_UNIQUE, NULL, 0, 0, 0);
    f->columns = t->spot;
    f->column_count = 2;
    f->deferrable = chance(50);
}

static void open_models(void)
{
    table_count = 1 + (int)below(TABLES);
    memset(models, 0, sizeof(models));
    for (int i = 0; i < table_count; i++)
        models[i] = &tables[i].model;
    for (int i = 0; i < table_count; i++)
        make_table(i);
    scene_open(models);
    live_sql("DROP SCHEMA IF EXISTS oracle CASCADE; CREATE SCHEMA oracle");
    for (int i = 0; i < table_count; i++)
        live_sql("CREATE TABLE oracle.t%d (LIKE public.t%d)", i, i);
}

/* --- SQL that grows --- */

static char *sql;
static size_t sql_size, sql_room;

static void sql_clear(void)
{
    sql_size = 0;
}

static void sql_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sql_add(const char *format, ...)
{
    va_list args;
    if (sql_room - sql_size < 1024)
        sql = realloc(sql, sql_room = 2 * sql_room + 4096);
    va_start(args, format);
    sql_size += (size_t)vsnprintf(sql + sql_size, 1024, format, args);
    va_end(args);
}

static const char *sql_run(void)
{
    return live_sql("%s", sql);
}

/* --- rows: what is in the database, and what it is to become --- */

struct item {
    int table;
    bool stored, deleted, moved; /* moved: another one has its key from now on */
    Row *object;                 /* NULL: not loaded */
    int64_t key, new_key;
    struct item *taker; /* the new item that has its row */
    struct item *refs[REFS], *old_refs[REFS];
    bool by_pointer[REFS], changed[REFS];
    NullInt32 loose;
    int32_t firm, shelf, place, text;
};

static struct item items[ITEMS];
static int item_count;

static struct item *pick(int table, bool alive)
{
    for (int tries = 0; tries < 20 && item_count; tries++) {
        struct item *item = &items[below((uint32_t)item_count)];
        if ((table < 0 || item->table == table) && (!alive || !item->deleted))
            return item;
    }
    return NULL;
}

static void make_rows(void)
{
    int first[TABLES], count[TABLES];
    item_count = 0;
    for (int t = 0; t < table_count; t++) {
        first[t] = item_count;
        count[t] = 1 + (int)below(ROWS);
        for (int i = 0; i < count[t]; i++) {
            struct item *item = &items[item_count++];
            *item = (struct item){.table = t, .stored = true, .key = i + 1, .new_key = i + 1};
            item->loose = (NullInt32){i + 1, chance(70)};
            item->firm = item->place = i + 1;
            item->shelf = 1 + i % 2;
        }
    }
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++) {
            int target = tables[items[i].table].ref[r].target;
            if (tables[items[i].table].ref[r].required || chance(60))
                items[i].refs[r] = &items[first[target] + (int)below((uint32_t)count[target])];
            items[i].old_refs[r] = items[i].refs[r];
        }
}

static void put_number(NullInt64 value)
{
    if (value.valid)
        sql_add(", %" PRId64, value.value);
    else
        sql_add(", NULL");
}

/* Who has the row of an item in the end. */
static const struct item *standing(const struct item *item)
{
    return item && item->deleted && item->taker && !item->taker->deleted ? item->taker : item;
}

static NullInt64 key_of(const struct item *target)
{
    target = standing(target);
    return target ? (NullInt64){target->new_key, true} : (NullInt64){0, false};
}

static void put_insert(const struct item *item)
{
    const struct table *t = &tables[item->table];
    sql_add("INSERT INTO oracle.%s VALUES (%" PRId64, t->name, item->new_key);
    for (int r = 0; r < t->refs; r++)
        put_number(key_of(item->refs[r]));
    put_number((NullInt64){item->loose.value, item->loose.valid});
    sql_add(", %d, %d, %d, 'x%d', 1);", item->firm, item->shelf, item->place, item->text);
}

static void store_rows(void)
{
    sql_clear();
    sql_add("BEGIN; SET LOCAL session_replication_role = replica;");
    for (int t = 0; t < table_count; t++)
        sql_add("DELETE FROM t%d; DELETE FROM oracle.t%d;", t, t);
    for (int i = 0; i < item_count; i++)
        put_insert(&items[i]);
    for (int t = 0; t < table_count; t++) {
        sql_add("INSERT INTO t%d TABLE oracle.t%d;", t, t);
        if (!tables[t].given)
            sql_add("ALTER TABLE t%d ALTER id RESTART 1000;", t);
    }
    sql_add("COMMIT");
    sql_run();
}

/* --- changes --- */

static void load_rows(void)
{
    for (int t = 0; t < table_count; t++) {
        size_t count;
        if (chance(15))
            continue;
        Query *q = howdah_session_query_model(s, models[t]);
        howdah_query_order_by_field(q, models[t], offsetof(Row, id), ORDER_ASC);
        void **rows = howdah_query_all_objects(q, models[t], &count);
        for (int i = 0; i < item_count; i++)
            if (items[i].table == t && chance(95))
                items[i].object = rows[items[i].key - 1];
    }
}

/* How the program says it: by pointer, or by value. Once a pointer, always a pointer. */
static void set_ref(struct item *item, int r, struct item *target)
{
    Row *row = item->object;
    bool pointer = target && target->object && (item->by_pointer[r] || !target->stored || chance(50));
    if (target && !target->object && item->by_pointer[r])
        return;
    item->refs[r] = target;
    item->changed[r] = true;
    if (!target) {
        row->pointers[r] = NULL;
        row->refs[r] = (NullInt64){0, false};
    } else if (pointer) {
        item->by_pointer[r] = true;
        row->pointers[r] = target->object;
        row->refs[r] =
            item->stored && item->old_refs[r] ? (NullInt64){item->old_refs[r]->key, true} : (NullInt64){0, false};
    } else {
        row->pointers[r] = NULL;
        row->refs[r] = (NullInt64){target->new_key, true};
    }
}

static void change_ref(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !tables[item->table].refs)
        return;
    int r = (int)below((uint32_t)tables[item->table].refs);
    bool required = tables[item->table].ref[r].required;
    struct item *target = !required && chance(20) ? NULL : pick(tables[item->table].ref[r].target, chance(90));
    if (target || !required)
        set_ref(item, r, target);
}

static void add_item(void)
{
    if (item_count == ITEMS)
        return;
    struct item *item = &items[item_count];
    *item = (struct item){.table = (int)below((uint32_t)table_count)};
    const struct table *t = &tables[item->table];
    if (t->given) {
        struct item *old = chance(30) ? pick(item->table, false) : NULL;
        bool takes = old && old->deleted && !old->moved && old->stored && old->object;
        item->key = item->new_key = takes ? old->key : 100 + item_count;
        if (takes) {
            old->moved = true;
            old->taker = item;
        }
    }
    item->loose = (NullInt32){1 + (int32_t)below(9), chance(50)};
    item->firm = chance(50) ? 100 + item_count : 1 + (int32_t)below(8);
    item->shelf = 1 + (int32_t)below(2);
    item->place = chance(50) ? 100 + item_count : 1 + (int32_t)below(8);
    item->text = (int)below(9);
    const Row row = {.id = item->key,
                     .loose = item->loose,
                     .firm = item->firm,
                     .shelf = item->shelf,
                     .place = item->place,
                     .text = session_text(s, "x%d", item->text)};
    item->object = howdah_session_add_object(s, &t->model, &row);
    check_no_error();
    item_count++;
    for (int r = 0; r < t->refs; r++) {
        struct item *target = t->ref[r].required || chance(60) ? pick(t->ref[r].target, true) : NULL;
        if (target)
            set_ref(item, r, target);
    }
}

static void delete_item(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object)
        return;
    item->deleted = true;
    check_ok(session_delete(s, item->object));
}

/* A value of another row, or a new one; or both rows swap theirs. */
static void change_value(void)
{
    struct item *item = pick(-1, true), *other = item ? pick(item->table, false) : NULL;
    if (!item || !item->object)
        return;
    bool swap = other && other != item && other->object && !other->deleted && chance(40);
    switch (below(4)) {
    case 0: {
        NullInt32 value = item->loose;
        item->loose = other && chance(70) ? other->loose : (NullInt32){1 + (int32_t)below(9), chance(70)};
        if (swap)
            other->loose = value;
        break;
    }
    case 1: {
        int32_t value = item->firm;
        item->firm = other && chance(70) ? other->firm : 20 + (int32_t)below(9);
        if (swap)
            other->firm = value;
        break;
    }
    case 2: {
        int32_t value = item->place;
        item->place = other && chance(70) ? other->place : 20 + (int32_t)below(9);
        if (swap)
            other->place = value;
        break;
    }
    default: item->text = (int)below(9);
    }
    for (int i = 0; i < 2; i++) {
        struct item *changed = i ? other : item;
        if (!changed || !changed->object || changed->deleted)
            continue;
        changed->object->loose = changed->loose;
        changed->object->firm = changed->firm;
        changed->object->place = changed->place;
        changed->object->text = session_text(s, "x%d", changed->text);
    }
}

static void change_key(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !item->stored || !tables[item->table].given)
        return;
    struct item *other = chance(30) ? pick(item->table, false) : NULL;
    item->new_key = other && other != item ? other->key : 50 + (int64_t)below(20);
    item->object->id = item->new_key;
}

/* A value that is what it was can't say that it means another row from now on: a pointer can. */
static void say_by_pointer(struct item *item, int r)
{
    struct item *target = item->refs[r];
    item->object->refs[r].value = item->old_refs[r]->key;
    item->object->pointers[r] = target->object;
    if (!target->object)
        item->refs[r] = item->old_refs[r];
}

/* Who refers to a row by value says its new key. */
static void settle_values(void)
{
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < REFS; r++) {
            const struct item *target = items[i].refs[r], *old = items[i].old_refs[r];
            bool same = target && old && target != old && target->new_key == old->key;
            if (items[i].object && items[i].stored && items[i].changed[r] && same && !items[i].deleted)
                say_by_pointer(&items[i], r);
            else if (items[i].object && items[i].changed[r] && target && !items[i].object->pointers[r])
                items[i].object->refs[r].value =
                    items[i].stored && target == items[i].old_refs[r] ? target->key : target->new_key;
        }
}

static void change_rows(void)
{
    static void (*const ways[])(void) = {change_ref,  change_ref,   add_item,     add_item,     delete_item,
                                         delete_item, change_value, change_value, change_value, change_key};
    uint32_t steps = 1 + below(14);
    for (uint32_t i = 0; i < steps; i++)
        ways[below(COUNT_OF(ways))]();
    settle_values();
}

/* --- the judge --- */

static bool alive(const struct item *item)
{
    return !item->deleted;
}

static const char *broken_pair(const struct item *a, const struct item *b)
{
    const struct table *t = &tables[a->table];
    if (a == b || a->table != b->table || !alive(a) || !alive(b))
        return NULL;
    if (a->new_key && a->new_key == b->new_key)
        return "two rows with one key";
    if (t->has_loose && a->loose.valid && b->loose.valid && a->loose.value == b->loose.value)
        return "a loose value twice";
    if (t->has_firm && a->firm == b->firm)
        return "a firm value twice";
    return t->has_spot && a->shelf == b->shelf && a->place == b->place ? "a spot twice" : NULL;
}

/* The constraint that the net change would break, or NULL. */
static const char *broken(void)
{
    for (int i = 0; i < item_count; i++) {
        const struct table *t = &tables[items[i].table];
        for (int r = 0; r < t->refs && alive(&items[i]); r++) {
            if (items[i].refs[r] ? !alive(standing(items[i].refs[r])) : t->ref[r].required)
                return "a reference to nothing";
        }
        for (int k = 0; k < item_count; k++)
            if (broken_pair(&items[i], &items[k]))
                return broken_pair(&items[i], &items[k]);
    }
    return NULL;
}

/* The rows that differ between the tables and the oracle's, versions aside; "" if none does. */
static const char *differences(void)
{
    sql_add("SELECT string_agg(name, '; ') FROM (");
    for (int t = 0; t < table_count; t++)
        sql_add("%sSELECT coalesce(' has t%d ' || x.row, '') || coalesce(' lacks t%d ' || y.row, '') AS name FROM"
                " (SELECT (to_jsonb(a) - 'version')::text AS row FROM t%d a) x FULL JOIN"
                " (SELECT (to_jsonb(b) - 'version')::text AS row FROM oracle.t%d b) y USING (row)"
                " WHERE x.row IS NULL OR y.row IS NULL",
                t ? " UNION ALL " : "", t, t, t, t);
    sql_add(") d");
    return sql_run();
}

/* The same net change, by plain SQL. */
static void apply(void)
{
    sql_clear();
    for (int i = 0; i < item_count; i++) {
        if (!items[i].stored && items[i].object)
            items[i].new_key = items[i].object->id;
        if (items[i].stored)
            sql_add("DELETE FROM oracle.t%d WHERE id = %" PRId64 ";", items[i].table, items[i].key);
    }
    for (int i = 0; i < item_count; i++)
        if (alive(&items[i]))
            put_insert(&items[i]);
}

static uint64_t seed;

static void check_objects(void)
{
    Session *other = session_open(db);
    for (int i = 0; i < item_count; i++) {
        const Row *row = items[i].object;
        if (!row || !alive(&items[i]))
            continue;
        const Row *stored =
            howdah_session_find_key(other, &tables[items[i].table].model, (const Value[]){VALUE(row->id)}, 1);
        ck_assert_msg(stored, "seed %" PRIu64 ": an object's row is not there", seed);
        bool same = stored->firm == row->firm && stored->version == row->version && stored->place == row->place &&
                    strcmp(stored->text, row->text) == 0 && stored->loose.valid == row->loose.valid;
        for (int r = 0; r < tables[items[i].table].refs; r++)
            same = same && stored->refs[r].valid == row->refs[r].valid &&
                   (!row->refs[r].valid || stored->refs[r].value == row->refs[r].value);
        ck_assert_msg(same,
                      "seed %" PRIu64 ": object %s %" PRId64 " is not as its row (version %d, not %d; ref0 %" PRId64
                      ", not %" PRId64 ")",
                      seed, tables[items[i].table].name, row->id, row->version, stored->version, row->refs[0].value,
                      stored->refs[0].value);
    }
    session_close(other);
    ck_assert_msg(plan_step_count(session_plan(s)) == 0, "seed %" PRIu64 ": something is left to write:\n%s", seed,
                  plan_text(session_plan(s)));
}

/* A swap that nothing can do, rows that would follow two changed keys, a pointer to an object that was deleted (though
 * another one has its row): said before anything was sent. */
static bool is_documented(const Error *error)
{
    bool swap = error->status == STATUS_UNIQUE && error->other;
    bool deleted = error->status == STATUS_MISUSE && strstr(error->message, "refers to a deleted");
    return !error->statement &&
           (swap || deleted || (error->status == STATUS_INVALID && strstr(error->message, "ON_UPDATE_CASCADE")));
}

static unsigned done, refused, impossible;

static void judge(Status status)
{
    const char *why = broken();
    if (status == STATUS_OK) {
        ck_assert_msg(!why, "seed %" PRIu64 ": committed, but there is %s", seed, why);
        apply();
        const char *rows = differences();
        ck_assert_msg(!*rows, "seed %" PRIu64 ": the database%s", seed, rows);
        check_objects();
        done++;
        return;
    }
    const Error *error = session_error(s);
    ck_assert_msg(error && error->outcome == OUTCOME_NOT_DONE, "seed %" PRIu64 ": %s", seed, error_text(error));
    ck_assert_msg(why || is_documented(error), "seed %" PRIu64 ": refused without a reason: %s", seed,
                  error_text(error));
    sql_clear();
    const char *rows = differences();
    ck_assert_msg(!*rows, "seed %" PRIu64 ": refused, but the database%s", seed, rows);
    if (why)
        refused++;
    else
        impossible++;
    check_ok(session_rollback(s));
    ck_assert_msg(plan_step_count(session_plan(s)) == 0, "seed %" PRIu64 ": rolled back, but something is left", seed);
}

static void run_graph(uint64_t graph)
{
    seed = graph;
    state = graph * 0x2545f4914f6cdd1du + 1;
    make_rows();
    store_rows();
    s = session_open(db);
    load_rows();
    change_rows();
    judge(session_commit(s));
    session_close(s);
    s = NULL;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

/* Graphs of one model are numbered together, so that a seed tells the model, too. */
START_TEST(test_graphs__random)
{
    uint64_t first = number_from("HOWDAH_PROPERTY_SEED", 1), count = number_from("HOWDAH_PROPERTY_GRAPHS", 600);
    uint64_t opened = UINT64_MAX;
    for (uint64_t graph = first; graph < first + count; graph++) {
        if (opened != graph / GRAPHS_OF_A_MODEL) {
            session_close(s);
            database_close(db);
            opened = graph / GRAPHS_OF_A_MODEL;
            seed = graph;
            state = opened * 0x9e3779b97f4a7c15u + 77;
            open_models();
            session_close(s);
            s = NULL;
        }
        run_graph(graph);
    }
    printf("%u committed, %u refused, %u impossible\n", done, refused, impossible);
    ck_assert(count < 100 || (done && refused));
    free(sql);
}
END_TEST

static void setup(void)
{
}

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, (double)number_from("HOWDAH_PROPERTY_GRAPHS", 600) + 60);
    tcase_add_test(tests, test_graphs__random);
}

int main(void)
{
    return scene_main("graphs", setup, scene_close, add_tests);
}
