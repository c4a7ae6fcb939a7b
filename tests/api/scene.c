#include "api/scene.h"

#include <pthread.h>
#include <unistd.h>

Database *db;
Session *s;
struct seen seen;

static SessionStats before;

int scene_main(const char *name, void (*setup)(void), void (*teardown)(void), void (*add_tests)(TCase *))
{
    live_open();
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, setup, teardown);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}

void scene_wipe(void)
{
    live_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO public");
}

Database *scene_database(const char *conninfo, const Model *const *models, const DatabaseOptions *options)
{
    Database *opened = database_open(conninfo ? conninfo : live_conninfo(), models, options);
    ck_assert_msg(!database_error(opened), "%s", error_text(database_error(opened)));
    return opened;
}

void scene_open(const Model *const *models)
{
    scene_open_with(models, DATABASE_OPTIONS(.on_statement = seen_add));
}

void scene_open_with(const Model *const *models, const DatabaseOptions *options)
{
    scene_wipe();
    db = scene_database(NULL, models, options);
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    s = session_open(db);
    check_no_error();
    seen_clear();
    cost_start();
}

void scene_close(void)
{
    session_close(s);
    database_close(db);
    seen_clear();
    s = NULL;
    db = NULL;
}

void scene_renew(void)
{
    session_close(s);
    s = session_open(db);
    check_no_error();
    cost_start();
}

static char role[64];

const char *scene_role(void)
{
    if (!*role) {
        snprintf(role, sizeof(role), "howdah_role_%ld", (long)getpid());
        live_sql("CREATE ROLE %s LOGIN", role);
    }
    return role;
}

void scene_drop_role(void)
{
    if (*role)
        live_sql("DROP OWNED BY %s; DROP ROLE %s", role, role);
    *role = '\0';
}

/* --- statements --- */

/* Called by the thread that runs the statement: tests of waiting have two. */
void seen_add(void *arg, const Statement *statement)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)arg;
    pthread_mutex_lock(&lock);
    if (seen.count < SEEN_MAX) {
        struct seen_statement *to = &seen.statements[seen.count];
        to->sql = strdup(statement->sql);
        to->parameters = statement->parameters;
        to->rows = statement->rows;
        to->round_trip = statement->round_trip;
        to->status = statement->status;
        memcpy(to->sqlstate, statement->sqlstate, strnlen(statement->sqlstate, 5) + 1);
    }
    seen.count++;
    pthread_mutex_unlock(&lock);
}

void seen_clear(void)
{
    for (size_t i = 0; i < seen.count && i < SEEN_MAX; i++)
        free(seen.statements[i].sql);
    memset(&seen, 0, sizeof(seen));
}

size_t seen_with(const char *text)
{
    size_t count = 0;
    ck_assert_uint_le(seen.count, SEEN_MAX);
    for (size_t i = 0; i < seen.count; i++)
        count += strstr(seen.statements[i].sql, text) != NULL;
    return count;
}

typedef struct PreparedRuns {
    int64_t runs;
} PreparedRuns;

MODEL(PreparedRuns, NULL, COLUMN(PreparedRuns, runs));

int64_t prepared_runs(const char *sql)
{
    PreparedRuns *found = session_sql_one(s, PreparedRuns,
                                          "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint AS runs"
                                          " FROM pg_prepared_statements WHERE statement = %s",
                                          sql);
    ck_assert_msg(found, "%s", error_text(session_error(s)));
    return found->runs;
}

/* --- costs --- */

void cost_start(void)
{
    before = session_stats(s);
}

struct cost cost_take(void)
{
    SessionStats now = session_stats(s);
    struct cost cost = {now.statements - before.statements, now.round_trips - before.round_trips};
    before = now;
    return cost;
}
