/* Foreign keys by value and by pointer, and where the two disagree. */
#include "api/scene.h"
#include "api/works_models.h"

typedef struct Leaf {
    int32_t id;
    PgUuid code;
    NullUuid above_code;
    const char *label;
    struct Leaf *above;
} Leaf;

typedef struct Booking {
    int32_t id;
    const char *room;
    NullInt16 number;
    Seat *seat;
} Booking;

extern const Model Leaf_model;

typedef struct Key Key;
typedef struct Tag { /* refers to a key's code, of which the database makes NULL when it goes */
    int32_t id;
    NullInt64 code;
    const char *word;
    Key *of;
} Tag;

struct Key {
    int32_t id;
    int64_t code;
    const char *word;
};

extern const Model Key_model;

/* clang-format off */
MODEL(Tag, "tags",
    COLUMN(Tag, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Tag, code, .references = &Key_model, .references_field = "code", .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Tag, word, .references = &Key_model, .references_field = "word", .on_delete = ON_DELETE_CASCADE, .nullable = true),
    BELONGS_TO(Tag, of, Key, code));

MODEL(Key, "keys",
    COLUMN(Key, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Key, code, .unique = true),
    COLUMN(Key, word, .unique = true));

MODEL(Leaf, "leaves",
    COLUMN(Leaf, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Leaf, code,       .unique = true),
    COLUMN(Leaf, above_code, .references = &Leaf_model, .references_field = "code"),
    COLUMN(Leaf, label),
    BELONGS_TO(Leaf, above, Leaf, above_code));

MODEL(Booking, "bookings",
    COLUMN(Booking, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Booking, room,   .nullable = true, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Booking, number, .on_delete = ON_DELETE_SET_NULL),
    BELONGS_TO(Booking, seat, Seat, room, number));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Maker, Item, Part, Node, Seat, Leaf, Booking, Tag, Key));
    live_sql("INSERT INTO makers (name) VALUES ('Ann'), ('Bob'), ('Cid');"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (2, 'b', 'B', 1);"
             "INSERT INTO nodes (label, parent_id) VALUES ('root', NULL), ('leaf', 1);"
             "INSERT INTO seats VALUES ('r', 1, NULL), ('r', 2, NULL)");
}

/* --- new objects --- */

START_TEST(test_reference__pointer_of_a_new_object_wins_over_zero)
{
    Maker *bob = session_find(s, Maker, 2);
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = bob);
    check_ok(session_commit(s));
    ck_assert_int_eq(item->maker_id, 2);
    ck_assert_ptr_eq(item->maker, bob);
    live_check("2", "SELECT maker_id FROM items WHERE code = 'x'");
}
END_TEST

START_TEST(test_reference__value_of_a_new_object)
{
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker_id = 3);
    check_ok(session_commit(s));
    check_statements(1);
    ck_assert_int_eq(item->maker_id, 3);
    ck_assert_ptr_null(item->maker); /* nobody loaded it */
}
END_TEST

START_TEST(test_reference__pointer_and_value_that_agree)
{
    Maker *bob = session_find(s, Maker, 2);
    session_add(s, Item, .code = "x", .title = "", .maker = bob, .maker_id = 2);
    check_ok(session_commit(s));
    live_check("2", "SELECT maker_id FROM items WHERE code = 'x'");
}
END_TEST

START_TEST(test_reference__pointer_and_value_of_a_new_object_disagree)
{
    Maker *bob = session_find(s, Maker, 2);
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = bob, .maker_id = 3);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(item, "Item", "maker");
    session_clear_error(s);
    item->maker = NULL;
    check_ok(session_commit(s));
    live_check("3", "SELECT maker_id FROM items WHERE code = 'x'");
    /* also where the pointer's key is yet to be made */
    Maker *new = session_add(s, Maker, .name = "new");
    Item *other = session_add(s, Item, .code = "y", .title = "", .maker = new, .maker_id = 3);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(other, "Item", "maker");
}
END_TEST

START_TEST(test_reference__neither_pointer_nor_value)
{
    Item *item = session_add(s, Item, .code = "x", .title = "");
    Status status = session_commit(s);
    ck_assert_msg(status == STATUS_FOREIGN_KEY || status == STATUS_NOT_NULL || status == STATUS_INVALID, "%s",
                  status_name(status)); /* 0 is a value: the server has no maker 0 */
    check_culprit(item, "Item", "maker_id");
    check_ok(session_rollback(s));
    session_add(s, Node, .label = "alone"); /* nullable: NULL */
    check_ok(session_commit(s));
    live_check("t", "SELECT parent_id IS NULL FROM nodes WHERE label = 'alone'");
}
END_TEST

/* --- loaded objects --- */

