/* Threads that work on one database, a session each. They may not use Check: what goes wrong they note, and the
 * test looks when all have ended. */
#ifndef THREADS_WORKERS_H
#define THREADS_WORKERS_H

#include "fault/ledger.h"

#include <pthread.h>

enum { WORKERS = 8, POOL = 3 };

struct worker {
    Database *db;
    int number;
    void (*work)(struct worker *worker);
    pthread_t thread;
    unsigned done;    /* pieces of work that were committed */
    unsigned refused; /* that were not, because of another thread */
    char fault[512];  /* the first thing that went wrong; empty if nothing did */
};

/* Runs `work` in all threads at once, and fails the test if one of them noted a fault. Sums up what they did. */
struct worker run_workers(Database *db, void (*work)(struct worker *worker));
/* The same, with something to do for the test's own thread until they have ended. */
struct worker run_workers_with(Database *db, void (*work)(struct worker *worker), void (*meanwhile)(void));

void note_fault(struct worker *worker, const char *file, int line, const char *what, const Session *s);

/* In a worker: notes the fault and goes back. `s` may be NULL. */
#define EXPECT(worker, s, condition) \
    do { \
        if (!(condition)) { \
            note_fault((worker), __FILE__, __LINE__, #condition, (s)); \
            return; \
        } \
    } while (0)

/* Opens the database that the workers share. */
Database *open_shared_database(void);

#endif
