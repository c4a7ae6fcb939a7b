/* One graph: rounds of changes by one session, each flushed or committed, and what is known of the rows between them. */
#include "graph.h"

/* Bits of `skipped`: changes of the first round, of the second, and of detours; then asides of these. */
enum { ROUNDS = 2, CHANGES_BITS = 16, DETOUR_BIT = 32, ASIDES_BIT = 48 };

struct known {
    struct item items[ITEMS];
    struct item_link links[LINKS];
    int item_count, link_count;
};

static void keep(struct known *known)
{
    memcpy(known->items, items, sizeof(items));
    memcpy(known->links, item_links, sizeof(item_links));
    known->item_count = item_count;
    known->link_count = link_count;
}

static void go_back_to(const struct known *known)
{
    memcpy(items, known->items, sizeof(items));
    memcpy(item_links, known->links, sizeof(item_links));
    item_count = known->item_count;
    link_count = known->link_count;
}

static struct known committed_rows;
static bool is_begun;

struct item *committed_item(const struct item *item)
{
    return is_begun ? NULL : &committed_rows.items[item - items];
}

/* What was written is what was there, from now on. */
static void settle_round(void)
{
    struct item *final[ITEMS][REFS];
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < REFS; r++)
            final[i][r] = items[i].deleted ? NULL : (struct item *)(uintptr_t)last_ref(&items[i], r);
    for (int i = 0; i < link_count; i++)
        item_links[i].stored = item_links[i].wanted = link_stands(&item_links[i]);
    for (int i = 0; i < item_count; i++) {
        struct item *item = &items[i];
        item->gone |= item->deleted;
        item->moved |= item->stored && (item->key != item->new_key || item->code != item->new_code);
        item->stored = !item->gone;
        item->key = item->new_key;
        item->code = item->new_code;
        item->taker = NULL;
        item->computed = false;
        memcpy(item->refs, final[i], sizeof(item->refs));
        memcpy(item->old_refs, final[i], sizeof(item->refs));
        memset(item->changed, 0, sizeof(item->changed));
        memset(item->linked, 0, sizeof(item->linked));
    }
}

static void change(uint64_t number, uint32_t bit)
{
    uint32_t asides_bit = ASIDES_BIT + ASIDES * (bit / CHANGES_BITS);
    struct steps steps = change_rows(number, skipped >> bit, skipped >> asides_bit);
    shared->tried |= (((uint64_t)1 << steps.plain) - 1) << bit;
    shared->tried |= (((uint64_t)1 << steps.asides) - 1) << asides_bit;
}

/* Changes behind a savepoint, flushed or not, and then back to it: nothing of them is left. */
static Status make_detour(uint64_t graph)
{
    static struct known before;
    uint32_t place = session_savepoint(s);
    if (!place)
        return session_error(s)->status;
    is_begun = true;
    delete_dependents(); /* which was flushed */
    keep(&before);
    change(~graph, DETOUR_BIT);
    if (chance(60) && session_flush(s) == STATUS_OK && chance(50))
        session_savepoint(s);
    check_ok(session_rollback_to(s, place));
    go_back_to(&before);
    return STATUS_OK;
}

/* What the next refusal goes back to. */
static void begin_oracle(struct known *committed)
{
    live_sql("COMMIT; BEGIN");
    keep(committed);
}

static enum verdict judge_refused(uint64_t graph, const struct known *committed, bool flushed, bool begun)
{
    enum verdict verdict = judge_refusal(graph, !flushed, begun);
    live_sql("ROLLBACK; BEGIN");
    go_back_to(committed);
    judge_rollback(graph);
    return verdict;
}

/* One round, to its flush or commit; with a flush, `*flushed` is set. */
static enum verdict run_round(uint64_t graph, uint32_t round, bool last, struct known *committed, bool *flushed)
{
    bool detour = chance(30), flush = !last && chance(50), in_transaction = *flushed;
    is_begun = in_transaction;
    change(round ? graph ^ (uint64_t)round << 40 : graph, round * CHANGES_BITS);
    Status status = STATUS_OK;
    if ((flush || detour) && !in_transaction)
        check_ok(session_begin(s, NULL));
    if (detour)
        status = make_detour(graph);
    if (status == STATUS_OK && getenv("HOWDAH_PROPERTY_SHOW"))
        fprintf(stderr, "%s\n", plan_text(session_plan(s)));
    if (status == STATUS_OK) {
        plan_watch();
        status = flush ? session_flush(s) : session_commit(s);
        plan_check(graph, status, flush);
    }
    if (status != STATUS_OK) {
        enum verdict verdict = judge_refused(graph, committed, in_transaction, flush || detour);
        *flushed = false;
        return verdict;
    }
    *flushed = flush;
    judge_done(graph, flush);
    settle_round();
    if (!flush)
        begin_oracle(committed);
    return DONE;
}

void run_graph(uint64_t graph)
{
    enum verdict verdict = DONE;
    bool flushed = false;
    shared->graph = graph;
    shared->tried = 0;
    random_start(graph * 0x2545f4914f6cdd1du + 1);
    make_rows();
    store_rows();
    live_sql("BEGIN");
    keep(&committed_rows);
    s = session_open(db);
    load_rows();
    load_manys();
    show_rows();
    uint32_t rounds = chance(50) ? ROUNDS : 1;
    for (uint32_t round = 0; round < rounds && (round == 0 || !any_out_of_sight()); round++) {
        random_start(graph * 0x2545f4914f6cdd1du + 1000 * (round + 1));
        verdict = run_round(graph, round, round + 1 == rounds, &committed_rows, &flushed);
    }
    shared->verdicts[verdict]++;
    session_close(s);
    live_sql("COMMIT");
    s = NULL;
}
