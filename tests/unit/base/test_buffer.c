/* Growing, failing once and for all, and the network's order. */
#include "base/buffer.h"
#include "support/failing.h"

#include "run.h"

#include <stdlib.h>

START_TEST(test_buffer__appends)
{
    struct buffer b;
    buffer_init(&b, &memory_default);
    ck_assert_ptr_nonnull(buffer_extend(&b, 0));
    ck_assert_str_eq(buffer_cstring(&b), "");
    buffer_text(&b, "SELECT ");
    buffer_byte(&b, '$');
    buffer_printf(&b, "%d, %s", 12, "x");
    buffer_append(&b, "\0end", 4);
    buffer_append(&b, NULL, 0);
    ck_assert_uint_eq(b.size, 17);
    ck_assert_mem_eq(buffer_cstring(&b), "SELECT $12, x\0end", 18);
    ck_assert_uint_eq(b.size, 17);
    buffer_reset(&b);
    ck_assert_str_eq(buffer_cstring(&b), "");
    buffer_done(&b);
    buffer_done(&b);
}
END_TEST

START_TEST(test_buffer__network_order)
{
    struct buffer b;
    buffer_init(&b, &memory_default);
    buffer_int16(&b, 0x0102);
    buffer_int32(&b, 0x03040506);
    buffer_int64(&b, 0x0708090A0B0C0D0E);
    ck_assert_uint_eq(b.size, 14);
    for (int i = 0; i < 14; i++)
        ck_assert_int_eq(b.data[i], i + 1);
    ck_assert_uint_eq(read_uint16(b.data), 0x0102);
    ck_assert_uint_eq(read_uint32(b.data + 2), 0x03040506);
    ck_assert_uint_eq(read_uint64(b.data + 6), 0x0708090A0B0C0D0E);
    write_uint32(b.data + 1, 0xFFFEFDFC);
    ck_assert_uint_eq(read_uint32(b.data + 1), 0xFFFEFDFC);
    ck_assert_mem_eq(b.data + 1, "\xFF\xFE\xFD\xFC", 4);
    buffer_done(&b);
}
END_TEST

START_TEST(test_buffer__grows)
{
    struct buffer b;
    struct failing failing;
    failing_init(&failing);
    buffer_init(&b, &failing.hook);
    for (int i = 0; i < 100000; i++)
        buffer_byte(&b, (char)(i % 251));
    ck_assert(!b.failed);
    ck_assert_uint_eq(b.size, 100000);
    ck_assert_uint_le(failing_calls(&failing), 12);
    for (int i = 0; i < 100000; i++) {
        if (b.data[i] != (char)(i % 251))
            ck_abort_msg("byte %d was changed", i);
    }
    memset(buffer_extend(&b, 1000000), 'x', 1000000);
    ck_assert_uint_eq(b.size, 1100000);
    size_t calls = failing_calls(&failing);
    buffer_reset(&b);
    memset(buffer_extend(&b, 1100000), 'y', 1100000);
    ck_assert_uint_eq(failing_calls(&failing), calls);
    buffer_done(&b);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

START_TEST(test_buffer__failure_sticks)
{
    struct buffer b;
    struct failing failing;
    failing_init(&failing);
    buffer_init(&b, &failing.hook);
    buffer_text(&b, "kept");
    failing_at(&failing, 1, FAILING_ONCE);
    ck_assert_ptr_null(buffer_extend(&b, 1000));
    ck_assert(b.failed);
    buffer_text(&b, "no more");
    buffer_byte(&b, 'x');
    buffer_int64(&b, 1);
    buffer_printf(&b, "%s", "x");
    ck_assert_ptr_null(buffer_cstring(&b));
    ck_assert_uint_eq(b.size, 4);
    ck_assert_mem_eq(b.data, "kept", 4);
    buffer_reset(&b);
    buffer_text(&b, "again");
    ck_assert_str_eq(buffer_cstring(&b), "again");
    buffer_done(&b);
    failing_at(&failing, 1, FAILING_FROM);
    buffer_text(&b, "x");
    ck_assert(b.failed);
    ck_assert_uint_eq(b.size, 0);
    buffer_done(&b);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

START_TEST(test_buffer__overflow)
{
    struct buffer b;
    buffer_init(&b, &memory_default);
    buffer_text(&b, "text");
    ck_assert_ptr_null(buffer_extend(&b, SIZE_MAX));
    ck_assert(b.failed);
    ck_assert_uint_eq(b.size, 4);
    buffer_reset(&b);
    buffer_text(&b, "text");
    ck_assert_ptr_null(buffer_extend(&b, SIZE_MAX / 2 + 2));
    ck_assert(b.failed);
    buffer_done(&b);
}
END_TEST

/* A text that just fits, or does not, around each size. */
START_TEST(test_buffer__printf_at_the_edge)
{
    for (int length = 250; length < 262; length++) {
        struct buffer b;
        buffer_init(&b, &memory_default);
        buffer_printf(&b, "%*s", length, "x");
        ck_assert_uint_eq(b.size, (size_t)length);
        ck_assert_uint_eq(strlen(buffer_cstring(&b)), (size_t)length);
        buffer_done(&b);
    }
}
END_TEST

RUN("buffer", test_buffer__appends, test_buffer__network_order, test_buffer__grows, test_buffer__failure_sticks,
    test_buffer__overflow, test_buffer__printf_at_the_edge)
