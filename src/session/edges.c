/* Edges: which row must go before which other, by the foreign keys that they really have, and by the values of unique
 * indexes that one gives up and another takes. Rows and values that do not change make no edge. */
#include "cascade.h"
#include "claims.h"
#include "foreign_key.h"
#include "moved.h"
#include "work.h"

enum { LOOKS_MAX = 64 };

struct finder {
    struct work *w;
    struct claims claims;
    const struct mapper *mapper; /* of the change that is looked at */
    const struct change *change;
    uint32_t index;             /* of it */
    bool leavings;              /* something is deleted, which others may leave */
    const struct mapper *below; /* whose `above` was found last */
    const struct batch *led;    /* whose edges to deletes above `led_below` were found last */
    const struct mapper *led_below;
    bool *above;    /* by mapper: tables whose deletes take rows of `below` along; NULL: there are none now */
    uint8_t *taken; /* by mapper: see may_be_taken; NULL: nobody has asked yet */
    bool *room;     /* by mapper */
    uint32_t looks;
    uint8_t *along; /* enum along, by change, and room for some; NULL: nobody has asked yet */
    uint32_t *queue;
};

/* Whether a row that is deleted by a statement may go before that, along with others. */
enum along { ALONG_UNKNOWN, ALONG_NOT, ALONG_MAYBE };

static bool put_edge(struct work *w, struct row_edge edge)
{
    if (edge.before == edge.after || w->changes[edge.before].batch == NONE || w->changes[edge.after].batch == NONE)
        return true; /* of the same row, or one of them is not written */
    struct row_edge *edges = work_grow(w, w->edges, w->edge_count, &w->edge_capacity, sizeof(*edges));
    if (!edges)
        return false;
    w->edges = edges;
    edges[w->edge_count++] = edge;
    return true;
}

/* The edge stands on a foreign key, or on the index of a unique value. */
static bool add_edge(struct work *w, uint32_t before, uint32_t after, enum edge_reason reason,
                     const struct foreign_key *key, const struct table_index *index)
{
    return put_edge(w, (struct row_edge){.before = before,
                                         .after = after,
                                         .constraint = key ? key->name : index->name,
                                         .index = index,
                                         .reason = (uint8_t)reason,
                                         .apart = index && !index->deferrable});
}

static bool writes_key(const struct change *change, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (column_in(change->columns, key->columns[i]) ||
            formulas_find(change->extra->formulas, &key->owner->columns[key->columns[i]]))
            return true;
    return false;
}

/* The change of the row in the identity map that a foreign key refers to; NULL if it is not written. */
static const struct change *target_change(const struct finder *f, const struct foreign_key *key, const void *object)
{
    const struct entry *target = foreign_key_target(f->w->s, key, f->mapper, object);
    const struct change *change = target ? work_change_of(f->w, target) : NULL;
    return change && change->batch != NONE ? change : NULL;
}

/* A claim of the row that a foreign key refers to, where the identity map does not know. */
static const struct claim *target_claim(const struct finder *f, const struct foreign_key *key, enum claim_kind kind,
                                        const void *object)
{
    const struct table_index *index = key->index ? key->index : &key->target->indexes[0];
    if (!f->claims.count || !foreign_key_read(f->w->s, key, f->mapper, object))
        return NULL;
    return claims_find(&f->claims, kind, key->target, index, f->w->s->key_object);
}

/* What refers to a row goes behind the INSERT, or the new key, of that row. */
static bool edge_to_given(const struct finder *f, const struct foreign_key *key)
{
    struct work *w = f->w;
    const struct change *target = NULL;
    if (!key->to_primary_key || w->rekeys[key->target->index]) {
        const struct claim *claim = target_claim(f, key, CLAIM_GIVES, f->change->image);
        if (claim)
            return add_edge(w, claim->change, f->index, EDGE_REFERS, key, NULL);
    }
    if (key->to_primary_key && w->inserts[key->target->index])
        target = target_change(f, key, f->change->image);
    if (!target || target->operation != HOWDAH_OPERATION_INSERT)
        return true;
    return add_edge(w, (uint32_t)(target - w->changes), f->index, EDGE_REFERS, key, NULL);
}

