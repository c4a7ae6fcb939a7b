/* Models compiled: columns, keys, lookups, catalogs of any size, plain structs, and what happens without memory. */
#include "mapper_support.h"

typedef struct User User;
typedef struct Post Post;
typedef struct Tag Tag;
typedef enum Priority { PRIORITY_LOW, PRIORITY_HIGH = 7 } Priority;

struct User {
    int64_t id;
    const char *name;
    NullInt32 age;
    PgTimestamp created_at;
    MANY(Post) posts;
};

struct Post {
    int64_t id;
    int64_t user_id;
    char slug[64];
    const char *content;
    PgJson metadata;
    TextArray keywords;
    NullDate due;
    int32_t version;
    Priority priority;
    int32_t words;
    User *user;
    MANY(Tag) tags;
};

struct Tag {
    PgUuid id;
    const char *label;
    MANY(Post) posts;
};

typedef struct Row {
    int64_t count;
    const char *name;
} Row;

ENUM(Priority, "priority", LABEL(PRIORITY_LOW, "low"), LABEL(PRIORITY_HIGH, "it's high"));

extern const Model User_model, Post_model, Tag_model;

/* clang-format off */
MODEL(User, "users",
    COLUMN(User, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(User, name,       .column = "full \"name\""),
    COLUMN(User, age),
    COLUMN(User, created_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    HAS_MANY(User, posts, Post, user_id));
MODEL_IN("app", Post, "posts",
    COLUMN(Post, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Post, user_id,  .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Post, slug,     .unique = true),
    COLUMN(Post, content,  .nullable = true),
    COLUMN(Post, metadata, .server_default = "'{}'"),
    COLUMN(Post, keywords, .nullable = true),
    COLUMN(Post, due,      .not_null = true, .server_default = "now()"),
    COLUMN(Post, version,  .version = true),
    COLUMN_ENUM(Post, priority, Priority),
    COLUMN(Post, words,    .stored = "length(content)"),
    BELONGS_TO(Post, user, User, user_id),
    MANY_TO_MANY(Post, tags, Tag, "post_tags", "post_id", "tag_id"));
MODEL_IN("app", Tag, "tags",
    COLUMN(Tag, id,    .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Tag, label),
    MANY_TO_MANY(Tag, posts, Post, "post_tags", "tag_id", "post_id"));
MODEL(Row, NULL,
    COLUMN(Row, count),
    COLUMN(Row, name));
/* clang-format on */

/* --- one model --- */

START_TEST(test_mapper__columns)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *post = catalog_find(&catalog, &Post_model);
    ck_assert_uint_eq(post->column_count, 10);
    ck_assert_str_eq(post->quoted, "\"app\".\"posts\"");
    ck_assert_str_eq(post->schema, "app");
    ck_assert(post->has_pointers);
    ck_assert_uint_eq(post->in_place_count, 1);
    ck_assert_uint_eq(post->in_place[0].offset, column_of(post, "keywords")->offset);
    ck_assert_uint_eq(post->in_place[0].item_size, sizeof(const char *));
    static const struct {
        const char *field, *ddl_type;
        enum column_shape shape;
        bool nullable, unset_on_insert, server_only;
    } columns[] = {
        {"id", "bigint", SHAPE_PLAIN, false, true, false},
        {"user_id", "bigint", SHAPE_PLAIN, false, false, false},
        {"slug", "varchar(63)", SHAPE_PLAIN, false, false, false},
        {"content", "text", SHAPE_PLAIN, true, false, false},
        {"metadata", "jsonb", SHAPE_PLAIN, false, true, false},
        {"keywords", "text[]", SHAPE_ARRAY, true, false, false},
        {"due", "date", SHAPE_NULLABLE, false, true, false},
        {"version", "integer", SHAPE_PLAIN, false, false, false},
        {"priority", "\"app\".\"priority\"", SHAPE_PLAIN, false, false, false},
        {"words", "integer", SHAPE_PLAIN, false, false, true},
    };
    for (uint32_t i = 0; i < post->column_count; i++) {
        const struct column *column = &post->columns[i];
        ck_assert_uint_eq(column->index, i);
        ck_assert_str_eq(column->field->name, columns[i].field);
        ck_assert_str_eq(column->ddl_type, columns[i].ddl_type);
        ck_assert_int_eq(column->shape, columns[i].shape);
        ck_assert_msg(column->nullable == columns[i].nullable, "%s", columns[i].field);
        ck_assert_msg(column->unset_on_insert == columns[i].unset_on_insert, "%s", columns[i].field);
        ck_assert_msg(column->server_only == columns[i].server_only, "%s", columns[i].field);
        ck_assert_uint_eq(column->offset, column->field->offset);
        ck_assert_uint_eq(column->size, column->field->size);
    }
    ck_assert_uint_eq(column_of(post, "due")->valid_offset, offsetof(NullDate, valid));
    ck_assert_str_eq(column_of(post, "priority")->write_cast, "::\"app\".\"priority\"");
    ck_assert_str_eq(column_of(post, "priority")->read_cast, "::text");
}
END_TEST

START_TEST(test_mapper__key_and_version)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *post = catalog_find(&catalog, &Post_model), *tag = catalog_find(&catalog, &Tag_model);
    ck_assert_uint_eq(post->key_count, 1);
    ck_assert_uint_eq(post->key[0], 0);
    ck_assert_ptr_eq(post->identity, column_of(post, "id"));
    ck_assert_ptr_eq(post->version, column_of(post, "version"));
    ck_assert(post->columns[0].key && post->columns[0].identity && !post->columns[1].key);
    ck_assert(post->version->version);
    ck_assert_ptr_null(tag->identity);
    ck_assert_ptr_null(tag->version);
    ck_assert(column_of(tag, "id")->uuid_v7);
    ck_assert(post->indexes[0].primary && post->indexes[0].unique);
    ck_assert_uint_eq(post->index_count, 2);
    ck_assert_str_eq(post->indexes[1].name, "posts_slug_key");
}
END_TEST

