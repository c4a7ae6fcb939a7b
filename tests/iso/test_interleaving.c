/* Two sessions, every interleaving of their steps: what each commit must say follows from who read before whom wrote. */
#include "api/scene.h"
#include "api/works_models.h"

enum { STEPS = 3, ORDERS = 20 }; /* find, change, commit; 6 over 3 */

static Session *sessions[2];
static void *objects[2];

static void setup(void)
{
    scene_open(WORKS);
    live_sql("INSERT INTO makers (name, grade) VALUES ('m', 0); INSERT INTO words VALUES ('w', 0);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'c', 'old', 1)");
    for (int i = 0; i < 2; i++)
        sessions[i] = session_open(db);
}

static void teardown(void)
{
    for (int i = 0; i < 2; i++)
        session_close(sessions[i]);
    scene_close();
}

/* The n-th way to mix the steps of two sessions: who takes each step. */
static void order_of(int n, int ret_who[2 * STEPS])
{
    for (unsigned bits = 0; bits < 1u << 2 * STEPS; bits++) {
        if (__builtin_popcount(bits) != STEPS || n-- > 0)
            continue;
        for (int i = 0; i < 2 * STEPS; i++)
            ret_who[i] = bits >> i & 1;
        return;
    }
    ck_abort();
}

/* What two sessions may do to one row. */
enum deed { UPDATE, UPDATE_OTHER, DELETE, DEEDS };

static void change_item(int who, enum deed deed)
{
    Item *item = objects[who];
    if (!item)
        return;
    if (deed == UPDATE)
        item->title = who ? "second" : "first";
    else if (deed == UPDATE_OTHER)
        item->note = who ? "second" : "first";
    else
        session_delete(sessions[who], item);
}

/* --- one row with a version --- */

struct model {
    int version; /* 0: the row is gone */
    int read[2]; /* the version that each has; 0: none */
};

static Status expected_commit(struct model *model, int who, enum deed deed)
{
    if (!model->read[who])
        return STATUS_OK; /* found nothing: nothing to write */
    if (model->read[who] != model->version)
        return STATUS_STALE;
    model->version = deed == DELETE ? 0 : model->version + 1;
    return STATUS_OK;
}

START_TEST(test_interleaving__row_with_version)
{
    enum deed deeds[2] = {(enum deed)(_i / ORDERS / DEEDS), (enum deed)(_i / ORDERS % DEEDS)};
    int who[2 * STEPS], step[2] = {0, 0};
    struct model model = {.version = 1};
    order_of(_i % ORDERS, who);
    for (int i = 0; i < 2 * STEPS; i++) {
        int w = who[i];
        switch (step[w]++) {
        case 0:
            objects[w] = session_find(sessions[w], Item, 1);
            model.read[w] = model.version;
            ck_assert((objects[w] != NULL) == (model.version > 0));
            break;
        case 1: change_item(w, deeds[w]); break;
        default: {
            Status expected = expected_commit(&model, w, deeds[w]), status = session_commit(sessions[w]);
            ck_assert_msg(status == expected, "order %d: %s, not %s", _i, status_name(status), status_name(expected));
            if (status != STATUS_OK) {
                ck_assert_ptr_eq(session_error(sessions[w])->object, objects[w]);
                ck_assert_int_eq(session_error(sessions[w])->outcome, OUTCOME_NOT_DONE);
            }
            char version[16] = "";
            if (model.version)
                snprintf(version, sizeof(version), "%d", model.version);
            live_check(version, "SELECT version FROM items");
        }
        }
    }
}
END_TEST

/* --- one row without a version: the last writer wins, but only for the columns that it changed --- */

START_TEST(test_interleaving__row_without_version)
{
    int who[2 * STEPS], step[2] = {0, 0}, last = -1;
    bool same_column = _i >= ORDERS;
    order_of(_i % ORDERS, who);
    for (int i = 0; i < 2 * STEPS; i++) {
        int w = who[i];
        Maker *maker = objects[w];
        switch (step[w]++) {
        case 0: objects[w] = session_find(sessions[w], Maker, 1); break;
        case 1:
            if (same_column)
                maker->name = w ? "second" : "first";
            else if (w)
                maker->name = "second";
            else
                maker->grade.value = 5;
            break;
        default: ck_assert_int_eq(session_commit(sessions[w]), STATUS_OK); last = w;
        }
    }
    if (same_column)
        live_check(last ? "second|0" : "first|0", "SELECT name, grade FROM makers");
    else
        live_check("second|5", "SELECT name, grade FROM makers"); /* neither is lost */
}
END_TEST

/* --- a unique value that both want --- */

START_TEST(test_interleaving__unique_value)
{
    int who[2 * STEPS], step[2] = {0, 0}, commits = 0;
    order_of(_i, who);
    for (int i = 0; i < 2 * STEPS; i++) {
        int w = who[i];
        switch (step[w]++) {
        case 0:
            objects[w] = session_find_by(sessions[w], Maker, name, "wanted");
            ck_assert((objects[w] != NULL) == (commits > 0));
            break;
        case 1: /* a program that looks first, and adds what is not there */
            if (!objects[w])
                objects[w] = session_add(sessions[w], Maker, .name = "wanted");
            break;
        default: {
            bool adds = session_is_dirty(sessions[w], objects[w]);
            Status status = session_commit(sessions[w]);
            ck_assert_int_eq(status, adds && commits > 0 ? STATUS_UNIQUE : STATUS_OK);
            if (status != STATUS_OK)
                ck_assert_ptr_eq(session_error(sessions[w])->object, objects[w]);
            commits++;
        }
        }
    }
    live_check("1", "SELECT count(*) FROM makers WHERE name = 'wanted'");
}
END_TEST

/* --- a parent that goes while a child comes --- */

