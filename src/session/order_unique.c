/* Unique values that rows hand on in a ring: a swap, a rotation. No order helps, since each row waits for another one to
 * release its value. Where a column can be NULL, all of them release their values first, in one statement, and take the
 * new ones in the next, with which a column that was not to change gets back what it had; a deferrable constraint needs
 * none of this, since it is checked when the statement ends. Else the plan is refused. */
#include "base/components.h"
#include "foreign_key.h"
#include "marks.h"
#include "work.h"

#include "base/error.h"
#include "model/predicate.h"

/* The updated rows that take values from each other, numbered anew. */
struct tying {
    struct work *w;
    uint32_t *rows;    /* number of a change -> its number here, or NONE */
    uint32_t *changes; /* and back */
    uint32_t count;
    uint32_t *edges; /* of the work */
    struct toposort_edge *links;
    uint32_t edge_count;
    struct components knots;
    uint32_t *parkings; /* by row: the change that parks it, or NONE */
};

static bool is_of_updates(const struct work *w, const struct row_edge *edge)
{
    return edge->apart && edge->index && w->changes[edge->before].operation == HOWDAH_OPERATION_UPDATE &&
           w->changes[edge->after].operation == HOWDAH_OPERATION_UPDATE && !w->changes[edge->before].parks;
}

static uint32_t number_row(struct tying *t, uint32_t change)
{
    if (t->rows[change] == NONE) {
        t->rows[change] = t->count;
        t->changes[t->count++] = change;
    }
    return t->rows[change];
}

/* False if memory is out; no edges: nothing to do. */
static bool find_knots(struct tying *t)
{
    struct work *w = t->w;
    struct arena *arena = &w->arena;
    uint32_t edges = 0;
    for (uint32_t i = 0; i < w->edge_count; i++)
        edges += is_of_updates(w, &w->edges[i]);
    t->count = t->edge_count = 0;
    if (edges == 0)
        return true;
    t->rows = arena_allocate_array(arena, w->change_count, sizeof(*t->rows));
    t->changes = arena_allocate_array(arena, 2 * (size_t)edges, sizeof(*t->changes));
    t->edges = arena_allocate_array(arena, edges, sizeof(*t->edges));
    t->links = arena_allocate_array(arena, edges, sizeof(*t->links));
    if (!t->rows || !t->changes || !t->edges || !t->links)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < w->change_count; i++)
        t->rows[i] = NONE;
    for (uint32_t i = 0; i < w->edge_count; i++)
        if (is_of_updates(w, &w->edges[i])) {
            uint32_t before = number_row(t, w->edges[i].before), after = number_row(t, w->edges[i].after);
            t->edges[t->edge_count] = i;
            t->links[t->edge_count++] = (struct toposort_edge){before, after};
        }
    return components(arena, t->count, t->links, t->edge_count, &t->knots) || !session_no_memory(w->s);
}

static bool is_tied(const struct tying *t, uint32_t i)
{
    return t->knots.of[t->links[i].before] == t->knots.of[t->links[i].after];
}

/* NULL in the column puts the row into another index, where its values may be somebody else's. */
static bool leads_into_index(const struct mapper *mapper, const struct column *c)
{
    for (uint32_t i = 0; i < mapper->index_count; i++) {
        const struct table_index *index = &mapper->indexes[i];
        if (index->unique && index->where && predicate_wants_null(index->where, c))
            return true;
    }
    return false;
}

/* What refers to the row would be NULL with it, and stay so. */
static bool takes_along(const struct mapper *mapper, const struct column *c)
{
    for (const struct foreign_key *key = mapper->incoming; key; key = key->next_incoming)
        for (uint32_t n = 0; key->on_update == HOWDAH_ON_UPDATE_CASCADE && n < key->count; n++)
            if (key->targets[n] == c->index)
                return true;
    return false;
}

/* A foreign key, while rows are deleted: one of them may take along what it refers to, and nobody knows. */
static bool may_be_let_go(const struct work *w, const struct mapper *mapper, const struct column *c)
{
    const struct foreign_key *key;
    for (uint32_t k = 0; work_has_any(w, HOWDAH_OPERATION_DELETE) && (key = sweep_loop(mapper, k)); k++)
        for (uint32_t n = 0; n < key->count; n++)
            if (key->columns[n] == c->index)
                return true;
    return false;
}

