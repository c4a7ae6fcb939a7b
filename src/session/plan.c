/* The plan as the program sees it: the very steps that a commit would run, as data. */
#include "work.h"

/* struct howdah_plan is a work: one structure for the plan, its text, its picture and its run. */
static const struct work *work_of(const struct howdah_plan *plan)
{
    return (const void *)plan;
}

const struct howdah_plan *howdah_session_plan(struct howdah_session *s)
{
    if (!session_enter(s))
        return NULL;
    struct work *w = work_plan(s, true);
    if (w)
        work_unrelate(w); /* nothing was deleted yet */
    session_leave(s);
    return (const void *)w;
}

size_t howdah_plan_step_count(const struct howdah_plan *plan)
{
    return plan ? work_of(plan)->step_count : 0;
}

struct howdah_step howdah_plan_step(const struct howdah_plan *plan, size_t index)
{
    struct howdah_step step = {0};
    const struct work *w = work_of(plan);
    if (!plan || index >= w->step_count)
        return step;
    const struct step *info = &w->infos[index];
    step.round_trip = info->round_trip;
    step.sql = w->steps[index].statement->text;
    step.reason = info->reason;
    if (info->kind == STEP_CONTROL || info->kind == STEP_TRANSACTION_ID || info->kind == STEP_FENCE ||
        info->kind == STEP_RENEW)
        return step;
    const struct chunk *chunk = &w->chunks[info->chunk];
    const struct batch *batch = w->batches[chunk->batch];
    if (info->kind == STEP_SWEEP) {
        const struct sweep_path *path = &info->sweep->path;
        step.operation = path->deletes ? HOWDAH_OPERATION_DELETE : HOWDAH_OPERATION_UPDATE;
        step.table = path->mappers[path->depth - 1]->table;
        return step;
    }
    step.operation = info->kind == STEP_WRITE ? batch->operation : HOWDAH_OPERATION_KEYS;
    step.table = batch->mapper->table;
    step.rows = info->kind == STEP_WRITE ? info->rows : chunk->count;
    step.objects = info->objects ? info->objects : work_objects(w, chunk);
    return step;
}
