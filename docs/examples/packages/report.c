#include "report.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct report report_begin(const char *input, bool quiet, bool show_plan)
{
    return (struct report){
        .quiet = quiet,
        .show_plan = show_plan,
        .input = input,
        .started = now(),
        .progress = !quiet && isatty(STDERR_FILENO),
        .tables = {{.model = &Package_model},
                   {.model = &Maintainer_model},
                   {.model = &Dependency_model},
                   {.model = &Provide_model}},
    };
}

/* --- stderr --- */

static void clear_progress(const struct report *report)
{
    if (report->progress)
        fputs("\r\033[K", stderr);
}

static void print_problem(const struct report *report, const char *what, const struct problem *problem)
{
    clear_progress(report);
    fprintf(stderr, "packages: %s:", report->input);
    if (problem->line > 0)
        fprintf(stderr, "%lu:", problem->line);
    fprintf(stderr, " %s%s\n", what, problem->text);
}

void report_skipped(void *arg, const struct problem *problem)
{
    print_problem(arg, "skipped: ", problem);
}

void report_refused(struct report *report, const struct problem *problem)
{
    print_problem(report, "", problem);
    fputs("packages: nothing was written\n", stderr);
}

/* Batches that are committed stay. */
static void print_commits(const struct report *report)
{
    if (report->commits > 0)
        fprintf(stderr, "packages: %zu transaction%s had been committed before that; the next run goes on there\n",
                report->commits, report->commits == 1 ? "" : "s");
}

void report_failed(struct report *report, const struct problem *problem)
{
    print_problem(report, "", problem);
    print_commits(report);
}

void report_error(struct report *report, const Error *error)
{
    clear_progress(report);
    fprintf(stderr, "packages: %s\n", error_text(error));
    if (error->object && error->model && strcmp(error->model, Package_model.name) == 0) {
        const Package *package = error->object;
        fprintf(stderr, "packages: that is %s for %s\n", package->name, package->architecture);
    }
    print_commits(report);
}

/* 63666 as "63,666". */
static const char *grouped(char text[32], uint64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

void report_input_read(struct report *report)
{
    report->read = now();
}

void report_progress(struct report *report, size_t done, size_t total)
{
    char first[32], second[32];
    if (report->progress && done % 100 == 0)
        fprintf(stderr, "\r%s of %s packages", grouped(first, done), grouped(second, total));
}

/* --- stdout --- */

struct tally *report_table(struct report *report, const Model *model)
{
    size_t i = 0;
    while (report->tables[i].model != model)
        i++;
    return &report->tables[i];
}

bool report_plan(struct report *report, const Plan *plan)
{
    if (report->show_plan && plan_step_count(plan) > 0) {
        clear_progress(report);
        printf("%s\n", plan_text(plan));
    }
    for (size_t i = 0; i < plan_step_count(plan); i++) {
        PlanStep step = plan_step(plan, i);
        for (size_t t = 0; t < TABLE_COUNT && step.table; t++) {
            struct tally *tally = &report->tables[t];
            if (strcmp(tally->model->table, step.table) != 0)
                continue;
            tally->added += step.operation == OPERATION_INSERT ? step.rows : 0;
            tally->changed += step.operation == OPERATION_UPDATE ? step.rows : 0;
            tally->removed += step.operation == OPERATION_DELETE ? step.rows : 0;
        }
    }
    return plan_step_count(plan) > 0;
}

static void print_table(const struct report *report)
{
    printf("\n%-14s %10s %10s %10s %10s\n", "", "added", "changed", "removed", "now");
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const struct tally *t = &report->tables[i];
        char added[32], changed[32], removed[32], rows[32];
        printf("%-14s %10s %10s %10s %10s\n", t->model->table, grouped(added, t->added), grouped(changed, t->changed),
               grouped(removed, t->removed), grouped(rows, t->found + t->added - t->removed));
    }
}

static void print_cost(const struct report *report, SessionStats stats)
{
    char statements[32], trips[32], commits[32], rows[32];
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (report->commits == 0)
        printf("\nNothing has changed: nothing was written.\n");
    else
        printf("\n%s row%s written in %s transaction%s.\n",
               grouped(rows, stats.inserted + stats.updated + stats.deleted),
               stats.inserted + stats.updated + stats.deleted == 1 ? "" : "s", grouped(commits, report->commits),
               report->commits == 1 ? "" : "s");
    printf(
        "%s statements in %s round trips, %s rows received; %.2f s (%.2f s of it reading the input), %ld MB at most.\n",
        grouped(statements, stats.statements), grouped(trips, stats.round_trips), grouped(rows, stats.rows),
        now() - report->started, report->read - report->started, usage.ru_maxrss / 1024);
}

void report_summary(struct report *report, const struct inventory *inventory, SessionStats stats)
{
    char records[32], skipped[32];
    clear_progress(report);
    if (report->quiet)
        return;
    printf("%s: %s packages", report->input, grouped(records, inventory->records - inventory->skipped));
    if (inventory->skipped > 0)
        printf(", %s skipped", grouped(skipped, inventory->skipped));
    putchar('\n');
    print_table(report);
    print_cost(report, stats);
}
