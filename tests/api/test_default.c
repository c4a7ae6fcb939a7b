/* Defaults of the server: what leaves a column to it, what is sent all the same, and zeroes, which are values. */
#include "api/scene.h"

typedef struct Setting {
    int32_t id;
    NullBool active;  /* default true */
    NullInt16 small;  /* 7 */
    NullInt64 large;  /* 7 */
    NullDouble ratio; /* 0.5 */
    const char *text; /* 'text' */
    NullDate day;     /* 2020-01-01 */
    NullUuid uuid;
    PgJson json;      /* {} */
    PgNumeric amount; /* 1.50 */
    PgBytes bytes;    /* \x01 */
    TextArray words;  /* {a} */
    PgJson needed;    /* NOT NULL, with a default */
} Setting;

typedef struct Zeroes { /* plain ones: no default can be meant */
    int32_t id;
    bool truth;
    int32_t number;
    double ratio;
    const char *text;
    PgTimestamp moment;
    PgUuid uuid;
} Zeroes;

/* clang-format off */
MODEL(Setting, "settings",
    COLUMN(Setting, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Setting, active, .server_default = "true"),
    COLUMN(Setting, small,  .server_default = "7"),
    COLUMN(Setting, large,  .server_default = "7"),
    COLUMN(Setting, ratio,  .server_default = "0.5"),
    COLUMN(Setting, text,   .server_default = "'text'", .nullable = true),
    COLUMN(Setting, day,    .server_default = "'2020-01-01'"),
    COLUMN(Setting, uuid,   .server_default = "'00000000-0000-0000-0000-000000000001'"),
    COLUMN(Setting, json,   .server_default = "'{}'", .nullable = true),
    COLUMN(Setting, amount, .server_default = "1.50", .nullable = true),
    COLUMN(Setting, bytes,  .server_default = "'\\x01'", .nullable = true),
    COLUMN(Setting, words,  .server_default = "'{a}'", .nullable = true),
    COLUMN(Setting, needed, .server_default = "'[]'"));

MODEL(Zeroes, "zeroes",
    COLUMN(Zeroes, id, .primary_key = true), COLUMN(Zeroes, truth), COLUMN(Zeroes, number), COLUMN(Zeroes, ratio),
    COLUMN(Zeroes, text), COLUMN(Zeroes, moment), COLUMN(Zeroes, uuid));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Setting, Zeroes));
}

#define COLUMNS  "active, small, large, ratio, text, day, uuid, json, amount, bytes, words, needed"
#define DEFAULTS "t|7|7|0.5|text|2020-01-01|00000000-0000-0000-0000-000000000001|{}|1.50|\\x01|{a}|[]"

static void check_defaults(const Setting *setting)
{
    ck_assert(setting->active.valid && setting->active.value);
    ck_assert(setting->small.valid && setting->small.value == 7);
    ck_assert(setting->large.valid && setting->large.value == 7);
    ck_assert(setting->ratio.valid && setting->ratio.value == 0.5);
    ck_assert_str_eq(setting->text, "text");
    ck_assert(setting->day.valid);
    ck_assert(setting->uuid.valid && setting->uuid.value.bytes[15] == 1);
    ck_assert_str_eq(setting->json.text, "{}");
    ck_assert_str_eq(setting->amount.text, "1.50");
    ck_assert_uint_eq(setting->bytes.size, 1);
    ck_assert_uint_eq(setting->words.count, 1);
    ck_assert_str_eq(setting->words.items[0], "a");
    ck_assert_str_eq(setting->needed.text, "[]");
}

/* Nothing set: all defaults, and all fetched: alone, and in a batch. */
START_TEST(test_default__of_each_type)
{
    static const int rows[] = {1, 2, 1200};
    Setting *settings[1200];
    for (int i = 0; i < rows[_i]; i++)
        settings[i] = session_add(s, Setting, .id = 0);
    check_ok(session_commit(s));
    for (int i = 0; i < rows[_i]; i++)
        check_defaults(settings[i]);
    live_check(DEFAULTS, "SELECT DISTINCT " COLUMNS " FROM settings");
    check_nothing_to_write();
}
END_TEST

/* Zeroes are sent, also where there is a default. */
START_TEST(test_default__zeroes_are_sent)
{
    static const unsigned char nothing[1];
    Setting *setting =
        session_add(s, Setting, .active = {false, true}, .small = {0, true}, .large = {0, true}, .ratio = {0, true},
                    .text = "", .day = {{0}, true}, .uuid = {{{0}}, true}, .json = {"null"}, .amount = {"0"},
                    .bytes = {nothing, 0}, .words = {(const char *[]){NULL}, NULL, 0}, .needed = {"0"});
    check_ok(session_commit(s));
    live_check("f|0|0|0||2000-01-01|00000000-0000-0000-0000-000000000000|null|0|\\x|{}|0",
               "SELECT " COLUMNS " FROM settings");
    live_check("0", "SELECT num_nulls(" COLUMNS ") FROM settings");
    ck_assert(setting->active.valid && !setting->active.value);
    check_nothing_to_write();
}
END_TEST

