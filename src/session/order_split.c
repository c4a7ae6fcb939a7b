/* Splitting and joining. Batches may wait for each other although no two of their rows do: their rows then go by level,
 * the length of the longest chain of rows before them that can't be in one statement with the next.
 *
 * Rows that wait for each other in a ring are a knot. The foreign keys of one statement are checked when it ends: so a
 * knot goes as one statement, of several parts where its rows are of several batches, as common table expressions. Knots
 * of the same parts share it. What is checked row by row, unique values, orders the parts inside. */
#include "base/components.h"
#include "work.h"

/* Parts that a knot's statement has. */
struct shape {
    const struct batch **batches; /* sorted by rank, then by index */
    uint32_t *ranks;
    uint32_t count;
    uint32_t deepest;       /* level of its knots */
    uint32_t *knots;        /* by level: how many */
    struct batch **leaders; /* by level, once made */
};

/* An edge between rows that take part, or between their components. */
struct link {
    uint32_t before, after, weight;
};

/* The rows of the batches that are split, numbered anew. */
struct splitting {
    struct work *w;
    uint32_t *rows;    /* number of a change -> its number here, or NONE */
    uint32_t *changes; /* and back */
    uint32_t count;
    struct toposort_edge *edges;
    const struct row_edge **sources; /* of the edges */
    uint32_t edge_count;
    struct components knots; /* rows alone included */
    uint32_t *first_rows;    /* by component: where its rows begin in `by_knot` */
    uint32_t *by_knot;       /* rows, by component */
    uint32_t *ranks;         /* by row: inside its knot */
    uint32_t *shapes;        /* by component: number of its shape; NONE: an ordinary part of one batch */
    uint32_t *levels;        /* by component */
    struct shape *known;
    uint32_t shape_count, shape_capacity;
    struct batch **destinations; /* by row */
    bool *used;                  /* by index of batch: its struct serves again */
};

static struct batch *batch_of(const struct splitting *s, uint32_t row)
{
    return s->w->batches[s->w->changes[s->changes[row]].batch];
}

static void *allocate(struct splitting *s, size_t count, size_t size)
{
    void *memory = arena_allocate_zero(&s->w->arena, (count + 1) * size, _Alignof(max_align_t));
    if (!memory)
        session_no_memory(s->w->s);
    return memory;
}

/* --- rows and edges --- */

static bool number_rows(struct splitting *s, const bool *troubled)
{
    struct work *w = s->w;
    s->rows = allocate(s, w->change_count, sizeof(*s->rows));
    s->changes = allocate(s, w->change_count, sizeof(*s->changes));
    if (!s->rows || !s->changes)
        return false;
    for (uint32_t i = 0; i < w->change_count; i++)
        s->rows[i] = NONE;
    for (uint32_t b = 0; b < w->batch_count; b++)
        for (uint32_t i = 0; troubled[b] && i < w->batches[b]->count; i++) {
            uint32_t change = w->batches[b]->changes[i];
            s->rows[change] = s->count;
            s->changes[s->count++] = change;
        }
    return true;
}

static bool number_edges(struct splitting *s)
{
    const struct work *w = s->w;
    s->edges = allocate(s, w->edge_count, sizeof(*s->edges));
    s->sources = allocate(s, w->edge_count, sizeof(*s->sources));
    if (!s->edges || !s->sources)
        return false;
    for (uint32_t i = 0; i < w->edge_count; i++) {
        uint32_t before = s->rows[w->edges[i].before], after = s->rows[w->edges[i].after];
        if (before == NONE || after == NONE)
            continue;
        s->sources[s->edge_count] = &w->edges[i];
        s->edges[s->edge_count++] = (struct toposort_edge){before, after};
    }
    return true;
}

static bool find_knots(struct splitting *s)
{
    if (!components(&s->w->arena, s->count, s->edges, s->edge_count, &s->knots))
        return !session_no_memory(s->w->s);
    s->first_rows = allocate(s, (size_t)s->knots.count + 1, sizeof(*s->first_rows));
    s->by_knot = allocate(s, s->count, sizeof(*s->by_knot));
    uint32_t *next = allocate(s, s->knots.count, sizeof(*next));
    if (!s->first_rows || !s->by_knot || !next)
        return false;
    for (uint32_t k = 0; k < s->knots.count; k++)
        s->first_rows[k + 1] = s->first_rows[k] + s->knots.sizes[k];
    for (uint32_t row = 0; row < s->count; row++) {
        uint32_t knot = s->knots.of[row];
        s->by_knot[s->first_rows[knot] + next[knot]++] = row;
    }
    return true;
}

