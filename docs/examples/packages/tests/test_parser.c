/* The reader of control files, on good input and on hostile input. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

static struct stanza stanza;
static struct problem why;

/* Parses a text; the parser and its file are closed by done(). */
static struct parser begin(const char *text, size_t size)
{
    struct parser parser;
    FILE *file = fmemopen((char *)text, size, "r");
    ck_assert_ptr_nonnull(file);
    parser_init(&parser, file);
    return parser;
}

static void done(struct parser *parser)
{
    fclose(parser->file);
    parser_done(parser);
}

static const char *value(const char *name)
{
    const struct field *field = stanza_find(&stanza, name);
    return field ? field->value : "(none)";
}

/* Refused, at that line, with a reason that has `words` in it. */
static void refused(const char *text, size_t size, unsigned long line, const char *words)
{
    struct parser parser = begin(text, size);
    enum parser_result result;
    while ((result = parser_next(&parser, &stanza, &why)) == PARSER_STANZA)
        continue;
    ck_assert_int_eq(result, PARSER_REFUSED);
    ck_assert_msg(strstr(why.text, words) != NULL, "%s", why.text);
    ck_assert_uint_eq(why.line, line);
    done(&parser);
}

/* A record between two good ones that must be skipped; `line` counts from its first. */
static void bad_record(const char *text, unsigned long line, const char *words)
{
    char whole[4096];
    int size = snprintf(whole, sizeof whole, "Package: first\n\n%s\n\nPackage: good\n\n", text);
    struct parser parser = begin(whole, (size_t)size);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_msg(strstr(stanza.problem.text, words) != NULL, "\"%s\"", stanza.problem.text);
    ck_assert_uint_eq(stanza.problem.line, line + 2);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(stanza.problem.text, "");
    ck_assert_str_eq(value("Package"), "good");
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_END);
    done(&parser);
}

START_TEST(test_parser__records)
{
    const char text[] = "\n\nPackage: a\nVersion:1\n\n\n \t\nPackage:  b  \nEmpty:\n\n";
    struct parser parser = begin(text, strlen(text));
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_uint_eq(stanza.line, 3);
    ck_assert_int_eq(stanza.offset, 2);
    ck_assert_uint_eq(stanza.field_count, 2);
    ck_assert_str_eq(value("package"), "a");
    ck_assert_str_eq(value("Version"), "1");
    ck_assert_uint_eq(stanza_find(&stanza, "VERSION")->line, 4);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_uint_eq(stanza.line, 8);
    ck_assert_str_eq(value("Package"), "b");
    ck_assert_str_eq(value("Empty"), "");
    ck_assert_str_eq(value("Missing"), "(none)");
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_END);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_END);
    done(&parser);
}
END_TEST

START_TEST(test_parser__folded_lines)
{
    const char text[] = "Description: short\n long, one\n .\n  indented\t\n\ttab\nTag: a,\n b\n\n";
    struct parser parser = begin(text, strlen(text));
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(stanza.problem.text, "");
    ck_assert_str_eq(value("Description"), "short\nlong, one\n.\n indented\ntab");
    ck_assert_str_eq(value("Tag"), "a,\nb");
    ck_assert_uint_eq(stanza_find(&stanza, "Tag")->line, 6);
    done(&parser);
}
END_TEST

START_TEST(test_parser__carriage_returns)
{
    const char text[] = "Package: a\r\nDescription: x\r\n y\r\n\r\nPackage: b\r\n\r\n";
    struct parser parser = begin(text, strlen(text));
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(value("Package"), "a");
    ck_assert_str_eq(value("Description"), "x\ny");
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(value("Package"), "b");
    done(&parser);
}
END_TEST

START_TEST(test_parser__seek)
{
    const char text[] = "Package: a\n\nPackage: b\n\nPackage: c\n\n";
    struct parser parser = begin(text, strlen(text));
    parser_next(&parser, &stanza, &why);
    parser_next(&parser, &stanza, &why);
    off_t offset = stanza.offset;
    unsigned long line = stanza.line;
    parser_next(&parser, &stanza, &why);
    ck_assert(parser_seek(&parser, offset, line));
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(value("Package"), "b");
    ck_assert_uint_eq(stanza.line, 3);
    ck_assert_int_eq(stanza.offset, offset);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(value("Package"), "c");
    done(&parser);
}
END_TEST

START_TEST(test_parser__bad_records)
{
    bad_record("Package: a\nno colon here", 2, "without a colon: \"no colon here\"");
    bad_record(" continues nothing\nPackage: a", 1, "continues no field");
    bad_record("Package: a\nPackage: b", 2, "stands here twice");
    bad_record("Package: a\npackage: b", 2, "stands here twice");
    bad_record(": a", 1, "can't be the name of a field");
    bad_record("# a: comment", 1, "can't be the name of a field");
    bad_record("-a: b", 1, "can't be the name of a field");
    bad_record("two words: b", 1, "can't be the name of a field");
    bad_record("Package: a\nno \x1b[2J colon", 2, "no ?[2J colon"); /* a terminal is safe from it */
}
END_TEST

