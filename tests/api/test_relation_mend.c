/* Relations whose memory and rows have parted: by another session, by eviction, by fields written without their owner. */
#include "api/link_checks.h"

static Club *chess, *go;
static Member *ann, *bob;

static void setup(void)
{
    scene_open(CLUBS);
    live_sql("INSERT INTO clubs (name) VALUES ('chess'), ('go');"
             "INSERT INTO members (club_id, name, age, version) VALUES (1, 'ann', 30, 1), (1, 'bob', 70, 1);"
             "INSERT INTO notes (club_id, text) VALUES (1, 'n');"
             "INSERT INTO stamps (club_id, text) VALUES (1, 'old')");
    chess = session_find(s, Club, 1);
    go = session_find(s, Club, 2);
    check_ok(session_load(s, chess, members));
    check_ok(session_load(s, go, members));
    ann = chess->members.items[0];
    bob = chess->members.items[1];
    seen_clear();
    cost_start();
}

/* --- refreshing --- */

START_TEST(test_relation_mend__refresh_drops_a_move)
{
    check_ok(session_link(s, go, members, ann));
    check_ok(session_refresh(s, ann));
    check_items(chess->members, bob, ann);
    check_empty(go->members);
    ck_assert_ptr_eq(ann->club, chess);
    ck_assert_uint_eq(plan_step_count(session_plan(s)), 0);
    check_ok(session_rollback(s));
    check_items(chess->members, ann, bob);
    check_empty(go->members);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_mend__refresh_drops_an_unlink)
{
    check_ok(session_unlink(s, chess, members, ann));
    check_ok(session_refresh(s, ann));
    check_items(chess->members, bob, ann);
    ck_assert_ptr_eq(ann->club, chess);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_mend__refresh_follows_the_row)
{
    live_sql("UPDATE members SET club_id = 2 WHERE id = 1");
    check_ok(session_refresh(s, ann));
    check_items(chess->members, bob);
    check_items(go->members, ann);
    ck_assert_ptr_eq(ann->club, go);
    check_nothing_to_write();
    check_ok(session_delete(s, go));
    check_ok(session_commit(s));
    live_check("ann|\nbob|1", "SELECT name, club_id FROM members ORDER BY id");
}
END_TEST

/* Both sides have changes of their own, which the rollback takes back; what the row says stays. */
/* Of an owner: what was linked to it leaves, what was unlinked from it is back; both sides of all of them. */
START_TEST(test_relation_mend__refresh_of_an_owner)
{
    Member *eve = session_add(s, Member, .name = "eve"), *stranger = session_add(s, Member, .name = "stranger");
    check_ok(session_link(s, go, members, eve));
    check_ok(session_link(s, go, members, ann));
    check_ok(session_link(s, chess, members, stranger));
    check_ok(session_unlink(s, chess, members, bob));
    check_items(go->members, eve, ann);
    check_ok(session_refresh(s, go));
    check_empty(go->members);
    check_items(chess->members, stranger, ann);
    ck_assert_ptr_eq(ann->club, chess);
    ck_assert_ptr_null(eve->club);
    ck_assert_ptr_null(bob->club); /* that was another club's */
    check_ok(session_refresh(s, chess));
    check_items(chess->members, ann, bob);
    ck_assert_ptr_eq(bob->club, chess);
    ck_assert_ptr_null(stranger->club);
    if (_i) {
        check_ok(session_rollback(s));
        check_items(chess->members, ann, bob);
        check_empty(go->members);
    } else {
        check_ok(session_commit(s)); /* new ones are pending still, and belong to nobody */
        live_check("ann|1\nbob|1\neve|\nstranger|", "SELECT name, club_id FROM members ORDER BY id");
    }
    check_nothing_to_write();
}
END_TEST

/* As before a commit that is tried again: objects that lead to the owner by their own fields still do. */
START_TEST(test_relation_mend__refresh_of_an_owner_leaves_fields_alone)
{
    Member *eve = session_add(s, Member, .name = "eve", .club = go);
    ann->club = go;
    bob->club_id = (NullInt64){go->id, true};
    go->name = NULL;
    check_fails(session_commit(s), STATUS_NOT_NULL);
    session_clear_error(s);
    check_ok(session_refresh(s, go));
    ck_assert_str_eq(go->name, "go");
    ck_assert(eve->club == go && ann->club == go && go->members.count == 3);
    check_ok(session_commit(s));
    live_check("ann|2\nbob|2\neve|2", "SELECT name, club_id FROM members ORDER BY id");
}
END_TEST

START_TEST(test_relation_mend__refresh_of_an_owner_of_orphans)
{
    Note *note = session_add(s, Note, .text = "new"), *old = session_find(s, Note, 1);
    check_ok(session_link(s, chess, notes, note));
    check_ok(session_unlink(s, chess, notes, old));
    check_ok(session_refresh(s, chess));
    ck_assert(!session_contains(s, note));
    ck_assert_int_eq(old->club_id.value, 1);
    check_nothing_to_write();
    live_check("n|1", "SELECT text, club_id FROM notes");
}
END_TEST

