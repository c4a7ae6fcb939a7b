/* Collections of a hundred thousand: linking to one of them takes as long for each object as to a small one. Where it took
 * a walk through the collection, there would be ten thousand million steps. */
#include "api/link_checks.h"

#include "support/failing.h"

enum { LARGE = 100000 };

static Club *club, *other;
static Guest **guests;

static void setup(void)
{
    size_t count;
    scene_open(CLUBS);
    live_sql("INSERT INTO clubs (name) VALUES ('club'), ('other');"
             "INSERT INTO guests (club_id, name) SELECT NULL, 'g' || n FROM generate_series(1, %d) AS n",
             LARGE);
    club = session_find(s, Club, 1);
    other = session_find(s, Club, 2);
    check_ok(session_load(s, club, guests));
    check_ok(session_load(s, other, guests));
    Query *q = session_query(s, Guest);
    query_order_by(q, Guest, id, ORDER_ASC);
    guests = query_all(q, Guest, &count);
    check_no_error();
    ck_assert_uint_eq(count, LARGE);
}

/* The collection has these, in this order. */
static void check_guests(const Club *of, Guest *const *expected, size_t count)
{
    ck_assert_uint_eq(of->guests.count, count);
    for (size_t i = 0; i < count; i++)
        if (of->guests.items[i] != expected[i] || expected[i]->club != of)
            ck_abort_msg("guest %zu of %s", i, of->name);
}

/* Each twice: the second time it is there. */
START_TEST(test_link_large__one_by_one)
{
    for (size_t i = 0; i < LARGE; i++)
        check_ok(session_link(s, i % 2 ? club : other, guests, guests[i]));
    for (size_t i = 0; i < LARGE; i++)
        check_ok(session_link(s, i % 2 ? club : other, guests, guests[i]));
    ck_assert_uint_eq(club->guests.count, LARGE / 2);
    ck_assert_uint_eq(other->guests.count, LARGE / 2);
    for (size_t i = 0; i < LARGE; i++)
        if ((i % 2 ? club : other)->guests.items[i / 2] != guests[i])
            ck_abort_msg("guest %zu", i);
    check_ok(session_rollback(s));
    check_empty(club->guests);
    check_empty(other->guests);
    check_ok(session_link(s, club, guests, guests[7]));
    check_items(club->guests, guests[7]);
}
END_TEST

START_TEST(test_link_large__replaced)
{
    check_ok(session_replace(s, club, guests, guests, LARGE));
    check_guests(club, guests, LARGE);
    check_ok(session_replace(s, club, guests, guests, LARGE)); /* nothing new */
    check_guests(club, guests, LARGE);
    check_ok(session_commit(s));
    check_nothing_to_write();
    check_ok(session_replace(s, club, guests, guests + LARGE / 2, LARGE / 2));
    check_guests(club, guests + LARGE / 2, LARGE / 2);
    ck_assert_ptr_null(guests[0]->club);
    check_ok(session_rollback(s));
    check_guests(club, guests, LARGE);
    check_ok(session_replace(s, club, guests, guests + LARGE - 2, 2));
    check_items(club->guests, guests[LARGE - 2], guests[LARGE - 1]);
    check_ok(session_replace(s, club, guests, guests, 1));
    check_items(club->guests, guests[0]);
    check_ok(session_commit(s));
    live_check("1", "SELECT string_agg(id::text, ',') FROM guests WHERE club_id IS NOT NULL");
}
END_TEST

/* Places are not believed after items have left, one or many, and others have come. */
START_TEST(test_link_large__comes_and_goes)
{
    enum { SOME = 300 };
    check_ok(session_replace(s, club, guests, guests, SOME));
    for (size_t i = 0; i < SOME; i++)
        check_ok(session_link(s, club, guests, guests[i]));
    for (size_t i = 0; i < SOME; i += 3)
        check_ok(session_unlink(s, club, guests, guests[i]));
    for (size_t i = 0; i < SOME; i++)
        check_ok(session_link(s, club, guests, guests[i]));
    ck_assert_uint_eq(club->guests.count, SOME);
    for (size_t i = 0; i < SOME; i++)
        ck_assert_ptr_eq(guests[i]->club, club);
    for (size_t i = 0; i < SOME; i++)
        check_ok(session_link(s, other, guests, guests[i]));
    check_empty(club->guests);
    check_guests(other, guests, SOME);
    check_ok(session_commit(s));
    for (size_t i = 0; i < SOME / 2; i++)
        check_ok(session_delete(s, guests[i]));
    check_ok(session_commit(s));
    check_guests(other, guests + SOME / 2, SOME / 2);
    check_ok(session_link(s, other, guests, guests[SOME]));
    check_ok(session_link(s, other, guests, guests[SOME]));
    check_guests(other, guests + SOME / 2, SOME / 2 + 1);
}
END_TEST

START_TEST(test_link_large__many_to_many)
{
    enum { MANY_BADGES = 20000 };
    static Badge *badges[MANY_BADGES];
    Member *bob = session_add(s, Member, .name = "bob");
    for (int i = 0; i < MANY_BADGES; i++)
        badges[i] = session_add(s, Badge, .label = session_text(s, "b%d", i));
    check_ok(session_commit(s));
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < MANY_BADGES; i++)
            check_ok(session_link(s, bob, badges, badges[i]));
    ck_assert_uint_eq(bob->badges.count, MANY_BADGES);
    check_ok(session_commit(s));
    live_check("20000", "SELECT count(*) FROM member_badges");
    check_ok(session_replace(s, bob, badges, badges + 1, MANY_BADGES - 2));
    ck_assert_uint_eq(bob->badges.count, MANY_BADGES - 2);
    ck_assert_ptr_eq(bob->badges.items[0], badges[1]);
    check_ok(session_replace(s, bob, badges, badges, 1));
    check_items(bob->badges, badges[0]);
    check_ok(session_commit(s));
    live_check("b0", "SELECT label FROM member_badges JOIN badges ON id = badge_id");
}
END_TEST

