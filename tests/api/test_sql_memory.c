/* Statements that run at once while memory runs out: each allocation fails in turn. Nothing is leaked, and what an
 * error says of the outcome is so. */
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

typedef struct Named {
    const char *name;
    TextArray words;
} Named;

MODEL(Named, NULL, COLUMN(Named, name), COLUMN(Named, words));

static bool pass(void *arg, const void *object)
{
    (void)arg;
    return object != NULL;
}

/* --- what is done; each on fresh rows --- */

static void act_rows(void)
{
    size_t count;
    Maker **makers = session_sql(s, Maker, &count, "SELECT * FROM makers WHERE name <> %s ORDER BY id", "x");
    ck_assert(!makers || (count == 3 && strcmp(makers[2]->name, "Cid") == 0));
}

static void act_plain(void)
{
    const char *words[] = {"a", NULL, "c"};
    Named *named =
        session_sql_one(s, Named, "SELECT %s || 'x' AS name, %p AS words", "a", BIND(((TextArray){words, NULL, 3})));
    ck_assert(!named || (strcmp(named->name, "ax") == 0 && named->words.count == 3));
}

static void act_each(void)
{
    session_sql_each(s, Maker, pass, NULL, "SELECT * FROM makers");
}

static void act_execute(void)
{
    session_execute(s, NULL, "UPDATE makers SET grade = %d WHERE name = %s", 7, "Ann");
}

static void act_returning(void)
{
    session_sql_one(s, Maker, "UPDATE makers SET grade = 7 WHERE name = 'Ann' RETURNING *");
}

static void act_update(void)
{
    if (!session_find(s, Maker, 1))
        return;
    Query *q = session_query(s, Maker);
    query_where_sql(q, "name = %s", "Ann");
    query_set(q, Maker, grade, 7);
    query_update(q, NULL);
}

static void act_upsert(void)
{
    if (!session_find(s, Maker, 1))
        return;
    const Maker makers[] = {{.name = "Ann", .grade = {7, true}}, {.name = "new"}};
    session_upsert_many(s, Maker, (name), makers, 2);
}

static void act_explain(void)
{
    Query *q = session_query(s, Maker);
    query_where_sql(q, "name = %s", "Ann");
    query_explain(q, EXPLAIN_JSON);
}

static void (*const acts[])(void) = {act_rows,      act_plain,  act_each,   act_execute,
                                     act_returning, act_update, act_upsert, act_explain};

/* With a transaction of the program around it, what was done is undone. */
static void run(size_t act, bool begin)
{
    if (begin)
        ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    acts[act]();
    failing_off(&failing);
    const Error *error = session_error(s);
    bool writes = act >= 3 && act <= 6, done = !error || error->outcome == OUTCOME_DONE;
    ck_assert_msg(!error || error->status == STATUS_NO_MEMORY, "%s", error_text(error));
    if (begin)
        ck_assert_int_eq(session_rollback(s), STATUS_OK);
    live_check(writes && done && !begin ? "7" : "1", "SELECT grade FROM makers WHERE name = 'Ann'");
    Maker *ann = session_find(s, Maker, 1);
    session_clear_error(s);
    ck_assert(!ann || !begin || (ann->grade.value == 1 && !session_is_dirty(s, ann)));
}

START_TEST(test_sql_memory__sweep)
{
    bool begin = _i & 1, more = true;
    size_t act = (size_t)_i / 2;
    for (size_t n = 1; more; n++) {
        live_sql("TRUNCATE makers RESTART IDENTITY CASCADE;"
                 "INSERT INTO makers (name, grade) VALUES ('Ann', 1), ('bob', NULL), ('Cid', 3)");
        scene_renew();
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        run(act, begin);
        more = failing_reached(&failing);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_sql_memory__sweep, 0, 2 * COUNT_OF(acts));
}

int main(void)
{
    return scene_main("sql_memory", setup, teardown, add_tests);
}
