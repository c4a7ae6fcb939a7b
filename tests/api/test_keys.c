/* Generated keys from sequences of all kinds, and for roles that may not use them. */
#include "api/scene.h"
#include "api/works_models.h"

/* These keys are smaller than bigint. */
typedef struct Tiny {
    int16_t id;
    const char *name;
} Tiny;

typedef struct Only {
    int64_t id;
} Only;

typedef struct Plate {
    int64_t region;
    int32_t number;
    const char *text;
} Plate;

typedef struct Coin {
    int32_t number; /* made by a default */
    const char *face;
} Coin;

typedef struct Mint {
    char code[12]; /* likewise */
    const char *name;
} Mint;

typedef struct Purse {
    int64_t id;
    int32_t coin_number;
    Coin *coin;
} Purse;

typedef struct Bolt {
    int32_t id;
    int64_t region;
    int32_t number;
    Plate *plate;
} Bolt;

/* clang-format off */
MODEL(Tiny, "tinies",
    COLUMN(Tiny, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Tiny, name));
MODEL(Only, "onlies", COLUMN(Only, id, .primary_key = true, .generated = GENERATED_IDENTITY));
MODEL(Plate, "plates", /* the generated part is one of two */
    COLUMN(Plate, region, .primary_key = true),
    COLUMN(Plate, number, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Plate, text));
MODEL(Bolt, "bolts",
    COLUMN(Bolt, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Bolt, region), COLUMN(Bolt, number),
    BELONGS_TO(Bolt, plate, Plate, region, number));
MODEL(Coin, "coins",
    COLUMN(Coin, number, .primary_key = true, .generated = GENERATED_BY_SERVER,
           .server_default = "(random() * 1000000000)::integer"),
    COLUMN(Coin, face));
MODEL(Mint, "mints",
    COLUMN(Mint, code, .primary_key = true, .generated = GENERATED_BY_SERVER,
           .server_default = "left(random()::text, 11)"),
    COLUMN(Mint, name));
MODEL(Purse, "purses",
    COLUMN(Purse, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Purse, coin_number, .references = &Coin_model),
    BELONGS_TO(Purse, coin, Coin, coin_number));
/* clang-format on */

#define ALL MODELS(Maker, Item, Part, Node, Tiny, Only, Plate, Bolt, Coin, Mint, Purse)

static void setup(void)
{
    scene_open(ALL);
}

/* Adds makers with items, two of each, and commits. */
static void add_graph(int count, int first)
{
    for (int i = first; i < first + count; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "m%d", i));
        for (int n = 0; n < 2; n++) {
            Item *item = session_add(s, Item, .title = maker->name, .maker = maker);
            ck_assert(SET_TEXT(item->code, session_text(s, "c%d-%d", i, n)));
        }
    }
}

static void check_graph(int count)
{
    live_check(session_text(s, "%d|%d|0", count, 2 * count),
               "SELECT (SELECT count(*) FROM makers), count(*), count(*) FILTER (WHERE title <> name) FROM items"
               " JOIN makers ON makers.id = maker_id");
}

/* --- sequences --- */

START_TEST(test_keys__sequence_that_counts_down)
{
    live_sql("ALTER TABLE makers ALTER id SET INCREMENT -3 SET NO MINVALUE SET MAXVALUE 100 RESTART 50");
    add_graph(1200, 0);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    check_graph(1200);
    live_check("50|-3547|1200", "SELECT max(id), min(id), count(*) FROM makers");
    live_check("t",
               "SELECT array_agg(name ORDER BY id DESC) = array_agg(name ORDER BY substr(name, 2)::int) FROM makers");
}
END_TEST

START_TEST(test_keys__sequence_with_a_cache_and_gaps)
{
    live_sql("ALTER SEQUENCE makers_id_seq INCREMENT 7 CACHE 50");
    add_graph(100, 0);
    check_ok(session_commit(s));
    scene_renew();
    live_sql("SELECT nextval('makers_id_seq') FROM generate_series(1, 60)");
    add_graph(100, 100);
    check_ok(session_commit(s));
    check_graph(200);
}
END_TEST

