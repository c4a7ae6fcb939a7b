/* NULL, comparing, copying, checking and sending, for columns of each shape. */
#include "column_support.h"

/* --- NULL --- */

START_TEST(test_column__null)
{
    Wide w = {.place = {-2, 0}};
    static const char *const null[] = {"maybe", "day",     "text", "bytes",   "json",  "plain_json", "price",
                                       "place", "limited", "tags", "numbers", "reals", "blobs"};
    static const char *const never[] = {"id",   "uuid", "flag", "small", "number",   "real",
                                        "wide", "code", "at",   "time",  "interval", "color"};
    for (size_t i = 0; i < sizeof(null) / sizeof(*null); i++)
        ck_assert_msg(column_is_null(col(null[i]), &w), "%s", null[i]);
    for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
        ck_assert_msg(!column_is_null(col(never[i]), &w), "%s", never[i]);

    const char *tag = "a";
    w = (Wide){.maybe = {0, true},
               .day = {{0}, true},
               .text = "",
               .bytes = {"", 0},
               .json = {"null"},
               .tags = {.items = &tag, .count = 0}};
    static const char *const there[] = {"maybe", "day", "text", "bytes", "json", "place", "tags"};
    for (size_t i = 0; i < sizeof(there) / sizeof(*there); i++)
        ck_assert_msg(!column_is_null(col(there[i]), &w), "%s", there[i]);
}
END_TEST

START_TEST(test_column__set_null)
{
    const char *tag = "a";
    Wide w = {.maybe = {7, true}, .text = "x", .bytes = {"x", 1}, .place = {1, 2}, .tags = {.items = &tag, .count = 1}};
    static const char *const fields[] = {"maybe", "text", "bytes", "place", "tags"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        column_set_null(col(fields[i]), &w);
        ck_assert_msg(column_is_null(col(fields[i]), &w), "%s", fields[i]);
    }
    ck_assert_int_eq(w.maybe.value, 0); /* as if it had been loaded, byte by byte */
    ck_assert_uint_eq(w.tags.count, 0);
    ck_assert_int_eq(w.place.x, -2);
}
END_TEST

START_TEST(test_column__unset_key)
{
    Wide w = {0};
    ck_assert(column_is_unset_key(col("id"), &w));
    ck_assert(column_is_unset_key(col("uuid"), &w));
    ck_assert(!column_is_unset_key(col("number"), &w));
    ck_assert(!column_is_unset_key(col("maybe"), &w));
    w.id = -1;
    w.uuid.bytes[15] = 1;
    ck_assert(!column_is_unset_key(col("id"), &w));
    ck_assert(!column_is_unset_key(col("uuid"), &w));
}
END_TEST

/* --- comparing --- */

static void expect_equal(const char *field, const Wide *a, const Wide *b)
{
    ck_assert_msg(column_equal(col(field), a, b), "%s", field);
    ck_assert_msg(column_equal(col(field), b, a), "%s", field);
    ck_assert_int_eq(column_compare(col(field), a, b), 0);
    ck_assert_uint_eq(column_hash(col(field), 1, a), column_hash(col(field), 1, b));
}

static void expect_less(const char *field, const Wide *a, const Wide *b)
{
    ck_assert_msg(!column_equal(col(field), a, b), "%s", field);
    ck_assert_msg(!column_equal(col(field), b, a), "%s", field);
    ck_assert_int_eq(column_compare(col(field), a, b), -1);
    ck_assert_int_eq(column_compare(col(field), b, a), 1);
    ck_assert_uint_ne(column_hash(col(field), 1, a), column_hash(col(field), 1, b));
}

START_TEST(test_column__compare)
{
    char again[] = "x";
    Wide a = {.id = 1, .maybe = {7, true}, .text = "x", .code = "ab\0cd", .price = {"1.10"}, .wide = 0.0};
    Wide b = {.id = 1, .maybe = {7, true}, .text = again, .code = "ab\0xy", .price = {"1.1"}, .wide = -0.0};
    static const char *const same[] = {"id", "maybe", "text", "code", "price", "wide", "bytes"};
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
        expect_equal(same[i], &a, &b);
    b = (Wide){.id = 2, .maybe = {8, true}, .text = "y", .code = "b", .price = {"1.11"}, .wide = 1.0, .bytes = {"", 0}};
    static const char *const less[] = {"id", "maybe", "text", "code", "price", "wide"};
    for (size_t i = 0; i < sizeof(less) / sizeof(*less); i++)
        expect_less(less[i], &a, &b);
    expect_less("bytes", &b, &a);          /* NULL comes last */
    a.maybe.valid = b.maybe.valid = false; /* what stands beside the flag means nothing */
    expect_equal("maybe", &a, &b);
    ck_assert_uint_ne(column_hash(col("id"), 1, &a), column_hash(col("id"), 2, &a));
}
END_TEST

