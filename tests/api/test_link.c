/* Linking and unlinking over foreign keys: both sides at once, and what the commit writes. */
#include "api/link_checks.h"

static void setup(void)
{
    scene_open(CLUBS);
}

/* A club of its own, and two members of it, all committed. */
static Club *club, *other;
static Member *ann, *bob;
static void make_members(void)
{
    club = session_add(s, Club, .name = "chess");
    other = session_add(s, Club, .name = "go");
    ann = session_add(s, Member, .name = "ann", .club = club);
    bob = session_add(s, Member, .name = "bob", .club = club);
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
}

/* --- new objects --- */

START_TEST(test_link__new_objects)
{
    club = session_add(s, Club, .name = "chess");
    ann = session_add(s, Member, .name = "ann");
    check_ok(session_link(s, club, members, ann));
    check_items(club->members, ann);
    ck_assert_ptr_eq(ann->club, club);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_int_eq(ann->club_id.value, club->id);
    check_items(club->members, ann);
    live_check("chess|ann", "SELECT c.name, m.name FROM members m JOIN clubs c ON c.id = club_id");
    check_nothing_to_write();
}
END_TEST

/* Two sides that the program's pointers make agree. */
START_TEST(test_link__pointers_of_new_objects)
{
    make_members();
    check_items(club->members, ann, bob);
    check_empty(other->members);
    ck_assert(other->members.loaded);
}
END_TEST

/* No field of the child leads back, and the parent has no key yet. */
START_TEST(test_link__without_a_pointer_back)
{
    ann = session_add(s, Member, .name = "ann");
    bob = session_add(s, Member, .name = "bob");
    check_ok(session_link(s, ann, brought, bob));
    check_items(ann->brought, bob);
    ck_assert(!bob->brought_by.valid);
    check_ok(session_commit(s));
    ck_assert_int_eq(bob->brought_by.value, ann->id);
    live_check("ann|bob", "SELECT a.name, b.name FROM members a JOIN members b ON b.brought_by = a.id");
    check_nothing_to_write();
    check_ok(session_unlink(s, ann, brought, bob));
    check_empty(ann->brought);
    ck_assert(!bob->brought_by.valid);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(brought_by) FROM members");
    check_nothing_to_write();
}
END_TEST

/* --- loaded ones --- */

START_TEST(test_link__move)
{
    make_members();
    check_ok(session_link(s, other, members, ann));
    check_items(club->members, bob);
    check_items(other->members, ann);
    ck_assert_ptr_eq(ann->club, other);
    ck_assert_int_eq(ann->club_id.value, other->id);
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"members\" AS t SET \"club_id\" = u.c3"), 1);
    live_check("go|ann", "SELECT c.name, m.name FROM members m JOIN clubs c ON c.id = club_id WHERE c.name = 'go'");
    check_items(club->members, bob);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__unlink)
{
    make_members();
    check_ok(session_unlink(s, club, members, bob));
    check_items(club->members, ann);
    ck_assert_ptr_null(bob->club);
    ck_assert(!bob->club_id.valid);
    check_ok(session_unlink(s, club, members, bob));  /* twice is once */
    check_ok(session_unlink(s, other, members, ann)); /* is not linked */
    ck_assert_ptr_eq(ann->club, club);
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("bob", "SELECT name FROM members WHERE club_id IS NULL");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__there_and_back)
{
    make_members();
    check_ok(session_unlink(s, club, members, ann));
    check_ok(session_link(s, other, members, ann));
    check_ok(session_link(s, club, members, ann));
    check_items(club->members, bob, ann);
    check_empty(other->members);
    check_nothing_to_write();
}
END_TEST

/* The program sets a plain field: the next call that sees it brings the other side into step. */
START_TEST(test_link__fields_set_by_hand)
{
    make_members();
    ann->club = other;
    bob->club_id.value = other->id;
    ck_assert_ptr_nonnull(session_plan(s));
    check_empty(club->members);
    check_items(other->members, ann, bob);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(ann->club, other);
    ck_assert_int_eq(ann->club_id.value, other->id);
    bob->club_id.valid = false;
    check_ok(session_commit(s));
    check_items(other->members, ann);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__from_the_other_side)
{
    make_members();
    check_ok(session_link(s, ann, club, other));
    check_items(other->members, ann);
    check_ok(session_replace(s, bob, club, (Club **)NULL, 0));
    check_empty(club->members);
    check_ok(session_unlink(s, ann, club, other));
    check_empty(other->members);
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM members WHERE club_id IS NULL");
}
END_TEST

