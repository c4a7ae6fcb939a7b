/* Keys that are made of others' keys, with ON UPDATE CASCADE: the database moves rows along, level by level, and what the
 * same commit writes of them finds them where they are then. */
#include "api/scene.h"
#include "support/failing.h"

typedef struct Country Country;
typedef struct City City;
typedef struct House House;
typedef struct Road Road;
typedef struct Flat Flat;

struct Country {
    const char *code;
};

struct City {
    const char *country;
    int32_t number;
    const char *name;
    NullInt32 rank;
    int32_t version;
    Country *of;
    MANY(Road) roads;
};

struct House {
    int64_t id;
    const char *country;
    int32_t number;
    const char *text;
    City *city;
};

struct Road {
    int64_t id;
    const char *name;
    MANY(City) cities;
};

/* The second column of its foreign key is the first one of its key. */
struct Flat {
    const char *country;
    int32_t number;
    int32_t door;
    City *city;
};

extern const Model Country_model, City_model, House_model, Road_model, Flat_model;

/* clang-format off */
MODEL(Country, "countries",
    COLUMN(Country, code, .primary_key = true));
MODEL(City, "cities",
    COLUMN(City, country, .primary_key = true, .references = &Country_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(City, number,  .primary_key = true),
    COLUMN(City, name,    .unique = true),
    COLUMN(City, rank),
    COLUMN(City, version, .version = true),
    UNIQUE(City, "cities_rank", country, rank),
    BELONGS_TO(City, of, Country, country),
    MANY_TO_MANY(City, roads, Road, "city_roads", "city_country, city_number", "road_id"));
MODEL(House, "houses",
    COLUMN(House, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(House, country, .on_update = ON_UPDATE_CASCADE),
    COLUMN(House, number),
    COLUMN(House, text),
    BELONGS_TO(House, city, City, country, number));
MODEL(Road, "roads",
    COLUMN(Road, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Road, name),
    MANY_TO_MANY(Road, cities, City, "city_roads", "road_id", "city_country, city_number"));
MODEL(Flat, "flats",
    COLUMN(Flat, country, .on_update = ON_UPDATE_CASCADE, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Flat, number, .primary_key = true),
    COLUMN(Flat, door,   .primary_key = true),
    BELONGS_TO(Flat, city, City, country, number));
/* clang-format on */

static Country *at;
static City *graz, *wien;
static House *one, *two;

static struct failing failing;

static void setup(void)
{
    failing_init(&failing);
    scene_open_with(MODELS(House, City, Country, Road, Flat),
                    DATABASE_OPTIONS(.allocator = &failing.hook, .on_statement = seen_add));
    live_sql("INSERT INTO countries VALUES ('at'), ('ch');"
             "INSERT INTO cities VALUES ('at', 1, 'Graz', 1, 1), ('at', 2, 'Wien', 2, 1), ('ch', 1, 'Genf', 1, 1);"
             "INSERT INTO houses (country, number, text) VALUES ('at', 1, 'one'), ('at', 2, 'two');"
             "INSERT INTO roads (name) VALUES ('A1')");
    at = session_find(s, Country, "at");
    graz = session_find(s, City, "at", 1);
    wien = session_find(s, City, "at", 2);
    one = session_find(s, House, 1);
    two = session_find(s, House, 2);
    seen_clear();
    at->code = "au";
}

static void check_cities(const char *cities, const char *houses)
{
    live_check(cities, "SELECT country, number, name, rank, version FROM cities ORDER BY 1, 2");
    live_check(houses, "SELECT id, country, number, text FROM houses ORDER BY 1");
    check_nothing_to_write();
}

/* All levels follow in memory, of objects that are not written. */
START_TEST(test_moved_along__clean)
{
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), 1);
    ck_assert_str_eq(graz->country, "au");
    ck_assert_str_eq(one->country, "au");
    ck_assert_ptr_eq(session_find(s, City, "au", 1), graz);
    ck_assert_ptr_null(session_find(s, City, "at", 1));
    check_cities("au|1|Graz|1|1\nau|2|Wien|2|1\nch|1|Genf|1|1", "1|au|1|one\n2|au|2|two");
}
END_TEST

