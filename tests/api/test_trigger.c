/* Triggers, rules, cascades and generated columns: the server does more, or less, than it was told. */
#include "api/scene.h"
#include "api/works_models.h"

typedef struct Entry {
    int64_t id;
    const char *text;
    const char *folded;  /* by a trigger */
    NullInt32 changes;   /* by a trigger, on UPDATE */
    NullInt32 length;    /* STORED */
    PgTimestamp touched; /* by a trigger */
} Entry;

typedef struct Owned {
    int64_t id;
    int64_t maker_id;
    Maker *maker;
} Owned;

typedef struct Twig {
    int64_t id;
    NullInt64 above_id;
    struct Twig *above;
} Twig;

typedef struct Plain { /* of which the server makes nothing but the key */
    int64_t id;
    const char *name;
} Plain;

typedef struct Sub {
    int64_t id;
    int64_t plain_id;
    Plain *plain;
} Sub;

extern const Model Twig_model, Plain_model;

/* clang-format off */
MODEL(Entry, "entries",
    COLUMN(Entry, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Entry, text),
    COLUMN(Entry, folded,  .generated = GENERATED_BY_SERVER, .nullable = true),
    COLUMN(Entry, changes, .generated = GENERATED_BY_SERVER, .server_default = "0"),
    COLUMN(Entry, length,  .generated = GENERATED_BY_SERVER, .stored = "length(text)"),
    COLUMN(Entry, touched, .generated = GENERATED_BY_SERVER, .server_default = "'2000-01-01 00:00:00+00'"));

MODEL(Owned, "owned",
    COLUMN(Owned, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Owned, maker_id, .references = &Maker_model, .on_delete = ON_DELETE_CASCADE),
    BELONGS_TO(Owned, maker, Maker, maker_id));

MODEL(Twig, "twigs",
    COLUMN(Twig, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Twig, above_id, .references = &Twig_model, .on_delete = ON_DELETE_CASCADE),
    BELONGS_TO(Twig, above, Twig, above_id));

MODEL(Plain, "plains",
    COLUMN(Plain, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Plain, name));

MODEL(Sub, "subs",
    COLUMN(Sub, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Sub, plain_id, .references = &Plain_model),
    BELONGS_TO(Sub, plain, Plain, plain_id));
/* clang-format on */

static void open_with(bool fence)
{
    scene_open_with(MODELS(Maker, Item, Part, Node, Word, Entry, Owned, Twig, Plain, Sub),
                    DATABASE_OPTIONS(.fence = fence, .on_statement = seen_add));
    live_sql("CREATE FUNCTION fold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " IF NEW.text = 'skip' THEN RETURN NULL; END IF;"
             " IF NEW.text = 'renumber' THEN NEW.id := NEW.id + 100000; END IF;"
             " IF NEW.text = 'rewrite' THEN NEW.text := 'rewritten'; END IF;"
             " NEW.folded := upper(NEW.text); NEW.touched := '2026-11-20 10:00:00+00';"
             " IF TG_OP = 'UPDATE' THEN NEW.changes := OLD.changes + 1; END IF; RETURN NEW; END $$;"
             "CREATE TRIGGER fold BEFORE INSERT OR UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION fold()");
}

static void setup(void)
{
    open_with(false);
}

