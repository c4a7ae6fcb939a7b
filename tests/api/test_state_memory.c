/* Objects that come back, are known in part, out of date or merged, while memory runs out: each allocation fails in turn.
 * Nothing is leaked, what failed can be done again, and what is written is what was meant. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/failing.h"

static struct failing failing;

static void setup(void)
{
    failing_init(&failing);
    scene_open_with(WORKS, DATABASE_OPTIONS(.allocator = &failing.hook));
}

static void teardown(void)
{
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}

static void given(void)
{
    live_sql(
        "TRUNCATE makers, seats RESTART IDENTITY CASCADE;"
        "INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('Bob', 2), ('Cid', 3);"
        "INSERT INTO items (maker_id, code, title, note, version) VALUES (1, 'a', 'A', 'n', 1), (2, 'b', 'B', 'n', 1);"
        "INSERT INTO parts (item_id, amount) VALUES (1, 5);"
        "INSERT INTO seats VALUES ('hall', 1, 'Eve')");
}

/* --- what is done; each can be done again in a session where it failed half way --- */

static void with_stubs(void)
{
    Maker *ann = session_stub(s, Maker, 1);
    Item *item = session_stub(s, Item, 1);
    Seat *seat = session_stub(s, Seat, "hall", 1);
    Part *part = session_stub(s, Part, 1);
    item->version = 1;
    item->title = "T";
    session_assign_null(s, item, note);
    session_mark_changed(s, ann, grade);
    seat->guest = "Fay";
    session_delete(s, part);
}

static void with_filled_stubs(void)
{
    Maker *ann = session_stub(s, Maker, 1);
    Item *item = session_stub(s, Item, 1);
    Seat *seat = session_stub(s, Seat, "hall", 1);
    ann->grade = (NullInt32){0, false};
    size_t count;
    query_all(session_query(s, Maker), Maker, &count);
    session_load_columns(s, item);
    session_load(s, item, maker);
    session_find(s, Seat, "hall", 1);
    if (session_error(s))
        return;
    ck_assert_str_eq(ann->name, "Ann");
    ck_assert_ptr_eq(item->maker, ann);
    session_assign_null(s, ann, grade);
    item->title = "T";
    item->note = NULL;
    seat->guest = "Fay";
    session_delete(s, session_find(s, Part, 1));
}

static void with_expired(void)
{
    Maker *ann = session_find(s, Maker, 1);
    Item *item = session_find(s, Item, 1);
    Seat *seat = session_find(s, Seat, "hall", 1);
    Part *part = session_find(s, Part, 1);
    if (session_error(s))
        return;
    session_load(s, ann, items);
    item->title = "dropped";
    session_expire_all(s);
    seat->guest = "Fay";
    session_load_columns(s, item);
    session_find(s, Maker, 1);
    if (session_error(s))
        return;
    ann->grade.valid = false;
    item->title = "T";
    item->note = NULL;
    session_delete(s, part);
}

static void with_attached(void)
{
    Maker *ann = session_find(s, Maker, 1);
    Item cached = {.id = 1, .maker_id = 1, .code = "a", .title = "A", .note = "n", .version = 1};
    Seat *seat = session_find(s, Seat, "hall", 1);
    Item *item = session_contains(s, session_find(s, Item, 1)) ? session_find(s, Item, 1) : NULL;
    if (session_error(s))
        return;
    session_evict(s, item);
    item = session_attach_struct(s, Item, &cached);
    session_evict(s, ann);
    session_attach(s, ann);
    session_delete(s, session_stub(s, Part, 1));
    if (session_error(s) || !session_contains(s, ann))
        return;
    seat->guest = "Fay";
    ann->grade.valid = false;
    item->title = "T";
    item->note = NULL;
}

static void with_merges(void)
{
    Item *item;
    session_merge_only(s, Maker, (grade), &((Maker){.id = 1}));
    item = session_merge(s, Item, &((Item){.id = 1, .maker_id = 1, .code = "a", .title = "T", .version = 1}));
    if (item)
        session_assign_null(s, item, note);
    session_merge(s, Seat, &((Seat){"hall", 1, "Fay"}));
    session_delete(s, session_stub(s, Part, 1));
}

static void with_partial(void)
{
    Query *q = session_query(s, Item);
    query_only(q, Item, title);
    query_order_by(q, Item, id, ORDER_ASC);
    size_t count;
    Item **items = query_all(q, Item, &count);
    Query *makers = session_query(s, Maker);
    query_only(makers, Maker, name);
    query_with(makers, Maker, items);
    query_order_by(makers, Maker, id, ORDER_ASC);
    Maker *ann = items ? query_first(makers, Maker) : NULL;
    Seat *seat = session_find(s, Seat, "hall", 1);
    if (session_error(s))
        return;
    items[0]->title = "T";
    session_assign_null(s, items[0], note);
    session_mark_changed(s, ann, grade);
    session_load_columns(s, items[0]);
    seat->guest = "Fay";
    session_delete(s, session_stub(s, Part, 1));
}

static void with_refreshes(void)
{
    Maker *ann = session_find(s, Maker, 1);
    Item *item = session_find(s, Item, 1);
    if (session_error(s))
        return;
    Seat *seat = session_stub(s, Seat, "hall", 1);
    session_evict(s, ann);
    session_refresh(s, ann);
    session_refresh(s, item);
    session_refresh(s, seat);
    session_delete(s, session_stub(s, Part, 1));
    if (session_error(s))
        return;
    ann->grade.valid = false;
    item->title = "T";
    item->note = NULL;
    seat->guest = "Fay";
}

static void (*const acts[])(void) = {with_stubs,  with_filled_stubs, with_expired,  with_attached,
                                     with_merges, with_partial,      with_refreshes};

/* --- and what must be so then --- */

static void check_rows(bool done)
{
    live_check(done ? "Ann||T||Fay|0" : "Ann|1|A|n|Eve|1",
               "SELECT m.name, grade, title, note, guest, (SELECT count(*) FROM parts) FROM makers m "
               "JOIN items i ON i.maker_id = m.id CROSS JOIN seats WHERE m.id = 1");
}

static Status commit(bool begin)
{
    if (session_error(s))
        return session_error(s)->status;
    return begin ? session_flush(s) != STATUS_OK ? session_error(s)->status : session_commit(s) : session_commit(s);
}

static void again(size_t act, bool begin)
{
    session_clear_error(s);
    ck_assert_int_eq(session_rollback(s), STATUS_OK);
    check_rows(false);
    if (begin)
        check_ok(session_begin(s, NULL));
    acts[act]();
    check_no_error();
    check_ok(commit(begin));
}

START_TEST(test_state_memory__sweep)
{
    bool begin = _i & 1, more = true;
    size_t act = (size_t)_i / 2;
    for (size_t n = 1; more; n++) {
        given();
        scene_renew();
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        if (begin)
            session_begin(s, NULL);
        acts[act]();
        Status status = commit(begin);
        failing_off(&failing);
        const Error *error = session_error(s);
        ck_assert_msg(status == STATUS_OK || (status == STATUS_NO_MEMORY && error), "%s", error_text(error));
        if (status != STATUS_OK && error->outcome != OUTCOME_DONE)
            again(act, begin);
        session_clear_error(s);
        check_rows(true);
        check_nothing_to_write();
        more = failing_reached(&failing);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_state_memory__sweep, 0, 2 * COUNT_OF(acts));
}

int main(void)
{
    return scene_main("state_memory", setup, teardown, add_tests);
}
