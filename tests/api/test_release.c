/* References that are given up or put elsewhere in the commit that deletes what they referred to: the least that must be
 * written, in the order in which it can be. */
#include "api/link_checks.h"

static Club *club;
static Member *ann, *bob;

static void setup(void)
{
    scene_open(CLUBS);
    club = session_add(s, Club, .name = "chess");
    ann = session_add(s, Member, .name = "ann", .club = club);
    bob = session_add(s, Member, .name = "bob", .club = club);
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
}

/* In any order of the calls; no foreign key is set to NULL first. */
START_TEST(test_release__parent_and_children_are_deleted)
{
    void *const objects[] = {club, ann, bob};
    for (int i = 0; i < 3; i++)
        check_ok(session_delete(s, objects[(i + _i) % 3]));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"members\" AS t SET \"club_id\""), 0);
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"members\""), 1);
    live_check("0|0", "SELECT (SELECT count(*) FROM clubs), count(*) FROM members");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_release__pointers_are_cleared_by_hand)
{
    ann->club = bob->club = NULL;
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"members\""), 1);
    live_check("0|2", "SELECT (SELECT count(*) FROM clubs), count(*) FROM members WHERE club_id IS NULL");
}
END_TEST

START_TEST(test_release__children_alone)
{
    int64_t first = ann->id, second = bob->id;
    scene_renew();
    check_ok(session_delete(s, session_find(s, Member, first)));
    check_ok(session_delete(s, session_find(s, Member, second)));
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("clubs"), 0);
    live_check("1|0", "SELECT (SELECT count(*) FROM clubs), count(*) FROM members");
}
END_TEST

/* The old target is not loaded, and stays so. */
START_TEST(test_release__foreign_key_becomes_null)
{
    int64_t first = ann->id, second = bob->id;
    scene_renew();
    ann = session_find(s, Member, first);
    bob = session_find(s, Member, second);
    ann->club_id.valid = false;
    check_ok(session_replace(s, bob, club, (Club **)NULL, 0));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 2);
    live_check("2", "SELECT count(*) FROM members WHERE club_id IS NULL");
}
END_TEST

/* A bill can't be without a club: the new one comes first, the old one goes last. */
START_TEST(test_release__referenced_row_is_replaced)
{
    Bill *bill = session_add(s, Bill, .amount = 2, .club = club);
    check_ok(session_commit(s));
    cost_start();
    bill->club = session_add(s, Club, .name = "cards");
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    check_trips(2);
    live_check("cards|2", "SELECT name, amount FROM bills JOIN clubs ON clubs.id = club_id");
    ck_assert(!ann->club_id.valid);
    check_nothing_to_write();
}
END_TEST

/* All levels of a tree that is not loaded stay, but for the root. */
START_TEST(test_release__root_of_a_tree)
{
    Member *eve = session_add(s, Member, .name = "eve");
    check_ok(session_link(s, ann, brought, bob));
    check_ok(session_link(s, bob, brought, eve));
    check_ok(session_commit(s));
    int64_t root = ann->id;
    scene_renew();
    check_ok(session_delete(s, session_find(s, Member, root)));
    seen_clear();
    check_ok(session_commit(s));
    ck_assert(seen_with("UPDATE \"public\".\"members\"") == 1 && seen_with("DELETE FROM \"public\".\"members\"") == 1);
    live_check("bob|\neve|bob", "SELECT m.name, b.name FROM members m LEFT JOIN members b ON b.id = m.brought_by"
                                " ORDER BY 1");
}
END_TEST

/* A relation that must not be loaded one by one takes part: nothing is loaded. */
START_TEST(test_release__lazy_raise)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    check_ok(session_link(s, hall, tables, session_add(s, Table, .legs = 4)));
    check_ok(session_commit(s));
    int64_t id = hall->id;
    scene_renew();
    hall = session_find(s, Room, id);
    check_fails(session_load(s, hall, tables), STATUS_MISUSE);
    session_clear_error(s);
    check_ok(session_delete(s, hall));
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM rooms), count(*) FROM tables");
}
END_TEST

/* --- many at once --- */

typedef struct Link Link;
struct Link { /* of a chain */
    int64_t id;
    NullInt64 up;
    int32_t version;
    MANY(Link) below;
};

extern const Model Link_model;

/* clang-format off */
MODEL(Link, "links",
    COLUMN(Link, id,      .primary_key = true),
    COLUMN(Link, up,      .references = &Link_model),
    COLUMN(Link, version, .version = true),
    HAS_MANY(Link, below, Link, up));
/* clang-format on */

enum { LINKS = 2500 };

/* More than one statement deletes; what refers to the rows of the first are, unknown to the session, rows of the next. */
START_TEST(test_release__chain_of_unknown_rows)
{
    scene_close();
    scene_open(MODELS(Link));
    live_sql("INSERT INTO links SELECT n, nullif(n - 1, 0), 1 FROM generate_series(1, %d) n;"
             "INSERT INTO links VALUES (10000, %d, 1), (20000, 500, 1); CREATE INDEX ON links (up)",
             LINKS, LINKS);
    for (int i = 1; i <= LINKS; i++) {
        Link *link = session_stub(s, Link, i);
        link->version = 1;
        check_ok(session_delete(s, link));
    }
    check_ok(session_commit(s));
    live_check("10000||2\n20000||2", "SELECT * FROM links ORDER BY id");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_release__chain_of_unknown_rows);
    tcase_add_loop_test(tests, test_release__parent_and_children_are_deleted, 0, 3);
    tcase_add_test(tests, test_release__pointers_are_cleared_by_hand);
    tcase_add_test(tests, test_release__children_alone);
    tcase_add_test(tests, test_release__foreign_key_becomes_null);
    tcase_add_test(tests, test_release__referenced_row_is_replaced);
    tcase_add_test(tests, test_release__root_of_a_tree);
    tcase_add_test(tests, test_release__lazy_raise);
}

int main(void)
{
    return scene_main("release", setup, scene_close, add_tests);
}
