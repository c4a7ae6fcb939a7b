/* What counts as a change: PostgreSQL's idea of equal, not that of memcmp. is_dirty, changes, assign_null. */
#include "api/types_scene.h"

typedef struct Small { /* which is no whole number of words */
    int32_t id;
    int32_t first;
    int32_t last;
} Small;
MODEL(Small, "smalls", COLUMN(Small, id, .primary_key = true), COLUMN(Small, first), COLUMN(Small, last));

static void check_clean(void *object)
{
    size_t count = 9;
    ck_assert(!session_is_dirty(s, object));
    session_changes(s, object, &count);
    ck_assert_uint_eq(count, 0);
    check_nothing_to_write();
}

/* --- equal in other words --- */

START_TEST(test_dirty__numeric_by_value)
{
    live_sql("UPDATE plains SET amount = 10.50 WHERE id = 1; UPDATE \"Other \"\"schema\"\"\".\"Special \"\"table\"\"\""
             " SET price = 1.1 WHERE id = 1");
    Plain *plain = session_find(s, Plain, 1);
    static const char *const same[] = {"10.5", "10.50", "10.5000000", "+10.5", "105e-1", "0010.50", "1.05e1", "10.50"};
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        plain->amount.text = same[i];
        check_clean(plain);
        live_check("10.50", "SELECT amount FROM plains WHERE id = 1");
    }
    Special *special = session_find(s, Special, 1);
    ck_assert_str_eq(special->price.text, "1.10");
    special->price.text = "1.1";
    check_clean(special);
    special->price.text = "1.1000000000000000000000000000000000000000000000000001";
    ck_assert(session_is_dirty(s, special));
    plain->amount.text = "10.500000000000000000000000000000000000000000000000001";
    ck_assert(session_is_dirty(s, plain));
    check_ok(session_commit(s));
    live_check("10.500000000000000000000000000000000000000000000000001", "SELECT amount FROM plains WHERE id = 1");
}
END_TEST

START_TEST(test_dirty__numeric_extremes)
{
    Plain *nan = session_find(s, Plain, 2), *infinity = session_find(s, Plain, 3), *minus = session_find(s, Plain, 6);
    nan->amount.text = "nan";
    infinity->amount.text = "inf";
    minus->amount.text = "-1e-4";
    Plain *zero = session_find(s, Plain, 1);
    zero->amount.text = "-0.000";
    check_clean(nan);
    infinity->amount.text = "-Infinity";
    ck_assert(session_is_dirty(s, infinity));
    check_ok(session_commit(s));
    live_check("-Infinity", "SELECT amount FROM plains WHERE id = 3");
}
END_TEST

START_TEST(test_dirty__jsonb_by_value)
{
    live_sql("UPDATE plains SET json = '{\"a\": 1.10, \"bb\": [1, {\"x\": null}], \"c\": \"\\u00e9\"}' WHERE id = 1");
    Plain *plain = session_find(s, Plain, 1);
    static const char *const same[] = {
        "{\"c\":\"\\u00e9\",\"bb\":[1,{\"x\":null}],\"a\":1.1}",
        " {\n\t\"bb\" : [ 1 , { \"x\" : null } ] , \"a\" : 11e-1 , \"c\" : \"\xc3\xa9\" } ",
        "{\"a\": 5, \"a\": 1.100, \"bb\": [1.0, {\"x\": 7, \"x\": null}], \"c\": \"\\u00E9\"}",
    };
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        plain->json.text = same[i];
        ck_assert_msg(!session_is_dirty(s, plain), "%zu", i);
        check_clean(plain);
    }
    static const char *const other[] = {
        "{\"a\": 1.11, \"bb\": [1, {\"x\": null}], \"c\": \"\xc3\xa9\"}",
        "{\"a\": 1.10, \"bb\": [1, {\"x\": null}]}",
        "{\"a\": \"1.10\", \"bb\": [1, {\"x\": null}], \"c\": \"\xc3\xa9\"}",
        "{\"a\": 1.10, \"bb\": [{\"x\": null}, 1], \"c\": \"\xc3\xa9\"}",
        "null",
        "[]",
    };
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        plain->json.text = other[i];
        ck_assert_msg(session_is_dirty(s, plain), "%zu", i);
        cost_start();
        check_ok(session_commit(s));
        check_cost(1, 1);
        live_check("t", "SELECT json = '%s' FROM plains WHERE id = 1", other[i]);
    }
}
END_TEST

