#include "knots.h"

#include "referrals.h"

/* An edge between rows that take part, or between their components. */
struct link {
    uint32_t before, after, weight;
};

void *split_allocate(struct splitting *s, size_t count, size_t size)
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
    s->rows = split_allocate(s, w->change_count, sizeof(*s->rows));
    s->changes = split_allocate(s, w->change_count, sizeof(*s->changes));
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
    s->edges = split_allocate(s, w->edge_count, sizeof(*s->edges));
    s->sources = split_allocate(s, w->edge_count, sizeof(*s->sources));
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
    s->first_rows = split_allocate(s, (size_t)s->knots.count + 1, sizeof(*s->first_rows));
    s->by_knot = split_allocate(s, s->count, sizeof(*s->by_knot));
    uint32_t *next = split_allocate(s, s->knots.count, sizeof(*next));
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
    uint32_t *first = split_allocate(s, (size_t)count + 2, sizeof(*first)),
             *out = split_allocate(s, link_count, sizeof(*out));
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

/* Whether the server does something to the rows that refer to one that is written so. */
static bool acts(const struct foreign_key *key, enum howdah_operation operation)
{
    if (operation == HOWDAH_OPERATION_UPDATE)
        return key->on_update == HOWDAH_ON_UPDATE_CASCADE;
    return operation == HOWDAH_OPERATION_DELETE &&
           (key->on_delete == HOWDAH_ON_DELETE_CASCADE || key->on_delete == HOWDAH_ON_DELETE_SET_NULL ||
            key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT);
}

/* RESTRICT is no NO ACTION: it takes no other row with the same value. */
static bool restricts(const struct foreign_key *key, enum howdah_operation operation)
{
    return operation == HOWDAH_OPERATION_DELETE && key->on_delete == HOWDAH_ON_DELETE_RESTRICT;
}

/* A foreign key to this index that does so, or that RESTRICTs it; NULL: there is none. False: the session has the error. */
static bool find_action(struct splitting *s, uint32_t knot, const struct change *change,
                        const struct table_index *index, const struct foreign_key **ret)
{
    for (const struct foreign_key *key = change->mapper->incoming; key; key = key->next_incoming) {
        if (key->type || !(key->index == index || (index->primary && key->to_primary_key)))
            continue;
        bool found = acts(key, change->operation);
        if (!found && restricts(key, change->operation) && !referrals_ask(s, knot, key, change, &found))
            return false;
        if (found) {
            *ret = key;
            return true;
        }
    }
    return true;
}

/* Inside knots ON DELETE and ON UPDATE come when all is written: they would hit what refers to the new holder of a value
 * that a row has given up. */
static bool check_actions(struct splitting *s)
{
    for (uint32_t i = 0; i < s->edge_count; i++) {
        const struct row_edge *edge = s->sources[i];
        const struct change *change = &s->w->changes[edge->before];
        uint32_t knot = s->knots.of[s->edges[i].before];
        if (!edge->apart || !edge->index || knot != s->knots.of[s->edges[i].after])
            continue;
        const struct foreign_key *key = NULL;
        if (!find_action(s, knot, change, edge->index, &key))
            return false;
        if (key)
            return work_refuse(s->w, HOWDAH_STATUS_INVALID, change, NULL,
                               "another row takes over what it is referred to by, and both must be one statement, in "
                               "which ON %s of %s would hit what refers to that one: flush this one first",
                               change->operation == HOWDAH_OPERATION_DELETE ? "DELETE" : "UPDATE", key->name);
    }
    return true;
}

/* What follows by several foreign keys; else NULL. */
static const struct follow *follow_of_several(const struct splitting *s, uint32_t row)
{
    const struct follow *follow = s->w->changes[s->changes[row]].extra->follow;
    return follow && follow->key_count > 1 ? follow : NULL;
}

/* A row that follows by several foreign keys is written once: what follows so goes together, in each knot. */
static bool rank_followers(struct splitting *s)
{
    uint32_t *deepest = split_allocate(s, s->w->s->db->catalog.mapper_count, sizeof(*deepest)); /* by table */
    for (uint32_t k = 0; deepest && k < s->knots.count; k++) {
        const uint32_t *rows = &s->by_knot[s->first_rows[k]];
        const struct follow *follow;
        for (uint32_t i = 0; i < s->knots.sizes[k]; i++)
            if ((follow = follow_of_several(s, rows[i])) && s->ranks[rows[i]] > deepest[follow->keys[0]->owner->index])
                deepest[follow->keys[0]->owner->index] = s->ranks[rows[i]];
        for (uint32_t i = 0; i < s->knots.sizes[k]; i++)
            if ((follow = follow_of_several(s, rows[i])))
                s->ranks[rows[i]] = deepest[follow->keys[0]->owner->index];
        for (uint32_t i = 0; i < s->knots.sizes[k]; i++)
            if ((follow = follow_of_several(s, rows[i])))
                deepest[follow->keys[0]->owner->index] = 0;
    }
    return deepest != NULL;
}

