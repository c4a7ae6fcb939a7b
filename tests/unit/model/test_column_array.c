/* Array columns: items with and without NULLs, as values and as the text in which they are sent. */
#include "column_support.h"

/* --- comparing --- */

static Wide with_tags(const char **items, bool *nulls, size_t count)
{
    return (Wide){.tags = {.items = items, .nulls = nulls, .count = count}};
}

START_TEST(test_column_array__equal)
{
    char b[] = "b";
    const char *x_items[] = {"a", "b", NULL}, *y_items[] = {"a", b, "ignored"};
    bool nulls[] = {false, false, true};
    Wide x = with_tags(x_items, NULL, 3), y = with_tags(y_items, nulls, 3);
    ck_assert(column_equal(col("tags"), &x, &y)); /* a NULL pointer and a flag are one NULL */
    ck_assert_uint_eq(column_hash(col("tags"), 0, &x), column_hash(col("tags"), 0, &y));
    ck_assert_int_eq(column_compare(col("tags"), &x, &y), 0);
    nulls[2] = false;
    ck_assert(!column_equal(col("tags"), &x, &y));
    ck_assert_uint_ne(column_hash(col("tags"), 0, &x), column_hash(col("tags"), 0, &y));
    ck_assert_int_eq(column_compare(col("tags"), &x, &y), 1); /* NULL is last */
    y.tags.count = 2;
    ck_assert(!column_equal(col("tags"), &x, &y));
    ck_assert_int_eq(column_compare(col("tags"), &x, &y), 1);
    ck_assert_int_eq(column_compare(col("tags"), &y, &x), -1);
    b[0] = 'c';
    ck_assert_int_eq(column_compare(col("tags"), &x, &y), -1);
    Wide none = {0}, empty = with_tags(x_items, NULL, 0);
    ck_assert(!column_equal(col("tags"), &none, &empty));
    ck_assert(column_equal(col("tags"), &none, &none));
}
END_TEST

START_TEST(test_column_array__equal_as_the_server)
{
    double x_items[] = {0.0, 1.0}, y_items[] = {-0.0, 1.0};
    Wide x = {.reals = {.items = x_items, .count = 2}}, y = {.reals = {.items = y_items, .count = 2}};
    ck_assert(column_equal(col("reals"), &x, &y));
    ck_assert_uint_eq(column_hash(col("reals"), 0, &x), column_hash(col("reals"), 0, &y));
}
END_TEST

/* --- copying --- */

START_TEST(test_column_array__copy)
{
    char a[] = "a", *nowhere = (char *)(uintptr_t)1;
    const char *items[] = {a, nowhere, NULL};
    bool nulls[] = {false, true, false};
    Wide w = with_tags(items, nulls, 3);
    ck_assert(column_copy(col("tags"), &arena, &w));
    ck_assert_ptr_ne(w.tags.items, items);
    ck_assert_ptr_ne(w.tags.nulls, nulls);
    a[0] = 'x';
    nulls[1] = false;
    ck_assert_str_eq(w.tags.items[0], "a");
    ck_assert(w.tags.nulls[1]);
    ck_assert_ptr_null(w.tags.items[1]); /* what a flag hides may point to anywhere */
    ck_assert_ptr_null(w.tags.items[2]);

    int32_t numbers[] = {1, 2};
    w.numbers = (Int32Array){.items = numbers, .count = 2};
    ck_assert(column_copy(col("numbers"), &arena, &w));
    numbers[0] = 9;
    ck_assert_int_eq(w.numbers.items[0], 1);
    ck_assert_ptr_null(w.numbers.nulls);

    w = with_tags(items, NULL, 0);
    ck_assert(column_copy(col("tags"), &arena, &w));
    ck_assert_ptr_nonnull(w.tags.items);
    ck_assert_ptr_ne(w.tags.items, items);
}
END_TEST

/* Behind items and flags there is room for as many again. */
START_TEST(test_column_array__copy_has_room)
{
    int32_t numbers[] = {1, 2, 3};
    bool nulls[] = {false, true, false};
    Wide w = {.numbers = {.items = numbers, .nulls = nulls, .count = 3}};
    ck_assert(column_copy(col("numbers"), &arena, &w));
    memcpy(w.numbers.items + 3, w.numbers.items, sizeof(numbers));
    memcpy(w.numbers.nulls + 3, w.numbers.nulls, sizeof(nulls));
    ck_assert_int_eq(w.numbers.items[2], 3);
    ck_assert(w.numbers.nulls[1]);
}
END_TEST

START_TEST(test_column_array__copy_without_memory)
{
    const char *items[] = {"a", "b"};
    bool nulls[] = {false, false}, reached = true;
    for (size_t n = 1; reached; n++) {
        Wide w = with_tags(items, nulls, 2);
        failing_at(&memory, n, FAILING_ONCE);
        bool copied = column_copy(col("tags"), &arena, &w);
        reached = failing_reached(&memory);
        failing_off(&memory);
        ck_assert(copied == !reached);
        ck_assert((w.tags.items == items) == reached);
        arena_done(&arena);
    }
    Wide huge = {.numbers = {.items = (int32_t[]){1}, .count = SIZE_MAX / 2}};
    ck_assert(!column_copy(col("numbers"), &arena, &huge));
}
END_TEST

