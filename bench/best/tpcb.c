/* TPC-B's transaction, and the database part of TechEmpower's queries and updates. */
#include "bench.h"

static const struct statement
    add_account = {"add_account", "UPDATE accounts SET balance = balance + $2::integer WHERE id = $1::integer"
                                  " RETURNING id, balance, branch_id, filler"},
    add_teller = {"add_teller", "UPDATE tellers SET balance = balance + $2::integer WHERE id = $1::integer"
                                " RETURNING id, balance, branch_id, filler"},
    add_branch = {"add_branch", "UPDATE branches SET balance = balance + $2::integer WHERE id = $1::integer"
                                " RETURNING id, balance, filler"},
    add_history = {"add_history", "INSERT INTO history (teller_id, branch_id, account_id, delta, made_at)"
                                  " VALUES ($1::integer, $2::integer, $3::integer, $4::integer, now()) RETURNING id"},
    find_world = {"find_world", "SELECT id, randomnumber FROM world WHERE id = $1::integer"},
    update_worlds = {"update_worlds",
                     "UPDATE world AS t SET randomnumber = u.randomnumber"
                     " FROM (SELECT unnest(a.id), unnest(a.randomnumber) FROM (SELECT $1::integer[], $2::integer[]"
                     " OFFSET 0) AS a(id, randomnumber)) AS u(id, randomnumber)"
                     " WHERE t.id = u.id"};

void tpcb_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &add_account);
    best_need(b, &add_teller);
    best_need(b, &add_branch);
    best_need(b, &add_history);
}

static void send_sum(struct bench *b, const struct statement *statement, int32_t id, int32_t delta)
{
    best_int32(b, 0, id);
    best_int32(b, 1, delta);
    best_send(b, statement, 2);
}

static int32_t read_balance(struct bench *b)
{
    PGresult *result = best_next(b, PGRES_TUPLES_OK);
    if (PQntuples(result) != 1)
        contestant_fail("a row is missing");
    int32_t balance = get_int32(result, 0, 1);
    PQclear(result);
    return balance;
}

/* The sums are made where the balances are: one pipeline is all. */
static void transfer(struct bench *b, struct transfer t)
{
    best_pipeline(b);
    send_sum(b, &add_account, t.account, t.delta);
    send_sum(b, &add_teller, t.teller, t.delta);
    send_sum(b, &add_branch, t.branch, t.delta);
    best_int32(b, 0, t.teller);
    best_int32(b, 1, t.branch);
    best_int32(b, 2, t.account);
    best_int32(b, 3, t.delta);
    best_send(b, &add_history, 4);
    best_sync(b);
    b->sum = (b->sum + (uint64_t)(read_balance(b) + 1000000)) % 2147483647;
    read_balance(b);
    read_balance(b);
    PQclear(best_next(b, PGRES_TUPLES_OK));
    best_end(b);
}

void tpcb_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        transfer(b, rows_transfer(job_unit(job, r)));
}

void world_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &find_world);
    best_need(b, &update_worlds);
}

static void find_worlds(struct bench *b, const struct job *job, int64_t u, World *ret)
{
    best_pipeline(b);
    for (int k = 0; k < job->objects; k++) {
        best_int32(b, 0, (int32_t)rows_key(u * job->objects + k, ROWS));
        best_send(b, &find_world, 1);
    }
    best_sync(b);
    for (int k = 0; k < job->objects; k++) {
        PGresult *result = best_next(b, PGRES_TUPLES_OK);
        if (PQntuples(result) != 1)
            contestant_fail("a row is missing");
        ret[k] = (World){.id = get_int32(result, 0, 0), .randomnumber = get_int32(result, 0, 1)};
        b->sum = rows_fold(b->sum, (uint64_t)ret[k].randomnumber);
        PQclear(result);
    }
    best_end(b);
}

static void write_worlds(struct bench *b, const World *worlds, int count)
{
    struct wire *ids = best_array(b, 0, OID_INT4, count), *numbers = best_array(b, 1, OID_INT4, count);
    for (int k = 0; k < count; k++) {
        put_int32(ids, worlds[k].id);
        put_int32(numbers, worlds[k].randomnumber % ROWS + 1);
    }
    best_pipeline(b);
    best_send(b, &update_worlds, 2);
    best_sync(b);
    best_affected(b, count);
    best_end(b);
}

void queries_run(struct bench *b, const struct job *job)
{
    World *worlds = contestant_take((size_t)job->objects, sizeof(*worlds));
    for (int r = 0; r < job->units; r++)
        find_worlds(b, job, job_unit(job, r), worlds);
    free(worlds);
}

void updates_run(struct bench *b, const struct job *job)
{
    World *worlds = contestant_take((size_t)job->objects, sizeof(*worlds));
    for (int r = 0; r < job->units; r++) {
        find_worlds(b, job, job_unit(job, r), worlds);
        write_worlds(b, worlds, job->objects);
    }
    free(worlds);
}
