/* HAS_ONE that isn't loaded gets another object: what may be there makes room, and nothing is read for it. */
#include "api/scene.h"

typedef struct Car Car;
typedef struct Plate Plate;
typedef struct Key Key;
typedef struct Ring Ring;
typedef struct Wheel Wheel;

struct Car {
    int64_t id;
    const char *name;
    Plate *plate;
    Key *key;
    Wheel *spare;
};

/* Lets go. */
struct Plate {
    int64_t id;
    NullInt64 car_id;
    const char *text;
    int32_t version;
    Car *car;
};

/* An orphan, with a row below it. */
struct Key {
    int64_t id;
    NullInt64 car_id;
    const char *teeth;
    Ring *ring;
};

struct Ring {
    int64_t id;
    int64_t key_id;
};

/* Can't let go. */
struct Wheel {
    int64_t id;
    int64_t car_id;
    Car *car;
};

extern const Model Car_model, Plate_model, Key_model, Ring_model, Wheel_model;

/* clang-format off */
#define ID(T) COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY)
MODEL(Car, "cars",
    ID(Car),
    COLUMN(Car, name),
    HAS_ONE(Car, plate, Plate, car_id),
    HAS_ONE_WITH((.delete_orphans = true), Car, key, Key, car_id),
    HAS_ONE(Car, spare, Wheel, car_id));
MODEL(Plate, "plates",
    ID(Plate),
    COLUMN(Plate, car_id,  .references = &Car_model, .unique = true),
    COLUMN(Plate, text),
    COLUMN(Plate, version, .version = true),
    BELONGS_TO(Plate, car, Car, car_id));
MODEL(Key, "keys",
    ID(Key),
    COLUMN(Key, car_id, .references = &Car_model, .unique = true),
    COLUMN(Key, teeth),
    HAS_ONE_WITH((.cascade = CASCADE_DELETE), Key, ring, Ring, key_id));
MODEL(Ring, "rings",
    ID(Ring),
    COLUMN(Ring, key_id, .references = &Key_model));
MODEL(Wheel, "wheels",
    ID(Wheel),
    COLUMN(Wheel, car_id, .references = &Car_model, .unique = true),
    BELONGS_TO(Wheel, car, Car, car_id));
/* clang-format on */

static Car *red, *blue;

static void setup(void)
{
    scene_open(MODELS(Car, Plate, Key, Ring, Wheel));
    live_sql("INSERT INTO cars (name) VALUES ('red'), ('blue');"
             "INSERT INTO plates (car_id, text, version) VALUES (1, 'old', 3), (2, 'blue', 1);"
             "INSERT INTO keys (car_id, teeth) VALUES (1, 'old'); INSERT INTO rings (key_id) VALUES (1);"
             "INSERT INTO wheels (car_id) VALUES (1)");
    red = session_find(s, Car, 1);
    blue = session_find(s, Car, 2);
    seen_clear();
    cost_start();
}

START_TEST(test_displace__row_that_is_not_loaded)
{
    Plate *plate = session_add(s, Plate, .text = "new");
    if (_i)
        check_ok(session_link(s, red, plate, plate));
    else
        check_ok(session_link(s, plate, car, red)); /* from the other side */
    ck_assert_ptr_eq(red->plate, plate);
    const Plan *plan = session_plan(s);
    ck_assert_msg(strstr(plan_text(plan), "UPDATE plates SET car_id") != NULL, "%s", plan_text(plan));
    check_cost(0, 0);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(
        seen_with("UPDATE \"public\".\"plates\" AS t SET \"car_id\" = NULL, \"version\" = t.\"version\" + 1"
                  " WHERE t.\"car_id\" = ANY ((SELECT $1::bigint[])::bigint[])"),
        1);
    live_check("old||4\nblue|2|1\nnew|1|1", "SELECT text, car_id, version FROM plates ORDER BY id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_displace__many_owners_one_statement)
{
    check_ok(session_link(s, red, plate, session_add(s, Plate, .text = "r")));
    check_ok(session_link(s, blue, plate, session_add(s, Plate, .text = "b")));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"car_id\" = NULL"), 1);
    live_check("old|\nblue|\nr|1\nb|2", "SELECT text, car_id FROM plates ORDER BY id");
}
END_TEST

