/* MANY_TO_MANY over a join table that has a model of its own: links, objects of that model, and both sides in step. */
#include "api/recipe_models.h"
#include "api/scene.h"

static void setup(void)
{
    scene_open(RECIPES);
    live_sql("INSERT INTO recipes (title) VALUES ('Soup'), ('Tea'); INSERT INTO herbs (name) VALUES ('mint'), ('sage');"
             "INSERT INTO uses (recipe_id, herb_id, grams, note, version) VALUES (1, 1, 5, 'fresh', 3);"
             "INSERT INTO cooks (name) VALUES ('Ann');"
             "INSERT INTO credits (recipe_id, cook_id, role) VALUES (1, 1, 'author')");
    scene_renew();
    seen_clear();
}

#define has(object, field, item) holds((void **)(object)->field.items, (object)->field.count, (item))
static bool holds(void **items, size_t count, const void *item)
{
    for (size_t i = 0; i < count; i++)
        if (items[i] == item)
            return true;
    return false;
}

START_TEST(test_link_model__reading)
{
    Recipe *soup = session_find(s, Recipe, 1);
    check_ok(session_load(s, soup, herbs));
    ck_assert_uint_eq(soup->herbs.count, 1);
    ck_assert_str_eq(soup->herbs.items[0]->name, "mint");
    ck_assert_uint_eq(session_count(s, session_find(s, Herb, 2), recipes), 0);
    Query *q = session_query(s, Recipe);
    query_exists(q, Recipe, herbs);
    query_where(q, Herb, name, "=", "mint");
    query_end(q);
    query_with(q, Recipe, cooks);
    Recipe *found = query_one(q, Recipe);
    ck_assert_ptr_eq(found, soup);
    ck_assert_str_eq(soup->cooks.items[0]->name, "Ann");
    check_nothing_to_write();
}
END_TEST