/* With changes of their own, alone or with others, their keys included; and said by the program, too. */
START_TEST(test_moved_along__changed)
{
    bool name = _i & 1, house = _i & 2, number = _i & 4, said = _i & 8;
    if (name)
        graz->name = "Gradec";
    if (house)
        two->text = "2";
    if (number)
        wien->number = 3;
    if (said)
        graz->country = "au";
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, City, "au", 1), graz);
    ck_assert_ptr_eq(session_find(s, City, "au", number ? 3 : 2), wien);
    ck_assert_str_eq(two->country, "au");
    ck_assert_int_eq(two->number, wien->number);
    char cities[200], houses[200];
    snprintf(cities, sizeof(cities), "au|1|%s|1|%d\nau|%d|Wien|2|%d\nch|1|Genf|1|1", name ? "Gradec" : "Graz",
             1 + (name || said), number ? 3 : 2, 1 + number);
    snprintf(houses, sizeof(houses), "1|au|1|one\n2|au|%d|%s", number ? 3 : 2, house ? "2" : "two");
    check_cities(cities, houses);
}
END_TEST

START_TEST(test_moved_along__swap_of_unique_values)
{
    graz->rank.value = 2;
    wien->rank.value = 1;
    check_ok(session_commit(s));
    check_cities("au|1|Graz|2|2\nau|2|Wien|1|2\nch|1|Genf|1|1", "1|au|1|one\n2|au|2|two");
}
END_TEST

/* Objects and links that are new, or go over, to what is moved. */
START_TEST(test_moved_along__referred_to)
{
    Road *road = session_find(s, Road, 1);
    session_add(s, House, .text = "new", .city = graz);
    one->city = wien;
    check_ok(session_link(s, wien, roads, road));
    check_ok(session_commit(s));
    live_check("au|2|1", "SELECT * FROM city_roads");
    ck_assert_str_eq(one->country, "au");
    check_cities("au|1|Graz|1|1\nau|2|Wien|2|1\nch|1|Genf|1|1", "1|au|2|one\n2|au|2|two\n3|au|1|new");
}
END_TEST

START_TEST(test_moved_along__deleted_and_elsewhere)
{
    check_ok(session_delete(s, one));
    check_ok(session_delete(s, graz));
    wien->country = "ch";
    wien->rank.value = 3;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, City, "ch", 2), wien);
    check_cities("ch|1|Genf|1|1\nch|2|Wien|3|2", "2|ch|2|two");
}
END_TEST

/* The parent has another key of its own besides. */
START_TEST(test_moved_along__new_below_a_changed_one)
{
    graz->number = 7;
    session_add(s, House, .text = "new", .city = graz);
    check_ok(session_commit(s));
    check_cities("au|2|Wien|2|1\nau|7|Graz|1|2\nch|1|Genf|1|1", "1|au|7|one\n2|au|2|two\n3|au|7|new");
}
END_TEST

/* A new row has the key of one that goes, below a parent that has the key of the one above that: they are others. */
START_TEST(test_moved_along__in_place_of_the_deleted)
{
    check_ok(session_delete(s, session_find(s, City, "ch", 1)));
    check_ok(session_delete(s, session_find(s, Country, "ch")));
    at->code = "ch";
    graz->number = 7;
    session_add(s, City, .of = at, .number = 1, .name = "Linz");
    check_ok(session_commit(s));
    check_cities("ch|1|Linz||1\nch|2|Wien|2|1\nch|7|Graz|1|2", "1|ch|7|one\n2|ch|2|two");
}
END_TEST

