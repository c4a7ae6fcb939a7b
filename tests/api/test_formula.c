/* Values that the server computes: session_set_sql. */
#include "api/scene.h"

typedef struct Counter Counter;
typedef struct Entry Entry;

struct Counter {
    int64_t id;
    const char *name;
    int64_t total;
    NullInt32 place; /* unique */
    PgTimestamp seen_at;
    int32_t version;
    MANY(Entry) entries;
};

struct Entry {
    int64_t id;
    NullInt64 counter_id;
    int32_t amount;
    Counter *counter;
};

/* Columns that are called as the parts of generated statements are. */
typedef struct Odd {
    int32_t c1;
    int32_t u;
    int32_t ord;
    NullInt32 t;
    NullInt32 howdah;
} Odd;

typedef struct Word { /* a natural key, that others follow */
    const char *word;
    int32_t length;
} Word;

typedef struct Use {
    int32_t id;
    const char *word;
} Use;

typedef struct Many { /* of each kind of value */
    int32_t id;
    const char *text;
    char code[8];
    NullDouble ratio;
    PgNumeric amount;
    PgJson data;
    Int64Array sizes;
    NullUuid token;
    PgDate day;
    bool flag;
    int16_t small;
} Many;

/* clang-format off */
extern const Model Counter_model;

MODEL(Entry, "entries",
    COLUMN(Entry, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Entry, counter_id, .references = &Counter_model),
    COLUMN(Entry, amount,     .check = "amount <> 13"),
    BELONGS_TO(Entry, counter, Counter, counter_id));

MODEL(Counter, "counters",
    COLUMN(Counter, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Counter, name,    .unique = true),
    COLUMN(Counter, total),
    COLUMN(Counter, place,   .unique = true),
    COLUMN(Counter, seen_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Counter, version, .version = true),
    HAS_MANY(Counter, entries, Entry, counter_id));

MODEL(Odd, "odds",
    COLUMN(Odd, c1, .primary_key = true), COLUMN(Odd, u), COLUMN(Odd, ord), COLUMN(Odd, t),
    COLUMN(Odd, howdah, .column = "howdah_1"));

MODEL(Word, "words", COLUMN(Word, word, .primary_key = true), COLUMN(Word, length));

MODEL(Use, "uses",
    COLUMN(Use, id, .primary_key = true),
    COLUMN(Use, word, .references = &Word_model, .on_update = ON_UPDATE_CASCADE));

MODEL(Many, "manies",
    COLUMN(Many, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Many, text, .nullable = true),
    COLUMN(Many, code), COLUMN(Many, ratio), COLUMN(Many, amount, .nullable = true),
    COLUMN(Many, data, .nullable = true), COLUMN(Many, sizes, .nullable = true), COLUMN(Many, token),
    COLUMN(Many, day), COLUMN(Many, flag), COLUMN(Many, small));
/* clang-format on */

#define ALL MODELS(Counter, Entry, Odd, Word, Use, Many)

static void setup(void)
{
    scene_open(ALL);
}

static Counter *a, *b, *c;

static void given(void)
{
    live_sql(
        "INSERT INTO counters (name, total, place, version) VALUES ('a', 10, 1, 1), ('b', 20, 2, 1), ('c', 30, NULL, 1);"
        "INSERT INTO entries (counter_id, amount) VALUES (1, 1), (1, 2), (2, 3)");
    a = session_find(s, Counter, 1);
    b = session_find(s, Counter, 2);
    c = session_find(s, Counter, 3);
    cost_start();
    seen_clear();
}

/* --- one row --- */

START_TEST(test_formula__update)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + %d", 5));
    live_sql("UPDATE counters SET total = 100, version = 1 WHERE id = 1"); /* by others: nothing of it is lost */
    ck_assert(session_is_dirty(s, a));
    ck_assert_int_eq(a->total, 10);
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_str_eq(
        seen.statements[0].sql,
        "UPDATE \"public\".\"counters\" AS t SET \"total\" = (total + u.howdah_3), \"version\" = t.\"version\" + 1 "
        "FROM unnest((SELECT $1::bigint[]), (SELECT $2::integer[]), (SELECT $3::integer[])) AS "
        "u(howdah_1, howdah_2, howdah_3) WHERE t.\"id\" = u.howdah_1 AND t.\"version\" = u.howdah_2 "
        "RETURNING t.\"id\", t.\"total\", t.\"seen_at\"");
    ck_assert_int_eq(a->total, 105);
    ck_assert_int_eq(a->version, 2);
    live_check("105|2", "SELECT total, version FROM counters WHERE id = 1");
    check_nothing_to_write();
    a->total = 7; /* the snapshot is right, too */
    check_ok(session_commit(s));
    check_ok(session_rollback(s));
    ck_assert_int_eq(a->total, 7);
}
END_TEST

