/* Counts and first rows of collections that are not loaded, and budgets. */
#include "relation_models.h"
#include "scene.h"

#define KEYS(type) "(SELECT pg_catalog.unnest(a._1) FROM (SELECT $1::" type "[] OFFSET 0) AS a(_1)) AS k(_1)"

typedef struct Drafts {
    int64_t count;
} Drafts;
MODEL(Drafts, NULL, COLUMN(Drafts, count));

static void setup(void)
{
    scene_open(RELATED);
    live_sql(RELATED_ROWS);
    seen_clear();
    cost_start();
}

static User **all_users(size_t *ret_count)
{
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_ASC);
    return query_all(q, User, ret_count);
}

START_TEST(test_relation_answers__counts)
{
    size_t count;
    User **users = all_users(&count);
    static const uint64_t posts[] = {3, 1, 0}, drafts[] = {2, 0, 0}, notes[] = {2, 1, 0};
    for (size_t turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(session_count(s, users[i], posts), posts[i]);
            ck_assert_uint_eq(session_count(s, users[i], drafts), drafts[i]);
            ck_assert_uint_eq(session_count(s, users[i], notes), notes[i]);
        }
    check_no_error();
    check_cost(4, 4);
    ck_assert_str_eq(seen.statements[1].sql,
                     "SELECT pg_catalog.count(*), k._1 FROM " KEYS(
                         "bigint") " JOIN \"public\".\"posts\" AS t ON t.\"user_id\" = k._1 GROUP BY k._1");
    ck_assert(!users[0]->posts.loaded);
    /* a commit that wrote something makes them ask again */
    session_add(s, Post, .title = "f", .user = users[2]);
    check_ok(session_commit(s));
    ck_assert_uint_eq(session_count(s, users[2], posts), 1);
    check_ok(session_load(s, users[2], posts));
    cost_start();
    ck_assert_uint_eq(session_count(s, users[0], posts), 3);
    check_cost(0, 0);
}
END_TEST

/* What is stored and what is pending, each once. */
START_TEST(test_relation_answers__counts_of_what_is_pending)
{
    size_t count;
    User **users = all_users(&count);
    User *ada = users[0], *last = users[2];
    live_sql("DELETE FROM comments");
    Post *first = session_find(s, Post, 1);
    ck_assert_uint_eq(session_count(s, ada, posts), 3);
    cost_start();
    session_add(s, Post, .title = "by pointer", .user = ada);
    session_add(s, Post, .title = "by value", .user_id = {ada->id, true});
    Post *linked = session_add(s, Post, .title = "linked");
    check_ok(session_link(s, ada, posts, linked));
    check_ok(session_link(s, ada, posts, linked));
    check_ok(session_link(s, ada, posts, first)); /* which it has */
    ck_assert_uint_eq(session_count(s, ada, posts), 6);
    check_ok(session_link(s, last, posts, first));
    ck_assert_uint_eq(session_count(s, ada, posts), 5);
    ck_assert_uint_eq(session_count(s, last, posts), 1);
    check_ok(session_delete(s, linked));
    check_ok(session_delete(s, first));
    ck_assert_uint_eq(session_count(s, ada, posts), 4);
    ck_assert_uint_eq(session_count(s, last, posts), 0);
    check_cost(0, 0);
    ck_assert(!ada->posts.loaded);
    if (_i)
        check_ok(session_rollback(s));
    else
        check_ok(session_commit(s));
    ck_assert_uint_eq(session_count(s, ada, posts), _i ? 3 : 4);
    check_ok(session_load(s, ada, posts));
    ck_assert_uint_eq(ada->posts.count, _i ? 3 : 4);
}
END_TEST

START_TEST(test_relation_answers__counts_of_pending_links)
{
    Post *post = session_find(s, Post, 1);
    Tag *fresh = session_add(s, Tag, .label = "fresh");
    check_ok(session_load(s, session_find(s, Post, 2), tags));
    Tag *known = session_find(s, Post, 2)->tags.items[0];
    cost_start();
    ck_assert_uint_eq(session_count(s, post, tags), 2);
    check_cost(1, 1);
    check_ok(session_link(s, post, tags, fresh));
    ck_assert_uint_eq(session_count(s, post, tags), 3);
    check_ok(session_unlink(s, post, tags, known));
    ck_assert_uint_eq(session_count(s, post, tags), 2);
    check_ok(session_link(s, post, tags, known));
    check_ok(session_unlink(s, post, tags, fresh));
    ck_assert_uint_eq(session_count(s, post, tags), 2);
    check_cost(0, 0);
}
END_TEST