/* A link is an object of the model, with nothing in it but the link. */
START_TEST(test_link_model__linking_adds_a_row)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *sage = session_find(s, Herb, 2);
    check_ok(session_load(s, soup, herbs));
    check_ok(session_load(s, soup, uses));
    check_ok(session_load(s, sage, recipes));
    check_ok(session_link(s, soup, herbs, sage));
    check_ok(session_link(s, sage, recipes, soup)); /* from either side once */
    ck_assert_uint_eq(soup->herbs.count, 2);
    ck_assert(has(sage, recipes, soup));
    ck_assert_uint_eq(soup->uses.count, 2);
    Use *use = soup->uses.items[1];
    ck_assert_ptr_eq(use->herb, sage);
    use->grams = 7;
    check_ok(session_commit(s));
    live_check("1|1|5|fresh|3\n1|2|7||1", "SELECT recipe_id, herb_id, grams, note, version FROM uses ORDER BY 1, 2");
    ck_assert(use->since.microseconds != 0);
    cost_start();
    ck_assert_ptr_eq(session_find(s, Use, 1, 2), use);
    check_cost(0, 0);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_model__linking_what_is_new)
{
    Herb *dill = session_add(s, Herb, .name = "dill");
    Herb *herbs[] = {dill, session_find(s, Herb, 1)};
    Recipe *stew = session_add(s, Recipe, .title = "Stew", .herbs = {herbs, 2, true});
    check_no_error();
    ck_assert_uint_eq(stew->uses.count, 2);
    ck_assert_uint_eq(dill->recipes.count, 1);
    check_ok(session_commit(s));
    live_check("mint|0|1\ndill|0|1",
               "SELECT name, grams, version FROM uses JOIN herbs ON id = herb_id WHERE recipe_id = 3"
               " ORDER BY id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_model__unlinking_a_row_that_is_loaded)
{
    Recipe *soup = session_find(s, Recipe, 1);
    check_ok(session_load(s, soup, herbs));
    check_ok(session_load(s, soup, uses));
    Herb *mint = soup->herbs.items[0];
    Use *use = soup->uses.items[0];
    check_ok(session_unlink(s, soup, herbs, mint));
    ck_assert_uint_eq(soup->herbs.count, 0);
    ck_assert_uint_eq(soup->uses.count, 0);
    if (_i == 0) {
        check_ok(session_commit(s));
        ck_assert_uint_eq(seen_with("DELETE FROM"), 1);
        live_check("0", "SELECT count(*) FROM uses");
        ck_assert(!session_contains(s, use));
    } else if (_i == 1) {
        check_ok(session_rollback(s));
        ck_assert(has(soup, herbs, mint) && has(soup, uses, use));
    } else {
        check_ok(session_link(s, soup, herbs, mint));
        ck_assert(has(soup, herbs, mint) && has(soup, uses, use));
        ck_assert_str_eq(use->note, "fresh"); /* it never went */
    }
    check_nothing_to_write();
    ck_assert(session_contains(s, soup));
}
END_TEST

/* The object of a row that is to go comes after the link has ended: it goes, too. */
START_TEST(test_link_model__row_of_a_link_that_ended_is_loaded)
{
    Recipe *soup = session_find(s, Recipe, 1);
    check_ok(session_load(s, soup, herbs));
    Herb *mint = soup->herbs.items[0];
    check_ok(session_unlink(s, soup, herbs, mint));
    Use *use = session_find(s, Use, 1, 1);
    if (_i > 0) {
        check_ok(session_load(s, soup, uses));
        ck_assert_uint_eq(soup->uses.count, 0);
    }
    if (_i < 2) {
        check_ok(session_commit(s));
        ck_assert_uint_eq(seen_with("DELETE FROM"), 1);
        live_check("0", "SELECT count(*) FROM uses");
        ck_assert(!session_contains(s, use));
        ck_assert_ptr_null(session_find(s, Use, 1, 1));
    } else if (_i == 2) {
        check_ok(session_rollback(s));
        check_ok(session_load(s, soup, uses));
        ck_assert(has(soup, herbs, mint) && has(soup, uses, use));
    } else {
        check_ok(session_link(s, soup, herbs, mint));
        ck_assert(has(soup, herbs, mint) && has(soup, uses, use));
        ck_assert_str_eq(use->note, "fresh");
    }
    check_nothing_to_write();
}
END_TEST

/* Of a model with a key of its own, whose row is found by what it links. */
START_TEST(test_link_model__object_of_a_link_that_ended)
{
    Recipe *soup = session_find(s, Recipe, 1);
    check_ok(session_load(s, soup, cooks));
    check_ok(session_unlink(s, soup, cooks, soup->cooks.items[0]));
    Credit *credit = session_find(s, Credit, 1);
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("DELETE FROM"), 1);
    ck_assert(!session_contains(s, credit));
    live_check("0", "SELECT count(*) FROM credits");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_model__unlinking_a_row_that_is_not)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *mint = session_find(s, Herb, 1);
    Cook *ann = session_find(s, Cook, 1);
    cost_start();
    check_ok(session_unlink(s, soup, herbs, mint));
    check_ok(session_unlink(s, ann, recipes, soup));
    check_cost(0, 0);
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM uses), (SELECT count(*) FROM credits)");
    check_nothing_to_write();
    check_ok(session_unlink(s, soup, herbs, mint)); /* as far as the session knows it may be there */
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(soup, "Recipe", "herbs");
    ck_assert_ptr_eq(session_error(s)->other, mint);
    session_clear_error(s);
    check_ok(session_rollback(s));
}
END_TEST