START_TEST(test_formula__insert)
{
    given();
    Counter *d = session_add(s, Counter, .name = "d", .total = 99);
    check_ok(session_set_sql(s, d, total, "(SELECT sum(total) FROM counters) * %d", 2));
    check_ok(session_set_sql(s, d, place, "%d + 40", 2));
    ck_assert_ptr_nonnull(strstr(plan_text(session_plan(s)), "place = $1 + 40)"));
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(d->total, 120);
    ck_assert_int_eq(d->place.value, 42);
    ck_assert_int_eq(d->id, 4);
    ck_assert_int_eq(d->version, 1);
    live_check("4|d|120|42|1", "SELECT id, name, total, place, version FROM counters WHERE name = 'd'");
    check_nothing_to_write();
}
END_TEST

/* Nothing but what the server computes; and nothing at all. */
START_TEST(test_formula__insert_of_nothing_else)
{
    live_sql("CREATE TABLE alone (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at text DEFAULT 'x')");
    typedef struct Alone {
        int64_t id;
        const char *at;
    } Alone;
    const Model Alone_model = {
        .struct_size = sizeof(Model),
        .size = sizeof(Alone),
        .alignment = _Alignof(Alone),
        .name = "Alone",
        .table = "alone",
        .fields = (const Field[]){COLUMN(Alone, id, .primary_key = true, .generated = GENERATED_IDENTITY),
                                  COLUMN(Alone, at, .nullable = true, .server_default = "'x'")},
        .field_count = 2};
    Database *other = scene_database(NULL, MODELS(Alone), NULL);
    Session *mine = session_open(other);
    Alone *rows[3];
    for (int i = 0; i < 3; i++) {
        rows[i] = session_add(mine, Alone, .id = 0);
        ck_assert_int_eq(i < 2 ? session_set_sql(mine, rows[i], at, "upper('now')") : STATUS_OK, STATUS_OK);
    }
    ck_assert_int_eq(session_commit(mine), STATUS_OK);
    ck_assert_str_eq(rows[0]->at, "NOW");
    ck_assert_str_eq(rows[1]->at, "NOW");
    ck_assert_str_eq(rows[2]->at, "x");
    ck_assert_int_eq(rows[1]->id, rows[0]->id + 1);
    Alone *last = session_add(mine, Alone, .id = 0);
    session_set_sql(mine, last, at, "lower('%%')");
    ck_assert_int_eq(session_commit(mine), STATUS_OK);
    ck_assert_str_eq(last->at, "%");
    session_close(mine);
    database_close(other);
}
END_TEST

/* --- many rows --- */

/* One text, whatever the values: one statement. Plain changes of the same columns are another one. */
START_TEST(test_formula__batch)
{
    enum { ROWS = 2500 };
    static Counter *rows[ROWS];
    for (int i = 0; i < ROWS; i++)
        rows[i] = session_add(s, Counter, .name = session_text(s, "n%d", i), .total = i);
    check_ok(session_commit(s));
    seen_clear();
    cost_start();
    for (int i = 0; i < ROWS; i++) {
        if (i % 5 == 4)
            rows[i]->total = -1;
        else
            check_ok(session_set_sql(s, rows[i], total, "total * 2 + %d", i));
    }
    check_ok(session_commit(s));
    check_cost(3, 2); /* 2,000 and 500 rows */
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(rows[i]->total, i % 5 == 4 ? -1 : 3 * i);
    live_check("0", "SELECT count(*) FROM counters WHERE total NOT IN (-1, 3 * substr(name, 2)::int)");
    check_nothing_to_write();
}
END_TEST

