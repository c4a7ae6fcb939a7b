/* Many to many: rows of join tables, from both sides, pending and stored. */
#include "api/link_checks.h"

static Member *ann, *bob;
static Badge *red, *blue;

static void setup(void)
{
    scene_open(CLUBS);
    ann = session_add(s, Member, .name = "ann");
    bob = session_add(s, Member, .name = "bob");
    red = session_add(s, Badge, .label = "red");
    blue = session_add(s, Badge, .label = "blue");
    check_ok(session_link(s, ann, badges, red));
    check_ok(session_link(s, red, members, bob));
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
}

#define INSERT_LINK "INSERT INTO \"public\".\"member_badges\" (\"member_id\", \"badge_id\")"
#define DELETE_LINK "DELETE FROM \"public\".\"member_badges\" AS t USING (SELECT pg_catalog.unnest("
#define LINKS \
    "SELECT m.name, b.label FROM member_badges JOIN members m ON m.id = member_id JOIN badges b ON b.id = badge_id" \
    " ORDER BY 1, 2"

START_TEST(test_link_many__new_objects_from_both_sides)
{
    check_items(ann->badges, red);
    check_items(bob->badges, red);
    check_items(red->members, ann, bob);
    check_empty(blue->members);
    live_check("ann|red\nbob|red", LINKS);
    ck_assert_uint_eq(session_stats(s).objects, 4);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__add_and_remove)
{
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_link(s, ann, badges, blue)); /* twice is once */
    check_ok(session_link(s, blue, members, ann));
    check_ok(session_unlink(s, bob, badges, red));
    check_items(ann->badges, red, blue);
    check_items(blue->members, ann);
    check_empty(bob->badges);
    check_items(red->members, ann);
    check_ok(session_commit(s));
    check_cost(2, 2);
    ck_assert_uint_eq(seen_with(INSERT_LINK), 1);
    ck_assert_uint_eq(seen_with(DELETE_LINK), 1);
    live_check("ann|blue\nann|red", LINKS);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__what_cancels_is_not_written)
{
    check_ok(session_link(s, bob, badges, blue));
    check_ok(session_unlink(s, blue, members, bob));
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_link(s, ann, badges, red));
    check_ok(session_unlink(s, bob, badges, blue)); /* is not linked */
    check_items(ann->badges, red);
    check_items(bob->badges, red);
    check_nothing_to_write();
    live_check("ann|red\nbob|red", LINKS);
}
END_TEST

START_TEST(test_link_many__reset_to_all_but_one)
{
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_commit(s));
    seen_clear();
    Badge *const wanted[] = {blue};
    check_ok(session_replace(s, ann, badges, wanted, 1));
    check_items(ann->badges, blue);
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with(DELETE_LINK), 1);
    ck_assert_uint_eq(seen_with("INSERT"), 0);
    live_check("ann|blue\nbob|red", LINKS);
}
END_TEST

/* The row that goes is gone before the one that comes. */
START_TEST(test_link_many__delete_goes_before_insert)
{
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_link(s, ann, badges, blue));
    const Plan *plan = session_plan(s);
    size_t deleted = SIZE_MAX, inserted = SIZE_MAX;
    for (size_t i = 0; i < plan_step_count(plan); i++) {
        const PlanStep step = plan_step(plan, i);
        if (step.operation == OPERATION_DELETE)
            deleted = i;
        if (step.operation == OPERATION_INSERT) {
            const JoinRow *const *links = (const JoinRow *const *)(const void *)step.objects;
            inserted = i;
            ck_assert_str_eq(step.table, "member_badges");
            ck_assert_ptr_eq(links[0]->object, ann);
            ck_assert_ptr_eq(links[0]->other, blue);
        }
    }
    ck_assert(deleted < inserted && inserted != SIZE_MAX);
}
END_TEST

