/* Pages by keyset: forward and back, over ties, NULLs and mixed orders; and tokens that are none. */
#include "api/query_scene.h"

/* 40 tags' worth of users: scores and ages with many ties, and ages that are NULL. */
static void setup(void)
{
    scene_open(BLOG);
    live_sql(
        "INSERT INTO users (name, age, active, score, born) SELECT 'u' || n %% 3, CASE WHEN n %% 4 > 0 THEN n %% 5 END,"
        " true, n %% 2, '2000-01-01' FROM generate_series(1, 37) n");
}

static Query *ordered(int kind)
{
    static const enum howdah_order ages[] = {ORDER_ASC, ORDER_DESC, ORDER_ASC_NULLS_FIRST, ORDER_DESC_NULLS_LAST};
    Query *q = session_query(s, User);
    query_where(q, User, active, "=", true);
    if (kind == 4) /* the key alone */
        return q;
    query_order_by(q, User, score, kind % 2 ? ORDER_ASC : ORDER_DESC);
    query_order_by(q, User, age, ages[kind]);
    query_order_by(q, User, name, ORDER_DESC);
    return q;
}

/* What the server says, row by row, without a page. */
static User **all_of(int kind)
{
    size_t count;
    Query *q = ordered(kind);
    query_order_by(q, User, id, ORDER_ASC);
    User **users = query_all(q, User, &count);
    ck_assert_uint_eq(count, 37);
    return users;
}

START_TEST(test_query_page__there_and_back)
{
    enum { ROWS = 5 };
    int kind = _i;
    User **all = all_of(kind);
    Query *q = ordered(kind);
    QueryPage page;
    const char *cursor = NULL;
    size_t seen_rows = 0;
    do { /* forward */
        cost_start();
        check_ok(query_page(q, User, cursor, ROWS, &page));
        check_cost(1, 1);
        ck_assert_uint_eq(page.count, seen_rows + ROWS <= 37 ? ROWS : 37 - seen_rows);
        for (size_t i = 0; i < page.count; i++)
            ck_assert_ptr_eq(page.items[i], all[seen_rows + i]);
        ck_assert_ptr_null(page.items[page.count]);
        ck_assert((page.previous != NULL) == (seen_rows > 0));
        seen_rows += page.count;
        cursor = page.next;
    } while (cursor);
    ck_assert_uint_eq(seen_rows, 37);
    seen_rows -= page.count;
    for (cursor = page.previous; cursor; cursor = page.previous) { /* and back */
        check_ok(query_page(q, User, cursor, ROWS, &page));
        ck_assert_uint_eq(page.count, ROWS);
        seen_rows -= page.count;
        for (size_t i = 0; i < page.count; i++)
            ck_assert_ptr_eq(page.items[i], all[seen_rows + i]);
        ck_assert_ptr_nonnull(page.next);
    }
    ck_assert_uint_eq(seen_rows, 0);
}
END_TEST

START_TEST(test_query_page__sql)
{
    QueryPage page;
    Query *q = session_query(s, User);
    query_where(q, User, active, "=", true);
    query_order_by(q, User, age, ORDER_DESC_NULLS_LAST);
    check_ok(query_page(q, User, NULL, 2, &page));
    seen_clear();
    check_ok(query_page(q, User, page.next, 2, &page));
    const char *where = strstr(seen.statements[0].sql, " WHERE ");
    ck_assert_str_eq(where,
                     " WHERE t0.\"active\" = $1 AND (((t0.\"age\" < $2 OR t0.\"age\" IS NULL)) OR (t0.\"age\" = $2"
                     " AND t0.\"id\" > $3)) ORDER BY t0.\"age\" DESC NULLS LAST, t0.\"id\" LIMIT $4");
    ck_assert_str_eq(strstr(query_sql(q), " WHERE "), " WHERE t0.\"active\" = $1 ORDER BY t0.\"age\" DESC NULLS LAST");
}
END_TEST

START_TEST(test_query_page__across_joins)
{
    QueryPage page;
    live_sql(
        "TRUNCATE users CASCADE; INSERT INTO companies (name) VALUES ('b'), ('a');"
        "INSERT INTO users (company_id, name, active, score, born) SELECT CASE n %% 3 WHEN 0 THEN NULL ELSE n %% 3 END,"
        " 'x', true, 0, '2000-01-01' FROM generate_series(1, 9) n");
    const char *cursor = NULL, *names = "";
    Query *q = session_query(s, User);
    query_left_join(q, User, company);
    query_order_by(q, Company, name, ORDER_ASC);
    do {
        check_ok(query_page(q, User, cursor, 2, &page));
        for (size_t i = 0; i < page.count; i++) {
            const User *user = page.items[i];
            names = session_text(s, "%s%c", names,
                                 !user->company_id.valid       ? '-'
                                 : user->company_id.value == 1 ? 'b'
                                                               : 'a');
        }
        cursor = page.next;
    } while (cursor);
    ck_assert_str_eq(names, "aaabbb---");
}
END_TEST

