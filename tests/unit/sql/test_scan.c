/* The scanner of SQL that a program wrote: conversions, quotes and comments. */
#include "base/memory.h"
#include "sql/format.h"
#include "sql/text_store.h"

#include <check.h>
#include <howdah/sql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *reallocate(void *arg, void *block, size_t size)
{
    (void)arg;
    if (size)
        return realloc(block, size);
    free(block);
    return NULL;
}

static const struct howdah_allocator allocator = {reallocate, NULL};
static struct arena arena;

static void setup(void)
{
    arena_init(&arena, &allocator);
}

static void teardown(void)
{
    arena_done(&arena);
}

/* The text with its placeholders; or why not. */
static const char *scan(const char *format, bool fragment)
{
    static char text[1024];
    struct scanned scanned;
    struct buffer out;
    const char *why = NULL;
    enum howdah_status status = sql_scan(format, fragment, &arena, &scanned, &why);
    ck_assert(status == HOWDAH_STATUS_OK || status == HOWDAH_STATUS_INVALID);
    if (status) {
        snprintf(text, sizeof(text), "%s", why);
        return text;
    }
    buffer_init(&out, &allocator);
    sql_put(&scanned, 1, &out);
    snprintf(text, sizeof(text), "%.*s", (int)out.size, out.size ? out.data : "");
    buffer_done(&out);
    return text;
}

#define check_scan(format, expected)     ck_assert_str_eq(scan(format, false), expected)
#define check_fragment(format, expected) ck_assert_str_eq(scan(format, true), expected)
#define check_refused(format, expected) \
    do { \
        const char *why_ = scan(format, false); \
        ck_assert_msg(strstr(why_, expected) != NULL, "'%s' gives: %s", format, why_); \
    } while (0)
#define check_fragment_refused(format, expected) \
    do { \
        const char *why_ = scan(format, true); \
        ck_assert_msg(strstr(why_, expected) != NULL, "'%s' gives: %s", format, why_); \
    } while (0)

START_TEST(test_scan__conversions)
{
    check_scan("SELECT %d, %s", "SELECT $1, $2");
    check_scan("SELECT %i, %u, %ld, %li, %lu, %lld, %llu, %zu, %zd, %jd, %ju, %td, %hd, %hhu, %f, %lf, %s, %.*s, %p",
               "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19");
    check_scan("SELECT %s::jsonb", "SELECT $1::jsonb");
    check_scan("SELECT 5 %% 3, %d%%%d", "SELECT 5 % 3, $1%$2");
    check_scan("SELECT (%d)", "SELECT ($1)");
    check_scan("SELECT a[%d]", "SELECT a[$1]");
    check_scan("SELECT -%d", "SELECT -$1");
    check_scan("SELECT 'a'%d", "SELECT 'a'$1"); /* what that is, is the server's to say */
    check_scan("SELECT j ? 'a' AND j ?| %p", "SELECT j ? 'a' AND j ?| $1");
}
END_TEST

START_TEST(test_scan__what_is_no_conversion)
{
    static const char *const bad[] = {"%x",   "%5d",  "%-d", "%+d", "%05d", "%.2f", "%g",  "%e", "%c", "%n",
                                      "%10s", "%.3s", "%*d", "%Lf", "%#x",  "%o",   "% d", "%",  "%S", "%ls"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char format[64];
        snprintf(format, sizeof(format), "SELECT %s", bad[i]);
        check_refused(format, "character 8");
        check_refused(format, "no such conversion");
    }
}
END_TEST

START_TEST(test_scan__quotes)
{
    check_scan("SELECT '100%%', %d", "SELECT '100%', $1");
    check_scan("SELECT 'it''s', %d", "SELECT 'it''s', $1");
    check_scan("SELECT 'back\\', %d", "SELECT 'back\\', $1");
    check_scan("SELECT E'back\\\\', %d", "SELECT E'back\\\\', $1");
    check_scan("SELECT e'it\\'s', %d", "SELECT e'it\\'s', $1");
    check_scan("SELECT E'\\%%', %d", "SELECT E'\\%', $1");
    check_scan("SELECT U&'\\0041', %d", "SELECT U&'\\0041', $1");
    check_scan("SELECT \"a\"\"b\", %d", "SELECT \"a\"\"b\", $1");
    check_scan("SELECT $$it's$$, $a$ $$ $b$ $a$, %d", "SELECT $$it's$$, $a$ $$ $b$ $a$, $1");
    check_scan("SELECT a$b$c, %d", "SELECT a$b$c, $1");
    check_scan("SELECT typE'x', %d", "SELECT typE'x', $1"); /* the E is the end of a name */
    check_scan("SELECT E'a'\n  'b\\'', %d", "SELECT E'a'\n  'b\\'', $1");
    check_scan("SELECT E'a' -- and\n'b\\'', %d", "SELECT E'a' -- and\n'b\\'', $1");
    check_scan("SELECT E'a' 'b\\', %d", "SELECT E'a' 'b\\', $1"); /* on one line it is a text of its own */
    check_refused("SELECT '%s'", "character 9 ('%s'')");
    check_refused("SELECT '%d%%'", "inside quotes");
    check_refused("SELECT 'a''%s'", "inside quotes");
    check_refused("SELECT E'\\'%s'", "inside quotes");
    check_refused("SELECT E'a'\n'\\'%s'", "inside quotes");
    check_refused("SELECT \"%s\"", "quoted name");
    check_refused("SELECT $$%s$$", "dollar quotes");
    check_refused("SELECT $x$ $$ %s $x$", "dollar quotes");
    check_refused("SELECT 'a", "does not end");
    check_refused("SELECT E'a\\'", "does not end");
    check_refused("SELECT \"a", "does not end");
    check_refused("SELECT $a$ $$", "does not end");
}
END_TEST

