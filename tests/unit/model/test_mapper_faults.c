/* Every fault of a model, and the line that names it. */
#include "mapper_support.h"

typedef struct Thing Thing;
typedef struct Other Other;

struct Other {
    int64_t id;
    const char *code;
    int32_t number;
    int64_t thing_id;
    Thing *thing;
    MANY(Thing) things;
};

struct Thing {
    int64_t id;
    int32_t number;
    NullInt32 maybe;
    double real;
    char code[8];
    char tiny[1];
    const char *text;
    PgUuid uuid;
    PgTime time;
    PgTimestamp at;
    PgJson json;
    TextArray tags;
    Int32Array numbers;
    int kind;
    struct point {
        int x, y;
    } point;
    int64_t other_id;
    int32_t narrow_id;
    Other *other;
    Other *second;
    MANY(Other) others;
};

extern const Model Other_model;
MODEL(Other, "others",
    COLUMN(Other, id,   .primary_key = true),
    COLUMN(Other, code, .unique = true),
    COLUMN(Other, number));

typedef Other Extra; /* for models that stand beside Thing in one test alone */

#define KEY COLUMN(Thing, id, .primary_key = true)

/* One model with a key and the rows that follow has this fault. */
#define FAULT(message, ...) \
    do { \
        MODEL(Thing, "things", KEY, __VA_ARGS__); \
        expect_fault(&Thing_model, message); \
        mapper_teardown(); \
        mapper_setup(); \
    } while (0)
/* The same beside Other. */
#define FAULT_WITH_OTHER(message, ...) \
    do { \
        MODEL(Thing, "things", KEY, __VA_ARGS__); \
        expect_faults(MODELS(Thing, Other), message); \
        mapper_teardown(); \
        mapper_setup(); \
    } while (0)

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
    ENUM(nameless, "kind", LABEL(1, ""));
    ENUM(good, "kind", LABEL(1, "a"));
    ENUM(bad_name, "", LABEL(1, "a"));
    FAULT("Thing.kind: has no labels: define them with ENUM, and use COLUMN_ENUM", COLUMN_ENUM(Thing, kind, empty));
    FAULT("Thing.kind: the label 'a' is there twice", COLUMN_ENUM(Thing, kind, twice));
    FAULT("Thing.kind: the label 'b' has the constant of another label", COLUMN_ENUM(Thing, kind, ambiguous));
    FAULT("Thing.kind: the label '' is empty", COLUMN_ENUM(Thing, kind, nameless));
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

/* --- foreign keys --- */

START_TEST(test_mapper_faults__references)
{
    FAULT("Thing.other_id: refers to model Other, which database_open was not given",
          COLUMN(Thing, other_id, .references = &Other_model));
    FAULT_WITH_OTHER("Thing.narrow_id: int32_t can't refer to Other.id, which is int64_t: make both the same",
                     COLUMN(Thing, narrow_id, .references = &Other_model));
    FAULT_WITH_OTHER("Thing.text: const char * can't refer to Other.id, which is int64_t: make both the same",
                     COLUMN(Thing, text, .references = &Other_model));
    FAULT_WITH_OTHER("Thing.text: citext can't refer to Other.code, which is text: make both the same",
                     COLUMN(Thing, text, .references = &Other_model, .references_field = "code", .sql_type = "citext"));
    FAULT_WITH_OTHER("Thing.tags: an array can't refer to Other.code, which is const char *: make both the same",
                     COLUMN(Thing, tags, .references = &Other_model, .references_field = "code"));
    FAULT_WITH_OTHER("Thing.number: refers to Other.number, which is not .unique",
                     COLUMN(Thing, number, .references = &Other_model, .references_field = "number"));
    FAULT_WITH_OTHER("Thing.number: refers to Other.nomber, which is no column",
                     COLUMN(Thing, number, .references = &Other_model, .references_field = "nomber"));
    FAULT("Thing.number: has .references_field, but no .references", COLUMN(Thing, number, .references_field = "code"));
    FAULT("Thing.number: has .on_delete, but no .references", COLUMN(Thing, number, .on_delete = ON_DELETE_CASCADE));
    FAULT_WITH_OTHER("Thing.other_id: is ON_DELETE_SET_NULL, but can't be NULL",
                     COLUMN(Thing, other_id, .references = &Other_model, .on_delete = ON_DELETE_SET_NULL));
    FAULT_WITH_OTHER("Thing.other_id: is ON_DELETE_SET_DEFAULT, but has no .server_default and can't be NULL",
                     COLUMN(Thing, other_id, .references = &Other_model, .on_delete = ON_DELETE_SET_DEFAULT));
    FAULT_WITH_OTHER("Thing.other_id: has .on_delete = 8, which is none of its constants",
                     COLUMN(Thing, other_id, .references = &Other_model, .on_delete = (enum howdah_action)8));
}
END_TEST