/* What one statement needs goes by the same few names as what the next one needs. */
START_TEST(test_keys__names_are_used_again)
{
    check_ok(session_begin(s, NULL));
    for (int i = 0; i < 3500; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "m%d", i));
        Item *item = session_add(s, Item, .title = maker->name, .maker = maker);
        ck_assert(SET_TEXT(item->code, session_text(s, "c%d", i)));
    }
    check_ok(session_flush(s));
    check_ok(session_execute(s, NULL,
                             "DO $$ DECLARE lists int; others int; BEGIN"
                             " SELECT count(current_setting('howdah.k' || n, true)),"
                             " count(current_setting('howdah.g' || n, true)) INTO lists, others"
                             " FROM generate_series(0, 99) AS n;"
                             " ASSERT lists = 4 AND others = 1, lists || ' and ' || others; END $$"));
    check_ok(session_commit(s));
    live_check("3500", "SELECT count(*) FROM items JOIN makers ON maker_id = makers.id AND name = title");
}
END_TEST

/* A table of before identity columns. */
START_TEST(test_keys__serial)
{
    live_sql(
        "DROP TABLE parts, items, makers CASCADE; CREATE TABLE makers (id bigserial PRIMARY KEY, name text NOT NULL"
        " UNIQUE, grade int, made_at timestamptz NOT NULL DEFAULT now()); CREATE TABLE items (id bigserial PRIMARY KEY,"
        " maker_id bigint NOT NULL REFERENCES makers, code varchar(15) NOT NULL UNIQUE, title text NOT NULL, note text"
        " DEFAULT 'none yet', price numeric(10, 2), version int NOT NULL)");
    add_graph(300, 0);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    check_graph(300);
    add_graph(1, 300);
    check_ok(session_commit(s));
    check_graph(301);
}
END_TEST

/* The column has a default that is no sequence of its own: the keys come with RETURNING. */
START_TEST(test_keys__default_that_is_no_own_sequence)
{
    live_sql("ALTER TABLE makers ALTER id DROP IDENTITY; CREATE SEQUENCE others START 1000 INCREMENT 2;"
             "ALTER TABLE makers ALTER id SET DEFAULT nextval('others')");
    if (_i)
        check_ok(session_begin(s, NULL));
    add_graph(200, 0);
    check_ok(session_commit(s));
    check_graph(200);
    live_check("1000|1398", "SELECT min(id), max(id) FROM makers");
}
END_TEST

/* The same where triggers make the keys, of a view: nothing but their own words could tell that there were none to send. With
 * a fence COMMIT is on its way already. */
START_TEST(test_keys__made_by_the_triggers_of_a_view)
{
    Tiny *tiny[3];
    scene_close();
    scene_open_with(ALL, DATABASE_OPTIONS(.fence = _i));
    live_sql("ALTER TABLE tinies RENAME TO tinies_there; CREATE VIEW tinies AS SELECT * FROM tinies_there;"
             "CREATE FUNCTION make() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " NEW.id = coalesce(NEW.id, nextval('tinies_id_seq'));"
             " INSERT INTO tinies_there VALUES (NEW.id, NEW.name); RETURN NEW; END $$;"
             "CREATE TRIGGER make INSTEAD OF INSERT ON tinies FOR EACH ROW EXECUTE FUNCTION make()");
    for (int i = 0; i < 3; i++)
        tiny[i] = session_add(s, Tiny, .name = session_text(s, "t%d", i));
    check_ok(session_commit(s));
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(session_find(s, Tiny, i + 1), tiny[i]);
    live_check("1t0,2t1,3t2", "SELECT string_agg(id || name, ',' ORDER BY id) FROM tinies_there");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_keys__identity_always)
{
    live_sql("ALTER TABLE makers ALTER id SET GENERATED ALWAYS");
    Maker *maker = session_add(s, Maker, .name = "one");
    check_ok(session_commit(s));
    ck_assert_int_eq(maker->id, 1);
    add_graph(20, 0); /* keys that were drawn can't be sent: an error that says so, or a way around */
    Status status = session_commit(s);
    if (status == STATUS_OK) {
        live_check("21|40",
                   "SELECT (SELECT count(*) FROM makers), count(*) FROM items JOIN makers ON makers.id = maker_id"
                   " WHERE title = name");
    } else {
        ck_assert_str_eq(session_error(s)->sqlstate, "428C9");
        ck_assert_str_eq(session_error(s)->model, "Maker");
        live_check("1", "SELECT count(*) FROM makers");
    }
}
END_TEST

