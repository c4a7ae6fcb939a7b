/* The exact statements of what sessions do. Whoever changes a text here asks first what the server's planner makes of it,
 * and whether it still does not depend on the number of rows. */
#include "api/scene.h"
#include "api/works_models.h"

static void setup(void)
{
    scene_open(WORKS);
}

/* What ran since the last look, in order; NULL ends the list. */
static void check_ran(const char *const *expected)
{
    size_t count = 0;
    while (expected[count])
        count++;
    for (size_t i = 0; i < count && i < seen.count; i++)
        ck_assert_str_eq(seen.statements[i].sql, expected[i]);
    ck_assert_uint_eq(seen.count, count);
    seen_clear();
}
#define RAN(...) check_ran((const char *const[]){__VA_ARGS__, NULL})

/* The rows of arrays, by their number of columns; with their own number where the server makes keys for them. */
#define UNNEST2           "pg_catalog.unnest(a.c1), pg_catalog.unnest(a.c2)"
#define UNNEST3           UNNEST2 ", pg_catalog.unnest(a.c3)"
#define UNNEST5           UNNEST3 ", pg_catalog.unnest(a.c4), pg_catalog.unnest(a.c5)"
#define NAMES2            "c1, c2"
#define NAMES3            NAMES2 ", c3"
#define NAMES5            NAMES3 ", c4, c5"
#define NUMBER            ", pg_catalog.generate_subscripts(a.c1, 1)"
#define IN(n, arrays)     " FROM (SELECT " arrays " OFFSET 0) AS a(" NAMES##n ")) AS u(" NAMES##n
#define ROWS2(arrays)     "(SELECT " UNNEST2 IN(2, arrays) ")"
#define ROWS3(arrays)     "(SELECT " UNNEST3 IN(3, arrays) ")"
#define NUMBERED2(arrays) "(SELECT " UNNEST2 NUMBER IN(2, arrays) ", ord)"
#define NUMBERED5(arrays) "(SELECT " UNNEST5 NUMBER IN(5, arrays) ", ord)"
/* What the planner is told of them. */
#define EACH              "(u.c1 IS NULL) BETWEEN false AND true AND "
#define BEGIN             "BEGIN"
#define COMMIT            "COMMIT"
#define TRANSACTION       "SELECT pg_catalog.pg_current_xact_id()"
#define DRAWN_KEYS \
    " FROM (SELECT ARRAY(SELECT pg_catalog.nextval(" \
    "(SELECT coalesce(pg_catalog.pg_get_serial_sequence($2, $3), '')::pg_catalog.regclass)) " \
    "FROM pg_catalog.generate_series(1, (SELECT $4))) AS keys OFFSET 0) AS k"
#define DRAW    "SELECT k.keys, pg_catalog.set_config($1, k.keys::pg_catalog.text, true) IS NULL" DRAWN_KEYS
/* where nothing comes back of the rows: a trigger that changes their keys must not go unseen */
#define IS_SUCH "(g.tgtype & 7) = 7 AND g.tgenabled <> 'D'"
#define DRAW_SURE \
    "SELECT k.keys, CASE WHEN (EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = $2::pg_catalog.regclass AND " IS_SUCH \
    ") OR ((SELECT c.relkind = 'p' FROM pg_catalog.pg_class AS c WHERE c.oid = $2::pg_catalog.regclass) AND " \
    "EXISTS (SELECT FROM pg_catalog.pg_partition_tree($2::pg_catalog.regclass) AS p JOIN pg_catalog.pg_trigger " \
    "AS g ON g.tgrelid = p.relid WHERE " IS_SUCH "))) THEN " \
    "pg_catalog.current_setting('howdah.keys_of_triggers') IS NULL ELSE " \
    "pg_catalog.set_config($1, k.keys::pg_catalog.text, true) IS NULL END" DRAWN_KEYS
