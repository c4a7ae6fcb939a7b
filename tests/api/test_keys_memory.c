/* Keys that do not come back with their rows while memory runs out: the server is asked why, and the commit planned anew. Each
 * allocation fails in turn: all rows are there, or none; what failed can be done again; nothing leaks. */
#include "api/scene.h"

#include "support/failing.h"

typedef struct Tiny {
    int64_t id;
    const char *name;
} Tiny;

MODEL(Tiny, "tinies",
      COLUMN(Tiny, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Tiny, name));

enum as { AS_LOGIN, AS_NAMED, AS_UNKNOWN };

/* How many rows there are, why their keys don't come back as they were asked for, whether the program begins, and whether
 * it sets a role that can't read what it writes. */
static const struct way {
    int rows;
    const char *rule;
    bool begins;
    enum as role;
} ways[] = {
    {3, "ALSO INSERT INTO others VALUES (0)", false, AS_LOGIN},
    {3, "ALSO INSERT INTO others VALUES (0)", true, AS_LOGIN},
    {3, "INSTEAD INSERT INTO others VALUES (NEW.id)", false, AS_LOGIN},
    {3, "INSTEAD INSERT INTO others VALUES (NEW.id)", true, AS_LOGIN},
    {1, "INSTEAD INSERT INTO others VALUES (NEW.id)", false, AS_LOGIN},
    {3, "ALSO INSERT INTO others VALUES (0)", false, AS_NAMED},
    {3, "ALSO INSERT INTO others VALUES (0)", true, AS_NAMED},
    {1, "ALSO INSERT INTO others VALUES (0)", true, AS_UNKNOWN},
};

static void setup(void)
{
    scene_open(MODELS(Tiny));
    live_sql(
        "CREATE TABLE others (id bigint); GRANT INSERT ON tinies TO %s; GRANT USAGE ON SEQUENCE tinies_id_seq TO %s",
        scene_role(), scene_role());
}

static void teardown(void)
{
    scene_drop_role();
    scene_close();
}

static Status set_role(Session *session, enum as role)
{
    if (role == AS_UNKNOWN)
        return session_execute(session, NULL, "SELECT set_config('role', %s, true)", scene_role());
    return role == AS_NAMED ? session_set_local(session, "role", scene_role()) : STATUS_OK;
}

static Status write(Session *session, const struct way *way)
{
    if (way->begins && session_begin(session, NULL) != STATUS_OK)
        return STATUS_NO_MEMORY;
    Status status = set_role(session, way->role);
    return status == STATUS_OK ? session_commit(session) : status;
}

static void check_rows(int rows)
{
    live_check(session_text(s, "%d", rows), "SELECT count(*) FROM others");
}

/* Of a database that knows nothing of the table yet. */
static bool try_once(const struct way *way, size_t n, enum failing_how how)
{
    struct failing failing;
    failing_init(&failing);
    live_sql("TRUNCATE others");
    Database *fresh = scene_database(NULL, MODELS(Tiny), DATABASE_OPTIONS(.allocator = &failing.hook));
    Session *session = session_open(fresh);
    for (int i = 0; i < way->rows; i++)
        session_add(session, Tiny, .name = "t");
    failing_at(&failing, n, how);
    Status status = write(session, way);
    failing_off(&failing);
    if (status != STATUS_OK) {
        ck_assert_msg(status == STATUS_NO_MEMORY, "%zu: %s", n, error_text(session_error(session)));
        check_rows(0);
        session_clear_error(session);
        session_rollback(session);
        for (int i = 0; i < way->rows; i++)
            session_add(session, Tiny, .name = "t");
        status = write(session, way);
        ck_assert_msg(status == STATUS_OK, "%zu, again: %s", n, error_text(session_error(session)));
    }
    check_rows(way->rows);
    database_close(fresh);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    return failing_reached(&failing);
}

static void sweep(const struct way *way, enum failing_how how)
{
    size_t n = 1;
    live_sql("CREATE OR REPLACE RULE other AS ON INSERT TO tinies DO %s", way->rule);
    while (try_once(way, n, how))
        n++;
    ck_assert_uint_gt(n, 1);
}

START_TEST(test_keys_memory__one_allocation_fails)
{
    sweep(&ways[_i], FAILING_ONCE);
}
END_TEST

START_TEST(test_keys_memory__all_from_one_on_fail)
{
    sweep(&ways[_i], FAILING_FROM);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_keys_memory__one_allocation_fails, 0, (int)COUNT_OF(ways));
    tcase_add_loop_test(tests, test_keys_memory__all_from_one_on_fail, 0, (int)COUNT_OF(ways));
}

int main(void)
{
    return scene_main("keys memory", setup, teardown, add_tests);
}
