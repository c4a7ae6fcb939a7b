/* One graph: rounds of changes by one session, each flushed or committed, or with a savepoint behind it, which is gone back
 * to or released; and what is known of the rows at all these places. */
#include "graph.h"

enum { ROUNDS = 4, DEPTH = ROUNDS };

/* Bits of `skipped`: changes of each round, and asides of these. */
static const struct {
    uint32_t bit, changes, asides_bit;
} parts[ROUNDS] = {{0, 16, 44}, {16, 11, 49}, {27, 11, 54}, {38, 6, 59}};

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
    for (int i = 0; i < known->item_count; i++) {
        bool met = items[i].met || items[i].loaded || items[i].stub;
        items[i] = known->items[i];
        items[i].met = met;
    }
    memcpy(item_links, known->links, sizeof(item_links));
    item_count = known->item_count;
    link_count = known->link_count;
}

static struct known committed_rows;
static bool is_begun;    /* a transaction of the program */
static bool has_flushed; /* anything, since it began or its last savepoint was made */
static struct known places[DEPTH];
static uint32_t savepoints[DEPTH], depth;

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

static void change(uint64_t graph, uint32_t round)
{
    uint32_t bit = parts[round].bit, asides_bit = parts[round].asides_bit;
    struct steps steps = change_rows(round ? graph ^ (uint64_t)round << 40 : graph, parts[round].changes,
                                     skipped >> bit, skipped >> asides_bit);
    shared->tried |= (((uint64_t)1 << steps.plain) - 1) << bit;
    shared->tried |= (((uint64_t)1 << steps.asides) - 1) << asides_bit;
}

/* --- savepoints --- */

/* Which has been made. */
static void push(void)
{
    keep(&places[depth]);
    live_sql("SAVEPOINT p%u", depth++);
    has_flushed = false;
}

/* Nothing is left of what was done since. */
static void go_back(uint32_t to)
{
    show(NULL, "is what is left behind savepoint", (int)to, NULL);
    check_ok(session_rollback_to(s, savepoints[to]));
    live_sql("ROLLBACK TO p%u", to);
    go_back_to(&places[to]);
    refresh_fallen();
    depth = to + 1;
    has_flushed = false;
}

static void release(uint32_t from)
{
    show(NULL, "is what is left of savepoint", (int)from, NULL);
    check_ok(session_release(s, savepoints[from]));
    live_sql("RELEASE p%u", from);
    depth = from;
    has_flushed = true;
}

/* --- how a round ends --- */

enum ending { END_COMMIT, END_FLUSH, END_SAVEPOINT, END_OPEN };
enum jump { STAY, GO_BACK, RELEASE };

struct way {
    enum ending ending;
    enum jump jump; /* behind it, where there are savepoints */
    uint32_t to;    /* one of them */
};

static struct way choose_way(bool last)
{
    static const enum ending endings[] = {END_COMMIT, END_COMMIT, END_FLUSH, END_FLUSH, END_SAVEPOINT, END_SAVEPOINT};
    static const enum jump jumps[] = {STAY, STAY, GO_BACK, RELEASE};
    struct way way = {endings[below(COUNT_OF(endings))], jumps[below(COUNT_OF(jumps))], below(DEPTH)};
    if (last)
        way = (struct way){END_COMMIT, STAY, 0};
    else if (depth && chance(20)) /* what is pending goes, too */
        way = (struct way){END_OPEN, GO_BACK, way.to};
    return way;
}

static Status end_round(uint64_t graph, enum ending ending)
{
    Status status = STATUS_OK;
    if (getenv("HOWDAH_PROPERTY_SHOW") && ending != END_OPEN)
        fprintf(stderr, "%s\n", plan_text(session_plan(s)));
    if (ending == END_SAVEPOINT) {
        uint32_t number = session_savepoint(s);
        status = number ? STATUS_OK : session_error(s)->status;
        savepoints[depth] = number;
    } else if (ending != END_OPEN) {
        plan_watch();
        status = ending == END_FLUSH ? session_flush(s) : session_commit(s);
        plan_check(graph, status, ending == END_FLUSH);
    }
    return status;
}

static void jump(const struct way *way)
{
    if (depth && way->jump == GO_BACK)
        go_back(way->to % depth);
    else if (depth && way->jump == RELEASE)
        release(way->to % depth);
}

/* What the next refusal goes back to. */
static void begin_oracle(void)
{
    live_sql("COMMIT; BEGIN");
    for (int i = 0; i < item_count; i++)
        items[i].fallen = false;
    keep(&committed_rows);
    is_begun = has_flushed = false;
    depth = 0;
}

/* A failure behind a savepoint need not end the transaction. */
static enum verdict go_back_refused(uint64_t graph, const struct way *way)
{
    bool stays = depth && way->jump != RELEASE;
    enum verdict verdict = judge_refusal(graph, !has_flushed, is_begun);
    if (stays) {
        go_back(way->to % depth);
        return verdict;
    }
    check_ok(session_rollback(s));
    live_sql("ROLLBACK");
    go_back_to(&committed_rows);
    judge_rollback(graph);
    begin_oracle();
    return verdict;
}

/* One round, to its end. */
static enum verdict run_round(uint64_t graph, uint32_t round, bool last)
{
    struct way way = choose_way(last);
    change(graph, round);
    if (way.ending != END_COMMIT && !is_begun) {
        check_ok(session_begin(s, NULL));
        is_begun = true;
    }
    if (end_round(graph, way.ending) != STATUS_OK)
        return go_back_refused(graph, &way);
    if (way.ending != END_OPEN) {
        judge_done(graph, way.ending != END_COMMIT);
        settle_round();
        has_flushed = true;
    }
    if (way.ending == END_COMMIT)
        begin_oracle();
    if (way.ending == END_SAVEPOINT)
        push();
    jump(&way);
    return DONE;
}

/* Of the last round nothing may be left, but of those before it. */
static void commit_rest(uint64_t graph)
{
    if (!is_begun)
        return;
    check_ok(session_commit(s));
    live_sql("COMMIT; BEGIN");
    judge_rows(graph);
}

static uint32_t choose_rounds(void)
{
    static const uint32_t counts[] = {1, 1, 1, 1, 1, 2, 2, 3, 3, 4};
    return counts[below(COUNT_OF(counts))];
}

void run_graph(uint64_t graph)
{
    enum verdict verdict = DONE;
    shared->graph = graph;
    shared->tried = 0;
    random_start(graph * 0x2545f4914f6cdd1du + 1);
    make_rows();
    store_rows();
    s = session_open(db);
    load_rows();
    load_manys();
    live_sql("BEGIN");
    begin_oracle();
    show_rows();
    uint32_t rounds = choose_rounds();
    for (uint32_t round = 0; round < rounds && (round == 0 || !any_out_of_sight()); round++) {
        random_start(graph * 0x2545f4914f6cdd1du + 1000 * (round + 1));
        verdict = run_round(graph, round, round + 1 == rounds);
    }
    commit_rest(graph);
    shared->verdicts[verdict]++;
    session_close(s);
    live_sql("COMMIT");
    s = NULL;
}
