/* Quoting, and the names that PostgreSQL gives to constraints and indexes. */
#include "mapper_support.h"

#include "model/names.h"

/* --- quoting --- */

static const char *quoted(void (*quote)(const char *, struct buffer *), const char *text)
{
    buffer_reset(&out);
    quote(text, &out);
    return buffer_cstring(&out);
}

START_TEST(test_mapper_names__identifier_quote)
{
    ck_assert_str_eq(quoted(identifier_quote, "users"), "\"users\"");
    ck_assert_str_eq(quoted(identifier_quote, ""), "\"\"");
    ck_assert_str_eq(quoted(identifier_quote, "a\"b\"\"c"), "\"a\"\"b\"\"\"\"c\"");
    ck_assert_str_eq(quoted(identifier_quote, "it's\\"), "\"it's\\\"");
}
END_TEST

START_TEST(test_mapper_names__literal_quote)
{
    ck_assert_str_eq(quoted(literal_quote, "low"), "'low'");
    ck_assert_str_eq(quoted(literal_quote, "it's \"x\""), "'it''s \"x\"'");
    ck_assert_str_eq(quoted(literal_quote, "a\\'b"), " E'a\\\\''b'");
}
END_TEST

START_TEST(test_mapper_names__quoting_without_memory)
{
    failing_at(&memory, 1, FAILING_FROM);
    identifier_quote("users", &out);
    ck_assert(out.failed);
    ck_assert_uint_eq(out.size, 0);
    failing_off(&memory);
}
END_TEST

/* --- what can be a name --- */

START_TEST(test_mapper_names__fault)
{
    char longest[NAME_SIZE + 1];
    memset(longest, 'x', NAME_SIZE);
    longest[NAME_SIZE] = '\0';
    ck_assert_pstr_eq(name_fault(longest), "has more than 63 bytes");
    longest[NAME_SIZE - 1] = '\0';
    ck_assert_pstr_eq(name_fault(longest), NULL);
    ck_assert_pstr_eq(name_fault(""), "is empty");
    ck_assert_pstr_eq(name_fault(NULL), "is empty");
    ck_assert_pstr_eq(name_fault("na\xc3\xafve"), NULL);
    ck_assert_pstr_eq(name_fault("a \"b\""), NULL);
    ck_assert_pstr_eq(name_fault("na\xefve"), "is not valid UTF-8");
}
END_TEST

/* A name that was looked at is quoted as any identifier is. */
START_TEST(test_mapper_names__quote)
{
    static const char *const names[] = {
        "users",     "a\"b",       "na\xc3\xafve",     "", "\"", "long_and_plain_name", "long_but_\"_quoted",
        "abcdefg\"", "abcdefgh\"", "\"bcdefghijklmnop"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct name name;
        name_look(names[i], &name);
        ck_assert_uint_eq(name.length, strlen(names[i]));
        char *text = malloc(name_quoted_size(&name)), *end = name_quote(&name, text);
        ck_assert_str_eq(text, quoted(identifier_quote, names[i]));
        ck_assert_ptr_eq(end, text + strlen(text));
        free(text);
    }
}
END_TEST

/* No two of many names that look alike have one hash. */
START_TEST(test_mapper_names__hash)
{
    enum { COUNT = 300 };
    static uint64_t hashes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        char text[40];
        struct name name;
        sprintf(text, i % 2 ? "column_%zu" : "a_table_%zu_of_many_id_key", i);
        name_look(text, &name);
        hashes[i] = name.hash;
        for (size_t k = 0; k < i; k++)
            ck_assert_uint_ne(hashes[k], hashes[i]);
    }
}
END_TEST

/* --- as PostgreSQL chooses; each was looked up on a server --- */

static const char *chosen(const char *first, const char *second, const char *label)
{
    static char name[NAME_SIZE];
    struct name names[2];
    name_look(first, &names[0]);
    name_look(second, &names[1]);
    ck_assert_uint_eq(name_choose(&names[0], second ? &names[1] : NULL, label, name), strlen(name));
    return name;
}

START_TEST(test_mapper_names__choose)
{
    ck_assert_str_eq(chosen("users", NULL, "pkey"), "users_pkey");
    ck_assert_str_eq(chosen("users", "email", "key"), "users_email_key");
    ck_assert_str_eq(chosen("posts", "user_id_slug", "idx1"), "posts_user_id_slug_idx1");
    ck_assert_str_eq(chosen("a_table_whose_name_is_as_long_as_a_name_may_be_in_this_database", NULL, "pkey"),
                     "a_table_whose_name_is_as_long_as_a_name_may_be_in_this_dat_pkey");
    ck_assert_str_eq(chosen("a_table_whose_name_is_as_long_as_a_name_may_be_in_this_database",
                            "a_column_whose_name_is_as_long_as_a_name_may_be_in_this_databas", "check"),
                     "a_table_whose_name_is_as_lon_a_column_whose_name_is_as_lo_check");
    ck_assert_str_eq(chosen("short", "a_column_whose_name_is_as_long_as_a_name_may_be_in_this_databas", "fkey"),
                     "short_a_column_whose_name_is_as_long_as_a_name_may_be_in_t_fkey");
}
END_TEST

