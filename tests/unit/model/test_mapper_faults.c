/* Every fault of a model, and the line that names it. */
#include "mapper_faults.h"

/* --- NULL --- */

START_TEST(test_mapper_faults__null)
{
    FAULT("Thing.number: is .nullable, but can't be NULL in C: use NullInt32", COLUMN(Thing, number, .nullable = true));
    FAULT("Thing.code: is .nullable, but can't be NULL in C: use const char *", COLUMN(Thing, code, .nullable = true));
    FAULT("Thing.uuid: is .nullable, but can't be NULL in C: use NullUuid", COLUMN(Thing, uuid, .nullable = true));
    FAULT("Thing.text: is .nullable and .not_null: take one of them away",
          COLUMN(Thing, text, .nullable = true, .not_null = true));
    FAULT("Thing.text: is part of the primary key, which is never NULL: take .nullable away",
          COLUMN(Thing, text, .primary_key = true, .nullable = true));
    FAULT("Thing.maybe: is part of the primary key, which is never NULL: use int32_t",
          COLUMN(Thing, maybe, .primary_key = true, .not_null = true));
    FAULT("Thing.tags: is an array, which can't be part of the primary key", COLUMN(Thing, tags, .primary_key = true));
}
END_TEST

/* --- who makes the value --- */

START_TEST(test_mapper_faults__generated)
{
    FAULT("Thing.number: has .server_default, which would never be used, since zero is a value like any other: make it "
          ".generated = GENERATED_BY_SERVER, or use NullInt32",
          COLUMN(Thing, number, .server_default = "1"));
    FAULT("Thing.code: has .server_default, which would never be used, since zero is a value like any other: make it "
          ".generated = GENERATED_BY_SERVER, or use const char *",
          COLUMN(Thing, code, .server_default = "'x'"));
    FAULT("Thing.text: has .server_default and .stored: take one of them away",
          COLUMN(Thing, text, .server_default = "''", .stored = "'x'"));
    FAULT("Thing.text: is GENERATED_IDENTITY, which only int16_t, int32_t and int64_t can be",
          COLUMN(Thing, text, .generated = GENERATED_IDENTITY));
    FAULT("Thing.maybe: is GENERATED_IDENTITY, which only int16_t, int32_t and int64_t can be",
          COLUMN(Thing, maybe, .generated = GENERATED_IDENTITY));
    FAULT("Thing.number: is GENERATED_IDENTITY: take .server_default and .stored away",
          COLUMN(Thing, number, .generated = GENERATED_IDENTITY, .server_default = "1"));
    FAULT("Thing.number: is GENERATED_IDENTITY, which numeric can't be",
          COLUMN(Thing, number, .generated = GENERATED_IDENTITY, .sql_type = "numeric"));
    FAULT("Thing.text: is GENERATED_UUID_V7, which only PgUuid can be",
          COLUMN(Thing, text, .generated = GENERATED_UUID_V7));
    FAULT("Thing.number: has .generated = 9, which is none of its constants",
          COLUMN(Thing, number, .generated = (enum howdah_generated)9));
    FAULT("Thing.real: is .version, which only int16_t, int32_t and int64_t can be",
          COLUMN(Thing, real, .version = true));
    FAULT("Thing.number: is .version, which the library counts: it can be neither part of the key nor generated",
          COLUMN(Thing, number, .version = true, .primary_key = true));
    FAULT("Thing.narrow_id: is .version, as number is: one is enough", COLUMN(Thing, number, .version = true),
          COLUMN(Thing, narrow_id, .version = true));
    FAULT("Thing.narrow_id: is GENERATED_IDENTITY, as number is: only one part of a key can be",
          COLUMN(Thing, number, .primary_key = true, .generated = GENERATED_IDENTITY),
          COLUMN(Thing, narrow_id, .primary_key = true, .generated = GENERATED_IDENTITY));
}
END_TEST

/* --- types --- */

static ptrdiff_t encode_point(const void *field, char *text, size_t size)
{
    (void)field, (void)text, (void)size;
    return 0;
}

static bool decode_point(const char *text, size_t length, void *field)
{
    (void)text, (void)length, (void)field;
    return true;
}

static const Codec unfinished = {.sql_type = "point", .encode = encode_point};
static const Codec nameless = {.encode = encode_point, .decode = decode_point};

