/* Deletes that go on through rows which nobody has loaded: trees, trees below tables, long chains of tables. */
#include "api/scene.h"
#include "support/failing.h"

typedef struct Shop Shop;
typedef struct Shelf Shelf;
typedef struct Item Item;
typedef struct Price Price;
typedef struct Memo Memo;

struct Shop {
    int64_t id;
    const char *name;
    MANY(Shelf) shelves;
};

/* A tree in two ways at once. */
struct Shelf {
    int64_t id;
    NullInt64 shop_id;
    NullInt64 parent_id;
    NullInt64 copy_of;
    Shelf *parent;
    MANY(Shelf) children;
    MANY(Shelf) copies;
    MANY(Item) items;
    MANY(Memo) memos;
};

struct Item {
    int64_t id;
    int64_t shelf_id;
    const char *name;
    MANY(Price) prices;
};

struct Price {
    int64_t id;
    int64_t item_id;
};

/* Lets go. */
struct Memo {
    int64_t id;
    NullInt64 shelf_id;
    int32_t version;
};

extern const Model Shop_model, Shelf_model, Item_model, Price_model, Memo_model;

/* clang-format off */
#define ID(T) COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY)
MODEL(Shop, "shops",
    ID(Shop),
    COLUMN(Shop, name),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Shop, shelves, Shelf, shop_id));
MODEL(Shelf, "shelves",
    ID(Shelf),
    COLUMN(Shelf, shop_id,   .references = &Shop_model),
    COLUMN(Shelf, parent_id, .references = &Shelf_model),
    COLUMN(Shelf, copy_of,   .references = &Shelf_model),
    BELONGS_TO(Shelf, parent, Shelf, parent_id),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Shelf, children, Shelf, parent_id),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Shelf, copies, Shelf, copy_of),
    HAS_MANY_WITH((.delete_orphans = true), Shelf, items, Item, shelf_id),
    HAS_MANY(Shelf, memos, Memo, shelf_id));
MODEL(Item, "items",
    ID(Item),
    COLUMN(Item, shelf_id, .references = &Shelf_model),
    COLUMN(Item, name),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Item, prices, Price, item_id));
MODEL(Price, "prices",
    ID(Price),
    COLUMN(Price, item_id, .references = &Item_model));
MODEL(Memo, "memos",
    ID(Memo),
    COLUMN(Memo, shelf_id, .references = &Shelf_model),
    COLUMN(Memo, version,  .version = true));
/* clang-format on */

/* Shelves 1 to 5 belong together: 2 below 1, 3 below 2, 4 a copy of 3, 5 below 4. Shelf 6 stands alone. Each has two items
 * with a price each, and a memo. */
static void setup(void)
{
    scene_open(MODELS(Shop, Shelf, Item, Price, Memo));
    live_sql(
        "INSERT INTO shops (name) VALUES ('one'), ('two');"
        "INSERT INTO shelves (shop_id, parent_id, copy_of) VALUES (1, NULL, NULL), (NULL, 1, NULL), (NULL, 2, NULL),"
        " (NULL, NULL, 3), (NULL, 4, NULL), (2, NULL, NULL);"
        "INSERT INTO items (shelf_id, name) SELECT s, 'i' FROM generate_series(1, 6) s, generate_series(1, 2);"
        "INSERT INTO prices (item_id) SELECT id FROM items;"
        "INSERT INTO memos (shelf_id, version) SELECT s, 1 FROM generate_series(1, 6) s");
    seen_clear();
    cost_start();
}

#define check_left(expected) \
    live_check(expected, \
               "SELECT (SELECT string_agg(id::text, ',' ORDER BY id) FROM shelves), (SELECT count(*) FROM items)," \
               " (SELECT count(*) FROM prices), (SELECT count(*) FROM memos WHERE shelf_id IS NULL)," \
               " (SELECT count(*) FROM memos WHERE version = 2)")

START_TEST(test_cascade_tree__root_of_a_tree)
{
    Shelf *root = session_find(s, Shelf, 1);
    check_ok(session_delete(s, root));
    cost_start();
    ck_assert_uint_gt(plan_step_count(session_plan(s)), 4);
    check_cost(0, 0);
    check_ok(session_commit(s));
    check_left("6|2|2|5|5");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade_tree__branch_of_a_tree)
{
    check_ok(session_delete(s, session_find(s, Shelf, 3)));
    check_ok(session_commit(s));
    check_left("1,2,6|6|6|3|3");
}
END_TEST

