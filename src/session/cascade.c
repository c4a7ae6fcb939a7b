#include "cascade.h"

#include "foreign_key.h"
#include "relation_load.h"
#include "swept.h"

#include "model/text.h"

/* --- the rule --- */

bool cascade_of_orphans(const struct foreign_key *key)
{
    for (const struct relation *has = key->has; has; has = has->next_has)
        if (has->field->delete_orphans)
            return true;
    return false;
}

static bool deletes(const struct foreign_key *key)
{
    for (const struct relation *has = key->has; has; has = has->next_has)
        if (has->field->delete_orphans || (has->field->cascade & HOWDAH_CASCADE_DELETE))
            return true;
    return false;
}

enum cascade_rule cascade_rule_of(const struct foreign_key *key, const struct mapper *mapper)
{
    if (key->on_delete == HOWDAH_ON_DELETE_CASCADE)
        return CASCADE_FOLLOWS;
    if (deletes(key))
        return CASCADE_DELETES;
    if (key->on_delete == HOWDAH_ON_DELETE_SET_NULL)
        return CASCADE_CLEARED;
    if (key->links)
        return CASCADE_DELETES;
    if (!key->has || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT)
        return CASCADE_IGNORES;
    return foreign_key_clears(key, mapper) ? CASCADE_CLEARS : CASCADE_FORBIDS;
}

/* --- sweeps --- */

bool cascade_holds_all(const struct work *w, const struct relation *has, const struct entry *owner)
{
    const void *object = entry_object(has->mapper, owner);
    if (!relation_is_loaded(w->s, has, owner))
        return false;
    const struct collection collection = relation_is_many(has) ? collection_get(has, object) : (struct collection){0};
    for (size_t i = 0; i < collection.count; i++) {
        const struct entry *item = slabs_find(&w->s->slabs, collection.items[i]);
        if (!item || (item->state == ENTRY_DETACHED && !item->row_deleted))
            return false;
    }
    return true;
}

/* Whether the session knows all rows that refer to those of this mapper which are deleted. */
static bool all_are_known(const struct work *w, const struct foreign_key *key)
{
    const struct relation *has = key->has;
    while (has && has->field->where)
        has = has->next_has;
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        bool deleted = change->operation == HOWDAH_OPERATION_DELETE && change->fate == FATE_WRITTEN;
        if (deleted && change->entry->mapper == key->target->index &&
            (!has || !cascade_holds_all(w, has, change->entry)))
            return false;
    }
    return true;
}

static const char *reason_of(struct work *w, const struct sweep_path *path, bool owned)
{
    const char *before = owned ? "rows that make room for those written next, loaded or not: "
                               : "rows that refer to those deleted next, loaded or not: ";
    return text_join(&w->arena, before, path->keys[path->depth - 1]->name, NULL);
}

/* For what are statements added: rows of the mapper that are deleted, or rows that have these owners. */
struct sweeping {
    struct work *w;
    const struct mapper *mapper;
    struct sweep_rows owners, spared;
};

static bool add_sweep(const struct sweeping *of, const struct sweep_path *path)
{
    struct work *w = of->w;
    struct sweep **last = &w->sweeps;
    struct sweep *sweep = ARENA_NEW(&w->arena, struct sweep);
    if (!sweep)
        return !session_no_memory(w->s);
    sweep->mapper = of->mapper;
    sweep->owners = of->owners;
    sweep->spared = of->spared;
    sweep->path = *path;
    if (!swept_ask(w, sweep))
        return false;
    sweep->statement = sweep_render(&sweep->path, &w->arena);
    sweep->reason = reason_of(w, path, of->owners.count);
    if (!sweep->statement || !sweep->reason)
        return !session_no_memory(w->s);
    while (*last)
        last = &(*last)->next;
    *last = sweep;
    return true;
}

static bool is_in_path(const struct sweep_path *path, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < path->depth; i++)
        if (path->mappers[i] == mapper)
            return true;
    return false;
}

/* A walk over the foreign keys that refer to a table, one for each step down the path. */
struct sweep_walk {
    const struct foreign_key *next;
    enum cascade_rule rule; /* of the key that leads further down */
};