START_TEST(test_mapper_faults__types)
{
    FAULT("Thing.tiny: is char[1], which has no room for text and its final NUL: make it longer", COLUMN(Thing, tiny));
    FAULT("Thing.number: has type 0x13, which no column can have: use COLUMN, which takes it from the C type",
          {HOWDAH_FIELD(HOWDAH_FIELD_COLUMN, Thing, number), .type = HOWDAH_TYPE_UINT64,
           .struct_size = sizeof(struct howdah_field)});
    FAULT("Thing.code: has type 0x108, which no column can have: use COLUMN, which takes it from the C type",
          {HOWDAH_FIELD(HOWDAH_FIELD_COLUMN, Thing, code), .type = (uint32_t)HOWDAH_TYPE_CHARS | HOWDAH_TYPE_NULLABLE,
           .struct_size = sizeof(struct howdah_field)});
    FAULT("Thing.tags: has type 0x307, which no column can have: use COLUMN, which takes it from the C type",
          {HOWDAH_FIELD(HOWDAH_FIELD_COLUMN, Thing, tags), .struct_size = sizeof(struct howdah_field),
           .type = (uint32_t)HOWDAH_TYPE_TEXT | HOWDAH_TYPE_NULLABLE | HOWDAH_TYPE_ARRAY});
    FAULT("Thing.number: has a .size of 4, but its type is 8 bytes long",
          {HOWDAH_FIELD(HOWDAH_FIELD_COLUMN, Thing, number), .type = HOWDAH_TYPE_INT64,
           .struct_size = sizeof(struct howdah_field)});
    FAULT("Thing.point: its codec needs encode, decode and sql_type", COLUMN_CODEC(Thing, point, &unfinished));
    FAULT("Thing.point: its codec needs encode, decode and sql_type", COLUMN_CODEC(Thing, point, &nameless));
    FAULT("Thing.point: has no codec: use COLUMN_CODEC", COLUMN_CODEC(Thing, point, NULL));
}
END_TEST

START_TEST(test_mapper_faults__sql_types)
{
    FAULT("Thing.text: the SQL type \"varchar(3\" has a parenthesis that is not closed",
          COLUMN(Thing, text, .sql_type = "varchar(3"));
    FAULT("Thing.tags: is an array, but text is none: write text[]", COLUMN(Thing, tags, .sql_type = "text"));
    FAULT("Thing.tags: holds an array of one dimension, but text[][] has 2",
          COLUMN(Thing, tags, .sql_type = "text[][]"));
    FAULT("Thing.number: holds one value, but int[] is an array: use the array type of C, or const char *",
          COLUMN(Thing, number, .sql_type = "int[]"));
    FAULT("Thing.time: time with time zone has no type in C: use time, or const char *",
          COLUMN(Thing, time, .sql_type = "timetz"));
    FAULT("Thing.time: time with time zone has no type in C: use time, or const char *",
          COLUMN(Thing, time, .sql_type = "time(3) with time zone"));
}
END_TEST

START_TEST(test_mapper_faults__labels)
{
    static const struct howdah_label none[] = {{0, NULL}};
    static const struct howdah_enum empty_labels = {"kind", none};
    ENUM(twice, NULL, LABEL(1, "a"), LABEL(2, "a"));
    ENUM(ambiguous, NULL, LABEL(1, "a"), LABEL(1, "b"));
    ENUM(broken, "kind", LABEL(1, ""), LABEL(2, "\xff"));
    ENUM(good, "kind", LABEL(1, "a"));
    ENUM(bad_name, "", LABEL(1, "a"));
    FAULT("Thing.kind: has no labels: define them with ENUM, and use COLUMN_ENUM", COLUMN_ENUM(Thing, kind, empty));
    FAULT("Thing.kind: the label 'a' is there twice", COLUMN_ENUM(Thing, kind, twice));
    FAULT("Thing.kind: the label 'b' has the constant of another label", COLUMN_ENUM(Thing, kind, ambiguous));
    FAULT("Thing.kind: the label '\xff' is not valid UTF-8", COLUMN_ENUM(Thing, kind, broken));
    FAULT("Thing.kind: the name of its enum type is empty", COLUMN_ENUM(Thing, kind, bad_name));
    FAULT("Thing.kind: has .sql_type, but the type of its enum is kind: take one of them away",
          COLUMN_ENUM(Thing, kind, good, .sql_type = "text"));
}
END_TEST