START_TEST(test_cascade_tree__tree_below_a_table)
{
    check_ok(session_delete(s, session_find(s, Shop, 1)));
    check_ok(session_commit(s));
    check_left("6|2|2|5|5");
    live_check("two", "SELECT name FROM shops");
}
END_TEST

START_TEST(test_cascade_tree__partly_loaded)
{
    Shelf *root = session_find(s, Shelf, 1), *third = session_find(s, Shelf, 3), *fifth = session_find(s, Shelf, 5);
    check_ok(session_load(s, root, children));
    check_ok(session_load(s, root, items));
    Item *item = root->items.items[0];
    if (_i) {
        item->name = "changed";
        fifth->shop_id = (NullInt64){2, true};
    }
    check_ok(session_delete(s, root));
    check_ok(session_commit(s));
    check_left("6|2|2|5|5");
    ck_assert(!session_contains(s, root) && !session_contains(s, item));
    (void)third;
    live_sql("DELETE FROM memos");
}
END_TEST

/* Objects whose rows go, or are let go, with rows between that nobody has loaded; and the way back. */
START_TEST(test_cascade_tree__loaded_at_the_end)
{
    bool flushes = _i & 1, changed = _i & 2;
    live_sql("UPDATE items SET shelf_id = 3 WHERE id IN (5, 6); UPDATE prices SET item_id = id");
    Item *item = session_find(s, Item, 5);
    Price *price = session_find(s, Price, 6);
    Memo *memo = session_find(s, Memo, 3), *other = session_find(s, Memo, 6);
    Shop *shop = session_find(s, Shop, 1);
    if (flushes)
        check_ok(session_begin(s, NULL));
    if (changed)
        item->name = "changed";
    check_ok(session_delete(s, shop));
    check_ok(flushes ? session_flush(s) : session_commit(s));
    ck_assert(!session_contains(s, item) && !session_contains(s, price) && session_contains(s, other));
    ck_assert(!memo->shelf_id.valid && memo->version == 2);
    ck_assert(other->shelf_id.value == 6 && other->version == 1);
    if (flushes) {
        check_ok(session_rollback(s));
        ck_assert(session_contains(s, item) && session_contains(s, price));
        ck_assert(memo->shelf_id.value == 3 && memo->version == 1);
        check_ok(session_delete(s, price));
    }
    memo->shelf_id = (NullInt64){6, true};
    check_ok(session_commit(s));
    live_check(flushes ? "6|2|1" : "6|3|0",
               "SELECT shelf_id, version, (SELECT count(*) FROM items WHERE id = 5) FROM memos WHERE id = 3");
    check_nothing_to_write();
}
END_TEST

/* The same while memory runs out, at each allocation in turn: all of it is done, or nothing. */
static Status delete_around(bool flushes, Item **ret_item, Memo **ret_memo)
{
    Shop *shop = session_find(s, Shop, 1);
    *ret_item = session_find(s, Item, 5);
    *ret_memo = session_find(s, Memo, 3);
    if (flushes)
        session_begin(s, NULL);
    session_delete(s, shop);
    return flushes ? session_flush(s) : session_commit(s);
}

