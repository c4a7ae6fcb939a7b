/* Whether what a session says about a unit of work that was interrupted is true. */
#ifndef FAULT_TRUTH_H
#define FAULT_TRUTH_H

#include "ledger.h"

/* A way to do a unit of work. */
struct work {
    const char *name;
    void (*begin)(struct unit *unit, Session *s); /* loads and changes */
    Status (*run)(struct unit *unit);             /* writes: what is interrupted */
    bool (*is_done)(void);
    bool lone; /* one statement without a transaction id: nobody can tell afterwards whether it was done */
};

extern const struct work work_commit;           /* of the whole unit: two trips */
extern const struct work work_add;              /* of a part that needs nothing from the server before */
extern const struct work work_add_one;          /* of one row: one trip */
extern const struct work work_change_one;       /* the same */
extern const struct work work_savepoints;       /* in a transaction of the program, behind and between savepoints */
extern const struct work work_flush_and_commit; /* in a transaction of the program */

struct tally {
    unsigned faults, ok, done, not_done, in_doubt;
};

/* After work->run, when the fault is over: the outcome agrees with the tables, and the objects with the outcome. What was
 * not done is done now. `expected` is the status of what was not done. */
void check_truth(const struct work *work, struct unit *unit, Status status, Status expected, struct tally *tally);

/* The same for work that the server refuses when COMMIT comes (ledger_refuse): it was never done, and is done now, since
 * the server takes it again. */
void check_refused(const struct work *work, struct unit *unit, Status status, struct tally *tally);

void print_tally(const struct tally *tally);

#endif