START_TEST(test_keys__small_keys_and_their_end)
{
    Tiny *tiny[3];
    live_sql("ALTER TABLE tinies ALTER id RESTART 32765");
    for (int i = 0; i < 3; i++)
        tiny[i] = session_add(s, Tiny, .name = "t");
    check_ok(session_commit(s));
    ck_assert_int_eq(tiny[2]->id, INT16_MAX);
    Tiny *one_more = session_add(s, Tiny, .name = "t");
    session_add(s, Tiny, .name = "t");
    cost_start();
    check_fails(session_commit(s), STATUS_RESOURCE); /* the sequence is at its end, which is no row's fault */
    check_cost(1, 2);
    check_culprit(NULL, "Tiny", NULL);
    check_says(session_error(s), "reached maximum value of sequence");
    ck_assert_str_eq(session_error(s)->sqlstate, "2200H");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert_int_eq(one_more->id, 0);
    live_check("3", "SELECT count(*) FROM tinies");
}
END_TEST

/* The sequence gives more than the field holds. */
START_TEST(test_keys__key_that_does_not_fit)
{
    live_sql(
        "ALTER TABLE tinies ALTER id DROP IDENTITY; ALTER TABLE tinies ALTER id TYPE bigint;"
        "CREATE SEQUENCE wide OWNED BY tinies.id START 40000; ALTER TABLE tinies ALTER id SET DEFAULT nextval('wide')");
    Tiny *tiny = session_add(s, Tiny, .name = "t");
    if (_i)
        session_add(s, Tiny, .name = "u");
    Status status = session_commit(s);
    ck_assert_int_ne(status, STATUS_OK);
    ck_assert_str_eq(session_error(s)->model, "Tiny");
    ck_assert_str_eq(session_error(s)->field, "id");
    ck_assert_int_eq(tiny->id, 0);
    /* the outcome is true */
    live_check(session_error(s)->outcome == OUTCOME_DONE ? "1" : "0", "SELECT count(*) FROM tinies");
    if (_i)
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

/* The row of a loaded object went away, and the sequence gives its key anew. */
START_TEST(test_keys__key_that_another_object_has)
{
    add_graph(3, 0);
    check_ok(session_commit(s));
    Maker *old = session_find(s, Maker, 2);
    live_sql("TRUNCATE makers, items CASCADE; ALTER SEQUENCE makers_id_seq RESTART 2");
    add_graph(2, 10);
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_says(session_error(s), "the sequence is behind");
    ck_assert_str_eq(session_error(s)->model, "Maker");
    ck_assert_str_eq(session_error(s)->field, "id");
    const Maker *object = session_error(s)->object;
    ck_assert_ptr_nonnull(object);
    ck_assert_int_eq((int)object->id, 0); /* one of the new ones, without the key that it can't have */
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Maker, 2), old);
    live_check("0", "SELECT count(*) FROM makers");
    size_t count;
    Maker **all = query_all(session_query(s, Maker), Maker, &count);
    ck_assert(all && count == 0);
    for (int64_t id = 1; id <= 3; id++)
        session_evict(s, session_find(s, Maker, id));
    check_ok(session_commit(s));
    check_graph(2);
}
END_TEST

/* A statement of one row is committed when that is learned: it can't be written again. */
START_TEST(test_keys__key_of_one_row_that_another_object_has)
{
    session_add(s, Maker, .name = "old");
    check_ok(session_commit(s));
    Maker *old = session_find(s, Maker, 1);
    live_sql("TRUNCATE makers RESTART IDENTITY CASCADE");
    Maker *new = session_add(s, Maker, .name = "new");
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_DONE);
    ck_assert_ptr_eq(session_error(s)->object, new);
    session_clear_error(s);
    ck_assert(!session_contains(s, new));
    ck_assert_ptr_eq(session_find(s, Maker, 1), old);
    live_check("1|new", "SELECT id, name FROM makers");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_keys__nothing_but_a_key)
{
    Only *only[1500];
    only[0] = session_add(s, Only);
    check_ok(session_commit(s));
    ck_assert_int_eq(only[0]->id, 1);
    for (int i = 1; i < 1500; i++)
        only[i] = session_add(s, Only);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    for (int i = 1; i < 1500; i++)
        ck_assert_int_eq(only[i]->id, i + 1);
    live_check("1500|1500", "SELECT count(*), max(id) FROM onlies");
}
END_TEST