/* Rows of one table in the order in which they were added: equal sets of columns together, others apart. */
START_TEST(test_formula__kinds_of_rows)
{
    Counter *rows[8];
    for (int i = 0; i < 8; i++)
        rows[i] = session_add(s, Counter, .name = session_text(s, "n%d", i), .total = i);
    check_ok(session_set_sql(s, rows[1], total, "%d", 10));
    check_ok(session_set_sql(s, rows[3], total, "%d", 30));
    check_ok(session_set_sql(s, rows[5], total, "1 + %d", 50));
    check_ok(session_set_sql(s, rows[6], name, "upper(%s)", "six"));
    check_ok(session_set_sql(s, rows[7], name, "upper(%s)", "seven")); /* text has no type: a statement of its own */
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("INSERT INTO"), 5);
    live_check("0,10,2,30,4,51,6,7",
               "SELECT string_agg(total::text, ',' ORDER BY CASE name WHEN 'SIX' THEN 6 WHEN 'SEVEN' "
               "THEN 7 ELSE substr(name, 2)::int END) FROM counters");
    ck_assert_str_eq(rows[7]->name, "SEVEN");
    check_nothing_to_write();
}
END_TEST

/* Computed for each row, and not once for all: also in an INSERT. */
START_TEST(test_formula__of_each_row)
{
    live_sql("CREATE SEQUENCE numbers START 5");
    Counter *rows[4];
    for (int i = 0; i < 4; i++) {
        rows[i] = session_add(s, Counter, .name = session_text(s, "n%d", i));
        check_ok(session_set_sql(s, rows[i], total, "nextval('numbers')"));
    }
    check_ok(session_commit(s));
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(rows[i]->total, 5 + i);
    for (int i = 0; i < 4; i++)
        check_ok(session_set_sql(s, rows[i], total, "nextval('numbers')"));
    check_ok(session_commit(s));
    live_check("4|9|12", "SELECT count(DISTINCT total), min(total), max(total) FROM counters");
    check_nothing_to_write();
}
END_TEST

/* Columns go by their names, whatever else stands in the statement. */
START_TEST(test_formula__names)
{
    live_sql("INSERT INTO odds VALUES (1, 10, 100, 1000, 5), (2, 20, 200, 2000, 6)");
    Odd *one = session_find(s, Odd, 1), *two = session_find(s, Odd, 2);
    check_ok(session_set_sql(s, one, u, "c1 + u + ord + t + %d", 1));
    check_ok(session_set_sql(s, one, ord, "(SELECT max(x.u) FROM odds x WHERE x.c1 <> odds.c1 LIMIT %d)", 1));
    Status status = session_commit(s); /* the row goes by no name of the table */
    ck_assert_int_eq(status, STATUS_SCHEMA);
    session_clear_error(s);
    check_ok(session_set_sql(s, one, ord, "(SELECT max(x.u) FROM odds x WHERE x.c1 <> t.c1 LIMIT %d)", 1));
    check_ok(session_set_sql(s, two, u, "u -- not the rest\n"));
    check_ok(session_commit(s));
    ck_assert_int_eq(one->u, 1112);
    ck_assert_int_eq(one->ord, 20);
    live_check("1112|20", "SELECT u, ord FROM odds WHERE c1 = 1");
    Odd *three = session_add(s, Odd, .c1 = 3);
    check_ok(session_set_sql(s, three, u, "c1 + 1"));
    check_fails(session_commit(s), STATUS_SCHEMA); /* a row that is not there has no columns */
}
END_TEST

/* Of a row that was never loaded. */
START_TEST(test_formula__stub)
{
    live_sql("INSERT INTO odds VALUES (1, 10, 100, 1000, 5)");
    Odd *one = session_stub(s, Odd, 1);
    check_ok(session_set_sql(s, one, u, "u + %d", 1));
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(one->u, 11);
    live_check("1|11|100|1000|5", "SELECT * FROM odds");
    check_nothing_to_write();
}
END_TEST

/* --- values --- */

