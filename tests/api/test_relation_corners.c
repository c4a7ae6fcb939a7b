/* Relations at their corners: names that have to be quoted, keys of several parts and of text, a model that is linked with
 * itself, owners of several models, filters that exclude what is linked. */
#include "api/link_checks.h"

typedef struct Place Place;
typedef struct Road Road;
typedef struct Sign Sign;
typedef struct Text Text;

/* A key of two parts, one of them text; names that say nothing to a parser but quoted. */
struct Place {
    const char *country;
    int32_t number;
    const char *capital_country;
    NullInt32 capital_number;
    const char *select;
    Place *capital;
    MANY(Place) subjects;
    MANY(Road) from;
    MANY(Road) to;
    MANY(Road) wide;
    MANY(Place) sisters;
    MANY(Place) sister_of;
    Sign *sign;
};

/* Two ways to one model. */
struct Road {
    const char *name;
    const char *a_country;
    NullInt32 a_number;
    const char *b_country;
    NullInt32 b_number;
    int32_t lanes;
    Place *a;
    Place *b;
    MANY(Text) texts;
};

struct Sign {
    const char *label;
    const char *country;
    NullInt32 number;
    Place *place;
};

/* Belongs to a road, by its name. */
struct Text {
    int64_t id;
    const char *about;
    const char *about_name;
    const char *text;
    Road *road;
};

extern const Model Place_model, Road_model, Sign_model, Text_model;

#define SCHEMA "we\"ird; é"
#define PLACES "ta\"ble'--"

/* clang-format off */
MODEL_WITH((.schema = SCHEMA), Place, PLACES,
    COLUMN(Place, country, .primary_key = true, .column = "co\"un''try"),
    COLUMN(Place, number,  .primary_key = true, .column = "№ $1"),
    COLUMN(Place, capital_country, .nullable = true, .column = "capital; country"),
    COLUMN(Place, capital_number,  .column = "capital/*number"),
    COLUMN(Place, select,  .column = "select"),
    BELONGS_TO(Place, capital, Place, capital_country, capital_number),
    HAS_MANY(Place, subjects, Place, capital_country, capital_number),
    HAS_MANY(Place, from, Road, a_country, a_number),
    HAS_MANY(Place, to, Road, b_country, b_number),
    HAS_MANY_WITH((.where = "lanes >= 4", .order_by = "lanes DESC"), Place, wide, Road, a_country, a_number),
    MANY_TO_MANY(Place, sisters, Place, "sis\"ters", "a'country, a \"number\"", "b;country, bnumber"),
    MANY_TO_MANY(Place, sister_of, Place, "sis\"ters", "b;country, bnumber", "a'country, a \"number\""),
    HAS_ONE(Place, sign, Sign, country, number));
MODEL_WITH((.schema = SCHEMA), Road, "roads",
    COLUMN(Road, name, .primary_key = true, .column = "na\\me"),
    COLUMN(Road, a_country, .nullable = true),
    COLUMN(Road, a_number),
    COLUMN(Road, b_country, .nullable = true),
    COLUMN(Road, b_number),
    COLUMN(Road, lanes),
    BELONGS_TO(Road, a, Place, a_country, a_number),
    BELONGS_TO(Road, b, Place, b_country, b_number),
    HAS_MANY_WITH((.type_field = "about", .type_label = "ro'ad\\", .delete_orphans = true), Road, texts, Text, about_name));
MODEL(Sign, "signs",
    COLUMN(Sign, label, .primary_key = true),
    COLUMN(Sign, country, .nullable = true),
    COLUMN(Sign, number),
    BELONGS_TO(Sign, place, Place, country, number));
MODEL(Text, "texts",
    COLUMN(Text, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Text, about, .nullable = true),
    COLUMN(Text, about_name, .nullable = true),
    COLUMN(Text, text),
    BELONGS_TO_WITH((.type_field = "about", .type_label = "ro'ad\\"), Text, road, Road, about_name));
/* clang-format on */

static Place *north, *south, *west;

/* scene_open drops no schema but public. */
static void setup(void)
{
    live_sql("DROP SCHEMA IF EXISTS \"we\"\"ird; é\" CASCADE");
    scene_open(MODELS(Place, Road, Sign, Text));
    north = session_add(s, Place, .country = "n", .number = 1, .select = "North");
    south = session_add(s, Place, .country = "s", .number = 1, .select = "South");
    west = session_add(s, Place, .country = "n", .number = 2, .select = "West");
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
}

static void anew(void)
{
    scene_renew();
    north = session_find(s, Place, "n", 1);
    south = session_find(s, Place, "s", 1);
    west = session_find(s, Place, "n", 2);
    ck_assert(north && south && west);
    seen_clear();
    cost_start();
}