/* The list is these columns, in the model's order. */
static void assert_columns(const struct mapper *mapper, const uint32_t *list, uint32_t count, const char *const *names)
{
    uint32_t i = 0;
    for (; names[i]; i++) {
        ck_assert_uint_lt(i, count);
        ck_assert_str_eq(mapper->columns[list[i]].name, names[i]);
    }
    ck_assert_uint_eq(i, count);
}

/* What the unit of work asks of each object: INSERTs may leave out few columns, and not every value can be sent. */
START_TEST(test_mapper__profile)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *post = catalog_find(&catalog, &Post_model), *tag = catalog_find(&catalog, &Tag_model);
    ck_assert_ptr_eq(post->integer_key, column_of(post, "id"));
    ck_assert_ptr_null(tag->integer_key);
    static const char *const pointers[] = {"content", "metadata", "keywords", NULL};
    static const char *const looked_at[] = {"id", "metadata", "due", "words", NULL};
    static const char *const checked[] = {"slug", "content", "metadata", "keywords", "due", "priority", NULL};
    assert_columns(post, post->pointers, post->pointer_count, pointers);
    assert_columns(post, post->looked_at, post->looked_at_count, looked_at);
    assert_columns(post, post->checked, post->checked_count, checked);
    for (uint32_t i = 0; i < post->column_count; i++) {
        bool sent = post->always_sent[0] >> i & 1, looked = false;
        for (uint32_t l = 0; l < post->looked_at_count; l++)
            looked = looked || post->looked_at[l] == i;
        ck_assert(sent != looked);
    }
}
END_TEST

START_TEST(test_mapper__checks)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *post = catalog_find(&catalog, &Post_model);
    ck_assert_uint_eq(post->check_count, 1);
    ck_assert_str_eq(post->checks[0].condition, "octet_length(\"slug\") < 64");
    ck_assert_str_eq(post->checks[0].name, "posts_slug_check");
    ck_assert_ptr_eq(post->checks[0].column, column_of(post, "slug"));
}
END_TEST

typedef struct Kept {
    int32_t id;
    Priority priority;
    Priority limited;
    char code[4];
} Kept;

START_TEST(test_mapper__checks_of_text)
{
    ENUM(Text, NULL, LABEL(PRIORITY_LOW, "low"), LABEL(PRIORITY_HIGH, "it's"));
    MODEL(Kept, "kept", COLUMN(Kept, id, .primary_key = true), COLUMN_ENUM(Kept, priority, Text),
          COLUMN_ENUM(Kept, limited, Text, .sql_type = "varchar(9)"), COLUMN(Kept, code, .sql_type = "char(3)"));
    const struct mapper *mapper = compile_model(&Kept_model);
    ck_assert_uint_eq(mapper->check_count, 3);
    ck_assert_str_eq(mapper->checks[0].condition, "\"priority\" IN ('low', 'it''s')");
    ck_assert_str_eq(mapper->checks[1].condition, "\"limited\" IN ('low', 'it''s')");
    ck_assert_str_eq(mapper->checks[2].condition, "octet_length(\"code\"::text) < 4");
    ck_assert_str_eq(column_of(mapper, "priority")->ddl_type, "text");
    ck_assert_str_eq(column_of(mapper, "limited")->write_cast, "");
}
END_TEST

