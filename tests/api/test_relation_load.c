/* Relations that are loaded by a call: what is there afterwards, and what it costs. */
#include "relation_models.h"
#include "scene.h"

#define KEYS(type) "(SELECT pg_catalog.unnest(a._1) FROM (SELECT $1::" type "[] OFFSET 0) AS a(_1)) AS k(_1)"

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
    User **users = query_all(q, User, ret_count);
    check_no_error();
    return users;
}

static Post **all_posts(size_t *ret_count)
{
    Query *q = session_query(s, Post);
    query_order_by(q, Post, id, ORDER_ASC);
    Post **posts = query_all(q, Post, ret_count);
    check_no_error();
    return posts;
}

/* The titles of a collection of posts: "a b d". */
#define TITLES(collection) join_titles((collection).items, (collection).count)
static const char *join_titles(Post *const *posts, size_t count)
{
    static char texts[8][256];
    static unsigned turn;
    char *text = texts[turn++ % 8];
    *text = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), 256 - strlen(text), "%s%s", i ? " " : "", posts[i]->title);
    return text;
}

static void check_last(const char *sql)
{
    ck_assert_uint_gt(seen.count, 0);
    ck_assert_str_eq(seen.statements[seen.count - 1].sql, sql);
}

/* --- each kind --- */

START_TEST(test_relation_load__has_many_of_all_siblings)
{
    size_t count;
    User **users = all_users(&count);
    ck_assert(!users[0]->posts.loaded && !users[0]->posts.items && !session_is_loaded(s, users[0], posts));
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, users[i], posts));
    check_cost(2, 2);
    check_last("SELECT t.\"id\", t.\"user_id\", t.\"title\", t.\"published\" FROM " KEYS(
        "bigint") " JOIN \"public\".\"posts\" AS t ON t.\"user_id\" = k._1");
    ck_assert_str_eq(TITLES(users[0]->posts), "a b d");
    ck_assert_str_eq(TITLES(users[1]->posts), "c");
    ck_assert(users[2]->posts.loaded && users[2]->posts.count == 0);
    ck_assert(session_is_loaded(s, users[2], posts));
    for (size_t i = 0; i < 3; i++)
        ck_assert_ptr_eq(users[0]->posts.items[i]->user, users[0]);
    ck_assert_ptr_eq(users[1]->posts.items[0]->user, users[1]);
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

static void check_in_order(const User *user, size_t count)
{
    ck_assert_uint_eq(user->posts.count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert(i == 0 || user->posts.items[i - 1]->id < user->posts.items[i]->id);
        ck_assert_ptr_eq(user->posts.items[i]->user, user);
    }
}

/* Rows lie, and so come, in any order; some of them the session has already. A collection is in that of their keys. */
START_TEST(test_relation_load__in_order_of_the_primary_key)
{
    static const char *const orders[] = {"n", "n % 2, n", "n % 2, -n", "-n", "md5(n::text)", "n % 7, n % 2, n"};
    for (size_t i = 0; i < 2 * sizeof(orders) / sizeof(*orders); i++) {
        size_t count;
        live_sql("TRUNCATE posts CASCADE; INSERT INTO posts (id, user_id, title, published)"
                 " SELECT n, n %% 2 + 1, 'a', true FROM generate_series(1, 600) AS n ORDER BY %s",
                 orders[i / 2]);
        session_clear(s);
        if (i % 2)
            for (int64_t id = 590; id > 0; id -= 101)
                ck_assert_ptr_nonnull(session_find(s, Post, id));
        User **users = all_users(&count);
        check_ok(session_load(s, users[0], posts));
        check_in_order(users[0], 300);
        check_in_order(users[1], 300);
    }
}
END_TEST

START_TEST(test_relation_load__has_one)
{
    size_t count;
    User **users = all_users(&count);
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, users[i], badge));
    check_cost(2, 2);
    ck_assert_ptr_null(users[0]->badge);
    ck_assert_str_eq(users[1]->badge->text, "gold");
    ck_assert_ptr_eq(users[1]->badge->user, users[1]);
    ck_assert(session_is_loaded(s, users[0], badge));
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

