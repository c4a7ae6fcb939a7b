/* What a query may give: one object, a count, a value, a column, plain structs; and running it again. */
#include "api/query_scene.h"

/* --- one row --- */

START_TEST(test_query_run__one)
{
    Query *q = session_query(s, User);
    query_where(q, User, name, "=", "Bob");
    User *bob = query_one(q, User);
    ck_assert_int_eq(bob->id, 2);
    ck_assert_uint_eq(seen_with(" LIMIT $2"), 1);
    ck_assert_ptr_eq(session_find(s, User, 2), bob);
    q = session_query(s, User);
    query_where(q, User, name, "=", "nobody");
    ck_assert_ptr_null(query_one(q, User));
    check_no_error();
    q = session_query(s, User);
    query_limit(q, 1);
    ck_assert_ptr_nonnull(query_one(q, User)); /* the program's own limit is kept */
    query_limit(q, 0);
    ck_assert_ptr_null(query_one(q, User));
    check_no_error();
    query_limit(q, 100);
    ck_assert_ptr_null(query_one(q, User));
    check_error(s, STATUS_INVALID);
    check_culprit(NULL, "User", NULL);
    ck_assert_str_eq(session_error(s)->message, "more than one User fits the query: query_first takes the first");
}
END_TEST

/* --- counts --- */

START_TEST(test_query_run__count)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 20);
    query_order_by(q, User, name, ORDER_ASC);
    cost_start();
    ck_assert_uint_eq(query_count(q), 2);
    check_cost(1, 1);
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT pg_catalog.count(*) FROM \"public\".\"users\" AS t0 WHERE t0.\"age\" > $1");
    query_limit(q, 1);
    ck_assert_uint_eq(query_count(q), 1);
    query_offset(q, 2);
    ck_assert_uint_eq(query_count(q), 0);
    q = session_query(s, User);
    query_join(q, User, posts);
    ck_assert_uint_eq(query_count(q), 3);
    query_distinct(q);
    ck_assert_uint_eq(query_count(q), 2);
    ck_assert_str_eq(ids_of_User(q), "1,2"); /* it is still a query of rows */
}
END_TEST

START_TEST(test_query_run__has_rows)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 40);
    ck_assert(query_has_rows(q));
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT EXISTS (SELECT 1 FROM \"public\".\"users\" AS t0 WHERE t0.\"age\" > $1)");
    query_bind(q, 1, 44);
    ck_assert(!query_has_rows(q));
    check_no_error();
    q = session_query(s, User);
    query_where(q, User, name, "=", "nobody");
    ck_assert(!query_has_rows(q));
    q = session_query(s, User);
    query_offset(q, 4);
    ck_assert(!query_has_rows(q));
    check_no_error();
}
END_TEST

START_TEST(test_query_run__counts_of_a_wrong_query)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, "LIKE", VALUE("x"));
    ck_assert_uint_eq(query_count(q), 0);
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert(!query_has_rows(q));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    int64_t sum = 5;
    ck_assert_int_eq(query_scalar(q, AGGREGATE_SUM, User, age, &sum), STATUS_INVALID);
    ck_assert_int_eq(sum, 5);
    session_clear_error(s);
    size_t count = 5;
    ck_assert_ptr_null(query_pluck(q, User, name, &count));
    ck_assert_uint_eq(count, 0);
    check_cost(0, 0);
}
END_TEST

/* --- one value --- */