/* SQL that the program runs changes them, and so does going back over it. */
START_TEST(test_relation_answers__counts_behind_a_savepoint)
{
    User *ada = session_find(s, User, 1);
    check_ok(session_begin(s, NULL));
    uint32_t place = session_savepoint(s);
    ck_assert_uint_eq(session_count(s, ada, posts), 3);
    check_ok(session_execute(s, NULL, "INSERT INTO posts (user_id, title, published) VALUES (1, 'z', true)"));
    ck_assert_uint_eq(session_count(s, ada, posts), 4);
    check_ok(session_rollback_to(s, place));
    ck_assert_uint_eq(session_count(s, ada, posts), 3);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_relation_answers__counts_of_many_to_many)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_order_by(q, Post, id, ORDER_ASC);
    Post **posts = query_all(q, Post, &count);
    static const uint64_t expected[] = {2, 1, 0, 1, 0};
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(session_count(s, posts[i], tags), expected[i]);
    check_cost(2, 2);
    check_no_error();
}
END_TEST

START_TEST(test_relation_answers__first_rows)
{
    size_t count, n;
    User **users = all_users(&count);
    for (size_t i = 0; i < count; i++) {
        Post **first = session_top(s, users[i], posts, 2, &n);
        check_no_error();
        ck_assert_uint_eq(n, i == 0 ? 2 : i == 1 ? 1 : 0);
        for (size_t p = 0; p < n; p++)
            ck_assert_int_eq(first[p]->user_id.value, users[i]->id);
        ck_assert(!users[i]->posts.loaded);
    }
    check_cost(2, 2);
    ck_assert_str_eq(
        seen.statements[1].sql,
        "SELECT t.\"id\", t.\"user_id\", t.\"title\", t.\"published\", k._1 FROM"
        " " KEYS("bigint") " CROSS JOIN LATERAL (SELECT t.* FROM \"public\".\"posts\" AS t"
                           " WHERE t.\"user_id\" = k._1 ORDER BY t.\"id\" LIMIT $2) AS t ORDER BY t.\"id\"");
    Post **draft = session_top(s, users[0], drafts, 1, &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(draft[0]->title, "d");
    /* of a loaded collection: what it has */
    check_ok(session_load(s, users[0], posts));
    cost_start();
    Post **first = session_top(s, users[0], posts, 1, &n);
    check_cost(0, 0);
    ck_assert(n == 1 && first[0] == users[0]->posts.items[0]);
    ck_assert_uint_eq(users[0]->posts.count, 3);
}
END_TEST

START_TEST(test_relation_answers__first_rows_of_many_to_many)
{
    size_t count, n;
    Query *q = session_query(s, Tag);
    Tag **tags = query_all(q, Tag, &count);
    size_t all = 0;
    for (size_t i = 0; i < count; i++) {
        session_top(s, tags[i], posts, 1, &n);
        all += n;
    }
    check_no_error();
    ck_assert_uint_eq(all, 3);
    check_cost(2, 2);
}
END_TEST

START_TEST(test_relation_answers__first_rows_with_a_query)
{
    size_t count, n;
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_ASC);
    query_with_top(q, User, posts, 2);
    query_with_top(q, User, drafts, 1);
    query_with(q, User, badge);
    User **users = query_all(q, User, &count);
    check_no_error();
    check_cost(4, 1);
    Post **first = session_top(s, users[0], posts, 2, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(first[0]->title, "a");
    ck_assert_str_eq(first[1]->title, "b");
    session_top(s, users[2], posts, 2, &n);
    ck_assert_uint_eq(n, 0);
    check_cost(0, 0);
    ck_assert(!users[0]->posts.loaded && session_is_loaded(s, users[0], badge));
}
END_TEST

START_TEST(test_relation_answers__first_rows_follow_what_is_deleted_later)
{
    size_t count;
    User *ada = session_find(s, User, 1);
    Post **posts = session_top(s, ada, posts, 2, &count);
    ck_assert_uint_eq(count, 2);
    Post *a = posts[0], *b = posts[1];
    check_ok(session_delete(s, a));
    cost_start();
    posts = session_top(s, ada, posts, 2, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_eq(posts[0], b);
    ck_assert_ptr_eq(session_add_struct(s, Post, a), a);
    posts = session_top(s, ada, posts, 2, &count);
    ck_assert_uint_eq(count, 2);
    check_cost(0, 0);
}
END_TEST

/* More than one statement holds: each object is asked for once, in whatever order a program goes through them. */
START_TEST(test_relation_answers__counts_of_more_than_one_statement_holds)
{
    size_t count;
    live_sql("INSERT INTO nodes (label) SELECT 'n' FROM generate_series(1, 65600)");
    Query *q = session_query(s, Node);
    query_order_by(q, Node, id, ORDER_ASC);
    Node **nodes = query_all(q, Node, &count);
    check_no_error();
    cost_start();
    for (size_t i = 0; i < count; i += 100)
        ck_assert_uint_le(session_count(s, nodes[i], children), 2);
    for (size_t i = 0; i < 30; i++)
        session_count(s, nodes[i % 2 ? i : count - 1 - i], children);
    check_no_error();
    check_cost(2, 2);
}
END_TEST

START_TEST(test_relation_answers__misuse)
{
    size_t n = 7;
    User *ada = session_find(s, User, 1);
    ck_assert_ptr_null(session_top(s, ada, posts, 0, &n));
    ck_assert_uint_eq(n, 0);
    check_error(s, STATUS_INVALID);
    session_clear_error(s);
    ck_assert_uint_eq(session_count(s, ada, badge), 0);
    check_error(s, STATUS_INVALID);
    check_culprit(ada, "User", "badge");
    session_clear_error(s);
    ck_assert_uint_eq(howdah_session_count_field(s, NULL, 0), 0);
    check_error(s, STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_uint_eq(howdah_session_count_field(NULL, ada, 0), 0);
    ck_assert_ptr_null(howdah_session_top_field(NULL, ada, 0, 1, NULL));
    User *fresh = session_add(s, User, .name = "Dee", .email = "d");
    ck_assert_uint_eq(session_count(s, fresh, posts), 0);
    check_no_error();
}
END_TEST

/* --- budgets --- */

START_TEST(test_relation_answers__budget_of_statements)
{
    check_ok(session_set_budget(s, BUDGET(.statements = 3)));
    for (int64_t id = 1; id <= 3; id++)
        ck_assert_ptr_nonnull(session_find(s, Post, id));
    ck_assert_ptr_null(session_find(s, Post, 4));
    check_error(s, STATUS_MISUSE);
    check_says(session_error(s), "budget of 3 statements is used up, by 3 statements in 3 round trips with 3 rows");
    check_says(session_error(s), "3 x SELECT ROW(");
    check_cost(3, 3);
    ck_assert_ptr_null(session_find(s, Post, 4));
    session_clear_error(s);
    check_ok(session_set_budget(s, NULL));
    ck_assert_ptr_nonnull(session_find(s, Post, 4));
    check_ok(session_set_budget(s, BUDGET(.statements = 1))); /* what was asked before does not count */
    ck_assert_ptr_nonnull(session_find(s, Post, 5));
    ck_assert_ptr_null(session_find(s, User, 1));
    check_error(s, STATUS_MISUSE);
}
END_TEST

START_TEST(test_relation_answers__budget_of_round_trips)
{
    size_t count;
    check_ok(session_set_budget(s, BUDGET(.round_trips = 1)));
    Query *q = session_query(s, User);
    query_with_path(q, "posts.tags");
    User **users = query_all(q, User, &count);
    check_no_error();
    check_fails(session_load(s, users[0], badge), STATUS_MISUSE);
    check_says(session_error(s), "1 round trips");
    session_clear_error(s);
    ck_assert(!session_is_loaded(s, users[0], badge));
    check_cost(3, 1);
}
END_TEST

START_TEST(test_relation_answers__budget_of_rows)
{
    size_t count;
    check_ok(session_set_budget(s, BUDGET(.rows = 7)));
    query_all(session_query(s, User), User, &count);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    query_all(session_query(s, Post), Post, &count);
    ck_assert_uint_eq(count, 0);
    check_error(s, STATUS_MISUSE);
    check_says(session_error(s), "budget of 7 rows");
    session_clear_error(s);
    check_ok(session_set_budget(s, NULL));
    query_all(session_query(s, Post), Post, &count);
    ck_assert_uint_eq(count, 5);
}
END_TEST

START_TEST(test_relation_answers__budget_in_a_transaction)
{
    check_ok(session_set_budget(s, BUDGET(.statements = 2)));
    check_ok(session_begin(s, NULL));
    User *ada = session_find(s, User, 1);
    ada->name = "Eve";
    check_ok(session_flush(s));
    ck_assert_ptr_null(session_find(s, User, 2));
    check_error(s, STATUS_MISUSE);
    check_ok(session_rollback(s));
    live_check("Ada", "SELECT name FROM users WHERE id = 1");
    check_ok(session_set_budget(s, NULL));
    ck_assert_ptr_nonnull(session_find(s, User, 2));
    ck_assert_int_eq(session_set_budget(NULL, NULL), STATUS_NO_MEMORY);
    check_fails(session_set_budget(s, &(const Budget){.rows = 1}), STATUS_INVALID);
}
END_TEST

/* A relation is the same rows in a query as when it is loaded: those of its label, and of its filter. */
START_TEST(test_relation_answers__queries_mean_the_same_rows)
{
    live_sql("TRUNCATE notes; INSERT INTO notes (owner_type, owner_id, text) VALUES"
             " ('user', 1, 'u'), ('post', 2, 'p'), ('post', 1, 'q')");
    Query *q = session_query(s, User);
    query_exists(q, User, notes);
    query_end(q);
    ck_assert_uint_eq(query_count(q), 1);
    q = session_query(s, User);
    query_join(q, User, notes);
    ck_assert_uint_eq(query_count(q), 1);
    q = session_query(s, Note);
    query_at(q, "user");
    query_where(q, User, id, "<>", NULL);
    ck_assert_uint_eq(query_count(q), 1);
    q = session_query(s, Note);
    query_exists(q, Note, post);
    query_end(q);
    ck_assert_uint_eq(query_count(q), 2);
    q = session_query(s, User);
    query_exists(q, User, drafts);
    query_end(q);
    ck_assert_uint_eq(query_count(q), 1);
    q = session_query(s, User);
    query_left_join(q, User, drafts);
    query_select_aggregate(q, Drafts, count, AGGREGATE_COUNT, Post, id);
    ck_assert_int_eq(query_one(q, Drafts)->count, 2);
    check_no_error();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_relation_answers__queries_mean_the_same_rows);
    tcase_add_test(tests, test_relation_answers__counts);
    tcase_add_loop_test(tests, test_relation_answers__counts_of_what_is_pending, 0, 2);
    tcase_add_test(tests, test_relation_answers__counts_of_pending_links);
    tcase_add_test(tests, test_relation_answers__counts_behind_a_savepoint);
    tcase_add_test(tests, test_relation_answers__counts_of_many_to_many);
    tcase_add_test(tests, test_relation_answers__first_rows);
    tcase_add_test(tests, test_relation_answers__first_rows_of_many_to_many);
    tcase_add_test(tests, test_relation_answers__first_rows_with_a_query);
    tcase_add_test(tests, test_relation_answers__first_rows_follow_what_is_deleted_later);
    tcase_add_test(tests, test_relation_answers__counts_of_more_than_one_statement_holds);
    tcase_add_test(tests, test_relation_answers__misuse);
    tcase_add_test(tests, test_relation_answers__budget_of_statements);
    tcase_add_test(tests, test_relation_answers__budget_of_round_trips);
    tcase_add_test(tests, test_relation_answers__budget_of_rows);
    tcase_add_test(tests, test_relation_answers__budget_in_a_transaction);
}

int main(void)
{
    return scene_main("relation_answers", setup, scene_close, add_tests);
}
