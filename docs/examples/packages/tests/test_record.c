/* Records as objects: every field, and what is wrong with them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "syntax.h"

static struct arena arena;
static struct record record;
static struct problem problem;

static void teardown(void)
{
    record_done(&record);
    arena_empty(&arena);
}

/* Reads the text of one record, without the empty line. */
static enum record_result read_text(const char *text)
{
    char whole[8192];
    struct stanza stanza;
    struct parser parser;
    int size = snprintf(whole, sizeof whole, "%s\n\n", text);
    FILE *file = fmemopen(whole, (size_t)size, "r");
    parser_init(&parser, file);
    ck_assert_int_eq(parser_next(&parser, &stanza, &problem), PARSER_STANZA);
    enum record_result result = record_read(&stanza, &arena, &record, &problem);
    fclose(file);
    parser_done(&parser);
    return result;
}

#define START "Package: sample\nArchitecture: amd64\nVersion: 1:2.0-3\n"

static void good(const char *more)
{
    char text[4096];
    snprintf(text, sizeof text, START "%s", more);
    enum record_result result = read_text(text);
    ck_assert_msg(result == RECORD_GOOD, "%s", problem.text);
}

/* `more` stands at line 4. */
static void bad(const char *more, unsigned long line, const char *words)
{
    char text[4096];
    snprintf(text, sizeof text, START "%s", more);
    ck_assert_int_eq(read_text(text), RECORD_BAD);
    ck_assert_msg(strstr(problem.text, words) != NULL, "\"%s\"", problem.text);
    ck_assert_uint_eq(problem.line, line);
}

