/* Random trees of rows whose keys are made of their parents' keys, by ON UPDATE CASCADE: a key that changes moves rows of all
 * levels below, whether the session has them or not, while others of them are changed, moved, added and deleted. Either the
 * tables are as the tree says then, and the objects with them; or the commit was refused, with a reason, and nothing changed.
 *
 * HOWDAH_PROPERTY_GRAPHS and HOWDAH_PROPERTY_SEED choose the trees, as in test_graphs.c; HOWDAH_PROPERTY_SHOW=1 says what
 * is done to them. */
#include "api/scene.h"
#include "random.h"

enum { LEVELS = 4, KEYS = 3, NODES = 40, TREES_OF_A_MODEL = 20, NORMALLY = 300, LINE = 64 };

/* Of all levels: the key is as many parts as the level has, the last level has an identity and refers by all parts. */
typedef struct Row Row;
struct Row {
    int64_t id;
    int32_t parts[KEYS];
    NullInt32 rank;
    const char *text;
    int32_t version;
    Row *up;
};

struct node {
    int level;
    struct node *up;
    int own; /* the last part of its key */
    NullInt32 rank;
    int text;
    bool stored, deleted, gone;
    struct node *old_up;
    int32_t old_parts[KEYS];
    Row *object;
};

static struct node nodes[NODES], kept[NODES];
static int node_count, kept_count;

static struct level {
    char name[16];
    Field fields[12];
    Model model;
    size_t keys[KEYS], unique[2];
    bool cascades;
    enum { RANK_FREE, RANK_ALONE, RANK_WITHIN } ranks; /* unique */
} levels[LEVELS];
static const Model *models[LEVELS + 1];

/* --- models --- */

static Field *add_field(struct level *l, enum howdah_field_kind kind, const char *name, size_t offset, size_t size,
                        uint32_t type)
{
    Field *f = &l->fields[l->model.field_count++];
    ck_assert_uint_le(l->model.field_count, COUNT_OF(l->fields));
    *f =
        (Field){.kind = kind, .name = name, .offset = offset, .size = size, .type = type, .struct_size = sizeof(Field)};
    return f;
}

