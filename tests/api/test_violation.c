/* Errors of the server out of batches of any size: which object, which field, and everything as it was before. */
#include "api/scene.h"

typedef struct Owner {
    int64_t id;
    const char *name;
} Owner;

typedef struct Thing {
    int64_t id;
    int64_t owner_id;
    const char *name;
    const char *tag;     /* varchar(9), but the table has varchar(5) */
    int32_t amount;      /* > 0 */
    PgNumeric price;     /* numeric(5,2) in the table */
    const char *comment; /* NOT NULL in the table, which the model doesn't know */
    const char *span;    /* int4range, which must not overlap another's */
    int16_t part;        /* (owner, part) is unique */
    int32_t number;
    Owner *owner;
} Thing;

/* clang-format off */
MODEL(Owner, "owners",
    COLUMN(Owner, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Owner, name));

MODEL(Thing, "things",
    COLUMN(Thing, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Thing, owner_id, .references = &Owner_model),
    COLUMN(Thing, name,     .unique = true),
    COLUMN(Thing, tag,      .sql_type = "varchar(9)"),
    COLUMN(Thing, amount,   .check = "amount > 0"),
    COLUMN(Thing, price,    .sql_type = "numeric(9,2)"),
    COLUMN(Thing, comment,  .nullable = true),
    COLUMN(Thing, span,     .sql_type = "int4range", .nullable = true),
    COLUMN(Thing, part),
    COLUMN(Thing, number),
    BELONGS_TO(Thing, owner, Owner, owner_id),
    UNIQUE(Thing, "things_owner_part", part, number));
/* clang-format on */

/* Rows that need each other inside a statement. */
typedef struct Node Node;
struct Node {
    int64_t id;
    int32_t position;
    int32_t amount;
    NullInt64 above_id;
};
extern const Model Node_model;
MODEL(Node, "nodes", COLUMN(Node, id, .primary_key = true, .generated = GENERATED_IDENTITY),
      COLUMN(Node, position, .unique = true, .deferrable = true), COLUMN(Node, amount, .check = "amount > 0"),
      COLUMN(Node, above_id, .references = &Node_model));

static void set_up_rows(void)
{
    live_sql(
        "ALTER TABLE things ALTER comment SET NOT NULL, ALTER tag TYPE varchar(5), ALTER price TYPE numeric(5,2);"
        "ALTER TABLE things ADD CONSTRAINT things_span EXCLUDE USING gist (span WITH &&);"
        "INSERT INTO owners (name) VALUES ('Ann');"
        "INSERT INTO things (id, owner_id, name, tag, amount, price, comment, span, part, number)"
        " VALUES (-1, 1, 'taken', 't', 1, 1, '', '[1000000,1000001)', -1, -1);"
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.comment = 'refuse' THEN"
        " RAISE EXCEPTION 'refused for a reason' USING ERRCODE = 'HD001', HINT = 'say please'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION refuse()");
}

static void setup(void)
{
    scene_open(MODELS(Owner, Thing, Node));
    set_up_rows();
}

/* --- the ways to go wrong --- */

static void break_unique(Thing *thing)
{
    thing->name = "taken";
}
static void break_foreign_key(Thing *thing)
{
    thing->owner = NULL;
    thing->owner_id = 999;
}
static void break_check(Thing *thing)
{
    thing->amount = -1;
}
static void break_not_null(Thing *thing)
{
    thing->comment = NULL;
}
static void break_exclusion(Thing *thing)
{
    thing->span = "[999999,1000005)";
}
static void break_length(Thing *thing)
{
    thing->tag = "longer";
}
static void break_range(Thing *thing)
{
    thing->price.text = "12345.67";
}
static void break_text(Thing *thing)
{
    thing->span = "[nonsense";
}
static void break_trigger(Thing *thing)
{
    thing->comment = "refuse";
}
static void break_two_columns(Thing *thing)
{
    thing->part = -1;
    thing->number = -1;
}

static const struct violation {
    const char *name;
    void (*break_it)(Thing *);
    Status status;
    const char *sqlstate;
    const char *constraint;
    const char *field; /* NULL: there is none, or the server doesn't say; then it may be `maybe` */
    const char *maybe;
} violations[] = {
    {"unique", break_unique, STATUS_UNIQUE, "23505", "things_name_key", "name", NULL},
    {"foreign key", break_foreign_key, STATUS_FOREIGN_KEY, "23503", "things_owner_id_fkey", "owner_id", NULL},
    {"check", break_check, STATUS_CHECK, "23514", "things_amount_check", "amount", NULL},
    {"not null", break_not_null, STATUS_NOT_NULL, "23502", NULL, "comment", NULL},
    {"exclusion", break_exclusion, STATUS_EXCLUSION, "23P01", "things_span", "span", NULL},
    {"too long", break_length, STATUS_DATA, "22001", NULL, NULL, "tag"},
    {"out of range", break_range, STATUS_DATA, "22003", NULL, NULL, "price"},
    {"no range at all", break_text, STATUS_DATA, "22P02", NULL, NULL, "span"},
    {"trigger", break_trigger, STATUS_SERVER, "HD001", NULL, NULL, NULL},
    {"two columns", break_two_columns, STATUS_UNIQUE, "23505", "things_owner_part", "part", NULL},
};

/* Status of which one violation may have been recognised before anything was sent. */
static void check_violation(const struct violation *v, const Thing *guilty)
{
    const Error *error = session_error(s);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(error->status == v->status, "%s: %s", v->name, error_text(error));
    ck_assert_msg(strcmp(error->sqlstate, v->sqlstate) == 0, "%s: %s", v->name, error_text(error));
    ck_assert_msg(error->object == guilty, "%s: object %p, not %p: %s", v->name, error->object, (const void *)guilty,
                  error_text(error));
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    ck_assert_str_eq(error->model, "Thing");
    ck_assert_pstr_eq(error->constraint, v->constraint);
    if (v->field)
        ck_assert_pstr_eq(error->field, v->field);
    else
        ck_assert_msg(!error->field || (v->maybe && strcmp(error->field, v->maybe) == 0), "%s: field %s", v->name,
                      error->field);
    ck_assert_ptr_nonnull(error->statement);
    ck_assert_ptr_null(strstr(error->message, "longer")); /* no values, unless asked for */
    ck_assert_ptr_null(error->detail);
    ck_assert(!strchr(error->message, '\n'));
}

static Thing *add_thing(int i, Owner *owner)
{
    return session_add(s, Thing, .name = session_text(s, "n%d", i), .tag = "t", .amount = 1 + i, .price = {"1.5"},
                       .comment = "c", .part = (int16_t)(i % 100), .number = i, .owner = owner,
                       .span = session_text(s, "[%d,%d)", i, i + 1));
}

