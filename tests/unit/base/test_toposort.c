/* Orders of small graphs that can be seen at a glance, and of many random ones against a slow, plain judge. */
#include "base/toposort.h"
#include "support/failing.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

static void sort_and_expect(uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
                            const uint32_t *order, uint32_t sorted, uint32_t cyclic)
{
    struct arena arena;
    struct toposort result;
    arena_init(&arena, &memory_default);
    ck_assert(toposort(&arena, count, edges, edge_count, &result));
    ck_assert_uint_eq(result.sorted, sorted);
    ck_assert_uint_eq(result.cyclic, cyclic);
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(result.order[i] == order[i], "place %u has node %u, not %u", i, result.order[i], order[i]);
    arena_done(&arena);
}

#define EXPECT(count, order, sorted, cyclic, ...) \
    sort_and_expect((count), (const struct toposort_edge[]){__VA_ARGS__}, \
                    sizeof((const struct toposort_edge[]){__VA_ARGS__}) / sizeof(struct toposort_edge), \
                    (const uint32_t[])order, (sorted), (cyclic))
#define ORDER(...) \
    { \
        __VA_ARGS__ \
    }

START_TEST(test_toposort__no_nodes)
{
    sort_and_expect(0, NULL, 0, NULL, 0, 0);
}
END_TEST

START_TEST(test_toposort__given_order_without_edges)
{
    sort_and_expect(4, NULL, 0, (const uint32_t[]){0, 1, 2, 3}, 4, 0);
}
END_TEST

START_TEST(test_toposort__chain_backwards)
{
    EXPECT(4, ORDER(3, 2, 1, 0), 4, 0, {3, 2}, {2, 1}, {1, 0});
}
END_TEST

START_TEST(test_toposort__given_order_within_a_depth)
{
    /* 3 leaves the queue before 2 would, since what it needs does; it must not come before 2 all the same. */
    EXPECT(5, ORDER(0, 1, 4, 2, 3), 5, 0, {0, 3}, {1, 2}, {4, 2});
}
END_TEST

START_TEST(test_toposort__longest_chain_decides)
{
    /* 3 needs 0 directly and through 1 and 2. */
    EXPECT(4, ORDER(0, 1, 2, 3), 4, 0, {0, 3}, {0, 1}, {1, 2}, {2, 3});
}
END_TEST

START_TEST(test_toposort__doubled_edges)
{
    EXPECT(2, ORDER(1, 0), 2, 0, {1, 0}, {1, 0}, {1, 0});
}
END_TEST

START_TEST(test_toposort__self_edge_is_a_cycle)
{
    EXPECT(3, ORDER(0, 2, 1), 2, 1, {1, 1});
}
END_TEST

START_TEST(test_toposort__cycle_and_what_waits_for_it)
{
    /* 4 and 1 are a cycle, 0 and 2 wait for it, 3 and 5 are free; 5 comes before the cycle, 3 before one that waits. */
    EXPECT(6, ORDER(3, 5, 1, 4, 0, 2), 2, 2, {4, 1}, {1, 4}, {1, 2}, {2, 0}, {5, 4}, {3, 0});
}
END_TEST

START_TEST(test_toposort__between_two_cycles)
{
    EXPECT(5, ORDER(0, 1, 2, 3, 4), 0, 5, {0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 4}, {4, 3});
}
END_TEST

/* --- random graphs --- */

enum { NODES_MAX = 9, EDGES_MAX = 20 };

static uint32_t below(uint64_t *state, uint32_t limit)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % limit;
}

/* reach[a][b]: a path of one edge or more leads from a to b. */
static void find_paths(uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
                       bool reach[NODES_MAX][NODES_MAX])
{
    memset(reach, 0, sizeof(bool[NODES_MAX][NODES_MAX]));
    for (uint32_t i = 0; i < edge_count; i++)
        reach[edges[i].before][edges[i].after] = true;
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t a = 0; a < count; a++)
            for (uint32_t b = 0; b < count; b++)
                reach[a][b] = reach[a][b] || (reach[a][k] && reach[k][b]);
}

static uint32_t depth_of(uint32_t node, uint32_t count, bool reach[NODES_MAX][NODES_MAX])
{
    uint32_t depth = 0;
    for (uint32_t n = 0; n < count; n++)
        if (reach[n][node]) {
            uint32_t below_it = depth_of(n, count, reach) + 1;
            depth = below_it > depth ? below_it : depth;
        }
    return depth;
}

