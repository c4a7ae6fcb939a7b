/* Loads between changes that the program takes back: what is loaded agrees with the rows once nothing is pending. */
#include "api/link_checks.h"

static Club *chess, *go;
static Member *ann, *bob;

static void setup(void)
{
    scene_open(CLUBS);
    live_sql("INSERT INTO clubs (name) VALUES ('chess'), ('go');"
             "INSERT INTO members (club_id, name, age, version) VALUES (1, 'ann', 30, 1), (NULL, 'bob', 70, 1);"
             "INSERT INTO badges VALUES ('018f0000-0000-7000-8000-000000000001', 'red');"
             "INSERT INTO member_badges SELECT 1, id FROM badges");
    ann = session_find(s, Member, 1);
    bob = session_find(s, Member, 2);
    chess = session_find(s, Club, 1);
    go = session_find(s, Club, 2);
}

START_TEST(test_load_and_change__value_over_a_link)
{
    check_ok(session_link(s, chess, members, bob));
    bob->club_id = (NullInt64){0};
    ck_assert_uint_eq(session_count(s, chess, members), 1);
    check_ok(session_load(s, chess, members));
    check_items(chess->members, ann);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_load_and_change__value_written_back)
{
    ann->club_id = (NullInt64){0};
    check_ok(session_load(s, chess, members));
    check_empty(chess->members);
    ann->club_id = (NullInt64){1, true};
    check_ok(session_commit(s));
    check_items(chess->members, ann);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_load_and_change__pointer_of_a_value_written_back)
{
    bob->club_id = (NullInt64){2, true};
    check_ok(session_load(s, bob, club));
    ck_assert_ptr_eq(bob->club, go);
    check_ok(session_load(s, go, members));
    check_items(go->members, bob);
    if (_i) {
        ck_assert_uint_eq(session_count(s, chess, members), 1);
        check_ok(session_begin(s, NULL));
        check_ok(session_refresh(s, bob));
        check_ok(session_rollback(s));
    } else {
        bob->club_id = (NullInt64){0};
        check_ok(session_load(s, bob, club));
    }
    ck_assert_ptr_null(bob->club);
    check_ok(session_commit(s));
    check_ok(session_load(s, go, members));
    check_empty(go->members);
    check_nothing_to_write();
}
END_TEST

/* What a flush wrote, and was read back, goes with its transaction. */
START_TEST(test_load_and_change__refreshed_behind_a_flush)
{
    check_ok(session_load(s, chess, members));
    check_ok(session_load(s, go, members));
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, go, members, ann));
    check_ok(session_flush(s));
    check_ok(session_unlink(s, go, members, ann));
    check_ok(session_refresh(s, ann));
    check_items(go->members, ann);
    check_ok(session_rollback(s));
    check_items(chess->members, ann);
    check_empty(go->members);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_load_and_change__deletion_taken_back)
{
    Badge *red = query_first(session_query(s, Badge), Badge);
    check_ok(session_delete(s, ann));
    check_ok(session_load(s, chess, members));
    check_ok(session_load(s, red, members));
    check_empty(chess->members);
    check_empty(red->members);
    if (_i)
        check_ok(session_refresh(s, ann));
    else
        ck_assert_ptr_eq(session_add_struct(s, Member, ann), ann);
    check_items(chess->members, ann);
    check_ok(session_load(s, red, members));
    check_items(red->members, ann);
    check_ok(session_commit(s));
    check_items(chess->members, ann);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_load_and_change__value_over_a_link);
    tcase_add_test(tests, test_load_and_change__value_written_back);
    tcase_add_loop_test(tests, test_load_and_change__pointer_of_a_value_written_back, 0, 2);
    tcase_add_test(tests, test_load_and_change__refreshed_behind_a_flush);
    tcase_add_loop_test(tests, test_load_and_change__deletion_taken_back, 0, 2);
}

int main(void)
{
    return scene_main("load_and_change", setup, scene_close, add_tests);
}