/* A column that does not change, and can get back what it has. */
static bool can_come_back(const struct work *w, const struct change *change, const struct column *c)
{
    return c->shape != SHAPE_ARRAY && !c->version && !column_is_null(c, change->image) &&
           !marks_has(w->s, change->entry, MARK_UNLOADED, c->index) && !may_be_let_go(w, change->mapper, c);
}

static bool can_be_parked(const struct work *w, const struct change *change, const struct column *c)
{
    return c->nullable && !c->key && !c->server_only && !leads_into_index(change->mapper, c) &&
           !takes_along(change->mapper, c) && (column_in(change->columns, c->index) || can_come_back(w, change, c));
}

/* The column that a row can give up for a while, of those in the index, or in its condition: if there is one, such that
 * changes. NONE: there is none. */
static uint32_t parking_column(const struct work *w, const struct row_edge *edge)
{
    const struct change *change = &w->changes[edge->before];
    const struct mapper *mapper = change_mapper(w, change);
    const struct table_index *index = edge->index;
    uint32_t found = NONE;
    if (change->extra->formulas || change->extra->checks || (mapper->token && mapper->token->xmin))
        return NONE; /* which may read it, or would not find the row as it was */
    for (uint32_t i = 0; i < index->whole; i++) {
        const struct column *c = &mapper->columns[index->columns[i]];
        if (!can_be_parked(w, change, c))
            continue;
        if (column_in(change->columns, c->index))
            return c->index;
        found = found == NONE ? c->index : found;
    }
    return found;
}

/* The change that sets columns of the row to NULL. The main change writes them again, and counts the version. */
static uint32_t add_parking(struct work *w, uint32_t main)
{
    const struct mapper *mapper = change_mapper(w, &w->changes[main]);
    struct change *parking = work_new_change(w, mapper);
    if (!parking)
        return NONE;
    *parking = work_initial_change(mapper, HOWDAH_OPERATION_UPDATE);
    parking->entry = w->changes[main].entry;
    parking->old = w->changes[main].old;
    parking->parks = true;
    parking->image = arena_copy(&w->arena, parking->old, mapper->model->size);
    parking->columns = arena_allocate_zero(&w->arena, column_words(mapper) * sizeof(uint64_t), _Alignof(uint64_t));
    if (parking->image && parking->columns)
        return w->change_count - 1;
    session_no_memory(w->s);
    return NONE;
}

static bool add_edge(struct work *w, struct row_edge edge)
{
    struct row_edge *edges = work_grow(w, w->edges, w->edge_count, &w->edge_capacity, sizeof(*edges));
    if (!edges)
        return false;
    w->edges = edges;
    edges[w->edge_count++] = edge;
    return true;
}

/* A column that was not to change gets its value back with those that do, if the row has it still. */
static bool write_again(struct work *w, uint32_t main, struct change *parking, uint32_t column)
{
    uint32_t words = column_words(parking->mapper);
    uint64_t *columns = arena_copy(&w->arena, w->changes[main].columns, words * sizeof(*columns));
    uint64_t *checks = (uint64_t *)(uintptr_t)parking->extra->checks; /* a set of its own */
    if (columns && !checks && (checks = arena_allocate_zero(&w->arena, words * sizeof(*checks), _Alignof(uint64_t)))) {
        struct change_extra *extra = work_extra(w, parking);
        if (!extra)
            return false;
        extra->checks = checks;
    }
    if (!columns || !checks)
        return !session_no_memory(w->s);
    column_put(columns, column);
    column_put(checks, column);
    w->changes[main].columns = columns;
    w->changes[main].batch = NONE; /* until all such rows are put where they belong now */
    return true;
}

/* Behind what gives the row another key, since it is found by that one. */
static bool park_behind(struct work *w, uint32_t main, uint32_t parking)
{
    for (const struct moving *m = w->movings, *end = m + w->moving_count; m < end; m++) {
        const struct row_edge edge = {m->by, parking, m->key->name, NULL, EDGE_REFERS, false};
        if (m->change == main && !m->refers && foreign_key_is_in_key(m->key) && !add_edge(w, edge))
            return false;
    }
    return true;
}

