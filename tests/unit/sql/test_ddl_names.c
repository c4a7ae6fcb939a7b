/* The exact text of the DDL: names that need quotes, schemas, enum types, join tables, and text of the program; and what
 * happens when memory is out. */
#include "ddl_support.h"
#include "support/failing.h"

/* --- names that need quotes, schemas, enum types --- */

enum weather { SUNNY, RAINY };
HOWDAH_ENUM(Weather, "Fair \"or\" foul", HOWDAH_LABEL(SUNNY, "it's sunny"), HOWDAH_LABEL(RAINY, "back\\slash"));
HOWDAH_ENUM(SameWeather, "Fair \"or\" foul", HOWDAH_LABEL(7, "it's sunny"), HOWDAH_LABEL(8, "back\\slash"));
HOWDAH_ENUM(Wind, NULL, HOWDAH_LABEL(0, "calm"), HOWDAH_LABEL(1, "storm"));

typedef struct Report {
    int32_t id;
    int weather;
    int wind;
} Report;

typedef struct Forecast {
    int32_t id;
    int weather;
} Forecast;

/* clang-format off */
MODEL_IN("Weird \"schema", Report, "Weird \"name",
    COLUMN(Report, id, .primary_key = true, .column = "select \"from\""),
    COLUMN_ENUM(Report, weather, Weather, .index = true),
    COLUMN_ENUM(Report, wind, Wind));
MODEL_IN("Weird \"schema", Forecast, "forecasts",
    COLUMN(Forecast, id, .primary_key = true),
    COLUMN_ENUM(Forecast, weather, SameWeather));
/* clang-format on */

START_TEST(test_ddl_names__names_schemas_and_types)
{
    expect_script(
        MODELS(Report, Forecast),
        "CREATE SCHEMA \"Weird \"\"schema\";\n"
        "CREATE TYPE \"Weird \"\"schema\".\"Fair \"\"or\"\" foul\" AS ENUM"
        " ('it''s sunny',  E'back\\\\slash');\n"
        "CREATE TABLE \"Weird \"\"schema\".\"Weird \"\"name\" (\n"
        "    \"select \"\"from\"\"\" integer NOT NULL,\n"
        "    \"weather\" \"Weird \"\"schema\".\"Fair \"\"or\"\" foul\" NOT NULL,\n"
        "    \"wind\" text NOT NULL,\n"
        "    CONSTRAINT \"Weird \"\"name_pkey\" PRIMARY KEY (\"select \"\"from\"\"\"),\n"
        "    CONSTRAINT \"Weird \"\"name_wind_check\" CHECK (\"wind\" IN ('calm', 'storm'))\n"
        ");\n"
        "CREATE INDEX \"Weird \"\"name_weather_idx\" ON \"Weird \"\"schema\".\"Weird \"\"name\" (\"weather\");\n"
        "CREATE TABLE \"Weird \"\"schema\".\"forecasts\" (\n"
        "    \"id\" integer NOT NULL,\n"
        "    \"weather\" \"Weird \"\"schema\".\"Fair \"\"or\"\" foul\" NOT NULL,\n"
        "    CONSTRAINT \"forecasts_pkey\" PRIMARY KEY (\"id\")\n"
        ");\n");
    ck_assert_uint_eq(ddl.drop_count, 3);
    ck_assert_str_eq(ddl.drop[2].statement.text, "DROP TYPE IF EXISTS \"Weird \"\"schema\".\"Fair \"\"or\"\" foul\"");
}
END_TEST

/* A type may lie in a schema that no model has. */
HOWDAH_ENUM(Level, "kinds.level", HOWDAH_LABEL(0, "low"));

typedef struct Alarm {
    int32_t id;
    int level;
} Alarm;

/* clang-format off */
MODEL_IN("watch", Alarm, "alarms",
    COLUMN(Alarm, id, .primary_key = true),
    COLUMN_ENUM(Alarm, level, Level));
/* clang-format on */

