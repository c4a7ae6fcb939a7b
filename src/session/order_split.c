/* Splitting and joining. Batches may wait for each other although no two of their rows do: their rows then go by level,
 * the length of the longest chain of rows before them that can't be in one statement with the next.
 *
 * Rows that wait for each other in a ring are a knot. The foreign keys of one statement are checked when it ends: so a
 * knot goes as one statement, of several parts where its rows are of several batches, as common table expressions. Knots
 * of the same parts share it. What is checked row by row, unique values, orders the parts inside. */
#include "knots.h"

/* A batch for rows of `from`: the struct itself, or a copy of it. */
static struct batch *add_batch(struct splitting *s, struct batch *from)
{
    struct work *w = s->w;
    if (!s->used[from->index]) {
        s->used[from->index] = true;
        return from;
    }
    struct batch **batches = work_grow(w, w->batches, w->batch_count, &w->batch_capacity, sizeof(*batches));
    struct batch *batch = batches ? ARENA_NEW(&w->arena, struct batch) : NULL;
    if (!batch) {
        session_no_memory(w->s);
        return NULL;
    }
    *batch = *from;
    batch->index = batch->leader = w->batch_count;
    batch->part_count = 0;
    batch->parts = NULL;
    w->batches = batches;
    batches[w->batch_count++] = batch;
    return batch;
}

/* The rows of one batch that are in no knot of several parts, a batch for each level. */
static bool split_batch(struct splitting *s, struct batch *batch)
{
    uint32_t deepest = 0, first = s->rows[batch->changes[0]], count = batch->count;
    for (uint32_t row = first; row < first + count; row++)
        if (s->shapes[s->knots.of[row]] == NONE && s->levels[s->knots.of[row]] > deepest)
            deepest = s->levels[s->knots.of[row]];
    struct batch **by_level = split_allocate(s, (size_t)deepest + 1, sizeof(struct batch *));
    if (!by_level)
        return false;
    for (uint32_t row = first; row < first + count; row++) {
        uint32_t level = s->levels[s->knots.of[row]];
        if (s->shapes[s->knots.of[row]] != NONE)
            continue;
        if (!by_level[level] && !(by_level[level] = add_batch(s, batch)))
            return false;
        s->destinations[row] = by_level[level];
    }
    return true;
}

/* The parts for the knots of one shape and level. */
static struct batch *add_parts(struct splitting *s, const struct shape *shape, uint32_t knots)
{
    struct batch **parts = split_allocate(s, shape->count, sizeof(struct batch *));
    if (!parts)
        return NULL;
    for (uint32_t i = 0; i < shape->count; i++) {
        parts[i] = add_batch(s, s->w->batches[shape->batches[i]->index]);
        if (!parts[i] || !(parts[i]->ends = split_allocate(s, knots, sizeof(*parts[i]->ends))))
            return NULL;
        parts[i]->rank = shape->ranks[i];
        parts[i]->leader = parts[0]->index;
        parts[i]->knot_count = 0;
    }
    parts[0]->parts = parts;
    parts[0]->part_count = shape->count;
    return parts[0];
}

static struct batch *part_for(const struct splitting *s, const struct shape *shape, const struct batch *leader,
                              uint32_t row)
{
    uint32_t i = 0;
    while (shape->batches[i] != split_batch_of(s, row) || shape->ranks[i] != s->ranks[row])
        i++;
    return leader->parts[i];
}

static bool join_knot(struct splitting *s, uint32_t knot)
{
    struct shape *shape = &s->known[s->shapes[knot]];
    uint32_t level = s->levels[knot];
    struct batch **leader = &shape->leaders[level];
    if (!*leader && !(*leader = add_parts(s, shape, shape->knots[level])))
        return false;
    for (uint32_t i = 0; i < s->knots.sizes[knot]; i++) {
        uint32_t row = s->by_knot[s->first_rows[knot] + i];
        s->destinations[row] = part_for(s, shape, *leader, row);
    }
    return true;
}

static bool join_knots(struct splitting *s)
{
    for (uint32_t k = 0; k < s->knots.count; k++)
        if (s->shapes[k] != NONE && s->known[s->shapes[k]].deepest < s->levels[k])
            s->known[s->shapes[k]].deepest = s->levels[k];
    for (uint32_t i = 0; i < s->shape_count; i++) {
        size_t levels = (size_t)s->known[i].deepest + 1;
        s->known[i].leaders = split_allocate(s, levels, sizeof(struct batch *));
        s->known[i].knots = split_allocate(s, levels, sizeof(*s->known[i].knots));
        if (!s->known[i].leaders || !s->known[i].knots)
            return false;
    }
    for (uint32_t k = 0; k < s->knots.count; k++)
        if (s->shapes[k] != NONE)
            s->known[s->shapes[k]].knots[s->levels[k]]++;
    for (uint32_t k = 0; k < s->knots.count; k++)
        if (s->shapes[k] != NONE && !join_knot(s, k))
            return false;
    return true;
}

static void move_row(struct splitting *s, uint32_t row)
{
    struct batch *batch = s->destinations[row];
    batch->changes[batch->count++] = s->changes[row];
    s->w->changes[s->changes[row]].batch = batch->index;
}

static bool make_room(struct splitting *s)
{
    for (uint32_t row = 0; row < s->count; row++)
        s->destinations[row]->count = 0;
    for (uint32_t row = 0; row < s->count; row++)
        s->destinations[row]->count++;
    for (uint32_t i = 0; i < s->w->batch_count; i++)
        s->w->batches[i]->reason = NULL;
    for (uint32_t row = 0; row < s->count; row++) {
        struct batch *batch = s->destinations[row];
        if (batch->count && !(batch->changes = split_allocate(s, batch->count, sizeof(*batch->changes))))
            return false;
        batch->count = 0;
    }
    return true;
}

/* Rows that stay in batches of their own keep their order; those of knots go knot by knot. */
static bool move_rows(struct splitting *s)
{
    if (!make_room(s))
        return false;
    for (uint32_t row = 0; row < s->count; row++)
        if (s->shapes[s->knots.of[row]] == NONE)
            move_row(s, row);
    for (uint32_t k = 0; k < s->knots.count; k++) {
        if (s->shapes[k] == NONE)
            continue;
        const struct shape *shape = &s->known[s->shapes[k]];
        const struct batch *leader = shape->leaders[s->levels[k]];
        for (uint32_t i = 0; i < s->knots.sizes[k]; i++)
            move_row(s, s->by_knot[s->first_rows[k] + i]);
        for (uint32_t i = 0; i < shape->count; i++)
            leader->parts[i]->ends[leader->parts[i]->knot_count++] = leader->parts[i]->count;
    }
    return true;
}

bool work_split(struct work *w, const bool *troubled)
{
    struct splitting s = {.w = w};
    uint32_t batches = w->batch_count;
    if (!split_analyse(&s, troubled))
        return false;
    s.destinations = split_allocate(&s, s.count, sizeof(struct batch *));
    s.used = split_allocate(&s, batches, sizeof(bool));
    if (!s.destinations || !s.used)
        return false;
    for (uint32_t b = 0; b < batches; b++)
        if (troubled[b] && !split_batch(&s, w->batches[b]))
            return false;
    return join_knots(&s) && move_rows(&s);
}
