/* Keys and unique values that one row gives up and another takes, and what refers to them. */
#include "api/scene.h"

typedef struct Key Key;
typedef struct Note Note;
typedef struct Page Page;
typedef struct Buoy Buoy;
typedef struct Token Token;
typedef struct Peg Peg;
typedef struct Chair Chair;
typedef struct Hook Hook;

struct Key {
    const char *name;
    int64_t code;
    MANY(Page) pages;
};

struct Note { /* of which the database makes NULL when the key goes */
    int64_t id;
    const char *key_name;
    NullInt64 code;
    Key *key, *coded; /* by the one, and by the other */
};

struct Page { /* goes with the key */
    int64_t id;
    const char *key_name;
};

struct Buoy { /* rings need no other key than the code */
    int64_t id;
    int64_t code;
    const char *name;
    NullInt64 next_code;
};

struct Token { /* the same, with a key that the server makes */
    PgUuid id;
    int64_t code;
    const char *name;
    NullInt64 next_code;
};

struct Peg {
    const char *name;
    const char *on; /* ON DELETE RESTRICT */
    const char *by; /* ON DELETE SET NULL */
    Peg *on_peg, *by_peg;
};

struct Chair { /* one without a guest at each table */
    int64_t id;
    NullInt32 guest;
    int32_t table;
};

struct Hook { /* to others by the key, and by another unique value: the server does nothing to either */
    int64_t id;
    int64_t code;
    const char *text;
    NullInt64 on_id, by_code;
    Hook *on, *by;
};

extern const Model Key_model, Buoy_model, Token_model, Peg_model, Hook_model;

/* clang-format off */
MODEL(Page, "pages",
    COLUMN(Page, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Page, key_name, .references = &Key_model));

MODEL(Key, "keys",
    COLUMN(Key, name, .primary_key = true),
    COLUMN(Key, code, .unique = true),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Key, pages, Page, key_name));

MODEL(Note, "notes",
    COLUMN(Note, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Note, key_name, .references = &Key_model, .on_delete = ON_DELETE_SET_NULL, .nullable = true),
    COLUMN(Note, code,     .references = &Key_model, .references_field = "code", .on_delete = ON_DELETE_SET_NULL),
    BELONGS_TO(Note, key, Key, key_name),
    BELONGS_TO(Note, coded, Key, code));

MODEL(Buoy, "buoys",
    COLUMN(Buoy, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Buoy, code,      .unique = true),
    COLUMN(Buoy, name,      .unique = true),
    COLUMN(Buoy, next_code, .references = &Buoy_model, .references_field = "code"));

MODEL(Token, "tokens",
    COLUMN(Token, id,        .primary_key = true, .generated = GENERATED_BY_SERVER, .server_default = "gen_random_uuid()"),
    COLUMN(Token, code,      .unique = true),
    COLUMN(Token, name,      .unique = true),
    COLUMN(Token, next_code, .references = &Token_model, .references_field = "code"));

MODEL(Peg, "pegs",
    COLUMN(Peg, name, .primary_key = true),
    COLUMN(Peg, on,   .references = &Peg_model, .on_delete = ON_DELETE_RESTRICT, .nullable = true),
    COLUMN(Peg, by,   .references = &Peg_model, .on_delete = ON_DELETE_SET_NULL, .nullable = true),
    BELONGS_TO(Peg, on_peg, Peg, on),
    BELONGS_TO(Peg, by_peg, Peg, by));

MODEL(Chair, "chairs",
    COLUMN(Chair, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Chair, guest, .unique = true),
    COLUMN(Chair, table),
    UNIQUE_WITH((.where = "guest IS NULL"), Chair, "chairs_free", table));

MODEL(Hook, "hooks",
    COLUMN(Hook, id,      .primary_key = true),
    COLUMN(Hook, code,    .unique = true),
    COLUMN(Hook, text),
    COLUMN(Hook, on_id,   .references = &Hook_model),
    COLUMN(Hook, by_code, .references = &Hook_model, .references_field = "code"),
    BELONGS_TO(Hook, on, Hook, on_id),
    BELONGS_TO(Hook, by, Hook, by_code));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Key, Note, Page, Buoy, Token, Peg, Chair, Hook));
    live_sql("INSERT INTO keys VALUES ('a', 1), ('b', 2);"
             "INSERT INTO notes (key_name, code) VALUES ('a', 1), (NULL, NULL);"
             "INSERT INTO pages (key_name) VALUES ('a')");
}