START_TEST(test_link_many__rollback)
{
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_unlink(s, bob, badges, red));
    Badge *green = session_add(s, Badge, .label = "green");
    check_ok(session_link(s, bob, badges, green));
    check_ok(session_rollback(s));
    check_items(ann->badges, red);
    check_items(bob->badges, red);
    check_items(red->members, ann, bob);
    check_empty(blue->members);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__undone_flush)
{
    live_sql("ALTER TABLE badges ADD UNIQUE (label)");
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_unlink(s, bob, badges, red));
    check_ok(session_flush(s));
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_flush(s));
    session_add(s, Badge, .label = "red");
    check_fails(session_flush(s), STATUS_UNIQUE);
    live_check("ann|red\nbob|red", LINKS);
    check_items(ann->badges, blue);
    session_clear_error(s);
    check_ok(session_rollback(s));
    check_items(ann->badges, red);
    check_items(red->members, ann, bob);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__flushed_and_then_taken_back)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_flush(s));
    check_ok(session_unlink(s, ann, badges, blue));
    check_ok(session_commit(s));
    live_check("ann|red\nbob|red", LINKS);
    check_nothing_to_write();
}
END_TEST

/* Neither side is loaded: nothing is read, only the row is written. */
START_TEST(test_link_many__unloaded_collections)
{
    int64_t id = ann->id;
    PgUuid uuid = blue->id;
    scene_renew();
    ann = session_find(s, Member, id);
    blue = session_find(s, Badge, uuid);
    cost_start();
    check_ok(session_link(s, ann, badges, blue));
    ck_assert(!ann->badges.loaded);
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("ann|blue\nann|red\nbob|red", LINKS);
    check_ok(session_unlink(s, blue, members, ann));
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("ann|red\nbob|red", LINKS);
}
END_TEST

START_TEST(test_link_many__load_sees_what_is_pending)
{
    int64_t id = ann->id;
    PgUuid uuid = blue->id;
    scene_renew();
    ann = session_find(s, Member, id);
    blue = session_find(s, Badge, uuid);
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_load(s, ann, badges));
    ck_assert_uint_eq(ann->badges.count, 2);
    ck_assert_ptr_eq(ann->badges.items[1], blue);
    red = ann->badges.items[0];
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_load(s, red, members));
    ck_assert_uint_eq(red->members.count, 1);
    ck_assert_str_eq(red->members.items[0]->name, "bob");
    check_ok(session_rollback(s));
    check_ok(session_load(s, ann, badges));
    check_ok(session_load(s, red, members));
    check_items(ann->badges, red);
    ck_assert_uint_eq(red->members.count, 2);
}
END_TEST

/* --- the row is not as expected --- */

START_TEST(test_link_many__row_that_is_gone)
{
    live_sql("DELETE FROM member_badges");
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_unlink(s, bob, badges, red));
    check_fails(session_commit(s), STATUS_STALE);
    const Error *error = session_error(s);
    ck_assert_str_eq(error->model, "Member");
    ck_assert_str_eq(error->field, "badges");
    ck_assert(error->object == (void *)ann || error->object == (void *)bob);
    ck_assert_ptr_eq(error->other, red);
    check_says(error, "Member.badges");
    session_clear_error(s);
    check_ok(session_rollback(s));
    check_items(ann->badges, red);
}
END_TEST

START_TEST(test_link_many__two_sessions_add_the_same)
{
    Session *second = session_open(db);
    Member *twin = session_find(second, Member, ann->id);
    Badge *theirs = session_find(second, Badge, blue->id);
    ck_assert_int_eq(session_link(second, twin, badges, theirs), STATUS_OK);
    ck_assert_int_eq(session_commit(second), STATUS_OK);
    session_close(second);
    check_ok(session_link(s, bob, badges, blue));
    check_ok(session_link(s, ann, badges, blue));
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(ann, "Member", "badges");
    ck_assert_ptr_eq(session_error(s)->other, blue);
    session_clear_error(s);
    check_ok(session_unlink(s, ann, badges, blue));
    check_ok(session_commit(s));
    live_check("ann|blue\nann|red\nbob|blue\nbob|red", LINKS);
}
END_TEST

START_TEST(test_link_many__columns_of_the_join_table_keep_their_defaults)
{
    live_sql("ALTER TABLE member_badges ADD since date NOT NULL DEFAULT '2020-01-02', ADD note text");
    check_ok(session_link(s, bob, badges, blue));
    check_ok(session_commit(s));
    live_check("2020-01-02|3", "SELECT min(since), count(*) FROM member_badges");
    live_sql("UPDATE member_badges SET note = 'kept'");
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_commit(s));
    live_check("kept\nkept", "SELECT note FROM member_badges");
}
END_TEST