/* Rows that the database itself cuts loose need not have gone before, unless a statement of ours takes them along. */
static bool is_cut_loose(const struct work *w, const struct foreign_key *key, const struct change *target)
{
    if (target->operation != HOWDAH_OPERATION_DELETE)
        return key->on_update == HOWDAH_ON_UPDATE_CASCADE;
    return (key->on_delete == HOWDAH_ON_DELETE_SET_NULL || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT) &&
           !sweep_covers(w, key);
}

/* What referred to a row goes before its DELETE, or before the end of its old key. */
static bool edge_to_given_up(const struct finder *f, const struct foreign_key *key)
{
    struct work *w = f->w;
    const struct change *target = NULL;
    if (!key->to_primary_key) {
        const struct claim *claim = target_claim(f, key, CLAIM_GIVES_UP, change_loaded(f->change));
        target = claim ? &w->changes[claim->change] : NULL;
    } else if (w->deletes[key->target->index] || w->rekeys[key->target->index]) {
        target = target_change(f, key, change_loaded(f->change));
        if (target && target->operation != HOWDAH_OPERATION_DELETE && !change_rekeys(key->target, target))
            target = NULL;
    }
    return !target || (is_cut_loose(w, key, target) && !change_looks_back(f->change)) ||
           add_edge(w, f->index, (uint32_t)(target - w->changes), EDGE_REFERRED, key, NULL);
}

/* The row is to refer to what another one, or it itself, gives up. Written first it would be moved along by the database,
 * and not be what its object says: so it goes behind, and the server refuses it. */
static bool edge_to_moved(const struct finder *f, const struct foreign_key *key)
{
    struct work *w = f->w;
    const struct claim *claim = NULL;
    const struct change *moved = NULL;
    if (!w->moves[key->target->index] || key->on_update != HOWDAH_ON_UPDATE_CASCADE ||
        target_claim(f, key, CLAIM_GIVES, f->change->image))
        return true;
    if (key->to_primary_key)
        moved = target_change(f, key, f->change->image);
    else if ((claim = target_claim(f, key, CLAIM_GIVES_UP, f->change->image)))
        moved = &w->changes[claim->change];
    if (!moved || moved->operation != HOWDAH_OPERATION_UPDATE ||
        (key->to_primary_key && !change_rekeys(key->target, moved)))
        return true;
    if (moved == f->change)
        return work_refuse(w, HOWDAH_STATUS_FOREIGN_KEY, moved, f->mapper->columns[key->columns[0]].field->name,
                           "is what this %s itself was referred to by, and no more: set the new value",
                           f->mapper->model->name);
    return add_edge(w, (uint32_t)(moved - w->changes), f->index, EDGE_REFERS, key, NULL);
}

static bool edges_of_key(const struct finder *f, const struct foreign_key *key)
{
    const struct change *change = f->change;
    bool insert = change->operation == HOWDAH_OPERATION_INSERT, delete = change->operation == HOWDAH_OPERATION_DELETE;
    bool writes = insert || (!delete &&writes_key(change, key));
    if (writes && (!edge_to_given(f, key) || !edge_to_moved(f, key)))
        return false;
    return insert || !(delete || writes || change_looks_back(change)) || edge_to_given_up(f, key);
}

/* The row takes values that another one gives up. */
static bool edges_of_index(const struct finder *f, const struct table_index *index)
{
    const struct claim *claim = claims_find(&f->claims, CLAIM_GIVES_UP, f->mapper, index, f->change->image);
    for (; claim; claim = claims_next(&f->claims, claim, f->mapper, f->change->image))
        if (!add_edge(f->w, claim->change, f->index, EDGE_RELEASES, NULL, index))
            return false;
    return true;
}

/* The same for the primary key: who has it is in the identity map, but for what the database moves along. */
static bool edges_of_primary_key(const struct finder *f)
{
    struct work *w = f->w;
    bool insert = f->change->operation == HOWDAH_OPERATION_INSERT;
    if (!w->rekeys[f->mapper->index] || (insert ? f->change->entry->mapped : !change_rekeys(f->mapper, f->change)))
        return true;
    const struct entry *holder = identity_find(&w->s->map, f->mapper, f->change->image);
    const struct change *change = holder ? work_change_of(w, holder) : NULL;
    if (w->moving_count && !edges_of_index(f, &f->mapper->indexes[0]))
        return false;
    if (!change || change == f->change || change->batch == NONE || change->operation == HOWDAH_OPERATION_INSERT)
        return true;
    return add_edge(w, (uint32_t)(change - w->changes), f->index, EDGE_RELEASES, NULL, &f->mapper->indexes[0]);
}