/* Objects of the model that the program adds and deletes are links. */
START_TEST(test_link_model__objects_of_the_model_are_links)
{
    Recipe *soup = session_find(s, Recipe, 1), *tea = session_find(s, Recipe, 2);
    Herb *mint = session_find(s, Herb, 1), *sage = session_find(s, Herb, 2);
    check_ok(session_load(s, soup, herbs));
    check_ok(session_load(s, tea, herbs));
    check_ok(session_load(s, sage, recipes));
    session_add(s, Use, .recipe = tea, .herb = sage, .grams = 2, .note = "dry");
    check_ok(session_delete(s, session_find(s, Use, 1, 1)));
    ck_assert_ptr_nonnull(session_plan(s));
    ck_assert(has(tea, herbs, sage) && has(sage, recipes, tea) && !has(soup, herbs, mint));
    if (_i) {
        check_ok(session_rollback(s));
        ck_assert(!has(tea, herbs, sage) && !has(sage, recipes, tea) && has(soup, herbs, mint));
    } else {
        check_ok(session_commit(s));
        ck_assert(has(tea, herbs, sage) && has(sage, recipes, tea) && !has(soup, herbs, mint));
        live_check("2|2|2|dry", "SELECT recipe_id, herb_id, grams, note FROM uses");
    }
    check_nothing_to_write();
}
END_TEST

/* A load sees what is pending of the model. */
START_TEST(test_link_model__loads_see_pending_objects)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *sage = session_find(s, Herb, 2);
    session_add(s, Use, .recipe = soup, .herb = sage);
    check_ok(session_delete(s, session_find(s, Use, 1, 1)));
    check_ok(session_load(s, soup, herbs));
    ck_assert_uint_eq(soup->herbs.count, 1);
    ck_assert_ptr_eq(soup->herbs.items[0], sage);
    check_ok(session_rollback(s));
    check_ok(session_load(s, soup, herbs));
    ck_assert_uint_eq(soup->herbs.count, 1);
    ck_assert_str_eq(soup->herbs.items[0]->name, "mint");
}
END_TEST

START_TEST(test_link_model__moved_objects)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *mint = session_find(s, Herb, 1), *sage = session_find(s, Herb, 2);
    check_ok(session_load(s, soup, herbs));
    session_find(s, Use, 1, 1)->herb = sage;
    check_ok(session_commit(s));
    ck_assert(has(soup, herbs, sage) && !has(soup, herbs, mint));
    live_check("1|2|5", "SELECT recipe_id, herb_id, grams FROM uses");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_model__what_a_link_does_not_say)
{
    Recipe *tea = session_find(s, Recipe, 2);
    Cook *ann = session_find(s, Cook, 1);
    check_fails(session_link(s, ann, recipes, tea), STATUS_NOT_NULL);
    check_culprit(ann, "Cook", "recipes");
    ck_assert_str_eq(session_error(s)->message, "Cook.recipes: a row of its join table needs Credit.role, which a link"
                                                " doesn't say: add the Credit itself instead");
    session_clear_error(s);
    check_ok(session_load(s, ann, recipes));
    check_fails(session_replace(s, ann, recipes, &tea, 1), STATUS_NOT_NULL);
    session_clear_error(s);
    ck_assert_uint_eq(ann->recipes.count, 1); /* nothing was changed */
    check_nothing_to_write();
    check_ok(session_replace(s, ann, recipes, ann->recipes.items, 1));
    check_nothing_to_write();
    session_add(s, Credit, .recipe = tea, .cook = ann, .role = "taster");
    check_ok(session_commit(s));
    ck_assert(has(ann, recipes, tea));
    live_check("author\ntaster", "SELECT role FROM credits ORDER BY id");
}
END_TEST

/* What a side leaves behind goes with it, loaded or not. */
START_TEST(test_link_model__deleting_a_side)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Use *use = _i ? session_find(s, Use, 1, 1) : NULL;
    if (_i)
        check_ok(session_link(s, soup, herbs, session_find(s, Herb, 2)));
    check_ok(session_delete(s, soup));
    check_ok(session_commit(s));
    live_check("1|0|0",
               "SELECT (SELECT count(*) FROM recipes), (SELECT count(*) FROM uses), (SELECT count(*) FROM credits)");
    ck_assert(!use || !session_contains(s, use));
    check_nothing_to_write();
}
END_TEST