/* JSON's null is a value, SQL NULL is none. */
START_TEST(test_dirty__json_null_is_not_null)
{
    Nullable *object = session_add(s, Nullable, .id = 70, .json = {"null"});
    Nullable *none = session_add(s, Nullable, .id = 71);
    check_ok(session_commit(s));
    live_check("null|f\n|t", "SELECT json, json IS NULL FROM nullables WHERE id >= 70 ORDER BY id");
    ck_assert_ptr_null(none->json.text);
    object->json.text = NULL;
    none->json.text = "null";
    ck_assert(session_is_dirty(s, object) && session_is_dirty(s, none));
    check_ok(session_commit(s));
    live_check("|t\nnull|f", "SELECT json, json IS NULL FROM nullables WHERE id >= 70 ORDER BY id");
    scene_renew();
    ck_assert_ptr_null(session_find(s, Nullable, 70)->json.text);
    ck_assert_str_eq(session_find(s, Nullable, 71)->json.text, "null");
}
END_TEST

START_TEST(test_dirty__times_by_instant)
{
    live_sql("UPDATE plains SET moment = '2026-11-20 12:00:00.123457+02' WHERE id = 1");
    Plain *plain = session_find(s, Plain, 1);
    ck_assert_int_eq(timestamp_from_text("2026-11-20T10:00:00.123457Z", &plain->moment), STATUS_OK);
    check_clean(plain);
    ck_assert_int_eq(timestamp_from_text("2026-11-20 04:00:00.123457-06:00", &plain->moment), STATUS_OK);
    check_clean(plain);
    struct timespec time = {.tv_nsec = 123456600};
    struct timespec whole;
    ck_assert_int_eq(timestamp_to_timespec(plain->moment, &whole), STATUS_OK);
    time.tv_sec = whole.tv_sec;
    ck_assert_int_eq(timestamp_from_timespec(time, &plain->moment), STATUS_OK); /* rounds up to .123457 */
    check_clean(plain);
    plain->moment.microseconds++;
    ck_assert(session_is_dirty(s, plain));
}
END_TEST

/* NaN is NaN; -0.0 and 0.0 are equal in SQL. */
START_TEST(test_dirty__floats_as_sql_compares_them)
{
    Plain *nan = session_find(s, Plain, 4), *zero = session_find(s, Plain, 1), *minus = session_find(s, Plain, 6);
    check_nothing_to_write();
    nan->double_float = -(0.0 / 0.0) + 1; /* another NaN */
    nan->single_float = (float)nan->double_float;
    zero->double_float = -0.0;
    zero->single_float = -0.0f;
    minus->double_float = 0.0;
    check_clean(nan);
    check_clean(zero);
    check_clean(minus);
    zero->double_float = 5e-324;
    ck_assert(session_is_dirty(s, zero));
    check_ok(session_commit(s));
    live_check("5e-324", "SELECT double_float FROM plains WHERE id = 1");
}
END_TEST

/* 1 day is not 24 hours for a column that keeps both apart, although SQL calls them equal. */
START_TEST(test_dirty__intervals)
{
    live_sql("UPDATE plains SET span = '1 day' WHERE id = 1");
    Plain *plain = session_find(s, Plain, 1);
    plain->span = (PgInterval){.days = 1};
    check_clean(plain);
    plain->span = (PgInterval){.days = 2};
    ck_assert(session_is_dirty(s, plain));
    check_ok(session_commit(s));
    live_check("2 days", "SELECT span FROM plains WHERE id = 1");
}
END_TEST

START_TEST(test_dirty__bytes_and_uuid_by_content)
{
    Plain *plain = session_find(s, Plain, 2);
    unsigned char copy[3] = {0, 0xff, 0};
    plain->bytes.data = copy;
    check_clean(plain);
    copy[2] = 1;
    plain->bytes.data = copy;
    ck_assert(session_is_dirty(s, plain));
    plain->bytes.size = 2;
    ck_assert(session_is_dirty(s, plain));
    check_ok(session_commit(s));
    live_check("\\x00ff", "SELECT bytes FROM plains WHERE id = 2");
    plain->uuid.bytes[15] ^= 1;
    ck_assert(session_is_dirty(s, plain));
}
END_TEST

