/* Every type, both ways: what the server has arrives whole, and what is written is what the server then has. The
 * rows are made by the server from text; they are read in each way that there is, written again by the session, and
 * compared by the server in its own words. */
#include "api/types_scene.h"

static const Model *const models[] = {&Plain_model, &Nullable_model, &Lists_model, &Special_model};
static const char *const tables[] = {"plains", "nullables", "lists",
                                     "\"Other \"\"schema\"\"\".\"Special \"\"table\"\"\""};
static const int rows[] = {7, 8, 5, 4};

/* Columns that the server makes must be unset in a new object. */
static void unset_made(const Model *model, void *object)
{
    for (size_t i = 0; i < model->field_count; i++)
        if (model->fields[i].generated == GENERATED_BY_SERVER)
            memset((char *)object + model->fields[i].offset, 0, model->fields[i].size);
}

/* Adds a copy of the object to the session, with another key. */
static void *add_copy(const Model *model, const void *object, int64_t id)
{
    void *copy = malloc(model->size);
    memcpy(copy, object, model->size);
    memcpy(copy, &id, sizeof(id)); /* the key is the first field of all */
    unset_made(model, copy);
    void *added = howdah_session_add_object(s, model, copy);
    free(copy);
    return added;
}

/* The row as the server prints it, but for its key. */
#define BUT_KEY(alias) "regexp_replace(" alias "::text, '^\\([^,]*,', '(')"

/* All rows beyond `offset` are copies of those before, in the server's own words. */
static void check_copies(size_t table, int offset)
{
    live_check(session_text(s, "%d|0", rows[table]),
               "SELECT count(*), count(*) FILTER (WHERE %s <> %s) FROM %s a JOIN %s b ON b.id = a.id + %d"
               " WHERE a.id <= %d",
               BUT_KEY("a"), BUT_KEY("b"), tables[table], tables[table], offset, rows[table]);
}

/* --- reading in each way, and writing what was read --- */

enum way { WAY_FIND, WAY_MANY, WAY_ALL, WAY_EACH, WAY_ONE_CALL, WAYS };

static bool copy_row(void *arg, const void *object)
{
    int64_t id;
    memcpy(&id, object, sizeof(id));
    ck_assert_ptr_nonnull(add_copy(arg, object, id + 100));
    return true;
}

static void copy_by_find(Session *from, const Model *model, int64_t id)
{
    Value key = VALUE(id);
    const void *object = howdah_session_find_key(from, model, &key, 1);
    ck_assert_msg(object != NULL, "%s %d: %s", model->name, (int)id, error_text(session_error(from)));
    add_copy(model, object, id + 100);
}

static void copy_by_one_call(const Model *model, int64_t id)
{
    Error error;
    Value key = VALUE(id);
    void *object = calloc(1, model->size), *memory = NULL;
    Status status = howdah_database_find_key(db, model, object, &memory, &error, &key, 1);
    ck_assert_msg(status == STATUS_OK, "%s", error_text(&error));
    add_copy(model, object, id + 100);
    database_free(db, memory);
    free(object);
}

static void copy_all(Session *from, size_t table, enum way way)
{
    const Model *model = models[table];
    size_t count = 0;
    void **objects = NULL;
    Value keys[8];
    for (int i = 0; i < rows[table]; i++)
        keys[i] = VALUE(i + 1);
    if (way == WAY_MANY)
        objects = howdah_session_find_many_keys(from, model, keys, count = (size_t)rows[table]);
    if (way == WAY_ALL)
        objects = howdah_query_all_objects(howdah_session_query_model(from, model), model, &count);
    if (way == WAY_EACH) {
        Status status = howdah_query_each_object(howdah_session_query_model(from, model), model, copy_row,
                                                 (void *)(uintptr_t)model);
        ck_assert_msg(status == STATUS_OK, "%s", error_text(session_error(from)));
    }
    for (int64_t id = 1; id <= rows[table]; id++) {
        if (way == WAY_FIND)
            copy_by_find(from, model, id);
        if (way == WAY_ONE_CALL)
            copy_by_one_call(model, id);
    }
    ck_assert_msg(!session_error(from), "%s", error_text(session_error(from)));
    for (size_t i = 0; i < count; i++)
        copy_row((void *)(uintptr_t)model, objects[i]);
}