static void mend(Thing *thing, const Thing *good)
{
    thing->name = good->name;
    thing->tag = good->tag;
    thing->amount = good->amount;
    thing->price = good->price;
    thing->comment = good->comment;
    thing->span = good->span;
    thing->part = good->part;
    thing->number = good->number;
    thing->owner = good->owner;
    thing->owner_id = good->owner_id;
}

/* --- inserts --- */

/* Alone and in pairs; the first and the last of a whole chunk, one in the middle of another, and the only one of a third. */
static const struct place {
    int rows, guilty;
} places[] = {{1, 0}, {2, 1}, {1000, 0}, {1000, 999}, {1400, 1249}, {2001, 2000}};

START_TEST(test_violation__of_an_insert)
{
    const struct violation *v = &violations[(size_t)_i / COUNT_OF(places)];
    struct place place = places[(size_t)_i % COUNT_OF(places)];
    Owner *owner = session_add(s, Owner, .name = "Bob");
    Thing **things = malloc((size_t)place.rows * sizeof(*things)), good;
    for (int i = 0; i < place.rows; i++)
        things[i] = add_thing(i, owner);
    good = *things[place.guilty];
    v->break_it(things[place.guilty]);
    Status status = session_commit(s);
    ck_assert_msg(status == v->status, "%s: %s", v->name, status_name(status));
    check_violation(v, things[place.guilty]);
    /* it sticks, and nothing reaches the server */
    seen_clear();
    ck_assert_int_eq(session_commit(s), v->status);
    ck_assert_uint_eq(seen.count, 0);
    /* everything as before */
    ck_assert_int_eq(owner->id, 0);
    for (int i = 0; i < place.rows; i++) {
        ck_assert_int_eq(things[i]->id, 0);
        ck_assert_int_eq(things[i]->owner_id, i == place.guilty && v->break_it == break_foreign_key ? 999 : 0);
    }
    live_check("1|1", "SELECT (SELECT count(*) FROM owners), (SELECT count(*) FROM things)");
    ck_assert_uint_eq(session_stats(s).inserted, 0);
    /* mended, it goes through */
    session_clear_error(s);
    mend(things[place.guilty], &good);
    check_ok(session_commit(s));
    live_check(session_text(s, "%d|0", place.rows + 1),
               "SELECT count(*), count(*) FILTER (WHERE id > 0 AND (name <> 'n' || number OR owner_id <> %" PRId64
               ")) FROM things",
               owner->id);
    for (int i = 0; i < place.rows; i += 111)
        live_check(session_text(s, "%" PRId64, things[i]->id), "SELECT id FROM things WHERE number = %d", i);
    check_nothing_to_write();
    free(things);
}
END_TEST

/* Of a large batch not every row gets a statement of its own, nor a look of its own at the keys that were drawn: a few rows
 * together tell among whom the guilty one is. */
START_TEST(test_violation__among_ten_thousand)
{
    static const int guilty[] = {0, 63, 5499, 9999};
    enum { OWNERS = 500, ROWS = 10000, CHUNKS = 10, FEW = 32 };
    Owner *owners[OWNERS];
    Thing **things = malloc(ROWS * sizeof(Thing *));
    for (int i = 0; i < OWNERS; i++)
        owners[i] = session_add(s, Owner, .name = session_text(s, "o%d", i));
    for (int i = 0; i < ROWS; i++)
        things[i] = add_thing(i, owners[i % OWNERS]);
    live_sql("CREATE SEQUENCE turns; CREATE FUNCTION turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " PERFORM nextval('turns'); RETURN NULL; END $$;"
             "CREATE TRIGGER turn AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION turn()");
    Thing *thing = things[guilty[_i]];
    thing->owner = NULL;
    thing->owner_id = -1; /* no try draws that */
    uint32_t before = session_stats(s).statements, trips = session_stats(s).round_trips;
    ck_assert_int_eq(session_commit(s), STATUS_FOREIGN_KEY);
    check_violation(&violations[1], thing);
    uint32_t statements = session_stats(s).statements - before;
    uint32_t once =
        3 + 2 * CHUNKS; /* the transaction's id, keys of owners, owners, and things with their owners' keys */
    ck_assert_uint_le(statements, 2 * once + 2 * 2 * FEW);
    ck_assert_uint_le(session_stats(s).round_trips - trips, 3 * 2);
    /* each row up to its chunk's end is written twice, and a few of them once more */
    int rows = (guilty[_i] / 1000 + 1) * 1000;
    live_check("t", "SELECT last_value <= %d FROM turns", 2 * rows + FEW);
    thing->owner = owners[0];
    thing->owner_id = 0;
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check(session_text(s, "%d", ROWS + 1), "SELECT count(*) FROM things");
    free(things);
}
END_TEST

static uint32_t place_in_transaction(int how)
{
    if (how)
        check_ok(session_begin(s, NULL));
    uint32_t place = how ? session_savepoint(s) : 0;
    check_no_error();
    return place;
}

static void add_things(Thing **things, int count)
{
    Owner *owner = session_find(s, Owner, 1);
    for (int i = 0; i < count; i++)
        things[i] = add_thing(i, owner);
}

/* The tries leave the program's transaction at its savepoint; and none where there was none. */
START_TEST(test_violation__among_many_behind_a_savepoint)
{
    Thing *things[300];
    live_sql("CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
             "CREATE TRIGGER keep_out BEFORE INSERT ON things FOR EACH ROW WHEN (NEW.comment = 'out')"
             " EXECUTE FUNCTION keep_out()");
    place_in_transaction(_i);
    add_things(things, 300);
    things[222]->name = "taken";
    check_fails(_i ? session_flush(s) : session_commit(s), STATUS_UNIQUE);
    check_violation(&violations[0], things[222]);
    session_clear_error(s);
    things[222]->name = "free";
    things[299]->amount = -1;
    check_fails(_i ? session_flush(s) : session_commit(s), STATUS_CHECK);
    check_violation(&violations[2], things[299]);
    session_clear_error(s);
    things[299]->amount = 1;
    things[33]->comment = "out"; /* the library stops there, and not the server */
    check_fails(_i ? session_flush(s) : session_commit(s), STATUS_SERVER);
    check_culprit(things[33], "Thing", NULL);
    session_clear_error(s);
    things[33]->comment = "in";
    check_ok(session_commit(s));
    live_check("301|free", "SELECT count(*), max(name) FILTER (WHERE number = 222) FROM things");
}
END_TEST

/* Not one row of a statement comes back. */
START_TEST(test_violation__all_rows_kept_out)
{
    Owner *owner = session_find(s, Owner, 1);
    live_sql("CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
             "CREATE TRIGGER keep_out BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION keep_out()");
    Thing *first = add_thing(1, owner);
    add_thing(2, owner);
    check_fails(session_commit(s), STATUS_SERVER);
    check_culprit(first, "Thing", NULL);
    check_says(session_error(s), "kept the others out");
}
END_TEST

