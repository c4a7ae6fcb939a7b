/* Relations that come with a query: the same objects as one by one, in one round trip. */
#include "relation_models.h"
#include "scene.h"

static void setup(void)
{
    scene_open(RELATED);
    live_sql(RELATED_ROWS);
    seen_clear();
    cost_start();
}

static Query *users_by_id(void)
{
    Query *q = session_query(s, User);
    query_order_by(q, User, id, ORDER_ASC);
    return q;
}

START_TEST(test_eager__four_statements_in_one_round_trip)
{
    size_t count;
    Query *q = users_by_id();
    query_with(q, User, posts);
    query_with(q, Post, tags);
    query_with(q, Post, comments);
    User **users = query_all(q, User, &count);
    check_no_error();
    check_cost(4, 1);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(users[0]->posts.count, 3);
    ck_assert(users[2]->posts.loaded && !users[2]->posts.count);
    Post *a = users[0]->posts.items[0];
    ck_assert_str_eq(a->title, "a");
    ck_assert_ptr_eq(a->user, users[0]);
    ck_assert_uint_eq(a->tags.count, 2);
    ck_assert_uint_eq(a->comments.count, 2);
    ck_assert_ptr_eq(a->comments.items[0]->post, a);
    ck_assert(users[1]->posts.items[0]->tags.loaded && !users[1]->posts.items[0]->tags.count);
    ck_assert_str_eq(seen.statements[0].sql, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    ck_assert_str_eq(seen.statements[2].sql,
                     "SELECT t.\"id\", t.\"user_id\", t.\"title\", t.\"published\" FROM (SELECT t0.\"id\" FROM"
                     " \"public\".\"users\" AS t0) AS k(_1) JOIN \"public\".\"posts\" AS t"
                     " ON t.\"user_id\" = k._1");
    ck_assert_str_eq(
        seen.statements[4].sql,
        "SELECT t.\"id\", t.\"post_id\", t.\"text\" FROM (SELECT t.\"id\" AS _1 FROM (SELECT t0.\"id\" FROM"
        " \"public\".\"users\" AS t0) AS k(_1) JOIN \"public\".\"posts\" AS t"
        " ON t.\"user_id\" = k._1) AS k JOIN \"public\".\"comments\" AS t ON t.\"post_id\" = k._1");
    ck_assert_str_eq(seen.statements[5].sql, "COMMIT");
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, users[i], posts));
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

#define POSTS_OF \
    "SELECT t.\"id\", t.\"user_id\", t.\"title\", t.\"published\" FROM (SELECT t0.\"id\" FROM \"public\".\"users\" AS t0"
#define OF_POSTS " AS k(_1) JOIN \"public\".\"posts\" AS t ON t.\"user_id\" = k._1"
#define POSTS    "FROM \"public\".\"posts\" AS t"

START_TEST(test_eager__keys_of_some_rows)
{
    size_t count;
    Query *q = users_by_id();
    query_where(q, User, id, "<", 3);
    query_with_path(q, "posts.comments");
    query_all(q, User, &count);
    check_no_error();
    ck_assert_str_eq(seen.statements[2].sql, POSTS_OF " WHERE t0.\"id\" < $1)" OF_POSTS);
    ck_assert_str_eq(
        seen.statements[3].sql,
        "SELECT t.\"id\", t.\"post_id\", t.\"text\" FROM (SELECT t.\"id\" AS _1 FROM (SELECT t0.\"id\" FROM"
        " \"public\".\"users\" AS t0 WHERE t0.\"id\" < $1)" OF_POSTS
        ") AS k JOIN \"public\".\"comments\" AS t ON t.\"post_id\" = k._1");
    q = users_by_id();
    query_limit(q, 2);
    query_with(q, User, posts);
    query_all(q, User, &count);
    check_no_error();
    ck_assert_str_eq(seen.statements[7].sql, POSTS_OF " ORDER BY t0.\"id\", t0.\"id\" LIMIT $1)" OF_POSTS);
    q = users_by_id();
    query_with_top(q, User, posts, 1);
    query_all(q, User, &count);
    check_no_error();
    ck_assert_ptr_nonnull(strstr(seen.statements[11].sql,
                                 "(SELECT t0.\"id\" FROM \"public\".\"users\" AS t0) AS k(_1) CROSS JOIN LATERAL ("));
}
END_TEST