/* Who has the key leaves it by a pointer. */
START_TEST(test_moved_along__in_place_of_what_leaves)
{
    at->code = "at";
    wien->of = session_find(s, Country, "ch");
    wien->rank.value = 3;
    City *linz = session_add(s, City, .of = at, .number = 2, .name = "Linz");
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, City, "at", 2), linz);
    check_cities("at|1|Graz|1|1\nat|2|Linz||1\nch|1|Genf|1|1\nch|2|Wien|3|2", "1|at|1|one\n2|ch|2|two");
}
END_TEST

/* What was flushed is taken back: keys, the map, and what was changed. */
START_TEST(test_moved_along__undone)
{
    check_ok(session_begin(s, NULL));
    uint32_t place = 0;
    if (_i) {
        at->code = "at";
        ck_assert_uint_ne(place = session_savepoint(s), 0);
        at->code = "au";
    }
    graz->name = "Gradec";
    check_ok(session_delete(s, two));
    check_ok(session_delete(s, wien));
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, City, "au", 1), graz);
    check_ok(_i ? session_rollback_to(s, place) : session_rollback(s));
    ck_assert_ptr_eq(session_find(s, City, "at", 1), graz);
    ck_assert_ptr_eq(session_find(s, City, "at", 2), wien);
    ck_assert_ptr_null(session_find(s, City, "au", 1));
    ck_assert_str_eq(one->country, "at");
    ck_assert_str_eq(graz->name, "Graz");
    check_ok(session_commit(s));
    check_cities("at|1|Graz|1|1\nat|2|Wien|2|1\nch|1|Genf|1|1", "1|at|1|one\n2|at|2|two");
}
END_TEST

/* Each allocation fails in turn: all is pending still. */
START_TEST(test_moved_along__without_memory)
{
    Road *road = session_find(s, Road, 1);
    graz->number = 7;
    graz->rank.value = 2;
    wien->rank.value = 1;
    one->city = wien;
    session_add(s, House, .text = "new", .city = graz);
    check_ok(session_link(s, wien, roads, road));
    check_ok(session_delete(s, two));
    size_t n = 0;
    Status status = STATUS_NO_MEMORY;
    while (status == STATUS_NO_MEMORY) {
        session_clear_error(s);
        failing_at(&failing, ++n, FAILING_ONCE);
        status = session_commit(s);
        failing_off(&failing);
    }
    check_ok(status);
    ck_assert_uint_gt(n, 3);
    ck_assert_ptr_eq(session_find(s, City, "au", 7), graz);
    live_check("au|2|1", "SELECT * FROM city_roads");
    check_cities("au|2|Wien|1|2\nau|7|Graz|2|2\nch|1|Genf|1|1", "1|au|2|one\n3|au|7|new");
}
END_TEST

/* The same where the foreign key begins with a column that is no part of the key. */
START_TEST(test_moved_along__in_place_of_what_leaves_by_a_part)
{
    live_sql("INSERT INTO flats (country, number, door) VALUES ('at', 1, 9)");
    Flat *leaving = session_find(s, Flat, 1, 9);
    leaving->city = wien;
    Flat *coming = session_add(s, Flat, .city = graz, .door = 9);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Flat, 1, 9), coming);
    ck_assert_ptr_eq(session_find(s, Flat, 2, 9), leaving);
    live_check("au|1|9\nau|2|9", "SELECT country, number, door FROM flats ORDER BY number");
}
END_TEST

/* A city goes, and its flat; another city gets its number, and a new flat with the old one's key below it. */
START_TEST(test_moved_along__in_place_of_the_deleted_by_a_part)
{
    live_sql("INSERT INTO flats (country, number, door) VALUES ('ch', 1, 9)");
    session_find(s, Flat, 1, 9);
    check_ok(session_delete(s, session_find(s, City, "ch", 1)));
    Flat *coming = session_add(s, Flat, .city = graz, .door = 9);
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Flat, 1, 9), coming);
    live_check("au|1|9", "SELECT country, number, door FROM flats");
}
END_TEST

