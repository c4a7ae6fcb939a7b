/* Rows that need each other: one statement writes them, whatever their tables. */
#include "api/scene.h"
#include "api/cycle_models.h"

typedef struct Hub Hub;
typedef struct Spoke Spoke;

struct Hub { /* knows three of its spokes */
    int64_t id;
    NullInt64 a_id, b_id, c_id;
    int32_t version;
    Spoke *a, *b, *c;
};

struct Spoke {
    int64_t id;
    int64_t hub_id;
    Hub *hub;
};

extern const Model Spoke_model;

/* clang-format off */
MODEL(Hub, "hubs",
    COLUMN(Hub, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Hub, a_id,    .references = &Spoke_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Hub, b_id,    .references = &Spoke_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Hub, c_id,    .references = &Spoke_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Hub, version, .version = true),
    BELONGS_TO(Hub, a, Spoke, a_id),
    BELONGS_TO(Hub, b, Spoke, b_id),
    BELONGS_TO(Hub, c, Spoke, c_id));

MODEL(Spoke, "spokes",
    COLUMN(Spoke, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Spoke, hub_id, .references = &Hub_model),
    BELONGS_TO(Spoke, hub, Hub, hub_id));
/* clang-format on */

static void setup(void)
{
    scene_open(CYCLES);
}

/* How many writes the plan has. */
static size_t writes(void)
{
    size_t count = 0;
    const Plan *plan = session_plan(s);
    ck_assert_msg(plan, "%s", error_text(session_error(s)));
    for (size_t i = 0; i < plan_step_count(plan); i++)
        count += plan_step(plan, i).operation >= OPERATION_INSERT;
    return count;
}

static Captain *add_pair(const char *name)
{
    Ship *ship = session_add(s, Ship, .name = name);
    Captain *captain = session_add(s, Captain, .name = name, .ship = ship);
    ship->captain = captain;
    return captain;
}

/* Neither can be NULL, neither constraint is deferrable. */
START_TEST(test_cycle__two_tables_need_each_other)
{
    Captain *captain = add_pair("Pequod");
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_int_eq(captain->ship->captain_id, captain->id);
    ck_assert_int_eq(captain->ship_id, captain->ship->id);
    ck_assert_int_eq(captain->version, 1);
    live_check("Pequod|1",
               "SELECT c.name, c.version FROM captains c JOIN ships h ON h.id = c.ship_id AND h.captain_id = c.id");
    check_nothing_to_write();
    /* and away with them */
    session_delete(s, captain->ship);
    session_delete(s, captain);
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM ships), (SELECT count(*) FROM captains)");
    ck_assert(!session_contains(s, captain));
}
END_TEST

START_TEST(test_cycle__keys_of_the_program)
{
    session_add(s, Captain, .id = 7, .ship_id = 9, .name = "by value");
    session_add(s, Ship, .id = 9, .captain_id = 7, .name = "by value");
    check_ok(session_commit(s));
    live_check("9|7", "SELECT ship_id, id FROM captains");
}
END_TEST

/* One text for any number of them, and statements of about 1,000 rows. */
START_TEST(test_cycle__many_pairs)
{
    enum { PAIRS = 1700 };
    static Captain *captains[PAIRS];
    for (int i = 0; i < PAIRS; i++)
        captains[i] = add_pair(session_text(s, "pair%d", i));
    ck_assert_uint_eq(writes(), 4);
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1700", "SELECT count(*) FROM captains c JOIN ships h ON h.id = c.ship_id AND h.captain_id = c.id"
                       " AND h.name = c.name");
    for (int i = 0; i < PAIRS; i++)
        ck_assert_int_eq(captains[i]->ship->captain_id, captains[i]->id);
    for (int i = 0; i < PAIRS; i++) {
        session_delete(s, captains[i]->ship);
        session_delete(s, captains[i]);
    }
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM ships");
}
END_TEST