START_TEST(test_reference__loaded_object_changed_by_value)
{
    Item *item = session_find(s, Item, 1);
    item->maker_id = 3;
    check_ok(session_commit(s));
    live_check("3", "SELECT maker_id FROM items WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_reference__loaded_object_changed_by_pointer)
{
    Item *item = session_find(s, Item, 1);
    item->maker = session_find(s, Maker, 3);
    ck_assert(session_is_dirty(s, item));
    check_ok(session_commit(s));
    ck_assert_int_eq(item->maker_id, 3);
    ck_assert_int_eq(item->version, 2);
    live_check("3", "SELECT maker_id FROM items WHERE id = 1");
    check_nothing_to_write();
    item->maker = session_find(s, Maker, 2);
    check_ok(session_commit(s));
    live_check("2", "SELECT maker_id FROM items WHERE id = 1");
}
END_TEST

/* A pointer that is set to what the value says changes nothing. */
START_TEST(test_reference__pointer_to_the_same_row)
{
    Item *item = session_find(s, Item, 1);
    item->maker = session_find(s, Maker, 1);
    ck_assert(!session_is_dirty(s, item));
    check_nothing_to_write();
    ck_assert_int_eq(item->version, 1);
    item->maker = NULL;
    ck_assert_int_eq(item->maker_id, 1);
}
END_TEST

START_TEST(test_reference__both_changed_and_agree)
{
    Item *item = session_find(s, Item, 1);
    item->maker = session_find(s, Maker, 3);
    item->maker_id = 3;
    check_ok(session_commit(s));
    live_check("3", "SELECT maker_id FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_reference__both_changed_and_disagree)
{
    Item *item = session_find(s, Item, 1);
    item->maker = session_find(s, Maker, 3);
    item->maker_id = 2;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(item, "Item", "maker");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    item->maker_id = 1; /* as loaded: the pointer is what differs */
    check_ok(session_commit(s));
    live_check("3", "SELECT maker_id FROM items WHERE id = 1");
}
END_TEST

/* The value changes while the pointer still shows the former row: the value is what differs. */
START_TEST(test_reference__value_changed_beside_an_old_pointer)
{
    Maker *ann = session_find(s, Maker, 1), *bob = session_find(s, Maker, 2);
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = ann);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(item->maker, ann);
    item->maker_id = 2;
    check_ok(session_commit(s));
    live_check("2", "SELECT maker_id FROM items WHERE code = 'x'");
    ck_assert(item->maker == NULL || item->maker == bob); /* never the former one */
    check_nothing_to_write();
    item->title = "again";
    check_ok(session_commit(s));
    live_check("2|again", "SELECT maker_id, title FROM items WHERE code = 'x'");
}
END_TEST

/* A NULL pointer that was never loaded means nothing. */
START_TEST(test_reference__null_pointer_of_a_loaded_object)
{
    Item *item = session_find(s, Item, 1);
    Node *leaf = session_find(s, Node, 2);
    ck_assert_ptr_null(item->maker);
    ck_assert_ptr_null(leaf->parent);
    item->title = "changed";
    leaf->label = "changed";
    check_ok(session_commit(s));
    live_check("1|1", "SELECT maker_id, parent_id FROM items, nodes WHERE items.id = 1 AND nodes.id = 2");
}
END_TEST

START_TEST(test_reference__cleared_by_value)
{
    Node *leaf = session_find(s, Node, 2);
    leaf->parent_id.valid = false;
    check_ok(session_commit(s));
    live_check("t", "SELECT parent_id IS NULL FROM nodes WHERE id = 2");
    check_nothing_to_write();
}
END_TEST

/* A pointer that was set once, and is NULL now. */
START_TEST(test_reference__cleared_by_pointer)
{
    Node *leaf = session_add(s, Node, .label = "third", .parent = session_find(s, Node, 1));
    check_ok(session_commit(s));
    ck_assert(leaf->parent_id.valid);
    leaf->parent = NULL;
    ck_assert(session_is_dirty(s, leaf));
    check_ok(session_commit(s));
    ck_assert(!leaf->parent_id.valid);
    live_check("t", "SELECT parent_id IS NULL FROM nodes WHERE label = 'third'");
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = session_find(s, Maker, 1));
    check_ok(session_commit(s));
    item->maker = NULL;
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(item, "Item", "maker");
}
END_TEST

/* --- pointers that can't be --- */

START_TEST(test_reference__pointer_to_a_deleted_object)
{
    Maker *cid = session_find(s, Maker, 3);
    Item *item = session_find(s, Item, 1);
    session_delete(s, cid);
    item->maker = cid;
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(item, "Item", "maker");
    session_clear_error(s);
    session_add_struct(s, Maker, cid);
    check_ok(session_commit(s));
    live_check("3", "SELECT maker_id FROM items WHERE id = 1");
}
END_TEST

START_TEST(test_reference__pointer_to_an_object_that_was_never_written)
{
    Maker *maker = session_add(s, Maker, .name = "never");
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = maker);
    session_delete(s, maker);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(item, "Item", "maker");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_reference__pointer_to_a_foreign_object)
{
    Session *other = session_open(db);
    Maker *foreign = session_find(other, Maker, 1), mine = {.id = 1, .name = "mine"};
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = _i ? &mine : foreign);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(item, "Item", "maker");
    check_cost(0, 0);
    session_clear_error(s);
    session_close(other);
    item->maker = foreign; /* of a closed session: only compared */
    check_fails(session_commit(s), STATUS_MISUSE);
    session_clear_error(s);
    item->maker = session_find(s, Maker, 1);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_reference__pointer_to_an_object_of_another_model)
{
    Node *node = session_find(s, Node, 1);
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker = (Maker *)(void *)node);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(item, "Item", "maker");
}
END_TEST