START_TEST(test_formula__each_type)
{
    Many *row = session_add(s, Many, .text = "x", .code = "abc", .sizes = {(int64_t[]){1, 2}, NULL, 2});
    check_ok(session_commit(s));
    const int64_t two[] = {7, 8};
    check_ok(session_set_sql(s, row, text, "text || %s", "y"));
    check_ok(session_set_sql(s, row, code, "upper(code)"));
    check_ok(session_set_sql(s, row, ratio, "sqrt(%f)", 2.25));
    check_ok(session_set_sql(s, row, amount, "%s::numeric * 2", "1.10"));
    check_ok(session_set_sql(s, row, data, "jsonb_build_object('k', %ld)", 5L));
    check_ok(session_set_sql(s, row, sizes, "sizes || %p", BIND(((Int64Array){(int64_t *)(uintptr_t)two, NULL, 2}))));
    check_ok(session_set_sql(s, row, token, "%p", BIND(((PgUuid){{1, 2, 3}}))));
    check_ok(session_set_sql(s, row, day, "%s::date + %d", "2020-01-01", 30));
    check_ok(session_set_sql(s, row, flag, "NOT flag"));
    check_ok(session_set_sql(s, row, small, "%.*s::int", 2, "123"));
    check_ok(session_commit(s));
    live_check("xy|ABC|1.5|2.20|{\"k\": 5}|{1,2,7,8}|01020300-0000-0000-0000-000000000000|2020-01-31|t|12",
               "SELECT text, code, ratio, amount, data, sizes, token, day, flag, small FROM manies");
    ck_assert_str_eq(row->text, "xy");
    ck_assert_str_eq(row->code, "ABC");
    ck_assert(row->ratio.value == 1.5);
    ck_assert_str_eq(row->amount.text, "2.20");
    ck_assert_str_eq(row->data.text, "{\"k\": 5}");
    ck_assert_uint_eq(row->sizes.count, 4);
    ck_assert_int_eq(row->token.value.bytes[2], 3);
    ck_assert(row->flag);
    ck_assert_int_eq(row->small, 12);
    check_nothing_to_write();
    row->sizes.items[3] = 9; /* may be edited in place, as others */
    check_ok(session_commit(s));
    live_check("{1,2,7,9}", "SELECT sizes FROM manies");
    check_ok(session_set_sql(s, row, text, "NULL"));
    const char *volatile nothing = NULL;
    check_ok(session_set_sql(s, row, amount, "%s", nothing));
    check_ok(session_commit(s));
    ck_assert_ptr_null(row->text);
    ck_assert_ptr_null(row->amount.text);
}
END_TEST

/* --- what counts when both were set --- */

START_TEST(test_formula__value_set_later)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    a->total = 50; /* instead */
    check_ok(session_set_sql(s, b, total, "total + 1"));
    b->name = "bb"; /* as well */
    check_ok(session_commit(s));
    live_check("50|21",
               "SELECT (SELECT total FROM counters WHERE id = 1), (SELECT total FROM counters WHERE name = 'bb')");
    check_nothing_to_write();
    Counter *d = session_add(s, Counter, .name = "d");
    check_ok(session_set_sql(s, d, total, "7 * 6"));
    check_ok(session_set_sql(s, d, name, "'never'"));
    d->name = "said";
    check_ok(session_commit(s));
    live_check("said|42", "SELECT name, total FROM counters WHERE id = %d", (int)d->id);
}
END_TEST

START_TEST(test_formula__value_set_before)
{
    given();
    a->total = 50;
    a->place = (NullInt32){77, true};
    check_ok(session_set_sql(s, a, total, "total + 1")); /* of what is in the row */
    ck_assert_int_eq(a->total, 10);
    check_ok(session_set_sql(s, a, place, "place + 5"));
    check_ok(session_set_sql(s, a, place, "place + 6")); /* the last one */
    check_ok(session_set_sql(s, c, place, "1"));
    check_ok(session_assign_null(s, c, place));
    check_ok(session_commit(s));
    live_check("11|7", "SELECT total, place FROM counters WHERE id = 1");
    live_check("1", "SELECT version FROM counters WHERE id = 3");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_formula__dropped)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_rollback(s));
    check_nothing_to_write();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_refresh(s, a));
    check_nothing_to_write();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_evict(s, a));
    check_nothing_to_write();
    check_ok(session_attach(s, a)); /* with all that was pending */
    ck_assert(session_is_dirty(s, a));
    check_ok(session_refresh(s, a));
    check_ok(session_set_sql(s, b, total, "total + 1"));
    check_ok(session_delete(s, session_find(s, Entry, 3)));
    check_ok(session_delete(s, b));
    check_ok(session_commit(s)); /* deleted rows are not computed */
    live_check("10|30", "SELECT min(total), max(total) FROM counters");
}
END_TEST

