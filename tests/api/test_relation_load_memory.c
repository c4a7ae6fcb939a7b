/* Loads of relations beside what the program did in memory: pending changes, other results, failing calls. */
#include "relation_models.h"
#include "scene.h"

#include "support/failing.h"

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

/* --- who came together --- */

START_TEST(test_relation_load_memory__ten_thousand_users)
{
    size_t count;
    live_sql("INSERT INTO users (name, email) SELECT 'u', 'u' || n FROM generate_series(1, 10000) AS n;"
             "INSERT INTO posts (user_id, title, published) SELECT id, 'p', true FROM users");
    User **users = all_users(&count);
    ck_assert_uint_eq(count, 10003);
    size_t posts = 0;
    for (size_t i = 0; i < count; i++) {
        check_ok(session_load(s, users[i], posts));
        posts += users[i]->posts.count;
    }
    check_cost(2, 2);
    ck_assert_uint_eq(posts, 10007);
    /* and a level deeper */
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < users[i]->posts.count; p++)
            check_ok(session_load(s, users[i]->posts.items[p], tags));
    check_cost(1, 1);
}
END_TEST

START_TEST(test_relation_load_memory__more_keys_than_one_statement_takes)
{
    size_t count;
    live_sql("INSERT INTO users (name, email) SELECT 'u', 'u' || n FROM generate_series(1, 70000) AS n");
    User **users = all_users(&count);
    for (size_t i = 0; i < count; i++)
        check_ok(session_load(s, users[i], posts));
    check_cost(3, 3);
    for (size_t i = 0; i < count; i++)
        ck_assert(users[i]->posts.loaded);
}
END_TEST

START_TEST(test_relation_load_memory__the_last_result_counts)
{
    size_t count;
    User *ada = session_find(s, User, 1), *bob = session_find(s, User, 2);
    check_ok(session_load(s, ada, badge)); /* they came one by one */
    ck_assert(!session_is_loaded(s, bob, badge));
    all_users(&count);
    cost_start();
    check_ok(session_load(s, ada, posts));
    ck_assert(bob->posts.loaded);
    Value keys[] = {VALUE(1), VALUE(2)};
    session_find_many(s, User, keys, 2);
    check_ok(session_load(s, ada, drafts));
    ck_assert(bob->drafts.loaded);
    check_cost(2, 2);
    session_sql(s, User, &count, "SELECT * FROM users ORDER BY id");
    check_ok(session_load(s, ada, notes));
    ck_assert(bob->notes.loaded);
    session_find(s, User, 1); /* alone again: it stays with the others */
    check_ok(session_load(s, ada, logins));
    ck_assert(bob->logins.loaded);
}
END_TEST

START_TEST(test_relation_load_memory__evicted_and_deleted_siblings)
{
    size_t count;
    User **users = all_users(&count);
    check_ok(session_evict(s, users[1]));
    check_ok(session_delete(s, users[2]));
    seen_clear();
    check_ok(session_load(s, users[0], posts));
    ck_assert_uint_eq(seen.statements[0].rows, 3);
    ck_assert(!users[1]->posts.loaded && !users[2]->posts.loaded);
    check_ok(session_load(s, users[2], posts)); /* it is still there until the commit */
    ck_assert(users[2]->posts.loaded);
    check_fails(session_load(s, users[1], posts), STATUS_MISUSE);
    check_says(session_error(s), "detached User");
}
END_TEST

START_TEST(test_relation_load_memory__collections_are_reused_when_loaded_anew)
{
    User *ada = session_find(s, User, 1);
    check_ok(session_load(s, ada, posts));
    uint64_t bytes = session_stats(s).bytes;
    for (int i = 0; i < 4000; i++) {
        session_delete(s, ada->posts.items[0]);
        check_ok(session_rollback(s));
        check_ok(session_load(s, ada, posts));
    }
    ck_assert_uint_eq(session_stats(s).bytes, bytes);
}
END_TEST

/* --- pending changes --- */

