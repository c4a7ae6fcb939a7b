/* Orphans: what leaves a relation with .delete_orphans is deleted, unless it belongs elsewhere by then. */
#include "api/link_checks.h"

static Club *club, *other;
static Note *one, *two;

static void setup(void)
{
    scene_open(CLUBS);
    club = session_add(s, Club, .name = "chess");
    other = session_add(s, Club, .name = "go");
    one = session_add(s, Note, .text = "one", .club = club);
    two = session_add(s, Note, .text = "two", .club = club);
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
}

START_TEST(test_orphan__is_deleted)
{
    check_ok(session_unlink(s, club, notes, one));
    check_items(club->notes, two);
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"notes\""), 1);
    ck_assert(!session_contains(s, one));
    live_check("two", "SELECT text FROM notes");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_orphan__comes_back_with_a_rollback)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_unlink(s, club, notes, one));
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    check_items(club->notes, one, two);
    ck_assert(session_contains(s, one));
    ck_assert_ptr_eq(one->club, club);
    check_nothing_to_write();
    check_ok(session_unlink(s, club, notes, one));
    ck_assert_ptr_nonnull(session_plan(s));
    check_ok(session_rollback(s));
    check_items(club->notes, one, two);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_orphan__that_moves_is_none)
{
    check_ok(session_unlink(s, club, notes, one));
    check_ok(session_link(s, other, notes, one));
    two->club_id.value = other->id;
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("DELETE"), 0);
    live_check("go|2", "SELECT c.name, count(*) FROM notes JOIN clubs c ON c.id = club_id GROUP BY 1");
}
END_TEST

/* By a field that the program clears. */
START_TEST(test_orphan__by_a_field)
{
    one->club_id.valid = false;
    check_ok(session_commit(s));
    check_items(club->notes, two);
    live_check("two", "SELECT text FROM notes");
}
END_TEST

START_TEST(test_orphan__list_is_replaced)
{
    Note *pending = session_add(s, Note, .text = "pending"), *three = session_add(s, Note, .text = "three");
    check_ok(session_link(s, club, notes, pending));
    Note *const wanted[] = {three, two};
    check_ok(session_replace(s, club, notes, wanted, 2));
    check_items(club->notes, two, three);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, pending));
    live_check("three\ntwo", "SELECT text FROM notes ORDER BY 1");
    ck_assert_uint_eq(session_stats(s).deleted, 1);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_orphan__pending_child_is_forgotten)
{
    Note *pending = session_add(s, Note, .text = "pending", .club = club);
    ck_assert_ptr_nonnull(session_plan(s));
    check_ok(session_unlink(s, club, notes, pending));
    check_ok(session_commit(s));
    check_cost(0, 0);
    ck_assert(!session_contains(s, pending));
    live_check("2", "SELECT count(*) FROM notes");
}
END_TEST

/* Without .delete_orphans it stays pending, and is inserted. */
START_TEST(test_orphan__pending_child_of_a_plain_relation)
{
    Member *ann = session_add(s, Member, .name = "ann");
    check_ok(session_link(s, club, members, ann));
    check_ok(session_unlink(s, club, members, ann));
    check_ok(session_commit(s));
    live_check("ann|", "SELECT name, club_id FROM members");
}
END_TEST

/* Either of two parents that lets go makes it one. */
START_TEST(test_orphan__of_two_parents)
{
    Desk *desk = session_add(s, Desk, .name = "d");
    check_ok(session_link(s, desk, notes, one));
    check_ok(session_link(s, desk, notes, two));
    check_ok(session_commit(s));
    check_ok(session_unlink(s, desk, notes, one));
    check_ok(session_commit(s));
    check_items(club->notes, two);
    live_check("two", "SELECT text FROM notes");
    check_ok(session_unlink(s, club, notes, two));
    check_ok(session_commit(s));
    check_empty(desk->notes);
    live_check("0", "SELECT count(*) FROM notes");
}
END_TEST

/* It never had a parent. */
START_TEST(test_orphan__that_stands_alone)
{
    session_add(s, Note, .text = "free");
    session_add(s, Note, .text = "by value", .club_id = {other->id, true});
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM notes");
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM notes");
}
END_TEST