/* NULL that is assigned is NULL, whatever the default. */
START_TEST(test_default__assigned_null_is_sent)
{
    Setting *setting = session_add(s, Setting, .text = "soon NULL");
    check_ok(session_assign_null(s, setting, active));
    check_ok(session_assign_null(s, setting, small));
    check_ok(session_assign_null(s, setting, large));
    check_ok(session_assign_null(s, setting, ratio));
    check_ok(session_assign_null(s, setting, text));
    check_ok(session_assign_null(s, setting, day));
    check_ok(session_assign_null(s, setting, uuid));
    check_ok(session_assign_null(s, setting, json));
    check_ok(session_assign_null(s, setting, amount));
    check_ok(session_assign_null(s, setting, bytes));
    check_ok(session_assign_null(s, setting, words));
    ck_assert_int_eq(session_assign_null(s, setting, needed), STATUS_INVALID); /* which can't be */
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check("11|[]", "SELECT num_nulls(" COLUMNS "), needed FROM settings");
    ck_assert(!setting->active.valid && !setting->text && !setting->words.items);
    check_nothing_to_write();
    /* of a loaded object a NULL is a NULL by itself */
    Setting *other = session_add(s, Setting, .id = 0);
    check_ok(session_commit(s));
    other->active.valid = false;
    other->text = NULL;
    other->words.items = NULL;
    check_ok(session_commit(s));
    live_check("3", "SELECT num_nulls(" COLUMNS ") FROM settings WHERE id = %d", other->id);
    check_nothing_to_write();
}
END_TEST

/* Assigned to some of many: each its own. */
START_TEST(test_default__assigned_null_to_some)
{
    enum { ROWS = 3000 };
    static Setting *settings[ROWS];
    for (int i = 0; i < ROWS; i++) {
        settings[i] = session_add(s, Setting, .large = {i, true});
        if (i % 2)
            check_ok(session_assign_null(s, settings[i], text));
        if (i % 3 == 0)
            check_ok(session_assign_null(s, settings[i], active));
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("0", "SELECT count(*) FROM settings WHERE (text IS NULL) <> (large %% 2 = 1) OR"
                    " (active IS NULL) <> (large %% 3 = 0)");
    for (int i = 0; i < ROWS; i++)
        ck_assert((settings[i]->text == NULL) == (i % 2 == 1));
}
END_TEST

/* The NULL is forgotten with the object, and kept for a commit that failed. */
START_TEST(test_default__assigned_null_after_a_failure)
{
    live_sql("INSERT INTO settings (id) VALUES (1)");
    Setting *setting = session_add(s, Setting, .id = 1);
    check_ok(session_assign_null(s, setting, text));
    check_fails(session_commit(s), STATUS_UNIQUE);
    session_clear_error(s);
    setting->id = 50;
    check_ok(session_commit(s));
    live_check("t", "SELECT text IS NULL FROM settings WHERE id = 50");
    setting = session_add(s, Setting, .id = 51);
    check_ok(session_assign_null(s, setting, text));
    check_ok(session_rollback(s));
    setting = session_add(s, Setting, .id = 51); /* perhaps in the same place */
    check_ok(session_commit(s));
    live_check("text", "SELECT text FROM settings WHERE id = 51");
}
END_TEST

START_TEST(test_default__plain_zeroes)
{
    live_sql("ALTER TABLE zeroes ALTER truth SET DEFAULT true, ALTER number SET DEFAULT 7, ALTER ratio SET DEFAULT 7,"
             " ALTER text SET DEFAULT 'text', ALTER moment SET DEFAULT now()"); /* of which the model knows nothing */
    session_add(s, Zeroes, .text = "");
    check_ok(session_commit(s));
    live_check("0|f|0|0||t|00000000-0000-0000-0000-000000000000",
               "SELECT id, truth, number, ratio, text, moment = '2000-01-01 00:00:00+00', uuid FROM zeroes");
    check_nothing_to_write();
}
END_TEST

/* A default that draws from a sequence: in the order of adding. */
START_TEST(test_default__in_the_order_of_adding)
{
    live_sql("CREATE SEQUENCE places; ALTER TABLE settings ALTER large SET DEFAULT nextval('places')");
    Setting *settings[2100];
    for (int i = 0; i < 2100; i++)
        settings[i] = session_add(s, Setting, .id = (i * 37) % 2100 + 1); /* keys in no order */
    check_ok(session_commit(s));
    for (int i = 0; i < 2100; i++)
        ck_assert_int_eq(settings[i]->large.value, i + 1);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_default__of_each_type, 0, 3);
    tcase_add_test(tests, test_default__zeroes_are_sent);
    tcase_add_test(tests, test_default__assigned_null_is_sent);
    tcase_add_test(tests, test_default__assigned_null_to_some);
    tcase_add_test(tests, test_default__assigned_null_after_a_failure);
    tcase_add_test(tests, test_default__plain_zeroes);
    tcase_add_test(tests, test_default__in_the_order_of_adding);
}

int main(void)
{
    return scene_main("default", setup, scene_close, add_tests);
}