START_TEST(test_eager__keys_of_all_rows)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_with(q, Post, comments);
    query_with(q, Post, user);
    query_with(q, Post, tags);
    query_with(q, Post, notes);
    Post **posts = query_all(q, Post, &count);
    check_no_error();
    ck_assert_uint_eq(count, 5);
    ck_assert_uint_eq(posts[0]->comments.count, 2);
    ck_assert_uint_eq(posts[0]->tags.count, 2);
    ck_assert_uint_eq(posts[2]->notes.count, 1);
    ck_assert_str_eq(posts[2]->user->name, "Bob");
    ck_assert_ptr_null(posts[4]->user);
    ck_assert_str_eq(
        seen.statements[2].sql,
        "SELECT t.\"id\", t.\"post_id\", t.\"text\" FROM (SELECT t0.\"id\" FROM \"public\".\"posts\" AS t0)"
        " AS k(_1) JOIN \"public\".\"comments\" AS t ON t.\"post_id\" = k._1");
    ck_assert_str_eq(seen.statements[3].sql,
                     "SELECT t.\"id\", t.\"name\", t.\"email\" FROM (SELECT DISTINCT t.\"user_id\" AS _1 " POSTS
                     ") AS k JOIN \"public\".\"users\" AS t ON t.\"id\" = k._1");
    ck_assert_ptr_nonnull(strstr(seen.statements[4].sql, "FROM (SELECT t0.\"id\" " POSTS "0) AS k(_1) JOIN"));
    ck_assert_ptr_nonnull(strstr(seen.statements[5].sql, "FROM (SELECT t.\"id\" AS _1 " POSTS ") AS k JOIN"));
    q = users_by_id();
    query_with(q, User, logins);
    query_with(q, User, drafts);
    User **users = query_all(q, User, &count);
    check_no_error();
    ck_assert_uint_eq(users[0]->logins.count, 2);
    ck_assert_uint_eq(users[0]->drafts.count, 2);
    ck_assert_ptr_nonnull(
        strstr(seen.statements[9].sql, "FROM (SELECT t.\"email\" AS _1 FROM \"public\".\"users\" AS t) AS k JOIN"));
    ck_assert_ptr_nonnull(strstr(seen.statements[10].sql, OF_POSTS " WHERE (NOT published) ORDER BY title"));
}
END_TEST

/* The model promises constraints that the tables lack. */
START_TEST(test_eager__rows_of_nobody)
{
    size_t count;
    live_sql(
        "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey;"
        "INSERT INTO posts (id, user_id, title, published) OVERRIDING SYSTEM VALUE VALUES (90, 99, 'stray', false);"
        "ALTER TABLE comments ALTER post_id DROP NOT NULL;"
        "INSERT INTO comments (post_id, text) VALUES (90, 'lost'), (NULL, 'of no post')");
    Query *q = users_by_id();
    query_with_path(q, "posts.comments");
    query_with(q, User, drafts);
    User **users = query_all(q, User, &count);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(users[0]->posts.count + users[1]->posts.count + users[2]->posts.count, 4);
    ck_assert_uint_eq(users[0]->drafts.count, 2);
    ck_assert_uint_eq(users[0]->posts.items[0]->comments.count, 2);
    cost_start();
    ck_assert_ptr_nonnull(session_find(s, Post, 90)); /* it has not come along */
    check_cost(1, 1);
    Query *all = session_query(s, Post);
    query_with(all, Post, comments);
    query_all(all, Post, &count);
    check_no_error();
    ck_assert_uint_eq(count, 6);
    cost_start();
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

/* All that a session has of users, posts and tags, as text. */
static const char *graph(User **users, size_t count)
{
    static char text[2][2048];
    static int turn;
    char *at = text[turn ^= 1];
    size_t size = sizeof(text[0]);
    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        snprintf(at + strlen(at), size - strlen(at), "%s:", users[i]->name);
        for (size_t p = 0; p < users[i]->posts.count; p++) {
            const Post *post = users[i]->posts.items[p];
            snprintf(at + strlen(at), size - strlen(at), " %s(%s", post->title, post->user ? post->user->name : "-");
            for (size_t t = 0; t < post->tags.count; t++)
                snprintf(at + strlen(at), size - strlen(at), " %s", post->tags.items[t]->label);
            snprintf(at + strlen(at), size - strlen(at), ")");
        }
        snprintf(at + strlen(at), size - strlen(at), "\n");
    }
    return at;
}

START_TEST(test_eager__same_as_one_by_one)
{
    size_t count;
    User **users = query_all(users_by_id(), User, &count);
    for (size_t i = 0; i < count; i++) {
        check_ok(session_load(s, users[i], posts));
        for (size_t p = 0; p < users[i]->posts.count; p++)
            check_ok(session_load(s, users[i]->posts.items[p], tags));
    }
    check_cost(3, 3);
    const char *one_by_one = graph(users, count);
    scene_renew();
    Query *q = users_by_id();
    query_with_path(q, "posts.tags");
    users = query_all(q, User, &count);
    ck_assert_str_eq(graph(users, count), one_by_one);
    ck_assert_str_eq(one_by_one, "Ada: a(Ada x y) b(Ada y) d(Ada z)\nBob: c(Bob)\nCid:\n");
    /* the second time: the same objects, and nothing changes */
    User **again = query_all(q, User, &count);
    ck_assert_ptr_eq(again[0], users[0]);
    ck_assert_str_eq(graph(again, count), one_by_one);
}
END_TEST