START_TEST(test_keys__generated_part_of_a_composite_key)
{
    Plate *plates[50];
    for (int i = 0; i < 50; i++)
        plates[i] = session_add(s, Plate, .region = i % 5, .text = session_text(s, "p%d", i));
    for (int i = 0; i < 100; i++)
        session_add(s, Bolt, .plate = plates[i % 50]);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    for (int i = 0; i < 50; i++)
        ck_assert_ptr_eq(session_find(s, Plate, i % 5, plates[i]->number), plates[i]);
    live_check("100|50", "SELECT count(*), count(DISTINCT (p.region, p.number)) FROM bolts b JOIN plates p"
                         " USING (region, number) WHERE substr(p.text, 2)::int %% 5 = p.region");
}
END_TEST

/* --- roles --- */

static Database *limited;

/* A role that may write, but not use the sequences. */
static void open_limited(void)
{
    setup();
    live_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO %s", scene_role());
    limited =
        scene_database(live_conninfo_with("user=%s", scene_role()), ALL, DATABASE_OPTIONS(.on_statement = seen_add));
    session_close(s);
    s = session_open(limited);
    cost_start();
}

static void close_limited(void)
{
    database_close(limited);
    s = NULL;
    scene_drop_role();
    scene_close();
}

/* An identity column draws its keys itself, whatever the role may do: by RETURNING, one trip per level. */
START_TEST(test_keys__role_without_usage)
{
    add_graph(1100, 0);
    if (_i)
        check_ok(session_begin(s, NULL));
    check_ok(session_commit(s));
    ck_assert_uint_le(cost_take().round_trips, 8); /* it has to be learned, for two tables */
    check_graph(1100);
    /* it is known now: 2 levels are one trip more */
    scene_wipe();
    session_close(s);
    database_create_tables(db);
    live_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO %s", scene_role());
    s = session_open(limited);
    cost_start();
    add_graph(1100, 0);
    check_ok(session_commit(s));
    check_trips(3);
    check_graph(1100);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_keys__role_without_usage_and_three_levels)
{
    for (int i = 0; i < 20; i++) {
        Maker *maker = session_add(s, Maker, .name = session_text(s, "m%d", i));
        Item *item = session_add(s, Item, .title = maker->name, .maker = maker);
        ck_assert(SET_TEXT(item->code, maker->name));
        session_add(s, Part, .amount = i + 1, .item = item);
    }
    check_ok(session_commit(s));
    live_check("20", "SELECT count(*) FROM parts JOIN items ON items.id = item_id JOIN makers ON makers.id = maker_id"
                     " WHERE name = 'm' || (amount - 1) AND title = name");
}
END_TEST

START_TEST(test_keys__role_without_usage_and_a_tree)
{
    Node *nodes[200];
    for (int n = 0; n < 200; n++)
        nodes[n] = session_add(s, Node, .label = session_text(s, "%d", n));
    for (int n = 1; n < 200; n++)
        nodes[n]->parent = nodes[n / 3];
    if (_i)
        check_ok(session_begin(s, NULL));
    check_ok(_i ? session_flush(s) : session_commit(s));
    if (_i)
        check_ok(session_commit(s));
    live_check("199", "SELECT count(*) FROM nodes c JOIN nodes p ON p.id = c.parent_id"
                      " WHERE p.label::int = c.label::int / 3");
    for (int n = 1; n < 200; n++)
        ck_assert_int_eq(nodes[n]->parent_id.value, nodes[n / 3]->id);
}
END_TEST

static Tiny **prepare_tinies(bool begins, int count)
{
    static Tiny *tinies[3];
    for (int i = 0; i < count; i++)
        tinies[i] = session_add(s, Tiny, .name = session_text(s, "t%d", i));
    if (begins)
        check_ok(session_begin(s, NULL));
    return tinies;
}

static void add_some(bool begins, int count)
{
    Tiny **tinies = prepare_tinies(begins, count);
    check_ok(session_commit(s));
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(tinies[i]->id, tinies[0]->id + i);
}