#define GATHER \
    "SELECT pg_catalog.set_config($1, ARRAY(SELECT coalesce((ARRAY(SELECT k.key FROM pg_catalog.unnest($2) WITH ORDINALITY AS " \
    "n(name, ord), pg_catalog.unnest(pg_catalog.current_setting(n.name)::pg_catalog.int8[]) WITH ORDINALITY AS k(key, ord) " \
    "ORDER BY n.ord, k.ord))[r.place], r.value) FROM unnest($3, $4) WITH ORDINALITY AS r(place, value, ord) " \
    "ORDER BY r.ord)::pg_catalog.text, true) IS NULL"

/* --- reading --- */

START_TEST(test_session_sql__find)
{
    size_t count;
    session_find(s, Maker, 1);
    session_find(s, Seat, "a", 1);
    session_find_by(s, Maker, name, "b");
    RAN("SELECT ROW(t.\"id\", t.\"name\", t.\"grade\", t.\"made_at\") FROM \"public\".\"makers\" AS t WHERE t.\"id\" = $1",
        "SELECT ROW(t.\"room\", t.\"number\", t.\"guest\") FROM \"public\".\"seats\" AS t"
        " WHERE t.\"room\" = $1 AND t.\"number\" = $2",
        "SELECT ROW(t.\"id\", t.\"name\", t.\"grade\", t.\"made_at\") FROM \"public\".\"makers\" AS t WHERE t.\"name\" = $1");
    session_find_many(s, Maker, ((const Value[]){VALUE(1), VALUE(2)}), 2);
    RAN("SELECT t.\"id\", t.\"name\", t.\"grade\", t.\"made_at\" FROM \"public\".\"makers\" AS t"
        " WHERE t.\"id\" = ANY ((SELECT $1::bigint[])::bigint[])");
    session_find_many(s, Seat, ((const Value[]){VALUE("a"), VALUE(2)}), 1);
    RAN("SELECT t.\"room\", t.\"number\", t.\"guest\", u.ord FROM " NUMBERED2(
        "$1::text[], $2::smallint[]") " JOIN \"public\".\"seats\" AS t ON " EACH
                                      "t.\"room\" = u.c1 AND t.\"number\" = u.c2");
    Query *q = session_query(s, Maker);
    query_where(q, Maker, grade, ">", 1);
    query_where(q, Maker, name, "<>", NULL);
    query_order_by(q, Maker, name, ORDER_DESC);
    query_order_by(q, Maker, id, ORDER_ASC);
    query_limit(q, 2);
    query_all(q, Maker, &count);
    RAN("SELECT t0.\"id\", t0.\"name\", t0.\"grade\", t0.\"made_at\" FROM \"public\".\"makers\" AS t0"
        " WHERE t0.\"grade\" > $1 AND t0.\"name\" IS NOT NULL ORDER BY t0.\"name\" DESC, t0.\"id\" LIMIT $2");
}
END_TEST

START_TEST(test_session_sql__read_in_a_transaction)
{
    check_ok(
        session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE, .read_only = true, .deferrable = true)));
    session_find(s, Word, "a");
    check_ok(session_commit(s));
    RAN("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
        "SELECT ROW(t.\"word\", t.\"count\") FROM \"public\".\"words\" AS t WHERE t.\"word\" = $1", COMMIT);
}
END_TEST

/* --- one row --- */

START_TEST(test_session_sql__one_row)
{
    Maker *maker = session_add(s, Maker, .name = "a");
    check_ok(session_commit(s));
    RAN("INSERT INTO \"public\".\"makers\" (\"name\", \"grade\") SELECT u.c1, u.c2 FROM " ROWS2(
        "$1::text[], $2::integer[]") " RETURNING \"id\", \"made_at\"");
    maker->name = "b";
    check_ok(session_commit(s));
    RAN("UPDATE \"public\".\"makers\" AS t SET \"name\" = u.c2 FROM " ROWS2(
        "$1::bigint[], $2::text[]") " WHERE " EACH "t.\"id\" = u.c1 RETURNING t.\"id\", t.\"made_at\"");
    session_delete(s, maker);
    check_ok(session_commit(s));
    RAN("DELETE FROM \"public\".\"makers\" AS t WHERE t.\"id\" = ANY ((SELECT $1::bigint[])::bigint[])");
}
END_TEST

