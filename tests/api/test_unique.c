/* Unique values that rows hand on: released before they are taken, and no order where none is needed. */
#include "api/scene.h"
#include "api/cycle_models.h"

typedef struct Desk { /* one number a room, and nothing defers that */
    int64_t id;
    const char *room;
    int32_t number;
    const char *who;
} Desk;

typedef struct Song { /* one place in a list, if it is in one */
    int64_t id;
    NullInt64 list;
    int32_t place;
    int32_t version;
} Song;

typedef struct Shelf { /* of lists */
    int64_t id;
    int32_t size;
} Shelf;

typedef struct Ballad { /* unique among those in a list */
    int64_t id;
    NullInt64 list;
    int32_t place;
    int32_t verses;
} Ballad;

typedef struct Chant { /* the same, and its row has to be as it was */
    int64_t id;
    NullInt64 list;
    int32_t place;
    int32_t verses;
} Chant;

/* clang-format off */
MODEL(Shelf, "shelves",
    COLUMN(Shelf, id,    .primary_key = true),
    COLUMN(Shelf, size));
MODEL(Song, "songs",
    COLUMN(Song, id,      .primary_key = true),
    COLUMN(Song, list,    .references = &Shelf_model),
    COLUMN(Song, place),
    COLUMN(Song, version, .version = true),
    UNIQUE(Song, NULL, list, place));
MODEL(Ballad, "ballads",
    COLUMN(Ballad, id,     .primary_key = true),
    COLUMN(Ballad, list),
    COLUMN(Ballad, place),
    COLUMN(Ballad, verses),
    UNIQUE_WITH((.where = "list IS NOT NULL"), Ballad, NULL, place));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Chant, "chants",
    COLUMN(Chant, id,     .primary_key = true),
    COLUMN(Chant, list),
    COLUMN(Chant, place),
    COLUMN(Chant, verses),
    UNIQUE_WITH((.where = "list IS NOT NULL"), Chant, NULL, place));
MODEL(Desk, "desks",
    COLUMN(Desk, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Desk, room),
    COLUMN(Desk, number),
    COLUMN(Desk, who),
    UNIQUE(Desk, NULL, room, number));
/* clang-format on */

static Slot *slots[5]; /* by id */

static void setup(void)
{
    scene_open(CYCLES);
    live_sql("INSERT INTO slots (id, name, place, rank, shelf, level, current, version)"
             " SELECT n, 'n' || n, n, n, 's', n, n = 1, 1 FROM generate_series(1, 4) n;"
             "ALTER TABLE slots ALTER id RESTART 100");
    for (int i = 1; i <= 4; i++)
        slots[i] = session_find(s, Slot, i);
}

static void expect_writes(size_t expected)
{
    size_t count = 0;
    const Plan *plan = session_plan(s);
    ck_assert_msg(plan, "%s", error_text(session_error(s)));
    for (size_t i = 0; i < plan_step_count(plan); i++)
        count += plan_step(plan, i).operation >= OPERATION_INSERT;
    ck_assert_msg(count == expected, "%zu writes, not %zu:\n%s", count, expected, plan_text(plan));
}

static Slot new_slot(const char *name)
{
    return (Slot){.name = name, .rank = 50, .shelf = "new", .level = 1};
}

/* --- handing on --- */

START_TEST(test_unique__hand_over_chain)
{
    slots[1]->name = "n2";
    slots[2]->name = "n3";
    slots[3]->name = "free";
    expect_writes(3);
    check_ok(session_commit(s));
    check_trips(6); /* four finds */
    live_check("n2,n3,free,n4", "SELECT string_agg(name, ',' ORDER BY id) FROM slots");
    live_check("2,2,2,1", "SELECT string_agg(version::text, ',' ORDER BY id) FROM slots");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_unique__value_released_by_null)
{
    slots[1]->place = slots[2]->place;
    slots[2]->place.valid = false;
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"slots\" AS t SET \"place\""), 2);
    live_check("2,,3,4", "SELECT string_agg(coalesce(place::text, ''), ',' ORDER BY id) FROM slots");
}
END_TEST

