/* Operators of conditions: what they find, which columns they fit, and their SQL. */
#include "api/query_scene.h"

#define check_found(T, field, op, value, expected_where, expected_ids) \
    do { \
        Query *q_ = session_query(s, T); \
        query_where(q_, T, field, op, value); \
        ck_assert_str_eq(where_of(q_), expected_where); \
        ck_assert_str_eq(ids_of_##T(q_), expected_ids); \
    } while (0)

START_TEST(test_query_where__comparisons)
{
    check_found(User, age, "=", 44, "t0.\"age\" = $1", "1");
    check_found(User, age, "<>", 44, "t0.\"age\" <> $1", "2,4");
    check_found(User, age, "!=", 44, "t0.\"age\" <> $1", "2,4");
    check_found(User, age, "<", 31, "t0.\"age\" < $1", "2");
    check_found(User, age, "<=", 31, "t0.\"age\" <= $1", "2,4");
    check_found(User, age, ">", 31, "t0.\"age\" > $1", "1");
    check_found(User, age, ">=", 31, "t0.\"age\" >= $1", "1,4");
    check_found(User, age, "=", NULL, "t0.\"age\" IS NULL", "3");
    check_found(User, age, "<>", NULL, "t0.\"age\" IS NOT NULL", "1,2,4");
    check_found(User, age, "IS DISTINCT FROM", 44, "t0.\"age\" IS DISTINCT FROM $1", "2,3,4");
    check_found(User, age, "IS NOT DISTINCT FROM", 44, "t0.\"age\" IS NOT DISTINCT FROM $1", "1");
    check_found(User, age, "IS DISTINCT FROM", NULL, "t0.\"age\" IS NOT NULL", "1,2,4");
    check_found(User, age, "IS NOT DISTINCT FROM", NULL, "t0.\"age\" IS NULL", "3");
}
END_TEST

START_TEST(test_query_where__every_type)
{
    check_found(User, active, "=", false, "t0.\"active\" = $1", "3");
    check_found(User, score, ">", 1.0, "t0.\"score\" > $1", "1,2");
    check_found(User, born, "=", DATE_INFINITY, "t0.\"born\" = $1", "4");
    check_found(User, born, "<", "1985-06-01", "t0.\"born\" < $1", "1");
    check_found(Post, slug, "=", "third", "t0.\"slug\" = $1", "3");
    check_found(Post, price, "=", ((PgNumeric){"10.50"}), "t0.\"price\" = $1", "1");
    check_found(Post, price, ">", 11, "t0.\"price\" > $1", "3");
    check_found(Post, at, ">=", "2026-01-02T00:00:00Z", "t0.\"at\" >= $1", "2,3");
    check_found(Post, token, "=", "00000000-0000-7000-8000-000000000002", "t0.\"token\" = $1", "2");
    check_found(Post, mood, "=", MOOD_WILD, "t0.\"mood\" = $1::\"public\".\"mood\"", "2,3");
    check_found(Post, mood, "=", "calm", "t0.\"mood\" = $1::\"public\".\"mood\"", "1");
    check_found(Company, network, "=", "10.0.0.0/8", "t0.\"network\" = $1::cidr", "1");
    check_found(Post, meta, "=", ((PgJson){"{\"n\":\"5\",\"pinned\":1}"}), "t0.\"meta\" = $1", "2");
    const char *letters[] = {"a", "b"};
    check_found(Post, words, "=", ((TextArray){letters, NULL, 2}), "t0.\"words\" = $1::text[]", "1");
}
END_TEST

START_TEST(test_query_where__patterns)
{
    check_found(User, name, "LIKE", "_nn", "t0.\"name\" LIKE $1", "1");
    check_found(User, name, "NOT LIKE", "%n%", "t0.\"name\" NOT LIKE $1", "2,3,4");
    check_found(User, name, "ILIKE", "bO%", "t0.\"name\" ILIKE $1", "2");
    check_found(User, name, "NOT ILIKE", "bO%", "t0.\"name\" NOT ILIKE $1", "1,3,4");
    check_found(User, name, "~", "^[AB]", "t0.\"name\" ~ $1", "1,2");
    check_found(User, name, "~*", "^[ab]", "t0.\"name\" ~* $1", "1,2");
    check_found(User, name, "!~", "^[AB]", "t0.\"name\" !~ $1", "3,4");
    check_found(User, name, "!~*", "^[ab]", "t0.\"name\" !~* $1", "3,4");
    check_found(Post, slug, "LIKE", "a pattern may be longer than the field is%", "t0.\"slug\" LIKE $1", "");
    check_found(Post, slug, "=", "so may a text that is looked for", "t0.\"slug\" = $1", "");
}
END_TEST

/* What only the server knows of a pattern; the pattern itself is not in the message. */
START_TEST(test_query_where__pattern_that_is_wrong)
{
    Query *q = session_query(s, User);
    query_where(q, User, name, "~", "[AB");
    check_query_fails(q, User, STATUS_DATA, "the server refused a value: a regular expression is wrong");
    query_bind(q, 1, "^[AB]");
    ck_assert_str_eq(ids_of_User(q), "1,2");
}
END_TEST

START_TEST(test_query_where__parts_are_taken_as_they_are)
{
    check_found(User, name, "CONTAINS", "%", "t0.\"name\" LIKE $1", "4");
    check_found(User, name, "CONTAINS", "%_", "t0.\"name\" LIKE $1", "4");
    check_found(User, name, "CONTAINS", "o", "t0.\"name\" LIKE $1", "2,4");
    check_found(User, name, "CONTAINS", "_o", "t0.\"name\" LIKE $1", "4");
    check_found(User, name, "CONTAINS", "", "t0.\"name\" LIKE $1", "1,2,3,4");
    check_found(User, name, "STARTS WITH", "50%_", "t0.\"name\" LIKE $1", "4");
    check_found(User, name, "STARTS WITH", "_", "t0.\"name\" LIKE $1", "");
    check_found(User, name, "ENDS WITH", "\\", "t0.\"name\" LIKE $1", "4");
    check_found(User, name, "ENDS WITH", "n", "t0.\"name\" LIKE $1", "1");
    check_found(User, name, "ICONTAINS", "NN", "t0.\"name\" ILIKE $1", "1");
    check_found(User, name, "ISTARTS WITH", "an", "t0.\"name\" ILIKE $1", "1");
    check_found(User, name, "IENDS WITH", "_OFF\\", "t0.\"name\" ILIKE $1", "4");
    check_found(Post, slug, "STARTS WITH", "th", "t0.\"slug\" LIKE $1", "3");
}
END_TEST

START_TEST(test_query_where__lists)
{
    int64_t ids[] = {4, 1, 4711};
    int32_t ages[] = {20, 31};
    const char *names[] = {"Ann", "50%_off\\", "none"};
    check_found(User, id, "IN", ((Int64Array){ids, NULL, 3}), "t0.\"id\" = ANY ($1)", "1,4");
    check_found(User, id, "NOT IN", ((Int64Array){ids, NULL, 3}), "t0.\"id\" <> ALL ($1)", "2,3");
    check_found(User, age, "IN", ((Int64Array){ids, NULL, 3}), "t0.\"age\" = ANY ($1)", "");
    check_found(User, id, "IN", ((Int32Array){ages, NULL, 2}), "t0.\"id\" = ANY ($1)", "");
    check_found(User, age, "IN", ((Int32Array){ages, NULL, 2}), "t0.\"age\" = ANY ($1)", "2,4");
    check_found(User, name, "IN", ((TextArray){names, NULL, 3}), "t0.\"name\" = ANY ($1)", "1,4");
    /* an empty list holds nothing */
    check_found(User, id, "IN", ((Int64Array){ids, NULL, 0}), "t0.\"id\" = ANY ($1)", "");
    check_found(User, id, "NOT IN", ((Int64Array){ids, NULL, 0}), "t0.\"id\" <> ALL ($1)", "1,2,3,4");
    /* labels of an enum, the text of dates, and of types behind a cast */
    const char *moods[] = {"wild"}, *born[] = {"1990-01-01", "infinity"}, *networks[] = {"10.0.0.0/8"};
    const char *slugs[] = {"first", "a slug that is longer than the field"};
    check_found(Post, mood, "IN", ((TextArray){moods, NULL, 1}), "t0.\"mood\" = ANY ($1::\"public\".\"mood\"[])",
                "2,3");
    check_found(User, born, "IN", ((TextArray){born, NULL, 2}), "t0.\"born\" = ANY ($1)", "2,4");
    check_found(Company, network, "IN", ((TextArray){networks, NULL, 1}), "t0.\"network\" = ANY ($1::cidr[])", "1");
    check_found(Post, slug, "IN", ((TextArray){slugs, NULL, 2}), "t0.\"slug\" = ANY ($1)", "1");
}
END_TEST

/* The text is the same whatever is in the list. */
START_TEST(test_query_where__a_list_has_one_text)
{
    int64_t ids[5000];
    const char *text = NULL;
    for (int64_t i = 0; i < 5000; i++)
        ids[i] = i + 2;
    for (size_t count = 0; count <= 5000; count += 1250) {
        Query *q = session_query(s, User);
        query_where(q, User, id, "IN", ((Int64Array){ids, NULL, count}));
        ck_assert_str_eq(ids_of_User(q), count ? "2,3,4" : "");
        ck_assert(!text || strcmp(query_sql(q), text) == 0);
        text = query_sql(q);
    }
}
END_TEST

START_TEST(test_query_where__between)
{
    Query *q = session_query(s, User);
    query_where_between(q, User, age, 20, 31);
    ck_assert_str_eq(where_of(q), "t0.\"age\" BETWEEN $1 AND $2");
    ck_assert_str_eq(ids_of_User(q), "2,4");
    q = session_query(s, User);
    query_not(q);
    query_where_between(q, User, name, "A", "B");
    query_end(q);
    ck_assert_str_eq(where_of(q), "NOT (t0.\"name\" BETWEEN $1 AND $2)");
    ck_assert_str_eq(ids_of_User(q), "2,3,4");
    q = session_query(s, Post);
    query_where_between(q, Post, slug, "f", "something longer than a slug");
    ck_assert_str_eq(ids_of_Post(q), "1,2");
}
END_TEST

START_TEST(test_query_where__jsonb)
{
    const char *keys[] = {"pinned", "t"}, *both[] = {"n", "a"};
    check_found(Post, meta, "@>", ((PgJson){"{\"n\": 5}"}), "t0.\"meta\" @> $1", "1");
    check_found(Post, meta, "@>", "{\"a\": {\"b\": \"x\"}}", "t0.\"meta\" @> $1", "1");
    check_found(Post, meta, "<@", "{\"n\": \"5\", \"pinned\": 1, \"more\": 2}", "t0.\"meta\" <@ $1", "2");
    check_found(Post, meta, "?", "pinned", "t0.\"meta\" ? $1", "2");
    check_found(Post, meta, "?|", ((TextArray){keys, NULL, 2}), "t0.\"meta\" ?| $1", "1,2");
    check_found(Post, meta, "?&", ((TextArray){both, NULL, 2}), "t0.\"meta\" ?& $1", "1");
    check_found(Post, meta, "@?", "$.a.b", "t0.\"meta\" @? $1::jsonpath", "1");
    check_found(Post, meta, "@@", "$.n == \"5\"", "t0.\"meta\" @@ $1::jsonpath", "2");
    check_found(Post, meta, "=", NULL, "t0.\"meta\" IS NULL", "3");
}
END_TEST

START_TEST(test_query_where__arrays)
{
    const char *b[] = {"b"}, *cd[] = {"c", "d"};
    int32_t two[] = {2};
    check_found(Post, words, "@>", ((TextArray){b, NULL, 1}), "t0.\"words\" @> $1::text[]", "1,3");
    check_found(Post, words, "<@", ((TextArray){b, NULL, 1}), "t0.\"words\" <@ $1::text[]", "2");
    check_found(Post, words, "&&", ((TextArray){cd, NULL, 2}), "t0.\"words\" && $1::text[]", "3");
    check_found(Post, words, "ANY", "a", "$1 = ANY (t0.\"words\")", "1");
    check_found(Post, marks, "ANY", 2, "$1 = ANY (t0.\"marks\")", "1,3");
    check_found(Post, marks, "@>", ((Int32Array){two, NULL, 1}), "t0.\"marks\" @> $1::integer[]", "1,3");
}
END_TEST

/* --- what does not fit --- */

#define check_refused(T, fieldname, op, value, expected) \
    do { \
        Query *q_ = session_query(s, T); \
        howdah_query_where_field(q_, &T##_model, offsetof(T, fieldname), op, VALUE(value)); \
        check_no_error(); \
        ck_assert_ptr_null(query_all(q_, T, NULL)); \
        check_error(s, STATUS_INVALID); \
        check_culprit(NULL, #T, #fieldname); \
        ck_assert_str_eq(session_error(s)->message, expected); \
        session_clear_error(s); \
    } while (0)

#define PLAIN_OPERATORS "=, <>, !=, <, <=, >, >=, IN, NOT IN, IS DISTINCT FROM, IS NOT DISTINCT FROM"

START_TEST(test_query_where__operators_that_do_not_fit)
{
    check_refused(User, age, "LIKE", "4%", "User.age is integer: LIKE is for text; use " PLAIN_OPERATORS);
    check_refused(User, score, "CONTAINS", "4",
                  "User.score is double precision: CONTAINS is for text; use " PLAIN_OPERATORS);
    check_refused(
        User, name, "@>", "x",
        "User.name is text: @> is for jsonb, arrays and ranges; use =, <>, !=, <, <=, >, >=, IN, NOT IN, LIKE, ILIKE, "
        "NOT LIKE, NOT ILIKE, CONTAINS, STARTS WITH, ENDS WITH, ICONTAINS, ISTARTS WITH, IENDS WITH, ~, ~*, "
        "!~, !~*, IS DISTINCT FROM");
    check_refused(Post, words, "LIKE", "x",
                  "Post.words is text[]: LIKE is for text; use =, <>, !=, <, <=, >, >=, IS DISTINCT FROM, "
                  "IS NOT DISTINCT FROM, @>, <@, &&, ANY");
    check_refused(Post, raw, "=", "{}", "Post.raw is json: = is for types with equality; use query_where_json");
    check_refused(
        Post, meta, "&&", "{}",
        "Post.meta is jsonb: && is for arrays, ranges and networks; use =, <>, !=, <, <=, >, >=, IS DISTINCT FROM, "
        "IS NOT DISTINCT FROM, @>, <@, ?, ?|, ?&, @?, @@");
    check_refused(User, age, "= 1 OR 1 =", 1, "User.age: no operator '= 1 OR 1 ='; there are " PLAIN_OPERATORS " ...");
}
END_TEST

START_TEST(test_query_where__values_that_do_not_fit)
{
    const char *names[] = {"Ann", NULL};
    bool nulls[] = {false, true};
    int64_t ids[] = {1, INT64_MAX};
    check_refused(User, name, "=", 5, "User.name: the value of the condition takes text, not an integer");
    check_refused(User, age, "=", "five", "User.age: the value of the condition takes integer, not text");
    check_refused(User, age, "=", INT64_MAX, "User.age: the value of the condition is out of range for integer");
    check_refused(User, name, "LIKE", 5, "User.name: the value of the condition takes text, not an integer");
    check_refused(User, name, "CONTAINS", 5, "User.name: the value of the condition takes text, not an integer");
    check_refused(User, name, "CONTAINS", NULL, "User.name: 'CONTAINS' with NULL is never true: use = or <>");
    check_refused(User, age, "<", NULL, "User.age: '<' with NULL is never true: use = or <>");
    check_refused(User, id, "IN", NULL, "User.id: 'IN' with NULL is never true: use = or <>");
    check_refused(
        User, id, "IN", 5,
        "User.id: the value of the condition is no array: give one, as in ((Int64Array){.items = ids, .count = n})");
    check_refused(User, name, "IN", ((TextArray){names, NULL, 2}),
                  "User.name: the value of the condition has an item that is NULL, which no comparison finds: leave it "
                  "out, and ask for NULL apart");
    check_refused(User, id, "NOT IN", ((Int64Array){ids, nulls, 2}),
                  "User.id: the value of the condition has an item that is NULL, which no comparison finds: leave it "
                  "out, and ask for NULL apart");
    check_refused(User, age, "IN", ((Int64Array){ids, NULL, 2}),
                  "User.age: the value of the condition is out of range for integer");
    check_refused(User, id, "IN", ((TextArray){names, NULL, 1}),
                  "User.id: the value of the condition takes bigint, not text");
    check_refused(User, name, "=", "\xff", "User.name: the value of the condition is not valid UTF-8");
    check_refused(Post, mood, "=", "angry", "Post.mood: the value of the condition is none of the enum's labels");
    check_refused(Post, words, "ANY", 5, "Post.words: the value of the condition takes text, not an integer");
    check_refused(Post, marks, "ANY", "x", "Post.marks: the value of the condition takes integer, not text");
    check_refused(Post, meta, "@>", "{", "Post.meta: the value of the condition is not valid JSON");
    Query *q = session_query(s, User);
    query_where_between(q, User, age, 1, NULL);
    ck_assert_ptr_null(query_first(q, User));
    check_says(session_error(s), "User.age: BETWEEN with NULL is never true");
    session_clear_error(s);
    q = session_query(s, Post);
    howdah_query_where_between_field(q, &Post_model, offsetof(Post, raw), VALUE("1"), VALUE("2"));
    ck_assert_ptr_null(query_first(q, Post));
    check_says(session_error(s), "Post.raw is json: BETWEEN is for types with an order");
}
END_TEST

/* Two queries that differ in one word alone are two statements, whichever is first. */
START_TEST(test_query_where__groups_that_differ_in_a_word)
{
    static void (*const opens[])(Query *) = {query_and, query_or, query_not};
    static const char *const wheres[] = {"(t0.\"active\" = $1 AND t0.\"score\" > $2)",
                                         "(t0.\"active\" = $1 OR t0.\"score\" > $2)",
                                         "NOT (t0.\"active\" = $1 AND t0.\"score\" > $2)"};
    for (size_t i = 0; i < 3; i++) {
        Query *q = session_query(s, User);
        opens[(i + (size_t)_i) % 3](q);
        query_where(q, User, active, "=", true);
        query_where(q, User, score, ">", 0);
        query_end(q);
        ck_assert_str_eq(strstr(query_sql(q), " WHERE ") + 7, wheres[(i + (size_t)_i) % 3]);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_query_where__groups_that_differ_in_a_word, 0, 3);
    tcase_add_test(tests, test_query_where__comparisons);
    tcase_add_test(tests, test_query_where__every_type);
    tcase_add_test(tests, test_query_where__patterns);
    tcase_add_test(tests, test_query_where__pattern_that_is_wrong);
    tcase_add_test(tests, test_query_where__parts_are_taken_as_they_are);
    tcase_add_test(tests, test_query_where__lists);
    tcase_add_test(tests, test_query_where__a_list_has_one_text);
    tcase_add_test(tests, test_query_where__between);
    tcase_add_test(tests, test_query_where__jsonb);
    tcase_add_test(tests, test_query_where__arrays);
    tcase_add_test(tests, test_query_where__operators_that_do_not_fit);
    tcase_add_test(tests, test_query_where__values_that_do_not_fit);
}

int main(void)
{
    return scene_main("query_where", query_setup, scene_close, add_tests);
}
