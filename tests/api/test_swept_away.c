/* Relations that delete what the database would only let go: what the program does to such rows itself comes before the
 * statement that takes along those which nobody has loaded. */
#include "api/scene.h"

typedef struct Shelf Shelf;
typedef struct Jar Jar;

struct Shelf {
    int64_t id;
    MANY(Jar) jars;
};

struct Jar {
    int64_t id;
    NullInt64 shelf_id;
    const char *label;
    Shelf *shelf;
};

extern const Model Shelf_model;

/* clang-format off */
MODEL(Jar, "jars",
    COLUMN(Jar, id,       .primary_key = true),
    COLUMN(Jar, shelf_id, .references = &Shelf_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Jar, label),
    BELONGS_TO(Jar, shelf, Shelf, shelf_id));
MODEL(Shelf, "shelves",
    COLUMN(Shelf, id, .primary_key = true),
    HAS_MANY_WITH((.delete_orphans = true), Shelf, jars, Jar, shelf_id));
/* clang-format on */

static Shelf *one, *two;
static Jar *plum;

static void setup(void)
{
    scene_open(MODELS(Shelf, Jar));
    live_sql("INSERT INTO shelves VALUES (1), (2);"
             "INSERT INTO jars VALUES (1, 1, 'plum'), (2, 1, 'pear'), (3, 2, 'fig')");
    one = session_find(s, Shelf, 1);
    two = session_find(s, Shelf, 2);
    plum = session_find(s, Jar, 1);
    check_ok(session_delete(s, one));
}

START_TEST(test_swept_away__deleted_by_the_program)
{
    Jar *jar = _i ? session_stub(s, Jar, 2) : plum;
    check_ok(session_delete(s, jar));
    check_ok(session_commit(s));
    live_check("3", "SELECT id FROM jars");
    ck_assert(!session_contains(s, jar) && !session_contains(s, plum));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_swept_away__moved)
{
    if (_i == 0)
        plum->shelf = two;
    else if (_i == 1)
        plum->shelf_id.value = 2;
    else
        check_ok(session_link(s, two, jars, plum));
    check_ok(session_commit(s));
    live_check("1|2\n3|2", "SELECT id, shelf_id FROM jars ORDER BY id");
    ck_assert_int_eq(plum->shelf_id.value, 2);
    check_nothing_to_write();
}
END_TEST

/* An orphan by its own field, and one that is changed besides. */
START_TEST(test_swept_away__changed)
{
    if (_i)
        plum->shelf_id.valid = false;
    plum->label = "sloe";
    check_ok(session_commit(s));
    live_check("3", "SELECT id FROM jars");
    ck_assert(!session_contains(s, plum));
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_swept_away__deleted_by_the_program, 0, 2);
    tcase_add_loop_test(tests, test_swept_away__moved, 0, 3);
    tcase_add_loop_test(tests, test_swept_away__changed, 0, 2);
}

int main(void)
{
    return scene_main("swept_away", setup, scene_close, add_tests);
}