/* --- checking --- */

START_TEST(test_column_array__check)
{
    const char *items[] = {"a", NULL, "\xff"};
    bool nulls[] = {false, false, true};
    Wide w = with_tags(items, nulls, 3);
    ck_assert_ptr_null(column_check(col("tags"), &w, &(size_t){0}));
    nulls[2] = false;
    ck_assert_str_eq(column_check(col("tags"), &w, &(size_t){0}), "is not valid UTF-8");
    w.tags.count = 2;
    ck_assert_ptr_null(column_check(col("tags"), &w, &(size_t){0}));
}
END_TEST

/* --- sending --- */

static void expect_text(const char *field, const Wide *w, const char *text)
{
    buffer_reset(&out);
    column_append(col(field), w, &out);
    ck_assert(!out.failed);
    ck_assert_uint_eq(read_uint32(out.data), strlen(text));
    ck_assert_uint_eq(out.size, 4 + strlen(text));
    ck_assert_str_eq(buffer_cstring(&out) + 4, text);
}

START_TEST(test_column_array__append)
{
    const char *items[] = {"a", "", NULL, "NULL", "b \"c\" \\d\\", "{e,f}"};
    Wide w = with_tags(items, NULL, 6);
    expect_text("tags", &w, "{\"a\",\"\",NULL,\"NULL\",\"b \\\"c\\\" \\\\d\\\\\",\"{e,f}\"}");
    w.tags.count = 0;
    expect_text("tags", &w, "{}");
    int32_t numbers[] = {1, -2147483647 - 1, 3};
    bool nulls[] = {false, false, true};
    w.numbers = (Int32Array){.items = numbers, .nulls = nulls, .count = 3};
    expect_text("numbers", &w, "{1,-2147483648,NULL}");
    double reals[] = {0.1, -1e300};
    w.reals = (DoubleArray){.items = reals, .count = 2};
    expect_text("reals", &w, "{0.1,-1e+300}");
    PgBytes blobs[] = {{"\0\377", 2}, {NULL, 0}, {"", 0}};
    w.blobs = (BytesArray){.items = blobs, .count = 3};
    expect_text("blobs", &w, "{\"\\\\x00ff\",NULL,\"\\\\x\"}");
    PgJson documents[] = {{"{\"a\": \"\\n\"}"}};
    w.documents = (JsonArray){.items = documents, .count = 1};
    expect_text("documents", &w, "{\"{\\\"a\\\": \\\"\\\\n\\\"}\"}");
    PgTimestamp moments[] = {{0}, TIMESTAMP_INFINITY};
    w.moments = (TimestampArray){.items = moments, .count = 2};
    expect_text("moments", &w, "{\"2000-01-01 00:00:00+00\",\"infinity\"}");
}
END_TEST

/* A text of `size` bytes with a quote at one place, and what the server is to read: both with a NUL. */
static void make_item(char *item, char *wire, size_t size, size_t quote)
{
    for (size_t i = 0; i < size; i++) {
        if (i == quote)
            *wire++ = '\\';
        *wire++ = item[i] = i == quote ? '"' : 'x';
    }
    item[size] = *wire = '\0';
}

/* Texts of each length, of rows one behind the other, with a byte to be escaped at each place. */
START_TEST(test_column_array__append_all)
{
    enum { MOST = 100, ITEMS = 3 };
    char item[MOST + 1], wire[2 * MOST + 2], expected[4 * MOST];
    const char *items[ITEMS] = {"", item, NULL};
    Wide w = with_tags(items, NULL, ITEMS), none = {.tags = {NULL, NULL, 0}};
    void *const objects[] = {&w, &none, &w};
    for (size_t size = 0; size <= MOST; size++)
        for (size_t quote = 0; quote <= size; quote++) {
            make_item(item, wire, size, quote);
            uint32_t length = (uint32_t)sprintf(expected, "{\"\",\"%s\",NULL}", wire);
            buffer_reset(&out);
            column_append_all(col("tags"), objects, 3, &out);
            ck_assert_uint_eq(out.size, 3 * 4 + 2 * length);
            ck_assert_uint_eq(read_uint32(out.data), length);
            ck_assert_mem_eq(out.data + 4, expected, length);
            ck_assert_uint_eq(read_uint32(out.data + 4 + length), UINT32_MAX);
            ck_assert_mem_eq(out.data + out.size - length, expected, length);
        }
}
END_TEST

COLUMN_MAIN("column array", test_column_array__equal, test_column_array__equal_as_the_server, test_column_array__copy,
            test_column_array__copy_has_room, test_column_array__copy_without_memory, test_column_array__check,
            test_column_array__append, test_column_array__append_all)
