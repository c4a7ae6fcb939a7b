/* Rows that a ring writes itself, in one statement, and what nobody has loaded below those that it deletes: the statements
 * for that go before, and leave the ring's rows and what is below these alone. */
#include "api/scene.h"

typedef struct Trunk Trunk;
typedef struct Twig Twig;
typedef struct Leaf Leaf;
typedef struct Perch Perch;
typedef struct Owl Owl;

struct Trunk {
    int32_t area;
    int64_t id;
    const char *mark;
    MANY(Twig) twigs;
    MANY(Perch) perches;
};

/* A tree of its own, too. */
struct Twig {
    int64_t id;
    int32_t trunk_area;
    int64_t trunk_id;
    Trunk *trunk;
    NullInt64 up_id;
    NullInt64 beside_id;
    const char *mark;
    int32_t version;
    MANY(Twig) twigs;
    MANY(Leaf) leaves;
};

struct Leaf {
    int64_t id;
    int64_t twig_id;
};

/* Lets go of its trunk. */
struct Perch {
    int64_t id;
    NullInt32 trunk_area;
    NullInt64 trunk_id;
    Trunk *trunk;
    int32_t version;
};

/* Each has another one. */
struct Owl {
    int64_t id;
    int64_t mate_id;
    MANY(Owl) mates;
};

extern const Model Trunk_model, Twig_model, Leaf_model, Perch_model, Owl_model;

/* clang-format off */
MODEL(Trunk, "trunks",
    COLUMN(Trunk, area, .primary_key = true),
    COLUMN(Trunk, id,   .primary_key = true),
    COLUMN(Trunk, mark, .unique = true),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Trunk, twigs, Twig, trunk_area, trunk_id),
    HAS_MANY(Trunk, perches, Perch, trunk_area, trunk_id));

MODEL(Twig, "twigs",
    COLUMN(Twig, id,         .primary_key = true),
    COLUMN(Twig, trunk_area),
    COLUMN(Twig, trunk_id),
    COLUMN(Twig, up_id,      .references = &Twig_model),
    COLUMN(Twig, beside_id,  .references = &Twig_model),
    COLUMN(Twig, mark,       .unique = true),
    COLUMN(Twig, version,    .version = true),
    BELONGS_TO(Twig, trunk, Trunk, trunk_area, trunk_id),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Twig, twigs, Twig, up_id),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Twig, leaves, Leaf, twig_id));

MODEL(Leaf, "leaves",
    COLUMN(Leaf, id,      .primary_key = true),
    COLUMN(Leaf, twig_id, .references = &Twig_model));

MODEL(Perch, "perches",
    COLUMN(Perch, id,         .primary_key = true),
    COLUMN(Perch, trunk_area),
    COLUMN(Perch, trunk_id),
    COLUMN(Perch, version,    .version = true),
    BELONGS_TO(Perch, trunk, Trunk, trunk_area, trunk_id));

MODEL(Owl, "owls",
    COLUMN(Owl, id,      .primary_key = true),
    COLUMN(Owl, mate_id, .references = &Owl_model),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Owl, mates, Owl, mate_id));
/* clang-format on */

/* Each trunk has two twigs with a leaf each, one more twig with a leaf below the first, and two perches. */
static void setup(void)
{
    scene_open(MODELS(Trunk, Twig, Leaf, Perch, Owl));
    live_sql("INSERT INTO trunks SELECT n %% 3, n, 'm' || n FROM generate_series(1, 600) n;"
             "INSERT INTO twigs SELECT k * 1000 + n, n %% 3, n, CASE k WHEN 3 THEN 1000 + n END, NULL, 't' || k || n, 1"
             " FROM generate_series(1, 600) n, generate_series(1, 3) k;"
             "INSERT INTO leaves SELECT id, id FROM twigs;"
             "INSERT INTO perches SELECT k * 1000 + n, n %% 3, n, 1 FROM generate_series(1, 600) n,"
             " generate_series(1, 2) k");
    seen_clear();
    cost_start();
}

/* A new trunk takes the mark of a deleted one, and one of its twigs and perches. */
static void move_to_new_trunk(int n)
{
    Trunk *old = session_find(s, Trunk, n % 3, n);
    Twig *twig = session_find(s, Twig, 1000 + n);
    Perch *perch = session_find(s, Perch, 1000 + n);
    session_add(s, Trunk, .area = 9, .id = n, .mark = old->mark);
    check_ok(session_delete(s, old));
    twig->trunk_area = 9;
    perch->trunk_area = (NullInt32){9, true};
}

/* In one ring, and in so many that they take several statements. */
START_TEST(test_ring_sweep__moved_between_two_tables)
{
    int count = _i ? 600 : 1;
    for (int n = 1; n <= count; n++)
        move_to_new_trunk(n);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    /* the twig stands, with its leaf; not the other one, and not the one below the first, which belonged to the old trunk */
    live_check(_i ? "600|600|600|600" : "600|1798|1798|1199",
               "SELECT (SELECT count(*) FROM trunks), (SELECT count(*) FROM twigs), (SELECT count(*) FROM leaves),"
               " (SELECT count(trunk_id) FROM perches)");
    live_check("9|1|2", "SELECT trunk_area, trunk_id, version FROM twigs WHERE id = 1001");
    live_check("1001:9:1:2 2001:::2",
               "SELECT string_agg(concat_ws(':', id, coalesce(trunk_area::text, ''), coalesce(trunk_id::text, ''),"
               " version), ' ' ORDER BY id) FROM perches WHERE id IN (1001, 2001)");
    check_nothing_to_write();
}
END_TEST