START_TEST(test_link__rollback)
{
    make_members();
    Member *eve = session_add(s, Member, .name = "eve", .club = club);
    check_ok(session_link(s, other, members, ann));
    check_ok(session_unlink(s, club, members, bob));
    ck_assert_ptr_nonnull(session_plan(s));
    check_items(club->members, eve);
    check_ok(session_rollback(s));
    check_items(club->members, ann, bob);
    check_empty(other->members);
    ck_assert_ptr_eq(ann->club, club);
    ck_assert_ptr_eq(bob->club, club);
    ck_assert_int_eq(ann->club_id.value, club->id);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__failed_commit_leaves_it_pending)
{
    make_members();
    Club *twin = session_add(s, Club, .name = "chess");
    check_ok(session_link(s, twin, members, ann));
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_items(twin->members, ann);
    check_items(club->members, bob);
    session_clear_error(s);
    twin->name = "bridge";
    check_ok(session_commit(s));
    check_items(twin->members, ann);
    live_check("bridge", "SELECT c.name FROM clubs c JOIN members m ON c.id = club_id WHERE m.name = 'ann'");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__undone_flush)
{
    make_members();
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, other, members, ann));
    check_ok(session_flush(s));
    Club *twin = session_add(s, Club, .name = "go");
    check_fails(session_flush(s), STATUS_UNIQUE);
    session_clear_error(s);
    check_items(other->members, ann);
    twin->name = "cards";
    check_ok(session_commit(s));
    live_check("go", "SELECT c.name FROM clubs c JOIN members m ON c.id = club_id WHERE m.name = 'ann'");
    check_items(club->members, bob);
    check_nothing_to_write();
}
END_TEST

/* What another session moved is where it is now, on both sides, and a rollback does not bring it back. */
START_TEST(test_link__refresh_mends_both_sides)
{
    make_members();
    Member *eve = session_add(s, Member, .name = "eve", .club = club);
    live_sql("UPDATE members SET club_id = (SELECT id FROM clubs WHERE name = 'go'), version = 2 WHERE name = 'ann'");
    ck_assert_ptr_nonnull(session_plan(s));
    check_items(club->members, ann, bob, eve);
    check_ok(session_refresh(s, ann));
    check_items(club->members, bob, eve);
    check_items(other->members, ann);
    check_ok(session_rollback(s));
    check_items(club->members, bob);
    check_items(other->members, ann);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link__dirty_without_a_field)
{
    make_members();
    Member *eve = session_add(s, Member, .name = "eve");
    ck_assert(!session_is_dirty(s, bob));
    check_ok(session_link(s, eve, brought, bob));
    ck_assert(session_is_dirty(s, bob));
    check_ok(session_commit(s));
    ck_assert(!session_is_dirty(s, bob));
}
END_TEST

/* --- has one --- */

START_TEST(test_link__has_one_is_replaced)
{
    make_members();
    Stamp *first = session_add(s, Stamp, .text = "first"), *second = session_add(s, Stamp, .text = "second");
    check_ok(session_link(s, club, stamp, first));
    check_ok(session_commit(s));
    check_ok(session_link(s, club, stamp, second));
    ck_assert_ptr_eq(club->stamp, second);
    ck_assert_ptr_null(first->club);
    check_ok(session_commit(s));
    live_check("second|chess", "SELECT text, name FROM stamps JOIN clubs ON clubs.id = club_id");
    check_ok(session_unlink(s, club, stamp, second));
    ck_assert_ptr_null(club->stamp);
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM stamps WHERE club_id IS NULL");
    check_nothing_to_write();
}
END_TEST

/* --- collections that are not loaded --- */

START_TEST(test_link__unloaded_collection_stays_unloaded)
{
    make_members();
    int64_t id = club->id;
    scene_renew();
    club = session_find(s, Club, id);
    cost_start();
    Member *eve = session_add(s, Member, .name = "eve");
    check_ok(session_link(s, club, members, eve));
    ck_assert(!club->members.loaded);
    check_empty(club->members);
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert(!club->members.loaded);
    live_check("3", "SELECT count(*) FROM members JOIN clubs ON clubs.id = club_id WHERE clubs.name = 'chess'");
}
END_TEST