START_TEST(test_ddl_names__type_with_a_schema_of_its_own)
{
    expect_script(MODELS(Alarm), "CREATE SCHEMA \"watch\";\n"
                                 "CREATE SCHEMA \"kinds\";\n"
                                 "CREATE TYPE \"kinds\".\"level\" AS ENUM ('low');\n"
                                 "CREATE TABLE \"watch\".\"alarms\" (\n"
                                 "    \"id\" integer NOT NULL,\n"
                                 "    \"level\" \"kinds\".\"level\" NOT NULL,\n"
                                 "    CONSTRAINT \"alarms_pkey\" PRIMARY KEY (\"id\")\n"
                                 ");\n");
    ck_assert_int_eq(ddl.objects[0].kind, DDL_SCHEMA);
    ck_assert_int_eq(ddl.objects[2].kind, DDL_TYPE);
    ck_assert_ptr_null(ddl.objects[2].table);
}
END_TEST

HOWDAH_ENUM(OtherLevel, "level", HOWDAH_LABEL(0, "high"));

typedef struct Kind {
    int32_t id;
    int level;
} Kind;

/* clang-format off */
MODEL_IN("kinds", Kind, "kinds",
    COLUMN(Kind, id, .primary_key = true),
    COLUMN_ENUM(Kind, level, OtherLevel));
/* clang-format on */

START_TEST(test_ddl_names__one_type_with_two_sets_of_labels)
{
    ck_assert_int_eq(render(MODELS(Alarm, Kind)), STATUS_MODEL);
    ck_assert_int_eq(error.status, STATUS_MODEL);
    ck_assert_str_eq(error.message, "Kind.level: the labels of enum type \"kinds\".\"level\" are not those that Alarm"
                                    " gives it: make them one enum, or name another type");
    ck_assert_uint_eq(ddl.object_count, 0);
}
END_TEST

/* --- join tables --- */

typedef struct Reader Reader;
typedef struct Paper Paper;

struct Reader {
    int32_t id;
    MANY(Paper) papers;
    MANY(Reader) friends;
};

struct Paper {
    char isbn[14];
    MANY(Reader) readers;
};

extern const Model Reader_model, Paper_model;

#define LONG_TABLE "readers_and_the_papers_that_they_have_read_or_mean_to_read"

/* clang-format off */
MODEL(Reader, "readers",
    COLUMN(Reader, id, .primary_key = true),
    MANY_TO_MANY(Reader, papers, Paper, LONG_TABLE, "reader", "isbn"),
    MANY_TO_MANY(Reader, friends, Reader, "friends", "who", "whom"));
MODEL(Paper, "papers",
    COLUMN(Paper, isbn, .primary_key = true),
    MANY_TO_MANY(Paper, readers, Reader, LONG_TABLE, "isbn", "reader"));
/* clang-format on */

START_TEST(test_ddl_names__join_table_of_two_sides_once)
{
    ck_assert_int_eq(render(MODELS(Paper, Reader)), STATUS_OK);
    ck_assert_uint_eq(ddl.object_count, 4);
    /* Cut as PostgreSQL cuts: the longer name first, to 63 bytes. */
    const struct ddl_statement *table = find_statement("CREATE TABLE \"public\".\"" LONG_TABLE "\"");
    ck_assert_str_eq(table->statement.text,
                     "CREATE TABLE \"public\".\"" LONG_TABLE "\" (\n"
                     "    \"isbn\" varchar(13) NOT NULL,\n"
                     "    \"reader\" integer NOT NULL,\n"
                     "    CONSTRAINT \"readers_and_the_papers_that_they_have_read_or_mean_to_read_pkey\""
                     " PRIMARY KEY (\"isbn\", \"reader\"),\n"
                     "    CONSTRAINT \"readers_and_the_papers_that_they_have_read_or_mean_to_isbn_fkey\""
                     " FOREIGN KEY (\"isbn\") REFERENCES \"public\".\"papers\" (\"isbn\") ON DELETE CASCADE,\n"
                     "    CONSTRAINT \"readers_and_the_papers_that_they_have_read_or_mean__reader_fkey\""
                     " FOREIGN KEY (\"reader\") REFERENCES \"public\".\"readers\" (\"id\") ON DELETE CASCADE\n"
                     ")");
}
END_TEST