/* The greatest sum of weights on a way to each node. `order` has the nodes so that links lead forward; NULL: by number. */
static bool measure(struct splitting *s, uint32_t count, const struct link *links, uint32_t link_count,
                    const uint32_t *order, uint32_t *levels)
{
    uint32_t *first = allocate(s, (size_t)count + 2, sizeof(*first)), *out = allocate(s, link_count, sizeof(*out));
    if (!first || !out)
        return false;
    for (uint32_t i = 0; i < link_count; i++)
        first[links[i].before + 2]++;
    for (uint32_t i = 2; i < count + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < link_count; i++)
        out[first[links[i].before + 1]++] = i;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = order ? order[i] : i;
        for (uint32_t at = first[node]; at < first[node + 1]; at++) {
            const struct link *link = &links[out[at]];
            if (levels[link->after] < levels[node] + link->weight)
                levels[link->after] = levels[node] + link->weight;
        }
    }
    return true;
}

/* --- knots --- */

/* Inside knots, along values that one row releases and another takes. These make no rings any more: see order_unique.c. */
static bool rank_rows(struct splitting *s)
{
    struct toposort_edge *edges = allocate(s, s->edge_count, sizeof(*edges));
    struct link *links = allocate(s, s->edge_count, sizeof(*links));
    uint32_t count = 0;
    struct toposort sorted;
    s->ranks = allocate(s, s->count, sizeof(*s->ranks));
    if (!edges || !links || !s->ranks)
        return false;
    for (uint32_t i = 0; i < s->edge_count; i++) {
        uint32_t before = s->edges[i].before, after = s->edges[i].after;
        if (!s->sources[i]->apart || s->knots.of[before] != s->knots.of[after])
            continue;
        links[count] = (struct link){before, after, 1};
        edges[count++] = s->edges[i];
    }
    if (count == 0)
        return true;
    if (!toposort(&s->w->arena, s->count, edges, count, &sorted))
        return !session_no_memory(s->w->s);
    return measure(s, s->count, links, count, sorted.order, s->ranks);
}

static bool same_shape(const struct shape *a, const struct shape *b)
{
    return a->count == b->count && memcmp(a->batches, b->batches, a->count * sizeof(*a->batches)) == 0 &&
           memcmp(a->ranks, b->ranks, a->count * sizeof(*a->ranks)) == 0;
}

/* The place of a part among those of the shape, sorted; adds it. */
static void add_part(struct shape *shape, const struct batch *batch, uint32_t rank)
{
    uint32_t at = shape->count;
    while (at && (shape->ranks[at - 1] > rank ||
                  (shape->ranks[at - 1] == rank && shape->batches[at - 1]->index > batch->index)))
        at--;
    if (at && shape->ranks[at - 1] == rank && shape->batches[at - 1] == batch)
        return;
    memmove(&shape->batches[at + 1], &shape->batches[at], (shape->count - at) * sizeof(*shape->batches));
    memmove(&shape->ranks[at + 1], &shape->ranks[at], (shape->count - at) * sizeof(*shape->ranks));
    shape->batches[at] = batch;
    shape->ranks[at] = rank;
    shape->count++;
}

static bool refuse_waiting(struct splitting *s, uint32_t row)
{
    return work_refuse(s->w, HOWDAH_STATUS_INVALID, &s->w->changes[s->changes[row]], NULL,
                       "rows refer to each other in a ring, and their keys come back only with a round trip, since the "
                       "role may not use the sequence: grant USAGE on it, or give the keys");
}