START_TEST(test_trigger__what_it_makes_is_fetched)
{
    enum { ROWS = 1200 };
    static Entry *entries[ROWS];
    int rows = _i ? ROWS : 1;
    for (int i = 0; i < rows; i++)
        entries[i] = session_add(s, Entry, .text = session_text(s, "text %d", i));
    check_ok(session_commit(s));
    for (int i = 0; i < rows; i++) {
        ck_assert_str_eq(entries[i]->folded, session_text(s, "TEXT %d", i));
        ck_assert_int_eq(entries[i]->length.value, (int)strlen(entries[i]->text));
        ck_assert(entries[i]->changes.valid && entries[i]->changes.value == 0);
    }
    check_nothing_to_write();
    for (int i = 0; i < rows; i++)
        entries[i]->text = session_text(s, "other %d", i);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SELECT ROW("), 0);
    for (int i = 0; i < rows; i++) {
        ck_assert_str_eq(entries[i]->folded, session_text(s, "OTHER %d", i));
        ck_assert_int_eq(entries[i]->changes.value, 1);
        ck_assert_int_eq(entries[i]->length.value, (int)strlen(entries[i]->text));
    }
    check_nothing_to_write();
    ck_assert_int_eq(session_is_dirty(s, entries[0]), false);
}
END_TEST

/* What a trigger does to a column that was sent stays unknown until the row is read again. */
START_TEST(test_trigger__changes_a_column_that_was_sent)
{
    Entry *entry = session_add(s, Entry, .text = "rewrite");
    check_ok(session_commit(s));
    live_check("rewritten", "SELECT text FROM entries");
    check_nothing_to_write();
    check_ok(session_refresh(s, entry));
    ck_assert_str_eq(entry->text, "rewritten");
    check_nothing_to_write();
}
END_TEST

/* A BEFORE trigger that returns NULL: no error of the server, but the count is wrong. */
START_TEST(test_trigger__keeps_an_insert_out)
{
    static const int rows[] = {1, 2, 1500};
    Entry *skipped = NULL;
    for (int i = 0; i < rows[_i]; i++) {
        Entry *entry = session_add(s, Entry, .text = i == rows[_i] * 2 / 3 ? "skip" : session_text(s, "%d", i));
        if (strcmp(entry->text, "skip") == 0)
            skipped = entry;
    }
    Maker *maker = session_add(s, Maker, .name = "with it");
    Status status = session_commit(s);
    ck_assert_int_ne(status, STATUS_OK);
    ck_assert_msg(session_error(s)->object == skipped, "%s", error_text(session_error(s)));
    ck_assert_str_eq(session_error(s)->model, "Entry");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert(skipped->id == 0 && maker->id == 0);
    live_check("0|0", "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM makers)");
    session_clear_error(s);
    skipped->text = "mended";
    check_ok(session_commit(s));
    live_check(session_text(s, "%d", rows[_i]), "SELECT count(*) FROM entries");
}
END_TEST

START_TEST(test_trigger__keeps_a_lone_insert_out)
{
    Entry *entry = session_add(s, Entry, .text = "skip");
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    ck_assert_ptr_eq(session_error(s)->object, entry);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    ck_assert(session_contains(s, entry) && entry->id == 0);
}
END_TEST

START_TEST(test_trigger__keeps_an_update_out)
{
    Entry *entry = session_add(s, Entry, .text = "a"), *other = session_add(s, Entry, .text = "b");
    check_ok(session_commit(s));
    entry->text = "skip";
    if (_i)
        other->text = "c";
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, entry);
    check_says(session_error(s),
               _i ? "(or one of these kept it from being written: trigger fold)"
                  : "(or a trigger, policy or rule of \"public\".\"entries\" kept it from being written)");
    live_check("a\nb", "SELECT text FROM entries ORDER BY id");
}
END_TEST

/* A trigger that changes the key of a row that others may refer to: found out, never matched to a wrong object; with a
 * fence, too, before COMMIT goes out. */
START_TEST(test_trigger__changes_the_key)
{
    if (_i) {
        scene_close();
        open_with(true);
    }
    Entry *lone = session_add(s, Entry, .text = "renumber");
    Status status = session_commit(s);
    if (status == STATUS_OK)
        live_check(session_text(s, "%" PRId64, lone->id), "SELECT id FROM entries");
    else
        check_ok(session_rollback(s));
    live_sql("DELETE FROM entries");
    scene_renew();
    Entry *entries[3] = {session_add(s, Entry, .text = "a"), session_add(s, Entry, .text = "renumber"),
                         session_add(s, Entry, .text = "c")};
    status = session_commit(s);
    if (status == STATUS_OK) {
        for (int i = 0; i < 3; i++)
            live_check(entries[i]->text, "SELECT text FROM entries WHERE id = %" PRId64, entries[i]->id);
    } else {
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        ck_assert_str_eq(session_error(s)->model, "Entry");
        live_check("0", "SELECT count(*) FROM entries");
    }
}
END_TEST

/* A key that the program gave does not come back: the object keeps it, and its next statement finds no row. */
START_TEST(test_trigger__changes_a_natural_key)
{
    live_sql("CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " NEW.word := lower(NEW.word); RETURN NEW; END $$;"
             "CREATE TRIGGER hush BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION hush()");
    Word *loud = session_add(s, Word, .word = "LOUD"), *quiet = session_add(s, Word, .word = "quiet");
    check_ok(session_commit(s));
    ck_assert_str_eq(loud->word, "LOUD");
    loud->count = quiet->count = 1;
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(loud, "Word", NULL);
    check_says(session_error(s), "(or one of these kept it from being written, or changed its key: trigger hush)");
    check_ok(session_rollback(s));
    session_evict(s, loud);
    session_find(s, Word, "loud")->count = 2;
    quiet->count = 1;
    check_ok(session_commit(s));
    live_check("loud2,quiet1", "SELECT string_agg(word || count, ',' ORDER BY word) FROM words");
}
END_TEST

