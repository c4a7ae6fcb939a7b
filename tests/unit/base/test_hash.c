/* Hashes, the identity of statements, and the arithmetic of sizes. */
#include "base/hash.h"
#include "base/memory.h"
#include "base/statement.h"
#include "support/failing.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

START_TEST(test_hash__bytes)
{
    static const char text[] = "one text, long enough for several words";
    /* In its exact size and at any address, so that ASan and UBSan see how it is read. */
    for (size_t size = 0; size < sizeof(text); size++) {
        char *copy = malloc(size + 1);
        memcpy(copy + 1, text, size);
        ck_assert_uint_eq(hash_bytes(1, text, size), hash_bytes(1, copy + 1, size));
        ck_assert_uint_ne(hash_bytes(1, text, size), hash_bytes(2, text, size));
        for (size_t i = 0; i < size; i++) {
            copy[1 + i] ^= 1;
            if (hash_bytes(1, text, size) == hash_bytes(1, copy + 1, size))
                ck_abort_msg("byte %zu of %zu means nothing", i, size);
            copy[1 + i] ^= 1;
        }
        free(copy);
    }
    ck_assert_uint_ne(hash_bytes(0, "\0", 1), hash_bytes(0, "\0\0", 2));
    ck_assert_uint_ne(hash_bytes(0, "", 0), hash_bytes(0, "\0", 1));
    ck_assert_uint_ne(hash_combine(1, 2), hash_combine(2, 1));
}
END_TEST

/* Small changes spread over all bits. */
START_TEST(test_hash__mixes)
{
    for (int bit = 0; bit < 64; bit++) {
        int changed = 0;
        for (uint64_t x = 1; x <= 64; x++)
            changed += __builtin_popcountll(hash_mix(x) ^ hash_mix(x ^ UINT64_C(1) << bit));
        ck_assert_int_gt(changed, 64 * 24);
        ck_assert_int_lt(changed, 64 * 40);
    }
}
END_TEST

START_TEST(test_hash__statement)
{
    static const uint32_t types[] = {20, 25}, others[] = {20, 23};
    struct statement a = {.text = "SELECT 1", .types = types, .parameters = 2}, b = a, c = a, d = a;
    b.types = others;
    c.parameters = 1;
    d.text = "SELECT 2";
    struct statement *const all[] = {&a, &b, &c, &d};
    for (size_t i = 0; i < 4; i++)
        statement_seal(all[i]);
    ck_assert_uint_ne(a.hash[0], a.hash[1]);
    for (size_t i = 1; i < 4; i++) {
        ck_assert_uint_ne(a.hash[0], all[i]->hash[0]);
        ck_assert_uint_ne(a.hash[1], all[i]->hash[1]);
    }
    char text[] = "SELECT 1";
    struct statement same = {.text = text, .types = types, .parameters = 2};
    statement_seal(&same);
    ck_assert_mem_eq(same.hash, a.hash, sizeof(a.hash));
}
END_TEST

START_TEST(test_hash__sizes)
{
    size_t size = 7;
    ck_assert(size_add(1, 2, &size));
    ck_assert_uint_eq(size, 3);
    ck_assert(!size_add(SIZE_MAX, 1, &size));
    ck_assert(!size_multiply(SIZE_MAX / 2 + 1, 2, &size));
    ck_assert_uint_eq(size, 3);
    ck_assert(size_multiply(SIZE_MAX, 1, &size));
    ck_assert_uint_eq(size, SIZE_MAX);
    ck_assert_uint_eq(size_align(0, 8), 0);
    ck_assert_uint_eq(size_align(1, 8), 8);
    ck_assert_uint_eq(size_align(8, 8), 8);
    ck_assert_uint_eq(size_align(9, 1), 9);
}
END_TEST

START_TEST(test_hash__memory)
{
    struct failing failing;
    failing_init(&failing);
    char *text = memory_copy_text(&failing.hook, "text"), *zeros = memory_allocate_zero(&failing.hook, 100);
    ck_assert_str_eq(text, "text");
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(zeros[i], 0);
    ck_assert_ptr_nonnull(zeros = memory_resize(&failing.hook, zeros, 200));
    void *nothing = memory_allocate(&failing.hook, 0);
    ck_assert_ptr_nonnull(nothing);
    failing_at(&failing, 1, FAILING_FROM);
    ck_assert_ptr_null(memory_copy_text(&failing.hook, "text"));
    ck_assert_ptr_null(memory_allocate_zero(&failing.hook, 1));
    ck_assert_ptr_null(memory_resize(&failing.hook, zeros, 1000));
    memory_free(&failing.hook, text);
    memory_free(&failing.hook, zeros);
    memory_free(&failing.hook, nothing);
    memory_free(&failing.hook, NULL);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    void *block = memory_allocate(&memory_default, 10);
    block = memory_resize(&memory_default, block, 100);
    memory_free(&memory_default, block);
}
END_TEST

/* Keys as databases make them: counted up, in steps, with a time or a shard in front. None may crowd a few places of a
 * table with four of them for each. */
START_TEST(test_hash__integers_spread)
{
    enum { KEYS = 1 << 16, PLACES = KEYS / 4, MOST = 20 };
    static const uint64_t steps[] = {1,          2,
                                     3,          7,
                                     10,         63,
                                     64,         65,
                                     100,        1000,
                                     1024,       4096,
                                     65536,      1 << 22,
                                     1ULL << 32, (1ULL << 32) + 1,
                                     1ULL << 40, 12345678901ULL};
    static unsigned crowd[PLACES];
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        unsigned most = 0;
        memset(crowd, 0, sizeof(crowd));
        for (uint64_t key = 0; key < KEYS; key++) {
            unsigned now = ++crowd[hash_integer(key * steps[i]) % PLACES];
            most = now > most ? now : most;
        }
        ck_assert_msg(most <= MOST, "steps of %llu: %u in one place", (unsigned long long)steps[i], most);
    }
}
END_TEST

RUN("hash", test_hash__bytes, test_hash__mixes, test_hash__integers_spread, test_hash__statement, test_hash__sizes,
    test_hash__memory)
