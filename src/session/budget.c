#include "budget.h"

#include <howdah/relation.h>
#include <stdio.h>

enum { TALLIES = 8, TALLY_TEXT = 100, SHOWN = 3 };

/* A statement that ran, and how often. */
struct tally {
    uint64_t hash;
    uint32_t count;
    char text[TALLY_TEXT];
};

struct budget {
    struct howdah_budget limits;
    struct pg_counters before; /* the session's counters when it began */
    struct tally tallies[TALLIES];
};

enum howdah_status howdah_session_set_budget(struct howdah_session *s, const struct howdah_budget *limits)
{
    if (!session_enter(s))
        return session_refusal(s);
    if (limits && limits->struct_size != sizeof(*limits)) {
        session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL,
                     "the budget of session_set_budget is invalid: make it with BUDGET(...)");
    } else {
        struct budget *budget = limits ? memory_allocate_zero(&s->db->allocator, sizeof(*budget)) : NULL;
        if (limits && !budget) {
            session_no_memory(s);
        } else {
            budget_free(s);
            s->budget = budget;
        }
        if (budget) {
            budget->limits = *limits;
            budget->before = s->counters;
        }
    }
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}

void budget_free(struct howdah_session *s)
{
    memory_free(&s->db->allocator, s->budget);
    s->budget = NULL;
}

/* --- the error --- */

static const struct tally *most_frequent(const struct budget *budget, const struct tally *below)
{
    const struct tally *found = NULL;
    for (size_t i = 0; i < TALLIES; i++) {
        const struct tally *tally = &budget->tallies[i];
        bool after = !below || tally->count < below->count || (tally->count == below->count && tally > below);
        if (tally->count && after && (!found || tally->count > found->count))
            found = tally;
    }
    return found;
}

static void fail(struct howdah_session *s, const char *what, uint64_t limit)
{
    const struct budget *budget = s->budget;
    char ran[SHOWN * (TALLY_TEXT + 16)] = "";
    const struct tally *tally = most_frequent(budget, NULL);
    for (size_t i = 0; tally && i < SHOWN; i++, tally = most_frequent(budget, tally))
        snprintf(ran + strlen(ran), sizeof(ran) - strlen(ran), "%s%u x %s", i ? "; " : ": ", tally->count, tally->text);
    session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                 "the session's budget of %llu %s is used up, by %u statements in %u round trips with %llu rows%s. "
                 "Relations come in one trip with query_with",
                 (unsigned long long)limit, what, s->counters.statements - budget->before.statements,
                 s->counters.round_trips - budget->before.round_trips,
                 (unsigned long long)(s->counters.rows - budget->before.rows), ran);
}

/* --- counting --- */

/* As the executor counts them. */
static bool counts(const struct statement *statement)
{
    return !statement->control && !statement->service;
}

static void tally_up(struct budget *budget, const struct statement *statement)
{
    struct tally *free = NULL;
    for (size_t i = 0; i < TALLIES; i++) {
        struct tally *tally = &budget->tallies[i];
        if (tally->count && tally->hash == statement->hash[0]) {
            tally->count++;
            return;
        }
        if (!tally->count && !free)
            free = tally;
    }
    if (!free)
        return;
    free->hash = statement->hash[0];
    free->count = 1;
    size_t length = strlen(statement->text);
    snprintf(free->text, TALLY_TEXT, "%.96s%s", statement->text, length > 96 ? "..." : "");
}

bool budget_has_room(struct howdah_session *s, const struct pg_plan *plan)
{
    const struct budget *budget = s->budget;
    uint32_t statements = 0, trips = 0;
    for (size_t i = 0; i < plan->count; i++) {
        statements += counts(plan->steps[i].statement);
        trips += plan->steps[i].sync;
    }
    statements += s->counters.statements - budget->before.statements;
    trips += s->counters.round_trips - budget->before.round_trips;
    if (budget->limits.statements && statements > budget->limits.statements)
        fail(s, "statements", budget->limits.statements);
    else if (budget->limits.round_trips && trips > budget->limits.round_trips)
        fail(s, "round trips", budget->limits.round_trips);
    else
        return true;
    return false;
}

uint64_t budget_last_row(const struct howdah_session *s)
{
    return s->budget->limits.rows ? s->budget->before.rows + s->budget->limits.rows : 0;
}

bool budget_add(struct howdah_session *s, const struct pg_plan *plan)
{
    struct budget *budget = s->budget;
    for (size_t i = 0; i < plan->count; i++)
        if (counts(plan->steps[i].statement))
            tally_up(budget, plan->steps[i].statement);
    if (!budget->limits.rows || s->counters.rows - budget->before.rows <= budget->limits.rows)
        return true;
    fail(s, "rows", budget->limits.rows);
    return false;
}