START_TEST(test_types__read_and_written)
{
    size_t table = (size_t)_i / WAYS;
    Session *from = session_open(db);
    copy_all(from, table, (enum way)(_i % WAYS));
    ck_assert_msg(session_commit(from) == STATUS_OK, "%s", error_text(session_error(from)));
    ck_assert_uint_eq(session_stats(from).inserted + session_stats(from).updated, 0);
    session_close(from);
    check_ok(session_commit(s));
    check_copies(table, 100);
    check_nothing_to_write();
}
END_TEST

/* Settings of the server or the role that change how values look as text must not change what they are. */
START_TEST(test_types__settings_that_change_texts)
{
    const Model *model = models[_i];
    Database *odd = scene_database(
        live_conninfo_with("client_encoding=LATIN1 options='-c datestyle=German,DMY -c intervalstyle=sql_standard"
                           " -c timezone=Pacific/Chatham -c bytea_output=escape -c extra_float_digits=-10"
                           " -c default_transaction_isolation=serializable'"),
        TYPES, NULL);
    session_close(s);
    s = session_open(odd);
    for (int64_t id = 1; id <= rows[_i]; id++) {
        Value key = VALUE(id);
        const void *object = howdah_session_find_key(s, model, &key, 1);
        ck_assert_msg(object != NULL, "%s", error_text(session_error(s)));
        add_copy(model, object, id + 100);
    }
    check_ok(session_commit(s));
    check_copies((size_t)_i, 100);
    check_nothing_to_write();
    if (model == &Plain_model)
        ck_assert_str_eq(((const Plain *)session_find(s, Plain, 3))->words,
                         "it's \"q\"\t\n\\ \xe2\x82\xac \xf0\x9f\x98\x80");
    session_close(s);
    database_close(odd);
    s = session_open(db);
}
END_TEST

/* One row alone is written by another road than many. */
START_TEST(test_types__each_row_alone)
{
    for (int64_t id = 1; id <= rows[_i]; id++) {
        Value key = VALUE(id);
        add_copy(models[_i], howdah_session_find_key(s, models[_i], &key, 1), id + 100);
        check_ok(session_commit(s));
    }
    check_copies((size_t)_i, 100);
}
END_TEST

/* What was loaded is clean, in any way of reading, and so is what was written. */
START_TEST(test_types__loaded_is_clean)
{
    for (size_t t = 0; t < COUNT_OF(models); t++) {
        size_t count;
        void **objects = howdah_query_all_objects(howdah_session_query_model(s, models[t]), models[t], &count);
        ck_assert_uint_eq(count, (size_t)rows[t]);
        for (size_t i = 0; i < count; i++) {
            size_t changes = 1;
            ck_assert(!session_is_dirty(s, objects[i]));
            session_changes(s, objects[i], &changes);
            ck_assert_uint_eq(changes, 0);
        }
    }
    check_nothing_to_write();
}
END_TEST

/* Every column of every row becomes that of another row, NULLs included. */
START_TEST(test_types__every_column_updated)
{
    const Model *model = models[_i];
    size_t count;
    for (int64_t id = 1; id <= rows[_i]; id++) {
        Value key = VALUE(id);
        add_copy(model, howdah_session_find_key(s, model, &key, 1), id + 100);
    }
    check_ok(session_commit(s));
    Query *q = howdah_session_query_model(s, model);
    howdah_query_where_field(q, model, 0, ">", VALUE(100));
    howdah_query_order_by_field(q, model, 0, ORDER_ASC);
    unsigned char **objects = (unsigned char **)howdah_query_all_objects(q, model, &count);
    ck_assert_uint_eq(count, (size_t)rows[_i]);
    unsigned char *first = malloc(model->size);
    memcpy(first, objects[0], model->size);
    for (size_t i = 0; i < count; i++) /* each gets what the next one has */
        for (size_t f = 1; f < model->field_count; f++) {
            const Field *field = &model->fields[f];
            const unsigned char *from = i + 1 < count ? objects[i + 1] : first;
            if (field->generated != GENERATED_BY_SERVER)
                memcpy(objects[i] + field->offset, from + field->offset, field->size);
        }
    free(first);
    check_ok(session_commit(s));
    live_check(session_text(s, "%d|0", rows[_i]),
               "SELECT count(*), count(*) FILTER (WHERE %s <> %s) FROM %s a JOIN %s b ON b.id = 100 + CASE a.id WHEN 1"
               " THEN %d ELSE a.id - 1 END WHERE a.id <= %d",
               BUT_KEY("a"), BUT_KEY("b"), tables[_i], tables[_i], rows[_i], rows[_i]);
    check_nothing_to_write();
}
END_TEST

