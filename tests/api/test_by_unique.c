/* Relations over a unique column that is no primary key, and over tables that don't point back: what the program writes into
 * plain fields is shown by collections, as over any other key. */
#include "api/link_checks.h"

#include "support/failing.h"

typedef struct Shop Shop;
typedef struct Receipt Receipt;
typedef struct Memo Memo;
typedef struct Safe Safe;

struct Shop {
    int64_t id;
    const char *code;
    MANY(Receipt) bills;
    MANY(Memo) memos;
    Safe *safe;
};

struct Receipt {
    int64_t id;
    const char *shop_code;
    Shop *shop;
};

/* Has no field that leads back. */
struct Memo {
    int64_t id;
    const char *shop_code;
};

/* Nor has this one, which refers to the primary key. */
struct Safe {
    int64_t id;
    NullInt64 shop_id;
};

extern const Model Shop_model, Receipt_model, Memo_model, Safe_model;

/* clang-format off */
#define ID(T) COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY)
#define CODE(T) COLUMN(T, shop_code, .nullable = true, .references = &Shop_model, .references_field = "code")
MODEL(Shop, "shops",
    ID(Shop),
    COLUMN(Shop, code, .unique = true),
    HAS_MANY(Shop, bills, Receipt, shop_code),
    HAS_MANY(Shop, memos, Memo, shop_code),
    HAS_ONE(Shop, safe, Safe, shop_id));
MODEL(Receipt, "bills",
    ID(Receipt),
    CODE(Receipt),
    BELONGS_TO(Receipt, shop, Shop, shop_code));
MODEL(Memo, "memos",
    ID(Memo),
    CODE(Memo));
MODEL(Safe, "safes",
    ID(Safe),
    COLUMN(Safe, shop_id, .references = &Shop_model));
/* clang-format on */

static Shop *north, *south;

static void find_shops(void)
{
    north = session_find(s, Shop, 1);
    south = session_find(s, Shop, 2);
    check_ok(session_load(s, north, bills));
    check_ok(session_load(s, south, bills));
    check_ok(session_load(s, north, memos));
    check_ok(session_load(s, south, memos));
}

static void setup(void)
{
    scene_open(MODELS(Shop, Receipt, Memo, Safe));
    live_sql("INSERT INTO shops (code) VALUES ('n'), ('s');"
             "INSERT INTO bills (shop_code) VALUES ('n'), ('n'), ('s');"
             "INSERT INTO memos (shop_code) VALUES ('n'), ('n'), ('s');"
             "INSERT INTO safes (shop_id) VALUES (1), (NULL)");
    find_shops();
    cost_start();
}

START_TEST(test_by_unique__moved_by_value)
{
    Receipt *bill = north->bills.items[0], *last = north->bills.items[1], *theirs = south->bills.items[0];
    Memo *note = north->memos.items[0], *kept = north->memos.items[1], *own = south->memos.items[0];
    bill->shop_code = "s";
    note->shop_code = "s";
    session_plan(s);
    for (int again = 0; again < 2; again++) {
        check_items(north->bills, last);
        check_items(south->bills, theirs, bill);
        check_items(north->memos, kept);
        check_items(south->memos, own, note);
        check_ok(session_commit(s));
    }
    ck_assert_ptr_eq(bill->shop, south);
    check_statements(2);
    bill->shop_code = note->shop_code = NULL;
    check_ok(session_commit(s));
    check_items(south->bills, theirs);
    check_items(south->memos, own);
    ck_assert_ptr_null(bill->shop);
    bill->shop_code = note->shop_code = "n";
    check_ok(session_rollback(s));
    check_items(north->bills, last);
    check_items(north->memos, kept);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_by_unique__new_ones)
{
    Shop *west = session_add(s, Shop, .code = "w");
    Receipt *bill = session_add(s, Receipt, .shop_code = "w");
    Memo *note = session_add(s, Memo, .shop_code = "n"), *other = session_add(s, Memo);
    other->shop_code = "w";
    check_ok(session_commit(s));
    check_items(west->bills, bill);
    check_items(west->memos, other);
    ck_assert_ptr_eq(north->memos.items[2], note);
    check_ok(session_unlink(s, west, memos, other));
    check_ok(session_link(s, south, memos, note));
    check_empty(west->memos);
    ck_assert_uint_eq(north->memos.count, 2);
    check_ok(session_commit(s));
    live_check("n,n,s,s,", "SELECT string_agg(coalesce(shop_code, ''), ',' ORDER BY shop_code) FROM memos");
}
END_TEST