START_TEST(test_query_run__scalars)
{
    int64_t count = 0, sum = 0;
    int32_t small = 0;
    double average = 0, score = 0;
    NullInt32 oldest = {0, false};
    PgNumeric numeric = {NULL};
    PgDate born = {0};
    const char *name = NULL;
    bool all = true, any = false;
    Query *q = session_query(s, User);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 4);
    ck_assert_str_eq(seen.statements[0].sql, "SELECT pg_catalog.count(t0.\"id\") FROM \"public\".\"users\" AS t0");
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, age, &small));
    ck_assert_int_eq(small, 3); /* NULL is not counted */
    check_ok(query_scalar(q, AGGREGATE_COUNT_DISTINCT, User, active, &count));
    ck_assert_int_eq(count, 2);
    check_ok(query_scalar(q, AGGREGATE_SUM, User, age, &sum));
    ck_assert_int_eq(sum, 95);
    check_ok(query_scalar(q, AGGREGATE_SUM, User, id, &sum));
    ck_assert_int_eq(sum, 10); /* of bigint: numeric on the server */
    check_ok(query_scalar(q, AGGREGATE_SUM, User, id, &numeric));
    ck_assert_str_eq(numeric.text, "10");
    check_ok(query_scalar(q, AGGREGATE_AVG, User, age, &average));
    ck_assert_double_eq_tol(average, 95 / 3.0, 1e-9);
    check_ok(query_scalar(q, AGGREGATE_AVG, User, id, &numeric));
    ck_assert_str_eq(numeric.text, "2.5000000000000000");
    check_ok(query_scalar(q, AGGREGATE_SUM, User, score, &score));
    ck_assert_double_eq(score, 3.0);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &oldest));
    ck_assert(oldest.valid && oldest.value == 44);
    check_ok(query_scalar(q, AGGREGATE_MIN, User, born, &born));
    ck_assert_int_eq(born.days, -7305);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, name, &name));
    ck_assert_str_eq(name, "Cid");
    check_ok(query_scalar(q, AGGREGATE_BOOL_AND, User, active, &all));
    check_ok(query_scalar(q, AGGREGATE_BOOL_OR, User, active, &any));
    ck_assert(!all && any);
    TextArray names;
    check_ok(query_scalar(q, AGGREGATE_ARRAY, User, email, &names));
    ck_assert_uint_eq(names.count, 4);
    check_ok(query_scalar(session_query(s, Post), AGGREGATE_SUM, Post, price, &numeric));
    ck_assert_str_eq(numeric.text, "110.49");
    check_ok(query_scalar(session_query(s, Post), AGGREGATE_MAX, Post, slug, &name));
    ck_assert_str_eq(name, "third");
}
END_TEST

START_TEST(test_query_run__scalars_of_no_rows)
{
    NullInt32 oldest = {5, true};
    int64_t count = 5, sum = 5;
    Value value = VALUE(1);
    Query *q = session_query(s, User);
    query_where(q, User, id, "=", 0);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 0);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &oldest));
    ck_assert(!oldest.valid);
    check_ok(query_scalar(q, AGGREGATE_MAX, User, age, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_NONE);
    check_fails(query_scalar(q, AGGREGATE_SUM, User, age, &sum), STATUS_INVALID);
    ck_assert_int_eq(sum, 5);
    check_culprit(NULL, "User", "age");
}
END_TEST