/* The number of the shape of a knot of several rows. */
static bool find_shape(struct splitting *s, uint32_t knot, uint32_t *ret)
{
    uint32_t first = s->first_rows[knot], count = s->knots.sizes[knot];
    const struct batch *batch = batch_of(s, s->by_knot[first]);
    bool plain = true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = s->by_knot[first + i];
        if (batch_of(s, row)->returns_keys)
            return refuse_waiting(s, row);
        plain = plain && batch_of(s, row) == batch && s->ranks[row] == 0;
    }
    *ret = NONE;
    if (plain)
        return true;
    struct shape shape = {.batches = allocate(s, count, sizeof(*shape.batches)),
                          .ranks = allocate(s, count, sizeof(*shape.ranks))};
    struct shape *known = work_grow(s->w, s->known, s->shape_count, &s->shape_capacity, sizeof(*known));
    if (!shape.batches || !shape.ranks || !known)
        return false;
    s->known = known;
    for (uint32_t i = 0; i < count; i++)
        add_part(&shape, batch_of(s, s->by_knot[first + i]), s->ranks[s->by_knot[first + i]]);
    for (*ret = 0; *ret < s->shape_count && !same_shape(&known[*ret], &shape);)
        ++*ret;
    if (*ret == s->shape_count)
        known[s->shape_count++] = shape;
    return true;
}

static bool find_shapes(struct splitting *s)
{
    s->shapes = allocate(s, s->knots.count, sizeof(*s->shapes));
    if (!s->shapes)
        return false;
    for (uint32_t k = 0; k < s->knots.count; k++) {
        s->shapes[k] = NONE;
        if (s->knots.sizes[k] > 1 && !find_shape(s, k, &s->shapes[k]))
            return false;
    }
    return true;
}

/* --- levels --- */

/* Whether the statement of the one row can be that of the other. */
static bool can_go_together(const struct splitting *s, uint32_t i)
{
    uint32_t before = s->edges[i].before, after = s->edges[i].after;
    uint32_t shape = s->shapes[s->knots.of[before]];
    const struct batch *batch = batch_of(s, before);
    if (s->sources[i]->apart || batch->awaited || shape != s->shapes[s->knots.of[after]])
        return false;
    return shape != NONE || batch == batch_of(s, after);
}

static bool level_knots(struct splitting *s)
{
    struct link *links = allocate(s, s->edge_count, sizeof(*links));
    uint32_t count = 0;
    s->levels = allocate(s, s->knots.count, sizeof(*s->levels));
    if (!links || !s->levels)
        return false;
    for (uint32_t i = 0; i < s->edge_count; i++) {
        uint32_t before = s->knots.of[s->edges[i].before], after = s->knots.of[s->edges[i].after];
        if (before != after)
            links[count++] = (struct link){before, after, !can_go_together(s, i)};
    }
    return measure(s, s->knots.count, links, count, NULL, s->levels);
}

/* --- new batches --- */

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
    struct batch **by_level = allocate(s, (size_t)deepest + 1, sizeof(struct batch *));
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
    struct batch **parts = allocate(s, shape->count, sizeof(struct batch *));
    if (!parts)
        return NULL;
    for (uint32_t i = 0; i < shape->count; i++) {
        parts[i] = add_batch(s, s->w->batches[shape->batches[i]->index]);
        if (!parts[i] || !(parts[i]->ends = allocate(s, knots, sizeof(*parts[i]->ends))))
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
    while (shape->batches[i] != batch_of(s, row) || shape->ranks[i] != s->ranks[row])
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
        s->known[i].leaders = allocate(s, levels, sizeof(struct batch *));
        s->known[i].knots = allocate(s, levels, sizeof(*s->known[i].knots));
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
        if (batch->count && !(batch->changes = allocate(s, batch->count, sizeof(*batch->changes))))
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
    if (!number_rows(&s, troubled) || !number_edges(&s) || !find_knots(&s) || !rank_rows(&s) || !find_shapes(&s) ||
        !level_knots(&s))
        return false;
    s.destinations = allocate(&s, s.count, sizeof(struct batch *));
    s.used = allocate(&s, batches, sizeof(bool));
    if (!s.destinations || !s.used)
        return false;
    for (uint32_t b = 0; b < batches; b++)
        if (troubled[b] && !split_batch(&s, w->batches[b]))
            return false;
    return join_knots(&s) && move_rows(&s);
}