/* Every column that can be NULL becomes it, one at a time. */
START_TEST(test_types__every_column_set_to_null)
{
    const Model *model = models[1 + _i];
    const char *table = tables[1 + _i];
    unsigned nulls = 0;
    Value key = VALUE(_i == 1 ? 3 : 2);
    void *object = howdah_session_find_key(s, model, &key, 1);
    for (size_t f = 1; f < model->field_count; f++) {
        const Field *field = &model->fields[f];
        bool nullable = field->nullable || (field->type & HOWDAH_TYPE_NULLABLE);
        if (!nullable || field->generated || field->type == HOWDAH_TYPE_CODEC)
            continue;
        check_ok(howdah_session_assign_null_field(s, object, field->offset));
        ck_assert(session_is_dirty(s, object));
        cost_start();
        check_ok(session_commit(s));
        check_statements(1);
        nulls++;
        live_check("t|t", "SELECT %s IS NULL, num_nulls(%s) = 1 FROM %s WHERE id = %d", field->name, field->name, table,
                   _i == 1 ? 3 : 2);
    }
    ck_assert_uint_ge(nulls, 9);
    live_check(
        _i == 0   ? "t"
        : _i == 1 ? "t"
                  : "f",
        "SELECT (SELECT count(*) FROM jsonb_each(to_jsonb(t)) WHERE value <> 'null') = 1 FROM %s t WHERE id = %d",
        table, _i == 1 ? 3 : 2);
}
END_TEST

/* --- from C, against the server's words --- */

START_TEST(test_types__plain_values_as_text)
{
    Plain plain = {.id = 50,
                   .truth = true,
                   .small = INT16_MIN,
                   .middle = INT32_MAX,
                   .large = INT64_MIN,
                   .single_float = 0.1f,
                   .double_float = 0.1,
                   .words = "w\xc3\xb6rd",
                   .chars = "1234567",
                   .json = {"{\"b\":1,\"a\":[true,null]}"},
                   .amount = {"-1234.56700"},
                   .bytes = {"\0\1\2", 3},
                   .span = {.months = 14, .days = -3, .microseconds = 4000001}};
    ck_assert_int_eq(timestamp_from_text("2026-11-20 10:15:00.25+02", &plain.moment), STATUS_OK);
    ck_assert_int_eq(date_from_ymd(2024, 2, 29, &plain.day), STATUS_OK);
    ck_assert_int_eq(time_from_text("23:59:59.5", &plain.hour), STATUS_OK);
    ck_assert_int_eq(uuid_from_text("0123456789abcdef0123456789ABCDEF", &plain.uuid), STATUS_OK);
    session_add_struct(s, Plain, &plain);
    check_ok(session_commit(s));
    live_check(
        "t|-32768|2147483647|-9223372036854775808|0.1|0.1|w\xc3\xb6rd|1234567|2026-11-20 08:15:00.25+00|2024-02-29|"
        "23:59:59.5|1 year 2 mons -3 days +00:00:04.000001|01234567-89ab-cdef-0123-456789abcdef|\\x000102|"
        "{\"a\": [true, null], \"b\": 1}|-1234.56700",
        "SELECT truth, small, middle, large, single_float, double_float, words, chars, moment, day, hour, span,"
        " uuid, bytes, json, amount FROM plains WHERE id = 50");
}
END_TEST

START_TEST(test_types__loaded_values_in_c)
{
    Plain *two = session_find(s, Plain, 2), *three = session_find(s, Plain, 3), *four = session_find(s, Plain, 4);
    ck_assert(two->truth);
    ck_assert_int_eq(two->small, INT16_MAX);
    ck_assert_int_eq(two->middle, INT32_MAX);
    ck_assert_int_eq(two->large, INT64_MAX);
    ck_assert_str_eq(two->chars, "seven77");
    ck_assert_int_eq(two->moment.microseconds, TIMESTAMP_INFINITY.microseconds);
    ck_assert_int_eq(two->day.days, DATE_INFINITY.days);
    ck_assert_int_eq(two->hour.microseconds, INT64_C(86400000000));
    ck_assert_int_eq(two->span.months, 178000000 * 12);
    ck_assert_uint_eq(two->bytes.size, 3);
    ck_assert_mem_eq(two->bytes.data, "\0\xff\0", 3);
    ck_assert_str_eq(two->amount.text, "NaN");
    ck_assert_int_eq(three->small, INT16_MIN);
    ck_assert_int_eq(three->large, INT64_MIN);
    ck_assert_str_eq(three->words, "it's \"q\"\t\n\\ \xe2\x82\xac \xf0\x9f\x98\x80");
    ck_assert_str_eq(three->chars, "\xe2\x82\xac\xe2\x82\xac");
    ck_assert_int_eq(three->moment.microseconds, TIMESTAMP_MINUS_INFINITY.microseconds);
    ck_assert_int_eq(three->span.days, INT32_MIN);
    ck_assert_uint_eq(three->bytes.size, 256);
    ck_assert_str_eq(three->json.text, "[]");
    ck_assert_str_eq(three->amount.text, "Infinity");
    ck_assert(four->single_float != four->single_float && four->double_float != four->double_float);
    ck_assert_uint_eq(strlen(four->words), 100000);
    ck_assert_uint_eq(four->bytes.size, 100000);
    ck_assert_str_eq(four->amount.text, "-Infinity");
    ck_assert_str_eq(session_find(s, Plain, 6)->amount.text, "-0.00010");
    Plain *one = session_find(s, Plain, 1);
    ck_assert_ptr_nonnull(one->bytes.data);
    ck_assert_uint_eq(one->bytes.size, 0);
    ck_assert_str_eq(one->json.text, "null");
    ck_assert_str_eq(one->words, "");
}
END_TEST