START_TEST(test_relation_load__belongs_to)
{
    size_t count;
    Post **posts = all_posts(&count);
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, posts[i], user));
    check_cost(2, 2);
    check_last("SELECT t.\"id\", t.\"name\", t.\"email\" FROM " KEYS(
        "bigint") " JOIN \"public\".\"users\" AS t ON t.\"id\" = k._1");
    ck_assert_uint_eq(seen.statements[1].rows, 2);
    ck_assert_str_eq(posts[0]->user->name, "Ada");
    ck_assert_ptr_eq(posts[1]->user, posts[0]->user);
    ck_assert_str_eq(posts[2]->user->name, "Bob");
    ck_assert_ptr_null(posts[4]->user);
    ck_assert(session_is_loaded(s, posts[4], user));
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

START_TEST(test_relation_load__belongs_to_in_the_session)
{
    Post *post = session_find(s, Post, 1);
    User *user = session_find(s, User, 1);
    cost_start();
    check_ok(session_load(s, post, user));
    check_cost(0, 0);
    ck_assert_ptr_eq(post->user, user);
    ck_assert(!session_is_dirty(s, post));
}
END_TEST

START_TEST(test_relation_load__belongs_to_of_a_new_object)
{
    Post *post = session_add(s, Post, .user_id = {2, true}, .title = "new");
    Post *free = session_add(s, Post, .title = "free");
    cost_start();
    check_ok(session_load(s, post, user));
    check_cost(1, 1);
    ck_assert_str_eq(post->user->name, "Bob");
    check_ok(session_load(s, free, user));
    check_cost(0, 0);
    ck_assert_ptr_null(free->user);
    check_ok(session_commit(s));
    live_check("2", "SELECT user_id FROM posts WHERE title = 'new'");
}
END_TEST

START_TEST(test_relation_load__many_to_many)
{
    size_t count;
    Post **posts = all_posts(&count);
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, posts[i], tags));
    check_cost(2, 2);
    check_last("SELECT t.\"id\", t.\"label\", k._1 FROM (SELECT k._1, j.\"tag_id\" AS _2"
               " FROM " KEYS("bigint") " JOIN \"public\".\"post_tags\" AS j ON j.\"post_id\" = k._1)"
                                       " AS k JOIN \"public\".\"tags\" AS t ON t.\"id\" = k._2");
    ck_assert_uint_eq(posts[0]->tags.count, 2);
    ck_assert_str_eq(posts[0]->tags.items[0]->label, "x");
    ck_assert_str_eq(posts[0]->tags.items[1]->label, "y");
    ck_assert_ptr_eq(posts[0]->tags.items[1], posts[1]->tags.items[0]);
    ck_assert(posts[2]->tags.loaded && posts[2]->tags.count == 0);
    /* and from the other side, in the order of the model */
    Tag *y = posts[0]->tags.items[1];
    cost_start();
    check_ok(session_load(s, y, posts));
    check_cost(1, 1);
    ck_assert_str_eq(TITLES(y->posts), "a b");
    ck_assert_ptr_eq(y->posts.items[0], posts[0]);
    ck_assert(posts[0]->tags.items[0]->posts.loaded);
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

START_TEST(test_relation_load__filtered_and_ordered)
{
    User *ada = session_find(s, User, 1);
    seen_clear();
    check_ok(session_load(s, ada, drafts));
    check_last("SELECT t.\"id\", t.\"user_id\", t.\"title\", t.\"published\" FROM " KEYS(
        "bigint") " JOIN \"public\".\"posts\" AS t ON t.\"user_id\" = k._1 WHERE (NOT published) ORDER BY title DESC");
    ck_assert_str_eq(TITLES(ada->drafts), "d b");
    ck_assert(!ada->posts.loaded);
    check_ok(session_load(s, ada, posts));
    ck_assert_str_eq(TITLES(ada->posts), "a b d");
    ck_assert_ptr_eq(ada->posts.items[2], ada->drafts.items[0]);
}
END_TEST

START_TEST(test_relation_load__through_a_unique_key)
{
    size_t count;
    User **users = all_users(&count);
    check_ok(session_load(s, users[1], logins));
    check_cost(2, 2);
    check_last("SELECT t.\"id\", t.\"email\", k._1 FROM " KEYS(
        "text") " JOIN \"public\".\"logins\" AS t ON t.\"email\" = k._1");
    ck_assert_uint_eq(users[0]->logins.count, 2);
    ck_assert_uint_eq(users[1]->logins.count, 1);
    ck_assert_ptr_eq(users[0]->logins.items[1]->user, users[0]);
    scene_renew();
    Login **logins = query_all(session_query(s, Login), Login, &count);
    cost_start();
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, logins[i], user));
    check_cost(1, 1);
    ck_assert_uint_eq(seen.statements[seen.count - 1].rows, 2);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(logins[i]->user->email, logins[i]->email);
}
END_TEST