START_TEST(test_relation_load_memory__children_moved_by_value_and_by_pointer)
{
    size_t count;
    User **users = all_users(&count);
    Post *a = session_find(s, Post, 1), *b = session_find(s, Post, 2), *c = session_find(s, Post, 3);
    a->user_id = (NullInt64){2, true};
    b->user = users[2];
    c->user_id.valid = false;
    Post *fresh = session_add(s, Post, .title = "f", .user = users[0]);
    Post *other = session_add(s, Post, .title = "g", .user_id = {3, true});
    session_add(s, Post, .title = "h");
    check_ok(session_load(s, users[0], posts));
    ck_assert_uint_eq(users[0]->posts.count, 2); /* d, and the new one */
    ck_assert_str_eq(users[0]->posts.items[0]->title, "d");
    ck_assert_ptr_eq(users[0]->posts.items[1], fresh);
    ck_assert_uint_eq(users[1]->posts.count, 1);
    ck_assert_ptr_eq(users[1]->posts.items[0], a);
    ck_assert_uint_eq(users[2]->posts.count, 2);
    ck_assert_ptr_eq(users[2]->posts.items[0], b);
    ck_assert_ptr_eq(users[2]->posts.items[1], other);
    check_ok(session_commit(s));
    live_check("2,3,,1,,1,3,", "SELECT string_agg(coalesce(user_id::text, ''), ',' ORDER BY id) FROM posts");
    /* what was pending has become true: nothing is forgotten */
    check_ok(session_rollback(s));
    ck_assert(users[0]->posts.loaded);
}
END_TEST

START_TEST(test_relation_load_memory__deleted_children)
{
    size_t count;
    Post *a = session_find(s, Post, 1);
    check_ok(session_delete(s, a));
    User **users = all_users(&count);
    check_ok(session_load(s, users[0], posts));
    ck_assert_uint_eq(users[0]->posts.count, 2);
    Post **posts = query_all(session_query(s, Post), Post, &count);
    ck_assert_uint_eq(count, 5);
    check_ok(session_load(s, posts[1], user));
    ck_assert_ptr_eq(posts[1]->user, users[0]);
    check_ok(session_rollback(s));
    ck_assert(!users[0]->posts.loaded && users[1]->posts.loaded);
    check_ok(session_load(s, users[0], posts));
    ck_assert_uint_eq(users[0]->posts.count, 3);
    ck_assert_ptr_eq(users[0]->posts.items[0], a);
}
END_TEST

START_TEST(test_relation_load_memory__a_deleted_target)
{
    Post *a = session_find(s, Post, 1);
    User *ada = session_find(s, User, 1);
    check_ok(session_delete(s, ada));
    cost_start();
    check_ok(session_load(s, a, user));
    check_cost(0, 0);
    ck_assert_ptr_null(a->user);
    check_ok(session_rollback(s));
    check_ok(session_load(s, a, user));
    ck_assert_ptr_eq(a->user, ada);
}
END_TEST

START_TEST(test_relation_load_memory__a_changed_foreign_key)
{
    Post *a = session_find(s, Post, 1);
    check_ok(session_load(s, a, user));
    User *ada = a->user;
    a->user_id.value = 2;
    ck_assert(!session_is_loaded(s, a, user));
    check_ok(session_load(s, a, user));
    ck_assert_str_eq(a->user->name, "Bob");
    a->user_id.value = 3;
    check_ok(session_load(s, a, user));
    ck_assert_str_eq(a->user->name, "Cid");
    check_ok(session_rollback(s));
    ck_assert_int_eq(a->user_id.value, 1);
    check_ok(session_load(s, a, user));
    ck_assert_ptr_eq(a->user, ada);
    a->user_id.value = 2;
    check_ok(session_load(s, a, user));
    check_ok(session_commit(s));
    live_check("2", "SELECT user_id FROM posts WHERE id = 1");
    ck_assert_str_eq(a->user->name, "Bob");
}
END_TEST