START_TEST(test_parser__bad_text_after_the_first_record)
{
    const char text[] = "Package: a\n\nPackage: b\nName: caf\xe9\n\nPackage: c\n\n";
    struct parser parser = begin(text, strlen(text));
    parser_next(&parser, &stanza, &why);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_msg(strstr(stanza.problem.text, "UTF-8") != NULL, "%s", stanza.problem.text);
    ck_assert_uint_eq(stanza.problem.line, 4);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_str_eq(stanza.problem.text, "");
    done(&parser);
}
END_TEST

START_TEST(test_parser__too_many_fields)
{
    char text[FIELDS_MAX * 16 + 64] = "";
    size_t size = 0;
    for (int i = 0; i < FIELDS_MAX + 1; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "F%d: x\n", i);
    memcpy(text + size, "\n", 1);
    struct parser parser = begin(text, size + 1);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_uint_eq(stanza.field_count, FIELDS_MAX);
    ck_assert_uint_eq(stanza.problem.line, FIELDS_MAX + 1);
    done(&parser);
}
END_TEST

#define REFUSED(text, line, words) refused((text), sizeof(text) - 1, (line), (words))

START_TEST(test_parser__no_control_file)
{
    REFUSED("\x7f\x45LF\x02\x01\x01\0\0\0", 1, "NUL byte");
    REFUSED("Package: a\n\nPackage: b\nX: \0\n\n", 4, "NUL byte");
    REFUSED("Package: \xff\xfe\n\n", 1, "binary");
    REFUSED("Package: \x01\n\n", 1, "binary");
    REFUSED("\n\nPackage: \xc3\n\n", 3, "binary");
}
END_TEST

START_TEST(test_parser__a_line_without_end)
{
    size_t size = STANZA_MAX + 64;
    char *text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "Package: a\n\nX: ", 15);
    refused(text, size, 3, "more than 1048576 bytes");

    size = 900 * 1000; /* great, but not too great */
    memcpy(text + size - 2, "\n\n", 2);
    struct parser parser = begin(text, size);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_STANZA);
    ck_assert_uint_eq(strlen(value("X")), size - 15 - 2);
    done(&parser);
    free(text);
}
END_TEST

/* Whatever is missing at the end: all records before the cut are whole, and the input is refused unless the cut
 * lies between two records. */
START_TEST(test_parser__cut_at_every_byte)
{
    static const char *const records[] = {
        "Package: one\nVersion: 1\nDescription: first\n more of it\n\n",
        "Package: two\nDepends: one (>= 1),\n three\n\n",
        "Package: three\n\n",
    };
    char text[512] = "";
    size_t ends[3];
    for (size_t i = 0; i < 3; i++) {
        strcat(text, records[i]);
        ends[i] = strlen(text);
    }
    for (size_t size = 1; size <= strlen(text); size++) {
        struct parser parser = begin(text, size);
        size_t count = 0;
        enum parser_result result;
        while ((result = parser_next(&parser, &stanza, &why)) == PARSER_STANZA) {
            ck_assert_str_eq(stanza.problem.text, "");
            ck_assert_uint_le(ends[count], size);
            count++;
        }
        bool between = size == ends[0] || size == ends[1] || size == ends[2];
        ck_assert_int_eq(result, between ? PARSER_END : PARSER_REFUSED);
        ck_assert_int_eq(why.text[0] == '\0', between);
        done(&parser);
    }
}
END_TEST

START_TEST(test_parser__read_error)
{
    struct parser parser;
    FILE *folder = fopen("/", "r");
    ck_assert_ptr_nonnull(folder);
    parser_init(&parser, folder);
    ck_assert_int_eq(parser_next(&parser, &stanza, &why), PARSER_REFUSED);
    ck_assert_msg(strstr(why.text, "can't be read") != NULL, "%s", why.text);
    done(&parser);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("parser");
    tcase_set_timeout(all, 600);
    tcase_add_test(all, test_parser__records);
    tcase_add_test(all, test_parser__folded_lines);
    tcase_add_test(all, test_parser__carriage_returns);
    tcase_add_test(all, test_parser__seek);
    tcase_add_test(all, test_parser__bad_records);
    tcase_add_test(all, test_parser__bad_text_after_the_first_record);
    tcase_add_test(all, test_parser__too_many_fields);
    tcase_add_test(all, test_parser__no_control_file);
    tcase_add_test(all, test_parser__a_line_without_end);
    tcase_add_test(all, test_parser__cut_at_every_byte);
    tcase_add_test(all, test_parser__read_error);
    Suite *suite = suite_create("parser");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