START_TEST(test_relation_load__tree)
{
    size_t count;
    Query *q = session_query(s, Node);
    query_order_by(q, Node, id, ORDER_ASC);
    Node **nodes = query_all(q, Node, &count);
    check_ok(session_load(s, nodes[0], children));
    check_cost(2, 2);
    ck_assert_uint_eq(nodes[0]->children.count, 2);
    ck_assert_ptr_eq(nodes[0]->children.items[1], nodes[2]);
    ck_assert_ptr_eq(nodes[1]->children.items[0], nodes[3]);
    ck_assert_ptr_eq(nodes[3]->parent, nodes[1]);
    ck_assert_uint_eq(nodes[3]->children.count, 0);
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, nodes[i], parent));
    check_cost(0, 0);
    check_ok(session_commit(s));
    check_cost(0, 0);
}
END_TEST

static User *pair_of(int64_t first)
{
    size_t count;
    Query *q = session_query(s, User);
    query_where_between(q, User, id, first, first + 1);
    User **users = query_all(q, User, &count);
    ck_assert_uint_eq(count, 2);
    return users[0];
}

/* Those that came together are told by a number, which is free again when they come with others: nobody else has it then. */
START_TEST(test_relation_load__siblings_come_and_go)
{
    User *pairs[5];
    live_sql("INSERT INTO users (id, name, email) SELECT n, 'u' || n, 'u' || n FROM generate_series(10, 29) n");
    for (int i = 0; i < 5; i++)
        pairs[i] = pair_of(10 + 2 * i);
    pair_of(14); /* the third pair, anew */
    User *sixth = pair_of(20), *seventh = pair_of(22);
    check_ok(session_load(s, sixth, posts));
    check_ok(session_load(s, seventh, posts));
    for (int i = 0; i < 5; i++)
        ck_assert(!pairs[i]->posts.loaded);
}
END_TEST

START_TEST(test_relation_load__composite_key)
{
    size_t count;
    Room **rooms = query_all(session_query(s, Room), Room, &count);
    for (size_t i = 0; i < count; i++) {
        check_ok(session_load(s, rooms[i], desks));
        size_t expected = rooms[i]->number == 2 ? 0 : *rooms[i]->building == 'A' ? 2 : 1;
        ck_assert_uint_eq(rooms[i]->desks.count, expected);
        for (size_t d = 0; d < expected; d++)
            ck_assert_ptr_eq(rooms[i]->desks.items[d]->room, rooms[i]);
    }
    check_cost(2, 2);
    check_last("SELECT t.\"id\", t.\"building\", t.\"number\", k._1, k._2"
               " FROM (SELECT pg_catalog.unnest(a._1), pg_catalog.unnest(a._2)"
               " FROM (SELECT $1::text[], $2::smallint[] OFFSET 0) AS a(_1, _2)) AS k(_1, _2)"
               " JOIN \"public\".\"desks\" AS t ON t.\"building\" = k._1 AND t.\"number\" = k._2");
    scene_renew();
    Desk *desk = session_find(s, Desk, 2);
    check_ok(session_load(s, desk, room));
    ck_assert_str_eq(desk->room->building, "B");
}
END_TEST

START_TEST(test_relation_load__polymorphic)
{
    size_t count;
    User **users = all_users(&count);
    check_ok(session_load(s, users[0], notes));
    check_last("SELECT t.\"id\", t.\"owner_type\", t.\"owner_id\", t.\"text\" FROM " KEYS(
        "bigint") " JOIN \"public\".\"notes\" AS t ON t.\"owner_id\" = k._1 WHERE t.\"owner_type\" = 'user'");
    ck_assert_uint_eq(users[0]->notes.count, 2);
    ck_assert_uint_eq(users[1]->notes.count, 1);
    ck_assert_ptr_eq(users[0]->notes.items[0]->user, users[0]);
    ck_assert_ptr_null(users[0]->notes.items[0]->post);
    scene_renew();
    Query *q = session_query(s, Note);
    query_order_by(q, Note, id, ORDER_ASC);
    Note **notes = query_all(q, Note, &count);
    for (size_t i = 0; i < count; i++) {
        check_ok(session_load(s, notes[i], user));
        check_ok(session_load(s, notes[i], post));
        bool of_user = strcmp(notes[i]->owner_type, "user") == 0;
        ck_assert(of_user == (notes[i]->user != NULL) && of_user == (notes[i]->post == NULL));
        ck_assert_int_eq(of_user ? notes[i]->user->id : notes[i]->post->id, notes[i]->owner_id);
    }
    check_ok(session_commit(s));
    check_cost(3, 3);
}
END_TEST

