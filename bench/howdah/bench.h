/* The contestant Howdah. */
#ifndef BENCH_HOWDAH_H
#define BENCH_HOWDAH_H

#include "../contestant/contestant.h"
#include "models.h"

struct bench {
    const char *conninfo;    /* NULL: as the environment says */
    DatabaseOptions options; /* of the database */
    Database *db;
    Database *crowd;    /* with models of the workload's own */
    Session **sessions; /* of the workload */
    int session_count;
    void **objects; /* that were found, loaded or added, in order */
    Item *made;     /* rows to insert */
    int64_t *keys;  /* that they got */
    uint64_t sum;
};

/* Opens a database with one connection, or ends the process. */
Database *bench_database(const struct bench *b);
/* Ends the process if the session has an error. */
void bench_expect(const Session *s);
/* Commits and closes. */
void bench_commit(Session *s);
/* Room for sessions and objects of a workload, until the next. */
void bench_room(struct bench *b, int sessions, int objects);

void find_prepare(struct bench *b, const struct job *job);
void find_run(struct bench *b, const struct job *job);
uint64_t find_checksum(struct bench *b, const struct job *job);
void find_many_run(struct bench *b, const struct job *job);
uint64_t find_many_checksum(struct bench *b, const struct job *job);
void hit_prepare(struct bench *b, const struct job *job);
void hit_run(struct bench *b, const struct job *job);
uint64_t sum_checksum(struct bench *b, const struct job *job);
void load_prepare(struct bench *b, const struct job *job);
void load_run(struct bench *b, const struct job *job);
uint64_t load_checksum(struct bench *b, const struct job *job);
void start_run(struct bench *b, const struct job *job);

void open_run(struct bench *b, const struct job *job);
void crowd_prepare(struct bench *b, const struct job *job);
void crowd_run(struct bench *b, const struct job *job);

void request_run(struct bench *b, const struct job *job);
void parents_prepare(struct bench *b, const struct job *job);
void parents_naive_run(struct bench *b, const struct job *job);
void parents_eager_run(struct bench *b, const struct job *job);
uint64_t parents_checksum(struct bench *b, const struct job *job);

void insert_prepare(struct bench *b, const struct job *job);
void insert_run(struct bench *b, const struct job *job);
void added_prepare(struct bench *b, const struct job *job);
void changed_prepare(struct bench *b, const struct job *job);
void removed_prepare(struct bench *b, const struct job *job);
void commit_run(struct bench *b, const struct job *job);
uint64_t keys_checksum(struct bench *b, const struct job *job);
void change_prepare(struct bench *b, const struct job *job);
void update_run(struct bench *b, const struct job *job);
void delete_run(struct bench *b, const struct job *job);
void dirty_run(struct bench *b, const struct job *job);
void nothing_run(struct bench *b, const struct job *job);

void graph_prepare(struct bench *b, const struct job *job);
void graph_run(struct bench *b, const struct job *job);
uint64_t graph_checksum(struct bench *b, const struct job *job);

void plan_prepare(struct bench *b, const struct job *job);
void plan_run(struct bench *b, const struct job *job);

void tpcb_run(struct bench *b, const struct job *job);
void queries_run(struct bench *b, const struct job *job);
void updates_run(struct bench *b, const struct job *job);

void query_prepare(struct bench *b, const struct job *job);
void build_run(struct bench *b, const struct job *job);
void again_run(struct bench *b, const struct job *job);
void again_sent_run(struct bench *b, const struct job *job);

#endif
