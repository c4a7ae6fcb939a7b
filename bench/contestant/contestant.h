/* What the contestants in C have in common: the conversation with the harness (workloads.md), with the clocks in one
 * place. A contestant is a table of workloads. */
#ifndef BENCH_CONTESTANT_H
#define BENCH_CONTESTANT_H

#include <stddef.h>
#include <stdint.h>

/* How much is to be done, and which of several clients we are. */
struct job {
    int objects; /* of a unit */
    int units;
    int client, clients;
};

/* Number of unit r over all clients. */
static inline int64_t job_unit(const struct job *job, int r)
{
    return (int64_t)r * job->clients + job->client;
}

static inline int job_total(const struct job *job)
{
    return job->objects * job->units;
}

/* What a contestant keeps: its connection, and what the last workload has read. */
struct bench;

enum connection { CONNECTED = 0, NOT_CONNECTED };

struct workload {
    const char *name;
    const char *unsupported;                                 /* why, else NULL */
    void (*prepare)(struct bench *b, const struct job *job); /* NULL: nothing is needed */
    void (*run)(struct bench *b, const struct job *job);
    uint64_t (*checksum)(struct bench *b, const struct job *job); /* NULL: 0 */
    enum connection before; /* whether the connection is there before the clock starts */
};

/* Each contestant defines these. The table ends with a NULL name. */
extern const struct workload contestant_workloads[];
struct bench *contestant_open(void);
void contestant_connect(struct bench *b);
void contestant_disconnect(struct bench *b);
/* Forgets and frees what the last workload has left. */
void contestant_release(struct bench *b);
void contestant_close(struct bench *b);
/* One line about the versions in use. */
const char *contestant_version(void);

/* Answers the harness with an error, and ends the process. */
_Noreturn void contestant_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Memory, zeroed, or the end of the process. */
void *contestant_take(size_t count, size_t size);

#endif
