/* Values inside JSON, full text, and similarity. */
#include "api/query_scene.h"

#define check_json(field, path, op, value, expected_where, expected_ids) \
    do { \
        Query *q_ = session_query(s, Post); \
        query_where_json(q_, Post, field, path, op, value); \
        ck_assert_str_eq(where_of(q_), expected_where); \
        ck_assert_str_eq(ids_of_Post(q_), expected_ids); \
    } while (0)

#define NUMBER_AT "CASE WHEN pg_catalog.jsonb_typeof(t0.\"meta\" #> $1) = 'number' THEN (t0.\"meta\" #>> $1)"

START_TEST(test_query_search__inside_json)
{
    const char *texts[] = {"x", "5"};
    int64_t numbers[] = {5, 7};
    check_json(meta, JSON_PATH("n"), "=", "5", "(t0.\"meta\" #>> $1) = $2", "1,2"); /* the text, of either */
    check_json(meta, JSON_PATH("a", "b"), "=", "x", "(t0.\"meta\" #>> $1) = $2", "1");
    check_json(meta, JSON_PATH("a", "b"), "LIKE", "_", "(t0.\"meta\" #>> $1) LIKE $2", "1");
    check_json(meta, JSON_PATH("a", "b"), "CONTAINS", "%", "(t0.\"meta\" #>> $1) LIKE $2", "");
    check_json(meta, JSON_PATH("n"), "IN", ((TextArray){texts, NULL, 2}), "(t0.\"meta\" #>> $1) = ANY ($2)", "1,2");
    check_json(meta, JSON_PATH("n"), "=", NULL, "(t0.\"meta\" #>> $1) IS NULL", "3");
    check_json(meta, JSON_PATH("n"), "=", 5, NUMBER_AT "::numeric END = $2", "1"); /* the number only */
    check_json(meta, JSON_PATH("n"), ">", 4.5, NUMBER_AT "::double precision END > $2", "1");
    check_json(meta, JSON_PATH("n"), "IN", ((Int64Array){numbers, NULL, 2}), NUMBER_AT "::numeric END = ANY ($2)", "1");
    check_json(meta, JSON_PATH("n"), "<", ((PgNumeric){"5.1"}), NUMBER_AT "::numeric END < $2", "1");
    check_json(meta, JSON_PATH("t"), "=", (bool)true,
               "CASE WHEN pg_catalog.jsonb_typeof(t0.\"meta\" #> $1) = 'boolean' THEN (t0.\"meta\" #>> $1)::boolean END"
               " = $2",
               "1");
    check_json(meta, JSON_PATH("a"), "=", ((PgJson){"{\"b\":\"x\"}"}), "(t0.\"meta\" #> $1) = $2", "1");
    check_json(meta, JSON_PATH("a"), "@>", "{\"b\": \"x\"}", "(t0.\"meta\" #> $1) @> $2", "1");
    check_json(meta, JSON_PATH("a"), "?", "b", "(t0.\"meta\" #> $1) ? $2", "1");
    check_json(meta, JSON_PATH("a"), "@?", "$.b", "(t0.\"meta\" #> $1) @? $2::jsonpath", "1");
    check_json(raw, JSON_PATH("k"), "=", "v", "(t0.\"raw\" #>> $1) = $2", "1");
    check_json(raw, JSON_PATH("k"), "@>", "\"v\"", "(t0.\"raw\" #> $1)::jsonb @> $2", "1");
    check_json(
        raw, JSON_PATH("k"), "=", 1,
        "CASE WHEN pg_catalog.json_typeof(t0.\"raw\" #> $1) = 'number' THEN (t0.\"raw\" #>> $1)::numeric END = $2", "");
}
END_TEST

START_TEST(test_query_search__path_and_value_can_be_set)
{
    Query *q = session_query(s, Post);
    const char *other[] = {"pinned"};
    query_where_json(q, Post, meta, JSON_PATH("n"), "=", 1);
    query_order_by(q, Post, id, ORDER_ASC);
    ck_assert_str_eq(ids_in_order_of_Post(q), "");
    query_bind(q, 2, 5);
    ck_assert_str_eq(ids_in_order_of_Post(q), "1");
    query_bind(q, 1, ((TextArray){other, NULL, 1}));
    query_bind(q, 2, 1);
    ck_assert_str_eq(ids_in_order_of_Post(q), "2");
}
END_TEST

START_TEST(test_query_search__json_that_makes_no_sense)
{
    Query *q = session_query(s, Post);
    query_where_json(q, Post, title, JSON_PATH("a"), "=", 1);
    check_query_fails(q, Post, STATUS_INVALID, "Post.title is text: query_where_json is for jsonb and json");
    q = session_query(s, Post);
    howdah_query_where_json_field(q, &Post_model, offsetof(Post, meta), NULL, "=", VALUE(1));
    check_query_fails(q, Post, STATUS_INVALID, "Post.meta is jsonb: the path is NULL: make one with JSON_PATH");
    q = session_query(s, Post);
    query_where_json(q, Post, meta, JSON_PATH("a"), "LIKE", 5);
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "Post", "meta");
    session_clear_error(s);
    q = session_query(s, Post);
    query_where_json(q, Post, meta, JSON_PATH("a"), "#>", 5);
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_INVALID);
    check_cost(0, 0);
}
END_TEST

/* --- full text --- */