/* A user comes once for each of its staff, however these fall on pages. */
START_TEST(test_query_page__along_a_collection)
{
    QueryPage page;
    live_sql("UPDATE users SET boss_id = id %% 3 + 1 WHERE id > 3");
    const char *cursor = NULL;
    size_t found = 0, users[3] = {0};
    Query *q = session_query(s, User);
    query_join(q, User, staff);
    query_at(q, "");
    query_order_by(q, User, id, ORDER_DESC);
    do { /* forward */
        check_ok(query_page(q, User, cursor, 4, &page));
        for (size_t i = 0; i < page.count; i++)
            users[((User *)page.items[i])->id - 1]++;
        found += page.count;
        cursor = page.next;
    } while (cursor);
    ck_assert_uint_eq(found, 34);
    ck_assert_uint_eq(users[0], 11);
    ck_assert_uint_eq(users[1], 12);
    ck_assert_uint_eq(users[2], 11);
    for (cursor = page.previous; cursor; cursor = page.previous) { /* and back */
        found -= page.count;
        check_ok(query_page(q, User, cursor, 4, &page));
    }
    ck_assert_uint_eq(found, page.count);
}
END_TEST

START_TEST(test_query_page__no_rows)
{
    QueryPage page;
    Query *q = ordered(4);
    query_where(q, User, id, "<", 0);
    check_ok(query_page(q, User, NULL, 5, &page));
    ck_assert_uint_eq(page.count, 0);
    ck_assert_ptr_null(page.items[0]);
    ck_assert_ptr_null(page.next);
    ck_assert_ptr_null(page.previous);
}
END_TEST

/* Each character changed in turn, each cut: always an error, never a statement. */
START_TEST(test_query_page__tokens_that_are_none)
{
    QueryPage page;
    Query *q = ordered(0), *other = ordered(1);
    check_ok(query_page(q, User, NULL, 5, &page));
    char *token = session_copy(s, page.next, strlen(page.next) + 1);
    size_t length = strlen(token);
    cost_start();
    check_fails(query_page(other, User, token, 5, &page), STATUS_INVALID);
    ck_assert_str_eq(session_error(s)->message,
                     "the cursor is none of this query's: it was made for another order, or was changed");
    ck_assert_uint_eq(page.count, 0);
    ck_assert_ptr_null(page.items);
    session_clear_error(s);
    for (size_t i = 0; i < length; i++) {
        char old = token[i];
        token[i] = old == 'A' ? 'B' : 'A';
        check_fails(query_page(q, User, token, 5, &page), STATUS_INVALID);
        session_clear_error(s);
        token[i] = '\0';
        check_fails(query_page(q, User, token, 5, &page), STATUS_INVALID);
        session_clear_error(s);
        token[i] = '\'';
        check_fails(query_page(q, User, token, 5, &page), STATUS_INVALID);
        session_clear_error(s);
        token[i] = old;
    }
    check_cost(0, 0);
    check_ok(query_page(q, User, token, 5, &page));
    ck_assert_uint_eq(page.count, 5);
}
END_TEST

START_TEST(test_query_page__queries_without_pages)
{
    QueryPage page;
    Query *q = ordered(0);
    query_limit(q, 5);
    check_fails(query_page(q, User, NULL, 5, &page), STATUS_INVALID);
    session_clear_error(s);
    q = ordered(0);
    check_fails(query_page(q, User, NULL, 0, &page), STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Post);
    query_order_by_search(q, Post, body, "english", "x");
    check_fails(query_page(q, Post, NULL, 5, &page), STATUS_INVALID);
    session_clear_error(s);
    q = session_query(s, Post);
    query_order_by(q, Post, words, ORDER_ASC);
    check_fails(query_page(q, Post, NULL, 5, &page), STATUS_INVALID);
    session_clear_error(s);
    check_cost(0, 0);
    ck_assert_int_eq(query_page((Query *)NULL, User, NULL, 5, &page), STATUS_NO_MEMORY);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_query_page__there_and_back, 0, 5);
    tcase_add_test(tests, test_query_page__sql);
    tcase_add_test(tests, test_query_page__across_joins);
    tcase_add_test(tests, test_query_page__along_a_collection);
    tcase_add_test(tests, test_query_page__no_rows);
    tcase_add_test(tests, test_query_page__tokens_that_are_none);
    tcase_add_test(tests, test_query_page__queries_without_pages);
}

int main(void)
{
    return scene_main("query_page", setup, scene_close, add_tests);
}
