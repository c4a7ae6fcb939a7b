/* Rows that are to be deleted, and are still there after that, in tables of which rows may have gone before: along with
 * others by ON DELETE CASCADE, or by the statement for what is below a deleted row. */
#include "api/scene.h"

typedef struct Node Node;

struct Node { /* goes with its parent: by a statement, or by the database */
    int64_t id;
    NullInt64 parent_id;
    int32_t version;
    MANY(Node) nodes;
};

typedef struct Limb {
    int64_t id;
    NullInt64 parent_id;
    int32_t version;
} Limb;

extern const Model Node_model, Limb_model;

/* clang-format off */
MODEL(Node, "nodes",
    COLUMN(Node, id,        .primary_key = true),
    COLUMN(Node, parent_id, .references = &Node_model),
    COLUMN(Node, version,   .version = true),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Node, nodes, Node, parent_id));

MODEL(Limb, "limbs",
    COLUMN(Limb, id,        .primary_key = true),
    COLUMN(Limb, parent_id, .references = &Limb_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Limb, version,   .version = true));
/* clang-format on */

static const char *table;
static void *rows[6];

/* A tree: 2 and 3 below 1, 4 below 2, 5 below 4; the session has all but 4. */
static void prepare(bool fence, bool by_database)
{
    scene_open_with(MODELS(Node, Limb), DATABASE_OPTIONS(.fence = fence));
    table = by_database ? "limbs" : "nodes";
    live_sql("INSERT INTO %s VALUES (1, NULL, 1), (2, 1, 1), (3, 1, 1), (4, 2, 1), (5, 4, 1)", table);
    for (int id = 1; id < 6; id++)
        rows[id] = id == 4 ? NULL : by_database ? (void *)session_find(s, Limb, id) : (void *)session_find(s, Node, id);
}

static void delete_all(void)
{
    for (int id = 1; id < 6; id++)
        if (rows[id])
            check_ok(session_delete(s, rows[id]));
}

/* Those that are gone by then are forgiven. */
START_TEST(test_kept__none)
{
    prepare(_i & 1, _i & 2);
    delete_all();
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM %s", table);
}
END_TEST

/* Another transaction has changed it. */
START_TEST(test_kept__changed)
{
    size_t count;
    prepare(_i & 1, _i & 2);
    delete_all();
    live_sql("UPDATE %s SET version = 2 WHERE id IN (1, 3)", table);
    check_fails(session_commit(s), STATUS_STALE);
    void *const *stale = session_stale_objects(s, &count);
    live_check("5", "SELECT count(*) FROM %s", table);
    ck_assert_uint_eq(count, 2);
    ck_assert(stale[0] != stale[1]);
    for (size_t i = 0; i < count; i++)
        ck_assert(stale[i] == rows[1] || stale[i] == rows[3]);
    session_clear_error(s);
    check_ok(session_rollback(s));
}
END_TEST

/* A trigger keeps it. */
START_TEST(test_kept__by_a_trigger)
{
    prepare(_i & 1, _i & 2);
    delete_all();
    live_sql("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
             "CREATE TRIGGER keep BEFORE DELETE ON %s FOR EACH ROW WHEN (old.id = 1) EXECUTE FUNCTION keep()",
             table);
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, rows[1]);
    live_check("5", "SELECT count(*) FROM %s", table);
    session_clear_error(s);
    check_ok(session_rollback(s));
    live_sql("DROP FUNCTION keep CASCADE");
}
END_TEST

/* A root alone. */
START_TEST(test_kept__root)
{
    prepare(_i & 1, _i & 2);
    check_ok(session_delete(s, rows[1]));
    live_sql("UPDATE %s SET version = 2 WHERE id = 1", table);
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, rows[1]);
    live_check("5", "SELECT count(*) FROM %s", table);
}
END_TEST

static void setup(void)
{
}

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_kept__none, 0, 4);
    tcase_add_loop_test(tests, test_kept__changed, 0, 4);
    tcase_add_loop_test(tests, test_kept__by_a_trigger, 0, 4);
    tcase_add_loop_test(tests, test_kept__root, 0, 4);
}

int main(void)
{
    return scene_main("kept", setup, scene_close, add_tests);
}
