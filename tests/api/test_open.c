/* database_open: all faults of all models at once, options, connections that can't be had, and models made by hand. */
#include "api/scene.h"
#include "api/works_models.h"
#include "support/failing.h"
#include "support/proxy.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct Sound {
    int64_t id;
    const char *name;
} Sound;

typedef struct Sick {
    int64_t id;
    int32_t number;
    int32_t level;
    NullInt32 maybe;
    const char *name;
    const char *other;
    char tiny[1];
    PgTime time;
    int32_t sound_id;
    int64_t pill_id;
    Sound *sound;
} Sick;

typedef struct Pill {
    const char *name;
    int64_t number;
} Pill;

typedef struct Healer {
    int64_t id;
    MANY(Pill) pills;
} Healer;

extern const Model Pill_model;

/* clang-format off */
MODEL(Sound, "sounds", COLUMN(Sound, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Sound, name));
MODEL(Sick, "sick",
    COLUMN(Sick, id,       .primary_key = true),
    COLUMN(Sick, number,   .server_default = "7"),                    /* would never be used */
    COLUMN(Sick, level,    .nullable = true),                         /* can't be NULL in C */
    COLUMN(Sick, maybe,    .generated = GENERATED_IDENTITY),          /* no integer that is always there */
    COLUMN(Sick, name),
    COLUMN(Sick, other,    .column = "name"),                         /* two fields with one column */
    COLUMN(Sick, tiny),                                               /* no room for any text */
    COLUMN(Sick, time,     .version = true),                          /* can't be counted */
    COLUMN(Sick, sound_id, .references = &Sound_model),               /* int32 to int64 */
    COLUMN(Sick, pill_id,  .references = &Pill_model, .references_field = "nothing"),
    BELONGS_TO(Sick, sound, Sound, sound_id));
MODEL(Pill, "pills", COLUMN(Pill, name), COLUMN(Pill, number));       /* no primary key */
MODEL(Healer, "healers",
    COLUMN(Healer, id, .primary_key = true),
    HAS_MANY(Healer, pills, Pill, number));                           /* the other side refers to nothing */
/* clang-format on */

/* Opens something that can't be, and says what the error is. */
static Status open_status(const char *conninfo, const Model *const *models, const DatabaseOptions *options,
                          char *ret_text, size_t size)
{
    Database *broken = database_open(conninfo, models, options);
    ck_assert_ptr_nonnull(broken);
    const Error *error = database_error(broken);
    Status status = error ? error->status : STATUS_OK;
    snprintf(ret_text, size, "%s", error ? error_text(error) : "");
    ck_assert(!error || (error->message && *error->message && !strchr(error->message, '\n')) || status == STATUS_MODEL);
    ck_assert_int_eq(database_create_tables(broken), status);
    database_close(broken);
    return status;
}

/* --- models --- */

START_TEST(test_open__all_faults_at_once)
{
    static const char *const named[] = {"Sick.number", "Sick.level",    "Sick.maybe",   "Sick.other", "Sick.tiny",
                                        "Sick.time",   "Sick.sound_id", "Sick.pill_id", "Pill",       "Healer.pills"};
    char text[8192];
    ck_assert_int_eq(open_status("host=/nonexistent", MODELS(Sound, Sick, Pill, Healer), DATABASE_OPTIONS(.lazy = true),
                                 text, sizeof(text)),
                     STATUS_MODEL);
    for (size_t i = 0; i < COUNT_OF(named); i++)
        ck_assert_msg(strstr(text, named[i]), "%s is not in:\n%s", named[i], text);
    ck_assert_ptr_null(strstr(text, "Sound:"));
    ck_assert_ptr_null(strstr(text, "Sick.id"));
}
END_TEST

