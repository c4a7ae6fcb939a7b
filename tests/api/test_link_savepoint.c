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

/* A flush let a member go with its club; then the transaction fails: the club is to be deleted still, and the member is
 * back at it, so that both stay together where the program takes the deletion back. */
START_TEST(test_link_savepoint__what_a_failed_transaction_let_go)
{
    Club *chess = session_add(s, Club, .name = "chess"), *other = session_add(s, Club, .name = "other");
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_delete(s, chess));
    check_ok(session_flush(s));
    ck_assert(!ann->club && !ann->club_id.valid);
    ann->age = 40;
    check_ok(session_flush(s));
    Club *twin = session_add(s, Club, .name = "other");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert_ptr_eq(ann->club, chess);
    ck_assert(ann->club_id.valid && ann->age == 40);
    if (_i)
        ck_assert_ptr_eq(session_add_struct(s, Club, chess), chess);
    twin->name = "go";
    check_ok(session_commit(s));
    live_check(_i ? "chess\ngo\nother" : "go\nother", "SELECT name FROM clubs ORDER BY name");
    live_check(_i ? "40|chess" : "40|", "SELECT age, clubs.name FROM members LEFT JOIN clubs ON clubs.id = club_id");
    ck_assert(_i ? ann->club == chess : !ann->club);
    check_nothing_to_write();
    (void)other;
}
END_TEST

/* The same back to a savepoint, with a club that the transaction has added: it goes again. */
START_TEST(test_link_savepoint__let_go_again_after_a_failure)
{
    session_add(s, Club, .name = "taken");
    check_ok(session_begin(s, NULL));
    Club *chess = session_add(s, Club, .name = "chess");
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    ck_assert_uint_ne(session_savepoint(s), 0);
    check_ok(session_delete(s, chess));
    check_ok(session_flush(s));
    ann->age = 40;
    check_ok(session_flush(s));
    Club *twin = session_add(s, Club, .name = "taken");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "go";
    check_ok(session_flush(s)); /* in the same transaction */
    check_ok(session_commit(s));
    live_check("go\ntaken", "SELECT name FROM clubs ORDER BY name");
    live_check("40|", "SELECT age, club_id FROM members");
    check_nothing_to_write();
}
END_TEST

/* Added, and deleted again after a flush: when that is undone, nothing is left to refer to. */
START_TEST(test_link_savepoint__club_that_never_was)
{
    session_add(s, Club, .name = "taken");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Club *chess = session_add(s, Club, .name = "chess");
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    check_ok(session_flush(s));
    check_ok(session_delete(s, chess));
    check_ok(session_flush(s));
    Club *twin = session_add(s, Club, .name = "taken");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert(!ann->club && !session_contains(s, chess));
    twin->name = "go";
    check_ok(session_commit(s));
    live_check("ann|", "SELECT name, club_id FROM members");
}
END_TEST

/* A reference that was taken away and given back is no change. */
START_TEST(test_link_savepoint__reference_given_back)
{
    Club *chess = session_add(s, Club, .name = "chess");
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    check_ok(session_commit(s));
    ann->club = NULL;
    ck_assert(session_is_dirty(s, ann));
    ck_assert_ptr_nonnull(session_plan(s));
    ann->club = chess;
    ck_assert(!session_is_dirty(s, ann));
    check_nothing_to_write();
}
END_TEST

/* What a refresh has dropped stays dropped, also where the transaction that it was in fails later. */
START_TEST(test_link_savepoint__refresh_in_a_failed_transaction)
{
    Club *chess = session_add(s, Club, .name = "chess"), *go = session_add(s, Club, .name = "go");
    Member *ann = session_add(s, Member, .name = "ann", .age = 1, .club = chess),
           *bob = session_add(s, Member, .name = "bob");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    if (_i)
        ck_assert_uint_ne(session_savepoint(s), 0);
    ann->age = 2;
    ann->club = go;
    session_set_sql(s, ann, brought_by, "%ld", (long)bob->id);
    check_ok(session_delete(s, bob));
    check_ok(session_refresh(s, ann));
    check_ok(session_refresh(s, bob));
    go->name = "chess";
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert(ann->age == 1 && ann->club == chess);
    ck_assert(!session_is_dirty(s, ann) && !session_is_dirty(s, bob));
    go->name = "weiqi";
    check_ok(session_commit(s));
    live_check("ann|1|1|\nbob|0||", "SELECT name, age, club_id, brought_by FROM members ORDER BY name");
}
END_TEST