/* The row that stands before the edge is parked, and the edge leads on from there. */
static bool park(struct tying *t, uint32_t i)
{
    struct work *w = t->w;
    uint32_t *parking = &t->parkings[t->links[i].before], main = w->edges[t->edges[i]].before;
    uint32_t column = parking_column(w, &w->edges[t->edges[i]]);
    if (column == NONE)
        return true;
    if (*parking == NONE) {
        *parking = add_parking(w, main);
        struct row_edge edge = w->edges[t->edges[i]];
        edge.before = *parking;
        edge.after = main;
        if (*parking == NONE || !add_edge(w, edge) || !park_behind(w, main, *parking))
            return false;
    }
    struct change *change = &w->changes[*parking];
    if (!column_in(w->changes[main].columns, column) && !write_again(w, main, change, column))
        return false;
    column_put((uint64_t *)(uintptr_t)change->columns, column); /* a set of its own */
    column_set_null(&change_mapper(w, change)->columns[column], change->image);
    w->edges[t->edges[i]].before = *parking;
    return true;
}

/* Rows that send more than before leave their batches for others. */
static bool move_rows(struct tying *t)
{
    struct work *w = t->w;
    bool any = false;
    for (uint32_t i = 0; i < t->count; i++)
        any |= w->changes[t->changes[i]].batch == NONE;
    for (uint32_t b = 0; any && b < w->batch_count; b++) {
        struct batch *batch = w->batches[b];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < batch->count; i++)
            if (w->changes[batch->changes[i]].batch != NONE)
                batch->changes[kept++] = batch->changes[i];
        batch->count = kept;
    }
    for (uint32_t i = 0; any && i < t->count; i++) {
        struct change *change = &w->changes[t->changes[i]];
        if (change->batch == NONE &&
            (!work_add_to_batch(w, change) || !work_choose_keys(w, w->batches[change->batch], false)))
            return false;
    }
    return true;
}

static bool park_tied(struct tying *t)
{
    struct work *w = t->w;
    uint32_t first = w->change_count;
    t->parkings = arena_allocate_array(&w->arena, (size_t)t->count + 1, sizeof(*t->parkings));
    if (!t->parkings)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < t->count; i++)
        t->parkings[i] = NONE;
    for (uint32_t i = 0; i < t->edge_count; i++)
        if (is_tied(t, i) && !park(t, i))
            return false;
    if (!move_rows(t))
        return false;
    for (uint32_t i = first; i < w->change_count; i++)
        if (!work_add_to_batch(w, &w->changes[i]))
            return false;
    return true;
}

static bool refuse(struct tying *t, uint32_t i)
{
    struct work *w = t->w;
    const struct row_edge *edge = &w->edges[t->edges[i]];
    const struct change *taker = &w->changes[edge->after], *holder = &w->changes[edge->before];
    const struct mapper *mapper = change_mapper(w, taker);
    const struct column *c = &mapper->columns[edge->index->columns[0]];
    work_refuse(
        w, HOWDAH_STATUS_UNIQUE, taker, c->field->name,
        "this %s takes the value of another one (the error's .other) that takes it in turn: %s%s is checked row by "
        "row; %sflush a value in between",
        mapper->model->name, edge->index->primary ? "the primary key " : "", edge->index->name,
        edge->index->primary || edge->index->referenced ? "" : "make it .deferrable, or ");
    error_attach(&w->s->error, &w->s->error.constraint, edge->index->name);
    w->s->error.other = entry_object(mapper, holder->entry);
    error_finish(&w->s->error);
    return false;
}

bool work_untie(struct work *w)
{
    struct tying t = {.w = w};
    bool any = false;
    if (!find_knots(&t))
        return false;
    for (uint32_t i = 0; i < t.edge_count && !any; i++)
        any = is_tied(&t, i);
    if (!any)
        return true;
    if (!park_tied(&t) || !find_knots(&t))
        return false;
    for (uint32_t i = 0; i < t.edge_count; i++)
        if (is_tied(&t, i))
            return refuse(&t, i);
    return true;
}
