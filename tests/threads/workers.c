#include "workers.h"

#include "support/live.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int running;

static void *run(void *arg)
{
    struct worker *worker = arg;
    worker->work(worker);
    atomic_fetch_sub(&running, 1);
    return NULL;
}

void note_fault(struct worker *worker, const char *file, int line, const char *what, const Session *s)
{
    if (!*worker->fault)
        snprintf(worker->fault, sizeof(worker->fault), "thread %d, %s:%d: %s: %s", worker->number, file, line, what,
                 s ? error_text(session_error(s)) : "");
}

struct worker run_workers_with(Database *db, void (*work)(struct worker *worker), void (*meanwhile)(void))
{
    static struct worker workers[WORKERS];
    struct worker sum = {.db = db};
    atomic_store(&running, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.db = db, .number = i, .work = work};
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
    }
    while (meanwhile && atomic_load(&running) > 0)
        meanwhile();
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < WORKERS; i++) {
        ck_assert_msg(!*workers[i].fault, "%s", workers[i].fault);
        sum.done += workers[i].done;
        sum.refused += workers[i].refused;
    }
    return sum;
}

struct worker run_workers(Database *db, void (*work)(struct worker *worker))
{
    return run_workers_with(db, work, NULL);
}

Database *open_shared_database(void)
{
    return ledger_database(live_conninfo_with("application_name='workers'"), DATABASE_OPTIONS(.pool_size = POOL));
}