/* Inside knots, along values that one row releases and another takes, and from what changes a key to what follows. These make
 * no rings any more: see order_unique.c. */
static bool rank_rows(struct splitting *s)
{
    struct toposort_edge *edges = split_allocate(s, s->edge_count, sizeof(*edges));
    struct link *links = split_allocate(s, s->edge_count, sizeof(*links));
    uint32_t count = 0;
    struct toposort sorted;
    s->ranks = split_allocate(s, s->count, sizeof(*s->ranks));
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
    return measure(s, s->count, links, count, sorted.order, s->ranks) && rank_followers(s);
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

/* Why the key of a row comes back only with a round trip, and what helps. */
static const char *reason_of_waiting(const struct splitting *s, uint32_t row)
{
    const struct change *change = &s->w->changes[s->changes[row]];
    if (change->extra->formulas)
        return "the server computes the key of this one: flush its SQL alone, before or after the others";
    return change->draws && split_batch_of(s, row)->returns_keys
               ? "their keys come back only with a round trip, since the role may not use the sequence: grant "
                 "USAGE on it, or give the keys"
               : "the server makes the key of this one, which comes back only with a round trip: flush it "
                 "first, with what is not there yet NULL";
}

static bool refuse_waiting(struct splitting *s, uint32_t row)
{
    return work_refuse(s->w, HOWDAH_STATUS_INVALID, &s->w->changes[s->changes[row]], NULL,
                       "rows refer to each other in a ring, and %s", reason_of_waiting(s, row));
}

/* The keys of what goes with others must be known. */
static bool draw_key(struct splitting *s, uint32_t row)
{
    struct batch *batch = split_batch_of(s, row);
    if ((batch->returns_keys || batch->in_order) && !work_choose_keys(s->w, batch, true))
        return false;
    return (!batch->returns_keys && !batch->tells) || refuse_waiting(s, row);
}

/* The number of the shape of a knot of several rows. */
static bool find_shape(struct splitting *s, uint32_t knot, uint32_t *ret)
{
    uint32_t first = s->first_rows[knot], count = s->knots.sizes[knot];
    const struct batch *batch = split_batch_of(s, s->by_knot[first]);
    bool plain = true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = s->by_knot[first + i];
        if (!draw_key(s, row))
            return false;
        plain = plain && split_batch_of(s, row) == batch && s->ranks[row] == 0;
    }
    *ret = NONE;
    if (plain)
        return true;
    struct shape shape = {.batches = split_allocate(s, count, sizeof(*shape.batches)),
                          .ranks = split_allocate(s, count, sizeof(*shape.ranks))};
    struct shape *known = work_grow(s->w, s->known, s->shape_count, &s->shape_capacity, sizeof(*known));
    if (!shape.batches || !shape.ranks || !known)
        return false;
    s->known = known;
    for (uint32_t i = 0; i < count; i++)
        add_part(&shape, split_batch_of(s, s->by_knot[first + i]), s->ranks[s->by_knot[first + i]]);
    for (*ret = 0; *ret < s->shape_count && !same_shape(&known[*ret], &shape);)
        ++*ret;
    if (*ret == s->shape_count)
        known[s->shape_count++] = shape;
    return true;
}

static bool find_shapes(struct splitting *s)
{
    s->shapes = split_allocate(s, s->knots.count, sizeof(*s->shapes));
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
    const struct batch *batch = split_batch_of(s, before);
    if (s->sources[i]->apart || batch->awaited || shape != s->shapes[s->knots.of[after]])
        return false;
    return shape != NONE || batch == split_batch_of(s, after);
}

static bool level_knots(struct splitting *s)
{
    struct link *links = split_allocate(s, s->edge_count, sizeof(*links));
    uint32_t count = 0;
    s->levels = split_allocate(s, s->knots.count, sizeof(*s->levels));
    if (!links || !s->levels)
        return false;
    for (uint32_t i = 0; i < s->edge_count; i++) {
        uint32_t before = s->knots.of[s->edges[i].before], after = s->knots.of[s->edges[i].after];
        if (before != after)
            links[count++] = (struct link){before, after, !can_go_together(s, i)};
    }
    return measure(s, s->knots.count, links, count, NULL, s->levels);
}

bool split_analyse(struct splitting *s, const bool *troubled)
{
    return number_rows(s, troubled) && number_edges(s) && find_knots(s) && check_actions(s) && rank_rows(s) &&
           find_shapes(s) && level_knots(s);
}