START_TEST(test_query_run__scalars_as_values)
{
    Value value;
    Query *q = session_query(s, Post);
    check_ok(query_scalar(q, AGGREGATE_MAX, Post, title, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_TEXT);
    ck_assert_str_eq(value.as.text, "Third rider");
    check_ok(query_scalar(q, AGGREGATE_COUNT, Post, id, &value));
    ck_assert_uint_eq(value.type, HOWDAH_TYPE_INT64);
    ck_assert_int_eq(value.as.integer, 3);
    check_ok(query_scalar(q, AGGREGATE_MAX, Post, mood, &value));
    ck_assert_int_eq(value.as.integer, MOOD_WILD);
    check_ok(query_scalar(q, AGGREGATE_ARRAY, Post, id, &value));
    ck_assert_uint_eq(value.type, (uint32_t)HOWDAH_TYPE_INT64 | (uint32_t)HOWDAH_TYPE_ARRAY);
    ck_assert_uint_eq(value.as.array.count, 3);
}
END_TEST

#define check_no_scalar(T, aggregate, field, target, expected) \
    do { \
        Query *q_ = session_query(s, T); \
        ck_assert_int_eq(query_scalar(q_, aggregate, T, field, target), STATUS_INVALID); \
        ck_assert_str_eq(session_error(s)->message, expected); \
        session_clear_error(s); \
    } while (0)

START_TEST(test_query_run__scalars_that_make_no_sense)
{
    int64_t number;
    double real;
    const char *text;
    check_no_scalar(User, AGGREGATE_SUM, name, &number, "User.name is text, of which there is no sum");
    check_no_scalar(User, AGGREGATE_BOOL_OR, age, &number, "User.age is integer, of which there is no bool_or");
    check_no_scalar(Post, AGGREGATE_MIN, meta, &text, "Post.meta is jsonb, of which there is no min");
    check_no_scalar(User, AGGREGATE_AVG, age, &number, "the avg of User.age is numeric: it does not fit a int64_t");
    check_no_scalar(Post, AGGREGATE_SUM, price, &number, "the sum of Post.price is numeric: it does not fit a int64_t");
    check_no_scalar(User, AGGREGATE_MAX, name, &real, "the max of User.name is text: it does not fit a double");
    check_no_scalar(User, AGGREGATE_ARRAY, name, &text,
                    "the array_agg of User.name is text[]: it does not fit a const char *");
    check_no_scalar(User, (enum howdah_aggregate)99, name, &text, "User.name: there is no aggregate 99");
    Query *q = session_query(s, User);
    query_limit(q, 1);
    ck_assert_int_eq(query_scalar(q, AGGREGATE_COUNT, User, id, &number), STATUS_INVALID);
    check_says(session_error(s), "without limit");
    check_cost(0, 0);
}
END_TEST

/* --- one column --- */

START_TEST(test_query_run__pluck)
{
    size_t count;
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_DESC);
    query_limit(q, 3);
    cost_start();
    const char **emails = query_pluck(q, User, email, &count);
    check_cost(1, 1);
    ck_assert_str_eq(seen.statements[0].sql,
                     "SELECT t0.\"email\" FROM \"public\".\"users\" AS t0 ORDER BY t0.\"id\" DESC LIMIT $1");
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(emails[0], "dora@example.org");
    ck_assert_ptr_null(emails[1]);
    ck_assert_str_eq(emails[2], "bob@example.com");
    NullInt32 *ages = query_pluck(q, User, age, &count);
    ck_assert(ages[0].value == 31 && !ages[1].valid && ages[2].value == 20);
    int64_t *ids = query_pluck(q, User, id, NULL);
    ck_assert(ids[0] == 4 && ids[1] == 3 && ids[2] == 2);
    ck_assert_uint_eq(session_stats(s).objects, 0);
    q = session_query(s, Post);
    query_order_by(q, Post, id, ORDER_ASC);
    query_join(q, Post, author);
    char(*slugs)[16] = query_pluck(q, Post, slug, &count);
    ck_assert_str_eq(slugs[1], "second");
    int *moods = query_pluck(q, Post, mood, &count);
    ck_assert(moods[0] == MOOD_CALM && moods[2] == MOOD_WILD);
    TextArray *words = query_pluck(q, Post, words, &count);
    ck_assert_str_eq(words[2].items[1], "c");
    const char **authors = query_pluck(q, User, name, &count);
    ck_assert_str_eq(authors[2], "Bob");
    query_where(q, Post, id, "=", 0);
    ck_assert_ptr_nonnull(query_pluck(q, Post, slug, &count));
    ck_assert_uint_eq(count, 0);
    check_no_error();
}
END_TEST

START_TEST(test_query_run__pluck_of_many)
{
    size_t count;
    live_sql("INSERT INTO tags (label) SELECT 't' || n FROM generate_series(1, 20000) n");
    Query *q = session_query(s, Tag);
    query_order_by(q, Tag, id, ORDER_ASC);
    const char **labels = query_pluck(q, Tag, label, &count);
    ck_assert_uint_eq(count, 20003);
    ck_assert_str_eq(labels[20002], "t20000");
}
END_TEST

/* --- plain structs --- */

typedef struct AuthorStats {
    const char *name;
    int64_t posts;
    NullDouble dearest;
    TextArray titles;
} AuthorStats;

/* clang-format off */
MODEL(AuthorStats, NULL,
    COLUMN(AuthorStats, name),
    COLUMN(AuthorStats, posts),
    COLUMN(AuthorStats, dearest),
    COLUMN(AuthorStats, titles));

typedef struct Line {
    struct {
        int64_t id;
        const char *title;
    } post;
    struct {
        const char *name;
        const char *company;
    } author;
} Line;

MODEL(Line, NULL,
    COLUMN(Line, post.id),
    COLUMN(Line, post.title),
    COLUMN(Line, author.name),
    COLUMN(Line, author.company, .nullable = true));
/* clang-format on */

