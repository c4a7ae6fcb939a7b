/* Batches become chunks: the rows of one statement. Rings and knots of rows are not cut. */
#include "emit.h"
#include "marks.h"

/* Whether a foreign key of the table to itself was not loaded of one of the rows. */
static bool any_unloaded(const struct work *w, const struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    for (uint32_t i = 0; map_count(&w->s->marks) && i < batch->count; i++) {
        const uint64_t *unloaded = marks_set(w->s, w->changes[batch->changes[i]].entry, MARK_UNLOADED);
        for (uint32_t k = 0; unloaded && k < mapper->foreign_key_count; k++)
            for (uint32_t n = 0; n < mapper->foreign_keys[k].count; n++)
                if (mapper->foreign_keys[k].target == mapper && column_in(unloaded, mapper->foreign_keys[k].columns[n]))
                    return true;
    }
    return false;
}

/* Rows that are deleted may refer to each other without the session knowing it. Then one statement deletes all of them: the
 * first of several would leave references to its rows, or what goes before it would change rows of the next. */
static bool is_whole(const struct work *w, const struct batch *batch)
{
    if (batch->operation != HOWDAH_OPERATION_DELETE || batch->count <= CHUNK_ROWS)
        return false;
    for (const struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        if (sweep_is_for(sweep, batch) && !sweep->path.deletes &&
            sweep->path.mappers[sweep->path.depth - 1] == batch->mapper)
            return true;
    return any_unloaded(w, batch);
}

/* How many rows from `first` on go into one statement. */
static uint32_t fitting(const struct batch *batch, uint32_t first, bool whole)
{
    size_t bytes = 0;
    uint32_t count = 0, left = batch->count - first;
    if (batch->returns_keys)
        return 1;
    if (whole)
        return left;
    if (left > CHUNK_ROWS)
        left = CHUNK_ROWS;
    if (!batch->mapper->has_pointers || batch->operation == HOWDAH_OPERATION_DELETE)
        return left;
    size_t size = batch->mapper->model->size;
    const size_t *beyond = batch->bytes + first;
    while (count < left && bytes < CHUNK_BYTES)
        bytes += size + beyond[count++];
    return count;
}

/* A ring of rows is not cut. */
static uint32_t whole_rings(const struct batch *batch, uint32_t first, uint32_t count)
{
    while (batch->joined && first + count < batch->count && batch->joined[first + count])
        count++;
    return count;
}

static uint32_t count_bits(const uint64_t *set, uint32_t words)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < words; i++)
        bits += (uint32_t)__builtin_popcountll(set[i]);
    return bits;
}

/* `gathered`: so many settings has its statement already, for other parts. */
static bool add_chunk(struct work *w, uint32_t index, uint32_t first, uint32_t count, uint32_t gathered)
{
    struct batch *batch = w->batches[index];
    struct chunk *chunks = work_grow(w, w->chunks, w->chunk_count, &w->chunk_capacity, sizeof(*chunks));
    if (!chunks)
        return false;
    w->chunks = chunks;
    chunks[w->chunk_count] =
        (struct chunk){.batch = index, .first = first, .count = count, .list = w->lists, .gathered = gathered};
    w->lists += batch->draws;
    for (uint32_t i = 0; w->deferral_count && i < count; i++) /* else nobody asks */
        w->changes[batch->changes[first + i]].chunk = w->chunk_count;
    w->chunk_count++;
    return true;
}

/* The parts of one statement: whole knots, of about that many rows. */
static bool cut_knots(struct work *w, const struct batch *leader, uint32_t most)
{
    for (uint32_t knot = 0, next; knot < leader->knot_count; knot = next) {
        uint32_t rows = 0, gathered = 0;
        for (next = knot; next < leader->knot_count && rows < most; next++)
            for (uint32_t i = 0; i < leader->part_count; i++) {
                const uint32_t *ends = leader->parts[i]->ends;
                rows += ends[next] - (next ? ends[next - 1] : 0);
            }
        for (uint32_t i = 0; i < leader->part_count; i++) {
            const struct batch *part = leader->parts[i];
            uint32_t first = knot ? part->ends[knot - 1] : 0;
            if (!add_chunk(w, part->index, first, part->ends[next - 1] - first, gathered))
                return false;
            gathered += count_bits(part->by_name, column_words(part->mapper));
        }
    }
    return true;
}

static bool is_probed(const struct row_probe *probe, const struct batch *batch, uint32_t index, uint32_t first)
{
    if (!probe || probe->stale)
        return probe && (probe->all || batch->operation != HOWDAH_OPERATION_INSERT) && !batch->follow;
    return probe->batch == index && first >= probe->first;
}

/* How many rows from `first` on are as suspect as that one, which goes alone then. */
static uint32_t alike(const struct work *w, const struct batch *batch, uint32_t first, uint32_t most)
{
    uint32_t count = 1;
    if (w->changes[batch->changes[first]].suspect)
        return 1;
    while (count < most && first + count < batch->count && !w->changes[batch->changes[first + count]].suspect)
        count++;
    return count;
}

/* The same beside a probe, whose first and last row are not in the middle of a statement. Its rows have been in one. */
static uint32_t fitting_probe(const struct work *w, const struct row_probe *probe, const struct batch *batch,
                              uint32_t first, bool whole)
{
    uint32_t index = batch->index;
    bool probed = is_probed(probe, batch, index, first);
    uint32_t left = probed && !probe->stale ? probe->last + 1 - first : batch->count - first;
    uint32_t count = probed ? left : fitting(batch, first, whole), most = count;
    if (probed)
        most = batch->returns_keys ? 1 : alike(w, batch, first, probe->rows);
    else if (probe && probe->batch == index && first < probe->first)
        most = probe->first - first;
    return count < most ? count : most;
}

/* Whether a batch is written by the statement of this one. */
static bool leads(const struct work *w, const struct batch *leader, uint32_t batch)
{
    uint32_t i = 0;
    while (i < leader->part_count && leader->parts[i] != w->batches[batch])
        i++;
    return i < leader->part_count;
}

bool emit_chunks(struct work *w, const struct row_probe *probe)
{
    w->chunk_count = w->lists = 0;
    w->marked = NONE;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        uint32_t index = w->order[i], first = 0;
        struct batch *batch = w->batches[index];
        batch->first_chunk = w->chunk_count;
        bool knotted = batch->parts && probe && !probe->stale && leads(w, batch, probe->batch);
        if (batch->parts && !cut_knots(w, batch, knotted || (probe && probe->all) ? 1 : CHUNK_ROWS))
            return false;
        if (knotted)
            return true;
        const bool whole = is_whole(w, batch);
        while (!batch->ends && first < batch->count) {
            bool inside = is_probed(probe, batch, index, first);
            if (inside && (probe->all || !probe->stale) && probe->rows > 1 && w->marked == NONE)
                w->marked = w->chunk_count;
            uint32_t count = whole_rings(batch, first, fitting_probe(w, probe, batch, first, whole));
            if (!add_chunk(w, index, first, count, 0))
                return false;
            first += count;
            if (inside && !probe->stale && first > probe->last)
                return true;
        }
    }
    return true;
}

bool emit_chunks_apart(struct work *w, uint32_t index)
{
    const struct chunk few = w->chunks[index];
    const struct batch *batch = w->batches[few.batch];
    w->marked = NONE;
    for (uint32_t first = few.first, count; first < few.first + few.count; first += count) {
        count = batch->follow ? few.count : whole_rings(batch, first, 1);
        if (!add_chunk(w, few.batch, first, count, 0))
            return false;
    }
    return true;
}