START_TEST(test_mapper_faults__enum_types)
{
    ENUM(one, "kind", LABEL(1, "a"), LABEL(2, "b"));
    ENUM(two, "kind", LABEL(1, "a"), LABEL(2, "c"));
    ENUM(three, "things", LABEL(1, "a"));
    FAULT("Thing.number: the labels of enum type kind are not those of Thing.kind: make them one enum, or name another "
          "type",
          COLUMN_ENUM(Thing, kind, one), COLUMN_ENUM(Thing, number, two));
    FAULT("Thing.kind: its enum type has the name of the table of Thing", COLUMN_ENUM(Thing, kind, three));
    MODEL(Thing, "kind", KEY);
    MODEL(Extra, "extras", COLUMN(Extra, id, .primary_key = true), COLUMN_ENUM(Extra, number, one));
    expect_faults(MODELS(Extra, Thing), "Thing: its table has the name of an enum type, \"kind\", of Extra.number");
}
END_TEST

/* --- places and names --- */

START_TEST(test_mapper_faults__places)
{
    FAULT("Thing.number: lies in the same place as id: give each field one row",
          {.kind = HOWDAH_FIELD_COLUMN,
           .type = HOWDAH_TYPE_INT32,
           .name = "number",
           .offset = 4,
           .size = 4,
           .struct_size = sizeof(struct howdah_field)});
    FAULT("Thing.number: lies at offset 9, where its type can't be: it needs a multiple of 4",
          {.kind = HOWDAH_FIELD_COLUMN,
           .type = HOWDAH_TYPE_INT32,
           .name = "number",
           .offset = 9,
           .size = 4,
           .struct_size = sizeof(struct howdah_field)});
    char outside[120];
    sprintf(outside, "Thing.number: lies outside of its struct, which is %zu bytes long", sizeof(Thing));
    FAULT(outside, {.kind = HOWDAH_FIELD_COLUMN,
                    .type = HOWDAH_TYPE_INT32,
                    .name = "number",
                    .offset = sizeof(Thing),
                    .size = 4,
                    .struct_size = sizeof(struct howdah_field)});
    FAULT(outside, {.kind = HOWDAH_FIELD_COLUMN,
                    .type = HOWDAH_TYPE_CHARS,
                    .name = "number",
                    .offset = 8,
                    .size = SIZE_MAX,
                    .struct_size = sizeof(struct howdah_field)});
}
END_TEST

START_TEST(test_mapper_faults__names)
{
    static const char *const long_name = "a_column_whose_name_is_longer_than_a_name_may_be_in_this_databas";
    FAULT("Thing.number: has the column of text, \"number\": name another with .column",
          COLUMN(Thing, text, .column = "number"), COLUMN(Thing, number));
    FAULT("Thing.text: the column's name is empty", COLUMN(Thing, text, .column = ""));
    FAULT("Thing.text: the column's name has more than 63 bytes", COLUMN(Thing, text, .column = long_name));
    FAULT("Thing.text: the column's name is not valid UTF-8", COLUMN(Thing, text, .column = "\xff"));
    FAULT("Thing: the name \"\" of an index or constraint is empty", INDEX(Thing, "", id));
    FAULT("Thing: the name \"x\" of an index or constraint is taken by Thing: choose another", INDEX(Thing, "x", id),
          UNIQUE(Thing, "x", id));
    FAULT("Thing: the name \"x\" of an index or constraint is taken by Thing: choose another", CHECK("x", "1 > 0"),
          CHECK("x", "2 > 0"));
    FAULT("Thing: the name \"things\" of an index or constraint is taken by Thing: choose another",
          INDEX(Thing, "things", id));
    FAULT("Thing: the row of column 2 has no name of a field", {.kind = HOWDAH_FIELD_COLUMN,
                                                                .type = HOWDAH_TYPE_INT32,
                                                                .offset = 8,
                                                                .size = 4,
                                                                .struct_size = sizeof(struct howdah_field)});
}
END_TEST