START_TEST(test_query_search__full_text)
{
    Query *q = session_query(s, Post);
    query_where_search(q, Post, body, "english", "foxes -elephant");
    query_order_by_search(q, Post, body, "english", "fox");
    ck_assert_str_eq(
        where_of(q),
        "pg_catalog.to_tsvector($1::regconfig, t0.\"body\") @@ pg_catalog.websearch_to_tsquery($1::regconfig,"
        " $2) ORDER BY pg_catalog.ts_rank(pg_catalog.to_tsvector($3::regconfig, t0.\"body\"),"
        " pg_catalog.websearch_to_tsquery($3::regconfig, $4)) DESC");
    ck_assert_str_eq(ids_in_order_of_Post(q), "1");
    query_bind(q, 2, "\"dogs sleep\"");
    ck_assert_str_eq(ids_in_order_of_Post(q), "3");
    query_bind(q, 2, "sleeping or quickly"); /* stems */
    ck_assert_str_eq(ids_of_Post(q), "1,3");
    query_bind(q, 1, "simple");
    ck_assert_str_eq(ids_in_order_of_Post(q), "");
    query_bind(q, 1, "martian");
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_SCHEMA);
}
END_TEST

typedef struct Prepared {
    const char *types;
} Prepared;

MODEL(Prepared, NULL, COLUMN(Prepared, types));

/* The configuration travels as one, not as text to cast: so a plan can use an index over to_tsvector with it. */
START_TEST(test_query_search__configuration_has_its_type)
{
    size_t count;
    check_ok(session_begin(s, NULL));
    Query *q = session_query(s, Post);
    query_where_search(q, Post, body, "english", "fox");
    ck_assert_int_eq(query_first(q, Post)->id, 1);
    Prepared **prepared = session_sql(
        s, Prepared, &count,
        "SELECT parameter_types::text AS types FROM pg_prepared_statements WHERE statement LIKE '%%@@%%websearch%%' AND"
        " statement NOT LIKE '%%pg_prepared%%'");
    check_no_error();
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(prepared[0]->types, "{regconfig,text,bigint}");
}
END_TEST

typedef struct Page {
    int64_t id;
    const char *words;
} Page;

/* clang-format off */
MODEL(Page, "pages",
    COLUMN(Page, id,    .primary_key = true),
    COLUMN(Page, words, .sql_type = "tsvector"));
/* clang-format on */

START_TEST(test_query_search__tsvector)
{
    scene_close();
    scene_open(MODELS(Page));
    live_sql("INSERT INTO pages VALUES (1, to_tsvector('english', 'elephants ride')), (2, to_tsvector('a horse'))");
    Query *q = session_query(s, Page);
    query_where_search(q, Page, words, "english", "elephant");
    ck_assert_str_eq(where_of(q), "t0.\"words\" @@ pg_catalog.websearch_to_tsquery($1::regconfig, $2)");
    ck_assert_int_eq(query_one(q, Page)->id, 1);
}
END_TEST

START_TEST(test_query_search__full_text_that_makes_no_sense)
{
    Query *q = session_query(s, Post);
    query_where_search(q, Post, price, "english", "x");
    check_query_fails(q, Post, STATUS_INVALID, "Post.price is numeric: full text is searched in text and tsvector");
    q = session_query(s, Post);
    query_where_search(q, Post, body, "english", NULL);
    check_query_fails(q, Post, STATUS_INVALID, "Post.body is text: there is no text to look for");
    q = session_query(s, Post);
    query_order_by_search(q, Post, body, NULL, "x");
    check_query_fails(q, Post, STATUS_INVALID, "Post.body is text: there is no text to look for");
    q = session_query(s, Post);
    query_where_search(q, Post, body, "english", "\xff");
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Post);
    query_where_similar(q, Post, id, "1");
    check_query_fails(q, Post, STATUS_INVALID, "Post.id is bigint: only text is similar to text");
    check_cost(0, 0);
}
END_TEST

/* --- similarity --- */

START_TEST(test_query_search__similarity)
{
    Query *q = session_query(s, Post);
    query_where_similar(q, Post, title, "elefant");
    ck_assert_ptr_null(query_first(q, Post));
    check_error(s, STATUS_SCHEMA); /* without the extension */
    session_clear_error(s);
    live_check("1", "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'");
    live_sql("CREATE EXTENSION pg_trgm");
    ck_assert_str_eq(where_of(q), "t0.\"title\" % $1");
    query_bind(q, 1, "first elefant");
    query_order_by_similarity(q, Post, title, "elephant");
    ck_assert_str_eq(sql_behind(q, " ORDER BY "), "similarity(t0.\"title\", $2) DESC");
    ck_assert_str_eq(ids_in_order_of_Post(q), "1");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_search__inside_json);
    tcase_add_test(tests, test_query_search__path_and_value_can_be_set);
    tcase_add_test(tests, test_query_search__json_that_makes_no_sense);
    tcase_add_test(tests, test_query_search__full_text);
    tcase_add_test(tests, test_query_search__configuration_has_its_type);
    tcase_add_test(tests, test_query_search__tsvector);
    tcase_add_test(tests, test_query_search__full_text_that_makes_no_sense);
    tcase_add_test(tests, test_query_search__similarity);
}

int main(void)
{
    return scene_main("query_search", query_setup, scene_close, add_tests);
}
