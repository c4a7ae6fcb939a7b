/* Random graphs over random models: generated, given, natural and composite keys of many types, references to them and to
 * other unique columns, with all that ON DELETE can do, unique constraints of all kinds, those that only the server can judge
 * among them, versions, join tables, collections that keep orphans or don't. Each graph is
 * loaded, changed at random through the public interface (fields, links, stubs, merged structs, objects that are read again,
 * upserts between them, values that the server computes), and flushed or committed; perhaps it is changed again by the same
 * session then, behind savepoints that are gone back to or released, one inside the other. An oracle applies the same net change by plain SQL to copies of the tables that have no
 * constraints. Either the tables are equal then, and so are the objects; or the commit was refused, the tables are as they
 * were, and so are the objects after a rollback, and there is a reason: the oracle's result breaks a constraint, or it is
 * what the documentation calls impossible.
 *
 *   HOWDAH_PROPERTY_GRAPHS=1000000 HOWDAH_PROPERTY_SEED=1 tests/property/test_graphs
 *
 * A failure names its seed, and the fewest changes that still fail: HOWDAH_PROPERTY_SEED=that HOWDAH_PROPERTY_GRAPHS=1
 * repeats it, with HOWDAH_PROPERTY_SKIP=the mask that it names without the changes that make no difference, and with
 * HOWDAH_PROPERTY_SHOW=1 it says which changes it makes. */
#include "graph.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NORMALLY = 1000, GRAPHS_OF_A_MODEL = 20 };

struct shared *shared;
uint64_t skipped;

/* Graphs of one model are numbered together, so that a seed tells the model, too. */
static void run_graphs(uint64_t first, uint64_t end)
{
    random_start(first / GRAPHS_OF_A_MODEL * 0x9e3779b97f4a7c15u + 77);
    open_models();
    for (uint64_t graph = first; graph < end; graph++)
        run_graph(graph);
    database_close(db);
}

/* In a process of its own, so that another try can follow. */
static bool holds(uint64_t first, uint64_t end, bool quiet)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (quiet && !freopen("/dev/null", "w", stderr))
            _exit(1);
        run_graphs(first, end);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Leaves out one change after the other, as long as the graph still fails. */
static void shrink(uint64_t graph)
{
    for (uint64_t bit = (uint64_t)1 << 63, tried = shared->tried; bit; bit >>= 1) {
        if (!(tried & bit))
            continue;
        skipped |= bit;
        if (holds(graph, graph + 1, true))
            skipped &= ~bit;
    }
    holds(graph, graph + 1, false); /* says once more what is wrong */
    fprintf(stderr, "HOWDAH_PROPERTY_SEED=%" PRIu64 " HOWDAH_PROPERTY_GRAPHS=1 HOWDAH_PROPERTY_SKIP=%" PRIu64 "\n",
            graph, skipped);
}

START_TEST(test_graphs__random)
{
    uint64_t first = number_from("HOWDAH_PROPERTY_SEED", 1), count = number_from("HOWDAH_PROPERTY_GRAPHS", NORMALLY);
    skipped = number_from("HOWDAH_PROPERTY_SKIP", 0);
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    for (uint64_t graph = first, end; graph < first + count; graph = end) {
        end = (graph / GRAPHS_OF_A_MODEL + 1) * GRAPHS_OF_A_MODEL;
        end = end < first + count ? end : first + count;
        if (!holds(graph, end, false)) {
            uint64_t failed = shared->graph;
            if (!skipped)
                shrink(failed);
            ck_abort_msg("seed %" PRIu64 " fails; HOWDAH_PROPERTY_SKIP=%" PRIu64, failed, skipped);
        }
    }
    printf("%u committed, %u refused, %u impossible\n", shared->verdicts[DONE], shared->verdicts[REFUSED],
           shared->verdicts[IMPOSSIBLE]);
    ck_assert(count < 100 || (shared->verdicts[DONE] && shared->verdicts[REFUSED]));
}
END_TEST

static void setup(void)
{
}

static void teardown(void)
{
}

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, (double)number_from("HOWDAH_PROPERTY_GRAPHS", NORMALLY) + 600);
    tcase_add_test(tests, test_graphs__random);
}

int main(void)
{
    return scene_main("graphs", setup, teardown, add_tests);
}