/* Three tables: ship -> captain -> crew -> captain; one column of them can be NULL. */
START_TEST(test_cycle__a_ring_with_a_nullable_side)
{
    for (int order = 0; order < 2; order++) {
        Crew *mate = order ? session_add(s, Crew, .name = "mate") : NULL;
        Captain *captain = add_pair(order ? "one" : "two");
        if (!mate)
            mate = session_add(s, Crew, .name = "mate");
        captain->mate = mate;
        mate->captain = captain;
        check_ok(session_commit(s));
        check_trips(2);
        ck_assert_int_eq(captain->mate_id.value, mate->id);
        ck_assert_int_eq(mate->captain_id.value, captain->id);
        ck_assert_int_eq(captain->version, 1);
    }
    live_check("2", "SELECT count(*) FROM captains c JOIN crew m ON m.id = c.mate_id AND m.captain_id = c.id");
    check_nothing_to_write();
}
END_TEST

/* A loaded row gets a new one that refers to it: the row is written once, and its version counts once. */
START_TEST(test_cycle__update_and_insert_need_each_other)
{
    live_sql("ALTER TABLE ships DISABLE TRIGGER ALL; INSERT INTO ships (id, captain_id, name) VALUES (1, 1, 's');"
             "ALTER TABLE ships ENABLE TRIGGER ALL;"
             "INSERT INTO captains (id, ship_id, name, version) VALUES (1, 1, 'c', 1)");
    Captain *captain = session_find(s, Captain, 1);
    Crew *mate = session_add(s, Crew, .name = "mate", .captain = captain);
    captain->mate = mate;
    check_ok(session_commit(s));
    ck_assert_int_eq(captain->version, 2);
    live_check("2|1", "SELECT version, (SELECT count(*) FROM crew m WHERE m.id = mate_id) FROM captains");
    /* and back: the mate goes, the captain lets go of him first */
    captain->mate = NULL;
    captain->mate_id.valid = false;
    session_delete(s, mate);
    check_ok(session_commit(s));
    ck_assert_int_eq(captain->version, 3);
    live_check("3|", "SELECT version, mate_id FROM captains");
    check_nothing_to_write();
}
END_TEST

/* All go at once: nothing is set to NULL first. */
START_TEST(test_cycle__delete_a_ring)
{
    Captain *captain = add_pair("a");
    Crew *mate = session_add(s, Crew, .name = "m", .captain = captain);
    captain->mate = mate;
    check_ok(session_commit(s));
    session_delete(s, mate);
    session_delete(s, captain->ship);
    session_delete(s, captain);
    ck_assert_uint_eq(writes(), 1);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), 0);
    live_check("0|0|0",
               "SELECT (SELECT count(*) FROM ships), (SELECT count(*) FROM captains), (SELECT count(*) FROM crew)");
}
END_TEST

/* The rows of each part are counted, also where one statement writes all of them. */
START_TEST(test_cycle__delete_of_a_ring_that_is_gone)
{
    Captain *captain = add_pair("a"), *other = add_pair("b");
    check_ok(session_commit(s));
    session_delete(s, captain->ship);
    session_delete(s, captain);
    session_delete(s, other->ship);
    session_delete(s, other);
    live_sql("WITH gone AS (DELETE FROM ships WHERE name = 'b') DELETE FROM captains WHERE name = 'b'");
    check_fails(session_commit(s), STATUS_STALE);
    live_check("1|1", "SELECT (SELECT count(*) FROM ships), (SELECT count(*) FROM captains)");
}
END_TEST

/* A list with beads in both directions is one INSERT, also over several chunks' worth of rows, and one DELETE. */
START_TEST(test_cycle__doubly_linked_list)
{
    const int counts[] = {3, 2500};
    int count = counts[_i];
    Bead **beads = calloc((size_t)count, sizeof(*beads));
    for (int i = 0; i < count; i++) {
        beads[i] = session_add(s, Bead, .label = session_text(s, "%d", i));
        if (i) {
            beads[i]->previous = beads[i - 1];
            beads[i - 1]->next = beads[i];
        }
    }
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_int_ne(beads[0]->made_at.microseconds, 0);
    live_check(
        session_text(s, "%d|%d", count - 1, count - 1),
        "SELECT count(p.id), count(n.id) FROM beads l LEFT JOIN beads p ON p.id = l.previous_id AND p.next_id = l.id"
        " LEFT JOIN beads n ON n.id = l.next_id AND n.previous_id = l.id");
    for (int i = 1; i < count; i++)
        ck_assert_int_eq(beads[i]->previous_id.value, beads[i - 1]->id);
    check_nothing_to_write();
    /* one out of the middle: its neighbours are joined, it goes */
    beads[0]->next = beads[2];
    beads[2]->previous = beads[0];
    session_delete(s, beads[1]);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM beads WHERE label = '1'");
    for (int i = 0; i < count; i++)
        if (i != 1)
            session_delete(s, beads[i]);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM beads");
    free(beads);
}
END_TEST