START_TEST(test_scan__comments)
{
    check_scan("SELECT 1 -- 100%% '\n, %d", "SELECT 1 -- 100% '\n, $1");
    check_scan("SELECT /* ' /* \" */ -- */ %d", "SELECT /* ' /* \" */ -- */ $1");
    check_scan("SELECT 1 - -%d", "SELECT 1 - -$1");
    check_scan("SELECT 2*/* */%d", "SELECT 2*/* */$1");
    check_scan("SELECT %d -- the end", "SELECT $1 -- the end");
    check_refused("SELECT 1 -- %d", "inside a comment");
    check_refused("SELECT 1 /* %d */", "inside a comment");
    check_refused("SELECT 1 /* /* */ %d */", "inside a comment");
    check_refused("SELECT 1 /* /* */", "does not end");
}
END_TEST

/* A placeholder that ran into its neighbour would be another one, a name, or a quote. */
START_TEST(test_scan__placeholders_stand_alone)
{
    static const char *const bad[] = {"%d1",       "a%d",  "%da",        "1%d",       "%d_",
                                      "%d$a$ $a$", "%d%d", "\303\244%d", "%s\303\244"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char format[64];
        snprintf(format, sizeof(format), "SELECT %s", bad[i]);
        check_refused(format, "stand apart");
    }
    check_refused("SELECT $%d", "$");
    check_refused("SELECT $1", "no numbers");
    check_refused("SELECT 1$a$ %d $a$", "$");
}
END_TEST

START_TEST(test_scan__one_statement)
{
    check_scan("SELECT 1;", "SELECT 1;");
    check_scan("SELECT 1; -- done\n /* yes */ ;", "SELECT 1; -- done\n /* yes */ ;");
    check_scan("SELECT ';', $$;$$ /* ; */", "SELECT ';', $$;$$ /* ; */");
    check_scan("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
               "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END");
    check_scan("CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
               "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)");
    check_refused("SELECT 1; DROP TABLE t", "one statement at a time");
    check_refused("SELECT 1; 'x'", "one statement at a time");
    check_refused("; SELECT 1", "one statement at a time");
    check_refused("", "nothing to run");
    check_refused(" -- nothing\n;", "nothing to run");
}
END_TEST

START_TEST(test_scan__fragments)
{
    check_fragment("a = %d OR b @> %s", "a = $1 OR b @> $2");
    check_fragment("a = (%d) -- why\n", "a = ($1) -- why\n");
    check_fragment("a = ')'", "a = ')'");
    check_fragment_refused("a = 1) OR (true", "closes one");
    check_fragment_refused("(a = 1", "is not closed");
    check_fragment_refused("a = 1; DELETE FROM t", "no semicolon");
    check_fragment_refused("a = 1 -- and", "end in a comment");
    check_fragment_refused("", "nothing to run");
}
END_TEST

static enum sql_kind kind_of(const char *format)
{
    struct scanned scanned;
    const char *why;
    ck_assert_int_eq(sql_scan(format, false, &arena, &scanned, &why), HOWDAH_STATUS_OK);
    return scanned.kind;
}