START_TEST(test_cascade_tree__loaded_without_memory)
{
    struct failing failing;
    Item *item;
    Memo *memo;
    scene_close();
    failing_init(&failing);
    scene_open_with(MODELS(Shop, Shelf, Item, Price, Memo), DATABASE_OPTIONS(.allocator = &failing.hook));
    bool more = true;
    for (size_t n = 1; more; n++) {
        live_sql(
            "TRUNCATE shops, shelves, items, prices, memos; INSERT INTO shops VALUES (1, 'one');"
            "INSERT INTO shelves VALUES (1, 1, NULL, NULL), (3, NULL, 1, NULL); INSERT INTO items VALUES (5, 3, 'i');"
            "INSERT INTO memos VALUES (3, 3, 1)");
        scene_renew();
        failing_at(&failing, n, FAILING_ONCE);
        Status status = delete_around(_i, &item, &memo);
        failing_off(&failing);
        more = failing_reached(&failing);
        ck_assert(status == STATUS_OK || (more && status == STATUS_NO_MEMORY));
        bool done = status == STATUS_OK || session_error(s)->outcome == OUTCOME_DONE;
        if (status == STATUS_OK)
            ck_assert(!session_contains(s, item) && !memo->shelf_id.valid && memo->version == 2);
        session_clear_error(s);
        check_ok(session_rollback(s));
        live_check(done && !_i ? "0" : "1", "SELECT count(*) FROM items");
        item = session_find(s, Item, 5);
        ck_assert((item != NULL) == (!done || _i));
    }
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

START_TEST(test_cascade_tree__all_loaded)
{
    Query *q = session_query(s, Shelf);
    query_with(q, Shelf, items);
    query_with(q, Shelf, memos);
    query_with_path(q, "children");
    query_with_path(q, "copies");
    query_with_path(q, "items.prices");
    ck_assert_ptr_nonnull(query_all(q, Shelf, NULL));
    check_ok(session_delete(s, session_find(s, Shelf, 1)));
    check_ok(session_commit(s));
    check_left("6|2|2|5|5");
    ck_assert_uint_eq(seen_with("RECURSIVE"), 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade_tree__ring)
{
    live_sql("UPDATE shelves SET parent_id = 5 WHERE id = 1");
    check_ok(session_delete(s, session_find(s, Shelf, 1)));
    check_ok(session_commit(s));
    check_left("6|2|2|5|5");
    check_nothing_to_write();
}
END_TEST

/* --- tables below each other --- */

/* A table and the next one below it. */
#define STEP_MODEL(T, Up, Next) \
    MODEL(T, "step_" #T, ID(T), COLUMN(T, up, .references = &Up##_model), \
          HAS_MANY_WITH((.cascade = CASCADE_DELETE), T, below, Next, up))
/* clang-format off */
#define STEPS(X) \
    X(S13, S12, S14) X(S12, S11, S13) X(S11, S10, S12) X(S10, S9, S11) X(S9, S8, S10) X(S8, S7, S9) \
    X(S7, S6, S8) X(S6, S5, S7) X(S5, S4, S6) X(S4, S3, S5) X(S3, S2, S4) X(S2, S1, S3)
#define FORWARD(T, Up, Next) typedef struct T T; extern const Model T##_model;
#define STRUCT(T, Up, Next) struct T { int64_t id; NullInt64 up; MANY(Next) below; };
#define ROW(T, Up, Next) STEP_MODEL(T, Up, Next);
typedef struct S14 S14;
typedef struct S1 S1;
extern const Model S14_model, S1_model;
STEPS(FORWARD)
STEPS(STRUCT)
struct S14 { int64_t id; NullInt64 up; };
struct S1 { int64_t id; MANY(S2) below; };
STEPS(ROW)
MODEL(S1, "step_S1", ID(S1), HAS_MANY_WITH((.cascade = CASCADE_DELETE), S1, below, S2, up));
MODEL(S14, "step_S14", ID(S14), COLUMN(S14, up, .references = &S13_model));
/* clang-format on */

static void fill_steps(void)
{
    scene_close();
    scene_open(MODELS(S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14));
    live_sql("INSERT INTO \"step_S1\" DEFAULT VALUES");
    for (int i = 2; i <= 14; i++)
        live_sql("INSERT INTO \"step_S%d\" (up) VALUES (1), (1), (NULL)", i);
    seen_clear();
}

START_TEST(test_cascade_tree__many_tables_deep)
{
    fill_steps();
    check_ok(session_delete(s, session_find(s, S2, 1)));
    check_ok(session_commit(s));
    live_check("2|1|1|1", "SELECT (SELECT count(*) FROM \"step_S2\"), (SELECT count(*) FROM \"step_S3\"),"
                          " (SELECT count(*) FROM \"step_S7\"), (SELECT count(*) FROM \"step_S14\")");
}
END_TEST

START_TEST(test_cascade_tree__too_many_tables_deep)
{
    fill_steps();
    S1 *first = session_find(s, S1, 1);
    check_ok(session_delete(s, first));
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    ck_assert_str_eq(session_error(s)->message,
                     "S1: rows of S14, more than 12 tables below, would have to be found: declare ON DELETE CASCADE for"
                     " one of the tables between them");
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, first));
}
END_TEST

/* --- rows that go with others, by the database --- */

typedef struct House {
    int64_t id;
} House;
typedef struct Floor {
    int64_t id;
    int64_t house_id;
} Floor;
typedef struct Lamp {
    int64_t id;
    int64_t floor_id;
    int32_t watts;
    int32_t version;
} Lamp;

