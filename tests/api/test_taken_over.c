/* What a new object that takes over the row of a deleted one has in its relations: what is in the tables. */
#include "api/link_checks.h"

typedef struct Mark { /* nothing but its key and version */
    int64_t id;
    int32_t version;
} Mark;

typedef struct Pin { /* nothing but its key */
    int64_t id;
} Pin;

typedef struct Flag {
    int64_t id;
    NullInt64 pin_id;
} Flag;

MODEL(Pin, "pins", COLUMN(Pin, id, .primary_key = true));
MODEL(Flag, "flags", COLUMN(Flag, id, .primary_key = true), COLUMN(Flag, pin_id, .references = &Pin_model));
MODEL(Mark, "marks", COLUMN(Mark, id, .primary_key = true), COLUMN(Mark, version, .version = true));

static void setup(void)
{
    scene_open(MODELS(Club, Member, Badge, Bill, Room, Table, Note, Desk, Seat, Guest, Stamp, Remark, Mark, Pin, Flag));
    live_sql("INSERT INTO clubs (name) VALUES ('chess');"
             "INSERT INTO members (club_id, name, age, version) VALUES (1, 'ann', 70, 1), (1, 'bob', 30, 1);"
             "INSERT INTO bills (club_id, amount) VALUES (1, 5); INSERT INTO rooms (club_id, name) VALUES (1, 'hall');"
             "INSERT INTO notes (club_id, text) VALUES (1, 'note'); INSERT INTO seats (club_id, number) VALUES (1, 9);"
             "INSERT INTO guests (club_id, name) VALUES (1, 'gus'); INSERT INTO stamps (club_id, text) VALUES (1, 's');"
             "INSERT INTO remarks (about, about_id, text) VALUES ('club', 1, 'r');"
             "INSERT INTO badges VALUES ('00000000-0000-4000-8000-000000000001', 'first');"
             "INSERT INTO member_badges (member_id, badge_id) SELECT 1, id FROM badges");
}

/* What the fields show, loaded or once they are, is what another session finds. */
#define check_same(object, other, field) \
    do { \
        check_ok(session_load(s, object, field)); \
        check_ok(session_load(another, other, field)); \
        ck_assert_msg((object)->field.count == (other)->field.count, "%zu and not %zu of " #field, \
                      (object)->field.count, (other)->field.count); \
    } while (0)

static void check_same_members(Club *club)
{
    Session *another = session_open(db);
    Club *other = session_find(another, Club, 1);
    check_same(club, other, members);
    session_close(another);
}

static void check_club(Club *club)
{
    Session *another = session_open(db);
    Club *other = session_find(another, Club, 1);
    check_same(club, other, members);
    check_same(club, other, seniors);
    check_same(club, other, bills);
    check_same(club, other, rooms);
    check_same(club, other, notes);
    check_same(club, other, seats);
    check_same(club, other, guests);
    check_same(club, other, remarks);
    check_ok(session_load(s, club, stamp));
    check_ok(session_load(another, other, stamp));
    ck_assert(!club->stamp == !other->stamp);
    session_close(another);
}

/* Nothing of the old one was loaded: what refers to the row stays with it. Or all of what the session may decide about. */
START_TEST(test_taken_over__rows_that_refer_to_it)
{
    Club *old = session_find(s, Club, 1);
    if (_i == 1) {
        live_sql("DELETE FROM bills"); /* which can't be without their club */
        check_ok(session_load(s, old, members));
        check_ok(session_load(s, old, bills));
        check_ok(session_load(s, old, rooms));
        check_ok(session_load(s, old, notes));
        check_ok(session_load(s, old, seats));
        check_ok(session_load(s, old, guests));
        check_ok(session_load(s, old, remarks));
        check_ok(session_load(s, old, stamp));
    }
    session_delete(s, old);
    Club *new = session_add(s, Club, .id = 1, .name = "go");
    Seat *added = session_add(s, Seat, .club = new, .number = 2);
    Room *room = session_add(s, Room, .name = "new");
    check_ok(session_link(s, new, rooms, room));
    check_ok(session_commit(s));
    live_check(_i ? "go|0|1|0|2|1" : "go|2|2|1|2|1",
               "SELECT name, (SELECT count(club_id) FROM members), (SELECT count(*) FROM rooms),"
               " (SELECT count(*) FROM notes), (SELECT count(*) FROM seats),"
               " (SELECT count(club_id) FROM guests) FROM clubs");
    check_club(new);
    ck_assert_int_eq(session_is_loaded(s, new, rooms), true);
    ck_assert_uint_eq(new->rooms.count, 2 - (size_t)_i);
    ck_assert(session_contains(s, added) && session_contains(s, room));
    check_nothing_to_write();
}
END_TEST

