/* Values that the server makes, and values that the session can't see change: what is fetched, and when. */
#include "api/scene.h"

typedef struct Folder Folder;

typedef struct Page {
    int64_t id;
    NullInt64 folder_id;
    const char *title;
    const char *mood;    /* default 'calm' */
    NullInt32 rank;      /* default 5 */
    NullInt32 writes;    /* by a trigger */
    const char *trimmed; /* by a trigger, of the title */
    TextArray tags;
    PgJson data;
    char code[8];
    Folder *folder;
} Page;

struct Folder {
    int64_t id;
    const char *name;
    MANY(Page) pages;
};

/* clang-format off */
extern const Model Folder_model;

MODEL(Page, "pages",
    COLUMN(Page, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Page, folder_id, .references = &Folder_model),
    COLUMN(Page, title),
    COLUMN(Page, mood,      .server_default = "'calm'", .nullable = true),
    COLUMN(Page, rank,      .server_default = "5"),
    COLUMN(Page, writes,    .generated = GENERATED_BY_SERVER),
    COLUMN(Page, trimmed,   .generated = GENERATED_BY_SERVER, .nullable = true),
    COLUMN(Page, tags,      .nullable = true),
    COLUMN(Page, data,      .nullable = true),
    COLUMN(Page, code),
    BELONGS_TO(Page, folder, Folder, folder_id));

MODEL(Folder, "folders",
    COLUMN(Folder, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Folder, name, .unique = true),
    HAS_MANY(Folder, pages, Page, folder_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Folder, Page));
    live_sql("CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " NEW.writes := coalesce(OLD.writes, 0) + 1; NEW.trimmed := btrim(NEW.title); RETURN NEW; END $$;"
             "CREATE TRIGGER note_write BEFORE INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION note_write()");
}

/* A default comes back with the row, and only what was left to it does: no SELECT behind it. */
START_TEST(test_values__given_ones_are_not_fetched)
{
    Page *both = session_add(s, Page, .title = "1", .mood = "glad", .rank = {1, true});
    check_ok(session_commit(s));
    ck_assert_str_eq(strstr(seen.statements[0].sql, " RETURNING "), " RETURNING \"id\", \"writes\", \"trimmed\"");
    seen_clear();
    Page *one = session_add(s, Page, .title = "2", .mood = "sad");
    check_ok(session_commit(s));
    ck_assert_str_eq(strstr(seen.statements[0].sql, " RETURNING "),
                     " RETURNING \"id\", \"rank\", \"writes\", \"trimmed\"");
    ck_assert_uint_eq(seen.count, 1);
    ck_assert_int_eq(both->rank.value, 1);
    ck_assert_int_eq(one->rank.value, 5);
    check_nothing_to_write();
    seen_clear();
    session_add(s, Folder, .name = "nothing that the server makes but the key");
    check_ok(session_commit(s));
    ck_assert_str_eq(strstr(seen.statements[0].sql, " RETURNING "), " RETURNING \"id\"");
    both->title = "other";
    seen_clear();
    check_ok(session_commit(s)); /* an UPDATE fetches what a trigger may have made, and no default */
    ck_assert_str_eq(strstr(seen.statements[0].sql, " RETURNING "), " RETURNING t.\"id\", t.\"writes\", t.\"trimmed\"");
    check_nothing_to_write();
}
END_TEST

/* A trigger on UPDATE fires, and is heard, also where all that changes is a key that lets go of what is deleted; where the
 * row is deleted with it, there is no UPDATE. */
START_TEST(test_values__of_rows_that_let_go)
{
    Folder *folder = session_add(s, Folder, .name = "f");
    Page *stays = session_add(s, Page, .title = " stays ", .folder = folder),
         *goes = session_add(s, Page, .title = "goes", .folder = folder);
    check_ok(session_commit(s));
    ck_assert_int_eq(stays->writes.value, 1);
    ck_assert_str_eq(stays->trimmed, "stays");
    seen_clear();
    session_delete(s, goes);
    session_delete(s, folder);
    check_ok(session_commit(s));
    ck_assert_int_eq(stays->writes.value, 2);
    ck_assert(!stays->folder_id.valid && !stays->folder);
    live_check("1|2", "SELECT count(*), max(writes) FROM pages");
    check_nothing_to_write();
}
END_TEST

/* Edited in place: arrays and char[N] are seen; what text or JSON points to is not to be edited, and a field can be named. */
START_TEST(test_values__edited_in_place)
{
    Page *page = session_add(s, Page, .title = "t", .code = "abc", .tags = {(const char *[]){"x", "y"}, NULL, 2},
                             .data = {"{\"k\": 1}"});
    check_ok(session_commit(s));
    seen_clear();
    page->tags.items[1] = "z";
    page->code[0] = 'A';
    ck_assert(session_is_dirty(s, page));
    check_ok(session_commit(s));
    live_check("{x,z}|Abc", "SELECT tags, code FROM pages");
    check_nothing_to_write();
    page->tags.items[1] = "other";
    page->tags.items[1] = "z"; /* and back */
    check_nothing_to_write();
    seen_clear();
    check_ok(session_mark_changed(s, page, data)); /* sent as it is */
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"data\" = "), 1);
    check_nothing_to_write();
}
END_TEST

/* Columns that nobody loaded are set without loading them, to a value or to NULL; the others stay. */
START_TEST(test_values__set_without_loading)
{
    live_sql("INSERT INTO pages (title, mood, rank, code) VALUES ('t', 'm', 3, 'c')");
    cost_start();
    Page *page = session_stub(s, Page, 1);
    page->title = "set";
    check_ok(session_assign_null(s, page, mood));
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("set||3|c", "SELECT title, mood, rank, code FROM pages");
    ck_assert_int_eq(page->writes.value, 2); /* of the trigger: came with the UPDATE */
    check_nothing_to_write();
}
END_TEST

/* A load and a commit write nothing, whatever has been looked at. */
START_TEST(test_values__reading_is_no_change)
{
    live_sql("INSERT INTO folders (name) VALUES ('f'); INSERT INTO pages (folder_id, title, tags, data, code) VALUES "
             "(1, 't', '{a,NULL}', '{\"b\": 1.0, \"a\": 2}', ''), (NULL, '', NULL, 'null', 'x')");
    Folder *folder = session_find(s, Folder, 1);
    check_ok(session_load(s, folder, pages));
    Page *page = session_find(s, Page, 2);
    ck_assert_ptr_nonnull(page);
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_ok(session_commit(s));
    live_check("2", "SELECT sum(writes) FROM pages");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_values__given_ones_are_not_fetched);
    tcase_add_test(tests, test_values__of_rows_that_let_go);
    tcase_add_test(tests, test_values__edited_in_place);
    tcase_add_test(tests, test_values__set_without_loading);
    tcase_add_test(tests, test_values__reading_is_no_change);
}

int main(void)
{
    return scene_main("values", setup, scene_close, add_tests);
}
