/* Order: what must go before what. Rows decide, by the foreign keys that they really have; batches follow.
 *
 * Where no row asks for another order, a table's deletes go before its updates and those before its inserts: what the
 * client can't compare, values of unique columns are then released before they are taken, most often. */
#include "base/toposort.h"
#include "marks.h"
#include "work.h"

#include <stdio.h>

static const char *const operation_names[] = {[HOWDAH_OPERATION_INSERT] = "inserted",
                                              [HOWDAH_OPERATION_UPDATE] = "updated",
                                              [HOWDAH_OPERATION_DELETE] = "deleted"};

static const struct {
    const char *before, *after; /* the constraint's name */
} reason_texts[] = {[EDGE_REFERS] = {"", " refers to them"},
                    [EDGE_REFERRED] = {"", " referred to these rows"},
                    [EDGE_RELEASES] = {"they release values of ", ""}};

/* Why the later of two batches stands there. */
static const char *reason(struct work *w, const struct batch *before, const struct row_edge *edge)
{
    char text[256];
    int length = snprintf(text, sizeof(text), "after %s are %s: %s%s%s", before->mapper->table,
                          operation_names[before->operation], reason_texts[edge->reason].before, edge->constraint,
                          reason_texts[edge->reason].after);
    size_t stored = length < 0 ? 0 : (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1;
    return arena_copy_text(&w->arena, text, stored);
}

/* --- edges between batches --- */

/* Nodes are batches, and behind them two barriers for each table that needs them: behind its deletes, and behind its
 * updates. */
struct batch_edges {
    struct toposort_edge *edges;
    uint32_t count, capacity;
    uint32_t nodes;
};

static bool add_batch_edge(struct work *w, struct batch_edges *e, uint32_t before, uint32_t after)
{
    const struct toposort_edge *last = e->count ? &e->edges[e->count - 1] : NULL;
    if (before == after || (last && last->before == before && last->after == after))
        return true;
    struct toposort_edge *edges = work_grow(w, e->edges, e->count, &e->capacity, sizeof(*edges));
    if (!edges)
        return false;
    e->edges = edges;
    edges[e->count++] = (struct toposort_edge){before, after};
    return true;
}

/* Parts of one statement stand at its leader's place. */
static uint32_t node_of(const struct work *w, uint32_t change)
{
    return w->batches[w->changes[change].batch]->leader;
}

static bool find_batch_edges(struct work *w, struct batch_edges *e)
{
    for (uint32_t i = 0; i < w->edge_count; i++) {
        const struct row_edge *edge = &w->edges[i];
        uint32_t before = node_of(w, edge->before), after = node_of(w, edge->after);
        if (before == after)
            continue;
        struct batch *later = w->batches[after];
        if (!add_batch_edge(w, e, before, after))
            return false;
        if (!later->reason && !(later->reason = reason(w, w->batches[w->changes[edge->before].batch], edge)))
            return !session_no_memory(w->s);
    }
    return true;
}

static const struct mapper *table_of(const struct mapper *mapper)
{
    return mapper->modelled ? mapper->modelled : mapper;
}

/* What is written of a table. */
struct custom {
    uint32_t barrier;    /* the first of its two; 0: none, as no barrier is the first node */
    uint32_t operations; /* a bit for each that any batch has */
};

static uint32_t barrier_of(struct batch_edges *e, struct custom *custom)
{
    enum { BARRIERS = 2 };
    if (!custom->barrier) {
        custom->barrier = e->nodes;
        e->nodes += BARRIERS;
    }
    return custom->barrier;
}

static bool is_mixed(uint32_t operations)
{
    return operations & (operations - 1);
}

/* By table; NULL if no table can be mixed, or memory is out. */
static struct custom *find_customs(struct work *w, bool *ret_any)
{
    *ret_any = is_mixed(w->all_operations);
    struct custom *customs =
        *ret_any
            ? arena_allocate_zero(&w->arena, w->s->db->catalog.mapper_count * sizeof(*customs), _Alignof(struct custom))
            : NULL;
    for (uint32_t b = 0; customs && b < w->batch_count; b++)
        customs[table_of(w->batches[b]->mapper)->index].operations |= 1u << w->batches[b]->operation;
    return customs;
}

/* By custom, a table's deletes go before its updates and those before its inserts. */
static bool find_custom_edges(struct work *w, struct batch_edges *e)
{
    bool any;
    struct custom *customs = find_customs(w, &any);
    e->nodes = w->batch_count;
    if (any && !customs)
        return !session_no_memory(w->s);
    for (uint32_t b = 0; any && b < w->batch_count; b++) {
        const struct batch *batch = w->batches[b];
        struct custom *custom = &customs[table_of(batch->mapper)->index];
        uint32_t node = batch->leader;
        bool good = true;
        if (!is_mixed(custom->operations))
            continue;
        const uint32_t barrier = barrier_of(e, custom);
        switch (batch->operation) {
        case HOWDAH_OPERATION_DELETE:
            good = add_batch_edge(w, e, node, barrier) && add_batch_edge(w, e, barrier, barrier + 1);
            break;
        case HOWDAH_OPERATION_UPDATE:
            good = add_batch_edge(w, e, barrier, node) && add_batch_edge(w, e, node, barrier + 1);
            break;
        case HOWDAH_OPERATION_INSERT: good = add_batch_edge(w, e, barrier + 1, node); break;
        case HOWDAH_OPERATION_CONTROL:
        case HOWDAH_OPERATION_KEYS: break;
        }
        if (!good)
            return false;
    }
    return true;
}

static bool has_any(const uint64_t *columns, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (column_in(columns, key->columns[i]))
            return true;
    return false;
}

/* Tables whose deletes may take rows of `below` along, and that one itself; found anew where it is another. */
struct above {
    bool *tables;
    const struct mapper *below;
    bool any; /* of them has deletes */
};

static bool find_above(const struct work *w, struct above *above, const struct mapper *below)
{
    if (above->below == below)
        return above->any;
    above->below = below;
    above->any = work_mark_above(w, below, above->tables) || w->deletes[below->index];
    above->tables[below->index] = true;
    return above->any;
}

/* Nobody knows to which row it referred: it goes before all that are deleted, and before what lets go of these, if that
 * can be. */
static bool edges_of_unloaded(struct work *w, struct batch_edges *e, const struct change *change,
                              const uint64_t *unloaded, struct above *above)
{
    for (uint32_t k = 0; k < change->mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &change->mapper->foreign_keys[k];
        if (!has_any(unloaded, key) || !find_above(w, above, key->target))
            continue;
        for (uint32_t b = 0; b < w->batch_count; b++)
            if (above->tables[w->batches[b]->mapper->index] && w->batches[b]->operation == HOWDAH_OPERATION_DELETE &&
                !add_batch_edge(w, e, w->batches[change->batch]->leader, w->batches[b]->leader))
                return false;
    }
    return true;
}

static bool find_unloaded_edges(struct work *w, struct batch_edges *e)
{
    bool any = work_has_any(w, HOWDAH_OPERATION_DELETE) && map_count(&w->s->marks);
    struct above above = {.tables = any ? arena_allocate(&w->arena, w->s->db->catalog.mapper_count, 1) : NULL};
    if (any && !above.tables)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; any && i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        const uint64_t *unloaded = marks_set(w->s, change->entry, MARK_UNLOADED);
        if (unloaded && change->old && change->batch != NONE && !edges_of_unloaded(w, e, change, unloaded, &above))
            return false;
    }
    return true;
}