START_TEST(test_mapper_faults__indexes)
{
    FAULT("Thing: names a field at offset 8 of struct Thing that is no column: give it one",
          INDEX(Thing, NULL, number));
    FAULT("Thing: an index has 0 fields: name 1 to 32",
          {.kind = HOWDAH_FIELD_UNIQUE, .struct_size = sizeof(struct howdah_field)});
    FAULT("Thing: a check has no condition", CHECK("sane", NULL));
    FAULT("Thing: a check has no condition", CHECK("sane", ""));
    FAULT("Thing: has .kind = 9, which is none of its constants",
          {.kind = (enum howdah_field_kind)9, .struct_size = sizeof(struct howdah_field)});
}
END_TEST

/* --- models --- */

START_TEST(test_mapper_faults__keys)
{
    MODEL(Thing, "things", COLUMN(Thing, number));
    expect_fault(&Thing_model, "Thing: has no primary key: give one column .primary_key = true, or several");
    mapper_teardown();
    mapper_setup();
    struct nine {
        int32_t parts[9];
    };
    struct howdah_field rows[9];
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    for (size_t i = 0; i < 9; i++)
        rows[i] = (struct howdah_field){.kind = HOWDAH_FIELD_COLUMN,
                                        .type = HOWDAH_TYPE_INT32,
                                        .name = names[i],
                                        .offset = 4 * i,
                                        .size = 4,
                                        .primary_key = true,
                                        .struct_size = sizeof(rows[i])};
    const struct howdah_model nine = {
        sizeof(nine), sizeof(struct nine), 4, "Nine", NULL, "nines", rows, 9, HOWDAH_OPTIMISTIC_VERSION};
    expect_fault(&nine, "Nine.i: is one more part of the primary key than the 8 that it can have");
}
END_TEST

START_TEST(test_mapper_faults__twins)
{
    MODEL(Thing, "others", KEY);
    expect_faults(MODELS(Thing, Other), "Other: has the table of Thing, \"public\".\"others\": one model for a table");
    mapper_teardown();
    mapper_setup();
    expect_faults(MODELS(Other, Other), "Other: is given twice to database_open");
    mapper_teardown();
    mapper_setup();
    struct howdah_model twin = Other_model;
    twin.table = "twins";
    expect_faults((const Model *const[]){&Other_model, &twin, NULL}, "Other: is the name of two models");
    mapper_teardown();
    mapper_setup();
    twin.name = "Twin"; /* and in another schema the same table is another one */
    twin.table = "others";
    twin.schema = "app";
    compile_models((const Model *const[]){&Other_model, &twin, NULL});
}
END_TEST