/* The session has the row, though not by the relation: it is written as an object, with its version. */
START_TEST(test_displace__object_that_the_session_has)
{
    Plate *old = session_find(s, Plate, 1);
    old->text = "older";
    Plate *moved = session_find(s, Plate, 2);
    check_ok(session_link(s, red, plate, moved));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SELECT $1::bigint[])::bigint[]) AND"), 0);
    ck_assert(!old->car_id.valid);
    ck_assert_ptr_null(old->car);
    ck_assert_int_eq(old->version, 4);
    live_check("older||4\nblue|1|2", "SELECT text, car_id, version FROM plates ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* What the program has put elsewhere is not displaced: by a pointer, or by its value. */
START_TEST(test_displace__object_that_has_moved)
{
    Plate *old = session_find(s, Plate, 1), *plate = session_add(s, Plate, .text = "new");
    Car *green = session_add(s, Car, .id = 7, .name = "green");
    Key *key = session_find(s, Key, 1), *other = session_add(s, Key, .teeth = "new");
    check_ok(session_link(s, red, plate, plate));
    check_ok(session_link(s, red, key, other));
    if (_i)
        old->car = green;
    else
        old->car_id.value = 7;
    key->car_id.value = 7;
    check_ok(session_commit(s));
    ck_assert(old->car_id.valid && old->car_id.value == 7 && plate->car_id.value == 1);
    ck_assert(session_contains(s, key) && key->car_id.value == 7);
    live_check("old|7|4\nblue|2|1\nnew|1|1", "SELECT text, car_id, version FROM plates ORDER BY id");
    live_check("old|7\nnew|1", "SELECT teeth, car_id FROM keys ORDER BY id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_displace__orphans)
{
    Key *old = _i ? session_find(s, Key, 1) : NULL;
    check_ok(session_link(s, red, key, session_add(s, Key, .teeth = "new")));
    check_ok(session_commit(s));
    live_check("new|1|0", "SELECT teeth, car_id, (SELECT count(*) FROM rings) FROM keys");
    ck_assert(!old || !session_contains(s, old));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_displace__nothing_was_there)
{
    live_sql("DELETE FROM plates");
    Plate *plate = session_add(s, Plate, .text = "new");
    check_ok(session_link(s, red, plate, plate));
    check_ok(session_commit(s));
    live_check("new|1", "SELECT text, car_id FROM plates");
    check_ok(session_link(s, red, plate, plate));
    check_nothing_to_write();
}
END_TEST

/* What is linked is the object that its row says already. */
START_TEST(test_displace__the_same_again)
{
    Plate *old = session_find(s, Plate, 1);
    check_ok(session_link(s, red, plate, old));
    check_nothing_to_write();
    live_check("old|1|3", "SELECT text, car_id, version FROM plates WHERE id = 1");
}
END_TEST

START_TEST(test_displace__taken_back)
{
    Plate *plate = session_add(s, Plate, .text = "new");
    check_ok(session_link(s, red, plate, plate));
    check_ok(session_unlink(s, red, plate, plate));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"car_id\" = NULL"), 0);
    live_check("old|1\nblue|2\nnew|", "SELECT text, car_id FROM plates ORDER BY id");
}
END_TEST

START_TEST(test_displace__what_can_not_let_go)
{
    Wheel *old = _i ? session_find(s, Wheel, 1) : NULL;
    Wheel *wheel = session_add(s, Wheel, .car_id = 0);
    check_ok(session_link(s, red, spare, wheel));
    check_fails(session_commit(s), _i ? STATUS_NOT_NULL : STATUS_UNIQUE);
    check_culprit(_i ? old : wheel, "Wheel", "car_id");
    session_clear_error(s);
    live_check("1|1", "SELECT id, car_id FROM wheels");
    check_ok(session_rollback(s));
    ck_assert_ptr_null(red->spare);
}
END_TEST

START_TEST(test_displace__failure_and_again)
{
    live_sql("ALTER TABLE plates ADD CHECK (text <> 'bad')");
    Plate *plate = session_add(s, Plate, .text = "bad");
    check_ok(session_link(s, red, plate, plate));
    check_fails(session_commit(s), STATUS_CHECK);
    session_clear_error(s);
    live_check("old|1\nblue|2", "SELECT text, car_id FROM plates ORDER BY id");
    plate->text = "good";
    check_ok(session_commit(s));
    live_check("old|\nblue|2\ngood|1", "SELECT text, car_id FROM plates ORDER BY id");
}
END_TEST

START_TEST(test_displace__flushed)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, red, plate, session_add(s, Plate, .text = "new")));
    check_ok(session_flush(s));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"car_id\" = NULL"), 1);
    live_check("old|\nblue|2\nnew|1", "SELECT text, car_id FROM plates ORDER BY id");
}
END_TEST

/* Of an object known by its key nobody knows whose it was: where the commit gives it to an owner its own statement does all,
 * also where it was that owner's, or makes room elsewhere. */