/* What is named is what is there, by the statement that found nothing. */
START_TEST(test_trigger__other_keepers)
{
    Plain *plain = session_add(s, Plain, .name = "a");
    Sub *sub = session_add(s, Sub, .plain = plain);
    check_ok(session_commit(s));
    live_sql("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
             "CREATE TRIGGER \"Keep it\" BEFORE DELETE ON plains FOR EACH ROW EXECUTE FUNCTION keep();"
             "CREATE TRIGGER other BEFORE UPDATE ON plains FOR EACH ROW EXECUTE FUNCTION keep();"
             "CREATE RULE nothing AS ON DELETE TO subs DO INSTEAD NOTHING");
    session_add(s, Maker, .name = "with it");
    session_delete(s, plain);
    check_fails(session_commit(s), STATUS_STALE);
    check_says(session_error(s), "written: trigger \"Keep it\")");
    ck_assert_ptr_eq(session_error(s)->object, plain);
    check_ok(session_rollback(s));
    session_add(s, Maker, .name = "with it");
    session_delete(s, sub);
    check_fails(session_commit(s), STATUS_STALE);
    check_says(session_error(s), "written: rule nothing)");
    check_ok(session_rollback(s));
    live_sql("DROP RULE nothing ON subs; DELETE FROM subs");
    session_add(s, Maker, .name = "with it");
    session_delete(s, sub);
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_null(strstr(session_error(s)->message, "written"));
}
END_TEST

static void add_key_trigger(const char *table)
{
    live_sql("CREATE FUNCTION renumber() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " IF NEW.name = 'renumber' THEN NEW.id := NEW.id + 100000; END IF; RETURN NEW; END $$;"
             "CREATE TRIGGER renumber BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION renumber()",
             table);
}

/* The same where nothing else would come back of the rows: learned at the first attempt, or asked for in a transaction of
 * the program's; one of several rows, or one that others refer to. */
START_TEST(test_trigger__changes_a_key_unseen)
{
    bool begun = _i & 1, lone = _i & 2;
    add_key_trigger("plains");
    if (begun)
        check_ok(session_begin(s, NULL));
    Plain *first = session_add(s, Plain, .name = "first"),
          *second = lone ? NULL : session_add(s, Plain, .name = "second");
    Sub *owned = session_add(s, Sub, .plain = first);
    cost_start();
    check_ok(session_commit(s));
    check_trips(begun ? 3 : 4); /* BEGIN and the question, or the attempt and its end */
    live_check(session_text(s, "%" PRId64, first->id), "SELECT id FROM plains WHERE name = 'first'");
    ck_assert_int_eq(owned->plain_id, first->id);
    Plain *third = session_add(s, Plain, .name = "renumber"),
          *fourth = lone ? NULL : session_add(s, Plain, .name = "d");
    session_add(s, Sub, .plain = lone ? third : fourth);
    if (begun)
        check_ok(session_begin(s, NULL));
    check_fails(begun ? session_flush(s) : session_commit(s), STATUS_PROTOCOL);
    check_says(session_error(s), "does a trigger");
    ck_assert_str_eq(session_error(s)->model, "Plain");
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    live_check(second ? "2" : "1", "SELECT count(*) FROM plains");
    session_clear_error(s);
    third->name = "mended";
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check(session_text(s, "%" PRId64, third->id), "SELECT id FROM plains WHERE name = 'mended'");
    check_nothing_to_write();
}
END_TEST