START_TEST(test_orphan__goes_with_its_parent)
{
    int64_t id = club->id;
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, one) && !session_contains(s, two));
    live_check("0", "SELECT count(*) FROM notes");
    (void)id;
}
END_TEST

/* A bill can't be without its club: unlinked, it must go somewhere. */
START_TEST(test_orphan__that_can_not_be)
{
    Bill *bill = session_add(s, Bill, .amount = 3, .club = club);
    check_ok(session_commit(s));
    check_ok(session_unlink(s, club, bills, bill));
    check_empty(club->bills);
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(bill, "Bill", "club");
    session_clear_error(s);
    check_ok(session_link(s, other, bills, bill));
    check_ok(session_commit(s));
    live_check("go", "SELECT name FROM clubs JOIN bills ON clubs.id = club_id");
    check_ok(session_unlink(s, other, bills, bill));
    check_ok(session_delete(s, bill));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM bills");
}
END_TEST

/* --- whose key was changed before --- */

typedef struct Twig Twig;
struct Twig {
    int64_t id;
    NullInt64 parent_id;
    MANY(Twig) twigs;
};

extern const Model Twig_model;

/* clang-format off */
MODEL(Twig, "twigs",
    COLUMN(Twig, id,        .primary_key = true),
    COLUMN(Twig, parent_id, .references = &Twig_model),
    HAS_MANY_WITH((.delete_orphans = true), Twig, twigs, Twig, parent_id));
/* clang-format on */

/* What was put below it by that key goes with it; unless another one has the key. */
START_TEST(test_orphan__with_a_new_key)
{
    scene_close();
    scene_open(MODELS(Twig));
    live_sql("INSERT INTO twigs VALUES (1, NULL), (2, 1), (3, 2), (4, 1)");
    Twig *root = session_find(s, Twig, 1), *branch = session_find(s, Twig, 2), *tip = session_find(s, Twig, 3),
         *fourth = session_find(s, Twig, 4);
    branch->id = 20;
    const Twig *added = session_add(s, Twig, .id = 5, .parent_id = {20, true});
    branch->parent_id.valid = false;
    if (_i)
        fourth->id = 20;
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, branch) && !session_contains(s, tip));
    ck_assert_int_eq(session_contains(s, added), _i);
    ck_assert(session_contains(s, root) && session_contains(s, fourth));
    live_check(_i ? "1|\n5|20\n20|1" : "1|\n4|1", "SELECT * FROM twigs ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* Several had been given that key, and one of them stays. */
START_TEST(test_orphan__with_a_key_that_others_have)
{
    scene_close();
    scene_open(MODELS(Twig));
    live_sql("INSERT INTO twigs VALUES (1, NULL), (2, NULL), (3, 2), (4, 2)");
    Twig *twigs[4];
    for (int i = 0; i < 4; i++)
        twigs[i] = session_find(s, Twig, i + 1);
    const Twig *added = session_add(s, Twig, .id = 5, .parent_id = {20, true});
    twigs[_i]->id = twigs[2]->id = twigs[3]->id = 20;
    session_delete(s, twigs[1]);
    check_ok(session_commit(s));
    ck_assert_int_eq(session_contains(s, added), _i == 0);
    live_check(_i == 0 ? "5|20\n20|" : "1|", "SELECT * FROM twigs ORDER BY id");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_orphan__with_a_key_that_others_have, 0, 2);
    tcase_add_loop_test(tests, test_orphan__with_a_new_key, 0, 2);
    tcase_add_test(tests, test_orphan__is_deleted);
    tcase_add_test(tests, test_orphan__comes_back_with_a_rollback);
    tcase_add_test(tests, test_orphan__that_moves_is_none);
    tcase_add_test(tests, test_orphan__by_a_field);
    tcase_add_test(tests, test_orphan__list_is_replaced);
    tcase_add_test(tests, test_orphan__pending_child_is_forgotten);
    tcase_add_test(tests, test_orphan__pending_child_of_a_plain_relation);
    tcase_add_test(tests, test_orphan__of_two_parents);
    tcase_add_test(tests, test_orphan__that_stands_alone);
    tcase_add_test(tests, test_orphan__goes_with_its_parent);
    tcase_add_test(tests, test_orphan__that_can_not_be);
}

int main(void)
{
    return scene_main("orphan", setup, scene_close, add_tests);
}