/* 0: sorted, 1: in or between cycles, 2: waits. */
static uint32_t group_of(uint32_t node, uint32_t count, bool reach[NODES_MAX][NODES_MAX])
{
    bool behind = false, ahead = false;
    for (uint32_t n = 0; n < count; n++) {
        if (!reach[n][n])
            continue;
        behind = behind || n == node || reach[n][node];
        ahead = ahead || n == node || reach[node][n];
    }
    return !behind ? 0 : ahead ? 1 : 2;
}

static void judge(uint32_t count, bool reach[NODES_MAX][NODES_MAX], const struct toposort *result)
{
    uint32_t groups[3] = {0}, last = 0, wrong = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = result->order[i], group = group_of(node, count, reach);
        uint32_t rank = group == 0 ? depth_of(node, count, reach) : count + group;
        uint32_t place = rank * NODES_MAX + node;
        wrong = i == 0 || place > last ? wrong : i;
        last = place;
        groups[group]++;
    }
    ck_assert_msg(wrong == count, "what has place %u stands wrong", wrong);
    ck_assert_uint_eq(result->sorted, groups[0]);
    ck_assert_uint_eq(result->cyclic, groups[1]);
}

START_TEST(test_toposort__random_graphs)
{
    uint64_t state = 20261120;
    struct arena arena;
    arena_init(&arena, &memory_default);
    for (int round = 0; round < 3000; round++) {
        struct toposort_edge edges[EDGES_MAX];
        uint32_t count = 1 + below(&state, NODES_MAX), edge_count = below(&state, EDGES_MAX + 1);
        for (uint32_t i = 0; i < edge_count; i++)
            edges[i] = (struct toposort_edge){below(&state, count), below(&state, count)};
        bool reach[NODES_MAX][NODES_MAX];
        find_paths(count, edges, edge_count, reach);
        struct toposort result;
        ck_assert(toposort(&arena, count, edges, edge_count, &result));
        judge(count, reach, &result);
        arena_reset(&arena);
    }
    arena_done(&arena);
}
END_TEST

START_TEST(test_toposort__long_chain)
{
    enum { COUNT = 200000 };
    struct toposort_edge *edges = malloc(COUNT * sizeof(*edges));
    ck_assert_ptr_nonnull(edges);
    for (uint32_t i = 0; i + 1 < COUNT; i++)
        edges[i] = (struct toposort_edge){i + 1, i};
    struct arena arena;
    struct toposort result;
    arena_init(&arena, &memory_default);
    ck_assert(toposort(&arena, COUNT, edges, COUNT - 1, &result));
    ck_assert_uint_eq(result.sorted, COUNT);
    uint32_t right = 0; /* one check for all of them: each is a message to the runner */
    while (right < COUNT && result.order[right] == COUNT - 1 - right)
        right++;
    ck_assert_uint_eq(right, COUNT);
    arena_done(&arena);
    free(edges);
}
END_TEST

START_TEST(test_toposort__no_memory)
{
    enum { COUNT = 5000 }; /* more than one block of the arena */
    static struct toposort_edge edges[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        edges[i] = (struct toposort_edge){i, (i * 7 + 1) % COUNT};
    size_t n = 0;
    bool done = false;
    while (!done) {
        struct failing failing;
        struct arena arena;
        struct toposort result = {.sorted = 4711};
        failing_init(&failing);
        arena_init(&arena, &failing.hook);
        failing_at(&failing, ++n, FAILING_ONCE);
        done = toposort(&arena, COUNT, edges, COUNT, &result);
        ck_assert(done != failing_reached(&failing));
        ck_assert(done || result.sorted == 4711);
        arena_done(&arena);
        ck_assert_uint_eq(failing_blocks(&failing), 0);
    }
    ck_assert_uint_gt(n, 3);
}
END_TEST

RUN("toposort", test_toposort__no_nodes, test_toposort__given_order_without_edges, test_toposort__chain_backwards,
    test_toposort__given_order_within_a_depth, test_toposort__longest_chain_decides, test_toposort__doubled_edges,
    test_toposort__self_edge_is_a_cycle, test_toposort__cycle_and_what_waits_for_it, test_toposort__between_two_cycles,
    test_toposort__random_graphs, test_toposort__long_chain, test_toposort__no_memory)
