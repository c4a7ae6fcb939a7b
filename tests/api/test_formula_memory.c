/* Values that the server computes while memory runs out: each allocation fails in turn. Nothing is leaked, nothing is
 * computed twice, and what an error says of the outcome is so. */
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
    live_sql("TRUNCATE makers, words RESTART IDENTITY CASCADE;"
             "INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3);"
             "INSERT INTO items (maker_id, code, title, version) VALUES (1, 'a', 'A', 1), (1, 'b', 'B', 1);"
             "INSERT INTO words VALUES ('one', 1)");
}

/* --- what is done --- */

/* Some in one statement, some in others; a new row; a foreign key whose owners show it. */
static void set_many(void)
{
    Maker *ann = session_find(s, Maker, 1), *cid = session_find(s, Maker, 3);
    Item *item = session_find(s, Item, 1), *other = session_find(s, Item, 2);
    session_load(s, ann, items);
    session_load(s, cid, items);
    if (session_error(s))
        return;
    session_set_sql(s, ann, grade, "grade + %d", 1);
    session_set_sql(s, cid, grade, "grade + %d", 2);
    session_set_sql(s, item, maker_id, "maker_id + %d", 2);
    session_set_sql(s, item, title, "lower(%s)", "T");
    session_set_sql(s, other, title, "title || %s", "!");
    Maker *dee = session_add(s, Maker, .name = "Dee");
    session_set_sql(s, dee, grade, "1 + %d", 6);
}

/* One row is its own transaction, and its key moves. */
static void set_key(void)
{
    Word *one = session_find(s, Word, "one");
    if (one)
        session_set_sql(s, one, word, "word || %ld", 1L);
}

static const struct {
    void (*set)(void);
    const char *before, *after, *sql;
} acts[] = {
    {set_many, "Ann1,Cid3|1A,1B", "Ann2,Cid5,Dee7|1B!,3t",
     "SELECT (SELECT string_agg(name || grade, ',' ORDER BY name) FROM makers WHERE grade IS NOT NULL), "
     "(SELECT string_agg(maker_id || title, ',' ORDER BY maker_id, title) FROM items)"},
    {set_key, "one", "one1", "SELECT word FROM words"},
};

/* --- and what must be so then --- */

static Status commit(bool begin)
{
    if (begin && session_begin(s, NULL) != STATUS_OK)
        return session_error(s)->status;
    if (begin && session_flush(s) != STATUS_OK)
        return session_error(s)->status;
    return session_commit(s);
}

static void check_collections(void)
{
    Maker *ann = session_find(s, Maker, 1), *cid = session_find(s, Maker, 3);
    Item *item = session_find(s, Item, 1);
    ck_assert_int_eq(item->maker_id, 3);
    ck_assert_uint_eq(ann->items.count, 1);
    ck_assert_uint_eq(cid->items.count, 1);
    ck_assert_ptr_eq(cid->items.items[0], item);
}

static int commits;

static void count_commit(Session *session, void *arg)
{
    (void)session;
    (void)arg;
    commits++;
}

static void run(size_t act, bool begin)
{
    commits = 0;
    session_hooks(s, HOOKS(.after_commit = count_commit));
    acts[act].set();
    Status status = session_error(s) ? session_error(s)->status : commit(begin);
    failing_off(&failing);
    const Error *error = session_error(s);
    ck_assert_msg(status == STATUS_OK || (status == STATUS_NO_MEMORY && error), "%s", error_text(error));
    bool done = status == STATUS_OK || error->outcome == OUTCOME_DONE, perfect = status == STATUS_OK;
    ck_assert_int_eq(commits, done);
    if (!done && begin)
        ck_assert_int_eq(session_rollback(s), STATUS_OK);
    live_check(done ? acts[act].after : acts[act].before, "%s", acts[act].sql);
    session_clear_error(s);
    if (!done) {
        session_rollback(s);
        acts[act].set();
        check_ok(commit(begin));
        live_check(acts[act].after, "%s", acts[act].sql);
        perfect = true;
    }
    if (perfect && act == 0)
        check_collections();
    if (act == 1 && perfect)
        ck_assert_str_eq(((Word *)session_find(s, Word, "one1"))->word, "one1");
    session_rollback(s);
    check_nothing_to_write();
}

START_TEST(test_formula_memory__sweep)
{
    bool begin = _i & 1, more = true;
    size_t act = (size_t)_i / 2;
    for (size_t n = 1; more; n++) {
        given();
        scene_renew();
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        run(act, begin);
        more = failing_reached(&failing);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

/* A commit that failed for want of memory has lost nothing: the same is committed, without setting it again. */
START_TEST(test_formula_memory__again)
{
    bool more = true;
    for (size_t n = 1; more; n++) {
        given();
        scene_renew();
        set_many();
        failing_at(&failing, n, FAILING_ONCE);
        Status status = session_commit(s);
        failing_off(&failing);
        more = failing_reached(&failing);
        bool done = status == STATUS_OK || session_error(s)->outcome == OUTCOME_DONE;
        session_clear_error(s);
        if (!done)
            check_ok(session_commit(s));
        live_check(acts[0].after, "%s", acts[0].sql);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_formula_memory__sweep, 0, 2 * COUNT_OF(acts));
    tcase_add_test(tests, test_formula_memory__again);
}

int main(void)
{
    return scene_main("formula_memory", setup, teardown, add_tests);
}