static Query *author_stats(void)
{
    Query *q = session_query(s, User);
    query_left_join(q, User, posts);
    query_group_by(q, User, id);
    query_select(q, AuthorStats, name, User, name);
    query_select_aggregate(q, AuthorStats, posts, AGGREGATE_COUNT, Post, id);
    query_select_aggregate(q, AuthorStats, dearest, AGGREGATE_MAX, Post, price);
    query_select_aggregate(q, AuthorStats, titles, AGGREGATE_ARRAY, Post, title);
    return q;
}

START_TEST(test_query_run__plain_structs)
{
    size_t count;
    Query *q = author_stats();
    query_having(q, AGGREGATE_COUNT, Post, id, ">", 0);
    query_having(q, AGGREGATE_AVG, Post, price, ">", 1.5);
    query_order_by_aggregate(q, AGGREGATE_COUNT, Post, id, ORDER_DESC);
    query_order_by(q, User, name, ORDER_ASC);
    AuthorStats **rows = query_all(q, AuthorStats, &count);
    check_no_error();
    ck_assert_str_eq(
        seen.statements[0].sql,
        "SELECT t0.\"name\", pg_catalog.count(t1.\"id\"), pg_catalog.max(t1.\"price\")::double precision,"
        " pg_catalog.array_agg(t1.\"title\") FROM \"public\".\"users\" AS t0 LEFT JOIN \"public\".\"posts\""
        " AS t1 ON t1.\"author_id\" = t0.\"id\" GROUP BY t0.\"id\" HAVING pg_catalog.count(t1.\"id\") > $1"
        " AND pg_catalog.avg(t1.\"price\") > $2 ORDER BY pg_catalog.count(t1.\"id\") DESC, t0.\"name\"");
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(rows[0]->name, "Ann");
    ck_assert_int_eq(rows[0]->posts, 2);
    ck_assert_double_eq(rows[0]->dearest.value, 10.5);
    ck_assert_uint_eq(rows[0]->titles.count, 2);
    ck_assert_str_eq(rows[1]->name, "Bob");
    ck_assert_ptr_null(rows[2]);
    ck_assert_uint_eq(session_stats(s).objects, 0);
    ck_assert(!session_contains(s, rows[0]));
    ck_assert_str_eq(query_first(q, AuthorStats)->name, "Ann");
    ck_assert_uint_eq(query_count(q), 2);
    const char *plan = query_explain(q, EXPLAIN_TEXT);
    check_no_error();
    ck_assert_ptr_nonnull(strstr(plan, "Aggregate"));
}
END_TEST

START_TEST(test_query_run__plain_structs_with_nested_fields)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_join(q, Post, author);
    query_left_join(q, User, company);
    query_select(q, Line, post.id, Post, id);
    query_select(q, Line, post.title, Post, title);
    query_select(q, Line, author.name, User, name);
    query_select(q, Line, author.company, Company, name);
    query_order_by(q, Post, id, ORDER_DESC);
    Line **lines = query_all(q, Line, &count);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(lines[0]->post.id, 3);
    ck_assert_str_eq(lines[0]->post.title, "Third rider");
    ck_assert_str_eq(lines[0]->author.name, "Bob");
    ck_assert_str_eq(lines[2]->author.company, "Acme");
}
END_TEST

static bool add_posts(void *arg, const void *object)
{
    *(int64_t *)arg += ((const AuthorStats *)object)->posts;
    return true;
}

START_TEST(test_query_run__plain_structs_streamed)
{
    int64_t posts = 0;
    check_ok(query_each(author_stats(), AuthorStats, add_posts, &posts));
    ck_assert_int_eq(posts, 3);
}
END_TEST

START_TEST(test_query_run__objects_of_groups)
{
    Query *q = session_query(s, User);
    query_join(q, User, posts);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 2);
    ck_assert_str_eq(ids_of_User(q), "1");
    ck_assert_uint_eq(query_count(q), 1);
    ck_assert_uint_eq(session_stats(s).objects, 1);
}
END_TEST