START_TEST(test_mapper__lookups)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *user = catalog_find(&catalog, &User_model);
    const struct column *name = &user->columns[1];
    ck_assert_ptr_eq(mapper_column_at(user, offsetof(User, name)), name);
    ck_assert_ptr_eq(mapper_column_of_field(user, "name"), name);
    ck_assert_ptr_eq(mapper_column_named(user, "full \"name\""), name);
    ck_assert_str_eq(name->quoted, "\"full \"\"name\"\"\"");
    ck_assert_ptr_null(mapper_column_at(user, offsetof(User, posts)));
    ck_assert_ptr_null(mapper_column_of_field(user, "posts"));
    ck_assert_ptr_null(mapper_column_named(user, "name"));
}
END_TEST

/* --- relations --- */

START_TEST(test_mapper__relations)
{
    compile_models(MODELS(User, Post, Tag));
    const struct mapper *user = catalog_find(&catalog, &User_model), *post = catalog_find(&catalog, &Post_model),
                        *tag = catalog_find(&catalog, &Tag_model);
    ck_assert_uint_eq(post->foreign_key_count, 1);
    const struct foreign_key *key = &post->foreign_keys[0];
    ck_assert_ptr_eq(key->target, user);
    ck_assert_uint_eq(key->count, 1);
    ck_assert_uint_eq(key->columns[0], column_of(post, "user_id")->index);
    ck_assert_uint_eq(key->targets[0], column_of(user, "id")->index);
    ck_assert(key->to_primary_key);
    ck_assert_int_eq(key->on_delete, ON_DELETE_CASCADE);
    ck_assert_ptr_eq(key->relation, &post->relations[0]);

    ck_assert_uint_eq(post->relation_count, 2);
    ck_assert_ptr_eq(post->relations[0].target, user);
    ck_assert_ptr_eq(post->relations[0].foreign_key, key);
    ck_assert_ptr_eq(post->relations[1].target, tag);
    ck_assert_ptr_null(post->relations[1].foreign_key);
    ck_assert_uint_eq(post->relations[1].index, 1);
    ck_assert_ptr_eq(user->relations[0].target, post);
    ck_assert_ptr_eq(user->relations[0].foreign_key, key);
    ck_assert_ptr_eq(tag->relations[0].target, post);
}
END_TEST

typedef struct Line Line;
typedef struct Part Part;
struct Line {
    int32_t order_id;
    int32_t number;
    MANY(Part) parts;
};
struct Part {
    int64_t id;
    int32_t order_id;
    int32_t line_number;
    const char *code;
    const char *replaces;
    Line *line;
    Part *replaced;
};
extern const Model Line_model, Part_model;
MODEL(Line, "lines",
    COLUMN(Line, order_id, .primary_key = true),
    COLUMN(Line, number,   .primary_key = true),
    HAS_MANY(Line, parts, Part, order_id, line_number));
MODEL(Part, "parts",
    COLUMN(Part, id,          .primary_key = true),
    COLUMN(Part, order_id),
    COLUMN(Part, line_number, .on_delete = ON_DELETE_RESTRICT),
    COLUMN(Part, code),
    COLUMN(Part, replaces,    .nullable = true, .references = &Part_model, .references_field = "code",
                              .on_delete = ON_DELETE_SET_NULL),
    BELONGS_TO(Part, line, Line, order_id, line_number),
    BELONGS_TO(Part, replaced, Part, replaces),
    UNIQUE(Part, NULL, code));