/* The same inside a tree: what is below the moved twig stays with it. */
START_TEST(test_ring_sweep__moved_inside_a_tree)
{
    live_sql("UPDATE twigs SET up_id = 1001 WHERE id = 2001; UPDATE twigs SET up_id = 2001 WHERE id = 3001;"
             "INSERT INTO twigs VALUES (5, 1, 1, 2001, NULL, 'five', 1); INSERT INTO leaves VALUES (5, 5)");
    Twig *old = session_find(s, Twig, 1001), *moved = session_find(s, Twig, 2001);
    session_add(s, Twig, .id = 4001, .trunk_area = 1, .trunk_id = 1, .mark = old->mark);
    check_ok(session_delete(s, old));
    moved->up_id = (NullInt64){4001, true};
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check(
        "5:2001:1 2001:4001:1 3001:2001:1 4001::0",
        "SELECT string_agg(concat_ws(':', id, coalesce(up_id::text, ''), (SELECT count(*) FROM leaves WHERE twig_id"
        " = t.id)), ' ' ORDER BY id) FROM twigs AS t WHERE trunk_area = 1 AND trunk_id = 1");
    check_nothing_to_write();
}
END_TEST

/* What another transaction has changed is not deleted, and that is found out: before COMMIT, or by the statement itself. */
START_TEST(test_ring_sweep__stale)
{
    scene_close();
    scene_open_with(MODELS(Trunk, Twig, Leaf, Perch, Owl), DATABASE_OPTIONS(.fence = _i == 1));
    live_sql("INSERT INTO trunks VALUES (1, 1, 'm'); INSERT INTO twigs VALUES (1, 1, 1, NULL, NULL, 'one', 1),"
             " (2, 1, 1, 1, NULL, 'two', 1), (3, 1, 1, 2, NULL, 'three', 1)");
    Twig *old = session_find(s, Twig, 1), *moved = session_find(s, Twig, 2);
    session_add(s, Twig, .id = 4, .trunk_area = 1, .trunk_id = 1, .mark = old->mark);
    check_ok(session_delete(s, old));
    moved->up_id = (NullInt64){4, true};
    live_sql("UPDATE twigs SET version = 2 WHERE id = 1");
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, old);
    live_check("3|2", "SELECT count(*), max(version) FROM twigs");
}
END_TEST

/* Each of two that are deleted is below the other one; a third, which nobody has loaded, is below one of them. */
START_TEST(test_ring_sweep__deleted_ring)
{
    live_sql("INSERT INTO owls VALUES (1, 2), (2, 1), (3, 2), (4, 3), (5, 5)");
    session_delete(s, session_find(s, Owl, 1));
    session_delete(s, session_find(s, Owl, 2));
    check_ok(session_commit(s));
    live_check("5", "SELECT string_agg(id::text, ',') FROM owls");
    check_nothing_to_write();
}
END_TEST

/* One of those that are deleted refers to another beside the tree, and is not below it. */
START_TEST(test_ring_sweep__beside_the_tree)
{
    live_sql("UPDATE twigs SET beside_id = 3001 WHERE id = 2001");
    Twig *twigs[] = {session_find(s, Twig, 1001), session_find(s, Twig, 2001), session_find(s, Twig, 3001)};
    for (size_t i = 0; i < COUNT_OF(twigs); i++)
        session_delete(s, twigs[i]);
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM twigs WHERE trunk_area = 1 AND trunk_id = 1),"
                      " (SELECT count(*) FROM leaves WHERE twig_id IN (1001, 2001, 3001))");
    check_nothing_to_write();
}
END_TEST

/* The same, where the way down leads over one that is not loaded. */
START_TEST(test_ring_sweep__below_one_that_is_not_loaded)
{
    live_sql("UPDATE twigs SET up_id = 1001 WHERE id = 2001; UPDATE twigs SET up_id = 2001 WHERE id = 3001");
    session_delete(s, session_find(s, Twig, 3001));
    session_delete(s, session_find(s, Twig, 1001));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM twigs WHERE trunk_area = 1 AND trunk_id = 1");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_ring_sweep__moved_between_two_tables, 0, 2);
    tcase_add_test(tests, test_ring_sweep__moved_inside_a_tree);
    tcase_add_loop_test(tests, test_ring_sweep__stale, 0, 2);
    tcase_add_test(tests, test_ring_sweep__deleted_ring);
    tcase_add_test(tests, test_ring_sweep__beside_the_tree);
    tcase_add_test(tests, test_ring_sweep__below_one_that_is_not_loaded);
}

int main(void)
{
    return scene_main("ring_sweep", setup, scene_close, add_tests);
}