START_TEST(test_query_run__outputs_that_do_not_fit)
{
    Query *q = session_query(s, User);
    query_select(q, AuthorStats, name, User, name);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "AuthorStats.posts is not selected: say with query_select what it takes");
    ck_assert_ptr_null(query_all(q, User, NULL));
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    query_select(q, AuthorStats, name, User, email);
    check_query_fails(q, AuthorStats, STATUS_INVALID, "AuthorStats.name is selected twice");
    q = session_query(s, User);
    query_select_aggregate(q, AuthorStats, posts, AGGREGATE_AVG, User, age);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "AuthorStats.posts is bigint: it can't take the avg of User.age, which is numeric");
    q = session_query(s, User);
    query_select(q, AuthorStats, name, User, name);
    query_select(q, Line, author.name, User, name);
    check_query_fails(q, AuthorStats, STATUS_INVALID,
                      "the query gives AuthorStats already, not Line: one struct for all outputs");
    q = session_query(s, User);
    query_select(q, AuthorStats, name, User, age);
    query_select(q, AuthorStats, posts, User, id);
    query_select(q, AuthorStats, dearest, User, score);
    query_select_aggregate(q, AuthorStats, titles, AGGREGATE_ARRAY, User, name);
    query_group_by(q, User, id);
    ck_assert_ptr_null(query_all(q, AuthorStats, NULL));
    check_error(s, STATUS_SCHEMA);
    check_culprit(NULL, "AuthorStats", "name");
}
END_TEST

/* What is wrong with one call leaves the query as good as it was. */
START_TEST(test_query_run__faults_of_a_call)
{
    Query *q = session_query(s, User);
    double average = 7;
    int64_t count = 7;
    size_t found = 7;
    check_fails(query_scalar(q, AGGREGATE_AVG, User, name, &average), STATUS_INVALID);
    session_clear_error(s);
    check_fails(query_scalar(q, AGGREGATE_AVG, User, age, &count), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_ptr_null(query_pluck(q, Post, title, &found));
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert(average == 7 && count == 7 && found == 0);
    check_ok(query_scalar(q, AGGREGATE_COUNT, User, id, &count));
    ck_assert_int_eq(count, 4);
    ck_assert_str_eq(ids_of_User(q), "1,2,3,4");
}
END_TEST

START_TEST(test_query_run__having_that_makes_no_sense)
{
    Query *q = session_query(s, User);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, User, id, "LIKE", "1%");
    check_query_fails(q, User, STATUS_INVALID,
                      "User.id is bigint: LIKE is for text; use =, <>, !=, <, <=, >, >=, IN, NOT IN, IS DISTINCT FROM, "
                      "IS NOT DISTINCT FROM");
    q = session_query(s, User);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_COUNT, User, id, ">", "many");
    check_query_fails(q, User, STATUS_INVALID, "User.id: the value of the condition takes bigint, not text");
}
END_TEST

/* --- untracked --- */