/* Rings of three rows, more than fit one statement: none is cut. */
START_TEST(test_cycle__rings_of_one_table)
{
    enum { RINGS = 700 };
    static Bead *beads[RINGS][3];
    for (int place = 0; place < 3; place++)
        for (int ring = 0; ring < RINGS; ring++)
            beads[ring][place] = session_add(s, Bead, .label = "ring");
    for (int ring = 0; ring < RINGS; ring++)
        for (int place = 0; place < 3; place++)
            beads[ring][place]->next = beads[ring][(place + 1) % 3];
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2100", "SELECT count(*) FROM beads a JOIN beads b ON b.id = a.next_id JOIN beads c ON c.id = b.next_id"
                       " WHERE c.next_id = a.id");
    for (int ring = 0; ring < RINGS; ring++)
        for (int place = 0; place < 3; place++)
            session_delete(s, beads[ring][place]);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM beads");
}
END_TEST

/* Two sets of columns, as some have a predecessor and some have not: one ring all the same. */
START_TEST(test_cycle__rows_of_a_ring_differ_in_columns)
{
    live_sql("INSERT INTO beads (id, label) VALUES (-1, 'a'), (-2, 'b'), (-3, 'c')");
    Bead *a = session_find(s, Bead, -1), *b = session_find(s, Bead, -2), *c = session_find(s, Bead, -3);
    Bead *new = session_add(s, Bead, .label = "new", .previous = a, .next = b);
    a->next = new;
    b->previous = new;
    b->label = "b2";
    session_delete(s, c);
    check_ok(session_commit(s));
    live_check("a|||new\nb2|new||\nnew|a||b2",
               "SELECT l.label, p.label, '', n.label FROM beads l LEFT JOIN beads p ON p.id = l.previous_id"
               " LEFT JOIN beads n ON n.id = l.next_id ORDER BY 1");
    check_nothing_to_write();
}
END_TEST

/* A parent goes, another takes its unique name, the children move: a NOT NULL key each way round. */
START_TEST(test_cycle__parent_replaced_under_its_name)
{
    Captain *captain = add_pair("Pequod");
    check_ok(session_commit(s));
    Ship *old = captain->ship, *new = session_add(s, Ship, .name = "Pequod", .captain = captain);
    captain->ship = new;
    session_delete(s, old);
    check_ok(session_commit(s));
    check_trips(4);
    ck_assert_int_ne(new->id, 0);
    ck_assert_int_eq(captain->ship_id, new->id);
    live_check("1|Pequod", "SELECT count(*), min(h.name) FROM ships h JOIN captains c ON c.ship_id = h.id");
    check_nothing_to_write();
}
END_TEST

/* What one statement wrote is undone as a whole, and the objects with it. */
START_TEST(test_cycle__failure_leaves_all_as_it_was)
{
    live_sql("ALTER TABLE captains ADD CONSTRAINT sober CHECK (name <> 'drunk')");
    Captain *captain = add_pair("drunk");
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(captain, "Captain", NULL);
    ck_assert_int_eq(captain->id, 0);
    ck_assert_int_eq(captain->ship->id, 0);
    session_clear_error(s);
    captain->name = "sober";
    check_ok(session_commit(s));
    live_check("sober", "SELECT name FROM captains");
}
END_TEST

