/* The plan for people: a table, and a picture. Both show what runs, word for word. */
#include "api/cycle_models.h"
#include "api/scene.h"

#include <stdio.h>
#include <sys/wait.h>

static void setup(void)
{
    scene_open(CYCLES);
}

static void check_text(const Plan *plan, const char *expected)
{
    ck_assert_msg(plan, "%s", error_text(session_error(s)));
    ck_assert_str_eq(plan_text(plan), expected);
    ck_assert_ptr_eq(plan_text(plan), plan_text(plan)); /* made once */
}

static void add_pair(const char *name)
{
    Ship *ship = session_add(s, Ship, .name = name);
    Captain *captain = session_add(s, Captain, .name = name, .ship = ship);
    ship->captain = captain;
    session_add(s, Crew, .name = name, .captain = captain);
}

START_TEST(test_plan__ring_in_one_statement)
{
    add_pair("Pequod");
    add_pair("Beagle");
    check_text(
        session_plan(s),
        "step  statement                                     rows  why it stands here                                  round trip\n"
        "----  --------------------------------------------  ----  --------------------------------------------------  ----------\n"
        "   1  BEGIN                                               all or nothing                                               1\n"
        "   2  read the transaction's id                           names the transaction, should the answer get lost            1\n"
        "   3  keys for ships.id                                2  keys for rows that others may refer to                       1\n"
        "   4  keys for captains.id                             2  keys for rows that others may refer to                       1\n"
        "   5  keys for ships.captain_id                        2  keys drawn above, for the rows that refer to them            1\n"
        "   6  keys for captains.ship_id                        2  keys drawn above, for the rows that refer to them            1\n"
        "   7  INSERT INTO ships (id, captain_id, name) and     4  these rows need each other; foreign keys are                 1\n"
        "        INSERT INTO captains (id, ship_id,                  checked when all of them are written\n"
        "        mate_id, name, version)\n"
        "   8  keys for crew.captain_id                         2  keys drawn above, for the rows that refer to them            1\n"
        "   9  INSERT INTO crew (captain_id, name)              2  after captains are inserted: crew_captain_id_fkey            1\n"
        "                                                            refers to them\n"
        "  10  COMMIT                                              after all counts are right                                   2\n");
}
END_TEST

/* Values that go round, and NULL in between. */
START_TEST(test_plan__parked_values)
{
    Slot *a = session_add(s, Slot, .name = "a", .place = {1, true}, .rank = 1, .shelf = "a");
    Slot *b = session_add(s, Slot, .name = "b", .place = {2, true}, .rank = 2, .shelf = "b");
    check_ok(session_commit(s));
    a->place.value = 2;
    b->place.value = 1;
    check_text(
        session_plan(s),
        "step  statement                        rows  why it stands here                                  round trip\n"
        "----  -------------------------------  ----  --------------------------------------------------  ----------\n"
        "   1  BEGIN                                  all or nothing                                               1\n"
        "   2  read the transaction's id              names the transaction, should the answer get lost            1\n"
        "   3  UPDATE slots SET place to NULL      2  values of unique columns go round: NULL until all            1\n"
        "                                               of them are free\n"
        "   4  UPDATE slots SET place, version     2  after slots are updated: they release values of              1\n"
        "                                               slots_place_key\n"
        "   5  COMMIT                                 after all counts are right                                   2\n");
}
END_TEST

/* A single row, without BEGIN and COMMIT. */
START_TEST(test_plan__lone_row)
{
    session_add(s, Crew, .name = "mate");
    check_text(session_plan(s),
               "step  statement                            rows  why it stands here                     round trip\n"
               "----  -----------------------------------  ----  -------------------------------------  ----------\n"
               "   1  INSERT INTO crew (captain_id, name)     1  no row has to be written before these           1\n");
}
END_TEST

/* In the program's transaction, with settings. */
START_TEST(test_plan__transaction)
{
    check_ok(session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE)));
    check_ok(session_set_local(s, "app.tenant", "secret"));
    session_add(s, Crew, .name = "mate");
    check_text(
        session_plan(s),
        "step  statement                            rows  why it stands here                                 round trip\n"
        "----  -----------------------------------  ----  -------------------------------------------------  ----------\n"
        "   1  BEGIN ISOLATION LEVEL SERIALIZABLE         all or nothing                                              1\n"
        "   2  set app.tenant                             ends with the transaction                                   1\n"
        "   3  read the transaction's id                  names the transaction, should the answer get lost           1\n"
        "   4  INSERT INTO crew (captain_id, name)     1  no row has to be written before these                       1\n"
        "   5  COMMIT                                     after all counts are right                                  2\n");
    check_ok(session_rollback(s));
}
END_TEST

/* --- long and odd names --- */

typedef struct Part {
    int32_t id;
    NullInt32 wide_id;
} Part;

typedef struct Wide {
    int32_t id;
    int32_t first, second, third, fourth;
    const char *text;
    MANY(Part) parts;
} Wide;

extern const Model Part_model;

/* clang-format off */
MODEL(Wide, "a table whose name is as long as names may be, and with spaces",
    COLUMN(Wide, id, .primary_key = true),
    COLUMN(Wide, first, .column = "primer_a\xc3\xb1o_de_la_cuenta_anual_de_los_ni\xc3\xb1os"),
    COLUMN(Wide, second, .column = "a\nline"),
    COLUMN(Wide, third, .column = "THIRD"),
    COLUMN(Wide, fourth, .column = "abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz"),
    COLUMN(Wide, text),
    HAS_MANY(Wide, parts, Part, wide_id));