START_TEST(test_eager__conditions_and_limits_are_those_of_the_query)
{
    size_t count;
    Query *q = session_query(s, User);
    query_where(q, User, name, "<>", "Cid");
    query_order_by(q, User, name, ORDER_DESC);
    query_limit(q, 1);
    query_with(q, User, posts);
    User **users = query_all(q, User, &count);
    check_no_error();
    check_cost(2, 1);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(users[0]->name, "Bob");
    ck_assert_uint_eq(users[0]->posts.count, 1);
    ck_assert_uint_eq(seen.statements[2].rows, 1);
    User *first = query_first(q, User);
    ck_assert_ptr_eq(first, users[0]);
}
END_TEST

START_TEST(test_eager__limit_without_an_order_takes_a_second_trip)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_limit(q, 4);
    query_with(q, Post, user);
    query_with(q, User, posts);
    Post **posts = query_all(q, Post, &count);
    check_no_error();
    check_cost(3, 2);
    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(posts[i]->user->id, posts[i]->user_id.value);
        ck_assert(posts[i]->user->posts.loaded);
    }
    ck_assert_ptr_nonnull(strstr(seen.statements[2].sql, "(SELECT $1::bigint[] OFFSET 0)"));
}
END_TEST

/* Others may have locked, or let go of, rows in between. */
START_TEST(test_eager__locked_rows_take_a_second_trip)
{
    size_t count;
    Query *q = users_by_id();
    query_with(q, User, posts);
    query_lock(q, LOCK_FOR_UPDATE_SKIP_LOCKED);
    check_ok(session_begin(s, NULL));
    cost_start();
    User **users = query_all(q, User, &count);
    check_no_error();
    check_cost(2, 2);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(users[0]->posts.count, 3);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_eager__in_a_transaction_of_the_program)
{
    size_t count;
    check_ok(session_begin(s, NULL));
    Query *q = users_by_id();
    query_with(q, User, posts);
    query_all(q, User, &count);
    check_cost(2, 1);
    ck_assert_str_eq(seen.statements[0].sql, "BEGIN");
    ck_assert_uint_eq(seen.count, 3);
    query_with(q, User, badge);
    User **users = query_all(q, User, &count);
    check_cost(3, 1);
    ck_assert_str_eq(users[1]->badge->text, "gold");
    ck_assert_uint_eq(seen.count, 6);
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_eager__every_kind)
{
    size_t count;
    Query *q = session_query(s, User);
    query_with(q, User, drafts);
    query_with(q, User, logins);
    query_with(q, User, notes);
    query_with(q, User, badge);
    query_with(q, Login, user);
    query_with(q, Note, post);
    User **users = query_all(q, User, &count);
    check_no_error();
    check_cost(7, 1);
    for (size_t i = 0; i < count; i++) {
        ck_assert(users[i]->drafts.loaded && users[i]->logins.loaded && users[i]->notes.loaded);
        ck_assert(!users[i]->posts.loaded);
        bool ada = users[i]->id == 1, bob = users[i]->id == 2;
        ck_assert_uint_eq(users[i]->drafts.count, ada ? 2 : 0);
        ck_assert_uint_eq(users[i]->logins.count, ada ? 2 : bob ? 1 : 0);
        ck_assert_uint_eq(users[i]->notes.count, ada ? 2 : bob ? 1 : 0);
        ck_assert((users[i]->badge != NULL) == bob);
        ck_assert(session_is_loaded(s, users[i], badge));
    }
    scene_renew();
    q = session_query(s, Note);
    query_with(q, Note, user);
    query_with(q, Note, post);
    query_with_path(q, "post.tags");
    query_with_path(q, "user.badge");
    Note **notes = query_all(q, Note, &count);
    check_no_error();
    ck_assert_uint_eq(count, 5);
    for (size_t i = 0; i < count; i++) {
        bool of_user = strcmp(notes[i]->owner_type, "user") == 0;
        ck_assert(of_user == (notes[i]->user != NULL) && of_user == (notes[i]->post == NULL));
        ck_assert(of_user || notes[i]->post->tags.loaded);
        ck_assert(!of_user || session_is_loaded(s, notes[i]->user, badge));
    }
    scene_renew();
    q = session_query(s, Tag);
    query_with_path(q, "posts.user.posts");
    Tag **tags = query_all(q, Tag, &count);
    check_no_error();
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < tags[i]->posts.count; p++)
            ck_assert_uint_eq(tags[i]->posts.items[p]->user->posts.count, 3);
    scene_renew();
    q = session_query(s, Room);
    query_with_path(q, "desks.room");
    Room **rooms = query_all(q, Room, &count);
    ck_assert_uint_eq(rooms[0]->desks.count + rooms[1]->desks.count + rooms[2]->desks.count, 3);
}
END_TEST

