#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#define NO_UNIT "the program knows that there is nothing to write"

const struct workload contestant_workloads[] = {
    {"find", NULL, find_prepare, find_run, items_checksum, CONNECTED},
    {"find_many", NULL, find_prepare, find_many_run, items_checksum, CONNECTED},
    {"find_hit", NULL, hit_prepare, hit_run, sum_checksum, CONNECTED},
    {"request", NULL, request_prepare, request_run, sum_checksum, CONNECTED},
    {"load", NULL, load_prepare, load_run, items_checksum, CONNECTED},
    {"memory", NULL, load_prepare, load_run, items_checksum, CONNECTED},
    {"parents_naive", NULL, parents_prepare, parents_run, parents_checksum, CONNECTED},
    {"parents_eager", NULL, parents_prepare, parents_run, parents_checksum, CONNECTED},
    {"parents_joined", NULL, parents_prepare, joined_run, parents_checksum, CONNECTED},
    {"insert", NULL, insert_prepare, insert_run, keys_checksum, CONNECTED},
    {"insert_arrays", NULL, insert_prepare, insert_arrays_run, keys_checksum, CONNECTED},
    {"update", NULL, change_prepare, update_run, NULL, CONNECTED},
    {"delete", NULL, change_prepare, delete_run, NULL, CONNECTED},
    {"graph", NULL, graph_prepare, graph_run, graph_checksum, CONNECTED},
    {"dirty", NULL, dirty_prepare, dirty_run, NULL, CONNECTED},
    {"nothing", NO_UNIT, NULL, NULL, NULL, CONNECTED},
    {"tpcb", NULL, tpcb_prepare, tpcb_run, sum_checksum, CONNECTED},
    {"queries", NULL, world_prepare, queries_run, sum_checksum, CONNECTED},
    {"updates", NULL, world_prepare, updates_run, sum_checksum, CONNECTED},
    {"open", NULL, NULL, open_run, NULL, NOT_CONNECTED},
    {"start", NULL, NULL, start_run, items_checksum, NOT_CONNECTED},
    {"build", "its statements are constants", NULL, NULL, NULL, CONNECTED},
    {"again", NULL, again_prepare, again_run, NULL, CONNECTED},
    {0},
};

struct bench *contestant_open(void)
{
    return contestant_take(1, sizeof(struct bench));
}

void contestant_connect(struct bench *b)
{
    if (b->conn)
        return;
    b->conn = PQconnectdb("");
    if (PQstatus(b->conn) != CONNECTION_OK)
        best_fail(b);
    b->far = *PQhost(b->conn) != '/';
}

void contestant_disconnect(struct bench *b)
{
    PQfinish(b->conn);
    b->conn = NULL;
    b->prepared_count = 0;
}

void contestant_release(struct bench *b)
{
    free(b->items);
    free(b->slots);
    free(b->authors);
    free(b->books);
    free(b->products);
    free(b->keys);
    arena_free(&b->arena);
    b->items = NULL;
    b->slots = NULL;
    b->authors = NULL;
    b->books = NULL;
    b->products = NULL;
    b->keys = NULL;
    b->item_count = b->author_count = 0;
    b->sum = 0;
}

void contestant_close(struct bench *b)
{
    for (int i = 0; i < PARAMETERS_MAX; i++)
        free(b->parameters.wire[i].data);
    free(b);
}

const char *contestant_version(void)
{
    static char text[64];
    int version = PQlibVersion();
    snprintf(text, sizeof(text), "libpq %d.%d", version / 10000, version % 10000);
    return text;
}

uint64_t sum_checksum(struct bench *b, const struct job *job)
{
    (void)job;
    return b->sum;
}