MODEL_IN("stock", Part, "parts",
    COLUMN(Part, id, .primary_key = true),
    COLUMN(Part, wide_id, .references = &Wide_model));
/* clang-format on */

START_TEST(test_plan__long_and_odd_names)
{
    scene_close();
    live_sql("CREATE SCHEMA stock");
    scene_open(MODELS(Wide, Part));
    session_add(s, Wide, .id = 1, .text = "x");
    check_text(
        session_plan(s),
        "step  statement                                     rows  why it stands here                     round trip\n"
        "----  --------------------------------------------  ----  -------------------------------------  ----------\n"
        "   1  INSERT INTO a table whose name is as long as     1  no row has to be written before these           1\n"
        "        names may be, and with spaces (id,\n"
        "        primer_a\303\261o_de_la_cuenta_anual_de_los_ni\303\261os\n"
        "        , a?line, THIRD,\n"
        "        abcdefghijklmnopqrstuvwxyz_abcdefghijklmno\n"
        "        pqrstuvwxyz, text)\n");
    check_ok(session_commit(s));
    scene_renew();
    session_delete(s, session_find(s, Wide, 1)); /* its parts were not loaded */
    check_text(
        session_plan(s),
        "step  statement                                     rows  why it stands here                                  round trip\n"
        "----  --------------------------------------------  ----  --------------------------------------------------  ----------\n"
        "   1  BEGIN                                               all or nothing                                               1\n"
        "   2  read the transaction's id                           names the transaction, should the answer get lost            1\n"
        "   3  UPDATE stock.parts SET wide_id                   ?  rows that refer to those deleted next, loaded or             1\n"
        "                                                            not: parts_wide_id_fkey\n"
        "   4  DELETE FROM a table whose name is as long as     1  no row has to be written before these                        1\n"
        "        names may be, and with spaces\n"
        "   5  COMMIT                                              after all counts are right                                   2\n");
    live_sql("DROP SCHEMA stock CASCADE");
}
END_TEST

/* --- who else sees it --- */

static char vetoed[4096];

static Status veto(const Plan *plan, void *arg)
{
    (void)arg;
    snprintf(vetoed, sizeof(vetoed), "%s", plan_text(plan));
    return STATUS_PERMISSION;
}

/* The hook gets what session_plan shows. */
START_TEST(test_plan__hook_sees_the_same)
{
    session_hooks(s, HOOKS(.on_plan = veto));
    add_pair("Pequod");
    char *planned = strdup(plan_text(session_plan(s)));
    check_fails(session_commit(s), STATUS_PERMISSION);
    ck_assert_str_eq(vetoed, planned);
    free(planned);
}
END_TEST

/* --- the same in a transaction --- */

typedef struct Rank Rank;
struct Rank {
    const char *name;
    const char *above; /* the highest one is above itself */
    Rank *superior;
};

typedef struct Badge {
    int32_t id;
    const char *text;
} Badge;

/* clang-format off */
extern const Model Rank_model;

MODEL(Rank, "ranks",
    COLUMN(Rank, name, .primary_key = true),
    COLUMN(Rank, above, .nullable = true, .references = &Rank_model, .on_update = ON_UPDATE_CASCADE),
    BELONGS_TO(Rank, superior, Rank, above));

MODEL(Badge, "badges",
    COLUMN(Badge, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Badge, text));
/* clang-format on */

/* Where the right to a sequence is asked for first, BEGIN goes with the question: the plan is still that of before. */
START_TEST(test_plan__holds_when_the_transaction_has_begun)
{
    scene_close();
    scene_open(MODELS(Rank, Badge));
    char *planned[8] = {NULL};
    size_t count = 0;
    session_add(s, Rank, .name = "general", .above = "general");
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    Rank *top = session_find(s, Rank, "general");
    top->name = "admiral";
    session_add(s, Badge, .text = "a");
    session_add(s, Badge, .text = "b");
    const Plan *plan = session_plan(s);
    ck_assert_uint_le(plan_step_count(plan), COUNT_OF(planned));
    for (; count < plan_step_count(plan); count++)
        planned[count] = strdup(plan_step(plan, count).sql);
    seen_clear();
    check_ok(session_flush(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 1);
    ck_assert_uint_eq(seen.count, count); /* one more, and no COMMIT */
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(i + 1 == count || seen_with(planned[i]) == 1, "did not run: %s", planned[i]);
    for (size_t i = 0; i < count; i++)
        free(planned[i]);
    check_ok(session_commit(s));
    live_check("admiral|admiral", "SELECT * FROM ranks");
}
END_TEST

/* Graphviz takes the picture, where it is installed. */
START_TEST(test_plan__picture_is_drawn)
{
    char command[] = "dot -Tsvg > /dev/null 2>&1", found[] = "command -v dot > /dev/null";
    if (system(found) != 0)
        return;
    add_pair("quoted \" \\ name");
    FILE *graphviz = popen(command, "w");
    ck_assert_ptr_nonnull(graphviz);
    fputs(plan_dot(session_plan(s)), graphviz);
    int status = pclose(graphviz);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", plan_dot(session_plan(s)));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_plan__ring_in_one_statement);
    tcase_add_test(tests, test_plan__parked_values);
    tcase_add_test(tests, test_plan__lone_row);
    tcase_add_test(tests, test_plan__transaction);
    tcase_add_test(tests, test_plan__long_and_odd_names);
    tcase_add_test(tests, test_plan__hook_sees_the_same);
    tcase_add_test(tests, test_plan__holds_when_the_transaction_has_begun);
    tcase_add_test(tests, test_plan__picture_is_drawn);
}

int main(void)
{
    return scene_main("plan", setup, scene_close, add_tests);
}