/* Each of many: none is cut off. */
START_TEST(test_open__faults_of_many_models)
{
    enum { MODELS_MANY = 60 };
    static Model models[MODELS_MANY];
    static char names[MODELS_MANY][32], tables[MODELS_MANY][32];
    const Model *list[MODELS_MANY + 1];
    for (int i = 0; i < MODELS_MANY; i++) {
        models[i] = Pill_model;
        snprintf(names[i], sizeof(names[i]), "Model%02d", i);
        snprintf(tables[i], sizeof(tables[i]), "table%02d", i);
        models[i].name = names[i];
        models[i].table = tables[i];
        list[i] = &models[i];
    }
    list[MODELS_MANY] = NULL;
    Database *broken = database_open(NULL, list, DATABASE_OPTIONS(.lazy = true));
    ck_assert_int_eq(database_error(broken)->status, STATUS_MODEL);
    size_t missing = 0;
    for (int i = 0; i < MODELS_MANY; i++)
        missing +=
            !strstr(error_text(database_error(broken)), names[i]) && !strstr(database_error(broken)->message, names[i]);
    ck_assert_msg(missing == 0, "%zu of %d models are not named", missing, MODELS_MANY);
    database_close(broken);
}
END_TEST

/* Faults come before the connection is tried. */
START_TEST(test_open__faults_before_connecting)
{
    char text[8192];
    ck_assert_int_eq(open_status("host=/nonexistent", MODELS(Pill), NULL, text, sizeof(text)), STATUS_MODEL);
}
END_TEST

START_TEST(test_open__models_that_are_no_models)
{
    char text[8192];
    Model empty = {0}, sizeless = Sound_model, newer = Sound_model;
    sizeless.struct_size = 0;
    newer.struct_size = sizeof(Model) + 64;
    const Model *const cases[] = {&empty, &sizeless, &newer};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ck_assert_int_eq(open_status(NULL, (const Model *const[]){cases[i], NULL}, DATABASE_OPTIONS(.lazy = true), text,
                                     sizeof(text)),
                         STATUS_MODEL);
    ck_assert_int_eq(open_status(NULL, MODELS(Sound, Sound), DATABASE_OPTIONS(.lazy = true), text, sizeof(text)),
                     STATUS_MODEL);
    ck_assert_ptr_nonnull(strstr(text, "Sound"));
    ck_assert_int_eq(open_status(NULL, MODELS(Item), DATABASE_OPTIONS(.lazy = true), text, sizeof(text)), STATUS_MODEL);
    ck_assert_ptr_nonnull(strstr(text, "Maker")); /* which was not given */
}
END_TEST

START_TEST(test_open__no_models)
{
    Database *empty = scene_database(NULL, NULL, NULL);
    ck_assert_int_eq(database_create_tables(empty), STATUS_OK);
    Session *session = session_open(empty);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    session_close(session);
    database_close(empty);
}
END_TEST

/* A model and its database without any macro, as a binding would do it. */
START_TEST(test_open__model_made_at_run_time)
{
    struct row {
        int32_t key;
        const char *value;
    };
    Field fields[2];
    memset(fields, 0, sizeof(fields));
    fields[0] = (Field){.kind = HOWDAH_FIELD_COLUMN,
                        .type = HOWDAH_TYPE_INT32,
                        .name = "key",
                        .size = sizeof(int32_t),
                        .primary_key = true,
                        .generated = GENERATED_IDENTITY,
                        .struct_size = sizeof(Field)};
    fields[1] = (Field){.kind = HOWDAH_FIELD_COLUMN,
                        .type = HOWDAH_TYPE_TEXT,
                        .name = "value",
                        .struct_size = sizeof(Field),
                        .offset = offsetof(struct row, value),
                        .size = sizeof(char *)};
    Model model = {.struct_size = sizeof(Model),
                   .size = sizeof(struct row),
                   .alignment = _Alignof(struct row),
                   .name = "Dynamic",
                   .table = "dynamics",
                   .fields = fields,
                   .field_count = 2};
    Database *made = scene_database(NULL, (const Model *const[]){&model, NULL}, NULL);
    ck_assert_int_eq(database_create_tables(made), STATUS_OK);
    Session *session = session_open(made);
    const struct row value = {.value = "v"};
    struct row *row = howdah_session_add_object(session, &model, &value);
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    ck_assert_int_eq(row->key, 1);
    Value key = VALUE(1);
    ck_assert_ptr_eq(howdah_session_find_key(session, &model, &key, 1), row);
    live_check("1|v", "SELECT * FROM dynamics");
    session_close(session);
    database_close(made);
}
END_TEST

