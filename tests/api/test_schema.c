/* database_create_tables, database_drop_tables and database_ddl on a live server. */
#include "schema_models.h"
#include "support/failing.h"
#include "support/live.h"
#include "support/proxy.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ALL_MODELS MODELS(Author, Book, Genre, Edition, Print, Team, Member, Setting)

/* Every table, column, constraint, index and enum type of the user's schemas, in the server's own words. */
#define OWN_SCHEMAS "ANY (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"
#define CATALOG \
    "SELECT concat_ws(' ', c.oid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)," \
    " CASE WHEN a.attnotnull THEN 'not null' END, 'identity=' || a.attidentity::text, 'generated=' || a.attgenerated::text," \
    " pg_get_expr(d.adbin, d.adrelid))" \
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0" \
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum" \
    " WHERE c.relkind = 'r' AND c.relnamespace = " OWN_SCHEMAS \
    " UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint" \
    " WHERE connamespace = " OWN_SCHEMAS \
    " UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid" \
    " WHERE c.relnamespace = " OWN_SCHEMAS \
    " UNION ALL SELECT concat_ws(' ', enumtypid::regtype, row_number() OVER (PARTITION BY enumtypid" \
    " ORDER BY enumsortorder), enumlabel) FROM pg_enum ORDER BY 1"

static char *catalog(void)
{
    char *text = strdup(live_sql("%s", CATALOG));
    ck_assert_ptr_nonnull(text);
    return text;
}

/* What the statement callback saw. */
static struct seen {
    unsigned create, alter, drop, other;
} seen;

static void see(void *arg, const Statement *statement)
{
    (void)arg;
    unsigned *count = strncmp(statement->sql, "CREATE", 6) == 0  ? &seen.create
                      : strncmp(statement->sql, "ALTER", 5) == 0 ? &seen.alter
                      : strncmp(statement->sql, "DROP", 4) == 0  ? &seen.drop
                                                                 : &seen.other;
    ++*count;
}

static Database *open_database(const Model *const *models)
{
    Database *db = database_open(live_conninfo(), models, DATABASE_OPTIONS(.on_statement = see));
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    return db;
}

static void expect_ok(Database *db, Status status)
{
    ck_assert_msg(status == STATUS_OK, "%s", error_text(database_error(db)));
}

static void setup(void)
{
    live_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS \"Depot \"\"x\"\"\" CASCADE");
    seen = (struct seen){0};
}

/* --- creating --- */

START_TEST(test_schema__all_tables)
{
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_create_tables(db));
    live_check(
        "Weird \"name\nauthor_genres\nauthors\nbooks\neditions\ngenres\nmembers\nprints\nteams",
        "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'Depot \"x\"') ORDER BY tablename COLLATE \"C\"");
    database_close(db);
}
END_TEST

/* One row of the catalog for each thing that the models declare. */
static const char *const declared[] = {
    "authors 1 id bigint not null identity=d generated=",
    "authors 2 name text not null identity= generated=",
    "authors 3 age integer identity= generated=",
    "authors 4 code character varying(7) not null identity= generated=",
    "authors 5 mood mood not null identity= generated=",
    "authors 6 created_at timestamp with time zone not null identity= generated= now()",
    "authors 7 mentor_id bigint identity= generated=",
    "authors authors_pkey PRIMARY KEY (id)",
    "authors authors_code_key UNIQUE (code)",
    "authors authors_age_check CHECK ((age >= 0))",
    "authors authors_mentor_id_fkey FOREIGN KEY (mentor_id) REFERENCES authors(id) ON DELETE SET NULL",
    "books 4 summary text identity= generated=",
    "books 5 address inet identity= generated=",
    "books 6 price numeric(10,2)",
    "books 7 taxed double precision identity= generated=s ((price)::double precision * (2)::double precision)",
    "books 9 tags text[]",
    "books books_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors(id) ON DELETE CASCADE",
    "books books_author_id_title_key UNIQUE (author_id, title)",
    "books books_sane CHECK (((title <> ''::text) OR (summary IS NOT NULL)))",
    "CREATE INDEX books_author_id_idx ON public.books USING btree (author_id)",
    "CREATE UNIQUE INDEX books_one_alive ON public.books USING btree (title) WHERE (deleted_at IS NULL)",
    "CREATE INDEX books_tags_idx ON public.books USING gin (tags)",
    "CREATE INDEX books_by_price ON public.books USING btree (price, deleted_at)",
    "genres 1 id uuid not null identity= generated=",
    "editions editions_pkey PRIMARY KEY (book_id, number)",
    "editions editions_book_id_fkey FOREIGN KEY (book_id) REFERENCES books(id) ON DELETE RESTRICT",
    "prints prints_book_id_number_fkey FOREIGN KEY (book_id, number) REFERENCES editions(book_id, number)",
    "teams teams_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES members(id) ON DELETE SET NULL",
    "members members_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)",
    "author_genres 1 author_id bigint not null identity= generated=",
    "author_genres 2 genre_id uuid not null identity= generated=",
    "author_genres author_genres_pkey PRIMARY KEY (author_id, genre_id)",
    "author_genres author_genres_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors(id) ON DELETE CASCADE",
    "author_genres author_genres_genre_id_fkey FOREIGN KEY (genre_id) REFERENCES genres(id) ON DELETE CASCADE",
    "CREATE INDEX author_genres_genre_id_idx ON public.author_genres USING btree (genre_id)",
    "mood 1 calm",
    "mood 2 it's \\ \"angry\"",
    "\"Depot \"\"x\"\"\".mood 1 calm",
    "\"Depot \"\"x\"\"\".\"Weird \"\"name\" 1 select \"from\" text not null identity= generated=",
};

