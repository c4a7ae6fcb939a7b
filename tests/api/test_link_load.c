/* Links and loads, in any order: what is stored and what is pending, once each. */
#include "api/link_checks.h"

static void setup(void)
{
    scene_open(CLUBS);
}

START_TEST(test_link_load__pending_and_stored)
{
    Club *c = session_add(s, Club, .name = "c"), *o = session_add(s, Club, .name = "o");
    session_add(s, Member, .name = "ann", .club = c);
    session_add(s, Member, .name = "bob", .club = c);
    check_ok(session_commit(s));
    int64_t id = c->id, oid = o->id;
    scene_renew();
    c = session_find(s, Club, id);
    o = session_find(s, Club, oid);
    Member *eve = session_add(s, Member, .name = "eve");
    Member *bob = session_find(s, Member, 2);
    check_ok(session_link(s, c, members, eve));
    check_ok(session_link(s, o, members, bob));
    check_ok(session_load(s, c, members));
    ck_assert_uint_eq(c->members.count, 2);
    ck_assert_ptr_eq(c->members.items[1], eve);
    check_ok(session_load(s, o, members));
    check_items(o->members, bob);
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_uint_eq(c->members.count, 2);
    check_items(o->members, bob);
    check_ok(session_commit(s));
    check_items(o->members, bob);
    check_nothing_to_write();
    check_ok(session_unlink(s, c, members, eve));
    ck_assert_ptr_eq(session_find(s, Member, eve->id), eve);
    check_ok(session_delete(s, bob));
    check_items(o->members, bob);
    check_ok(session_rollback(s));
    check_items(o->members, bob);
    ck_assert_uint_eq(c->members.count, 2);
    check_nothing_to_write();
    /* set by hand, and planned twice */
    Member *gus = session_add(s, Member, .name = "gus", .club = c);
    check_ok(session_load(s, c, members));
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_uint_eq(c->members.count, 3);
    gus->club = o;
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_uint_eq(c->members.count, 2);
    check_items(o->members, bob, gus);
    check_ok(session_commit(s));
    check_items(o->members, bob, gus);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_load__has_one_from_the_other_side)
{
    Club *c = session_add(s, Club, .name = "c"), *o = session_add(s, Club, .name = "o");
    Stamp *t = session_add(s, Stamp, .text = "t", .club = c);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(c->stamp, t);
    t->club = o;
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert_ptr_null(c->stamp);
    ck_assert_ptr_eq(o->stamp, t);
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(c->stamp, t);
    ck_assert_ptr_null(o->stamp);
    Stamp *u = session_add(s, Stamp, .text = "u");
    check_ok(session_link(s, u, club, c));
    check_ok(session_unlink(s, t, club, c));
    ck_assert_ptr_eq(c->stamp, u);
    check_ok(session_commit(s));
    live_check("u", "SELECT text FROM stamps WHERE club_id IS NOT NULL");
    check_ok(session_delete(s, u));
    check_ok(session_commit(s));
    ck_assert_ptr_null(c->stamp);
    check_nothing_to_write();
}
END_TEST
static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_load__pending_and_stored);
    tcase_add_test(tests, test_link_load__has_one_from_the_other_side);
}

int main(void)
{
    return scene_main("link load", setup, scene_close, add_tests);
}