static void add_tinies(bool begins)
{
    add_some(begins, 3);
}

/* The first row alone, which nothing is asked for; in a transaction of the program it takes two of them. */
static void add_first(bool begins)
{
    if (begins) {
        prepare_tinies(true, 1);
        check_fails(session_commit(s), STATUS_PERMISSION);
        ck_assert_ptr_nonnull(strstr(session_error(s)->hint, "do the transaction again"));
        check_ok(session_rollback(s));
    }
    add_some(begins, 1);
}

/* Keys that can't be read back are drawn. */
START_TEST(test_keys__role_that_only_inserts)
{
    live_sql("REVOKE SELECT ON tinies FROM %s; GRANT USAGE ON SEQUENCE tinies_id_seq TO %s", scene_role(),
             scene_role());
    add_tinies(_i);
    cost_start();
    add_tinies(_i);
    ck_assert_uint_eq(seen_with("42501"), 0);
    check_trips(2);
    live_check("6|3", "SELECT count(*), count(DISTINCT name) FROM tinies");
}
END_TEST

/* Roles that may write rows, but not read their keys. What row security lets in, it need not show. */
static const struct {
    const char *privileges, *sql;
} writers[] = {
    {"INSERT", ""},
    {"INSERT", "CREATE RULE other AS ON INSERT TO tinies DO ALSO NOTHING"},
    {"INSERT, SELECT (name)", ""},
    {"INSERT, SELECT", "ALTER TABLE tinies ENABLE ROW LEVEL SECURITY;"
                       "CREATE POLICY entry ON tinies FOR INSERT WITH CHECK (true);"
                       "CREATE POLICY sight ON tinies FOR SELECT USING (name = 'seen')"},
    {"INSERT, SELECT", "ALTER TABLE tinies ENABLE ROW LEVEL SECURITY;"
                       "CREATE POLICY entry ON tinies USING (name = 'seen') WITH CHECK (name <> 'bad')"},
};

static void let_write(int i)
{
    live_sql("REVOKE ALL ON tinies FROM %s; GRANT %s ON tinies TO %s; GRANT USAGE ON SEQUENCE tinies_id_seq TO %s; %s",
             scene_role(), writers[i].privileges, scene_role(), scene_role(), writers[i].sql);
}

START_TEST(test_keys__one_row_that_can_not_be_read)
{
    bool begins = _i % 2;
    let_write(_i / 2);
    add_first(begins);
    add_some(begins, 1);
    add_some(!begins, 1);
    add_tinies(begins);
    ck_assert_uint_eq(seen_with("42501"), 0);
    live_check("6", "SELECT count(*) FROM tinies");
}
END_TEST

START_TEST(test_keys__rows_that_can_not_be_read)
{
    bool begins = _i % 2;
    let_write(_i / 2);
    add_tinies(begins);
    add_tinies(!begins);
    add_some(begins, 1);
    live_check("7", "SELECT count(*) FROM tinies");
}
END_TEST

/* That keys can be drawn does not tell whether they can be read. */
START_TEST(test_keys__drawn_before_they_are_read)
{
    live_sql("REVOKE SELECT ON nodes FROM %s; GRANT USAGE ON SEQUENCE nodes_id_seq TO %s", scene_role(), scene_role());
    session_add(s, Node, .label = "leaf", .parent = session_add(s, Node, .label = "root"));
    check_ok(session_commit(s));
    for (int i = 0; i < 3; i++)
        session_add(s, Node, .label = session_text(s, "%d", i));
    check_ok(session_begin(s, NULL));
    check_ok(session_commit(s));
    live_check("5", "SELECT count(*) FROM nodes");
}
END_TEST

/* A transaction of the program that meets it by surprise is the last one that fails. */
START_TEST(test_keys__read_no_longer)
{
    live_sql("GRANT USAGE ON SEQUENCE tinies_id_seq TO %s", scene_role());
    add_tinies(true);
    live_sql("REVOKE SELECT ON tinies FROM %s", scene_role());
    prepare_tinies(true, 3);
    check_fails(session_commit(s), STATUS_PERMISSION);
    check_ok(session_rollback(s));
    add_tinies(true);
    live_check("6", "SELECT count(*) FROM tinies");
}
END_TEST