START_TEST(test_relation_mend__refresh_of_linked_objects)
{
    Badge *fresh = session_add(s, Badge, .label = "fresh"), *gold = session_add(s, Badge, .label = "gold");
    check_ok(session_link(s, ann, badges, gold));
    check_ok(session_commit(s));
    check_ok(session_load(s, ann, badges));
    check_ok(session_link(s, ann, badges, fresh));
    check_ok(session_unlink(s, ann, badges, gold));
    check_ok(session_refresh(s, ann));
    check_items(ann->badges, gold);
    check_items(gold->members, ann);
    check_empty(fresh->members);
    check_nothing_to_write();
    live_check("1", "SELECT count(*) FROM member_badges");
}
END_TEST

START_TEST(test_relation_mend__rollback_after_a_refresh)
{
    Member *cid = session_add(s, Member, .name = "cid");
    check_ok(session_link(s, go, members, cid));
    check_ok(session_unlink(s, chess, members, bob));
    live_sql("UPDATE members SET club_id = 2 WHERE id = 1");
    check_ok(session_refresh(s, ann));
    check_empty(chess->members);
    check_items(go->members, cid, ann);
    check_ok(session_rollback(s));
    check_items(chess->members, bob);
    check_items(go->members, ann);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_mend__refresh_of_a_lost_reference)
{
    live_sql("INSERT INTO remarks (about, about_id, text) VALUES ('club', 99, 'x')");
    Remark *remark = session_find(s, Remark, 1);
    check_ok(session_load(s, remark, club));
    ck_assert_ptr_null(remark->club);
    live_sql("INSERT INTO clubs (id, name) VALUES (99, 'bridge')");
    check_ok(session_refresh(s, remark));
    check_ok(session_load(s, remark, club));
    ck_assert_str_eq(remark->club->name, "bridge");
}
END_TEST

/* The row's owner is not in the session; that doesn't make an orphan of it. */
START_TEST(test_relation_mend__refresh_of_a_moved_child_of_an_unknown_owner)
{
    scene_renew();
    go = session_find(s, Club, 2);
    Note *note = session_find(s, Note, 1);
    check_ok(session_link(s, go, notes, note));
    check_ok(session_refresh(s, note));
    check_nothing_to_write();
    live_check("n|1", "SELECT text, club_id FROM notes");
}
END_TEST

/* --- evicted members --- */

START_TEST(test_relation_mend__evicted_member_of_a_deleted_club)
{
    check_ok(session_evict(s, ann));
    check_ok(session_delete(s, chess));
    check_ok(session_commit(s));
    live_check("ann|\nbob|", "SELECT name, club_id FROM members ORDER BY id");
    ck_assert(!bob->club_id.valid);
    check_nothing_to_write();
}
END_TEST

/* What a row must let go it does, but no change of the program's goes with it. */
START_TEST(test_relation_mend__read_only_member_of_a_deleted_club)
{
    check_ok(session_set_read_only(s, ann, true));
    ann->name = "changed";
    check_ok(session_delete(s, chess));
    check_ok(session_commit(s));
    live_check("ann|\nbob|", "SELECT name, club_id FROM members ORDER BY id");
    ck_assert(!ann->club_id.valid);
    check_nothing_to_write();
}
END_TEST

