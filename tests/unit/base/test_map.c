/* Nodes with a hash of the caller's, many of them equal; and a table that can't grow. */
#include "base/map.h"
#include "support/failing.h"

#include "run.h"

#include <stdlib.h>

enum { NODES = 3000 };

struct number {
    struct map_node node;
    int value;
};

static bool is_number(const struct map_node *node, const void *probe)
{
    return ((const struct number *)(const void *)node)->value == *(const int *)probe;
}

/* Few hashes, so that the match has to decide. */
static uint32_t hash_of(int value)
{
    return (uint32_t)(value / 3) * 2654435761u;
}

static struct number *find(const struct map *map, int value)
{
    return (struct number *)(void *)map_find(map, hash_of(value), is_number, &value);
}

/* ck_assert tells the parent process of each call: too slow for every node. */
static void assert_found(const struct map *map, int value, const struct number *expected)
{
    if (find(map, value) != expected)
        ck_abort_msg("%d: found %p, not %p", value, (void *)find(map, value), (const void *)expected);
}

START_TEST(test_map__find)
{
    static struct number numbers[NODES];
    struct failing failing;
    struct map map;
    failing_init(&failing);
    map_init(&map, &failing.hook);
    ck_assert_ptr_null(find(&map, 0));
    ck_assert_uint_eq(map_count(&map), 0);
    for (int i = 0; i < NODES; i++) {
        numbers[i].value = i;
        map_add(&map, &numbers[i].node, hash_of(i));
    }
    ck_assert_uint_eq(map_count(&map), NODES);
    for (int i = 0; i < NODES; i++)
        assert_found(&map, i, &numbers[i]);
    ck_assert_ptr_null(find(&map, NODES));
    ck_assert_ptr_null(find(&map, -1));
    map_clear(&map);
    ck_assert_uint_eq(map_count(&map), 0);
    ck_assert(!map_may_have(&map, hash_of(0)));
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    map_clear(&map);
}
END_TEST