/* A composite key through a relation, and a reference to a unique field of the same model. */
START_TEST(test_mapper__composite_and_self_references)
{
    compile_models(MODELS(Part, Line));
    const struct mapper *line = catalog_find(&catalog, &Line_model), *part = catalog_find(&catalog, &Part_model);
    ck_assert_uint_eq(part->foreign_key_count, 2);
    const struct foreign_key *self = &part->foreign_keys[0], *composite = &part->foreign_keys[1];
    ck_assert_ptr_eq(self->target, part);
    ck_assert_uint_eq(self->targets[0], column_of(part, "code")->index);
    ck_assert(!self->to_primary_key);
    ck_assert_int_eq(self->on_delete, ON_DELETE_SET_NULL);
    ck_assert_ptr_eq(self->relation, &part->relations[1]);

    ck_assert_ptr_eq(composite->target, line);
    ck_assert_uint_eq(composite->count, 2);
    ck_assert_uint_eq(composite->columns[1], column_of(part, "line_number")->index);
    ck_assert_uint_eq(composite->targets[1], column_of(line, "number")->index);
    ck_assert(composite->to_primary_key);
    ck_assert_int_eq(composite->on_delete, ON_DELETE_RESTRICT);
    ck_assert_str_eq(composite->name, "parts_order_id_line_number_fkey");
    ck_assert_ptr_eq(line->relations[0].foreign_key, composite);
}
END_TEST

/* --- catalogs --- */

START_TEST(test_mapper__empty_catalog)
{
    const Model *const none[] = {NULL};
    compile_models(none);
    ck_assert_uint_eq(catalog.mapper_count, 0);
    ck_assert_ptr_null(catalog_find(&catalog, &User_model));
    catalog_done(&catalog);
    compile_models(NULL);
    ck_assert_ptr_null(catalog_find(&catalog, &User_model));
}
END_TEST

START_TEST(test_mapper__schemas)
{
    char schema[] = "shop";
    ck_assert_int_eq(catalog_init(&catalog, &memory.hook, MODELS(User, Post, Tag), schema, &faults), STATUS_OK);
    memset(schema, 'x', sizeof(schema) - 1); /* the catalog has its own */
    ck_assert_str_eq(catalog_find(&catalog, &User_model)->quoted, "\"shop\".\"users\"");
    ck_assert_str_eq(catalog_find(&catalog, &User_model)->schema, "shop");
    ck_assert_str_eq(catalog_find(&catalog, &Post_model)->schema, "app");
}
END_TEST

enum { MANY_MODELS = 500 };

/* Every model is found, and what was not given is not; names are only one in each schema. */
START_TEST(test_mapper__many_models)
{
    static struct howdah_model models[MANY_MODELS + 1];
    static const struct howdah_model *list[MANY_MODELS + 1];
    static char names[MANY_MODELS][16];
    for (size_t i = 0; i < MANY_MODELS; i++) {
        sprintf(names[i], "model%zu", i);
        models[i] = User_model;
        models[i].field_count = 4;
        models[i].name = models[i].table = names[i];
        list[i] = &models[i];
    }
    compile_models(list);
    ck_assert_uint_ge(catalog.slot_mask + 1, 2 * MANY_MODELS);
    for (size_t i = 0; i < MANY_MODELS; i++) {
        ck_assert_ptr_eq(catalog_find(&catalog, &models[i]), &catalog.mappers[i]);
        ck_assert_uint_eq(catalog.mappers[i].index, i);
        ck_assert_str_eq(catalog.mappers[i].table, names[i]);
    }
    ck_assert_ptr_null(catalog_find(&catalog, &models[MANY_MODELS]));
}
END_TEST

/* Rows made at run time, in an array of rows that are as small as the first version of the library had them. */
START_TEST(test_mapper__rows_of_an_older_program)
{
    enum { OLD_SIZE = offsetof(struct howdah_field, struct_size) + sizeof(size_t) };
    const struct howdah_field made[] = {COLUMN(Row, count, .primary_key = true), COLUMN(Row, name)};
    unsigned char *rows = malloc(2 * OLD_SIZE);
    for (size_t i = 0; i < 2; i++) {
        struct howdah_field row = made[i];
        row.struct_size = OLD_SIZE;
        memcpy(rows + i * OLD_SIZE, &row, OLD_SIZE);
    }
    struct howdah_model model = Row_model;
    model.table = "rows";
    model.fields = (const struct howdah_field *)(const void *)rows;
    const struct mapper *mapper = compile_model(&model);
    ck_assert_uint_eq(mapper->column_count, 2);
    ck_assert_str_eq(mapper->columns[1].name, "name");
    ck_assert_uint_eq(mapper->columns[1].offset, offsetof(Row, name));
    ck_assert_str_eq(mapper->columns[1].field->name, "name");
    free(rows);
}
END_TEST

/* --- plain structs --- */