/* --- options --- */

/* Generated SQL qualifies every name: no search_path is needed, and none can lead it astray. */
START_TEST(test_open__search_path)
{
    scene_open(WORKS);
    live_sql(
        "CREATE SCHEMA IF NOT EXISTS trap; DROP TABLE IF EXISTS trap.makers, trap.items; CREATE TABLE trap.makers (id int);"
        "CREATE TABLE trap.items (id int);"
        "CREATE OR REPLACE FUNCTION trap.unnest(bigint[]) RETURNS SETOF bigint LANGUAGE sql AS 'SELECT 0::bigint WHERE false';"
        "CREATE OR REPLACE FUNCTION trap.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT '' WHERE false $$");
    static const char *const paths[] = {"", "trap", "trap,pg_catalog,public"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        Database *other = scene_database(live_conninfo_with("options='-c search_path=%s'", paths[i]), WORKS, NULL);
        ck_assert_int_eq(database_create_tables(other), STATUS_OK);
        Session *session = session_open(other);
        for (int n = 0; n < 2; n++) {
            Maker *maker = session_add(session, Maker, .name = session_text(session, "%zu-%d", i, n));
            Item *item = session_add(session, Item, .title = "", .maker = maker);
            ck_assert(SET_TEXT(item->code, maker->name));
        }
        ck_assert_msg(session_commit(session) == STATUS_OK, "%s", error_text(session_error(session)));
        session_clear(session);
        Maker *found = session_find_by(session, Maker, name, session_text(session, "%zu-1", i));
        ck_assert_ptr_nonnull(found);
        found->grade = (NullInt32){3, true};
        ck_assert_int_eq(session_commit(session), STATUS_OK);
        ck_assert_int_eq(session_load(session, found, items), STATUS_OK);
        ck_assert_uint_eq(found->items.count, 1);
        session_close(session);
        database_close(other);
    }
    live_check("6|3", "SELECT count(*), count(grade) FROM public.makers");
    live_check("0", "SELECT count(*) FROM trap.makers");
    scene_close();
}
END_TEST

START_TEST(test_open__options_without_their_size)
{
    char text[1024];
    DatabaseOptions options = {.lazy = true};
    ck_assert_int_eq(open_status(NULL, MODELS(Sound), &options, text, sizeof(text)), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(text, "DATABASE_OPTIONS"));
    options.struct_size = sizeof(options) + 8;
    ck_assert_int_eq(open_status(NULL, MODELS(Sound), &options, text, sizeof(text)), STATUS_INVALID);
    ck_assert_int_eq(open_status(NULL, MODELS(Sound), DATABASE_OPTIONS(.pool_size = -1), text, sizeof(text)),
                     STATUS_INVALID);
}
END_TEST

/* Options of a program that was compiled when there were fewer of them. */
START_TEST(test_open__options_of_an_older_program)
{
    DatabaseOptions options = {.struct_size = offsetof(DatabaseOptions, direct), .lazy = true};
    options.pool_size = -77; /* beyond its end: not looked at */
    Database *old = database_open(NULL, MODELS(Sound), &options);
    ck_assert_ptr_null(database_error(old));
    database_close(old);
}
END_TEST

START_TEST(test_open__schema)
{
    live_sql("DROP SCHEMA IF EXISTS \"else Where\" CASCADE");
    Database *elsewhere = scene_database(NULL, MODELS(Sound), DATABASE_OPTIONS(.schema = "else Where"));
    ck_assert_int_eq(database_create_tables(elsewhere), STATUS_OK);
    Session *session = session_open(elsewhere);
    session_add(session, Sound, .name = "s");
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    live_check("1", "SELECT count(*) FROM \"else Where\".sounds");
    session_close(session);
    database_close(elsewhere);
}
END_TEST