START_TEST(test_map__remove)
{
    static struct number numbers[NODES];
    struct failing failing;
    struct map map;
    failing_init(&failing);
    map_init(&map, &failing.hook);
    for (int i = 0; i < NODES; i++) {
        numbers[i].value = i;
        map_add(&map, &numbers[i].node, hash_of(i));
    }
    for (int i = 0; i < NODES; i += 2)
        map_remove(&map, &numbers[i].node);
    ck_assert_uint_eq(map_count(&map), NODES / 2);
    for (int i = 0; i < NODES; i++)
        assert_found(&map, i, i % 2 ? &numbers[i] : NULL);
    /* One that was removed can come back. */
    ck_assert(map_add(&map, &numbers[0].node, hash_of(0)));
    ck_assert_ptr_eq(find(&map, 0), &numbers[0]);
    map_remove(&map, &numbers[0].node);
    for (int i = 1; i < NODES; i += 2)
        map_remove(&map, &numbers[i].node);
    ck_assert_ptr_null(map.first);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

/* Who is there is never denied; who is not, nearly always. */
START_TEST(test_map__may_have)
{
    static struct number numbers[NODES];
    struct failing failing;
    struct map map;
    int wrong = 0;
    failing_init(&failing);
    map_init(&map, &failing.hook);
    ck_assert(!map_may_have(&map, hash_of(0)));
    for (int i = 0; i < NODES; i++) {
        numbers[i].value = i;
        map_add(&map, &numbers[i].node, hash_of(i));
        for (int k = 0; k <= i; k += 97)
            if (!map_may_have(&map, hash_of(k)))
                ck_abort_msg("%d is there with %d others", k, i);
    }
    for (int i = NODES; i < 2 * NODES; i++)
        wrong += map_may_have(&map, hash_of(i));
    ck_assert_int_lt(wrong, NODES / 5);
    for (int i = 0; i < NODES; i += 2)
        map_remove(&map, &numbers[i].node);
    for (int i = 1; i < NODES; i += 2)
        ck_assert(map_may_have(&map, hash_of(i)));
    map_clear(&map);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

/* Each allocation fails in turn. Without a table the node is not in, and can be added later; a table that can't grow
 * goes on as it is. */
START_TEST(test_map__no_memory)
{
    static struct number numbers[NODES];
    struct failing failing;
    failing_init(&failing);
    bool reached = true;
    size_t failures = 0;
    for (size_t n = 1; reached; n++) {
        struct map map;
        map_init(&map, &failing.hook);
        failing_at(&failing, n, FAILING_ONCE);
        for (int i = 0; i < NODES; i++) {
            numbers[i].value = i;
            if (map_add(&map, &numbers[i].node, hash_of(i)))
                continue;
            failures++;
            ck_assert_uint_eq(map_count(&map), (size_t)i);
            ck_assert_ptr_null(find(&map, i));
            for (int k = 0; k < i; k++)
                assert_found(&map, k, &numbers[k]);
            ck_assert(map_add(&map, &numbers[i].node, hash_of(i)));
        }
        reached = failing_reached(&failing);
        ck_assert_uint_eq(map_count(&map), NODES);
        for (int i = 0; i < NODES; i++)
            assert_found(&map, i, &numbers[i]);
        for (int i = 0; i < NODES; i++)
            map_remove(&map, &numbers[i].node);
        ck_assert_uint_eq(failing_blocks(&failing), 0);
        ck_assert_uint_lt(n, 100);
    }
    ck_assert_uint_eq(failures, 2); /* the table, and its buckets */
}
END_TEST

/* Once it is prepared, nothing can fail, also where the table should grow. */
START_TEST(test_map__prepared)
{
    static struct number numbers[NODES];
    struct failing failing;
    struct map map;
    failing_init(&failing);
    map_init(&map, &failing.hook);
    failing_at(&failing, 1, FAILING_FROM);
    ck_assert(!map_prepare(&map));
    ck_assert_uint_eq(map_count(&map), 0);
    failing_off(&failing);
    ck_assert(map_prepare(&map));
    ck_assert(map_prepare(&map));
    ck_assert_uint_eq(map_count(&map), 0);
    ck_assert_ptr_null(find(&map, 0));
    failing_at(&failing, 1, FAILING_FROM);
    for (int i = 0; i < NODES; i++) {
        numbers[i].value = i;
        map_add_prepared(&map, &numbers[i].node, hash_of(i));
    }
    ck_assert_uint_eq(map_count(&map), NODES);
    failing_off(&failing);
    for (int i = 0; i < NODES; i++)
        assert_found(&map, i, &numbers[i]);
    /* It grows again as soon as it can, and stays prepared when it is empty. */
    map_remove(&map, &numbers[0].node);
    map_add_prepared(&map, &numbers[0].node, hash_of(0));
    for (int i = 0; i < NODES; i++)
        map_remove(&map, &numbers[i].node);
    ck_assert_uint_eq(map_count(&map), 0);
    failing_at(&failing, 1, FAILING_FROM);
    map_add_prepared(&map, &numbers[5].node, hash_of(5));
    ck_assert_ptr_eq(find(&map, 5), &numbers[5]);
    failing_off(&failing);
    map_clear(&map);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
    ck_assert_uint_eq(map_count(&map), 0);
    ck_assert(map_prepare(&map));
    map_clear(&map);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

/* What the owner keeps in the room of its nodes stays, while they come and go and the table grows. */
START_TEST(test_map__room)
{
    enum { OWN = 3 };
    union owner {
        struct map_node node;
        struct {
            unsigned char links[MAP_ROOM_AT(OWN * sizeof(uint32_t))];
            uint32_t own[OWN];
        };
    };
    static union owner owners[NODES];
    struct failing failing;
    struct map map;
    failing_init(&failing);
    map_init(&map, &failing.hook);
    for (int i = 0; i < NODES; i++) {
        for (int k = 0; k < OWN; k++)
            owners[i].own[k] = hash_of(i) + (uint32_t)k;
        ck_assert(map_add(&map, &owners[i].node, hash_of(i)));
    }
    for (int i = 0; i < NODES; i += 2)
        map_remove(&map, &owners[i].node);
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < OWN; k++)
            if (owners[i].own[k] != hash_of(i) + (uint32_t)k)
                ck_abort_msg("%d: %d is lost", i, k);
    map_clear(&map);
    ck_assert_uint_eq(failing_blocks(&failing), 0);
}
END_TEST

RUN("map", test_map__room, test_map__find, test_map__may_have, test_map__remove, test_map__no_memory,
    test_map__prepared)
