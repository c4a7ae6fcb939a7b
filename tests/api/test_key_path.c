/* Keys that are made of others' keys over several levels, where rows between were not loaded: what the session has of the
 * rows below follows all the same, as each of these has the keys of all above it. */
#include "api/scene.h"
#include "support/failing.h"

typedef struct Nation Nation;
typedef struct Province Province;
typedef struct Town Town;
typedef struct Street Street;
typedef struct Sign Sign;

struct Nation {
    const char *code;
};

struct Province {
    const char *nation;
    int32_t number;
    const char *name;
    Nation *of;
};

struct Town {
    const char *nation;
    int32_t province;
    int32_t number;
    const char *name;
    Province *of;
};

struct Street {
    const char *nation;
    int32_t province;
    int32_t town;
    int32_t number;
    const char *name;
    int64_t written_by;
    Town *of;
};

struct Sign { /* refers to a town by columns that are not in its key */
    int64_t id;
    const char *nation;
    NullInt32 province;
    NullInt32 town;
    const char *text;
    Town *of;
};

typedef Sign Lamp;

extern const Model Nation_model, Province_model, Town_model, Street_model, Sign_model, Lamp_model;

/* clang-format off */
MODEL(Nation, "nations",
    COLUMN(Nation, code, .primary_key = true));
MODEL(Province, "provinces",
    COLUMN(Province, nation, .primary_key = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Province, number, .primary_key = true),
    COLUMN(Province, name),
    BELONGS_TO(Province, of, Nation, nation));
MODEL(Town, "towns",
    COLUMN(Town, nation,   .primary_key = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Town, province, .primary_key = true),
    COLUMN(Town, number,   .primary_key = true),
    COLUMN(Town, name),
    BELONGS_TO(Town, of, Province, nation, province));
MODEL(Street, "streets",
    COLUMN(Street, nation,   .primary_key = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Street, province, .primary_key = true),
    COLUMN(Street, town,     .primary_key = true),
    COLUMN(Street, number,   .primary_key = true),
    COLUMN(Street, name),
    COLUMN(Street, written_by, .column = "xmin", .version = true),
    BELONGS_TO(Street, of, Town, nation, province, town));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Sign, "signs",
    COLUMN(Sign, id,       .primary_key = true),
    COLUMN(Sign, nation,   .nullable = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Sign, province),
    COLUMN(Sign, town),
    COLUMN(Sign, text),
    BELONGS_TO(Sign, of, Town, nation, province, town));
MODEL(Lamp, "lamps",
    COLUMN(Lamp, id,       .primary_key = true),
    COLUMN(Lamp, nation,   .nullable = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Lamp, province),
    COLUMN(Lamp, town),
    BELONGS_TO(Lamp, of, Town, nation, province, town));
/* clang-format on */

static Nation *at;
static Town *graz, *wels;
static Street *ring, *quai;
static Sign *sign;
static struct failing failing;

static void setup(void)
{
    failing_init(&failing);
    scene_open_with(MODELS(Street, Sign, Lamp, Town, Province, Nation),
                    DATABASE_OPTIONS(.allocator = &failing.hook, .on_statement = seen_add));
    live_sql("INSERT INTO nations VALUES ('at'), ('ch');"
             "INSERT INTO provinces VALUES ('at', 1, 'Styria'), ('at', 2, 'Upper'), ('ch', 1, 'Vaud');"
             "INSERT INTO towns VALUES ('at', 1, 1, 'Graz'), ('at', 2, 1, 'Wels'), ('ch', 1, 1, 'Nyon');"
             "INSERT INTO streets VALUES ('at', 1, 1, 1, 'Ring'), ('at', 1, 1, 2, 'Quai'), ('ch', 1, 1, 1, 'Rive');"
             "INSERT INTO lamps VALUES (1, 'at', 1, 1);"
             "INSERT INTO signs VALUES (1, 'at', 1, 1, 'stop'), (2, NULL, 1, 1, 'go')");
    at = session_find(s, Nation, "at");
}

static void load_towns(void)
{
    graz = session_find(s, Town, "at", 1, 1);
    wels = session_find(s, Town, "at", 2, 1);
}

static void load_streets(void)
{
    ring = session_find(s, Street, "at", 1, 1, 1);
    quai = session_find(s, Street, "at", 1, 1, 2);
    sign = session_find(s, Sign, 1);
}

/* The objects with these keys. */
static void check_at(const char *nation, int32_t province, const Street *one, const Street *two)
{
    const Street *there = session_find(s, Street, nation, province, 1, 1);
    ck_assert_ptr_eq(there, one);
    there = session_find(s, Street, nation, province, 1, 2);
    ck_assert_ptr_eq(there, two);
}

/* A province between them is not loaded. */
START_TEST(test_key_path__over_one)
{
    load_towns();
    at->code = "au";
    graz->name = "Gradec";
    check_ok(session_commit(s));
    ck_assert_str_eq(graz->nation, "au");
    ck_assert_str_eq(wels->nation, "au");
    ck_assert_ptr_eq(session_find(s, Town, "au", 1, 1), graz);
    ck_assert_ptr_eq(session_find(s, Town, "au", 2, 1), wels);
    ck_assert_ptr_null(session_find(s, Town, "at", 1, 1));
    live_check("au|1|1|Gradec\nau|2|1|Wels\nch|1|1|Nyon", "SELECT * FROM towns ORDER BY 1, 2, 3");
    check_nothing_to_write();
}
END_TEST