START_TEST(test_eager__tree_by_path)
{
    Query *q = session_query(s, Node);
    query_where(q, Node, parent_id, "=", NULL);
    query_with_path(q, "children.children");
    Node *root = query_first(q, Node);
    check_no_error();
    ck_assert_ptr_nonnull(root);
    ck_assert_uint_eq(root->children.count, 2);
    ck_assert_uint_eq(root->children.items[0]->children.count, 1);
    ck_assert_str_eq(root->children.items[0]->children.items[0]->label, "ll");
    ck_assert(!root->children.items[0]->children.items[0]->children.loaded);
}
END_TEST

START_TEST(test_eager__no_rows)
{
    size_t count;
    Query *q = session_query(s, User);
    query_where(q, User, name, "=", "nobody");
    query_with_path(q, "posts.tags");
    query_all(q, User, &count);
    check_no_error();
    ck_assert_uint_eq(count, 0);
    check_cost(3, 1);
}
END_TEST

START_TEST(test_eager__faults)
{
    size_t count;
    static const char *const paths[] = {"posts.nothing", "", "posts.", ".posts", "name", NULL};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        Query *q = session_query(s, User);
        query_with_path(q, paths[i]);
        ck_assert_ptr_null(query_all(q, User, &count));
        check_error(s, STATUS_INVALID);
        session_clear_error(s);
    }
    Query *q = session_query(s, User);
    query_with(q, Post, tags);
    ck_assert_ptr_null(query_all(q, User, &count));
    check_error(s, STATUS_INVALID);
    check_says(session_error(s), "the query brings no Post");
    session_clear_error(s);
    q = session_query(s, User);
    query_with(q, User, posts);
    query_with(q, User, drafts);
    query_with(q, Post, tags);
    ck_assert_ptr_null(query_all(q, User, &count));
    check_error(s, STATUS_INVALID);
    check_says(session_error(s), "query_with_path");
    session_clear_error(s);
    query_with_path(NULL, "posts");
    check_cost(0, 0);
}
END_TEST

/* What is pending in memory counts, and a rollback takes it back. */
START_TEST(test_eager__children_of_rows_that_are_known_already)
{
    size_t count;
    Post *b = session_find(s, Post, 2);
    b->user_id = (NullInt64){2, true};
    Post *d = session_find(s, Post, 4);
    check_ok(session_delete(s, d));
    Query *q = users_by_id();
    query_with_path(q, "posts.tags");
    User **users = query_all(q, User, &count);
    check_no_error();
    ck_assert_uint_eq(users[0]->posts.count, 1);
    ck_assert_uint_eq(users[1]->posts.count, 2);
    ck_assert_ptr_eq(users[1]->posts.items[1], b);
    ck_assert_uint_eq(b->tags.count, 1);
    check_ok(session_rollback(s));
    ck_assert(!users[0]->posts.loaded && !users[1]->posts.loaded);
    check_ok(session_load(s, users[0], posts));
    ck_assert_uint_eq(users[0]->posts.count, 3);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_eager__four_statements_in_one_round_trip);
    tcase_add_test(tests, test_eager__keys_of_some_rows);
    tcase_add_test(tests, test_eager__keys_of_all_rows);
    tcase_add_test(tests, test_eager__rows_of_nobody);
    tcase_add_test(tests, test_eager__same_as_one_by_one);
    tcase_add_test(tests, test_eager__conditions_and_limits_are_those_of_the_query);
    tcase_add_test(tests, test_eager__limit_without_an_order_takes_a_second_trip);
    tcase_add_test(tests, test_eager__locked_rows_take_a_second_trip);
    tcase_add_test(tests, test_eager__in_a_transaction_of_the_program);
    tcase_add_test(tests, test_eager__every_kind);
    tcase_add_test(tests, test_eager__tree_by_path);
    tcase_add_test(tests, test_eager__no_rows);
    tcase_add_test(tests, test_eager__faults);
    tcase_add_test(tests, test_eager__children_of_rows_that_are_known_already);
}

int main(void)
{
    return scene_main("eager", setup, scene_close, add_tests);
}