/* --- a row that follows by two foreign keys, of which one leads to what is moved two levels below the other --- */

typedef struct Root {
    const char *code;
} Root;
typedef struct Stem {
    const char *code;
} Stem;
typedef struct Twig {
    const char *code;
} Twig;
typedef struct Fruit {
    int64_t id;
    const char *root, *twig;
    const char *text;
} Fruit;

/* clang-format off */
MODEL(Root, "roots",
    COLUMN(Root, code,  .primary_key = true));
MODEL(Stem, "stems",
    COLUMN(Stem, code,  .primary_key = true, .references = &Root_model, .on_update = ON_UPDATE_CASCADE));
MODEL(Twig, "twigs",
    COLUMN(Twig, code,  .primary_key = true, .references = &Stem_model, .on_update = ON_UPDATE_CASCADE));
MODEL(Fruit, "fruits",
    COLUMN(Fruit, id,   .primary_key = true),
    COLUMN(Fruit, root, .references = &Root_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Fruit, twig, .references = &Twig_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Fruit, text));
/* clang-format on */

/* Of a row that the transaction has written before, the server checks all foreign keys whenever it moves one of them, and the
 * other one is yet to be moved: it refuses that, from plain SQL as well. In one commit the row is written behind. */
START_TEST(test_moved_along__by_keys_of_two_levels)
{
    bool flushed = _i & 1, key_first = _i & 2;
    scene_close();
    failing_init(&failing);
    scene_open(MODELS(Root, Stem, Twig, Fruit));
    live_sql("INSERT INTO roots VALUES ('a'); INSERT INTO stems VALUES ('a'); INSERT INTO twigs VALUES ('a');"
             "INSERT INTO fruits VALUES (1, 'a', 'a', 'green')");
    Root *root = session_find(s, Root, "a");
    Twig *twig = session_find(s, Twig, "a");
    Stem *stem = session_find(s, Stem, "a");
    Fruit *fruit = session_find(s, Fruit, 1);
    check_ok(session_begin(s, NULL));
    if (key_first)
        root->code = "b";
    else
        fruit->text = "ripe";
    if (flushed)
        check_ok(session_flush(s));
    root->code = "b";
    fruit->text = "ripe";
    if (flushed && !key_first) {
        check_fails(session_commit(s), STATUS_FOREIGN_KEY);
        session_clear_error(s);
        check_ok(session_begin(s, NULL)); /* all of it is pending again */
    }
    check_ok(session_commit(s));
    ck_assert_str_eq(stem->code, "b");
    ck_assert_str_eq(twig->code, "b");
    ck_assert(strcmp(fruit->root, "b") == 0 && strcmp(fruit->twig, "b") == 0);
    live_check("b|b|ripe", "SELECT root, twig, text FROM fruits");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_moved_along__by_keys_of_two_levels, 0, 4);
    tcase_add_test(tests, test_moved_along__in_place_of_what_leaves_by_a_part);
    tcase_add_test(tests, test_moved_along__in_place_of_the_deleted_by_a_part);
    tcase_add_test(tests, test_moved_along__without_memory);
    tcase_add_test(tests, test_moved_along__clean);
    tcase_add_loop_test(tests, test_moved_along__changed, 0, 16);
    tcase_add_test(tests, test_moved_along__swap_of_unique_values);
    tcase_add_test(tests, test_moved_along__referred_to);
    tcase_add_test(tests, test_moved_along__deleted_and_elsewhere);
    tcase_add_test(tests, test_moved_along__new_below_a_changed_one);
    tcase_add_test(tests, test_moved_along__in_place_of_the_deleted);
    tcase_add_test(tests, test_moved_along__in_place_of_what_leaves);
    tcase_add_loop_test(tests, test_moved_along__undone, 0, 2);
}

int main(void)
{
    return scene_main("moved_along", setup, scene_close, add_tests);
}
