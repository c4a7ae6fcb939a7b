/* Savepoints and what relations keep in memory: back to what was shown there, and no further. */
#include "api/link_checks.h"

static void setup(void)
{
    scene_open(CLUBS);
}

START_TEST(test_link_savepoint__there_and_on)
{
    Club *club = session_add(s, Club, .name = "chess");
    Member *ann = session_add(s, Member, .name = "ann"), *bob = session_add(s, Member, .name = "bob");
    Badge *red = session_add(s, Badge, .label = "red"), *blue = session_add(s, Badge, .label = "blue");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, club, members, ann));
    check_ok(session_link(s, ann, badges, red));
    uint32_t place = session_savepoint(s);
    ck_assert_uint_ne(place, 0);
    check_ok(session_link(s, club, members, bob));
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_flush(s));
    check_ok(session_unlink(s, club, members, ann));
    check_ok(session_rollback_to(s, place));
    check_items(club->members, ann);
    check_items(ann->badges, red);
    check_items(red->members, ann);
    check_empty(blue->members);
    ck_assert_ptr_eq(ann->club, club);
    ck_assert_ptr_null(bob->club);
    check_ok(session_link(s, bob, badges, blue));
    check_ok(session_commit(s));
    check_items(club->members, ann);
    check_items(bob->badges, blue);
    live_check("ann|red\nbob|blue", "SELECT m.name, b.label FROM member_badges JOIN members m ON m.id = member_id"
                                    " JOIN badges b ON b.id = badge_id ORDER BY 1");
    live_check("ann", "SELECT name FROM members WHERE club_id IS NOT NULL");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_savepoint__and_then_all_the_way)
{
    Club *club = session_add(s, Club, .name = "chess");
    Member *ann = session_add(s, Member, .name = "ann"), *bob = session_add(s, Member, .name = "bob");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, club, members, ann));
    uint32_t place = session_savepoint(s);
    check_ok(session_link(s, club, members, bob));
    check_ok(session_rollback_to(s, place));
    check_items(club->members, ann);
    check_ok(session_rollback(s));
    check_empty(club->members);
    ck_assert_ptr_null(ann->club);
    check_nothing_to_write();
}
END_TEST

/* What was deleted before the savepoint leaves the collections that hold it, whatever was gone back over since. */
START_TEST(test_link_savepoint__deleted_before)
{
    Member *ann = session_add(s, Member, .name = "ann");
    Badge *red = session_add(s, Badge, .label = "red"), *blue = session_add(s, Badge, .label = "blue");
    check_ok(session_link(s, ann, badges, red));
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    session_delete(s, red);
    uint32_t place = session_savepoint(s);
    session_delete(s, blue);
    if (_i)
        check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    check_ok(session_commit(s));
    check_items(ann->badges, blue);
    live_check("blue", "SELECT label FROM badges JOIN member_badges ON badge_id = badges.id");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_savepoint__there_and_on);
    tcase_add_test(tests, test_link_savepoint__and_then_all_the_way);
    tcase_add_loop_test(tests, test_link_savepoint__deleted_before, 0, 2);
}

int main(void)
{
    return scene_main("link savepoint", setup, scene_close, add_tests);
}
