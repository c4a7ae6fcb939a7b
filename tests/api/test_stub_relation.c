/* Relations of objects that are known in part, or out of date; and statements that write beside the unit of work. */
#include "api/scene.h"

typedef struct Owner Owner;
typedef struct House House;

typedef struct Pet { /* refers to its owner by code */
    int64_t id;
    const char *owner_code;
    const char *name;
    Owner *owner;
} Pet;

typedef struct Dog {
    int64_t id;
    NullInt64 house_id;
    const char *name;
    NullInt32 age;
    int32_t version;
    House *house;
} Dog;

struct Owner {
    int64_t id;
    const char *code;
    const char *name;
    MANY(Pet) pets;
};

struct House {
    int64_t id;
    const char *name;
    MANY(Dog) dogs;
};

typedef struct Safe { /* whose version is the row's xmin */
    int64_t id;
    const char *holder;
    NullInt32 weight;
    int64_t written_by;
} Safe;

extern const Model Owner_model, House_model;

/* clang-format off */
MODEL(Pet, "pets",
    COLUMN(Pet, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Pet, owner_code, .references = &Owner_model, .references_field = "code", .nullable = true),
    COLUMN(Pet, name),
    BELONGS_TO(Pet, owner, Owner, owner_code));

MODEL(Owner, "owners",
    COLUMN(Owner, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Owner, code, .unique = true),
    COLUMN(Owner, name),
    HAS_MANY(Owner, pets, Pet, owner_code));

MODEL(Dog, "dogs",
    COLUMN(Dog, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Dog, house_id, .references = &House_model),
    COLUMN(Dog, name,     .unique = true),
    COLUMN(Dog, age),
    COLUMN(Dog, version,  .version = true),
    BELONGS_TO(Dog, house, House, house_id));

MODEL(Safe, "safes",
    COLUMN(Safe, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Safe, holder),
    COLUMN(Safe, weight),
    COLUMN(Safe, written_by, .column = "xmin", .version = true));

MODEL(House, "houses",
    COLUMN(House, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(House, name),
    HAS_MANY(House, dogs, Dog, house_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Pet, Owner, Dog, House, Safe));
    live_sql(
        "INSERT INTO owners (code, name) VALUES ('a', 'Ann'), ('b', 'Bob');"
        "INSERT INTO pets (owner_code, name) VALUES ('a', 'cat'), ('a', 'rat'), ('b', 'bat');"
        "INSERT INTO safes (holder, weight) VALUES ('Ann', 9); INSERT INTO houses (name) VALUES ('red'), ('blue');"
        "INSERT INTO dogs (house_id, name, age, version) VALUES (1, 'Rex', 3, 1), (1, 'Max', 4, 1), (2, 'Sam', 5, 1)");
    seen_clear();
    cost_start();
}

/* --- what refers by a column that was not loaded --- */

START_TEST(test_stub_relation__deleted_though_others_refer_by_a_code)
{
    Owner *ann = session_stub(s, Owner, 1);
    check_ok(session_delete(s, ann));
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(ann, "Owner", "code");
    check_cost(0, 0);
    check_ok(session_rollback(s));
    check_ok(session_load_columns(s, ann));
    check_ok(session_delete(s, ann));
    check_ok(session_commit(s));
    live_check("bat|b\ncat|\nrat|", "SELECT name, owner_code FROM pets ORDER BY 1");
}
END_TEST

START_TEST(test_stub_relation__a_code_that_others_refer_to)
{
    Owner *ann = session_stub(s, Owner, 1);
    ann->code = "z";
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(ann, "Owner", "code");
    check_ok(session_rollback(s));
    ann->name = "Anna"; /* nobody refers to that */
    check_ok(session_commit(s));
    live_check("Anna", "SELECT name FROM owners WHERE id = 1");
}
END_TEST

START_TEST(test_stub_relation__pointed_to_by_a_code)
{
    Owner *ann = session_stub(s, Owner, 1);
    Pet *dog = session_add(s, Pet, .name = "dog", .owner = ann);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(dog, "Pet", "owner");
    check_cost(0, 0);
    session_clear_error(s);
    ck_assert_ptr_null(session_upsert(s, Pet, (id), .id = 9, .name = "pig", .owner = ann));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    check_ok(session_load_columns(s, ann));
    check_ok(session_commit(s));
    live_check("a", "SELECT owner_code FROM pets WHERE name = 'dog'");
}
END_TEST

