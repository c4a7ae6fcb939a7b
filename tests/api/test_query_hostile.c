/* Hostile text at every surface of queries that takes a string: the statement never changes its shape, and the server never
 * sees a syntax error. HOWDAH_HOSTILE is how many strings; some thousands without it. */
#include "api/query_scene.h"

static uint64_t state = 0x9e3779b97f4a7c15;

static uint32_t next_random(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}

enum { LONGEST = 4000 };

/* Pieces that have hurt others, and any bytes. */
static void make_hostile(char text[LONGEST])
{
    static const char *const pieces[] = {
        "'",        "''",
        "\"",       "\\",
        "\\'",      "$1",
        "$2",       "$$",
        "$tag$",    ";",
        "--",       "/*",
        "*/",       "%",
        "_",        "%s",
        "?",        "::text",
        " OR 1=1",  "'; DROP TABLE users; --",
        ")",        "(",
        "\xff",     "\xc3",
        "\xc3\xa9", "\xed\xa0\x80",
        "E'",       "U&'",
        "NULL",     "\n",
        "\r",       "\t",
        "\x01",     "{",
        "}",        "[",
        "]",        "\"a\"",
        ",",        ":",
        "@",        "=",
        "<",        "\\u0000",
        "0",        "x",
        ".",        "author",
    };
    size_t length = 0, count = next_random(100) ? next_random(12) : next_random(900);
    for (size_t i = 0; i < count; i++) {
        char byte[2] = {(char)(1 + next_random(255)), '\0'};
        const char *piece = next_random(4) ? pieces[next_random((uint32_t)COUNT_OF(pieces))] : byte;
        if (length + strlen(piece) >= LONGEST)
            break;
        strcpy(text + length, piece);
        length += strlen(piece);
    }
    text[length] = '\0';
}

static Query *add_equal(const char *text)
{
    Query *q = session_query(s, User);
    query_where(q, User, name, "=", text);
    return q;
}
static Query *add_pattern(const char *text)
{
    Query *q = session_query(s, Post);
    query_where(q, Post, slug, "LIKE", text);
    query_where(q, Post, title, "CONTAINS", text);
    query_where(q, Post, title, "ISTARTS WITH", text);
    return q;
}
static Query *add_list(const char *text)
{
    const char *items[] = {text, text};
    Query *q = session_query(s, Post);
    query_where(q, Post, slug, "IN", ((TextArray){items, NULL, 2}));
    query_where(q, Post, words, "&&", ((TextArray){items, NULL, 2}));
    query_where(q, Post, words, "ANY", text);
    query_where(q, Post, meta, "?|", ((TextArray){items, NULL, 2}));
    return q;
}
static Query *add_json(const char *text)
{
    Query *q = session_query(s, Post);
    query_where_json(q, Post, meta, JSON_PATH(text, "a", text), "=", text);
    query_where(q, Post, meta, "?", text);
    return q;
}
static Query *add_json_value(const char *text)
{
    Query *q = session_query(s, Post);
    query_where(q, Post, meta, "@>", ((PgJson){text}));
    return q;
}
static Query *add_json_path(const char *text)
{
    Query *q = session_query(s, Post);
    query_where(q, Post, meta, "@?", text);
    return q;
}
static Query *add_search(const char *text)
{
    Query *q = session_query(s, Post);
    query_where_search(q, Post, body, "english", text);
    query_order_by_search(q, Post, body, "english", text);
    return q;
}
static Query *add_configuration(const char *text)
{
    Query *q = session_query(s, Post);
    query_where_search(q, Post, body, text, "x");
    return q;
}
static Query *add_cast(const char *text)
{
    Query *q = session_query(s, Company);
    query_where(q, Company, network, "=", text);
    return q;
}
static Query *add_having(const char *text)
{
    Query *q = session_query(s, User);
    query_group_by(q, User, id);
    query_having(q, AGGREGATE_MAX, User, name, "~", text);
    return q;
}
/* These are no values: what is none of the names that there are must be refused. */
static Query *add_operator(const char *text)
{
    Query *q = session_query(s, User);
    query_where(q, User, name, text, "x");
    return q;
}
static Query *add_path(const char *text)
{
    Query *q = session_query(s, Post);
    query_at(q, text);
    return q;
}

static const struct surface {
    Query *(*add)(const char *text);
    bool value;
} surfaces[] = {
    {add_equal, true},      {add_pattern, true},   {add_list, true},      {add_json, true},
    {add_json_value, true}, {add_json_path, true}, {add_search, true},    {add_configuration, true},
    {add_cast, true},       {add_having, true},    {add_operator, false}, {add_path, false},
};

/* Whether the query is refused, or has the text that a harmless one has. */
static void check_shape(const struct surface *surface, const char *text)
{
    const char *harmless = surface->value ? query_sql(surface->add("1")) : NULL;
    Query *q = surface->add(text);
    const char *sql = query_sql(q);
    if (!sql) {
        ck_assert_int_eq(session_error(s)->status, STATUS_INVALID);
        session_clear_error(s);
        return;
    }
    if (surface->value)
        ck_assert_ptr_eq(sql, harmless); /* the same text, not one like it */
    else
        ck_assert_ptr_null(strstr(sql, "DROP"));
}

static void run_it(const struct surface *surface, const char *text)
{
    query_has_rows(surface->add(text));
    const Error *error = session_error(s);
    ck_assert_msg(!error || strncmp(error->sqlstate, "42601", 5) != 0, "%s", error_text(error));
    session_clear_error(s);
}

START_TEST(test_query_hostile__every_surface)
{
    enum { USUAL = 6000, RUN_EACH = 40, CLEAR_EACH = 500 };
    const char *wanted = getenv("HOWDAH_HOSTILE");
    long count = wanted ? atol(wanted) : USUAL;
    char text[LONGEST];
    for (long i = 0; i < count; i++) {
        const struct surface *surface = &surfaces[(size_t)i % COUNT_OF(surfaces)];
        make_hostile(text);
        check_shape(surface, text);
        if (i % RUN_EACH == 0)
            run_it(surface, text);
        if (i % CLEAR_EACH == 0)
            session_clear(s);
    }
    live_check("4", "SELECT count(*) FROM users");
}
END_TEST

/* Cursors of anybody's making. */
START_TEST(test_query_hostile__cursors)
{
    char text[LONGEST];
    QueryPage page;
    cost_start();
    for (int i = 0; i < 2000; i++) {
        make_hostile(text);
        ck_assert_int_eq(query_page(session_query(s, User), User, text, 2, &page), STATUS_INVALID);
        session_clear_error(s);
    }
    check_cost(0, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, 3600);
    tcase_add_test(tests, test_query_hostile__every_surface);
    tcase_add_test(tests, test_query_hostile__cursors);
}

int main(void)
{
    return scene_main("query_hostile", query_setup, scene_close, add_tests);
}