/* An UPDATE releases, an INSERT takes: also where the new row is needed by another one. */
START_TEST(test_unique__update_releases_insert_takes)
{
    Slot value = new_slot("n1");
    slots[1]->name = "other";
    Slot *added = session_add_struct(s, Slot, &value);
    session_add(s, Room, .code = "r", .name = "room");
    seen_clear();
    check_ok(session_commit(s));
    const char *last = NULL;
    for (size_t i = 0; i < seen.count; i++)
        if (strstr(seen.statements[i].sql, "\"slots\"") && !strstr(seen.statements[i].sql, "nextval"))
            last = seen.statements[i].sql;
    ck_assert(seen_with("UPDATE \"public\".\"slots\"") == 1 && last && strncmp(last, "INSERT", 6) == 0);
    live_check("100", "SELECT id FROM slots WHERE name = 'n1'");
    ck_assert_int_eq(added->id, 100);
}
END_TEST

START_TEST(test_unique__delete_releases_update_and_insert_take)
{
    Slot value = new_slot("n2");
    session_delete(s, slots[1]);
    slots[2]->name = "n1";
    session_add_struct(s, Slot, &value);
    expect_writes(3);
    check_ok(session_commit(s));
    live_check("n1,n3,n4,n2", "SELECT string_agg(name, ',' ORDER BY id) FROM slots");
}
END_TEST

/* A unique foreign key: the one that held it goes first, where by custom of tables alone it would be the same; and a swap. */
START_TEST(test_unique__composite_value_released_by_a_delete)
{
    scene_close();
    scene_open(MODELS(Desk));
    Desk *old = session_add(s, Desk, .room = "a", .number = 1, .who = "Ann");
    Desk *other = session_add(s, Desk, .room = "a", .number = 2, .who = "Bob");
    check_ok(session_commit(s));
    session_add(s, Desk, .room = "a", .number = 1, .who = "Cid");
    session_delete(s, old);
    expect_writes(2);
    check_ok(session_commit(s));
    live_check("Cid,Bob", "SELECT string_agg(who, ',' ORDER BY number) FROM desks");
    other->number = 3; /* only one part of it changes: that releases the whole */
    session_add(s, Desk, .room = "a", .number = 2, .who = "Dee");
    check_ok(session_commit(s));
    live_check("Cid,Dee,Bob", "SELECT string_agg(who, ',' ORDER BY number) FROM desks");
}
END_TEST

START_TEST(test_unique__child_replaced_under_a_unique_key)
{
    live_sql("INSERT INTO rooms VALUES ('a', 1, 'A'), ('b', 2, 'B')");
    Room *a = session_find(s, Room, "a"), *b = session_find(s, Room, "b");
    session_delete(s, a);
    session_add(s, Room, .code = "c", .name = "C", .slot_id = {1, true});
    check_ok(session_commit(s));
    Room *c = session_find(s, Room, "c");
    b->slot_id.value = 1;
    c->slot_id.value = 2;
    expect_writes(2);
    check_ok(session_commit(s));
    live_check("b|1\nc|2", "SELECT code, slot_id FROM rooms ORDER BY 1");
}
END_TEST

/* --- what makes no order --- */

START_TEST(test_unique__values_that_do_not_meet_leave_batches_whole)
{
    for (int i = 1; i <= 4; i++)
        slots[i]->name = session_text(s, "fresh%d", i);
    expect_writes(1);
    check_ok(session_commit(s));
}
END_TEST

/* Loaded rows that stay as they are, and columns that are written with the value that they had, order nothing. */
START_TEST(test_unique__unchanged_values_make_no_ring)
{
    slots[1]->level = 10;
    slots[2]->level = 11;
    slots[1]->name = "n1";
    slots[2]->place = (NullInt32){2, true};
    expect_writes(1);
    check_ok(session_commit(s));
    live_check("10,11,3,4", "SELECT string_agg(level::text, ',' ORDER BY id) FROM slots");
}
END_TEST

/* --- rings --- */