static bool edges_of_uniqueness(const struct finder *f)
{
    if (f->change->operation == HOWDAH_OPERATION_DELETE)
        return true;
    if (!edges_of_primary_key(f))
        return false;
    for (uint32_t i = 0; f->claims.count && f->mapper->has_unique && i < f->mapper->index_count; i++) {
        const struct table_index *index = &f->mapper->indexes[i];
        bool takes = f->change->operation == HOWDAH_OPERATION_INSERT ? !change_computes(f->change, index)
                                                                     : change_takes(f->change, index);
        if (index->unique && !index->primary && index_is_known(index) && takes && !edges_of_index(f, index))
            return false;
    }
    return true;
}

bool work_mark_above(const struct work *w, const struct mapper *below, bool *above)
{
    const struct catalog *catalog = &w->s->db->catalog;
    bool any = false;
    memset(above, 0, catalog->mapper_count);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < catalog->mapper_count; i++)
            for (uint32_t k = 0; (above[i] || i == below->index) && k < catalog->mappers[i].foreign_key_count; k++) {
                const struct foreign_key *key = &catalog->mappers[i].foreign_keys[k];
                enum cascade_rule rule = cascade_rule_of(key, &catalog->mappers[i]);
                bool takes = rule == CASCADE_FOLLOWS || rule == CASCADE_DELETES;
                more |= takes && !above[key->target->index];
                above[key->target->index] |= takes;
            }
    }
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        any |= above[i] && w->deletes[i];
    return any;
}

static bool find_above(struct finder *f, const struct mapper *below)
{
    struct work *w = f->w;
    bool *above = f->above;
    if (f->below == below)
        return true;
    if (!above && !(above = arena_allocate(&w->arena, w->s->db->catalog.mapper_count, 1)))
        return !session_no_memory(w->s);
    f->below = below;
    f->above = work_mark_above(w, below, above) ? above : NULL;
    return true;
}

/* For may_be_taken: few commits ask it. */
static bool make_room(struct finder *f)
{
    struct work *w = f->w;
    uint32_t tables = w->s->db->catalog.mapper_count;
    f->taken = arena_allocate_zero(&w->arena, 2 * (size_t)tables, 1);
    f->room = f->taken ? (bool *)f->taken + tables : NULL;
    return f->taken || !session_no_memory(w->s);
}

/* Whether rows of the table that the session does not know may go along with what is deleted. */
static bool may_be_taken(struct finder *f, const struct mapper *mapper)
{
    enum { NOT_ASKED, NOT_TAKEN, TAKEN };
    uint8_t *taken = &f->taken[mapper->index];
    if (*taken == NOT_ASKED)
        *taken = work_mark_above(f->w, mapper, f->room) ? TAKEN : NOT_TAKEN;
    return *taken == TAKEN;
}

/* Whether a row that stays, as far as the session can tell, may go all the same: to what it refers, or that in turn, nobody
 * has loaded. Of long ways and many it is taken for granted. */
static bool may_go(struct finder *f, const struct entry *entry, uint32_t depth)
{
    struct howdah_session *s = f->w->s;
    const struct mapper *mapper = entry_mapper(s, entry);
    const void *row = entry_snapshot(mapper, entry);
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        enum cascade_rule rule = cascade_rule_of(key, mapper);
        bool unloaded = entry->marked && foreign_key_is_unloaded(s, key, entry);
        if ((rule != CASCADE_FOLLOWS && rule != CASCADE_DELETES) ||
            (!unloaded && foreign_key_is_null(key, mapper, row)))
            continue;
        if (unloaded && (f->w->deletes[key->target->index] || may_be_taken(f, key->target)))
            return true;
        const struct entry *target = unloaded ? NULL : foreign_key_holder(s, key, mapper, row, true);
        bool known = target && target->state != ENTRY_DETACHED;
        if (!known && !unloaded && may_be_taken(f, key->target))
            return true;
        if (known && target->state == ENTRY_LOADED && target != entry &&
            (depth == SWEEP_DEPTH_MAX || f->looks++ == LOOKS_MAX || may_go(f, target, depth + 1)))
            return true;
    }
    return false;
}