/* One bad row among many rings that one statement writes: they are tried ring by ring. */
START_TEST(test_cycle__bad_row_of_many_rings)
{
    enum { PAIRS = 700 };
    Captain *captains[PAIRS];
    live_sql("ALTER TABLE captains ADD CONSTRAINT sane CHECK (name <> 'mad')");
    for (int i = 0; i < PAIRS; i++) {
        captains[i] = session_add(s, Captain, .name = i == 613 ? "mad" : "good");
        captains[i]->ship = session_add(s, Ship, .name = session_text(s, "ship %d", i), .captain = captains[i]);
    }
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(captains[613], "Captain", NULL);
    ck_assert_str_eq(session_error(s)->constraint, "sane");
    session_clear_error(s);
    captains[613]->name = "well";
    check_ok(session_commit(s));
    live_check("700|1|700",
               "SELECT count(*), count(*) FILTER (WHERE c.name = 'well' AND s.name = 'ship 613'),"
               " count(*) FILTER (WHERE s.captain_id = c.id) FROM captains c JOIN ships s ON s.id = c.ship_id");
}
END_TEST

static Hub *add_hub(void)
{
    scene_close();
    scene_open(MODELS(Hub, Spoke));
    Hub *hub = session_add(s, Hub);
    hub->a = session_add(s, Spoke, .hub = hub);
    hub->b = session_add(s, Spoke, .hub = hub);
    hub->c = session_add(s, Spoke, .hub = hub);
    return hub;
}

/* Written once, and counted once; and so when all of them let go. */
START_TEST(test_cycle__three_keys_of_one_row)
{
    Hub *hub = add_hub();
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(hub->version, 1);
    live_check("1", "SELECT count(*) FROM hubs h JOIN spokes a ON a.id = a_id JOIN spokes b ON b.id = b_id"
                    " JOIN spokes c ON c.id = c_id WHERE (a.hub_id, b.hub_id, c.hub_id) = (h.id, h.id, h.id)");
    check_nothing_to_write();
    hub->a = hub->b = hub->c = NULL;
    hub->a_id.valid = hub->b_id.valid = hub->c_id.valid = false;
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    ck_assert_int_eq(hub->version, 2);
    live_check("2", "SELECT version FROM hubs WHERE num_nulls(a_id, b_id, c_id) = 3");
}
END_TEST

/* Where ON DELETE SET NULL cuts a ring there is none: two plain statements, in the order of the other keys. */
START_TEST(test_cycle__what_the_database_cuts_makes_no_order)
{
    Hub *hub = add_hub();
    check_ok(session_commit(s));
    session_delete(s, hub);
    session_delete(s, hub->a);
    session_delete(s, hub->b);
    session_delete(s, hub->c);
    ck_assert_uint_eq(writes(), 2);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("WITH w0 AS"), 0);
    ck_assert_uint_eq(seen_with("DELETE"), 2);
    live_check("0|0", "SELECT (SELECT count(*) FROM hubs), (SELECT count(*) FROM spokes)");
}
END_TEST

/* Without the right to draw keys they come back a round trip later: a ring can't be written. */
START_TEST(test_cycle__ring_without_sequence_rights)
{
    const char *role = scene_role();
    live_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO %s", role);
    session_close(s);
    database_close(db);
    db = scene_database(live_conninfo_with("user=%s", role), CYCLES, DATABASE_OPTIONS(.on_statement = seen_add));
    s = session_open(db);
    if (_i)
        check_ok(session_begin(s, NULL)); /* the server is asked before anything is tried */
    Captain *captain = add_pair("x");
    check_fails(session_commit(s), STATUS_INVALID);
    check_says(session_error(s), "USAGE");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    captain->id = 1;
    captain->ship->id = 1;
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM captains");
    session_close(s);
    database_close(db);
    s = NULL;
    db = NULL;
    scene_drop_role();
}
END_TEST

