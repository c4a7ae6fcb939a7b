/* Columns of types that C does not have: each operator either runs on the server or is refused when it is built. */
#include "api/scene.h"

typedef struct Odd {
    int64_t id;
    const char *address;
    const char *network;
    const char *card;
    const char *token;
    const char *span;
    const char *days;
    const char *price;
    const char *bits;
    const char *words;
    const char *mail;
    const char *mood;
    const char *page;
    const char *place;
    const char *raw;
    const char *meta;
    const char *addresses;
    const char *moods;
    TextArray hosts;
    TextArray states;
    TextArray labels;
    TextArray places;
    char color[8];
} Odd;

/* clang-format off */
MODEL(Odd, "odds",
    COLUMN(Odd, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Odd, address,   .sql_type = "inet"),
    COLUMN(Odd, network,   .sql_type = "pg_catalog.cidr"),
    COLUMN(Odd, card,      .sql_type = "macaddr"),
    COLUMN(Odd, token,     .sql_type = "uuid"),
    COLUMN(Odd, span,      .sql_type = "int4range"),
    COLUMN(Odd, days,      .sql_type = "datemultirange"),
    COLUMN(Odd, price,     .sql_type = "money"),
    COLUMN(Odd, bits,      .sql_type = "bit varying(8)"),
    COLUMN(Odd, words,     .sql_type = "tsvector"),
    COLUMN(Odd, mail,      .sql_type = "public.email"),
    COLUMN(Odd, mood,      .sql_type = "public.mood"),
    COLUMN(Odd, page,      .sql_type = "xml", .nullable = true),
    COLUMN(Odd, place,     .sql_type = "point"),
    COLUMN(Odd, raw,       .sql_type = "json"),
    COLUMN(Odd, meta,      .sql_type = "jsonb"),
    COLUMN(Odd, addresses, .sql_type = "inet[]"),
    COLUMN(Odd, moods,     .sql_type = "public.mood[]"),
    COLUMN(Odd, hosts,     .sql_type = "inet[]"),
    COLUMN(Odd, states,    .sql_type = "public.mood[]"),
    COLUMN(Odd, labels,    .sql_type = "varchar(20)[]"),
    COLUMN(Odd, places,    .sql_type = "point[]"),
    COLUMN(Odd, color,     .sql_type = "public.mood"));
/* clang-format on */

static void setup(void)
{
    scene_wipe();
    live_sql("CREATE TYPE mood AS ENUM ('calm', 'wild'); CREATE DOMAIN email AS text CHECK (value LIKE '%%@%%')");
    db = scene_database(NULL, MODELS(Odd), DATABASE_OPTIONS(.on_statement = seen_add));
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    live_sql(
        "INSERT INTO odds (address, network, card, token, span, days, price, bits, words, mail, mood, place, raw, meta,"
        " addresses, moods, hosts, states, labels, places, color) VALUES ('10.0.0.1', '10.0.0.0/8',"
        " '08:00:2b:01:02:03', '00000000-0000-7000-8000-000000000001', '[1,5)', '{[2026-01-01,2026-02-01)}', '7',"
        " '101', 'fox:1', 'a@b.c', 'calm', '(1,2)', '{\"k\": 1}', '{\"k\": 1}', '{10.0.0.1,10.0.0.2}', '{calm,wild}',"
        " '{10.0.0.1}', '{wild}', '{a,b}', '{\"(1,2)\"}', 'wild')");
    s = session_open(db);
    seen_clear();
    cost_start();
}

/* Each field with a value of its type, and one of its items if it is an array. */
#define FIELD(field, text, one) \
    { \
        .name = #field, .offset = offsetof(Odd, field), .value = (text), .item = (one) \
    }
static const struct {
    const char *name;
    size_t offset;
    const char *value, *item;
} fields[] = {
    FIELD(address, "10.0.0.1", NULL),
    FIELD(network, "10.0.0.0/8", NULL),
    FIELD(card, "08:00:2b:01:02:03", NULL),
    FIELD(token, "00000000-0000-7000-8000-000000000001", NULL),
    FIELD(span, "[1,5)", NULL),
    FIELD(days, "{[2026-01-01,2026-02-01)}", NULL),
    FIELD(price, "7", NULL),
    FIELD(bits, "101", NULL),
    FIELD(words, "fox:1", NULL),
    FIELD(mail, "a@b.c", NULL),
    FIELD(mood, "calm", NULL),
    FIELD(page, "<a/>", NULL),
    FIELD(place, "(1,2)", NULL),
    FIELD(raw, "{\"k\": 1}", NULL),
    FIELD(meta, "{\"k\": 1}", NULL),
    FIELD(addresses, "{10.0.0.1,10.0.0.2}", "10.0.0.2"),
    FIELD(moods, "{calm,wild}", "wild"),
    FIELD(hosts, NULL, "10.0.0.1"),
    FIELD(states, NULL, "wild"),
    FIELD(labels, NULL, "b"),
    FIELD(places, NULL, "(1,2)"),
    FIELD(color, "wild", NULL),
};

