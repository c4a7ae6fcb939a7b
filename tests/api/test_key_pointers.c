/* Primary keys whose parts BELONGS_TO pointers fill in: rows that link two others. */
#include "live.h"

#include <check.h>
#include <howdah/howdah.h>

typedef struct Play Play;
typedef struct Actor Actor;
typedef struct Role Role;

struct Play {
    int32_t id;
    const char *title;
};

struct Actor {
    int64_t id;
    const char *name;
};

struct Role {
    int32_t play_id;
    int64_t actor_id;
    PgTimestamp given; /* made by the server, and fetched back to the right row */
    Play *play;
    Actor *actor;
};

extern const Model Play_model, Actor_model, Role_model;

MODEL(Play, "plays",
    COLUMN(Play, id, .primary_key = true),
    COLUMN(Play, title));

MODEL(Actor, "actors",
    COLUMN(Actor, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Actor, name));

MODEL(Role, "roles",
    COLUMN(Role, play_id,  .primary_key = true, .references = &Play_model),
    COLUMN(Role, actor_id, .primary_key = true, .references = &Actor_model),
    COLUMN(Role, given,    .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    BELONGS_TO(Role, play, Play, play_id),
    BELONGS_TO(Role, actor, Actor, actor_id));

enum { ACTORS = 5 };

START_TEST(test_key_pointers__new_and_known)
{
    Database *db = database_open(NULL, MODELS(Play, Actor, Role), NULL);
    database_drop_tables(db);
    database_create_tables(db);
    Session *s = session_open(db);
    Actor *actors[ACTORS];
    Role *roles[ACTORS];
    Play *play = session_add(s, Play, .id = 7, .title = "seven");
    for (int i = 0; i < ACTORS; i++) {
        actors[i] = session_add(s, Actor, .name = "one");
        roles[i] = session_add(s, Role, .play = play, .actor = actors[i]);
    }
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert_uint_eq(session_stats(s).round_trips, 2);
    for (int i = 0; i < ACTORS; i++) {
        ck_assert_int_eq(roles[i]->actor_id, actors[i]->id);
        ck_assert_int_ne(roles[i]->given.microseconds, 0);
        ck_assert_ptr_eq(session_find(s, Role, 7, actors[i]->id), roles[i]);
    }
    live_check("5", "SELECT count(*) FROM roles WHERE play_id = 7");

    /* the same row again is told before anything is sent */
    Role *twin = session_add(s, Role, .play = play, .actor = actors[2]);
    ck_assert_int_eq(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, twin);
    session_rollback(s);
    live_check("5", "SELECT count(*) FROM roles");
    session_close(s);
    database_close(db);
}
END_TEST

int main(void)
{
    live_open();
    Suite *suite = suite_create("key_pointers");
    TCase *tests = tcase_create("key_pointers");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, test_key_pointers__new_and_known);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