/* The batches that may refer to each other in a ring, by number, and whether the rows of each are tied already. */
struct unloaded_rings {
    bool *cyclic, *tied;
};

static bool add_tie(struct work *w, uint32_t before, uint32_t after, const struct foreign_key *key)
{
    struct row_edge *edges = work_grow(w, w->edges, w->edge_count, &w->edge_capacity, sizeof(*edges));
    if (!edges)
        return false;
    w->edges = edges;
    edges[w->edge_count++] =
        (struct row_edge){.before = before, .after = after, .constraint = key->name, .reason = EDGE_REFERRED};
    return true;
}

/* The row goes before those of a DELETE, of which one refers to it in turn, perhaps: a ring. An edge to each would be as
 * many as there are pairs: these rows are tied in a circle, so that one edge leads to all. */
static bool tie_to_batch(struct work *w, struct unloaded_rings *rings, uint32_t change, const struct foreign_key *key,
                         const struct batch *batch)
{
    uint32_t count = rings->tied[batch->index] || batch->count == 1 ? 0 : batch->count;
    rings->tied[batch->index] = true;
    for (uint32_t i = 0; i < count; i++)
        if (!add_tie(w, batch->changes[i], batch->changes[i + 1 < count ? i + 1 : 0], key))
            return false;
    return add_tie(w, change, batch->changes[0], key);
}

static bool tie_change(struct work *w, struct unloaded_rings *rings, uint32_t index)
{
    const struct change *change = &w->changes[index];
    const uint64_t *unloaded = marks_set(w->s, change->entry, MARK_UNLOADED);
    bool ring = unloaded && change->operation == HOWDAH_OPERATION_DELETE && change->batch != NONE &&
                rings->cyclic[w->batches[change->batch]->leader];
    for (uint32_t k = 0; ring && k < change->mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &change->mapper->foreign_keys[k];
        for (uint32_t b = 0; has_any(unloaded, key) && b < w->batch_count; b++) {
            const struct batch *batch = w->batches[b];
            bool of_ring = batch->mapper == key->target && batch->operation == HOWDAH_OPERATION_DELETE &&
                           rings->cyclic[batch->leader] && batch->index != change->batch && batch->count;
            if (of_ring && !tie_to_batch(w, rings, index, key, batch))
                return false;
        }
    }
    return true;
}

/* Where what nobody knows stands against what is known, rows that are deleted may refer to each other in a ring: then one
 * statement deletes them. */