START_TEST(test_record__every_field)
{
    good("Status: hold reinstreq half-configured\n"
         "Maintainer: Ann Example <ann@example.org>\n"
         "Source: origin (2.0-1)\n"
         "Priority: important\nSection: non-free/libs\nEssential: yes\nProtected: no\nMulti-Arch: same\n"
         "Installed-Size: 4711\nSize: 9223372036854775807\n"
         "Homepage: https://example.org/\nFilename: pool/s/sample.deb\n"
         "MD5sum: 000102030405060708090a0b0c0d0e0F\n"
         "Tag: role::program, use::gameplaying,\n x11::application\n"
         "Conffiles:\n /etc/sample \"quoted\"\n"
         "Description: a sample\n First\tline.\n .\n  Indented.");
    const Package *p = &record.package;
    ck_assert_str_eq(p->name, "sample");
    ck_assert_str_eq(p->architecture, "amd64");
    ck_assert_str_eq(p->version, "1:2.0-3");
    ck_assert_int_eq(p->want, WANT_HOLD);
    ck_assert_int_eq(p->health, HEALTH_REINSTALL_REQUIRED);
    ck_assert_int_eq(p->state, STATE_HALF_CONFIGURED);
    ck_assert_str_eq(record.maintainer.name, "Ann Example");
    ck_assert_str_eq(record.maintainer.email, "ann@example.org");
    ck_assert_str_eq(p->source, "origin");
    ck_assert_str_eq(p->source_version, "2.0-1");
    ck_assert_int_eq(p->priority, PRIORITY_IMPORTANT);
    ck_assert_str_eq(p->section, "non-free/libs");
    ck_assert(p->essential);
    ck_assert(!p->protected_package);
    ck_assert_int_eq(p->multi_arch, MULTI_ARCH_SAME);
    ck_assert(p->installed_size.valid);
    ck_assert_int_eq(p->installed_size.value, 4711);
    ck_assert(p->download_size.value == INT64_MAX);
    ck_assert_str_eq(p->homepage, "https://example.org/");
    ck_assert_str_eq(p->filename, "pool/s/sample.deb");
    ck_assert_uint_eq(p->md5.size, 16);
    ck_assert_mem_eq(p->md5.data, "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 16);
    ck_assert_ptr_null(p->sha256.data);
    ck_assert_uint_eq(p->tags.count, 3);
    ck_assert_str_eq(p->tags.items[2], "x11::application");
    ck_assert_str_eq(p->summary, "a sample");
    ck_assert_str_eq(p->description, "First\tline.\n\n Indented.");
    ck_assert_str_eq(p->other.text, "{\"Conffiles\":\"\\u000a/etc/sample \\\"quoted\\\"\"}");
}
END_TEST

START_TEST(test_record__no_more_than_it_must)
{
    good("Priority: optional");
    const Package *p = &record.package;
    ck_assert_str_eq(p->source, "sample");
    ck_assert_str_eq(p->source_version, "1:2.0-3");
    ck_assert_int_eq(p->state, STATE_NOT_INSTALLED);
    ck_assert(!p->installed_size.valid);
    ck_assert_ptr_null(p->section);
    ck_assert_ptr_null(p->description);
    ck_assert_ptr_nonnull(p->tags.items); /* empty, not NULL */
    ck_assert_uint_eq(p->tags.count, 0);
    ck_assert_str_eq(p->other.text, "{}");
    ck_assert_ptr_null(record.maintainer.email);
    ck_assert_uint_eq(record.dependency_count, 0);
}
END_TEST

START_TEST(test_record__dependencies)
{
    good("Depends: libc6 (>= 2.36), python3:any | python3-minimal (<<4),\n"
         " a[amd64 !i386] <!nocheck> <cross> , b(>1)|c (< 2),\n"
         "Pre-Depends: dpkg (>> 1.15.6~)\n"
         "Provides: virtual (= 1.0), other:any");
    ck_assert_uint_eq(record.dependency_count, 7);
    const Dependency *d = record.dependencies;
    ck_assert_str_eq(d[0].package_name, "sample");
    ck_assert_str_eq(d[0].package_architecture, "amd64");
    ck_assert_int_eq(d[0].kind, KIND_DEPENDS);
    ck_assert_str_eq(d[0].target, "libc6");
    ck_assert_int_eq(d[0].relation, RELATION_AT_LEAST);
    ck_assert_str_eq(d[0].version, "2.36");
    ck_assert_ptr_null(d[0].qualifier);
    ck_assert_str_eq(d[1].qualifier, "any");
    ck_assert_int_eq(d[1].relation, RELATION_ANY);
    ck_assert_ptr_null(d[1].version);
    ck_assert_int_eq(d[1].position, 1);
    ck_assert_int_eq(d[1].alternative, 0);
    ck_assert_int_eq(d[2].position, 1);
    ck_assert_int_eq(d[2].alternative, 1);
    ck_assert_int_eq(d[2].relation, RELATION_EARLIER);
    ck_assert_int_eq(d[3].position, 2);
    ck_assert_int_eq(d[3].alternative, 0);
    ck_assert_str_eq(d[3].restriction, "[amd64 !i386] <!nocheck> <cross>");
    ck_assert_int_eq(d[4].relation, RELATION_AT_LEAST); /* the old spelling of >= */
    ck_assert_int_eq(d[5].relation, RELATION_AT_MOST);
    ck_assert_int_eq(d[6].kind, KIND_PRE_DEPENDS);
    ck_assert_int_eq(d[6].relation, RELATION_LATER);
    ck_assert_uint_eq(record.provide_count, 2);
    ck_assert_str_eq(record.provides[0].version, "1.0");
    ck_assert_str_eq(record.provides[1].qualifier, "any");
    ck_assert_int_eq(record.provides[1].position, 1);
}
END_TEST

START_TEST(test_record__maintainers)
{
    static const struct {
        const char *text, *name, *email;
    } cases[] = {
        {"Ann <a@b.c>,", "Ann", "a@b.c"},
        {"<a@b.c>", "", "a@b.c"},
        {"a@b.c", "a@b.c", "a@b.c"},
        {"Nobody", "Nobody", "Nobody"},
        {"Ann <>", "Ann <>", "Ann <>"},
        {"Ann <a@b.c", "Ann <a@b.c", "Ann <a@b.c"},
        {"\"A, B\"  <a@b.c>", "\"A, B\"", "a@b.c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        snprintf(text, sizeof text, "Maintainer: %s", cases[i].text);
        good(text);
        ck_assert_str_eq(record.maintainer.name, cases[i].name);
        ck_assert_str_eq(record.maintainer.email, cases[i].email);
    }
}
END_TEST

START_TEST(test_record__bad_values)
{
    bad("Priority: foo", 4, "Priority: \"foo\" is none of the values");
    bad("Multi-Arch: maybe", 4, "Multi-Arch");
    bad("Essential: 1", 4, "must be yes or no");
    bad("Installed-Size: 12a", 4, "is not a number");
    bad("Installed-Size: -1", 4, "is not a number");
    bad("Size:", 4, "is not a number");
    bad("Size: 9223372036854775808", 4, "is not a number");
    bad("Section: x\nMD5sum: 0001", 5, "checksum");
    bad("SHA256: zz", 4, "checksum");
    bad("MD5sum: 000102030405060708090a0b0c0d0e0g", 4, "checksum");
    bad("Status: install ok", 4, "three words");
    bad("Status: install ok installed now", 4, "three words");
    bad("Status: install fine installed", 4, "no status that dpkg knows");
    bad("Maintainer:", 4, "is empty");
    bad("Source: (1.0)", 4, "must begin with");
    bad("Source: a (1_0)", 4, "may hold only");
    bad("Version: 2", 4, "twice");
}
END_TEST

START_TEST(test_record__bad_dependencies)
{
    bad("Depends: a (>= )", 4, "must not be empty");
    bad("Depends: a (1.0)", 4, "needs one of");
    bad("Depends: a (= 1 2)", 4, "closing parenthesis");
    bad("Depends: a (= 1", 4, "closing parenthesis");
    bad("Depends: a b", 4, "a comma or a bar is missing at \"b\"");
    bad("Depends: a,\n b,\n _c", 6, "must begin with");
    bad("Depends: , a", 4, "the name of a package is missing");
    bad("Depends: a, , b", 4, "the name of a package is missing");
    bad("Depends: a |", 4, "an alternative is missing");
    bad("Depends: a:", 4, "no architecture");
    bad("Depends: a [amd64", 4, "closing bracket");
    bad("Depends: a <!x, b>", 4, "closing bracket");
    bad("Breaks: ${misc:Depends}", 4, "Breaks: ");
    bad("Provides: a | b", 4, "can't have alternatives");
    bad("Provides: a (>= 1)", 4, "only exact versions");
}
END_TEST

START_TEST(test_record__mandatory_fields)
{
    ck_assert_int_eq(read_text("Version: 1\nArchitecture: all"), RECORD_BAD);
    ck_assert_str_eq(problem.text, "the record has no field Package");
    ck_assert_int_eq(read_text("Package: a\nArchitecture: all"), RECORD_BAD);
    ck_assert_str_eq(problem.text, "the record has no field Version");
    ck_assert_int_eq(read_text("Package: a\nVersion: 1"), RECORD_BAD);
    ck_assert_str_eq(problem.text, "the record has no field Architecture");
    ck_assert_int_eq(read_text("Package: a\nStatus: install ok not-installed"), RECORD_IGNORED);
}
END_TEST

START_TEST(test_record__versions)
{
    static const char *const right[] = {"1",       "0:1",   "1.0-1", "2:1.0~rc1+dfsg-1.1+b2",
                                        "1:2:3-1", "1-2-3", "v1",    "2147483647:1"};
    static const char *const wrong[] = {"",        ":1", "a:1",          "-1",  "1-",    "1_0",
                                        "1 0",     "1:", "2147483648:1", "1:-", "1-2:3", "99999999999999999999:1",
                                        "\xc3\xa9"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        ck_assert_msg(!version_fault(right[i]), "%s", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(version_fault(wrong[i]) != NULL, "%s", wrong[i]);
}
END_TEST

START_TEST(test_record__long_names)
{
    char text[1024] = "Tag: ";
    memset(text + 5, 'x', NAME_LENGTH_MAX + 1);
    bad(text, 4, "too long");
    text[5 + NAME_LENGTH_MAX] = '\0';
    good(text);
    memcpy(text, "Recommends: ", 12);
    memset(text + 12, 'x', NAME_LENGTH_MAX + 1);
    bad(text, 4, "longer than 255");
}
END_TEST

START_TEST(test_record__utf8)
{
    static const char *const right[] = {
        "", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const wrong[] = {"\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xe2\x82",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "\xe2\x28\xa1"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        ck_assert_msg(utf8_valid(right[i], strlen(right[i])), "%zu", i);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!utf8_valid(wrong[i], strlen(wrong[i])), "%zu", i);
}
END_TEST

/* No text makes it read beyond its memory: the sanitizers watch. What is read as good is well-formed. */
START_TEST(test_record__mutations)
{
    static const char sample[] = START "Depends: a (>= 1) | b:any, c [x] <y>\nProvides: d (= 1)\nTag: e, f\n"
                                       "Source: g (1)\nMaintainer: h <i@j>\nDescription: k\n l\n .\n m\nX-Other: n";
    static const char bytes[] = "\n :,|()[]<>=.\\\"-\x1f\xc3z0";
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        char text[sizeof sample];
        memcpy(text, sample, sizeof sample);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1664525 + 1013904223;
            text[(seed >> 8) % (sizeof sample - 1)] = bytes[(seed >> 3) % (sizeof bytes - 1)];
        }
        char whole[sizeof sample + 16];
        struct stanza stanza;
        struct parser parser;
        int size = snprintf(whole, sizeof whole, "A: b\n\n%s\n\n", text);
        FILE *file = fmemopen(whole, (size_t)size, "r");
        parser_init(&parser, file);
        while (parser_next(&parser, &stanza, &problem) == PARSER_STANZA) {
            if (record_read(&stanza, &arena, &record, &problem) != RECORD_GOOD)
                continue;
            ck_assert_ptr_null(package_name_fault(record.package.name));
            ck_assert_ptr_null(version_fault(record.package.version));
            for (size_t i = 0; i < record.dependency_count; i++)
                ck_assert_ptr_null(package_name_fault(record.dependencies[i].target));
        }
        fclose(file);
        parser_done(&parser);
        arena_empty(&arena);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("record");
    tcase_add_checked_fixture(all, NULL, teardown);
    tcase_set_timeout(all, 600);
    tcase_add_test(all, test_record__every_field);
    tcase_add_test(all, test_record__no_more_than_it_must);
    tcase_add_test(all, test_record__dependencies);
    tcase_add_test(all, test_record__maintainers);
    tcase_add_test(all, test_record__bad_values);
    tcase_add_test(all, test_record__bad_dependencies);
    tcase_add_test(all, test_record__mandatory_fields);
    tcase_add_test(all, test_record__versions);
    tcase_add_test(all, test_record__long_names);
    tcase_add_test(all, test_record__utf8);
    tcase_add_test(all, test_record__mutations);
    Suite *suite = suite_create("record");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