/* A few rows fail together, and none of them alone. */
START_TEST(test_violation__among_many_that_none_does_alone)
{
    live_sql("CREATE SEQUENCE turns; CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$"
             " DECLARE turn bigint := nextval('turns'); BEGIN"
             " IF turn IN (100, 150) THEN RAISE unique_violation USING MESSAGE = 'twice',"
             " CONSTRAINT = 'things_name_key', SCHEMA = 'public', TABLE = 'things'; END IF; RETURN NEW; END $$;"
             "CREATE TRIGGER twice BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION twice()");
    Thing *things[100];
    uint32_t place = place_in_transaction(_i);
    add_things(things, 100);
    check_fails(_i ? session_flush(s) : session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_null(session_error(s)->object);
    check_says(session_error(s), "it did not happen again");
    live_check("160", "SELECT last_value FROM turns");
    if (_i)
        check_ok(session_rollback_to(s, place));
    session_clear_error(s);
    if (_i)
        add_things(things, 100);
    check_ok(session_commit(s));
    live_check("101", "SELECT count(*) FROM things");
}
END_TEST

/* The connection is lost as the server answers this. */
static const char *cut_behind;

static void cut(void *arg, const Statement *statement)
{
    (void)arg;
    if (!cut_behind || strncmp(statement->sql, cut_behind, strlen(cut_behind)) != 0)
        return;
    cut_behind = NULL;
    live_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
             " AND backend_type = 'client backend' AND datname = current_database()");
}

/* Behind the first try, and behind the second one, in which a few rows have failed. The transaction is over, savepoint and
 * all; what it was to write is pending. */
START_TEST(test_violation__connection_lost_between_tries)
{
    static const char *const answers[][2] = {{"ROLLBACK", "ROLLBACK TO SAVEPOINT howdah_4"},
                                             {"ROLLBACK TO SAVEPOINT howdah_1", "ROLLBACK TO SAVEPOINT howdah_4"}};
    bool begun = _i / 2;
    scene_close();
    scene_open_with(MODELS(Owner, Thing, Node), DATABASE_OPTIONS(.on_statement = cut));
    set_up_rows();
    Thing *things[100];
    uint32_t place = place_in_transaction(begun);
    add_things(things, 100);
    things[77]->name = "taken";
    cut_behind = answers[begun][_i % 2];
    check_fails(begun ? session_flush(s) : session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_null(cut_behind);
    ck_assert_ptr_eq(session_error(s)->object, _i == 0 ? things[77] : NULL); /* another connection serves as well */
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    if (begun) {
        check_fails(session_rollback_to(s, place), STATUS_MISUSE);
        session_clear_error(s);
    }
    live_check("1", "SELECT count(*) FROM things");
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_violation(&violations[0], things[77]);
    session_clear_error(s);
    things[77]->name = "free";
    check_ok(session_commit(s));
    live_check("101", "SELECT count(*) FROM things");
}
END_TEST

/* Two rows of a chunk are bad, each in its own way: the error is that of one of them, whole; then that of the other. What
 * the server meets first in a statement of all rows need not be what it meets first row by row. */
START_TEST(test_violation__of_two_rows)
{
    const struct violation *ways[2] = {&violations[(size_t)_i / COUNT_OF(violations)],
                                       &violations[(size_t)_i % COUNT_OF(violations)]};
    Owner *owner = session_add(s, Owner, .name = "Bob");
    Thing *things[30], *guilty[2], good[2];
    for (int i = 0; i < 30; i++)
        things[i] = add_thing(i, owner);
    for (int i = 0; i < 2; i++) {
        guilty[i] = things[7 + 13 * i];
        good[i] = *guilty[i];
        ways[i]->break_it(guilty[i]);
    }
    bool was_blamed[2] = {false, false};
    for (int tries = 0; tries < 2; tries++) {
        ck_assert_int_ne(session_commit(s), STATUS_OK);
        int i = session_error(s)->object == guilty[1];
        check_violation(ways[i], guilty[i]);
        ck_assert(!was_blamed[i]);
        was_blamed[i] = true;
        session_clear_error(s);
        mend(guilty[i], &good[i]);
    }
    check_ok(session_commit(s));
    live_check("31", "SELECT count(*) FROM things");
}
END_TEST

typedef struct Setting {
    const char *last, *next;
} Setting;
MODEL(Setting, NULL, COLUMN(Setting, last, .nullable = true), COLUMN(Setting, next, .nullable = true));

/* Rows whose keys nobody waits for make no settings, neither together nor one by one. */
START_TEST(test_violation__settings_of_the_second_try)
{
    Database *one = scene_database(NULL, MODELS(Owner, Thing), DATABASE_OPTIONS(.pool_size = 1));
    session_close(s);
    s = session_open(one);
    Owner *owner = session_find(s, Owner, 1);
    Thing *last = NULL;
    for (int i = 0; i < 1000; i++)
        last = add_thing(i, owner);
    last->name = "taken";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(last, "Thing", "name");
    check_ok(session_rollback(s));
    Setting *setting = session_sql_one(s, Setting,
                                       "SELECT current_setting('howdah.k0', true) AS last,"
                                       " current_setting('howdah.k1', true) AS next");
    ck_assert_ptr_null(setting->last); /* the connection is the same */
    ck_assert_ptr_null(setting->next);
    database_close(one); /* and its session */
    s = session_open(db);
}
END_TEST

/* What the model knows is refused before anything is sent. */
START_TEST(test_violation__that_the_model_knows_of)
{
    Owner *owner = session_find(s, Owner, 1);
    add_thing(1, owner);
    Thing *thing = add_thing(2, owner);
    thing->tag = "ten \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac ok"; /* ten characters */
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(thing, "Thing", "tag");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_cost(0, 0);
}
END_TEST

/* Two rows of one commit that can't both be: either is to blame. */
START_TEST(test_violation__between_two_new_rows)
{
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[1500];
    for (int i = 0; i < 1500; i++)
        things[i] = add_thing(i, owner);
    things[1400]->name = "n7";
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert(session_error(s)->object == things[1400] || session_error(s)->object == things[7]);
    ck_assert_str_eq(session_error(s)->field, "name");
}
END_TEST

/* Somebody else was the cause, and has gone: no row is to blame. */
START_TEST(test_violation__that_does_not_happen_again)
{
    live_sql(
        "CREATE SEQUENCE turns; CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('turns') = 2 THEN RAISE unique_violation USING MESSAGE = 'once', CONSTRAINT = 'things_name_key',"
        " SCHEMA = 'public', TABLE = 'things'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER once BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION once()");
    Owner *owner = session_find(s, Owner, 1);
    for (int i = 0; i < 3; i++)
        add_thing(i, owner);
    check_fails(session_commit(s), STATUS_UNIQUE);
    const Error *error = session_error(s);
    ck_assert_ptr_null(error->object);
    ck_assert_str_eq(error->model, "Thing");
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    ck_assert_str_eq(error->sqlstate, "23505");
    check_says(error, "it did not happen again");
    live_check("1", "SELECT count(*) FROM things");
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM things");
}
END_TEST

/* Another row fails when they are tried one by one, in another way: it is not to blame for what happened first, but for
 * what happened then. */
START_TEST(test_violation__another_one_at_the_second_try)
{
    live_sql("CREATE SEQUENCE turns; CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$"
             " DECLARE turn bigint := nextval('turns'); BEGIN"
             " IF turn = 2 THEN RAISE unique_violation USING MESSAGE = 'first', CONSTRAINT = 'things_name_key',"
             " SCHEMA = 'public', TABLE = 'things'; END IF;"
             " IF turn = 3 THEN RAISE check_violation USING MESSAGE = 'then', SCHEMA = 'public', TABLE = 'things';"
             " END IF; RETURN NEW; END $$;"
             "CREATE TRIGGER twice BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION twice()");
    Owner *owner = session_find(s, Owner, 1);
    Thing *first = add_thing(0, owner);
    add_thing(1, owner);
    add_thing(2, owner);
    check_fails(session_commit(s), STATUS_CHECK);
    ck_assert_ptr_eq(session_error(s)->object, first);
    check_says(session_error(s), "then");
    ck_assert_ptr_null(session_error(s)->constraint);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check("4", "SELECT count(*) FROM things");
}
END_TEST

START_TEST(test_violation__second_of_three)
{
    session_add(s, Owner, .name = "x");
    Owner *owner = session_find(s, Owner, 1);
    add_thing(1, owner);
    Thing *second = add_thing(2, owner);
    add_thing(3, owner);
    second->name = "taken";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_violation(&violations[0], second);
}
END_TEST

/* Keys that the program chose: no statement before the INSERT. */
START_TEST(test_violation__of_the_primary_key)
{
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[1200];
    for (int i = 0; i < 1200; i++) {
        things[i] = add_thing(i, owner);
        things[i]->id = i == 1100 ? -1 : i + 1;
    }
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(things[1100], "Thing", "id");
    ck_assert_str_eq(session_error(s)->constraint, "things_pkey");
    session_clear_error(s);
    things[1100]->id = 5000;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Thing, 5000), things[1100]);
}
END_TEST