/* clang-format off */
MODEL(House, "houses", ID(House));
MODEL(Floor, "floors",
    ID(Floor),
    COLUMN(Floor, house_id, .references = &House_model, .on_delete = ON_DELETE_CASCADE));
MODEL(Lamp, "lamps",
    ID(Lamp),
    COLUMN(Lamp, floor_id, .references = &Floor_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Lamp, watts),
    COLUMN(Lamp, version, .version = true));
/* clang-format on */

/* The session has a lamp of the house, but not the floor between them. */
START_TEST(test_cascade_tree__changed_row_that_goes)
{
    scene_close();
    scene_open(MODELS(House, Floor, Lamp));
    live_sql("INSERT INTO houses DEFAULT VALUES; INSERT INTO houses DEFAULT VALUES;"
             "INSERT INTO floors (house_id) VALUES (1), (2);"
             "INSERT INTO lamps (floor_id, watts, version) VALUES (1, 40, 1), (2, 40, 1), (1, 40, 1)");
    Lamp *lamp = session_find(s, Lamp, 1), *other = session_find(s, Lamp, 2), *gone = session_find(s, Lamp, 3);
    lamp->watts = other->watts = 60;
    if (_i)
        check_ok(session_delete(s, gone));
    check_ok(session_delete(s, session_find(s, House, 1)));
    check_ok(session_commit(s));
    live_check("2|60|2", "SELECT id, watts, version FROM lamps");
    check_nothing_to_write();
}
END_TEST

/* Leaves whose parents nobody has loaded: neither of them waits for the other. */
START_TEST(test_cascade_tree__many_leaves)
{
    live_sql("CREATE INDEX ON shelves (parent_id); CREATE INDEX ON shelves (copy_of);"
             "INSERT INTO shelves (parent_id) SELECT 6 FROM generate_series(1, 20000)");
    size_t count;
    Query *q = session_query(s, Shelf);
    query_where(q, Shelf, id, ">", 6);
    Shelf **leaves = query_all(q, Shelf, &count);
    ck_assert_uint_eq(count, 20000);
    for (size_t i = 0; i < count; i++)
        if (i % 2)
            check_ok(session_delete(s, leaves[i]));
        else
            leaves[i]->shop_id = (NullInt64){2, true};
    check_ok(session_commit(s));
    live_check("10000", "SELECT count(*) FROM shelves WHERE parent_id = 6 AND shop_id = 2");
}
END_TEST

/* --- a tree over a key of two parts, with links and what is polymorphic below --- */

typedef struct Twig Twig;
typedef struct Leaf Leaf;
typedef struct Bug Bug;
typedef struct Mark Mark;

struct Twig {
    PgUuid tree;
    const char *name;
    NullUuid up_tree;
    const char *up_name;
    Twig *up;
    MANY(Twig) twigs;
    MANY(Leaf) leaves;
    MANY(Bug) bugs;
};

struct Leaf {
    int64_t id;
    PgUuid tree;
    const char *name;
    Twig *twig;
    MANY(Mark) marks;
};

struct Bug {
    int64_t id;
    const char *kind;
    MANY(Twig) twigs;
};

struct Mark {
    int64_t id;
    const char *about;
    NullInt64 about_id;
};

extern const Model Twig_model, Leaf_model, Bug_model, Mark_model;

/* clang-format off */
MODEL(Twig, "twigs",
    COLUMN(Twig, tree,    .primary_key = true),
    COLUMN(Twig, name,    .primary_key = true),
    COLUMN(Twig, up_tree),
    COLUMN(Twig, up_name, .nullable = true),
    BELONGS_TO(Twig, up, Twig, up_tree, up_name),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Twig, twigs, Twig, up_tree, up_name),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Twig, leaves, Leaf, tree, name),
    MANY_TO_MANY(Twig, bugs, Bug, "twig_bugs", "tree, name", "bug_id"));
MODEL(Leaf, "leaves",
    ID(Leaf),
    COLUMN(Leaf, tree),
    COLUMN(Leaf, name),
    BELONGS_TO(Leaf, twig, Twig, tree, name),
    HAS_MANY_WITH((.type_field = "about", .type_label = "leaf", .delete_orphans = true), Leaf, marks, Mark, about_id));
MODEL(Bug, "bugs",
    ID(Bug),
    COLUMN(Bug, kind),
    MANY_TO_MANY(Bug, twigs, Twig, "twig_bugs", "bug_id", "tree, name"));
