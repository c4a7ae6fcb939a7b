#include "sync.h"

#include <stdlib.h>

enum { BATCH = 1000 }; /* packages that are added by one commit */

bool sync_read_record(struct sync *sync, const struct known_package *known)
{
    struct stanza stanza;
    struct problem problem = {0};
    if (parser_seek(sync->parser, known->offset, known->line) &&
        parser_next(sync->parser, &stanza, &problem) == PARSER_STANZA &&
        record_read(&stanza, &sync->arena, &sync->record, &problem) == RECORD_GOOD) {
        const Package *package = &sync->record.package;
        if (inventory_package(sync->inventory, package->name, package->architecture) == known)
            return true;
    }
    problem = (struct problem){0};
    problem_note(&problem, known->line, "this record has changed since the program began: run it again");
    report_failed(sync->report, &problem);
    return false;
}

bool sync_finish_batch(struct sync *sync, bool last)
{
    Session *s = sync->session;
    if (!last && !sync->commit_batches)
        return true;
    bool writes = report_plan(sync->report, session_plan(s));
    if (session_commit(s) != STATUS_OK) {
        report_error(sync->report, session_error(s));
        return false;
    }
    sync->report->commits += writes;
    sync_note_maintainers(sync);
    session_clear(s); /* so that memory is bounded by one batch */
    arena_empty(&sync->arena);
    return true;
}

/* A package that has no rows yet. */
static bool add_package(struct sync *sync, struct known_package *known)
{
    Session *s = sync->session;
    if (!sync_read_record(sync, known))
        return false;
    struct record *record = &sync->record;
    sync_set_maintainer(sync, &record->package);
    session_add_struct(s, Package, &record->package);
    for (size_t i = 0; i < record->dependency_count; i++)
        session_add_struct(s, Dependency, &record->dependencies[i]);
    for (size_t i = 0; i < record->provide_count; i++)
        session_add_struct(s, Provide, &record->provides[i]);
    known->fate = FATE_DONE;
    report_progress(sync->report, ++sync->done, sync->inventory->package_count);
    return true;
}

static bool add_packages(struct sync *sync)
{
    size_t added = 0;
    for (size_t i = 0; i < sync->inventory->package_count; i++) {
        struct known_package *known = &sync->inventory->packages[i];
        if (known->fate != FATE_WRITE)
            continue;
        if (!add_package(sync, known))
            return false;
        if (++added % BATCH == 0 && !sync_finish_batch(sync, false))
            return false;
    }
    return true;
}

bool sync_run(struct sync *sync)
{
    sync_load_maintainers(sync);
    if (!sync_update_packages(sync) || !add_packages(sync))
        return false;
    sync_remove_maintainers(sync);
    return sync_finish_batch(sync, true);
}

void sync_done(struct sync *sync)
{
    arena_empty(&sync->arena);
    record_done(&sync->record);
    free(sync->stale);
}
