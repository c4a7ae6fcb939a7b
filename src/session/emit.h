/* What the files of the emitting phase share: batches become chunks of rows, and chunks become the executor's steps. */
#ifndef SESSION_EMIT_H
#define SESSION_EMIT_H

#include "work.h"

/* Cuts the batches into chunks; what `probe` is about into chunks of as many rows as it says. */
bool emit_chunks(struct work *w, const struct row_probe *probe);
/* The rows of a chunk once more, one by one, as chunks behind all others. */
bool emit_chunks_apart(struct work *w, uint32_t chunk);
/* Adds a step of that statement, to be filled in, as what stands behind it. NULL: the session has the error. */
struct pg_step *emit_step(struct work *w, const struct statement *statement, enum step_kind kind, const char *reason);
/* What stands behind the last one. */
static inline struct step *emit_last(const struct work *w)
{
    return &w->infos[w->step_count - 1];
}
/* The statement of a batch, and what it returns; `guarded`: the statement itself is to check how many rows it writes. */
bool emit_statement(struct work *w, struct batch *batch, bool guarded);
/* Whether the sweep goes before a chunk of the batch. */
static inline bool sweep_is_for(const struct sweep *sweep, const struct batch *batch)
{
    if (sweep->owners.count)
        return batch->mapper == sweep->path.mappers[0] && batch->operation != HOWDAH_OPERATION_DELETE;
    return batch->mapper == sweep->mapper && batch->operation == HOWDAH_OPERATION_DELETE &&
           sweep->part == (batch->ends ? batch : NULL);
}
/* Where a probe sends rows one by one, what is below all of them goes before the first: it would take some of them along. */
static inline bool sweep_is_of_batch(const struct work *w, const struct sweep *sweep)
{
    return w->stale && !sweep->owners.count && !sweep->part;
}
/* The steps of all chunks, or of those from that one on; keys that are drawn for them first. */
bool emit_writes(struct work *w);
bool emit_writes_from(struct work *w, uint32_t chunk);

#endif