START_TEST(test_session_sql__version)
{
    live_sql("INSERT INTO makers (name) VALUES ('m')");
    Item *item = session_add(s, Item, .code = "c", .title = "t", .maker_id = 1);
    check_ok(session_commit(s));
    seen_clear();
    item->title = "u";
    check_ok(session_commit(s));
    RAN("UPDATE \"public\".\"items\" AS t SET \"title\" = u.c3, \"version\" = t.\"version\" + 1 FROM " ROWS3(
        "$1::bigint[], $2::integer[], $3::text[]") " WHERE " EACH "t.\"id\" = u.c1 AND t.\"version\" = u.c2");
    session_delete(s, item);
    check_ok(session_commit(s));
    RAN("DELETE FROM \"public\".\"items\" AS t USING " ROWS2(
        "$1::bigint[], $2::integer[]") " WHERE " EACH "t.\"id\" = u.c1 AND t.\"version\" = u.c2");
}
END_TEST

START_TEST(test_session_sql__composite_key)
{
    Seat *seat = session_add(s, Seat, .room = "r", .number = 1);
    check_ok(session_commit(s));
    RAN("INSERT INTO \"public\".\"seats\" (\"room\", \"number\", \"guest\") SELECT u.c1, u.c2, u.c3 FROM " ROWS3(
        "$1::text[], $2::smallint[], $3::text[]"));
    seat->guest = "g";
    check_ok(session_commit(s));
    RAN("UPDATE \"public\".\"seats\" AS t SET \"guest\" = u.c3 FROM " ROWS3(
        "$1::text[], $2::smallint[], $3::text[]") " WHERE " EACH "t.\"room\" = u.c1 AND t.\"number\" = u.c2");
    session_delete(s, seat);
    check_ok(session_commit(s));
    RAN("DELETE FROM \"public\".\"seats\" AS t USING " ROWS2(
        "$1::text[], $2::smallint[]") " WHERE " EACH "t.\"room\" = u.c1 AND t.\"number\" = u.c2");
}
END_TEST

/* --- graphs --- */

#define INSERT_MAKERS \
    "INSERT INTO \"public\".\"makers\" (\"id\", \"name\", \"grade\") OVERRIDING SYSTEM VALUE SELECT u.c1, u.c2, u.c3" \
    " FROM " ROWS3( \
        "pg_catalog.current_setting($1)::bigint[], $2::text[], $3::integer[]") " RETURNING \"id\", \"made_at\""

/* Keys of the parents first; then these; then children, which find the keys by name, and whose own come back. */
START_TEST(test_session_sql__parents_and_children)
{
    Maker *maker = session_add(s, Maker, .name = "m");
    Node *node = session_add(s, Node, .label = "n");
    session_add(s, Item, .code = "a", .title = "", .maker = maker);
    session_add(s, Item, .code = "b", .title = "", .maker = maker);
    session_delete(s, node);
    check_ok(session_commit(s));
    RAN(BEGIN, TRANSACTION, DRAW, INSERT_MAKERS, GATHER,
        "INSERT INTO \"public\".\"items\" (\"maker_id\", \"code\", \"title\", \"price\", \"version\")"
        " SELECT u.c1, u.c2, u.c3, u.c4, u.c5 FROM " NUMBERED5(
            "pg_catalog.current_setting($1)::bigint[], $2::varchar[], $3::text[], $4::numeric[], $5::integer[]") " ORDER BY u.ord RETURNING \"id\", \"note\"",
        COMMIT);
}
END_TEST

#define INSERT_NODES \
    "INSERT INTO \"public\".\"nodes\" (\"parent_id\", \"label\") SELECT u.c1, u.c2 FROM " NUMBERED2( \
        "$1::bigint[], $2::text[]") " ORDER BY u.ord RETURNING \"id\""
