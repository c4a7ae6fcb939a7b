/* The builder's newer calls while memory runs out: each allocation fails in turn. A query that could not be built says so
 * when it runs, and works where it could; nothing is leaked. */
#include "api/query_models.h"
#include "api/scene.h"
#include "support/failing.h"

static struct failing failing;

typedef struct Busy {
    const char *name;
    int64_t posts;
} Busy;

MODEL(Busy, NULL, COLUMN(Busy, name), COLUMN(Busy, posts));

static void setup(void)
{
    failing_init(&failing);
    scene_open_with(BLOG, DATABASE_OPTIONS(.allocator = &failing.hook));
    live_sql("%s", BLOG_ROWS);
}

static void teardown(void)
{
    scene_close();
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}

/* Each gives how many rows it found, which counts where nothing failed. */
static size_t act_search(void)
{
    Query *q = session_query(s, Post);
    query_where_search(q, Post, body, "english", "fox");
    query_order_by_search(q, Post, body, "english", "fox");
    return (size_t)query_count(q);
}

static size_t act_similar(void)
{
    Query *q = session_query(s, User);
    query_where_similar(q, User, name, "Anne");
    query_order_by_similarity(q, User, name, "Anne");
    return query_sql(q) != NULL; /* the extension need not be there */
}

static size_t act_json(void)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_or(q);
    query_where_json(q, Post, meta, JSON_PATH("a", "b"), "=", "x");
    query_where_json(q, Post, meta, JSON_PATH("n"), ">", 4);
    query_end(q);
    query_all(q, Post, &count);
    return count;
}

static size_t act_path(void)
{
    size_t count;
    Query *q = session_query(s, Post);
    query_at(q, "author.company");
    query_where(q, Company, name, "=", "Acme");
    query_at(q, "editor.boss");
    query_order_by(q, User, name, ORDER_ASC_NULLS_FIRST);
    query_all(q, Post, &count);
    return count;
}

static size_t act_groups(void)
{
    size_t count;
    Query *q = session_query(s, User);
    query_left_join(q, User, posts);
    query_group_by(q, User, id);
    query_not(q);
    query_or(q);
    query_having(q, AGGREGATE_COUNT, Post, id, "=", 0);
    query_having(q, AGGREGATE_MAX, Post, title, "LIKE", "T%");
    query_end(q);
    query_end(q);
    query_order_by_aggregate(q, AGGREGATE_COUNT, Post, id, ORDER_DESC);
    query_select(q, Busy, name, User, name);
    query_select_aggregate(q, Busy, posts, AGGREGATE_COUNT, Post, id);
    query_all(q, Busy, &count);
    return count;
}

static size_t act_pages(void)
{
    QueryPage first = {0}, second = {0};
    Query *q = session_query(s, User);
    query_order_by(q, User, age, ORDER_DESC_NULLS_LAST);
    query_page(q, User, NULL, 3, &first);
    if (first.next)
        query_page(q, User, first.next, 3, &second);
    return first.count + second.count;
}

static size_t act_list(void)
{
    size_t count;
    const char *items[] = {"10.0.0.0/8"};
    Query *q = session_query(s, Company);
    query_where(q, Company, network, "IN", ((TextArray){items, NULL, 1}));
    query_where(q, Company, network, "STARTS WITH", "10.");
    query_bind(q, 2, "1");
    query_pluck(q, Company, name, &count);
    return count;
}

static size_t act_bulk(void)
{
    uint64_t updated = 0, deleted = 0;
    session_find(s, Tag, 1);
    Query *q = session_query(s, Tag);
    query_where(q, Tag, label, "=", "unused");
    query_set(q, Tag, label, "used");
    query_update(q, &updated);
    Query *gone = session_query(s, Tag);
    query_where(gone, Tag, label, "=", "used");
    query_delete(gone, &deleted);
    return (size_t)(updated + deleted);
}

static size_t act_replace(void)
{
    Post *post = session_find(s, Post, 1);
    Tag *unused = session_find(s, Tag, 3);
    if (!post || !unused)
        return 0;
    Tag *wanted[] = {unused};
    session_load(s, post, tags);
    session_replace(s, post, tags, wanted, 1);
    return session_commit(s) == STATUS_OK ? post->tags.count : 0;
}

static const struct {
    size_t (*act)(void);
    size_t finds;
} acts[] = {{act_search, 1}, {act_similar, 1}, {act_json, 1}, {act_path, 3},   {act_groups, 1},
            {act_pages, 4},  {act_list, 1},    {act_bulk, 2}, {act_replace, 1}};

START_TEST(test_builder_memory__sweep)
{
    bool more = true;
    for (size_t n = 1; more; n++) {
        live_sql("TRUNCATE tags, post_tags RESTART IDENTITY CASCADE; INSERT INTO tags (label) VALUES ('c'), ('sql'),"
                 " ('unused'); INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (3, 2)");
        scene_renew();
        failing_at(&failing, n, n % 2 ? FAILING_ONCE : FAILING_FROM);
        size_t found = acts[_i].act();
        failing_off(&failing);
        more = failing_reached(&failing);
        const Error *error = session_error(s);
        ck_assert_msg(!error || (more && error->status == STATUS_NO_MEMORY), "%s", error_text(error));
        if (!error)
            ck_assert_uint_eq(found, acts[_i].finds);
        session_clear_error(s);
        ck_assert_ptr_nonnull(session_find(s, User, 1));
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_builder_memory__sweep, 0, COUNT_OF(acts));
}

int main(void)
{
    return scene_main("builder_memory", setup, teardown, add_tests);
}