/* A row that goes and one that comes in its place. */
START_TEST(test_link_model__unlinked_and_added)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *mint = session_find(s, Herb, 1);
    check_ok(session_unlink(s, soup, herbs, mint));
    session_add(s, Use, .recipe = soup, .herb = mint, .grams = 9);
    check_ok(session_commit(s));
    live_check("1|1|9|1", "SELECT recipe_id, herb_id, grams, version FROM uses");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_model__two_sessions_link_the_same)
{
    Recipe *tea = session_find(s, Recipe, 2);
    check_ok(session_link(s, tea, herbs, session_find(s, Herb, 2)));
    live_sql("INSERT INTO uses (recipe_id, herb_id, grams, version) VALUES (2, 2, 1, 1)");
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->model, "Use");
    session_clear_error(s);
    live_sql("DELETE FROM uses WHERE recipe_id = 2");
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM uses WHERE recipe_id = 2");
}
END_TEST

START_TEST(test_link_model__flushed_and_rolled_back)
{
    Recipe *soup = session_find(s, Recipe, 1);
    Herb *mint = session_find(s, Herb, 1), *sage = session_find(s, Herb, 2);
    check_ok(session_load(s, soup, herbs));
    check_ok(session_load(s, soup, uses));
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, soup, herbs, sage));
    check_ok(session_unlink(s, soup, herbs, mint));
    check_ok(session_flush(s));
    ck_assert(has(soup, herbs, sage) && !has(soup, herbs, mint));
    if (_i) {
        check_ok(session_rollback(s));
        ck_assert(!has(soup, herbs, sage) && has(soup, herbs, mint) && soup->uses.count == 1);
        live_check("1|1", "SELECT recipe_id, herb_id FROM uses");
    } else {
        check_ok(session_commit(s));
        ck_assert(has(soup, herbs, sage) && !has(soup, herbs, mint) && soup->uses.count == 1);
        live_check("1|2", "SELECT recipe_id, herb_id FROM uses");
    }
    check_nothing_to_write();
}
END_TEST

/* What the program did with objects, and takes back by links. */
START_TEST(test_link_model__objects_and_links_of_one_row)
{
    Recipe *soup = session_find(s, Recipe, 1), *tea = session_find(s, Recipe, 2);
    Herb *mint = session_find(s, Herb, 1), *sage = session_find(s, Herb, 2);
    check_ok(session_load(s, soup, herbs));
    check_ok(session_load(s, tea, herbs));
    Use *use = session_find(s, Use, 1, 1);
    check_ok(session_delete(s, use));
    check_ok(session_link(s, soup, herbs, mint)); /* after all */
    session_add(s, Use, .recipe = tea, .herb = sage);
    check_ok(session_unlink(s, tea, herbs, sage)); /* not after all */
    ck_assert(has(soup, herbs, mint) && !has(tea, herbs, sage));
    check_nothing_to_write();
    check_ok(session_delete(s, use));
    check_ok(session_unlink(s, soup, herbs, mint)); /* both say the same */
    check_ok(session_link(s, tea, herbs, mint));
    check_ok(session_commit(s));
    live_check("2|1|0", "SELECT recipe_id, herb_id, grams FROM uses");
    ck_assert(!has(soup, herbs, mint) && has(tea, herbs, mint));
    check_nothing_to_write();
}
END_TEST

/* --- a model that is linked with itself, by a key of two parts --- */

typedef struct Person Person;
typedef struct Follow Follow;

struct Person {
    const char *town;
    int32_t number;
    MANY(Person) following;
    MANY(Person) followers;
    MANY(Follow) follows;
};

struct Follow {
    const char *from_town;
    int32_t from_number;
    const char *to_town;
    int32_t to_number;
    int32_t warmth;
    Person *from;
    Person *to;
};

extern const Model Person_model, Follow_model;

/* clang-format off */
MODEL(Person, "people",
    COLUMN(Person, town,   .primary_key = true),
    COLUMN(Person, number, .primary_key = true),
    MANY_TO_MANY(Person, following, Person, "follows", "from_town, from_number", "to_town, to_number"),
    MANY_TO_MANY(Person, followers, Person, "follows", "to_town, to_number", "from_town, from_number"),
    HAS_MANY(Person, follows, Follow, from_town, from_number));