static bool stays(struct finder *f, const struct foreign_key *key, const struct entry *target)
{
    f->looks = 0;
    return target->state == ENTRY_NEW || !may_be_taken(f, key->target) || !may_go(f, target, 0);
}

/* It goes with a row that has no statement, or that the session has not loaded. What has one is to be looked at next. */
static bool goes_with_others(struct finder *f, const struct change *change, uint32_t *count)
{
    struct work *w = f->w;
    const struct mapper *mapper = change->mapper;
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        enum cascade_rule rule = cascade_rule_of(key, mapper);
        if ((rule != CASCADE_FOLLOWS && rule != CASCADE_DELETES) || foreign_key_is_null(key, mapper, change->old))
            continue;
        const struct entry *target = foreign_key_holder(w->s, key, mapper, change_loaded(change), true);
        const struct change *gone = target ? work_change_of(w, target) : NULL;
        bool goes = gone && gone->operation == HOWDAH_OPERATION_DELETE;
        uint32_t index = goes ? (uint32_t)(gone - w->changes) : 0;
        if (goes ? gone->batch == NONE || f->along[index] == ALONG_MAYBE : !target || target->state == ENTRY_DETACHED)
            return true;
        if (goes && f->along[index] == ALONG_UNKNOWN) {
            f->along[index] = ALONG_NOT;
            f->queue[(*count)++] = index;
        }
    }
    return false;
}

static bool find_along(struct finder *f, uint32_t index)
{
    struct work *w = f->w;
    uint32_t count = 1;
    bool along = false;
    if (!f->along && (!(f->along = arena_allocate_zero(&w->arena, w->change_count, 1)) ||
                      !(f->queue = arena_allocate_array(&w->arena, w->change_count, sizeof(*f->queue)))))
        return !session_no_memory(w->s);
    if (f->along[index] != ALONG_UNKNOWN)
        return true;
    f->along[index] = ALONG_NOT;
    f->queue[0] = index;
    for (uint32_t i = 0; i < count && !along; i++)
        along = goes_with_others(f, &w->changes[f->queue[i]], &count);
    for (uint32_t i = 0; along && i < count; i++)
        f->along[f->queue[i]] = ALONG_MAYBE;
    return true;
}

/* Once for all rows of a batch: its statement goes before those that delete in tables above. Deletes of one table are one
 * statement, or don't mind each other. */
static bool edges_to_batches(struct finder *f, const struct foreign_key *key)
{
    struct work *w = f->w;
    const struct batch *own = f->change->batch == NONE ? NULL : w->batches[f->change->batch];
    if (!own || (f->led == own && f->led_below == key->target))
        return true;
    f->led = own;
    f->led_below = key->target;
    for (uint32_t b = 0; b < w->batch_count; b++) {
        const struct batch *batch = w->batches[b];
        if (batch->operation == HOWDAH_OPERATION_DELETE && batch->count &&
            (batch->mapper != own->mapper || own->operation == HOWDAH_OPERATION_UPDATE) &&
            f->above[batch->mapper->index] && !add_edge(w, f->index, batch->changes[0], EDGE_REFERRED, key, NULL))
            return false;
    }
    return true;
}

/* A row that leaves one which goes along with others goes before these: they are deleted by what is in the tables. So does
 * one that goes along itself, as far as the session can know. Where it knows that the row stays to which it refers, there
 * is no hurry. */
