/* Random graphs over random models: generated, given, natural and composite keys, references to them and to other unique
 * columns, unique constraints of all kinds, versions, join tables. Each graph is loaded, changed at random through the
 * public interface, some of it behind a savepoint that is gone back to, and committed; an oracle applies the same net change by plain SQL to copies of the tables that have
 * no constraints. Either the tables are equal then, and so are the objects; or the commit was refused, the tables are as
 * they were, and there is a reason: the oracle's result breaks a constraint, or it is what the documentation calls
 * impossible.
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

enum { NORMALLY = 1000, GRAPHS_OF_A_MODEL = 20, DETOUR = 32 /* the first bit of `skipped` that is about a detour */ };

/* What the processes tell each other. */
static struct {
    uint64_t graph;   /* the last one that began */
    uint32_t steps;   /* of its changes */
    uint32_t detours; /* of those that are gone back over */
    unsigned verdicts[VERDICTS];
} * shared;

static uint64_t skipped;

/* Changes behind a savepoint, flushed or not, and then back to it: nothing of them is left. */
static Status make_detour(uint64_t graph)
{
    static struct item saved_items[ITEMS];
    static struct item_link saved_links[LINKS];
    int saved_item_count = item_count, saved_link_count = link_count;
    check_ok(session_begin(s, NULL));
    uint32_t place = session_savepoint(s);
    if (!place)
        return session_error(s)->status;
    memcpy(saved_items, items, sizeof(items));
    memcpy(saved_links, item_links, sizeof(item_links));
    shared->detours = change_rows(~graph, skipped >> DETOUR);
    if (chance(60) && session_flush(s) == STATUS_OK && chance(50))
        session_savepoint(s);
    check_ok(session_rollback_to(s, place));
    memcpy(items, saved_items, sizeof(items));
    memcpy(item_links, saved_links, sizeof(item_links));
    item_count = saved_item_count;
    link_count = saved_link_count;
    return STATUS_OK;
}

static void run_graph(uint64_t graph)
{
    shared->graph = graph;
    shared->steps = shared->detours = 0;
    random_start(graph * 0x2545f4914f6cdd1du + 1);
    make_rows();
    store_rows();
    s = session_open(db);
    load_rows();
    bool detour = chance(30);
    shared->steps = change_rows(graph, skipped);
    Status status = detour ? make_detour(graph) : STATUS_OK;
    shared->verdicts[judge(graph, status == STATUS_OK ? session_commit(s) : status)]++;
    session_close(s);
    s = NULL;
}

/* Graphs of one model are numbered together, so that a seed tells the model, too. */
static void run_graphs(uint64_t first, uint64_t end)
{
    random_start(first / GRAPHS_OF_A_MODEL * 0x9e3779b97f4a7c15u + 77);
    open_models();
    session_close(s);
    s = NULL;
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
    uint32_t steps = shared->steps ? shared->steps : 16, detours = shared->detours ? DETOUR + shared->detours : 0;
    for (uint32_t i = detours > steps ? detours : steps; i-- > 0;) {
        if (i >= steps && i < DETOUR)
            continue;
        skipped |= (uint64_t)1 << i;
        if (holds(graph, graph + 1, true))
            skipped &= ~((uint64_t)1 << i);
    }
    holds(graph, graph + 1, false); /* says once more what is wrong */
    fprintf(stderr, "HOWDAH_PROPERTY_SEED=%" PRIu64 " HOWDAH_PROPERTY_GRAPHS=1 HOWDAH_PROPERTY_SKIP=%" PRIu64 "\n",
            graph, skipped);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
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
    tcase_set_timeout(tests, (double)number_from("HOWDAH_PROPERTY_GRAPHS", NORMALLY) + 60);
    tcase_add_test(tests, test_graphs__random);
}

int main(void)
{
    return scene_main("graphs", setup, teardown, add_tests);
}