START_TEST(test_mapper__plain)
{
    const struct mapper *mapper = NULL;
    ck_assert_int_eq(mapper_compile_plain(&arena, &Row_model, &faults, &mapper), STATUS_OK);
    ck_assert_ptr_eq(mapper->model, &Row_model);
    ck_assert_ptr_null(mapper->table);
    ck_assert_uint_eq(mapper->column_count, 2);
    ck_assert_uint_eq(mapper->key_count, 0);
    ck_assert_ptr_null(mapper_column_of_constraint(mapper, "row_count_not_null"));
    catalog_done(&catalog);
    compile_models(MODELS(User, Post, Tag, Row));
    ck_assert_uint_eq(catalog_find(&catalog, &Row_model)->column_count, 2);
}
END_TEST

START_TEST(test_mapper__plain_faults)
{
    const struct mapper *mapper = NULL;
    ck_assert_int_eq(mapper_compile_plain(&arena, &Tag_model, &faults, &mapper), STATUS_MODEL);
    ck_assert_str_eq(buffer_cstring(&faults), "Tag: has a table, but was not given to database_open");
    buffer_reset(&faults);
    const struct howdah_model plain = {
        sizeof(plain),     sizeof(Post),           _Alignof(Post),           "Post", NULL, NULL,
        Post_model.fields, Post_model.field_count, HOWDAH_OPTIMISTIC_VERSION};
    ck_assert_int_eq(mapper_compile_plain(&arena, &plain, &faults, &mapper), STATUS_MODEL);
    ck_assert_str_eq(buffer_cstring(&faults),
                     "Post.user_id: has .references, but its struct has no table: name one in MODEL\n"
                     "Post.slug: has .unique, but its struct has no table: name one in MODEL\n"
                     "Post.version: has .version, but its struct has no table: name one in MODEL\n"
                     "Post.user: is a relation, but its struct has no table: name one in MODEL\n"
                     "Post.tags: is a relation, but its struct has no table: name one in MODEL");
    ck_assert_ptr_null(mapper);
}
END_TEST

/* --- without memory --- */

START_TEST(test_mapper__no_memory)
{
    for (enum failing_how how = FAILING_ONCE; how <= FAILING_FROM; how++) {
        bool reached = true;
        for (size_t n = 1; reached; n++) {
            failing_at(&memory, n, how);
            enum howdah_status status =
                catalog_init(&catalog, &memory.hook, MODELS(User, Post, Tag, Row), NULL, &faults);
            reached = failing_reached(&memory);
            failing_off(&memory);
            ck_assert_int_eq(status, reached ? STATUS_NO_MEMORY : STATUS_OK);
            catalog_done(&catalog);
            ck_assert_uint_eq(failing_blocks(&memory), 0);
        }
    }
}
END_TEST

START_TEST(test_mapper__plain_without_memory)
{
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        const struct mapper *mapper = NULL;
        failing_at(&memory, n, FAILING_FROM);
        enum howdah_status status = mapper_compile_plain(&arena, &Row_model, &faults, &mapper);
        reached = failing_reached(&memory);
        failing_off(&memory);
        ck_assert_int_eq(status, reached ? STATUS_NO_MEMORY : STATUS_OK);
        ck_assert(!mapper == reached);
        arena_done(&arena);
    }
}
END_TEST

/* A fault that can't be written down is still no success. */
START_TEST(test_mapper__faults_without_memory)
{
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        const Model *const models[] = {&Post_model, NULL};
        failing_at(&memory, n, FAILING_FROM);
        enum howdah_status status = catalog_init(&catalog, &memory.hook, models, NULL, &faults);
        reached = failing_reached(&memory);
        failing_off(&memory);
        ck_assert_int_eq(status, reached ? STATUS_NO_MEMORY : STATUS_MODEL);
        catalog_done(&catalog);
        buffer_done(&faults);
        buffer_reset(&faults);
    }
}
END_TEST

MAPPER_MAIN("mapper", test_mapper__columns, test_mapper__key_and_version, test_mapper__profile, test_mapper__checks,
            test_mapper__checks_of_text, test_mapper__lookups, test_mapper__relations,
            test_mapper__composite_and_self_references, test_mapper__empty_catalog, test_mapper__schemas,
            test_mapper__many_models, test_mapper__rows_of_an_older_program, test_mapper__plain,
            test_mapper__plain_faults, test_mapper__no_memory, test_mapper__plain_without_memory,
            test_mapper__faults_without_memory)