START_TEST(test_formula__changes)
{
    given();
    size_t count;
    check_ok(session_set_sql(s, a, total, "total + %d * %d", 2, 3));
    const Change *changes = session_changes(s, a, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(changes[0].field, "total");
    ck_assert_str_eq(changes[0].sql, "total + $1 * $2");
    ck_assert_int_eq(changes[0].old_value.as.integer, 10);
    ck_assert_int_eq(changes[0].new_value.type, 0);
    const Plan *plan = session_plan(s);
    ck_assert_ptr_nonnull(strstr(plan_text(plan), "UPDATE counters SET total = total + $1 * $2"));
    ck_assert_ptr_nonnull(strstr(plan_step(plan, 0).sql, "\"total\" = (total + u.howdah_3 * u.howdah_4)"));
    ck_assert_ptr_nonnull(strstr(plan_dot(plan), "total = total + $1 * $2"));
    check_cost(0, 0);
}
END_TEST

/* --- commits that fail --- */

START_TEST(test_formula__commit_fails)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    Entry *bad = session_add(s, Entry, .amount = 13);
    check_fails(session_commit(s), STATUS_CHECK);
    check_culprit(bad, "Entry", "amount");
    session_clear_error(s);
    ck_assert_int_eq(a->total, 10);
    ck_assert(session_is_dirty(s, a));
    bad->amount = 12;
    check_ok(session_commit(s));
    ck_assert_int_eq(a->total, 11);
    check_nothing_to_write();
}
END_TEST

/* The fault is the formula's own. */
START_TEST(test_formula__own_fault)
{
    given();
    check_ok(session_set_sql(s, a, total, "total / %d", 1));
    check_ok(session_set_sql(s, b, total, "total / %d", 0));
    check_ok(session_set_sql(s, c, total, "total / %d", 2));
    check_fails(session_commit(s), STATUS_DATA);
    check_culprit(b, "Counter", NULL);
    session_clear_error(s);
    check_ok(session_set_sql(s, b, total, "total / %d", 4));
    check_ok(session_commit(s));
    live_check("10,5,15", "SELECT string_agg(total::text, ',' ORDER BY id) FROM counters");
    check_ok(session_set_sql(s, a, name, "NULL"));
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(a, "Counter", "name");
    session_rollback(s);
    check_ok(session_set_sql(s, a, name, "(SELECT name FROM counters)"));
    check_fails(session_commit(s), STATUS_DATA);
    session_rollback(s);
    Counter *d = session_add(s, Counter, .name = "d");
    check_ok(session_set_sql(s, d, total, "generate_series(1, 3)")); /* would be three rows */
    check_fails(session_commit(s), STATUS_DATA);
    live_check("3", "SELECT count(*) FROM counters");
}
END_TEST

START_TEST(test_formula__stale)
{
    given();
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_set_sql(s, b, total, "total + 1"));
    live_sql("UPDATE counters SET version = 9 WHERE id = 2");
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(b, "Counter", NULL);
    size_t count;
    session_stale_objects(s, &count);
    ck_assert_uint_eq(count, 1);
    session_clear_error(s);
    check_ok(session_refresh(s, b));
    check_ok(session_commit(s)); /* a's is still to be written */
    live_check("11|20", "SELECT (SELECT total FROM counters WHERE id = 1), (SELECT total FROM counters WHERE id = 2)");
}
END_TEST

/* --- transactions of the program --- */

START_TEST(test_formula__flush_undone)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + 1"));
    check_ok(session_flush(s));
    ck_assert_int_eq(a->total, 11);
    ck_assert(!session_is_dirty(s, a));
    session_add(s, Entry, .amount = 13);
    check_fails(session_flush(s), STATUS_CHECK);
    ck_assert_int_eq(a->total, 10); /* pending again */
    session_clear_error(s);
    ck_assert(session_is_dirty(s, a));
    ck_assert_int_eq(session_changes(s, a, NULL)->sql != NULL, 1);
    check_ok(session_rollback(s)); /* all of it is dropped */
    ck_assert_int_eq(a->total, 10);
    check_nothing_to_write();
    live_check("10", "SELECT total FROM counters WHERE id = 1");
}
END_TEST

START_TEST(test_formula__flush_undone_and_again)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, a, name, "name || '!'"));
    check_ok(session_flush(s));
    Entry *bad = session_add(s, Entry, .amount = 13);
    check_fails(session_flush(s), STATUS_CHECK);
    session_clear_error(s);
    bad->amount = 5;
    check_ok(session_commit(s));
    live_check("a!|11|2", "SELECT name, total, version FROM counters WHERE id = 1");
    ck_assert_str_eq(a->name, "a!");
    check_nothing_to_write();
}
END_TEST