/* The same of drawing, where others wait for the keys: rows come back with theirs then. */
START_TEST(test_keys__drawn_no_longer)
{
    live_sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %s", scene_role());
    add_graph(3, 0);
    check_ok(session_commit(s));
    if (_i)
        live_sql("CREATE SEQUENCE apart START 100; GRANT USAGE ON SEQUENCE apart TO %s;"
                 "ALTER TABLE makers ALTER id DROP IDENTITY, ALTER id SET DEFAULT nextval('apart')",
                 scene_role());
    else
        live_sql("REVOKE ALL ON SEQUENCE makers_id_seq FROM %s", scene_role());
    add_graph(3, 3);
    check_ok(session_begin(s, NULL));
    check_fails(session_commit(s), _i ? STATUS_SCHEMA : STATUS_PERMISSION);
    check_culprit(NULL, "Maker", _i ? "id" : NULL);
    ck_assert_ptr_nonnull(strstr(error_text(session_error(s)), "do the transaction again"));
    session_clear_error(s);
    check_ok(session_begin(s, NULL));
    check_ok(session_commit(s));
    check_graph(6);
}
END_TEST

/* An INSERT with rules can't stand in a WITH, nor return anything where another one takes its place. */
START_TEST(test_keys__rules)
{
    bool begins = _i % 2, instead = _i / 2;
    live_sql("CREATE TABLE others (id smallint, name text);"
             "CREATE RULE other AS ON INSERT TO tinies DO %s INSERT INTO others VALUES (%s, NEW.name);"
             "GRANT ALL ON ALL TABLES IN SCHEMA public TO %s; GRANT USAGE ON SEQUENCE tinies_id_seq TO %s",
             instead ? "INSTEAD" : "ALSO", instead ? "NEW.id" : "0", scene_role(), scene_role());
    add_tinies(begins);
    cost_start();
    add_tinies(begins);
    check_trips(2);
    live_check(instead ? "6|0" : "6|6", "SELECT (SELECT count(*) FROM others), (SELECT count(*) FROM tinies)");
}
END_TEST

/* One row needs no key before: nothing is different. */
START_TEST(test_keys__role_without_usage_and_one_row)
{
    Maker *maker = session_add(s, Maker, .name = "one");
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert_int_eq(maker->id, 1);
}
END_TEST

/* No privilege on the table at all: an error, not a second attempt without end. */
START_TEST(test_keys__role_without_any_privilege)
{
    live_sql("REVOKE ALL ON makers FROM %s", scene_role());
    add_graph(3, 0);
    check_fails(session_commit(s), STATUS_PERMISSION);
    ck_assert_str_eq(session_error(s)->sqlstate, "42501");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_sql("GRANT ALL ON makers TO %s", scene_role());
    session_clear_error(s);
    check_ok(session_commit(s));
    check_graph(3);
}
END_TEST