/* --- replacing --- */

START_TEST(test_link__replace)
{
    make_members();
    Member *eve = session_add(s, Member, .name = "eve");
    Member *const wanted[] = {eve, ann};
    check_ok(session_replace(s, club, members, wanted, 2));
    check_items(club->members, ann, eve);
    ck_assert_ptr_null(bob->club);
    check_ok(session_commit(s));
    live_check("ann\neve", "SELECT m.name FROM members m JOIN clubs ON clubs.id = club_id ORDER BY 1");
    check_ok(session_replace(s, club, members, club->members.items, 1)); /* its own items */
    check_items(club->members, ann);
    check_ok(session_commit(s));
    check_nothing_to_write();
}
END_TEST

/* --- polymorphic --- */

START_TEST(test_link__polymorphic)
{
    make_members();
    Remark *remark = session_add(s, Remark, .text = "good"), *another = session_add(s, Remark, .text = "late");
    Member *eve = session_add(s, Member, .name = "eve");
    check_ok(session_link(s, club, remarks, remark));
    another->member = eve;
    ck_assert_str_eq(remark->about, "club");
    check_ok(session_commit(s));
    live_check("club|good\nmember|late", "SELECT about, text FROM remarks ORDER BY 1");
    check_items(eve->remarks, another);
    check_ok(session_link(s, eve, remarks, remark));
    check_empty(club->remarks);
    ck_assert_ptr_null(remark->club);
    ck_assert_ptr_eq(remark->member, eve);
    check_ok(session_commit(s));
    live_check("t|2", "SELECT bool_and(about_id = (SELECT id FROM members WHERE name = 'eve')), count(*) FROM remarks"
                      " WHERE about = 'member'");
    check_nothing_to_write();
}
END_TEST

/* --- misuse --- */

START_TEST(test_link__errors_name_the_field)
{
    make_members();
    check_fails(session_link(s, club, members, NULL), STATUS_INVALID);
    check_culprit(club, "Club", "members");
    session_clear_error(s);
    check_fails(session_link(s, club, members, other), STATUS_INVALID);
    check_says(session_error(s), "Club.members: holds objects of another model");
    session_clear_error(s);
    Session *stranger = session_open(db);
    Member *foreign = session_add(stranger, Member, .name = "far");
    check_fails(session_link(s, club, members, foreign), STATUS_MISUSE);
    check_culprit(club, "Club", "members");
    session_close(stranger);
    session_clear_error(s);
    check_ok(session_delete(s, bob));
    check_fails(session_link(s, other, members, bob), STATUS_MISUSE);
    session_clear(s);
    session_add(s, Club, .name = "new");
    check_ok(session_commit(s));
    ck_assert_int_eq(howdah_session_link_field(NULL, club, 0, NULL), STATUS_NO_MEMORY);
}
END_TEST

START_TEST(test_link__edited_by_hand)
{
    make_members();
    Member *items[] = {ann};
    club->members.items = items;
    club->members.count = 1;
    check_fails(session_commit(s), STATUS_MISUSE);
    check_culprit(club, "Club", "members");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link__new_objects);
    tcase_add_test(tests, test_link__pointers_of_new_objects);
    tcase_add_test(tests, test_link__without_a_pointer_back);
    tcase_add_test(tests, test_link__move);
    tcase_add_test(tests, test_link__unlink);
    tcase_add_test(tests, test_link__there_and_back);
    tcase_add_test(tests, test_link__fields_set_by_hand);
    tcase_add_test(tests, test_link__from_the_other_side);
    tcase_add_test(tests, test_link__rollback);
    tcase_add_test(tests, test_link__failed_commit_leaves_it_pending);
    tcase_add_test(tests, test_link__undone_flush);
    tcase_add_test(tests, test_link__refresh_mends_both_sides);
    tcase_add_test(tests, test_link__dirty_without_a_field);
    tcase_add_test(tests, test_link__has_one_is_replaced);
    tcase_add_test(tests, test_link__unloaded_collection_stays_unloaded);
    tcase_add_test(tests, test_link__replace);
    tcase_add_test(tests, test_link__polymorphic);
    tcase_add_test(tests, test_link__errors_name_the_field);
    tcase_add_test(tests, test_link__edited_by_hand);
}

int main(void)
{
    return scene_main("link", setup, scene_close, add_tests);
}