/* One that came after the question was answered: of the table, or of a partition of it. */
START_TEST(test_trigger__that_is_new)
{
    if (_i)
        live_sql("DROP TABLE plains CASCADE;"
                 "CREATE TABLE plains (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text NOT NULL)"
                 " PARTITION BY RANGE (id);"
                 "CREATE TABLE plains_few PARTITION OF plains FOR VALUES FROM (0) TO (1000)");
    check_ok(session_begin(s, NULL));
    Plain *a = session_add(s, Plain, .name = "a"), *b = session_add(s, Plain, .name = "b");
    session_add(s, Sub, .plain = a);
    check_ok(session_commit(s));
    live_check(session_text(s, "%" PRId64 "|%" PRId64, a->id, b->id), "SELECT min(id), max(id) FROM plains");
    add_key_trigger(_i ? "plains_few" : "plains");
    check_ok(session_begin(s, NULL));
    a = session_add(s, Plain, .name = "c");
    b = session_add(s, Plain, .name = "d");
    session_add(s, Sub, .plain = a);
    check_fails(session_commit(s), STATUS_SCHEMA);
    check_says(session_error(s), "has a trigger by now");
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check(session_text(s, "%" PRId64 "|%" PRId64, a->id, b->id), "SELECT max(id) - 1, max(id) FROM plains");
    session_add(s, Sub, .plain = session_add(s, Plain, .name = "renumber"));
    session_add(s, Plain, .name = "e");
    check_fails(session_commit(s),
                _i ? STATUS_CHECK : STATUS_PROTOCOL); /* the row would have to be another partition's */
}
END_TEST

/* Rows that nobody refers to have the keys that the trigger made: by their order, or, where it tells nothing, one by one from
 * then on; in a transaction of the program's by the next one. With a fence, too, before COMMIT goes out. */
START_TEST(test_trigger__changes_keys_that_nobody_waits_for)
{
    bool begun = _i & 1;
    if (_i & 2) {
        scene_close();
        open_with(true);
    }
    add_key_trigger("plains");
    static const char *const names[] = {"a", "renumber", "c"};
    Plain *plains[3];
    for (int i = 0; i < 3; i++)
        plains[i] = session_add(s, Plain, .name = names[i]);
    if (begun) {
        check_ok(session_begin(s, NULL));
        check_fails(session_commit(s), STATUS_PROTOCOL);
        check_says(session_error(s), "does a trigger change them?");
        ck_assert_str_eq(session_error(s)->model, "Plain");
        ck_assert_str_eq(session_error(s)->field, "id");
        ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
        live_check("0", "SELECT count(*) FROM plains");
        ck_assert(plains[0]->id == 0);
        session_clear_error(s);
    }
    check_ok(session_commit(s));
    for (int i = 0; i < 3; i++)
        live_check(names[i], "SELECT name FROM plains WHERE id = %" PRId64, plains[i]->id);
    ck_assert_int_ge(plains[1]->id, 100000);
    check_nothing_to_write();
    session_add(s, Plain, .name = "d");
    session_add(s, Plain, .name = "e");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("INSERT INTO \"public\".\"plains\""), 2);
}
END_TEST

/* Rows through a view, with keys in no order: each answer at its own object. */
START_TEST(test_trigger__rows_of_a_view)
{
    live_sql("CREATE VIEW shuffled AS SELECT * FROM entries;"
             "ALTER TABLE entries RENAME TO stored; ALTER VIEW shuffled RENAME TO entries;"
             "ALTER VIEW entries ALTER id SET DEFAULT nextval('entries_id_seq')");
    Entry *entries[50];
    for (int i = 0; i < 50; i++)
        entries[i] = session_add(s, Entry, .id = i * 17 % 50 + 1, .text = session_text(s, "t%d", i));
    check_ok(session_commit(s));
    for (int i = 0; i < 50; i++)
        ck_assert_str_eq(entries[i]->folded, session_text(s, "T%d", i));
}
END_TEST

/* A rule that does the INSERT elsewhere. */
START_TEST(test_trigger__rule_instead)
{
    live_sql("CREATE RULE nowhere AS ON INSERT TO words DO INSTEAD NOTHING");
    Word *word = session_add(s, Word, .word = "lost");
    ck_assert_int_ne(session_commit(s), STATUS_OK);
    ck_assert_ptr_eq(session_error(s)->object, word);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
}
END_TEST

/* --- cascades of the database --- */

/* Parent and children are deleted here; the database's own cascade may be faster: no stale rows. */
START_TEST(test_trigger__on_delete_cascade)
{
    Maker *maker = session_add(s, Maker, .name = "m");
    Owned *owned[3];
    for (int i = 0; i < 3; i++)
        owned[i] = session_add(s, Owned, .maker = maker);
    check_ok(session_commit(s));
    session_delete(s, maker);
    for (int i = 0; i < 2; i++)
        session_delete(s, owned[i]);
    check_ok(session_commit(s));
    live_check("0|0", "SELECT (SELECT count(*) FROM makers), (SELECT count(*) FROM owned)");
    /* the third went with the cascade, which is declared: the session knows that */
    ck_assert(!session_contains(s, owned[2]));
    check_ok(session_delete(s, owned[2]));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_trigger__on_delete_cascade_in_a_tree)
{
    Twig *root = session_add(s, Twig), *middle = session_add(s, Twig, .above = root);
    Twig *leaf = session_add(s, Twig, .above = middle);
    check_ok(session_commit(s));
    session_delete(s, root);
    session_delete(s, middle);
    if (_i)
        session_delete(s, leaf);
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM twigs");
}
END_TEST