START_TEST(test_mapper_faults__models_made_by_hand)
{
    static const struct {
        struct howdah_model model;
        const char *fault;
    } cases[] = {
        {{0, 8, 8, "M", NULL, "m", NULL, 0, HOWDAH_OPTIMISTIC_VERSION},
         "M: has .struct_size = 0: set it to sizeof(struct howdah_model), as MODEL does"},
        {{sizeof(struct howdah_model) + 8, 8, 8, "M", NULL, "m", NULL, 0, HOWDAH_OPTIMISTIC_VERSION},
         "M: was compiled with the headers of a newer version than this library has"},
        {{sizeof(struct howdah_model), 8, 8, NULL, NULL, "m", NULL, 0, HOWDAH_OPTIMISTIC_VERSION},
         "model 1: has no name"},
        {{sizeof(struct howdah_model), 8, 3, "M", NULL, "m", NULL, 0, HOWDAH_OPTIMISTIC_VERSION},
         "M: set .size and .alignment to those of its struct, as MODEL does"},
        {{sizeof(struct howdah_model), 8, 8, "M", NULL, "m", NULL, 0, HOWDAH_OPTIMISTIC_VERSION}, "M: has no columns"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        expect_fault(&cases[i].model, cases[i].fault);
        mapper_teardown();
        mapper_setup();
    }
}
END_TEST

START_TEST(test_mapper_faults__rows_made_by_hand)
{
    struct howdah_field rows[] = {KEY, COLUMN(Thing, number)};
    const struct howdah_model model = {
        sizeof(model), sizeof(Thing), _Alignof(Thing), "M", NULL, "m", rows, 2, HOWDAH_OPTIMISTIC_VERSION};
    static const struct {
        size_t sizes[2];
        const char *fault;
    } cases[] = {
        {{0, sizeof(struct howdah_field)},
         "M: row 1 has .struct_size = 0: set it to sizeof(struct howdah_field), as COLUMN does"},
        {{sizeof(struct howdah_field) + 8, sizeof(struct howdah_field)},
         "M: its rows were compiled with the headers of a newer version than this library has"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        rows[0].struct_size = cases[i].sizes[0];
        rows[1].struct_size = cases[i].sizes[1];
        expect_fault(&model, cases[i].fault);
        mapper_teardown();
        mapper_setup();
    }
    char expected[120];
    sprintf(expected, "M: row 2 has .struct_size = 0, row 1 has %zu: give all the same", sizeof(*rows));
    rows[0].struct_size = sizeof(*rows);
    rows[1].struct_size = 0;
    expect_fault(&model, expected);
}
END_TEST

START_TEST(test_mapper_faults__names_of_tables)
{
    MODEL_IN("", Thing, "", KEY);
    expect_fault(&Thing_model, "Thing: the table's name is empty\nThing: the schema's name is empty");
}
END_TEST

START_TEST(test_mapper_faults__too_many_columns)
{
    enum { COLUMNS = 1601 };
    static struct howdah_field rows[COLUMNS];
    static char names[COLUMNS][8];
    for (size_t i = 0; i < COLUMNS; i++) {
        sprintf(names[i], "c%zu", i);
        rows[i] = (struct howdah_field){.kind = HOWDAH_FIELD_COLUMN,
                                        .type = HOWDAH_TYPE_BOOL,
                                        .name = names[i],
                                        .offset = i,
                                        .size = 1,
                                        .struct_size = sizeof(rows[i]),
                                        .primary_key = i == 0};
    }
    struct howdah_model wide = {
        sizeof(wide), COLUMNS, 1, "Wide", NULL, "wide", rows, COLUMNS, HOWDAH_OPTIMISTIC_VERSION};
    expect_fault(&wide, "Wide: has 1601 columns: it needs one, and a table can have 1600");
    mapper_teardown();
    mapper_setup();
    wide.field_count--;
    ck_assert_uint_eq(compile_model(&wide)->column_count, 1600);
    mapper_teardown();
    mapper_setup();
    const struct howdah_field none[] = {CHECK(NULL, "true")};
    wide.fields = none;
    wide.field_count = 1;
    expect_fault(&wide, "Wide: has 0 columns: it needs one, and a table can have 1600");
}
END_TEST

/* A fault in one place hides none in another, and makes none. */
START_TEST(test_mapper_faults__all_at_once)
{
    MODEL(Extra, "extras", COLUMN(Extra, id), COLUMN(Extra, number, .nullable = true));
    MODEL(Thing, "things", KEY, COLUMN(Thing, number, .column = "id"), COLUMN(Thing, other_id, .references = &Extra_model),
          COLUMN(Thing, tiny), BELONGS_TO(Thing, other, Extra, other_id), INDEX(Thing, NULL, real), CHECK(NULL, NULL));
    expect_faults(MODELS(Thing, Extra),
                  "Thing.tiny: is char[1], which has no room for text and its final NUL: make it longer\n"
                  "Thing.number: has the column of id, \"id\": name another with .column\n"
                  "Extra.number: is .nullable, but can't be NULL in C: use NullInt32\n"
                  "Extra: has no primary key: give one column .primary_key = true, or several\n"
                  "Thing: names a field at offset 24 of struct Thing that is no column: give it one\n"
                  "Thing: a check has no condition");
}
END_TEST

MAPPER_MAIN("mapper faults", test_mapper_faults__null, test_mapper_faults__generated, test_mapper_faults__types,
            test_mapper_faults__sql_types, test_mapper_faults__labels, test_mapper_faults__enum_types,
            test_mapper_faults__places, test_mapper_faults__names, test_mapper_faults__indexes,
            test_mapper_faults__keys, test_mapper_faults__twins, test_mapper_faults__models_made_by_hand,
            test_mapper_faults__rows_made_by_hand, test_mapper_faults__names_of_tables,
            test_mapper_faults__too_many_columns, test_mapper_faults__all_at_once)