START_TEST(test_relation_load_memory__nothing_there_is_remembered)
{
    size_t count;
    live_sql("ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey; INSERT INTO posts (user_id, title, published)"
             " SELECT 1000 + n, 'x', true FROM generate_series(1, 50) AS n");
    Query *q = session_query(s, Post);
    query_where(q, Post, title, "=", "x");
    Post **posts = query_all(q, Post, &count);
    for (size_t i = 0; i < count; i++) {
        check_ok(session_load(s, posts[i], user));
        ck_assert_ptr_null(posts[i]->user);
    }
    check_cost(2, 2);
    posts[0]->user_id.value = 1;
    check_ok(session_load(s, posts[0], user));
    ck_assert_str_eq(posts[0]->user->name, "Ada");
    check_ok(session_commit(s));
    check_ok(session_load(s, posts[2], user));
    live_sql("UPDATE posts SET user_id = 2 WHERE id = %lld", (long long)posts[2]->id);
    check_ok(session_refresh(s, posts[2]));
    check_ok(session_load(s, posts[2], user));
    ck_assert_str_eq(posts[2]->user->name, "Bob");
    posts[1]->user_id.value = 1;
    check_ok(session_commit(s));
    check_ok(session_load(s, posts[1], user));
    ck_assert_ptr_eq(posts[1]->user, posts[0]->user);
}
END_TEST

START_TEST(test_relation_load_memory__pointers_to_evicted_objects)
{
    Post *a = session_find(s, Post, 1);
    check_ok(session_load(s, a, user));
    User *old = a->user;
    check_ok(session_evict(s, old));
    ck_assert(!session_is_loaded(s, a, user));
    check_ok(session_load(s, a, user));
    ck_assert_ptr_ne(a->user, old);
    ck_assert_str_eq(a->user->name, "Ada");
    check_ok(session_evict(s, a->user));
    User *ada = session_find(s, User, 1);
    check_ok(session_load(s, ada, posts));
    ck_assert_ptr_eq(a->user, ada);
    ck_assert(!session_is_dirty(s, a));
}
END_TEST

/* --- errors --- */