/* Written by the pointer after a flush that had written the value, or the other way round: the later one counts, also when
 * that flush is undone. */
START_TEST(test_link_savepoint__reference_written_twice)
{
    Club *chess = session_add(s, Club, .name = "chess"), *go = session_add(s, Club, .name = "go");
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    ann->club = _i ? go : NULL;
    ann->club_id.valid = _i;
    check_ok(session_flush(s));
    if (_i)
        ann->club_id.value = chess->id;
    else
        ann->club = go;
    Club *twin = session_add(s, Club, .name = "go");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    twin->name = "poker";
    check_ok(session_commit(s));
    live_check(_i ? "chess" : "go", "SELECT clubs.name FROM members JOIN clubs ON clubs.id = club_id");
    check_nothing_to_write();
}
END_TEST

/* Linked to a club, or by somebody, that a flush has written, whose key goes again as a later one fails: by name, not by key. */
START_TEST(test_link_savepoint__linked_to_a_key_that_goes)
{
    Club *poker = session_add(s, Club, .name = "poker");
    Member *ann = session_add(s, Member, .name = "ann");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Club *chess = session_add(s, Club, .name = "chess");
    Member *bob = session_add(s, Member, .name = "bob");
    check_ok(session_flush(s));
    Member *cid = session_add(s, Member, .name = "cid");
    check_ok(session_link(s, chess, members, ann));
    check_ok(session_link(s, chess, members, cid));
    check_ok(session_link(s, bob, brought, ann));
    check_ok(session_link(s, bob, brought, cid));
    if (_i)
        check_ok(session_flush(s));
    Club *twin = session_add(s, Club, .name = "poker");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    ck_assert(!ann->club_id.valid && !ann->brought_by.valid && ann->club == chess);
    check_items(bob->brought, ann, cid);
    twin->name = "go";
    check_ok(session_commit(s));
    live_check("ann|chess|bob\nbob||\ncid|chess|bob",
               "SELECT m.name, c.name, b.name FROM members m LEFT JOIN clubs c ON c.id = m.club_id"
               " LEFT JOIN members b ON b.id = m.brought_by ORDER BY 1");
    ck_assert(ann->club_id.value == chess->id && cid->brought_by.value == bob->id && poker->members.count == 0);
    check_nothing_to_write();
}
END_TEST

/* Linked before a savepoint that was gone back to: when the whole transaction fails, these links are to be written again, and
 * those behind the savepoint are not. */
START_TEST(test_link_savepoint__pending_again_after_going_back)
{
    Club *poker = session_add(s, Club, .name = "poker");
    Member *ann = session_add(s, Member, .name = "ann"), *dan = session_add(s, Member, .name = "dan");
    Badge *red = session_add(s, Badge, .label = "red"), *blue = session_add(s, Badge, .label = "blue");
    check_ok(session_link(s, dan, badges, red));
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Club *chess = session_add(s, Club, .name = "chess");
    Member *bob = session_add(s, Member, .name = "bob");
    check_ok(session_link(s, chess, members, ann));
    check_ok(session_link(s, bob, brought, ann));
    check_ok(session_link(s, ann, badges, red));
    check_ok(session_unlink(s, dan, badges, red));
    uint32_t place = session_savepoint(s);
    check_ok(session_link(s, poker, members, ann));
    check_ok(session_link(s, dan, brought, ann));
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_link(s, dan, badges, red));
    if (_i)
        check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    check_ok(session_release(s, place));
    poker->name = "chess";
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    poker->name = "go";
    check_items(bob->brought, ann);
    check_items(ann->badges, red);
    check_empty(dan->badges);
    check_empty(dan->brought);
    check_ok(session_commit(s));
    live_check("ann|chess|bob|red\nbob|||\ndan|||",
               "SELECT m.name, c.name, b.name, g.label FROM members m LEFT JOIN clubs c ON c.id = m.club_id"
               " LEFT JOIN members b ON b.id = m.brought_by LEFT JOIN member_badges j ON j.member_id = m.id"
               " LEFT JOIN badges g ON g.id = j.badge_id ORDER BY 1");
    check_items(chess->members, ann);
    check_empty(poker->members);
    check_nothing_to_write();
}
END_TEST