MODEL(Mark, "marks",
    ID(Mark),
    COLUMN(Mark, about,    .nullable = true),
    COLUMN(Mark, about_id));
/* clang-format on */

#define TREE "'018f0000-0000-7000-8000-000000000001'"

START_TEST(test_cascade_tree__key_of_two_parts)
{
    scene_close();
    scene_open(MODELS(Twig, Leaf, Bug, Mark));
    live_sql("INSERT INTO twigs VALUES (" TREE ", 'a', NULL, NULL), (" TREE ", 'b', " TREE ", 'a'), (" TREE
             ", 'c', " TREE ", 'b'), (" TREE ", 'z', NULL, NULL);"
             "INSERT INTO leaves (tree, name) SELECT tree, name FROM twigs ORDER BY name;"
             "INSERT INTO marks (about, about_id) SELECT k, id FROM leaves, unnest('{leaf,stone}'::text[]) k;"
             "INSERT INTO bugs (kind) VALUES ('ant'); INSERT INTO twig_bugs SELECT tree, name, 1 FROM twigs");
    Query *q = session_query(s, Twig);
    query_where(q, Twig, name, "=", _i ? "b" : "a");
    Twig *twig = query_one(q, Twig);
    ck_assert_ptr_nonnull(twig);
    check_ok(session_delete(s, twig));
    check_ok(session_commit(s));
    live_check(_i ? "a,z|2|2|4|2" : "z|1|1|4|1",
               "SELECT (SELECT string_agg(name, ',' ORDER BY name) FROM twigs), (SELECT count(*) FROM leaves), (SELECT"
               " count(*) FROM marks WHERE about = 'leaf'), (SELECT count(*) FROM marks WHERE about = 'stone'), (SELECT"
               " count(*) FROM twig_bugs)");
    check_nothing_to_write();
}
END_TEST

/* A table that refers to itself by its key, and by another unique value. */
typedef struct Cell Cell;
struct Cell {
    int64_t id;
    int64_t code;
    NullInt64 in_id;
    NullInt64 in_code;
    MANY(Cell) inner, coded;
};

extern const Model Cell_model;

/* clang-format off */
MODEL(Cell, "cells",
    COLUMN(Cell, id,      .primary_key = true),
    COLUMN(Cell, code,    .unique = true),
    COLUMN(Cell, in_id,   .references = &Cell_model),
    COLUMN(Cell, in_code, .references = &Cell_model, .references_field = "code"),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Cell, inner, Cell, in_id),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Cell, coded, Cell, in_code));
/* clang-format on */

