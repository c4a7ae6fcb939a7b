/* What session_plan shows of a graph is what then runs: the same statements in the same order and round
 * trips, with as many rows. */
#include "graph.h"

enum { STEPS = 400 };

struct shown {
    char *sql;
    size_t rows; /* 0: not known before */
    uint32_t round_trip;
};

static struct shown steps[STEPS];
static size_t step_count, ran;
static bool watching;
static char differs[200];

/* The question whether a sequence may be used is asked once for a database, and is in no plan. */
void watch_statement(void *arg, const Statement *statement)
{
    (void)arg;
    if (!watching || strstr(statement->sql, "has_sequence_privilege"))
        return;
    size_t number = ran++;
    const struct shown *step = number < step_count ? &steps[number] : NULL;
    if (*differs)
        return;
    if (!step || strcmp(step->sql, statement->sql) != 0)
        snprintf(differs, sizeof(differs), "statement %zu is %.150s", number, statement->sql);
    else if (step->round_trip != statement->round_trip)
        snprintf(differs, sizeof(differs), "statement %zu is of trip %u: %.120s", number, statement->round_trip,
                 statement->sql);
    else if (step->rows && step->rows != statement->rows)
        snprintf(differs, sizeof(differs), "statement %zu is of %" PRIu64 " rows: %.120s", number, statement->rows,
                 statement->sql);
}

/* A statement of several parts, or one that counts its rows, answers with rows of its own. */
static bool tells_rows(const PlanStep *step)
{
    return step->operation >= OPERATION_INSERT && strncmp(step->sql, "WITH", 4) != 0 && !strstr(step->sql, "RETURNING");
}

void plan_watch(void)
{
    SessionStats before = session_stats(s);
    const Plan *plan = session_plan(s);
    step_count = plan_step_count(plan);
    ck_assert_uint_le(step_count, STEPS);
    for (size_t i = 0; i < step_count; i++) {
        PlanStep step = plan_step(plan, i);
        steps[i] = (struct shown){strdup(step.sql), tells_rows(&step) ? step.rows : 0, step.round_trip};
    }
    ck_assert_uint_eq(before.round_trips, session_stats(s).round_trips);
    if (!plan)
        session_clear_error(s); /* it is refused in the same way again */
    ran = 0;
    *differs = '\0';
    watching = true;
}

void plan_check(uint64_t graph, Status status, bool flush)
{
    watching = false;
    bool commits = step_count && strcmp(steps[step_count - 1].sql, "COMMIT") == 0;
    size_t expected = step_count - (flush && commits);
    if (status == STATUS_OK)
        ck_assert_msg(!*differs && ran == expected, "seed %" PRIu64 ": %zu statements were planned, %zu ran: %s", graph,
                      expected, ran, differs);
    while (step_count)
        free(steps[--step_count].sql);
}