/* Text agrees with text of any kind, and a Null type with what it wraps. */
START_TEST(test_mapper_faults__references_that_agree)
{
    MODEL(Extra, "extras", COLUMN(Extra, number, .primary_key = true), COLUMN(Extra, code, .unique = true));
    MODEL(Thing, "things", KEY, COLUMN(Thing, maybe, .references = &Extra_model),
          COLUMN(Thing, code, .references = &Extra_model, .references_field = "code"));
    compile_models(MODELS(Thing, Extra));
    ck_assert_uint_eq(catalog_find(&catalog, &Thing_model)->foreign_key_count, 2);
}
END_TEST

typedef struct Plain {
    int32_t x;
} Plain;

START_TEST(test_mapper_faults__references_to_what_has_no_key)
{
    MODEL(Plain, NULL, COLUMN(Plain, x));
    MODEL(Thing, "things", KEY, COLUMN(Thing, number, .references = &Plain_model));
    expect_faults(MODELS(Thing, Plain), "Thing.number: refers to model Plain, which has no table");
    mapper_teardown();
    mapper_setup();
    MODEL(Extra, "extras", COLUMN(Extra, id, .primary_key = true), COLUMN(Extra, number, .primary_key = true));
    const struct howdah_field rows[] = {KEY, COLUMN(Thing, other_id, .references = &Extra_model)};
    struct howdah_model model = Thing_model;
    model.fields = rows;
    expect_faults((const Model *const[]){&model, &Extra_model, NULL},
                  "Thing.other_id: refers to Extra, whose key has 2 fields: use BELONGS_TO over all of them");
}
END_TEST

/* --- relations --- */

START_TEST(test_mapper_faults__belongs_to)
{
    FAULT("Thing.other: refers to model Other, which database_open was not given", COLUMN(Thing, other_id),
          BELONGS_TO(Thing, other, Other, other_id));
    FAULT_WITH_OTHER("Thing.other: names a field at offset 8 of struct Thing that is no column: give it one",
                     BELONGS_TO(Thing, other, Other, number));
    FAULT_WITH_OTHER("Thing.other: is over 2 fields, but the key of Other has 1: name a field for each",
                     COLUMN(Thing, other_id), COLUMN(Thing, number), BELONGS_TO(Thing, other, Other, other_id, number));
    FAULT_WITH_OTHER("Thing.other: points to Other, but its field other_id refers to Thing",
                     COLUMN(Thing, other_id, .references = &Thing_model), BELONGS_TO(Thing, other, Other, other_id));
    FAULT_WITH_OTHER("Thing.second: is over the same field as other: one of them is enough",
                     COLUMN(Thing, other_id, .references = &Other_model), BELONGS_TO(Thing, other, Other, other_id),
                     BELONGS_TO(Thing, second, Other, other_id));
    FAULT_WITH_OTHER("Thing.narrow_id: int32_t can't refer to Other.id, which is int64_t: make both the same",
                     COLUMN(Thing, narrow_id), BELONGS_TO(Thing, other, Other, narrow_id));
    FAULT_WITH_OTHER("Thing.other: is no pointer", COLUMN(Thing, other_id),
                     {.kind = HOWDAH_FIELD_BELONGS_TO,
                      .name = "other",
                      .offset = offsetof(Thing, other),
                      .size = 4,
                      .struct_size = sizeof(struct howdah_field),
                      .target = &Other_model,
                      .keys = HOWDAH_OFFSETS(Thing, other_id),
                      .key_count = 1});
    FAULT_WITH_OTHER("Thing.other: has no .target", COLUMN(Thing, other_id),
                     {HOWDAH_FIELD(HOWDAH_FIELD_BELONGS_TO, Thing, other), .keys = HOWDAH_OFFSETS(Thing, other_id),
                      .key_count = 1, .struct_size = sizeof(struct howdah_field)});
    FAULT_WITH_OTHER("Thing.other: is over 0 fields: name 1 to 8, those of the foreign key", COLUMN(Thing, other_id),
                     {HOWDAH_FIELD(HOWDAH_FIELD_BELONGS_TO, Thing, other), .target = &Other_model,
                      .struct_size = sizeof(struct howdah_field)});
}
END_TEST