START_TEST(test_schema__what_is_declared_is_there)
{
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_create_tables(db));
    char *text = catalog();
    for (size_t i = 0; i < sizeof(declared) / sizeof(*declared); i++)
        ck_assert_msg(strstr(text, declared[i]), "not there: %s\n%s", declared[i], text);
    free(text);
    database_close(db);
}
END_TEST

START_TEST(test_schema__length_of_chars_is_checked_by_the_server)
{
    Database *db = open_database(MODELS(Author, Genre));
    expect_ok(db, database_create_tables(db));
    live_sql("INSERT INTO authors (name, code, mood) VALUES ('a', '1234567', 'calm')");
    /* Seven characters, but more bytes than the field holds. */
    ck_assert_str_eq(live_try("INSERT INTO authors (name, code, mood) VALUES ('a', '123456é', 'calm')"), "ERROR 23514");
    database_close(db);
}
END_TEST

START_TEST(test_schema__second_time_does_nothing)
{
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_create_tables(db));
    char *first = catalog();
    ck_assert_uint_gt(seen.create, 10);
    ck_assert_uint_eq(seen.alter, 1);
    live_sql("INSERT INTO genres (id, label) VALUES (gen_random_uuid(), 'kept')");
    seen = (struct seen){0};
    expect_ok(db, database_create_tables(db));
    ck_assert_uint_eq(seen.create + seen.alter + seen.drop, 0);
    char *second = catalog();
    ck_assert_str_eq(second, first);
    live_check("1", "SELECT count(*) FROM genres");
    free(first);
    free(second);
    database_close(db);
}
END_TEST

START_TEST(test_schema__only_what_is_missing)
{
    /* Another table, type and cycle half are there: they stay as they are, and new tables refer to them. */
    live_sql("CREATE TYPE mood AS ENUM ('calm', 'it''s \\ \"angry\"', 'more');"
             "CREATE TABLE authors (id bigint PRIMARY KEY, extra text);"
             "CREATE TABLE teams (id integer PRIMARY KEY)");
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_create_tables(db));
    live_check("id\nextra",
               "SELECT attname FROM pg_attribute WHERE attrelid = 'authors'::regclass AND attnum > 0 ORDER BY attnum");
    live_check("1", "SELECT count(*) FROM pg_index WHERE indrelid = 'authors'::regclass");
    live_check("0", "SELECT count(*) FROM pg_constraint WHERE conrelid = 'teams'::regclass AND contype = 'f'");
    live_check("FOREIGN KEY (author_id) REFERENCES authors(id) ON DELETE CASCADE",
               "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'books_author_id_fkey'");
    live_check("FOREIGN KEY (team_id) REFERENCES teams(id)",
               "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'members_team_id_fkey'");
    live_check("3", "SELECT count(*) FROM pg_enum WHERE enumtypid = 'public.mood'::regtype");
    database_close(db);
}
END_TEST

/* The row type of a table is no enum type. */
START_TEST(test_schema__table_in_the_place_of_a_type)
{
    live_sql("CREATE TABLE mood (a int)");
    Database *db = open_database(MODELS(Author, Genre));
    ck_assert_int_ne(database_create_tables(db), STATUS_OK);
    ck_assert_ptr_nonnull(strstr(database_error(db)->message, "can't create enum type \"public\".\"mood\""));
    ck_assert_ptr_null(database_error(db)->table);
    database_close(db);
}
END_TEST

