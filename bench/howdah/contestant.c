/* Howdah as its documentation says. */
#include "bench.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

const struct workload contestant_workloads[] = {
    {"find", NULL, find_prepare, find_run, find_checksum, CONNECTED},
    {"find_many", NULL, find_prepare, find_many_run, find_many_checksum, CONNECTED},
    {"find_hit", NULL, hit_prepare, hit_run, sum_checksum, CONNECTED},
    {"request", NULL, NULL, request_run, sum_checksum, CONNECTED},
    {"load", NULL, load_prepare, load_run, load_checksum, CONNECTED},
    {"memory", NULL, load_prepare, load_run, load_checksum, CONNECTED},
    {"parents_naive", NULL, parents_prepare, parents_naive_run, parents_checksum, CONNECTED},
    {"parents_eager", NULL, parents_prepare, parents_eager_run, parents_checksum, CONNECTED},
    {"parents_joined", NULL, parents_prepare, parents_eager_run, parents_checksum, CONNECTED},
    {"insert", NULL, insert_prepare, insert_run, keys_checksum, CONNECTED},
    {"insert_arrays", NULL, insert_prepare, insert_run, keys_checksum, CONNECTED},
    {"added", NULL, added_prepare, commit_run, NULL, CONNECTED},
    {"changed", NULL, changed_prepare, commit_run, NULL, CONNECTED},
    {"removed", NULL, removed_prepare, commit_run, NULL, CONNECTED},
    {"update", NULL, change_prepare, update_run, NULL, CONNECTED},
    {"delete", NULL, change_prepare, delete_run, NULL, CONNECTED},
    {"graph", NULL, graph_prepare, graph_run, graph_checksum, CONNECTED},
    {"dirty", NULL, hit_prepare, dirty_run, NULL, CONNECTED},
    {"nothing", NULL, hit_prepare, nothing_run, NULL, CONNECTED},
    {"tpcb", NULL, NULL, tpcb_run, sum_checksum, CONNECTED},
    {"queries", NULL, NULL, queries_run, sum_checksum, CONNECTED},
    {"updates", NULL, NULL, updates_run, sum_checksum, CONNECTED},
    {"open", NULL, NULL, open_run, NULL, NOT_CONNECTED},
    {"crowd", NULL, crowd_prepare, crowd_run, NULL, CONNECTED},
    {"plan", NULL, plan_prepare, plan_run, NULL, CONNECTED},
    {"start", NULL, NULL, start_run, load_checksum, NOT_CONNECTED},
    {"build", NULL, query_prepare, build_run, NULL, CONNECTED},
    {"again", NULL, query_prepare, again_run, NULL, CONNECTED},
    {"again_sent", NULL, query_prepare, again_sent_run, NULL, CONNECTED},
    {0},
};

struct bench *contestant_open(void)
{
    struct bench *b = contestant_take(1, sizeof(*b));
    b->options = *DATABASE_OPTIONS(.pool_size = 1, .statement_timeout = -1, .commit_timeout = -1);
    b->options.fence = getenv("BENCH_FENCE") != NULL;
    return b;
}

Database *bench_database(const struct bench *b)
{
    Database *db = database_open(
        b->conninfo,
        MODELS(Item, Author, Book, Customer, Address, Product, Order, Line, Branch, Teller, Account, History, World),
        &b->options);
    if (database_error(db))
        contestant_fail("%s", error_text(database_error(db)));
    return db;
}

void contestant_connect(struct bench *b)
{
    if (b->db)
        return;
    b->db = bench_database(b);
    if (b->options.fence && database_create_tables(b->db) != STATUS_OK) /* the fence's own */
        contestant_fail("%s", error_text(database_error(b->db)));
}

void contestant_disconnect(struct bench *b)
{
    database_close(b->db);
    b->db = NULL;
}

void contestant_release(struct bench *b)
{
    for (int i = 0; i < b->session_count; i++)
        session_close(b->sessions[i]);
    database_close(b->crowd);
    free(b->sessions);
    free(b->objects);
    free(b->made);
    free(b->keys);
    *b = (struct bench){.conninfo = b->conninfo, .options = b->options, .db = b->db};
}

void contestant_close(struct bench *b)
{
    free(b);
}

const char *contestant_version(void)
{
    static char text[64];
    int version = PQlibVersion();
    snprintf(text, sizeof(text), "Howdah 0.1.0, libpq %d.%d", version / 10000, version % 10000);
    return text;
}

void bench_expect(const Session *s)
{
    if (session_error(s))
        contestant_fail("%s", error_text(session_error(s)));
}

void bench_commit(Session *s)
{
    if (session_commit(s) != STATUS_OK)
        bench_expect(s);
    session_close(s);
}

void bench_room(struct bench *b, int sessions, int objects)
{
    b->sessions = contestant_take((size_t)sessions, sizeof(Session *));
    b->session_count = sessions;
    b->objects = contestant_take((size_t)objects, sizeof(void *));
}