/* One formula for what another one, or a value, had made in a transaction that is gone: what both make together can't be
 * told, and is not guessed. */
START_TEST(test_formula__contested)
{
    given();
    for (int plain = 0; plain < 2; plain++) {
        check_ok(session_begin(s, NULL));
        if (plain)
            a->total = 70;
        else
            check_ok(session_set_sql(s, a, total, "total + 1"));
        check_ok(session_flush(s));
        check_ok(session_set_sql(s, a, total, "total + 1"));
        Entry *bad = session_add(s, Entry, .amount = 13);
        check_fails(session_flush(s), STATUS_CHECK);
        session_clear_error(s);
        bad->amount = 1;
        check_fails(session_commit(s), STATUS_INVALID);
        check_culprit(a, "Counter", "total");
        session_clear_error(s);
        check_ok(session_set_sql(s, a, total, "total + 2"));
        check_ok(session_commit(s));
        ck_assert_int_eq(a->total, plain ? 14 : 12);
    }
}
END_TEST

START_TEST(test_formula__savepoint)
{
    given();
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, a, total, "total + 1"));
    uint32_t place = session_savepoint(s);
    ck_assert_int_eq(a->total, 11);
    check_ok(session_set_sql(s, a, total, "total + 100"));
    check_ok(session_flush(s));
    ck_assert_int_eq(a->total, 111);
    check_ok(session_set_sql(s, a, total, "total + 1000"));
    check_ok(session_rollback_to(s, place));
    ck_assert_int_eq(a->total, 11);
    ck_assert(!session_is_dirty(s, a));
    check_ok(session_commit(s));
    live_check("11", "SELECT total FROM counters WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

/* --- keys --- */

START_TEST(test_formula__primary_key)
{
    live_sql("INSERT INTO words VALUES ('jack', 4), ('jill', 4); INSERT INTO uses VALUES (1, 'jack')");
    Word *jack = session_find(s, Word, "jack"), *jill = session_find(s, Word, "jill");
    check_ok(session_set_sql(s, jack, word, "upper(word) || length"));
    check_ok(session_set_sql(s, jill, word, "upper(word) || length"));
    check_ok(session_commit(s));
    ck_assert_str_eq(jack->word, "JACK4");
    ck_assert_str_eq(jill->word, "JILL4");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "JACK4"), jack);
    ck_assert_ptr_eq(session_find(s, Word, "JILL4"), jill);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "jack"));
    check_nothing_to_write();
    live_check("JACK4", "SELECT word FROM uses");
    jack->length = 5;
    check_ok(session_commit(s));
    live_check("5", "SELECT length FROM words WHERE word = 'JACK4'");
}
END_TEST

START_TEST(test_formula__primary_key_undone)
{
    live_sql("INSERT INTO words VALUES ('jack', 4)");
    Word *jack = session_find(s, Word, "jack");
    check_ok(session_begin(s, NULL));
    check_ok(session_set_sql(s, jack, word, "upper(word)"));
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, Word, "JACK"), jack);
    check_ok(session_rollback(s));
    ck_assert_str_eq(jack->word, "jack");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "jack"), jack);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "JACK"));
}
END_TEST

START_TEST(test_formula__primary_key_of_new_rows)
{
    Word *first = session_add(s, Word, .length = 1), *second = session_add(s, Word, .word = "given", .length = 2);
    check_ok(session_set_sql(s, first, word, "lower(%s)", "FIRST"));
    check_ok(session_set_sql(s, second, word, "lower(%s)", "SECOND"));
    Counter *counter = session_add(s, Counter, .name = "keyed");
    check_ok(session_set_sql(s, counter, id, "%d * 100", 5));
    check_ok(session_commit(s));
    cost_start();
    ck_assert_ptr_eq(session_find(s, Word, "first"), first);
    ck_assert_ptr_eq(session_find(s, Word, "second"), second);
    ck_assert_ptr_eq(session_find(s, Counter, 500), counter);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Word, "given"));
    check_nothing_to_write();
}
END_TEST

