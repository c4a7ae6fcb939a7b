/* The sweep: a piece of work of a session is done again and again, and each time another allocation fails.
 *
 * After each try: the error says so, its outcome agrees with the tables, the session does the same work again
 * and gets there, and nothing leaks. */
#ifndef OOM_SWEEP_H
#define OOM_SWEEP_H

#include "workshop.h"

#include "support/failing.h"

#include <check.h>

/* One piece of work. Its functions take a NULL session, too: memory may have been out when it was opened. */
struct act {
    const char *name;
    const char *seed;            /* SQL that fills the empty tables */
    Status (*work)(Session *s);  /* reads and changes; returns the session's error. What it was given it checks */
    const char *meanwhile;       /* SQL of somebody else, between `work` and `write` */
    Status (*write)(Session *s); /* usually session_commit; NULL: the work writes nothing */
    Status expected;             /* of `write` if memory lasts; STATUS_OK or a fault of the data */
    void (*mend)(Session *s);    /* after that fault: mends it, so that `write` succeeds. NULL: rolls back */
    bool lone;                   /* it writes one row, without a transaction that could be asked for */
};

/* Something else that fails than the library's hook. `failed`: how many allocations have failed since `at`. */
struct injector {
    void (*at)(size_t n, enum failing_how how);
    void (*off)(void);
    size_t (*failed)(void);
};

/* Sweeps over the work on a database whose connection and texts are there already, and then over the work on
 * one that was only just opened. */
void sweep(const struct act *act);
/* The first of the two alone. */
void sweep_warm(const struct act *act);
/* Both, with another injector. */
void sweep_by(const struct injector *injector, const struct act *act);
/* Which allocation fails after the n-th. */
size_t sweep_next(size_t n);

/* The session's status. */
Status status_of(const Session *s);

/* An error as it must be when memory is out; `error` is what the handle says. */
void check_no_memory(const Error *error);

/* Opens a database of the workshop's models with that allocator, without connecting; fails the test if it can't. */
Database *sweep_database(struct failing *failing);
/* Databases that are opened from now on have a commit fence. */
void sweep_fenced(void);

/* Creates the workshop's tables, and that of the fence. */
void sweep_tables(void);
/* Runs the program's suite in a database of its own. */
int sweep_main(Suite *suite);

#endif