/* Values of the one are no values of the other: 2 is the deleted row's code, and the key of a row with others in it. */
START_TEST(test_cascade_tree__two_keys_to_itself)
{
    scene_close();
    scene_open(MODELS(Cell));
    live_sql("INSERT INTO cells VALUES (1, 2, NULL, NULL), (2, 20, NULL, NULL), (3, 30, 2, NULL), (4, 40, NULL, 20),"
             " (5, 50, 1, NULL), (6, 60, 5, NULL), (7, 70, NULL, 2), (8, 80, 7, NULL), (9, 90, NULL, 60), (10, 100, 9,"
             " NULL), (11, 110, NULL, 100)");
    session_delete(s, session_find(s, Cell, 1));
    check_ok(session_commit(s));
    live_check("2\n3\n4", "SELECT id FROM cells ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* --- a tree whose rows others know by a name --- */

typedef struct Bin Bin;
typedef struct Slip Slip;
typedef struct Part Part;

struct Bin {
    int64_t id;
    NullInt64 in_id;
    const char *name;
    MANY(Slip) slips;
    MANY(Part) parts;
};

struct Slip { /* lets go */
    int64_t id;
    const char *bin;
};

struct Part { /* goes along */
    int64_t id;
    const char *bin;
};

extern const Model Bin_model, Slip_model, Part_model;

/* clang-format off */
MODEL(Bin, "bins",
    COLUMN(Bin, id,    .primary_key = true),
    COLUMN(Bin, in_id, .references = &Bin_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Bin, name,  .unique = true, .nullable = true),
    HAS_MANY(Bin, slips, Slip, bin),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Bin, parts, Part, bin));
MODEL(Slip, "slips",
    COLUMN(Slip, id,  .primary_key = true),
    COLUMN(Slip, bin, .nullable = true, .references = &Bin_model, .references_field = "name"));
MODEL(Part, "parts",
    COLUMN(Part, id,  .primary_key = true),
    COLUMN(Part, bin, .references = &Bin_model, .references_field = "name"));
/* clang-format on */

/* Also where the session has some of them. */
START_TEST(test_cascade_tree__known_by_name)
{
    scene_close();
    scene_open(MODELS(Bin, Slip, Part));
    live_sql("INSERT INTO bins VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd');"
             "INSERT INTO slips SELECT id, name FROM bins; INSERT INTO parts SELECT id, name FROM bins");
    const Slip *slip = _i ? session_find(s, Slip, 3) : NULL;
    for (int id = 2; _i && id < 4; id++)
        ck_assert(session_find(s, Bin, id) && session_find(s, Part, id));
    session_delete(s, session_find(s, Bin, 1));
    check_ok(session_commit(s));
    live_check("4|4|4:d", "SELECT (SELECT string_agg(id::text, ' ') FROM bins), (SELECT string_agg(id::text, ' ') FROM"
                          " parts), (SELECT string_agg(id || ':' || bin, ' ') FROM slips)");
    ck_assert(!slip || !slip->bin);
    check_nothing_to_write();
}
END_TEST

/* The one that is deleted has no name, but those below it have. */
START_TEST(test_cascade_tree__below_a_nameless_one)
{
    scene_close();
    scene_open(MODELS(Bin, Slip, Part));
    live_sql("INSERT INTO bins VALUES (1, NULL, NULL), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd');"
             "INSERT INTO slips SELECT id, name FROM bins; INSERT INTO parts SELECT id, name FROM bins WHERE id > 1");
    session_delete(s, session_find(s, Bin, 1));
    check_ok(session_commit(s));
    live_check("4|4|1: 2: 3: 4:d",
               "SELECT (SELECT string_agg(id::text, ' ') FROM bins), (SELECT string_agg(id::text, ' ') FROM parts),"
               " (SELECT string_agg(concat(id, ':', bin), ' ' ORDER BY id) FROM slips)");
    check_nothing_to_write();
}
END_TEST

/* --- a tree over a unique column, and a polymorphic one --- */

typedef struct Box Box;
typedef struct Label Label;

struct Box {
    int64_t id;
    const char *code;
    const char *in_code;
    const char *kind;
    NullInt64 on_id;
    MANY(Box) inner, piled;
    MANY(Label) labels;
};

struct Label { /* lets go */
    int64_t id;
    const char *code;
    int32_t version;
};

extern const Model Box_model, Label_model;

/* clang-format off */
MODEL(Box, "boxes",
    COLUMN(Box, id,      .primary_key = true),
    COLUMN(Box, code,    .unique = true),
    COLUMN(Box, in_code, .nullable = true, .references = &Box_model, .references_field = "code",
                         .on_delete = ON_DELETE_CASCADE),
    COLUMN(Box, kind,    .nullable = true),
    COLUMN(Box, on_id),
    HAS_MANY_WITH((.type_field = "kind", .type_label = "box", .cascade = CASCADE_DELETE), Box, piled, Box, on_id),
    HAS_MANY(Box, labels, Label, code));
MODEL(Label, "labels",
    COLUMN(Label, id,      .primary_key = true),
    COLUMN(Label, code,    .nullable = true, .references = &Box_model, .references_field = "code"),
    COLUMN(Label, version, .version = true));
/* clang-format on */

/* 4 is piled on 3, which is in 2, which is in 1; so is 5, but on no box. */
START_TEST(test_cascade_tree__by_another_column)
{
    scene_close();
    scene_open(MODELS(Box, Label));
    live_sql(
        "INSERT INTO boxes VALUES (1, 'a', NULL, NULL, NULL), (2, 'b', 'a', NULL, NULL), (3, 'c', 'b', NULL, NULL),"
        " (4, 'd', NULL, 'box', 3), (5, 'e', NULL, 'shelf', 3), (6, 'f', 'd', NULL, NULL);"
        "INSERT INTO labels SELECT id, code, 1 FROM boxes");
    const Label *label = _i ? session_find(s, Label, 6) : NULL;
    for (int id = 2; _i && id < 7; id++)
        ck_assert_ptr_nonnull(session_find(s, Box, id));
    session_delete(s, session_find(s, Box, 1));
    check_ok(session_commit(s));
    live_check("5|-2 -2 -2 -2 e1 -2", "SELECT (SELECT string_agg(id::text, ' ' ORDER BY id) FROM boxes), (SELECT"
                                      " string_agg(coalesce(code, '-') || version, ' ' ORDER BY id) FROM labels)");
    ck_assert(!label || (!label->code && label->version == 2));
    check_nothing_to_write();
}
END_TEST

/* --- rows that refer to others of their table, which go along with a row of another one --- */

typedef struct Yard {
    int64_t id;
} Yard;

typedef struct Cart Cart;
struct Cart {
    int64_t id;
    int64_t yard_id;
    NullInt64 behind;
    int32_t version;
    MANY(Cart) pulls;
};

extern const Model Cart_model;

/* clang-format off */
MODEL(Yard, "yards",
    COLUMN(Yard, id,       .primary_key = true));
MODEL(Cart, "carts",
    COLUMN(Cart, id,       .primary_key = true),
    COLUMN(Cart, yard_id,  .references = &Yard_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Cart, behind,   .references = &Cart_model),
    COLUMN(Cart, version,  .version = true),
    HAS_MANY(Cart, pulls, Cart, behind));
/* clang-format on */

/* Whichever of them the session has, and where another cart is deleted itself. */
START_TEST(test_cascade_tree__let_go_in_the_middle)
{
    scene_close();
    scene_open(MODELS(Yard, Cart));
    live_sql("INSERT INTO yards VALUES (1), (2);"
             "INSERT INTO carts VALUES (1, 1, NULL, 1), (2, 2, 1, 1), (3, 2, 2, 1), (4, 1, 1, 1)");
    const Cart *second = NULL;
    for (int id = 1; id <= 4; id++) {
        const Cart *cart = _i >> id & 1 ? session_find(s, Cart, id) : NULL;
        second = id == 2 ? cart : second;
    }
    if (_i & 1)
        session_delete(s, session_find(s, Cart, 3));
    session_delete(s, session_find(s, Yard, 1));
    check_ok(session_commit(s));
    live_check(_i & 1 ? "2|2||2" : "2|2||2\n3|2|2|1", "SELECT * FROM carts ORDER BY id");
    ck_assert(!second || !(_i >> 1 & 1) || (!second->behind.valid && second->version == 2));
    check_nothing_to_write();
}
END_TEST

/* --- two tables above each other --- */

typedef struct Bed Bed;
typedef struct Stem Stem;

struct Bed {
    int64_t id;
    int64_t stem_code;
    MANY(Stem) stems;
};

struct Stem { /* on itself, by its code */
    int64_t id;
    int64_t code;
    NullInt64 on_code;
    NullInt64 bed_id;
};

extern const Model Bed_model, Stem_model;

/* clang-format off */
MODEL(Stem, "stems",
    COLUMN(Stem, id,      .primary_key = true),
    COLUMN(Stem, code,    .unique = true),
    COLUMN(Stem, on_code, .references = &Stem_model, .references_field = "code", .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Stem, bed_id,  .references = &Bed_model));
MODEL(Bed, "beds",
    COLUMN(Bed, id,        .primary_key = true),
    COLUMN(Bed, stem_code, .references = &Stem_model, .references_field = "code"),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Bed, stems, Stem, bed_id));