START_TEST(test_mapper_faults__has)
{
    FAULT_WITH_OTHER("Thing.others: names a field at offset 24 of struct Other that is no column: give it one",
                     HAS_MANY(Thing, others, Other, thing_id));
    FAULT_WITH_OTHER("Thing.others: the other side disagrees: Other.id refers to nothing: give it .references = "
                     "&Thing_model",
                     HAS_MANY(Thing, others, Other, id));
    MODEL(Extra, "extras", COLUMN(Extra, id, .primary_key = true),
          COLUMN(Extra, thing_id, .references = &Other_model));
    MODEL(Thing, "things", KEY, HAS_ONE(Thing, other, Extra, thing_id));
    expect_faults(MODELS(Thing, Extra, Other), "Thing.other: the other side disagrees: Extra.thing_id refers to Other");
}
END_TEST

START_TEST(test_mapper_faults__many_to_many)
{
    FAULT_WITH_OTHER("Thing.others: the name of its join table is empty",
                     MANY_TO_MANY(Thing, others, Other, "", "thing_id", "other_id"));
    FAULT_WITH_OTHER("Thing.others: the name of a column of its join table is empty",
                     MANY_TO_MANY(Thing, others, Other, "pairs", "thing_id", NULL));
    FAULT_WITH_OTHER("Thing.others: its join table has two columns \"id\"",
                     MANY_TO_MANY(Thing, others, Other, "pairs", "id", "id"));
    FAULT_WITH_OTHER(
        "Thing.others: its join table is that of Thing, which has no BELONGS_TO over its column \"thing_id\" to Thing",
        MANY_TO_MANY(Thing, others, Other, "things", "thing_id", "other_id"));
    FAULT_WITH_OTHER(
        "Thing.others: its join table has \"thing_id\" for the key of Thing, which has 2 fields: name as many "
        "columns, with commas between them",
        COLUMN(Thing, number, .primary_key = true),
        MANY_TO_MANY(Thing, others, Other, "pairs", "thing_id", "other_id"));
    FAULT("Thing.others: refers to model Other, which database_open was not given",
          MANY_TO_MANY(Thing, others, Other, "pairs", "thing_id", "other_id"));
}
END_TEST

#define JOIN(options) MANY_TO_MANY_WITH(options, Thing, others, Other, "pairs", "thing_id", "other_id")
#define BELONGS(options) \
    COLUMN(Thing, other_id), COLUMN(Thing, text), COLUMN(Thing, number), \
        BELONGS_TO_WITH(options, Thing, other, Other, other_id)

START_TEST(test_mapper_faults__options_of_relations)
{
    FAULT_WITH_OTHER("Thing.others: has .cascade = 8, which has bits that are none of its constants",
                     JOIN((.cascade = 8)));
    FAULT_WITH_OTHER("Thing.others: has .lazy = 7, which is none of its constants", JOIN((.lazy = 7)));
    FAULT_WITH_OTHER("Thing.others: has .cascade = CASCADE_DELETE, but may hold what others have, too: take it away",
                     JOIN((.cascade = CASCADE_DELETE)));
    FAULT_WITH_OTHER("Thing.others: has .delete_orphans, but may hold what others have, too: take it away",
                     JOIN((.delete_orphans = true)));
    FAULT_WITH_OTHER("Thing.others: .inverse is \"things\", which is no other side of it in Other",
                     JOIN((.inverse = "things")));
    FAULT_WITH_OTHER("Thing.other: has .order_by, but holds one object at most: take it away",
                     BELONGS((.order_by = "id")));
    FAULT_WITH_OTHER("Thing.other: has .where, but is not a choice among several: take it away",
                     BELONGS((.where = "id > 0")));
}
END_TEST