/* A notice in the middle of a pipeline disturbs nothing. */
START_TEST(test_trigger__notices_in_a_pipeline)
{
    live_sql("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'row %%', NEW.name;"
             " RETURN NEW; END $$; CREATE TRIGGER shout BEFORE INSERT ON makers FOR EACH ROW EXECUTE FUNCTION shout()");
    Maker *makers[1200];
    for (int i = 0; i < 1200; i++)
        makers[i] = session_add(s, Maker, .name = session_text(s, "%d", i));
    check_ok(session_commit(s));
    live_check("1200", "SELECT count(*) FROM makers");
    ck_assert_str_eq(session_find(s, Maker, makers[600]->id)->name, "600");
}
END_TEST

/* What a trigger says in the server's own words, such as that the connection is lost, or a plan is stale: with its row, or when
 * COMMIT comes. The outcome is known, and the connection as it was. */
static const struct {
    const char *sqlstate;
    Status status;
} words[] = {
    {"08006", STATUS_CONNECTION}, {"57P01", STATUS_CONNECTION}, {"40001", STATUS_SERIALIZATION},
    {"26000", STATUS_SERVER},     {"0A000", STATUS_SERVER},     {"42501", STATUS_PERMISSION},
};

static void refuse_with(const char *sqlstate, bool late)
{
    live_sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'of my own' USING"
             " ERRCODE = '%s'; END $$; CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON plains DEFERRABLE INITIALLY %s"
             " FOR EACH ROW EXECUTE FUNCTION refuse()",
             sqlstate, late ? "DEFERRED" : "IMMEDIATE");
}

START_TEST(test_trigger__speaks_like_the_server)
{
    bool late = _i & 1, begins = _i & 2;
    int rows = _i & 4 ? 3 : 1, word = _i / 8;
    refuse_with(words[word].sqlstate, late);
    for (int i = 0; i < rows; i++)
        session_add(s, Plain, .name = "x");
    if (begins)
        check_ok(session_begin(s, NULL));
    check_fails(session_commit(s), words[word].status);
    ck_assert_str_eq(session_error(s)->sqlstate, words[word].sqlstate);
    ck_assert_int_eq(session_error(s)->outcome, OUTCOME_NOT_DONE);
    check_says(session_error(s), "of my own");
    live_check("0", "SELECT count(*) FROM plains");
    live_sql("DROP FUNCTION refuse CASCADE");
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check(rows == 1 ? "1" : "3", "SELECT count(*) FROM plains");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_trigger__what_it_makes_is_fetched, 0, 2);
    tcase_add_test(tests, test_trigger__changes_a_column_that_was_sent);
    tcase_add_loop_test(tests, test_trigger__keeps_an_insert_out, 0, 3);
    tcase_add_test(tests, test_trigger__keeps_a_lone_insert_out);
    tcase_add_loop_test(tests, test_trigger__keeps_an_update_out, 0, 2);
    tcase_add_loop_test(tests, test_trigger__changes_the_key, 0, 2);
    tcase_add_test(tests, test_trigger__changes_a_natural_key);
    tcase_add_test(tests, test_trigger__other_keepers);
    tcase_add_loop_test(tests, test_trigger__changes_a_key_unseen, 0, 4);
    tcase_add_loop_test(tests, test_trigger__that_is_new, 0, 2);
    tcase_add_loop_test(tests, test_trigger__changes_keys_that_nobody_waits_for, 0, 4);
    tcase_add_test(tests, test_trigger__rows_of_a_view);
    tcase_add_test(tests, test_trigger__rule_instead);
    tcase_add_test(tests, test_trigger__on_delete_cascade);
    tcase_add_loop_test(tests, test_trigger__on_delete_cascade_in_a_tree, 0, 2);
    tcase_add_test(tests, test_trigger__notices_in_a_pipeline);
    tcase_add_loop_test(tests, test_trigger__speaks_like_the_server, 0, 8 * (int)COUNT_OF(words));
}

int main(void)
{
    return scene_main("trigger", setup, scene_close, add_tests);
}