/* --- updates and deletes --- */

enum { NODES = 20 };

static void check_node_is_guilty(const Node *guilty, const char *constraint)
{
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    const Error *error = session_error(s);
    ck_assert_msg(error->object == guilty, "%s", error_text(error));
    ck_assert_pstr_eq(error->constraint, constraint);
    check_ok(session_rollback(s));
}

/* Values that go round, and rows that refer to each other, are good together and not one by one. */
START_TEST(test_violation__among_rows_that_need_each_other)
{
    Node *nodes[NODES];
    for (int i = 0; i < NODES; i++)
        nodes[i] = session_add(s, Node, .position = i, .amount = 1);
    check_ok(session_commit(s));
    live_sql("CREATE TABLE outside (node bigint CONSTRAINT outside_node REFERENCES nodes);"
             "INSERT INTO outside SELECT id FROM nodes WHERE position = 15");

    nodes[3]->position = 5;
    nodes[5]->position = 3;
    nodes[9]->position = 7;
    check_node_is_guilty(nodes[9], "nodes_position_key");

    for (int i = 0; i < 8; i++)
        nodes[i]->position = (i + 1) % 8;
    nodes[9]->position = 100;
    nodes[9]->amount = -1;
    check_node_is_guilty(nodes[9], "nodes_amount_check");

    for (int i = 1; i < 10; i++)
        nodes[i]->above_id = (NullInt64){nodes[i - 1]->id, true};
    nodes[0]->above_id = (NullInt64){nodes[3]->id, true};
    check_ok(session_commit(s));
    for (int i = 0; i < NODES; i++)
        session_delete(s, nodes[i]);
    check_node_is_guilty(nodes[15], "outside_node");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_violation__of_an_update)
{
    const struct violation *v = &violations[(size_t)_i / 3];
    static const size_t guilty[] = {0, 499, 999};
    size_t count, at = guilty[_i % 3];
    live_sql(
        "INSERT INTO things (id, owner_id, name, tag, amount, price, comment, span, part, number)"
        " SELECT n, 1, 'n' || n, 't', 1, 1, 'c', int4range(n, n + 1), n %% 100, n FROM generate_series(1, 1000) n");
    Query *q = session_query(s, Thing);
    query_where(q, Thing, id, ">", 0);
    query_order_by(q, Thing, id, ORDER_DESC);
    Thing **things = query_all(q, Thing, &count), good;
    ck_assert_uint_eq(count, 1000);
    for (size_t i = 0; i < count; i++) {
        things[i]->name = session_text(s, "new%zu", i);
        things[i]->tag = "u";
        things[i]->amount++;
        things[i]->price.text = "2.5";
        things[i]->comment = "d";
        things[i]->span = session_text(s, "[%zu,%zu)", 5000 + i, 5001 + i);
        things[i]->number += 2000;
        things[i]->part = (int16_t)(things[i]->part + 1);
    }
    good = *things[at];
    v->break_it(things[at]);
    Thing *all_columns = v->break_it == break_foreign_key ? things[at] : NULL;
    check_fails(session_commit(s), v->status);
    check_violation(v, things[at]);
    live_check("0", "SELECT count(*) FROM things WHERE tag <> 't'");
    ck_assert(session_is_dirty(s, things[0]) == false); /* the error sticks: it answers nothing */
    session_clear_error(s);
    ck_assert(session_is_dirty(s, things[0]));
    mend(things[at], &good);
    if (all_columns)
        all_columns->owner_id = 1;
    check_ok(session_commit(s));
    live_check("1000", "SELECT count(*) FROM things WHERE tag = 'u' AND name LIKE 'new%%'");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_violation__of_a_delete)
{
    enum { OWNERS = 1500 };
    live_sql("INSERT INTO owners (name) SELECT 'o' || n FROM generate_series(2, %d) n;"
             "INSERT INTO things (id, owner_id, name, tag, amount, price, comment, part, number)"
             " VALUES (5, 777, 'holder', 't', 1, 1, '', 5, 5)",
             OWNERS);
    Query *q = session_query(s, Owner);
    query_where(q, Owner, id, ">", 1);
    size_t count;
    Owner **owners = query_all(q, Owner, &count), *guilty = NULL;
    ck_assert_uint_eq(count, OWNERS - 1);
    for (size_t i = 0; i < count; i++) {
        if (owners[i]->id == 777)
            guilty = owners[i];
        session_delete(s, owners[i]);
    }
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    ck_assert_ptr_eq(session_error(s)->object, guilty);
    ck_assert_str_eq(session_error(s)->constraint, "things_owner_id_fkey");
    session_clear_error(s);
    session_add_struct(s, Owner, guilty); /* it stays */
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM owners");
    ck_assert_ptr_eq(session_find(s, Owner, 777), guilty);
}
END_TEST