/* NULLs are distinct: all are parked in one statement, and written in the next. */
START_TEST(test_unique__swap_of_nullable_values)
{
    NullInt32 first = slots[1]->place;
    for (int i = 1; i < 4; i++)
        slots[i]->place = slots[i + 1]->place;
    slots[4]->place = first;
    expect_writes(2);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), 2);
    live_check("2,3,4,1", "SELECT string_agg(place::text, ',' ORDER BY id) FROM slots");
    live_check("2,2,2,2", "SELECT string_agg(version::text, ',' ORDER BY id) FROM slots");
    for (int i = 1; i <= 4; i++)
        ck_assert_int_eq(slots[i]->version, 2);
    check_nothing_to_write();
}
END_TEST

/* A deferrable constraint is checked when the statement ends. */
START_TEST(test_unique__swap_of_deferrable_values)
{
    slots[1]->rank = 2;
    slots[2]->rank = 1;
    expect_writes(1);
    check_ok(session_commit(s));
    live_check("2,1,3,4", "SELECT string_agg(rank::text, ',' ORDER BY id) FROM slots");
    /* also where the rows differ in what else is written */
    slots[1]->rank = 3;
    slots[3]->rank = 2;
    slots[3]->name = "renamed";
    expect_writes(1);
    check_ok(session_commit(s));
    live_check("3,1,2,4", "SELECT string_agg(rank::text, ',' ORDER BY id) FROM slots");
    /* and of several columns */
    slots[1]->level = 2;
    slots[2]->level = 1;
    check_ok(session_commit(s));
    live_check("2,1,3,4", "SELECT string_agg(level::text, ',' ORDER BY id) FROM slots");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_unique__shift_of_deferrable_values)
{
    live_sql("INSERT INTO slots (name, rank, shelf, level, current, version)"
             " SELECT 'm' || n, n, 'long', n, false, 1 FROM generate_series(5, 2504) n");
    scene_renew();
    size_t count;
    Slot **all = query_all(session_query(s, Slot), Slot, &count);
    for (size_t i = 0; i < count; i++)
        all[i]->rank++;
    check_ok(session_commit(s));
    live_check("2504|2|2505", "SELECT count(DISTINCT rank), min(rank), max(rank) FROM slots");
}
END_TEST

START_TEST(test_unique__swap_that_nothing_can_do)
{
    slots[1]->name = "n2";
    slots[2]->name = "n1";
    cost_start();
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_cost(0, 0);
    const Error *error = session_error(s);
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    ck_assert((error->object == slots[1] && error->other == slots[2]) ||
              (error->object == slots[2] && error->other == slots[1]));
    ck_assert_str_eq(error->constraint, "slots_name_key");
    ck_assert_str_eq(error->field, "name");
    check_says(error, "deferrable");
    session_clear_error(s);
    ck_assert_str_eq(slots[1]->name, "n2");
    /* the remedy of a value in between */
    slots[2]->name = "between";
    session_begin(s, NULL);
    check_ok(session_flush(s));
    slots[2]->name = "n1";
    check_ok(session_commit(s));
    live_check("n2,n1,n3,n4", "SELECT string_agg(name, ',' ORDER BY id) FROM slots");
}
END_TEST

/* Two constraints in one ring, of which only one can be parked: that is enough. */
START_TEST(test_unique__ring_over_two_constraints)
{
    slots[1]->name = "n2";
    slots[2]->name = "free";
    slots[2]->place = (NullInt32){1, true};
    slots[1]->place = (NullInt32){9, true};
    slots[3]->place = (NullInt32){4, true};
    slots[4]->place = (NullInt32){3, true};
    check_ok(session_commit(s));
    live_check("n2|9\nfree|1\nn3|4\nn4|3", "SELECT name, place FROM slots ORDER BY id");
    live_check("2,2,2,2", "SELECT string_agg(version::text, ',' ORDER BY id) FROM slots");
}
END_TEST