START_TEST(test_relation_corners__reference_to_itself)
{
    check_ok(session_link(s, north, subjects, south));
    west->capital = north;
    check_ok(session_commit(s));
    anew();
    check_ok(session_load(s, north, subjects));
    check_items(north->subjects, west, south);
    ck_assert_ptr_eq(south->capital, north);
    ck_assert_uint_eq(session_count(s, south, subjects), 0);
    Query *q = session_query(s, Place);
    query_at(q, "capital");
    query_where(q, Place, select, "=", "North");
    query_at(q, "");
    query_order_by(q, Place, select, ORDER_DESC);
    size_t count;
    Place **found = query_all(q, Place, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert(found[0] == west && found[1] == south);
    q = session_query(s, Place);
    query_exists(q, Place, subjects);
    query_exists(q, Place, capital);
    query_end(q);
    query_end(q);
    ck_assert_ptr_eq(query_one(q, Place), north);
    check_ok(session_unlink(s, north, subjects, west));
    check_ok(session_delete(s, north));
    check_ok(session_commit(s));
    ck_assert_ptr_null(south->capital);
    ck_assert_ptr_null(south->capital_country);
    ck_assert(!south->capital_number.valid);
    check_nothing_to_write();
}
END_TEST

/* Sisters: one table between a model and itself, each way a field. */
START_TEST(test_relation_corners__linked_with_itself)
{
    check_ok(session_link(s, north, sisters, south));
    check_ok(session_link(s, north, sisters, west));
    check_ok(session_link(s, west, sister_of, south)); /* the other way round */
    check_ok(session_link(s, west, sisters, west));    /* with itself */
    check_items(south->sister_of, north);
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM \"we\"\"ird; é\".\"sis\"\"ters\"");
    anew();
    Query *q = session_query(s, Place);
    query_with(q, Place, sisters);
    query_with(q, Place, sister_of);
    query_order_by(q, Place, select, ORDER_ASC);
    size_t count;
    ck_assert_ptr_nonnull(query_all(q, Place, &count));
    check_no_error();
    check_cost(3, 1);
    check_items(north->sisters, west, south);
    check_items(south->sisters, west);
    check_items(west->sisters, west);
    check_items(west->sister_of, north, west, south);
    check_ok(session_unlink(s, west, sisters, west));
    check_items(west->sister_of, north, south);
    check_ok(session_delete(s, north));
    check_ok(session_commit(s));
    check_items(west->sister_of, south);
    check_empty(south->sister_of);
    live_check("1", "SELECT count(*) FROM \"we\"\"ird; é\".\"sis\"\"ters\"");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_corners__two_ways_to_one_model)
{
    Road *road = session_add(s, Road, .name = "it's", .a = north, .b = south, .lanes = 2);
    check_ok(session_commit(s));
    check_items(north->from, road);
    check_items(south->to, road);
    check_empty(north->to);
    road->a = west;
    check_ok(session_link(s, north, to, road));
    check_ok(session_commit(s));
    check_empty(north->from);
    check_items(west->from, road);
    check_items(north->to, road);
    check_empty(south->to);
    anew();
    check_ok(session_load(s, north, to));
    check_ok(session_load(s, north, from));
    ck_assert_uint_eq(north->to.count + north->from.count, 1);
    ck_assert_ptr_eq(north->to.items[0]->b, north);
    Query *q = session_query(s, Road);
    query_at(q, "a");
    query_where(q, Place, select, "=", "West");
    query_at(q, "b");
    query_where(q, Place, select, "=", "North");
    query_with_path(q, "a");
    query_with_path(q, "b.to");
    Road *found = query_one(q, Road);
    check_no_error();
    ck_assert_ptr_eq(found->a, west);
    ck_assert_ptr_eq(found->b, north);
    check_ok(session_delete(s, found->a));
    check_ok(session_commit(s));
    ck_assert_ptr_null(found->a);
    ck_assert_ptr_eq(found->b, north);
    check_nothing_to_write();
}
END_TEST

/* What was linked by the name of a filtered relation stays shown there, though the server would not say so. */
START_TEST(test_relation_corners__link_of_what_a_filter_excludes)
{
    Road *narrow = session_add(s, Road, .name = "narrow", .lanes = 1);
    Road *broad = session_add(s, Road, .name = "broad", .lanes = 6, .a = north);
    check_ok(session_link(s, north, wide, narrow));
    check_items(north->wide, narrow);
    check_ok(session_commit(s));
    anew();
    check_ok(session_load(s, north, wide));
    check_ok(session_load(s, north, from));
    ck_assert_uint_eq(north->wide.count, 1);
    ck_assert_uint_eq(north->from.count, 2);
    ck_assert_str_eq(north->wide.items[0]->name, "broad");
    narrow = session_find(s, Road, "narrow");
    check_ok(session_unlink(s, north, wide, narrow)); /* it is its road, whatever its width */
    check_ok(session_commit(s));
    ck_assert_uint_eq(north->from.count, 1);
    ck_assert_ptr_null(narrow->a_country);
    ck_assert_uint_eq(session_count(s, north, wide), 1);
    (void)broad;
    check_nothing_to_write();
}
END_TEST