/* Linked once more to the club that it was added to: that alone says it, when the flush in between is undone. */
START_TEST(test_link_savepoint__linked_again_after_a_flush)
{
    Club *poker = session_add(s, Club, .name = "poker");
    check_ok(session_begin(s, NULL));
    Club *chess = session_add(s, Club, .name = "chess");
    Member *bob = session_add(s, Member, .name = "bob");
    ck_assert_uint_ne(session_savepoint(s), 0);
    Member *ann = session_add(s, Member, .name = "ann", .club = chess);
    check_ok(session_link(s, bob, brought, ann));
    check_ok(session_flush(s));
    check_ok(session_link(s, chess, members, ann));
    check_ok(session_link(s, bob, brought, ann));
    poker->name = "chess";
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    poker->name = "go";
    check_ok(session_commit(s));
    live_check("ann|chess|bob", "SELECT m.name, c.name, b.name FROM members m JOIN clubs c ON c.id = m.club_id"
                                " JOIN members b ON b.id = m.brought_by");
    check_items(chess->members, ann);
    check_items(bob->brought, ann);
    check_nothing_to_write();
}
END_TEST

/* Read again after it was written, so that its row alone says whose it is; then the row is lost with the transaction. */
START_TEST(test_link_savepoint__refreshed_before_a_failure)
{
    Club *chess = session_add(s, Club, .name = "chess"), *poker = session_add(s, Club, .name = "poker");
    Member *bob = session_add(s, Member, .name = "bob");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Member *ann = session_add(s, Member, .name = "ann"), *cid = session_add(s, Member, .name = "cid");
    check_ok(session_link(s, chess, members, ann));
    check_ok(session_link(s, cid, brought, ann));
    check_ok(session_flush(s));
    if (_i) {
        check_ok(session_link(s, bob, brought, ann));
        check_ok(session_link(s, poker, members, ann));
    }
    check_ok(session_refresh(s, ann));
    poker->name = "chess";
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    poker->name = "go";
    check_ok(session_commit(s));
    live_check("ann|chess|cid", "SELECT m.name, c.name, b.name FROM members m JOIN clubs c ON c.id = m.club_id"
                                " JOIN members b ON b.id = m.brought_by");
    check_items(chess->members, ann);
    check_items(cid->brought, ann);
    check_empty(poker->members);
    check_empty(bob->brought);
    check_nothing_to_write();
}
END_TEST

/* The same of a member: collections that showed it do so no longer. */
START_TEST(test_link_savepoint__member_that_never_was)
{
    Club *chess = session_add(s, Club, .name = "chess"), *poker = session_add(s, Club, .name = "poker");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Member *ann = session_add(s, Member, .name = "ann"), *bob = session_add(s, Member, .name = "bob");
    check_ok(session_link(s, chess, members, ann));
    check_ok(session_link(s, chess, members, bob));
    check_ok(session_flush(s));
    check_ok(session_delete(s, ann));
    if (_i)
        check_ok(session_flush(s));
    poker->name = "chess";
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    poker->name = "go";
    check_ok(session_commit(s));
    check_items(chess->members, bob);
    live_check("bob", "SELECT string_agg(name, ',') FROM members");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_savepoint__there_and_on);
    tcase_add_test(tests, test_link_savepoint__and_then_all_the_way);
    tcase_add_loop_test(tests, test_link_savepoint__deleted_before, 0, 2);
    tcase_add_loop_test(tests, test_link_savepoint__what_a_failed_transaction_let_go, 0, 2);
    tcase_add_test(tests, test_link_savepoint__let_go_again_after_a_failure);
    tcase_add_test(tests, test_link_savepoint__club_that_never_was);
    tcase_add_test(tests, test_link_savepoint__reference_given_back);
    tcase_add_loop_test(tests, test_link_savepoint__reference_written_twice, 0, 2);
    tcase_add_loop_test(tests, test_link_savepoint__linked_to_a_key_that_goes, 0, 2);
    tcase_add_loop_test(tests, test_link_savepoint__pending_again_after_going_back, 0, 2);
    tcase_add_test(tests, test_link_savepoint__linked_again_after_a_flush);
    tcase_add_loop_test(tests, test_link_savepoint__refreshed_before_a_failure, 0, 2);
    tcase_add_loop_test(tests, test_link_savepoint__member_that_never_was, 0, 2);
    tcase_add_loop_test(tests, test_link_savepoint__refresh_in_a_failed_transaction, 0, 2);
}

int main(void)
{
    return scene_main("link savepoint", setup, scene_close, add_tests);
}