/* Some are loaded: each lets go of the row by a statement of its own, as no sweep goes before a row that stays. */
START_TEST(test_taken_over__one_of_those_that_refer_to_it)
{
    Club *old = session_find(s, Club, 1);
    Member *ann = session_find(s, Member, 1);
    session_delete(s, old);
    Club *new = session_add(s, Club, .id = 1, .name = "go");
    check_ok(session_commit(s));
    ck_assert(!ann->club_id.valid);
    live_check("1||2\n2|1|1", "SELECT id, club_id, version FROM members ORDER BY id");
    check_same_members(new);
    check_nothing_to_write();
}
END_TEST

/* What was flushed is taken back: by a rollback, and by a failure, after which it can be written again. */
START_TEST(test_taken_over__undone)
{
    Club *old = session_find(s, Club, 1);
    check_ok(session_begin(s, NULL));
    session_delete(s, old);
    Club *new = session_add(s, Club, .id = 1, .name = "go");
    Room *room = session_add(s, Room, .name = "new");
    check_ok(session_link(s, new, rooms, room));
    check_ok(session_flush(s));
    ck_assert(!new->rooms.loaded && !new->members.loaded);
    if (_i == 0) {
        check_ok(session_rollback(s));
        ck_assert(session_contains(s, old) && !session_contains(s, new) && !session_contains(s, room));
        check_club(old);
        return;
    }
    check_fails(session_execute(s, NULL, "SELECT 1 / 0"), STATUS_DATA);
    session_clear_error(s);
    ck_assert(new->rooms.loaded &&new->members.loaded);
    check_items(new->rooms, room);
    check_ok(session_commit(s));
    check_club(new);
    ck_assert_uint_eq(new->rooms.count, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_taken_over__links)
{
    Member *old = session_find(s, Member, 1);
    Query *q = session_query(s, Badge);
    Badge *badge = query_one(q, Badge);
    if (_i == 1)
        check_ok(session_load(s, old, badges));
    session_delete(s, old);
    Member *new = session_add(s, Member, .id = 1, .name = "eve");
    check_ok(session_commit(s));
    Session *another = session_open(db);
    Member *other = session_find(another, Member, 1);
    check_same(new, other, badges);
    session_close(another);
    check_ok(session_load(s, badge, members));
    ck_assert_uint_eq(badge->members.count, new->badges.count);
    check_nothing_to_write();
}
END_TEST

/* There is no value to write but the version, which counts all the same. */
START_TEST(test_taken_over__nothing_but_a_version)
{
    session_add(s, Mark, .id = 1);
    check_ok(session_commit(s));
    session_delete(s, session_find(s, Mark, 1));
    Mark *second = session_add(s, Mark, .id = 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(second->version, 2);
    live_check("2", "SELECT version FROM marks");
    live_sql("UPDATE marks SET version = 3");
    session_delete(s, second);
    const Mark *third = session_add(s, Mark, .id = 1);
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, third);
}
END_TEST

/* Not even that: its key is written as it is, since the row may be gone. */
START_TEST(test_taken_over__nothing_but_a_key)
{
    session_add(s, Pin, .id = 1);
    Flag *flag = session_add(s, Flag, .id = 5, .pin_id = {1, true});
    check_ok(session_commit(s));
    session_delete(s, session_find(s, Pin, 1));
    Pin *second = session_add(s, Pin, .id = 1);
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert(flag->pin_id.valid && flag->pin_id.value == 1);
    ck_assert_ptr_eq(session_find(s, Pin, 1), second);
    live_check("1", "SELECT pin_id FROM flags");
    live_sql("DELETE FROM flags; DELETE FROM pins");
    session_delete(s, second);
    const Pin *third = session_add(s, Pin, .id = 1);
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, third);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_taken_over__rows_that_refer_to_it, 0, 2);
    tcase_add_test(tests, test_taken_over__one_of_those_that_refer_to_it);
    tcase_add_loop_test(tests, test_taken_over__undone, 0, 2);
    tcase_add_loop_test(tests, test_taken_over__links, 0, 2);
    tcase_add_test(tests, test_taken_over__nothing_but_a_version);
    tcase_add_test(tests, test_taken_over__nothing_but_a_key);
}

int main(void)
{
    return scene_main("taken_over", setup, scene_close, add_tests);
}