/* Before a transaction's first keys the server is asked about all of its tables at once; and about each of them once. */
START_TEST(test_keys__asked_about_all_tables_at_once)
{
    live_sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %s", scene_role());
    add_graph(3, 0);
    for (int i = 0; i < 3; i++) {
        session_add(s, Node, .label = "leaf", .parent = session_add(s, Node, .label = "root"));
        session_add(s, Bolt, .plate = session_add(s, Plate, .region = i, .text = "plate"));
    }
    prepare_tinies(true, 3);
    cost_start();
    check_ok(session_flush(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("has_sequence_privilege"), 6);
    check_ok(session_commit(s));
    check_graph(3);
    live_check("3|6|3|3", "SELECT (SELECT count(*) FROM tinies), (SELECT count(*) FROM nodes),"
                          " (SELECT count(*) FROM bolts), (SELECT count(*) FROM plates)");
}
END_TEST

/* The one that can't be answered is named. */
START_TEST(test_keys__asked_about_a_table_that_is_gone)
{
    live_sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %s; ALTER TABLE plates RENAME TO gone", scene_role());
    add_graph(3, 0);
    for (int i = 0; i < 3; i++)
        session_add(s, Bolt, .plate = session_add(s, Plate, .region = i, .text = "plate"));
    prepare_tinies(true, 3);
    check_fails(session_flush(s), STATUS_SCHEMA);
    check_culprit(NULL, "Plate", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

/* What is asked before a transaction's first keys is refused, too, and so is the drawing of keys. */
START_TEST(test_keys__refused_before_the_first_row)
{
    live_sql(_i ? "ALTER TABLE makers RENAME TO gone" : "REVOKE ALL ON SCHEMA public FROM public");
    add_graph(3, 0);
    if (_i < 2)
        check_ok(session_begin(s, NULL));
    check_fails(session_commit(s), _i ? STATUS_SCHEMA : STATUS_PERMISSION);
    check_culprit(NULL, "Maker", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

/* Several rows whose keys a default makes are new at once: none of them has a key before. */
START_TEST(test_keys__keys_that_a_default_makes)
{
    Coin *coins[3];
    for (int i = 0; i < 3; i++)
        coins[i] = session_add(s, Coin, .face = i ? "head" : "tail");
    Mint *here = session_add(s, Mint, .name = "here"), *there = session_add(s, Mint, .name = "there");
    Purse *purse = session_add(s, Purse, .coin = coins[1]);
    check_ok(session_commit(s));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ne(coins[i]->number, 0);
        ck_assert_ptr_eq(session_find(s, Coin, coins[i]->number), coins[i]);
    }
    ck_assert(*here->code && *there->code && strcmp(here->code, there->code) != 0);
    ck_assert_int_eq(purse->coin_number, coins[1]->number);
    live_check("head", "SELECT face FROM purses JOIN coins ON number = coin_number");
    coins[0]->number = 0;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(coins[0], "Coin", "number");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_keys__sequence_that_counts_down);
    tcase_add_test(tests, test_keys__sequence_with_a_cache_and_gaps);
    tcase_add_test(tests, test_keys__names_are_used_again);
    tcase_add_test(tests, test_keys__serial);
    tcase_add_loop_test(tests, test_keys__default_that_is_no_own_sequence, 0, 2);
    tcase_add_loop_test(tests, test_keys__made_by_the_triggers_of_a_view, 0, 2);
    tcase_add_test(tests, test_keys__identity_always);
    tcase_add_test(tests, test_keys__small_keys_and_their_end);
    tcase_add_loop_test(tests, test_keys__key_that_does_not_fit, 0, 2);
    tcase_add_test(tests, test_keys__key_that_another_object_has);
    tcase_add_test(tests, test_keys__key_of_one_row_that_another_object_has);
    tcase_add_test(tests, test_keys__nothing_but_a_key);
    tcase_add_test(tests, test_keys__generated_part_of_a_composite_key);
    tcase_add_test(tests, test_keys__keys_that_a_default_makes);
}

static void add_role_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_keys__role_without_usage, 0, 2);
    tcase_add_test(tests, test_keys__role_without_usage_and_three_levels);
    tcase_add_loop_test(tests, test_keys__role_without_usage_and_a_tree, 0, 2);
    tcase_add_test(tests, test_keys__role_without_usage_and_one_row);
    tcase_add_loop_test(tests, test_keys__role_that_only_inserts, 0, 2);
    tcase_add_loop_test(tests, test_keys__one_row_that_can_not_be_read, 0, 2 * (int)COUNT_OF(writers));
    tcase_add_loop_test(tests, test_keys__rows_that_can_not_be_read, 0, 2 * (int)COUNT_OF(writers));
    tcase_add_test(tests, test_keys__drawn_before_they_are_read);
    tcase_add_test(tests, test_keys__read_no_longer);
    tcase_add_loop_test(tests, test_keys__drawn_no_longer, 0, 2);
    tcase_add_loop_test(tests, test_keys__rules, 0, 4);
    tcase_add_test(tests, test_keys__role_without_any_privilege);
    tcase_add_test(tests, test_keys__asked_about_all_tables_at_once);
    tcase_add_test(tests, test_keys__asked_about_a_table_that_is_gone);
    tcase_add_loop_test(tests, test_keys__refused_before_the_first_row, 0, 3);
}

int main(void)
{
    int failed = scene_main("keys", setup, scene_close, add_tests);
    return scene_main("keys of roles", open_limited, close_limited, add_role_tests) || failed;
}