#define KEY "w.\"id\"::pg_catalog.int8"

/* Keys that nobody waits for come back as a list; where COMMIT is on its way, their order is looked at before. */
START_TEST(test_session_sql__keys_come_back)
{
    Database *fenced = scene_database(NULL, WORKS, DATABASE_OPTIONS(.fence = true, .on_statement = seen_add));
    check_ok(database_create_tables(fenced));
    session_add(s, Node, .label = "a");
    session_add(s, Node, .label = "b");
    seen_clear();
    check_ok(session_commit(s));
    RAN(BEGIN, TRANSACTION, "WITH w AS (" INSERT_NODES ") SELECT pg_catalog.array_agg(" KEY ") FROM w", COMMIT);
    session_close(s);
    s = session_open(fenced);
    session_add(s, Node, .label = "c");
    session_add(s, Node, .label = "d");
    check_ok(session_commit(s));
    RAN(BEGIN,
        "INSERT INTO \"public\".\"howdah_commits\" (id, fenced) SELECT $1, pg_catalog.pg_advisory_xact_lock($2) IS NULL",
        "WITH w AS (" INSERT_NODES ") SELECT pg_catalog.array_agg(" KEY "), CASE WHEN pg_catalog.count(*) = $3 AND"
        " pg_catalog.array_agg(" KEY ") IN (pg_catalog.array_agg(" KEY " ORDER BY w.\"id\"), pg_catalog.array_agg(" KEY
        " ORDER BY w.\"id\" DESC)) THEN 1 ELSE pg_catalog.length(pg_catalog.current_setting('howdah.found_' ||"
        " pg_catalog.count(*))) END AS n FROM w",
        COMMIT);
    database_close(fenced); /* and its session */
    s = session_open(db);
}
END_TEST

/* A tree is one statement. */
START_TEST(test_session_sql__tree)
{
    Node *root = session_add(s, Node, .label = "r"), *child = session_add(s, Node, .label = "c", .parent = root);
    session_add(s, Node, .label = "l", .parent = child);
    check_ok(session_commit(s));
    RAN(BEGIN, TRANSACTION, DRAW_SURE, GATHER,
        "INSERT INTO \"public\".\"nodes\" (\"id\", \"parent_id\", \"label\") OVERRIDING SYSTEM VALUE"
        " SELECT u.c1, u.c2, u.c3 FROM " ROWS3(
            "pg_catalog.current_setting($1)::bigint[], pg_catalog.current_setting($2)::bigint[], $3::text[]"),
        COMMIT);
}
END_TEST

START_TEST(test_session_sql__reparent)
{
    live_sql("INSERT INTO makers (name) VALUES ('old'); INSERT INTO items (maker_id, code, title, version)"
             " VALUES (1, 'c', '', 1)");
    Maker *old = session_find(s, Maker, 1);
    session_find(s, Item, 1)->maker = session_add(s, Maker, .name = "new");
    session_delete(s, old);
    seen_clear();
    check_ok(session_commit(s));
    RAN(BEGIN, TRANSACTION, DRAW, INSERT_MAKERS, GATHER,
        "UPDATE \"public\".\"items\" AS t SET \"maker_id\" = u.c3, \"version\" = t.\"version\" + 1 FROM " ROWS3(
            "$1::bigint[], $2::integer[], pg_catalog.current_setting($3)::bigint[]") " WHERE " EACH
                                                                                     "t.\"id\" = u.c1 AND t.\"version\" = u.c2",
        "DELETE FROM \"public\".\"makers\" AS t WHERE t.\"id\" = ANY ((SELECT $1::bigint[])::bigint[])", COMMIT);
}
END_TEST

