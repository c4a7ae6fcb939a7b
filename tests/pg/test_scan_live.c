/* The scanner of SQL that programs write, with the server's parser as the judge: whatever the scanner lets pass has as many
 * parameters for the server as for the scanner, and is one statement. Random texts, made of the pieces that are hard to
 * tell apart; how many, the first argument says. Through plain libpq. */
#include "sql/scan.h"
#include "support/live.h"

#include <check.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES_MAX = 14, TEXT_MAX = 512 };

static unsigned long rounds = 4000;
static PGconn *connection;
static struct arena arena;
static uint64_t seed = 20261120;

/* xorshift64*: the same texts everywhere. */
static unsigned below(unsigned limit)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (unsigned)((seed * 0x2545f4914f6cdd1dULL) >> 33) % limit;
}

static const char *const pieces[] = {
    "'",         "''",      "\"",      "\"\"",    "\\",        "\\'",      "E'", "e'",  "U&'", "U&\"",     "B'1'",
    "N'",        "$$",      "$a$",     "$b$",     "$",         "$1",       "--", "/*",  "*/",  "*",        "/",
    "-",         "+",       "\n",      "\r",      " ",         "\t",       ";",  "(",   ")",   "[",        "]",
    ",",         "::",      ":",       ".",       "%s",        "%d",       "%s", "%d",  "%%",  "%%",       "%",
    "%x",        "a",       "E",       "e",       "_",         "text",     "1",  "1.5", "0",   "\303\244", "SELECT",
    "FROM",      "1",       "'a'",     "' '",     "||",        "@",        "?",  "=",   "<",   "%s::text", "'%%s'",
    "E'\\'%%d'", "/*%%d*/", "--%%d\n", "$$%%s$$", "$a$%%d$a$", "AS \"x\"",
};

/* Almost a statement: each item is a text, a comment or a parameter, so that the server accepts many. */
static const char *const items[] = {
    "'a'",
    "'it''s'",
    "E'\\''",
    "E'a'\n'\\''",
    "'\\'",
    "$$'$$",
    "$a$ $b$ $$ $a$",
    "%s::text",
    "%d",
    "/* ' */ %s::text",
    "-- '\n%d",
    "U&'\\0061'",
    "1 /* /* */ ' */",
    "'a' AS \"b'\"",
    "'%%s'",
    "%d %% 5",
    "'a' || %s",
    "('x')",
    "%s::text AS \"%%\"",
    "E'a' 'b'",
    "e'\\\\'",
    "'a'\n'b\\'",
    "E'a'--'\n'b\\''",
    "a$1$.x",
    "1 - -%d",
    "2*/* */%d",
    "'--' || %s",
    "\"a\"",
    "'\r' || %s",
};

static void add(char *text, const char *more)
{
    if (strlen(text) + strlen(more) + 1 < TEXT_MAX)
        strcat(text, more);
}

static void make_soup(char *text)
{
    strcpy(text, below(4) ? "SELECT " : "");
    for (unsigned i = 1 + below(PIECES_MAX); i; i--)
        add(text, pieces[below(sizeof(pieces) / sizeof(*pieces))]);
}

static void make_list(char *text)
{
    strcpy(text, "SELECT ");
    for (unsigned i = 1 + below(4); i; i--) {
        add(text, items[below(sizeof(items) / sizeof(*items))]);
        if (i > 1)
            add(text, ", ");
    }
}

/* One or two bytes of a list are lost, doubled, or become a piece. */
static void damage(char *text)
{
    char whole[TEXT_MAX];
    for (unsigned n = 1 + below(2); n; n--) {
        size_t at = below((unsigned)strlen(text) + 1);
        strcpy(whole, text);
        text[at] = '\0';
        if (below(2))
            add(text, pieces[below(sizeof(pieces) / sizeof(*pieces))]);
        add(text, whole + at + (whole[at] && below(2) ? 1 : 0));
    }
}

/* How many parameters the server sees; -1: it refuses the text. */
static int server_counts(const char *text)
{
    PGresult *result = PQprepare(connection, "", text, 0, NULL);
    int count = -1;
    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        PQclear(result);
        result = PQdescribePrepared(connection, "");
        ck_assert_int_eq(PQresultStatus(result), PGRES_COMMAND_OK);
        count = PQnparams(result);
    }
    PQclear(result);
    return count;
}

/* Whether both accept it, in which case they agree. */
static bool judge(const char *format, bool fragment)
{
    struct scanned scanned;
    struct buffer out;
    const char *why = NULL;
    arena_reset(&arena);
    enum howdah_status status = sql_scan(format, fragment, &arena, &scanned, &why);
    ck_assert(status == HOWDAH_STATUS_OK || (status == HOWDAH_STATUS_INVALID && why));
    if (status)
        return false;
    buffer_init(&out, &memory_default);
    buffer_text(&out, fragment ? "SELECT (" : "");
    sql_put(&scanned, 1, &out);
    buffer_text(&out, fragment ? "), 'the end'" : "");
    const char *text = buffer_cstring(&out);
    int count = server_counts(text);
    ck_assert_msg(count < 0 || count == (int)scanned.hole_count, "%u parameters for us, %d for the server: %s -> %s",
                  (unsigned)scanned.hole_count, count, format, text);
    buffer_done(&out);
    return count >= 0;
}

static void setup(void)
{
    connection = PQconnectdb(live_conninfo());
    ck_assert_msg(PQstatus(connection) == CONNECTION_OK, "%s", PQerrorMessage(connection));
    arena_init(&arena, &memory_default);
}

static void teardown(void)
{
    arena_done(&arena);
    PQfinish(connection);
}

START_TEST(test_scan_live__texts_keep_their_shape)
{
    static void (*const makers[])(char *) = {make_soup, make_list};
    char format[TEXT_MAX];
    unsigned long accepted = 0;
    for (unsigned long i = 0; i < rounds; i++) {
        makers[i % 4 != 0](format);
        if (i % 4 == 1)
            damage(format);
        accepted += judge(format, false);
        const char *rest = strncmp(format, "SELECT ", 7) == 0 ? format + 7 : format;
        accepted += judge(rest, true);
    }
    ck_assert_uint_gt(accepted, rounds / 8); /* the texts are good for something */
}
END_TEST

/* A value is a value whatever stands in it. */
START_TEST(test_scan_live__values_are_values)
{
    char value[TEXT_MAX];
    for (unsigned long i = 0; i < rounds / 4; i++) {
        *value = '\0';
        for (unsigned n = below(PIECES_MAX); n; n--)
            add(value, pieces[below(sizeof(pieces) / sizeof(*pieces))]);
        const char *values[] = {value};
        struct scanned scanned;
        struct buffer out;
        const char *why;
        arena_reset(&arena);
        ck_assert_int_eq(sql_scan("SELECT %s::text", false, &arena, &scanned, &why), HOWDAH_STATUS_OK);
        buffer_init(&out, &memory_default);
        sql_put(&scanned, 1, &out);
        PGresult *result = PQexecParams(connection, buffer_cstring(&out), 1, NULL, values, NULL, NULL, 0);
        ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
        ck_assert_str_eq(PQgetvalue(result, 0, 0), value);
        PQclear(result);
        buffer_done(&out);
    }
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = strtoul(argv[1], NULL, 10);
    live_open();
    Suite *suite = suite_create("scan_live");
    TCase *tests = tcase_create("scan_live");
    tcase_set_timeout(tests, 1700);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_scan_live__texts_keep_their_shape);
    tcase_add_test(tests, test_scan_live__values_are_values);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    live_close();
    return failed != 0;
}
