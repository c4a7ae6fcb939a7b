/* Sessions while memory runs out: what a program does with them every day, with each allocation failing in turn. */
#include "acts.h"

#include <string.h>

static PgUuid fragile(void)
{
    PgUuid id;
    ck_assert_int_eq(uuid_from_text("01890000-0000-7000-8000-000000000001", &id), STATUS_OK);
    return id;
}

/* --- adding --- */

START_TEST(test_session_memory__add_a_parent_and_its_children)
{
    sweep(&act_add);
}
END_TEST

static Status add_by_value(Session *s)
{
    const Item *nail = session_find(s, Item, 2);
    NEED(s, nail);
    session_add(s, Item, .slug = "screw", .title = "Screw", .maker_id = nail->maker_id);
    session_add(s, Sticker, .item_id = 2, .label_id = fragile(), .place = 4);
    return status_of(s);
}

START_TEST(test_session_memory__add_by_value)
{
    static const struct act act = {"add by value", workshop_rows_sql, add_by_value, NULL,
                                   act_commit,     STATUS_OK,         NULL,         false};
    sweep(&act);
}
END_TEST

START_TEST(test_session_memory__add_one_row)
{
    sweep(&act_add_one);
}
END_TEST

static Status add_many(Session *s)
{
    for (int i = 0; i < 1200; i++)
        session_add(s, Label, .text = session_text(s, "label %d", i));
    return status_of(s);
}

START_TEST(test_session_memory__add_many_rows)
{
    static const struct act act = {"add many rows", "", add_many, NULL, act_commit, STATUS_OK, NULL, false};
    sweep_warm(&act);
}
END_TEST

/* --- changing --- */

START_TEST(test_session_memory__change_add_and_delete)
{
    sweep(&act_change);
}
END_TEST

static Status delete_rows(Session *s)
{
    Sticker *sticker = session_find(s, Sticker, 3, fragile());
    NEED(s, sticker);
    session_delete(s, sticker);
    session_delete(s, session_find(s, Label, fragile()));
    session_delete(s, session_find(s, Item, 3));
    session_delete(s, session_find(s, Maker, 2));
    return status_of(s);
}