START_TEST(test_mapper_faults__polymorphic)
{
    FAULT_WITH_OTHER("Thing.other: has .type_field, but no .type_label: a polymorphic relation needs both",
                     BELONGS((.type_field = "text")));
    FAULT_WITH_OTHER("Thing.other: .type_field is \"texts\", which is no column of Thing",
                     BELONGS((.type_field = "texts", .type_label = "other")));
    FAULT_WITH_OTHER("Thing.other: .type_field is Thing.number, which is no text: use text, char[N] or an enum",
                     BELONGS((.type_field = "number", .type_label = "other")));
    FAULT_WITH_OTHER("Thing.other: .type_label is longer than Thing.code", COLUMN(Thing, code),
                     BELONGS((.type_field = "code", .type_label = "any other")), COLUMN(Thing, real));
    FAULT_WITH_OTHER("Thing.other: is polymorphic, but Thing.other_id has .references: take one of them away",
                     COLUMN(Thing, text), COLUMN(Thing, other_id, .references = &Other_model),
                     BELONGS_TO_WITH((.type_field = "text", .type_label = "other"), Thing, other, Other, other_id));
}
END_TEST

/* The same join table from both sides, with rows made at run time: two models can't name each other in one block. */
static void join_from_both_sides(const char *column, const char *target, const char *fault)
{
    static struct howdah_model thing, other;
    const struct howdah_field things[] = {
        KEY,
        {HOWDAH_FIELD(HOWDAH_FIELD_MANY_TO_MANY, Thing, others), .target = &other, .join_table = "pairs",
         .join_column = "thing_id", .join_target = "other_id", .struct_size = sizeof(struct howdah_field)},
    };
    const struct howdah_field others[] = {
        COLUMN(Other, id, .primary_key = true),
        {HOWDAH_FIELD(HOWDAH_FIELD_MANY_TO_MANY, Other, things), .target = &thing, .join_table = "pairs",
         .join_column = column, .join_target = target, .struct_size = sizeof(struct howdah_field)},
    };
    thing = (struct howdah_model){
        sizeof(thing), sizeof(Thing), _Alignof(Thing), "Thing", NULL, "things", things, 2, HOWDAH_OPTIMISTIC_VERSION};
    other = (struct howdah_model){
        sizeof(other), sizeof(Other), _Alignof(Other), "Other", NULL, "others", others, 2, HOWDAH_OPTIMISTIC_VERSION};
    const Model *const models[] = {&thing, &other, NULL};
    if (fault)
        expect_faults(models, fault);
    else
        compile_models(models);
    mapper_teardown();
    mapper_setup();
}

START_TEST(test_mapper_faults__join_tables)
{
    join_from_both_sides("other_id", "thing_id", NULL);
    join_from_both_sides(
        "thing_id", "other_id",
        "Other.things: its join table \"pairs\" is that of Thing.others, which disagrees: each must be "
        "the other's target, with the columns in the other order");
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
            test_mapper_faults__references, test_mapper_faults__references_that_agree,
            test_mapper_faults__references_to_what_has_no_key, test_mapper_faults__belongs_to, test_mapper_faults__has,
            test_mapper_faults__many_to_many, test_mapper_faults__options_of_relations, test_mapper_faults__polymorphic,
            test_mapper_faults__join_tables, test_mapper_faults__keys, test_mapper_faults__twins,
            test_mapper_faults__models_made_by_hand, test_mapper_faults__rows_made_by_hand,
            test_mapper_faults__names_of_tables, test_mapper_faults__too_many_columns, test_mapper_faults__all_at_once)