/* A province and a town: a row is told by its xmin, and one by its values. */
START_TEST(test_key_path__over_two)
{
    load_streets();
    at->code = "au";
    ring->name = "Oval";
    sign->text = "halt";
    check_ok(session_commit(s));
    check_at("au", 1, ring, quai);
    ck_assert_str_eq(sign->nation, "au");
    check_nothing_to_write();
    ring->name = "Circle";
    quai->name = "Bank";
    sign->text = "arret";
    check_ok(session_commit(s));
    live_check("au|1|1|1|Circle\nau|1|1|2|Bank\nch|1|1|1|Rive", "SELECT * FROM streets ORDER BY 1, 2, 3, 4");
    live_check("1|au|1|1|arret\n2||1|1|go", "SELECT * FROM signs ORDER BY 1");
}
END_TEST

/* Of three between, one is loaded: its own key changes, too, and that is what those below it follow. */
START_TEST(test_key_path__of_one_that_is_known)
{
    load_streets();
    Province *styria = session_find(s, Province, "at", 1);
    at->code = "au";
    styria->number = 5;
    if (_i)
        styria->nation = "ch";
    quai->name = "Bank";
    check_ok(session_commit(s));
    const char *nation = _i ? "ch" : "au";
    check_at(nation, 5, ring, quai);
    ck_assert(strcmp(sign->nation, nation) == 0 && sign->province.value == 5);
    live_check("5|1|1|Ring\n5|1|2|Bank\n1|1|1|Rive",
               "SELECT province, town, number, name FROM streets ORDER BY province DESC, number");
    check_nothing_to_write();
}
END_TEST

/* Rows below are deleted, moved elsewhere, and come. */
START_TEST(test_key_path__deleted_and_elsewhere)
{
    load_towns();
    load_streets();
    session_evict(s, graz);
    at->code = "au";
    check_ok(session_delete(s, ring));
    quai->of = wels;
    sign->town.valid = false;
    Street *new = session_add(s, Street, .of = wels, .number = 9, .name = "Gate");
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Street, "au", 2, 1, 2), quai);
    ck_assert_ptr_eq(session_find(s, Street, "au", 2, 1, 9), new);
    live_check("au|2|1|2|Quai\nau|2|1|9|Gate\nch|1|1|1|Rive", "SELECT * FROM streets ORDER BY 1, 2, 3, 4");
    check_nothing_to_write();
}
END_TEST

/* It is given to another town, which gets the number that its own province gives up. */
START_TEST(test_key_path__elsewhere_with_the_same_values)
{
    wels = session_find(s, Town, "at", 2, 1);
    Province *styria = session_find(s, Province, "at", 1), *upper = session_find(s, Province, "at", 2);
    Lamp *lamp = session_find(s, Lamp, 1);
    styria->number = 5;
    upper->number = 1;
    lamp->of = wels;
    check_ok(session_commit(s));
    ck_assert(wels->province == 1 && lamp->province.value == 1);
    live_check("at|1|1", "SELECT nation, province, town FROM lamps");
    live_check("1|Wels\n5|Graz", "SELECT province, name FROM towns WHERE nation = 'at' ORDER BY 1");
    check_nothing_to_write();
}
END_TEST

/* A new object takes over the row of a deleted one, below the same row: the database moves it, over levels that are loaded. */
START_TEST(test_key_path__taken_over)
{
    Province *styria = session_find(s, Province, "at", 1);
    check_ok(session_delete(s, session_find(s, Town, "at", 1, 1)));
    Town *town = session_add(s, Town, .of = styria, .number = 1, .name = "Leoben");
    at->code = "au";
    check_ok(session_commit(s));
    ck_assert_str_eq(town->nation, "au");
    ck_assert_ptr_eq(session_find(s, Town, "au", 1, 1), town);
    live_check("au|Leoben", "SELECT nation, name FROM towns WHERE nation <> 'ch' AND province = 1");
    check_nothing_to_write();
}
END_TEST

/* What a transaction has flushed of it is taken back. */
START_TEST(test_key_path__undone)
{
    load_towns();
    load_streets();
    check_ok(session_begin(s, NULL));
    uint32_t place = session_savepoint(s);
    at->code = "au";
    graz->name = "Gradec";
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, Town, "au", 1, 1), graz);
    check_ok(session_rollback_to(s, place));
    ck_assert_ptr_eq(session_find(s, Town, "at", 1, 1), graz);
    check_at("at", 1, ring, quai);
    ck_assert_str_eq(sign->nation, "at");
    check_ok(session_commit(s));
    check_nothing_to_write();
}
END_TEST

/* Each allocation fails in turn: all is pending still. */
START_TEST(test_key_path__without_memory)
{
    load_towns();
    load_streets();
    at->code = "au";
    graz->name = "Gradec";
    ring->name = "Oval";
    Status status = STATUS_NO_MEMORY;
    for (size_t n = 1; status == STATUS_NO_MEMORY; n++) {
        session_clear_error(s);
        failing_at(&failing, n, FAILING_ONCE);
        status = session_commit(s);
        failing_off(&failing);
    }
    check_ok(status);
    check_at("au", 1, ring, quai);
    live_check("au|1|1|Gradec\nau|2|1|Wels\nch|1|1|Nyon", "SELECT * FROM towns ORDER BY 1, 2, 3");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_key_path__over_one);
    tcase_add_test(tests, test_key_path__over_two);
    tcase_add_loop_test(tests, test_key_path__of_one_that_is_known, 0, 2);
    tcase_add_test(tests, test_key_path__deleted_and_elsewhere);
    tcase_add_test(tests, test_key_path__elsewhere_with_the_same_values);
    tcase_add_test(tests, test_key_path__taken_over);
    tcase_add_test(tests, test_key_path__undone);
    tcase_add_test(tests, test_key_path__without_memory);
}

int main(void)
{
    return scene_main("key_path", setup, scene_close, add_tests);
}