START_TEST(test_session_memory__delete)
{
    static const struct act act = {"delete", workshop_rows_sql, delete_rows, NULL, act_commit, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

static Status change_one(Session *s)
{
    Item *bowl = session_find(s, Item, 3);
    NEED(s, bowl);
    bowl->note = "cracked";
    return status_of(s);
}

START_TEST(test_session_memory__change_one_row)
{
    static const struct act act = {"change one row", workshop_rows_sql, change_one, NULL,
                                   act_commit,       STATUS_OK,         NULL,       false};
    sweep(&act);
}
END_TEST

static Status move_to_another(Session *s)
{
    Item *bowl = session_find(s, Item, 3), *nail = session_find(s, Item, 2);
    Maker *ada = session_find(s, Maker, 1);
    NEED(s, bowl);
    bowl->maker = ada;
    nail->maker_id = 2;
    return status_of(s);
}

START_TEST(test_session_memory__foreign_keys_by_pointer_and_value)
{
    static const struct act act = {
        "foreign keys", workshop_rows_sql, move_to_another, NULL, act_commit, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

/* --- faults of the data --- */

START_TEST(test_session_memory__unique_violation)
{
    sweep(&act_unique);
}
END_TEST

static Item *stale;

static Status change_two(Session *s)
{
    Maker *ada = session_find(s, Maker, 1);
    stale = session_find(s, Item, 1);
    NEED(s, stale);
    ada->name = "Ada S.";
    stale->title = "Mine";
    return status_of(s);
}

static void mend_stale(Session *s)
{
    ck_assert_ptr_eq(session_error(s)->object, stale);
    session_clear_error(s);
    ck_assert_int_eq(session_refresh(s, stale), STATUS_OK);
    ck_assert_str_eq(stale->title, "Theirs");
    stale->title = "Mine";
}

START_TEST(test_session_memory__stale_row)
{
    static const struct act act = {"stale row", workshop_rows_sql,
                                   change_two,  "UPDATE items SET title = 'Theirs', version = version + 1 WHERE id = 1",
                                   act_commit,  STATUS_STALE,
                                   mend_stale,  false};
    sweep(&act);
}
END_TEST

static Status add_orphan(Session *s)
{
    session_add(s, Label, .text = "orphan's");
    session_add(s, Item, .slug = "orphan", .title = "Orphan", .maker_id = 77);
    return status_of(s);
}

START_TEST(test_session_memory__foreign_key_violation)
{
    static const struct act act = {"foreign key violation", "",   add_orphan, NULL, act_commit,
                                   STATUS_FOREIGN_KEY,      NULL, false};
    sweep(&act);
}
END_TEST

/* So many that a few rows together tell first among whom the guilty one is. */
static Status add_many_twins(Session *s)
{
    for (int i = 0; i < 70; i++)
        session_add(s, Maker, .name = "Hal", .code = {'H', (char)('0' + i / 10), (char)('0' + i % 10)},
                    .mail = session_text(s, "hal%d@example.com", i == 69 ? 3 : i));
    return status_of(s);
}

START_TEST(test_session_memory__violation_among_many)
{
    static const struct act act = {"violation among many", "",   add_many_twins, NULL, act_commit,
                                   STATUS_UNIQUE,          NULL, false};
    sweep_warm(&act);
}
END_TEST

static Status add_impossible(Session *s)
{
    session_add(s, Maker, .name = "Gil", .code = "G7", .mail = "gil\xff@example.com");
    return status_of(s);
}

START_TEST(test_session_memory__refused_before_it_is_sent)
{
    static const struct act act = {"refused value", "", add_impossible, NULL, act_commit, STATUS_INVALID, NULL, false};
    sweep(&act);
}
END_TEST

/* --- reading --- */

START_TEST(test_session_memory__query)
{
    sweep(&act_query);
}
END_TEST

static Status find_in_many_ways(Session *s)
{
    const Value keys[] = {VALUE(3), VALUE(99), VALUE(1), VALUE(3)};
    Item **items = session_find_many(s, Item, keys, 4);
    NEED(s, items);
    ck_assert_str_eq(items[0]->title, "Bowl");
    ck_assert_ptr_null(items[1]);
    ck_assert_ptr_eq(items[0], items[3]);
    Maker *ben = session_find_by(s, Maker, mail, "ben@example.com");
    NEED(s, ben);
    ck_assert_int_eq((int)ben->id, 2);
    Maker *nobody = session_find_by(s, Maker, mail, "nobody@example.com");
    ck_assert_ptr_null(nobody);
    ck_assert_ptr_null(session_find(s, Maker, 99));
    Sticker *sticker = session_find(s, Sticker, 3, fragile());
    NEED(s, sticker);
    ck_assert_int_eq(sticker->place, 1);
    if (session_refresh(s, ben) == STATUS_OK)
        ck_assert_int_eq(session_evict(s, ben), STATUS_OK);
    return status_of(s);
}

START_TEST(test_session_memory__find)
{
    static const struct act act = {"find", workshop_rows_sql, find_in_many_ways, NULL, NULL, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

/* Announced ones that fail to be noted, or to come: the find tells. */
static Status find_announced(Session *s)
{
    session_prefetch(s, Item, 3);
    session_prefetch(s, Maker, 1);
    session_prefetch(s, Maker, 99);
    session_prefetch(s, Sticker, 3, fragile());
    Maker *ben = session_find(s, Maker, 2);
    NEED(s, ben);
    Item *item = session_find(s, Item, 3);
    NEED(s, item);
    ck_assert_str_eq(item->title, "Bowl");
    Sticker *sticker = session_find(s, Sticker, 3, fragile());
    NEED(s, sticker);
    ck_assert_int_eq(sticker->place, 1);
    return status_of(s);
}

START_TEST(test_session_memory__prefetch)
{
    static const struct act act = {"prefetch", workshop_rows_sql, find_announced, NULL, NULL, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

static Status look_at_changes(Session *s)
{
    size_t count;
    Status status = act_change.work(s);
    if (status != STATUS_OK)
        return status;
    Maker *ada = session_find(s, Maker, 1);
    ck_assert(session_contains(s, ada));
    ck_assert(session_is_dirty(s, ada));
    const Change *changes = session_changes(s, ada, &count);
    NEED(s, changes);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(changes[0].field, "name");
    ck_assert_str_eq(changes[0].old_value.as.text, "Ada");
    const Plan *plan = session_plan(s);
    NEED(s, plan);
    const char *text = plan_text(plan);
    const char *dot = plan_dot(plan); /* both are "" where memory is out, and that is all */
    ck_assert_msg(!*text || (strstr(text, "INSERT INTO") && strstr(text, "DELETE FROM")), "%s", text);
    ck_assert_msg(!*dot || strstr(dot, "}\n"), "%s", dot);
    return status_of(s);
}

START_TEST(test_session_memory__plan_and_changes)
{
    static const struct act act = {
        "plan and changes", workshop_rows_sql, look_at_changes, NULL, act_commit, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

/* --- a transaction of the program --- */

START_TEST(test_session_memory__flush)
{
    sweep(&act_flush);
}
END_TEST

/* Savepoints, settings and a locked row: what is gone back over leaves nothing behind. */
static Status use_savepoints(Session *s)
{
    session_begin(s, NULL);
    session_set_local(s, "app.tenant", "1");
    Maker *ada = session_find_locked(s, Maker, LOCK_FOR_UPDATE, 1);
    NEED(s, ada);
    ada->name = "Ada B.";
    uint32_t place = session_savepoint(s);
    session_set_local(s, "app.tenant", "2");
    session_add(s, Maker, .name = "Gus", .code = "G7", .mail = "gus@example.com");
    ada->name = "Ada C.";
    if (session_flush(s) != STATUS_OK || session_rollback_to(s, place) != STATUS_OK)
        return status_of(s);
    ck_assert_str_eq(ada->name, "Ada B.");
    session_release(s, place);
    session_add(s, Maker, .name = "Hal", .code = "H8", .mail = "hal@example.com");
    session_savepoint(s);
    return status_of(s);
}

START_TEST(test_session_memory__savepoints)
{
    static const struct act act = {"savepoints", workshop_rows_sql, use_savepoints, NULL,
                                   act_commit,   STATUS_OK,         NULL,           false};
    sweep(&act);
}
END_TEST

static Status roll_back(Session *s)
{
    Item *anvil = session_find(s, Item, 1);
    NEED(s, anvil);
    session_begin(s, NULL);
    anvil->title = "Flushed";
    Maker *gone = session_add(s, Maker, .name = "Hal", .code = "H8", .mail = "hal@example.com");
    Status status = session_flush(s);
    if (status != STATUS_OK)
        return status;
    session_delete(s, anvil);
    status = session_rollback(s); /* it can't fail for want of memory */
    ck_assert_int_eq(status, STATUS_OK);
    ck_assert_str_eq(anvil->title, "Anvil");
    ck_assert(!session_contains(s, gone));
    ck_assert(!session_is_dirty(s, anvil));
    return status_of(s);
}

START_TEST(test_session_memory__rollback)
{
    static const struct act act = {"rollback", workshop_rows_sql, roll_back, NULL, NULL, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

static Status clear_and_find(Session *s)
{
    Maker *ada = session_find(s, Maker, 1);
    NEED(s, ada);
    session_clear(s);
    ck_assert_ptr_null(session_error(s));
    Maker *again = session_find(s, Maker, 1);
    NEED(s, again);
    ck_assert_str_eq(again->name, "Ada");
    return status_of(s);
}

START_TEST(test_session_memory__clear)
{
    static const struct act act = {"clear", workshop_rows_sql, clear_and_find, NULL, NULL, STATUS_OK, NULL, false};
    sweep(&act);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session_memory");
    TCase *tcase = tcase_create("session_memory");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, sweep_tables, NULL);
    tcase_add_test(tcase, test_session_memory__add_a_parent_and_its_children);
    tcase_add_test(tcase, test_session_memory__add_by_value);
    tcase_add_test(tcase, test_session_memory__add_one_row);
    tcase_add_test(tcase, test_session_memory__add_many_rows);
    tcase_add_test(tcase, test_session_memory__change_add_and_delete);
    tcase_add_test(tcase, test_session_memory__delete);
    tcase_add_test(tcase, test_session_memory__change_one_row);
    tcase_add_test(tcase, test_session_memory__foreign_keys_by_pointer_and_value);
    tcase_add_test(tcase, test_session_memory__unique_violation);
    tcase_add_test(tcase, test_session_memory__stale_row);
    tcase_add_test(tcase, test_session_memory__foreign_key_violation);
    tcase_add_test(tcase, test_session_memory__violation_among_many);
    tcase_add_test(tcase, test_session_memory__refused_before_it_is_sent);
    tcase_add_test(tcase, test_session_memory__query);
    tcase_add_test(tcase, test_session_memory__find);
    tcase_add_test(tcase, test_session_memory__prefetch);
    tcase_add_test(tcase, test_session_memory__plan_and_changes);
    tcase_add_test(tcase, test_session_memory__flush);
    tcase_add_test(tcase, test_session_memory__savepoints);
    tcase_add_test(tcase, test_session_memory__rollback);
    tcase_add_test(tcase, test_session_memory__clear);
    suite_add_tcase(suite, tcase);
    return sweep_main(suite);
}
