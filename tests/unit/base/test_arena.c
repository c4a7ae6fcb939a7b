/* Pieces that don't overlap, are aligned, stay where they are, and are gone all at once. */
#include "base/arena.h"
#include "support/failing.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

enum { PIECES = 600 };

struct piece {
    unsigned char *start;
    size_t size;
};

static void fill(struct piece *piece, struct arena *arena, size_t size, size_t alignment, unsigned mark)
{
    piece->start = arena_allocate(arena, size, alignment);
    piece->size = size;
    ck_assert_ptr_nonnull(piece->start);
    ck_assert_uint_eq((uintptr_t)piece->start % alignment, 0);
    memset(piece->start, (int)mark, size);
}

/* ck_assert tells the parent process of each call: too slow for every byte. */
static void assert_kept(const struct piece *pieces, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        for (size_t k = 0; k < pieces[i].size; k++) {
            if (pieces[i].start[k] != i % 256)
                ck_abort_msg("byte %zu of piece %u was changed", k, i);
        }
    }
}

/* Small ones, those around a block's size, and large ones, in turn. */
static size_t size_of(unsigned i)
{
    static const size_t sizes[] = {0, 1, 7, 16, 100, 511, 512, 513, 2000, 2048, 5000, 20000, 70000};
    return i % 50 == 49 ? 300000 : sizes[i % (sizeof(sizes) / sizeof(*sizes))];
}

START_TEST(test_arena__pieces)
{
    static struct piece pieces[PIECES];
    struct failing failing;
    struct arena arena;
    failing_init(&failing);
    arena_init(&arena, &failing.hook);
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < PIECES; i++)
            fill(&pieces[i], &arena, size_of(i), (size_t)1 << i % 5, i % 256);
        assert_kept(pieces, PIECES);
        ck_assert_uint_eq(arena.bytes, failing_bytes(&failing));
        arena_reset(&arena);
        ck_assert_uint_eq(arena.bytes, failing_bytes(&failing));
        ck_assert_uint_le(failing_blocks(&failing), 1);
    }
    ck_assert_uint_eq(arena.allocations, failing_calls(&failing));
    arena_done(&arena);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    ck_assert_uint_eq(arena.bytes, 0);
    /* It can be used again. */
    ck_assert_ptr_nonnull(arena_allocate(&arena, 10, 1));
    arena_done(&arena);
    arena_done(&arena);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

#ifndef HOWDAH_DEBUG_ARENA

/* Many pieces, few blocks; and a large piece does not cost the room that is left. */
START_TEST(test_arena__blocks)
{
    struct failing failing;
    struct arena arena;
    failing_init(&failing);
    arena_init(&arena, &failing.hook);
    for (int i = 0; i < 10000; i++)
        arena_allocate(&arena, 16, 8);
    ck_assert_uint_le(failing_calls(&failing), 12);
    unsigned char *before = arena_allocate(&arena, 8, 8);
    size_t calls = failing_calls(&failing);
    ck_assert_ptr_nonnull(arena_allocate(&arena, 1000000, 8));
    ck_assert_uint_eq(failing_calls(&failing), calls + 1);
    unsigned char *after = arena_allocate(&arena, 8, 8);
    ck_assert_ptr_eq(after, before - 8);
    arena_done(&arena);
}
END_TEST

/* After a reset the same work needs no new memory, once a block is large enough. */
START_TEST(test_arena__reset_keeps_a_block)
{
    struct failing failing;
    struct arena arena;
    failing_init(&failing);
    arena_init(&arena, &failing.hook);
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 20; k++)
            ck_assert_ptr_nonnull(arena_allocate(&arena, 64, 8));
        arena_reset(&arena);
    }
    ck_assert_uint_eq(failing_calls(&failing), 1);
    arena_done(&arena);
    arena_reset(&arena);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

#endif

START_TEST(test_arena__copies)
{
    struct arena arena;
    arena_init(&arena, &memory_default);
    char *text = arena_copy_text(&arena, "abcdef", 3);
    ck_assert_str_eq(text, "abc");
    ck_assert_str_eq(arena_copy_text(&arena, "", 0), "");
    int numbers[] = {1, 2, 3}, *copy = arena_copy(&arena, numbers, sizeof(numbers));
    ck_assert_mem_eq(copy, numbers, sizeof(numbers));
    ck_assert_ptr_nonnull(arena_copy(&arena, NULL, 0));
    struct piece *piece = ARENA_NEW(&arena, struct piece);
    ck_assert_ptr_null(piece->start);
    ck_assert_uint_eq(piece->size, 0);
    int *array = arena_allocate_array(&arena, 100, sizeof(int));
    memset(array, 1, 100 * sizeof(int));
    unsigned char *zeros = arena_allocate_zero(&arena, 5000, 16);
    static const unsigned char expected[5000];
    ck_assert_mem_eq(zeros, expected, sizeof(expected));
    arena_done(&arena);
}
END_TEST

START_TEST(test_arena__overflow)
{
    struct arena arena;
    arena_init(&arena, &memory_default);
    ck_assert_ptr_null(arena_allocate_array(&arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(arena_allocate(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(arena_allocate(&arena, SIZE_MAX - 8, 16));
    ck_assert_ptr_null(arena_copy_text(&arena, "", SIZE_MAX));
    ck_assert_ptr_nonnull(arena_allocate(&arena, 1, 1));
    ck_assert_ptr_null(arena_allocate(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(arena_allocate(&arena, SIZE_MAX - 8, 16));
    arena_done(&arena);
}
END_TEST

/* An allocation that fails leaves the arena as it was. */
START_TEST(test_arena__no_memory)
{
    static struct piece pieces[PIECES];
    struct failing failing;
    failing_init(&failing);
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        struct arena arena;
        arena_init(&arena, &failing.hook);
        failing_at(&failing, n, FAILING_ONCE);
        for (unsigned i = 0; i < 100; i++) {
            pieces[i].size = 0;
            unsigned char *start = arena_allocate(&arena, size_of(i), 8);
            if (start) {
                pieces[i] = (struct piece){start, size_of(i)};
                memset(start, (int)i, size_of(i));
            }
        }
        assert_kept(pieces, 100);
        ck_assert_uint_eq(arena.bytes, failing_bytes(&failing));
        arena_done(&arena);
        ck_assert_uint_eq(failing_blocks(&failing), 0);
        reached = failing_reached(&failing);
        ck_assert_uint_lt(n, 1000);
    }
    struct arena arena;
    arena_init(&arena, &failing.hook);
    failing_at(&failing, 1, FAILING_FROM);
    ck_assert_ptr_null(arena_allocate(&arena, 8, 8));
    ck_assert_ptr_null(arena_allocate_zero(&arena, 8, 8));
    ck_assert_ptr_null(arena_copy(&arena, "x", 1));
    ck_assert_ptr_null(arena_copy_text(&arena, "x", 1));
    ck_assert_ptr_null(arena_allocate(&arena, 100000, 8));
    arena_done(&arena);
}
END_TEST

#ifdef HOWDAH_DEBUG_ARENA
RUN("arena", test_arena__pieces, test_arena__copies, test_arena__overflow, test_arena__no_memory)
#else
RUN("arena", test_arena__pieces, test_arena__blocks, test_arena__reset_keeps_a_block, test_arena__copies,
    test_arena__overflow, test_arena__no_memory)
#endif
