/* TPC-B's transaction, and the database part of TechEmpower's queries and updates. */
#include "bench.h"

/* The server makes the sums while it writes the rows, which need not be loaded for that. */
static void transfer(struct bench *b, struct transfer t)
{
    Session *s = session_open(b->db);
    Account *account = session_stub(s, Account, t.account);
    Teller *teller = session_stub(s, Teller, t.teller);
    Branch *branch = session_stub(s, Branch, t.branch);
    session_set_sql(s, account, balance, "balance + %d", t.delta);
    session_set_sql(s, teller, balance, "balance + %d", t.delta);
    session_set_sql(s, branch, balance, "balance + %d", t.delta);
    session_add(s, History, .teller_id = t.teller, .branch_id = t.branch, .account_id = t.account, .delta = t.delta,
                .made_at = rows_now());
    if (session_commit(s) != STATUS_OK)
        bench_expect(s);
    b->sum = (b->sum + (uint64_t)(account->balance + 1000000)) % 2147483647;
    session_close(s);
}

void tpcb_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        transfer(b, rows_transfer(job_unit(job, r)));
}

static void visit(struct bench *b, const struct job *job, int64_t u, bool change)
{
    Session *s = session_open(b->db);
    for (int k = 0; k < job->objects; k++)
        session_prefetch(s, World, rows_key(u * job->objects + k, ROWS));
    for (int k = 0; k < job->objects; k++) {
        World *world = session_find(s, World, rows_key(u * job->objects + k, ROWS));
        if (!world) {
            bench_expect(s);
            contestant_fail("a row is missing");
        }
        b->sum = rows_fold(b->sum, (uint64_t)world->randomnumber);
        if (change)
            world->randomnumber = world->randomnumber % ROWS + 1;
    }
    bench_commit(s);
}

void queries_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        visit(b, job, job_unit(job, r), false);
}

void updates_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        visit(b, job, job_unit(job, r), true);
}