/* --- deleted objects --- */

START_TEST(test_link_many__deleting_an_object_deletes_its_rows_first)
{
    live_sql("ALTER TABLE member_badges DROP CONSTRAINT member_badges_badge_id_fkey,"
             " ADD FOREIGN KEY (badge_id) REFERENCES badges (id)"); /* without a cascade of the database */
    check_ok(session_delete(s, red));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"member_badges\" AS t WHERE t.\"badge_id\" = ANY ("), 1);
    live_check("", LINKS);
    check_empty(ann->badges);
    check_empty(bob->badges);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__pending_links_to_what_is_deleted)
{
    check_ok(session_link(s, ann, badges, blue));
    check_ok(session_unlink(s, bob, badges, red));
    check_ok(session_delete(s, blue));
    check_ok(session_delete(s, bob));
    check_ok(session_commit(s));
    check_items(ann->badges, red);
    check_items(red->members, ann);
    live_check("ann|red", LINKS);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__swap_and_delete)
{
    Badge *green = session_add(s, Badge, .label = "green");
    check_ok(session_unlink(s, ann, badges, red));
    check_ok(session_unlink(s, bob, badges, red));
    check_ok(session_link(s, ann, badges, green));
    check_ok(session_delete(s, red));
    check_ok(session_commit(s));
    check_trips(2);
    check_items(ann->badges, green);
    live_check("ann|green", LINKS);
}
END_TEST

/* A new object with the key of a deleted one updates its row: the old links go, as far as they are loaded. */
START_TEST(test_link_many__row_that_is_taken_over)
{
    int64_t id = ann->id;
    check_ok(session_delete(s, ann));
    Member *heir = session_add(s, Member, .id = id, .name = "heir");
    check_ok(session_link(s, heir, badges, blue));
    ck_assert_ptr_nonnull(session_plan(s));
    check_ok(session_commit(s));
    live_check("bob|red\nheir|blue", LINKS);
    check_items(red->members, bob);
    check_items(blue->members, heir);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_many__thousands)
{
    enum { MANY_BADGES = 2500 };
    for (int i = 0; i < MANY_BADGES; i++)
        check_ok(session_link(s, bob, badges, session_add(s, Badge, .label = session_text(s, "b%d", i))));
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2501", "SELECT count(*) FROM member_badges JOIN members ON id = member_id WHERE name = 'bob'");
    check_ok(session_replace(s, bob, badges, (Badge **)NULL, 0));
    check_ok(session_commit(s));
    live_check("ann|red", LINKS);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_many__new_objects_from_both_sides);
    tcase_add_test(tests, test_link_many__add_and_remove);
    tcase_add_test(tests, test_link_many__what_cancels_is_not_written);
    tcase_add_test(tests, test_link_many__reset_to_all_but_one);
    tcase_add_test(tests, test_link_many__delete_goes_before_insert);
    tcase_add_test(tests, test_link_many__rollback);
    tcase_add_test(tests, test_link_many__undone_flush);
    tcase_add_test(tests, test_link_many__flushed_and_then_taken_back);
    tcase_add_test(tests, test_link_many__unloaded_collections);
    tcase_add_test(tests, test_link_many__load_sees_what_is_pending);
    tcase_add_test(tests, test_link_many__row_that_is_gone);
    tcase_add_test(tests, test_link_many__two_sessions_add_the_same);
    tcase_add_test(tests, test_link_many__columns_of_the_join_table_keep_their_defaults);
    tcase_add_test(tests, test_link_many__deleting_an_object_deletes_its_rows_first);
    tcase_add_test(tests, test_link_many__pending_links_to_what_is_deleted);
    tcase_add_test(tests, test_link_many__swap_and_delete);
    tcase_add_test(tests, test_link_many__row_that_is_taken_over);
    tcase_add_test(tests, test_link_many__thousands);
}

int main(void)
{
    return scene_main("link many", setup, scene_close, add_tests);
}
