/* Every fault of foreign keys and relations, and the line that names it. */
#include "mapper_faults.h"

/* --- foreign keys --- */

START_TEST(test_mapper_relation_faults__references)
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
    FAULT_WITH_OTHER("Thing.other_id: refers to another row, whose key it takes: take .generated away",
                     COLUMN(Thing, other_id, .references = &Other_model, .generated = GENERATED_IDENTITY));
}
END_TEST

/* Text agrees with text of any kind, and a Null type with what it wraps. */
START_TEST(test_mapper_relation_faults__references_that_agree)
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

START_TEST(test_mapper_relation_faults__references_to_what_has_no_key)
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

START_TEST(test_mapper_relation_faults__belongs_to)
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

START_TEST(test_mapper_relation_faults__has)
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

START_TEST(test_mapper_relation_faults__many_to_many)
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

START_TEST(test_mapper_relation_faults__options_of_relations)
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
    FAULT_WITH_OTHER("Thing.other: has .on_delete, but the columns of a foreign key say that: take it away",
                     BELONGS((.on_delete = ON_DELETE_CASCADE)));
    FAULT_WITH_OTHER("Thing.other: has .on_update, but the columns of a foreign key say that: take it away",
                     BELONGS((.on_update = ON_UPDATE_CASCADE)));
}
END_TEST

START_TEST(test_mapper_relation_faults__polymorphic)
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

START_TEST(test_mapper_relation_faults__join_tables)
{
    join_from_both_sides("other_id", "thing_id", NULL);
    join_from_both_sides(
        "thing_id", "other_id",
        "Other.things: its join table \"pairs\" is that of Thing.others, which disagrees: each must be "
        "the other's target, with the columns in the other order");
}
END_TEST

MAPPER_MAIN("mapper relation faults", test_mapper_relation_faults__references,
            test_mapper_relation_faults__references_that_agree,
            test_mapper_relation_faults__references_to_what_has_no_key, test_mapper_relation_faults__belongs_to,
            test_mapper_relation_faults__has, test_mapper_relation_faults__many_to_many,
            test_mapper_relation_faults__options_of_relations, test_mapper_relation_faults__polymorphic,
            test_mapper_relation_faults__join_tables)