/* --- what the program writes refers to the taker, what stood there before to who gave it up --- */

static const char *const stored_notes = "SELECT id, key_name, code FROM notes ORDER BY id";

START_TEST(test_handed_on__unique_value_to_a_loaded_row)
{
    Key *old = session_find(s, Key, "a"), *taker = session_find(s, Key, "b");
    Note *before = session_find(s, Note, 1), *changed = session_find(s, Note, 2);
    session_delete(s, old);
    taker->code = 1;
    changed->code = (NullInt64){1, true};
    Note *added = session_add(s, Note, .code = {1, true});
    check_ok(session_commit(s));
    ck_assert(changed->code.valid && added->code.valid && !before->code.valid);
    live_check("1||\n2||1\n3||1", stored_notes);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_handed_on__key_to_a_loaded_row)
{
    Key *old = session_find(s, Key, "a"), *taker = session_find(s, Key, "b");
    Note *before = session_find(s, Note, 1), *changed = session_find(s, Note, 2);
    session_delete(s, old);
    taker->name = "a";
    changed->key_name = "a";
    Note *added = session_add(s, Note, .key_name = "a");
    check_ok(session_commit(s));
    ck_assert(!before->key_name);
    ck_assert_str_eq(changed->key_name, "a");
    ck_assert_str_eq(added->key_name, "a");
    live_check("1||\n2|a|\n3|a|", stored_notes);
    check_nothing_to_write();
}
END_TEST

/* What goes with the deleted object is what it had: not what is written for the one that has its key from now on. Where that
 * is a new object, which takes over the row, rows that nobody has loaded stay. */