/* The type alone leads to another owner. */
START_TEST(test_relation_load__polymorphic_by_another_type)
{
    User *ada = session_find(s, User, 1);
    Post *post = session_find(s, Post, 1);
    Note *note = session_find(s, Note, 1);
    ck_assert_str_eq(note->owner_type, "user");
    note->owner_type = "post";
    check_ok(session_load(s, post, notes));
    check_ok(session_load(s, ada, notes));
    ck_assert_uint_eq(post->notes.count, 2);
    ck_assert(post->notes.items[0] == note || post->notes.items[1] == note);
    ck_assert_uint_eq(ada->notes.count, 1);
    check_ok(session_commit(s));
    live_check("post", "SELECT owner_type FROM notes WHERE id = 1");
}
END_TEST

/* --- what the server can't run --- */

#define check_names(expected_model, expected_field, expected_column) \
    do { \
        check_error(s, STATUS_SCHEMA); \
        check_culprit(NULL, expected_model, expected_field); \
        ck_assert_pstr_eq(session_error(s)->column, expected_column); \
        ck_assert_ptr_nonnull( \
            strstr(error_text(session_error(s)), "\nmodel: " expected_model "\nfield: " expected_field "\n")); \
        session_clear_error(s); \
    } while (0)

/* The server says no more than the name of a column: it is the relation that tells where to look. */
START_TEST(test_relation_load__column_that_is_missing)
{
    User *user = session_find(s, User, 1);
    Post *post = session_find(s, Post, 1);
    live_sql("ALTER TABLE posts RENAME title TO heading; ALTER TABLE comments RENAME post_id TO post;"
             "ALTER TABLE post_tags RENAME tag_id TO tag; DROP TABLE badges");
    ck_assert_int_eq(session_load(s, user, posts), STATUS_SCHEMA);
    check_names("User", "posts", "title");
    ck_assert_int_eq(session_load(s, post, tags), STATUS_SCHEMA);
    check_names("Post", "tags", "tag_id");
    ck_assert_uint_eq(session_count(s, post, comments), 0);
    check_names("Post", "comments", "post_id");
    ck_assert_int_eq(session_load(s, user, badge), STATUS_SCHEMA);
    check_names("User", "badge", NULL);
}
END_TEST

START_TEST(test_relation_load__column_that_is_missing_in_a_query)
{
    size_t count;
    live_sql("ALTER TABLE posts RENAME title TO heading; ALTER TABLE logins RENAME email TO mail");
    Query *q = session_query(s, User);
    query_with(q, User, badge);
    query_with(q, User, logins);
    query_all(q, User, &count);
    check_names("User", "logins", "email");
    q = session_query(s, Post);
    query_with(q, Post, user);
    query_all(q, Post, &count);
    check_names("Post", "title", "title");
    q = session_query(s, Comment);
    query_with(q, Comment, post);
    query_all(q, Comment, &count);
    check_names("Comment", "post", "title");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_relation_load__has_many_of_all_siblings);
    tcase_add_test(tests, test_relation_load__in_order_of_the_primary_key);
    tcase_add_test(tests, test_relation_load__has_one);
    tcase_add_test(tests, test_relation_load__belongs_to);
    tcase_add_test(tests, test_relation_load__belongs_to_in_the_session);
    tcase_add_test(tests, test_relation_load__belongs_to_of_a_new_object);
    tcase_add_test(tests, test_relation_load__many_to_many);
    tcase_add_test(tests, test_relation_load__filtered_and_ordered);
    tcase_add_test(tests, test_relation_load__through_a_unique_key);
    tcase_add_test(tests, test_relation_load__tree);
    tcase_add_test(tests, test_relation_load__siblings_come_and_go);
    tcase_add_test(tests, test_relation_load__composite_key);
    tcase_add_test(tests, test_relation_load__polymorphic);
    tcase_add_test(tests, test_relation_load__polymorphic_by_another_type);
    tcase_add_test(tests, test_relation_load__column_that_is_missing);
    tcase_add_test(tests, test_relation_load__column_that_is_missing_in_a_query);
}

int main(void)
{
    return scene_main("relation_load", setup, scene_close, add_tests);
}