/* --- what else the error says --- */

START_TEST(test_violation__hint_and_message_of_a_trigger)
{
    Thing *thing = add_thing(1, session_find(s, Owner, 1));
    thing->comment = "refuse";
    check_fails(session_commit(s), STATUS_SERVER);
    check_says(session_error(s), "refused for a reason");
    ck_assert_str_eq(session_error(s)->hint, "say please");
    const char *text = error_text(session_error(s));
    ck_assert_ptr_nonnull(strstr(text, "refused for a reason"));
    ck_assert_ptr_nonnull(strstr(text, "HD001"));
    ck_assert_ptr_nonnull(strstr(text, "say please"));
    ck_assert_ptr_nonnull(strstr(text, "Thing"));
    ck_assert_ptr_nonnull(strstr(text, "INSERT INTO"));
}
END_TEST

START_TEST(test_violation__values_only_if_asked_for)
{
    Database *talkative = scene_database(NULL, MODELS(Owner, Thing), DATABASE_OPTIONS(.show_values = true));
    session_close(s);
    for (int i = 0; i < 2; i++) {
        s = session_open(i ? talkative : db);
        Thing *thing = add_thing(1, session_find(s, Owner, 1));
        thing->name = "taken";
        check_fails(session_commit(s), STATUS_UNIQUE);
        const Error *error = session_error(s);
        if (i) {
            ck_assert_ptr_nonnull(error->detail);
            ck_assert_ptr_nonnull(strstr(error->detail, "taken"));
            ck_assert_ptr_nonnull(strstr(error_text(error), "taken"));
        } else {
            ck_assert_ptr_null(error->detail);
            ck_assert_ptr_null(strstr(error_text(error), "taken"));
        }
        session_close(s);
    }
    s = session_open(db);
    database_close(talkative);
}
END_TEST

/* The server's own words in 22P02 and 22001 hold values, which a message must not. */
START_TEST(test_violation__values_in_the_servers_message)
{
    Thing *thing = add_thing(1, session_find(s, Owner, 1));
    thing->span = "[s3cret";
    check_fails(session_commit(s), STATUS_DATA);
    ck_assert_ptr_null(strstr(error_text(session_error(s)), "s3cret"));
}
END_TEST

/* What a value of a type with a syntax of its own lacks is no statement's fault. */
START_TEST(test_violation__syntax_of_a_value)
{
    size_t count;
    ck_assert_ptr_null(session_sql(s, Thing, &count, "SELECT * FROM things WHERE to_tsvector(name) @@ to_tsquery(%s)",
                                   "s3cret words"));
    check_error(s, STATUS_DATA);
    ck_assert_str_eq(session_error(s)->sqlstate, "42601");
    ck_assert_ptr_null(strstr(error_text(session_error(s)), "s3cret"));
    session_clear_error(s);
    check_fails(_i ? session_execute(s, NULL, "DO $$ BEGIN EXECUTE 'SELEC 1'; END $$")
                   : session_execute(s, NULL, "SELEC 1"),
                STATUS_SERVER);
    check_says(session_error(s), "SELEC");
}
END_TEST

/* --- constraints that the model knows by other names, or not at all --- */

/* A partition's are its own; the column stands behind a quoted one in the table. An expression is no column, and neither is
 * what a trigger says. */
START_TEST(test_violation__of_a_partition)
{
    static const char *const causes[] = {"UNIQUE (number, \"name\")", "UNIQUE (\"the Part\", number)",
                                         "EXCLUDE (lower(name) WITH =)"};
    static const char *const fields[] = {"number", NULL, NULL};
    live_sql("DROP TABLE things; CREATE TABLE things (id bigint GENERATED BY DEFAULT AS IDENTITY, owner_id bigint,"
             " name text, tag text, amount int, price numeric, comment text, span int4range, part smallint, number int,"
             " \"the Part\" smallint GENERATED ALWAYS AS (0) STORED) %s",
             _i ? "" : "PARTITION BY LIST (number)");
    live_sql(_i ? "ALTER TABLE things ADD %s"
                : "CREATE TABLE things_of_7 PARTITION OF things FOR VALUES IN (7); ALTER TABLE things ADD %s",
             causes[_i]);
    Owner *owner = session_find(s, Owner, 1);
    Thing *one = add_thing(1, owner), *two = add_thing(2, owner);
    one->number = two->number = 7;
    two->name = one->name;
    check_fails(session_commit(s), _i == 2 ? STATUS_EXCLUSION : STATUS_UNIQUE);
    check_culprit(two, "Thing", fields[_i]);
    ck_assert_pstr_eq(session_error(s)->column, _i == 0 ? "number" : _i == 1 ? "the Part" : NULL);
    session_clear_error(s);
    two->name = "other";
    two->number = _i ? 8 : 7;
    check_ok(session_commit(s));
    live_sql("CREATE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'taken' USING"
             " ERRCODE = '23505', CONSTRAINT = 'other', DETAIL = '(s3cret)'; END $$;"
             "CREATE TRIGGER speak BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION speak()");
    one->name = "another";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(one, "Thing", NULL);
    ck_assert_ptr_null(strstr(error_text(session_error(s)), "s3cret"));
}
END_TEST

/* --- columns that the table alone makes, and of which the model does not know it --- */

START_TEST(test_violation__column_that_the_table_makes)
{
    live_sql("ALTER TABLE things DROP COLUMN %s; ALTER TABLE things ADD %s", _i ? "amount" : "\"number\"",
             _i ? "amount int GENERATED ALWAYS AS (7) STORED" : "number int NOT NULL GENERATED ALWAYS AS IDENTITY");
    const char *field = _i ? "amount" : "number";
    Owner *owner = session_find(s, Owner, 1);
    for (int i = 0; i < 2; i++)
        add_thing(i, owner);
    check_fails(session_commit(s), STATUS_SCHEMA);
    check_culprit(NULL, "Thing", field);
    check_says(session_error(s), _i ? "the table makes Thing.amount itself" : "the table makes Thing.number itself");
    ck_assert_str_eq(session_error(s)->sqlstate, "428C9");
    ck_assert_str_eq(session_error(s)->column, field);
    check_ok(session_rollback(s));
    Thing *thing = session_find(s, Thing, -1);
    thing->amount = 3;
    thing->number = 1234;
    check_fails(session_commit(s), STATUS_SCHEMA);
    check_culprit(NULL, "Thing", field);
    ck_assert_ptr_nonnull(strstr(error_text(session_error(s)), "HOWDAH_GENERATED_BY_SERVER"));
}
END_TEST