static bool edges_of_leaving(struct finder *f, const struct foreign_key *key)
{
    struct work *w = f->w;
    bool writes = f->change->operation == HOWDAH_OPERATION_UPDATE &&
                  (writes_key(f->change, key) || (key->type && column_in(f->change->columns, key->type->index)));
    if (foreign_key_is_null(key, f->mapper, f->change->old) || !foreign_key_applies(key, f->change->old))
        return true;
    const struct entry *target = foreign_key_holder(w->s, key, f->mapper, change_loaded(f->change), true);
    const struct change *known = target ? work_change_of(w, target) : NULL;
    bool goes = known && known->operation == HOWDAH_OPERATION_DELETE;
    bool leaves = writes || f->change->operation == HOWDAH_OPERATION_DELETE;
    if (goes && known->batch != NONE) { /* other keys have their edges to it already */
        uint32_t index = (uint32_t)(known - w->changes);
        if (leaves && key->type && !add_edge(w, f->index, index, EDGE_REFERRED, key, NULL))
            return false;
        if (!writes)
            return true;
        if (!find_along(f, index))
            return false;
        if (f->along[index] != ALONG_MAYBE)
            return true;
    }
    bool is_there = target && target->state != ENTRY_DETACHED && !goes;
    if (is_there && !f->taken && !make_room(f))
        return false;
    if (is_there && stays(f, key, target))
        return true;
    if (!find_above(f, key->target))
        return false;
    if (f->above && !writes)
        return edges_to_batches(f, key);
    for (uint32_t i = 0; f->above && i < w->change_count; i++)
        if (w->changes[i].operation == HOWDAH_OPERATION_DELETE && f->above[w->changes[i].entry->mapper] &&
            !add_edge(w, f->index, i, EDGE_REFERRED, key, NULL))
            return false;
    return true;
}

static bool edges_of_leavings(struct finder *f)
{
    for (uint32_t k = 0; k < f->mapper->foreign_key_count; k++)
        if (!edges_of_leaving(f, &f->mapper->foreign_keys[k]))
            return false;
    for (const struct foreign_key *key = f->mapper->typed_keys; key; key = key->next_typed)
        if (!edges_of_leaving(f, key))
            return false;
    return true;
}

static bool has_deletes(const struct work *w)
{
    bool any = work_has_any(w, HOWDAH_OPERATION_DELETE);
    for (uint32_t i = 0; any && i < w->s->db->catalog.mapper_count; i++)
        if (w->deletes[i])
            return true;
    return false;
}

/* Of an updated row, what it changes in its own columns is known only now. */
static void count_updates(struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++) {
        const struct batch *batch = w->batches[i];
        if (batch->operation != HOWDAH_OPERATION_UPDATE || batch->count == 0)
            continue;
        const struct change *first = &w->changes[batch->changes[0]]; /* the others have the same columns */
        w->updates[batch->mapper->index] += batch->count;
        w->rekeys[batch->mapper->index] += change_rekeys(batch->mapper, first) ? batch->count : 0;
    }
}

/* Whether the database moves rows of the table along, too, over other foreign keys. */
static bool is_moved_along(const struct work *w, const struct mapper *mapper)
{
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++)
        if (!moved_here(&mapper->foreign_keys[k]) && w->moves[mapper->foreign_keys[k].target->index])
            return true;
    return false;
}

/* What follows a key goes in the statement that changes it: neither can go first. But inside of it that begins: the server
 * cascades and checks in the order in which rows were written, and of one that the transaction has written before it checks
 * all foreign keys, also those that are to be moved along. */
static bool edges_of_follow(const struct finder *f)
{
    const struct foreign_key *key = f->change->extra->follow->keys[0];
    struct row_edge edge = {.before = f->change->entry->change,
                            .after = f->index,
                            .constraint = key->name,
                            .reason = EDGE_REFERS,
                            .apart = is_moved_along(f->w, key->owner)};
    return put_edge(f->w, edge) && add_edge(f->w, edge.after, edge.before, EDGE_REFERRED, key, NULL);
}

static bool edges_of_change(struct finder *f)
{
    for (uint32_t k = 0; k < f->mapper->foreign_key_count; k++)
        if (!edges_of_key(f, &f->mapper->foreign_keys[k]))
            return false;
    for (uint32_t d = f->change->deferrals; d != NONE; d = f->w->deferrals[d].next) {
        const struct deferral *deferral = &f->w->deferrals[d];
        if (!add_edge(f->w, deferral->via, f->index, EDGE_REFERS, deferral->key, NULL))
            return false;
    }
    if (f->leavings && f->change->operation != HOWDAH_OPERATION_INSERT && !edges_of_leavings(f))
        return false;
    return edges_of_uniqueness(f) && (!f->change->extra->follow || edges_of_follow(f));
}

/* Whether rows that this key refers to are made, move or go in this work. */
static bool may_bind(const struct work *w, const struct foreign_key *key)
{
    uint32_t target = key->target->index;
    return w->inserts[target] || w->deletes[target] || w->rekeys[target];
}