START_TEST(test_types__lists_in_c)
{
    Lists *none = session_find(s, Lists, 1), *empty = session_find(s, Lists, 2), *nulls = session_find(s, Lists, 4);
    ck_assert_ptr_null(none->middle.items);
    ck_assert_uint_eq(none->middle.count, 0);
    ck_assert_ptr_nonnull(empty->middle.items);
    ck_assert_uint_eq(empty->middle.count, 0);
    ck_assert_ptr_nonnull(empty->words.items);
    ck_assert_uint_eq(nulls->words.count, 1);
    ck_assert(nulls->words.nulls[0] && nulls->middle.nulls[0]);
    Lists *mixed = session_find(s, Lists, 3);
    ck_assert_uint_eq(mixed->large.count, 8);
    ck_assert(mixed->large.nulls[0] && !mixed->large.nulls[2]);
    ck_assert_int_eq(mixed->large.items[2], INT64_MAX);
    Lists *five = session_find(s, Lists, 5);
    ck_assert_uint_eq(five->words.count, 7);
    ck_assert_str_eq(five->words.items[1], "NULL");
    ck_assert(!five->words.nulls || !five->words.nulls[1]);
    ck_assert_str_eq(five->words.items[5], "\\");
}
END_TEST

START_TEST(test_types__special_in_c)
{
    Special *two = session_find(s, Special, 2), *three = session_find(s, Special, 3);
    ck_assert_int_eq(two->tide, TIDE_HIGH);
    ck_assert_int_eq(two->shade, SHADE_PALE);
    ck_assert(two->colour.set && two->colour.red == 10 && two->colour.green == 11 && two->colour.blue == 12);
    ck_assert_str_eq(two->address, "10.0.0.0/8");
    ck_assert_str_eq(two->range, "[1,5)");
    ck_assert_str_eq(two->search, "'a' 'cat' 'fat'");
    ck_assert_str_eq(two->anycase, "MiXed");
    ck_assert_str_eq(two->grade, "A");
    ck_assert_str_eq(two->matrix, "{{1,2},{3,4}}");
    ck_assert_str_eq(two->bits, "10101");
    ck_assert_str_eq(two->price.text, "1234567.89");
    ck_assert_str_eq(two->raw.text, "{\"b\" : 1,  \"a\":2, \"b\": 3}");
    ck_assert_int_eq(two->twice.value, 10);
    ck_assert_str_eq(two->store, "SHORT");
    ck_assert_int_eq(three->tide, TIDE_SPRING);
    ck_assert_int_eq(three->renamed_here, 7);
    ck_assert_str_eq(three->range, "empty");
    ck_assert_int_eq(session_find(s, Special, 4)->wall.microseconds, -1);
    ck_assert(!session_find(s, Special, 1)->colour.set);
}
END_TEST

/* A generated column follows its source, also after an UPDATE. */
START_TEST(test_types__generated_column_is_fetched)
{
    Special *two = session_find(s, Special, 2);
    two->limited = "new";
    check_ok(session_commit(s));
    ck_assert_str_eq(two->store, "NEW");
    check_nothing_to_write();
    Special *added = session_add(s, Special, .id = 70, .limited = "abc", .shade = SHADE_DARK, .tide = TIDE_LOW);
    check_ok(session_commit(s));
    ck_assert_str_eq(added->store, "ABC");
    ck_assert(added->twice.valid && added->twice.value == 6);
    check_nothing_to_write();
}
END_TEST