START_TEST(test_interleaving__parent_deleted_child_added)
{
    int who[2 * STEPS], step[2] = {0, 0};
    bool gone = false, child = false;
    live_sql("INSERT INTO makers (id, name) VALUES (9, 'p')");
    order_of(_i, who);
    for (int i = 0; i < 2 * STEPS; i++) {
        int w = who[i];
        Maker *maker = objects[w];
        switch (step[w]++) {
        case 0: objects[w] = session_find(sessions[w], Maker, 9); break;
        case 1:
            if (maker && w == 0)
                session_delete(sessions[w], maker);
            else if (maker)
                session_add(sessions[w], Item, .code = "child", .title = "", .maker = maker);
            break;
        default: {
            Status status = session_commit(sessions[w]);
            bool fails = w == 0 ? child : maker && gone;
            ck_assert_int_eq(status, fails ? STATUS_FOREIGN_KEY : STATUS_OK);
            gone = gone || (w == 0 && !fails);
            child = child || (w == 1 && maker && !fails);
        }
        }
    }
    ck_assert(gone != child);
    live_check("0", "SELECT count(*) FROM items WHERE maker_id NOT IN (SELECT id FROM makers)");
}
END_TEST

/* --- what a transaction of the program sees --- */

static const struct {
    enum howdah_isolation isolation;
    bool sees;    /* what others commit meanwhile */
    Status write; /* over what others wrote meanwhile, with no version */
} levels[] = {
    {ISOLATION_READ_COMMITTED, true, STATUS_OK},
    {ISOLATION_REPEATABLE_READ, false, STATUS_SERIALIZATION},
    {ISOLATION_SERIALIZABLE, false, STATUS_SERIALIZATION},
};

START_TEST(test_interleaving__isolation)
{
    Session *one = sessions[0], *two = sessions[1];
    ck_assert_int_eq(session_begin(one, BEGIN_OPTIONS(.isolation = levels[_i].isolation)), STATUS_OK);
    Word *word = session_find(one, Word, "w");
    Maker *other = session_find(one, Maker, 1);
    Word *theirs = session_find(two, Word, "w");
    theirs->count = 5;
    ck_assert_int_eq(session_commit(two), STATUS_OK);
    ck_assert_int_eq(session_refresh(one, word), STATUS_OK);
    ck_assert_int_eq(word->count, levels[_i].sees ? 5 : 0);
    size_t count;
    session_add(two, Word, .word = "phantom");
    ck_assert_int_eq(session_commit(two), STATUS_OK);
    query_all(session_query(one, Word), Word, &count);
    ck_assert_uint_eq(count, levels[_i].sees ? 2 : 1);
    word->count = 7;
    other->grade.value = 3;
    ck_assert_int_eq(session_flush(one), levels[_i].write);
    if (levels[_i].write == STATUS_OK) {
        ck_assert_int_eq(session_commit(one), STATUS_OK);
        live_check("7|3", "SELECT count, grade FROM words, makers WHERE word = 'w'");
        return;
    }
    ck_assert_str_eq(session_error(one)->sqlstate, "40001");
    ck_assert_int_eq(session_error(one)->outcome, OUTCOME_NOT_DONE);
    live_check("5|0", "SELECT count, grade FROM words, makers WHERE word = 'w'");
    /* run the whole unit again */
    ck_assert_int_eq(session_rollback(one), STATUS_OK);
    ck_assert_int_eq(session_begin(one, BEGIN_OPTIONS(.isolation = levels[_i].isolation)), STATUS_OK);
    ck_assert_int_eq(session_refresh(one, word), STATUS_OK);
    word->count += 7;
    ck_assert_int_eq(session_commit(one), STATUS_OK);
    live_check("12", "SELECT count FROM words WHERE word = 'w'");
}
END_TEST

/* Write skew: each reads what the other writes. Serializable lets one through. */
START_TEST(test_interleaving__write_skew)
{
    live_sql("INSERT INTO seats VALUES ('a', 1, 'on call'), ('a', 2, 'on call')");
    Seat *seats[2];
    for (int i = 0; i < 2; i++) {
        size_t count;
        ck_assert_int_eq(session_begin(sessions[i], BEGIN_OPTIONS(.isolation = _i ? ISOLATION_SERIALIZABLE
                                                                                  : ISOLATION_REPEATABLE_READ)),
                         STATUS_OK);
        query_all(session_query(sessions[i], Seat), Seat, &count);
        ck_assert_uint_eq(count, 2);
        seats[i] = session_find(sessions[i], Seat, "a", i + 1);
        seats[i]->guest = NULL; /* "the other one is on call" */
    }
    Status first = session_commit(sessions[0]), second = session_commit(sessions[1]);
    ck_assert_int_eq(first, STATUS_OK);
    ck_assert_int_eq(second, _i ? STATUS_SERIALIZATION : STATUS_OK);
    live_check(_i ? "1" : "0", "SELECT count(*) FROM seats WHERE guest IS NOT NULL");
    if (_i)
        ck_assert_int_eq(session_error(sessions[1])->outcome, OUTCOME_NOT_DONE);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_interleaving__row_with_version, 0, ORDERS * DEEDS * DEEDS);
    tcase_add_loop_test(tests, test_interleaving__row_without_version, 0, 2 * ORDERS);
    tcase_add_loop_test(tests, test_interleaving__unique_value, 0, ORDERS);
    tcase_add_loop_test(tests, test_interleaving__parent_deleted_child_added, 0, ORDERS);
    tcase_add_loop_test(tests, test_interleaving__isolation, 0, (int)COUNT_OF(levels));
    tcase_add_loop_test(tests, test_interleaving__write_skew, 0, 2);
}

int main(void)
{
    return scene_main("interleaving", setup, teardown, add_tests);
}