/* What a character that is cut leaves is not given to the other name. */
START_TEST(test_mapper_names__choose_cuts_between_characters)
{
    const char *first =
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"; /* 60 bytes */
    const char *name = chosen(first, "x", "key");
    ck_assert_uint_eq(strlen(name), 56 + 2 + 4);
    ck_assert_int_eq(strncmp(name, first, 56), 0);
    ck_assert_str_eq(name + 56, "_x_key");
}
END_TEST

START_TEST(test_mapper_names__column_list)
{
    char list[NAME_LIST_SIZE] = "";
    name_list_add(list, "user_id");
    ck_assert_str_eq(list, "user_id");
    name_list_add(list, "slug");
    ck_assert_str_eq(list, "user_id_slug");
    char longest[NAME_SIZE];
    memset(longest, 'x', NAME_SIZE - 1);
    longest[NAME_SIZE - 1] = '\0';
    name_list_add(list, longest);
    ck_assert_uint_eq(strlen(list), strlen("user_id_slug_") + NAME_SIZE - 1);
    name_list_add(list, "more");
    ck_assert_uint_eq(strlen(list), strlen("user_id_slug_") + NAME_SIZE - 1);
}
END_TEST

/* --- names of one model --- */

typedef struct Named {
    int64_t id;
    const char *email;
    const char *login;
    char slug[16];
    int32_t age;
    int64_t boss_id;
} Named;

extern const Model Named_model;
MODEL(Named, "named",
    COLUMN(Named, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Named, email,   .unique = true, .index = true),
    COLUMN(Named, login),
    COLUMN(Named, slug,    .check = "slug <> ''"),
    COLUMN(Named, age,     .check = "age >= 0"),
    COLUMN(Named, boss_id, .references = &Named_model, .index = true),
    UNIQUE(Named, NULL, email),
    UNIQUE(Named, "logins", login, email),
    UNIQUE_WITH((.where = "age > 18"), Named, NULL, login),
    INDEX(Named, NULL, login, slug),
    INDEX(Named, "named_boss_id_idx", boss_id),
    CHECK(NULL, "length(email) > 0"),
    CHECK("sane", "length(login) > 0"));

START_TEST(test_mapper_names__defaults)
{
    const struct mapper *mapper = compile_model(&Named_model);
    static const char *const indexes[] = {
        "named_pkey",        "named_email_key", "named_email_key1",   "logins",
        "named_login_idx",   "named_email_idx", "named_boss_id_idx1", "named_login_slug_idx",
        "named_boss_id_idx",
    };
    static const char *const checks[] = {"named_slug_check", "named_slug_check1", "named_age_check", "named_check",
                                         "sane"};
    ck_assert_uint_eq(mapper->index_count, sizeof(indexes) / sizeof(*indexes));
    for (uint32_t i = 0; i < mapper->index_count; i++)
        ck_assert_str_eq(mapper->indexes[i].name, indexes[i]);
    ck_assert_uint_eq(mapper->check_count, sizeof(checks) / sizeof(*checks));
    for (uint32_t i = 0; i < mapper->check_count; i++)
        ck_assert_str_eq(mapper->checks[i].name, checks[i]);
    ck_assert_uint_eq(mapper->foreign_key_count, 1);
    ck_assert_str_eq(mapper->foreign_keys[0].name, "named_boss_id_fkey");
}
END_TEST

START_TEST(test_mapper_names__column_of_constraint)
{
    const struct mapper *mapper = compile_model(&Named_model);
    static const char *const fields[][2] = {
        {"named_pkey", "id"},
        {"named_email_key", "email"},
        {"logins", "login"},
        {"named_boss_id_fkey", "boss_id"},
        {"named_age_check", "age"},
        {"named_slug_check1", "slug"},
        {"named_login_not_null", "login"},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const struct column *column = mapper_column_of_constraint(mapper, fields[i][0]);
        ck_assert_ptr_nonnull(column);
        ck_assert_str_eq(column->field->name, fields[i][1]);
    }
    ck_assert_ptr_null(mapper_column_of_constraint(mapper, "sane"));
    ck_assert_ptr_null(mapper_column_of_constraint(mapper, "named_email"));
}
END_TEST

MAPPER_MAIN("mapper names", test_mapper_names__identifier_quote, test_mapper_names__literal_quote,
            test_mapper_names__quoting_without_memory, test_mapper_names__fault, test_mapper_names__quote,
            test_mapper_names__hash, test_mapper_names__choose, test_mapper_names__choose_cuts_between_characters,
            test_mapper_names__column_list, test_mapper_names__defaults, test_mapper_names__column_of_constraint)