/* One current slot a shelf: who steps down goes first, whatever the order of their keys. Others may swap shelves. */
START_TEST(test_unique__partial_index)
{
    live_sql("UPDATE slots SET current = id = 3");
    scene_renew();
    Slot *one = session_find(s, Slot, 1), *three = session_find(s, Slot, 3);
    one->current = true;
    three->current = false;
    expect_writes(2);
    check_ok(session_commit(s));
    live_check("1", "SELECT id FROM slots WHERE current");
    Slot value = {.name = "new", .rank = 50, .shelf = "s", .level = 50, .current = true};
    one->current = false;
    session_add_struct(s, Slot, &value);
    check_ok(session_commit(s));
    live_sql("UPDATE slots SET shelf = 't' WHERE id = 4");
    scene_renew();
    Slot *two = session_find(s, Slot, 2), *four = session_find(s, Slot, 4);
    two->shelf = "t";
    four->shelf = "s";
    expect_writes(1);
    check_ok(session_commit(s));
}
END_TEST

/* --- what the client does not know --- */

/* Values that are equal to the server alone: deletes, updates, inserts, and the server's own words. */
START_TEST(test_unique__equal_to_the_server_alone)
{
    live_sql("CREATE UNIQUE INDEX slots_lower ON slots (lower(name))");
    Slot value = new_slot("N1");
    session_delete(s, slots[1]);
    session_add_struct(s, Slot, &value);
    check_ok(session_commit(s));
    slots[2]->name = "x2";
    value = new_slot("N2");
    value.rank = 51;
    value.level = 2;
    session_add_struct(s, Slot, &value);
    check_ok(session_commit(s));
    slots[3]->name = "N4";
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, slots[3]);
    ck_assert_str_eq(session_error(s)->constraint, "slots_lower");
    live_check("1", "SELECT count(*) FROM slots WHERE lower(name) = 'n4'");
}
END_TEST

/* --- foreign keys to other than the primary key --- */

START_TEST(test_unique__reference_by_unique_value)
{
    Guest *guest = session_add(s, Guest, .room_name = "blue");
    session_add(s, Room, .code = "z", .name = "blue");
    check_ok(session_commit(s));
    session_delete(s, session_find(s, Room, "z"));
    session_delete(s, guest);
    seen_clear();
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM guests)");
}
END_TEST

/* A row is deleted, another one takes its value, and what referred to it points to that one: the value is the same, but it
 * has to be written. */
START_TEST(test_unique__reference_goes_over_with_the_value)
{
    Room *old = session_add(s, Room, .code = "a", .name = "blue"),
         *next = session_add(s, Room, .code = "b", .name = "red");
    Guest *guest = session_add(s, Guest, .room = old);
    check_ok(session_commit(s));
    session_delete(s, old);
    next->name = "blue";
    guest->room = next;
    check_ok(session_commit(s));
    ck_assert_str_eq(guest->room_name, "blue");
    live_check("b|blue|blue", "SELECT code, name, room_name FROM rooms, guests");
    check_nothing_to_write();
    session_delete(s, next); /* the same with a new row */
    guest->room = session_add(s, Room, .code = "c", .name = "blue");
    check_ok(session_commit(s));
    live_check("c|blue|blue", "SELECT code, name, room_name FROM rooms, guests");
    check_nothing_to_write();
}
END_TEST

/* Many of them: found by value, not by comparing all with all. */
START_TEST(test_unique__many_references_by_unique_value)
{
    enum { MANY = 20000 };
    for (int i = 0; i < MANY; i++) {
        session_add(s, Guest, .room_name = session_text(s, "room%d", MANY - 1 - i));
        session_add(s, Room, .code = session_text(s, "c%d", i), .name = session_text(s, "room%d", i));
    }
    check_ok(session_commit(s));
    live_check("20000", "SELECT count(*) FROM guests JOIN rooms ON rooms.name = room_name");
}
END_TEST

/* --- swaps beside a column that does not change, but can be NULL for a while --- */

#define SONGS "SELECT string_agg(concat_ws(':', id, list, place, version), ' ' ORDER BY id) FROM songs"

static Song *songs[3]; /* by their keys, less one */