/* With a commit fence a ring is one round trip, too: its statement checks how many rows each part writes. */
START_TEST(test_cycle__with_a_fence)
{
    scene_close();
    scene_open_with(CYCLES, DATABASE_OPTIONS(.fence = true, .on_statement = seen_add));
    Captain *captain = add_pair("Pequod"), *other = add_pair("Beagle");
    session_add(s, Crew, .name = "mate", .captain = captain);
    cost_start();
    check_ok(session_commit(s));
    check_trips(1);
    live_check("2", "SELECT count(*) FROM captains c JOIN ships h ON h.id = c.ship_id AND h.captain_id = c.id");
    /* a row of it that is not as it was stops the COMMIT that is queued behind it */
    live_sql("DELETE FROM crew; UPDATE captains SET version = 7 WHERE name = 'Pequod'");
    for (int i = 0; i < 2; i++) {
        session_delete(s, (i ? other : captain)->ship);
        session_delete(s, i ? other : captain);
    }
    cost_start();
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_str_eq(session_error(s)->model, "Captain");
    live_check("2|2", "SELECT (SELECT count(*) FROM captains), (SELECT count(*) FROM ships)");
    session_clear_error(s);
    live_sql("UPDATE captains SET version = 1");
    cost_start();
    check_ok(session_commit(s));
    check_trips(1);
    live_check("0|0", "SELECT (SELECT count(*) FROM captains), (SELECT count(*) FROM ships)");
}
END_TEST

/* A part that a trigger keeps from writing. */
START_TEST(test_cycle__part_that_writes_nothing)
{
    if (_i) {
        scene_close();
        scene_open_with(CYCLES, DATABASE_OPTIONS(.fence = true, .on_statement = seen_add));
    }
    live_sql("CREATE OR REPLACE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;"
             "CREATE TRIGGER keep_out BEFORE INSERT ON ships FOR EACH ROW EXECUTE FUNCTION keep_out()");
    add_pair("Pequod");
    Status status = session_commit(s);
    ck_assert_msg(status == STATUS_FOREIGN_KEY || status == STATUS_SERVER, "%s", error_text(session_error(s)));
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("0", "SELECT count(*) FROM captains");
    session_clear_error(s);
    live_sql("DROP TRIGGER keep_out ON ships");
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM captains");
}
END_TEST

/* A picture of what waits for what. */
START_TEST(test_cycle__plan_as_a_picture)
{
    ck_assert_str_eq(plan_dot(session_plan(s)), "");
    ck_assert_str_eq(plan_dot(NULL), "");
    Captain *captain = add_pair("Pequod");
    session_add(s, Crew, .name = "mate", .captain = captain);
    const char *dot = plan_dot(session_plan(s));
    ck_assert_ptr_nonnull(strstr(dot, "digraph plan {"));
    ck_assert_ptr_nonnull(strstr(dot, "one statement"));
    ck_assert_ptr_nonnull(strstr(dot, "insert into ships\\n1 row"));
    ck_assert_ptr_nonnull(strstr(dot, "captains_ship_id_fkey\\nrefers to it\", style=dashed"));
    ck_assert_ptr_nonnull(strstr(dot, "crew_captain_id_fkey\\nrefers to it\"];"));
}
END_TEST

/* What one of them refers to nobody has loaded: it is known by its key alone. */
START_TEST(test_cycle__of_rows_known_by_their_keys)
{
    live_sql("BEGIN; SET LOCAL session_replication_role = replica;"
             "INSERT INTO ships (id, captain_id, name) VALUES (101, 201, 'a'), (102, 202, 'b'), (103, 203, 'c');"
             "INSERT INTO captains (id, ship_id, name, version) VALUES (201, 101, 'A', 1), (202, 102, 'B', 1),"
             " (203, 103, 'C', 1); COMMIT");
    for (int i = 1; i <= 2; i++) {
        Captain *captain = session_stub(s, Captain, 200 + i);
        captain->version = 1;
        session_delete(s, captain);
        session_delete(s, i == 2 && _i ? session_stub(s, Ship, 102) : session_find(s, Ship, 100 + i));
    }
    check_ok(session_commit(s));
    live_check("103|203", "SELECT (SELECT string_agg(id::text, ' ') FROM ships), (SELECT string_agg(id::text, ' ') FROM"
                          " captains)");
    check_nothing_to_write();
}
END_TEST