START_TEST(test_scan__kinds)
{
    ck_assert_int_eq(kind_of("SELECT 1"), SQL_READS);
    ck_assert_int_eq(kind_of("/* x */ (select 1)"), SQL_READS);
    ck_assert_int_eq(kind_of("WITH a AS (SELECT 1) SELECT * FROM a"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT 'insert', \"update\" FROM t -- delete"), SQL_READS);
    ck_assert_int_eq(kind_of("WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a"), SQL_WRITES);
    ck_assert_int_eq(kind_of("SELECT * FROM t FOR UPDATE SKIP LOCKED"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT * FROM t FOR NO KEY UPDATE"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT 1 INTO t"), SQL_WRITES);
    ck_assert_int_eq(kind_of("EXPLAIN ANALYZE UPDATE t SET a = 1"), SQL_WRITES);
    ck_assert_int_eq(kind_of("CREATE TABLE t ()"), SQL_WRITES);
    ck_assert_int_eq(kind_of("COPY t FROM 'file'"), SQL_WRITES);
    ck_assert_int_eq(kind_of("copy t to stdout"), SQL_COPY);
    ck_assert_int_eq(kind_of("CALL p()"), SQL_WRITES);
    ck_assert_int_eq(kind_of("Begin"), SQL_TRANSACTION);
    ck_assert_int_eq(kind_of("COMMIT AND CHAIN"), SQL_TRANSACTION);
    ck_assert_int_eq(kind_of("PREPARE TRANSACTION 'x'"), SQL_TRANSACTION);
    ck_assert_int_eq(kind_of("SET search_path = x"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SET SESSION a.b = 1"), SQL_SETTING);
    ck_assert_int_eq(kind_of("RESET ALL"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SET LOCAL search_path = x"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SET CONSTRAINTS ALL DEFERRED"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT pg_catalog.set_config('a.b', 'c', true)"), SQL_LOCAL);
}
END_TEST

START_TEST(test_scan__kinds_that_leave_something_behind)
{
    ck_assert_int_eq(kind_of("LOAD 'auto_explain'"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'c', FALSE)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("UPDATE t SET a = pg_catalog.set_config('a.b', b, false)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT false AS \"set_config\", 'set_config(false)'"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT set_config(%s, %s, %p)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config(%s, %s, %d::bool)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', f(1, 2), true), false"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT set_config(f(1, false), 'c', /* now */ TRUE)"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT set_config('Client_Encoding', 'LATIN1', true)"), SQL_OURS);
    ck_assert_int_eq(kind_of("UPDATE t SET a = set_config ( 'howdah.k0', '', true)"), SQL_OURS);
    ck_assert_int_eq(kind_of("SELECT set_config('array_nulls', 'off', false)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'client_encoding', true), 'names'"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT set_config('', 'client_encoding', true)"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'c', not true)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'c', 'f')"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'c', is_local => true)"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT set_config('a.b', 'c', is_local => b)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT \"set_config\" ('a.b', 'c', false)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT pg_catalog.\"set_config\"('a.b', 'c', true)"), SQL_LOCAL);
    ck_assert_int_eq(kind_of("SELECT \"Set_Config\"('a.b', 'c', false), set_config FROM t"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT set_config('a', set_config('b', 'c', true), true)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("SELECT set_config('a', 'b', true), set_config('b', 'c', false)"), SQL_SETTING);
    ck_assert_int_eq(kind_of("UPDATE pg_settings SET setting = '1MB' WHERE name = 'work_mem'"), SQL_SETTING);
    ck_assert_int_eq(kind_of("UPDATE ONLY pg_catalog.\"pg_settings\" SET setting = '1'"), SQL_SETTING);
    ck_assert_int_eq(kind_of("UPDATE t SET a = 1 FROM pg_settings"), SQL_WRITES);
    ck_assert_int_eq(kind_of("CREATE TABLE pg_temp.t (a int)"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("CREATE TABLE \"pg_temp\".t (a int)"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("SELECT 1 INTO \"temp\""), SQL_WRITES);
    ck_assert_int_eq(kind_of("/* LISTEN */ listen jobs"), SQL_LISTENING);
    ck_assert_int_eq(kind_of("UNLISTEN *"), SQL_LISTENING);
    ck_assert_int_eq(kind_of("NOTIFY jobs"), SQL_WRITES);
    ck_assert_int_eq(kind_of("PREPARE x AS SELECT 1"), SQL_PREPARED);
    ck_assert_int_eq(kind_of("DEALLOCATE ALL"), SQL_PREPARED);
    ck_assert_int_eq(kind_of("DISCARD TEMP"), SQL_PREPARED);
    ck_assert_int_eq(kind_of("DECLARE c CURSOR WITH HOLD FOR SELECT 1"), SQL_HELD);
    ck_assert_int_eq(kind_of("DECLARE c CURSOR WITHOUT HOLD FOR SELECT 1"), SQL_WRITES);
    ck_assert_int_eq(kind_of("CREATE TEMP TABLE t (a int)"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("create or replace temporary view v AS SELECT 1"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("CREATE LOCAL TEMP TABLE t ON COMMIT DELETE ROWS AS SELECT 1"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("SELECT 1 INTO TEMP t"), SQL_TEMPORARY);
    ck_assert_int_eq(kind_of("CREATE TEMP TABLE t (a int) ON COMMIT DROP"), SQL_WRITES);
    ck_assert_int_eq(kind_of("SELECT temp FROM weather"), SQL_READS);
    ck_assert_int_eq(kind_of("CREATE TABLE weather (temp int)"), SQL_WRITES);
    ck_assert_int_eq(kind_of("SELECT pg_try_advisory_lock_shared(1)"), SQL_LOCKED);
    ck_assert_int_eq(kind_of("SELECT pg_advisory_xact_lock(1)"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT pg_catalog.\"pg_advisory_lock\"(%d)"), SQL_LOCKED);
    ck_assert_int_eq(kind_of("SELECT \"pg_advisory_lock\", pg_advisory_lock FROM t"), SQL_READS);
    ck_assert_int_eq(kind_of("SELECT 'pg_advisory_lock', \"listen\""), SQL_READS);
}
END_TEST

/* --- values --- */

static struct format read_result;

static enum howdah_status read_format(const char **ret_why, const char *format, ...)
{
    va_list arguments;
    struct text_store store;
    text_store_init(&store, arena.allocator);
    va_start(arguments, format);
    enum howdah_status status = format_read(&store, format, arguments, false, &arena, &read_result, ret_why);
    va_end(arguments);
    text_store_done(&store);
    return status;
}

START_TEST(test_format__values)
{
    const char *why = "";
    ck_assert_int_eq(read_format(&why, "SELECT %d, %ld, %s, %.*s, %f, %s", 1, -1L, "text", 2, "cut", 0.1, NULL),
                     HOWDAH_STATUS_OK);
    const struct wire_value *v = read_result.values;
    ck_assert_uint_eq(v[0].type, 23);
    ck_assert_mem_eq(v[0].data, "\0\0\0\1", 4);
    ck_assert_uint_eq(v[1].type, 20);
    ck_assert_mem_eq(v[1].data, "\377\377\377\377\377\377\377\377", 8);
    ck_assert_uint_eq(v[2].type, 0);
    ck_assert_str_eq(v[2].data, "text");
    ck_assert_str_eq(v[3].data, "cu");
    ck_assert_uint_eq(v[4].type, 0);
    ck_assert_str_eq(v[4].data, "0.1");
    ck_assert_int_eq(v[5].size, -1);
    const struct statement *statement = format_statement(&read_result, NULL, NULL, &arena);
    ck_assert_str_eq(statement->text, "SELECT $1, $2, $3, $4, $5, $6");
    ck_assert_uint_eq(statement->parameters, 6);
    ck_assert_uint_eq(statement->types[1], 20);
    ck_assert_int_eq(read_format(&why, "SELECT ';', %d ; -- done", 1), HOWDAH_STATUS_OK);
    ck_assert_str_eq(format_statement(&read_result, "SELECT * FROM (", "\n) AS r", &arena)->text,
                     "SELECT * FROM (SELECT ';', $1 \n) AS r");
}
END_TEST

START_TEST(test_format__values_that_can_not_be_sent)
{
    const char *why = "";
    ck_assert_int_eq(read_format(&why, "SELECT %d, %lu", 1, UINT64_MAX), HOWDAH_STATUS_INVALID);
    ck_assert_str_eq(why, "the value of its conversion 2 is out of range for bigint");
    ck_assert_int_eq(read_format(&why, "SELECT %s", "\xff"), HOWDAH_STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(why, "UTF-8"));
    struct howdah_value label = {.type = HOWDAH_TYPE_ENUM};
    struct howdah_value labels = {.type = (uint32_t)HOWDAH_TYPE_ENUM | HOWDAH_TYPE_ARRAY};
    labels.as.array.items = &label;
    labels.as.array.count = 1;
    ck_assert_int_eq(read_format(&why, "SELECT %p", (void *)&label), HOWDAH_STATUS_INVALID);
    ck_assert_int_eq(read_format(&why, "SELECT %p", (void *)&labels), HOWDAH_STATUS_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan");
    TCase *tests = tcase_create("scan");
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_scan__conversions);
    tcase_add_test(tests, test_scan__what_is_no_conversion);
    tcase_add_test(tests, test_scan__quotes);
    tcase_add_test(tests, test_scan__comments);
    tcase_add_test(tests, test_scan__placeholders_stand_alone);
    tcase_add_test(tests, test_scan__one_statement);
    tcase_add_test(tests, test_scan__fragments);
    tcase_add_test(tests, test_scan__kinds);
    tcase_add_test(tests, test_scan__kinds_that_leave_something_behind);
    tcase_add_test(tests, test_format__values);
    tcase_add_test(tests, test_format__values_that_can_not_be_sent);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
