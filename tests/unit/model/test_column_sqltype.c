/* What an .sql_type means, and how a column of that type travels. */
#include "mapper_support.h"

#include "model/sqltype.h"

/* --- taking types to pieces --- */

static struct sqltype parsed(const char *text)
{
    struct sqltype type;
    const char *why = "";
    enum howdah_status status = sqltype_parse(text, &arena, &type, &why);
    ck_assert_msg(status == STATUS_OK, "%s: %s", text, why);
    return type;
}

static void expect_type(const char *text, const char *base, uint32_t oid, uint32_t dimensions, uint32_t limit)
{
    struct sqltype type = parsed(text);
    ck_assert_str_eq(type.base, base);
    ck_assert_uint_eq(type.known ? type.known->oid : 0, oid);
    ck_assert_uint_eq(type.dimensions, dimensions);
    ck_assert_uint_eq(type.limit, limit);
}

START_TEST(test_column_sqltype__parse)
{
    expect_type("text", "text", 25, 0, 0);
    expect_type("varchar(20)", "varchar", 1043, 0, 20);
    expect_type(" Character  Varying ( 20 ) ", "character varying", 1043, 0, 20);
    expect_type("numeric(10,2)", "numeric", 1700, 0, 10);
    ck_assert_int_eq(parsed("numeric(10,2)").scale, 2);
    expect_type("dec ( 3 , -12 )", "dec", 1700, 0, 3);
    ck_assert_int_eq(parsed("dec ( 3 , -12 )").scale, -12);
    expect_type("timestamp(3) with time zone", "timestamp with time zone", 1184, 0, 3);
    expect_type("TIMESTAMP", "timestamp", 1114, 0, 0);
    expect_type("double precision", "double precision", 701, 0, 0);
    expect_type("interval day to second(3)", "interval", 1186, 0, 3);
    expect_type("pg_catalog.int8", "pg_catalog.int8", 20, 0, 0);
    expect_type("int[]", "int", 23, 1, 0);
    expect_type("varchar(20) [3] [ ]", "varchar", 1043, 2, 20);
    expect_type("integer ARRAY[4]", "integer", 23, 2, 0);
    expect_type("integer array", "integer", 23, 1, 0);
    expect_type("inet", "inet", 0, 0, 0);
    expect_type("geometry(Point, 4326)", "geometry", 0, 0, 0);
    expect_type("app . \"My \"\"Type\"\"\"", "app.\"My \"\"Type\"\"\"", 0, 0, 0);
    expect_type("\"char\"", "\"char\"", 0, 0, 0);
    expect_type("varchar(99999999999999)", "varchar", 1043, 0, 0);
}
END_TEST

static const char *refused(const char *text)
{
    struct sqltype type;
    const char *why = NULL;
    ck_assert_int_eq(sqltype_parse(text, &arena, &type, &why), STATUS_INVALID);
    return why;
}

START_TEST(test_column_sqltype__parse_nonsense)
{
    ck_assert_str_eq(refused(""), "is empty");
    ck_assert_str_eq(refused("  "), "is empty");
    ck_assert_str_eq(refused("()"), "is empty");
    ck_assert_str_eq(refused("varchar(20"), "has a parenthesis that is not closed");
    ck_assert_str_eq(refused("int["), "has a bracket that is not closed");
    ck_assert_str_eq(refused("int[x]"), "has a bracket that is not closed");
    ck_assert_str_eq(refused("\"My Type"), "has a quote that is not closed");
    ck_assert_str_eq(refused("int[] not"), "goes on after its brackets");
    ck_assert_str_eq(refused("int; drop table users"), "is no SQL type");
}
END_TEST

START_TEST(test_column_sqltype__parse_without_memory)
{
    struct sqltype type;
    const char *why = NULL;
    failing_at(&memory, 1, FAILING_FROM);
    ck_assert_int_eq(sqltype_parse("integer", &arena, &type, &why), STATUS_NO_MEMORY);
    failing_off(&memory);
}
END_TEST

/* --- the way of a value --- */

struct way {
    enum howdah_type type;
    enum column_shape shape;
    const char *sql_type; /* NULL: the codec's own */
    const char *item_type;
    uint32_t item_oid, parameter_oid;
    const char *write_cast, *read_cast;
    uint32_t oid;
};