/* --- values that lead nowhere --- */

START_TEST(test_reference__value_without_a_row)
{
    Item *item = session_add(s, Item, .code = "x", .title = "", .maker_id = 4711);
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(item, "Item", "maker_id");
    ck_assert_str_eq(session_error(s)->constraint, "items_maker_id_fkey");
    ck_assert_str_eq(session_error(s)->sqlstate, "23503");
    ck_assert_str_eq(session_error(s)->table, "items");
}
END_TEST

/* A row that others refer to can't go: the object is the one that was to be deleted. */
START_TEST(test_reference__deleted_row_that_others_refer_to)
{
    Maker *ann = session_find(s, Maker, 1);
    session_delete(s, ann);
    session_delete(s, session_find(s, Maker, 3));
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    const Error *error = session_error(s);
    ck_assert_ptr_eq(error->object, ann);
    ck_assert_str_eq(error->constraint, "items_maker_id_fkey");
    /* model and field are those of the object, or none: programs cast the object by its model */
    ck_assert(!error->model || strcmp(error->model, "Maker") == 0);
    live_check("3", "SELECT count(*) FROM makers");
}
END_TEST

/* --- other keys than one identity --- */

/* To a unique field that is not the primary key. */
START_TEST(test_reference__to_a_unique_field)
{
    Leaf *root = session_add(s, Leaf, .label = "root", .code = {{1}});
    Leaf *one = session_add(s, Leaf, .label = "one", .code = {{2}}, .above = root);
    Leaf *two = session_add(s, Leaf, .label = "two", .code = {{3}}, .above = root);
    session_add(s, Leaf, .label = "three", .code = {{4}}, .above_code = {{{3}}, true}); /* by value */
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 2);
    ck_assert(one->above_code.valid && memcmp(&one->above_code.value, &root->code, sizeof(PgUuid)) == 0);
    ck_assert(two->above_code.valid);
    live_check("one|root\nthree|two\ntwo|root",
               "SELECT a.label, b.label FROM leaves a JOIN leaves b ON b.code = a.above_code ORDER BY 1");
    two->above = one;
    check_ok(session_commit(s));
    live_check("one", "SELECT b.label FROM leaves a JOIN leaves b ON b.code = a.above_code WHERE a.label = 'two'");
}
END_TEST

/* That a reference leads nowhere is known until the foreign key is another one. */
START_TEST(test_reference__set_by_value_after_there_was_none)
{
    live_sql("ALTER TABLE nodes DROP CONSTRAINT nodes_parent_id_fkey;"
             "INSERT INTO nodes (id, parent_id, label) VALUES (101, NULL, 'root'), (102, 77, 'leaf')");
    Node *root = session_find(s, Node, 101), *leaf = session_find(s, Node, 102);
    check_ok(session_load(s, leaf, parent));
    ck_assert(!leaf->parent && session_is_loaded(s, leaf, parent));
    leaf->parent_id.value = 101;
    check_ok(session_commit(s));
    check_ok(session_load(s, leaf, parent));
    ck_assert_ptr_eq(leaf->parent, root);
}
END_TEST

/* A part of a composite key changes, and what it referred to is deleted: the database clears both parts before. */
START_TEST(test_reference__part_of_a_composite_key)
{
    live_sql("INSERT INTO bookings (room, number) VALUES ('r', 1)");
    Booking *booking = session_find(s, Booking, 1);
    session_delete(s, session_find(s, Seat, "r", 1));
    booking->number.value = 2;
    check_ok(session_commit(s));
    live_check("r|2", "SELECT room, number FROM bookings");
    ck_assert_str_eq(booking->room, "r");
    check_nothing_to_write();
}
END_TEST