/* Nor is an index a table. */
START_TEST(test_schema__index_in_the_place_of_a_table)
{
    live_sql("CREATE TABLE other (a int); CREATE INDEX genres ON other (a)");
    Database *db = open_database(MODELS(Author, Genre));
    ck_assert_int_ne(database_create_tables(db), STATUS_OK);
    ck_assert_str_eq(database_error(db)->sqlstate, "42P07");
    ck_assert_str_eq(database_error(db)->table, "genres");
    database_close(db);
}
END_TEST

START_TEST(test_schema__join_table_that_is_there)
{
    live_sql("CREATE TABLE author_genres (author_id bigint, genre_id uuid)");
    Database *db = open_database(MODELS(Author, Genre));
    expect_ok(db, database_create_tables(db));
    live_check("0", "SELECT count(*) FROM pg_index WHERE indrelid = 'author_genres'::regclass");
    live_check("authors", "SELECT tablename FROM pg_tables WHERE tablename = 'authors'");
    database_close(db);
}
END_TEST

static void *create_in_thread(void *arg)
{
    Database *db = arg;
    return (void *)(uintptr_t)database_create_tables(db);
}

static void set_isolation(const char *level)
{
    live_sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET default_transaction_isolation = %s',"
             " current_database()); END $$",
             level);
}

/* Once with the usual isolation, once with one in which a snapshot is older than the lock. */
START_TEST(test_schema__four_at_once)
{
    enum { THREADS = 4, ROUNDS = 5 };
    set_isolation(_i ? "serializable" : "DEFAULT");
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        Database *databases[THREADS];
        setup();
        for (int i = 0; i < THREADS; i++) {
            databases[i] = database_open(live_conninfo(), ALL_MODELS, NULL);
            ck_assert_ptr_null(database_error(databases[i]));
        }
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, create_in_thread, databases[i]), 0);
        for (int i = 0; i < THREADS; i++) {
            void *status;
            ck_assert_int_eq(pthread_join(threads[i], &status), 0);
            expect_ok(databases[i], (Status)(uintptr_t)status);
            database_close(databases[i]);
        }
    }
    set_isolation("DEFAULT");
}
END_TEST

/* --- dropping --- */

START_TEST(test_schema__drop_twice)
{
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_drop_tables(db));
    expect_ok(db, database_create_tables(db));
    live_sql("CREATE VIEW seen AS SELECT * FROM authors; CREATE TABLE other (author_id bigint REFERENCES authors)");
    expect_ok(db, database_drop_tables(db));
    live_check("other", "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'Depot \"x\"')");
    live_check("0", "SELECT count(*) FROM pg_enum");
    live_check("1", "SELECT count(*) FROM pg_namespace WHERE nspname = 'Depot \"x\"'");
    live_check("0", "SELECT count(*) FROM pg_views WHERE viewname = 'seen'");
    expect_ok(db, database_drop_tables(db));
    expect_ok(db, database_create_tables(db));
    database_close(db);
}
END_TEST

/* A table that no model knows keeps its columns: the type stays, and so does everything else. */
START_TEST(test_schema__type_in_use_is_not_dropped)
{
    Database *db = open_database(MODELS(Author, Genre));
    expect_ok(db, database_create_tables(db));
    live_sql("CREATE TABLE other (mood mood)");
    ck_assert_int_ne(database_drop_tables(db), STATUS_OK);
    ck_assert_str_eq(database_error(db)->sqlstate, "2BP01");
    ck_assert_int_eq(database_error(db)->outcome, OUTCOME_NOT_DONE);
    live_check("mood", "SELECT attname FROM pg_attribute WHERE attrelid = 'other'::regclass AND attnum > 0");
    live_check("3", "SELECT count(*) FROM pg_tables WHERE tablename IN ('authors', 'genres', 'author_genres')");
    database_close(db);
}
END_TEST

/* --- errors --- */

typedef struct Broken {
    int64_t id;
    int32_t size;
} Broken;

/* clang-format off */
MODEL(Broken, "broken_table",
    COLUMN(Broken, id,   .primary_key = true),
    COLUMN(Broken, size, .check = "no_such_function(size)"));
/* clang-format on */