/* What refers to such a row would have to follow to a key that nobody knows. */
START_TEST(test_formula__primary_key_that_others_refer_to)
{
    live_sql("INSERT INTO words VALUES ('jack', 4); INSERT INTO uses VALUES (1, 'jack')");
    Word *jack = session_find(s, Word, "jack");
    Use *use = session_find(s, Use, 1);
    check_ok(session_set_sql(s, jack, word, "upper(word)"));
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(jack, "Word", "word");
    ck_assert_ptr_eq(session_error(s)->other, use);
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_evict(s, use));
    check_ok(session_commit(s));
    live_check("JACK", "SELECT word FROM uses");
    /* the same by pointer */
    Counter *counter = session_add(s, Counter, .name = "x");
    check_ok(session_set_sql(s, counter, id, "77"));
    Entry *entry = session_add(s, Entry, .amount = 1, .counter = counter);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(entry, "Entry", "counter");
    session_clear_error(s);
    check_ok(session_begin(s, NULL));
    entry->counter = NULL;
    check_ok(session_flush(s));
    entry->counter = counter;
    check_ok(session_commit(s));
    live_check("77", "SELECT counter_id FROM entries WHERE id = %d", (int)entry->id);
}
END_TEST

/* --- foreign keys --- */

START_TEST(test_formula__foreign_key)
{
    given();
    ck_assert_int_eq(session_load(s, a, entries), STATUS_OK);
    ck_assert_int_eq(session_load(s, b, entries), STATUS_OK);
    ck_assert_uint_eq(a->entries.count, 2);
    Entry *moved = a->entries.items[0];
    check_ok(session_set_sql(s, moved, counter_id, "counter_id + %d", 1));
    check_ok(session_commit(s));
    ck_assert_int_eq(moved->counter_id.value, 2);
    ck_assert_uint_eq(a->entries.count, 1);
    ck_assert_uint_eq(b->entries.count, 2);
    ck_assert(moved->counter == NULL || moved->counter == b);
    check_nothing_to_write();
    /* what it refers to is deleted, but it is elsewhere by then */
    check_ok(session_set_sql(s, moved, counter_id, "3"));
    session_delete(s, b->entries.items[0] == moved ? b->entries.items[1] : b->entries.items[0]);
    session_delete(s, b);
    check_ok(session_commit(s));
    live_check("3", "SELECT counter_id FROM entries WHERE id = %d", (int)moved->id);
}
END_TEST

/* A pointer that is set is a value that is set. */
START_TEST(test_formula__foreign_key_and_pointer)
{
    given();
    Entry *entry = session_find(s, Entry, 1);
    check_ok(session_set_sql(s, entry, counter_id, "NULL"));
    entry->counter = c;
    Entry *new = session_add(s, Entry, .amount = 4, .counter = b);
    check_ok(session_set_sql(s, new, counter_id, "1"));
    check_ok(session_commit(s));
    live_check(
        "3|2",
        "SELECT (SELECT counter_id FROM entries WHERE id = 1), (SELECT counter_id FROM entries WHERE amount = 4)");
    check_nothing_to_write();
}
END_TEST

/* --- unique values --- */

/* What the server computes can't be known to collide: deletes, updates, inserts. */
START_TEST(test_formula__unique_values)
{
    given();
    check_ok(session_set_sql(s, a, place, "place + 1000"));
    b->place.value = 1;                                       /* a's */
    session_add(s, Counter, .name = "d", .place = {2, true}); /* b's */
    check_ok(session_commit(s));
    live_check("1001,1,2", "SELECT string_agg(place::text, ',' ORDER BY id) FROM counters WHERE place IS NOT NULL");
    check_nothing_to_write();
    check_ok(session_set_sql(s, c, place, "%d", 1)); /* b's */
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(c, "Counter", "place");
    session_clear_error(s);
    session_delete(s, session_find(s, Entry, 3));
    session_delete(s, b);
    check_ok(session_commit(s));
    live_check("1", "SELECT place FROM counters WHERE id = 3");
}
END_TEST

/* One of two values that are swapped stands as NULL for a while: never that of a row for which something is computed. */
START_TEST(test_formula__swap)
{
    given();
    a->place.value = 2;
    b->place.value = 1;
    check_ok(session_set_sql(s, a, total, "place * 100"));
    check_ok(session_commit(s));
    live_check("100|2", "SELECT total, place FROM counters WHERE id = 1");
    live_check("20|1", "SELECT total, place FROM counters WHERE id = 2");
    a->place.value = 1;
    b->place.value = 2;
    check_ok(session_set_sql(s, a, total, "place * 100"));
    check_ok(session_set_sql(s, b, total, "place * 100"));
    cost_start();
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_cost(0, 0);
}
END_TEST