START_TEST(test_dirty__last_field_of_a_small_struct)
{
    Database *smalls = scene_database(NULL, MODELS(Small), NULL);
    database_create_tables(smalls);
    live_sql("INSERT INTO smalls VALUES (1, 2, 3)");
    Session *session = session_open(smalls);
    Small *small = session_find(session, Small, 1);
    small->last = 4;
    ck_assert(session_is_dirty(session, small));
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    live_check("2|4", "SELECT first, last FROM smalls");
    session_close(session);
    database_close(smalls);
}
END_TEST

/* What lies in the value beside `valid` false, and in padding, is nobody's business. */
START_TEST(test_dirty__nulls_are_equal)
{
    Nullable *object = session_find(s, Nullable, 1);
    object->large.value = 77;
    object->double_float.value = 0.5;
    object->moment.value.microseconds = 3;
    memset(object->uuid.value.bytes, 9, 16);
    check_clean(object);
    object->large.valid = true;
    ck_assert(session_is_dirty(s, object));
    check_ok(session_commit(s));
    live_check("77", "SELECT large FROM nullables WHERE id = 1");
}
END_TEST

START_TEST(test_dirty__arrays_edited_in_place)
{
    Lists *lists = session_find(s, Lists, 3);
    int64_t first = lists->large.items[2];
    lists->large.items[2] = 5;
    ck_assert(session_is_dirty(s, lists));
    lists->large.items[2] = first;
    check_clean(lists);
    lists->large.items[2] = 6;
    lists->words.items[2] = "edited";
    lists->truth.nulls[1] = true;
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    live_check("6|edited|t", "SELECT large[3], words[3], truth[2] IS NULL FROM lists WHERE id = 3");
    check_nothing_to_write();
    lists->words.items[2] = "again";
    check_ok(session_commit(s));
    live_check("again", "SELECT words[3] FROM lists WHERE id = 3");
    lists->words.count = 1;
    check_ok(session_commit(s));
    live_check("1", "SELECT cardinality(words) FROM lists WHERE id = 3");
    lists->words.items = NULL;
    check_ok(session_commit(s));
    live_check("t", "SELECT words IS NULL FROM lists WHERE id = 3");
}
END_TEST

START_TEST(test_dirty__arrays_that_mean_the_same)
{
    Lists *five = session_find(s, Lists, 5);
    const char *words[] = {"", "NULL", "null", "{", "\"", "\\", ","};
    bool nulls[7] = {false};
    five->words = (TextArray){words, nulls, 7};
    check_clean(five);
    const char *amounts[] = {"nan", NULL, "0.0"};
    bool flags[] = {false, true, false};
    PgNumeric items[] = {{amounts[0]}, {amounts[1]}, {amounts[2]}};
    five->amount = (NumericArray){items, flags, 3};
    check_clean(five);
    Lists *empty = session_find(s, Lists, 2);
    int32_t nothing;
    empty->middle = (Int32Array){&nothing, NULL, 0};
    check_clean(empty);
    empty->middle = (Int32Array){NULL, NULL, 0}; /* NULL is not the empty array */
    ck_assert(session_is_dirty(s, empty));
    check_ok(session_commit(s));
    live_check("t|0", "SELECT middle IS NULL, cardinality(small) FROM lists WHERE id = 2");
}
END_TEST

/* NULL is told by the items alone: what else stands in the struct is the program's own. */
START_TEST(test_dirty__null_array_with_flags_beside_it)
{
    bool flags[] = {false, true, true, false};
    const bool before[] = {false, true, true, false};
    Lists *added = session_add(s, Lists, .id = 70, .middle = {NULL, flags, 2}, .words = {NULL, flags, 2});
    check_ok(session_commit(s));
    check_nothing_to_write();
    Lists *three = session_find(s, Lists, 3);
    three->middle = (Int32Array){NULL, flags, 2};
    check_ok(session_commit(s));
    check_nothing_to_write();
    flags[0] = true;
    check_nothing_to_write();
    session_rollback(s);
    check_ok(session_refresh(s, added));
    flags[0] = false;
    ck_assert(memcmp(flags, before, sizeof(flags)) == 0);
    live_check("2", "SELECT count(*) FROM lists WHERE id IN (3, 70) AND middle IS NULL");
}
END_TEST

