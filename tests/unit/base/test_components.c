/* Components of small graphs, and of random ones against a slow, plain judge. */
#include "base/components.h"

#include "run.h"

#include <string.h>

static void find(struct arena *arena, uint32_t count, const struct toposort_edge *edges, uint32_t edge_count,
                 struct components *ret)
{
    arena_init(arena, &memory_default);
    ck_assert(components(arena, count, edges, edge_count, ret));
}

START_TEST(test_components__no_nodes)
{
    struct arena arena;
    struct components found;
    find(&arena, 0, NULL, 0, &found);
    ck_assert_uint_eq(found.count, 0);
    arena_done(&arena);
}
END_TEST

START_TEST(test_components__two_rings_and_a_bridge)
{
    const struct toposort_edge edges[] = {{0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 4}, {4, 3}, {5, 5}};
    struct arena arena;
    struct components found;
    find(&arena, 6, edges, 7, &found);
    ck_assert_uint_eq(found.count, 4);
    ck_assert_uint_eq(found.of[0], found.of[1]);
    ck_assert_uint_eq(found.of[3], found.of[4]);
    ck_assert(found.of[1] < found.of[2] && found.of[2] < found.of[3]);
    ck_assert_uint_eq(found.sizes[found.of[0]], 2);
    ck_assert_uint_eq(found.sizes[found.of[5]], 1);
    arena_done(&arena);
}
END_TEST

/* As deep as a list can be: no recursion. */
START_TEST(test_components__long_list)
{
    enum { NODES = 200000 };
    static struct toposort_edge edges[NODES];
    struct arena arena;
    struct components found;
    for (uint32_t i = 0; i < NODES; i++)
        edges[i] = (struct toposort_edge){i, (i + 1) % NODES};
    find(&arena, NODES, edges, NODES - 1, &found);
    ck_assert_uint_eq(found.count, NODES);
    arena_done(&arena);
    find(&arena, NODES, edges, NODES, &found);
    ck_assert_uint_eq(found.count, 1);
    ck_assert_uint_eq(found.sizes[0], NODES);
    arena_done(&arena);
}
END_TEST

enum { NODES_MAX = 8, EDGES_MAX = 14 };

static uint32_t below(uint64_t *state, uint32_t limit)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % limit;
}

START_TEST(test_components__random_graphs)
{
    uint64_t state = 42;
    for (int round = 0; round < 20000; round++) {
        struct toposort_edge edges[EDGES_MAX];
        bool reach[NODES_MAX][NODES_MAX] = {{false}};
        uint32_t count = 1 + below(&state, NODES_MAX), edge_count = below(&state, EDGES_MAX + 1);
        struct arena arena;
        struct components found;
        for (uint32_t i = 0; i < edge_count; i++) {
            edges[i] = (struct toposort_edge){below(&state, count), below(&state, count)};
            reach[edges[i].before][edges[i].after] = true;
        }
        for (uint32_t k = 0; k < count; k++)
            for (uint32_t a = 0; a < count; a++)
                for (uint32_t b = 0; b < count; b++)
                    reach[a][b] = reach[a][b] || (reach[a][k] && reach[k][b]);
        find(&arena, count, edges, edge_count, &found);
        uint32_t sum = 0, wrong = 0; /* one check for all of them: each is a message to the runner */
        for (uint32_t c = 0; c < found.count; c++)
            sum += found.sizes[c];
        for (uint32_t a = 0; a < count; a++)
            for (uint32_t b = 0; b < count; b++) {
                bool together = a == b || (reach[a][b] && reach[b][a]);
                wrong += together != (found.of[a] == found.of[b]);
                wrong += reach[a][b] && found.of[a] > found.of[b];
            }
        ck_assert_msg(sum == count && wrong == 0, "round %d: %u of %u nodes, %u wrong", round, sum, count, wrong);
        arena_done(&arena);
    }
}
END_TEST

RUN("components", test_components__no_nodes, test_components__two_rings_and_a_bridge, test_components__long_list,
    test_components__random_graphs)
