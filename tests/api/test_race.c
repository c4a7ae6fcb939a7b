/* Two writers and one row: an update or a delete of theirs comes before an update or a delete of ours. Whichever way a model
 * tells it, the commit that is late is told, nothing of it is done, and there are three ways on: our values over theirs,
 * theirs, or without the object. */
#include "api/scene.h"

#define SHAPE(T) \
    typedef struct T { \
        int64_t id; \
        const char *name; \
        const char *note; \
        int64_t token; \
    } T

SHAPE(Counted);
SHAPE(Written);
SHAPE(Compared);
SHAPE(Narrow);
SHAPE(Loose);

#define ROWS_OF(T) \
    COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(T, name), \
        COLUMN(T, note, .nullable = true)

/* clang-format off */
MODEL(Counted, "counted", ROWS_OF(Counted), COLUMN(Counted, token, .version = true));
MODEL(Written, "written", ROWS_OF(Written), COLUMN(Written, token, .column = "xmin", .version = true));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Compared, "compared", ROWS_OF(Compared));
MODEL_WITH((.optimistic = OPTIMISTIC_DIRTY), Narrow, "narrow", ROWS_OF(Narrow));
MODEL(Loose, "loose", ROWS_OF(Loose));
/* clang-format on */

static const struct kind {
    const Model *model;
    const char *table;
    bool checks_updates; /* an update of theirs makes ours stale */
    bool counts;
} kinds[] = {{&Counted_model, "counted", true, true},
             {&Written_model, "written", true, false},
             {&Compared_model, "compared", true, false},
             {&Narrow_model, "narrow", true, false},
             {&Loose_model, "loose", false, false}};

enum { KINDS = COUNT_OF(kinds), DIRECTIONS = 4, WAYS = 3 };
enum way { OURS, THEIRS, WITHOUT };

static void setup(void)
{
    scene_open(MODELS(Counted, Written, Compared, Narrow, Loose));
}

static void given(const struct kind *kind)
{
    live_sql("TRUNCATE %s RESTART IDENTITY", kind->table);
    live_sql("INSERT INTO %s (name, note%s) VALUES ('old', 'n', %s), ('by', 'n', %s)", kind->table,
             kind->counts ? ", token" : ", id", kind->counts ? "1" : "1", kind->counts ? "1" : "2");
    scene_renew();
}

static Loose *find(const struct kind *kind, int64_t id)
{
    return howdah_session_find_key(s, kind->model, HOWDAH_VALUES(id)); /* all have one shape */
}

static void write_theirs(const struct kind *kind, bool delete)
{
    if (delete)
        live_sql("DELETE FROM %s WHERE id = 1", kind->table);
    else
        live_sql("UPDATE %s SET name = 'theirs'%s WHERE id = 1", kind->table,
                 kind->counts ? ", token = token + 1" : "");
}

static void write_ours(Loose *row, bool delete)
{
    if (delete)
        session_delete(s, row);
    else
        row->name = "ours";
}

/* The row is as the program saw it in the error's object, or it is gone. */
static void resolve(const struct kind *kind, enum way way, Loose *row, bool gone, bool delete)
{
    session_clear_error(s);
    if (way == WITHOUT) {
        check_ok(session_evict(s, row));
        return;
    }
    if (gone) {
        check_fails(session_refresh(s, row), STATUS_STALE); /* and it is detached */
        session_clear_error(s);
        ck_assert(!session_contains(s, row));
        Loose copy = {.id = 1, .name = "ours", .note = row->note};
        if (way == OURS && !delete)
            howdah_session_add_object(s, kind->model, &copy);
        return;
    }
    check_ok(session_refresh(s, row)); /* always what is in the row: also where it was up to date */
    ck_assert_str_eq(row->name, "theirs");
    ck_assert(!session_is_dirty(s, row));
    if (way == OURS)
        write_ours(row, delete);
}

static const char *expected(enum way way, bool gone, bool delete)
{
    if (way == OURS)
        return delete ? "" : "ours";
    return gone ? "" : "theirs";
}

START_TEST(test_race__all_directions)
{
    const struct kind *kind = &kinds[_i / DIRECTIONS];
    bool gone = _i & 1, delete = (_i & 2) != 0;
    for (int way = OURS; way < WAYS; way++) {
        given(kind);
        Loose *row = find(kind, 1), *bystander = find(kind, 2);
        write_theirs(kind, gone);
        write_ours(row, delete);
        bystander->note = "changed";
        Status status = session_commit(s);
        if (!gone && !kind->checks_updates) {
            ck_assert_int_eq(status, STATUS_OK); /* the last one wins, and a DELETE deletes */
            live_check(expected(OURS, gone, delete), "SELECT name FROM %s WHERE id = 1", kind->table);
            continue;
        }
        check_error(s, STATUS_STALE);
        ck_assert_ptr_eq(session_error(s)->object, row);
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        live_check(gone ? "" : "theirs", "SELECT name FROM %s WHERE id = 1", kind->table);
        live_check("n", "SELECT note FROM %s WHERE id = 2", kind->table);
        resolve(kind, (enum way)way, row, gone, delete);
        check_ok(session_commit(s)); /* the bystander's change was kept */
        live_check("changed", "SELECT note FROM %s WHERE id = 2", kind->table);
        live_check(expected((enum way)way, gone, delete), "SELECT name FROM %s WHERE id = 1", kind->table);
        check_nothing_to_write();
    }
}
END_TEST

/* The same for one row alone, which goes without BEGIN and COMMIT; and with the stored values as the program asks for them. */
START_TEST(test_race__lone_row)
{
    const struct kind *kind = &kinds[_i / DIRECTIONS];
    bool gone = _i & 1, delete = (_i & 2) != 0, told = gone || kind->checks_updates;
    given(kind);
    Loose *row = find(kind, 1);
    write_theirs(kind, gone);
    write_ours(row, delete);
    cost_start();
    ck_assert_int_eq(session_commit(s), told ? STATUS_STALE : STATUS_OK);
    check_trips(1);
    if (!told)
        return;
    ck_assert_ptr_eq(session_error(s)->object, row);
    Session *look = session_open(db);
    Loose *stored = howdah_session_find_key(look, kind->model, HOWDAH_VALUES(1));
    ck_assert(gone ? !stored : strcmp(stored->name, "theirs") == 0);
    session_close(look);
    live_check(gone ? "" : "theirs", "SELECT name FROM %s WHERE id = 1", kind->table);
    session_rollback(s); /* also a way on: everything as it was loaded */
    check_nothing_to_write();
}
END_TEST

/* Two programs that change different columns of a row: told, unless only what is written is compared. */
START_TEST(test_race__other_column)
{
    const struct kind *kind = &kinds[_i];
    bool told = kind->model != &Narrow_model && kind->checks_updates;
    given(kind);
    Loose *row = find(kind, 1);
    write_theirs(kind, false);
    row->note = "ours";
    ck_assert_int_eq(session_commit(s), told ? STATUS_STALE : STATUS_OK);
    live_check(told ? "theirs|n" : "theirs|ours", "SELECT name, note FROM %s WHERE id = 1", kind->table);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_race__all_directions, 0, KINDS * DIRECTIONS);
    tcase_add_loop_test(tests, test_race__lone_row, 0, KINDS * DIRECTIONS);
    tcase_add_loop_test(tests, test_race__other_column, 0, KINDS);
}

int main(void)
{
    return scene_main("race", setup, scene_close, add_tests);
}