#define ADD_COLUMN(l, field, type) \
    add_field((l), HOWDAH_FIELD_COLUMN, #field, offsetof(Row, field), sizeof(((Row *)0)->field), (type))

/* The parts of its parent's key are a foreign key; of one column, that has it itself. */
static void add_parts(struct level *l, int level)
{
    static const char *const names[KEYS] = {"a", "b", "c"};
    int count = level < KEYS ? level + 1 : KEYS;
    for (int i = 0; i < count; i++) {
        l->keys[i] = offsetof(Row, parts) + (size_t)i * sizeof(int32_t);
        Field *f = add_field(l, HOWDAH_FIELD_COLUMN, names[i], l->keys[i], sizeof(int32_t), HOWDAH_TYPE_INT32);
        f->primary_key = level < KEYS;
        if (i == 0 && level > 0) {
            f->references = level == 1 ? models[0] : NULL;
            f->on_update = ON_UPDATE_CASCADE;
            f->on_delete = l->cascades ? ON_DELETE_CASCADE : HOWDAH_ON_DEFAULT;
        }
    }
}

static void make_level(int level)
{
    struct level *l = &levels[level];
    snprintf(l->name, sizeof(l->name), "c%d", level);
    l->cascades = chance(50);
    l->ranks = (unsigned)below(3);
    bool versioned = chance(40);
    if (level == KEYS) {
        Field *f = ADD_COLUMN(l, id, HOWDAH_TYPE_INT64);
        f->primary_key = true;
        f->generated = GENERATED_IDENTITY;
    }
    add_parts(l, level);
    ADD_COLUMN(l, rank, (uint32_t)HOWDAH_TYPE_INT32 | HOWDAH_TYPE_NULLABLE)->unique = l->ranks == RANK_ALONE;
    ADD_COLUMN(l, text, HOWDAH_TYPE_TEXT);
    ADD_COLUMN(l, version, HOWDAH_TYPE_INT32)->version = versioned;
    if (l->ranks == RANK_WITHIN) {
        l->unique[0] = l->keys[0];
        l->unique[1] = offsetof(Row, rank);
        Field *f = add_field(l, HOWDAH_FIELD_UNIQUE, NULL, 0, 0, 0);
        f->columns = l->unique;
        f->column_count = 2;
        f->deferrable = chance(50);
    }
    if (level > 0) {
        Field *f = add_field(l, HOWDAH_FIELD_BELONGS_TO, "up", offsetof(Row, up), sizeof(Row *), 0);
        f->target = &levels[level - 1].model;
        f->keys = l->keys;
        f->key_count = (size_t)level;
    }
    if (!versioned && level == KEYS && chance(25))
        l->model.optimistic = chance(50) ? HOWDAH_OPTIMISTIC_ALL : HOWDAH_OPTIMISTIC_DIRTY;
}

static void open_models(void)
{
    int first = below(LEVELS);
    memset(levels, 0, sizeof(levels));
    for (int i = 0; i < LEVELS; i++)
        levels[i].model = (Model){.struct_size = sizeof(Model),
                                  .size = sizeof(Row),
                                  .alignment = _Alignof(Row),
                                  .name = levels[i].name,
                                  .table = levels[i].name,
                                  .fields = levels[i].fields};
    models[0] = &levels[0].model;
    for (int i = 0; i < LEVELS; i++)
        make_level(i);
    for (int i = 0; i < LEVELS; i++) /* in any order */
        models[i] = &levels[(i + first) % LEVELS].model;
    scene_open_with(models, DATABASE_OPTIONS(.fence = chance(30)));
    session_close(s);
    s = NULL;
}

/* --- the tree --- */

static void parts_of(const struct node *node, int32_t parts[KEYS])
{
    memset(parts, 0, KEYS * sizeof(*parts));
    for (; node; node = node->up)
        if (node->level < KEYS)
            parts[node->level] = node->own;
}

static struct node *pick(int level)
{
    for (int tries = 0; tries < 30 && node_count; tries++) {
        struct node *node = &nodes[below(node_count)];
        if ((level < 0 || node->level == level) && !node->deleted && !node->gone)
            return node;
    }
    return NULL;
}

static bool is_taken(int level, const struct node *up, int own)
{
    for (int i = 0; i < node_count; i++)
        if (level < KEYS && nodes[i].level == level && nodes[i].up == up && nodes[i].own == own && !nodes[i].deleted)
            return true;
    return false;
}

static void make_tree(void)
{
    node_count = 0;
    for (int tries = 8 + below(16); tries > 0; tries--) {
        int level = node_count ? below(LEVELS) : 0, own = 1 + below(4);
        struct node *up = level ? pick(level - 1) : NULL;
        if ((level && !up) || is_taken(level, up, own))
            continue;
        nodes[node_count] = (struct node){.level = level, .up = up, .own = own, .stored = true, .old_up = up};
        nodes[node_count].rank = (NullInt32){1 + node_count, chance(70)};
        parts_of(&nodes[node_count], nodes[node_count].old_parts);
        node_count++;
    }
}

static void store_tree(void)
{
    live_sql("TRUNCATE c0, c1, c2, c3");
    for (int i = 0; i < node_count; i++) {
        const struct node *n = &nodes[i];
        static const char *const columns[LEVELS] = {"a", "a, b", "a, b, c", "a, b, c, id"};
        char values[LINE];
        int at = 0;
        for (int k = 0; k < (n->level < KEYS ? n->level + 1 : KEYS); k++)
            at += snprintf(values + at, sizeof(values) - (size_t)at, "%s%d", k ? ", " : "", n->old_parts[k]);
        if (n->level == KEYS)
            snprintf(values + at, sizeof(values) - (size_t)at, ", %d", i + 1);
        live_sql("INSERT INTO c%d (%s, rank, text, version) VALUES (%s, nullif(%d, 0), 'x0', 1)", n->level,
                 columns[n->level], values, n->rank.valid ? n->rank.value : 0);
    }
    live_sql("ALTER TABLE c3 ALTER id RESTART 1000");
}

/* What follows over rows that the session does not know, does so in the tables alone: whole branches are left out. */
static void load_tree(void)
{
    for (int i = 0; i < node_count; i++) {
        const int32_t *p = nodes[i].old_parts;
        Value key[] = {VALUE(p[0]), VALUE(p[1]), VALUE(p[2])}, id = VALUE((int64_t)(i + 1));
        size_t parts = nodes[i].level < KEYS ? (size_t)nodes[i].level + 1 : 1;
        if (chance(75))
            nodes[i].object =
                howdah_session_find_key(s, &levels[nodes[i].level].model, nodes[i].level < KEYS ? key : &id, parts);
    }
}

/* --- what the program does --- */

static void show(const struct node *node, const char *what, int number, const struct node *other)
{
    if (getenv("HOWDAH_PROPERTY_SHOW"))
        fprintf(stderr, "  %d (c%d %d/%d/%d) %s %d %d\n", (int)(node - nodes), node->level, node->old_parts[0],
                node->old_parts[1], node->old_parts[2], what, number, other ? (int)(other - nodes) : -1);
}

static void rename_node(void)
{
    struct node *node = pick(-1);
    if (!node || !node->object || node->level == KEYS)
        return;
    node->own = 1 + below(6);
    node->object->parts[node->level] = node->own;
    show(node, "is renamed", node->own, NULL);
}

static void move_node(void)
{
    struct node *node = pick(-1), *up = node && node->level ? pick(node->level - 1) : NULL;
    if (!node || !node->object || !up || !up->object || up == node->up)
        return;
    node->up = up;
    node->object->up = up->object;
    show(node, "goes to", 0, up);
}

static void change_values(void)
{
    struct node *node = pick(-1), *other = node ? pick(node->level) : NULL;
    if (!node || !node->object)
        return;
    node->text = below(9);
    node->object->text = session_text(s, "x%d", node->text);
    show(node, "has another text", node->text, NULL);
    if (other && other->object && chance(50)) {
        NullInt32 rank = node->rank;
        node->object->rank = node->rank = other->rank;
        other->object->rank = other->rank = rank;
        show(node, "swaps ranks with", 0, other);
    }
}

static void add_node(void)
{
    int level = below(LEVELS),
        own = level ? 1 + (int)below(6) : 100 + node_count; /* a key that an object has is refused */
    struct node *up = level ? pick(level - 1) : NULL, *node = &nodes[node_count];
    if (node_count == NODES || (level && (!up || !up->object)))
        return;
    *node = (struct node){.level = level, .up = up, .own = own, .rank = {50 + node_count, chance(50)}};
    Row row = {.text = "x0", .rank = node->rank, .up = up ? up->object : NULL};
    if (level < KEYS)
        row.parts[level] = own;
    node->object = howdah_session_add_object(s, &levels[level].model, &row);
    check_no_error();
    node_count++;
    show(node, "is new below", own, up);
}

static bool is_below(const struct node *node, const struct node *top)
{
    while (node && node != top)
        node = node->up;
    return node != NULL;
}

/* With all below it: by the program, or what is stored by the database. */
static void delete_node(void)
{
    struct node *top = pick(-1);
    if (!top || !top->object)
        return;
    for (int i = 0; i < node_count; i++)
        if (is_below(&nodes[i], top) && !nodes[i].object && !nodes[i].deleted)
            return;
    for (int level = LEVELS; level-- > top->level;)
        for (int i = 0; i < node_count; i++) {
            struct node *node = &nodes[i];
            if (node->level != level || !is_below(node, top) || node->deleted)
                continue;
            bool along = node != top && levels[level].cascades && node->stored && node->up == node->old_up;
            node->deleted = true;
            show(node, along ? "goes along" : "is deleted", 0, NULL);
            if (!along || (node->object && chance(30)))
                check_ok(session_delete(s, node->object));
        }
}

/* What follows is said by the program as well. */
static bool any_said;
static void say_all(void)
{
    int32_t parts[KEYS];
    any_said = false;
    for (int i = 0; i < node_count; i++) {
        struct node *node = &nodes[i];
        if (!node->object || !node->stored || node->deleted || node->up != node->old_up || !chance(15))
            continue;
        parts_of(node, parts);
        memcpy(node->object->parts, parts, (size_t)node->level * sizeof(*parts));
        any_said = true;
        show(node, "says so", 0, NULL);
    }
}

static void change_tree(void)
{
    static void (*const ways[])(void) = {rename_node, rename_node,   rename_node, move_node,  move_node,
                                         add_node,    change_values, add_node,    delete_node};
    for (int steps = 1 + below(10); steps > 0; steps--)
        ways[below(COUNT_OF(ways))]();
    say_all();
}

/* --- the verdict --- */

static bool collide(const struct node *a, const struct node *b)
{
    int32_t mine[KEYS], others[KEYS];
    parts_of(a, mine);
    parts_of(b, others);
    bool ranks = a->rank.valid && b->rank.valid && a->rank.value == b->rank.value;
    return (a->level < KEYS && memcmp(mine, others, sizeof(mine)) == 0) ||
           (ranks && levels[a->level].ranks == RANK_ALONE) ||
           (ranks && levels[a->level].ranks == RANK_WITHIN && mine[0] == others[0]);
}

static bool is_broken(void)
{
    for (int i = 0; i < node_count; i++)
        for (int k = 0; k < i; k++)
            if (nodes[i].level == nodes[k].level && !nodes[i].deleted && !nodes[k].deleted &&
                collide(&nodes[i], &nodes[k]))
                return true;
    return false;
}

static void line_of(const struct node *n, char line[LINE])
{
    int32_t p[KEYS];
    parts_of(n, p);
    snprintf(line, LINE, "c%d %d/%d/%d %d x%d", n->level, p[0], p[1], p[2], n->rank.valid ? n->rank.value : 0, n->text);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void check_tables(uint64_t seed, const char *when)
{
    static char lines[NODES][LINE], text[NODES * LINE];
    int count = 0, at = 0;
    for (int i = 0; i < node_count; i++)
        if (!nodes[i].deleted)
            line_of(&nodes[i], lines[count++]);
    qsort(lines, (size_t)count, LINE, compare);
    *text = '\0';
    for (int i = 0; i < count; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%s", i ? "\n" : "", lines[i]);
    const char *stored =
        live_sql("SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM ("
                 "SELECT format('c0 %%s/0/0 %%s %%s', a, coalesce(rank, 0), text) AS line FROM c0 UNION ALL "
                 "SELECT format('c1 %%s/%%s/0 %%s %%s', a, b, coalesce(rank, 0), text) FROM c1 UNION ALL "
                 "SELECT format('c2 %%s/%%s/%%s %%s %%s', a, b, c, coalesce(rank, 0), text) FROM c2 UNION ALL "
                 "SELECT format('c3 %%s/%%s/%%s %%s %%s', a, b, c, coalesce(rank, 0), text) FROM c3) l");
    ck_assert_msg(strcmp(text, stored) == 0, "seed %" PRIu64 ", %s: the tables have\n%s\nand not\n%s", seed, when,
                  stored, text);
}

static void check_objects(uint64_t seed, const char *when)
{
    int32_t p[KEYS];
    for (int i = 0; i < node_count; i++) {
        const struct node *n = &nodes[i];
        if (!n->object || n->gone)
            continue;
        parts_of(n, p);
        ck_assert_msg(session_contains(s, n->object) == !n->deleted, "seed %" PRIu64 ", %s: %d is not in its place",
                      seed, when, i);
        if (n->deleted)
            continue;
        ck_assert_msg(memcmp(p, n->object->parts, sizeof(p)) == 0,
                      "seed %" PRIu64 ", %s: %d of c%d is %d/%d/%d, not %d/%d/%d", seed, when, i, n->level,
                      n->object->parts[0], n->object->parts[1], n->object->parts[2], p[0], p[1], p[2]);
        Value key[] = {VALUE(p[0]), VALUE(p[1]), VALUE(p[2])}, id = VALUE(n->object->id);
        size_t parts = n->level < KEYS ? (size_t)n->level + 1 : 1;
        void *found = howdah_session_find_key(s, &levels[n->level].model, n->level < KEYS ? key : &id, parts);
        ck_assert_msg(found == n->object, "seed %" PRIu64 ", %s: the map does not know %d", seed, when, i);
    }
    ck_assert_msg(plan_step_count(session_plan(s)) == 0, "seed %" PRIu64 ", %s: something is left to write:\n%s", seed,
                  when, plan_text(session_plan(s)));
}

/* Of a unique value beside a part that moves: what others give up when the database moves them nobody knows. */
static bool is_within(const Error *error)
{
    int level = error->table ? error->table[1] - '0' : 0;
    return error->status == STATUS_UNIQUE && levels[level].ranks == RANK_WITHIN;
}

/* As docs/unit-of-work.md says. Before anything is sent: values that go round where nothing can be parked, and the key of a
 * row that is moved away. By the server: a row that is found as it was goes before what moves it, and can't leave what is
 * deleted for what is moved, or for what is moved twice. */
static bool is_documented(const Error *error)
{
    bool stale = error->status == STATUS_FOREIGN_KEY || error->status == STATUS_STALE;
    bool refused = error->status == STATUS_UNIQUE || error->status == STATUS_INVALID;
    return is_within(error) || (!error->statement && refused) || (stale && levels[KEYS].model.optimistic);
}

static unsigned verdicts[3];

static void judge(uint64_t seed, Status status)
{
    bool broken = is_broken();
    ck_assert_msg(status != STATUS_OK || !broken, "seed %" PRIu64 ": committed, but two rows collide", seed);
    if (status == STATUS_OK) {
        check_tables(seed, "committed");
        check_objects(seed, "committed");
    } else {
        const Error *error = session_error(s);
        ck_assert_msg(broken || is_documented(error), "seed %" PRIu64 ": refused without a reason: %s", seed,
                      error_text(error));
        check_ok(session_rollback(s));
        memcpy(nodes, kept, sizeof(nodes));
        node_count = kept_count;
        check_tables(seed, "refused");
        check_objects(seed, "refused");
    }
    verdicts[status == STATUS_OK ? 0 : broken ? 1 : 2]++;
}

/* Another row gets the key of a deleted one. A new object takes that row over, and what refers to it stays; and who says so
 * by value may mean either. The tree does not know. */
static bool any_taken_over(void)
{
    int32_t parts[KEYS];
    for (int i = 0; i < node_count; i++)
        for (int k = 0; k < node_count && !nodes[i].deleted && (!nodes[i].stored || any_said); k++) {
            parts_of(&nodes[i], parts);
            if (nodes[k].level == nodes[i].level && nodes[k].stored && nodes[k].deleted &&
                memcmp(parts, nodes[k].old_parts, sizeof(parts)) == 0)
                return true;
        }
    return false;
}

static void settle(void)
{
    for (int i = 0; i < node_count; i++) {
        struct node *n = &nodes[i];
        n->gone = n->deleted;
        n->stored = true;
        n->old_up = n->up;
        parts_of(n, n->old_parts);
    }
}

static void run_tree(uint64_t seed)
{
    random_start(seed * 0x2545f4914f6cdd1du + 1);
    make_tree();
    store_tree();
    s = session_open(db);
    load_tree();
    for (int round = 0; round < 2; round++) {
        memcpy(kept, nodes, sizeof(nodes));
        kept_count = node_count;
        if (getenv("HOWDAH_PROPERTY_SHOW"))
            fprintf(stderr, "seed %" PRIu64 ", round %d\n", seed, round);
        bool begun = chance(30);
        if (begun)
            check_ok(session_begin(s, NULL));
        change_tree();
        if (any_taken_over())
            break;
        if (getenv("HOWDAH_PROPERTY_SHOW"))
            fprintf(stderr, "%s\n", plan_text(session_plan(s)));
        judge(seed, session_commit(s));
        settle();
    }
    session_close(s);
    s = NULL;
}

static void open_models_of(uint64_t seed)
{
    random_start(seed / TREES_OF_A_MODEL * 0x9e3779b97f4a7c15u + 77);
    database_close(db);
    open_models();
}

/* Trees that went wrong once: a row that is moved and deleted keeps the key it is moved to from others until it is gone; a new
 * object follows with the row that it takes over. */
START_TEST(test_chains__known)
{
    static const uint64_t seeds[] = {95002121, 95003860};
    open_models_of(seeds[_i]);
    run_tree(seeds[_i]);
}
END_TEST

START_TEST(test_chains__random)
{
    uint64_t first = number_from("HOWDAH_PROPERTY_SEED", 1), count = number_from("HOWDAH_PROPERTY_GRAPHS", NORMALLY);
    for (uint64_t seed = first; seed < first + count; seed++) {
        if (seed == first || seed % TREES_OF_A_MODEL == 0)
            open_models_of(seed);
        run_tree(seed);
    }
    printf("%u committed, %u refused, %u impossible\n", verdicts[0], verdicts[1], verdicts[2]);
    ck_assert(count < 100 || (verdicts[0] > count / 2 && verdicts[1]));
}
END_TEST

static void setup(void)
{
    db = NULL;
}

static void teardown(void)
{
    database_close(db);
}

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, (double)number_from("HOWDAH_PROPERTY_GRAPHS", NORMALLY) + 600);
    tcase_add_loop_test(tests, test_chains__known, 0, 2);
    tcase_add_test(tests, test_chains__random);
}

int main(void)
{
    return scene_main("chains", setup, teardown, add_tests);
}