static const int caches[] = {-1, 1, 2, 5};

/* Prepared statements: none, few, or not at all (direct): the same results. */
START_TEST(test_open__statement_cache)
{
    bool direct = (size_t)_i == COUNT_OF(caches);
    Database *small = scene_database(NULL, WORKS,
                                     direct ? DATABASE_OPTIONS(.direct = true)
                                            : DATABASE_OPTIONS(.statement_cache = caches[_i], .pool_size = 1));
    ck_assert_int_eq(database_create_tables(small), STATUS_OK);
    Session *session = session_open(small);
    for (int i = 0; i < 20; i++) {
        Maker *maker = session_add(session, Maker, .name = session_text(session, "m%d", i));
        Item *item = session_add(session, Item, .title = "", .maker = maker);
        ck_assert(SET_TEXT(item->code, maker->name));
        session_add(session, Part, .item = item, .amount = 1);
        session_add(session, Seat, .room = maker->name, .number = 1);
        ck_assert_int_eq(session_commit(session), STATUS_OK);
        ck_assert_ptr_nonnull(session_find_by(session, Maker, name, maker->name));
        ck_assert_ptr_null(session_find(session, Word, "none"));
        size_t count;
        query_all(session_query(session, Seat), Seat, &count);
        ck_assert_uint_eq(count, (size_t)i + 1);
    }
    ck_assert_ptr_null(session_error(session));
    live_check("20", "SELECT count(*) FROM parts JOIN items ON items.id = item_id JOIN makers ON makers.id = maker_id"
                     " WHERE code = name");
    session_close(session);
    database_close(small);
}
END_TEST

/* Everything that was allocated through the hook is given back. */
START_TEST(test_open__allocator)
{
    struct failing failing;
    failing_init(&failing);
    Database *hooked = scene_database(NULL, WORKS, DATABASE_OPTIONS(.allocator = &failing.hook));
    ck_assert_int_eq(database_create_tables(hooked), STATUS_OK);
    Session *session = session_open(hooked);
    for (int i = 0; i < 100; i++)
        session_add(session, Maker, .name = session_text(session, "%d", i));
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    size_t count;
    query_all(session_query(session, Maker), Maker, &count);
    ck_assert_uint_eq(count, 100);
    ck_assert_uint_gt(failing_blocks(&failing), 0);
    session_close(session);
    database_close(hooked);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    ck_assert_uint_eq(failing_bytes(&failing), 0);
}
END_TEST

/* --- connecting --- */

START_TEST(test_open__lazy_does_not_connect)
{
    struct proxy *proxy = proxy_open();
    Database *lazy = scene_database(proxy_conninfo(proxy), MODELS(Sound), DATABASE_OPTIONS(.lazy = true));
    ck_assert_uint_eq(proxy_connections(proxy), 0);
    Session *session = session_open(lazy);
    session_add(session, Sound, .name = "x");
    ck_assert_ptr_nonnull(session_plan(session));
    ck_assert_uint_eq(proxy_connections(proxy), 0); /* nor do these */
    session_close(session);
    database_close(lazy);
    Database *eager = scene_database(proxy_conninfo(proxy), MODELS(Sound), NULL);
    ck_assert_uint_eq(proxy_connections(proxy), 1);
    database_close(eager);
    proxy_close(proxy);
}
END_TEST