static const struct way ways[] = {
    /* by itself */
    {HOWDAH_TYPE_INT64, SHAPE_PLAIN, NULL, "bigint", 20, 1016, "", "", 20},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, NULL, "text", 25, 1009, "", "", 25},
    {HOWDAH_TYPE_CHARS, SHAPE_PLAIN, NULL, "varchar", 1043, 1015, "", "", 1043},
    {HOWDAH_TYPE_JSON, SHAPE_PLAIN, NULL, "jsonb", 3802, 3807, "", "", 3802},
    /* of another width, or with a limit: the server assigns */
    {HOWDAH_TYPE_INT64, SHAPE_PLAIN, "smallint", "bigint", 20, 1016, "", "", 20},
    {HOWDAH_TYPE_INT32, SHAPE_NULLABLE, "bigserial", "integer", 23, 1007, "", "", 23},
    {HOWDAH_TYPE_DOUBLE, SHAPE_PLAIN, "real", "double precision", 701, 1022, "", "", 701},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "varchar(20)", "text", 25, 1009, "", "", 1043},
    {HOWDAH_TYPE_NUMERIC, SHAPE_PLAIN, "numeric(10,2)", "numeric", 1700, 1231, "", "", 1700},
    /* in the same binary form, but with a meaning of its own */
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "char(5)", "bpchar", 1042, 1014, "", "", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "name", "name", 19, 1003, "", "", 19},
    {HOWDAH_TYPE_CHARS, SHAPE_PLAIN, "text", "text", 25, 1009, "", "", 25},
    {HOWDAH_TYPE_TIMESTAMP, SHAPE_PLAIN, "timestamp(3)", "timestamp", 1114, 1115, "", "", 1114},
    {HOWDAH_TYPE_TIMESTAMP, SHAPE_NULLABLE, "timestamp with time zone", "timestamptz", 1184, 1185, "", "", 1184},
    {HOWDAH_TYPE_JSON, SHAPE_PLAIN, "json", "json", 114, 199, "", "", 114},
    /* through a cast, which never has a limit */
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "inet", "text", 25, 1009, "::inet", ")", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "bit(3)", "text", 25, 1009, "::bit varying", "::text", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "bit varying(5)", "text", 25, 1009, "::bit varying", "::text", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "vector(3)", "text", 25, 1009, "::vector", "::text", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "app.\"Email\"", "text", 25, 1009, "::app.\"Email\"", "::text", 25},
    {HOWDAH_TYPE_TEXT, SHAPE_PLAIN, "int[]", "text", 25, 1009, "::integer[]", "::text", 25},
    {HOWDAH_TYPE_INT64, SHAPE_PLAIN, "numeric(20)", "bigint", 20, 1016, "::numeric", "::bigint", 20},
    {HOWDAH_TYPE_INT32, SHAPE_PLAIN, "char(10)", "integer", 23, 1007, "::bpchar", "::integer", 23},
    {HOWDAH_TYPE_UUID, SHAPE_PLAIN, "varchar(36)", "uuid", 2950, 2951, "::varchar", "::uuid", 2950},
    {HOWDAH_TYPE_CODEC, SHAPE_PLAIN, "polygon", "text", 25, 1009, "::polygon", "::text", 25},
    {HOWDAH_TYPE_CODEC, SHAPE_PLAIN, "varchar(9)", "text", 25, 1009, "", "", 1043},
    /* arrays, as literals */
    {HOWDAH_TYPE_INT64, SHAPE_ARRAY, NULL, "text", 25, 1009, "::bigint[]", "", 0},
    {HOWDAH_TYPE_INT64, SHAPE_ARRAY, "smallint[]", "text", 25, 1009, "::smallint[]", "", 0},
    {HOWDAH_TYPE_TEXT, SHAPE_ARRAY, "varchar(20)[]", "text", 25, 1009, "::varchar[]", "", 0},
    {HOWDAH_TYPE_TEXT, SHAPE_ARRAY, "char(3)[]", "text", 25, 1009, "::bpchar[]", "", 0},
    {HOWDAH_TYPE_TIMESTAMP, SHAPE_ARRAY, "timestamp[]", "text", 25, 1009, "::timestamp[]", "", 0},
    {HOWDAH_TYPE_JSON, SHAPE_ARRAY, "json[]", "text", 25, 1009, "::json[]", "", 0},
    {HOWDAH_TYPE_TEXT, SHAPE_ARRAY, "inet[]", "text", 25, 1009, "::inet[]", "::text::text[]", 0},
    {HOWDAH_TYPE_TEXT, SHAPE_ARRAY, "app.tags", "text", 25, 1009, "::app.tags", "::text[]", 0},
};

START_TEST(test_column_sqltype__set_wire)
{
    const struct way *way = &ways[_i];
    struct sqltype type = {0};
    if (way->sql_type)
        type = parsed(way->sql_type);
    struct column column = {.codec = codec_of(way->type), .shape = way->shape};
    ck_assert(sqltype_set_wire(way->sql_type ? &type : NULL, &arena, &column));
    ck_assert_str_eq(column.item_type, way->item_type);
    ck_assert_uint_eq(column.item_oid, way->item_oid);
    ck_assert_uint_eq(column.parameter_oid, way->parameter_oid);
    ck_assert_str_eq(column.write_cast, way->write_cast);
    ck_assert_str_eq(column.read_cast, way->read_cast);
    ck_assert_uint_eq(column.oid, way->oid);
    ck_assert_int_eq(column.as_literal, way->shape == SHAPE_ARRAY);
    bool json_as_text = way->item_oid == 114;
    ck_assert_ptr_eq(column.wire, json_as_text ? codec_of(HOWDAH_TYPE_TEXT) : column.codec);
}
END_TEST

START_TEST(test_column_sqltype__known)
{
    ck_assert_str_eq(sqltype_of_oid(23)->cast, "integer");
    ck_assert_str_eq(sqltype_of_array(1015)->cast, "varchar");
    ck_assert_ptr_null(sqltype_of_oid(16384));
    ck_assert_ptr_null(sqltype_of_array(25));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("column sqltype");
    TCase *tcase = tcase_create("column sqltype");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, mapper_setup, mapper_teardown);
    tcase_add_test(tcase, test_column_sqltype__parse);
    tcase_add_test(tcase, test_column_sqltype__parse_nonsense);
    tcase_add_test(tcase, test_column_sqltype__parse_without_memory);
    tcase_add_loop_test(tcase, test_column_sqltype__set_wire, 0, sizeof(ways) / sizeof(*ways));
    tcase_add_test(tcase, test_column_sqltype__known);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