enum { AS_VALUE, AS_LIST, AS_ITEM, AS_PATTERN, AS_NAME, AS_NAMES, AS_PATH };

static const struct {
    const char *name;
    int takes;
} operators[] = {
    {"=", AS_VALUE},          {"<>", AS_VALUE},
    {"<", AS_VALUE},          {">=", AS_VALUE},
    {"IN", AS_LIST},          {"NOT IN", AS_LIST},
    {"LIKE", AS_PATTERN},     {"NOT ILIKE", AS_PATTERN},
    {"CONTAINS", AS_PATTERN}, {"ISTARTS WITH", AS_PATTERN},
    {"~", AS_PATTERN},        {"!~*", AS_PATTERN},
    {"@>", AS_VALUE},         {"<@", AS_VALUE},
    {"&&", AS_VALUE},         {"ANY", AS_ITEM},
    {"?", AS_NAME},           {"?|", AS_NAMES},
    {"@?", AS_PATH},          {"IS DISTINCT FROM", AS_VALUE},
};

/* What the server alone can know of the types that programs define. */
static bool only_the_server_knows(const char *field, const char *op)
{
    static const char *const nested[] = {"@>", "<@", "&&", "?", "?|", "@?", NULL};
    size_t i = 0;
    while (nested[i] && strcmp(nested[i], op) != 0)
        i++;
    return nested[i] && (strcmp(field, "mail") == 0 || strcmp(field, "mood") == 0 || strcmp(field, "color") == 0);
}

static Value value_for(size_t field, int takes)
{
    const char *text = takes == AS_ITEM      ? fields[field].item
                       : takes == AS_PATTERN ? "1"
                       : takes == AS_NAME    ? "k"
                       : takes == AS_PATH    ? "$.k"
                                             : fields[field].value;
    if (takes == AS_NAMES)
        text = "k";
    if (takes == AS_VALUE && !text) { /* a C array */
        const char **items = session_copy(s, &fields[field].item, sizeof(*items));
        return VALUE(((TextArray){items, NULL, 1}));
    }
    if (takes != AS_LIST && takes != AS_NAMES)
        return VALUE(text ? text : "x");
    const char **items = session_copy(s, &text, sizeof(text));
    return VALUE(((TextArray){items, NULL, text ? 1 : 0}));
}

START_TEST(test_query_types__no_operator_fails_on_the_server)
{
    size_t ran = 0, refused = 0;
    for (size_t f = 0; f < COUNT_OF(fields); f++) {
        for (size_t o = 0; o < COUNT_OF(operators); o++) {
            if (only_the_server_knows(fields[f].name, operators[o].name))
                continue;
            Query *q = session_query(s, Odd);
            howdah_query_where_field(q, &Odd_model, fields[f].offset, operators[o].name,
                                     value_for(f, operators[o].takes));
            query_count(q);
            const Error *error = session_error(s);
            ck_assert_msg(!error || (error->status == STATUS_INVALID && strcmp(error->field, fields[f].name) == 0),
                          "%s %s: %s", fields[f].name, operators[o].name, error_text(error));
            ran += !error;
            refused += error != NULL;
            session_clear_error(s);
        }
        Query *q = session_query(s, Odd);
        howdah_query_order_by_field(q, &Odd_model, fields[f].offset, ORDER_ASC);
        query_all(q, Odd, NULL);
        ck_assert_msg(!session_error(s) || session_error(s)->status == STATUS_INVALID, "%s: %s", fields[f].name,
                      error_text(session_error(s)));
        session_clear_error(s);
    }
    ck_assert_uint_gt(ran, refused);
}
END_TEST