START_TEST(test_handed_on__key_and_new_children)
{
    Key *old = session_find(s, Key, "a");
    if (_i & 1)
        check_ok(session_load(s, old, pages));
    session_delete(s, old);
    if (_i & 2)
        session_find(s, Key, "b")->name = "a";
    else
        session_add(s, Key, .name = "a", .code = 1);
    Page *page = session_add(s, Page, .key_name = "a");
    check_ok(session_commit(s));
    ck_assert(session_contains(s, page));
    live_check(_i ? "2|a" : "1|a\n2|a", "SELECT id, key_name FROM pages ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* A value names the row that is deleted, and nobody else: who took it over was deleted before there was a row of it. */
START_TEST(test_handed_on__taker_is_deleted_too)
{
    session_delete(s, session_find(s, Key, "a"));
    Key *taker = session_add(s, Key, .name = "a", .code = 1);
    Note *note = session_add(s, Note, .key_name = "a", .code = {1, true});
    session_delete(s, taker);
    check_ok(session_commit(s));
    ck_assert(!note->key_name && !note->code.valid);
    live_check("1||\n2||\n3||", stored_notes);
    check_nothing_to_write();
}
END_TEST

/* What refers to a row by another value than its key follows, as it does where the object is the same. */
START_TEST(test_handed_on__row_with_another_value)
{
    Key *old = session_find(s, Key, "a");
    Note *loaded = _i ? session_find(s, Note, 1) : NULL;
    session_delete(s, old);
    session_add(s, Key, .name = "a", .code = 7);
    check_ok(session_commit(s));
    ck_assert(!loaded || loaded->code.value == 7);
    live_check("1|a|7\n2||", stored_notes);
    check_nothing_to_write();
}
END_TEST

/* A row is taken over: what points to the old object points to the new one, clean or changed, until that is undone. */
START_TEST(test_handed_on__pointers_to_the_heir)
{
    live_sql("DELETE FROM pages; UPDATE notes SET key_name = 'a', code = 1");
    Note *clean = session_find(s, Note, 1), *changed = session_find(s, Note, 2);
    check_ok(session_load(s, clean, key));
    check_ok(session_load(s, clean, coded));
    check_ok(session_load(s, changed, key));
    check_ok(session_begin(s, NULL));
    Key *old = clean->key;
    changed->code.valid = false;
    session_delete(s, old);
    Key *new = session_add(s, Key, .name = "a", .code = 1 + 6 * _i);
    check_ok(session_flush(s));
    ck_assert(clean->key == new && clean->coded == new && changed->key == new);
    ck_assert_int_eq(clean->code.value, new->code);
    check_ok(session_rollback(s));
    ck_assert(clean->key == old && clean->coded == old && changed->key == old);
    ck_assert_int_eq(clean->code.value, 1);
    session_delete(s, old);
    new = session_add(s, Key, .name = "a", .code = 1 + 6 * _i);
    check_ok(session_commit(s));
    session_delete(s, new); /* who points to it is known */
    check_ok(session_commit(s));
    ck_assert(!clean->key_name && !clean->key && !clean->coded && !changed->key);
    live_check("1||\n2||", stored_notes);
    check_nothing_to_write();
}
END_TEST

/* The same where only the value is handed on: to a row that was flushed before, to one that was loaded, to a new one. */
START_TEST(test_handed_on__pointers_to_who_takes_the_value)
{
    bool by_id = _i < 2, is_new = _i == 0 || _i == 3;
    live_sql("INSERT INTO hooks VALUES (1, 11, 'old'), (2, 12, 'taker'), (3, 13, 'clean'), (4, 14, 'changed');"
             "ALTER TABLE hooks ALTER CONSTRAINT hooks_on_id_fkey DEFERRABLE INITIALLY DEFERRED,"
             " ALTER CONSTRAINT hooks_by_code_fkey DEFERRABLE INITIALLY DEFERRED");
    live_sql(by_id ? "UPDATE hooks SET on_id = 1 WHERE id > 2" : "UPDATE hooks SET by_code = 11 WHERE id > 2");
    Hook *clean = session_find(s, Hook, 3), *changed = session_find(s, Hook, 4), *old = session_find(s, Hook, 1);
    check_ok(by_id ? session_load(s, clean, on) : session_load(s, clean, by));
    check_ok(by_id ? session_load(s, changed, on) : session_load(s, changed, by));
    ck_assert_ptr_eq(by_id ? changed->on : changed->by, old);
    check_ok(session_begin(s, NULL));
    Hook *taker = is_new ? session_add(s, Hook, .id = 5, .code = 15, .text = "new") : session_find(s, Hook, 2);
    if (_i == 0)
        check_ok(session_flush(s));
    session_delete(s, old);
    taker->id = by_id ? 1 : taker->id;
    taker->code = by_id ? taker->code : 11;
    changed->text = "more";
    check_ok(session_flush(s));
    ck_assert_ptr_eq(by_id ? clean->on : clean->by, taker);
    ck_assert_ptr_eq(by_id ? changed->on : changed->by, taker);
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(by_id ? clean->on : clean->by, old);
    ck_assert_ptr_eq(by_id ? changed->on : changed->by, old);
}
END_TEST

/* In one statement, and on to the next key. */
START_TEST(test_handed_on__pointer_follows_the_taker)
{
    live_sql("INSERT INTO hooks VALUES (1, 11, 'old', NULL), (2, 12, 'taker', 1), (3, 13, 'clean', 1)");
    Hook *old = session_find(s, Hook, 1), *taker = session_find(s, Hook, 2), *clean = session_find(s, Hook, 3);
    check_ok(session_load(s, clean, on));
    session_delete(s, old);
    taker->id = 1;
    taker->on_id.valid = false;
    check_ok(session_commit(s));
    ck_assert_ptr_eq(clean->on, taker);
    ck_assert_int_eq(clean->on_id.value, 1);
    live_check("1|taker|\n3|clean|1", "SELECT id, text, on_id FROM hooks ORDER BY id");
    check_nothing_to_write();
    taker->id = 7;
    clean->text = "changed";
    check_ok(session_commit(s));
    ck_assert_int_eq(clean->on_id.value, 7);
    live_check("3|changed|7\n7|taker|", "SELECT id, text, on_id FROM hooks ORDER BY id");
}
END_TEST

/* --- in rings --- */

/* The new row takes the old one's name, the old one refers to the new one's code. Nobody asks for the generated key, but
 * the two are one statement. */
START_TEST(test_handed_on__lone_new_row_in_a_ring)
{
    Buoy *old = session_add(s, Buoy, .code = 1, .name = "north");
    check_ok(session_commit(s));
    Buoy *new = session_add(s, Buoy, .code = 2, .name = "north");
    old->name = "south";
    old->next_code = (NullInt64){2, true};
    cost_start();
    check_ok(session_commit(s));
    check_cost(2, 2);
    ck_assert_int_ne(new->id, 0);
    ck_assert_ptr_eq(session_find(s, Buoy, new->id), new);
    live_check("1|south|2\n2|north|", "SELECT code, name, next_code FROM buoys ORDER BY code");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_handed_on__key_of_the_server_in_a_ring)
{
    Token *old = session_add(s, Token, .code = 1, .name = "north");
    check_ok(session_commit(s));
    Token *new = session_add(s, Token, .code = 2, .name = "north");
    old->name = "south";
    old->next_code = (NullInt64){2, true};
    check_fails(session_commit(s), STATUS_INVALID);
    check_says(session_error(s), "the server makes the key");
    ck_assert_ptr_eq(session_error(s)->object, new);
    session_clear_error(s);
    old->next_code.valid = false; /* as the message says */
    check_ok(session_commit(s));
    old->next_code = (NullInt64){2, true};
    check_ok(session_commit(s));
    live_check("1|south|2\n2|north|", "SELECT code, name, next_code FROM tokens ORDER BY code");
}
END_TEST

static void check_refused_ring(const Peg *gone, const char *says)
{
    check_fails(session_commit(s), STATUS_INVALID);
    check_says(session_error(s), "flush this one first");
    check_says(session_error(s), says);
    ck_assert_ptr_eq(session_error(s)->object, gone);
    ck_assert_ptr_null(session_error(s)->statement);
    live_check("a||\nb|a|a", "SELECT * FROM pegs ORDER BY name");
}

/* What was on the deleted peg takes its name and is on itself: no row refers to the deleted one after all, but RESTRICT
 * looks at values. */
START_TEST(test_handed_on__restricted_in_a_ring)
{
    Peg *a = session_add(s, Peg, .name = "a"), *b = session_add(s, Peg, .name = "b", .on_peg = a, .by_peg = a);
    check_ok(session_commit(s));
    session_delete(s, a);
    b->name = "a";
    b->by = NULL;
    b->by_peg = NULL;
    b->on_peg = b;
    check_refused_ring(a, "ON DELETE of pegs_on_fkey");
}
END_TEST

START_TEST(test_handed_on__cleared_in_a_ring)
{
    Peg *a = session_add(s, Peg, .name = "a"), *b = session_add(s, Peg, .name = "b", .on_peg = a, .by_peg = a);
    check_ok(session_commit(s));
    session_delete(s, a);
    b->name = "a";
    b->on_peg = b->by_peg = b;
    check_refused_ring(a, "ON DELETE of pegs_");
}
END_TEST

/* Guests who change places would both be nowhere for a moment: two chairs without a guest at one table. */
START_TEST(test_handed_on__swap_through_another_index)
{
    Chair *a = session_add(s, Chair, .guest = {1, true}, .table = 7),
          *b = session_add(s, Chair, .guest = {2, true}, .table = 7);
    check_ok(session_commit(s));
    a->guest.value = 2;
    b->guest.value = 1;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_null(session_error(s)->statement);
    ck_assert(session_error(s)->object && session_error(s)->other);
    ck_assert_str_eq(session_error(s)->constraint, "chairs_guest_key");
    live_check("1|1\n2|2", "SELECT id, guest FROM chairs ORDER BY id");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_handed_on__unique_value_to_a_loaded_row);
    tcase_add_test(tests, test_handed_on__key_to_a_loaded_row);
    tcase_add_loop_test(tests, test_handed_on__key_and_new_children, 0, 4);
    tcase_add_test(tests, test_handed_on__taker_is_deleted_too);
    tcase_add_loop_test(tests, test_handed_on__row_with_another_value, 0, 2);
    tcase_add_loop_test(tests, test_handed_on__pointers_to_the_heir, 0, 2);
    tcase_add_loop_test(tests, test_handed_on__pointers_to_who_takes_the_value, 0, 4);
    tcase_add_test(tests, test_handed_on__pointer_follows_the_taker);
    tcase_add_test(tests, test_handed_on__lone_new_row_in_a_ring);
    tcase_add_test(tests, test_handed_on__key_of_the_server_in_a_ring);
    tcase_add_test(tests, test_handed_on__restricted_in_a_ring);
    tcase_add_test(tests, test_handed_on__cleared_in_a_ring);
    tcase_add_test(tests, test_handed_on__swap_through_another_index);
}

int main(void)
{
    return scene_main("handed_on", setup, scene_close, add_tests);
}