/* A new owner takes the code of one that goes after it was asked for by another: items that say so are its own. */
START_TEST(test_by_unique__code_of_a_deleted_one)
{
    Shop *west = session_add(s, Shop, .code = "w");
    Receipt *bill = session_add(s, Receipt, .shop_code = "w");
    Memo *note = session_add(s, Memo, .shop_code = "w");
    session_plan(s);
    check_items(west->memos, note);
    check_ok(session_delete(s, south));
    west->code = bill->shop_code = note->shop_code = "s";
    check_ok(session_commit(s));
    check_items(west->bills, bill);
    check_items(west->memos, note);
    ck_assert(!bill->shop || bill->shop == west);
    live_check("n,n,s,", "SELECT string_agg(coalesce(shop_code, ''), ',' ORDER BY shop_code) FROM memos");
    check_nothing_to_write();
}
END_TEST

/* A code that has been given away leads to its new owner. */
START_TEST(test_by_unique__codes_change)
{
    north->code = "old";
    check_ok(session_delete(s, south));
    check_ok(session_commit(s));
    Shop *east = session_add(s, Shop, .code = "n");
    check_ok(session_commit(s));
    Memo *note = session_add(s, Memo, .shop_code = "n");
    check_ok(session_commit(s));
    check_items(east->memos, note);
    note->shop_code = "old";
    check_ok(session_commit(s));
    check_empty(east->memos);
    ck_assert_ptr_eq(north->memos.items[north->memos.count - 1], note);
}
END_TEST

/* Codes that others have changed are known as soon as the rows are read. */
START_TEST(test_by_unique__codes_read_again)
{
    live_sql("INSERT INTO shops (code) VALUES ('e')");
    Shop *east = session_find(s, Shop, 3);
    check_ok(session_load(s, east, memos));
    live_sql("UPDATE shops SET code = 'east' WHERE id = 3");
    Memo *note = session_add(s, Memo, .shop_code = "e");
    session_plan(s);
    check_items(east->memos, note);
    check_ok(session_refresh(s, east));
    note->shop_code = "east";
    session_plan(s);
    check_items(east->memos, note);
    check_ok(session_commit(s));
    check_items(east->memos, note);
}
END_TEST

START_TEST(test_by_unique__pointer_without_a_trip)
{
    size_t count;
    scene_renew();
    north = session_find(s, Shop, 1);
    Query *q = session_query(s, Receipt);
    query_where(q, Receipt, shop_code, "=", "n");
    Receipt **bills = query_all(q, Receipt, &count);
    cost_start();
    check_ok(session_load(s, bills[0], shop));
    check_cost(0, 0);
    ck_assert_ptr_eq(bills[0]->shop, north);
}
END_TEST

/* Calls that get to see an object bring the collections into step. */
START_TEST(test_by_unique__seen)
{
    Memo *note = north->memos.items[0];
    note->shop_code = "s";
    ck_assert(session_is_dirty(s, note));
    ck_assert_uint_eq(north->memos.count, 1);
    ck_assert_ptr_eq(south->memos.items[1], note);
    Receipt *bill = north->bills.items[0];
    bill->shop_code = "s";
    check_ok(session_load(s, bill, shop));
    ck_assert_ptr_eq(bill->shop, south);
    ck_assert_ptr_eq(south->bills.items[1], bill);
    check_ok(session_rollback(s));
    ck_assert_uint_eq(north->memos.count, 2);
    ck_assert_uint_eq(north->bills.count, 2);
}
END_TEST

/* Who is there is not known again, once what was linked has left. */
START_TEST(test_by_unique__has_one_unseen)
{
    Safe *first = session_find(s, Safe, 1), *second = session_find(s, Safe, 2);
    check_ok(session_link(s, north, safe, second));
    check_ok(session_unlink(s, north, safe, second));
    ck_assert(!session_is_loaded(s, north, safe));
    check_nothing_to_write();
    check_ok(session_load(s, north, safe));
    ck_assert_ptr_eq(north->safe, first);
    Safe *third = session_add(s, Safe);
    check_ok(session_link(s, south, safe, third));
    check_ok(session_delete(s, third));
    check_ok(session_commit(s));
    ck_assert(!session_is_loaded(s, south, safe));
    check_ok(session_load(s, south, safe));
    ck_assert_ptr_null(south->safe);
}
END_TEST