/* Keys of text, labels that have to be quoted, orphans of a polymorphic owner. */
START_TEST(test_relation_corners__polymorphic_owner_of_a_text_key)
{
    Road *road = session_add(s, Road, .name = "ro'ad\\", .lanes = 1), *other = session_add(s, Road, .name = "x");
    Text *text = session_add(s, Text, .text = "t"), *moved = session_add(s, Text, .text = "m");
    check_ok(session_link(s, road, texts, text));
    moved->road = road;
    check_ok(session_commit(s));
    live_check("ro'ad\\|ro'ad\\\nro'ad\\|ro'ad\\", "SELECT about, about_name FROM texts");
    scene_renew();
    road = session_find(s, Road, "ro'ad\\");
    other = session_find(s, Road, "x");
    Query *q = session_query(s, Road);
    query_exists(q, Road, texts);
    query_where(q, Text, text, "=", "t");
    query_end(q);
    ck_assert_ptr_eq(query_one(q, Road), road);
    moved = session_find(s, Text, 2);
    check_ok(session_link(s, other, texts, moved));
    check_ok(session_delete(s, road)); /* one of its texts is not loaded, the other has moved */
    check_ok(session_commit(s));
    live_check("m|x", "SELECT text, about_name FROM texts");
    check_ok(session_delete(s, other));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM texts");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_relation_corners__has_one_of_a_composite_key)
{
    Sign *old = session_add(s, Sign, .label = "old", .place = north);
    check_ok(session_commit(s));
    anew();
    old = _i ? session_find(s, Sign, "old") : NULL;
    Sign *fresh = session_add(s, Sign, .label = "new");
    check_ok(session_link(s, north, sign, fresh));
    check_ok(session_commit(s));
    live_check("new|n|1\nold||", "SELECT label, country, number FROM signs ORDER BY 1");
    ck_assert(!old || (!old->country && !old->number.valid));
    anew();
    Query *q = session_query(s, Place);
    query_with(q, Place, sign);
    ck_assert_ptr_nonnull(query_all(q, Place, NULL));
    ck_assert_str_eq(north->sign->label, "new");
    ck_assert_ptr_null(south->sign);
    ck_assert_ptr_eq(north->sign->place, north);
    check_nothing_to_write();
}
END_TEST

/* Keys that have not the order, or the length, in which they were given. */
START_TEST(test_relation_corners__bulk_and_upsert_of_odd_names)
{
    uint64_t affected = 0;
    Query *q = session_query(s, Place);
    query_where(q, Place, country, "=", "n");
    query_order_by(q, Place, number, ORDER_DESC);
    query_limit(q, 1);
    query_set(q, Place, select, "WEST");
    check_ok(query_update(q, &affected));
    ck_assert_uint_eq(affected, 1);
    ck_assert_str_eq(west->select, "WEST");
    Place *same = session_upsert(s, Place, (number, country), .country = "n", .number = 1, .select = "NORTH");
    check_no_error();
    ck_assert_ptr_eq(same, north);
    ck_assert_str_eq(north->select, "NORTH");
    q = session_query(s, Place);
    query_exists(q, Place, subjects);
    query_end(q);
    check_ok(query_delete(q, &affected));
    ck_assert_uint_eq(affected, 0);
    QueryPage page, back;
    q = session_query(s, Place);
    query_order_by(q, Place, capital_number, ORDER_DESC); /* all of them NULL */
    check_ok(query_page(q, Place, NULL, 2, &page));
    ck_assert(page.count == 2 && page.items[0] == north && page.items[1] == west);
    check_ok(query_page(q, Place, page.next, 2, &back));
    ck_assert(back.count == 1 && back.items[0] == south && !back.next);
    check_ok(query_page(q, Place, back.previous, 2, &page));
    ck_assert(page.count == 2 && page.items[0] == north && page.items[1] == west && !page.previous);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_relation_corners__reference_to_itself);
    tcase_add_test(tests, test_relation_corners__linked_with_itself);
    tcase_add_test(tests, test_relation_corners__two_ways_to_one_model);
    tcase_add_test(tests, test_relation_corners__link_of_what_a_filter_excludes);
    tcase_add_test(tests, test_relation_corners__polymorphic_owner_of_a_text_key);
    tcase_add_loop_test(tests, test_relation_corners__has_one_of_a_composite_key, 0, 2);
    tcase_add_test(tests, test_relation_corners__bulk_and_upsert_of_odd_names);
}

int main(void)
{
    return scene_main("relation_corners", setup, scene_close, add_tests);
}