START_TEST(test_relation_load_memory__misuse)
{
    User *ada = session_find(s, User, 1);
    Session *other = session_open(db);
    User *theirs = session_find(other, User, 1);
    cost_start();
    check_fails(session_load(s, theirs, posts), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(howdah_session_load_field(s, NULL, offsetof(User, posts)), STATUS_MISUSE);
    session_clear_error(s);
    check_fails(howdah_session_load_field(s, ada, offsetof(User, name)), STATUS_INVALID);
    check_culprit(NULL, "User", NULL);
    session_clear_error(s);
    User copy = *ada;
    check_fails(session_load(s, &copy, posts), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert(!howdah_session_is_loaded_field(s, NULL, 0));
    session_clear_error(s);
    ada->posts.count = 1;
    check_fails(session_load(s, ada, posts), STATUS_MISUSE);
    check_culprit(ada, "User", "posts");
    session_clear_error(s);
    ck_assert_int_eq(howdah_session_load_field(NULL, ada, 0), STATUS_NO_MEMORY);
    check_cost(0, 0);
    session_close(other);
}
END_TEST

/* A relation that must come with the query. */
typedef struct Choir Choir;
typedef struct Singer Singer;
struct Singer {
    int64_t id;
    int64_t choir_id;
    Choir *choir;
};
struct Choir {
    int64_t id;
    MANY(Singer) singers;
};
extern const Model Singer_model, Choir_model;
/* clang-format off */
MODEL(Singer, "singers",
    COLUMN(Singer, id, .primary_key = true),
    COLUMN(Singer, choir_id),
    BELONGS_TO_WITH((.lazy = LAZY_RAISE), Singer, choir, Choir, choir_id));
MODEL(Choir, "choirs",
    COLUMN(Choir, id, .primary_key = true),
    HAS_MANY_WITH((.lazy = LAZY_RAISE), Choir, singers, Singer, choir_id));
/* clang-format on */

START_TEST(test_relation_load_memory__lazy_raise)
{
    scene_close();
    scene_open(MODELS(Singer, Choir));
    live_sql("INSERT INTO choirs VALUES (1); INSERT INTO singers VALUES (1, 1), (2, 1)");
    Choir *choir = session_find(s, Choir, 1);
    check_fails(session_load(s, choir, singers), STATUS_MISUSE);
    check_culprit(choir, "Choir", "singers");
    check_says(session_error(s), "query_with(q, Choir, singers)");
    session_clear_error(s);
    ck_assert_uint_eq(session_stats(s).statements, 1);
    Query *q = session_query(s, Choir);
    query_with(q, Choir, singers);
    ck_assert_ptr_eq(query_first(q, Choir), choir);
    check_ok(session_load(s, choir, singers));
    ck_assert_uint_eq(choir->singers.count, 2);
    check_ok(session_load(s, choir->singers.items[1], choir));
    Choir *fresh = session_add(s, Choir, .id = 2);
    check_ok(session_load(s, fresh, singers));
}
END_TEST

/* --- memory --- */

static Status load_all(Session *session, bool eager)
{
    size_t count;
    Query *q = session_query(session, User);
    if (eager) {
        query_with_path(q, "posts.tags");
        query_with_path(q, "posts.comments");
        query_with(q, User, badge);
        query_with_top(q, User, drafts, 1);
    }
    User **users = query_all(q, User, &count);
    for (size_t i = 0; i < count; i++) {
        session_load(session, users[i], posts);
        session_load(session, users[i], badge);
        session_count(session, users[i], notes);
        session_top(session, users[i], drafts, 1, NULL);
        for (size_t p = 0; p < users[i]->posts.count; p++) {
            session_load(session, users[i]->posts.items[p], tags);
            session_load(session, users[i]->posts.items[p], comments);
            session_load(session, users[i]->posts.items[p], user);
        }
    }
    const Error *error = session_error(session);
    return error ? error->status : STATUS_OK;
}

START_TEST(test_relation_load_memory__each_allocation_fails)
{
    for (int eager = 0; eager < 2; eager++) {
        struct failing failing;
        failing_init(&failing);
        Database *poor = scene_database(NULL, RELATED, DATABASE_OPTIONS(.allocator = &failing.hook));
        Session *warm = session_open(poor);
        ck_assert_int_eq(load_all(warm, eager), STATUS_OK);
        session_close(warm);
        size_t failures = 0;
        for (size_t n = 1;; n++) {
            Session *session = session_open(poor);
            failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
            Status status = load_all(session, eager);
            bool reached = failing_reached(&failing);
            failing_off(&failing);
            failures += status == STATUS_NO_MEMORY;
            ck_assert_msg(status == STATUS_OK || status == STATUS_NO_MEMORY, "%s", error_text(session_error(session)));
            session_clear_error(session);
            ck_assert_int_eq(load_all(session, eager), STATUS_OK);
            User *ada = session_find(session, User, 1);
            ck_assert_uint_eq(ada->posts.count, 3);
            ck_assert_uint_eq(ada->posts.items[0]->tags.count, 2);
            ck_assert_ptr_eq(ada->posts.items[0]->user, ada);
            session_close(session);
            if (!reached)
                break;
        }
        ck_assert_uint_gt(failures, 20);
        database_close(poor);
        ck_assert_uint_eq(failing_blocks(&failing), 0);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_relation_load_memory__ten_thousand_users);
    tcase_add_test(tests, test_relation_load_memory__more_keys_than_one_statement_takes);
    tcase_add_test(tests, test_relation_load_memory__the_last_result_counts);
    tcase_add_test(tests, test_relation_load_memory__evicted_and_deleted_siblings);
    tcase_add_test(tests, test_relation_load_memory__collections_are_reused_when_loaded_anew);
    tcase_add_test(tests, test_relation_load_memory__children_moved_by_value_and_by_pointer);
    tcase_add_test(tests, test_relation_load_memory__deleted_children);
    tcase_add_test(tests, test_relation_load_memory__a_deleted_target);
    tcase_add_test(tests, test_relation_load_memory__a_changed_foreign_key);
    tcase_add_test(tests, test_relation_load_memory__nothing_there_is_remembered);
    tcase_add_test(tests, test_relation_load_memory__pointers_to_evicted_objects);
    tcase_add_test(tests, test_relation_load_memory__misuse);
    tcase_add_test(tests, test_relation_load_memory__lazy_raise);
    tcase_add_test(tests, test_relation_load_memory__each_allocation_fails);
}

int main(void)
{
    return scene_main("relation_load_memory", setup, scene_close, add_tests);
}