static void open_songs(void)
{
    scene_close();
    scene_open(MODELS(Song, Shelf, Ballad, Chant));
    live_sql("INSERT INTO shelves VALUES (7, 1), (8, 2);"
             "INSERT INTO songs VALUES (1, 7, 1, 1), (2, 7, 2, 1), (3, 8, 3, 1)");
    for (int i = 0; i < 3; i++)
        songs[i] = session_find(s, Song, i + 1);
    songs[0]->place = 2;
    songs[1]->place = 1;
    seen_clear();
    cost_start();
}

/* Its value comes back with the others. What else changes the same columns goes by a statement of its own. */
START_TEST(test_unique__swap_beside_an_unchanged_column)
{
    open_songs();
    if (_i)
        songs[2]->place = 9;
    check_ok(session_commit(s));
    check_cost(_i ? 3u : 2u, 2);
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"songs\" AS t SET \"list\" = u.c4 FROM"), 1);
    ck_assert_uint_eq(seen_with("t.\"version\" = u.c2 AND t.\"list\" IS NOT DISTINCT FROM u.c3"), 1);
    ck_assert_uint_eq(seen_with("SET \"list\" = u.c3, \"place\" = u.c4, \"version\" = t.\"version\" + 1 FROM"), 1);
    ck_assert_uint_eq(seen_with("SET \"place\" = u.c3, \"version\" = t.\"version\" + 1 FROM"), (size_t)_i);
    live_check(_i ? "1:7:2:2 2:7:1:2 3:8:9:2" : "1:7:2:2 2:7:1:2 3:8:3:1", SONGS);
    check_nothing_to_write();
}
END_TEST

/* The plan says what becomes of it, in words and as a picture. */
START_TEST(test_unique__swap_beside_an_unchanged_column_as_planned)
{
    open_songs();
    const char *text = plan_text(session_plan(s));
    ck_assert_msg(strstr(text, "UPDATE songs SET list to NULL"), "%s", text);
    ck_assert_msg(strstr(text, "UPDATE songs SET list, place, version"), "%s", text);
    text = plan_dot(session_plan(s));
    ck_assert_msg(strstr(text, "NULL for a while") && !strstr(text, "\\n0 rows"), "%s", text);
}
END_TEST

/* Somebody else has moved one of them to another list meanwhile: that is not undone. */
START_TEST(test_unique__swap_beside_a_column_that_has_changed)
{
    open_songs();
    live_sql("UPDATE songs SET list = 8 WHERE id = 2");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(songs[1], "Song", NULL);
    live_check("1:7:1:1 2:8:2:1 3:8:3:1", SONGS);
}
END_TEST

/* A foreign key: what it refers to may go while it is NULL, if anything goes; its key may change. */
START_TEST(test_unique__swap_beside_a_foreign_key)
{
    open_songs();
    if (_i) {
        session_delete(s, songs[2]);
        check_fails(session_commit(s), STATUS_UNIQUE);
        ck_assert_ptr_null(session_error(s)->statement);
        ck_assert(session_error(s)->object && session_error(s)->other);
        return;
    }
    Shelf *shelf = session_find(s, Shelf, 7);
    shelf->id = 70;
    check_ok(session_commit(s));
    live_check("1:70:2:2 2:70:1:2 3:8:3:1", SONGS);
    check_nothing_to_write();
}
END_TEST

/* Of a partial index the column of its condition. Where old values are compared nothing is parked. */
START_TEST(test_unique__swap_in_a_partial_index)
{
    open_songs();
    session_clear(s);
    live_sql("INSERT INTO ballads VALUES (1, 1, 1, 1), (2, 1, 2, 2); INSERT INTO chants SELECT * FROM ballads");
    Ballad *a = session_find(s, Ballad, 1), *b = session_find(s, Ballad, 2);
    a->place = 2;
    b->place = 1;
    check_ok(session_commit(s));
    live_check("1|1|2|1\n2|1|1|2", "SELECT * FROM ballads ORDER BY id");
    check_nothing_to_write();
    Chant *c = session_find(s, Chant, 1), *d = session_find(s, Chant, 2);
    c->place = 2;
    d->place = 1;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_null(session_error(s)->statement);
}
END_TEST