START_TEST(test_open__connections_that_fail)
{
    char text[1024];
    static const struct {
        const char *words;
        Status status, or_status;
    } cases[] = {
        {"host=/nonexistent", STATUS_CONNECTION, STATUS_CONNECTION},
        {"user=howdah_nobody_at_all", STATUS_PERMISSION, STATUS_CONNECTION},
        {"dbname=howdah_no_such_database", STATUS_CONNECTION, STATUS_SCHEMA},
        {"host=127.0.0.1 port=1", STATUS_CONNECTION, STATUS_CONNECTION},
        {"nonsense=1", STATUS_CONNECTION, STATUS_INVALID},
        {"options='-c nonsense=1'", STATUS_CONNECTION, STATUS_SERVER},
        {"options='-c standard_conforming_strings=off'", STATUS_CONNECTION, STATUS_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Status status = open_status(live_conninfo_with("%s", cases[i].words), MODELS(Sound), NULL, text, sizeof(text));
        ck_assert_msg(status == cases[i].status || status == cases[i].or_status, "%s: %s: %s", cases[i].words,
                      status_name(status), text);
    }
}
END_TEST

/* A password must not come out again. */
START_TEST(test_open__password_is_not_told)
{
    char text[1024];
    static const char *const words[] = {"host=/nonexistent password=s3cret", "password=s3cret nonsense=1",
                                        "password='s3cret"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        ck_assert_int_ne(open_status(words[i], MODELS(Sound), NULL, text, sizeof(text)), STATUS_OK);
        ck_assert_msg(!strstr(text, "s3cret"), "%s", text);
    }
    ck_assert_int_ne(
        open_status("postgres://me:s3cret@/nonexistent:99999/x?y", MODELS(Sound), NULL, text, sizeof(text)), STATUS_OK);
    ck_assert_msg(!strstr(text, "s3cret"), "%s", text);
}
END_TEST

/* A peer that accepts and says nothing. */
START_TEST(test_open__silent_peer)
{
    struct proxy *proxy = proxy_open();
    proxy_stall(proxy, PROXY_TO_SERVER, 0);
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    Database *broken = database_open(proxy_conninfo(proxy), MODELS(Sound), DATABASE_OPTIONS(.connect_timeout = 200));
    clock_gettime(CLOCK_MONOTONIC, &after);
    ck_assert_ptr_nonnull(database_error(broken));
    ck_assert_msg(database_error(broken)->status == STATUS_TIMEOUT ||
                      database_error(broken)->status == STATUS_CONNECTION,
                  "%s", error_text(database_error(broken)));
    ck_assert_int_lt(after.tv_sec - before.tv_sec, 10);
    database_close(broken);
    proxy_close(proxy);
}
END_TEST

/* After fork the child can't use the parent's connections, and the parent's go on. */
START_TEST(test_open__fork)
{
    Database *shared = scene_database(NULL, MODELS(Sound), DATABASE_OPTIONS(.pool_size = 1));
    database_create_tables(shared);
    Session *session = session_open(shared);
    session_add(session, Sound, .name = "parent");
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    pid_t child = fork();
    if (child == 0) {
        session_clear(session);
        const Sound *sound = session_find(session, Sound, 1);
        const Error *error = session_error(session);
        _exit(sound ? 1 : error && (error->status == STATUS_MISUSE || error->status == STATUS_CONNECTION) ? 0 : 2);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child: %d", status);
    session_clear(session);
    ck_assert_ptr_nonnull(session_find(session, Sound, 1));
    database_close(shared);
}
END_TEST

static void nothing(void)
{
}

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_open__all_faults_at_once);
    tcase_add_test(tests, test_open__faults_of_many_models);
    tcase_add_test(tests, test_open__faults_before_connecting);
    tcase_add_test(tests, test_open__models_that_are_no_models);
    tcase_add_test(tests, test_open__no_models);
    tcase_add_test(tests, test_open__model_made_at_run_time);
    tcase_add_test(tests, test_open__options_without_their_size);
    tcase_add_test(tests, test_open__options_of_an_older_program);
    tcase_add_test(tests, test_open__search_path);
    tcase_add_test(tests, test_open__schema);
    tcase_add_loop_test(tests, test_open__statement_cache, 0, (int)COUNT_OF(caches) + 1);
    tcase_add_test(tests, test_open__allocator);
    tcase_add_test(tests, test_open__lazy_does_not_connect);
    tcase_add_test(tests, test_open__connections_that_fail);
    tcase_add_test(tests, test_open__password_is_not_told);
    tcase_add_test(tests, test_open__silent_peer);
    tcase_add_test(tests, test_open__fork);
}

int main(void)
{
    return scene_main("open", scene_wipe, nothing, add_tests);
}
