/* Each allocation of a commit with links, orphans and cascades fails in its turn: all of it is done, or nothing; what
 * failed can be done again; nothing leaks. */
#include "api/link_checks.h"

#include "support/failing.h"

static struct failing failing;
static Database *hooked;

static void setup(void)
{
    scene_open(CLUBS);
    failing_init(&failing);
    hooked = scene_database(NULL, CLUBS, DATABASE_OPTIONS(.allocator = &failing.hook));
}

static void teardown(void)
{
    failing_off(&failing);
    database_close(hooked);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    scene_close();
}

static void seed(void)
{
    live_sql(
        "TRUNCATE clubs, members, badges, member_badges, bills, rooms, tables, notes, desks, seats, guests, stamps,"
        " remarks RESTART IDENTITY;"
        "INSERT INTO clubs (name) VALUES ('chess'), ('go');"
        "INSERT INTO members (club_id, name, age, version) VALUES (1, 'ann', 1, 1), (1, 'bob', 1, 1);"
        "INSERT INTO notes (club_id, text) VALUES (1, 'n');"
        "INSERT INTO rooms (club_id, name) VALUES (2, 'hall');"
        "INSERT INTO seats (club_id, number) VALUES (2, 5);"
        "INSERT INTO badges VALUES ('018f0000-0000-7000-8000-000000000001', 'red');"
        "INSERT INTO member_badges SELECT 1, id FROM badges");
}

#define ROWS \
    "SELECT (SELECT string_agg(name, ',' ORDER BY name) FROM clubs)," \
    " (SELECT string_agg(m.name || ':' || coalesce(c.name, '-'), ',' ORDER BY m.name)" \
    " FROM members m LEFT JOIN clubs c ON c.id = club_id)," \
    " (SELECT count(*) FROM notes), (SELECT count(*) FROM rooms), (SELECT count(*) FROM seats)," \
    " (SELECT string_agg(name || label, ',' ORDER BY name) FROM member_badges JOIN members m ON m.id = member_id" \
    " JOIN badges b ON b.id = badge_id)"
#define BEFORE "chess,go|ann:chess,bob:chess|1|1|1|annred"
#define AFTER  "bridge,chess|ann:bridge,bob:-|0|1|0|annblue"

/* Moves, unlinks, orphans, links and unlinks of a join table, a graph that is added, and a parent that goes. */
static Status work(Session *session)
{
    Club *chess = session_find(session, Club, 1), *go = session_find(session, Club, 2);
    Member *ann = session_find(session, Member, 1), *bob = session_find(session, Member, 2);
    Note *note = session_find(session, Note, 1);
    if (session_error(session) || !chess || !go || !ann || !bob || !note)
        return session ? session_error(session)->status : STATUS_NO_MEMORY;
    Room yard = {.name = "yard"};
    Room *rooms[] = {&yard};
    session_load(session, chess, members);
    session_load(session, ann, badges);
    if (session_error(session))
        return session_error(session)->status;
    Club *bridge = session_add(session, Club, .name = "bridge", .rooms = {rooms, 1, true});
    session_link(session, bridge, members, ann);
    session_unlink(session, chess, members, bob);
    session_unlink(session, chess, notes, note);
    Badge *blue = session_add(session, Badge, .label = "blue");
    session_link(session, ann, badges, blue);
    if (!session_error(session) && ann->badges.count)
        session_unlink(session, ann, badges, ann->badges.items[0]);
    session_delete(session, go);
    return session_commit(session);
}

static void try_once(size_t n, enum failing_how how, bool *ret_reached)
{
    seed();
    failing_at(&failing, n, how);
    Session *session = session_open(hooked);
    Status status = work(session);
    failing_off(&failing);
    *ret_reached = failing_reached(&failing);
    if (status == STATUS_OK) {
        live_check(AFTER, ROWS);
        session_close(session);
        return;
    }
    ck_assert_msg(status == STATUS_NO_MEMORY, "%zu: %s", n, error_text(session_error(session)));
    live_check(BEFORE, ROWS);
    if (session) {
        ck_assert_int_eq(session_rollback(session), STATUS_OK);
        ck_assert_uint_eq(plan_step_count(session_plan(session)), 0); /* all is as it was */
        ck_assert_int_eq(work(session), STATUS_OK);
        live_check(AFTER, ROWS);
    }
    session_close(session);
}

static void sweep(enum failing_how how)
{
    bool reached = true;
    for (size_t n = 1; reached; n++)
        try_once(n, how, &reached);
}

START_TEST(test_link_memory__one_allocation_fails)
{
    sweep(FAILING_ONCE);
}
END_TEST

START_TEST(test_link_memory__all_from_one_on_fail)
{
    sweep(FAILING_FROM);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, test_link_memory__one_allocation_fails);
    tcase_add_test(tests, test_link_memory__all_from_one_on_fail);
}

int main(void)
{
    return scene_main("link memory", setup, teardown, add_tests);
}