/* A row that another object takes over. */
START_TEST(test_formula__row_taken_over)
{
    given();
    session_delete(s, c);
    Counter *again = session_add(s, Counter, .id = 3, .name = "again");
    check_ok(session_set_sql(s, again, total, "total + %d", 1));
    check_ok(session_commit(s));
    live_check("again|31|2", "SELECT name, total, version FROM counters WHERE id = 3");
    ck_assert_int_eq(again->total, 31);
    check_nothing_to_write();
}
END_TEST

/* --- with what else commits do --- */

START_TEST(test_formula__fence)
{
    scene_close();
    scene_open_with(ALL, DATABASE_OPTIONS(.on_statement = seen_add, .fence = true));
    given();
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, b, total, "total + %d", 2));
    check_ok(session_set_sql(s, c, name, "name || %s", "!"));
    check_ok(session_commit(s));
    check_trips(1);
    ck_assert_int_eq(a->total, 11);
    ck_assert_int_eq(b->total, 22);
    ck_assert_str_eq(c->name, "c!");
    live_sql("UPDATE counters SET version = 9 WHERE id = 2");
    check_ok(session_set_sql(s, a, total, "total + %d", 1));
    check_ok(session_set_sql(s, b, total, "total + %d", 2));
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(b, "Counter", NULL);
    live_check("11", "SELECT total FROM counters WHERE id = 1");
}
END_TEST

START_TEST(test_formula__refused)
{
    given();
    ck_assert_int_eq(session_set_sql(s, a, version, "version + 1"), STATUS_INVALID);
    check_culprit(a, "Counter", "version");
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, seen_at, "now()"), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, entries, "1"), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, total, "1), name = ('x'"), STATUS_INVALID);
    check_says(session_error(s), "can't be sent");
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, total, "1; DROP TABLE counters"), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, total, "1 /* "), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, total, "'%d'", 1), STATUS_INVALID);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, a, total, "length(%s)", "\xff"), STATUS_INVALID);
    session_clear_error(s);
    session_delete(s, a);
    ck_assert_int_eq(session_set_sql(s, a, total, "1"), STATUS_MISUSE);
    session_clear_error(s);
    Counter stranger = {0};
    ck_assert_int_eq(session_set_sql(s, &stranger, total, "1"), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql(s, (Counter *)NULL, total, "1"), STATUS_MISUSE);
    session_clear_error(s);
    ck_assert_int_eq(session_set_sql((Session *)NULL, b, total, "1"), STATUS_NO_MEMORY);
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_formula__update);
    tcase_add_test(tests, test_formula__insert);
    tcase_add_test(tests, test_formula__insert_of_nothing_else);
    tcase_add_test(tests, test_formula__batch);
    tcase_add_test(tests, test_formula__kinds_of_rows);
    tcase_add_test(tests, test_formula__of_each_row);
    tcase_add_test(tests, test_formula__names);
    tcase_add_test(tests, test_formula__stub);
    tcase_add_test(tests, test_formula__each_type);
    tcase_add_test(tests, test_formula__value_set_later);
    tcase_add_test(tests, test_formula__value_set_before);
    tcase_add_test(tests, test_formula__dropped);
    tcase_add_test(tests, test_formula__changes);
    tcase_add_test(tests, test_formula__commit_fails);
    tcase_add_test(tests, test_formula__own_fault);
    tcase_add_test(tests, test_formula__stale);
    tcase_add_test(tests, test_formula__flush_undone);
    tcase_add_test(tests, test_formula__flush_undone_and_again);
    tcase_add_test(tests, test_formula__contested);
    tcase_add_test(tests, test_formula__savepoint);
    tcase_add_test(tests, test_formula__primary_key);
    tcase_add_test(tests, test_formula__primary_key_undone);
    tcase_add_test(tests, test_formula__primary_key_of_new_rows);
    tcase_add_test(tests, test_formula__primary_key_that_others_refer_to);
    tcase_add_test(tests, test_formula__foreign_key);
    tcase_add_test(tests, test_formula__foreign_key_and_pointer);
    tcase_add_test(tests, test_formula__unique_values);
    tcase_add_test(tests, test_formula__swap);
    tcase_add_test(tests, test_formula__row_taken_over);
    tcase_add_test(tests, test_formula__fence);
    tcase_add_test(tests, test_formula__refused);
}

int main(void)
{
    return scene_main("formula", setup, scene_close, add_tests);
}