/* clang-format on */

/* What the bed refers to nobody has loaded: it goes first. */
START_TEST(test_cascade_tree__known_by_its_key_alone)
{
    scene_close();
    scene_open(MODELS(Stem, Bed));
    live_sql("INSERT INTO stems VALUES (1, 10, 10, NULL); INSERT INTO beds VALUES (1, 10)");
    session_delete(s, session_find(s, Stem, 1));
    session_delete(s, session_stub(s, Bed, 1));
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM stems), (SELECT count(*) FROM beds)");
}
END_TEST

/* --- the last of three tables lets go, and counts its versions --- */

typedef struct Farm Farm;
typedef struct Stable Stable;
typedef struct Horse Horse;

struct Farm {
    int64_t id;
    MANY(Stable) stables;
};

struct Stable {
    int64_t id;
    int64_t farm_id;
    MANY(Horse) horses;
};

struct Horse {
    int64_t id;
    NullInt64 stable_id;
    const char *name;
    int32_t version;
};

extern const Model Farm_model, Stable_model, Horse_model;

/* clang-format off */
MODEL(Farm, "farms",
    COLUMN(Farm, id,         .primary_key = true),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Farm, stables, Stable, farm_id));
MODEL(Stable, "stables",
    COLUMN(Stable, id,       .primary_key = true),
    COLUMN(Stable, farm_id,  .references = &Farm_model),
    HAS_MANY(Stable, horses, Horse, stable_id));