START_TEST(test_ddl_names__join_table_to_itself)
{
    ck_assert_int_eq(render(MODELS(Paper, Reader)), STATUS_OK);
    ck_assert_str_eq(find_statement("CREATE TABLE \"public\".\"friends\"")->statement.text,
                     "CREATE TABLE \"public\".\"friends\" (\n"
                     "    \"who\" integer NOT NULL,\n"
                     "    \"whom\" integer NOT NULL,\n"
                     "    CONSTRAINT \"friends_pkey\" PRIMARY KEY (\"who\", \"whom\"),\n"
                     "    CONSTRAINT \"friends_who_fkey\" FOREIGN KEY (\"who\")"
                     " REFERENCES \"public\".\"readers\" (\"id\") ON DELETE CASCADE,\n"
                     "    CONSTRAINT \"friends_whom_fkey\" FOREIGN KEY (\"whom\")"
                     " REFERENCES \"public\".\"readers\" (\"id\") ON DELETE CASCADE\n"
                     ")");
    expect_line("CREATE INDEX \"friends_whom_idx\" ON \"public\".\"friends\" (\"whom\")");
}
END_TEST

/* --- text of the program --- */

typedef struct Raw {
    int32_t id;
    NullInt32 a;
    NullInt32 b;
    const char *address;
} Raw;

/* clang-format off */
MODEL(Raw, "raw",
    COLUMN(Raw, id,      .primary_key = true),
    COLUMN(Raw, a,       .server_default = "nullif(1, 2) /* one */", .check = "a <> 3 -- not three\n"),
    COLUMN(Raw, b,       .stored = "a * '2'::int", .not_null = true),
    COLUMN(Raw, address, .sql_type = "  INET  ", .nullable = true),
    INDEX_WITH((.where = "a > 0 OR b > 0", .method = "we\"ird"), Raw, NULL, a));
/* clang-format on */

START_TEST(test_ddl_names__text_of_the_program_stands_as_it_is)
{
    ck_assert_int_eq(render(MODELS(Raw)), STATUS_OK);
    expect_line("    \"a\" integer DEFAULT nullif(1, 2) /* one */,\n");
    expect_line("    CONSTRAINT \"raw_a_check\" CHECK (a <> 3 -- not three\n)\n)");
    expect_line("    \"b\" integer NOT NULL GENERATED ALWAYS AS (a * '2'::int) STORED,\n");
    expect_line("    \"address\"   INET  ,\n");
    expect_line("CREATE INDEX \"raw_a_idx\" ON \"public\".\"raw\" USING \"we\"\"ird\" (\"a\") WHERE a > 0 OR b > 0");
}
END_TEST

/* --- memory --- */

START_TEST(test_ddl_names__no_memory)
{
    ck_assert_int_eq(render(MODELS(Report, Forecast, Alarm, Paper, Reader, Raw)), STATUS_OK);
    const char *expected = ddl_script(&ddl, &arena), *script = NULL;
    size_t n = 0;
    while (!script) {
        struct failing failing;
        struct arena small;
        struct ddl result = {.object_count = 4711};
        failing_init(&failing);
        arena_init(&small, &failing.hook);
        failing_at(&failing, ++n, FAILING_ONCE);
        enum howdah_status status = ddl_render(&catalog, NULL, &small, &error, &result);
        if (status == STATUS_OK)
            script = ddl_script(&result, &small);
        else
            ck_assert(error.status == STATUS_NO_MEMORY && result.object_count == 4711);
        ck_assert(failing_reached(&failing) == !script);
        ck_assert(!script || strcmp(script, expected) == 0);
        arena_done(&small);
        ck_assert_uint_eq(failing_blocks(&failing), 0);
    }
    ck_assert_uint_gt(n, 5);
}
END_TEST

RUN("ddl_names", test_ddl_names__names_schemas_and_types, test_ddl_names__type_with_a_schema_of_its_own,
    test_ddl_names__one_type_with_two_sets_of_labels, test_ddl_names__join_table_of_two_sides_once,
    test_ddl_names__join_table_to_itself, test_ddl_names__text_of_the_program_stands_as_it_is,
    test_ddl_names__no_memory)
