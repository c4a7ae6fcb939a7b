/* One database handle whose sessions write as several roles, of which each may do something else. */
#include "api/scene.h"

#include <unistd.h>

typedef struct Club {
    int64_t id;
    const char *name;
} Club;

typedef struct Player {
    int32_t id;
    int64_t club_id;
    const char *name;
    Club *club;
} Player;

typedef struct Note {
    int64_t id;
    const char *text;
} Note;

/* clang-format off */
MODEL(Club, "clubs",
    COLUMN(Club, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Club, name));
MODEL(Player, "players",
    COLUMN(Player, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Player, club_id), COLUMN(Player, name),
    BELONGS_TO(Player, club, Club, club_id));
MODEL(Note, "notes",
    COLUMN(Note, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Note, text));
/* clang-format on */

enum role { DRAWS, READS, WRITES, ROLES };

static const struct {
    const char *name, *on_tables, *on_sequences;
} rights[ROLES] = {
    [DRAWS] = {"draws", "ALL", "USAGE"},
    [READS] = {"reads", "ALL", NULL},
    [WRITES] = {"writes", "INSERT", "USAGE"}, /* can't read what it writes */
};

static char names[ROLES][64];

static void setup(void)
{
    scene_open(MODELS(Club, Player, Note));
    for (int i = 0; i < ROLES; i++) {
        snprintf(names[i], sizeof(names[i]), "howdah_%s_%ld", rights[i].name, (long)getpid());
        live_sql("CREATE ROLE %s; GRANT %s ON ALL TABLES IN SCHEMA public TO %s", names[i], rights[i].on_tables,
                 names[i]);
        if (rights[i].on_sequences)
            live_sql("GRANT %s ON ALL SEQUENCES IN SCHEMA public TO %s", rights[i].on_sequences, names[i]);
    }
    live_sql("GRANT %s TO %s", names[WRITES], names[DRAWS]);
    cost_start();
}

static void teardown(void)
{
    session_close(s);
    s = NULL;
    for (int i = 0; i < ROLES; i++)
        live_sql("DROP OWNED BY %s; DROP ROLE %s", names[i], names[i]);
    scene_close();
}

/* Clubs with players, whose keys are drawn where that may be, and notes: nobody waits for theirs. */
static void add_some(int count)
{
    for (int i = 0; i < count; i++) {
        Club *club = session_add(s, Club, .name = session_text(s, "c%d", i));
        session_add(s, Player, .name = club->name, .club = club);
        session_add(s, Note, .text = club->name);
    }
}

static void check_rows(int count)
{
    live_check(session_text(s, "%d|%d|0", count, count),
               "SELECT (SELECT count(*) FROM notes), count(*), count(*) FILTER (WHERE clubs.name <> players.name)"
               " FROM players JOIN clubs ON clubs.id = club_id");
    live_sql("TRUNCATE clubs, players, notes CASCADE");
}

/* One unit of work as that role; false: it was refused. */
static bool write_as(int role, const char *setting, bool begins, int count)
{
    scene_renew();
    if (begins)
        check_ok(session_begin(s, NULL));
    check_ok(session_set_local(s, setting, names[role]));
    add_some(count);
    if (session_commit(s) == STATUS_OK) {
        check_rows(count);
        return true;
    }
    check_error(s, STATUS_PERMISSION);
    ck_assert_msg(begins && count == 1 && role == WRITES, "%s", error_text(session_error(s)));
    return false;
}

/* In any order, in any session, with and without a transaction of the program. What is learned of a row alone by its failure
 * is learned once. */
START_TEST(test_role__one_after_another)
{
    int refused = 0;
    for (int i = 0; i < 4 * ROLES; i++)
        refused += !write_as((i * 5 / 2) % ROLES, i % 2 ? "role" : "Session_Authorization", _i % 2, _i / 2 ? 1 : 3);
    ck_assert_int_eq(refused, _i == 3 ? 2 : 0); /* one a table */
    add_some(3);                                /* as who has logged in */
    check_ok(session_commit(s));
    check_rows(3);
}
END_TEST

/* What one may not costs the others nothing, and each of them finds it out once. */
START_TEST(test_role__learned_once)
{
    static const unsigned trips[ROLES] = {[DRAWS] = 2, [READS] = 3, [WRITES] = 2};
    for (int i = 0; i < 3 * ROLES; i++) {
        scene_renew();
        check_ok(session_set_local(s, "role", names[i % ROLES]));
        add_some(3);
        cost_start();
        check_ok(session_commit(s));
        if (i >= ROLES)
            check_trips(trips[i % ROLES]);
    }
    for (int i = 0; i < 3 * ROLES; i++) {
        scene_renew();
        check_ok(session_begin(s, NULL));
        check_ok(session_set_local(s, "role", names[i % ROLES]));
        add_some(3);
        cost_start();
        check_ok(session_commit(s));
        if (i >= ROLES)
            check_trips(trips[i % ROLES]);
    }
}
END_TEST