START_TEST(test_dirty__codec_without_equal_compares_bytes)
{
    Special *special = session_find(s, Special, 2);
    special->colour.red++;
    ck_assert(session_is_dirty(s, special));
    special->colour.red--;
    check_clean(special);
    special->colour.set = false;
    check_ok(session_commit(s));
    live_check("t", "SELECT colour IS NULL FROM \"Other \"\"schema\"\"\".\"Special \"\"table\"\"\" WHERE id = 2");
}
END_TEST

/* --- changes --- */

static const Change *change_of(const Change *changes, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(changes[i].field, field) == 0)
            return &changes[i];
    ck_abort_msg("%s is not among the changes", field);
    return NULL;
}

START_TEST(test_dirty__changes_field_by_field)
{
    Plain *plain = session_find(s, Plain, 2);
    size_t count;
    plain->middle = 5;
    plain->words = "other";
    plain->truth = false;
    ck_assert(SET_TEXT(plain->chars, "new"));
    const Change *changes = session_changes(s, plain, &count);
    ck_assert_uint_eq(count, 4);
    const Change *middle = change_of(changes, count, "middle");
    ck_assert_int_eq(middle->old_value.as.integer, INT32_MAX);
    ck_assert_int_eq(middle->new_value.as.integer, 5);
    const Change *words = change_of(changes, count, "words");
    ck_assert_str_eq(words->old_value.as.text, "plain");
    ck_assert_str_eq(words->new_value.as.text, "other");
    const Change *chars = change_of(changes, count, "chars");
    ck_assert_str_eq(chars->old_value.as.text, "seven77");
    ck_assert_str_eq(chars->new_value.as.text, "new");
    ck_assert(change_of(changes, count, "truth")->old_value.as.boolean);
    check_ok(session_commit(s));
    session_changes(s, plain, &count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(test_dirty__changed_and_changed_back)
{
    Plain *plain = session_find(s, Plain, 2);
    const Plain before = *plain;
    plain->middle = 5;
    plain->words = "other";
    plain->truth = !plain->truth;
    ck_assert(SET_TEXT(plain->chars, "new"));
    ck_assert(session_is_dirty(s, plain));
    plain->middle = before.middle;
    plain->words = session_text(s, "%s", before.words); /* the same in another place */
    plain->truth = before.truth;
    ck_assert(SET_TEXT(plain->chars, before.chars));
    check_clean(plain);
}
END_TEST

START_TEST(test_dirty__changes_from_and_to_null)
{
    Nullable *object = session_find(s, Nullable, 1);
    size_t count;
    object->middle = (NullInt32){4, true};
    object->words = "";
    const Change *changes = session_changes(s, object, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(change_of(changes, count, "middle")->old_value.type, 0);
    ck_assert_int_eq(change_of(changes, count, "middle")->new_value.as.integer, 4);
    ck_assert_str_eq(change_of(changes, count, "words")->new_value.as.text, "");
    check_ok(session_commit(s));
    check_ok(session_assign_null(s, object, middle));
    changes = session_changes(s, object, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(changes[0].new_value.type, 0);
}
END_TEST

START_TEST(test_dirty__changes_of_a_new_object)
{
    Nullable *object = session_add(s, Nullable, .id = 90, .words = "w");
    size_t count;
    const Change *changes = session_changes(s, object, &count);
    ck_assert_int_eq(change_of(changes, count, "id")->new_value.as.integer, 90);
    ck_assert_str_eq(change_of(changes, count, "words")->new_value.as.text, "w");
    ck_assert(session_is_dirty(s, object));
    check_ok(session_commit(s));
    ck_assert(!session_is_dirty(s, object));
}
END_TEST

START_TEST(test_dirty__changes_of_an_array_in_place)
{
    Lists *lists = session_find(s, Lists, 3);
    size_t count;
    lists->middle.items[3] = 17;
    const Change *changes = session_changes(s, lists, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(changes[0].field, "middle");
    ck_assert_int_eq(((const int32_t *)changes[0].old_value.as.array.items)[3], INT32_MIN);
    ck_assert_int_eq(((const int32_t *)changes[0].new_value.as.array.items)[3], 17);
}
END_TEST

START_TEST(test_dirty__deleted_and_foreign_objects)
{
    Plain *plain = session_find(s, Plain, 1);
    check_ok(session_delete(s, plain));
    ck_assert(session_is_dirty(s, plain));
    Plain mine = {.id = 1};
    size_t count = 3;
    ck_assert_ptr_null(session_changes(s, &mine, &count));
    ck_assert_uint_eq(count, 0);
    check_error(s, STATUS_MISUSE);
}
END_TEST

/* --- assign_null --- */

START_TEST(test_dirty__null_never_set_and_null_assigned)
{
    live_sql("ALTER TABLE nullables ALTER middle SET DEFAULT 7"); /* the model knows of no default: NULL is NULL */
    session_add(s, Nullable, .id = 80);
    Nullable *assigned = session_add(s, Nullable, .id = 81);
    check_ok(session_assign_null(s, assigned, middle));
    check_ok(session_commit(s));
    live_check("2", "SELECT count(*) FROM nullables WHERE id >= 80 AND middle IS NULL");
}
END_TEST

START_TEST(test_dirty__null_that_a_column_can_not_be)
{
    Plain *plain = session_find(s, Plain, 1);
    ck_assert_int_eq(session_assign_null(s, plain, words), STATUS_INVALID);
    check_culprit(plain, "Plain", "words");
    session_clear_error(s);
    ck_assert_int_eq(session_assign_null(s, plain, id), STATUS_INVALID);
    check_culprit(plain, "Plain", "id");
    session_clear_error(s);
    ck_assert_int_eq(howdah_session_assign_null_field(s, plain, 1), STATUS_INVALID);
    session_clear_error(s);
    check_clean(plain);
}
END_TEST

/* Assigning a value afterwards wins over the NULL that was assigned before. */
START_TEST(test_dirty__null_assigned_and_then_a_value)
{
    Nullable *object = session_add(s, Nullable, .id = 82, .middle = {3, true});
    check_ok(session_assign_null(s, object, middle));
    ck_assert(!object->middle.valid);
    object->middle = (NullInt32){4, true};
    check_ok(session_commit(s));
    live_check("4", "SELECT middle FROM nullables WHERE id = 82");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_dirty__numeric_by_value);
    tcase_add_test(tests, test_dirty__numeric_extremes);
    tcase_add_test(tests, test_dirty__jsonb_by_value);
    tcase_add_test(tests, test_dirty__json_null_is_not_null);
    tcase_add_test(tests, test_dirty__times_by_instant);
    tcase_add_test(tests, test_dirty__floats_as_sql_compares_them);
    tcase_add_test(tests, test_dirty__intervals);
    tcase_add_test(tests, test_dirty__bytes_and_uuid_by_content);
    tcase_add_test(tests, test_dirty__last_field_of_a_small_struct);
    tcase_add_test(tests, test_dirty__nulls_are_equal);
    tcase_add_test(tests, test_dirty__arrays_edited_in_place);
    tcase_add_test(tests, test_dirty__arrays_that_mean_the_same);
    tcase_add_test(tests, test_dirty__null_array_with_flags_beside_it);
    tcase_add_test(tests, test_dirty__codec_without_equal_compares_bytes);
    tcase_add_test(tests, test_dirty__changes_field_by_field);
    tcase_add_test(tests, test_dirty__changed_and_changed_back);
    tcase_add_test(tests, test_dirty__changes_from_and_to_null);
    tcase_add_test(tests, test_dirty__changes_of_a_new_object);
    tcase_add_test(tests, test_dirty__changes_of_an_array_in_place);
    tcase_add_test(tests, test_dirty__deleted_and_foreign_objects);
    tcase_add_test(tests, test_dirty__null_never_set_and_null_assigned);
    tcase_add_test(tests, test_dirty__null_that_a_column_can_not_be);
    tcase_add_test(tests, test_dirty__null_assigned_and_then_a_value);
}

int main(void)
{
    return scene_main("dirty", types_setup, scene_close, add_tests);
}