/* Loaded objects follow what the database does to their rows, also where they refer to no primary key. */
START_TEST(test_reference__to_a_unique_field_of_a_deleted_row)
{
    Key *key = session_add(s, Key, .code = 7, .word = "seven");
    Tag *by_value = session_add(s, Tag, .code = {7, true}), *by_pointer = session_add(s, Tag, .of = key);
    Tag *by_word = session_add(s, Tag, .word = "seven"), *apart = session_add(s, Tag, .word = NULL);
    check_ok(session_commit(s));
    ck_assert(by_pointer->code.valid && by_pointer->code.value == 7);
    session_delete(s, key);
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert(!by_value->code.valid && !by_pointer->code.valid);
    ck_assert(session_contains(s, apart) && session_contains(s, by_value));
    ck_assert(!session_contains(s, by_word));
    live_check("3|0|0", "SELECT count(*), count(code), count(word) FROM tags");
    check_nothing_to_write();
}
END_TEST

/* What comes after the delete refers to whom the value is handed on. */
START_TEST(test_reference__to_a_unique_field_that_is_handed_on)
{
    Key *old = session_add(s, Key, .code = 7, .word = "seven");
    Tag *loaded = session_add(s, Tag, .code = {7, true});
    check_ok(session_commit(s));
    session_delete(s, old);
    session_add(s, Key, .code = 7, .word = "again");
    Tag *added = session_add(s, Tag, .code = {7, true});
    check_ok(session_commit(s));
    ck_assert(!loaded->code.valid);
    ck_assert(added->code.valid && added->code.value == 7);
    live_check("2|1", "SELECT count(*), count(code) FROM tags");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_reference__composite)
{
    Seat *seat = session_find(s, Seat, "r", 2), *new = session_add(s, Seat, .room = "new", .number = -7);
    Booking *a = session_add(s, Booking, .seat = seat), *b = session_add(s, Booking, .seat = new);
    Booking *c = session_add(s, Booking, .room = "r", .number = {1, true});
    check_ok(session_commit(s));
    check_trips(2 + 1);
    ck_assert_str_eq(a->room, "r");
    ck_assert(a->number.valid && a->number.value == 2);
    ck_assert_str_eq(b->room, "new");
    live_check("1|r|2\n2|new|-7\n3|r|1", "SELECT * FROM bookings ORDER BY id");
    c->seat = new;
    check_ok(session_commit(s));
    live_check("new|-7", "SELECT room, number FROM bookings WHERE id = 3");
    c->seat = NULL;
    check_ok(session_commit(s));
    live_check("|", "SELECT room, number FROM bookings WHERE id = 3");
    Booking *wrong = session_add(s, Booking, .seat = seat, .room = "r", .number = {1, true});
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(wrong, "Booking", "seat");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_reference__pointer_of_a_new_object_wins_over_zero);
    tcase_add_test(tests, test_reference__value_of_a_new_object);
    tcase_add_test(tests, test_reference__pointer_and_value_that_agree);
    tcase_add_test(tests, test_reference__pointer_and_value_of_a_new_object_disagree);
    tcase_add_test(tests, test_reference__neither_pointer_nor_value);
    tcase_add_test(tests, test_reference__loaded_object_changed_by_value);
    tcase_add_test(tests, test_reference__loaded_object_changed_by_pointer);
    tcase_add_test(tests, test_reference__pointer_to_the_same_row);
    tcase_add_test(tests, test_reference__both_changed_and_agree);
    tcase_add_test(tests, test_reference__both_changed_and_disagree);
    tcase_add_test(tests, test_reference__value_changed_beside_an_old_pointer);
    tcase_add_test(tests, test_reference__null_pointer_of_a_loaded_object);
    tcase_add_test(tests, test_reference__cleared_by_value);
    tcase_add_test(tests, test_reference__cleared_by_pointer);
    tcase_add_test(tests, test_reference__pointer_to_a_deleted_object);
    tcase_add_test(tests, test_reference__pointer_to_an_object_that_was_never_written);
    tcase_add_loop_test(tests, test_reference__pointer_to_a_foreign_object, 0, 2);
    tcase_add_test(tests, test_reference__pointer_to_an_object_of_another_model);
    tcase_add_test(tests, test_reference__value_without_a_row);
    tcase_add_test(tests, test_reference__deleted_row_that_others_refer_to);
    tcase_add_test(tests, test_reference__to_a_unique_field);
    tcase_add_test(tests, test_reference__set_by_value_after_there_was_none);
    tcase_add_test(tests, test_reference__to_a_unique_field_of_a_deleted_row);
    tcase_add_test(tests, test_reference__to_a_unique_field_that_is_handed_on);
    tcase_add_test(tests, test_reference__composite);
    tcase_add_test(tests, test_reference__part_of_a_composite_key);
}

int main(void)
{
    return scene_main("reference", setup, scene_close, add_tests);
}