/* Why a key did not come back is asked as the role whose key it was. */
START_TEST(test_role__asked_with_the_settings_of_the_commit)
{
    Note *note = session_add(s, Note, .text = "one");
    check_ok(session_set_local(s, "app.tenant", "7"));
    check_ok(session_set_local(s, "role", names[WRITES]));
    check_ok(session_commit(s));
    ck_assert_int_eq(note->id, 1);
    session_add(s, Note, .text = "two");
    check_ok(session_set_local(s, "role", names[WRITES]));
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("2", "SELECT count(*) FROM notes");
}
END_TEST

/* Settings in their order: who "none" is, and the default. */
START_TEST(test_role__the_last_setting)
{
    static const struct {
        const char *name;
        int role;
    } settings[] = {{"role", READS}, {"session_authorization", DRAWS}, {"role", WRITES}, {"ROLE", -1}};
    for (int begins = 0; begins < 2; begins++)
        for (size_t count = 0; count <= COUNT_OF(settings); count++) {
            scene_renew();
            if (begins)
                check_ok(session_begin(s, NULL));
            for (size_t i = 0; i < count; i++)
                check_ok(
                    session_set_local(s, settings[i].name, settings[i].role < 0 ? "none" : names[settings[i].role]));
            add_some(3);
            check_ok(session_commit(s));
            check_rows(3);
        }
}
END_TEST

/* Nobody knows the name: each transaction asks. */
START_TEST(test_role__set_by_sql)
{
    int count = _i ? 1 : 3;
    for (int i = 0; i < 4 * ROLES; i++) {
        const char *name = names[(i * 5 / 2) % ROLES];
        scene_renew();
        check_ok(session_begin(s, NULL));
        check_ok(i % 2 ? session_execute(s, NULL, "SELECT set_config(%s, %s, true)", "role", name)
                       : session_execute(s, NULL, "SELECT set_config('ROLE', %s, true)", name));
        add_some(count);
        check_ok(session_flush(s));
        session_add(s, Note, .text = "one more");
        check_ok(session_rollback(s));
        check_ok(session_begin(s, NULL));
        check_ok(session_execute(s, NULL, "SELECT set_config('role', %s, true)", name));
        add_some(count);
        check_ok(session_commit(s));
        check_rows(count);
    }
}
END_TEST

START_TEST(test_role__set_by_words_of_sql)
{
    check_ok(session_begin(s, NULL));
    add_some(3);
    check_ok(session_flush(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 3);
    check_ok(session_execute(s, NULL, "SET LOCAL ROLE NONE"));
    session_add(s, Note, .text = "a");
    check_ok(session_flush(s));
    session_add(s, Note, .text = "b");
    check_ok(session_flush(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 4);
    check_ok(session_execute(s, NULL, "set local session authorization default"));
    session_add(s, Note, .text = "c");
    check_ok(session_flush(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 5);
    check_ok(session_execute(s, NULL, "SET LOCAL work_mem = '1MB'"));
    session_add(s, Note, .text = "d");
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 5);
    check_ok(session_begin(s, NULL)); /* all that is over */
    session_add(s, Note, .text = "e");
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 5);
}
END_TEST

/* The server takes a role back, too. */
START_TEST(test_role__taken_back_to_a_savepoint)
{
    check_ok(session_begin(s, NULL));
    if (_i % 2)
        check_ok(session_execute(s, NULL, "SELECT set_config(%s, %s, true)", "role", names[DRAWS]));
    else
        check_ok(session_set_local(s, "role", names[DRAWS]));
    add_some(3);
    uint32_t place = session_savepoint(s);
    if (_i / 2)
        check_ok(session_execute(s, NULL, "SELECT set_config(%s, %s, true)", "role", names[WRITES]));
    else
        check_ok(session_set_local(s, "role", names[WRITES]));
    add_some(3);
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    session_add(s, Note, .text = "other");
    session_add(s, Note, .text = "another");
    check_ok(session_commit(s));
    live_check("3|5", "SELECT (SELECT count(*) FROM clubs), count(*) FROM notes");
}
END_TEST

/* A database remembers so many, and asks about the others. */
START_TEST(test_role__many)
{
    add_some(1);
    for (int i = 0; i < 257; i++) {
        check_ok(session_set_local(s, "role", session_text(s, "nobody %d", i)));
        check_fails(session_commit(s), STATUS_DATA);
        session_clear_error(s);
        check_ok(session_rollback(s));
        add_some(1);
    }
    for (int i = 0; i < 2 * ROLES; i++) {
        scene_renew();
        check_ok(session_begin(s, NULL));
        check_ok(session_set_local(s, "role", names[i % ROLES]));
        add_some(3);
        check_ok(session_commit(s));
        check_rows(3);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_role__one_after_another, 0, 4);
    tcase_add_test(tests, test_role__learned_once);
    tcase_add_test(tests, test_role__asked_with_the_settings_of_the_commit);
    tcase_add_test(tests, test_role__the_last_setting);
    tcase_add_loop_test(tests, test_role__set_by_sql, 0, 2);
    tcase_add_test(tests, test_role__set_by_words_of_sql);
    tcase_add_loop_test(tests, test_role__taken_back_to_a_savepoint, 0, 4);
    tcase_add_test(tests, test_role__many);
}

int main(void)
{
    return scene_main("role", setup, teardown, add_tests);
}