/* What a part says that did not find its rows, once for all of them. */
#define FOUND(part) "(SELECT pg_catalog.count(*) FROM w" #part ")"
#define GUARD(part) \
    "WHEN " FOUND(part) " <> (SELECT n FROM n" #part \
                        ") THEN pg_catalog.length(pg_catalog.current_setting('howdah.found_" #part \
                        "_' || " FOUND(part) "))"

/* What each may refer to are all others: were there an edge for each pair, there would be two thousand million. */
START_TEST(test_cycle__many_rows_known_by_their_keys)
{
    enum { ROWS = 30000, FEW = 3 };
    static Captain *captains[ROWS + 1];
    static Ship *ships[ROWS + 1];
    live_sql(
        "BEGIN; SET LOCAL session_replication_role = replica;"
        "INSERT INTO ships (id, captain_id, name) SELECT n, n, n FROM generate_series(1, %d) AS n;"
        "INSERT INTO captains (id, ship_id, name, version) SELECT n, n, n, 1 FROM generate_series(1, %d) AS n; COMMIT",
        FEW, FEW);
    for (int i = 1; i <= ROWS; i++) {
        captains[i] = session_stub(s, Captain, i);
        captains[i]->version = 1;
        ships[i] = session_stub(s, Ship, i);
        session_delete(s, captains[i]);
        session_delete(s, ships[i]);
    }
    ck_assert_uint_eq(writes(), 1);
    for (int i = FEW + 1; i <= ROWS; i++) {
        check_ok(session_evict(s, captains[i]));
        check_ok(session_evict(s, ships[i]));
    }
    seen_clear();
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM ships), (SELECT count(*) FROM captains)");
    /* nor does the server look at each pair */
    const char *sql = seen.statements[seen.count - 2].sql, *tail = sql ? strstr(sql, " SELECT 2, ") : NULL;
    ck_assert_ptr_nonnull(tail);
    ck_assert_str_eq(tail, " SELECT 2, (SELECT c1 FROM w0), (SELECT c1 FROM w1) WHERE false"
                           " UNION ALL SELECT 0, c1, NULL FROM w0 WHERE (SELECT CASE " GUARD(0) " " GUARD(
                               1) " ELSE 1 END) = 1"
                                  " UNION ALL SELECT 1, NULL, c1 FROM w1");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_cycle__many_rows_known_by_their_keys);
    tcase_add_loop_test(tests, test_cycle__of_rows_known_by_their_keys, 0, 2);
    tcase_add_test(tests, test_cycle__plan_as_a_picture);
    tcase_add_test(tests, test_cycle__two_tables_need_each_other);
    tcase_add_test(tests, test_cycle__keys_of_the_program);
    tcase_add_test(tests, test_cycle__many_pairs);
    tcase_add_test(tests, test_cycle__a_ring_with_a_nullable_side);
    tcase_add_test(tests, test_cycle__update_and_insert_need_each_other);
    tcase_add_test(tests, test_cycle__delete_a_ring);
    tcase_add_test(tests, test_cycle__delete_of_a_ring_that_is_gone);
    tcase_add_loop_test(tests, test_cycle__doubly_linked_list, 0, 2);
    tcase_add_test(tests, test_cycle__rings_of_one_table);
    tcase_add_test(tests, test_cycle__rows_of_a_ring_differ_in_columns);
    tcase_add_test(tests, test_cycle__parent_replaced_under_its_name);
    tcase_add_test(tests, test_cycle__bad_row_of_many_rings);
    tcase_add_test(tests, test_cycle__three_keys_of_one_row);
    tcase_add_test(tests, test_cycle__what_the_database_cuts_makes_no_order);
    tcase_add_test(tests, test_cycle__failure_leaves_all_as_it_was);
    tcase_add_test(tests, test_cycle__with_a_fence);
    tcase_add_loop_test(tests, test_cycle__part_that_writes_nothing, 0, 2);
    tcase_add_loop_test(tests, test_cycle__ring_without_sequence_rights, 0, 2);
}

int main(void)
{
    return scene_main("cycle", setup, scene_close, add_tests);
}