START_TEST(test_query_run__untracked)
{
    size_t count;
    User *ann = session_find(s, User, 1);
    ann->name = "changed";
    Query *q = session_query(s, User);
    query_untracked(q);
    query_order_by(q, User, id, ORDER_ASC);
    User **users = query_all(q, User, &count);
    ck_assert_uint_eq(count, 4);
    ck_assert_ptr_ne(users[0], ann);
    ck_assert_str_eq(users[0]->name, "Ann"); /* as it is in the database */
    ck_assert(!session_contains(s, users[0]));
    ck_assert_uint_eq(session_stats(s).objects, 1);
    ck_assert_str_eq(query_first(q, User)->email, "ann@example.com");
    users[1]->name = "never written";
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

/* --- again --- */

START_TEST(test_query_run__parameters)
{
    size_t count;
    const char *names[] = {"Ann", "Bob"};
    Query *q = session_query(s, Post);
    query_where(q, Post, title, "CONTAINS", "5%");
    query_where(q, Post, mood, "=", MOOD_WILD);
    query_where(q, Post, at, "<", "2026-01-01");
    query_where(q, Post, words, "ANY", "x");
    query_at(q, "author");
    query_where(q, User, name, "IN", ((TextArray){names, NULL, 2}));
    query_where(q, User, score, ">", 2.5);
    query_where(q, User, active, "=", true);
    query_where(q, User, email, "=", NULL);
    query_limit(q, 7);
    const Value *values = query_parameters(q, &count);
    check_no_error();
    ck_assert_uint_eq(count, 8);
    ck_assert_str_eq(values[0].as.text, "%5\\%%");
    ck_assert_str_eq(values[1].as.text, "wild");
    ck_assert_uint_eq(values[2].type, HOWDAH_TYPE_TIMESTAMP);
    ck_assert_str_eq(values[3].as.text, "x");
    ck_assert_uint_eq(values[4].type, (uint32_t)HOWDAH_TYPE_TEXT | (uint32_t)HOWDAH_TYPE_ARRAY);
    ck_assert_str_eq(((const char *const *)values[4].as.array.items)[1], "Bob");
    ck_assert_double_eq(values[5].as.real, 2.5);
    ck_assert(values[6].as.boolean);
    ck_assert_int_eq(values[7].as.integer, 7);
    query_bind(q, 1, "y");
    ck_assert_str_eq(query_parameters(q, &count)[0].as.text, "%y%");
    check_cost(0, 0);
}
END_TEST

START_TEST(test_query_run__other_values)
{
    Query *q = session_query(s, User);
    query_where(q, User, age, ">", 40);
    query_where(q, User, name, "STARTS WITH", "A");
    query_limit(q, 10);
    query_order_by(q, User, id, ORDER_ASC);
    const char *sql = query_sql(q);
    ck_assert_str_eq(ids_in_order_of_User(q), "1");
    query_bind(q, 1, 10);
    query_bind(q, 2, "50%"); /* escaped as the first one was */
    ck_assert_str_eq(ids_in_order_of_User(q), "4");
    query_bind(q, 2, "");
    ck_assert_str_eq(ids_in_order_of_User(q), "1,2,4");
    query_bind(q, 3, 1);
    ck_assert_str_eq(ids_in_order_of_User(q), "1");
    ck_assert_int_eq(query_first(q, User)->id, 1);
    query_bind(q, 3, 0);
    ck_assert_ptr_null(query_first(q, User));
    query_bind(q, 3, 2);
    ck_assert_str_eq(ids_in_order_of_User(q), "1,2");
    ck_assert_int_eq(query_first(q, User)->id, 1);
    ck_assert_uint_eq(query_count(q), 2);
    ck_assert_ptr_eq(query_sql(q), sql); /* the same text, not one like it */
}
END_TEST

START_TEST(test_query_run__other_lists)
{
    int64_t ids[100], *many = ids;
    for (int64_t i = 0; i < 100; i++)
        ids[i] = i + 3;
    Query *q = session_query(s, User);
    query_where(q, User, id, "IN", ((Int64Array){many, NULL, 1}));
    query_order_by(q, User, id, ORDER_ASC);
    ck_assert_str_eq(ids_in_order_of_User(q), "3");
    query_bind(q, 1, ((Int64Array){many, NULL, 100}));
    ck_assert_str_eq(ids_in_order_of_User(q), "3,4");
    query_bind(q, 1, ((Int64Array){many, NULL, 0}));
    ck_assert_str_eq(ids_in_order_of_User(q), "");
}
END_TEST

START_TEST(test_query_run__other_values_that_do_not_fit)
{
    static const struct {
        size_t number;
        Value value;
        const char *message;
    } wrong[] = {
        {0,
         {HOWDAH_TYPE_INT64, 0, {.integer = 1}},
         "there is no $0: query_sql shows 2 of them; what query_update sets is set anew by query_set"},
        {3,
         {HOWDAH_TYPE_INT64, 0, {.integer = 1}},
         "there is no $3: query_sql shows 2 of them; what query_update sets is set anew by query_set"},
        {1, {HOWDAH_TYPE_TEXT, 0, {.text = "x"}}, "User.age: the value of the condition takes integer, not text"},
        {1,
         {HOWDAH_TYPE_NONE, 0, {0}},
         "User.age: NULL is no value to compare with: build another query, with = or <>"},
        {2, {HOWDAH_TYPE_INT64, 0, {.integer = -1}}, "a count of rows is an integer from 0 to 9223372036854775807"},
        {2, {HOWDAH_TYPE_TEXT, 0, {.text = "1"}}, "a count of rows is an integer from 0 to 9223372036854775807"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Query *q = session_query(s, User);
        query_where(q, User, age, ">", 40);
        query_limit(q, 10);
        query_bind(q, wrong[i].number, wrong[i].value);
        check_query_fails(q, User, STATUS_INVALID, wrong[i].message);
    }
    check_cost(0, 0);
}
END_TEST

/* A query that runs a thousand times, each time with another value, takes no more memory than one that runs ten times. */
START_TEST(test_query_run__again_takes_no_memory)
{
    Query *q = session_query(s, User);
    query_where(q, User, id, "=", 1);
    for (int64_t i = 0; i < 10; i++) {
        query_bind(q, 1, i);
        ck_assert_uint_eq(query_count(q), i >= 1 && i <= 4);
    }
    uint64_t bytes = session_stats(s).bytes, allocations = session_stats(s).allocations;
    for (int64_t i = 0; i < 1000; i++) {
        query_bind(q, 1, i);
        ck_assert_uint_eq(query_count(q), i >= 1 && i <= 4);
    }
    ck_assert_uint_eq(session_stats(s).bytes, bytes);
    ck_assert_uint_eq(session_stats(s).allocations, allocations);
}
END_TEST

/* The same shape, built by another session, has the text of the first; another shape has its own. */
START_TEST(test_query_run__a_shape_has_one_text)
{
    const char *sql = NULL;
    for (int i = 0; i < 3; i++) {
        Session *other = session_open(db);
        Query *q = session_query(other, User);
        query_where(q, User, age, ">", i);
        query_or(q);
        query_where(q, User, name, "LIKE", "x");
        query_exists(q, User, posts);
        query_end(q);
        query_end(q);
        const char *text = query_sql(q);
        ck_assert(!sql || text == sql);
        sql = text;
        query_where(q, User, age, "<", i);
        ck_assert_ptr_ne(query_sql(q), sql);
        session_close(other);
    }
}
END_TEST

START_TEST(test_query_run__no_query)
{
    Query *none = NULL;
    int64_t number = 5;
    size_t count = 5;
    query_bind(none, 1, 1);
    ck_assert_ptr_null(query_parameters(none, NULL));
    query_untracked(none);
    query_group_by(none, User, id);
    query_having(none, AGGREGATE_COUNT, User, id, ">", 1);
    query_order_by_aggregate(none, AGGREGATE_COUNT, User, id, ORDER_ASC);
    query_select(none, AuthorStats, name, User, name);
    query_select_aggregate(none, AuthorStats, posts, AGGREGATE_COUNT, Post, id);
    ck_assert_uint_eq(query_count(none), 0);
    ck_assert(!query_has_rows(none));
    ck_assert_ptr_null(query_one(none, User));
    ck_assert_int_eq(query_scalar(none, AGGREGATE_SUM, User, id, &number), STATUS_NO_MEMORY);
    ck_assert_int_eq(number, 5);
    ck_assert_ptr_null(query_pluck(none, User, id, &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_run__one);
    tcase_add_test(tests, test_query_run__count);
    tcase_add_test(tests, test_query_run__has_rows);
    tcase_add_test(tests, test_query_run__counts_of_a_wrong_query);
    tcase_add_test(tests, test_query_run__scalars);
    tcase_add_test(tests, test_query_run__scalars_of_no_rows);
    tcase_add_test(tests, test_query_run__scalars_as_values);
    tcase_add_test(tests, test_query_run__scalars_that_make_no_sense);
    tcase_add_test(tests, test_query_run__pluck);
    tcase_add_test(tests, test_query_run__pluck_of_many);
    tcase_add_test(tests, test_query_run__plain_structs);
    tcase_add_test(tests, test_query_run__plain_structs_with_nested_fields);
    tcase_add_test(tests, test_query_run__plain_structs_streamed);
    tcase_add_test(tests, test_query_run__objects_of_groups);
    tcase_add_test(tests, test_query_run__outputs_that_do_not_fit);
    tcase_add_test(tests, test_query_run__having_that_makes_no_sense);
    tcase_add_test(tests, test_query_run__faults_of_a_call);
    tcase_add_test(tests, test_query_run__untracked);
    tcase_add_test(tests, test_query_run__parameters);
    tcase_add_test(tests, test_query_run__other_values);
    tcase_add_test(tests, test_query_run__other_lists);
    tcase_add_test(tests, test_query_run__other_values_that_do_not_fit);
    tcase_add_test(tests, test_query_run__again_takes_no_memory);
    tcase_add_test(tests, test_query_run__a_shape_has_one_text);
    tcase_add_test(tests, test_query_run__no_query);
}

int main(void)
{
    return scene_main("query_run", query_setup, scene_close, add_tests);
}