/* Moves by value in a session whose n-th allocation fails; where the whole of it succeeds, collections have followed. */
static Status move_failing(Session *session, struct failing *failing, size_t n)
{
    Shop *from = session_find(session, Shop, 1), *to = session_find(session, Shop, 2);
    session_load(session, from, memos);
    session_load(session, to, memos);
    ck_assert(from && to && from->memos.count == 2);
    Memo *memo = from->memos.items[0];
    memo->shop_code = "s";
    failing_at(failing, n, FAILING_ONCE);
    bool dirty = session_is_dirty(session, memo);
    failing_off(failing);
    if (session_error(session)) {
        ck_assert_int_eq(session_error(session)->status, STATUS_NO_MEMORY);
        session_clear_error(session);
        dirty = session_is_dirty(session, memo);
    }
    ck_assert(dirty);
    check_items(from->memos, from->memos.items[0]);
    ck_assert_ptr_eq(to->memos.items[to->memos.count - 1], memo);
    return session_rollback(session);
}

START_TEST(test_by_unique__without_memory)
{
    struct failing failing;
    bool more = true;
    failing_init(&failing);
    Database *hooked =
        scene_database(NULL, MODELS(Shop, Receipt, Memo, Safe), DATABASE_OPTIONS(.allocator = &failing.hook));
    for (size_t n = 1; more; n++) {
        Session *session = session_open(hooked);
        ck_assert_int_eq(move_failing(session, &failing, n), STATUS_OK);
        more = failing_reached(&failing);
        session_close(session);
    }
    database_close(hooked);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

/* What is linked to a new object follows when that gets another key before the commit: new rows, and old ones. */
START_TEST(test_by_unique__key_of_a_new_owner_changes)
{
    live_sql(
        "DELETE FROM bills; DELETE FROM memos; INSERT INTO bills (id) VALUES (91); INSERT INTO memos (id) VALUES (91)");
    Shop *owner = session_add(s, Shop, .code = "first");
    Receipt *bill = _i ? session_find(s, Receipt, 91) : session_add(s, Receipt);
    Memo *memo = _i ? session_find(s, Memo, 91) : session_add(s, Memo);
    check_ok(session_link(s, owner, bills, bill));
    check_ok(session_link(s, owner, memos, memo));
    ck_assert_str_eq(bill->shop_code, "first");
    owner->code = "last";
    check_ok(session_commit(s));
    live_check("last|last",
               "SELECT (SELECT shop_code FROM bills WHERE id = %" PRId64 "), (SELECT shop_code FROM memos"
               " WHERE id = %" PRId64 ")",
               bill->id, memo->id);
    ck_assert_str_eq(bill->shop_code, "last");
    ck_assert_str_eq(memo->shop_code, "last");
    ck_assert_ptr_eq(bill->shop, owner);
    check_nothing_to_write();
}
END_TEST

/* What is known of an expired object is what its row was: its collections go on by that. */
START_TEST(test_by_unique__expired_owner)
{
    Shop *owner = session_add(s, Shop, .code = "old");
    check_ok(session_commit(s));
    check_ok(session_load(s, owner, bills));
    check_ok(session_expire(s, owner));
    Receipt *bill = session_add(s, Receipt, .shop_code = "old");
    check_ok(session_commit(s));
    ck_assert_uint_eq(owner->bills.count, 1);
    ck_assert_ptr_eq(owner->bills.items[0], bill);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_by_unique__key_of_a_new_owner_changes, 0, 2);
    tcase_add_test(tests, test_by_unique__expired_owner);
    tcase_add_test(tests, test_by_unique__moved_by_value);
    tcase_add_test(tests, test_by_unique__new_ones);
    tcase_add_test(tests, test_by_unique__code_of_a_deleted_one);
    tcase_add_test(tests, test_by_unique__codes_change);
    tcase_add_test(tests, test_by_unique__codes_read_again);
    tcase_add_test(tests, test_by_unique__pointer_without_a_trip);
    tcase_add_test(tests, test_by_unique__seen);
    tcase_add_test(tests, test_by_unique__has_one_unseen);
    tcase_add_test(tests, test_by_unique__without_memory);
}

int main(void)
{
    return scene_main("by_unique", setup, scene_close, add_tests);
}