/* The name stands in the message alone, in the quotes of the server's language. */
START_TEST(test_violation__made_column_in_another_language)
{
    static const struct {
        const char *words, *field;
    } told[] = {
        {"Wert kann nicht in Spalte »amount« eingefügt werden", "amount"},
        {"valeur impossible dans la colonne «\302\240amount\302\240»", "amount"},
        {"amount, amounts and my_amount", "amount"},
        {"amount und number", NULL}, /* which of them nobody knows */
        {"amounts", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        live_sql("CREATE OR REPLACE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$BEGIN RAISE EXCEPTION '%s' USING ERRCODE = '428C9'; END$$;"
                 "CREATE OR REPLACE TRIGGER speak BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION speak()",
                 told[i].words);
        add_thing(1, session_find(s, Owner, 1));
        check_fails(session_commit(s), STATUS_SCHEMA);
        check_culprit(NULL, "Thing", told[i].field);
        ck_assert_pstr_eq(session_error(s)->column, told[i].field);
        session_rollback(s);
    }
}
END_TEST

/* The other way round. */
START_TEST(test_violation__column_that_the_table_does_not_make)
{
    live_sql("ALTER TABLE things ALTER id DROP IDENTITY");
    Thing *first = add_thing(0, session_find(s, Owner, 1));
    if (_i)
        add_thing(1, session_find(s, Owner, 1));
    check_fails(session_commit(s), STATUS_NOT_NULL);
    check_culprit(first, "Thing", "id");
    check_says(session_error(s), "the table does not make Thing.id itself: give it a default, or drop .generated");
}
END_TEST

/* --- a deferred constraint speaks at COMMIT --- */

/* Everything is as before, and what stood is what stands. */
static void check_late(Status expected, const char *constraint)
{
    check_fails(session_commit(s), expected);
    ck_assert_str_eq(session_error(s)->constraint, constraint);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check("1|1", "SELECT count(*), count(*) FILTER (WHERE id = -1) FROM things");
}

/* By itself, in a transaction of the program's, with a fence. */
START_TEST(test_violation__of_a_deferred_constraint)
{
    if (_i == 2) {
        scene_close();
        scene_open_with(MODELS(Owner, Thing, Node), DATABASE_OPTIONS(.fence = true));
        set_up_rows();
    }
    live_sql("ALTER TABLE things DROP CONSTRAINT things_name_key;"
             "ALTER TABLE things ADD CONSTRAINT things_name_key UNIQUE (name) DEFERRABLE INITIALLY DEFERRED,"
             " ALTER CONSTRAINT things_owner_id_fkey DEFERRABLE INITIALLY DEFERRED");
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[1100];
    for (int i = 0; i < 1100; i++)
        things[i] = add_thing(i, owner);
    if (_i == 1)
        check_ok(session_begin(s, NULL));
    things[1050]->name = "taken";
    cost_start();
    check_late(STATUS_UNIQUE, "things_name_key");
    ck_assert_uint_le(cost_take().statements, 100); /* not one for each row */
    check_culprit(things[1050], "Thing", "name");
    ck_assert(things[0]->id == 0 && things[1050]->id == 0);
    session_clear_error(s);
    things[1050]->name = "free";
    things[7]->owner = NULL;
    things[7]->owner_id = 99;
    check_late(STATUS_FOREIGN_KEY, "things_owner_id_fkey");
    check_culprit(things[7], "Thing", "owner_id");
    session_clear_error(s);
    things[7]->owner = owner;
    things[7]->owner_id = owner->id;
    check_ok(session_commit(s));
    live_check("1101", "SELECT count(*) FROM things");
    session_delete(s, owner);
    Owner *other = session_add(s, Owner, .name = "other");
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(owner, "Owner", NULL);
    check_ok(session_rollback(s));
    ck_assert(session_contains(s, owner) && !session_contains(s, other));
}
END_TEST

/* Nobody but the server knows what it is about, or what it was about is gone. */
START_TEST(test_violation__that_comes_with_commit)
{
    live_sql("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
             " EXECUTE FUNCTION refuse()");
    live_sql("ALTER TABLE things DISABLE TRIGGER refuse;"
             "ALTER TABLE things DROP CONSTRAINT things_name_key;"
             "ALTER TABLE things ADD CONSTRAINT things_name_key UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
    Owner *owner = session_find(s, Owner, 1);
    Thing *one = add_thing(1, owner), *two = add_thing(2, owner);
    two->comment = "refuse";
    check_fails(session_commit(s), STATUS_SERVER);
    check_culprit(NULL, NULL, NULL);
    check_says(session_error(s), "refused for a reason (which row can't be told, since it came with COMMIT)");
    session_clear_error(s);
    two->comment = "";
    live_sql(
        "ALTER TABLE things DROP CONSTRAINT things_name_key;"
        "ALTER TABLE things ADD CONSTRAINT things_name_key EXCLUDE (upper(name) WITH =) DEFERRABLE INITIALLY DEFERRED");
    two->name = "taken";
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_late(STATUS_EXCLUSION, "things_name_key");
    check_culprit(NULL, "Thing", "name");
    check_says(session_error(s), "(which row can't be told, since earlier work of the transaction is gone)");
    ck_assert(one->id == 0 && two->id == 0);
    session_clear_error(s);
    two->name = "free";
    check_ok(session_commit(s));
}
END_TEST

/* Of a constraint that the model does not know the server's detail tells the columns: in a commit of its own, with BEGIN,
 * behind a flush. */
START_TEST(test_violation__of_a_deferred_constraint_of_the_table)
{
    live_sql("ALTER TABLE things ADD CONSTRAINT own_rule UNIQUE (tag, \"number\") DEFERRABLE INITIALLY DEFERRED");
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[3];
    for (int i = 0; i < 3; i++)
        things[i] = add_thing(i, owner);
    check_ok(session_commit(s));
    if (_i > 0)
        check_ok(session_begin(s, NULL));
    things[2]->tag = things[1]->tag = "same";
    things[0]->amount++;
    things[2]->number = things[1]->number = 77;
    things[2]->comment = "another batch";
    if (_i > 1)
        check_ok(session_flush(s));
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->constraint, "own_rule");
    ck_assert(session_error(s)->object == things[1] || session_error(s)->object == things[2]);
    ck_assert_pstr_eq(session_error(s)->model, "Thing");
    session_clear_error(s);
    things[1]->number = 78;
    check_ok(session_commit(s));
}
END_TEST

static void check_late_key(const char *constraint)
{
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    ck_assert_str_eq(session_error(s)->constraint, constraint);
}

/* The same of foreign keys: the row that refers to nothing, or the one that is there no more, whatever else has its number. */
START_TEST(test_violation__of_a_deferred_reference_of_the_table)
{
    live_sql("ALTER TABLE things ADD CONSTRAINT own_rule FOREIGN KEY (number) REFERENCES owners DEFERRABLE"
             " INITIALLY DEFERRED NOT VALID;"
             "ALTER TABLE nodes ADD CONSTRAINT own_loop FOREIGN KEY (amount) REFERENCES nodes DEFERRABLE"
             " INITIALLY DEFERRED;"
             "CREATE TABLE notes (owner bigint REFERENCES owners DEFERRABLE INITIALLY DEFERRED);"
             "INSERT INTO owners VALUES (-7, 'noted'), (-3, 'referred to'); INSERT INTO notes VALUES (-7)");
    Owner *owner = session_find(s, Owner, 1), *other = session_find(s, Owner, -3);
    Thing *things[3];
    for (int i = 0; i < 3; i++) {
        things[i] = add_thing(i, owner);
        things[i]->number = -3;
    }
    things[0]->id = -3;
    Node *node = session_add(s, Node, .id = -3, .position = 1, .amount = 1);
    live_sql("INSERT INTO nodes VALUES (1, 5, 1, 1)");
    check_ok(session_commit(s));
    if (_i > 0)
        check_ok(session_begin(s, NULL));
    things[1]->number = 99;
    node->position = 2;
    if (_i > 1)
        check_ok(session_flush(s));
    check_late_key("own_rule");
    check_culprit(things[1], "Thing", NULL);
    session_clear_error(s);
    things[1]->number = -3;
    if (_i > 0)
        check_ok(session_begin(s, NULL));
    things[0]->tag = "seen";
    check_ok(session_delete(s, other));
    if (_i > 1)
        check_ok(session_flush(s));
    check_late_key("own_rule");
    check_culprit(other, "Owner", NULL);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    node->amount = 98;
    check_ok(session_flush(s));
    check_late_key("own_loop");
    check_culprit(node, "Node", NULL);
    check_ok(session_rollback(s));
    Owner *noted = session_find(s, Owner, -7);
    check_ok(session_begin(s, NULL));
    check_ok(session_delete(s, noted));
    check_ok(session_flush(s));
    check_late_key("notes_owner_fkey");
    check_culprit(noted, "Owner", NULL);
}
END_TEST

static Status end_late(int how)
{
    return how ? session_prepare(s, "late") : session_commit(s);
}

/* What was flushed before COMMIT, or PREPARE TRANSACTION, is known by its values, as the server tells them. */
START_TEST(test_violation__of_what_was_flushed_before)
{
    live_sql("ALTER TABLE things DROP CONSTRAINT things_name_key;"
             "ALTER TABLE things ADD CONSTRAINT things_name_key UNIQUE (name) DEFERRABLE INITIALLY DEFERRED,"
             " ALTER CONSTRAINT things_owner_id_fkey DEFERRABLE INITIALLY DEFERRED;"
             "ALTER TABLE things DROP CONSTRAINT IF EXISTS things_owner_part; DROP INDEX IF EXISTS things_owner_part;"
             "ALTER TABLE things ADD CONSTRAINT things_owner_part UNIQUE (part, number) DEFERRABLE INITIALLY DEFERRED");
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[20];
    for (int i = 0; i < 20; i++)
        things[i] = add_thing(i, owner);
    things[7]->name = "taken";
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    things[3]->comment = "later"; /* so that COMMIT comes with a statement */
    cost_start();
    check_fails(end_late(_i), STATUS_UNIQUE);
    check_cost(1, 2);
    check_culprit(things[7], "Thing", "name");
    session_clear_error(s);
    things[7]->name = "free";
    things[8]->part = things[8]->number = -1;
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_fails(end_late(_i), STATUS_UNIQUE);
    check_culprit(things[8], "Thing", "part");
    session_clear_error(s);
    things[8]->part = 8;
    things[9]->owner = NULL;
    things[9]->owner_id = 99;
    check_ok(session_begin(s, NULL));
    check_ok(session_flush(s));
    check_fails(end_late(_i), STATUS_FOREIGN_KEY);
    check_culprit(things[9], "Thing", "owner_id");
    session_clear_error(s);
    check_ok(session_rollback(s));
    check_ok(session_begin(s, NULL));
    session_delete(s, owner); /* of the thing that was there nobody knows */
    check_ok(session_flush(s));
    check_fails(end_late(_i), STATUS_FOREIGN_KEY);
    check_culprit(owner, "Owner", NULL);
    check_ok(session_rollback(s));
    live_check("1", "SELECT count(*) FROM things");
}
END_TEST

/* Without any privilege to see the values the server gives no detail: the row is found all the same. */
START_TEST(test_violation__without_the_servers_detail)
{
    live_sql("GRANT INSERT, SELECT (id) ON things TO %s; GRANT SELECT ON owners TO %s;"
             "GRANT USAGE ON SEQUENCE things_id_seq TO %s",
             scene_role(), scene_role(), scene_role());
    Database *blind = scene_database(live_conninfo_with("user=%s", scene_role()), MODELS(Owner, Thing), NULL);
    session_close(s);
    s = session_open(blind);
    Owner *owner = session_find(s, Owner, 1);
    Thing *things[700];
    for (int i = 0; i < 700; i++)
        things[i] = add_thing(i, owner);
    things[611]->name = "taken";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_culprit(things[611], "Thing", "name");
    database_close(blind); /* and its session */
    s = session_open(db);
    scene_drop_role();
}
END_TEST

/* A policy of row security refuses a row with the SQLSTATE of a missing privilege. */
START_TEST(test_violation__of_a_policy)
{
    live_sql("GRANT ALL ON owners TO %s; GRANT USAGE ON SEQUENCE owners_id_seq TO %s;"
             "ALTER TABLE owners ENABLE ROW LEVEL SECURITY;"
             "CREATE POLICY mine ON owners USING (true) WITH CHECK (name LIKE current_setting('app.mine') || '%%')",
             scene_role(), scene_role());
    Database *guarded = scene_database(live_conninfo_with("user=%s", scene_role()), MODELS(Owner, Thing), NULL);
    session_close(s);
    s = session_open(guarded);
    Owner *owners[20];
    for (int i = 0; i < 20; i++)
        owners[i] = session_add(s, Owner, .name = i == 13 ? "yours" : "mine");
    session_set_local(s, "app.mine", "mine");
    check_fails(session_commit(s), STATUS_PERMISSION);
    check_culprit(owners[13], "Owner", NULL);
    owners[13]->name = "mine, too";
    session_clear_error(s);
    session_set_local(s, "app.mine", "mine");
    check_ok(session_commit(s));
    owners[5]->name = "theirs";
    session_set_local(s, "app.mine", "mine");
    check_fails(session_commit(s), STATUS_PERMISSION);
    check_culprit(owners[5], "Owner", NULL);
    database_close(guarded); /* and its session */
    s = session_open(db);
    scene_drop_role();
}
END_TEST

/* A missing privilege is no row's fault, and nothing is run again to find one. */
START_TEST(test_violation__of_a_missing_privilege)
{
    live_sql("GRANT SELECT, INSERT (id) ON owners TO %s; GRANT USAGE ON SEQUENCE owners_id_seq TO %s", scene_role(),
             scene_role());
    Database *guarded = scene_database(live_conninfo_with("user=%s", scene_role()), MODELS(Owner, Thing), NULL);
    session_close(s);
    s = session_open(guarded);
    for (int i = 0; i < 20; i++)
        session_add(s, Owner, .name = "mine");
    cost_start();
    check_fails(session_commit(s), STATUS_PERMISSION);
    check_cost(2, 3); /* the rows; the rollback; whether their keys may come back */
    ck_assert_ptr_null(session_error(s)->object);
    database_close(guarded); /* and its session */
    s = session_open(db);
    scene_drop_role();
}
END_TEST

/* Nor is it a row's fault that nothing may be written. What is refused first are the keys that are drawn. */
START_TEST(test_violation__of_a_read_only_server)
{
    live_sql(
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO %s; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %s;"
        "ALTER ROLE %s SET default_transaction_read_only = on; INSERT INTO owners SELECT generate_series(101, 120), ''",
        scene_role(), scene_role(), scene_role());
    Database *standby = scene_database(live_conninfo_with("user=%s", scene_role()), MODELS(Owner, Thing), NULL);
    size_t count;
    session_close(s);
    s = session_open(standby);
    Owner **owners = query_all(session_query(s, Owner), Owner, &count);
    ck_assert_uint_ge(count, 20);
    for (size_t i = 0; i < count; i++)
        owners[i]->name = "changed";
    cost_start();
    check_fails(session_commit(s), STATUS_SERVER);
    check_cost(1, 2); /* the rows, and the rollback */
    check_culprit(NULL, "Owner", NULL);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_ok(session_rollback(s));
    add_thing(1, session_add(s, Owner, .name = "new"));
    check_fails(session_commit(s), STATUS_SERVER);
    ck_assert_str_eq(session_error(s)->sqlstate, "25006");
    check_culprit(NULL, "Owner", NULL);
    database_close(standby); /* and its session */
    s = session_open(db);
    scene_drop_role();
}
END_TEST

/* The objects of a failed commit may be dropped instead of mended. */
START_TEST(test_violation__rollback_drops_the_changes)
{
    Owner *owner = session_find(s, Owner, 1), *other = session_add(s, Owner, .name = "other");
    Thing *taken = session_find(s, Thing, -1), *thing = add_thing(1, owner);
    owner->name = "changed";
    thing->name = "taken";
    session_delete(s, taken);
    live_sql("INSERT INTO things (id, owner_id, name, tag, amount, price, comment, part, number)"
             " VALUES (5, 1, 'n1', 't', 1, 1, '', 5, 5)");
    thing->name = "n1";
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_ok(session_rollback(s));
    check_no_error();
    ck_assert_str_eq(owner->name, "Ann");
    ck_assert(!session_contains(s, thing) && !session_contains(s, other));
    ck_assert_ptr_eq(session_find(s, Thing, -1), taken);
    check_nothing_to_write();
    live_check("2|Ann", "SELECT (SELECT count(*) FROM things), (SELECT name FROM owners)");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_violation__of_an_insert, 0, (int)(COUNT_OF(violations) * COUNT_OF(places)));
    tcase_add_loop_test(tests, test_violation__among_ten_thousand, 0, 4);
    tcase_add_loop_test(tests, test_violation__among_many_behind_a_savepoint, 0, 2);
    tcase_add_test(tests, test_violation__all_rows_kept_out);
    tcase_add_loop_test(tests, test_violation__among_many_that_none_does_alone, 0, 2);
    tcase_add_loop_test(tests, test_violation__connection_lost_between_tries, 0, 4);
    tcase_add_loop_test(tests, test_violation__of_two_rows, 0, (int)(COUNT_OF(violations) * COUNT_OF(violations)));
    tcase_add_test(tests, test_violation__settings_of_the_second_try);
    tcase_add_test(tests, test_violation__that_the_model_knows_of);
    tcase_add_test(tests, test_violation__between_two_new_rows);
    tcase_add_test(tests, test_violation__that_does_not_happen_again);
    tcase_add_test(tests, test_violation__another_one_at_the_second_try);
    tcase_add_test(tests, test_violation__second_of_three);
    tcase_add_test(tests, test_violation__of_the_primary_key);
    tcase_add_loop_test(tests, test_violation__of_an_update, 0, (int)(COUNT_OF(violations) * 3));
    tcase_add_test(tests, test_violation__among_rows_that_need_each_other);
    tcase_add_test(tests, test_violation__of_a_delete);
    tcase_add_test(tests, test_violation__hint_and_message_of_a_trigger);
    tcase_add_test(tests, test_violation__values_only_if_asked_for);
    tcase_add_test(tests, test_violation__values_in_the_servers_message);
    tcase_add_loop_test(tests, test_violation__syntax_of_a_value, 0, 2);
    tcase_add_loop_test(tests, test_violation__column_that_the_table_makes, 0, 2);
    tcase_add_test(tests, test_violation__made_column_in_another_language);
    tcase_add_loop_test(tests, test_violation__column_that_the_table_does_not_make, 0, 2);
    tcase_add_loop_test(tests, test_violation__of_a_partition, 0, 3);
    tcase_add_loop_test(tests, test_violation__of_a_deferred_constraint, 0, 3);
    tcase_add_test(tests, test_violation__that_comes_with_commit);
    tcase_add_loop_test(tests, test_violation__of_a_deferred_constraint_of_the_table, 0, 3);
    tcase_add_loop_test(tests, test_violation__of_a_deferred_reference_of_the_table, 0, 3);
    tcase_add_loop_test(tests, test_violation__of_what_was_flushed_before, 0, 2);
    tcase_add_test(tests, test_violation__without_the_servers_detail);
    tcase_add_test(tests, test_violation__of_a_policy);
    tcase_add_test(tests, test_violation__of_a_missing_privilege);
    tcase_add_test(tests, test_violation__of_a_read_only_server);
    tcase_add_test(tests, test_violation__rollback_drops_the_changes);
}

int main(void)
{
    return scene_main("violation", setup, scene_close, add_tests);
}