/* Whatever leaves, the others keep their order. */
START_TEST(test_link_large__leave_one_by_one)
{
    static Guest *expected[LARGE];
    check_ok(session_replace(s, club, guests, guests, LARGE));
    check_ok(session_commit(s));
    for (size_t i = 0; i < LARGE - 100; i++)
        check_ok(session_unlink(s, club, guests, club->guests.items[0]));
    check_guests(club, guests + LARGE - 100, 100);
    for (size_t i = 0; i < 50; i++)
        check_ok(session_link(s, club, guests, guests[i]));
    ck_assert_ptr_eq(club->guests.items[149], guests[49]);
    check_ok(session_rollback(s));
    check_guests(club, guests, LARGE);
    size_t count = 10000, seed = 7;
    check_ok(session_replace(s, club, guests, guests, count));
    memcpy(expected, guests, count * sizeof(*expected));
    for (size_t i = 0; i < 9000; i++) {
        seed = seed * 1103515245 + 12345;
        size_t at = seed / 65536 % count;
        check_ok(session_unlink(s, club, guests, expected[at]));
        memmove(expected + at, expected + at + 1, (--count - at) * sizeof(*expected));
        if (i % 3 == 0) {
            check_ok(session_link(s, club, guests, guests[LARGE - 1 - i]));
            expected[count++] = guests[LARGE - 1 - i];
        }
    }
    check_guests(club, expected, count);
    check_ok(session_commit(s));
    check_guests(club, expected, count);
}
END_TEST

/* Rows that others have moved, each read again. */
START_TEST(test_link_large__refreshed_one_by_one)
{
    enum { SOME = 3000 };
    check_ok(session_replace(s, club, guests, guests, SOME));
    check_ok(session_commit(s));
    check_ok(session_link(s, club, guests, guests[SOME])); /* is pending */
    live_sql("UPDATE guests SET club_id = 2 WHERE id <= %d", SOME);
    for (size_t i = 0; i < SOME; i++)
        check_ok(session_refresh(s, guests[i]));
    check_items(club->guests, guests[SOME]);
    check_guests(other, guests, SOME);
    check_ok(session_rollback(s));
    check_empty(club->guests);
    check_guests(other, guests, SOME);
}
END_TEST

/* A call that fails once for want of memory has changed nothing, and works when it is called again. */
static void unlink_again(Session *session, Club *of, Guest *guest)
{
    if (session_unlink(session, of, guests, guest) == STATUS_OK)
        return;
    ck_assert_int_eq(session_error(session)->status, STATUS_NO_MEMORY);
    session_clear_error(session);
    ck_assert_int_eq(session_unlink(session, of, guests, guest), STATUS_OK);
}

/* From behind, from the front and from the middle, of a collection with an index; the n-th allocation fails. */
static void leave_failing(Session *session, struct failing *failing, size_t n)
{
    enum { SOME = 200, LEAVE = 60 };
    Club *of = session_find(session, Club, 2);
    ck_assert_int_eq(session_load(session, of, guests), STATUS_OK);
    ck_assert_uint_eq(of->guests.count, SOME);
    Guest *const first = of->guests.items[0], *const kept = of->guests.items[SOME / 2];
    failing_at(failing, n, FAILING_ONCE);
    for (size_t i = 0; i < LEAVE; i++) {
        size_t at = i % 3 == 0 ? of->guests.count - 1 : i % 3 == 1 ? 0 : of->guests.count / 4;
        unlink_again(session, of, of->guests.items[at]);
    }
    failing_off(failing);
    ck_assert_uint_eq(of->guests.count, SOME - LEAVE);
    for (size_t i = 1; i < of->guests.count; i++)
        ck_assert_int_lt(of->guests.items[i - 1]->id, of->guests.items[i]->id);
    ck_assert_ptr_eq(kept->club, of);
    ck_assert_int_eq(session_rollback(session), STATUS_OK);
    ck_assert_uint_eq(of->guests.count, SOME);
    ck_assert_ptr_eq(of->guests.items[0], first);
}

START_TEST(test_link_large__without_memory)
{
    struct failing failing;
    bool more = true;
    live_sql("UPDATE guests SET club_id = 2 WHERE id <= 200");
    failing_init(&failing);
    Database *hooked = scene_database(NULL, CLUBS, DATABASE_OPTIONS(.allocator = &failing.hook));
    for (size_t n = 1; more; n++) {
        Session *session = session_open(hooked);
        leave_failing(session, &failing, n);
        more = failing_reached(&failing);
        session_close(session);
    }
    database_close(hooked);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_large__one_by_one);
    tcase_add_test(tests, test_link_large__replaced);
    tcase_add_test(tests, test_link_large__comes_and_goes);
    tcase_add_test(tests, test_link_large__many_to_many);
    tcase_add_test(tests, test_link_large__leave_one_by_one);
    tcase_add_test(tests, test_link_large__refreshed_one_by_one);
    tcase_add_test(tests, test_link_large__without_memory);
}

int main(void)
{
    return scene_main("link large", setup, scene_close, add_tests);
}