START_TEST(test_stub_relation__loaded_and_counted_by_a_code)
{
    Owner *ann = session_stub(s, Owner, 1), *bob = session_stub(s, Owner, 2);
    ck_assert_uint_eq(session_count(s, ann, pets), 2);
    check_cost(2, 2); /* its code, and the count */
    check_ok(session_load(s, bob, pets));
    check_cost(2, 2);
    ck_assert_uint_eq(bob->pets.count, 1);
    ck_assert_str_eq(bob->name, "Bob");
    check_ok(session_expire(s, ann));
    check_ok(session_load(s, ann, pets));
    check_cost(2, 2);
    ck_assert_uint_eq(ann->pets.count, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub_relation__brought_along_by_a_code)
{
    Query *q = session_query(s, Owner);
    query_only(q, Owner, id);
    query_with(q, Owner, pets);
    query_order_by(q, Owner, id, ORDER_ASC);
    size_t count;
    Owner **owners = query_all(q, Owner, &count);
    ck_assert_uint_eq(owners[0]->pets.count, 2);
    ck_assert_uint_eq(owners[1]->pets.count, 1);
    ck_assert_str_eq(owners[0]->code, "a"); /* since it leads to the pets */
    ck_assert_ptr_null(owners[0]->name);
}
END_TEST

/* --- links --- */

START_TEST(test_stub_relation__linked_and_unlinked)
{
    House *red = session_find(s, House, 1), *blue = session_stub(s, House, 2);
    Dog *rex = session_stub(s, Dog, 1), *max = session_stub(s, Dog, 2);
    rex->version = max->version = 1;
    check_ok(session_link(s, blue, dogs, rex));
    check_fails(session_unlink(s, red, dogs, max), STATUS_MISUSE); /* nobody knows where it is */
    check_says(session_error(s), "session_load_columns");
    session_clear_error(s);
    check_ok(session_load_columns(s, max));
    check_ok(session_unlink(s, red, dogs, max));
    check_ok(session_commit(s));
    live_check("Rex|2|2\nMax||2\nSam|2|1", "SELECT name, house_id, version FROM dogs ORDER BY id");
    ck_assert_ptr_eq(rex->house, blue);
}
END_TEST

/* --- with what is deleted --- */

START_TEST(test_stub_relation__written_before_it_is_let_go)
{
    House *red = session_stub(s, House, 1);
    Dog *rex = session_stub(s, Dog, 1);
    rex->version = 1;
    rex->name = "King";
    check_ok(session_delete(s, red));
    check_ok(session_commit(s));
    live_check("King|\nMax|\nSam|2", "SELECT name, house_id FROM dogs ORDER BY id");
}
END_TEST

START_TEST(test_stub_relation__deleted_before_it_is_let_go)
{
    House *red = session_find(s, House, 1);
    Dog *rex = session_stub(s, Dog, 1);
    rex->version = 1;
    check_ok(session_delete(s, rex));
    check_ok(session_delete(s, red));
    check_ok(session_commit(s));
    live_check("Max|\nSam|2", "SELECT name, house_id FROM dogs ORDER BY id");
}
END_TEST

START_TEST(test_stub_relation__an_expired_one_is_let_go)
{
    House *red = session_find(s, House, 1);
    Dog *rex = session_find(s, Dog, 1);
    check_ok(session_expire_all(s));
    check_ok(session_delete(s, red));
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert(!rex->house_id.valid);
    live_check("Rex|\nMax|\nSam|2", "SELECT name, house_id FROM dogs ORDER BY id");
}
END_TEST

/* A dog points to an object that was evicted; its house is another object of the same row by now. */
START_TEST(test_stub_relation__the_owner_is_another_object)
{
    Dog *rex = session_find(s, Dog, 1);
    check_ok(session_load(s, rex, house));
    check_ok(session_evict(s, rex->house));
    House *red = _i ? session_find(s, House, 1) : session_stub(s, House, 1);
    check_ok(session_delete(s, red));
    check_ok(session_commit(s));
    ck_assert(!rex->house_id.valid && !rex->house);
    ck_assert_int_eq(rex->version, 2);
    live_check("Rex|\nMax|\nSam|2", "SELECT name, house_id FROM dogs ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* --- statements that write at once --- */

START_TEST(test_stub_relation__an_upsert_fills_the_object)
{
    Dog *rex = session_stub(s, Dog, 1), *max = session_find(s, Dog, 2);
    max->age.value = 9;
    check_ok(session_expire(s, max));
    ck_assert_ptr_eq(session_upsert(s, Dog, (name), .name = "Rex", .age = {7, true}), rex);
    ck_assert_ptr_eq(session_upsert(s, Dog, (name), .name = "Max", .age = {8, true}), max);
    ck_assert_int_eq(rex->age.value, 7);
    ck_assert_int_eq(rex->version, 2);
    ck_assert_int_eq(max->age.value, 8);
    cost_start();
    ck_assert_ptr_eq(session_find(s, Dog, 1), rex);
    ck_assert_ptr_eq(session_find(s, Dog, 2), max);
    check_cost(0, 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_stub_relation__an_upsert_keeps_what_is_pending)
{
    Dog *rex = session_stub(s, Dog, 1);
    rex->name = "King";
    ck_assert_ptr_eq(session_upsert(s, Dog, (id), .id = 1, .name = "Rex", .age = {7, true}), rex);
    ck_assert_str_eq(rex->name, "King");
    ck_assert_int_eq(rex->age.value, 7);
    check_ok(session_commit(s));
    live_check("King|7|3", "SELECT name, age, version FROM dogs WHERE id = 1");
}
END_TEST

START_TEST(test_stub_relation__an_update_of_many_rows)
{
    Dog *rex = session_stub(s, Dog, 1), *sam = session_find(s, Dog, 3);
    Query *q = session_query(s, Dog);
    uint64_t affected;
    query_all_rows(q);
    query_set(q, Dog, age, 1);
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 3);
    ck_assert_int_eq(rex->age.value, 1);
    ck_assert_int_eq(sam->age.value, 1);
    ck_assert(session_is_loaded(s, rex, age));
    rex->age.valid = false; /* is loaded by now: NULL is a change */
    check_ok(session_commit(s));
    live_check("Rex||3\nMax|1|2\nSam|1|2", "SELECT name, age, version FROM dogs ORDER BY id");
}
END_TEST

START_TEST(test_stub_relation__sql_of_the_server_for_a_column_that_was_not_loaded)
{
    Dog *rex = session_stub(s, Dog, 1);
    rex->version = 1;
    check_ok(session_set_sql(s, rex, age, "age + %d", 10));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(rex->age.value, 13);
    ck_assert(session_is_loaded(s, rex, age));
    live_check("Rex|13|2", "SELECT name, age, version FROM dogs WHERE id = 1");
}
END_TEST

/* --- rows whose xmin is their version --- */

START_TEST(test_stub_relation__xmin_of_a_partial_object)
{
    Query *q = session_query(s, Safe);
    query_only(q, Safe, holder);
    Safe *safe = query_first(q, Safe);
    int64_t before = safe->written_by;
    ck_assert_int_ne(before, 0);
    safe->weight = (NullInt32){8, true};
    check_ok(session_commit(s));
    ck_assert_int_ne(safe->written_by, before);
    ck_assert_ptr_null(session_merge(s, Safe, &((Safe){.id = 1, .holder = "Bob", .written_by = before})));
    check_error(s, STATUS_STALE);
    session_clear_error(s);
    ck_assert_ptr_eq(session_merge(s, Safe, &((Safe){.id = 1, .holder = "Bob", .written_by = safe->written_by})), safe);
    check_ok(session_commit(s));
    live_check("Bob|8", "SELECT holder, weight FROM safes");
    check_ok(session_expire(s, safe));
    live_sql("UPDATE safes SET weight = 7");
    safe->holder = "Cid";
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Safe, 1), safe);
    check_ok(session_commit(s));
    live_check("Cid|7", "SELECT holder, weight FROM safes");
}
END_TEST

START_TEST(test_stub_relation__xmin_of_a_row_known_by_its_key)
{
    int64_t written_by = session_find(s, Safe, 1)->written_by;
    scene_renew();
    Safe *safe = session_stub(s, Safe, 1);
    safe->holder = "Bob";
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(safe, "Safe", "written_by");
    session_clear_error(s);
    safe->written_by = written_by + 1;
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    safe->written_by = written_by;
    check_ok(session_commit(s));
    live_check("Bob|9", "SELECT holder, weight FROM safes");
    check_ok(session_delete(s, safe)); /* the xmin that it got is known */
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM safes");
}
END_TEST

/* --- what was changed and by whom --- */

START_TEST(test_stub_relation__changes_tell_what_is_known)
{
    Dog *rex = session_stub(s, Dog, 1);
    rex->name = "King";
    check_ok(session_mark_changed(s, rex, age));
    size_t count;
    const Change *changes = session_changes(s, rex, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(changes[0].field, "name");
    ck_assert_int_eq(changes[0].old_value.type, 0);
    ck_assert_str_eq(changes[0].new_value.as.text, "King");
    ck_assert_str_eq(changes[1].field, "age");
}
END_TEST

/* Others change or delete the row: what is left to do is to read it again, to write over it, or to let it go. */
START_TEST(test_stub_relation__races)
{
    Dog *rex = session_find(s, Dog, 1), *max = session_find(s, Dog, 2), *sam = session_find(s, Dog, 3);
    rex->name = "King";
    check_ok(session_delete(s, max));
    sam->name = "Sammy";
    live_sql("UPDATE dogs SET age = 20, version = 2 WHERE id < 3; DELETE FROM dogs WHERE id = 3");
    check_fails(session_commit(s), STATUS_STALE);
    session_clear_error(s);
    check_ok(session_refresh(s, max)); /* deleted here, changed there: it is as the row is */
    ck_assert_int_eq(max->age.value, 20);
    check_ok(session_delete(s, max));
    rex->version = 2;                                   /* changed twice: this one stands */
    check_fails(session_refresh(s, sam), STATUS_STALE); /* changed here, deleted there */
    session_clear_error(s);
    ck_assert(!session_contains(s, sam));
    check_ok(session_evict(s, rex));
    Dog *fresh = session_find(s, Dog, 1);
    fresh->name = rex->name;
    check_ok(session_commit(s));
    live_check("1|King|20|3", "SELECT id, name, age, version FROM dogs");
    check_ok(session_delete(s, fresh));
    live_sql("DELETE FROM dogs");
    check_fails(session_commit(s), STATUS_STALE); /* deleted by both */
    session_clear_error(s);
    check_ok(session_evict(s, fresh));
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_stub_relation__deleted_though_others_refer_by_a_code);
    tcase_add_test(tests, test_stub_relation__a_code_that_others_refer_to);
    tcase_add_test(tests, test_stub_relation__pointed_to_by_a_code);
    tcase_add_test(tests, test_stub_relation__loaded_and_counted_by_a_code);
    tcase_add_test(tests, test_stub_relation__brought_along_by_a_code);
    tcase_add_test(tests, test_stub_relation__linked_and_unlinked);
    tcase_add_test(tests, test_stub_relation__written_before_it_is_let_go);
    tcase_add_test(tests, test_stub_relation__deleted_before_it_is_let_go);
    tcase_add_test(tests, test_stub_relation__an_expired_one_is_let_go);
    tcase_add_loop_test(tests, test_stub_relation__the_owner_is_another_object, 0, 2);
    tcase_add_test(tests, test_stub_relation__an_upsert_fills_the_object);
    tcase_add_test(tests, test_stub_relation__an_upsert_keeps_what_is_pending);
    tcase_add_test(tests, test_stub_relation__an_update_of_many_rows);
    tcase_add_test(tests, test_stub_relation__sql_of_the_server_for_a_column_that_was_not_loaded);
    tcase_add_test(tests, test_stub_relation__xmin_of_a_partial_object);
    tcase_add_test(tests, test_stub_relation__xmin_of_a_row_known_by_its_key);
    tcase_add_test(tests, test_stub_relation__changes_tell_what_is_known);
    tcase_add_test(tests, test_stub_relation__races);
}

int main(void)
{
    return scene_main("stub_relation", setup, scene_close, add_tests);
}