/* Whether any change of the table may have an edge: by its values, as what follows a key, by what it leaves or refers
 * to. */
static bool may_have_edges(const struct finder *f, const struct mapper *mapper)
{
    const struct work *w = f->w;
    bool refers = mapper->foreign_key_count || mapper->typed_keys;
    bool any = f->claims.count || w->rekeys[mapper->index] || w->moves[mapper->index] || (f->leavings && refers);
    for (uint32_t i = 0; !any && i < mapper->foreign_key_count; i++)
        any = may_bind(w, &mapper->foreign_keys[i]);
    for (const struct foreign_key *key = mapper->typed_keys; !any && key; key = key->next_typed)
        any = may_bind(w, key);
    return any;
}

static bool edges_of_run(struct finder *f, const struct change_run *run)
{
    f->mapper = run->mapper;
    for (f->index = run->first; f->index < run->end; f->index++) {
        f->change = &f->w->changes[f->index];
        if (f->change->batch != NONE && !edges_of_change(f))
            return false;
    }
    return true;
}

/* What the database moves along is written behind that, or else before. */
static bool edges_of_movings(struct work *w)
{
    for (const struct moving *m = w->movings, *end = m + w->moving_count; m < end; m++) {
        bool before = !m->refers && change_looks_back(&w->changes[m->change]);
        if (!(before ? add_edge(w, m->change, m->by, EDGE_REFERRED, m->key, NULL)
                     : add_edge(w, m->by, m->change, EDGE_REFERS, m->key, NULL)))
            return false;
    }
    return true;
}

bool work_find_edges(struct work *w)
{
    struct finder f = {.w = w, .leavings = has_deletes(w)};
    if (w->cascades && !claims_write_followers(w))
        return false;
    count_updates(w);
    if (!claims_collect(w, &f.claims))
        return false;
    for (uint32_t i = 0; i < w->run_count; i++)
        if (may_have_edges(&f, w->runs[i].mapper) && !edges_of_run(&f, &w->runs[i]))
            return false;
    return edges_of_movings(w);
}

/* --- keys that are handed on, and what follows them --- */

/* Changes that follow a change, as lists: of each the first, and the next. */
struct followers {
    uint32_t *first, *next;
    uint32_t from; /* the first of all */
};

static bool find_followers(struct work *w, struct followers *ret)
{
    uint32_t from = w->change_count;
    while (from && (w->changes[from - 1].extra->follow || w->changes[from - 1].parks))
        from--;
    *ret = (struct followers){.from = from};
    ret->first = arena_allocate_array(&w->arena, (size_t)from + 1, sizeof(*ret->first));
    ret->next = arena_allocate_array(&w->arena, (size_t)w->change_count - from + 1, sizeof(*ret->next));
    if (!ret->first || !ret->next)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < from; i++)
        ret->first[i] = NONE;
    for (uint32_t i = from; i < w->change_count; i++) {
        uint32_t main = w->changes[i].entry->change;
        if (!w->changes[i].extra->follow || main >= from)
            continue;
        ret->next[i - from] = ret->first[main];
        ret->first[main] = i;
    }
    return true;
}

/* What follows by one foreign key alone: a row that follows by two could not be written in two steps of a statement. */
static bool order_followers(struct work *w, const struct followers *f, const struct row_edge edge)
{
    for (uint32_t a = f->first[edge.before]; a != NONE; a = f->next[a - f->from])
        for (uint32_t b = f->first[edge.after]; b != NONE; b = f->next[b - f->from])
            if (w->changes[a].extra->follow == w->changes[b].extra->follow &&
                w->changes[a].extra->follow->key_count == 1 && !add_edge(w, a, b, EDGE_RELEASES, NULL, edge.index))
                return false;
    return true;
}

bool work_order_followers(struct work *w)
{
    struct followers f;
    uint32_t count = w->edge_count;
    bool any = false;
    for (uint32_t i = 0; i < w->batch_count; i++)
        any |= w->batches[i]->follow != NULL;
    if (!any)
        return true;
    if (!find_followers(w, &f))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct row_edge edge = w->edges[i];
        if (edge.apart && edge.before < f.from && edge.after < f.from && !order_followers(w, &f, edge))
            return false;
    }
    return true;
}