START_TEST(test_schema__error_names_model_and_table)
{
    Database *db = open_database(MODELS(Author, Genre, Broken));
    Status status = database_create_tables(db);
    const Error *error = database_error(db);
    ck_assert_int_ne(status, STATUS_OK);
    ck_assert_int_eq(error->status, status);
    ck_assert_str_eq(error->sqlstate, "42883");
    ck_assert_str_eq(error->model, "Broken");
    ck_assert_str_eq(error->table, "broken_table");
    ck_assert_str_eq(error->schema, "public");
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    ck_assert_ptr_nonnull(strstr(error->message, "Broken: can't create table \"public\".\"broken_table\": "));
    ck_assert_ptr_nonnull(strstr(error->message, "no_such_function"));
    live_check("0", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    database_close(db);
}
END_TEST

START_TEST(test_schema__error_sticks)
{
    Database *db = open_database(MODELS(Broken));
    Status status = database_create_tables(db);
    char *message = strdup(database_error(db)->message);
    live_sql("CREATE FUNCTION no_such_function(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'");
    seen = (struct seen){0};
    ck_assert_int_eq(database_create_tables(db), status);
    ck_assert_int_eq(database_drop_tables(db), status);
    ck_assert_ptr_null(database_ddl(db));
    ck_assert_str_eq(database_error(db)->message, message);
    ck_assert_uint_eq(seen.create + seen.alter + seen.drop + seen.other, 0);
    live_check("0", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    free(message);
    database_close(db);
}
END_TEST

START_TEST(test_schema__null_database)
{
    ck_assert_int_eq(database_create_tables(NULL), STATUS_NO_MEMORY);
    ck_assert_int_eq(database_drop_tables(NULL), STATUS_NO_MEMORY);
    ck_assert_ptr_null(database_ddl(NULL));
}
END_TEST

START_TEST(test_schema__waits_no_longer_than_the_limit)
{
    Database *db = database_open(live_conninfo(), MODELS(Team, Member), DATABASE_OPTIONS(.statement_timeout = 100));
    ck_assert_ptr_null(database_error(db));
    live_sql("SELECT pg_advisory_lock(114827953725800)"); /* as if another process were at it */
    ck_assert_int_eq(database_create_tables(db), STATUS_TIMEOUT);
    ck_assert_int_eq(database_error(db)->outcome, OUTCOME_NOT_DONE);
    live_sql("SELECT pg_advisory_unlock(114827953725800)");
    database_close(db);
    live_check("0", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
}
END_TEST

/* A piece of SQL that ends its statement and begins another is refused by the server, whole. */
START_TEST(test_schema__several_commands_in_one_piece)
{
    live_sql("CREATE TABLE victim (id int)");
    static const char *const pieces[] = {
        "true); DROP TABLE victim; CREATE TABLE more (a int",
        "true)); DROP TABLE victim; --",
        "true)); COMMIT; DROP TABLE victim; --",
    };
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        Field fields[] = {Broken_model.fields[0], Broken_model.fields[1]};
        Model model = Broken_model;
        fields[1].check = pieces[i];
        model.fields = fields;
        Database *db = open_database((const Model *const[]){&model, NULL});
        ck_assert_int_ne(database_create_tables(db), STATUS_OK);
        ck_assert_str_eq(database_error(db)->sqlstate, "42601");
        live_check("victim", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        database_close(db);
    }
}
END_TEST

/* The connection breaks after each so many bytes of either direction: what the call says of the outcome is true. */
static void break_connection(enum proxy_direction direction, bool drop)
{
    enum { STEP = 11 };
    struct proxy *proxy = proxy_open();
    bool cut = true;
    unsigned resolved = 0;
    for (uint64_t bytes = 0; cut; bytes += STEP) {
        Database *db = database_open(proxy_conninfo(proxy), MODELS(Team, Member), NULL);
        expect_ok(db, drop ? database_create_tables(db) : database_drop_tables(db));
        proxy_cut(proxy, direction, bytes, PROXY_RESET);
        Status status = drop ? database_drop_tables(db) : database_create_tables(db);
        cut = proxy_has_cut(proxy);
        proxy_pass(proxy);
        resolved += cut && status == STATUS_OK;
        ck_assert(status == STATUS_OK || database_error(db)->outcome == OUTCOME_NOT_DONE);
        const char *tables = live_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
        ck_assert_msg(strcmp(tables, (status == STATUS_OK) == drop ? "0" : "2") == 0, "%u bytes: %s tables, but: %s",
                      (unsigned)bytes, tables, error_text(database_error(db)));
        database_close(db);
    }
    proxy_close(proxy);
    /* COMMIT was done, and the answer was lost. */
    ck_assert(direction == PROXY_TO_SERVER || resolved > 0);
}

START_TEST(test_schema__connection_breaks_anywhere)
{
    break_connection(_i % 2 ? PROXY_TO_SERVER : PROXY_TO_CLIENT, _i >= 2);
}
END_TEST

/* The same where nobody can be asked afterwards. */
START_TEST(test_schema__outcome_that_nobody_knows)
{
    enum { STEP = 23 };
    bool cut = true;
    unsigned in_doubt = 0;
    for (uint64_t bytes = 0; cut; bytes += STEP) {
        struct proxy *proxy = proxy_open();
        Database *db =
            database_open(proxy_conninfo(proxy), MODELS(Team, Member), DATABASE_OPTIONS(.in_doubt_timeout = 50));
        ck_assert_ptr_null(database_error(db));
        proxy_refuse(proxy, true);
        proxy_cut(proxy, PROXY_TO_CLIENT, bytes, PROXY_FINISH);
        Status status = database_create_tables(db);
        const Error *error = database_error(db);
        cut = proxy_has_cut(proxy);
        if (status == STATUS_IN_DOUBT) {
            in_doubt++;
            ck_assert_int_eq(error->outcome, OUTCOME_IN_DOUBT);
            ck_assert_ptr_nonnull(error->in_doubt_token);
            ck_assert_ptr_nonnull(strstr(error->message, "around COMMIT"));
        } else if (status != STATUS_OK) {
            ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
            live_check("0", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
        }
        database_close(db);
        proxy_close(proxy);
        live_settle(); /* what is in doubt may still run */
        live_sql("DROP TABLE IF EXISTS teams, members CASCADE");
    }
    ck_assert_uint_gt(in_doubt, 0);
}
END_TEST

/* --- the script --- */

/* Runs each command of the script by itself, as a person with psql would. A command ends where a line does. */
static void run_script(const char *script)
{
    char *copy = strdup(script);
    for (char *next, *command = copy; *command; command = next) {
        char *end = strstr(command, ";\n");
        ck_assert_msg(end, "no end of command: %s", command);
        *end = '\0';
        next = end + 2;
        live_sql("%s", command);
    }
    free(copy);
}

START_TEST(test_schema__script_makes_the_same)
{
    /* Without the table whose default has the end of a command in it, which only a parser of SQL would not take for
     * one. */
    const Model *const *models = MODELS(Author, Book, Genre, Edition, Print, Team, Member);
    Database *db = open_database(models);
    expect_ok(db, database_create_tables(db));
    char *created = catalog();
    expect_ok(db, database_drop_tables(db));
    run_script(database_ddl(db));
    char *scripted = catalog();
    ck_assert_str_eq(scripted, created);
    free(created);
    free(scripted);
    database_close(db);
}
END_TEST

START_TEST(test_schema__script_as_a_whole)
{
    Database *db = open_database(ALL_MODELS);
    expect_ok(db, database_create_tables(db));
    char *created = catalog();
    setup();
    live_sql("%s", database_ddl(db));
    char *scripted = catalog();
    ck_assert_str_eq(scripted, created);
    free(created);
    free(scripted);
    database_close(db);
}
END_TEST

START_TEST(test_schema__script_is_made_once_and_without_a_server)
{
    Database *db = database_open("host=/nonexistent", ALL_MODELS, DATABASE_OPTIONS(.lazy = true));
    const char *ddl = database_ddl(db);
    ck_assert_ptr_nonnull(ddl);
    ck_assert_ptr_eq(database_ddl(db), ddl);
    database_close(db);
}
END_TEST

/* --- many columns --- */

/* As many as an index can have. */
#define GRADES(f) \
    f(a) f(b) f(c) f(d) f(e) f(f_) f(g) f(h) f(i) f(j) f(k) f(l) f(m) f(n) f(o) f(p) f(q) f(r) f(s) f(t) f(u) f(v) \
        f(w) f(x) f(y) f(z) f(aa) f(bb) f(cc) f(dd) f(ee) f(ff)
#define GRADE_FIELD(name)  int16_t name;
#define GRADE_COLUMN(name) COLUMN(Report, name),

typedef struct {
    int64_t id;
    GRADES(GRADE_FIELD)
} Report;

MODEL(Report, "reports",
    COLUMN(Report, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    GRADES(GRADE_COLUMN)
    INDEX(Report, "reports_all", a, b, c, d, e, f_, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc,
          dd, ee, ff));

START_TEST(test_schema__index_of_32_columns)
{
    live_sql("DROP TABLE IF EXISTS reports");
    Database *db = database_open(live_conninfo(), MODELS(Report), NULL);
    ck_assert_int_eq(database_create_tables(db), STATUS_OK);
    live_check("32", "SELECT indnatts FROM pg_index WHERE indexrelid = 'reports_all'::regclass");
    live_sql("INSERT INTO reports SELECT 1, %s, 32",
             "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, "
             "20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31");
    Session *s = session_open(db);
    Query *q = session_query(s, Report);
    query_only(q, Report, b, c, d, e, f_, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd,
               ee, ff);
    Report *report = query_first(q, Report);
    ck_assert_ptr_nonnull(report);
    ck_assert(report->b == 2 && report->i == 9 && report->ff == 32);
    ck_assert(!session_is_loaded(s, report, a) && session_is_loaded(s, report, b) && session_is_loaded(s, report, ff));
    session_close(s);
    ck_assert_int_eq(database_drop_tables(db), STATUS_OK);
    database_close(db);
}
END_TEST

/* --- memory --- */

static bool sweep_step(size_t n, enum failing_how how)
{
    struct failing failing;
    failing_init(&failing);
    Database *db = database_open(live_conninfo(), MODELS(Author, Genre, Team, Member),
                                 DATABASE_OPTIONS(.allocator = &failing.hook));
    ck_assert_ptr_null(database_error(db));
    failing_at(&failing, n, how);
    Status status = database_create_tables(db);
    bool dropped = status == STATUS_OK;
    if (dropped)
        status = database_drop_tables(db);
    const char *ddl = status == STATUS_OK ? database_ddl(db) : NULL;
    bool reached = failing_reached(&failing);
    failing_off(&failing);
    if (!ddl) {
        const Error *error = database_error(db);
        ck_assert_msg(error && error->status == STATUS_NO_MEMORY, "%s", error_text(error));
        ck_assert_int_eq(error->outcome, status == STATUS_OK ? OUTCOME_NONE : OUTCOME_NOT_DONE);
    }
    ck_assert(ddl || reached);
    live_check(dropped && status != STATUS_OK ? "5" : "0",
               "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    database_close(db);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    live_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    return reached;
}

START_TEST(test_schema__failing_allocations)
{
    enum failing_how how = _i ? FAILING_FROM : FAILING_ONCE;
    size_t n = 1;
    while (sweep_step(n, how))
        n++;
    ck_assert_uint_gt(n, 5);
}
END_TEST

int main(void)
{
    live_open();
    TCase *tests = tcase_create("schema");
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, test_schema__all_tables);
    tcase_add_test(tests, test_schema__what_is_declared_is_there);
    tcase_add_test(tests, test_schema__length_of_chars_is_checked_by_the_server);
    tcase_add_test(tests, test_schema__second_time_does_nothing);
    tcase_add_test(tests, test_schema__only_what_is_missing);
    tcase_add_test(tests, test_schema__table_in_the_place_of_a_type);
    tcase_add_test(tests, test_schema__index_in_the_place_of_a_table);
    tcase_add_test(tests, test_schema__join_table_that_is_there);
    tcase_add_loop_test(tests, test_schema__four_at_once, 0, 2);
    tcase_add_test(tests, test_schema__drop_twice);
    tcase_add_test(tests, test_schema__type_in_use_is_not_dropped);
    tcase_add_test(tests, test_schema__error_names_model_and_table);
    tcase_add_test(tests, test_schema__error_sticks);
    tcase_add_test(tests, test_schema__null_database);
    tcase_add_test(tests, test_schema__waits_no_longer_than_the_limit);
    tcase_add_test(tests, test_schema__several_commands_in_one_piece);
    tcase_add_loop_test(tests, test_schema__connection_breaks_anywhere, 0, 4);
    tcase_add_test(tests, test_schema__outcome_that_nobody_knows);
    tcase_add_test(tests, test_schema__script_makes_the_same);
    tcase_add_test(tests, test_schema__script_as_a_whole);
    tcase_add_test(tests, test_schema__script_is_made_once_and_without_a_server);
    tcase_add_test(tests, test_schema__index_of_32_columns);
    tcase_add_loop_test(tests, test_schema__failing_allocations, 0, 2);
    Suite *suite = suite_create("schema");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed > 0;
}
