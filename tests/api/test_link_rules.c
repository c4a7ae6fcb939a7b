/* Rules that keep links straight: one parent at a time, and two sessions that link the same at once. */
#include "api/link_checks.h"

typedef struct Ship Ship;
typedef struct Mast Mast;
typedef struct Bell Bell;

struct Ship {
    int64_t id;
    const char *name;
    MANY(Mast) masts;
    Bell *bell;
};

struct Mast {
    int64_t id;
    NullInt64 ship_id;
    Ship *ship;
};

struct Bell {
    int64_t id;
    NullInt64 ship_id;
};

extern const Model Ship_model, Mast_model, Bell_model;

/* clang-format off */
MODEL(Ship, "ships",
    ID(Ship),
    COLUMN(Ship, name),
    HAS_MANY_WITH((.single_parent = true), Ship, masts, Mast, ship_id),
    HAS_ONE_WITH((.single_parent = true), Ship, bell, Bell, ship_id));
MODEL(Mast, "masts",
    ID(Mast),
    COLUMN(Mast, ship_id, .references = &Ship_model),
    BELONGS_TO(Mast, ship, Ship, ship_id));
MODEL(Bell, "bells",
    ID(Bell),
    COLUMN(Bell, ship_id, .references = &Ship_model));
/* clang-format on */

static Session *other;

static void setup(void)
{
    scene_open(
        MODELS(Club, Member, Badge, Bill, Room, Table, Note, Desk, Seat, Guest, Stamp, Remark, Ship, Mast, Bell));
    live_sql("INSERT INTO ships (name) VALUES ('a'), ('b'); INSERT INTO masts (ship_id) VALUES (1), (NULL);"
             "INSERT INTO bells (ship_id) VALUES (1);"
             "INSERT INTO clubs (name) VALUES ('chess'), ('go');"
             "INSERT INTO members (club_id, name, age, version) VALUES (1, 'ann', 30, 1), (1, 'bob', 70, 1);"
             "INSERT INTO badges VALUES ('018f0000-0000-7000-8000-000000000001', 'red'),"
             " ('018f0000-0000-7000-8000-000000000002', 'blue');"
             "INSERT INTO member_badges SELECT 1, id FROM badges WHERE label = 'red'");
    other = session_open(db);
    seen_clear();
    cost_start();
}

static void teardown(void)
{
    session_close(other);
    scene_close();
}

/* --- one parent --- */

#define ALONE(field) "Ship." field ": is .single_parent, and another object has that one: unlink it there first"

#define check_alone(call, by, field) \
    do { \
        check_fails(call, STATUS_MISUSE); \
        check_culprit(by, "Ship", field); \
        ck_assert_str_eq(session_error(s)->message, ALONE(field)); \
        session_clear_error(s); \
    } while (0)

START_TEST(test_link_rules__single_parent_of_a_collection)
{
    Ship *a = session_find(s, Ship, 1), *b = session_find(s, Ship, 2);
    check_ok(session_load(s, a, masts));
    check_ok(session_load(s, b, masts));
    Mast *mast = a->masts.items[0], *loose = session_find(s, Mast, 2);
    cost_start();
    check_alone(session_link(s, b, masts, mast), b, "masts");
    check_alone(session_link(s, mast, ship, b), b, "masts"); /* from the other side */
    check_items(a->masts, mast);
    check_empty(b->masts);
    Mast *both[] = {loose, mast};
    check_alone(session_replace(s, b, masts, both, 2), b, "masts"); /* and nothing of it is done */
    check_empty(b->masts);
    mast->ship = b; /* by the field: told by the call that gets to see it */
    ck_assert_ptr_null(session_plan(s));
    check_error(s, STATUS_MISUSE);
    ck_assert_str_eq(session_error(s)->message, ALONE("masts"));
    session_clear_error(s);
    check_cost(0, 0);
    mast->ship = a;
    check_ok(session_link(s, a, masts, mast));  /* which has it */
    check_ok(session_link(s, b, masts, loose)); /* which nobody has */
    check_ok(session_unlink(s, a, masts, mast));
    check_ok(session_link(s, b, masts, mast));
    check_ok(session_commit(s));
    live_check("2|2", "SELECT string_agg(ship_id::text, '|') FROM masts");
    check_items(b->masts, loose, mast);
}
END_TEST

START_TEST(test_link_rules__single_parent_of_one)
{
    Ship *a = session_find(s, Ship, 1), *b = session_find(s, Ship, 2);
    Bell *bell = session_find(s, Bell, 1);
    check_alone(session_link(s, b, bell, bell), b, "bell");
    check_ok(session_unlink(s, a, bell, bell));
    check_ok(session_link(s, b, bell, bell));
    check_ok(session_commit(s));
    live_check("2", "SELECT ship_id FROM bells");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_rules__parent_that_is_deleted)
{
    Ship *a = session_find(s, Ship, 1), *b = session_find(s, Ship, 2);
    check_ok(session_load(s, a, masts));
    Mast *mast = a->masts.items[0];
    live_sql("DELETE FROM bells");
    check_ok(session_delete(s, a));
    check_ok(session_link(s, b, masts, mast));
    check_ok(session_commit(s));
    live_check("2", "SELECT ship_id FROM masts WHERE id = 1");
}
END_TEST