/* Children before parents; deletes of one table are one statement. */
START_TEST(test_session_sql__delete_all)
{
    live_sql("INSERT INTO makers (name) VALUES ('m'); INSERT INTO items (maker_id, code, title, version)"
             " VALUES (1, 'a', '', 1), (1, 'b', '', 1)");
    session_delete(s, session_find(s, Maker, 1));
    session_delete(s, session_find(s, Item, 2));
    session_delete(s, session_find(s, Item, 1));
    seen_clear();
    check_ok(session_commit(s));
    RAN(BEGIN, TRANSACTION,
        "DELETE FROM \"public\".\"items\" AS t USING " ROWS2(
            "$1::bigint[], $2::integer[]") " WHERE " EACH "t.\"id\" = u.c1 AND t.\"version\" = u.c2",
        "DELETE FROM \"public\".\"makers\" AS t WHERE t.\"id\" = ANY ((SELECT $1::bigint[])::bigint[])", COMMIT);
}
END_TEST

/* Rows with the same columns are one statement, others another. */
START_TEST(test_session_sql__one_statement_for_each_set_of_columns)
{
    live_sql("INSERT INTO makers (name) SELECT 'm' || n FROM generate_series(1, 6) n");
    for (int i = 1; i <= 6; i++) {
        Maker *maker = session_find(s, Maker, i);
        if (i % 2)
            maker->name = session_text(s, "n%d", i);
        if (i % 3 == 0)
            maker->grade = (NullInt32){1, true};
    }
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2 FROM"), 1);                   /* 1, 5 */
    ck_assert_uint_eq(seen_with("SET \"grade\" = u.c2 FROM"), 1);                  /* 6 */
    ck_assert_uint_eq(seen_with("SET \"name\" = u.c2, \"grade\" = u.c3 FROM"), 1); /* 3 */
    ck_assert_uint_eq(seen_with("UPDATE"), 3);
}
END_TEST

/* RETURNING only what was not given. */
START_TEST(test_session_sql__returning)
{
    live_sql("INSERT INTO makers (name) VALUES ('m')");
    session_add(s, Item, .id = 7, .code = "a", .title = "", .note = "given", .maker_id = 1);
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("RETURNING"), 0);
    seen_clear();
    session_add(s, Item, .id = 8, .code = "b", .title = "", .maker_id = 1);
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("RETURNING \"id\", \"note\""), 1);
    seen_clear();
    session_add(s, Word, .word = "w"); /* nothing is made by the server */
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("RETURNING"), 0);
    ck_assert_uint_eq(seen.count, 1);
}
END_TEST

/* Flushes share the program's transaction. */
START_TEST(test_session_sql__flushes)
{
    check_ok(session_begin(s, NULL));
    session_add(s, Word, .word = "a");
    check_ok(session_flush(s));
    session_add(s, Word, .word = "b");
    check_ok(session_flush(s));
    check_ok(session_commit(s));
    const char *insert = "INSERT INTO \"public\".\"words\" (\"word\", \"count\") SELECT u.c1, u.c2 FROM " ROWS2(
        "$1::text[], $2::bigint[]");
    RAN(BEGIN, TRANSACTION, insert, insert, COMMIT);
    check_ok(session_begin(s, NULL));
    session_add(s, Word, .word = "c");
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    RAN(BEGIN, TRANSACTION, insert, "ROLLBACK");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_session_sql__find);
    tcase_add_test(tests, test_session_sql__read_in_a_transaction);
    tcase_add_test(tests, test_session_sql__one_row);
    tcase_add_test(tests, test_session_sql__version);
    tcase_add_test(tests, test_session_sql__composite_key);
    tcase_add_test(tests, test_session_sql__parents_and_children);
    tcase_add_test(tests, test_session_sql__keys_come_back);
    tcase_add_test(tests, test_session_sql__tree);
    tcase_add_test(tests, test_session_sql__reparent);
    tcase_add_test(tests, test_session_sql__delete_all);
    tcase_add_test(tests, test_session_sql__one_statement_for_each_set_of_columns);
    tcase_add_test(tests, test_session_sql__returning);
    tcase_add_test(tests, test_session_sql__flushes);
}

int main(void)
{
    return scene_main("session_sql", setup, scene_close, add_tests);
}