#define check_found(field, op, value, expected) \
    do { \
        Query *q_ = session_query(s, Odd); \
        query_where(q_, Odd, field, op, value); \
        ck_assert_uint_eq(query_count(q_), 1); \
        check_no_error(); \
        const char *where_ = strstr(query_sql(q_), " WHERE "); \
        ck_assert_str_eq(where_ + 7, expected); \
    } while (0)

START_TEST(test_query_types__text_of_other_types)
{
    check_found(address, "LIKE", "10.0.0.1", "pg_catalog.abbrev(t0.\"address\") LIKE $1"); /* without its netmask */
    check_found(network, "STARTS WITH", "10.", "t0.\"network\"::text LIKE $1");
    check_found(mood, "~", "^ca", "t0.\"mood\"::text ~ $1");
    check_found(mail, "ENDS WITH", ".c", "t0.\"mail\"::text LIKE $1"); /* a pattern need not fit the domain */
    check_found(color, "ICONTAINS", "WIL", "t0.\"color\"::text ILIKE $1");
    check_found(place, "CONTAINS", "1,2", "t0.\"place\"::text LIKE $1");
}
END_TEST

START_TEST(test_query_types__items_of_arrays)
{
    check_found(addresses, "ANY", "10.0.0.2", "$1::inet = ANY (t0.\"addresses\")");
    check_found(addresses, "@>", "{10.0.0.2}", "t0.\"addresses\" @> $1::inet[]");
    check_found(hosts, "ANY", "10.0.0.1", "$1::inet = ANY (t0.\"hosts\")");
    check_found(moods, "ANY", "calm", "$1::public.mood = ANY (t0.\"moods\")");
    check_found(states, "ANY", "wild", "$1::public.mood = ANY (t0.\"states\")");
    check_found(labels, "ANY", "a", "$1::varchar = ANY (t0.\"labels\")");
}
END_TEST

START_TEST(test_query_types__null_of_any_type)
{
    check_found(page, "=", NULL, "t0.\"page\" IS NULL");
    check_found(raw, "<>", NULL, "t0.\"raw\" IS NOT NULL");
    check_found(place, "IS DISTINCT FROM", NULL, "t0.\"place\" IS NOT NULL");
}
END_TEST

#define check_refused(call, expected) \
    do { \
        Query *q = session_query(s, Odd); \
        call; \
        ck_assert_ptr_null(query_all(q, Odd, NULL)); \
        check_error(s, STATUS_INVALID); \
        ck_assert_str_eq(session_error(s)->message, expected); \
        session_clear_error(s); \
    } while (0)

START_TEST(test_query_types__refusals)
{
    const char *items[] = {"{10.0.0.1}"};
    check_refused(
        query_where(q, Odd, address, "@>", "10.0.0.1"),
        "Odd.address is inet: @> is for jsonb, arrays and ranges; use =, <>, !=, <, <=, >, >=, IN, NOT IN, LIKE,"
        " ILIKE, NOT LIKE, NOT ILIKE, CONTAINS, STARTS WITH, ENDS WITH, ICONTAINS, ISTARTS WITH, IENDS WITH, ~,"
        " ~*, !~, !~*, IS DISTINCT FROM, &&");
    check_refused(
        query_where(q, Odd, addresses, "IN", ((TextArray){items, NULL, 1})),
        "Odd.addresses is inet[]: IN is for single values; use =, <>, !=, <, <=, >, >=, LIKE, ILIKE, NOT LIKE,"
        " NOT ILIKE, CONTAINS, STARTS WITH, ENDS WITH, ICONTAINS, ISTARTS WITH, IENDS WITH, ~, ~*, !~, !~*,"
        " IS DISTINCT FROM, @>, <@, &&, ANY");
    check_refused(query_order_by(q, Odd, raw, ORDER_ASC), "Odd.raw is json, which has no order and no equality");
    check_refused(query_group_by(q, Odd, page), "Odd.page is xml, which has no order and no equality");
    check_refused(query_having(q, AGGREGATE_COUNT_DISTINCT, Odd, place, ">", 1),
                  "Odd.place is point, which has no order and no equality");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_query_types__no_operator_fails_on_the_server);
    tcase_add_test(tests, test_query_types__text_of_other_types);
    tcase_add_test(tests, test_query_types__items_of_arrays);
    tcase_add_test(tests, test_query_types__null_of_any_type);
    tcase_add_test(tests, test_query_types__refusals);
}

int main(void)
{
    return scene_main("query_types", setup, scene_close, add_tests);
}