MODEL(Follow, "follows",
    COLUMN(Follow, from_town,   .primary_key = true),
    COLUMN(Follow, from_number, .primary_key = true),
    COLUMN(Follow, to_town,     .primary_key = true),
    COLUMN(Follow, to_number,   .primary_key = true),
    COLUMN(Follow, warmth),
    BELONGS_TO(Follow, from, Person, from_town, from_number),
    BELONGS_TO(Follow, to, Person, to_town, to_number));
/* clang-format on */

START_TEST(test_link_model__linked_with_itself)
{
    scene_close();
    scene_open(MODELS(Person, Follow));
    Person *a = session_add(s, Person, .town = "x", .number = 1), *b = session_add(s, Person, .town = "x", .number = 2);
    Person *c = session_add(s, Person, .town = "y", .number = 1);
    check_ok(session_link(s, a, following, b));
    check_ok(session_link(s, a, followers, c));
    check_ok(session_link(s, b, following, a));
    session_add(s, Follow, .from = b, .to = c, .warmth = 3);
    check_ok(session_commit(s));
    ck_assert(has(a, following, b) && has(a, followers, c) && has(a, followers, b) && has(b, following, c));
    ck_assert_uint_eq(b->follows.count, 2);
    scene_renew();
    Query *q = session_query(s, Person);
    query_with(q, Person, following);
    query_with(q, Person, followers);
    query_order_by(q, Person, town, ORDER_ASC);
    query_order_by(q, Person, number, ORDER_ASC);
    Person **people = query_all(q, Person, NULL);
    check_no_error();
    a = people[0];
    b = people[1];
    c = people[2];
    ck_assert(a->following.count == 1 && a->followers.count == 2 && b->following.count == 2 && c->followers.count == 1);
    Person *wanted[] = {c, a};
    check_ok(session_replace(s, a, following, wanted, 2)); /* not b any more; himself */
    check_ok(session_unlink(s, c, followers, b));
    check_ok(session_commit(s));
    live_check("x1x1 x1y1 x2x1 y1x1", "SELECT string_agg(from_town || from_number || to_town || to_number, ' ' ORDER BY"
                                      " from_town, from_number, to_town, to_number) FROM follows");
    check_nothing_to_write();
    check_ok(session_delete(s, a));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM follows");
    ck_assert(b->following.count == 0 && c->followers.count == 0);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_model__objects_and_links_of_one_row);
    tcase_add_test(tests, test_link_model__linked_with_itself);
    tcase_add_test(tests, test_link_model__reading);
    tcase_add_test(tests, test_link_model__linking_adds_a_row);
    tcase_add_test(tests, test_link_model__linking_what_is_new);
    tcase_add_loop_test(tests, test_link_model__unlinking_a_row_that_is_loaded, 0, 3);
    tcase_add_loop_test(tests, test_link_model__row_of_a_link_that_ended_is_loaded, 0, 4);
    tcase_add_test(tests, test_link_model__object_of_a_link_that_ended);
    tcase_add_test(tests, test_link_model__unlinking_a_row_that_is_not);
    tcase_add_loop_test(tests, test_link_model__objects_of_the_model_are_links, 0, 2);
    tcase_add_test(tests, test_link_model__loads_see_pending_objects);
    tcase_add_test(tests, test_link_model__moved_objects);
    tcase_add_test(tests, test_link_model__what_a_link_does_not_say);
    tcase_add_loop_test(tests, test_link_model__deleting_a_side, 0, 2);
    tcase_add_test(tests, test_link_model__unlinked_and_added);
    tcase_add_test(tests, test_link_model__two_sessions_link_the_same);
    tcase_add_loop_test(tests, test_link_model__flushed_and_rolled_back, 0, 2);
}

int main(void)
{
    return scene_main("link_model", setup, scene_close, add_tests);
}
