/* What the program tells a person: problems and progress on stderr, plans and the summary on stdout. */
#ifndef PACKAGES_REPORT_H
#define PACKAGES_REPORT_H

#include "inventory.h"
#include "models.h"
#include "problem.h"

enum { TABLE_COUNT = 4 };

/* Rows of one table. */
struct tally {
    const Model *model;
    size_t found; /* before the run */
    size_t added;
    size_t changed;
    size_t removed;
};

struct report {
    bool quiet;
    bool show_plan;
    const char *input;
    struct tally tables[TABLE_COUNT];
    size_t commits;
    double started; /* seconds of a clock that never goes back */
    double read;    /* when the input had been read, by that clock */
    bool progress;  /* stderr is a terminal, and a line of progress may stand on it */
};

struct report report_begin(const char *input, bool quiet, bool show_plan);

/* "packages: FILE:LINE: skipped: TEXT"; `arg` is the report. */
void report_skipped(void *arg, const struct problem *problem);
/* The input is no good, and nothing has been written. */
void report_refused(struct report *report, const struct problem *problem);
/* It has turned bad in the middle. */
void report_failed(struct report *report, const struct problem *problem);
/* The error of the library, with the package that it is about. */
void report_error(struct report *report, const Error *error);
/* Ends the time of reading. */
void report_input_read(struct report *report);
void report_progress(struct report *report, size_t done, size_t total);

struct tally *report_table(struct report *report, const Model *model);
/* Counts what a commit will write, and prints the plan if that is wanted. Whether it writes anything. NULL is no plan. */
bool report_plan(struct report *report, const Plan *plan);

void report_summary(struct report *report, const struct inventory *inventory, SessionStats stats);

#endif
