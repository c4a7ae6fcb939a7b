/* Links over join tables with models, refreshes of owners and counts while memory runs out: each allocation fails in turn. All
 * of it is done, or nothing; nothing leaks. */
#include "api/recipe_models.h"
#include "api/scene.h"
#include "support/failing.h"

static struct failing failing;

static void setup(void)
{
    failing_init(&failing);
    scene_open_with(RECIPES, DATABASE_OPTIONS(.allocator = &failing.hook));
}

static void teardown(void)
{
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}

static void seed(void)
{
    live_sql("TRUNCATE recipes, herbs, uses, cooks, credits RESTART IDENTITY;"
             "INSERT INTO recipes (title) VALUES ('Soup'), ('Tea'); INSERT INTO herbs (name) VALUES ('mint'), ('sage');"
             "INSERT INTO uses (recipe_id, herb_id, grams, note, version) VALUES (1, 1, 5, 'fresh', 3);"
             "INSERT INTO cooks (name) VALUES ('Ann');"
             "INSERT INTO credits (recipe_id, cook_id, role) VALUES (1, 1, 'author')");
}

/* A link, the end of one that is loaded and of one that isn't, an object of the model, a count, a refresh. */
static Status work(void)
{
    Recipe *soup = session_find(s, Recipe, 1), *tea = session_find(s, Recipe, 2);
    Herb *mint = session_find(s, Herb, 1), *sage = session_find(s, Herb, 2);
    Cook *ann = session_find(s, Cook, 1);
    if (!soup || !tea || !mint || !sage || !ann)
        return session_error(s)->status;
    session_load(s, soup, herbs);
    session_find(s, Use, 1, 1);
    session_link(s, tea, herbs, mint);
    session_refresh(s, tea); /* which drops it */
    session_link(s, soup, herbs, sage);
    session_unlink(s, soup, herbs, mint);
    session_unlink(s, ann, recipes, soup);
    session_add(s, Use, .recipe = tea, .herb = sage);
    session_count(s, tea, herbs);
    session_load(s, tea, herbs);
    return session_commit(s);
}

#define ROWS \
    "SELECT (SELECT string_agg(recipe_id || '-' || herb_id, ',' ORDER BY 1) FROM uses), (SELECT count(*) FROM credits)"

START_TEST(test_link_model_memory__sweep)
{
    bool more = true;
    for (size_t n = 1; more; n++) {
        seed();
        scene_renew();
        failing_at(&failing, n, _i ? FAILING_FROM : FAILING_ONCE);
        Status status = work();
        failing_off(&failing);
        more = failing_reached(&failing);
        const Error *error = session_error(s);
        ck_assert_msg(status == STATUS_OK || (more && status == STATUS_NO_MEMORY), "%s", error_text(error));
        bool done = !error || error->outcome == OUTCOME_DONE;
        live_check(done ? "1-2,2-2|0" : "1-1|1", ROWS);
        session_clear_error(s);
        check_ok(session_rollback(s));
        check_nothing_to_write();
        ck_assert_uint_lt(n, 2000);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_link_model_memory__sweep, 0, 2);
}

int main(void)
{
    return scene_main("link_model_memory", setup, teardown, add_tests);
}