/* The server takes a label without a character. */
START_TEST(test_types__empty_label)
{
    for (int64_t id = 71; id < 75; id++)
        session_add(s, Special, .id = id, .limited = "", .shade = SHADE_DARK, .tide = id & 1 ? TIDE_NONE : TIDE_LOW);
    check_ok(session_commit(s));
    Special *one = session_find(s, Special, 72);
    one->tide = TIDE_NONE;
    check_ok(session_commit(s));
    scene_renew();
    size_t count = 0;
    Query *q = session_query(s, Special);
    query_where(q, Special, tide, "=", TIDE_NONE);
    Special **found = query_all(q, Special, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(found[0]->tide, TIDE_NONE);
    q = session_query(s, Special);
    query_where(q, Special, tide, "=", "");
    query_all(q, Special, &count);
    ck_assert_uint_eq(count, 3);
    check_nothing_to_write();
}
END_TEST

/* --- rows that come in parts --- */

static void check_clean(void *object)
{
    check_no_error();
    ck_assert(!session_is_dirty(s, object));
    check_nothing_to_write();
}

START_TEST(test_types__known_by_their_keys)
{
    const Model *model = models[_i];
    for (int64_t id = 1; id <= rows[_i]; id++) {
        const Value key = VALUE(id);
        void *object = howdah_session_stub_key(s, model, &key, 1);
        check_clean(object);
        ck_assert_ptr_eq(howdah_session_find_key(s, model, &key, 1), object);
        check_clean(object);
        check_ok(session_expire(s, object));
        check_ok(session_load_columns(s, object));
        check_clean(object);
        add_copy(model, object, id + 1000);
        check_ok(session_commit(s));
    }
    check_copies((size_t)_i, 1000);
}
END_TEST

START_TEST(test_types__column_by_column)
{
    const Model *model = models[_i];
    for (size_t i = 0; i < model->field_count; i++) {
        scene_renew();
        Query *q = howdah_session_query_model(s, model);
        size_t count;
        howdah_query_only_fields(q, model, &model->fields[i].offset, 1);
        void **objects = howdah_query_all_objects(q, model, &count);
        ck_assert_int_eq((int)count, rows[_i]);
        for (size_t n = 0; n < count; n++)
            ck_assert(!session_is_dirty(s, objects[n]));
        check_ok(session_load_columns(s, objects[0]));
        for (size_t n = 0; n < count; n++)
            check_clean(objects[n]);
    }
}
END_TEST

START_TEST(test_types__from_structs)
{
    const Model *model = models[_i];
    Session *other = session_open(db);
    for (int64_t id = 1; id <= rows[_i]; id++) {
        const Value key = VALUE(id);
        const void *known = howdah_session_find_key(other, model, &key, 1);
        void *object = howdah_session_attach_object(s, model, known);
        ck_assert_ptr_nonnull(object);
        check_clean(object);
        ck_assert_ptr_eq(howdah_session_merge_object(s, model, known, NULL, 0), object);
        check_clean(object);
        check_ok(session_evict(s, object));
        object = howdah_session_merge_object(s, model, known, NULL, 0);
        ck_assert_ptr_nonnull(object);
        check_clean(object);
    }
    session_close(other);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_types__known_by_their_keys, 0, (int)COUNT_OF(models));
    tcase_add_loop_test(tests, test_types__column_by_column, 0, (int)COUNT_OF(models));
    tcase_add_loop_test(tests, test_types__from_structs, 0, (int)COUNT_OF(models));
    tcase_add_loop_test(tests, test_types__read_and_written, 0, (int)COUNT_OF(models) * WAYS);
    tcase_add_loop_test(tests, test_types__settings_that_change_texts, 0, (int)COUNT_OF(models));
    tcase_add_loop_test(tests, test_types__each_row_alone, 0, (int)COUNT_OF(models));
    tcase_add_test(tests, test_types__loaded_is_clean);
    tcase_add_loop_test(tests, test_types__every_column_updated, 0, (int)COUNT_OF(models));
    tcase_add_loop_test(tests, test_types__every_column_set_to_null, 0, 3);
    tcase_add_test(tests, test_types__plain_values_as_text);
    tcase_add_test(tests, test_types__loaded_values_in_c);
    tcase_add_test(tests, test_types__lists_in_c);
    tcase_add_test(tests, test_types__special_in_c);
    tcase_add_test(tests, test_types__generated_column_is_fetched);
    tcase_add_test(tests, test_types__empty_label);
}

int main(void)
{
    return scene_main("types", types_setup, scene_close, add_tests);
}