/* Foreign keys of a table to itself along which deletes go on, as bits. */
static uint64_t tree_of(const struct mapper *mapper)
{
    uint64_t tree = 0;
    const struct foreign_key *key;
    for (uint32_t k = 0; !mapper->join_of && k < 64 && (key = sweep_loop(mapper, k)); k++) {
        enum cascade_rule rule = cascade_rule_of(key, mapper);
        bool goes_on = rule == CASCADE_DELETES || rule == CASCADE_FOLLOWS;
        tree |= (uint64_t)(key->target == mapper && goes_on) << k;
    }
    return tree;
}

/* Whether the session knows all the rows of the trees below those that are deleted. */
static bool trees_are_known(const struct work *w, const struct mapper *mapper, uint64_t tree)
{
    for (uint32_t k = 0; k < 64 && tree >> k; k++)
        if ((tree >> k & 1) && !all_are_known(w, sweep_loop(mapper, k)))
            return false;
    return true;
}

/* What is done over a key at this depth. Rows of join tables go with those that the database itself deletes. */
static enum cascade_rule rule_at(const struct work *w, const struct foreign_key *key, const struct mapper *mapper,
                                 const struct sweep_path *path, bool followed)
{
    enum cascade_rule rule = mapper->join_of ? CASCADE_DELETES : cascade_rule_of(key, mapper);
    bool to_itself = path->depth == 0 && key->target == mapper;
    bool again = is_in_path(path, mapper) && !to_itself && rule != CASCADE_CLEARS; /* which leads no further */
    if (again || (mapper->join_of && followed) || mapper->modelled)
        return CASCADE_IGNORES;
    if (to_itself && rule == CASCADE_DELETES)
        return CASCADE_IGNORES; /* behind all others, see sweep_tree */
    if (path->depth == 0 && !mapper->join_of && rule != CASCADE_FOLLOWS && all_are_known(w, key) &&
        trees_are_known(w, key->target, path->trees[0]))
        return CASCADE_IGNORES;
    return rule;
}

static bool refuse_depth(const struct sweeping *of, const struct mapper *child)
{
    const char *model = of->mapper->model->name, *below = child->model->name;
    session_fail(
        of->w->s, HOWDAH_STATUS_INVALID, model, NULL, NULL,
        "%s: rows of %s, more than %d tables below, would have to be found: declare ON DELETE CASCADE for one of "
        "the tables between them",
        model, below, SWEEP_DEPTH_MAX);
    return false;
}

/* All statements for rows below the path, the deepest first. `rule` is that of its last key. */
static bool sweep_below(const struct sweeping *of, struct sweep_path path, enum cascade_rule rule)
{
    const uint32_t base = path.depth;
    struct sweep_walk walks[SWEEP_DEPTH_MAX + 1];
    walks[base].next = (base ? path.mappers[base - 1] : of->mapper)->incoming;
    if (base)
        walks[base - 1].rule = rule;
    for (;;) {
        struct sweep_walk *walk = &walks[path.depth];
        const struct foreign_key *key = walk->next;
        if (key) {
            const struct mapper *child = key->owner;
            bool followed = path.depth && walks[path.depth - 1].rule == CASCADE_FOLLOWS;
            walk->next = key->next_incoming;
            walk->rule = rule_at(of->w, key, child, &path, followed);
            if (walk->rule != CASCADE_DELETES && walk->rule != CASCADE_FOLLOWS && walk->rule != CASCADE_CLEARS)
                continue;
            if (path.depth == SWEEP_DEPTH_MAX)
                return refuse_depth(of, child);
            path.keys[path.depth] = key;
            path.mappers[path.depth++] = child;
            path.trees[path.depth] = tree_of(child);
            path.deletes = walk->rule == CASCADE_DELETES;
            if (walk->rule != CASCADE_CLEARS && child != of->mapper) {
                walks[path.depth].next = child->incoming;
                continue;
            }
        } else if (path.depth == base) {
            return true;
        }
        rule = walks[path.depth - 1].rule;
        path.deletes = rule == CASCADE_DELETES;
        if (rule != CASCADE_FOLLOWS && !add_sweep(of, &path))
            return false;
        path.depth--;
    }
}

