/* TPC-B's transaction, and the database part of TechEmpower's queries and updates. */
#include "bench.h"

#include <stdio.h>

/* Reads the balance of a row and writes the new one, as a program does that has the row as an object. */
static int32_t add_to_balance(PGconn *conn, const char *select, const char *update, int32_t id, int32_t delta)
{
    char key[16], balance[16];
    const char *values[] = {balance, key};
    snprintf(key, sizeof(key), "%d", id);
    PGresult *result = db_query(conn, select, 1, &values[1]);
    if (PQntuples(result) != 1)
        contestant_fail("there is no row %s", key);
    int32_t new_balance = column_int32(result, 0, 1) + delta;
    PQclear(result);
    snprintf(balance, sizeof(balance), "%d", new_balance);
    db_change_one(conn, update, 2, values);
    return new_balance;
}

static void transfer(struct bench *b, struct transfer t)
{
    char texts[4][16];
    const char *values[] = {texts[0], texts[1], texts[2], texts[3]};
    db_command(b->conn, "BEGIN");
    int32_t balance = add_to_balance(b->conn, "SELECT id, balance, branch_id, filler FROM accounts WHERE id = $1",
                                     "UPDATE accounts SET balance = $1 WHERE id = $2", t.account, t.delta);
    add_to_balance(b->conn, "SELECT id, balance, branch_id, filler FROM tellers WHERE id = $1",
                   "UPDATE tellers SET balance = $1 WHERE id = $2", t.teller, t.delta);
    add_to_balance(b->conn, "SELECT id, balance, filler FROM branches WHERE id = $1",
                   "UPDATE branches SET balance = $1 WHERE id = $2", t.branch, t.delta);
    snprintf(texts[0], sizeof(texts[0]), "%d", t.teller);
    snprintf(texts[1], sizeof(texts[1]), "%d", t.branch);
    snprintf(texts[2], sizeof(texts[2]), "%d", t.account);
    snprintf(texts[3], sizeof(texts[3]), "%d", t.delta);
    db_change_one(
        b->conn,
        "INSERT INTO history (teller_id, branch_id, account_id, delta, made_at) VALUES ($1, $2, $3, $4, now())", 4,
        values);
    db_command(b->conn, "COMMIT");
    b->sum = (b->sum + (uint64_t)(balance + 1000000)) % 2147483647;
}

void tpcb_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        transfer(b, rows_transfer(job_unit(job, r)));
}

static World find_world(struct bench *b, int64_t id)
{
    char key[24];
    const char *values[] = {key};
    snprintf(key, sizeof(key), "%lld", (long long)id);
    PGresult *result = db_query(b->conn, "SELECT id, randomnumber FROM world WHERE id = $1", 1, values);
    if (PQntuples(result) != 1)
        contestant_fail("there is no row %s", key);
    World world = {.id = column_int32(result, 0, 0), .randomnumber = column_int32(result, 0, 1)};
    PQclear(result);
    b->sum = rows_fold(b->sum, (uint64_t)world.randomnumber);
    return world;
}

void queries_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        for (int k = 0; k < job->objects; k++)
            find_world(b, rows_key(job_unit(job, r) * job->objects + k, ROWS));
}

void updates_run(struct bench *b, const struct job *job)
{
    char number[16], key[16];
    const char *values[] = {number, key};
    for (int r = 0; r < job->units; r++) {
        db_command(b->conn, "BEGIN");
        for (int k = 0; k < job->objects; k++) {
            World world = find_world(b, rows_key(job_unit(job, r) * job->objects + k, ROWS));
            snprintf(number, sizeof(number), "%d", world.randomnumber % ROWS + 1);
            snprintf(key, sizeof(key), "%d", world.id);
            db_change_one(b->conn, "UPDATE world SET randomnumber = $1 WHERE id = $2", 2, values);
        }
        db_command(b->conn, "COMMIT");
    }
}