/* What goes with the club is found in the tables, so that what leaves has to leave before. */
START_TEST(test_relation_mend__moved_out_of_a_room_that_is_deleted_unseen)
{
    live_sql("INSERT INTO rooms (club_id, name) VALUES (1, 'hall'), (2, 'yard');"
             "INSERT INTO tables (room_id, legs) VALUES (1, 3), (1, 4)");
    Table *table = session_find(s, Table, 1);
    table->room_id = 2;
    check_ok(session_delete(s, chess));
    check_ok(session_commit(s));
    live_check("3|2", "SELECT legs, room_id FROM tables");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_mend__moved_out_of_a_room_that_is_deleted_in_sight)
{
    live_sql("INSERT INTO rooms (club_id, name) VALUES (1, 'hall'), (2, 'yard');"
             "INSERT INTO tables (room_id, legs) VALUES (1, 3), (1, 4)");
    check_ok(session_load(s, chess, rooms));
    Table *table = session_find(s, Table, 1);
    table->room_id = 2;
    check_ok(session_delete(s, chess));
    check_ok(session_commit(s));
    live_check("3|2", "SELECT legs, room_id FROM tables");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_mend__remark_of_a_deleted_club_moves_on)
{
    live_sql("INSERT INTO remarks (about, about_id, text) VALUES ('club', 1, 'x'), ('club', 1, 'y')");
    Remark *remark = session_find(s, Remark, 1);
    check_ok(session_link(s, bob, remarks, remark));
    check_ok(session_delete(s, chess));
    check_ok(session_commit(s));
    live_check("member|2\nclub|", "SELECT about, about_id FROM remarks ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* --- owners that the session doesn't have --- */

START_TEST(test_relation_mend__orphan_of_an_unknown_owner)
{
    scene_renew();
    Note *note = session_find(s, Note, 1);
    note->club_id.valid = false;
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM notes");
    ck_assert(!session_contains(s, note));
}
END_TEST

START_TEST(test_relation_mend__one_that_is_not_loaded_is_not_replaced)
{
    check_fails(session_replace(s, chess, stamp, NULL, 0), STATUS_MISUSE);
    check_culprit(chess, "Club", "stamp");
    session_clear_error(s);
    check_ok(session_load(s, chess, stamp));
    check_ok(session_replace(s, chess, stamp, NULL, 0));
    check_ok(session_commit(s));
    live_check("old|", "SELECT text, club_id FROM stamps");
}
END_TEST

/* --- filters --- */

/* The session can't tell who fits a filter, and shows what was linked by that name. */
START_TEST(test_relation_mend__filter_and_pending_members)
{
    ann->club = go;
    check_ok(session_link(s, go, seniors, bob));
    check_ok(session_load(s, go, seniors));
    check_items(go->seniors, bob);
    check_items(go->members, bob, ann);
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM members WHERE club_id = 2");
    check_nothing_to_write();
}
END_TEST

/* --- eager --- */

/* The query's keys are the rows', which have changed; the object's is what was loaded, and is asked for. */
START_TEST(test_relation_mend__eager_target_of_a_row_that_changed)
{
    size_t count;
    scene_renew();
    ann = session_find(s, Member, 1);
    live_sql("UPDATE members SET club_id = 2 WHERE id = 1");
    Query *q = session_query(s, Member);
    query_where(q, Member, id, "=", 1);
    query_with(q, Member, club);
    ck_assert_ptr_eq(query_all(q, Member, &count)[0], ann);
    check_no_error();
    ck_assert_int_eq(ann->club_id.value, 1);
    ck_assert(!session_is_loaded(s, ann, club));
    check_ok(session_load(s, ann, club));
    ck_assert_str_eq(ann->club->name, "chess");
    check_nothing_to_write();
}
END_TEST

/* The program has moved it, and then its row goes elsewhere: a rollback leads to where that is. */
START_TEST(test_relation_mend__moved_in_memory_and_by_a_statement)
{
    Club *shogi = session_add(s, Club, .name = "shogi");
    check_ok(session_commit(s));
    ann->club_id = (NullInt64){2, true};
    session_plan(s);
    check_items(go->members, ann);
    if (_i) {
        Query *q = session_query(s, Member);
        query_where(q, Member, id, "=", 1);
        query_set(q, Member, club_id, shogi->id);
        check_ok(query_update(q, NULL));
        check_items(go->members, ann);
        check_empty(shogi->members);
    } else {
        live_sql("UPDATE members SET club_id = 3 WHERE id = 1");
        check_ok(session_refresh(s, ann));
        check_items(shogi->members, ann);
    }
    check_ok(session_rollback(s));
    check_items(chess->members, bob);
    check_empty(go->members);
    check_items(shogi->members, ann);
    ck_assert_int_eq(ann->club_id.value, 3);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_relation_mend__refresh_drops_a_move);
    tcase_add_test(tests, test_relation_mend__refresh_drops_an_unlink);
    tcase_add_test(tests, test_relation_mend__refresh_follows_the_row);
    tcase_add_loop_test(tests, test_relation_mend__refresh_of_an_owner, 0, 2);
    tcase_add_test(tests, test_relation_mend__refresh_of_an_owner_leaves_fields_alone);
    tcase_add_test(tests, test_relation_mend__refresh_of_an_owner_of_orphans);
    tcase_add_test(tests, test_relation_mend__refresh_of_linked_objects);
    tcase_add_test(tests, test_relation_mend__rollback_after_a_refresh);
    tcase_add_test(tests, test_relation_mend__refresh_of_a_lost_reference);
    tcase_add_test(tests, test_relation_mend__refresh_of_a_moved_child_of_an_unknown_owner);
    tcase_add_test(tests, test_relation_mend__evicted_member_of_a_deleted_club);
    tcase_add_test(tests, test_relation_mend__read_only_member_of_a_deleted_club);
    tcase_add_test(tests, test_relation_mend__moved_out_of_a_room_that_is_deleted_unseen);
    tcase_add_test(tests, test_relation_mend__moved_out_of_a_room_that_is_deleted_in_sight);
    tcase_add_test(tests, test_relation_mend__remark_of_a_deleted_club_moves_on);
    tcase_add_test(tests, test_relation_mend__orphan_of_an_unknown_owner);
    tcase_add_test(tests, test_relation_mend__one_that_is_not_loaded_is_not_replaced);
    tcase_add_test(tests, test_relation_mend__filter_and_pending_members);
    tcase_add_test(tests, test_relation_mend__eager_target_of_a_row_that_changed);
    tcase_add_loop_test(tests, test_relation_mend__moved_in_memory_and_by_a_statement, 0, 2);
}

int main(void)
{
    return scene_main("relation_mend", setup, scene_close, add_tests);
}