START_TEST(test_displace__by_a_row_known_by_its_key)
{
    Plate *plate = session_stub(s, Plate, _i ? 2 : 1);
    plate->version = _i ? 1 : 3;
    check_ok(session_link(s, red, plate, plate));
    if (_i)
        check_ok(session_link(s, blue, plate, session_add(s, Plate, .text = "new")));
    check_ok(session_commit(s));
    live_check(_i ? "old||4\nblue|1|2\nnew|2|1" : "old|1|4\nblue|2|1",
               "SELECT text, car_id, version FROM plates ORDER BY id");
    ck_assert_int_eq(plate->car_id.value, 1);
    ck_assert_int_eq(plate->version, _i ? 2 : 4);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_displace__deleted_row_known_by_its_key)
{
    Plate *old = session_stub(s, Plate, 1);
    old->version = 3;
    check_ok(session_delete(s, old));
    check_ok(session_link(s, red, plate, session_add(s, Plate, .text = "new")));
    check_ok(session_commit(s));
    live_check("blue|2\nnew|1", "SELECT text, car_id FROM plates ORDER BY id");
}
END_TEST

/* It may be what makes room: its own statement would be stale, now or later. */
START_TEST(test_displace__row_known_by_its_key)
{
    Plate *old = session_stub(s, Plate, 1), *plate = session_add(s, Plate, .text = "new");
    Key *key = session_stub(s, Key, 1);
    old->version = 3;
    if (_i == 1)
        old->text = "older";
    check_ok(_i < 2 ? session_link(s, red, plate, plate)
                    : session_link(s, red, key, session_add(s, Key, .teeth = "new")));
    if (_i == 2)
        key->teeth = "older";
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_cost(0, 0);
    check_culprit(_i < 2 ? (void *)old : key, _i < 2 ? "Plate" : "Key", "car_id");
    ck_assert_ptr_eq(session_error(s)->other, red);
    check_says(session_error(s), "session_load_columns");
    session_clear_error(s);
    check_ok(session_load_columns(s, _i < 2 ? (void *)old : key));
    check_ok(session_commit(s));
    live_check(_i == 0   ? "old||4\nnew|1|1"
               : _i == 1 ? "older||4\nnew|1|1"
                         : "old|1|3\nnew||1",
               "SELECT text, car_id, version FROM plates WHERE id <> 2 ORDER BY id");
    live_check(_i < 2 ? "old" : "new", "SELECT teeth FROM keys");
    old->text = "oldest";
    check_ok(session_commit(s));
}
END_TEST

/* A row that comes in does not take the place of what the program has put there; a rollback shows it. */
START_TEST(test_displace__row_that_comes_in_later)
{
    Plate *old = session_stub(s, Plate, 1), *plate = session_add(s, Plate, .text = "new");
    if (_i & 2)
        check_ok(session_begin(s, NULL));
    check_ok(session_link(s, red, plate, plate));
    check_ok(_i & 1 ? session_refresh(s, old) : session_load_columns(s, old));
    ck_assert_ptr_eq(red->plate, plate);
    if (_i & 4) {
        check_ok(session_rollback(s));
        ck_assert(!red->plate || red->plate == old);
        check_nothing_to_write();
        return;
    }
    check_ok(session_commit(s));
    ck_assert_ptr_eq(red->plate, plate);
    live_check("old||4\nblue|2|1\nnew|1|1", "SELECT text, car_id, version FROM plates ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* Nothing of it is to be written, nor could be: it was only pointed to. */
START_TEST(test_displace__row_that_nobody_writes)
{
    Plate *old = session_stub(s, Plate, 1);
    check_ok(session_link(s, red, plate, session_add(s, Plate, .text = "new")));
    check_ok(session_commit(s));
    live_check("old||4\nblue|2|1\nnew|1|1", "SELECT text, car_id, version FROM plates ORDER BY id");
    check_ok(session_load_columns(s, old));
    ck_assert(!old->car_id.valid && old->version == 4);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_displace__row_that_is_not_loaded, 0, 2);
    tcase_add_test(tests, test_displace__many_owners_one_statement);
    tcase_add_test(tests, test_displace__object_that_the_session_has);
    tcase_add_loop_test(tests, test_displace__orphans, 0, 2);
    tcase_add_loop_test(tests, test_displace__object_that_has_moved, 0, 2);
    tcase_add_test(tests, test_displace__nothing_was_there);
    tcase_add_test(tests, test_displace__the_same_again);
    tcase_add_test(tests, test_displace__taken_back);
    tcase_add_loop_test(tests, test_displace__what_can_not_let_go, 0, 2);
    tcase_add_test(tests, test_displace__failure_and_again);
    tcase_add_test(tests, test_displace__flushed);
    tcase_add_loop_test(tests, test_displace__by_a_row_known_by_its_key, 0, 2);
    tcase_add_test(tests, test_displace__deleted_row_known_by_its_key);
    tcase_add_loop_test(tests, test_displace__row_known_by_its_key, 0, 3);
    tcase_add_loop_test(tests, test_displace__row_that_comes_in_later, 0, 8);
    tcase_add_test(tests, test_displace__row_that_nobody_writes);
}

int main(void)
{
    return scene_main("displace", setup, scene_close, add_tests);
}