static bool tie_unloaded(struct work *w)
{
    struct batch_edges e = {0};
    struct toposort known, all;
    if (!work_has_any(w, HOWDAH_OPERATION_DELETE) || !map_count(&w->s->marks))
        return true;
    if (!find_batch_edges(w, &e))
        return false;
    const uint32_t needed = e.count;
    if (!find_unloaded_edges(w, &e))
        return false;
    struct unloaded_rings rings = {.cyclic = arena_allocate_zero(&w->arena, 2 * ((size_t)w->batch_count + 1), 1)};
    if (!rings.cyclic || !toposort(&w->arena, w->batch_count, e.edges, needed, &known) ||
        !toposort(&w->arena, w->batch_count, e.edges, e.count, &all))
        return !session_no_memory(w->s);
    rings.tied = rings.cyclic + w->batch_count + 1;
    for (uint32_t i = all.sorted; i < all.sorted + all.cyclic; i++)
        rings.cyclic[all.order[i]] = true;
    for (uint32_t i = known.sorted; i < known.sorted + known.cyclic; i++)
        rings.cyclic[known.order[i]] = false; /* these are split in any case */
    for (uint32_t i = 0; all.cyclic && i < w->change_count; i++)
        if (!tie_change(w, &rings, i))
            return false;
    return true;
}

bool work_refuse_cycle(struct work *w, const struct change *change)
{
    return work_refuse(w, HOWDAH_STATUS_INVALID, change, NULL,
                       "these rows refer to each other in a cycle: commit one of them with the foreign key NULL first, "
                       "then set it");
}

/* Customs inside cycles are given up. */
static void drop_customs(const struct toposort *sorted, struct batch_edges *e, uint32_t needed, bool *cyclic)
{
    uint32_t kept = needed;
    for (uint32_t i = sorted->sorted; i < sorted->sorted + sorted->cyclic; i++)
        cyclic[sorted->order[i]] = true;
    for (uint32_t i = needed; i < e->count; i++)
        if (!cyclic[e->edges[i].before] || !cyclic[e->edges[i].after])
            e->edges[kept++] = e->edges[i];
    e->count = kept;
}

/* Sorts the batches: by need and custom, as far as customs do not stand against needs. `cyclic`, by node, tells which
 * ones are left over. */
static bool sort_batches(struct work *w, struct toposort *ret_sorted, uint32_t *ret_nodes, bool **ret_cyclic)
{
    struct batch_edges edges = {0};
    if (!find_batch_edges(w, &edges))
        return false;
    uint32_t needed = edges.count;
    if (!find_unloaded_edges(w, &edges) || !find_custom_edges(w, &edges))
        return false;
    bool *cyclic = arena_allocate_zero(&w->arena, (size_t)edges.nodes + 1, sizeof(*cyclic));
    if (!cyclic || !toposort(&w->arena, edges.nodes, edges.edges, edges.count, ret_sorted))
        return !session_no_memory(w->s);
    if (ret_sorted->sorted < edges.nodes) {
        drop_customs(ret_sorted, &edges, needed, cyclic);
        memset(cyclic, 0, edges.nodes * sizeof(*cyclic));
        if (!toposort(&w->arena, edges.nodes, edges.edges, edges.count, ret_sorted))
            return !session_no_memory(w->s);
    }
    for (uint32_t i = ret_sorted->sorted; i < ret_sorted->sorted + ret_sorted->cyclic; i++)
        cyclic[ret_sorted->order[i]] = true;
    *ret_nodes = edges.nodes;
    *ret_cyclic = cyclic;
    return true;
}

/* Batches that can't be one statement as they are: of rows that take each other's unique values, and of rows that refer
 * to each other's generated keys, which come back only with a round trip. */
static void find_divided(const struct work *w, bool *troubled)
{
    for (uint32_t i = 0; i < w->edge_count; i++) {
        uint32_t before = w->changes[w->edges[i].before].batch, after = w->changes[w->edges[i].after].batch;
        if (before == after && (w->edges[i].apart || w->batches[before]->awaited))
            troubled[before] = true;
    }
}

static bool any_of(const bool *flags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (flags[i])
            return true;
    return false;
}

/* The order of the batches, without the barriers. */
static bool keep_order(struct work *w, const struct toposort *sorted, uint32_t nodes)
{
    uint32_t kept = 0;
    uint32_t *order = arena_allocate_array(&w->arena, (size_t)w->batch_count + 1, sizeof(*order));
    if (!order)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < nodes; i++)
        if (sorted->order[i] < w->batch_count)
            order[kept++] = sorted->order[i];
    w->order = order;
    return true;
}

static bool order_batches(struct work *w)
{
    struct toposort sorted;
    uint32_t nodes;
    bool *troubled;
    if (!tie_unloaded(w) || !sort_batches(w, &sorted, &nodes, &troubled))
        return false;
    find_divided(w, troubled);
    if (any_of(troubled, w->batch_count)) {
        if (!work_split(w, troubled) || !sort_batches(w, &sorted, &nodes, &troubled))
            return false;
        for (uint32_t b = 0; b < w->batch_count; b++)
            if (troubled[b])
                return work_refuse_cycle(w, &w->changes[w->batches[b]->changes[0]]);
    }
    return keep_order(w, &sorted, nodes);
}

bool work_order(struct work *w)
{
    return work_find_edges(w) && work_untie(w) && work_order_followers(w) && order_batches(w) && work_order_rows(w);
}