/* --- copying --- */

START_TEST(test_column__copy)
{
    char text[] = "text", data[] = {1, 0, 2};
    Wide w = {.text = text, .bytes = {data, 3}, .price = {NULL}, .number = 5, .place = {1, 2}};
    static const char *const fields[] = {"text", "bytes", "price", "number", "place"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        ck_assert(column_copy(col(fields[i]), &arena, &w));
    memset(text, 'x', 4);
    memset(data, 9, 3);
    ck_assert_str_eq(w.text, "text");
    ck_assert_mem_eq(w.bytes.data, "\1\0\2", 3);
    ck_assert_ptr_null(w.price.text);
    ck_assert_int_eq(w.number, 5);
    failing_at(&memory, 1, FAILING_FROM);
    arena_done(&arena);
    w.text = text;
    ck_assert(!column_copy(col("text"), &arena, &w));
    ck_assert_ptr_eq(w.text, text);
    failing_off(&memory);
}
END_TEST

/* --- checking --- */

static void expect_check(const char *field, const Wide *w, const char *why)
{
    const char *got = column_check(col(field), w, &(size_t){0});
    ck_assert_msg((!got && !why) || (got && why && strcmp(got, why) == 0), "%s: %s, not %s", field, got ? got : "good",
                  why ? why : "good");
}

START_TEST(test_column__check)
{
    Wide w = {.place = {-2, 0}};
    expect_check("id", &w, NULL);
    expect_check("maybe", &w, NULL);
    expect_check("day", &w, "is NULL");
    expect_check("text", &w, "is NULL");
    expect_check("bytes", &w, NULL);
    expect_check("json", &w, NULL); /* left out, so that the default applies */
    expect_check("numbers", &w, NULL);
    expect_check("reals", &w, "is NULL");
    expect_check("place", &w, NULL);
    w = (Wide){.text = "\xff", .code = "12345678", .price = {"12x"}, .color = 3, .place = {-1, 0}, .json = {"{"}};
    expect_check("text", &w, "is not valid UTF-8");
    expect_check("code", &w, "is not terminated");
    expect_check("price", &w, "is not a number");
    expect_check("color", &w, "has a value without a label");
    expect_check("place", &w, "has no text form");
    w.code[7] = '\0';
    w.color = COLOR_BLUE;
    w.place.x = 1;
    w.price.text = "-1.5";
    expect_check("code", &w, NULL);
    expect_check("color", &w, NULL);
    expect_check("place", &w, NULL);
    expect_check("price", &w, NULL);
}
END_TEST

START_TEST(test_column__check_by_the_program)
{
    Wide w = {.text = ""};
    expect_check("text", &w, "must not be blank");
    w.text = "x";
    expect_check("text", &w, NULL);
    w.text = NULL; /* a validator is asked about values only */
    expect_check("text", &w, "is NULL");
}
END_TEST

/* varchar(3) counts characters; an error of the server would name no column. */
START_TEST(test_column__check_length)
{
    Wide w = {.limited = "\xc3\xa4\xc3\xb6\xc3\xbc", .padded = "12345"};
    expect_check("limited", &w, NULL);
    expect_check("padded", &w, NULL);
    w.limited = "abcd";
    w.padded = "123456";
    expect_check("limited", &w, "has more characters than the column's type allows");
    expect_check("padded", &w, "has more characters than the column's type allows");
}
END_TEST

/* --- sending --- */

static void expect_bytes(const char *field, const Wide *w, const void *bytes, size_t size)
{
    buffer_reset(&out);
    buffer_text(&out, "before");
    column_append(col(field), w, &out);
    ck_assert(!out.failed);
    ck_assert_uint_eq(out.size, 6 + size);
    ck_assert_mem_eq(out.data + 6, bytes, size);
}
#define EXPECT_BYTES(field, w, literal) expect_bytes(field, w, literal, sizeof(literal) - 1)

START_TEST(test_column__append)
{
    Wide w = {.number = 258,
              .maybe = {1, true},
              .text = "ab",
              .code = "xyz",
              .color = COLOR_BLUE,
              .place = {3, 4},
              .json = {"{}"},
              .plain_json = {"[1]"},
              .local = {1},
              .bytes = {"\0\1", 2},
              .padded = "a"};
    EXPECT_BYTES("number", &w, "\0\0\0\4\0\0\1\2");
    EXPECT_BYTES("maybe", &w, "\0\0\0\10\0\0\0\0\0\0\0\1");
    EXPECT_BYTES("text", &w, "\0\0\0\2ab");
    EXPECT_BYTES("code", &w, "\0\0\0\3xyz");
    EXPECT_BYTES("color", &w, "\0\0\0\4blue");
    EXPECT_BYTES("place", &w, "\0\0\0\0033,4");
    EXPECT_BYTES("json", &w, "\0\0\0\3\1{}");
    EXPECT_BYTES("plain_json", &w, "\0\0\0\3[1]");
    EXPECT_BYTES("local", &w, "\0\0\0\10\0\0\0\0\0\0\0\1");
    EXPECT_BYTES("bytes", &w, "\0\0\0\2\0\1");
    EXPECT_BYTES("padded", &w, "\0\0\0\1a");
    w = (Wide){.place = {-2, 0}};
    EXPECT_BYTES("maybe", &w, "\377\377\377\377");
    EXPECT_BYTES("text", &w, "\377\377\377\377");
    EXPECT_BYTES("tags", &w, "\377\377\377\377");
    EXPECT_BYTES("place", &w, "\377\377\377\377");
}
END_TEST

/* The loops over many objects write what the objects write one by one. */
START_TEST(test_column__append_all)
{
    const char *tag = "t";
    Wide all[3] = {
        {.id = 5,
         .uuid = {{7}},
         .flag = true,
         .small = -2,
         .number = 6,
         .real = 0.5f,
         .wide = 0.1,
         .maybe = {3, true},
         .day = {{4}, true},
         .text = "x",
         .code = "yz",
         .bytes = {"b", 1},
         .json = {"1"},
         .plain_json = {"2"},
         .price = {"1.5"},
         .at = {9},
         .local = {8},
         .time = {7},
         .interval = {1, 2, 3},
         .color = COLOR_BLUE,
         .place = {1, 2},
         .limited = "",
         .padded = "a",
         .address = "::1",
         .tags = {&tag, NULL, 1}},
        {.place = {-2, 0}},
        {.text = "another", .maybe = {-1, true}, .json = {"{}"}},
    };
    void *const objects[] = {&all[0], &all[1], &all[2]};
    struct buffer together;
    buffer_init(&together, &memory.hook);
    for (uint32_t i = 0; i < wide->column_count; i++) {
        const struct column *c = &wide->columns[i];
        buffer_reset(&out);
        buffer_reset(&together);
        for (size_t k = 0; k < 3; k++)
            column_append(c, objects[k], &out);
        column_append_all(c, objects, 3, &together);
        ck_assert_msg(together.size == out.size && memcmp(together.data, out.data, out.size) == 0, "%s", c->name);
        column_append_all(c, objects, 0, &together);
        ck_assert_uint_eq(together.size, out.size);
    }
    buffer_done(&together);
}
END_TEST

START_TEST(test_column__append_header)
{
    array_append_header(col("number")->item_oid, 3, &out);
    ck_assert_uint_eq(out.size, 20);
    ck_assert_mem_eq(out.data, "\0\0\0\1\0\0\0\0\0\0\0\27\0\0\0\3\0\0\0\1", 20);
    buffer_reset(&out);
    array_append_header(col("tags")->item_oid, 0, &out);
    ck_assert_uint_eq(out.size, 12);
    ck_assert_mem_eq(out.data, "\0\0\0\0\0\0\0\0\0\0\0\31", 12);
    buffer_reset(&out);
    array_append_header(col("number")->item_oid, (size_t)INT32_MAX + 1, &out);
    ck_assert(out.failed);
}
END_TEST

START_TEST(test_column__append_without_memory)
{
    Wide w = {.text = "a long text"};
    const char *tag = "another";
    w.tags = (TextArray){.items = &tag, .count = 1};
    static const char *const fields[] = {"text", "tags", "bytes"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        struct buffer b;
        buffer_init(&b, &memory.hook);
        failing_at(&memory, 1, FAILING_FROM);
        column_append(col(fields[i]), &w, &b);
        ck_assert(b.failed);
        buffer_reset(&b);
        column_append_all(col(fields[i]), (void *const[]){&w}, 1, &b);
        failing_off(&memory);
        ck_assert(b.failed);
        buffer_done(&b);
    }
}
END_TEST

COLUMN_MAIN("column", test_column__null, test_column__set_null, test_column__unset_key, test_column__compare,
            test_column__copy, test_column__check, test_column__check_by_the_program, test_column__check_length,
            test_column__append, test_column__append_all, test_column__append_header,
            test_column__append_without_memory)