MODEL(Horse, "horses",
    COLUMN(Horse, id,        .primary_key = true),
    COLUMN(Horse, stable_id, .references = &Stable_model),
    COLUMN(Horse, name),
    COLUMN(Horse, version,   .version = true));
/* clang-format on */

enum { FARM_DELETES = 1, FARM_COLLECTS = 2, FARM_CLEAN = 4, FARM_STUB = 8, FARM_KNOWS = 16 };

/* Whatever the session knows of the stable between them: nothing, the object, its key alone. */
static void find_stable(int known)
{
    if (known == 1)
        ck_assert_ptr_nonnull(session_find(s, Stable, 1));
    if (known == 2)
        session_stub(s, Stable, 1);
}

START_TEST(test_cascade_tree__counted_in_the_middle)
{
    scene_close();
    scene_open(_i & 1 ? MODELS(Farm, Stable, Horse) : MODELS(Horse, Stable, Farm));
    int ways = _i >> 1;
    live_sql("INSERT INTO farms VALUES (1); INSERT INTO stables VALUES (1, 1), (2, 1);"
             "INSERT INTO horses VALUES (1, 1, 'a', 1), (2, 1, 'b', 1), (3, 2, 'c', 1)");
    find_stable(ways / FARM_KNOWS);
    Farm *farm = session_find(s, Farm, 1);
    Horse *horse = ways & FARM_STUB ? session_stub(s, Horse, 1) : session_find(s, Horse, 1);
    horse->version = 1;
    Horse *clean = ways & FARM_CLEAN ? session_find(s, Horse, 2) : NULL;
    if (ways & FARM_COLLECTS)
        check_ok(session_load(s, farm, stables));
    if (ways & FARM_DELETES)
        check_ok(session_delete(s, horse));
    else
        horse->name = "new";
    check_ok(session_delete(s, farm));
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM farms), (SELECT count(*) FROM stables)");
    live_check(ways & FARM_DELETES ? "2b-2 3c-2" : "1new- 2b- 3c-",
               "SELECT string_agg(id || name || coalesce(stable_id::text, '-')%s, ' ' ORDER BY id) FROM horses",
               ways & FARM_DELETES ? " || version" : "");
    if (clean) {
        ck_assert(!clean->stable_id.valid);
        clean->name = "again";
        check_ok(session_commit(s));
    }
    if (!(ways & FARM_DELETES)) {
        ck_assert(!horse->stable_id.valid);
        horse->name = "newer";
        check_ok(session_commit(s));
    }
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_cascade_tree__known_by_its_key_alone);
    tcase_add_loop_test(tests, test_cascade_tree__counted_in_the_middle, 0, 96);
    tcase_add_loop_test(tests, test_cascade_tree__let_go_in_the_middle, 0, 32);
    tcase_add_test(tests, test_cascade_tree__below_a_nameless_one);
    tcase_add_loop_test(tests, test_cascade_tree__by_another_column, 0, 2);
    tcase_add_loop_test(tests, test_cascade_tree__known_by_name, 0, 2);
    tcase_add_test(tests, test_cascade_tree__many_leaves);
    tcase_add_loop_test(tests, test_cascade_tree__key_of_two_parts, 0, 2);
    tcase_add_test(tests, test_cascade_tree__many_tables_deep);
    tcase_add_test(tests, test_cascade_tree__too_many_tables_deep);
    tcase_add_loop_test(tests, test_cascade_tree__changed_row_that_goes, 0, 2);
    tcase_add_test(tests, test_cascade_tree__root_of_a_tree);
    tcase_add_test(tests, test_cascade_tree__branch_of_a_tree);
    tcase_add_test(tests, test_cascade_tree__tree_below_a_table);
    tcase_add_loop_test(tests, test_cascade_tree__partly_loaded, 0, 2);
    tcase_add_loop_test(tests, test_cascade_tree__loaded_at_the_end, 0, 4);
    tcase_add_loop_test(tests, test_cascade_tree__loaded_without_memory, 0, 2);
    tcase_add_test(tests, test_cascade_tree__all_loaded);
    tcase_add_test(tests, test_cascade_tree__ring);
    tcase_add_test(tests, test_cascade_tree__two_keys_to_itself);
}

int main(void)
{
    return scene_main("cascade_tree", setup, scene_close, add_tests);
}
