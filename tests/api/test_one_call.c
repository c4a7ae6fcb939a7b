/* database_find, database_save, database_delete: one call each, on the program's own struct. */
#include "api/scene.h"
#include "api/types_models.h"
#include "api/works_models.h"

typedef struct Counter { /* no text at all */
    int32_t id;
    NullInt32 value;
    PgTimestamp made_at;
} Counter;

typedef struct Pair { /* a natural key, no version */
    int32_t left, right;
    const char *text;
    NullInt32 extra;
} Pair;

/* clang-format off */
MODEL(Counter, "counters",
    COLUMN(Counter, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Counter, value),
    COLUMN(Counter, made_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"));
MODEL(Pair, "pairs",
    COLUMN(Pair, left,  .primary_key = true), COLUMN(Pair, right, .primary_key = true),
    COLUMN(Pair, text), COLUMN(Pair, extra, .server_default = "9"));
/* clang-format on */

static Error error;

static void setup(void)
{
    scene_open(MODELS(Maker, Item, Part, Node, Seat, Word, Ticket, Day, Rate, Counter, Pair, Lists));
    live_sql("INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', NULL);"
             "INSERT INTO items (maker_id, code, title, note, version) VALUES (1, 'a', 'A', NULL, 3);"
             "INSERT INTO counters (value) VALUES (5); INSERT INTO seats VALUES ('r', 1, 'g')");
}

#define check_done(call) \
    do { \
        Status status_ = (call); \
        ck_assert_msg(status_ == STATUS_OK, "%s: %s", #call, error_text(&error)); \
    } while (0)

/* --- find --- */

START_TEST(test_one_call__find)
{
    Item item;
    void *memory = NULL;
    memset(&item, 0x77, sizeof(item));
    check_done(database_find(db, Item, &item, &memory, &error, 1));
    ck_assert_uint_eq(seen.count, 1);
    ck_assert_int_eq(item.maker_id, 1);
    ck_assert_str_eq(item.code, "a");
    ck_assert_str_eq(item.title, "A");
    ck_assert_ptr_null(item.note);
    ck_assert_int_eq(item.version, 3);
    ck_assert_ptr_null(item.maker); /* relations are left empty */
    ck_assert_ptr_nonnull(memory);
    database_free(db, memory);
    Maker maker;
    memset(&maker, 0x77, sizeof(maker));
    check_done(database_find(db, Maker, &maker, &memory, &error, 2));
    ck_assert(!maker.grade.valid);
    ck_assert(!maker.items.loaded && maker.items.count == 0 && maker.items.items == NULL);
    database_free(db, memory);
}
END_TEST

START_TEST(test_one_call__find_not_there)
{
    Item item;
    void *memory = &item;
    memset(&item, 0x77, sizeof(item));
    Item before = item;
    ck_assert_int_eq(database_find(db, Item, &item, &memory, &error, 99), STATUS_NOT_FOUND);
    ck_assert_int_eq(error.status, STATUS_NOT_FOUND);
    ck_assert_str_eq(error.model, "Item");
    ck_assert_mem_eq(&item, &before, sizeof(item)); /* untouched */
    ck_assert_ptr_eq(memory, &item);
    ck_assert_int_eq(database_find(db, Item, &item, &memory, NULL, 99), STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_one_call__find_without_memory)
{
    Counter counter = {0};
    check_done(database_find(db, Counter, &counter, NULL, &error, 1)); /* nothing that needs any */
    ck_assert_int_eq(counter.value.value, 5);
    Item item = {0};
    ck_assert_int_eq(database_find(db, Item, &item, NULL, &error, 1), STATUS_INVALID);
    ck_assert_str_eq(error.model, "Item");
    ck_assert_int_eq(item.id, 0);
    void *memory = &item;
    check_done(database_find(db, Counter, &counter, &memory, &error, 1));
    database_free(db, memory); /* whatever it is: NULL is allowed */
}
END_TEST

START_TEST(test_one_call__find_by_keys)
{
    Seat seat;
    void *memory;
    check_done(database_find(db, Seat, &seat, &memory, &error, "r", 1));
    ck_assert_str_eq(seat.guest, "g");
    database_free(db, memory);
    ck_assert_int_eq(database_find(db, Seat, &seat, &memory, &error, "r"), STATUS_INVALID);
    ck_assert_int_eq(database_find(db, Seat, &seat, &memory, &error, "r", "x"), STATUS_INVALID);
    ck_assert_str_eq(error.field, "number");
    ck_assert_int_eq(database_find(db, Counter, &(Counter){0}, NULL, &error, INT64_MAX), STATUS_INVALID);
    seen_clear();
    ck_assert_int_eq(howdah_database_find_key(db, &Counter_model, &(Counter){0}, NULL, &error, NULL, 1),
                     STATUS_INVALID);
    ck_assert_uint_eq(seen.count, 0);
}
END_TEST

/* Arrays, bytes and texts of the struct lie in the one block. */
START_TEST(test_one_call__find_arrays)
{
    Lists lists;
    void *memory;
    live_sql("INSERT INTO lists (id, words, middle, bytes) VALUES (1, '{a,NULL,c}', '{1,2}', ARRAY['\\x00'::bytea])");
    check_done(database_find(db, Lists, &lists, &memory, &error, 1));
    ck_assert_uint_eq(lists.words.count, 3);
    ck_assert_str_eq(lists.words.items[2], "c");
    ck_assert(lists.words.nulls[1]);
    ck_assert_int_eq(lists.middle.items[1], 2);
    ck_assert_uint_eq(lists.bytes.items[0].size, 1);
    ck_assert_ptr_null(lists.small.items);
    lists.middle.items[1] = 3; /* the program's own now */
    lists.id = 2;
    check_done(database_save(db, Lists, &lists, &error));
    database_free(db, memory);
    live_check("{a,NULL,c}|{1,3}", "SELECT words, middle FROM lists WHERE id = 2");
}
END_TEST

/* --- save --- */

START_TEST(test_one_call__save_inserts)
{
    char name[] = "mine";
    Maker maker = {.name = name, .grade = {4, true}};
    check_done(database_save(db, Maker, &maker, &error));
    ck_assert_int_eq(maker.id, 3);
    ck_assert_ptr_eq(maker.name, name);
    ck_assert_int_ne(maker.made_at.microseconds, 0);
    live_check("mine|4", "SELECT name, grade FROM makers WHERE id = 3");
    Item item = {.maker_id = 3, .code = "n", .title = "t"};
    check_done(database_save(db, Item, &item, &error));
    ck_assert_int_eq(item.id, 2);
    ck_assert_int_eq(item.version, 1);
    live_check("none yet", "SELECT note FROM items WHERE id = 2"); /* the default was used; it is not fetched */
    Ticket ticket = {.holder = "h"};
    check_done(database_save(db, Ticket, &ticket, &error));
    ck_assert_int_eq(ticket.id.bytes[6] >> 4, 7);
}
END_TEST

/* A struct that was read is saved as another row: what the server made of the first it makes anew. */
START_TEST(test_one_call__a_copy_of_a_row)
{
    Counter counter;
    check_done(database_find(db, Counter, &counter, NULL, &error, 1));
    live_sql("ALTER TABLE counters ALTER made_at SET DEFAULT '2001-02-03'");
    counter.id = 0;
    check_done(database_save(db, Counter, &counter, &error));
    ck_assert_int_eq(counter.id, 2);
    live_check("5|t", "SELECT value, made_at = '2001-02-03' FROM counters WHERE id = 2");
}
END_TEST

/* Structs of a session, and of nobody: their relations are not looked at, unless a pointer would have to say a key. */
START_TEST(test_one_call__save_with_relations)
{
    Maker *ann = session_find(s, Maker, 1);
    check_ok(session_load(s, ann, items));
    ck_assert_uint_eq(ann->items.count, 1);
    Maker copy = *ann;
    copy.id = 0;
    copy.name = "Ann's copy";
    check_done(database_save(db, Maker, &copy, &error));
    ck_assert_int_eq(copy.id, 3);
    ck_assert_ptr_eq(copy.items.items, ann->items.items); /* the caller's */
    copy.name = "again";
    check_done(database_save(db, Maker, &copy, &error));
    Item other = {.maker_id = 3, .maker = ann, .code = "other", .title = "O"};
    check_done(database_save(db, Item, &other, &error));
    ck_assert_ptr_eq(other.maker, ann);
    Item lost = {.maker = ann, .code = "lost", .title = "L"};
    ck_assert_int_eq(database_save(db, Item, &lost, &error), STATUS_INVALID);
    ck_assert_str_eq(error.field, "maker");
    ck_assert_ptr_eq(error.object, &lost);
    Node node = {.label = "n"}, leaf = {.parent = &node, .label = "l"};
    check_done(database_save(db, Node, &node, &error));
    ck_assert_int_eq(database_save(db, Node, &leaf, NULL), STATUS_INVALID);
    leaf.parent_id = (NullInt64){node.id, true};
    check_done(database_save(db, Node, &leaf, &error));
    leaf.parent_id.valid = false; /* a row that is there would lose its parent in silence */
    ck_assert_int_eq(database_save(db, Node, &leaf, &error), STATUS_INVALID);
    live_check("3|1", "SELECT maker_id, (SELECT count(*) FROM nodes WHERE parent_id = 1) FROM items WHERE id = 2");
}
END_TEST

START_TEST(test_one_call__save_updates_all_columns)
{
    Item item = {.id = 1, .maker_id = 2, .code = "changed", .title = "T", .note = NULL, .price = {"1.5"}, .version = 3};
    live_sql("UPDATE items SET note = 'x'");
    check_done(database_save(db, Item, &item, &error));
    ck_assert_int_eq(item.version, 4);
    live_check("2|changed|T||1.50|4", "SELECT maker_id, code, title, note, price, version FROM items WHERE id = 1");
    item.title = "again"; /* the struct is good for the next time */
    check_done(database_save(db, Item, &item, &error));
    ck_assert_int_eq(item.version, 5);
    Maker maker = {.id = 1, .name = "Anne"};
    check_done(database_save(db, Maker, &maker, &error));
    live_check("Anne|t", "SELECT name, grade IS NULL FROM makers WHERE id = 1");
}
END_TEST

START_TEST(test_one_call__save_with_an_old_version)
{
    Item item = {.id = 1, .maker_id = 1, .code = "changed", .title = "T", .version = 2};
    ck_assert_int_eq(database_save(db, Item, &item, &error), STATUS_STALE);
    ck_assert_ptr_eq(error.object, &item);
    ck_assert_str_eq(error.model, "Item");
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(item.version, 2);
    live_check("a|3", "SELECT code, version FROM items");
    item.id = 50; /* a version, and no such row */
    ck_assert_int_eq(database_save(db, Item, &item, &error), STATUS_STALE);
    live_check("1", "SELECT count(*) FROM items");
}
END_TEST

/* A set key and no row: inserted, where there is no version, or one of 0. */
START_TEST(test_one_call__save_inserts_with_its_key)
{
    Pair pair = {.left = 1, .right = 0, .text = "first"};
    check_done(database_save(db, Pair, &pair, &error));
    live_check("1|0|first", "SELECT \"left\", \"right\", text FROM pairs");
    pair.text = "second";
    pair.extra = (NullInt32){3, true};
    check_done(database_save(db, Pair, &pair, &error));
    live_check("1|0|second|3", "SELECT * FROM pairs");
    pair.extra.valid = false;
    check_done(database_save(db, Pair, &pair, &error));
    live_check("1|0|second|t", "SELECT \"left\", \"right\", text, extra IS NULL FROM pairs"); /* all columns */
    Maker maker = {.id = 40, .name = "keyed"};
    check_done(database_save(db, Maker, &maker, &error));
    live_check("keyed", "SELECT name FROM makers WHERE id = 40");
    Item item = {.id = 41, .maker_id = 40, .code = "k", .title = "", .version = 0};
    check_done(database_save(db, Item, &item, &error));
    ck_assert_int_eq(item.version, 1);
    live_check("41|1", "SELECT id, version FROM items WHERE code = 'k'");
}
END_TEST

START_TEST(test_one_call__save_that_fails)
{
    Maker maker = {.name = "Ann", .grade = {7, true}};
    ck_assert_int_eq(database_save(db, Maker, &maker, &error), STATUS_UNIQUE);
    ck_assert_ptr_eq(error.object, &maker);
    ck_assert_str_eq(error.field, "name");
    ck_assert_str_eq(error.constraint, "makers_name_key");
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(maker.id, 0);
    ck_assert_ptr_nonnull(strstr(error_text(&error), "makers_name_key"));
    maker.name = NULL;
    ck_assert_int_eq(database_save(db, Maker, &maker, &error), STATUS_NOT_NULL);
    ck_assert_ptr_eq(error.object, &maker);
    ck_assert_str_eq(error.field, "name");
    ck_assert_int_eq(database_save(db, Maker, &maker, NULL), STATUS_NOT_NULL);
    Part part = {.item_id = 1, .amount = 0};
    ck_assert_int_eq(database_save(db, Part, &part, &error), STATUS_CHECK);
    Part orphan = {.item_id = 77, .amount = 1};
    ck_assert_int_eq(database_save(db, Part, &orphan, &error), STATUS_FOREIGN_KEY);
    ck_assert_str_eq(error.field, "item_id");
    live_check("2|0", "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM parts)");
}
END_TEST

START_TEST(test_one_call__save_null)
{
    ck_assert_int_ne(howdah_database_save_object(db, &Maker_model, NULL, &error), STATUS_OK);
    ck_assert_int_ne(howdah_database_delete_object(db, &Maker_model, NULL, &error), STATUS_OK);
    void *memory;
    Value one = VALUE(1);
    ck_assert_int_ne(howdah_database_find_key(db, &Maker_model, NULL, &memory, &error, &one, 1), STATUS_OK);
}
END_TEST

/* --- delete --- */

START_TEST(test_one_call__delete)
{
    Seat seat = {.room = "r", .number = 1};
    check_done(database_delete(db, Seat, &seat, &error));
    live_check("0", "SELECT count(*) FROM seats");
    ck_assert_int_eq(database_delete(db, Seat, &seat, &error), STATUS_STALE); /* not there */
    ck_assert_ptr_eq(error.object, &seat);
    Item item = {.id = 1, .version = 2};
    ck_assert_int_eq(database_delete(db, Item, &item, &error), STATUS_STALE);
    item.version = 3;
    check_done(database_delete(db, Item, &item, &error));
    live_check("0", "SELECT count(*) FROM items");
}
END_TEST

/* An unset key is an error, never "no condition". */
START_TEST(test_one_call__delete_without_a_key)
{
    Maker maker = {.name = "Ann"};
    ck_assert_int_eq(database_delete(db, Maker, &maker, &error), STATUS_INVALID);
    Seat seat = {.number = 1};
    ck_assert_int_eq(database_delete(db, Seat, &seat, &error), STATUS_INVALID);
    live_check("2|1", "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM seats)");
}
END_TEST

/* What no key can be is refused before anything is sent. */
START_TEST(test_one_call__keys_that_are_none)
{
    Word word = {.word = "\xc3", .count = 1};
    Rate rate = {.rate = {"1e"}, .name = "one"};
    Day day = {.day = {INT32_MIN + 1}, .name = "d"};
    live_sql("INSERT INTO rates VALUES (1, 'there')");
    for (int i = 0; i < 6; i++) {
        Status status = i == 0   ? database_save(db, Word, &word, &error)
                        : i == 1 ? database_delete(db, Word, &word, &error)
                        : i == 2 ? database_save(db, Rate, &rate, &error)
                        : i == 3 ? database_delete(db, Rate, &rate, &error)
                        : i == 4 ? database_save(db, Day, &day, &error)
                                 : database_delete(db, Day, &day, &error);
        ck_assert_int_eq(status, STATUS_INVALID);
        ck_assert_ptr_eq(error.object, i < 2 ? (void *)&word : i < 4 ? (void *)&rate : (void *)&day);
        ck_assert_str_eq(error.field, i < 2 ? "word" : i < 4 ? "rate" : "day");
        ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    }
    ck_assert_uint_eq(seen.count, 0);
    live_check("1|there", "SELECT * FROM rates");
}
END_TEST

/* Of a call that writes, nothing was done; whatever kept it from beginning. */
START_TEST(test_one_call__outcome_of_what_was_not_begun)
{
    Maker maker = {.name = "x"};
    ck_assert_int_eq(database_save(NULL, Maker, &maker, &error), STATUS_NO_MEMORY);
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(database_delete(db, Maker, &maker, &error), STATUS_INVALID); /* without a key */
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
    ck_assert_ptr_nonnull(strstr(error_text(&error), "nothing was committed"));
    ck_assert_int_eq(howdah_database_save_object(db, &Maker_model, NULL, &error), STATUS_MISUSE);
    ck_assert_int_eq(error.outcome, OUTCOME_NOT_DONE);
}
END_TEST

START_TEST(test_one_call__delete_that_fails)
{
    Maker maker = {.id = 1};
    ck_assert_int_eq(database_delete(db, Maker, &maker, &error), STATUS_FOREIGN_KEY);
    ck_assert_ptr_eq(error.object, &maker);
    ck_assert_str_eq(error.constraint, "items_maker_id_fkey");
    live_check("2", "SELECT count(*) FROM makers");
}
END_TEST

/* --- costs --- */

START_TEST(test_one_call__statements)
{
    Maker maker = {.name = "new"};
    Counter counter = {.id = 1, .value = {6, true}};
    void *memory;
    check_done(database_save(db, Maker, &maker, &error));
    ck_assert_uint_eq(seen.count, 1); /* no BEGIN */
    check_done(database_save(db, Counter, &counter, &error));
    ck_assert_uint_eq(seen.count, 2);
    check_done(database_find(db, Maker, &maker, &memory, &error, 1));
    ck_assert_uint_eq(seen.count, 3);
    database_free(db, memory);
    check_done(database_delete(db, Counter, &counter, &error));
    ck_assert_uint_eq(seen.count, 4);
    ck_assert_uint_eq(seen_with("BEGIN"), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_one_call__find);
    tcase_add_test(tests, test_one_call__find_not_there);
    tcase_add_test(tests, test_one_call__find_without_memory);
    tcase_add_test(tests, test_one_call__find_by_keys);
    tcase_add_test(tests, test_one_call__find_arrays);
    tcase_add_test(tests, test_one_call__save_inserts);
    tcase_add_test(tests, test_one_call__a_copy_of_a_row);
    tcase_add_test(tests, test_one_call__save_with_relations);
    tcase_add_test(tests, test_one_call__save_updates_all_columns);
    tcase_add_test(tests, test_one_call__save_with_an_old_version);
    tcase_add_test(tests, test_one_call__save_inserts_with_its_key);
    tcase_add_test(tests, test_one_call__save_that_fails);
    tcase_add_test(tests, test_one_call__save_null);
    tcase_add_test(tests, test_one_call__delete);
    tcase_add_test(tests, test_one_call__delete_without_a_key);
    tcase_add_test(tests, test_one_call__keys_that_are_none);
    tcase_add_test(tests, test_one_call__outcome_of_what_was_not_begun);
    tcase_add_test(tests, test_one_call__delete_that_fails);
    tcase_add_test(tests, test_one_call__statements);
}

int main(void)
{
    return scene_main("one_call", setup, scene_close, add_tests);
}
