/* What a new object holds in its relations: linked where the session knows it, added where the relation cascades. */
#include "api/link_checks.h"

static void setup(void)
{
    scene_open(CLUBS);
}

START_TEST(test_cascade_add__graph_of_structs)
{
    Table round = {.legs = 3}, square = {.legs = 4};
    Table *tables[] = {&round, &square};
    Room hall = {.name = "hall", .tables = {tables, 2, true}}, yard = {.name = "yard"};
    Room *rooms[] = {&hall, &yard};
    Club *club = session_add(s, Club, .name = "chess", .rooms = {rooms, 2, true});
    check_no_error();
    ck_assert_uint_eq(club->rooms.count, 2);
    ck_assert(club->rooms.items[0] != &hall && club->rooms.items[0]->club == club);
    ck_assert_uint_eq(club->rooms.items[0]->tables.count, 2);
    check_ok(session_commit(s));
    check_trips(2);
    live_check("chess|hall|3\nchess|hall|4\nchess|yard|",
               "SELECT c.name, r.name, t.legs FROM clubs c JOIN rooms r ON r.club_id = c.id"
               " LEFT JOIN tables t ON t.room_id = r.id ORDER BY 2, 3");
    check_nothing_to_write();
}
END_TEST

/* Structs that lead to each other are added once each. */
START_TEST(test_cascade_add__ring)
{
    Club chess = {.name = "chess"};
    Room hall = {.name = "hall", .club = &chess}, yard = {.name = "yard", .club = &chess};
    Room *rooms[] = {&hall, &yard};
    chess.rooms.items = rooms;
    chess.rooms.count = 2;
    Room *added = session_add_struct(s, Room, &hall);
    check_no_error();
    ck_assert_uint_eq(session_stats(s).objects, 3);
    ck_assert_uint_eq(added->club->rooms.count, 2);
    check_ok(session_commit(s));
    live_check("1|2", "SELECT (SELECT count(*) FROM clubs), count(*) FROM rooms JOIN clubs c ON c.id = club_id");
}
END_TEST

START_TEST(test_cascade_add__objects_of_the_session)
{
    Member *ann = session_add(s, Member, .name = "ann");
    check_ok(session_commit(s));
    Stamp *stamp = session_add(s, Stamp, .text = "s");
    Badge *red = session_add(s, Badge, .label = "red");
    Club *club = session_add(s, Club, .name = "chess", .members = {&ann, 1, true}, .stamp = stamp);
    Member *bob = session_add(s, Member, .name = "bob", .badges = {&red, 1, true});
    check_items(club->members, ann);
    ck_assert_ptr_eq(ann->club, club);
    ck_assert_ptr_eq(stamp->club, club);
    check_items(red->members, bob);
    check_ok(session_commit(s));
    live_check("ann|s|red", "SELECT m.name, text, label FROM clubs c JOIN members m ON m.club_id = c.id"
                            " JOIN stamps t ON t.club_id = c.id, badges JOIN member_badges ON id = badge_id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade_add__without_the_cascade)
{
    Member stray = {.name = "stray"};
    Member *members[] = {&stray};
    session_add(s, Club, .name = "chess", .members = {members, 1, true});
    check_error(s, STATUS_MISUSE);
    ck_assert_str_eq(session_error(s)->model, "Club");
    ck_assert_str_eq(session_error(s)->field, "members");
    session_clear_error(s);
    members[0] = NULL;
    session_add(s, Club, .name = "chess", .members = {members, 1, true});
    check_says(session_error(s), "Club.members: holds a NULL");
    session_clear_error(s);
    Member *club = (Member *)(void *)session_add(s, Club, .name = "go");
    session_add(s, Club, .name = "chess", .members = {&club, 1, true});
    check_says(session_error(s), "another model");
    session_clear_error(s);
    check_ok(session_commit(s)); /* nothing of them is left */
    live_check("go", "SELECT name FROM clubs");
}
END_TEST

/* Long chains need no stack. */
START_TEST(test_cascade_add__many)
{
    enum { MANY_ROOMS = 5000 };
    static Room rooms[MANY_ROOMS];
    static Room *items[MANY_ROOMS];
    for (int i = 0; i < MANY_ROOMS; i++) {
        rooms[i].name = "r";
        items[i] = &rooms[i];
    }
    Club *club = session_add(s, Club, .name = "chess", .rooms = {items, MANY_ROOMS, true});
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(club->rooms.count, MANY_ROOMS);
    live_check("5000", "SELECT count(*) FROM rooms");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_cascade_add__graph_of_structs);
    tcase_add_test(tests, test_cascade_add__ring);
    tcase_add_test(tests, test_cascade_add__objects_of_the_session);
    tcase_add_test(tests, test_cascade_add__without_the_cascade);
    tcase_add_test(tests, test_cascade_add__many);
}

int main(void)
{
    return scene_main("cascade add", setup, scene_close, add_tests);
}