/* A trigger sees both statements, and what it writes stays. */
START_TEST(test_unique__swap_that_a_trigger_sees)
{
    open_songs();
    live_sql("CREATE TABLE seen (n serial, list int, place int);"
             "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " INSERT INTO seen (list, place) VALUES (NEW.list, NEW.place); RETURN NEW; END $$;"
             "CREATE TRIGGER see BEFORE UPDATE ON songs FOR EACH ROW EXECUTE FUNCTION see()");
    check_ok(session_commit(s));
    live_check("-1 -2 71 72",
               "SELECT string_agg(concat(coalesce(list::text, '-'), place), ' ' ORDER BY list IS NULL DESC,"
               " place) FROM seen");
    live_sql("DROP TABLE seen; DROP FUNCTION see CASCADE");
}
END_TEST

/* --- values that others refer to --- */

typedef struct Hall {
    int64_t id;
    NullInt32 number;
} Hall;

typedef struct Visit {
    int64_t id;
    NullInt32 number;
} Visit;

/* clang-format off */
MODEL(Hall, "halls",
    COLUMN(Hall, id,     .primary_key = true),
    COLUMN(Hall, number, .unique = true));
MODEL(Visit, "visits",
    COLUMN(Visit, id,     .primary_key = true),
    COLUMN(Visit, number, .references = &Hall_model, .references_field = "number", .on_update = ON_UPDATE_CASCADE));
/* clang-format on */

/* ON UPDATE would make NULL of all that refers to them, which would not come back with their values. */
START_TEST(test_unique__swap_of_what_others_refer_to)
{
    scene_close();
    scene_open(MODELS(Hall, Visit));
    live_sql("INSERT INTO halls VALUES (1, 1), (2, 2); INSERT INTO visits VALUES (1, 1), (2, 2)");
    Hall *halls[] = {session_find(s, Hall, 1), session_find(s, Hall, 2)};
    halls[0]->number.value = 2;
    halls[1]->number.value = 1;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_null(session_error(s)->statement);
    live_check("1:1 2:2", "SELECT string_agg(id || ':' || number, ' ' ORDER BY id) FROM visits");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_unique__swap_of_what_others_refer_to);
    tcase_add_loop_test(tests, test_unique__swap_beside_an_unchanged_column, 0, 2);
    tcase_add_test(tests, test_unique__swap_beside_an_unchanged_column_as_planned);
    tcase_add_test(tests, test_unique__swap_beside_a_column_that_has_changed);
    tcase_add_loop_test(tests, test_unique__swap_beside_a_foreign_key, 0, 2);
    tcase_add_test(tests, test_unique__swap_in_a_partial_index);
    tcase_add_test(tests, test_unique__swap_that_a_trigger_sees);
    tcase_add_test(tests, test_unique__hand_over_chain);
    tcase_add_test(tests, test_unique__value_released_by_null);
    tcase_add_test(tests, test_unique__update_releases_insert_takes);
    tcase_add_test(tests, test_unique__delete_releases_update_and_insert_take);
    tcase_add_test(tests, test_unique__child_replaced_under_a_unique_key);
    tcase_add_test(tests, test_unique__composite_value_released_by_a_delete);
    tcase_add_test(tests, test_unique__values_that_do_not_meet_leave_batches_whole);
    tcase_add_test(tests, test_unique__unchanged_values_make_no_ring);
    tcase_add_test(tests, test_unique__swap_of_nullable_values);
    tcase_add_test(tests, test_unique__swap_of_deferrable_values);
    tcase_add_test(tests, test_unique__shift_of_deferrable_values);
    tcase_add_test(tests, test_unique__swap_that_nothing_can_do);
    tcase_add_test(tests, test_unique__ring_over_two_constraints);
    tcase_add_test(tests, test_unique__partial_index);
    tcase_add_test(tests, test_unique__equal_to_the_server_alone);
    tcase_add_test(tests, test_unique__reference_by_unique_value);
    tcase_add_test(tests, test_unique__reference_goes_over_with_the_value);
    tcase_add_test(tests, test_unique__many_references_by_unique_value);
}

int main(void)
{
    return scene_main("unique", setup, scene_close, add_tests);
}