/* --- two sessions at once --- */

START_TEST(test_link_rules__both_add_the_same_link)
{
    Member *ann = session_find(s, Member, 1), *theirs = session_find(other, Member, 1);
    Query *q = session_query(s, Badge), *r = session_query(other, Badge);
    query_where(q, Badge, label, "=", "blue");
    query_where(r, Badge, label, "=", "blue");
    Badge *blue = query_one(q, Badge);
    check_ok(session_load(s, ann, badges));
    check_ok(session_link(s, ann, badges, blue));
    ck_assert_int_eq(session_link(other, theirs, badges, query_one(r, Badge)), STATUS_OK);
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->sqlstate, "23505");
    check_culprit(ann, "Member", "badges");
    ck_assert_ptr_eq(session_error(s)->other, blue);
    session_clear_error(s);
    check_ok(session_rollback(s));
    ck_assert_uint_eq(ann->badges.count, 1);
    live_check("2", "SELECT count(*) FROM member_badges");
}
END_TEST

START_TEST(test_link_rules__both_remove_the_same_link)
{
    Member *ann = session_find(s, Member, 1), *theirs = session_find(other, Member, 1);
    check_ok(session_load(s, ann, badges));
    ck_assert_int_eq(session_load(other, theirs, badges), STATUS_OK);
    Badge *red = ann->badges.items[0];
    check_ok(session_unlink(s, ann, badges, red));
    ck_assert_int_eq(session_unlink(other, theirs, badges, theirs->badges.items[0]), STATUS_OK);
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(ann, "Member", "badges");
    ck_assert_ptr_eq(session_error(s)->other, red);
    session_clear_error(s);
    check_ok(session_refresh(s, ann)); /* what was pending is dropped */
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_rules__one_deletes_what_the_other_links)
{
    Member *ann = session_find(s, Member, 1);
    Club *go = session_find(s, Club, 2), *theirs = session_find(other, Club, 2);
    check_ok(session_link(s, go, members, ann));
    ck_assert_int_eq(session_delete(other, theirs), STATUS_OK);
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(ann, "Member", "club_id");
    session_clear_error(s);
    check_ok(session_rollback(s));
    ck_assert_int_eq(ann->club_id.value, 1);
}
END_TEST

START_TEST(test_link_rules__one_moves_what_the_other_moves)
{
    Member *ann = session_find(s, Member, 1), *theirs = session_find(other, Member, 1);
    check_ok(session_unlink(s, session_find(s, Club, 1), members, ann));
    ck_assert_int_eq(session_link(other, session_find(other, Club, 2), members, theirs), STATUS_OK);
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    check_fails(session_commit(s), STATUS_STALE); /* by its version */
    check_culprit(ann, "Member", NULL);
    session_clear_error(s);
    check_ok(session_rollback(s));
    live_check("2", "SELECT club_id FROM members WHERE id = 1");
}
END_TEST

/* A link is refused; and when the rows are tried one by one, a row before it, of another table. */
START_TEST(test_link_rules__another_table_at_the_second_try)
{
    live_sql("CREATE SEQUENCE turns; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " IF TG_TABLE_NAME = 'member_badges' THEN RAISE check_violation USING MESSAGE = 'first';"
             " ELSIF nextval('turns') = 2 THEN RAISE check_violation USING MESSAGE = 'then'; END IF;"
             " RETURN NEW; END $$;"
             "CREATE TRIGGER refuse BEFORE INSERT ON clubs FOR EACH ROW EXECUTE FUNCTION refuse();"
             "CREATE TRIGGER refuse BEFORE INSERT ON member_badges FOR EACH ROW EXECUTE FUNCTION refuse()");
    size_t count;
    Badge **badges = query_all(session_query(s, Badge), Badge, &count);
    Member *ann = session_find(s, Member, 1), *bob = session_find(s, Member, 2);
    check_ok(session_load(s, ann, badges));
    check_ok(session_link(s, ann, badges, badges[0] == ann->badges.items[0] ? badges[1] : badges[0]));
    check_ok(session_link(s, bob, badges, badges[0]));
    Club *club = session_add(s, Club, .name = "poker");
    check_fails(session_commit(s), STATUS_CHECK);
    check_says(session_error(s), "then");
    check_culprit(club, "Club", NULL);
    ck_assert_ptr_null(session_error(s)->other);
    session_clear_error(s);
    check_fails(session_commit(s), STATUS_CHECK); /* the club is good by now */
    check_says(session_error(s), "first");
    check_culprit(session_error(s)->object == ann ? ann : bob, "Member", "badges");
    check_ok(session_rollback(s));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_rules__single_parent_of_a_collection);
    tcase_add_test(tests, test_link_rules__single_parent_of_one);
    tcase_add_test(tests, test_link_rules__parent_that_is_deleted);
    tcase_add_test(tests, test_link_rules__both_add_the_same_link);
    tcase_add_test(tests, test_link_rules__both_remove_the_same_link);
    tcase_add_test(tests, test_link_rules__one_deletes_what_the_other_links);
    tcase_add_test(tests, test_link_rules__one_moves_what_the_other_moves);
    tcase_add_test(tests, test_link_rules__another_table_at_the_second_try);
}

int main(void)
{
    return scene_main("link_rules", setup, teardown, add_tests);
}