/* The trees of the table itself, all levels by one statement. */
static bool sweep_tree(const struct sweeping *of, uint64_t tree)
{
    const struct mapper *mapper = of->mapper;
    for (uint32_t k = 0; k < 64 && tree >> k; k++) {
        const struct foreign_key *key = sweep_loop(mapper, k);
        if (!(tree >> k & 1) || cascade_rule_of(key, mapper) != CASCADE_DELETES)
            continue;
        const struct sweep_path path = {
            .keys = {key}, .mappers = {mapper}, .depth = 1, .deletes = true, .trees = {tree}};
        return trees_are_known(of->w, mapper, tree) || add_sweep(of, &path);
    }
    return true;
}

bool work_sweep(struct work *w)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        if (!w->deletes[i] || mapper->join_of)
            continue;
        const struct sweeping of = {.w = w, .mapper = mapper};
        const struct sweep_path path = {.trees = {tree_of(mapper)}};
        if (!sweep_below(&of, path, CASCADE_IGNORES) || !sweep_tree(&of, path.trees[0]))
            return false;
    }
    return true;
}

bool sweep_owned(struct work *w, const struct foreign_key *key, const struct mapper *mapper, struct sweep_rows owners,
                 struct sweep_rows spared)
{
    const struct sweeping of = {w, key->target, owners, spared};
    const struct sweep_path path = {.keys = {key},
                                    .mappers = {mapper},
                                    .depth = 1,
                                    .deletes = cascade_of_orphans(key),
                                    .spared = spared.count ? 1u << 1 : 0, /* the first level below the owners */
                                    .trees = {[1] = cascade_of_orphans(key) ? tree_of(mapper) : 0}};
    return (!path.deletes || sweep_below(&of, path, CASCADE_DELETES)) && add_sweep(&of, &path);
}

/* --- rings --- */

bool sweep_spares(const struct sweep_path *path, uint32_t level, const struct batch *part)
{
    return part->mapper == sweep_mapper(path, level) && part->operation != HOWDAH_OPERATION_INSERT && !part->follow;
}

/* Which tables on the way have such rows. */
static uint32_t spared_by(const struct sweep_path *path, const struct batch *leader)
{
    uint32_t spared = 0;
    for (uint32_t level = sweep_first_level(path); level <= sweep_last_level(path); level++)
        for (uint32_t i = 0; i < leader->part_count; i++)
            spared |= (uint32_t)sweep_spares(path, level, leader->parts[i]) << level;
    return spared;
}

static struct sweep *sweep_for_part(struct work *w, const struct sweep *sweep, const struct batch *part)
{
    struct sweep *own = ARENA_NEW(&w->arena, struct sweep);
    if (!own)
        return NULL;
    *own = *sweep;
    own->next = NULL;
    own->part = part;
    own->path.spared = spared_by(&own->path, w->batches[part->leader]);
    if (own->path.spared)
        own->statement = sweep_render(&own->path, &w->arena);
    return own->statement ? own : NULL;
}

bool work_spare(struct work *w)
{
    struct sweep **last = &w->sweeps;
    while (*last)
        last = &(*last)->next;
    for (uint32_t i = 0; w->sweeps && i < w->batch_count; i++) {
        const struct batch *part = w->batches[i];
        bool deletes = part->ends && part->operation == HOWDAH_OPERATION_DELETE;
        for (const struct sweep *sweep = w->sweeps; deletes && sweep && !sweep->part; sweep = sweep->next) {
            if (sweep->owners.count || sweep->mapper != part->mapper)
                continue;
            if (!(*last = sweep_for_part(w, sweep, part)))
                return !session_no_memory(w->s);
            last = &(*last)->next;
        }
    }
    return true;
}

bool sweep_covers(const struct work *w, const struct foreign_key *key)
{
    const struct sweep *sweep = w->sweeps;
    while (sweep && (sweep->owners.count || sweep->path.depth > 1 || sweep->path.keys[0] != key))
        sweep = sweep->next;
    return sweep != NULL;
}
